//! What every request passes before and after its handler; see [`wrap`] for the order.

use super::{
    AppState, guard, idempotency,
    problem::{self, RequestId},
};
use axum::{
    Router,
    body::{Body, BodyDataStream},
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use std::{
    sync::{Arc, Mutex},
    task::Context,
    time::{Duration, Instant},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    decompression::RequestDecompressionLayer,
    timeout::RequestBodyTimeoutLayer,
};

/// Largest body after decompression.
pub const BODY_LIMIT: usize = 32 * 1024 * 1024;
/// A client that sends nothing for this long is cut off.
const BODY_SILENCE: Duration = Duration::from_secs(30);
const HEAR_OUT_BYTES: usize = 64 * 1024 * 1024;
const HEAR_OUT_TIME: Duration = Duration::from_secs(5);
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// Recomputing, importing, uploading: work that a caller waits for on purpose.
const LONG_TIME_LIMIT: Duration = Duration::from_secs(15 * 60);
const LONG: [&str; 3] = ["/api/v1/signals/run", "/api/v1/imports", "/api/v1/cases/{id}/files"];

/// Scripts only from here; styles also inline, because the component library writes its own at run time.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// The layers, innermost first.
pub fn wrap(router: Router<AppState>, app: &AppState) -> Router {
    let no_archives = DefaultPredicate::new().and(NotForContentType::const_new("application/zip")).and(NotForContentType::const_new("application/pdf"));
    router
        .layer(from_fn_with_state(app.clone(), idempotency::replay))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(app.clone(), guard::check))
        .layer(RequestDecompressionLayer::new())
        .layer(RequestBodyTimeoutLayer::new(BODY_SILENCE))
        .layer(from_fn(time_limit))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(CompressionLayer::new().gzip(true).compress_when(no_archives))
        .layer(from_fn(hear_out))
        .layer(from_fn_with_state(app.clone(), problem::render))
        .layer(from_fn(safe_headers))
        .layer(from_fn_with_state(app.clone(), note))
        .with_state(app.clone())
}

/// Reads on for a while when a request is refused before its body was read: a client that is still sending would
/// lose the answer to a reset connection.
async fn hear_out(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let shared = Arc::new(Mutex::new(body.into_data_stream()));
    let own = shared.clone();
    let poll = move |stream: &Mutex<BodyDataStream>, cx: &mut Context<'_>| stream.lock().expect("no holder panics").poll_next_unpin(cx);
    let body = Body::from_stream(stream::poll_fn(move |cx| poll(&own, cx)));
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status().is_client_error() {
        let mut heard = 0;
        let mut rest = stream::poll_fn(move |cx| poll(&shared, cx));
        let drained = async {
            while let Some(Ok(bytes)) = rest.next().await {
                heard += bytes.len();
                if heard > HEAR_OUT_BYTES {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(HEAR_OUT_TIME, drained).await;
    }
    response
}

async fn time_limit(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let limit = if LONG.iter().any(|l| route.starts_with(l)) { LONG_TIME_LIMIT } else { TIME_LIMIT };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
    }
}

fn after_panic(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    // The message may hold what was being worked on; the panic hook has already written where it happened.
    tracing::error!("a handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

async fn safe_headers(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(self), microphone=()"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// Gives the request its id, counts it and notes it: route and status, never the path itself, which names people.
async fn note(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = sent_id(&request).unwrap_or_else(|| uuid::Uuid::now_v7().simple().to_string());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "page".to_owned(), |m| m.as_str().to_owned());
    let began = Instant::now();
    let mut response = next.run(request).await;
    let took = began.elapsed();
    let status = response.status();
    app.counts.request(status.as_u16(), took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status.is_server_error() {
        tracing::error!(%method, route, status = status.as_u16(), ms, request_id = id, "request");
    } else {
        tracing::debug!(%method, route, status = status.as_u16(), ms, request_id = id, "request");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// The id a proxy in front gave the request, if it looks like one.
fn sent_id(request: &Request) -> Option<String> {
    let id = request.headers().get("x-request-id")?.to_str().ok()?;
    let fits = (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    fits.then(|| id.to_owned())
}
