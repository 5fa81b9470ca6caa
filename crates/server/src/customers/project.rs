//! Follows `customer.upserted` and `customer.assigned`, and gives a row to every customer a record names.

use super::{
    assign, assignable,
    model::{assignment, customer},
    names,
};
use crate::{
    company::Company,
    error::Result,
    intake::facts::{self, Fact},
    people::{names::Renamed, search},
    records::{Appended, Effect},
    store::{bulk, keepable, keepable_json},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub struct Projection;

#[async_trait::async_trait]
impl Effect for Projection {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let originals = facts::originals(tx, batch).await?;
        let facts = facts::of(batch, &originals);
        assignable::hold(company, tx, batch).await?;
        upsert(tx, &facts).await?;
        placeholders(tx, batch).await?;
        assign(company, tx, &facts).await
    }
}

fn blank(id: &str) -> customer::Model {
    customer::Model {
        customer: id.to_owned(),
        name: id.to_owned(),
        tier: None,
        since: None,
        sites: "[]".into(),
        contacts: "[]".into(),
        search: search::text(id, &[]),
        placeholder: true,
        as_of: i64::MIN,
        unserved: true,
    }
}

async fn upsert(tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<()> {
    let mine: Vec<&Fact> = facts.iter().filter(|f| f.kind == "customer.upserted").collect();
    if mine.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = mine.iter().filter_map(|f| f.text("customer")).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect();
    let mut rows: BTreeMap<String, customer::Model> = super::find_all(tx, &ids).await?.into_iter().collect();
    let before: HashMap<String, String> = rows.values().map(|r| (r.customer.clone(), r.search.clone())).collect();
    for fact in mine {
        let (Some(id), Some(name)) = (fact.text("customer"), fact.text("name")) else { continue };
        let row = rows.entry(id.to_owned()).or_insert_with(|| blank(id));
        if fact.at < row.as_of {
            continue;
        }
        row.as_of = fact.at;
        row.placeholder = false;
        row.name = keepable(name);
        for (slot, member) in [(&mut row.tier, "tier"), (&mut row.since, "since")] {
            if let Some(v) = fact.data.get(member) {
                *slot = v.as_str().map(keepable);
            }
        }
        for (slot, member) in [(&mut row.sites, "sites"), (&mut row.contacts, "contacts")] {
            match fact.data.get(member) {
                None => {}
                Some(v @ Value::Array(_)) => *slot = keepable_json(v),
                Some(_) => *slot = "[]".into(),
            }
        }
        row.search = search::text(id, &[&row.name]);
    }
    let renamed: Vec<Renamed> =
        rows.values().map(|r| Renamed { id: r.customer.clone(), before: before.get(&r.customer).cloned(), now: r.search.clone() }).collect();
    names::CUSTOMERS.follow(tx, &renamed).await?;
    let rows: Vec<_> = rows.into_values().map(|r| r.into_active_model().reset_all()).collect();
    for part in rows.chunks(500) {
        use customer::Column as C;
        customer::Entity::insert_many(part.iter().cloned())
            .on_conflict(
                OnConflict::column(C::Customer)
                    .update_columns([C::Name, C::Tier, C::Since, C::Sites, C::Contacts, C::Search, C::Placeholder, C::AsOf])
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

async fn placeholders(tx: &impl ConnectionTrait, batch: &[Appended<'_>]) -> Result<()> {
    let named: BTreeSet<&str> = batch.iter().flat_map(|a| &a.draft.subjects).filter_map(|s| s.strip_prefix("c:")).collect();
    if named.is_empty() {
        return Ok(());
    }
    let known: HashSet<String> = customer::Entity::find()
        .select_only()
        .column(customer::Column::Customer)
        .filter(bulk::among(tx, customer::Column::Customer, named.iter().copied()))
        .into_tuple::<String>()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    let fresh: Vec<customer::Model> = named.into_iter().filter(|n| !known.contains(*n)).map(blank).collect();
    names::CUSTOMERS.add(tx, fresh.iter().flat_map(|r| search::forms(&r.search).into_iter().map(|form| (form, r.customer.clone()))).collect()).await?;
    let fresh: Vec<_> = fresh.into_iter().map(|r| r.into_active_model().reset_all()).collect();
    for part in fresh.chunks(500) {
        customer::Entity::insert_many(part.iter().cloned())
            .on_conflict(OnConflict::column(customer::Column::Customer).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Adds assignments and sets where those of the same customers now end.
async fn assign(company: &Company, tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<()> {
    let mine: Vec<&Fact> = facts.iter().filter(|f| f.kind == "customer.assigned").collect();
    if mine.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = mine
        .iter()
        .filter_map(|f| {
            Some(assignment::Model {
                idx: f.idx,
                customer: f.text("customer")?.to_owned(),
                employee: f.text("employee")?.to_owned(),
                valid_from: facts::moment(company, f.text("from")?, false)?,
                valid_until: f.text("until").and_then(|t| facts::moment(company, t, true)),
                ends_at: None,
                known_at: f.received_at,
                corrected_at: None,
                reason: f.text("reason").map(keepable),
            })
        })
        .collect();
    let mut touched: BTreeSet<String> = rows.iter().map(|r| r.customer.clone()).collect();
    for part in rows.chunks(500) {
        assignment::Entity::insert_many(part.iter().cloned().map(|r| r.into_active_model().reset_all())).exec_without_returning(tx).await?;
    }
    // What gives way may have come with them.
    for fact in mine.iter().filter(|f| !f.replaces.is_empty()) {
        let gone = assignment::Column::Idx.is_in(fact.replaces.iter().copied());
        for row in assignment::Entity::find().filter(gone).filter(assignment::Column::CorrectedAt.is_null()).all(tx).await? {
            touched.insert(row.customer.clone());
            assignment::Entity::update(assignment::ActiveModel { idx: Set(row.idx), corrected_at: Set(Some(fact.received_at)), ..Default::default() })
                .exec(tx)
                .await?;
        }
    }
    for part in touched.into_iter().collect::<Vec<_>>().chunks(500) {
        settle(tx, part, company.now()).await?;
    }
    Ok(())
}

/// Writes the ends in effect of these customers' assignments, where they changed.
async fn settle(tx: &impl ConnectionTrait, customers: &[String], now: i64) -> Result<()> {
    let rows = assignment::Entity::find()
        .filter(assignment::Column::Customer.is_in(customers.iter().cloned()))
        .filter(assignment::Column::CorrectedAt.is_null())
        .all(tx)
        .await?;
    let mut by_customer: HashMap<String, Vec<assignment::Model>> = HashMap::new();
    for row in rows {
        by_customer.entry(row.customer.clone()).or_default().push(row);
    }
    // Rows with the same new end are written together: after a bulk load most end nowhere or at a few days.
    let mut changed: BTreeMap<Option<i64>, Vec<i64>> = BTreeMap::new();
    for rows in by_customer.values_mut() {
        let before: HashMap<i64, Option<i64>> = rows.iter().map(|r| (r.idx, r.ends_at)).collect();
        assign::close(rows);
        for row in rows.iter().filter(|r| before.get(&r.idx) != Some(&r.ends_at)) {
            changed.entry(row.ends_at).or_default().push(row.idx);
        }
    }
    for (end, indices) in changed {
        for part in indices.chunks(500) {
            assignment::Entity::update_many()
                .col_expr(assignment::Column::EndsAt, Expr::value(end))
                .filter(assignment::Column::Idx.is_in(part.iter().copied()))
                .exec(tx)
                .await?;
        }
    }
    // Served until further notice, or perhaps not.
    let (served, perhaps_not): (Vec<&String>, Vec<&String>) =
        customers.iter().partition(|c| by_customer.get(*c).is_some_and(|rows| rows.iter().any(|r| r.ends_at.is_none() && r.valid_from <= now)));
    for (mark, which) in [(false, served), (true, perhaps_not)] {
        if !which.is_empty() {
            customer::Entity::update_many()
                .col_expr(customer::Column::Unserved, Expr::value(mark))
                .filter(bulk::among(tx, customer::Column::Customer, which))
                .filter(customer::Column::Unserved.eq(!mark))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}
