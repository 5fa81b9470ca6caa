//! Fewer trees for each record to be written into: of three indices that served the record browser one is left, and one
//! that ordinary messages stay out of.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "DROP INDEX records_at",
                "DROP INDEX records_kind",
                "DROP INDEX records_origin",
                // All a list over time asks of a record, so that what it passes over costs an entry here and not a row.
                "CREATE INDEX records_time ON records (at, idx, kind, source)",
                // Messages are most of what there is and are met at once on the way through time. What is rare is not.
                "CREATE INDEX records_kind ON records (kind, at, idx) WHERE kind <> 'message.sent'",
            ],
        )
        .await
    }
}
