#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{
    events::model as outbox,
    http::testing::{TestServer, on_each_server},
    intake::{
        blobs,
        tests::{batch, event, register},
    },
};
use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

const DAY: i64 = 24 * 3600 * 1_000_000;

async fn staffed(server: &TestServer) {
    let admin = server.with(&["admin", "ingest"]).await;
    register(&admin, "/hr", &["employee.*"]).await;
    let person = |n: &str, boss: Option<&str>| {
        event("/hr", n, "employee.upserted", json!({ "number": n, "name": n, "hired_on": "2020-01-01", "status": "active", "manager": boss }))
    };
    batch(&admin, &[person("E1", None), person("E2", Some("E1")), person("E3", Some("E2"))]).await;
}

async fn reminders(server: &TestServer) -> u64 {
    outbox::Entity::find().filter(outbox::Column::Topic.eq("contract")).count(server.company.store.read()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_that_cannot_stand_together_are_refused() {
    on_each_server(|server| async move {
        staffed(&server).await;
        let hr = server.person("hr", Some("E1")).await;
        let path = "/api/v1/employees/E3/contracts";
        let bad = |body: Value| {
            let hr = &hr;
            async move {
                let answer = hr.post(path, &body).await;
                assert_eq!(answer.status, 422, "{}", answer.body);
                answer.body["errors"][0]["pointer"].as_str().unwrap().to_owned()
            }
        };
        assert_eq!(bad(json!({ "kind": "fixed", "from": "2024-01-01" })).await, "/until");
        assert_eq!(bad(json!({ "kind": "open_ended", "from": "2024-01-01", "until": "2025-01-01" })).await, "/until");
        assert_eq!(bad(json!({ "kind": "fixed", "from": "2024-01-01", "until": "2023-01-01" })).await, "/until");
        assert_eq!(bad(json!({ "kind": "fixed", "from": "2024-01-01", "until": "2024-12-31", "probation_until": "2025-02-01" })).await, "/probation_until");
        assert_eq!(
            bad(json!({ "kind": "fixed", "from": "2024-01-01", "until": "2024-12-31", "pay": { "amount": "12,000", "currency": "CNY" } })).await,
            "/pay"
        );
        assert_eq!(
            bad(json!({ "kind": "fixed", "from": "2024-01-01", "until": "2024-12-31", "file": { "sha256": "0".repeat(64), "name": "x" } })).await,
            "/file"
        );
        let pay = json!({ "amount": "12000.00", "currency": "CNY" });
        let first = json!({ "kind": "fixed", "from": "2021-01-01", "until": "2023-12-31", "post": "销售", "place": "上海", "pay": pay });
        hr.post(path, &first).await.ok(201);
        assert_eq!(bad(json!({ "kind": "fixed", "from": "2023-12-31", "until": "2026-12-10" })).await, "/from");
        let list = hr.post(path, &json!({ "kind": "fixed", "from": "2024-01-01", "until": "2026-12-10" })).await.ok(201);
        assert_eq!((&list["items"][0]["term"], &list["items"][1]["term"]), (&json!(2), &json!(1)), "the second fixed term in a row");
        // Pay: HR sees it, the person too; the manager sees no contracts of others, another employee nothing at all.
        assert_eq!(list["items"][1]["pay"]["amount"], "12000.00");
        let me = server.person("employee", Some("E3")).await;
        assert_eq!(me.get(path).await.ok(200)["items"][1]["pay"]["amount"], "12000.00");
        let other = server.person("employee", Some("E2")).await;
        assert_eq!(other.get(path).await.problem(404), "not_found");
        // The scan: for HR and for the person, also once they have left; with the employment its contract ends.
        let digest = blobs::sha256("合同扫描件".as_bytes());
        hr.request(Method::PUT, &format!("/api/v1/blobs/{digest}")).body("合同扫描件").send().await.unwrap();
        let scan = json!({ "sha256": digest, "name": "合同.pdf" });
        let list = hr.post("/api/v1/employees/E2/contracts", &json!({ "kind": "open_ended", "from": "2020-01-01", "file": scan })).await.ok(201);
        let file = format!("/api/v1/contracts/{}/file", list["items"][0]["id"].as_str().unwrap());
        assert_eq!((hr.get(&file).await.bytes, other.get(&file).await.bytes), ("合同扫描件".as_bytes().to_vec(), "合同扫描件".as_bytes().to_vec()));
        assert_eq!(me.get(&file).await.problem(404), "not_found");
        assert_eq!(server.person("sales_manager", None).await.get(&file).await.problem(404), "not_found");
        hr.post("/api/v1/employees/E2/departure", &json!({ "left_on": "2026-11-19", "ground": "retirement" })).await.ok(200);
        let ended = hr.get("/api/v1/employees/E2/contracts").await.ok(200);
        assert_eq!((&ended["items"][0]["state"], &ended["items"][0]["ended_on"]), (&json!("ended"), &json!("2026-11-19")));
        assert_eq!(server.person("employee", Some("E2")).await.get(&file).await.status, 200);
        assert_eq!(me.post(path, &json!({ "kind": "open_ended", "from": "2027-01-01" })).await.problem(403), "forbidden");
        let hr_of_own = server.person("hr", Some("E3")).await;
        assert_eq!(hr_of_own.post(path, &json!({ "kind": "open_ended", "from": "2027-01-01" })).await.problem(403), "own_file");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_out_within_thirty_days_is_listed_and_told_once() {
    on_each_server(|server| async move {
        staffed(&server).await;
        let hr = server.person("hr", Some("E1")).await;
        let make = |number: &'static str, until: &'static str| {
            let hr = &hr;
            async move { hr.post(&format!("/api/v1/employees/{number}/contracts"), &json!({ "kind": "fixed", "from": "2024-01-01", "until": until })).await.ok(201) }
        };
        make("E3", "2026-12-31").await;
        make("E2", "2026-12-01").await;
        server.settled().await;
        assert_eq!(reminders(&server).await, 1, "one is within thirty days already");
        let soon = hr.get("/api/v1/contracts").await.ok(200);
        assert_eq!((soon["items"].as_array().unwrap().len(), &soon["items"][0]["employee"], &soon["items"][0]["days_left"]), (1, &json!("E2"), &json!(11)));
        server.company.clock.advance(15 * DAY);
        server.company.jobs.wake();
        server.settled().await;
        assert_eq!(reminders(&server).await, 2);
        let hr = server.person("hr", Some("E1")).await;
        let soon = hr.get("/api/v1/contracts?within=40").await.ok(200);
        assert_eq!(soon["items"][0]["days_left"], -4, "ran out, and nobody said what became of it");
        assert_eq!(soon["items"].as_array().unwrap().len(), 2);
        let id = soon["items"][0]["id"].as_str().unwrap();
        let ended = hr.post(&format!("/api/v1/contracts/{id}/end"), &json!({ "on": "2026-12-01", "reason": "到期终止" })).await.ok(200);
        assert_eq!(ended["items"][0]["state"], "ended");
        assert_eq!(hr.post(&format!("/api/v1/contracts/{id}/end"), &json!({ "on": "2026-12-01", "reason": "x" })).await.problem(409), "ended_already");
        assert_eq!(hr.get("/api/v1/contracts?within=40").await.ok(200)["items"].as_array().unwrap().len(), 1);
    })
    .await;
}
