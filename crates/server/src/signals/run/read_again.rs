//! Reads every message again after the lexicon changed: words found in old texts become hits, facts and alerts as if
//! they had been in the lexicon when the message came; what is no word any more is taken back.

use crate::{
    company::Company,
    error::Result,
    intake::{self, kinds, model::correction},
    records::{self, Appended, Draft, Effect, machine, model::record},
    settings,
    signals::{links, words},
    store::Store,
};
use probity_lexicon::Definition;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{collections::HashMap, sync::Arc};

/// Messages of one transaction: small, so that arriving records never wait long.
const PART: u64 = 500;
/// The version of the lexicon that every message has been read with.
const READ_WITH: &str = "messages_read_with";

/// Answers how many messages were read; none where they were all read with the lexicon in force.
pub async fn read_again(company: &Arc<Company>) -> Result<usize> {
    let lexicon = words::lexicon(company).await?;
    let before = settings::get(company.store.read(), READ_WITH).await?.unwrap_or_else(|| Definition::shipped().version);
    if before == lexicon.version() {
        return Ok(0);
    }
    let (mut read, mut after) = (0, -1);
    loop {
        let part: Vec<i64> = record::Entity::find()
            .select_only()
            .column(record::Column::Idx)
            .filter(record::Column::Kind.is_in([kinds::MESSAGE_SENT, kinds::RECORD_CORRECTED]))
            .filter(record::Column::Idx.gt(after))
            .order_by_asc(record::Column::Idx)
            .limit(PART)
            .into_tuple()
            .all(company.store.read())
            .await?;
        let Some(last) = part.last() else { break };
        after = *last;
        let opened = machine::open(company, &part).await?;
        let corrected = corrected_messages(company, &part).await?;
        let lexicon = lexicon.clone();
        let drafts = tokio::task::spawn_blocking(move || opened.into_iter().filter_map(|o| again(o, &corrected, &lexicon)).collect::<Vec<_>>());
        let drafts = drafts.await.map_err(anyhow::Error::from)?;

        let mut tries = 0;
        read += loop {
            match keep(company, &part, &drafts).await {
                Err(e) if tries < 5 && Store::is_retryable(&e) => tries += 1,
                kept => break kept?,
            }
        };
    }
    let tx = company.store.write().await?;
    settings::set(&tx, READ_WITH, lexicon.version(), company.now()).await?;
    tx.commit().await?;
    Ok(read)
}

/// Writes what these records say now in place of what was written; how many of them still stand and can be read.
async fn keep(company: &Company, part: &[i64], drafts: &[(i64, i64, Draft)]) -> Result<usize> {
    let tx = company.store.write().await?;
    records::in_turn(&tx).await?;
    // Who was erased in the meantime stays erased, and nobody hears again what was put right.
    let (there, replaced) = (machine::readable(&tx, part).await?, intake::facts::replaced_among(&tx, part).await?);
    let batch: Vec<Appended<'_>> = drafts
        .iter()
        .filter(|(idx, ..)| there.contains(idx) && !replaced.contains(idx))
        .map(|(idx, received_at, draft)| Appended { idx: *idx, received_at: *received_at, draft })
        .collect();
    words::forget(&tx, &batch.iter().map(|a| a.idx).collect::<Vec<_>>()).await?;
    words::Keep.apply(company, &tx, &batch).await?;
    links::note_again(company, &tx, &batch).await?;
    tx.commit().await?;
    Ok(batch.len())
}

/// Of these records the corrections of messages, each with the time of the message.
async fn corrected_messages(company: &Company, indices: &[i64]) -> Result<HashMap<i64, i64>> {
    let rows = correction::Entity::find().filter(correction::Column::Idx.is_in(indices.iter().copied())).all(company.store.read()).await?;
    let messages: HashMap<i64, i64> = record::Entity::find()
        .select_only()
        .columns([record::Column::Idx, record::Column::At])
        .filter(record::Column::Idx.is_in(rows.iter().map(|r| r.corrects)))
        .filter(record::Column::Kind.eq(kinds::MESSAGE_SENT))
        .into_tuple::<(i64, i64)>()
        .all(company.store.read())
        .await?
        .into_iter()
        .collect();
    Ok(rows.into_iter().filter_map(|r| Some((r.idx, *messages.get(&r.corrects)?))).collect())
}

fn again(opened: machine::Opened, corrected: &HashMap<i64, i64>, lexicon: &probity_lexicon::Lexicon) -> Option<(i64, i64, Draft)> {
    let row = opened.row;
    let corrects_at = corrected.get(&row.idx).copied();
    if row.kind == kinds::RECORD_CORRECTED && corrects_at.is_none() {
        return None;
    }
    let mut draft = Draft {
        event: opened.content?.event,
        source: row.source,
        source_id: row.source_id,
        kind: row.kind,
        at: row.at,
        employee: row.employee,
        subjects: Vec::new(),
        reading: None,
        corrects_at,
    };
    draft.reading = draft.spoken().and_then(|data| intake::reading(data, lexicon));
    Some((row.idx, row.received_at, draft))
}
