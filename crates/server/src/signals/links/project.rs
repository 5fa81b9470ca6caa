//! Notes, in the record's transaction, which records may carry a role for whom, and queues the follow-up.

use super::{
    FOLLOW, FOLLOW_ALL, customers,
    model::{chain_fact, class},
    near::Near,
};
use crate::{
    company::Company,
    error::Result,
    evidence::chain::decode::denies,
    intake::facts::{self, Fact},
    jobs,
    records::{Appended, Effect},
    store::{
        bulk::{self, Cells},
        keepable,
    },
};
use probity_lexicon::Reading;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};

/// Rows handed over at a time: one message may name thousands.
const ROWS: usize = 2048;

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
        let mut talked: BTreeSet<String> = BTreeSet::new();
        let mut near = Near::default();
        // Who an unknown outsider was is found only by looking, so a newly known customer concerns everybody.
        let mut everyone = recognised;
        let mut corrected: Vec<i64> = Vec::new();
        for fact in facts {
            corrected.extend(fact.replaces);
            match fact.kind {
                "company.upserted" | "customer.upserted" => {
                    everyone |= fact.kind == "company.upserted";
                    continue;
                }
                "customer.assigned" => {
                    let from = facts::moment(company, text(fact.data, "from"), false).unwrap_or(fact.at);
                    near.assigned(&keepable(text(fact.data, "employee")), &keepable(text(fact.data, "customer")), Ord::min(from, fact.at));
                    // Whom and what it spoke of before it was put right is sealed.
                    everyone |= fact.corrects().is_some();
                    continue;
                }
                _ => {}
            }
            for row in rows_of(&fact, readings.get(&fact.idx).copied()) {
                let (employee, customer) = (keepable(row.employee), keepable(row.customer));
                match row.class {
                    class::SAID | class::DID | class::PAID => drop(touched.insert(employee.clone())),
                    class::PROMISE | class::REPLY => drop(talked.insert(employee.clone())),
                    _ => {}
                }
                near.note(row.class, &employee, &customer, &fact, company).await?;
                rows.push(chain_fact::Model { employee, class: row.class.to_owned(), at: fact.at, idx: fact.idx, customer, kind: fact.kind.to_owned() });
            }
        }
        write(tx, rows).await?;
        if !corrected.is_empty() {
            let wrong = || bulk::among_numbers(tx, chain_fact::Column::Idx, corrected.iter().copied());
            for gone in chain_fact::Entity::find().filter(wrong()).all(tx).await? {
                near.row(&gone.class, &gone.customer, gone.at);
                touched.insert(gone.employee);
            }
            chain_fact::Entity::delete_many().filter(wrong()).exec(tx).await?;
        }
        near.concerned(company, tx, &mut touched).await?;
        talked.retain(|e| !touched.contains(e));
        touched.extend(those_with(tx, talked, answerable()).await?);
        look_at(company, tx, &touched).await?;
        if everyone {
            jobs::enqueue(tx, FOLLOW_ALL, Some("all"), &json!({}), company.now()).await?;
        }
        Ok(())
    }
}

/// One job an employee whose chains may have changed.
pub(super) async fn look_at(company: &Company, tx: &DatabaseTransaction, employees: &BTreeSet<String>) -> Result<()> {
    let now = company.now();
    for employee in employees.iter().filter(|e| !e.is_empty()) {
        jobs::enqueue(tx, FOLLOW, Some(employee), &json!({ "employee": employee }), now).await?;
    }
    Ok(())
}

/// Those of the employees who have such a row.
pub(super) async fn those_with(tx: &DatabaseTransaction, employees: BTreeSet<String>, row: Condition) -> Result<Vec<String>> {
    let employees: Vec<String> = employees.into_iter().filter(|e| !e.is_empty()).collect();
    if employees.is_empty() {
        return Ok(employees);
    }
    Ok(chain_fact::Entity::find()
        .select_only()
        .column(chain_fact::Column::Employee)
        .filter(bulk::among(tx, chain_fact::Column::Employee, employees))
        .filter(row)
        .distinct()
        .into_tuple()
        .all(tx)
        .await?)
}

/// A row that a sum or share named in a message may belong to, as `gather` reads it: an order or customer that moved,
/// one's own or one spoken about; a payment; a telling word towards somebody whose customer is not known. A word towards
/// a known customer of whom nothing moved stays what it is, and ordinary business talk is full of sums.
fn answerable() -> Condition {
    use chain_fact::Column::{Class, Customer};
    let moved = Query::select()
        .expr(Expr::val(1))
        .from_as(chain_fact::Entity, "moved")
        .and_where(Expr::col(("moved", Customer)).equals((chain_fact::Entity, Customer)))
        .and_where(ExprTrait::eq(Expr::col(("moved", Class)), class::DID))
        .to_owned();
    // The classes first, by themselves: an employee has thousands of rows of the others.
    let telling = Class.is_in([class::SAID, class::DID, class::PAID]);
    Condition::all().add(telling).add(Condition::any().add(Class.ne(class::SAID)).add(Customer.eq("")).add(Expr::exists(moved)))
}

/// Where sums are talked of, every third message has a row.
async fn write(tx: &DatabaseTransaction, mut rows: Vec<chain_fact::Model>) -> Result<()> {
    while !rows.is_empty() {
        let part = rows.split_off(rows.len().saturating_sub(ROWS));
        let (mut employees, mut classes, mut customers, mut kinds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut times, mut indices) = (Vec::new(), Vec::new());
        for row in part {
            employees.push(row.employee);
            classes.push(row.class);
            times.push(row.at);
            indices.push(row.idx);
            customers.push(row.customer);
            kinds.push(row.kind);
        }
        let columns = vec![
            ("employee", Cells::Text(employees)),
            ("class", Cells::Text(classes)),
            ("at", Cells::Whole(times)),
            ("idx", Cells::Whole(indices)),
            ("customer", Cells::Text(customers)),
            ("kind", Cells::Text(kinds)),
        ];
        bulk::insert(tx, "chain_facts", columns).await?;
    }
    Ok(())
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
        // Each once, however often a list of recipients names somebody.
        let heard: BTreeSet<&str> = to.iter().map(|p| text(p, "employee")).filter(|e| !e.is_empty()).collect();
        return heard.into_iter().map(|employee| Row { employee, class: class::REPLY, customer: "" }).collect();
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{jobs::model::job, records::Draft, testing::on_each_engine};
    use probity_lexicon::{Audience, Lexicon};
    use sea_orm::QueryOrder;

    /// Business talk is full of sums: one of them asks for a look at chains only where it could belong to something.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_sum_that_nothing_could_answer_asks_for_no_look() {
        on_each_engine(|t| async move {
            let row = |employee: &str, class: &str, idx: i64, customer: &str| chain_fact::Model {
                employee: employee.into(),
                class: class.into(),
                at: 1,
                idx,
                customer: customer.into(),
                kind: "message.sent".into(),
            };
            let there = vec![
                row("E1", class::SAID, 1, "C1"),
                row("E2", class::SAID, 2, ""),
                row("E3", class::SAID, 3, "C3"),
                row("E9", class::DID, 4, "C3"),
                row("E4", class::DID, 5, "C4"),
                row("E5", class::PAID, 6, ""),
                row("E6", class::PROMISE, 7, "C6"),
            ];
            let tx = t.store.write().await.unwrap();
            write(&tx, there).await.unwrap();
            tx.commit().await.unwrap();
            let lexicon = Lexicon::shipped();
            let drafts = (1..=9)
                .flat_map(|n| [(n, true), (n, false)])
                .map(|(n, own)| {
                    let (ours, theirs) = (json!({ "employee": format!("E{n}") }), json!({ "external": format!("wx{n}"), "customer": format!("C{n}") }));
                    let (from, to) = if own { (ours, theirs) } else { (theirs, ours) };
                    let data = json!({ "channel": "wecom", "conversation": format!("k{n}"), "from": from, "to": [to], "text": "两千行吗" });
                    let data = data.as_object().unwrap().clone();
                    let (id, who) = (format!("m{n}{own}"), Some(format!("E{n}")));
                    let mut draft = Draft::new("/im/a".into(), id, "message.sent".into(), t.now(), who, Vec::new(), data);
                    draft.reading = Some(lexicon.read("两千行吗", Audience::External));
                    draft
                })
                .collect();
            t.writer.append(drafts).await.unwrap();
            let jobs = job::Entity::find().filter(job::Column::Kind.eq(FOLLOW)).order_by_asc(job::Column::UniqueKey).all(t.store.read()).await.unwrap();
            let asked: Vec<String> = jobs.into_iter().filter_map(|j| j.unique_key).collect();
            assert_eq!(asked, ["E2", "E3", "E4", "E5", "E9"], "{}", t.engine);
            let noted = chain_fact::Entity::find().filter(chain_fact::Column::Class.is_in([class::PROMISE, class::REPLY])).all(t.store.read()).await.unwrap();
            assert_eq!(noted.len(), 1 + 18, "every one of them is there when something comes that it answers");
        })
        .await;
    }
}
