//! The alert queue is asked for what is open, newest first, and for how many there are of each sort. One index answers
//! both without a look at closed alerts or at any body.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, &["CREATE INDEX alerts_waiting ON alerts (status, raised_at, id, severity, assignee, rule, employee)"]).await
    }
}
