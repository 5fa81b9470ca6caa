//! `kill -9` at random moments under concurrent ingest: nothing acknowledged is lost, nothing doubled, samples open,
//! fsck is clean. On PostgreSQL also the database server itself is killed, while the server lives on.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    postgres::Cluster,
    server::{Database, Place, engines},
    table::{Line, rounds},
    traffic::{Told, Traffic, assert_kept, listed, random, register},
};
use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_server_killed_under_load() {
    for engine in engines() {
        let mut line = Line::new("kill -9 of the server under ingest", engine);
        let place = Arc::new(Place::new(engine).await);
        let mut server = place.start();
        place.make_token();
        register(&place).await;
        let mut sent = Sent::default();
        for round in 0..rounds(4) {
            let traffic = Traffic::start(&place, &format!("r{round}"), 4);
            tokio::time::sleep(Duration::from_millis(random(700))).await;
            server.kill();
            // Sometimes it is killed again before it has come up.
            if random(3) == 0 {
                let early = place.spawn();
                tokio::time::sleep(Duration::from_millis(random(250))).await;
                early.kill();
            }
            server = place.start();
            tokio::time::sleep(Duration::from_millis(50)).await;
            let told = traffic.finish().await;
            assert_kept(&place, &told).await;
            place.assert_clean();
            sent.take(&told);
            line.rounds += 1;
        }
        sent.compare(&place).await;
        sent.note(&mut line);
        server.stop();
        place.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_server_killed_under_load() {
    if engines().len() < 2 {
        return;
    }
    let Some(cluster) = Cluster::start() else { return };
    let mut line = Line::new("PostgreSQL killed under ingest", "postgresql");
    let cluster = Arc::new(cluster);
    cluster.sql("postgres", "CREATE DATABASE company");
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let place = Arc::new(Place::at(dir, data, Database::Own(cluster.clone(), cluster.url("company"))));
    let mut server = place.start();
    place.make_token();
    register(&place).await;
    let mut sent = Sent::default();
    for round in 0..rounds(2).min(10) {
        let traffic = Traffic::start(&place, &format!("p{round}"), 4);
        tokio::time::sleep(Duration::from_millis(100 + random(600))).await;
        cluster.crash();
        tokio::time::sleep(Duration::from_millis(random(500))).await;
        // While the database is away, pages and reads are told so in words.
        let (status, answer) = place.ask(reqwest::Method::GET, "/api/v1/records", None).await;
        assert_eq!((status, answer["code"].as_str()), (503, Some("database_away")), "{answer}");
        cluster.up();
        place.ready(Duration::from_secs(30)).await;
        let told = traffic.finish().await;
        assert!(server.is_alive());
        assert_kept(&place, &told).await;
        place.assert_clean();
        sent.take(&told);
        line.rounds += 1;
    }
    sent.compare(&place).await;
    sent.note(&mut line);
    server.stop();
    place.assert_clean();
}

/// What was sent and acknowledged in all rounds.
#[derive(Default)]
struct Sent {
    acknowledged: HashSet<(String, String)>,
    files: usize,
    unanswered: u64,
    later: u64,
}

impl Sent {
    fn take(&mut self, told: &Told) {
        self.acknowledged.extend(told.records.lock().unwrap().iter().map(|(name, (_, id))| (name.clone(), id.clone())));
        self.files += told.files.lock().unwrap().len();
        self.unanswered += told.unanswered.load(SeqCst);
        self.later += told.later.load(SeqCst);
    }

    /// The log has exactly what was acknowledged: every client went on until it had an answer.
    async fn compare(&self, place: &Place) {
        let listed: HashSet<(String, String)> = listed(place).await.into_iter().collect();
        let lost = self.acknowledged.difference(&listed).count();
        let more = listed.difference(&self.acknowledged).count();
        assert_eq!((lost, more), (0, 0), "lost, and there without having been acknowledged");
    }

    fn note(&self, line: &mut Line) {
        line.note(format!("{} records and {} files acknowledged, 0 lost, 0 doubled", self.acknowledged.len(), self.files));
        line.note(format!("{} requests cut off, {} told “later”", self.unanswered, self.later));
    }
}
