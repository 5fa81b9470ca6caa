//! The memory outside the database: each published checkpoint is also written to `PROBITY_CHECKPOINT_DIR`, best on
//! another disk. A database whose log is behind that checkpoint, or does not begin with it, was set back or altered:
//! writing on would fork the log, so writes stop until it is put right.

use super::{
    edge::Edge,
    tiles::{self, from_db, root_of},
};
use crate::{
    company::Company,
    error::Result,
    records::model::{epoch, head},
    said::Said,
};
use anyhow::Context;
use probity_ledger::checkpoint::{self, Checkpoint, VerifierKey};
use sea_orm::EntityTrait;
use std::{
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// Leaves read at a time when the tail is checked.
const CHUNK: u64 = 8192;

/// The folder of `PROBITY_CHECKPOINT_DIR`: `checkpoint` is the newest note, `history/<day>.txt` has them all.
#[derive(Debug, Clone)]
pub struct CheckpointDir(PathBuf);

impl CheckpointDir {
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The newest note written here. The folder may be a slow or hanging mount: nobody else waits for it.
    pub async fn read(&self) -> Result<Option<String>> {
        let dir = self.clone();
        tokio::task::spawn_blocking(move || dir.read_here()).await.context("reading the checkpoint folder")?
    }

    /// Writes a note so that a power cut leaves either the old or the new one.
    pub async fn write(&self, note: &str, at_us: i64) -> Result<()> {
        let (dir, note) = (self.clone(), note.to_owned());
        tokio::task::spawn_blocking(move || dir.write_here(&note, at_us)).await.context("writing the checkpoint folder")?
    }

    fn read_here(&self) -> Result<Option<String>> {
        let path = self.0.join("checkpoint");
        match fs::read_to_string(&path) {
            Ok(note) => Ok(Some(note)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(anyhow::Error::new(e).context(format!("reading {}", path.display())).into()),
        }
    }

    fn write_here(&self, note: &str, at_us: i64) -> Result<()> {
        let history = self.0.join("history");
        fs::create_dir_all(&history).with_context(|| format!("making the checkpoint folder {}", self.0.display()))?;
        let day = jiff::Timestamp::from_microsecond(at_us).map(|t| t.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
        let fresh = self.0.join("checkpoint.new");
        let mut file = fs::File::create(&fresh)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, self.0.join("checkpoint"))?;
        fs::File::open(&self.0)?.sync_all()?;
        let mut log = fs::OpenOptions::new().create(true).append(true).open(history.join(format!("{day}.txt")))?;
        let before = log.metadata()?.len();
        if let Err(e) = log.write_all(format!("{note}\n").as_bytes()) {
            // Half a note on a full disk is none.
            log.set_len(before)?;
            return Err(e.into());
        }
        Ok(())
    }
}

/// What is wrong, or `None`. Reads the folder and, where the log has grown past its checkpoint, the leaves since then.
pub async fn check(company: &Company, dir: &CheckpointDir) -> Result<Option<Said>> {
    let Some(note) = dir.read().await? else { return Ok(None) };
    let place = dir.path().display();
    let epochs = epoch::Entity::find().all(company.store.read()).await?;
    let Some((known, of_epoch)) = own_checkpoint(company, &epochs, &note) else {
        return Ok(Some(Said::new(
            format!("检查点目录 {place} 中的检查点不属于本公司的日志，或签名不符，因此拒绝写入。请核对 PROBITY_CHECKPOINT_DIR 与数据库是否配套。"),
            format!(
                "The checkpoint in {place} is not of this company's log, or its signature does not hold, so writes are refused. Check that PROBITY_CHECKPOINT_DIR belongs to this database."
            ),
        )));
    };
    // What the epoch before published beyond the backup was lost with it. The restore itself says so in its first leaf,
    // under a new origin and key; there is nothing left to compare.
    let next = epochs.iter().find(|e| e.epoch == of_epoch + 1);
    if let Some(next) = next
        && known.size > from_db(next.first_index)?
    {
        return Ok(None);
    }
    let head = head_of(company).await?;
    let (size, root) = (from_db(head.size)?, root_of(&head.root)?);
    if size < known.size {
        return Ok(Some(behind(size, known.size)));
    }
    let Ok(mut edge) = Edge::load(company, known.size).await else { return Ok(Some(altered(known.size))) };
    if edge.root()? != known.root {
        return Ok(Some(altered(known.size)));
    }
    // The tiles say the folder's root; now the database's own root must follow from them and its newest leaves.
    while edge.size() < size {
        let count = CHUNK.min(size - edge.size());
        let Ok(leaves) = tiles::leaves(company, edge.size(), count).await else { return Ok(Some(altered(known.size))) };
        leaves.into_iter().for_each(|leaf| edge.append(leaf, |_| {}));
    }
    Ok((edge.root()? != root).then(|| altered(known.size)))
}

/// The checkpoint in a note and its epoch, if one of this company's keys signed it.
fn own_checkpoint(company: &Company, epochs: &[epoch::Model], note: &str) -> Option<(Checkpoint, i64)> {
    if let Ok(checkpoint) = checkpoint::open(note, company.log.key.verifier()) {
        return Some((checkpoint, company.log.epoch));
    }
    // After a restore the folder still has a checkpoint of the epoch before.
    epochs.iter().find_map(|earlier| {
        let key = VerifierKey::parse(&earlier.vkey).ok()?;
        Some((checkpoint::open(note, &key).ok()?, earlier.epoch))
    })
}

pub async fn head_of(company: &Company) -> Result<head::Model> {
    Ok(head::Entity::find_by_id(1).one(company.store.read()).await?.context("log_head is missing")?)
}

/// The log is shorter than what was published.
pub fn behind(size: u64, published: u64) -> Said {
    Said::new(
        format!(
            "数据库中的日志只有 {size} 条，而已公布的检查点有 {published} 条：数据库被回退过，因此拒绝写入。请恢复最新的数据库；若最新数据已丢失，请用 probity restore 开始新的日志周期。"
        ),
        format!(
            "The log in the database has {size} entries, but a checkpoint of {published} was published: the database was set back, so writes are refused. Put the newest database back; if it is lost, begin a new epoch with probity restore."
        ),
    )
}

/// The log does not begin with what was published.
pub(super) fn altered(published: u64) -> Said {
    Said::new(
        format!(
            "数据库中的日志与已公布的检查点（{published} 条）不一致：记录被改动过，或数据库被换过，因此拒绝写入。请运行 probity fsck 查明，并恢复正确的数据库。"
        ),
        format!(
            "The log in the database does not agree with the published checkpoint of {published} entries: it was altered or exchanged, so writes are refused. Run probity fsck to see what is wrong, and put the right database back."
        ),
    )
}
