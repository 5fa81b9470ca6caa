//! Detection quality, held in the short form that fails on a fall of recall or a rise of false alerts. The full table is
//! printed by `cargo run --release -p probity-lexicon --example quality`.

use probity_lexicon::{Audience, Definition, Entry, Lexicon, Severity};

mod corpus;
mod evasion;
mod fitting;
mod traps;

/// Recall that is asked for, and whether every case must alert.
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
        eprintln!("skipped: the character tables are not here (set PROBITY_SHARED)");
        return;
    };
    let steps: Vec<&str> = FLOORS.iter().map(|&(step, ..)| step).collect();
    assert_eq!(steps, evasion::STEPS, "every step has its floor");
    let lexicon = Lexicon::shipped();
    assert!(evasion::STEPS.iter().all(|step| FLOORS.iter().any(|(held, ..)| held == step)), "every step that is printed is held");
    for &(step, floor, alerts) in FLOORS {
        let cases = evasion::cases(step, &tables, 300, 5);
        assert!(cases.len() > 20, "{step}: only {} cases", cases.len());
        let good = cases
            .iter()
            .filter(|c| {
                let reading = lexicon.read(&c.text, Audience::External);
                let right = reading.hits.iter().any(|h| h.word == c.word && h.start >= c.start && h.end <= c.end);
                right && (!alerts || reading.alert)
            })
            .count();
        let recall = good as f64 / cases.len() as f64;
        assert!(recall >= floor, "{step}: {recall:.3} of {} cases, wanted {floor}", cases.len());
    }
}

/// Every Chinese word of the shipped lexicon and a few that a company adds, by evasions of other rules.
#[test]
fn evasions_of_other_rules_are_seen_through_too() {
    let Some(tables) = corpus::folder().and_then(|f| evasion::tables(&f)) else {
        eprintln!("skipped: the character tables are not here (set PROBITY_SHARED)");
        return;
    };
    let (lexicon, words) = with_own_words();
    let mut fallen = Vec::new();
    for &step in evasion::other::STEPS {
        let (floor, alerts) = match step {
            "traditional" | "compatibility" | "invisible" | "gaps" => (0.99, true),
            "split" | "pinyin" => (0.9, false),
            "split turned" | "pinyin_mixed" | "same_sound" => (0.8, false),
            _ => (0.7, false),
        };
        for (name, pool) in [("core", &words[..evasion::WORDS.len()]), ("all", &words)] {
            let cases = evasion::other::cases(step, pool, &tables, 400, 23);
            assert!(cases.len() > 40, "{step}: only {} cases", cases.len());
            let missed: Vec<&String> = cases
                .iter()
                .filter(|c| {
                    let reading = lexicon.read(&c.text, Audience::External);
                    !reading.hits.iter().any(|h| {
                        let there = h.start >= c.start && h.end <= c.end && h.word == c.word;
                        there && (!alerts || h.alerting)
                    })
                })
                .map(|c| &c.text)
                .collect();
            let recall = 1.0 - missed.len() as f64 / cases.len() as f64;
            println!("{step} {name}: {recall:.3} of {}", cases.len());
            if recall < floor {
                let some = &missed[..missed.len().min(12)];
                fallen.push(format!("{step} {name}: {recall:.3}, wanted {floor}: {some:?}"));
            }
        }
    }
    assert!(fallen.is_empty(), "{fallen:#?}");
}

/// The shipped lexicon with words of a company's own; every Chinese word of high severity, those of the contract first.
fn with_own_words() -> (Lexicon, Vec<String>) {
    let mut definition = Definition::shipped();
    for word in ["吃差价", "过桥费", "挂靠费", "阴阳合同", "截胡客户"] {
        definition.entries.push(Entry {
            word: word.into(),
            category: definition.categories[0].id.clone(),
            severity: Severity::High,
            variants: vec![],
            lang: "zh".into(),
            share_leads: vec![],
            sign: false,
        });
    }
    let words = evasion::other::words(&definition);
    let lexicon = Lexicon::compile(&definition).expect("the words compile");
    (lexicon, words)
}

#[test]
fn ordinary_talk_is_quiet() {
    let Some(talk) = corpus::talk() else {
        eprintln!("skipped: the corpora are not here (set PROBITY_SHARED)");
        return;
    };
    let lexicon = Lexicon::shipped();
    let alerts: Vec<&String> = talk.iter().filter(|t| lexicon.read(t, Audience::External).alert).collect();
    assert!(alerts.len() as f64 <= talk.len() as f64 / 10_000.0, "{} alerts in {} utterances", alerts.len(), talk.len());
}

/// What each round came to before it was mended, (false alerts of quiet ones, missed offers) in percent. The aim is 5 and
/// 10; it was not reached on sentences never seen. What the reader of offers makes of them is held below.
const UNSEEN: &[(&str, u32, u32)] =
    &[("round-7", 29, 55), ("round-8", 19, 37), ("round-9", 32, 62), ("round-10", 30, 20), ("round-11", 23, 27), ("round-12", 3, 52)];

/// What is still missed: the rounds in which more than one offer is, and how many.
const STILL_MISSED: &[(&str, usize)] =
    &[("fires/round-8", 2), ("fires/round-9", 10), ("fires/round-10", 5), ("fires/round-11", 2), ("fires/round-12", 13), ("quiet/round-12", 2)];

#[test]
fn traps_stay_quiet_and_offers_fire() {
    let lexicon = Lexicon::shipped();
    let all = traps::all();
    for (round, ..) in UNSEEN {
        let there = |folder: &str| all.iter().any(|(name, ..)| *name == format!("{folder}/{round}"));
        assert!(there("fires") && there("quiet"), "{round} is kept");
    }
    for (name, fires, lines) in all {
        let wrong: Vec<&String> = lines.iter().filter(|l| lexicon.read(l, Audience::External).alert != fires).collect();
        let most = STILL_MISSED.iter().find(|(held, _)| *held == name).map_or(1, |&(_, n)| n);
        assert!(wrong.len() <= most, "{name}: {} of {} wrong, held at {most}: {wrong:?}", wrong.len(), lines.len());
    }
}

/// What is missed, and what alerts by mistake, of a round that neither weights nor exceptions are fitted
/// to: as it was when it was written.
const OF_UNFITTED: (usize, usize) = (19, 5);

#[test]
fn a_round_that_nothing_is_fitted_to_is_read_no_worse() {
    let lexicon = Lexicon::shipped();
    let alerts = |lines: &[String]| lines.iter().filter(|l| lexicon.read(l, Audience::External).alert).count();
    let (fires, quiet) = traps::unfitted();
    assert!(fires.len() == 80 && quiet.len() == 120, "the round is not there");
    let (missed, wrong) = (fires.len() - alerts(&fires), alerts(&quiet));
    assert!(missed <= OF_UNFITTED.0 && wrong <= OF_UNFITTED.1, "{missed} missed and {wrong} by mistake, held at {OF_UNFITTED:?}");
}

/// The reader of offers on rounds it was not fitted to, without the exceptions, which have seen every round: at most so
/// many of the quiet sentences of all rounds alert, and so many of the offers with a word in them are lost.
/// For five rounds it was 28 and 3; for six the same a round.
const UNFITTED: (usize, usize) = (33, 3);

#[test]
fn the_reader_of_offers_carries_over_to_rounds_it_was_not_fitted_to() {
    let fitting = fitting::Fitting::of(&Lexicon::shipped());
    let (mut wrong, mut lost) = (0, 0);
    for round in fitting::ROUNDS {
        let u = fitting.unseen(round);
        println!("{round}: {u:?}");
        wrong += u.false_alone;
        lost += u.lost_alone;
    }
    assert!(wrong <= UNFITTED.0 && lost <= UNFITTED.1, "{wrong} false and {lost} lost, held at {UNFITTED:?}");
}

#[test]
fn the_shipped_weights_are_the_fitted_ones() {
    let fitted = fitting::Fitting::of(&Lexicon::shipped()).weights();
    let shipped = include_str!("../src/data/weights.txt");
    let of = |name: &str| shipped.lines().filter_map(|l| l.rsplit_once(' ')).find(|(n, _)| *n == name).and_then(|(_, w)| w.parse::<i32>().ok());
    for (name, weight) in fitted {
        // Another machine's exponential may round the other way.
        assert!(of(&name).is_some_and(|w| (w - weight).abs() <= 1), "{name}: {weight} fitted, {:?} shipped; run the example quality with --weights", of(&name));
    }
}
