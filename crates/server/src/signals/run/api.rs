//! `POST /api/v1/signals/run`.

use super::run;
use crate::{
    access::{Caller, Permission},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(run_signals))
}

#[derive(Debug, Deserialize, ToSchema)]
struct RunSignals {
    /// The last day whose records count, in the company's zone: `2026-03-31`.
    as_of: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct SignalsRun {
    as_of: String,
    rules: Vec<RuleRan>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct RuleRan {
    rule: String,
    /// Employees looked at.
    subjects: usize,
    /// Signals over the threshold; each has its alert.
    alerts: usize,
}

/// Recomputes every rule for records up to a day, and answers when done. Running it again changes nothing.
#[utoipa::path(post, path = "/api/v1/signals/run", tag = "signals", request_body = RunSignals, responses((status = 200, body = SignalsRun)))]
async fn run_signals(State(company): State<Arc<Company>>, caller: Caller, Body(body): Body<RunSignals>) -> Result<Json<SignalsRun>> {
    caller.require(Permission::SignalsRun)?;
    let until = end_of(&body.as_of, &company.settings().time_zone)
        .ok_or_else(|| Problem::new(422, "bad_date", "as_of 应为日期，例如 2026-03-31。", "as_of is a date, such as 2026-03-31."))?;
    let rules = run(&company, until).await?;
    Ok(Json(SignalsRun {
        as_of: body.as_of,
        rules: rules.into_iter().map(|r| RuleRan { rule: r.rule.into(), subjects: r.subjects, alerts: r.alerts }).collect(),
    }))
}

/// The first moment after a day in a zone.
fn end_of(day: &str, zone: &jiff::tz::TimeZone) -> Option<i64> {
    let day: jiff::civil::Date = day.parse().ok()?;
    Some(day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond())
}
