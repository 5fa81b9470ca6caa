//! A person as a caller: the role, less what the standing withholds, less what restrictions in force stop, and whom they
//! may learn nothing secret about. The one place where a `Caller` of a person is made; signing in, streams and the
//! simulation all come here.

use super::{
    Grants, Permission, Reach,
    caller::{Caller, CallerKind},
    model::user,
    sessions,
    standing::{self, Standing},
};
use crate::{
    cases,
    company::Company,
    error::Result,
    restrictions::{self, Limit},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::{collections::HashSet, sync::Arc};

/// What is left of a role's grants for somebody who stands there, under these limits.
pub fn leaves(role: Grants, standing: Standing, limits: &[Limit]) -> Grants {
    limits.iter().fold(standing.leaves(role), |grants, limit| grants.without(limit.withholds()))
}

/// The user with the rights of this moment; `None` where the role is gone. `session` is the hash under which it is kept.
pub async fn caller(company: &Company, who: user::Model, session: Vec<u8>) -> Result<Option<Caller>> {
    let db = company.store.read();
    let roles = company.roles();
    let Some(role) = roles.get(&who.role) else { return Ok(None) };
    let standing = standing::of(db, who.employee.as_deref()).await?;
    // Whoever left has nothing that could be limited.
    let limits = match &who.employee {
        Some(number) if standing != Standing::Left => restrictions::in_force(db, number, company.now()).await?,
        _ => Vec::new(),
    };
    let must_enrol = sessions::must_enrol(company, &who, &role.grants);
    let mut caller = Caller {
        kind: CallerKind::User { session, role: role.like, role_id: who.role },
        id: who.id,
        name: who.name,
        employee: who.employee,
        grants: if must_enrol { Grants::default() } else { leaves(role.grants, standing, &limits) },
        full: role.grants,
        standing,
        must_enrol,
        limits: limits.into(),
        recused: Arc::default(),
        apart: Arc::default(),
        tied: Arc::default(),
        sources: None,
    };
    // Whoever does nothing beyond their own has nobody to keep apart from.
    if caller.grants.list().into_iter().any(|(p, reach)| reach > Reach::Own && p.is_about_people()) {
        let ties = cases::recuse::barred(company, &caller).await?;
        caller.recused = Arc::new(ties.all);
        // 回避 must not stop what the law owes a leaver: whom nobody else can help, ties or not, is helped; never oneself.
        let mut helped = if caller.recused.is_empty() { HashSet::new() } else { left_to(company, &caller).await? };
        helped.retain(|e| !ties.perhaps_oneself.contains(e));
        caller.apart = Arc::new(caller.recused.difference(&helped).cloned().collect());
        caller.tied = Arc::new(ties.known.difference(&helped).cloned().collect());
    }
    Ok(Some(caller))
}

/// Of those this caller is kept apart from, whose leaving nobody could conduct then: everybody else who conducts leaving,
/// can sign in and stays is kept apart from them too.
async fn left_to(company: &Company, caller: &Caller) -> Result<HashSet<String>> {
    let conducts = |grants: &Grants| grants.reach(Permission::LeavingAct) == Reach::All;
    if !conducts(&caller.grants) {
        return Ok(HashSet::new());
    }
    let mut left = (*caller.recused).clone();
    let roles: Vec<String> = company.roles().list().into_iter().filter(|r| conducts(&r.grants)).map(|r| r.id.clone()).collect();
    let db = company.store.read();
    let others = user::Entity::find().filter(user::Column::Role.is_in(roles)).filter(user::Column::Disabled.eq(false)).filter(user::Column::Id.ne(&caller.id));
    for other in others.all(db).await? {
        let themselves = other.employee.is_some() && other.employee == caller.employee;
        if themselves || !(other.demo || other.password.is_some()) || standing::of(db, other.employee.as_deref()).await? != Standing::Active {
            continue;
        }
        let ties = cases::recuse::of_account(db, other.employee.as_deref(), &other.name).await?;
        left.retain(|e| ties.all.contains(e) || other.employee.as_ref() == Some(e));
        if left.is_empty() {
            break;
        }
    }
    Ok(left)
}
