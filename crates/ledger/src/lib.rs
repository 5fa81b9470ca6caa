//! The tamper-evident log: what a record's leaf is, how leaves form a tree, how the tree's state is
//! signed and stamped, and how anybody checks all of it.
//!
//! | module | public specification |
//! |---|---|
//! | [`canonical`] | our own byte form of JSON values (see there) |
//! | [`leaf`] | our own: a salted Merkle root over an event's members, so that a member can be withheld |
//! | [`tree`] | RFC 6962 §2.1 and RFC 9162 §2.1: hashes, proofs, and the compact right edge of the tree |
//! | [`tile`] | C2SP tlog-tiles: paths, hash tiles, entry bundles |
//! | [`checkpoint`] | C2SP signed-note and tlog-checkpoint, Ed25519 |
//! | [`stamp`] | RFC 3161 with RFC 5816: requests, and verification of tokens (RFC 5652 signed data) |
//!
//! **Absences.** No SQL, no HTTP, no file, no clock, no randomness and no word of human resources:
//! time, seeds and nonces are passed in, bytes go in and out. An auditor can read this crate alone.
//! It does not revoke certificates (no CRL, no OCSP) and does not talk to a time-stamp authority.
//!
//! Where to read next: [`leaf`] for what is hashed, then [`tree::Frontier`] for how the log grows.

pub mod canonical;
pub mod checkpoint;
pub mod leaf;
pub mod stamp;
pub mod tile;
pub mod tree;

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// SHA-256 of one piece of memory. Not by the library that checks signatures: a record is hashed in some forty pieces of
/// one or two blocks, and there what it spends beside the blocks is as much as the blocks.
pub fn sha256(bytes: &[u8]) -> Hash {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}
