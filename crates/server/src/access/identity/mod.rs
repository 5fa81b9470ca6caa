//! Who a person is and how that is proved: invitations, passwords, second factors, devices, and the second person who
//! approves what reaches cases.
//!
//! No administrator knows a password: a new person sets the own with a one-time link. What an administrator could use to
//! reach cases, content or alerts alone — a role, a reset, a token — waits for somebody with `users.approve`, once there
//! is one. What is *not* here: what a role may do (`matrix`, `roles`) and what a session is (`sessions`).

pub mod account_api;
pub mod changes;
pub mod changes_api;
pub mod devices;
pub mod factors;
pub mod invitations;
pub mod model;
pub mod own_sessions;
pub mod passkey;
pub mod passkeys;
#[cfg(test)]
mod tests;

use super::users_api as users;
use crate::{company::Company, error::Result, http::AppState};
use account_api as account;
use changes_api as waiting;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/users`, `/user-changes`, `/sign-in-rules`, `/invitations`, `/account`, and signing in by passkey.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(users::list_users, users::create_user))
        .routes(routes!(users::change_user))
        .routes(routes!(users::invite_again))
        .routes(routes!(users::reset_user))
        .routes(routes!(users::end_sessions))
        .routes(routes!(users::get_sign_in_rules, users::put_sign_in_rules))
        .routes(routes!(users::look_at_link))
        .routes(routes!(users::accept_link))
        .routes(routes!(waiting::list_changes))
        .routes(routes!(waiting::decide_change))
        .routes(routes!(waiting::withdraw_change))
        .routes(routes!(waiting::collect_change))
        .routes(routes!(account::ask_passkey))
        .routes(routes!(account::sign_in_by_passkey))
        .routes(routes!(account::get_account))
        .routes(routes!(account::change_password))
        .routes(routes!(account::begin_totp))
        .routes(routes!(account::confirm_totp))
        .routes(routes!(account::end_totp))
        .routes(routes!(account::renew_codes))
        .routes(routes!(account::begin_passkey))
        .routes(routes!(account::keep_passkey))
        .routes(routes!(account::remove_passkey))
        .routes(routes!(own_sessions::list_sessions))
        .routes(routes!(own_sessions::end_session))
        .routes(routes!(own_sessions::end_other_sessions))
}

/// Everything that proves a person by something other than the password goes: a lost phone, or an erased person.
pub async fn drop_factors(tx: &DatabaseTransaction, user_id: &str) -> Result<()> {
    use model::{passkey, recovery_code, totp};
    totp::Entity::delete_by_id(user_id).exec(tx).await?;
    passkey::Entity::delete_many().filter(passkey::Column::UserId.eq(user_id)).exec(tx).await?;
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user_id)).exec(tx).await?;
    factors::mark(tx, user_id).await
}

/// Seconds since 1970, as authenticator apps count.
fn seconds(company: &Company) -> u64 {
    u64::try_from(company.now() / 1_000_000).unwrap_or_default()
}
