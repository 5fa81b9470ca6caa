//! Which records name which files, and which files were sent: so that erasure deletes a file only when nobody else's
//! record or case names it, and what no record ever named goes by itself.
//!
//! What is *not* here: the files themselves ([`super::blobs`]).

use super::{
    blobs, kinds,
    model::{record_file, upload},
};
use crate::{
    cases,
    company::Company,
    error::Result,
    jobs,
    records::{Appended, Effect, machine},
    settings,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict};
use serde_json::{Map, Value, json};
use std::{collections::HashSet, sync::Arc};

pub const SWEEP_JOB: &str = "blobs.sweep";
const DAY_US: i64 = 24 * 3600 * 1_000_000;
/// A source sends a file before the record that names it, and may be slow.
const UNNAMED_US: i64 = 7 * DAY_US;
/// Set once the records of a database older than this table were read.
const WHOLE: &str = "record_files_whole";

pub struct Follow;

#[async_trait::async_trait]
impl Effect for Follow {
    async fn apply(&self, _: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let named = batch.iter().filter_map(|a| Some(rows(a.idx, &a.draft.kind, a.draft.data()?))).flatten();
        insert(tx, named.collect()).await
    }
}

fn rows(idx: i64, kind: &str, data: &Map<String, Value>) -> Vec<record_file::ActiveModel> {
    // The digest there is of a package, which lies elsewhere.
    if kind.starts_with("case.package_") {
        return Vec::new();
    }
    blobs::named_in(data).into_iter().map(|sha256| record_file::ActiveModel { sha256: Set(sha256.to_owned()), idx: Set(idx) }).collect()
}

async fn insert(db: &impl ConnectionTrait, rows: Vec<record_file::ActiveModel>) -> Result<()> {
    for part in rows.chunks(1000) {
        let again = OnConflict::columns([record_file::Column::Sha256, record_file::Column::Idx]).do_nothing().to_owned();
        record_file::Entity::insert_many(part.iter().cloned()).on_conflict(again).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Reads the records that were there before this table, once.
pub async fn complete(company: &Company) -> Result<()> {
    if settings::get(company.store.read(), WHOLE).await?.is_some() {
        return Ok(());
    }
    let size = *company.committed.borrow();
    let mut from = 0;
    while from < size {
        let indices: Vec<i64> = (from..size.min(from + 1000)).collect();
        let found: Vec<_> = machine::open(company, &indices).await?.iter().filter_map(|o| Some(rows(o.row.idx, &o.row.kind, o.data()?))).flatten().collect();
        let tx = company.store.write().await?;
        insert(&tx, found).await?;
        tx.commit().await?;
        from += 1000;
    }
    let tx = company.store.write().await?;
    settings::set(&tx, WHOLE, "true", company.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Notes that this caller sent a file; false if the same caller did before.
pub async fn uploaded(company: &Company, by: &str, sha256: &str) -> Result<bool> {
    let tx = company.store.write().await?;
    let known = upload::Entity::find_by_id((sha256.to_owned(), by.to_owned())).one(&tx).await?.is_some();
    upload::Entity::insert(upload::ActiveModel { sha256: Set(sha256.to_owned()), by_id: Set(by.to_owned()), at: Set(company.now()) })
        .on_conflict(OnConflict::columns([upload::Column::Sha256, upload::Column::ById]).update_column(upload::Column::At).to_owned())
        .exec_without_returning(&tx)
        .await?;
    jobs::enqueue(&tx, SWEEP_JOB, Some("daily"), &json!({}), company.now() + UNNAMED_US + 1).await?;
    tx.commit().await?;
    Ok(!known)
}

/// Is this file here, sent by this caller within the week that is remembered?
pub async fn sent_by(company: &Company, by: &str, sha256: &str) -> Result<bool> {
    if !kinds::is_sha256(sha256) || upload::Entity::find_by_id((sha256.to_owned(), by.to_owned())).one(company.store.read()).await?.is_none() {
        return Ok(false);
    }
    company.blobs.exists(&blobs::place(sha256)).await
}

/// The records that name this file.
pub async fn naming(db: &impl ConnectionTrait, sha256: &str) -> Result<Vec<i64>> {
    let rows = record_file::Entity::find().select_only().column(record_file::Column::Idx).filter(record_file::Column::Sha256.eq(sha256));
    Ok(rows.into_tuple().all(db).await?)
}

/// Those of these files that some record still names.
async fn named(db: &impl ConnectionTrait, digests: &[String]) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for part in digests.chunks(500) {
        let query =
            record_file::Entity::find().select_only().column(record_file::Column::Sha256).filter(record_file::Column::Sha256.is_in(part.iter().cloned()));
        found.extend(query.distinct().into_tuple::<String>().all(db).await?);
    }
    Ok(found)
}

/// These records can no longer be opened: what they named is named by them no more. Answers what that was.
pub async fn forget(tx: &DatabaseTransaction, gone: &[i64]) -> Result<Vec<String>> {
    let mut digests = Vec::new();
    for part in gone.chunks(1000) {
        let those = record_file::Column::Idx.is_in(part.iter().copied());
        digests
            .extend(record_file::Entity::find().select_only().column(record_file::Column::Sha256).filter(those.clone()).into_tuple::<String>().all(tx).await?);
        record_file::Entity::delete_many().filter(those).exec(tx).await?;
    }
    Ok(digests)
}

/// Of these files those that nothing names any more, neither a record nor a case; they are no longer known as sent.
pub async fn unnamed(tx: &DatabaseTransaction, mut digests: Vec<String>) -> Result<Vec<String>> {
    digests.sort_unstable();
    digests.dedup();
    let (by_records, by_cases) = (named(tx, &digests).await?, cases::read::attached(tx, &digests).await?);
    digests.retain(|digest| !by_records.contains(digest) && !by_cases.contains(digest));
    for part in digests.chunks(500) {
        upload::Entity::delete_many().filter(upload::Column::Sha256.is_in(part.iter().cloned())).exec(tx).await?;
    }
    Ok(digests)
}

/// Removes files that were sent and that no record named within a week.
pub async fn run_sweep(company: Arc<Company>, _: Value) -> Result<()> {
    complete(&company).await?;
    let now = company.now();
    let tx = company.store.write().await?;
    let old: Vec<String> =
        upload::Entity::find().select_only().column(upload::Column::Sha256).filter(upload::Column::At.lte(now - UNNAMED_US)).into_tuple().all(&tx).await?;
    let mut fresh = HashSet::new();
    for part in old.chunks(500) {
        let query = upload::Entity::find().select_only().column(upload::Column::Sha256).filter(upload::Column::Sha256.is_in(part.iter().cloned()));
        fresh.extend(query.filter(upload::Column::At.gt(now - UNNAMED_US)).into_tuple::<String>().all(&tx).await?);
    }
    let gone = unnamed(&tx, old.into_iter().filter(|digest| !fresh.contains(digest)).collect()).await?;
    // What is named is kept for ever and not looked at again.
    upload::Entity::delete_many().filter(upload::Column::At.lte(now - UNNAMED_US)).exec(&tx).await?;
    if let Some(next) = upload::Entity::find().order_by_asc(upload::Column::At).one(&tx).await? {
        jobs::enqueue(&tx, SWEEP_JOB, Some("daily"), &json!({}), next.at + UNNAMED_US + 1).await?;
    }
    tx.commit().await?;
    for digest in gone {
        company.blobs.delete(&blobs::place(&digest)).await?;
    }
    Ok(())
}
