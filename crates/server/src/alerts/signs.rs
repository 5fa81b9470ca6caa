//! Signs: an employee's message to an outsider whose words alert.

use crate::{
    records::{Appended, BACKFILL_US},
    signals::words::model::hit,
};
use probity_lexicon::{Hit, Reading};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    pub idx: i64,
    pub at: i64,
    pub employee: String,
    /// Channel and conversation: what one alert is about.
    pub conversation: String,
    pub channel: String,
    pub customer: Option<String>,
    pub external: String,
    pub external_name: String,
    pub external_company: String,
    pub hits: Vec<Entry>,
    pub backfilled: bool,
}

/// A hit as far as an alert shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub word: String,
    pub category: String,
    pub severity: String,
    pub step: String,
}

fn text(m: &Map<String, Value>, name: &str) -> String {
    m.get(name).and_then(Value::as_str).unwrap_or_default().replace('\0', "")
}

/// A message as a sign with the hits given, if an employee wrote it to an outsider.
pub fn of_message(idx: i64, at: i64, received_at: i64, data: &Map<String, Value>, hits: Vec<Entry>) -> Option<Sign> {
    let employee = data.get("from")?.as_object().map(|f| text(f, "employee")).filter(|e| !e.is_empty())?;
    let outsider = data.get("to")?.as_array()?.iter().filter_map(Value::as_object).find(|p| text(p, "employee").is_empty())?;
    if hits.is_empty() {
        return None;
    }
    let channel = text(data, "channel");
    Some(Sign {
        idx,
        at,
        employee,
        conversation: format!("{channel}/{}", text(data, "conversation")),
        channel,
        customer: Some(text(outsider, "customer")).filter(|c| !c.is_empty()),
        external: text(outsider, "external"),
        external_name: text(outsider, "name"),
        external_company: text(outsider, "company"),
        hits,
        backfilled: received_at - at > BACKFILL_US,
    })
}

pub fn alerting(reading: &Reading) -> Vec<Entry> {
    let entry = |h: &Hit| Entry { word: h.word.clone(), category: h.category.clone(), severity: h.severity.as_str().into(), step: h.step.as_str().into() };
    reading.hits.iter().filter(|h| h.alerting).map(entry).collect()
}

/// The signs among records that arrive.
pub fn arriving(batch: &[Appended<'_>]) -> Vec<Sign> {
    batch
        .iter()
        .filter_map(|a| {
            let reading = a.draft.reading.as_ref().filter(|r| r.alert)?;
            of_message(a.idx, a.draft.spoken_at(), a.received_at, a.draft.spoken()?, alerting(reading))
        })
        .collect()
}

/// The signs in hits that were kept; one a record.
pub fn kept(mut rows: Vec<hit::Model>) -> Vec<Sign> {
    rows.sort_by_key(|h| (h.idx, h.n));
    let mut signs: Vec<Sign> = Vec::new();
    for h in rows {
        let entry = Entry { word: h.word, category: h.category, severity: h.severity, step: h.step };
        match signs.last_mut().filter(|s| s.idx == h.idx) {
            Some(sign) => sign.hits.push(entry),
            None => signs.push(Sign {
                idx: h.idx,
                at: h.at,
                employee: h.employee,
                channel: h.conversation.split('/').next().unwrap_or_default().to_owned(),
                conversation: h.conversation,
                customer: h.customer,
                external: h.counterpart,
                external_name: String::new(),
                external_company: String::new(),
                hits: vec![entry],
                backfilled: h.backfilled,
            }),
        }
    }
    signs
}
