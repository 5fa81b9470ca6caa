//! Privacy 个人信息保护: erasing what is held about a person.
//!
//! Here is the primitive: keys dropped, projections wiped, files deleted, the log left whole ([`erase`]), and the
//! journal that keeps an older backup from bringing it back ([`journal`]). What is *not* here yet: who may ask (two
//! persons) and when the law forbids it (case, hold, statutory period). Start with [`erase::employee`].

pub mod erase;
pub mod journal;
mod names;
#[cfg(test)]
mod tests;

pub use journal::Journal;
pub use names::Names;
