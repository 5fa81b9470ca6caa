//! One open alert per rule, employee and subject; what comes later joins it.

use super::{
    model::{Body, alert, alert_event, alert_record},
    rules::Rule,
};
use crate::{company::Actor, error::Result, events};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::OnConflict,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub struct Signal {
    pub rule: &'static Rule,
    pub employee: String,
    pub subject: String,
    pub conversation: Option<String>,
    pub chain: Option<String>,
    pub customer: Option<String>,
    pub severity: &'static str,
    pub backfilled: bool,
    /// Log index and time of each record behind it.
    pub records: Vec<(i64, i64)>,
    pub body: Body,
}

/// The alert of this rule about this subject that is not closed. Its row is locked: what joins an alert that somebody
/// closes in the same moment must become a new one, or it is never looked at.
pub async fn open_one(tx: &impl ConnectionTrait, rule: &Rule, employee: &str, subject: &str) -> Result<Option<alert::Model>> {
    Ok(alert::Entity::find()
        .filter(alert::Column::Rule.eq(rule.id))
        .filter(alert::Column::Employee.eq(employee))
        .filter(alert::Column::Subject.eq(subject))
        .filter(alert::Column::Status.ne("closed"))
        .lock_exclusive()
        .one(tx)
        .await?)
}

/// Another alert, not closed, about the same as this one.
pub async fn open_one_id(tx: &impl ConnectionTrait, alert: &alert::Model) -> Result<Option<String>> {
    Ok(alert::Entity::find()
        .select_only()
        .column(alert::Column::Id)
        .filter(alert::Column::Rule.eq(&alert.rule))
        .filter(alert::Column::Employee.eq(&alert.employee))
        .filter(alert::Column::Subject.eq(&alert.subject))
        .filter(alert::Column::Status.ne("closed"))
        .filter(alert::Column::Id.ne(&alert.id))
        .into_tuple()
        .one(tx)
        .await?)
}

pub async fn create(tx: &impl ConnectionTrait, now: i64, signal: Signal) -> Result<String> {
    let id = uuid::Uuid::now_v7().to_string();
    let assignee = signal.rule.assignee(tx).await?;
    let happened_at = signal.records.iter().map(|(_, at)| *at).max().unwrap_or(now);
    alert::Entity::insert(alert::ActiveModel {
        id: Set(id.clone()),
        rule: Set(signal.rule.id.into()),
        employee: Set(signal.employee.clone()),
        subject: Set(signal.subject),
        conversation: Set(signal.conversation),
        chain: Set(signal.chain),
        customer: Set(signal.customer),
        severity: Set(signal.severity.into()),
        status: Set("open".into()),
        outcome: Set(None),
        reason: Set(None),
        backfilled: Set(signal.backfilled),
        raised_at: Set(now),
        happened_at: Set(happened_at),
        changed_at: Set(now),
        assignee: Set(assignee),
        snoozed_until: Set(None),
        closed_at: Set(None),
        value: Set(signal.body.explanation.value),
        body: Set(serde_json::to_string(&signal.body)?),
    })
    .exec_without_returning(tx)
    .await?;
    attach(tx, &id, &signal.records).await?;
    note(tx, now, &id, &signal.employee, "raised", &Actor::system("alerts"), &json!({ "severity": signal.severity })).await?;
    tell(tx, now, &id, signal.rule.id, &signal.employee, signal.severity, "open", "raised", signal.backfilled).await?;
    Ok(id)
}

/// What came later joins; the alert keeps its standing with the people who work on it.
pub async fn join(tx: &impl ConnectionTrait, now: i64, known: alert::Model, signal: Signal) -> Result<()> {
    let had = records_of(tx, &known.id).await?;
    let fresh: Vec<(i64, i64)> = signal.records.iter().filter(|(idx, _)| !had.contains(idx)).copied().collect();
    let body = serde_json::to_string(&signal.body)?;
    if fresh.is_empty() && body == known.body && known.subject == signal.subject {
        return Ok(());
    }
    let (id, employee, status) = (known.id.clone(), known.employee.clone(), known.status.clone());
    let severity = worse(&known.severity, signal.severity);
    let happened_at = signal.records.iter().map(|(_, at)| *at).max().unwrap_or(0).max(known.happened_at);
    // One live record among late ones is news.
    let backfilled = known.backfilled && signal.backfilled;
    let mut row = known.into_active_model();
    row.subject = Set(signal.subject);
    row.chain = Set(signal.chain);
    row.customer = Set(signal.customer);
    row.severity = Set(severity.clone());
    row.happened_at = Set(happened_at);
    row.backfilled = Set(backfilled);
    row.changed_at = Set(now);
    row.value = Set(signal.body.explanation.value);
    row.body = Set(body);
    row.update(tx).await?;
    attach(tx, &id, &fresh).await?;
    if !fresh.is_empty() {
        note(tx, now, &id, &employee, "joined", &Actor::system("alerts"), &json!({ "records": fresh.len() })).await?;
        tell(tx, now, &id, signal.rule.id, &employee, &severity, &status, "joined", backfilled).await?;
    }
    Ok(())
}

fn rank(severity: &str) -> u8 {
    match severity {
        "high" => 2,
        "medium" => 1,
        _ => 0,
    }
}

pub fn worse(a: &str, b: &str) -> String {
    if rank(b) > rank(a) { b.to_owned() } else { a.to_owned() }
}

pub async fn records_of(db: &impl ConnectionTrait, alert: &str) -> Result<BTreeSet<i64>> {
    let rows: Vec<i64> =
        alert_record::Entity::find().select_only().column(alert_record::Column::Idx).filter(alert_record::Column::Alert.eq(alert)).into_tuple().all(db).await?;
    Ok(rows.into_iter().collect())
}

async fn attach(tx: &impl ConnectionTrait, alert: &str, records: &[(i64, i64)]) -> Result<()> {
    for part in records.chunks(500) {
        let rows = part.iter().map(|(idx, at)| alert_record::ActiveModel { alert: Set(alert.into()), idx: Set(*idx), at: Set(*at) });
        alert_record::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns([alert_record::Column::Alert, alert_record::Column::Idx]).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Adds to the alert's own history.
pub async fn note(tx: &impl ConnectionTrait, now: i64, alert: &str, employee: &str, kind: &str, by: &Actor, body: &Value) -> Result<()> {
    alert_event::Entity::insert(alert_event::ActiveModel {
        alert: Set(alert.into()),
        employee: Set(employee.into()),
        at: Set(now),
        kind: Set(kind.into()),
        by_id: Set(by.id.clone()),
        by_name: Set(by.name.clone()),
        body: Set(body.to_string()),
        ..Default::default()
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Tells connected clients who may see alerts of this employee. `notice` is false for what happened long ago: lists
/// refresh, nobody is called.
#[expect(clippy::too_many_arguments, reason = "the members of one event")]
pub async fn tell(
    tx: &impl ConnectionTrait,
    now: i64,
    id: &str,
    rule: &str,
    employee: &str,
    severity: &str,
    status: &str,
    change: &str,
    backfilled: bool,
) -> Result<()> {
    let payload = json!({
        "id": id, "rule": rule, "employee": employee, "severity": severity, "status": status, "change": change,
        "backfilled": backfilled, "notice": change == "raised" && !backfilled,
    });
    events::emit(tx, now, "alert", &format!("alerts.see#{employee}"), &payload).await
}
