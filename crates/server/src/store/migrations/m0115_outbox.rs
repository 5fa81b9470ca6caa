//! Messages on their way out: from draft to sent or failed.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE outbox_messages (
                    id TEXT PRIMARY KEY, handover TEXT NOT NULL, employee TEXT NOT NULL, receiver TEXT, customer TEXT NOT NULL,
                    channel TEXT NOT NULL, recipient TEXT NOT NULL, address TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
                    state TEXT NOT NULL, attempts INTEGER NOT NULL, error TEXT, created_at BIGINT NOT NULL, created_by TEXT NOT NULL,
                    approved_at BIGINT, approved_by TEXT, sent_at BIGINT, revision BIGINT NOT NULL)",
                "CREATE INDEX outbox_messages_handover ON outbox_messages (handover)",
                "CREATE INDEX outbox_messages_created ON outbox_messages (created_at, id)",
            ],
        )
        .await
    }
}
