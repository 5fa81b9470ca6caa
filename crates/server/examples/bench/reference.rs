//! What ingest is measured against: the same sealed rows put into a plain table by the fastest ordinary means, with
//! the settings the server runs with (SQLite: WAL, synchronous=FULL; PostgreSQL: as the cluster is, commits durable).
//! Key = log index, one unique index on (source, id), 1,000 rows a transaction, one prepared statement for them.

use anyhow::Result;
use probity_server::{records::model::record, testing::TestDatabase};
use sea_orm::sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, Row, SqliteConnection, query, query_scalar,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::Path,
    time::{Duration, Instant},
};

pub const PER_TRANSACTION: usize = 1000;

pub enum Reference {
    Sqlite(SqliteConnection),
    Postgres(PgConnection, #[expect(dead_code, reason = "held until the connection is gone")] TestDatabase),
}

const TABLE: &str = "CREATE TABLE plain (idx BIGINT PRIMARY KEY, source TEXT NOT NULL, source_id TEXT NOT NULL, kind TEXT NOT NULL,
    at BIGINT NOT NULL, received_at BIGINT NOT NULL, employee TEXT, fingerprint {blob} NOT NULL, leaf {blob} NOT NULL, sealed {blob} NOT NULL)";
const INDEX: &str = "CREATE UNIQUE INDEX plain_source ON plain (source, source_id)";

impl Reference {
    /// An empty table in a database of its own, on the disk that holds `dir`.
    pub async fn open(engine: &str, dir: &Path) -> Result<Self> {
        if engine == "sqlite" {
            let options = SqliteConnectOptions::new()
                .filename(dir.join("reference.db"))
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("cache_size", "-16000")
                .pragma("wal_autocheckpoint", "8000");
            let mut connection = options.connect().await?;
            // The row id itself is the key on SQLite.
            let table = TABLE.replace("{blob}", "BLOB").replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY");
            connection.execute(AssertSqlSafe(table)).await?;
            connection.execute(INDEX).await?;
            return Ok(Self::Sqlite(connection));
        }
        let database = TestDatabase::create().await;
        let mut connection = PgConnection::connect(&database.url).await?;
        connection.execute(AssertSqlSafe(TABLE.replace("{blob}", "BYTEA"))).await?;
        connection.execute(INDEX).await?;
        Ok(Self::Postgres(connection, database))
    }

    pub async fn version(mut self) -> Result<String> {
        Ok(match &mut self {
            Self::Sqlite(c) => format!("SQLite {}", query_scalar::<_, String>("SELECT sqlite_version()").fetch_one(c).await?),
            Self::Postgres(c, _) => format!("PostgreSQL {}", query("SHOW server_version").fetch_one(c).await?.try_get::<String, _>(0)?),
        })
    }

    /// How long these rows take; their number is a multiple of [`PER_TRANSACTION`].
    pub async fn insert(&mut self, rows: &[record::Model]) -> Result<Duration> {
        match self {
            Self::Sqlite(connection) => {
                let places = vec!["(?,?,?,?,?,?,?,?,?,?)"; PER_TRANSACTION].join(",");
                let sql = format!("INSERT INTO plain VALUES {places}");
                let began = Instant::now();
                for part in rows.chunks(PER_TRANSACTION) {
                    let mut tx = connection.begin().await?;
                    let mut statement = query(AssertSqlSafe(sql.clone()));
                    for r in part {
                        statement = statement.bind(r.idx).bind(&r.source).bind(&r.source_id).bind(&r.kind).bind(r.at).bind(r.received_at);
                        statement = statement.bind(&r.employee).bind(&r.fingerprint).bind(&r.leaf).bind(&r.sealed);
                    }
                    tx.execute(statement).await?;
                    tx.commit().await?;
                }
                Ok(began.elapsed())
            }
            Self::Postgres(connection, _) => {
                let sql = "INSERT INTO plain SELECT * FROM UNNEST($1::bigint[],$2::text[],$3::text[],$4::text[],$5::bigint[],$6::bigint[],$7::text[],$8::bytea[],$9::bytea[],$10::bytea[])";
                let began = Instant::now();
                for part in rows.chunks(PER_TRANSACTION) {
                    let mut tx = connection.begin().await?;
                    let numbers = |of: fn(&record::Model) -> i64| part.iter().map(of).collect::<Vec<_>>();
                    let texts = |of: fn(&record::Model) -> &str| part.iter().map(of).collect::<Vec<_>>();
                    let bytes = |of: fn(&record::Model) -> &[u8]| part.iter().map(of).collect::<Vec<_>>();
                    let statement = query(sql)
                        .bind(numbers(|r| r.idx))
                        .bind(texts(|r| &r.source))
                        .bind(texts(|r| &r.source_id))
                        .bind(texts(|r| &r.kind))
                        .bind(numbers(|r| r.at))
                        .bind(numbers(|r| r.received_at))
                        .bind(part.iter().map(|r| r.employee.as_deref()).collect::<Vec<_>>())
                        .bind(bytes(|r| &r.fingerprint))
                        .bind(bytes(|r| &r.leaf))
                        .bind(bytes(|r| &r.sealed));
                    tx.execute(statement).await?;
                    tx.commit().await?;
                }
                Ok(began.elapsed())
            }
        }
    }
}
