//! Sessions of people: a random cookie, kept as its hash; ended by sign-out, four idle hours, or a day.

use super::{
    caller::Caller,
    grants::Grants,
    identity::{changes, devices},
    model::{session, user},
    person, secret,
};
use crate::{company::Company, error::Result, http::Peer};
use axum::http::{HeaderMap, HeaderValue, header};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::sync::Arc;

pub const COOKIE: &str = "probity_session";
pub const CSRF_HEADER: &str = "x-csrf-token";
const SECOND: i64 = 1_000_000;
const IDLE_US: i64 = 4 * 3600 * SECOND;
const ABSOLUTE_US: i64 = 24 * 3600 * SECOND;
/// How stale `seen_at` may be; a write for every request would queue behind the intake.
const SEEN_EVERY_US: i64 = 60 * SECOND;

/// A session that began: the cookie's secret, and what the browser is to this person.
pub struct Started {
    pub secret: String,
    /// The cookie that the browser is known by.
    pub device: String,
    pub known: devices::Known,
}

/// Starts a session from this browser.
pub async fn start(company: &Company, user_id: &str, peer: &Peer, device: Option<&str>) -> Result<Started> {
    let secret = secret::new();
    let device = device.filter(|d| devices::is_ours(d)).map_or_else(secret::new, str::to_owned);
    let now = company.now();
    let tx = company.store.write().await?;
    session::Entity::delete_many().filter(session::Column::CreatedAt.lt(now - ABSOLUTE_US)).exec(&tx).await?;
    let known = devices::meet(&tx, user_id, &device, now).await?;
    session::Entity::insert(session::ActiveModel {
        hash: Set(secret::hash(&secret)),
        user_id: Set(user_id.to_owned()),
        created_at: Set(now),
        seen_at: Set(now),
        address: Set(peer.address.map(|a| a.to_string())),
        agent: Set(peer.agent.clone()),
        new_device: Set(known == devices::Known::New),
    })
    .exec_without_returning(&tx)
    .await?;
    user::Entity::update_many().col_expr(user::Column::LastSignInAt, Expr::value(now)).filter(user::Column::Id.eq(user_id)).exec(&tx).await?;
    tx.commit().await?;
    Ok(Started { secret, device, known })
}

pub async fn end(company: &Company, hash: &[u8]) -> Result<()> {
    let tx = company.store.write().await?;
    session::Entity::delete_by_id(hash.to_vec()).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends every session of a user: disabled, new password, other role.
pub async fn end_all(tx: &impl sea_orm::ConnectionTrait, user_id: &str) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::UserId.eq(user_id)).exec(tx).await?;
    Ok(())
}

/// Ends every session of a user but this one.
pub async fn end_others(tx: &impl sea_orm::ConnectionTrait, user_id: &str, keep: &[u8]) -> Result<u64> {
    let others = session::Entity::delete_many().filter(session::Column::UserId.eq(user_id)).filter(session::Column::Hash.ne(keep.to_vec()));
    Ok(others.exec(tx).await?.rows_affected)
}

/// Neither idle nor old beyond what a session may be.
pub fn stands(session: &session::Model, now: i64) -> bool {
    now - session.created_at < ABSOLUTE_US && now - session.seen_at < IDLE_US
}

/// The person behind a cookie, if the session still stands. People of the demo count only where it runs.
pub async fn caller(company: &Arc<Company>, secret: &str, demo: bool) -> Result<Option<Caller>> {
    let hash = secret::hash(secret);
    let Some((row, caller)) = by_hash(company, &hash, demo).await? else { return Ok(None) };
    let now = company.now();
    if now - row.seen_at > SEEN_EVERY_US {
        let company = company.clone();
        tokio::spawn(async move {
            if let Err(error) = seen(&company, hash, now).await {
                tracing::debug!(%error, "a session's last use was not noted");
            }
        });
    }
    Ok(Some(caller))
}

/// The person of a session with the rights of this moment.
pub async fn by_hash(company: &Company, hash: &[u8], demo: bool) -> Result<Option<(session::Model, Caller)>> {
    let db = company.store.read();
    let found = session::Entity::find_by_id(hash.to_vec()).one(db).await?;
    let Some(row) = found.filter(|s| stands(s, company.now())) else { return Ok(None) };
    let who = user::Entity::find_by_id(&row.user_id).one(db).await?;
    let Some(who) = who.filter(|u| !u.disabled && (demo || !u.demo)) else { return Ok(None) };
    let caller = person::caller(company, who, hash.to_vec()).await?;
    Ok(caller.map(|caller| (row, caller)))
}

/// Does the company want a second factor of this person, who has none yet? Then the session reaches the own account only.
pub fn must_enrol(company: &Company, who: &user::Model, grants: &Grants) -> bool {
    company.settings().second_factor_required && !who.second_factor && !who.demo && changes::reaches_cases(grants)
}

async fn seen(company: &Company, hash: Vec<u8>, now: i64) -> Result<()> {
    let tx = company.store.write().await?;
    session::Entity::update_many().col_expr(session::Column::SeenAt, Expr::value(now)).filter(session::Column::Hash.eq(hash)).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The token a page sends back with every write: it follows from the cookie, which a foreign page cannot read.
pub fn csrf_of(secret: &str) -> String {
    hex::encode(&secret::hash(&format!("csrf:{secret}"))[..16])
}

/// The session cookie of a request.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    named(headers, COOKIE)
}

/// A cookie of a request by its name.
pub fn named<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

/// `Set-Cookie` for a new session, or for ending one (`None`).
pub fn set_cookie(secret: Option<&str>, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = match secret {
        Some(secret) => format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", ABSOLUTE_US / SECOND),
        None => format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"),
    };
    HeaderValue::from_str(&text).expect("base64 and fixed words are visible ASCII")
}

/// Did the browser come over TLS, here or at the proxy in front?
pub fn is_secure(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"https"))
}
