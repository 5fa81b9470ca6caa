//! The language a caller reads, from `Accept-Language`: English when that comes first, else Chinese.

use crate::said::Lang;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use std::convert::Infallible;

pub fn of(headers: &HeaderMap) -> Lang {
    let first = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if first.trim_start().get(..2).is_some_and(|l| l.eq_ignore_ascii_case("en")) { Lang::En } else { Lang::Zh }
}

impl<S: Send + Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(of(&parts.headers))
    }
}
