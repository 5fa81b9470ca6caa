//! `/log/*` as C2SP tlog-tiles asks, and `/api/v1/log` for people.

use super::{
    model,
    proofs::{list, newest},
    stamps::{self, Authority, Schedule},
    tiles,
};
use crate::{
    company::Company,
    error::{FieldError, Problem, Result},
    http::{AppState, Body, instant},
};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use probity_ledger::tile::{self, Asked};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
/// What a path names never changes.
const FOREVER: &str = "max-age=31536000, immutable";
const MOST_AUTHORITIES: usize = 10;

/// The newest signed checkpoint: a C2SP tlog-checkpoint.
#[utoipa::path(get, path = "/log/checkpoint", tag = "log", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn checkpoint(State(app): State<AppState>) -> Result<Response> {
    let published = newest(&app.company).await?.ok_or_else(not_yet)?;
    Ok(answer(&app, TEXT, "no-cache", published.note.into_bytes()))
}

/// The log's verifier key: `name+hash+key`.
#[utoipa::path(get, path = "/log/vkey", tag = "log", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn vkey(State(app): State<AppState>) -> Response {
    let text = format!("{}\n", app.company.log.key.vkey());
    answer(&app, TEXT, "no-cache", text.into_bytes())
}

/// A hash tile `<L>/<N>[.p/<W>]` or an entry bundle `entries/<N>[.p/<W>]`: C2SP tlog-tiles.
#[utoipa::path(get, path = "/log/tile/{path}", tag = "log", params(("path" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 404)))]
pub async fn tile(State(app): State<AppState>, Path(path): Path<String>) -> Result<Response> {
    let asked = tile::parse_path(&format!("tile/{path}")).ok_or_else(Problem::not_found)?;
    let size = newest(&app.company).await?.map_or(0, |p| p.size);
    let (level, index, width) = match asked {
        Asked::Hashes(id) => (id.level, id.index, id.width),
        Asked::Entries { index, width } => (0, index, width),
    };
    // Only what a published checkpoint covers: what lies behind it may still be withdrawn by no one, but nobody has
    // signed it either.
    if tile::width_in(level, index, size) < width {
        return Err(Problem::not_found().into());
    }
    let bytes = match asked {
        Asked::Hashes(_) => tile::encode_hashes(&tiles::hashes(&app.company, level, index, width).await?),
        Asked::Entries { .. } => tile::encode_entries(&tiles::entries(&app.company, index, width).await?),
    };
    Ok(answer(&app, BYTES, FOREVER, bytes))
}

fn not_yet() -> Problem {
    Problem::new(503, "log_not_published", "日志还没有发布检查点，请稍后重试。", "The log has no published checkpoint yet. Try again in a moment.")
        .retry_after(1)
}

fn answer(app: &AppState, kind: &'static str, keep: &str, bytes: Vec<u8>) -> Response {
    // Without a token the answer is everybody's; with one, no proxy may hand it to somebody else.
    let whose = if app.config.log_public { "public" } else { "private" };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("{whose}, {keep}")) {
        headers.insert(header::CACHE_CONTROL, value);
    }
    (headers, bytes).into_response()
}

/// The log at a glance.
#[derive(Serialize, ToSchema)]
pub struct LogStatus {
    pub origin: String,
    pub vkey: String,
    /// Lowercase hex SHA-256 of the public key.
    pub fingerprint: String,
    pub epoch: i64,
    /// Of the newest published checkpoint.
    pub size: u64,
    /// Base64, as in the checkpoint.
    pub root_hash: String,
    pub published_at: Option<String>,
    /// Why writes are refused, if they are.
    pub stopped: Option<crate::said::Said>,
    pub stamps: Vec<StampShown>,
    pub authorities: Vec<AuthorityShown>,
    /// Minutes between two stamps of one authority.
    pub every_minutes: u32,
    pub checkpoints: Vec<CheckpointShown>,
}

#[derive(Serialize, ToSchema)]
pub struct StampShown {
    pub size: i64,
    pub authority: String,
    /// The time in the token.
    pub at: String,
    /// The certificate led to the configured CA.
    pub verified: bool,
    /// Who signed, as the certificate says.
    pub signer: String,
    pub serial: String,
}

#[derive(Serialize, ToSchema)]
pub struct AuthorityShown {
    pub url: String,
    /// Whether root certificates are configured, so that stamps can be verified.
    pub ca: bool,
    pub last_at: Option<String>,
    /// Why it gave no stamp when it was last asked.
    pub error: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct CheckpointShown {
    pub size: u64,
    pub root_hash: String,
    pub at: String,
}

/// The log: identity, newest checkpoints, time stamps and authorities.
#[utoipa::path(get, path = "/api/v1/log", tag = "log", responses((status = 200, body = LogStatus)))]
pub async fn status(State(company): State<Arc<Company>>) -> Result<Json<LogStatus>> {
    Ok(Json(status_of(&company).await?))
}

async fn status_of(company: &Company) -> Result<LogStatus> {
    let checkpoints = list(company, 20).await?;
    let newest = newest(company).await?;
    let stamps = stamps::list(company, 50).await?;
    let schedule = stamps::schedule(company).await?;
    let troubles = stamps::troubles(company).await?;
    let authorities = schedule
        .authorities
        .iter()
        .map(|authority| AuthorityShown {
            url: authority.url.clone(),
            ca: authority.ca_pem.is_some(),
            last_at: stamps.iter().find(|s| s.authority == authority.url).map(|s| instant(s.at)),
            error: troubles.get(&authority.url).map(|t| t.error.clone()),
        })
        .collect();
    Ok(LogStatus {
        origin: company.log.origin.clone(),
        vkey: company.log.key.vkey(),
        fingerprint: company.log.key.fingerprint(),
        epoch: company.log.epoch,
        size: newest.as_ref().map_or(0, |p| p.size),
        root_hash: STANDARD.encode(newest.as_ref().map_or_else(probity_ledger::tree::empty_root, |p| p.root)),
        published_at: newest.as_ref().map(|p| instant(p.at)),
        stopped: company.write_stop(),
        stamps: stamps.into_iter().map(show).collect(),
        authorities,
        every_minutes: schedule.minutes,
        checkpoints: checkpoints.into_iter().map(|p| CheckpointShown { size: p.size, root_hash: STANDARD.encode(p.root), at: instant(p.at) }).collect(),
    })
}

fn show(row: model::stamp::Model) -> StampShown {
    StampShown { size: row.size, authority: row.authority, at: instant(row.at), verified: row.verified, signer: row.signer, serial: row.serial }
}

#[derive(Deserialize, ToSchema)]
pub struct AuthoritiesBody {
    /// Addresses of RFC 3161 authorities with their root certificates; at most ten.
    pub authorities: Vec<AuthorityBody>,
    /// Minutes between two stamps of one authority, 1 to 10080; 60 where absent.
    pub every_minutes: Option<u32>,
}

/// An address alone, or with the root certificates that make its stamps verifiable.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum AuthorityBody {
    Url(String),
    Whole(Authority),
}

/// Sets the list of time-stamp authorities.
#[utoipa::path(put, path = "/api/v1/log/authorities", tag = "log", request_body = AuthoritiesBody,
    responses((status = 200, body = LogStatus), (status = 422)))]
pub async fn set_authorities(State(company): State<Arc<Company>>, Body(body): Body<AuthoritiesBody>) -> Result<Json<LogStatus>> {
    let before = stamps::schedule(&company).await?;
    let authorities: Vec<Authority> = body
        .authorities
        .into_iter()
        .map(|authority| match authority {
            // The page shows no certificates, so an address sent back alone keeps those it had.
            AuthorityBody::Url(url) => {
                let url = url.trim().to_owned();
                let ca_pem = before.authorities.iter().find(|a| a.url == url).and_then(|a| a.ca_pem.clone());
                Authority { url, ca_pem }
            }
            AuthorityBody::Whole(a) => Authority { url: a.url.trim().to_owned(), ca_pem: a.ca_pem.filter(|pem| !pem.trim().is_empty()) },
        })
        .collect();
    let minutes = body.every_minutes.unwrap_or(before.minutes);
    check(&authorities, minutes)?;
    stamps::set_schedule(&company, &Schedule { authorities, minutes }).await?;
    Ok(Json(status_of(&company).await?))
}

fn check(authorities: &[Authority], minutes: u32) -> Result<()> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: String, code: &str, detail: &str| {
        errors.push(FieldError { pointer, code: code.into(), detail: detail.into() });
    };
    if authorities.len() > MOST_AUTHORITIES {
        wrong("/authorities".into(), "too_many", "最多十个时间戳机构 at most ten authorities");
    }
    if !(1..=10_080).contains(&minutes) {
        wrong("/every_minutes".into(), "out_of_range", "间隔为 1 到 10080 分钟 1 to 10080 minutes");
    }
    for (i, authority) in authorities.iter().enumerate() {
        let url = reqwest::Url::parse(&authority.url);
        if !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            wrong(format!("/authorities/{i}/url"), "bad_url", "需要 http:// 或 https:// 开头的地址 an http:// or https:// address");
        }
        if authorities[..i].iter().any(|earlier| earlier.url == authority.url) {
            wrong(format!("/authorities/{i}/url"), "repeated", "地址重复 listed twice");
        }
        if authority.ca_pem.as_deref().is_some_and(|pem| !pem.contains("-----BEGIN CERTIFICATE-----")) {
            wrong(format!("/authorities/{i}/ca_pem"), "bad_pem", "需要 PEM 格式的根证书 root certificates in PEM");
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        422,
        "bad_authorities",
        "时间戳机构列表有误，请按提示改正后重新提交。",
        "The list of time-stamp authorities has mistakes. Mend what is named and send it again.",
    )
    .with_errors(errors)
    .into())
}
