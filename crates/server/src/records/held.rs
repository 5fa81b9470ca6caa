//! What is held about a person, counted by source and kind: never content.

use super::{
    employee_subject,
    model::{record, subject},
};
use crate::error::Result;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect};

#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Held {
    pub source: String,
    pub kind: String,
    pub records: i64,
    /// When the first and the last of them happened, UTC microseconds.
    pub first: i64,
    pub last: i64,
}

/// Records that concern this employee and can still be opened, by source and kind.
pub async fn about(db: &impl ConnectionTrait, number: &str) -> Result<Vec<Held>> {
    let to_record = subject::Entity::belongs_to(record::Entity).from(subject::Column::Idx).to(record::Column::Idx).into();
    Ok(subject::Entity::find()
        .select_only()
        .column_as(record::Column::Source, "source")
        .column_as(record::Column::Kind, "kind")
        .column_as(subject::Column::Idx.count(), "records")
        .column_as(record::Column::At.min(), "first")
        .column_as(record::Column::At.max(), "last")
        .join(JoinType::InnerJoin, to_record)
        .filter(subject::Column::Subject.eq(employee_subject(number)))
        .filter(subject::Column::Wrap.is_not_null())
        .group_by(record::Column::Source)
        .group_by(record::Column::Kind)
        .order_by_asc(record::Column::Source)
        .order_by_asc(record::Column::Kind)
        .into_model::<Held>()
        .all(db)
        .await?)
}
