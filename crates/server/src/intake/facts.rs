//! What a group of records says, corrections resolved: a correction speaks with the kind of the record it corrects
//! and in its place, and in that of the corrections before it. Projections of every room read facts, not drafts, so they
//! follow corrections alike.

use super::{kinds, model::correction};
use crate::{
    company::Company,
    error::Result,
    records::{Appended, model::record},
    store::bulk,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};

#[derive(Clone, Copy)]
pub struct Fact<'a> {
    pub idx: i64,
    pub at: i64,
    pub received_at: i64,
    pub kind: &'a str,
    pub data: &'a Map<String, Value>,
    /// Whose place it takes: the record it puts right, and after it the correction before this one, if there is one;
    /// that one took the place of all before it. Either may lie in the same group.
    pub replaces: &'a [i64],
}

impl<'a> Fact<'a> {
    /// The record this one puts right.
    pub fn corrects(&self) -> Option<i64> {
        self.replaces.first().copied()
    }

    /// A text member; NUL, which PostgreSQL cannot keep, is left out of what is projected.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        text(self.data, name)
    }
}

pub fn text<'a>(data: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    data.get(name).and_then(Value::as_str)
}

/// What the corrections of a group put right: (source, id) → that record.
pub type Originals = HashMap<(String, String), Original>;

pub struct Original {
    kind: String,
    at: i64,
    idx: i64,
    /// Corrections of this group, each with whose place it takes.
    corrections: HashMap<i64, Vec<i64>>,
}

/// Finds what the corrections of a group correct; empty, and without a query, when there are none.
pub async fn originals(tx: &impl ConnectionTrait, batch: &[Appended<'_>]) -> Result<Originals> {
    let mut found = Originals::new();
    let mut wanted: HashMap<(String, String), Vec<i64>> = HashMap::new();
    for a in batch {
        if let Some(name) = corrected(a) {
            wanted.entry(name).or_default().push(a.idx);
        }
    }
    let Some(first) = batch.first().filter(|_| !wanted.is_empty()) else { return Ok(found) };
    let mut by_source: HashMap<&str, Vec<&str>> = HashMap::new();
    for (source, id) in wanted.keys() {
        by_source.entry(source).or_default().push(id);
    }
    for (source, ids) in by_source {
        for part in ids.chunks(500) {
            let rows: Vec<(i64, String, String, i64)> = record::Entity::find()
                .select_only()
                .columns([record::Column::Idx, record::Column::SourceId, record::Column::Kind, record::Column::At])
                .filter(record::Column::Source.eq(source))
                .filter(record::Column::SourceId.is_in(part.iter().copied()))
                .into_tuple()
                .all(tx)
                .await?;
            // What came before the last one of before was taken back by it.
            let earlier: HashMap<i64, i64> = correction::Entity::find()
                .select_only()
                .column(correction::Column::Corrects)
                .column_as(correction::Column::Idx.max(), "last")
                .filter(correction::Column::Corrects.is_in(rows.iter().map(|r| r.0)))
                .filter(correction::Column::Idx.lt(first.idx))
                .group_by(correction::Column::Corrects)
                .into_tuple::<(i64, i64)>()
                .all(tx)
                .await?
                .into_iter()
                .collect();
            for (idx, id, kind, at) in rows {
                let name = (source.to_owned(), id);
                let (mut corrections, mut before) = (HashMap::new(), earlier.get(&idx).copied());
                for own in wanted.get(&name).into_iter().flatten().copied() {
                    corrections.insert(own, std::iter::once(idx).chain(before).collect());
                    before = Some(own);
                }
                found.insert(name, Original { kind, at, idx, corrections });
            }
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

/// The facts of a group, in log order; a correction that lies before what it corrects comes right behind it.
pub fn of<'a>(batch: &'a [Appended<'a>], originals: &'a Originals) -> Vec<Fact<'a>> {
    let mut facts = Vec::with_capacity(batch.len());
    let mut early = false;
    for a in batch {
        let Some(data) = a.draft.data() else { continue };
        let plain = Fact { idx: a.idx, at: a.draft.at, received_at: a.received_at, kind: &a.draft.kind, data, replaces: &[] };
        let Some(name) = corrected(a) else {
            facts.push(plain);
            continue;
        };
        if let (Some(original), Some(right)) = (originals.get(&name), data.get("data").and_then(Value::as_object)) {
            early |= original.idx > a.idx;
            let replaces = original.corrections.get(&a.idx).map(Vec::as_slice).unwrap_or_default();
            facts.push(Fact { kind: &original.kind, data: right, at: original.at, replaces, ..plain });
        }
    }
    if early {
        facts.sort_by_key(|f| f.corrects().filter(|original| *original > f.idx).map_or((f.idx, false), |original| (original, true)));
    }
    facts
}

/// What no longer stands after these facts: the records they put right, and the corrections before.
pub fn replaced<'a>(facts: impl IntoIterator<Item = &'a Fact<'a>>) -> BTreeSet<i64> {
    facts.into_iter().flat_map(|f| f.replaces).copied().collect()
}

/// Takes the rows back of what no longer stands after these facts, by the column that names the record; which those are.
pub async fn take_back<'a, E: EntityTrait>(tx: &impl ConnectionTrait, idx: E::Column, facts: impl IntoIterator<Item = &'a Fact<'a>>) -> Result<BTreeSet<i64>> {
    let gone = replaced(facts);
    if !gone.is_empty() {
        E::delete_many().filter(bulk::among_numbers(tx, idx, gone.iter().copied())).exec(tx).await?;
    }
    Ok(gone)
}

/// Which of these records no longer stand: those that were put right, and all their corrections but the last.
pub async fn replaced_among(db: &impl ConnectionTrait, indices: &[i64]) -> Result<BTreeSet<i64>> {
    let own = correction::Entity::find().filter(correction::Column::Idx.is_in(indices.iter().copied())).all(db).await?;
    let roots: Vec<i64> = indices.iter().copied().chain(own.iter().map(|c| c.corrects)).collect();
    let newest = corrections_of(db, &roots).await?;
    let put_right = indices.iter().copied().filter(|idx| newest.contains_key(idx));
    Ok(put_right.chain(own.iter().filter(|c| newest.get(&c.corrects) != Some(&c.idx)).map(|c| c.idx)).collect())
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
