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

async fn texts(db: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn employees(server: &TestServer, from: &str) -> BTreeSet<String> {
    texts(server.company.store.read(), &format!("SELECT DISTINCT employee FROM {from}")).await.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_right_twice_stands_as_it_was_put_right_last() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/all", &["*"]).await;
        // The record and its two corrections: one after the other, together, and some of them together.
        let ways: [&[&[usize]]; 5] = [&[&[0], &[1], &[2]], &[&[0, 1, 2]], &[&[0], &[1, 2]], &[&[0, 1], &[2]], &[&[1, 0], &[2]]];
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

/// What was said of somebody by mistake is taken back, and nothing else: who had resigned, or has left, still has.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_back_but_what_was_said_by_mistake() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/all", &["*"]).await;
        let at = |id: &str, kind: &str, day: &str, data: Value| {
            let mut event = event("/all", id, kind, data);
            event["time"] = json!(format!("{day}T09:00:00+08:00"));
            event
        };
        let about = |number: &str, more: Value| {
            let mut data = json!({ "number": number, "name": number, "department": "华东区", "hired_on": "2024-03-01" });
            data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            data
        };
        let person = |id: &str, day: &str, number: &str, more: Value| at(id, "employee.upserted", day, about(number, more));
        let resigned = |number: &str, on: &str| json!({ "employee": number, "submitted_on": on });
        let right = |id: &str, of: &str, data: Value| {
            at(id, "record.corrected", "2026-11-15", json!({ "record": { "source": "/all", "id": of }, "data": data, "reason": "填错" }))
        };
        let resigning = |left_on: &str| json!({ "status": "resigning", "left_on": left_on });
        let mut events: Vec<Value> =
            ["A", "B", "C", "D", "E", "F", "G", "H"].iter().map(|n| person(&format!("p{n}"), "2026-01-05", n, json!({ "status": "active" }))).collect();
        events.extend([
            // A resigned; another resignation bears the number by mistake.
            at("r1", "resignation.submitted", "2026-11-05", resigned("A", "2026-11-05")),
            at("r2", "resignation.submitted", "2026-11-10", resigned("A", "2026-11-10")),
            // A list says of C that the last day is another, and of D by mistake that they resign.
            person("u1", "2026-11-06", "C", resigning("2026-12-20")),
            person("u2", "2026-11-06", "D", resigning("2026-12-20")),
            // E is said to have resigned by mistake, and has left before that is known.
            at("r3", "resignation.submitted", "2026-11-05", resigned("E", "2026-11-05")),
            // F resigns, as two lists say; G was never moved, as two other lists say by mistake.
            person("u4", "2026-11-06", "F", resigning("2026-12-20")),
            person("u5", "2026-11-07", "F", resigning("2026-12-20")),
            person("u6", "2026-11-03", "G", json!({ "department": "华北区" })),
            person("u7", "2026-11-08", "G", json!({ "department": "华南区" })),
        ]);
        assert_eq!(batch(&admin, &events).await["quarantined"], json!([]));
        server.settled().await;
        let running = "handovers WHERE status = 'running'";
        let set = |who: &[&str]| who.iter().map(|w| (*w).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(employees(&server, running).await, set(&["A", "E"]));
        let list = person("u3", "2026-11-12", "E", json!({ "status": "left", "left_on": "2026-11-12" }));
        assert_eq!(batch(&admin, &[list]).await["quarantined"], json!([]));
        server.settled().await;
        for event in [
            right("f0", "r1", json!({ "employee": "A", "submitted_on": "2026-11-05", "last_day": "2026-12-08" })),
            right("f1", "r2", resigned("B", "2026-11-10")),
            right("f2", "u1", about("C", resigning("2027-01-10"))),
            right("f3", "u2", about("B", json!({}))),
            right("f4", "r3", resigned("B", "2026-11-05")),
            right("f5", "u4", about("F", json!({ "status": "resigning", "left_on": "2026-12-20", "phones": ["+86 138"] }))),
            right("f6", "u7", about("H", json!({ "department": "华南区" }))),
            right("f7", "u6", about("H", json!({ "department": "华北区" }))),
        ] {
            assert_eq!(batch(&admin, &[event]).await["quarantined"], json!([]));
        }
        server.settled().await;
        let people = "SELECT number || ' ' || status || ' ' || COALESCE(last_day, '') FROM people WHERE number < 'G' ORDER BY 1";
        let now = texts(server.company.store.read(), people).await;
        assert_eq!(now, ["A resigning 2026-12-08", "B resigning 2026-12-10", "C resigning 2027-01-10", "D active ", "E left ", "F resigning 2026-12-20",]);
        assert_eq!(employees(&server, "resignations WHERE state = 'open'").await, set(&["A", "B", "C", "F"]));
        assert_eq!(texts(server.company.store.read(), "SELECT department FROM people WHERE number IN ('G', 'H') ORDER BY number").await, ["华东区", "华南区"]);
        assert_eq!(employees(&server, running).await, set(&["A", "B", "E"]));
        // Who resigns is watched at once, and who did not is not.
        assert_eq!(employees(&server, "standings WHERE standing = 'resigning'").await, set(&["A", "B", "C", "F"]));
    })
    .await;
}

/// As rows used to stand beside each other, the migration leaves them as they are written now.
async fn a_database_of_before_is_mended(server: &TestServer) {
    const SEEN: [(&str, &str); 6] = [
        ("consents", "employee"),
        ("leaves", "employee"),
        ("chain_facts", "employee || ' ' || class"),
        ("customer_assignments", "employee || ' ' || COALESCE(ends_at, 0) || ' ' || COALESCE(corrected_at, 0)"),
        ("customer_dealings", "employee || ' ' || CAST(newest AS TEXT) || ' ' || COALESCE(corrected_at, 0)"),
        ("customers", "customer || ' ' || CAST(unserved AS TEXT)"),
    ];
    let tx = server.company.store.write().await.unwrap();
    let seen = async || {
        let mut all = Vec::new();
        for (table, which) in SEEN {
            all.push((table, texts(&tx, &format!("SELECT {which} FROM {table} ORDER BY 1")).await));
        }
        all
    };
    let right = seen().await;
    let earlier = "idx IN (SELECT e.idx FROM corrections e JOIN corrections n ON n.corrects = e.corrects AND n.idx > e.idx)";
    for damage in [
        format!("UPDATE customer_assignments SET corrected_at = NULL WHERE {earlier}"),
        "UPDATE customers SET unserved = TRUE".to_owned(),
        format!("UPDATE customer_dealings SET corrected_at = NULL, newest = TRUE WHERE {earlier}"),
        format!("UPDATE customer_dealings SET newest = FALSE WHERE corrected_at IS NULL AND NOT {earlier}"),
        format!(
            "INSERT INTO consents (employee, channel, external, at, idx, state)
             SELECT employee, 'wecom', 'wm', at, idx, 'refused' FROM records WHERE employee IS NOT NULL AND {earlier}"
        ),
        format!("INSERT INTO leaves (idx, employee, from_at, until_at) SELECT idx, employee, at, at + 1 FROM records WHERE employee IS NOT NULL AND {earlier}"),
        format!(
            "INSERT INTO chain_facts (employee, class, at, idx, customer, kind)
             SELECT employee, 'said', at, idx, '', 'message.sent' FROM records WHERE employee IS NOT NULL AND {earlier}"
        ),
    ] {
        tx.execute_unprepared(&damage).await.unwrap();
    }
    for (right, damaged) in right.iter().zip(&seen().await) {
        assert_ne!(right, damaged, "{}", right.0);
    }
    run(&SchemaManager::new(&tx), m0129_corrected::STATEMENTS).await.unwrap();
    assert_eq!(seen().await, right);
    assert_eq!(texts(&tx, "SELECT kind FROM jobs WHERE kind = 'chains.follow_all'").await.len(), 1, "everybody is looked at");
    tx.rollback().await.unwrap();
}
