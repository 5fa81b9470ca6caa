//! Who opened which page: everything for the auditor, and for an employee what others opened of their own data. Looks at
//! content are beside it (`looks`); an employee is shown those of a case only once they were told of it, and never its
//! name.

use super::{
    Caller,
    model::{token, user, view},
    views,
};
use crate::{
    cases::model::{case, case_event},
    company::Company,
    error::Result,
    http::{AppState, List, Page, QueryParams, instant},
    intake::browse::moment,
    people,
    records::model::looked,
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccessFilter {
    /// Id of the user or token who opened it.
    pub viewer: Option<String>,
    /// `employee`, `contract`, `history`, `handover`, `snapshot`, `restriction`, `customer`, `listed`, `export`, `refused`.
    pub what: Option<String>,
    /// An employee number or customer.
    pub thing: Option<String>,
    pub from: Option<String>,
    pub until: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct AccessView {
    /// Start of the hour.
    pub hour: String,
    pub viewer: String,
    pub name: Option<String>,
    /// `employee`, `contract`, `history`, `handover`, `snapshot`, `restriction`, `customer`, `listed`, `export`, `refused`.
    pub what: String,
    pub thing: String,
    pub employee: Option<String>,
    pub reason: Option<String>,
    pub times: i64,
    pub first_at: String,
    pub last_at: String,
}

/// Who opened which page or exported what, and what was refused, by hour, newest first
#[utoipa::path(get, path = "/api/v1/accesses", tag = "access", params(AccessFilter, Page), responses((status = 200, body = List<AccessView>)))]
pub async fn list_accesses(
    State(app): State<AppState>,
    caller: Caller,
    QueryParams(filter): QueryParams<AccessFilter>,
    page: Page,
) -> Result<Json<List<AccessView>>> {
    use view::Column as C;
    let company = &app.company;
    views::write(company).await?;
    let mut wanted = Condition::all();
    for (column, value) in [(C::Viewer, &filter.viewer), (C::What, &filter.what), (C::Thing, &filter.thing)] {
        if let Some(value) = value {
            wanted = wanted.add(column.eq(value));
        }
    }
    if let Some(from) = &filter.from {
        wanted = wanted.add(C::Hour.gte(moment(company, from, false)?.div_euclid(views::HOUR_US)));
    }
    if let Some(until) = &filter.until {
        wanted = wanted.add(C::Hour.lt((moment(company, until, true)? + views::HOUR_US - 1).div_euclid(views::HOUR_US)));
    }
    // Who opens the file of somebody the auditor is related to is nothing they check themselves.
    let recused: Vec<String> = caller.recused.iter().cloned().collect();
    wanted = wanted.add(C::Employee.is_not_in(recused));
    if let Some((hour, viewer, what, thing)) = page.after::<(i64, String, String, String)>()? {
        wanted = wanted.add(
            Condition::any()
                .add(C::Hour.lt(hour))
                .add(Condition::all().add(C::Hour.eq(hour)).add(C::Viewer.gt(viewer.clone())))
                .add(Condition::all().add(C::Hour.eq(hour)).add(C::Viewer.eq(viewer.clone())).add(C::What.gt(what.clone())))
                .add(Condition::all().add(C::Hour.eq(hour)).add(C::Viewer.eq(viewer)).add(C::What.eq(what)).add(C::Thing.gt(thing))),
        );
    }
    let rows = view::Entity::find()
        .filter(wanted)
        .order_by_desc(C::Hour)
        .order_by_asc(C::Viewer)
        .order_by_asc(C::What)
        .order_by_asc(C::Thing)
        .limit(page.limit() + 1)
        .all(company.store.read())
        .await?;
    let list = page.close(rows, |r| (r.hour, r.viewer.clone(), r.what.clone(), r.thing.clone()));
    let names = names_of(company.store.read(), list.items.iter().map(|r| r.viewer.clone()).collect()).await?;
    let items = list.items.into_iter().map(|r| shown(r, &names)).collect();
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

/// Names of users and of tokens.
async fn names_of(db: &impl ConnectionTrait, ids: HashSet<String>) -> Result<HashMap<String, String>> {
    let mut names: HashMap<String, String> = HashMap::new();
    for part in ids.into_iter().collect::<Vec<_>>().chunks(500) {
        let users = user::Entity::find().filter(user::Column::Id.is_in(part.iter().cloned())).all(db).await?;
        names.extend(users.into_iter().map(|u| (u.id, u.name)));
        let tokens = token::Entity::find().filter(token::Column::Id.is_in(part.iter().cloned())).all(db).await?;
        names.extend(tokens.into_iter().map(|t| (t.id, t.name)));
    }
    Ok(names)
}

fn shown(r: view::Model, names: &HashMap<String, String>) -> AccessView {
    AccessView {
        hour: instant(r.hour * views::HOUR_US),
        name: names.get(&r.viewer).cloned(),
        viewer: r.viewer,
        what: r.what,
        thing: r.thing,
        employee: Some(r.employee).filter(|e| !e.is_empty()),
        reason: Some(r.reason).filter(|t| !t.is_empty()),
        times: r.times,
        first_at: instant(r.first_at),
        last_at: instant(r.last_at),
    }
}

#[derive(Serialize, ToSchema)]
pub struct OwnAccess {
    pub at: String,
    /// Who.
    pub by: Option<String>,
    /// `file` (the employee's page), `contract`, `history`, `handover`, `snapshot`, `restriction`, `export`, `content` (a
    /// record's content was opened), `refused` (own refused tries).
    pub what: String,
    pub times: i64,
    pub reason: Option<String>,
}

/// Who opened the caller's own data, newest first
///
/// What is opened under a case about the caller appears once they were told of it; what is opened under somebody else's
/// case appears without that case's reason. No case is ever named.
#[utoipa::path(get, path = "/api/v1/me/accesses", tag = "me", params(Page), responses((status = 200, body = List<OwnAccess>)))]
pub async fn own_accesses(State(app): State<AppState>, caller: Caller, page: Page) -> Result<Json<List<OwnAccess>>> {
    let company = &app.company;
    let Some(number) = caller.employee.clone() else { return Ok(Json(List::whole(Vec::new()))) };
    views::write(company).await?;
    let mut all = opened(company, &caller, &number).await?;
    all.extend(looked_at(company, &number).await?);
    // A list of everybody is noted once for who took it; whoever stood in it finds it here.
    for (at, by, reason) in people::roster::exports_with(company.store.read(), &number, MOST).await? {
        all.push((at, OwnAccess { at: instant(at), by: Some(by), what: "export".into(), times: 1, reason: Some(reason).filter(|t| !t.is_empty()) }));
    }
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(Json(page.cut(all.into_iter().map(|(_, item)| item).collect())?))
}

/// More than this nobody reads; it is the newest that is shown.
const MOST: u64 = 2000;

async fn opened(company: &Company, caller: &Caller, number: &str) -> Result<Vec<(i64, OwnAccess)>> {
    use view::Column as C;
    let db = company.store.read();
    let rows = view::Entity::find().filter(C::Employee.eq(number)).order_by_desc(C::Hour).limit(MOST).all(db).await?;
    let names = names_of(db, rows.iter().map(|r| r.viewer.clone()).collect()).await?;
    Ok(rows
        .into_iter()
        // One's own looking at oneself is nobody's news; what was refused to oneself is.
        .filter(|r| r.viewer != caller.id || r.what == "refused")
        .map(|r| {
            let what = if r.what == "employee" { "file".to_owned() } else { r.what };
            let reason = Some(r.reason).filter(|t| !t.is_empty());
            (r.last_at, OwnAccess { at: instant(r.last_at), by: names.get(&r.viewer).cloned(), what, times: r.times, reason })
        })
        .collect())
}

async fn looked_at(company: &Company, number: &str) -> Result<Vec<(i64, OwnAccess)>> {
    let db = company.store.read();
    let rows = looked::Entity::find()
        // The column is a JSON list of strings, so the quotes keep 100 from finding 1001.
        .filter(looked::Column::Employees.contains(serde_json::to_string(number)?))
        .order_by_desc(looked::Column::Idx)
        .limit(MOST)
        .all(db)
        .await?;
    let ids: Vec<String> = rows.iter().map(|r| r.case_id.clone()).collect::<HashSet<_>>().into_iter().collect();
    let mut own_cases: HashSet<String> = HashSet::new();
    let mut told: HashSet<String> = HashSet::new();
    for part in ids.chunks(500) {
        let of = case::Entity::find().filter(case::Column::Id.is_in(part.iter().cloned())).filter(case::Column::Employee.eq(number)).all(db).await?;
        own_cases.extend(of.into_iter().map(|c| c.id));
        let rows: Vec<String> = case_event::Entity::find()
            .select_only()
            .column(case_event::Column::CaseId)
            .filter(case_event::Column::CaseId.is_in(part.iter().cloned()))
            .filter(case_event::Column::Kind.eq("told"))
            .into_tuple()
            .all(db)
            .await?;
        told.extend(rows);
    }
    Ok(rows
        .into_iter()
        .filter(|r| !own_cases.contains(&r.case_id) || told.contains(&r.case_id))
        .map(|r| {
            // The reason may speak of whom the case is about.
            let reason = (own_cases.contains(&r.case_id) && !r.reason.is_empty()).then_some(r.reason);
            (r.at, OwnAccess { at: instant(r.at), by: Some(r.actor_name), what: "content".into(), times: 1, reason })
        })
        .collect())
}
