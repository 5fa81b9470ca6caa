//! Routes of requests: the list of those who answer, and the answer. Asking is on the own page (people's `mine`).

use super::{
    doing::{self, Answer},
    model::request,
};
use crate::{
    access::{Caller, Permission, freeze, within},
    company::Company,
    error::Result,
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    people::names_of,
    records::id_of,
    said::Lang,
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
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
    /// Who means to grant an erasure; another person has to agree.
    pub erasure_by: Option<String>,
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
        erasure_by: row.erasure_by_name,
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
    mut page: Page,
    QueryParams(filter): QueryParams<RequestFilter>,
) -> Result<Json<List<Request>>> {
    freeze::list(&company, &caller, &mut page).await?;
    let db = company.store.read();
    let (state, due_on, made_at, id) = (request::Column::State, request::Column::DueOn, request::Column::MadeAt, request::Column::Id);
    let all = || request::Entity::find().filter(within(&caller, Permission::RequestsSee, request::Column::Employee));
    let most = page.limit() + 1;
    let after: Option<Place> = page.after()?;
    let mut rows = Vec::new();
    if filter.state.as_deref() != Some("answered") && !matches!(after, Some(Place::Answered(..))) {
        let mut open = all().filter(state.eq("open")).order_by_asc(due_on).order_by_asc(id).limit(most);
        if let Some(Place::Open(due, last)) = &after {
            open = open
                .filter(due_on.gte(due.as_str()))
                .filter(Condition::any().add(due_on.gt(due.as_str())).add(Condition::all().add(due_on.eq(due.as_str())).add(id.gt(last.as_str()))));
        }
        rows = open.all(db).await?;
    }
    let left = most.saturating_sub(rows.len() as u64);
    if filter.state.as_deref() != Some("open") && left > 0 {
        // What is done is read from the newest.
        let mut answered = all().filter(state.ne("open")).order_by_desc(made_at).order_by_desc(id).limit(left);
        if let Some(Place::Answered(made, last)) = &after {
            answered = answered
                .filter(made_at.lte(*made))
                .filter(Condition::any().add(made_at.lt(*made)).add(Condition::all().add(made_at.eq(*made)).add(id.lt(last.as_str()))));
        }
        rows.extend(answered.all(db).await?);
    }
    let list = page.close(rows, |r| if r.state == "open" { Place::Open(r.due_on.clone(), r.id.clone()) } else { Place::Answered(r.made_at, r.id.clone()) });
    freeze::listed(&company, &caller, &list.items.iter().map(|r| r.employee.as_str()).collect::<Vec<_>>()).await?;
    let numbers: Vec<String> = list.items.iter().map(|r| r.employee.clone()).collect();
    let names = names_of(db, &numbers).await?;
    Ok(Json(List { items: list.items.into_iter().map(|r| view(&company, r, &names)).collect(), next_cursor: list.next_cursor }))
}

/// Where a page of the list ended: among those that wait, or among those that are done.
#[derive(Serialize, Deserialize)]
enum Place {
    Open(String, String),
    Answered(i64, String),
}

/// Answer a request
///
/// A correction, deletion or withdrawal that is granted is done in the same act. An erasure takes a second person: the
/// request stays open until another one grants it too.
#[utoipa::path(post, path = "/api/v1/requests/{id}/answer", tag = "requests", params(("id" = String, Path)), request_body = Answer, responses((status = 200, body = Request), (status = 409), (status = 422)))]
pub async fn answer_request(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<Answer>,
) -> Result<Json<Request>> {
    caller.require(Permission::RequestsAnswer)?;
    let row = doing::answer(&company, &caller, lang, &id, body).await?;
    let names = names_of(company.store.read(), std::slice::from_ref(&row.employee)).await?;
    Ok(Json(view(&company, row, &names)))
}
