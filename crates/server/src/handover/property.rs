//! 公司财产: what was accepted as given back in a handover is given back, as a record of its own; and what was given back
//! elsewhere is done on the list. What is *not* here: who holds what (assets).

use super::{
    ROOM, follow,
    model::{event, handover, item},
};
use crate::{
    assets::{self, acts::ReturnAsset},
    company::{Actor, Company},
    error::{Error, Result},
    events,
    intake::facts::Fact,
    jobs,
    said::Lang,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use std::sync::Arc;

/// The job that records what was accepted as given back. It looks at all that is accepted, so one that was lost costs nothing.
pub const JOB: &str = "handover.property";

/// Queues the record, in the transaction of the acceptance.
pub(super) async fn on_accepted(company: &Company, tx: &DatabaseTransaction, item: &item::Model, employee: &str) -> Result<()> {
    if item.kind != "asset" || item.reference.is_none() || item.status != "accepted" {
        return Ok(());
    }
    jobs::enqueue(tx, JOB, Some(employee), &json!({ "employee": employee }), company.now()).await
}

/// Records the return of each thing that a handover of this employee has accepted and that they still hold.
pub async fn run(company: Arc<Company>, payload: Value) -> Result<()> {
    let employee = payload["employee"].as_str().unwrap_or_default();
    let db = company.store.read();
    let handovers: Vec<String> = handover::Entity::find().filter(handover::Column::Employee.eq(employee)).all(db).await?.into_iter().map(|h| h.id).collect();
    let held = assets::held_by(db, employee).await?;
    for row in held {
        let accepted = item::Entity::find()
            .filter(item::Column::Handover.is_in(handovers.iter().cloned()))
            .filter(item::Column::Kind.eq("asset"))
            .filter(item::Column::Reference.eq(&row.asset))
            .filter(item::Column::Status.eq("accepted"));
        let Some(item) = accepted.order_by_desc(item::Column::DecidedAt).one(db).await? else { continue };
        // Issued again after that: it is another matter.
        let decided = super::date_of(&company, item.decided_at.unwrap_or_default());
        if row.issued_on > decided.to_string() {
            continue;
        }
        let by = reviewer(&company, &item).await?;
        // Contacts of a work account are noted as they are now, which no other day can be.
        let on = if row.snapshot.is_some() { company.today() } else { decided };
        let given = serde_json::from_str::<Value>(&item.given).ok().and_then(|g| g["state"].as_str().map(|t| t.chars().take(500).collect()));
        let new = ReturnAsset { returned_on: on.to_string(), condition: given };
        match assets::acts::give_back(&company, &by, Lang::Zh, &row, &new).await {
            // Somebody else entered it in the same moment. What else stands against it is tried again and told.
            Err(Error::Problem(p)) if matches!(p.code, "returned_already" | "somebody_was_faster") => {}
            other => other?,
        }
    }
    Ok(())
}

/// Who accepted it.
async fn reviewer(company: &Company, item: &item::Model) -> Result<Actor> {
    let reviews = event::Entity::find().filter(event::Column::Item.eq(&item.id)).filter(event::Column::Kind.eq("item_reviewed"));
    let last = reviews.order_by_desc(event::Column::Idx).one(company.store.read()).await?;
    Ok(last.map_or_else(|| Actor::system(ROOM), |e| Actor { kind: "user", id: e.actor_id, name: e.actor_name }))
}

/// Something was given back: on the running list of who had it, it is done. That it went into other hands says no such
/// thing; the item waits for somebody to say so.
pub(super) async fn given_back(tx: &DatabaseTransaction, fact: &Fact<'_>) -> Result<()> {
    for row in assets::ended_by(tx, fact.idx).await? {
        let running = handover::Entity::find().filter(handover::Column::Employee.eq(&row.employee)).filter(handover::Column::Status.ne("closed"));
        let Some(now) = running.one(tx).await? else { continue };
        let listed = item::Entity::find()
            .filter(item::Column::Handover.eq(&now.id))
            .filter(item::Column::Kind.eq("asset"))
            .filter(item::Column::Reference.eq(&row.asset));
        done(tx, fact, &now, listed.all(tx).await?).await?;
    }
    Ok(())
}

/// Items whose thing was given back are done, wherever that was; the record belongs to the handover from then on.
async fn done(tx: &DatabaseTransaction, fact: &Fact<'_>, handover: &handover::Model, items: Vec<item::Model>) -> Result<()> {
    let Some(first) = items.first() else { return Ok(()) };
    let mut data = fact.data.clone();
    data.insert("item".into(), json!(first.id));
    for mut row in items.into_iter().filter(|row| !super::work::done(row)) {
        row.revision += 1;
        row.status = "accepted".into();
        row.decided_at = Some(fact.at);
        item::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
    }
    follow::note(tx, fact.idx, fact.at, &handover.id, "asset_returned", &data, None).await?;
    follow::settle(tx, &handover.id, fact.at).await?;
    let audience = format!("handovers.see#{}", handover.employee);
    events::emit(tx, fact.at, "handover", &audience, &json!({ "id": handover.id, "kind": "asset_returned" })).await
}
