//! Restrictions 限制措施: stopping new orders, and single further limits, of somebody who is leaving. Each is an act of
//! its own: proposed with a reason, the rule it rests on and an end; looked at beforehand; approved by another person;
//! in force until it ends by itself or is lifted; seen by the employee, who may appeal and must be answered (LAW P16,
//! P19).
//!
//! Every act is first a record (`/probity/restrictions`) and the tables follow from it ([`Follow`]). What leaving takes
//! away by itself is *not* here (access::standing), nor the alert over an order placed all the same (alerts::leavers).
//! Start with [`act`].

pub mod act;
pub mod api;
mod follow;
mod limit;
pub mod model;
pub mod preview;
#[cfg(test)]
mod tests;
pub mod view;

pub use act::{EXPIRE_JOB, run_expire};
pub use follow::Follow;
pub use limit::Limit;

use crate::error::Result;
use model::restriction;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

pub const ROOM: &str = "restrictions";
pub const SOURCE: &str = "/probity/restrictions";

/// The restrictions of this employee that are in force at `at`: approved, begun, neither ended nor lifted.
pub async fn at(db: &impl ConnectionTrait, employee: &str, at: i64) -> Result<Vec<restriction::Model>> {
    use restriction::Column as C;
    let rows = restriction::Entity::find()
        .filter(C::Employee.eq(employee))
        .filter(C::Status.is_in(["in_force", "lifted", "expired"]))
        .filter(C::FromAt.lte(at))
        .filter(C::UntilAt.gt(at))
        .all(db)
        .await?;
    // It held from its approval, and no longer than to its lifting.
    Ok(rows.into_iter().filter(|r| r.decided_at.is_some_and(|d| d <= at) && r.ended_at.is_none_or(|end| end > at)).collect())
}

/// Another one that is approved and stops some of the same at some of the same time. Two alike would outlive each other:
/// whoever is told that one was lifted would not be free.
pub async fn overlapping(db: &impl ConnectionTrait, but: &str, employee: &str, limits: &[Limit], from: i64, until: i64) -> Result<Option<restriction::Model>> {
    use restriction::Column as C;
    let rows = restriction::Entity::find()
        .filter(C::Employee.eq(employee))
        .filter(C::Status.eq("in_force"))
        .filter(C::Id.ne(but))
        .filter(C::FromAt.lt(until))
        .filter(C::UntilAt.gt(from))
        .all(db)
        .await?;
    Ok(rows.into_iter().find(|r| Limit::read(&r.limits).iter().any(|l| limits.contains(l))))
}

/// What is stopped for this employee at this moment.
pub async fn in_force(db: &impl ConnectionTrait, employee: &str, now: i64) -> Result<Vec<Limit>> {
    let mut limits: Vec<Limit> = at(db, employee, now).await?.iter().flat_map(|r| Limit::read(&r.limits)).collect();
    limits.sort_unstable();
    limits.dedup();
    Ok(limits)
}
