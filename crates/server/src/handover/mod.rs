//! Handover 交接: what a leaver or somebody who changes their work passes on, to whom, checked by whom, by when.
//!
//! A resignation makes the list by itself ([`start`]). Every act is first a record (`/probity/handover`) and the tables
//! follow from it in the same transaction ([`follow`]). Two acts on the same revision of an item carry the same record
//! id, so the log itself keeps one and refuses the other. Beside the handover, and never waiting for it, stands the law's
//! own track ([`law`], [`exit`]). What is *not* here: who serves a customer (customers), mail to customers (notify),
//! what a person may do while leaving (access). Start with [`template`], then [`start`] and [`work`].

pub mod api;
pub mod certificate;
pub mod checklist;
mod circle;
pub mod clock;
pub mod deduction;
pub mod delivery;
pub mod exit;
pub mod exit_api;
mod follow;
mod held;
pub mod history;
pub mod law;
pub mod model;
pub mod office;
mod part;
pub mod prefill;
pub mod processes;
pub mod processes_api;
pub mod property;
pub mod read;
pub mod receivers;
pub mod reconcile;
pub mod start;
pub mod template;
#[cfg(test)]
mod tests;
pub mod work;

pub use follow::{FollowHandovers, LOOKS};
pub use part::Part;

use crate::{
    company::{Actor, Company},
    error::{FieldError, Problem, Result},
    records::{Draft, Outcome},
    said::Lang,
};
use model::{handover, item};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value, json};

pub const ROOM: &str = "handover";
pub const SOURCE: &str = "/probity/handover";

pub async fn find(company: &Company, id: &str) -> Result<handover::Model> {
    Ok(handover::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
}

/// One that has not been closed.
pub fn open(handover: &handover::Model) -> Result<()> {
    if handover.status != "closed" {
        return Ok(());
    }
    Err(Problem::conflict("handover_closed", "交接已关闭，不能再改动。", "The handover is closed and can no longer be changed.").into())
}

pub async fn items(company: &Company, id: &str) -> Result<Vec<item::Model>> {
    let all = item::Entity::find().filter(item::Column::Handover.eq(id)).order_by_asc(item::Column::Place).order_by_asc(item::Column::Id);
    Ok(all.all(company.store.read()).await?)
}

pub async fn find_item(company: &Company, handover: &str, id: &str) -> Result<item::Model> {
    let found = item::Entity::find_by_id(id).one(company.store.read()).await?;
    Ok(found.filter(|i| i.handover == handover).ok_or_else(Problem::not_found)?)
}

/// The running handover of an employee, if there is one.
pub async fn running(company: &Company, employee: &str) -> Result<Option<handover::Model>> {
    let query = handover::Entity::find().filter(handover::Column::Employee.eq(employee)).filter(handover::Column::Status.ne("closed"));
    Ok(query.one(company.store.read()).await?)
}

/// Is a handover of this employee running, or a step of the law's own track not done?
pub async fn owes(company: &Company, employee: &str) -> Result<bool> {
    let db = company.store.read();
    let all: Vec<String> =
        handover::Entity::find().select_only().column(handover::Column::Id).filter(handover::Column::Employee.eq(employee)).into_tuple().all(db).await?;
    let pending = model::duty::Entity::find().filter(model::duty::Column::Handover.is_in(all)).filter(model::duty::Column::Status.eq("pending"));
    Ok(running(company, employee).await?.is_some() || pending.one(db).await?.is_some())
}

/// Writes an act about a handover. Acts under the same `key` exclude one another: the log keeps the first.
async fn act(company: &Company, by: &Actor, handover: &handover::Model, kind: &str, key: Option<String>, data: Value) -> Result<i64> {
    let Value::Object(mut data) = data else { return Err(anyhow::anyhow!("an act has members").into()) };
    data.insert("handover".into(), json!(handover.id));
    record(company, by, &handover.employee, kind, key, data).await
}

async fn record(company: &Company, by: &Actor, employee: &str, kind: &str, key: Option<String>, mut data: Map<String, Value>) -> Result<i64> {
    data.insert("by".into(), json!({ "kind": by.kind, "id": by.id, "name": by.name }));
    let id = key.unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    let draft = Draft::new(SOURCE.into(), id, kind.to_owned(), company.now(), Some(employee.to_owned()), Vec::new(), data);
    match company.writer.append(vec![draft]).await?.remove(0) {
        Outcome::Accepted(idx) => Ok(idx),
        Outcome::Duplicate(_) | Outcome::Conflict(_) => Err(faster()),
    }
}

fn finding_key(handover: &handover::Model, customer: &str) -> String {
    format!("finding:{}:{customer}", handover.id)
}

/// Two people did the same at once.
fn faster() -> crate::error::Error {
    Problem::conflict(
        "somebody_was_faster",
        "刚才已有人处理了这一项，您的操作没有生效。请刷新后查看结果。",
        "Somebody dealt with this a moment ago; yours was not done. Reload to see the result.",
    )
    .into()
}

/// A sentence with something in it, or a complaint that names the field.
pub fn sentence(pointer: &str, text: &str, least: usize, most: usize, lang: Lang) -> Result<String> {
    let text = text.trim();
    if (least..=most).contains(&text.chars().count()) {
        return Ok(text.replace('\0', ""));
    }
    let zh = format!("请填写 {least} 到 {most} 个字，它会随本次操作一起存证。");
    let en = format!("Fill in {least} to {most} characters; they are recorded with the act.");
    Err(bad(pointer, "length", &zh, &en, lang))
}

/// A member that is not as it should be.
pub fn bad(pointer: &str, code: &'static str, zh: &str, en: &str, lang: Lang) -> crate::error::Error {
    let detail = if lang == Lang::En { en } else { zh }.to_owned();
    Problem::new(422, code, zh, en).with_errors(vec![FieldError { pointer: pointer.into(), code: code.into(), detail }]).into()
}

/// A business day as people write it.
pub fn day(pointer: &str, text: &str, lang: Lang) -> Result<jiff::civil::Date> {
    let fits = |d: &jiff::civil::Date| (1990..=2100).contains(&d.year());
    text.parse().ok().filter(fits).ok_or_else(|| bad(pointer, "date", "日期应为 2026-12-20 这样的形式。", "A date is written like 2026-12-20.", lang))
}

/// Today in the company's zone.
pub fn today(company: &Company) -> jiff::civil::Date {
    date_of(company, company.now())
}

/// The day of a moment in the company's zone.
pub fn date_of(company: &Company, at: i64) -> jiff::civil::Date {
    let zone = company.settings().time_zone.clone();
    jiff::Timestamp::from_microsecond(at).map_or(jiff::civil::date(1970, 1, 1), |t| t.to_zoned(zone).date())
}

pub fn later(day: jiff::civil::Date, days: i64) -> jiff::civil::Date {
    day.checked_add(jiff::Span::new().days(days)).unwrap_or(day)
}
