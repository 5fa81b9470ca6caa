//! Sources, quarantine, consents, corrections.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE sources (
                    source TEXT PRIMARY KEY, version INTEGER NOT NULL, name TEXT NOT NULL, kinds TEXT NOT NULL, basis TEXT,
                    pending TEXT, registered_at BIGINT NOT NULL, registered_by TEXT NOT NULL)",
                "CREATE TABLE source_counts (source TEXT PRIMARY KEY, records BIGINT NOT NULL, last_received_at BIGINT NOT NULL)",
                "CREATE TABLE quarantine (
                    id TEXT PRIMARY KEY, source TEXT NOT NULL, source_id TEXT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL,
                    zh TEXT NOT NULL, en TEXT NOT NULL, received_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
                    digest TEXT NOT NULL, body {blob})",
                "CREATE UNIQUE INDEX quarantine_digest ON quarantine (digest, code)",
                "CREATE INDEX quarantine_source ON quarantine (source, code)",
                "CREATE INDEX quarantine_expires ON quarantine (expires_at)",
                "CREATE TABLE consents (
                    employee TEXT NOT NULL, channel TEXT NOT NULL, external TEXT NOT NULL, at BIGINT NOT NULL, idx BIGINT NOT NULL,
                    state TEXT NOT NULL, PRIMARY KEY (employee, channel, external, at, idx)) {clustered}",
                "CREATE TABLE leaves (idx {key}, employee TEXT NOT NULL, from_at BIGINT NOT NULL, until_at BIGINT NOT NULL)",
                "CREATE INDEX leaves_employee ON leaves (employee, from_at)",
                "CREATE TABLE corrections (idx {key}, corrects BIGINT NOT NULL)",
                "CREATE INDEX corrections_corrects ON corrections (corrects)",
            ],
        )
        .await
    }
}
