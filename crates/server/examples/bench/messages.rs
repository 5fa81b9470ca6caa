//! What the clients send: chat of about 200 characters between employees and customers, ordinary Chinese talk from the
//! corpora of the data folder where they are, the simulated company's where not; and a lexicon of 500 words that such
//! talk does not use, as a company's does not.

#[path = "../../../lexicon/tests/corpus/mod.rs"]
mod corpus;

use anyhow::Result;
use axum::body::Bytes;
use probity_lexicon::{Definition, Entry, Severity};
use probity_server::company::{Clock, SystemClock};
use serde_json::json;
use std::fmt::Write as _;

pub const SOURCE: &str = "/im/bench";
pub const PER_BATCH: usize = 1000;
const CHARACTERS: usize = 200;
const EMPLOYEES: usize = 200;
const CUSTOMERS_EACH: usize = 10;
const WORDS: usize = 500;

pub struct Messages {
    talk: Vec<String>,
    pub from_corpora: bool,
    next: usize,
    first_at: i64,
}

impl Messages {
    pub fn new() -> Self {
        let found = corpus::talk();
        let from_corpora = found.is_some();
        let mut talk = found.unwrap_or_else(simulated);
        talk.retain(|t| !t.is_empty());
        // Six hours ago, so that none lies in the future however many are sent.
        Self { talk, from_corpora, next: 0, first_at: SystemClock.now() - 6 * 3600 * 1_000_000 }
    }

    /// Consecutive utterances from a place that differs from message to message.
    fn text(&self, number: usize) -> String {
        let mut at = number.wrapping_mul(7_919) % self.talk.len();
        let mut text = String::with_capacity(3 * CHARACTERS + 100);
        let mut count = 0;
        while count < CHARACTERS {
            if count > 0 {
                text.push('，');
            }
            let left = CHARACTERS - count;
            text.extend(self.talk[at].chars().take(left));
            count += self.talk[at].chars().count().min(left) + 1;
            at = (at + 1) % self.talk.len();
        }
        text
    }

    /// The next batch as the body of one request.
    pub fn batch(&mut self) -> Bytes {
        let mut body = String::with_capacity(PER_BATCH * 1200);
        for _ in 0..PER_BATCH {
            body.push(if body.is_empty() { '[' } else { ',' });
            let number = self.next;
            self.next += 1;
            let _ = write!(body, "{}", message(&format!("m-{number:09}"), number, self.first_at + number as i64 * 20_000, &self.text(number)));
        }
        body.push(']');
        body.into()
    }

    /// The shipped words and, up to 500, words of four characters that stand nowhere in the talk.
    pub fn lexicon(&self) -> Definition {
        let mut def = Definition::shipped();
        let mut count: usize = def.entries.iter().map(|e| 1 + e.variants.len()).sum();
        let category = def.categories[0].id.clone();
        let all = self.talk.join("\n");
        let two = |t: &String| t.chars().filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c)).take(2).collect::<String>();
        for (one, other) in self.talk.iter().step_by(97).zip(self.talk.iter().rev().step_by(89)) {
            if count >= WORDS {
                break;
            }
            let word = two(one) + &two(other);
            if word.chars().count() == 4 && !all.contains(&word) && !def.entries.iter().any(|e| e.word == word) {
                def.entries.push(Entry {
                    word,
                    category: category.clone(),
                    severity: Severity::High,
                    variants: Vec::new(),
                    lang: "zh".into(),
                    share_leads: Vec::new(),
                    sign: false,
                });
                count += 1;
            }
        }
        "bench".clone_into(&mut def.version);
        def
    }
}

/// One event; who writes to whom follows from the number.
pub fn message(id: &str, number: usize, at: i64, text: &str) -> serde_json::Value {
    let (employee, customer) = (number % EMPLOYEES, number / EMPLOYEES % CUSTOMERS_EACH);
    let ours = json!({ "employee": format!("E{:04}", 1000 + employee) });
    let theirs = json!({
        "external": format!("wm{employee:04}{customer:02}"), "name": "采购王工", "company": "江阴市海纳机电有限公司",
        "customer": format!("C{:05}", employee * CUSTOMERS_EACH + customer),
    });
    let (from, to) = if number.is_multiple_of(3) { (theirs, ours.clone()) } else { (ours.clone(), theirs) };
    json!({
        "specversion": "1.0", "id": id, "source": SOURCE, "type": "message.sent", "subject": ours["employee"],
        "time": jiff::Timestamp::from_microsecond(at).map(|t| t.to_string()).unwrap_or_default(),
        "data": { "channel": "wecom", "conversation": format!("cv{employee:04}{customer:02}"), "from": from, "to": [to], "text": text, "msgtype": "text" },
    })
}

fn simulated() -> Vec<String> {
    let company = probity_simulate::Company::new(probity_simulate::Parameters { people: 60, months: 3, seed: 3, until: jiff::civil::date(2026, 10, 31) });
    company.events().filter_map(|e| Some(e.to_json()["data"]["text"].as_str()?.to_owned())).collect()
}

/// A registered source and the 500 words.
pub async fn prepare(server: &crate::serve::Served, messages: &Messages) -> Result<()> {
    server.register(SOURCE).await?;
    server.ask(reqwest::Method::PUT, "/api/v1/lexicon", Some(&serde_json::to_value(messages.lexicon())?)).await?;
    Ok(())
}
