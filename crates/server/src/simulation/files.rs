//! `probity simulate`: the company as NDJSON, its truth, and the registrations its sources need.

use crate::error::Result;
use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use probity_simulate::{Company, Parameters};
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

#[derive(Args)]
pub struct Simulate {
    /// 员工人数（至少 12）。Employees, at least 12.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    people: u32,
    /// 月数。Months.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,
    /// 种子：相同参数得到相同的公司。The same parameters give the same company.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 最后一天。The last day told.
    #[arg(long, default_value = "2026-10-31")]
    until: Date,
    /// 输出文件夹。Folder for records.ndjson, truth.json and sources.json.
    #[arg(long)]
    out: PathBuf,
}

/// Writes the three files; the last line on stdout says how many records there are.
pub fn write(arguments: &Simulate) -> Result<()> {
    let Simulate { people, months, seed, until, out } = arguments;
    let company = Company::new(Parameters { people: *people as usize, months: *months, seed: *seed, until: *until });
    std::fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    pretty(&out.join("sources.json"), &company.sources())?;
    pretty(&out.join("truth.json"), &company.truth())?;
    let records = out.join("records.ndjson");
    let mut file = BufWriter::new(create(&records)?);
    let bar = ProgressBar::no_length().with_style(ProgressStyle::with_template("{spinner} {pos} 条 records {msg}").context("a progress bar")?);
    let mut count = 0_u64;
    for event in company.events() {
        serde_json::to_writer(&mut file, &event.to_json()).with_context(|| format!("writing {}", records.display()))?;
        file.write_all(b"\n").with_context(|| format!("writing {}", records.display()))?;
        count += 1;
        if count.is_multiple_of(1000) {
            bar.set_position(count);
            bar.set_message(event.at.date().to_string());
        }
    }
    file.flush().with_context(|| format!("writing {}", records.display()))?;
    bar.finish_and_clear();
    println!("{}: {count} 条记录 records", records.display());
    Ok(())
}

fn pretty(path: &Path, value: &impl serde::Serialize) -> Result<()> {
    let mut file = BufWriter::new(create(path)?);
    serde_json::to_writer_pretty(&mut file, value).with_context(|| format!("writing {}", path.display()))?;
    file.write_all(b"\n").and_then(|()| file.flush()).with_context(|| format!("writing {}", path.display()))?;
    Ok(())
}

fn create(path: &Path) -> Result<File> {
    Ok(File::create(path).with_context(|| format!("creating {}", path.display()))?)
}
