//! What keeps many records and several replicas in order: the epoch of the subject keys, and the ways into long tables.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                // Raised whenever subject keys are dropped, under the lock of the one row that every append takes.
                "ALTER TABLE log_head ADD COLUMN key_epoch BIGINT NOT NULL DEFAULT 0",
                "ALTER TABLE jobs ADD COLUMN background BOOLEAN NOT NULL DEFAULT FALSE",
                "DROP INDEX jobs_due",
                "CREATE INDEX jobs_due ON jobs (background, run_at, id)",
                // The record browser's filters, newest first; without them it walks through everything else.
                "CREATE INDEX records_kind ON records (kind, at, idx)",
                "CREATE INDEX records_origin ON records (source, at, idx)",
            ],
        )
        .await
    }
}
