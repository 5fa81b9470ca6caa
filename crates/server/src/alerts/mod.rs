//! Alerts 预警: a signal over its threshold, explained, routed and answered.
//!
//! `words`, `leavers` and `interests` raise in the record's own transaction, `chains` in a follow-up job; `raise` holds that there is one open
//! alert per rule, employee and conversation or chain; `explain` says why, what is missing and what innocent reasons
//! there are; `act` is what people do about it, and its outcome feeds the rule's precision (`rules`).
//! What is *not* here: finding words (signals::words) and chains (signals::links), and cases.

mod act;
pub mod api;
mod chains;
mod explain;
mod interests;
mod leavers;
mod list;
pub mod model;
mod raise;
pub mod rules;
mod signs;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use act::{SNOOZE_ENDS, snooze_ends};
pub use chains::{chains_again, follow, follow_all};
pub use interests::RaiseInterests;
pub use leavers::RaiseLeavers;
pub use list::{open_counts, unknown_among};
pub use view::AlertView;
pub use words::{Raise, raise_ripe, words_again};

use crate::{company::Company, error::Result};
use serde_json::Value;
use std::sync::Arc;

/// The jobs of this room, by the names `signals::links` and `act` queue them under.
pub async fn run_follow(company: Arc<Company>, payload: Value) -> Result<()> {
    match payload.get("employee").and_then(Value::as_str) {
        Some(employee) => follow(&company, employee).await.map(drop),
        None => Ok(()),
    }
}

pub async fn run_follow_all(company: Arc<Company>, _: Value) -> Result<()> {
    follow_all(&company).await
}

pub async fn run_snooze_ends(company: Arc<Company>, payload: Value) -> Result<()> {
    match (payload.get("alert").and_then(Value::as_str), payload.get("until").and_then(Value::as_i64)) {
        (Some(alert), Some(until)) => snooze_ends(&company, alert, until).await,
        _ => Ok(()),
    }
}
