//! `/api/v1/processes`: a process as it counts for what starts now, and a new version of it.

use super::{processes, template::Process};
use crate::{
    access::{Caller, Permission},
    company::Company,
    error::Result,
    http::{AppState, Body, PathParam, instant},
    said::Lang,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_process, save_process))
}

#[derive(Serialize, ToSchema)]
pub struct ProcessView {
    pub id: String,
    /// 0 is the shipped one.
    pub version: i32,
    pub process: Process,
    pub versions: Vec<ProcessVersion>,
    /// Who may do or review.
    pub roles: Vec<String>,
    pub groups: Vec<String>,
    pub kinds: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct ProcessVersion {
    pub version: i32,
    pub changed_at: Option<String>,
    pub changed_by: Option<String>,
}

async fn process_view(company: &Company, id: &str) -> Result<ProcessView> {
    let mut all = processes::versions(company, id).await?;
    let versions = all.iter().map(|v| ProcessVersion { version: v.version, changed_at: v.changed_at.map(instant), changed_by: v.changed_by.clone() }).collect();
    let newest = all.remove(0);
    let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    Ok(ProcessView {
        id: id.to_owned(),
        version: newest.version,
        process: newest.process,
        versions,
        roles: list(&super::template::ROLES),
        groups: list(&super::template::GROUPS),
        kinds: list(&super::template::PER),
    })
}

/// A process as it counts for what starts now
#[utoipa::path(get, path = "/api/v1/processes/{id}", tag = "handovers", params(("id" = String, Path)), responses((status = 200, body = ProcessView), (status = 404)))]
pub async fn get_process(State(company): State<Arc<Company>>, caller: Caller, PathParam(id): PathParam<String>) -> Result<Json<ProcessView>> {
    caller.require(Permission::HandoversSee)?;
    Ok(Json(process_view(&company, &id).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct SaveProcess {
    /// The version this was made from.
    pub base: i32,
    pub process: Process,
}

/// Keep a new version of a process
///
/// Running handovers keep the version they started with.
#[utoipa::path(put, path = "/api/v1/processes/{id}", tag = "handovers", params(("id" = String, Path)), request_body = SaveProcess,
    responses((status = 200, body = ProcessView), (status = 404), (status = 409), (status = 422)))]
pub async fn save_process(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<SaveProcess>,
) -> Result<Json<ProcessView>> {
    caller.require(Permission::ProcessesEdit)?;
    processes::save(&company, &caller.actor(), &id, body.base, &body.process, lang).await?;
    Ok(Json(process_view(&company, &id).await?))
}
