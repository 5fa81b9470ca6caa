//! Policies 规章制度: texts in versions, clauses of which some are marked serious, the democratic procedure on record, and
//! who acknowledged which version.
//!
//! A version is drafted, gets its procedure (劳动合同法 4, LAW P01: discussed with the staff, consulted with the union or
//! representatives, made public), and only then can be published; a published one never changes. What is *not* here:
//! the acknowledgements themselves, which are `document.signed` records of people; whether an act breaks a clause.

pub mod acts;
pub mod api;
mod follow;
pub mod model;
mod procedure;
#[cfg(test)]
mod tests;

pub use follow::FollowPolicies;
pub use procedure::{Consultation, Discussion, Procedure, Publicity};

use crate::error::{Problem, Result};
use model::version;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// The room's source name in the log.
pub const ROOM: &str = "policies";
pub const SOURCE: &str = "/probity/policies";
pub const DRAFTED: &str = "policy.drafted";
pub const PUBLISHED: &str = "policy.published";
pub const WITHDRAWN: &str = "policy.withdrawn";

/// All versions of a policy, the newest first; “not found” if there is none.
pub async fn versions(db: &impl ConnectionTrait, policy: &str) -> Result<Vec<version::Model>> {
    let rows = version::Entity::find().filter(version::Column::Policy.eq(policy)).order_by_desc(version::Column::Version).all(db).await?;
    if rows.is_empty() { Err(Problem::not_found().into()) } else { Ok(rows) }
}

/// Of one policy's versions, the newest first, the one that speaks on a day; with `announced`, one that is published for
/// a later day goes before it. A version that was withdrawn while in force takes its policy out of force with it: what it
/// had replaced does not come back by itself. One withdrawn before its day never was in force (`follow` takes its day).
pub fn standing<'a>(newest_first: &'a [version::Model], on: &str, announced: bool) -> Option<&'a version::Model> {
    let is_in_force = |v: &version::Model| v.effective_on.as_deref().is_some_and(|from| from <= on);
    newest_first.iter().find(|v| v.published_at.is_some() && (is_in_force(v) || (announced && v.state == "published"))).filter(|v| v.state == "published")
}

/// What is to be acknowledged of each policy: the version in force or announced.
pub async fn to_acknowledge(db: &impl ConnectionTrait, today: &str) -> Result<Vec<version::Model>> {
    let rows = version::Entity::find().order_by_asc(version::Column::Policy).order_by_desc(version::Column::Version).all(db).await?;
    Ok(rows.chunk_by(|a, b| a.policy == b.policy).filter_map(|all| standing(all, today, true).cloned()).collect())
}
