//! Imports of files.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &["CREATE TABLE imports (
                    id TEXT PRIMARY KEY, name TEXT NOT NULL, about TEXT NOT NULL, status TEXT NOT NULL, options TEXT, actor TEXT,
                    total BIGINT NOT NULL, done BIGINT NOT NULL, accepted BIGINT NOT NULL, duplicates BIGINT NOT NULL,
                    quarantined BIGINT NOT NULL, skipped BIGINT NOT NULL, error_zh TEXT, error_en TEXT,
                    created_at BIGINT NOT NULL, created_by TEXT NOT NULL, expires_at BIGINT NOT NULL)"],
        )
        .await
    }
}
