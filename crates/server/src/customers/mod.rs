//! Customers 客户: who they are, who serves them, what goes on with them, with two clocks: when it was so, and since when
//! we know. Projected from records of the sales systems and of our own acts (`/probity/customers`).
//!
//! `acts` are what people do, `assignable` whether a customer may change hands, `reassign` many at once, `held` what an
//! employee holds, `export` and `snapshot` what leaves with a name on it. What is *not* here: chats, calls, visits and
//! money, which stay sealed and are only counted; what a leaver hands over (handover).

pub mod acts;
pub mod acts_api;
pub mod api;
mod assign;
pub mod assignable;
pub mod dealings;
pub mod export;
mod follow;
mod held;
pub mod list;
pub mod model;
pub mod names;
pub mod of_employee;
mod project;
pub mod reach;
pub mod reassign;
pub mod reassign_api;
pub mod served;
pub mod snapshot;
#[cfg(test)]
pub(crate) mod tests;
pub mod view;

pub use assign::in_effect;
pub use follow::Follow;
pub use held::{Held, OpenThing, held_by};
pub use project::Projection;

/// The room's source name in the log.
pub const ROOM: &str = "customers";
pub const SOURCE: &str = "/probity/customers";

use crate::error::Result;
use model::{assignment, customer};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use std::collections::HashMap;

/// Somebody who served a customer, the end being where it ended in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The record that says so.
    pub idx: i64,
    pub customer: String,
    pub employee: String,
    pub from: i64,
    pub until: Option<i64>,
    pub known_at: i64,
    pub reason: Option<String>,
}

impl Assigned {
    pub fn holds_at(&self, at: i64) -> bool {
        self.from <= at && self.until.is_none_or(|end| at < end)
    }
}

/// Every assignment of these customers as we know it at `known_by` (now, if `None`), in time order.
pub async fn assignments(db: &impl ConnectionTrait, customers: &[String], known_by: Option<i64>) -> Result<Vec<Assigned>> {
    let mut all = Vec::new();
    for part in customers.chunks(500) {
        let rows = assignment::Entity::find().filter(assignment::Column::Customer.is_in(part.iter().cloned())).all(db).await?;
        all.extend(rows);
    }
    Ok(in_effect(all, known_by))
}

/// How many customers each of these employees serves at a moment.
pub async fn counts_at(db: &impl ConnectionTrait, employees: &[String], at: i64) -> Result<HashMap<String, i64>> {
    let mut counts = HashMap::new();
    for part in employees.chunks(500) {
        let rows: Vec<(String, i64)> = assignment::Entity::find()
            .select_only()
            .column(assignment::Column::Employee)
            .column_as(sea_orm::sea_query::Expr::cust("COUNT(DISTINCT customer)"), "n")
            .filter(assignment::Column::Employee.is_in(part.iter().cloned()))
            .filter(open_at(at))
            .group_by(assignment::Column::Employee)
            .into_tuple()
            .all(db)
            .await?;
        counts.extend(rows);
    }
    Ok(counts)
}

/// Assignments in force at a moment, as known now.
fn open_at(at: i64) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(assignment::Column::CorrectedAt.is_null())
        .add(assignment::Column::ValidFrom.lte(at))
        .add(assignment::Column::EndsAt.is_null().or(assignment::Column::EndsAt.gt(at)))
}

/// Names of these customers; unknown ones are left out.
pub async fn names_of(db: &impl ConnectionTrait, ids: &[String]) -> Result<HashMap<String, String>> {
    let mut names = HashMap::new();
    for part in ids.chunks(500) {
        let rows: Vec<(String, String)> = customer::Entity::find()
            .select_only()
            .columns([customer::Column::Customer, customer::Column::Name])
            .filter(customer::Column::Customer.is_in(part.iter().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        names.extend(rows);
    }
    Ok(names)
}

pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<customer::Model>> {
    Ok(customer::Entity::find_by_id(id).one(db).await?)
}

/// These customers; unknown ones are left out.
pub async fn find_all(db: &impl ConnectionTrait, ids: &[String]) -> Result<HashMap<String, customer::Model>> {
    let mut found = HashMap::new();
    for part in ids.chunks(500) {
        let rows = customer::Entity::find().filter(customer::Column::Customer.is_in(part.iter().cloned())).all(db).await?;
        found.extend(rows.into_iter().map(|r| (r.customer.clone(), r)));
    }
    Ok(found)
}
