//! Lists among a hundred thousand people, who stood in which exported list, and what a review or a request came to.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                // All a tree of departments asks of a post, in the order in which it counts.
                "CREATE INDEX posts_tree ON posts (department, manager, valid_from, ends_at, corrected_at, employed)",
                // What somebody held, newest first.
                "DROP INDEX posts_employee",
                "CREATE INDEX posts_employee ON posts (employee, valid_from, idx)",
                // An account without a number is found by its name, once a request.
                "CREATE INDEX people_name ON people (name)",
                // What was answered, newest first.
                "CREATE INDEX requests_answered ON requests (state, made_at, id)",
                // Who asked for the erasure that waits for a second person.
                "ALTER TABLE requests ADD COLUMN erasure_by TEXT",
                "ALTER TABLE requests ADD COLUMN erasure_by_name TEXT",
                // The case that a review opened.
                "ALTER TABLE interest_reviews ADD COLUMN case_id TEXT",
                // Lists of people that were taken out, and who stood in each.
                "CREATE TABLE roster_exports (idx {key}, at BIGINT NOT NULL, by_name TEXT NOT NULL, reason TEXT NOT NULL)",
                "CREATE TABLE roster_lines (number TEXT NOT NULL, idx BIGINT NOT NULL, PRIMARY KEY (number, idx)) {clustered}",
            ],
        )
        .await
    }
}
