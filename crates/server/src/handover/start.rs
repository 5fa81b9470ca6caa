//! How a handover begins: by itself with a resignation, or by hand when somebody changes their work.

use super::{bad, day, held, later, law, model::handover, processes, record, running, sentence, today};
use crate::{
    company::{Actor, Company},
    error::{Error, Problem, Result},
    intake::facts::Fact,
    jobs, people,
    said::Lang,
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The job that follows a resignation: handed in, put right or taken back.
pub const FOLLOW_JOB: &str = "handover.follow";
/// A last day this long ago: the person has left, and a list would come too late.
const TOO_LATE_DAYS: i64 = 30;

pub struct New {
    pub employee: String,
    /// `resignation` or `transfer`.
    pub kind: &'static str,
    pub submitted_on: Option<Date>,
    pub last_day: Option<Date>,
    pub reason: String,
}

/// Queues the list of whoever resigned, in the transaction of the record.
pub(super) async fn on_resignation(company: &Company, tx: &DatabaseTransaction, fact: &Fact<'_>) -> Result<()> {
    let Some(employee) = fact.text("employee") else { return Ok(()) };
    jobs::enqueue(tx, FOLLOW_JOB, Some(employee), &json!({ "employee": employee }), company.now()).await
}

/// Makes the list, moves its last day, or ends it, as the resignation now stands.
pub async fn run_follow(company: Arc<Company>, payload: Value) -> Result<()> {
    let employee = payload["employee"].as_str().unwrap_or_default();
    let by = Actor::system(super::ROOM);
    let now = running(&company, employee).await?;
    let Some(leaving) = people::leaving_of(company.store.read(), employee).await? else {
        let Some(now) = now.filter(|h| h.kind == "resignation") else { return Ok(()) };
        let data = json!({ "reason": "撤回辞职 Resignation withdrawn", "withdrawn": true });
        return done_once(super::act(&company, &by, &now, "handover.closed", Some(format!("close:{}", now.id)), data).await.map(drop));
    };
    if let Some(now) = now {
        if now.kind == "resignation" && now.last_day.as_deref() != Some(&leaving.last_day.to_string()) {
            let data = json!({ "last_day": leaving.last_day.to_string(), "reason": "" });
            let key = format!("last-day:{}:{}:{}", now.id, leaving.idx, leaving.last_day);
            return done_once(super::act(&company, &by, &now, "handover.last_day_changed", Some(key), data).await.map(drop));
        }
        return Ok(());
    }
    // History that is being imported: nobody is left to hand anything over.
    let gone = people::find(company.store.read(), employee).await?.is_some_and(|p| p.status.as_deref() == Some("left"));
    if later(leaving.last_day, if gone { 0 } else { TOO_LATE_DAYS }) < today(&company) {
        return Ok(());
    }
    let (submitted_on, last_day) = (Some(leaving.submitted_on), Some(leaving.last_day));
    let new = New { employee: employee.to_owned(), kind: "resignation", submitted_on, last_day, reason: String::new() };
    done_once(start(&company, &by, new, Some(format!("begin:{}", leaving.idx))).await.map(drop))
}

/// A job that runs again finds its work done.
fn done_once(done: Result<()>) -> Result<()> {
    match done {
        Err(Error::Problem(p)) if p.code == "somebody_was_faster" => Ok(()),
        other => other,
    }
}

/// Starts one by hand.
pub async fn by_hand(company: &Company, by: &Actor, employee: &str, kind: &str, last_day: Option<&str>, reason: &str, lang: Lang) -> Result<String> {
    let kind = match kind {
        "resignation" => "resignation",
        "transfer" => "transfer",
        _ => return Err(bad("/kind", "kind", "类型为 resignation（离职）或 transfer（调岗）。", "A kind is resignation or transfer.", lang)),
    };
    let reason = sentence("/reason", reason, 2, 2000, lang)?;
    let last_day = last_day.map(|t| day("/last_day", t, lang)).transpose()?;
    let person = people::find(company.store.read(), employee).await?;
    if person.is_none() {
        return Err(bad("/employee", "unknown_employee", "没有这个员工，请检查工号。", "There is no such employee; check the number.", lang));
    }
    if person.is_some_and(|p| p.status.as_deref() == Some("left")) {
        return Err(bad("/employee", "left", "该员工已离职，不能再发起交接。", "This employee has left; a handover can no longer start.", lang));
    }
    if kind == "resignation" && last_day.is_none() {
        return Err(bad(
            "/last_day",
            "required",
            "离职交接要有最后工作日，法定手续的期限由它算起。",
            "A leaver's handover has a last day; the statutory clocks run from it.",
            lang,
        ));
    }
    if let Some(now) = running(company, employee).await? {
        return Err(Problem::conflict(
            "already_running",
            format!("该员工已有进行中的交接（{}）。请在其中继续。", now.number),
            format!("A handover of this employee is running already ({}). Go on there.", now.number),
        )
        .into());
    }
    let submitted_on = (kind == "resignation").then(|| today(company));
    start(company, by, New { employee: employee.to_owned(), kind, submitted_on, last_day, reason }, None).await
}

/// Makes the list and writes the start; answers the handover's id.
async fn start(company: &Company, by: &Actor, new: New, key: Option<String>) -> Result<String> {
    let version = processes::newest(company).await?;
    let begins = today(company);
    let due = |node: &super::template::Node| {
        let until = later(begins, i64::from(node.days));
        Some(new.last_day.filter(|last| *last >= begins && *last < until).unwrap_or(until).to_string())
    };
    let held = held::by(company, &new.employee).await?;
    let items = held::items(&version.process, &held, due);
    let duties: Vec<Value> = match new.last_day.filter(|_| new.kind == "resignation") {
        None => Vec::new(),
        Some(last) => law::DUTIES.iter().map(|d| json!({ "duty": d.name, "due": d.due(last).to_string(), "rule": d.rule })).collect(),
    };
    let id = uuid::Uuid::now_v7().to_string();
    let mut tries = 0;
    loop {
        let number = next_number(company).await?;
        let mut data = Map::new();
        data.insert("handover".into(), json!(id));
        data.insert("number".into(), json!(number));
        data.insert("employee".into(), json!(new.employee));
        data.insert("kind".into(), json!(new.kind));
        data.insert("reason".into(), json!(new.reason));
        data.insert("submitted_on".into(), json!(new.submitted_on.map(|d| d.to_string())));
        data.insert("last_day".into(), json!(new.last_day.map(|d| d.to_string())));
        data.insert("process".into(), json!({ "id": super::template::SHIPPED, "version": version.version, "definition": version.process }));
        data.insert("items".into(), json!(items));
        data.insert("duties".into(), json!(duties));
        let Err(e) = record(company, by, &new.employee, "handover.started", key.clone(), data).await else { return Ok(id) };
        tries += 1;
        // Two started in the same instant: the number is unique in the table, the later one tries again.
        if tries > 5 || next_number(company).await? == number {
            return Err(match running(company, &new.employee).await? {
                Some(_) => super::faster(),
                None => e,
            });
        }
        tracing::debug!(error = %e, "a handover's number was taken; trying the next");
    }
}

/// 交2026-0001, counted within the company's year.
async fn next_number(company: &Company) -> Result<String> {
    let prefix = format!("交{}-", today(company).year());
    let taken: Vec<String> = handover::Entity::find()
        .select_only()
        .column(handover::Column::Number)
        .filter(handover::Column::Number.starts_with(&prefix))
        .into_tuple()
        .all(company.store.read())
        .await?;
    let last = taken.iter().filter_map(|n| n.strip_prefix(&prefix)?.parse::<u32>().ok()).max().unwrap_or(0);
    Ok(format!("{prefix}{:04}", last + 1))
}
