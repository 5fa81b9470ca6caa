//! Routes of records in, sources, quarantine and the record browser.

use super::{
    Sender, blobs, browse,
    quarantine::{self, Quarantined},
    receive::{self, Receipt},
    sources::{self, NewSource, Source},
};
use crate::{
    access::{Caller, freeze},
    company::Company,
    error::{Error, Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams, refuse_heavy},
    said::Lang,
};
use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(post_records, list_records))
        .routes(routes!(get_record))
        .routes(routes!(open_records))
        .routes(routes!(put_blob))
        .routes(routes!(open_blob))
        .routes(routes!(list_sources, put_source))
        .routes(routes!(approve_source))
        .routes(routes!(list_quarantine))
        .routes(routes!(release_quarantined))
        .merge(super::import::api::routes())
}

/// Send records
///
/// One CloudEvent (`application/cloudevents+json`) or a list of up to 10,000
/// (`application/cloudevents-batch+json`), 32 MiB at most. Answers after the durable commit.
#[utoipa::path(post, path = "/api/v1/records", tag = "records",
    request_body(content((Object = "application/cloudevents+json"), (Vec<Object> = "application/cloudevents-batch+json"))),
    responses((status = 200, body = Receipt), (status = 400), (status = 409), (status = 413), (status = 415), (status = 507)))]
pub async fn post_records(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Receipt>> {
    let single = is_single(&headers)?;
    let body = body.map_err(|e| broken_body(e.status()))?;
    refuse_heavy(&body)?;
    let sender = Sender::of(&caller);
    if single.unwrap_or_else(|| first_byte(&body) != Some(b'[')) {
        let text = std::str::from_utf8(&body).map_err(|_| not_utf8())?;
        let event: &RawValue = serde_json::from_str(text).map_err(|e| bad_json(&e))?;
        if !event.get().starts_with('{') {
            return Err(malformed("应为一个 CloudEvent 对象。", "Send one CloudEvent object."));
        }
        return Ok(Json(receive::receive_one(&company, &sender, event.get().to_owned(), lang).await?));
    }
    let items = tokio::task::spawn_blocking(move || split(&body)).await.map_err(anyhow::Error::from)??;
    Ok(Json(receive::receive(&company, &sender, items, lang).await?))
}

fn split(body: &[u8]) -> Result<Vec<String>> {
    let text = std::str::from_utf8(body).map_err(|_| not_utf8())?;
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|e| bad_json(&e))?;
    // Before they are copied: there may be a million of them.
    receive::refuse_too_many(items.len())?;
    Ok(items.into_iter().map(|i| i.get().to_owned()).collect())
}

/// From the content type: one event, a list, or (plain JSON) whatever the body begins with.
fn is_single(headers: &HeaderMap) -> Result<Option<bool>> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/cloudevents+json" => Ok(Some(true)),
        "application/cloudevents-batch+json" => Ok(Some(false)),
        "application/json" => Ok(None),
        _ => Err(Problem::new(
            415,
            "unsupported_media_type",
            "请用 Content-Type: application/cloudevents+json（单条）或 application/cloudevents-batch+json（多条）。",
            "Send Content-Type: application/cloudevents+json (one) or application/cloudevents-batch+json (many).",
        )
        .into()),
    }
}

fn first_byte(body: &[u8]) -> Option<u8> {
    body.iter().copied().find(|b| !b.is_ascii_whitespace())
}

fn broken_body(status: StatusCode) -> Error {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            413,
            "too_large",
            "内容过大：解压后最多 32 MiB。请分批发送。",
            "The body is too large: at most 32 MiB after decompression. Send it in parts.",
        )
        .into();
    }
    Problem::bad_request(
        "broken_body",
        "请求内容没有读完整或与 Content-Encoding 不符。请重发。",
        "The body could not be read to its end, or is not encoded as it says. Send it again.",
    )
    .into()
}

fn not_utf8() -> Error {
    malformed("内容不是 UTF-8。", "The body is not UTF-8.")
}

fn malformed(zh: &str, en: &str) -> Error {
    Problem::bad_request("malformed_json", zh, en).into()
}

fn bad_json(e: &serde_json::Error) -> Error {
    let (line, column) = (e.line(), e.column());
    malformed(
        &format!("第 {line} 行第 {column} 列起不是合法的 JSON，本次没有保存任何内容。"),
        &format!("This is not JSON from line {line}, column {column}; nothing of this request was kept."),
    )
}

/// Records by person, customer, kind, source and time
///
/// Envelopes only; content is opened with `POST /api/v1/records/open`.
#[utoipa::path(get, path = "/api/v1/records", tag = "records", params(browse::Filter), responses((status = 200, body = List<browse::Envelope>)))]
pub async fn list_records(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    QueryParams(mut filter): QueryParams<browse::Filter>,
) -> Result<Json<List<browse::Envelope>>> {
    (filter.limit, filter.cursor) = freeze::bound(&company, &caller, filter.limit, filter.cursor).await?;
    let list = browse::list(&company, &caller, &filter, lang).await?;
    freeze::listed(&company, &caller, &list.items.iter().map(|r| r.id.as_str()).collect::<Vec<_>>()).await?;
    Ok(Json(list))
}

/// One record's envelope and leaf
#[utoipa::path(get, path = "/api/v1/records/{id}", tag = "records", params(("id" = String, Path)), responses((status = 200, body = browse::Detail), (status = 404)))]
pub async fn get_record(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Result<Json<browse::Detail>> {
    Ok(Json(browse::detail(&company, &caller, &id, lang).await?))
}

/// Open content under a case
///
/// The look is itself a record, written before anything is shown; one request is one look.
#[utoipa::path(post, path = "/api/v1/records/open", tag = "records", request_body = browse::OpenRequest, responses((status = 200, body = browse::Looked), (status = 403), (status = 404)))]
pub async fn open_records(State(company): State<Arc<Company>>, caller: Caller, Body(request): Body<browse::OpenRequest>) -> Result<Json<browse::Looked>> {
    Ok(Json(browse::open(&company, &caller, &request).await?))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Kept {
    pub sha256: String,
    pub size: usize,
}

/// Send a file that records name by its SHA-256
#[utoipa::path(put, path = "/api/v1/blobs/{sha256}", tag = "records", params(("sha256" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Kept), (status = 200, body = Kept), (status = 413), (status = 415), (status = 422)))]
pub async fn put_blob(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(sha256): PathParam<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Kept>)> {
    let body = body.map_err(|e| broken_body(e.status()))?;
    let new = blobs::put(&company, &caller.id, &sha256, &body).await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(Kept { sha256, size: body.len() })))
}

/// Open a file under a case
///
/// One that the case holds, or that a record in the case names. The look is itself a record, named in `x-probity-look`.
#[utoipa::path(post, path = "/api/v1/blobs/{sha256}/open", tag = "records", params(("sha256" = String, Path)), request_body = browse::OpenFile,
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 400), (status = 403), (status = 404), (status = 409)))]
pub async fn open_blob(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(sha256): PathParam<String>,
    Body(request): Body<browse::OpenFile>,
) -> Result<Response> {
    let file = browse::open_file(&company, &caller, &sha256, &request).await?;
    Ok((
        [
            (header::CONTENT_TYPE, file.media.to_owned()),
            // Never drawn as a page of ours, whatever it holds.
            (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", percent(&file.name))),
            (header::CACHE_CONTROL, "no-store".to_owned()),
            (HeaderName::from_static("x-probity-look"), file.look),
        ],
        file.bytes,
    )
        .into_response())
}

/// RFC 5987: what is no letter, digit or one of a few marks is escaped.
fn percent(name: &str) -> String {
    name.bytes().map(|b| if b.is_ascii_alphanumeric() || b"-._".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Where records come from and why that is lawful
#[utoipa::path(get, path = "/api/v1/sources", tag = "sources", responses((status = 200, body = List<Source>)))]
pub async fn list_sources(State(company): State<Arc<Company>>) -> Result<Json<List<Source>>> {
    Ok(Json(List::whole(sources::all(&company).await?)))
}

/// Register a source, or change its registration
///
/// Changing the basis of one that has a basis waits for a second person, once there is one (`pending`).
#[utoipa::path(put, path = "/api/v1/sources", tag = "sources", request_body = NewSource, responses((status = 200, body = Source), (status = 400)))]
pub async fn put_source(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, Body(new): Body<NewSource>) -> Result<Json<Source>> {
    Ok(Json(sources::put(&company, &caller, new, lang).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Approval {
    pub source: String,
}

/// Approve a change of a source's basis
#[utoipa::path(post, path = "/api/v1/sources/approve", tag = "sources", request_body = Approval, responses((status = 200, body = Source), (status = 403), (status = 404), (status = 409)))]
pub async fn approve_source(State(company): State<Arc<Company>>, caller: Caller, Body(body): Body<Approval>) -> Result<Json<Source>> {
    Ok(Json(sources::approve(&company, &caller, &body.source).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QuarantineFilter {
    pub source: Option<String>,
    pub code: Option<String>,
}

/// What was turned away, and why
#[utoipa::path(get, path = "/api/v1/quarantine", tag = "sources", params(QuarantineFilter, Page), responses((status = 200, body = List<Quarantined>)))]
pub async fn list_quarantine(
    State(company): State<Arc<Company>>,
    lang: Lang,
    page: Page,
    QueryParams(filter): QueryParams<QuarantineFilter>,
) -> Result<Json<List<Quarantined>>> {
    let after: Option<String> = page.after()?;
    let rows = quarantine::list(&company, filter.source.as_deref(), filter.code.as_deref(), after.as_deref(), page.limit() + 1, lang).await?;
    Ok(Json(page.close(rows, |q| q.id.clone())))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Released {
    /// The record it became.
    pub record: String,
}

/// Send a quarantined item through intake again
#[utoipa::path(post, path = "/api/v1/quarantine/{id}/release", tag = "sources", params(("id" = String, Path)), responses((status = 200, body = Released), (status = 404), (status = 409)))]
pub async fn release_quarantined(State(company): State<Arc<Company>>, caller: Caller, PathParam(id): PathParam<String>) -> Result<Json<Released>> {
    Ok(Json(Released { record: quarantine::release(&company, &caller.actor(), &id).await? }))
}
