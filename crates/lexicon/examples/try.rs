//! Reads lines from standard input and prints what the shipped lexicon finds in them.

use std::io::BufRead;

use probity_lexicon::{Audience, Lexicon};

fn main() {
    let lexicon = Lexicon::shipped();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let reading = lexicon.read(&line, Audience::External);
        println!("{} {line}", if reading.alert { "ALERT" } else { "quiet" });
        for h in &reading.hits {
            let written: String = line.chars().skip(h.start).take(h.end - h.start).collect();
            println!(
                "      {} [{written}] {} {} strong={} alerting={} exception={}",
                h.word,
                h.step.as_str(),
                h.severity.as_str(),
                h.strong,
                h.alerting,
                h.exception.as_deref().unwrap_or("-")
            );
        }
        if !reading.amounts.is_empty() || !reading.shares.is_empty() {
            println!("      amounts {:?} shares {:?}", reading.amounts, reading.shares);
        }
    }
}
