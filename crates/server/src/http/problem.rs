//! Turns every error into problem details (RFC 9457) in the caller's language, with the request's id.
//!
//! `Error` becomes a bare response that carries its [`Problem`]; the layer writes the body, since only there are
//! language and request id known. Errors that axum or a layer made themselves (no route, wrong method, time-out)
//! have no problem with them and get the one that fits their status.

use super::{AppState, lang};
use crate::error::{Error, Problem};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;

#[derive(Clone)]
struct Carried(Box<Problem>);

/// The id under which this request stands in the log.
#[derive(Clone)]
pub struct RequestId(pub String);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = match self {
            Error::Problem(p) => p,
            Error::Internal(e) => {
                // The layer above logs the request id; here is what went wrong, once.
                tracing::error!(error = format!("{e:#}"), "a request failed");
                Box::new(broken())
            }
        };
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Carried(problem));
        response
    }
}

fn broken() -> Problem {
    Problem::new(
        500,
        "internal",
        "系统内部出错，已记录。请稍后重试；若仍失败，请把 request_id 告诉管理员。",
        "Something broke on our side and was noted. Try again later; if it stays, give the request_id to your administrator.",
    )
}

fn of_status(status: StatusCode) -> Problem {
    match status.as_u16() {
        401 => Problem::new(401, "sign_in_needed", "请先登录。", "Sign in first."),
        404 => Problem::not_found(),
        405 => Problem::new(
            405,
            "method_not_allowed",
            "这个地址不支持该方法，可用的方法见 Allow 头。",
            "This address does not take that method; the Allow header lists those it does.",
        ),
        408 => Problem::new(408, "request_timeout", "请求内容传得太慢，连接已关闭。请重发。", "The request came too slowly and was closed. Send it again."),
        413 => Problem::new(
            413,
            "too_large",
            "内容过大：解压后最多 32 MiB。请分批发送。",
            "The body is too large: at most 32 MiB after decompression. Send it in parts.",
        ),
        415 => Problem::new(
            415,
            "unsupported_media_type",
            "不支持这种内容类型或编码。编码请用 gzip 或不压缩。",
            "This content type or encoding is not supported. Send gzip or no encoding.",
        ),
        422 => Problem::new(422, "invalid", "有内容不符合要求。", "Something is not as it should be."),
        429 => Problem::new(429, "too_many_requests", "请求过于频繁，请稍后再试。", "Too many requests; try again a little later.").retry_after(1),
        503 | 504 => Problem::new(
            503,
            "busy",
            "服务器忙，处理超时。请稍后重试；大的请求请分批。",
            "The server is busy and ran out of time. Try again later, large requests in parts.",
        )
        .retry_after(5),
        code if (400..500).contains(&code) => {
            Problem::new(code, "bad_request", "请求有误，请检查后重试。", "The request is not right; check it and try again.")
        }
        _ => broken(),
    }
}

/// The layer: see the module's head.
pub async fn render(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let lang = lang::of(request.headers());
    let id = request.extensions().get::<RequestId>().map(|r| r.0.clone()).unwrap_or_default();
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = match response.extensions_mut().remove::<Carried>() {
        Some(Carried(problem)) => *problem,
        None if response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"application/problem+json")) => return response,
        None => of_status(status),
    };
    app.counts.problem(problem.code);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut body = json!({
        "type": format!("/docs#{}", problem.code),
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": problem.detail.pick(lang),
        "code": problem.code,
        "request_id": id,
    });
    if let Some(rule) = &problem.rule {
        body["rule"] = rule.as_str().into();
    }
    if !problem.errors.is_empty() {
        body["errors"] = json!(problem.errors);
    }
    let mut out = (status, Json(body)).into_response();
    for name in [header::ALLOW, header::SET_COOKIE] {
        if let Some(value) = response.headers_mut().remove(&name) {
            out.headers_mut().insert(name, value);
        }
    }
    let headers = out.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(if lang == crate::said::Lang::En { "en" } else { "zh-CN" }));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"probity\""));
    }
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    out
}
