//! Counters by day, append-only and as-of: what was known on a day about a day.
//! `counter(subject, metric, event_day, known_day, delta)`; days count from 1970-01-01 in the company's zone.

use super::model::counter;
use crate::error::Result;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    pub subject: String,
    pub metric: &'static str,
    pub event_day: i32,
    pub known_day: i32,
    pub delta: i64,
    /// The record that caused it.
    pub idx: i64,
}

/// Adds deltas within the record's transaction.
pub async fn add(tx: &impl ConnectionTrait, deltas: Vec<Delta>) -> Result<()> {
    for part in deltas.chunks(2000) {
        let rows = part.iter().map(|d| counter::ActiveModel {
            subject: Set(d.subject.clone()),
            metric: Set(d.metric.to_owned()),
            event_day: Set(d.event_day),
            known_day: Set(d.known_day),
            delta: Set(d.delta),
            idx: Set(d.idx),
        });
        counter::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The sum of a metric over event days `from..=until`, as it was known on `known_day`.
pub async fn sum(db: &impl ConnectionTrait, subject: &str, metric: &str, from: i32, until: i32, known_day: i32) -> Result<i64> {
    let rows: Vec<i64> = counter::Entity::find()
        .select_only()
        .column(counter::Column::Delta)
        .filter(counter::Column::Subject.eq(subject))
        .filter(counter::Column::Metric.eq(metric))
        .filter(counter::Column::EventDay.between(from, until))
        .filter(counter::Column::KnownDay.lte(known_day))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().sum())
}
