//! `words.diversion`: raised in the record's own transaction, from the hits that alert.

use super::{
    explain::{self, Around},
    model::{Body, Word},
    raise::{self, Signal},
    rules::WORDS,
    signs::{self, Sign},
};
use crate::{
    company::Company,
    error::Result,
    intake,
    records::{Appended, Effect},
    signals::{links, words::model::hit},
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use std::collections::{BTreeMap, BTreeSet};

/// Raises in the transaction of the record that holds the words.
pub struct Raise;

#[async_trait::async_trait]
impl Effect for Raise {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        raise_all(company, tx, signs::arriving(batch)).await
    }
}

/// One alert an employee and conversation; later signs join the open one. Signs already behind an alert, open or
/// closed, raise nothing again, so this may run over the same records any number of times.
pub async fn raise_all(company: &Company, tx: &DatabaseTransaction, signs: Vec<Sign>) -> Result<()> {
    if signs.is_empty() {
        return Ok(());
    }
    let threshold = WORDS.threshold(tx).await?;
    let mut talks: BTreeMap<(String, String), Vec<Sign>> = BTreeMap::new();
    for sign in signs {
        talks.entry((sign.employee.clone(), sign.conversation.clone())).or_default().push(sign);
    }
    for ((employee, conversation), signs) in talks {
        raise_one(company, tx, employee, conversation, signs, threshold).await?;
    }
    Ok(())
}

async fn raise_one(company: &Company, tx: &DatabaseTransaction, employee: String, conversation: String, mut signs: Vec<Sign>, threshold: f64) -> Result<()> {
    let known = super::list::behind_words(tx, &employee, &conversation, &signs.iter().map(|s| s.idx).collect::<Vec<_>>()).await?;
    signs.retain(|s| !known.contains(&s.idx));
    if signs.is_empty() {
        return Ok(());
    }
    let open = raise::open_one(tx, &WORDS, &employee, &conversation).await?;
    let mut all: Vec<Word> = match &open {
        Some(alert) => serde_json::from_str::<Body>(&alert.body)?.words,
        None => Vec::new(),
    };
    for s in &signs {
        all.extend(s.hits.iter().map(|h| Word {
            word: h.word.clone(),
            category: h.category.clone(),
            severity: h.severity.clone(),
            step: h.step.clone(),
            at: s.at,
            idx: s.idx,
            direction: "out".into(),
        }));
    }
    all.sort_by_key(|w| (w.at, w.idx));
    if (all.len() as f64) < threshold {
        return Ok(());
    }
    let newest = signs.iter().max_by_key(|s| (s.at, s.idx)).cloned();
    let Some(newest) = newest else { return Ok(()) };
    let customer = customer_of(tx, &newest).await?.or_else(|| open.as_ref().and_then(|o| o.customer.clone()));
    let consent = consent_of(tx, &newest).await?;
    let around = Around::of(tx, company.settings().time_zone.clone(), &WORDS, &employee, newest.at).await?;
    let severity = all.iter().fold("low".to_owned(), |worst, w| raise::worse(&worst, &w.severity));
    let severity = match severity.as_str() {
        "high" => "high",
        "medium" => "medium",
        _ => "low",
    };
    let signal = Signal {
        rule: &WORDS,
        subject: conversation.clone(),
        conversation: Some(conversation),
        chain: None,
        severity,
        backfilled: signs.iter().all(|s| s.backfilled),
        records: signs.iter().map(|s| (s.idx, s.at)).collect(),
        body: explain::words(all, customer.as_deref(), consent.as_deref(), threshold, &around),
        customer,
        employee,
    };
    let now = company.now();
    match open {
        Some(alert) => raise::join(tx, now, alert, signal).await,
        None => raise::create(tx, now, signal).await.map(drop),
    }
}

async fn customer_of(tx: &DatabaseTransaction, sign: &Sign) -> Result<Option<String>> {
    if let Some(customer) = &sign.customer {
        return Ok(Some(customer.clone()));
    }
    let found = links::customers_of(tx, &sign.external, &sign.external_name, &sign.external_company).await?;
    Ok(found.into_iter().next())
}

/// The newest thing known about the outsider's consent to the archive.
async fn consent_of(tx: &DatabaseTransaction, sign: &Sign) -> Result<Option<String>> {
    use intake::model::consent;
    Ok(consent::Entity::find()
        .filter(consent::Column::Employee.eq(&sign.employee))
        .filter(consent::Column::Channel.eq(&sign.channel))
        .filter(consent::Column::External.is_in([sign.external.as_str(), ""]))
        .order_by_desc(consent::Column::At)
        .order_by_desc(consent::Column::Idx)
        .one(tx)
        .await?
        .map(|c| c.state))
}

/// Weak hits that a second sign made alerting, perhaps of records that came long before it.
pub async fn raise_ripe(company: &Company, tx: &DatabaseTransaction, hits: Vec<hit::Model>) -> Result<()> {
    raise_all(company, tx, signs::kept(hits)).await
}

/// Raises for every alerting hit before `until` that has no alert yet. Answers how many employees and how many
/// messages that concerns, with an alert or without.
pub async fn words_again(company: &Company, until: i64) -> Result<(usize, usize)> {
    let rows = hit::Entity::find().filter(hit::Column::Alerting.eq(true)).filter(hit::Column::At.lt(until)).all(company.store.read()).await?;
    let signs = signs::kept(rows);
    let subjects: BTreeSet<&str> = signs.iter().map(|s| s.employee.as_str()).collect();
    let (subjects, found) = (subjects.len(), signs.len());
    for part in signs.chunks(1000) {
        let tx = company.store.write().await?;
        raise_all(company, &tx, part.to_vec()).await?;
        tx.commit().await?;
    }
    Ok((subjects, found))
}
