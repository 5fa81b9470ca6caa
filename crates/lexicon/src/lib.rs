//! Reads chat for words that tell of diverted customers, through the disguises people put them in, and finds the amounts
//! and shares that stand with them.
//!
//! No input or output, no clock, no randomness: `Lexicon::read` is a pure function of (lexicon, text, audience). What a
//! hit *means* — an alert, a link of a chain, a second sign a day later — is decided by the server; here is only said
//! what stands where, and whether its sentence offers or only tells ([`Offer`]). Start at [`Lexicon::read`]; the order of
//! the disguises is argued in `docs/decisions/003-reading-words.md`, the reading of offers in `019-who-offers-what.md`.

mod borders;
mod chars;
mod compile;
mod courtesies;
mod definition;
mod exceptions;
mod glance;
mod latin;
mod money;
mod offers;
mod pairs;
mod phrases;
mod quick;
mod read;
mod said;
mod scan;
mod shape;
mod sound;
mod split;
mod view;

pub use compile::Lexicon;
pub use definition::{Category, Definition, Entry, Exception, LexiconError, MAX_WORD_CHARS, MAX_WORDS, Place, Scope, Severity, Step, Steps};
pub use money::{Amount, Share, amounts, shares};
pub use offers::{Ground, Offer, Party};
pub use read::{Audience, Hit, Reading};
