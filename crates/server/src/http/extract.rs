//! Bodies, query and path parameters of requests, with refusals a person can act on.

use crate::error::{Error, FieldError, Problem, Result};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{header, request::Parts},
};
use serde::de::DeserializeOwned;

/// A JSON body. Anything but JSON is 415, malformed text 400, wrong members 422 with their pointers.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if !is_json(request.headers().get(header::CONTENT_TYPE).map(|v| v.as_bytes())) {
            return Err(unsupported("application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|e| broken_body(e.status().as_u16()))?;
        super::refuse_heavy(&bytes)?;
        from_slice(&bytes).map(Self)
    }
}

/// `application/json` or `application/<something>+json`.
pub fn is_json(content_type: Option<&[u8]>) -> bool {
    let Some(text) = content_type.and_then(|v| std::str::from_utf8(v).ok()) else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

pub fn unsupported(wanted: &str) -> Error {
    Problem::new(
        415,
        "unsupported_media_type",
        format!("不支持这种内容类型或编码，请用 Content-Type: {wanted}。"),
        format!("This content type or encoding is not supported; send Content-Type: {wanted}."),
    )
    .into()
}

/// A body that could not be read to its end: too large (413), or broken off or not what its encoding says (400).
pub fn broken_body(status: u16) -> Error {
    if status == 413 {
        return Problem::new(
            413,
            "too_large",
            "内容过大：解压后最多 32 MiB。请分批发送。",
            "The body is too large: at most 32 MiB after decompression. Send it in parts.",
        )
        .into();
    }
    Problem::bad_request(
        "broken_body",
        "请求内容没有读完整：连接中断，或内容与 Content-Encoding 不符。请重发。",
        "The body could not be read to its end: the connection broke, or it is not encoded as it says. Send it again.",
    )
    .into()
}

/// JSON with pointers in its complaints.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let pointer = pointer(e.path());
        let inner = e.into_inner();
        if inner.is_data() { wrong_member(pointer, &inner) } else { malformed(&inner) }
    })?;
    reader.end().map_err(|e| malformed(&e))?;
    Ok(value)
}

fn malformed(e: &serde_json::Error) -> Error {
    let (line, column) = (e.line(), e.column());
    Problem::bad_request(
        "malformed_json",
        format!("第 {line} 行第 {column} 列起不是合法的 JSON。请检查引号、逗号和括号（UTF-8，嵌套不超过 128 层）。"),
        format!("This is not JSON from line {line}, column {column}. Check quotes, commas and brackets (UTF-8, at most 128 levels deep)."),
    )
    .into()
}

fn wrong_member(pointer: String, e: &serde_json::Error) -> Error {
    // serde's own sentence names expected types and fields; it may quote a value back to the one who sent it.
    let mut detail = e.to_string();
    if let Some(cut) = detail.rfind(" at line ") {
        detail.truncate(cut);
    }
    Problem::new(422, "invalid", "有内容不符合要求，见 errors 中的位置和说明。", "Something is not as it should be; see the places and reasons in errors.")
        .with_errors(vec![FieldError { pointer, code: "invalid".into(), detail }])
        .into()
}

/// RFC 6901 from serde's path.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut out = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("/{index}")),
            Segment::Map { key } => out.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { variant } => out.push_str(&format!("/{variant}")),
            Segment::Unknown => {}
        }
    }
    out
}

pub fn bad_query(name: &str) -> Error {
    Problem::new(
        422,
        "bad_parameter",
        format!("地址中的参数“{name}”不对，请检查它的格式。"),
        format!("The parameter “{name}” in the address is not valid; check its form."),
    )
    .with_errors(vec![FieldError { pointer: format!("/{name}"), code: "bad_parameter".into(), detail: "?".into() }])
    .into()
}

/// Query parameters as a type; empty ones (`?kind=`) count as absent.
pub struct QueryParams<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryParams<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let kept: Vec<&str> = query.split('&').filter(|pair| pair.split_once('=').is_some_and(|(_, v)| !v.is_empty())).collect();
        let uri = format!("/?{}", kept.join("&")).parse::<axum::http::Uri>().map_err(|_| bad_query("?"))?;
        match axum::extract::Query::<T>::try_from_uri(&uri) {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(e) => {
                let detail = std::error::Error::source(&e).map_or_else(|| e.to_string(), ToString::to_string);
                let name = detail.split(':').next().filter(|n| n.len() < 40 && !n.contains(' ')).unwrap_or("?").to_owned();
                let mut error = bad_query(&name);
                if let Error::Problem(p) = &mut error {
                    p.errors[0].detail = detail;
                }
                Err(error)
            }
        }
    }
}

/// Path parameters; one that does not parse names nothing, so the answer is 404.
pub struct PathParam<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathParam<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Path(value) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        Ok(Self(value))
    }
}
