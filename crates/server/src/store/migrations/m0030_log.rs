//! Published checkpoints of the log and their time stamps.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE log_checkpoints (
                    epoch BIGINT NOT NULL, size BIGINT NOT NULL, root {blob} NOT NULL, note TEXT NOT NULL, at BIGINT NOT NULL,
                    PRIMARY KEY (epoch, size)) {clustered}",
                "CREATE INDEX log_checkpoints_at ON log_checkpoints (at)",
                "CREATE TABLE log_stamps (
                    id TEXT PRIMARY KEY, epoch BIGINT NOT NULL, size BIGINT NOT NULL, authority TEXT NOT NULL,
                    requested_at BIGINT NOT NULL, at BIGINT NOT NULL, signer TEXT NOT NULL, serial TEXT NOT NULL,
                    verified BOOLEAN NOT NULL, token {blob} NOT NULL)",
                "CREATE INDEX log_stamps_asked ON log_stamps (authority, requested_at)",
            ],
        )
        .await
    }
}
