//! Figures of the server, as ratios and times against what the product promises: `make bench`.
//!
//! Each measure is a file with one `measure`; [`MEASURES`] lists them in the order of the table. Servers are the real
//! binary in processes of their own, on free ports, with folders and databases that go with them. What is *not* here:
//! how well words are found (`make quality`), what happens when things break (`make faults`).
//! Read `ingest` next; `report` says what a row is.

mod another;
mod chains;
mod curve;
mod events;
mod filled;
mod growth;
mod ingest;
mod large;
mod lexicon;
mod lists;
mod machine;
mod memory;
mod messages;
mod package;
mod page;
mod reference;
mod report;
mod serve;
mod short;

use anyhow::{Result, bail};
use clap::Parser;
use futures::future::BoxFuture;
use report::Row;
use std::{path::PathBuf, process::ExitCode};

/// Measures and prints the table.
#[derive(Parser)]
pub struct Plan {
    /// A few rounds of what is a ratio or a power, on any build; exits with 1 where one has fallen (`short`).
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
    ("lists", |plan| Box::pin(lists::measure(plan))),
    ("memory", |plan| Box::pin(memory::measure(plan))),
    ("page", |plan| Box::pin(page::measure(plan))),
    ("growth", |plan| Box::pin(growth::measure(plan))),
];

/// Fills two million customers, which takes long: `make bench ARGS="--only lists"`.
const ON_REQUEST: &[&str] = &["lists"];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let plan = Plan::parse();
    let known: Vec<&str> = MEASURES.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = plan.only.iter().find(|o| !known.contains(&o.as_str())) {
        bail!("there is no measure “{unknown}”; there are {}", known.join(", "));
    }
    let mut rows = Vec::new();
    for (name, measure) in MEASURES {
        let usual = if plan.short { short::MEASURES.contains(name) } else { !ON_REQUEST.contains(name) };
        let wanted = if plan.only.is_empty() { usual } else { plan.only.iter().any(|o| o == name) };
        if wanted {
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
    let fallen = if plan.short { short::fallen(&rows) } else { Vec::new() };
    for what in &fallen {
        println!("fallen: {what}");
    }
    Ok(if fallen.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
