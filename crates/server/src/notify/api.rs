//! `/api/v1/outbox` and the notices of a handover.

use super::{model::message, outbox, smtp, stated};
use crate::{
    access::{Caller, Field, Permission, freeze, identity::changes, reaches, scope, within},
    company::Company,
    customers,
    error::{Problem, Result},
    handover::{self, Part},
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    said::{Lang, Said},
};
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_outbox))
        .routes(routes!(get_message, change_message))
        .routes(routes!(preview_message))
        .routes(routes!(cancel_message))
        .routes(routes!(tell_customer))
        .routes(routes!(approve_messages))
        .routes(routes!(get_outbox_settings, put_outbox_settings))
        .routes(routes!(prepare_notices))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OutboxFilter {
    pub handover: Option<String>,
    /// `draft`, `previewed`, `approved`, `sending`, `sent`, `failed`, `cancelled`, `pending_channel` or `told`.
    pub state: Option<String>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OutboxMessage {
    pub id: String,
    pub handover: String,
    /// Empty for a reminder to a colleague.
    pub customer: String,
    pub customer_name: Option<String>,
    pub receiver: Option<String>,
    /// `mail`; `sms` and `im` wait for their connectors.
    pub channel: String,
    pub recipient: String,
    pub address: String,
    pub title: String,
    pub body: String,
    pub state: String,
    pub attempts: i32,
    pub error: Option<String>,
    pub created_at: String,
    pub created_by: String,
    pub approved_at: Option<String>,
    pub approved_by: Option<String>,
    pub sent_at: Option<String>,
    /// How the customer was told otherwise.
    pub told: Option<outbox::Told>,
    pub may_send: bool,
}

async fn views(company: &Company, caller: &Caller, rows: Vec<message::Model>, lang: Lang) -> Result<Vec<OutboxMessage>> {
    let ids: Vec<String> = rows.iter().map(|r| r.customer.clone()).collect();
    let names: HashMap<String, String> = customers::names_of(company.store.read(), &ids).await?;
    let sends = scope(caller, company, Permission::OutboxSend).await?;
    let contacts = caller.sees(Field::CustomersContacts);
    Ok(rows
        .into_iter()
        .map(|r| if contacts { r } else { without_contact(r) })
        .map(|r| OutboxMessage {
            may_send: sends.sees(&r.employee),
            customer_name: names.get(&r.customer).cloned(),
            error: r.error.and_then(|e| serde_json::from_str::<Said>(&e).ok()).map(|e| e.pick(lang).to_owned()),
            created_at: instant(r.created_at),
            approved_at: r.approved_at.map(instant),
            sent_at: r.sent_at.map(instant),
            told: r.told.and_then(|t| serde_json::from_str::<outbox::Told>(&t).ok()).map(|t| {
                // Whom they spoke to is a contact.
                if contacts { t } else { outbox::Told { note: String::new(), ..t } }
            }),
            id: r.id,
            handover: r.handover,
            customer: r.customer,
            receiver: r.receiver,
            channel: r.channel,
            recipient: r.recipient,
            address: r.address,
            title: r.title,
            body: r.body,
            state: r.state,
            attempts: r.attempts,
            created_by: r.created_by,
            approved_by: r.approved_by,
        })
        .collect())
}

/// The message for somebody who may not see customers' contacts: to whom it goes is one.
fn without_contact(mut row: message::Model) -> message::Model {
    for own in [&row.recipient, &row.address].into_iter().filter(|t| !t.is_empty()) {
        row.body = row.body.replace(own.as_str(), "…");
        row.title = row.title.replace(own.as_str(), "…");
    }
    row.recipient.clear();
    row.address.clear();
    row
}

/// What is on its way out, newest first
#[utoipa::path(get, path = "/api/v1/outbox", tag = "outbox", params(OutboxFilter), responses((status = 200, body = List<OutboxMessage>)))]
pub async fn list_outbox(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    QueryParams(filter): QueryParams<OutboxFilter>,
) -> Result<Json<List<OutboxMessage>>> {
    caller.require(Permission::OutboxSee)?;
    let (limit, cursor) = freeze::bound(&company, &caller, filter.limit, filter.cursor).await?;
    let page = Page { limit, cursor };
    let mut query = message::Entity::find()
        .filter(within(&caller, Permission::OutboxSee, message::Column::Employee))
        // 回避 as with one of them.
        .filter(message::Column::Employee.is_not_in(caller.apart.iter().cloned()))
        .order_by_desc(message::Column::Id)
        .limit(page.limit() + 1);
    if let Some(handover) = &filter.handover {
        query = query.filter(message::Column::Handover.eq(handover));
    }
    if let Some(state) = &filter.state {
        query = query.filter(message::Column::State.eq(state));
    }
    if let Some(after) = page.after::<String>()? {
        query = query.filter(message::Column::Id.lt(after));
    }
    let list = page.close(query.all(company.store.read()).await?, |m| m.id.clone());
    Ok(Json(List { items: views(&company, &caller, list.items, lang).await?, next_cursor: list.next_cursor }))
}

/// The message, if its handover is within reach of this permission.
async fn reach(company: &Company, caller: &Caller, id: &str, permission: Permission) -> Result<message::Model> {
    caller.require(permission)?;
    let row = outbox::find(company, id).await?;
    // Nobody sends news of their own going.
    if !reaches(caller, company, permission, &row.employee).await? || caller.is(&row.employee) {
        return Err(Problem::not_found().into());
    }
    caller.impartial(&row.employee)?;
    Ok(row)
}

async fn one(company: &Company, caller: &Caller, id: &str, lang: Lang) -> Result<Json<OutboxMessage>> {
    let row = outbox::find(company, id).await?;
    Ok(Json(views(company, caller, vec![row], lang).await?.pop().ok_or_else(Problem::not_found)?))
}

/// A message
#[utoipa::path(get, path = "/api/v1/outbox/{id}", tag = "outbox", params(("id" = String, Path)), responses((status = 200, body = OutboxMessage), (status = 404)))]
pub async fn get_message(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Result<Json<OutboxMessage>> {
    reach(&company, &caller, &id, Permission::OutboxSee).await?;
    one(&company, &caller, &id, lang).await
}

#[derive(Deserialize, ToSchema)]
pub struct ChangeMessage {
    pub title: String,
    pub body: String,
    /// Another mail address.
    pub address: Option<String>,
}

/// Change a message
///
/// Refused, naming T8, when the text gives a reason or blames anybody. It has to be previewed again.
#[utoipa::path(patch, path = "/api/v1/outbox/{id}", tag = "outbox", params(("id" = String, Path)), request_body = ChangeMessage,
    responses((status = 200, body = OutboxMessage), (status = 404), (status = 409), (status = 422)))]
pub async fn change_message(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ChangeMessage>,
) -> Result<Json<OutboxMessage>> {
    let row = reach(&company, &caller, &id, Permission::OutboxSend).await?;
    // Who sees the text without its contact would save it without.
    if !caller.sees(Field::CustomersContacts) {
        return Err(Problem::forbidden(Field::CustomersContacts.name()).into());
    }
    outbox::edit(&company, &caller.actor(), &row, &body.title, &body.body, body.address.as_deref(), lang).await?;
    one(&company, &caller, &id, lang).await
}

/// Look at a message as it will go
#[utoipa::path(post, path = "/api/v1/outbox/{id}/preview", tag = "outbox", params(("id" = String, Path)),
    responses((status = 200, body = OutboxMessage), (status = 404), (status = 409)))]
pub async fn preview_message(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Result<Json<OutboxMessage>> {
    let row = reach(&company, &caller, &id, Permission::OutboxSend).await?;
    outbox::preview(&company, &caller.actor(), &row).await?;
    one(&company, &caller, &id, lang).await
}

#[derive(Deserialize, ToSchema)]
pub struct CancelMessage {
    pub reason: String,
}

/// Note that the customer was told by telephone, letter or in person
///
/// For whom no mail reaches. The text that was told is the notice's own.
#[utoipa::path(post, path = "/api/v1/outbox/{id}/told", tag = "outbox", params(("id" = String, Path)), request_body = outbox::Told,
    responses((status = 200, body = OutboxMessage), (status = 404), (status = 409), (status = 422)))]
pub async fn tell_customer(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<outbox::Told>,
) -> Result<Json<OutboxMessage>> {
    let row = reach(&company, &caller, &id, Permission::OutboxSend).await?;
    outbox::tell(&company, &caller.actor(), &row, body, lang).await?;
    one(&company, &caller, &id, lang).await
}

/// Do not send a message
#[utoipa::path(post, path = "/api/v1/outbox/{id}/cancel", tag = "outbox", params(("id" = String, Path)), request_body = CancelMessage,
    responses((status = 200, body = OutboxMessage), (status = 404), (status = 409), (status = 422)))]
pub async fn cancel_message(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<CancelMessage>,
) -> Result<Json<OutboxMessage>> {
    let row = reach(&company, &caller, &id, Permission::OutboxSend).await?;
    outbox::cancel(&company, &caller.actor(), &row, &body.reason, lang).await?;
    one(&company, &caller, &id, lang).await
}

#[derive(Deserialize, ToSchema)]
pub struct ApproveMessages {
    pub messages: Vec<String>,
}

/// Let messages go out
///
/// Each must have been previewed.
#[utoipa::path(post, path = "/api/v1/outbox/approve", tag = "outbox", request_body = ApproveMessages,
    responses((status = 200, body = List<OutboxMessage>), (status = 404), (status = 409), (status = 422)))]
pub async fn approve_messages(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    Body(body): Body<ApproveMessages>,
) -> Result<Json<List<OutboxMessage>>> {
    if body.messages.is_empty() || body.messages.len() > 500 {
        return Err(handover::bad("/messages", "messages", "一次批准 1 到 500 条。", "Approve 1 to 500 at a time.", lang));
    }
    // Named twice it goes once.
    let wanted: BTreeSet<&String> = body.messages.iter().collect();
    let mut rows = Vec::with_capacity(wanted.len());
    for id in wanted {
        rows.push(reach(&company, &caller, id, Permission::OutboxSend).await?);
    }
    outbox::approve(&company, &caller.actor(), &rows).await?;
    let rows = message::Entity::find().filter(message::Column::Id.is_in(body.messages)).all(company.store.read()).await?;
    Ok(Json(List::whole(views(&company, &caller, rows, lang).await?)))
}

#[derive(Serialize, ToSchema)]
pub struct OutboxSettings {
    /// Where the mail server is told: `environment`, `settings`, or nowhere.
    pub server: Option<String>,
    pub from: Option<String>,
    /// The company's official channels, as they stand in notices.
    pub channels: String,
    /// The company's account for payments, as it stands in notices.
    pub payee: String,
    /// A change of these waits for a second person.
    pub waiting: bool,
}

async fn settings_view(company: &Company) -> Result<Json<OutboxSettings>> {
    let server = smtp::server(company).await?;
    let now = stated::now(company).await?;
    Ok(Json(OutboxSettings {
        server: server.as_ref().map(|(_, env)| if *env { "environment" } else { "settings" }.to_owned()),
        from: server.map(|(s, _)| s.from),
        channels: now.channels,
        payee: now.payee,
        waiting: changes::notices_wait(company).await?,
    }))
}

/// How mail goes out
#[utoipa::path(get, path = "/api/v1/outbox/settings", tag = "outbox", responses((status = 200, body = OutboxSettings)))]
pub async fn get_outbox_settings(State(company): State<Arc<Company>>) -> Result<Json<OutboxSettings>> {
    settings_view(&company).await
}

#[derive(Deserialize, ToSchema)]
pub struct PutOutboxSettings {
    /// `smtp://user:password@host:587?tls=required`; kept as it is if absent. It is sealed and never shown again.
    pub url: Option<String>,
    /// `name <address>`
    pub from: Option<String>,
    pub channels: Option<String>,
    pub payee: Option<String>,
}

/// Set how mail goes out
///
/// The channels and the account stand in every notice, so a change waits for a second person once there is one (202).
#[utoipa::path(put, path = "/api/v1/outbox/settings", tag = "outbox", request_body = PutOutboxSettings,
    responses((status = 200, body = OutboxSettings), (status = 202, body = OutboxSettings), (status = 409), (status = 422)))]
pub async fn put_outbox_settings(
    State(app): State<AppState>,
    caller: Caller,
    Body(body): Body<PutOutboxSettings>,
) -> Result<(StatusCode, Json<OutboxSettings>)> {
    caller.require(Permission::CompanyEdit)?;
    let company = &app.company;
    let wanted = stated::Wanted { url: body.url, from: body.from, channels: body.channels, payee: body.payee };
    let mut status = StatusCode::OK;
    if let Some(change) = stated::change(company, wanted).await? {
        if changes::ask_notices(company, &caller, &change, app.demo).await? {
            status = StatusCode::ACCEPTED;
        } else {
            stated::make(company, &caller.actor(), &change).await?;
        }
    }
    Ok((status, settings_view(company).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct PrepareNotices {
    /// These only; all that were passed on and have no notice yet if absent.
    pub customers: Option<Vec<String>>,
    /// From when the new contact counts; today if absent.
    pub date: Option<String>,
    /// `zh` or `en`.
    pub language: Option<String>,
    /// Customers who are written to in another language than that: id to `zh` or `en`.
    #[serde(default)]
    pub languages: HashMap<String, String>,
    /// In place of the shipped words; places in braces are filled in.
    pub title: Option<String>,
    pub body: Option<String>,
}

/// Draft the notices of a handover
///
/// One for each customer that was passed on. Nothing goes out before somebody looked at it and approved it.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/notices", tag = "outbox", params(("id" = String, Path)), request_body = PrepareNotices,
    responses((status = 200, body = List<OutboxMessage>), (status = 404), (status = 409), (status = 422)))]
pub async fn prepare_notices(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<PrepareNotices>,
) -> Result<Json<List<OutboxMessage>>> {
    let row = handover::find(&company, &id).await?;
    Part::of(&company, &caller, &row).await?.arranges()?;
    caller.require(Permission::OutboxSend)?;
    let spoken = |text: &str| if text == "en" { Lang::En } else { Lang::Zh };
    let language = body.language.as_deref().map_or(Lang::Zh, spoken);
    let languages = body.languages.iter().map(|(customer, text)| (customer.clone(), spoken(text))).collect();
    let new = outbox::NewNotices {
        customers: body.customers.as_deref(),
        date: body.date.as_deref(),
        title: body.title.as_deref(),
        body: body.body.as_deref(),
        language,
        languages,
    };
    outbox::prepare(&company, &caller.actor(), &row, new, lang).await?;
    let mut rows = outbox::of_handover(&company, &id).await?;
    rows.retain(|row| !row.customer.is_empty());
    Ok(Json(List::whole(views(&company, &caller, rows, lang).await?)))
}
