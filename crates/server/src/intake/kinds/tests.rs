#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use serde_json::json;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn check(name: &str, data: Value) -> Vec<(String, &'static str)> {
    let mut faults: Vec<_> = find(name).unwrap().check(data.as_object().unwrap(), "/data").into_iter().map(|f| (f.pointer, f.code)).collect();
    faults.sort();
    faults
}

fn at(pointer: &str, code: &'static str) -> (String, &'static str) {
    (pointer.to_owned(), code)
}

#[test]
fn every_fault_is_named_by_its_exact_pointer() {
    let order = json!({"order":"SO1","customer":"C1","amount":{"amount":86000,"currency":"CNY"}});
    assert_eq!(check("order.placed", order), [at("/data/amount/amount", "invalid"), at("/data/employee", "missing")]);
    let message = json!({"channel":"telegraph","conversation":"c","from":{"employee":"E1"},"to":[{"external":"w","customer":7}],"text":12});
    assert_eq!(check("message.sent", message), [at("/data/channel", "invalid"), at("/data/text", "invalid"), at("/data/to/0/customer", "invalid")]);
    let nobody = json!({"channel":"wecom","conversation":"c","from":{"name":"无主"},"to":[{"employee":"E1"},{"name":"x"}]});
    assert_eq!(check("message.sent", nobody), [at("/data/from", "invalid"), at("/data/to/1", "invalid")]);
    let track = json!({"employee":"E1","datum":"gcj02","points":[{"at":"2026-02-19T10:00:00","lat":-91,"lng":121}]});
    assert_eq!(check("track.recorded", track), [at("/data/points/0/at", "invalid"), at("/data/points/0/lat", "invalid")]);
}

#[test]
fn unknown_members_and_nulls_pass() {
    let data = json!({"customer":"C1","employee":"E1","mood":"glad","note":null,"more":{"deep":[1]}});
    assert_eq!(check("customer.followed_up", data), []);
    assert_eq!(check("customer.followed_up", json!({"customer":null,"employee":"E1"})), [at("/data/customer", "missing")]);
}

#[test]
fn identifiers_times_and_dates() {
    assert!(is_identifier("张三-1001") && !is_identifier("") && !is_identifier("a\u{0}b") && !is_identifier(&"字".repeat(201)));
    for good in ["2026-03-31T18:00:00+08:00", "2026-03-31T10:00:00Z", "2026-03-31T10:00:00.123456Z", "1996-07-04T00:00:00-05:00"] {
        assert!(time_us(good).is_some(), "{good}");
    }
    for bad in [
        "2026-03-31T18:00:00",
        "2026-03-31",
        "2026-02-30T00:00:00Z",
        "",
        "yesterday",
        "2026-03-31T18:00:00+08:00[Asia/Shanghai]",
        "0001-01-01T00:00:00Z",
        "20260331T180000+0800",
    ] {
        assert_eq!(time_us(bad), None, "{bad}");
    }
    assert_eq!(time_us("1970-01-01T08:00:00.000001+08:00"), Some(1));
}

#[test]
fn a_record_knows_whom_it_concerns() {
    let message = json!({"from":{"external":"w","customer":"C7"},"to":[{"employee":"E1"},{"employee":"E2"},{"external":"x","customer":"C7"}]});
    let who = find("message.sent").unwrap().concerned(message.as_object().unwrap());
    assert_eq!(who, Concerned { employee: Some("E1"), employees: vec!["E1", "E2"], customers: vec!["C7"] });
}

#[test]
fn every_kind_has_an_object_schema_and_a_title() {
    for kind in all() {
        assert_eq!(kind.schema["type"], "object", "{}", kind.name);
        assert!(!kind.title.zh.is_empty() && !kind.title.en.is_empty());
    }
    assert_eq!(all().len(), 29);
}

fn examples(kind: &str, folder: &str) -> Vec<(String, Value)> {
    let dir = root().join("fixtures/records").join(kind).join(folder);
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut found: Vec<_> = entries
        .map(|e| e.unwrap().path())
        .map(|p| (p.file_stem().unwrap().to_string_lossy().into_owned(), serde_json::from_str(&std::fs::read_to_string(p).unwrap()).unwrap()))
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// fixtures/records: each kind has good examples that pass and bad ones turned away for the reason in their name.
#[test]
fn good_and_bad_examples_of_every_kind() {
    for kind in all() {
        let good = examples(kind.name, "good");
        assert!(!good.is_empty(), "{} has no good example", kind.name);
        for (name, event) in good {
            let faults = kind.check(event["data"].as_object().unwrap(), "/data");
            assert!(faults.is_empty(), "{}/good/{name}: {faults:?}", kind.name);
        }
        for (name, event) in examples(kind.name, "bad") {
            let code = name.split("--").next().unwrap();
            if code == "no_basis" {
                continue; // the law's refusal, tested with intake
            }
            let faults = kind.check(event["data"].as_object().unwrap(), "/data");
            assert!(faults.iter().any(|f| f.code == code), "{}/bad/{name}: {faults:?}", kind.name);
        }
    }
}

/// docs/records.md is what the types say.
#[test]
fn records_md_is_up_to_date() {
    let text = markdown(|kind| {
        let good = examples(kind, "good");
        let pick = good.iter().find(|(n, _)| n == "full" || n == "out" || n == "voluntary").or_else(|| good.first())?;
        Some(serde_json::to_string_pretty(&super::docs::sorted(&pick.1)).unwrap())
    });
    let path = root().join("docs/records.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "run this test with UPDATE=1");
}

/// Every kind that these rooms write of a person has a name a person can read, in both languages.
#[test]
fn what_the_rooms_write_themselves_has_a_name() {
    fn walk(folder: &Path, found: &mut std::collections::BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.to_string_lossy().contains("tests") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.extend(text.split('"').skip(1).step_by(2).map(str::to_owned));
            }
        }
    }
    const ROOMS: [&str; 13] = [
        "asset.",
        "handover.",
        "notice.",
        "restriction.",
        "contract.",
        "policy.",
        "request.",
        "employee.",
        "resignation.",
        "interest.",
        "customer.",
        "customers.",
        "contacts.",
    ];
    // Jobs, members of a record, and what only the log itself is told.
    const OTHER: [&str; 10] = [
        "handover.property",
        "handover.clock",
        "handover.follow",
        "handover.later",
        "notice.send",
        "customers.reassign",
        "request.tsq",
        "contacts.name",
        "employee.erased",
        "people.day",
    ];
    let mut words = std::collections::BTreeSet::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut words);
    let is_kind = |w: &&String| {
        ROOMS.iter().any(|r| w.strip_prefix(r).is_some_and(|act| !act.is_empty() && act.chars().all(|c| c.is_ascii_lowercase() || c == '_')))
            && !OTHER.contains(&w.as_str())
            && crate::access::Permission::from_name(w).is_none()
            && crate::access::Field::from_name(w).is_none()
    };
    let kinds: Vec<&String> = words.iter().filter(is_kind).collect();
    assert!(kinds.len() > 40, "{kinds:?}");
    let bare: Vec<&&String> = kinds.iter().filter(|k| label(k).zh == ***k || label(k).en == ***k).collect();
    assert!(bare.is_empty(), "no name: {bare:?}");
}
