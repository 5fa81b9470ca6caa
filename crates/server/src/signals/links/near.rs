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
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query},
};
use std::{collections::BTreeSet, sync::Arc};

/// What of one group of records may concern whom.
#[derive(Default)]
pub struct Near {
    /// Who reached a customer.
    reached: BTreeSet<String>,
    reached_since: Option<i64>,
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
                self.reached.insert(employee.to_owned());
                self.reached_since = earliest(self.reached_since, fact.at);
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
        if let Some(since) = self.reached_since {
            let sites = !self.firms(company).await?.sites.is_empty();
            self.reached.retain(|e| !touched.contains(e));
            touched.extend(those_with(tx, self.reached, reached_before(since, sites, self.indices.unwrap_or_default())).await?);
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

/// To have reached a customer counts towards what comes after it (`evidence::chain::roles::reach`): something said or
/// done, a promise that a deed of theirs or of a colleague follows within the window, or a stop at a site that followed
/// something said or done. As records come in, hardly anything is later than they are.
fn reached_before(since: i64, sites: bool, (first, last): (i64, i64)) -> Condition {
    use chain_fact::Column::{At, Class};
    use sea_orm::ExprTrait;
    let stopped = Query::select()
        .expr(Expr::val(1))
        .from_as(chain_fact::Entity, "stopped")
        .and_where(Expr::col(("stopped", chain_fact::Column::Employee)).equals((chain_fact::Entity, chain_fact::Column::Employee)))
        .and_where(ExprTrait::eq(Expr::col(("stopped", Class)), class::STOP))
        .and_where(ExprTrait::gte(Expr::col(("stopped", At)), since))
        // The group's own stops were looked at one by one.
        .and_where(ExprTrait::not(ExprTrait::between(Expr::col(("stopped", chain_fact::Column::Idx)), first, last)))
        .to_owned();
    let mut any = Condition::any().add(At.gte(since - DAY_US)).add(Condition::all().add(Class.eq(class::SAID)).add(At.gte(since - WINDOW_US - DAY_US)));
    if sites {
        any = any.add(Condition::all().add(At.gte(since - LONG_US)).add(Expr::exists(stopped)));
    }
    Condition::all().add(said_or_did()).add(any)
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
