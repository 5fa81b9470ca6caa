//! Writes what the lexicon found with the record, and lets weak hits ripen.

use super::model::{hit, sign};
use crate::{
    company::Company,
    error::Result,
    records::{Appended, Effect},
    store::{
        bulk::{self, Cells},
        keepable,
    },
};
use probity_lexicon::{Hit, Reading, Severity};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A second sign counts this long before and after.
const REACH_US: i64 = 24 * 3600 * 1_000_000;
const ROWS: usize = 500;

pub struct Keep;

/// Weak hits of one record that a second sign made alerting, in the transaction in which it became known.
#[derive(Debug, Clone, PartialEq)]
pub struct Ripe {
    pub idx: i64,
    pub at: i64,
    pub employee: String,
    pub conversation: String,
    pub counterpart: String,
    pub customer: Option<String>,
    pub backfilled: bool,
    pub hits: Vec<hit::Model>,
}

/// Who wrote to whom, as far as words are concerned.
struct Parties {
    employee: String,
    conversation: String,
    counterpart: String,
    customer: Option<String>,
    direction: &'static str,
}

fn text(m: &Map<String, Value>, name: &str) -> String {
    keepable(m.get(name).and_then(Value::as_str).unwrap_or_default())
}

fn parties(data: &Map<String, Value>) -> Option<Parties> {
    let from = data.get("from")?.as_object()?;
    let to: Vec<&Map<String, Value>> = data.get("to").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).collect();
    let conversation = format!("{}/{}", text(data, "channel"), text(data, "conversation"));
    let writer = text(from, "employee");
    let (employee, outsider, direction) = if writer.is_empty() {
        let employee = to.iter().map(|p| text(p, "employee")).find(|e| !e.is_empty()).unwrap_or_default();
        (employee, Some(from), "in")
    } else {
        let outsider = to.iter().find(|p| text(p, "employee").is_empty()).copied();
        (writer, outsider, if outsider.is_some() { "out" } else { "internal" })
    };
    Some(Parties {
        employee,
        conversation,
        counterpart: outsider.map(|o| text(o, "external")).unwrap_or_default(),
        customer: outsider.map(|o| text(o, "customer")).filter(|c| !c.is_empty()),
        direction,
    })
}

fn hit_row(a: &Appended<'_>, p: &Parties, n: usize, h: &Hit) -> hit::Model {
    let out = p.direction == "out";
    let place = |x: usize| i32::try_from(x).unwrap_or(i32::MAX);
    hit::Model {
        idx: a.idx,
        n: place(n),
        employee: p.employee.clone(),
        conversation: p.conversation.clone(),
        counterpart: p.counterpart.clone(),
        customer: p.customer.clone(),
        at: a.draft.spoken_at(),
        word: h.word.clone(),
        category: h.category.clone(),
        severity: h.severity.as_str().into(),
        step: h.step.as_str().into(),
        start_at: place(h.start),
        end_at: place(h.end),
        strong: h.strong,
        exception: h.exception.clone(),
        alerting: out && h.alerting,
        waiting: out && !h.alerting && h.offered() && h.severity >= Severity::Medium,
        direction: p.direction.into(),
        backfilled: a.backfilled(),
    }
}

/// Is the message a second sign for others? A promise, or a word that needs none itself.
fn sign_row(a: &Appended<'_>, p: &Parties, reading: &Reading) -> Option<sign::Model> {
    let sum = !reading.amounts.is_empty() || !reading.shares.is_empty();
    let word = reading.hits.iter().any(|h| h.strong && h.offered());
    (p.direction != "internal" && (sum || word)).then(|| sign::Model {
        conversation: p.conversation.clone(),
        at: a.draft.spoken_at(),
        idx: a.idx,
        employee: p.employee.clone(),
        promise: sum && p.direction == "out",
    })
}

#[async_trait::async_trait]
impl Effect for Keep {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let (mut hits, mut signs) = (Vec::new(), Vec::new());
        for a in batch {
            let Some(reading) = a.draft.reading.as_ref() else { continue };
            if reading.hits.is_empty() && reading.amounts.is_empty() && reading.shares.is_empty() {
                continue;
            }
            let Some(p) = a.draft.spoken().and_then(parties) else { continue };
            hits.extend(reading.hits.iter().enumerate().map(|(n, h)| hit_row(a, &p, n, h)));
            signs.extend(sign_row(a, &p, reading));
        }
        write(tx, &hits, &signs).await?;
        let ripe = ripen(tx, &hits, &signs).await?;
        raise(company, tx, ripe).await
    }
}

/// Takes back what was found in these records, before they are read again.
pub async fn forget(tx: &DatabaseTransaction, indices: &[i64]) -> Result<()> {
    for part in indices.chunks(ROWS) {
        hit::Entity::delete_many().filter(hit::Column::Idx.is_in(part.iter().copied())).exec(tx).await?;
        sign::Entity::delete_many().filter(sign::Column::Idx.is_in(part.iter().copied())).exec(tx).await?;
    }
    Ok(())
}

async fn write(tx: &DatabaseTransaction, hits: &[hit::Model], signs: &[sign::Model]) -> Result<()> {
    for part in hits.chunks(ROWS) {
        let rows = part.iter().cloned().map(hit::ActiveModel::from);
        hit::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    let text = |of: fn(&sign::Model) -> &str| Cells::Text(signs.iter().map(|s| of(s).to_owned()).collect());
    let columns = vec![
        ("conversation", text(|s| &s.conversation)),
        ("at", Cells::Whole(signs.iter().map(|s| s.at).collect())),
        ("idx", Cells::Whole(signs.iter().map(|s| s.idx).collect())),
        ("employee", text(|s| &s.employee)),
        ("promise", Cells::Flag(signs.iter().map(|s| s.promise).collect())),
    ];
    bulk::insert(tx, "word_signs", columns).await
}

/// The waiting hits, of now or of earlier, that have a second sign within reach. They wait no longer.
async fn ripen(tx: &DatabaseTransaction, hits: &[hit::Model], signs: &[sign::Model]) -> Result<Vec<Ripe>> {
    let mut ripe: BTreeMap<(i64, i32), hit::Model> = BTreeMap::new();
    // Signs that came now, for hits that were there (or came with them).
    let mut heard: HashMap<&str, Vec<(i64, i64)>> = HashMap::new();
    for s in signs {
        heard.entry(&s.conversation).or_default().push((s.at, s.idx));
    }
    let talks: Vec<&str> = heard.keys().copied().collect();
    if !talks.is_empty() {
        let in_these = bulk::among(tx, hit::Column::Conversation, talks.iter().copied());
        // As the index of waiting hits says it, which a bound value would not bring in.
        let waiting = hit::Entity::find().filter(in_these).filter(Expr::cust("waiting = TRUE")).all(tx).await?;
        for h in waiting {
            let near = |&(at, idx): &(i64, i64)| idx != h.idx && (at - h.at).abs() <= REACH_US;
            if heard.get(h.conversation.as_str()).is_some_and(|all| all.iter().any(near)) {
                ripe.insert((h.idx, h.n), h);
            }
        }
    }
    // Hits that came now, for signs that were there.
    for h in hits.iter().filter(|h| h.waiting) {
        if ripe.contains_key(&(h.idx, h.n)) {
            continue;
        }
        let found: Option<i64> = sign::Entity::find()
            .select_only()
            .column(sign::Column::Idx)
            .filter(sign::Column::Conversation.eq(&h.conversation))
            .filter(sign::Column::At.between(h.at - REACH_US, h.at + REACH_US))
            .filter(sign::Column::Idx.ne(h.idx))
            .limit(1)
            .into_tuple()
            .one(tx)
            .await?;
        if found.is_some() {
            ripe.insert((h.idx, h.n), h.clone());
        }
    }
    let records: BTreeSet<i64> = ripe.keys().map(|(idx, _)| *idx).collect();
    for part in records.into_iter().collect::<Vec<_>>().chunks(ROWS) {
        // A sign ripens every waiting hit of a record, since all of them have the record's time.
        hit::Entity::update_many()
            .col_expr(hit::Column::Alerting, Expr::value(true))
            .col_expr(hit::Column::Waiting, Expr::value(false))
            .filter(hit::Column::Idx.is_in(part.iter().copied()))
            .filter(hit::Column::Waiting.eq(true))
            .exec(tx)
            .await?;
    }
    let mut out: Vec<Ripe> = Vec::new();
    for h in ripe.into_values() {
        match out.last_mut() {
            Some(last) if last.idx == h.idx => last.hits.push(h),
            _ => out.push(Ripe {
                idx: h.idx,
                at: h.at,
                employee: h.employee.clone(),
                conversation: h.conversation.clone(),
                counterpart: h.counterpart.clone(),
                customer: h.customer.clone(),
                backfilled: h.backfilled,
                hits: vec![h],
            }),
        }
    }
    Ok(out)
}

/// Hands ripe hits to the alerts, in the same transaction.
async fn raise(company: &Company, tx: &DatabaseTransaction, ripe: Vec<Ripe>) -> Result<()> {
    crate::alerts::raise_ripe(company, tx, ripe.into_iter().flat_map(|r| r.hits).collect()).await
}
