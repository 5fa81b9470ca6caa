//! The twin of the story: the employer withholds and docks, two people do the same at once, a process that cannot end.

use super::*;
use crate::{http::testing::on_each_server, notify::tests::MailServer};
use std::sync::atomic::Ordering;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_withholds_until_the_handover_is_done_is_refused_with_the_article() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        for (what, rule, article) in [
            ("certificate", "P14", "第五十条"),
            ("wages", "P14", "第九条"),
            ("commission", "P19", "第三十条"),
            ("file", "P14", "第八十四条"),
            ("social_insurance", "P14", "第五十条"),
            ("housing_fund", "P14", "第十五条"),
            ("belongings", "P14", "第八十四条"),
            ("resignation", "P15", "第三十七条"),
        ] {
            let answer = hr.post(&format!("{at}/holds"), &json!({ "what": what, "reason": "客户清单没有交" })).await;
            assert_eq!((answer.status, answer.body["rule"].as_str()), (422, Some(rule)), "{what}: {}", answer.body);
            assert!(answer.body["detail"].as_str().unwrap().contains(article), "{what}: {}", answer.body["detail"]);
        }
        // Only severance may wait.
        assert_eq!(hr.post(&format!("{at}/holds"), &json!({ "what": "severance", "reason": "交接后支付" })).await.ok(200)["rule"], "P14");
        let dock = |ground: &str, amount: &str, sound: bool| {
            json!({ "ground": ground, "amount": amount, "wage": "10000.00", "minimum": "2740.00", "fault": sound, "clause": sound, "proof": sound, "reason": "交接不全" })
        };
        for (ground, amount, sound, rule, article) in [
            ("commission", "5000.00", true, "P19", "第三十条"),
            ("handover", "5000.00", true, "P17", "第十五条"),
            ("fine", "500.00", true, "P18", "第二十五条"),
            ("loss", "1000.00", false, "P17", "第十六条"),
            ("loss", "2000.01", true, "P17", "2000.00"),
        ] {
            let answer = hr.post(&format!("{at}/deductions"), &dock(ground, amount, sound)).await;
            assert_eq!((answer.status, answer.body["rule"].as_str()), (422, Some(rule)), "{ground}: {}", answer.body);
            assert!(answer.body["detail"].as_str().unwrap().contains(article), "{ground}: {}", answer.body["detail"]);
        }
        assert_eq!(hr.post(&format!("{at}/deductions"), &dock("loss", "2000.00", true)).await.ok(200)["most"], "0.00");
        // The certificate says what the article lists, and the last day does not move.
        let blame = json!({ "term": "2020-03-01 至 2026-12-20", "post": "销售经理（因严重违纪解除）", "service": "6 年" });
        assert_eq!(hr.post(&format!("{at}/certificate"), &blame).await.body["rule"], "P12");
        let remark = json!({ "term": "2020-03-01 至 2026-12-20", "post": "销售经理", "service": "6 年", "remark": "交接未完成" });
        assert_eq!(hr.post(&format!("{at}/certificate"), &remark).await.body["rule"], "P12");
        let put_off = hr.put(&format!("{at}/last-day"), &json!({ "last_day": "2027-01-31", "reason": "等交接完成" })).await;
        assert_eq!(put_off.body["rule"], "P15");
        let agreed = hr.put(&format!("{at}/last-day"), &json!({ "last_day": "2026-12-31", "agreed": true, "reason": "本人书面同意" })).await.ok(200);
        assert_eq!((agreed["last_day"].as_str(), agreed["duties"][2]["due"].as_str()), (Some("2026-12-31"), Some("2027-01-15")));
        // Every attempt is in the history; she sees it, and nobody below HR does such a thing at all.
        let refused = agreed["events"].as_array().unwrap().iter().filter(|e| e["kind"] == "hold_refused" || e["kind"] == "deduction_refused").count();
        assert_eq!(refused, 14);
        let texts: Vec<&str> = agreed["events"].as_array().unwrap().iter().filter_map(|e| e["text"].as_str()).collect();
        assert!(texts.iter().any(|t| t.starts_with("提成（《劳动合同法》第三十条、第八十五条）：")), "{texts:?}");
        assert!(!texts.iter().any(|t| t.contains("（P1")), "a rule's number says nothing to her: {texts:?}");
        let her = server.person("employee", Some("E101")).await;
        assert_eq!(her.post(&format!("{at}/holds"), &json!({ "what": "severance", "reason": "x x" })).await.status, 403);
        assert_eq!(her.post(&format!("{at}/close"), &json!({ "reason": "完成" })).await.status, 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_review_at_once_one_wins_and_the_other_is_told() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let (one, two) = (server.person("sales_manager", Some("E100")).await, server.person("sales_manager", Some("E100")).await);
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let now = submit(&hr, &server, &at, item(&first, "assign", None)).await;
        let plan = item(&now, "assign", None);
        let body = json!({ "revision": plan["revision"], "accept": true });
        let review = format!("{at}/items/{}/review", plan["id"].as_str().unwrap());
        let refuse = json!({ "revision": plan["revision"], "accept": false, "reason": "缺一位接收人" });
        let (a, b) = tokio::join!(one.post(&review, &body), two.post(&review, &refuse));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", a.body, b.body);
        let lost = if a.status == 409 { a } else { b };
        assert_eq!(lost.problem(409), "somebody_was_faster");
        let now = hr.get(&at).await.ok(200);
        assert_eq!(now["events"].as_array().unwrap().iter().filter(|e| e["kind"] == "item_reviewed").count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_cannot_end_is_refused_and_what_runs_keeps_its_own() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let now = hr.get("/api/v1/processes/handover").await.ok(200);
        assert_eq!(now["version"], 0);
        let mut looped = now["process"].clone();
        looped["nodes"][0]["after"] = json!(["revoke"]);
        let answer = hr.put("/api/v1/processes/handover", &json!({ "base": 0, "process": looped })).await;
        assert_eq!((answer.status, answer.body["errors"][0]["code"].as_str()), (422, Some("loop")));
        let mut alone = now["process"].clone();
        alone["nodes"][1]["reviewers"] = json!([]);
        alone["nodes"][2]["who"] = json!("ceo");
        let answer = hr.put("/api/v1/processes/handover", &json!({ "base": 0, "process": alone })).await;
        let codes: Vec<&str> = answer.body["errors"].as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["no_reviewer", "unknown_role"]);
        let mut shorter = now["process"].clone();
        shorter["nodes"].as_array_mut().unwrap().remove(3);
        shorter["nodes"][1]["days"] = json!(5);
        assert_eq!(hr.put("/api/v1/processes/handover", &json!({ "base": 0, "process": shorter })).await.ok(200)["version"], 1);
        assert_eq!(hr.put("/api/v1/processes/handover", &json!({ "base": 0, "process": shorter })).await.problem(409), "process_changed");
        // The running one has its four nodes, the next has three; a change of work has its own process.
        assert_eq!(handover_of(&hr, "E101").await["nodes"].as_array().unwrap().len(), 4);
        let other = hr.get("/api/v1/processes/transfer").await.ok(200);
        assert_eq!((other["version"].as_i64(), other["process"]["name"]["zh"].as_str()), (Some(0), Some("调岗交接")));
        assert_eq!(hr.put("/api/v1/processes/transfer", &json!({ "base": 0, "process": shorter })).await.ok(200)["version"], 1);
        assert_eq!(hr.get("/api/v1/processes/other").await.status, 404);
        let body = json!({ "employee": "E102", "kind": "transfer", "reason": "调往华南" });
        let started = hr.post("/api/v1/handovers", &body).await.ok(201);
        assert_eq!(started["number"], "交2026-0002");
        assert_eq!(hr.post("/api/v1/handovers", &body).await.problem(409), "already_running");
        let next = handover_of(&hr, "E102").await;
        assert_eq!((next["nodes"].as_array().unwrap().len(), next["process_version"].as_i64(), next["duties"].clone()), (3, Some(1), json!([])));
        let lead = server.person("sales_manager", Some("E100")).await;
        assert_eq!(lead.put("/api/v1/processes/handover", &json!({ "base": 1, "process": shorter })).await.problem(403), "forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_cannot_go_now_is_tried_again_and_mail_that_never_can_has_failed() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let mail = MailServer::start().await;
        let settings = json!({ "url": mail.url, "from": "service@firm.example" });
        server.person("admin", None).await.put("/api/v1/outbox/settings", &settings).await.ok(200);
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let ids: Vec<Value> = items(&first, |i| i["kind"] == "customer").iter().map(|i| i["id"].clone()).collect();
        hr.put(&format!("{at}/receivers"), &json!({ "items": ids, "receiver": "E102" })).await.ok(200);
        hr.post(&format!("{at}/reassign"), &json!({ "customers": ["C-1", "C-2"], "reason": "离职交接" })).await.ok(200);
        passed(&server, &hr, &at).await;
        let list = hr.post(&format!("{at}/notices"), &json!({ "language": "en" })).await.ok(200);
        let of = |c: &str| list["items"].as_array().unwrap().iter().find(|m| m["customer"] == c).unwrap()["id"].as_str().unwrap().to_owned();
        let (late, never) = (of("C-1"), of("C-2"));
        let text = hr.get(&format!("/api/v1/outbox/{never}")).await.ok(200);
        let wrong = json!({ "title": text["title"], "body": text["body"], "address": "nobody@client.example" });
        hr.patch(&format!("/api/v1/outbox/{never}"), &wrong).await.ok(200);
        for id in [&late, &never] {
            hr.post(&format!("/api/v1/outbox/{id}/preview"), &json!({})).await.ok(200);
        }
        mail.busy.store(1, Ordering::SeqCst);
        hr.post("/api/v1/outbox/approve", &json!({ "messages": [late] })).await.ok(200);
        server.settled().await;
        let now = hr.get(&format!("/api/v1/outbox/{late}")).await.ok(200);
        assert_eq!((now["state"].as_str(), now["attempts"].as_i64()), (Some("approved"), Some(1)));
        assert!(now["error"].as_str().unwrap().contains("451"), "{now}");
        server.company.clock.advance(2 * 60 * 1_000_000);
        server.settled().await;
        let now = hr.get(&format!("/api/v1/outbox/{late}")).await.ok(200);
        assert_eq!((now["state"].as_str(), mail.letters().len()), (Some("sent"), 1), "{now}");
        hr.post("/api/v1/outbox/approve", &json!({ "messages": [never] })).await.ok(200);
        server.settled().await;
        let now = hr.get(&format!("/api/v1/outbox/{never}")).await.ok(200);
        assert_eq!((now["state"].as_str(), now["error"].as_str().unwrap().contains("550")), (Some("failed"), true), "{now}");
    })
    .await;
}
