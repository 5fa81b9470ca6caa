//! From facts to episodes of one customer, each within the window, each link held by a fact. Which payments belong to
//! an episode is asked in `receipts`, how it is told in `tell`.

use super::certainty::{did_certainty, said_certainty};
use super::{
    Chain,
    directory::{Directory, Firm},
    facts::{Fact, Facts, Message, What},
    fit::{fits, share_of},
    pattern::{Pattern, Role},
    roles::{self, Deed, DidFact, PaidFact, Parties, Reach, SaidFact, Tie},
    why::PaidWhy,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How each message is tied to each deed of one customer; by their log indices.
type Ties = HashMap<(i64, i64), Tie>;

/// A payment and why it belongs to an episode.
pub(super) struct Receipt<'a> {
    pub paid: &'a PaidFact<'a>,
    pub why: PaidWhy,
    pub certainty: f64,
    /// Index of the deed it answers.
    pub did: Option<usize>,
}

/// What may belong together about one customer, before it is scored.
pub(super) struct Episode<'a> {
    pub said: Vec<(&'a SaidFact<'a>, Tie)>,
    pub did: Vec<&'a DidFact<'a>>,
    pub paid: Vec<Receipt<'a>>,
    pub out_of_order: bool,
}

/// A message of either side with a share or a sum in it.
pub(super) struct Promise<'a> {
    pub fact: &'a Fact,
    pub message: &'a Message,
    pub customers: BTreeSet<String>,
}

pub(super) struct Builder<'a> {
    pub pattern: &'a Pattern,
    pub facts: &'a Facts,
    about: &'a roles::About<'a>,
    said: &'a [SaidFact<'a>],
    stops: &'a [DidFact<'a>],
    pub paid: &'a [PaidFact<'a>],
    pub promises: Vec<Promise<'a>>,
}

pub fn chains(pattern: &Pattern, facts: &Facts) -> Vec<Chain> {
    let mut sorted: Vec<&Fact> = facts.facts.iter().collect();
    sorted.sort_by(|a, b| a.key().cmp(&b.key()));
    sorted.dedup_by(|a, b| a.key() == b.key());
    let known = Parties::of(&sorted);
    let said = roles::said(facts, &sorted, &known);
    let about = roles::About::new(&sorted);
    let did = roles::did(facts, &sorted, &about);
    let stops = roles::stops(facts, &sorted);
    let paid = roles::paid(facts, &sorted);
    let promises = sorted
        .iter()
        .filter_map(|f| match &f.what {
            What::Message(m) if !m.excepted && m.promises() => {
                let his = m.from.as_deref() == Some(facts.employee.as_str());
                (his || m.from.is_none()).then(|| Promise { fact: f, message: m, customers: known.customers_of(&facts.directory, m) })
            }
            _ => None,
        })
        .collect();
    let b = Builder { pattern, facts, about: &about, said: &said, stops: &stops, paid: &paid, promises };

    let mut customers: BTreeSet<&str> = did.iter().map(|(c, _)| c.as_str()).collect();
    for s in said.iter().filter(|s| s.speaks()) {
        customers.extend(s.customers.iter().map(String::as_str));
    }
    let mut used_said: BTreeSet<i64> = BTreeSet::new();
    let mut free: BTreeSet<i64> = paid.iter().map(|p| p.fact.idx).collect();
    let mut all = Vec::new();
    for customer in customers {
        let own: Vec<&DidFact<'_>> = did.iter().filter(|(c, _)| c == customer).map(|(_, d)| d).collect();
        for episode in b.episodes(customer, &own) {
            used_said.extend(episode.said.iter().map(|(s, _)| s.fact.idx));
            for r in &episode.paid {
                free.remove(&r.paid.fact.idx);
            }
            all.extend(b.chain(Some(customer), &episode));
        }
    }
    // What was said to an outsider nobody knows: a chain of its own, one a conversation.
    let mut strangers: BTreeMap<&str, Vec<&SaidFact<'_>>> = BTreeMap::new();
    for s in said.iter().filter(|s| s.speaks() && s.customers.is_empty() && !used_said.contains(&s.fact.idx)) {
        strangers.entry(&s.message.conversation).or_default().push(s);
    }
    for talk in strangers.into_values() {
        for episode in b.talk_only(talk.into_iter().map(|s| (s, Tie::None)).collect(), &free) {
            all.extend(b.chain(None, &episode));
        }
    }
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.from.cmp(&b.from)).then(a.id.cmp(&b.id)));
    all
}

impl<'a> Builder<'a> {
    pub(super) fn directory(&self) -> &'a Directory {
        &self.facts.directory
    }

    pub(super) fn within(&self, first: &Fact, last: &Fact) -> bool {
        first.not_after(last) && last.at - first.at <= self.pattern.window_us
    }

    fn episodes(&self, customer: &str, did: &[&'a DidFact<'a>]) -> Vec<Episode<'a>> {
        let mut open: Vec<&DidFact<'a>> = did.to_vec();
        let mut paid_open: BTreeSet<i64> = self.paid.iter().map(|p| p.fact.idx).collect();
        let mut said_first: BTreeSet<i64> = BTreeSet::new();
        let mut said_used: BTreeSet<i64> = BTreeSet::new();
        let mut all = Vec::new();
        let ties = self.ties(customer, did);
        // Deeds that followed a talk first: they have the better claim on a payment.
        while let Some(episode) = open.iter().find_map(|d| self.best_after_talk(customer, &ties, d, &open, &paid_open, &said_first)) {
            said_first.insert(episode.said[0].0.fact.idx);
            said_used.extend(episode.said.iter().map(|(s, _)| s.fact.idx));
            for r in &episode.paid {
                paid_open.remove(&r.paid.fact.idx);
            }
            let done: BTreeSet<i64> = episode.did.iter().map(|d| d.fact.idx).collect();
            open.retain(|d| !done.contains(&d.fact.idx));
            all.push(episode);
        }
        while let Some(first) = open.iter().position(|d| !d.tentative && !d.colleague).map(|i| open[i]) {
            let episode = self.without_talk(&ties, first, &open, &paid_open);
            for r in &episode.paid {
                paid_open.remove(&r.paid.fact.idx);
            }
            let done: BTreeSet<i64> = episode.did.iter().map(|d| d.fact.idx).collect();
            open.retain(|d| !done.contains(&d.fact.idx));
            all.push(episode);
        }
        let left: Vec<(&SaidFact<'_>, Tie)> =
            self.said.iter().filter(|s| s.customers.contains(customer) && s.speaks() && !said_used.contains(&s.fact.idx)).map(|s| (s, Tie::Customer)).collect();
        all.extend(self.talk_only(left, &paid_open));
        all
    }

    fn ties(&self, customer: &str, did: &[&DidFact<'_>]) -> Ties {
        let mut ties = Ties::new();
        for s in self.said {
            if !s.customers.is_empty() && !s.customers.contains(customer) && s.hit().is_none() && !s.promises() {
                continue;
            }
            for d in did {
                if let Some(tie) = self.tie(s, customer, d) {
                    ties.insert((s.fact.idx, d.fact.idx), tie);
                }
            }
        }
        ties
    }

    /// The episode that begins with a talk before `d`, at the beginning that scores best.
    fn best_after_talk(
        &self,
        customer: &str,
        ties: &Ties,
        d: &'a DidFact<'a>,
        open: &[&'a DidFact<'a>],
        paid: &BTreeSet<i64>,
        not_first: &BTreeSet<i64>,
    ) -> Option<Episode<'a>> {
        let begins: Vec<&SaidFact<'_>> = self
            .said
            .iter()
            .filter(|s| self.within(s.fact, d.fact) && s.fact.key() != d.fact.key() && !not_first.contains(&s.fact.idx))
            .filter(|s| ties.contains_key(&(s.fact.idx, d.fact.idx)))
            .collect();
        // The earliest tells most; a later one only where the earlier leaves a payment out of the window.
        let mut best: Option<(f64, Episode<'a>)> = None;
        let mut tried_without_gain = 0;
        for begin in begins {
            let Some(episode) = self.from_talk(ties, begin, open, paid) else { continue };
            let score = self.score(customer, &episode);
            if best.as_ref().is_none_or(|(s, _)| score > *s) {
                best = Some((score, episode));
                tried_without_gain = 0;
            } else {
                tried_without_gain += 1;
                if tried_without_gain > 40 {
                    break;
                }
            }
        }
        let (score, episode) = best?;
        // A talk too old for the payment must not hide what could, did and paid show without it.
        let alone = !d.tentative && !d.colleague && self.score(customer, &self.without_talk(ties, d, open, paid)) > score;
        (!alone).then_some(episode)
    }

    /// Ties a message to a deed; an unknown outsider only counts where a payment answers what was promised to him.
    fn tie(&self, s: &SaidFact<'_>, customer: &str, d: &DidFact<'_>) -> Option<Tie> {
        match s.tie(self.directory(), customer, &d.firms)? {
            Tie::None if d.colleague => None,
            Tie::None => {
                let amount = d.amount.as_ref()?;
                let answers = |p: &PaidFact<'_>| p.in_money_of(amount) && s.message.shares.iter().any(|x| fits(p.minor, share_of(*x, amount.minor)).is_some());
                self.paid.iter().any(|p| d.fact.not_after(p.fact) && self.within(s.fact, p.fact) && answers(p)).then_some(Tie::None)
            }
            tie => Some(tie),
        }
    }

    fn from_talk(&self, ties: &Ties, begin: &'a SaidFact<'a>, open: &[&'a DidFact<'a>], paid: &BTreeSet<i64>) -> Option<Episode<'a>> {
        let mut did: Vec<&DidFact<'_>> = open
            .iter()
            .copied()
            .filter(|d| {
                self.within(begin.fact, d.fact)
                    && self.said.iter().any(|s| ties.contains_key(&(s.fact.idx, d.fact.idx)) && self.within(begin.fact, s.fact) && self.within(s.fact, d.fact))
            })
            .collect();
        let last = did.iter().map(|d| d.fact).max_by(|a, b| a.key().cmp(&b.key()))?;
        let said: Vec<(&SaidFact<'_>, Tie)> = self
            .said
            .iter()
            .filter(|s| self.within(begin.fact, s.fact) && s.fact.not_after(last))
            .filter_map(|s| did.iter().filter(|d| s.fact.not_after(d.fact)).filter_map(|d| ties.get(&(s.fact.idx, d.fact.idx))).max().map(|t| (s, *t)))
            .collect();
        if said.first().is_none_or(|(s, _)| s.fact.idx != begin.fact.idx) {
            return None;
        }
        self.add_stops(&mut did, begin.fact);
        let receipts = self.receipts(begin.fact, &said, &did, paid);
        let mut episode = Episode { said, did, paid: receipts, out_of_order: false };
        drop_tentative(&mut episode);
        (episode.did.iter().any(|d| d.how != Deed::Stop)).then_some(episode)
    }

    fn without_talk(&self, ties: &Ties, first: &'a DidFact<'a>, open: &[&'a DidFact<'a>], paid: &BTreeSet<i64>) -> Episode<'a> {
        let mut did: Vec<&DidFact<'_>> = open.iter().copied().filter(|d| !d.colleague && self.within(first.fact, d.fact)).collect();
        self.add_stops(&mut did, first.fact);
        let mut receipts = self.receipts(first.fact, &[], &did, paid);
        // A payment that answers a talk held after the order moved is not the price of that move.
        let later: Vec<&SaidFact<'_>> = self
            .said
            .iter()
            .filter(|s| !s.fact.not_after(first.fact) && s.fact.at - first.fact.at <= self.pattern.window_us)
            .filter(|s| did.iter().any(|d| ties.get(&(s.fact.idx, d.fact.idx)).is_some_and(|t| *t != Tie::None)))
            .collect();
        receipts.retain(|r| {
            let deed = r.did.map(|i| did[i]);
            !later.iter().any(|s| deed.is_some_and(|d| !s.fact.not_after(d.fact)) && s.fact.not_after(r.paid.fact))
        });
        let mut episode = Episode { said: Vec::new(), did, paid: receipts, out_of_order: !later.is_empty() };
        drop_tentative(&mut episode);
        if episode.did.is_empty() {
            episode.did.push(first);
        }
        episode
    }

    /// Talks that no order followed: with stops at a company they name, and payments by it or of what they promise.
    fn talk_only(&self, mut left: Vec<(&'a SaidFact<'a>, Tie)>, open: &BTreeSet<i64>) -> Vec<Episode<'a>> {
        let mut all = Vec::new();
        while let Some((first, _)) = left.first().copied() {
            let (said, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|(s, _)| self.within(first.fact, s.fact));
            left = rest;
            let did: Vec<&DidFact<'_>> = self
                .stops
                .iter()
                .filter(|d| self.within(first.fact, d.fact))
                .filter(|d| said.iter().any(|(s, _)| s.fact.not_after(d.fact) && d.firms.iter().any(|(f, _)| s.names(self.directory(), f).is_some())))
                .collect();
            let paid = self.receipts(first.fact, &said, &did, open);
            all.push(Episode { said, did, paid, out_of_order: false });
        }
        all
    }

    /// Stops at a company that received an order or customer of this episode.
    fn add_stops(&self, did: &mut Vec<&'a DidFact<'a>>, first: &Fact) {
        let firms: Vec<Firm> = did.iter().flat_map(|d| d.firms.iter().map(|(f, _)| f.clone())).collect();
        did.extend(self.stops.iter().filter(|s| self.within(first, s.fact) && s.firms.iter().any(|(f, _)| firms.iter().any(|g| self.directory().same(f, g)))));
        did.sort_by(|a, b| a.fact.key().cmp(&b.fact.key()));
    }

    pub(super) fn reach(&self, customer: &str, e: &Episode<'_>) -> Option<Reach<'a>> {
        let times: Vec<i64> = e.said.iter().map(|(s, _)| s.fact.at).chain(e.did.iter().map(|d| d.fact.at)).collect();
        roles::reach(self.facts, self.about, customer, &times, self.pattern.reach_us)
    }

    fn score(&self, customer: &str, e: &Episode<'_>) -> f64 {
        let reach = self.reach(customer, e);
        self.pattern.score(&roles_of(e, reach.is_some()), certainty(e, reach.as_ref()))
    }
}

/// A cancelled order that says no more stays only where a payment answers it.
fn drop_tentative(e: &mut Episode<'_>) {
    let answered: BTreeSet<usize> = e.paid.iter().filter_map(|r| r.did).collect();
    let keep: Vec<bool> = e.did.iter().enumerate().map(|(i, d)| !d.tentative || answered.contains(&i)).collect();
    let mut moved_to = vec![None; keep.len()];
    let mut next = 0;
    for (i, k) in keep.iter().enumerate() {
        if *k {
            moved_to[i] = Some(next);
            next += 1;
        }
    }
    let mut i = 0;
    e.did.retain(|_| {
        i += 1;
        keep[i - 1]
    });
    for r in &mut e.paid {
        r.did = r.did.and_then(|i| moved_to[i]);
    }
}

pub(super) fn roles_of(e: &Episode<'_>, could: bool) -> Vec<Role> {
    let mut roles = Vec::new();
    for (role, has) in [(Role::Could, could), (Role::Said, !e.said.is_empty()), (Role::Did, !e.did.is_empty()), (Role::Paid, !e.paid.is_empty())] {
        if has {
            roles.push(role);
        }
    }
    roles
}

/// How sure the links are on the whole: the mean over the roles of each one's surest step.
pub(super) fn certainty(e: &Episode<'_>, reach: Option<&Reach<'_>>) -> f64 {
    let mut all = Vec::new();
    match reach {
        Some(Reach::Assigned(..)) => all.push(0.95),
        Some(Reach::Acted(_)) => all.push(0.75),
        None => {}
    }
    let max = |values: &mut dyn Iterator<Item = f64>| values.fold(None, |m: Option<f64>, v| Some(m.map_or(v, |m| m.max(v))));
    all.extend(max(&mut e.said.iter().map(|(s, t)| said_certainty(s, *t))));
    all.extend(max(&mut e.did.iter().map(|d| did_certainty(d))));
    all.extend(max(&mut e.paid.iter().map(|r| r.certainty)));
    if all.is_empty() { 0.0 } else { all.iter().sum::<f64>() / all.len() as f64 }
}
