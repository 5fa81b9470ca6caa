//! The company's own settings: name, time zone, currency, own names.

use super::{Caller, Permission, publish};
use crate::{
    company::Company,
    error::{FieldError, Problem, Result},
    http::{AppState, Body},
    said::Lang,
    settings,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::customers::reassign::LIMIT as CUSTOMER_LIMIT;

const OWN_NAMES: &str = "own_names";

#[derive(Serialize, Deserialize, ToSchema)]
pub struct CompanySettings {
    pub name: String,
    /// IANA name, such as Asia/Shanghai.
    pub time_zone: String,
    /// ISO 4217, such as CNY.
    pub currency: String,
    /// Other names of the company itself: former names, brands, short forms.
    #[serde(default)]
    pub own_names: Vec<String>,
    /// How many customers one person may hold; null is no limit.
    #[serde(default)]
    pub customer_limit: Option<u32>,
}

async fn current(company: &Company) -> Result<CompanySettings> {
    let own = settings::get(company.store.read(), OWN_NAMES).await?;
    let s = company.settings();
    Ok(CompanySettings {
        name: s.name.clone(),
        time_zone: s.time_zone_name.clone(),
        currency: s.currency.clone(),
        own_names: own.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default(),
        customer_limit: settings::get(company.store.read(), CUSTOMER_LIMIT).await?.and_then(|t| t.parse().ok()),
    })
}

/// The company's settings
#[utoipa::path(get, path = "/api/v1/company", tag = "access", responses((status = 200, body = CompanySettings)))]
pub async fn get_company(State(app): State<AppState>) -> Result<Json<CompanySettings>> {
    Ok(Json(current(&app.company).await?))
}

fn check(body: &CompanySettings, lang: Lang) -> Result<()> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, code: &str, zh: &str, en: &str| {
        let detail = if lang == Lang::En { en } else { zh }.to_owned();
        errors.push(FieldError { pointer: pointer.into(), code: code.into(), detail });
    };
    let name_fits = |s: &str| !s.trim().is_empty() && s.chars().count() <= 200;
    if !name_fits(&body.name) {
        wrong("/name", "bad_name", "请填写公司名称（1–200 字）。", "Fill in the company's name (1–200 characters).");
    }
    if jiff::tz::TimeZone::get(&body.time_zone).is_err() {
        wrong("/time_zone", "unknown_time_zone", "不认识这个时区，请用 Asia/Shanghai 这样的名称。", "Unknown time zone; use a name such as Asia/Shanghai.");
    }
    if body.currency.len() != 3 || !body.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        wrong("/currency", "bad_currency", "币种请用三位大写字母，如 CNY。", "A currency is three capital letters, such as CNY.");
    }
    if body.own_names.len() > 100 || !body.own_names.iter().all(|n| name_fits(n)) {
        wrong("/own_names", "bad_own_names", "本公司的其他名称最多 100 个，每个 1–200 字。", "At most 100 own names of 1–200 characters each.");
    }
    if body.customer_limit == Some(0) {
        wrong("/customer_limit", "bad_limit", "上限至少为 1；不限制请留空。", "A limit is at least 1; leave it empty for none.");
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Problem::new(422, "invalid", "有内容需要改正，见各项说明。", "Some fields need mending; see each of them.").with_errors(errors).into())
}

/// Set the company's name, time zone, currency and own names
#[utoipa::path(put, path = "/api/v1/company", tag = "access", request_body = CompanySettings,
    responses((status = 200, body = CompanySettings), (status = 422)))]
pub async fn put_company(State(app): State<AppState>, caller: Caller, lang: Lang, Body(body): Body<CompanySettings>) -> Result<Json<CompanySettings>> {
    caller.require(Permission::CompanyEdit)?;
    check(&body, lang)?;
    let company = &app.company;
    let now = company.now();
    let tx = company.store.write().await?;
    settings::set(&tx, "name", body.name.trim(), now).await?;
    settings::set(&tx, "time_zone", &body.time_zone, now).await?;
    settings::set(&tx, "currency", &body.currency, now).await?;
    settings::set(&tx, OWN_NAMES, &serde_json::to_string(&body.own_names)?, now).await?;
    settings::set(&tx, CUSTOMER_LIMIT, &body.customer_limit.map(|n| n.to_string()).unwrap_or_default(), now).await?;
    tx.commit().await?;
    company.reload_settings().await?;
    let by = caller.actor();
    publish::act(
        company,
        "access.company_changed",
        &by,
        json!({ "name": body.name.trim(), "time_zone": body.time_zone, "currency": body.currency, "customer_limit": body.customer_limit }),
    )
    .await?;
    // The own names are a company like any other, so that payers and rebates are recognised as the company's own.
    let Value::Object(own) = json!({ "company": "own", "name": body.name.trim(), "kind": "own", "aliases": body.own_names }) else {
        return Ok(Json(body));
    };
    company.publish("company", "company.upserted", &by, None, Vec::new(), own).await?;
    Ok(Json(current(company).await?))
}
