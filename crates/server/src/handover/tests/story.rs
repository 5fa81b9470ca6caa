//! The story of the leaver who delays, told to the API: from the resignation to the closed exit.

use super::*;
use crate::{
    handover::{clock, model},
    http::testing::on_each_server,
    notify::tests::{MailServer, body},
    testing::NOW,
};
use sea_orm::EntityTrait;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_salesperson_resigns_delays_and_the_customers_stay() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let lead = server.person("sales_manager", Some("E100")).await;
        let her = server.person("employee", Some("E101")).await;

        // The list made itself: four customers, the steps of the process, and the clocks of the law.
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        assert_eq!((first["status"].as_str(), first["number"].as_str()), (Some("running"), Some("交2026-0001")));
        let listed: Vec<&str> = items(&first, |i| i["kind"] == "customer").iter().map(|i| i["reference"].as_str().unwrap()).collect();
        assert_eq!(listed, ["C-1", "C-2", "C-3", "C-4"]);
        let open: Vec<(&str, &str)> = items(&first, |i| i["kind"] == "deal" || i["kind"] == "order")
            .iter()
            .map(|i| (i["name"].as_str().unwrap(), i["detail"]["amount"]["amount"].as_str().unwrap()))
            .collect();
        assert_eq!(open, [("恒达建材有限公司 · D-1", "12000.00"), ("江南纺织 · O-2", "12000.00")]);
        let due: Vec<(&str, &str, &str)> = first["duties"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| (d["duty"].as_str().unwrap(), d["due"].as_str().unwrap(), d["rule"].as_str().unwrap()))
            .collect();
        assert_eq!(
            due,
            [("certificate", "2026-12-20", "P12"), ("wages", "2026-12-20", "P13"), ("transfer", "2027-01-04", "P12"), ("housing_fund", "2027-01-19", "P12")]
        );
        // Whom it does not concern learns nothing of it.
        let other = server.person("employee", Some("E103")).await;
        assert_eq!(other.get("/api/v1/handovers").await.ok(200)["items"], json!([]));
        assert_eq!(other.get(&at).await.problem(404), other.get("/api/v1/handovers/none").await.problem(404));

        // 任务分配: nothing may be submitted before; receivers by load and fit.
        let early = item(&first, "submit", Some("C-1"));
        let body_of = |i: &Value| json!({ "revision": i["revision"], "values": { "basic": "x", "cooperation": "y" } });
        assert_eq!(her.post(&format!("{at}/items/{}/submit", early["id"].as_str().unwrap()), &body_of(early)).await.problem(409), "earlier_node");
        let found = hr.get(&format!("{at}/receivers")).await.ok(200);
        let order: Vec<&str> = found["items"].as_array().unwrap().iter().filter(|c| c["barred"].is_null()).map(|c| c["employee"].as_str().unwrap()).collect();
        assert!(order.contains(&"E102") && order.contains(&"E103") && !order.contains(&"E104"), "{found}");
        let of_customers: Vec<Value> = items(&first, |i| i["kind"] == "customer").iter().map(|i| i["id"].clone()).collect();
        let leaving = hr.put(&format!("{at}/receivers"), &json!({ "items": of_customers, "receiver": "E104" })).await;
        assert_eq!(leaving.body["errors"][0]["pointer"], "/receiver");
        assert_eq!(leaving.problem(422), "receiver_barred");
        hr.put(&format!("{at}/receivers"), &json!({ "items": of_customers, "receiver": "E102" })).await.ok(200);
        let c2 = item(&first, "submit", Some("C-2"))["id"].clone();
        hr.put(&format!("{at}/receivers"), &json!({ "items": [c2], "receiver": "E105" })).await.ok(200);
        let now = submit(&hr, &server, &at, item(&first, "assign", None)).await;
        let plan = item(&now, "assign", None)["id"].as_str().unwrap().to_owned();
        // Nobody reviews their own work; the manager does.
        let own = hr.post(&format!("{at}/items/{plan}/review"), &json!({ "revision": 1, "accept": true })).await;
        assert_eq!(own.problem(403), "own_review");
        let now = accept(&lead, &at, &lead.get(&at).await.ok(200), &plan).await;
        assert_eq!(item(&now, "assign", None)["status"], "accepted");

        // She submits one of four and then delays; it is returned with a reason, and she objects.
        let now = her.get(&at).await.ok(200);
        assert_eq!(now["findings"], json!([]));
        let one = item(&now, "submit", Some("C-1")).clone();
        assert_eq!(
            her.post(&format!("{at}/items/{}/submit", one["id"].as_str().unwrap()), &json!({ "revision": one["revision"], "values": { "basic": "x" } }))
                .await
                .problem(422),
            "invalid"
        );
        let now = submit(&her, &server, &at, &one).await;
        let receiver = server.person("employee", Some("E102")).await;
        let seen = receiver.get(&at).await.ok(200);
        assert!(items(&seen, |i| i["receiver"] != "E102").is_empty() && seen["duties"] == json!([]), "only what is theirs");
        let id = one["id"].as_str().unwrap();
        let revision = item(&now, "submit", Some("C-1"))["revision"].clone();
        let back = json!({ "revision": revision, "accept": false, "reason": "缺少决策人联系方式" });
        let now = receiver.post(&format!("{at}/items/{id}/review"), &back).await.ok(200);
        assert_eq!(now["status"], "returned");
        her.post(&format!("{at}/objections"), &json!({ "item": id, "text": "决策人由总部掌握，我没有" })).await.ok(200);
        let now = submit(&her, &server, &at, item(&her.get(&at).await.ok(200), "submit", Some("C-1"))).await;
        accept(&receiver, &at, &receiver.get(&at).await.ok(200), id).await;
        let now = accept(&lead, &at, &lead.get(&at).await.ok(200), id).await["id"].as_str().map(|_| now).unwrap();
        assert_eq!(now["objections"][0]["text"], "决策人由总部掌握，我没有");

        // Reconciliation finds the two customers that only the records know.
        let found = hr.post(&format!("{at}/reconcile"), &json!({})).await.ok(200);
        let mut unlisted: Vec<(&str, Value)> =
            found["findings"].as_array().unwrap().iter().map(|f| (f["customer"].as_str().unwrap(), f["dealings"].clone())).collect();
        unlisted.sort_by_key(|(c, _)| *c);
        assert_eq!(unlisted, [("C-5", json!({ "calls": 1, "orders": 1 })), ("C-6", json!({ "messages": 1 }))]);
        hr.post(&format!("{at}/findings"), &json!({ "customer": "C-5", "add": true })).await.ok(200);
        let again = hr.post(&format!("{at}/findings"), &json!({ "customer": "C-5", "add": true })).await;
        assert_eq!(again.problem(409), "somebody_was_faster");
        assert_eq!(hr.post(&format!("{at}/findings"), &json!({ "customer": "C-6", "add": false })).await.problem(422), "length");
        let now = hr.post(&format!("{at}/findings"), &json!({ "customer": "C-6", "add": true, "reason": "" })).await.ok(200);
        assert_eq!(items(&now, |i| i["origin"] == "reconciliation").len(), 2);
        let fresh: Vec<Value> = items(&now, |i| i["reference"] == "C-5").iter().map(|i| i["id"].clone()).collect();
        hr.put(&format!("{at}/receivers"), &json!({ "items": fresh, "receiver": "E102" })).await.ok(200);

        // Passed on in bulk: each customer its own result.
        hr.post(&format!("{at}/reassign"), &json!({ "reason": "离职交接" })).await.ok(200);
        let now = passed(&server, &hr, &at).await;
        let results = |h: &Value| -> Vec<(String, String)> {
            h["moves"].as_array().unwrap().iter().map(|m| (m["customer"].as_str().unwrap().to_owned(), m["status"].as_str().unwrap().to_owned())).collect()
        };
        let expected = [("C-1", "done"), ("C-2", "refused"), ("C-3", "done"), ("C-4", "done"), ("C-5", "done"), ("C-6", "waiting")];
        assert_eq!(results(&now), expected.map(|(c, s)| (c.to_owned(), s.to_owned())));
        assert_eq!(hr.get("/api/v1/customers/C-1").await.ok(200)["employee"], "E102");
        hr.post(&format!("{at}/reassign/undo"), &json!({ "customers": ["C-4"], "reason": "接收人请求调整" })).await.ok(200);
        let now = passed(&server, &hr, &at).await;
        assert_eq!(results(&now)[3].1, "undone");
        assert_eq!(hr.get("/api/v1/customers/C-4").await.ok(200)["employee"], "E101");
        hr.put(&format!("{at}/receivers"), &json!({ "items": [c2], "receiver": "E103" })).await.ok(200);
        hr.post(&format!("{at}/reassign"), &json!({ "customers": ["C-2", "C-4"], "reason": "离职交接" })).await.ok(200);
        let now = passed(&server, &hr, &at).await;
        assert_eq!((results(&now)[1].1.as_str(), results(&now)[3].1.as_str()), ("done", "done"));

        notices(&server, &hr, &at).await;

        // Three days before the deadline she is reminded, at it too; after it her manager is told.
        let due: jiff::civil::Date = item(&now, "submit", Some("C-2"))["due"].as_str().unwrap().parse().unwrap();
        let noon = |day: jiff::civil::Date| day.at(12, 0, 0, 0).to_zoned(server.company.settings().time_zone.clone()).unwrap().timestamp().as_microsecond();
        let said = async |kind: &str| {
            let rows = model::event::Entity::find().all(server.company.store.read()).await.unwrap();
            rows.into_iter().filter(|e| e.kind == kind && e.text.as_deref().is_some_and(|t| t.contains("资料提交"))).count()
        };
        assert!(noon(due) > NOW);
        for (days, reminded, escalated) in [(-4, 0, 0), (-3, 1, 0), (-2, 1, 0), (0, 2, 0), (1, 2, 1), (2, 2, 1)] {
            server.company.clock.set(noon(crate::handover::later(due, days)));
            clock::run(server.company.company.clone(), json!({ "handover": first["id"] })).await.unwrap();
            assert_eq!((said("reminded").await, said("escalated").await), (reminded, escalated), "{days} days after the deadline");
        }

        // The last day: the certificate and the wages, although the handover is far from done.
        let last: jiff::civil::Date = "2026-12-20".parse().unwrap();
        server.company.clock.set(noon(last));
        let hr = server.person("hr", None).await;
        let now = hr.get(&at).await.ok(200);
        assert!(now["progress"]["percent"].as_u64().unwrap() < 50 && now["progress"]["overdue"].as_u64().unwrap() > 0, "{}", now["progress"]);
        let paper = json!({ "term": "2020-03-01 至 2026-12-20", "post": "销售经理", "service": "6 年 9 个月" });
        let now = hr.post(&format!("{at}/certificate"), &paper).await.ok(200);
        assert_eq!((now["duties"][0]["status"].as_str(), now["duties"][0]["content"]["name"].as_str()), (Some("done"), Some("王芳")));
        assert_eq!(hr.post(&format!("{at}/certificate"), &paper).await.problem(409), "somebody_was_faster");
        hr.post(&format!("{at}/duties/wages"), &json!({ "done_on": "2026-12-20", "note": "含提成" })).await.ok(200);
        assert_eq!(hr.post(&format!("{at}/close"), &json!({})).await.problem(422), "length", "not signed off: a reason is needed");
        // Two weeks later the insurance is late: an alert, and no closing until it is done.
        server.company.clock.set(noon(crate::handover::later(last, 17)));
        clock::run(server.company.company.clone(), json!({ "handover": first["id"] })).await.unwrap();
        let hr = server.person("hr", None).await;
        let now = hr.get(&at).await.ok(200);
        assert_eq!(now["duties"][2]["status"], "overdue");
        assert!(now["events"].as_array().unwrap().iter().any(|e| e["kind"] == "duty_overdue" && e["text"].as_str().is_some_and(|t| t.contains("转移"))));
        let refused = hr.post(&format!("{at}/close"), &json!({ "reason": "拒不交接，另案处理" })).await;
        assert_eq!(refused.body["rule"], "P12");
        assert!(refused.body["detail"].as_str().unwrap().contains("第五十条"));
        hr.post(&format!("{at}/duties/transfer"), &json!({ "done_on": "2027-01-06" })).await.ok(200);
        // The housing fund still runs, and that is no hindrance.
        let now = hr.post(&format!("{at}/close"), &json!({ "reason": "拒不交接，另案处理" })).await.ok(200);
        assert_eq!((now["status"].as_str(), now["closed_reason"].as_str()), (Some("closed"), Some("拒不交接，另案处理")));
        assert_eq!(hr.post(&format!("{at}/reconcile"), &json!({})).await.problem(409), "handover_closed");
        hr.post(&format!("{at}/duties/housing_fund"), &json!({ "done_on": "2027-01-06" })).await.ok(200);
        server.settled().await;
        package(&hr, &at).await;
    })
    .await;
}

/// Customers hear of the new contact by mail, after somebody looked at each letter; no reason, no accusation.
async fn notices(server: &TestServer, hr: &Visitor<'_>, at: &str) {
    let mail = MailServer::start().await;
    let blame = hr.post(&format!("{at}/notices"), &json!({ "body": "{recipient}：王芳因违规离职，请联系{new}。" })).await;
    assert_eq!(blame.body["rule"], "T8");
    assert_eq!(blame.problem(422), "notice_words");
    let admin = server.person("admin", None).await;
    let stated = json!({ "channels": "400-000-0000", "payee": "海川物流 6222 0000" });
    assert_eq!(admin.put("/api/v1/outbox/settings", &stated).await.ok(200)["server"], Value::Null);
    let list = hr.post(&format!("{at}/notices"), &json!({ "date": "2026-12-01" })).await.ok(200);
    let all = list["items"].as_array().unwrap().clone();
    let states: Vec<(&str, &str, &str)> =
        all.iter().map(|m| (m["customer"].as_str().unwrap(), m["channel"].as_str().unwrap(), m["state"].as_str().unwrap())).collect();
    assert_eq!(states.len(), 5);
    assert!(states.contains(&("C-4", "sms", "pending_channel")), "no address, and no connector yet: {states:?}");
    let mails: Vec<String> = all.iter().filter(|m| m["state"] == "draft").map(|m| m["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(hr.post("/api/v1/outbox/approve", &json!({ "messages": mails })).await.problem(409), "no_smtp");
    let settings = json!({ "url": mail.url, "from": "海川物流 <service@firm.example>" });
    let set = admin.put("/api/v1/outbox/settings", &settings).await.ok(200);
    assert_eq!((set["server"].as_str(), set.to_string().contains("127.0.0.1")), (Some("settings"), false), "the server is not shown again");
    assert_eq!(hr.post("/api/v1/outbox/approve", &json!({ "messages": mails })).await.problem(409), "wrong_state", "nobody looked yet");
    for id in &mails {
        let shown = hr.post(&format!("/api/v1/outbox/{id}/preview"), &json!({})).await.ok(200);
        assert_eq!(shown["state"], "previewed");
    }
    // Other words for one, which has to be looked at again; words of blame are refused there too.
    let one = &mails[0];
    let now = hr.get(&format!("/api/v1/outbox/{one}")).await.ok(200);
    let bad = json!({ "title": now["title"], "body": format!("{}\n附：原对接人已被开除。", now["body"].as_str().unwrap()) });
    assert_eq!(hr.patch(&format!("/api/v1/outbox/{one}"), &bad).await.body["rule"], "T8");
    let good = json!({ "title": now["title"], "body": format!("{}\n祝商祺！", now["body"].as_str().unwrap()) });
    assert_eq!(hr.patch(&format!("/api/v1/outbox/{one}"), &good).await.ok(200)["state"], "draft");
    hr.post(&format!("/api/v1/outbox/{one}/preview"), &json!({})).await.ok(200);
    hr.post("/api/v1/outbox/approve", &json!({ "messages": mails })).await.ok(200);
    server.settled().await;
    let letters = mail.letters();
    assert_eq!(letters.len(), 4);
    let (_, letter) = letters.iter().find(|(to, _)| to == "c1@client.example").unwrap();
    let text = body(letter);
    assert!(text.contains("李娜") && text.contains("王芳") && text.contains("2026-12-01") && text.contains("海川物流 6222 0000"), "{text}");
    assert!(!text.contains("离职"), "{text}");
    let sent = hr.get("/api/v1/outbox?state=sent").await.ok(200);
    assert_eq!(sent["items"].as_array().unwrap().len(), 4);
    assert_eq!(hr.patch(&format!("/api/v1/outbox/{one}"), &good).await.problem(409), "wrong_state");
}

/// The whole of it leaves as a package that anyone can verify; what was done is in it, record by record.
async fn package(hr: &Visitor<'_>, at: &str) {
    let answer = hr.post(&format!("{at}/package"), &json!({ "reason": "劳动仲裁举证" })).await;
    assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (200, "application/zip"), "{}", answer.body);
    let report = probity_package::verify(&answer.bytes, &probity_package::Pins::default());
    assert!(report.ok(), "{}", report.text());
    let acts = hr.get(at).await.ok(200)["events"].as_array().unwrap().len() as u64;
    assert!(report.items > acts, "the acts, the customers passed on and the letters: {} of {acts}", report.items);
}
