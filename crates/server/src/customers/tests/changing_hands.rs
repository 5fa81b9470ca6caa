//! Assignments by people: refusals, many at once with a result each, the way back, two at once.

use super::{acts, event, moved, office, tell};
use crate::{
    company::Actor,
    customers::reassign::{self, Order, Within},
    http::testing::{TestServer, Visitor, on_each_server},
    settings,
};
use serde_json::{Value, json};

async fn results(hr: &Visitor<'_>, id: &str) -> Vec<(String, String, Option<String>)> {
    let list = hr.get(&format!("/api/v1/reassignments/{id}/results?limit=500")).await.ok(200);
    let text = |v: &Value| v.as_str().map(str::to_owned);
    list["items"].as_array().unwrap().iter().map(|r| (text(&r["customer"]).unwrap(), text(&r["status"]).unwrap(), text(&r["code"]))).collect()
}

fn row(customer: &str, status: &str, code: Option<&str>) -> (String, String, Option<String>) {
    (customer.into(), status.into(), code.map(str::to_owned))
}

async fn start(server: &TestServer, who: &Visitor<'_>, body: Value) -> String {
    let made = who.post("/api/v1/customers/reassign", &body).await.ok(202);
    let id = made["id"].as_str().unwrap();
    moved(server, id).await;
    id.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_customer_is_assigned_and_each_refusal_is_clear() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        let manager = server.person("sales_manager", Some("M")).await;
        let to = |to: &str, replaces: Option<&str>| json!({ "to": to, "replaces": replaces, "reason": "区域调整" });
        let path = "/api/v1/customers/C1/assign";
        assert_eq!(hr.post(path, &to("B", None)).await.problem(409), "assignments_overlap");
        assert_eq!(hr.post(path, &to("B", Some("X"))).await.problem(409), "holder_changed");
        assert_eq!(hr.post(path, &to("A", Some("A"))).await.problem(409), "already_theirs");
        assert_eq!(hr.post(path, &to("nobody", Some("A"))).await.problem(422), "receiver_unknown");
        assert_eq!(hr.post(path, &to("L", Some("A"))).await.problem(422), "receiver_leaving");
        assert_eq!(hr.post(path, &to("G", Some("A"))).await.problem(422), "receiver_leaving");
        let early = json!({ "to": "B", "replaces": "A", "from_date": "2026-01-01", "reason": "区域调整" });
        assert_eq!(hr.post(path, &early).await.problem(409), "assignments_overlap");
        assert_eq!(hr.post(path, &json!({ "to": "B", "replaces": "A", "from_date": "soon", "reason": "x" })).await.problem(400), "bad_time");
        assert_eq!(hr.post(path, &json!({ "to": "B", "replaces": "A", "reason": "" })).await.problem(422), "invalid");
        // Nothing was done by all this.
        assert_eq!(acts(&server, "customer.assigned").await.len(), 0);
        // A manager gives away the team's customers to the team, not to others, and not others' customers.
        assert_eq!(manager.post(path, &to("X", Some("A"))).await.problem(403), "out_of_reach");
        assert_eq!(manager.post("/api/v1/customers/C4/assign", &to("A", Some("X"))).await.problem(404), "not_found");
        manager.post(path, &to("B", Some("A"))).await.ok(201);
        let page = hr.get("/api/v1/customers/C1").await.ok(200);
        assert_eq!((&page["employee"], page["assignments"].as_array().unwrap().len()), (&json!("B"), 2));
        assert_eq!(page["assignments"][0]["reason"], "区域调整");
        // Nobody's customer goes to somebody without taking it from anyone.
        hr.post("/api/v1/customers/C5/assign", &to("B", None)).await.ok(201);
        // Whoever is leaving changes nothing: the article is named.
        let caller = server.with(&["ingest"]).await;
        tell(&caller, &[event("leaves", "employee.upserted", "2026-11-19T10:00:00+08:00", json!({ "number": "M", "name": "马经理", "status": "resigning" }))])
            .await;
        let refused = manager.post("/api/v1/customers/C2/assign", &to("B", Some("A"))).await;
        assert_eq!(refused.body["rule"], "P16");
        assert_eq!(refused.problem(403), "frozen");
        let refused = manager.post("/api/v1/customers/reassign", &json!({ "from": "A", "to": "B", "reason": "x" })).await;
        assert_eq!(refused.problem(403), "frozen");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_at_once_the_second_is_refused() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        let body = |to: &str| json!({ "to": to, "replaces": "A", "reason": "同时" });
        for round in 0..5 {
            let customer = ["C1", "C2", "C3"][round % 3];
            let holder = hr.get(&format!("/api/v1/customers/{customer}")).await.ok(200)["employee"].as_str().unwrap().to_owned();
            let (mut to_b, mut to_x) = (body("B"), body("X"));
            (to_b["replaces"], to_x["replaces"]) = (json!(holder), json!(holder));
            let others: Vec<&str> = ["A", "B", "X"].into_iter().filter(|n| *n != holder).collect();
            (to_b["to"], to_x["to"]) = (json!(others[0]), json!(others[1]));
            let path = format!("/api/v1/customers/{customer}/assign");
            let (one, two) = tokio::join!(hr.post(&path, &to_b), hr.post(&path, &to_x));
            let mut statuses = [one.status, two.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{} {}", one.body, two.body);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_change_hands_with_a_result_for_each_and_go_back() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        let caller = server.with(&["ingest"]).await;
        // C2 has a term that ends later, so it cannot be cut short.
        tell(
            &caller,
            &[event(
                "t",
                "customer.assigned",
                "2026-11-01T10:00:00+08:00",
                json!({ "customer": "C2", "employee": "A", "from": "2026-11-01", "until": "2026-12-31" }),
            )],
        )
        .await;
        let id = start(&server, &hr, json!({ "customers": ["C1", "C2", "C3", "C4", "C5", "C9", "C1"], "from": "A", "to": "B", "reason": "安宁调岗" })).await;
        let done = hr.get(&format!("/api/v1/reassignments/{id}")).await.ok(200);
        assert_eq!((&done["status"], &done["total"], &done["done"], &done["refused"]), (&json!("done"), &json!(6), &json!(2), &json!(4)), "{done}");
        assert_eq!(
            results(&hr, &id).await,
            [
                row("C1", "done", None),
                row("C2", "refused", Some("assignments_overlap")),
                row("C3", "done", None),
                row("C4", "refused", Some("holder_changed")),
                row("C5", "refused", Some("holder_changed")),
                row("C9", "refused", Some("unknown_customer")),
            ]
        );
        assert_eq!(hr.get("/api/v1/customers/C3").await.ok(200)["employee"], "B");
        // Everything is a record.
        assert_eq!(acts(&server, "customers.reassignment_started").await.len(), 1);
        assert_eq!(acts(&server, "customers.reassigned").await[0]["done"], 2);
        assert_eq!(acts(&server, "customer.assigned").await.len(), 2);

        // C1 changes hands again before it is taken back; C3 goes back to A, by a further record.
        hr.post("/api/v1/customers/C1/assign", &json!({ "to": "X", "replaces": "B", "reason": "临时" })).await.ok(201);
        let back = hr.post(&format!("/api/v1/reassignments/{id}/undo"), &json!({ "reason": "选错了人" })).await.ok(202);
        let back = back["id"].as_str().unwrap();
        moved(&server, back).await;
        assert_eq!(results(&hr, back).await, [row("C1", "refused", Some("holder_changed")), row("C3", "done", None)]);
        let page = hr.get("/api/v1/customers/C3").await.ok(200);
        let who: Vec<_> = page["assignments"].as_array().unwrap().iter().map(|a| a["employee"].as_str().unwrap()).collect();
        assert_eq!(who, ["A", "B", "A"]);
        assert_eq!(hr.get(&format!("/api/v1/reassignments/{id}")).await.ok(200)["undone_by"], back);
        assert_eq!(hr.post(&format!("/api/v1/reassignments/{id}/undo"), &json!({ "reason": "再来" })).await.problem(409), "already_undone");
        assert_eq!(hr.post(&format!("/api/v1/reassignments/{back}/undo"), &json!({ "reason": "再来" })).await.problem(409), "is_an_undo");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reassignment_is_refused_whole_or_within_its_bounds() {
    on_each_server(|server| async move {
        office(&server).await;
        let (hr, manager) = (server.person("hr", None).await, server.person("sales_manager", Some("M")).await);
        let body = |customers: Value, to: &str| json!({ "customers": customers, "to": to, "reason": "调整" });
        let path = "/api/v1/customers/reassign";
        assert_eq!(hr.post(path, &body(json!([]), "B")).await.problem(422), "nobody_to_move");
        assert_eq!(hr.post(path, &json!({ "to": "B", "reason": "x" })).await.problem(422), "nobody_to_move");
        assert_eq!(hr.post(path, &body(json!(["C1"]), "L")).await.problem(422), "receiver_leaving");
        assert_eq!(hr.post(path, &body(json!(["C1"]), "?")).await.problem(422), "receiver_unknown");
        assert_eq!(hr.post(path, &json!({ "customers": ["C1"], "from": "B", "to": "B", "reason": "x" })).await.problem(422), "same_person");
        assert_eq!(hr.post(path, &json!({ "customers": ["C1"], "to": "B", "reason": " " })).await.problem(422), "reason");
        assert_eq!(manager.post(path, &body(json!(["C1"]), "X")).await.problem(403), "receiver_out_of_reach");
        assert_eq!(hr.get("/api/v1/reassignments").await.ok(200)["items"], json!([]));

        // Nobody holds more than the company allows; nobody else's customers and nobody's go by a team's manager.
        let tx = server.company.store.write().await.unwrap();
        settings::set(&tx, reassign::LIMIT, "2", 0).await.unwrap();
        tx.commit().await.unwrap();
        let id = start(&server, &manager, body(json!(["C1", "C2", "C3", "C4", "C5"]), "B")).await;
        assert_eq!(
            results(&hr, &id).await,
            [
                row("C1", "done", None),
                row("C2", "done", None),
                row("C3", "limit", Some("receiver_limit")),
                row("C4", "refused", Some("out_of_reach")),
                row("C5", "refused", Some("out_of_reach")),
            ]
        );
        assert_eq!(hr.post("/api/v1/customers/C3/assign", &json!({ "to": "B", "replaces": "A", "reason": "x" })).await.problem(409), "receiver_limit");
        // All that is A's, by the filter.
        let id = start(&server, &hr, json!({ "from": "A", "to": "X", "filter": { "q": "yuanshan" }, "reason": "余下的" })).await;
        assert_eq!(results(&hr, &id).await, [row("C3", "done", None)]);
        // A manager learns nothing of customers of others: not by whose they are, not by a list of guesses.
        let from = |number: &str| json!({ "from": number, "to": "B", "reason": "调整" });
        assert_eq!(manager.post(path, &from("X")).await.problem(404), "not_found");
        assert_eq!(manager.post(path, &from("nobody")).await.problem(404), "not_found");
        assert_eq!(manager.post(path, &json!({ "customers": ["C4"], "from": "X", "to": "B", "reason": "x" })).await.problem(404), "not_found");
        assert_eq!(manager.post(path, &body(json!(["C1"]), "nobody")).await.problem(403), "receiver_out_of_reach");
        let guessed = start(&server, &manager, body(json!(["C4", "C5", "C9"]), "B")).await;
        let told = manager.get(&format!("/api/v1/reassignments/{guessed}/results")).await.ok(200);
        for one in told["items"].as_array().unwrap() {
            assert_eq!((&one["code"], &one["name"], &one["before"]), (&json!("out_of_reach"), &json!(null), &json!(null)), "{told}");
        }
        assert_eq!(results(&hr, &guessed).await[2], row("C9", "refused", Some("out_of_reach")));
        // The other team's manager does not learn of it.
        let other = server.person("sales_manager", Some("G")).await;
        assert!([403, 404].contains(&other.get(&format!("/api/v1/reassignments/{id}")).await.status));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn begun_again_after_a_crash_it_does_nothing_twice() {
    on_each_server(|server| async move {
        office(&server).await;
        let by = Actor { kind: "user", id: "u1".into(), name: "人事".into() };
        let moves = ["C1", "C2", "C3"].map(|c| (c.to_owned(), "B".to_owned())).to_vec();
        let order = Order { moves, from: Some("A".into()), begins: "2026-11-20".into(), reason: "离职交接".into(), handover: None };
        let id = reassign::start(&server.company, &by, &Within::All, order).await.unwrap();
        for _ in 0..3 {
            reassign::run(server.company.company.clone(), json!({ "id": id })).await.unwrap();
        }
        moved(&server, &id).await;
        let progress = reassign::progress(server.company.store.read(), &id).await.unwrap();
        assert_eq!((progress.status, progress.done, progress.waiting), ("done", 3, 0));
        assert_eq!(acts(&server, "customer.assigned").await.len(), 3);
        assert_eq!(acts(&server, "customers.reassigned").await.len(), 1);
    })
    .await;
}
