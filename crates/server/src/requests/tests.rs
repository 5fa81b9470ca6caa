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
        // “Granted” alone changes nothing, so it is none.
        let alone = hr.post(&answer(of("correction")), &json!({ "outcome": "granted", "answer": "已更正" })).await;
        assert_eq!((alone.status, &alone.body["code"], &alone.body["rule"]), (422, &json!("not_done"), &json!("R13")));
        // Nor is what the file says already.
        let same = json!({ "outcome": "granted", "answer": "已更正", "change": { "name": " E2 " } });
        assert_eq!(hr.post(&answer(of("correction")), &same).await.problem(422), "not_done");
        let done = hr
            .post(&answer(of("correction")), &json!({ "outcome": "granted", "answer": "已按劳动合同更正", "change": { "hired_on": "2023-05-04" } }))
            .await
            .ok(200);
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_is_done_in_the_same_act() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest"]).await;
        register(&admin, "/hr", &["employee.*", "document.*"]).await;
        let person =
            |n: &str| event("/hr", n, "employee.upserted", json!({ "number": n, "name": n, "status": "active", "phones": ["139"], "hired_on": "2020-01-01" }));
        batch(&admin, &["E1", "E2", "E3"].map(person)).await;
        let (hr, me) = (server.person("hr", Some("E1")).await, server.person("employee", Some("E2")).await);
        let ask = async |kind: &str| {
            let made = me.post("/api/v1/me/requests", &json!({ "kind": kind, "text": "请办理" })).await.ok(201);
            let id = made["items"].as_array().unwrap().iter().find(|r| r["kind"] == kind && r["state"] == "open").unwrap()["id"].as_str().unwrap().to_owned();
            format!("/api/v1/requests/{id}/answer")
        };
        // A correction stands in the file, and both records came together.
        let path = ask("correction").await;
        let body = json!({ "outcome": "granted", "answer": "按身份证更正", "change": { "name": "李更正", "phones": ["138"] } });
        hr.post(&path, &body).await.ok(200);
        let file = hr.get("/api/v1/employees/E2").await.ok(200);
        assert_eq!((&file["name"], &file["phones"]), (&json!("李更正"), &json!(["138"])));
        let records = hr.get("/api/v1/records?employee=E2&limit=2").await.ok(200);
        let kinds: Vec<&str> = records["items"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["request.answered", "employee.amended"]);
        // Made elsewhere: the record is named, and it has to be one that came after, about them, and changes something.
        let before = records["items"][1]["id"].clone();
        let path = ask("correction").await;
        let by = |id: &serde_json::Value| json!({ "outcome": "granted", "answer": "已在合同里更正", "done_by": id });
        for wrong in [&before, &json!("rec_999999"), &json!("x")] {
            assert_eq!(hr.post(&path, &by(wrong)).await.problem(422), "invalid", "{wrong}");
        }
        hr.post("/api/v1/employees/E3/contracts", &json!({ "kind": "open_ended", "from": "2020-01-01" })).await.ok(201);
        let others = hr.get("/api/v1/records?employee=E3&limit=1").await.ok(200)["items"][0]["id"].clone();
        assert_eq!(hr.post(&path, &by(&others)).await.problem(422), "invalid");
        hr.post("/api/v1/employees/E2/contracts", &json!({ "kind": "open_ended", "from": "2020-01-01" })).await.ok(201);
        let theirs = hr.get("/api/v1/records?employee=E2&limit=1").await.ok(200)["items"][0]["id"].clone();
        assert_eq!(hr.post(&path, &by(&theirs)).await.ok(200)["outcome"], "granted");
        // Legal answers, but the file is not theirs to change.
        let legal = server.person("legal", None).await;
        let path = ask("correction").await;
        let refused = legal.post(&path, &json!({ "outcome": "granted", "answer": "可以", "change": { "name": "李四" } })).await;
        assert_eq!((refused.status, &refused.body["rule"]), (403, &json!("people.edit")));
        // A withdrawal takes the resignation back; half of one there is not.
        hr.post("/api/v1/employees/E2/resignation", &json!({ "submitted_on": "2026-11-20", "form": "written" })).await.ok(200);
        me.post("/api/v1/me/resignation/withdrawal", &json!({ "reason": "想留下" })).await.ok(201);
        let open = hr.get("/api/v1/requests?state=open").await.ok(200);
        let id = open["items"].as_array().unwrap().iter().find(|r| r["kind"] == "withdrawal").unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/requests/{id}/answer");
        assert_eq!(hr.post(&path, &json!({ "outcome": "partly", "answer": "先观察" })).await.problem(422), "invalid");
        let done = hr.post(&path, &json!({ "outcome": "granted", "answer": "欢迎留下" })).await.ok(200);
        assert_eq!((&done["outcome"], &done["answer"]), (&json!("granted"), &json!("欢迎留下")));
        assert_eq!(hr.get("/api/v1/employees/E2").await.ok(200)["status"], "active");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_granted_erases_once_the_law_lets_it_and_two_agree() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest"]).await;
        register(&admin, "/hr", &["employee.*"]).await;
        let person =
            |n: &str| event("/hr", n, "employee.upserted", json!({ "number": n, "name": n, "status": "active", "phones": ["139"], "hired_on": "2020-01-01" }));
        batch(&admin, &["E1", "E2"].map(person)).await;
        let (hr, me) = (server.person("hr", Some("E1")).await, server.person("employee", Some("E2")).await);
        let ask = async || {
            let made = me.post("/api/v1/me/requests", &json!({ "kind": "deletion", "text": "请删除我的资料" })).await.ok(201);
            made["items"].as_array().unwrap().iter().find(|r| r["state"] == "open").unwrap()["id"].as_str().unwrap().to_owned()
        };
        let id = ask().await;
        let path = format!("/api/v1/requests/{id}/answer");
        let granted = json!({ "outcome": "granted", "answer": "同意删除" });
        // At work it is refused with the article; what is not needed goes in the same act.
        let refused = hr.post(&path, &granted).await;
        assert_eq!((refused.status, &refused.body["rule"]), (422, &json!("R04")));
        assert_eq!(hr.post(&path, &json!({ "outcome": "partly", "answer": "删去手机号" })).await.problem(422), "not_done");
        hr.post(&path, &json!({ "outcome": "partly", "answer": "删去手机号", "change": { "phones": [] } })).await.ok(200);
        assert_eq!(hr.get("/api/v1/employees/E2").await.ok(200)["phones"], json!([]));
        // Gone for less than two years: the contract has to stay.
        hr.post("/api/v1/employees/E2/departure", &json!({ "left_on": "2026-11-19", "ground": "retirement" })).await.ok(200);
        server.settled().await;
        let me = server.person("employee", Some("E2")).await;
        let made = me.post("/api/v1/me/requests", &json!({ "kind": "deletion", "text": "请删除我的资料" })).await.ok(201);
        let id = made["items"].as_array().unwrap().iter().find(|r| r["state"] == "open").unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/requests/{id}/answer");
        let refused = hr.post(&path, &granted).await;
        assert_eq!((refused.status, &refused.body["rule"]), (422, &json!("P12")), "{}", refused.body);
        server.company.clock.advance(2 * 366 * DAY);
        // Then what is not finished: the statutory steps and the handover.
        let hr = server.person("hr", Some("E1")).await;
        let refused = hr.post(&path, &granted).await;
        assert_eq!((refused.status, &refused.body["rule"]), (422, &json!("R04")), "{}", refused.body);
        let handover = hr.get("/api/v1/handovers?employee=E2").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let at = format!("/api/v1/handovers/{handover}");
        let certificate = json!({ "term": "2020-01-01 至 2026-11-19", "post": "职员", "service": "6 年" });
        hr.post(&format!("{at}/certificate"), &certificate).await.ok(200);
        for duty in ["wages", "transfer", "housing_fund"] {
            hr.post(&format!("{at}/duties/{duty}"), &json!({ "done_on": "2026-11-20" })).await.ok(200);
        }
        hr.post(&format!("{at}/close"), &json!({ "reason": "已办完" })).await.ok(200);
        // An open case holds everything, and the refusal tells of none.
        let case =
            hr.post("/api/v1/cases", &json!({ "employee": "E2", "title": "核查", "reason": "核查往来" })).await.ok(201)["id"].as_str().unwrap().to_owned();
        let held = hr.post(&path, &granted).await;
        assert_eq!((held.status, &held.body["detail"]), (422, &refused.body["detail"]));
        let closing = json!({ "status": "closed", "outcome": "unfounded", "reason": "没有发现问题" });
        hr.patch(&format!("/api/v1/cases/{case}"), &closing).await.ok(200);
        // Two people; then nothing is left, and the erasure's own record says so.
        let first = hr.post(&path, &granted).await.ok(200);
        assert_eq!((&first["state"], &first["erasure_by"]), (&json!("open"), &json!("hr")));
        let again = hr.post(&path, &granted).await;
        assert_eq!((again.status, &again.body["code"], &again.body["rule"]), (403, &json!("second_person"), &json!("requests.answer")));
        // Nor by another account of the same person.
        let double = server.person("hr", None).await;
        assert_eq!(double.post(&path, &granted).await.problem(403), "second_person");
        let legal = server.person("legal", None).await;
        let done = legal.post(&path, &granted).await.ok(200);
        assert_eq!((&done["state"], &done["outcome"]), (&json!("answered"), &json!("granted")));
        assert_eq!(hr.get("/api/v1/employees/E2").await.status, 404);
        assert_eq!(legal.post(&path, &granted).await.status, 404);
        let erased = hr.get("/api/v1/records?kind=employee.erased").await.ok(200);
        assert_eq!(erased["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_in_pages_each_request_once() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest"]).await;
        register(&admin, "/hr", &["employee.*"]).await;
        let person = |n: &str, boss: Option<&str>| event("/hr", n, "employee.upserted", json!({ "number": n, "name": n, "status": "active", "manager": boss }));
        batch(&admin, &[person("E1", None), person("E2", Some("E1")), person("E3", None)]).await;
        let hr = server.person("hr", Some("E3")).await;
        for number in ["E2", "E3", "E2", "E2"] {
            server.person("employee", Some(number)).await.post("/api/v1/me/requests", &json!({ "kind": "copy", "text": "要一份" })).await.ok(201);
        }
        let hr2 = server.person("hr", Some("E3")).await;
        drop(hr);
        let first = hr2.get("/api/v1/requests?state=open").await.ok(200);
        let of_e2 = first["items"].as_array().unwrap().iter().find(|r| r["employee"] == "E2").unwrap()["id"].as_str().unwrap().to_owned();
        hr2.post(&format!("/api/v1/requests/{of_e2}/answer"), &json!({ "outcome": "granted", "answer": "已给" })).await.ok(200);
        let (mut seen, mut states, mut cursor) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = hr2.get(&format!("/api/v1/requests?limit=1{cursor}")).await.ok(200);
            for r in page["items"].as_array().unwrap() {
                seen.push(r["id"].as_str().unwrap().to_owned());
                states.push(r["state"].as_str().unwrap().to_owned());
            }
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(states, ["open", "open", "open", "answered"]);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 4);
    })
    .await;
}
