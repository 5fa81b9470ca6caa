//! A synthetic Chinese trading company: people, customers, orders, chats, calls, money, visits and
//! attendance over some months, with a known truth about who diverted customers and who only looks like it.
//!
//! Everything is a pure function of [`Parameters`]: the same people, months, seed and end date give the same
//! records, byte for byte and in the same order. There is no clock, no file and no network in here; the end
//! date is passed in and records leave through an iterator, day by day, so a million of them need little
//! memory.
//!
//! What it deliberately is not: it does not know the lexicon. Its people write the way sales people write,
//! and whether the product understands them is what the simulation is there to find out.
//!
//! Where to read next: [`company`] lays out the world, `cast` decides who does what, `days` writes the
//! ordinary days, `schemes` and `look_alikes` the rest, [`story`] and [`twins`] are the small fixed scenes
//! that tests and fixtures share.

mod cast;
pub mod company;
mod days;
mod dice;
mod disguise;
mod event;
mod holidays;
mod look_alikes;
mod names;
mod records;
mod schemes;
mod stage;
pub mod story;
mod talk;
mod trades;
mod truth;
pub mod twins;

#[cfg(test)]
mod tests;

pub use company::{Company, Parameters, Staff};
pub use days::Days;
pub use event::{Event, sources};
pub use story::{Scene, story, story_until};
pub use truth::{Expected, Person, Proof, Role, Truth};
pub use twins::{twins, twins_until};
