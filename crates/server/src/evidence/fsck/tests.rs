#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    evidence::checkpoints::{
        model::checkpoint,
        tests::{append, publish},
        tiles,
    },
    records::model::{record, subject},
    testing::{TestCompany, on_each_engine},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

async fn faults(t: &TestCompany) -> Vec<String> {
    run(t, None, |_| {}).await.unwrap().faults
}

fn one_names(faults: &[String], word: &str) {
    assert!(faults.iter().any(|fault| fault.contains(word)), "{word}: {faults:#?}");
}

async fn row(t: &TestCompany, idx: i64) -> record::Model {
    record::Entity::find_by_id(idx).one(t.store.read()).await.unwrap().unwrap()
}

async fn put(t: &TestCompany, row: record::Model) {
    let tx = t.store.write().await.unwrap();
    row.into_active_model().reset_all().update(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_whole_is_clean_and_what_was_touched_is_named() {
    on_each_engine(|t| async move {
        assert!(faults(&t).await.is_empty(), "an empty log is clean");
        append(&t, 0, 600).await;
        publish(&t).await;
        append(&t, 600, 605).await;
        let found = run(&t, None, |_| {}).await.unwrap();
        assert!(found.is_clean(), "an unpublished tail is clean: {:#?}", found.faults);
        assert_eq!((found.entries, found.opened, found.erased), (605, 605, 0));
        assert!(found.tiles >= 5 && found.checkpoints >= 1);

        // Sealed content.
        let good = row(&t, 7).await;
        let mut bad = good.clone();
        bad.sealed[40] ^= 1;
        put(&t, bad).await;
        one_names(&faults(&t).await, "rec_7 ");
        put(&t, good.clone()).await;
        // A column beside it.
        let mut bad = good.clone();
        bad.kind = "customer.lost".into();
        put(&t, bad).await;
        one_names(&faults(&t).await, "rec_7 ");
        put(&t, good.clone()).await;
        // When it was received, which no leaf tells.
        let mut bad = good.clone();
        bad.received_at += 1;
        put(&t, bad).await;
        one_names(&faults(&t).await, "rec_7 ");
        // As records were kept before that was noted.
        let mut old = good.clone();
        old.fingerprint.truncate(32);
        put(&t, old).await;
        assert!(faults(&t).await.is_empty());
        // The leaf itself: the record does not open, and the tree is another.
        let mut bad = good.clone();
        bad.leaf[20] ^= 1;
        put(&t, bad).await;
        let found = faults(&t).await;
        one_names(&found, "rec_7 ");
        one_names(&found, "log_head");
        one_names(&found, "log/tile/0/000");
        put(&t, good).await;
        assert!(faults(&t).await.is_empty());

        // A tile, a bundle, an edge, one too many, one too few.
        for name in [tiles::hashes_name(0, 1), tiles::entries_name(0), tiles::edge_name(1, 0)] {
            let good = t.blobs.get(&name).await.unwrap().unwrap();
            let mut bad = good.clone();
            bad[33] ^= 4;
            t.blobs.put(&name, bad).await.unwrap();
            one_names(&faults(&t).await, &name);
            t.blobs.put(&name, good).await.unwrap();
        }
        t.blobs.put("log/tile/0/777", vec![0; 8192]).await.unwrap();
        one_names(&faults(&t).await, "log/tile/0/777");
        t.blobs.delete("log/tile/0/777").await.unwrap();
        let name = tiles::entries_name(1);
        let good = t.blobs.get(&name).await.unwrap().unwrap();
        t.blobs.delete(&name).await.unwrap();
        one_names(&faults(&t).await, "missing");
        t.blobs.put(&name, good).await.unwrap();

        // A checkpoint.
        let tx = t.store.write().await.unwrap();
        let published = checkpoint::Entity::find().filter(checkpoint::Column::Size.gt(0)).one(&tx).await.unwrap().unwrap();
        let mut changed = published.clone().into_active_model();
        changed.root = Set(vec![0; 32]);
        changed.update(&tx).await.unwrap();
        tx.commit().await.unwrap();
        one_names(&faults(&t).await, "signature");
        let tx = t.store.write().await.unwrap();
        published.into_active_model().reset_all().update(&tx).await.unwrap();
        tx.commit().await.unwrap();

        // A record gone, its key gone.
        let tx = t.store.write().await.unwrap();
        subject::Entity::delete_many().filter(subject::Column::Idx.eq(3)).exec(&tx).await.unwrap();
        tx.commit().await.unwrap();
        one_names(&faults(&t).await, "rec_3 ");
        let tx = t.store.write().await.unwrap();
        record::Entity::delete_by_id(601_i64).exec(&tx).await.unwrap();
        tx.commit().await.unwrap();
        one_names(&faults(&t).await, "rec_601");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_content_is_no_fault() {
    on_each_engine(|t| async move {
        append(&t, 0, 20).await;
        publish(&t).await;
        crate::privacy::erase::employee(&t, &crate::company::Actor::system("test"), "1001", "期满删除").await.unwrap();
        let found = run(&t, None, |_| {}).await.unwrap();
        assert!(found.is_clean(), "{:#?}", found.faults);
        assert_eq!(found.erased, 20);
    })
    .await;
}
