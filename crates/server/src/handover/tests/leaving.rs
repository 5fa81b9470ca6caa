//! Every way of leaving, and what becomes of a list when its person goes, stays, or gets more.

use super::*;
use crate::{http::testing::on_each_server, testing::NOW};

async fn send(server: &TestServer, events: Vec<Value>) {
    let caller = server.with(&["ingest"]).await;
    let count = events.len();
    let answer = post(&caller, BATCH, Value::Array(events).to_string()).await.ok(200);
    assert_eq!(answer["accepted"], count, "{answer}");
    server.settled().await;
}

/// An act of people, as its room writes it.
async fn act(server: &TestServer, kind: &str, number: &str, data: Value) {
    let Value::Object(data) = data else { panic!("an object") };
    server.company.publish("people", kind, &crate::company::Actor::system("people"), Some(number), Vec::new(), data).await.unwrap();
    server.settled().await;
}

async fn all_of(who: &Visitor<'_>, number: &str) -> Vec<(String, String)> {
    let list = who.get(&format!("/api/v1/handovers?employee={number}")).await.ok(200);
    let pair = |h: &Value| (h["kind"].as_str().unwrap().to_owned(), h["status"].as_str().unwrap().to_owned());
    list["items"].as_array().unwrap().iter().map(pair).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

/// 00:00 of a day some days from now, in the company's zone.
fn at_day(server: &TestServer, days: i64) -> (i64, jiff::civil::Date) {
    let day = crate::handover::later(crate::handover::today(&server.company), days);
    (day.at(12, 0, 0, 0).to_zoned(server.company.settings().time_zone.clone()).unwrap().timestamp().as_microsecond(), day)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_resigns_while_changing_work_gets_the_leavers_list_and_the_law() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        let by_hand = hr.post("/api/v1/handovers", &json!({ "employee": "E101", "kind": "resignation", "last_day": "2026-12-20", "reason": "离职" })).await;
        assert_eq!(by_hand.problem(422), "record_the_resignation");
        hr.post("/api/v1/handovers", &json!({ "employee": "E101", "kind": "transfer", "reason": "调往华南" })).await.ok(201);
        let transfer = handover_of(&hr, "E101").await;
        let names: Vec<&str> = transfer["items"].as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap()).collect();
        assert!(!names.iter().any(|n| n.contains("收回") || n.contains("门禁") || n.contains("保密")), "nobody leaves: {names:?}");
        resigns(&server, "E101", "2026-12-20").await;
        assert_eq!(all_of(&hr, "E101").await, pairs(&[("resignation", "running"), ("transfer", "closed")]));
        let list = hr.get("/api/v1/handovers?employee=E101&status=running").await.ok(200);
        assert_eq!(list["items"][0]["duties"].as_array().unwrap().len(), 4);
        let open = hr.get("/api/v1/handovers?employee=E101&status=open").await.ok(200);
        let kinds: Vec<&str> = open["items"].as_array().unwrap().iter().map(|h| h["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["resignation"], "what is closed is not among what is open");
        let closed = hr.get(&path(&transfer)).await.ok(200);
        assert_eq!(closed["closed_reason"], "本人离职，由离职交接接续");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_ground_of_leaving_opens_the_laws_track() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        let (_, today) = at_day(&server, 0);
        let left = |number: &str, ground: &str| json!({ "employee": number, "left_on": today.to_string(), "ground": ground });
        for (number, ground) in [("E101", "dismissal"), ("E102", "expiry"), ("E103", "retirement")] {
            act(&server, "employee.left", number, left(number, ground)).await;
        }
        for (number, kind) in [("E101", "dismissal"), ("E102", "expiry"), ("E103", "retirement")] {
            let now = handover_of(&hr, number).await;
            assert_eq!((now["kind"].as_str(), now["last_day"].as_str()), (Some(kind), Some(today.to_string().as_str())));
            let duties: Vec<&str> = now["duties"].as_array().unwrap().iter().map(|d| d["duty"].as_str().unwrap()).collect();
            assert_eq!(duties, ["certificate", "wages", "transfer", "housing_fund"], "{number}");
        }
        // One end told twice is one handover; known beforehand it starts by hand and keeps its clocks.
        act(&server, "employee.left", "E101", left("E101", "dismissal")).await;
        assert_eq!(all_of(&hr, "E101").await.len(), 1);
        let (_, soon) = at_day(&server, 10);
        let planned = json!({ "employee": "E105", "kind": "agreement", "last_day": soon.to_string(), "reason": "协商一致" });
        hr.post("/api/v1/handovers", &planned).await.ok(201);
        assert_eq!(handover_of(&hr, "E105").await["duties"].as_array().unwrap().len(), 4);
        let past = json!({ "employee": "E100", "kind": "expiry", "last_day": "2026-01-01", "reason": "到期" });
        assert_eq!(hr.post("/api/v1/handovers", &past).await.problem(422), "required");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_leaver_is_gone_the_manager_hands_over_and_many_are_done_at_once() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let (hr, lead) = (server.person("hr", None).await, server.person("sales_manager", Some("E100")).await);
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let now = submit(&hr, &server, &at, item(&first, "assign", None)).await;
        accept(&lead, &at, &now, item(&now, "assign", None)["id"].as_str().unwrap()).await;
        let chosen = |h: &Value, wanted: &dyn Fn(&Value) -> bool| -> Vec<Value> {
            h["items"].as_array().unwrap().iter().filter(|i| wanted(i)).map(|i| json!({ "item": i["id"], "revision": i["revision"] })).collect()
        };
        let open = lead.get(&at).await.ok(200);
        let mine = chosen(&open, &|i| i["node"] == "submit" && i["must_upload"] == false);
        let bulk = |what: &str, items: &[Value], words: &str| json!({ "act": what, "items": items, "words": words });
        // She is here still: it is hers to submit, and one refusal keeps no other from its answer.
        let answer = lead.post(&format!("{at}/items/act"), &bulk("submit", &mine, "系统资料完整")).await.ok(200);
        assert!(answer["items"].as_array().unwrap().iter().all(|r| r["done"] == false && r["code"] == "not_yours"), "{answer}");
        let left = json!({ "employee": "E101", "left_on": at_day(&server, 0).1.to_string(), "ground": "agreement" });
        act(&server, "employee.left", "E101", left).await;
        assert_eq!(hr.get(&at).await.ok(200)["last_day"], at_day(&server, 0).1.to_string(), "the day of the departure counts");
        let open = lead.get(&at).await.ok(200);
        assert!(items(&open, |i| i["node"] == "submit").iter().all(|i| i["may_submit"] == true));
        let answer = lead.post(&format!("{at}/items/act"), &bulk("submit", &mine, "系统资料完整")).await.ok(200);
        assert!(answer["items"].as_array().unwrap().iter().all(|r| r["done"] == true), "{answer}");
        // Twice with the same revision: told so, item by item.
        let again = lead.post(&format!("{at}/items/act"), &bulk("submit", &mine, "系统资料完整")).await.ok(200);
        assert!(again["items"].as_array().unwrap().iter().all(|r| r["done"] == false), "{again}");
        // The manager does not look at what the manager filled in; HR does, for both reviewers.
        let now = lead.get(&at).await.ok(200);
        let waiting = chosen(&now, &|i| i["status"] == "submitted");
        let own = lead.post(&format!("{at}/items/act"), &bulk("accept", &waiting, "")).await.ok(200);
        assert!(own["items"].as_array().unwrap().iter().all(|r| r["code"] == "own_review"), "{own}");
        for _ in 0..2 {
            let waiting = chosen(&hr.get(&at).await.ok(200), &|i| i["status"] == "submitted");
            hr.post(&format!("{at}/items/act"), &bulk("accept", &waiting, "")).await.ok(200);
        }
        // What nobody can give any more is done without, in one act, by HR only.
        let rest = chosen(&hr.get(&at).await.ok(200), &|i| i["node"] == "submit" && i["status"] == "open");
        assert_eq!(rest.len(), 1, "the papers");
        assert_eq!(lead.post(&format!("{at}/items/act"), &bulk("waive", &rest, "本人已离职")).await.ok(200)["items"][0]["done"], false);
        assert_eq!(hr.post(&format!("{at}/items/act"), &bulk("waive", &rest, "本人已离职")).await.ok(200)["items"][0]["done"], true);
        let now = submit(&lead, &server, &at, item(&lead.get(&at).await.ok(200), "confirm", None)).await;
        let now = accept(&hr, &at, &now, item(&now, "confirm", None)["id"].as_str().unwrap()).await;
        assert_eq!(now["status"], "signed_off");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_day_is_one_truth_and_neither_side_moves_it_alone() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        // In probation: three days' notice, and the thirty of others bind nobody.
        let (_, today) = at_day(&server, 0);
        let probation = json!({ "number": "E103", "name": "陈晨", "department": "华东销售部", "manager": "E100", "status": "active",
            "hired_on": crate::handover::later(today, -20).to_string(), "probation_until": crate::handover::later(today, 40).to_string() });
        let mut state = event("p2-E103", "employee.upserted", Some("E103"), &probation);
        state["time"] = json!(crate::http::instant(NOW));
        send(&server, vec![state]).await;
        hr.post("/api/v1/employees/E103/resignation", &json!({ "submitted_on": today.to_string(), "form": "written" })).await.ok(200);
        server.settled().await;
        let first = handover_of(&hr, "E103").await;
        let at = path(&first);
        let lawful = crate::handover::later(today, 3).to_string();
        assert_eq!(first["last_day"], lawful);
        let to = |days: i64, agreed: bool| json!({ "last_day": crate::handover::later(today, days).to_string(), "agreed": agreed, "reason": "工作安排" });
        assert_eq!(hr.put(&format!("{at}/last-day"), &to(30, false)).await.body["rule"], "P15");
        assert_eq!(hr.put(&format!("{at}/last-day"), &to(1, false)).await.body["rule"], "P15", "nor earlier");
        let now = hr.put(&format!("{at}/last-day"), &to(10, true)).await.ok(200);
        let agreed = crate::handover::later(today, 10).to_string();
        assert_eq!((now["last_day"].as_str(), now["duties"][0]["due"].as_str()), (Some(agreed.as_str()), Some(agreed.as_str())));
        let person = crate::people::find(server.company.store.read(), "E103").await.unwrap().unwrap();
        assert_eq!(person.last_day.as_deref(), Some(agreed.as_str()), "standing, tokens and the own page go by it");
        let leaving = crate::people::leaving_of(server.company.store.read(), "E103").await.unwrap().unwrap();
        assert_eq!(leaving.last_day.to_string(), agreed);
        // Back to the day of the law takes nobody's word.
        assert_eq!(hr.put(&format!("{at}/last-day"), &to(3, false)).await.ok(200)["last_day"], lawful);
        let refused = hr.get(&at).await.ok(200)["events"].as_array().unwrap().iter().filter(|e| e["kind"] == "hold_refused").count();
        assert_eq!(refused, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_during_the_notice_joins_the_list_once() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        hr.post(&format!("{at}/reconcile"), &json!({})).await.ok(200);
        let sum = json!({ "amount": "500.00", "currency": "CNY" });
        send(
            &server,
            vec![
                event("o-new", "order.placed", Some("E101"), &json!({ "order": "O-9", "customer": "C-1", "employee": "E101", "amount": sum })),
                event("a-new", "customer.assigned", Some("E101"), &json!({ "customer": "C-5", "employee": "E101", "from": "2026-11-01" })),
            ],
        )
        .await;
        let now = hr.get(&at).await.ok(200);
        let later: Vec<&str> = items(&now, |i| i["origin"] == "later").iter().map(|i| i["reference"].as_str().unwrap()).collect();
        assert!(later.contains(&"O-9") && later.contains(&"C-5"), "{later:?}");
        let found = now["findings"].as_array().unwrap().iter().find(|f| f["customer"] == "C-5").unwrap();
        assert_eq!(found["status"], "added", "what is on the list needs no decision");
        // By hand and by the finding: once.
        let by_hand = json!({ "group": "customers", "kind": "customer", "name": "暗河科技", "reference": "C-6" });
        hr.post(&format!("{at}/items"), &by_hand).await.ok(200);
        assert_eq!(hr.post(&format!("{at}/items"), &by_hand).await.problem(409), "listed");
        assert_eq!(hr.post(&format!("{at}/findings"), &json!({ "customer": "C-6", "add": true })).await.status, 409);
        assert_eq!(items(&hr.get(&at).await.ok(200), |i| i["reference"] == "C-6").len(), 1);
        // The leaver's word is taken; whether there is such a customer is not told.
        let her = server.person("employee", Some("E101")).await;
        for id in ["C-999", "C-5x"] {
            her.post(&format!("{at}/items"), &json!({ "group": "customers", "kind": "customer", "name": "某客户", "reference": id })).await.ok(200);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_resignation_owes_nothing_and_offers_the_customers_back() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let ids: Vec<Value> = items(&first, |i| i["kind"] == "customer").iter().map(|i| i["id"].clone()).collect();
        hr.put(&format!("{at}/receivers"), &json!({ "items": ids, "receiver": "E102" })).await.ok(200);
        let set = hr.get(&at).await.ok(200);
        assert_eq!(set["events"][0]["text"], "4 项由李娜接收");
        hr.post(&format!("{at}/reassign"), &json!({ "customers": ["C-1", "C-3"], "reason": "离职交接" })).await.ok(200);
        passed(&server, &hr, &at).await;
        act(&server, "resignation.withdrawn", "E101", json!({ "employee": "E101", "reason": "本人撤回" })).await;
        let now = hr.get(&at).await.ok(200);
        assert_eq!((now["status"].as_str(), now["closed_reason"].as_str()), (Some("closed"), Some("撤回辞职")));
        assert_eq!((now["duties"].clone(), now["may"]["ask_back"].clone(), now["may"]["arrange"].clone()), (json!([]), json!(true), json!(false)));
        assert_eq!(hr.get("/api/v1/customers/C-1").await.ok(200)["employee"], "E102", "nothing goes back by itself");
        hr.post(&format!("{at}/reassign/undo"), &json!({ "customers": ["C-1"], "reason": "本人撤回离职" })).await.ok(200);
        let now = passed(&server, &hr, &at).await;
        assert_eq!(hr.get("/api/v1/customers/C-1").await.ok(200)["employee"], "E101");
        assert_eq!(hr.get("/api/v1/customers/C-3").await.ok(200)["employee"], "E102");
        let states: Vec<&str> = now["moves"].as_array().unwrap().iter().map(|m| m["status"].as_str().unwrap()).collect();
        assert_eq!(states, ["undone", "done"]);
    })
    .await;
}
