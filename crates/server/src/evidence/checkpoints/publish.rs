//! Follows the head of the log and publishes it.

use super::{
    edge::{Edge, Full},
    guard::{self, CheckpointDir},
    model::checkpoint,
    proofs::{Published, newest},
    tiles::{self, from_db, root_of, to_db},
};
use crate::{company::Company, error::Result, jobs, said::Said};
use futures::{StreamExt, TryStreamExt, stream};
use probity_ledger::{
    Hash,
    checkpoint::{Checkpoint, sign},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::OnConflict};
use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
    sync::Weak,
    time::Duration,
};

const LEASE: &str = "log.publish";
/// Short, so that a replica that died is soon followed by another.
const LEASE_SECONDS: i64 = 6;
/// Leaves read at a time.
const CHUNK: u64 = 8192;
/// Files written at the same time.
const WRITES: usize = 8;
/// Commits within this time share a checkpoint.
const PAUSE: Duration = Duration::from_millis(250);
/// How long a commit of another replica may stay unnoticed, and how often the checkpoint folder is compared.
const LOOK: Duration = Duration::from_millis(400);
/// Checkpoints without a stamp are kept this long one by one, then one an hour.
const KEEP_ALL_US: i64 = 7 * 24 * 3600 * 1_000_000;
const HOUR_US: i64 = 3600 * 1_000_000;

pub(super) struct Publisher {
    dir: Option<CheckpointDir>,
    /// What this process calls itself when it takes the lease.
    holder: String,
    lease_until: i64,
    edge: Option<Edge>,
    /// The note last compared with and written to the folder.
    mirrored: Option<String>,
    /// Whether it was this publisher that stopped the writes.
    stopped: bool,
    checked: bool,
    /// The largest size this process knows to be published.
    seen: u64,
    pruned_at: i64,
}

/// Publishes after each commit until the company is dropped.
pub(super) async fn follow(company: Weak<Company>, mut publisher: Publisher) {
    let Some(mut committed) = company.upgrade().map(|c| c.committed.subscribe()) else { return };
    loop {
        tokio::select! {
            changed = committed.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(LOOK) => {}
        }
        let Some(company) = company.upgrade() else { return };
        if let Err(e) = publisher.turn(&company).await {
            // What is unpublished stays so until the next turn; nothing is lost.
            tracing::warn!(error = %e, "publishing the log failed");
            publisher.edge = None;
        }
        drop(company);
        tokio::time::sleep(PAUSE).await;
    }
}

impl Publisher {
    /// `holder` is what this process calls itself towards the other replicas.
    pub fn new(dir: Option<PathBuf>, holder: String) -> Self {
        Self { dir: dir.map(CheckpointDir::new), holder, lease_until: 0, edge: None, mirrored: None, stopped: false, checked: false, seen: 0, pruned_at: 0 }
    }

    /// One look at the log: compares, publishes, writes to the folder.
    pub async fn turn(&mut self, company: &Company) -> Result<()> {
        // The checkpoint first: whatever it covers is then in the head that is read after it.
        let published = newest(company).await?;
        let head = guard::head_of(company).await?;
        let (size, root) = (from_db(head.size)?, root_of(&head.root)?);
        let why = self.find_fault(company, size, &root, published.as_ref()).await?;
        if self.stop(company, why) {
            return Ok(());
        }
        if let Some(published) = published.as_ref().filter(|p| p.size == size) {
            return self.mirror(&published.note, company.now()).await;
        }
        if !self.hold(company).await? {
            return Ok(());
        }
        let Some(mut edge) = self.edge_at(company, published.as_ref()).await? else { return Ok(()) };
        while edge.size() < size {
            self.hold(company).await?;
            let count = CHUNK.min(size - edge.size());
            let mut full = Vec::new();
            for leaf in tiles::leaves(company, edge.size(), count).await? {
                edge.append(leaf, |f| full.push(f));
            }
            store(company, full).await?;
        }
        if edge.root()? != root {
            self.stop(company, Some(guard::altered(published.map_or(0, |p| p.size))));
            return Ok(());
        }
        for (level, index, bytes) in edge.upper() {
            company.blobs.put(&tiles::edge_name(level, index), bytes).await?;
        }
        let origin = company.log.origin.clone();
        let note = sign(&Checkpoint { origin, size, root, extensions: Vec::new() }, &company.log.key);
        insert(company, size, &root, &note).await?;
        self.edge = Some(edge);
        self.seen = size;
        self.mirror(&note, company.now()).await?;
        self.prune(company).await
    }

    /// What forbids this log to grow: it is behind what was published, or differs from it.
    async fn find_fault(&mut self, company: &Company, size: u64, root: &Hash, published: Option<&Published>) -> Result<Option<Said>> {
        let covered = published.map_or(0, |p| p.size);
        // What this process saw published, a database that was set back no longer knows.
        if self.seen > size.min(covered) {
            return Ok(Some(guard::behind(size.min(covered), self.seen)));
        }
        if covered > size {
            return Ok(Some(guard::behind(size, covered)));
        }
        if published.is_some_and(|p| p.size == size && p.root != *root) {
            return Ok(Some(guard::altered(size)));
        }
        // The folder is compared wholly at the start, while writes are stopped, and when its note is not ours.
        if let Some(dir) = &self.dir
            && (!self.checked || self.stopped || dir.read().await? != self.mirrored)
        {
            if let Some(fault) = guard::check(company, dir).await? {
                return Ok(Some(fault));
            }
            self.checked = true;
        }
        self.seen = covered;
        Ok(None)
    }

    /// Stops or releases the writes; true while they are stopped.
    fn stop(&mut self, company: &Company, why: Option<Said>) -> bool {
        if why.is_none() && !self.stopped {
            return false;
        }
        if let Some(why) = &why {
            if !self.stopped {
                tracing::error!(why = why.en, "writes are stopped");
            }
            self.edge = None;
        }
        self.stopped = why.is_some();
        *company.write_stop.write().expect("no holder of this lock panics") = why;
        self.stopped
    }

    /// Whether this process publishes now. The lease is renewed only when it runs low: each renewal is a commit.
    async fn hold(&mut self, company: &Company) -> Result<bool> {
        let now = company.now();
        if now + LEASE_SECONDS * 500_000 < self.lease_until {
            return Ok(true);
        }
        if jobs::hold(company, LEASE, &self.holder, LEASE_SECONDS).await? {
            self.lease_until = now + LEASE_SECONDS * 1_000_000;
            return Ok(true);
        }
        self.lease_until = 0;
        self.edge = None;
        Ok(false)
    }

    /// The edge at the newest checkpoint; `None` where the database no longer agrees with it.
    async fn edge_at(&mut self, company: &Company, published: Option<&Published>) -> Result<Option<Edge>> {
        let Some(published) = published else { return Ok(Some(Edge::new())) };
        if let Some(edge) = self.edge.take()
            && edge.size() == published.size
            && edge.root()? == published.root
        {
            return Ok(Some(edge));
        }
        let edge = Edge::load(company, published.size).await?;
        if edge.root()? == published.root {
            return Ok(Some(edge));
        }
        // The stored tiles may be at fault and not the database: once more from the leaves alone.
        let mut edge = Edge::new();
        while edge.size() < published.size {
            let count = CHUNK.min(published.size - edge.size());
            for leaf in tiles::leaves(company, edge.size(), count).await? {
                edge.append(leaf, |_| {});
            }
        }
        if edge.root()? == published.root {
            return Ok(Some(edge));
        }
        self.stop(company, Some(guard::altered(published.size)));
        Ok(None)
    }

    /// Writes the note to the checkpoint folder if it is not there yet.
    async fn mirror(&mut self, note: &str, at: i64) -> Result<()> {
        let Some(dir) = &self.dir else { return Ok(()) };
        if self.mirrored.as_deref() != Some(note) {
            dir.write(note, at).await?;
            self.mirrored = Some(note.to_owned());
        }
        Ok(())
    }

    /// Keeps the table from growing by a row a second for ever. Any size can be proven from the tiles; the old
    /// checkpoints that matter are those that were stamped.
    async fn prune(&mut self, company: &Company) -> Result<()> {
        let now = company.now();
        if now - self.pruned_at < HOUR_US {
            return Ok(());
        }
        self.pruned_at = now;
        let stamped: HashSet<(i64, i64)> = super::model::stamp::Entity::find()
            .select_only()
            .columns([super::model::stamp::Column::Epoch, super::model::stamp::Column::Size])
            .into_tuple()
            .all(company.store.read())
            .await?
            .into_iter()
            .collect();
        let old: Vec<(i64, i64, i64)> = checkpoint::Entity::find()
            .select_only()
            .columns([checkpoint::Column::Epoch, checkpoint::Column::Size, checkpoint::Column::At])
            .filter(checkpoint::Column::At.lt(now - KEEP_ALL_US))
            .filter(checkpoint::Column::At.gte(now - KEEP_ALL_US - 30 * 24 * HOUR_US))
            .into_tuple()
            .all(company.store.read())
            .await?;
        let mut last_of_hour = std::collections::HashMap::new();
        for (epoch, size, at) in &old {
            let last = last_of_hour.entry((*epoch, at / HOUR_US)).or_insert(*size);
            *last = (*last).max(*size);
        }
        let mut gone: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (epoch, size, at) in &old {
            if last_of_hour.get(&(*epoch, at / HOUR_US)) != Some(size) && !stamped.contains(&(*epoch, *size)) {
                gone.entry(*epoch).or_default().push(*size);
            }
        }
        for (epoch, sizes) in gone {
            for part in sizes.chunks(1000) {
                let tx = company.store.write().await?;
                let those = checkpoint::Column::Size.is_in(part.iter().copied());
                checkpoint::Entity::delete_many().filter(checkpoint::Column::Epoch.eq(epoch)).filter(those).exec(&tx).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}

async fn store(company: &Company, full: Vec<Full>) -> Result<()> {
    stream::iter(full).map(|f| async move { company.blobs.put(&f.name(), f.bytes().to_vec()).await }).buffer_unordered(WRITES).try_collect::<Vec<()>>().await?;
    Ok(())
}

async fn insert(company: &Company, size: u64, root: &[u8; 32], note: &str) -> Result<()> {
    let tx = company.store.write().await?;
    checkpoint::Entity::insert(checkpoint::ActiveModel {
        epoch: Set(company.log.epoch),
        size: Set(to_db(size)?),
        root: Set(root.to_vec()),
        note: Set(note.to_owned()),
        at: Set(company.now()),
    })
    // Ed25519 is deterministic: another replica that was faster wrote the same note.
    .on_conflict(OnConflict::columns([checkpoint::Column::Epoch, checkpoint::Column::Size]).do_nothing().to_owned())
    .exec_without_returning(&tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
