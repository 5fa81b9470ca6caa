//! Chains 证据链: said · could · did · paid, found in the records of one employee.
//!
//! A pure function of facts: no database, no clock, no order of arrival. `decode` turns an event into a fact,
//! `directory` and `names` say who is who, `roles` which facts may carry which role, `build` and
//! `receipts` put them together by the facts that link them (the same customer, the company named, an amount that
//! fits), `tell` tells them, `pattern` holds what a
//! combination is worth, `why` the sentences. Closeness in time alone never links anything.
//! Not here: where facts come from (`signals::links`) and what is done about a chain (`alerts`).

mod build;
mod certainty;
pub mod decode;
pub mod directory;
pub mod facts;
mod fit;
pub mod names;
pub mod pattern;
mod receipts;
pub mod roles;
mod tell;
#[cfg(test)]
mod tests;
mod why;

pub use build::chains;
pub use pattern::{DIVERSION, Role};

use crate::said::Said;

/// What the records show of one dealing, and how much it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Hash of pattern, employee, customer and first record.
    pub id: String,
    pub pattern: String,
    pub employee: String,
    /// None where it was said to an outsider nobody knows.
    pub customer: Option<String>,
    pub companies: Vec<ChainFirm>,
    pub score: f64,
    /// First and last act; the state that let it happen may be older.
    pub from: i64,
    pub until: i64,
    pub steps: Vec<Step>,
    /// What is missing, and which source would show it.
    pub gaps: Vec<Said>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ChainFirm {
    pub company: Option<String>,
    pub name: String,
    pub via: &'static str,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub idx: i64,
    pub source: String,
    pub kind: String,
    pub at: i64,
    pub role: Role,
    pub why: Said,
    pub confidence: f64,
    pub links: Vec<Link>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub to: i64,
    pub why: Said,
    pub confidence: f64,
}
