//! What a short run holds, as part of `make test`: ratios and powers of growth, never a time. It runs the binaries that
//! the tests have built anyway, in which the server is not optimised: the floors are about half of what such a build
//! reaches, so that noise does not come near them and a real fall does. What a release reaches is `make bench`'s.

use crate::report::{Row, Unit};

/// Those that say something without an absolute time.
pub const MEASURES: &[&str] = &["ingest", "lexicon", "chains", "growth"];

/// Beginnings of rows' names, and the least ratio of each.
const FLOORS: &[(&str, f64)] = &[
    ("ingest over HTTP, durable ÷ bulk insert, sqlite", 0.035),
    ("ingest over HTTP, durable ÷ bulk insert, postgres", 0.05),
    ("lexicon with all steps", 0.045),
    ("page of 500 records ÷ chains", 0.6),
];
/// Two small companies tell a power less surely than two large ones: so much beyond what has to hold.
const BEYOND: f64 = 0.35;

/// One sentence for each that has fallen.
pub fn fallen(rows: &[Row]) -> Vec<String> {
    let told = |row: &Row| match row.unit {
        Unit::Ratio => {
            let (_, floor) = FLOORS.iter().find(|(what, _)| row.what.starts_with(what))?;
            (row.figure < *floor).then(|| format!("{}: {:.3}, its floor is {floor}", row.what, row.figure))
        }
        Unit::Power => {
            let most = row.reach? + BEYOND;
            (row.figure > most).then(|| format!("{}: n^{:.2}, at most n^{most:.2} ({})", row.what, row.figure, row.note))
        }
        _ => None,
    };
    rows.iter().filter_map(told).collect()
}
