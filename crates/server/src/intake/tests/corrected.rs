//! What is put right, and put right again, stands once: as the last correction says, however the three came.

use super::{batch, event, register};
use crate::http::testing::{TestServer, on_each_server};
use sea_orm::{ConnectionTrait, Statement};
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
    })
    .await;
}
