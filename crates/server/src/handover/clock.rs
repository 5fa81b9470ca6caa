//! What time does to a handover: reminders before and at each deadline, escalation after it, statutory steps that are
//! late. One job a handover, once a day; what was said once is not said again, since its record has a fixed id. With a mail
//! server each reminder also goes to whoever's turn it is (`notify::reminder`), and the escalation to the manager.

use super::{
    SOURCE,
    circle::Circle,
    items, law,
    model::{duty, handover},
    today, work,
};
use crate::{
    company::{Actor, Company},
    error::Result,
    jobs,
    notify::reminder::{self, Reminder, To},
    records::Draft,
    said::Said,
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};

pub const CLOCK_JOB: &str = "handover.clock";
/// When people begin their day.
const HOUR_OF_DAY: i8 = 8;

/// Asks for the next look: tomorrow morning.
pub(super) async fn arm(company: &Company, tx: &impl ConnectionTrait, id: &str) -> Result<()> {
    jobs::enqueue(tx, CLOCK_JOB, Some(id), &json!({ "handover": id }), next_morning(company)).await
}

fn next_morning(company: &Company) -> i64 {
    let zone = company.settings().time_zone.clone();
    let day = super::later(today(company), 1);
    day.at(HOUR_OF_DAY, 0, 0, 0).to_zoned(zone).map_or(company.now() + 24 * 3600 * 1_000_000, |at| at.timestamp().as_microsecond())
}

pub async fn run(company: Arc<Company>, payload: Value) -> Result<()> {
    let id = payload["handover"].as_str().unwrap_or_default();
    let Some(row) = handover::Entity::find_by_id(id).one(company.store.read()).await? else { return Ok(()) };
    let mut drafts = Vec::new();
    if row.status != "closed" {
        drafts.extend(remind(&company, &row).await?);
    }
    let duties = duty::Entity::find().filter(duty::Column::Handover.eq(id)).all(company.store.read()).await?;
    drafts.extend(late(&company, &row, &duties));
    if !drafts.is_empty() {
        company.writer.append(drafts).await?;
        // Mail may be among them.
        company.jobs.wake();
    }
    if row.status != "closed" || duties.iter().any(|d| d.status == "pending") {
        let tx = company.store.write().await?;
        arm(&company, &tx, id).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn draft(company: &Company, row: &handover::Model, kind: &str, key: String, data: Value) -> Draft {
    let by = Actor::system(super::ROOM);
    let mut members = Map::new();
    if let Value::Object(data) = data {
        members.extend(data);
    }
    members.insert("handover".into(), json!(row.id));
    members.insert("by".into(), json!({ "kind": by.kind, "id": by.id, "name": by.name }));
    Draft::new(SOURCE.into(), key, kind.to_owned(), company.now(), Some(row.employee.clone()), Vec::new(), members)
}

/// Open items of one step that are due on one day: all of them, and how many of them wait for whom.
#[derive(Default)]
struct Waiting {
    count: usize,
    /// By person and whether they review.
    turns: BTreeMap<(To, bool), usize>,
}

async fn remind(company: &Company, row: &handover::Model) -> Result<Vec<Draft>> {
    let process = work::process(row)?;
    let today = today(company);
    let all = items(company, &row.id).await?;
    let circle = Circle::of(company, row, &all).await?;
    let mut open: BTreeMap<(String, String), Waiting> = BTreeMap::new();
    for item in all.iter().filter(|i| !work::done(i)) {
        if let (Some(due), Some(of)) = (&item.due, process.node(&item.node)) {
            let waiting = open.entry((item.node.clone(), due.clone())).or_default();
            waiting.count += 1;
            let reviews = item.status == "submitted";
            let role = if reviews { usize::try_from(item.stage).ok().and_then(|at| of.reviewers.get(at)).map_or("manager", String::as_str) } else { &of.who };
            for to in circle.playing(role, item.receiver.as_deref()) {
                *waiting.turns.entry((to.clone(), reviews)).or_default() += 1;
            }
        }
    }
    let mut drafts = Vec::new();
    let mut reminders = Vec::new();
    for ((node, due), waiting) in &open {
        let (Some(of), Ok(until)) = (process.node(node), due.parse::<Date>()) else { continue };
        let left = i64::from((until - today).get_days());
        let (name, count) = (&of.name, waiting.count);
        if left < 0 {
            let note = Said::new(format!("{}：{count} 项逾期，已报上级", name.zh), format!("{}: {count} overdue, told to the manager", name.en));
            let note = serde_json::to_string(&note)?;
            let data = json!({ "node": node, "due": due, "count": count, "manager": circle.manager, "note": note });
            drafts.push(draft(company, row, "handover.escalated", format!("escalated:{}:{node}:{due}", row.id), data));
            let told = circle.playing("manager", None);
            reminders.extend(told.iter().map(|to| Reminder { to, step: name, node, due: until, count, before: None, reviews: false }));
            continue;
        }
        // The nearest reminder whose day has come: a server that was off for a day still reminds.
        if let Some(before) = of.reminders.iter().copied().filter(|before| i64::from(*before) >= left).min() {
            let note = Said::new(format!("{}：{count} 项未完成，{due} 到期", name.zh), format!("{}: {count} to do by {due}", name.en));
            let note = serde_json::to_string(&note)?;
            let data = json!({ "node": node, "due": due, "count": count, "who": of.who, "note": note });
            drafts.push(draft(company, row, "handover.reminded", format!("reminded:{}:{node}:{due}:{before}", row.id), data));
            reminders.extend(waiting.turns.iter().map(|((to, reviews), count)| Reminder {
                to,
                step: name,
                node,
                due: until,
                count: *count,
                before: Some(before),
                reviews: *reviews,
            }));
        }
    }
    drafts.extend(reminder::queue(company, row, &reminders).await?);
    Ok(drafts)
}

fn late(company: &Company, row: &handover::Model, duties: &[duty::Model]) -> Vec<Draft> {
    let today = today(company).to_string();
    duties
        .iter()
        .filter(|d| d.status == "pending" && d.overdue_at.is_none() && d.due < today)
        .map(|d| {
            let rule = law::duty(&d.duty).map_or("P12", |of| of.rule);
            draft(
                company,
                row,
                "handover.duty_overdue",
                format!("overdue:{}:{}:{}", row.id, d.duty, d.due),
                json!({ "duty": d.duty, "due": d.due, "rule": rule }),
            )
        })
        .collect()
}
