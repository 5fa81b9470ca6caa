//! Proofs of RFC 6962 §2.1.1 (inclusion) and §2.1.2 (consistency), from any store of complete subtrees.

use super::{empty_root, node_hash};
use crate::Hash;

/// Where the hashes of complete subtrees come from: tiles, a table, memory.
pub trait HashReader {
    type Error;
    /// The hash of the complete subtree of 2^`level` leaves with this `index` at its level.
    fn tile_hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// Why no proof was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    #[error("leaf {index} is not in a tree of {size} leaves")]
    Index { index: u64, size: u64 },
    #[error("a tree of {old} leaves is no earlier state of one of {new}")]
    Sizes { old: u64, new: u64 },
    #[error("{0}")]
    Read(E),
}

/// The root of the first `size` leaves.
pub fn root<R: HashReader>(size: u64, reader: &R) -> Result<Hash, R::Error> {
    if size == 0 { Ok(empty_root()) } else { range_hash(0, size, reader) }
}

/// The audit path of leaf `index` in the tree of the first `size` leaves, from the leaf upwards.
pub fn inclusion_proof<R: HashReader>(index: u64, size: u64, reader: &R) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if index >= size {
        return Err(ProveError::Index { index, size });
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range_hash(middle, end, reader).map_err(ProveError::Read)?);
            end = middle;
        } else {
            path.push(range_hash(start, middle, reader).map_err(ProveError::Read)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of the first `new` leaves begins with the tree of the first `old` ones.
/// Empty where both are the same, and for `old` = 0, where there is nothing to prove.
pub fn consistency_proof<R: HashReader>(old: u64, new: u64, reader: &R) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if old > new {
        return Err(ProveError::Sizes { old, new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0, new);
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range_hash(middle, end, reader).map_err(ProveError::Read)?);
            end = middle;
        } else {
            path.push(range_hash(start, middle, reader).map_err(ProveError::Read)?);
            start = middle;
        }
    }
    // The old root itself is known to the checker exactly when it is a complete subtree of the new tree.
    if start != 0 {
        path.push(range_hash(start, end, reader).map_err(ProveError::Read)?);
    }
    path.reverse();
    Ok(path)
}

/// The largest power of two smaller than `n` (n ≥ 2).
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The hash over the leaves `start..end`, where `start` is a multiple of the largest power of two in the
/// range (as it always is along a path).
fn range_hash<R: HashReader>(start: u64, end: u64, reader: &R) -> Result<Hash, R::Error> {
    let mut complete = Vec::new();
    let mut at = start;
    while at < end {
        let level = 63 - (end - at).leading_zeros();
        complete.push((level as u8, at >> level));
        at += 1 << level;
    }
    let mut right: Option<Hash> = None;
    for (level, index) in complete.into_iter().rev() {
        let left = reader.tile_hash(level, index)?;
        right = Some(match right {
            None => left,
            Some(right) => node_hash(&left, &right),
        });
    }
    Ok(right.unwrap_or_else(empty_root))
}
