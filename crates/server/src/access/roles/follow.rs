//! The tables of roles follow from the acts, in the transaction of the act's record.

use super::Definition;
use crate::{
    access::model::{role, role_version},
    company::Company,
    error::Result,
    events,
    records::{Appended, Effect},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde_json::{Map, Value};

pub const KIND: &str = "access.role_changed";

pub struct FollowRoles;

fn mine(a: &Appended<'_>) -> bool {
    a.draft.kind == KIND && a.draft.source == "/probity/access"
}

#[async_trait::async_trait]
impl Effect for FollowRoles {
    async fn apply(&self, _: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        for appended in batch.iter().filter(|a| mine(a)) {
            if let Some(data) = appended.draft.data() {
                follow(tx, appended, data).await?;
            }
        }
        Ok(())
    }

    async fn committed(&self, company: &Company, batch: &[Appended<'_>]) {
        if batch.iter().any(mine)
            && let Err(error) = company.reload_settings().await
        {
            tracing::warn!(%error, "the roles could not be read again");
        }
    }
}

fn text<'a>(data: &'a Map<String, Value>, name: &str) -> &'a str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}

async fn follow(tx: &DatabaseTransaction, act: &Appended<'_>, data: &Map<String, Value>) -> Result<()> {
    use role_version::Column as V;
    let id = text(data, "role").to_owned();
    let version = data.get("version").and_then(Value::as_i64).and_then(|v| i32::try_from(v).ok()).unwrap_or_default();
    let by = data.get("by").and_then(|by| by.get("id")).and_then(Value::as_str).unwrap_or_default().to_owned();
    let state = text(data, "state");
    let definition: Definition = data.get("definition").cloned().map(serde_json::from_value).transpose()?.unwrap_or_default();
    let row = role_version::Model {
        role: id.clone(),
        version,
        state: if state == "approved" { "in_force" } else { state }.to_owned(),
        name: text(data, "name").to_owned(),
        like_role: text(data, "like").to_owned(),
        definition: serde_json::to_string(&definition)?,
        reason: text(data, "reason").to_owned(),
        at: act.draft.at,
        by_id: by.clone(),
        decided_at: None,
        decided_by: None,
        idx: act.idx,
    };
    let decided = matches!(state, "approved" | "refused");
    let waits = role_version::Entity::find_by_id((id.clone(), version)).one(tx).await?.is_some_and(|v| v.state == "waiting");
    if decided && !waits {
        // Somebody else decided in the same moment; their word stands.
        return Ok(());
    }
    if matches!(state, "in_force" | "approved" | "removed") {
        role_version::Entity::update_many().col_expr(V::State, Expr::value("past")).filter(V::Role.eq(&id)).filter(V::State.eq("in_force")).exec(tx).await?;
    }
    if decided {
        role_version::Entity::update_many()
            .col_expr(V::State, Expr::value(row.state.clone()))
            .col_expr(V::DecidedAt, Expr::value(act.draft.at))
            .col_expr(V::DecidedBy, Expr::value(by.clone()))
            .filter(V::Role.eq(&id))
            .filter(V::Version.eq(version))
            .exec(tx)
            .await?;
    } else {
        role_version::Entity::insert(role_version::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    }
    match state {
        "in_force" | "approved" => {
            role::Entity::insert(role::ActiveModel {
                id: Set(id),
                name: Set(row.name),
                like_role: Set(row.like_role),
                definition: Set(row.definition),
                version: Set(version),
                changed_at: Set(act.draft.at),
                changed_by: Set(by),
            })
            .on_conflict(
                OnConflict::column(role::Column::Id)
                    .update_columns([
                        role::Column::Name,
                        role::Column::LikeRole,
                        role::Column::Definition,
                        role::Column::Version,
                        role::Column::ChangedAt,
                        role::Column::ChangedBy,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
            events::rights_changed(tx, act.draft.at).await?;
        }
        "removed" => {
            role::Entity::delete_by_id(id).exec(tx).await?;
            events::rights_changed(tx, act.draft.at).await?;
        }
        _ => {}
    }
    Ok(())
}
