//! Which customers a caller reaches: everybody's, the team's, the own. How their customers are found, however many they
//! are, is in `served`.

use super::{
    Assigned,
    model::{assignment, customer},
    open_at,
};
use crate::{
    access::{Caller, Permission, Reach},
    company::Company,
    error::Result,
    people,
    store::bulk,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr},
};

/// Whose customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    Everyones,
    /// Those of this employee and of the people below.
    Teams(String),
    Own(String),
    Nobodys,
}

impl Whose {
    pub fn of(caller: &Caller, permission: Permission) -> Self {
        match (caller.grants.reach(permission), &caller.employee) {
            (Reach::All, _) => Self::Everyones,
            (Reach::Team, Some(number)) => Self::Teams(number.clone()),
            (Reach::Own, Some(number)) => Self::Own(number.clone()),
            _ => Self::Nobodys,
        }
    }

    /// The numbers of these employees; `None` is no bound.
    pub async fn members(&self, db: &impl ConnectionTrait) -> Result<Option<Vec<String>>> {
        Ok(match self {
            Self::Everyones => None,
            Self::Teams(number) => Some(people::team(db, number).await?),
            Self::Own(number) => Some(vec![number.clone()]),
            Self::Nobodys => Some(Vec::new()),
        })
    }

    /// Is the customer, with these assignments, within reach at `at`?
    pub async fn holds(&self, company: &Company, served: &[Assigned], at: i64) -> Result<bool> {
        let now = || served.iter().filter(|a| a.holds_at(at));
        Ok(match self {
            Self::Everyones => true,
            Self::Nobodys => false,
            Self::Own(number) => now().any(|a| a.employee == *number),
            Self::Teams(number) => {
                let mut any = now().any(|a| a.employee == *number);
                for a in now() {
                    any = any || people::is_below(company.store.read(), &a.employee, number).await?;
                }
                any
            }
        })
    }
}

/// The ids of customers somebody serves at `at`.
fn served(at: i64) -> sea_orm::Select<assignment::Entity> {
    assignment::Entity::find().select_only().column(assignment::Column::Customer).filter(open_at(at))
}

/// The ids of customers this employee serves at `at`.
pub fn served_by(employee: &str, at: i64) -> SelectStatement {
    served(at).filter(ColumnTrait::eq(&assignment::Column::Employee, employee)).into_query()
}

/// The ids of customers one of these employees serves at `at`.
pub fn served_by_any(db: &impl ConnectionTrait, employees: &[String], at: i64) -> SelectStatement {
    served(at).filter(bulk::among(db, assignment::Column::Employee, employees.iter().cloned())).into_query()
}

/// Of a customer's row: nobody serves it at `at`.
pub fn nobodys(at: i64) -> SimpleExpr {
    let own = Expr::col((assignment::Entity, assignment::Column::Customer)).equals((customer::Entity, customer::Column::Customer));
    Expr::exists(served(at).filter(own).into_query()).not()
}
