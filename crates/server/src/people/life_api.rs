//! Routes of a working life: joining, moves, probation, resigning, leaving, and the history of posts.

use super::{
    acts::{self, Confirmation, Departure, Join, Move, Resign, Withdraw},
    amend::{self, Amend},
    life, names_of, posts,
};
use crate::{
    access::{Caller, Permission, reaches, scope, views},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, PathParam, QueryParams, instant, parse_instant},
    records::id_of,
    said::Lang,
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(join_employee))
        .routes(routes!(amend_employee))
        .routes(routes!(move_employee))
        .routes(routes!(confirm_employee))
        .routes(routes!(record_resignation))
        .routes(routes!(withdraw_resignation))
        .routes(routes!(record_departure))
        .routes(routes!(employee_history))
}

/// May this caller act on that person's working life? Nobody does on their own, nor on that of somebody they are tied to.
pub async fn may_act(company: &Company, caller: &Caller, permission: Permission, number: &str) -> Result<()> {
    caller.require(permission)?;
    if !reaches(caller, company, permission, number).await? {
        return Err(Problem::not_found().into());
    }
    if caller.employee.as_deref() == Some(number) {
        return Err(Problem::new(
            403,
            "own_file",
            "不能办理自己的人事手续。请由其他有权限的同事办理；本人事项在“我的”页面提出。",
            "Nobody acts on their own file. Ask a colleague who may; what concerns yourself is asked for on your own page.",
        )
        .with_rule(permission.name())
        .into());
    }
    caller.impartial(number)
}

/// Where somebody stands after an act.
#[derive(Serialize, ToSchema)]
pub struct LifeState {
    pub number: String,
    pub status: Option<String>,
    pub department: Option<String>,
    pub title: Option<String>,
    pub manager: Option<String>,
    pub grade: Option<String>,
    pub last_day: Option<String>,
    pub left_on: Option<String>,
    pub probation_until: Option<String>,
    pub confirmed_on: Option<String>,
}

async fn stands(company: &Company, number: &str) -> Result<Json<LifeState>> {
    let row = acts::known(company, number).await?;
    Ok(Json(LifeState {
        number: row.number,
        status: row.status,
        department: row.department,
        title: row.title,
        manager: row.manager,
        grade: row.grade,
        last_day: row.last_day,
        left_on: row.left_on,
        probation_until: row.probation_until,
        confirmed_on: row.confirmed_on,
    }))
}

/// Somebody joins 入职
#[utoipa::path(post, path = "/api/v1/employees", tag = "people", request_body = Join, responses((status = 201, body = LifeState), (status = 409), (status = 422)))]
pub async fn join_employee(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, Body(body): Body<Join>) -> Result<(StatusCode, Json<LifeState>)> {
    caller.require(Permission::PeopleEdit)?;
    // Whoever may edit only a team cannot know yet who belongs to it: the new one has to stand below them.
    let reach = scope(&caller, &company, Permission::PeopleEdit).await?;
    if reach.filter().is_some() && !body.manager.as_deref().is_some_and(|m| reach.sees(m)) {
        return Err(Problem::of_field(lang, "/manager", "新员工的上级应在您的团队之内。", "The superior of somebody new has to be in your team.").into());
    }
    let number = body.number.trim().to_owned();
    acts::join(&company, &caller.actor(), lang, body).await?;
    Ok((StatusCode::CREATED, stands(&company, &number).await?))
}

/// Put right what is wrong in a file
#[utoipa::path(patch, path = "/api/v1/employees/{number}", tag = "people", params(("number" = String, Path)), request_body = Amend, responses((status = 200, body = LifeState), (status = 422)))]
pub async fn amend_employee(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(number): PathParam<String>,
    Body(body): Body<Amend>,
) -> Result<Json<LifeState>> {
    may_act(&company, &caller, Permission::PeopleEdit, &number).await?;
    amend::amend(&company, &caller.actor(), lang, &number, body).await?;
    stands(&company, &number).await
}

/// Transfer or promote 调岗、晋升
#[utoipa::path(post, path = "/api/v1/employees/{number}/moves", tag = "people", params(("number" = String, Path)), request_body = Move, responses((status = 200, body = LifeState), (status = 409), (status = 422)))]
pub async fn move_employee(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(number): PathParam<String>,
    Body(body): Body<Move>,
) -> Result<Json<LifeState>> {
    may_act(&company, &caller, Permission::PeopleEdit, &number).await?;
    acts::transfer(&company, &caller.actor(), lang, &number, body).await?;
    stands(&company, &number).await
}

/// The probation was passed 转正
#[utoipa::path(post, path = "/api/v1/employees/{number}/confirmation", tag = "people", params(("number" = String, Path)), request_body = Confirmation, responses((status = 200, body = LifeState), (status = 409), (status = 422)))]
pub async fn confirm_employee(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(number): PathParam<String>,
    Body(body): Body<Confirmation>,
) -> Result<Json<LifeState>> {
    may_act(&company, &caller, Permission::PeopleEdit, &number).await?;
    acts::confirm(&company, &caller.actor(), lang, &number, body).await?;
    stands(&company, &number).await
}

/// Enter a resignation that was handed in 登记离职申请
///
/// It works by itself from the day it was handed in; there is no approval (LAW P15).
#[utoipa::path(post, path = "/api/v1/employees/{number}/resignation", tag = "people", params(("number" = String, Path)), request_body = Resign, responses((status = 200, body = LifeState), (status = 409), (status = 422)))]
pub async fn record_resignation(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(number): PathParam<String>,
    Body(body): Body<Resign>,
) -> Result<Json<LifeState>> {
    may_act(&company, &caller, Permission::LeavingAct, &number).await?;
    acts::resign(&company, &caller.actor(), lang, &number, body, false).await?;
    stands(&company, &number).await
}

/// Withdraw a resignation 撤回离职申请
///
/// On the employee's own wish: asked for on their page, or on paper; refused with rule P15 otherwise.
#[utoipa::path(post, path = "/api/v1/employees/{number}/resignation/withdrawal", tag = "people", params(("number" = String, Path)), request_body = Withdraw, responses((status = 200, body = LifeState), (status = 409), (status = 422)))]
pub async fn withdraw_resignation(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(number): PathParam<String>,
    Body(body): Body<Withdraw>,
) -> Result<Json<LifeState>> {
    may_act(&company, &caller, Permission::LeavingAct, &number).await?;
    acts::withdraw(&company, &caller.actor(), lang, &number, body, None).await?;
    stands(&company, &number).await
}

/// The employment is over 离职
#[utoipa::path(post, path = "/api/v1/employees/{number}/departure", tag = "people", params(("number" = String, Path)), request_body = Departure, responses((status = 200, body = LifeState), (status = 409), (status = 422)))]
pub async fn record_departure(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(number): PathParam<String>,
    Body(body): Body<Departure>,
) -> Result<Json<LifeState>> {
    may_act(&company, &caller, Permission::LeavingAct, &number).await?;
    acts::leave(&company, &caller.actor(), lang, &number, body).await?;
    stands(&company, &number).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AsKnown {
    /// As it was known at this moment; absent: now.
    pub known_by: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct PostSpan {
    pub record: String,
    /// `joined`, `transferred`, `promoted`, `stated` by a list, `left`.
    pub what: String,
    pub department: Option<String>,
    pub title: Option<String>,
    pub grade: Option<String>,
    pub manager: Option<String>,
    pub manager_name: Option<String>,
    pub employed: bool,
    pub from: String,
    pub until: Option<String>,
    /// Since when we know.
    pub known_at: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PostHistory)]
pub struct History {
    pub posts: Vec<PostSpan>,
    pub leaving: Option<LeavingView>,
}

#[derive(Serialize, ToSchema)]
pub struct LeavingView {
    pub record: String,
    pub submitted_on: String,
    pub last_day: String,
}

/// Departments, titles and superiors of somebody, as intervals
#[utoipa::path(get, path = "/api/v1/employees/{number}/history", tag = "people", params(("number" = String, Path), AsKnown), responses((status = 200, body = History)))]
pub async fn employee_history(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(number): PathParam<String>,
    QueryParams(query): QueryParams<AsKnown>,
) -> Result<Json<History>> {
    if !reaches(&caller, &company, Permission::PeopleSee, &number).await? {
        return Err(Problem::not_found().into());
    }
    acts::known(&company, &number).await?;
    let known_by = query.known_by.as_deref().map(parse_instant).transpose()?;
    views::note_of(&company, &caller, "history", &number, &number);
    Ok(Json(history_of(&company, &number, known_by).await?))
}

pub async fn history_of(company: &Company, number: &str, known_by: Option<i64>) -> Result<History> {
    let db = company.store.read();
    let rows = posts::history(db, number, known_by).await?;
    let managers: Vec<String> = rows.iter().filter_map(|r| r.manager.clone()).collect();
    let names = names_of(db, &managers).await?;
    let posts = rows
        .into_iter()
        .map(|r| PostSpan {
            record: id_of(r.idx),
            what: r.what,
            manager_name: r.manager.as_ref().and_then(|m| names.get(m).cloned()),
            department: r.department,
            title: r.title,
            grade: r.grade,
            manager: r.manager,
            employed: r.employed,
            from: instant(r.valid_from),
            until: r.ends_at.map(instant),
            known_at: instant(r.known_at),
        })
        .collect();
    let leaving = life::leaving_of(db, number).await?.map(|l| LeavingView {
        record: id_of(l.idx),
        submitted_on: l.submitted_on.to_string(),
        last_day: l.last_day.to_string(),
    });
    Ok(History { posts, leaving })
}
