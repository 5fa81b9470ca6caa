//! Prints recall per disguise and false alerts, with the misses if asked: `cargo run --release -p probity-lexicon --example
//! quality [FOLDER] [--misses]`.
//!
//! With `--weights` it only fits the weights of the reader of offers to the kept rounds and writes them to
//! `src/data/weights.txt`; that is the one way they are made.

use std::collections::BTreeMap;

use probity_lexicon::{Audience, Definition, Lexicon};

#[path = "../tests/corpus/mod.rs"]
mod corpus;
#[path = "../tests/evasion/mod.rs"]
mod evasion;
#[path = "../tests/fitting/mod.rs"]
mod fitting;
#[path = "../tests/traps/mod.rs"]
mod traps;

fn main() {
    let show = std::env::args().any(|a| a == "--misses");
    let seed = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(11);
    let lexicon = lexicon();
    let fitting = fitting::Fitting::of(&lexicon);
    if std::env::args().any(|a| a == "--weights") {
        return write_weights(&fitting);
    }
    match corpus::folder().and_then(|f| evasion::tables(&f)) {
        None => println!("character tables not found: recall is not measured"),
        Some(tables) => {
            println!("{:<18} {:>6} {:>8} {:>9}", "step", "cases", "recall", "alerting");
            for step in evasion::STEPS {
                let cases = evasion::cases(step, &tables, 800, seed);
                row(&lexicon, step, &cases, show);
            }
            println!("every Chinese word of the lexicon, evasions of other rules:");
            let words = evasion::other::words(&Definition::shipped());
            for step in evasion::other::STEPS {
                let cases = evasion::other::cases(step, &words, &tables, 800, seed);
                row(&lexicon, step, &cases, show);
            }
        }
    }
    if let Some(talk) = corpus::talk() {
        let (mut alerts, mut hits) = (0, 0);
        for text in &talk {
            let reading = lexicon.read(text, Audience::External);
            hits += usize::from(!reading.hits.is_empty());
            if reading.alert {
                alerts += 1;
            }
            if show && !reading.hits.is_empty() {
                println!(
                    "      {} {text} {:?}",
                    if reading.alert { "ALERT" } else { "hit" },
                    reading.hits.iter().map(|h| (&h.word, h.step.as_str(), h.start)).collect::<Vec<_>>()
                );
            }
        }
        println!("ordinary talk: {} utterances, {hits} with a hit, {alerts} alerts, {:.2} in 10,000", talk.len(), alerts as f64 * 1e4 / talk.len() as f64);
    }
    println!("the reader of offers, each round by weights fitted without it (exceptions have seen every round):");
    for round in fitting::ROUNDS {
        let u = fitting.unseen(round);
        println!(
            "{round}: of {} quiet ones {} alert by the reader alone, {} with exceptions; of {} offers {} have a word, and {} of these are lost",
            u.quiet, u.false_alone, u.false_both, u.offers, u.worded, u.lost_alone
        );
    }
    let (fires, quiet) = traps::unfitted();
    let alerting = |lines: &[String]| lines.iter().filter(|l| lexicon.read(l, Audience::External).alert).count();
    println!(
        "the round that neither weights nor exceptions are fitted to: of {} offers {} missed, of {} quiet ones {} alert",
        fires.len(),
        fires.len() - alerting(&fires),
        quiet.len(),
        alerting(&quiet)
    );
    for (name, fires, lines) in traps::all() {
        let wrong: Vec<&String> = lines.iter().filter(|l| lexicon.read(l, Audience::External).alert != fires).collect();
        println!("{name}: {} lines, {} {}", lines.len(), wrong.len(), if fires { "missed" } else { "false alerts" });
        if show && !name.contains("held") {
            wrong.iter().for_each(|l| println!("      {l}"));
        }
    }
}

const HEADER: &str = "# What each fact weighs, in tenths, above zero for an offer: fitted to the rounds in fixtures/rules/words.diversion by
# `cargo run --release -p probity-lexicon --example quality -- --weights`, not by hand.
";

fn write_weights(fitting: &fitting::Fitting) {
    let mut weights = fitting.weights();
    weights.sort();
    let lines: String = weights.iter().map(|(name, weight)| format!("{name} {weight}\n")).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/data/weights.txt");
    std::fs::write(path, format!("{HEADER}{lines}")).expect("the weights can be written");
}

/// One row of the table. A hit counts where its word is the right one and its span lies on the disguised place.
fn row(lexicon: &Lexicon, step: &str, cases: &[evasion::Case], show: bool) {
    let (mut found, mut alerting) = (0, 0);
    let mut missed: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases {
        let reading = lexicon.read(&case.text, Audience::External);
        let right = reading.hits.iter().any(|h| h.word == case.word && h.start >= case.start && h.end <= case.end);
        found += usize::from(right);
        alerting += usize::from(reading.alert);
        if !right {
            *missed.entry(format!("{} ← {}", case.word, case.text.replace('\n', "⏎"))).or_default() += 1;
        }
    }
    let share = |x: usize| x as f64 / cases.len().max(1) as f64;
    println!("{step:<18} {:>6} {:>8.3} {:>9.3}", cases.len(), share(found), share(alerting));
    if show {
        for (m, n) in missed.iter().take(40) {
            println!("      {n}× {m}");
        }
    }
}

/// The shipped lexicon, or the definition in the file that `LEXICON` names.
fn lexicon() -> Lexicon {
    let Some(path) = std::env::var_os("LEXICON") else {
        return Lexicon::shipped();
    };
    let text = std::fs::read_to_string(path).expect("the lexicon file can be read");
    let definition: Definition = serde_json::from_str(&text).expect("the lexicon file is a definition");
    Lexicon::compile(&definition).expect("the lexicon compiles")
}
