//! What a person holds, as items: asked of the rooms that know.

use super::template::Process;
use crate::{company::Company, customers, error::Result, said::Said};
use serde_json::{Value, json};
use std::collections::HashMap;

/// One thing somebody holds.
#[derive(Debug, Clone)]
pub struct Held {
    /// As in `template::PER`.
    pub kind: &'static str,
    pub reference: String,
    pub name: String,
    pub detail: Value,
}

/// Customers this employee serves now, and what is open with them.
pub async fn by(company: &Company, employee: &str) -> Result<Vec<Held>> {
    let db = company.store.read();
    let now = company.now();
    let mut serving: Vec<customers::Assigned> = customers::assignments_of(db, employee).await?.into_iter().filter(|a| a.holds_at(now)).collect();
    serving.sort_by(|a, b| (&a.customer, a.idx).cmp(&(&b.customer, b.idx)));
    serving.dedup_by(|a, b| a.customer == b.customer);
    let ids: Vec<String> = serving.iter().map(|a| a.customer.clone()).collect();
    let mut known: HashMap<String, _> = customers::find_all(db, &ids).await?;
    Ok(serving
        .into_iter()
        .map(|a| {
            let row = known.remove(&a.customer);
            let detail = json!({ "customer": a.customer, "tier": row.as_ref().and_then(|r| r.tier.clone()), "since": crate::http::instant(a.from) });
            Held { kind: "customer", name: row.map_or_else(|| a.customer.clone(), |r| r.name), reference: a.customer, detail }
        })
        .collect())
}

/// The items a process makes of what is held, as the record of the start has them.
pub fn items(process: &Process, held: &[Held], due: impl Fn(&super::template::Node) -> Option<String>) -> Vec<Value> {
    let mut all = Vec::new();
    for node in &process.nodes {
        let until = due(node);
        for what in &node.what {
            let mut add = |kind: &str, reference: Option<&str>, name: Said, detail: Value| {
                let place = all.len() + 1;
                all.push(json!({
                    "id": uuid::Uuid::now_v7().to_string(), "node": node.id, "what": what.id, "kind": kind, "reference": reference,
                    "place": place, "name": name, "detail": detail, "origin": "list", "due": until,
                }));
            };
            if what.per == "once" {
                add("once", None, what.name.clone(), json!({}));
            } else {
                for thing in held.iter().filter(|h| h.kind == what.per) {
                    add(thing.kind, Some(&thing.reference), Said::new(thing.name.clone(), thing.name.clone()), thing.detail.clone());
                }
            }
        }
    }
    all
}
