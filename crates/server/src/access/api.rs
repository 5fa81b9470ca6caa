//! Routes of signing in, set-up and tokens.

use super::{
    Caller, CallerKind, Reach, Standing, demo,
    identity::{
        changes::{self, Wanted},
        devices, factors,
    },
    lockout,
    matrix::{Permission, Role, TokenScope},
    model::{token, user},
    passwords, person, publish, sessions, setup, tokens, users,
};
use crate::{
    company::Actor,
    error::{Error, Problem, Result},
    http::{AppState, Body, List, Page, PathParam, Peer, instant},
    said::Lang,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
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
    /// An authenticator app or a passkey is on.
    pub second_factor: bool,
    /// The company wants a second factor of this person, who has none: nothing but the own account is open.
    pub must_enrol: bool,
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
    /// From the authenticator app, or a recovery code, where the account has a second factor.
    pub code: Option<String>,
    /// A role, where the demo runs.
    pub demo: Option<Role>,
}

pub(super) async fn view(app: &AppState, who: Option<&user::Model>, csrf: Option<String>) -> Result<SessionView> {
    let settings = app.company.settings();
    let roles = app.company.roles();
    let role = who.and_then(|u| roles.get(&u.role));
    let caller = match who {
        Some(who) => person::caller(&app.company, who.clone(), Vec::new()).await?,
        None => None,
    };
    let must_enrol = caller.as_ref().is_some_and(|c| c.must_enrol);
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
        second_factor: who.is_some_and(|u| u.second_factor),
        must_enrol,
        csrf,
    })
}

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Proof {
    Password,
    Code(&'static str),
    Passkey,
    Demo,
}

impl Proof {
    fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code(which) => which,
            Self::Passkey => "passkey",
            Self::Demo => "demo",
        }
    }
}

pub(super) async fn signed_in(app: &AppState, who: &user::Model, headers: &HeaderMap, peer: &Peer, proof: Proof) -> Result<Response> {
    let secure = sessions::is_secure(headers);
    let started = sessions::start(&app.company, &who.id, peer, sessions::named(headers, devices::COOKIE)).await?;
    let by = Actor { kind: "user", id: who.id.clone(), name: who.name.clone() };
    let device = devices::guess(peer.agent.as_deref());
    let act = json!({
        "user": who.id, "demo": who.demo, "by_way_of": proof.name(), "device": device.en, "address": peer.address.map(|a| a.to_string()),
        "employee": who.employee,
    });
    let mut acts = vec![("access.signed_in", act.clone())];
    if started.known == devices::Known::New {
        acts.push(("access.new_device", act));
    }
    for (kind, data) in acts {
        if app.company.write_stop().is_some() {
            // Somebody has to get in to put a stopped log right.
            publish::act_aside(&app.company, kind, by.clone(), data);
        } else {
            publish::act(&app.company, kind, &by, data).await?;
        }
    }
    let body = view(app, Some(who), Some(sessions::csrf_of(&started.secret))).await?;
    let mut response = Json(body).into_response();
    response.headers_mut().append(header::SET_COOKIE, sessions::set_cookie(Some(&started.secret), secure));
    response.headers_mut().append(header::SET_COOKIE, devices::set_cookie(&started.device, secure));
    Ok(response)
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
        "登录名或密码不对。请检查大小写后重试；忘记密码请联系管理员发重设链接。",
        "The name or the password is wrong. Check the capitals and try again, or ask an administrator for a link to set a new one.",
    )
    .into()
}

/// Told only to who knows the password.
fn code_needed() -> Error {
    Problem::new(
        401,
        "second_factor_needed",
        "密码正确。请再输入验证器 App 上的 6 位验证码，或一个恢复码；也可以改用通行密钥。",
        "The password is right. Now enter the six digits of the authenticator app or a recovery code, or use a passkey instead.",
    )
    .into()
}

fn code_wrong() -> Error {
    Problem::new(
        401,
        "second_factor_wrong",
        "验证码不对或已用过。请等待下一个验证码再试，并检查手机时间是否准确。",
        "The code is wrong or was used. Wait for the next one and check that the phone's clock is right.",
    )
    .into()
}

/// Sign in
///
/// Five wrong passwords or codes make the name wait, longer each time; many names from one address make the address wait.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = SessionView), (status = 401), (status = 403), (status = 429)))]
pub async fn sign_in(State(app): State<AppState>, headers: HeaderMap, peer: Peer, Body(body): Body<SignIn>) -> Result<Response> {
    if let Some(role) = body.demo {
        if !app.demo {
            return Err(Problem::new(403, "no_demo", "只有演示模式才能不用密码登录。", "Only the demo lets people in without a password.").into());
        }
        let people = demo::people(&app.company).await?;
        let who = people.iter().find(|u| u.role == role.name()).ok_or_else(Problem::not_found)?;
        return signed_in(&app, who, &headers, &peer, Proof::Demo).await;
    }
    let (Some(login), Some(password)) = (body.login, body.password) else {
        return Err(Problem::new(422, "missing", "请填写登录名和密码。", "Fill in the sign-in name and the password.").into());
    };
    let login = users::normal_login(&login);
    let attempt = lockout::Try { name: Some(&login), address: peer.address };
    let failures = lockout::enter(&app.company.store, attempt, app.company.now()).await?;
    let who = users::by_login(&app.company, &login).await?.filter(|u| !u.disabled && !u.demo);
    let stored = who.as_ref().and_then(|u| u.password.clone());
    let right = passwords::verify(password, stored).await?;
    let failed = |who: &user::Model, what: &str| {
        let data = json!({ "user": who.id, "failures": failures, "what": what, "address": peer.address.map(|a| a.to_string()), "employee": who.employee });
        publish::act_aside(&app.company, "access.sign_in_failed", Actor::system("access"), data);
    };
    match who {
        Some(who) if right => {
            let mut proof = Proof::Password;
            if who.second_factor {
                let code = body.code.filter(|c| !c.trim().is_empty()).ok_or_else(code_needed)?;
                let Some(which) = factors::accepts(&app.company, &who, &code).await? else {
                    failed(&who, "second_factor");
                    return Err(code_wrong());
                };
                proof = Proof::Code(which);
            }
            lockout::passed(&app.company.store, attempt).await?;
            signed_in(&app, &who, &headers, &peer, proof).await
        }
        who => {
            // Names nobody has are only counted: anyone could fill the log with them.
            if let Some(who) = who {
                failed(&who, "password");
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
pub async fn set_up(State(app): State<AppState>, lang: Lang, headers: HeaderMap, peer: Peer, Body(body): Body<Setup>) -> Result<Response> {
    setup::check(&app.company, app.setup_code.as_ref(), &body.code).await?;
    let new = users::NewUser { login: body.login, name: body.name, role: Role::Admin, employee: None, password: body.password };
    let who = users::create(&app.company, new, true, None, lang).await?;
    signed_in(&app, &who, &headers, &peer, Proof::Password).await
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
    /// Who made it can no longer sign in; it only sends records and goes on until it is revoked.
    pub maker_gone: bool,
    /// Only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

pub(super) fn token_view(t: token::Model, secret: Option<String>, maker_gone: bool) -> Result<TokenView> {
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
        maker_gone,
        token: secret,
    })
}

/// Tokens of programs
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "access", params(Page), responses((status = 200, body = List<TokenView>)))]
pub async fn list_tokens(State(app): State<AppState>, page: Page) -> Result<Json<List<TokenView>>> {
    let list = page.close(tokens::page(&app.company, page.after()?, page.limit() + 1).await?, |t| (t.created_at, t.id.clone()));
    let makers: Vec<String> = list.items.iter().filter_map(|t| t.made_by.clone()).collect();
    let gone = users::disabled_among(&app.company, makers).await?;
    let view = |t: token::Model| {
        let orphan = t.made_by.as_ref().is_some_and(|id| gone.contains(id));
        token_view(t, None, orphan)
    };
    Ok(Json(List { items: list.items.into_iter().map(view).collect::<Result<_>>()?, next_cursor: list.next_cursor }))
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

/// A token that was made, or one that waits for a second person.
#[derive(Serialize, ToSchema)]
pub struct MadeToken {
    #[serde(flatten)]
    pub made: Option<TokenView>,
    /// The change that waits; after its approval the token is taken with `POST /api/v1/user-changes/{id}/collect`.
    pub waits: Option<String>,
}

/// Make a token
///
/// The token itself is shown this once. A scope that reaches alerts or cases (`read`, `cases`) and `admin` wait for a second
/// person who may approve (202), once there is one; until then what the maker may not do can be given only on the server's
/// command line.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "access", request_body = CreateToken,
    responses((status = 201, body = MadeToken), (status = 202, body = MadeToken), (status = 403), (status = 422)))]
pub async fn create_token(State(app): State<AppState>, caller: Caller, Body(body): Body<CreateToken>) -> Result<(StatusCode, Json<MadeToken>)> {
    caller.require(Permission::TokensEdit)?;
    let company = &app.company;
    let expires_at = body.expires_at.as_deref().map(crate::http::parse_instant).transpose()?;
    let new = tokens::NewToken { name: body.name, scopes: body.scopes, sources: body.sources, expires_at };
    tokens::check(company, &new)?;
    let reaches = |s: &TokenScope| changes::reaches_cases(&s.grants());
    let delicate = new.scopes.iter().any(|s| *s == TokenScope::Admin || reaches(s));
    if delicate && changes::second_person(company, &caller, changes::About::default(), app.demo).await? {
        let wanted = Wanted::Token { name: new.name, scopes: new.scopes, sources: new.sources, expires_at };
        let tx = company.store.write().await?;
        let change = changes::ask(company, &tx, &caller, None, &wanted).await?;
        tx.commit().await?;
        changes::told(company, "access.change_asked", &change, &caller).await?;
        return Ok((StatusCode::ACCEPTED, Json(MadeToken { made: None, waits: Some(change.id) })));
    }
    let above =
        |s: &&TokenScope| if **s == TokenScope::Cases { !caller.has(Permission::ContentOpen) } else { reaches(s) && !caller.has(Permission::AlertsSee) };
    if let Some(scope) = new.scopes.iter().find(above) {
        return Err(Problem::new(
            403,
            "scope_above_own",
            format!("您看不到预警和案件，不能独自发放带 {} 范围的令牌。有了能审批的人（法务或审计）后可申请，或在服务器上运行 probity token create。", scope.name()),
            format!("You see no alerts and cases and cannot give the scope “{}” alone. It can be asked for once somebody may approve (legal, auditor), or run probity token create on the server.", scope.name()),
        )
        .with_rule(Permission::ContentOpen.name())
        .into());
    }
    let (row, secret) = tokens::create(company, new, &caller.actor()).await?;
    Ok((StatusCode::CREATED, Json(MadeToken { made: Some(token_view(row, Some(secret), false)?), waits: None })))
}

/// Revoke a token, at once
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "access", params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn revoke_token(State(app): State<AppState>, caller: Caller, PathParam(id): PathParam<String>) -> Result<StatusCode> {
    caller.require(Permission::TokensEdit)?;
    tokens::revoke(&app.company, &id, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
