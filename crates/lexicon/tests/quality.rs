//! Detection quality, held in the short form that fails on a fall of recall or a rise of false alerts. The full table is
//! printed by `cargo run --release -p probity-lexicon --example quality`.

use probity_lexicon::{Audience, Lexicon};

mod corpus;
mod evasion;
mod traps;

/// Recall that issue 3 asks for, and whether every case must alert.
const FLOORS: &[(&str, f64, bool)] = &[
    ("exact", 0.99, true),
    ("traditional", 0.99, true),
    ("compatibility", 0.99, true),
    ("invisible", 0.99, true),
    ("gaps", 0.99, true),
    ("strong combined", 0.98, true),
    ("english strong", 0.97, true),
    ("split", 0.9, false),
    ("same_sound", 0.8, false),
    ("pinyin", 0.9, false),
    ("pinyin_mixed", 0.8, false),
    ("initials", 0.7, false),
    ("similar_shape", 0.7, false),
    ("reversed", 0.7, false),
];

#[test]
fn evasions_are_seen_through() {
    let Some(tables) = corpus::folder().and_then(|f| evasion::tables(&f)) else {
        eprintln!("skipped: the character tables are not here (set PROBITY_TEST_DATA)");
        return;
    };
    let lexicon = Lexicon::shipped();
    for &(step, floor, alerts) in FLOORS {
        let cases = evasion::cases(step, &tables, 300, 5);
        assert!(cases.len() > 20, "{step}: only {} cases", cases.len());
        let good = cases
            .iter()
            .filter(|c| {
                let reading = lexicon.read(&c.text, Audience::External);
                let right = reading
                    .hits
                    .iter()
                    .any(|h| h.word == c.word && h.start >= c.start && h.end <= c.end);
                right && (!alerts || reading.alert)
            })
            .count();
        let recall = good as f64 / cases.len() as f64;
        assert!(
            recall >= floor,
            "{step}: {recall:.3} of {} cases, wanted {floor}",
            cases.len()
        );
    }
}

#[test]
fn ordinary_talk_is_quiet() {
    let Some(talk) = corpus::talk() else {
        eprintln!("skipped: the corpora are not here (set PROBITY_TEST_DATA)");
        return;
    };
    let lexicon = Lexicon::shipped();
    let alerts: Vec<&String> = talk
        .iter()
        .filter(|t| lexicon.read(t, Audience::External).alert)
        .collect();
    assert!(
        alerts.len() as f64 <= talk.len() as f64 / 10_000.0,
        "{} alerts in {} utterances",
        alerts.len(),
        talk.len()
    );
}

#[test]
fn traps_stay_quiet_and_offers_fire() {
    let lexicon = Lexicon::shipped();
    for (name, fires, lines) in traps::all() {
        let wrong: Vec<&String> = lines
            .iter()
            .filter(|l| lexicon.read(l, Audience::External).alert != fires)
            .collect();
        let most = lines.len() as f64 * 0.05;
        assert!(
            wrong.len() as f64 <= most.max(1.0),
            "{name}: {} of {} wrong: {wrong:?}",
            wrong.len(),
            lines.len()
        );
    }
}
