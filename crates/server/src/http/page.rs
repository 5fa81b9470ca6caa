//! Lists by cursor: opaque, URL-safe, at most 500 at a time.

use crate::error::{Error, Problem, Result};
use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

pub const DEFAULT: u64 = 50;
pub const MOST: u64 = 500;

/// One page of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Send it back as `cursor` for what follows; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list that is always short enough to be given whole.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}

/// `limit` and `cursor` of a request; a limit above 500 is taken as 500.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// How many at most, 1–500; 50 if absent.
    pub limit: Option<u64>,
    /// From `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Page {
    pub fn limit(&self) -> u64 {
        self.limit.unwrap_or(DEFAULT).clamp(1, MOST)
    }

    /// Where the page before ended, if the caller sent a cursor.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        self.cursor.as_deref().map(Cursor::open).transpose()
    }

    /// The page out of rows of which one more than `limit` was asked for; `key` names the last one shown.
    pub fn close<T, K: Serialize>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> List<T> {
        let limit = usize::try_from(self.limit()).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if more { rows.last().map(|last| Cursor::seal(&key(last))) } else { None };
        List { items: rows, next_cursor }
    }

    /// The page out of a short list that is at hand as a whole.
    pub fn cut<T>(&self, all: Vec<T>) -> Result<List<T>> {
        let start: usize = self.after()?.unwrap_or(0);
        let limit = usize::try_from(self.limit()).unwrap_or(usize::MAX);
        let more = all.len() > start.saturating_add(limit);
        let items = all.into_iter().skip(start).take(limit).collect();
        Ok(List { items, next_cursor: more.then(|| Cursor::seal(&(start + limit))) })
    }
}

/// The place in a list, as text that means nothing to the caller.
pub struct Cursor;

impl Cursor {
    pub fn seal(key: &impl Serialize) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }

    pub fn open<K: DeserializeOwned>(text: &str) -> Result<K> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        bytes.and_then(|b| serde_json::from_slice(&b).ok()).ok_or_else(|| {
            Problem::bad_request(
                "bad_cursor",
                "cursor 无效，请从第一页重新开始（去掉 cursor 参数）。",
                "That cursor is not valid. Start from the first page again, without a cursor.",
            )
            .into()
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        // Read by hand: other parameters stand beside these, and a limit that is no number is worth a sentence.
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(|_| super::extract::bad_query("?"))?;
        let get = |name: &str| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
        let limit = match get("limit").filter(|l| !l.is_empty()) {
            None => None,
            Some(text) => Some(text.parse::<u64>().or_else(|_| huge(&text)).map_err(|()| super::extract::bad_query("limit"))?),
        };
        Ok(Self { limit, cursor: get("cursor").filter(|c| !c.is_empty()) })
    }
}

/// A number too large for 64 bits is still just a large limit.
fn huge(text: &str) -> Result<u64, ()> {
    if text.bytes().all(|b| b.is_ascii_digit()) { Ok(MOST) } else { Err(()) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let all: Vec<u32> = (0..7).collect();
        let mut page = Page { limit: Some(3), cursor: None };
        let mut seen = Vec::new();
        loop {
            let list = page.cut(all.clone()).unwrap();
            seen.extend(list.items);
            let Some(next) = list.next_cursor else { break };
            assert!(next.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            page.cursor = Some(next);
        }
        assert_eq!(seen, all);
        assert_eq!(Page { limit: Some(9999), cursor: None }.limit(), 500);
        assert!(Cursor::open::<u64>("%%%").is_err());
    }
}
