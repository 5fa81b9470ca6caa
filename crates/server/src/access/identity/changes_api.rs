//! Routes of what waits for a second person.

use super::changes::{self, Collected, Wanted};
use super::{invitations::OneTimeLink, model::change};
use crate::{
    access::{
        Caller, Permission, TokenScope,
        api::{TokenView, token_view},
        model::{token, user},
    },
    company::Company,
    error::Result,
    http::{AppState, Body, List, Page, PathParam, instant},
    notify::stated,
};
use axum::{Json, extract::State};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct UserChange {
    pub id: String,
    /// `invite`, `role`, `reset`, `token` or `notices`.
    pub kind: String,
    /// `waiting`, `approved`, `refused`, `withdrawn` or `lapsed` (nobody decided in 14 days).
    pub status: String,
    /// Whom it is about, or the token's name.
    pub about: String,
    pub user: Option<String>,
    /// The role that would be given.
    pub role: Option<String>,
    /// Enabled again.
    pub enable: bool,
    /// Another employee number; `null` with `relink` takes it away.
    pub relink: bool,
    pub employee: Option<String>,
    /// The authenticator app and passkeys would go as well.
    pub second_factor: bool,
    pub scopes: Vec<TokenScope>,
    /// What notices to customers state would change.
    pub notices: Option<NoticesChange>,
    pub asked_by: String,
    pub asked_at: String,
    pub decided_by: Option<String>,
    pub decided_at: Option<String>,
    pub reason: Option<String>,
    /// The caller asked for it.
    pub own: bool,
    /// The caller may decide on it.
    pub may_decide: bool,
    /// The caller may take a link or token now.
    pub to_collect: bool,
}

/// What was and what would be; null where it stays.
#[derive(Serialize, ToSchema)]
pub struct NoticesChange {
    pub channels: Option<BeforeAfter>,
    /// Whole for whoever decides and who asked; for others its last four characters.
    pub payee: Option<BeforeAfter>,
    pub from: Option<BeforeAfter>,
    /// Another mail server.
    pub server: bool,
}

#[derive(Serialize, ToSchema)]
pub struct BeforeAfter {
    pub before: String,
    pub after: String,
}

fn notices(change: stated::Change, whole: bool) -> NoticesChange {
    let stated::Change { before, after } = change;
    let both = |before: String, after: String| (before != after).then_some(BeforeAfter { before, after });
    let account = |text: String| if whole { text } else { stated::masked(&text) };
    NoticesChange {
        channels: both(before.channels, after.channels),
        payee: both(before.payee, after.payee).map(|b| BeforeAfter { before: account(b.before), after: account(b.after) }),
        from: both(before.from, after.from),
        server: before.server != after.server,
    }
}

struct Names {
    users: HashMap<String, user::Model>,
    tokens: HashMap<String, String>,
}

impl Names {
    async fn of(company: &Company) -> Result<Self> {
        let db = company.store.read();
        Ok(Self {
            users: user::Entity::find().all(db).await?.into_iter().map(|u| (u.id.clone(), u)).collect(),
            tokens: token::Entity::find().all(db).await?.into_iter().map(|t| (t.id, t.name)).collect(),
        })
    }
    fn of_id(&self, id: &str) -> String {
        self.users.get(id).map(|u| u.name.clone()).or_else(|| self.tokens.get(id).cloned()).unwrap_or_default()
    }
}

fn view(row: change::Model, names: &Names, caller: &Caller) -> Result<UserChange> {
    let wanted: Wanted = serde_json::from_str(&row.wanted)?;
    let own = row.asked_by == caller.id;
    let waiting = row.status == changes::WAITING;
    let involved = own || row.asked_for.as_ref() == Some(&caller.id) || row.user_id.as_ref() == Some(&caller.id);
    let mut out = UserChange {
        about: row.user_id.as_deref().map(|id| names.of_id(id)).unwrap_or_default(),
        role: None,
        enable: false,
        relink: false,
        employee: None,
        second_factor: false,
        scopes: Vec::new(),
        notices: None,
        asked_by: names.of_id(&row.asked_by),
        asked_at: instant(row.asked_at),
        decided_by: row.decided_by.as_deref().map(|id| names.of_id(id)),
        decided_at: row.decided_at.map(instant),
        own,
        may_decide: waiting && !involved && caller.has(Permission::UsersApprove),
        to_collect: own && row.status == "approved" && row.collected_at.is_none() && !matches!(row.kind.as_str(), "role" | "notices"),
        id: row.id,
        kind: row.kind,
        status: row.status,
        user: row.user_id,
        reason: row.reason,
    };
    match wanted {
        Wanted::Invite { role } => out.role = Some(role),
        Wanted::Role { role, enable, relink, employee } => {
            out.role = role;
            (out.enable, out.relink, out.employee) = (enable, relink, employee);
        }
        Wanted::Reset { second_factor } => out.second_factor = second_factor,
        Wanted::Token { name, scopes, .. } => {
            out.about = name;
            out.scopes = scopes;
        }
        Wanted::Notices(change) => out.notices = Some(notices(change, waiting && (own || out.may_decide))),
    }
    Ok(out)
}

async fn shown(company: &Company, row: change::Model, caller: &Caller) -> Result<Json<UserChange>> {
    Ok(Json(view(row, &Names::of(company).await?, caller)?))
}

/// Changes that wait for a second person, and what became of earlier ones
///
/// Those that wait come first, then the newest.
#[utoipa::path(get, path = "/api/v1/user-changes", tag = "access", params(Page), responses((status = 200, body = List<UserChange>)))]
pub async fn list_changes(State(app): State<AppState>, caller: Caller, page: Page) -> Result<Json<List<UserChange>>> {
    let names = Names::of(&app.company).await?;
    let list = changes::list(&app.company, &page).await?;
    let items = list.items.into_iter().map(|row| view(row, &names, &caller)).collect::<Result<_>>()?;
    Ok(Json(List { items, next_cursor: list.next_cursor }))
}

#[derive(Deserialize, ToSchema)]
pub struct Decision {
    pub approve: bool,
    /// Needed for a refusal.
    pub reason: Option<String>,
}

/// Approve or refuse a change
///
/// Nobody decides on what they asked for or what is about them.
#[utoipa::path(post, path = "/api/v1/user-changes/{id}/decide", tag = "access", params(("id" = String, Path)), request_body = Decision,
    responses((status = 200, body = UserChange), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub async fn decide_change(
    State(app): State<AppState>,
    caller: Caller,
    PathParam(id): PathParam<String>,
    Body(body): Body<Decision>,
) -> Result<Json<UserChange>> {
    caller.require(Permission::UsersApprove)?;
    let row = changes::decide(&app.company, &id, body.approve, body.reason, &caller).await?;
    shown(&app.company, row, &caller).await
}

/// Withdraw what one asked for
#[utoipa::path(post, path = "/api/v1/user-changes/{id}/withdraw", tag = "access", params(("id" = String, Path)),
    responses((status = 200, body = UserChange), (status = 403), (status = 404), (status = 409)))]
pub async fn withdraw_change(State(app): State<AppState>, caller: Caller, PathParam(id): PathParam<String>) -> Result<Json<UserChange>> {
    let row = changes::withdraw(&app.company, &id, &caller).await?;
    shown(&app.company, row, &caller).await
}

/// What an approved change yields, shown this once.
#[derive(Serialize, ToSchema)]
pub struct CollectedView {
    pub link: Option<OneTimeLink>,
    pub token: Option<TokenView>,
}

/// Take the link or token of an approved change
#[utoipa::path(post, path = "/api/v1/user-changes/{id}/collect", tag = "access", params(("id" = String, Path)),
    responses((status = 200, body = CollectedView), (status = 403), (status = 404), (status = 409)))]
pub async fn collect_change(State(app): State<AppState>, caller: Caller, PathParam(id): PathParam<String>) -> Result<Json<CollectedView>> {
    Ok(Json(match changes::collect(&app.company, &id, &caller).await? {
        Collected::Link(link) => CollectedView { link: Some(link), token: None },
        Collected::Token(row, text) => CollectedView { link: None, token: Some(token_view(*row, Some(text), false)?) },
    }))
}
