//! Replies, tokens and CA files of a stranger's making are refused, whatever they are.
#![no_main]
use libfuzzer_sys::fuzz_target;
use probity_ledger::stamp;

fuzz_target!(|bytes: &[u8]| {
    let token = stamp::token_of_response(bytes);
    let token = token.as_deref().unwrap_or(bytes);
    let _ = stamp::verify_message(token, b"hello", None);
    let _ = stamp::verify(token, &[0; 32], Some(bytes));
});
