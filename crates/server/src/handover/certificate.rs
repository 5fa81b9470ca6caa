//! The certificate of leaving 离职证明 as a file: typeset once from what was issued, kept under its digest, and on record.
//!
//! Issuing it (`exit::issue`) never waits for this: what the law gives at termination does not depend on a font. Where
//! there was none, the paper is made when somebody next asks for it. One that was wrong is superseded by another under a
//! number of its own, and stays. What is *not* here: what may stand on it (`law`).

use super::{
    ROOM,
    model::{duty, handover},
    work::GivenFile,
};
use crate::{
    company::{Actor, Company},
    documents::certificate::{Certificate, typeset},
    error::{Error, Problem, Result},
    http::instant,
    intake,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait, IntoActiveModel};
use serde_json::{Map, Value, json};

/// What was issued last, with the file once there is one and what it superseded.
pub(super) async fn issued(company: &Company, handover: &str) -> Result<Value> {
    let row = duty::Entity::find_by_id((handover.to_owned(), "certificate".to_owned())).one(company.store.read()).await?;
    let content = row.and_then(|r| r.content).and_then(|c| serde_json::from_str::<Value>(&c).ok()).filter(Value::is_object);
    Ok(content.ok_or_else(|| Problem::conflict("not_issued", "证明还没有出具。请先出具。", "The certificate was not issued yet. Issue it first."))?)
}

/// 1 as first issued; each correction is one more.
pub(super) fn version(content: &Value) -> u64 {
    content["version"].as_u64().unwrap_or(1)
}

/// That version, the present one if none is named.
async fn of_version(company: &Company, handover: &str, wanted: Option<u64>) -> Result<Value> {
    let content = match issued(company, handover).await {
        Err(Error::Problem(p)) if p.code == "not_issued" => return Err(Problem::not_found().into()),
        content => content?,
    };
    pick(content, |c| wanted.is_none_or(|v| v == version(c)))
}

/// The present one if it is the one, else the earlier one that is.
fn pick(mut content: Value, is: impl Fn(&Value) -> bool) -> Result<Value> {
    if is(&content) {
        return Ok(content);
    }
    let earlier = content["superseded"].as_array_mut().and_then(|all| all.iter().position(is).map(|at| all.swap_remove(at)));
    Ok(earlier.ok_or_else(Problem::not_found)?)
}

/// The certificate of this number, corrected since or not; the present one where none is named.
pub(super) async fn numbered(company: &Company, handover: &str, number: Option<&str>) -> Result<Value> {
    pick(issued(company, handover).await?, |c| number.is_none_or(|n| c["number"] == n))
}

fn kept(content: &Value) -> Option<GivenFile> {
    content.get("file").and_then(|f| serde_json::from_value(f.clone()).ok())
}

/// The file of the certificate that was issued; typeset and put on record if that has not been done.
pub async fn file(company: &Company, of: &handover::Model, wanted: Option<u64>) -> Result<GivenFile> {
    let content = of_version(company, &of.id, wanted).await?;
    if let Some(file) = kept(&content) {
        return Ok(file);
    }
    let version = version(&content);
    let paper: Certificate = serde_json::from_value(content)?;
    let number = paper.number.clone();
    let name = format!("离职证明-{number}.pdf");
    let bytes = typeset(paper).await.map_err(|why| Problem::conflict("not_typeset", why.zh, why.en))?;
    let sha256 = intake::blobs::keep(company, &bytes).await?;
    let file = GivenFile { sha256, name, size: i64::try_from(bytes.len()).unwrap_or(i64::MAX) };
    let data = json!({ "duty": "certificate", "number": number, "file": file });
    match super::act(company, &Actor::system(ROOM), of, "handover.certificate_filed", Some(format!("certificate:{}:{version}", of.id)), data).await {
        Ok(_) => Ok(file),
        // Two asked at once; the log kept the first.
        Err(Error::Problem(p)) if p.code == "somebody_was_faster" => Ok(kept(&of_version(company, &of.id, Some(version)).await?).ok_or_else(super::faster)?),
        Err(e) => Err(e),
    }
}

/// A corrected one takes the place of the present one, which stays below it with the reason.
pub(super) async fn supersede(tx: &DatabaseTransaction, handover: &str, data: &Map<String, Value>, at: i64, record: &str) -> Result<()> {
    change(tx, handover, |content| {
        let mut before = std::mem::take(content);
        let mut all = before.remove("superseded").and_then(|s| s.as_array().cloned()).unwrap_or_default();
        let by = data.get("by").map(|by| by["name"].clone()).unwrap_or_default();
        before.insert("superseded_by".into(), json!({ "at": instant(at), "by": by, "reason": data.get("reason"), "record": record }));
        all.push(Value::Object(before));
        *content = data.get("content").and_then(Value::as_object).cloned().unwrap_or_default();
        content.insert("superseded".into(), Value::Array(all));
    })
    .await
}

/// Adds to the certificate of that number, or to the present one where a record names none: what was on its way while
/// another took its place belongs to the one it was about.
pub(super) async fn add(tx: &DatabaseTransaction, handover: &str, number: Option<&str>, add: impl FnOnce(&mut Map<String, Value>)) -> Result<()> {
    change(tx, handover, |content| {
        let is = |c: &Map<String, Value>| number.is_some() && c.get("number").and_then(Value::as_str) == number;
        if number.is_none() || is(content) {
            return add(content);
        }
        let earlier = content.get_mut("superseded").and_then(Value::as_array_mut).into_iter().flatten();
        if let Some(one) = earlier.filter_map(Value::as_object_mut).find(|c| is(c)) {
            add(one);
        }
    })
    .await
}

async fn change(tx: &DatabaseTransaction, handover: &str, change: impl FnOnce(&mut Map<String, Value>)) -> Result<()> {
    let Some(row) = duty::Entity::find_by_id((handover.to_owned(), "certificate".to_owned())).one(tx).await? else { return Ok(()) };
    let mut content: Map<String, Value> = row.content.as_deref().and_then(|c| serde_json::from_str(c).ok()).unwrap_or_default();
    change(&mut content);
    let mut row = row.into_active_model();
    row.content = Set(Some(Value::Object(content).to_string()));
    duty::Entity::update(row).exec(tx).await?;
    Ok(())
}
