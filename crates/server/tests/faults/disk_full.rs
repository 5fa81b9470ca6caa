//! No room left: 507 and a sentence with the next step, nothing torn, reads go on, and when there is room again the
//! server goes on by itself. For the database, for the files, and for PostgreSQL's tablespace.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    postgres::Cluster,
    server::{Database, Place, SmallDisk, engines},
    table::{Line, rounds},
    traffic::{Traffic, assert_kept, event, listed, photo, random, register, sha256},
};
use serde_json::Value;
use std::{
    path::Path,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

/// A small disk to fill, or the reason why there is none here, said in the table.
fn disk(at: &Path, line: &mut Line) -> Option<SmallDisk> {
    // SQLite's write-ahead file takes 33 MiB of it and keeps them, and ten rounds write nearly as much: with less, the disk
    // is full at the end whatever is taken off it.
    match SmallDisk::mount(at, 96) {
        Ok(disk) => Some(disk),
        Err(why) => {
            line.note(format!("NOT DONE: a small file system cannot be mounted here ({why}); run as root"));
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_folder_is_full() {
    let mut line = Line::new("data folder full (database and files)", "sqlite");
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("small");
    let Some(disk) = disk(&data, &mut line) else { return };
    let place = Arc::new(Place::at(dir, data, Database::File));
    full_and_free_again(&place, &disk, true, &mut line).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_folder_is_full() {
    for engine in engines() {
        let mut line = Line::new("files' folder full", engine);
        let mut place = Place::new(engine).await;
        let small = place.dir.path().join("small");
        let Some(disk) = disk(&small, &mut line) else { return };
        place.set("PROBITY_BLOBS_URL", small.join("blobs").display().to_string());
        let place = Arc::new(place);
        full_and_free_again(&place, &disk, false, &mut line).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tablespace_is_full() {
    if engines().len() < 2 {
        return;
    }
    let Some(cluster) = Cluster::start() else { return };
    let mut line = Line::new("tablespace full", "postgresql");
    let dir = tempfile::tempdir().unwrap();
    // PostgreSQL's user must be able to reach the mount.
    assert!(std::process::Command::new("chmod").arg("755").arg(dir.path()).status().unwrap().success());
    let small = dir.path().join("small");
    let Some(disk) = disk(&small, &mut line) else { return };
    let space = small.join("space");
    std::fs::create_dir(&space).unwrap();
    cluster.own(&space);
    cluster.sql("postgres", &format!("CREATE TABLESPACE small LOCATION '{}'", space.display()));
    cluster.sql("postgres", "CREATE DATABASE company TABLESPACE small");
    let cluster = Arc::new(cluster);
    let data = dir.path().join("data");
    let place = Arc::new(Place::at(dir, data, Database::Own(cluster.clone(), cluster.url("company"))));
    full_and_free_again(&place, &disk, true, &mut line).await;
}

/// `database` says whether the database lies on the disk, so that records are refused too.
async fn full_and_free_again(place: &Arc<Place>, disk: &SmallDisk, database: bool, line: &mut Line) {
    let mut server = place.start();
    place.make_token();
    register(place).await;
    let mut refused = 0;
    for round in 0..rounds(2).min(10) {
        let traffic = Traffic::start(place, &format!("f{round}"), 3);
        traffic.acknowledged(200).await;
        let filler = disk.fill();
        let batch: Vec<Value> = (0..300).map(|i| event(&format!("x{round}-{i}"), random(1 << 20))).collect();
        let answer = until_refused(place, database, round, &batch).await;
        assert_eq!(answer["code"], "disk_full");
        for word in ["Make room", "again"] {
            assert!(answer["detail"].as_str().unwrap().contains(word), "{answer}");
        }
        // What only reads goes on.
        place.get("/api/v1/records?limit=5").await;
        place.get("/api/v1/alerts?limit=5").await;
        place.get("/api/v1/log").await;
        assert!(server.is_alive());
        tokio::time::sleep(Duration::from_millis(300 + random(1500))).await;
        std::fs::remove_file(filler).unwrap();
        // No restart and no command: the same again is accepted.
        let (status, answer) = place.send(&batch).await.unwrap();
        assert_eq!(status, 200, "there is room again: {answer}");
        let told = traffic.finish().await;
        refused += told.later.load(SeqCst);
        let size = place.get("/api/v1/log").await["size"].as_u64().unwrap();
        place.published(size).await;
        assert_kept(place, &told).await;
        let on_the_log = place.published(listed(place).await.len() as u64).await.0;
        assert!(on_the_log > 0);
        place.assert_clean();
        line.rounds += 1;
    }
    line.note(format!("507 with the next step ({refused} in the load alone), nothing torn, accepted again by itself"));
    server.stop();
    place.assert_clean();
}

/// Sends until the disk is felt: a few pages may still have had room.
async fn until_refused(place: &Place, database: bool, round: u32, batch: &[Value]) -> Value {
    for i in 0..200 {
        let (status, answer) = if database && i % 2 == 0 {
            let fresh: Vec<Value> = batch.iter().enumerate().map(|(n, event)| renamed(event, &format!("y{round}-{i}-{n}"))).collect();
            place.send(&fresh).await.unwrap()
        } else {
            let bytes = photo(random(1 << 40)).repeat(200);
            let request = place.request(reqwest::Method::PUT, &format!("/api/v1/blobs/{}", sha256(&bytes))).header("accept-language", "en").body(bytes);
            super::server::answer(request.send().await.unwrap()).await
        };
        match status {
            507 if !database || i % 2 == 0 => return english(place, answer, database, batch).await,
            200 | 201 | 507 => {}
            other => panic!("{other} {answer}"),
        }
    }
    panic!("the disk is full and nothing was refused");
}

/// The refusal in English, where it came in Chinese.
async fn english(place: &Place, answer: Value, database: bool, batch: &[Value]) -> Value {
    if !database {
        return answer;
    }
    let request = place.request(reqwest::Method::POST, "/api/v1/records").header("accept-language", "en");
    let fresh: Vec<Value> = batch.iter().enumerate().map(|(n, event)| renamed(event, &format!("z-{n}-{}", random(1 << 40)))).collect();
    let request = request.header("content-type", "application/cloudevents-batch+json").body(serde_json::to_vec(&fresh).unwrap());
    let (status, answer) = super::server::answer(request.send().await.unwrap()).await;
    assert_eq!(status, 507, "{answer}");
    answer
}

fn renamed(event: &Value, id: &str) -> Value {
    let mut event = event.clone();
    event["id"] = id.into();
    event
}
