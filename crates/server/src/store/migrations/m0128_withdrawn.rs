//! A deduction that was noted wrongly is withdrawn: its row names the record that does so, and whether the sum had been
//! taken from a wage by then.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &["ALTER TABLE handover_events ADD COLUMN withdrawn BIGINT", "ALTER TABLE handover_events ADD COLUMN taken BOOLEAN NOT NULL DEFAULT FALSE"],
        )
        .await
    }
}
