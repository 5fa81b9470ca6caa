//! Customers found by a part of their name among millions. Those that are there get their forms.

use crate::{customers::names::CUSTOMERS, people::search};
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
                "CREATE TABLE customer_forms (form {blob} NOT NULL, customer TEXT NOT NULL, PRIMARY KEY (form, customer)) {clustered}",
                "CREATE INDEX customers_placeholder ON customers (customer) WHERE placeholder",
            ],
        )
        .await?;
        let db = manager.get_connection();
        let mut after = String::new();
        loop {
            let page = Statement::from_sql_and_values(
                db.get_database_backend(),
                "SELECT customer, search FROM customers WHERE customer > $1 AND NOT placeholder ORDER BY customer LIMIT 1000",
                [after.clone().into()],
            );
            let rows = db.query_all_raw(page).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.try_get("", "customer")?;
            let mut forms = Vec::new();
            for row in &rows {
                let (customer, text): (String, String) = (row.try_get("", "customer")?, row.try_get("", "search")?);
                forms.extend(search::forms(&text).into_iter().map(|form| (form, customer.clone())));
            }
            CUSTOMERS.add(db, forms).await.map_err(|e| DbErr::Migration(e.to_string()))?;
        }
    }
}
