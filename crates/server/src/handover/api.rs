//! `/api/v1/handovers`: read, start, work on and close a handover; what the law wants stands in
//! [`super::exit_api`].

use super::{
    Part, find, items, read, receivers, reconcile, start,
    work::{self, GivenFile},
};
use crate::{
    access::{Caller, Permission, freeze, scope, views},
    company::Company,
    customers::reassign::Within,
    error::{Problem, Result},
    http::{AppState, Body, List, PathParam, QueryParams},
    intake,
    said::Lang,
};
use axum::{
    Json,
    extract::{DefaultBodyLimit, Multipart, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_handovers, start_handover))
        .routes(routes!(get_handover))
        .routes(routes!(add_item))
        .routes(routes!(submit_item))
        .routes(routes!(review_item))
        .routes(routes!(waive_item))
        .routes(routes!(act_on_items))
        .routes(routes!(open_file))
        .routes(routes!(reconcile_handover))
        .routes(routes!(decide_finding))
        .routes(routes!(suggest_receivers, set_receivers))
        .routes(routes!(reassign_customers))
        .routes(routes!(undo_handover_moves))
        .routes(routes!(object_to_handover))
        .routes(routes!(answer_objection))
        .merge(super::exit_api::routes())
        .merge(super::delivery::routes())
        .merge(super::prefill::routes())
        .merge(super::checklist::routes())
        .merge(super::processes_api::routes())
        .merge(OpenApiRouter::new().routes(routes!(upload_file)).layer(DefaultBodyLimit::max(FILE_BODY)))
}

/// A file of 32 MiB and the form around it.
const FILE_BODY: usize = (32 << 20) + (64 << 10);

/// Handovers, newest first
#[utoipa::path(get, path = "/api/v1/handovers", tag = "handovers", params(read::Filter), responses((status = 200, body = List<read::HandoverItem>)))]
pub async fn list_handovers(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    QueryParams(mut filter): QueryParams<read::Filter>,
) -> Result<Json<List<read::HandoverItem>>> {
    caller.require(Permission::HandoversSee)?;
    (filter.limit, filter.cursor) = freeze::bound(&company, &caller, filter.limit, filter.cursor).await?;
    Ok(Json(read::list(&company, &caller, &filter, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct StartHandover {
    pub employee: String,
    /// `transfer`, `agreement`, `expiry`, `dismissal` or `retirement`; a resignation is recorded in the file and starts one itself.
    pub kind: String,
    pub last_day: Option<String>,
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct HandoverStarted {
    pub id: String,
    pub number: String,
}

/// Start a handover by hand
///
/// A resignation starts one by itself.
#[utoipa::path(post, path = "/api/v1/handovers", tag = "handovers", request_body = StartHandover,
    responses((status = 201, body = HandoverStarted), (status = 409), (status = 422)))]
pub async fn start_handover(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    Body(body): Body<StartHandover>,
) -> Result<(StatusCode, Json<HandoverStarted>)> {
    caller.require(Permission::HandoversStart)?;
    if !scope(&caller, &company, Permission::HandoversStart).await?.sees(&body.employee) {
        return Err(caller.refused(Permission::HandoversStart));
    }
    caller.impartial(body.employee.trim())?;
    let id = start::by_hand(&company, &caller.actor(), body.employee.trim(), &body.kind, body.last_day.as_deref(), &body.reason, lang).await?;
    let number = find(&company, &id).await?.number;
    Ok((StatusCode::CREATED, Json(HandoverStarted { id, number })))
}

type Detail = Result<Json<read::HandoverDetail>>;

/// A handover with all that the caller may know of it
#[utoipa::path(get, path = "/api/v1/handovers/{id}", tag = "handovers", params(("id" = String, Path)), responses((status = 200, body = read::HandoverDetail), (status = 404)))]
pub async fn get_handover(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Detail {
    let shown = read::detail(&company, &caller, &id, lang).await?;
    views::note_of(&company, &caller, "handover", &id, &shown.handover.employee);
    Ok(Json(shown))
}

#[derive(Deserialize, ToSchema)]
pub struct AddHandoverItem {
    /// `customers`, `progress`, `property` or `other`.
    pub group: String,
    pub name: String,
    /// `customer`, `deal`, `order`, `receivable`, `promise`, `asset` or `once`.
    pub kind: String,
    /// The customer, order … it is about.
    pub reference: Option<String>,
}

/// Put something onto the list
#[utoipa::path(post, path = "/api/v1/handovers/{id}/items", tag = "handovers", params(("id" = String, Path)), request_body = AddHandoverItem,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn add_item(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<AddHandoverItem>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    // The leaver may list what was forgotten; nobody needs to be asked for that.
    if !(part.leaver && caller.has(Permission::HandoversAct)) {
        part.arranges()?;
    }
    if body.kind == "customer" {
        let customer = body.reference.as_deref().unwrap_or_default();
        // What the leaver names is taken as said: whether such a customer exists is not told to who may not see it.
        let told = !part.leaver;
        if customer.trim().is_empty() || (told && crate::customers::find(company.store.read(), customer).await?.is_none()) {
            return Err(super::bad("/reference", "unknown_customer", "没有这个客户，请检查编号。", "There is no such customer; check the id.", lang));
        }
        if items(&company, &id).await?.iter().any(|i| i.kind == "customer" && i.reference.as_deref() == Some(customer)) {
            return Err(Problem::conflict("listed", "这个客户已在清单里。", "This customer is on the list already.").into());
        }
    }
    let new = work::Added {
        group: body.group,
        name: body.name,
        kind: body.kind,
        reference: body.reference,
        origin: "hand",
        detail: json!({ "unverified": part.leaver }),
    };
    work::add(&company, &caller.actor(), &row, new, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct SubmitItem {
    /// Of the item as the caller saw it.
    pub revision: i64,
    /// By field id.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    #[serde(default)]
    pub files: Vec<GivenFile>,
}

/// Submit an item
#[utoipa::path(post, path = "/api/v1/handovers/{id}/items/{item}/submit", tag = "handovers", params(("id" = String, Path), ("item" = String, Path)),
    request_body = SubmitItem, responses((status = 200, body = read::ItemView), (status = 404), (status = 409), (status = 422)))]
pub async fn submit_item(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam((id, item)): PathParam<(String, String)>,
    Body(body): Body<SubmitItem>,
) -> Result<Json<read::ItemView>> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    let given = work::Submission { revision: body.revision, values: body.values, files: body.files };
    work::submit(&company, &caller.actor(), &part, &row, &item, given, lang).await?;
    Ok(Json(read::thing(&company, &caller, &part, &row, &item, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct ReviewItem {
    /// Of the item as the caller saw it: of two who review at once, one is refused.
    pub revision: i64,
    pub accept: bool,
    /// Why it is returned.
    #[serde(default)]
    pub reason: String,
}

/// Accept an item or return it
#[utoipa::path(post, path = "/api/v1/handovers/{id}/items/{item}/review", tag = "handovers", params(("id" = String, Path), ("item" = String, Path)),
    request_body = ReviewItem, responses((status = 200, body = read::ItemView), (status = 404), (status = 409), (status = 422)))]
pub async fn review_item(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam((id, item)): PathParam<(String, String)>,
    Body(body): Body<ReviewItem>,
) -> Result<Json<read::ItemView>> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    let verdict = work::Verdict { revision: body.revision, accept: body.accept, reason: body.reason };
    work::review(&company, &caller.actor(), &part, &row, &item, verdict, lang).await?;
    Ok(Json(read::thing(&company, &caller, &part, &row, &item, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct WaiveItem {
    pub revision: i64,
    pub reason: String,
}

/// Do without an item
#[utoipa::path(post, path = "/api/v1/handovers/{id}/items/{item}/waive", tag = "handovers", params(("id" = String, Path), ("item" = String, Path)),
    request_body = WaiveItem, responses((status = 200, body = read::ItemView), (status = 404), (status = 409), (status = 422)))]
pub async fn waive_item(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam((id, item)): PathParam<(String, String)>,
    Body(body): Body<WaiveItem>,
) -> Result<Json<read::ItemView>> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    work::waive(&company, &caller.actor(), &part, &row, &item, body.revision, &body.reason, lang).await?;
    Ok(Json(read::thing(&company, &caller, &part, &row, &item, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct ActOnItems {
    pub act: work::Bulk,
    pub items: Vec<work::Chosen>,
    /// What every required field says when submitting; the reason when returning or doing without.
    #[serde(default)]
    pub words: String,
}

/// Submit, accept, return or do without many items at once
///
/// Each item has its own result; one that cannot be done keeps no other from being done.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/items/act", tag = "handovers", params(("id" = String, Path)), request_body = ActOnItems,
    responses((status = 200, body = List<work::BulkResult>), (status = 404), (status = 409), (status = 422)))]
pub async fn act_on_items(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ActOnItems>,
) -> Result<Json<List<work::BulkResult>>> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    let results = work::many(&company, &caller.actor(), &part, &row, body.act, body.items, &body.words, lang).await?;
    Ok(Json(List::whole(results)))
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct HandoverFileForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Send a file for an item
///
/// A form with one part `file`, 32 MiB at most. It counts once an item is submitted with it.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/files", tag = "handovers", params(("id" = String, Path)),
    request_body(content = HandoverFileForm, content_type = "multipart/form-data"),
    responses((status = 200, body = GivenFile), (status = 404), (status = 409), (status = 413), (status = 415), (status = 422)))]
pub async fn upload_file(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(id): PathParam<String>,
    mut form: Multipart,
) -> Result<Json<GivenFile>> {
    let row = find(&company, &id).await?;
    Part::of(&company, &caller, &row).await?;
    super::open(&row)?;
    let broken = |_| {
        Problem::bad_request(
            "broken_form",
            "表单没有读完整，请重新选择文件上传（最大 32 MiB）。",
            "The form could not be read to its end; choose the file again (32 MiB at most).",
        )
    };
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or("file").to_owned();
            let bytes = field.bytes().await.map_err(broken)?;
            let sha256 = intake::blobs::sha256(&bytes);
            intake::blobs::put(&company, &caller.id, &sha256, &bytes).await?;
            return Ok(Json(GivenFile { sha256, name, size: i64::try_from(bytes.len()).unwrap_or(i64::MAX) }));
        }
    }
    Err(Problem::new(422, "no_file", "表单里没有名为 file 的文件。", "The form has no part called file.").into())
}

/// A file that was given with an item
///
/// Opening it is a record.
#[utoipa::path(get, path = "/api/v1/handovers/{id}/files/{sha256}", tag = "handovers", params(("id" = String, Path), ("sha256" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 404)))]
pub async fn open_file(State(company): State<Arc<Company>>, caller: Caller, PathParam((id, sha256)): PathParam<(String, String)>) -> Result<impl IntoResponse> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    let mut named = None;
    for item in items(&company, &id).await? {
        if part.whole || (item.receiver.is_some() && item.receiver == part.employee) {
            let files: Vec<GivenFile> = serde_json::from_str(&item.files)?;
            named = named.or_else(|| files.into_iter().find(|f| f.sha256 == sha256));
        }
    }
    // The proof of a statutory step or of a deduction is named by its act alone, and is for who conducts and whom it is about.
    let by_an_act = named.is_none() && (part.hr || part.legal || part.manager || part.leaver) && read::names_file(&company, &id, &sha256).await?;
    if named.is_none() && !by_an_act {
        return Err(Problem::not_found().into());
    }
    let bytes = intake::blobs::read(&company, &sha256).await?.ok_or_else(Problem::not_found)?;
    let name = named.map_or_else(|| format!("{}.{}", &sha256[..12], intake::blobs::extension_of(&bytes)), |file| file.name);
    super::act(&company, &caller.actor(), &row, "handover.file_opened", None, json!({ "name": name, "digest": sha256 })).await?;
    Ok(as_file(&name, bytes))
}

/// Bytes to be saved under this name.
pub(super) fn as_file(name: &str, bytes: Vec<u8>) -> impl IntoResponse + use<> {
    let kind = intake::blobs::kind_of(&bytes).unwrap_or("application/octet-stream");
    let name: String =
        name.bytes().map(|b| if b.is_ascii_alphanumeric() || b == b'.' || b == b'-' { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}"))], bytes)
}

/// Look for customers that are missing from the list
///
/// Compares the list with messages, calls, orders, deals, visits and receivables of the last twelve months, by their
/// envelopes alone.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/reconcile", tag = "handovers", params(("id" = String, Path)),
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409)))]
pub async fn reconcile_handover(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Detail {
    let row = find(&company, &id).await?;
    Part::of(&company, &caller, &row).await?.arranges()?;
    reconcile::run(&company, &caller.actor(), &row).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct DecideFinding {
    pub customer: String,
    /// Onto the list, or left out.
    pub add: bool,
    /// Why it is left out.
    #[serde(default)]
    pub reason: String,
}

/// Decide on a customer that was found
#[utoipa::path(post, path = "/api/v1/handovers/{id}/findings", tag = "handovers", params(("id" = String, Path)), request_body = DecideFinding,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn decide_finding(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<DecideFinding>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    reconcile::decide(&company, &caller.actor(), &part, &row, &body.customer, body.add, &body.reason, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Serialize, ToSchema)]
pub struct ReceiverCandidate {
    pub employee: String,
    pub name: String,
    pub department: Option<String>,
    /// Customers served now.
    pub load: i64,
    /// How many the company allows, if it set a number.
    pub limit: Option<i64>,
    /// Of this handover's customers, with how many there were dealings.
    pub met: usize,
    pub same_department: bool,
    pub same_manager: bool,
    /// 0–100, higher is better.
    pub score: i64,
    /// Why this person cannot take over.
    pub barred: Option<String>,
}

/// Who could take over, the best first
#[utoipa::path(get, path = "/api/v1/handovers/{id}/receivers", tag = "handovers", params(("id" = String, Path)),
    responses((status = 200, body = List<ReceiverCandidate>), (status = 404)))]
pub async fn suggest_receivers(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
) -> Result<Json<List<ReceiverCandidate>>> {
    let row = find(&company, &id).await?;
    Part::of(&company, &caller, &row).await?.arranges()?;
    let customers: Vec<String> = items(&company, &id).await?.into_iter().filter(|i| i.kind == "customer").filter_map(|i| i.reference).collect();
    let limit = receivers::limit(&company).await?;
    let found = receivers::suggest(&company, &row, &customers).await?;
    let items = found
        .into_iter()
        .map(|c| ReceiverCandidate {
            employee: c.number,
            name: c.name,
            department: c.department,
            load: c.load,
            limit,
            met: c.met.len(),
            same_department: c.same_department,
            same_manager: c.same_manager,
            score: c.score,
            barred: c.barred.map(|b| b.pick(lang).to_owned()),
        })
        .collect();
    Ok(Json(List::whole(items)))
}

#[derive(Deserialize, ToSchema)]
pub struct SetReceivers {
    pub items: Vec<String>,
    /// Null takes the name back.
    pub receiver: Option<String>,
}

/// Name who takes over
#[utoipa::path(put, path = "/api/v1/handovers/{id}/receivers", tag = "handovers", params(("id" = String, Path)), request_body = SetReceivers,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn set_receivers(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<SetReceivers>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    if let Some(receiver) = &body.receiver {
        caller.impartial(receiver)?;
    }
    receivers::set(&company, &caller.actor(), &part, &row, &body.items, body.receiver.as_deref(), lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct ReassignCustomers {
    /// These only; all whose receiver is named if absent.
    pub customers: Option<Vec<String>>,
    pub reason: String,
}

/// Pass customers on to their receivers
///
/// A reassignment is started; each customer gets its own result: `running`, then `done`, `refused` or `limit`, or `waiting`
/// for a receiver.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/reassign", tag = "handovers", params(("id" = String, Path)), request_body = ReassignCustomers,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn reassign_customers(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ReassignCustomers>,
) -> Detail {
    caller.require(Permission::CustomersAssign)?;
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    receivers::reassign(&company, &caller.actor(), &Within::of(&caller), &part, &row, body.customers.as_deref(), &body.reason, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct UndoReassignment {
    pub customers: Vec<String>,
    pub reason: String,
}

/// Take customers back
#[utoipa::path(post, path = "/api/v1/handovers/{id}/reassign/undo", tag = "handovers", params(("id" = String, Path)), request_body = UndoReassignment,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn undo_handover_moves(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<UndoReassignment>,
) -> Detail {
    caller.require(Permission::CustomersAssign)?;
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    receivers::undo(&company, &caller.actor(), &Within::of(&caller), &part, &row, &body.customers, &body.reason, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct ObjectToHandover {
    pub item: Option<String>,
    pub text: String,
}

/// Object, as the one who hands over
#[utoipa::path(post, path = "/api/v1/handovers/{id}/objections", tag = "handovers", params(("id" = String, Path)), request_body = ObjectToHandover,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 422)))]
pub async fn object_to_handover(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ObjectToHandover>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    work::object(&company, &caller.actor(), &part, &row, body.item.as_deref(), &body.text, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct AnswerObjection {
    pub text: String,
}

/// Answer an objection
#[utoipa::path(post, path = "/api/v1/handovers/{id}/objections/{objection}", tag = "handovers", params(("id" = String, Path), ("objection" = String, Path)),
    request_body = AnswerObjection, responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn answer_objection(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam((id, objection)): PathParam<(String, String)>,
    Body(body): Body<AnswerObjection>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    work::answer(&company, &caller.actor(), &part, &row, &objection, &body.text, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}
