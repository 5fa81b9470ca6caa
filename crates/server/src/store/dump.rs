//! Every table as lines of JSON, the same from either engine, so that a backup of one can be restored into the other.
//!
//! A line is one row: an array in the order of the columns; bytes are base64, times and numbers integers. Reading
//! happens in one snapshot of the database, beside whatever is being written.

use super::Store;
use crate::error::Result;
use anyhow::{Context, anyhow, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, QueryResult, Statement, TransactionOptions, TransactionTrait, Value as Bound,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Values bound in one INSERT; SQLite allows 32,766.
const BOUND: usize = 20_000;
/// Rows read at a time.
const PAGE: usize = 2000;
/// What belongs to one running installation and is nobody's data: who is signed in, who holds a lease.
const LEFT_OUT: [&str; 5] = ["seaql_migrations", "sqlite_sequence", "sessions", "leases", "idempotency_keys"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Integer,
    /// 32 bits on PostgreSQL.
    Small,
    Text,
    Bytes,
    Bool,
    Real,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
}

impl Table {
    /// The same columns, whatever their order and width: an integer of SQLite has 64 bits where PostgreSQL's has 32.
    pub fn takes(&self, other: &Table) -> bool {
        let wide = |kind: Kind| if kind == Kind::Small { Kind::Integer } else { kind };
        let sorted = |table: &Table| {
            let mut all: Vec<_> = table.columns.iter().map(|c| (c.name.clone(), format!("{:?}", wide(c.kind)))).collect();
            all.sort_unstable();
            all
        };
        self.name == other.name && sorted(self) == sorted(other)
    }

    fn names(&self) -> String {
        self.columns.iter().map(|c| format!("\"{}\"", c.name)).collect::<Vec<_>>().join(", ")
    }
}

/// One consistent view of the database.
pub struct Snapshot {
    tx: DatabaseTransaction,
}

impl Store {
    /// The tables that hold the company's data, by name.
    pub async fn tables(&self) -> Result<Vec<Table>> {
        let db = self.read();
        let (list, columns) = match self.engine {
            DbBackend::Sqlite => {
                ("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", "SELECT name, type FROM pragma_table_info($1) ORDER BY cid")
            }
            _ => (
                "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
                "SELECT column_name::text AS name, data_type::text AS type FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
            ),
        };
        let mut tables = Vec::new();
        for row in db.query_all_raw(Statement::from_string(self.engine, list)).await? {
            let name: String = row.try_get("", "name")?;
            if LEFT_OUT.contains(&name.as_str()) || name.starts_with("sqlite_") {
                continue;
            }
            let found = db.query_all_raw(Statement::from_sql_and_values(self.engine, columns, [Bound::from(name.clone())])).await?;
            let columns = found
                .iter()
                .map(|row| {
                    let (name, declared): (String, String) = (row.try_get("", "name")?, row.try_get("", "type")?);
                    Ok(Column { kind: kind_of(&declared, self.engine).with_context(|| format!("column {name}"))?, name })
                })
                .collect::<Result<_>>()?;
            tables.push(Table { name, columns });
        }
        Ok(tables)
    }

    pub async fn snapshot(&self) -> Result<Snapshot> {
        let options = match self.engine {
            // The first read fixes what is seen; the write-ahead log keeps it.
            DbBackend::Sqlite => TransactionOptions::default(),
            _ => TransactionOptions { isolation_level: Some(IsolationLevel::RepeatableRead), access_mode: Some(AccessMode::ReadOnly), ..Default::default() },
        };
        let tx = self.read().begin_with_options(options).await?;
        Ok(Snapshot { tx })
    }

    /// Inserts rows as [`Snapshot::rows`] gave them.
    pub async fn fill(&self, tx: &DatabaseTransaction, table: &Table, rows: &[Vec<Value>]) -> Result<()> {
        let columns = table.columns.len();
        for part in rows.chunks((BOUND / columns.max(1)).max(1)) {
            let mut sql = format!("INSERT INTO \"{}\" ({}) VALUES ", table.name, table.names());
            let mut bound = Vec::with_capacity(part.len() * columns);
            for (i, row) in part.iter().enumerate() {
                if row.len() != columns {
                    return Err(anyhow!("a row of {} has {} values, not {columns}", table.name, row.len()).into());
                }
                let places: Vec<String> = (1..=columns).map(|at| format!("${}", i * columns + at)).collect();
                sql.push_str(if i == 0 { "(" } else { ", (" });
                sql.push_str(&places.join(", "));
                sql.push(')');
                for (column, value) in table.columns.iter().zip(row) {
                    bound.push(bind(column, value).with_context(|| format!("table {}", table.name))?);
                }
            }
            tx.execute_raw(Statement::from_sql_and_values(self.engine, sql, bound)).await?;
        }
        Ok(())
    }

    /// After filling: PostgreSQL's counters stand where the rows end.
    pub async fn set_counters(&self, tx: &DatabaseTransaction) -> Result<()> {
        if self.engine == DbBackend::Sqlite {
            return Ok(());
        }
        let counted = "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns
             WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'";
        for row in tx.query_all_raw(Statement::from_string(self.engine, counted)).await? {
            let (table, column): (String, String) = (row.try_get("", "t")?, row.try_get("", "c")?);
            tx.execute_unprepared(&format!(
                "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), GREATEST((SELECT COALESCE(MAX({column}), 0) FROM {table}), 1))"
            ))
            .await?;
        }
        Ok(())
    }
}

impl Snapshot {
    /// Hands out each row of a table as one line of JSON without its line break.
    pub async fn rows(&self, table: &Table, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
        let mut pages = Pages::open(&self.tx, table).await?;
        let mut line = Vec::with_capacity(4096);
        let mut count = 0;
        loop {
            let page = pages.next(&self.tx).await?;
            for row in &page {
                line.clear();
                let values: Vec<Value> = table.columns.iter().map(|column| read(row, column)).collect::<Result<_>>()?;
                serde_json::to_writer(&mut line, &values)?;
                each(&line)?;
            }
            count += page.len() as u64;
            if page.len() < PAGE {
                pages.close(&self.tx).await?;
                return Ok(count);
            }
        }
    }
}

/// A table in parts, each found without walking through those before it.
enum Pages {
    /// PostgreSQL keeps the place in a cursor, one name a table: the connection remembers a statement's columns by
    /// its text, and would read one table as another.
    Cursor(String),
    /// SQLite goes on behind the last key.
    Keys { table: String, names: String, key: Vec<Column>, last: Option<Vec<Bound>> },
}

impl Pages {
    async fn open(tx: &DatabaseTransaction, table: &Table) -> Result<Self> {
        let (names, name) = (table.names(), table.name.clone());
        if tx.get_database_backend() != DbBackend::Sqlite {
            let cursor = format!("dump_{name}");
            tx.execute_unprepared(&format!("DECLARE {cursor} NO SCROLL CURSOR FOR SELECT {names} FROM \"{name}\"")).await?;
            return Ok(Self::Cursor(cursor));
        }
        let sql = "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk";
        let rows = tx.query_all_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, [Bound::from(name.clone())])).await?;
        let mut key = Vec::new();
        for row in rows {
            let column: String = row.try_get("", "name")?;
            key.extend(table.columns.iter().find(|c| c.name == column).cloned());
        }
        if key.is_empty() {
            key.push(Column { name: "rowid".into(), kind: Kind::Integer });
        }
        Ok(Self::Keys { table: name, names, key, last: None })
    }

    async fn next(&mut self, tx: &DatabaseTransaction) -> Result<Vec<QueryResult>> {
        match self {
            Self::Cursor(cursor) => {
                let fetch = format!("FETCH {PAGE} FROM {cursor}");
                Ok(tx.query_all_raw(Statement::from_string(DbBackend::Postgres, fetch)).await?)
            }
            Self::Keys { table, names, key, last } => {
                let by = key.iter().map(|c| format!("\"{}\"", c.name)).collect::<Vec<_>>().join(", ");
                let keys = key.iter().enumerate().map(|(i, c)| format!(", \"{}\" AS key_{i}", c.name)).collect::<String>();
                let behind = match last {
                    None => String::new(),
                    Some(_) => {
                        let places = (1..=key.len()).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ");
                        format!("WHERE ({by}) > ({places}) ")
                    }
                };
                let sql = format!("SELECT {names}{keys} FROM \"{table}\" {behind}ORDER BY {by} LIMIT {PAGE}");
                let bound = last.clone().unwrap_or_default();
                let rows = tx.query_all_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, bound)).await?;
                if let Some(row) = rows.last() {
                    let named = |i: usize, c: &Column| Column { name: format!("key_{i}"), kind: c.kind };
                    let values = key.iter().enumerate().map(|(i, c)| {
                        let column = named(i, c);
                        Ok(bind(&column, &read(row, &column)?)?)
                    });
                    *last = Some(values.collect::<Result<_>>()?);
                }
                Ok(rows)
            }
        }
    }

    async fn close(self, tx: &DatabaseTransaction) -> Result<()> {
        if let Self::Cursor(cursor) = self {
            tx.execute_unprepared(&format!("CLOSE {cursor}")).await?;
        }
        Ok(())
    }
}

fn kind_of(declared: &str, engine: DbBackend) -> anyhow::Result<Kind> {
    let word = declared.to_ascii_lowercase();
    Ok(match word.as_str() {
        "bigint" => Kind::Integer,
        "integer" if engine == DbBackend::Sqlite => Kind::Integer,
        "integer" | "smallint" => Kind::Small,
        "text" | "character varying" | "varchar" => Kind::Text,
        "blob" | "bytea" => Kind::Bytes,
        "boolean" => Kind::Bool,
        "real" | "double precision" => Kind::Real,
        other => bail!("nobody here knows the type “{other}”"),
    })
}

fn read(row: &QueryResult, column: &Column) -> Result<Value> {
    let name = column.name.as_str();
    Ok(match column.kind {
        Kind::Integer => row.try_get::<Option<i64>>("", name)?.into(),
        Kind::Small => row.try_get::<Option<i32>>("", name)?.into(),
        Kind::Text => row.try_get::<Option<String>>("", name)?.into(),
        Kind::Bytes => row.try_get::<Option<Vec<u8>>>("", name)?.map(|bytes| STANDARD.encode(bytes)).into(),
        Kind::Bool => row.try_get::<Option<bool>>("", name)?.into(),
        Kind::Real => row.try_get::<Option<f64>>("", name)?.into(),
    })
}

fn bind(column: &Column, value: &Value) -> anyhow::Result<Bound> {
    let wrong = || anyhow!("a value of {} has the wrong type", column.name);
    let some = (!value.is_null()).then_some(value);
    Ok(match column.kind {
        Kind::Integer => Bound::from(some.map(|v| v.as_i64().ok_or_else(wrong)).transpose()?),
        Kind::Small => {
            let small = |v: &Value| v.as_i64().and_then(|n| i32::try_from(n).ok()).ok_or_else(wrong);
            Bound::from(some.map(small).transpose()?)
        }
        Kind::Text => Bound::from(some.map(|v| v.as_str().map(str::to_owned).ok_or_else(wrong)).transpose()?),
        Kind::Bytes => {
            let bytes = |v: &Value| v.as_str().and_then(|text| STANDARD.decode(text).ok()).ok_or_else(wrong);
            Bound::from(some.map(bytes).transpose()?)
        }
        Kind::Bool => Bound::from(some.map(|v| v.as_bool().ok_or_else(wrong)).transpose()?),
        Kind::Real => Bound::from(some.map(|v| v.as_f64().ok_or_else(wrong)).transpose()?),
    })
}
