//! Routes of policies for those who write and publish them. Reading and acknowledging is on the own page (people's
//! `mine`).

use super::{
    Procedure,
    acts::{self, DraftPolicy, PolicyClause, Publish, WithdrawPolicy},
    model::version,
    standing, versions,
};
use crate::{
    access::{Caller, Permission},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    intake::blobs,
    people,
    records::id_of,
    said::Lang,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use sea_orm::{EntityTrait, QueryOrder};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_policies, create_policy))
        .routes(routes!(get_policy, draft_policy))
        .routes(routes!(publish_policy))
        .routes(routes!(withdraw_policy))
        .routes(routes!(policy_acknowledgements))
        .routes(routes!(policy_file))
}

/// Those who may write or publish policies.
fn may_work(caller: &Caller) -> Result<()> {
    if caller.has(Permission::PoliciesApprove) { Ok(()) } else { caller.require(Permission::PoliciesEdit) }
}

#[derive(Serialize, ToSchema)]
pub struct PolicyItem {
    pub id: String,
    pub title: String,
    /// The newest version and its state.
    pub version: i32,
    /// `draft`, `published`, `withdrawn`.
    pub state: String,
    /// The version to be acknowledged.
    pub published: Option<i32>,
    pub effective_on: Option<String>,
    /// Employees at work who acknowledged that version, and how many there are.
    pub acknowledged: usize,
    pub people: usize,
}

/// Policies
#[utoipa::path(get, path = "/api/v1/policies", tag = "policies", params(Page), responses((status = 200, body = List<PolicyItem>)))]
pub async fn list_policies(State(company): State<Arc<Company>>, caller: Caller, page: Page) -> Result<Json<List<PolicyItem>>> {
    may_work(&caller)?;
    let db = company.store.read();
    let rows = version::Entity::find().order_by_asc(version::Column::Policy).order_by_desc(version::Column::Version).all(db).await?;
    let mut by_policy: Vec<Vec<version::Model>> = Vec::new();
    for row in rows {
        match by_policy.last_mut() {
            Some(last) if last[0].policy == row.policy => last.push(row),
            _ => by_policy.push(vec![row]),
        }
    }
    by_policy.reverse();
    let list = page.cut(by_policy)?;
    let at_work = people::numbers_at_work(db).await?;
    let today = company.today().to_string();
    let mut items = Vec::new();
    for all in list.items {
        let published = standing(&all, &today, true);
        let acknowledged = match published {
            Some(v) => people::signed_version(db, &v.title, &v.version.to_string()).await?.keys().filter(|n| at_work.contains(*n)).count(),
            None => 0,
        };
        items.push(PolicyItem {
            id: all[0].policy.clone(),
            title: all[0].title.clone(),
            version: all[0].version,
            state: all[0].state.clone(),
            published: published.map(|v| v.version),
            effective_on: published.and_then(|v| v.effective_on.clone()),
            acknowledged,
            people: at_work.len(),
        });
    }
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

#[derive(Serialize, ToSchema)]
pub struct PolicyVersion {
    pub version: i32,
    pub record: String,
    pub title: String,
    pub text: String,
    pub clauses: Vec<PolicyClause>,
    pub procedure: Procedure,
    pub state: String,
    pub effective_on: Option<String>,
    pub published_at: Option<String>,
    pub published_by: Option<String>,
    pub changed_at: String,
    pub changed_by: String,
}

#[derive(Serialize, ToSchema)]
pub struct Policy {
    pub id: String,
    pub title: String,
    /// The newest first.
    pub versions: Vec<PolicyVersion>,
}

fn shown(row: version::Model) -> Result<PolicyVersion> {
    Ok(PolicyVersion {
        version: row.version,
        record: id_of(row.idx),
        title: row.title,
        text: row.text,
        clauses: serde_json::from_str(&row.clauses)?,
        procedure: serde_json::from_str(&row.steps)?,
        state: row.state,
        effective_on: row.effective_on,
        published_at: row.published_at.map(instant),
        published_by: row.published_by,
        changed_at: instant(row.changed_at),
        changed_by: row.changed_by,
    })
}

async fn whole(company: &Company, id: &str) -> Result<Policy> {
    let rows = versions(company.store.read(), id).await?;
    let title = rows[0].title.clone();
    Ok(Policy { id: id.to_owned(), title, versions: rows.into_iter().map(shown).collect::<Result<_>>()? })
}

/// A policy with all its versions
#[utoipa::path(get, path = "/api/v1/policies/{id}", tag = "policies", params(("id" = String, Path)), responses((status = 200, body = Policy)))]
pub async fn get_policy(State(company): State<Arc<Company>>, caller: Caller, PathParam(id): PathParam<String>) -> Result<Json<Policy>> {
    may_work(&caller)?;
    Ok(Json(whole(&company, &id).await?))
}

/// Draft a new policy
#[utoipa::path(post, path = "/api/v1/policies", tag = "policies", request_body = DraftPolicy, responses((status = 201, body = Policy), (status = 422)))]
pub async fn create_policy(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    Body(body): Body<DraftPolicy>,
) -> Result<(StatusCode, Json<Policy>)> {
    caller.require(Permission::PoliciesEdit)?;
    let id = acts::draft(&company, &caller.actor(), lang, None, body).await?;
    Ok((StatusCode::CREATED, Json(whole(&company, &id).await?)))
}

/// Write the draft: the one there is, or a new version after the published one
#[utoipa::path(put, path = "/api/v1/policies/{id}", tag = "policies", params(("id" = String, Path)), request_body = DraftPolicy, responses((status = 200, body = Policy), (status = 422)))]
pub async fn draft_policy(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<DraftPolicy>,
) -> Result<Json<Policy>> {
    caller.require(Permission::PoliciesEdit)?;
    acts::draft(&company, &caller.actor(), lang, Some(&id), body).await?;
    Ok(Json(whole(&company, &id).await?))
}

/// Publish the draft
///
/// Refused with rule P01 as long as the democratic procedure is not on record.
#[utoipa::path(post, path = "/api/v1/policies/{id}/publish", tag = "policies", params(("id" = String, Path)), request_body = Publish, responses((status = 200, body = Policy), (status = 409), (status = 422)))]
pub async fn publish_policy(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<Publish>,
) -> Result<Json<Policy>> {
    caller.require(Permission::PoliciesApprove)?;
    acts::publish(&company, &caller.actor(), lang, &id, body).await?;
    Ok(Json(whole(&company, &id).await?))
}

/// Withdraw a published version
#[utoipa::path(post, path = "/api/v1/policies/{id}/withdraw", tag = "policies", params(("id" = String, Path)), request_body = WithdrawPolicy, responses((status = 200, body = Policy), (status = 409), (status = 422)))]
pub async fn withdraw_policy(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<WithdrawPolicy>,
) -> Result<Json<Policy>> {
    caller.require(Permission::PoliciesApprove)?;
    acts::withdraw(&company, &caller.actor(), lang, &id, body).await?;
    Ok(Json(whole(&company, &id).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AcknowledgementFilter {
    /// The version; absent: the one to be acknowledged.
    pub version: Option<i32>,
    /// Only those who have not.
    #[serde(default)]
    pub missing: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Acknowledgement {
    pub number: String,
    pub name: String,
    pub department: Option<String>,
    /// Null while missing.
    pub signed_at: Option<String>,
    pub method: Option<String>,
    pub record: Option<String>,
}

/// Who acknowledged a version, and who has not yet
#[utoipa::path(get, path = "/api/v1/policies/{id}/acknowledgements", tag = "policies", params(("id" = String, Path), AcknowledgementFilter, Page), responses((status = 200, body = List<Acknowledgement>)))]
pub async fn policy_acknowledgements(
    State(company): State<Arc<Company>>,
    caller: Caller,
    page: Page,
    PathParam(id): PathParam<String>,
    QueryParams(filter): QueryParams<AcknowledgementFilter>,
) -> Result<Json<List<Acknowledgement>>> {
    may_work(&caller)?;
    let all = versions(company.store.read(), &id).await?;
    let asked = match filter.version {
        Some(number) => all.iter().find(|v| v.version == number),
        None => standing(&all, &company.today().to_string(), true),
    };
    let row = asked.ok_or_else(Problem::not_found)?;
    let db = company.store.read();
    let signed = people::signed_version(db, &row.title, &row.version.to_string()).await?;
    let mut numbers: Vec<String> = people::numbers_at_work(db).await?.into_iter().filter(|n| !filter.missing || !signed.contains_key(n)).collect();
    numbers.sort_unstable();
    let list = page.cut(numbers)?;
    let mut found = people::find_all(db, &list.items).await?;
    let items = list
        .items
        .into_iter()
        .filter_map(|number| {
            let person = found.remove(&number)?;
            let paper = signed.get(&number);
            Some(Acknowledgement {
                number,
                name: person.name,
                department: person.department,
                signed_at: paper.map(|p| instant(p.signed_at)),
                method: paper.and_then(|p| p.method.clone()),
                record: paper.map(|p| id_of(p.idx)),
            })
        })
        .collect();
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

/// A paper of the procedure
#[utoipa::path(get, path = "/api/v1/policies/{id}/files/{sha256}", tag = "policies", params(("id" = String, Path), ("sha256" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
pub async fn policy_file(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam((id, sha256)): PathParam<(String, String)>,
) -> Result<impl IntoResponse> {
    may_work(&caller)?;
    let mut named = false;
    for row in versions(company.store.read(), &id).await? {
        let steps: Procedure = serde_json::from_str(&row.steps)?;
        named |= steps.papers().iter().any(|(_, paper)| paper.sha256 == sha256);
    }
    let bytes = if named { blobs::read(&company, &sha256).await? } else { None };
    let bytes = bytes.ok_or_else(Problem::not_found)?;
    let name = format!("attachment; filename=\"{}.{}\"", &sha256[..12], blobs::extension_of(&bytes));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, name)], bytes))
}
