//! What an employee holds at a moment: the customers, and what is still open with each. The handover lists from it.

use super::{
    dealings::{self, Kind},
    model::{assignment, customer, dealing},
    open_at,
};
use crate::error::Result;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::{HashMap, HashSet};

/// One customer somebody holds, with what is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub customer: String,
    pub name: String,
    pub tier: Option<String>,
    /// Since when, and the record that says so.
    pub from: i64,
    pub record: i64,
    pub deals: Vec<OpenThing>,
    pub orders: Vec<OpenThing>,
    pub receivables: Vec<OpenThing>,
    pub promises: Vec<OpenThing>,
}

/// A deal, order, receivable or promise that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenThing {
    pub id: String,
    /// The newest record about it.
    pub record: i64,
    pub at: i64,
    /// The stage of a deal.
    pub state: Option<String>,
    /// Minor units; of a receivable, what is still to be paid.
    pub amount: Option<i64>,
    pub currency: Option<String>,
    /// A day.
    pub due: Option<String>,
    /// What was promised; of a receivable, its order.
    pub text: Option<String>,
}

/// The customers this employee holds at `at` (UTC microseconds) as known now, by id, each with its open deals, orders,
/// receivables and promises as they stand now.
pub async fn held_by(db: &impl ConnectionTrait, employee: &str, at: i64) -> Result<Vec<Held>> {
    let rows = assignment::Entity::find()
        .filter(assignment::Column::Employee.eq(employee))
        .filter(open_at(at))
        .order_by_asc(assignment::Column::Customer)
        .order_by_asc(assignment::Column::ValidFrom)
        .all(db)
        .await?;
    let mut seen = HashSet::new();
    let rows: Vec<assignment::Model> = rows.into_iter().filter(|r| seen.insert(r.customer.clone())).collect();
    let ids: Vec<String> = rows.iter().map(|r| r.customer.clone()).collect();
    let mut known: HashMap<String, customer::Model> = super::find_all(db, &ids).await?;
    let mut open = open_things(db, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let row = known.remove(&r.customer);
            let mut things = open.remove(&r.customer).unwrap_or_default();
            let mut take = |kind: Kind| things.remove(kind.name()).unwrap_or_default();
            Held {
                name: row.as_ref().map_or_else(|| r.customer.clone(), |c| c.name.clone()),
                tier: row.and_then(|c| c.tier),
                from: r.valid_from,
                record: r.idx,
                deals: take(Kind::Deal),
                orders: take(Kind::Order),
                receivables: take(Kind::Receivable),
                promises: take(Kind::Promise),
                customer: r.customer,
            }
        })
        .collect())
}

/// What is open with these customers, by customer and kind.
async fn open_things(db: &impl ConnectionTrait, customers: &[String]) -> Result<HashMap<String, HashMap<String, Vec<OpenThing>>>> {
    let mut all: HashMap<String, HashMap<String, Vec<OpenThing>>> = HashMap::new();
    for part in customers.chunks(500) {
        let rows = dealing::Entity::find()
            .filter(dealing::Column::Customer.is_in(part.iter().cloned()))
            .filter(dealing::Column::Kind.is_in([Kind::Deal, Kind::Order, Kind::Receivable, Kind::Promise].map(Kind::name)))
            .filter(dealing::Column::Newest.eq(true))
            .order_by_asc(dealing::Column::At)
            .order_by_asc(dealing::Column::Idx)
            .all(db)
            .await?;
        let paid = paid_orders(&rows);
        for row in rows.iter().filter(|r| dealings::is_open(r, &paid)) {
            let Some(id) = row.thing.clone() else { continue };
            let thing = OpenThing {
                id,
                record: row.idx,
                at: row.at,
                state: row.state.clone().filter(|_| row.kind == Kind::Deal.name()),
                amount: row.amount.map(|a| a - row.settled.unwrap_or(0)),
                currency: row.currency.clone(),
                due: row.due.clone(),
                text: row.text.clone(),
            };
            all.entry(row.customer.clone()).or_default().entry(row.kind.clone()).or_default().push(thing);
        }
    }
    Ok(all)
}

/// Orders that are paid for: every receivable of theirs is settled. An order nobody says is completed is over then.
pub fn paid_orders(rows: &[dealing::Model]) -> HashSet<&str> {
    let mut paid: HashSet<&str> = HashSet::new();
    let mut owing: HashSet<&str> = HashSet::new();
    for row in rows.iter().filter(|r| r.kind == Kind::Receivable.name()) {
        if let Some(order) = row.text.as_deref() {
            let settled = row.settled.unwrap_or(0) >= row.amount.unwrap_or(0);
            if settled {
                paid.insert(order)
            } else {
                owing.insert(order)
            };
        }
    }
    paid.retain(|order| !owing.contains(order));
    paid
}
