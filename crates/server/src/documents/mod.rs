//! Documents 文书: typeset Chinese papers as PDF/A, from templates a person can read (`*.typ`).
//!
//! A template gets its data as JSON and nothing else; typesetting happens in a child process (`child`), a few
//! hundred rows at a time, so that a large case neither holds the server's memory nor takes it down. What is *not*
//! here: deciding what a document says (the rooms do), signing it, delivering it. Without a Chinese font a document
//! is refused with the package to install, and everything else goes on.

pub mod catalogue;
pub mod certificate;
pub mod checklist;
mod child;
pub mod fonts;
#[cfg(test)]
mod tests;
mod world;

pub use child::{COMMAND, run_child};

/// Part of every package: a change of any template raises it.
pub const TEMPLATE_VERSION: &str = "3";
