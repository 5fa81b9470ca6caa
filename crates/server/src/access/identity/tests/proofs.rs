//! The second factor: codes, recovery codes, passkeys, and where one is required.

use super::*;
use crate::access::identity::{
    model::{passkey as key_table, recovery_code, totp},
    passkey::{
        encode,
        tests::{Authenticator, client},
    },
};
use totp_rs::{Algorithm, Builder, Secret};

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
        // Making the key counted as its first use.
        device.counter += 1;
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
        // Before anybody has said who they are, an address has so many questions and then waits.
        let mut last = 200;
        for _ in 0..40 {
            last = anyone.post("/api/v1/session/passkey/start", &json!({})).await.status;
        }
        assert_eq!(last, 429);

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
        let change = crate::access::identity::model::change::Entity::find().one(db).await.unwrap().unwrap();
        assert!(change.status == "withdrawn" && !change.wanted.contains("E7010"), "{change:?}");
        let user = user::Entity::find_by_id(&id).one(db).await.unwrap().unwrap();
        assert!(user.disabled && !user.second_factor && user.employee.is_none());
        admin.get("/api/v1/user-changes").await.ok(200);
    })
    .await;
}
