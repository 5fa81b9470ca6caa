//! Versions of a process. A new one counts for what starts from now on; what runs keeps the one it started with.

use super::{
    ROOM,
    model::process,
    template::{Process, check, shipped_as},
};
use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
    said::Lang,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, json};

/// A process as it counts now; version 0 is the shipped one.
pub struct Version {
    pub version: i32,
    pub process: Process,
    pub changed_at: Option<i64>,
    pub changed_by: Option<String>,
}

/// All versions, newest first; the shipped one is the oldest.
pub async fn versions(company: &Company, id: &str) -> Result<Vec<Version>> {
    let shipped = shipped_as(id).ok_or_else(Problem::not_found)?;
    let rows = process::Entity::find().filter(process::Column::Id.eq(id)).order_by_desc(process::Column::Version).all(company.store.read()).await?;
    let mut all = Vec::with_capacity(rows.len() + 1);
    for row in rows {
        all.push(Version {
            version: row.version,
            process: serde_json::from_str(&row.definition)?,
            changed_at: Some(row.changed_at),
            changed_by: Some(row.changed_by),
        });
    }
    all.push(Version { version: 0, process: shipped, changed_at: None, changed_by: None });
    Ok(all)
}

pub async fn newest(company: &Company, id: &str) -> Result<Version> {
    Ok(versions(company, id).await?.remove(0))
}

/// Keeps a new version after `base`, the one it was made from.
pub async fn save(company: &Company, by: &Actor, id: &str, base: i32, process: &Process, lang: Lang) -> Result<i32> {
    let now = versions(company, id).await?.remove(0);
    check(process, lang)?;
    if now.version != base {
        return Err(Problem::conflict(
            "process_changed",
            format!("流程已被改到第 {} 版。请重新载入，再把您的改动加进去。", now.version),
            format!("The process was changed to version {} meanwhile. Reload it and make your change there.", now.version),
        )
        .into());
    }
    let version = base + 1;
    let mut data = Map::new();
    data.insert("process".into(), json!(id));
    data.insert("version".into(), json!(version));
    data.insert("definition".into(), serde_json::to_value(process)?);
    data.insert("by".into(), json!({ "kind": by.kind, "id": by.id, "name": by.name }));
    let draft = crate::records::Draft::new(
        format!("/probity/{ROOM}"),
        format!("process:{id}:{version}"),
        "process.saved".into(),
        company.now(),
        None,
        Vec::new(),
        data,
    );
    match company.writer.append(vec![draft]).await?.remove(0) {
        crate::records::Outcome::Accepted(_) => Ok(version),
        _ => Err(super::faster()),
    }
}
