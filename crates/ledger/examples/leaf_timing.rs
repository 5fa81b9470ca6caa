//! How long a leaf takes: `cargo run --release -p probity-ledger --example leaf_timing`.
//!
//! Prints the time per event and the share that is plain SHA-256 of the same bytes, so that a slow leaf
//! can be told from a slow machine. No threshold: this is a number to look at.

use std::time::{Duration, Instant};

use probity_ledger::{canonical, leaf, sha256};
use serde_json::{Map, Value, json};

fn main() {
    let text = "好的,那我下午把报价发给您,您看一下数量和交期,合适的话我们周三前把合同签了。".repeat(3);
    let events: Vec<Map<String, Value>> = (0..2_000)
        .filter_map(|i| {
            json!({
                "specversion": "1.0", "id": format!("m-{i}"), "source": "/wecom/archive", "type": "message.sent",
                "time": "2026-03-02T10:15:30+08:00", "subject": "E0042", "datacontenttype": "application/json",
                "data": {
                    "channel": "wecom", "conversation": format!("c-{}", i % 50), "from": {"employee": "E0042"},
                    "to": [{"external": "wm-1", "name": "王先生"}], "text": text, "msgtype": "text",
                    "revoked": false, "attachments": []
                }
            })
            .as_object()
            .cloned()
        })
        .collect();
    let seed = [42; 32];
    let per_event = |elapsed: Duration, rounds: u32| elapsed.as_secs_f64() * 1e6 / f64::from(rounds) / events.len() as f64;

    let rounds = 50;
    let (mut leaves, mut plain, mut writing) = (0_u64, 0_u64, 0_usize);
    let started = Instant::now();
    for _ in 0..rounds {
        for event in &events {
            leaves += u64::from(leaf::of_event(&seed, event)[1]);
        }
    }
    let leaf_us = per_event(started.elapsed(), rounds);

    let mut bytes = Vec::new();
    let started = Instant::now();
    for _ in 0..rounds {
        for event in &events {
            bytes.clear();
            canonical::write_object(event, &mut bytes);
            writing += bytes.len();
        }
    }
    let write_us = per_event(started.elapsed(), rounds);

    let started = Instant::now();
    for _ in 0..rounds {
        for _ in &events {
            plain += u64::from(sha256(&bytes)[0]);
        }
    }
    let plain_us = per_event(started.elapsed(), rounds);

    println!("members per event    {}", events.first().map_or(0, |event| leaf::members(event).len()));
    println!("bytes per event      {}", writing / rounds as usize / events.len());
    println!("leaf::of_event       {leaf_us:.2} µs  ({:.0} a second on one core)", 1e6 / leaf_us);
    println!("canonical bytes      {write_us:.2} µs");
    println!("one SHA-256 of them  {plain_us:.2} µs");
    std::hint::black_box((leaves, plain));
}
