//! Many rows at once, the fastest way each engine has inside a transaction: on PostgreSQL one array a column, on SQLite
//! statements of a few fixed sizes. Either way the text of a statement is the same from call to call, so the engine
//! reads and plans it once a connection. For the tables every record writes to; others use their entity.

use crate::error::Result;
use anyhow::anyhow;
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
    Flag(Vec<bool>),
}

/// Rows of one SQLite statement, largest first. The connection lies on a thread of its own, so what a statement costs
/// beside its rows is two threads that wake each other: what is left over is one statement more, filled up with rows of
/// nothing, and not many small ones.
const BLOCKS: [usize; 6] = [1024, 512, 128, 32, 8, 1];
/// Values that SQLite binds in one statement, as it is built.
const MOST_BOUND: usize = 32_766;

impl Cells {
    fn len(&self) -> usize {
        match self {
            Self::Whole(v) => v.len(),
            Self::Text(v) | Self::TextOrNull(v) => v.len(),
            Self::Bytes(v) => v.len(),
            Self::Flag(v) => v.len(),
        }
    }

    /// One value that holds them all, as an array of PostgreSQL.
    pub fn into_array(self) -> Value {
        fn array<T>(kind: ArrayType, values: Vec<T>, value: impl Fn(T) -> Value) -> Value {
            Value::Array(kind, Some(Box::new(values.into_iter().map(value).collect())))
        }
        match self {
            Self::Whole(v) => array(ArrayType::BigInt, v, Value::from),
            Self::Text(v) | Self::TextOrNull(v) => array(ArrayType::String, v, Value::from),
            Self::Bytes(v) => array(ArrayType::Bytes, v, Value::from),
            Self::Flag(v) => array(ArrayType::Bool, v, Value::from),
        }
    }

    fn into_values(self) -> Box<dyn Iterator<Item = Value> + Send> {
        match self {
            Self::Whole(v) => Box::new(v.into_iter().map(Value::from)),
            Self::Text(v) => Box::new(v.into_iter().map(Value::from)),
            Self::TextOrNull(v) => Box::new(v.into_iter().map(|t| Value::from((!t.is_empty()).then_some(t)))),
            Self::Bytes(v) => Box::new(v.into_iter().map(Value::from)),
            Self::Flag(v) => Box::new(v.into_iter().map(Value::from)),
        }
    }
}

/// Inserts rows given by column. All columns have as many, and the first is one that is never absent. After an error the
/// transaction is of no use any more: on PostgreSQL it is broken, on SQLite some of the rows are there. It is to be dropped.
pub async fn insert(tx: &DatabaseTransaction, table: &str, columns: Vec<(&str, Cells)>) -> Result<()> {
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let rows = columns.first().map_or(0, |(_, cells)| cells.len());
    debug_assert!(columns.iter().all(|(_, cells)| cells.len() == rows), "columns of {table} differ in length");
    debug_assert!(!matches!(columns.first(), Some((_, Cells::TextOrNull(_)))), "the first column of {table} tells a row from none");
    debug_assert!(columns.len() * BLOCKS[0] <= MOST_BOUND, "{table} has too many columns for its largest block");
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
            Cells::Flag(_) => (format!("c{i}"), "boolean"),
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
    let nothing = Value::BigInt(None);
    let mut left = rows;
    while left > 0 {
        let block = block_for(left);
        let rows = vec![one.as_str(); block].join(",");
        let taken = if block == 1 { format!("VALUES {rows}") } else { format!("SELECT * FROM (VALUES {rows}) WHERE column1 IS NOT NULL") };
        // OR FAIL, because SQLite otherwise copies every page before a statement of many rows touches it, to take back the
        // statement alone; here a row too much takes back the whole transaction.
        let sql = format!("INSERT OR FAIL INTO {table} ({names}) {taken}");
        let mut values = Vec::with_capacity(block * columns.len());
        for _ in 0..block.min(left) {
            values.extend(columns.iter_mut().filter_map(Iterator::next));
        }
        values.resize(block * columns.len(), nothing.clone());
        let given = block.min(left);
        let kept = tx.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await?.rows_affected();
        if kept != given as u64 {
            return Err(anyhow!("of {given} rows for {table}, {kept} were kept").into());
        }
        left -= given;
    }
    Ok(())
}

/// The block that takes all that is left, or the largest.
fn block_for(left: usize) -> usize {
    BLOCKS.into_iter().rev().find(|block| *block >= left).unwrap_or(BLOCKS[0])
}

/// A list of texts goes into a statement as one JSON text (SQLite) or as one array (PostgreSQL).
pub fn takes_json(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Sqlite
}

/// “The column holds one of these”, for any number of texts: one bound value, so one statement however many there are.
pub fn among(db: &impl ConnectionTrait, column: impl ColumnTrait, texts: impl IntoIterator<Item = impl Into<String>>) -> Expr {
    let column = Expr::col(column.as_column_ref());
    let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
    if db.get_database_backend() == DbBackend::Sqlite {
        return Expr::cust_with_exprs("? IN (SELECT value FROM json_each(?))", [column, Expr::val(serde_json::Value::from(texts).to_string())]);
    }
    // As rows to join with: PostgreSQL hashes an array only where it is a constant, and one that is bound it compares value
    // by value with every row it scans. A join stands beside other conditions, not in an OR with them.
    Expr::cust_with_exprs("$1 IN (SELECT UNNEST($2))", [column, Expr::val(Cells::Text(texts).into_array())])
}

/// The same for whole numbers.
pub fn among_numbers(db: &impl ConnectionTrait, column: impl ColumnTrait, numbers: impl IntoIterator<Item = i64>) -> Expr {
    let column = Expr::col(column.as_column_ref());
    let numbers: Vec<i64> = numbers.into_iter().collect();
    if db.get_database_backend() == DbBackend::Sqlite {
        return Expr::cust_with_exprs("? IN (SELECT value FROM json_each(?))", [column, Expr::val(serde_json::Value::from(numbers).to_string())]);
    }
    Expr::cust_with_exprs("$1 IN (SELECT UNNEST($2))", [column, Expr::val(Cells::Whole(numbers).into_array())])
}

/// The same for three columns taken together.
pub fn among_triples(db: &impl ConnectionTrait, columns: [impl ColumnTrait; 3], triples: &[[&str; 3]]) -> Expr {
    let [a, b, c] = columns.map(|c| Expr::col(c.as_column_ref()));
    if db.get_database_backend() == DbBackend::Sqlite {
        let asked = Expr::val(serde_json::json!(triples).to_string());
        return Expr::cust_with_exprs("(?, ?, ?) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))", [a, b, c, asked]);
    }
    let list = |i: usize| Expr::val(Cells::Text(triples.iter().map(|t| t[i].to_owned()).collect()).into_array());
    Expr::cust_with_exprs("($1, $2, $3) IN (SELECT * FROM UNNEST($4, $5, $6))", [a, b, c, list(0), list(1), list(2)])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{store::Store, testing::on_each_engine};
    use sea_orm::TryGetableMany;

    type Row = (i64, String, Option<String>, Vec<u8>, bool);

    fn row(i: i64) -> Row {
        // An empty text stays one, an empty blob too; only what may be absent is NULL when empty.
        let text = if i % 4 == 0 { String::new() } else { format!("甲'\"{{}},\\{i}") };
        (i, text, (i % 3 != 0).then(|| format!("n{i}")), vec![i as u8; (i % 5) as usize], i % 7 == 0)
    }

    fn columns(rows: &[Row]) -> Vec<(&'static str, Cells)> {
        vec![
            ("n", Cells::Whole(rows.iter().map(|r| r.0).collect())),
            ("word", Cells::Text(rows.iter().map(|r| r.1.clone()).collect())),
            ("perhaps", Cells::TextOrNull(rows.iter().map(|r| r.2.clone().unwrap_or_default()).collect())),
            ("bytes", Cells::Bytes(rows.iter().map(|r| r.3.clone()).collect())),
            ("flag", Cells::Flag(rows.iter().map(|r| r.4).collect())),
        ]
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn any_number_of_rows_is_there_as_given_and_a_repeat_is_told() {
        on_each_engine(|t| async move {
            let tx = t.store.write().await.unwrap();
            let blob = if t.engine == "sqlite" { "BLOB" } else { "BYTEA" };
            let sql = format!("CREATE TABLE scratch (n BIGINT PRIMARY KEY, word TEXT NOT NULL, perhaps TEXT, bytes {blob} NOT NULL, flag BOOLEAN NOT NULL)");
            tx.execute_unprepared(&sql).await.unwrap();
            let rows: Vec<Row> = (0..1_733).map(row).collect();
            // Nothing, one, a few odd ones, one block to its last row and one row more, more than the largest.
            let mut from = 0;
            for count in [0, 1, 26, 128, 129, 1_449] {
                insert(&tx, "scratch", columns(&rows[from..from + count])).await.unwrap();
                from += count;
            }
            tx.commit().await.unwrap();

            let read = Statement::from_string(t.store.read().get_database_backend(), "SELECT n, word, perhaps, bytes, flag FROM scratch ORDER BY n");
            let found = t.store.read().query_all_raw(read).await.unwrap();
            let found: Vec<Row> = found.iter().map(|r| Row::try_get_many_by_index(r).unwrap()).collect();
            assert!(found == rows, "{}", t.engine);

            // The first column tells a row from what a block is filled up with, whatever its type: an empty text is no absence.
            let tx = t.store.write().await.unwrap();
            tx.execute_unprepared("CREATE TABLE named (word TEXT NOT NULL, n BIGINT NOT NULL)").await.unwrap();
            let words: Vec<String> = (0..45).map(|i| if i == 44 { String::new() } else { format!("w{i}") }).collect();
            insert(&tx, "named", vec![("word", Cells::Text(words.clone())), ("n", Cells::Whole((0..45).collect()))]).await.unwrap();
            tx.commit().await.unwrap();
            let read = Statement::from_string(t.store.read().get_database_backend(), "SELECT word FROM named ORDER BY n");
            let found = t.store.read().query_all_raw(read).await.unwrap();
            let found: Vec<String> = found.iter().map(|r| r.try_get_by_index(0).unwrap()).collect();
            assert!(found == words, "{}", t.engine);

            let tx = t.store.write().await.unwrap();
            let taken = insert(&tx, "scratch", columns(&[row(5_000), row(7)])).await.unwrap_err();
            assert!(Store::is_taken(&taken), "{}: {taken:?}", t.engine);
        })
        .await;
    }
}
