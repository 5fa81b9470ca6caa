//! The Merkle tree of RFC 6962 §2.1 (the same as RFC 9162 §2.1 with SHA-256): hashes, the compact right
//! edge that lets it grow, and proofs.
//!
//! Levels count from the leaves: the node `(level, index)` covers the leaves
//! `index·2^level .. (index+1)·2^level`. Only complete subtrees have a node of their own; the ragged right
//! edge is folded from them.
//!
//! Where to read next: `grow.rs` appends, `prove.rs` makes proofs, `check.rs` verifies them.

mod check;
mod grow;
mod prove;

pub use check::{ProofError, verify_consistency, verify_inclusion};
pub use grow::{Frontier, FrontierError, SubtreeStack};
pub use prove::{HashReader, ProveError, consistency_proof, inclusion_proof, root};

use crate::{Hash, sha256};

/// The hash of a log entry: SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    // Our own entries are 33 bytes and member digests 32: no allocation for them.
    let mut small = [0; 64];
    if entry.len() < small.len() {
        small[1..=entry.len()].copy_from_slice(entry);
        return sha256(&small[..=entry.len()]);
    }
    let mut bytes = Vec::with_capacity(entry.len() + 1);
    bytes.push(0);
    bytes.extend_from_slice(entry);
    sha256(&bytes)
}

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    sha256(&bytes)
}

/// The root of a tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    sha256(&[])
}

#[cfg(test)]
mod tests;
