//! Five thousand customers changing hands, run by hand on any build:
//! `cargo nextest run -p probity-server customers::tests::large --run-ignored only --no-capture`. Lists, searches and files at the
//! size of a large company are measured by `make bench` (`examples/bench/lists.rs`).

use super::{event, office, tell};
use crate::company::Actor;
use crate::{
    customers::reassign::{self, Order, Within},
    http::testing::on_each_server,
};
use serde_json::json;
use std::time::{Duration, Instant};

/// 5,000 customers of one person change hands: at most 10 s, with progress on the way.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: minutes, and the machine to itself"]
async fn five_thousand_change_hands() {
    on_each_server(|server| async move {
        office(&server).await;
        let caller = server.with(&["ingest"]).await;
        for part in (0..5000).collect::<Vec<_>>().chunks(500) {
            let mut events = Vec::new();
            for i in part {
                let id = format!("K{i:05}");
                events.push(event(&format!("k{i}"), "customer.upserted", super::T, json!({ "customer": id, "name": format!("客户{i}") })));
                events.push(event(&format!("ka{i}"), "customer.assigned", super::T, json!({ "customer": id, "employee": "A", "from": "2026-03-02" })));
            }
            tell(&caller, &events).await;
        }
        server.settled().await;
        let by = Actor { kind: "user", id: "u1".into(), name: "人事".into() };
        let moves = (0..5000).map(|i| (format!("K{i:05}"), "B".to_owned())).collect();
        let started = Instant::now();
        let order = Order { moves, from: Some("A".into()), begins: "2026-11-20".into(), reason: "离职交接".into(), handover: None };
        let id = reassign::start(&server.company, &by, &Within::All, order).await.unwrap();
        let mut steps = Vec::new();
        loop {
            let now = reassign::progress(server.company.store.read(), &id).await.unwrap();
            if steps.last() != Some(&now.done) {
                steps.push(now.done);
            }
            if now.status == "done" {
                assert_eq!(now.done, 5000);
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let took = started.elapsed();
        println!("{}: 5,000 reassigned in {took:?}, progress seen {steps:?}", server.company.engine);
        assert!(took < Duration::from_secs(10), "{took:?}");
        assert!(steps.len() > 3, "progress is seen on the way: {steps:?}");
    })
    .await;
}
