#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{
    http::testing::{TestServer, Visitor, on_each_server},
    intake::{
        blobs,
        tests::{batch, event, register},
    },
};
use reqwest::Method;
use serde_json::{Value, json};

async fn paper(who: &Visitor<'_>, text: &str) -> Value {
    let digest = blobs::sha256(text.as_bytes());
    let answer = who.request(Method::PUT, &format!("/api/v1/blobs/{digest}")).body(text.to_owned()).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    json!({ "sha256": digest, "name": format!("{text}.txt") })
}

async fn staffed(server: &TestServer) -> Visitor<'_> {
    let admin = server.with(&["admin", "ingest", "read"]).await;
    register(&admin, "/hr", &["employee.*", "document.*"]).await;
    let people = ["E1", "E2", "E3"].map(|n| event("/hr", n, "employee.upserted", json!({ "number": n, "name": n, "status": "active" })));
    batch(&admin, &people).await;
    admin
}

fn text(procedure: &Value) -> Value {
    json!({
        "title": "销售人员行为规范", "text": "第五条 不得向竞争对手介绍客户。",
        "clauses": [{ "id": "5.1", "text": "不得向竞争对手介绍客户", "serious": true }, { "id": "5.2", "text": "按时提交周报" }],
        "procedure": procedure,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_democratic_procedure_on_record_nothing_is_published() {
    on_each_server(|server| async move {
        staffed(&server).await;
        let (hr, legal) = (server.person("hr", Some("E1")).await, server.person("legal", None).await);
        let made = hr.post("/api/v1/policies", &text(&json!({}))).await.ok(201);
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/policies/{id}");
        let publish = |on: &'static str| {
            let (legal, path) = (&legal, &path);
            async move { legal.post(&format!("{path}/publish"), &json!({ "effective_on": on })).await }
        };
        assert_eq!(hr.post(&format!("{path}/publish"), &json!({ "effective_on": "2026-12-01" })).await.problem(403), "forbidden");
        let refused = publish("2026-12-01").await;
        assert_eq!((refused.status, &refused.body["rule"]), (422, &json!("P01")));
        assert_eq!(refused.body["errors"].as_array().unwrap().len(), 3);
        let me = server.person("employee", Some("E2")).await;
        assert!(me.get("/api/v1/me/policies").await.ok(200)["items"].as_array().unwrap().is_empty(), "a draft is nobody's duty");

        let minutes = paper(&hr, "职代会纪要").await;
        let mut steps = json!({
            "discussion": { "on": "2026-10-08", "with": "职工代表大会", "summary": "三条意见", "file": minutes },
            "consultation": { "on": "2026-10-15", "with": "工会", "summary": "采纳两条", "file": paper(&hr, "协商记录").await },
        });
        hr.put(&path, &text(&steps)).await.ok(200);
        let refused = publish("2026-12-01").await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/procedure/publicity");
        steps["publicity"] = json!({ "on": "2026-11-02", "how": "公告栏与邮件", "file": paper(&hr, "公示照片").await });
        hr.put(&path, &text(&steps)).await.ok(200);
        assert_eq!(publish("2026-11-01").await.body["rule"], "P01", "in force before it was public");
        // A paper that is not here, and a step that has not happened, are refused in the draft already.
        let mut wrong = steps.clone();
        wrong["publicity"]["on"] = json!("2026-12-24");
        assert_eq!(hr.put(&path, &text(&wrong)).await.body["errors"][0]["pointer"], "/procedure/publicity/on");
        wrong = steps.clone();
        wrong["publicity"]["file"]["sha256"] = json!("0".repeat(64));
        assert_eq!(hr.put(&path, &text(&wrong)).await.body["errors"][0]["pointer"], "/procedure/publicity/file");

        let done = publish("2026-11-10").await.ok(200);
        assert_eq!((&done["versions"][0]["state"], &done["versions"][0]["version"]), (&json!("published"), &json!(1)));
        assert_eq!(publish("2026-11-10").await.problem(409), "no_draft");
        let file = legal.get(&format!("{path}/files/{}", minutes["sha256"].as_str().unwrap())).await;
        assert_eq!((file.status, file.bytes), (200, "职代会纪要".as_bytes().to_vec()));
        assert_eq!(legal.get(&format!("{path}/files/{}", "0".repeat(64))).await.problem(404), "not_found");
        assert_eq!(me.get(&path).await.problem(403), "forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_version_is_acknowledged_by_oneself_and_who_has_not_is_known() {
    on_each_server(|server| async move {
        let admin = staffed(&server).await;
        let (hr, legal) = (server.person("hr", Some("E1")).await, server.person("legal", None).await);
        let file = paper(&hr, "材料").await;
        let steps = json!({
            "discussion": { "on": "2026-10-08", "with": "全体职工", "summary": "无异议", "file": file },
            "consultation": { "on": "2026-10-15", "with": "工会", "summary": "同意", "file": file },
            "publicity": { "on": "2026-11-02", "how": "邮件", "file": file },
        });
        let id = hr.post("/api/v1/policies", &text(&steps)).await.ok(201)["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/policies/{id}");
        legal.post(&format!("{path}/publish"), &json!({ "effective_on": "2026-11-10" })).await.ok(200);
        let me = server.person("employee", Some("E2")).await;
        let waiting = me.get("/api/v1/me/policies").await.ok(200);
        assert_eq!((&waiting["items"][0]["clauses"][0]["serious"], &waiting["items"][0]["signed_at"]), (&json!(true), &Value::Null));
        let acknowledge = format!("/api/v1/me/policies/{id}/acknowledgement");
        assert_eq!(me.post(&acknowledge, &json!({ "version": 2 })).await.problem(409), "other_version");
        let done = me.post(&acknowledge, &json!({ "version": 1 })).await.ok(200);
        assert!(done["items"][0]["signed_at"].is_string());
        assert_eq!(me.post(&acknowledge, &json!({ "version": 1 })).await.problem(409), "acknowledged_already");
        // It is a signature like any other, with its clauses; one on paper that another system sends counts alike.
        let signed = hr.get("/api/v1/employees/E2").await.ok(200);
        assert_eq!((&signed["documents"][0]["version"], &signed["documents"][0]["method"]), (&json!("1"), &json!("click")));
        let on_paper =
            json!({ "employee": "E3", "document": "policy", "title": "销售人员行为规范", "version": "1", "signed_at": "2026-11-12", "method": "paper" });
        batch(&admin, &[event("/hr", "d", "document.signed", on_paper)]).await;
        let missing = hr.get(&format!("{path}/acknowledgements?missing=true")).await.ok(200);
        assert_eq!(missing["items"].as_array().unwrap().iter().map(|a| a["number"].as_str().unwrap()).collect::<Vec<_>>(), ["E1"]);
        assert_eq!(hr.get("/api/v1/policies").await.ok(200)["items"][0]["acknowledged"], 2);

        // A new version asks everybody anew and leaves the old one as it was.
        let mut second = text(&steps);
        second["text"] = json!("第五条 不得向任何第三方介绍客户。");
        hr.put(&path, &second).await.ok(200);
        assert!(me.get("/api/v1/me/policies").await.ok(200)["items"][0]["signed_at"].is_string(), "a draft changes nothing");
        legal.post(&format!("{path}/publish"), &json!({ "effective_on": "2026-11-20" })).await.ok(200);
        let waiting = me.get("/api/v1/me/policies").await.ok(200);
        assert_eq!(
            (&waiting["items"][0]["version"], &waiting["items"][0]["signed_at"], &waiting["items"][0]["signed_before"]),
            (&json!(2), &Value::Null, &json!(true))
        );
        let whole = hr.get(&path).await.ok(200);
        assert_eq!(whole["versions"][1]["text"], "第五条 不得向竞争对手介绍客户。");
        // A signature on paper goes by title and version: no second policy of the name.
        assert_eq!(hr.post("/api/v1/policies", &text(&steps)).await.problem(422), "title_taken");
        // Announced for later and taken back, it never was in force: the one before stays.
        second["text"] = json!("第五条 征求意见后再改。");
        hr.put(&path, &second).await.ok(200);
        legal.post(&format!("{path}/publish"), &json!({ "effective_on": "2030-01-01" })).await.ok(200);
        assert_eq!(me.get("/api/v1/me/policies").await.ok(200)["items"][0]["version"], 3);
        legal.post(&format!("{path}/withdraw"), &json!({ "version": 3, "reason": "不再需要" })).await.ok(200);
        assert_eq!(me.get("/api/v1/me/policies").await.ok(200)["items"][0]["version"], 2);
        // Withdrawn while in force, it does not bring back what it had replaced.
        legal.post(&format!("{path}/withdraw"), &json!({ "version": 2, "reason": "制度废止" })).await.ok(200);
        assert!(me.get("/api/v1/me/policies").await.ok(200)["items"].as_array().unwrap().is_empty());
        assert_eq!(hr.get("/api/v1/policies").await.ok(200)["items"][0]["published"], Value::Null);
    })
    .await;
}
