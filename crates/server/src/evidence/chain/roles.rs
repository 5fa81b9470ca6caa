//! Which facts may carry which role, and by which fact two of them belong together. No scores, no texts.

use super::{
    directory::{Directory, Firm, Via},
    facts::{DAY_US, Fact, Facts, Hit, Message, Move, Moved, What},
    names::Text,
};
use std::collections::{BTreeSet, HashMap};

/// 说: the employee wrote to an outsider.
#[derive(Debug, Clone)]
pub struct SaidFact<'a> {
    pub fact: &'a Fact,
    pub message: &'a Message,
    /// The customers its outside parties belong to; empty when nobody knows.
    pub customers: BTreeSet<String>,
    /// Its text, ready to be asked which names it holds.
    text: Text,
    /// The companies its outside parties belong to.
    to: Vec<(Firm, Via)>,
}

/// 做: an order moved, a customer lost, a stop at the receiving company.
#[derive(Debug, Clone)]
pub struct DidFact<'a> {
    pub fact: &'a Fact,
    pub how: Deed,
    pub firms: Vec<(Firm, Via)>,
    pub amount: Option<i64>,
    /// Counts only together with a payment that fits: a cancelled order that says no more.
    pub tentative: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Order,
    Customer,
    Cancelled,
    Stop,
}

/// 收: money to the employee.
#[derive(Debug, Clone)]
pub struct PaidFact<'a> {
    pub fact: &'a Fact,
    pub firms: Vec<(Firm, Via)>,
    pub minor: i64,
    /// Tells payers apart when parts are added up.
    pub payer: String,
}

/// By which fact a message belongs to a customer or a receiving company; orders by certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// An unknown outsider; only an amount can tie it.
    None,
    /// It names the receiving company, or went to it.
    Firm,
    NamesCustomer,
    Customer,
}

impl<'a> SaidFact<'a> {
    fn of(facts: &Facts, fact: &'a Fact) -> Option<Self> {
        let What::Message(message) = &fact.what else { return None };
        if message.from.as_deref() != Some(facts.employee.as_str()) || message.outsiders.is_empty() {
            return None;
        }
        // A refusal or a policy that names a share promises nothing.
        let speaks = !message.hits.is_empty() || (!message.excepted && (!message.shares.is_empty() || !message.amounts.is_empty()));
        let directory = &facts.directory;
        speaks.then(|| Self {
            fact,
            message,
            customers: customers_of(directory, message),
            text: Text::of(&message.text),
            to: message
                .outsiders
                .iter()
                .filter(|p| !p.company.is_empty() || !p.name.is_empty())
                .flat_map(|p| directory.payer(&p.name, &p.company, ""))
                .collect(),
        })
    }

    pub fn hit(&self) -> Option<&Hit> {
        self.message.hits.iter().find(|h| h.strong).or_else(|| self.message.hits.first())
    }

    pub fn promises(&self) -> bool {
        !self.message.shares.is_empty() || !self.message.amounts.is_empty()
    }

    /// How it names a company: in its text, or by going to its people.
    pub fn names(&self, directory: &Directory, firm: &Firm) -> Option<Via> {
        let to = self.to.iter().find(|(f, _)| directory.same(f, firm)).map(|(_, via)| *via);
        directory.names(&self.text, firm).max(to)
    }

    /// Whether it can be a Said about this customer, given the companies its orders moved to.
    pub fn tie(&self, directory: &Directory, customer: &str, firms: &[(Firm, Via)]) -> Option<Tie> {
        let names_firm = firms.iter().any(|(f, _)| self.names(directory, f).is_some());
        // Without a hit, only naming the receiving company with a share or an amount says anything.
        if self.message.hits.is_empty() && !(names_firm && self.promises()) {
            return None;
        }
        if self.customers.contains(customer) {
            return Some(Tie::Customer);
        }
        let to_firm = names_firm && self.customers.is_empty();
        if directory.names_customer(&self.text, customer) && (self.customers.is_empty() || names_firm) {
            return Some(Tie::NamesCustomer);
        }
        if to_firm {
            return Some(Tie::Firm);
        }
        self.customers.is_empty().then_some(Tie::None)
    }
}

fn customers_of(directory: &Directory, message: &Message) -> BTreeSet<String> {
    message
        .outsiders
        .iter()
        .flat_map(|p| if p.customer.is_empty() { directory.customers_of(&p.external, &p.name, &p.company) } else { BTreeSet::from([p.customer.clone()]) })
        .collect()
}

/// All that the employee wrote which may be a Said, oldest first.
pub fn said<'a>(facts: &Facts, sorted: &[&'a Fact]) -> Vec<SaidFact<'a>> {
    sorted.iter().filter_map(|f| SaidFact::of(facts, f)).collect()
}

/// Facts by what they are about, each list oldest first: a deed and an episode ask only for their own.
pub struct About<'a> {
    /// Placed or moved.
    orders: HashMap<&'a str, Vec<&'a Fact>>,
    /// Assignments of a customer, and acts that show that somebody reaches it.
    customers: HashMap<&'a str, Vec<&'a Fact>>,
}

impl<'a> About<'a> {
    pub fn new(sorted: &[&'a Fact]) -> Self {
        let mut this = Self { orders: HashMap::new(), customers: HashMap::new() };
        for fact in sorted {
            match &fact.what {
                What::Moved(Moved { order: Some(order), .. }) => this.orders.entry(order).or_default().push(fact),
                What::Placed { order, customer, .. } => {
                    this.orders.entry(order).or_default().push(fact);
                    this.customers.entry(customer).or_default().push(fact);
                }
                What::Assigned { customer, .. } | What::Reached { customer, .. } => this.customers.entry(customer).or_default().push(fact),
                _ => {}
            }
        }
        this
    }

    fn order(&self, order: &str) -> &[&'a Fact] {
        self.orders.get(order).map_or(&[], Vec::as_slice)
    }

    fn customer(&self, customer: &str) -> &[&'a Fact] {
        self.customers.get(customer).map_or(&[], Vec::as_slice)
    }
}

/// All that may be a Did, with its customer; stops have none of their own.
pub fn did<'a>(facts: &Facts, sorted: &[&'a Fact], about: &About<'_>) -> Vec<(String, DidFact<'a>)> {
    let d = &facts.directory;
    let mut all = Vec::new();
    for fact in sorted {
        let What::Moved(m) = &fact.what else { continue };
        let his = match &m.employee {
            Some(e) => *e == facts.employee,
            None => m.how == Move::Lost,
        };
        if !his {
            continue;
        }
        let mut firms: Vec<(Firm, Via)> = m.to.as_deref().and_then(|to| d.firm(to)).into_iter().collect();
        if m.to.is_none() && m.how != Move::Transferred {
            firms = d.listed_in(&m.reason).into_iter().map(|f| (f, Via::Name)).collect();
        }
        if firms.iter().any(|(f, _)| d.is_own(f)) {
            continue;
        }
        let how = match m.how {
            Move::Transferred => Deed::Order,
            Move::Lost => Deed::Customer,
            Move::Cancelled => Deed::Cancelled,
        };
        // A customer that simply left went to nobody.
        if how == Deed::Customer && firms.is_empty() {
            continue;
        }
        if how == Deed::Cancelled && repeated(about, fact, m.order.as_deref()) {
            continue;
        }
        if how == Deed::Order && (came_back(facts, about, fact, m.order.as_deref()) || (firms.is_empty() && handed_over(facts, about, fact, &m.customer))) {
            continue;
        }
        let amount = m.amount.as_ref().map(|a| a.minor).or_else(|| placed_amount(about, m.order.as_deref()));
        let tentative = how == Deed::Cancelled && firms.is_empty();
        all.push((m.customer.clone(), DidFact { fact, how, firms, amount, tentative }));
    }
    all
}

/// Stops at listed companies' sites, none of them our own.
pub fn stops<'a>(facts: &Facts, sorted: &[&'a Fact]) -> Vec<DidFact<'a>> {
    sorted
        .iter()
        .filter_map(|fact| {
            let What::Stop { at, .. } = &fact.what else { return None };
            let firms: Vec<_> = at.iter().map(|id| (Firm::Listed(id.clone()), Via::Id)).filter(|(f, _)| !facts.directory.is_own(f)).collect();
            (!firms.is_empty()).then_some(DidFact { fact, how: Deed::Stop, firms, amount: None, tentative: false })
        })
        .collect()
}

/// The companies that a stop may be tied to by one of these facts: an order or customer went there, a message with a
/// hit names it or went to its people. A stop anywhere else is no part of a chain.
pub fn firms_of(directory: &Directory, facts: &[Fact]) -> BTreeSet<Firm> {
    let mut firms = BTreeSet::new();
    for fact in facts {
        match &fact.what {
            What::Moved(m) => {
                firms.extend(m.to.as_deref().and_then(|to| directory.firm(to)).map(|(f, _)| f));
                firms.extend(directory.listed_in(&m.reason));
            }
            What::Message(m) => {
                firms.extend(directory.listed_in(&m.text));
                firms.extend(m.outsiders.iter().flat_map(|p| directory.payer(&p.name, &p.company, "")).map(|(f, _)| f));
            }
            _ => {}
        }
    }
    firms
}

/// Receipts of the employee from anyone but the company itself.
pub fn paid<'a>(facts: &Facts, sorted: &[&'a Fact]) -> Vec<PaidFact<'a>> {
    sorted
        .iter()
        .filter_map(|fact| {
            let What::Transfer(t) = &fact.what else { return None };
            let firms = facts.directory.payer(&t.name, &t.company, &t.account);
            if t.amount.minor <= 0 || firms.iter().any(|(f, _)| facts.directory.is_own(f)) {
                return None;
            }
            let payer = [&t.company, &t.name, &t.account].into_iter().find(|s| !s.is_empty()).cloned().unwrap_or_default();
            Some(PaidFact { fact, firms, minor: t.amount.minor, payer: super::names::plain(&payer) })
        })
        .collect()
}

/// What makes the employee able to reach a customer at a time: his assignment then in force, else his acts of the
/// `reach_us` before.
pub enum Reach<'a> {
    Assigned(&'a Fact, i32),
    Acted(Vec<&'a Fact>),
}

pub fn reach<'a>(facts: &Facts, about: &About<'a>, customer: &str, times: &[i64], reach_us: i64) -> Option<Reach<'a>> {
    let of_customer = about.customer(customer);
    let mut assigned: Vec<(i64, Option<i64>, &str, i32, &'a Fact)> = of_customer
        .iter()
        .filter_map(|f| match &f.what {
            What::Assigned { employee, from, from_day, until, .. } => Some((*from, *until, employee.as_str(), *from_day, *f)),
            _ => None,
        })
        .collect();
    assigned.sort_by(|a, b| (a.0, a.4.key()).cmp(&(b.0, b.4.key())));
    let mut held = None;
    for (i, (from, until, employee, day, fact)) in assigned.iter().enumerate() {
        if *employee != facts.employee {
            continue;
        }
        // The next colleague's assignment ends this one.
        let next = assigned[i + 1..].iter().find(|(_, _, e, ..)| *e != facts.employee).map(|(from, ..)| *from);
        let end = [*until, next].into_iter().flatten().min().unwrap_or(i64::MAX);
        if times.iter().any(|t| from <= t && *t < end) {
            held = Some(Reach::Assigned(fact, *day));
        }
    }
    if held.is_some() {
        return held;
    }
    let last = times.iter().max()?;
    let first = times.iter().min()?;
    let mut acts: Vec<&'a Fact> = of_customer
        .iter()
        .filter(|f| match &f.what {
            What::Reached { employee, .. } | What::Placed { employee, .. } => *employee == facts.employee && f.at <= *last && f.at >= first - reach_us,
            _ => false,
        })
        .copied()
        .collect();
    // The latest tell most; three are enough to see.
    let keep = acts.len().saturating_sub(3);
    acts.drain(..keep);
    (!acts.is_empty()).then_some(Reach::Acted(acts))
}

/// The same order has its own transfer record.
fn repeated(about: &About<'_>, this: &Fact, order: Option<&str>) -> bool {
    let own = order.map_or(&[][..], |order| about.order(order));
    own.iter().any(|f| f.key() != this.key() && matches!(&f.what, What::Moved(m) if m.how == Move::Transferred))
}

/// The order was placed with us after all, by a colleague: a handover, no loss.
fn came_back(facts: &Facts, about: &About<'_>, this: &Fact, order: Option<&str>) -> bool {
    let own = order.map_or(&[][..], |order| about.order(order));
    own.iter().any(|f| matches!(&f.what, What::Placed { employee, .. } if *employee != facts.employee && f.at >= this.at))
}

/// 区域调整: the customer was given to a colleague, with a reason, around that time.
fn handed_over(facts: &Facts, about: &About<'_>, this: &Fact, customer: &str) -> bool {
    about.customer(customer).iter().any(|f| {
        matches!(&f.what, What::Assigned { employee, from, reasoned: true, .. }
            if *employee != facts.employee && (this.at - from).abs() <= 30 * DAY_US)
    })
}

/// What the order was worth when it was placed, if the transfer does not say.
fn placed_amount(about: &About<'_>, order: Option<&str>) -> Option<i64> {
    about.order(order?).iter().find_map(|f| match &f.what {
        What::Placed { amount: Some(a), .. } => Some(a.minor),
        _ => None,
    })
}
