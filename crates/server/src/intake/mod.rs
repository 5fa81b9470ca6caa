//! Intake: the one door through which records come in.
//!
//! `envelope` reads a CloudEvent and checks it against its kind (`kinds`); `law` and `check` refuse what the source's
//! registration or the law forbids; `receive` hands the rest to the record writer and `quarantine` keeps what was
//! turned away. `import/` turns files into the same events. What is *not* here: storing, sealing, the log (records),
//! and everything that follows from a record (each room's own effect).
//! Start with [`receive::receive`].

pub mod api;
pub mod attached;
pub mod blobs;
pub mod browse;
mod check;
mod envelope;
pub mod facts;
mod hidden;
pub mod import;
pub mod kinds;
mod law;
mod leave;
pub mod model;
pub mod money;
#[cfg(feature = "testing")]
pub mod parsers;
mod project;
pub mod quarantine;
pub mod reason;
pub mod receive;
pub mod sources;
#[cfg(test)]
pub(crate) mod tests;

pub use envelope::reading;
pub use project::Projection;

use crate::{
    access::{Caller, CallerKind, Permission},
    company::Actor,
};

/// Who sends records, and to which sources they may write (`None`: any but our own).
#[derive(Debug, Clone)]
pub struct Sender {
    pub by: Actor,
    pub sources: Option<Vec<String>>,
}

impl Sender {
    pub fn of(caller: &Caller) -> Self {
        // A token that may set up, but not send, sends nothing by way of an import either.
        let program = matches!(caller.kind, CallerKind::Token { .. });
        let sources = if program && !caller.has(Permission::RecordsWrite) { Some(Vec::new()) } else { caller.sources.clone() };
        Self { by: caller.actor(), sources }
    }

    fn may_write_to(&self, source: &str) -> bool {
        self.sources.as_ref().is_none_or(|bound| bound.iter().any(|s| s == source))
    }
}
