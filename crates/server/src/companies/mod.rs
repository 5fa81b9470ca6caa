//! Companies 公司: our own names, competitors, partners, suppliers, with the aliases, people and accounts by which
//! they appear in chats and statements. Projected from `company.upserted`; what others say of one by its id makes a
//! placeholder. What is *not* here: deciding that a text or payer means one of them (signals/links).

pub mod api;
pub mod model;
mod project;
#[cfg(test)]
mod tests;

pub use project::Projection;

use crate::{error::Result, store::keepable};
use model::company;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use std::collections::HashMap;

/// A company with all the ways it may be named.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub id: String,
    pub name: String,
    /// `own`, `competitor`, `related`, `partner`, `supplier`, `unknown`.
    pub kind: String,
    pub aliases: Vec<String>,
    pub persons: Vec<String>,
    pub accounts: Vec<String>,
    pub sites: Vec<Value>,
    pub placeholder: bool,
}

impl Known {
    fn of_row(row: company::Model) -> Self {
        let list = |json: &str| serde_json::from_str(json).unwrap_or_default();
        Self {
            aliases: list(&row.aliases),
            persons: list(&row.persons),
            accounts: list(&row.accounts),
            sites: serde_json::from_str(&row.sites).unwrap_or_default(),
            id: row.company,
            name: row.name,
            kind: row.kind,
            placeholder: row.placeholder,
        }
    }
}

/// What a company is called and who is with it, to be compared with people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub id: String,
    /// Name and aliases.
    pub names: Vec<String>,
    pub persons: Vec<String>,
}

/// The companies of these kinds, in the order of their ids.
pub async fn named_of(db: &impl ConnectionTrait, kinds: &[&str]) -> Result<Vec<Named>> {
    let rows: Vec<(String, String, String, String)> = company::Entity::find()
        .select_only()
        .columns([company::Column::Company, company::Column::Name, company::Column::Aliases, company::Column::Persons])
        .filter(company::Column::Kind.is_in(kinds.iter().copied()))
        .order_by_asc(company::Column::Company)
        .into_tuple()
        .all(db)
        .await?;
    let list = |json: &str| -> Vec<String> { serde_json::from_str::<Vec<String>>(json).unwrap_or_default().iter().map(|t| keepable(t)).collect() };
    let named = |(id, name, aliases, persons): (String, String, String, String)| {
        let mut names = list(&aliases);
        names.insert(0, name);
        Named { id, names, persons: list(&persons) }
    };
    Ok(rows.into_iter().map(named).collect())
}

/// All companies, in the order of their ids.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Known>> {
    let rows = company::Entity::find().order_by_asc(company::Column::Company).all(db).await?;
    Ok(rows.into_iter().map(Known::of_row).collect())
}

/// These records can no longer be opened: a name that only they gave, and nobody filled in, goes with them. Another
/// record that gives it again makes the row anew.
pub async fn forget(tx: &DatabaseTransaction, gone: &[i64]) -> Result<()> {
    for part in gone.chunks(1000) {
        let named_there = company::Column::Idx.is_in(part.iter().copied());
        company::Entity::delete_many().filter(company::Column::Placeholder.eq(true)).filter(named_there).exec(tx).await?;
    }
    Ok(())
}

/// Changes whenever a company does: what was made from [`all`] may be kept as long as this stays the same.
pub async fn version(db: &impl ConnectionTrait) -> Result<i64> {
    let newest: Option<Option<i64>> = company::Entity::find().select_only().column_as(company::Column::Idx.max(), "newest").into_tuple().one(db).await?;
    Ok(newest.flatten().unwrap_or(-1))
}

pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<Known>> {
    Ok(company::Entity::find_by_id(id).one(db).await?.map(Known::of_row))
}

/// These companies; unknown ones are left out.
pub async fn find_all(db: &impl ConnectionTrait, ids: &[String]) -> Result<HashMap<String, Known>> {
    let mut found = HashMap::new();
    for part in ids.chunks(500) {
        let rows = company::Entity::find().filter(company::Column::Company.is_in(part.iter().cloned())).all(db).await?;
        found.extend(rows.into_iter().map(|r| (r.company.clone(), Known::of_row(r))));
    }
    Ok(found)
}
