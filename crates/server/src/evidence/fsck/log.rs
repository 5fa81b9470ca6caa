//! One pass over the leaves: the head, every stored tile, every checkpoint's root, every stamp.

use super::Findings;
use crate::{
    company::Company,
    error::Result,
    evidence::checkpoints::{
        CheckpointDir, Edge, Full, guard,
        model::{checkpoint, stamp},
        newest, stamps, tiles,
    },
    records::model::{epoch, head, record},
};
use anyhow::Context;
use probity_ledger::{Hash, checkpoint as note, sha256, stamp as token, tile, tree};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::PathBuf,
};

const CHUNK: i64 = 8192;

/// Checks the log and returns the size up to which the rows are to be checked.
pub(super) async fn check(company: &Company, checkpoint_dir: Option<PathBuf>, findings: &mut Findings, say: &mut impl FnMut(&str)) -> Result<i64> {
    let checkpoints = read_checkpoints(company, findings).await?;
    let head = head::Entity::find_by_id(1).one(company.store.read()).await?.context("log_head is missing")?;
    let mut stored: HashSet<String> = company.blobs.list("log").await?.into_iter().collect();
    // Of this epoch: a restore brings the old checkpoints along, but the tiles are built when the server starts.
    let published = newest(company).await?.map_or(0, |p| p.size);
    let mut pass = Pass { company, findings, stored: &mut stored, published, upper: BTreeMap::new() };
    let whole = pass.leaves(&head, &checkpoints, say).await?;
    if whole {
        pass.edges(head.size).await?;
        let mut left: Vec<String> = stored.into_iter().collect();
        left.sort_unstable();
        for name in left {
            findings.fault(format!("文件 {name} 不属于本日志"), format!("file {name} does not belong to this log"));
        }
    }
    read_stamps(company, findings).await?;
    if let Some(dir) = checkpoint_dir
        && let Some(fault) = guard::check(company, &CheckpointDir::new(dir)).await?
    {
        findings.fault(fault.zh, fault.en);
    }
    Ok(head.size)
}

struct Pass<'a> {
    company: &'a Company,
    findings: &'a mut Findings,
    /// Files of the log that nothing has accounted for yet.
    stored: &'a mut HashSet<String>,
    /// Size of the newest checkpoint: up to here tiles have to be there.
    published: u64,
    /// Nodes of the upper levels, for the edge files.
    upper: BTreeMap<u8, Vec<Hash>>,
}

impl Pass<'_> {
    /// All leaves once; false where the log has a gap, after which nothing further can be compared.
    async fn leaves(&mut self, head: &head::Model, checkpoints: &BTreeMap<i64, Vec<Hash>>, say: &mut impl FnMut(&str)) -> Result<bool> {
        let mut frontier = tree::Frontier::new();
        let mut edge = Edge::new();
        self.compare_checkpoints(checkpoints, 0, &frontier);
        let mut at = 0;
        while at < head.size {
            say(&format!("日志 log {at}/{}", head.size));
            let until = (at + CHUNK).min(head.size);
            let rows: Vec<(i64, Vec<u8>)> = record::Entity::find()
                .select_only()
                .columns([record::Column::Idx, record::Column::Leaf])
                .filter(record::Column::Idx.gte(at))
                .filter(record::Column::Idx.lt(until))
                .order_by_asc(record::Column::Idx)
                .into_tuple()
                .all(self.company.store.read())
                .await?;
            let mut full = Vec::new();
            for (i, expected) in (at..until).enumerate() {
                let Some((_, leaf)) = rows.get(i).filter(|(idx, _)| *idx == expected) else {
                    self.findings.fault(format!("日志缺少第 {expected} 条（rec_{expected}）"), format!("the log lacks entry {expected} (rec_{expected})"));
                    return Ok(false);
                };
                if leaf.len() != probity_ledger::leaf::LEN || leaf.first() != Some(&probity_ledger::leaf::VERSION) {
                    self.findings.fault(format!("rec_{expected} 的叶格式不对"), format!("the leaf of rec_{expected} has the wrong form"));
                }
                frontier.append(tree::leaf_hash(leaf));
                edge.append(leaf.clone(), |f| full.push(f));
                self.findings.entries += 1;
                self.compare_checkpoints(checkpoints, expected + 1, &frontier);
            }
            for full in full {
                self.compare_full(full).await?;
            }
            at = until;
        }
        if head.root != frontier.root() || head.frontier != frontier.to_bytes() {
            self.findings.fault(
                "日志头（log_head）与各条记录的叶不符：某条记录的叶或日志头被改动过",
                "the head of the log does not follow from the leaves: a leaf or the head was altered",
            );
        }
        let beyond = record::Entity::find().filter(Condition::any().add(record::Column::Idx.gte(head.size)).add(record::Column::Idx.lt(0)));
        // A commit while this runs moves the head as well.
        let now = head::Entity::find_by_id(1).one(self.company.store.read()).await?.map_or(head.size, |h| h.size);
        if now == head.size && beyond.count(self.company.store.read()).await? > 0 {
            self.findings.fault("有记录位于日志末尾之外", "there are records beyond the end of the log");
        }
        Ok(true)
    }

    fn compare_checkpoints(&mut self, checkpoints: &BTreeMap<i64, Vec<Hash>>, size: i64, frontier: &tree::Frontier) {
        let Some(roots) = checkpoints.get(&size) else { return };
        if roots.iter().any(|root| *root != frontier.root()) {
            self.findings.fault(
                format!("第 0 至 {size} 条与已公布的检查点（{size} 条）不符：其中有记录的叶被改动过"),
                format!("entries 0 to {size} do not give the root of the checkpoint published at {size}: a leaf among them was altered"),
            );
        }
    }

    async fn compare_full(&mut self, full: Full) -> Result<()> {
        let name = full.name();
        let end = match &full {
            Full::Hashes { level, index, bytes } => {
                if let Ok(hashes) = tile::decode_hashes(bytes)
                    && let Some(root) = tile::subtree(&hashes, 0, hashes.len())
                {
                    self.upper.entry(level + 1).or_default().push(root);
                }
                (index + 1) << (tile::HEIGHT * (level + 1))
            }
            Full::Entries { index, .. } => (index + 1) * tile::WIDTH,
        };
        self.findings.tiles += 1;
        self.stored.remove(&name);
        match self.company.blobs.get(&name).await? {
            Some(found) if found == full.bytes() => {}
            Some(_) => self.findings.fault(format!("瓦片 {name} 的内容被改动过"), format!("tile {name} was altered")),
            // Not published yet: the publisher will write it.
            None if end > self.published => {}
            None => self.findings.fault(format!("瓦片 {name} 缺失"), format!("tile {name} is missing")),
        }
        Ok(())
    }

    /// The partial tiles of the upper levels: any length is right as long as it is the beginning of the true one.
    async fn edges(&mut self, size: i64) -> Result<()> {
        let size = u64::try_from(size).unwrap_or(0);
        let names: Vec<String> = self.stored.iter().filter(|name| name.starts_with("log/edge/")).cloned().collect();
        for name in names {
            let mut parts = name.trim_start_matches("log/edge/").split('/');
            let place = parts.next().and_then(|l| l.parse::<u8>().ok()).zip(parts.next().and_then(|n| n.parse::<u64>().ok()));
            let Some((level, index)) = place.filter(|(level, index)| tiles::edge_name(*level, *index) == name) else { continue };
            self.findings.tiles += 1;
            self.stored.remove(&name);
            let nodes = self.upper.get(&level).map_or(&[][..], Vec::as_slice);
            let from = usize::try_from(index.saturating_mul(tile::WIDTH)).unwrap_or(usize::MAX);
            let true_ones = nodes.get(from..).unwrap_or_default();
            let found = self.company.blobs.get(&name).await?.unwrap_or_default();
            let good = tile::decode_hashes(&found).is_ok_and(|hashes| true_ones.starts_with(&hashes));
            if !good && size > 0 {
                self.findings.fault(format!("瓦片 {name} 的内容被改动过"), format!("tile {name} was altered"));
            }
        }
        Ok(())
    }
}

/// The checkpoints whose note holds: roots by size.
async fn read_checkpoints(company: &Company, findings: &mut Findings) -> Result<BTreeMap<i64, Vec<Hash>>> {
    let keys: HashMap<i64, String> = epoch::Entity::find().all(company.store.read()).await?.into_iter().map(|e| (e.epoch, e.vkey)).collect();
    let mut roots: BTreeMap<i64, Vec<Hash>> = BTreeMap::new();
    for row in checkpoint::Entity::find().order_by_asc(checkpoint::Column::Size).all(company.store.read()).await? {
        findings.checkpoints += 1;
        let key = keys.get(&row.epoch).and_then(|vkey| note::VerifierKey::parse(vkey).ok());
        let opened = key.and_then(|key| note::open(&row.note, &key).ok());
        match opened {
            Some(c) if i64::try_from(c.size) == Ok(row.size) && c.root.as_slice() == row.root => roots.entry(row.size).or_default().push(c.root),
            _ => findings.fault(
                format!("{} 条的检查点签名不符或被改动过", row.size),
                format!("the checkpoint of {} entries was altered: its signature does not hold", row.size),
            ),
        }
    }
    Ok(roots)
}

async fn read_stamps(company: &Company, findings: &mut Findings) -> Result<()> {
    let authorities = stamps::schedule(company).await?.authorities;
    for row in stamp::Entity::find().all(company.store.read()).await? {
        findings.stamps += 1;
        let size = row.size;
        let Some(of) = checkpoint::Entity::find_by_id((row.epoch, size)).one(company.store.read()).await? else {
            findings.fault(format!("{size} 条的时间戳所对应的检查点缺失"), format!("the checkpoint that was stamped at {size} entries is missing"));
            continue;
        };
        let ca = authorities.iter().find(|a| a.url == row.authority).and_then(|a| a.ca_pem.as_deref()).filter(|_| row.verified);
        match token::verify(&row.token, &sha256(of.note.as_bytes()), ca.map(str::as_bytes)) {
            Ok(stamp) if stamp.time_us == row.at && stamp.serial == row.serial && stamp.authority == row.signer => {}
            Ok(_) => findings.fault(format!("{size} 条的时间戳登记被改动过"), format!("the row of the stamp at {size} entries was altered")),
            Err(e) => findings.fault(format!("{size} 条的时间戳不成立"), format!("the stamp at {size} entries does not hold: {e}")),
        }
    }
    Ok(())
}
