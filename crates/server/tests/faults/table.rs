//! The lines of the table that `make faults` prints: one for each fault and engine, written when its test ends,
//! however it ends.

use std::io::Write;

/// How many rounds a test does: `FAULTS_ROUNDS`, else the short form's own number.
pub fn rounds(short: u32) -> u32 {
    std::env::var("FAULTS_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(short)
}

/// For how long something is tried: `FAULTS_SECONDS`, else the short form's own number.
pub fn seconds(short: u64) -> u64 {
    std::env::var("FAULTS_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(short)
}

/// A line under way. Dropped by a test that fell, it says so.
pub struct Line {
    fault: String,
    engine: String,
    pub rounds: u32,
    found: Vec<String>,
}

impl Line {
    pub fn new(fault: &str, engine: &str) -> Self {
        Self { fault: fault.into(), engine: engine.into(), rounds: 0, found: Vec::new() }
    }

    /// Something that was counted or seen.
    pub fn note(&mut self, found: impl Into<String>) {
        self.found.push(found.into());
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let verdict = if std::thread::panicking() { "FELL" } else { "held" };
        let line = format!("{}\t{}\t{}\t{}\t{verdict}\n", self.fault, self.engine, self.rounds, self.found.join("; "));
        match std::env::var_os("FAULTS_TABLE") {
            Some(path) => {
                let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
                // One write, so that tests that end together do not mix their lines.
                let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
            }
            None => eprint!("{line}"),
        }
    }
}
