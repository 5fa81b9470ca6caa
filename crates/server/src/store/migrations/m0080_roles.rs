//! Roles a company changed or added; the shipped ones stand in the code.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &["CREATE TABLE roles (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, like_role TEXT NOT NULL, definition TEXT NOT NULL, version INTEGER NOT NULL,
                changed_at BIGINT NOT NULL, changed_by TEXT NOT NULL)"],
        )
        .await
    }
}
