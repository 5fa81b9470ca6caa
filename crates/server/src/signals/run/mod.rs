//! Recomputing every rule for the records up to a day: after rules, thresholds or names changed, and for checks.
//! The same records give the same alerts, so running it again changes nothing.

pub mod api;
mod read_again;

use crate::{
    alerts::{self, rules},
    company::Company,
    error::Result,
};
use std::sync::Arc;

/// What one rule came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    pub rule: &'static str,
    /// Employees it looked at.
    pub subjects: usize,
    /// Signals over the threshold, whether their alert is new, open or closed.
    pub alerts: usize,
}

/// Every rule, for records that happened before `until` (UTC microseconds).
pub async fn run(company: &Arc<Company>, until: i64) -> Result<Vec<Ran>> {
    read_again::read_again(company).await?;
    let (subjects, found) = alerts::words_again(company, until).await?;
    let words = Ran { rule: rules::WORDS.id, subjects, alerts: found };
    let (subjects, found) = alerts::chains_again(company, until).await?;
    let chains = Ran { rule: rules::CHAIN.id, subjects, alerts: found };
    Ok(vec![words, chains])
}
