//! Finding people and customers among millions by a part of their name. A form is the beginning of what can be typed
//! (`search::forms`); forms lie in order, each with the id of its row, so what begins alike lies together.
//!
//! What few rows have is found through its form; what nearly all have is found soonest by going through the rows in
//! order. One table for each kind of row, all alike. What is *not* here: which forms a name has (`search`).

use super::search;
use crate::error::Result;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use std::collections::{BTreeSet, HashMap};

/// A table of forms.
pub struct Index {
    pub table: &'static str,
    /// The column of the id.
    pub id: &'static str,
}

pub const PEOPLE: Index = Index { table: "person_forms", id: "number" };

/// So many are few.
pub const FEW: usize = 2_000;
/// More rows than this with a form: going through all in order finds a page of them sooner.
pub const SOME: usize = 50_000;

/// Rows of one statement.
const AT_ONCE: usize = 500;

/// What a text may fit. These are candidates: a longer text is compared with the row (`search::matching`).
pub enum Among {
    /// These ids, in order.
    Few(Vec<String>),
    /// Those with a form between.
    Some(Range),
    Many,
}

/// Forms from here on and before there.
pub struct Range {
    from: Vec<u8>,
    until: Vec<u8>,
}

#[derive(FromQueryResult)]
struct Found {
    id: String,
}

/// What a row's name was and what it is now, as search texts.
pub struct Renamed {
    pub id: String,
    pub before: Option<String>,
    pub now: String,
}

impl Index {
    /// Where what was typed is to be looked for.
    pub async fn find(&self, db: &impl ConnectionTrait, typed: &str) -> Result<Among> {
        let mut some = None;
        for from in search::keys(typed) {
            // No UTF-8 text has this byte.
            let range = Range { until: [from.clone(), vec![0xff]].concat(), from };
            let found = self.ask(db, &range, None, "", FEW + 1).await?;
            if found.len() <= FEW {
                return Ok(Among::Few(found.into_iter().collect::<BTreeSet<_>>().into_iter().collect()));
            }
            if some.is_none() && !self.has_more_than(db, &range, SOME).await? {
                some = Some(range);
            }
        }
        Ok(some.map_or(Among::Many, Among::Some))
    }

    /// The first ids with a form in that range, after `after`, in order.
    pub async fn ids(&self, db: &impl ConnectionTrait, range: &Range, after: Option<&str>, limit: u64) -> Result<Vec<String>> {
        self.ask(db, range, Some(after.unwrap_or_default()), "ORDER BY 1", usize::try_from(limit).unwrap_or(usize::MAX)).await
    }

    async fn ask(&self, db: &impl ConnectionTrait, range: &Range, after: Option<&str>, order: &str, limit: usize) -> Result<Vec<String>> {
        let Self { table, id } = self;
        let mut values: Vec<Value> = vec![range.from.clone().into(), range.until.clone().into()];
        let (once, beyond) = if let Some(after) = after {
            values.push(after.into());
            ("DISTINCT", format!("AND {id} > $3"))
        } else {
            ("", String::new())
        };
        let sql = format!("SELECT {once} {id} AS id FROM {table} WHERE form >= $1 AND form < $2 {beyond} {order} LIMIT {limit}");
        let found = Found::find_by_statement(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).all(db).await?;
        Ok(found.into_iter().map(|f| f.id).collect())
    }

    async fn has_more_than(&self, db: &impl ConnectionTrait, range: &Range, n: usize) -> Result<bool> {
        let Self { table, id } = self;
        let sql = format!("SELECT {id} AS id FROM {table} WHERE form >= $1 AND form < $2 LIMIT 1 OFFSET {n}");
        let values: [Value; 2] = [range.from.clone().into(), range.until.clone().into()];
        Ok(db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?.is_some())
    }

    /// Keeps the forms of these rows.
    pub async fn follow(&self, tx: &impl ConnectionTrait, renamed: &[Renamed]) -> Result<()> {
        let (mut fresh, mut gone): (Vec<_>, HashMap<Vec<u8>, Vec<String>>) = (Vec::new(), HashMap::new());
        for one in renamed.iter().filter(|r| r.before.as_ref() != Some(&r.now)) {
            let before = one.before.as_deref().map(search::forms).unwrap_or_default();
            let now = search::forms(&one.now);
            fresh.extend(now.difference(&before).map(|form| (form.clone(), one.id.clone())));
            for form in before.difference(&now) {
                gone.entry(form.clone()).or_default().push(one.id.clone());
            }
        }
        self.add(tx, fresh).await?;
        for (form, ids) in gone {
            for id in ids {
                let sql = format!("DELETE FROM {} WHERE form = $1 AND {} = $2", self.table, self.id);
                let values: [Value; 2] = [form.clone().into(), id.into()];
                tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
            }
        }
        Ok(())
    }

    /// Adds forms with their ids; those that are there stay.
    pub async fn add(&self, db: &impl ConnectionTrait, forms: Vec<(Vec<u8>, String)>) -> Result<()> {
        for part in forms.chunks(AT_ONCE) {
            let rows = (0..part.len()).map(|i| format!("(${}, ${})", 2 * i + 1, 2 * i + 2)).collect::<Vec<_>>().join(", ");
            let sql = format!("INSERT INTO {} (form, {}) VALUES {rows} ON CONFLICT DO NOTHING", self.table, self.id);
            let values: Vec<Value> = part.iter().flat_map(|(form, id)| [form.clone().into(), id.as_str().into()]).collect();
            db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
        }
        Ok(())
    }
}
