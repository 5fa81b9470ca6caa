//! One door to the parsers that read strangers' bytes, for the fuzz targets in `crates/server/fuzz`: each function
//! takes any bytes and panics when something holds that must not. Only with the feature `testing`; nothing of the
//! product uses it.

use super::{
    envelope,
    import::{self, Made, Options},
    kinds,
};
use crate::{http, settings::Settings};
use probity_ledger::canonical;
use probity_lexicon::Lexicon;
use serde_json::{Map, Value};
use std::sync::{Arc, LazyLock};

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);

/// Makes the words ready, which takes seconds in a build with counters and would be charged to the first input.
pub fn prepare() {
    LazyLock::force(&LEXICON);
}

fn settings() -> Settings {
    Settings { name: String::new(), time_zone: jiff::tz::TimeZone::UTC, time_zone_name: "UTC".into(), currency: "CNY".into(), second_factor_required: false }
}

/// One event's text: what is accepted has names, a time, and canonical bytes that read back the same.
pub fn event(text: &str) {
    if http::refuse_heavy(text.as_bytes()).is_err() {
        return;
    }
    let Ok(draft) = envelope::read(text, &LEXICON) else { return };
    for name in [&draft.source, &draft.source_id, &draft.kind] {
        assert!(!name.is_empty() && !name.chars().any(char::is_control), "{name:?}");
    }
    assert!(jiff::Timestamp::from_microsecond(draft.at).is_ok());
    assert!(draft.subjects.iter().all(|s| !s.contains('\0')));
    let mut bytes = Vec::new();
    canonical::write_object(&draft.event, &mut bytes);
    let again: Map<String, Value> = serde_json::from_slice(&bytes).expect("canonical text reads back");
    let mut second = Vec::new();
    canonical::write_object(&again, &mut second);
    assert_eq!(bytes, second);
    let kind = kinds::find(&draft.kind).expect("an accepted kind exists");
    assert!(kind.check(draft.data().expect("accepted data is an object"), "/data").is_empty());
}

/// A file in any layout: rows become events or skips, the same each time, with ids that are no longer than they may be.
pub fn file(bytes: &[u8]) {
    let Ok(file) = import::File::read(bytes) else { return };
    assert!(file.views().iter().all(|view| view.preview.len() <= 8));
    let kind = file.kind.as_deref().and_then(kinds::find).or_else(|| kinds::find("customer.upserted"));
    let options = Options {
        source: "/fuzz".into(),
        kind: kind.map(|k| k.name.to_owned()),
        basis: Some("voluntary_submission".into()),
        employee: Some("E1".into()),
        ..Options::default()
    };
    let all = || {
        let mut made = Vec::new();
        import::Plan::with(Arc::new(settings()), "2026-01-01".into(), Default::default(), &file, &options, kind).run(|row, one| {
            made.push((
                row,
                match one {
                    Made::Event(text) => {
                        let event: Map<String, Value> = serde_json::from_str(&text).expect("an event is an object");
                        assert!(event.get("type").is_some() || event.get("data").is_none() || file.layout == Some(import::Layout::Events));
                        text
                    }
                    Made::Skipped(skip) => skip.0.en,
                    Made::Bad(cells) => cells.len().to_string(),
                },
            ));
            made.len() < 10_000
        });
        made
    };
    assert_eq!(all(), all());
}

/// One cell for one field, as a mapping would have it: `kind`, path and text on three lines.
pub fn cell(text: &str) {
    let mut lines = text.splitn(3, '\n');
    let (Some(kind), Some(path), Some(cell)) = (lines.next().and_then(kinds::find), lines.next(), lines.next()) else { return };
    let mut data = Map::new();
    let _ = import::put_cell(&settings(), kind, &mut data, path, cell);
    let _ = serde_json::to_string(&data).expect("what a mapping makes can be written");
    let _ = kind.check(&data, "/data");
}

/// A body of any other address: weighed, then read as some shape.
pub fn body(bytes: &[u8]) {
    if http::refuse_heavy(bytes).is_ok() {
        let _ = http::read_body::<Value>(bytes);
    }
    let _ = std::str::from_utf8(bytes).map(http::parse_instant);
}
