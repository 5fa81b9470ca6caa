//! An event's leaf is that of its members, and survives being written and read back.
#![no_main]
use libfuzzer_sys::fuzz_target;
use probity_ledger::{canonical, leaf};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(Value::Object(event)) = serde_json::from_slice(bytes) else { return };
    let seed = [7; 32];
    let (direct, written) = leaf::with_canonical(&seed, &event);
    let members = leaf::members(&event);
    let digests = members.iter().map(|m| leaf::digest(&leaf::salt(&seed, &m.pointer), &m.pointer, &m.canonical));
    assert_eq!(leaf::leaf(digests), direct);
    let mut text = Vec::new();
    canonical::write_object(&event, &mut text);
    assert_eq!(written, text);
    let Ok(Value::Object(again)) = serde_json::from_slice(&text) else { panic!("canonical text reads back") };
    assert_eq!(leaf::of_event(&seed, &again), direct);
});
