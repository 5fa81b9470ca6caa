//! Follows `company.upserted`, and gives a row to every company another record names by its id.

use super::model::company;
use crate::{
    company::Company,
    error::Result,
    intake::facts::{self, Fact},
    people::search,
    records::{Appended, Effect},
    store::{keepable, keepable_json},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::OnConflict,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub struct Projection;

#[async_trait::async_trait]
impl Effect for Projection {
    async fn apply(&self, _: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let originals = facts::originals(tx, batch).await?;
        let facts = facts::of(batch, &originals);
        upsert(tx, &facts).await?;
        placeholders(tx, &facts).await
    }
}

fn blank(id: &str, idx: i64) -> company::Model {
    company::Model {
        company: id.to_owned(),
        name: id.to_owned(),
        kind: "unknown".into(),
        aliases: "[]".into(),
        persons: "[]".into(),
        accounts: "[]".into(),
        sites: "[]".into(),
        search: search::text(id, &[]),
        placeholder: true,
        as_of: i64::MIN,
        idx,
    }
}

async fn upsert(tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<()> {
    let mine: Vec<&Fact> = facts.iter().filter(|f| f.kind == "company.upserted").collect();
    let ids: BTreeSet<&str> = mine.iter().filter_map(|f| f.text("company")).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut rows: BTreeMap<String, company::Model> = BTreeMap::new();
    for part in ids.into_iter().collect::<Vec<_>>().chunks(500) {
        let found = company::Entity::find().filter(company::Column::Company.is_in(part.iter().copied())).all(tx).await?;
        rows.extend(found.into_iter().map(|r| (r.company.clone(), r)));
    }
    for fact in mine {
        let (Some(id), Some(name)) = (fact.text("company"), fact.text("name")) else { continue };
        let row = rows.entry(id.to_owned()).or_insert_with(|| blank(id, fact.idx));
        if fact.at < row.as_of {
            continue;
        }
        row.as_of = fact.at;
        row.idx = row.idx.max(fact.idx);
        row.placeholder = false;
        row.name = keepable(name);
        if let Some(kind) = fact.text("kind") {
            row.kind = kind.to_owned();
        }
        for (slot, member) in [(&mut row.aliases, "aliases"), (&mut row.persons, "persons"), (&mut row.accounts, "accounts"), (&mut row.sites, "sites")] {
            match fact.data.get(member) {
                None => {}
                Some(v @ Value::Array(_)) => *slot = keepable_json(v),
                Some(_) => *slot = "[]".into(),
            }
        }
        let aliases: Vec<String> = serde_json::from_str(&row.aliases).unwrap_or_default();
        let names: Vec<&str> = std::iter::once(row.name.as_str()).chain(aliases.iter().map(String::as_str)).collect();
        row.search = search::text(id, &names);
    }
    let rows: Vec<_> = rows.into_values().map(|r| r.into_active_model().reset_all()).collect();
    for part in rows.chunks(500) {
        use company::Column as C;
        company::Entity::insert_many(part.iter().cloned())
            .on_conflict(
                OnConflict::column(C::Company)
                    .update_columns([C::Name, C::Kind, C::Aliases, C::Persons, C::Accounts, C::Sites, C::Search, C::Placeholder, C::AsOf, C::Idx])
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

async fn placeholders(tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<()> {
    let mut named: BTreeMap<&str, i64> = BTreeMap::new();
    for fact in facts {
        let member = match fact.kind {
            "order.transferred" | "customer.lost" => fact.text("to_company"),
            "interest.declared" | "call.made" => fact.text("company"),
            "transfer.booked" => fact.data.get("counterparty").and_then(Value::as_object).and_then(|c| facts::text(c, "company")),
            _ => None,
        };
        if let Some(id) = member.filter(|id| crate::intake::kinds::is_identifier(id)) {
            named.entry(id).or_insert(fact.idx);
        }
    }
    for part in named.into_iter().collect::<Vec<_>>().chunks(500) {
        let known: HashSet<String> = company::Entity::find()
            .select_only()
            .column(company::Column::Company)
            .filter(company::Column::Company.is_in(part.iter().map(|(id, _)| *id)))
            .into_tuple::<String>()
            .all(tx)
            .await?
            .into_iter()
            .collect();
        let fresh: Vec<_> = part.iter().filter(|(id, _)| !known.contains(*id)).map(|(id, idx)| blank(id, *idx).into_active_model().reset_all()).collect();
        if !fresh.is_empty() {
            company::Entity::insert_many(fresh)
                .on_conflict(OnConflict::column(company::Column::Company).do_nothing().to_owned())
                .exec_without_returning(tx)
                .await?;
        }
    }
    Ok(())
}
