//! The database replaced by an older copy: writes are refused with the reason and the next step, reads go on, fsck
//! says so; with the newest database back in its place everything goes on.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    server::{Database, Place, engines},
    table::Line,
    traffic::{event, register},
};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use std::{path::Path, time::Duration};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_set_back_refuses_writes() {
    for engine in engines() {
        let mut line = Line::new("database rolled back to an older copy", engine);
        let mut place = Place::new(engine).await;
        let elsewhere = tempfile::tempdir().unwrap();
        place.set("PROBITY_CHECKPOINT_DIR", elsewhere.path().display().to_string());
        let server = place.start();
        place.make_token();
        // The source's registration and the token's making are records too.
        register(&place).await;
        send(&place, 0..300).await;
        place.published(302).await;
        server.stop();
        let old = Copy::of(&place, "old").await;

        let server = place.start();
        send(&place, 300..900).await;
        place.published(902).await;
        server.stop();
        let newest = Copy::of(&place, "newest").await;
        place.assert_clean();

        old.put_back(&place).await;
        let mut server = place.start();
        let batch: Vec<Value> = (2000..2010).map(|n| event(&format!("b{n}"), n)).collect();
        let (status, answer) = place.send(&batch).await.unwrap();
        assert_eq!((status, answer["code"].as_str()), (503, Some("log_behind")), "{answer}");
        for part in ["回退", "902", "probity restore"] {
            assert!(answer["detail"].as_str().unwrap().contains(part), "{answer}");
        }
        let (ready, answer) = place.ask(reqwest::Method::GET, "/readyz", None).await;
        assert_eq!((ready, answer["code"].as_str()), (503, Some("log_behind")));
        place.get("/api/v1/records?limit=5").await;
        place.get("/api/v1/alerts").await;
        let shown = place.get("/api/v1/log").await;
        assert!(shown["stopped"]["zh"].as_str().is_some_and(|text| text.contains("回退")), "{shown}");
        let (clean, text) = place.fsck();
        assert!(!clean && text.contains("set back") && text.contains("902"), "{text}");
        // Even when nobody looks for a while it does not begin to write by itself.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(place.send(&batch).await.unwrap().0, 503);
        assert!(server.is_alive());
        server.stop();

        newest.put_back(&place).await;
        let server = place.start();
        assert_eq!(place.send(&batch).await.unwrap().0, 200);
        place.published(912).await;
        server.stop();
        place.assert_clean();
        old.gone().await;
        newest.gone().await;
        line.rounds = 1;
        line.note("writes 503 log_behind naming the 902 published entries; reads 200; fsck exit 1; with the newest back all goes on");
    }
}

async fn send(place: &Place, numbers: std::ops::Range<u64>) {
    let events: Vec<Value> = numbers.map(|n| event(&format!("a{n}"), n)).collect();
    for part in events.chunks(100) {
        let (status, answer) = place.send(part).await.unwrap();
        assert_eq!((status, answer["accepted"].as_u64()), (200, Some(part.len() as u64)), "{answer}");
    }
}

/// A copy of a database that nobody is connected to.
enum Copy {
    Files(tempfile::TempDir),
    Database { server: String, name: String },
}

const FILES: [&str; 3] = ["probity.db", "probity.db-wal", "probity.db-shm"];

impl Copy {
    async fn of(place: &Place, name: &str) -> Self {
        match &place.database {
            Database::Shared(database) => {
                let (server, own) = split(&database.url);
                let copy = format!("{own}_{name}");
                execute(&server, &format!("CREATE DATABASE {copy} TEMPLATE {own}")).await;
                Self::Database { server, name: copy }
            }
            _ => {
                let dir = tempfile::tempdir().unwrap();
                copy(&place.data, dir.path());
                Self::Files(dir)
            }
        }
    }

    async fn put_back(&self, place: &Place) {
        match (self, &place.database) {
            (Self::Database { server, name }, Database::Shared(database)) => {
                let (_, own) = split(&database.url);
                execute(server, &format!("DROP DATABASE {own} WITH (FORCE)")).await;
                execute(server, &format!("CREATE DATABASE {own} TEMPLATE {name}")).await;
            }
            (Self::Files(dir), _) => {
                FILES.iter().for_each(|name| drop(std::fs::remove_file(place.data.join(name))));
                copy(dir.path(), &place.data);
            }
            _ => unreachable!("a copy goes back to where it came from"),
        }
    }

    async fn gone(self) {
        if let Self::Database { server, name } = self {
            execute(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

fn copy(from: &Path, to: &Path) {
    for name in FILES {
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

fn split(url: &str) -> (String, String) {
    let (server, name) = url.rsplit_once('/').unwrap();
    (format!("{server}/postgres"), name.to_owned())
}

async fn execute(server: &str, sql: &str) {
    let db = sea_orm::Database::connect(server).await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}
