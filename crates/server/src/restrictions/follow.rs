//! The tables of restrictions follow from their acts, in the transaction of the act's record.

use super::{
    EXPIRE_JOB, Limit, SOURCE,
    model::{appeal, restriction},
    overlapping,
};
use crate::{
    company::Company,
    error::Result,
    events, jobs,
    records::{Appended, Effect},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Map, Value, json};

pub struct Follow;

#[async_trait::async_trait]
impl Effect for Follow {
    async fn apply(&self, _: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        for appended in batch.iter().filter(|a| a.draft.source == SOURCE) {
            if let Some(data) = appended.draft.data() {
                follow(tx, appended, data).await?;
            }
        }
        Ok(())
    }
}

fn text(data: &Map<String, Value>, name: &str) -> String {
    data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn number(data: &Map<String, Value>, name: &str) -> i64 {
    data.get(name).and_then(Value::as_i64).unwrap_or_default()
}

async fn follow(tx: &DatabaseTransaction, act: &Appended<'_>, data: &Map<String, Value>) -> Result<()> {
    use restriction::Column as R;
    let id = text(data, "restriction");
    let at = act.draft.at;
    let by = data.get("by").and_then(|by| by.get("id")).and_then(Value::as_str).unwrap_or_default().to_owned();
    let employee = text(data, "employee");
    let own = || restriction::Entity::update_many().filter(R::Id.eq(&id));
    match act.draft.kind.as_str() {
        "restriction.proposed" => {
            restriction::Entity::insert(restriction::ActiveModel {
                id: Set(id.clone()),
                employee: Set(employee.clone()),
                limits: Set(text(data, "limits")),
                reason: Set(text(data, "reason")),
                rule: Set(text(data, "rule")),
                from_at: Set(number(data, "from_us")),
                until_at: Set(number(data, "until_us")),
                status: Set("proposed".into()),
                preview: Set(data.get("preview").cloned().unwrap_or_default().to_string()),
                proposed_at: Set(at),
                proposed_by: Set(by),
                decided_at: Set(None),
                decided_by: Set(None),
                decision: Set(None),
                ended_at: Set(None),
                ended_by: Set(None),
                end_reason: Set(None),
            })
            .exec_without_returning(tx)
            .await?;
        }
        kind @ ("restriction.approved" | "restriction.refused" | "restriction.withdrawn") => {
            let status = match kind {
                "restriction.approved" => "in_force",
                "restriction.refused" => "refused",
                _ => "withdrawn",
            };
            if status == "in_force"
                && let Some(row) = restriction::Entity::find_by_id(&id).one(tx).await?
                && overlapping(tx, &id, &row.employee, &Limit::read(&row.limits), row.from_at, row.until_at).await?.is_some()
            {
                // Another one alike was approved in the same moment; that one stands and this one waits on.
                return Ok(());
            }
            own()
                .col_expr(R::Status, Expr::value(status))
                .col_expr(R::DecidedAt, Expr::value(at))
                .col_expr(R::DecidedBy, Expr::value(by))
                .col_expr(R::Decision, Expr::value(text(data, "reason")))
                // Two who decide in the same moment: the first one's word stands, the other is told by its own check.
                .filter(R::Status.eq("proposed"))
                .exec(tx)
                .await?;
            if status == "in_force" {
                let until = number(data, "until_us");
                jobs::enqueue(tx, EXPIRE_JOB, Some(&id), &json!({ "restriction": id }), until).await?;
                events::rights_changed(tx, at).await?;
            }
        }
        kind @ ("restriction.lifted" | "restriction.expired") => {
            own()
                .col_expr(R::Status, Expr::value(if kind == "restriction.lifted" { "lifted" } else { "expired" }))
                .col_expr(R::EndedAt, Expr::value(at))
                .col_expr(R::EndedBy, Expr::value(by))
                .col_expr(R::EndReason, Expr::value(text(data, "reason")))
                .filter(R::Status.eq("in_force"))
                .exec(tx)
                .await?;
            jobs::withdraw(tx, EXPIRE_JOB, &id).await?;
            events::rights_changed(tx, at).await?;
        }
        "restriction.appealed" => {
            appeal::Entity::insert(appeal::ActiveModel {
                idx: Set(act.idx),
                restriction: Set(id.clone()),
                employee: Set(employee.clone()),
                at: Set(at),
                body: Set(text(data, "text")),
                answered_at: Set(None),
                answered_by: Set(None),
                answer: Set(None),
                outcome: Set(None),
            })
            .exec_without_returning(tx)
            .await?;
        }
        "restriction.answered" => {
            use appeal::Column as A;
            appeal::Entity::update_many()
                .col_expr(A::AnsweredAt, Expr::value(at))
                .col_expr(A::AnsweredBy, Expr::value(by))
                .col_expr(A::Answer, Expr::value(text(data, "text")))
                .col_expr(A::Outcome, Expr::value(text(data, "outcome")))
                .filter(A::Idx.eq(number(data, "appeal")))
                .filter(A::AnsweredAt.is_null())
                .exec(tx)
                .await?;
        }
        _ => return Ok(()),
    }
    let payload = json!({ "id": id, "employee": employee });
    events::emit(tx, at, "restriction", &format!("restrictions.see#{employee}"), &payload).await
}
