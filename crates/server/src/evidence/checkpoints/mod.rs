//! The log outside: tiles, signed checkpoints, time stamps, and the guard against a database set back.
//!
//! Records write leaves (`records::append`); this room turns them into what others read. One replica at a time
//! (lease `log.publish`) follows the head of the log: [`publish`] builds full tiles and entry bundles into the files'
//! store, compares the root they give with the root the database gave, signs and stores the checkpoint. Everything
//! here can be rebuilt from the database; nothing here is needed for a record to be durable.
//!
//! - [`tiles`] reads any tile of any published size, rebuilding what is not stored;
//! - [`edge`] is the right edge of the tree as tiles;
//! - [`guard`] compares the database with the checkpoints written to `PROBITY_CHECKPOINT_DIR` and stops writes;
//! - [`proofs`] makes inclusion and consistency proofs for packages;
//! - [`stamps`] has checkpoints stamped by RFC 3161 authorities ([`authority`]) on a schedule;
//! - [`api`] serves `/log/*` as C2SP tlog-tiles asks, and `/api/v1/log`.
//!
//! Deliberately absent: cosigning witnesses, pruning of the log, and any personal data: a leaf is a salted digest.

pub mod api;
pub mod authority;
mod edge;
pub mod guard;
pub mod model;
pub mod proofs;
mod publish;
pub mod stamps;
#[cfg(test)]
pub(crate) mod tests;
pub mod tiles;

pub use edge::{Edge, Full};
pub use guard::CheckpointDir;
pub use proofs::{Published, consistencies, consistency, inclusion, newest, published_beyond};
pub use stamps::{Stamped, stamped_until};

use crate::{company::Company, error::Result};
use std::{path::PathBuf, sync::Arc};

/// Checks the log against the checkpoint folder, publishes what is not published yet (from the first start on there
/// is a checkpoint, if of size 0) and goes on following the log until the company is dropped.
pub async fn start(company: &Arc<Company>, checkpoint_dir: Option<PathBuf>) -> Result<()> {
    // Where only one process can serve a database, one that was killed must not keep its successor waiting.
    let holder = if company.store.is_shared() { uuid::Uuid::now_v7().to_string() } else { "this machine".into() };
    if let Some(dir) = &checkpoint_dir {
        company.journal.also_in(dir);
    }
    let mut publisher = publish::Publisher::new(checkpoint_dir, holder);
    publisher.turn(company).await?;
    tokio::spawn(publish::follow(Arc::downgrade(company), publisher));
    tokio::spawn(stamps::follow(Arc::downgrade(company)));
    Ok(())
}
