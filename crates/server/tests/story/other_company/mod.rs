//! A second company, written from the contract alone: other identifiers, other systems, other habits of naming. It
//! shares nothing with the simulated company, so what holds there and not here was learnt by heart.
//!
//! `dealing` writes one dealing in the words of the API, `fires` and `quiet` hold the dealings with what their best
//! chain must come to. All of them live in one company, sent in one shuffled stream with repeats.
#![expect(clippy::unwrap_used, reason = "tests")]

mod dealing;
mod fires;
mod quiet;

use super::spawned::{Spawned, engines};
use dealing::{Dealing, sources};
use serde_json::{Value, json};

/// Puts records into an order that has nothing to do with when they happened.
fn shuffled(mut all: Vec<Value>, seed: u64) -> Vec<Value> {
    let mut state = seed;
    for last in (1..all.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all.swap(last, usize::try_from(state >> 33).unwrap() % (last + 1));
    }
    all
}

/// Everything of a chain that a person reads, in one language.
async fn read_in(server: &Spawned, employee: &str, language: &str) -> Value {
    let path = format!("/api/v1/employees/{}/chains", urlencoded(employee));
    server.get_in(&path, language).await
}

fn urlencoded(part: &str) -> String {
    part.bytes().map(|b| if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_nobody_here_wrote_is_read_as_it_is() {
    for engine in engines() {
        let server = Spawned::start(engine).await;
        server
            .put(
                "/api/v1/company",
                &json!({ "name": "启元贸易（上海）有限公司", "time_zone": "Asia/Shanghai", "currency": "CNY", "own_names": ["启元", "启元商贸"] }),
            )
            .await;
        server.register(&sources()).await;
        let dealings: Vec<Dealing> = fires::all().into_iter().chain(quiet::all()).collect();
        let mut records: Vec<Value> = dealings.iter().flat_map(|d| d.records.clone()).collect();
        // Systems send things twice.
        records.extend(records.iter().step_by(7).cloned().collect::<Vec<_>>());
        server.records(&shuffled(records, 20_260_331)).await;
        // What was wrong is put right later.
        server.records(&dealings.iter().flat_map(|d| d.corrections.clone()).collect::<Vec<_>>()).await;
        server.post("/api/v1/signals/run", &json!({ "as_of": "2026-06-30" })).await;

        let mut wrong = Vec::new();
        for d in &dealings {
            for (who, from, below) in &d.expected {
                let chains = read_in(&server, who, "zh-CN").await;
                let best = chains["items"][0]["score"].as_f64().unwrap_or(0.0);
                if best < *from || best >= *below {
                    let roles: Vec<_> = chains["items"][0]["steps"].as_array().into_iter().flatten().map(|s| format!("{}: {}", s["role"], s["why"])).collect();
                    wrong.push(format!("{}: {best:.3}, expected {from}..{below}\n      {}", d.name, roles.join("\n      ")));
                }
                explained(&chains, &d.secrets, &d.name);
                explained(&read_in(&server, who, "en").await, &d.secrets, &d.name);
            }
        }
        assert!(wrong.is_empty(), "{engine}: {} of {} dealings misread\n  {}", wrong.len(), dealings.len(), wrong.join("\n  "));
    }
}

/// Every step says why, and nothing says more than relations.
fn explained(chains: &Value, secrets: &[String], name: &str) {
    for chain in chains["items"].as_array().unwrap() {
        for step in chain["steps"].as_array().unwrap() {
            let why = step["why"].as_str().unwrap();
            assert!(why.chars().count() >= 6, "{name}: {why}");
        }
        let shown = chain.to_string();
        assert!(!secrets.iter().any(|secret| shown.contains(secret)), "{name}: sealed content is shown: {shown}");
    }
}
