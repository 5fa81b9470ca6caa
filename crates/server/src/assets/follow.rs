//! The table of assets follows from their records, whoever sent them: our own acts, an asset system, a sheet; and from the
//! snapshots of work accounts, whose account is a thing that somebody holds.

use super::{ACKNOWLEDGED, ISSUED, RETURNED, SOURCE, WORK_ACCOUNT, held, model::asset};
use crate::{
    company::Company,
    customers,
    error::Result,
    events,
    intake::facts::{self, Fact, text},
    people::search,
    records::{Appended, Effect, idx_of},
    store::keepable,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub struct FollowAssets;

#[async_trait::async_trait]
impl Effect for FollowAssets {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let originals = facts::originals(tx, batch).await?;
        let mut changed = Changed::new();
        for fact in facts::of(batch, &originals) {
            match fact.kind {
                ISSUED => issued(company, tx, &fact, &mut changed).await?,
                RETURNED => returned(company, tx, &fact, &mut changed).await?,
                _ => {}
            }
        }
        for act in batch {
            let Some(data) = act.draft.data() else { continue };
            // Only our own acts count here: a source may use any kind it likes under its own name.
            match (act.draft.source.as_str(), act.draft.kind.as_str()) {
                (SOURCE, ACKNOWLEDGED) => {
                    let Some(idx) = text(data, "issue").and_then(idx_of) else { continue };
                    let row = asset::Entity::find_by_id(idx).one(tx).await?;
                    acknowledged(tx, act, row, text(data, "remark"), &mut changed).await?;
                }
                (customers::SOURCE, "contacts.snapshot_taken") => account(company, tx, act, data, &mut changed).await?,
                (customers::SOURCE, "contacts.snapshot_acknowledged") => {
                    let Some(snapshot) = text(data, "snapshot") else { continue };
                    let row = asset::Entity::find().filter(asset::Column::Snapshot.eq(snapshot)).one(tx).await?;
                    acknowledged(tx, act, row, None, &mut changed).await?;
                }
                _ => {}
            }
        }
        tell(company, tx, &changed).await
    }
}

/// Whose things changed.
type Changed = BTreeSet<String>;

/// A sheet of thousands is one piece of news.
const TOLD_ONE_BY_ONE: usize = 50;

fn searched(row: &asset::Model) -> String {
    search::plain([row.asset.as_str(), row.name.as_str()].into_iter().chain(row.identifier.as_deref()))
}

fn by(data: &Map<String, Value>) -> Option<String> {
    data.get("by").and_then(|by| by["name"].as_str()).map(keepable)
}

async fn tell(company: &Company, tx: &DatabaseTransaction, changed: &Changed) -> Result<()> {
    if changed.len() > TOLD_ONE_BY_ONE {
        return events::emit(tx, company.now(), "asset", "assets.see", &json!({})).await;
    }
    for employee in changed {
        events::emit(tx, company.now(), "asset", &format!("assets.see#{employee}"), &json!({ "employee": employee })).await?;
    }
    Ok(())
}

async fn issued(company: &Company, tx: &DatabaseTransaction, fact: &Fact<'_>, changed: &mut Changed) -> Result<()> {
    let (Some(thing), Some(employee), Some(name)) = (fact.text("asset"), fact.text("employee"), fact.text("name")) else { return Ok(()) };
    let own = |member: &str| fact.text(member).map(keepable);
    let issued_on = own("issued_on").unwrap_or_else(|| day_of(company, fact.at));
    let mut row = asset::Model {
        idx: fact.idx,
        asset: keepable(thing),
        employee: keepable(employee),
        kind: own("kind").unwrap_or_else(|| "other".into()),
        name: keepable(name),
        identifier: own("identifier"),
        system: own("system"),
        snapshot: None,
        issued_on,
        issued_by: by(fact.data).or_else(|| own("issued_by")),
        condition: own("condition"),
        acknowledged_at: None,
        acknowledged_idx: None,
        remark: None,
        returned_on: None,
        returned_condition: None,
        returned_by: None,
        returned_idx: None,
        search: String::new(),
    };
    row.search = searched(&row);
    // Told again of somebody who has it, or had it from that day on: the details are renewed.
    let again = async |row: &asset::Model| -> Result<Option<asset::Model>> {
        if let Some(held) = held(tx, &row.asset).await?.filter(|held| held.employee == row.employee) {
            return Ok(Some(held));
        }
        let same = asset::Entity::find().filter(asset::Column::Asset.eq(&row.asset)).filter(asset::Column::IssuedOn.eq(&row.issued_on));
        // Given back and issued anew on one day is another issue.
        let later = asset::Column::ReturnedOn.gt(&row.issued_on);
        Ok(same.filter(asset::Column::Employee.eq(&row.employee)).filter(later).one(tx).await?)
    };
    let known = match fact.corrects() {
        Some(_) => match asset::Entity::find().filter(asset::Column::Idx.is_in(fact.replaces.iter().copied())).order_by_desc(asset::Column::Idx).one(tx).await?
        {
            Some(known) => Some(known),
            // What is put right had itself been told again, so it has no row of its own.
            None => again(&row).await?,
        },
        None => again(&row).await?,
    };
    if let Some(known) = known {
        // What was said of it since stays; in other hands it is acknowledged anew.
        let same = known.employee == row.employee;
        let (known_holder, known_thing) = (known.employee.clone(), known.asset.clone());
        row = asset::Model {
            idx: known.idx,
            system: row.system.or(known.system),
            snapshot: known.snapshot,
            acknowledged_at: known.acknowledged_at.filter(|_| same),
            acknowledged_idx: known.acknowledged_idx.filter(|_| same),
            remark: known.remark.filter(|_| same),
            returned_on: known.returned_on,
            returned_condition: known.returned_condition,
            returned_by: known.returned_by,
            returned_idx: known.returned_idx,
            ..row
        };
        // It is another thing now, which somebody may have.
        if row.asset != known_thing && row.returned_on.is_none() {
            hand_on(tx, &mut row, changed).await?;
        }
        changed.extend([row.employee.clone(), known_holder]);
        asset::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
        return Ok(());
    }
    // An account that is on the list already because its contacts were noted.
    if row.kind == WORK_ACCOUNT
        && let Some(noted) = same_account(tx, &row.employee, row.identifier.as_deref()).await?.filter(|noted| noted.asset.starts_with(super::NOTED))
    {
        row.system = row.system.or(noted.system);
        row.snapshot = noted.snapshot;
        row.acknowledged_at = noted.acknowledged_at;
        row.acknowledged_idx = noted.acknowledged_idx;
        asset::Entity::delete_by_id(noted.idx).exec(tx).await?;
    }
    hand_on(tx, &mut row, changed).await?;
    changed.insert(row.employee.clone());
    asset::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// One thing is in one pair of hands: who had it before has it no more, and of history told late the next issue ends it.
async fn hand_on(tx: &DatabaseTransaction, row: &mut asset::Model, changed: &mut Changed) -> Result<()> {
    let of_it = || asset::Entity::find().filter(asset::Column::Asset.eq(&row.asset));
    let next = of_it().filter(asset::Column::IssuedOn.gt(&row.issued_on)).order_by_asc(asset::Column::IssuedOn).one(tx).await?;
    if let Some(next) = next {
        row.returned_on = Some(next.issued_on);
        row.returned_idx = Some(next.idx);
    }
    if let Some(before) = held(tx, &row.asset).await?.filter(|held| held.issued_on <= row.issued_on) {
        changed.insert(before.employee.clone());
        let mut before = before.into_active_model();
        before.returned_on = Set(Some(row.issued_on.clone()));
        before.returned_idx = Set(Some(row.idx));
        asset::Entity::update(before).exec(tx).await?;
    }
    Ok(())
}

async fn same_account(tx: &DatabaseTransaction, employee: &str, account: Option<&str>) -> Result<Option<asset::Model>> {
    let Some(account) = account else { return Ok(None) };
    let held = asset::Entity::find()
        .filter(asset::Column::Employee.eq(employee))
        .filter(asset::Column::Kind.eq(WORK_ACCOUNT))
        .filter(asset::Column::Identifier.eq(account))
        .filter(asset::Column::ReturnedOn.is_null());
    Ok(held.order_by_asc(asset::Column::Idx).one(tx).await?)
}

async fn returned(company: &Company, tx: &DatabaseTransaction, fact: &Fact<'_>, changed: &mut Changed) -> Result<()> {
    let (Some(thing), Some(employee)) = (fact.text("asset"), fact.text("employee")) else { return Ok(()) };
    let found = match fact.corrects() {
        Some(idx) => asset::Entity::find().filter(asset::Column::ReturnedIdx.eq(idx)).one(tx).await?,
        None => match fact.text("issue").and_then(idx_of) {
            // Our own acts say which issue they end.
            Some(idx) => asset::Entity::find_by_id(idx).one(tx).await?.filter(|row| row.returned_on.is_none()),
            None => held(tx, &keepable(thing)).await?,
        },
    };
    // Somebody else's by now, or nobody's: there is nothing to take back.
    let Some(mut row) = found.filter(|row| fact.corrects().is_some() || row.employee == employee) else { return Ok(()) };
    row.returned_on = Some(fact.text("returned_on").map_or_else(|| day_of(company, fact.at), keepable));
    row.returned_condition = fact.text("condition").map(keepable);
    row.returned_by = by(fact.data).or_else(|| fact.text("received_by").map(keepable));
    row.returned_idx = Some(fact.corrects().unwrap_or(fact.idx));
    changed.insert(row.employee.clone());
    asset::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
    Ok(())
}

async fn acknowledged(tx: &DatabaseTransaction, act: &Appended<'_>, row: Option<asset::Model>, remark: Option<&str>, changed: &mut Changed) -> Result<()> {
    let Some(mut row) = row.filter(|r| r.acknowledged_at.is_none()) else { return Ok(()) };
    row.acknowledged_at = Some(act.draft.at);
    row.acknowledged_idx = Some(act.idx);
    row.remark = remark.map(keepable);
    changed.insert(row.employee.clone());
    asset::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
    Ok(())
}

/// A work account at its issue and its return, by the snapshot of its contacts.
async fn account(company: &Company, tx: &DatabaseTransaction, act: &Appended<'_>, data: &Map<String, Value>, changed: &mut Changed) -> Result<()> {
    let inner = |name: &str| data.get("account").and_then(|a| a[name].as_str()).map(keepable).unwrap_or_default();
    let Some(employee) = text(data, "employee").map(keepable) else { return Ok(()) };
    let (system, account) = (inner("system"), inner("account"));
    let listed = same_account(tx, &employee, Some(&account)).await?;
    let on = day_of(company, act.draft.at);
    if text(data, "when") == Some("return") {
        let Some(mut row) = listed else { return Ok(()) };
        row.returned_on = Some(on);
        row.returned_by = by(data);
        row.returned_idx = Some(act.idx);
        changed.insert(employee);
        asset::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
        return Ok(());
    }
    let snapshot = text(data, "snapshot").map(keepable);
    if let Some(mut row) = listed {
        row.system = Some(system);
        row.snapshot = snapshot;
        changed.insert(employee);
        asset::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
        return Ok(());
    }
    let mut row = asset::Model {
        idx: act.idx,
        asset: format!("{}{system}:{account}", super::NOTED),
        employee: employee.clone(),
        kind: WORK_ACCOUNT.into(),
        name: system.clone(),
        identifier: Some(account),
        system: Some(system),
        snapshot,
        issued_on: on,
        issued_by: by(data),
        condition: None,
        acknowledged_at: None,
        acknowledged_idx: None,
        remark: None,
        returned_on: None,
        returned_condition: None,
        returned_by: None,
        returned_idx: None,
        search: String::new(),
    };
    row.search = searched(&row);
    hand_on(tx, &mut row, changed).await?;
    changed.insert(employee);
    asset::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// The day of a moment in the company's zone.
fn day_of(company: &Company, at: i64) -> String {
    let zone = company.settings().time_zone.clone();
    jiff::Timestamp::from_microsecond(at).map(|t| t.to_zoned(zone).date().to_string()).unwrap_or_default()
}
