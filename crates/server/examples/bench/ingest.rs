//! Ingest over HTTP ÷ the same sealed rows bulk-inserted, in alternating rounds: batches of 1,000 messages from four
//! clients at once, each answered after the durable commit.

use crate::{
    Plan,
    messages::{self, Messages, PER_BATCH},
    reference::{PER_TRANSACTION, Reference},
    report::{Row, median},
    serve::{Served, engines},
};
use anyhow::{Result, ensure};
use futures::future::try_join_all;
use probity_server::records::model::record;
use sea_orm::{ColumnTrait, Database, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

pub const CLIENTS: usize = 4;

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let (rounds, batches) = if plan.short { (3, 10) } else { (9, 20) };
    let mut rows = Vec::new();
    for engine in engines() {
        rows.push(on(engine, rounds, batches).await?);
    }
    Ok(rows)
}

async fn on(engine: &'static str, rounds: usize, batches: usize) -> Result<Row> {
    let server = Served::start(engine).await?;
    let mut messages = Messages::new();
    messages::prepare(&server, &messages).await?;
    let mut reference = Reference::open(engine, server.place.dir.path()).await?;
    let database = Database::connect(&server.place.database_url).await?;
    let mut samples = Vec::new();
    let (mut ours, mut theirs, mut work) = (Vec::new(), Vec::new(), Vec::new());
    // The first round fills caches and is thrown away.
    for round in 0..=rounds {
        server.quiet().await?;
        let (first, cpu) = (size(&server).await?, server.cpu()?);
        let count = (batches * PER_BATCH) as f64;
        let took = send(&server, (0..batches).map(|_| messages.batch()).collect()).await?.as_secs_f64();
        server.quiet().await?;
        let each = (server.cpu()? - cpu) / count * 1e6;
        let rows = rows_from(&database, first).await?;
        ensure!(rows.len() >= batches * PER_BATCH, "only {} of {} records are there", rows.len(), batches * PER_BATCH);
        let whole = rows.len() / PER_TRANSACTION * PER_TRANSACTION;
        let plain = reference.insert(&rows[..whole]).await?.as_secs_f64() / whole as f64 * count;
        let (our, their) = (count / took, count / plain);
        eprintln!(
            "  {engine} round {round}: {our:.0} records/s, reference {their:.0} rows/s, ratio {:.3}, server {each:.0} µs of processor a record",
            our / their
        );
        if round > 0 {
            samples.push(our / their);
            ours.push(our);
            theirs.push(their);
            work.push(each);
        }
    }
    let talk = if messages.from_corpora { "corpora" } else { "simulated talk" };
    let note = format!(
        "{:.0} records/s ÷ {:.0} rows/s; {CLIENTS} clients, text from {talk}, {:.0} MiB resident afterwards",
        median(&ours),
        median(&theirs),
        server.resident_mib()?
    );
    database.close().await?;
    Ok(Row::ratio(format!("ingest over HTTP, durable ÷ bulk insert, {engine}"), samples, 0.25, 0.5, note))
}

/// Sends the batches from all clients at once, each taking the next as soon as its last was answered.
pub async fn send(server: &Served, bodies: Vec<axum::body::Bytes>) -> Result<Duration> {
    let queue = Mutex::new(bodies);
    let began = Instant::now();
    try_join_all((0..CLIENTS).map(|_| async {
        loop {
            let next = queue.lock().map_err(|_| anyhow::anyhow!("a client panicked"))?.pop();
            let Some(body) = next else { return anyhow::Ok(()) };
            server.post_batch(body, PER_BATCH).await?;
        }
    }))
    .await?;
    Ok(began.elapsed())
}

async fn size(server: &Served) -> Result<i64> {
    let database = Database::connect(&server.place.database_url).await?;
    let head = probity_server::records::model::head::Entity::find_by_id(1).one(&database).await?;
    database.close().await?;
    Ok(head.map_or(0, |h| h.size))
}

/// The records from this log index on, as they lie sealed.
async fn rows_from(database: &DatabaseConnection, first: i64) -> Result<Vec<record::Model>> {
    Ok(record::Entity::find().filter(record::Column::Idx.gte(first)).order_by_asc(record::Column::Idx).all(database).await?)
}
