//! Determinism, shape, order, truth and volume of the simulated company.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{HashMap, HashSet};

use jiff::civil::date;
use serde_json::Value;

use crate::{Company, Event, Parameters, Role, story, twins};

fn parameters(people: usize, months: u32, seed: u64) -> Parameters {
    Parameters { people, months, seed, until: date(2026, 6, 30) }
}

fn text(company: &Company) -> String {
    company.events().map(|event| event.to_json().to_string() + "\n").collect()
}

/// Required members by kind, as the contract marks them.
const REQUIRED: &[(&str, &[&str])] = &[
    ("employee.upserted", &["number", "name"]),
    ("document.signed", &["employee", "document", "title", "version", "signed_at"]),
    ("company.upserted", &["company", "name"]),
    ("interest.declared", &["employee", "company", "relation"]),
    ("customer.upserted", &["customer", "name"]),
    ("customer.assigned", &["customer", "employee", "from"]),
    ("customer.followed_up", &["customer", "employee"]),
    ("customer.accessed", &["customer", "employee", "action"]),
    ("customer.lost", &["customer", "employee"]),
    ("inquiry.received", &["customer"]),
    ("deal.stage_changed", &["deal", "customer", "employee", "stage"]),
    ("order.placed", &["order", "customer", "employee"]),
    ("order.cancelled", &["order", "customer", "employee"]),
    ("order.transferred", &["order", "customer", "employee"]),
    ("receivable.booked", &["receivable", "customer", "amount"]),
    ("message.sent", &["channel", "conversation", "from", "to"]),
    ("consent.changed", &["employee", "channel", "state"]),
    ("call.made", &["employee", "direction", "number", "duration_s"]),
    ("transfer.booked", &["direction", "amount", "counterparty", "booked_on"]),
    ("visit.checked_in", &["employee", "position"]),
    ("track.recorded", &["employee", "datum", "points"]),
    ("attendance.recorded", &["employee", "date"]),
    ("leave.taken", &["employee", "from", "until"]),
    ("performance.rated", &["employee", "period", "score"]),
    ("resignation.submitted", &["employee", "submitted_on"]),
];

fn sound(event: &Event) {
    let (_, required) = REQUIRED.iter().find(|(kind, _)| *kind == event.kind).unwrap();
    for member in *required {
        let value = event.data.get(*member);
        assert!(value.is_some_and(|value| !value.is_null() && value != ""), "{} without {member}: {:?}", event.kind, event.data);
    }
    if let Some(amount) = event.data.get("amount") {
        let amount = amount["amount"].as_str().unwrap();
        let (yuan, fen) = amount.split_once('.').unwrap();
        assert!(yuan.parse::<i64>().unwrap() >= 0 && fen.len() == 2, "{amount}");
    }
    if event.kind == "message.sent" {
        let text = event.data["text"].as_str().unwrap();
        assert!(
            !text.trim().is_empty() && !text.contains(['<', '>', '[', '|'])
                || text.contains("[微笑]")
                || text.contains("[握手]")
                || text.contains("[OK]")
                || text.contains("[呲牙]")
                || text.contains("[抱拳]"),
            "unfilled: {text}"
        );
        assert!(!event.data["to"].as_array().unwrap().is_empty(), "nobody reads {text}");
    }
}

#[test]
fn same_parameters_same_company_to_the_byte() {
    let once = text(&Company::new(parameters(24, 2, 5)));
    assert_eq!(once, text(&Company::new(parameters(24, 2, 5))));
    assert_ne!(once, text(&Company::new(parameters(24, 2, 6))));
}

#[test]
fn records_are_sound_in_order_and_unique() {
    let company = Company::new(parameters(60, 6, 7));
    let mut seen = HashSet::new();
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    let mut last = None;
    for event in company.events() {
        sound(&event);
        assert!(last <= Some(event.at), "out of order");
        assert!(event.at.date() <= date(2026, 6, 30), "after the end");
        last = Some(event.at);
        *kinds.entry(event.kind).or_default() += 1;
        assert!(seen.insert((event.source, event.id.clone())), "twice: {} {}", event.source, event.id);
    }
    assert!((20_000..=45_000).contains(&seen.len()), "{} records", seen.len());
    for (kind, _) in REQUIRED {
        assert!(kinds.contains_key(kind), "no {kind}");
    }
    let sellers = company.staff.iter().filter(|person| person.seller).count();
    assert!(kinds["message.sent"] > sellers * 200, "{} messages of {sellers} sellers", kinds["message.sent"]);
}

#[test]
fn truth_names_records_that_exist_and_sums_that_agree() {
    for seed in [3, 11] {
        let company = Company::new(parameters(120, 6, seed));
        let events: HashMap<(String, String), Event> = company.events().map(|event| ((event.source.to_owned(), event.id.clone()), event)).collect();
        let truth = company.truth();
        assert_eq!(truth.persons.len(), 120);
        let mut paid = 0;
        for person in &truth.persons {
            for proof in &person.records {
                let event = events.get(&(proof.source.to_owned(), proof.id.clone()));
                assert!(event.is_some(), "{} {}: {} {} is not there", person.kind, person.employee, proof.role, proof.id);
            }
            let moments = |role: &str| {
                let of_role = person.records.iter().filter(move |proof| proof.role == role);
                of_role.map(|proof| events[&(proof.source.to_owned(), proof.id.clone())].at).collect::<Vec<_>>()
            };
            if let (Some(said), Some(did)) = (moments("said").into_iter().min(), moments("did").into_iter().max()) {
                assert!(said <= did || person.kind == "promised_for_colleague", "{}: said after done", person.kind);
            }
            if let (Some(did), Some(first)) = (moments("did").into_iter().min(), moments("paid").into_iter().min()) {
                assert!(did <= first, "{}: paid before done", person.kind);
            }
            if let Some(sum) = person.paid_fen {
                paid += 1;
                let booked: i64 = person
                    .records
                    .iter()
                    .filter(|proof| proof.role == "paid")
                    .map(|proof| fen(&events[&(proof.source.to_owned(), proof.id.clone())].data["amount"]["amount"]))
                    .sum();
                assert_eq!(booked, sum);
                match (person.share_ppm, person.promised_fen) {
                    (_, Some(promised)) => assert_eq!(sum, promised, "{}", person.kind),
                    // Several promises, no order to take a share of, or less tax.
                    (Some(share), None) if !["slow_drip", "lost_instead", "net_of_tax"].contains(&person.kind) => {
                        assert_eq!(sum, person.moved_fen.unwrap() / 100 * (share / 10_000), "{}", person.kind);
                    }
                    _ => {}
                }
            }
        }
        assert!(paid >= 9, "{paid} paid");
        assert!(truth.quiet().filter(|person| person.role == Role::LookAlike).count() >= 12);
    }
}

fn fen(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[test]
fn a_short_and_a_small_company_hold_together() {
    for (people, months) in [(1, 1), (12, 1), (40, 2)] {
        let company = Company::new(parameters(people, months, 1));
        let events: Vec<Event> = company.events().collect();
        events.iter().for_each(sound);
        assert!(company.truth().persons.iter().any(|person| person.role == Role::Diverter));
    }
}

#[test]
fn visits_and_tracks_keep_to_working_time() {
    // A small company has no wedding among its look-alikes.
    for (people, seed) in [(40, 2), (200, 558_824_467)] {
        let company = Company::new(parameters(people, 3, seed));
        let events: Vec<Event> = company.events().collect();
        let leaves: Vec<(&Value, String, String)> = events
            .iter()
            .filter(|event| event.kind == "leave.taken")
            .map(|event| (&event.data["employee"], event.data["from"].as_str().unwrap().to_owned(), event.data["until"].as_str().unwrap().to_owned()))
            .collect();
        for event in events.iter().filter(|event| matches!(event.kind, "visit.checked_in" | "track.recorded")) {
            assert!((9..18).contains(&event.at.hour()), "{} at {}", event.kind, event.at);
            let who = company.staff.iter().position(|person| person.number == event.data["employee"]).unwrap();
            assert!(company.works(who, event.at.date()), "{} on a day off", event.kind);
            let on = event.at.date().to_string();
            let away = leaves.iter().find(|(who, from, until)| **who == event.data["employee"] && *from <= on && on <= *until);
            assert!(away.is_none(), "seed {seed}: {} on {on}, on leave {away:?}", event.kind);
        }
    }
}

#[test]
fn the_story_is_the_story() {
    let scene = story();
    scene.events.iter().for_each(sound);
    let said = scene.events.iter().find(|event| event.data.get("text").is_some_and(|text| text == "我介绍你到鼎新公司买,给你返10%")).unwrap();
    let moved = scene.events.iter().find(|event| event.kind == "order.transferred").unwrap();
    let paid = scene.events.iter().find(|event| event.kind == "transfer.booked").unwrap();
    assert_eq!(paid.at.date().duration_since(said.at.date()).as_hours(), 19 * 24);
    assert_eq!(fen(&moved.data["amount"]["amount"]), 10 * fen(&paid.data["amount"]["amount"]));
    assert_eq!(paid.data["remark"], "咨询费");
}

#[test]
fn twins_share_no_identifier_with_the_story() {
    let mut ids = HashSet::new();
    let mut people = HashSet::new();
    let mut scenes = twins();
    scenes.push(story());
    for scene in &scenes {
        scene.events.iter().for_each(sound);
        assert!(people.insert(scene.employee.clone()));
        for event in &scene.events {
            assert!(ids.insert((event.source, event.id.clone())), "{}", event.id);
        }
    }
    assert_eq!(scenes.len(), 7);
}
