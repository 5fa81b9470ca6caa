//! Assets are found by what was folded when they were written, as people and customers are.

use crate::people::search;
use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, &["ALTER TABLE assets ADD COLUMN search TEXT NOT NULL DEFAULT ''"]).await?;
        let db = manager.get_connection();
        let ask = |sql: &str, values: Vec<sea_orm::Value>| Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        let mut after = i64::MIN;
        loop {
            let page = "SELECT idx, asset, name, identifier FROM assets WHERE idx > $1 ORDER BY idx LIMIT 1000";
            let rows = db.query_all_raw(ask(page, vec![after.into()])).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.try_get_by_index(0)?;
            for row in &rows {
                let (idx, asset, name): (i64, String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                let identifier: Option<String> = row.try_get_by_index(3)?;
                let text = search::plain([asset.as_str(), name.as_str()].into_iter().chain(identifier.as_deref()));
                db.execute_raw(ask("UPDATE assets SET search = $1 WHERE idx = $2", vec![text.into(), idx.into()])).await?;
            }
        }
    }
}
