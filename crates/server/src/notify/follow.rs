//! The outbox follows from its acts, in the transaction of the act's record; an approval queues the sending.

use super::{
    SOURCE,
    model::message,
    outbox::{self, SEND_JOB},
    stated,
};
use crate::{
    company::Company,
    error::Result,
    events, jobs,
    records::{Appended, Effect},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub struct FollowNotices;

#[async_trait::async_trait]
impl Effect for FollowNotices {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        for appended in batch.iter().filter(|a| a.draft.kind == stated::CHANGED && a.draft.source == SOURCE) {
            if let Some(data) = appended.draft.data() {
                stated::follow(tx, appended.draft.at, data).await?;
            }
        }
        for appended in batch {
            let Some(kind) = appended.draft.kind.strip_prefix("notice.").filter(|_| appended.draft.source == SOURCE) else { continue };
            if let Some(data) = appended.draft.data() {
                follow(company, tx, appended, kind, data).await?;
            }
        }
        let moved = batch.iter().filter(|a| a.draft.kind == "customer.assigned").filter_map(|a| Some(text(a.draft.data()?, "customer")));
        fall(company, tx, moved.collect()).await
    }
}

/// A notice that has not gone out names a contact; when the customer changes hands, whatever the cause, it falls with that
/// record. Assignments come before this effect.
async fn fall(company: &Company, tx: &DatabaseTransaction, moved: BTreeSet<String>) -> Result<()> {
    let moved: Vec<String> = moved.into_iter().collect();
    for part in moved.chunks(500) {
        let open = message::Entity::find()
            .filter(message::Column::Customer.is_in(part.iter().cloned()))
            .filter(message::Column::State.is_in(["draft", "previewed", "approved", "failed", "pending_channel"]))
            .all(tx)
            .await?;
        if open.is_empty() {
            continue;
        }
        let serving = outbox::serving(tx, part, company.now()).await?;
        for mut row in open.into_iter().filter(|row| serving.get(&row.customer) != row.receiver.as_ref()) {
            row.state = "cancelled".into();
            row.error = Some(serde_json::to_string(&outbox::changed_hands())?);
            // Whoever had it before them acts on what is no more.
            row.revision += 1;
            let (id, employee) = (row.id.clone(), row.employee.clone());
            message::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
            jobs::withdraw(tx, SEND_JOB, &id).await?;
            events::emit(tx, company.now(), "notice", &format!("outbox.see#{employee}"), &json!({ "id": id, "state": "cancelled" })).await?;
        }
    }
    Ok(())
}

fn text(data: &Map<String, Value>, name: &str) -> String {
    data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

async fn follow(company: &Company, tx: &DatabaseTransaction, act: &Appended<'_>, kind: &str, data: &Map<String, Value>) -> Result<()> {
    let id = text(data, "message");
    let at = act.draft.at;
    let by = data.get("by").and_then(Value::as_object).map(|by| text(by, "name")).unwrap_or_default();
    let employee = act.draft.employee.clone().unwrap_or_default();
    let state;
    // A reminder to a colleague goes at once; a customer's notice is looked at first.
    let at_once = kind == "queued";
    if kind == "drafted" || at_once {
        state = text(data, "state");
        message::Entity::insert(message::ActiveModel {
            id: Set(id.clone()),
            handover: Set(text(data, "handover")),
            employee: Set(employee.clone()),
            receiver: Set(data.get("receiver").and_then(Value::as_str).map(str::to_owned)),
            customer: Set(text(data, "customer")),
            channel: Set(text(data, "channel")),
            recipient: Set(text(data, "recipient")),
            address: Set(text(data, "address")),
            title: Set(text(data, "title")),
            body: Set(text(data, "body")),
            state: Set(state.clone()),
            attempts: Set(0),
            error: Set(None),
            created_at: Set(at),
            created_by: Set(by.clone()),
            approved_at: Set(at_once.then_some(at)),
            approved_by: Set(at_once.then(|| by.clone())),
            sent_at: Set(None),
            told: Set(None),
            revision: Set(0),
        })
        .exec_without_returning(tx)
        .await?;
        if at_once {
            jobs::enqueue(tx, SEND_JOB, Some(&id), &json!({ "message": id }), company.now()).await?;
        }
    } else {
        let Some(mut row) = message::Entity::find_by_id(&id).one(tx).await? else { return Ok(()) };
        if row.state == "cancelled" && kind != "sent" {
            return Ok(());
        }
        row.revision += 1;
        match kind {
            "edited" => {
                row.title = text(data, "title");
                row.body = text(data, "body");
                row.address = text(data, "address");
                row.state = text(data, "state");
                row.channel = text(data, "channel");
                row.error = None;
                row.attempts = 0;
            }
            "previewed" => row.state = "previewed".into(),
            "approved" => {
                row.state = "approved".into();
                row.attempts = 0;
                row.error = None;
                row.approved_at = Some(at);
                row.approved_by = Some(by);
                jobs::enqueue(tx, SEND_JOB, Some(&id), &json!({ "message": id }), company.now()).await?;
            }
            "sent" => {
                row.state = "sent".into();
                row.sent_at = Some(at);
                row.error = None;
            }
            "failed" => {
                row.state = "failed".into();
                row.error = data.get("error").map(Value::to_string);
            }
            "told" => {
                row.state = "told".into();
                row.told = data.get("told").map(Value::to_string);
                row.error = None;
            }
            "cancelled" => {
                row.state = "cancelled".into();
                row.error = None;
            }
            _ => {}
        }
        state = row.state.clone();
        message::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
    }
    events::emit(tx, at, "notice", &format!("outbox.see#{employee}"), &json!({ "id": id, "state": state })).await
}
