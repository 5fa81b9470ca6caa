//! A JSON body: weighed before it is read.
#![no_main]
use libfuzzer_sys::fuzz_target;
use probity_server::intake::parsers;

fuzz_target!(|bytes: &[u8]| parsers::body(bytes));
