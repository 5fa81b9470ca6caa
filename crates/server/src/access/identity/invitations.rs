//! One-time links: whoever holds one sets the password of that person. Only the hash of its code is kept; it is shown to
//! who made it, once, and works once.

use super::{drop_factors, model::invitation};
use crate::{
    access::{lockout, model::user, passwords, publish, secret, sessions},
    company::{Actor, Company},
    error::{Error, Problem, Result},
    events,
    said::Lang,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;

const HOUR_US: i64 = 3600 * 1_000_000;
const INVITE_US: i64 = 7 * 24 * HOUR_US;
const RESET_US: i64 = 24 * HOUR_US;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// 邀请
    Invite,
    /// 重设
    Reset { drops_factors: bool },
}

impl Purpose {
    pub fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset { .. } => "reset",
        }
    }
}

/// What is shown once.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct OneTimeLink {
    /// Goes behind the address of the pages: `/invite/<code>`.
    pub path: String,
    pub expires_at: String,
}

/// Makes a link in the place of any earlier one. A reset makes the old password void at once and ends all sessions.
pub async fn issue(tx: &DatabaseTransaction, user_id: &str, purpose: Purpose, by: &str, now: i64) -> Result<OneTimeLink> {
    let code = secret::new();
    let (length, drops_factors) = match purpose {
        Purpose::Invite => (INVITE_US, false),
        Purpose::Reset { drops_factors } => (RESET_US, drops_factors),
    };
    invitation::Entity::delete_many().filter(invitation::Column::UserId.eq(user_id)).exec(tx).await?;
    invitation::Entity::insert(invitation::ActiveModel {
        hash: Set(secret::hash(&code)),
        user_id: Set(user_id.to_owned()),
        purpose: Set(purpose.name().to_owned()),
        drops_factors: Set(drops_factors),
        made_at: Set(now),
        made_by: Set(by.to_owned()),
        expires_at: Set(now + length),
    })
    .exec_without_returning(tx)
    .await?;
    if purpose != Purpose::Invite {
        user::Entity::update(user::ActiveModel { id: Set(user_id.to_owned()), password: Set(None), ..Default::default() }).exec(tx).await?;
        sessions::end_all(tx, user_id).await?;
        events::rights_changed(tx, now).await?;
    }
    Ok(OneTimeLink { path: format!("/invite/{code}"), expires_at: crate::http::instant(now + length) })
}

/// Unknown, used, expired and disabled look the same: a code says nothing about who exists.
fn gone() -> Error {
    Problem::new(
        404,
        "link_gone",
        "这个链接无效、已用过或已过期。请联系管理员重新发一个。",
        "This link is not valid, was used or has expired. Ask an administrator for a new one.",
    )
    .into()
}

/// The person of a link that still stands.
pub async fn whose(company: &Company, code: &str) -> Result<(invitation::Model, user::Model)> {
    let db = company.store.read();
    let row = invitation::Entity::find_by_id(secret::hash(code)).one(db).await?.filter(|i| i.expires_at > company.now()).ok_or_else(gone)?;
    let who = user::Entity::find_by_id(&row.user_id).one(db).await?.filter(|u| !u.disabled).ok_or_else(gone)?;
    Ok((row, who))
}

/// Sets the password with a link, which is used up by it. Of two at once one wins.
pub async fn accept(company: &Company, code: &str, password: String, lang: Lang) -> Result<user::Model> {
    let (_, who) = whose(company, code).await?;
    passwords::check(&password, &who.login, lang)?;
    let hashed = passwords::hash(password).await?;
    let now = company.now();
    let tx = company.store.write().await?;
    // The user before the link, as whoever makes another link takes them.
    let mut who = user::Entity::find_by_id(&who.id).lock_exclusive().one(&tx).await?.filter(|u| !u.disabled).ok_or_else(gone)?;
    let row = invitation::Entity::find_by_id(secret::hash(code)).lock_exclusive().one(&tx).await?.filter(|i| i.expires_at > now).ok_or_else(gone)?;
    let used = invitation::Entity::delete_by_id(row.hash.clone()).exec(&tx).await?;
    if used.rows_affected != 1 {
        return Err(gone());
    }
    user::Entity::update(user::ActiveModel { id: Set(who.id.clone()), password: Set(Some(hashed)), ..Default::default() }).exec(&tx).await?;
    if row.drops_factors {
        drop_factors(&tx, &who.id).await?;
        who.second_factor = false;
    }
    sessions::end_all(&tx, &who.id).await?;
    events::rights_changed(&tx, now).await?;
    tx.commit().await?;
    lockout::forgive(&company.store, &who.login).await?;
    let own = Actor { kind: "user", id: who.id.clone(), name: who.name.clone() };
    let kind = if row.purpose == "reset" { "access.password_reset" } else { "access.invitation_accepted" };
    let data = json!({ "user": who.id, "link_from": row.made_by, "second_factor_removed": row.drops_factors, "employee": who.employee });
    publish::act(company, kind, &own, data).await?;
    Ok(who)
}
