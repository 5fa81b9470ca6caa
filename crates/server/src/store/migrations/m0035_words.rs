//! What the lexicon found in messages, and the versions of the lexicon.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                // Entry, step and place; neither text nor amounts.
                "CREATE TABLE word_hits (
                    idx BIGINT NOT NULL, n INTEGER NOT NULL, employee TEXT NOT NULL, conversation TEXT NOT NULL, counterpart TEXT NOT NULL,
                    customer TEXT, at BIGINT NOT NULL, word TEXT NOT NULL, category TEXT NOT NULL, severity TEXT NOT NULL, step TEXT NOT NULL,
                    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, strong BOOLEAN NOT NULL, exception TEXT, alerting BOOLEAN NOT NULL,
                    waiting BOOLEAN NOT NULL, direction TEXT NOT NULL, backfilled BOOLEAN NOT NULL, PRIMARY KEY (idx, n)) {clustered}",
                "CREATE INDEX word_hits_employee ON word_hits (employee, at)",
                "CREATE INDEX word_hits_waiting ON word_hits (conversation, at) WHERE waiting = TRUE",
                "CREATE TABLE word_signs (
                    conversation TEXT NOT NULL, at BIGINT NOT NULL, idx BIGINT NOT NULL, employee TEXT NOT NULL, promise BOOLEAN NOT NULL,
                    PRIMARY KEY (conversation, at, idx)) {clustered}",
                "CREATE INDEX word_signs_idx ON word_signs (idx)",
                "CREATE TABLE lexicon_versions (
                    idx {key}, version TEXT NOT NULL, at BIGINT NOT NULL, by_name TEXT NOT NULL, definition TEXT NOT NULL)",
                "CREATE UNIQUE INDEX lexicon_versions_name ON lexicon_versions (version)",
            ],
        )
        .await
    }
}
