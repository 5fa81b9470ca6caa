//! Cases, what is in them, what happened in them, and the packages made from them.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE cases (
                    id TEXT PRIMARY KEY, number TEXT NOT NULL, title TEXT NOT NULL, reason TEXT NOT NULL,
                    employee TEXT NOT NULL, status TEXT NOT NULL, outcome TEXT, opened_at BIGINT NOT NULL,
                    opened_by TEXT NOT NULL, closed_at BIGINT, revision BIGINT NOT NULL)",
                "CREATE UNIQUE INDEX cases_number ON cases (number)",
                "CREATE INDEX cases_employee ON cases (employee)",
                "CREATE TABLE case_alerts (case_id TEXT NOT NULL, alert TEXT NOT NULL, PRIMARY KEY (case_id, alert)) {clustered}",
                "CREATE INDEX case_alerts_alert ON case_alerts (alert)",
                "CREATE TABLE case_records (
                    case_id TEXT NOT NULL, idx BIGINT NOT NULL, added_at BIGINT NOT NULL, added_by TEXT NOT NULL,
                    reason TEXT NOT NULL, PRIMARY KEY (case_id, idx)) {clustered}",
                "CREATE TABLE case_files (
                    case_id TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL, size BIGINT NOT NULL,
                    added_at BIGINT NOT NULL, added_by TEXT NOT NULL, PRIMARY KEY (case_id, sha256)) {clustered}",
                // One row an act, keyed by the log index of the act's own record.
                "CREATE TABLE case_events (
                    idx {key}, case_id TEXT NOT NULL, at BIGINT NOT NULL, actor_id TEXT NOT NULL, actor_name TEXT NOT NULL,
                    kind TEXT NOT NULL, text TEXT, data TEXT NOT NULL)",
                "CREATE INDEX case_events_case ON case_events (case_id, idx)",
                "CREATE TABLE packages (
                    id TEXT PRIMARY KEY, case_id TEXT NOT NULL, revision BIGINT NOT NULL, status TEXT NOT NULL,
                    progress INTEGER NOT NULL, error TEXT, reason TEXT NOT NULL, redact TEXT NOT NULL, actor TEXT NOT NULL,
                    created_at BIGINT NOT NULL, look BIGINT, checkpoint TEXT, custody_until BIGINT, size BIGINT,
                    sha256 TEXT, built_at BIGINT, pdf TEXT, pdf_note TEXT)",
                "CREATE INDEX packages_case ON packages (case_id, created_at)",
            ],
        )
        .await
    }
}
