//! Tokens of programs: `pb_<8 readable>_<43 secret>`. The front finds the row, the hash of the whole decides.

use super::{
    caller::{Caller, CallerKind},
    grants::Grants,
    matrix::TokenScope,
    model::token,
    publish, secret,
    standing::Standing,
};
use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
    events,
    privacy::journal,
};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use serde_json::json;
use std::sync::Arc;

const USED_EVERY_US: i64 = 60 * 1_000_000;

pub struct NewToken {
    pub name: String,
    pub scopes: Vec<TokenScope>,
    pub sources: Option<Vec<String>>,
    pub expires_at: Option<i64>,
}

/// Makes a token; the answer's second part is the only time anyone sees it.
pub async fn create(company: &Company, new: NewToken, by: &Actor) -> Result<(token::Model, String)> {
    let tx = company.store.write().await?;
    let made = insert(company, &tx, new, by).await?;
    tx.commit().await?;
    told(company, &made.0, by).await?;
    Ok(made)
}

/// What is wrong with it is said before anybody is asked to approve it.
pub fn check(company: &Company, new: &NewToken) -> Result<()> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Problem::new(
            422,
            "bad_name",
            "请给令牌起一个 1–100 字的名字，说明它给谁用。",
            "Give the token a name of 1–100 characters that says what it is for.",
        )
        .into());
    }
    if new.scopes.is_empty() {
        return Err(Problem::new(
            422,
            "no_scope",
            "请至少选择一个范围：ingest、read、cases、admin。",
            "Choose at least one scope: ingest, read, cases, admin.",
        )
        .into());
    }
    if new.sources.as_ref().is_some_and(Vec::is_empty) {
        return Err(Problem::new(
            422,
            "no_source",
            "来源清单为空时令牌什么也写不了；不限来源请省略该项。",
            "With an empty list of sources the token could write nothing; leave it out for all sources.",
        )
        .into());
    }
    let now = company.now();
    if new.expires_at.is_some_and(|t| t <= now) {
        return Err(Problem::new(422, "expired", "到期时间已经过去，请选一个将来的时间。", "The expiry is in the past; choose a time to come.").into());
    }
    Ok(())
}

/// The same in the caller's transaction; `told` makes it a record after the commit.
pub async fn insert(company: &Company, tx: &DatabaseTransaction, new: NewToken, by: &Actor) -> Result<(token::Model, String)> {
    check(company, &new)?;
    let now = company.now();
    let prefix = hex::encode(secret::random::<4>());
    let text = format!("pb_{prefix}_{}", secret::new());
    let mut scopes = new.scopes;
    scopes.sort_by_key(|s| *s as u8);
    scopes.dedup();
    let names: Vec<_> = scopes.iter().map(|s| s.name()).collect();
    // A token made with a token is that one's maker's.
    let made_by = match by.kind {
        "user" => Some(by.id.clone()),
        _ => token::Entity::find_by_id(&by.id).one(tx).await?.and_then(|t| t.made_by),
    };
    let row = token::Model {
        id: uuid::Uuid::now_v7().to_string(),
        hash: secret::hash(&text),
        prefix,
        name: new.name.trim().to_owned(),
        scopes: names.join(" "),
        sources: new.sources.as_ref().map(serde_json::to_string).transpose()?,
        created_at: now,
        created_by: by.name.clone(),
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
        made_by,
    };
    token::Entity::insert(token::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    Ok((row, text))
}

/// The record of a new token.
pub async fn told(company: &Company, row: &token::Model, by: &Actor) -> Result<()> {
    let scopes: Vec<&str> = row.scopes.split(' ').collect();
    let sources: Option<Vec<String>> = row.sources.as_deref().map(serde_json::from_str).transpose()?;
    let data = json!({ "token": row.id, "name": row.name, "scopes": scopes, "sources": sources, "expires_at": row.expires_at.map(crate::http::instant) });
    publish::act(company, "access.token_created", by, data).await
}

/// Revokes what somebody who is disabled made and could go on using: all but tokens that only send records, which belong to
/// a system and not to a person. Answers their ids.
pub async fn revoke_made_by(tx: &DatabaseTransaction, user_id: &str, now: i64) -> Result<Vec<String>> {
    let standing = token::Entity::find().filter(token::Column::MadeBy.eq(user_id)).filter(token::Column::RevokedAt.is_null());
    let ids: Vec<String> = standing.all(tx).await?.into_iter().filter(|t| !only_sends(t)).map(|t| t.id).collect();
    if !ids.is_empty() {
        token::Entity::update_many().col_expr(token::Column::RevokedAt, Expr::value(now)).filter(token::Column::Id.is_in(ids.clone())).exec(tx).await?;
    }
    Ok(ids)
}

pub fn only_sends(row: &token::Model) -> bool {
    row.scopes == TokenScope::Ingest.name()
}

pub async fn list(company: &Company) -> Result<Vec<token::Model>> {
    Ok(token::Entity::find().filter(token::Column::RevokedAt.is_null()).order_by_desc(token::Column::CreatedAt).all(company.store.read()).await?)
}

/// The same a page at a time, the newest first; `after` is when the last one seen was made, and its id.
pub async fn page(company: &Company, after: Option<(i64, String)>, limit: u64) -> Result<Vec<token::Model>> {
    use token::Column as C;
    let mut query = token::Entity::find().filter(C::RevokedAt.is_null()).order_by_desc(C::CreatedAt).order_by_desc(C::Id).limit(limit);
    if let Some((at, id)) = after {
        query = query.filter(Condition::any().add(C::CreatedAt.lt(at)).add(Condition::all().add(C::CreatedAt.eq(at)).add(C::Id.lt(id))));
    }
    Ok(query.all(company.store.read()).await?)
}

pub async fn revoke(company: &Company, id: &str, by: &Actor) -> Result<()> {
    let tx = company.store.write().await?;
    let done = token::Entity::update_many()
        .col_expr(token::Column::RevokedAt, Expr::value(company.now()))
        .filter(token::Column::Id.eq(id))
        .filter(token::Column::RevokedAt.is_null())
        .exec(&tx)
        .await?;
    events::rights_changed(&tx, company.now()).await?;
    tx.commit().await?;
    if done.rows_affected == 0 {
        return Err(Problem::not_found().into());
    }
    journal::note_now(company, "token", id);
    publish::act(company, "access.token_revoked", by, json!({ "token": id })).await
}

/// The program behind a token, if it still stands.
pub async fn caller(company: &Arc<Company>, text: &str) -> Result<Option<Caller>> {
    let Some((prefix, _)) = text.strip_prefix("pb_").and_then(|t| t.split_once('_')) else { return Ok(None) };
    let hash = secret::hash(text);
    let rows = token::Entity::find().filter(token::Column::Prefix.eq(prefix)).all(company.store.read()).await?;
    let now = company.now();
    let found = rows.into_iter().find(|t| secret::same(&t.hash, &hash) && t.revoked_at.is_none() && t.expires_at.is_none_or(|end| end > now));
    let Some(row) = found else { return Ok(None) };
    if row.last_used_at.is_none_or(|t| now - t > USED_EVERY_US) {
        let (company, id) = (company.clone(), row.id.clone());
        tokio::spawn(async move {
            if let Err(error) = used(&company, &id, now).await {
                tracing::debug!(%error, "a token's last use was not noted");
            }
        });
    }
    of(row).map(Some)
}

/// A token with the rights of this moment, if it still stands.
pub async fn by_id(company: &Company, id: &str) -> Result<Option<Caller>> {
    let row = token::Entity::find_by_id(id).one(company.store.read()).await?;
    let now = company.now();
    row.filter(|t| t.revoked_at.is_none() && t.expires_at.is_none_or(|end| end > now)).map(of).transpose()
}

fn of(row: token::Model) -> Result<Caller> {
    let scopes: Vec<_> = row.scopes.split(' ').filter_map(TokenScope::from_name).collect();
    let grants = scopes.iter().map(|s| s.grants()).reduce(Grants::and).unwrap_or_default();
    Ok(Caller {
        grants,
        full: grants,
        standing: Standing::Active,
        limits: Arc::default(),
        recused: Arc::default(),
        apart: Arc::default(),
        tied: Arc::default(),
        must_enrol: false,
        kind: CallerKind::Token { scopes },
        id: row.id,
        name: row.name,
        employee: None,
        sources: row.sources.as_deref().map(serde_json::from_str).transpose()?,
    })
}

async fn used(company: &Company, id: &str, now: i64) -> Result<()> {
    let tx = company.store.write().await?;
    token::Entity::update_many().col_expr(token::Column::LastUsedAt, Expr::value(now)).filter(token::Column::Id.eq(id)).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}
