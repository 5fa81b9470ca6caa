//! Routes of the own account: password, authenticator app, recovery codes, passkeys; and signing in by passkey.
//!
//! Whatever weakens the account asks for the password again: a page left open is not its owner.

use super::{
    factors,
    own_sessions::person,
    passkeys::{self, NewPasskey, PasskeyAnswer, PasskeyQuestion},
};
use crate::{
    access::{
        Caller,
        api::{Proof, SessionView, signed_in},
        lockout,
        model::user,
        passwords, publish, users,
    },
    company::{Actor, Company},
    error::{Error, FieldError, Problem, Result},
    http::{AppState, Body, PathParam, Peer, instant},
    said::Lang,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct PasskeyView {
    pub id: String,
    pub name: String,
    pub created_at: String,
    pub last_used_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Account {
    pub login: String,
    pub name: String,
    pub employee: Option<String>,
    /// False for people of the demo, who have none to change.
    pub has_password: bool,
    /// Since when the authenticator app is on.
    pub totp_since: Option<String>,
    pub recovery_codes_left: u64,
    pub passkeys: Vec<PasskeyView>,
    /// Why passkeys cannot be used here, if they cannot.
    pub passkeys_refused: Option<String>,
    /// The company wants a second factor of this account.
    pub second_factor_required: bool,
}

async fn me(company: &Company, caller: &Caller) -> Result<user::Model> {
    let (id, _) = person(caller)?;
    Ok(users::find(company, id).await?.ok_or_else(Problem::not_found)?)
}

/// The own account
#[utoipa::path(get, path = "/api/v1/account", tag = "account", responses((status = 200, body = Account)))]
pub async fn get_account(State(app): State<AppState>, caller: Caller, lang: Lang, headers: HeaderMap) -> Result<Json<Account>> {
    let company = &app.company;
    let who = me(company, &caller).await?;
    let (since, left) = factors::state(company, &who.id).await?;
    let keys = passkeys::of(company, &who.id).await?;
    let passkeys_refused = match passkeys::site(&app.config, &headers) {
        Ok(_) => None,
        Err(Error::Problem(p)) => Some(p.detail.pick(lang).to_owned()),
        Err(e) => return Err(e),
    };
    Ok(Json(Account {
        has_password: who.password.is_some(),
        totp_since: since.map(instant),
        recovery_codes_left: left,
        passkeys: keys
            .into_iter()
            .map(|k| PasskeyView { id: k.id, name: k.name, created_at: instant(k.created_at), last_used_at: k.last_used_at.map(instant) })
            .collect(),
        passkeys_refused,
        second_factor_required: company.settings().second_factor_required && super::changes::reaches_cases(&caller.full),
        login: who.login,
        name: who.name,
        employee: who.employee,
    }))
}

/// The own password again; tries are counted as at the door.
#[derive(Deserialize, ToSchema)]
pub struct ByPassword {
    pub password: String,
}

async fn prove(company: &Company, who: &user::Model, password: String, peer: &Peer, lang: Lang) -> Result<()> {
    let attempt = lockout::Try { name: Some(&who.login), address: peer.address };
    lockout::enter(&company.store, attempt, company.now()).await?;
    if passwords::verify(password, who.password.clone()).await? {
        return lockout::passed(&company.store, attempt).await;
    }
    let (zh, en) = ("当前密码不对，请重新输入。", "The current password is wrong; enter it again.");
    let detail = if lang == Lang::En { en } else { zh }.to_owned();
    Err(Problem::new(422, "wrong_password", zh, en).with_errors(vec![FieldError { pointer: "/password".into(), code: "wrong_password".into(), detail }]).into())
}

async fn act(company: &Company, who: &user::Model, kind: &'static str, more: Value) -> Result<()> {
    let by = Actor { kind: "user", id: who.id.clone(), name: who.name.clone() };
    let mut data = json!({ "user": who.id, "employee": who.employee });
    if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    publish::act(company, kind, &by, data).await
}

#[derive(Deserialize, ToSchema)]
pub struct ChangePassword {
    /// The present one.
    pub password: String,
    /// At least 10 characters.
    pub new_password: String,
}

/// Change the own password
///
/// All other sessions end.
#[utoipa::path(post, path = "/api/v1/account/password", tag = "account", request_body = ChangePassword, responses((status = 204), (status = 422), (status = 429)))]
pub async fn change_password(State(app): State<AppState>, caller: Caller, peer: Peer, lang: Lang, Body(body): Body<ChangePassword>) -> Result<StatusCode> {
    let who = me(&app.company, &caller).await?;
    let (_, session) = person(&caller)?;
    prove(&app.company, &who, body.password, &peer, lang).await?;
    users::new_password(&app.company, &who, body.new_password, session, lang).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the authenticator app is set up with.
#[derive(Serialize, ToSchema)]
pub struct TotpStart {
    /// Base32, to type where no camera is.
    pub secret: String,
    pub uri: String,
    /// The same as a QR code, an SVG image.
    pub svg: String,
}

/// Begin with an authenticator app
///
/// It counts for nothing until a code of it was confirmed.
#[utoipa::path(post, path = "/api/v1/account/totp", tag = "account", request_body = ByPassword,
    responses((status = 200, body = TotpStart), (status = 409), (status = 422), (status = 429)))]
pub async fn begin_totp(State(app): State<AppState>, caller: Caller, peer: Peer, lang: Lang, Body(body): Body<ByPassword>) -> Result<Json<TotpStart>> {
    let who = me(&app.company, &caller).await?;
    prove(&app.company, &who, body.password, &peer, lang).await?;
    let e = factors::begin(&app.company, &who).await?;
    Ok(Json(TotpStart { secret: e.secret, uri: e.uri, svg: e.svg }))
}

#[derive(Deserialize, ToSchema)]
pub struct Code {
    pub code: String,
}

/// Ten codes, each of which stands for the second factor once; shown this once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Null where there are some already.
    pub recovery_codes: Option<Vec<String>>,
}

/// Confirm the authenticator app with its first code
#[utoipa::path(post, path = "/api/v1/account/totp/confirm", tag = "account", request_body = Code,
    responses((status = 200, body = RecoveryCodes), (status = 409), (status = 422), (status = 429)))]
pub async fn confirm_totp(State(app): State<AppState>, caller: Caller, peer: Peer, Body(body): Body<Code>) -> Result<Json<RecoveryCodes>> {
    let who = me(&app.company, &caller).await?;
    let attempt = lockout::Try { name: Some(&who.login), address: peer.address };
    lockout::enter(&app.company.store, attempt, app.company.now()).await?;
    let recovery_codes = factors::confirm(&app.company, &who, &body.code).await?;
    lockout::passed(&app.company.store, attempt).await?;
    act(&app.company, &who, "access.totp_on", Value::Null).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Turn the authenticator app off
#[utoipa::path(post, path = "/api/v1/account/totp/off", tag = "account", request_body = ByPassword, responses((status = 204), (status = 422), (status = 429)))]
pub async fn end_totp(State(app): State<AppState>, caller: Caller, peer: Peer, lang: Lang, Body(body): Body<ByPassword>) -> Result<StatusCode> {
    let who = me(&app.company, &caller).await?;
    prove(&app.company, &who, body.password, &peer, lang).await?;
    let tx = app.company.store.write().await?;
    let was_on = factors::end(&tx, &who.id).await?;
    tx.commit().await?;
    if was_on {
        act(&app.company, &who, "access.totp_off", Value::Null).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// New recovery codes in the place of the old ones
#[utoipa::path(post, path = "/api/v1/account/recovery-codes", tag = "account", request_body = ByPassword,
    responses((status = 200, body = RecoveryCodes), (status = 409), (status = 422), (status = 429)))]
pub async fn renew_codes(State(app): State<AppState>, caller: Caller, peer: Peer, lang: Lang, Body(body): Body<ByPassword>) -> Result<Json<RecoveryCodes>> {
    let who = me(&app.company, &caller).await?;
    prove(&app.company, &who, body.password, &peer, lang).await?;
    if !who.second_factor {
        return Err(Problem::conflict(
            "no_second_factor",
            "还没有启用验证器或通行密钥，用不到恢复码。请先启用其中之一。",
            "There is no authenticator app or passkey yet, so there is nothing to recover. Turn one of them on first.",
        )
        .into());
    }
    let tx = app.company.store.write().await?;
    let codes = factors::new_codes(&app.company, &tx, &who.id).await?;
    tx.commit().await?;
    act(&app.company, &who, "access.recovery_codes_renewed", Value::Null).await?;
    Ok(Json(RecoveryCodes { recovery_codes: Some(codes) }))
}

/// Begin with a passkey
///
/// Answers `PublicKeyCredentialCreationOptions` in its JSON form.
#[utoipa::path(post, path = "/api/v1/account/passkeys/start", tag = "account", request_body = ByPassword,
    responses((status = 200, body = Value), (status = 409), (status = 422), (status = 429)))]
pub async fn begin_passkey(
    State(app): State<AppState>,
    caller: Caller,
    peer: Peer,
    lang: Lang,
    headers: HeaderMap,
    Body(body): Body<ByPassword>,
) -> Result<Json<Value>> {
    let site = passkeys::site(&app.config, &headers)?;
    let who = me(&app.company, &caller).await?;
    prove(&app.company, &who, body.password, &peer, lang).await?;
    Ok(Json(passkeys::begin(&app.company, &site, &who).await?))
}

#[derive(Serialize, ToSchema)]
pub struct MadePasskey {
    pub passkey: PasskeyView,
    /// Shown this once; null where there are some already.
    pub recovery_codes: Option<Vec<String>>,
}

/// Keep a passkey
#[utoipa::path(post, path = "/api/v1/account/passkeys", tag = "account", request_body = NewPasskey,
    responses((status = 201, body = MadePasskey), (status = 409), (status = 422)))]
pub async fn keep_passkey(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<NewPasskey>,
) -> Result<(StatusCode, Json<MadePasskey>)> {
    let site = passkeys::site(&app.config, &headers)?;
    let who = me(&app.company, &caller).await?;
    let (key, recovery_codes) = passkeys::finish(&app.company, &site, &who, &body).await?;
    act(&app.company, &who, "access.passkey_added", json!({ "passkey": key.id })).await?;
    let passkey = PasskeyView { id: key.id, name: key.name, created_at: instant(key.created_at), last_used_at: None };
    Ok((StatusCode::CREATED, Json(MadePasskey { passkey, recovery_codes })))
}

/// Remove a passkey
#[utoipa::path(post, path = "/api/v1/account/passkeys/{id}/remove", tag = "account", params(("id" = String, Path)), request_body = ByPassword,
    responses((status = 204), (status = 404), (status = 422), (status = 429)))]
pub async fn remove_passkey(
    State(app): State<AppState>,
    caller: Caller,
    peer: Peer,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ByPassword>,
) -> Result<StatusCode> {
    let who = me(&app.company, &caller).await?;
    prove(&app.company, &who, body.password, &peer, lang).await?;
    passkeys::remove(&app.company, &who.id, &id).await?;
    act(&app.company, &who, "access.passkey_removed", json!({ "passkey": id })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begin to sign in by passkey
///
/// The question names nobody: the device knows whose keys it keeps.
#[utoipa::path(post, path = "/api/v1/session/passkey/start", tag = "session", responses((status = 200, body = PasskeyQuestion), (status = 409), (status = 429)))]
pub async fn ask_passkey(State(app): State<AppState>, headers: HeaderMap, peer: Peer) -> Result<Json<PasskeyQuestion>> {
    let site = passkeys::site(&app.config, &headers)?;
    lockout::question(&app.company.store, peer.address, app.company.now()).await?;
    Ok(Json(passkeys::ask(&app.company, &site).await?))
}

fn not_known() -> Error {
    Problem::new(
        401,
        "wrong_passkey",
        "没有认出这个通行密钥。请改用登录名和密码，或换一个设备重试。",
        "This passkey was not recognised. Sign in by name and password, or try another device.",
    )
    .into()
}

/// Sign in by passkey
///
/// The device verified the person, so no further code is asked for.
#[utoipa::path(post, path = "/api/v1/session/passkey", tag = "session", request_body = PasskeyAnswer,
    responses((status = 200, body = SessionView), (status = 401), (status = 409), (status = 429)))]
pub async fn sign_in_by_passkey(State(app): State<AppState>, headers: HeaderMap, peer: Peer, Body(body): Body<PasskeyAnswer>) -> Result<Response> {
    let site = passkeys::site(&app.config, &headers)?;
    let attempt = lockout::Try { name: None, address: peer.address };
    lockout::enter(&app.company.store, attempt, app.company.now()).await?;
    let Some((who, held)) = passkeys::answered(&app.company, &site, &body).await? else { return Err(not_known()) };
    if let Err(why) = held {
        let data = json!({ "user": who.id, "what": "passkey", "why": why.to_string(), "employee": who.employee });
        publish::act_aside(&app.company, "access.sign_in_failed", Actor::system("access"), data);
        return Err(not_known());
    }
    lockout::passed(&app.company.store, attempt).await?;
    lockout::question_answered(&app.company.store, peer.address).await?;
    signed_in(&app, &who, &headers, &peer, Proof::Passkey).await
}
