//! The one place that names a database.
//!
//! SQLite: one write connection (`BEGIN IMMEDIATE`, `synchronous=FULL`, WAL) and a read-only pool beside it, so
//! readers never wait for the writer. PostgreSQL: read committed, and a pool for each as well, so that many
//! readers do not keep the writer waiting for a connection. Everything above this module speaks SeaORM's entities and query builder and runs unchanged on both.
//! What is *not* here: tables. Each room has its own in `model.rs`; `migrations/` only lists them in order.

mod blobs;
pub mod bulk;
pub mod dump;
pub mod migrations;

pub use blobs::Blobs;

use crate::error::{Error, Result};
use anyhow::{Context, anyhow};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqlErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
    sqlx::{
        Connection,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use sea_orm_migration::MigratorTrait;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Any number that no other user of the database takes for its own advisory lock.
const TURN: i64 = 0x5052_4F42_4954_5901;

/// How a database is made that Probity can use, whatever its cluster was made for.
const BY_BYTES: &str = "CREATE DATABASE probity TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";

/// A text as both engines keep it: PostgreSQL knows no NUL.
pub fn keepable(text: &str) -> String {
    text.replace('\0', "")
}

/// The same for what is kept as JSON, where a NUL is spelt out, passes, and comes back when the text is read.
pub fn keepable_json(value: &Value) -> String {
    fn keep(value: &Value) -> Value {
        match value {
            Value::String(text) => keepable(text).into(),
            Value::Array(all) => all.iter().map(keep).collect(),
            Value::Object(all) => all.iter().map(|(key, v)| (keepable(key), keep(v))).collect::<serde_json::Map<_, _>>().into(),
            other => other.clone(),
        }
    }
    keep(value).to_string()
}

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
        let pool = async |connections: u32, patience: u64| {
            let mut options = ConnectOptions::new(url.to_owned());
            options.max_connections(connections).acquire_timeout(Duration::from_secs(patience)).sqlx_logging(false);
            // Said in full here: whoever starts a server mends its settings, while a caller of one that runs waits.
            let away = |e: sea_orm::DbErr| anyhow!("cannot reach the PostgreSQL database; check PROBITY_DATABASE_URL and that the server runs: {e}");
            Database::connect(options).await.map_err(away)
        };
        let store = Self { read: pool(12, 10).await?, write: pool(8, 30).await?, engine: DbBackend::Postgres, turns: Arc::default() };
        store.orders_by_bytes().await?;
        Ok(store)
    }

    /// Pages go on after an id, and what comes in order is merged in this program, which compares bytes as SQLite does. By
    /// the order of a language a page would leave out rows or show them twice, and nobody would notice.
    async fn orders_by_bytes(&self) -> Result<()> {
        let asked = "SELECT 'B' < 'a' AND 'a-b' < 'ab'";
        let row = self.read.query_one_raw(Statement::from_string(self.engine, asked)).await?.context("the database compares two texts")?;
        if row.try_get_by_index(0)? {
            return Ok(());
        }
        Err(anyhow!(
            "this PostgreSQL database orders text as a language does, which lists cannot follow; nothing was changed in it. \
             Make one that orders by bytes and name it in PROBITY_DATABASE_URL; \
             what this one holds, bring over with pg_dump first (docs/operations.md): {BY_BYTES}"
        )
        .into())
    }

    async fn migrate(&self) -> Result<()> {
        // Replicas that start together must not make the same table twice.
        let _turn = self.turn().await?;
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

    /// Empties the write-ahead file of SQLite, which still holds pages as they were before the last changes. On
    /// PostgreSQL dead rows go with its own vacuum.
    pub async fn scrub(&self) -> Result<()> {
        for _ in 0..40 {
            if self.empty_log_ahead().await? {
                return Ok(());
            }
            // A reader is still at a page of the old file.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tracing::warn!("the write-ahead file could not be emptied: readers never paused");
        Ok(())
    }

    /// Whether a full disk got room back: the write-ahead file keeps its size, though what it holds lies in the database
    /// or, with a little room, can be brought there.
    pub async fn make_room(&self) -> bool {
        if self.engine != DbBackend::Sqlite {
            return false;
        }
        // The one writer waits for no reader here: whoever is refused in the end need not wait for it.
        let patience = async |ms: u128| self.write.execute_unprepared(&format!("PRAGMA busy_timeout = {ms}")).await;
        let emptied = patience(0).await.is_ok() && self.empty_log_ahead().await.unwrap_or(false);
        patience(PATIENCE.as_millis()).await.is_ok() && emptied
    }

    async fn empty_log_ahead(&self) -> Result<bool> {
        if self.engine != DbBackend::Sqlite {
            return Ok(true);
        }
        let row = self.write.query_one_raw(Statement::from_string(self.engine, "PRAGMA wal_checkpoint(TRUNCATE)")).await?;
        let waits = row.map(|row| row.try_get_by_index::<i32>(0)).transpose()?.unwrap_or(0);
        Ok(waits == 0)
    }

    pub fn engine(&self) -> &'static str {
        if self.engine == DbBackend::Sqlite { "sqlite" } else { "postgresql" }
    }

    /// Several processes may share the database, so what this process did is not all that happened.
    pub fn is_shared(&self) -> bool {
        self.engine != DbBackend::Sqlite
    }

    /// What the engine itself finds wrong with its file: pages that are no pages, an index that disagrees with its
    /// table. PostgreSQL has checksums of its own, told when a page is read.
    pub async fn integrity(&self) -> Result<Vec<String>> {
        if self.engine != DbBackend::Sqlite {
            return Ok(Vec::new());
        }
        let rows = self.read.query_all_raw(Statement::from_string(self.engine, "PRAGMA integrity_check(20)")).await?;
        let lines = rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    pub async fn close(self) -> Result<()> {
        self.read.close().await?;
        self.write.close().await?;
        Ok(())
    }

    /// True when a row with the same unique key was there before.
    pub fn is_taken(error: &Error) -> bool {
        let Error::Internal(e) = error else { return false };
        e.downcast_ref::<DbErr>().and_then(DbErr::sql_err).is_some_and(|e| matches!(e, SqlErr::UniqueConstraintViolation(_)))
    }

    /// True when the error means “try the whole transaction again”: serialisation failure or deadlock.
    pub fn is_retryable(error: &Error) -> bool {
        let Error::Internal(e) = error else { return false };
        let text = format!("{e:#}");
        ["40001", "40P01", "deadlock detected", "could not serialize"].iter().any(|m| text.contains(m))
    }
}

/// Pages a connection keeps for itself. The operating system keeps the file as well, once for all of them; a reader
/// needs the upper levels of its trees, and there are eight. The writer needs every page that a group of records touches:
/// each subject's last rows lie on pages of their own in each index, and what has no room is written before the commit
/// and read again for the next record.
const WRITER_CACHE_KIB: u32 = 64_000;
const READER_CACHE_KIB: u32 = 4_000;

/// How long a connection to SQLite waits for a lock of another.
const PATIENCE: Duration = Duration::from_secs(10);

/// Rows come from the connection's own thread; by the driver's fifty at a time two threads mostly wake each other.
const ROWS_AHEAD: usize = 1000;

fn sqlite(url: &str, connections: u32, cache_kib: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(connections).min_connections(1).acquire_timeout(Duration::from_secs(60)).sqlx_logging(false).map_sqlx_sqlite_opts(move |o| {
        o.journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .foreign_keys(true)
            // What is deleted is overwritten: an erased person must not be read from the free pages of the file.
            .pragma("secure_delete", "on")
            .row_buffer_size(ROWS_AHEAD)
            .pragma("cache_size", format!("-{cache_kib}"))
            .pragma("temp_store", "memory")
            // 32 MiB: pages that many groups touch are copied into the file once and not once a group. A small disk has to
            // hold as much beside the file.
            .pragma("wal_autocheckpoint", "8000")
    });
    // A statement that finds the disk full makes SQLite itself roll the transaction back. The driver's own roll-back
    // then fails, and the driver goes on counting a transaction that is none: what came next would be savepoints in
    // it, told to be committed and gone with the connection. So a connection that comes back with a transaction is
    // closed, and the next caller gets a new one.
    options.map_sqlx_sqlite_pool_opts(|o| {
        o.before_acquire(|connection, _| {
            let clean = !connection.is_in_transaction();
            Box::pin(async move { Ok(clean) })
        })
    });
    options
}

#[cfg(test)]
mod tests {
    use crate::testing::{company_on, on_each_engine, reopen};
    use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
    use std::time::Duration;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_transaction_that_the_engine_ended_by_itself_takes_no_later_one_with_it() {
        let t = company_on("sqlite").await;
        let tx = t.store.write().await.expect("a transaction");
        // As SQLite does when the disk is full: the transaction is gone before the driver can end it.
        tx.execute_unprepared("CREATE TABLE scratch (n INTEGER)").await.expect("a table");
        tx.execute_unprepared("ROLLBACK").await.expect("the engine's own roll-back");
        drop(tx);
        // And the next one fails while it is being closed, so that its savepoint would stay open for ever.
        let tx = t.store.write().await.expect("a transaction");
        drop(tx.begin().await.expect("a savepoint"));
        drop(tx);
        let tx = t.store.write().await.expect("a transaction");
        tx.execute_unprepared("CREATE TABLE kept (n INTEGER)").await.expect("a table");
        tx.commit().await.expect("a commit");
        t.store.read().execute_unprepared("SELECT n FROM kept").await.expect("another connection sees what was committed");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_write_ahead_file_gives_its_room_back() {
        let t = company_on("sqlite").await;
        let size = || std::fs::metadata(t.dir.path().join("probity.db-wal")).expect("the file is there").len();
        assert!(size() > 0);
        assert!(t.store.make_room().await);
        assert_eq!(size(), 0);
    }

    /// As the images of PostgreSQL make them: for a language, in whose order `a` stands before `B`.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_database_in_the_order_of_a_language_is_refused_with_the_way_to_one_that_is_not() {
        if std::env::var("TEST_DATABASE_URL").is_err() {
            return;
        }
        let english = crate::testing::TestDatabase::create_as("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'").await;
        let why = super::Store::connect(&english.url).await.err().expect("refused");
        let crate::error::Error::Internal(why) = why else { panic!("said to whoever starts the server") };
        assert!(why.to_string().ends_with(super::BY_BYTES), "{why}");
        let tables = sea_orm::Database::connect(&english.url).await.expect("it is there");
        let tables = tables.query_all_raw(Statement::from_string(DbBackend::Postgres, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).await;
        assert!(tables.expect("asked").is_empty(), "nothing was made in it");
        let (_, how) = super::BY_BYTES.split_once("probity ").expect("a name");
        let plain = crate::testing::TestDatabase::create_as(how).await;
        super::Store::connect(&plain.url).await.expect("what was told works").close().await.expect("closed");
    }

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
