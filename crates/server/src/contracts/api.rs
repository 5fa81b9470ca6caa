//! Routes of contracts: an employee's, those that run out soon, making and ending one.

use super::{
    acts::{self, EndContract, NewContract, Paper, Pay},
    model::contract,
    of, of_all,
};
use crate::{
    access::{Caller, Field, Permission, freeze, reaches, views, within},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams},
    intake::blobs,
    people::{life_api::may_act, names_of},
    records::id_of,
    said::Lang,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use jiff::ToSpan;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_contracts))
        .routes(routes!(employee_contracts, make_contract))
        .routes(routes!(end_contract))
        .routes(routes!(contract_file))
}

#[derive(Serialize, ToSchema)]
pub struct Contract {
    pub id: String,
    pub record: String,
    pub employee: String,
    pub employee_name: Option<String>,
    pub number: Option<String>,
    /// `fixed`, `open_ended`, `task`.
    pub kind: String,
    pub from: String,
    pub until: Option<String>,
    pub probation_until: Option<String>,
    pub post: Option<String>,
    pub place: Option<String>,
    /// Null where the caller's role masks it (`contracts.pay`).
    pub pay: Option<Pay>,
    pub pay_masked: bool,
    pub signed_on: Option<String>,
    /// `active` or `ended`.
    pub state: String,
    pub ended_on: Option<String>,
    pub reason: Option<String>,
    pub file: Option<Paper>,
    /// Of a fixed term: which one in a row, counted without a gap of more than a month.
    pub term: Option<u32>,
    /// Days until the last day, today counting 0; negative when it is over.
    pub days_left: Option<i64>,
}

/// Fixed terms follow one another when no more than this lies between them.
const GAP_DAYS: i64 = 31;

/// An employee's contracts as shown, the newest first.
pub async fn shown(company: &Company, employee: &str, sees_pay: bool) -> Result<Vec<Contract>> {
    let rows = of(company.store.read(), employee).await?;
    Ok((0..rows.len()).map(|i| view(company, &rows, i, sees_pay)).collect())
}

fn view(company: &Company, rows: &[contract::Model], i: usize, sees_pay: bool) -> Contract {
    let row = rows[i].clone();
    let today = company.today();
    let last = acts::last_day(&row);
    Contract {
        record: id_of(row.idx),
        term: term(rows, i),
        days_left: last.filter(|_| row.state == "active").map(|end| i64::from((end - today).get_days())),
        id: row.id,
        employee: row.employee,
        employee_name: None,
        number: row.number,
        kind: row.kind,
        from: row.from_on,
        until: row.until_on,
        probation_until: row.probation_until,
        post: row.post,
        place: row.place,
        pay_masked: !sees_pay && row.pay.is_some(),
        pay: row.pay.filter(|_| sees_pay).and_then(|t| serde_json::from_str(&t).ok()),
        signed_on: row.signed_on,
        state: row.state,
        ended_on: row.ended_on,
        reason: row.reason,
        file: row.file.and_then(|t| serde_json::from_str(&t).ok()),
    }
}

/// How many fixed terms in a row this one makes; `rows` are one employee's, the newest first.
fn term(rows: &[contract::Model], i: usize) -> Option<u32> {
    if rows[i].kind != "fixed" {
        return None;
    }
    let mut count = 1;
    for pair in rows[i..].windows(2) {
        let [later, earlier] = pair else { break };
        let (Ok(begins), Some(ended)) = (later.from_on.parse::<jiff::civil::Date>(), acts::last_day(earlier)) else { break };
        if earlier.kind != "fixed" || ended.saturating_add(GAP_DAYS.days()) < begins {
            break;
        }
        count += 1;
    }
    Some(count)
}

/// Contracts of an employee
#[utoipa::path(get, path = "/api/v1/employees/{number}/contracts", tag = "contracts", params(("number" = String, Path)), responses((status = 200, body = List<Contract>)))]
pub async fn employee_contracts(State(company): State<Arc<Company>>, caller: Caller, PathParam(number): PathParam<String>) -> Result<Json<List<Contract>>> {
    if !reaches(&caller, &company, Permission::ContractsSee, &number).await? {
        return Err(Problem::not_found().into());
    }
    // One's own pay is no secret to oneself.
    let own = caller.employee.as_deref() == Some(number.as_str());
    views::note_of(&company, &caller, "contract", &number, &number);
    Ok(Json(List::whole(shown(&company, &number, own || caller.sees(Field::ContractsPay)).await?)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContractFilter {
    /// Days from today within which it runs out; 30 if absent.
    pub within: Option<u16>,
}

/// Contracts that run out soon, or ran out and were not ended
#[utoipa::path(get, path = "/api/v1/contracts", tag = "contracts", params(ContractFilter, Page), responses((status = 200, body = List<Contract>)))]
pub async fn list_contracts(
    State(company): State<Arc<Company>>,
    caller: Caller,
    mut page: Page,
    QueryParams(filter): QueryParams<ContractFilter>,
) -> Result<Json<List<Contract>>> {
    freeze::list(&company, &caller, &mut page).await?;
    let horizon = company.today().saturating_add(i64::from(filter.within.unwrap_or(30)).days()).to_string();
    let db = company.store.read();
    let (until_on, id) = (contract::Column::UntilOn, contract::Column::Id);
    let mut query = contract::Entity::find()
        .filter(contract::Column::State.eq("active"))
        .filter(until_on.lte(horizon))
        .filter(within(&caller, Permission::ContractsSee, contract::Column::Employee))
        .order_by_asc(until_on)
        .order_by_asc(id)
        .limit(page.limit() + 1);
    if let Some((last, last_id)) = page.after::<(String, String)>()? {
        query = query
            .filter(until_on.gte(last.as_str()))
            .filter(Condition::any().add(until_on.gt(last.as_str())).add(Condition::all().add(until_on.eq(last.as_str())).add(id.gt(last_id))));
    }
    let list = page.close(query.all(db).await?, |r| (r.until_on.clone().unwrap_or_default(), r.id.clone()));
    freeze::listed(&company, &caller, &list.items.iter().map(|r| r.employee.as_str()).collect::<Vec<_>>()).await?;
    let numbers: Vec<String> = list.items.iter().map(|r| r.employee.clone()).collect();
    let names = names_of(db, &numbers).await?;
    let beside = of_all(db, &numbers).await?;
    let mut items = Vec::with_capacity(list.items.len());
    for row in list.items {
        let all = beside.get(&row.employee).map(Vec::as_slice).unwrap_or_default();
        let Some(i) = all.iter().position(|r| r.id == row.id) else { continue };
        views::note_of(&company, &caller, "contract", &row.id, &row.employee);
        let mut one = view(&company, all, i, caller.sees(Field::ContractsPay));
        one.employee_name = names.get(&one.employee).cloned();
        items.push(one);
    }
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

/// Enter a contract 登记劳动合同
#[utoipa::path(post, path = "/api/v1/employees/{number}/contracts", tag = "contracts", params(("number" = String, Path)), request_body = NewContract, responses((status = 201, body = List<Contract>), (status = 422)))]
pub async fn make_contract(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(number): PathParam<String>,
    Body(body): Body<NewContract>,
) -> Result<(StatusCode, Json<List<Contract>>)> {
    may_act(&company, &caller, Permission::ContractsEdit, &number).await?;
    acts::make(&company, &caller.actor(), lang, &number, body).await?;
    Ok((StatusCode::CREATED, Json(List::whole(shown(&company, &number, caller.sees(Field::ContractsPay)).await?))))
}

/// End a contract
#[utoipa::path(post, path = "/api/v1/contracts/{id}/end", tag = "contracts", params(("id" = String, Path)), request_body = EndContract, responses((status = 200, body = List<Contract>), (status = 409), (status = 422)))]
pub async fn end_contract(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<EndContract>,
) -> Result<Json<List<Contract>>> {
    caller.require(Permission::ContractsEdit)?;
    let row = acts::find(&company, &id).await?;
    may_act(&company, &caller, Permission::ContractsEdit, &row.employee).await?;
    acts::end(&company, &caller.actor(), lang, &row, body).await?;
    Ok(Json(List::whole(shown(&company, &row.employee, caller.sees(Field::ContractsPay)).await?)))
}

/// The signed contract as it was scanned
///
/// For those who see the employee's contracts, and for the employee, also after leaving.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/file", tag = "contracts", params(("id" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 404)))]
pub async fn contract_file(State(company): State<Arc<Company>>, caller: Caller, PathParam(id): PathParam<String>) -> Result<impl IntoResponse> {
    let row = acts::find(&company, &id).await?;
    let own = caller.employee.as_deref() == Some(row.employee.as_str());
    // The paper names the pay.
    let sees =
        caller.has(Permission::ContractsSee) && caller.sees(Field::ContractsPay) && reaches(&caller, &company, Permission::ContractsSee, &row.employee).await?;
    if !own && !sees {
        return Err(Problem::not_found().into());
    }
    let paper: Paper = row.file.as_deref().and_then(|t| serde_json::from_str(t).ok()).ok_or_else(Problem::not_found)?;
    let bytes = blobs::read(&company, &paper.sha256).await?.ok_or_else(Problem::not_found)?;
    views::note(&company, &caller.id, "contract", &row.id, &row.employee, "");
    let name = format!("attachment; filename=\"{}.{}\"", &paper.sha256[..12], blobs::extension_of(&bytes));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, name)], bytes))
}
