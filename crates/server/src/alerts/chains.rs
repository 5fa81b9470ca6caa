//! `chain.diversion`: the follow-up of a record that may have changed somebody's chains, right after its commit.

use super::{
    explain::{self, Around},
    model::{alert, alert_record},
    raise::{self, Signal},
    rules::CHAIN,
};
use crate::{
    company::Company,
    error::Result,
    evidence::chain::{Chain, Role},
    jobs,
    records::model::record,
    signals::links,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use std::{collections::BTreeSet, sync::Arc};

const LATE_US: i64 = crate::records::BACKFILL_US;

/// Looks at one employee's chains again; the same records give the same alerts however often this runs.
pub async fn follow(company: &Arc<Company>, employee: &str) -> Result<usize> {
    // Looking and writing belong together: of two looks at one employee the later must also write last.
    let _turn = company.store.turn().await?;
    let chains = links::chains_of(company, employee, None).await?;
    // Most who are looked at have none and had none: nothing is written, and nobody waits for a disk.
    if chains.is_empty() && !links::kept_any(company, employee).await? {
        return Ok(0);
    }
    let tx = company.store.write().await?;
    links::keep(company, &tx, employee, &chains).await?;
    let threshold = CHAIN.threshold(&tx).await?;
    let current: BTreeSet<&str> = chains.iter().map(|c| c.id.as_str()).collect();
    let mut over = 0;
    for chain in chains.iter().filter(|c| c.score >= threshold) {
        over += 1;
        raise_one(company, &tx, chain, &current, threshold).await?;
    }
    tx.commit().await?;
    Ok(over)
}

/// Queues a look at everybody, one job each: they are done when nothing else is due, by whichever replica has time.
pub async fn follow_all(company: &Company) -> Result<()> {
    for part in links::everyone(company).await?.chunks(200) {
        let tx = company.store.write().await?;
        for employee in part {
            jobs::enqueue_background(&tx, links::FOLLOW, Some(employee), &json!({ "employee": employee }), company.now()).await?;
        }
        tx.commit().await?;
    }
    company.jobs.wake();
    Ok(())
}

/// The chains in what happened before `until`. Answers how many employees were looked at, and how many chains are
/// over the threshold.
pub async fn chains_again(company: &Arc<Company>, until: i64) -> Result<(usize, usize)> {
    let all = links::everyone(company).await?;
    let mut over = 0;
    for employee in &all {
        let _turn = company.store.turn().await?;
        let chains = links::chains_of(company, employee, Some(until)).await?;
        let current: BTreeSet<&str> = chains.iter().map(|c| c.id.as_str()).collect();
        let tx = company.store.write().await?;
        let threshold = CHAIN.threshold(&tx).await?;
        for chain in chains.iter().filter(|c| c.score >= threshold) {
            over += 1;
            // What is known by now says more than what was known then; only a dealing without an alert gets one.
            if raise::open_one(&tx, &CHAIN, &chain.employee, &chain.id).await?.is_none() {
                raise_one(company, &tx, chain, &current, threshold).await?;
            }
        }
        tx.commit().await?;
    }
    Ok((all.len(), over))
}

async fn raise_one(company: &Company, tx: &DatabaseTransaction, chain: &Chain, current: &BTreeSet<&str>, threshold: f64) -> Result<()> {
    let records: Vec<(i64, i64)> = chain.steps.iter().map(|s| (s.idx, s.at)).collect();
    let open = match raise::open_one(tx, &CHAIN, &chain.employee, &chain.id).await? {
        Some(alert) => Some(alert),
        // An earlier first record gives the same dealing a new id; its alert goes on.
        None => renamed(tx, chain, current).await?,
    };
    if open.is_none() && answered(tx, chain, &records).await? {
        return Ok(());
    }
    let customer_name = match &chain.customer {
        Some(c) => crate::customers::names_of(tx, std::slice::from_ref(c)).await?.remove(c),
        None => None,
    };
    let around = Around::of(tx, company.settings().time_zone.clone(), &CHAIN, &chain.employee, chain.until).await?;
    let signal = Signal {
        rule: &CHAIN,
        employee: chain.employee.clone(),
        subject: chain.id.clone(),
        conversation: None,
        chain: Some(chain.id.clone()),
        customer: chain.customer.clone(),
        severity: if chain.score >= 0.85 { "high" } else { "medium" },
        backfilled: late(tx, chain).await?,
        body: explain::chain(chain, customer_name.as_deref(), threshold, &around),
        records,
    };
    let now = company.now();
    match open {
        Some(alert) => raise::join(tx, now, alert, signal).await,
        None => raise::create(tx, now, signal).await.map(drop),
    }
}

async fn renamed(tx: &DatabaseTransaction, chain: &Chain, current: &BTreeSet<&str>) -> Result<Option<alert::Model>> {
    let mine: BTreeSet<i64> = chain.steps.iter().filter(|s| s.role != Role::Could).map(|s| s.idx).collect();
    let open = alert::Entity::find()
        .filter(alert::Column::Rule.eq(CHAIN.id))
        .filter(alert::Column::Employee.eq(&chain.employee))
        .filter(alert::Column::Status.ne("closed"))
        .order_by_asc(alert::Column::RaisedAt)
        .lock_exclusive()
        .all(tx)
        .await?;
    for alert in open {
        if alert.customer == chain.customer && !current.contains(alert.subject.as_str()) && !raise::records_of(tx, &alert.id).await?.is_disjoint(&mine) {
            return Ok(Some(alert));
        }
    }
    Ok(None)
}

/// Every record of it lies behind one closed alert: somebody has looked at just this.
async fn answered(tx: &DatabaseTransaction, chain: &Chain, records: &[(i64, i64)]) -> Result<bool> {
    let closed: Vec<String> = alert::Entity::find()
        .select_only()
        .column(alert::Column::Id)
        .filter(alert::Column::Rule.eq(CHAIN.id))
        .filter(alert::Column::Employee.eq(&chain.employee))
        .filter(alert::Column::Status.eq("closed"))
        .into_tuple()
        .all(tx)
        .await?;
    for id in closed {
        let had: Vec<i64> = alert_record::Entity::find()
            .select_only()
            .column(alert_record::Column::Idx)
            .filter(alert_record::Column::Alert.eq(&id))
            .into_tuple()
            .all(tx)
            .await?;
        if records.iter().all(|(idx, _)| had.contains(idx)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The record that completed the chain, the one learnt last, was already old when it came.
async fn late(tx: &DatabaseTransaction, chain: &Chain) -> Result<bool> {
    let acts = chain.steps.iter().filter(|s| s.role != Role::Could).map(|s| s.idx);
    let rows: Vec<(i64, i64, i64)> = record::Entity::find()
        .select_only()
        .columns([record::Column::ReceivedAt, record::Column::Idx, record::Column::At])
        .filter(record::Column::Idx.is_in(acts))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().max().is_some_and(|(received, _, at)| received - at > LATE_US))
}
