//! Routes of imports.

use super::{
    model::import,
    plan::Options,
    run::{self, About, DryRun, open_about},
};
use crate::{
    access::Caller,
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, instant},
    said::{Lang, Said},
};
use axum::{
    Json,
    extract::{Multipart, State},
    http::StatusCode,
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upload, list)).routes(routes!(get, stop)).routes(routes!(dry_run)).routes(routes!(start))
}

/// An import and how far it has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    pub id: String,
    pub name: String,
    /// `uploaded`, `running`, `done`, `stopped`, `failed`.
    pub status: String,
    #[serde(flatten)]
    pub about: About,
    pub total: i64,
    pub done: i64,
    pub accepted: i64,
    pub duplicates: i64,
    pub quarantined: i64,
    pub skipped: i64,
    pub error: Option<String>,
    pub created_at: String,
    pub created_by: String,
}

fn shown(company: &Company, row: import::Model, lang: Lang) -> Result<Import> {
    Ok(Import {
        about: open_about(company, &row)?,
        error: row.error_zh.zip(row.error_en).map(|(zh, en)| Said::new(zh, en).pick(lang).to_owned()),
        created_at: instant(row.created_at),
        id: row.id,
        name: row.name,
        status: row.status,
        total: row.total,
        done: row.done,
        accepted: row.accepted,
        duplicates: row.duplicates,
        quarantined: row.quarantined,
        skipped: row.skipped,
        created_by: row.created_by,
    })
}

/// Upload a file
///
/// CSV, XLSX, JSON or NDJSON as the form field `file`; known layouts are recognised, others get a guessed mapping.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports", request_body(content = Object, content_type = "multipart/form-data"),
    responses((status = 201, body = Import), (status = 413), (status = 422)))]
pub async fn upload(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, mut form: Multipart) -> Result<(StatusCode, Json<Import>)> {
    let broken = || {
        Problem::bad_request(
            "broken_upload",
            "上传没有完成或内容不完整，请重新选择文件上传。文件最大 32 MiB。",
            "The upload did not complete. Choose the file again; it may have 32 MiB at most.",
        )
    };
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or("file").to_owned();
        let bytes = field.bytes().await.map_err(|_| broken())?.to_vec();
        let row = run::upload(&company, &caller, &name, bytes).await?;
        return Ok((StatusCode::CREATED, Json(shown(&company, row, lang)?)));
    }
    Err(Problem::bad_request("file_missing", "请选择要上传的文件（表单字段 file）。", "Choose a file to upload (form field “file”).").into())
}

/// Imports, newest first
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports", params(Page), responses((status = 200, body = List<Import>)))]
pub async fn list(State(company): State<Arc<Company>>, lang: Lang, page: Page) -> Result<Json<List<Import>>> {
    let rows = run::list(&company, page.after()?, page.limit() + 1).await?;
    let list = page.close(rows, |r| r.id.clone());
    let items = list.items.into_iter().map(|r| shown(&company, r, lang)).collect::<Result<_>>()?;
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

/// One import
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = String, Path)), responses((status = 200, body = Import), (status = 404)))]
pub async fn get(State(company): State<Arc<Company>>, lang: Lang, PathParam(id): PathParam<String>) -> Result<Json<Import>> {
    Ok(Json(shown(&company, run::find(&company, &id).await?, lang)?))
}

/// Stop a running import, or remove one that does not run
#[utoipa::path(delete, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn stop(State(company): State<Arc<Company>>, PathParam(id): PathParam<String>) -> Result<StatusCode> {
    run::stop(&company, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try an import without keeping anything
#[utoipa::path(post, path = "/api/v1/imports/{id}/dry-run", tag = "imports", params(("id" = String, Path)), request_body = Options, responses((status = 200, body = DryRun), (status = 410), (status = 422)))]
pub async fn dry_run(State(company): State<Arc<Company>>, lang: Lang, PathParam(id): PathParam<String>, Body(options): Body<Options>) -> Result<Json<DryRun>> {
    Ok(Json(run::dry_run(&company, &id, &options, lang).await?))
}

/// Run an import in the background
#[utoipa::path(post, path = "/api/v1/imports/{id}/run", tag = "imports", params(("id" = String, Path)), request_body = Options, responses((status = 202, body = Import), (status = 409), (status = 410), (status = 422)))]
pub async fn start(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(options): Body<Options>,
) -> Result<(StatusCode, Json<Import>)> {
    let row = run::start(&company, &caller, &id, &options).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&company, row, lang)?)))
}
