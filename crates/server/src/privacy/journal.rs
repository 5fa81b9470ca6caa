//! What must not come back with an older backup: a backup knows nothing of what was erased, revoked or disabled after
//! it, so each such act is also noted outside the database, and a restore does it again.
//!
//! A line names nobody: it holds a keyed digest, which only the company's own master key (the recovery kit) can match
//! with the rows of a restored database. The file lies in the data folder and, where one is configured, in the
//! checkpoint folder, best on another disk. What is *not* here: erasing ([`super::erase`]), restoring (`backup`).

use super::erase;
use crate::{
    access::{tokens, users},
    company::{Actor, Company},
    error::{Error, Result},
    records,
};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::RwLock,
};

pub const FILE: &str = "erasures.ndjson";

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// `person`, `token` or `user`.
    pub what: String,
    /// Hex keyed digest of the employee number or the id.
    pub whose: String,
    /// Where the log stood when it was done.
    pub epoch: i64,
    pub size: i64,
}

impl Entry {
    /// Whether a backup of that epoch and size of the log was made before this.
    pub fn is_after(&self, epoch: i64, size: i64) -> bool {
        (self.epoch, self.size) >= (epoch, size)
    }
}

#[derive(Debug)]
pub struct Journal(RwLock<Vec<PathBuf>>);

impl Journal {
    pub fn in_folder(dir: &Path) -> Self {
        Self(RwLock::new(vec![dir.join(FILE)]))
    }

    /// Writes to this folder as well.
    pub fn also_in(&self, dir: &Path) {
        let mut files = self.0.write().expect("no holder of this lock panics");
        let file = dir.join(FILE);
        if !files.contains(&file) {
            files.push(file);
        }
    }

    fn files(&self) -> Vec<PathBuf> {
        self.0.read().expect("no holder of this lock panics").clone()
    }
}

/// The keyed digest under which a person, token or user is noted.
pub fn whose(company: &Company, what: &str, id: &str) -> String {
    hex::encode(company.keys.fingerprint(format!("journal/{what}/{id}").as_bytes()))
}

/// Notes an act after its commit. Written twice it is still one.
pub fn note(company: &Company, what: &str, id: &str, size: i64) -> Result<()> {
    let entry = Entry { what: what.to_owned(), whose: whose(company, what, id), epoch: company.log.epoch, size };
    let line = serde_json::to_string(&entry)? + "\n";
    for path in company.journal.files() {
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir)?;
        }
        let mut file = fs::OpenOptions::new().create(true).append(true).open(&path).with_context(|| format!("noting an erasure in {}", path.display()))?;
        // After a torn line a new one begins, or it would be lost with it.
        let torn = fs::read(&path)?.last().is_some_and(|byte| *byte != b'\n');
        file.write_all(if torn { format!("\n{line}") } else { line.clone() }.as_bytes())?;
        file.sync_all()?;
    }
    Ok(())
}

/// What stands in these files; a torn last line, as a power cut leaves it, is passed over.
pub fn read(files: &[PathBuf]) -> Result<Vec<Entry>> {
    let mut all: Vec<Entry> = Vec::new();
    for path in files {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => return Err(anyhow::Error::from(e).context(format!("reading {}", path.display())).into()),
        };
        for entry in text.lines().filter_map(|line| serde_json::from_str::<Entry>(line).ok()) {
            if !all.contains(&entry) {
                all.push(entry);
            }
        }
    }
    Ok(all)
}

/// Notes an act of the access room. It stands in the database already, so a full disk is told and not an error.
pub fn note_now(company: &Company, what: &str, id: &str) {
    let size = *company.committed.borrow();
    if let Err(error) = note(company, what, id, size) {
        tracing::error!(%error, what, "the journal of erasures could not be written: a restore of an older backup would bring this back");
    }
}

/// Does again what was done after the backup that was restored; answers how many acts that were.
pub async fn replay(company: &Company, entries: &[Entry]) -> Result<usize> {
    let by = Actor::system("restore");
    let has = |what: &str, id: &str| {
        let digest = whose(company, what, id);
        entries.iter().any(|entry| entry.what == what && entry.whose == digest)
    };
    let mut done = 0;
    for number in records::known_employees(company).await? {
        if has("person", &number) {
            erase::employee(company, &by, &number, "恢复的备份早于该次删除，现重新删除").await?;
            done += 1;
        }
    }
    for token in tokens::list(company).await?.into_iter().filter(|token| has("token", &token.id)) {
        tokens::revoke(company, &token.id, &by).await?;
        done += 1;
    }
    for user in users::list(company).await?.into_iter().filter(|user| !user.disabled && has("user", &user.id)) {
        let change = users::Change { disabled: Some(true), ..users::Change::default() };
        match users::change(company, &user.id, change, &by).await {
            Ok(_) => done += 1,
            // The only administrator of that day: somebody has to be able to sign in.
            Err(Error::Problem(_)) => tracing::warn!(user = user.id, "the last administrator was disabled later and stays enabled"),
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}
