//! Routes of restrictions, and of the bound on pages for somebody who is leaving.

use super::{
    Limit,
    act::{self, Proposal},
    model::restriction,
    preview::{self, RestrictionPreview},
    view::{RestrictionView, views},
};
use crate::{
    access::{self, Caller, Permission, Standing, freeze, publish_act, scope, standing},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    intake::browse,
    people,
    said::Lang,
    settings,
};
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_restrictions, propose_restriction))
        .routes(routes!(preview_restriction))
        .routes(routes!(get_restriction))
        .routes(routes!(decide_restriction))
        .routes(routes!(lift_restriction))
        .routes(routes!(answer_appeal))
        .routes(routes!(own_restrictions))
        .routes(routes!(appeal_restriction))
        .routes(routes!(restrictions_of))
        .routes(routes!(get_freeze, put_freeze))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RestrictionFilter {
    pub employee: Option<String>,
    /// `proposed`, `in_force`, `lifted`, `expired`, `refused`, `withdrawn`.
    pub status: Option<String>,
}

/// Restrictions, newest first
#[utoipa::path(get, path = "/api/v1/restrictions", tag = "restrictions", params(RestrictionFilter, Page), responses((status = 200, body = List<RestrictionView>)))]
pub async fn list_restrictions(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    page: Page,
    QueryParams(filter): QueryParams<RestrictionFilter>,
) -> Result<Json<List<RestrictionView>>> {
    use restriction::Column as C;
    let seen = scope(&caller, &company, Permission::RestrictionsSee).await?;
    let mut find = restriction::Entity::find().filter(C::Employee.is_not_in(caller.recusals()));
    if let Some(team) = seen.filter() {
        find = find.filter(C::Employee.is_in(team));
    }
    if let Some(employee) = &filter.employee {
        find = find.filter(C::Employee.eq(employee));
    }
    if let Some(status) = &filter.status {
        find = find.filter(C::Status.eq(status));
    }
    // Ids are made in the order of time.
    if let Some(after) = page.after::<String>()? {
        find = find.filter(C::Id.lt(after));
    }
    let rows = find.order_by_desc(C::Id).limit(page.limit() + 1).all(company.store.read()).await?;
    let list = page.close(rows, |r| r.id.clone());
    Ok(Json(List { items: views(&company, list.items, &caller.id, true, lang).await?, next_cursor: list.next_cursor }))
}

#[derive(Deserialize, ToSchema)]
pub struct ProposeRestriction {
    pub employee: String,
    pub limits: Vec<Limit>,
    /// Read by the employee once it is approved.
    pub reason: String,
    /// `P16` or `P19`.
    pub rule: String,
    /// A day or an instant; absent: now.
    pub from: Option<String>,
    /// A day (inclusive) or an instant; at most 30 days on.
    pub until: String,
}

#[derive(Serialize, ToSchema)]
pub struct RestrictionProposed {
    pub id: String,
}

/// Propose a restriction
#[utoipa::path(post, path = "/api/v1/restrictions", tag = "restrictions", request_body = ProposeRestriction,
    responses((status = 201, body = RestrictionProposed), (status = 404), (status = 409), (status = 422)))]
pub async fn propose_restriction(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    Body(body): Body<ProposeRestriction>,
) -> Result<(StatusCode, Json<RestrictionProposed>)> {
    let from = body.from.as_deref().map(|t| browse::moment(&company, t, false)).transpose()?.unwrap_or_else(|| company.now());
    let until = browse::moment(&company, &body.until, true)?;
    let ProposeRestriction { employee, limits, reason, rule, .. } = body;
    let id = act::propose(&company, &caller, Proposal { employee, limits, reason, rule, from, until }, lang).await?;
    Ok((StatusCode::CREATED, Json(RestrictionProposed { id })))
}

#[derive(Deserialize, ToSchema)]
pub struct PreviewRestriction {
    pub employee: String,
    pub limits: Vec<Limit>,
}

/// What a restriction would stop, how much work it touches, and what the law says to it
#[utoipa::path(post, path = "/api/v1/restrictions/preview", tag = "restrictions", request_body = PreviewRestriction,
    responses((status = 200, body = RestrictionPreview), (status = 404)))]
pub async fn preview_restriction(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    Body(body): Body<PreviewRestriction>,
) -> Result<Json<RestrictionPreview>> {
    let may = if caller.has(Permission::RestrictionsPropose) { Permission::RestrictionsPropose } else { Permission::RestrictionsApprove };
    caller.require(may)?;
    act::check_employee(&company, &caller, may, &body.employee).await?;
    Ok(Json(preview::of(&company, &body.employee, &body.limits, lang).await?))
}

async fn shown(company: &Arc<Company>, caller: &Caller, id: &str, lang: Lang) -> Result<Json<RestrictionView>> {
    let row = act::find(company, id).await?;
    let seen = scope(caller, company, Permission::RestrictionsSee).await?;
    if caller.is_recused_from(&row.employee) || !seen.sees(&row.employee) {
        return Err(Problem::not_found().into());
    }
    // What is only proposed is nothing yet: that somebody reads it is noted, and told to nobody.
    let known = matches!(row.status.as_str(), "in_force" | "lifted" | "expired");
    access::views::note_of(company, caller, "restriction", id, if known { &row.employee } else { "" });
    Ok(Json(views(company, vec![row], &caller.id, true, lang).await?.pop().ok_or_else(Problem::not_found)?))
}

/// One restriction
#[utoipa::path(get, path = "/api/v1/restrictions/{id}", tag = "restrictions", params(("id" = String, Path)), responses((status = 200, body = RestrictionView), (status = 404)))]
pub async fn get_restriction(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
) -> Result<Json<RestrictionView>> {
    shown(&company, &caller, &id, lang).await
}

#[derive(Deserialize, ToSchema)]
pub struct DecideRestriction {
    pub approve: bool,
    pub reason: String,
    /// Codes of the warnings that were read; all of them to approve.
    #[serde(default)]
    pub acknowledged: Vec<String>,
}

/// Approve or refuse a restriction that somebody else proposed
#[utoipa::path(post, path = "/api/v1/restrictions/{id}/decide", tag = "restrictions", params(("id" = String, Path)), request_body = DecideRestriction,
    responses((status = 200, body = RestrictionView), (status = 404), (status = 409), (status = 422)))]
pub async fn decide_restriction(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<DecideRestriction>,
) -> Result<Json<RestrictionView>> {
    act::decide(&company, &caller, &id, body.approve, &body.reason, &body.acknowledged, lang).await?;
    shown(&company, &caller, &id, lang).await
}

#[derive(Deserialize, ToSchema)]
pub struct LiftRestriction {
    pub reason: String,
}

/// Lift a restriction, or take back a proposal
#[utoipa::path(post, path = "/api/v1/restrictions/{id}/lift", tag = "restrictions", params(("id" = String, Path)), request_body = LiftRestriction,
    responses((status = 200, body = RestrictionView), (status = 404), (status = 409), (status = 422)))]
pub async fn lift_restriction(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<LiftRestriction>,
) -> Result<Json<RestrictionView>> {
    act::lift(&company, &caller, &id, &body.reason, lang).await?;
    shown(&company, &caller, &id, lang).await
}

#[derive(Deserialize, ToSchema)]
pub struct AnswerAppeal {
    /// Lifts the restriction; else it stays.
    pub lift: bool,
    pub text: String,
}

/// Answer the employee's appeal
#[utoipa::path(post, path = "/api/v1/restrictions/{id}/answer", tag = "restrictions", params(("id" = String, Path)), request_body = AnswerAppeal,
    responses((status = 200, body = RestrictionView), (status = 404), (status = 409), (status = 422)))]
pub async fn answer_appeal(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<AnswerAppeal>,
) -> Result<Json<RestrictionView>> {
    act::answer(&company, &caller, &id, body.lift, &body.text, lang).await?;
    shown(&company, &caller, &id, lang).await
}

async fn own(company: &Company, caller: &Caller, lang: Lang) -> Result<Json<List<RestrictionView>>> {
    use restriction::Column as C;
    let Some(number) = &caller.employee else { return Ok(Json(List::whole(Vec::new()))) };
    // What is only proposed is nothing yet.
    let rows = restriction::Entity::find()
        .filter(C::Employee.eq(number))
        .filter(C::Status.is_in(["in_force", "lifted", "expired"]))
        .order_by_desc(C::Id)
        .all(company.store.read())
        .await?;
    Ok(Json(List::whole(views(company, rows, &caller.id, false, lang).await?)))
}

/// Restrictions of the caller's own work, with what was answered
#[utoipa::path(get, path = "/api/v1/me/restrictions", tag = "me", responses((status = 200, body = List<RestrictionView>)))]
pub async fn own_restrictions(State(company): State<Arc<Company>>, caller: Caller, lang: Lang) -> Result<Json<List<RestrictionView>>> {
    own(&company, &caller, lang).await
}

#[derive(Deserialize, ToSchema)]
pub struct Appeal {
    pub text: String,
}

/// Appeal against a restriction of the own work
#[utoipa::path(post, path = "/api/v1/me/restrictions/{id}/appeal", tag = "me", params(("id" = String, Path)), request_body = Appeal,
    responses((status = 200, body = List<RestrictionView>), (status = 404), (status = 409), (status = 422)))]
pub async fn appeal_restriction(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<Appeal>,
) -> Result<Json<List<RestrictionView>>> {
    act::appeal(&company, &caller, &id, &body.text, lang).await?;
    own(&company, &caller, lang).await
}

/// What an order or customer system has to know about an employee before it lets them go on.
#[derive(Serialize, ToSchema)]
pub struct RestrictionsNow {
    pub employee: String,
    pub standing: Standing,
    /// May this person place new orders now?
    pub new_orders: bool,
    pub limits: Vec<Limit>,
    /// When the first of them ends.
    pub until: Option<String>,
}

/// What is stopped for an employee at this moment
#[utoipa::path(get, path = "/api/v1/employees/{number}/restrictions", tag = "restrictions", params(("number" = String, Path)),
    responses((status = 200, body = RestrictionsNow), (status = 404)))]
pub async fn restrictions_of(State(company): State<Arc<Company>>, caller: Caller, PathParam(number): PathParam<String>) -> Result<Json<RestrictionsNow>> {
    let seen = scope(&caller, &company, Permission::RestrictionsSee).await?;
    let db = company.store.read();
    if !seen.sees(&number) || people::find(db, &number).await?.is_none() {
        return Err(Problem::not_found().into());
    }
    let standing = standing::of(db, Some(&number)).await?;
    let rows = super::at(db, &number, company.now()).await?;
    let mut limits: Vec<Limit> = rows.iter().flat_map(|r| Limit::read(&r.limits)).collect();
    limits.sort_unstable();
    limits.dedup();
    Ok(Json(RestrictionsNow {
        new_orders: standing != Standing::Left && !limits.contains(&Limit::NewOrders),
        until: rows.iter().map(|r| r.until_at).min().map(instant),
        employee: number,
        standing,
        limits,
    }))
}

/// What somebody who is leaving may look through by default.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Freeze {
    /// Customer pages a day, 5–1000.
    pub customers_per_day: u64,
}

/// The bound on pages for somebody who is leaving
#[utoipa::path(get, path = "/api/v1/freeze", tag = "restrictions", responses((status = 200, body = Freeze)))]
pub async fn get_freeze(State(company): State<Arc<Company>>) -> Result<Json<Freeze>> {
    Ok(Json(Freeze { customers_per_day: freeze::customers_per_day(company.store.read()).await? }))
}

/// Set the bound on pages for somebody who is leaving
#[utoipa::path(put, path = "/api/v1/freeze", tag = "restrictions", request_body = Freeze, responses((status = 200, body = Freeze), (status = 422)))]
pub async fn put_freeze(State(company): State<Arc<Company>>, caller: Caller, Body(body): Body<Freeze>) -> Result<Json<Freeze>> {
    caller.require(Permission::CompanyEdit)?;
    if !(5..=1000).contains(&body.customers_per_day) {
        return Err(Problem::new(
            422,
            "bad_bound",
            "每天可查看的客户数须在 5 到 1000 之间：更少会使工作无法进行（《劳动合同法》第三十八条）。",
            "Customer pages a day lie between 5 and 1000: fewer would make the work impossible (Labour Contract Law art. 38).",
        )
        .with_rule("P16")
        .into());
    }
    let tx = company.store.write().await?;
    settings::set(&tx, freeze::SETTING, &body.customers_per_day.to_string(), company.now()).await?;
    tx.commit().await?;
    publish_act(&company, "access.freeze_changed", &caller.actor(), json!({ "customers_per_day": body.customers_per_day })).await?;
    Ok(Json(body))
}
