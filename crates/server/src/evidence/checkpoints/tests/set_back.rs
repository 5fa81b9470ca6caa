//! A database that was set back, or exchanged, and the checkpoint folder that remembers.

use super::{append, publish};
use crate::{
    company::Company,
    customers::model::dealing,
    error::Error,
    evidence::checkpoints::{CheckpointDir, model::checkpoint, newest, publish::Publisher, tiles},
    records::model::{head, record, subject},
    testing::on_each_engine,
};
use probity_ledger::tree;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use std::path::Path;

/// As if an older copy of the database had been put back: the log ends at `size`.
async fn set_back(company: &Company, size: u64) {
    let mut frontier = tree::Frontier::new();
    for leaf in tiles::leaves(company, 0, size).await.unwrap() {
        frontier.append(tree::leaf_hash(&leaf));
    }
    let size = i64::try_from(size).unwrap();
    let tx = company.store.write().await.unwrap();
    record::Entity::delete_many().filter(record::Column::Idx.gte(size)).exec(&tx).await.unwrap();
    subject::Entity::delete_many().filter(subject::Column::Idx.gte(size)).exec(&tx).await.unwrap();
    dealing::Entity::delete_many().filter(dealing::Column::Idx.gte(size)).exec(&tx).await.unwrap();
    checkpoint::Entity::delete_many().filter(checkpoint::Column::Size.gt(size)).exec(&tx).await.unwrap();
    head::Entity::update(head::ActiveModel {
        id: Set(1),
        size: Set(size),
        frontier: Set(frontier.to_bytes()),
        root: Set(frontier.root().to_vec()),
        ..Default::default()
    })
    .exec(&tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// What the server does first, and after each commit.
async fn turn(folder: &Path, company: &Company) {
    Publisher::new(Some(folder.to_owned()), "test".into()).turn(company).await.unwrap();
}

async fn refusal(company: &Company) -> (u16, String) {
    let draft = crate::records::Draft::new("/crm/test".into(), "late".into(), "x".into(), 0, None, vec![], serde_json::Map::new());
    match company.writer.append(vec![draft]).await {
        Err(Error::Problem(p)) => (p.status, p.detail.en),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_behind_the_checkpoint_folder_refuses_writes_at_start() {
    on_each_engine(|t| async move {
        let folder = t.dir.path().join("elsewhere");
        turn(&folder, &t).await;
        append(&t, 0, 10).await;
        turn(&folder, &t).await;
        let note = CheckpointDir::new(folder.clone()).read().await.unwrap().unwrap();
        assert_eq!(note, newest(&t).await.unwrap().unwrap().note);
        assert!(std::fs::read_dir(folder.join("history")).unwrap().count() > 0);

        let restarted = crate::testing::reopen(&t.database_url, t.dir.path(), t.clock.clone()).await.unwrap();
        turn(&folder, &restarted).await;
        append(&restarted, 10, 12).await;
        turn(&folder, &restarted).await;

        set_back(&restarted, 5).await;
        let after = crate::testing::reopen(&t.database_url, t.dir.path(), t.clock.clone()).await.unwrap();
        turn(&folder, &after).await;
        let (status, why) = refusal(&after).await;
        assert_eq!(status, 503);
        assert!(why.contains("set back") && why.contains("5 entries") && why.contains("12"), "{why}");

        // Without the folder nobody would know: it grows another way, and only the folder finds out.
        let blind = crate::testing::reopen(&t.database_url, t.dir.path(), t.clock.clone()).await.unwrap();
        append(&blind, 100, 120).await;
        publish(&blind).await;
        let again = crate::testing::reopen(&t.database_url, t.dir.path(), t.clock.clone()).await.unwrap();
        turn(&folder, &again).await;
        let (status, why) = refusal(&again).await;
        assert_eq!(status, 503);
        assert!(why.contains("does not agree"), "{why}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_set_back_while_the_server_runs_stops_it() {
    on_each_engine(|t| async move {
        let mut publisher = Publisher::new(None, "test".into());
        append(&t, 0, 10).await;
        publisher.turn(&t).await.unwrap();
        set_back(&t, 4).await;
        publisher.turn(&t).await.unwrap();
        let (_, why) = refusal(&t).await;
        assert!(why.contains("set back"), "{why}");
        publisher.turn(&t).await.unwrap();
        assert!(t.write_stop().is_some(), "it stays so until it is put right");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_another_company_is_not_overwritten() {
    on_each_engine(|t| async move {
        let folder = t.dir.path().join("elsewhere");
        let other = probity_ledger::checkpoint::LogKey::from_seed("log.example/other", &[1; 32]).unwrap();
        let foreign = probity_ledger::checkpoint::Checkpoint { origin: "log.example/other".into(), size: 0, root: tree::empty_root(), extensions: vec![] };
        let note = probity_ledger::checkpoint::sign(&foreign, &other);
        CheckpointDir::new(folder.clone()).write(&note, 0).await.unwrap();
        turn(&folder, &t).await;
        let (_, why) = refusal(&t).await;
        assert!(why.contains("not of this company"), "{why}");
        assert_eq!(CheckpointDir::new(folder).read().await.unwrap().unwrap(), note);
    })
    .await;
}
