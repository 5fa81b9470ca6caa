//! Several clients that send records of mixed kinds, with files, and remember what was acknowledged.
//!
//! A client that gets no answer keeps its batch and sends it again, as a client of the product is told to. What was
//! acknowledged is checked by sending it again too: all of it must be there, once, under the ids that were given.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::server::Place;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

pub const SOURCE: &str = "/faults/main";

/// A number below `end`, from the operating system.
pub fn random(end: u64) -> u64 {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % end.max(1)
}

pub async fn register(place: &Place) {
    let source = json!({ "source": SOURCE, "name": "faults", "kinds": ["*"], "basis": {
        "kind": "legal_duty", "notice": "告知书", "notice_version": "1", "assessed_on": "2026-01-05" } });
    let (status, answer) = place.ask(reqwest::Method::PUT, "/api/v1/sources", Some(&source)).await;
    assert_eq!(status, 200, "{answer}");
}

/// One record; `n` gives its kind and content.
pub fn event(id: &str, n: u64) -> Value {
    let employee = format!("E{:03}", n % 23);
    let customer = format!("C{:03}", n % 41);
    let amount = json!({ "amount": format!("{}.{:02}", 100 + n % 90_000, n % 100), "currency": "CNY" });
    let (kind, data) = match n % 8 {
        0 => ("employee.upserted", json!({ "number": employee, "name": format!("员工{}", n % 23), "department": "华东销售部" })),
        1 => ("customer.assigned", json!({ "customer": customer, "employee": employee, "from": "2026-01-05" })),
        2 => ("order.placed", json!({ "order": format!("O{n}"), "customer": customer, "employee": employee, "amount": amount })),
        3 => {
            ("order.transferred", json!({ "order": format!("O{}", n - 1), "customer": customer, "employee": employee, "to_company": "K01", "amount": amount }))
        }
        4 => (
            "transfer.booked",
            json!({ "direction": "in", "amount": amount, "counterparty": { "name": "苏州鼎新建材有限公司" }, "booked_on": "2026-03-31",
                "employee": employee, "basis": "company_account" }),
        ),
        5 => (
            "customer.followed_up",
            json!({ "customer": customer, "employee": employee, "channel": "phone", "note": format!("第 {n} 次跟进 {}", "长".repeat((n % 500) as usize)) }),
        ),
        _ => {
            let text = if n % 50 == 6 { format!("我介绍你到鼎新公司买,给你返10% {n}") } else { format!("您好，{n} 号样品明天寄出") };
            (
                "message.sent",
                json!({ "channel": "wecom", "conversation": format!("r{}", n % 7), "from": { "employee": employee },
                    "to": [{ "external": format!("wm{}", n % 41), "customer": customer }], "text": text }),
            )
        }
    };
    json!({ "specversion": "1.0", "id": id, "source": SOURCE, "type": kind, "subject": employee,
        "time": format!("2026-03-{:02}T{:02}:{:02}:00+08:00", 1 + n % 28, n % 24, n % 60), "data": data })
}

/// A file in the form of a photo, different for each `n`.
pub fn photo(n: u64) -> Vec<u8> {
    let mut bytes = b"\xFF\xD8\xFF\xE0photo".to_vec();
    let seed = probity_ledger::sha256(&n.to_le_bytes());
    for _ in 0..64 + n % 512 {
        bytes.extend_from_slice(&seed);
    }
    bytes
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(probity_ledger::sha256(bytes))
}

/// What the clients were told.
#[derive(Default)]
pub struct Told {
    /// Event by its id in the source, and the record's id that was answered.
    pub records: Mutex<HashMap<String, (Value, String)>>,
    /// Files that were acknowledged.
    pub files: Mutex<Vec<String>>,
    /// Answers that were neither success nor one of the refusals that say “later”.
    pub wrong: Mutex<Vec<String>>,
    pub unanswered: AtomicU64,
    /// Refusals that say “later” (503, 507).
    pub later: AtomicU64,
}

pub struct Traffic {
    pub told: Arc<Told>,
    stop: Arc<AtomicBool>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

impl Traffic {
    /// Starts `clients` that send until they are stopped; each record's id begins with `name`.
    pub fn start(place: &Arc<Place>, name: &str, clients: u64) -> Self {
        let (told, stop) = (Arc::new(Told::default()), Arc::new(AtomicBool::new(false)));
        let clients = (0..clients).map(|i| tokio::spawn(client(place.clone(), format!("{name}-{i}"), told.clone(), stop.clone()))).collect();
        Self { told, stop, clients }
    }

    /// Stops the clients; each brings what it still holds to an answer first.
    pub async fn finish(self) -> Arc<Told> {
        self.stop.store(true, SeqCst);
        for client in self.clients {
            tokio::time::timeout(Duration::from_secs(120), client).await.expect("a client gets its answer at last").unwrap();
        }
        self.told
    }

    /// Waits until at least so many records were acknowledged.
    pub async fn acknowledged(&self, least: usize) {
        let begun = std::time::Instant::now();
        while self.told.records.lock().unwrap().len() < least {
            assert!(begun.elapsed() < Duration::from_secs(60), "too few records were acknowledged");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn client(place: Arc<Place>, name: String, told: Arc<Told>, stop: Arc<AtomicBool>) {
    let mut serial = 0;
    while !stop.load(SeqCst) {
        let size = 1 + random(60);
        let mut batch: Vec<Value> = Vec::new();
        for _ in 0..size {
            batch.push(event(&format!("{name}-{serial}"), random(1 << 20)));
            serial += 1;
        }
        // Now and then a visit with its photo: the file first, then the record that names it.
        if random(4) == 0 {
            let bytes = photo(random(1 << 40));
            let digest = sha256(&bytes);
            if !deliver_file(&place, &digest, &bytes, &told, &stop).await {
                continue;
            }
            let mut visit = event(&format!("{name}-{serial}"), 0);
            serial += 1;
            visit["type"] = json!("visit.checked_in");
            visit["data"] = json!({ "employee": "E000", "position": { "lat": 31.2, "lng": 121.4, "datum": "wgs84" }, "photo": { "sha256": digest } });
            batch.push(visit);
        }
        deliver(&place, &batch, &told).await;
    }
}

/// Sends until there is an answer.
async fn deliver(place: &Place, batch: &[Value], told: &Told) {
    loop {
        match place.send(batch).await {
            Ok((200, answer)) => {
                let ids = answer["ids"].as_array().unwrap();
                if ids.len() != batch.len() || ids.iter().any(Value::is_null) {
                    told.wrong.lock().unwrap().push(answer.to_string());
                    return;
                }
                let mut records = told.records.lock().unwrap();
                for (event, id) in batch.iter().zip(ids) {
                    records.insert(event["id"].as_str().unwrap().to_owned(), (event.clone(), id.as_str().unwrap().to_owned()));
                }
                return;
            }
            Ok((503 | 507, _)) => {
                told.later.fetch_add(1, SeqCst);
            }
            Ok((status, answer)) => {
                told.wrong.lock().unwrap().push(format!("{status} {answer}"));
                return;
            }
            Err(_) => {
                told.unanswered.fetch_add(1, SeqCst);
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn deliver_file(place: &Place, digest: &str, bytes: &[u8], told: &Told, stop: &AtomicBool) -> bool {
    loop {
        let path = format!("/api/v1/blobs/{digest}");
        match place.request(reqwest::Method::PUT, &path).body(bytes.to_vec()).send().await {
            Ok(answer) => match answer.status().as_u16() {
                200 | 201 => {
                    told.files.lock().unwrap().push(digest.to_owned());
                    return true;
                }
                503 | 507 => {
                    told.later.fetch_add(1, SeqCst);
                }
                status => {
                    told.wrong.lock().unwrap().push(format!("file: {status}"));
                    return false;
                }
            },
            Err(_) => {
                told.unanswered.fetch_add(1, SeqCst);
            }
        }
        if stop.load(SeqCst) {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Everything that was acknowledged is there, once, under its id, and a sample opens to what was sent.
pub async fn assert_kept(place: &Place, told: &Told) {
    assert_eq!(*told.wrong.lock().unwrap(), Vec::<String>::new(), "answers that are neither success nor “later”");
    let records: Vec<(Value, String)> = told.records.lock().unwrap().values().cloned().collect();
    for part in records.chunks(2000) {
        let events: Vec<Value> = part.iter().map(|(event, _)| event.clone()).collect();
        let (status, answer) = place.send(&events).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["accepted"], 0, "acknowledged and lost");
        assert_eq!(answer["duplicates"], events.len());
        for ((_, id), again) in part.iter().zip(answer["ids"].as_array().unwrap()) {
            assert_eq!(again, id, "acknowledged under another id");
        }
    }
    open_sample(place, &records).await;
    let files = told.files.lock().unwrap().clone();
    for digest in files.iter().take(20) {
        let folder = std::path::Path::new(place.setting("PROBITY_BLOBS_URL"));
        assert!(folder.join(format!("blobs/{}/{digest}", &digest[..2])).exists(), "a file that was acknowledged is gone");
    }
}

/// Opens some records under a case and compares them with what was sent.
pub async fn open_sample(place: &Place, records: &[(Value, String)]) {
    if records.is_empty() {
        return;
    }
    let sample: Vec<&(Value, String)> = (0..8).map(|_| &records[random(records.len() as u64) as usize]).collect();
    let ids: Vec<&str> = sample.iter().map(|(_, id)| id.as_str()).collect();
    let case = json!({ "employee": "E001", "title": "抽查", "reason": "故障后核对", "records": ids });
    let case = place.post("/api/v1/cases", &case).await;
    let opened = place.post("/api/v1/records/open", &json!({ "records": ids, "case": case["id"], "reason": "故障后核对" })).await;
    for item in opened["items"].as_array().unwrap() {
        let (sent, _) = sample.iter().find(|(_, id)| item["id"] == *id).unwrap();
        assert_eq!(&item["event"], sent, "a record opens to something else");
    }
}

/// Every record of the source, by its id there; the same id twice would be a record doubled.
pub async fn listed(place: &Place) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let mut cursor = String::new();
    loop {
        let page = place.get(&format!("/api/v1/records?source={SOURCE}&limit=500&cursor={cursor}")).await;
        for item in page["items"].as_array().unwrap() {
            let name = item["source_id"].as_str().unwrap().to_owned();
            let twice = found.insert(name.clone(), item["id"].as_str().unwrap().to_owned());
            assert!(twice.is_none(), "{name} is in the log twice");
        }
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return found,
        }
    }
}
