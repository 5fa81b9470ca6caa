//! Reading ÷ daachorse's raw matching, as the lexicon's own example measures it (crates/lexicon/examples/speed.rs).

use crate::{Plan, report::Row, serve};
use anyhow::{Context, Result, ensure};
use std::process::Command;

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let rounds = if plan.short { "3" } else { "7" };
    let output = Command::new(serve::binary("examples/speed")?).env("ROUNDS", rounds).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "the lexicon's example failed: {}", String::from_utf8_lossy(&output.stderr));
    if text.contains("no corpora found") {
        eprintln!("  skipped: {}", text.trim());
        return Ok(Vec::new());
    }
    let number = |line: &str| -> Option<f64> { line.rsplit("ratio ").next()?.split_whitespace().next()?.parse().ok() };
    let samples: Vec<f64> = text.lines().filter(|l| l.starts_with("round ")).filter_map(number).collect();
    ensure!(!samples.is_empty(), "the lexicon's example says no ratio: {text}");
    let last = text.lines().filter(|l| l.starts_with("round ")).next_back().context("there are rounds")?;
    let note = last.split_once(": ").map_or("", |(_, rest)| rest).to_owned();
    Ok(vec![Row::ratio("lexicon with all steps, 500 words, one core ÷ daachorse raw", samples, 0.2, 0.5, note)])
}
