#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    company::{Actor, Company},
    evidence::{
        checkpoints::{
            CheckpointDir, guard, newest,
            tests::{append, publish},
        },
        fsck,
    },
    records::{model::record, open_for_person},
    testing::{TestDatabase, engines, on_each_engine},
};
use sea_orm::EntityTrait;
use std::{fs, sync::Arc};

async fn row(company: &Company, idx: i64) -> record::Model {
    record::Entity::find_by_id(idx).one(company.store.read()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_during_ingest_comes_back_on_either_engine_in_a_new_epoch() {
    on_each_engine(|t| async move {
        append(&t, 0, 700).await;
        let old = publish(&t).await;
        let file = crate::intake::blobs::keep(&t, b"a paper").await.unwrap();
        let (backup, kit) = (t.dir.path().join("backup"), t.dir.path().join("kit.json"));
        export(&t, &kit).unwrap();
        let writing = tokio::spawn({
            let company = t.company.clone();
            async move {
                for i in 0..10 {
                    append(&company, 1000 + i * 10, 1010 + i * 10).await;
                }
            }
        });
        let manifest = make(&t, &backup, |_| {}).await.unwrap();
        writing.await.unwrap();
        assert!(manifest.size >= 700);
        assert!(!fs::read_to_string(backup.join("manifest.json")).unwrap().contains("master_key"));

        for engine in engines() {
            let place_dir = tempfile::tempdir().unwrap();
            let database = if engine == "sqlite" { None } else { Some(TestDatabase::create().await) };
            let url = database.as_ref().map_or_else(|| format!("sqlite://{}", place_dir.path().join("p.db").display()), |d| d.url.clone());
            let files = place_dir.path().join("files").display().to_string();
            let data = place_dir.path().join("data");
            let clock: Arc<dyn crate::company::Clock> = t.clock.clone();
            let place = || Place { database_url: &url, blobs_url: &files, data_dir: &data, journals: Vec::new(), clock: clock.clone() };
            let restored = restore(&backup, &kit, place(), |_| {}).await.unwrap();
            assert_eq!(restored.log.epoch, 2);
            assert_ne!(restored.log.origin, t.log.origin);
            let found = fsck::run(&restored, None, |_| {}).await.unwrap();
            assert!(found.is_clean(), "before the tiles are built again: {:#?}", found.faults);
            let now = publish(&restored).await;
            assert_eq!(now.size, manifest.size + 1);
            // The log goes on: what was published before the backup is its beginning.
            let proof = crate::evidence::checkpoints::consistency(&restored, old.size, now.size).await.unwrap();
            probity_ledger::tree::verify_consistency(old.size, now.size, &proof, &old.root, &now.root).unwrap();
            for idx in [0_i64, 5, 699] {
                let (before, after) = (row(&t, idx).await, row(&restored, idx).await);
                assert_eq!(before, after);
            }
            assert_eq!(crate::intake::blobs::read(&restored, &file).await.unwrap().unwrap(), b"a paper");
            let found = fsck::run(&restored, None, |_| {}).await.unwrap();
            assert!(found.is_clean(), "{:#?}", found.faults);
            assert_eq!(found.opened, now.size, "everything opens with the kit's keys");
            append(&restored, 5000, 5010).await;
            assert_eq!(publish(&restored).await.size, manifest.size + 11);
            assert_eq!(newest(&restored).await.unwrap().unwrap().epoch, 2);
            let first_new = i64::try_from(manifest.size).unwrap();
            let look = open_for_person(&restored, &Actor::system("test"), "case", "核对恢复", &[first_new]).await.unwrap();
            assert_eq!(look.items[0].data().unwrap()["previous"]["checkpoint"], manifest.checkpoint);
            // The folder with the old epoch's checkpoints, which reach beyond the backup, goes on with the new one's.
            let folder = CheckpointDir::new(place_dir.path().join("checkpoints"));
            append(&t, 9000, 9010).await;
            folder.write(&publish(&t).await.note, 0).await.unwrap();
            assert!(guard::check(&restored, &folder).await.unwrap().is_none());
            folder.write(&old.note, 0).await.unwrap();
            assert!(guard::check(&restored, &folder).await.unwrap().is_none());
            assert!(restore(&backup, &kit, place(), |_| {}).await.is_err(), "never over another");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_backup_is_refused_and_the_file_named() {
    let t = crate::testing::company_on("sqlite").await;
    append(&t, 0, 50).await;
    t.blobs.put("packages/x.zip", vec![1, 2, 3]).await.unwrap();
    let (backup, kit) = (t.dir.path().join("backup"), t.dir.path().join("kit.json"));
    export(&t, &kit).unwrap();
    assert!(export(&t, &kit).is_err(), "a kit is never written over");
    make(&t, &backup, |_| {}).await.unwrap();
    assert!(make(&t, &backup, |_| {}).await.is_err(), "nor a backup");
    let elsewhere = tempfile::tempdir().unwrap();
    let attempt = async || {
        let url = format!("sqlite://{}", elsewhere.path().join("p.db").display());
        let files = elsewhere.path().join("files").display().to_string();
        let clock: Arc<dyn crate::company::Clock> = t.clock.clone();
        let place = Place { database_url: &url, blobs_url: &files, data_dir: elsewhere.path(), journals: Vec::new(), clock };
        match restore(&backup, &kit, place, |_| {}).await {
            Ok(_) => panic!("it was accepted"),
            Err(e) => format!("{e}"),
        }
    };
    for name in ["tables/records.ndjson.zst", "files/packages/x.zip"] {
        let path = backup.join(name);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        fs::write(&path, &bad).unwrap();
        assert!(attempt().await.contains(name), "{name}");
        fs::remove_file(&path).unwrap();
        assert!(attempt().await.contains(name), "{name}");
        fs::write(&path, &good).unwrap();
    }
    fs::write(backup.join("files/more"), b"x").unwrap();
    assert!(attempt().await.contains("files/more"));
    fs::remove_file(backup.join("files/more")).unwrap();
    let path = backup.join("manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"rows\": 50", "\"rows\": 49")).unwrap();
    assert!(attempt().await.contains("manifest"));
    assert!(!elsewhere.path().join("keys.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_or_revoked_after_a_backup_does_not_come_back_with_it() {
    on_each_engine(|t| async move {
        use crate::{
            access::{TokenScope, tokens},
            privacy::{erase, journal},
            records::{about, machine},
        };
        append(&t, 0, 20).await;
        let new = || tokens::NewToken { name: "t".into(), scopes: vec![TokenScope::Read], sources: None, expires_at: None };
        let by = Actor::system("test");
        let (revoked, _) = tokens::create(&t, new(), &by).await.unwrap();
        let (kept, _) = tokens::create(&t, new(), &by).await.unwrap();
        let (backup, kit) = (t.dir.path().join("backup"), t.dir.path().join("kit.json"));
        export(&t, &kit).unwrap();
        make(&t, &backup, |_| {}).await.unwrap();
        erase::employee(&t, &by, "1001", "期限届满").await.unwrap();
        tokens::revoke(&t, &revoked.id, &by).await.unwrap();
        // A torn last line, as a power cut leaves it.
        let file = t.dir.path().join(journal::FILE);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        fs::write(&file, format!("{text}{{\"what\":\"per")).unwrap();

        let place_dir = tempfile::tempdir().unwrap();
        let database = if t.engine == "sqlite" { None } else { Some(TestDatabase::create().await) };
        let url = database.as_ref().map_or_else(|| format!("sqlite://{}", place_dir.path().join("p.db").display()), |d| d.url.clone());
        let files = place_dir.path().join("files").display().to_string();
        let data = place_dir.path().join("data");
        let clock: Arc<dyn crate::company::Clock> = t.clock.clone();
        let place = || Place { database_url: &url, blobs_url: &files, data_dir: &data, journals: vec![t.dir.path().to_owned()], clock: clock.clone() };
        let restored = restore(&backup, &kit, place(), |_| {}).await.unwrap();
        let own: Vec<i64> = (0..20).collect();
        assert!(about(&restored, "1001").await.unwrap().len() == 20 && machine::open(&restored, &own).await.unwrap().iter().all(|o| o.content.is_none()));
        let standing: Vec<String> = tokens::list(&restored).await.unwrap().into_iter().map(|token| token.id).collect();
        assert_eq!(standing, [kept.id]);
        let found = fsck::run(&restored, None, |_| {}).await.unwrap();
        assert!(found.is_clean(), "{:#?}", found.faults);

        // A later backup knows of it all: a person taken on again is not erased a second time by the old line.
        append(&restored, 100, 103).await;
        let (backup, kit) = (place_dir.path().join("backup"), place_dir.path().join("kit.json"));
        export(&restored, &kit).unwrap();
        let manifest = make(&restored, &backup, |_| {}).await.unwrap();
        let later = journal::read(&[file, data.join(journal::FILE)]).unwrap();
        assert!(later.len() > 2 && later.iter().all(|entry| !entry.is_after(manifest.epoch, i64::try_from(manifest.size).unwrap())), "{later:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_was_cut_off_is_gone_on_with() {
    on_each_engine(|t| async move {
        append(&t, 0, 20).await;
        let (backup, kit) = (t.dir.path().join("backup"), t.dir.path().join("kit.json"));
        export(&t, &kit).unwrap();
        make(&t, &backup, |_| {}).await.unwrap();
        let place_dir = tempfile::tempdir().unwrap();
        let database = if t.engine == "sqlite" { None } else { Some(TestDatabase::create().await) };
        let url = database.as_ref().map_or_else(|| format!("sqlite://{}", place_dir.path().join("p.db").display()), |d| d.url.clone());
        let files = place_dir.path().join("files").display().to_string();
        let data = place_dir.path().join("data");
        let clock: Arc<dyn crate::company::Clock> = t.clock.clone();
        let place = || Place { database_url: &url, blobs_url: &files, data_dir: &data, journals: Vec::new(), clock: clock.clone() };
        // Keys of an attempt that ended before its commit.
        fs::create_dir_all(data.join("restoring")).unwrap();
        fs::write(data.join("restoring/keys.json"), "{}").unwrap();
        let first = restore(&backup, &kit, place(), |_| {}).await.unwrap();
        let fingerprint = first.log.key.fingerprint();
        first.store.clone().close().await.unwrap();
        drop(first);
        // As it stood when the power went before the last step: all committed, the keys still waiting.
        fs::create_dir_all(data.join("restoring")).unwrap();
        fs::rename(data.join("keys.json"), data.join("restoring/keys.json")).unwrap();
        assert!(crate::app::open(&url, &files, &data, clock.clone()).await.is_err(), "no server starts on what is half restored");
        let again = restore(&backup, &kit, place(), |_| {}).await.unwrap();
        assert_eq!((again.log.epoch, again.log.key.fingerprint()), (2, fingerprint));
        assert_eq!(*again.committed.borrow(), 21, "the first new leaf is written once");
        assert!(data.join("keys.json").exists() && !data.join("restoring").exists());
    })
    .await;
}
