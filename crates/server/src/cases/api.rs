//! `/api/v1/cases`: open, read, work on and close a case.

use super::{acts, read, recuse};
use crate::{
    access::{Caller, Permission, freeze},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, PathParam, QueryParams},
    intake,
    said::Lang,
};
use axum::{
    Json,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartError},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_cases, open_case))
        .routes(routes!(get_case, change_case))
        .routes(routes!(add_records))
        .routes(routes!(add_note))
        .routes(routes!(recuse_from))
        .routes(routes!(tell_employee))
        .merge(OpenApiRouter::new().routes(routes!(add_file)).layer(DefaultBodyLimit::max(FILE_BODY)))
}

/// A file of 32 MiB and the form around it.
const FILE_BODY: usize = (32 << 20) + (64 << 10);

#[derive(Deserialize, ToSchema)]
pub struct OpenCase {
    /// Number of the employee concerned.
    pub employee: String,
    pub title: String,
    /// Why; recorded.
    pub reason: String,
    #[serde(default)]
    pub alerts: Vec<String>,
    #[serde(default)]
    pub records: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CaseOpened)]
pub struct Opened {
    pub id: String,
    /// 案2026-0001
    pub number: String,
}

/// Open a case
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = OpenCase,
    responses((status = 201, body = Opened), (status = 422)))]
pub async fn open_case(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, Body(body): Body<OpenCase>) -> Result<(StatusCode, Json<Opened>)> {
    caller.require(Permission::CasesAct)?;
    if caller.is_recused_from(&body.employee) {
        return Err(Problem::new(
            403,
            "own_case",
            "涉及本人或须回避的人员，不能由您立案。请由其他有权限的同事处理。",
            "Nobody opens a case about themselves or somebody they are recused from. Ask a colleague who may.",
        )
        .with_rule("cases.act")
        .into());
    }
    let OpenCase { employee, title, reason, alerts, records } = body;
    let id = acts::open(&company, &caller.actor(), acts::NewCase { employee, title, reason, alerts, records }, lang).await?;
    let number = super::find(&company, &id).await?.number;
    Ok((StatusCode::CREATED, Json(Opened { id, number })))
}

/// Cases, newest first
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(read::Filter), responses((status = 200, body = List<read::CaseItem>)))]
pub async fn list_cases(
    State(company): State<Arc<Company>>,
    caller: Caller,
    QueryParams(mut filter): QueryParams<read::Filter>,
) -> Result<Json<List<read::CaseItem>>> {
    caller.require(Permission::CasesSee)?;
    (filter.limit, filter.cursor) = freeze::bound(&company, &caller, filter.limit, filter.cursor).await?;
    Ok(Json(read::list(&company, &caller, &filter).await?))
}

/// A case with all that is in it
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = read::CaseDetail), (status = 404)))]
pub async fn get_case(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Result<Json<read::CaseDetail>> {
    caller.require(Permission::CasesSee)?;
    super::find_for(&company, &caller, &id).await?;
    Ok(Json(read::detail(&company, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct ChangeCase {
    pub title: Option<String>,
    /// `closed` or `open`; both want a reason.
    pub status: Option<String>,
    /// How it ended, with `closed`.
    pub outcome: Option<String>,
    pub reason: Option<String>,
}

/// Rename, close or reopen a case
#[utoipa::path(patch, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path)), request_body = ChangeCase,
    responses((status = 200, body = read::CaseDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn change_case(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ChangeCase>,
) -> Result<Json<read::CaseDetail>> {
    caller.require(Permission::CasesAct)?;
    super::find_for(&company, &caller, &id).await?;
    let ChangeCase { title, status, outcome, reason } = body;
    acts::change(&company, &caller.actor(), &id, acts::Change { title, status, outcome, reason }, lang).await?;
    Ok(Json(read::detail(&company, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct AddRecords {
    /// `rec_…`
    #[serde(default)]
    pub records: Vec<String>,
    /// Alerts about the employee, by their ids.
    #[serde(default)]
    pub alerts: Vec<String>,
    pub reason: String,
}

/// Put records and alerts into a case
#[utoipa::path(post, path = "/api/v1/cases/{id}/records", tag = "cases", params(("id" = String, Path)), request_body = AddRecords,
    responses((status = 200, body = read::CaseDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn add_records(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<AddRecords>,
) -> Result<Json<read::CaseDetail>> {
    caller.require(Permission::CasesAct)?;
    super::find_for(&company, &caller, &id).await?;
    acts::add(&company, &caller.actor(), &id, &body.records, &body.alerts, &body.reason, lang).await?;
    Ok(Json(read::detail(&company, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct AddNote {
    pub text: String,
}

/// Write a note into a case
#[utoipa::path(post, path = "/api/v1/cases/{id}/notes", tag = "cases", params(("id" = String, Path)), request_body = AddNote,
    responses((status = 200, body = read::CaseDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn add_note(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<AddNote>,
) -> Result<Json<read::CaseDetail>> {
    caller.require(Permission::CasesAct)?;
    super::find_for(&company, &caller, &id).await?;
    acts::note(&company, &caller.actor(), &id, &body.text, lang).await?;
    Ok(Json(read::detail(&company, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct RecuseFrom {
    /// An employee number.
    pub employee: String,
    /// `relative` or `implicated`.
    pub why: String,
    pub reason: String,
}

/// Note somebody as kept out of a case
#[utoipa::path(post, path = "/api/v1/cases/{id}/recusals", tag = "cases", params(("id" = String, Path)), request_body = RecuseFrom,
    responses((status = 200, body = read::CaseDetail), (status = 404), (status = 422)))]
pub async fn recuse_from(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<RecuseFrom>,
) -> Result<Json<read::CaseDetail>> {
    caller.require(Permission::CasesAct)?;
    super::find_for(&company, &caller, &id).await?;
    recuse::note(&company, &caller.actor(), &id, &body.employee, &body.why, &body.reason).await?;
    Ok(Json(read::detail(&company, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct TellEmployee {
    /// How and by whom.
    pub how: String,
}

/// Note that the employee was told of the case
#[utoipa::path(post, path = "/api/v1/cases/{id}/told", tag = "cases", params(("id" = String, Path)), request_body = TellEmployee,
    responses((status = 200, body = read::CaseDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn tell_employee(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<TellEmployee>,
) -> Result<Json<read::CaseDetail>> {
    caller.require(Permission::CasesAct)?;
    super::find_for(&company, &caller, &id).await?;
    acts::tell(&company, &caller.actor(), &id, &body.how, lang).await?;
    Ok(Json(read::detail(&company, &id, lang).await?))
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct FileForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Attach a file to a case
///
/// A form with one part `file`, 32 MiB at most. It is sealed and goes into the packages of the case.
#[utoipa::path(post, path = "/api/v1/cases/{id}/files", tag = "cases", params(("id" = String, Path)),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 200, body = read::CaseDetail), (status = 404), (status = 409), (status = 413), (status = 415), (status = 422)))]
pub async fn add_file(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    mut form: Multipart,
) -> Result<Json<read::CaseDetail>> {
    caller.require(Permission::CasesAct)?;
    super::find_for(&company, &caller, &id).await?;
    super::find_open(&company, &id).await?;
    let mut added = 0;
    while let Some(field) = form.next_field().await.map_err(|e| broken_form(&e))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|e| broken_form(&e))?;
        let sha256 = intake::blobs::keep(&company, &bytes).await?;
        acts::add_file(&company, &caller.actor(), &id, &sha256, &name, bytes.len()).await?;
        added += 1;
    }
    if added == 0 {
        return Err(Problem::new(422, "no_file", "表单里没有名为 file 的文件。", "The form has no part called file.").into());
    }
    Ok(Json(read::detail(&company, &id, lang).await?))
}

fn broken_form(e: &MultipartError) -> crate::error::Error {
    if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(413, "too_large", "文件最大 32 MiB，请压缩或拆分后重发。", "A file may have 32 MiB at most; compress or split it.").into();
    }
    Problem::bad_request("broken_form", "表单没有读完整，请重新选择文件上传。", "The form could not be read to its end; choose the file again.").into()
}
