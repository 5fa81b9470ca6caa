//! Many rows at once, the fastest way each engine has inside a transaction: on PostgreSQL one array a column, on SQLite
//! statements of a few fixed sizes. Either way the text of a statement is the same from call to call, so the engine
//! reads and plans it once a connection. For the tables every record writes to; others use their entity.

use crate::error::Result;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, Statement, Value,
    sea_query::{ArrayType, Expr},
};

/// One column's values, a row each.
pub enum Cells {
    Whole(Vec<i64>),
    Text(Vec<String>),
    /// Empty is absent: it becomes NULL.
    TextOrNull(Vec<String>),
    Bytes(Vec<Vec<u8>>),
}

/// Rows of one SQLite statement, largest first; what is left over is taken one by one.
const BLOCKS: [usize; 5] = [500, 100, 20, 5, 1];

impl Cells {
    fn len(&self) -> usize {
        match self {
            Self::Whole(v) => v.len(),
            Self::Text(v) | Self::TextOrNull(v) => v.len(),
            Self::Bytes(v) => v.len(),
        }
    }

    fn into_array(self) -> Value {
        fn array<T>(kind: ArrayType, values: Vec<T>, value: impl Fn(T) -> Value) -> Value {
            Value::Array(kind, Some(Box::new(values.into_iter().map(value).collect())))
        }
        match self {
            Self::Whole(v) => array(ArrayType::BigInt, v, Value::from),
            Self::Text(v) | Self::TextOrNull(v) => array(ArrayType::String, v, Value::from),
            Self::Bytes(v) => array(ArrayType::Bytes, v, Value::from),
        }
    }

    fn into_values(self) -> Box<dyn Iterator<Item = Value> + Send> {
        match self {
            Self::Whole(v) => Box::new(v.into_iter().map(Value::from)),
            Self::Text(v) => Box::new(v.into_iter().map(Value::from)),
            Self::TextOrNull(v) => Box::new(v.into_iter().map(|t| Value::from((!t.is_empty()).then_some(t)))),
            Self::Bytes(v) => Box::new(v.into_iter().map(Value::from)),
        }
    }
}

/// Inserts rows given by column; all columns have as many.
pub async fn insert(tx: &DatabaseTransaction, table: &str, columns: Vec<(&str, Cells)>) -> Result<()> {
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let rows = columns.first().map_or(0, |(_, cells)| cells.len());
    debug_assert!(columns.iter().all(|(_, cells)| cells.len() == rows), "columns of {table} differ in length");
    if rows == 0 {
        return Ok(());
    }
    if tx.get_database_backend() == DbBackend::Sqlite {
        return insert_blocks(tx, table, &names, columns, rows).await;
    }
    let (mut picked, mut arrays) = (Vec::new(), Vec::new());
    for (i, (_, cells)) in columns.iter().enumerate() {
        let (value, kind) = match cells {
            Cells::Whole(_) => (format!("c{i}"), "bigint"),
            Cells::Text(_) => (format!("c{i}"), "text"),
            Cells::TextOrNull(_) => (format!("NULLIF(c{i}, '')"), "text"),
            Cells::Bytes(_) => (format!("c{i}"), "bytea"),
        };
        picked.push(value);
        arrays.push((format!("c{i}"), format!("${}::{kind}[]", i + 1)));
    }
    let (fields, arrays): (Vec<_>, Vec<_>) = arrays.into_iter().unzip();
    let sql = format!("INSERT INTO {table} ({names}) SELECT {} FROM UNNEST({}) AS rows ({})", picked.join(", "), arrays.join(", "), fields.join(", "));
    let values = columns.into_iter().map(|(_, cells)| cells.into_array());
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

async fn insert_blocks(tx: &DatabaseTransaction, table: &str, names: &str, columns: Vec<(&str, Cells)>, rows: usize) -> Result<()> {
    let one = format!("({})", vec!["?"; columns.len()].join(","));
    let mut columns: Vec<_> = columns.into_iter().map(|(_, cells)| cells.into_values()).collect();
    let mut left = rows;
    for block in BLOCKS {
        if left < block {
            continue;
        }
        let sql = format!("INSERT INTO {table} ({names}) VALUES {}", vec![one.as_str(); block].join(","));
        while left >= block {
            let mut values = Vec::with_capacity(block * columns.len());
            for _ in 0..block {
                values.extend(columns.iter_mut().filter_map(Iterator::next));
            }
            tx.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql.as_str(), values)).await?;
            left -= block;
        }
    }
    Ok(())
}

/// “The column holds one of these”, for any number of texts: one bound value, so one statement however many there are.
pub fn among(db: &impl ConnectionTrait, column: impl ColumnTrait, texts: impl IntoIterator<Item = impl Into<String>>) -> Expr {
    let column = Expr::col(column.as_column_ref());
    let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
    if db.get_database_backend() == DbBackend::Sqlite {
        return Expr::cust_with_exprs("? IN (SELECT value FROM json_each(?))", [column, Expr::val(serde_json::Value::from(texts).to_string())]);
    }
    Expr::cust_with_exprs("$1 = ANY($2)", [column, Expr::val(Cells::Text(texts).into_array())])
}
