//! Who opened what and why: the auditor's list. The records of the looks are the truth; this reads their projection.

use super::Caller;
use crate::{
    cases::model::case,
    error::Result,
    http::{AppState, List, Page, QueryParams, instant},
    people,
    records::{id_of, model::looked},
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Query};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LookFilter {
    /// An employee number whose records were opened.
    pub employee: Option<String>,
    /// Id or name of who looked.
    pub user: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct LookView {
    /// The record of the look.
    pub id: String,
    pub at: String,
    pub by: String,
    pub case: Option<String>,
    pub reason: String,
    pub records: Vec<String>,
    pub employees: Vec<String>,
    /// What those of them who have a file are called, by number.
    pub names: BTreeMap<String, String>,
}

/// Who opened what and why, newest first
#[utoipa::path(get, path = "/api/v1/looks", tag = "access", params(LookFilter, Page), responses((status = 200, body = List<LookView>)))]
pub async fn list_looks(State(app): State<AppState>, caller: Caller, QueryParams(filter): QueryParams<LookFilter>, page: Page) -> Result<Json<List<LookView>>> {
    // That content was opened under a case tells of the case: the auditor is kept out of their own like anyone.
    let own = Query::select().column(case::Column::Id).from(case::Entity).and_where(case::Column::Employee.is_in(caller.recusals())).to_owned();
    let mut wanted = Condition::all().add(looked::Column::CaseId.not_in_subquery(own));
    if let Some(number) = &filter.employee {
        // The column is a JSON list of strings, so the quotes keep 100 from finding 1001.
        wanted = wanted.add(looked::Column::Employees.contains(serde_json::to_string(number)?));
    }
    if let Some(who) = &filter.user {
        wanted = wanted.add(looked::Column::ActorId.eq(who).or(looked::Column::ActorName.contains(who)));
    }
    if let Some(idx) = page.after::<i64>()? {
        wanted = wanted.add(looked::Column::Idx.lt(idx));
    }
    let rows = looked::Entity::find().filter(wanted).order_by_desc(looked::Column::Idx).limit(page.limit() + 1).all(app.company.store.read()).await?;
    let list = page.close(rows, |r| r.idx);
    let mut items = list.items.into_iter().map(view).collect::<Result<Vec<LookView>>>()?;
    let numbers: BTreeSet<String> = items.iter().flat_map(|l| &l.employees).cloned().collect();
    let names = people::names_of(app.company.store.read(), &numbers.into_iter().collect::<Vec<_>>()).await?;
    for look in &mut items {
        look.names = look.employees.iter().filter_map(|number| Some((number.clone(), names.get(number)?.clone()))).collect();
    }
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

fn view(row: looked::Model) -> Result<LookView> {
    Ok(LookView {
        id: id_of(row.idx),
        at: instant(row.at),
        by: row.actor_name,
        case: (!row.case_id.is_empty()).then_some(row.case_id),
        reason: row.reason,
        records: serde_json::from_str(&row.records)?,
        employees: serde_json::from_str(&row.employees)?,
        names: BTreeMap::new(),
    })
}
