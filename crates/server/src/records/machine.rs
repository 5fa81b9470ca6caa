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
use std::collections::{HashMap, HashSet};

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
    let mut indices = indices.to_vec();
    indices.sort_unstable();
    indices.dedup();
    let mut all = Vec::with_capacity(indices.len());
    for part in indices.chunks(1000) {
        let rows =
            record::Entity::find().filter(record::Column::Idx.is_in(part.iter().copied())).order_by_asc(record::Column::Idx).all(company.store.read()).await?;
        let wraps = subject::Entity::find()
            .filter(subject::Column::Idx.is_in(part.iter().copied()))
            .filter(subject::Column::Wrap.is_not_null())
            .all(company.store.read())
            .await?;
        let mut subjects: Vec<String> = wraps.iter().map(|w| w.subject.clone()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let keys = company.keys.load(&company.store, &subjects).await?;
        let mut by_record: HashMap<i64, Vec<(seal::Key, Vec<u8>)>> = HashMap::new();
        for w in wraps {
            if let (Some(key), Some(wrap)) = (keys.get(&w.subject), w.wrap) {
                by_record.entry(w.idx).or_default().push((*key, wrap));
            }
        }
        let opened = tokio::task::block_in_place(|| {
            rows.into_par_iter()
                .with_min_len(32)
                .map(|row| {
                    let content = match by_record.get(&row.idx).and_then(|w| w.first()) {
                        None => None,
                        Some((outer, wrap)) => Some(unseal(&row, outer, wrap)?),
                    };
                    Ok(Opened { row, content })
                })
                .collect::<Result<Vec<_>>>()
        })?;
        all.extend(opened);
    }
    Ok(all)
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
pub async fn shut(company: &Company, indices: &[i64]) -> Result<Vec<i64>> {
    let leaves: HashMap<i64, Vec<u8>> = record::Entity::find()
        .select_only()
        .columns([record::Column::Idx, record::Column::Leaf])
        .filter(record::Column::Idx.is_in(indices.iter().copied()))
        .into_tuple::<(i64, Vec<u8>)>()
        .all(company.store.read())
        .await?
        .into_iter()
        .collect();
    let wraps = subject::Entity::find()
        .filter(subject::Column::Idx.is_in(indices.iter().copied()))
        .filter(subject::Column::Wrap.is_not_null())
        .all(company.store.read())
        .await?;
    let mut subjects: Vec<String> = wraps.iter().map(|w| w.subject.clone()).collect();
    subjects.sort_unstable();
    subjects.dedup();
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
    let opens = |w: &subject::Model| {
        let (Some(outer), Some(wrap), Some(leaf)) = (keys.get(w.subject.as_str()), &w.wrap, leaves.get(&w.idx)) else { return false };
        seal::unwrap(outer, wrap, leaf).is_ok()
    };
    Ok(tokio::task::block_in_place(|| wraps.par_iter().with_min_len(64).filter(|w| !opens(w)).map(|w| w.idx).collect()))
}

fn unseal(row: &record::Model, outer: &seal::Key, wrap: &[u8]) -> Result<Content> {
    let key = seal::unwrap(outer, wrap, &row.leaf)?;
    let (seed, bytes) = seal::unseal(&row.sealed, &key, &row.leaf)?;
    let event = serde_json::from_slice(&bytes).map_err(|e| anyhow!("record {} holds no event: {e}", row.idx))?;
    Ok(Content { seed, event })
}
