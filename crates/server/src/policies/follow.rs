//! The tables of policies follow from their acts, in the transaction of the act's record.

use super::{
    DRAFTED, PUBLISHED, SOURCE, WITHDRAWN,
    model::{policy, version},
};
use crate::{
    company::Company,
    error::Result,
    events,
    intake::facts::text,
    records::{Appended, Effect},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde_json::{Value, json};

pub struct FollowPolicies;

#[async_trait::async_trait]
impl Effect for FollowPolicies {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        // Only our own acts count: a source may use any kind it likes under its own name.
        for act in batch.iter().filter(|a| a.draft.source == SOURCE && a.draft.kind.starts_with("policy.")) {
            let Some(data) = act.draft.data() else { continue };
            let number = data.get("version").and_then(Value::as_i64).and_then(|v| i32::try_from(v).ok());
            let (Some(id), Some(number)) = (text(data, "policy"), number) else { continue };
            let by = data.get("by").and_then(|by| by.get("name")).and_then(Value::as_str).unwrap_or_default().to_owned();
            let at = act.draft.at;
            let this = || version::Column::Policy.eq(id).and(version::Column::Version.eq(number));
            match act.draft.kind.as_str() {
                DRAFTED => {
                    let title = text(data, "title").unwrap_or_default().to_owned();
                    policy::Entity::insert(policy::ActiveModel { id: Set(id.to_owned()), title: Set(title.clone()), created_at: Set(at) })
                        .on_conflict(OnConflict::column(policy::Column::Id).update_column(policy::Column::Title).to_owned())
                        .exec_without_returning(tx)
                        .await?;
                    let json = |name: &str, none: &str| data.get(name).map_or_else(|| none.to_owned(), ToString::to_string);
                    let row = version::Model {
                        policy: id.to_owned(),
                        version: number,
                        title,
                        text: text(data, "text").unwrap_or_default().to_owned(),
                        clauses: json("clauses", "[]"),
                        steps: json("procedure", "{}"),
                        state: "draft".into(),
                        effective_on: None,
                        published_at: None,
                        published_by: None,
                        changed_at: at,
                        changed_by: by,
                        idx: act.idx,
                    };
                    use version::Column as C;
                    version::Entity::insert(row.into_active_model().reset_all())
                        .on_conflict(
                            OnConflict::columns([C::Policy, C::Version])
                                .update_columns([C::Title, C::Text, C::Clauses, C::Steps, C::ChangedAt, C::ChangedBy, C::Idx])
                                // What was published meanwhile never changes.
                                .action_and_where(Expr::col((version::Entity, C::State)).eq("draft"))
                                .to_owned(),
                        )
                        .exec_without_returning(tx)
                        .await?;
                }
                PUBLISHED => {
                    version::Entity::update_many()
                        .col_expr(version::Column::State, Expr::value("published"))
                        .col_expr(version::Column::EffectiveOn, Expr::value(text(data, "effective_on").map(str::to_owned)))
                        .col_expr(version::Column::PublishedAt, Expr::value(at))
                        .col_expr(version::Column::PublishedBy, Expr::value(by))
                        .filter(this())
                        .exec(tx)
                        .await?;
                }
                WITHDRAWN => {
                    version::Entity::update_many().col_expr(version::Column::State, Expr::value("withdrawn")).filter(this()).exec(tx).await?;
                    // Before its day it never was in force.
                    let today = company.today().to_string();
                    version::Entity::update_many()
                        .col_expr(version::Column::EffectiveOn, Expr::value(Option::<String>::None))
                        .filter(this())
                        .filter(version::Column::EffectiveOn.gt(today))
                        .exec(tx)
                        .await?;
                }
                _ => continue,
            }
            events::emit(tx, at, "policy", "policies.edit", &json!({ "id": id, "version": number })).await?;
        }
        Ok(())
    }
}
