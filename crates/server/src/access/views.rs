//! Who opened which page: one row a person, hour and thing, gathered in memory and written every second, so that a look
//! at a page costs no write of its own. Each hour is then sealed as one record a person (`access.viewed`).
//!
//! What is *not* here: opening content, which is a record of its own before anything is shown (records).

use super::{Caller, model::view};
use crate::{
    company::{Actor, Company},
    error::Result,
    jobs,
    records::employee_subject,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

pub const HOUR_US: i64 = 3600 * 1_000_000;
/// The job that makes one person's hour a record.
pub const SEAL_JOB: &str = "access.views";
const WRITE_AFTER: Duration = Duration::from_secs(1);
/// An hour is sealed this long after its end: other replicas may still hold some of it.
const SEAL_AFTER_US: i64 = 60 * 1_000_000;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    viewer: String,
    hour: i64,
    what: String,
    thing: String,
}

struct Seen {
    employee: String,
    reason: String,
    times: i64,
    first_at: i64,
    last_at: i64,
}

/// What was seen and is not written yet.
#[derive(Default)]
pub struct Views(Mutex<BTreeMap<Key, Seen>>);

/// Notes that `viewer` opened something. `employee` is whose data it was, empty where nobody's.
pub fn note(company: &Arc<Company>, viewer: &str, what: &str, thing: &str, employee: &str, reason: &str) {
    let at = company.now();
    let key = Key { viewer: viewer.into(), hour: at.div_euclid(HOUR_US), what: what.into(), thing: thing.chars().take(200).collect() };
    let mut waiting = company.views.0.lock().expect("no holder of this lock panics");
    let first = waiting.is_empty();
    let seen = waiting.entry(key).or_insert_with(|| Seen { employee: employee.into(), reason: String::new(), times: 0, first_at: at, last_at: at });
    seen.times += 1;
    seen.last_at = at;
    if !reason.is_empty() {
        seen.reason = reason.into();
    }
    drop(waiting);
    if first {
        let company = Arc::downgrade(company);
        tokio::spawn(async move {
            tokio::time::sleep(WRITE_AFTER).await;
            let Some(company) = company.upgrade() else { return };
            if let Err(error) = write(&company).await {
                tracing::warn!(%error, "who opened which page could not be written");
            }
        });
    }
}

/// Notes that a part of somebody's file was opened. One's own looking at oneself is nobody's news.
pub fn note_of(company: &Arc<Company>, caller: &Caller, what: &str, thing: &str, employee: &str) {
    if !caller.is(employee) {
        note(company, &caller.id, what, thing, employee, "");
    }
}

/// Writes what waits. Whoever reads the table calls this first.
pub async fn write(company: &Company) -> Result<()> {
    let waiting = std::mem::take(&mut *company.views.0.lock().expect("no holder of this lock panics"));
    if waiting.is_empty() {
        return Ok(());
    }
    let written = put(company, &waiting).await;
    if written.is_err() {
        // What could not be written waits for the next turn.
        let mut again = company.views.0.lock().expect("no holder of this lock panics");
        for (key, seen) in waiting {
            let (times, first_at, last_at) = (seen.times, seen.first_at, seen.last_at);
            let slot = again.entry(key).or_insert(Seen { times: 0, ..seen });
            slot.times += times;
            slot.first_at = Ord::min(slot.first_at, first_at);
            slot.last_at = Ord::max(slot.last_at, last_at);
        }
    }
    written
}

/// Notes these in the caller's transaction: what is counted has to stand before the next one counts.
pub async fn write_now(company: &Company, tx: &DatabaseTransaction, viewer: &str, what: &str, things: &[&str]) -> Result<()> {
    let at = company.now();
    let key = |thing: &str| Key { viewer: viewer.into(), hour: at.div_euclid(HOUR_US), what: what.into(), thing: thing.chars().take(200).collect() };
    let seen = || Seen { employee: String::new(), reason: String::new(), times: 1, first_at: at, last_at: at };
    insert(tx, &things.iter().map(|t| (key(t), seen())).collect()).await
}

async fn put(company: &Company, waiting: &BTreeMap<Key, Seen>) -> Result<()> {
    let tx = company.store.write().await?;
    insert(&tx, waiting).await?;
    tx.commit().await?;
    Ok(())
}

async fn insert(tx: &DatabaseTransaction, waiting: &BTreeMap<Key, Seen>) -> Result<()> {
    use view::Column as C;
    let mut hours: Vec<(&str, i64)> = waiting.keys().map(|k| (k.viewer.as_str(), k.hour)).collect();
    hours.dedup();
    for (viewer, hour) in hours {
        let payload = json!({ "viewer": viewer, "hour": hour });
        jobs::enqueue(tx, SEAL_JOB, Some(&format!("{viewer}/{hour}")), &payload, (hour + 1) * HOUR_US + SEAL_AFTER_US).await?;
    }
    for (key, seen) in waiting {
        view::Entity::insert(view::ActiveModel {
            viewer: Set(key.viewer.clone()),
            hour: Set(key.hour),
            what: Set(key.what.clone()),
            thing: Set(key.thing.clone()),
            employee: Set(seen.employee.clone()),
            reason: Set(seen.reason.clone()),
            times: Set(seen.times),
            first_at: Set(seen.first_at),
            last_at: Set(seen.last_at),
        })
        .on_conflict(
            OnConflict::columns([C::Viewer, C::Hour, C::What, C::Thing])
                .value(C::Times, Expr::col((view::Entity, C::Times)).add(seen.times))
                .value(C::LastAt, seen.last_at)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    }
    Ok(())
}

/// Makes one person's hour a record, for the people whose files were opened.
pub async fn run_seal(company: Arc<Company>, payload: Value) -> Result<()> {
    use view::Column as C;
    let (Some(viewer), Some(hour)) = (payload["viewer"].as_str(), payload["hour"].as_i64()) else { return Ok(()) };
    write(&company).await?;
    let rows = view::Entity::find()
        .filter(C::Viewer.eq(viewer))
        .filter(C::Hour.eq(hour))
        .order_by_asc(C::What)
        .order_by_asc(C::Thing)
        .all(company.store.read())
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut concerned: Vec<String> = rows.iter().filter(|r| !r.employee.is_empty()).map(|r| employee_subject(&r.employee)).collect();
    concerned.sort_unstable();
    concerned.dedup();
    let seen: Vec<Value> =
        rows.iter().map(|r| json!({ "what": r.what, "thing": r.thing, "employee": r.employee, "times": r.times, "reason": r.reason })).collect();
    let mut data = Map::new();
    data.insert("viewer".into(), json!(viewer));
    data.insert("from".into(), json!(crate::http::instant(hour * HOUR_US)));
    data.insert("seen".into(), Value::from(seen));
    company.publish("access", "access.viewed", &Actor::system("access"), None, concerned, data).await?;
    Ok(())
}
