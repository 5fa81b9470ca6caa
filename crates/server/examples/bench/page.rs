//! First paint of the alert queue in a headless Chromium with a cold cache, against the real server and the pages it
//! carries. The browser is driven by `web/e2e/first-paint.ts`, which says what is timed.

use crate::{
    Plan,
    chains::size,
    filled::{self, Filled, LOGIN, PASSWORD},
    report::{Row, Unit},
};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::path::Path;

/// Medians over `times` openings: milliseconds, bytes on the wire.
#[derive(Deserialize)]
pub struct Paint {
    pub times: usize,
    pub first: f64,
    pub largest: f64,
    pub rows: f64,
    pub bytes: f64,
    pub requests: usize,
}

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    if !there() {
        eprintln!("  no Chromium, Node.js or npm packages here: the page is not measured (scripts/setup test installs them)");
        return Ok(Vec::new());
    }
    let filled = filled::take(plan, size(plan)).await?;
    let paint = open(&filled, if plan.short { 3 } else { 15 }).await?;
    let among = crate::curve::plain(filled.about.records as f64);
    filled::give_back(filled);
    let row = |what: &str, figure: f64, unit: Unit, reach: f64, aim: Option<f64>, note: String| Row {
        what: format!("{what} among {among} records, cold cache"),
        figure,
        unit,
        reach: Some(reach),
        aim,
        note,
        samples: Vec::new(),
    };
    let note = format!(
        "median of {}; first contentful paint {:.0} ms, largest {:.0} ms; timed until the first alert's line is painted",
        paint.times, paint.first, paint.largest
    );
    Ok(vec![
        row("first paint of the alert queue", paint.rows, Unit::Milliseconds, 1000.0, Some(500.0), note),
        row(
            "bytes of the alert queue",
            paint.bytes / 1000.0,
            Unit::Kibibytes,
            400.0,
            None,
            format!("{} requests, gzip, headers and data included", paint.requests),
        ),
    ])
}

fn web() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web")
}

/// Whether the browser can be driven here.
pub fn there() -> bool {
    let browser = std::env::var_os("CHROMIUM").is_some()
        || ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].iter().any(|p| Path::new(p).exists());
    browser && web().join("node_modules/playwright-core").exists()
}

pub async fn open(filled: &Filled, times: usize) -> Result<Paint> {
    let output = tokio::process::Command::new("node")
        .args(["--import", "tsx", "e2e/first-paint.ts", &times.to_string()])
        .current_dir(web())
        .env("PROBITY_URL", &filled.server.url)
        .env("PROBITY_LOGIN", LOGIN)
        .env("PROBITY_PASSWORD", PASSWORD)
        .output()
        .await
        .context("starting Node.js")?;
    ensure!(output.status.success(), "the browser: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    Ok(serde_json::from_str(text.lines().last().unwrap_or_default())?)
}
