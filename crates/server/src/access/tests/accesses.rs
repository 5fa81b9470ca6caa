use super::leaving::{said, staff};
use crate::{access::views, http::testing::on_each_server, intake::tests::batch, records::model::record};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_auditor_sees_who_opened_what_and_the_employee_who_opened_theirs() {
    on_each_server(|server| async move {
        staff(&server).await;
        let hr = server.person("hr", None).await;
        let auditor = server.person("auditor", None).await;
        let seller = server.person("employee", Some("S001")).await;
        for _ in 0..3 {
            hr.get("/api/v1/employees/S001").await.ok(200);
        }
        hr.get("/api/v1/customers/C-1").await.ok(200);
        seller.get("/api/v1/employees/S001").await.ok(200);
        let all = auditor.get("/api/v1/accesses").await.ok(200);
        let rows: Vec<(&str, &str, i64)> = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| (r["name"].as_str().unwrap(), r["thing"].as_str().unwrap(), r["times"].as_i64().unwrap()))
            .collect();
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert!(rows.contains(&("hr", "S001", 3)) && rows.contains(&("hr", "C-1", 1)) && rows.contains(&("employee", "S001", 1)), "{rows:?}");
        let customers = auditor.get("/api/v1/accesses?what=customer&limit=1").await.ok(200);
        assert_eq!(customers["items"][0]["thing"], "C-1");
        assert_eq!(hr.get("/api/v1/accesses").await.problem(403), "forbidden");
        let own = seller.get("/api/v1/me/accesses").await.ok(200);
        assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["by"], &own["items"][0]["times"]), (1, &json!("hr"), &json!(3)));

        // The hour becomes a record.
        server.company.clock.advance(2 * views::HOUR_US);
        server.company.jobs.wake();
        server.settled().await;
        let sealed = record::Entity::find().all(server.company.store.read()).await.unwrap().iter().filter(|r| r.kind == "access.viewed").count();
        assert_eq!(sealed, 2, "one a person");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_employee_learns_of_looks_under_a_case_only_once_they_were_told_and_never_its_name() {
    on_each_server(|server| async move {
        staff(&server).await;
        let ingest = server.with(&["ingest"]).await;
        let message =
            json!({ "channel": "wecom", "conversation": "w", "from": { "employee": "S001" }, "to": [{ "employee": "S009" }], "text": "周末一起吃饭" });
        batch(&ingest, &[said("m", "message.sent", "S001", "2026-11-10T10:00:00+08:00", message)]).await;
        let hr = server.person("hr", None).await;
        let records = hr.get("/api/v1/records?kind=message.sent").await.ok(200);
        let id = records["items"][0]["id"].clone();
        let case = hr.post("/api/v1/cases", &json!({ "employee": "S001", "title": "机密案名", "reason": "核对往来", "records": [id] })).await.ok(201)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        hr.post("/api/v1/records/open", &json!({ "records": [id], "case": case, "reason": "核对聊天原文" })).await.ok(200);
        let subject = server.person("employee", Some("S001")).await;
        let colleague = server.person("employee", Some("S009")).await;
        let looks = |answer: Value| answer["items"].as_array().unwrap().iter().filter(|r| r["what"] == "content").cloned().collect::<Vec<_>>();
        assert!(looks(subject.get("/api/v1/me/accesses").await.ok(200)).is_empty(), "the case is a secret");
        // A colleague whose message was opened in it learns that, and nothing of why.
        let seen = looks(colleague.get("/api/v1/me/accesses").await.ok(200));
        assert_eq!((seen.len(), &seen[0]["by"], &seen[0]["reason"]), (1, &json!("hr"), &json!(null)));
        hr.post(&format!("/api/v1/cases/{case}/told"), &json!({ "how": "人事与法务当面告知" })).await.ok(200);
        let told = subject.get("/api/v1/me/accesses").await.ok(200);
        assert_eq!(looks(told.clone())[0]["reason"], "核对聊天原文");
        assert!(!told.to_string().contains("机密案名") && !told.to_string().contains(&case));

        // The auditor who is the subject does not read in the looks that there is a case about them.
        let auditor = server.person("auditor", Some("S001")).await;
        assert_eq!(auditor.get("/api/v1/looks").await.ok(200)["items"], json!([]));
        assert_eq!(server.person("auditor", None).await.get("/api/v1/looks").await.ok(200)["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pay_posts_a_handover_and_a_restriction_are_noted_when_they_are_opened_and_told_to_the_employee() {
    on_each_server(|server| async move {
        staff(&server).await;
        let (hr, legal) = (server.person("hr", None).await, server.person("legal", None).await);
        let seller = server.person("employee", Some("S001")).await;
        let ingest = server.with(&["ingest"]).await;
        let resigned = json!({ "employee": "S001", "submitted_on": "2026-11-18", "last_day": "2026-12-18" });
        batch(&ingest, &[said("r-1", "resignation.submitted", "S001", "2026-11-18T09:00:00+08:00", resigned)]).await;
        server.settled().await;
        let proposal = json!({ "employee": "S001", "limits": ["new_orders"], "reason": "交接期间防止将新单转往他处", "rule": "P16", "until": "2026-12-10" });
        let restriction = hr.post("/api/v1/restrictions", &proposal).await.ok(201)["id"].as_str().unwrap().to_owned();
        let handover = hr.get("/api/v1/handovers?employee=S001").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        for path in [
            "/api/v1/employees/S001/contracts".to_owned(),
            "/api/v1/employees/S001/history".to_owned(),
            "/api/v1/employees/S001/snapshots".to_owned(),
            "/api/v1/employees/S001/customers".to_owned(),
            format!("/api/v1/handovers/{handover}"),
            format!("/api/v1/restrictions/{restriction}"),
        ] {
            hr.get(&path).await.ok(200);
        }
        legal.get(&format!("/api/v1/restrictions/{restriction}")).await.ok(200);
        seller.get("/api/v1/employees/S001/contracts").await.ok(200);
        seller.get("/api/v1/employees/S001/customers").await.ok(200);
        seller.get(&format!("/api/v1/handovers/{handover}")).await.ok(200);
        let own = seller.get("/api/v1/me/accesses").await.ok(200);
        let mut by_hr: Vec<&str> = own["items"].as_array().unwrap().iter().filter(|a| a["by"] == "hr").map(|a| a["what"].as_str().unwrap()).collect();
        by_hr.sort_unstable();
        // What is only proposed is nothing yet, so that somebody reads it is told once it is in force.
        assert_eq!(by_hr, ["contract", "handover", "history", "served", "snapshot"], "{own}");
        let auditor = server.person("auditor", None).await;
        let noted = auditor.get("/api/v1/accesses?what=restriction").await.ok(200);
        assert_eq!(noted["items"].as_array().unwrap().len(), 2, "{noted}");
    })
    .await;
}
