//! Whose rows a caller may see: everyone's, the own team's, the own, none.

use super::{Caller, Permission, Reach};
use crate::{company::Company, error::Result, people};
use sea_orm::{ColumnTrait, Condition, sea_query::Expr};
use std::collections::HashSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    All,
    /// These employees: the caller, or the caller and those below at any depth.
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

/// Whose rows, as a condition of the database on the column with the employee's number: a team may be larger than what a
/// statement can name, and is not read to be compared.
pub fn within(caller: &Caller, permission: Permission, number: impl ColumnTrait) -> Condition {
    let rule = match (caller.grants.reach(permission), caller.employee.as_deref()) {
        (Reach::All, _) => return Condition::all(),
        (Reach::Team, Some(own)) => number.in_subquery(people::below(own)),
        (Reach::Own, Some(own)) => number.eq(own),
        (Reach::None, _) | (Reach::Own | Reach::Team, None) => Expr::cust("1 = 0"),
    };
    Condition::all().add(rule)
}

/// The same of one employee: going up the line is shorter than knowing the whole team.
pub async fn reaches(caller: &Caller, company: &Company, permission: Permission, number: &str) -> Result<bool> {
    Ok(match (caller.grants.reach(permission), caller.employee.as_deref()) {
        (Reach::All, _) => true,
        (Reach::Team, Some(own)) => own == number || people::is_below(company.store.read(), number, own).await?,
        (Reach::Own, Some(own)) => own == number,
        (Reach::None, _) | (Reach::Own | Reach::Team, None) => false,
    })
}

/// How far `permission` (`alerts.see`, `people.see`, `customers.see` …) reaches for this caller.
pub async fn scope(caller: &Caller, company: &Company, permission: Permission) -> Result<Scope> {
    let own = caller.employee.clone();
    Ok(match (caller.grants.reach(permission), own) {
        (Reach::None, _) => Scope::None,
        (Reach::All, _) => Scope::All,
        (Reach::Own | Reach::Team, None) => Scope::Team(HashSet::new()),
        (Reach::Own, Some(number)) => Scope::Team(HashSet::from([number])),
        // What is found about somebody is nothing they see, so for alerts the team is those below.
        (Reach::Team, Some(number)) => {
            let mut team = people::team_of(&company.store, &number).await?;
            if permission != Permission::AlertsSee {
                team.insert(number);
            }
            Scope::Team(team)
        }
    })
}
