//! Routes of what people do with one customer, and of the promises that are due.

use super::{
    acts::{self, Assign, EndPromise, FollowUp, Made, NewPreference, NewPromise},
    dealings::{self, Kind},
    model::{customer, dealing},
    reach::{self, Whose},
    reassign::Within,
    reassign_api::holders_apart,
    served::{self, Employees},
};
use crate::{
    access::{Caller, Field, Permission, freeze},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    intake::kinds::data::Contact,
    people,
    records::id_of,
    said::Lang,
};
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(put_contacts))
        .routes(routes!(add_follow_up))
        .routes(routes!(add_promise))
        .routes(routes!(end_promise))
        .routes(routes!(add_preference))
        .routes(routes!(remove_preference))
        .routes(routes!(assign_customer))
        .routes(routes!(list_promises))
}

/// The customer, if it is among those this caller reaches with that permission; else it is not there.
pub(super) async fn reached(company: &Company, caller: &Caller, permission: Permission, id: &str) -> Result<customer::Model> {
    caller.require(permission)?;
    let db = company.store.read();
    let row = super::find(db, id).await?.ok_or_else(Problem::not_found)?;
    let served = super::assignments(db, &[id.to_owned()], None).await?;
    if Whose::of(caller, permission).holds(company, &served, company.now()).await? { Ok(row) } else { Err(Problem::not_found().into()) }
}

fn unmasked(caller: &Caller, field: Field) -> Result<()> {
    if caller.sees(field) { Ok(()) } else { Err(Problem::forbidden(field.name()).into()) }
}

type Created = (StatusCode, Json<Made>);

fn made(id: String) -> Created {
    (StatusCode::CREATED, Json(Made { id }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Contacts {
    /// The whole list: what is left out is gone.
    #[schema(value_type = Vec<Object>)]
    pub contacts: Vec<Contact>,
}

/// Set a customer's contacts
///
/// Refused while the caller is leaving (P16).
#[utoipa::path(put, path = "/api/v1/customers/{id}/contacts", tag = "customers", params(("id" = String, Path)), request_body = Contacts,
    responses((status = 200, body = Made), (status = 404), (status = 422)))]
pub async fn put_contacts(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<Contacts>,
) -> Result<Json<Made>> {
    let row = reached(&company, &caller, Permission::CustomersEdit, &id).await?;
    unmasked(&caller, Field::CustomersContacts)?;
    freeze::check_contacts(&caller)?;
    Ok(Json(Made { id: acts::contacts(&company, lang, &caller.actor(), &row, body.contacts).await? }))
}

/// Note a follow-up
#[utoipa::path(post, path = "/api/v1/customers/{id}/follow-ups", tag = "customers", params(("id" = String, Path)), request_body = FollowUp,
    responses((status = 201, body = Made), (status = 404), (status = 422)))]
pub async fn add_follow_up(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<FollowUp>,
) -> Result<Created> {
    reached(&company, &caller, Permission::CustomersEdit, &id).await?;
    let Some(employee) = &caller.employee else {
        return Err(Problem::new(
            422,
            "no_employee",
            "跟进要写明是谁做的，而您的账号没有关联员工。请联系管理员关联工号。",
            "A follow-up is somebody's, and your account is linked to no employee. Ask an administrator to link it.",
        )
        .into());
    };
    Ok(made(acts::follow_up(&company, lang, &caller.actor(), &id, employee, &body).await?))
}

/// Promise a customer something
#[utoipa::path(post, path = "/api/v1/customers/{id}/promises", tag = "customers", params(("id" = String, Path)), request_body = NewPromise,
    responses((status = 201, body = Made), (status = 404), (status = 422)))]
pub async fn add_promise(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<NewPromise>,
) -> Result<Created> {
    reached(&company, &caller, Permission::CustomersEdit, &id).await?;
    Ok(made(acts::promise(&company, lang, &caller.actor(), &id, caller.employee.as_deref(), &body).await?))
}

/// Say what became of a promise
#[utoipa::path(post, path = "/api/v1/customers/{id}/promises/{promise}", tag = "customers",
    params(("id" = String, Path), ("promise" = String, Path)), request_body = EndPromise, responses((status = 200, body = Made), (status = 404), (status = 409)))]
pub async fn end_promise(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam((id, promise)): PathParam<(String, String)>,
    Body(body): Body<EndPromise>,
) -> Result<Json<Made>> {
    reached(&company, &caller, Permission::CustomersEdit, &id).await?;
    Ok(Json(Made { id: acts::end_promise(&company, lang, &caller.actor(), &id, &promise, &body).await? }))
}

/// Note what a customer prefers
#[utoipa::path(post, path = "/api/v1/customers/{id}/preferences", tag = "customers", params(("id" = String, Path)), request_body = NewPreference,
    responses((status = 201, body = Made), (status = 404), (status = 422)))]
pub async fn add_preference(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<NewPreference>,
) -> Result<Created> {
    reached(&company, &caller, Permission::CustomersEdit, &id).await?;
    unmasked(&caller, Field::CustomersPreferences)?;
    Ok(made(acts::preference(&company, lang, &caller.actor(), &id, caller.employee.as_deref(), &body).await?))
}

/// Remove a preference; its record stays
#[utoipa::path(delete, path = "/api/v1/customers/{id}/preferences/{preference}", tag = "customers",
    params(("id" = String, Path), ("preference" = String, Path)), responses((status = 200, body = Made), (status = 404)))]
pub async fn remove_preference(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam((id, preference)): PathParam<(String, String)>,
) -> Result<Json<Made>> {
    reached(&company, &caller, Permission::CustomersEdit, &id).await?;
    unmasked(&caller, Field::CustomersPreferences)?;
    Ok(Json(Made { id: acts::remove_preference(&company, &caller.actor(), &id, &preference).await? }))
}

/// Assign a customer
///
/// Refused: a time that another assignment covers (name whom it is taken over from), a receiver who is unknown, leaving or
/// at the company's limit, a customer or receiver out of reach.
#[utoipa::path(post, path = "/api/v1/customers/{id}/assign", tag = "customers", params(("id" = String, Path)), request_body = Assign,
    responses((status = 201, body = Made), (status = 404), (status = 409), (status = 422)))]
pub async fn assign_customer(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<Assign>,
) -> Result<Created> {
    caller.require(Permission::CustomersAssign)?;
    // Nobody's customer is reached by those who reach everybody's.
    reached(&company, &caller, Permission::CustomersAssign, &id).await?;
    caller.impartial(&body.to)?;
    holders_apart(&company, &caller, std::slice::from_ref(&id), company.now()).await?;
    Ok(made(acts::assign(&company, lang, &caller.actor(), &Within::of(&caller), &id, &body).await?))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PromiseFilter {
    /// Due by this day; a week from today if absent.
    pub until: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DuePromise {
    pub id: String,
    pub record: String,
    pub customer: String,
    pub customer_name: Option<String>,
    pub employee: Option<String>,
    pub employee_name: Option<String>,
    pub what: Option<String>,
    pub until: Option<String>,
    pub made_at: String,
    pub overdue: bool,
}

/// Open promises that are due, the earliest first
#[utoipa::path(get, path = "/api/v1/promises", tag = "customers", params(PromiseFilter, Page), responses((status = 200, body = List<DuePromise>)))]
pub async fn list_promises(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    mut page: Page,
    QueryParams(filter): QueryParams<PromiseFilter>,
) -> Result<Json<List<DuePromise>>> {
    freeze::list(&company, &caller, &mut page).await?;
    use dealing::Column as C;
    let today = company.today();
    let until = match filter.until.as_deref() {
        None => today.checked_add(jiff::Span::new().days(7)).unwrap_or(today),
        Some(text) => text.parse().map_err(|_| acts::wrong(lang, "/until", "日期写作 2026-12-31。", "Write the day as 2026-12-31."))?,
    };
    let query = dealing::Entity::find()
        .filter(C::Due.lte(until.to_string()))
        .filter(C::Kind.eq(Kind::Promise.name()))
        .filter(C::Newest.eq(true))
        .filter(C::State.eq(dealings::OPEN))
        .order_by_asc(C::Due)
        .order_by_asc(C::Idx);
    let db = company.store.read();
    let rows = due_within(&company, query, &Whose::of(&caller, Permission::CustomersSee), page.after()?, page.limit() + 1).await?;
    let list = page.close(rows, |r| (r.due.clone().unwrap_or_default(), r.idx));
    let customers: Vec<String> = list.items.iter().map(|r| r.customer.clone()).collect();
    let employees: Vec<String> = list.items.iter().filter_map(|r| r.employee.clone()).collect();
    let (customers, employees) = (super::names_of(db, &customers).await?, people::names_of(db, &employees).await?);
    let items = list
        .items
        .into_iter()
        .map(|r| DuePromise {
            record: id_of(r.idx),
            customer_name: customers.get(&r.customer).cloned(),
            employee_name: r.employee.as_ref().and_then(|n| employees.get(n)).cloned(),
            overdue: r.due.as_deref().is_some_and(|d| d < today.to_string().as_str()),
            id: r.thing.unwrap_or_default(),
            customer: r.customer,
            employee: r.employee,
            what: r.text,
            until: r.due,
            made_at: instant(r.at),
        })
        .collect();
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

/// So few employees' customers are one set to look in; of more, each promise is asked whose it is.
const FEW_EMPLOYEES: usize = 500;

/// The first of these promises after `after` whose customers are within reach.
async fn due_within(
    company: &Company,
    query: Select<dealing::Entity>,
    whose: &Whose,
    mut after: Option<(String, i64)>,
    limit: u64,
) -> Result<Vec<dealing::Model>> {
    use dealing::Column as C;
    let (db, now) = (company.store.read(), company.now());
    let members = whose.members(db).await?;
    let query = match &members {
        Some(few) if few.len() <= FEW_EMPLOYEES => query.filter(C::Customer.in_subquery(reach::served_by_any(db, few, now))),
        _ => query,
    };
    let many = members.filter(|m| m.len() > FEW_EMPLOYEES).map(|m| Employees::new(m, now));
    let (mut rows, mut step) = (Vec::new(), limit);
    loop {
        let mut next = query.clone();
        if let Some((due, idx)) = &after {
            next = next.filter(Condition::any().add(C::Due.gt(due)).add(Condition::all().add(C::Due.eq(due)).add(C::Idx.gt(*idx))));
        }
        let mut found = next.limit(step).all(db).await?;
        let ended = (found.len() as u64) < step;
        after = found.last().map(|r| (r.due.clone().unwrap_or_default(), r.idx));
        if let Some(many) = &many {
            let customers: Vec<String> = found.iter().map(|r| r.customer.clone()).collect();
            let holders = served::holders(db, &customers, now).await?;
            found.retain(|r| holders.get(&r.customer).is_some_and(|who| who.iter().any(|n| many.has(n))));
        }
        rows.extend(found);
        if ended || rows.len() as u64 >= limit {
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            return Ok(rows);
        }
        step = (4 * step).min(20_000);
    }
}
