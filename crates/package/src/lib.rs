//! The evidence package 证据包: one zip that the other side checks without us.
//!
//! [`build`] turns the contents of a case, already opened and redacted by the caller, into a zip whose
//! bytes depend on nothing but its inputs. [`verify`] takes such a zip and whatever the checker holds from
//! elsewhere (a key fingerprint, an earlier checkpoint, the root certificate of a time stamp authority) and
//! names every file that was altered, removed or added.
//!
//! Deliberately absent: a database, a clock, the network, HR words, the typesetter (PDFs arrive as bytes).
//! Of our own crates only `probity-ledger` is used, so that an auditor can read these two alone.
//! `verifier.html` beside this crate is the same check for a browser, one file without dependencies.
//!
//! Start with [`format`] for what is inside the zip, then [`build`] and [`verify`].

pub mod build;
pub mod catalogue;
pub mod command;
pub mod container;
pub mod format;
pub mod pins;
pub mod report;
pub mod verify;

pub use build::{Built, Contents, Document, EarlierCheckpoint, Item, Member, Pdf, StampFile};
pub use catalogue::Row;
pub use pins::Pins;
pub use report::{Finding, Problem, Report};
pub use verify::verify;

/// The verifier that travels inside every package, also served by the product.
pub const VERIFIER_HTML: &str = include_str!("../verifier.html");
