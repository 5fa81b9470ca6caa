#![expect(clippy::unwrap_used, reason = "tests")]

mod door;
mod proofs;

use super::model::{device, invitation};
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
        // What reads reaches alerts; what only writes does not.
        admin.post("/api/v1/tokens", &json!({ "name": "y", "scopes": ["ingest", "read"] })).await.ok(202);
        admin.post("/api/v1/tokens", &json!({ "name": "z", "scopes": ["ingest"] })).await.ok(201);
        for (own, code) in [(json!({ "role": "hr" }), "own_account"), (json!({ "employee": "9" }), "own_account")] {
            assert_eq!(admin.patch(&format!("/api/v1/users/{}", id_of(&admin).await), &own).await.problem(403), code);
        }
    })
    .await;
}

/// 一人不成事: whatever an administrator does alone, no way to alerts or cases comes of it.
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_alone_comes_to_no_case() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        // Before anybody could approve: no token that sees what its maker does not.
        assert_eq!(admin.post("/api/v1/tokens", &json!({ "name": "x", "scopes": ["read"] })).await.problem(403), "scope_above_own");
        let (legal, other) = (server.person("legal", None).await, server.person("admin", None).await);
        let (legal_id, other_id) = (id_of(&legal).await, id_of(&other).await);
        // Not by a puppet who approves.
        let role = json!({ "name": "助理", "like": "employee", "grants": {}, "masked": [], "reason": "新设助理" });
        let puppet = admin.post("/api/v1/roles", &role).await.ok(201)["id"].as_str().unwrap().to_owned();
        let approves = json!({ "name": "助理", "like": "employee", "grants": { "users.approve": "all", "roles.see": "all" }, "masked": [], "reason": "代为审批", "version": 1 });
        let saved = admin.send(Method::PUT, &format!("/api/v1/roles/{puppet}"), &approves).await;
        assert!(saved.body["waits"] == json!(true), "{} {}", saved.status, saved.body);
        // Not by taking away the only one who could say no.
        for (path, body) in [("", json!({ "disabled": true })), ("", json!({ "role": "employee" }))] {
            assert_eq!(admin.patch(&format!("/api/v1/users/{legal_id}{path}"), &body).await.problem(409), "last_approver");
        }
        assert_eq!(admin.post(&format!("/api/v1/users/{legal_id}/reset"), &json!({ "second_factor": true })).await.problem(409), "last_approver");
        admin.post("/api/v1/users", &json!({ "login": "shen", "name": "沈若溪", "role": "hr" })).await.ok(202);
        // With another approver there, it may be done, and waits where it gives something.
        server.person("auditor", None).await;
        admin.patch(&format!("/api/v1/users/{legal_id}"), &json!({ "disabled": true })).await.ok(200);
        // Not by becoming an employee who had an account.
        let somebody = server.person("employee", Some("4001")).await;
        admin.patch(&format!("/api/v1/users/{}", id_of(&somebody).await), &json!({ "disabled": true })).await.ok(200);
        let again = admin.post("/api/v1/users", &json!({ "login": "double", "name": "分身", "role": "employee", "employee": "4001" })).await.ok(202);
        assert!(again["link"].is_null());
        // Nor by a token from better days.
        let asked = other.post("/api/v1/tokens", &json!({ "name": "旧", "scopes": ["admin"] })).await.ok(202);
        let change = asked["waits"].as_str().unwrap();
        let auditor = server.person("auditor", None).await;
        auditor.post(&format!("/api/v1/user-changes/{change}/decide"), &json!({ "approve": true })).await.ok(200);
        let taken = other.post(&format!("/api/v1/user-changes/{change}/collect"), &json!({})).await.ok(200);
        let text = taken["token"]["token"].as_str().unwrap().to_owned();
        admin.patch(&format!("/api/v1/users/{other_id}"), &json!({ "role": "employee" })).await.ok(200);
        let status = Answer::of(server.request(Method::GET, "/api/v1/users").bearer_auth(text).send().await.unwrap()).await.status;
        assert_eq!(status, 401, "a demoted administrator's token is silent");
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

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_is_out_at_once_with_tokens_and_streams() {
    on_each_server(|server| async move {
        let (admin, other) = (server.person("admin", None).await, server.person("admin", None).await);
        let token_of = |made: &Value| made["token"].as_str().unwrap().to_owned();
        let reads = token_of(&other.post("/api/v1/tokens", &json!({ "name": "看", "scopes": ["ingest", "admin"] })).await.ok(201));
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
async fn what_nobody_decides_on_in_two_weeks_lapses_and_is_on_record() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let legal = server.person("legal", None).await;
        let asked = admin.post("/api/v1/users", &json!({ "name": "新人事", "login": "newhr", "role": "hr" })).await;
        assert_eq!(asked.status, 202, "{}", asked.body);
        let id = legal.get("/api/v1/user-changes").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        server.company.clock.advance(13 * 24 * 3600 * 1_000_000);
        server.company.jobs.wake();
        server.settled().await;
        let status = async || {
            use crate::access::identity::model::change;
            change::Entity::find_by_id(&id).one(server.company.store.read()).await.unwrap().unwrap().status
        };
        assert_eq!(status().await, "waiting");
        server.company.clock.advance(2 * 24 * 3600 * 1_000_000);
        server.company.jobs.wake();
        server.settled().await;
        assert_eq!(status().await, "lapsed");
        let kinds: Vec<String> = crate::records::model::record::Entity::find()
            .all(server.company.store.read())
            .await
            .unwrap()
            .into_iter()
            .map(|r| r.kind)
            .filter(|k| k.starts_with("access.change_"))
            .collect();
        assert_eq!(kinds, ["access.change_asked", "access.change_lapsed"]);
        let decided = server.person("legal", None).await.post(&format!("/api/v1/user-changes/{id}/decide"), &json!({ "approve": true })).await;
        assert_eq!(decided.problem(409), "already_decided");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_come_in_pages_those_that_wait_first_and_each_once() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let legal = server.person("legal", None).await;
        let mut asked = Vec::new();
        for name in ["a", "b", "c", "d"] {
            let body = json!({ "login": name, "name": name, "role": "hr" });
            asked.push(admin.post("/api/v1/users", &body).await.ok(202)["waits"].as_str().unwrap().to_owned());
        }
        legal.post(&format!("/api/v1/user-changes/{}/decide", asked[3]), &json!({ "approve": true })).await.ok(200);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = legal.get(&format!("/api/v1/user-changes?limit=2{cursor}")).await.ok(200);
            assert!(page["items"].as_array().unwrap().len() <= 2);
            seen.extend(page["items"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, [&asked[2], &asked[1], &asked[0], &asked[3]].map(Clone::clone));
    })
    .await;
}
