//! Prints a company's records as NDJSON: `cargo run -p probity-simulate --example company -- PEOPLE MONTHS SEED`.
//! With `truth` as a fourth word it prints the truth instead.

use std::io::Write;

use jiff::civil::date;
use probity_simulate::{Company, Parameters};

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: u64| words.get(index).and_then(|word| word.parse().ok()).unwrap_or(default);
    let parameters = Parameters {
        people: usize::try_from(number(0, 60)).unwrap_or(60),
        months: u32::try_from(number(1, 6)).unwrap_or(6),
        seed: number(2, 7),
        until: date(2026, 6, 30),
    };
    let company = Company::new(parameters);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if words.get(3).is_some_and(|word| word == "truth") {
        return writeln!(out, "{}", serde_json::to_string_pretty(&company.truth()).unwrap_or_default());
    }
    for event in company.events() {
        writeln!(out, "{}", event.to_json())?;
    }
    Ok(())
}
