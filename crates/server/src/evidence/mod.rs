//! Evidence 证据: what makes a record provable to somebody who does not trust us.
//!
//! [`checkpoints`] publishes the log and has it stamped, [`fsck`] recomputes everything that can be recomputed,
//! [`chain`] says what records show together.

pub mod chain;
pub mod checkpoints;
pub mod fsck;
pub mod package;
