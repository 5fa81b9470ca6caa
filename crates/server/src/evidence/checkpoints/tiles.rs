//! Tiles and bundles by name, from the files' store where they lie full, else from the database.
//!
//! Only full tiles and bundles are stored, under the paths of tlog-tiles below `log/`; a partial one is a prefix of
//! what came later, so every partial tile of every published size can be given for ever. The ragged tiles of the upper
//! levels are kept as `log/edge/<L>/<N>`, overwritten as they grow, so that nobody has to fold thousands of tiles.

use crate::{company::Company, error::Result, records::model::record};
use anyhow::anyhow;
use futures::future::BoxFuture;
use probity_ledger::{Hash, tile};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Where a full hash tile lies.
pub fn hashes_name(level: u8, index: u64) -> String {
    format!("log/{}", tile::path(level, index, 256))
}

/// Where a full entry bundle lies.
pub fn entries_name(index: u64) -> String {
    format!("log/{}", tile::entries_path(index, 256))
}

/// Where the newest partial tile of an upper level lies.
pub fn edge_name(level: u8, index: u64) -> String {
    format!("log/edge/{level}/{index}")
}

/// The leaves `start .. start + count`, which must all be there.
pub async fn leaves(company: &Company, start: u64, count: u64) -> Result<Vec<Vec<u8>>> {
    let (from, until) = (to_db(start)?, to_db(start + count)?);
    let rows: Vec<(i64, Vec<u8>)> = record::Entity::find()
        .select_only()
        .columns([record::Column::Idx, record::Column::Leaf])
        .filter(record::Column::Idx.gte(from))
        .filter(record::Column::Idx.lt(until))
        .order_by_asc(record::Column::Idx)
        .into_tuple()
        .all(company.store.read())
        .await?;
    for (expected, (found, _)) in (from..until).zip(&rows) {
        if expected != *found {
            return Err(anyhow!("the database lacks log entry {expected}").into());
        }
    }
    if rows.len() as u64 != count {
        return Err(anyhow!("the database lacks log entry {}", from + rows.len() as i64).into());
    }
    Ok(rows.into_iter().map(|(_, leaf)| leaf).collect())
}

/// The first `width` hashes of a tile. The caller has made sure that the log is that large.
pub fn hashes(company: &Company, level: u8, index: u64, width: u16) -> BoxFuture<'_, Result<Vec<Hash>>> {
    Box::pin(async move {
        let wanted = usize::from(width);
        if let Some(all) = stored(company, &hashes_name(level, index), 256).await? {
            return Ok(all[..wanted].to_vec());
        }
        if level == 0 {
            let leaves = leaves(company, index * tile::WIDTH, width.into()).await?;
            return Ok(tile::entry_hashes(&leaves));
        }
        if let Some(all) = stored(company, &edge_name(level, index), wanted).await? {
            return Ok(all[..wanted].to_vec());
        }
        let mut folded = Vec::with_capacity(wanted);
        for child in 0..u64::from(width) {
            let below = hashes(company, level - 1, index * tile::WIDTH + child, 256).await?;
            let root = tile::subtree(&below, 0, below.len()).ok_or_else(|| anyhow!("a tile of the log is too short"))?;
            folded.push(root);
        }
        Ok(folded)
    })
}

/// The first `width` entries of a bundle.
pub async fn entries(company: &Company, index: u64, width: u16) -> Result<Vec<Vec<u8>>> {
    if let Some(bytes) = company.blobs.get(&entries_name(index)).await?
        && let Ok(mut all) = tile::decode_entries(&bytes)
        && all.len() == 256
    {
        all.truncate(width.into());
        return Ok(all);
    }
    leaves(company, index * tile::WIDTH, width.into()).await
}

/// A stored tile of at least that width. One of another shape is passed over (and named by fsck): what it should say
/// is still in the database.
async fn stored(company: &Company, name: &str, at_least: usize) -> Result<Option<Vec<Hash>>> {
    let Some(bytes) = company.blobs.get(name).await? else { return Ok(None) };
    Ok(tile::decode_hashes(&bytes).ok().filter(|all| all.len() >= at_least))
}

pub(super) fn to_db(n: u64) -> Result<i64> {
    Ok(i64::try_from(n).map_err(|_| anyhow!("a log index beyond 2^63"))?)
}

pub(super) fn from_db(n: i64) -> Result<u64> {
    Ok(u64::try_from(n).map_err(|_| anyhow!("a negative size of the log"))?)
}

/// The root as the database stores it.
pub(super) fn root_of(bytes: &[u8]) -> Result<Hash> {
    Ok(Hash::try_from(bytes).map_err(|_| anyhow!("a root hash in the database is not 32 bytes"))?)
}
