//! One flipped byte, wherever it is: fsck (or the verifier, for an exported package) exits 1 and names what was hit.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    server::{Place, engines},
    table::{Line, rounds},
    traffic::{event, photo, random, register, sha256},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use std::{
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

/// Where a byte lies in the database, and the word fsck must name it by.
struct Cell {
    table: &'static str,
    column: &'static str,
    which: &'static str,
    named: &'static str,
}

const CELLS: [Cell; 8] = [
    Cell { table: "records", column: "sealed", which: "idx = 17", named: "rec_17 " },
    Cell { table: "records", column: "leaf", which: "idx = 301", named: "rec_301 " },
    Cell { table: "records", column: "fingerprint", which: "idx = 44", named: "rec_44 " },
    Cell { table: "record_subjects", column: "wrap", which: "idx = 60 AND subject LIKE 'e:%'", named: "rec_60 " },
    Cell { table: "log_head", column: "root", which: "id = 1", named: "log_head" },
    Cell { table: "log_head", column: "frontier", which: "id = 1", named: "log_head" },
    Cell { table: "log_checkpoints", column: "root", which: "size = (SELECT MAX(size) FROM log_checkpoints)", named: "checkpoint of" },
    Cell { table: "quarantine", column: "body", which: "body IS NOT NULL", named: "quarantine" },
];

#[tokio::test(flavor = "multi_thread")]
async fn one_flipped_byte_is_named() {
    for engine in engines() {
        let mut line = Line::new("a flipped byte", engine);
        let (place, package, told) = filled(engine).await;
        place.assert_clean();
        let mut named = Vec::new();
        let db = sea_orm::Database::connect(place.setting("PROBITY_DATABASE_URL")).await.unwrap();
        for cell in &CELLS {
            flip_cell(&db, cell).await;
            assert_named(&place, cell.named, cell.column);
            flip_cell(&db, cell).await;
            named.push(cell.column);
        }
        // The key of a person: everything about that person stays shut, and each record says so.
        let key = Cell { table: "subject_keys", column: "wrapped", which: "subject = 'e:E005'", named: "rec_" };
        flip_cell(&db, &key).await;
        assert_named(&place, key.named, key.column);
        flip_cell(&db, &key).await;
        // A text, not bytes: the row says another kind, another employee than what is sealed.
        for (column, good) in [("kind", "message.sent"), ("employee", "E006")] {
            let sql = |value: &str| format!("UPDATE records SET {column} = '{value}' WHERE source_id = 'f6'");
            db.execute_unprepared(&sql("E999")).await.unwrap();
            assert_named(&place, &format!("{} ", told.0), column);
            db.execute_unprepared(&sql(good)).await.unwrap();
        }
        db.close().await.unwrap();
        place.assert_clean();
        line.note(format!("database: {}, a person's key, kind, employee", named.join(", ")));
        files(&place, &mut line);
        exported(&place, &package, &mut line);
        place.assert_clean();
        line.rounds = 1;
    }
}

/// Each kind of file, one flipped byte in it.
fn files(place: &Place, line: &mut Line) {
    let blobs = place.data.join("blobs");
    let checkpoints = PathBuf::from(place.setting("PROBITY_CHECKPOINT_DIR"));
    let mut kinds = Vec::new();
    for folder in ["blobs", "packages", "imports", "log/tile/0", "log/tile/entries", "log/edge"] {
        let path = first_file(&blobs.join(folder)).unwrap_or_else(|| panic!("no file below {folder}"));
        let good = flip_file(&path);
        let name = path.strip_prefix(&blobs).unwrap().display().to_string();
        assert_named(place, &name, folder);
        std::fs::write(&path, good).unwrap();
        kinds.push(folder);
    }
    let path = checkpoints.join("checkpoint");
    let good = flip_file(&path);
    assert_named(place, &checkpoints.display().to_string(), "the checkpoint folder");
    std::fs::write(&path, good).unwrap();
    line.note(format!("files: {}, checkpoint folder", kinds.join(", ")));
}

/// A package in the other side's hands: each of its files, one byte.
fn exported(place: &Place, package: &[u8], line: &mut Line) {
    let path = place.dir.path().join("package.zip");
    std::fs::write(&path, package).unwrap();
    let file = path.display().to_string();
    let (good, text) = place.run(&["verify", &file]);
    assert!(good, "{text}");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(package)).unwrap();
    let mut hit = 0;
    for i in 0..archive.len() {
        let entry = archive.by_index(i).unwrap();
        let (name, start, size) = (entry.name().unwrap().into_owned(), entry.data_start().unwrap(), entry.compressed_size());
        drop(entry);
        let unpacked = |package: &[u8]| {
            let mut content = Vec::new();
            zip::ZipArchive::new(std::io::Cursor::new(package)).ok()?.by_index(i).ok()?.read_to_end(&mut content).ok()?;
            Some(content)
        };
        // The last byte of a packed file may end in bits that stand for nothing: with one of them turned the file is the same.
        let bad = loop {
            let mut bad = package.to_vec();
            bad[usize::try_from(start + random(size)).unwrap()] ^= 0x10;
            if unpacked(&bad) != unpacked(package) {
                break bad;
            }
        };
        std::fs::write(&path, &bad).unwrap();
        let (good, text) = place.run(&["verify", &file]);
        assert!(!good && text.contains(&name), "{name}: {text}");
        hit += 1;
    }
    line.note(format!("package: each of {hit} files named by probity verify"));
}

/// SQLite has no checksums of its own, so here any byte of the file itself is flipped: what the log stands on must be
/// named; what can be made again from the records (lists, alerts) is only counted.
#[tokio::test(flavor = "multi_thread")]
async fn any_byte_of_the_database_file() {
    let mut line = Line::new("a flipped byte anywhere in the file", "sqlite");
    let (place, _, _) = filled("sqlite").await;
    let file = place.data.join("probity.db");
    let url = place.setting("PROBITY_DATABASE_URL").to_owned();
    // Everything out of the write-ahead log and into the file.
    let db = sea_orm::Database::connect(&url).await.unwrap();
    db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    db.close().await.unwrap();
    let good = std::fs::read(&file).unwrap();
    let truth = held(&url).await.unwrap();
    let (mut named, mut held_same, mut unnamed) = (0, 0, Vec::new());
    for _ in 0..rounds(12).min(200) {
        let at = usize::try_from(random(good.len() as u64)).unwrap();
        let mut bad = good.clone();
        bad[at] ^= 1 << random(8);
        std::fs::write(&file, &bad).unwrap();
        ["probity.db-wal", "probity.db-shm"].iter().for_each(|name| drop(std::fs::remove_file(place.data.join(name))));
        let same = held(&url).await.is_some_and(|now| now == truth);
        std::fs::write(&file, &bad).unwrap();
        let (clean, text) = place.fsck();
        assert!(!text.contains("panicked"), "{text}");
        if !clean {
            named += 1;
        } else if same {
            held_same += 1;
        } else {
            unnamed.push(at);
        }
        line.rounds += 1;
    }
    std::fs::write(&file, &good).unwrap();
    line.note(format!("{named} named, {held_same} in free space or in what follows from the records, {} of the log itself unnamed", unnamed.len()));
    assert_eq!(unnamed, Vec::<usize>::new(), "the log's own tables read differently and fsck is silent");
    place.assert_clean();
}

/// What the log stands on, as read; `None` where it cannot be read at all.
async fn held(url: &str) -> Option<Vec<Vec<u8>>> {
    let db = sea_orm::Database::connect(url).await.ok()?;
    let mut all = Vec::new();
    for (table, columns, order) in [
        ("records", "idx || source || source_id || kind || at || received_at || coalesce(employee, '') || hex(fingerprint) || hex(leaf) || hex(sealed)", "idx"),
        ("record_subjects", "subject || at || idx || kind || coalesce(hex(wrap), '')", "subject, at, idx"),
        ("subject_keys", "subject || coalesce(hex(wrapped), '')", "subject"),
        ("log_head", "size || hex(frontier) || hex(root)", "id"),
        ("log_epochs", "epoch || origin || vkey || first_index", "epoch"),
        ("log_checkpoints", "epoch || size || hex(root) || note", "epoch, size"),
    ] {
        let sql = format!("SELECT CAST({columns} AS BLOB) AS line FROM {table} ORDER BY {order}");
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
        let Ok(rows) = rows else {
            let _ = db.close().await;
            return None;
        };
        all.extend(rows.iter().map(|row| row.try_get::<Vec<u8>>("", "line").unwrap_or_default()));
    }
    db.close().await.ok()?;
    Some(all)
}

/// A stopped company with everything in it that can be hit, an exported package, and the records of two messages.
async fn filled(engine: &str) -> (Place, Vec<u8>, (String, String)) {
    let mut place = Place::new(engine).await;
    let checkpoints = place.dir.path().join("checkpoints").display().to_string();
    place.set("PROBITY_CHECKPOINT_DIR", checkpoints);
    let server = place.start();
    place.make_token();
    register(&place).await;
    let events: Vec<Value> = (0..600).map(|n| event(&format!("f{n}"), n)).collect();
    let mut ids = Vec::new();
    for part in events.chunks(200) {
        let (status, answer) = place.send(part).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        ids.extend(answer["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()));
    }
    let told = (ids[6].clone(), ids[29].clone());
    let bytes = photo(1);
    let put = place.request(reqwest::Method::PUT, &format!("/api/v1/blobs/{}", sha256(&bytes))).body(bytes).send().await.unwrap();
    assert_eq!(put.status(), 201);
    let (status, answer) = place.upload("a.csv", "客户,负责人\nC1,E1\n".as_bytes()).await;
    assert_eq!(status, 201, "{answer}");
    let (_, turned) = place.send(&[json!({ "specversion": "1.0", "id": "bad", "source": "/faults/main", "type": "no.such", "data": {} })]).await.unwrap();
    assert_eq!(turned["quarantined"].as_array().unwrap().len(), 1, "{turned}");
    let case = place.post("/api/v1/cases", &json!({ "employee": "E006", "title": "核对", "reason": "核对", "records": [told.0, told.1] })).await;
    let case = case["id"].as_str().unwrap();
    let asked = place.post(&format!("/api/v1/cases/{case}/packages"), &json!({ "reason": "提交仲裁", "redact": {} })).await;
    let package = download(&place, &format!("/api/v1/packages/{}", asked["id"].as_str().unwrap())).await;
    let size = place.get("/api/v1/log").await["size"].as_u64().unwrap();
    place.published(size.max(600)).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    server.stop();
    (place, package, told)
}

pub async fn download(place: &Place, path: &str) -> Vec<u8> {
    for _ in 0..600 {
        let answer = place.request(reqwest::Method::GET, path).send().await.unwrap();
        match answer.status().as_u16() {
            200 => return answer.bytes().await.unwrap().to_vec(),
            202 => tokio::time::sleep(Duration::from_millis(100)).await,
            status => panic!("{status} {}", answer.text().await.unwrap()),
        }
    }
    panic!("the package is not ready after a minute");
}

async fn flip_cell(db: &DatabaseConnection, cell: &Cell) {
    let Cell { table, column, which, .. } = cell;
    let backend = db.get_database_backend();
    let key = if *table == "records" { "idx" } else { column };
    let sql = format!("SELECT {column} FROM {table} WHERE {which} ORDER BY {key} LIMIT 1");
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap_or_else(|| panic!("{table} has no such row"));
    let good: Vec<u8> = row.try_get("", column).unwrap();
    let mut bad = good.clone();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    let sql = format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2");
    let done = db.execute_raw(Statement::from_sql_and_values(backend, sql, [bad.into(), good.into()])).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
}

/// Flips the middle byte; answers what was there.
fn flip_file(path: &Path) -> Vec<u8> {
    let good = std::fs::read(path).unwrap();
    let mut bad = good.clone();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    std::fs::write(path, bad).unwrap();
    good
}

fn first_file(dir: &Path) -> Option<PathBuf> {
    let mut inside: Vec<PathBuf> = std::fs::read_dir(dir).ok()?.flatten().map(|e| e.path()).collect();
    inside.sort();
    inside.into_iter().find_map(|path| if path.is_dir() { first_file(&path) } else { Some(path) })
}

#[track_caller]
fn assert_named(place: &Place, word: &str, what: &str) {
    let (clean, text) = place.fsck();
    assert!(!clean, "{what}: fsck is silent");
    assert!(text.lines().any(|line| line.starts_with('✗') && line.contains(word)), "{what} is not named “{word}”: {text}");
}
