//! `probity backup`, `probity restore`, `probity key export`.
//!
//! A backup is a folder: `manifest.json` with the log's checkpoint and the size and SHA-256 of every other file,
//! `manifest.sig` by the log key over exactly its bytes, one compressed file of lines a table, and the files. It is made
//! from one snapshot while the server runs. Keys are not in it: they travel in the recovery kit, kept elsewhere.
//!
//! A restore goes into an empty place and begins a new epoch of the log: leaves and indices stay, origin and key are
//! new, and the first new leaf names the last checkpoint known, so that whoever holds the old fingerprint can follow.
//! Tiles are not in a backup: the server builds them again.

mod kit;
mod make;
mod restore;
#[cfg(test)]
mod tests;

pub use kit::{Kit, export};
pub use make::make;
pub use restore::{Place, restore};

use crate::store::dump::Table;
use serde::{Deserialize, Serialize};

/// Before the manifest's bytes when they are signed: a signature for this is one for nothing else.
const DOMAIN: &[u8] = b"probity backup manifest v1\n";
const FORMAT: &str = "probity-backup-1";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    /// UTC microseconds.
    pub made_at: i64,
    pub origin: String,
    pub epoch: i64,
    pub vkey: String,
    /// The log in the snapshot.
    pub size: u64,
    pub root: String,
    /// A checkpoint of exactly that, signed when the backup was made.
    pub checkpoint: String,
    pub tables: Vec<TableFile>,
    pub files: Vec<OneFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    pub table: Table,
    pub rows: u64,
    pub file: OneFile,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneFile {
    /// Path in the backup, with forward slashes.
    pub path: String,
    pub size: u64,
    /// Lowercase hex SHA-256.
    pub sha256: String,
}
