//! The tables of a case follow from its acts, in the transaction of the act's record.

use super::{
    SOURCE,
    model::{case, case_alert, case_event, case_file, case_record, case_recusal},
};
use crate::{
    company::Company,
    error::Result,
    events,
    records::{Appended, Effect, idx_of},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde_json::{Map, Value, json};

pub struct FollowCases;

#[async_trait::async_trait]
impl Effect for FollowCases {
    async fn apply(&self, _: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        for appended in batch {
            // Only our own acts count: a source may use any kind it likes under its own name.
            if appended.draft.source == SOURCE && appended.draft.kind.starts_with("case.") {
                if let Some(data) = appended.draft.data() {
                    follow(tx, appended, data).await?;
                }
            }
        }
        Ok(())
    }
}

fn text<'a>(data: &'a Map<String, Value>, name: &str) -> &'a str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn texts(data: &Map<String, Value>, name: &str) -> Vec<String> {
    let list = data.get(name).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

async fn alerts(tx: &DatabaseTransaction, case: &str, data: &Map<String, Value>) -> Result<()> {
    let rows: Vec<_> = texts(data, "alerts").into_iter().map(|alert| case_alert::ActiveModel { case_id: Set(case.to_owned()), alert: Set(alert) }).collect();
    for part in rows.chunks(1000) {
        let again = OnConflict::new().do_nothing().to_owned();
        case_alert::Entity::insert_many(part.iter().cloned()).on_conflict(again).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn follow(tx: &DatabaseTransaction, act: &Appended<'_>, data: &Map<String, Value>) -> Result<()> {
    let id = text(data, "case").to_owned();
    let at = act.draft.at;
    let by = data.get("by").and_then(Value::as_object);
    let actor = |name: &str| by.map(|by| text(by, name).to_owned()).unwrap_or_default();
    let kind = act.draft.kind.strip_prefix("case.").unwrap_or_default();
    let mut shown = None;
    match kind {
        "opened" => {
            case::Entity::insert(case::ActiveModel {
                id: Set(id.clone()),
                number: Set(text(data, "number").to_owned()),
                title: Set(text(data, "title").to_owned()),
                reason: Set(text(data, "reason").to_owned()),
                employee: Set(text(data, "employee").to_owned()),
                status: Set("open".to_owned()),
                outcome: Set(None),
                opened_at: Set(at),
                opened_by: Set(actor("name")),
                closed_at: Set(None),
                revision: Set(0),
            })
            .exec_without_returning(tx)
            .await?;
            alerts(tx, &id, data).await?;
            records(tx, &id, at, &actor("name"), data).await?;
            shown = Some(text(data, "reason").to_owned());
        }
        "records_added" => {
            alerts(tx, &id, data).await?;
            records(tx, &id, at, &actor("name"), data).await?;
            shown = Some(text(data, "reason").to_owned());
        }
        "noted" => shown = Some(text(data, "text").to_owned()),
        "file_added" => {
            case_file::Entity::insert(case_file::ActiveModel {
                case_id: Set(id.clone()),
                sha256: Set(text(data, "sha256").to_owned()),
                name: Set(text(data, "name").to_owned()),
                size: Set(data.get("size").and_then(Value::as_i64).unwrap_or_default()),
                added_at: Set(at),
                added_by: Set(actor("name")),
            })
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
            shown = Some(text(data, "name").to_owned());
        }
        "recused" => {
            case_recusal::Entity::insert(case_recusal::ActiveModel {
                case_id: Set(id.clone()),
                employee: Set(text(data, "who").to_owned()),
                why: Set(text(data, "why").to_owned()),
                at: Set(at),
                by_id: Set(actor("id")),
            })
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
            // Whoever is kept out from now on has a page open perhaps.
            events::rights_changed(tx, at).await?;
            shown = Some(text(data, "reason").to_owned());
        }
        "told" => shown = Some(text(data, "how").to_owned()),
        "retitled" => {
            let title = text(data, "title").to_owned();
            case::Entity::update_many().col_expr(case::Column::Title, Expr::value(title.clone())).filter(case::Column::Id.eq(&id)).exec(tx).await?;
            shown = Some(title);
        }
        "closed" | "reopened" => {
            let closed = kind == "closed";
            case::Entity::update_many()
                .col_expr(case::Column::Status, Expr::value(if closed { "closed" } else { "open" }))
                .col_expr(case::Column::Outcome, Expr::value(data.get("outcome").and_then(Value::as_str).map(str::to_owned)))
                .col_expr(case::Column::ClosedAt, Expr::value(closed.then_some(at)))
                .filter(case::Column::Id.eq(&id))
                .exec(tx)
                .await?;
            shown = Some(text(data, "reason").to_owned());
        }
        _ => {
            let reason = text(data, "reason");
            if !reason.is_empty() {
                shown = Some(reason.to_owned());
            }
        }
    }
    // A package is made from a revision and does not make a new one.
    if !kind.starts_with("package_") {
        case::Entity::update_many()
            .col_expr(case::Column::Revision, Expr::col(case::Column::Revision).add(1))
            .filter(case::Column::Id.eq(&id))
            .exec(tx)
            .await?;
    }
    case_event::Entity::insert(case_event::ActiveModel {
        idx: Set(act.idx),
        case_id: Set(id.clone()),
        at: Set(at),
        actor_id: Set(actor("id")),
        actor_name: Set(actor("name")),
        kind: Set(kind.to_owned()),
        text: Set(shown),
        data: Set(Value::Object(data.clone()).to_string()),
    })
    .exec_without_returning(tx)
    .await?;
    let audience = format!("cases.see#{}", act.draft.employee.as_deref().unwrap_or_default());
    events::emit(tx, at, "case", &audience, &json!({ "id": id, "kind": kind })).await
}

async fn records(tx: &DatabaseTransaction, id: &str, at: i64, by: &str, data: &Map<String, Value>) -> Result<()> {
    let rows: Vec<_> = texts(data, "records")
        .iter()
        .filter_map(|record| idx_of(record))
        .map(|idx| case_record::ActiveModel {
            case_id: Set(id.to_owned()),
            idx: Set(idx),
            added_at: Set(at),
            added_by: Set(by.to_owned()),
            reason: Set(text(data, "reason").to_owned()),
        })
        .collect();
    for part in rows.chunks(1000) {
        // Already in the case: it stays with the reason it came in with.
        let again = OnConflict::new().do_nothing().to_owned();
        case_record::Entity::insert_many(part.iter().cloned()).on_conflict(again).exec_without_returning(tx).await?;
    }
    Ok(())
}
