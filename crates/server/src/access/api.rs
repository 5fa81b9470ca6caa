//! Routes of signing in, set-up, users and tokens.

use super::{
    Caller, CallerKind, Reach, Standing, demo, lockout,
    matrix::{Permission, Role, TokenScope},
    model::{token, user},
    passwords, person, publish, sessions, setup, tokens, users,
};
use crate::{
    company::Actor,
    error::{Error, Problem, Result},
    http::{AppState, Body, List, Page, PathParam, instant},
    said::Lang,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// Who signed in; null before.
    pub user: Option<SessionUser>,
    pub demo: bool,
    /// True until the first administrator was made.
    pub needs_setup: bool,
    pub company: SessionCompany,
    pub permissions: Vec<String>,
    /// How far each of them reaches: `own`, `team`, `all`.
    pub reach: BTreeMap<String, Reach>,
    /// Fields that are not shown to this caller.
    pub masked: Vec<String>,
    pub standing: Standing,
    /// Goes into the header `x-csrf-token` of every write by cookie.
    pub csrf: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct SessionUser {
    pub id: String,
    pub name: String,
    pub login: String,
    /// The shipped role that the own one is a kind of.
    pub role: Role,
    /// The company's own name for the role, if it has one.
    pub role_name: Option<String>,
    pub employee: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct SessionCompany {
    pub name: String,
    pub time_zone: String,
    pub currency: String,
}

#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    pub login: Option<String>,
    pub password: Option<String>,
    /// A role, where the demo runs.
    pub demo: Option<Role>,
}

async fn view(app: &AppState, who: Option<&user::Model>, csrf: Option<String>) -> Result<SessionView> {
    let settings = app.company.settings();
    let roles = app.company.roles();
    let role = who.and_then(|u| roles.get(&u.role));
    let caller = match who {
        Some(who) => person::caller(&app.company, who.clone(), Vec::new()).await?,
        None => None,
    };
    let (standing, grants) = caller.map(|c| (c.standing, c.grants)).unwrap_or_default();
    let reach: BTreeMap<String, Reach> = grants.list().into_iter().map(|(p, r)| (p.name().to_owned(), r)).collect();
    Ok(SessionView {
        user: who.zip(role).map(|(u, role)| SessionUser {
            id: u.id.clone(),
            name: u.name.clone(),
            login: u.login.clone(),
            role: role.like,
            role_name: role.name.clone(),
            employee: u.employee.clone(),
        }),
        demo: app.demo,
        needs_setup: !app.demo && !users::any(&app.company).await?,
        company: SessionCompany { name: settings.name.clone(), time_zone: settings.time_zone_name.clone(), currency: settings.currency.clone() },
        permissions: reach.keys().cloned().collect(),
        reach,
        masked: grants.masked().into_iter().map(|f| f.name().to_owned()).collect(),
        standing,
        csrf,
    })
}

async fn signed_in(app: &AppState, who: &user::Model, secure: bool) -> Result<Response> {
    let secret = sessions::start(&app.company, &who.id).await?;
    let by = Actor { kind: "user", id: who.id.clone(), name: who.name.clone() };
    let act = json!({ "user": who.id, "demo": who.demo, "employee": who.employee });
    if app.company.write_stop().is_some() {
        // Somebody has to get in to put a stopped log right.
        publish::act_aside(&app.company, "access.signed_in", by, act);
    } else {
        publish::act(&app.company, "access.signed_in", &by, act).await?;
    }
    let body = view(app, Some(who), Some(sessions::csrf_of(&secret))).await?;
    Ok(([(header::SET_COOKIE, sessions::set_cookie(Some(&secret), secure))], Json(body)).into_response())
}

/// Who am I
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses((status = 200, body = SessionView)))]
pub async fn get_session(State(app): State<AppState>, caller: Option<Caller>, headers: HeaderMap) -> Result<Json<SessionView>> {
    let user = match caller.as_ref().and_then(Caller::user_id) {
        Some(id) => users::find(&app.company, id).await?,
        None => None,
    };
    let csrf = user.as_ref().and_then(|_| sessions::cookie(&headers)).map(sessions::csrf_of);
    Ok(Json(view(&app, user.as_ref(), csrf).await?))
}

fn wrong_password() -> Error {
    Problem::new(
        401,
        "wrong_sign_in",
        "登录名或密码不对。请检查大小写后重试；忘记密码请联系管理员重设。",
        "The name or the password is wrong. Check the capitals and try again, or ask an administrator for a new password.",
    )
    .into()
}

/// Sign in
///
/// Five wrong passwords make the name wait, longer each time.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = SessionView), (status = 401), (status = 403), (status = 429)))]
pub async fn sign_in(State(app): State<AppState>, headers: HeaderMap, Body(body): Body<SignIn>) -> Result<Response> {
    let secure = sessions::is_secure(&headers);
    if let Some(role) = body.demo {
        if !app.demo {
            return Err(Problem::new(403, "no_demo", "只有演示模式才能不用密码登录。", "Only the demo lets people in without a password.").into());
        }
        let people = demo::people(&app.company).await?;
        let who = people.iter().find(|u| u.role == role.name()).ok_or_else(Problem::not_found)?;
        return signed_in(&app, who, secure).await;
    }
    let (Some(login), Some(password)) = (body.login, body.password) else {
        return Err(Problem::new(422, "missing", "请填写登录名和密码。", "Fill in the sign-in name and the password.").into());
    };
    let login = users::normal_login(&login);
    let failures = lockout::enter(&app.company.store, &login, app.company.now()).await?;
    let who = users::by_login(&app.company, &login).await?.filter(|u| !u.disabled && !u.demo);
    let stored = who.as_ref().and_then(|u| u.password.clone());
    let right = passwords::verify(password, stored).await?;
    match who {
        Some(who) if right => {
            lockout::forgive(&app.company.store, &login).await?;
            signed_in(&app, &who, secure).await
        }
        who => {
            // Names nobody has are only counted: anyone could fill the log with them.
            if let Some(who) = who {
                let data = json!({ "user": who.id, "failures": failures });
                publish::act_aside(&app.company, "access.sign_in_failed", Actor::system("access"), data);
            }
            Err(wrong_password())
        }
    }
}

/// Sign out
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204)))]
pub async fn sign_out(State(app): State<AppState>, caller: Option<Caller>, headers: HeaderMap) -> Result<Response> {
    if let Some(caller) = caller
        && let CallerKind::User { session, .. } = &caller.kind
    {
        sessions::end(&app.company, session).await?;
        publish::act(&app.company, "access.signed_out", &caller.actor(), json!({ "user": caller.id })).await?;
    }
    let gone = sessions::set_cookie(None, sessions::is_secure(&headers));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

#[derive(Serialize, ToSchema)]
pub struct DemoPerson {
    pub role: Role,
    pub name: String,
    pub title: Option<String>,
    pub employee: Option<String>,
}

/// People the demo offers
#[utoipa::path(get, path = "/api/v1/session/demo", tag = "session", responses((status = 200, body = List<DemoPerson>)))]
pub async fn demo_people(State(app): State<AppState>) -> Result<Json<List<DemoPerson>>> {
    let people = if app.demo { demo::people(&app.company).await? } else { Vec::new() };
    Ok(Json(List::whole(
        people.into_iter().filter_map(|u| Some(DemoPerson { role: Role::from_name(&u.role)?, name: u.name, title: u.title, employee: u.employee })).collect(),
    )))
}

#[derive(Deserialize, ToSchema)]
pub struct Setup {
    /// Printed on the console at start.
    pub code: String,
    pub login: String,
    pub name: String,
    pub password: String,
}

/// Make the first administrator and sign in
#[utoipa::path(post, path = "/api/v1/setup", tag = "session", request_body = Setup,
    responses((status = 200, body = SessionView), (status = 403), (status = 409), (status = 429)))]
pub async fn set_up(State(app): State<AppState>, lang: Lang, headers: HeaderMap, Body(body): Body<Setup>) -> Result<Response> {
    setup::check(&app.company, app.setup_code.as_ref(), &body.code).await?;
    let new = users::NewUser { login: body.login, name: body.name, role: Role::Admin, employee: None, password: body.password };
    let who = users::create(&app.company, new, true, None, lang).await?;
    signed_in(&app, &who, sessions::is_secure(&headers)).await
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
    pub created_at: String,
    pub last_sign_in_at: Option<String>,
}

impl From<user::Model> for UserView {
    fn from(u: user::Model) -> Self {
        Self {
            id: u.id,
            login: u.login,
            name: u.name,
            role: u.role,
            title: u.title,
            employee: u.employee,
            disabled: u.disabled,
            demo: u.demo,
            created_at: instant(u.created_at),
            last_sign_in_at: u.last_sign_in_at.map(instant),
        }
    }
}

/// People who sign in
#[utoipa::path(get, path = "/api/v1/users", tag = "access", params(Page), responses((status = 200, body = List<UserView>)))]
pub async fn list_users(State(app): State<AppState>, page: Page) -> Result<Json<List<UserView>>> {
    let all = users::list(&app.company).await?.into_iter().map(UserView::from).collect();
    Ok(Json(page.cut(all)?))
}

#[derive(Deserialize, ToSchema)]
pub struct CreateUser {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub employee: Option<String>,
    /// At least 10 characters.
    pub password: String,
}

/// Add a person who signs in
#[utoipa::path(post, path = "/api/v1/users", tag = "access", request_body = CreateUser,
    responses((status = 201, body = UserView), (status = 409), (status = 422)))]
pub async fn create_user(State(app): State<AppState>, caller: Caller, lang: Lang, Body(body): Body<CreateUser>) -> Result<(StatusCode, Json<UserView>)> {
    caller.require(Permission::UsersEdit)?;
    let new = users::NewUser { login: body.login, name: body.name, role: body.role, employee: body.employee, password: body.password };
    let row = users::create(&app.company, new, false, Some(&caller.actor()), lang).await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// Tells an absent member from a null one.
fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(d).map(Some)
}

#[derive(Deserialize, ToSchema)]
pub struct ChangeUser {
    pub disabled: Option<bool>,
    pub role: Option<Role>,
    pub name: Option<String>,
    /// Null takes the employee number away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub employee: Option<Option<String>>,
    pub password: Option<String>,
}

/// Change a person who signs in
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "access", params(("id" = String, Path)), request_body = ChangeUser,
    responses((status = 200, body = UserView), (status = 404), (status = 409), (status = 422)))]
pub async fn change_user(
    State(app): State<AppState>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ChangeUser>,
) -> Result<Json<UserView>> {
    caller.require(Permission::UsersEdit)?;
    let change = users::Change { disabled: body.disabled, role: body.role, name: body.name, employee: body.employee, password: body.password };
    Ok(Json(users::change(&app.company, &id, change, &caller.actor(), lang).await?.into()))
}

#[derive(Serialize, ToSchema)]
pub struct TokenView {
    pub id: String,
    pub name: String,
    /// The readable front of the token.
    pub prefix: String,
    pub scopes: Vec<String>,
    pub sources: Option<Vec<String>>,
    pub created_at: String,
    pub created_by: String,
    pub expires_at: Option<String>,
    pub last_used_at: Option<String>,
    /// Only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

fn token_view(t: token::Model, secret: Option<String>) -> Result<TokenView> {
    Ok(TokenView {
        id: t.id,
        name: t.name,
        prefix: format!("pb_{}", t.prefix),
        scopes: t.scopes.split(' ').map(str::to_owned).collect(),
        sources: t.sources.as_deref().map(serde_json::from_str).transpose()?,
        created_at: instant(t.created_at),
        created_by: t.created_by,
        expires_at: t.expires_at.map(instant),
        last_used_at: t.last_used_at.map(instant),
        token: secret,
    })
}

/// Tokens of programs
#[utoipa::path(get, path = "/api/v1/tokens", tag = "access", params(Page), responses((status = 200, body = List<TokenView>)))]
pub async fn list_tokens(State(app): State<AppState>, page: Page) -> Result<Json<List<TokenView>>> {
    let all = tokens::list(&app.company).await?.into_iter().map(|t| token_view(t, None)).collect::<Result<Vec<_>>>()?;
    Ok(Json(page.cut(all)?))
}

#[derive(Deserialize, ToSchema)]
pub struct CreateToken {
    pub name: String,
    pub scopes: Vec<TokenScope>,
    /// Sources it may write to; absent or null: all.
    pub sources: Option<Vec<String>>,
    /// RFC 3339; absent or null: never.
    pub expires_at: Option<String>,
}

/// Make a token
///
/// The token itself is shown this once. The scope `cases` can be given only by someone who has it, or on the
/// server's command line.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "access", request_body = CreateToken,
    responses((status = 201, body = TokenView), (status = 403), (status = 422)))]
pub async fn create_token(State(app): State<AppState>, caller: Caller, Body(body): Body<CreateToken>) -> Result<(StatusCode, Json<TokenView>)> {
    caller.require(Permission::TokensEdit)?;
    if body.scopes.contains(&TokenScope::Cases) && !caller.has(Permission::ContentOpen) {
        return Err(Problem::new(
            403,
            "scope_above_own",
            "管理员没有办案权限，不能发放带 cases 范围的令牌。请去掉该范围，或在服务器上运行 probity token create。",
            "Administrators have no access to cases and cannot give the scope “cases”. Leave it out, or run probity token create on the server.",
        )
        .with_rule(Permission::ContentOpen.name())
        .into());
    }
    let expires_at = body.expires_at.as_deref().map(crate::http::parse_instant).transpose()?;
    let new = tokens::NewToken { name: body.name, scopes: body.scopes, sources: body.sources, expires_at };
    let (row, secret) = tokens::create(&app.company, new, &caller.actor()).await?;
    Ok((StatusCode::CREATED, Json(token_view(row, Some(secret))?)))
}

/// Revoke a token, at once
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "access", params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn revoke_token(State(app): State<AppState>, caller: Caller, PathParam(id): PathParam<String>) -> Result<StatusCode> {
    caller.require(Permission::TokensEdit)?;
    tokens::revoke(&app.company, &id, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
