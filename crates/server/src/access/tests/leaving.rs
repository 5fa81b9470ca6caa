use crate::{
    access::{
        model::{session, token},
        tokens,
    },
    company::Actor,
    http::testing::{Answer, TestServer, Visitor, on_each_server},
    intake::tests::{batch, register},
    records::model::record,
};
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

pub fn said(id: &str, kind: &str, subject: &str, time: &str, data: Value) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "/crm", "type": kind, "time": time, "subject": subject, "data": data })
}

/// The status of S001, as the HR system sends it.
pub async fn status(server: &TestServer, id: &str, status: &str, left_on: Option<&str>) {
    let mut data = json!({ "number": "S001", "name": "周启明", "manager": "M001", "department": "销售一部", "status": status });
    if let Some(day) = left_on {
        data["left_on"] = json!(day);
    }
    let ingest = server.with(&["ingest"]).await;
    let answer = batch(&ingest, &[said(id, "employee.upserted", "S001", "2026-11-19T09:00:00+08:00", data)]).await;
    assert_eq!(answer["accepted"], 1, "{answer}");
}

/// A manager with one salesperson of eight customers, and one of another team.
pub async fn staff(server: &TestServer) {
    let admin = server.with(&["admin", "ingest"]).await;
    register(&admin, "/crm", &["*"]).await;
    let day = "2026-03-02T09:00:00+08:00";
    let person = |number: &str, name: &str, manager: Option<&str>, extra: Value| {
        let mut data = json!({ "number": number, "name": name, "status": "active" });
        if let Some(manager) = manager {
            data["manager"] = json!(manager);
        }
        data.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        said(&format!("p-{number}"), "employee.upserted", number, day, data)
    };
    let mut all = vec![
        person("M001", "罗启明", None, json!({})),
        person(
            "S001",
            "周启明",
            Some("M001"),
            json!({ "phones": ["13987654321"], "emails": ["hidden@mask.example"], "accounts": [{ "system": "wecom", "account": "acct_hidden_77" }] }),
        ),
        person("S009", "田小满", Some("M009"), json!({})),
        said("i-1", "interest.declared", "S001", day, json!({ "employee": "S001", "company": "CO-玄武", "relation": "配偶持股玄武一成" })),
    ];
    for n in 1..=8 {
        let id = format!("C-{n}");
        let mut customer = said(
            &format!("c-{n}"),
            "customer.upserted",
            "S001",
            day,
            json!({ "customer": id, "name": format!("客户{n}号"), "contacts": [{ "name": "匿名联系人甲", "phone": "13712345678", "email": "contact@mask.example" }] }),
        );
        customer.as_object_mut().unwrap().remove("subject");
        all.push(customer);
        all.push(said(&format!("a-{n}"), "customer.assigned", "S001", day, json!({ "customer": id, "employee": "S001", "from": "2026-03-02" })));
    }
    let answer = batch(&admin, &all).await;
    assert_eq!(answer["accepted"], all.len(), "{answer}");
}

async fn id_of(visitor: &Visitor<'_>) -> String {
    visitor.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned()
}

/// The same person, signed in anew.
async fn again<'a>(server: &'a TestServer, id: &str) -> Visitor<'a> {
    let login = crate::access::model::user::Entity::find_by_id(id).one(server.company.store.read()).await.unwrap().unwrap().login;
    server.sign_in(&json!({ "login": login, "password": "correct horse battery" })).await
}

async fn with_token(server: &TestServer, text: &str) -> u16 {
    Answer::of(server.request(Method::GET, "/api/v1/employees").bearer_auth(text).send().await.unwrap()).await.status
}

async fn tries(server: &TestServer) -> usize {
    // The record is written beside the answer.
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    record::Entity::find().all(server.company.store.read()).await.unwrap().iter().filter(|r| r.kind == "access.tried_after_leaving").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_ends_sessions_and_reading_tokens_in_the_records_own_transaction() {
    on_each_server(|server| async move {
        staff(&server).await;
        let leaver = server.person("hr", Some("S001")).await;
        let other = server.person("hr", Some("S009")).await;
        let by = Actor { kind: "user", id: id_of(&leaver).await, name: "hr".into() };
        let make = async |scope: &str| {
            let new =
                tokens::NewToken { name: scope.into(), scopes: vec![crate::access::TokenScope::from_name(scope).unwrap()], sources: None, expires_at: None };
            tokens::create(&server.company, new, &by).await.unwrap().1
        };
        let (reads, writes) = (make("read").await, make("ingest").await);
        assert_eq!(with_token(&server, &reads).await, 200);
        let before = session::Entity::find().all(server.company.store.read()).await.unwrap().len();

        status(&server, "r", "resigning", None).await;
        leaver.get("/api/v1/employees").await.ok(200);
        assert_eq!(leaver.get("/api/v1/session").await.ok(200)["standing"], "resigning");

        status(&server, "l", "left", Some("2026-11-19")).await;
        assert_eq!(leaver.get("/api/v1/employees").await.problem(401), "sign_in_needed");
        assert_eq!(session::Entity::find().all(server.company.store.read()).await.unwrap().len(), before - 1);
        assert_eq!(with_token(&server, &reads).await, 401);
        other.get("/api/v1/employees").await.ok(200);
        let rows = token::Entity::find().all(server.company.store.read()).await.unwrap();
        let stands = |text: &str| rows.iter().any(|t| text.contains(&t.prefix) && t.revoked_at.is_none());
        assert!(stands(&writes), "a source that writes does not go silent");

        // Said again, nothing ends again.
        let back = again(&server, &by.id).await;
        status(&server, "l2", "left", Some("2026-11-19")).await;
        assert_eq!(back.get("/api/v1/session").await.ok(200)["standing"], "left");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_signs_in_to_the_own_page_and_each_other_try_is_a_record_and_an_alert() {
    on_each_server(|server| async move {
        staff(&server).await;
        status(&server, "l", "left", Some("2026-11-18")).await;
        let leaver = server.person("sales_manager", Some("S001")).await;
        leaver.get("/api/v1/me/restrictions").await.ok(200);
        leaver.get("/api/v1/me/accesses").await.ok(200);
        for _ in 0..3 {
            let refused = leaver.get("/api/v1/customers").await;
            assert_eq!(refused.body["rule"], "standing.left");
            assert_eq!(refused.problem(403), "left");
        }
        // What anybody may ask, with a session or without, is no try to get in.
        leaver.post("/api/v1/invitations/look", &json!({ "code": "of nobody" })).await.problem(404);
        assert_eq!(tries(&server).await, 1, "one an hour for a person and route");
        leaver.get("/api/v1/employees").await.ok(403);
        assert_eq!(tries(&server).await, 2);
        server.company.clock.advance(3600 * 1_000_000);
        leaver.get("/api/v1/employees").await.ok(403);
        assert_eq!(tries(&server).await, 3);

        let hr = server.person("hr", None).await;
        let alerts = hr.get("/api/v1/alerts?rule=access.after_leaving").await.ok(200);
        let one = &alerts["items"][0];
        assert_eq!((alerts["items"].as_array().unwrap().len(), &one["employee"], &one["severity"]), (1, &json!("S001"), &json!("medium")));
        assert_eq!(one["explanation"]["value"], 3.0);
        assert_eq!(one["records"].as_array().unwrap().len(), 3);
        assert!(one["explanation"]["innocent"].as_array().unwrap().len() >= 3 && !one["explanation"]["missing"].as_array().unwrap().is_empty());
        assert!(hr.get("/api/v1/rules").await.ok(200)["items"].as_array().unwrap().iter().any(|r| r["rule"] == "access.after_leaving"));
        // Not for the person it is about, whatever their office was.
        let about = server.person("hr", Some("S001")).await;
        assert_eq!(about.get("/api/v1/alerts").await.problem(403), "left");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_saw_a_leaver_at_a_customer_raises_the_same_alert_but_not_on_the_last_day() {
    on_each_server(|server| async move {
        staff(&server).await;
        status(&server, "l", "left", Some("2026-11-18")).await;
        let ingest = server.with(&["ingest"]).await;
        let hr = server.person("hr", None).await;
        let seen = |id: &str, time: &str, action: &str| {
            said(id, "customer.accessed", "S001", time, json!({ "customer": "C-1", "employee": "S001", "action": action, "ip": "10.0.0.9" }))
        };
        batch(&ingest, &[seen("v1", "2026-11-18T20:00:00+08:00", "view")]).await;
        let found = async || hr.get("/api/v1/alerts?rule=access.after_leaving").await.ok(200)["items"].as_array().unwrap().clone();
        assert!(found().await.is_empty(), "the last day is still a day of work");
        batch(&ingest, &[seen("v2", "2026-11-19T00:30:00+08:00", "view")]).await;
        assert_eq!(found().await[0]["severity"], "medium");
        batch(&ingest, &[seen("v3", "2026-11-19T01:00:00+08:00", "export")]).await;
        let all = found().await;
        assert_eq!((all.len(), &all[0]["severity"], &all[0]["customer"]), (1, &json!("high"), &json!("C-1")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_leaving_works_on_page_by_page_and_takes_no_list_along() {
    on_each_server(|server| async move {
        staff(&server).await;
        let admin = server.person("admin", None).await;
        assert_eq!(admin.put("/api/v1/freeze", &json!({ "customers_per_day": 2 })).await.problem(422), "bad_bound");
        admin.put("/api/v1/freeze", &json!({ "customers_per_day": 5 })).await.ok(200);
        let seller = server.person("employee", Some("S001")).await;
        for n in 1..=8 {
            seller.get(&format!("/api/v1/customers/C-{n}")).await.ok(200);
        }
        let id = id_of(&seller).await;
        server.company.clock.advance(24 * 3600 * 1_000_000);
        let seller = again(&server, &id).await;
        status(&server, "r", "resigning", None).await;
        for n in 1..=5 {
            seller.get(&format!("/api/v1/customers/C-{n}")).await.ok(200);
        }
        seller.get("/api/v1/customers/C-1").await.ok(200);
        let sixth = seller.get("/api/v1/customers/C-6").await;
        assert_eq!(sixth.body["rule"], "P16");
        assert_eq!(sixth.problem(403), "frozen_bulk");
        let list = seller.get("/api/v1/customers?limit=500").await.ok(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 5);
        let next = format!("/api/v1/customers?cursor={}", list["next_cursor"].as_str().unwrap());
        assert_eq!(seller.get(&next).await.problem(403), "frozen_bulk");
        // One customer is still found.
        assert_eq!(seller.get("/api/v1/customers?q=客户6号").await.ok(200)["items"][0]["customer"], "C-6");
        // A list taken search by search ends where one taken whole does; the one that is needed is still found.
        assert_eq!(seller.get("/api/v1/customers?q=客户").await.ok(200)["items"].as_array().unwrap().len(), 5, "the same five");
        assert_eq!(seller.get("/api/v1/customers?q=客户7号").await.ok(200)["items"][0]["customer"], "C-7");
        assert_eq!(seller.get("/api/v1/customers?q=号&limit=5&tier=normal").await.status, 200, "nothing is found, and nothing is counted");
        let auditor = server.person("auditor", None).await;
        let noted = auditor.get(&format!("/api/v1/accesses?what=listed&viewer={id}")).await.ok(200);
        assert_eq!(noted["items"].as_array().unwrap().len(), 7, "{noted}");
        server.company.clock.advance(16 * 3600 * 1_000_000);
        let seller = again(&server, &id).await;
        seller.get("/api/v1/customers/C-6").await.ok(200);
        // Asked all at once, no more are opened than one after the other.
        let paths: Vec<String> = (1..=8).map(|n| format!("/api/v1/customers/C-{n}")).collect();
        let all = futures::future::join_all(paths.iter().map(|p| seller.get(p))).await;
        assert_eq!(all.iter().filter(|a| a.status == 200).count(), 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_leaving_takes_no_case_along() {
    on_each_server(|server| async move {
        staff(&server).await;
        let hr = server.person("hr", Some("S001")).await;
        let case = hr.post("/api/v1/cases", &json!({ "employee": "S009", "title": "核对", "reason": "核对往来", "records": [] })).await;
        let case = case.body["id"].as_str().unwrap().to_owned();
        resigning(&server).await;
        let hr = again(&server, &id_of(&hr).await).await;
        hr.get(&format!("/api/v1/cases/{case}")).await.ok(200);
        let asked = hr.post(&format!("/api/v1/cases/{case}/packages"), &json!({ "reason": "举证" })).await;
        assert_eq!(asked.body["rule"], "P16", "the standing withholds it");
        assert_eq!(asked.status, 403);
        assert_eq!(hr.get("/api/v1/packages/none").await.status, 403);
    })
    .await;
}

/// S001 has resigned.
pub async fn resigning(server: &TestServer) {
    status(server, "resigning", "resigning", None).await;
}
