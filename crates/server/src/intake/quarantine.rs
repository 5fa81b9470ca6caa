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
    records::{Outcome, id_of},
    said::Lang,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

const KEEP_US: i64 = 30 * 24 * 3600 * 1_000_000;
/// A body larger than this is not kept: whoever sent it still has it.
const MOST_KEPT: usize = 4 << 20;
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

/// What is quarantined, newest first; `after` is the id of the last one seen.
pub async fn list(company: &Company, source: Option<&str>, code: Option<&str>, after: Option<&str>, limit: u64, lang: Lang) -> Result<Vec<Quarantined>> {
    let mut query = quarantined::Entity::find().order_by_desc(quarantined::Column::Id).limit(limit);
    if let Some(source) = source {
        query = query.filter(quarantined::Column::Source.eq(source));
    }
    if let Some(code) = code {
        query = query.filter(quarantined::Column::Code.eq(code));
    }
    if let Some(after) = after {
        query = query.filter(quarantined::Column::Id.lt(after));
    }
    let rows = query.all(company.store.read()).await?;
    Ok(rows
        .into_iter()
        .map(|r| Quarantined {
            detail: if lang == Lang::En { r.en } else { r.zh },
            rule: Reason::from_code(&r.code).and_then(Reason::rule),
            received_at: instant(r.received_at),
            expires_at: instant(r.expires_at),
            held: r.body.is_some(),
            id: r.id,
            source: r.source,
            source_id: r.source_id,
            kind: r.kind,
            code: r.code,
        })
        .collect())
}

/// Takes out what was turned away about a person: bodies and words in which one of `names` stands.
pub async fn forget(company: &Company, tx: &DatabaseTransaction, names: &[String]) -> Result<()> {
    let named = |text: &str| names.iter().any(|name| text.contains(name.as_str()));
    let mut after = String::new();
    loop {
        let page = quarantined::Entity::find().filter(quarantined::Column::Id.gt(&after)).order_by_asc(quarantined::Column::Id).limit(200).all(tx).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.id);
        let mut gone = Vec::new();
        for row in page {
            let body = row.body.as_deref().map(|sealed| company.keys.open_loose(sealed, &context(&row.id))).transpose()?;
            let body = body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            if named(&body) || named(&row.zh) || named(&row.en) || named(&row.source_id) {
                gone.push(row.id);
            }
        }
        quarantined::Entity::delete_many().filter(quarantined::Column::Id.is_in(gone)).exec(tx).await?;
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
        let ids: Vec<String> = quarantined::Entity::find()
            .select_only()
            .column(quarantined::Column::Id)
            .filter(quarantined::Column::Source.eq(&source))
            .filter(quarantined::Column::Code.is_in(codes.iter().copied()))
            .filter(quarantined::Column::Body.is_not_null())
            .filter(quarantined::Column::Id.gt(&after))
            .order_by_asc(quarantined::Column::Id)
            .limit(500)
            .into_tuple()
            .all(company.store.read())
            .await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after.clone_from(last);
        release_many(&company, &ids).await?;
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
