//! How a handover begins: by itself with a resignation, or by hand when somebody changes their work.

use super::{bad, date_of, day, held, later, law, model::handover, processes, record, running, sentence, today};
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

/// The job that makes the list once a resignation is in the log.
pub const BEGIN_JOB: &str = "handover.begin";
/// The job that ends it when the resignation is taken back.
pub const WITHDRAW_JOB: &str = "handover.withdraw";
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

/// Queues the list of a resignation, in the transaction of its record.
pub(super) async fn on_resignation(company: &Company, tx: &DatabaseTransaction, fact: &Fact<'_>) -> Result<()> {
    let Some(employee) = fact.text("employee") else { return Ok(()) };
    let date = |name: &str| fact.text(name).and_then(|t| t.get(..10)).and_then(|t| t.parse::<Date>().ok());
    let submitted_on = date("submitted_on").unwrap_or_else(|| date_of(company, fact.at));
    let last_day = date("last_day").unwrap_or_else(|| law::latest_last_day(submitted_on, false));
    let payload = json!({ "employee": employee, "submitted_on": submitted_on.to_string(), "last_day": last_day.to_string(), "record": fact.idx });
    jobs::enqueue(tx, BEGIN_JOB, Some(employee), &payload, company.now()).await
}

/// Taken back: there is nothing to hand over any more.
pub(super) async fn on_withdrawal(company: &Company, tx: &DatabaseTransaction, fact: &Fact<'_>) -> Result<()> {
    let Some(employee) = fact.text("employee") else { return Ok(()) };
    jobs::enqueue(tx, WITHDRAW_JOB, Some(employee), &json!({ "employee": employee, "record": fact.idx }), company.now()).await
}

pub async fn run_withdraw(company: Arc<Company>, payload: Value) -> Result<()> {
    let Some(now) = running(&company, payload["employee"].as_str().unwrap_or_default()).await?.filter(|h| h.kind == "resignation") else { return Ok(()) };
    let by = Actor::system(super::ROOM);
    let data = json!({ "reason": "撤回辞职 Resignation withdrawn", "withdrawn": true });
    super::act(&company, &by, &now, "handover.closed", Some(format!("withdrawn:{}", payload["record"])), data)
        .await
        .map(drop)
        .or_else(|e| done_before(e).map(drop))
}

pub async fn run_begin(company: Arc<Company>, payload: Value) -> Result<()> {
    let text = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
    let (Ok(submitted_on), Ok(last_day)) = (text("submitted_on").parse::<Date>(), text("last_day").parse::<Date>()) else { return Ok(()) };
    // History that is being imported: nobody is left to hand anything over.
    if later(last_day, TOO_LATE_DAYS) < today(&company) {
        return Ok(());
    }
    let employee = text("employee");
    let gone = people::find(company.store.read(), &employee).await?.is_some_and(|p| p.status.as_deref() == Some("left"));
    if gone && last_day < today(&company) {
        return Ok(());
    }
    if let Some(now) = running(&company, &employee).await? {
        // Resigned again, or put right: the last day follows.
        if now.last_day.as_deref() != Some(&last_day.to_string()) {
            let by = Actor::system(super::ROOM);
            super::act(
                &company,
                &by,
                &now,
                "handover.last_day_changed",
                Some(format!("last-day:{}", payload["record"])),
                json!({ "last_day": last_day.to_string(), "reason": "" }),
            )
            .await
            .or_else(done_before)?;
        }
        return Ok(());
    }
    let new = New { employee, kind: "resignation", submitted_on: Some(submitted_on), last_day: Some(last_day), reason: String::new() };
    start(&company, &Actor::system(super::ROOM), new, Some(format!("begin:{}", payload["record"]))).await.map(drop).or_else(|e| done_before(e).map(drop))
}

/// A job that runs again finds its work done.
pub(super) fn done_before(e: Error) -> Result<i64> {
    match &e {
        Error::Problem(p) if p.code == "somebody_was_faster" => Ok(-1),
        _ => Err(e),
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
