//! Quarantine 隔离: what was turned away, sealed for 30 days, released when the cause is mended.
//!
//! Of what the law forbids us to hold there is only the id, a keyed digest and the reason. Release sends the body
//! through intake again: whoever releases cannot change it, and it is checked like anything else.

use super::{Sender, envelope::Turned, model::quarantined, reason::Reason};
use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
    http::instant,
    jobs,
    privacy::Names,
    records::{Outcome, id_of},
    said::Lang,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

const KEEP_US: i64 = 30 * 24 * 3600 * 1_000_000;
/// A body larger than this is not kept: whoever sent it still has it.
const MOST_KEPT: usize = 4 << 20;
/// The bytes of a body, or null.
const SIZE: &str = "LENGTH(body)";
/// Bodies read at once.
const MOST_AT_ONCE: usize = 16 << 20;
pub const RELEASE_JOB: &str = "quarantine.release";
pub const EXPIRE_JOB: &str = "quarantine.expire";

fn context(id: &str) -> String {
    format!("quarantine/{id}")
}

/// Keeps the turned away items and gives each its id; the same item turned away again for the same reason keeps its
/// first row.
pub async fn keep(company: &Company, turned: &[Turned]) -> Result<Vec<String>> {
    let now = company.now();
    let digests: Vec<String> = turned.iter().map(|t| hex::encode(company.keys.fingerprint(&t.body))).collect();
    let mut fresh = Vec::with_capacity(turned.len());
    for (t, digest) in turned.iter().zip(&digests) {
        let id = uuid::Uuid::now_v7().to_string();
        let body = (t.reason.may_hold() && !t.body.is_empty() && t.body.len() <= MOST_KEPT).then(|| company.keys.seal_loose(&t.body, &context(&id)));
        fresh.push(quarantined::ActiveModel {
            source: Set(t.source.clone()),
            source_id: Set(t.source_id.clone()),
            kind: Set(t.kind.clone()),
            code: Set(t.reason.code().into()),
            zh: Set(t.detail.zh.clone()),
            en: Set(t.detail.en.clone()),
            received_at: Set(now),
            expires_at: Set(now + KEEP_US),
            digest: Set(digest.clone()),
            body: Set(body),
            id: Set(id),
        });
    }
    let tx = company.store.write().await?;
    let mut known = std::collections::HashMap::new();
    for (rows, names) in fresh.chunks(500).zip(digests.chunks(500)) {
        quarantined::Entity::insert_many(rows.iter().cloned())
            .on_conflict(OnConflict::columns([quarantined::Column::Digest, quarantined::Column::Code]).do_nothing().to_owned())
            .exec_without_returning(&tx)
            .await?;
        let found: Vec<(String, String, String)> = quarantined::Entity::find()
            .select_only()
            .columns([quarantined::Column::Id, quarantined::Column::Digest, quarantined::Column::Code])
            .filter(quarantined::Column::Digest.is_in(names.iter().cloned()))
            .into_tuple()
            .all(&tx)
            .await?;
        known.extend(found.into_iter().map(|(id, digest, code)| ((digest, code), id)));
    }
    jobs::enqueue(&tx, EXPIRE_JOB, Some("daily"), &json!({}), now + KEEP_US).await?;
    tx.commit().await?;
    let id = |(t, digest): (&Turned, &String)| known.get(&(digest.clone(), t.reason.code().to_owned())).cloned().unwrap_or_default();
    Ok(turned.iter().zip(&digests).map(id).collect())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Quarantined {
    pub id: String,
    pub source: String,
    pub source_id: String,
    pub kind: String,
    pub code: String,
    pub detail: String,
    /// The law rule behind it.
    pub rule: Option<&'static str>,
    pub received_at: String,
    pub expires_at: String,
    /// Whether the body lies here sealed and can be released.
    pub held: bool,
}

/// A row without its body.
#[derive(FromQueryResult)]
struct Bare {
    id: String,
    source: String,
    source_id: String,
    kind: String,
    code: String,
    zh: String,
    en: String,
    received_at: i64,
    expires_at: i64,
    /// Bytes of the body, if it is held.
    size: Option<i32>,
}

/// What is quarantined, newest first; `after` is the id of the last one seen.
pub async fn list(company: &Company, source: Option<&str>, code: Option<&str>, after: Option<&str>, limit: u64, lang: Lang) -> Result<Vec<Quarantined>> {
    // Without the bodies: 500 of them may have 2 GiB.
    let mut query = quarantined::Entity::find()
        .select_only()
        .columns([quarantined::Column::Id, quarantined::Column::Source, quarantined::Column::SourceId, quarantined::Column::Kind])
        .columns([quarantined::Column::Code, quarantined::Column::Zh, quarantined::Column::En])
        .columns([quarantined::Column::ReceivedAt, quarantined::Column::ExpiresAt])
        .expr_as(Expr::cust(SIZE), "size")
        .order_by_desc(quarantined::Column::Id)
        .limit(limit);
    if let Some(source) = source {
        query = query.filter(quarantined::Column::Source.eq(source));
    }
    if let Some(code) = code {
        query = query.filter(quarantined::Column::Code.eq(code));
    }
    if let Some(after) = after {
        query = query.filter(quarantined::Column::Id.lt(after));
    }
    let rows: Vec<Bare> = query.into_model().all(company.store.read()).await?;
    Ok(rows
        .into_iter()
        .map(|r| Quarantined {
            detail: if lang == Lang::En { r.en } else { r.zh },
            rule: Reason::from_code(&r.code).and_then(Reason::rule),
            received_at: instant(r.received_at),
            expires_at: instant(r.expires_at),
            held: r.size.is_some(),
            id: r.id,
            source: r.source,
            source_id: r.source_id,
            kind: r.kind,
            code: r.code,
        })
        .collect())
}

/// Ids cut into groups whose bodies fit into memory together.
fn by_weight(rows: Vec<(String, Option<i32>)>) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut bytes = usize::MAX;
    for (id, size) in rows {
        let size = size.and_then(|s| usize::try_from(s).ok()).unwrap_or(0);
        bytes = bytes.saturating_add(size);
        if bytes > MOST_AT_ONCE {
            groups.push(Vec::new());
            bytes = size;
        }
        if let Some(group) = groups.last_mut() {
            group.push(id);
        }
    }
    groups
}

/// Which of what was turned away since `since` is about a person. Bodies are opened group by group, so this wants no
/// write transaction.
pub async fn naming(company: &Company, db: &impl ConnectionTrait, names: &Names, since: i64) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let rows: Vec<(String, Option<i32>)> = quarantined::Entity::find()
        .select_only()
        .column(quarantined::Column::Id)
        .expr_as(Expr::cust(SIZE), "size")
        .filter(quarantined::Column::ReceivedAt.gte(since))
        .order_by_asc(quarantined::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    for group in by_weight(rows) {
        for part in group.chunks(500) {
            for row in quarantined::Entity::find().filter(quarantined::Column::Id.is_in(part.iter().cloned())).all(db).await? {
                let body = row.body.as_deref().map(|sealed| company.keys.open_loose(sealed, &context(&row.id))).transpose()?;
                if body.is_some_and(|body| names.in_json(&body)) || [&row.zh, &row.en, &row.source_id].into_iter().any(|text| names.in_text(text)) {
                    found.push(row.id);
                }
            }
        }
    }
    Ok(found)
}

pub async fn forget(tx: &DatabaseTransaction, ids: &[String]) -> Result<()> {
    for part in ids.chunks(500) {
        quarantined::Entity::delete_many().filter(quarantined::Column::Id.is_in(part.iter().cloned())).exec(tx).await?;
    }
    Ok(())
}

/// The items whose sealed body does not open.
pub async fn shut(company: &Company) -> Result<Vec<String>> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = quarantined::Entity::find()
            .filter(quarantined::Column::Id.gt(&after))
            .filter(quarantined::Column::Body.is_not_null())
            .order_by_asc(quarantined::Column::Id)
            .limit(200)
            .all(company.store.read())
            .await?;
        let Some(last) = page.last() else { return Ok(found) };
        after.clone_from(&last.id);
        let opens = |row: &quarantined::Model| row.body.as_deref().is_none_or(|sealed| company.keys.open_loose(sealed, &context(&row.id)).is_ok());
        found.extend(page.into_iter().filter(|row| !opens(row)).map(|row| row.id));
    }
}

/// Sends one quarantined item through intake again. It answers with the record's id, or why it still cannot pass.
pub async fn release(company: &Arc<Company>, by: &Actor, id: &str) -> Result<String> {
    let row = quarantined::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    let Some(body) = &row.body else {
        return Err(Problem::conflict(
            "not_held",
            "这一项的内容依法没有留存，无法放行。请在具备合法依据后由来源重新发送。",
            "Nothing of this item was kept, so it cannot be released. Have the source send it again once there is a lawful basis.",
        )
        .into());
    };
    let body = company.keys.open_loose(body, &context(&row.id))?;
    let body = String::from_utf8(body)
        .map_err(|_| Problem::conflict("still_refused", "内容不是可以读取的文字，无法放行。", "The body is not readable text and cannot be released."))?;
    // Whoever releases stands behind the token that sent it.
    let sender = Sender { by: by.clone(), sources: None };
    let outcome = super::receive::sort(company, &sender, vec![body]).await?.remove(0);
    let idx = match outcome {
        Ok(Outcome::Accepted(idx) | Outcome::Duplicate(idx) | Outcome::Conflict(idx)) => idx,
        Err(turned) => {
            let mut problem = Problem::conflict("still_refused", turned.detail.zh, turned.detail.en);
            problem.rule = turned.reason.rule().map(str::to_owned);
            return Err(problem.into());
        }
    };
    let tx = company.store.write().await?;
    quarantined::Entity::delete_by_id(&row.id).exec(&tx).await?;
    tx.commit().await?;
    Ok(id_of(idx))
}

/// Queues another try of everything a source's registration may have mended.
pub async fn retry_later(tx: &impl ConnectionTrait, company: &Company, source: &str) -> Result<()> {
    jobs::enqueue(tx, RELEASE_JOB, Some(source), &json!({ "source": source }), company.now()).await
}

pub async fn run_release(company: Arc<Company>, payload: Value) -> Result<()> {
    let source = payload["source"].as_str().unwrap_or_default().to_owned();
    let codes: Vec<&str> = Reason::ALL.into_iter().filter(|r| r.mended_by_source()).map(Reason::code).collect();
    let mut after = String::new();
    loop {
        let rows: Vec<(String, Option<i32>)> = quarantined::Entity::find()
            .select_only()
            .column(quarantined::Column::Id)
            .expr_as(Expr::cust(SIZE), "size")
            .filter(quarantined::Column::Source.eq(&source))
            .filter(quarantined::Column::Code.is_in(codes.iter().copied()))
            .filter(quarantined::Column::Body.is_not_null())
            .filter(quarantined::Column::Id.gt(&after))
            .order_by_asc(quarantined::Column::Id)
            .limit(500)
            .into_tuple()
            .all(company.store.read())
            .await?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        after.clone_from(last);
        for group in by_weight(rows) {
            release_many(&company, &group).await?;
        }
    }
}

/// Releases a group at once; those that still cannot pass stay as they are.
async fn release_many(company: &Arc<Company>, ids: &[String]) -> Result<()> {
    let rows = quarantined::Entity::find()
        .filter(quarantined::Column::Id.is_in(ids.iter().cloned()))
        .order_by_asc(quarantined::Column::Id)
        .all(company.store.read())
        .await?;
    let mut bodies = Vec::with_capacity(rows.len());
    let mut names = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(body) = &row.body else { continue };
        if let Ok(text) = String::from_utf8(company.keys.open_loose(body, &context(&row.id))?) {
            bodies.push(text);
            names.push(row.id);
        }
    }
    let sender = Sender { by: Actor::system("intake"), sources: None };
    let sorted = super::receive::sort(company, &sender, bodies).await?;
    let done: Vec<String> = names.into_iter().zip(sorted).filter(|(_, outcome)| outcome.is_ok()).map(|(id, _)| id).collect();
    let tx = company.store.write().await?;
    quarantined::Entity::delete_many().filter(quarantined::Column::Id.is_in(done)).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes what has lain its 30 days.
pub async fn run_expire(company: Arc<Company>, _: Value) -> Result<()> {
    let now = company.now();
    let tx = company.store.write().await?;
    quarantined::Entity::delete_many().filter(quarantined::Column::ExpiresAt.lte(now)).exec(&tx).await?;
    let next = quarantined::Entity::find().order_by_asc(quarantined::Column::ExpiresAt).one(&tx).await?;
    if let Some(next) = next {
        jobs::enqueue(&tx, EXPIRE_JOB, Some("daily"), &json!({}), next.expires_at + 1).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{MOST_AT_ONCE, by_weight};

    #[test]
    fn bodies_are_read_in_groups_that_fit_into_memory() {
        let four = i32::try_from(MOST_AT_ONCE / 4).ok();
        let rows: Vec<(String, Option<i32>)> = (0..10).map(|i| (i.to_string(), if i == 5 { None } else { four })).collect();
        let groups = by_weight(rows);
        assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [4, 5, 1]);
        assert_eq!(groups.concat(), (0..10).map(|i| i.to_string()).collect::<Vec<_>>());
        assert_eq!(by_weight(vec![("large".into(), Some(i32::MAX)), ("small".into(), Some(1))]).len(), 2);
        assert!(by_weight(Vec::new()).is_empty());
    }
}
