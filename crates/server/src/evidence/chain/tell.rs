//! An episode told as a chain: steps with their reasons, the facts that link them, and what is missing.
//! What belongs together is decided in `build` and `receipts`; the sentences are `why`'s.

use super::{
    Chain, ChainFirm, Link, Step,
    build::{Builder, Episode, certainty, roles_of},
    certainty::{did_certainty, said_certainty, step},
    directory::{Firm, Via},
    facts::Fact,
    fit::Fit,
    pattern::Role,
    roles::{Deed, Reach, Tie},
    why,
};
use crate::said::Said;
use aws_lc_rs::digest::{SHA256, digest};

/// The id of a chain: the same for the same first record, whatever arrived when.
fn id_of(pattern: &str, employee: &str, customer: Option<&str>, first: &Fact) -> String {
    let key = [pattern, employee, customer.unwrap_or_default(), &first.source, &first.source_id].join("\u{0}");
    let hash = digest(&SHA256, key.as_bytes());
    format!("chain_{}", hex::encode(&hash.as_ref()[..12]))
}

impl Builder<'_> {
    pub(super) fn chain(&self, customer: Option<&str>, e: &Episode<'_>) -> Option<Chain> {
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
                    (Some(_), _) if r.why.received => Said::new("付款方是接收方", "the payer is the receiver"),
                    (Some(_), None) => Said::new("去向未记录，同业付款", "where it went is not recorded; a competitor pays"),
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
