#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::testing::{TestCompany, on_each_engine};
use sea_orm::QueryOrder;
use serde_json::json;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_job_with_the_same_key_is_enough() {
    on_each_engine(|t| async move {
        let tx = t.store.write().await.unwrap();
        for _ in 0..3 {
            enqueue(&tx, "chain", Some("1001"), &json!({}), 0).await.unwrap();
        }
        enqueue(&tx, "chain", Some("1002"), &json!({}), 0).await.unwrap();
        // What is planned for later does not wait.
        enqueue(&tx, "expire", None, &json!({}), t.now() + 1_000_000).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(pending(t.store.read(), t.now()).await.unwrap(), (2, 0));
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

async fn jobs_of(t: &TestCompany) -> Vec<job::Model> {
    job::Entity::find().order_by_asc(job::Column::Id).all(t.store.read()).await.unwrap()
}

/// The later of two transactions found the job of the earlier one waiting and relies on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_found_waiting_is_begun_only_after_the_transaction_that_found_it() {
    on_each_engine(|t| async move {
        let tx = t.store.write().await.unwrap();
        enqueue(&tx, "nobody", Some("1001"), &json!({}), 0).await.unwrap();
        tx.commit().await.unwrap();

        let tx = t.store.write().await.unwrap();
        enqueue(&tx, "nobody", Some("1001"), &json!({}), 0).await.unwrap();
        let company = t.company.clone();
        let worker = tokio::spawn(async move { run::step(&company).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!worker.is_finished(), "{}: it waits for the commit", t.engine);
        assert_eq!(jobs_of(&t).await[0].attempts, 0);
        tx.commit().await.unwrap();
        assert!(worker.await.unwrap().unwrap());
        assert_eq!(jobs_of(&t).await.len(), 1);

        // Taken first by the worker, it is no longer waiting: a second one is queued.
        let due = jobs_of(&t).await.remove(0);
        let taken = run::Lease::take(&t, due).await.unwrap();
        let tx = t.store.write().await.unwrap();
        enqueue(&tx, "nobody", Some("1001"), &json!({}), 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(jobs_of(&t).await.len(), 2);
        drop(taken);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_renewed_and_one_that_ran_out_ends_nothing() {
    on_each_engine(|t| async move {
        let tx = t.store.write().await.unwrap();
        enqueue(&tx, "nobody", None, &json!({}), 0).await.unwrap();
        tx.commit().await.unwrap();
        let minutes = |n: i64| t.clock.advance(n * 60 * 1_000_000);
        let mut slow = run::Lease::take(&t, jobs_of(&t).await.remove(0)).await.unwrap().unwrap();
        minutes(8);
        assert!(slow.renew(&t).await.unwrap());
        minutes(8);
        assert!(!run::step(&t).await.unwrap(), "sixteen minutes later it is still the first one's");
        minutes(8);
        let quick = run::Lease::take(&t, jobs_of(&t).await.remove(0)).await.unwrap().unwrap();
        assert!(!slow.renew(&t).await.unwrap());
        slow.done(&t).await.unwrap();
        assert_eq!(jobs_of(&t).await.len(), 1, "another worker has it");
        quick.done(&t).await.unwrap();
        assert!(jobs_of(&t).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_takes_its_process_with_it_is_given_up() {
    on_each_engine(|t| async move {
        let import = uuid::Uuid::now_v7().to_string();
        crate::intake::import::tests::running(&t, &import).await;
        let tx = t.store.write().await.unwrap();
        enqueue(&tx, crate::intake::import::RUN_JOB, Some(&import), &json!({ "id": import }), 0).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..run::DIED_AT_MOST {
            // Begun, and never heard of again.
            let due = jobs_of(&t).await.remove(0);
            run::Lease::take(&t, due).await.unwrap().unwrap();
            t.clock.advance(11 * 60 * 1_000_000);
        }
        assert!(run::step(&t).await.unwrap());
        assert!(jobs_of(&t).await[0].failed.as_deref().unwrap().contains("process"));
        assert!(!run::step(&t).await.unwrap());
        let told = crate::intake::import::model::import::Entity::find_by_id(&import).one(t.store.read()).await.unwrap().unwrap();
        assert_eq!(told.status, "failed", "whoever waits for it is told");
        assert!(told.error_zh.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_wait_is_done_last() {
    on_each_engine(|t| async move {
        let tx = t.store.write().await.unwrap();
        enqueue_background(&tx, "nobody", Some("1001"), &json!({}), 0).await.unwrap();
        enqueue_background(&tx, "nobody", Some("1002"), &json!({}), 1).await.unwrap();
        enqueue(&tx, "nobody", Some("import"), &json!({}), 2).await.unwrap();
        // Somebody's record came: no longer in the background, and still one job.
        enqueue(&tx, "nobody", Some("1002"), &json!({}), 3).await.unwrap();
        tx.commit().await.unwrap();
        let mut order = Vec::new();
        for _ in 0..3 {
            assert!(run::step(&t).await.unwrap());
            let done = jobs_of(&t).await.into_iter().find(|j| j.attempts > 0 && !order.contains(&j.unique_key));
            order.push(done.unwrap().unique_key);
        }
        assert_eq!(order, ["1002", "import", "1001"].map(|key| Some(key.to_owned())));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_waits_a_little_while_records_pour_in_and_nothing_else_does() {
    on_each_engine(|t| async move {
        let look = crate::signals::links::FOLLOW;
        let tx = t.store.write().await.unwrap();
        enqueue(&tx, look, Some("1001"), &json!({ "employee": "1001" }), t.now()).await.unwrap();
        enqueue(&tx, "nobody", None, &json!({}), t.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(run::step_while(&t, true).await.unwrap());
        assert!(!run::step_while(&t, true).await.unwrap(), "{}", t.engine);
        let begun = |jobs: Vec<job::Model>| jobs.into_iter().filter(|j| j.attempts > 0).map(|j| j.kind).collect::<Vec<_>>();
        assert_eq!(begun(jobs_of(&t).await), ["nobody"]);
        // However long they pour in, nobody is forgotten.
        t.clock.advance(run::PATIENCE_US);
        assert!(run::step_while(&t, true).await.unwrap());
        assert!(jobs_of(&t).await.iter().all(|j| j.kind != look), "{}: looked at, and done", t.engine);
    })
    .await;
}

/// What came while a job was at work is looked at by the next one, which waits until the first has written.
#[tokio::test(flavor = "multi_thread")]
async fn two_jobs_about_the_same_are_done_one_after_the_other() {
    on_each_engine(|t| async move {
        let queue = async |key: Option<&str>| {
            let tx = t.store.write().await.unwrap();
            enqueue(&tx, "nobody", key, &json!({}), 0).await.unwrap();
            tx.commit().await.unwrap();
        };
        queue(Some("1001")).await;
        let first = jobs_of(&t).await.remove(0);
        let id = first.id;
        run::Lease::take(&t, first).await.unwrap().unwrap();
        queue(Some("1001")).await;
        assert!(!run::step(&t).await.unwrap(), "{}", t.engine);
        // Others wait for nobody, nor does what has no name.
        for key in [Some("1002"), None] {
            queue(key).await;
            assert!(run::step(&t).await.unwrap(), "{}", t.engine);
        }
        let tx = t.store.write().await.unwrap();
        job::Entity::delete_by_id(id).exec(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert!(run::step(&t).await.unwrap());
        let second = jobs_of(&t).await.into_iter().find(|j| j.unique_key.as_deref() == Some("1001")).unwrap();
        assert_eq!(second.attempts, 1);
    })
    .await;
}
