//! Dropping keys: what erasure does to the records themselves. The rest of it is in the privacy room.

use super::{
    employee_subject,
    model::{head, record, subject, subject_key},
};
use crate::{company::Company, error::Result};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

/// Log indices of the records that are about this employee first of all (the envelope's `subject`), in log order.
pub async fn about(company: &Company, number: &str) -> Result<Vec<i64>> {
    Ok(record::Entity::find()
        .select_only()
        .column(record::Column::Idx)
        .filter(record::Column::Employee.eq(number))
        .filter(record::Column::Idx.in_subquery(concerning(number)))
        .order_by_asc(record::Column::Idx)
        .into_tuple()
        .all(company.store.read())
        .await?)
}

/// Of records about the employee all wraps go; of records that also concern the employee only the employee's.
/// Answers the records nobody can open any more; their sealed bytes are emptied too.
pub async fn drop_keys(company: &Company, tx: &DatabaseTransaction, number: &str) -> Result<Vec<i64>> {
    let who = employee_subject(number);
    // The writer holds the same row while it commits: what was sealed with the old key is either there by now and
    // loses its wraps below, or is turned back and sealed anew.
    head::Entity::update_many().col_expr(head::Column::KeyEpoch, Expr::col(head::Column::KeyEpoch).add(1)).filter(head::Column::Id.eq(1)).exec(tx).await?;
    subject_key::Entity::update_many()
        .col_expr(subject_key::Column::Wrapped, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(subject_key::Column::ErasedAt, Expr::value(company.now()))
        .filter(subject_key::Column::Subject.eq(&who))
        .exec(tx)
        .await?;
    let concerned: Vec<i64> =
        subject::Entity::find().select_only().column(subject::Column::Idx).filter(subject::Column::Subject.eq(&who)).into_tuple().all(tx).await?;
    subject::Entity::update_many()
        .col_expr(subject::Column::Wrap, Expr::value(Option::<Vec<u8>>::None))
        .filter(subject::Column::Subject.eq(&who))
        .exec(tx)
        .await?;
    let mut gone = Vec::new();
    for part in concerned.chunks(1000) {
        let own: Vec<i64> = record::Entity::find()
            .select_only()
            .column(record::Column::Idx)
            .filter(record::Column::Idx.is_in(part.iter().copied()))
            .filter(record::Column::Employee.eq(number))
            .into_tuple()
            .all(tx)
            .await?;
        subject::Entity::update_many()
            .col_expr(subject::Column::Wrap, Expr::value(Option::<Vec<u8>>::None))
            .filter(subject::Column::Idx.is_in(own.iter().copied()))
            .exec(tx)
            .await?;
        let readable: std::collections::HashSet<i64> = subject::Entity::find()
            .select_only()
            .column(subject::Column::Idx)
            .filter(subject::Column::Idx.is_in(part.iter().copied()))
            .filter(subject::Column::Wrap.is_not_null())
            .distinct()
            .into_tuple::<i64>()
            .all(tx)
            .await?
            .into_iter()
            .collect();
        let empty: Vec<i64> = part.iter().copied().filter(|i| !readable.contains(i)).collect();
        gone.extend_from_slice(&empty);
        record::Entity::update_many()
            .col_expr(record::Column::Sealed, Expr::value(Vec::<u8>::new()))
            .col_expr(record::Column::Fingerprint, Expr::value(Vec::<u8>::new()))
            .filter(record::Column::Idx.is_in(empty))
            .exec(tx)
            .await?;
    }
    Ok(gone)
}

/// Numbers of the employees some record of whom can still be opened.
pub async fn known_employees(company: &Company) -> Result<Vec<String>> {
    let subjects: Vec<String> = subject_key::Entity::find()
        .select_only()
        .column(subject_key::Column::Subject)
        .filter(subject_key::Column::Subject.starts_with("e:"))
        .filter(subject_key::Column::Wrapped.is_not_null())
        .into_tuple()
        .all(company.store.read())
        .await?;
    Ok(subjects.iter().filter_map(|s| s.strip_prefix("e:").map(str::to_owned)).collect())
}

fn concerning(number: &str) -> sea_orm::sea_query::SelectStatement {
    sea_orm::sea_query::Query::select()
        .column(subject::Column::Idx)
        .from(subject::Entity)
        .and_where(sea_orm::sea_query::ExprTrait::eq(Expr::col(subject::Column::Subject), employee_subject(number)))
        .to_owned()
}
