//! A person opens content: under a case, with a reason, and the look is a record before anything is shown.

use super::{
    Appended, Effect, id_of, machine,
    model::{looked, subject},
};
use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};

/// The kind of a look's own record.
pub const KIND: &str = "content.looked";

pub struct Look {
    /// Log index of the record that says who looked, at what and why.
    pub idx: i64,
    pub items: Vec<machine::Opened>,
}

/// Opens `indices` for a person. One call is one look that lists them all. The caller has already checked that the
/// case exists, is open to this person and concerns these records.
pub async fn open_for_person(company: &Company, by: &Actor, case: &str, reason: &str, indices: &[i64]) -> Result<Look> {
    let reason = reason.trim();
    if reason.chars().count() < 2 {
        return Err(Problem::bad_request(
            "reason_missing",
            "请写明查看理由（至少两个字），它会与本次查看一起存证。",
            "Say why you look (at least two characters); the reason is recorded with the look.",
        )
        .with_rule("R08")
        .into());
    }
    let mut indices = indices.to_vec();
    indices.sort_unstable();
    indices.dedup();
    let mut concerned = Vec::new();
    for part in indices.chunks(1000) {
        let rows = subject::Entity::find().filter(subject::Column::Idx.is_in(part.iter().copied())).all(company.store.read()).await?;
        concerned.extend(rows.into_iter().map(|r| r.subject));
    }
    concerned.sort_unstable();
    concerned.dedup();
    concerned.retain(|s| s != super::COMPANY_SUBJECT);
    let employees: Vec<&str> = concerned.iter().filter_map(|s| s.strip_prefix("e:")).collect();
    let mut data = Map::new();
    data.insert("case".into(), json!(case));
    data.insert("reason".into(), json!(reason));
    data.insert("records".into(), indices.iter().map(|i| Value::from(id_of(*i))).collect());
    data.insert("employees".into(), json!(employees));
    let subject = (employees.len() == 1).then(|| employees[0].to_owned());
    let idx = company.publish("records", KIND, by, subject.as_deref(), concerned.clone(), data).await?;
    Ok(Look { idx, items: machine::open(company, &indices).await? })
}

/// Keeps the list of looks beside their records.
pub struct FollowLooks;

#[async_trait::async_trait]
impl Effect for FollowLooks {
    async fn apply(&self, _: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let rows: Vec<_> = batch
            .iter()
            // Only our own acts count: a source may use any kind it likes under its own name.
            .filter(|a| a.draft.kind == KIND && a.draft.source == "/probity/records")
            .filter_map(|a| {
                let data = a.draft.data()?;
                let text = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or_default().to_owned();
                let by = data.get("by")?;
                Some(looked::ActiveModel {
                    idx: Set(a.idx),
                    at: Set(a.draft.at),
                    actor_kind: Set(text(by.get("kind"))),
                    actor_id: Set(text(by.get("id"))),
                    actor_name: Set(text(by.get("name"))),
                    case_id: Set(text(data.get("case"))),
                    reason: Set(text(data.get("reason"))),
                    records: Set(data.get("records")?.to_string()),
                    employees: Set(data.get("employees")?.to_string()),
                })
            })
            .collect();
        if !rows.is_empty() {
            looked::Entity::insert_many(rows).exec_without_returning(tx).await?;
        }
        Ok(())
    }
}
