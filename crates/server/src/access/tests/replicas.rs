use super::leaving::{staff, status};
use crate::{
    access::{
        Permission, Scope, TokenScope,
        matrix::{Role, rule_of},
        tokens,
    },
    company::Actor,
    http::testing::{Answer, TestServer},
};
use reqwest::Method;
use serde_json::json;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

const BOUND: Duration = Duration::from_secs(1);

/// Asks until it is so; how long that took.
async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < 10 * BOUND, "{what} never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    began.elapsed()
}

/// On PostgreSQL the second server is another replica on the same database; on SQLite there is one process.
#[tokio::test(flavor = "multi_thread")]
async fn within_a_second_a_leaver_is_out_of_every_session_token_and_stream_on_every_replica() {
    for engine in crate::testing::engines() {
        let first = TestServer::start(engine).await;
        let other = if engine == "postgresql" { Some(first.replica().await) } else { None };
        let second = other.as_ref().unwrap_or(&first);
        staff(&first).await;
        let leaver = first.person("sales_manager", Some("S001")).await;
        let there = second.visited_by(&leaver);
        let id = leaver.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned();
        let new = tokens::NewToken { name: "own".into(), scopes: vec![TokenScope::Read], sources: None, expires_at: None };
        let text = tokens::create(&first.company, new, &Actor { kind: "user", id, name: "own".into() }).await.unwrap().1;
        let by_token = async || Answer::of(second.request(Method::GET, "/api/v1/employees").bearer_auth(&text).send().await.unwrap()).await.status;
        assert_eq!((there.get("/api/v1/employees").await.status, by_token().await), (200, 200));
        let mut streams = vec![
            there.request(Method::GET, "/api/v1/events").send().await.unwrap(),
            second.request(Method::GET, "/api/v1/events").bearer_auth(&text).send().await.unwrap(),
        ];
        for stream in &mut streams {
            assert!(stream.chunk().await.unwrap().is_some(), "the stream began");
        }

        // Freeze.
        status(&first, "r", "resigning", None).await;
        let may_export = async || there.get("/api/v1/session").await.ok(200)["permissions"].as_array().unwrap().contains(&json!("customers.export"));
        let frozen = until("the freeze", async || !may_export().await).await;
        assert!(frozen <= BOUND, "{engine}: {frozen:?}");

        // Left: everything ends.
        status(&first, "l", "left", Some("2026-11-18")).await;
        let committed = Instant::now();
        let session = until("the session's end", async || there.get("/api/v1/employees").await.status == 401).await;
        let token = until("the token's end", async || by_token().await == 401).await;
        for stream in &mut streams {
            let ended = tokio::time::timeout(10 * BOUND, async { while let Ok(Some(_)) = stream.chunk().await {} }).await;
            assert!(ended.is_ok(), "the stream never ended");
        }
        let all = committed.elapsed();
        assert!(all <= BOUND, "{engine}: session {session:?}, token {token:?}, with both streams {all:?}");
        println!("{engine}: frozen after {frozen:?}; session {session:?}, token {token:?}, with both streams {all:?} after the record was answered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_role_counts_on_the_other_replica_too() {
    if !crate::testing::engines().contains(&"postgresql") {
        return;
    }
    let first = TestServer::start("postgresql").await;
    let second = first.replica().await;
    let admin = first.person("admin", None).await;
    let hr = first.person("hr", None).await;
    let there = second.visited_by(&hr);
    there.get("/api/v1/alerts").await.ok(200);
    let grants: serde_json::Map<String, serde_json::Value> =
        Role::Hr.grants().list().into_iter().filter(|(p, _)| *p != Permission::AlertsSee).map(|(p, r)| (p.name().to_owned(), json!(r))).collect();
    let body = json!({ "name": "人事", "like": "hr", "grants": grants, "masked": [], "version": 0, "reason": "不再看预警" });
    admin.put("/api/v1/roles/hr", &body).await.ok(200);
    let took = until("the change", async || there.get("/api/v1/alerts").await.status == 403).await;
    assert!(took <= BOUND, "{took:?}");
}

/// Hears what a stream says until a word comes, or for that long.
async fn hear(stream: &mut reqwest::Response, word: &str, most: Duration) -> String {
    let mut text = String::new();
    let _ = tokio::time::timeout(most, async {
        while !text.contains(word) {
            let Ok(Some(more)) = stream.chunk().await else { break };
            text.push_str(&String::from_utf8_lossy(&more));
        }
    })
    .await;
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_asks_again_when_its_own_rights_change_and_only_then() {
    for engine in crate::testing::engines() {
        let server = TestServer::start(engine).await;
        staff(&server).await;
        let admin = server.person("admin", None).await;
        let leaver = server.person("sales_manager", Some("S001")).await;
        let boss = server.person("hr", None).await;
        let open = async |who: &crate::http::testing::Visitor<'_>| who.request(Method::GET, "/api/v1/events").send().await.unwrap();
        let (mut hers, mut others) = (open(&leaver).await, open(&boss).await);
        for stream in [&mut hers, &mut others] {
            assert!(hear(stream, "probity", BOUND).await.contains("probity"), "the stream began");
        }
        // Freeze: the leaver's page hears of it, nobody else's does.
        status(&server, "r", "resigning", None).await;
        assert!(hear(&mut hers, "event: reload", BOUND).await.contains("event: reload"), "{engine}");
        // That a case keeps somebody out is a secret, and their page is told nothing.
        let kept_out = server.person("sales_manager", Some("M001")).await;
        let mut unaware = open(&kept_out).await;
        hear(&mut unaware, "probity", BOUND).await;
        let case = boss.post("/api/v1/cases", &json!({ "employee": "S009", "title": "核查", "reason": "线索", "alerts": [], "records": [] })).await.ok(201);
        let of = format!("/api/v1/cases/{}/recusals", case["id"].as_str().unwrap());
        boss.post(&of, &json!({ "employee": "M001", "why": "implicated", "reason": "有往来" })).await.ok(200);
        let heard = hear(&mut unaware, "event: reload", BOUND).await;
        assert!(!heard.contains("event:"), "{engine}: {heard}");
        // A changed role reaches those who have it.
        let grants: serde_json::Map<String, serde_json::Value> =
            Role::Hr.grants().list().into_iter().filter(|(p, _)| *p != Permission::AlertsSee).map(|(p, r)| (p.name().to_owned(), json!(r))).collect();
        let body = json!({ "name": "人事", "like": "hr", "grants": grants, "masked": [], "version": 0, "reason": "不再看预警" });
        admin.put("/api/v1/roles/hr", &body).await.ok(200);
        let heard = hear(&mut others, "event: reload", BOUND).await;
        assert_eq!(heard.matches("event: reload").count(), 1, "{engine}: {heard}");
        let calm = hear(&mut hers, "event: reload", BOUND / 2).await;
        assert!(!calm.contains("event: reload"), "{engine}: {calm}");
        // Whose account is disabled is told once more, and the stream ends.
        let id = boss.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned();
        admin.patch(&format!("/api/v1/users/{id}"), &json!({ "disabled": true })).await.ok(200);
        assert!(hear(&mut others, "event: reload", BOUND).await.contains("event: reload"), "{engine}");
        assert_eq!(hear(&mut others, "never", BOUND).await, "");
        // Who was away while somebody's rights changed asks too: it may have been the own.
        let mut back = leaver.request(Method::GET, "/api/v1/events").header("last-event-id", "0").send().await.unwrap();
        assert!(hear(&mut back, "event: reload", BOUND).await.contains("event: reload"), "{engine}");
    }
}

/// The whole decision in memory: the route's rule, the grants, whose rows. A wide margin: this runs unoptimised.
#[test]
fn a_permission_is_checked_in_far_less_than_twenty_microseconds() {
    let grants = Role::SalesManager.grants();
    let scope = Scope::Team((0..5000).map(|n| format!("S{n:05}")).collect::<HashSet<_>>());
    let routes = ["/api/v1/customers", "/api/v1/employees/{number}", "/api/v1/alerts/{id}", "/log/checkpoint"];
    let mut allowed = 0;
    let rounds = 50_000;
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        for n in 0..rounds {
            let rule = rule_of("GET", routes[n % routes.len()]).unwrap();
            allowed += usize::from(rule.admits(Some(&grants)) && scope.sees("S04999"));
        }
        best = best.min(began.elapsed() / u32::try_from(rounds).unwrap());
    }
    assert!(allowed > 0);
    assert!(best < Duration::from_micros(20), "{best:?} a check");
    println!("{best:?} a check");
}
