//! How a tree grows: only the roots of the complete subtrees along its right edge are needed.

use super::{empty_root, node_hash};
use crate::Hash;

/// A tree has at most 2^63 leaves here: the index is the database's signed 64-bit key.
const MAX_SIZE: u64 = 1 << 63;

/// The right edge of a growing tree: one hash for each bit that is set in its size, largest subtree
/// first. With it and nothing else, leaves can be appended and the root computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

/// Why stored bytes are no frontier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    #[error("a frontier of {size} leaves has {expected} bytes, not {found}")]
    Length { size: u64, expected: usize, found: usize },
    #[error("a tree of {0} leaves is larger than this log can be")]
    Size(u64),
}

impl Frontier {
    /// The edge of an empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of a leaf (see [`super::leaf_hash`]).
    pub fn append(&mut self, leaf_hash: Hash) {
        self.append_with(leaf_hash, |_, _, _| {});
    }

    /// Appends, and names every subtree that this leaf completes as `(level, index, hash)`, the leaf
    /// itself (level 0) first.
    pub fn append_with(&mut self, leaf_hash: Hash, mut completed: impl FnMut(u8, u64, Hash)) {
        assert!(self.size < MAX_SIZE, "a log of 2^63 leaves cannot be reached");
        let mut hash = leaf_hash;
        let mut index = self.size;
        let mut level = 0;
        completed(level, index, hash);
        while index & 1 == 1 {
            let left = self.edge.pop().expect("an odd index has a complete left neighbour");
            hash = node_hash(&left, &hash);
            index >>= 1;
            level += 1;
            completed(level, index, hash);
        }
        self.edge.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        fold(&self.edge)
    }

    /// The edge as bytes: the hashes one after the other, largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.edge.concat()
    }

    /// Reads back what [`Frontier::to_bytes`] wrote for a tree of `size` leaves.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, FrontierError> {
        if size > MAX_SIZE {
            return Err(FrontierError::Size(size));
        }
        let expected = size.count_ones() as usize * 32;
        if bytes.len() != expected {
            return Err(FrontierError::Length { size, expected, found: bytes.len() });
        }
        let edge = bytes.as_chunks::<32>().0.to_vec();
        Ok(Self { size, edge })
    }
}

/// The root over a run of leaf hashes, without keeping them: what [`Frontier`] does, on the stack, for
/// the small trees inside a leaf.
#[derive(Clone, Debug)]
pub struct SubtreeStack {
    size: u32,
    edge: [Hash; 32],
    len: usize,
}

impl SubtreeStack {
    /// No leaf yet.
    pub fn new() -> Self {
        Self { size: 0, edge: [[0; 32]; 32], len: 0 }
    }

    /// Adds a leaf hash; at most 2^32 - 1 of them.
    pub fn push(&mut self, leaf_hash: Hash) {
        assert!(self.size < u32::MAX, "an event with 2^32 members does not fit in memory");
        let mut hash = leaf_hash;
        for _ in 0..self.size.trailing_ones() {
            self.len -= 1;
            hash = node_hash(&self.edge[self.len], &hash);
        }
        self.edge[self.len] = hash;
        self.len += 1;
        self.size += 1;
    }

    /// The root over what was pushed.
    pub fn root(&self) -> Hash {
        fold(&self.edge[..self.len])
    }
}

impl Default for SubtreeStack {
    fn default() -> Self {
        Self::new()
    }
}

fn fold(edge: &[Hash]) -> Hash {
    match edge.split_last() {
        None => empty_root(),
        Some((last, rest)) => rest.iter().rev().fold(*last, |right, left| node_hash(left, &right)),
    }
}
