//! Routes of customers changing hands together.

use super::{
    acts::Made,
    assignable::Refusal,
    model::{assignment, customer, reassigned, reassignment},
    open_at, reach,
    reassign::{self, MOST, Order, Progress, Within},
};
use crate::{
    access::{Caller, Permission, within},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    intake::browse,
    people,
    records::id_of,
    said::Lang,
    store::bulk,
};
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(start_reassignment))
        .routes(routes!(list_reassignments))
        .routes(routes!(get_reassignment))
        .routes(routes!(list_results))
        .routes(routes!(undo_reassignment))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Reassign {
    /// Which customers; absent for all of `from` that the filter leaves.
    pub customers: Option<Vec<String>>,
    pub filter: Option<ReassignFilter>,
    /// Who has to hold them; needed where `customers` is absent.
    pub from: Option<String>,
    pub to: String,
    /// A day in the company's zone or RFC 3339; now if absent.
    pub from_date: Option<String>,
    pub reason: String,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ReassignFilter {
    /// Name, id, pinyin or initials.
    pub q: Option<String>,
    pub tier: Option<String>,
}

/// Move many customers from one employee to another
///
/// Answers at once; a job does it with progress and a result per customer. Refused as a whole: a receiver who is unknown,
/// leaving or out of reach, no reason, nobody to move. Customers that cannot go are refused one by one.
#[utoipa::path(post, path = "/api/v1/customers/reassign", tag = "customers", request_body = Reassign,
    responses((status = 202, body = Made), (status = 404), (status = 422)))]
pub async fn start_reassignment(State(company): State<Arc<Company>>, caller: Caller, Body(body): Body<Reassign>) -> Result<(StatusCode, Json<Made>)> {
    caller.require(Permission::CustomersAssign)?;
    let begins = body.from_date.clone().filter(|d| !d.trim().is_empty()).unwrap_or_else(|| instant(company.now()));
    let at = browse::moment(&company, &begins, false)?;
    let within = Within::of(&caller);
    reassign::giver_within(&within.scope(&company).await?, body.from.as_deref())?;
    let customers = match (&body.customers, &body.from) {
        (Some(list), _) => list.clone(),
        (None, Some(from)) => held(&company, from, at, body.filter.as_ref()).await?,
        (None, None) => {
            return Err(Problem::new(
                422,
                "nobody_to_move",
                "请选择客户（customers），或写明转出人（from）。",
                "Choose customers, or name whose they are (from).",
            )
            .into());
        }
    };
    let mut customers = customers;
    customers.sort_unstable();
    customers.dedup();
    for number in body.from.iter().chain([&body.to]) {
        caller.impartial(number)?;
    }
    holders_apart(&company, &caller, &customers, at).await?;
    let moves = customers.into_iter().map(|c| (c, body.to.clone())).collect();
    let order = Order { moves, from: body.from.clone(), begins, reason: body.reason.clone(), handover: None };
    let id = reassign::start(&company, &caller.actor(), &within, order).await?;
    Ok((StatusCode::ACCEPTED, Json(Made { id })))
}

/// 回避: nobody moves the customers of somebody they are tied to.
pub(super) async fn holders_apart(company: &Company, caller: &Caller, customers: &[String], at: i64) -> Result<()> {
    if caller.apart.is_empty() {
        return Ok(());
    }
    let db = company.store.read();
    let theirs = assignment::Entity::find().filter(open_at(at)).filter(bulk::among(db, assignment::Column::Employee, caller.apart.iter())).filter(bulk::among(
        db,
        assignment::Column::Customer,
        customers,
    ));
    match theirs.one(db).await? {
        Some(row) => caller.impartial(&row.employee),
        None => Ok(()),
    }
}

/// The customers of an employee that a filter leaves.
async fn held(company: &Company, from: &str, at: i64, filter: Option<&ReassignFilter>) -> Result<Vec<String>> {
    let mut query = customer::Entity::find()
        .select_only()
        .column(customer::Column::Customer)
        .filter(Expr::col((customer::Entity, customer::Column::Customer)).in_subquery(reach::served_by(from, at)))
        .limit(MOST as u64 + 1);
    if let Some(q) = filter.and_then(|f| f.q.as_deref()).filter(|q| !q.trim().is_empty()) {
        query = query.filter(people::search::matching(customer::Column::Search, q));
    }
    if let Some(tier) = filter.and_then(|f| f.tier.as_deref()) {
        query = query.filter(ColumnTrait::eq(&customer::Column::Tier, tier));
    }
    Ok(query.into_tuple().all(company.store.read()).await?)
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Reassignment {
    #[serde(flatten)]
    pub progress: Progress,
    pub from: Option<String>,
    pub from_name: Option<String>,
    /// Null when they went to several.
    pub to: Option<String>,
    pub to_name: Option<String>,
    /// From when the receiver serves them.
    pub begins_at: String,
    pub reason: String,
    pub by: String,
    pub started_at: String,
    pub finished_at: Option<String>,
    /// The reassignment that this one takes back.
    pub undoes: Option<String>,
    pub undone_by: Option<String>,
}

async fn shown(company: &Company, rows: Vec<reassignment::Model>) -> Result<Vec<Reassignment>> {
    let db = company.store.read();
    let progress = reassign::progress_of(db, &rows).await?;
    let numbers: Vec<String> = rows.iter().flat_map(|r| [r.giver.clone(), r.receiver.clone()]).flatten().collect();
    let names = people::names_of(db, &numbers).await?;
    let undone = reassignment::Entity::find().filter(reassignment::Column::Undoes.is_in(rows.iter().map(|r| r.id.clone()))).all(db).await?;
    Ok(rows
        .into_iter()
        .zip(progress)
        .map(|(r, progress)| Reassignment {
            progress,
            from_name: r.giver.as_ref().and_then(|n| names.get(n)).cloned(),
            to_name: r.receiver.as_ref().and_then(|n| names.get(n)).cloned(),
            from: r.giver,
            to: r.receiver,
            begins_at: instant(r.begins_at),
            reason: r.reason,
            by: r.actor_name,
            started_at: instant(r.started_at),
            finished_at: r.finished_at.map(instant),
            undone_by: undone.iter().find(|u| u.undoes.as_deref() == Some(&r.id)).map(|u| u.id.clone()),
            undoes: r.undoes,
        })
        .collect())
}

/// A caller sees what they started, and what concerns people within reach; whoever reaches everybody sees all.
fn theirs(caller: &Caller) -> Condition {
    let reached = |column: reassignment::Column| within(caller, Permission::CustomersAssign, column);
    Condition::any()
        .add(reached(reassignment::Column::Giver))
        .add(reached(reassignment::Column::Receiver))
        .add(ColumnTrait::eq(&reassignment::Column::ActorId, &caller.id))
}

async fn find(company: &Company, caller: &Caller, id: &str) -> Result<reassignment::Model> {
    caller.require(Permission::CustomersAssign)?;
    let row = reassignment::Entity::find_by_id(id).filter(theirs(caller)).one(company.store.read()).await?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Reassignments, the newest first
#[utoipa::path(get, path = "/api/v1/reassignments", tag = "customers", params(Page), responses((status = 200, body = List<Reassignment>)))]
pub async fn list_reassignments(State(company): State<Arc<Company>>, caller: Caller, page: Page) -> Result<Json<List<Reassignment>>> {
    caller.require(Permission::CustomersAssign)?;
    let (started_at, id) = (reassignment::Column::StartedAt, reassignment::Column::Id);
    let mut query = reassignment::Entity::find().filter(theirs(&caller)).order_by_desc(started_at).order_by_desc(id).limit(page.limit() + 1);
    if let Some((at, last)) = page.after::<(i64, String)>()? {
        let same = Condition::all().add(ColumnTrait::eq(&started_at, at)).add(ColumnTrait::lt(&id, last));
        query = query.filter(Condition::any().add(ColumnTrait::lt(&started_at, at)).add(same));
    }
    let list = page.close(query.all(company.store.read()).await?, |r| (r.started_at, r.id.clone()));
    Ok(Json(List { items: shown(&company, list.items).await?, next_cursor: list.next_cursor }))
}

/// One reassignment and how far it is
#[utoipa::path(get, path = "/api/v1/reassignments/{id}", tag = "customers", params(("id" = String, Path)),
    responses((status = 200, body = Reassignment), (status = 404)))]
pub async fn get_reassignment(State(company): State<Arc<Company>>, caller: Caller, PathParam(id): PathParam<String>) -> Result<Json<Reassignment>> {
    let row = find(&company, &caller, &id).await?;
    Ok(Json(shown(&company, vec![row]).await?.pop().ok_or_else(Problem::not_found)?))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResultFilter {
    /// `waiting`, `done`, `refused` or `limit`.
    pub status: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MoveResult {
    pub customer: String,
    pub name: Option<String>,
    pub to: String,
    pub status: String,
    /// Why it was refused, as a stable name and as a sentence.
    pub code: Option<String>,
    pub detail: Option<String>,
    /// Who held it before.
    pub before: Option<String>,
    /// The record of the new assignment.
    pub record: Option<String>,
}

/// What became of each customer
#[utoipa::path(get, path = "/api/v1/reassignments/{id}/results", tag = "customers", params(("id" = String, Path), ResultFilter, Page),
    responses((status = 200, body = List<MoveResult>), (status = 404)))]
pub async fn list_results(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    page: Page,
    QueryParams(filter): QueryParams<ResultFilter>,
) -> Result<Json<List<MoveResult>>> {
    use reassigned::Column as C;
    find(&company, &caller, &id).await?;
    let db = company.store.read();
    let mut query = reassigned::Entity::find().filter(ColumnTrait::eq(&C::Reassignment, &id)).order_by_asc(C::Customer).limit(page.limit() + 1);
    if let Some(status) = &filter.status {
        query = query.filter(ColumnTrait::eq(&C::Status, status));
    }
    if let Some(after) = page.after::<String>()? {
        query = query.filter(ColumnTrait::gt(&C::Customer, after));
    }
    let list = page.close(query.all(db).await?, |r| r.customer.clone());
    let ids: Vec<String> = list.items.iter().map(|r| r.customer.clone()).collect();
    let numbers: Vec<String> = list.items.iter().filter_map(|r| r.holder.clone()).collect();
    let (mut customers, people) = (super::names_of(db, &ids).await?, people::names_of(db, &numbers).await?);
    // What changed hands here the caller knows of; of the others only the names of those within reach.
    if let Some(members) = reach::Whose::of(&caller, Permission::CustomersAssign).members(db).await? {
        let reached = reach::served_by_any(db, &members, company.now());
        let reached: HashSet<String> = customer::Entity::find()
            .select_only()
            .column(customer::Column::Customer)
            .filter(ColumnTrait::is_in(&customer::Column::Customer, ids))
            .filter(Expr::col((customer::Entity, customer::Column::Customer)).in_subquery(reached))
            .into_tuple()
            .all(db)
            .await?
            .into_iter()
            .collect();
        let moved: HashSet<&str> = list.items.iter().filter(|r| r.status == "done").map(|r| r.customer.as_str()).collect();
        customers.retain(|id, _| reached.contains(id) || moved.contains(id.as_str()));
    }
    let items = list
        .items
        .into_iter()
        .map(|r| {
            let who = r.holder.as_ref().map(|n| people.get(n).cloned().unwrap_or_else(|| n.clone()));
            let refusal = r.code.as_deref().and_then(Refusal::from_code);
            MoveResult {
                name: customers.get(&r.customer).cloned(),
                detail: refusal.map(|refusal| refusal.said(who.as_deref()).pick(lang).to_owned()),
                before: r.holder.filter(|_| r.status == "done"),
                record: r.idx.map(id_of),
                customer: r.customer,
                to: r.receiver,
                status: r.status,
                code: r.code,
            }
        })
        .collect();
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Undo {
    pub reason: String,
}

/// Give back what a reassignment moved
///
/// Writes new assignments from now on; nothing is deleted. What has changed hands since is refused in its result.
#[utoipa::path(post, path = "/api/v1/reassignments/{id}/undo", tag = "customers", params(("id" = String, Path)), request_body = Undo,
    responses((status = 202, body = Made), (status = 404), (status = 409)))]
pub async fn undo_reassignment(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(id): PathParam<String>,
    Body(body): Body<Undo>,
) -> Result<(StatusCode, Json<Made>)> {
    let row = find(&company, &caller, &id).await?;
    for number in row.giver.iter().chain(&row.receiver) {
        caller.impartial(number)?;
    }
    let id = reassign::undo(&company, &caller.actor(), &Within::of(&caller), &id, None, &body.reason, None).await?;
    Ok((StatusCode::ACCEPTED, Json(Made { id })))
}
