//! R06: nobody's place is taken in while they are known to be on leave.
//!
//! The contract has no kind that states a shift: attendance is a clock's reading, made after the fact, and a visit
//! before the clock is no visit off duty. Leave is the one thing a record says about when somebody did not work, so
//! leave is what a source's visit or track is held against (docs/decisions/014).

use super::{facts, model::leave};
use crate::{company::Company, error::Result, records::Draft};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use std::collections::{HashMap, HashSet};

/// Kinds that say where somebody was.
const PLACES: [&str; 2] = ["visit.checked_in", "track.recorded"];
const TAKEN: &str = "leave.taken";

/// Employee → their leaves, from and until (the first moment after).
#[derive(Default)]
pub struct Leaves(HashMap<String, Vec<(i64, i64)>>);

impl Leaves {
    pub async fn of(company: &Company, drafts: &[&Draft]) -> Result<Self> {
        let mut known = Self::default();
        let whose: HashSet<&str> = drafts.iter().filter(|d| PLACES.contains(&d.kind.as_str())).filter_map(|d| employee(d)).collect();
        for part in whose.into_iter().collect::<Vec<_>>().chunks(500) {
            let rows = leave::Entity::find().filter(leave::Column::Employee.is_in(part.iter().copied())).all(company.store.read()).await?;
            for row in rows {
                known.0.entry(row.employee).or_default().push((row.from_at, row.until_at));
            }
        }
        Ok(known)
    }

    /// Whether the record says where somebody was who was on leave then.
    pub fn forbid(&self, draft: &Draft) -> bool {
        PLACES.contains(&draft.kind.as_str())
            && employee(draft).and_then(|e| self.0.get(e)).is_some_and(|all| all.iter().any(|(from, until)| (*from..*until).contains(&draft.at)))
    }
}

fn employee(draft: &Draft) -> Option<&str> {
    draft.data()?.get("employee")?.as_str()
}

/// Keeps what records say about leave; a corrected leave is as its correction says.
pub async fn follow(company: &Company, tx: &DatabaseTransaction, facts: &[facts::Fact<'_>]) -> Result<()> {
    let taken = || facts.iter().filter(|f| f.kind == TAKEN);
    let replaced = facts::take_back::<leave::Entity>(tx, leave::Column::Idx, taken()).await?;
    let rows: Vec<_> = taken()
        .filter(|f| !replaced.contains(&f.idx))
        .filter_map(|f| {
            let day = |member, end| facts::moment(company, f.text(member)?, end);
            let (from, until) = (day("from", false)?, day("until", true)?);
            Some(leave::ActiveModel { idx: Set(f.idx), employee: Set(f.text("employee")?.to_owned()), from_at: Set(from), until_at: Set(until) })
        })
        .collect();
    for part in rows.chunks(500) {
        leave::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}
