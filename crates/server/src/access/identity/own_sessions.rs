//! Routes of the own sessions: where one is signed in, and how to end it.

use super::devices;
use crate::{
    access::{Caller, CallerKind, model::session, publish, sessions},
    company::Company,
    error::{Error, Problem, Result},
    events,
    http::{AppState, List, PathParam, instant},
    said::{Lang, Said},
};
use aws_lc_rs::digest;
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct OwnSession {
    pub id: String,
    pub signed_in_at: String,
    /// Within a minute.
    pub seen_at: String,
    pub address: Option<String>,
    /// Guessed from what the browser says about itself.
    pub device: String,
    /// It was the first sign-in from this browser.
    pub new_device: bool,
    /// The one that asks.
    pub this: bool,
}

/// What a session is called outside: it can be ended by it and nothing else.
fn name(hash: &[u8]) -> String {
    hex::encode(&digest::digest(&digest::SHA256, hash).as_ref()[..12])
}

/// The user and session of a person; programs have no account.
pub fn person(caller: &Caller) -> Result<(&str, &[u8])> {
    match &caller.kind {
        CallerKind::User { session, .. } => Ok((&caller.id, session)),
        CallerKind::Token { .. } => Err(people_only()),
    }
}

fn people_only() -> Error {
    Problem::new(403, "people_only", "令牌没有自己的账号；请登录后操作。", "A token has no account of its own; sign in as a person.")
        .with_rule("session")
        .into()
}

async fn rows(company: &Company, user_id: &str) -> Result<Vec<session::Model>> {
    let all = session::Entity::find().filter(session::Column::UserId.eq(user_id)).order_by_desc(session::Column::SeenAt).all(company.store.read()).await?;
    Ok(all.into_iter().filter(|s| sessions::stands(s, company.now())).collect())
}

/// The own sessions
#[utoipa::path(get, path = "/api/v1/account/sessions", tag = "account", responses((status = 200, body = List<OwnSession>)))]
pub async fn list_sessions(State(app): State<AppState>, caller: Caller, lang: Lang) -> Result<Json<List<OwnSession>>> {
    let (user_id, this) = person(&caller)?;
    let view = |s: session::Model| {
        let device: Said = devices::guess(s.agent.as_deref());
        OwnSession {
            id: name(&s.hash),
            signed_in_at: instant(s.created_at),
            seen_at: instant(s.seen_at),
            device: device.pick(lang).to_owned(),
            new_device: s.new_device,
            this: s.hash == this,
            address: s.address,
        }
    };
    Ok(Json(List::whole(rows(&app.company, user_id).await?.into_iter().map(view).collect())))
}

async fn ended(company: &Company, caller: &Caller, number: u64) -> Result<()> {
    publish::act(company, "access.sessions_ended", &caller.actor(), json!({ "user": caller.id, "sessions": number, "employee": caller.employee })).await
}

/// End one of the own sessions
#[utoipa::path(delete, path = "/api/v1/account/sessions/{id}", tag = "account", params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn end_session(State(app): State<AppState>, caller: Caller, PathParam(id): PathParam<String>) -> Result<StatusCode> {
    let (user_id, _) = person(&caller)?;
    let company = &app.company;
    let row = rows(company, user_id).await?.into_iter().find(|s| name(&s.hash) == id).ok_or_else(Problem::not_found)?;
    let tx = company.store.write().await?;
    session::Entity::delete_by_id(row.hash).exec(&tx).await?;
    events::rights_changed(&tx, company.now()).await?;
    tx.commit().await?;
    ended(company, &caller, 1).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all own sessions but this one
#[utoipa::path(post, path = "/api/v1/account/sessions/end-others", tag = "account", responses((status = 200, body = crate::access::users_api::Ended)))]
pub async fn end_other_sessions(State(app): State<AppState>, caller: Caller) -> Result<Json<crate::access::users_api::Ended>> {
    let (user_id, this) = person(&caller)?;
    let company = &app.company;
    let tx = company.store.write().await?;
    let sessions = sessions::end_others(&tx, user_id, this).await?;
    events::rights_changed(&tx, company.now()).await?;
    tx.commit().await?;
    ended(company, &caller, sessions).await?;
    Ok(Json(crate::access::users_api::Ended { sessions }))
}
