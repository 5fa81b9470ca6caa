//! Failed sign-ins slow the next ones down: after five, the name waits 30 s, 1 min, 2 min … up to 15 min.
//!
//! Counted by the name tried, whether or not an account has it, so the wait says nothing about who exists. The try is
//! counted before the password is looked at: a hundred at once are a hundred tries, not one.

use super::model::failure;
use crate::{
    error::{Problem, Result},
    store::Store,
};
use aws_lc_rs::digest;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::OnConflict};

const FREE: i32 = 5;
const FIRST_WAIT_S: i64 = 30;
const LONGEST_WAIT_S: i64 = 15 * 60;
/// Without a try for a day the count begins anew.
const FORGET_US: i64 = 24 * 3600 * 1_000_000;

fn key(login: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, login.as_bytes()).as_ref().to_vec()
}

fn wait_s(failures: i32) -> i64 {
    if failures < FREE {
        return 0;
    }
    let doublings = u32::try_from(failures - FREE).unwrap_or(0).min(10);
    (FIRST_WAIT_S << doublings).min(LONGEST_WAIT_S)
}

/// Counts a try, or refuses it with how long to wait. Answers how many failures there are if this one fails.
pub async fn enter(store: &Store, login: &str, now: i64) -> Result<i32> {
    let tx = store.write().await?;
    let row = failure::Entity::find_by_id(key(login)).lock_exclusive().one(&tx).await?;
    let failures = match row {
        Some(row) if row.locked_until > now => {
            let seconds = u32::try_from((row.locked_until - now) / 1_000_000 + 1).unwrap_or(1);
            tx.rollback().await?;
            return Err(Problem::new(
                429,
                "sign_in_locked",
                format!("登录失败次数过多，请 {seconds} 秒后再试；忘记密码请联系管理员重设。"),
                format!("Too many failed sign-ins. Try again in {seconds} seconds, or ask an administrator for a new password."),
            )
            .retry_after(seconds)
            .into());
        }
        Some(row) if now - row.last_at < FORGET_US => row.failures + 1,
        _ => 1,
    };
    failure::Entity::insert(failure::ActiveModel {
        login_hash: Set(key(login)),
        failures: Set(failures),
        last_at: Set(now),
        locked_until: Set(now + wait_s(failures) * 1_000_000),
    })
    .on_conflict(
        OnConflict::column(failure::Column::LoginHash)
            .update_columns([failure::Column::Failures, failure::Column::LastAt, failure::Column::LockedUntil])
            .to_owned(),
    )
    .exec_without_returning(&tx)
    .await?;
    // Names tried by machines would pile up; those a day old count for nothing any more.
    if failures == 1 {
        failure::Entity::delete_many().filter(failure::Column::LastAt.lt(now - FORGET_US)).exec(&tx).await?;
    }
    tx.commit().await?;
    Ok(failures)
}

/// The password was right, or an administrator set a new one.
pub async fn forgive(store: &Store, login: &str) -> Result<()> {
    let tx = store.write().await?;
    failure::Entity::delete_by_id(key(login)).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let waits: Vec<_> = (1..12).map(wait_s).collect();
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]);
    }
}
