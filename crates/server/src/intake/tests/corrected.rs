//! What is put right, and put right again, stands once: as the last correction says, however the three came.

use super::{batch, event, register};
use crate::http::testing::{TestServer, on_each_server};
use crate::store::migrations::{m0129_corrected, run};
use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::SchemaManager;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Everything a source may say of somebody that becomes a row, each said of the wrong person.
fn said_of(who: &str, n: usize) -> Vec<(&'static str, Value)> {
    vec![
        ("employee.upserted", json!({ "number": who, "name": "某某", "department": "华北区", "status": "active" })),
        ("consent.changed", json!({ "employee": who, "external": "wm", "channel": "wecom", "state": "refused" })),
        ("leave.taken", json!({ "employee": who, "from": "2026-02-10", "until": "2026-02-11" })),
        ("document.signed", json!({ "employee": who, "document": "nda", "title": "保密协议", "version": "1", "signed_at": "2026-02-01" })),
        ("interest.declared", json!({ "employee": who, "company": "CO1", "relation": "本人持股" })),
        ("resignation.submitted", json!({ "employee": who, "submitted_on": "2026-11-10" })),
        ("customer.assigned", json!({ "employee": who, "customer": format!("K{n}"), "from": "2026-01-01" })),
        ("order.cancelled", json!({ "employee": who, "customer": format!("K{n}"), "order": format!("O{n}") })),
        (
            "message.sent",
            json!({ "channel": "wecom", "conversation": format!("c{n}"), "from": { "employee": who },
                "to": [{ "external": format!("wm{n}"), "customer": format!("K{n}") }], "text": "这次的飞单照旧" }),
        ),
    ]
}

async fn employees(server: &TestServer, from: &str) -> BTreeSet<String> {
    let db = server.company.store.read();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), format!("SELECT DISTINCT employee FROM {from}"))).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_right_twice_stands_as_it_was_put_right_last() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/all", &["*"]).await;
        // The record and its two corrections: one after the other, together, and some of them together.
        let ways: [&[&[usize]]; 4] = [&[&[0], &[1], &[2]], &[&[0, 1, 2]], &[&[0], &[1, 2]], &[&[0, 1], &[2]]];
        let number = |n: usize, who: usize| format!("E{n}{}", ["A", "B", "C"][who]);
        let mut people = vec![event("/all", "co", "company.upserted", json!({ "company": "CO1", "name": "鼎新", "kind": "competitor" }))];
        for n in 0..ways.len() {
            people.extend((0..3).map(|who| {
                let data =
                    json!({ "number": number(n, who), "name": format!("员工{n}{who}"), "department": "华东区", "status": "active", "hired_on": "2024-03-01" });
                let mut event = event("/all", &format!("p{n}{who}"), "employee.upserted", data);
                event["time"] = json!("2026-01-05T09:00:00+08:00");
                event
            }));
        }
        assert_eq!(batch(&admin, &people).await["quarantined"], json!([]));
        for (n, way) in ways.iter().enumerate() {
            for part in *way {
                let mut events = Vec::new();
                for who in *part {
                    for (kind, data) in said_of(&number(n, *who), n) {
                        let id = format!("{kind}{n}");
                        if *who == 0 {
                            events.push(event("/all", &id, kind, data));
                        } else {
                            let right = json!({ "record": { "source": "/all", "id": id }, "data": data, "reason": "工号填错" });
                            events.push(event("/all", &format!("{id}-{who}"), "record.corrected", right));
                        }
                    }
                }
                assert_eq!(batch(&admin, &events).await["quarantined"], json!([]));
            }
        }
        server.settled().await;
        let last: BTreeSet<String> = (0..ways.len()).map(|n| number(n, 2)).collect();
        for from in [
            "consents",
            "leaves",
            "person_documents",
            "interests",
            "interest_matches WHERE interest IS NOT NULL",
            "resignations",
            "posts WHERE corrected_at IS NULL AND ends_at IS NULL AND department = '华北区'",
            "customer_assignments WHERE corrected_at IS NULL",
            "customer_dealings WHERE corrected_at IS NULL AND state = 'cancelled'",
            "chain_facts WHERE class = 'did'",
            "chain_facts WHERE class = 'said'",
            "handovers WHERE status = 'running'",
        ] {
            assert_eq!(employees(&server, from).await, last, "{from}");
        }
        for n in 0..ways.len() {
            for who in 0..3 {
                let person = admin.get(&format!("/api/v1/employees/{}", number(n, who))).await.ok(200);
                let expected = if who == 2 { ("华北区", "resigning") } else { ("华东区", "active") };
                assert_eq!((person["department"].as_str().unwrap(), person["status"].as_str().unwrap()), expected, "{n} {who}");
            }
        }
        a_database_of_before_is_mended(&server).await;
    })
    .await;
}

/// As rows used to stand beside each other, the migration leaves them as they are written now.
async fn a_database_of_before_is_mended(server: &TestServer) {
    const SEEN: [&str; 8] = ["consents", "posts", "customer_assignments", "customer_dealings", "customers", "leaves", "people", "resignations"];
    let seen = async || {
        let db = server.company.store.read();
        let mut all = Vec::new();
        for table in SEEN {
            let which = match table {
                "posts" => "employee || ' ' || valid_from || ' ' || COALESCE(ends_at, 0) || ' ' || COALESCE(corrected_at, 0)",
                "customer_assignments" => "employee || ' ' || COALESCE(ends_at, 0) || ' ' || COALESCE(corrected_at, 0)",
                "customer_dealings" => "employee || ' ' || CAST(newest AS TEXT) || ' ' || COALESCE(corrected_at, 0)",
                "customers" => "customer || ' ' || CAST(unserved AS TEXT)",
                "people" => "number || ' ' || COALESCE(status, '')",
                _ => "employee",
            };
            let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), format!("SELECT {which} FROM {table} ORDER BY 1"))).await.unwrap();
            all.push((table, rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect::<Vec<_>>()));
        }
        all
    };
    let right = seen().await;
    let tx = server.company.store.write().await.unwrap();
    let earlier = "idx IN (SELECT e.idx FROM corrections e JOIN corrections n ON n.corrects = e.corrects AND n.idx > e.idx)";
    for damage in [
        format!("UPDATE posts SET ends_at = valid_from + 1 WHERE corrected_at IS NULL AND employee IN (SELECT employee FROM posts WHERE {earlier})"),
        format!("UPDATE posts SET corrected_at = NULL WHERE {earlier}"),
        format!("UPDATE customer_assignments SET corrected_at = NULL WHERE {earlier}"),
        "UPDATE customers SET unserved = TRUE".to_owned(),
        format!("UPDATE customer_dealings SET corrected_at = NULL, newest = TRUE WHERE {earlier}"),
        format!("UPDATE customer_dealings SET newest = FALSE WHERE corrected_at IS NULL AND NOT {earlier}"),
        format!(
            "INSERT INTO consents (employee, channel, external, at, idx, state) SELECT r.employee, 'wecom', 'wm', r.at, r.idx, 'refused' FROM records r WHERE r.employee IS NOT NULL AND r.{earlier}"
        ),
        format!("INSERT INTO leaves (idx, employee, from_at, until_at) SELECT idx, employee, at, at + 1 FROM records WHERE employee IS NOT NULL AND {earlier}"),
        format!(
            "INSERT INTO resignations (idx, employee, submitted_on, last_day, state, at) SELECT idx, employee, '2026-11-10', '2026-12-10', 'open', at FROM records WHERE employee IS NOT NULL AND {earlier}"
        ),
        format!("UPDATE people SET status = 'resigning' WHERE number IN (SELECT employee FROM records WHERE {earlier})"),
    ] {
        tx.execute_unprepared(&damage).await.unwrap();
    }
    tx.commit().await.unwrap();
    let damaged = seen().await;
    for (right, damaged) in right.iter().zip(&damaged) {
        assert_ne!(right, damaged, "{}", right.0);
    }
    let tx = server.company.store.write().await.unwrap();
    run(&SchemaManager::new(&tx), m0129_corrected::STATEMENTS).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(seen().await, right);
}
