//! An alert as the API shows it. `missing`, `innocent`, `title` and `why` are in the caller's language.

use super::model::{Body, alert, alert_event};
use crate::{
    access,
    cases::read::CaseOfAlert,
    customers,
    error::Result,
    http::instant,
    people,
    records::id_of,
    said::{Lang, Said},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AlertView {
    pub id: String,
    pub rule: String,
    pub employee: String,
    pub employee_name: Option<String>,
    pub department: Option<String>,
    /// `low`, `medium`, `high`.
    pub severity: String,
    /// `open`, `snoozed`, `closed`.
    pub status: String,
    /// `false_positive`, `valuable`, `confirmed`; null while open.
    pub outcome: Option<String>,
    /// It happened more than seven days before we learnt of it.
    pub backfilled: bool,
    pub raised_at: String,
    /// When the newest record behind it happened.
    pub happened_at: String,
    pub title: String,
    pub explanation: ExplanationView,
    pub records: Vec<String>,
    pub conversation: Option<String>,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    /// A user's id.
    pub assignee: Option<String>,
    pub assignee_name: Option<String>,
    pub snoozed_until: Option<String>,
    pub closed_at: Option<String>,
    pub reason: Option<String>,
    pub chain: Option<String>,
    pub words: Vec<WordView>,
    /// The cases it was taken into, newest first; empty for who may not see cases.
    pub cases: Vec<CaseOfAlert>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ExplanationView {
    pub value: f64,
    pub threshold: f64,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub unit: String,
    pub window: String,
    pub baseline: Option<String>,
    pub missing: Vec<String>,
    pub innocent: Vec<String>,
    pub formula: String,
    pub why: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct WordView {
    pub word: String,
    pub category: String,
    pub severity: String,
    pub step: String,
    pub at: String,
    pub record: String,
    pub direction: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    pub at: String,
    pub kind: String,
    pub by: String,
    #[schema(value_type = Object)]
    pub body: Value,
    /// Whom it was given to.
    pub assignee_name: Option<String>,
}

impl EventView {
    fn of(row: alert_event::Model) -> Self {
        let body = serde_json::from_str(&row.body).unwrap_or_default();
        Self { at: instant(row.at), kind: row.kind, by: row.by_name, body, assignee_name: None }
    }

    /// With the names of those it was given to.
    pub async fn all(db: &impl ConnectionTrait, rows: Vec<alert_event::Model>) -> Result<Vec<Self>> {
        let mut all: Vec<Self> = rows.into_iter().map(Self::of).collect();
        let ids: Vec<String> = all.iter().filter_map(|e| e.body["assignee"].as_str().map(str::to_owned)).collect();
        if ids.is_empty() {
            return Ok(all);
        }
        let names = user_names(db, ids).await?;
        for event in &mut all {
            event.assignee_name = event.body["assignee"].as_str().and_then(|id| names.get(id).cloned());
        }
        Ok(all)
    }
}

async fn user_names(db: &impl ConnectionTrait, ids: Vec<String>) -> Result<HashMap<String, String>> {
    let rows = access::model::user::Entity::find().filter(access::model::user::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|u| (u.id, u.name)).collect())
}

/// Names beside numbers, looked up once for a page.
#[derive(Default)]
pub struct Names {
    people: HashMap<String, people::model::person::Model>,
    customers: HashMap<String, String>,
    users: HashMap<String, String>,
}

impl Names {
    pub async fn of(db: &impl ConnectionTrait, rows: &[alert::Model]) -> Result<Self> {
        let unique = |values: Vec<String>| {
            let mut values = values;
            values.sort();
            values.dedup();
            values
        };
        let employees = unique(rows.iter().map(|r| r.employee.clone()).collect());
        let customers = unique(rows.iter().filter_map(|r| r.customer.clone()).collect());
        let assignees = unique(rows.iter().filter_map(|r| r.assignee.clone()).collect());
        let users = if assignees.is_empty() { HashMap::new() } else { user_names(db, assignees).await? };
        Ok(Self { people: people::find_all(db, &employees).await?, customers: customers::names_of(db, &customers).await?, users })
    }
}

pub fn view(row: alert::Model, records: Vec<i64>, names: &Names, lang: Lang) -> Result<AlertView> {
    let body: Body = serde_json::from_str(&row.body)?;
    let pick = |s: &Said| s.pick(lang).to_owned();
    let e = &body.explanation;
    let person = names.people.get(&row.employee);
    Ok(AlertView {
        employee_name: person.map(|p| p.name.clone()),
        department: person.and_then(|p| p.department.clone()),
        customer_name: row.customer.as_ref().and_then(|c| names.customers.get(c).cloned()),
        assignee_name: row.assignee.as_ref().and_then(|u| names.users.get(u).cloned()),
        id: row.id,
        rule: row.rule,
        employee: row.employee,
        severity: row.severity,
        status: row.status,
        outcome: row.outcome,
        backfilled: row.backfilled,
        raised_at: instant(row.raised_at),
        happened_at: instant(row.happened_at),
        title: pick(&body.title),
        explanation: ExplanationView {
            value: e.value,
            threshold: e.threshold,
            numerator: e.numerator,
            denominator: e.denominator,
            unit: pick(&e.unit),
            window: pick(&e.window),
            baseline: e.baseline.as_ref().map(pick),
            missing: e.missing.iter().map(pick).collect(),
            innocent: e.innocent.iter().map(pick).collect(),
            formula: pick(&e.formula),
            why: e.why.iter().map(pick).collect(),
        },
        records: records.into_iter().map(id_of).collect(),
        conversation: row.conversation,
        customer: row.customer,
        assignee: row.assignee,
        snoozed_until: row.snoozed_until.map(instant),
        closed_at: row.closed_at.map(instant),
        reason: row.reason,
        chain: row.chain,
        cases: Vec::new(),
        words: body
            .words
            .into_iter()
            .map(|w| WordView {
                word: w.word,
                category: w.category,
                severity: w.severity,
                step: w.step,
                at: instant(w.at),
                record: id_of(w.idx),
                direction: w.direction,
            })
            .collect(),
    })
}
