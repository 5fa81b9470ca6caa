//! Routes of the people who sign in, as an administrator sees them.

use super::{
    Caller, Permission,
    identity::{
        changes,
        invitations::{self, OneTimeLink},
        model::{change, invitation},
    },
    model::user,
    publish, sessions, users,
};
use crate::{
    company::Company,
    error::{Problem, Result},
    events,
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    said::Lang,
    settings,
};
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// 可登录
    Active,
    /// 等待批准: a second person has to approve the invitation first.
    Waiting,
    /// 已邀请: a link is out, or has to be made; no password is set.
    Invited,
    /// 已停用
    Disabled,
}

#[derive(Serialize, ToSchema)]
pub struct UserView {
    pub id: String,
    pub login: String,
    pub name: String,
    pub role: String,
    pub title: Option<String>,
    pub employee: Option<String>,
    pub disabled: bool,
    pub demo: bool,
    pub state: AccountState,
    /// Until when the link that is out can be used.
    pub link_until: Option<String>,
    pub second_factor: bool,
    pub created_at: String,
    pub last_sign_in_at: Option<String>,
}

/// What the rows of users are shown with.
struct Around {
    links: HashMap<String, i64>,
    waiting: Vec<change::Model>,
}

impl Around {
    async fn of(company: &Company, rows: &[user::Model]) -> Result<Self> {
        let now = company.now();
        let db = company.store.read();
        let whose = || rows.iter().map(|u| u.id.as_str());
        let links = invitation::Entity::find().filter(invitation::Column::ExpiresAt.gt(now)).filter(invitation::Column::UserId.is_in(whose())).all(db).await?;
        let waiting = change::Entity::find().filter(change::Column::Status.eq(changes::WAITING)).filter(change::Column::UserId.is_in(whose()));
        Ok(Self { links: links.into_iter().map(|i| (i.user_id, i.expires_at)).collect(), waiting: waiting.all(db).await? })
    }

    fn view(&self, u: user::Model) -> UserView {
        let invites = self.waiting.iter().any(|c| c.kind == "invite" && c.user_id.as_ref() == Some(&u.id));
        let state = match (u.disabled, invites, u.password.is_some() || u.demo) {
            (true, ..) => AccountState::Disabled,
            (_, true, _) => AccountState::Waiting,
            (_, _, true) => AccountState::Active,
            _ => AccountState::Invited,
        };
        UserView {
            link_until: self.links.get(&u.id).map(|at| instant(*at)),
            id: u.id,
            login: u.login,
            name: u.name,
            role: u.role,
            title: u.title,
            employee: u.employee,
            disabled: u.disabled,
            demo: u.demo,
            state,
            second_factor: u.second_factor,
            created_at: instant(u.created_at),
            last_sign_in_at: u.last_sign_in_at.map(instant),
        }
    }
}

async fn view(company: &Company, u: user::Model) -> Result<UserView> {
    Ok(Around::of(company, std::slice::from_ref(&u)).await?.view(u))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    /// A part of the name or the sign-in name, or the whole employee number.
    pub q: Option<String>,
    /// A permission: only those who can sign in, have not left and have it. For whoever has it too, or sees roles.
    pub may: Option<String>,
}

/// People who sign in
///
/// In the order in which they came.
#[utoipa::path(get, path = "/api/v1/users", tag = "access", params(UserFilter, Page), responses((status = 200, body = List<UserView>)))]
pub async fn list_users(State(app): State<AppState>, caller: Caller, page: Page, QueryParams(filter): QueryParams<UserFilter>) -> Result<Json<List<UserView>>> {
    let unknown = || Problem::new(422, "unknown_permission", "没有这个权限，请检查 may 参数。", "There is no such permission; check the parameter “may”.");
    let may = filter.may.as_deref().filter(|p| !p.is_empty()).map(|p| Permission::from_name(p).ok_or_else(unknown)).transpose()?;
    // Who may what says what a role holds: that is for those who see roles, or hold the same.
    if let Some(permission) = may
        && !caller.has(permission)
    {
        caller.require(Permission::RolesSee)?;
    }
    let rows = users::page(&app.company, filter.q.as_deref(), may, page.after()?, page.limit() + 1).await?;
    let list = page.close(rows, |u| (u.created_at, u.id.clone()));
    let around = Around::of(&app.company, &list.items).await?;
    Ok(Json(List { items: list.items.into_iter().map(|u| around.view(u)).collect(), next_cursor: list.next_cursor }))
}

#[derive(Deserialize, ToSchema)]
pub struct CreateUser {
    pub login: String,
    pub name: String,
    /// A role's id.
    pub role: String,
    pub employee: Option<String>,
}

/// What came of it: the user, and a link to show once or the change that waits for a second person.
#[derive(Serialize, ToSchema)]
pub struct UserOutcome {
    pub user: UserView,
    pub link: Option<OneTimeLink>,
    pub waits: Option<String>,
}

async fn outcome(company: &Company, done: users::Outcome, at_once: StatusCode) -> Result<(StatusCode, Json<UserOutcome>)> {
    let status = if done.waits.is_some() { StatusCode::ACCEPTED } else { at_once };
    let user = view(company, done.user).await?;
    Ok((status, Json(UserOutcome { user, link: done.link, waits: done.waits })))
}

/// Invite a person who signs in
///
/// The answer holds a link, shown this once, with which the person sets the own password. A role that reaches cases,
/// content or alerts waits for a second person (202).
#[utoipa::path(post, path = "/api/v1/users", tag = "access", request_body = CreateUser,
    responses((status = 201, body = UserOutcome), (status = 202, body = UserOutcome), (status = 409), (status = 422)))]
pub async fn create_user(State(app): State<AppState>, caller: Caller, lang: Lang, Body(body): Body<CreateUser>) -> Result<(StatusCode, Json<UserOutcome>)> {
    caller.require(Permission::UsersEdit)?;
    let new = users::Invitation { login: body.login, name: body.name, role: body.role, employee: body.employee };
    let done = users::invite(&app.company, new, &caller, app.demo, lang).await?;
    outcome(&app.company, done, StatusCode::CREATED).await
}

/// Tells an absent member from a null one.
fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(d).map(Some)
}

#[derive(Deserialize, ToSchema)]
pub struct ChangeUser {
    pub disabled: Option<bool>,
    pub role: Option<String>,
    pub name: Option<String>,
    /// Null takes the employee number away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub employee: Option<Option<String>>,
}

/// Change a person who signs in
///
/// What gives a way to cases, or to another employee's rights, waits for a second person (202).
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "access", params(("id" = String, Path)), request_body = ChangeUser,
    responses((status = 200, body = UserOutcome), (status = 202, body = UserOutcome), (status = 404), (status = 409), (status = 422)))]
pub async fn change_user(
    State(app): State<AppState>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ChangeUser>,
) -> Result<(StatusCode, Json<UserOutcome>)> {
    caller.require(Permission::UsersEdit)?;
    let change = users::Change { disabled: body.disabled, role: body.role, name: body.name, employee: body.employee };
    let done = users::change_or_ask(&app.company, &id, change, &caller, app.demo, lang).await?;
    outcome(&app.company, done, StatusCode::OK).await
}

/// Another invitation link
#[utoipa::path(post, path = "/api/v1/users/{id}/invitation", tag = "access", params(("id" = String, Path)),
    responses((status = 201, body = OneTimeLink), (status = 404), (status = 409)))]
pub async fn invite_again(State(app): State<AppState>, caller: Caller, PathParam(id): PathParam<String>) -> Result<(StatusCode, Json<OneTimeLink>)> {
    caller.require(Permission::UsersEdit)?;
    Ok((StatusCode::CREATED, Json(users::invite_again(&app.company, &id, &caller).await?)))
}

#[derive(Deserialize, ToSchema)]
pub struct ResetUser {
    /// Take the authenticator app, passkeys and recovery codes away as well: the phone is lost.
    #[serde(default)]
    pub second_factor: bool,
}

/// A link to set a new password
///
/// The old password is void and all sessions end as soon as the link is made.
#[utoipa::path(post, path = "/api/v1/users/{id}/reset", tag = "access", params(("id" = String, Path)), request_body = ResetUser,
    responses((status = 201, body = UserOutcome), (status = 202, body = UserOutcome), (status = 403), (status = 404), (status = 409)))]
pub async fn reset_user(
    State(app): State<AppState>,
    caller: Caller,
    PathParam(id): PathParam<String>,
    Body(body): Body<ResetUser>,
) -> Result<(StatusCode, Json<UserOutcome>)> {
    caller.require(Permission::UsersEdit)?;
    let done = users::reset(&app.company, &id, body.second_factor, &caller, app.demo).await?;
    outcome(&app.company, done, StatusCode::CREATED).await
}

#[derive(Serialize, ToSchema)]
pub struct Ended {
    pub sessions: u64,
}

/// End a person's sessions
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions", tag = "access", params(("id" = String, Path)),
    responses((status = 200, body = Ended), (status = 404)))]
pub async fn end_sessions(State(app): State<AppState>, caller: Caller, PathParam(id): PathParam<String>) -> Result<Json<Ended>> {
    caller.require(Permission::UsersEdit)?;
    let company = &app.company;
    let who = users::find(company, &id).await?.ok_or_else(Problem::not_found)?;
    let tx = company.store.write().await?;
    let sessions = sessions::end_others(&tx, &id, &[]).await?;
    events::rights_changed(&tx, company.now()).await?;
    tx.commit().await?;
    publish::act(company, "access.sessions_ended", &caller.actor(), json!({ "user": id, "sessions": sessions, "employee": who.employee })).await?;
    Ok(Json(Ended { sessions }))
}

/// How people have to sign in.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SignInRules {
    /// Whoever reaches cases, content or alerts needs an authenticator app or a passkey.
    pub second_factor_required: bool,
}

/// The rules of signing in
#[utoipa::path(get, path = "/api/v1/sign-in-rules", tag = "access", responses((status = 200, body = SignInRules)))]
pub async fn get_sign_in_rules(State(app): State<AppState>) -> Result<Json<SignInRules>> {
    Ok(Json(SignInRules { second_factor_required: app.company.settings().second_factor_required }))
}

/// Set the rules of signing in
#[utoipa::path(put, path = "/api/v1/sign-in-rules", tag = "access", request_body = SignInRules, responses((status = 200, body = SignInRules)))]
pub async fn put_sign_in_rules(State(app): State<AppState>, caller: Caller, Body(body): Body<SignInRules>) -> Result<Json<SignInRules>> {
    caller.require(Permission::UsersEdit)?;
    let company = &app.company;
    let tx = company.store.write().await?;
    settings::set(&tx, "second_factor_required", if body.second_factor_required { "true" } else { "false" }, company.now()).await?;
    events::rights_changed(&tx, company.now()).await?;
    tx.commit().await?;
    company.reload_settings().await?;
    let data = json!({ "second_factor_required": body.second_factor_required });
    publish::act(company, "access.sign_in_rules_changed", &caller.actor(), data).await?;
    Ok(Json(body))
}

/// What a link is for.
#[derive(Serialize, ToSchema)]
pub struct InvitationView {
    pub name: String,
    pub login: String,
    /// `invite` or `reset`.
    pub purpose: String,
    pub expires_at: String,
    pub company: String,
}

#[derive(Deserialize, ToSchema)]
pub struct LinkCode {
    pub code: String,
}

/// Look at a link
#[utoipa::path(post, path = "/api/v1/invitations/look", tag = "session", request_body = LinkCode, responses((status = 200, body = InvitationView), (status = 404)))]
pub async fn look_at_link(State(app): State<AppState>, Body(body): Body<LinkCode>) -> Result<Json<InvitationView>> {
    let (link, who) = invitations::whose(&app.company, &body.code).await?;
    Ok(Json(InvitationView {
        name: who.name,
        login: who.login,
        purpose: link.purpose,
        expires_at: instant(link.expires_at),
        company: app.company.settings().name.clone(),
    }))
}

#[derive(Deserialize, ToSchema)]
pub struct AcceptLink {
    pub code: String,
    /// At least 10 characters.
    pub password: String,
}

#[derive(Serialize, ToSchema)]
pub struct Accepted {
    pub login: String,
}

/// Set a password with a link
#[utoipa::path(post, path = "/api/v1/invitations/accept", tag = "session", request_body = AcceptLink,
    responses((status = 200, body = Accepted), (status = 404), (status = 422)))]
pub async fn accept_link(State(app): State<AppState>, lang: Lang, Body(body): Body<AcceptLink>) -> Result<Json<Accepted>> {
    let who = invitations::accept(&app.company, &body.code, body.password, lang).await?;
    Ok(Json(Accepted { login: who.login }))
}
