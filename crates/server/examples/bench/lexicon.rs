//! Reading ÷ daachorse's raw matching, as the lexicon's own example measures it (crates/lexicon/examples/speed.rs).

use crate::{Plan, report::Row, serve};
use anyhow::{Context, Result, ensure};
use std::process::Command;

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    // The example takes medians of many short turns by itself; run again, it says how far its answer can be trusted.
    let (runs, turns) = if plan.short { (3, "3") } else { (5, "9") };
    let (mut samples, mut note) = (Vec::new(), String::new());
    for _ in 0..runs {
        let output = Command::new(serve::binary("examples/speed")?).env("ROUNDS", turns).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(output.status.success(), "the lexicon's example failed: {}", String::from_utf8_lossy(&output.stderr));
        if text.contains("no corpora found") {
            eprintln!("  skipped: {}", text.trim());
            return Ok(Vec::new());
        }
        let ratio = text.lines().find_map(|l| l.strip_prefix("ratio ")?.trim().parse().ok());
        samples.push(ratio.with_context(|| format!("the lexicon's example says no ratio: {text}"))?);
        note = text.lines().find(|l| l.starts_with("daachorse ")).unwrap_or_default().to_owned();
    }
    Ok(vec![Row::ratio("lexicon with all steps, 500 words, one core ÷ daachorse raw", samples, 0.2, 0.5, note)])
}
