//! Somebody has left and the day on file is wrong: put right with a reason, and what hangs on the day follows.

use super::*;
use crate::http::testing::on_each_server;

async fn agreement(hr: &Visitor<'_>) -> Value {
    let text = "协商解除协议";
    let digest = crate::intake::blobs::sha256(text.as_bytes());
    let answer = hr.request(reqwest::Method::PUT, &format!("/api/v1/blobs/{digest}")).body(text.to_owned()).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    json!({ "sha256": digest, "name": "协议.txt" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_last_day_of_somebody_who_left_is_put_right_and_the_clocks_follow() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        let contract = json!({ "kind": "fixed", "from": "2024-03-01", "until": "2027-02-28", "post": "客户经理" });
        hr.post("/api/v1/employees/E101/contracts", &contract).await.ok(201);
        let day = "/api/v1/employees/E101/departure";
        let right = |on: &str| json!({ "left_on": on, "reason": "录入时看错了协议" });
        assert_eq!(hr.put(day, &right("2026-11-17")).await.problem(409), "not_left");
        let paper = agreement(&hr).await;
        hr.post(day, &json!({ "left_on": "2026-11-19", "ground": "agreement", "paper": paper })).await.ok(200);
        server.settled().await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let due = |h: &Value| -> Vec<String> { h["duties"].as_array().unwrap().iter().map(|d| d["due"].as_str().unwrap().to_owned()).collect() };
        assert_eq!(due(&first), ["2026-11-19", "2026-11-19", "2026-12-04", "2026-12-19"]);
        let facts = |on: &str| json!({ "term": "2024-03-01 至 2027-02-28", "post": "客户经理", "service": "2 年 8 个月", "ended_on": on });
        let corrected = |on: &str| {
            let mut body = facts(on);
            body["reason"] = json!("日期有误");
            body
        };
        hr.post(&format!("{at}/certificate"), &facts("2026-11-19")).await.ok(200);
        assert_eq!(hr.post(&format!("{at}/close"), &json!({ "reason": "另行办理" })).await.body["rule"], "P13", "wages are late");
        hr.post(&format!("{at}/duties/wages"), &json!({ "done_on": "2026-11-19", "note": "已结清" })).await.ok(200);
        hr.post(&format!("{at}/close"), &json!({ "reason": "另行办理" })).await.ok(200);

        // Not to come, not before the hire, not without a reason, not the same; and not by the one it is about.
        for (body, code) in [(right("2026-11-21"), "invalid"), (right("昨天"), "invalid"), (json!({ "left_on": "2026-11-17", "reason": " " }), "invalid")] {
            assert_eq!(hr.put(day, &body).await.problem(422), code, "{body}");
        }
        assert_eq!(hr.put(day, &right("2026-11-19")).await.problem(409), "same_day");
        assert_eq!(server.person("employee", Some("E102")).await.put(day, &right("2026-11-17")).await.problem(403), "forbidden");
        assert_eq!(server.person("hr", Some("E101")).await.put(day, &right("2026-11-17")).await.status, 403);

        let now = hr.put(day, &right("2026-11-17")).await.ok(200);
        assert_eq!((&now["status"], &now["left_on"]), (&json!("left"), &json!("2026-11-17")));
        // The file, its posts and the contract end on the true day; what was known before stays to be asked for.
        assert_eq!(hr.get("/api/v1/employees/E101").await.ok(200)["left_on"], "2026-11-17");
        let posts = hr.get("/api/v1/employees/E101/history").await.ok(200);
        let ends: Vec<&Value> = posts["posts"].as_array().unwrap().iter().filter(|p| p["what"] == "left").collect();
        assert_eq!(ends.len(), 1, "{posts}");
        assert!(ends[0]["from"].as_str().unwrap().starts_with("2026-11-17T16:00"), "{posts}");
        let contracts = hr.get("/api/v1/employees/E101/contracts").await.ok(200);
        assert_eq!((&contracts["items"][0]["state"], &contracts["items"][0]["ended_on"]), (&json!("ended"), &json!("2026-11-17")), "{contracts}");

        // The handover follows though it is closed: what is not done runs from the true day, what is done is done.
        let after = hr.get(&at).await.ok(200);
        assert_eq!((&after["status"], &after["last_day"]), (&json!("closed"), &json!("2026-11-17")));
        assert_eq!(due(&after), ["2026-11-19", "2026-11-19", "2026-12-02", "2026-12-17"]);
        let days = |h: &Value| -> Vec<Value> { h["items"].as_array().unwrap().iter().map(|i| i["due"].clone()).collect() };
        assert_eq!(days(&after), days(&first), "what is left to hand over has days of its own");
        let line = after["events"].as_array().unwrap().iter().find(|e| e["kind"] == "last_day_changed").unwrap();
        assert_eq!(line["text"], "2026-11-17 录入时看错了协议");
        let her = server.person("employee", Some("E101")).await;
        assert!(her.get(&at).await.ok(200)["events"].as_array().unwrap().iter().any(|e| e["kind"] == "last_day_changed"), "she is told");

        // The certificate says what it said until it is corrected, and then only the true day.
        assert_eq!(after["duties"][0]["content"]["ended_on"], "2026-11-19");
        let correction = format!("{at}/certificate/correction");
        assert_eq!(hr.post(&correction, &corrected("2026-11-19")).await.problem(422), "not_the_last_day");
        let now = hr.post(&correction, &corrected("2026-11-17")).await.ok(200);
        let certificate = &now["duties"][0]["content"];
        assert_eq!((&certificate["ended_on"], &certificate["superseded"][0]["ended_on"]), (&json!("2026-11-17"), &json!("2026-11-19")));
        // Back again, later than what stood: the contract too.
        hr.put(day, &right("2026-11-20")).await.ok(200);
        assert_eq!(hr.get("/api/v1/employees/E101/contracts").await.ok(200)["items"][0]["ended_on"], "2026-11-20");
        assert_eq!(handover_of(&hr, "E101").await["last_day"], "2026-11-20");
    })
    .await;
}
