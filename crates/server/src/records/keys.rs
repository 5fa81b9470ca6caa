//! The key ring: a master key on disk, a key per subject wrapped by it in the database, record keys wrapped by those.
//!
//! `keys.json` in the data folder (mode 0600) holds the master key and the log key's seed; every replica of a company
//! needs the same file. The database remembers a check value, so a wrong file is refused before anything is written.

use super::{model::subject_key, seal};
use crate::{
    company::LogIdentity,
    error::{Error, Problem, Result},
    settings,
    store::Store,
};
use anyhow::{Context, anyhow};
use aws_lc_rs::hmac;
use probity_ledger::checkpoint::LogKey;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::OnConflict};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::RwLock,
};

/// Above this many remembered subject keys the cache starts again: 100,000 people at some 100 bytes each.
const CACHE: usize = 100_000;

#[derive(Serialize, Deserialize)]
struct KeyFile {
    /// What this is, for whoever finds the file.
    about: String,
    master_key: String,
    log_key_seed: String,
}

pub struct KeyRing {
    master: seal::Key,
    fingerprint: hmac::Key,
    loose: seal::Key,
    subjects: RwLock<HashMap<String, seal::Key>>,
}

impl KeyRing {
    fn new(master: seal::Key) -> Self {
        Self {
            fingerprint: hmac::Key::new(hmac::HMAC_SHA256, &derive(&master, b"fingerprint")),
            loose: derive(&master, b"loose"),
            subjects: RwLock::default(),
            master,
        }
    }

    /// Reads the keys, or makes them when the database is new as well.
    pub async fn open(store: &Store, data_dir: &Path, now: i64) -> Result<(Self, LogIdentity)> {
        let path = key_path(data_dir);
        let known = settings::get(store.read(), "key_check").await?;
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

    /// Seals bytes that are no record: quarantined bodies, blobs, uploads. `context` names what they are.
    pub fn seal_loose(&self, bytes: &[u8], context: &str) -> Vec<u8> {
        seal::seal_bytes(&self.loose, bytes, context.as_bytes())
    }

    pub fn open_loose(&self, sealed: &[u8], context: &str) -> Result<Vec<u8>> {
        seal::open_bytes(&self.loose, sealed, context.as_bytes())
    }

    /// The keys of these subjects, as far as they are remembered here.
    pub(super) fn cached(&self, subject: &str) -> Option<seal::Key> {
        self.subjects.read().expect("no holder of this lock panics").get(subject).copied()
    }

    pub(crate) fn forget(&self, subject: &str) {
        self.subjects.write().expect("no holder of this lock panics").remove(subject);
    }

    fn remember(&self, found: impl IntoIterator<Item = (String, seal::Key)>) {
        let mut cache = self.subjects.write().expect("no holder of this lock panics");
        if cache.len() > CACHE {
            cache.clear();
        }
        cache.extend(found);
    }

    /// The keys of existing subjects; erased and unknown ones are left out.
    pub(super) async fn load(&self, store: &Store, subjects: &[String]) -> Result<()> {
        let missing: Vec<_> = subjects.iter().filter(|s| self.cached(s).is_none()).cloned().collect();
        for part in missing.chunks(1000) {
            let rows = subject_key::Entity::find().filter(subject_key::Column::Subject.is_in(part.iter().cloned())).all(store.read()).await?;
            self.take_in(rows)?;
        }
        Ok(())
    }

    /// The key of one subject; none for an erased or unknown one.
    pub(super) async fn key_of(&self, store: &Store, subject: &str) -> Result<Option<seal::Key>> {
        self.load(store, &[subject.to_owned()]).await?;
        Ok(self.cached(subject))
    }

    /// Makes sure every subject has a key and that it is remembered here.
    pub(super) async fn ensure(&self, store: &Store, subjects: &[String], now: i64) -> Result<()> {
        self.load(store, subjects).await?;
        let missing: Vec<_> = subjects.iter().filter(|s| self.cached(s).is_none()).cloned().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let tx = store.write().await?;
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
            let rows = subject_key::Entity::find().filter(subject_key::Column::Subject.is_in(part.iter().cloned())).all(&tx).await?;
            self.take_in(rows)?;
        }
        tx.commit().await?;
        Ok(())
    }

    fn take_in(&self, rows: Vec<subject_key::Model>) -> Result<()> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(wrapped) = row.wrapped {
                found.push((row.subject.clone(), seal::unwrap(&self.master, &wrapped, row.subject.as_bytes())?));
            }
        }
        self.remember(found);
        Ok(())
    }
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
    use super::model::{epoch, head};
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
    head::Entity::insert(head::ActiveModel { id: Set(1), size: Set(0), frontier: Set(frontier.to_bytes()), root: Set(frontier.root().to_vec()) })
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(LogIdentity { epoch: 1, origin, key })
}
