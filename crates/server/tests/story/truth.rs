//! The simulated company against its known truth, through the real server: whoever wrote, moved and was paid has a
//! chain of at least 0.7; honest people have neither a chain nor a word alert.
//!
//! `make test` takes a small company; `PROBITY_QUALITY=200x6x101,200x6x202` (people × months × seed) a large one.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, HashSet};

use super::spawned::Spawned;
use jiff::civil::date;
use probity_simulate::{Company, Parameters, Person, Role};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_simulated_company_is_read_as_it_is() {
    let runs = std::env::var("PROBITY_QUALITY").unwrap_or_else(|_| "60x4x31".to_owned());
    for run in runs.split(',') {
        let parts: Vec<u64> = run.trim().split('x').map(|part| part.parse().unwrap()).collect();
        let (people, months) = (usize::try_from(parts[0]).unwrap(), u32::try_from(parts[1]).unwrap());
        judge(Parameters { people, months, seed: parts[2], until: date(2026, 6, 30) }).await;
    }
}

async fn judge(parameters: Parameters) {
    let company = Company::new(parameters);
    let truth = company.truth();
    let server = Spawned::start("sqlite").await;
    server.register(&company.sources()).await;
    let mut batch = Vec::with_capacity(2000);
    for event in company.events() {
        batch.push(event.to_json());
        if batch.len() == 2000 {
            server.records(&batch).await;
            batch.clear();
        }
    }
    server.records(&batch).await;
    server.post("/api/v1/signals/run", &json!({ "as_of": parameters.until.to_string() })).await;

    let talkers = people_with(&server, "words.diversion").await;
    let mut tally: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut honest_marked = 0;
    for person in &truth.persons {
        let score = server.best_chain(&person.employee).await;
        let spoke = talkers.contains(&person.employee);
        let chain_right = score >= person.expected.chain_min && score <= person.expected.chain_max + 0.005;
        let word_right = person.expected.word_alert.is_none_or(|expected| expected == spoke);
        let row = tally.entry((role(person), person.kind)).or_default();
        row.1 += 1;
        row.0 += usize::from(chain_right && word_right);
        if !(chain_right && word_right) {
            faults.push(format!(
                "{} {} ({}): chain {score:.2}, expected {:.2}–{:.2}; word alert {spoke}, expected {:?}",
                person.employee, person.kind, person.note, person.expected.chain_min, person.expected.chain_max, person.expected.word_alert
            ));
        }
        let quiet = person.role != Role::Diverter && person.expected.word_alert == Some(false);
        honest_marked += usize::from(quiet && (score >= 0.7 || spoke));
    }
    println!("{} people, {} months, seed {}: as expected / all, by kind", parameters.people, parameters.months, parameters.seed);
    for ((role, kind), (right, all)) in &tally {
        println!("  {role:<10} {kind:<24} {right:>3} / {all}");
    }
    faults.iter().for_each(|fault| println!("  ! {fault}"));

    let mut missed = Vec::new();
    for person in truth.paid_diverters() {
        if server.best_chain(&person.employee).await < 0.7 {
            missed.push(format!("{} {}", person.employee, person.kind));
        }
    }
    assert!(missed.is_empty(), "moved and paid, and not seen: {missed:?}");
    assert!(honest_marked * 200 <= parameters.people.max(200), "{honest_marked} of {} honest people marked", parameters.people);
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
