//! How sure a single step is, before the steps are weighed together.

use super::{
    Role, Step,
    facts::Fact,
    roles::{Deed, DidFact, SaidFact, Tie},
};
use crate::said::Said;

pub(super) fn step(fact: &Fact, role: Role, why: Said, confidence: f64) -> Step {
    Step {
        idx: fact.idx,
        source: fact.source.clone(),
        kind: fact.kind.clone(),
        at: fact.at,
        role,
        why,
        confidence: (confidence * 100.0).round() / 100.0,
        links: Vec::new(),
    }
}

pub(super) fn said_certainty(s: &SaidFact<'_>, tie: Tie) -> f64 {
    let sign: f64 = match s.hit() {
        Some(h) if h.strong => 0.9,
        Some(_) => 0.6,
        None if s.accepts() => 0.6,
        None => 0.7,
    };
    let tied = match tie {
        Tie::Customer => 1.0,
        Tie::NamesCustomer => 0.9,
        Tie::Firm => 0.7,
        Tie::None => 0.6,
    };
    sign * tied
}

pub(super) fn did_certainty(d: &DidFact<'_>) -> f64 {
    let by = if d.colleague { 0.8 } else { 1.0 };
    by * match (d.how, d.firms.is_empty()) {
        (Deed::Order | Deed::Customer, false) => 0.95,
        (Deed::Order | Deed::Customer, true) => 0.6,
        (Deed::Cancelled, false) => 0.7,
        (Deed::Cancelled, true) => 0.5,
        (Deed::Stop, _) => 0.6,
    }
}
