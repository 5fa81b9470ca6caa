//! Reads lines from standard input and prints what the shipped lexicon finds in them.

use std::io::BufRead;

use probity_lexicon::{Audience, Definition, Lexicon};

fn main() {
    let lexicon = lexicon();
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
            if let Some(offer) = &h.offer {
                let grounds: Vec<String> = offer.grounds.iter().map(|g| format!("{} {:+}", g.name, g.weight)).collect();
                println!("         weight {} {}: {}", offer.weight, offer.said_zh(), grounds.join(", "));
            }
        }
        if !reading.amounts.is_empty() || !reading.shares.is_empty() {
            println!("      amounts {:?} shares {:?}", reading.amounts, reading.shares);
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
