//! An evidence package of 10,000 records: asked for over HTTP, followed by its own progress, fetched, and checked by
//! `probity-verify`, with the memory that its typesetters take.

use crate::{
    Plan, filled,
    filled::Filled,
    report::{Row, Unit, median},
    serve::{Served, binary},
};
use anyhow::{Context, Result, bail, ensure};
use probity_server::documents::catalogue::PART;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

const ITEMS: usize = 10_000;
/// What the job reports before and after the parts of the PDF.
const GATHERED: i64 = 40;
const TYPESET: i64 = 85;

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let (records, items, rounds) = if plan.short { (20_000, 1_000, 1) } else { (1_000_000, ITEMS, 3) };
    let Filled { server, about } = filled::take(plan, records).await?;
    let case = case_with(&server, &about.busy[0], items).await?;
    let (mut plain, mut pdf, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    let (mut children, mut grown, mut bytes) = (0.0_f64, 0.0_f64, 0);
    let file = tempfile::NamedTempFile::new()?;
    for _ in 0..rounds {
        server.quiet().await?;
        let before = server.resident_mib()?;
        let made = make(&server, &case).await?;
        plain.push(made.plain);
        pdf.push(made.pdf);
        children = children.max(made.children_mib);
        grown = grown.max(made.own_mib - before);
        bytes = made.zip.len();
        std::fs::write(file.path(), &made.zip)?;
        for _ in 0..3 {
            let began = Instant::now();
            let checked = Command::new(binary("probity-verify")?).arg(file.path()).output()?;
            checks.push(began.elapsed().as_secs_f64());
            let said = String::from_utf8_lossy(&checked.stdout);
            ensure!(checked.status.success() && said.contains(&format!("{items} items")), "the package does not verify: {said}");
        }
    }
    filled::give_back(Filled { server, about });
    let what = |part: &str| format!("package of {} items: {part}", crate::curve::plain(items as f64));
    let row = |part: &str, samples: Vec<f64>, reach: f64, aim: f64, note: String| Row {
        what: what(part),
        figure: median(&samples),
        unit: Unit::Seconds,
        reach: Some(reach),
        aim: Some(aim),
        note,
        samples,
    };
    let memory = Row {
        what: what("memory of the typesetters together"),
        figure: children,
        unit: Unit::Mebibytes,
        reach: Some(512.0),
        aim: None,
        note: "the most at any moment, of all children".into(),
        samples: Vec::new(),
    };
    Ok(vec![
        row("build without PDF", plain, 5.0, 2.0, format!("{:.1} MB zip; the server grew by {grown:.0} MiB meanwhile", bytes as f64 / 1e6)),
        row("PDF parts", pdf, 15.0, 8.0, format!("{} parts of at most {PART}", items.div_ceil(PART))),
        memory,
        row("verify", checks, 2.0, 0.5, "probity-verify, the whole process".into()),
    ])
}

/// A case about somebody with so many of their records.
async fn case_with(server: &Served, employee: &str, items: usize) -> Result<String> {
    let mut records: Vec<Value> = Vec::with_capacity(items);
    let mut cursor = String::new();
    while records.len() < items {
        let page = server.get(&format!("/api/v1/records?employee={employee}&limit=500{cursor}")).await?;
        records.extend(page["items"].as_array().context("a list of records")?.iter().map(|r| r["id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    if records.len() < items {
        // A small company has nobody with so many: whoever's they are.
        let page = server.get("/api/v1/records?limit=500").await?;
        records.extend(page["items"].as_array().context("a list of records")?.iter().map(|r| r["id"].clone()));
    }
    records.truncate(items);
    let case = json!({ "employee": employee, "title": "全量证据", "reason": "量一量一个大证据包", "records": records.iter().take(1000).collect::<Vec<_>>() });
    let opened = server.ask(Method::POST, "/api/v1/cases", Some(&case)).await?;
    let id = opened["id"].as_str().context("a case has an id")?.to_owned();
    for part in records.chunks(1000).skip(1) {
        server.ask(Method::POST, &format!("/api/v1/cases/{id}/records"), Some(&json!({ "records": part, "reason": "全量" }))).await?;
    }
    Ok(id)
}

struct Made {
    plain: f64,
    pdf: f64,
    children_mib: f64,
    own_mib: f64,
    zip: Vec<u8>,
}

async fn make(server: &Served, case: &str) -> Result<Made> {
    let done = Arc::new(AtomicBool::new(false));
    let most = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let watching = watch(server.pid(), done.clone(), most.clone());
    let began = Instant::now();
    let asked = server.ask(Method::POST, &format!("/api/v1/cases/{case}/packages"), Some(&json!({ "reason": "量一量" }))).await?;
    let url = format!("{}{}", server.url, asked["href"].as_str().context("a package has an address")?);
    let (mut gathered, mut typeset) = (None, None);
    let zip = loop {
        let answer = server.http.get(&url).bearer_auth(&server.token).send().await?;
        match answer.status() {
            StatusCode::OK => break answer.bytes().await?.to_vec(),
            StatusCode::ACCEPTED => {}
            other => bail!("the package: {other}: {}", answer.text().await?),
        }
        let state: Value = answer.json().await?;
        let progress = state["progress"].as_i64().unwrap_or(0);
        if progress >= GATHERED {
            gathered.get_or_insert_with(|| began.elapsed());
        }
        if progress >= TYPESET {
            typeset.get_or_insert_with(|| began.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let whole = began.elapsed();
    done.store(true, Ordering::Relaxed);
    watching.join().map_err(|_| anyhow::anyhow!("the watcher panicked"))?;
    let (gathered, typeset) = (gathered.unwrap_or(whole), typeset.unwrap_or(whole));
    let pdf = typeset.saturating_sub(gathered);
    let mib = |kib: &AtomicU64| kib.load(Ordering::Relaxed) as f64 / 1024.0;
    Ok(Made { plain: (whole - pdf).as_secs_f64(), pdf: pdf.as_secs_f64(), children_mib: mib(&most.0), own_mib: mib(&most.1), zip })
}

/// Looks every 20 ms at what the server's children and the server itself hold, in KiB.
fn watch(pid: u32, done: Arc<AtomicBool>, most: Arc<(AtomicU64, AtomicU64)>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        while !done.load(Ordering::Relaxed) {
            let all: u64 = children(pid).into_iter().filter_map(resident_kib).sum();
            most.0.fetch_max(all, Ordering::Relaxed);
            most.1.fetch_max(resident_kib(pid).unwrap_or(0), Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(20));
        }
    })
}

fn children(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().filter_map(|p| p.parse().ok()).collect::<Vec<u32>>())
        .collect()
}

fn resident_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}
