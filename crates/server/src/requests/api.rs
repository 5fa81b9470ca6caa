//! Routes of requests: the list of those who answer, and the answer. Asking is on the own page (people's `mine`).

use super::{Answer, model::request};
use crate::{
    access::{Caller, Permission, scope},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    people::names_of,
    records::id_of,
    said::Lang,
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_requests)).routes(routes!(answer_request))
}

#[derive(Serialize, ToSchema)]
#[schema(as = EmployeeRequest)]
pub struct Request {
    pub id: String,
    pub record: String,
    pub employee: String,
    pub employee_name: Option<String>,
    /// `correction`, `copy`, `deletion`, `explanation`, `objection`, `withdrawal`.
    pub kind: String,
    pub field: Option<String>,
    pub text: String,
    /// `open` or `answered`.
    pub state: String,
    pub made_at: String,
    /// To be answered by the end of this day.
    pub due_on: String,
    pub late: bool,
    /// `granted`, `partly`, `refused`.
    pub outcome: Option<String>,
    pub answer: Option<String>,
    pub answered_at: Option<String>,
    pub answered_by: Option<String>,
}

pub fn view(company: &Company, row: request::Model, names: &HashMap<String, String>) -> Request {
    Request {
        record: id_of(row.idx),
        employee_name: names.get(&row.employee).cloned(),
        late: row.state == "open" && row.due_on < company.today().to_string(),
        id: row.id,
        employee: row.employee,
        kind: row.kind,
        field: row.field,
        text: row.text,
        state: row.state,
        made_at: instant(row.made_at),
        due_on: row.due_on,
        outcome: row.outcome,
        answer: row.answer,
        answered_at: row.answered_at.map(instant),
        answered_by: row.answered_by,
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestFilter {
    /// `open` or `answered`.
    pub state: Option<String>,
}

/// Requests of employees about themselves, the most urgent first
#[utoipa::path(get, path = "/api/v1/requests", tag = "requests", params(RequestFilter, Page), responses((status = 200, body = List<Request>)))]
pub async fn list_requests(
    State(company): State<Arc<Company>>,
    caller: Caller,
    page: Page,
    QueryParams(filter): QueryParams<RequestFilter>,
) -> Result<Json<List<Request>>> {
    let seen = scope(&caller, &company, Permission::RequestsSee).await?;
    let db = company.store.read();
    let mut query = request::Entity::find().order_by_asc(request::Column::DueOn).order_by_asc(request::Column::Id).limit(5000);
    if let Some(state) = &filter.state {
        query = query.filter(request::Column::State.eq(state));
    }
    // Bounded by reach first: what is cut off is never within reach before what is not.
    if let Some(team) = seen.filter() {
        query = query.filter(request::Column::Employee.is_in(team));
    }
    let mut rows = query.all(db).await?;
    if filter.state.as_deref() != Some("open") {
        // What is done is read from the newest.
        rows.sort_by(|a, b| {
            (a.state != "open").cmp(&(b.state != "open")).then(if a.state == "open" { a.due_on.cmp(&b.due_on) } else { b.made_at.cmp(&a.made_at) })
        });
    }
    let list = page.cut(rows)?;
    let numbers: Vec<String> = list.items.iter().map(|r| r.employee.clone()).collect();
    let names = names_of(db, &numbers).await?;
    Ok(Json(List { items: list.items.into_iter().map(|r| view(&company, r, &names)).collect(), next_cursor: list.next_cursor }))
}

/// Answer a request
#[utoipa::path(post, path = "/api/v1/requests/{id}/answer", tag = "requests", params(("id" = String, Path)), request_body = Answer, responses((status = 200, body = Request), (status = 409), (status = 422)))]
pub async fn answer_request(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<Answer>,
) -> Result<Json<Request>> {
    caller.require(Permission::RequestsAnswer)?;
    let row = request::Entity::find_by_id(&id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    crate::people::life_api::may_act(&company, &caller, Permission::RequestsAnswer, &row.employee).await?;
    super::answer(&company, &caller.actor(), lang, &row, body).await?;
    let row = request::Entity::find_by_id(&id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    let names = names_of(company.store.read(), std::slice::from_ref(&row.employee)).await?;
    Ok(Json(view(&company, row, &names)))
}
