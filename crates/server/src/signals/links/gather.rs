//! Gathers the facts of one employee from their rows and their sealed content. Machine reading: what comes out is
//! used by the rules and shown as relations only.

use super::{
    customers,
    model::{chain_fact, class},
    position::{self, Site},
};
use crate::{
    company::Company,
    error::Result,
    evidence::chain::{
        decode::{Envelope, decode},
        directory::{Directory, Firm},
        facts::{DAY_US, Fact, Facts, What},
        roles,
    },
    records::{
        employee_subject,
        machine::{self, Opened},
    },
    signals::words,
};
use probity_lexicon::Audience;
use rayon::prelude::*;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// One window and a day for what is known to the day only.
pub(super) const WINDOW_US: i64 = 91 * DAY_US;

type Row = chain_fact::Model;

/// Everything the patterns may look at. Empty, after one query, for who neither said nor did anything.
pub async fn facts(company: &Company, employee: &str) -> Result<Facts> {
    let db = company.store.read();
    let nothing = || Facts { employee: employee.to_owned(), ..Facts::default() };
    let mut core = rows(company, employee, &[class::SAID, class::DID], Condition::all()).await?;
    if core.is_empty() {
        return Ok(nothing());
    }
    let zone = company.settings().time_zone.clone();
    let reader = Reader { company, employee, zone, sites: Vec::new() };
    let mut first = reader.open(&core).await?;

    let mut ids: BTreeSet<String> = BTreeSet::new();
    let (mut contacts, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut did_customers: BTreeSet<String> = BTreeSet::new();
    for fact in &first {
        match &fact.what {
            What::Moved(m) => {
                ids.insert(m.customer.clone());
                did_customers.insert(m.customer.clone());
            }
            What::Message(m) => {
                for p in &m.outsiders {
                    ids.extend((!p.customer.is_empty()).then(|| p.customer.clone()));
                    contacts.extend([p.external.clone(), p.name.clone()]);
                    names.insert(p.company.clone());
                }
            }
            _ => {}
        }
    }
    let known = customers::find(db, &ids, &contacts, &names).await?;
    ids.extend(known.iter().map(|c| c.id.clone()));
    let others = moved_by_others(company, employee, &core, &ids).await?;
    did_customers.extend(others.iter().map(|r| r.customer.clone()));
    first.extend(reader.open(&others).await?);
    core.extend(others);
    let firms = super::firms::all(company).await?;
    let directory = Directory::of(firms.listed.clone(), known);

    let times: Vec<i64> = core.iter().map(|r| r.at).collect();
    let deeds: Vec<i64> = core.iter().filter(|r| r.class == class::DID).map(|r| r.at).collect();
    let after = spans(times.iter().map(|t| (t - DAY_US, t + WINDOW_US)));
    let before = spans(deeds.iter().map(|t| (t - WINDOW_US, t + DAY_US)));
    let mut more = rows(company, employee, &[class::PAID], within(&after)).await?;
    if !deeds.is_empty() || !more.is_empty() || first.iter().any(needs_replies) {
        let around = spans(times.iter().flat_map(|t| [(t - DAY_US, t + WINDOW_US), (t - WINDOW_US, t + DAY_US)]));
        more.extend(rows(company, employee, &[class::REPLY], within(&around)).await?);
    }
    if !deeds.is_empty() {
        let promised = rows(company, employee, &[class::PROMISE], within(&before)).await?;
        // A message to another customer promises nothing about these; one to an unknown outsider may.
        more.extend(promised.into_iter().filter(|r| r.customer.is_empty() || did_customers.contains(&r.customer)));
    }
    let (lo, hi) = (times.iter().min().copied().unwrap_or(0), times.iter().max().copied().unwrap_or(0));
    let mut seen: Vec<(String, i64)> = Vec::new();
    let ids: Vec<String> = ids.into_iter().filter(|c| !c.is_empty()).collect();
    for part in ids.chunks(500) {
        let placed = Condition::all()
            .add(chain_fact::Column::Class.eq(class::PLACED))
            .add(chain_fact::Column::Customer.is_in(part.iter().filter(|c| did_customers.contains(*c)).cloned()))
            .add(chain_fact::Column::At.between(lo - 4 * WINDOW_US, hi + WINDOW_US));
        more.extend(chain_fact::Entity::find().filter(placed).all(db).await?);
        seen.extend(reached_days(company, employee, part, (lo - WINDOW_US, hi + DAY_US)).await?);
    }
    let mut facts = first;
    facts.extend(reader.open(&more).await?);
    // A day's track is long: only who has something to do with a company that has a site is followed there.
    let named = roles::firms_of(&directory, employee, &facts);
    let sites: Vec<Site> = firms.sites.iter().filter(|s| named.iter().any(|f| directory.same(f, &Firm::Listed(s.company.clone())))).cloned().collect();
    let reader = Reader { sites, ..reader };
    let mut acts: Vec<i64> = core.iter().chain(more.iter().filter(|r| r.class == class::PROMISE)).map(|r| r.at).collect();
    if !reader.sites.is_empty() {
        let stops = rows(company, employee, &[class::STOP], within(&after)).await?;
        facts.extend(reader.open(&stops).await?);
        acts.extend(stops.iter().map(|r| r.at));
    }
    facts.extend(reader.reached(seen, acts).await?);
    facts.extend(reader.assigned(&ids).await?);
    Ok(Facts { employee: employee.to_owned(), directory, facts })
}

/// What the other side wrote answers a deed or a payment, is what a message without a word of the lexicon accepts, and
/// may tell whose the people of a message are. To who only used a word towards a known customer it says nothing, and
/// that is most of those who are looked at, with thousands of replies each.
fn needs_replies(fact: &Fact) -> bool {
    matches!(&fact.what, What::Message(m) if m.hits.is_empty() || m.outsiders.iter().any(|p| p.customer.is_empty()))
}

async fn rows(company: &Company, employee: &str, classes: &[&str], when: Condition) -> Result<Vec<Row>> {
    Ok(chain_fact::Entity::find()
        .filter(chain_fact::Column::Employee.eq(employee))
        .filter(chain_fact::Column::Class.is_in(classes.iter().copied()))
        .filter(when)
        .order_by_asc(chain_fact::Column::At)
        .order_by_asc(chain_fact::Column::Idx)
        .all(company.store.read())
        .await?)
}

/// Orders and customers that moved under a colleague's name, of customers this employee wrote telling words about.
async fn moved_by_others(company: &Company, employee: &str, core: &[Row], customers: &BTreeSet<String>) -> Result<Vec<Row>> {
    let spoken: Vec<i64> = core.iter().filter(|r| r.class == class::SAID).map(|r| r.at).collect();
    let (Some(first), Some(last)) = (spoken.iter().min(), spoken.iter().max()) else { return Ok(Vec::new()) };
    let customers: Vec<&String> = customers.iter().filter(|c| !c.is_empty()).collect();
    let mut all = Vec::new();
    for part in customers.chunks(500) {
        let moved = chain_fact::Entity::find()
            .filter(chain_fact::Column::Customer.is_in(part.iter().copied()))
            .filter(chain_fact::Column::Class.eq(class::DID))
            .filter(chain_fact::Column::Employee.ne(employee))
            .filter(chain_fact::Column::At.between(first - DAY_US, last + WINDOW_US));
        all.extend(moved.all(company.store.read()).await?);
    }
    Ok(all)
}

fn within(spans: &[(i64, i64)]) -> Condition {
    spans.iter().fold(Condition::any(), |c, (from, until)| c.add(chain_fact::Column::At.between(*from, *until)))
}

/// Overlapping spans joined, at most forty: gaps that would make more are read over.
fn spans(all: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, i64)> {
    let mut all: Vec<_> = all.collect();
    all.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, until) in all {
        let full = joined.len() >= 40;
        match joined.last_mut() {
            Some(last) if full || from <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((from, until)),
        }
    }
    joined
}

struct Reader<'a> {
    company: &'a Company,
    employee: &'a str,
    zone: jiff::tz::TimeZone,
    sites: Vec<Site>,
}

impl Reader<'_> {
    /// Opens what the rows name and decodes it; erased records are gone here too.
    async fn open(&self, rows: &[Row]) -> Result<Vec<Fact>> {
        let kinds: BTreeMap<i64, (&str, i64)> = rows.iter().map(|r| (r.idx, (r.kind.as_str(), r.at))).collect();
        let indices: Vec<i64> = kinds.keys().copied().collect();
        if indices.is_empty() {
            return Ok(Vec::new());
        }
        let lexicon = words::lexicon(self.company).await?;
        let opened = machine::open_of(self.company, &indices, &employee_subject(self.employee)).await?;
        let fact = |o: &Opened| {
            let (kind, at) = kinds.get(&o.row.idx)?;
            let data = spoken(o)?;
            let reading = (*kind == "message.sent").then(|| lexicon.read(&crate::evidence::chain::decode::message_text(data), Audience::External));
            let stops = match *kind {
                "visit.checked_in" => position::check_in(data, &self.sites),
                "track.recorded" => position::stays(data, &self.sites),
                _ => Vec::new(),
            };
            let envelope = Envelope { idx: o.row.idx, source: &o.row.source, source_id: &o.row.source_id, kind, at: *at, zone: &self.zone };
            decode(&envelope, data, reading.as_ref(), stops)
        };
        // Thousands of messages of one employee are read while others wait for their turn.
        Ok(tokio::task::block_in_place(|| opened.par_iter().with_min_len(32).filter_map(fact).collect()))
    }

    /// Who served these customers when, as the customers room has it.
    async fn assigned(&self, customers: &[String]) -> Result<Vec<Fact>> {
        let all = crate::customers::assignments(self.company.store.read(), customers, None).await?;
        let names = super::names_of_records(self.company, &all.iter().map(|a| a.idx).collect::<Vec<_>>()).await?;
        Ok(all
            .into_iter()
            .filter_map(|a| {
                let (source, source_id) = names.get(&a.idx)?;
                let envelope = Envelope { idx: a.idx, source, source_id, kind: "customer.assigned", at: a.from, zone: &self.zone };
                let (day, whole_day) = envelope.day();
                Some(Fact {
                    idx: a.idx,
                    source: source.clone(),
                    source_id: source_id.clone(),
                    kind: envelope.kind.into(),
                    at: a.from,
                    day,
                    whole_day,
                    what: What::Assigned {
                        customer: a.customer,
                        employee: a.employee,
                        from: a.from,
                        from_day: day,
                        until: a.until,
                        reasoned: a.reason.is_some_and(|r| !r.trim().is_empty()),
                    },
                })
            })
            .collect())
    }

    /// Acts that only show that the employee reaches a customer need no content, only their place. `acts`: when
    /// something was said or done that they may have made possible.
    async fn reached(&self, seen: Vec<(String, i64)>, acts: Vec<i64>) -> Result<Vec<Fact>> {
        let employee = self.employee;
        let wanted = telling(seen, acts);
        let times: BTreeSet<i64> = wanted.iter().map(|(_, at)| *at).collect();
        let times: Vec<i64> = times.into_iter().collect();
        let mut rows: BTreeMap<(String, i64), Row> = BTreeMap::new();
        for part in times.chunks(500) {
            let found = self::rows(self.company, employee, &[class::REACH], Condition::all().add(chain_fact::Column::At.is_in(part.iter().copied()))).await?;
            // Of one moment the record that came last, as `rows` has them in order.
            rows.extend(found.into_iter().map(|r| ((r.customer.clone(), r.at), r)).filter(|(key, _)| wanted.contains(key)));
        }
        let rows: Vec<Row> = rows.into_values().collect();
        let names = super::names_of_records(self.company, &rows.iter().map(|r| r.idx).collect::<Vec<_>>()).await?;
        Ok(rows
            .into_iter()
            .filter_map(|r| {
                let (source, source_id) = names.get(&r.idx)?;
                let envelope = Envelope { idx: r.idx, source, source_id, kind: &r.kind, at: r.at, zone: &self.zone };
                let mut data = Map::new();
                data.insert("employee".into(), employee.into());
                data.insert("customer".into(), r.customer.clone().into());
                decode(&envelope, &data, None, Vec::new())
            })
            .collect())
    }
}

/// When each of these customers was reached: the last time of each day, which is as good as all of that day.
async fn reached_days(company: &Company, employee: &str, customers: &[String], (from, until): (i64, i64)) -> Result<Vec<(String, i64)>> {
    Ok(chain_fact::Entity::find()
        .select_only()
        .column(chain_fact::Column::Customer)
        .column_as(chain_fact::Column::At.max(), "last")
        .filter(chain_fact::Column::Customer.is_in(customers.iter().cloned()))
        .filter(chain_fact::Column::Class.eq(class::REACH))
        .filter(chain_fact::Column::Employee.eq(employee))
        .filter(chain_fact::Column::At.between(from, until))
        .group_by(chain_fact::Column::Customer)
        .group_by(sea_orm::ExprTrait::div(Expr::col(chain_fact::Column::At), DAY_US))
        .into_tuple()
        .all(company.store.read())
        .await?)
}

/// Of those, all that can be among the latest three before one of these acts: `chain::roles::reach` looks at no more.
fn telling(seen: Vec<(String, i64)>, mut acts: Vec<i64>) -> BTreeSet<(String, i64)> {
    const ENOUGH: usize = 3;
    acts.sort_unstable();
    acts.dedup();
    let mut by_customer: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (customer, at) in seen {
        by_customer.entry(customer).or_default().push(at);
    }
    let mut kept = BTreeSet::new();
    for (customer, mut times) in by_customer {
        times.sort_unstable();
        for act in &acts {
            let end = times.partition_point(|at| at <= act);
            kept.extend(times[end.saturating_sub(ENOUGH)..end].iter().map(|at| (customer.clone(), *at)));
        }
    }
    kept
}

/// The data a record speaks with: a correction speaks with the right version.
fn spoken(o: &Opened) -> Option<&Map<String, Value>> {
    let data = o.data()?;
    if o.row.kind == "record.corrected" { data.get("data").and_then(Value::as_object) } else { Some(data) }
}
