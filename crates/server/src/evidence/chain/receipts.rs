//! Which payments belong to an episode, and why: the payer is the receiver, or the amount is what was promised.
//! What a payment is worth beside the other roles is the pattern's; the arithmetic of shares is `fit`'s.

use super::{
    build::{Builder, Receipt},
    directory::Via,
    facts::{DAY_US, Fact, Message},
    fit::{Fit, fit},
    roles::{DidFact, PaidFact, SaidFact, Tie},
    why::PaidWhy,
};
use std::collections::{BTreeMap, BTreeSet};

/// How far from a telling word its share may stand, in the same conversation or to the same people.
const SHARE_NEAR_US: i64 = 7 * DAY_US;
/// A sum stands closer: business talk is full of sums.
const SUM_NEAR_US: i64 = 2 * DAY_US;
/// More payments of one payer than this are not tried in pairs.
const PAIRS: usize = 24;

impl<'a> Builder<'a> {
    pub(super) fn receipts(&self, first: &Fact, said: &[(&'a SaidFact<'a>, Tie)], did: &[&'a DidFact<'a>], open: &BTreeSet<i64>) -> Vec<Receipt<'a>> {
        let candidates: Vec<&PaidFact<'_>> = self.paid.iter().filter(|p| open.contains(&p.fact.idx) && self.within(first, p.fact)).collect();
        let mut all: Vec<Receipt<'a>> = Vec::new();
        for p in &candidates {
            if let Some(receipt) = self.receipt(p, p.minor, 1, first, said, did) {
                all.push(receipt);
            }
        }
        // Parts: payments of one payer that fit nothing alone and together fit what was promised.
        let mut by_payer: BTreeMap<String, Vec<&PaidFact<'_>>> = BTreeMap::new();
        for p in &candidates {
            let alone = all.iter().any(|r| r.paid.fact.idx == p.fact.idx && r.why.fit.is_some());
            if let Some(payer) = self.payer(p, did).filter(|_| !alone) {
                by_payer.entry(payer).or_default().push(p);
            }
        }
        for parts in by_payer.into_values().filter(|v| v.len() > 1) {
            let whole = runs(&parts).find_map(|run| {
                // Every part must itself come after the deed it answers, so the first decides.
                let total = run.iter().fold(0_i64, |sum, p| sum.saturating_add(p.minor));
                self.receipt(run[0], total, run.len(), first, said, did).filter(|r| r.why.fit.is_some()).map(|r| (r, run))
            });
            let Some((whole, run)) = whole else { continue };
            for p in &run {
                all.retain(|r| r.paid.fact.idx != p.fact.idx);
                all.push(Receipt { paid: p, why: PaidWhy { parts: run.len(), ..whole.why.clone() }, certainty: whole.certainty * 0.9, did: whole.did });
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
    ) -> Option<Receipt<'a>> {
        let d = self.directory();
        let before: Vec<(usize, &DidFact<'_>)> = did.iter().enumerate().filter(|(_, x)| x.fact.not_after(p.fact)).map(|(i, x)| (i, *x)).collect();
        if before.is_empty() && !did.is_empty() {
            return None;
        }
        // The payer is a company that received something here; the latest such deed is the nearest cause.
        let firm = before.iter().rev().find_map(|(i, deed)| {
            p.firms.iter().rev().find_map(|(f, via)| {
                let (g, _) = deed.firms.iter().find(|(g, _)| d.same(f, g))?;
                Some((*i, g.clone(), if d.by_short_name(f, g) { Via::ShortName } else { *via }))
            })
        });
        let named = said
            .iter()
            .rev()
            .filter(|(s, _)| s.fact.not_after(p.fact))
            .find_map(|(s, _)| p.firms.iter().rev().find(|(f, _)| s.names(d, f).is_some()).map(|(f, via)| (s.fact.day, f.clone(), *via)));
        let orders: Vec<i64> = before.iter().filter_map(|(_, x)| x.amount.as_ref()).filter(|a| p.in_money_of(a)).map(|a| a.minor).collect();
        let (shares, sums) = self.promised(p, first, said);
        let fits = fit(minor, &shares, &sums, &orders);
        // Where the receiver is unknown it is the company named in the talk, or a competitor on the list that pays
        // after it.
        let unknown = did.is_empty() || before.iter().any(|(_, x)| x.firms.is_empty());
        let by_talk = named.as_ref().filter(|_| firm.is_none() && unknown).map(|(_, f, via)| (f.clone(), *via));
        let by_list = p.firms.iter().rev().find(|(f, _)| firm.is_none() && unknown && !said.is_empty() && d.is_competitor(f)).cloned();
        let guessed = by_talk.or(by_list);
        if firm.is_none() && guessed.is_none() && fits.is_none() {
            return None;
        }
        let payer: f64 = match firm.as_ref().map(|(_, _, via)| *via).or(guessed.as_ref().map(|(_, via)| *via)) {
            Some(Via::Id | Via::Name | Via::Account) => 0.8,
            Some(Via::Alias) => 0.75,
            Some(Via::Person | Via::ShortName) => 0.7,
            None => 0.0,
        };
        let amount: f64 = match fits {
            Some(Fit::Share { orders: 1, .. }) => 0.75,
            Some(Fit::Share { .. }) => 0.65,
            Some(Fit::Sum { .. }) => 0.6,
            None => 0.0,
        };
        let certainty = 1.0 - (1.0 - payer) * (1.0 - amount);
        let at = firm.as_ref().map(|(i, ..)| *i).or_else(|| before.last().map(|(i, _)| *i));
        let received = firm.is_some();
        let known = firm.map(|(_, f, via)| (f, via)).or(guessed);
        let why = PaidWhy { firm: known, received, named_on: named.map(|(day, ..)| day), fit: fits, parts };
        Some(Receipt { paid: p, why, certainty, did: at })
    }

    /// What had been promised by the time of a payment, near the talks of an episode: the share often stands in the
    /// answer, or in another channel to the same people.
    fn promised(&self, p: &PaidFact<'_>, first: &Fact, said: &[(&SaidFact<'_>, Tie)]) -> (Vec<u32>, Vec<i64>) {
        let (mut shares, mut sums) = (Vec::new(), Vec::new());
        for promise in self.promises.iter().filter(|x| x.fact.not_after(p.fact)) {
            if first.at - promise.fact.at > SUM_NEAR_US || promise.fact.at - first.at > self.pattern.window_us {
                continue;
            }
            let near = |reach: i64| {
                said.iter().any(|(s, _)| {
                    let together = s.message.conversation == promise.message.conversation
                        || same_party(s.message, promise.message)
                        || !s.customers.is_disjoint(&promise.customers);
                    together && (promise.fact.at - s.fact.at).abs() <= reach
                })
            };
            if near(SHARE_NEAR_US) {
                shares.extend(&promise.message.shares);
            }
            if near(SUM_NEAR_US) {
                sums.extend(&promise.message.amounts);
            }
        }
        (shares, sums)
    }

    /// Whose payments add up: a receiving company's under any of its names, else one payer's as written.
    fn payer(&self, p: &PaidFact<'_>, did: &[&DidFact<'_>]) -> Option<String> {
        let receiver = did.iter().flat_map(|d| &d.firms).find(|(f, _)| p.firms.iter().any(|(g, _)| self.directory().same(f, g)));
        receiver.map(|(f, _)| format!("{f:?}")).or_else(|| Some(p.payer.clone()).filter(|name| !name.is_empty()))
    }
}

fn same_party(a: &Message, b: &Message) -> bool {
    a.outsiders.iter().any(|p| !p.external.is_empty() && b.outsiders.iter().any(|q| q.external == p.external))
}

/// Runs of up to six payments, then pairs with others between.
fn runs<'a, 'b>(parts: &'b [&'a PaidFact<'a>]) -> impl Iterator<Item = Vec<&'a PaidFact<'a>>> + 'b {
    let together = (0..parts.len()).flat_map(move |from| (from + 2..=parts.len().min(from + 6)).map(move |until| parts[from..until].to_vec()));
    let few = if parts.len() <= PAIRS { parts.len() } else { 0 };
    let pairs = (0..few).flat_map(move |a| (a + 2..few).map(move |b| vec![parts[a], parts[b]]));
    together.chain(pairs)
}
