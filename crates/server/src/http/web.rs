//! The pages: `PROBITY_WEB_DIR`, else what the binary carries, else `web/dist` here or beside the binary.
//!
//! Files under `assets/` bear a hash in their name and are cached for ever; `index.html` never is, and answers for
//! every address that is no file (the pages have their own router). Without a build, a page says how to make one.

use super::AppState;
use crate::error::Problem;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::{
    borrow::Cow,
    path::{Component, Path, PathBuf},
    sync::LazyLock,
};

/// Made by `build.rs`.
static CARRIED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

const MISSING: &str = include_str!("pages/no_web.html");

/// Where unset, the folder of built pages found at start.
static FOUND: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("web")));
    // A debug binary finds the pages of the tree it was built from, wherever it is started.
    let tree = cfg!(debug_assertions).then(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist"));
    [Some(PathBuf::from("web/dist")), beside, tree].into_iter().flatten().find(|dir| dir.join("index.html").is_file())
});

/// Everything that is no route.
pub async fn page(State(app): State<AppState>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let belongs_to_api = ["api/", "log/", "docs/"].iter().any(|p| path.starts_with(p)) || matches!(path, "api" | "log");
    if belongs_to_api {
        return crate::error::Error::from(Problem::not_found()).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let own = app.config.web_dir.as_deref();
    if let Some(bytes) = file(own, path).await {
        return answer(path, bytes);
    }
    // A missing file is missing; anything else is an address of the pages' own router.
    if path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return crate::error::Error::from(Problem::not_found()).into_response();
    }
    match file(own, "index.html").await {
        Some(bytes) => answer("index.html", bytes),
        None => ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], MISSING).into_response(),
    }
}

/// Whether there are pages to serve.
pub async fn exists(own: Option<&Path>) -> bool {
    file(own, "index.html").await.is_some()
}

async fn file(own: Option<&Path>, path: &str) -> Option<Cow<'static, [u8]>> {
    let path = percent_decoded(path)?;
    let relative = Path::new(&path);
    if path.is_empty() || !relative.components().all(|c| matches!(c, Component::Normal(_))) {
        return None;
    }
    if own.is_none()
        && let Some((_, bytes)) = CARRIED.iter().find(|(name, _)| *name == path)
    {
        return Some(Cow::Borrowed(bytes));
    }
    let dir = match own {
        Some(dir) => dir,
        None if CARRIED.is_empty() => FOUND.as_deref()?,
        None => return None,
    };
    tokio::fs::read(dir.join(relative)).await.ok().map(Cow::Owned)
}

fn percent_decoded(path: &str) -> Option<String> {
    let mut out = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(b) = bytes.next() {
        if b != b'%' {
            out.push(b);
            continue;
        }
        let pair = [bytes.next()?, bytes.next()?];
        out.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
    }
    let text = String::from_utf8(out).ok()?;
    (!text.contains('\0')).then_some(text)
}

fn answer(path: &str, bytes: Cow<'static, [u8]>) -> Response {
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else if path == "index.html" {
        "no-cache"
    } else {
        "public, max-age=3600"
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind_of(path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

fn kind_of(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_outside_the_folder_is_read() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(dir.path().join("web")).expect("a folder");
        std::fs::write(dir.path().join("secret"), "x").expect("a file");
        std::fs::write(dir.path().join("web/a.txt"), "a").expect("a file");
        let web = dir.path().join("web");
        for path in ["../secret", "%2e%2e/secret", "..%2fsecret", "/etc/passwd", "a.txt%00", "./../secret", ""] {
            assert!(file(Some(&web), path).await.is_none(), "{path}");
        }
        assert_eq!(file(Some(&web), "a.txt").await.as_deref(), Some(b"a".as_slice()));
    }
}
