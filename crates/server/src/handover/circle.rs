//! Who is written to about a handover: the people behind the roles of a process, with their mail addresses. The same rules
//! as [`super::Part::plays`], seen from the process instead of from the caller: where nobody takes over it is the
//! manager, and where nobody leads it is HR. What is *not* here: what they may do (part).

use super::model::{handover, item};
use crate::{
    access::{Permission, Reach, users},
    company::Company,
    error::Result,
    notify::{letter::Address, reminder::To},
    people,
};
use std::collections::HashMap;

pub struct Circle {
    /// Whom the leaver reports to, whether or not there is an address.
    pub manager: Option<String>,
    /// The leaver has left and is written to no more.
    gone: bool,
    leaver: Vec<To>,
    leads: Vec<To>,
    hr: Vec<To>,
    legal: Vec<To>,
    receivers: HashMap<String, To>,
}

impl Circle {
    pub async fn of(company: &Company, of: &handover::Model, items: &[item::Model]) -> Result<Self> {
        let db = company.store.read();
        let users: Vec<_> = users::list(company).await?.into_iter().filter(|u| !u.disabled && u.employee.as_ref() != Some(&of.employee)).collect();
        let mut numbers: Vec<String> = items.iter().filter_map(|i| i.receiver.clone()).collect();
        numbers.extend(users.iter().filter_map(|u| u.employee.clone()));
        let leaver = people::find(db, &of.employee).await?;
        let manager = leaver.as_ref().and_then(|p| p.manager.clone());
        numbers.extend(manager.clone());
        numbers.sort_unstable();
        numbers.dedup();
        let known: HashMap<String, To> = people::find_all(db, &numbers).await?.into_iter().filter_map(|(n, p)| Some((n, To::person(&p)?))).collect();
        let roles = company.roles();
        // An office is what a role may do, not what it is called.
        let office = |permission: Permission| {
            let everywhere = |role: &str| {
                let grants = roles.get(role).map(|r| &r.grants);
                grants.is_some_and(|g| [Permission::HandoversReview, permission].iter().all(|p| g.reach(*p) == Reach::All))
            };
            let of_role = users.iter().filter(|u| everywhere(&u.role));
            let mut all: Vec<To> = of_role
                .filter_map(|u| match &u.employee {
                    Some(number) => known.get(number).cloned(),
                    None => Address::read(&u.login).map(|a| To { employee: None, name: u.name.clone(), address: a.address.to_owned() }),
                })
                .collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let (hr, legal) = (office(Permission::LeavingAct), office(Permission::PoliciesApprove));
        let leads: Vec<To> = manager.as_ref().and_then(|n| known.get(n)).cloned().into_iter().collect();
        Ok(Self {
            leads: if leads.is_empty() { hr.clone() } else { leads },
            gone: leaver.as_ref().is_some_and(|p| p.status.as_deref() == Some("left")),
            leaver: leaver.as_ref().and_then(To::person).into_iter().collect(),
            manager,
            hr,
            legal,
            receivers: known,
        })
    }

    /// Those a process calls by this name; nobody when none has an address.
    pub fn playing(&self, role: &str, receiver: Option<&str>) -> &[To] {
        match (role, receiver) {
            ("leaver", _) if !self.gone => &self.leaver,
            // Who takes over plays the part of who is gone, or else the manager.
            ("leaver", Some(_)) => self.playing("receiver", receiver),
            ("receiver", Some(number)) => self.receivers.get(number).map(std::slice::from_ref).unwrap_or_default(),
            ("receiver" | "leaver", None) | ("manager", _) => &self.leads,
            ("hr", _) => &self.hr,
            ("legal", _) => &self.legal,
            _ => &[],
        }
    }
}
