//! Records: what happened, sealed, in the log, never edited.
//!
//! `append` writes a group of drafts with their leaves, subjects and everything that follows from them (`Effect`s)
//! in one transaction; `seal` is the only place that encrypts and decrypts; `look` opens content for a person and
//! makes the look itself a record; `machine` reads for the product's own rules; `forget` drops keys and leaves
//! the log whole. What is *not* here: what a kind means (intake), who may look (access).
//! Start with [`append::Writer::append`].

mod append;
pub mod counters;
mod forget;
pub mod held;
mod keys;
mod look;
pub mod machine;
pub mod model;
mod seal;
#[cfg(test)]
mod tests;

pub use append::{Appended, BACKFILL_US, Draft, Effect, Outcome, Writer, in_turn};
pub use forget::{about, drop_keys, known_employees};
pub use keys::{KeyRing, key_path};
pub use look::{FollowLooks, Look, open_for_person};

/// `rec_<log index>`: how a record is named outside.
pub fn id_of(idx: i64) -> String {
    format!("rec_{idx}")
}

/// The log index behind `rec_…`, if it has that form.
pub fn idx_of(id: &str) -> Option<i64> {
    let digits = id.strip_prefix("rec_")?;
    (!digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

/// Subject keys: the forms of `record_subjects.subject`.
pub fn employee_subject(number: &str) -> String {
    format!("e:{number}")
}
pub fn customer_subject(id: &str) -> String {
    format!("c:{id}")
}
pub const COMPANY_SUBJECT: &str = "company";
