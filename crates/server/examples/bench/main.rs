//! Figures of the server, as ratios and times against what the product promises: `make bench`.
//!
//! Each measure is a file with one `measure`; [`MEASURES`] lists them in the order of the table. Servers are the real
//! binary in processes of their own, on free ports, with folders and databases that go with them. What is *not* here:
//! how well words are found (`make quality`), what happens when things break (`make faults`).
//! Read `ingest` next; `report` says what a row is.

mod chains;
mod curve;
mod events;
mod filled;
mod growth;
mod ingest;
mod lexicon;
mod machine;
mod memory;
mod messages;
mod package;
mod page;
mod reference;
mod report;
mod serve;

use anyhow::{Result, bail};
use clap::Parser;
use futures::future::BoxFuture;
use report::Row;
use std::{path::PathBuf, process::ExitCode};

/// Measures and prints the table.
#[derive(Parser)]
pub struct Plan {
    /// Few rounds; exits with 1 when a ratio is below its floor. Times never fail: machines differ.
    #[arg(long)]
    pub short: bool,
    /// Only these measures, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// Also what takes ten million records, hours and a large disk.
    #[arg(long)]
    pub large: bool,
    /// Where filled companies are kept for the next run, so that it need not fill them again.
    #[arg(long)]
    pub company: Option<PathBuf>,
    /// The document whose table is replaced.
    #[arg(long)]
    pub write: Option<PathBuf>,
}

type Measure = fn(&Plan) -> BoxFuture<'_, Result<Vec<Row>>>;

/// A new measure is one more line.
const MEASURES: &[(&str, Measure)] = &[
    ("ingest", |plan| Box::pin(ingest::measure(plan))),
    ("lexicon", |plan| Box::pin(lexicon::measure(plan))),
    ("events", |plan| Box::pin(events::measure(plan))),
    ("chains", |plan| Box::pin(chains::measure(plan))),
    ("package", |plan| Box::pin(package::measure(plan))),
    ("memory", |plan| Box::pin(memory::measure(plan))),
    ("page", |plan| Box::pin(page::measure(plan))),
    ("growth", |plan| Box::pin(growth::measure(plan))),
];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let plan = Plan::parse();
    let known: Vec<&str> = MEASURES.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = plan.only.iter().find(|o| !known.contains(&o.as_str())) {
        bail!("there is no measure “{unknown}”; there are {}", known.join(", "));
    }
    let mut rows = Vec::new();
    for (name, measure) in MEASURES {
        if plan.only.is_empty() || plan.only.iter().any(|o| o == name) {
            eprintln!("{name} …");
            rows.extend(measure(&plan).await?);
        }
    }
    filled::end();
    let table = report::table(&rows);
    println!("{table}");
    if let Some(path) = &plan.write {
        report::write(path, &table, &machine::describe().await?)?;
    }
    let fallen: Vec<&Row> = rows.iter().filter(|r| r.has_fallen()).collect();
    for row in &fallen {
        println!("below its floor: {}", row.what);
    }
    Ok(if plan.short && !fallen.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
