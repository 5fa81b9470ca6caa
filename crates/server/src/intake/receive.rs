//! Records in: read on all cores, checked with a few queries, written as one group, the rest quarantined.

use super::{
    Sender,
    check::Known,
    envelope::{self, Turned},
    quarantine,
    reason::{self, Reason},
};
use crate::{
    company::Company,
    error::{Error, FieldError, Problem, Result},
    records::{self, Draft, Outcome},
    said::Lang,
    signals::words,
};
use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use rayon::prelude::*;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Most records of one request.
pub const MOST: usize = 10_000;

/// An event as it came, and what it was read as.
struct Read {
    text: String,
    draft: Result<Box<Draft>, Turned>,
}

/// What became of each item, in the order sent.
pub type Outcomes = Vec<Result<Outcome, Turned>>;

/// Reads, checks and writes events given as JSON text. What is turned away is answered, not yet quarantined.
pub async fn sort(company: &Arc<Company>, sender: &Sender, items: Vec<String>) -> Result<Outcomes> {
    let lexicon = words::lexicon(company).await?;
    let reader = lexicon.clone();
    let mut items: Vec<Read> = tokio::task::spawn_blocking(move || {
        let one = |text: String| {
            let draft = envelope::read(&text, &reader);
            Read { text, draft }
        };
        if items.len() < 32 { items.into_iter().map(one).collect() } else { items.into_par_iter().with_min_len(128).map(one).collect() }
    })
    .await
    .context("reading a batch")?;

    let mut known = {
        let drafts: Vec<&Draft> = items.iter().filter_map(|r| r.draft.as_deref().ok()).collect();
        Known::of(company, &drafts, lexicon).await?
    };
    for item in &mut items {
        let Ok(draft) = &mut item.draft else { continue };
        match known.check(sender, draft) {
            Ok(()) => known.taken(draft),
            Err(turned) => item.draft = Err(*turned),
        }
    }

    let mut drafts = Vec::with_capacity(items.len());
    // Either what was turned away, or the text of what the writer now has: a conflict is quarantined with its text.
    let mut slots: Vec<Result<String, Turned>> = Vec::with_capacity(items.len());
    for item in items {
        match item.draft {
            Ok(draft) => {
                drafts.push(*draft);
                slots.push(Ok(item.text));
            }
            Err(turned) => slots.push(Err(turned)),
        }
    }
    let mut written = company.writer.append(drafts).await?.into_iter();
    slots
        .into_iter()
        .map(|slot| match slot {
            Err(turned) => Ok(Err(turned)),
            Ok(text) => match written.next().context("the writer answers for every draft")? {
                Outcome::Conflict(_) => Ok(Err(Turned::text(&text, Reason::Conflict, reason::conflict()))),
                outcome => Ok(Ok(outcome)),
            },
        })
        .collect()
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Records newly in the log.
    pub accepted: usize,
    /// The same record was there already; its id is repeated.
    pub duplicates: usize,
    /// In the order sent; null where quarantined.
    pub ids: Vec<Option<String>>,
    pub quarantined: Vec<TurnedAway>,
    /// The log after this request.
    pub checkpoint: Head,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TurnedAway {
    /// Place in the request, from 0.
    pub index: usize,
    /// The quarantined item, for `POST /api/v1/quarantine/{id}/release`.
    pub id: String,
    pub source_id: String,
    pub code: String,
    pub detail: String,
    /// The law rule behind it, if the law is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub errors: Vec<Wrong>,
}

/// One wrong member of a quarantined item.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Wrong {
    pub pointer: String,
    pub code: String,
    pub detail: String,
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Head {
    pub origin: String,
    pub size: i64,
    /// Base64, as in the signed checkpoint.
    pub root_hash: String,
}

pub fn refuse_too_many(items: usize) -> Result<()> {
    if items <= MOST {
        return Ok(());
    }
    Err(Problem::new(
        413,
        "too_many_records",
        format!("一次最多 {MOST} 条，这里有 {items} 条。请分批发送。"),
        format!("At most {MOST} records at a time; here are {items}. Send them in parts."),
    )
    .into())
}

/// Takes in a batch: good items become records, the others are quarantined; one never holds back another.
pub async fn receive(company: &Arc<Company>, sender: &Sender, items: Vec<String>, lang: Lang) -> Result<Receipt> {
    let outcomes = sort(company, sender, items).await?;
    finish(company, outcomes, lang).await
}

/// Takes in one event sent alone: what cannot be mended by trying is an error, not a quarantined item.
pub async fn receive_one(company: &Arc<Company>, sender: &Sender, text: String, lang: Lang) -> Result<Receipt> {
    let outcomes = sort(company, sender, vec![text]).await?;
    if let Some(Err(turned)) = outcomes.first() {
        let status = match turned.reason {
            Reason::Conflict => 409,
            Reason::SourceNotAllowed => 403,
            _ => return finish(company, outcomes, lang).await,
        };
        return Err(refusal(turned, status, lang));
    }
    finish(company, outcomes, lang).await
}

fn refusal(turned: &Turned, status: u16, lang: Lang) -> Error {
    let mut problem = Problem::new(status, turned.reason.code(), turned.detail.zh.clone(), turned.detail.en.clone());
    problem.rule = turned.reason.rule().map(str::to_owned);
    problem.errors =
        turned.faults.iter().map(|f| FieldError { pointer: f.pointer.clone(), code: f.code.to_owned(), detail: f.detail.pick(lang).to_owned() }).collect();
    problem.into()
}

async fn finish(company: &Arc<Company>, outcomes: Outcomes, lang: Lang) -> Result<Receipt> {
    let mut receipt = Receipt { ids: Vec::with_capacity(outcomes.len()), ..Receipt::default() };
    let mut turned = Vec::new();
    let mut places = Vec::new();
    for (index, outcome) in outcomes.into_iter().enumerate() {
        receipt.ids.push(match outcome {
            Ok(Outcome::Accepted(idx)) => {
                receipt.accepted += 1;
                Some(records::id_of(idx))
            }
            Ok(Outcome::Duplicate(idx)) => {
                receipt.duplicates += 1;
                Some(records::id_of(idx))
            }
            Ok(Outcome::Conflict(_)) => None,
            Err(t) => {
                places.push(index);
                turned.push(t);
                None
            }
        });
    }
    if !turned.is_empty() {
        let ids = quarantine::keep(company, &turned).await?;
        for ((index, id), t) in places.into_iter().zip(ids).zip(turned) {
            receipt.quarantined.push(TurnedAway {
                index,
                id,
                source_id: t.source_id,
                code: t.reason.code().into(),
                detail: t.detail.pick(lang).to_owned(),
                rule: t.reason.rule().map(str::to_owned),
                errors: t
                    .faults
                    .iter()
                    .take(50)
                    .map(|f| Wrong { pointer: f.pointer.clone(), code: f.code.into(), detail: f.detail.pick(lang).to_owned() })
                    .collect(),
            });
        }
    }
    receipt.checkpoint = head(company).await?;
    Ok(receipt)
}

/// The log's size and root as the database has them now.
pub async fn head(company: &Company) -> Result<Head> {
    let row = records::model::head::Entity::find_by_id(1).one(company.store.read()).await?.context("log_head is missing")?;
    Ok(Head { origin: company.log.origin.clone(), size: row.size, root_hash: STANDARD.encode(row.root) })
}
