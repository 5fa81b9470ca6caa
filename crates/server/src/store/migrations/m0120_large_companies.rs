//! What lists need among a hundred thousand people and millions of customers: people found by a part of their name, whom
//! an employee serves in the order of the list, customers nobody serves, tiers, departments, promises that are due.

use crate::{
    customers::names::CUSTOMERS,
    people::{
        names::{Index, PEOPLE},
        search,
    },
};
use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE person_forms (form {blob} NOT NULL, number TEXT NOT NULL, PRIMARY KEY (form, number)) {clustered}",
                "CREATE INDEX people_department ON people (department, number)",
                "DROP INDEX customer_assignments_open",
                "CREATE INDEX customer_assignments_served ON customer_assignments (employee, customer, ends_at, valid_from) WHERE corrected_at IS NULL",
                "ALTER TABLE customers ADD COLUMN unserved BOOLEAN NOT NULL DEFAULT TRUE",
                // Only those that certainly are: the mark may stand where somebody serves them, never the other way.
                "UPDATE customers SET unserved = FALSE WHERE customer IN
                    (SELECT customer FROM customer_assignments WHERE corrected_at IS NULL AND ends_at IS NULL AND valid_from <= known_at)",
                "CREATE INDEX customers_unserved ON customers (customer) WHERE unserved",
                "CREATE INDEX customers_tier ON customers (tier, customer)",
                "CREATE INDEX customer_dealings_state ON customer_dealings (kind, state, due, idx) WHERE due IS NOT NULL",
                "DROP INDEX customer_dealings_due",
                "DROP INDEX customers_placeholder",
            ],
        )
        .await?;
        let db = manager.get_connection();
        // Those only named by records are found through forms as well from now on.
        keep(db, &CUSTOMERS, "SELECT customer, search FROM customers WHERE customer > $1 AND placeholder ORDER BY customer LIMIT 1000").await?;
        keep(db, &PEOPLE, "SELECT number, search FROM people WHERE number > $1 ORDER BY number LIMIT 1000").await
    }
}

/// Gives rows their forms, a page at a time.
async fn keep(db: &impl ConnectionTrait, index: &Index, page: &str) -> Result<(), DbErr> {
    let mut after = String::new();
    loop {
        let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), page, [after.clone().into()])).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.try_get_by_index(0)?;
        let mut forms = Vec::new();
        for row in &rows {
            let (id, text): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            forms.extend(search::forms(&text).into_iter().map(|form| (form, id.clone())));
        }
        index.add(db, forms).await.map_err(|e| DbErr::Migration(e.to_string()))?;
    }
}
