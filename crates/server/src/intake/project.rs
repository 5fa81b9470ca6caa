//! Intake's own tables that follow from records: how many a source sent, consents, leave, what corrects what.

use super::{
    facts, kinds, leave,
    model::{consent, correction, source_count},
};
use crate::{
    company::Company,
    error::Result,
    records::{Appended, Effect},
};
use sea_orm::{
    ActiveValue::Set,
    DatabaseTransaction, EntityTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use std::collections::BTreeMap;

pub struct Projection;

#[async_trait::async_trait]
impl Effect for Projection {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        count(tx, batch).await?;
        let originals = facts::originals(tx, batch).await?;
        let facts = facts::of(batch, &originals);
        let corrections: Vec<_> = facts.iter().filter_map(|f| Some(correction::ActiveModel { idx: Set(f.idx), corrects: Set(f.corrects()?) })).collect();
        if !corrections.is_empty() {
            correction::Entity::insert_many(corrections).exec_without_returning(tx).await?;
        }
        let changed = || facts.iter().filter(|f| f.kind == kinds::CONSENT_CHANGED);
        let replaced = facts::take_back::<consent::Entity>(tx, consent::Column::Idx, changed()).await?;
        let consents: Vec<_> = changed()
            .filter(|f| !replaced.contains(&f.idx))
            .filter_map(|f| {
                Some(consent::ActiveModel {
                    employee: Set(f.text("employee")?.to_owned()),
                    channel: Set(f.text("channel")?.to_owned()),
                    external: Set(f.text("external").unwrap_or_default().to_owned()),
                    at: Set(f.at),
                    idx: Set(f.idx),
                    state: Set(f.text("state")?.to_owned()),
                })
            })
            .collect();
        for part in consents.chunks(500) {
            consent::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
        }
        leave::follow(company, tx, &facts).await
    }
}

async fn count(tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
    let mut counts: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for a in batch {
        let slot = counts.entry(&a.draft.source).or_default();
        slot.0 += 1;
        slot.1 = Ord::max(slot.1, a.received_at);
    }
    for (source, (n, last)) in counts {
        source_count::Entity::insert(source_count::ActiveModel { source: Set(source.to_owned()), records: Set(n), last_received_at: Set(last) })
            .on_conflict(
                OnConflict::column(source_count::Column::Source)
                    .value(source_count::Column::Records, Expr::col((source_count::Entity, source_count::Column::Records)).add(n))
                    .value(source_count::Column::LastReceivedAt, last)
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}
