//! `/api/v1/cases/{id}/packages` and `/api/v1/packages/{id}`.

use super::{Status, context, find, of_case, place, request};
use crate::{
    access::{Caller, Permission},
    cases,
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, PathParam},
    said::Lang,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_packages, ask_for_package)).routes(routes!(get_package))
}

#[derive(Deserialize, ToSchema)]
pub struct NewPackage {
    /// Why; stands in the package.
    pub reason: String,
    /// Members to withhold, by record: `{"rec_17": ["/data/text"]}`.
    #[serde(default)]
    pub redact: request::Redact,
}

/// Have an evidence package made
///
/// Opening the records for it is a look under the case. Answers at once; fetch `href`.
#[utoipa::path(post, path = "/api/v1/cases/{id}/packages", tag = "cases", params(("id" = String, Path)), request_body = NewPackage,
    responses((status = 202, body = Status), (status = 404), (status = 409), (status = 422)))]
pub async fn ask_for_package(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<NewPackage>,
) -> Result<(StatusCode, Json<Status>)> {
    caller.require(Permission::CasesExport)?;
    caller.require(Permission::ContentOpen)?;
    cases::find_for(&company, &caller, &id).await?;
    let status = request::request(&company, &caller.actor(), &id, &body.reason, &body.redact, lang).await?;
    Ok((StatusCode::ACCEPTED, Json(status)))
}

/// Packages of a case, newest first
#[utoipa::path(get, path = "/api/v1/cases/{id}/packages", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = List<Status>), (status = 404)))]
pub async fn list_packages(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Result<Json<List<Status>>> {
    caller.require(Permission::CasesSee)?;
    cases::find_for(&company, &caller, &id).await?;
    Ok(Json(List::whole(of_case(&company, &id, lang).await?)))
}

/// A package: 202 and its status until it is ready, then the zip
#[utoipa::path(get, path = "/api/v1/packages/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), (status = 202, body = Status), (status = 404), (status = 409)))]
pub async fn get_package(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Result<Response> {
    caller.require(Permission::CasesExport)?;
    caller.require(Permission::ContentOpen)?;
    let row = find(&company, &id).await?;
    let case = cases::find_for(&company, &caller, &row.case_id).await?;
    match row.status.as_str() {
        "ready" => {}
        "failed" => {
            let why = row.error.as_deref().and_then(|e| serde_json::from_str::<crate::said::Said>(e).ok()).unwrap_or_default();
            return Err(Problem::conflict("package_failed", why.zh, why.en).into());
        }
        _ => return Ok((StatusCode::ACCEPTED, [(header::RETRY_AFTER, "1")], Json(Status::of(row, lang))).into_response()),
    }
    let sealed = company.blobs.get(&place(&id)).await?.ok_or_else(Problem::not_found)?;
    let bytes = company.keys.open_loose(&sealed, &context(&id))?;
    // Who has a package has what is in it: that is a look, and stands in the custody log of the next one.
    cases::acts::fetched(&company, &caller.actor(), &case, &id, row.revision).await?;
    let digits: String = case.number.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let name = format!("attachment; filename=\"probity-{digits}-r{}.zip\"", row.revision);
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
