//! Whose rows a caller may see: everyone's, the own team's, none.

use super::{Caller, Permission};
use crate::{company::Company, error::Result};
use std::collections::HashSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    All,
    /// The employees below the caller, at any depth.
    Team(HashSet<String>),
    None,
}

impl Scope {
    pub fn sees(&self, employee: &str) -> bool {
        match self {
            Self::All => true,
            Self::Team(team) => team.contains(employee),
            Self::None => false,
        }
    }

    /// The employee numbers to filter by; `None` means no filter.
    pub fn filter(&self) -> Option<Vec<String>> {
        match self {
            Self::All => None,
            Self::Team(team) => Some(team.iter().cloned().collect()),
            Self::None => Some(Vec::new()),
        }
    }
}

/// How far `permission` (`alerts.see`, `people.see`, `customers.see` …) reaches for this caller.
pub async fn scope(caller: &Caller, company: &Company, permission: Permission) -> Result<Scope> {
    if caller.has(permission) {
        return Ok(Scope::All);
    }
    if !permission.team_twin().is_some_and(|twin| caller.has(twin)) {
        return Ok(Scope::None);
    }
    match &caller.employee {
        Some(number) => Ok(Scope::Team(crate::people::team_of(&company.store, number).await?)),
        None => Ok(Scope::Team(HashSet::new())),
    }
}
