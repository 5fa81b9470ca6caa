#![expect(clippy::unwrap_used, reason = "tests")]

mod accesses;
mod leaving;
mod masks;
mod replicas;

pub use leaving::{resigning, said, staff};

use super::{
    Permission, Scope, TokenScope, demo,
    matrix::Role,
    model::{session, token, user},
    scope, setup,
};
use crate::http::testing::{Answer, TestServer, on_each_server};
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_signs_up_once_with_the_code() {
    on_each_server(|server| async move {
        let anyone = server.anyone();
        let before = anyone.get("/api/v1/session").await.ok(200);
        assert_eq!((&before["needs_setup"], &before["user"]), (&json!(true), &json!(null)));
        let code = server.app.setup_code.as_ref().unwrap().text().to_owned();
        let body = |code: &str| json!({ "code": code, "login": "Boss", "name": "卫知行", "password": PASSWORD });
        assert_eq!(anyone.post("/api/v1/setup", &body("WRONG-CODE1")).await.problem(403), "wrong_setup_code");
        assert_eq!(anyone.post("/api/v1/setup", &json!({ "code": code, "login": "b", "name": "b", "password": "short" })).await.problem(422), "weak_password");
        let made = anyone.post("/api/v1/setup", &body(&code.to_lowercase())).await;
        assert!(made.headers["set-cookie"].to_str().unwrap().contains("HttpOnly; SameSite=Lax"));
        assert_eq!(made.ok(200)["user"]["role"], "admin");
        assert_eq!(anyone.post("/api/v1/setup", &body(&code)).await.problem(409), "already_set_up");
        assert!(setup::SetupCode::if_needed(&server.company).await.unwrap().is_none());

        let boss = server.sign_in(&json!({ "login": " BOSS ", "password": PASSWORD })).await;
        let company = json!({ "name": "恒盛建材", "time_zone": "Asia/Shanghai", "currency": "CNY", "own_names": ["恒盛"], "customer_limit": null });
        assert_eq!(boss.put("/api/v1/company", &company).await.ok(200), company);
        let wrong = boss.put("/api/v1/company", &json!({ "name": "", "time_zone": "Mars", "currency": "yuan" })).await.ok(422);
        assert_eq!(wrong["errors"].as_array().unwrap().len(), 3);
        assert_eq!(boss.get("/api/v1/session").await.ok(200)["company"]["name"], "恒盛建材");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_passwords_gets_slower_and_says_nothing_about_who_exists() {
    on_each_server(|server| async move {
        drop(server.person("admin", None).await);
        let login = user::Entity::find().one(server.company.store.read()).await.unwrap().unwrap().login;
        let try_as = async |login: &str, password: &str| server.anyone().post("/api/v1/session", &json!({ "login": login, "password": password })).await;
        let mut told = Vec::new();
        for name in [login.as_str(), "nobody-has-this"] {
            let mut answers = Vec::new();
            for _ in 0..7 {
                let answer = try_as(name, "wrong password").await;
                answers.push((answer.status, answer.body["code"].clone(), answer.headers.get("retry-after").is_some()));
            }
            assert_eq!(answers.iter().filter(|a| a.0 == 401).count(), 5);
            assert_eq!(answers[6], (429, json!("sign_in_locked"), true));
            told.push(answers);
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(try_as(&login, PASSWORD).await.problem(429), "sign_in_locked", "also with the right password");
        server.company.clock.advance(31 * 1_000_000);
        try_as(&login, PASSWORD).await.ok(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_idle_when_old_when_signed_out_and_when_its_user_changes() {
    on_each_server(|server| async move {
        let hour = 3600 * 1_000_000;
        let signed_in = async |v: &crate::http::testing::Visitor<'_>| v.get("/api/v1/users").await.status;
        let idle = server.person("admin", None).await;
        assert_eq!(signed_in(&idle).await, 200);
        server.company.clock.advance(5 * hour);
        assert_eq!(signed_in(&idle).await, 401);

        let out = server.person("admin", None).await;
        out.delete("/api/v1/session").await.ok(204);
        assert_eq!(signed_in(&out).await, 401);

        let admin = server.person("admin", None).await;
        let other = server.person("admin", None).await;
        let other_id = other.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned();
        admin.patch(&format!("/api/v1/users/{other_id}"), &json!({ "role": "hr" })).await.ok(200);
        assert_eq!(signed_in(&other).await, 401);

        let rows = session::Entity::find().all(server.company.store.read()).await.unwrap();
        let secret = admin.cookie.as_deref().unwrap().split_once('=').unwrap().1;
        assert!(rows.iter().all(|s| s.hash.len() == 32 && s.hash != secret.as_bytes()), "only hashes are kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_by_cookie_need_the_pages_token() {
    let server = TestServer::start("sqlite").await;
    let mut admin = server.person("admin", None).await;
    let body = json!({ "name": "bank", "scopes": ["ingest"] });
    let right = admin.csrf.replace("0".repeat(32));
    assert_eq!(admin.post("/api/v1/tokens", &body).await.problem(403), "csrf");
    admin.csrf = None;
    assert_eq!(admin.post("/api/v1/tokens", &body).await.problem(403), "csrf");
    admin.csrf = right;
    admin.post("/api/v1/tokens", &body).await.ok(201);
    let foreign = server.request(Method::POST, "/api/v1/session").header("sec-fetch-site", "cross-site").json(&json!({ "login": "a", "password": "b" }));
    assert_eq!(Answer::of(foreign.send().await.unwrap()).await.problem(403), "other_site");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_come_by_pages_and_accounts_are_found_by_what_they_may() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin"]).await;
        for n in 0..7 {
            admin.post("/api/v1/tokens", &json!({ "name": format!("crm {n}"), "scopes": ["ingest"] })).await.ok(201);
        }
        // All of one moment, and one revoked between.
        let whole = admin.get("/api/v1/tokens?limit=500").await.ok(200);
        let gone = whole["items"].as_array().unwrap().iter().find(|t| t["name"] == "crm 3").unwrap()["id"].as_str().unwrap().to_owned();
        admin.delete(&format!("/api/v1/tokens/{gone}")).await.ok(204);
        let all: Vec<Value> = admin.get("/api/v1/tokens?limit=500").await.ok(200)["items"].as_array().unwrap().clone();
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/api/v1/tokens?limit=2{cursor}")).await.ok(200);
            assert!(page["items"].as_array().unwrap().len() <= 2);
            seen.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), all.len());
        assert!(seen.iter().zip(&all).all(|(a, b)| a["id"] == b["id"]) && seen.iter().all(|t| t["id"] != json!(gone)));

        let (_hr, _employee, audit) = (server.person("hr", None).await, server.person("employee", Some("E1")).await, server.person("auditor", None).await);
        let of = async |query: &str| -> Vec<String> {
            let list = audit.get(&format!("/api/v1/users?{query}")).await.ok(200);
            list["items"].as_array().unwrap().iter().map(|u| u["role"].as_str().unwrap().to_owned()).collect()
        };
        assert!(of("limit=500").await.contains(&"employee".to_owned()));
        let acting = of("may=alerts.act&limit=500").await;
        assert!(acting.contains(&"hr".to_owned()) && !acting.contains(&"employee".to_owned()) && !acting.contains(&"auditor".to_owned()), "{acting:?}");
        assert_eq!(audit.get("/api/v1/users?may=everything").await.problem(422), "unknown_permission");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_what_is_told_to_whoever_may_it_too_and_names_those_who_can_do_it() {
    on_each_server(|server| async move {
        staff(&server).await;
        let (admin, hr, audit) = (server.person("admin", None).await, server.person("hr", None).await, server.person("auditor", None).await);
        // Without roles.see nobody goes through the permissions to learn what each role holds; what they have themselves, they know.
        let asked = hr.get("/api/v1/users?may=tokens.edit").await;
        assert_eq!(asked.body["rule"], "roles.see");
        assert_eq!(asked.problem(403), "forbidden");
        audit.get("/api/v1/users?may=tokens.edit").await.ok(200);

        let offered = async || -> Vec<Value> {
            let list = hr.get("/api/v1/users?may=alerts.act&limit=500").await.ok(200);
            list["items"].as_array().unwrap().iter().map(|u| u["id"].clone()).collect()
        };
        let id_of = async |role: &str, employee: Option<&str>| server.person(role, employee).await.get("/api/v1/session").await.ok(200)["user"]["id"].clone();
        let (leaver, stays) = (id_of("legal", Some("S001")).await, id_of("legal", None).await);
        let invited = admin.post("/api/v1/users", &json!({ "login": "not-yet", "name": "未到岗", "role": "hr" })).await.body["user"]["id"].clone();
        assert!(invited.is_string());
        let now = offered().await;
        assert!(now.contains(&leaver) && now.contains(&stays) && !now.contains(&invited), "who set no password yet takes nothing: {now:?}");
        leaving::status(&server, "l", "left", Some("2026-11-19")).await;
        let now = offered().await;
        assert!(!now.contains(&leaver) && now.contains(&stays), "{now:?}");
        admin.patch(&format!("/api/v1/users/{}", stays.as_str().unwrap()), &json!({ "disabled": true })).await.ok(200);
        assert!(!offered().await.contains(&stays));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_ends_when_revoked_or_expired() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin"]).await;
        let expires = crate::http::instant(server.company.now() + 60_000_000);
        let made = admin.post("/api/v1/tokens", &json!({ "name": "crm", "scopes": ["admin"], "sources": ["/crm/main"], "expires_at": expires })).await.ok(201);
        let text = made["token"].as_str().unwrap().to_owned();
        let listed = admin.get("/api/v1/tokens").await.ok(200);
        assert!(!listed.to_string().contains(&text));
        let stored = token::Entity::find().all(server.company.store.read()).await.unwrap();
        assert!(stored.iter().all(|t| !text.contains(&hex::encode(&t.hash))));
        let with = async |text: &str| Answer::of(server.request(Method::GET, "/api/v1/users").bearer_auth(text).send().await.unwrap()).await.status;
        assert_eq!(with(&text).await, 200);
        assert_eq!(with(&format!("{text}x")).await, 401);
        server.company.clock.advance(61_000_000);
        assert_eq!(with(&text).await, 401);

        let second = admin.post("/api/v1/tokens", &json!({ "name": "crm", "scopes": ["admin"] })).await.ok(201);
        admin.delete(&format!("/api/v1/tokens/{}", second["id"].as_str().unwrap())).await.ok(204);
        assert_eq!(with(second["token"].as_str().unwrap()).await, 401);
        assert_eq!(admin.delete("/api/v1/tokens/none").await.problem(404), "not_found");
        assert_eq!(admin.post("/api/v1/tokens", &json!({ "name": "x", "scopes": ["cases"] })).await.problem(403), "scope_above_own");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_writes_only_to_its_sources() {
    let server = TestServer::start("sqlite").await;
    let text = server.token_for(&["ingest"], Some(vec!["/crm/main".into()])).await;
    let caller = super::tokens::caller(&server.company, &text).await.unwrap().unwrap();
    assert!(caller.may_write_to("/crm/main") && !caller.may_write_to("/bank"));
    assert!(!caller.has(Permission::RecordsSee) && caller.require(Permission::ContentOpen).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let id = admin.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned();
        assert_eq!(admin.patch(&format!("/api/v1/users/{id}"), &json!({ "role": "hr" })).await.problem(403), "own_account");
        let machine = server.with(&["admin"]).await;
        for change in [json!({ "disabled": true }), json!({ "role": "hr" })] {
            assert_eq!(machine.patch(&format!("/api/v1/users/{id}"), &change).await.problem(409), "last_administrator");
        }
        assert_eq!(admin.patch(&format!("/api/v1/users/{id}"), &json!({ "disabled": true })).await.problem(409), "last_administrator");
        assert_eq!(admin.post("/api/v1/users", &json!({ "login": "a b", "name": "x", "role": "hr" })).await.problem(422), "bad_login");
        let new = json!({ "login": "shen", "name": "沈若溪", "role": "hr", "employee": "2001" });
        let path = admin.post("/api/v1/users", &new).await.ok(201)["link"]["path"].as_str().unwrap().to_owned();
        let set = json!({ "code": path.strip_prefix("/invite/").unwrap(), "password": PASSWORD });
        server.anyone().post("/api/v1/invitations/accept", &set).await.ok(200);
        assert_eq!(admin.post("/api/v1/users", &new).await.problem(409), "login_taken");
        let hr = server.sign_in(&json!({ "login": "shen", "password": PASSWORD })).await;
        assert_eq!(hr.get("/api/v1/tokens").await.problem(403), "forbidden");
        assert!(hr.get("/api/v1/session").await.ok(200)["permissions"].as_array().unwrap().contains(&json!("content.open")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_lets_in_by_role_and_only_the_demo() {
    let server = TestServer::start_with("sqlite", true, |_| {}).await;
    assert_eq!(server.anyone().get("/api/v1/session/demo").await.ok(200)["items"].as_array().unwrap().len(), Role::ALL.len());
    let hr = server.sign_in(&json!({ "demo": "hr" })).await;
    let session = hr.get("/api/v1/session").await.ok(200);
    assert_eq!((&session["demo"], &session["user"]["role"]), (&json!(true), &json!("hr")));
    let rebound = server.request(Method::GET, "/api/v1/session").header("host", "evil.example");
    assert_eq!(Answer::of(rebound.send().await.unwrap()).await.problem(403), "demo_is_local");

    let plain = TestServer::start("sqlite").await;
    demo::ensure(&plain.company).await.unwrap();
    assert_eq!(plain.anyone().post("/api/v1/session", &json!({ "demo": "hr" })).await.problem(403), "no_demo");
    assert_eq!(plain.anyone().post("/api/v1/session", &json!({ "login": "demo-hr", "password": "" })).await.problem(401), "wrong_sign_in");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_at_the_door_is_recorded_without_secrets() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let made = admin.post("/api/v1/tokens", &json!({ "name": "crm", "scopes": ["ingest"] })).await.ok(201);
        admin.delete("/api/v1/session").await.ok(204);
        let rows = crate::records::model::record::Entity::find().all(server.company.store.read()).await.unwrap();
        let kinds: Vec<_> = rows.iter().filter(|r| r.source == "/probity/access").map(|r| r.kind.as_str()).collect();
        assert_eq!(kinds, ["access.user_created", "access.signed_in", "access.token_created", "access.signed_out"]);
        let indices: Vec<i64> = rows.iter().map(|r| r.idx).collect();
        let by = crate::company::Actor::system("test");
        for opened in crate::records::open_for_person(&server.company, &by, "1", "核对", &indices).await.unwrap().items {
            let text = serde_json::to_string(&opened.content.unwrap().event).unwrap();
            assert!(!text.contains(made["token"].as_str().unwrap()) && !text.contains(PASSWORD));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sales_manager_reaches_the_own_team_only() {
    let server = TestServer::start("sqlite").await;
    let manager = server.person("sales_manager", None).await;
    let secret = manager.cookie.as_deref().unwrap().split_once('=').unwrap().1.to_owned();
    let caller = super::sessions::caller(&server.company, &secret, false).await.unwrap().unwrap();
    assert!(matches!(scope(&caller, &server.company, Permission::AlertsSee).await.unwrap(), Scope::Team(t) if t.is_empty()));
    assert_eq!(scope(&caller, &server.company, Permission::CasesSee).await.unwrap(), Scope::None);
    let text = server.token(&["read"]).await;
    let reader = super::tokens::caller(&server.company, &text).await.unwrap().unwrap();
    assert_eq!(scope(&reader, &server.company, Permission::AlertsSee).await.unwrap(), Scope::All);
    assert!(TokenScope::ALL.iter().all(|s| TokenScope::from_name(s.name()) == Some(*s)));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_come_in_pages_in_the_order_they_were_made_and_are_found_by_a_part_of_the_name() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let made = |login: &str, name: &str, employee: Option<&str>| json!({ "login": login, "name": name, "role": "employee", "employee": employee });
        for (login, name, employee) in [("lin.yi", "林一", Some("E-1")), ("lin_er", "林二", None), ("LinSan", "林三", Some("E-3")), ("wang", "王", None)]
        {
            admin.post("/api/v1/users", &made(login, name, employee)).await.ok(201);
        }
        let logins = |page: &serde_json::Value| page["items"].as_array().unwrap().iter().map(|u| u["login"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let whole = admin.get("/api/v1/users").await.ok(200);
        assert_eq!(logins(&whole)[1..], ["lin.yi", "lin_er", "linsan", "wang"]);
        assert!(whole["items"][1]["link_until"].is_string(), "{whole}");
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/api/v1/users?limit=2{cursor}")).await.ok(200);
            all.extend(logins(&page));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
            // Who comes while somebody reads moves nothing.
            admin.post("/api/v1/users", &made(&format!("new{}", all.len()), "新人", None)).await.ok(201);
        }
        assert_eq!(all[..5], logins(&whole)[..]);
        assert!(all[5..].iter().all(|login| login.starts_with("new")), "{all:?}");
        let found = async |q: &str| logins(&admin.get(&format!("/api/v1/users?q={q}")).await.ok(200));
        assert_eq!(found("LIN").await, ["lin.yi", "lin_er", "linsan"]);
        assert_eq!(found("林").await.len(), 3);
        assert_eq!(found("n_e").await, ["lin_er"], "what was typed is no pattern");
        assert_eq!(found("E-3").await, ["linsan"]);
        assert_eq!(found("E-").await, [] as [&str; 0], "a number is no name");
        assert_eq!(admin.get("/api/v1/users?cursor=xx").await.problem(400), "bad_cursor");
    })
    .await;
}
