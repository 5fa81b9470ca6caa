//! What leaves with a name on it: exports and contact snapshots.

use super::{acts, event, office, tell};
use crate::{
    http::testing::{Answer, TestServer, Visitor, on_each_server},
    records::{machine, model::record},
};
use aws_lc_rs::digest;
use calamine::{Reader, Xlsx};
use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use std::io::{Cursor, Read};

async fn export(who: &Visitor<'_>, body: &Value) -> Answer {
    who.send(Method::POST, "/api/v1/customers/export", body).await
}

fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[3..]);
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The text of one member of a workbook.
fn member(bytes: &[u8], name: &str) -> String {
    let mut book = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    book.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

async fn with_a_formula(server: &TestServer) {
    office(server).await;
    let caller = server.with(&["ingest"]).await;
    let evil = json!({ "customer": "C2", "name": "=HYPERLINK(\"http://x\",\"青禾\")", "contacts": [{ "name": "@SUM(A1)", "phone": "+86139" }] });
    tell(
        &caller,
        &[
            event("evil", "customer.upserted", "2026-03-03T10:00:00+08:00", evil),
            event(
                "r",
                "receivable.booked",
                "2026-04-11T10:00:00+08:00",
                json!({ "receivable": "R1", "customer": "C1", "amount": { "amount": "80.50", "currency": "CNY" } }),
            ),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_bounded_marked_neutral_and_in_the_log() {
    on_each_server(|server| async move {
        with_a_formula(&server).await;
        let manager = server.person("sales_manager", Some("M")).await;
        assert_eq!(export(&manager, &json!({ "format": "csv", "reason": " " })).await.problem(422), "invalid");
        let answer = export(&manager, &json!({ "format": "csv", "reason": "季度回访" })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let id = answer.headers["x-probity-export"].to_str().unwrap().to_owned();
        let rows = csv_rows(&answer.bytes);
        // Head, columns, the team's three, foot: C4 and C5 are out of reach.
        assert_eq!(rows.iter().map(|r| r[0].as_str()).skip(2).take(3).collect::<Vec<_>>(), ["C1", "C2", "C3"]);
        assert_eq!(rows.len(), 6);
        assert!(rows[0][0].contains(&id) && rows[0][0].contains("sales_manager") && rows[5][0] == rows[0][0], "{rows:?}");
        assert_eq!(rows[3].last().unwrap(), &format!("{id}/2"));
        assert_eq!(rows[3][1], "'=HYPERLINK(\"http://x\",\"青禾\")");
        assert_eq!(rows[3][6], "'@SUM(A1) +86139");
        assert_eq!(rows[2][7], "80.50 CNY");
        // The log has it, with the digest of the very file, and every customer that was in it.
        let told = acts(&server, "customers.exported").await;
        let sha256 = hex::encode(digest::digest(&digest::SHA256, &answer.bytes).as_ref());
        assert_eq!(
            (&told[0]["count"], &told[0]["digest"], &told[0]["export"], &told[0]["employee"], &told[0]["customers"]),
            (&json!(3), &json!(sha256), &json!(id), &json!("M"), &json!(["C1", "C2", "C3"]))
        );
        let accessed = record::Entity::find().filter(record::Column::Kind.eq("customer.accessed")).all(server.company.store.read()).await.unwrap();
        assert_eq!(accessed.len(), 3);
        let opened = machine::open(&server.company, &[accessed[0].idx]).await.unwrap().remove(0).content.unwrap();
        assert_eq!(opened.event["data"]["action"], "export");

        let answer = export(&manager, &json!({ "format": "xlsx", "filter": { "q": "青禾" }, "reason": "回访" })).await;
        assert_eq!(answer.status, 200);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.bytes.clone())).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(sheet.get_value((2, 1)).unwrap().to_string(), "'=HYPERLINK(\"http://x\",\"青禾\")");
        let id = answer.headers["x-probity-export"].to_str().unwrap();
        assert_eq!(sheet.get_value((2, 8)).unwrap().to_string(), format!("{id}/1"));
        let page = member(&answer.bytes, "xl/worksheets/sheet1.xml");
        assert!(!page.contains("<f>") && page.contains("hidden=\"1\""), "{page}");
        let foot = page.split("<oddFooter>").nth(1).unwrap().split("</oddFooter>").next().unwrap();
        assert!(foot.contains(id), "{foot}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_out_what_is_masked_withheld_or_not_theirs() {
    on_each_server(|server| async move {
        with_a_formula(&server).await;
        let body = json!({ "format": "csv", "reason": "x" });
        // HR and the sales people have no export.
        for who in [server.person("hr", None).await, server.person("employee", Some("A")).await] {
            assert_eq!(export(&who, &body).await.problem(403), "forbidden");
        }
        let manager = server.person("sales_manager", Some("M")).await;
        let caller = server.with(&["ingest"]).await;
        tell(&caller, &[event("leaves", "employee.upserted", "2026-11-19T10:00:00+08:00", json!({ "number": "M", "name": "马经理", "status": "resigning" }))])
            .await;
        let refused = export(&manager, &body).await;
        assert_eq!(refused.body["rule"], "P16");
        assert_eq!(refused.problem(403), "frozen");
        assert_eq!(acts(&server, "customers.exported").await.len(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_signed_at_issue_and_return_and_shows_what_came_and_went() {
    on_each_server(|server| async move {
        office(&server).await;
        let (manager, own, other) =
            (server.person("sales_manager", Some("M")).await, server.person("employee", Some("A")).await, server.person("employee", Some("X")).await);
        let path = "/api/v1/employees/A/snapshots";
        let body = |when: &str| json!({ "account": { "system": "wecom", "account": "anning" }, "when": when });
        assert_eq!(manager.post(path, &body("return")).await.problem(409), "not_issued");
        let issue = manager.post(path, &body("issue")).await.ok(201)["id"].as_str().unwrap().to_owned();
        assert_eq!(manager.post(path, &body("issue")).await.problem(409), "already_issued");
        assert_eq!(manager.post("/api/v1/employees/X/snapshots", &body("issue")).await.problem(404), "not_found");
        assert_eq!(own.post(path, &body("return")).await.problem(403), "forbidden");
        assert_eq!(other.get(path).await.problem(404), "not_found");

        // The employee sees it on the own page and acknowledges it; nobody else does so for them.
        let seen = own.get(path).await.ok(200);
        assert_eq!((&seen["items"][0]["customers"], seen["items"][0]["contacts"].as_array().unwrap().len()), (&json!(3), 3));
        let acknowledge = format!("{path}/{issue}/acknowledge");
        assert_eq!(manager.post(&acknowledge, &json!({})).await.problem(404), "not_found");
        own.post(&acknowledge, &json!({})).await.ok(200);
        assert_eq!(own.post(&acknowledge, &json!({})).await.problem(409), "already_acknowledged");

        // Two contacts change, one customer goes to B.
        own.put("/api/v1/customers/C1/contacts", &json!({ "contacts": [{ "name": "新采购", "phone": "13911112222" }] })).await.ok(200);
        manager.post("/api/v1/customers/C3/assign", &json!({ "to": "B", "replaces": "A", "reason": "调整" })).await.ok(201);
        manager.post(path, &body("return")).await.ok(201);
        let items = manager.get(path).await.ok(200);
        let newest = &items["items"][0];
        assert_eq!((&newest["when"], &newest["customers"], &newest["difference"]["from"]), (&json!("return"), &json!(2), &json!(issue)));
        let lines = |side: &str| {
            let list = newest["difference"][side].as_array().unwrap();
            list.iter().map(|c| format!("{} {}", c["customer"].as_str().unwrap(), c["contact"].as_str().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(lines("added"), ["C1 新采购 · 13911112222"]);
        assert_eq!(lines("removed"), ["C1 恒达建材采购 · 1390000C1", "C3 远山医疗采购 · 1390000C3"]);
        // The digest is over the canonical text of what the record holds.
        let told = acts(&server, "contacts.snapshot_taken").await;
        let bytes = probity_ledger::canonical::to_bytes(&told[1]["contacts"]);
        let sha256 = hex::encode(digest::digest(&digest::SHA256, &bytes).as_ref());
        assert_eq!((&told[1]["digest"], &newest["sha256"]), (&json!(sha256), &json!(sha256)));
        assert_eq!(acts(&server, "contacts.snapshot_acknowledged").await[0]["snapshot"], issue);
    })
    .await;
}
