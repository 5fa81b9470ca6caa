//! Signals 信号: what records say when read together: words, links, runs of the rules.
//!
//! `words` finds entries of the lexicon as messages arrive; `links` finds the chains of an employee; `run` computes
//! every rule again. What is *not* here: alerts, and what a chain means (evidence::chain).

pub mod links;
pub mod run;
pub mod words;
