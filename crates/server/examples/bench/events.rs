//! From a record that raises an alert to the event at a connected client, while half of what the server can take comes
//! in: the time from the record's answer, and from its sending.

use crate::{
    Plan,
    ingest::send,
    messages::{self, Messages, PER_BATCH, SOURCE},
    report::{Row, Unit, percentile},
    serve::{Served, engines},
};
use anyhow::{Context, Result, ensure};
use futures::StreamExt;
use probity_server::company::{Clock, SystemClock};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// Between two alerts; a sign of one employee a time, so that each raises an alert of its own.
const EVERY: Duration = Duration::from_millis(100);

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let (batches, alerts) = if plan.short { (10, 50) } else { (20, 300) };
    let mut rows = Vec::new();
    for engine in engines() {
        rows.extend(on(engine, batches, alerts).await?);
    }
    Ok(rows)
}

async fn on(engine: &'static str, batches: usize, alerts: usize) -> Result<Vec<Row>> {
    let server = Arc::new(Served::start(engine).await?);
    let mut messages = Messages::new();
    messages::prepare(&server, &messages).await?;
    // Twice, so that the second is the speed of a warm server.
    let mut full = Duration::ZERO;
    for _ in 0..2 {
        full = send(&server, (0..batches).map(|_| messages.batch()).collect()).await?;
        server.quiet().await?;
    }
    let pause = full.div_f64(batches as f64 / 2.0);
    let mut heard = listen(&server).await?;
    let done = Arc::new(AtomicBool::new(false));
    let load = tokio::spawn(load(server.clone(), messages, pause, done.clone()));
    tokio::time::sleep(Duration::from_secs(1)).await;

    let (mut sent, mut answered) = (HashMap::new(), HashMap::new());
    let mut ticker = tokio::time::interval(EVERY);
    for number in 0..alerts {
        ticker.tick().await;
        let employee = format!("E{:04}", 5000 + number);
        let event = telling(&employee, number);
        sent.insert(employee.clone(), Instant::now());
        server.ask(reqwest::Method::POST, "/api/v1/records", Some(&event)).await?;
        answered.insert(employee, Instant::now());
    }
    let mut arrived: HashMap<String, Instant> = HashMap::new();
    while arrived.len() < alerts {
        let (employee, at) = tokio::time::timeout(Duration::from_secs(30), heard.recv()).await.context("every alert is told")?.context("the stream ended")?;
        // Ordinary talk alerts too, now and then.
        if sent.contains_key(&employee) {
            arrived.entry(employee).or_insert(at);
        }
    }
    done.store(true, Ordering::Relaxed);
    let taken = load.await??;
    let since = |from: &HashMap<String, Instant>| -> Vec<f64> {
        from.iter().filter_map(|(e, began)| Some(arrived.get(e)?.saturating_duration_since(*began).as_secs_f64() * 1000.0)).collect()
    };
    let (from_answer, from_send) = (since(&answered), since(&sent));
    ensure!(from_answer.len() == alerts, "an alert was not told");
    let load = format!("under {taken:.0} records/s, half of {:.0}", (batches * PER_BATCH) as f64 / full.as_secs_f64());
    let row = |what: &str, samples: Vec<f64>, part: f64, bound: Option<(f64, f64)>| Row {
        what: format!("{what}, {engine}, p{:.0}", part * 100.0),
        figure: percentile(&samples, part),
        unit: Unit::Milliseconds,
        reach: bound.map(|b| b.0),
        aim: bound.map(|b| b.1),
        note: format!("{load}; p50 {:.1} ms", percentile(&samples, 0.5)),
        samples,
    };
    Ok(vec![row("accepted record → event at a client", from_answer, 0.99, Some((300.0, 100.0))), row("record sent → event at a client", from_send, 0.99, None)])
}

/// What raises an alert by itself.
fn telling(employee: &str, number: usize) -> Value {
    json!({
        "specversion": "1.0", "id": format!("a-{number:06}"), "source": SOURCE, "type": "message.sent", "subject": employee,
        "time": jiff::Timestamp::from_microsecond(SystemClock.now()).map(|t| t.to_string()).unwrap_or_default(),
        "data": {
            "channel": "wecom", "conversation": format!("cva{number}"), "from": { "employee": employee },
            "to": [{ "external": format!("wma{number}"), "name": "李工" }], "text": "这批料别走公司了，飞单给我朋友那边，好处费给你10%", "msgtype": "text",
        },
    })
}

/// A batch every `pause` until told to stop; how many records a second that became.
async fn load(server: Arc<Served>, mut messages: Messages, pause: Duration, done: Arc<AtomicBool>) -> Result<f64> {
    let mut ticker = tokio::time::interval(pause);
    let began = Instant::now();
    let mut under_way = Vec::new();
    while !done.load(Ordering::Relaxed) {
        let body = messages.batch();
        ticker.tick().await;
        let server = server.clone();
        under_way.push(tokio::spawn(async move { server.post_batch(body, PER_BATCH).await }));
    }
    let count = under_way.len() * PER_BATCH;
    for request in under_way {
        request.await??;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

/// Employees of raised alerts, with the moment their event arrived.
async fn listen(server: &Served) -> Result<mpsc::UnboundedReceiver<(String, Instant)>> {
    let answer = server.http.get(format!("{}/api/v1/events", server.url)).bearer_auth(&server.token).send().await?.error_for_status()?;
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut stream = answer.bytes_stream();
        let mut text = Vec::new();
        while let Some(Ok(part)) = stream.next().await {
            let at = Instant::now();
            text.extend_from_slice(&part);
            while let Some(end) = text.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = text.drain(..=end).collect();
                let data = line.strip_prefix(b"data:").and_then(|d| serde_json::from_slice::<Value>(d).ok()).unwrap_or_default();
                if data["change"] == "raised"
                    && let Some(employee) = data["employee"].as_str()
                    && tell.send((employee.to_owned(), at)).is_err()
                {
                    return;
                }
            }
        }
    });
    Ok(heard)
}
