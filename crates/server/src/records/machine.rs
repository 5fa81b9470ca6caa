//! Reading by the product's own rules: no person sees what this returns, so it is no look (DESIGN, promise 5).
//! A handler that shows content to a person uses `open_for_person` instead; `tidy` holds who may call this.

use super::{
    model::{record, subject},
    seal,
};
use crate::{company::Company, error::Result};
use anyhow::anyhow;
use rayon::prelude::*;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap, HashSet, hash_map::Entry};

/// A record with its content, or without where the content was erased.
pub struct Opened {
    pub row: record::Model,
    pub content: Option<Content>,
}

pub struct Content {
    pub seed: [u8; 32],
    /// The whole event as accepted.
    pub event: Map<String, Value>,
}

impl Opened {
    pub fn data(&self) -> Option<&Map<String, Value>> {
        self.content.as_ref()?.event.get("data")?.as_object()
    }
}

/// Opens these records, in log order; unknown indices are left out.
pub async fn open(company: &Company, indices: &[i64]) -> Result<Vec<Opened>> {
    open_by(company, indices, None).await
}

/// The same for records that mostly concern this subject: its wraps are asked for first, and the others' only where it
/// has none. A record concerns three subjects or so, and one wrap opens it.
pub async fn open_of(company: &Company, indices: &[i64], subject: &str) -> Result<Vec<Opened>> {
    open_by(company, indices, Some(subject)).await
}

async fn open_by(company: &Company, indices: &[i64], subject: Option<&str>) -> Result<Vec<Opened>> {
    let mut indices = indices.to_vec();
    indices.sort_unstable();
    indices.dedup();
    let mut all = Vec::with_capacity(indices.len());
    for part in indices.chunks(1000) {
        let rows =
            record::Entity::find().filter(record::Column::Idx.is_in(part.iter().copied())).order_by_asc(record::Column::Idx).all(company.store.read()).await?;
        let mut wraps = Vec::new();
        if let Some(subject) = subject
            && company.keys.key_of(&company.store, subject).await?.is_some()
        {
            // By subject and time, as the rows lie: one look-up each, side by side.
            let times: BTreeSet<i64> = rows.iter().map(|r| r.at).collect();
            let own = subject::Column::Subject.eq(subject).and(subject::Column::At.is_in(times));
            wraps = wraps_of(company, part, Some(own)).await?;
        }
        let found: HashSet<i64> = wraps.iter().map(|w| w.idx).collect();
        let rest: Vec<i64> = part.iter().copied().filter(|idx| !found.contains(idx)).collect();
        if !rest.is_empty() {
            wraps.extend(wraps_of(company, &rest, None).await?);
        }
        all.extend(open_rows(company, rows, &wraps).await?);
    }
    Ok(all)
}

async fn wraps_of(company: &Company, indices: &[i64], only: Option<Expr>) -> Result<Vec<subject::Model>> {
    let mut find = subject::Entity::find().filter(subject::Column::Idx.is_in(indices.iter().copied())).filter(subject::Column::Wrap.is_not_null());
    if let Some(only) = only {
        find = find.filter(only);
    }
    Ok(find.all(company.store.read()).await?)
}

/// Opens rows that were read already, with the wraps of their keys among these of their subjects.
pub async fn open_rows(company: &Company, rows: Vec<record::Model>, wraps: &[subject::Model]) -> Result<Vec<Opened>> {
    let wraps = || wraps.iter().filter_map(|w| Some((w, w.wrap.as_deref()?)));
    let mut subjects: Vec<&String> = wraps().map(|(w, _)| &w.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let subjects: Vec<String> = subjects.into_iter().cloned().collect();
    company.keys.load(&company.store, &subjects).await?;
    let mut by_record: HashMap<i64, (seal::Key, &[u8])> = HashMap::with_capacity(rows.len());
    for (w, wrap) in wraps() {
        // One that opens is enough.
        if let Entry::Vacant(place) = by_record.entry(w.idx)
            && let Some(key) = company.keys.cached(&w.subject)
        {
            place.insert((key, wrap));
        }
    }
    tokio::task::block_in_place(|| {
        rows.into_par_iter()
            .with_min_len(32)
            .map(|row| {
                let content = match by_record.get(&row.idx) {
                    None => None,
                    Some((outer, wrap)) => Some(unseal(&row, outer, wrap)?),
                };
                Ok(Opened { row, content })
            })
            .collect::<Result<Vec<_>>>()
    })
}

fn unseal(row: &record::Model, outer: &seal::Key, wrap: &[u8]) -> Result<Content> {
    let key = seal::unwrap(outer, wrap, &row.leaf)?;
    let (seed, bytes) = seal::unseal(&row.sealed, &key, &row.leaf)?;
    let event = serde_json::from_slice(&bytes).map_err(|e| anyhow!("record {} holds no event: {e}", row.idx))?;
    Ok(Content { seed, event })
}
