#![expect(clippy::unwrap_used, reason = "tests")]

mod changing_hands;
mod large;
mod leaving_the_house;
mod lists;
mod of_employee;

use crate::{
    http::testing::{TestServer, Visitor, on_each_server},
    intake::tests::{BATCH, post, register},
    records::{machine, model::record},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

fn event(id: &str, kind: &str, time: &str, data: Value) -> Value {
    let mut event = json!({ "specversion": "1.0", "id": id, "source": "/crm", "type": kind, "time": time, "data": data });
    let whose = event["data"].get("employee").or(event["data"].get("number")).and_then(Value::as_str).map(str::to_owned);
    if let Some(number) = whose {
        event["subject"] = json!(number);
    }
    event
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

async fn tell(caller: &Visitor<'_>, events: &[Value]) {
    let answer = post(caller, BATCH, json!(events).to_string()).await.ok(200);
    assert_eq!(answer["accepted"].as_u64(), Some(events.len() as u64), "{answer}");
}

const T: &str = "2026-03-02T10:00:00+08:00";

/// M leads A and B; X is of another team; L is leaving, G has left. C1–C3 are A's, C4 is X's, C5 nobody's.
async fn office(server: &TestServer) {
    let caller = server.with(&["admin", "ingest"]).await;
    register(&caller, "/crm", &["*"]).await;
    let person = |number: &str, name: &str, manager: Option<&str>, status: &str| {
        // Who resigned in March would have left by now.
        let time = if status == "resigning" { "2026-11-18T10:00:00+08:00" } else { T };
        event(&format!("p-{number}"), "employee.upserted", time, json!({ "number": number, "name": name, "manager": manager, "status": status }))
    };
    let customer = |id: &str, name: &str| {
        let contacts = json!([{ "name": format!("{name}采购"), "phone": format!("1390000{id}") }]);
        event(&format!("c-{id}"), "customer.upserted", T, json!({ "customer": id, "name": name, "tier": "normal", "contacts": contacts }))
    };
    let serves = |id: &str, who: &str| event(&format!("a-{id}"), "customer.assigned", T, json!({ "customer": id, "employee": who, "from": "2026-03-02" }));
    tell(
        &caller,
        &[
            person("M", "马经理", None, "active"),
            person("A", "安宁", Some("M"), "active"),
            person("B", "白露", Some("M"), "active"),
            person("X", "夏至", None, "active"),
            person("L", "李行", Some("M"), "resigning"),
            person("G", "郭去", Some("M"), "left"),
            customer("C1", "恒达建材"),
            customer("C2", "青禾五金"),
            customer("C3", "远山医疗"),
            customer("C4", "临港物流"),
            customer("C5", "无主商行"),
            serves("C1", "A"),
            serves("C2", "A"),
            serves("C3", "A"),
            serves("C4", "X"),
        ],
    )
    .await;
}

/// Content of our own records of that kind, oldest first.
async fn acts(server: &TestServer, kind: &str) -> Vec<Value> {
    let rows: Vec<i64> = record::Entity::find()
        .filter(record::Column::Kind.eq(kind))
        .filter(record::Column::Source.eq(super::SOURCE))
        .order_by_asc(record::Column::Idx)
        .all(server.company.store.read())
        .await
        .unwrap()
        .into_iter()
        .map(|r| r.idx)
        .collect();
    machine::open(&server.company, &rows).await.unwrap().into_iter().map(|o| o.content.unwrap().event["data"].clone()).collect()
}

/// Waits until a reassignment is done.
pub(crate) async fn moved(server: &TestServer, id: &str) {
    for _ in 0..1500 {
        if super::reassign::progress(server.company.store.read(), id).await.unwrap().status == "done" {
            return server.settled().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the reassignment never ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_the_company_knows_stands_on_one_page() {
    on_each_server(|server| async move {
        office(&server).await;
        let caller = server.with(&["ingest"]).await;
        let one = |id: &str, kind: &str, time: &str, data: Value| event(id, kind, time, data);
        tell(
            &caller,
            &[
                one("f1", "customer.followed_up", "2026-03-05T10:00:00+08:00", json!({ "customer": "C1", "employee": "A", "channel": "visit", "note": "看了样板" })),
                one("d1", "deal.stage_changed", "2026-03-06T10:00:00+08:00", json!({ "deal": "D1", "customer": "C1", "employee": "A", "stage": "报价", "amount": yuan("120000.00") })),
                one("d2", "deal.stage_changed", "2026-04-06T10:00:00+08:00", json!({ "deal": "D1", "customer": "C1", "employee": "A", "stage": "赢单" })),
                one("d3", "deal.stage_changed", "2026-04-07T10:00:00+08:00", json!({ "deal": "D2", "customer": "C1", "employee": "A", "stage": "接洽" })),
                one("o1", "order.placed", "2026-04-08T10:00:00+08:00", json!({ "order": "O1", "customer": "C1", "employee": "A", "amount": yuan("86000.50") })),
                one("o2", "order.placed", "2026-04-09T10:00:00+08:00", json!({ "order": "O2", "customer": "C1", "employee": "A", "amount": yuan("100.00") })),
                one("o3", "order.cancelled", "2026-04-10T10:00:00+08:00", json!({ "order": "O2", "customer": "C1", "employee": "A", "reason": "改期" })),
                one("r1", "receivable.booked", "2026-04-11T10:00:00+08:00", json!({ "receivable": "R1", "customer": "C1", "employee": "A", "order": "O1", "amount": yuan("86000.50"), "due": "2026-05-01" })),
                one("r2", "receivable.booked", "2026-05-11T10:00:00+08:00", json!({ "receivable": "R1", "customer": "C1", "employee": "A", "order": "O1", "amount": yuan("86000.50"), "due": "2026-05-01", "settled": yuan("6000.50") })),
            ],
        )
        .await;
        let own = server.person("employee", Some("A")).await;
        let made = own.post("/api/v1/customers/C1/promises", &json!({ "what": "年底前免费换一批样品", "until": "2026-12-31" })).await.ok(201);
        own.post("/api/v1/customers/C1/preferences", &json!({ "text": "只收纸质发票" })).await.ok(201);
        own.post("/api/v1/customers/C1/follow-ups", &json!({ "channel": "phone", "note": "约下周三" })).await.ok(201);
        own.put("/api/v1/customers/C1/contacts", &json!({ "contacts": [{ "name": "钱工", "phone": "13900001111" }, { "name": "孙姐" }] })).await.ok(200);

        let page = own.get("/api/v1/customers/C1").await.ok(200);
        assert_eq!(page["contacts"], json!([{ "name": "钱工", "phone": "13900001111" }, { "name": "孙姐" }]));
        let deal = page["deals"].as_array().unwrap().iter().find(|d| d["deal"] == "D1").unwrap().clone();
        assert_eq!((deal["stage"].as_str(), deal["open"].as_bool(), &deal["amount"]), (Some("赢单"), Some(false), &yuan("120000.00")));
        assert_eq!(deal["before"][0]["stage"], "报价");
        let orders: Vec<_> = page["orders"].as_array().unwrap().iter().map(|o| (o["order"].as_str().unwrap(), o["state"].as_str().unwrap(), o["open"] == true)).collect();
        assert_eq!(orders, [("O2", "cancelled", false), ("O1", "placed", true)]);
        assert_eq!(page["receivables"][0]["settled"], yuan("6000.50"));
        assert_eq!(page["receivables"][0]["overdue"], true);
        assert_eq!(page["owed"], json!([yuan("80000.00")]));
        assert_eq!(page["promises"][0]["what"], "年底前免费换一批样品");
        assert_eq!(page["preferences"][0]["text"], "只收纸质发票");
        assert_eq!(page["follow_ups"][0]["note"], "约下周三");
        assert_eq!(page["follow_ups"][1]["channel"], "visit");
        assert_eq!((&page["counts"]["orders"], &page["counts"]["follow_ups"]), (&json!(2), &json!(2)));

        // What is open is what a handover has to list.
        let held = super::held_by(server.company.store.read(), "A", server.company.now()).await.unwrap();
        let names: Vec<&str> = held.iter().map(|h| h.customer.as_str()).collect();
        assert_eq!(names, ["C1", "C2", "C3"]);
        let first = &held[0];
        assert_eq!(first.deals.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["D2"]);
        assert_eq!(first.orders.iter().map(|o| (o.id.as_str(), o.amount)).collect::<Vec<_>>(), [("O1", Some(8_600_050))]);
        assert_eq!(first.receivables.iter().map(|r| (r.id.as_str(), r.amount)).collect::<Vec<_>>(), [("R1", Some(8_000_000))]);
        assert_eq!(first.promises.len(), 1);

        // A promise ends once.
        let promise = format!("/api/v1/customers/C1/promises/{}", made["id"].as_str().unwrap());
        own.post(&promise, &json!({ "state": "kept" })).await.ok(200);
        assert_eq!(own.post(&promise, &json!({ "state": "broken" })).await.problem(409), "promise_ended");
        let page = own.get("/api/v1/customers/C1").await.ok(200);
        assert_eq!((&page["promises"][0]["state"], &page["promises"][0]["until"]), (&json!("kept"), &json!("2026-12-31")));
        // The act is a record with who did it.
        let told = acts(&server, "customer.promised").await;
        assert_eq!((&told[0]["what"], &told[0]["by"]["kind"]), (&json!("年底前免费换一批样品"), &json!("user")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_seen_as_it_was_and_as_it_was_known() {
    on_each_server(|server| async move {
        office(&server).await;
        let caller = server.with(&["ingest"]).await;
        // It is November; only now we hear that B has served since July, and that the deal was won in August.
        server.company.clock.advance(86_400_000_000);
        let hr = server.person("hr", None).await;
        tell(
            &caller,
            &[
                event("late", "customer.assigned", "2026-11-20T10:00:00+08:00", json!({ "customer": "C1", "employee": "B", "from": "2026-07-01" })),
                event("d1", "deal.stage_changed", "2026-06-06T10:00:00+08:00", json!({ "deal": "D1", "customer": "C1", "employee": "A", "stage": "报价" })),
                event("d2", "deal.stage_changed", "2026-08-06T10:00:00+08:00", json!({ "deal": "D1", "customer": "C1", "employee": "B", "stage": "赢单" })),
            ],
        )
        .await;
        let who = |page: &Value| page["employee"].as_str().unwrap_or_default().to_owned();
        let page = hr.get("/api/v1/customers/C1").await.ok(200);
        assert_eq!(who(&page), "B");
        let page = hr.get("/api/v1/customers/C1?on=2026-05-01").await.ok(200);
        assert_eq!(who(&page), "A");
        assert_eq!(page["deals"], json!([]));
        let page = hr.get("/api/v1/customers/C1?on=2026-07-15").await.ok(200);
        assert_eq!((who(&page).as_str(), page["deals"][0]["stage"].as_str()), ("B", Some("报价")));
        // On the day before we heard of it, we believed that it was A.
        let page = hr.get("/api/v1/customers/C1?on=2026-07-15&known=2026-11-20").await.ok(200);
        assert_eq!((who(&page).as_str(), &page["deals"], page["assignments"].as_array().unwrap().len()), ("A", &json!([]), 1));
        let page = hr.get("/api/v1/customers/C1?known=2026-11-21").await.ok(200);
        assert_eq!((who(&page).as_str(), page["deals"][0]["stage"].as_str()), ("B", Some("赢单")));
        assert_eq!(hr.get("/api/v1/customers/C1?on=yesterday").await.problem(400), "bad_time");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_speaks_in_the_place_of_what_it_corrects() {
    on_each_server(|server| async move {
        office(&server).await;
        let caller = server.with(&["ingest"]).await;
        let hr = server.person("hr", None).await;
        tell(
            &caller,
            &[
                event(
                    "o1",
                    "order.placed",
                    "2026-04-08T10:00:00+08:00",
                    json!({ "order": "O1", "customer": "C1", "employee": "A", "amount": yuan("86000.00") }),
                ),
                event("o2", "order.cancelled", "2026-04-09T10:00:00+08:00", json!({ "order": "O1", "customer": "C1", "employee": "A" })),
            ],
        )
        .await;
        // It was another order that was cancelled.
        let right = json!({ "order": "O9", "customer": "C1", "employee": "A" });
        tell(&caller, &[event("x", "record.corrected", "2026-11-20T09:00:00+08:00", json!({ "record": { "source": "/crm", "id": "o2" }, "data": right }))])
            .await;
        let page = hr.get("/api/v1/customers/C1").await.ok(200);
        let orders: Vec<_> = page["orders"].as_array().unwrap().iter().map(|o| (o["order"].as_str().unwrap(), o["state"].as_str().unwrap())).collect();
        assert_eq!(orders, [("O9", "cancelled"), ("O1", "placed")]);
        let held = super::held_by(server.company.store.read(), "A", server.company.now()).await.unwrap();
        assert_eq!(held[0].orders.iter().map(|o| o.id.as_str()).collect::<Vec<_>>(), ["O1"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_there_only_for_those_who_reach_it() {
    on_each_server(|server| async move {
        office(&server).await;
        let (own, manager, other, hr) = (
            server.person("employee", Some("A")).await,
            server.person("sales_manager", Some("M")).await,
            server.person("employee", Some("X")).await,
            server.person("hr", None).await,
        );
        async fn listed(v: &Visitor<'_>, query: &str) -> Vec<String> {
            let list = v.get(&format!("/api/v1/customers{query}")).await.ok(200);
            list["items"].as_array().unwrap().iter().map(|c| c["customer"].as_str().unwrap().to_owned()).collect()
        }
        assert_eq!(listed(&own, "").await, ["C1", "C2", "C3"]);
        assert_eq!(listed(&manager, "").await, ["C1", "C2", "C3"]);
        assert_eq!(listed(&other, "").await, ["C4"]);
        assert_eq!(listed(&hr, "").await, ["C1", "C2", "C3", "C4", "C5"]);
        assert_eq!(listed(&hr, "?held=nobody").await, ["C5"]);
        assert_eq!(listed(&manager, "?q=hdjc").await, ["C1"]);
        assert_eq!(listed(&hr, "?q=%E7%89%A9%E6%B5%81").await, ["C4"]);
        // A filter by somebody else's customers finds nothing of theirs.
        assert_eq!(listed(&manager, "?employee=X").await, [""; 0]);
        assert_eq!(own.get("/api/v1/customers/C4").await.problem(404), own.get("/api/v1/customers/none").await.problem(404));
        for (path, body) in
            [("promises", json!({ "what": "x", "until": "2026-12-01" })), ("preferences", json!({ "text": "x" })), ("follow-ups", json!({ "note": "x" }))]
        {
            assert_eq!(own.post(&format!("/api/v1/customers/C4/{path}"), &body).await.problem(404), "not_found");
        }
        assert_eq!(own.put("/api/v1/customers/C4/contacts", &json!({ "contacts": [] })).await.problem(404), "not_found");
        // HR sees and assigns, and edits nothing.
        assert_eq!(hr.post("/api/v1/customers/C1/preferences", &json!({ "text": "x" })).await.problem(403), "forbidden");
        // Bad input names its place.
        for (path, body, pointer) in [
            ("promises", json!({ "what": " ", "until": "2026-12-01" }), "/what"),
            ("promises", json!({ "what": "x", "until": "2026-11-01" }), "/until"),
            ("promises", json!({ "what": "x", "until": "soon" }), "/until"),
            ("follow-ups", json!({ "note": "" }), "/note"),
        ] {
            let answer = own.post(&format!("/api/v1/customers/C1/{path}"), &body).await;
            assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.body);
            assert_eq!(answer.problem(422), "invalid");
        }
        let answer = own.put("/api/v1/customers/C1/contacts", &json!({ "contacts": [{ "name": "甲" }, { "phone": " " }] })).await;
        assert_eq!((answer.status, answer.body["errors"][0]["pointer"].as_str()), (422, Some("/contacts/1")));
        // Somebody who is leaving works on, and leaves contacts as they are.
        let caller = server.with(&["ingest"]).await;
        tell(&caller, &[event("a-L", "customer.assigned", T, json!({ "customer": "C5", "employee": "L", "from": "2026-03-02" }))]).await;
        let leaving = server.person("employee", Some("L")).await;
        leaving.post("/api/v1/customers/C5/follow-ups", &json!({ "note": "照常跟进" })).await.ok(201);
        let refused = leaving.put("/api/v1/customers/C5/contacts", &json!({ "contacts": [] })).await;
        assert_eq!(refused.body["rule"], "P16");
        assert_eq!(refused.problem(403), "frozen_contacts");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn promises_are_due_in_order_and_only_those_within_reach() {
    on_each_server(|server| async move {
        office(&server).await;
        let (own, manager, other) =
            (server.person("employee", Some("A")).await, server.person("sales_manager", Some("M")).await, server.person("employee", Some("X")).await);
        for (who, customer, what, until) in
            [(&own, "C1", "一", "2026-11-25"), (&own, "C2", "二", "2026-11-22"), (&own, "C3", "三", "2027-03-01"), (&other, "C4", "四", "2026-11-21")]
        {
            who.post(&format!("/api/v1/customers/{customer}/promises"), &json!({ "what": what, "until": until })).await.ok(201);
        }
        async fn due(v: &Visitor<'_>, query: &str) -> Vec<String> {
            let list = v.get(&format!("/api/v1/promises{query}")).await.ok(200);
            list["items"].as_array().unwrap().iter().map(|p| p["what"].as_str().unwrap().to_owned()).collect()
        }
        assert_eq!(due(&manager, "").await, ["二", "一"]);
        assert_eq!(due(&other, "").await, ["四"]);
        assert_eq!(due(&own, "?until=2027-12-31").await, ["二", "一", "三"]);
        let first = own.get("/api/v1/promises?limit=1").await.ok(200);
        assert_eq!(due(&own, &format!("?limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).await, ["一"]);
    })
    .await;
}
