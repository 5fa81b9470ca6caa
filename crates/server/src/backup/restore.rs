//! Puts a backup into an empty place and begins a new epoch there.

use super::{DOMAIN, FORMAT, Manifest, OneFile, kit};
use crate::{
    app,
    company::{Actor, Clock, Company},
    error::Result,
    privacy::journal,
    records::model::{epoch, head, record},
    store::{Blobs, Store},
};
use anyhow::{Context, anyhow, bail, ensure};
use aws_lc_rs::digest::{Context as Digest, SHA256};
use probity_ledger::{
    checkpoint::{self, LogKey, VerifierKey},
    tree,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Read},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

const ROWS: usize = 1000;

/// Where a backup is to be put.
pub struct Place<'a> {
    pub database_url: &'a str,
    pub blobs_url: &'a str,
    pub data_dir: &'a Path,
    /// Folders where the journal of erasures may have survived: the old data folder, the checkpoint folder.
    pub journals: Vec<PathBuf>,
    pub clock: Arc<dyn Clock>,
}

/// Where the new keys wait until all is restored: no server starts without `keys.json`, so none starts on half of it.
const STAGING: &str = "restoring";

/// Restores `from` with the keys of the kit. Nothing is written before the whole backup was verified; a restore that was
/// cut off is gone on with by the same command.
pub async fn restore(from: &Path, kit_file: &Path, place: Place<'_>, mut say: impl FnMut(&str)) -> Result<Arc<Company>> {
    let kit = kit::read(kit_file)?;
    let manifest = verify(from, &kit, &mut say)?;
    let keys = place.data_dir.join("keys.json");
    if keys.exists() {
        return Err(anyhow!("{} 已存在：恢复只能写入空的数据目录。It is there already; a restore needs an empty data folder.", keys.display()).into());
    }
    let staging = place.data_dir.join(STAGING);
    let store = Store::connect(place.database_url).await?;
    let begun = is_begun(&store, &staging, &manifest).await?;
    if !begun && (record::Entity::find().count(store.read()).await? > 0 || epoch::Entity::find().count(store.read()).await? > 0) {
        return Err(anyhow!("数据库不是空的：恢复只能写入空数据库。The database is not empty; a restore needs an empty one.").into());
    }
    if !begun {
        let blobs = Blobs::open(place.blobs_url)?;
        for file in &manifest.files {
            let Some(name) = file.path.strip_prefix("files/") else { continue };
            blobs.put(name, fs::read(inside(from, &file.path)?)?).await?;
        }
        // Tables and epoch in one transaction, after the keys: whatever is cut off leaves either an empty database or
        // one whose keys are there.
        let tx = store.write().await?;
        fill(&store, &tx, from, &manifest, &mut say).await?;
        check_log(&tx, &manifest, &mut say).await?;
        begin_epoch(&tx, &manifest, &kit, &staging, place.clock.now()).await?;
        tx.commit().await?;
    }
    store.close().await?;
    let company = app::open(place.database_url, place.blobs_url, &staging, place.clock.clone()).await?;
    let number = company.log.epoch;
    let size = i64::try_from(manifest.size).context("the size of the log")?;
    if *company.committed.borrow() == size {
        name_previous(&company, &manifest, number).await?;
    }
    let files: Vec<PathBuf> = place.journals.iter().map(|dir| dir.join(journal::FILE)).collect();
    let later: Vec<_> = journal::read(&files)?.into_iter().filter(|entry| entry.is_after(manifest.epoch, size)).collect();
    for dir in place.journals.iter().map(PathBuf::as_path).chain([place.data_dir]) {
        company.journal.also_in(dir);
    }
    let again = journal::replay(&company, &later).await?;
    say(&format!("备份之后的删除、吊销与停用 {again} 项已重做 · {again} erasures, revocations and disablings after the backup were done again"));
    company.store.clone().close().await?;
    drop(company);
    fs::rename(staging.join("keys.json"), &keys)?;
    fs::remove_dir_all(&staging)?;
    app::open(place.database_url, place.blobs_url, place.data_dir, place.clock).await
}

/// The first new leaf names the last checkpoint known.
async fn name_previous(company: &Company, manifest: &Manifest, number: i64) -> Result<()> {
    let mut data = Map::new();
    data.insert("epoch".into(), json!(number));
    data.insert(
        "previous".into(),
        json!({
            "origin": manifest.origin, "epoch": manifest.epoch, "size": manifest.size, "root": manifest.root,
            "vkey": manifest.vkey, "checkpoint": manifest.checkpoint,
        }),
    );
    company.publish("log", "log.restored", &Actor::system("restore"), None, Vec::new(), data).await?;
    Ok(())
}

/// Whether the database holds this backup already, under the keys that wait in the staging folder.
async fn is_begun(store: &Store, staging: &Path, manifest: &Manifest) -> Result<bool> {
    let keys = staging.join("keys.json");
    let Some(newest) = epoch::Entity::find().order_by_desc(epoch::Column::Epoch).one(store.read()).await? else { return Ok(false) };
    if !keys.exists() || newest.epoch != manifest.epoch + 1 || u64::try_from(newest.first_index) != Ok(manifest.size) {
        return Ok(false);
    }
    let seed = hex::decode(kit::read_keys(&keys)?.log_key_seed).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    Ok(seed.is_some_and(|seed| LogKey::from_seed(&newest.origin, &seed).is_ok_and(|key| key.vkey() == newest.vkey)))
}

/// The manifest, after every byte of the backup was held against it.
fn verify(from: &Path, kit: &kit::Kit, say: &mut impl FnMut(&str)) -> Result<Manifest> {
    let bytes = fs::read(from.join("manifest.json"))
        .with_context(|| format!("{} 没有 manifest.json，不是完整的备份 has no manifest.json: it is no backup, or not a whole one", from.display()))?;
    let signature = fs::read(from.join("manifest.sig")).context("the backup has no manifest.sig")?;
    let key = VerifierKey::parse(&kit.vkey).map_err(|e| anyhow!("the recovery kit: {e}"))?;
    if !key.verify_bytes(&[DOMAIN, &bytes].concat(), &signature) {
        return Err(anyhow!(
            "备份的清单被改动过，或不是用这个恢复包的密钥签名的，因此不予恢复。The backup's manifest was altered, or was signed by other keys than those of this kit; it is refused."
        )
        .into());
    }
    let manifest: Manifest = serde_json::from_slice(&bytes)?;
    if manifest.format != FORMAT {
        return Err(anyhow!("the backup has the format {}, this version reads {FORMAT}", manifest.format).into());
    }
    checkpoint::open(&manifest.checkpoint, &key).map_err(|e| anyhow!("the backup's checkpoint: {e}"))?;
    let mut wrong = Vec::new();
    let mut known = BTreeSet::from(["manifest.json".to_owned(), "manifest.sig".to_owned()]);
    for file in manifest.tables.iter().map(|t| &t.file).chain(&manifest.files) {
        say(&format!("核对 checking {}", file.path));
        known.insert(file.path.clone());
        if !is_whole(from, file)? {
            wrong.push(file.path.clone());
        }
    }
    let mut found = Vec::new();
    walk(from, String::new(), &mut found)?;
    wrong.extend(found.into_iter().filter(|path| !known.contains(path)));
    if wrong.is_empty() {
        return Ok(manifest);
    }
    wrong.truncate(20);
    Err(anyhow!("备份被改动过，不予恢复：{}。The backup was altered (changed, missing or added files) and is refused.", wrong.join(", ")).into())
}

fn is_whole(from: &Path, file: &OneFile) -> Result<bool> {
    Ok(digest_of(&inside(from, &file.path)?).is_ok_and(|found| found == (file.size, file.sha256.clone())))
}

/// A path of the manifest, which must stay inside the backup.
fn inside(from: &Path, path: &str) -> Result<PathBuf> {
    let relative = Path::new(path);
    if !relative.components().all(|c| matches!(c, Component::Normal(_))) {
        return Err(anyhow!("the backup names the unsafe path {path}").into());
    }
    Ok(from.join(relative))
}

/// Size and lowercase hex SHA-256 of a file.
pub(super) fn digest_of(path: &Path) -> Result<(u64, String)> {
    let mut file = fs::File::open(path)?;
    let mut digest = Digest::new(&SHA256);
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((size, hex::encode(digest.finish())));
        }
        digest.update(&buffer[..read]);
        size += read as u64;
    }
}

fn walk(root: &Path, below: String, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(root.join(&below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            walk(root, path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

async fn fill(store: &Store, tx: &DatabaseTransaction, from: &Path, manifest: &Manifest, say: &mut impl FnMut(&str)) -> Result<()> {
    let here = store.tables().await?;
    for part in &manifest.tables {
        let name = &part.table.name;
        if !here.iter().any(|table| table.takes(&part.table)) {
            return Err(anyhow!("表 {name} 与本版本不符：请用做备份的版本恢复，再升级。The table {name} is of another version: restore with the version that made the backup, then upgrade.").into());
        }
        let lines = BufReader::new(zstd::Decoder::new(fs::File::open(inside(from, &part.file.path)?)?)?);
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(ROWS);
        let mut count = 0;
        for line in lines.lines() {
            rows.push(serde_json::from_str(&line?)?);
            count += 1;
            if rows.len() == ROWS {
                store.fill(tx, &part.table, &rows).await?;
                rows.clear();
                if count % 100_000 == 0 {
                    say(&format!("表 table {name} {count}/{}", part.rows));
                }
            }
        }
        store.fill(tx, &part.table, &rows).await?;
        if count != part.rows {
            return Err(anyhow!("the table {name} has {count} rows, the manifest says {}", part.rows).into());
        }
    }
    store.set_counters(tx).await
}

/// The leaves that were restored give the root the manifest was signed with.
async fn check_log(tx: &DatabaseTransaction, manifest: &Manifest, say: &mut impl FnMut(&str)) -> Result<()> {
    let mut frontier = tree::Frontier::new();
    loop {
        let from = i64::try_from(frontier.size()).context("the size of the log")?;
        let leaves: Vec<(i64, Vec<u8>)> = record::Entity::find()
            .select_only()
            .columns([record::Column::Idx, record::Column::Leaf])
            .filter(record::Column::Idx.gte(from))
            .order_by_asc(record::Column::Idx)
            .limit(8192)
            .into_tuple()
            .all(tx)
            .await?;
        if leaves.is_empty() {
            break;
        }
        say(&format!("日志 log {from}/{}", manifest.size));
        for (idx, leaf) in leaves {
            if u64::try_from(idx) != Ok(frontier.size()) {
                return Err(anyhow!("the backup lacks log entry {}", frontier.size()).into());
            }
            frontier.append(tree::leaf_hash(&leaf));
        }
    }
    let head = head::Entity::find_by_id(1).one(tx).await?.context("log_head is missing")?;
    let same = || -> anyhow::Result<()> {
        ensure!(frontier.size() == manifest.size, "the log has {} entries, the manifest says {}", frontier.size(), manifest.size);
        ensure!(hex::encode(frontier.root()) == manifest.root, "the log has another root than the manifest says");
        if head.frontier != frontier.to_bytes() {
            bail!("log_head does not follow from the leaves");
        }
        Ok(())
    };
    Ok(same()?)
}

async fn begin_epoch(tx: &DatabaseTransaction, manifest: &Manifest, kit: &kit::Kit, staging: &Path, now: i64) -> Result<()> {
    let number = manifest.epoch + 1;
    let mut seed = [0; 32];
    aws_lc_rs::rand::fill(&mut seed).map_err(|_| anyhow!("the operating system gives no randomness"))?;
    let origin = format!("{}-{number}", manifest.origin.trim_end_matches(&format!("-{}", manifest.epoch)));
    let key = LogKey::from_seed(&origin, &seed).map_err(|e| anyhow!("the new log key: {e}"))?;
    let file = kit::KeyFile {
        about: "Probity 守正: the company's master key and log key. Keep a copy elsewhere; without it nothing sealed can be opened.".into(),
        master_key: kit.master_key.clone(),
        log_key_seed: hex::encode(seed),
    };
    // Of an attempt that ended before its commit: these keys sealed nothing.
    if staging.exists() {
        fs::remove_dir_all(staging)?;
    }
    kit::write_new(&staging.join("keys.json"), &serde_json::to_vec_pretty(&file)?)?;
    epoch::Entity::insert(epoch::ActiveModel {
        epoch: Set(number),
        origin: Set(origin),
        vkey: Set(key.vkey()),
        first_index: Set(i64::try_from(manifest.size).context("the size of the log")?),
        started_at: Set(now),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}
