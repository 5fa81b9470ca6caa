//! Reminders go by mail to whoever's turn it is, the escalation to the manager, each once; without a mail server nothing
//! goes.

use super::*;
use crate::{
    handover::{clock, later},
    http::testing::on_each_server,
    notify::tests::{MailServer, body},
};

#[tokio::test(flavor = "multi_thread")]
async fn reminders_reach_who_does_who_reviews_and_after_the_deadline_the_manager() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let lead = server.person("sales_manager", Some("E100")).await;
        let her = server.person("employee", Some("E101")).await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let customers: Vec<Value> = items(&first, |i| i["kind"] == "customer").iter().map(|i| i["id"].clone()).collect();
        hr.put(&format!("{at}/receivers"), &json!({ "items": customers, "receiver": "E102" })).await.ok(200);
        let now = submit(&hr, &server, &at, item(&first, "assign", None)).await;
        accept(&lead, &at, &now, item(&now, "assign", None)["id"].as_str().unwrap()).await;
        // One is handed in and waits for E102; the rest is still hers.
        let now = submit(&her, &server, &at, item(&her.get(&at).await.ok(200), "submit", Some("C-1"))).await;
        let due: jiff::civil::Date = item(&now, "submit", Some("C-1"))["due"].as_str().unwrap().parse().unwrap();
        let hers = items(&now, |i| i["node"] == "submit" && i["due"] == json!(due.to_string()) && i["status"] == "open").len();
        let zone = server.company.settings().time_zone.clone();
        let day = async |days: i64| {
            server.company.clock.set(later(due, days).at(12, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp().as_microsecond());
            clock::run(server.company.company.clone(), json!({ "handover": first["id"] })).await.unwrap();
            server.settled().await;
        };
        let queued = async || hr_of(&server).await.get("/api/v1/outbox").await.ok(200)["items"].as_array().unwrap().len();

        // No mail server: on record, in the events, and nothing on its way out.
        day(-3).await;
        let shown = hr_of(&server).await.get(&at).await.ok(200);
        assert!(shown["events"].as_array().unwrap().iter().any(|e| e["kind"] == "reminded"), "{}", shown["events"]);
        assert_eq!(queued().await, 0);

        let mail = MailServer::start().await;
        let settings = json!({ "url": mail.url, "from": "海川物流 <service@firm.example>" });
        server.person("admin", None).await.put("/api/v1/outbox/settings", &settings).await.ok(200);
        let letters = || -> Vec<(String, String)> {
            let all = mail.letters().into_iter().map(|(to, letter)| (to, body(&letter)));
            let mut of_step: Vec<_> = all.filter(|(_, text)| text.contains("·“资料提交”")).collect();
            of_step.sort();
            of_step
        };
        day(0).await;
        let told = letters();
        let to: Vec<&str> = told.iter().map(|(to, _)| to.as_str()).collect();
        assert_eq!(to, ["e101@firm.example", "e102@firm.example"], "{told:?}");
        assert!(told[0].1.contains(&format!("有 {hers} 项待您完成")) && told[0].1.contains(&due.to_string()), "{}", told[0].1);
        assert!(told[1].1.contains("有 1 项等您审核") && told[1].1.contains("waiting for your review"), "{}", told[1].1);
        // The clock looks again on the same day: nobody hears it twice.
        day(0).await;
        assert_eq!(letters(), told);

        day(1).await;
        let escalated: Vec<(String, String)> = letters().into_iter().filter(|one| !told.contains(one)).collect();
        assert_eq!(escalated.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["e100@firm.example"], "{escalated:?}");
        assert!(escalated[0].1.contains(&format!("还有 {} 项已过 {due} 的期限", hers + 1)), "{}", escalated[0].1);
        day(2).await;
        assert_eq!(letters().len(), 3);
        // No letter says why she goes or blames anybody.
        for (_, text) in mail.letters().iter().map(|(to, letter)| (to, body(letter))) {
            assert!(!["离职", "辞职", "创业", "违", "拖延", "调查"].iter().any(|word| text.contains(word)), "{text}");
        }
        // They stand in the outbox as sent and cannot be taken for a customer's notice.
        let out = hr_of(&server).await.get("/api/v1/outbox?state=sent").await.ok(200);
        assert_eq!(out["items"].as_array().unwrap().len(), mail.letters().len());
        assert!(out["items"].as_array().unwrap().iter().all(|m| m["customer"] == "" && m["customer_name"].is_null()), "{out}");
    })
    .await;
}

/// The clock has moved on, and an older session may have ended.
async fn hr_of(server: &TestServer) -> Visitor<'_> {
    server.person("hr", None).await
}
