#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{
    http::testing::on_each_server,
    intake::tests::{batch, event, register},
};
use serde_json::json;

const DAY: i64 = 24 * 3600 * 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_with_reasons_and_in_time() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest"]).await;
        register(&admin, "/hr", &["employee.*"]).await;
        batch(&admin, &["E1", "E2"].map(|n| event("/hr", n, "employee.upserted", json!({ "number": n, "name": n, "status": "active" })))).await;
        let me = server.person("employee", Some("E2")).await;
        assert_eq!(me.post("/api/v1/me/requests", &json!({ "kind": "correction", "text": " " })).await.problem(422), "invalid");
        let body = json!({ "kind": "correction", "field": "hired_on", "text": "入职日期应为 2023-05-04" });
        let made = me.post("/api/v1/me/requests", &body).await.ok(201);
        assert_eq!((&made["items"][0]["state"], &made["items"][0]["due_on"]), (&json!("open"), &json!("2026-12-05")));
        me.post("/api/v1/me/requests", &json!({ "kind": "deletion", "text": "请删除旧手机号" })).await.ok(201);
        // Others' requests are not for everybody; one's own one does not answer, whatever the office.
        let other = server.person("employee", Some("E1")).await;
        assert!(other.get("/api/v1/requests").await.ok(200)["items"].as_array().unwrap().is_empty());
        let own = server.person("hr", Some("E2")).await;
        let hr = server.person("hr", Some("E1")).await;
        let list = hr.get("/api/v1/requests?state=open").await.ok(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        let of = |kind: &str| list["items"].as_array().unwrap().iter().find(|r| r["kind"] == kind).unwrap()["id"].as_str().unwrap().to_owned();
        let answer = |id: String| format!("/api/v1/requests/{id}/answer");
        assert_eq!(own.post(&answer(of("correction")), &json!({ "outcome": "granted", "answer": "好" })).await.problem(403), "own_file");
        let refused = hr.post(&answer(of("deletion")), &json!({ "outcome": "refused", "answer": "不行" })).await;
        assert_eq!((refused.status, &refused.body["rule"]), (422, &json!("R13")));
        let done = hr.post(&answer(of("correction")), &json!({ "outcome": "granted", "answer": "已按劳动合同更正" })).await.ok(200);
        assert_eq!((&done["state"], &done["answered_by"]), (&json!("answered"), &json!("hr")));
        assert_eq!(hr.post(&answer(of("correction")), &json!({ "outcome": "granted", "answer": "再答" })).await.problem(409), "answered_already");
        // The other one waits too long.
        server.company.clock.advance(17 * DAY);
        server.company.jobs.wake();
        server.settled().await;
        let hr = server.person("hr", Some("E1")).await;
        assert_eq!(hr.get("/api/v1/requests?state=open").await.ok(200)["items"][0]["late"], true);
        let me = server.person("employee", Some("E2")).await;
        assert_eq!(me.get("/api/v1/me/requests").await.ok(200)["items"].as_array().unwrap().len(), 2);
    })
    .await;
}
