//! 我的: what an employee sees of themselves and does about it, after leaving too — the own file, contracts, policies to
//! acknowledge, declarations, requests, the resignation, and what the company holds about them.
//!
//! Nothing here speaks of alerts or cases: nobody learns of an investigation of themselves from a list of counts.

use super::{
    acts::{self, Form, Resign},
    documents_of,
    interests::{self, Declare, DeclaredInterest},
    life_api::{History, history_of},
    names_of,
};
use crate::{
    access::{Caller, Permission},
    company::Company,
    contracts::{self, api::Contract},
    error::{Problem, Result},
    handover,
    http::{AppState, Body, List, PathParam, instant},
    intake::{kinds, sources},
    policies::{self, acts::PolicyClause},
    records::{self, id_of},
    requests::{self, NewRequest, api::Request},
    said::{Lang, Said},
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::HashMap, sync::Arc};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(my_file))
        .routes(routes!(my_holdings))
        .routes(routes!(my_policies))
        .routes(routes!(acknowledge_policy))
        .routes(routes!(declare_interest))
        .routes(routes!(my_requests, make_request))
        .routes(routes!(resign))
        .routes(routes!(withdraw_my_resignation))
}

/// The employee number of whoever asks; an account without one has no own file.
fn own(caller: &Caller) -> Result<&str> {
    caller.require(Permission::SelfSee)?;
    caller.employee.as_deref().ok_or_else(|| {
        Problem::new(
            404,
            "no_employee",
            "您的账号没有关联员工工号，所以没有本人档案。请联系管理员在“用户”页面关联工号。",
            "Your account is linked to no employee, so there is no own file. Ask an administrator to link it on the users page.",
        )
        .into()
    })
}

#[derive(Serialize, ToSchema)]
pub struct MyFile {
    pub number: String,
    pub name: String,
    pub status: Option<String>,
    pub department: Option<String>,
    pub title: Option<String>,
    pub grade: Option<String>,
    pub manager: Option<String>,
    pub manager_name: Option<String>,
    pub hired_on: Option<String>,
    pub probation_until: Option<String>,
    pub confirmed_on: Option<String>,
    pub last_day: Option<String>,
    pub left_on: Option<String>,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    #[schema(value_type = Vec<Object>)]
    pub accounts: Vec<Value>,
    pub history: History,
    pub contracts: Vec<Contract>,
    pub documents: Vec<MyDocument>,
    pub interests: Vec<DeclaredInterest>,
    /// Policies that wait to be acknowledged.
    pub unacknowledged: usize,
    pub open_requests: usize,
    /// The days of notice a resignation handed in today would have, and the last day it gives (LAW P15).
    pub notice_days: i64,
    pub earliest_last_day: String,
}

#[derive(Serialize, ToSchema)]
pub struct MyDocument {
    pub record: String,
    pub document: String,
    pub title: String,
    pub version: String,
    pub signed_at: String,
    pub method: Option<String>,
}

/// The own file
#[utoipa::path(get, path = "/api/v1/me", tag = "me", responses((status = 200, body = MyFile), (status = 404)))]
pub async fn my_file(State(company): State<Arc<Company>>, caller: Caller) -> Result<Json<MyFile>> {
    let number = own(&caller)?;
    let db = company.store.read();
    let row = super::find(db, number).await?.ok_or_else(Problem::not_found)?;
    let boss = match &row.manager {
        Some(manager) => names_of(db, std::slice::from_ref(manager)).await?.remove(manager),
        None => None,
    };
    let documents = documents_of(db, number)
        .await?
        .into_iter()
        .map(|d| MyDocument {
            record: id_of(d.idx),
            document: d.document,
            title: d.title,
            version: d.version,
            signed_at: instant(d.signed_at),
            method: d.method,
        })
        .collect();
    let words = |json: &str| serde_json::from_str::<Vec<String>>(json).unwrap_or_default();
    Ok(Json(MyFile {
        notice_days: super::life::notice_days(super::life::in_probation(&row, company.today())),
        earliest_last_day: super::life::lawful_last_day(&row, company.today()).to_string(),
        history: history_of(&company, number, None).await?,
        contracts: contracts::api::shown(&company, number, true).await?,
        documents,
        interests: interests::declared_by(db, number).await?,
        unacknowledged: policies_of(&company, number).await?.iter().filter(|p| p.signed_at.is_none()).count(),
        open_requests: requests::of(db, number).await?.iter().filter(|r| r.state == "open").count(),
        phones: words(&row.phones),
        emails: words(&row.emails),
        accounts: serde_json::from_str(&row.accounts).unwrap_or_default(),
        manager_name: boss,
        number: row.number,
        name: row.name,
        status: row.status,
        department: row.department,
        title: row.title,
        grade: row.grade,
        manager: row.manager,
        hired_on: row.hired_on,
        probation_until: row.probation_until,
        confirmed_on: row.confirmed_on,
        last_day: row.last_day,
        left_on: row.left_on,
    }))
}

/// One kind of record held about somebody.
#[derive(Serialize, ToSchema)]
pub struct Holding {
    pub kind: String,
    /// As a person calls it.
    pub label: String,
    pub source: String,
    pub source_name: Option<String>,
    pub records: i64,
    pub first: String,
    pub last: String,
    /// Why the company may hold it: `hr_necessity`, `contract`, `consent`, `legal_duty`; null where nothing is registered.
    pub basis: Option<String>,
    pub notice: Option<String>,
    pub notice_version: Option<String>,
    /// How long it is kept, and the rule behind it.
    pub kept: String,
    pub rule: &'static str,
}

/// What the company holds about oneself: kinds, counts, sources, why, how long
#[utoipa::path(get, path = "/api/v1/me/holdings", tag = "me", responses((status = 200, body = List<Holding>), (status = 404)))]
pub async fn my_holdings(State(company): State<Arc<Company>>, caller: Caller, lang: Lang) -> Result<Json<List<Holding>>> {
    let number = own(&caller)?;
    let db = company.store.read();
    let held: Vec<_> = records::held::about(db, number).await?.into_iter().filter(|h| told(&h.source, &h.kind)).collect();
    let names: Vec<String> = held.iter().map(|h| h.source.clone()).collect();
    let bases = sources::bases(db, &names).await?;
    let items = held
        .into_iter()
        .map(|h| {
            let known = bases.get(&h.source);
            let basis = known.and_then(|(_, basis)| basis.as_ref());
            let (kept, rule) = keeping(&h.kind);
            Holding {
                label: kinds::label(&h.kind).pick(lang).to_owned(),
                source_name: known.map(|(name, _)| name.clone()).filter(|n| !n.is_empty()),
                // What the system itself records of a working life it holds for the contract of employment.
                basis: basis.map(|b| b.kind.name().to_owned()).or_else(|| h.source.starts_with("/probity/").then(|| "hr_necessity".to_owned())),
                notice: basis.map(|b| b.notice.clone()),
                notice_version: basis.map(|b| b.notice_version.clone()),
                kept: kept.pick(lang).to_owned(),
                rule,
                kind: h.kind,
                source: h.source,
                records: h.records,
                first: instant(h.first),
                last: instant(h.last),
            }
        })
        .collect();
    Ok(Json(List::whole(items)))
}

/// The system's own acts are told of where they are about a working life; those of an investigation are not.
/// What is looked into about somebody is none of it, wherever it is kept: `handover` hides the same on its own page.
fn told(source: &str, kind: &str) -> bool {
    const ROOMS: [&str; 8] = ["people", "assets", "contracts", "policies", "requests", "customers", "handover", "restrictions"];
    let Some(room) = source.strip_prefix("/probity/") else { return true };
    let looked_into = kind.strip_prefix("handover.").is_some_and(|act| handover::history::NOT_FOR_THE_LEAVER.contains(&act));
    // A restriction that is proposed is nothing yet, and who turned it down is told by nobody.
    let not_yet = matches!(kind, "restriction.proposed" | "restriction.refused" | "restriction.withdrawn");
    ROOMS.contains(&room) && !looked_into && !not_yet && kind != "interest.reviewed"
}

/// What the law says to how long a kind of record is kept (LAW, Retention; R04, R06), and what is done here: nothing goes by
/// itself, an erasure is asked for and decided.
fn keeping(kind: &str) -> (Said, &'static str) {
    let said = Said::new;
    match kind {
        "document.signed" | contracts::MADE | contracts::ENDED => (
            said(
                "法律要求合同文本在解除或终止后至少保存二年（劳动合同法第五十条）。本系统到期不会自动删除；满二年后您可以申请删除",
                "The law has contracts kept at least two years after they end (Labour Contract Law article 50). Nothing is deleted here by itself; after that you may ask for it",
            ),
            "P12",
        ),
        "track.recorded" => (
            said(
                "连续轨迹应按最短必要时间保存，不宜超过三十日（个人信息保护法第六、十九条）。本系统到期不会自动删除，超过的您可以申请删除",
                "Raw tracks should be kept as briefly as needed, thirty days at most (PIPL articles 6 and 19). Nothing is deleted here by itself; you may ask for older ones to go",
            ),
            "R06",
        ),
        "customer.accessed" => (
            said(
                "法律要求系统访问日志至少保存六个月（网络安全法第二十一条）。本系统到期不会自动删除，您可以申请删除",
                "The law has access logs kept at least six months (Cybersecurity Law article 21). Nothing is deleted here by itself; you may ask for it",
            ),
            "R04",
        ),
        _ => (
            said(
                "法律要求保存期限为实现目的所必要的最短时间（个人信息保护法第十九、四十七条）。本系统不会自动删除：离职满二年且无未办结事项的，您可以申请删除，由两人同意后执行，所得结果会存证",
                "The law has data kept as briefly as the purpose allows (PIPL articles 19, 47). Nothing is deleted here by itself: two years after leaving, with nothing unfinished, you may ask for it; two people agree and the outcome is recorded",
            ),
            "R04",
        ),
    }
}

/// A policy as the staff read it.
#[derive(Serialize, ToSchema)]
pub struct MyPolicy {
    pub id: String,
    pub version: i32,
    pub title: String,
    pub text: String,
    pub clauses: Vec<PolicyClause>,
    pub effective_on: Option<String>,
    /// Null while the own acknowledgement is missing.
    pub signed_at: Option<String>,
    /// An earlier version was acknowledged.
    pub signed_before: bool,
}

async fn policies_of(company: &Company, number: &str) -> Result<Vec<MyPolicy>> {
    let db = company.store.read();
    let signed = documents_of(db, number).await?;
    let mut out = Vec::new();
    for v in policies::to_acknowledge(db, &company.today().to_string()).await? {
        let mine = |d: &&super::model::document::Model| d.document == "policy" && d.title == v.title;
        out.push(MyPolicy {
            signed_at: signed.iter().filter(mine).find(|d| d.version == v.version.to_string()).map(|d| instant(d.signed_at)),
            signed_before: signed.iter().any(|d| mine(&d) && d.version != v.version.to_string()),
            id: v.policy,
            version: v.version,
            title: v.title,
            text: v.text,
            clauses: serde_json::from_str(&v.clauses)?,
            effective_on: v.effective_on,
        });
    }
    out.sort_by(|a, b| a.signed_at.is_some().cmp(&b.signed_at.is_some()).then_with(|| a.title.cmp(&b.title)));
    Ok(out)
}

/// Policies to read and acknowledge
#[utoipa::path(get, path = "/api/v1/me/policies", tag = "me", responses((status = 200, body = List<MyPolicy>), (status = 404)))]
pub async fn my_policies(State(company): State<Arc<Company>>, caller: Caller) -> Result<Json<List<MyPolicy>>> {
    let number = own(&caller)?;
    Ok(Json(List::whole(policies_of(&company, number).await?)))
}

#[derive(Deserialize, ToSchema)]
pub struct Acknowledge {
    /// The version that was read.
    pub version: i32,
}

/// Acknowledge a policy 签收
#[utoipa::path(post, path = "/api/v1/me/policies/{id}/acknowledgement", tag = "me", params(("id" = String, Path)), request_body = Acknowledge, responses((status = 200, body = List<MyPolicy>), (status = 409)))]
pub async fn acknowledge_policy(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(id): PathParam<String>,
    Body(body): Body<Acknowledge>,
) -> Result<Json<List<MyPolicy>>> {
    let number = own(&caller)?;
    policies::acts::acknowledge(&company, &caller.actor(), number, &id, body.version).await?;
    Ok(Json(List::whole(policies_of(&company, number).await?)))
}

/// Declare an interest 利益申报
#[utoipa::path(post, path = "/api/v1/me/interests", tag = "me", request_body = Declare, responses((status = 201, body = List<DeclaredInterest>), (status = 422)))]
pub async fn declare_interest(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    Body(body): Body<Declare>,
) -> Result<(StatusCode, Json<List<DeclaredInterest>>)> {
    let number = own(&caller)?;
    interests::declare(&company, &caller.actor(), lang, number, body).await?;
    Ok((StatusCode::CREATED, Json(List::whole(interests::declared_by(company.store.read(), number).await?))))
}

async fn requests_of(company: &Company, number: &str) -> Result<Json<List<Request>>> {
    let rows = requests::of(company.store.read(), number).await?;
    let names = HashMap::new();
    Ok(Json(List::whole(rows.into_iter().map(|r| requests::api::view(company, r, &names)).collect())))
}

/// The own requests and their answers
#[utoipa::path(get, path = "/api/v1/me/requests", tag = "me", responses((status = 200, body = List<Request>), (status = 404)))]
pub async fn my_requests(State(company): State<Arc<Company>>, caller: Caller) -> Result<Json<List<Request>>> {
    requests_of(&company, own(&caller)?).await
}

/// Ask for a correction, a copy, a deletion, an explanation
#[utoipa::path(post, path = "/api/v1/me/requests", tag = "me", request_body = NewRequest, responses((status = 201, body = List<Request>), (status = 422)))]
pub async fn make_request(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    Body(body): Body<NewRequest>,
) -> Result<(StatusCode, Json<List<Request>>)> {
    let number = own(&caller)?;
    requests::make(&company, &caller.actor(), lang, number, body).await?;
    Ok((StatusCode::CREATED, requests_of(&company, number).await?))
}

#[derive(Deserialize, ToSchema)]
pub struct MyResignation {
    /// Absent: as the law gives it.
    pub last_day: Option<String>,
    pub reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Resigned {
    pub last_day: String,
}

/// Resign 提出离职
///
/// It works by itself; nobody approves it (劳动合同法 37, LAW P15).
#[utoipa::path(post, path = "/api/v1/me/resignation", tag = "me", request_body = MyResignation, responses((status = 201, body = Resigned), (status = 409), (status = 422)))]
pub async fn resign(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, Body(body): Body<MyResignation>) -> Result<(StatusCode, Json<Resigned>)> {
    let number = own(&caller)?;
    let new = Resign { submitted_on: company.today().to_string(), last_day: body.last_day, form: Form::Electronic, reason: body.reason, agreed: false };
    let last = acts::resign(&company, &caller.actor(), lang, number, new, true).await?;
    Ok((StatusCode::CREATED, Json(Resigned { last_day: last.to_string() })))
}

#[derive(Deserialize, ToSchema)]
pub struct WithdrawMine {
    pub reason: String,
}

/// Ask for the resignation to be taken back
///
/// A notice that has reached the company binds; taking it back needs the company's consent, so this is a request.
#[utoipa::path(post, path = "/api/v1/me/resignation/withdrawal", tag = "me", request_body = WithdrawMine, responses((status = 201, body = List<Request>), (status = 409), (status = 422)))]
pub async fn withdraw_my_resignation(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    Body(body): Body<WithdrawMine>,
) -> Result<(StatusCode, Json<List<Request>>)> {
    let number = own(&caller)?;
    if acts::known(&company, number).await?.status.as_deref() != Some("resigning") {
        return Err(Problem::conflict("not_resigning", "没有生效中的离职申请。", "There is no resignation to withdraw.").into());
    }
    let new = NewRequest { kind: requests::RequestKind::Withdrawal, field: None, text: body.reason };
    requests::make(&company, &caller.actor(), lang, number, new).await?;
    Ok((StatusCode::CREATED, requests_of(&company, number).await?))
}
