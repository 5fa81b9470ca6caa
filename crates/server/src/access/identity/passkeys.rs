//! 通行密钥: keys that a device keeps and uses after the person unlocked it, which is two factors in one. They are bound to
//! the host of the pages, so a page that only looks like ours gets nothing.

use super::{
    factors,
    model::{challenge, passkey as table},
    passkey::{ALGORITHMS, Assertion, Refused, Registration, Site, decode, encode, sha256},
};
use crate::{
    access::{model::user, secret, sessions},
    company::Company,
    config::Config,
    error::{Error, Problem, Result},
};
use axum::http::{HeaderMap, header};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

const MINUTES_US: i64 = 60 * 1_000_000;
const CHALLENGE_US: i64 = 5 * MINUTES_US;
const MOST: usize = 20;

/// Where the pages are: as configured, else as the browser addressed us. A name is needed; addresses have no passkeys.
pub fn site(config: &Config, headers: &HeaderMap) -> Result<Site> {
    let origin = config.public_url.clone().or_else(|| {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        Some(format!("{}://{host}", if sessions::is_secure(headers) { "https" } else { "http" }))
    });
    let parsed = origin.as_deref().and_then(|o| reqwest::Url::parse(o).ok());
    match parsed.as_ref().and_then(reqwest::Url::domain) {
        Some(host) => Ok(Site { origin: parsed.as_ref().map(|u| u.origin().ascii_serialization()).unwrap_or_default(), host: host.to_owned() }),
        None => Err(Problem::conflict(
            "passkeys_need_a_name",
            "通行密钥绑定网站域名，不能用于 IP 地址。请用域名（本机可用 localhost）打开本系统；管理员可设置 PROBITY_PUBLIC_URL。",
            "Passkeys are bound to a site's name and do not work on a bare address. Open this system by its name (localhost on this machine); an administrator can set PROBITY_PUBLIC_URL.",
        )
        .into()),
    }
}

async fn new_challenge(company: &Company, user_id: Option<&str>) -> Result<String> {
    let now = company.now();
    let text = encode(&secret::random::<32>());
    let tx = company.store.write().await?;
    challenge::Entity::delete_many().filter(challenge::Column::ExpiresAt.lt(now)).exec(&tx).await?;
    challenge::Entity::insert(challenge::ActiveModel {
        hash: Set(sha256(text.as_bytes())),
        user_id: Set(user_id.map(str::to_owned)),
        expires_at: Set(now + CHALLENGE_US),
    })
    .exec_without_returning(&tx)
    .await?;
    tx.commit().await?;
    Ok(text)
}

/// Uses a challenge up. It is gone whether or not the rest is right.
async fn take(company: &Company, text: &str, user_id: Option<&str>) -> Result<bool> {
    let hash = sha256(text.as_bytes());
    let tx = company.store.write().await?;
    let row = challenge::Entity::find_by_id(hash.clone()).one(&tx).await?;
    let gone = challenge::Entity::delete_by_id(hash).exec(&tx).await?;
    tx.commit().await?;
    Ok(gone.rows_affected == 1 && row.is_some_and(|c| c.expires_at > company.now() && c.user_id.as_deref() == user_id))
}

/// What the browser needs for `navigator.credentials.create`, in the JSON form of the specification.
pub async fn begin(company: &Company, site: &Site, who: &user::Model) -> Result<Value> {
    let own = of(company, &who.id).await?;
    if own.len() >= MOST {
        return Err(
            Problem::conflict("too_many_passkeys", "最多 20 个通行密钥，请先删除不用的。", "At most 20 passkeys; remove one that is not used first.").into()
        );
    }
    let parameters: Vec<Value> = ALGORITHMS.iter().map(|alg| json!({ "type": "public-key", "alg": alg })).collect();
    let exclude: Vec<Value> = own.iter().map(|k| json!({ "type": "public-key", "id": encode(&k.credential) })).collect();
    Ok(json!({
        "rp": { "id": site.host, "name": "Probity 守正" },
        "user": { "id": encode(who.id.as_bytes()), "name": who.login, "displayName": who.name },
        "challenge": new_challenge(company, Some(&who.id)).await?,
        "pubKeyCredParams": parameters,
        "timeout": 300_000,
        "excludeCredentials": exclude,
        "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true, "userVerification": "required" },
        "attestation": "none",
    }))
}

/// A new key as the browser made it; bytes in base64url.
#[derive(Deserialize, ToSchema)]
pub struct NewPasskey {
    /// What the person calls the device.
    pub name: String,
    pub credential: String,
    pub client_data: String,
    pub authenticator_data: String,
    /// DER, SubjectPublicKeyInfo.
    pub public_key: String,
    /// COSE number.
    pub algorithm: i32,
}

fn refused(why: Refused) -> Error {
    tracing::info!(%why, "a passkey was not accepted");
    not_accepted()
}

fn not_accepted() -> Error {
    Problem::new(
        422,
        "passkey_refused",
        "没有接受这个通行密钥。请重试；仍不行请换一个设备。",
        "This passkey was not accepted. Try again, or use another device.",
    )
    .into()
}

/// Keeps a new key. Answers it, and recovery codes if it is the person's first factor.
pub async fn finish(company: &Company, site: &Site, who: &user::Model, new: &NewPasskey) -> Result<(table::Model, Option<Vec<String>>)> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(Problem::new(
            422,
            "bad_name",
            "请给通行密钥起一个 1–60 字的名字，例如“办公电脑”。",
            "Give the passkey a name of 1–60 characters, such as “office laptop”.",
        )
        .into());
    }
    let bytes = |text: &str| decode(text).ok_or_else(not_accepted);
    let (client_data, authenticator_data) = (bytes(&new.client_data)?, bytes(&new.authenticator_data)?);
    let (credential, public_key) = (bytes(&new.credential)?, bytes(&new.public_key)?);
    let answer = Registration {
        client_data: &client_data,
        authenticator_data: &authenticator_data,
        credential: &credential,
        public_key: &public_key,
        algorithm: new.algorithm,
    };
    let (challenge, counter) = answer.check(site).map_err(refused)?;
    if !take(company, &challenge, Some(&who.id)).await? {
        return Err(not_accepted());
    }
    let row = table::Model {
        id: uuid::Uuid::now_v7().to_string(),
        user_id: who.id.clone(),
        credential,
        public_key,
        algorithm: new.algorithm,
        uses: i64::from(counter),
        name: name.to_owned(),
        created_at: company.now(),
        last_used_at: None,
    };
    let tx = company.store.write().await?;
    if table::Entity::find().filter(table::Column::Credential.eq(row.credential.clone())).one(&tx).await?.is_some() {
        return Err(not_accepted());
    }
    table::Entity::insert(table::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    let codes = factors::first_codes(company, &tx, who).await?;
    factors::mark(&tx, &who.id).await?;
    tx.commit().await?;
    Ok((row, codes))
}

pub async fn of(company: &Company, user_id: &str) -> Result<Vec<table::Model>> {
    Ok(table::Entity::find().filter(table::Column::UserId.eq(user_id)).order_by_asc(table::Column::CreatedAt).all(company.store.read()).await?)
}

pub async fn remove(company: &Company, user_id: &str, id: &str) -> Result<()> {
    let tx = company.store.write().await?;
    let done = table::Entity::delete_many().filter(table::Column::Id.eq(id)).filter(table::Column::UserId.eq(user_id)).exec(&tx).await?;
    if done.rows_affected == 0 {
        return Err(Problem::not_found().into());
    }
    factors::mark(&tx, user_id).await?;
    tx.commit().await?;
    Ok(())
}

/// What the browser needs for `navigator.credentials.get`. It names nobody: the device knows whose keys it has.
#[derive(Serialize, ToSchema)]
pub struct PasskeyQuestion {
    pub challenge: String,
    pub host: String,
}

pub async fn ask(company: &Company, site: &Site) -> Result<PasskeyQuestion> {
    Ok(PasskeyQuestion { challenge: new_challenge(company, None).await?, host: site.host.clone() })
}

/// The device's answer; bytes in base64url.
#[derive(Deserialize, ToSchema)]
pub struct PasskeyAnswer {
    pub credential: String,
    pub client_data: String,
    pub authenticator_data: String,
    pub signature: String,
    /// The person the device made the key for.
    pub user: Option<String>,
}

/// Who this answer proves, if it proves anybody; `Err` of the second part says what about a known person's key was wrong.
pub async fn answered(company: &Company, site: &Site, answer: &PasskeyAnswer) -> Result<Option<(user::Model, std::result::Result<(), Refused>)>> {
    let parts = (decode(&answer.credential), decode(&answer.client_data), decode(&answer.authenticator_data), decode(&answer.signature));
    let (Some(credential), Some(client_data), Some(authenticator_data), Some(signature)) = parts else { return Ok(None) };
    let assertion = Assertion { client_data: &client_data, authenticator_data: &authenticator_data, signature: &signature };
    let Ok(challenge) = assertion.challenge(site) else { return Ok(None) };
    if !take(company, &challenge, None).await? {
        return Ok(None);
    }
    let db = company.store.read();
    let Some(key) = table::Entity::find().filter(table::Column::Credential.eq(credential)).one(db).await? else { return Ok(None) };
    let who = user::Entity::find_by_id(&key.user_id).one(db).await?.filter(|u| !u.disabled && !u.demo);
    let Some(who) = who else { return Ok(None) };
    if answer.user.as_deref().is_some_and(|handle| decode(handle).as_deref() != Some(who.id.as_bytes())) {
        return Ok(Some((who, Err(Refused::Credential))));
    }
    let counter = match assertion.check(site, key.algorithm, &key.public_key, key.uses) {
        Ok(counter) => counter,
        Err(why) => return Ok(Some((who, Err(why)))),
    };
    let tx = company.store.write().await?;
    table::Entity::update_many()
        .col_expr(table::Column::Uses, Expr::value(i64::from(counter)))
        .col_expr(table::Column::LastUsedAt, Expr::value(company.now()))
        .filter(table::Column::Id.eq(&key.id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(Some((who, Ok(()))))
}
