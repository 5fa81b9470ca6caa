//! Reading by the product's own rules: no person sees what this returns, so it is no look (DESIGN, promise 5).
//! A handler that shows content to a person uses `open_for_person` instead; `tidy` holds who may call this.

use super::{
    model::{record, subject},
    seal,
};
use crate::{company::Company, error::Result};
use anyhow::anyhow;
use rayon::prelude::*;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet, hash_map::Entry};

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
    let own = match subject {
        // One that was erased has no key any more, whatever its rows still say.
        Some(subject) => company.keys.load(&company.store, &[subject.to_owned()]).await?.get(subject).map(|_| subject),
        None => None,
    };
    let mut all = Vec::with_capacity(indices.len());
    for part in indices.chunks(1000) {
        let rows =
            record::Entity::find().filter(record::Column::Idx.is_in(part.iter().copied())).order_by_asc(record::Column::Idx).all(company.store.read()).await?;
        let mut wraps = match own {
            Some(own) => wraps_of(company, part, Some(own)).await?,
            None => Vec::new(),
        };
        let found: HashSet<i64> = wraps.iter().map(|w| w.idx).collect();
        let rest: Vec<i64> = part.iter().copied().filter(|idx| !found.contains(idx)).collect();
        if !rest.is_empty() {
            wraps.extend(wraps_of(company, &rest, None).await?);
        }
        all.extend(open_rows(company, rows, &wraps).await?);
    }
    Ok(all)
}

async fn wraps_of(company: &Company, indices: &[i64], subject: Option<&str>) -> Result<Vec<subject::Model>> {
    let mut find = subject::Entity::find().filter(subject::Column::Idx.is_in(indices.iter().copied())).filter(subject::Column::Wrap.is_not_null());
    if let Some(subject) = subject {
        find = find.filter(subject::Column::Subject.eq(subject));
    }
    Ok(find.all(company.store.read()).await?)
}

fn subjects_in(wraps: &[subject::Model]) -> Vec<String> {
    let mut subjects: Vec<&String> = wraps.iter().filter(|w| w.wrap.is_some()).map(|w| &w.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects.into_iter().cloned().collect()
}

/// Opens rows that were read already, with the wraps of their keys among these of their subjects.
pub async fn open_rows(company: &Company, rows: Vec<record::Model>, wraps: &[subject::Model]) -> Result<Vec<Opened>> {
    let keys = company.keys.load(&company.store, &subjects_in(wraps)).await?;
    let mut by_record: HashMap<i64, (&seal::Key, &[u8])> = HashMap::with_capacity(rows.len());
    for w in wraps {
        // One that opens is enough.
        if let Entry::Vacant(place) = by_record.entry(w.idx)
            && let (Some(key), Some(wrap)) = (keys.get(&w.subject), w.wrap.as_deref())
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

/// Which of these still have a key, as this transaction sees it.
pub async fn readable(tx: &DatabaseTransaction, indices: &[i64]) -> Result<HashSet<i64>> {
    let mut there = HashSet::with_capacity(indices.len());
    for part in indices.chunks(1000) {
        let rows: Vec<i64> = subject::Entity::find()
            .select_only()
            .column(subject::Column::Idx)
            .filter(subject::Column::Idx.is_in(part.iter().copied()))
            .filter(subject::Column::Wrap.is_not_null())
            .into_tuple()
            .all(tx)
            .await?;
        there.extend(rows);
    }
    Ok(there)
}

/// Of these records those with a wrapped key that does not open: each of a record's keys, where reading takes the first.
pub async fn shut(company: &Company, opened: &[Opened], wraps: &[subject::Model]) -> Result<Vec<i64>> {
    let leaves: HashMap<i64, &[u8]> = opened.iter().map(|o| (o.row.idx, o.row.leaf.as_slice())).collect();
    let subjects = subjects_in(wraps);
    let mut keys: HashMap<&str, seal::Key> = HashMap::with_capacity(subjects.len());
    match company.keys.load(&company.store, &subjects).await {
        Ok(all) => keys.extend(subjects.iter().filter_map(|s| Some((s.as_str(), *all.get(s)?)))),
        // One altered key fails its whole group: take each alone, and leave out what does not open.
        Err(_) => {
            for subject in &subjects {
                if let Ok(own) = company.keys.load(&company.store, std::slice::from_ref(subject)).await {
                    keys.extend(own.get(subject).map(|key| (subject.as_str(), *key)));
                }
            }
        }
    }
    let shut = |w: &subject::Model| {
        let (Some(leaf), Some(wrap)) = (leaves.get(&w.idx), &w.wrap) else { return None };
        let opens = keys.get(w.subject.as_str()).is_some_and(|outer| seal::unwrap(outer, wrap, leaf).is_ok());
        (!opens).then_some(w.idx)
    };
    let mut shut: Vec<i64> = tokio::task::block_in_place(|| wraps.par_iter().with_min_len(64).filter_map(shut).collect());
    shut.sort_unstable();
    shut.dedup();
    Ok(shut)
}

fn unseal(row: &record::Model, outer: &seal::Key, wrap: &[u8]) -> Result<Content> {
    let key = seal::unwrap(outer, wrap, &row.leaf)?;
    let (seed, bytes) = seal::unseal(&row.sealed, &key, &row.leaf)?;
    let event = serde_json::from_slice(&bytes).map_err(|e| anyhow!("record {} holds no event: {e}", row.idx))?;
    Ok(Content { seed, event })
}
