//! The newest checkpoint, and proofs against any size of the log.

use super::{
    model::checkpoint,
    tiles::{self, from_db, root_of, to_db},
};
use crate::{
    company::Company,
    error::{Problem, Result},
};
use anyhow::anyhow;
use futures::{StreamExt, TryStreamExt, stream};
use probity_ledger::{Hash, tile, tree};
use rayon::prelude::*;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    time::Duration,
};

/// A checkpoint as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub epoch: i64,
    pub size: u64,
    pub root: Hash,
    /// The signed note, exactly.
    pub note: String,
    pub at: i64,
}

impl TryFrom<checkpoint::Model> for Published {
    type Error = crate::error::Error;
    fn try_from(row: checkpoint::Model) -> Result<Self> {
        Ok(Self { epoch: row.epoch, size: from_db(row.size)?, root: root_of(&row.root)?, note: row.note, at: row.at })
    }
}

/// The newest checkpoint of the present epoch.
pub async fn newest(company: &Company) -> Result<Option<Published>> {
    checkpoint::Entity::find()
        .filter(checkpoint::Column::Epoch.eq(company.log.epoch))
        .order_by_desc(checkpoint::Column::Size)
        .one(company.store.read())
        .await?
        .map(Published::try_from)
        .transpose()
}

/// The newest `limit` checkpoints of all epochs.
pub async fn list(company: &Company, limit: u64) -> Result<Vec<Published>> {
    let rows = checkpoint::Entity::find()
        .order_by_desc(checkpoint::Column::Epoch)
        .order_by_desc(checkpoint::Column::Size)
        .limit(limit)
        .all(company.store.read())
        .await?;
    rows.into_iter().map(Published::try_from).collect()
}

/// A checkpoint that covers record `idx`. One committed a moment ago is waited for, since the checkpoint follows.
pub async fn published_beyond(company: &Company, idx: i64) -> Result<Published> {
    let idx = from_db(idx)?;
    for _ in 0..50 {
        if let Some(found) = newest(company).await?.filter(|p| p.size > idx) {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Problem::new(
        503,
        "log_not_published",
        "日志的检查点尚未覆盖这些记录，请稍后重试；若一直如此，请运行 probity fsck。",
        "The log's checkpoint does not cover these records yet. Try again in a moment; if it stays so, run probity fsck.",
    )
    .retry_after(5)
    .into())
}

/// Audit paths of these leaves in the log of `size` entries, in the order asked for.
pub async fn inclusion(company: &Company, size: u64, indices: &[u64]) -> Result<Vec<Vec<Hash>>> {
    let wanted = Wanted::default();
    for index in indices {
        tree::inclusion_proof(*index, size, &wanted).map_err(|e| anyhow!(e))?;
    }
    let loaded = wanted.load(company).await?;
    indices.iter().map(|index| Ok(tree::inclusion_proof(*index, size, &loaded).map_err(|e| anyhow!(e))?)).collect()
}

/// The proof that the log of `new` entries begins with the log of `old` entries.
pub async fn consistency(company: &Company, old: u64, new: u64) -> Result<Vec<Hash>> {
    Ok(consistencies(company, &[old], new).await?.swap_remove(0))
}

/// The proofs that the log of `new` entries begins with each of these earlier ones, in their order: hundreds share
/// nearly all of their tiles.
pub async fn consistencies(company: &Company, olds: &[u64], new: u64) -> Result<Vec<Vec<Hash>>> {
    let wanted = Wanted::default();
    for old in olds {
        tree::consistency_proof(*old, new, &wanted).map_err(|e| anyhow!(e))?;
    }
    let loaded = wanted.load(company).await?;
    olds.iter().map(|old| Ok(tree::consistency_proof(*old, new, &loaded).map_err(|e| anyhow!(e))?)).collect()
}

/// The checkpoint of exactly this size, if one was published and kept.
pub async fn of_size(company: &Company, epoch: i64, size: u64) -> Result<Option<Published>> {
    checkpoint::Entity::find_by_id((epoch, to_db(size)?)).one(company.store.read()).await?.map(Published::try_from).transpose()
}

/// A dry run of a proof: remembers which tiles it will need, and how much of them.
#[derive(Default)]
struct Wanted(RefCell<BTreeMap<(u8, u64), u16>>);

impl tree::HashReader for Wanted {
    type Error = Infallible;
    fn tile_hash(&self, level: u8, index: u64) -> Result<Hash, Infallible> {
        let (place, ..) = tile::place(level, index);
        let mut all = self.0.borrow_mut();
        let width = all.entry((place.level, place.index)).or_default();
        *width = place.width.max(*width);
        Ok([0; 32])
    }
}

impl Wanted {
    async fn load(self, company: &Company) -> Result<Loaded> {
        let tiles: Vec<((u8, u64), Vec<Hash>)> = stream::iter(self.0.into_inner())
            .map(|((level, index), width)| async move {
                let hashes = tiles::hashes(company, level, index, width).await?;
                Ok::<_, crate::error::Error>(((level, index), hashes))
            })
            .buffer_unordered(16)
            .try_collect()
            .await?;
        Ok(Loaded(tokio::task::block_in_place(|| tiles.into_par_iter().map(|(place, hashes)| (place, pyramid(hashes))).collect())))
    }
}

/// Tiles with their inner nodes: row 0 the hashes, each further row the complete pairs of the one before. Ten thousand
/// proofs of one package share their tiles; folding them again for each would take longer than all else.
struct Loaded(HashMap<(u8, u64), Vec<Vec<Hash>>>);

fn pyramid(hashes: Vec<Hash>) -> Vec<Vec<Hash>> {
    let mut rows = vec![hashes];
    for _ in 0..tile::HEIGHT - 1 {
        let Some(below) = rows.last() else { break };
        let row = below.as_chunks::<2>().0.iter().map(|[left, right]| tree::node_hash(left, right)).collect();
        rows.push(row);
    }
    rows
}

impl tree::HashReader for Loaded {
    type Error = &'static str;
    fn tile_hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        let (place, start, count) = tile::place(level, index);
        let row = count.trailing_zeros() as usize;
        let rows = self.0.get(&(place.level, place.index)).ok_or("a tile was not loaded")?;
        rows.get(row).and_then(|row| row.get(start / count)).copied().ok_or("a tile is too short")
    }
}
