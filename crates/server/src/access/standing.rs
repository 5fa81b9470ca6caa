//! Where a person stands in their working life, and what that leaves of a role: a resigning person takes nothing along,
//! one who has left keeps the page of a former employee.

use super::grants::{Grants, Permission, Reach};
use crate::{error::Result, people};
use sea_orm::ConnectionTrait;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 在职; also a user who is no employee.
    #[default]
    Active,
    /// 离职中: resigned, and still at work.
    Resigning,
    /// 已离职
    Left,
}

/// What resigning takes away by itself: taking data along and changing whose a customer is. Work goes on: cutting more
/// makes the work impossible and gives a right to leave with severance (LAW P16).
const WITHHELD_WHILE_RESIGNING: [Permission; 10] = [
    Permission::CasesExport,
    Permission::PeopleExport,
    Permission::CustomersExport,
    Permission::CustomersAssign,
    Permission::HandoversExport,
    Permission::ImportsRun,
    Permission::TokensEdit,
    Permission::UsersEdit,
    Permission::UsersApprove,
    Permission::RolesEdit,
];

/// What someone who has left may still do, about themselves only.
const KEPT_AFTER_LEAVING: [Permission; 4] = [Permission::SelfSee, Permission::ContractsSee, Permission::RequestsSee, Permission::HandoversSee];

impl Standing {
    pub const ALL: [Standing; 3] = [Standing::Active, Standing::Resigning, Standing::Left];

    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Resigning => "resigning",
            Self::Left => "left",
        }
    }

    /// What is left of a role's grants.
    pub fn leaves(self, grants: Grants) -> Grants {
        match self {
            Self::Active => grants,
            Self::Resigning => grants.without(&WITHHELD_WHILE_RESIGNING),
            Self::Left => Grants::default().with(Reach::Own, &KEPT_AFTER_LEAVING),
        }
    }
}

/// Where this employee stands; unknown numbers are active.
pub async fn of(db: &impl ConnectionTrait, employee: Option<&str>) -> Result<Standing> {
    let Some(number) = employee else { return Ok(Standing::Active) };
    Ok(of_status(people::find(db, number).await?.and_then(|p| p.status).as_deref()))
}

/// As a person's file has it.
pub fn of_status(status: Option<&str>) -> Standing {
    match status {
        Some("resigning") => Standing::Resigning,
        Some("left") => Standing::Left,
        _ => Standing::Active,
    }
}
