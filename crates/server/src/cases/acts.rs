//! What a person does in a case. Each act is checked, recorded, and answered after the commit.

use super::{ROOM, find, find_open, model::case};
use crate::{
    company::{Actor, Company},
    error::{Error, FieldError, Problem, Result},
    records::{id_of, idx_of, model::record},
    said::Lang,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value, json};

/// More would not be read by anyone; a package holds at most 50,000.
const MOST_RECORDS: usize = 10_000;

pub struct NewCase {
    pub employee: String,
    pub title: String,
    pub reason: String,
    pub alerts: Vec<String>,
    pub records: Vec<String>,
}

#[derive(Default)]
pub struct Change {
    pub title: Option<String>,
    pub status: Option<String>,
    pub outcome: Option<String>,
    pub reason: Option<String>,
}

/// A sentence with something in it, or a complaint that names the field.
fn sentence(pointer: &str, text: &str, least: usize, most: usize, lang: Lang) -> Result<String> {
    let text = text.trim();
    let length = text.chars().count();
    if (least..=most).contains(&length) {
        return Ok(text.to_owned());
    }
    let zh = format!("请填写 {least} 到 {most} 个字，它会随本次操作一起存证。");
    let en = format!("Fill in {least} to {most} characters; they are recorded with the act.");
    let detail = if lang == Lang::En { en.clone() } else { zh.clone() };
    let error = FieldError { pointer: pointer.into(), code: "length".into(), detail };
    Err(Problem::new(422, "invalid", zh, en).with_errors(vec![error]).into())
}

/// Log indices of `rec_…`, each of which exists.
pub async fn known_records(company: &Company, ids: &[String]) -> Result<Vec<i64>> {
    if ids.len() > MOST_RECORDS {
        return Err(Problem::new(
            422,
            "too_many",
            format!("一次最多 {MOST_RECORDS} 条记录，请分批加入。"),
            format!("At most {MOST_RECORDS} records at a time; add them in parts."),
        )
        .into());
    }
    let missing = |id: &str| -> Error {
        let detail = format!("{id}?");
        Problem::new(422, "unknown_record", format!("没有这条记录：{id}。请检查编号。"), format!("There is no record {id}. Check the id."))
            .with_errors(vec![FieldError { pointer: "/records".into(), code: "unknown_record".into(), detail }])
            .into()
    };
    let mut indices = Vec::with_capacity(ids.len());
    for id in ids {
        indices.push(idx_of(id).ok_or_else(|| missing(id))?);
    }
    indices.sort_unstable();
    indices.dedup();
    for part in indices.chunks(1000) {
        let known: Vec<i64> = record::Entity::find()
            .select_only()
            .column(record::Column::Idx)
            .filter(record::Column::Idx.is_in(part.iter().copied()))
            .order_by_asc(record::Column::Idx)
            .into_tuple()
            .all(company.store.read())
            .await?;
        if let Some(idx) = part.iter().find(|idx| known.binary_search(idx).is_err()) {
            return Err(missing(&id_of(*idx)));
        }
    }
    Ok(indices)
}

/// Each of these alerts exists, and is about the employee.
async fn known_alerts(company: &Company, employee: &str, alerts: &[String], lang: Lang) -> Result<()> {
    if alerts.len() > MOST_RECORDS {
        let (zh, en) = (format!("一个案件最多带入 {MOST_RECORDS} 条预警。"), format!("A case takes in at most {MOST_RECORDS} alerts."));
        return Err(Problem::new(422, "too_many", zh, en).into());
    }
    if let Some(id) = crate::alerts::unknown_among(company, employee, alerts).await? {
        let detail = if lang == Lang::En { format!("There is no alert {id} about this employee.") } else { format!("没有关于该员工的预警 {id}。") };
        return Err(Problem::new(
            422,
            "unknown_alert",
            format!("没有关于该员工的预警 {id}。请检查编号。"),
            format!("There is no alert {id} about this employee. Check the id."),
        )
        .with_errors(vec![FieldError { pointer: "/alerts".into(), code: "unknown_alert".into(), detail }])
        .into());
    }
    Ok(())
}

/// Opens a case; answers its id.
pub async fn open(company: &Company, by: &Actor, new: NewCase, lang: Lang) -> Result<String> {
    let title = sentence("/title", &new.title, 1, 200, lang)?;
    let reason = sentence("/reason", &new.reason, 2, 2000, lang)?;
    let employee = sentence("/employee", &new.employee, 1, 100, lang)?;
    let records = known_records(company, &new.records).await?;
    known_alerts(company, &employee, &new.alerts, lang).await?;
    let id = uuid::Uuid::now_v7().to_string();
    // Two people may open a case in the same instant: the number is unique in the table, the later one tries again.
    let mut tries = 0;
    loop {
        let number = next_number(company).await?;
        let mut data = Map::new();
        data.insert("case".into(), json!(id));
        data.insert("number".into(), json!(number));
        data.insert("title".into(), json!(title));
        data.insert("reason".into(), json!(reason));
        data.insert("employee".into(), json!(employee));
        data.insert("alerts".into(), json!(new.alerts));
        data.insert("records".into(), records.iter().map(|idx| json!(id_of(*idx))).collect());
        let Err(e) = company.publish(ROOM, "case.opened", by, Some(&employee), Vec::new(), data).await else { return Ok(id) };
        tries += 1;
        if tries > 5 || next_number(company).await? == number {
            return Err(e);
        }
        tracing::debug!(error = %e, "a case number was taken; trying the next");
    }
}

/// 案2026-0001, counted within the company's year.
async fn next_number(company: &Company) -> Result<String> {
    let zone = company.settings().time_zone.clone();
    let year = jiff::Timestamp::from_microsecond(company.now()).map_or(1970, |t| t.to_zoned(zone).year());
    let prefix = format!("案{year}-");
    let taken: Vec<String> = case::Entity::find()
        .select_only()
        .column(case::Column::Number)
        .filter(case::Column::Number.starts_with(&prefix))
        .into_tuple()
        .all(company.store.read())
        .await?;
    let last = taken.iter().filter_map(|n| n.strip_prefix(&prefix)?.parse::<u32>().ok()).max().unwrap_or(0);
    Ok(format!("{prefix}{:04}", last + 1))
}

async fn act(company: &Company, by: &Actor, case: &case::Model, kind: &str, data: Value) -> Result<i64> {
    let Value::Object(mut data) = data else { return Err(anyhow::anyhow!("an act has members").into()) };
    data.insert("case".into(), json!(case.id));
    company.publish(ROOM, kind, by, Some(&case.employee), Vec::new(), data).await
}

/// Somebody was given a package of the case.
pub async fn fetched(company: &Company, by: &Actor, case: &case::Model, package: &str, revision: i64) -> Result<()> {
    act(company, by, case, "case.package_fetched", json!({ "package": package, "revision": revision })).await.map(drop)
}

/// Puts records and alerts into an open case.
pub async fn add(company: &Company, by: &Actor, id: &str, records: &[String], alerts: &[String], reason: &str, lang: Lang) -> Result<()> {
    let case = find_open(company, id).await?;
    let reason = sentence("/reason", reason, 2, 2000, lang)?;
    let indices = known_records(company, records).await?;
    known_alerts(company, &case.employee, alerts, lang).await?;
    if indices.is_empty() && alerts.is_empty() {
        return Err(Problem::new(422, "no_records", "请至少选择一条记录。", "Choose at least one record.").into());
    }
    let ids: Vec<String> = indices.iter().map(|idx| id_of(*idx)).collect();
    act(company, by, &case, "case.records_added", json!({ "records": ids, "alerts": alerts, "reason": reason })).await?;
    Ok(())
}

pub async fn note(company: &Company, by: &Actor, id: &str, text: &str, lang: Lang) -> Result<()> {
    let case = find_open(company, id).await?;
    let text = sentence("/text", text, 1, 20_000, lang)?;
    act(company, by, &case, "case.noted", json!({ "text": text })).await?;
    Ok(())
}

/// The employee was told of the case. From now on they may learn who opened content under it.
pub async fn tell(company: &Company, by: &Actor, id: &str, how: &str, lang: Lang) -> Result<()> {
    let case = find_open(company, id).await?;
    let how = sentence("/how", how, 2, 2000, lang)?;
    act(company, by, &case, "case.told", json!({ "how": how })).await?;
    Ok(())
}

/// Attaches a file whose bytes are already kept under `sha256`.
pub async fn add_file(company: &Company, by: &Actor, id: &str, sha256: &str, name: &str, size: usize) -> Result<()> {
    let case = find_open(company, id).await?;
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = if name.trim().is_empty() { "file".to_owned() } else { name };
    act(company, by, &case, "case.file_added", json!({ "sha256": sha256, "name": name, "size": size })).await?;
    Ok(())
}

/// Title, closing with an outcome, reopening.
pub async fn change(company: &Company, by: &Actor, id: &str, change: Change, lang: Lang) -> Result<()> {
    let case = find(company, id).await?;
    if let Some(title) = &change.title {
        let title = sentence("/title", title, 1, 200, lang)?;
        if title != case.title {
            let case = find_open(company, id).await?;
            act(company, by, &case, "case.retitled", json!({ "title": title })).await?;
        }
    }
    let reason = || sentence("/reason", change.reason.as_deref().unwrap_or_default(), 2, 2000, lang);
    match change.status.as_deref() {
        None => {}
        Some(status) if status == case.status => {}
        Some("closed") => {
            let outcome = change.outcome.as_deref().filter(|o| !o.trim().is_empty());
            let outcome = outcome.map(|o| sentence("/outcome", o, 1, 200, lang)).transpose()?;
            let data = json!({ "reason": reason()?, "outcome": outcome });
            act(company, by, &case, "case.closed", data).await?;
        }
        Some("open") => {
            act(company, by, &case, "case.reopened", json!({ "reason": reason()? })).await?;
        }
        Some(_) => {
            return Err(Problem::new(422, "bad_status", "状态只能是 open 或 closed。", "A status is open or closed.").into());
        }
    }
    Ok(())
}

/// What the package room writes into a case: it is part of its history and changes nothing in it.
pub async fn package_act(company: &Company, by: &Actor, case: &case::Model, kind: &str, data: Value) -> Result<i64> {
    act(company, by, case, kind, data).await
}
