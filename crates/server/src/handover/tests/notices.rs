//! A notice names who serves the customer; what changes that takes it back before it goes.

use super::*;
use crate::{
    http::testing::on_each_server,
    notify::{self, model::message, tests::MailServer},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

async fn states(hr: &Visitor<'_>, customer: &str) -> Vec<(String, String)> {
    let all = hr.get("/api/v1/outbox").await.ok(200);
    let of = all["items"].as_array().unwrap().iter().filter(|m| m["customer"] == customer);
    let mut of: Vec<_> = of.map(|m| (m["receiver"].as_str().unwrap().to_owned(), m["state"].as_str().unwrap().to_owned())).collect();
    of.sort();
    of
}

fn stand(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(r, s)| ((*r).to_owned(), (*s).to_owned())).collect()
}

/// Names E102 for C-1 and C-3 and passes them on.
pub async fn passed_on(server: &TestServer, hr: &Visitor<'_>) -> String {
    let first = handover_of(hr, "E101").await;
    let at = path(&first);
    let ids: Vec<Value> =
        items(&first, |i| i["kind"] == "customer" && (i["reference"] == "C-1" || i["reference"] == "C-3")).iter().map(|i| i["id"].clone()).collect();
    hr.put(&format!("{at}/receivers"), &json!({ "items": ids, "receiver": "E102" })).await.ok(200);
    hr.post(&format!("{at}/reassign"), &json!({ "reason": "离职交接" })).await.ok(200);
    passed(server, hr, &at).await;
    at
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_falls_when_the_customer_changes_hands_and_the_next_one_names_the_next() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let at = passed_on(&server, &hr).await;
        let first = hr.get(&at).await.ok(200);
        assert_eq!(hr.post(&format!("{at}/notices"), &json!({})).await.ok(200)["items"].as_array().unwrap().len(), 2);
        assert_eq!(hr.post(&format!("{at}/notices"), &json!({})).await.problem(422), "nothing_passed_on");

        // Taken back: the letter that was drafted goes with it, and nothing can be done with it any more.
        let drafted = hr.get("/api/v1/outbox?state=draft").await.ok(200)["items"].as_array().unwrap().clone();
        let one = drafted.iter().find(|m| m["customer"] == "C-1").unwrap()["id"].as_str().unwrap().to_owned();
        hr.post(&format!("{at}/reassign/undo"), &json!({ "customers": ["C-1"], "reason": "选错了人" })).await.ok(200);
        passed(&server, &hr, &at).await;
        assert_eq!(states(&hr, "C-1").await, stand(&[("E102", "cancelled")]));
        assert!(hr.get(&format!("/api/v1/outbox/{one}")).await.ok(200)["error"].as_str().unwrap().contains("他人负责"));
        hr.post(&format!("/api/v1/outbox/{one}/preview"), &json!({})).await.ok(200);
        assert_eq!(states(&hr, "C-1").await, stand(&[("E102", "cancelled")]));
        assert_eq!(states(&hr, "C-3").await, stand(&[("E102", "draft")]));
        assert_eq!(hr.post(&format!("{at}/notices"), &json!({})).await.problem(422), "nothing_passed_on");

        // Passed to somebody else, by the handover or on the customer's own page: the next notice names them.
        let c1 = item(&first, "submit", Some("C-1"))["id"].clone();
        hr.put(&format!("{at}/receivers"), &json!({ "items": [c1], "receiver": "E103" })).await.ok(200);
        hr.post(&format!("{at}/reassign"), &json!({ "customers": ["C-1"], "reason": "离职交接" })).await.ok(200);
        passed(&server, &hr, &at).await;
        hr.post("/api/v1/customers/C-3/assign", &json!({ "to": "E103", "replaces": "E102", "reason": "再次调整" })).await.ok(201);
        assert_eq!(states(&hr, "C-3").await, stand(&[("E102", "cancelled")]));
        let list = hr.post(&format!("{at}/notices"), &json!({})).await.ok(200);
        let fresh: Vec<&Value> = list["items"].as_array().unwrap().iter().filter(|m| m["state"] == "draft").collect();
        assert_eq!(fresh.len(), 2, "{list}");
        assert!(fresh.iter().all(|m| m["receiver"] == "E103" && m["body"].as_str().unwrap().contains("陈晨")), "{list}");
        assert_eq!(states(&hr, "C-3").await, stand(&[("E102", "cancelled"), ("E103", "draft")]));

        // And asked once more when it is sent, whatever its row says.
        let mail = MailServer::start().await;
        let admin = server.person("admin", None).await;
        admin.put("/api/v1/outbox/settings", &json!({ "url": mail.url, "from": "海川物流 <service@firm.example>" })).await.ok(200);
        let stale = fresh.iter().find(|m| m["customer"] == "C-3").unwrap()["id"].as_str().unwrap().to_owned();
        let tx = server.company.store.write().await.unwrap();
        message::Entity::update_many()
            .col_expr(message::Column::State, Expr::value("approved"))
            .col_expr(message::Column::Receiver, Expr::value("E102"))
            .filter(message::Column::Id.eq(&stale))
            .exec(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        notify::outbox::run_send(server.company.company.clone(), json!({ "message": stale })).await.unwrap();
        assert_eq!((mail.letters().len(), hr.get(&format!("/api/v1/outbox/{stale}")).await.ok(200)["state"].clone()), (0, json!("cancelled")));

        // Named twice it is approved once.
        let other = fresh.iter().find(|m| m["customer"] == "C-1").unwrap()["id"].as_str().unwrap().to_owned();
        hr.post(&format!("/api/v1/outbox/{other}/preview"), &json!({})).await.ok(200);
        hr.post("/api/v1/outbox/approve", &json!({ "messages": [other, other] })).await.ok(200);
        server.settled().await;
        assert_eq!(mail.letters().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_in_every_notice_changes_by_two_people_and_the_record_says_from_what_to_what() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let path = "/api/v1/outbox/settings";
        // Nobody else could agree yet; what does not change is no act.
        admin.put(path, &json!({ "channels": "400-000-0000", "payee": "海川物流 6222 0000" })).await.ok(200);
        admin.put(path, &json!({ "channels": "400-000-0000" })).await.ok(200);
        let kept = async || {
            let rows = crate::records::model::record::Entity::find().all(server.company.store.read()).await.unwrap();
            let acts: Vec<i64> = rows.iter().filter(|r| r.kind == "outbox.settings_changed").map(|r| r.idx).collect();
            let opened = crate::records::machine::open(&server.company.company, &acts).await.unwrap();
            opened.iter().map(|o| Value::Object(o.data().unwrap().clone())).collect::<Vec<Value>>()
        };
        let first = kept().await;
        assert_eq!((first.len(), &first[0]["before"]["payee"], &first[0]["after"]["payee"]), (1, &json!(""), &json!("海川物流 6222 0000")));

        let legal = server.person("legal", None).await;
        let asked = admin.put(path, &json!({ "payee": "张三 6222 9999" })).await.ok(202);
        assert_eq!((&asked["payee"], &asked["waiting"]), (&json!("海川物流 6222 0000"), &json!(true)));
        assert_eq!(admin.put(path, &json!({ "payee": "李四 6222 8888" })).await.problem(409), "already_waiting");
        let list = legal.get("/api/v1/user-changes").await.ok(200);
        let one = &list["items"][0];
        assert_eq!((&one["kind"], &one["may_decide"], &one["notices"]["payee"]["after"]), (&json!("notices"), &json!(true), &json!("张三 6222 9999")));
        let id = one["id"].as_str().unwrap().to_owned();
        assert_eq!(admin.post(&format!("/api/v1/user-changes/{id}/decide"), &json!({ "approve": true })).await.problem(403), "forbidden");
        // Another administrator sees which account by its end alone.
        let other = server.person("admin", None).await.get("/api/v1/user-changes").await.ok(200);
        assert_eq!(other["items"][0]["notices"]["payee"], json!({ "before": "…0000", "after": "…9999" }));
        legal.post(&format!("/api/v1/user-changes/{id}/decide"), &json!({ "approve": false, "reason": "不是公司账户" })).await.ok(200);
        assert_eq!(admin.get(path).await.ok(200)["payee"], "海川物流 6222 0000");
        assert_eq!(kept().await.len(), 1);

        admin.put(path, &json!({ "payee": "海川物流 6222 1111" })).await.ok(202);
        let list = legal.get("/api/v1/user-changes").await.ok(200);
        let id = list["items"][0]["id"].as_str().unwrap();
        let done = legal.post(&format!("/api/v1/user-changes/{id}/decide"), &json!({ "approve": true })).await.ok(200);
        assert_eq!((&done["notices"]["payee"]["after"], &done["to_collect"]), (&json!("…1111"), &json!(false)));
        assert_eq!(
            (&admin.get(path).await.ok(200)["payee"], kept().await[1]["before"]["payee"].as_str()),
            (&json!("海川物流 6222 1111"), Some("海川物流 6222 0000"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_what_is_held_tells_a_leaver_no_more_than_the_handover_does() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let at = path(&handover_of(&hr, "E101").await);
        hr.post(&format!("{at}/reconcile"), &json!({})).await.ok(200);
        hr.post(&format!("{at}/findings"), &json!({ "customer": "C-5", "add": true })).await.ok(200);
        passed_on(&server, &hr).await;
        let held = server.person("employee", Some("E101")).await.get("/api/v1/me/holdings").await.ok(200);
        let kinds: Vec<&str> = held["items"].as_array().unwrap().iter().map(|h| h["kind"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"handover.receivers_set") && kinds.contains(&"handover.started"), "{kinds:?}");
        assert!(!kinds.contains(&"handover.reconciled") && !kinds.contains(&"handover.finding_decided"), "{kinds:?}");
        for h in held["items"].as_array().unwrap() {
            assert_ne!(h["label"], h["kind"], "a name that a person can read");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_no_mail_reaches_is_told_otherwise_and_each_customer_in_their_language() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        // C-4 has a telephone and no mail.
        let ids: Vec<Value> = items(&first, |i| i["kind"] == "customer" && i["reference"] != "C-2").iter().map(|i| i["id"].clone()).collect();
        hr.put(&format!("{at}/receivers"), &json!({ "items": ids, "receiver": "E102" })).await.ok(200);
        hr.post(&format!("{at}/reassign"), &json!({ "reason": "离职交接" })).await.ok(200);
        passed(&server, &hr, &at).await;
        // Words of one's own are Chinese as the notices are; the English letter keeps the shipped ones.
        let own = "您好，自{date}起由{new}为您服务，联系方式不变。";
        let list = hr.post(&format!("{at}/notices"), &json!({ "language": "zh", "languages": { "C-3": "en" }, "body": own })).await.ok(200);
        let of = |customer: &str| list["items"].as_array().unwrap().iter().find(|m| m["customer"] == customer).unwrap().clone();
        assert!(of("C-3")["body"].as_str().unwrap().starts_with("Dear ") && of("C-1")["body"].as_str().unwrap().contains("您好"), "{list}");
        assert!(of("C-3")["body"].as_str().unwrap().contains("as stated in your contract"), "{list}");
        assert_eq!(of("C-4")["state"], "pending_channel");
        let told = format!("/api/v1/outbox/{}/told", of("C-4")["id"].as_str().unwrap());
        for (body, pointer) in
            [(json!({ "how": "phone", "on": "2026-11-21", "who": "李娜" }), "/on"), (json!({ "how": "phone", "on": "2026-11-20", "who": "" }), "/who")]
        {
            let answer = hr.post(&told, &body).await;
            assert_eq!((answer.status, &answer.body["errors"][0]["pointer"]), (422, &json!(pointer)), "{}", answer.body);
        }
        let body = json!({ "how": "phone", "on": "2026-11-20", "who": "李娜", "note": "周会计接听" });
        let her = server.person("employee", Some("E101")).await;
        assert_eq!(her.post(&told, &body).await.problem(403), "forbidden");
        let now = hr.post(&told, &body).await.ok(200);
        assert_eq!((&now["state"], &now["told"]["how"], &now["told"]["who"]), (&json!("told"), &json!("phone"), &json!("李娜")), "{now}");
        assert_eq!(hr.post(&told, &body).await.problem(409), "wrong_state", "once is enough");
        // Told is told: it is neither sent nor drafted again, and it is a record.
        let approve = json!({ "messages": [of("C-4")["id"]] });
        let admin = server.person("admin", None).await;
        let mail = MailServer::start().await;
        admin.put("/api/v1/outbox/settings", &json!({ "url": mail.url, "from": "海川物流 <service@firm.example>" })).await.ok(200);
        assert_eq!(hr.post("/api/v1/outbox/approve", &approve).await.problem(409), "wrong_state");
        assert_eq!(hr.post(&format!("{at}/notices"), &json!({})).await.problem(422), "nothing_passed_on");
        assert_eq!(hr.get("/api/v1/records?kind=notice.told").await.ok(200)["items"].as_array().unwrap().len(), 1);
        assert!(mail.letters().is_empty());
    })
    .await;
}
