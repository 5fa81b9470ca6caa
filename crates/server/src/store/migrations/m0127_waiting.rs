//! The alert queue is asked for what is open, newest first, and for how many there are of each sort. One index answers
//! both without a look at closed alerts or at any body. Whom somebody serves is answered by its index alone.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE INDEX alerts_waiting ON alerts (status, raised_at, id, severity, assignee, rule, employee)",
                // With the column that its own condition is about: SQLite looks at the row for it otherwise, one page for each
                // customer that is counted or listed.
                "DROP INDEX customer_assignments_served",
                "CREATE INDEX customer_assignments_served ON customer_assignments (employee, customer, ends_at, valid_from, corrected_at)
                    WHERE corrected_at IS NULL",
            ],
        )
        .await
    }
}
