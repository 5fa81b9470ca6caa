//! Routes of assets: who holds what, issuing, taking back; on the own page what one holds, and saying that one has it.

use super::{
    WORK_ACCOUNT,
    acts::{self, IssueAsset, ReturnAsset},
    model::asset,
};
use crate::{
    access::{Caller, Field, Permission, freeze, views, within},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    people::{self, life_api::may_act, model::person, names_of, search},
    records::id_of,
    said::Lang,
};
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_assets, issue_asset)).routes(routes!(return_asset)).routes(routes!(my_assets)).routes(routes!(acknowledge_asset))
}

/// A thing of the company's in one person's hands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asset {
    /// The record of the issue.
    pub id: String,
    /// Null of a work account whose account the caller's role masks.
    pub asset: Option<String>,
    pub employee: String,
    pub employee_name: Option<String>,
    /// `computer`, `phone`, `access_card`, `seal`, `vehicle`, `sample`, `document`, `work_account`, `tool`, `other`.
    pub kind: String,
    pub name: String,
    pub identifier: Option<String>,
    /// Of a work account: `wecom`, `phone`, `dingtalk`, `feishu`, `email` …
    pub system: Option<String>,
    /// Why account and number are not shown, if they are not: the masked field.
    pub masked: Option<String>,
    pub issued_on: String,
    pub issued_by: Option<String>,
    pub condition: Option<String>,
    pub acknowledged_at: Option<String>,
    /// What the person said on receiving it.
    pub remark: Option<String>,
    pub returned_on: Option<String>,
    pub returned_by: Option<String>,
    pub returned_condition: Option<String>,
    /// Contacts were noted at its issue, so they are at its return, and the person signs them.
    pub snapshot: Option<String>,
}

fn view(row: asset::Model, caller: &Caller, names: &HashMap<String, String>) -> Asset {
    let hidden = row.kind == WORK_ACCOUNT && !caller.sees_of(Field::PeopleAccounts, &row.employee);
    Asset {
        id: id_of(row.idx),
        employee_name: names.get(&row.employee).cloned(),
        asset: Some(row.asset).filter(|_| !hidden),
        identifier: row.identifier.filter(|_| !hidden),
        // Of an account that somebody entered the name may be the account.
        name: if hidden { row.system.clone().unwrap_or_default() } else { row.name },
        masked: hidden.then(|| Field::PeopleAccounts.name().to_owned()),
        employee: row.employee,
        kind: row.kind,
        system: row.system,
        issued_on: row.issued_on,
        issued_by: row.issued_by,
        condition: row.condition,
        acknowledged_at: row.acknowledged_at.map(instant),
        remark: row.remark,
        returned_on: row.returned_on,
        returned_by: row.returned_by,
        returned_condition: row.returned_condition,
        snapshot: row.snapshot,
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AssetFilter {
    /// A part of number, name or identifier, or who holds it: number or whole name.
    pub q: Option<String>,
    pub employee: Option<String>,
    pub kind: Option<String>,
    /// `held` (if absent), `unacknowledged`, `returned`, or `all`.
    pub state: Option<String>,
}

/// Rows that fit what was typed. What a mask hides is not looked through.
fn fitting(caller: &Caller, typed: &str) -> Condition {
    let own = Condition::any().add(search::holding(asset::Column::Search, typed));
    let own = if caller.sees(Field::PeopleAccounts) { own } else { Condition::all().add(asset::Column::Kind.ne(WORK_ACCOUNT)).add(own) };
    let named = person::Entity::find().select_only().column(person::Column::Number).filter(person::Column::Name.eq(typed)).into_query();
    Condition::any().add(own).add(asset::Column::Employee.eq(typed)).add(asset::Column::Employee.in_subquery(named))
}

/// What employees hold of the company's, the newest issue first
#[utoipa::path(get, path = "/api/v1/assets", tag = "assets", params(AssetFilter, Page), responses((status = 200, body = List<Asset>)))]
pub async fn list_assets(
    State(company): State<Arc<Company>>,
    caller: Caller,
    mut page: Page,
    QueryParams(filter): QueryParams<AssetFilter>,
) -> Result<Json<List<Asset>>> {
    freeze::list(&company, &caller, &mut page).await?;
    let db = company.store.read();
    let reach = within(&caller, Permission::AssetsSee, asset::Column::Employee);
    let mut query = asset::Entity::find().filter(reach).order_by_desc(asset::Column::Idx).limit(page.limit() + 1);
    match filter.state.as_deref().unwrap_or("held") {
        "held" => query = query.filter(asset::Column::ReturnedOn.is_null()),
        "unacknowledged" => query = query.filter(asset::Column::ReturnedOn.is_null()).filter(asset::Column::AcknowledgedAt.is_null()),
        "returned" => query = query.filter(asset::Column::ReturnedOn.is_not_null()),
        _ => {}
    }
    if let Some(employee) = &filter.employee {
        query = query.filter(asset::Column::Employee.eq(employee));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(asset::Column::Kind.eq(kind));
    }
    if let Some(typed) = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        query = query.filter(fitting(&caller, typed));
    }
    if let Some(after) = page.after::<i64>()? {
        query = query.filter(asset::Column::Idx.lt(after));
    }
    let list = page.close(query.all(db).await?, |row| row.idx);
    freeze::listed(&company, &caller, &list.items.iter().map(|r| r.employee.as_str()).collect::<Vec<_>>()).await?;
    if let Some(employee) = &filter.employee {
        views::note_of(&company, &caller, "asset", employee, employee);
    }
    let numbers: Vec<String> = list.items.iter().map(|r| r.employee.clone()).collect();
    let names = names_of(db, &numbers).await?;
    Ok(Json(List { items: list.items.into_iter().map(|r| view(r, &caller, &names)).collect(), next_cursor: list.next_cursor }))
}

async fn one(company: &Company, caller: &Caller, id: &str) -> Result<Asset> {
    let row = acts::find(company, id).await?;
    let names = names_of(company.store.read(), std::slice::from_ref(&row.employee)).await?;
    Ok(view(row, caller, &names))
}

/// Issue something to an employee 领用
#[utoipa::path(post, path = "/api/v1/assets", tag = "assets", request_body = IssueAsset, responses((status = 201, body = Asset), (status = 409), (status = 422)))]
pub async fn issue_asset(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, Body(body): Body<IssueAsset>) -> Result<(StatusCode, Json<Asset>)> {
    caller.require(Permission::AssetsEdit)?;
    if people::find(company.store.read(), &body.employee).await?.is_some() {
        may_act(&company, &caller, Permission::AssetsEdit, &body.employee).await?;
    }
    let id = acts::issue(&company, &caller.actor(), lang, body).await?;
    Ok((StatusCode::CREATED, Json(one(&company, &caller, &id).await?)))
}

/// Take something back 归还
#[utoipa::path(post, path = "/api/v1/assets/{id}/return", tag = "assets", params(("id" = String, Path)), request_body = ReturnAsset,
    responses((status = 200, body = Asset), (status = 404), (status = 409), (status = 422)))]
pub async fn return_asset(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ReturnAsset>,
) -> Result<Json<Asset>> {
    caller.require(Permission::AssetsEdit)?;
    let row = acts::find(&company, &id).await?;
    may_act(&company, &caller, Permission::AssetsEdit, &row.employee).await?;
    acts::give_back(&company, &caller.actor(), lang, &row, &body).await?;
    Ok(Json(one(&company, &caller, &id).await?))
}

/// What one holds of the company's, and has held; also after leaving
#[utoipa::path(get, path = "/api/v1/me/assets", tag = "me", responses((status = 200, body = List<Asset>)))]
pub async fn my_assets(State(company): State<Arc<Company>>, caller: Caller) -> Result<Json<List<Asset>>> {
    caller.require(Permission::SelfSee)?;
    let Some(own) = &caller.employee else { return Ok(Json(List::whole(Vec::new()))) };
    let rows = asset::Entity::find()
        .filter(asset::Column::Employee.eq(own))
        .order_by_desc(asset::Column::IssuedOn)
        .order_by_desc(asset::Column::Idx)
        .limit(500)
        .all(company.store.read())
        .await?;
    Ok(Json(List::whole(rows.into_iter().map(|r| view(r, &caller, &HashMap::new())).collect())))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct AcknowledgeAsset {
    /// What is not as it was said to be.
    pub remark: Option<String>,
}

/// Say that one has received it 确认领用
#[utoipa::path(post, path = "/api/v1/me/assets/{id}/acknowledgement", tag = "me", params(("id" = String, Path)), request_body = AcknowledgeAsset,
    responses((status = 200, body = Asset), (status = 404), (status = 409)))]
pub async fn acknowledge_asset(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<AcknowledgeAsset>,
) -> Result<Json<Asset>> {
    caller.require(Permission::SelfSee)?;
    let row = acts::find(&company, &id).await?;
    if !caller.is(&row.employee) {
        return Err(Problem::not_found().into());
    }
    acts::acknowledge(&company, &caller.actor(), lang, &row, body.remark.as_deref()).await?;
    Ok(Json(one(&company, &caller, &id).await?))
}
