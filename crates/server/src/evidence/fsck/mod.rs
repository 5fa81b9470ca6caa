//! `probity fsck`: recomputes everything that can be recomputed and names what does not agree.
//!
//! Log, tiles, checkpoints and stamps ([`log`]); every record's row against its sealed content, and its content against
//! its leaf ([`rows`]); files, packages, uploads and quarantined bodies against what they should hold ([`files`]); the
//! database file by the engine's own check. It changes nothing. Entries that were committed and not
//! yet published are clean: publishing follows the commit, and a crash in between loses nothing.
//!
//! Deliberately absent: repair. Tiles mend themselves when they are read; everything else is for a person to judge.

mod files;
mod log;
mod rows;
#[cfg(test)]
mod tests;

use crate::{company::Company, error::Result};
use std::path::PathBuf;

/// Faults named one by one; what lies beyond is counted.
const MOST: usize = 1000;

/// What was looked at and what is wrong.
#[derive(Debug, Default)]
pub struct Findings {
    pub entries: u64,
    pub tiles: u64,
    pub checkpoints: u64,
    pub stamps: u64,
    pub opened: u64,
    pub erased: u64,
    pub files: u64,
    /// One line each, Chinese then English; no personal data.
    pub faults: Vec<String>,
    /// Faults beyond those listed.
    pub more: u64,
}

impl Findings {
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, zh: impl std::fmt::Display, en: impl std::fmt::Display) {
        if self.faults.len() < MOST {
            self.faults.push(format!("{zh} · {en}"));
        } else {
            self.more += 1;
        }
    }
}

/// Looks at everything. `say` is told which part is at work and how far it is.
pub async fn run(company: &Company, checkpoint_dir: Option<PathBuf>, mut say: impl FnMut(&str)) -> Result<Findings> {
    let mut findings = Findings::default();
    say("数据库 database");
    for line in company.store.integrity().await? {
        findings.fault(format!("数据库文件已损坏：{line}"), format!("the database file is damaged: {line}"));
    }
    // What is committed while this runs is left to the next run.
    let size = log::check(company, checkpoint_dir, &mut findings, &mut say).await?;
    rows::check(company, size, &mut findings, &mut say).await?;
    files::check(company, &mut findings, &mut say).await?;
    Ok(findings)
}

/// Runs it for a person at a terminal; true when everything agrees.
pub async fn at_terminal(company: &Company, checkpoint_dir: Option<PathBuf>) -> Result<bool> {
    let found = run(company, checkpoint_dir, |line| eprintln!("{line}")).await?;
    for fault in &found.faults {
        println!("✗ {fault}");
    }
    if found.more > 0 {
        println!("✗ 另有 {} 处 · and {} more", found.more, found.more);
    }
    println!(
        "日志 {} 条、瓦片 {} 个、检查点 {} 个、时间戳 {} 个、打开记录 {} 条、已删除内容 {} 条、文件 {} 个 · {} log entries, {} tiles, {} checkpoints, {} stamps, {} records opened, {} erased, {} files",
        found.entries,
        found.tiles,
        found.checkpoints,
        found.stamps,
        found.opened,
        found.erased,
        found.files,
        found.entries,
        found.tiles,
        found.checkpoints,
        found.stamps,
        found.opened,
        found.erased,
        found.files,
    );
    if found.is_clean() {
        println!("✓ 全部一致 · everything agrees");
    }
    Ok(found.is_clean())
}
