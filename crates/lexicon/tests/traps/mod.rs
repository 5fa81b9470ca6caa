//! Sentences that must alert and sentences that must not: `fixtures/rules/words.diversion/{fires,quiet}/*.txt`, one a line.

use std::path::{Path, PathBuf};

/// File name, whether its lines must alert, its lines. Each `round-*` was measured before it was looked at; what came out
/// stands in docs/decisions/003-reading-words.md.
pub fn all() -> Vec<(String, bool, Vec<String>)> {
    let root = root();
    let mut out = Vec::new();
    for (folder, fires) in [("fires", true), ("quiet", false)] {
        let Ok(files) = std::fs::read_dir(root.join(folder)) else {
            continue;
        };
        for path in files.flatten().map(|f| f.path()).filter(|p| p.extension().is_some_and(|e| e == "txt")) {
            let lines = lines(&path);
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            out.push((format!("{folder}/{name}"), fires, lines));
        }
    }
    out.sort();
    out
}

/// The round that neither weights nor exceptions are fitted to: offers, and sentences that are none.
pub fn unfitted() -> (Vec<String>, Vec<String>) {
    let of = |file: &str| lines(&root().join("unfitted").join(file));
    (of("fires.txt"), of("quiet.txt"))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/rules/words.diversion")
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect()
}
