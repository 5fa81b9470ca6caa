//! Kind, field and cell of a mapping on three lines.
#![no_main]
use libfuzzer_sys::fuzz_target;
use probity_server::intake::parsers;

fuzz_target!(|text: &str| parsers::cell(text));
