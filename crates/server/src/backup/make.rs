//! Makes a backup beside the running server.

use super::{DOMAIN, FORMAT, Manifest, OneFile, TableFile};
use crate::{
    company::Company,
    error::Result,
    records::model::head,
    store::dump::{Snapshot, Table},
};
use anyhow::{Context, anyhow};
use base64::{Engine, engine::general_purpose::STANDARD};
use probity_ledger::{
    Hash,
    checkpoint::{Checkpoint, sign},
    sha256,
};
use serde_json::Value;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// Files of the store that can be made again.
const REBUILT: [&str; 2] = ["log/", "doctor/"];

/// Writes a backup into `to`, which must be empty or not there yet. `say` hears how far it is.
pub async fn make(company: &Company, to: &Path, mut say: impl FnMut(&str)) -> Result<Manifest> {
    if fs::read_dir(to).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(anyhow!("{} 不是空目录，请换一个位置。It is not empty; choose another place.", to.display()).into());
    }
    fs::create_dir_all(to.join("tables")).with_context(|| format!("making {}", to.display()))?;
    let all = company.store.tables().await?;
    let snapshot = company.store.snapshot().await?;
    let (size, root) = head_of(&snapshot, &all).await?;
    let mut tables = Vec::with_capacity(all.len());
    for table in all {
        say(&format!("表 table {}", table.name));
        let path = format!("tables/{}.ndjson.zst", table.name);
        let mut out = zstd::Encoder::new(create(to, &path)?, 3)?;
        let rows = snapshot
            .rows(&table, |line| {
                out.write_all(line)?;
                out.write_all(b"\n")?;
                Ok(())
            })
            .await?;
        out.finish()?.sync_all()?;
        tables.push(TableFile { table, rows, file: describe(to, path)? });
    }
    // A row that names a file was written after it: the snapshot first, then the files, and none is missing.
    let mut names = company.blobs.list("").await?;
    names.retain(|name| !REBUILT.iter().any(|prefix| name.starts_with(prefix)));
    names.sort_unstable();
    let mut files = Vec::with_capacity(names.len());
    for (i, name) in names.iter().enumerate() {
        if i % 100 == 0 {
            say(&format!("文件 files {i}/{}", names.len()));
        }
        // Deleted since it was listed: then no row of the snapshot can need it for long.
        let Some(bytes) = company.blobs.get(name).await? else { continue };
        let path = format!("files/{name}");
        let mut out = create(to, &path)?;
        out.write_all(&bytes)?;
        out.sync_all()?;
        files.push(OneFile { path, size: bytes.len() as u64, sha256: hex::encode(sha256(&bytes)) });
    }
    let origin = company.log.origin.clone();
    let manifest = Manifest {
        format: FORMAT.into(),
        made_at: company.now(),
        epoch: company.log.epoch,
        vkey: company.log.key.vkey(),
        size,
        root: hex::encode(root),
        checkpoint: sign(&Checkpoint { origin: origin.clone(), size, root, extensions: Vec::new() }, &company.log.key),
        origin,
        tables,
        files,
    };
    let bytes = serde_json::to_vec_pretty(&manifest)?;
    let signature = company.log.key.sign_bytes(&[DOMAIN, &bytes].concat());
    for (name, bytes) in [("manifest.json", bytes), ("manifest.sig", signature.to_vec())] {
        let mut out = create(to, name)?;
        out.write_all(&bytes)?;
        out.sync_all()?;
    }
    Ok(manifest)
}

/// Size and root of the log as this snapshot has them.
async fn head_of(snapshot: &Snapshot, tables: &[Table]) -> Result<(u64, Hash)> {
    let name = sea_orm::EntityName::table_name(&head::Entity);
    let table = tables.iter().find(|t| t.name == name).context("the database has no log_head")?;
    let at = |column: &str| table.columns.iter().position(|c| c.name == column);
    let mut found = None;
    snapshot
        .rows(table, |line| {
            let row: Vec<Value> = serde_json::from_slice(line)?;
            let size = at("size").and_then(|i| row.get(i)).and_then(Value::as_u64);
            let root = at("root").and_then(|i| row.get(i)).and_then(Value::as_str);
            let root = root.and_then(|text| STANDARD.decode(text).ok()).and_then(|bytes| Hash::try_from(bytes).ok());
            found = size.zip(root);
            Ok(())
        })
        .await?;
    Ok(found.context("log_head is damaged; run probity fsck")?)
}

fn create(to: &Path, path: &str) -> Result<fs::File> {
    let whole: PathBuf = path.split('/').fold(to.to_owned(), |at, part| at.join(part));
    if let Some(dir) = whole.parent() {
        fs::create_dir_all(dir)?;
    }
    Ok(fs::File::create(&whole).with_context(|| format!("writing {}", whole.display()))?)
}

/// Size and digest of a written file.
fn describe(to: &Path, path: String) -> Result<OneFile> {
    let (size, digest) = super::restore::digest_of(&to.join(&path))?;
    Ok(OneFile { path, size, sha256: digest })
}
