//! A person as a caller: the role, less what the standing withholds, less what restrictions in force stop, and whom they
//! may learn nothing secret about. The one place where a `Caller` of a person is made; signing in, streams and the
//! simulation all come here.

use super::{
    Grants, Reach,
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
        tied: Arc::default(),
        sources: None,
    };
    // Whoever does nothing beyond their own has nobody to keep apart from.
    if caller.grants.list().into_iter().any(|(p, reach)| reach > Reach::Own && p.is_about_people()) {
        let ties = cases::recuse::barred(company, &caller).await?;
        caller.recused = Arc::new(ties.all);
        caller.tied = Arc::new(ties.known);
    }
    Ok(Some(caller))
}
