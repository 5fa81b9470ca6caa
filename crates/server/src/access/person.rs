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
use std::sync::Arc;

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
        // 回避 must not stop what the law owes a leaver: the only one who can conduct leaving does so, ties or not, yet
        // never for themselves.
        if !caller.recused.is_empty() && alone(company, &caller).await? {
            caller.apart = Arc::new(ties.perhaps_oneself);
            caller.tied = caller.apart.clone();
        } else {
            caller.apart = caller.recused.clone();
            caller.tied = Arc::new(ties.known);
        }
    }
    Ok(Some(caller))
}

/// Does this caller conduct leaving, and nobody else who can sign in and is staying?
async fn alone(company: &Company, caller: &Caller) -> Result<bool> {
    let conducts = |grants: &Grants| grants.reach(Permission::LeavingAct) == Reach::All;
    if !conducts(&caller.grants) {
        return Ok(false);
    }
    let roles: Vec<String> = company.roles().list().into_iter().filter(|r| conducts(&r.grants)).map(|r| r.id.clone()).collect();
    let db = company.store.read();
    let others = user::Entity::find().filter(user::Column::Role.is_in(roles)).filter(user::Column::Disabled.eq(false)).filter(user::Column::Id.ne(&caller.id));
    for other in others.all(db).await? {
        let themselves = other.employee.is_some() && other.employee == caller.employee;
        if !themselves && (other.demo || other.password.is_some()) && standing::of(db, other.employee.as_deref()).await? == Standing::Active {
            return Ok(false);
        }
    }
    Ok(true)
}
