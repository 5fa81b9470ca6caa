//! What one record more costs where so many are there already: copies of the filled companies, a server on each, and as
//! much work to one and then to the next, again and again. A filling cannot be repeated by turns, and what it takes tells
//! more of the machine's other work than of the company's size. The work is what the company did last, under other names;
//! all of it together is a tenth of the second largest company, which is the smallest that the power is taken from.

use crate::{
    Plan,
    filled::{self, Filled},
    messages::PER_BATCH,
    report::percentile,
};
use anyhow::{Result, ensure};
use axum::body::Bytes;
use serde_json::{Value, json};
use std::time::Instant;

/// Microseconds a record, everything that follows from it included.
pub struct Cost {
    /// Records that were there in the middle of the turns.
    pub records: f64,
    /// Of the server's processor time.
    pub work: f64,
    /// On the clock, four clients at once.
    pub took: f64,
}

struct Twin {
    filled: Filled,
    /// What the company did last, to be done again under other names.
    last: Vec<Value>,
    work: Vec<f64>,
    took: Vec<f64>,
}

pub async fn costs(plan: &Plan, sizes: &[usize]) -> Result<Vec<Cost>> {
    let (turns, batches) = if plan.short { (3, 1) } else { (4, 2) };
    // Of a few turns the quickest is the least disturbed.
    let part = if plan.short { 0.0 } else { 0.5 };
    let mut twins: Vec<Twin> = Vec::new();
    for size in sizes {
        let filled = filled::take(plan, *size).await?;
        let (filled, copy) = filled::copied(filled)?;
        filled::give_back(filled);
        twins.push(Twin { filled: copy, last: filled::last_events(*size, batches * PER_BATCH), work: Vec::new(), took: Vec::new() });
    }
    // The first turn fills caches and is thrown away.
    for turn in 0..=turns {
        for twin in &mut twins {
            let server = &twin.filled.server;
            let bodies = renamed(&twin.last, turn)?;
            server.quiet().await?;
            let (cpu, began) = (server.cpu()?, Instant::now());
            let (accepted, _) = filled::send(server, bodies).await?;
            ensure!(accepted * 100 >= twin.last.len() * 90, "of {} records {accepted} were taken", twin.last.len());
            server.jobs_done().await?;
            let took = began.elapsed().as_secs_f64();
            server.quiet().await?;
            let work = server.cpu()? - cpu;
            if turn > 0 {
                twin.work.push(work * 1e6 / accepted as f64);
                twin.took.push(took * 1e6 / accepted as f64);
            }
        }
    }
    Ok(twins
        .iter()
        .map(|t| Cost {
            records: (t.filled.about.records + t.last.len() * (turns + 1) / 2) as f64,
            work: percentile(&t.work, part),
            took: percentile(&t.took, part),
        })
        .collect())
}

/// The same events as batches, under names of their own, as random as a chat system's.
fn renamed(events: &[Value], turn: usize) -> Result<Vec<Bytes>> {
    let mut number = (turn * events.len()) as u64;
    let batch = |part: &[Value]| -> Result<Bytes> {
        let mut part = part.to_vec();
        for event in &mut part {
            number += 1;
            event["id"] = json!(format!("{:016x}-{}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15), event["id"].as_str().unwrap_or_default()));
        }
        Ok(serde_json::to_vec(&part)?.into())
    };
    events.chunks(PER_BATCH).map(batch).collect()
}
