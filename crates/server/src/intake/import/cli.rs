//! `probity import`: files from the command line, through the running server, or where none runs through the same
//! intake in this process.

use super::{
    door::{self, Door, Running},
    plan::{File, Options, Plan},
    run::{self, Tally},
};
use crate::{
    company::Company,
    error::{Error, Result},
    intake::Sender,
};
use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::{path::PathBuf, sync::Arc};

/// Import CSV, XLSX, JSON or NDJSON files; known layouts are recognised
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The registered source the records come from
    #[arg(long)]
    pub source: String,
    /// Kind of record, for tables that are not a known layout
    #[arg(long)]
    pub kind: Option<String>,
    /// JSON object (or a file with one): column → field
    #[arg(long)]
    pub mapping: Option<String>,
    /// Why a statement may be held: `company_account`, `voluntary_submission`, `court_order`
    #[arg(long)]
    pub basis: Option<String>,
    /// Whose statement it is
    #[arg(long)]
    pub employee: Option<String>,
    /// The day of lists that name no time, such as 2026-03-31
    #[arg(long)]
    pub as_of: Option<String>,
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// Imports the files and prints what became of their rows; the counts are the last line.
pub async fn run(company: &Arc<Company>, args: ImportArgs) -> Result<Tally> {
    let mapping = match &args.mapping {
        None => None,
        Some(text) => {
            let text =
                if text.trim_start().starts_with('{') { text.clone() } else { std::fs::read_to_string(text).with_context(|| format!("cannot read {text}"))? };
            Some(serde_json::from_str(&text).context("--mapping is a JSON object of column → field")?)
        }
    };
    let options = Options { source: args.source, kind: args.kind, sheet: None, mapping, basis: args.basis, employee: args.employee, as_of: args.as_of };
    let sender = Sender { by: door::by(), sources: None };
    let door = Running::door(company).await?.unwrap_or(Door::Own { company, sender: &sender });
    let done = through(company, &door, &options, &args.files).await;
    door.close(company).await?;
    let all = done?;
    println!("accepted {} duplicates {} quarantined {} skipped {}", all.accepted, all.duplicates, all.quarantined, all.skipped);
    Ok(all)
}

async fn through(company: &Arc<Company>, door: &Door<'_>, options: &Options, files: &[PathBuf]) -> Result<Tally> {
    let mut all = Tally::default();
    for path in files {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let tally = one(company, door, options, &bytes).await.map_err(|e| named(e, path))?;
        all = Tally {
            done: all.done + tally.done,
            accepted: all.accepted + tally.accepted,
            duplicates: all.duplicates + tally.duplicates,
            quarantined: all.quarantined + tally.quarantined,
            skipped: all.skipped + tally.skipped,
        };
    }
    Ok(all)
}

fn named(error: Error, path: &std::path::Path) -> Error {
    match error {
        Error::Problem(mut p) => {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            p.detail.zh = format!("{name}：{}", p.detail.zh);
            p.detail.en = format!("{name}: {}", p.detail.en);
            Error::Problem(p)
        }
        other => other,
    }
}

async fn one(company: &Arc<Company>, door: &Door<'_>, options: &Options, bytes: &[u8]) -> Result<Tally> {
    let file = File::read(bytes)?;
    let plan = Plan::new(company, &file, options).await?;
    let mut made = Vec::new();
    plan.run(|row, one| {
        match &one {
            super::Made::Skipped(skip) => eprintln!("row {row}: {} {}", skip.0.zh, skip.0.en),
            super::Made::Bad(cells) => {
                for cell in cells {
                    eprintln!("row {row}, {}: {} {}", cell.column, cell.detail.zh, cell.detail.en);
                }
            }
            super::Made::Event(_) => {}
        }
        made.push(one);
        true
    });
    if let Some(day) = plan.assumed_day() {
        eprintln!("没有时间的行按 {day} 计，可用 --as-of 指定。Rows without a time are taken as of {day}; choose another day with --as-of.");
    }
    let bar = ProgressBar::new(made.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    let tally = run::send(door, made, |tally| {
        bar.set_position(u64::try_from(tally.done).unwrap_or(0));
        std::future::ready(Ok(true))
    })
    .await?;
    bar.finish_and_clear();
    Ok(tally)
}
