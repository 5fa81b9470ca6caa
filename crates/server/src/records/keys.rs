//! The key ring: a master key on disk, a key per subject wrapped by it in the database, record keys wrapped by those.
//!
//! `keys.json` in the data folder (mode 0600) holds the master key and the log key's seed; every replica of a company
//! needs the same file. The database remembers a check value, so a wrong file is refused before anything is written.
//!
//! Subject keys are remembered per process, and only once they are committed. Erasure raises `log_head.key_epoch`
//! (`forget`): what was remembered before is then forgotten by every replica, and the writer, who holds that row,
//! refuses what was sealed with keys of an earlier epoch.

use super::{
    model::{head, subject_key},
    seal,
};
use crate::{
    company::LogIdentity,
    error::{Error, Problem, Result},
    settings,
    store::Store,
};
use anyhow::{Context, anyhow};
use aws_lc_rs::hmac;
use probity_ledger::checkpoint::LogKey;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, sea_query::OnConflict};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::RwLock,
};

/// Above this many remembered subject keys the cache starts again: 100,000 people at some 100 bytes each.
const CACHE: usize = if cfg!(test) { 50 } else { 100_000 };

#[derive(Serialize, Deserialize)]
struct KeyFile {
    /// What this is, for whoever finds the file.
    about: String,
    master_key: String,
    log_key_seed: String,
}

/// Bytes of a receipt.
const RECEIPT: usize = 8;

pub struct KeyRing {
    master: seal::Key,
    fingerprint: hmac::Key,
    loose: seal::Key,
    remembered: RwLock<Remembered>,
}

#[derive(Default)]
struct Remembered {
    /// `log_head.key_epoch` when the first of these was read.
    epoch: i64,
    keys: HashMap<String, seal::Key>,
}

/// Keys of subjects, as of one epoch: the database may have dropped some of them in a later one.
#[derive(Clone, Default)]
pub struct SubjectKeys {
    pub(super) epoch: i64,
    keys: HashMap<String, seal::Key>,
}

impl SubjectKeys {
    pub(super) fn get(&self, subject: &str) -> Option<&seal::Key> {
        self.keys.get(subject)
    }

    fn missing(&self, subjects: &[String]) -> Vec<String> {
        subjects.iter().filter(|s| !self.keys.contains_key(*s)).cloned().collect()
    }
}

impl KeyRing {
    fn new(master: seal::Key) -> Self {
        Self {
            fingerprint: hmac::Key::new(hmac::HMAC_SHA256, &derive(&master, b"fingerprint")),
            loose: derive(&master, b"loose"),
            remembered: RwLock::default(),
            master,
        }
    }

    /// Reads the keys, or makes them when the database is new as well.
    pub async fn open(store: &Store, data_dir: &Path, now: i64) -> Result<(Self, LogIdentity)> {
        let path = key_path(data_dir);
        let mut known = settings::get(store.read(), "key_check").await?;
        // Of two replicas at their very first start only one makes the keys; the other sees them.
        let first = if known.is_none() { Some(store.turn().await?) } else { None };
        if first.is_some() {
            known = settings::get(store.read(), "key_check").await?;
        }
        let file = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| format!("{} is not a key file", path.display()))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && known.is_none() => make(&path)?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(anyhow!(
                    "this database was sealed with keys that are not here: put keys.json (from the recovery kit or the other replica) at {}",
                    path.display()
                )
                .into());
            }
            Err(e) => return Err(e.into()),
        };
        let ring = Self::new(decode(&file.master_key)?);
        let log_seed = decode(&file.log_key_seed)?;
        let check = hex::encode(derive(&ring.master, b"check"));
        match known {
            Some(known) if known != check => {
                return Err(anyhow!("{} holds other keys than the ones this database was sealed with", path.display()).into());
            }
            Some(_) => {}
            None => {
                let tx = store.write().await?;
                settings::set(&tx, "key_check", &check, now).await?;
                tx.commit().await?;
            }
        }
        Ok((ring, open_log(store, &log_seed, now).await?))
    }

    /// Keyed digest of content: tells a repeat from a conflict without keeping anything that could be guessed at.
    pub fn fingerprint(&self, bytes: &[u8]) -> Vec<u8> {
        hmac::sign(&self.fingerprint, bytes).as_ref().to_vec()
    }

    /// When a record was received stands in no leaf: this, kept behind its fingerprint, tells whether it was altered.
    pub fn receipt(&self, fingerprint: &[u8], idx: i64, received_at: i64) -> [u8; RECEIPT] {
        let mut sum = hmac::Context::with_key(&self.fingerprint);
        sum.update(b"receipt/");
        sum.update(&idx.to_be_bytes());
        sum.update(&received_at.to_be_bytes());
        sum.update(fingerprint);
        *sum.sign().as_ref().first_chunk().expect("a digest has 32 bytes")
    }

    /// Seals bytes that are no record: quarantined bodies, blobs, uploads. `context` names what they are.
    pub fn seal_loose(&self, bytes: &[u8], context: &str) -> Vec<u8> {
        seal::seal_bytes(&self.loose, bytes, context.as_bytes())
    }

    pub fn open_loose(&self, sealed: &[u8], context: &str) -> Result<Vec<u8>> {
        seal::open_bytes(&self.loose, sealed, context.as_bytes())
    }

    pub(crate) fn forget(&self, subject: &str) {
        self.remembered.write().expect("no holder of this lock panics").keys.remove(subject);
    }

    /// Keys were dropped since `epoch` began; what is remembered from before counts no more.
    pub(super) fn move_on(&self, epoch: i64) {
        let mut remembered = self.remembered.write().expect("no holder of this lock panics");
        if remembered.epoch < epoch {
            *remembered = Remembered { epoch, keys: HashMap::new() };
        }
    }

    pub(super) fn recall(&self, subjects: &[String]) -> SubjectKeys {
        let remembered = self.remembered.read().expect("no holder of this lock panics");
        let keys = subjects.iter().filter_map(|s| Some((s.clone(), *remembered.keys.get(s)?))).collect();
        SubjectKeys { epoch: remembered.epoch, keys }
    }

    /// Only what is committed may come here: a key that no database has seals for ever.
    fn remember(&self, epoch: i64, found: HashMap<String, seal::Key>) {
        let mut remembered = self.remembered.write().expect("no holder of this lock panics");
        if remembered.epoch != epoch {
            return;
        }
        if remembered.keys.len() > CACHE {
            remembered.keys.clear();
        }
        remembered.keys.extend(found);
    }

    /// The keys of existing subjects; erased and unknown ones are left out.
    pub(super) async fn load(&self, store: &Store, subjects: &[String]) -> Result<SubjectKeys> {
        // First the epoch, then the rows: these are then at least as new as it says.
        let epoch = key_epoch(store.read()).await?;
        self.move_on(epoch);
        let mut known = self.recall(subjects);
        let missing = known.missing(subjects);
        if missing.is_empty() {
            return Ok(known);
        }
        let found = self.read(store.read(), &missing).await?;
        self.remember(epoch, found.clone());
        known.epoch = Ord::min(known.epoch, epoch);
        known.keys.extend(found);
        Ok(known)
    }

    /// Makes sure every subject has a key, and gives them. Whether they still stand is known only under the lock of
    /// `log_head`.
    pub(super) async fn ensure(&self, store: &Store, subjects: &[String], now: i64) -> Result<SubjectKeys> {
        let mut known = self.recall(subjects);
        if !known.missing(subjects).is_empty() {
            known = self.load(store, subjects).await?;
        }
        let missing = known.missing(subjects);
        if missing.is_empty() {
            return Ok(known);
        }
        let tx = store.write().await?;
        let mut made = HashMap::new();
        for part in missing.chunks(1000) {
            let fresh = part.iter().map(|subject| subject_key::ActiveModel {
                subject: Set(subject.clone()),
                wrapped: Set(Some(seal::wrap(&self.master, &seal::random(), subject.as_bytes()).to_vec())),
                created_at: Set(now),
                erased_at: Set(None),
            });
            // Another replica may have been first: its key stands. An erased subject that appears again starts anew.
            subject_key::Entity::insert_many(fresh)
                .on_conflict(
                    OnConflict::column(subject_key::Column::Subject)
                        .update_columns([subject_key::Column::Wrapped, subject_key::Column::ErasedAt])
                        .action_and_where(sea_orm::sea_query::Expr::col((subject_key::Entity, subject_key::Column::Wrapped)).is_null())
                        .to_owned(),
                )
                .exec_without_returning(&tx)
                .await?;
            made.extend(self.read(&tx, part).await?);
        }
        tx.commit().await?;
        self.remember(known.epoch, made.clone());
        known.keys.extend(made);
        Ok(known)
    }

    async fn read(&self, db: &impl ConnectionTrait, subjects: &[String]) -> Result<HashMap<String, seal::Key>> {
        let mut found = HashMap::with_capacity(subjects.len());
        for part in subjects.chunks(1000) {
            for row in subject_key::Entity::find().filter(subject_key::Column::Subject.is_in(part.iter().cloned())).all(db).await? {
                if let Some(wrapped) = row.wrapped {
                    let key = seal::unwrap(&self.master, &wrapped, row.subject.as_bytes())?;
                    found.insert(row.subject, key);
                }
            }
        }
        Ok(found)
    }
}

async fn key_epoch(db: &impl ConnectionTrait) -> Result<i64> {
    let epoch: Option<i64> = head::Entity::find_by_id(1).select_only().column(head::Column::KeyEpoch).into_tuple().one(db).await?;
    Ok(epoch.unwrap_or(0))
}

/// Where the key file lies.
pub fn key_path(data_dir: &Path) -> PathBuf {
    data_dir.join("keys.json")
}

fn derive(master: &seal::Key, label: &[u8]) -> seal::Key {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, master), label);
    tag.as_ref().try_into().expect("HMAC-SHA-256 gives 32 bytes")
}

fn decode(text: &str) -> Result<seal::Key> {
    let mut key = [0; 32];
    hex::decode_to_slice(text, &mut key).context("a key in keys.json is not 64 hexadecimal digits")?;
    Ok(key)
}

fn make(path: &Path) -> Result<KeyFile> {
    let file = KeyFile {
        about: "Probity 守正: the company's master key and log key. Keep a copy elsewhere; without it nothing sealed can be opened.".into(),
        master_key: hex::encode(seal::random::<32>()),
        log_key_seed: hex::encode(seal::random::<32>()),
    };
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(path)?;
    std::io::Write::write_all(&mut out, &serde_json::to_vec_pretty(&file)?)?;
    out.sync_all()?;
    Ok(file)
}

/// The present epoch of the log, begun at the first start.
async fn open_log(store: &Store, seed: &seal::Key, now: i64) -> Result<LogIdentity> {
    use super::model::epoch;
    use sea_orm::QueryOrder;
    let newest = epoch::Entity::find().order_by_desc(epoch::Column::Epoch).one(store.read()).await?;
    if let Some(e) = newest {
        let key = LogKey::from_seed(&e.origin, seed).map_err(|e| anyhow!("the log key: {e}"))?;
        if key.vkey() != e.vkey {
            return Err(Error::from(Problem::new(
                500,
                "wrong_log_key",
                "keys.json 中的日志密钥与本数据库的日志不符，请换回原来的 keys.json。",
                "The log key in keys.json is not the one of this database's log. Put the original keys.json back.",
            )));
        }
        return Ok(LogIdentity { epoch: e.epoch, origin: e.origin, key });
    }
    let origin = format!("log.probity/{}", hex::encode(seal::random::<6>()));
    let key = LogKey::from_seed(&origin, seed).map_err(|e| anyhow!("the log key: {e}"))?;
    let frontier = probity_ledger::tree::Frontier::new();
    let tx = store.write().await?;
    epoch::Entity::insert(epoch::ActiveModel { epoch: Set(1), origin: Set(origin.clone()), vkey: Set(key.vkey()), first_index: Set(0), started_at: Set(now) })
        .exec_without_returning(&tx)
        .await?;
    let empty = head::ActiveModel { id: Set(1), size: Set(0), frontier: Set(frontier.to_bytes()), root: Set(frontier.root().to_vec()), key_epoch: Set(0) };
    head::Entity::insert(empty).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(LogIdentity { epoch: 1, origin, key })
}
