//! The log as static files: C2SP tlog-tiles, `https://c2sp.org/tlog-tiles`, with tiles of height 8.
//!
//! - *Hash tile* `tile/<L>/<N>[.p/<W>]`: the hashes of up to 256 consecutive nodes of tree level 8·L, one
//!   after the other. A full tile has no suffix; the last one of a level is partial and names its width.
//! - *Entry bundle* `tile/entries/<N>[.p/<W>]`: the same 256 entries as the level-0 tile, each behind
//!   its length as a big-endian 16-bit number.
//!
//! `<N>` is written in groups of three digits, every group but the last behind an `x`.
//!
//! Paths here have no leading slash. This module names, writes and reads; it stores nothing.

use crate::tree::SubtreeStack;
use crate::{Hash, tree};

/// Levels of the tree in one tile.
pub const HEIGHT: u8 = 8;
/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 256;

/// Why bytes are no tile or bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    #[error("a hash tile is 1 to 256 hashes of 32 bytes, not {0} bytes")]
    Length(usize),
    #[error("the entry bundle ends inside entry {0}")]
    Truncated(usize),
    #[error("an entry bundle has at most 256 entries")]
    TooMany,
}

/// A tile or bundle by its place: `level` counts tiles (tree level 8·`level`), `width` is 1 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    pub level: u8,
    pub index: u64,
    pub width: u16,
}

impl TileId {
    /// The path of this hash tile.
    pub fn path(&self) -> String {
        path(self.level, self.index, self.width)
    }
}

/// The path of a hash tile: `tile/0/x001/067`, or `tile/0/x001/067.p/12` for a partial one.
pub fn path(level: u8, index: u64, width: u16) -> String {
    format!("tile/{level}/{}{}", number(index), suffix(width))
}

/// The path of an entry bundle: `tile/entries/x001/067.p/12`.
pub fn entries_path(index: u64, width: u16) -> String {
    format!("tile/entries/{}{}", number(index), suffix(width))
}

/// What a path (after `tile/`) asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Hashes(TileId),
    Entries { index: u64, width: u16 },
}

/// Reads a path as [`path`] and [`entries_path`] write it, and refuses every other spelling.
pub fn parse_path(path: &str) -> Option<Asked> {
    let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let (index, width) = match rest.split_once(".p/") {
        None => (rest, 256),
        Some((index, width)) => {
            let value: u16 = width.parse().ok()?;
            if !(1..256).contains(&value) {
                return None;
            }
            (index, value)
        }
    };
    let mut number = 0_u64;
    for group in index.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    let asked = if level == "entries" {
        Asked::Entries { index: number, width }
    } else {
        let level: u8 = level.parse().ok()?;
        // 2^63 leaves need tile levels 0 to 7.
        if level > 63 / HEIGHT {
            return None;
        }
        Asked::Hashes(TileId { level, index: number, width })
    };
    let written = match asked {
        Asked::Hashes(tile) => tile.path(),
        Asked::Entries { index, width } => entries_path(index, width),
    };
    (written == path).then_some(asked)
}

/// The width a tile has in the tree of `size` leaves: 0 where it does not exist, 256 where it is full.
pub fn width_in(level: u8, index: u64, size: u64) -> u16 {
    let nodes = size >> (HEIGHT * level);
    let width = nodes.saturating_sub(index.saturating_mul(WIDTH)).min(WIDTH);
    u16::try_from(width).unwrap_or(256)
}

/// The hash tiles of a tree of `new` leaves that one of `old` leaves does not have, level by level: every
/// newly full tile and, per level, the partial one at the right edge.
pub fn added(old: u64, new: u64) -> impl Iterator<Item = TileId> {
    (0..=63 / HEIGHT).take_while(move |level| new >> (HEIGHT * level) > 0).flat_map(move |level| {
        let (before, after) = (old >> (HEIGHT * level), new >> (HEIGHT * level));
        (before / WIDTH..after.div_ceil(WIDTH))
            .map(move |index| TileId { level, index, width: width_in(level, index, new) })
            .filter(move |tile| tile.width != width_in(level, tile.index, old))
    })
}

/// Where the complete subtree `(level, index)` of the tree lies: the tile, the first hash in it and
/// how many of them (a power of two) fold into it. The tile's `width` is what must at least be there.
pub fn place(level: u8, index: u64) -> (TileId, usize, usize) {
    let tile_level = level / HEIGHT;
    let count = 1_u64 << (level % HEIGHT);
    let first = index * count;
    let start = first % WIDTH;
    let width = u16::try_from(start + count).unwrap_or(256);
    let tile = TileId { level: tile_level, index: first / WIDTH, width };
    (tile, start as usize, count as usize)
}

/// The hash of a complete subtree from the hashes of its tile: `start` and `count` as [`place`] says.
/// `None` where the tile is too short.
pub fn subtree(tile: &[Hash], start: usize, count: usize) -> Option<Hash> {
    let mut stack = SubtreeStack::new();
    for hash in tile.get(start..start.checked_add(count)?)? {
        stack.push(*hash);
    }
    Some(stack.root())
}

/// The bytes of a hash tile.
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// Reads a hash tile.
pub fn decode_hashes(bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || hashes.is_empty() || hashes.len() > WIDTH as usize {
        return Err(TileError::Length(bytes.len()));
    }
    Ok(hashes.to_vec())
}

/// The bytes of an entry bundle.
///
/// # Panics
/// When an entry is longer than 65,535 bytes; ours have 33.
pub fn encode_entries(entries: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.iter().map(|e| e.as_ref().len() + 2).sum());
    for entry in entries {
        let entry = entry.as_ref();
        let len = u16::try_from(entry.len()).expect("a log entry has at most 65,535 bytes");
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(entry);
    }
    out
}

/// Reads an entry bundle.
pub fn decode_entries(bytes: &[u8]) -> Result<Vec<Vec<u8>>, TileError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let at = entries.len();
        if at == WIDTH as usize {
            return Err(TileError::TooMany);
        }
        let (len, body) = rest.split_first_chunk::<2>().ok_or(TileError::Truncated(at))?;
        let len = usize::from(u16::from_be_bytes(*len));
        let (entry, after) = body.split_at_checked(len).ok_or(TileError::Truncated(at))?;
        entries.push(entry.to_vec());
        rest = after;
    }
    Ok(entries)
}

/// The level-0 hashes that belong to a bundle.
pub fn entry_hashes(entries: &[impl AsRef<[u8]>]) -> Vec<Hash> {
    entries.iter().map(|entry| tree::leaf_hash(entry.as_ref())).collect()
}

fn number(index: u64) -> String {
    let mut groups = vec![format!("{:03}", index % 1000)];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(format!("x{:03}", rest % 1000));
        rest /= 1000;
    }
    groups.reverse();
    groups.join("/")
}

fn suffix(width: u16) -> String {
    if width >= 256 { String::new() } else { format!(".p/{width}") }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(path(0, 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(3, 0, 12), "tile/3/000.p/12");
        assert_eq!(entries_path(1067, 1), "tile/entries/x001/067.p/1");
        for bad in [
            "tile/0/67",
            "tile/0/001/067",
            "tile/0/x000/067",
            "tile/0/067.p/0",
            "tile/0/067.p/256",
            "tile/0/067.p/012",
            "tile/+1/067",
            "tile/64/067",
            "tile/0/x067",
            "tile/0/067/",
            "tile//067",
            "0/067",
            "tile/0/067.p/1.p/1",
            "tile/entries/x99999/000",
        ] {
            assert_eq!(parse_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_added_tiles_are_those_that_changed() {
        let ids: Vec<String> = added(0, 70_000).map(|t| t.path()).filter(|p| !p.starts_with("tile/0/")).collect();
        assert_eq!(ids, ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
        let ids: Vec<String> = added(255, 257).map(|t| t.path()).collect();
        assert_eq!(ids, ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
        assert_eq!(added(256, 256).count(), 0);
        assert_eq!(added(0, 0).count(), 0);
        assert_eq!(width_in(0, 1, 257), 1);
        assert_eq!(width_in(0, 2, 257), 0);
        assert_eq!(width_in(0, u64::MAX, 257), 0);
    }

    #[test]
    fn a_subtree_is_found_in_its_tile() {
        let leaves: Vec<Hash> = (0..256_u32).map(|i| tree::leaf_hash(&i.to_be_bytes())).collect();
        let (tile, start, count) = place(3, 5);
        assert_eq!((tile, start, count), (TileId { level: 0, index: 0, width: 48 }, 40, 8));
        let mut frontier = tree::Frontier::new();
        leaves[40..48].iter().for_each(|leaf| frontier.append(*leaf));
        assert_eq!(subtree(&leaves, start, count), Some(frontier.root()));
        assert_eq!(subtree(&leaves[..47], start, count), None);
        assert_eq!(place(8, 300), (TileId { level: 1, index: 1, width: 45 }, 44, 1));
    }

    proptest! {
        #[test]
        fn a_path_reads_back(level in 0_u8..8, index in 0_u64..1 << 55, width in 1_u16..=256) {
            let tile = TileId { level, index, width };
            prop_assert_eq!(parse_path(&tile.path()), Some(Asked::Hashes(tile)));
            prop_assert_eq!(parse_path(&entries_path(index, width)), Some(Asked::Entries { index, width }));
        }

        #[test]
        fn bundles_read_back(entries in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..=256)) {
            prop_assert_eq!(decode_entries(&encode_entries(&entries)).unwrap(), entries);
        }

        #[test]
        fn strange_bytes_are_only_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in any::<String>()) {
            let _ = decode_entries(&bytes);
            let _ = decode_hashes(&bytes);
            let _ = parse_path(&format!("tile/{text}"));
        }
    }
}
