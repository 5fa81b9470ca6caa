//! How an outsider is recognised as a customer's: kept as keys, so that one message looks up a few rows instead of
//! reading every customer.

use super::model::customer_key;
use crate::{
    error::Result,
    evidence::chain::{
        directory::Customer,
        names::{Name, plain},
    },
    intake::facts::Fact,
    store::keepable,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const NAME: &str = "name";
const CONTACT: &str = "contact";
/// A key finds who may be meant, and what was written decides; PostgreSQL has no room in an index for a key of a page.
const LONGEST: usize = 200;

fn key(of: &str) -> String {
    of.chars().take(LONGEST).collect()
}

fn keys_of(data: &Map<String, Value>) -> Vec<(&'static str, String, String)> {
    let text = |m: &Map<String, Value>, n: &str| keepable(m.get(n).and_then(Value::as_str).unwrap_or_default().trim());
    let mut keys = Vec::new();
    let name = text(data, "name");
    if !name.is_empty() {
        keys.push((NAME, key(&Name::of(&name).core), name));
    }
    let empty = Vec::new();
    for contact in data.get("contacts").and_then(Value::as_array).unwrap_or(&empty).iter().filter_map(Value::as_object) {
        for member in ["name", "phone", "email", "im"] {
            let written = text(contact, member);
            let key = key(&plain(&written));
            if key.chars().count() >= 2 && !keys.iter().any(|(w, k, _)| *w == CONTACT && *k == key) {
                keys.push((CONTACT, key, written));
            }
        }
    }
    keys
}

/// Takes over `customer.upserted` facts of a group; of several about one customer the one that happened last stands.
/// Answers whether anybody is now recognised who was not, or the other way round: a nightly sync mostly repeats.
pub async fn note(tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<bool> {
    let mut newest: BTreeMap<String, &Fact<'_>> = BTreeMap::new();
    for fact in facts.iter().filter(|f| f.kind == "customer.upserted") {
        let Some(id) = fact.text("customer").filter(|c| !c.is_empty()) else { continue };
        let slot = newest.entry(keepable(id)).or_insert(fact);
        if fact.at >= slot.at {
            *slot = fact;
        }
    }
    if newest.is_empty() {
        return Ok(false);
    }
    let ids: Vec<String> = newest.keys().cloned().collect();
    let mut known: HashMap<String, i64> = HashMap::new();
    let mut before: BTreeSet<(String, String, String, String)> = BTreeSet::new();
    for part in ids.chunks(500) {
        for row in customer_key::Entity::find().filter(customer_key::Column::Customer.is_in(part.iter().cloned())).all(tx).await? {
            known.insert(row.customer.clone(), row.at);
            before.insert((row.customer, row.what, row.key, row.written));
        }
    }
    newest.retain(|id, fact| known.get(id).is_none_or(|at| *at <= fact.at));
    before.retain(|(id, ..)| newest.contains_key(id));
    let ids: Vec<String> = newest.keys().filter(|id| known.contains_key(*id)).cloned().collect();
    for part in ids.chunks(500) {
        customer_key::Entity::delete_many().filter(customer_key::Column::Customer.is_in(part.iter().cloned())).exec(tx).await?;
    }
    let mut after = BTreeSet::new();
    let mut rows = Vec::new();
    for (id, fact) in &newest {
        for (what, key, written) in keys_of(fact.data) {
            after.insert((id.clone(), what.to_owned(), key.clone(), written.clone()));
            rows.push(customer_key::ActiveModel { customer: Set(id.clone()), what: Set(what.into()), key: Set(key), written: Set(written), at: Set(fact.at) });
        }
    }
    for part in rows.chunks(1000) {
        customer_key::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(before != after)
}

/// Customers by id, and those that one of these names or contacts points to.
pub async fn find(db: &impl ConnectionTrait, ids: &BTreeSet<String>, contacts: &BTreeSet<String>, companies: &BTreeSet<String>) -> Result<Vec<Customer>> {
    let mut wanted = ids.clone();
    for (what, keys) in [
        (CONTACT, contacts.iter().map(|c| key(&plain(c))).filter(|k| k.chars().count() >= 2).collect::<BTreeSet<_>>()),
        (NAME, companies.iter().map(|c| key(&Name::of(c).core)).filter(|k| k.chars().count() >= 2).collect()),
    ] {
        let keys: Vec<String> = keys.into_iter().collect();
        for part in keys.chunks(500) {
            let found: Vec<String> = customer_key::Entity::find()
                .select_only()
                .column(customer_key::Column::Customer)
                .filter(customer_key::Column::Key.is_in(part.iter().cloned()))
                .filter(customer_key::Column::What.eq(what))
                .into_tuple()
                .all(db)
                .await?;
            wanted.extend(found);
        }
    }
    let wanted: Vec<String> = wanted.into_iter().collect();
    let mut all: BTreeMap<String, Customer> = BTreeMap::new();
    for part in wanted.chunks(500) {
        for row in customer_key::Entity::find().filter(customer_key::Column::Customer.is_in(part.iter().cloned())).all(db).await? {
            let c = all.entry(row.customer.clone()).or_insert_with(|| Customer { id: row.customer, ..Customer::default() });
            if row.what == NAME {
                c.name = row.written;
            } else {
                c.contacts.push(row.written);
            }
        }
    }
    Ok(all.into_values().collect())
}
