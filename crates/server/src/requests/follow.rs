//! The table of requests follows from their acts, in the transaction of the act's record.

use super::{ANSWERED, ERASURE_ASKED, MADE, SOURCE, model::request};
use crate::{
    company::Company,
    error::Result,
    events,
    intake::facts::text,
    people::day,
    records::{Appended, Effect},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

pub struct FollowRequests;

#[async_trait::async_trait]
impl Effect for FollowRequests {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        // Only our own acts count: a source may use any kind it likes under its own name.
        for act in batch.iter().filter(|a| a.draft.source == SOURCE) {
            let Some(data) = act.draft.data() else { continue };
            let (Some(id), Some(employee)) = (text(data, "request"), text(data, "employee")) else { continue };
            let own = |name: &str| text(data, name).map(str::to_owned);
            match act.draft.kind.as_str() {
                MADE => {
                    let due_on = own("due_on").unwrap_or_default();
                    if let Some(late) = due_on.parse::<jiff::civil::Date>().ok().and_then(|d| d.tomorrow().ok()) {
                        day::on(company, tx, late).await?;
                    }
                    let row = request::Model {
                        id: id.to_owned(),
                        employee: employee.to_owned(),
                        kind: own("kind").unwrap_or_default(),
                        field: own("field"),
                        text: own("text").unwrap_or_default(),
                        state: "open".into(),
                        made_at: act.draft.at,
                        due_on,
                        outcome: None,
                        answer: None,
                        answered_at: None,
                        answered_by: None,
                        told_late: false,
                        idx: act.idx,
                        erasure_by: None,
                        erasure_by_name: None,
                    };
                    request::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
                }
                ANSWERED => {
                    let by = data.get("by").and_then(|by| by.get("name")).and_then(Value::as_str).map(str::to_owned);
                    request::Entity::update_many()
                        .col_expr(request::Column::State, Expr::value("answered"))
                        .col_expr(request::Column::Outcome, Expr::value(own("outcome")))
                        .col_expr(request::Column::Answer, Expr::value(own("answer")))
                        .col_expr(request::Column::AnsweredAt, Expr::value(act.draft.at))
                        .col_expr(request::Column::AnsweredBy, Expr::value(by))
                        .filter(request::Column::Id.eq(id))
                        .exec(tx)
                        .await?;
                }
                ERASURE_ASKED => {
                    let by = |member: &str| data.get("by").and_then(|by| by.get(member)).and_then(Value::as_str).map(str::to_owned);
                    request::Entity::update_many()
                        .col_expr(request::Column::ErasureBy, Expr::value(by("id")))
                        .col_expr(request::Column::ErasureByName, Expr::value(by("name")))
                        .filter(request::Column::Id.eq(id))
                        .exec(tx)
                        .await?;
                }
                _ => continue,
            }
            events::emit(tx, act.draft.at, "request", &format!("requests.see#{employee}"), &json!({ "id": id })).await?;
        }
        Ok(())
    }
}
