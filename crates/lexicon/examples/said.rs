//! Writes `src/data/said.txt`, the pairs of Chinese characters that ordinary talk is full of, from zh_lccc_toy and
//! zh_crosswoz: `cargo run --release -p probity-lexicon --example said [FOLDER] > crates/lexicon/src/data/said.txt`.

use std::collections::BTreeMap;

#[path = "../tests/corpus/mod.rs"]
mod corpus;

/// A pair said less often in a million characters is not kept.
const LEAST: usize = 32;

fn main() {
    let Some(talk) = corpus::talk() else {
        eprintln!("no corpora found; give the folder that holds zh_lccc_toy and zh_crosswoz");
        return;
    };
    let mut times: BTreeMap<[char; 2], usize> = BTreeMap::new();
    let mut all = 0;
    for text in &talk {
        let written: Vec<char> = text.chars().collect();
        all += written.len();
        for pair in written.windows(2).filter(|pair| pair.iter().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(c))) {
            *times.entry([pair[0], pair[1]]).or_default() += 1;
        }
    }
    let mut lines: BTreeMap<usize, String> = BTreeMap::new();
    for (pair, n) in times {
        let in_a_million = n * 1_000_000 / all;
        if in_a_million >= LEAST {
            lines.entry(1 << in_a_million.ilog2()).or_default().extend(pair);
        }
    }
    println!("# Pairs of characters in ordinary talk, behind how often they stand in a million characters (at least; by powers");
    println!("# of two). Counted in CDial-GPT toy data (MIT) and CrossWOZ (Apache-2.0) by examples/said.rs.");
    for (times, pairs) in lines.iter().rev() {
        println!("{times} {pairs}");
    }
}
