//! The pages: `PROBITY_WEB_DIR`, else what the binary carries, else `web/dist` here or beside the binary.
//!
//! Files under `assets/` bear a hash in their name and are cached for ever; `index.html` never is, and answers for
//! every address that is no file (the pages have their own router). Where the build left a packed twin (`.gz`) it is
//! handed out as it is. Without a build, a page says how to make one.

use super::AppState;
use crate::error::Problem;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
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
    let gzip = takes_gzip(request.headers());
    if let Some((bytes, packed)) = best(own, path, gzip).await {
        return answer(path, bytes, packed);
    }
    // A missing file is missing; anything else is an address of the pages' own router.
    if path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return crate::error::Error::from(Problem::not_found()).into_response();
    }
    match best(own, "index.html", gzip).await {
        Some((bytes, packed)) => answer("index.html", bytes, packed),
        None => ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], MISSING).into_response(),
    }
}

/// Whether there are pages to serve.
pub async fn exists(own: Option<&Path>) -> bool {
    file(own, "index.html").await.is_some()
}

/// The file, packed if the caller can unpack it and there is a twin.
async fn best(own: Option<&Path>, path: &str, gzip: bool) -> Option<(Cow<'static, [u8]>, bool)> {
    if gzip && let Some(packed) = file(own, &format!("{path}.gz")).await {
        return Some((packed, true));
    }
    Some((file(own, path).await?, false))
}

/// `gzip` is among the encodings named, and not with the weight 0, which refuses it.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    named.map(|one| one.split_once(';').unwrap_or((one, ""))).any(|(name, weight)| {
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse().is_ok_and(|q: f32| q <= 0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
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

fn answer(path: &str, bytes: Cow<'static, [u8]>, packed: bool) -> Response {
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
    if packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
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

    #[test]
    fn gzip_only_where_it_is_taken() {
        let takes = |value: &'static str| takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]));
        for yes in ["gzip", "br, GZip", "deflate;q=0.5, gzip;q=0.1"] {
            assert!(takes(yes), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "gzip;q=0.0, identity"] {
            assert!(!takes(no), "{no}");
        }
    }

    #[tokio::test]
    async fn the_packed_twin_comes_first() {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, content) in [("a.js", "plain"), ("a.js.gz", "packed"), ("b.js", "plain")] {
            std::fs::write(dir.path().join(name), content).expect("a file");
        }
        let found = async |path, gzip| best(Some(dir.path()), path, gzip).await.map(|(bytes, packed)| (String::from_utf8_lossy(&bytes).into_owned(), packed));
        assert_eq!(found("a.js", true).await, Some(("packed".into(), true)));
        assert_eq!(found("a.js", false).await, Some(("plain".into(), false)));
        assert_eq!(found("b.js", true).await, Some(("plain".into(), false)));
        assert_eq!(found("c.js", true).await, None);
    }

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
