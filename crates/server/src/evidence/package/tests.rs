#![expect(clippy::unwrap_used, reason = "tests")]

use super::model::package;
use crate::{
    cases::tests::story,
    evidence::checkpoints,
    http::testing::{Visitor, on_each_server},
};
use probity_package::{Pins, Problem, pins::KeyPin, verify};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};
use std::time::Duration;

async fn case_of(hr: &Visitor<'_>, records: &[String]) -> String {
    let body = json!({ "employee": "E017", "title": "恒达建材订单外流", "reason": "飞单预警", "records": records });
    hr.post("/api/v1/cases", &body).await.ok(201)["id"].as_str().unwrap().to_owned()
}

/// Waits for the zip.
async fn fetch(hr: &Visitor<'_>, status: &Value) -> Vec<u8> {
    for _ in 0..600 {
        let answer = hr.get(status["href"].as_str().unwrap()).await;
        match answer.status {
            200 => return answer.bytes,
            202 => tokio::time::sleep(Duration::from_millis(100)).await,
            other => panic!("{other}: {}", answer.body),
        }
    }
    panic!("the package was never ready")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_verifies_with_the_key_and_withholds_what_was_asked() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let hr = server.person("hr", None).await;
        let case = case_of(&hr, &records).await;
        hr.post(&format!("/api/v1/cases/{case}/notes"), &json!({ "text": "内部意见：先不惊动" })).await.ok(200);
        let path = format!("/api/v1/cases/{case}/packages");
        let status = hr.post(&path, &json!({ "reason": "应仲裁委要求", "redact": { &records[2]: ["/data/text"] } })).await.ok(202);
        let zip = fetch(&hr, &status).await;

        let pins = Pins { key: Some(KeyPin::parse(&server.company.log.key.fingerprint()).unwrap()), ..Pins::default() };
        let report = verify(&zip, &pins);
        assert!(report.ok(), "{}", report.text());
        assert_eq!((report.items, report.withheld, report.key_confirmed), (4, 1, true));
        // The checkpoint that is public now contains the package's.
        let first = checkpoints::proofs::list(&server.company, 1000).await.unwrap().into_iter().filter(|p| p.size > 0).min_by_key(|p| p.size).unwrap();
        let report = verify(&zip, &Pins { checkpoint: Some(first.note), ..Pins::default() });
        assert!(report.checkpoint_confirmed, "{}", report.text());
        let wrong = Pins { key: Some(KeyPin("0".repeat(64))), ..Pins::default() };
        assert_eq!(verify(&zip, &wrong).findings[0].problem, Problem::Pin);

        let archive = probity_package::container::Archive::open(&zip).unwrap();
        let read = |path: &str| archive.entries.iter().find(|e| e.path == path).map(|e| String::from_utf8(archive.read(e).unwrap()).unwrap()).unwrap();
        for entry in archive.entries.iter().filter(|e| !e.path.ends_with(".pdf")) {
            assert!(!read(&entry.path).contains("给你返10%"), "{} shows what was withheld", entry.path);
        }
        let custody: Value = serde_json::from_str(&read("custody.json")).unwrap();
        let acts: Vec<_> = custody["acts"].as_array().unwrap().iter().map(|a| a["act"].as_str().unwrap().to_owned()).collect();
        assert_eq!(acts, ["case.opened", "case.noted", "case.package_requested", "content.looked"]);
        // That a note was written, by whom and when; not what those on the case told each other.
        assert_eq!(custody["acts"][1]["data"], json!({}));
        assert!(!read("custody.json").contains("先不惊动"));
        // SM3 of each item's file stands in the catalogue, as `openssl dgst -sm3` would give it.
        let sm3 = super::rows::sm3(read("items/000001.json").as_bytes());
        assert!(read("catalogue.csv").contains(&sm3), "{sm3}");

        let list = hr.get(&path).await.ok(200);
        assert_eq!((list["items"][0]["status"].as_str(), list["items"][0]["progress"].as_i64()), (Some("ready"), Some(100)));
        let events = hr.get(&format!("/api/v1/cases/{case}")).await.ok(200)["events"].clone();
        assert!(events.as_array().unwrap().iter().any(|e| e["kind"] == "package_built"), "{events}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_decisions_give_the_same_bytes() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let hr = server.person("legal", None).await;
        let case = case_of(&hr, &records).await;
        let status = hr.post(&format!("/api/v1/cases/{case}/packages"), &json!({ "reason": "庭前交换" })).await.ok(202);
        let zip = fetch(&hr, &status).await;
        // Built a second time, later, with more in the log.
        story(&server).await;
        let row = super::find(&server.company, status["id"].as_str().unwrap()).await.unwrap();
        let indices: Vec<i64> = records.iter().map(|id| crate::records::idx_of(id).unwrap()).collect();
        let opened = crate::records::machine::open(&server.company, &indices).await.unwrap();
        let by: Value = serde_json::from_str(&row.actor).unwrap();
        let by = crate::company::Actor { kind: "user", id: String::new(), name: by["name"].as_str().unwrap().to_owned() };
        let held = crate::cases::read::held_at(&server.company, &case, row.revision).await.unwrap();
        let note = row.checkpoint.clone().unwrap();
        let contents = super::job::contents(&server.company, &row, &by, note, row.custody_until.unwrap(), opened, &held).await.unwrap();
        assert!(super::job::write(&server.company, &contents).unwrap() == zip, "the package did not come out the same");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let hr = server.person("hr", None).await;
        let case = case_of(&hr, &records[..2]).await;
        let path = format!("/api/v1/cases/{case}/packages");
        assert_eq!(hr.post(&path, &json!({ "reason": "" })).await.problem(422), "reason_missing");
        for redact in [
            json!({ &records[3]: ["/data/text"] }),
            json!({ &records[0]: ["/data"] }),
            json!({ &records[0]: ["/data/from/name"] }),
            json!({ &records[0]: ["text"] }),
        ] {
            assert_eq!(hr.post(&path, &json!({ "reason": "理由", "redact": redact })).await.problem(422), "bad_redaction");
        }
        let empty = case_of(&hr, &[]).await;
        assert_eq!(hr.post(&format!("/api/v1/cases/{empty}/packages"), &json!({ "reason": "理由" })).await.problem(422), "empty_case");
        server.with(&["admin", "read"]).await.get("/api/v1/packages/none").await.problem(403);
        hr.get("/api/v1/packages/none").await.problem(404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_shown_members_name_come_along_and_withheld_ones_do_not() {
    on_each_server(|server| async move {
        story(&server).await;
        let (hr, ingest) = (server.person("hr", None).await, server.with(&["ingest"]).await);
        let digests = [&b"\xFF\xD8\xFF\xE0 one"[..], b"\xFF\xD8\xFF\xE0 two"].map(crate::intake::blobs::sha256);
        for bytes in [&b"\xFF\xD8\xFF\xE0 one"[..], b"\xFF\xD8\xFF\xE0 two"] {
            crate::intake::blobs::keep(&server.company.company, bytes).await.unwrap();
        }
        let mut ids = Vec::new();
        for (i, digest) in digests.iter().enumerate() {
            let event = json!({ "specversion": "1.0", "id": format!("v{i}"), "source": "/crm/main", "type": "visit.checked_in", "time": "2026-03-03T09:00:00+08:00", "subject": "E017",
                "data": { "employee": "E017", "customer": "C-1", "position": { "lat": 31.2, "lng": 121.4, "datum": "gcj02" }, "photo": { "sha256": digest } } });
            ids.push(ingest.post("/api/v1/records", &event).await.ok(200)["ids"][0].as_str().unwrap().to_owned());
        }
        let case = case_of(&hr, &ids).await;
        let redact = json!({ &ids[1]: ["/data/photo"] });
        let status = hr.post(&format!("/api/v1/cases/{case}/packages"), &json!({ "reason": "应仲裁委要求", "redact": redact })).await.ok(202);
        let zip = fetch(&hr, &status).await;
        let report = verify(&zip, &Pins::default());
        assert!(report.ok(), "{}", report.text());
        let archive = probity_package::container::Archive::open(&zip).unwrap();
        let documents: Vec<_> = archive.entries.iter().filter(|e| e.path.starts_with("documents/")).map(|e| e.path.clone()).collect();
        assert_eq!(documents, [format!("documents/0001-{}-{}.jpg", ids[0], &digests[0][..8])]);
    })
    .await;
}

/// Takes a package back to where its first turn found it.
async fn queued_again(server: &crate::http::testing::TestServer, id: &str) -> super::model::package::Model {
    let tx = server.company.store.write().await.unwrap();
    let none = Option::<i64>::None;
    package::Entity::update_many()
        .col_expr(package::Column::Status, Expr::value("queued"))
        .col_expr(package::Column::Look, Expr::value(none))
        .col_expr(package::Column::CustodyUntil, Expr::value(none))
        .col_expr(package::Column::Checkpoint, Expr::value(Option::<String>::None))
        .filter(package::Column::Id.eq(id))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    super::find(&server.company, id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_into_the_case_after_the_request_is_not_in_the_package() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let hr = server.person("hr", None).await;
        let case = case_of(&hr, &records[..3]).await;
        let path = format!("/api/v1/cases/{case}");
        let status = hr.post(&format!("{path}/packages"), &json!({ "reason": "应仲裁委要求", "redact": { &records[2]: ["/data/text"] } })).await.ok(202);
        fetch(&hr, &status).await;
        // Somebody adds a record and a paper while the package still waits to be built: nobody chose what of them to withhold.
        hr.post(&format!("{path}/records"), &json!({ "records": [records[3]], "reason": "订单去向" })).await.ok(200);
        let form = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"笔录.txt\"\r\n\r\n谈话笔录\r\n--b--\r\n";
        let request = hr.request(reqwest::Method::POST, &format!("{path}/files")).header("content-type", "multipart/form-data; boundary=b").body(form);
        assert_eq!(request.send().await.unwrap().status(), 200);
        let id = status["id"].as_str().unwrap();
        let row = queued_again(&server, id).await;
        super::job::make(&server.company, row).await.unwrap();
        let zip = fetch(&hr, &status).await;
        let report = verify(&zip, &Pins::default());
        assert!(report.ok() && report.items == 3, "{}", report.text());
        let archive = probity_package::container::Archive::open(&zip).unwrap();
        assert!(archive.entries.iter().all(|e| !e.path.starts_with("documents/")), "a paper that came later");
        // A package asked for now holds both.
        let status = hr.post(&format!("{path}/packages"), &json!({ "reason": "再次出具" })).await.ok(202);
        assert_eq!(verify(&fetch(&hr, &status).await, &Pins::default()).items, 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_erased_while_it_is_built_leaves_no_file() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let hr = server.person("hr", None).await;
        let case = case_of(&hr, &records).await;
        let status = hr.post(&format!("/api/v1/cases/{case}/packages"), &json!({ "reason": "应仲裁委要求" })).await.ok(202);
        fetch(&hr, &status).await;
        let id = status["id"].as_str().unwrap();
        let row = queued_again(&server, id).await;
        let tx = server.company.store.write().await.unwrap();
        let files = super::forget(&tx, std::slice::from_ref(&case)).await.unwrap();
        tx.commit().await.unwrap();
        for file in &files {
            server.company.blobs.delete(file).await.unwrap();
        }
        super::job::make(&server.company, row).await.unwrap();
        assert!(server.company.blobs.list("packages").await.unwrap().is_empty());
        // And one whose row is gone is no error for the queue.
        super::job::run(server.company.company.clone(), json!({ "package": id })).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withheld_member_with_a_slash_in_its_name_keeps_its_file_back() {
    on_each_server(|server| async move {
        story(&server).await;
        let (hr, ingest) = (server.person("hr", None).await, server.with(&["ingest"]).await);
        let bytes = b"\xFF\xD8\xFF\xE0 slash";
        let digest = crate::intake::blobs::keep(&server.company.company, bytes).await.unwrap();
        let event = json!({ "specversion": "1.0", "id": "s1", "source": "/crm/main", "type": "visit.checked_in", "time": "2026-03-03T09:00:00+08:00", "subject": "E017",
            "data": { "employee": "E017", "customer": "C-1", "position": { "lat": 31.2, "lng": 121.4, "datum": "gcj02" }, "a/b~c": { "sha256": digest } } });
        let id = ingest.post("/api/v1/records", &event).await.ok(200)["ids"][0].as_str().unwrap().to_owned();
        let case = case_of(&hr, std::slice::from_ref(&id)).await;
        let path = format!("/api/v1/cases/{case}/packages");
        for (redact, files) in [(json!({}), 1), (json!({ &id: ["/data/a~1b~0c"] }), 0)] {
            let status = hr.post(&path, &json!({ "reason": "应仲裁委要求", "redact": redact })).await.ok(202);
            let zip = fetch(&hr, &status).await;
            let archive = probity_package::container::Archive::open(&zip).unwrap();
            assert_eq!(archive.entries.iter().filter(|e| e.path.starts_with("documents/")).count(), files);
            assert_eq!(verify(&zip, &Pins::default()).withheld, 1 - files as u64);
        }
    })
    .await;
}
