//! The web side of the server: router, guard, problem details, event stream, pages.
//!
//! A request passes, outermost first: [`layers`] (request id, headers, problem details, panics, time-outs,
//! compression), [`guard`] (who is calling, may they, CSRF), [`idempotency`], then a room's handler in its `api.rs`.
//! [`router`] is the map of URLs. What is *not* here: what any route does.

pub mod docs;
pub mod events;
mod extract;
mod guard;
pub mod health;
pub(crate) mod idempotency;
mod lang;
mod layers;
mod page;
mod peer;
mod problem;
pub mod router;
mod serve;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod time;
mod web;
mod weight;

pub use crate::said::Lang;
#[cfg(feature = "testing")]
pub use extract::from_slice as read_body;
pub use extract::{Body, PathParam, QueryParams};
pub use page::{Cursor, List, Page};
pub use peer::Peer;
pub use serve::{Server, bind, stop_signal};
pub use time::{instant, parse_instant};
pub use web::exists as has_pages;
pub use weight::{MOST_VALUES, refuse_heavy, weigh};

use crate::{access::setup::SetupCode, company::Company, config::Config};
use axum::extract::FromRef;
use std::sync::Arc;

/// What handlers are given. `State(company): State<Arc<Company>>` is enough for most.
#[derive(Clone)]
pub struct AppState(Arc<App>);

pub struct App {
    pub company: Arc<Company>,
    pub config: Config,
    /// `serve --demo`.
    pub demo: bool,
    pub setup_code: Option<SetupCode>,
    pub counts: health::Counts,
    pub(crate) tail: events::Tail,
}

impl AppState {
    pub async fn new(company: Arc<Company>, config: Config, demo: bool) -> crate::error::Result<Self> {
        let setup_code = if demo { None } else { SetupCode::if_needed(&company).await? };
        let tail = events::Tail::start(&company).await?;
        Ok(Self(Arc::new(App { company, config, demo, setup_code, counts: health::Counts::default(), tail })))
    }
}

impl std::ops::Deref for AppState {
    type Target = App;
    fn deref(&self) -> &App {
        &self.0
    }
}

impl FromRef<AppState> for Arc<Company> {
    fn from_ref(app: &AppState) -> Self {
        app.company.clone()
    }
}
