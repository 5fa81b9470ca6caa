//! `Idempotency-Key`: a write sent again with the same key gets the first answer again for 24 hours.
//!
//! The key is claimed before the handler runs, so of two at once one waits to be sent again (409); a claim whose
//! process died is free after twenty minutes, one whose client went away at once. Answers of 5xx and refusals are not
//! kept: trying again is right there.
//! Answers lie sealed. What shows content, or is said to be stored nowhere, is never kept: asked again it is done
//! again, and a look is again a look.

use super::{AppState, extract, layers::BODY_LIMIT};
use crate::{
    access::Caller,
    company::Company,
    error::{Error, Problem, Result},
    privacy::Names,
};
use aws_lc_rs::digest;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::sync::Arc;

pub mod model {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency_keys")]
    pub struct Model {
        /// SHA-256 of caller, method, address and key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: Vec<u8>,
        /// SHA-256 of the body.
        pub body: Vec<u8>,
        pub at: i64,
        /// Null while the first request is still at work.
        pub status: Option<i32>,
        pub content_type: Option<String>,
        pub answer: Option<Vec<u8>>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
use model::{ActiveModel, Column, Entity};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const KEPT_US: i64 = 24 * 3600 * 1_000_000;
/// Longer than any handler may take (`layers`): a second one must not begin beside the first.
const CLAIM_US: i64 = 20 * 60 * 1_000_000;

/// Whether the answer shows content or is promised to be stored nowhere.
fn passing(path: &str) -> bool {
    path.ends_with("/open") || path.ends_with("/export") || path.ends_with("/dry-run") || path == "/api/v1/lexicon/try"
}

fn context(name: &[u8]) -> String {
    format!("idempotency/{}", hex::encode(name))
}

pub async fn replay(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let writes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH | Method::DELETE) && !passing(request.uri().path());
    // Without a caller there is nobody the answer would belong to.
    let caller = request.extensions().get::<Caller>().map(|c| c.id.clone());
    match (request.headers().get(HEADER).cloned(), caller) {
        (Some(key), Some(caller)) if writes => once(&app, &key, &caller, request, next).await.unwrap_or_else(IntoResponse::into_response),
        _ => next.run(request).await,
    }
}

async fn once(app: &AppState, key: &HeaderValue, caller: &str, request: Request, next: Next) -> Result<Response> {
    if key.is_empty() || key.len() > 255 {
        return Err(Problem::bad_request("bad_idempotency_key", "Idempotency-Key 须为 1–255 个字符。", "An Idempotency-Key has 1–255 characters.").into());
    }
    let name = sum(&[caller.as_bytes(), request.method().as_str().as_bytes(), request.uri().to_string().as_bytes(), key.as_bytes()]);
    let (parts, body) = request.into_parts();
    // A form's boundary is new each time, so an upload counts as the same when its length is.
    let form = parts.headers.get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"multipart/"));
    let (print, body) = if form {
        (sum(&[parts.headers.get(header::CONTENT_LENGTH).map(HeaderValue::as_bytes).unwrap_or_default()]), body)
    } else {
        // Through the extractor, so that the limit of the route holds here too.
        let whole = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(whole, &()).await.map_err(|e| extract::broken_body(e.status().as_u16()))?;
        (sum(&[&bytes]), Body::from(bytes))
    };

    if let Some(earlier) = claim(&app.company, &name, &print).await? {
        return Ok(earlier);
    }
    let mut claim = Claim::of(app.company.clone(), name);
    let response = next.run(Request::from_parts(parts, body)).await;
    let response = keep(&app.company, claim.name.clone().unwrap_or_default(), response).await?;
    claim.name = None;
    Ok(response)
}

/// A key taken for a handler at work. Dropped with it, when the client goes away or the time is up, it is free again.
pub(super) struct Claim {
    company: Arc<Company>,
    name: Option<Vec<u8>>,
}

impl Claim {
    pub(super) fn of(company: Arc<Company>, name: Vec<u8>) -> Self {
        Self { company, name: Some(name) }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let Some(name) = self.name.take() else { return };
        let company = self.company.clone();
        tokio::spawn(async move {
            if let Err(error) = free(&company, name).await {
                tracing::warn!(%error, "an idempotency key was not freed");
            }
        });
    }
}

async fn free(company: &Company, name: Vec<u8>) -> Result<()> {
    let tx = company.store.write().await?;
    Entity::delete_many().filter(Column::Name.eq(name)).filter(Column::Status.is_null()).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

fn sum(parts: &[&[u8]]) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

fn reused() -> Error {
    Problem::conflict(
        "idempotency_key_reused",
        "这个 Idempotency-Key 已用于另一个内容。请为新的内容换一个键。",
        "This Idempotency-Key was used with another body. Take a new key for a new body.",
    )
    .into()
}

/// Takes out the kept answers about a person; a repeat of such a request is then done again.
pub async fn forget(company: &Company, tx: &DatabaseTransaction, names: &Names) -> Result<()> {
    let rows: Vec<(Vec<u8>, Option<Vec<u8>>)> = Entity::find().select_only().columns([Column::Name, Column::Answer]).into_tuple().all(tx).await?;
    // One that does not open is of no use to anybody: it goes too.
    let about = |name: &[u8], sealed: &[u8]| company.keys.open_loose(sealed, &context(name)).map_or(true, |answer| names.in_json(&answer));
    let gone: Vec<Vec<u8>> = rows.into_iter().filter(|(name, answer)| answer.as_deref().is_some_and(|a| about(name, a))).map(|(name, _)| name).collect();
    for part in gone.chunks(500) {
        Entity::delete_many().filter(Column::Name.is_in(part.iter().cloned())).exec(tx).await?;
    }
    Ok(())
}

/// Takes the key for this request, or gives the answer it has already got.
pub(super) async fn claim(company: &Company, name: &[u8], print: &[u8]) -> Result<Option<Response>> {
    let now = company.now();
    let tx = company.store.write().await?;
    Entity::delete_many().filter(Column::At.lt(now - KEPT_US)).exec(&tx).await?;
    let fresh =
        ActiveModel { name: Set(name.to_vec()), body: Set(print.to_vec()), at: Set(now), status: Set(None), content_type: Set(None), answer: Set(None) };
    // On PostgreSQL a key may be freed between the two statements; nobody holds it then, and it is asked for again.
    let row = loop {
        let insert = Entity::insert(fresh.clone()).on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned());
        if insert.exec_without_returning(&tx).await? == 1 {
            tx.commit().await?;
            return Ok(None);
        }
        if let Some(row) = Entity::find_by_id(name.to_vec()).lock_exclusive().one(&tx).await? {
            break row;
        }
    };
    if row.body != print {
        return Err(reused());
    }
    let (Some(status), Some(answer)) = (row.status, row.answer) else {
        if now - row.at < CLAIM_US {
            return Err(Problem::conflict(
                "idempotency_key_busy",
                "同一个 Idempotency-Key 的请求还在处理，请稍后重发以取得结果。",
                "A request with this Idempotency-Key is still at work. Send it again a little later for its answer.",
            )
            .retry_after(1)
            .into());
        }
        Entity::update_many().col_expr(Column::At, Expr::value(now)).filter(Column::Name.eq(name.to_vec())).exec(&tx).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let answer = company.keys.open_loose(&answer, &context(name))?;
    let status = u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok()).unwrap_or(StatusCode::OK);
    let mut response = (status, answer).into_response();
    let headers = response.headers_mut();
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    headers.remove(header::CONTENT_TYPE);
    if let Some(value) = row.content_type.and_then(|t| HeaderValue::from_str(&t).ok()) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    Ok(Some(response))
}

/// Keeps a good answer; frees the key after any other. What was done is done: where the answer cannot be kept (a full
/// disk), it is given all the same, and the key stays taken for as long as that of a process that died.
async fn keep(company: &Company, name: Vec<u8>, response: Response) -> Result<Response> {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(anyhow::Error::from)?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let good = parts.status.is_success().then(|| (i32::from(parts.status.as_u16()), content_type, company.keys.seal_loose(&bytes, &context(&name))));
    if let Err(error) = note(company, name, good).await {
        tracing::warn!(%error, "the answer to an Idempotency-Key could not be kept");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

async fn note(company: &Company, name: Vec<u8>, good: Option<(i32, Option<String>, Vec<u8>)>) -> Result<()> {
    let tx = company.store.write().await?;
    match good {
        None => {
            Entity::delete_by_id(name).exec(&tx).await?;
        }
        Some((status, content_type, answer)) => {
            Entity::update_many()
                .col_expr(Column::Status, Expr::value(status))
                .col_expr(Column::ContentType, Expr::value(content_type))
                .col_expr(Column::Answer, Expr::value(answer))
                .filter(Column::Name.eq(name))
                .exec(&tx)
                .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
