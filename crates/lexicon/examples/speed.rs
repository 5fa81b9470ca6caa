//! How fast the reader is, as a ratio to daachorse's raw matching of the same words on the same text, in one run on one
//! core: `cargo run --release -p probity-lexicon --example speed [FOLDER]`, where FOLDER holds zh_lccc_toy and
//! zh_crosswoz (default: ../shared/data).

use std::time::{Duration, Instant};

use daachorse::CharwiseDoubleArrayAhoCorasick;
use probity_lexicon::{Audience, Definition, Entry, Lexicon, Severity};

#[path = "../tests/corpus/mod.rs"]
mod corpus;

fn main() {
    let Some(talk) = corpus::talk() else {
        println!("no corpora found; give the folder that holds zh_lccc_toy and zh_crosswoz");
        return;
    };
    let started = Instant::now();
    let def = five_hundred(&talk);
    let lexicon = Lexicon::compile(&def).expect("the words compile");
    println!("compiled in {:?}", started.elapsed());
    let mut unique: Vec<&str> = def.entries.iter().flat_map(words).collect();
    unique.sort_unstable();
    unique.dedup();
    let raw = CharwiseDoubleArrayAhoCorasick::<u32>::new(&unique).expect("the words build");
    let bytes: usize = talk.iter().map(String::len).sum();
    println!("{} utterances, {:.1} MB, {} words", talk.len(), bytes as f64 / 1e6, unique.len());
    let rounds = std::env::var("ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(25);
    // In short turns: what else the machine does hits few of them, and the median of each part is free of it.
    let parts: Vec<&[String]> = talk.chunks(1_000).collect();
    let mut base = vec![Vec::new(); parts.len()];
    let mut ours = vec![Vec::new(); parts.len()];
    let (mut found, mut hits) = (0, 0);
    for round in 0..rounds {
        for (i, part) in parts.iter().enumerate() {
            for side in [(i + round) % 2, (i + round + 1) % 2] {
                if side == 0 {
                    base[i].push(time(part, &mut found, |t| raw.find_overlapping_iter(t).count()));
                } else {
                    ours[i].push(time(part, &mut hits, |t| lexicon.read(t, Audience::External).hits.len()));
                }
            }
        }
    }
    let sum = |all: &mut Vec<Vec<Duration>>| -> f64 {
        let median = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64()
        };
        all.iter_mut().map(median).sum()
    };
    let (base, ours) = (sum(&mut base), sum(&mut ours));
    let speed = |seconds: f64| bytes as f64 / 1e6 / seconds;
    println!(
        "daachorse {:.0} MB/s ({} found), all steps {:.0} MB/s ({} hits), medians of {rounds} turns",
        speed(base),
        found / rounds,
        speed(ours),
        hits / rounds
    );
    println!("ratio {:.3}", base / ours);
}

fn time(talk: &[String], count: &mut usize, work: impl Fn(&str) -> usize) -> Duration {
    let started = Instant::now();
    *count += talk.iter().map(|t| work(t)).sum::<usize>();
    started.elapsed()
}

/// What raw matching looks for as well: the spellings of an entry, without its phrases, which only the reader knows.
fn words(entry: &Entry) -> impl Iterator<Item = &str> {
    std::iter::once(&entry.word).chain(&entry.variants).map(String::as_str).filter(|w| !w.contains(['(', '…']))
}

/// The shipped words and, up to 500, pairs of Chinese characters made of the corpus itself, rare ones first.
fn five_hundred(talk: &[String]) -> Definition {
    let mut def = Definition::shipped();
    let mut count: usize = def.entries.iter().map(|e| words(e).count()).sum();
    let category = def.categories[0].id.clone();
    let mut seen: std::collections::HashSet<String> = def.entries.iter().map(|e| e.word.clone()).collect();
    for text in talk.iter().step_by(97) {
        if count >= 500 {
            break;
        }
        let han: String = text.chars().filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c)).take(4).collect();
        if han.chars().count() == 4 && seen.insert(han.clone()) {
            def.entries.push(Entry {
                word: han,
                category: category.clone(),
                severity: Severity::Medium,
                variants: vec![],
                lang: "zh".into(),
                share_leads: vec![],
                sign: false,
            });
            count += 1;
        }
    }
    def
}
