//! Roles as the company has them: the shipped ones, changed and added to. Held in memory and read again every moment, so
//! that a request costs no query and a change is everywhere within a second.
//!
//! [`change`] is what a person does to a role; each act is a record, and the tables follow from it ([`FollowRoles`]).
//! [`check`] holds what no role may be. [`templates`] are sets of roles for companies of three sizes; [`simulate`] says
//! why somebody may or may not. What is *not* here: what a standing or a restriction takes away (`person`).

pub mod api;
pub mod change;
pub mod check;
mod follow;
pub mod simulate;
pub mod templates;
#[cfg(test)]
mod tests;

pub use follow::FollowRoles;

use super::{
    grants::{Field, Grants, Permission, Reach},
    matrix::Role,
    model::role,
};
use crate::{error::Result, store::Store};
use sea_orm::{EntityTrait, QueryOrder};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What a stored role says: permission names to reaches, and masked fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    pub grants: BTreeMap<String, Reach>,
    #[serde(default)]
    pub masked: Vec<String>,
}

impl Definition {
    pub fn of(grants: &Grants) -> Self {
        Self {
            grants: grants.list().into_iter().map(|(p, r)| (p.name().to_owned(), r)).collect(),
            masked: grants.masked().into_iter().map(|f| f.name().to_owned()).collect(),
        }
    }

    /// Names this version does not know allow nothing and mask nothing.
    pub fn read(&self) -> Grants {
        let known = self.grants.iter().filter_map(|(name, reach)| Some((Permission::from_name(name)?, *reach)));
        let grants = known.fold(Grants::default(), |set, (p, reach)| set.with(reach, &[p]));
        let masked: Vec<Field> = self.masked.iter().filter_map(|name| Field::from_name(name)).collect();
        // What somebody may know about themselves is no company's to take away (PIPL 44, 45).
        let own = grants.reach(Permission::SelfSee).max(Reach::Own);
        grants.with(own, &[Permission::SelfSee]).masking(&masked)
    }
}

#[derive(Debug, Clone)]
pub struct Defined {
    pub id: String,
    /// As the company calls it; a shipped role that was never changed has none and is called by the pages.
    pub name: Option<String>,
    /// Which shipped role it is a kind of: gives the first page and who counts as an administrator.
    pub like: Role,
    pub grants: Grants,
    /// 0 as shipped.
    pub version: i32,
}

#[derive(Debug, Clone)]
pub struct Roles(HashMap<String, Defined>);

impl Default for Roles {
    fn default() -> Self {
        Self(
            Role::ALL
                .into_iter()
                .map(|r| (r.name().to_owned(), Defined { id: r.name().into(), name: None, like: r, grants: r.grants(), version: 0 }))
                .collect(),
        )
    }
}

impl Roles {
    pub async fn load(store: &Store) -> Result<Self> {
        let mut roles = Self::default();
        for row in role::Entity::find().order_by_asc(role::Column::Id).all(store.read()).await? {
            let Some(like) = Role::from_name(&row.like_role) else { continue };
            let definition: Definition = serde_json::from_str(&row.definition)?;
            let defined = Defined { id: row.id.clone(), name: Some(row.name), like, grants: definition.read(), version: row.version };
            roles.0.insert(row.id, defined);
        }
        Ok(roles)
    }

    pub fn get(&self, id: &str) -> Option<&Defined> {
        self.0.get(id)
    }

    /// The shipped ones first, then the company's own by name.
    pub fn list(&self) -> Vec<&Defined> {
        let place = |d: &Defined| Role::ALL.iter().position(|r| r.name() == d.id).unwrap_or(Role::ALL.len());
        let mut all: Vec<&Defined> = self.0.values().collect();
        all.sort_by_key(|d| (place(d), d.name.clone(), d.id.clone()));
        all
    }
}
