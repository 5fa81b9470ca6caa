//! The one place that names a database.
//!
//! SQLite: one write connection (`BEGIN IMMEDIATE`, `synchronous=FULL`, WAL) and a read-only pool beside it, so
//! readers never wait for the writer. PostgreSQL: one pool, read committed. Everything above this module speaks
//! SeaORM's entities and query builder and runs unchanged on both.
//! What is *not* here: tables. Each room has its own in `model.rs`; `migrations/` only lists them in order.

mod blobs;
pub mod dump;
pub mod migrations;

pub use blobs::Blobs;

use crate::error::{Error, Result};
use anyhow::Context;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Any number that no other user of the database takes for its own advisory lock.
const TURN: i64 = 0x5052_4F42_4954_5901;

#[derive(Clone)]
pub struct Store {
    read: DatabaseConnection,
    write: DatabaseConnection,
    engine: DbBackend,
    turns: Arc<Mutex<()>>,
}

/// Somebody's turn; the next one's begins when this is dropped.
pub struct Turn {
    _here: OwnedMutexGuard<()>,
    _elsewhere: Option<DatabaseTransaction>,
}

impl Store {
    /// Opens `sqlite:///path/probity.db` or `postgres://…` and brings the tables up to date.
    pub async fn connect(url: &str) -> Result<Self> {
        let store = Self::open(url).await?;
        store.migrate().await?;
        Ok(store)
    }

    async fn open(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//");
            if let Some(dir) = std::path::Path::new(path).parent() {
                std::fs::create_dir_all(dir)?;
            }
            let write = Database::connect(sqlite(&format!("sqlite://{path}?mode=rwc"), 1, WRITER_CACHE_KIB))
                .await
                .with_context(|| format!("cannot open the database file {path}"))?;
            // A read-only connection cannot create the WAL files, so the writer has to have been here first.
            write.execute_unprepared("SELECT 1").await?;
            let read = Database::connect(sqlite(&format!("sqlite://{path}?mode=ro"), 8, READER_CACHE_KIB)).await?;
            return Ok(Self { read, write, engine: DbBackend::Sqlite, turns: Arc::default() });
        }
        let mut options = ConnectOptions::new(url.to_owned());
        options.max_connections(16).acquire_timeout(Duration::from_secs(10)).sqlx_logging(false);
        let pool = Database::connect(options).await.context("cannot reach the PostgreSQL database; check PROBITY_DATABASE_URL and that the server runs")?;
        Ok(Self { read: pool.clone(), write: pool, engine: DbBackend::Postgres, turns: Arc::default() })
    }

    pub async fn migrate(&self) -> Result<()> {
        migrations::Migrator::up(&self.write, None).await.context("migrating the database")?;
        Ok(())
    }

    /// For queries that change nothing.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// A write transaction. On SQLite there is one at a time and it holds the write lock from the start, so it
    /// never fails half-way for a lock; on PostgreSQL it is read committed and rows are locked where needed.
    pub async fn write(&self) -> Result<DatabaseTransaction> {
        Ok(self.write.begin_with_options(TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() }).await?)
    }

    /// Waits until nobody else, in this process or another replica, is at work that must be done one after the
    /// other: reading much and then writing what follows from it, too long for one transaction on SQLite.
    pub async fn turn(&self) -> Result<Turn> {
        // One connection a process at most waits on the database for its turn.
        let here = self.turns.clone().lock_owned().await;
        let elsewhere = if self.engine == DbBackend::Postgres {
            let tx = self.write.begin().await?;
            tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({TURN})")).await?;
            Some(tx)
        } else {
            None
        };
        Ok(Turn { _here: here, _elsewhere: elsewhere })
    }

    pub fn engine(&self) -> &'static str {
        if self.engine == DbBackend::Sqlite { "sqlite" } else { "postgresql" }
    }

    /// Several processes may share the database, so what this process did is not all that happened.
    pub fn is_shared(&self) -> bool {
        self.engine != DbBackend::Sqlite
    }

    pub async fn close(self) -> Result<()> {
        self.read.close().await?;
        if self.engine == DbBackend::Sqlite {
            self.write.close().await?;
        }
        Ok(())
    }

    /// True when the error means “try the whole transaction again”: serialisation failure, deadlock, or a unique
    /// key taken by another replica between look-up and insert.
    pub fn is_retryable(error: &Error) -> bool {
        let Error::Internal(e) = error else { return false };
        let text = format!("{e:#}");
        ["40001", "40P01", "deadlock detected", "could not serialize"].iter().any(|m| text.contains(m))
    }
}

/// Pages a connection keeps for itself. The operating system keeps the file as well, once for all of them; a reader
/// needs the upper levels of its trees, and there are eight.
const WRITER_CACHE_KIB: u32 = 16_000;
const READER_CACHE_KIB: u32 = 4_000;

fn sqlite(url: &str, connections: u32, cache_kib: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(connections).min_connections(1).acquire_timeout(Duration::from_secs(60)).sqlx_logging(false).map_sqlx_sqlite_opts(move |o| {
        o.journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("cache_size", format!("-{cache_kib}"))
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", "4000")
    });
    options
}

#[cfg(test)]
mod tests {
    use crate::testing::{on_each_engine, reopen};
    use std::time::Duration;

    #[tokio::test(flavor = "multi_thread")]
    async fn turns_come_one_after_the_other_also_between_replicas() {
        on_each_engine(|t| async move {
            // On SQLite there is one process; on PostgreSQL the second company stands for another replica.
            let other = if t.store.is_shared() { reopen(&t.database_url, t.dir.path(), t.clock.clone()).await.expect("a replica") } else { t.company.clone() };
            let mine = t.store.turn().await.expect("a turn");
            let waiting = tokio::spawn(async move { other.store.turn().await.map(drop) });
            tokio::time::sleep(Duration::from_millis(200)).await;
            assert!(!waiting.is_finished());
            drop(mine);
            tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("the next turn comes").expect("no panic").expect("a turn");
        })
        .await;
    }
}
