//! The zip around the files, written and read by ourselves.
//!
//! Written: sorted paths, a fixed time stamp, one compressor: the same files give the same bytes. Read: every
//! byte is accounted for. A general library hides what a forger would use — a second entry of the same name,
//! an entry the central directory does not list, a local header that names another file — so the few pages
//! of the format we need are here. Not supported on purpose: encryption, zip64, other methods than stored
//! and deflate, links.

mod read;
mod write;

pub use read::{Archive, Entry, Flaw};
pub use write::{Packed, check_limits, pack, write};

pub(crate) const LOCAL: u32 = 0x0403_4b50;
pub(crate) const CENTRAL: u32 = 0x0201_4b50;
pub(crate) const END: u32 = 0x0605_4b50;
pub(crate) const DESCRIPTOR: u32 = 0x0807_4b50;
/// 1980-01-01 00:00, the zero of zip's clock.
pub(crate) const DATE: u16 = 0x0021;
/// Names are UTF-8.
pub(crate) const UTF8: u16 = 0x0800;

/// More entries or bytes than this are refused, when building and when reading.
pub const MAX_ENTRIES: usize = 65_000;
pub const MAX_FILE: u64 = 1 << 30;
pub const MAX_TOTAL: u64 = 3 << 30;
/// Files that are read into structures, not only hashed, have limits of their own: JSON grows in memory. A record has
/// at most 32 MiB, and at most twice that once its text is quoted a second time.
pub const MAX_PARSED: u64 = 80 << 20;
/// A time stamp or the note it covers.
pub const MAX_STAMP: u64 = 1 << 20;

/// Why a path must not be written to a disk, or `None` when it is harmless.
pub fn unsafe_path(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("empty");
    }
    if path.starts_with('/') || path.starts_with('\\') || path.get(1..2) == Some(":") {
        return Some("absolute");
    }
    if path.contains('\\') {
        return Some("backslash");
    }
    if path.chars().any(|c| c.is_control()) {
        return Some("control character");
    }
    if path.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
        return Some("empty, . or .. part");
    }
    None
}
