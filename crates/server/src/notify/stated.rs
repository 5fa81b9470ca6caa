//! What every notice states of the company: the server mail goes by, the official channels, the account to pay into.
//! Whoever could change the account alone could turn the customers' payments, so somebody else agrees once there is one
//! ([`crate::access::identity`]). A change is a record with what was and what is; the settings follow from that record,
//! in its transaction. What is *not* here: how mail is sent ([`super::smtp`]).

use super::{ROOM, smtp, text};
use crate::{
    company::{Actor, Company},
    error::Result,
    settings,
};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub const CHANNELS: &str = "notify.channels";
pub const PAYEE: &str = "notify.payee";
pub const CHANGED: &str = "outbox.settings_changed";
const LONGEST: usize = 500;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    pub channels: String,
    pub payee: String,
    pub from: String,
    /// Address and sender together, sealed: it may hold a password. Empty where the environment says it, or nobody.
    pub server: String,
}

/// A change that waits, or was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub before: Stated,
    pub after: Stated,
}

#[derive(Debug, Default)]
pub struct Wanted {
    pub url: Option<String>,
    pub from: Option<String>,
    pub channels: Option<String>,
    pub payee: Option<String>,
}

pub async fn now(company: &Company) -> Result<Stated> {
    let db = company.store.read();
    let get = async |name: &str| settings::get(db, name).await.map(Option::unwrap_or_default);
    let from = smtp::server(company).await?.map(|(s, _)| s.from).unwrap_or_default();
    Ok(Stated { channels: get(CHANNELS).await?, payee: get(PAYEE).await?, from, server: get(smtp::SETTING).await? })
}

/// What it would come to; refused where a letter could not carry it. `None` when nothing changes.
pub async fn change(company: &Company, wanted: Wanted) -> Result<Option<Change>> {
    let before = now(company).await?;
    let mut after = before.clone();
    if wanted.url.is_some() || wanted.from.is_some() {
        let set = smtp::server(company).await?.map(|(s, _)| s);
        let url = wanted.url.or_else(|| set.as_ref().map(|s| s.url.clone())).unwrap_or_default();
        let from = wanted.from.or_else(|| set.as_ref().map(|s| s.from.clone())).unwrap_or_default();
        let server = smtp::Server { url, from };
        if set.as_ref() != Some(&server) {
            after.server = smtp::sealed(company, &server)?;
            after.from = server.from;
        }
    }
    for (place, value) in [(&mut after.channels, wanted.channels), (&mut after.payee, wanted.payee)] {
        if let Some(value) = value {
            if !value.trim().is_empty() {
                text::check("--", &value, &[&company.settings().name])?;
            }
            *place = value.trim().chars().take(LONGEST).collect();
        }
    }
    Ok((before != after).then_some(Change { before, after }))
}

/// Makes it so: the record, and with it the settings.
pub async fn make(company: &Company, by: &Actor, change: &Change) -> Result<()> {
    let shown = |s: &Stated| json!({ "channels": s.channels, "payee": s.payee, "from": s.from });
    let data = Map::from_iter([
        ("before".to_owned(), shown(&change.before)),
        ("after".to_owned(), shown(&change.after)),
        ("server_changed".to_owned(), json!(change.before.server != change.after.server)),
        ("sealed".to_owned(), json!(change.after.server)),
    ]);
    company.publish(ROOM, CHANGED, by, None, Vec::new(), data).await.map(drop)
}

/// The settings, from the record.
pub(super) async fn follow(tx: &impl ConnectionTrait, at: i64, data: &Map<String, Value>) -> Result<()> {
    let Some(after) = data.get("after") else { return Ok(()) };
    for (name, value) in [(CHANNELS, after["channels"].as_str()), (PAYEE, after["payee"].as_str()), (smtp::SETTING, data.get("sealed").and_then(Value::as_str))]
    {
        if let Some(value) = value {
            settings::set(tx, name, value, at).await?;
        }
    }
    Ok(())
}

/// An account as a list shows it: its last four characters tell one from another and pay nobody.
pub fn masked(account: &str) -> String {
    let length = account.chars().count();
    if length == 0 { String::new() } else { format!("…{}", account.chars().skip(length.saturating_sub(4).max(1)).collect::<String>()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_account_is_told_by_its_end_and_never_whole() {
        let all: Vec<String> = ["", "7", "6222", "海川物流 6222 0000"].map(super::masked).into();
        assert_eq!(all, ["", "…", "…222", "…0000"]);
    }
}
