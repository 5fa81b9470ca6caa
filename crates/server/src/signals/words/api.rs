//! The lexicon over HTTP: see it, change it, try texts against it.

use super::versions;
use crate::{
    access::{Caller, Permission},
    error::{Problem, Result},
    http::{AppState, Body, instant},
};
use anyhow::Context;
use axum::{Json, extract::State};
use probity_lexicon::{Audience, Category, Definition, Entry, Exception, Reading, Steps};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_lexicon, put_lexicon)).routes(routes!(try_lexicon))
}

/// Most texts of one try.
const MOST_TEXTS: usize = 10_000;

#[derive(Serialize, ToSchema)]
pub struct LexiconView {
    pub version: String,
    /// Canonical words with their spellings: word, category, severity, variants, lang, share_leads.
    #[schema(value_type = Vec<Object>)]
    pub entries: Vec<Entry>,
    /// id, zh, en.
    #[schema(value_type = Vec<Object>)]
    pub categories: Vec<Category>,
    /// name, scope, place, cues, unless.
    #[schema(value_type = Vec<Object>)]
    pub exceptions: Vec<Exception>,
    /// Which disguises are seen through.
    #[schema(value_type = Object)]
    pub steps: Steps,
    pub versions: Vec<VersionView>,
}

#[derive(Serialize, ToSchema)]
pub struct VersionView {
    pub version: String,
    /// When it came into force; null for the one that shipped.
    pub at: Option<String>,
    pub by: String,
}

async fn view(app: &AppState) -> Result<Json<LexiconView>> {
    let d = versions::definition(&app.company).await?;
    let versions = versions::versions(&app.company).await?;
    Ok(Json(LexiconView {
        version: d.version,
        entries: d.entries,
        categories: d.categories,
        exceptions: d.exceptions,
        steps: d.steps,
        versions: versions.into_iter().map(|v| VersionView { version: v.version, at: v.at.map(instant), by: v.by }).collect(),
    }))
}

/// The lexicon in force and its versions
#[utoipa::path(get, path = "/api/v1/lexicon", tag = "lexicon", responses((status = 200, body = LexiconView)))]
pub async fn get_lexicon(State(app): State<AppState>) -> Result<Json<LexiconView>> {
    view(&app).await
}

/// Bring a new version of the lexicon into force
///
/// The body is the whole lexicon as `GET` answers it, under a new version name; the change is a record.
#[utoipa::path(put, path = "/api/v1/lexicon", tag = "lexicon", request_body(content = Object),
    responses((status = 200, body = LexiconView), (status = 409), (status = 422)))]
pub async fn put_lexicon(State(app): State<AppState>, caller: Caller, Body(definition): Body<Definition>) -> Result<Json<LexiconView>> {
    caller.require(Permission::LexiconEdit)?;
    versions::save(&app.company, definition, &caller.actor()).await?;
    view(&app).await
}

#[derive(Deserialize, ToSchema)]
pub struct Try {
    pub texts: Vec<String>,
    #[serde(default)]
    pub to: To,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum To {
    #[default]
    External,
    Internal,
}

#[derive(Serialize, ToSchema)]
pub struct Tried {
    pub items: Vec<TriedText>,
}

#[derive(Serialize, ToSchema)]
pub struct TriedText {
    pub alert: bool,
    pub hits: Vec<TriedHit>,
    pub amounts: Vec<TriedAmount>,
    pub shares: Vec<TriedShare>,
}

#[derive(Serialize, ToSchema)]
pub struct TriedHit {
    /// The canonical entry.
    pub word: String,
    pub category: String,
    pub severity: String,
    /// How it was disguised.
    pub step: String,
    /// Code points of the text.
    pub start: usize,
    pub end: usize,
    pub strong: bool,
    /// The exception that covers it.
    pub exception: Option<String>,
    pub alerting: bool,
}

#[derive(Serialize, ToSchema)]
pub struct TriedAmount {
    /// In hundredths of the currency's unit.
    pub minor: i64,
    pub start: usize,
    pub end: usize,
}

#[derive(Serialize, ToSchema)]
pub struct TriedShare {
    /// Parts per million.
    pub ppm: u32,
    pub start: usize,
    pub end: usize,
}

/// Try texts against the lexicon; nothing of them is stored
#[utoipa::path(post, path = "/api/v1/lexicon/try", tag = "lexicon", request_body = Try, responses((status = 200, body = Tried), (status = 422)))]
pub async fn try_lexicon(State(app): State<AppState>, caller: Caller, Body(body): Body<Try>) -> Result<Json<Tried>> {
    caller.require(Permission::LexiconTry)?;
    if body.texts.len() > MOST_TEXTS {
        return Err(Problem::new(422, "too_many_texts", "一次最多试 10000 条文本。请分批发送。", "At most 10,000 texts at a time. Send them in parts.").into());
    }
    let lexicon = versions::lexicon(&app.company).await?;
    let to = match body.to {
        To::External => Audience::External,
        To::Internal => Audience::Internal,
    };
    let texts = body.texts;
    let items = tokio::task::spawn_blocking(move || -> Vec<TriedText> { texts.par_iter().with_min_len(32).map(|t| tried(lexicon.read(t, to))).collect() })
        .await
        .context("reading the texts")?;
    Ok(Json(Tried { items }))
}

fn tried(reading: Reading) -> TriedText {
    TriedText {
        alert: reading.alert,
        hits: reading
            .hits
            .into_iter()
            .map(|h| TriedHit {
                word: h.word,
                category: h.category,
                severity: h.severity.as_str().into(),
                step: h.step.as_str().into(),
                start: h.start,
                end: h.end,
                strong: h.strong,
                exception: h.exception,
                alerting: h.alerting,
            })
            .collect(),
        amounts: reading.amounts.iter().map(|a| TriedAmount { minor: a.minor, start: a.start, end: a.end }).collect(),
        shares: reading.shares.iter().map(|s| TriedShare { ppm: s.ppm, start: s.start, end: s.end }).collect(),
    }
}
