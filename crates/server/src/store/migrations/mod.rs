//! The tables, in the order they came. A room adds its own file here and one line below; a landed one never changes.
//!
//! Tables are written once, in SQL that both engines read; the few words that differ stand in braces:
//! `{blob}` bytes · `{key}` a 64-bit integer primary key (the row id on SQLite) · `{serial}` the same, counted by the
//! database · `{clustered}` rows stored in key order where the engine can.

mod m0001_ground;
mod m0002_access;
mod m0010_intake;
mod m0011_people;
mod m0012_imports;
mod m0020_cases;
mod m0030_log;
mod m0035_words;
mod m0040_alerts;
mod m0060_erasure;
mod m0070_upkeep;
mod m0080_roles;
mod m0081_identity;
mod m0082_rights;
mod m0090_people;
mod m0100_customers;
mod m0101_customer_names;
mod m0110_handover;
mod m0115_outbox;
mod m0120_large_companies;
mod m0121_fewer_indices;
mod m0122_assets;
mod m0123_reach;
mod m0124_matches;
mod m0125_asset_rights;
mod m0126_asset_search;
mod m0127_waiting;
mod m0128_withdrawn;
pub mod m0129_corrected;

use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::prelude::*;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_ground::Migration),
            Box::new(m0002_access::Migration),
            Box::new(m0010_intake::Migration),
            Box::new(m0011_people::Migration),
            Box::new(m0012_imports::Migration),
            Box::new(m0030_log::Migration),
            Box::new(m0035_words::Migration),
            Box::new(m0040_alerts::Migration),
            Box::new(m0020_cases::Migration),
            Box::new(m0060_erasure::Migration),
            Box::new(m0070_upkeep::Migration),
            Box::new(m0080_roles::Migration),
            Box::new(m0081_identity::Migration),
            Box::new(m0082_rights::Migration),
            Box::new(m0090_people::Migration),
            Box::new(m0100_customers::Migration),
            Box::new(m0101_customer_names::Migration),
            Box::new(m0110_handover::Migration),
            Box::new(m0115_outbox::Migration),
            Box::new(m0120_large_companies::Migration),
            Box::new(m0121_fewer_indices::Migration),
            Box::new(m0122_assets::Migration),
            Box::new(m0123_reach::Migration),
            Box::new(m0124_matches::Migration),
            Box::new(m0125_asset_rights::Migration),
            Box::new(m0126_asset_search::Migration),
            Box::new(m0127_waiting::Migration),
            Box::new(m0128_withdrawn::Migration),
            Box::new(m0129_corrected::Migration),
        ]
    }
}

/// Runs each statement, with the words in braces put into the engine's own.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let words: [(&str, &str); 4] = match manager.get_database_backend() {
        DbBackend::Sqlite => {
            [("{blob}", "BLOB"), ("{key}", "INTEGER PRIMARY KEY"), ("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT"), ("{clustered}", "WITHOUT ROWID")]
        }
        _ => [("{blob}", "BYTEA"), ("{key}", "BIGINT PRIMARY KEY"), ("{serial}", "BIGSERIAL PRIMARY KEY"), ("{clustered}", "")],
    };
    for statement in statements {
        let mut sql = (*statement).to_owned();
        for (word, with) in words {
            sql = sql.replace(word, with);
        }
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}
