//! Holds what ARCHITECTURE.md promises about the repository itself.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Files below `folder` (relative to the root) whose name ends in one of `ends`.
fn files(folder: &str, ends: &[&str]) -> Vec<(String, String)> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "node_modules", "dist", ".git", "fuzz"].contains(&name.as_str()) {
                    walk(&path, out);
                }
            } else {
                out.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found
        .into_iter()
        .filter(|p| ends.iter().any(|e| p.to_string_lossy().ends_with(e)))
        .map(|p| {
            let name = p.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&p).unwrap_or_default();
            (name, text)
        })
        .collect()
}

fn offenders(all: &[(String, String)], bad: impl Fn(&str, &str) -> bool) -> Vec<String> {
    all.iter().filter(|(name, text)| bad(name, text)).map(|(name, _)| name.clone()).collect()
}

#[test]
fn no_file_is_too_long_to_read() {
    let all = [files("crates", &[".rs"]), files("web/src", &[".ts", ".tsx"])].concat();
    let long = offenders(&all, |name, text| text.lines().count() > 600 && !name.contains("schema.d.ts") && !name.contains("/data/"));
    assert!(long.is_empty(), "over 600 lines: is each still one thing? {long:#?}");
}

#[test]
fn no_folder_or_file_is_named_for_nothing() {
    let all = [files("crates", &[""]), files("web/src", &[""])].concat();
    let vague = ["utils", "util", "common", "helpers", "helper", "misc", "manager", "service", "services"];
    let bad =
        offenders(&all, |name, _| Path::new(name).components().any(|c| vague.contains(&c.as_os_str().to_string_lossy().split('.').next().unwrap_or_default())));
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn only_store_names_a_database() {
    let bad = offenders(&files("crates/server/src", &[".rs"]), |name, text| {
        !name.contains("src/store/") && !name.ends_with("testing.rs") && ["DbBackend::", "PRAGMA ", "sqlx::"].iter().any(|word| text.contains(word))
    });
    assert!(bad.is_empty(), "ask `store` instead: {bad:#?}");
}

#[test]
fn only_records_encrypts_and_opens() {
    let bad = offenders(&files("crates/server/src", &[".rs"]), |name, text| !name.contains("src/records/") && text.contains("aws_lc_rs::aead"));
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn content_reaches_a_person_only_through_a_look() {
    // Who may read by machine: the product's own rules, evidence and the log's checks. A page's handler may not.
    let may = ["src/records/", "src/signals/", "src/evidence/", "src/intake/", "src/alerts/", "src/cases/grade.rs", "src/privacy/erase.rs"];
    let bad = offenders(&files("crates/server/src", &[".rs"]), |name, text| text.contains("machine::open") && !may.iter().any(|m| name.contains(m)));
    assert!(bad.is_empty(), "use records::open_for_person: {bad:#?}");
}

#[test]
fn the_pure_crates_touch_nothing_ambient() {
    for krate in ["ledger", "lexicon"] {
        let bad = offenders(&files(&format!("crates/{krate}/src"), &[".rs"]), |_, text| {
            let code: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            ["std::fs", "std::net", "SystemTime", "Instant::now", "std::env::", "rand::rng"].iter().any(|word| code.contains(word))
        });
        assert!(bad.is_empty(), "{krate}: {bad:#?}");
    }
}

#[test]
fn the_verifier_depends_on_nothing_of_ours_but_ledger() {
    let manifest = std::fs::read_to_string(root().join("crates/package/Cargo.toml")).unwrap();
    let ours: Vec<_> = manifest.lines().filter(|l| l.starts_with("probity-")).collect();
    assert!(ours.iter().all(|l| l.starts_with("probity-ledger")), "{ours:#?}");
    let page = root().join("crates/package/verifier.html");
    let text = std::fs::read_to_string(page).unwrap();
    assert!(!text.contains("<script src") && !text.contains("<link"), "verifier.html must stand alone");
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    let bad = offenders(&files("crates", &[".rs"]), |name, text| !name.ends_with("tidy.rs") && text.contains("#[allow("));
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn nothing_is_left_unfinished() {
    let all = [files("crates", &[".rs"]), files("web/src", &[".ts", ".tsx"])].concat();
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimplemented", "!("), concat!("HA", "CK")];
    let bad = offenders(&all, |name, text| !name.contains("/data/") && marks.iter().any(|m| text.contains(m)));
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn no_text_names_a_registry_or_a_machine() {
    let all = files("", &[".rs", ".ts", ".tsx", ".md", ".toml", ".json", ".html", ".sh", "Makefile", "run", ".npmrc"]);
    let words = [concat!("crates", ".io"), concat!("registry.", "npmjs"), concat!("npm", "mirror"), concat!("/wo", "rk/"), concat!("/root", "/")];
    let bad = offenders(&all, |_, text| words.iter().any(|w| text.contains(w)));
    assert!(bad.is_empty(), "{bad:#?}");
}
