//! What is going on with a customer, whose customers change hands, and what a person holds at the issue and the return
//! of a work account.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                // One row a record: follow-ups, stages of deals, orders, receivables, promises, preferences. `newest` is
                // the row that speaks for its thing now; the others are how it was.
                "CREATE TABLE customer_dealings (
                    idx {key}, customer TEXT NOT NULL, employee TEXT, kind TEXT NOT NULL, thing TEXT, at BIGINT NOT NULL,
                    known_at BIGINT NOT NULL, corrected_at BIGINT, newest BOOLEAN NOT NULL, state TEXT, amount BIGINT, settled BIGINT,
                    currency TEXT, due TEXT, text TEXT)",
                "CREATE INDEX customer_dealings_customer ON customer_dealings (customer, kind, at)",
                "CREATE INDEX customer_dealings_thing ON customer_dealings (thing) WHERE thing IS NOT NULL",
                "CREATE INDEX customer_dealings_due ON customer_dealings (due, kind) WHERE due IS NOT NULL",
                "CREATE TABLE reassignments (
                    id TEXT PRIMARY KEY, started_at BIGINT NOT NULL, begins_at BIGINT NOT NULL, begins TEXT NOT NULL, giver TEXT,
                    receiver TEXT, reach TEXT NOT NULL, actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL, actor_name TEXT NOT NULL,
                    reason TEXT NOT NULL, undoes TEXT, finished_at BIGINT)",
                "CREATE INDEX reassignments_started ON reassignments (started_at)",
                "CREATE TABLE reassignment_results (
                    reassignment TEXT NOT NULL, customer TEXT NOT NULL, receiver TEXT NOT NULL, status TEXT NOT NULL, code TEXT,
                    holder TEXT, idx BIGINT, PRIMARY KEY (reassignment, customer)) {clustered}",
                "CREATE TABLE contact_snapshots (
                    id TEXT PRIMARY KEY, idx BIGINT NOT NULL, employee TEXT NOT NULL, system TEXT NOT NULL, account TEXT NOT NULL,
                    occasion TEXT NOT NULL, taken_at BIGINT NOT NULL, taken_by TEXT NOT NULL, customers BIGINT NOT NULL,
                    contacts TEXT NOT NULL, sha256 TEXT NOT NULL, acknowledged_at BIGINT, acknowledged_idx BIGINT)",
                "CREATE INDEX contact_snapshots_employee ON contact_snapshots (employee, taken_at)",
                // Lists go by who serves a customer now.
                "CREATE INDEX customer_assignments_open ON customer_assignments (employee, ends_at, customer)",
            ],
        )
        .await
    }
}
