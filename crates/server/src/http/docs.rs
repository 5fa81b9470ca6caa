//! The reference at `/docs`: a page of our own that draws `openapi.json`; nothing is loaded from elsewhere.

use super::{PathParam, router};
use crate::error::{Problem, Result};
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use std::sync::LazyLock;

static SPEC: LazyLock<String> = LazyLock::new(router::openapi_text);

pub async fn page() -> Response {
    html(include_str!("pages/docs.html"), "text/html; charset=utf-8")
}

pub async fn file(PathParam(name): PathParam<String>) -> Result<Response> {
    Ok(match name.as_str() {
        "docs.js" => html(include_str!("pages/docs.js"), "text/javascript; charset=utf-8"),
        "docs.css" => html(include_str!("pages/docs.css"), "text/css; charset=utf-8"),
        _ => return Err(Problem::not_found().into()),
    })
}

pub async fn openapi() -> Response {
    html(&SPEC, "application/json")
}

fn html(text: &'static str, kind: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
