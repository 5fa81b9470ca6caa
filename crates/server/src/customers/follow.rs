//! Rows that follow a customer's records in their transaction: dealings from the sales systems and from our own acts,
//! and how far a reassignment is. Who a customer is and who serves it follows in `project`.

use super::{
    SOURCE,
    dealings::{self, Kind},
    model::dealing,
    reassign, snapshot,
};
use crate::{
    company::Company,
    error::Result,
    intake::{
        facts::{self, Fact},
        money,
    },
    records::{Appended, Effect},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::Expr};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};

/// How much of a note is kept beside the sealed record.
const MOST_TEXT: usize = 1000;

pub struct Follow;

#[async_trait::async_trait]
impl Effect for Follow {
    async fn apply(&self, _: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let originals = facts::originals(tx, batch).await?;
        let facts = facts::of(batch, &originals);
        // Only our own acts speak of promises and preferences: a source may use any kind it likes under its own name.
        let ours: HashSet<i64> = batch.iter().filter(|a| a.draft.source == SOURCE).map(|a| a.idx).collect();
        let rows: Vec<(dealing::Model, &[i64])> = facts.iter().filter_map(|f| Some((row(f, ours.contains(&f.idx))?, f.replaces))).collect();
        if !rows.is_empty() {
            keep(tx, rows).await?;
        }
        let mut done = Vec::new();
        for a in batch.iter().filter(|a| a.draft.source == SOURCE) {
            let Some(data) = a.draft.data() else { continue };
            match a.draft.kind.as_str() {
                reassign::STARTED => reassign::open(tx, a.draft.at, data).await?,
                "customers.reassigned" => reassign::close(tx, a.draft.at, data).await?,
                "customer.assigned" => {
                    let text = |name| facts::text(data, name).map(str::to_owned);
                    if let (Some(id), Some(customer), Some(to)) = (text("reassignment"), text("customer"), text("employee")) {
                        done.push((id, customer, to, text("replaces"), a.idx));
                    }
                }
                "contacts.snapshot_taken" => snapshot::keep(tx, a.idx, a.draft.at, data).await?,
                "contacts.snapshot_acknowledged" => snapshot::acknowledge(tx, a.idx, a.draft.at, data).await?,
                _ => {}
            }
        }
        reassign::mark(tx, done).await
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(MOST_TEXT).collect()
}

/// The row of a fact; `None` where it says nothing of dealings.
fn row(fact: &Fact<'_>, ours: bool) -> Option<dealing::Model> {
    let text = |name: &str| fact.text(name).map(clean);
    let money = |name: &str| {
        let value = fact.data.get(name).and_then(Value::as_object)?;
        let currency = facts::text(value, "currency")?;
        Some((money::minor(facts::text(value, "amount")?, currency)?, currency.to_owned()))
    };
    let (kind, thing) = match fact.kind {
        "customer.followed_up" => (Kind::FollowUp, None),
        "deal.stage_changed" => (Kind::Deal, Some("deal")),
        "order.placed" | "order.completed" | "order.cancelled" | "order.transferred" => (Kind::Order, Some("order")),
        "receivable.booked" => (Kind::Receivable, Some("receivable")),
        "customer.promised" | "customer.promise_ended" if ours => (Kind::Promise, Some("promise")),
        "customer.preference_noted" | "customer.preference_removed" if ours => (Kind::Preference, Some("preference")),
        _ => return None,
    };
    let state = match fact.kind {
        "customer.followed_up" => text("channel"),
        "deal.stage_changed" => text("stage"),
        "order.placed" => Some(dealings::PLACED.into()),
        "order.completed" => Some(dealings::COMPLETED.into()),
        "order.cancelled" => Some(dealings::CANCELLED.into()),
        "order.transferred" => Some(dealings::TRANSFERRED.into()),
        "receivable.booked" => Some(dealings::BOOKED.into()),
        "customer.promised" => Some(dealings::OPEN.into()),
        "customer.promise_ended" => text("state"),
        "customer.preference_noted" => Some(dealings::NOTED.into()),
        "customer.preference_removed" => Some(dealings::REMOVED.into()),
        _ => None,
    };
    let amount = money("amount");
    Some(dealing::Model {
        idx: fact.idx,
        customer: fact.text("customer")?.to_owned(),
        employee: text("employee"),
        kind: kind.name().into(),
        thing: match thing {
            Some(name) => Some(fact.text(name)?.to_owned()),
            None => None,
        },
        at: fact.at,
        known_at: fact.received_at,
        corrected_at: None,
        newest: true,
        state,
        settled: money("settled").map(|(minor, _)| minor),
        currency: amount.as_ref().map(|(_, currency)| currency.clone()),
        amount: amount.map(|(minor, _)| minor),
        due: text("due").or_else(|| text("until")).and_then(|day| day.get(..10).map(str::to_owned)),
        text: match fact.kind {
            "customer.followed_up" => text("note"),
            "receivable.booked" => text("order"),
            "order.transferred" => text("to_company"),
            "order.cancelled" => text("reason"),
            "customer.promised" | "customer.promise_ended" => text("what"),
            "customer.preference_noted" | "customer.preference_removed" => text("preference_text"),
            _ => None,
        },
    })
}

/// Rows, each with those in whose place it stands; they may be among these.
async fn keep(tx: &impl ConnectionTrait, rows: Vec<(dealing::Model, &[i64])>) -> Result<()> {
    let mut things: BTreeSet<String> = rows.iter().filter_map(|(r, _)| r.thing.clone()).collect();
    for part in rows.chunks(500) {
        let fresh = part.iter().map(|(r, _)| r.clone().into_active_model().reset_all());
        dealing::Entity::insert_many(fresh).exec_without_returning(tx).await?;
    }
    for (row, gone) in rows.iter().filter(|(_, gone)| !gone.is_empty()) {
        let before: Vec<Option<String>> = dealing::Entity::find()
            .select_only()
            .column(dealing::Column::Thing)
            .filter(dealing::Column::Idx.is_in(gone.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        things.extend(before.into_iter().flatten());
        dealing::Entity::update_many()
            .col_expr(dealing::Column::CorrectedAt, Expr::value(Some(row.known_at)))
            .col_expr(dealing::Column::Newest, Expr::value(false))
            .filter(dealing::Column::Idx.is_in(gone.iter().copied()))
            .filter(dealing::Column::CorrectedAt.is_null())
            .exec(tx)
            .await?;
    }
    for part in things.into_iter().collect::<Vec<_>>().chunks(500) {
        settle(tx, part).await?;
    }
    Ok(())
}

/// Says of these things which row speaks for each now.
async fn settle(tx: &impl ConnectionTrait, things: &[String]) -> Result<()> {
    type Row = (i64, String, Option<String>, i64, Option<i64>, bool);
    let rows: Vec<Row> = dealing::Entity::find()
        .select_only()
        .columns([
            dealing::Column::Idx,
            dealing::Column::Kind,
            dealing::Column::Thing,
            dealing::Column::At,
            dealing::Column::CorrectedAt,
            dealing::Column::Newest,
        ])
        .filter(dealing::Column::Thing.is_in(things.iter().cloned()))
        .into_tuple()
        .all(tx)
        .await?;
    let mut newest: HashMap<(&str, &str), (i64, i64)> = HashMap::new();
    for (idx, kind, thing, at, corrected, _) in &rows {
        if corrected.is_none() {
            let slot = newest.entry((kind, thing.as_deref().unwrap_or_default())).or_insert((*at, *idx));
            *slot = (*at, *idx).max(*slot);
        }
    }
    let (mut now, mut no_more) = (Vec::new(), Vec::new());
    for (idx, kind, thing, _, _, was) in &rows {
        let is = newest.get(&(kind.as_str(), thing.as_deref().unwrap_or_default())).is_some_and(|(_, i)| i == idx);
        match (was, is) {
            (false, true) => now.push(*idx),
            (true, false) => no_more.push(*idx),
            _ => {}
        }
    }
    for (value, indices) in [(true, now), (false, no_more)] {
        for part in indices.chunks(500) {
            dealing::Entity::update_many()
                .col_expr(dealing::Column::Newest, Expr::value(value))
                .filter(dealing::Column::Idx.is_in(part.iter().copied()))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}
