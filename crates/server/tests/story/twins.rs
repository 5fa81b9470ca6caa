//! The story's quiet twins: the same signs put together differently. None reaches a chain of 0.7, and a word alert
//! stands only where the words do.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use super::spawned::{Spawned, engines};
use probity_simulate::{story, twins};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn twins_stay_quiet() {
    for engine in engines() {
        let server = Spawned::start(engine).await;
        server.register(&story().sources()).await;
        let scenes = twins();
        let mut events: Vec<_> = scenes.iter().flat_map(|scene| &scene.events).collect();
        events.sort_by_key(|event| event.at);
        server.records(&events.iter().map(|event| event.to_json()).collect::<Vec<_>>()).await;
        server.post("/api/v1/signals/run", &json!({ "as_of": "2026-03-31" })).await;
        // One of them speaks: when its alert is there, the others' would be, too.
        let speaking = scenes.iter().find_map(|scene| scene.word_alert.clone()).unwrap();
        server.until("word alert", Duration::from_secs(5), async |server| server.alerts(&speaking, "words.diversion").await.pop()).await;
        for scene in &scenes {
            for employee in scene.others.iter().chain([&scene.employee]) {
                let score = server.best_chain(employee).await;
                assert!(score < 0.7, "{engine}: {} ({employee}): a chain of {score}: {:#?}", scene.name, server.chains(employee).await.first());
                assert!(server.alerts(employee, "chain.diversion").await.is_empty(), "{}: chain alert", scene.name);
                let words = !server.alerts(employee, "words.diversion").await.is_empty();
                let expected = scene.word_alert.as_ref() == Some(employee);
                assert_eq!(words, expected, "{engine}: {} ({employee}): word alert", scene.name);
            }
            assert!(server.best_chain(&scene.employee).await >= scene.expected.chain_min, "{}: too little is seen", scene.name);
        }
    }
}
