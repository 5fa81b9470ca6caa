//! Records, their keys, the head of the log, counters, jobs and the outbox of events.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_at BIGINT NOT NULL)",
                // One row: the right edge of the tree. Locking it is what puts the log in order.
                "CREATE TABLE log_head (id {key}, size BIGINT NOT NULL, frontier {blob} NOT NULL, root {blob} NOT NULL)",
                "CREATE TABLE log_epochs (epoch {key}, origin TEXT NOT NULL, vkey TEXT NOT NULL, first_index BIGINT NOT NULL, started_at BIGINT NOT NULL)",
                "CREATE TABLE records (
                    idx {key}, source TEXT NOT NULL, source_id TEXT NOT NULL, kind TEXT NOT NULL,
                    at BIGINT NOT NULL, received_at BIGINT NOT NULL, employee TEXT,
                    fingerprint {blob} NOT NULL, leaf {blob} NOT NULL, sealed {blob} NOT NULL)",
                "CREATE UNIQUE INDEX records_source ON records (source, source_id)",
                // Who a record concerns, with the record's key wrapped for that subject (null: erased). The rows of a record
                // lie together at the end as they come; a subject's in time order are found by the index, which has all a
                // list needs.
                "CREATE TABLE record_subjects (
                    idx BIGINT NOT NULL, subject TEXT NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL, wrap {blob},
                    PRIMARY KEY (idx, subject)) {clustered}",
                "CREATE INDEX record_subjects_time ON record_subjects (subject, at, idx, kind)",
                "CREATE TABLE subject_keys (subject TEXT PRIMARY KEY, wrapped {blob}, created_at BIGINT NOT NULL, erased_at BIGINT)",
                "CREATE TABLE counters (
                    subject TEXT NOT NULL, metric TEXT NOT NULL, event_day INTEGER NOT NULL, known_day INTEGER NOT NULL,
                    delta BIGINT NOT NULL, idx BIGINT NOT NULL)",
                "CREATE INDEX counters_subject ON counters (subject, metric, event_day)",
                "CREATE TABLE jobs (
                    id {serial}, kind TEXT NOT NULL, unique_key TEXT, payload TEXT NOT NULL, run_at BIGINT NOT NULL,
                    attempts INTEGER NOT NULL, leased_until BIGINT NOT NULL, failed TEXT)",
                "CREATE INDEX jobs_due ON jobs (run_at)",
                "CREATE INDEX jobs_key ON jobs (kind, unique_key)",
                "CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL)",
                "CREATE TABLE looks (
                    idx {key}, at BIGINT NOT NULL, actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL, actor_name TEXT NOT NULL,
                    case_id TEXT NOT NULL, reason TEXT NOT NULL, records TEXT NOT NULL, employees TEXT NOT NULL)",
                "CREATE TABLE events (seq {serial}, at BIGINT NOT NULL, topic TEXT NOT NULL, audience TEXT NOT NULL, payload TEXT NOT NULL)",
            ],
        )
        .await
    }
}
