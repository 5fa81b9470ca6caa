//! Whom these employees serve now, in the order of the customers' ids and a few at a time: for one person, a team of a
//! handful and a team of thousands alike, however many customers they have and wherever these lie.
//!
//! Each employee's customers lie in order in an index. A page of a team is where these orders meet: of few employees the
//! first of each are merged; of many, the first of each tell up to which id to look, and only so far is looked. What is
//! *not* here: who belongs to a team (`reach`), what a customer is called (`names`).

use super::{model::assignment, open_at};
use crate::{
    error::Result,
    store::bulk::{self, Cells},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Statement, Value};
use std::collections::{HashMap, HashSet};

/// So many employees' first customers are merged at once.
const FEW_EMPLOYEES: usize = 100;
/// With more employees than this, chances are that whoever is next in order is served by one of them.
const MANY_EMPLOYEES: usize = 1000;
/// Customers looked at in order for that.
const STRETCH: u64 = 4000;

const OPEN: &str = "a.corrected_at IS NULL AND a.valid_from <= $1 AND (a.ends_at IS NULL OR a.ends_at > $1)";

#[derive(FromQueryResult)]
struct Found {
    customer: Option<String>,
}

/// The employees, and what is the same in every question about them.
pub struct Employees {
    numbers: Vec<String>,
    all: HashSet<String>,
    at: i64,
}

impl Employees {
    pub fn new(numbers: Vec<String>, at: i64) -> Self {
        Self { all: numbers.iter().cloned().collect(), numbers, at }
    }

    pub fn has(&self, number: &str) -> bool {
        self.all.contains(number)
    }

    /// How many customers one question asks for: more would look at all there are.
    pub fn at_most(&self, wanted: u64) -> u64 {
        if self.are_few() { wanted } else { wanted.min(self.numbers.len() as u64 / 2) }
    }

    /// So few that the first customers of each are merged in one question.
    pub fn are_few(&self) -> bool {
        self.numbers.len() <= FEW_EMPLOYEES
    }

    /// Whether they serve more than so many at present. Of very many employees it is taken for granted: asking costs a
    /// look at each.
    pub async fn serve_more_than(&self, db: &impl ConnectionTrait, n: u64) -> Result<bool> {
        if self.numbers.len() > MANY_EMPLOYEES {
            return Ok(true);
        }
        let sql = if bulk::takes_json(db) {
            format!("SELECT a.customer FROM json_each($2) t CROSS JOIN customer_assignments a WHERE a.employee = t.value AND {OPEN} LIMIT 1 OFFSET {n}")
        } else {
            format!("SELECT a.customer FROM customer_assignments a WHERE a.employee = ANY($2) AND {OPEN} LIMIT 1 OFFSET {n}")
        };
        Ok(!ask(db, sql, [self.at.into(), self.list(db)]).await?.is_empty())
    }

    /// The first customers that any of them serves, after `after`; fewer than [`Self::at_most`] of `wanted` when there are no
    /// more.
    pub async fn customers(&self, db: &impl ConnectionTrait, after: Option<&str>, wanted: u64) -> Result<Vec<String>> {
        let (after, wanted) = (after.unwrap_or_default(), self.at_most(wanted));
        if self.numbers.len() > MANY_EMPLOYEES
            && let Some(found) = self.among_the_next(db, after, wanted).await?
        {
            return Ok(found);
        }
        if self.are_few() {
            return self.merged(db, after, wanted).await;
        }
        let first = if bulk::takes_json(db) {
            format!(
                "SELECT (SELECT a.customer FROM customer_assignments a WHERE a.employee = t.value AND a.customer > $2 AND {OPEN} \
                 ORDER BY a.customer LIMIT 1) AS customer FROM json_each($3) t"
            )
        } else {
            format!(
                "SELECT a.customer FROM UNNEST($3) t(value) CROSS JOIN LATERAL (SELECT a.customer FROM customer_assignments a \
                 WHERE a.employee = t.value AND a.customer > $2 AND {OPEN} ORDER BY a.customer LIMIT 1) a"
            )
        };
        let mut firsts = ask(db, first, [self.at.into(), after.into(), self.list(db)]).await?;
        firsts.sort_unstable();
        firsts.dedup();
        // There are as many as are wanted up to here, so none of the page lies beyond.
        let up_to = usize::try_from(wanted).ok().and_then(|n| firsts.get(n.checked_sub(1)?)).cloned();
        let bound = if up_to.is_some() { "AND a.customer <= $4" } else { "AND $4 = ''" };
        let wanted_of_each = wanted;
        let all = if bulk::takes_json(db) {
            format!(
                "SELECT DISTINCT a.customer FROM json_each($3) t CROSS JOIN customer_assignments a \
                 WHERE a.employee = t.value AND a.customer > $2 {bound} AND {OPEN} ORDER BY 1 LIMIT {wanted}"
            )
        } else {
            format!(
                "SELECT DISTINCT a.customer FROM UNNEST($3) t(value) CROSS JOIN LATERAL (SELECT DISTINCT a.customer FROM customer_assignments a \
                 WHERE a.employee = t.value AND a.customer > $2 {bound} AND {OPEN} ORDER BY a.customer LIMIT {wanted_of_each}) a ORDER BY 1 LIMIT {wanted}"
            )
        };
        ask(db, all, [self.at.into(), after.into(), self.list(db), up_to.unwrap_or_default().into()]).await
    }

    /// The first of each, merged. Each counts a customer once: with one served by two assignments there were fewer than
    /// asked for, which says that no more follow.
    async fn merged(&self, db: &impl ConnectionTrait, after: &str, wanted: u64) -> Result<Vec<String>> {
        if self.numbers.is_empty() {
            return Ok(Vec::new());
        }
        let (mut parts, mut values): (Vec<String>, Vec<Value>) = (Vec::new(), vec![self.at.into(), after.into()]);
        for (i, number) in self.numbers.iter().enumerate() {
            values.push(number.as_str().into());
            parts.push(format!(
                "SELECT customer FROM (SELECT DISTINCT a.customer FROM customer_assignments a WHERE a.employee = ${} AND a.customer > $2 AND {OPEN} \
                 ORDER BY a.customer LIMIT {wanted}) e{i}",
                i + 3
            ));
        }
        ask(db, format!("SELECT DISTINCT customer FROM ({}) e ORDER BY 1 LIMIT {wanted}", parts.join(" UNION ALL ")), values).await
    }

    /// Those of the next customers in order that one of so many serves, if these are enough for a page or all there are.
    async fn among_the_next(&self, db: &impl ConnectionTrait, after: &str, wanted: u64) -> Result<Option<Vec<String>>> {
        use assignment::Column as C;
        use sea_orm::QueryOrder;
        let rows: Vec<(String, String)> = assignment::Entity::find()
            .select_only()
            .columns([C::Customer, C::Employee])
            .filter(C::Customer.gt(after))
            .filter(open_at(self.at))
            .order_by_asc(C::Customer)
            .limit(STRETCH)
            .into_tuple()
            .all(db)
            .await?;
        let ended = (rows.len() as u64) < STRETCH;
        let mut found: Vec<String> = rows.into_iter().filter(|(_, employee)| self.has(employee)).map(|(customer, _)| customer).collect();
        found.dedup();
        let enough = found.len() as u64 >= wanted;
        found.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        Ok((ended || enough).then_some(found))
    }

    fn list(&self, db: &impl ConnectionTrait) -> Value {
        if bulk::takes_json(db) { serde_json::Value::from(self.numbers.clone()).to_string().into() } else { Cells::Text(self.numbers.clone()).into_array() }
    }
}

async fn ask(db: &impl ConnectionTrait, sql: String, values: impl IntoIterator<Item = Value>) -> Result<Vec<String>> {
    let found = Found::find_by_statement(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).all(db).await?;
    Ok(found.into_iter().filter_map(|f| f.customer).collect())
}

/// Who serves each of these customers at `at`.
pub async fn holders(db: &impl ConnectionTrait, customers: &[String], at: i64) -> Result<HashMap<String, Vec<String>>> {
    let mut holders: HashMap<String, Vec<String>> = HashMap::new();
    for part in customers.chunks(1000) {
        let rows: Vec<(String, String)> = assignment::Entity::find()
            .select_only()
            .columns([assignment::Column::Customer, assignment::Column::Employee])
            .filter(bulk::among(db, assignment::Column::Customer, part.iter().cloned()))
            .filter(open_at(at))
            .into_tuple()
            .all(db)
            .await?;
        for (customer, employee) in rows {
            holders.entry(customer).or_default().push(employee);
        }
    }
    Ok(holders)
}
