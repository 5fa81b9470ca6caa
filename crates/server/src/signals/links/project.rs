//! Notes, in the record's transaction, which records may carry a role for whom, and queues the follow-up.

use super::{
    FOLLOW, FOLLOW_ALL, customers,
    model::{chain_fact, class},
};
use crate::{
    company::Company,
    error::Result,
    evidence::chain::decode::denies,
    intake::facts::{self, Fact},
    jobs,
    records::{Appended, Effect},
};
use probity_lexicon::Reading;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};

pub struct Projection;

struct Row<'a> {
    employee: &'a str,
    class: &'static str,
    customer: &'a str,
}

#[async_trait::async_trait]
impl Effect for Projection {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let originals = facts::originals(tx, batch).await?;
        let facts = facts::of(batch, &originals);
        let recognised = customers::note(tx, &facts).await?;
        let readings: HashMap<i64, &Reading> = batch.iter().filter_map(|a| Some((a.idx, a.draft.reading.as_ref()?))).collect();
        let mut rows = Vec::new();
        let mut touched: BTreeSet<String> = BTreeSet::new();
        let mut maybe: BTreeSet<String> = BTreeSet::new();
        // Who an unknown outsider was is found only by looking, so a newly known customer concerns everybody.
        let mut everyone = recognised;
        let mut corrected = Vec::new();
        let mut moved: BTreeSet<String> = BTreeSet::new();
        for fact in facts {
            corrected.extend(fact.corrects);
            if matches!(fact.kind, "company.upserted" | "customer.upserted") {
                everyone |= fact.kind == "company.upserted";
                continue;
            }
            if matches!(fact.kind, "customer.assigned") {
                maybe.extend(fact.text("employee").map(str::to_owned));
                continue;
            }
            for row in rows_of(&fact, readings.get(&fact.idx).copied()) {
                if row.class == class::DID {
                    moved.insert(row.customer.to_owned());
                }
                match row.class {
                    class::SAID | class::DID | class::PAID => touched.insert(row.employee.to_owned()),
                    _ => maybe.insert(row.employee.to_owned()),
                };
                rows.push(chain_fact::ActiveModel {
                    employee: Set(keepable(row.employee)),
                    class: Set(row.class.to_owned()),
                    at: Set(fact.at),
                    idx: Set(fact.idx),
                    customer: Set(keepable(row.customer)),
                    kind: Set(fact.kind.to_owned()),
                });
            }
        }
        for part in rows.chunks(1000) {
            chain_fact::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
        }
        if !corrected.is_empty() {
            let gone: Vec<String> = chain_fact::Entity::find()
                .select_only()
                .column(chain_fact::Column::Employee)
                .filter(chain_fact::Column::Idx.is_in(corrected.iter().copied()))
                .into_tuple()
                .all(tx)
                .await?;
            touched.extend(gone);
            chain_fact::Entity::delete_many().filter(chain_fact::Column::Idx.is_in(corrected)).exec(tx).await?;
        }
        touched.extend(spoke_about(tx, &moved).await?);
        self.follow_up(company, tx, touched, maybe, everyone).await
    }
}

impl Projection {
    /// One job an employee whose chains may have changed. What only supports a chain (an assignment, a visit) matters
    /// only to those who said or did something.
    async fn follow_up(
        &self,
        company: &Company,
        tx: &DatabaseTransaction,
        mut touched: BTreeSet<String>,
        maybe: BTreeSet<String>,
        everyone: bool,
    ) -> Result<()> {
        let now = company.now();
        let maybe: Vec<&String> = maybe.iter().filter(|e| !e.is_empty() && !touched.contains(*e)).collect();
        for part in maybe.chunks(500) {
            let found: Vec<String> = chain_fact::Entity::find()
                .select_only()
                .column(chain_fact::Column::Employee)
                .filter(chain_fact::Column::Employee.is_in(part.iter().copied()))
                .filter(chain_fact::Column::Class.is_in([class::SAID, class::DID]))
                .distinct()
                .into_tuple()
                .all(tx)
                .await?;
            touched.extend(found);
        }
        for employee in &touched {
            jobs::enqueue(tx, FOLLOW, Some(employee), &json!({ "employee": employee }), now).await?;
        }
        if everyone {
            jobs::enqueue(tx, FOLLOW_ALL, Some("all"), &json!({}), now).await?;
        }
        Ok(())
    }
}

/// Who wrote telling words to these customers: an order that moved under a colleague's name concerns them, too.
async fn spoke_about(tx: &DatabaseTransaction, customers: &BTreeSet<String>) -> Result<Vec<String>> {
    let customers: Vec<String> = customers.iter().filter(|c| !c.is_empty()).map(|c| keepable(c)).collect();
    let mut all = Vec::new();
    for part in customers.chunks(500) {
        let found: Vec<String> = chain_fact::Entity::find()
            .select_only()
            .column(chain_fact::Column::Employee)
            .filter(chain_fact::Column::Customer.is_in(part.iter().cloned()))
            .filter(chain_fact::Column::Class.eq(class::SAID))
            .distinct()
            .into_tuple()
            .all(tx)
            .await?;
        all.extend(found);
    }
    Ok(all)
}

/// NUL cannot be kept by PostgreSQL.
fn keepable(s: &str) -> String {
    s.replace('\0', "")
}

fn text<'a>(data: &'a Map<String, Value>, name: &str) -> &'a str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn rows_of<'a>(fact: &Fact<'a>, reading: Option<&Reading>) -> Vec<Row<'a>> {
    let data = fact.data;
    let row = |class| Row { employee: text(data, "employee"), class, customer: text(data, "customer") };
    match fact.kind {
        "message.sent" => message_rows(data, reading),
        "order.placed" => vec![row(class::PLACED)],
        "order.transferred" | "order.cancelled" | "customer.lost" => vec![row(class::DID)],
        "customer.followed_up" | "customer.accessed" | "deal.stage_changed" | "call.made" | "inquiry.received" => {
            let r = row(class::REACH);
            if r.employee.is_empty() || r.customer.is_empty() { Vec::new() } else { vec![r] }
        }
        "track.recorded" => vec![row(class::STOP)],
        "visit.checked_in" => {
            let mut rows = vec![row(class::STOP)];
            rows.extend((!text(data, "employee").is_empty() && !text(data, "customer").is_empty()).then(|| row(class::REACH)));
            rows
        }
        "transfer.booked" => {
            let his = text(data, "direction") == "in" && matches!(text(data, "basis"), "voluntary_submission" | "court_order");
            let r = row(class::PAID);
            if his && !r.employee.is_empty() { vec![r] } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

fn message_rows<'a>(data: &'a Map<String, Value>, reading: Option<&Reading>) -> Vec<Row<'a>> {
    let Some(reading) = reading else { return Vec::new() };
    let promises = !reading.shares.is_empty() || !reading.amounts.is_empty();
    if !promises && reading.hits.is_empty() {
        return Vec::new();
    }
    let from = data.get("from").and_then(Value::as_object);
    let to: Vec<&Map<String, Value>> = data.get("to").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).collect();
    let writer = from.map(|f| text(f, "employee")).unwrap_or_default();
    if writer.is_empty() {
        // What an outsider puts forward is heard only as what may be accepted.
        if !promises && reading.hits.iter().all(|h| h.exception.is_some()) {
            return Vec::new();
        }
        return to.iter().map(|p| text(p, "employee")).filter(|e| !e.is_empty()).map(|employee| Row { employee, class: class::REPLY, customer: "" }).collect();
    }
    let outside: Vec<&str> = to.iter().filter(|p| text(p, "employee").is_empty()).map(|p| text(p, "customer")).collect();
    let Some(first) = outside.first() else { return Vec::new() };
    // A group with people of several customers belongs to none of them alone.
    let customer = if outside.iter().all(|c| c == first) { first } else { "" };
    let class = if reading.hits.iter().any(|h| h.exception.is_none()) {
        class::SAID
    } else if promises && !denies(reading) {
        class::PROMISE
    } else {
        return Vec::new();
    };
    vec![Row { employee: writer, class, customer }]
}
