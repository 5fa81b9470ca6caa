//! 核对: customers the leaver dealt with in the last twelve months and did not list. CRM × chats × calls × orders ×
//! receivables, by the envelopes alone: who, whom, when and of which kind, never what was said or paid.

use super::{
    Part, act, finding_key, items,
    model::{finding, handover, item},
    open, sentence, start,
    work::{self, Added},
};
use crate::{
    company::{Actor, Company},
    customers,
    error::{Problem, Result},
    records::{employee_subject, model::subject},
    said::Lang,
    signals::links,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashSet};

const YEAR_US: i64 = 365 * 24 * 3600 * 1_000_000;

/// Which kinds of records are dealings, and under what name they are counted.
pub fn dealing(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "message.sent" => "messages",
        "call.made" => "calls",
        "order.placed" | "order.cancelled" | "order.transferred" | "order.completed" => "orders",
        "deal.stage_changed" | "inquiry.received" => "deals",
        "customer.followed_up" | "visit.checked_in" => "visits",
        "receivable.booked" | "receivable.settled" | "transfer.booked" => "receivables",
        _ => return None,
    })
}

#[derive(Debug, Clone, Default)]
pub struct Dealings {
    pub counts: BTreeMap<&'static str, i64>,
    pub newest: i64,
}

/// Every customer this employee had to do with since then.
pub async fn dealings(company: &Company, employee: &str, since: i64) -> Result<BTreeMap<String, Dealings>> {
    let db = company.store.read();
    let own: Vec<(i64, String, i64)> = subject::Entity::find()
        .select_only()
        .columns([subject::Column::Idx, subject::Column::Kind, subject::Column::At])
        .filter(subject::Column::Subject.eq(employee_subject(employee)))
        .filter(subject::Column::At.gte(since))
        .into_tuple()
        .all(db)
        .await?;
    let known: BTreeMap<i64, (&'static str, i64)> = own.iter().filter_map(|(idx, kind, at)| Some((*idx, (dealing(kind)?, *at)))).collect();
    let indices: Vec<i64> = known.keys().copied().collect();
    let mut pairs: BTreeSet<(String, i64)> = BTreeSet::new();
    for part in indices.chunks(1000) {
        let rows: Vec<(String, i64)> = subject::Entity::find()
            .select_only()
            .columns([subject::Column::Subject, subject::Column::Idx])
            .filter(subject::Column::Idx.is_in(part.iter().copied()))
            .filter(subject::Column::Subject.starts_with("c:"))
            .into_tuple()
            .all(db)
            .await?;
        pairs.extend(rows.into_iter().filter_map(|(s, idx)| Some((s.strip_prefix("c:")?.to_owned(), idx))));
    }
    let mut all: BTreeMap<String, Dealings> = BTreeMap::new();
    let mut count = |customer: String, name: &'static str, at: i64| {
        let of = all.entry(customer).or_default();
        *of.counts.entry(name).or_default() += 1;
        of.newest = of.newest.max(at);
    };
    let seen: HashSet<i64> = pairs.iter().map(|(_, idx)| *idx).collect();
    for (customer, idx) in pairs {
        if let Some((name, at)) = known.get(&idx) {
            count(customer, name, *at);
        }
    }
    // Chats whose other side is known only by an account or a company's name.
    for (customer, kind, at, idx) in links::customers_met(db, employee, since).await? {
        if let Some(name) = dealing(&kind).filter(|_| !seen.contains(&idx)) {
            count(customer, name, at);
        }
    }
    Ok(all)
}

/// Compares the list with what the records show; answers how many customers are missing from it.
pub async fn run(company: &Company, by: &Actor, handover: &handover::Model) -> Result<usize> {
    open(handover)?;
    // First what came since the list was made; what then is missing is known by nobody but the records.
    start::complete(company, by, handover).await?;
    let listed: HashSet<String> = items(company, &handover.id).await?.into_iter().filter(|i| i.kind == "customer").filter_map(|i| i.reference).collect();
    let met = dealings(company, &handover.employee, company.now() - YEAR_US).await?;
    let found: Vec<_> = met.into_iter().filter(|(customer, _)| !listed.contains(customer)).collect();
    let findings: Vec<_> = found.iter().map(|(customer, of)| json!({ "customer": customer, "dealings": of.counts, "newest": of.newest })).collect();
    act(company, by, handover, "handover.reconciled", None, json!({ "findings": findings })).await?;
    Ok(found.len())
}

/// Onto the list, or left out with a reason.
pub async fn decide(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, customer: &str, add: bool, reason: &str, lang: Lang) -> Result<()> {
    open(handover)?;
    part.arranges()?;
    let key = (handover.id.clone(), customer.to_owned());
    let found = finding::Entity::find_by_id(key).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    if found.status != "open" {
        return Err(super::faster());
    }
    let reason = if add { reason.trim().chars().take(2000).collect() } else { sentence("/reason", reason, 2, 2000, lang)? };
    let decision = if add { "added" } else { "dismissed" };
    let mut data = json!({ "customer": customer, "decision": decision, "reason": reason });
    if add {
        let same = item::Entity::find()
            .filter(item::Column::Handover.eq(&handover.id))
            .filter(item::Column::Kind.eq("customer"))
            .filter(item::Column::Reference.eq(customer));
        if same.one(company.store.read()).await?.is_some() {
            return Err(Problem::conflict("listed", "这个客户已在清单里。", "This customer is on the list already.").into());
        }
        let name = customers::find(company.store.read(), customer).await?.map_or_else(|| customer.to_owned(), |c| c.name);
        let detail = json!({ "customer": customer, "dealings": serde_json::from_str::<serde_json::Value>(&found.dealings)? });
        let new = Added { group: "customers".into(), name, kind: "customer".into(), reference: Some(customer.to_owned()), origin: "reconciliation", detail };
        // Decision and item are one record: neither without the other.
        data["added"] = work::added(company, handover, new, lang).await?;
    }
    act(company, by, handover, "handover.finding_decided", Some(finding_key(handover, customer)), data).await?;
    Ok(())
}
