//! Routes of companies.

use super::{Known, model::company};
use crate::{
    access::{Caller, freeze},
    company::Company,
    error::{FieldError, Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams},
    intake::kinds,
    people::search,
    said::Lang,
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_companies)).routes(routes!(put_known_company))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompanyFilter {
    /// `own`, `competitor`, `related`, `partner`, `supplier`, `unknown`.
    pub kind: Option<String>,
    /// Name, alias, pinyin or initials.
    pub q: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyItem {
    pub company: String,
    pub name: String,
    pub kind: String,
    pub aliases: Vec<String>,
    pub persons: Vec<String>,
    pub accounts: Vec<String>,
    #[schema(value_type = Vec<Object>)]
    pub sites: Vec<Value>,
    /// Named by records, but not yet described.
    pub placeholder: bool,
}

impl From<Known> for CompanyItem {
    fn from(k: Known) -> Self {
        Self {
            company: k.id,
            name: k.name,
            kind: k.kind,
            aliases: k.aliases,
            persons: k.persons,
            accounts: k.accounts,
            sites: k.sites,
            placeholder: k.placeholder,
        }
    }
}

/// Companies: own names, competitors, partners, suppliers
#[utoipa::path(get, path = "/api/v1/companies", tag = "companies", params(CompanyFilter, Page), responses((status = 200, body = List<CompanyItem>)))]
pub async fn list_companies(
    State(company): State<Arc<Company>>,
    caller: Caller,
    mut page: Page,
    QueryParams(filter): QueryParams<CompanyFilter>,
) -> Result<Json<List<CompanyItem>>> {
    freeze::list(&company, &caller, &mut page).await?;
    let mut query = company::Entity::find().order_by_asc(company::Column::Company).limit(page.limit() + 1);
    if let Some(kind) = &filter.kind {
        query = query.filter(company::Column::Kind.eq(kind));
    }
    if let Some(q) = filter.q.as_deref().filter(|q| !q.trim().is_empty()) {
        query = query.filter(search::matching(company::Column::Search, q));
    }
    if let Some(after) = page.after::<String>()? {
        query = query.filter(company::Column::Company.gt(after));
    }
    let rows = query.all(company.store.read()).await?;
    let list = page.close(rows, |r| r.company.clone());
    freeze::listed(&company, &caller, &list.items.iter().map(|r| r.company.as_str()).collect::<Vec<_>>()).await?;
    Ok(Json(List { items: list.items.into_iter().map(|r| Known::of_row(r).into()).collect(), next_cursor: list.next_cursor }))
}

/// Describe a company
///
/// The body is the data of `company.upserted`; it becomes a record of that kind.
#[utoipa::path(put, path = "/api/v1/companies/{id}", tag = "companies", params(("id" = String, Path)), request_body = Object, responses((status = 200, body = CompanyItem), (status = 422)))]
pub async fn put_known_company(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(mut data): Body<Map<String, Value>>,
) -> Result<Json<CompanyItem>> {
    data.insert("company".into(), Value::from(id.clone()));
    data.remove("placeholder");
    data.remove("by");
    let kind = kinds::find("company.upserted").ok_or_else(Problem::not_found)?;
    let faults = kind.check(&data, "");
    if !faults.is_empty() {
        let errors = faults.into_iter().map(|f| FieldError { pointer: f.pointer, code: f.code.to_owned(), detail: f.detail.pick(lang).to_owned() }).collect();
        return Err(Problem::new(
            422,
            "invalid",
            "有内容不符合要求，见 errors 中的位置和说明。",
            "Something is not as it should be; see the places and reasons in errors.",
        )
        .with_errors(errors)
        .into());
    }
    company.publish("companies", "company.upserted", &caller.actor(), None, Vec::new(), data).await?;
    let known = super::find(company.store.read(), &id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(known.into()))
}
