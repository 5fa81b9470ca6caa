//! What a group of records says, corrections resolved: a correction speaks with the kind of the record it corrects
//! and in its place. Projections of every room read facts, not drafts, so they follow corrections alike.

use super::{kinds, model::correction};
use crate::{
    company::Company,
    error::Result,
    records::{Appended, model::record},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value};
use std::collections::HashMap;

#[derive(Clone, Copy)]
pub struct Fact<'a> {
    pub idx: i64,
    pub at: i64,
    pub received_at: i64,
    pub kind: &'a str,
    pub data: &'a Map<String, Value>,
    /// The record this one puts right.
    pub corrects: Option<i64>,
}

impl<'a> Fact<'a> {
    /// A text member; NUL, which PostgreSQL cannot keep, is left out of what is projected.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        text(self.data, name)
    }
}

pub fn text<'a>(data: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    data.get(name).and_then(Value::as_str)
}

/// Originals a group's corrections point at: (source, id) → (log index, kind, time).
pub type Originals = HashMap<(String, String), (i64, String, i64)>;

/// Finds what the corrections of a group correct; empty, and without a query, when there are none.
pub async fn originals(tx: &impl ConnectionTrait, batch: &[Appended<'_>]) -> Result<Originals> {
    let mut found = Originals::new();
    let wanted: Vec<(String, String)> = batch.iter().filter_map(corrected).collect();
    if wanted.is_empty() {
        return Ok(found);
    }
    let mut by_source: HashMap<String, Vec<String>> = HashMap::new();
    for (source, id) in wanted {
        by_source.entry(source).or_default().push(id);
    }
    for (source, ids) in by_source {
        for part in ids.chunks(500) {
            let rows: Vec<(i64, String, String, i64)> = record::Entity::find()
                .select_only()
                .columns([record::Column::Idx, record::Column::SourceId, record::Column::Kind, record::Column::At])
                .filter(record::Column::Source.eq(&source))
                .filter(record::Column::SourceId.is_in(part.iter().cloned()))
                .into_tuple()
                .all(tx)
                .await?;
            found.extend(rows.into_iter().map(|(idx, id, kind, at)| ((source.clone(), id), (idx, kind, at))));
        }
    }
    Ok(found)
}

fn corrected(a: &Appended<'_>) -> Option<(String, String)> {
    if a.draft.kind != kinds::RECORD_CORRECTED {
        return None;
    }
    let record = a.draft.data()?.get("record")?.as_object()?;
    Some((text(record, "source")?.to_owned(), text(record, "id")?.to_owned()))
}

/// The facts of a group, in log order.
pub fn of<'a>(batch: &'a [Appended<'a>], originals: &'a Originals) -> Vec<Fact<'a>> {
    let mut facts = Vec::with_capacity(batch.len());
    for a in batch {
        let Some(data) = a.draft.data() else { continue };
        let plain = Fact { idx: a.idx, at: a.draft.at, received_at: a.received_at, kind: &a.draft.kind, data, corrects: None };
        let Some(name) = corrected(a) else {
            facts.push(plain);
            continue;
        };
        if let (Some((idx, kind, at)), Some(right)) = (originals.get(&name), data.get("data").and_then(Value::as_object)) {
            facts.push(Fact { kind, data: right, at: *at, corrects: Some(*idx), ..plain });
        }
    }
    facts
}

/// Which records were put right, and by which.
pub async fn corrections_of(db: &impl ConnectionTrait, indices: &[i64]) -> Result<HashMap<i64, i64>> {
    let mut found = HashMap::new();
    for part in indices.chunks(1000) {
        let rows = correction::Entity::find().filter(correction::Column::Corrects.is_in(part.iter().copied())).all(db).await?;
        // The newest correction is the one that stands.
        for row in rows {
            let slot = found.entry(row.corrects).or_insert(row.idx);
            *slot = row.idx.max(*slot);
        }
    }
    Ok(found)
}

/// A day in the company's zone or an instant, as UTC microseconds; as an end, a day means its last moment.
pub fn moment(company: &Company, text: &str, end: bool) -> Option<i64> {
    if let Some(at) = kinds::time_us(text) {
        return Some(at);
    }
    let day: jiff::civil::Date = text.parse().ok()?;
    let day = if end { day.tomorrow().ok()? } else { day };
    Some(day.to_zoned(company.settings().time_zone.clone()).ok()?.timestamp().as_microsecond())
}
