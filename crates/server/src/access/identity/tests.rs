#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    model::{device, invitation, passkey as key_table, recovery_code, totp},
    passkey::{
        encode,
        tests::{Authenticator, client},
    },
};
use crate::{
    access::{
        model::{token, user},
        users,
    },
    company::Actor,
    http::testing::{Answer, TestServer, Visitor, on_each_server},
    records::model::record,
};
use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use std::time::Duration;
use totp_rs::{Algorithm, Builder, Secret};

const PASSWORD: &str = "correct horse battery";
const SECOND: i64 = 1_000_000;

fn code_of(link: &Value) -> String {
    link["path"].as_str().unwrap().strip_prefix("/invite/").unwrap().to_owned()
}

async fn accept(server: &TestServer, link: &Value, password: &str) -> Answer {
    server.anyone().post("/api/v1/invitations/accept", &json!({ "code": code_of(link), "password": password })).await
}

async fn sign_in(server: &TestServer, login: &str, password: &str, code: Option<&str>) -> Answer {
    server.anyone().post("/api/v1/session", &json!({ "login": login, "password": password, "code": code })).await
}

async fn me(visitor: &Visitor<'_>) -> Value {
    visitor.get("/api/v1/session").await.ok(200)["user"].clone()
}

async fn id_of(visitor: &Visitor<'_>) -> String {
    me(visitor).await["id"].as_str().unwrap().to_owned()
}

async fn login_of(visitor: &Visitor<'_>) -> String {
    me(visitor).await["login"].as_str().unwrap().to_owned()
}

async fn kinds(server: &TestServer) -> Vec<String> {
    let rows = record::Entity::find().filter(record::Column::Source.eq("/probity/access")).all(server.company.store.read()).await.unwrap();
    rows.into_iter().map(|r| r.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sets_the_own_password_with_a_link_that_works_once() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let asked = json!({ "login": "Shen", "name": "沈若溪", "role": "hr", "employee": "2001" });
        let made = admin.post("/api/v1/users", &asked).await.ok(201);
        assert_eq!((&made["user"]["state"], &made["waits"]), (&json!("invited"), &json!(null)));
        let code = code_of(&made["link"]);
        let kept = invitation::Entity::find().all(server.company.store.read()).await.unwrap();
        assert!(
            kept.len() == 1 && kept[0].hash != code.as_bytes() && !admin.get("/api/v1/users").await.ok(200).to_string().contains(&code),
            "only its hash is kept"
        );
        assert_eq!(sign_in(&server, "shen", "", None).await.problem(401), "wrong_sign_in", "no password is no password");

        let looked = server.anyone().post("/api/v1/invitations/look", &json!({ "code": code })).await.ok(200);
        assert_eq!((&looked["login"], &looked["purpose"]), (&json!("shen"), &json!("invite")));
        assert_eq!(accept(&server, &made["link"], "short").await.problem(422), "weak_password");
        assert_eq!(accept(&server, &made["link"], PASSWORD).await.ok(200)["login"], "shen");
        sign_in(&server, "shen", PASSWORD, None).await.ok(200);

        // Used, unknown and expired say the same, word for word.
        let late = admin.post("/api/v1/users", &json!({ "login": "gu", "name": "顾维真", "role": "employee" })).await.ok(201);
        server.company.clock.advance(7 * 24 * 3600 * SECOND + SECOND);
        let mut told = Vec::new();
        for code in [code.clone(), "x".repeat(43), code_of(&late["link"])] {
            for (path, body) in [("look", json!({ "code": code })), ("accept", json!({ "code": code, "password": PASSWORD }))] {
                let mut body = server.anyone().post(&format!("/api/v1/invitations/{path}"), &body).await.ok(404);
                body.as_object_mut().unwrap().remove("request_id");
                told.push(body);
            }
        }
        assert!(told.iter().all(|t| *t == told[0]), "{told:?}");
        let admin = server.person("admin", None).await;
        let again = admin.post(&format!("/api/v1/users/{}/invitation", late["user"]["id"].as_str().unwrap()), &json!({})).await.ok(201);
        accept(&server, &again, PASSWORD).await.ok(200);
        let first = format!("/api/v1/users/{}/invitation", made["user"]["id"].as_str().unwrap());
        assert_eq!(admin.post(&first, &json!({})).await.problem(409), "signed_in_before");
        let kinds = kinds(&server).await;
        for kind in ["access.user_created", "access.invited", "access.invitation_accepted"] {
            assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_use_a_link_at_once_one_is_too_late() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let made = admin.post("/api/v1/users", &json!({ "login": "shen", "name": "沈若溪", "role": "employee" })).await.ok(201);
        let (a, b) = tokio::join!(accept(&server, &made["link"], PASSWORD), accept(&server, &made["link"], "another battery horse"));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 404]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_voids_the_old_password_ends_sessions_and_lasts_a_day() {
    on_each_server(|server| async move {
        let (admin, other) = (server.person("admin", None).await, server.person("employee", None).await);
        let (id, login) = (id_of(&other).await, login_of(&other).await);
        let reset = admin.post(&format!("/api/v1/users/{id}/reset"), &json!({})).await.ok(201);
        assert_eq!(other.get("/api/v1/account").await.status, 401);
        assert_eq!(sign_in(&server, &login, PASSWORD, None).await.problem(401), "wrong_sign_in");
        server.company.clock.advance(24 * 3600 * SECOND + SECOND);
        assert_eq!(accept(&server, &reset["link"], "a new battery horse").await.problem(404), "link_gone");
        let admin = server.person("admin", None).await;
        let reset = admin.post(&format!("/api/v1/users/{id}/reset"), &json!({})).await.ok(201);
        accept(&server, &reset["link"], "a new battery horse").await.ok(200);
        sign_in(&server, &login, "a new battery horse", None).await.ok(200);
        let own = format!("/api/v1/users/{}/reset", id_of(&admin).await);
        assert_eq!(admin.post(&own, &json!({})).await.problem(403), "own_account");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reaches_cases_waits_for_a_second_person_once_there_is_one() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        // Alone, the administrator can begin: the first of legal becomes the second person.
        let first = admin.post("/api/v1/users", &json!({ "login": "gu", "name": "顾维真", "role": "legal" })).await.ok(201);
        accept(&server, &first["link"], PASSWORD).await.ok(200);
        let legal = server.sign_in(&json!({ "login": "gu", "password": PASSWORD })).await;

        let asked = admin.post("/api/v1/users", &json!({ "login": "shen", "name": "沈若溪", "role": "hr" })).await.ok(202);
        let (change, id) = (asked["waits"].as_str().unwrap().to_owned(), asked["user"]["id"].as_str().unwrap().to_owned());
        assert_eq!((&asked["link"], &asked["user"]["state"]), (&json!(null), &json!("waiting")));
        assert_eq!(admin.post(&format!("/api/v1/users/{id}/invitation"), &json!({})).await.problem(409), "awaits_approval");
        let decide = format!("/api/v1/user-changes/{change}/decide");
        let collect = format!("/api/v1/user-changes/{change}/collect");
        assert_eq!(admin.post(&collect, &json!({})).await.problem(409), "nothing_to_collect");
        assert_eq!(admin.post(&decide, &json!({ "approve": true })).await.problem(403), "forbidden", "an administrator approves nothing");
        let seen = legal.get("/api/v1/user-changes").await.ok(200);
        assert_eq!((&seen["items"][0]["role"], &seen["items"][0]["may_decide"]), (&json!("hr"), &json!(true)));
        assert_eq!(legal.post(&decide, &json!({ "approve": false })).await.problem(422), "reason_needed");
        legal.post(&decide, &json!({ "approve": true })).await.ok(200);
        assert_eq!(legal.post(&decide, &json!({ "approve": true })).await.problem(409), "already_decided");
        assert_eq!(legal.post(&collect, &json!({})).await.problem(403), "forbidden", "the approver gets no link");
        let taken = admin.post(&collect, &json!({})).await.ok(200);
        assert_eq!(admin.post(&collect, &json!({})).await.problem(409), "nothing_to_collect", "once");
        accept(&server, &taken["link"], PASSWORD).await.ok(200);
        let hr = server.sign_in(&json!({ "login": "shen", "password": PASSWORD })).await;
        hr.get("/api/v1/cases").await.ok(200);

        // A reset: until it is approved and taken the old password stands.
        let asked = admin.post(&format!("/api/v1/users/{id}/reset"), &json!({})).await.ok(202);
        sign_in(&server, "shen", PASSWORD, None).await.ok(200);
        assert_eq!(admin.post(&format!("/api/v1/users/{id}/reset"), &json!({})).await.problem(409), "already_waiting");
        let change = asked["waits"].as_str().unwrap();
        legal.post(&format!("/api/v1/user-changes/{change}/decide"), &json!({ "approve": true })).await.ok(200);
        admin.post(&format!("/api/v1/user-changes/{change}/collect"), &json!({})).await.ok(200);
        assert_eq!(hr.get("/api/v1/cases").await.status, 401);
        assert_eq!(sign_in(&server, "shen", PASSWORD, None).await.problem(401), "wrong_sign_in");

        // Refused, the invitation is nothing; withdrawn as well.
        let asked = admin.post("/api/v1/users", &json!({ "login": "li", "name": "李一", "role": "hr" })).await.ok(202);
        let refuse = format!("/api/v1/user-changes/{}/decide", asked["waits"].as_str().unwrap());
        legal.post(&refuse, &json!({ "approve": false, "reason": "编制外" })).await.ok(200);
        let listed = admin.get("/api/v1/users").await.ok(200);
        assert!(listed["items"].as_array().unwrap().iter().any(|u| u["login"] == "li" && u["state"] == "disabled"));
        let kinds = kinds(&server).await;
        for kind in ["access.change_asked", "access.change_approved", "access.change_refused", "access.reset_issued"] {
            assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_and_a_token_wait_and_nobody_decides_on_what_is_about_them() {
    on_each_server(|server| async move {
        let (admin, legal, auditor) = (server.person("admin", None).await, server.person("legal", None).await, server.person("auditor", None).await);
        let somebody = server.person("employee", Some("3001")).await;
        let id = id_of(&somebody).await;
        let asked = admin.patch(&format!("/api/v1/users/{id}"), &json!({ "role": "hr", "name": "改名" })).await.ok(202);
        assert_eq!((&asked["user"]["role"], &asked["user"]["name"]), (&json!("employee"), &json!("改名")), "the name is changed, the role waits");
        somebody.get("/api/v1/account").await.ok(200);
        let decide = format!("/api/v1/user-changes/{}/decide", asked["waits"].as_str().unwrap());
        auditor.post(&decide, &json!({ "approve": true })).await.ok(200);
        assert_eq!(somebody.get("/api/v1/account").await.status, 401, "who had the old role signs in again");
        assert_eq!(users::find(&server.company, &id).await.unwrap().unwrap().role, "hr");
        // Taking away needs nobody.
        admin.patch(&format!("/api/v1/users/{id}"), &json!({ "role": "employee" })).await.ok(200);
        // Off an employee number one would be as if not leaving.
        let off = admin.patch(&format!("/api/v1/users/{id}"), &json!({ "employee": null })).await.ok(202);
        assert_eq!(off["user"]["employee"], "3001");

        // What is about the approver is another's to approve.
        let asked = admin.patch(&format!("/api/v1/users/{}", id_of(&legal).await), &json!({ "role": "hr" })).await.ok(202);
        let decide = format!("/api/v1/user-changes/{}/decide", asked["waits"].as_str().unwrap());
        assert_eq!(legal.post(&decide, &json!({ "approve": true })).await.problem(403), "own_change");

        let body = json!({ "name": "办案接口", "scopes": ["read", "cases"] });
        let asked = admin.post("/api/v1/tokens", &body).await.ok(202);
        assert_eq!(asked["token"], json!(null));
        let change = asked["waits"].as_str().unwrap();
        legal.post(&format!("/api/v1/user-changes/{change}/decide"), &json!({ "approve": true })).await.ok(200);
        let taken = admin.post(&format!("/api/v1/user-changes/{change}/collect"), &json!({})).await.ok(200);
        let text = taken["token"]["token"].as_str().unwrap().to_owned();
        let with = |text: String| {
            let server = &server;
            async move { Answer::of(server.request(Method::GET, "/api/v1/cases").bearer_auth(text).send().await.unwrap()).await.status }
        };
        assert_eq!(with(text).await, 200);
        // A token that the administrator made is no second person, nor a way round one.
        let mine = admin.post("/api/v1/tokens", &json!({ "name": "x", "scopes": ["admin"] })).await.ok(202);
        assert!(mine["token"].is_null());
        admin.post("/api/v1/tokens", &json!({ "name": "x", "scopes": ["ingest", "read"] })).await.ok(201);
        for (own, code) in [(json!({ "role": "hr" }), "own_account"), (json!({ "employee": "9" }), "own_account")] {
            assert_eq!(admin.patch(&format!("/api/v1/users/{}", id_of(&admin).await), &own).await.problem(403), code);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_remove_each_other_at_once_do_not_both_go() {
    on_each_server(|server| async move {
        for _ in 0..6 {
            let (a, b) = (id_of(&server.person("admin", None).await).await, id_of(&server.person("admin", None).await).await);
            let by = Actor::system("test");
            let off = |id: String| {
                let (company, by) = (&server.company, &by);
                async move { users::change(company, &id, users::Change { disabled: Some(true), ..Default::default() }, by).await }
            };
            let (first, second) = tokio::join!(off(a.clone()), off(b.clone()));
            assert!(first.is_ok() != second.is_ok(), "one goes, one stays");
            let left = user::Entity::find()
                .filter(user::Column::Role.eq("admin"))
                .filter(user::Column::Disabled.eq(false))
                .all(server.company.store.read())
                .await
                .unwrap();
            assert_eq!(left.len(), 1);
            // Out of the way for the next round.
            let gone = user::ActiveModel { id: sea_orm::ActiveValue::Set(left[0].id.clone()), disabled: sea_orm::ActiveValue::Set(true), ..Default::default() };
            let tx = server.company.store.write().await.unwrap();
            user::Entity::update(gone).exec(&tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        // Not by way of a token of one's own either.
        let boss = server.person("admin", None).await;
        let made = boss.post("/api/v1/tokens", &json!({ "name": "x", "scopes": ["admin"] })).await.ok(201);
        let own = format!("/api/v1/users/{}", id_of(&boss).await);
        let request = server.request(Method::PATCH, &own).bearer_auth(made["token"].as_str().unwrap()).json(&json!({ "role": "hr" }));
        assert_eq!(Answer::of(request.send().await.unwrap()).await.problem(403), "own_account");
        for other in users::list(&server.company).await.unwrap().into_iter().filter(|u| !u.disabled) {
            let gone = user::ActiveModel { id: sea_orm::ActiveValue::Set(other.id), disabled: sea_orm::ActiveValue::Set(true), ..Default::default() };
            let tx = server.company.store.write().await.unwrap();
            user::Entity::update(gone).exec(&tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        // Somebody invited who never came is no administrator to rely on.
        let admin = server.person("admin", None).await;
        admin.post("/api/v1/users", &json!({ "login": "second", "name": "第二", "role": "admin" })).await.ok(201);
        let own = format!("/api/v1/users/{}", id_of(&admin).await);
        assert_eq!(admin.patch(&own, &json!({ "disabled": true })).await.problem(409), "last_administrator");
    })
    .await;
}

/// The authenticator app of a test.
struct App(totp_rs::Totp);

impl App {
    fn new(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret).unwrap();
        Self(Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret).build().unwrap())
    }
    fn code(&self, server: &TestServer) -> String {
        self.0.generate(u64::try_from(server.company.now() / SECOND).unwrap()).to_string()
    }
}

async fn enrol(server: &TestServer, who: &Visitor<'_>) -> (App, Vec<String>) {
    let begun = who.post("/api/v1/account/totp", &json!({ "password": PASSWORD })).await.ok(200);
    assert!(begun["svg"].as_str().unwrap().contains("<svg") && begun["uri"].as_str().unwrap().starts_with("otpauth://totp/"));
    let app = App::new(begun["secret"].as_str().unwrap());
    let done = who.post("/api/v1/account/totp/confirm", &json!({ "code": app.code(server) })).await.ok(200);
    let codes: Vec<String> = serde_json::from_value(done["recovery_codes"].clone()).unwrap();
    server.company.clock.advance(30 * SECOND);
    (app, codes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_asked_for_works_once_and_a_recovery_code_stands_in() {
    on_each_server(|server| async move {
        let who = server.person("hr", None).await;
        let login = login_of(&who).await;
        assert_eq!(who.post("/api/v1/account/totp", &json!({ "password": "not my password" })).await.problem(422), "wrong_password");
        let begun = who.post("/api/v1/account/totp", &json!({ "password": PASSWORD })).await.ok(200);
        assert_eq!(who.post("/api/v1/account/totp/confirm", &json!({ "code": "000000" })).await.problem(422), "wrong_code");
        sign_in(&server, &login, PASSWORD, None).await.ok(200);
        let secret = begun["secret"].as_str().unwrap();
        let row = totp::Entity::find().one(server.company.store.read()).await.unwrap().unwrap();
        let bytes = Secret::try_from_base32(secret).unwrap();
        assert!(!row.secret.windows(20).any(|w| w == bytes.as_bytes()), "the secret is sealed");

        let (app, codes) = enrol(&server, &who).await;
        assert_eq!(codes.len(), 10);
        let kept = recovery_code::Entity::find().all(server.company.store.read()).await.unwrap();
        assert!(kept.len() == 10 && kept.iter().all(|k| !codes.iter().any(|c| c.as_bytes() == k.hash)));

        assert_eq!(sign_in(&server, &login, PASSWORD, None).await.problem(401), "second_factor_needed");
        // Who does not know the password does not learn that there is a second factor.
        assert_eq!(sign_in(&server, &login, "wrong password", Some(&app.code(&server))).await.problem(401), "wrong_sign_in");
        let code = app.code(&server);
        let (a, b) = tokio::join!(sign_in(&server, &login, PASSWORD, Some(&code)), sign_in(&server, &login, PASSWORD, Some(&code)));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401], "of two with one code one is too late");
        assert_eq!(sign_in(&server, &login, PASSWORD, Some(&code)).await.problem(401), "second_factor_wrong");
        server.company.clock.advance(30 * SECOND);
        sign_in(&server, &login, PASSWORD, Some(&format!(" {} ", app.code(&server)))).await.ok(200);

        sign_in(&server, &login, PASSWORD, Some(&codes[3].to_lowercase())).await.ok(200);
        assert_eq!(sign_in(&server, &login, PASSWORD, Some(&codes[3])).await.problem(401), "second_factor_wrong", "a recovery code works once");
        let account = who.get("/api/v1/account").await.ok(200);
        assert_eq!(account["recovery_codes_left"], 9);
        let renewed = who.post("/api/v1/account/recovery-codes", &json!({ "password": PASSWORD })).await.ok(200);
        assert_eq!(renewed["recovery_codes"].as_array().unwrap().len(), 10);
        assert_eq!(sign_in(&server, &login, PASSWORD, Some(&codes[4])).await.problem(401), "second_factor_wrong", "the old ones are void");

        who.post("/api/v1/account/totp/off", &json!({ "password": PASSWORD })).await.ok(204);
        sign_in(&server, &login, PASSWORD, None).await.ok(200);
        assert!(recovery_code::Entity::find().one(server.company.store.read()).await.unwrap().is_none(), "nothing is left to recover");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_gets_slower_like_guessing_passwords() {
    on_each_server(|server| async move {
        let who = server.person("hr", None).await;
        let login = login_of(&who).await;
        let (app, _) = enrol(&server, &who).await;
        let mut answers = Vec::new();
        for n in 0..7 {
            answers.push(sign_in(&server, &login, PASSWORD, Some(&format!("00000{n}"))).await.status);
        }
        assert_eq!(answers, [401, 401, 401, 401, 401, 429, 429]);
        assert_eq!(sign_in(&server, &login, PASSWORD, Some(&app.code(&server))).await.problem(429), "sign_in_locked", "also with the right one");
        server.company.clock.advance(31 * SECOND);
        sign_in(&server, &login, PASSWORD, Some(&app.code(&server))).await.ok(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_second_factor_is_required_nothing_else_opens_before_it() {
    on_each_server(|server| async move {
        let (admin, hr, employee) = (server.person("admin", None).await, server.person("hr", None).await, server.person("employee", None).await);
        hr.get("/api/v1/alerts").await.ok(200);
        admin.put("/api/v1/sign-in-rules", &json!({ "second_factor_required": true })).await.ok(200);
        assert_eq!(hr.get("/api/v1/session").await.ok(200)["must_enrol"], true);
        let refused = hr.get("/api/v1/alerts").await;
        assert_eq!(refused.body["rule"], "second_factor_required");
        assert_eq!(refused.problem(403), "second_factor_missing");
        for other in [&admin, &employee] {
            assert_eq!(other.get("/api/v1/session").await.ok(200)["must_enrol"], false);
        }
        enrol(&server, &hr).await;
        hr.get("/api/v1/alerts").await.ok(200);
        // A lost phone: the reset takes the factor away as well, and it is asked for anew.
        let (id, login) = (id_of(&hr).await, login_of(&hr).await);
        let reset = admin.post(&format!("/api/v1/users/{id}/reset"), &json!({ "second_factor": true })).await.ok(201);
        accept(&server, &reset["link"], PASSWORD).await.ok(200);
        let hr = server.sign_in(&json!({ "login": login, "password": PASSWORD })).await;
        assert_eq!(hr.get("/api/v1/alerts").await.problem(403), "second_factor_missing");
    })
    .await;
}

const ORIGIN: &str = "https://hr.example.com";
const HOST: &str = "hr.example.com";

async fn register(who: &Visitor<'_>, device: &Authenticator) -> Answer {
    let asked = who.post("/api/v1/account/passkeys/start", &json!({ "password": PASSWORD })).await.ok(200);
    assert_eq!((&asked["rp"]["id"], &asked["authenticatorSelection"]["userVerification"]), (&json!(HOST), &json!("required")));
    let client_data = client("webauthn.create", asked["challenge"].as_str().unwrap(), ORIGIN);
    let body = json!({ "name": "办公电脑", "credential": encode(&device.credential), "client_data": encode(&client_data),
        "authenticator_data": encode(&device.attested(HOST)), "public_key": encode(&device.public_key()), "algorithm": -7 });
    who.post("/api/v1/account/passkeys", &body).await
}

fn answer(device: &mut Authenticator, challenge: &str, origin: &str) -> Value {
    let client_data = client("webauthn.get", challenge, origin);
    let (data, signature) = device.sign(HOST, &client_data);
    json!({ "credential": encode(&device.credential), "client_data": encode(&client_data), "authenticator_data": encode(&data), "signature": encode(&signature) })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_in_alone_and_only_with_a_fresh_question() {
    for engine in crate::testing::engines() {
        let server = TestServer::start_with(engine, false, |c| c.public_url = Some(ORIGIN.into())).await;
        let who = server.person("hr", None).await;
        let login = login_of(&who).await;
        let mut device = Authenticator::new();
        let made = register(&who, &device).await.ok(201);
        assert_eq!(made["recovery_codes"].as_array().unwrap().len(), 10, "the first factor brings recovery codes");
        assert_eq!(register(&who, &device).await.problem(422), "passkey_refused", "a key is kept once");
        assert_eq!(sign_in(&server, &login, PASSWORD, None).await.problem(401), "second_factor_needed", "the password alone is not enough any more");

        let anyone = server.anyone();
        let ask = async || anyone.post("/api/v1/session/passkey/start", &json!({})).await.ok(200)["challenge"].as_str().unwrap().to_owned();
        let body = answer(&mut device, &ask().await, ORIGIN);
        assert_eq!(anyone.post("/api/v1/session/passkey", &body).await.ok(200)["user"]["login"], login);
        // Every refusal is the same, whether or not anybody has such a key.
        let mut refused = Vec::new();
        refused.push(body.clone());
        refused.push(answer(&mut device, "AAAA", ORIGIN));
        refused.push(answer(&mut device, &ask().await, "https://hr.examp1e.com"));
        let mut stranger = Authenticator::new();
        stranger.credential = vec![9; 16];
        refused.push(answer(&mut stranger, &ask().await, ORIGIN));
        let mut forged = Authenticator::new();
        forged.counter = 50;
        refused.push(answer(&mut forged, &ask().await, ORIGIN));
        device.counter = 1;
        refused.push(answer(&mut device, &ask().await, ORIGIN));
        refused.push(json!({ "credential": "?", "client_data": "?", "authenticator_data": "?", "signature": "?" }));
        let mut told = Vec::new();
        for body in refused {
            let mut answer = anyone.post("/api/v1/session/passkey", &body).await.ok(401);
            answer.as_object_mut().unwrap().remove("request_id");
            told.push(answer);
        }
        assert!(told.iter().all(|t| *t == told[0] && t["code"] == "wrong_passkey"), "{told:?}");

        let key = key_table::Entity::find().one(server.company.store.read()).await.unwrap().unwrap();
        let remove = format!("/api/v1/account/passkeys/{}/remove", key.id);
        let other = server.person("hr", None).await;
        assert_eq!(other.post(&remove, &json!({ "password": PASSWORD })).await.problem(404), "not_found");
        who.post(&remove, &json!({ "password": PASSWORD })).await.ok(204);
        sign_in(&server, &login, PASSWORD, None).await.ok(200);
    }
    let bare = TestServer::start("sqlite").await;
    let who = bare.person("hr", None).await;
    assert!(who.get("/api/v1/account").await.ok(200)["passkeys_refused"].as_str().unwrap().contains("IP"));
    assert_eq!(bare.anyone().post("/api/v1/session/passkey/start", &json!({})).await.problem(409), "passkeys_need_a_name");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_seen_and_ended_and_a_new_device_is_a_record() {
    on_each_server(|server| async move {
        let first = server.person("hr", None).await;
        let login = login_of(&first).await;
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36";
        let body = json!({ "login": login, "password": PASSWORD });
        let again = async |cookie: Option<String>| {
            let mut request = server.request(Method::POST, "/api/v1/session").header("user-agent", agent).json(&body);
            if let Some(cookie) = cookie {
                request = request.header("cookie", cookie);
            }
            let response = request.send().await.unwrap();
            let cookies: Vec<String> =
                response.headers().get_all("set-cookie").iter().map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
            cookies.into_iter().find(|c| c.starts_with("probity_device=")).unwrap()
        };
        let device = again(None).await;
        again(Some(device.clone())).await;
        let list = first.get("/api/v1/account/sessions").await.ok(200)["items"].as_array().unwrap().clone();
        assert_eq!(list.len(), 3);
        assert_eq!(list.iter().filter(|s| s["this"] == true).count(), 1);
        assert_eq!(list.iter().filter(|s| s["new_device"] == true).count(), 1, "known the second time");
        assert!(list.iter().any(|s| s["device"] == "Chrome · Windows" && s["address"] == "127.0.0.1"));
        assert_eq!(kinds(&server).await.iter().filter(|k| *k == "access.new_device").count(), 1);
        let secret = device.split_once('=').unwrap().1;
        assert!(device::Entity::find().all(server.company.store.read()).await.unwrap().iter().all(|d| d.hash != secret.as_bytes()));

        let other = server.person("employee", None).await;
        let theirs = list.iter().find(|s| s["this"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(other.delete(&format!("/api/v1/account/sessions/{theirs}")).await.problem(404), "not_found", "another's session is none");
        first.delete(&format!("/api/v1/account/sessions/{theirs}")).await.ok(204);
        assert_eq!(first.post("/api/v1/account/sessions/end-others", &json!({})).await.ok(200)["sessions"], 1);
        assert_eq!(first.get("/api/v1/account/sessions").await.ok(200)["items"].as_array().unwrap().len(), 1);
        let admin = server.person("admin", None).await;
        assert_eq!(admin.delete(&format!("/api/v1/users/{}/sessions", id_of(&first).await)).await.ok(200)["sessions"], 1);
        assert_eq!(first.get("/api/v1/account").await.status, 401);
        assert_eq!(server.with(&["admin"]).await.get("/api/v1/account/sessions").await.problem(403), "people_only");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_password_needs_the_old_one_and_ends_the_other_sessions() {
    on_each_server(|server| async move {
        let who = server.person("hr", None).await;
        let login = login_of(&who).await;
        let other = server.sign_in(&json!({ "login": login, "password": PASSWORD })).await;
        let change = async |old: &str, new: &str| who.post("/api/v1/account/password", &json!({ "password": old, "new_password": new })).await;
        assert_eq!(change("wrong password", "a new battery horse").await.problem(422), "wrong_password");
        assert_eq!(change(PASSWORD, "short").await.problem(422), "weak_password");
        change(PASSWORD, "a new battery horse").await.ok(204);
        assert_eq!(other.get("/api/v1/account").await.status, 401);
        who.get("/api/v1/account").await.ok(200);
        assert_eq!(sign_in(&server, &login, PASSWORD, None).await.problem(401), "wrong_sign_in");
        sign_in(&server, &login, "a new battery horse", None).await.ok(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_that_tries_many_names_waits_and_cannot_choose_its_address() {
    for engine in crate::testing::engines() {
        let server = TestServer::start(engine).await;
        let login = login_of(&server.person("hr", None).await).await;
        let from = async |server: &TestServer, address: &str, login: &str, password: &str| {
            let request = server.request(Method::POST, "/api/v1/session").header("x-forwarded-for", address);
            Answer::of(request.json(&json!({ "login": login, "password": password })).send().await.unwrap()).await
        };
        // Thirty names, each from “elsewhere”: nobody trusts the header, so it is one address.
        let mut statuses = Vec::new();
        for n in 0..31 {
            statuses.push(from(&server, &format!("198.51.100.{n}"), &format!("name-{n}"), "wrong password").await.status);
        }
        assert_eq!((statuses[29], statuses[30]), (401, 429), "{statuses:?}");
        assert_eq!(from(&server, "198.51.100.99", &login, PASSWORD).await.problem(429), "sign_in_locked");
        server.company.clock.advance(31 * SECOND);
        from(&server, "198.51.100.99", &login, PASSWORD).await.ok(200);
        // Whoever has an account of their own gains no more guesses by signing in between.
        assert_eq!(from(&server, "198.51.100.99", "name-77", "wrong password").await.status, 401);
        assert_eq!(from(&server, "198.51.100.99", "name-78", "wrong password").await.status, 429);

        let behind = TestServer::start_with(engine, false, |c| c.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
        let login = login_of(&behind.person("hr", None).await).await;
        for n in 0..31 {
            from(&behind, "198.51.100.7", &format!("name-{n}"), "wrong password").await;
        }
        assert_eq!(from(&behind, "198.51.100.7", &login, PASSWORD).await.status, 429);
        from(&behind, "198.51.100.8", &login, PASSWORD).await.ok(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_tries_at_once_are_a_hundred_tries() {
    on_each_server(|server| async move {
        let tries = (0..40).map(|_| sign_in(&server, "nobody", "wrong password", None));
        let answers = futures::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|a| a.status == 401).count(), 5, "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_is_out_at_once_with_tokens_and_streams() {
    on_each_server(|server| async move {
        let (admin, other) = (server.person("admin", None).await, server.person("admin", None).await);
        let token_of = |made: &Value| made["token"].as_str().unwrap().to_owned();
        let reads = token_of(&other.post("/api/v1/tokens", &json!({ "name": "看", "scopes": ["ingest", "read"] })).await.ok(201));
        let sends = token_of(&other.post("/api/v1/tokens", &json!({ "name": "写", "scopes": ["ingest"] })).await.ok(201));
        let get = async |text: &str| Answer::of(server.request(Method::GET, "/api/v1/session").bearer_auth(text).send().await.unwrap()).await.status;
        assert_eq!((get(&reads).await, get(&sends).await), (200, 200));
        let mut stream = other.request(Method::GET, "/api/v1/events").send().await.unwrap();
        assert!(stream.chunk().await.unwrap().is_some());

        admin.patch(&format!("/api/v1/users/{}", id_of(&other).await), &json!({ "disabled": true })).await.ok(200);
        let ended = tokio::time::timeout(Duration::from_secs(1), async { while let Ok(Some(_)) = stream.chunk().await {} }).await;
        assert!(ended.is_ok(), "the stream ends within a second");
        assert_eq!(other.get("/api/v1/users").await.status, 401);
        assert_eq!((get(&reads).await, get(&sends).await), (401, 200));
        let listed = admin.get("/api/v1/tokens").await.ok(200);
        let left: Vec<_> = listed["items"].as_array().unwrap().iter().map(|t| (t["name"].clone(), t["maker_gone"].clone())).collect();
        assert_eq!(left, [(json!("写"), json!(true))]);
        assert!(token::Entity::find().all(server.company.store.read()).await.unwrap().iter().any(|t| t.name == "看" && t.revoked_at.is_some()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_employee_has_one_account() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let new = |login: &str| json!({ "login": login, "name": "田小满", "role": "employee", "employee": "4001" });
        let first = admin.post("/api/v1/users", &new("tian")).await.ok(201);
        assert_eq!(admin.post("/api/v1/users", &new("tian2")).await.problem(409), "employee_taken");
        let path = format!("/api/v1/users/{}", first["user"]["id"].as_str().unwrap());
        admin.patch(&path, &json!({ "disabled": true })).await.ok(200);
        let (a, b) = (new("tian2"), new("tian3"));
        let (a, b) = tokio::join!(admin.post("/api/v1/users", &a), admin.post("/api/v1/users", &b));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "of two at once one is refused");
        assert_eq!(admin.patch(&path, &json!({ "disabled": false })).await.problem(409), "employee_taken", "not by the back door");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_proved_an_erased_person_is_gone_with_them() {
    on_each_server(|server| async move {
        let (admin, _legal) = (server.person("admin", None).await, server.person("legal", None).await);
        let who = server.person("hr", Some("E7009")).await;
        let id = id_of(&who).await;
        enrol(&server, &who).await;
        admin.patch(&format!("/api/v1/users/{id}"), &json!({ "employee": "E7010" })).await.ok(202);
        crate::privacy::erase::employee(&server.company, &Actor::system("privacy"), "E7009", "期限届满").await.unwrap();
        let db = server.company.store.read();
        assert!(totp::Entity::find().one(db).await.unwrap().is_none() && recovery_code::Entity::find().one(db).await.unwrap().is_none());
        assert!(device::Entity::find().all(db).await.unwrap().iter().all(|d| d.user_id != id));
        let change = super::model::change::Entity::find().one(db).await.unwrap().unwrap();
        assert!(change.status == "withdrawn" && !change.wanted.contains("E7010"), "{change:?}");
        let user = user::Entity::find_by_id(&id).one(db).await.unwrap().unwrap();
        assert!(user.disabled && !user.second_factor && user.employee.is_none());
        admin.get("/api/v1/user-changes").await.ok(200);
    })
    .await;
}
