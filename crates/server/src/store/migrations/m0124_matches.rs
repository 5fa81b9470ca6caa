//! Where employees meet companies, kept as rows; posts as they were known, and accounts page by page.

use crate::people::matches;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE interest_matches (
                    name TEXT PRIMARY KEY, employee TEXT NOT NULL, company TEXT NOT NULL, meets INTEGER NOT NULL, person TEXT,
                    interest BIGINT, reviewed BOOLEAN NOT NULL)",
                // The order of the list.
                "CREATE INDEX interest_matches_list ON interest_matches (reviewed, meets, employee, name)",
                "CREATE INDEX interest_matches_employee ON interest_matches (employee)",
                "CREATE INDEX interest_matches_company ON interest_matches (company)",
                "CREATE INDEX interest_matches_interest ON interest_matches (interest)",
                "CREATE INDEX interest_reviews_employee ON interest_reviews (employee)",
                // All that is asked of a post as it was known at some time: a tree of a hundred thousand people reads no row.
                "DROP INDEX posts_employee",
                "CREATE INDEX posts_employee ON posts (employee, valid_from, idx, known_at, corrected_at, employed, department, manager)",
                "CREATE INDEX users_created ON users (created_at, id)",
            ],
        )
        .await?;
        matches::fill(manager.get_connection()).await.map_err(|e| DbErr::Migration(e.to_string()))
    }
}
