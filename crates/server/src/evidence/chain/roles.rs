//! Which facts may carry which role, and by which fact two of them belong together. No scores, no texts.

use super::{
    directory::{Directory, Firm, Via},
    facts::{DAY_US, Fact, Facts, Hit, Message, Money, Move, Moved, What},
    names::Text,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// 说: the employee wrote to an outsider.
#[derive(Debug, Clone)]
pub struct SaidFact<'a> {
    pub fact: &'a Fact,
    pub message: &'a Message,
    /// The customers its outside parties belong to; empty when nobody knows.
    pub customers: BTreeSet<String>,
    /// What the other side had just put forward in the same conversation, where this message repeats its share or sum,
    /// or names one for the word it used: an acceptance.
    pub answers: Vec<&'a Message>,
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
    pub amount: Option<Money>,
    /// Counts only together with a payment that fits: a cancelled order that says no more.
    pub tentative: bool,
    /// A colleague's name stands on it although the customer was this employee's; counts only after his own talk.
    pub colleague: bool,
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
    pub currency: &'a str,
    /// Tells payers apart when parts are added up.
    pub payer: String,
}

impl PaidFact<'_> {
    /// Shares are of the same money; a record that names none is in the company's.
    pub fn in_money_of(&self, amount: &Money) -> bool {
        self.currency == amount.currency || self.currency.is_empty() || amount.currency.is_empty()
    }
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

/// How long an offer waits for its answer.
const ANSWER_US: i64 = 3 * DAY_US;

impl<'a> SaidFact<'a> {
    fn of(facts: &Facts, fact: &'a Fact, known: &Parties<'_>, offers: &[(&'a Fact, &'a Message)]) -> Option<Self> {
        let What::Message(message) = &fact.what else { return None };
        if message.from.as_deref() != Some(facts.employee.as_str()) || message.outsiders.is_empty() {
            return None;
        }
        // A refusal or a policy that names a share promises nothing.
        let promises = !message.excepted && message.promises();
        if message.hits.is_empty() && !promises {
            return None;
        }
        let answers = if message.hits.is_empty() && !refuses(&message.text) {
            let in_time = |f: &Fact| f.not_after(fact) && fact.at - f.at <= ANSWER_US;
            offers
                .iter()
                .filter(|(f, offer)| offer.conversation == message.conversation && in_time(f))
                .filter(|(_, offer)| offer.same_promise(message) || (!offer.hits.is_empty() && !offer.promises()))
                .map(|(_, offer)| *offer)
                .collect()
        } else {
            Vec::new()
        };
        let directory = &facts.directory;
        let named = message.outsiders.iter().filter(|p| !p.company.is_empty() || !p.name.is_empty());
        let to = named.flat_map(|p| directory.payer(&p.name, &p.company, "")).collect();
        Some(Self { fact, message, customers: known.customers_of(directory, message), answers, text: Text::of(&message.text), to })
    }

    pub fn hit(&self) -> Option<&Hit> {
        self.message.hits.iter().find(|h| h.strong).or_else(|| self.message.hits.first())
    }

    pub fn promises(&self) -> bool {
        self.message.promises()
    }

    /// It accepts what the other side put forward with a word of the lexicon.
    pub fn accepts(&self) -> bool {
        self.answers.iter().any(|offer| !offer.hits.is_empty())
    }

    /// A Said whoever the customer and the receiver are.
    pub fn speaks(&self) -> bool {
        self.hit().is_some() || self.accepts()
    }

    /// How it names a company: in its text, or by going to its people.
    pub fn names(&self, directory: &Directory, firm: &Firm) -> Option<Via> {
        let to = self.to.iter().find(|(f, _)| directory.same(f, firm)).map(|(_, via)| *via);
        directory.names(&self.text, firm).max(to)
    }

    /// Whether it can be a Said about this customer, given the companies its orders moved to.
    pub fn tie(&self, directory: &Directory, customer: &str, firms: &[(Firm, Via)]) -> Option<Tie> {
        let names_firm = firms.iter().any(|(f, _)| self.names(directory, f).is_some());
        // Without a hit, only naming the receiving company with a share or an amount says anything, or accepting what
        // the other side said so.
        let accepts = || {
            self.accepts()
                || self.answers.iter().any(|offer| {
                    let text = Text::of(&offer.text);
                    firms.iter().any(|(f, _)| directory.names(&text, f).is_some())
                })
        };
        if self.message.hits.is_empty() && !(names_firm && self.promises()) && !accepts() {
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

/// What the messages themselves show of who belongs to which customer: one record may name the customer, the next only
/// the messenger's id.
#[derive(Default)]
pub struct Parties<'a> {
    people: BTreeMap<&'a str, BTreeSet<&'a str>>,
    talks: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Parties<'a> {
    pub fn of(sorted: &[&'a Fact]) -> Self {
        let mut all = Self::default();
        for fact in sorted {
            let What::Message(m) = &fact.what else { continue };
            for p in m.outsiders.iter().filter(|p| !p.customer.is_empty()) {
                all.talks.entry(&m.conversation).or_default().insert(&p.customer);
                if !p.external.is_empty() {
                    all.people.entry(&p.external).or_default().insert(&p.customer);
                }
            }
        }
        all
    }

    pub fn customers_of(&self, directory: &Directory, message: &Message) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for p in &message.outsiders {
            if p.customer.is_empty() {
                all.extend(directory.customers_of(&p.external, &p.name, &p.company));
                let by_id = self.people.get(p.external.as_str()).filter(|c| c.len() == 1);
                all.extend(by_id.into_iter().flatten().map(|c| (*c).to_owned()));
            } else {
                all.insert(p.customer.clone());
            }
        }
        if all.is_empty() && message.outsiders.iter().all(|p| p.company.is_empty()) {
            let by_talk = self.talks.get(message.conversation.as_str()).filter(|c| c.len() == 1);
            all.extend(by_talk.into_iter().flatten().map(|c| (*c).to_owned()));
        }
        all
    }
}

/// All that the employee wrote which may be a Said, oldest first.
pub fn said<'a>(facts: &Facts, sorted: &[&'a Fact], known: &Parties<'_>) -> Vec<SaidFact<'a>> {
    let offers: Vec<(&'a Fact, &'a Message)> = sorted
        .iter()
        .filter_map(|f| match &f.what {
            What::Message(m) if m.from.is_none() && !m.excepted && (m.promises() || !m.hits.is_empty()) => Some((*f, m)),
            _ => None,
        })
        .collect();
    sorted.iter().filter_map(|f| SaidFact::of(facts, f, known, &offers)).collect()
}

/// Words that turn an answer with a share in it into a refusal, and those that only look like it.
fn refuses(text: &str) -> bool {
    const AGREES: &[&str] = &["没问题", "没事", "没得说", "没毛病", "没意见", "不错", "不客气", "差不多", "不见不散", "少不了", "no problem", "no worries"];
    const REFUSES: &[&str] =
        &["不", "没", "别", "勿", "拒", "禁", "违规", "违法", "免了", "算了", "举报", "开除", "红线", "no ", "not ", "n't", "never", "refus", "declin"];
    let mut text = text.to_lowercase();
    for a in AGREES {
        text = text.replace(a, "");
    }
    REFUSES.iter().any(|r| text.contains(r))
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
        let colleague = m.employee != facts.employee;
        if colleague && held(facts, about, &m.customer, &[fact.at]).is_none() {
            continue;
        }
        let mut firms: Vec<(Firm, Via)> = m.to.as_deref().and_then(|to| d.firm(to)).into_iter().collect();
        if m.to.is_none() {
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
        if how == Deed::Cancelled && repeated(about, fact, m.order.as_deref()) {
            continue;
        }
        let given = if how == Deed::Order && firms.is_empty() { handed_over(facts, about, fact, &m.customer) } else { None };
        if given == Some(true) || (how == Deed::Order && came_back(facts, about, fact, m.order.as_deref())) {
            continue;
        }
        let amount = worth(about, m);
        // A customer that simply left went to nobody, and a cancelled order may be just that: unless a payment answers.
        let tentative = firms.is_empty() && (how != Deed::Order || given.is_some());
        all.push((m.customer.clone(), DidFact { fact, how, firms, amount, tentative, colleague }));
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
            (!firms.is_empty()).then_some(DidFact { fact, how: Deed::Stop, firms, amount: None, tentative: false, colleague: false })
        })
        .collect()
}

/// The companies that a stop may be tied to by one of these facts: an order or customer went there, a message of the
/// employee names it or went to its people. A stop anywhere else is no part of a chain.
pub fn firms_of(directory: &Directory, employee: &str, facts: &[Fact]) -> BTreeSet<Firm> {
    let mut firms = BTreeSet::new();
    for fact in facts {
        match &fact.what {
            What::Moved(m) => {
                firms.extend(m.to.as_deref().and_then(|to| directory.firm(to)).map(|(f, _)| f));
                firms.extend(directory.listed_in(&m.reason));
            }
            What::Message(m) if m.from.as_deref() == Some(employee) => {
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
            Some(PaidFact { fact, firms, minor: t.amount.minor, currency: &t.amount.currency, payer: super::names::plain(&payer) })
        })
        .collect()
}

/// What makes the employee able to reach a customer at a time: his assignment then in force, else his acts of the
/// `reach_us` before.
pub enum Reach<'a> {
    Assigned(&'a Fact, i32),
    Acted(Vec<&'a Fact>),
}

/// The assignment of the customer to this employee that was in force at one of these times.
fn held<'a>(facts: &Facts, about: &About<'a>, customer: &str, times: &[i64]) -> Option<(&'a Fact, i32)> {
    let mut assigned: Vec<(i64, Option<i64>, &str, i32, &'a Fact)> = about
        .customer(customer)
        .iter()
        .filter_map(|f| match &f.what {
            What::Assigned { employee, from, from_day, until, .. } => Some((*from, *until, employee.as_str(), *from_day, *f)),
            _ => None,
        })
        .collect();
    assigned.sort_by(|a, b| (a.0, a.4.key()).cmp(&(b.0, b.4.key())));
    let mut found = None;
    for (i, (from, until, employee, day, fact)) in assigned.iter().enumerate() {
        if *employee != facts.employee {
            continue;
        }
        // The next colleague's assignment ends this one.
        let next = assigned[i + 1..].iter().find(|(_, _, e, ..)| *e != facts.employee).map(|(from, ..)| *from);
        let end = [*until, next].into_iter().flatten().min().unwrap_or(i64::MAX);
        if times.iter().any(|t| from <= t && *t < end) {
            found = Some((*fact, *day));
        }
    }
    found
}

pub fn reach<'a>(facts: &Facts, about: &About<'a>, customer: &str, times: &[i64], reach_us: i64) -> Option<Reach<'a>> {
    if let Some((fact, day)) = held(facts, about, customer, times) {
        return Some(Reach::Assigned(fact, day));
    }
    let last = times.iter().max()?;
    let first = times.iter().min()?;
    let mut acts: Vec<&'a Fact> = about
        .customer(customer)
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

/// 区域调整: the customer was given to a colleague around that time; true if with a reason.
fn handed_over(facts: &Facts, about: &About<'_>, this: &Fact, customer: &str) -> Option<bool> {
    about
        .customer(customer)
        .iter()
        .filter_map(|f| match &f.what {
            What::Assigned { employee, from, reasoned, .. } if *employee != facts.employee && (this.at - from).abs() <= 30 * DAY_US => Some(*reasoned),
            _ => None,
        })
        .max()
}

/// What the order was worth: as the record says, as it was placed, or as another record of its move has it.
fn worth(about: &About<'_>, moved: &Moved) -> Option<Money> {
    if moved.amount.is_some() {
        return moved.amount.clone();
    }
    about.order(moved.order.as_deref()?).iter().find_map(|f| match &f.what {
        What::Placed { amount: Some(a), .. } | What::Moved(Moved { amount: Some(a), .. }) => Some(a.clone()),
        _ => None,
    })
}
