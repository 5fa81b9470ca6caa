//! Routes of the law's own track and of closing a handover.

use super::{Part, api, certificate, deduction, exit, find, law, read};
use crate::{
    access::{Caller, Permission},
    company::Company,
    contracts::acts::Paper,
    error::{FieldError, Problem, Result},
    evidence::package,
    http::{AppState, Body, PathParam, QueryParams},
    intake::{self, money},
    said::Lang,
};
use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(change_last_day))
        .routes(routes!(duty_done))
        .routes(routes!(issue_certificate, get_certificate))
        .routes(routes!(correct_certificate))
        .routes(routes!(hold_back))
        .routes(routes!(deduct))
        .routes(routes!(withdraw_deduction))
        .routes(routes!(close_handover))
        .routes(routes!(package_handover))
}

type Detail = Result<Json<read::HandoverDetail>>;

#[derive(Deserialize, ToSchema)]
pub struct ChangeLastDay {
    pub last_day: String,
    /// The employee agreed in writing; needed for a day later than the notice allows (LAW P15).
    #[serde(default)]
    pub agreed: bool,
    pub reason: String,
}

/// Set another last day
#[utoipa::path(put, path = "/api/v1/handovers/{id}/last-day", tag = "handovers", params(("id" = String, Path)), request_body = ChangeLastDay,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn change_last_day(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ChangeLastDay>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    caller.require(Permission::HandoversStart)?;
    exit::last_day(&company, &caller.actor(), &part, &row, &body.last_day, body.agreed, &body.reason, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct DutyDone {
    /// The day on which it was done.
    pub done_on: String,
    #[serde(default)]
    pub note: String,
    /// What shows it; sent before by the same person.
    pub paper: Option<Paper>,
}

/// A statutory step was done
///
/// It never waits for the handover (LAW P12–P14).
#[utoipa::path(post, path = "/api/v1/handovers/{id}/duties/{duty}", tag = "handovers", params(("id" = String, Path), ("duty" = String, Path)),
    request_body = DutyDone, responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn duty_done(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam((id, duty)): PathParam<(String, String)>,
    Body(body): Body<DutyDone>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    caller.require(Permission::LeavingAct)?;
    exit::done(&company, &caller.actor(), &part, &row, &duty, &body.done_on, &body.note, body.paper, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

/// Issue the certificate of termination 离职证明
///
/// Term, date, post and years of service; anything else is refused (LAW P12).
#[utoipa::path(post, path = "/api/v1/handovers/{id}/certificate", tag = "handovers", params(("id" = String, Path)), request_body = exit::Certificate,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn issue_certificate(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<exit::Certificate>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    caller.require(Permission::LeavingAct)?;
    exit::issue(&company, &caller.actor(), &part, &row, body, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct CorrectCertificate {
    #[serde(flatten)]
    pub certificate: exit::Certificate,
    /// What was wrong.
    pub reason: String,
}

/// Issue a corrected certificate of termination 更正
///
/// Under a number of its own; the one before stays on record as superseded, and the new one is to be delivered anew. The
/// clock of the step stands as it was (LAW P12).
#[utoipa::path(post, path = "/api/v1/handovers/{id}/certificate/correction", tag = "handovers", params(("id" = String, Path)),
    request_body = CorrectCertificate, responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn correct_certificate(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<CorrectCertificate>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    caller.require(Permission::LeavingAct)?;
    exit::correct(&company, &caller.actor(), &part, &row, body.certificate, &body.reason, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichCertificate {
    /// One that was superseded; absent: the present one.
    pub version: Option<u64>,
}

/// The certificate of termination as a PDF
///
/// For whoever sees the whole handover: HR, and the employee also after they have left. Opening it is a record.
#[utoipa::path(get, path = "/api/v1/handovers/{id}/certificate", tag = "handovers", params(("id" = String, Path), WhichCertificate),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404), (status = 409)))]
pub async fn get_certificate(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(id): PathParam<String>,
    QueryParams(which): QueryParams<WhichCertificate>,
) -> Result<impl IntoResponse> {
    let row = find(&company, &id).await?;
    Part::of(&company, &caller, &row).await?.whole_only()?;
    let file = certificate::file(&company, &row, which.version).await?;
    let bytes = intake::blobs::read(&company, &file.sha256).await?.ok_or_else(Problem::not_found)?;
    super::act(&company, &caller.actor(), &row, "handover.file_opened", None, json!({ "name": file.name, "digest": file.sha256 })).await?;
    Ok(api::as_file(&file.name, bytes))
}

#[derive(Deserialize, ToSchema)]
pub struct HoldBack {
    /// `severance`, `certificate`, `wages`, `commission`, `file`, `social_insurance`, `housing_fund`, `belongings`,
    /// `resignation`.
    pub what: String,
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct HeldBack {
    pub what: String,
    /// The rule that lets it wait.
    pub rule: String,
    pub detail: String,
}

/// Let something wait for the handover
///
/// Only severance may (LAW P14); everything else is refused with its article, and the attempt is a record.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/holds", tag = "handovers", params(("id" = String, Path)), request_body = HoldBack,
    responses((status = 200, body = HeldBack), (status = 404), (status = 409), (status = 422)))]
pub async fn hold_back(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<HoldBack>,
) -> Result<Json<HeldBack>> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    let rule = exit::hold(&company, &caller.actor(), &part, &row, &body.what, &body.reason, lang).await?;
    Ok(Json(HeldBack { what: body.what, rule: rule.to_owned(), detail: law::track_note().pick(lang).to_owned() }))
}

#[derive(Deserialize, ToSchema)]
pub struct Deduct {
    /// `statutory`, `loss`, `fine`, `commission` or `handover`.
    pub ground: String,
    /// Of a statutory one: `tax`, `social_insurance`, `housing_fund` or `judgment`.
    pub kind: Option<String>,
    /// Of a statutory one: what shows it; sent before by the same person.
    pub paper: Option<Paper>,
    /// Decimal, in the company's currency.
    pub amount: String,
    /// The month's wage.
    pub wage: String,
    /// The local minimum wage.
    pub minimum: String,
    #[serde(default)]
    pub fault: bool,
    #[serde(default)]
    pub clause: bool,
    #[serde(default)]
    pub proof: bool,
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct Deductible {
    /// For a loss: what is left of this month's bound after this one, decimal.
    pub most: Option<String>,
    /// What was noted, and what was not judged.
    pub detail: String,
}

/// Register a deduction from the last wage 登记扣款
///
/// What articles 15 and 16 list is noted: a withholding with its kind and paper, a loss within its bounds. All else is
/// refused with its article (LAW P17–P19). The amount of a withholding is not computed here.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/deductions", tag = "handovers", params(("id" = String, Path)), request_body = Deduct,
    responses((status = 200, body = Deductible), (status = 404), (status = 422)))]
pub async fn deduct(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<Deduct>,
) -> Result<Json<Deductible>> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    let currency = company.settings().currency.clone();
    let minor = |pointer: &str, text: &str| {
        money::minor(text.trim(), &currency).ok_or_else(|| {
            let detail = if lang == Lang::En { "a decimal such as 1234.56" } else { "形如 1234.56 的数" }.to_owned();
            Problem::new(422, "amount", "金额应为形如 1234.56 的数。", "An amount is a decimal such as 1234.56.").with_errors(vec![FieldError {
                pointer: pointer.into(),
                code: "amount".into(),
                detail,
            }])
        })
    };
    let (amount, wage, minimum) = (minor("/amount", &body.amount)?, minor("/wage", &body.wage)?, minor("/minimum", &body.minimum)?);
    if body.ground == "loss" && minimum <= 0 {
        return Err(super::bad("/minimum", "amount", "请填写当地最低工资。", "Fill in the local minimum wage.", lang));
    }
    let deduction = law::Deduction {
        ground: &body.ground,
        kind: body.kind.as_deref().filter(|_| body.ground == "statutory"),
        paper: body.paper.is_some(),
        amount,
        wage,
        minimum,
        fault: body.fault,
        clause: body.clause,
        proof: body.proof,
        noted: 0,
    };
    let left = deduction::deduct(&company, &caller.actor(), &part, &row, deduction, body.paper.as_ref(), &body.reason, lang).await?;
    let most = (body.ground == "loss").then(|| money::decimal(left, &currency));
    Ok(Json(Deductible { most, detail: law::registered(&body.ground).pick(lang).to_owned() }))
}

#[derive(Deserialize, ToSchema)]
pub struct WithdrawDeduction {
    /// What was wrong with it.
    pub reason: String,
    /// It was taken from a wage already, so it has to be paid back.
    pub taken: bool,
}

/// Withdraw a deduction that was noted wrongly 撤回
///
/// The noting stays on record with who withdrew it and why; it counts no more towards the month's bound (LAW P17), unless
/// it was taken from a wage already: then it has to be paid back and counts on.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/deductions/{record}/withdrawal", tag = "handovers",
    params(("id" = String, Path), ("record" = String, Path)), request_body = WithdrawDeduction,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn withdraw_deduction(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam((id, record)): PathParam<(String, String)>,
    Body(body): Body<WithdrawDeduction>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    deduction::withdraw(&company, &caller.actor(), &part, &row, &record, &body.reason, body.taken, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct CloseHandover {
    /// Needed unless the handover is signed off.
    #[serde(default)]
    pub reason: String,
}

/// Close the exit
///
/// Signed off, or with a reason; refused while a statutory step is late.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/close", tag = "handovers", params(("id" = String, Path)), request_body = CloseHandover,
    responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn close_handover(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<CloseHandover>,
) -> Detail {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    exit::close(&company, &caller.actor(), &part, &row, &body.reason, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct PackageHandover {
    /// Why; stands in the package.
    pub reason: String,
}

/// A handover as an evidence package
///
/// Every act, the customers passed on, the notices and the files, with proofs and verifier like a case's. That it was made
/// is a record.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/package", tag = "handovers", params(("id" = String, Path)), request_body = PackageHandover,
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), (status = 404), (status = 422)))]
pub async fn package_handover(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<PackageHandover>,
) -> Result<impl IntoResponse> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    caller.require(Permission::HandoversExport)?;
    part.whole_only()?;
    if part.leaver {
        return Err(caller.refused(Permission::HandoversExport));
    }
    let bytes = package::of_handover(&company, &caller, &row, &body.reason, lang).await?;
    let digits: String = row.number.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let name = format!("attachment; filename=\"probity-handover-{digits}-r{}.zip\"", row.revision);
    Ok(([(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, "no-store".to_owned())], bytes))
}
