//! The recovery kit: the keys, and which log they belong to.

use crate::{
    company::Company,
    error::{Error, Result},
};
use anyhow::{Context, anyhow};
use serde::{Deserialize, Serialize};
use std::{fs, io::Write, path::Path};

/// What has to be kept apart from every backup.
#[derive(Serialize, Deserialize)]
pub struct Kit {
    pub about: String,
    pub origin: String,
    pub vkey: String,
    pub fingerprint: String,
    pub master_key: String,
    pub log_key_seed: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeyFile {
    pub about: String,
    pub master_key: String,
    pub log_key_seed: String,
}

pub(super) fn read_keys(path: &Path) -> Result<KeyFile> {
    let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(serde_json::from_slice(&bytes).with_context(|| format!("{} is no key file", path.display()))?)
}

/// Writes the kit to a new file that only this user may read.
pub fn export(company: &Company, to: &Path) -> Result<()> {
    let keys = read_keys(&company.data_dir.join("keys.json"))?;
    let kit = Kit {
        about: "Probity 守正 恢复包 recovery kit：与备份分开保存；有它和备份即可恢复，只有它的人也能打开一切。\
            Keep it apart from the backups: with it a backup can be restored, and whoever has it can open everything."
            .into(),
        origin: company.log.origin.clone(),
        vkey: company.log.key.vkey(),
        fingerprint: company.log.key.fingerprint(),
        master_key: keys.master_key,
        log_key_seed: keys.log_key_seed,
    };
    write_new(to, &serde_json::to_vec_pretty(&kit)?)
}

pub(super) fn read(path: &Path) -> Result<Kit> {
    let bytes = fs::read(path).with_context(|| format!("reading the recovery kit {}", path.display()))?;
    Ok(serde_json::from_slice(&bytes).with_context(|| format!("{} is no recovery kit (make one with probity key export)", path.display()))?)
}

/// Creates a file with secrets; never over another.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        fs::create_dir_all(dir)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|e| Error::from(anyhow!("{} cannot be made: {e}", path.display())))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}
