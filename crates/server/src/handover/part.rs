//! What somebody is to a handover: the one who leaves, one who takes over, who leads them, or an office.

use super::model::{handover, item};
use crate::{
    access::{Caller, Permission, Reach, Scope, scope},
    cases,
    company::Company,
    error::{Problem, Result},
    people,
};

#[derive(Debug, Clone)]
pub struct Part {
    pub leaver: bool,
    /// Leads the leaver, at any height.
    pub manager: bool,
    pub hr: bool,
    pub legal: bool,
    /// Somebody leads the leaver and is there to do it.
    pub has_manager: bool,
    /// The leaver has left: their place is played by who takes over or by the manager.
    pub gone: bool,
    /// Sees the whole of it, not only what they take over.
    pub whole: bool,
    pub employee: Option<String>,
    pub user: String,
}

impl Part {
    /// The caller's part, or “not found”: whether somebody leaves is nobody's business who has none.
    pub async fn of(company: &Company, caller: &Caller, handover: &handover::Model) -> Result<Self> {
        caller.require(Permission::HandoversSee)?;
        let seen = scope(caller, company, Permission::HandoversSee).await?;
        let reviews = scope(caller, company, Permission::HandoversReview).await?;
        let leaver = caller.is(&handover.employee);
        // 回避: whoever is tied to the leaver keeps to what they take over themselves.
        let apart = caller.apart.contains(&handover.employee) && !leaver;
        let person = people::find(company.store.read(), &handover.employee).await?;
        let gone = person.as_ref().is_some_and(|p| p.status.as_deref() == Some("left"));
        let leads = person.and_then(|p| p.manager);
        let of_team = !apart && matches!(&reviews, Scope::Team(team) if team.contains(&handover.employee));
        let direct = !apart && caller.employee.is_some() && caller.employee == leads && caller.has(Permission::HandoversReview);
        let all = !apart && caller.grants.reach(Permission::HandoversReview) == Reach::All;
        let everywhere = |permission| all && caller.grants.reach(permission) == Reach::All;
        let has_manager = match &leads {
            None => false,
            Some(number) => leads_still(company, number, &handover.employee, everywhere(Permission::LeavingAct)).await?,
        };
        let part = Self {
            leaver,
            manager: !leaver && (of_team || direct),
            // Offices are what a role may do, not what it is called: HR conducts leaving, legal approves rules.
            hr: !leaver && everywhere(Permission::LeavingAct),
            legal: !leaver && everywhere(Permission::PoliciesApprove),
            has_manager,
            gone,
            whole: !apart && seen.sees(&handover.employee),
            employee: caller.employee.clone(),
            user: caller.id.clone(),
        };
        if part.whole || takes_over(company, handover, caller.employee.as_deref()).await? {
            return Ok(part);
        }
        if apart && seen.sees(&handover.employee) {
            caller.impartial(&handover.employee)?;
        }
        Err(Problem::not_found().into())
    }

    /// Whether the caller is the one a process calls by this name, for this item. Where nobody is the receiver the
    /// manager is, and where nobody leads the person HR is: a process must not hang on a place that is empty.
    pub fn plays(&self, role: &str, item: &item::Model) -> bool {
        match role {
            "leaver" if self.gone => self.plays("manager", item) || (item.receiver.is_some() && self.plays("receiver", item)),
            "leaver" => self.leaver,
            // Whoever filled it in for somebody who is gone does not look at it themselves; HR may.
            "receiver" | "manager" if self.gone && self.hr && item.submitted_by.is_some() => true,
            "receiver" => match &item.receiver {
                Some(receiver) => self.employee.as_ref() == Some(receiver) && !self.leaver,
                None => self.plays("manager", item),
            },
            "manager" => self.manager || (!self.has_manager && self.hr),
            "hr" => self.hr,
            "legal" => self.legal,
            _ => false,
        }
    }

    /// HR or the leaver's manager: who arranges the handover.
    pub fn arranges(&self) -> Result<()> {
        if self.hr || self.manager { Ok(()) } else { Err(Problem::forbidden(Permission::HandoversReview.name()).into()) }
    }

    pub fn hr_only(&self, permission: Permission) -> Result<()> {
        if self.hr { Ok(()) } else { Err(Problem::forbidden(permission.name()).into()) }
    }

    pub fn whole_only(&self) -> Result<()> {
        if self.whole { Ok(()) } else { Err(Problem::not_found().into()) }
    }
}

/// Is the manager there to do their part? One who has left is not, nor one who is tied to the leaver. Only HR, who would
/// do it instead, has to know the second.
async fn leads_still(company: &Company, manager: &str, leaver: &str, asks: bool) -> Result<bool> {
    let db = company.store.read();
    if people::find(db, manager).await?.is_none_or(|p| p.status.as_deref() == Some("left")) {
        return Ok(false);
    }
    Ok(!asks || !cases::recuse::of_employee(db, manager).await?.all.contains(leaver))
}

async fn takes_over(company: &Company, handover: &handover::Model, employee: Option<&str>) -> Result<bool> {
    use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
    let Some(employee) = employee else { return Ok(false) };
    let mine = item::Entity::find().filter(item::Column::Handover.eq(&handover.id)).filter(item::Column::Receiver.eq(employee));
    Ok(mine.count(company.store.read()).await? > 0)
}
