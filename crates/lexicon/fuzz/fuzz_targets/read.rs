//! Any text: no panic, spans within it, the same answer twice.
#![no_main]
use libfuzzer_sys::fuzz_target;
use probity_lexicon::{Audience, Lexicon};
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);

fuzz_target!(|text: &str| {
    let n = text.chars().count();
    let reading = LEXICON.read(text, Audience::External);
    for h in &reading.hits {
        assert!(h.start < h.end && h.end <= n);
    }
    for (start, end) in reading.amounts.iter().map(|a| (a.start, a.end)).chain(reading.shares.iter().map(|s| (s.start, s.end))) {
        assert!(start < end && end <= n);
    }
    assert_eq!(reading, LEXICON.read(text, Audience::External));
});
