#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{
    http::testing::{Visitor, on_each_server},
    intake::tests::{batch, event, register},
};
use serde_json::{Value, json};

/// kind → (count, late, day)
async fn lines(who: &Visitor<'_>) -> Vec<(String, u64, u64, Value)> {
    let list = who.get("/api/v1/me/todo").await.ok(200);
    let line = |l: &Value| (l["kind"].as_str().unwrap().to_owned(), l["count"].as_u64().unwrap(), l["late"].as_u64().unwrap(), l["due_on"].clone());
    list["items"].as_array().unwrap().iter().map(line).collect()
}

const DAY: i64 = 24 * 3600 * 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_what_waits_for_them_until_it_is_done() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest"]).await;
        register(&admin, "/hr", &["employee.*", "customer.*", "resignation.*"]).await;
        let person = |n: &str, boss: Option<&str>| event("/hr", n, "employee.upserted", json!({ "number": n, "name": n, "status": "active", "manager": boss }));
        let customer = event("/hr", "c", "customer.upserted", json!({ "customer": "C1", "name": "恒达建材" }));
        let held = event("/hr", "a", "customer.assigned", json!({ "customer": "C1", "employee": "E3", "from": "2026-01-01" }));
        batch(&admin, &[person("E1", None), person("E2", None), person("E3", Some("E2")), customer, held]).await;
        let (hr, me, boss) =
            (server.person("hr", Some("E1")).await, server.person("employee", Some("E3")).await, server.person("sales_manager", Some("E2")).await);
        assert!(lines(&hr).await.is_empty() && lines(&me).await.is_empty() && lines(&boss).await.is_empty());

        hr.post("/api/v1/employees/E3/contracts", &json!({ "kind": "fixed", "from": "2024-01-01", "until": "2026-12-10" })).await.ok(201);
        me.post("/api/v1/me/requests", &json!({ "kind": "copy", "text": "请给我一份档案" })).await.ok(201);
        assert_eq!(lines(&hr).await, [("requests".into(), 1, 0, json!("2026-12-05")), ("contracts".into(), 1, 0, json!("2026-12-10"))]);
        assert!(lines(&boss).await.is_empty(), "what others answer is nothing that waits for a manager");
        // HR names receivers first: until then nothing waits for the one who resigned, however much there will be to hand in.
        // The office has the law's own clock.
        me.post("/api/v1/me/resignation", &json!({})).await.ok(201);
        server.settled().await;
        let handed_in = |lines: &[(String, u64, u64, Value)]| lines.iter().find(|l| l.0 == "handover_items").map(|l| (l.1, l.3.is_string()));
        assert_eq!(handed_in(&lines(&me).await), None);
        let id = hr.get("/api/v1/handovers?employee=E3").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let first =
            hr.get(&format!("/api/v1/handovers/{id}")).await.ok(200)["items"].as_array().unwrap().iter().find(|i| i["node"] == "assign").unwrap().clone();
        assert_eq!(steps(&hr).await, [(1, json!("E3"), format!("/handovers/{id}"))], "naming receivers is HR's, and the way to it");
        let at = format!("/api/v1/handovers/{id}/items/{}", first["id"].as_str().unwrap());
        let given = hr.post(&format!("{at}/submit"), &json!({ "revision": first["revision"], "values": { "note": "已核对" }, "files": [] })).await.ok(200);
        assert_eq!(handed_in(&lines(&me).await), None, "the manager has not looked at it");
        assert!(steps(&hr).await.is_empty(), "what comes after it is not to be done yet");
        boss.post(&format!("{at}/review"), &json!({ "revision": given["revision"], "accept": true })).await.ok(200);
        let (count, dated) = handed_in(&lines(&me).await).unwrap();
        assert!(count > 1 && dated, "{count}");
        let open = me.get(&format!("/api/v1/handovers/{id}")).await.ok(200);
        assert_eq!(count as usize, open["items"].as_array().unwrap().iter().filter(|i| i["may_submit"] == true).count(), "as many as the page lets hand in");
        assert!(lines(&hr).await.iter().any(|l| l.0 == "duties" && l.1 >= 3 && l.2 == 0));
        // Answered, it is gone; what is past its day says so.
        let id = hr.get("/api/v1/requests?state=open").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        hr.post(&format!("/api/v1/requests/{id}/answer"), &json!({ "outcome": "granted", "answer": "已发到邮箱" })).await.ok(200);
        server.company.clock.advance(25 * DAY);
        let hr = server.person("hr", Some("E1")).await;
        let later = lines(&hr).await;
        assert!(later.iter().all(|l| l.0 != "requests"));
        assert!(later.contains(&("contracts".into(), 1, 1, json!("2026-12-10"))), "{later:?}");
    })
    .await;
}

/// The steps of handovers: how many, whose, where.
async fn steps(who: &Visitor<'_>) -> Vec<(u64, Value, String)> {
    let list = who.get("/api/v1/me/todo").await.ok(200);
    let of = |l: &Value| (l["count"].as_u64().unwrap(), l["about"].clone(), l["path"].as_str().unwrap().to_owned());
    list["items"].as_array().unwrap().iter().filter(|l| l["kind"] == "handover_steps").map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_is_told_of_its_own_steps_and_of_those_it_stands_in_for() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest"]).await;
        register(&admin, "/hr", &["employee.*", "resignation.*"]).await;
        let person = |n: &str, boss: Option<&str>| event("/hr", n, "employee.upserted", json!({ "number": n, "name": n, "status": "active", "manager": boss }));
        batch(&admin, &[person("E1", None), person("E2", None), person("E3", Some("E2"))]).await;
        let (hr, boss, me) =
            (server.person("hr", Some("E1")).await, server.person("sales_manager", Some("E2")).await, server.person("employee", Some("E3")).await);
        me.post("/api/v1/me/resignation", &json!({})).await.ok(201);
        server.settled().await;
        let id = hr.get("/api/v1/handovers?employee=E3").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let at = format!("/api/v1/handovers/{id}");
        let waive = async |at: &str, nodes: &[&str]| {
            let now = hr.get(at).await.ok(200);
            let chosen: Vec<Value> = now["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|i| nodes.contains(&i["node"].as_str().unwrap()))
                .map(|i| json!({ "item": i["id"], "revision": i["revision"] }))
                .collect();
            hr.post(&format!("{at}/items/act"), &json!({ "act": "waive", "items": chosen, "words": "另行办理" })).await.ok(200);
        };
        // Signed off is not the end of it: access has still to be recalled, and looked at by the manager.
        waive(&at, &["assign", "submit", "confirm"]).await;
        let now = hr.get(&at).await.ok(200);
        assert_eq!((&now["status"], steps(&hr).await), (&json!("signed_off"), vec![(1, json!("E3"), format!("/handovers/{id}"))]));
        let revoke = now["items"].as_array().unwrap().iter().find(|i| i["node"] == "revoke").unwrap().clone();
        let way = format!("{at}/items/{}/submit", revoke["id"].as_str().unwrap());
        hr.post(&way, &json!({ "revision": revoke["revision"], "values": { "note": "已收回" }, "files": [] })).await.ok(200);
        assert!(steps(&hr).await.is_empty());
        assert!(lines(&boss).await.iter().any(|l| l.0 == "handover_reviews" && l.1 == 1));

        // Nobody leads E2: what a manager would do is HR's.
        boss.post("/api/v1/me/resignation", &json!({})).await.ok(201);
        server.settled().await;
        let second = hr.get("/api/v1/handovers?employee=E2").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let at = format!("/api/v1/handovers/{second}");
        waive(&at, &["assign"]).await;
        assert!(steps(&hr).await.is_empty(), "E2 hands in");
        waive(&at, &["submit"]).await;
        assert_eq!(steps(&hr).await, [(1, json!("E2"), format!("/handovers/{second}"))]);
        // One's own handover is another's to conduct, and whoever has no office is told of none.
        assert!(steps(&boss).await.is_empty() && steps(&me).await.is_empty());
    })
    .await;
}
