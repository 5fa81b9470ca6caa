//! How the figures grow with the number of records, and the picture of it (`docs/growth.svg`). What a person waits for
//! must not depend on how much the company has recorded; a pass over everything may grow with it and no faster.

use crate::{
    Plan, another,
    chains::Times,
    curve::{self, Curve, plain},
    filled::{self, Filled},
    page,
    report::{Row, Unit, percentile},
};
use anyhow::{Context, Result, ensure};
use std::{path::Path, time::Instant};

/// A figure that grows with this much more than it may is reported as such: the noise of one run stays below it.
const SLACK: f64 = 0.15;

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let sizes: &[usize] = match (plan.short, plan.large) {
        (true, _) => &[4_000, 16_000],
        (_, false) => &[10_000, 100_000, 1_000_000],
        (_, true) => &[10_000, 100_000, 1_000_000, 10_000_000],
    };
    let curve = |name: &str, unit, may| Curve { name: name.to_owned(), unit, points: Vec::new(), none: Vec::new(), may };
    let mut ingest = curve("Ingest, one record · 收录一条", "microseconds, everything that follows from it included", 0.0);
    let mut work = curve("Work of one record · 收录一条所用的处理器时间", "microseconds of processor time, everything included", 0.0);
    let mut chains = curve("Chains of one employee · 一人的证据链", "milliseconds, p99", 0.0);
    let mut busy = curve("Chains of one with 3 % of all records · 记录占 3 % 的人", "milliseconds, p99", 1.0);
    let mut fsck = curve("probity fsck · 全面核对", "seconds", 1.0);
    let mut queue = curve("Alert queue · 预警列表", "milliseconds, its three requests one after the other, p99", 0.0);
    let mut paint = curve("First paint of the alert queue · 首屏", "milliseconds, cold cache", 0.0);
    let mut disk = curve("On disk · 占用磁盘", "MB, database, tiles and files", 1.0);
    for size in sizes {
        let filled = filled::take(plan, *size).await?;
        let n = *size as f64;
        // A short run judges by the middle: of a few samples the slowest is the machine's.
        let part = if plan.short { 0.5 } else { 0.99 };
        // In so small companies hardly anybody has a story; `chains` has a ratio for them.
        if !plan.short {
            let times = Times::of(&filled).await?;
            chains.add(n, percentile(&times.others, part));
            busy.add(n, percentile(&times.busy, part));
        }
        queue.add(n, percentile(&queue_ms(&filled).await?, part));
        // A company of ten thousand records has no alert whose line could be painted.
        if page::there() && *size >= 100_000 {
            paint.add(n, page::open(&filled, 7).await?.rows);
        }
        let (filled, seconds) = fsck_s(filled).await?;
        fsck.add(n, seconds);
        disk.add(n, bytes_in(filled.server.place.dir.path()) as f64 / 1e6);
        filled::give_back(filled);
    }
    for cost in another::costs(plan, sizes).await? {
        // Of so little work in a short run the clock tells more of the machine.
        if !plan.short {
            ingest.add(cost.records, cost.took);
        }
        work.add(cost.records, cost.work);
    }
    let curves: Vec<Curve> = [ingest, work, chains, busy, fsck, queue, paint, disk].into_iter().filter(|c| !c.points.is_empty()).collect();
    if !plan.short && plan.write.is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/growth.svg"), curve::svg(&curves))?;
    }
    Ok(curves.iter().map(row).collect())
}

fn row(curve: &Curve) -> Row {
    let slope = curve.slope().unwrap_or(0.0);
    let mut points: Vec<String> = curve.none.iter().map(|n| format!("none at {}", plain(*n))).collect();
    points.extend(curve.points.iter().map(|(n, v)| format!("{} at {}", plain(*v), plain(*n))));
    let verdict = if slope > curve.may + SLACK { "; **grows faster than it should**" } else { "" };
    Row {
        what: format!("growth: {}, as a power of the number of records", curve.name),
        figure: slope,
        unit: Unit::Power,
        reach: Some(curve.may + SLACK),
        aim: None,
        note: format!("{} ({}){verdict}", points.join(", "), curve.unit),
        samples: Vec::new(),
    }
}

/// What the alert queue asks for, one after the other.
async fn queue_ms(filled: &Filled) -> Result<Vec<f64>> {
    let mut samples = Vec::new();
    for _ in 0..30 {
        let began = Instant::now();
        for path in ["/api/v1/session", "/api/v1/alerts?status=open&limit=50", "/api/v1/alerts/summary"] {
            filled.server.get(path).await?;
        }
        samples.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(samples)
}

/// `probity fsck` beside the running server, which is at rest.
async fn fsck_s(filled: Filled) -> Result<(Filled, f64)> {
    tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        let said = filled.server.place.run(&["fsck"])?;
        ensure!(said.contains("everything agrees"), "fsck: {said}");
        Ok((filled, began.elapsed().as_secs_f64()))
    })
    .await
    .context("waiting for fsck")?
}

fn bytes_in(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|e| match e.metadata() {
            Ok(m) if m.is_dir() => bytes_in(&e.path()),
            Ok(m) => m.len(),
            Err(_) => 0,
        })
        .sum()
}
