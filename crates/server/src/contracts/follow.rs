//! The table of contracts follows from their acts, in the transaction of the act's record.

use super::{ENDED, MADE, SOURCE, model::contract, reminder};
use crate::{
    company::Company,
    error::Result,
    intake::facts::text,
    people::{self, day},
    records::{Appended, Effect},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, sea_query::Expr};

pub struct FollowContracts;

#[async_trait::async_trait]
impl Effect for FollowContracts {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        end_with_employment(tx, batch).await?;
        // Only our own acts count: a source may use any kind it likes under its own name.
        for act in batch.iter().filter(|a| a.draft.source == SOURCE) {
            let Some(data) = act.draft.data() else { continue };
            let Some(id) = text(data, "contract") else { continue };
            let own = |name: &str| text(data, name).map(str::to_owned);
            match act.draft.kind.as_str() {
                MADE => {
                    let Some(employee) = own("employee") else { continue };
                    let until = own("until");
                    if let Some(end) = until.as_deref().and_then(|t| t.parse().ok()) {
                        day::on(company, tx, reminder(end)).await?;
                    }
                    let row = contract::Model {
                        id: id.to_owned(),
                        employee,
                        number: own("number"),
                        kind: own("kind").unwrap_or_default(),
                        from_on: own("from").unwrap_or_default(),
                        until_on: until,
                        probation_until: own("probation_until"),
                        post: own("post"),
                        place: own("place"),
                        pay: data.get("pay").filter(|v| v.is_object()).map(ToString::to_string),
                        signed_on: own("signed_on"),
                        state: "active".into(),
                        ended_on: None,
                        reason: None,
                        file: data.get("file").filter(|v| v.is_object()).map(ToString::to_string),
                        reminded: false,
                        idx: act.idx,
                        changed_at: act.draft.at,
                    };
                    contract::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
                }
                ENDED => {
                    contract::Entity::update_many()
                        .col_expr(contract::Column::State, Expr::value("ended"))
                        .col_expr(contract::Column::EndedOn, Expr::value(own("on")))
                        .col_expr(contract::Column::Reason, Expr::value(own("reason")))
                        .col_expr(contract::Column::ChangedAt, Expr::value(act.draft.at))
                        .filter(contract::Column::Id.eq(id))
                        .exec(tx)
                        .await?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Who left has no contract in force: one ends with the employment, on its day, if it had not ended before.
async fn end_with_employment(tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
    for act in batch.iter().filter(|a| a.draft.source == people::SOURCE && a.draft.kind == people::life::LEFT) {
        let Some(data) = act.draft.data() else { continue };
        let (Some(employee), Some(on)) = (text(data, "employee"), text(data, "left_on")) else { continue };
        let active = || contract::Column::Employee.eq(employee).and(contract::Column::State.eq("active"));
        let ended = |on: Expr| {
            contract::Entity::update_many()
                .col_expr(contract::Column::State, Expr::value("ended"))
                .col_expr(contract::Column::EndedOn, on)
                .col_expr(contract::Column::Reason, Expr::value(text(data, "ground").map(str::to_owned)))
                .col_expr(contract::Column::ChangedAt, Expr::value(act.draft.at))
        };
        ended(Expr::col(contract::Column::UntilOn)).filter(active()).filter(contract::Column::UntilOn.lt(on)).exec(tx).await?;
        ended(Expr::value(on)).filter(active()).exec(tx).await?;
    }
    Ok(())
}
