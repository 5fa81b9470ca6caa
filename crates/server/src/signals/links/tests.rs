//! What a group of records asks to be looked at is all that a look would find changed.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Stored, chains_of, everyone, model::chain as kept};
use crate::{
    company::Company,
    http::testing::{TestServer, Visitor, on_each_server},
};
use probity_simulate::Parameters;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ALL: &[&str] = &["ingest", "read", "cases", "admin"];

type Chains = BTreeMap<String, BTreeMap<String, String>>;

/// What was kept of everybody after the last look at each, and what a look at everybody finds now.
async fn kept_and_found(company: &Company) -> (Chains, Chains) {
    let mut last = Chains::new();
    for row in kept::Entity::find().all(company.store.read()).await.unwrap() {
        last.entry(row.employee).or_default().insert(row.id, row.steps);
    }
    let employees: BTreeSet<String> = everyone(company).await.unwrap().into_iter().chain(last.keys().cloned()).collect();
    let mut found = Chains::new();
    for employee in employees {
        let chains = chains_of(company, &employee, None).await.unwrap();
        if !chains.is_empty() {
            found.insert(employee, chains.iter().map(|c| (c.id.clone(), serde_json::to_string(&Stored::of(c)).unwrap())).collect());
        }
    }
    (last, found)
}

async fn send(caller: &Visitor<'_>, server: &TestServer, records: &[Value]) {
    caller.post("/api/v1/records", &Value::Array(records.to_vec())).await.ok(200);
    server.settled().await;
}

/// A company's year, of which these kinds come last: everything they could answer or support is there, and nothing but
/// they themselves can have anybody looked at.
async fn nobody_is_forgotten_when_last_come(last: &'static [&'static str]) {
    on_each_server(|server| async move {
        let caller = server.with(ALL).await;
        let simulated = probity_simulate::Company::new(Parameters { people: 14, months: 8, seed: 5, until: jiff::civil::date(2026, 10, 31) });
        for source in simulated.sources() {
            caller.put("/api/v1/sources", &source).await.ok(200);
        }
        // Whatever is new of people, customers and companies has everybody looked at, and would hide who was forgotten.
        let rank = |event: &Value| {
            let kind = event["type"].as_str().unwrap();
            if kind.ends_with(".upserted") { 0 } else { 1 + u8::from(last.contains(&kind)) }
        };
        let mut events: Vec<Value> = simulated.events().map(|e| e.to_json()).collect();
        // What no chain is made of only takes time.
        events.retain(|e| !matches!(e["type"].as_str().unwrap(), "attendance.recorded" | "receivable.booked" | "leave.taken"));
        events.sort_by_key(rank);
        let (before, late) = events.split_at(events.partition_point(|e| rank(e) < 2));
        for part in before.chunks(900) {
            caller.post("/api/v1/records", &Value::Array(part.to_vec())).await.ok(200);
        }
        server.settled().await;
        for part in late.chunks(late.len().div_ceil(4)) {
            send(&caller, &server, part).await;
            let (kept, found) = kept_and_found(&server.company).await;
            assert_eq!(kept, found, "{last:?}");
        }
        assert!(!kept_and_found(&server.company).await.1.is_empty(), "there are chains to be forgotten");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_forgotten_when_orders_come_last() {
    nobody_is_forgotten_when_last_come(&["order.placed"]).await;
    nobody_is_forgotten_when_last_come(&["order.transferred", "order.cancelled", "customer.lost"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_forgotten_when_work_outside_comes_last() {
    nobody_is_forgotten_when_last_come(&["track.recorded", "visit.checked_in"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_forgotten_when_the_work_with_customers_comes_last() {
    nobody_is_forgotten_when_last_come(&["customer.accessed", "call.made", "customer.followed_up", "deal.stage_changed", "inquiry.received"]).await;
    nobody_is_forgotten_when_last_come(&["customer.assigned"]).await;
}

/// A colleague's deed, long after what was said about that customer, and its correction; a customer given away since long ago.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_forgotten_across_a_year() {
    on_each_server(|server| async move {
        let caller = server.with(ALL).await;
        let basis = json!({ "kind": "contract", "notice": "员工手册", "notice_version": "1", "assessed_on": "2026-01-05" });
        caller.put("/api/v1/sources", &json!({ "source": "/all", "name": "all", "kinds": ["*"], "basis": basis })).await.ok(200);
        let event = |id: &str, kind: &str, day: &str, data: Value| {
            json!({ "specversion": "1.0", "id": id, "source": "/all", "type": kind, "time": format!("{day}T10:00:00+08:00"),
                "subject": data.get("employee").or(data["from"].get("employee")).cloned().unwrap_or(json!("E1")), "data": data })
        };
        let said = |id: &str, day: &str, customer: &str, text: &str| {
            let to = json!([{ "external": format!("wm-{customer}"), "customer": customer, "name": customer }]);
            event(id, "message.sent", day, json!({ "channel": "wecom", "conversation": customer, "from": { "employee": "E1" }, "to": to, "text": text }))
        };
        let employee = |number: &str| event(&format!("p{number}"), "employee.upserted", "2025-09-01", json!({ "number": number, "name": number }));
        let assigned = |id: &str, day: &str, to: &str, from: &str, reason: &str| {
            event(id, "customer.assigned", day, json!({ "customer": "C1", "employee": to, "from": from, "reason": reason }))
        };
        let moved = |order: &str, who: &str, customer: &str, to: Option<&str>| {
            let mut data = json!({ "order": order, "customer": customer, "employee": who, "amount": { "amount": "86000.00", "currency": "CNY" } });
            if let Some(to) = to {
                data["to_company"] = json!(to);
            }
            data
        };
        let company = event("k", "company.upserted", "2025-09-02", json!({ "company": "K9", "name": "鼎新建材", "kind": "competitor" }));
        let steps = [
            vec![employee("E1"), employee("E2"), company, assigned("a1", "2025-09-03", "E1", "2025-09-03", "")],
            vec![said("m1", "2025-10-01", "C1", "我介绍你到鼎新公司买，给你返10%")],
            vec![event("o0", "order.transferred", "2025-10-10", moved("O0", "E1", "C1", None))],
            vec![said("m2", "2026-05-01", "C2", "我介绍你到鼎新公司买，给你返10%")],
            vec![said("m3", "2026-05-10", "C1", "鼎新建材那边给您返10%")],
            vec![event("o1", "order.transferred", "2026-05-20", moved("O1", "E2", "C1", Some("K9")))],
            vec![event(
                "c1",
                "record.corrected",
                "2026-05-22",
                json!({
                    "record": { "source": "/all", "id": "o1" }, "reason": "客户填错", "data": moved("O1", "E2", "C3", Some("K9")),
                }),
            )],
            vec![assigned("a2", "2026-10-20", "E2", "2025-09-10", "区域调整")],
        ];
        let (mut before, mut changed) = (Chains::new(), 0);
        for step in steps {
            let answer = caller.post("/api/v1/records", &Value::Array(step)).await.ok(200);
            assert_eq!(answer["quarantined"], json!([]));
            server.settled().await;
            let (kept, found) = kept_and_found(&server.company).await;
            assert_eq!(kept, found);
            changed += usize::from(found != before);
            before = found;
        }
        assert!(changed >= 3, "what each step changes is what could be forgotten; {changed} did");
    })
    .await;
}
