//! Routes of the list and of one customer.

use super::{
    list,
    model::{assignment, customer},
    open_at,
    reach::Whose,
    view::{self, CustomerDetail, Days},
};
use crate::{
    access::{Caller, Permission, freeze},
    company::Company,
    error::Result,
    http::{AppState, List, Page, PathParam, QueryParams},
    people,
    said::Lang,
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_customers))
        .routes(routes!(get_customer))
        .merge(super::acts_api::routes())
        .merge(super::of_employee::routes())
        .merge(super::reassign_api::routes())
        .merge(super::export::routes())
        .merge(super::snapshot::routes())
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct CustomerFilter {
    /// Name, id, pinyin or initials.
    pub q: Option<String>,
    /// Served by this employee now.
    pub employee: Option<String>,
    /// `normal` or `high_value`.
    pub tier: Option<String>,
    /// `nobody`: nobody serves them now.
    pub held: Option<String>,
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
    mut page: Page,
    QueryParams(filter): QueryParams<CustomerFilter>,
) -> Result<Json<List<CustomerItem>>> {
    freeze::list(&company, &caller, &mut page).await?;
    let whose = Whose::of(&caller, Permission::CustomersSee);
    let rows = list::page(&company, &whose, &filter, page.after()?, page.limit() + 1).await?;
    let shown = page.close(rows, |r| r.customer.clone());
    freeze::listed(&company, &caller, &shown.items.iter().map(|r| r.customer.as_str()).collect::<Vec<_>>()).await?;
    let items = items(&company, shown.items).await?;
    Ok(Json(List { items, next_cursor: shown.next_cursor }))
}

pub(super) async fn items(company: &Company, rows: Vec<customer::Model>) -> Result<Vec<CustomerItem>> {
    let db = company.store.read();
    let ids: Vec<String> = rows.iter().map(|r| r.customer.clone()).collect();
    let mut serving: HashMap<String, String> = HashMap::new();
    for part in ids.chunks(500) {
        let held = assignment::Entity::find()
            .select_only()
            .columns([assignment::Column::Customer, assignment::Column::Employee])
            .filter(assignment::Column::Customer.is_in(part.iter().cloned()))
            .filter(open_at(company.now()))
            .order_by_asc(assignment::Column::ValidFrom)
            .into_tuple::<(String, String)>()
            .all(db)
            .await?;
        serving.extend(held);
    }
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

/// One customer: all the company knows
///
/// Contacts, sites, who served it when, deals, orders, receivables, promises, preferences, follow-ups, how much else there
/// is, as it was on a day (`on`) and as it was known on a day (`known`).
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "customers", params(("id" = String, Path), Days),
    responses((status = 200, body = CustomerDetail), (status = 404)))]
pub async fn get_customer(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    QueryParams(days): QueryParams<Days>,
) -> Result<Json<CustomerDetail>> {
    let shown = view::of(&company, &caller, lang, &id, &days).await?;
    freeze::customer_opened(&company, &caller, &id).await?;
    Ok(Json(shown))
}
