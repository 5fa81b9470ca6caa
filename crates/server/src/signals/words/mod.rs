//! Words 词: the lexicon in force, and what it found in messages as they came.
//!
//! Intake reads a message's text with [`lexicon`] before the record is sealed; [`Keep`] writes the hits in the record's
//! transaction — entry, step and place, never text or amounts — and lets a weak hit ripen when a second sign (an amount,
//! a share, another word) stands within 24 hours in the same conversation, whichever arrived first. [`FollowVersions`]
//! keeps the versions of the lexicon, each of them a record of `/probity/lexicon`.
//! What is *not* here: reading a text (crate `probity-lexicon`), raising alerts (alerts::words), chains (signals::links).

pub mod api;
mod keep;
pub mod model;
#[cfg(test)]
mod tests;
mod versions;

pub use keep::{Keep, Ripe, forget};
pub use versions::{CHANGED, FollowVersions, Version, definition, lexicon, save, versions};
