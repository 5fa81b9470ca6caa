//! How a handover begins: by itself with a resignation or another end of employment, or by hand when somebody changes
//! their work or is about to leave otherwise. Whatever the ground, the law's own track begins with it: LCL 50 binds at
//! every termination. One employee has one running handover; leaving ends the handover of a change of work.

use super::{
    bad, day, held, later, law,
    model::{duty, handover, item},
    processes, record, running, sentence, template, today, work,
};
use crate::{
    company::{Actor, Company},
    error::{Error, Problem, Result},
    intake::facts::Fact,
    jobs, people,
    records::{Draft, Outcome, model::subject},
    said::{Lang, Said},
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

/// The job that follows a resignation: handed in, put right or taken back; and an end of employment on any ground.
pub const FOLLOW_JOB: &str = "handover.follow";
/// The job that puts onto the list what came after it was made.
pub const LATER_JOB: &str = "handover.later";
/// A last day this long ago: the person has left, and a list would come too late.
const TOO_LATE_DAYS: i64 = 30;
/// Two ends of employment this near are one: told by the resignation, by the departure, by both.
const SAME_END_DAYS: i64 = 60;

/// Grounds other than a resignation 协商解除、到期、公司解除、退休、死亡; `departure` where none is given.
pub const GROUNDS: [&str; 6] = ["agreement", "expiry", "dismissal", "retirement", "death", "departure"];

pub fn leaves(kind: &str) -> bool {
    kind != "transfer"
}

/// Why a handover was closed by itself.
pub fn withdrawn() -> Said {
    Said::new("撤回辞职", "Resignation withdrawn")
}

fn put_right() -> Said {
    Said::new("记录已更正：本人并未提出辞职", "Put right: no resignation was handed in")
}

fn taken_over() -> Said {
    Said::new("本人离职，由离职交接接续", "The employee leaves; the leaver's handover goes on from here")
}

pub struct New {
    pub employee: String,
    /// `resignation`, `transfer` or one of `GROUNDS`.
    pub kind: &'static str,
    pub submitted_on: Option<Date>,
    pub last_day: Option<Date>,
    pub reason: String,
}

/// Queues the list of whoever resigned, in the transaction of the record; of a correction also of those whom it names no
/// more.
pub(super) async fn on_resignation(company: &Company, tx: &DatabaseTransaction, fact: &Fact<'_>) -> Result<()> {
    let named = fact.text("employee");
    let mut concerned: BTreeSet<String> = named.map(str::to_owned).into_iter().collect();
    if !fact.replaces.is_empty() {
        let before = subject::Entity::find().filter(subject::Column::Idx.is_in(fact.replaces.iter().copied())).all(tx).await?;
        concerned.extend(before.iter().filter_map(|row| row.subject.strip_prefix("e:")).map(str::to_owned));
    }
    for employee in concerned {
        let payload = json!({ "employee": employee, "put_right": named != Some(&employee) });
        jobs::enqueue(tx, FOLLOW_JOB, Some(&employee), &payload, company.now()).await?;
    }
    Ok(())
}

/// Queues what every end of employment asks for.
pub(super) async fn on_departure(company: &Company, tx: &DatabaseTransaction, fact: &Fact<'_>) -> Result<()> {
    let Some(employee) = fact.text("employee").or_else(|| fact.text("number")) else { return Ok(()) };
    let on: Option<Date> = fact.text("left_on").and_then(|t| t.get(..10)).and_then(|t| t.parse().ok());
    // Of long ago: history that is being imported, perhaps of many thousands.
    if on.is_some_and(|on| long_ago(company, on)) {
        return Ok(());
    }
    let payload = json!({ "employee": employee, "gone": true, "left_on": on.map(|d| d.to_string()), "ground": fact.text("ground") });
    jobs::enqueue(tx, FOLLOW_JOB, Some(&format!("left:{employee}")), &payload, company.now()).await
}

fn long_ago(company: &Company, on: Date) -> bool {
    later(on, TOO_LATE_DAYS) < today(company)
}

/// Of somebody of whom a list says that they left and not when: the day on which it first said so of somebody at work.
/// Whoever was never known at work is history that was imported.
async fn first_gone(company: &Company, employee: &str) -> Result<Option<Date>> {
    let posts = people::posts::history(company.store.read(), employee, None).await?;
    let gone = posts.windows(2).rev().find_map(|pair| match pair {
        [before, after] if before.employed && !after.employed => Some(after.valid_from),
        _ => None,
    });
    Ok(gone.map(|at| super::date_of(company, at)))
}

/// Makes the list, moves its last day, or ends it, as the resignation or the departure now stands.
pub async fn run_follow(company: Arc<Company>, payload: Value) -> Result<()> {
    let employee = payload["employee"].as_str().unwrap_or_default();
    let told = payload["left_on"].as_str().and_then(|t| t.get(..10)).and_then(|t| t.parse().ok());
    if told.is_some() || payload["gone"] == true {
        let on = match told {
            // A list that names no day may tell of years ago as well.
            None => first_gone(&company, employee).await?.filter(|on| !long_ago(&company, *on)),
            told => told,
        };
        let Some(on) = on else { return Ok(()) };
        return left(&company, employee, on, payload["ground"].as_str().unwrap_or_default()).await;
    }
    let now = running(&company, employee).await?;
    let gone = people::find(company.store.read(), employee).await?.is_some_and(|p| p.status.as_deref() == Some("left"));
    let Some(leaving) = people::leaving_of(company.store.read(), employee).await? else {
        // Who has left meanwhile hands over all the same.
        let Some(now) = now.filter(|h| h.kind == "resignation" && !gone) else { return Ok(()) };
        let why = if payload["put_right"] == true { put_right() } else { withdrawn() };
        return end(&company, &now, &why).await;
    };
    // History that is being imported: nobody is left to hand anything over.
    let too_late = later(leaving.last_day, if gone { 0 } else { TOO_LATE_DAYS }) < today(&company);
    if let Some(now) = now {
        if now.kind == "resignation" {
            return moved_to(&company, &now, leaving.last_day, leaving.idx).await;
        }
        if too_late {
            return Ok(());
        }
        end(&company, &now, &taken_over()).await?;
    }
    if too_late {
        return Ok(());
    }
    let (submitted_on, last_day) = (Some(leaving.submitted_on), Some(leaving.last_day));
    let new = New { employee: employee.to_owned(), kind: "resignation", submitted_on, last_day, reason: String::new() };
    done_once(start(&company, &Actor::system(super::ROOM), new, Some(format!("begin:{}", leaving.idx))).await.map(drop))
}

/// The employment has ended. Where a leaver's handover knows of it only the day is set; else one begins, with the law's track.
async fn left(company: &Company, employee: &str, on: Date, ground: &str) -> Result<()> {
    // A list may have been put right by now.
    if people::find(company.store.read(), employee).await?.is_none_or(|p| p.status.as_deref() != Some("left")) {
        return Ok(());
    }
    if let Some(now) = running(company, employee).await? {
        if leaves(&now.kind) {
            return moved_to(company, &now, on, 0).await;
        }
        end(company, &now, &taken_over()).await?;
    } else if tracked(company, employee, on).await? {
        return Ok(());
    }
    let kind = GROUNDS.into_iter().find(|g| *g == ground).unwrap_or("departure");
    let new = New { employee: employee.to_owned(), kind, submitted_on: None, last_day: Some(on), reason: String::new() };
    done_once(start(company, &Actor::system(super::ROOM), new, Some(format!("left:{employee}:{on}"))).await.map(drop))
}

/// Whether an earlier handover carries this end's statutory steps already.
async fn tracked(company: &Company, employee: &str, on: Date) -> Result<bool> {
    let db = company.store.read();
    let rows = handover::Entity::find().filter(handover::Column::Employee.eq(employee)).all(db).await?;
    let near = |h: &&handover::Model| {
        h.last_day.as_deref().and_then(|t| t.parse::<Date>().ok()).is_some_and(|last| i64::from((on - last).get_days()).abs() <= SAME_END_DAYS)
    };
    let ids: Vec<String> = rows.iter().filter(near).map(|h| h.id.clone()).collect();
    Ok(duty::Entity::find().filter(duty::Column::Handover.is_in(ids)).one(db).await?.is_some())
}

async fn moved_to(company: &Company, now: &handover::Model, last_day: Date, idx: i64) -> Result<()> {
    if now.last_day.as_deref() == Some(&last_day.to_string()) {
        return Ok(());
    }
    let data = json!({ "last_day": last_day.to_string(), "reason": "" });
    let key = format!("last-day:{}:{idx}:{last_day}", now.id);
    done_once(super::act(company, &Actor::system(super::ROOM), now, "handover.last_day_changed", Some(key), data).await.map(drop))
}

/// Closes one whose ground is gone: its statutory steps that are not done go with it.
async fn end(company: &Company, now: &handover::Model, why: &Said) -> Result<()> {
    let data = json!({ "reason": serde_json::to_string(why)?, "void": true });
    done_once(super::act(company, &Actor::system(super::ROOM), now, "handover.closed", Some(format!("close:{}", now.id)), data).await.map(drop))
}

/// Kinds of records after which somebody may hold more than before.
const BRINGS: [&str; 7] =
    ["contacts.snapshot_taken", "customer.assigned", "deal.stage_changed", "order.placed", "receivable.booked", "promise.made", "asset.issued"];

/// Queues another look at the lists of those in this batch who hand over.
pub(super) async fn on_more(company: &Company, tx: &DatabaseTransaction, facts: &[Fact<'_>]) -> Result<()> {
    let about: BTreeSet<&str> = facts.iter().filter(|f| BRINGS.contains(&f.kind)).filter_map(|f| f.text("employee")).collect();
    if about.is_empty() {
        return Ok(());
    }
    let running: Vec<String> =
        handover::Entity::find().select_only().column(handover::Column::Employee).filter(handover::Column::Status.ne("closed")).into_tuple().all(tx).await?;
    for employee in running.iter().filter(|e| about.contains(e.as_str())) {
        jobs::enqueue(tx, LATER_JOB, Some(employee), &json!({ "employee": employee }), company.now()).await?;
    }
    Ok(())
}

pub async fn run_later(company: Arc<Company>, payload: Value) -> Result<()> {
    match running(&company, payload["employee"].as_str().unwrap_or_default()).await? {
        Some(now) => complete(&company, &Actor::system(super::ROOM), &now).await.map(drop),
        None => Ok(()),
    }
}

/// Puts onto the list what the person holds by now and the list does not have; answers how much that was.
pub async fn complete(company: &Company, by: &Actor, handover: &handover::Model) -> Result<usize> {
    let known: Vec<(String, Option<String>)> = item::Entity::find()
        .select_only()
        .columns([item::Column::Kind, item::Column::Reference])
        .filter(item::Column::Handover.eq(&handover.id))
        .into_tuple()
        .all(company.store.read())
        .await?;
    let listed: HashSet<(&str, &str)> = known.iter().filter_map(|(kind, reference)| Some((kind.as_str(), reference.as_deref()?))).collect();
    let mut held = held::by(company, &handover.employee).await?;
    held.retain(|h| !listed.contains(&(h.kind, h.reference.as_str())));
    let process = work::process(handover)?;
    let last_day = handover.last_day.as_deref().and_then(|t| t.parse().ok());
    let items = held::items(&process, &held, |node| due(company, node, last_day));
    let mut drafts = Vec::new();
    for mut one in items.into_iter().filter(|i| i["kind"] != "once") {
        let spec = process.nodes.iter().flat_map(|n| &n.what).find(|w| one["what"] == w.id);
        let Some(spec) = spec else { continue };
        one["spec"] = serde_json::to_value(spec)?;
        one["group"] = json!(spec.group);
        one["origin"] = json!("later");
        one["place"] = json!(known.len() + drafts.len() + 1);
        // Of two looks at the same moment the log keeps one.
        let key = format!("later:{}:{}:{}", handover.id, one["kind"].as_str().unwrap_or_default(), one["reference"].as_str().unwrap_or_default());
        let mut data = Map::new();
        data.insert("handover".into(), json!(handover.id));
        data.insert("added".into(), one);
        data.insert("by".into(), json!({ "kind": by.kind, "id": by.id, "name": by.name }));
        let employee = Some(handover.employee.clone());
        drafts.push(Draft::new(super::SOURCE.into(), key, "handover.item_added".into(), company.now(), employee, Vec::new(), data));
    }
    if drafts.is_empty() {
        return Ok(0);
    }
    let outcomes = company.writer.append(drafts).await?;
    Ok(outcomes.iter().filter(|o| matches!(o, Outcome::Accepted(_))).count())
}

fn due(company: &Company, node: &template::Node, last_day: Option<Date>) -> Option<String> {
    let begins = today(company);
    let until = later(begins, i64::from(node.days));
    Some(last_day.filter(|last| *last >= begins && *last < until).unwrap_or(until).to_string())
}

/// A job that runs again finds its work done.
fn done_once(done: Result<()>) -> Result<()> {
    match done {
        Err(Error::Problem(p)) if p.code == "somebody_was_faster" => Ok(()),
        other => other,
    }
}

/// Starts one by hand: of a change of work, or of an end that is agreed or known beforehand. A resignation is recorded in
/// the file, where its standing, its freeze and its lawful day come from, and starts one by itself.
pub async fn by_hand(company: &Company, by: &Actor, employee: &str, kind: &str, last_day: Option<&str>, reason: &str, lang: Lang) -> Result<String> {
    if kind == "resignation" {
        return Err(bad(
            "/kind",
            "record_the_resignation",
            "离职交接由离职申请自动生成。请在员工档案里登记离职申请。",
            "A leaver's handover begins by itself. Record the resignation in the employee's file.",
            lang,
        ));
    }
    let kind = ["transfer", "agreement", "expiry", "dismissal", "retirement"].into_iter().find(|k| *k == kind);
    let Some(kind) = kind else {
        return Err(bad(
            "/kind",
            "kind",
            "类型为 transfer（调岗）、agreement（协商解除）、expiry（合同到期）、dismissal（公司解除）或 retirement（退休）。",
            "A kind is transfer, agreement, expiry, dismissal or retirement.",
            lang,
        ));
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
    if leaves(kind) && last_day.is_none_or(|last| last < today(company)) {
        return Err(bad(
            "/last_day",
            "required",
            "离职交接要有最后工作日，不早于今天；法定手续的期限由它算起。",
            "A leaver's handover has a last day, not before today; the statutory clocks run from it.",
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
    start(company, by, New { employee: employee.to_owned(), kind, submitted_on: None, last_day, reason }, None).await
}

/// Makes the list and writes the start; answers the handover's id.
async fn start(company: &Company, by: &Actor, new: New, key: Option<String>) -> Result<String> {
    let process = template::of_kind(new.kind);
    let version = processes::newest(company, process).await?;
    let held = held::by(company, &new.employee).await?;
    let items = held::items(&version.process, &held, |node| due(company, node, new.last_day));
    let duties: Vec<Value> = match new.last_day.filter(|_| leaves(new.kind)) {
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
        data.insert("process".into(), json!({ "id": process, "version": version.version, "definition": version.process }));
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
