//! Links 关联: finds the chains of an employee in the company's records.
//!
//! `project` notes in the record's transaction which records may carry a role; `gather` reads them (machine reading,
//! never shown) into facts; `evidence::chain` finds the chains; [`refresh`] keeps the last ones found, so that lists
//! over all employees are one query. What is *not* here: what a chain is worth (evidence::chain) and raising alerts
//! (alerts::chains).

pub mod api;
mod customers;
mod firms;
mod gather;
pub mod model;
mod near;
mod position;
mod project;
#[cfg(test)]
mod tests;
mod view;

pub use firms::Kept as Firms;
pub use gather::facts;
pub use project::Projection;
pub use view::{ChainView, Stored};

use crate::{
    company::Company,
    error::Result,
    evidence::chain::{self, Chain, DIVERSION, directory::Directory},
    records::{Appended, Effect, model::record},
};
use model::{chain as kept, chain_fact, class};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Follow-up jobs: one employee, or everyone who said or did something.
pub const FOLLOW: &str = "chains.follow";
pub const FOLLOW_ALL: &str = "chains.follow_all";

/// The chains of one employee, highest score first.
/// With `until`, in what happened before.
pub async fn chains_of(company: &Company, employee: &str, until: Option<i64>) -> Result<Vec<Chain>> {
    let mut facts = gather::facts(company, employee).await?;
    if let Some(until) = until {
        facts.facts.retain(|f| f.at < until);
    }
    Ok(tokio::task::block_in_place(|| chain::chains(&DIVERSION, &facts)))
}

/// Whether chains of an employee were found before.
pub async fn kept_any(company: &Company, employee: &str) -> Result<bool> {
    let one = kept::Entity::find().select_only().column(kept::Column::Id).filter(kept::Column::Employee.eq(employee));
    Ok(one.into_tuple::<String>().one(company.store.read()).await?.is_some())
}

/// Replaces the chains last found of an employee.
pub async fn keep(company: &Company, tx: &DatabaseTransaction, employee: &str, chains: &[Chain]) -> Result<()> {
    kept::Entity::delete_many().filter(kept::Column::Employee.eq(employee)).exec(tx).await?;
    let now = company.now();
    for part in chains.chunks(200) {
        let rows = part
            .iter()
            .map(|c| {
                Ok(kept::ActiveModel {
                    id: Set(c.id.clone()),
                    employee: Set(c.employee.clone()),
                    customer: Set(c.customer.clone()),
                    score: Set(c.score),
                    since: Set(c.from),
                    until: Set(c.until),
                    steps: Set(serde_json::to_string(&Stored::of(c))?),
                    found_at: Set(now),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        kept::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Notes these records as if they came now. Who is named by what is noted no longer is looked at as well.
pub async fn note_again(company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
    let rows = || chain_fact::Entity::find().filter(chain_fact::Column::Idx.is_in(batch.iter().map(|a| a.idx)));
    let key = |row: &chain_fact::Model| (row.idx, row.class.clone(), row.employee.clone(), row.customer.clone());
    let gone = rows().all(tx).await?;
    chain_fact::Entity::delete_many().filter(chain_fact::Column::Idx.is_in(batch.iter().map(|a| a.idx))).exec(tx).await?;
    Projection.apply(company, tx, batch).await?;
    let noted: HashSet<_> = rows().all(tx).await?.iter().map(key).collect();
    project::look_at(company, tx, &gone.into_iter().filter(|row| !noted.contains(&key(row))).map(|row| row.employee).collect()).await
}

/// Customers that an employee's chats, orders and visits were linked with since then: customer, kind, time, record.
pub async fn customers_met(db: &impl ConnectionTrait, employee: &str, since: i64) -> Result<Vec<(String, String, i64, i64)>> {
    let rows = chain_fact::Entity::find()
        .select_only()
        .columns([chain_fact::Column::Customer, chain_fact::Column::Kind, chain_fact::Column::At, chain_fact::Column::Idx])
        .filter(chain_fact::Column::Employee.eq(employee))
        .filter(chain_fact::Column::At.gte(since))
        .filter(chain_fact::Column::Customer.ne(""))
        .distinct();
    Ok(rows.into_tuple().all(db).await?)
}

/// Everyone with a record that may begin a chain.
pub async fn everyone(company: &Company) -> Result<Vec<String>> {
    let mut all: Vec<String> = chain_fact::Entity::find()
        .select_only()
        .column(chain_fact::Column::Employee)
        .filter(chain_fact::Column::Class.is_in([class::SAID, class::DID]))
        .distinct()
        .into_tuple()
        .all(company.store.read())
        .await?;
    all.retain(|e| !e.is_empty());
    all.sort();
    all.dedup();
    Ok(all)
}

/// (source, id) of records, for what must not depend on log order.
async fn names_of_records(company: &Company, indices: &[i64]) -> Result<HashMap<i64, (String, String)>> {
    let mut names = HashMap::new();
    for part in indices.chunks(1000) {
        let rows: Vec<(i64, String, String)> = record::Entity::find()
            .select_only()
            .columns([record::Column::Idx, record::Column::Source, record::Column::SourceId])
            .filter(record::Column::Idx.is_in(part.iter().copied()))
            .into_tuple()
            .all(company.store.read())
            .await?;
        names.extend(rows.into_iter().map(|(idx, source, id)| (idx, (source, id))));
    }
    Ok(names)
}

/// The customer an outsider belongs to, if just one is known by that contact or company.
pub async fn customers_of(db: &impl ConnectionTrait, external: &str, name: &str, of_company: &str) -> Result<BTreeSet<String>> {
    let set = |values: &[&str]| values.iter().filter(|v| !v.is_empty()).map(|v| (*v).to_owned()).collect::<BTreeSet<_>>();
    let known = customers::find(db, &BTreeSet::new(), &set(&[external, name]), &set(&[of_company])).await?;
    Ok(Directory::new(Vec::new(), known, &[]).customers_of(external, name, of_company))
}
