//! Whom one employee serves and served, the newest first and a page at a time: somebody may have thousands. What is *not*
//! here: the customers of a team or of everybody (`list`), what is still open with each (`held`).

use super::{
    Assigned, assign,
    model::{assignment, customer},
    names_of,
};
use crate::{
    access::{Caller, Permission, freeze, reaches, views},
    company::Company,
    error::{Problem, Result},
    http::{AppState, List, Page, PathParam, QueryParams, instant},
    people::{self, search},
    records::id_of,
    store::bulk,
};
use axum::{Json, extract::State};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_customers_of_employee))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AssignmentFilter {
    /// Name, id, pinyin or initials of the customer.
    pub q: Option<String>,
    /// True: only those that are over; false: only those that are not.
    pub ended: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EmployeeAssignment {
    pub record: String,
    pub customer: String,
    pub name: Option<String>,
    pub from: String,
    pub until: Option<String>,
    pub reason: Option<String>,
}

/// The customers an employee serves and served, the newest first
#[utoipa::path(get, path = "/api/v1/employees/{number}/customers", tag = "customers", params(("number" = String, Path), AssignmentFilter, Page),
    responses((status = 200, body = List<EmployeeAssignment>), (status = 404)))]
pub async fn list_customers_of_employee(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(number): PathParam<String>,
    mut page: Page,
    QueryParams(filter): QueryParams<AssignmentFilter>,
) -> Result<Json<List<EmployeeAssignment>>> {
    for permission in [Permission::PeopleSee, Permission::CustomersSee] {
        if !reaches(&caller, &company, permission, &number).await? {
            return Err(Problem::not_found().into());
        }
    }
    let db = company.store.read();
    // A number nobody has answers as one out of reach does, here as on the file.
    people::find(db, &number).await?.ok_or_else(Problem::not_found)?;
    // The same bounds as any list of customers, for whoever is leaving too.
    freeze::list(&company, &caller, &mut page).await?;
    let rows = rows(db, &number, &filter, company.now(), page.after()?, page.limit() + 1).await?;
    let shown = page.close(rows, |a| (a.from, a.idx));
    let ids: Vec<String> = shown.items.iter().map(|a| a.customer.clone()).collect();
    freeze::listed(&company, &caller, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    // It is a part of their file: whoever opens it is told to them.
    views::note_of(&company, &caller, "served", &number, &number);
    let names = names_of(db, &ids).await?;
    let items = shown
        .items
        .into_iter()
        .map(|a| EmployeeAssignment {
            record: id_of(a.idx),
            name: names.get(&a.customer).cloned(),
            customer: a.customer,
            from: instant(a.from),
            until: a.until.map(instant),
            reason: a.reason,
        })
        .collect();
    Ok(Json(List { items, next_cursor: shown.next_cursor }))
}

/// Rows whose names are asked for together.
const STEP: usize = 500;

async fn rows(db: &impl ConnectionTrait, employee: &str, filter: &AssignmentFilter, now: i64, after: Option<(i64, i64)>, limit: u64) -> Result<Vec<Assigned>> {
    use assignment::Column as C;
    // First the places alone, which an index answers: of thousands of rows a page is read.
    let mut places = assignment::Entity::find()
        .select_only()
        .columns([C::Idx, C::Customer])
        .filter(C::Employee.eq(employee))
        .filter(C::CorrectedAt.is_null())
        .order_by_desc(C::ValidFrom)
        .order_by_desc(C::Idx);
    places = match filter.ended {
        Some(true) => places.filter(C::EndsAt.lte(now)),
        Some(false) => places.filter(Condition::any().add(C::EndsAt.is_null()).add(C::EndsAt.gt(now))),
        None => places,
    };
    if let Some((from, idx)) = after {
        places = places.filter(C::ValidFrom.lt(from).or(Expr::col(C::ValidFrom).eq(from).and(Expr::col(C::Idx).lt(idx))));
    }
    let typed = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    if typed.is_none() {
        places = places.limit(limit);
    }
    let places: Vec<(i64, String)> = places.into_tuple().all(db).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let wanted = match typed {
        None => places,
        Some(typed) => fitting(db, places, typed, most).await?,
    };
    let mut found: HashMap<i64, Assigned> = HashMap::new();
    let all: Vec<i64> = wanted.into_iter().map(|(idx, _)| idx).collect();
    for part in all.chunks(STEP) {
        let rows = assignment::Entity::find().filter(C::Idx.is_in(part.iter().copied())).all(db).await?;
        found.extend(rows.into_iter().map(|row| (row.idx, assign::shown(row))));
    }
    Ok(all.iter().filter_map(|idx| found.remove(idx)).collect())
}

/// Those of them whose customer has such a name, in their order, until there are enough.
async fn fitting(db: &impl ConnectionTrait, places: Vec<(i64, String)>, typed: &str, most: usize) -> Result<Vec<(i64, String)>> {
    let mut fit = Vec::new();
    for part in places.chunks(STEP) {
        let named: HashSet<String> = customer::Entity::find()
            .select_only()
            .column(customer::Column::Customer)
            .filter(bulk::among(db, customer::Column::Customer, part.iter().map(|(_, id)| id.as_str())))
            .filter(search::matching(customer::Column::Search, typed))
            .into_tuple::<String>()
            .all(db)
            .await?
            .into_iter()
            .collect();
        fit.extend(part.iter().filter(|(_, id)| named.contains(id)).cloned());
        if fit.len() >= most {
            fit.truncate(most);
            break;
        }
    }
    Ok(fit)
}
