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

/// The contract is made by names: of two types with one name, one would be shown for both.
#[test]
fn no_two_types_of_the_contract_share_a_name() {
    let mut seen = std::collections::HashMap::new();
    let mut twice = Vec::new();
    for (file, text) in files("crates/server/src", &[".rs"]) {
        for part in text.split("ToSchema").skip(1) {
            // What follows a derive, up to the end of the type's own line.
            let Some(line) = part.lines().skip(1).find(|l| !l.trim_start().starts_with(['#', '/'])) else { continue };
            let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ");
            let Some(rest) = line.strip_prefix("struct ").or_else(|| line.strip_prefix("enum ")) else { continue };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
            let own = part.lines().next().unwrap_or_default().contains(")]") && !part.lines().nth(1).unwrap_or_default().contains("schema(as");
            if own && let Some(other) = seen.insert(name.clone(), file.clone()) {
                twice.push(format!("{name}: {other} and {file}"));
            }
        }
    }
    assert!(twice.is_empty(), "{twice:#?}");
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
    let bad = offenders(&files("crates/server/src", &[".rs"]), |name, text| {
        text.contains("machine::open") && !name.ends_with("tests.rs") && !name.contains("/tests/") && !may.iter().any(|m| name.contains(m))
    });
    assert!(bad.is_empty(), "use records::open_for_person: {bad:#?}");
}

#[test]
fn the_pure_crates_touch_nothing_ambient() {
    for krate in ["ledger", "lexicon", "package", "simulate"] {
        let bad = offenders(&files(&format!("crates/{krate}/src"), &[".rs"]), |name, text| {
            // The small verifier's command line reads the files it is given.
            let command = name.ends_with("package/src/command.rs") || name.contains("/bin/");
            let code: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            !command && ["std::fs", "std::net", "SystemTime", "Instant::now", "std::env::", "rand::rng"].iter().any(|word| code.contains(word))
        });
        assert!(bad.is_empty(), "{krate}: {bad:#?}");
    }
}

#[test]
fn every_module_says_what_it_is() {
    let bad = offenders(&files("crates", &[".rs"]), |name, text| {
        name.contains("/src/") && !name.ends_with("tests.rs") && !name.contains("/tests/") && !text.starts_with("//!")
    });
    assert!(bad.is_empty(), "begin with `//!`: what it is, what it is not: {bad:#?}");
}

#[test]
fn no_table_has_a_company_column() {
    let bad = offenders(&files("crates/server/src/store/migrations", &[".rs"]), |_, text| ["company_id", "tenant"].iter().any(|w| text.contains(w)));
    assert!(bad.is_empty(), "one company is one database: {bad:#?}");
}

/// Tables and the room whose `model.rs` has them.
fn tables() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, text) in files("crates/server/src", &[".rs"]) {
        let room = name.trim_start_matches("crates/server/src/").split('/').next().unwrap_or_default().to_owned();
        for part in text.split("table_name = \"").skip(1) {
            found.push((part.split('"').next().unwrap_or_default().to_owned(), room.clone()));
        }
    }
    found
}

#[test]
fn a_table_is_named_in_sql_only_in_its_room() {
    let tables = tables();
    assert!(tables.len() > 20, "{tables:?}");
    let bad = offenders(&files("crates/server/src", &[".rs"]), |name, text| {
        // Erasure and backup go over all tables; a test holds that erasure's list is complete.
        let over_all = ["src/store/", "src/privacy/erase.rs", "src/backup/", "tests"].iter().any(|m| name.contains(m));
        let room = name.trim_start_matches("crates/server/src/").split('/').next().unwrap_or_default();
        let words: Vec<&str> = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|w| !w.is_empty()).collect();
        !over_all && words.windows(2).any(|w| ["FROM", "INTO", "UPDATE", "JOIN"].contains(&w[0]) && tables.iter().any(|(t, owner)| t == w[1] && owner != room))
    });
    assert!(bad.is_empty(), "ask the room that owns the table: {bad:#?}");
}

#[test]
fn money_is_never_a_float() {
    let exact = ["intake/money.rs", "evidence/chain/fit.rs", "evidence/chain/facts.rs", "evidence/chain/decode.rs", "lexicon/src/money/"];
    let all = files("crates", &[".rs"]);
    let held: Vec<_> = all.into_iter().filter(|(name, _)| exact.iter().any(|e| name.contains(e))).collect();
    assert!(held.len() >= exact.len());
    let bad = offenders(&held, |_, text| text.contains("f64") || text.contains("f32"));
    assert!(bad.is_empty(), "minor units and i64: {bad:#?}");
}

#[test]
fn a_log_line_names_nobody() {
    // Fields and values that are, or may hold, somebody's name, number, words or place.
    let personal = ["employee", "customer", "login", "phone", "email", "text", "subject", "person", "title", "reason", "sql", "body", "data", "position"];
    let mut bad = Vec::new();
    for (name, text) in files("crates/server/src", &[".rs"]) {
        for call in text.split("tracing::").skip(1).filter(|c| ["error!(", "warn!(", "info!(", "debug!(", "trace!("].iter().any(|m| c.starts_with(m))) {
            let mut depth = 0;
            let end = call.find(|c| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                c == ')' && depth == 0
            });
            let fields = &call[..end.unwrap_or(call.len())];
            // What stands in quotes is the sentence; an argument of it is a field all the same.
            let code: String = fields
                .split('"')
                .enumerate()
                .map(|(i, part)| {
                    if i % 2 == 0 {
                        part.to_owned()
                    } else {
                        part.split('{').skip(1).map(|p| format!(" {}", p.split('}').next().unwrap_or_default())).collect()
                    }
                })
                .collect();
            let words: Vec<&str> = code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
            if words.iter().any(|w| personal.contains(w)) {
                bad.push(format!("{name}: {fields}"));
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn a_refusal_of_the_law_names_its_rule() {
    // Every reason of intake that the law gives has a rule, and so has every 403 that names an article.
    let bad = offenders(&files("crates/server/src", &[".rs"]), |name, text| {
        !name.contains("tests")
            && text.split("Problem::new(").skip(1).any(|call| {
                let call = call.split(";\n").next().unwrap_or_default();
                let lawful = call.contains("法第") || call.contains("法》第");
                lawful && !call.contains("with_rule(") && !call.contains(".rule = ")
            })
    });
    assert!(bad.is_empty(), "an article is named without `with_rule`: {bad:#?}");
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
