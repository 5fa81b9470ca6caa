//! Is it alive, is it ready, how is it doing. Numbers only: nothing here names a person or a thing.

use super::AppState;
use crate::{
    error::{Problem, Result},
    jobs,
};
use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

const BUCKETS_MS: [u64; 8] = [5, 20, 50, 100, 300, 1000, 5000, 30_000];

/// What this process has answered so far.
#[derive(Default)]
pub struct Counts {
    by_class: [AtomicU64; 6],
    took: [AtomicU64; BUCKETS_MS.len()],
    took_sum_us: AtomicU64,
    problems: Mutex<BTreeMap<&'static str, u64>>,
}

impl Counts {
    pub fn request(&self, status: u16, took: Duration) {
        self.by_class[usize::from(status / 100).min(5)].fetch_add(1, Relaxed);
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if let Some(bucket) = BUCKETS_MS.iter().position(|b| ms <= *b) {
            self.took[bucket].fetch_add(1, Relaxed);
        }
        self.took_sum_us.fetch_add(u64::try_from(took.as_micros()).unwrap_or(0), Relaxed);
    }

    pub fn problem(&self, code: &'static str) {
        *self.problems.lock().expect("no holder of this lock panics").entry(code).or_default() += 1;
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "# HELP probity_http_requests_total Requests answered, by status class.\n# TYPE probity_http_requests_total counter");
        let mut total = 0;
        for (class, n) in self.by_class.iter().enumerate().skip(1) {
            let n = n.load(Relaxed);
            total += n;
            let _ = writeln!(out, "probity_http_requests_total{{class=\"{class}xx\"}} {n}");
        }
        let _ = writeln!(out, "# HELP probity_http_request_seconds Time to the head of the answer.\n# TYPE probity_http_request_seconds histogram");
        let mut below = 0;
        for (bucket, n) in BUCKETS_MS.iter().zip(&self.took) {
            below += n.load(Relaxed);
            let _ = writeln!(out, "probity_http_request_seconds_bucket{{le=\"{}\"}} {below}", *bucket as f64 / 1000.0);
        }
        let _ = writeln!(out, "probity_http_request_seconds_bucket{{le=\"+Inf\"}} {total}");
        let _ = writeln!(out, "probity_http_request_seconds_sum {}", self.took_sum_us.load(Relaxed) as f64 / 1e6);
        let _ = writeln!(out, "probity_http_request_seconds_count {total}");
        let _ = writeln!(out, "# HELP probity_problems_total Refusals and errors, by code.\n# TYPE probity_problems_total counter");
        for (code, n) in self.problems.lock().expect("no holder of this lock panics").iter() {
            let _ = writeln!(out, "probity_problems_total{{code=\"{code}\"}} {n}");
        }
        out
    }
}

/// The process answers
#[utoipa::path(get, path = "/healthz", tag = "machine", responses((status = 200)))]
pub async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The database answers and records may be written
#[utoipa::path(get, path = "/readyz", tag = "machine", responses((status = 200), (status = 503)))]
pub async fn readyz(State(app): State<AppState>) -> Result<Json<Value>> {
    if let Some(why) = app.company.write_stop() {
        return Err(Problem::new(503, "log_behind", why.zh, why.en).into());
    }
    if jobs::pending(app.company.store.read(), app.company.now()).await.is_err() {
        return Err(Problem::new(503, "database_away", "数据库没有应答，请检查它是否在运行。", "The database does not answer; check that it runs.")
            .retry_after(5)
            .into());
    }
    Ok(Json(json!({ "status": "ready", "engine": app.company.store.engine() })))
}

/// Numbers for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "machine", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn metrics(State(app): State<AppState>) -> Result<Response> {
    let mut out = app.counts.text();
    let size = *app.company.committed.borrow();
    let (waiting, failed) = jobs::pending(app.company.store.read(), app.company.now()).await?;
    for (name, help, value) in [
        ("probity_log_size", "Records in the log, as of this process's last commit.", size.unsigned_abs()),
        ("probity_jobs_waiting", "Jobs due, at work or to be tried again.", waiting),
        ("probity_jobs_failed", "Jobs given up.", failed),
        ("probity_writes_stopped", "1 while the log refuses to grow.", u64::from(app.company.write_stop().is_some())),
    ] {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
    }
    let _ = writeln!(
        out,
        "# HELP probity_info The version that runs.\n# TYPE probity_info gauge\nprobity_info{{version=\"{}\",engine=\"{}\"}} 1",
        env!("CARGO_PKG_VERSION"),
        app.company.store.engine()
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response())
}
