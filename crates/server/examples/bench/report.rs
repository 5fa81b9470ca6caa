//! Rows of the table, and the document that keeps it.

use anyhow::{Context, Result};
use std::{fmt::Write as _, path::Path};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Against a reference in the same run; more is better. These and powers can fail a short run, times never.
    Ratio,
    Milliseconds,
    Seconds,
    Mebibytes,
    Kibibytes,
    /// The power of the number of records it grows with.
    Power,
}

/// One line of the table.
pub struct Row {
    pub what: String,
    /// The median of `samples`, or a percentile where `what` says so.
    pub figure: f64,
    pub unit: Unit,
    /// What has to hold now; for a ratio at least this, for everything else at most.
    pub reach: Option<f64>,
    pub aim: Option<f64>,
    /// The absolute figures behind it, and what a reader should know.
    pub note: String,
    pub samples: Vec<f64>,
}

impl Row {
    /// The median of ratios.
    pub fn ratio(what: impl Into<String>, samples: Vec<f64>, reach: f64, aim: f64, note: String) -> Self {
        Self { what: what.into(), figure: median(&samples), unit: Unit::Ratio, reach: Some(reach), aim: Some(aim), note, samples }
    }

    fn met(&self, bound: Option<f64>) -> bool {
        bound.is_some_and(|b| if self.unit == Unit::Ratio { self.figure >= b } else { self.figure <= b })
    }

    fn standing(&self) -> &'static str {
        match (self.met(self.aim), self.met(self.reach), self.reach) {
            (true, ..) => "aim met",
            (_, true, _) => "reached",
            (_, _, None) => "",
            _ => "**not reached**",
        }
    }
}

pub fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}

/// The value below or at which this part of the samples lies; NaN of none.
pub fn percentile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * part).ceil() as usize).copied().unwrap_or(f64::NAN)
}

fn said(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Ratio => format!("{value:.2}"),
        Unit::Milliseconds if value < 10.0 => format!("{value:.1} ms"),
        Unit::Milliseconds => format!("{value:.0} ms"),
        Unit::Seconds => format!("{value:.2} s"),
        Unit::Mebibytes => format!("{value:.0} MiB"),
        Unit::Kibibytes => format!("{value:.0} KB"),
        Unit::Power => format!("n^{value:.2}"),
    }
}

/// The table as Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut out = "| what | figure | spread | reach | aim | standing | behind it |\n|---|---|---|---|---|---|---|\n".to_owned();
    for r in rows {
        let bound = |b: Option<f64>| b.map_or_else(String::new, |b| format!("{} {}", if r.unit == Unit::Ratio { "≥" } else { "≤" }, said(r.unit, b)));
        let (least, most) = r.samples.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), s| (l.min(*s), m.max(*s)));
        let spread = if r.samples.len() < 2 { String::new() } else { format!("{}–{} of {}", said(r.unit, least), said(r.unit, most), r.samples.len()) };
        let _ = writeln!(out, "| {} | {} | {spread} | {} | {} | {} | {} |", r.what, said(r.unit, r.figure), bound(r.reach), bound(r.aim), r.standing(), r.note);
    }
    out
}

const BEGIN: &str = "<!-- written by make bench: begin -->";
const END: &str = "<!-- written by make bench: end -->";

/// Puts table and machine between the document's markers; the words around them are people's.
pub fn write(path: &Path, table: &str, machine: &str) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let cut = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = cut.with_context(|| format!("{} has no place for the table: {BEGIN} … {END}", path.display()))?;
    std::fs::write(path, format!("{before}{BEGIN}\n\n{table}\n{machine}\n{END}{after}"))?;
    Ok(())
}
