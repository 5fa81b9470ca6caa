//! Every request is held against its route's rule before a handler sees it; a route without a rule is nobody's.

use super::AppState;
use crate::{
    access::{
        self, Caller, Permission, Standing,
        matrix::{ROUTES, Rule, rule_of},
        secret, sessions, sign_in_needed, tokens,
    },
    error::{Error, Problem, Result},
};
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::net::SocketAddr;

pub async fn check(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    match admit(&app, &mut request).await {
        Ok(None) => {
            // What a handler refuses somebody who has left is a try like any other; not where anybody may ask.
            let left = request.extensions().get::<Caller>().filter(|c| c.standing == Standing::Left).cloned();
            let route = request.extensions().get::<MatchedPath>().map(|m| m.as_str().to_owned());
            let method = request.method().clone();
            let response = next.run(request).await;
            if let (Some(caller), Some(route)) = (left, route)
                && matches!(response.status(), StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
                && rule_of(method.as_str(), &route) != Some(Rule::Anyone)
            {
                access::note_refusal(&app.company, &caller, method.as_str(), &route);
            }
            response
        }
        Ok(Some(refused)) => refused,
        Err(e) => e.into_response(),
    }
}

async fn admit(app: &AppState, request: &mut Request) -> Result<Option<Response>> {
    if app.demo {
        refuse_foreign_names(request.headers())?;
    }
    let Some(route) = request.extensions().get::<MatchedPath>().map(|m| m.as_str().to_owned()) else {
        // No route: the pages, or a 404.
        return Ok(None);
    };
    let method = request.method().clone();
    let Some(rule) = rule_of(method.as_str(), &route) else { return Ok(Some(no_rule(&method, &route)?)) };
    let writes = !matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);

    let caller = match bearer(request.headers())? {
        // A token that does not stand is refused even where none is needed: its owner should hear of it.
        Some(token) => Some(tokens::caller(&app.company, &token).await?.ok_or_else(bad_token)?),
        None => match sessions::cookie(request.headers()) {
            Some(cookie) => {
                let cookie = cookie.to_owned();
                let found = sessions::caller(&app.company, &cookie, app.demo).await?;
                if found.is_some() && writes && rule != Rule::Anyone {
                    check_csrf(request.headers(), &cookie)?;
                }
                found
            }
            None => None,
        },
    };
    if writes && rule == Rule::Anyone {
        refuse_other_sites(request.headers())?;
    }
    let open = match rule {
        Rule::LogReader => app.config.log_public,
        Rule::Metrics => app.config.log_public || is_local(request),
        _ => false,
    };
    if !open && !rule.admits(caller.as_ref().map(|c| &c.grants)) {
        if let Some(caller) = &caller {
            access::note_refusal(&app.company, caller, method.as_str(), &route);
        }
        return Err(match (caller, rule) {
            (None, _) => sign_in_needed(),
            (Some(caller), Rule::Any(list)) => caller.refused(list[0]),
            (Some(caller), _) => caller.refused(Permission::LogSee),
        });
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    Ok(None)
}

/// A known path with another method is 405; a path nobody wrote a rule for is refused and noted.
fn no_rule(method: &Method, route: &str) -> Result<Response> {
    let mut allow: Vec<&str> = ROUTES.iter().filter(|(_, path, _)| *path == route).map(|(m, _, _)| *m).collect();
    if allow.is_empty() {
        tracing::error!(%method, route, "this route has no rule in access::matrix");
        return Err(Problem::forbidden("?").into());
    }
    if allow.contains(&"GET") {
        allow.push("HEAD");
    }
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    if let Ok(value) = HeaderValue::from_str(&allow.join(", ")) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    Ok(response)
}

fn bad_token() -> Error {
    Problem::new(
        401,
        "bad_token",
        "令牌无效、已撤销或已过期。请检查是否完整复制，或请管理员发一个新的。",
        "The token is not valid, revoked or expired. Check that it was copied whole, or ask an administrator for a new one.",
    )
    .into()
}

/// The token of an `Authorization: Bearer …` header.
fn bearer(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().ok().and_then(|t| t.split_once(' '));
    match text {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim().to_owned())),
        _ => Err(bad_token()),
    }
}

fn check_csrf(headers: &HeaderMap, cookie: &str) -> Result<()> {
    let sent = headers.get(sessions::CSRF_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    if secret::same(sent, sessions::csrf_of(cookie).as_bytes()) {
        return Ok(());
    }
    Err(Problem::new(
        403,
        "csrf",
        "页面的安全校验已失效，请刷新页面后重试（写操作须带 x-csrf-token 头）。",
        "The page's safety token is out of date; reload the page and try again (writes need the header x-csrf-token).",
    )
    .into())
}

/// Before there is a session there is no CSRF token; the browser itself says where the request comes from.
fn refuse_other_sites(headers: &HeaderMap) -> Result<()> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let foreign = match text("sec-fetch-site") {
        Some(site) => !matches!(site, "same-origin" | "none"),
        None => match (text("origin"), text("host")) {
            (Some(origin), Some(host)) => origin.split_once("://").is_none_or(|(_, from)| from != host),
            _ => false,
        },
    };
    if foreign {
        return Err(Problem::new(403, "other_site", "请在本系统的页面上登录。", "Sign in on this system's own page.").into());
    }
    Ok(())
}

/// The demo lets people in without a password, so no other name may be made to point at it (DNS rebinding).
fn refuse_foreign_names(headers: &HeaderMap) -> Result<()> {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("localhost");
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let local = name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if local {
        return Ok(());
    }
    Err(Problem::new(403, "demo_is_local", "演示模式只能用 localhost 或 127.0.0.1 访问。", "The demo can be reached only as localhost or 127.0.0.1.").into())
}

/// From this machine and not through a proxy on it.
fn is_local(request: &Request) -> bool {
    let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip"].iter().any(|h| request.headers().contains_key(*h));
    !forwarded && request.extensions().get::<ConnectInfo<SocketAddr>>().is_some_and(|peer| peer.0.ip().is_loopback())
}
