//! Routes of customers.

use super::{
    assignments,
    model::{assignment, customer},
    open_at,
};
use crate::{
    access::{Caller, Permission, Scope, scope},
    company::Company,
    error::{Problem, Result},
    http::{AppState, List, Page, PathParam, QueryParams, instant},
    intake::browse,
    people::{self, search},
    records::{customer_subject, id_of, model::subject},
    said::Lang,
};
use axum::{Json, extract::State};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::HashMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_customers)).routes(routes!(get_customer))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerFilter {
    /// Name, id, pinyin or initials.
    pub q: Option<String>,
    /// Served by this employee now.
    pub employee: Option<String>,
    /// `normal` or `high_value`.
    pub tier: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerItem {
    pub customer: String,
    pub name: String,
    pub tier: Option<String>,
    pub since: Option<String>,
    /// Who serves it now.
    pub employee: Option<String>,
    pub employee_name: Option<String>,
    /// Named by records, but not yet described by one.
    pub placeholder: bool,
}

/// Customers
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers", params(CustomerFilter, Page), responses((status = 200, body = List<CustomerItem>)))]
pub async fn list_customers(
    State(company): State<Arc<Company>>,
    caller: Caller,
    page: Page,
    QueryParams(filter): QueryParams<CustomerFilter>,
) -> Result<Json<List<CustomerItem>>> {
    let seen = scope(&caller, &company, Permission::CustomersSee).await?;
    let now = company.now();
    let mut query = customer::Entity::find().order_by_asc(customer::Column::Customer).limit(page.limit() + 1);
    let served_by = |employees: Vec<String>| {
        assignment::Entity::find()
            .select_only()
            .column(assignment::Column::Customer)
            .filter(assignment::Column::Employee.is_in(employees))
            .filter(open_at(now))
            .into_query()
    };
    if let Some(team) = seen.filter() {
        query = query.filter(Expr::col((customer::Entity, customer::Column::Customer)).in_subquery(served_by(team)));
    }
    if let Some(employee) = &filter.employee {
        query = query.filter(Expr::col((customer::Entity, customer::Column::Customer)).in_subquery(served_by(vec![employee.clone()])));
    }
    if let Some(q) = filter.q.as_deref().filter(|q| !q.trim().is_empty()) {
        query = query.filter(search::matching(customer::Column::Search, q));
    }
    if let Some(tier) = &filter.tier {
        query = query.filter(customer::Column::Tier.eq(tier));
    }
    if let Some(after) = page.after::<String>()? {
        query = query.filter(customer::Column::Customer.gt(after));
    }
    let rows = query.all(company.store.read()).await?;
    let list = page.close(rows, |r| r.customer.clone());
    let items = items(&company, list.items).await?;
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

async fn items(company: &Company, rows: Vec<customer::Model>) -> Result<Vec<CustomerItem>> {
    let db = company.store.read();
    let now = company.now();
    let ids: Vec<String> = rows.iter().map(|r| r.customer.clone()).collect();
    let serving: HashMap<String, String> =
        assignments(db, &ids, None).await?.into_iter().filter(|a| a.holds_at(now)).map(|a| (a.customer, a.employee)).collect();
    let numbers: Vec<String> = serving.values().cloned().collect();
    let names = people::names_of(db, &numbers).await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let employee = serving.get(&r.customer).cloned();
            CustomerItem {
                employee_name: employee.as_ref().and_then(|n| names.get(n)).cloned(),
                employee,
                customer: r.customer,
                name: r.name,
                tier: r.tier,
                since: r.since,
                placeholder: r.placeholder,
            }
        })
        .collect())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerDetail {
    #[serde(flatten)]
    pub customer: CustomerItem,
    #[schema(value_type = Vec<Object>)]
    pub contacts: Vec<Value>,
    #[schema(value_type = Vec<Object>)]
    pub sites: Vec<Value>,
    pub assignments: Vec<CustomerAssignment>,
    pub counts: Counts,
    /// The newest records, without content.
    pub recent: Vec<browse::Envelope>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerAssignment {
    pub record: String,
    pub employee: String,
    pub name: Option<String>,
    pub from: String,
    pub until: Option<String>,
    pub reason: Option<String>,
    /// When we learned of it.
    pub known_at: String,
}

#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Counts {
    pub orders: i64,
    /// Orders moved to another company.
    pub moved: i64,
    pub inquiries: i64,
    pub messages: i64,
}

/// One customer: contacts, sites, who served it when, what happened lately
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "customers", params(("id" = String, Path)), responses((status = 200, body = CustomerDetail), (status = 404)))]
pub async fn get_customer(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Result<Json<CustomerDetail>> {
    let seen = scope(&caller, &company, Permission::CustomersSee).await?;
    let db = company.store.read();
    let row = super::find(db, &id).await?.ok_or_else(Problem::not_found)?;
    let served = assignments(db, std::slice::from_ref(&id), None).await?;
    if seen != Scope::All && !served.iter().any(|a| seen.sees(&a.employee)) {
        return Err(Problem::not_found().into());
    }
    let numbers: Vec<String> = served.iter().map(|a| a.employee.clone()).collect();
    let names = people::names_of(db, &numbers).await?;
    let list = |json: &str| serde_json::from_str::<Vec<Value>>(json).unwrap_or_default();
    let (contacts, sites) = (list(&row.contacts), list(&row.sites));
    let filter = browse::Filter { customer: Some(id.clone()), limit: Some(20), ..Default::default() };
    let mut recent = browse::list(&company, &caller, &filter, lang).await?.items;
    // A team's manager sees what concerns the team.
    recent.retain(|e| e.employee.as_deref().is_none_or(|n| seen.sees(n)));
    let customer = items(&company, vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    let assignments = served
        .into_iter()
        .rev()
        .map(|a| CustomerAssignment {
            record: id_of(a.idx),
            name: names.get(&a.employee).cloned(),
            employee: a.employee,
            from: instant(a.from),
            until: a.until.map(instant),
            reason: a.reason,
            known_at: instant(a.known_at),
        })
        .collect();
    let counts = count(&company, &id).await?;
    Ok(Json(CustomerDetail { customer, contacts, sites, assignments, counts, recent }))
}

async fn count(company: &Company, id: &str) -> Result<Counts> {
    let rows: Vec<(String, i64)> = subject::Entity::find()
        .select_only()
        .column(subject::Column::Kind)
        .column_as(subject::Column::Idx.count(), "n")
        .filter(subject::Column::Subject.eq(customer_subject(id)))
        .group_by(subject::Column::Kind)
        .into_tuple()
        .all(company.store.read())
        .await?;
    let mut counts = Counts::default();
    for (kind, n) in rows {
        match kind.as_str() {
            "order.placed" => counts.orders = n,
            "order.transferred" => counts.moved = n,
            "inquiry.received" => counts.inquiries = n,
            "message.sent" => counts.messages = n,
            _ => {}
        }
    }
    Ok(counts)
}
