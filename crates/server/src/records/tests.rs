#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    company::Actor,
    testing::{TestCompany, on_each_engine, reopen},
};
use probity_ledger::{leaf, tree};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;

fn draft(id: &str, employee: &str, text: &str) -> Draft {
    let data = json!({ "text": text, "employee": employee, "n": 7 });
    Draft::new(
        "/im/wecom".into(),
        id.into(),
        "message.sent".into(),
        crate::testing::NOW - 1_000_000,
        Some(employee.into()),
        vec![customer_subject("C-1")],
        data.as_object().unwrap().clone(),
    )
}

async fn all(t: &TestCompany) -> Vec<model::record::Model> {
    model::record::Entity::find().order_by_asc(model::record::Column::Idx).all(t.store.read()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_gets_consecutive_indices_and_the_right_root() {
    on_each_engine(|t| async move {
        let drafts = (0..40).map(|i| draft(&format!("m{i}"), "1001", "你好")).collect();
        let outcomes = t.writer.append(drafts).await.unwrap();
        assert_eq!(outcomes, (0..40).map(Outcome::Accepted).collect::<Vec<_>>());
        let head = model::head::Entity::find_by_id(1).one(t.store.read()).await.unwrap().unwrap();
        let mut frontier = tree::Frontier::new();
        for row in all(&t).await {
            frontier.append(tree::leaf_hash(&row.leaf));
        }
        assert_eq!(head.size, 40);
        assert_eq!(head.root, frontier.root().to_vec());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_are_duplicates_and_other_content_is_a_conflict() {
    on_each_engine(|t| async move {
        let first = t.writer.append(vec![draft("a", "1001", "x"), draft("a", "1001", "x"), draft("a", "1001", "y")]).await.unwrap();
        assert_eq!(first, [Outcome::Accepted(0), Outcome::Duplicate(0), Outcome::Conflict(0)]);
        let again = t.writer.append(vec![draft("a", "1001", "x"), draft("a", "1001", "z"), draft("b", "1001", "x")]).await.unwrap();
        assert_eq!(again, [Outcome::Duplicate(0), Outcome::Conflict(0), Outcome::Accepted(1)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_writers_lose_and_double_nothing() {
    on_each_engine(|t| async move {
        let tasks: Vec<_> = (0..8)
            .map(|w| {
                let company = t.company.clone();
                tokio::spawn(async move {
                    for i in 0..10 {
                        company.writer.append((0..5).map(|j| draft(&format!("{w}-{i}-{j}"), "1001", "并发")).collect()).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let rows = all(&t).await;
        assert_eq!(rows.len(), 400);
        assert!(rows.iter().enumerate().all(|(i, r)| r.idx == i as i64));
    })
    .await;
}

/// New records are written without a look for their names first; what was there is told all the same.
#[tokio::test(flavor = "multi_thread")]
async fn repeats_are_told_between_groups_and_between_replicas() {
    on_each_engine(|t| async move {
        let other = if t.store.is_shared() { reopen(&t.database_url, t.dir.path(), t.clock.clone()).await.unwrap() } else { t.company.clone() };
        for round in 0..3 {
            let name = |n: usize| format!("{round}-{n}");
            let new = || (0..30).map(|n| draft(&name(n), "1001", "甲")).collect::<Vec<_>>();
            let (here, there) = tokio::join!(t.writer.append(new()), other.writer.append(new()));
            let pairs = here.unwrap().into_iter().zip(there.unwrap());
            assert!(
                pairs.clone().all(|p| matches!(p, (Outcome::Accepted(a), Outcome::Duplicate(b)) | (Outcome::Duplicate(a), Outcome::Accepted(b)) if a == b)),
                "{}: {:?}",
                t.engine,
                pairs.collect::<Vec<_>>()
            );
            // New ones between them, so that the next group is again written without a look.
            let mixed = vec![draft(&name(30), "1001", "甲"), draft(&name(3), "1001", "乙"), draft(&name(4), "1001", "甲"), draft(&name(30), "1001", "甲")];
            let outcomes = other.writer.append(mixed).await.unwrap();
            assert!(matches!(outcomes[..], [Outcome::Accepted(_), Outcome::Conflict(_), Outcome::Duplicate(_), Outcome::Duplicate(_)]), "{outcomes:?}");
            assert!(matches!(t.writer.append(vec![draft(&name(31), "1001", "甲")]).await.unwrap()[..], [Outcome::Accepted(_)]));
        }
        let rows = all(&t).await;
        assert_eq!(rows.len(), 3 * 32);
        assert!(rows.iter().enumerate().all(|(i, r)| r.idx == i as i64));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn content_is_sealed_and_opens_to_what_was_sent() {
    on_each_engine(|t| async move {
        let sent = draft("a", "1001", "给你返10%");
        let event = sent.event.clone();
        t.writer.append(vec![sent]).await.unwrap();
        let row = all(&t).await.remove(0);
        let hidden = "给你返10%".as_bytes();
        assert!(!row.sealed.windows(hidden.len()).any(|w| w == hidden));
        let opened = machine::open(&t, &[0, 99]).await.unwrap();
        assert_eq!(opened.len(), 1);
        let content = opened[0].content.as_ref().unwrap();
        assert_eq!(content.event, event);
        assert_eq!(leaf::of_event(&content.seed, &content.event).to_vec(), row.leaf);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_moved_under_another_leaf_does_not_open() {
    on_each_engine(|t| async move {
        t.writer.append(vec![draft("a", "1001", "甲"), draft("b", "1001", "乙")]).await.unwrap();
        let rows = all(&t).await;
        let tx = t.store.write().await.unwrap();
        use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
        let mut changed = rows[0].clone().into_active_model();
        changed.sealed = Set(rows[1].sealed.clone());
        changed.update(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert!(machine::open(&t, &[0]).await.is_err());
        assert!(machine::open(&t, &[1]).await.is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_a_record_and_needs_a_reason() {
    on_each_engine(|t| async move {
        t.writer.append(vec![draft("a", "1001", "甲"), draft("b", "1002", "乙")]).await.unwrap();
        let by = Actor { kind: "user", id: "u1".into(), name: "林晓".into() };
        assert!(open_for_person(&t, &by, "case1", " ", &[0]).await.is_err());
        assert_eq!(all(&t).await.len(), 2, "a refused look shows nothing and writes nothing");
        let look = open_for_person(&t, &by, "case1", "核对承诺", &[1, 0]).await.unwrap();
        assert_eq!(look.idx, 2);
        assert_eq!(look.items.len(), 2);
        let listed = model::looked::Entity::find_by_id(2).one(t.store.read()).await.unwrap().unwrap();
        assert_eq!((listed.case_id.as_str(), listed.actor_name.as_str()), ("case1", "林晓"));
        assert_eq!(listed.records, r#"["rec_0","rec_1"]"#);
        assert_eq!(listed.employees, r#"["1001","1002"]"#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_finds_the_same_company_and_other_keys_are_refused() {
    on_each_engine(|t| async move {
        t.writer.append(vec![draft("a", "1001", "甲")]).await.unwrap();
        let again = reopen(&t.database_url, t.dir.path(), t.clock.clone()).await.unwrap();
        assert_eq!(again.log.origin, t.log.origin);
        assert!(machine::open(&again, &[0]).await.unwrap()[0].content.is_some());
        let elsewhere = tempfile::tempdir().unwrap();
        let error = reopen(&t.database_url, elsewhere.path(), t.clock.clone()).await.err().unwrap().to_string();
        assert!(error.contains("keys.json"), "{error}");
    })
    .await;
}

fn about(id: &str, employees: std::ops::Range<usize>) -> Draft {
    let subjects = employees.map(|n| employee_subject(&format!("P{n}"))).collect();
    let data = json!({ "n": id }).as_object().unwrap().clone();
    Draft::new("/hr/main".into(), id.into(), "note.made".into(), crate::testing::NOW, None, subjects, data)
}

/// A key that is remembered and in no database would seal what nobody can open after a restart.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_remembered_only_once_it_is_committed() {
    on_each_engine(|t| async move {
        let mut broken_off = 0;
        for step in 0..150 {
            let subject = employee_subject(&format!("K{step}"));
            let subjects = [subject.clone()];
            // Broken off ever later, so that every place where it waits is met.
            let making = t.keys.ensure(&t.store, &subjects, t.now());
            broken_off += usize::from(tokio::time::timeout(std::time::Duration::from_micros(step * 40), making).await.is_err());
            let remembered = t.keys.recall(&subjects).get(&subject).is_some();
            let kept = model::subject_key::Entity::find_by_id(&subject).one(t.store.read()).await.unwrap().is_some();
            assert!(kept || !remembered, "{}: after {step} steps", t.engine);
        }
        assert!(broken_off > 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_subjects_than_are_remembered_lose_no_key() {
    on_each_engine(|t| async move {
        // Tests remember fifty.
        t.writer.append(vec![about("a", 0..60)]).await.unwrap();
        t.writer.append(vec![about("b", 55..70), about("c", 0..3)]).await.unwrap();
        t.writer.append((0..20).map(|n| about(&format!("d{n}"), n * 7..n * 7 + 9)).collect()).await.unwrap();
        let opened = machine::open(&t, &(0..23).collect::<Vec<_>>()).await.unwrap();
        assert_eq!(opened.len(), 23);
        assert!(opened.iter().all(|o| o.content.is_some()));
    })
    .await;
}

/// Each request brings the same people, in an order of its own.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_new_people_may_come_in_many_requests_at_once() {
    on_each_engine(|t| async move {
        // The whole of it, with its folder and database.
        let t = &t;
        for round in 0..8 {
            let requests = (0..6).map(|request| {
                let mut people: Vec<usize> = (round * 100..(round + 1) * 100).collect();
                people.rotate_left(request * 17);
                let drafts = people.into_iter().map(|n| about(&format!("{round}-{request}-{n}"), n..n + 1)).collect();
                let company = t.company.clone();
                tokio::spawn(async move { company.writer.append(drafts).await })
            });
            for answer in futures::future::join_all(requests).await {
                assert_eq!(answer.unwrap().unwrap().len(), 100, "{}", t.engine);
            }
        }
    })
    .await;
}

/// Erased by another replica, or between the sealing and the commit: what comes after is sealed with a key that exists.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sealed_with_a_dropped_key() {
    on_each_engine(|t| async move {
        t.writer.append(vec![draft("a", "1001", "甲")]).await.unwrap();
        for round in 0..3 {
            // Not `forget`: that is what the replica that erases does, for itself alone.
            let tx = t.store.write().await.unwrap();
            drop_keys(&t, &tx, "1001").await.unwrap();
            let waiting = {
                let company = t.company.clone();
                tokio::spawn(async move { company.writer.append(vec![draft(&format!("b{round}"), "1001", "乙")]).await })
            };
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            tx.commit().await.unwrap();
            let Outcome::Accepted(idx) = waiting.await.unwrap().unwrap()[0] else { panic!("a new record") };
            assert!(machine::open(&t, &[0]).await.unwrap()[0].content.is_none());
            let again = reopen(&t.database_url, t.dir.path(), t.clock.clone()).await.unwrap();
            for company in [&t.company, &again] {
                assert!(machine::open(company, &[idx]).await.unwrap()[0].content.is_some(), "{} {round}", t.engine);
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_replicas_at_their_first_start_one_makes_the_keys() {
    if !crate::testing::engines().contains(&"postgresql") {
        return;
    }
    for _ in 0..5 {
        let database = crate::testing::TestDatabase::create().await;
        let (a, b) = tokio::join!(crate::store::Store::connect(&database.url), crate::store::Store::connect(&database.url));
        let (a, b) = (a.unwrap(), b.unwrap());
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (first, second) = tokio::join!(KeyRing::open(&a, here.path(), 1), KeyRing::open(&b, there.path(), 1));
        assert_ne!(first.is_ok(), second.is_ok(), "just one of them");
        let (winner, error) = if first.is_ok() { (here.path(), second.err()) } else { (there.path(), first.err()) };
        assert!(error.unwrap().to_string().contains("keys.json"));
        KeyRing::open(&a, winner, 2).await.unwrap();
        a.close().await.unwrap();
        b.close().await.unwrap();
    }
}
