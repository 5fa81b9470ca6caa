//! What a person holds, as items: asked of the rooms that know.

use super::template::Process;
use crate::{assets, company::Company, customers, error::Result, http::instant, intake::money, records::id_of, said::Said};
use serde_json::{Value, json};

/// One thing somebody holds.
#[derive(Debug, Clone)]
pub struct Held {
    /// As in `template::PER`.
    pub kind: &'static str,
    pub reference: String,
    pub name: Said,
    pub detail: Value,
}

/// Customers this employee serves now, what is open with them, and what of the company's is in their hands.
pub async fn by(company: &Company, employee: &str) -> Result<Vec<Held>> {
    let mut all = Vec::new();
    for one in customers::held_by(company.store.read(), employee, company.now()).await? {
        let customer = json!({ "customer": one.customer, "tier": one.tier, "since": instant(one.from), "record": id_of(one.record) });
        for (kind, things) in [("deal", one.deals), ("order", one.orders), ("receivable", one.receivables), ("promise", one.promises)] {
            for thing in things {
                // A promise is called by what was promised; the others by their number.
                let called = thing.text.clone().filter(|_| kind == "promise").unwrap_or_else(|| thing.id.clone());
                let amount = thing.amount.map(|minor| {
                    let currency = thing.currency.clone().unwrap_or_else(|| company.settings().currency.clone());
                    json!({ "amount": money::decimal(minor, &currency), "currency": currency })
                });
                let detail = json!({
                    "customer": one.customer, "state": thing.state, "amount": amount, "due": thing.due, "at": instant(thing.at),
                    "record": id_of(thing.record),
                });
                all.push(Held { kind, name: same(&format!("{} · {called}", one.name)), reference: thing.id, detail });
            }
        }
        all.push(Held { kind: "customer", name: same(&one.name), reference: one.customer, detail: customer });
    }
    for row in assets::held_by(company.store.read(), employee).await? {
        let mut name = assets::called(&row);
        // The account itself stands where a mask takes it out.
        if let Some(identifier) = row.identifier.as_ref().filter(|_| row.kind != assets::WORK_ACCOUNT) {
            name = Said::new(format!("{} · {identifier}", name.zh), format!("{} · {identifier}", name.en));
        }
        let detail = json!({
            "type": row.kind, "identifier": row.identifier, "issued_on": row.issued_on, "condition": row.condition, "record": id_of(row.idx),
        });
        all.push(Held { kind: "asset", name, reference: row.asset, detail });
    }
    Ok(all)
}

/// A name that is the same in both languages.
fn same(name: &str) -> Said {
    Said::new(name, name)
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
                    add(thing.kind, Some(&thing.reference), thing.name.clone(), thing.detail.clone());
                }
            }
        }
    }
    all
}
