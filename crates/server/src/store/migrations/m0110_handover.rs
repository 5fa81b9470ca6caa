//! Processes, running handovers with their items, findings, moved customers, statutory duties, objections.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE processes (
                    id TEXT NOT NULL, version INTEGER NOT NULL, definition TEXT NOT NULL, changed_at BIGINT NOT NULL,
                    changed_by TEXT NOT NULL, PRIMARY KEY (id, version))",
                "CREATE TABLE handovers (
                    id TEXT PRIMARY KEY, number TEXT NOT NULL, employee TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
                    process TEXT NOT NULL, process_version INTEGER NOT NULL, definition TEXT NOT NULL, submitted_on TEXT,
                    last_day TEXT, reason TEXT NOT NULL, started_at BIGINT NOT NULL, started_by TEXT NOT NULL, signed_at BIGINT,
                    closed_at BIGINT, closed_reason TEXT, reconciled_at BIGINT, revision BIGINT NOT NULL)",
                "CREATE UNIQUE INDEX handovers_number ON handovers (number)",
                "CREATE UNIQUE INDEX handovers_running ON handovers (employee) WHERE status <> 'closed'",
                "CREATE INDEX handovers_employee ON handovers (employee)",
                "CREATE TABLE handover_items (
                    id TEXT PRIMARY KEY, handover TEXT NOT NULL, node TEXT NOT NULL, grp TEXT NOT NULL, kind TEXT NOT NULL,
                    reference TEXT, place INTEGER NOT NULL, name TEXT NOT NULL, detail TEXT NOT NULL, spec TEXT NOT NULL,
                    origin TEXT NOT NULL, status TEXT NOT NULL, stage INTEGER NOT NULL, receiver TEXT, due TEXT,
                    given TEXT NOT NULL, files TEXT NOT NULL, submitted_at BIGINT, submitted_by TEXT, remark TEXT,
                    decided_at BIGINT, revision BIGINT NOT NULL)",
                "CREATE INDEX handover_items_handover ON handover_items (handover, place)",
                "CREATE INDEX handover_items_receiver ON handover_items (receiver)",
                // One row an act, keyed by the log index of the act's own record.
                "CREATE TABLE handover_events (
                    idx {key}, handover TEXT NOT NULL, item TEXT, at BIGINT NOT NULL, actor_id TEXT NOT NULL,
                    actor_name TEXT NOT NULL, kind TEXT NOT NULL, text TEXT)",
                "CREATE INDEX handover_events_handover ON handover_events (handover, idx)",
                "CREATE TABLE handover_findings (
                    handover TEXT NOT NULL, customer TEXT NOT NULL, dealings TEXT NOT NULL, newest BIGINT NOT NULL,
                    status TEXT NOT NULL, reason TEXT, decided_at BIGINT, decided_by TEXT, PRIMARY KEY (handover, customer))",
                "CREATE TABLE handover_moves (
                    handover TEXT NOT NULL, customer TEXT NOT NULL, batch TEXT NOT NULL, receiver TEXT, status TEXT NOT NULL,
                    note TEXT, at BIGINT NOT NULL, PRIMARY KEY (handover, customer))",
                "CREATE TABLE handover_duties (
                    handover TEXT NOT NULL, duty TEXT NOT NULL, due TEXT NOT NULL, status TEXT NOT NULL, done_on TEXT,
                    note TEXT, overdue_at BIGINT, content TEXT, idx BIGINT, PRIMARY KEY (handover, duty))",
                "CREATE TABLE handover_objections (
                    id TEXT PRIMARY KEY, handover TEXT NOT NULL, item TEXT, at BIGINT NOT NULL, text TEXT NOT NULL,
                    answer TEXT, answered_at BIGINT, answered_by TEXT)",
                "CREATE INDEX handover_objections_handover ON handover_objections (handover)",
            ],
        )
        .await
    }
}
