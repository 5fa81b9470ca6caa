//! Failed sign-ins slow the next ones down: after five, the name waits 30 s, 1 min, 2 min … up to 15 min; after thirty
//! from one address under whatever names, the address waits as well.
//!
//! Counted by the name tried, whether or not an account has it, so the wait says nothing about who exists. The try is
//! counted before the password is looked at: a hundred at once are a hundred tries, not one.

use super::model::failure::{ActiveModel, Column, Entity, Model};
use crate::{
    error::{Problem, Result},
    store::Store,
};
use aws_lc_rs::digest;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, sea_query::OnConflict};
use std::net::IpAddr;

const FREE: i32 = 5;
/// A whole office may share an address.
const FREE_AT_ADDRESS: i32 = 30;
const FIRST_WAIT_S: i64 = 30;
const LONGEST_WAIT_S: i64 = 15 * 60;
/// Without a try for a day the count of a name begins anew.
const FORGET_US: i64 = 24 * 3600 * 1_000_000;
/// One failure of an address is forgotten a minute: an office mistypes all day long, a machine does so all at once.
const ADDRESS_FORGETS_US: i64 = 60 * 1_000_000;

/// What is being tried: a name, from somewhere.
#[derive(Debug, Clone, Copy)]
pub struct Try<'a> {
    /// None where the try names nobody, as with a passkey.
    pub name: Option<&'a str>,
    pub address: Option<IpAddr>,
}

fn key(text: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().to_vec()
}

/// Whoever has one IPv6 address has 2^64 of them.
fn address_key(address: IpAddr) -> Vec<u8> {
    let network = match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => hex::encode(&v6.octets()[..8]),
    };
    key(&format!("\u{0}address/{network}"))
}

fn wait_s(failures: i32, free: i32) -> i64 {
    if failures < free {
        return 0;
    }
    let doublings = u32::try_from(failures - free).unwrap_or(0).min(10);
    (FIRST_WAIT_S << doublings).min(LONGEST_WAIT_S)
}

impl Try<'_> {
    /// The address first, always: two who wait for each other's rows would wait for ever.
    fn keys(&self) -> Vec<(Vec<u8>, bool)> {
        let address = self.address.map(|a| (address_key(a), true));
        let name = self.name.map(|n| (key(n), false));
        address.into_iter().chain(name).collect()
    }
}

async fn locked(tx: &DatabaseTransaction, key: &[u8], now: i64) -> Result<Model> {
    // The row has to be there before it can be locked, or those who come at once would each begin a count of their own.
    let fresh = ActiveModel { login_hash: Set(key.to_vec()), failures: Set(0), last_at: Set(now), locked_until: Set(0) };
    Entity::insert(fresh).on_conflict(OnConflict::column(Column::LoginHash).do_nothing().to_owned()).exec_without_returning(tx).await?;
    let row = Entity::find_by_id(key.to_vec()).lock_exclusive().one(tx).await?;
    Ok(row.unwrap_or(Model { login_hash: key.to_vec(), failures: 0, last_at: now, locked_until: 0 }))
}

/// A passkey is asked for before anybody has said who they are: each question is a row kept for a while, so an address has
/// so many, and one back for each that is answered (`question_answered`).
pub async fn question(store: &Store, address: Option<IpAddr>, now: i64) -> Result<()> {
    count(store, question_key(address), now).await.map(drop)
}

pub async fn question_answered(store: &Store, address: Option<IpAddr>) -> Result<()> {
    less(store, question_key(address)).await
}

fn question_key(address: Option<IpAddr>) -> Vec<(Vec<u8>, bool)> {
    address.map(|a| (key(&format!("\u{0}question/{}", hex::encode(address_key(a)))), true)).into_iter().collect()
}

/// Counts a try, or refuses it with how long to wait. Answers how many failures the name has if this one fails.
pub async fn enter(store: &Store, attempt: Try<'_>, now: i64) -> Result<i32> {
    count(store, attempt.keys(), now).await
}

async fn count(store: &Store, keys: Vec<(Vec<u8>, bool)>, now: i64) -> Result<i32> {
    let tx = store.write().await?;
    let mut rows = Vec::new();
    for (key, is_address) in keys {
        rows.push((locked(&tx, &key, now).await?, is_address));
    }
    if let Some(until) = rows.iter().map(|(row, _)| row.locked_until).max().filter(|until| *until > now) {
        let seconds = u32::try_from((until - now) / 1_000_000 + 1).unwrap_or(1);
        tx.rollback().await?;
        return Err(Problem::new(
            429,
            "sign_in_locked",
            format!("登录失败次数过多，请 {seconds} 秒后再试；忘记密码请联系管理员发重设链接。"),
            format!("Too many failed sign-ins. Try again in {seconds} seconds, or ask an administrator for a link to set a new password."),
        )
        .retry_after(seconds)
        .into());
    }
    let mut of_name = 1;
    for (row, is_address) in rows {
        let idle = now - row.last_at;
        let (before, free) = if is_address {
            let forgotten = i32::try_from(idle / ADDRESS_FORGETS_US).unwrap_or(i32::MAX);
            (row.failures.saturating_sub(forgotten).max(0), FREE_AT_ADDRESS)
        } else {
            (if idle < FORGET_US { row.failures } else { 0 }, FREE)
        };
        let failures = before.saturating_add(1);
        if !is_address {
            of_name = failures;
        }
        // Without a wait nothing is locked, not even until now: of two at once the other may have looked at the clock before.
        let locked_until = match wait_s(failures, free) {
            0 => 0,
            seconds => now + seconds * 1_000_000,
        };
        let counted = ActiveModel { login_hash: Set(row.login_hash), failures: Set(failures), last_at: Set(now), locked_until: Set(locked_until) };
        Entity::update(counted).exec(&tx).await?;
    }
    // Names tried by machines would pile up; those a day old count for nothing any more.
    if of_name == 1 {
        Entity::delete_many().filter(Column::LastAt.lt(now - FORGET_US)).exec(&tx).await?;
    }
    tx.commit().await?;
    Ok(of_name)
}

/// The try was right: the name begins anew, and the address has one failure less. It is not wiped clean, or whoever has an
/// account of their own would sign in between guesses at others'.
pub async fn passed(store: &Store, attempt: Try<'_>) -> Result<()> {
    less(store, attempt.keys()).await
}

async fn less(store: &Store, keys: Vec<(Vec<u8>, bool)>) -> Result<()> {
    let tx = store.write().await?;
    for (key, is_address) in keys {
        if !is_address {
            Entity::delete_by_id(key).exec(&tx).await?;
            continue;
        }
        if let Some(row) = Entity::find_by_id(key.clone()).lock_exclusive().one(&tx).await? {
            let failures = (row.failures - 1).max(0);
            let until = if failures < FREE_AT_ADDRESS { 0 } else { row.locked_until };
            let counted = ActiveModel { login_hash: Set(key), failures: Set(failures), last_at: Set(row.last_at), locked_until: Set(until) };
            Entity::update(counted).exec(&tx).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The name begins anew: its owner has a new password.
pub async fn forgive(store: &Store, name: &str) -> Result<()> {
    passed(store, Try { name: Some(name), address: None }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let waits: Vec<_> = (1..12).map(|n| wait_s(n, FREE)).collect();
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!((wait_s(29, FREE_AT_ADDRESS), wait_s(30, FREE_AT_ADDRESS)), (0, 30));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_looked_at_the_clock_earlier_and_comes_later_need_not_wait() {
        crate::testing::on_each_engine(|company| async move {
            let attempt = Try { name: Some("somebody"), address: Some([192, 0, 2, 1].into()) };
            let now = company.now();
            assert_eq!(enter(&company.store, attempt, now).await.unwrap(), 1);
            assert_eq!(enter(&company.store, attempt, now - 1000).await.unwrap(), 2);
        })
        .await;
    }

    #[test]
    fn an_address_is_its_network() {
        let of = |text: &str| address_key(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
