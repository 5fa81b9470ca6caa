//! One event's text, whatever it is: refused with a reason, or kept as canonical bytes that read back the same.
#![no_main]
use libfuzzer_sys::fuzz_target;
use probity_server::intake::parsers;

fuzz_target!(init: parsers::prepare(), |text: &str| parsers::event(text));
