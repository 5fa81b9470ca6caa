//! The simulated company against its known truth, through the real server: whoever wrote, moved and was paid has a
//! chain of at least 0.7; honest people have neither a chain nor a word alert.
//!
//! `make test` takes a small company; `make quality` sets `PROBITY_QUALITY=200x6x101,200x6x202` (people × months × seed)
//! and prints the tables.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use super::spawned::Spawned;
use jiff::civil::date;
use probity_simulate::{Company, Parameters, Person, Role, Truth};
use serde_json::{Value, json};

/// At most this many honest people of two hundred may have a chain or a word alert.
const HONEST_MARKED: usize = 1;

#[tokio::test(flavor = "multi_thread")]
async fn the_simulated_company_is_read_as_it_is() {
    let runs = std::env::var("PROBITY_QUALITY").unwrap_or_else(|_| "60x4x31".to_owned());
    let mut all = Vec::new();
    for run in runs.split(',').filter(|run| !run.trim().is_empty()) {
        let parts: Vec<u64> = run.trim().split('x').map(|part| part.parse().unwrap()).collect();
        let (people, months) = (usize::try_from(parts[0]).unwrap(), u32::try_from(parts[1]).unwrap());
        all.push(judge(Parameters { people, months, seed: parts[2], until: date(2026, 6, 30) }).await);
    }
    all.iter().for_each(Verdict::print);
    for verdict in &all {
        assert!(verdict.missed.is_empty(), "seed {}: wrote, moved and paid, and not seen: {:?}", verdict.seed, verdict.missed);
        let allowed = (HONEST_MARKED * verdict.people).div_ceil(200);
        assert!(verdict.marked.len() <= allowed, "seed {}: honest and marked: {:?}", verdict.seed, verdict.marked);
    }
}

/// One kind of person: how many, with a chain over the threshold, with a word alert, and as the truth expects.
#[derive(Default)]
struct Tally {
    all: usize,
    chain: usize,
    words: usize,
    right: usize,
    lowest: Option<f64>,
    highest: f64,
}

struct Verdict {
    people: usize,
    months: u32,
    seed: u64,
    records: usize,
    seconds: (f64, f64),
    by_kind: BTreeMap<(&'static str, &'static str), Tally>,
    /// Wrote, moved and were paid; and those of them without a chain of 0.7.
    paid: usize,
    missed: Vec<String>,
    honest: usize,
    marked: Vec<String>,
    faults: Vec<String>,
}

async fn judge(parameters: Parameters) -> Verdict {
    let company = Company::new(parameters);
    let truth = company.truth();
    let server = Spawned::start("sqlite").await;
    server.put("/api/v1/company", &json!({ "name": company.name(), "time_zone": "Asia/Shanghai", "currency": "CNY", "own_names": company.own_names() })).await;
    server.register(&company.sources()).await;
    let begun = Instant::now();
    let mut records = 0;
    let mut batch = Vec::with_capacity(2000);
    for event in company.events() {
        batch.push(event.to_json());
        if batch.len() == 2000 {
            records += server.records(&batch).await.len();
            batch.clear();
        }
    }
    records += server.records(&batch).await.len();
    let taken_in = begun.elapsed().as_secs_f64();
    server.post("/api/v1/signals/run", &json!({ "as_of": parameters.until.to_string() })).await;
    let seconds = (taken_in, begun.elapsed().as_secs_f64() - taken_in);
    compare(&server, parameters, &truth, records, seconds).await
}

async fn compare(server: &Spawned, parameters: Parameters, truth: &Truth, records: usize, seconds: (f64, f64)) -> Verdict {
    let talkers = people_with(server, "words.diversion").await;
    let chained = people_with(server, "chain.diversion").await;
    let mut verdict = Verdict {
        people: parameters.people,
        months: parameters.months,
        seed: parameters.seed,
        records,
        seconds,
        by_kind: BTreeMap::new(),
        paid: 0,
        missed: Vec::new(),
        honest: 0,
        marked: Vec::new(),
        faults: Vec::new(),
    };
    for person in &truth.persons {
        let score = server.best_chain(&person.employee).await;
        let spoke = talkers.contains(&person.employee);
        assert_eq!(score >= 0.7, chained.contains(&person.employee), "{} {}: a chain of {score} and its alert disagree", person.employee, person.kind);
        let chain_right = score >= person.expected.chain_min && score <= person.expected.chain_max + 0.005;
        let word_right = person.expected.word_alert.is_none_or(|expected| expected == spoke);
        let row = verdict.by_kind.entry((role(person), person.kind)).or_default();
        row.all += 1;
        row.chain += usize::from(score >= 0.7);
        row.words += usize::from(spoke);
        row.right += usize::from(chain_right && word_right);
        row.lowest = Some(row.lowest.map_or(score, |lowest| lowest.min(score)));
        row.highest = row.highest.max(score);
        let called = format!("{} {}", person.employee, person.kind);
        if !(chain_right && word_right) {
            let expected = &person.expected;
            verdict.faults.push(format!(
                "{called} ({}): chain {score:.2}, expected {:.2}–{:.2}; word alert {spoke}, expected {:?}",
                person.note, expected.chain_min, expected.chain_max, expected.word_alert
            ));
        }
        if person.role != Role::Diverter {
            verdict.honest += 1;
            // Who did say telling words, after it was too late, has the alert that such words deserve.
            let marked = score >= 0.7 || (spoke && person.expected.word_alert == Some(false));
            verdict.marked.extend(marked.then(|| called.clone()));
        }
    }
    for person in truth.paid_diverters() {
        verdict.paid += 1;
        let score = server.best_chain(&person.employee).await;
        if score < 0.7 {
            verdict.missed.push(format!("{} {} ({}): {score:.2}", person.employee, person.kind, person.note));
        }
    }
    verdict
}

impl Verdict {
    fn print(&self) {
        println!(
            "\n{} people, {} months, seed {}: {} records, taken in in {:.0} s, rules run again in {:.0} s",
            self.people, self.months, self.seed, self.records, self.seconds.0, self.seconds.1
        );
        println!("  | who | kind | people | chain ≥ 0.7 | word alert | as expected | best chains |");
        println!("  |---|---|---|---|---|---|---|");
        for ((role, kind), t) in &self.by_kind {
            let range = format!("{:.2}–{:.2}", t.lowest.unwrap_or(0.0), t.highest);
            println!("  | {role} | {kind} | {} | {} | {} | {} | {range} |", t.all, t.chain, t.words, t.right);
        }
        println!("  moved and were paid: {}, of them with a chain ≥ 0.7: {}", self.paid, self.paid - self.missed.len());
        println!("  honest: {}, of them with a chain ≥ 0.7 or a word alert: {} {:?}", self.honest, self.marked.len(), self.marked);
        self.faults.iter().for_each(|fault| println!("  ! {fault}"));
    }
}

fn role(person: &Person) -> &'static str {
    match person.role {
        Role::Diverter => "diverter",
        Role::LookAlike => "look-alike",
        Role::Ordinary => "ordinary",
    }
}

/// Everybody with an alert of a rule.
async fn people_with(server: &Spawned, rule: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut cursor = String::new();
    loop {
        let page: Value = server.get(&format!("/api/v1/alerts?rule={rule}&limit=500{cursor}")).await;
        found.extend(page["items"].as_array().unwrap().iter().filter_map(|alert| alert["employee"].as_str()).map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}
