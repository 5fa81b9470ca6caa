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

/// The version in force of each policy on a day.
pub async fn in_force(db: &impl ConnectionTrait, on: &str) -> Result<Vec<version::Model>> {
    let rows = version::Entity::find()
        .filter(version::Column::State.eq("published"))
        .filter(version::Column::EffectiveOn.lte(on))
        .order_by_asc(version::Column::Policy)
        .order_by_desc(version::Column::Version)
        .all(db)
        .await?;
    let mut newest: Vec<version::Model> = Vec::new();
    for row in rows {
        if newest.last().is_none_or(|last| last.policy != row.policy) {
            newest.push(row);
        }
    }
    Ok(newest)
}

/// The newest published version of each policy, in force or announced: what is to be acknowledged.
pub async fn to_acknowledge(db: &impl ConnectionTrait) -> Result<Vec<version::Model>> {
    in_force(db, "9999-12-31").await
}
