//! The simulated company in the product: as files for anyone (`probity simulate`), and as the demo's content
//! (`probity serve --demo`).
//!
//! `files` writes records, truth and source registrations to a folder; `seed` lets the demo company through the
//! ordinary intake; `office` then does what its people would have done by today: a case, an export, some alerts
//! answered, `staff` what its HR would: contracts, a policy, requests. Deliberately no short cut: whatever the demo shows came in by the same door as a customer's records.
//! The company itself is made in the crate `probity-simulate`.

mod files;
mod office;
pub mod seed;
mod staff;

pub use files::{Simulate, write};
