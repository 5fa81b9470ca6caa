//! 扣款: what may be taken from the last wage is noted (LAW P17–P19), and what was noted wrongly is withdrawn. Both stay in
//! the log; what is withdrawn counts no more towards the month's bound, unless a wage was cut by it already. What is
//! *not* here: the bounds ([`law`]), paying.

use super::{
    Part, act, exit, history, law,
    model::{event, handover},
    sentence, today,
};
use crate::{
    company::{Actor, Company},
    contracts::acts::Paper,
    error::{Problem, Result},
    http::instant,
    records::{id_of, idx_of},
    said::Lang,
};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::Expr};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use utoipa::ToSchema;

pub const NOTED: &str = "deduction_noted";
pub const WITHDRAWN: &str = "deduction_withdrawn";

/// What was noted as deducted for losses of this person this month, in minor units.
async fn noted(company: &Company, handover: &handover::Model) -> Result<i64> {
    let zone = company.settings().time_zone.clone();
    let from = today(company).first_of_month().to_zoned(zone).map_or(0, |t| t.timestamp().as_microsecond());
    let theirs = handover::Entity::find().select_only().column(handover::Column::Id).filter(handover::Column::Employee.eq(&handover.employee)).into_query();
    let amounts: Vec<i64> = event::Entity::find()
        .select_only()
        .column(event::Column::Amount)
        .filter(event::Column::Handover.in_subquery(theirs))
        .filter(event::Column::Amount.is_not_null())
        // What was withdrawn before it was taken leaves the wage whole, so the month has it back. What had been taken is
        // owed back, and until then the wage bears it: a second one beside it would take more than the month's bound.
        .filter(Condition::any().add(event::Column::Withdrawn.is_null()).add(event::Column::Taken.eq(true)))
        .filter(event::Column::At.gte(from))
        .into_tuple()
        .all(company.store.read())
        .await?;
    Ok(amounts.into_iter().fold(0, i64::saturating_add))
}

/// What is left of the month's bound for losses afterwards, in minor units.
pub async fn deduct(
    company: &Company,
    by: &Actor,
    part: &Part,
    handover: &handover::Model,
    deduction: law::Deduction<'_>,
    paper: Option<&Paper>,
    reason: &str,
    lang: Lang,
) -> Result<i64> {
    part.arranges()?;
    let reason = sentence("/reason", reason, 2, 2000, lang)?;
    if let Some(paper) = paper {
        paper.check(company, by, lang, "/paper").await?;
    }
    let currency = company.settings().currency.clone();
    let shown = |minor: i64| format!("{} {currency}", crate::intake::money::decimal(minor, &currency));
    // The bound is a month's: what was noted in it counts, and of two at once the second counts the first.
    let _turn = company.store.turn().await?;
    let deduction = law::Deduction { noted: if deduction.ground == "loss" { noted(company, handover).await? } else { 0 }, ..deduction };
    match law::may_deduct(&deduction, shown) {
        Ok(()) => {
            // Which withholding it is says more than that it is one.
            let what = match deduction.kind {
                Some(kind @ ("social_insurance" | "housing_fund")) => format!("{kind}_withheld"),
                Some(kind) => kind.to_owned(),
                None => deduction.ground.to_owned(),
            };
            let amount = shown(deduction.amount);
            let data = json!({ "what": what, "rule": "P17", "reason": format!("{amount}，{reason}"), "amount": deduction.amount, "paper": paper });
            act(company, by, handover, "handover.deduction_noted", None, data).await?;
            Ok(law::most_deducted(deduction.wage, deduction.minimum) - deduction.noted - deduction.amount)
        }
        Err(e) => Err(exit::on_record(company, by, handover, "handover.deduction_refused", deduction.ground, &reason, e).await?),
    }
}

/// 撤回: a deduction that was noted wrongly. Who may note one may withdraw one, also after the handover is closed: a wage
/// is paid later than that. The noting stays as it was; of two who withdraw at once the log keeps one. What was `taken` from
/// a wage already has to be paid back and counts on in its month.
pub async fn withdraw(
    company: &Company,
    by: &Actor,
    part: &Part,
    handover: &handover::Model,
    record: &str,
    reason: &str,
    taken: bool,
    lang: Lang,
) -> Result<()> {
    part.arranges()?;
    let reason = sentence("/reason", reason, 2, 2000, lang)?;
    let idx = idx_of(record).ok_or_else(Problem::not_found)?;
    let found = event::Entity::find_by_id(idx).one(company.store.read()).await?;
    let noted = found.filter(|e| e.handover == handover.id && e.kind == NOTED).ok_or_else(Problem::not_found)?;
    if noted.withdrawn.is_some() {
        return Err(Problem::conflict(
            "withdrawn_already",
            "这笔扣款登记已经撤回。请刷新页面查看。",
            "This deduction was withdrawn already. Reload the page to see by whom.",
        )
        .with_rule("P17")
        .into());
    }
    let data = json!({ "withdraws": record, "rule": "P17", "reason": reason, "taken": taken });
    act(company, by, handover, "handover.deduction_withdrawn", Some(format!("withdrawn:{}:{idx}", handover.id)), data).await?;
    Ok(())
}

/// Marks what the record withdraws, in its transaction.
pub(super) async fn follow(tx: &DatabaseTransaction, handover: &str, idx: i64, data: &Map<String, Value>) -> Result<()> {
    let Some(noted) = data.get("withdraws").and_then(Value::as_str).and_then(idx_of) else { return Ok(()) };
    let taken = data.get("taken").and_then(Value::as_bool).unwrap_or_default();
    event::Entity::update_many()
        .col_expr(event::Column::Withdrawn, Expr::value(Some(idx)))
        .col_expr(event::Column::Taken, Expr::value(taken))
        .filter(event::Column::Idx.eq(noted))
        .filter(event::Column::Handover.eq(handover))
        .filter(event::Column::Kind.eq(NOTED))
        .exec(tx)
        .await?;
    Ok(())
}

/// A deduction that was noted, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverDeduction)]
pub struct DeductionView {
    pub record: String,
    pub at: String,
    pub by: String,
    /// What for, on which ground, how much and why.
    pub text: String,
    /// It counts no more, unless it had been taken from a wage.
    pub withdrawn: Option<WithdrawnView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverDeductionWithdrawn)]
pub struct WithdrawnView {
    pub record: String,
    pub at: String,
    pub by: String,
    pub reason: String,
    /// It had been taken from a wage already: it has to be paid back, and counts on towards the month's bound.
    pub taken: bool,
}

/// The deductions of a handover with what withdrew each, in the order of their noting.
pub async fn noted_of(company: &Company, handover: &str) -> Result<Vec<(event::Model, Option<event::Model>)>> {
    let acts = event::Entity::find()
        .filter(event::Column::Handover.eq(handover))
        .filter(event::Column::Kind.is_in([NOTED, WITHDRAWN]))
        .order_by_asc(event::Column::Idx)
        .all(company.store.read())
        .await?;
    let (noted, withdrawals): (Vec<_>, Vec<_>) = acts.into_iter().partition(|e| e.kind == NOTED);
    let mut by_idx: HashMap<i64, event::Model> = withdrawals.into_iter().map(|e| (e.idx, e)).collect();
    Ok(noted
        .into_iter()
        .map(|e| {
            let withdrawal = e.withdrawn.and_then(|idx| by_idx.remove(&idx));
            (e, withdrawal)
        })
        .collect())
}

pub(super) async fn of(company: &Company, handover: &str, lang: Lang) -> Result<Vec<DeductionView>> {
    let nobody = HashMap::new();
    let view = |(noted, withdrawal): (event::Model, Option<event::Model>)| DeductionView {
        record: id_of(noted.idx),
        at: instant(noted.at),
        by: noted.actor_name,
        text: noted.text.map(|t| history::spoken(t, &nobody, lang)).unwrap_or_default(),
        withdrawn: withdrawal.map(|act| WithdrawnView {
            record: id_of(act.idx),
            at: instant(act.at),
            by: act.actor_name,
            reason: act.text.unwrap_or_default(),
            taken: noted.taken,
        }),
    };
    Ok(noted_of(company, handover).await?.into_iter().map(view).collect())
}
