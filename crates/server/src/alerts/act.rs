//! What people do about an alert: assign, snooze, close with an outcome, open again. Each act is in the alert's
//! history, is told to connected clients and is a record of the system's own.

use super::{
    model::alert,
    raise::{note, tell},
};
use crate::{
    access::{Permission, model::user, standing},
    company::{Actor, Company},
    error::{Error, Problem, Result},
    jobs,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The job that opens a snoozed alert again.
pub const SNOOZE_ENDS: &str = "alerts.snooze_ends";
const SNOOZE_AT_MOST_US: i64 = 366 * 24 * 3600 * 1_000_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Assign(Option<String>),
    Snooze(i64),
    Close { outcome: String, reason: String },
    Open,
}

pub const OUTCOMES: [&str; 3] = ["false_positive", "valuable", "confirmed"];

impl Act {
    fn kind(&self) -> &'static str {
        match self {
            Self::Assign(_) => "assigned",
            Self::Snooze(_) => "snoozed",
            Self::Close { .. } => "closed",
            Self::Open => "opened",
        }
    }

    fn body(&self) -> Value {
        match self {
            Self::Assign(user) => json!({ "assignee": user }),
            Self::Snooze(until) => json!({ "snoozed_until": crate::http::instant(*until) }),
            Self::Close { outcome, reason } => json!({ "outcome": outcome, "reason": reason }),
            Self::Open => json!({}),
        }
    }
}

/// Does one act and records it.
pub async fn act(company: &Company, by: &Actor, id: &str, act: Act) -> Result<()> {
    check(company, &act).await?;
    let tx = company.store.write().await?;
    let known = alert::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    let changed = change(company, &tx, by, known, &act).await?;
    tx.commit().await?;
    if let Some(alert) = changed {
        publish(company, by, &alert, &act).await?;
        company.jobs.wake();
    }
    Ok(())
}

async fn check(company: &Company, act: &Act) -> Result<()> {
    match act {
        Act::Assign(Some(user)) => {
            // Why not is not told: who has which right is for those who see roles.
            if !takes(company, user).await? {
                return Err(refused(
                    "unknown_user",
                    "不能交给这个账号：没有这个用户，或其目前不处理预警。请从名单中选择。",
                    "This account cannot take it: there is no such user, or it does not work on alerts now. Choose one from the list.",
                ));
            }
        }
        Act::Snooze(until) => {
            let now = company.now();
            if *until <= now || *until - now > SNOOZE_AT_MOST_US {
                return Err(refused(
                    "bad_snooze",
                    "稍后处理的时间要在此刻之后、一年之内。",
                    "The time to come back to it must lie after now and within a year.",
                ));
            }
        }
        Act::Close { outcome, reason } => {
            if !OUTCOMES.contains(&outcome.as_str()) {
                return Err(refused(
                    "bad_outcome",
                    "请选择结论：false_positive 误报、valuable 有价值或 confirmed 属实。",
                    "Choose an outcome: false_positive, valuable or confirmed.",
                ));
            }
            let length = reason.trim().chars().count();
            if length == 0 || length > 2000 {
                return Err(refused(
                    "reason_missing",
                    "请写明关闭的理由（1–2000 字），它会进入记录。",
                    "Give the reason for closing (1–2000 characters); it goes on record.",
                ));
            }
        }
        Act::Assign(None) | Act::Open => {}
    }
    Ok(())
}

/// Can this account sign in and work on alerts?
async fn takes(company: &Company, id: &str) -> Result<bool> {
    let db = company.store.read();
    let Some(who) = user::Entity::find_by_id(id).one(db).await? else { return Ok(false) };
    if who.disabled || !(who.demo || who.password.is_some()) {
        return Ok(false);
    }
    let standing = standing::of(db, who.employee.as_deref()).await?;
    Ok(company.roles().get(&who.role).is_some_and(|r| standing.leaves(r.grants).has(Permission::AlertsAct)))
}

fn refused(code: &'static str, zh: &str, en: &str) -> Error {
    Problem::new(422, code, zh, en).into()
}

async fn change(company: &Company, tx: &DatabaseTransaction, by: &Actor, known: alert::Model, act: &Act) -> Result<Option<alert::Model>> {
    let now = company.now();
    let closed = known.status == "closed";
    let mut row = known.clone().into_active_model();
    match act {
        Act::Assign(user) if *user == known.assignee => return Ok(None),
        Act::Assign(user) => row.assignee = Set(user.clone()),
        Act::Snooze(_) if closed => {
            return Err(Problem::conflict("alert_closed", "预警已关闭，请先重新打开。", "The alert is closed; open it again first.").into());
        }
        Act::Snooze(until) => {
            row.status = Set("snoozed".into());
            row.snoozed_until = Set(Some(*until));
            jobs::enqueue(tx, SNOOZE_ENDS, None, &json!({ "alert": known.id, "until": until }), *until).await?;
        }
        Act::Close { outcome, reason } => {
            if closed && known.outcome.as_deref() == Some(outcome) && known.reason.as_deref() == Some(reason.trim()) {
                return Ok(None);
            }
            row.status = Set("closed".into());
            row.outcome = Set(Some(outcome.clone()));
            row.reason = Set(Some(reason.trim().to_owned()));
            row.snoozed_until = Set(None);
            row.closed_at = Set(Some(now));
        }
        Act::Open if known.status == "open" => return Ok(None),
        Act::Open => {
            if closed && super::raise::open_one_id(tx, &known).await?.is_some() {
                return Err(Problem::conflict(
                    "alert_open_elsewhere",
                    "同一员工、同一会话或链条已有一条未关闭的预警，请在那一条上处理。",
                    "There is already an open alert of this rule about the same employee and conversation or chain; work on that one.",
                )
                .into());
            }
            row.status = Set("open".into());
            row.outcome = Set(None);
            row.reason = Set(None);
            row.snoozed_until = Set(None);
            row.closed_at = Set(None);
        }
    }
    row.changed_at = Set(now);
    let alert = row.update(tx).await?;
    note(tx, now, &alert.id, &alert.employee, act.kind(), by, &act.body()).await?;
    tell(tx, now, &alert.id, &alert.rule, &alert.employee, &alert.severity, &alert.status, act.kind(), alert.backfilled).await?;
    Ok(Some(alert))
}

async fn publish(company: &Company, by: &Actor, alert: &alert::Model, act: &Act) -> Result<()> {
    let mut data = Map::new();
    data.insert("alert".into(), json!(alert.id));
    data.insert("rule".into(), json!(alert.rule));
    data.insert("employee".into(), json!(alert.employee));
    if let Value::Object(body) = act.body() {
        data.extend(body);
    }
    let kind = format!("alert.{}", act.kind());
    company.publish("alerts", &kind, by, Some(&alert.employee), Vec::new(), data).await?;
    Ok(())
}

/// The end of a snooze, unless somebody has dealt with it or put it off again.
pub async fn snooze_ends(company: &Arc<Company>, id: &str, until: i64) -> Result<()> {
    let tx = company.store.write().await?;
    let snoozed = alert::Entity::find_by_id(id).filter(alert::Column::Status.eq("snoozed")).filter(alert::Column::SnoozedUntil.eq(until));
    let due = snoozed.lock_exclusive().one(&tx).await?;
    if let Some(known) = due {
        let system = Actor::system("alerts");
        if let Some(alert) = change(company, &tx, &system, known, &Act::Open).await? {
            tx.commit().await?;
            publish(company, &system, &alert, &Act::Open).await?;
            return Ok(());
        }
    }
    tx.rollback().await?;
    Ok(())
}
