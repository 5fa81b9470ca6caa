//! Whom it concerns what happened *near* something said or done: a customer reached, a stop, an order placed, an order or
//! a customer that moved, a customer given to somebody. Most of the day's records are of this kind and concern nobody: a
//! look costs some ten milliseconds, and nearly everybody who sells has an order cancelled some time. So each is measured
//! by what a look would find in it (`gather`, `evidence::chain`), and only then asks for one. A look in vain costs
//! milliseconds and one forgotten is a chain that nobody sees, so the conditions are wider than the rules they stand for.
//! What is *not* asked: whether a contact of a customer that is named is known as another customer's, too.

use super::{
    firms,
    gather::WINDOW_US,
    model::{chain_fact, class},
    position::{self, Site},
    project::those_with,
};
use crate::{company::Company, error::Result, evidence::chain::facts::DAY_US, intake::facts::Fact, store::bulk};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What of one group of records may concern whom.
#[derive(Default)]
pub struct Near {
    /// Who reached which customer, and since when.
    reached: BTreeMap<String, BTreeMap<String, i64>>,
    /// Who stopped at a site of another company, and between which times.
    stopped: BTreeSet<String>,
    stopped_between: Option<(i64, i64)>,
    /// Customers of whom an order was placed; it tells something only of one of whom something moved.
    placed: BTreeSet<String>,
    /// Customers of whom something moved, or who were given to somebody.
    moved: BTreeSet<String>,
    customers_since: Option<i64>,
    given_to: BTreeSet<String>,
    /// First and last of the group's records that are noted.
    indices: Option<(i64, i64)>,
    firms: Option<Arc<firms::Firms>>,
}

fn earliest(known: Option<i64>, at: i64) -> Option<i64> {
    Some(known.map_or(at, |k| k.min(at)))
}

fn said_or_did() -> Expr {
    chain_fact::Column::Class.is_in([class::SAID, class::DID])
}

impl Near {
    pub async fn note(&mut self, class: &str, employee: &str, customer: &str, fact: &Fact<'_>, company: &Company) -> Result<()> {
        let (first, last) = self.indices.unwrap_or((fact.idx, fact.idx));
        self.indices = Some((first.min(fact.idx), last.max(fact.idx)));
        match class {
            class::REACH => {
                let since = self.reached.entry(employee.to_owned()).or_default().entry(customer.trim().to_owned()).or_insert(fact.at);
                *since = fact.at.min(*since);
            }
            class::STOP if self.is_at_a_site(fact, company).await? => {
                self.stopped.insert(employee.to_owned());
                let (from, until) = self.stopped_between.unwrap_or((fact.at, fact.at));
                self.stopped_between = Some((from.min(fact.at), until.max(fact.at)));
            }
            class => self.row(class, customer, fact.at),
        }
        Ok(())
    }

    /// A row of a customer that is there now, or no longer since it was put right.
    pub fn row(&mut self, class: &str, customer: &str, at: i64) {
        let customers = match class {
            class::PLACED => &mut self.placed,
            class::DID => &mut self.moved,
            _ => return,
        };
        if !customer.is_empty() {
            customers.insert(customer.to_owned());
            self.customers_since = earliest(self.customers_since, at);
        }
    }

    /// `from`: since when, which may lie long before the record that says so.
    pub fn assigned(&mut self, employee: &str, customer: &str, from: i64) {
        self.given_to.insert(employee.to_owned());
        self.row(class::DID, customer, from);
    }

    /// A site that is entered later has everybody looked at.
    async fn is_at_a_site(&mut self, fact: &Fact<'_>, company: &Company) -> Result<bool> {
        let sites: &[Site] = &self.firms(company).await?.sites;
        if sites.is_empty() {
            return Ok(false);
        }
        let at = if fact.kind == "track.recorded" { position::stays(fact.data, sites) } else { position::check_in(fact.data, sites) };
        Ok(!at.is_empty())
    }

    /// Read beside the transaction: a company that this group brings has everybody looked at anyway.
    async fn firms(&mut self, company: &Company) -> Result<Arc<firms::Firms>> {
        if let Some(firms) = &self.firms {
            return Ok(firms.clone());
        }
        let firms = firms::all(company).await?;
        self.firms = Some(firms.clone());
        Ok(firms)
    }

    /// Adds to `touched` who is to be looked at. The group's own rows are written.
    pub async fn concerned(mut self, company: &Company, tx: &DatabaseTransaction, touched: &mut BTreeSet<String>) -> Result<()> {
        self.reached.retain(|e, _| !touched.contains(e));
        if !self.reached.is_empty() {
            let sites = !self.firms(company).await?.sites.is_empty();
            touched.extend(who_reached_before(tx, &self.reached, sites, self.indices.unwrap_or_default()).await?);
        }
        if let Some((from, until)) = self.stopped_between {
            let around = chain_fact::Column::At.between(from - LONG_US, until + DAY_US);
            touched.extend(those_with(tx, self.stopped, Condition::all().add(said_or_did()).add(around)).await?);
        }
        touched.extend(those_with(tx, self.given_to, Condition::all().add(said_or_did())).await?);
        if let Some(since) = self.customers_since {
            self.moved.extend(those_that_moved(tx, self.placed).await?);
            let mut knowing = who_know(tx, self.moved).await?;
            knowing.retain(|e| !touched.contains(e));
            let active = Condition::all().add(said_or_did()).add(chain_fact::Column::At.gte(since - LONG_US));
            touched.extend(those_with(tx, knowing, active).await?);
        }
        Ok(())
    }
}

/// From the last thing somebody said to a colleague's deed, and from that to a promise before or a stop after it.
const LONG_US: i64 = 2 * WINDOW_US + DAY_US;

/// To have reached a customer counts towards what comes after it (`evidence::chain::roles::reach`): a deed about that
/// customer, something said or promised to anybody, a deed of a colleague about that customer that follows something said within the
/// window, or a stop at a site that followed something said or done. As records come in, hardly anything is later than
/// they are.
async fn who_reached_before(
    tx: &DatabaseTransaction,
    reached: &BTreeMap<String, BTreeMap<String, i64>>,
    sites: bool,
    (first, last): (i64, i64),
) -> Result<BTreeSet<String>> {
    use chain_fact::Column::{At, Class, Customer, Employee, Idx};
    let Some(since) = reached.values().flat_map(BTreeMap::values).min() else { return Ok(BTreeSet::new()) };
    let found: Vec<(String, String, String, i64)> = chain_fact::Entity::find()
        .select_only()
        .columns([Employee, Class, Customer, At])
        .filter(bulk::among(tx, Employee, reached.keys().filter(|e| !e.is_empty()).cloned()))
        .filter(said_or_did())
        .filter(At.gte(since - LONG_US))
        .into_tuple()
        .all(tx)
        .await?;
    let mut concerned = BTreeSet::new();
    let mut if_moved: BTreeSet<String> = BTreeSet::new();
    let mut if_promised: BTreeSet<String> = BTreeSet::new();
    let mut if_stopped: BTreeMap<String, i64> = BTreeMap::new();
    for (employee, class, customer, at) in found {
        let customers = &reached[&employee];
        let said = class == class::SAID;
        // What accepts an offer without a word of its own is read where somebody did or said anything, of whomever.
        let earliest = customers.values().min().copied().unwrap_or(i64::MAX);
        if at >= earliest - if said { WINDOW_US + DAY_US } else { DAY_US } {
            if_promised.insert(employee.clone());
        }
        // Whose customer somebody is to whom something was said, only a look tells.
        let Some(&since) = (if said { Some(&earliest) } else { customers.get(customer.trim()) }) else { continue };
        if at >= since - DAY_US {
            concerned.insert(employee);
            continue;
        }
        if said && at >= since - WINDOW_US - DAY_US {
            if_moved.insert(employee.clone());
        }
        if sites && at >= since - LONG_US {
            let least = if_stopped.entry(employee).or_insert(since);
            *least = since.min(*least);
        }
    }
    if_moved.retain(|e| !concerned.contains(e));
    let customers: BTreeSet<String> = if_moved.iter().flat_map(|e| reached[e].keys().cloned()).collect();
    let moved = last_of(tx, Customer, customers, class::DID, Condition::all().add(At.gte(since - DAY_US))).await?;
    let followed = |e: &String| reached[e].iter().any(|(customer, since)| moved.get(customer).is_some_and(|at| *at >= since - DAY_US));
    concerned.extend(if_moved.into_iter().filter(followed));
    if_promised.retain(|e| !concerned.contains(e));
    let promised = last_of(tx, Employee, if_promised, class::PROMISE, Condition::all().add(At.gte(since - DAY_US))).await?;
    concerned.extend(promised.into_iter().filter(|(e, at)| reached[e].values().any(|since| *at >= since - DAY_US)).map(|(e, _)| e));
    if_stopped.retain(|e, _| !concerned.contains(e));
    // The group's own stops were looked at one by one.
    let others = Condition::all().add(At.gte(*since)).add(Idx.not_between(first, last));
    let stopped = last_of(tx, Employee, if_stopped.keys().cloned().collect(), class::STOP, others).await?;
    concerned.extend(stopped.into_iter().filter(|(employee, at)| *at >= if_stopped[employee]).map(|(employee, _)| employee));
    Ok(concerned)
}

/// When each of these last had a row of a class.
async fn last_of(tx: &DatabaseTransaction, by: chain_fact::Column, names: BTreeSet<String>, class: &str, when: Condition) -> Result<BTreeMap<String, i64>> {
    use chain_fact::Column::{At, Class};
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = chain_fact::Entity::find().select_only().column(by).column_as(At.max(), "last").filter(bulk::among(tx, by, names));
    let rows: Vec<(String, i64)> = rows.filter(Class.eq(class)).filter(when).group_by(by).into_tuple().all(tx).await?;
    Ok(rows.into_iter().collect())
}

async fn those_that_moved(tx: &DatabaseTransaction, customers: BTreeSet<String>) -> Result<Vec<String>> {
    use chain_fact::Column::{Class, Customer};
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let rows = chain_fact::Entity::find().select_only().column(Customer).filter(bulk::among(tx, Customer, customers)).filter(Class.eq(class::DID)).distinct();
    Ok(rows.into_tuple().all(tx).await?)
}

/// Who ever said or did something about these customers, or said something to an outsider whose customer is not known.
async fn who_know(tx: &DatabaseTransaction, customers: BTreeSet<String>) -> Result<BTreeSet<String>> {
    use chain_fact::Column::{Class, Customer, Employee};
    if customers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = || chain_fact::Entity::find().select_only().column(Employee).distinct();
    let about = rows().filter(bulk::among(tx, Customer, customers)).filter(said_or_did());
    let unknown = rows().filter(Customer.eq("")).filter(Class.eq(class::SAID));
    let mut all: BTreeSet<String> = about.into_tuple::<String>().all(tx).await?.into_iter().collect();
    all.extend(unknown.into_tuple::<String>().all(tx).await?);
    Ok(all)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{jobs::model::job, records::Draft, testing::on_each_engine};
    use sea_orm::{ActiveModelTrait, IntoActiveModel, QueryOrder};
    use serde_json::json;

    /// Nearly everybody who sells has had an order cancelled: only what comes before a deed about the same customer, or
    /// before something said to anybody, can be what let somebody do it.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_customer_reached_asks_for_a_look_only_where_something_of_it_follows() {
        on_each_engine(|t| async move {
            let now = t.now();
            let row = |employee: &str, class: &str, days: i64, idx: i64, customer: &str| chain_fact::Model {
                employee: employee.into(),
                class: class.into(),
                at: now + days * DAY_US,
                idx,
                customer: customer.into(),
                kind: "order.cancelled".into(),
            };
            let there = [
                row("E1", class::DID, 1, 1, "C1"),    // after it, of the same customer
                row("E2", class::DID, 1, 2, "C0"),    // of another
                row("E3", class::DID, -9, 3, "C3"),   // before it
                row("E4", class::SAID, -50, 4, "C0"), // something was said, and nothing followed
                row("E5", class::SAID, 1, 5, ""),     // something was said after it, to whomever
                row("E6", class::DID, 1, 6, "C7"),    // of a customer that a colleague reached,
                row("E7", class::SAID, -50, 7, "C0"), // who had said something
                row("E8", class::DID, -9, 8, "C8"),   // a stop followed, and nobody has a site
                row("E8", class::STOP, 3, 9, ""),
                row("E9", class::DID, 1, 10, "C0"), // of another customer, and an offer was accepted since
                row("E9", class::PROMISE, 0, 11, "C9"),
            ];
            let tx = t.store.write().await.unwrap();
            for row in there {
                row.into_active_model().insert(&tx).await.unwrap();
            }
            tx.commit().await.unwrap();
            let drafts = (1..=9).map(|n| {
                let data = json!({ "employee": format!("E{n}"), "customer": format!("C{n}"), "direction": "out" });
                let data = data.as_object().unwrap().clone();
                Draft::new("/tel".into(), format!("c{n}"), "call.made".into(), now, Some(format!("E{n}")), Vec::new(), data)
            });
            t.writer.append(drafts.collect()).await.unwrap();
            let jobs = job::Entity::find().filter(job::Column::Kind.eq(super::super::FOLLOW)).order_by_asc(job::Column::UniqueKey);
            let asked: Vec<String> = jobs.all(t.store.read()).await.unwrap().into_iter().filter_map(|j| j.unique_key).collect();
            assert_eq!(asked, ["E1", "E5", "E7", "E9"], "{}", t.engine);
        })
        .await;
    }

    /// To have reached a customer before a stop at a competitor's site is what let somebody take it there.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_customer_reached_before_a_stop_at_a_site_asks_for_a_look() {
        on_each_engine(|t| async move {
            let now = t.now();
            let tx = t.store.write().await.unwrap();
            let row = |class: &str, days: i64, idx: i64, customer: &str, n: u8| chain_fact::Model {
                employee: format!("E{n}"),
                class: class.into(),
                at: now + days * DAY_US,
                idx,
                customer: customer.into(),
                kind: "order.cancelled".into(),
            };
            // The first has a stop after it, the second one before, the third did something of another customer.
            let there = [(1, 1, "C1", 3), (2, 3, "C2", -3), (3, 5, "C0", 3)];
            for (n, idx, customer, stop) in there {
                row(class::DID, -9, idx, customer, n).into_active_model().insert(&tx).await.unwrap();
                row(class::STOP, stop, idx + 1, "", n).into_active_model().insert(&tx).await.unwrap();
            }
            tx.commit().await.unwrap();
            let reached = there.map(|(n, ..)| (format!("E{n}"), BTreeMap::from([(format!("C{n}"), now)])));
            let tx = t.store.write().await.unwrap();
            let found = who_reached_before(&tx, &BTreeMap::from(reached.clone()), true, (90, 99)).await.unwrap();
            assert_eq!(found, BTreeSet::from(["E1".to_owned()]), "{}", t.engine);
            let own = who_reached_before(&tx, &BTreeMap::from(reached), true, (1, 9)).await.unwrap();
            assert_eq!(own, BTreeSet::new(), "{}: stops of the group itself are looked at one by one", t.engine);
        })
        .await;
    }
}
