//! What the certificate of leaving will say, out of what the file and the contracts know: a suggestion for the form, put
//! right by whoever issues it. What is *not* here: issuing it (`exit`), what may stand on it (`law`).

use super::{Part, exit, find, model::handover};
use crate::{
    access::{Caller, Permission},
    company::Company,
    contracts,
    error::Result,
    http::{AppState, PathParam},
    people,
};
use axum::{Json, extract::State};
use jiff::{Unit, civil::Date};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(certificate_form))
}

/// Empty where nothing is known.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CertificateForm {
    pub term: String,
    pub ended_on: String,
    pub post: String,
    pub service: String,
}

/// “6 年 9 个月” from the day of hire to the last day, that day included.
fn service(hired: Date, ended: Date) -> Option<String> {
    let until = ended.tomorrow().ok()?;
    if until <= hired {
        return None;
    }
    let span = hired.until((Unit::Year, until)).ok()?;
    let days = span.get_days();
    Some(match (span.get_years(), span.get_months()) {
        (0, 0) => format!("{days} 天"),
        (0, months) => format!("{months} 个月"),
        (years, 0) => format!("{years} 年"),
        (years, months) => format!("{years} 年 {months} 个月"),
    })
}

fn term(row: &contracts::model::contract::Model, ended: &str) -> String {
    match row.kind.as_str() {
        "open_ended" => format!("自 {} 起，无固定期限", row.from_on),
        "task" => format!("自 {} 起，以完成一定工作任务为期限", row.from_on),
        _ => format!("{} 至 {}", row.from_on, row.until_on.as_deref().unwrap_or(ended)),
    }
}

pub async fn form(company: &Company, of: &handover::Model) -> Result<CertificateForm> {
    let db = company.store.read();
    let person = people::find(db, &of.employee).await?;
    let contracts = contracts::of(db, &of.employee).await?;
    let ended_on = exit::ended(company, of, person.as_ref()).await?.unwrap_or_default();
    // The newest that had begun by then.
    let contract = contracts.iter().find(|c| ended_on.is_empty() || c.from_on <= ended_on);
    let hired = person.as_ref().and_then(|p| p.hired_on.clone()).or_else(|| contracts.last().map(|c| c.from_on.clone()));
    let days = hired.and_then(|t| t.parse().ok()).zip(ended_on.parse().ok());
    Ok(CertificateForm {
        term: contract.map(|c| term(c, &ended_on)).unwrap_or_default(),
        post: person.and_then(|p| p.title).or_else(|| contract.and_then(|c| c.post.clone())).unwrap_or_default(),
        service: days.and_then(|(hired, ended)| service(hired, ended)).unwrap_or_default(),
        ended_on,
    })
}

/// What the certificate of termination would say, as far as it is known
#[utoipa::path(get, path = "/api/v1/handovers/{id}/certificate/form", tag = "handovers", params(("id" = String, Path)),
    responses((status = 200, body = CertificateForm), (status = 404)))]
pub async fn certificate_form(State(company): State<Arc<Company>>, caller: Caller, PathParam(id): PathParam<String>) -> Result<Json<CertificateForm>> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    caller.require(Permission::LeavingAct)?;
    part.hr_only(Permission::LeavingAct)?;
    Ok(Json(form(&company, &row).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn service_is_counted_in_whole_months_with_the_last_day() {
        for (hired, ended, says) in [
            (date(2020, 3, 1), date(2026, 12, 20), Some("6 年 9 个月")),
            (date(2020, 3, 1), date(2026, 2, 28), Some("6 年")),
            (date(2026, 10, 1), date(2026, 11, 30), Some("2 个月")),
            (date(2026, 11, 20), date(2026, 11, 24), Some("5 天")),
            (date(2026, 11, 20), date(2026, 11, 20), Some("1 天")),
            (date(2026, 11, 20), date(2026, 11, 18), None),
        ] {
            assert_eq!(service(hired, ended).as_deref(), says, "{hired} {ended}");
        }
    }
}
