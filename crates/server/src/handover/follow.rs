//! The tables of a handover follow from its acts, in the transaction of the act's record; a resignation queues the list.

use super::{
    SOURCE, certificate, checklist, clock, deduction, delivery,
    model::{duty, event, finding, handover, item, moved, objection, process},
    property, start, template, work,
};
use crate::{
    assets,
    company::Company,
    customers,
    error::Result,
    events,
    intake::facts::{self, Fact},
    people,
    records::{Appended, Effect, id_of},
    said::Said,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Acts that look at a handover and change nothing in it.
pub const LOOKS: [&str; 2] = ["file_opened", "package_made"];

pub struct FollowHandovers;

#[async_trait::async_trait]
impl Effect for FollowHandovers {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let originals = facts::originals(tx, batch).await?;
        let facts = facts::of(batch, &originals);
        for fact in &facts {
            match fact.kind {
                "resignation.submitted" | "resignation.withdrawn" => start::on_resignation(company, tx, fact).await?,
                people::life::RESCHEDULED => rescheduled(company, tx, fact).await?,
                people::life::LEFT => start::on_departure(company, tx, fact).await?,
                assets::RETURNED | "contacts.snapshot_taken" => property::given_back(tx, fact).await?,
                // A list or an import may be all that says so.
                "employee.upserted" | people::life::AMENDED if fact.text("status") == Some("left") => start::on_departure(company, tx, fact).await?,
                _ => {}
            }
        }
        start::on_more(company, tx, &facts).await?;
        for appended in batch.iter().filter(|a| a.draft.source == customers::SOURCE && a.draft.kind == customers::reassign::STARTED) {
            if let Some(data) = appended.draft.data().filter(|d| d.get("handover").is_some_and(Value::is_string)) {
                passed_on(tx, appended, data).await?;
            }
        }
        for appended in batch {
            // Only our own acts count: a source may use any kind it likes under its own name.
            let Some(data) = appended.draft.data().filter(|_| appended.draft.source == SOURCE) else { continue };
            if appended.draft.kind == "process.saved" {
                keep_process(tx, appended, data).await?;
            } else if let Some(kind) = appended.draft.kind.strip_prefix("handover.") {
                follow(company, tx, appended, kind, data).await?;
            }
        }
        Ok(())
    }
}

fn text<'a>(data: &'a Map<String, Value>, name: &str) -> &'a str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn maybe(data: &Map<String, Value>, name: &str) -> Option<String> {
    data.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn whole(data: &Map<String, Value>, name: &str) -> i64 {
    data.get(name).and_then(Value::as_i64).unwrap_or_default()
}

fn list<'a>(data: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a Map<String, Value>> {
    data.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn actor<'a>(data: &'a Map<String, Value>, name: &str) -> &'a str {
    data.get("by").and_then(Value::as_object).map(|by| text(by, name)).unwrap_or_default()
}

async fn keep_process(tx: &DatabaseTransaction, act: &Appended<'_>, data: &Map<String, Value>) -> Result<()> {
    process::Entity::insert(process::ActiveModel {
        id: Set(text(data, "process").to_owned()),
        version: Set(i32::try_from(whole(data, "version")).unwrap_or(i32::MAX)),
        definition: Set(data.get("definition").map(Value::to_string).unwrap_or_default()),
        changed_at: Set(act.draft.at),
        changed_by: Set(actor(data, "name").to_owned()),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

async fn follow(company: &Company, tx: &DatabaseTransaction, act: &Appended<'_>, kind: &str, data: &Map<String, Value>) -> Result<()> {
    let id = text(data, "handover").to_owned();
    let at = act.draft.at;
    let mut shown = maybe(data, "reason").or_else(|| maybe(data, "text")).filter(|t| !t.is_empty());
    match kind {
        "started" => started(company, tx, act, data).await?,
        "item_added" => shown = shown.or_else(|| data.get("added").and_then(|a| a["name"]["zh"].as_str()).map(str::to_owned)),
        "item_submitted" | "item_reviewed" | "item_waived" => {
            if let Some(item) = item_act(tx, kind, data, at).await? {
                property::on_accepted(company, tx, &item, act.draft.employee.as_deref().unwrap_or_default()).await?;
            }
            settle(tx, &id, at).await?;
        }
        "receivers_set" => {
            let ids: Vec<&str> = data.get("items").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
            for part in ids.chunks(500) {
                item::Entity::update_many()
                    .col_expr(item::Column::Receiver, Expr::value(maybe(data, "receiver")))
                    .filter(item::Column::Handover.eq(&id))
                    .filter(item::Column::Id.is_in(part.iter().copied()))
                    .exec(tx)
                    .await?;
            }
            // The number, not the name: an erased person is not named here either; the page looks the name up.
            shown = Some(json!({ "count": ids.len(), "receiver": maybe(data, "receiver") }).to_string());
        }
        "reconciled" => reconciled(tx, &id, at, data).await?,
        "finding_decided" => {
            finding::Entity::update_many()
                .col_expr(finding::Column::Status, Expr::value(text(data, "decision")))
                .col_expr(finding::Column::Reason, Expr::value(maybe(data, "reason")))
                .col_expr(finding::Column::DecidedAt, Expr::value(Some(at)))
                .col_expr(finding::Column::DecidedBy, Expr::value(Some(actor(data, "name").to_owned())))
                .filter(finding::Column::Handover.eq(&id))
                .filter(finding::Column::Customer.eq(text(data, "customer")))
                .exec(tx)
                .await?;
        }
        "reassigned" => moves_of(tx, &id, at, data).await?,
        "duty_done" | "certificate_issued" => {
            // The certificate, or the paper that shows what was done.
            let file = data.get("file").filter(|f| f.is_object()).map(|file| json!({ "file": file }));
            let content = data.get("content").cloned().or(file);
            duty::Entity::update_many()
                .col_expr(duty::Column::Status, Expr::value("done"))
                .col_expr(duty::Column::DoneOn, Expr::value(maybe(data, "done_on")))
                .col_expr(duty::Column::Note, Expr::value(maybe(data, "note")))
                .col_expr(duty::Column::Content, Expr::value(content.map(|c| c.to_string())))
                .col_expr(duty::Column::Idx, Expr::value(Some(act.idx)))
                .filter(duty::Column::Handover.eq(&id))
                .filter(duty::Column::Duty.eq(text(data, "duty")))
                .exec(tx)
                .await?;
            shown = duty_name(text(data, "duty"))?.or(shown);
        }
        "certificate_filed" => {
            let file = data.get("file").cloned().unwrap_or_default();
            certificate::add(tx, &id, data.get("number").and_then(Value::as_str), |content| drop(content.insert("file".into(), file))).await?;
        }
        "certificate_corrected" => {
            certificate::supersede(tx, &id, data, at, &id_of(act.idx)).await?;
            shown = Some(format!("{} → {} {}", text(data, "replaces"), data["content"]["number"].as_str().unwrap_or_default(), text(data, "reason")));
        }
        "certificate_delivered" | "certificate_received" => {
            delivery::keep(tx, &id, kind, data, at, id_of(act.idx)).await?;
            if kind == "certificate_delivered" {
                shown = Some(serde_json::to_string(&delivery::said(data))?);
            }
        }
        "checklist_made" => {
            checklist::keep(tx, act, &id, data).await?;
            shown = Some(format!("{} {}", text(data, "number"), text(data, "reason")));
        }
        "duty_overdue" => {
            duty::Entity::update_many()
                .col_expr(duty::Column::OverdueAt, Expr::value(Some(at)))
                .filter(duty::Column::Handover.eq(&id))
                .filter(duty::Column::Duty.eq(text(data, "duty")))
                .exec(tx)
                .await?;
            shown = duty_name(text(data, "duty"))?;
        }
        "hold_refused" | "hold_noted" | "deduction_refused" | deduction::NOTED => {
            let (zh, en) = super::law::called(text(data, "what"));
            let (law, law_en) = super::law::article(text(data, "rule"), text(data, "what"));
            let reason = text(data, "reason");
            shown = Some(serde_json::to_string(&Said::new(format!("{zh}（{law}）：{reason}"), format!("{en} ({law_en}): {reason}")))?);
        }
        deduction::WITHDRAWN => deduction::follow(tx, &id, act.idx, data).await?,
        "objected" => {
            objection::Entity::insert(objection::ActiveModel {
                id: Set(text(data, "objection").to_owned()),
                handover: Set(id.clone()),
                item: Set(maybe(data, "item")),
                at: Set(at),
                text: Set(text(data, "text").to_owned()),
                answer: Set(None),
                answered_at: Set(None),
                answered_by: Set(None),
            })
            .exec_without_returning(tx)
            .await?;
        }
        "objection_answered" => {
            objection::Entity::update_many()
                .col_expr(objection::Column::Answer, Expr::value(maybe(data, "text")))
                .col_expr(objection::Column::AnsweredAt, Expr::value(Some(at)))
                .col_expr(objection::Column::AnsweredBy, Expr::value(Some(actor(data, "name").to_owned())))
                .filter(objection::Column::Id.eq(text(data, "objection")))
                .exec(tx)
                .await?;
        }
        "last_day_changed" => {
            last_day(tx, &id, data).await?;
            clock::arm(company, tx, &id).await?;
            shown = Some(format!("{} {}", text(data, "last_day"), text(data, "reason")).trim().to_owned());
        }
        "closed" => {
            handover::Entity::update_many()
                .col_expr(handover::Column::Status, Expr::value("closed"))
                .col_expr(handover::Column::ClosedAt, Expr::value(Some(at)))
                .col_expr(handover::Column::ClosedReason, Expr::value(maybe(data, "reason")))
                .filter(handover::Column::Id.eq(&id))
                .exec(tx)
                .await?;
            // Nobody leaves, or another handover has these steps: none of them is owed any more by this one.
            if data.get("void") == Some(&Value::Bool(true)) {
                duty::Entity::delete_many().filter(duty::Column::Handover.eq(&id)).filter(duty::Column::Status.eq("pending")).exec(tx).await?;
            }
        }
        "reminded" | "escalated" => shown = maybe(data, "note"),
        "file_opened" => shown = maybe(data, "name"),
        _ => {}
    }
    // By hand, or with the decision on what was found.
    if let Some(added) = data.get("added").and_then(Value::as_object) {
        let spec = added.get("spec").map(Value::to_string).unwrap_or_default();
        let row = item_row(&id, added, text(added, "group"), &spec);
        if let Some(customer) = row.reference.clone().filter(|_| row.kind == "customer") {
            listed(tx, &id, &customer, at, actor(data, "name")).await?;
        }
        item::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
        settle(tx, &id, at).await?;
        clock::arm(company, tx, &id).await?;
    }
    note(tx, act.idx, at, &id, kind, data, shown).await?;
    // Whoever leaves and whoever takes over hear of it too, but not of what is looked into.
    if !super::history::NOT_FOR_THE_LEAVER.contains(&kind) {
        let mut concerned: Vec<String> = act.draft.employee.iter().cloned().chain(maybe(data, "receiver")).collect();
        if let Some(item) = maybe(data, "item") {
            concerned.extend(item::Entity::find_by_id(item).one(tx).await?.and_then(|i| i.receiver));
        }
        for number in concerned {
            events::emit(tx, at, "handover", &format!("handovers.act#{number}"), &json!({ "id": id, "kind": kind })).await?;
        }
    }
    let audience = format!("handovers.see#{}", act.draft.employee.as_deref().unwrap_or_default());
    events::emit(tx, at, "handover", &audience, &json!({ "id": id, "kind": kind })).await
}

fn duty_name(name: &str) -> Result<Option<String>> {
    let said = super::law::duty(name).map(|of| Said::new(of.title.0, of.title.1));
    Ok(said.map(|s| serde_json::to_string(&s)).transpose()?)
}

/// A finding whose customer is on the list by now needs no decision.
async fn listed(tx: &DatabaseTransaction, handover: &str, customer: &str, at: i64, by: &str) -> Result<()> {
    finding::Entity::update_many()
        .col_expr(finding::Column::Status, Expr::value("added"))
        .col_expr(finding::Column::DecidedAt, Expr::value(Some(at)))
        .col_expr(finding::Column::DecidedBy, Expr::value(Some(by.to_owned())))
        .filter(finding::Column::Handover.eq(handover))
        .filter(finding::Column::Customer.eq(customer))
        .filter(finding::Column::Status.eq("open"))
        .exec(tx)
        .await?;
    Ok(())
}

/// The last day of a resignation was moved by an act of people: the handover moves in the same transaction.
async fn rescheduled(company: &Company, tx: &DatabaseTransaction, fact: &Fact<'_>) -> Result<()> {
    let Some(employee) = fact.text("employee") else { return Ok(()) };
    let of_theirs = handover::Entity::find()
        .filter(handover::Column::Employee.eq(employee))
        .filter(handover::Column::Status.ne("closed"))
        .filter(handover::Column::Kind.eq("resignation"));
    let Some(row) = of_theirs.one(tx).await? else { return Ok(()) };
    last_day(tx, &row.id, fact.data).await?;
    clock::arm(company, tx, &row.id).await?;
    let shown = format!("{} {}", text(fact.data, "last_day"), text(fact.data, "reason")).trim().to_owned();
    note(tx, fact.idx, fact.at, &row.id, "last_day_changed", fact.data, Some(shown)).await?;
    events::emit(tx, fact.at, "handover", &format!("handovers.see#{employee}"), &json!({ "id": row.id, "kind": "last_day_changed" })).await
}

/// The line of the history, and the new revision.
pub(super) async fn note(tx: &DatabaseTransaction, idx: i64, at: i64, id: &str, kind: &str, data: &Map<String, Value>, shown: Option<String>) -> Result<()> {
    // A package or a paper is made from a revision and does not make a new one, and neither does a look.
    if !LOOKS.contains(&kind) && kind != "checklist_made" {
        handover::Entity::update_many()
            .col_expr(handover::Column::Revision, Expr::col(handover::Column::Revision).add(1))
            .filter(handover::Column::Id.eq(id))
            .exec(tx)
            .await?;
    }
    event::Entity::insert(event::ActiveModel {
        idx: Set(idx),
        handover: Set(id.to_owned()),
        item: Set(maybe(data, "item")),
        at: Set(at),
        actor_id: Set(actor(data, "id").to_owned()),
        actor_name: Set(actor(data, "name").to_owned()),
        kind: Set(kind.to_owned()),
        text: Set(shown),
        amount: Set((kind == deduction::NOTED && text(data, "what") == "loss").then(|| data.get("amount").and_then(Value::as_i64)).flatten()),
        withdrawn: Set(None),
        taken: Set(false),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

async fn started(company: &Company, tx: &DatabaseTransaction, act: &Appended<'_>, data: &Map<String, Value>) -> Result<()> {
    let id = text(data, "handover").to_owned();
    let chosen = data.get("process").and_then(Value::as_object);
    let definition = chosen.and_then(|p| p.get("definition")).cloned().unwrap_or_default();
    let known: template::Process = serde_json::from_value(definition.clone())?;
    handover::Entity::insert(handover::ActiveModel {
        id: Set(id.clone()),
        number: Set(text(data, "number").to_owned()),
        employee: Set(text(data, "employee").to_owned()),
        kind: Set(text(data, "kind").to_owned()),
        status: Set("running".into()),
        process: Set(chosen.map(|p| text(p, "id").to_owned()).unwrap_or_default()),
        process_version: Set(chosen.map_or(0, |p| i32::try_from(whole(p, "version")).unwrap_or_default())),
        definition: Set(definition.to_string()),
        submitted_on: Set(maybe(data, "submitted_on")),
        last_day: Set(maybe(data, "last_day")),
        reason: Set(text(data, "reason").to_owned()),
        started_at: Set(act.draft.at),
        started_by: Set(actor(data, "name").to_owned()),
        signed_at: Set(None),
        closed_at: Set(None),
        closed_reason: Set(None),
        reconciled_at: Set(None),
        revision: Set(0),
    })
    .exec_without_returning(tx)
    .await?;
    let rows: Vec<_> = list(data, "items")
        .filter_map(|i| {
            let what = known.node(text(i, "node"))?.what.iter().find(|w| w.id == text(i, "what"))?;
            let spec = serde_json::to_string(what).ok()?;
            Some(item_row(&id, i, &what.group, &spec).into_active_model().reset_all())
        })
        .collect();
    for part in rows.chunks(500) {
        item::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
    }
    duties(tx, &id, data).await?;
    clock::arm(company, tx, &id).await
}

fn item_row(handover: &str, of: &Map<String, Value>, group: &str, spec: &str) -> item::Model {
    item::Model {
        id: text(of, "id").to_owned(),
        handover: handover.to_owned(),
        node: text(of, "node").to_owned(),
        grp: group.to_owned(),
        kind: text(of, "kind").to_owned(),
        reference: maybe(of, "reference"),
        place: i32::try_from(whole(of, "place")).unwrap_or(i32::MAX),
        name: of.get("name").map(Value::to_string).unwrap_or_default(),
        detail: of.get("detail").map_or_else(|| "{}".into(), Value::to_string),
        spec: spec.to_owned(),
        origin: text(of, "origin").to_owned(),
        status: "open".into(),
        stage: 0,
        receiver: None,
        due: maybe(of, "due"),
        given: "{}".into(),
        files: "[]".into(),
        submitted_at: None,
        submitted_by: None,
        remark: None,
        decided_at: None,
        revision: 0,
    }
}

/// The item as the act leaves it.
async fn item_act(tx: &DatabaseTransaction, kind: &str, data: &Map<String, Value>, at: i64) -> Result<Option<item::Model>> {
    let Some(mut row) = item::Entity::find_by_id(text(data, "item")).one(tx).await? else { return Ok(None) };
    row.revision += 1;
    match kind {
        "item_submitted" => {
            row.status = "submitted".into();
            row.stage = 0;
            row.given = data.get("values").map_or_else(|| "{}".into(), Value::to_string);
            row.files = data.get("files").map_or_else(|| "[]".into(), Value::to_string);
            row.submitted_at = Some(at);
            row.submitted_by = Some(actor(data, "id").to_owned());
            row.remark = None;
        }
        "item_reviewed" if data.get("accepted") == Some(&Value::Bool(true)) => {
            row.stage += 1;
            if data.get("last") == Some(&Value::Bool(true)) {
                row.status = "accepted".into();
                row.decided_at = Some(at);
            }
        }
        "item_reviewed" => {
            row.status = "returned".into();
            row.stage = 0;
            row.remark = maybe(data, "reason");
        }
        _ => {
            row.status = "waived".into();
            row.remark = maybe(data, "reason");
            row.decided_at = Some(at);
        }
    }
    item::Entity::update(row.clone().into_active_model().reset_all()).exec(tx).await?;
    Ok(Some(row))
}

/// Signed off or, when something was added to it, no longer.
pub(super) async fn settle(tx: &DatabaseTransaction, id: &str, at: i64) -> Result<()> {
    let Some(row) = handover::Entity::find_by_id(id).one(tx).await?.filter(|h| h.status != "closed") else { return Ok(()) };
    let process = work::process(&row)?;
    let left = item::Entity::find()
        .filter(item::Column::Handover.eq(id))
        .filter(item::Column::Node.is_in(work::wanted(&process)))
        .filter(item::Column::Status.is_not_in(work::DONE))
        .count(tx)
        .await?;
    let signed = left == 0;
    if signed != (row.status == "signed_off") {
        handover::Entity::update_many()
            .col_expr(handover::Column::Status, Expr::value(if signed { "signed_off" } else { "running" }))
            .col_expr(handover::Column::SignedAt, Expr::value(signed.then_some(at)))
            .filter(handover::Column::Id.eq(id))
            .exec(tx)
            .await?;
    }
    Ok(())
}

async fn duties(tx: &DatabaseTransaction, id: &str, data: &Map<String, Value>) -> Result<()> {
    let rows: Vec<_> = list(data, "duties")
        .map(|d| duty::ActiveModel {
            handover: Set(id.to_owned()),
            duty: Set(text(d, "duty").to_owned()),
            due: Set(text(d, "due").to_owned()),
            status: Set("pending".into()),
            done_on: Set(None),
            note: Set(None),
            overdue_at: Set(None),
            content: Set(None),
            idx: Set(None),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let again = OnConflict::columns([duty::Column::Handover, duty::Column::Duty]).update_column(duty::Column::Due).to_owned();
    duty::Entity::insert_many(rows).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

async fn last_day(tx: &DatabaseTransaction, id: &str, data: &Map<String, Value>) -> Result<()> {
    let day = text(data, "last_day");
    handover::Entity::update_many().col_expr(handover::Column::LastDay, Expr::value(Some(day.to_owned()))).filter(handover::Column::Id.eq(id)).exec(tx).await?;
    let Ok(last) = day.parse::<jiff::civil::Date>() else { return Ok(()) };
    for of in &super::law::DUTIES {
        duty::Entity::update_many()
            .col_expr(duty::Column::Due, Expr::value(of.due(last).to_string()))
            .col_expr(duty::Column::OverdueAt, Expr::value(None::<i64>))
            .filter(duty::Column::Handover.eq(id))
            .filter(duty::Column::Duty.eq(of.name))
            .filter(duty::Column::Status.eq("pending"))
            .exec(tx)
            .await?;
    }
    // What is not done yet is due by the last day at the latest.
    item::Entity::update_many()
        .col_expr(item::Column::Due, Expr::value(Some(day.to_owned())))
        .filter(item::Column::Handover.eq(id))
        .filter(item::Column::Status.is_in(["open", "submitted", "returned"]))
        .filter(item::Column::Due.gt(day))
        .exec(tx)
        .await?;
    Ok(())
}

async fn reconciled(tx: &DatabaseTransaction, id: &str, at: i64, data: &Map<String, Value>) -> Result<()> {
    let rows: Vec<_> = list(data, "findings")
        .map(|f| finding::ActiveModel {
            handover: Set(id.to_owned()),
            customer: Set(text(f, "customer").to_owned()),
            dealings: Set(f.get("dealings").map(Value::to_string).unwrap_or_default()),
            newest: Set(whole(f, "newest")),
            status: Set("open".into()),
            reason: Set(None),
            decided_at: Set(None),
            decided_by: Set(None),
        })
        .collect();
    for part in rows.chunks(200) {
        // Decided before: the decision stands, the figures are renewed.
        let again = OnConflict::columns([finding::Column::Handover, finding::Column::Customer])
            .update_columns([finding::Column::Dealings, finding::Column::Newest])
            .to_owned();
        finding::Entity::insert_many(part.iter().cloned()).on_conflict(again).exec_without_returning(tx).await?;
    }
    handover::Entity::update_many().col_expr(handover::Column::ReconciledAt, Expr::value(Some(at))).filter(handover::Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

/// A reassignment was started for this handover, or one taken back: what becomes of each customer it knows itself.
async fn passed_on(tx: &DatabaseTransaction, act: &Appended<'_>, data: &Map<String, Value>) -> Result<()> {
    let (id, batch, back) = (text(data, "handover"), text(data, "reassignment"), data.get("undoes").is_some_and(Value::is_string));
    let pairs: Vec<(&str, &str)> =
        data.get("moves").and_then(Value::as_array).into_iter().flatten().filter_map(|m| Some((m[0].as_str()?, m[1].as_str()?))).collect();
    if back {
        for part in pairs.chunks(500) {
            // Who received them stays named until they are back.
            moved::Entity::update_many()
                .col_expr(moved::Column::Batch, Expr::value(batch))
                .col_expr(moved::Column::Status, Expr::value("undoing"))
                .col_expr(moved::Column::At, Expr::value(act.draft.at))
                .filter(moved::Column::Handover.eq(id))
                .filter(moved::Column::Customer.is_in(part.iter().map(|(customer, _)| *customer)))
                .exec(tx)
                .await?;
        }
    } else {
        let moves: Vec<Value> = pairs.iter().map(|(customer, to)| json!({ "customer": customer, "receiver": to, "status": "running" })).collect();
        let Value::Object(rows) = json!({ "batch": batch, "moves": moves }) else { return Ok(()) };
        moves_of(tx, id, act.draft.at, &rows).await?;
    }
    let kind = if back { "reassign_undone" } else { "reassigned" };
    note(tx, act.idx, act.draft.at, id, kind, data, maybe(data, "reason")).await?;
    let Some(of) = handover::Entity::find_by_id(id).one(tx).await? else { return Ok(()) };
    let receivers: BTreeSet<&str> = pairs.iter().map(|(_, to)| *to).filter(|to| !to.is_empty()).collect();
    for number in receivers.into_iter().chain([of.employee.as_str()]) {
        events::emit(tx, act.draft.at, "handover", &format!("handovers.act#{number}"), &json!({ "id": id, "kind": kind })).await?;
    }
    events::emit(tx, act.draft.at, "handover", &format!("handovers.see#{}", of.employee), &json!({ "id": id, "kind": kind })).await
}

async fn moves_of(tx: &DatabaseTransaction, id: &str, at: i64, data: &Map<String, Value>) -> Result<()> {
    let rows: Vec<_> = list(data, "moves")
        .map(|m| moved::ActiveModel {
            handover: Set(id.to_owned()),
            customer: Set(text(m, "customer").to_owned()),
            batch: Set(text(data, "batch").to_owned()),
            receiver: Set(maybe(m, "receiver")),
            status: Set(text(m, "status").to_owned()),
            note: Set(m.get("note").filter(|n| n.is_object()).map(Value::to_string)),
            at: Set(at),
        })
        .collect();
    for part in rows.chunks(200) {
        let again = OnConflict::columns([moved::Column::Handover, moved::Column::Customer])
            .update_columns([moved::Column::Batch, moved::Column::Receiver, moved::Column::Status, moved::Column::Note, moved::Column::At])
            .to_owned();
        moved::Entity::insert_many(part.iter().cloned()).on_conflict(again).exec_without_returning(tx).await?;
    }
    Ok(())
}
