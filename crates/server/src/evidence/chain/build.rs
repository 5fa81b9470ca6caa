//! From facts to chains: episodes of one customer, each within the window, each link held by a fact.

use super::certainty::{did_certainty, said_certainty, step};
use super::{
    Chain, ChainFirm, Link, Step,
    directory::{Directory, Firm, Via},
    facts::{Fact, Facts, What},
    fit::{Fit, close, fit, share_of},
    pattern::{Pattern, Role},
    roles::{self, Deed, DidFact, PaidFact, Reach, SaidFact, Tie},
    why::{self, PaidWhy},
};
use crate::said::Said;
use aws_lc_rs::digest::{SHA256, digest};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The id of a chain: the same for the same first record, whatever arrived when.
fn id_of(pattern: &str, employee: &str, customer: Option<&str>, first: &Fact) -> String {
    let key = [pattern, employee, customer.unwrap_or_default(), &first.source, &first.source_id].join("\u{0}");
    let hash = digest(&SHA256, key.as_bytes());
    format!("chain_{}", hex::encode(&hash.as_ref()[..12]))
}

/// How each message is tied to each deed of one customer; by their log indices.
type Ties = HashMap<(i64, i64), Tie>;

/// A payment and why it belongs to an episode.
struct Receipt<'a> {
    paid: &'a PaidFact<'a>,
    why: PaidWhy,
    certainty: f64,
    /// Index of the deed it answers.
    did: Option<usize>,
}

/// What may belong together about one customer, before it is scored.
struct Episode<'a> {
    said: Vec<(&'a SaidFact<'a>, Tie)>,
    did: Vec<&'a DidFact<'a>>,
    paid: Vec<Receipt<'a>>,
    out_of_order: bool,
}

struct Builder<'a> {
    pattern: &'a Pattern,
    facts: &'a Facts,
    about: &'a roles::About<'a>,
    said: &'a [SaidFact<'a>],
    stops: &'a [DidFact<'a>],
    paid: &'a [PaidFact<'a>],
    /// Messages of either side, for what was promised in a conversation.
    promises: Vec<(&'a Fact, &'a super::facts::Message)>,
}

pub fn chains(pattern: &Pattern, facts: &Facts) -> Vec<Chain> {
    let mut sorted: Vec<&Fact> = facts.facts.iter().collect();
    sorted.sort_by(|a, b| a.key().cmp(&b.key()));
    sorted.dedup_by(|a, b| a.key() == b.key());
    let said = roles::said(facts, &sorted);
    let about = roles::About::new(&sorted);
    let did = roles::did(facts, &sorted, &about);
    let stops = roles::stops(facts, &sorted);
    let paid = roles::paid(facts, &sorted);
    let promises = sorted
        .iter()
        .filter_map(|f| match &f.what {
            What::Message(m) if !m.excepted && (!m.shares.is_empty() || !m.amounts.is_empty()) => {
                let his = m.from.as_deref() == Some(facts.employee.as_str());
                (his || m.from.is_none()).then_some((*f, m))
            }
            _ => None,
        })
        .collect();
    let b = Builder { pattern, facts, about: &about, said: &said, stops: &stops, paid: &paid, promises };

    let mut customers: BTreeSet<&str> = did.iter().map(|(c, _)| c.as_str()).collect();
    for s in said.iter().filter(|s| s.hit().is_some()) {
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
    for s in said.iter().filter(|s| s.hit().is_some() && s.customers.is_empty() && !used_said.contains(&s.fact.idx)) {
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
    fn directory(&self) -> &'a Directory {
        &self.facts.directory
    }

    fn within(&self, first: &Fact, last: &Fact) -> bool {
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
        while let Some(first) = open.iter().position(|d| !d.tentative).map(|i| open[i]) {
            let episode = self.without_talk(&ties, first, &open, &paid_open);
            for r in &episode.paid {
                paid_open.remove(&r.paid.fact.idx);
            }
            let done: BTreeSet<i64> = episode.did.iter().map(|d| d.fact.idx).collect();
            open.retain(|d| !done.contains(&d.fact.idx));
            all.push(episode);
        }
        let left: Vec<(&SaidFact<'_>, Tie)> = self
            .said
            .iter()
            .filter(|s| s.customers.contains(customer) && s.hit().is_some() && !said_used.contains(&s.fact.idx))
            .map(|s| (s, Tie::Customer))
            .collect();
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
        best.map(|(_, e)| e)
    }

    /// Ties a message to a deed; an unknown outsider only counts where a payment answers what was promised to him.
    fn tie(&self, s: &SaidFact<'_>, customer: &str, d: &DidFact<'_>) -> Option<Tie> {
        match s.tie(self.directory(), customer, &d.firms)? {
            Tie::None => {
                let amount = d.amount?;
                self.paid
                    .iter()
                    .any(|p| d.fact.not_after(p.fact) && self.within(s.fact, p.fact) && s.message.shares.iter().any(|x| close(p.minor, share_of(*x, amount))))
                    .then_some(Tie::None)
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
        let mut did: Vec<&DidFact<'_>> = open.iter().copied().filter(|d| self.within(first.fact, d.fact)).collect();
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

    fn receipts(&self, first: &Fact, said: &[(&'a SaidFact<'a>, Tie)], did: &[&'a DidFact<'a>], open: &BTreeSet<i64>) -> Vec<Receipt<'a>> {
        let candidates: Vec<&PaidFact<'_>> = self.paid.iter().filter(|p| open.contains(&p.fact.idx) && self.within(first, p.fact)).collect();
        let talks: BTreeSet<&str> = said.iter().map(|(s, _)| s.message.conversation.as_str()).collect();
        let mut all: Vec<Receipt<'a>> = Vec::new();
        for p in &candidates {
            if let Some(receipt) = self.receipt(p, p.minor, 1, first, said, did, &talks) {
                all.push(receipt);
            }
        }
        // Parts: payments of one payer that fit nothing alone and together fit what was promised.
        let mut by_payer: BTreeMap<&str, Vec<&PaidFact<'_>>> = BTreeMap::new();
        for p in &candidates {
            let alone = all.iter().any(|r| r.paid.fact.idx == p.fact.idx && r.why.fit.is_some());
            if !alone && !p.payer.is_empty() {
                by_payer.entry(p.payer.as_str()).or_default().push(p);
            }
        }
        for parts in by_payer.into_values().filter(|v| v.len() > 1) {
            'runs: for from in 0..parts.len() {
                let mut total = parts[from].minor;
                for until in from + 1..parts.len().min(from + 6) {
                    total = total.saturating_add(parts[until].minor);
                    let run = &parts[from..=until];
                    // Every part must itself come after the deed it answers, so the first decides.
                    let Some(whole) = self.receipt(run[0], total, run.len(), first, said, did, &talks).filter(|r| r.why.fit.is_some()) else { continue };
                    for p in run {
                        all.retain(|r| r.paid.fact.idx != p.fact.idx);
                        all.push(Receipt {
                            paid: p,
                            why: PaidWhy { firm: whole.why.firm.clone(), named_on: whole.why.named_on, fit: whole.why.fit, parts: run.len() },
                            certainty: whole.certainty * 0.9,
                            did: whole.did,
                        });
                    }
                    break 'runs;
                }
            }
        }
        all.sort_by(|a, b| a.paid.fact.key().cmp(&b.paid.fact.key()));
        all
    }

    /// Whether and why `minor`, paid by `p`'s payer at `p`'s time, belongs to these talks and deeds.
    #[expect(clippy::too_many_arguments, reason = "one question about one payment in one episode")]
    fn receipt(
        &self,
        p: &'a PaidFact<'a>,
        minor: i64,
        parts: usize,
        first: &Fact,
        said: &[(&'a SaidFact<'a>, Tie)],
        did: &[&'a DidFact<'a>],
        talks: &BTreeSet<&str>,
    ) -> Option<Receipt<'a>> {
        let d = self.directory();
        let before: Vec<(usize, &DidFact<'_>)> = did.iter().enumerate().filter(|(_, x)| x.fact.not_after(p.fact)).map(|(i, x)| (i, *x)).collect();
        if before.is_empty() && !did.is_empty() {
            return None;
        }
        // The payer is a company that received something here; the latest such deed is the nearest cause.
        let firm = before
            .iter()
            .rev()
            .find_map(|(i, deed)| p.firms.iter().rev().find_map(|(f, via)| deed.firms.iter().find(|(g, _)| d.same(f, g)).map(|(g, _)| (*i, g.clone(), *via))));
        let named = said
            .iter()
            .rev()
            .filter(|(s, _)| s.fact.not_after(p.fact))
            .find_map(|(s, _)| p.firms.iter().rev().find(|(f, _)| s.names(d, f).is_some()).map(|(f, via)| (s.fact.day, f.clone(), *via)));
        let orders: Vec<i64> = before.iter().filter_map(|(_, x)| x.amount).collect();
        let mut shares = Vec::new();
        let mut sums = Vec::new();
        for (fact, m) in &self.promises {
            if talks.contains(m.conversation.as_str()) && self.within(first, fact) && fact.not_after(p.fact) {
                shares.extend(&m.shares);
                sums.extend(&m.amounts);
            }
        }
        let fits = fit(minor, &shares, &sums, &orders);
        // With a deed whose receiver is unknown, the company named in the talk is the receiver.
        let unknown = did.is_empty() || before.iter().any(|(_, x)| x.firms.is_empty());
        let by_talk = firm.is_none() && unknown && named.is_some();
        if firm.is_none() && !by_talk && fits.is_none() {
            return None;
        }
        let payer: f64 = match firm.as_ref().map(|(_, _, via)| *via).or(named.as_ref().map(|(_, _, via)| *via).filter(|_| by_talk)) {
            Some(Via::Id | Via::Name | Via::Account) => 0.8,
            Some(Via::Alias) => 0.75,
            Some(Via::Person | Via::ShortName) => 0.7,
            None => 0.0,
        };
        let amount: f64 = match fits {
            Some(Fit::Share { orders: 1, .. }) => 0.75,
            Some(Fit::Share { .. }) => 0.65,
            Some(Fit::Sum) => 0.6,
            None => 0.0,
        };
        let certainty = 1.0 - (1.0 - payer) * (1.0 - amount);
        let at = firm.as_ref().map(|(i, ..)| *i).or_else(|| before.last().map(|(i, _)| *i));
        let known = firm.map(|(_, f, via)| (f, via)).or_else(|| by_talk.then(|| named.clone().map(|(_, f, via)| (f, via))).flatten());
        Some(Receipt { paid: p, why: PaidWhy { firm: known, named_on: named.map(|(day, ..)| day), fit: fits, parts }, certainty, did: at })
    }

    fn reach(&self, customer: &str, e: &Episode<'_>) -> Option<Reach<'a>> {
        let times: Vec<i64> = e.said.iter().map(|(s, _)| s.fact.at).chain(e.did.iter().map(|d| d.fact.at)).collect();
        roles::reach(self.facts, self.about, customer, &times, self.pattern.reach_us)
    }

    fn score(&self, customer: &str, e: &Episode<'_>) -> f64 {
        let reach = self.reach(customer, e);
        self.pattern.score(&roles_of(e, reach.is_some()), certainty(e, reach.as_ref()))
    }

    fn chain(&self, customer: Option<&str>, e: &Episode<'_>) -> Option<Chain> {
        let d = self.directory();
        let reach = customer.and_then(|c| self.reach(c, e));
        let roles = roles_of(e, reach.is_some());
        let score = self.pattern.score(&roles, certainty(e, reach.as_ref()));
        let firms: Vec<(Firm, Via)> = e.did.iter().flat_map(|x| x.firms.iter().cloned()).collect();
        let mut steps: Vec<(&Fact, Step)> = Vec::new();
        match &reach {
            Some(Reach::Assigned(fact, day)) => steps.push((fact, step(fact, Role::Could, why::assigned(*day), 0.95))),
            Some(Reach::Acted(acts)) => steps.extend(acts.iter().map(|f| (*f, step(f, Role::Could, why::acted(&f.kind), 0.75)))),
            None => {}
        }
        for (s, tie) in &e.said {
            steps.push((s.fact, step(s.fact, Role::Said, why::said(d, s, *tie, &firms), said_certainty(s, *tie))));
        }
        for x in &e.did {
            let named = e.said.iter().find(|(s, _)| s.fact.not_after(x.fact) && x.firms.iter().any(|(f, _)| s.names(d, f).is_some()));
            let mut st = step(x.fact, Role::Did, why::did(d, x, named.map(|(s, _)| s.fact.day)), did_certainty(x));
            if let Some((s, tie)) = e.said.iter().rev().find(|(s, _)| s.fact.not_after(x.fact)) {
                let link = if named.is_some() {
                    Said::new("同一公司", "the same company")
                } else if *tie == Tie::None {
                    Said::new("收款等于该消息承诺的份额", "a payment is the share that message promised")
                } else {
                    Said::new("同一客户", "the same customer")
                };
                st.links.push(Link { to: named.map_or(s.fact.idx, |(s, _)| s.fact.idx), why: link, confidence: st.confidence });
            }
            steps.push((x.fact, st));
        }
        for r in &e.paid {
            let mut st = step(r.paid.fact, Role::Paid, why::paid(d, r.paid, &r.why), r.certainty);
            if let Some(deed) = r.did.and_then(|i| e.did.get(i)) {
                let link = match (&r.why.firm, r.why.fit) {
                    (_, Some(Fit::Share { ppm, .. })) => {
                        let p = why::percent(ppm);
                        Said::new(format!("转出订单的 {p}"), format!("{p} of the order that moved"))
                    }
                    (Some(_), _) => Said::new("付款方是接收方", "the payer is the receiver"),
                    _ => Said::new("等于承诺的数额", "the promised sum"),
                };
                st.links.push(Link { to: deed.fact.idx, why: link, confidence: r.certainty });
            }
            if let Some((s, _)) = e.said.iter().rev().find(|(s, _)| s.fact.not_after(r.paid.fact)).filter(|_| r.why.fit.is_some() || r.why.named_on.is_some()) {
                let link = if r.why.fit.is_some() {
                    Said::new("与消息中的承诺相符", "answers the promise in the message")
                } else {
                    Said::new("付款方在消息中被提到", "the payer is named in the message")
                };
                st.links.push(Link { to: s.fact.idx, why: link, confidence: r.certainty });
            }
            steps.push((r.paid.fact, st));
        }
        // A could-step is linked to the first act it made possible.
        let first_act = steps.iter().filter(|(_, s)| s.role != Role::Could).map(|(f, _)| *f).min_by(|a, b| a.key().cmp(&b.key()))?;
        for (_, s) in steps.iter_mut().filter(|(_, s)| s.role == Role::Could) {
            s.links.push(Link { to: first_act.idx, why: Said::new("同一客户", "the same customer"), confidence: s.confidence });
        }
        steps.sort_by(|(a, x), (b, y)| a.key().cmp(&b.key()).then(x.role.cmp(&y.role)));
        steps.dedup_by(|(a, x), (b, y)| a.key() == b.key() && x.role == y.role);
        let until = steps.iter().filter(|(_, s)| s.role != Role::Could).map(|(f, _)| f.at).max().unwrap_or(first_act.at);
        Some(Chain {
            id: id_of(self.pattern.id, &self.facts.employee, customer, first_act),
            pattern: self.pattern.id.to_owned(),
            employee: self.facts.employee.clone(),
            customer: customer.map(str::to_owned),
            companies: self.firms(e),
            score,
            from: first_act.at,
            until,
            gaps: self.gaps(e, &roles, customer.is_some()),
            steps: steps.into_iter().map(|(_, s)| s).collect(),
        })
    }

    fn firms(&self, e: &Episode<'_>) -> Vec<ChainFirm> {
        let d = self.directory();
        let mut all: Vec<(Firm, Via)> = e.did.iter().flat_map(|x| x.firms.iter().cloned()).chain(e.paid.iter().filter_map(|r| r.why.firm.clone())).collect();
        all.sort();
        let mut shown: Vec<(Firm, Via)> = Vec::new();
        for (f, via) in all {
            match shown.iter_mut().find(|(g, _)| d.same(g, &f)) {
                Some(seen) => seen.1 = seen.1.max(via),
                None => shown.push((f, via)),
            }
        }
        shown
            .into_iter()
            .map(|(f, via)| ChainFirm {
                name: d.name_of(&f),
                company: match f {
                    Firm::Listed(id) => Some(id),
                    Firm::Named(_) => None,
                },
                via: match via {
                    Via::Id => "id",
                    Via::Name => "name",
                    Via::Account => "account",
                    Via::Alias => "alias",
                    Via::ShortName => "short_name",
                    Via::Person => "person",
                },
            })
            .collect()
    }

    fn gaps(&self, e: &Episode<'_>, roles: &[Role], customer: bool) -> Vec<Said> {
        let mut gaps = Vec::new();
        if !roles.contains(&Role::Said) {
            gaps.push(why::gap_said(e.out_of_order));
        }
        if !roles.contains(&Role::Could) {
            gaps.push(why::gap_could());
        }
        if !roles.contains(&Role::Did) {
            gaps.push(why::gap_did());
        }
        if !roles.contains(&Role::Paid) {
            gaps.push(why::gap_paid());
        }
        let orders = || e.did.iter().filter(|d| d.how == Deed::Order);
        if customer && orders().count() > 0 && orders().all(|d| d.amount.is_none()) {
            gaps.push(why::gap_amount());
        }
        for firm in self.firms(e) {
            if firm.company.is_none() {
                gaps.push(why::gap_unlisted(&firm.name));
            }
        }
        gaps
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

fn roles_of(e: &Episode<'_>, could: bool) -> Vec<Role> {
    let mut roles = Vec::new();
    for (role, has) in [(Role::Could, could), (Role::Said, !e.said.is_empty()), (Role::Did, !e.did.is_empty()), (Role::Paid, !e.paid.is_empty())] {
        if has {
            roles.push(role);
        }
    }
    roles
}

/// How sure the links are on the whole: the mean over the roles of each one's surest step.
fn certainty(e: &Episode<'_>, reach: Option<&Reach<'_>>) -> f64 {
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
