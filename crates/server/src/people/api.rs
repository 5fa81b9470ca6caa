//! Routes of employees.

use super::{
    documents_of, interests_of,
    model::person,
    names::{Among, PEOPLE},
    names_of, search,
};
use crate::{
    access::{Caller, Field, Permission, freeze, reaches, views, within},
    company::Company,
    customers,
    error::{Problem, Result},
    http::{AppState, List, Page, PathParam, QueryParams, instant},
    records::id_of,
    store::bulk,
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_employees))
        .routes(routes!(get_employee))
        .merge(super::life_api::routes())
        .merge(super::departments::routes())
        .merge(super::interests::routes())
        .merge(super::roster::routes())
        .merge(super::mine::routes())
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EmployeeFilter {
    /// Name, number, pinyin or initials.
    pub q: Option<String>,
    pub department: Option<String>,
    /// `active`, `resigning`, `left`.
    pub status: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EmployeeItem {
    pub number: String,
    pub name: String,
    pub department: Option<String>,
    pub title: Option<String>,
    /// Number of the superior.
    pub manager: Option<String>,
    pub status: Option<String>,
    pub hired_on: Option<String>,
    pub left_on: Option<String>,
    /// Of someone who resigned: the last day at work.
    pub last_day: Option<String>,
    pub grade: Option<String>,
    /// Customers served now.
    pub customers: i64,
    /// Null without the permission to see alerts.
    pub open_alerts: Option<i64>,
    /// Named by records, but not yet described by one.
    pub placeholder: bool,
}

/// Employees
#[utoipa::path(get, path = "/api/v1/employees", tag = "people", params(EmployeeFilter, Page), responses((status = 200, body = List<EmployeeItem>)))]
pub async fn list_employees(
    State(company): State<Arc<Company>>,
    caller: Caller,
    mut page: Page,
    QueryParams(filter): QueryParams<EmployeeFilter>,
) -> Result<Json<List<EmployeeItem>>> {
    freeze::list(&company, &caller, &mut page).await?;
    let db = company.store.read();
    let mut query = filtered(db, person::Entity::find().filter(within(&caller, Permission::PeopleSee, person::Column::Number)), &filter)
        .await?
        .order_by_asc(person::Column::Number)
        .limit(page.limit() + 1);
    if let Some(after) = page.after::<String>()? {
        query = query.filter(person::Column::Number.gt(after));
    }
    let rows = query.all(db).await?;
    let list = page.close(rows, |r| r.number.clone());
    freeze::listed(&company, &caller, &list.items.iter().map(|r| r.number.as_str()).collect::<Vec<_>>()).await?;
    let items = items(&company, &caller, list.items).await?;
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

/// The filter of the list, for the export too.
pub async fn filtered(db: &impl ConnectionTrait, mut query: Select<person::Entity>, filter: &EmployeeFilter) -> Result<Select<person::Entity>> {
    if let Some(q) = filter.q.as_deref().filter(|q| !q.trim().is_empty()) {
        query = query.filter(search::matching(person::Column::Search, q));
        // What more have is soonest met on the way.
        if let Among::Few(numbers) = PEOPLE.find(db, q).await? {
            query = query.filter(bulk::among(db, person::Column::Number, numbers));
        }
    }
    if let Some(department) = filter.department.as_deref().filter(|d| !d.is_empty()) {
        query = query.filter(person::Column::Department.eq(department));
    }
    if let Some(status) = filter.status.as_deref().filter(|s| !s.is_empty()) {
        query = query.filter(person::Column::Status.eq(status));
    }
    Ok(query)
}

async fn items(company: &Company, caller: &Caller, rows: Vec<person::Model>) -> Result<Vec<EmployeeItem>> {
    let numbers: Vec<String> = rows.iter().map(|r| r.number.clone()).collect();
    let customers = customers::counts_at(company.store.read(), &numbers, company.now()).await?;
    let sees_alerts = caller.has(Permission::AlertsSee);
    let alerts = if sees_alerts { Some(crate::alerts::open_counts(company.store.read(), &numbers).await?) } else { None };
    // Nobody learns of alerts about themselves, nor about whom they are recused from.
    let alerts_of = |number: &str| alerts.as_ref().filter(|_| !caller.is_recused_from(number)).map(|a| a.get(number).copied().unwrap_or(0));
    Ok(rows
        .into_iter()
        .map(|r| EmployeeItem {
            customers: customers.get(&r.number).copied().unwrap_or(0),
            open_alerts: alerts_of(&r.number),
            number: r.number,
            name: r.name,
            department: r.department,
            title: r.title,
            manager: r.manager,
            status: r.status,
            hired_on: r.hired_on,
            left_on: r.left_on,
            last_day: r.last_day,
            grade: r.grade,
            placeholder: r.placeholder,
        })
        .collect())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EmployeeDetail {
    #[serde(flatten)]
    pub employee: EmployeeItem,
    pub manager_name: Option<String>,
    #[schema(value_type = Vec<Object>)]
    pub accounts: Vec<Value>,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    pub documents: Vec<SignedDocument>,
    pub interests: Vec<Interest>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SignedDocument {
    pub record: String,
    pub document: String,
    pub title: String,
    pub version: String,
    pub signed_at: String,
    pub method: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Interest {
    pub record: String,
    pub company: String,
    pub name: Option<String>,
    pub relation: String,
}

/// One employee: accounts, what they signed and declared
///
/// Whom they serve and served comes by pages of its own (`/employees/{number}/customers`).
#[utoipa::path(get, path = "/api/v1/employees/{number}", tag = "people", params(("number" = String, Path)), responses((status = 200, body = EmployeeDetail), (status = 404)))]
pub async fn get_employee(State(company): State<Arc<Company>>, caller: Caller, PathParam(number): PathParam<String>) -> Result<Json<EmployeeDetail>> {
    let db = company.store.read();
    if !reaches(&caller, &company, Permission::PeopleSee, &number).await? {
        return Err(Problem::not_found().into());
    }
    let row = super::find(db, &number).await?.ok_or_else(Problem::not_found)?;
    let list = |json: &str| serde_json::from_str::<Vec<Value>>(json).unwrap_or_default();
    let words = |json: &str| serde_json::from_str::<Vec<String>>(json).unwrap_or_default();
    views::note(&company, &caller.id, "employee", &number, &number, "");
    let (mut accounts, mut phones, mut emails) = (list(&row.accounts), words(&row.phones), words(&row.emails));
    // What is masked leaves the server empty.
    if !caller.sees_of(Field::PeopleAccounts, &number) {
        accounts.clear();
    }
    if !caller.sees_of(Field::PeoplePhones, &number) {
        phones.clear();
    }
    if !caller.sees_of(Field::PeopleEmails, &number) {
        emails.clear();
    }
    let manager_name = match &row.manager {
        Some(manager) => names_of(db, std::slice::from_ref(manager)).await?.remove(manager),
        None => None,
    };
    let documents = documents_of(db, &number)
        .await?
        .into_iter()
        .map(|d| SignedDocument {
            record: id_of(d.idx),
            document: d.document,
            title: d.title,
            version: d.version,
            signed_at: instant(d.signed_at),
            method: d.method,
        })
        .collect();
    let mut interests = Vec::new();
    let declared = if caller.sees_of(Field::PeopleInterests, &number) { interests_of(db, &number).await? } else { Vec::new() };
    for i in declared {
        let name = crate::companies::find(db, &i.company).await?.filter(|c| !c.placeholder).map(|c| c.name);
        interests.push(Interest { record: id_of(i.idx), company: i.company, name, relation: i.relation });
    }
    let employee = items(&company, &caller, vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(Json(EmployeeDetail { employee, manager_name, accounts, phones, emails, documents, interests }))
}
