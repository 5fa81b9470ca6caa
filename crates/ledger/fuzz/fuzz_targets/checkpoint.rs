//! Notes and keys: what is read as a checkpoint writes back as the same body.
#![no_main]
use libfuzzer_sys::fuzz_target;
use probity_ledger::checkpoint::{self, Checkpoint, VerifierKey};

fuzz_target!(|text: &str| {
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(VerifierKey::parse(&key.vkey()).as_ref(), Ok(&key));
    }
    let _ = checkpoint::parse_unverified(text);
    if let Ok(checkpoint) = Checkpoint::from_body(text) {
        assert_eq!(checkpoint.body(), text);
    }
});
