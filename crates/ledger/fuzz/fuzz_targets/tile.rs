//! Tile paths have one spelling; bundles read back.
#![no_main]
use libfuzzer_sys::fuzz_target;
use probity_ledger::tile::{self, Asked};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entries) = tile::decode_entries(bytes) {
        assert_eq!(tile::encode_entries(&entries), bytes);
    }
    let _ = tile::decode_hashes(bytes);
    if let Ok(path) = std::str::from_utf8(bytes) {
        match tile::parse_path(path) {
            Some(Asked::Hashes(id)) => assert_eq!(id.path(), path),
            Some(Asked::Entries { index, width }) => assert_eq!(tile::entries_path(index, width), path),
            None => {}
        }
    }
});
