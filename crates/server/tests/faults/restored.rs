//! `probity backup` while records come in, `probity restore` with the recovery kit into an empty place, on the same
//! engine and on the other: the same root at the old size, the same answers, a new epoch, and everything goes on.
//! A backup of which anything was changed, taken away or added is refused, naming it.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    flipped::download,
    server::{Place, engines},
    table::Line,
    traffic::{SOURCE, Traffic, assert_kept, event, photo, random, register, sha256},
};
use probity_ledger::{tile, tree};
use probity_simulate::story;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// A company that has told its story, with a package out of the house.
struct Company {
    place: Arc<Place>,
    employee: String,
    records: Vec<String>,
    package: PathBuf,
    fingerprint: String,
    case: String,
    file: String,
}

async fn company(engine: &str) -> (Company, super::server::Server) {
    let place = Arc::new(Place::new(engine).await);
    let server = place.start();
    let fingerprint = server.fingerprint();
    place.make_token();
    register(&place).await;
    let scene = story();
    for source in scene.sources() {
        assert_eq!(place.ask(reqwest::Method::PUT, "/api/v1/sources", Some(&source)).await.0, 200);
    }
    let (status, answer) = place.send(&scene.to_json()).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    let records: Vec<String> = answer["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    let chains = format!("/api/v1/employees/{}/chains", scene.employee);
    for _ in 0..200 {
        if place.get(&chains).await["items"][0]["score"].as_f64().is_some_and(|score| score >= 0.9) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let bytes = photo(7);
    let file = sha256(&bytes);
    assert_eq!(place.request(reqwest::Method::PUT, &format!("/api/v1/blobs/{file}")).body(bytes).send().await.unwrap().status(), 201);
    let case = json!({ "employee": scene.employee, "title": "恒达建材订单转走", "reason": "预警核查", "records": records });
    let case = place.post("/api/v1/cases", &case).await["id"].as_str().unwrap().to_owned();
    let asked = place.post(&format!("/api/v1/cases/{case}/packages"), &json!({ "reason": "提交仲裁", "redact": {} })).await;
    let bytes = download(&place, &format!("/api/v1/packages/{}", asked["id"].as_str().unwrap())).await;
    let package = place.dir.path().join("package.zip");
    std::fs::write(&package, bytes).unwrap();
    (Company { place, employee: scene.employee, records, package, fingerprint, case, file }, server)
}

impl Company {
    /// What people read about the story: none of it may differ after a restore.
    async fn answers(&self, place: &Place) -> Value {
        let mut all = Vec::new();
        for path in [
            format!("/api/v1/alerts?employee={}", self.employee),
            format!("/api/v1/employees/{}/chains", self.employee),
            format!("/api/v1/employees/{}", self.employee),
            format!("/api/v1/records?employee={}&limit=500", self.employee),
            format!("/api/v1/cases/{}", self.case),
            "/api/v1/sources".to_owned(),
            "/api/v1/companies".to_owned(),
        ] {
            let mut answer = place.get(&path).await;
            // Looks and openings made by this test itself come on top of the list.
            if let Some(items) = answer["items"].as_array_mut() {
                items.retain(|item| item["source"].as_str().is_none_or(|source| !source.starts_with("/probity/")));
                // How much came in is another number after the backup.
                items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| {
                    if item.contains_key("registered_at") {
                        item.retain(|name, _| !["records", "last_received_at"].contains(&name.as_str()));
                    }
                });
            }
            if path.contains("/cases/") {
                answer = json!([answer["number"], answer["title"], answer["employee"], answer["records"]]);
            }
            all.push(answer);
        }
        Value::Array(all)
    }

    async fn opened(&self, place: &Place) -> Value {
        let request = json!({ "records": self.records, "case": self.case, "reason": "核对恢复" });
        place.post("/api/v1/records/open", &request).await["items"].take()
    }
}

/// The root of the first `size` leaves, from the published bundles.
async fn root_at(place: &Place, size: u64) -> String {
    place.published(size).await;
    let mut frontier = tree::Frontier::new();
    while frontier.size() < size {
        let index = frontier.size() / 256;
        let width = u16::try_from((size - index * 256).min(256)).unwrap();
        let path = format!("/log/{}", tile::entries_path(index, width));
        let answer = place.request(reqwest::Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let entries = tile::decode_entries(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(entries.len(), usize::from(width));
        entries.iter().for_each(|leaf| frontier.append(tree::leaf_hash(leaf)));
    }
    hex::encode(frontier.root())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_under_ingest_comes_back() {
    for engine in engines() {
        let (company, server) = company(engine).await;
        let place = company.place.clone();
        let kit = place.dir.path().join("kit.json");
        let backup = place.dir.path().join("backup");
        let (ok, text) = place.run(&["key", "export", &kit.display().to_string()]);
        assert!(ok, "{text}");
        let traffic = Traffic::start(&place, "during", 3);
        traffic.acknowledged(300).await;
        let (ok, text) = place.run(&["backup", &backup.display().to_string()]);
        assert!(ok, "{text}");
        let told = traffic.finish().await;
        assert_kept(&place, &told).await;
        let manifest: Value = serde_json::from_slice(&std::fs::read(backup.join("manifest.json")).unwrap()).unwrap();
        let size = manifest["size"].as_u64().unwrap();
        let now = place.get("/api/v1/log").await["size"].as_u64().unwrap();
        assert!(now >= size && size > 300, "the backup was made while records came in: {size} of {now}");
        let root = root_at(&place, size).await;
        assert_eq!(root, manifest["root"].as_str().unwrap());
        let (answers, opened) = (company.answers(&place).await, company.opened(&place).await);

        for target in engines() {
            let mut line = Line::new("backup under ingest, restore", &format!("{engine} → {target}"));
            let new = Arc::new(Place::new(target).await);
            let (ok, text) = new.run(&["restore", &backup.display().to_string(), "--kit", &kit.display().to_string()]);
            assert!(ok, "{text}");
            let again = new.run(&["restore", &backup.display().to_string(), "--kit", &kit.display().to_string()]);
            assert!(!again.0, "never over another");
            new.assert_clean();
            let server = new.start();
            new.make_token();
            assert_eq!(root_at(&new, size).await, root, "the same root at the old size");
            let log = new.get("/api/v1/log").await;
            assert_eq!(log["epoch"], 2);
            assert_ne!(log["origin"], manifest["origin"]);
            for (now, before) in company.answers(&new).await.as_array().unwrap().iter().zip(answers.as_array().unwrap()) {
                assert_eq!(now, before, "the same answers");
            }
            assert_eq!(company.opened(&new).await, opened, "the same content");
            let open = json!({ "case": company.case, "reason": "核对恢复" });
            let (status, _) = new.ask(reqwest::Method::POST, &format!("/api/v1/blobs/{}/open", company.file), Some(&open)).await;
            assert_eq!(status, 404, "a file no record of the case names stays shut");
            // The other side's package holds under the old key, and does not under the new one.
            let file = company.package.display().to_string();
            assert!(new.run(&["verify", &file, "--key", &company.fingerprint]).0);
            assert!(!new.run(&["verify", &file, "--key", log["fingerprint"].as_str().unwrap()]).0);
            // What was acknowledged after the backup is sent again by its source and gets its place; what is in it is a repeat.
            let events: Vec<Value> = told.records.lock().unwrap().values().map(|(event, _)| event.clone()).collect();
            let (mut accepted, mut duplicates) = (0, 0);
            for part in events.chunks(2000) {
                let (status, answer) = new.send(part).await.unwrap();
                assert_eq!(status, 200, "{answer}");
                accepted += answer["accepted"].as_u64().unwrap();
                duplicates += answer["duplicates"].as_u64().unwrap();
            }
            assert_eq!(accepted + duplicates, events.len() as u64);
            let more = Traffic::start(&new, "after", 2);
            more.acknowledged(100).await;
            let more = more.finish().await;
            assert_kept(&new, &more).await;
            let grown = new.get("/api/v1/log").await["size"].as_u64().unwrap();
            new.published(grown).await;
            assert_eq!(root_at(&new, size).await, root);
            server.stop();
            new.assert_clean();
            line.rounds = 1;
            line.note(format!("{size} entries, same root, answers and content; epoch 2; {duplicates} repeats, {accepted} sent again after it"));
        }
        server.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_backup_is_refused_and_named() {
    for engine in engines() {
        let mut line = Line::new("altered backup", engine);
        let (company, server) = company(engine).await;
        let place = &company.place;
        let events: Vec<Value> = (0..300).map(|n| event(&format!("b{n}"), n)).collect();
        assert_eq!(place.send(&events).await.unwrap().0, 200);
        let (kit, backup) = (place.dir.path().join("kit.json"), place.dir.path().join("backup"));
        assert!(place.run(&["key", "export", &kit.display().to_string()]).0);
        assert!(place.run(&["backup", &backup.display().to_string()]).0);
        server.stop();
        let new = Place::new(engine).await;
        let refused = |names: &str| {
            let (ok, text) = new.run(&["restore", &backup.display().to_string(), "--kit", &kit.display().to_string()]);
            assert!(!ok && text.contains(names), "{names}: {text}");
            assert!(!new.data.join("keys.json").exists(), "nothing was written");
        };
        let mut files = Vec::new();
        walk(&backup, &backup, &mut files);
        assert!(files.len() > 20, "{files:?}");
        for name in &files {
            let path = backup.join(name);
            let good = std::fs::read(&path).unwrap();
            // The manifest's own files are named as such; an empty table has one byte at least in its frame.
            let word = if name.starts_with("manifest.") { "manifest" } else { name };
            let mut bad = good.clone();
            let at = usize::try_from(random(bad.len() as u64)).unwrap();
            bad[at] ^= 1 << random(8);
            std::fs::write(&path, &bad).unwrap();
            refused(word);
            std::fs::remove_file(&path).unwrap();
            refused(word);
            std::fs::write(&path, &good).unwrap();
        }
        std::fs::write(backup.join("tables/more.ndjson.zst"), b"x").unwrap();
        refused("tables/more.ndjson.zst");
        std::fs::remove_file(backup.join("tables/more.ndjson.zst")).unwrap();
        let other = Place::new("sqlite").await;
        let foreign = place.dir.path().join("foreign.json");
        // Another company, with keys of its own.
        assert!(other.run(&["token", "create", "--name", "x", "--scope", "read"]).0);
        assert!(other.run(&["key", "export", &foreign.display().to_string()]).0);
        let (ok, text) = new.run(&["restore", &backup.display().to_string(), "--kit", &foreign.display().to_string()]);
        assert!(!ok && text.contains("other keys"), "{text}");
        // Untouched again, it is accepted.
        let (ok, text) = new.run(&["restore", &backup.display().to_string(), "--kit", &kit.display().to_string()]);
        assert!(ok, "{text}");
        let server = new.start();
        new.make_token();
        assert_eq!(new.get(&format!("/api/v1/records?source={SOURCE}&limit=500")).await["items"].as_array().unwrap().len(), 300);
        server.stop();
        line.rounds = u32::try_from(files.len()).unwrap();
        line.note(format!("{} files, each with one byte flipped and taken away, one added, another's kit: all refused and named", files.len()));
    }
}

fn walk(root: &Path, dir: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().display().to_string());
        }
    }
}
