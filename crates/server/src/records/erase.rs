//! Erasure 删除 as a primitive: drop the wraps, wipe the projections, leave the log whole.
//! Who may ask, and when the law forbids it (case, hold, statutory period), is decided above this.

use super::{
    COMPANY_SUBJECT, employee_subject, id_of,
    model::{record, subject, subject_key},
};
use crate::{
    company::{Actor, Company},
    error::Result,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value as SqlValue, sea_query::Expr};
use serde_json::{Map, json};

/// What a table keeps about a person outside the sealed content.
pub enum Wipe {
    /// Rows whose column is the employee's number go.
    Rows,
    /// The column is emptied, the row stays.
    Blank(&'static [&'static str]),
}

/// Every table that holds an employee's data in the clear, and what erasure does to it. A room that adds such a
/// table adds a line; a test erases a person and then searches every table for what was known about them.
pub const PROJECTIONS: &[(&str, &str, Wipe)] = &[
    ("people", "number", Wipe::Rows),
    ("person_documents", "employee", Wipe::Rows),
    ("interests", "employee", Wipe::Rows),
    ("consents", "employee", Wipe::Rows),
    ("customer_assignments", "employee", Wipe::Blank(&["reason"])),
    ("chain_facts", "employee", Wipe::Rows),
    ("chains", "employee", Wipe::Rows),
    ("alerts", "employee", Wipe::Rows),
    ("alert_events", "employee", Wipe::Rows),
    ("word_hits", "employee", Wipe::Rows),
    ("word_signs", "employee", Wipe::Rows),
];

pub struct Erased {
    /// Records whose content can no longer be opened by anyone.
    pub records: usize,
    /// The record that says so.
    pub idx: i64,
}

/// Erases an employee: all keys of the records about them, their own key to records that also concern others, and
/// every projection. The log, its leaves and the time of each record stay.
pub async fn employee(company: &Company, by: &Actor, number: &str, reason: &str) -> Result<Erased> {
    let who = employee_subject(number);
    let tx = company.store.write().await?;
    subject_key::Entity::update_many()
        .col_expr(subject_key::Column::Wrapped, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(subject_key::Column::ErasedAt, Expr::value(company.now()))
        .filter(subject_key::Column::Subject.eq(&who))
        .exec(&tx)
        .await?;
    let about: Vec<i64> = subject::Entity::find()
        .select_only()
        .column(subject::Column::Idx)
        .filter(subject::Column::Subject.eq(&who))
        .into_tuple()
        .all(&tx)
        .await?;
    subject::Entity::update_many()
        .col_expr(subject::Column::Wrap, Expr::value(Option::<Vec<u8>>::None))
        .filter(subject::Column::Subject.eq(&who))
        .exec(&tx)
        .await?;
    let mut gone = 0;
    for part in about.chunks(1000) {
        let own: Vec<i64> = record::Entity::find()
            .select_only()
            .column(record::Column::Idx)
            .filter(record::Column::Idx.is_in(part.iter().copied()))
            .filter(record::Column::Employee.eq(number))
            .into_tuple()
            .all(&tx)
            .await?;
        subject::Entity::update_many()
            .col_expr(subject::Column::Wrap, Expr::value(Option::<Vec<u8>>::None))
            .filter(subject::Column::Idx.is_in(own.iter().copied()))
            .exec(&tx)
            .await?;
        let readable: Vec<i64> = subject::Entity::find()
            .select_only()
            .column(subject::Column::Idx)
            .filter(subject::Column::Idx.is_in(part.iter().copied()))
            .filter(subject::Column::Wrap.is_not_null())
            .distinct()
            .into_tuple()
            .all(&tx)
            .await?;
        let empty: Vec<i64> = part.iter().copied().filter(|i| !readable.contains(i)).collect();
        gone += empty.len();
        record::Entity::update_many()
            .col_expr(record::Column::Sealed, Expr::value(Vec::<u8>::new()))
            .col_expr(record::Column::Fingerprint, Expr::value(Vec::<u8>::new()))
            .filter(record::Column::Idx.is_in(empty))
            .exec(&tx)
            .await?;
    }
    for (table, column, wipe) in PROJECTIONS {
        let sql = match wipe {
            Wipe::Rows => format!("DELETE FROM {table} WHERE {column} = $1"),
            Wipe::Blank(columns) => {
                let set: Vec<_> = columns.iter().map(|c| format!("{c} = NULL")).collect();
                format!("UPDATE {table} SET {} WHERE {column} = $1", set.join(", "))
            }
        };
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [SqlValue::from(number)])).await?;
    }
    tx.commit().await?;
    company.keys.forget(&who);

    let mut data = Map::new();
    data.insert("number".into(), json!(number));
    data.insert("reason".into(), json!(reason));
    data.insert("records".into(), json!(gone));
    data.insert("first".into(), json!(about.first().map(|i| id_of(*i))));
    let idx = company.publish("privacy", "employee.erased", by, None, vec![COMPANY_SUBJECT.into()], data).await?;
    Ok(Erased { records: gone, idx })
}
