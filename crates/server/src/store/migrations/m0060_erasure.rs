//! Which records name which files, and which files were sent: what erasure and clearing away need to know.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE record_files (sha256 TEXT NOT NULL, idx BIGINT NOT NULL, PRIMARY KEY (sha256, idx)) {clustered}",
                "CREATE INDEX record_files_idx ON record_files (idx)",
                "CREATE TABLE uploads (sha256 TEXT NOT NULL, by_id TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (sha256, by_id)) {clustered}",
                "CREATE INDEX uploads_at ON uploads (at)",
            ],
        )
        .await
    }
}
