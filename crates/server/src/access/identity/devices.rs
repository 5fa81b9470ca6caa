//! Browsers somebody signed in from: known by a cookie of their own, described by what they say about themselves.

use super::model::device;
use crate::{access::secret, error::Result, said::Said};
use axum::http::HeaderValue;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};

pub const COOKIE: &str = "probity_device";
/// The longest that browsers keep a cookie.
const KEPT_S: i64 = 400 * 24 * 3600;

/// Has this person been here with this browser before, and with any?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Before,
    /// The very first sign-in.
    First,
    /// 新设备
    New,
}

/// Notes the browser for this person.
pub async fn meet(tx: &DatabaseTransaction, user_id: &str, cookie: &str, now: i64) -> Result<Known> {
    let hash = secret::hash(cookie);
    let any = device::Entity::find().filter(device::Column::UserId.eq(user_id)).count(tx).await? > 0;
    if device::Entity::find_by_id((user_id.to_owned(), hash.clone())).one(tx).await?.is_some() {
        let seen = device::ActiveModel { user_id: Set(user_id.to_owned()), hash: Set(hash), last_seen: Set(now), ..Default::default() };
        device::Entity::update(seen).exec(tx).await?;
        return Ok(Known::Before);
    }
    let fresh = device::ActiveModel { user_id: Set(user_id.to_owned()), hash: Set(hash), first_seen: Set(now), last_seen: Set(now) };
    device::Entity::insert(fresh).exec_without_returning(tx).await?;
    Ok(if any { Known::New } else { Known::First })
}

pub fn set_cookie(cookie: &str, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax; Max-Age={KEPT_S}{secure}");
    HeaderValue::from_str(&text).expect("what we made is visible ASCII")
}

/// A cookie that we could have made; anything else is taken for none.
pub fn is_ours(cookie: &str) -> bool {
    cookie.len() == 43 && cookie.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// “Chrome · Windows”, guessed from the `User-Agent`; the first word that fits wins, since each browser also claims to be
/// the older ones.
pub fn guess(agent: Option<&str>) -> Said {
    let Some(agent) = agent else { return Said::new("未知设备", "unknown device") };
    let first = |list: &[(&str, &'static str)]| list.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
    let browser = first(&[
        ("MicroMessenger", "WeChat"),
        ("wxwork", "WeCom"),
        ("DingTalk", "DingTalk"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("QQBrowser", "QQ Browser"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(b), Some(s)) => Said::new(format!("{b} · {s}"), format!("{b} · {s}")),
        (Some(one), None) | (None, Some(one)) => Said::new(one, one),
        (None, None) => Said::new("未知设备", "unknown device"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let of = |agent: &str| guess(Some(agent)).en;
        assert_eq!(
            of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0"),
            "Edge · Windows"
        );
        assert_eq!(of("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"), "Safari · Mac");
        assert_eq!(of("Mozilla/5.0 (Linux; Android 14; Mate) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0"), "WeChat · Android");
        assert_eq!(of("curl/8.5.0"), "curl");
        assert_eq!(guess(None).zh, "未知设备");
    }
}
