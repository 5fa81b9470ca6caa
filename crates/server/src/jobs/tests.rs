#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::testing::on_each_engine;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_job_with_the_same_key_is_enough() {
    on_each_engine(|t| async move {
        let tx = t.store.write().await.unwrap();
        for _ in 0..3 {
            enqueue(&tx, "chain", Some("1001"), &json!({}), 0).await.unwrap();
        }
        enqueue(&tx, "chain", Some("1002"), &json!({}), 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(pending(t.store.read()).await.unwrap(), (2, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_has_one_holder_until_it_runs_out() {
    on_each_engine(|t| async move {
        assert!(hold(&t, "tiles", "a", 10).await.unwrap());
        assert!(!hold(&t, "tiles", "b", 10).await.unwrap());
        assert!(hold(&t, "tiles", "a", 10).await.unwrap(), "the holder renews");
        t.clock.advance(11_000_000);
        assert!(hold(&t, "tiles", "b", 10).await.unwrap());
        assert!(!hold(&t, "tiles", "a", 10).await.unwrap());
    })
    .await;
}
