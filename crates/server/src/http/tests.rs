#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    router,
    testing::{Answer, TestServer, on_each_server},
};
use crate::{
    access::matrix::{ROUTES, rule_of},
    testing::on_each_engine,
};
use reqwest::Method;
use serde_json::json;
use std::io::Write;

#[test]
fn every_route_has_a_rule() {
    for (path, item) in router::openapi()["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method = method.to_uppercase();
            assert!(rule_of(&method, path).is_some(), "{method} {path} has no rule in access::matrix::ROUTES");
        }
    }
}

/// Of two with one name the contract would show one in silence.
#[test]
fn no_two_operations_share_a_name() {
    let mut seen = std::collections::HashSet::new();
    for (path, item) in super::router::openapi()["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let Some(name) = operation["operationId"].as_str() else { continue };
            assert!(seen.insert(name.to_owned()), "{path}: {name} is the name of another operation too");
        }
    }
}

#[test]
fn the_committed_contract_is_the_one_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, router::openapi_text()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == router::openapi_text(), "docs/openapi.json is out of date: run `make openapi` (probity openapi > docs/openapi.json)");
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_is_kept_out_of_every_ruled_route() {
    let server = TestServer::start("sqlite").await;
    let open = [
        "/api/v1/session",
        "/api/v1/session/demo",
        "/api/v1/session/passkey",
        "/api/v1/session/passkey/start",
        "/api/v1/setup",
        "/api/v1/invitations/look",
        "/api/v1/invitations/accept",
        "/healthz",
        "/readyz",
        "/metrics",
        "/docs",
        "/docs/{file}",
        "/openapi.json",
    ];
    for (method, path, _) in ROUTES.iter().filter(|(_, path, _)| !open.contains(path)) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let filled = path.replace("{id}", "1").replace("{number}", "1").replace("{sha256}", "00").replace("{*path}", "0/000").replace("{field}", "x");
        let answer = Answer::of(server.request(method.clone(), &filled).send().await.unwrap()).await;
        // Rooms that have not been built yet answer 404 by having no route.
        assert!([401, 404].contains(&answer.status), "{method} {path}: {}", answer.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_is_a_problem() {
    let server = TestServer::start("sqlite").await;
    let admin = server.with(&["admin"]).await;
    assert_eq!(server.anyone().get("/api/v1/nothing").await.problem(404), "not_found");
    assert_eq!(server.anyone().get("/api/v1/users").await.problem(401), "sign_in_needed");
    let wrong_method = admin.delete("/api/v1/users").await;
    assert_eq!(wrong_method.headers["allow"], "GET, POST, HEAD");
    assert_eq!(wrong_method.problem(405), "method_not_allowed");
    assert_eq!(server.with(&["ingest"]).await.get("/api/v1/users").await.problem(403), "forbidden");
    assert_eq!(admin.get("/api/v1/users?limit=many").await.problem(422), "bad_parameter");
    assert_eq!(admin.get("/api/v1/users?cursor=%25%25").await.problem(400), "bad_cursor");

    let bodies: [(&str, Vec<u8>, u16, &str); 8] = [
        ("text/plain", b"{}".to_vec(), 415, "unsupported_media_type"),
        ("application/json", b"{\"login\":".to_vec(), 400, "malformed_json"),
        ("application/json", b"{} {}".to_vec(), 422, "invalid"),
        ("application/json", b"\xff\xfe{}".to_vec(), 400, "malformed_json"),
        ("application/json", [b"[".repeat(1_000_000), b"]".repeat(1_000_000)].concat(), 400, "malformed_json"),
        ("application/json", b"{\"login\":{\"a\":".repeat(500_000), 400, "malformed_json"),
        ("application/json", b"{\"login\":\"a\",\"name\":\"b\",\"role\":7}".to_vec(), 422, "invalid"),
        ("application/json", vec![b' '; 33 * 1024 * 1024], 413, "too_large"),
    ];
    for (kind, body, status, code) in bodies {
        let request = admin.request(Method::POST, "/api/v1/users").header("content-type", kind).body(body);
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.problem(status), code, "{kind}");
    }
    let answer = admin.post("/api/v1/users", &json!({ "login": "a", "name": "b", "role": "king" })).await;
    assert_eq!(answer.ok(422)["errors"][0]["pointer"], "/role");
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_text_is_refused_not_stumbled_over() {
    on_each_server(|server| async move {
        let anyone = server.anyone();
        for login in ["a\u{0}b", "\u{feff}", "' OR 1=1 --", "\u{202e}x", &"x".repeat(100_000)] {
            let answer = anyone.post("/api/v1/session", &json!({ "login": login, "password": "wrong password" })).await;
            assert!(answer.status < 500, "{}", answer.body);
        }
        let admin = server.with(&["admin"]).await;
        for path in ["/api/v1/users/%00", "/api/v1/users/%ff", "/api/v1/users/%F0%9F%98%80"] {
            let answer = admin.patch(path, &json!({ "name": "x" })).await;
            assert!((400..500).contains(&answer.status), "{path}: {}", answer.body);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_bodies_are_read_and_bombs_are_not() {
    let server = TestServer::start("sqlite").await;
    let admin = server.with(&["admin"]).await;
    let gzip = |bytes: &[u8]| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    };
    let send = async |body: Vec<u8>, encoding: &str| {
        let request = admin.request(Method::POST, "/api/v1/tokens").header("content-type", "application/json").header("content-encoding", encoding);
        Answer::of(request.body(body).send().await.unwrap()).await
    };
    send(gzip(br#"{"name":"a","scopes":["ingest"]}"#), "gzip").await.ok(201);
    assert_eq!(send(gzip(&vec![b' '; 200 * 1024 * 1024]), "gzip").await.problem(413), "too_large");
    assert_eq!(send(b"not gzip at all".to_vec(), "gzip").await.problem(400), "broken_body");
    assert_eq!(send(b"{}".to_vec(), "br").await.problem(415), "unsupported_media_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_speak_the_callers_language() {
    let server = TestServer::start("sqlite").await;
    for (language, word) in [("en-GB,en;q=0.9", "Not found"), ("zh-CN,zh;q=0.9,en;q=0.8", "没有找到"), ("", "没有找到")] {
        let answer = Answer::of(server.request(Method::GET, "/api/v1/nothing").header("accept-language", language).send().await.unwrap()).await;
        assert!(answer.body["detail"].as_str().unwrap().contains(word), "{language}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_sent_twice_is_done_once() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin"]).await;
        let send = async |key: &str, name: &str| {
            let request = admin.request(Method::POST, "/api/v1/tokens").header("idempotency-key", key);
            Answer::of(request.json(&json!({ "name": name, "scopes": ["ingest"] })).send().await.unwrap()).await
        };
        let first = send("k1", "one").await.ok(201);
        let again = send("k1", "one").await;
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(again.ok(201), first);
        assert_eq!(send("k1", "two").await.problem(409), "idempotency_key_reused");
        assert_ne!(send("k2", "one").await.ok(201)["id"], first["id"]);
        // A refusal is not kept: mended, the same key goes through.
        let bad = send("k3", "").await;
        assert_eq!(bad.problem(422), "bad_name");
        send("k3", "three").await.ok(201);
        server.company.clock.advance(25 * 3600 * 1_000_000);
        assert_ne!(send("k1", "one").await.ok(201)["id"], first["id"], "forgotten after a day");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_reach_those_who_may_hear_them() {
    on_each_server(|server| async move {
        let reader = server.with(&["read"]).await;
        let admin = server.with(&["admin"]).await;
        let mut heard = reader.request(Method::GET, "/api/v1/events").send().await.unwrap();
        let mut deaf = admin.request(Method::GET, "/api/v1/events").send().await.unwrap();
        let tx = server.company.store.write().await.unwrap();
        crate::events::emit(&tx, server.company.now(), "alert", "alerts.see#1001", &json!({ "id": "a1" })).await.unwrap();
        crate::events::emit(&tx, server.company.now(), "import", "imports.run", &json!({ "id": "i1" })).await.unwrap();
        tx.commit().await.unwrap();
        let text = read_until(&mut heard, "a1").await;
        assert!(text.contains("event: alert") && !text.contains("i1"), "{text}");
        let text = read_until(&mut deaf, "i1").await;
        assert!(text.contains("event: import") && !text.contains("a1"), "{text}");

        // Who was away is told what was missed.
        let mut back = reader.request(Method::GET, "/api/v1/events").header("last-event-id", "0").send().await.unwrap();
        assert!(read_until(&mut back, "a1").await.contains("id: "));
    })
    .await;
}

async fn read_until(response: &mut reqwest::Response, word: &str) -> String {
    let mut text = String::new();
    let wait = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        while !text.contains(word) {
            text.push_str(&String::from_utf8_lossy(&response.chunk().await.unwrap().unwrap()));
        }
    });
    assert!(wait.await.is_ok(), "{word} did not come; heard: {text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_machine_room_answers() {
    let server = TestServer::start("sqlite").await;
    let anyone = server.anyone();
    assert_eq!(anyone.get("/healthz").await.ok(200)["status"], "ok");
    assert_eq!(anyone.get("/readyz").await.ok(200)["engine"], "sqlite");
    let numbers = anyone.get("/metrics").await;
    assert!(String::from_utf8_lossy(&numbers.bytes).contains("probity_http_requests_total{class=\"2xx\"} 2"));
    let forwarded = Answer::of(server.request(Method::GET, "/metrics").header("x-forwarded-for", "203.0.113.9").send().await.unwrap()).await;
    assert_eq!(forwarded.problem(401), "sign_in_needed");
    let docs = anyone.get("/docs").await;
    assert!(docs.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self';"));
    assert!(String::from_utf8_lossy(&docs.bytes).contains("/docs/docs.js"));
    assert_eq!(anyone.get("/docs/other.js").await.problem(404), "not_found");
    assert_eq!(anyone.get("/openapi.json").await.ok(200)["info"]["title"], "Probity 守正");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_come_from_the_folder_and_unknown_addresses_are_the_pages_own() {
    let dir = tempfile::tempdir().unwrap();
    let web = dir.path().to_owned();
    let server = TestServer::start_with("sqlite", false, |config| config.web_dir = Some(web.clone())).await;
    let missing = server.anyone().get("/alerts").await;
    assert_eq!(missing.status, 200);
    assert!(String::from_utf8_lossy(&missing.bytes).contains("make web"));

    std::fs::create_dir(web.join("assets")).unwrap();
    std::fs::write(web.join("index.html"), "<!doctype html>pages").unwrap();
    std::fs::write(web.join("assets/a-1.js"), "x").unwrap();
    let page = server.anyone().get("/alerts/5").await;
    assert_eq!(page.headers["cache-control"], "no-cache");
    assert!(page.bytes.ends_with(b"pages"));
    let asset = server.anyone().get("/assets/a-1.js").await;
    assert!(asset.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(server.anyone().get("/assets/gone.js").await.problem(404), "not_found");
    assert_eq!(server.anyone().post("/alerts", &json!({})).await.problem(405), "method_not_allowed");
}

/// A client that went away leaves no key behind that nobody can use for twenty minutes.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_free_again_when_its_handler_was_dropped() {
    on_each_engine(|t| async move {
        use super::idempotency::{Claim, claim};
        let take = async || claim(&t, b"name", b"body").await;
        assert!(take().await.unwrap().is_none());
        assert!(take().await.is_err(), "at work");
        drop(Claim::of(t.company.clone(), b"name".to_vec()));
        let mut tries = 0;
        while take().await.is_err() {
            tries += 1;
            assert!(tries < 100, "{}", t.engine);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // A handler may take fifteen minutes (`layers`); its key is not given to a second one meanwhile.
        t.clock.advance(15 * 60 * 1_000_000);
        assert!(take().await.is_err());
    })
    .await;
}

/// Numbers are given before the commit: a transaction that takes long brings a low one late.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_long_transaction_is_told_all_the_same() {
    if !crate::testing::engines().contains(&"postgresql") {
        return;
    }
    let t = crate::testing::company_on("postgresql").await;
    let (sender, mut heard) = tokio::sync::broadcast::channel(16);
    let mut place = super::events::Place::default();
    let long = t.store.write().await.unwrap();
    crate::events::emit(&long, t.now(), "import", "imports.run", &json!({ "id": "long" })).await.unwrap();
    for minute in 0..3 {
        let tx = t.store.write().await.unwrap();
        crate::events::emit(&tx, t.now(), "import", "imports.run", &json!({ "id": minute })).await.unwrap();
        tx.commit().await.unwrap();
        super::events::look(&t, &mut place, &sender).await.unwrap();
        t.clock.advance(60 * 1_000_000);
        super::events::look(&t, &mut place, &sender).await.unwrap();
        assert!(heard.try_recv().unwrap().payload.contains(&minute.to_string()));
        assert!(heard.try_recv().is_err(), "once");
    }
    long.commit().await.unwrap();
    t.clock.advance(10 * 1_000_000);
    super::events::look(&t, &mut place, &sender).await.unwrap();
    assert!(heard.try_recv().unwrap().payload.contains("long"));
    t.clock.advance(10 * 1_000_000);
    super::events::look(&t, &mut place, &sender).await.unwrap();
    assert!(heard.try_recv().is_err(), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_missed_too_much_is_told_to_look_again_and_who_may_no_longer_hears_nothing() {
    on_each_server(|server| async move {
        let reader = server.with(&["read"]).await;
        let tx = server.company.store.write().await.unwrap();
        for n in 0..1_001 {
            crate::events::emit(&tx, server.company.now(), "alert", "alerts.see#1001", &json!({ "id": n })).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut back = reader.request(Method::GET, "/api/v1/events").header("last-event-id", "0").send().await.unwrap();
        let text = read_until(&mut back, "reload").await;
        assert!(!text.contains("event: alert"), "{text}");
        let tx = server.company.store.write().await.unwrap();
        crate::events::emit(&tx, server.company.now(), "alert", "alerts.see#1001", &json!({ "id": "fresh" })).await.unwrap();
        tx.commit().await.unwrap();
        assert!(read_until(&mut back, "fresh").await.contains("event: alert"));
    })
    .await;
}

/// A session that has ended by its age is no listener any more, though its row is still there.
#[test]
fn an_old_session_does_not_stand() {
    let hour = 3_600 * 1_000_000;
    let session = |created_at, seen_at| crate::access::model::session::Model {
        hash: vec![],
        user_id: "u".into(),
        created_at,
        seen_at,
        address: None,
        agent: None,
        new_device: false,
    };
    let now = 100 * hour;
    assert!(crate::access::sessions::stands(&session(now - 23 * hour, now - hour), now));
    assert!(!crate::access::sessions::stands(&session(now - 25 * hour, now - hour), now));
    assert!(!crate::access::sessions::stands(&session(now - 10 * hour, now - 5 * hour), now));
}

/// What one replica was told about days and money, the others soon know.
#[tokio::test(flavor = "multi_thread")]
async fn settings_changed_elsewhere_are_followed() {
    on_each_engine(|t| async move {
        t.follow_settings();
        let tx = t.store.write().await.unwrap();
        crate::settings::set(&tx, "currency", "JPY", t.now()).await.unwrap();
        crate::settings::set(&tx, "time_zone", "Asia/Tokyo", t.now()).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..100 {
            if t.settings().currency == "JPY" && t.settings().time_zone_name == "Asia/Tokyo" {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{}: still {}", t.engine, t.settings().currency);
    })
    .await;
}
