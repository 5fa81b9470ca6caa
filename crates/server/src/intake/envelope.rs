//! One CloudEvent: from bytes to a checked [`Draft`], or to the reason it is turned away.
//!
//! Pure: no database, no clock. What depends on the company (sources, consents, what a correction corrects) is
//! `check`; so a batch is read on all cores before anything is asked of the database.

use super::{
    kinds::{self, Fault},
    reason::Reason,
};
use crate::{
    records::{Draft, customer_subject, employee_subject},
    said::Said,
};
use probity_ledger::canonical;
use probity_lexicon::{Audience, Lexicon, Reading};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Deeper nesting than this is nobody's record.
const DEPTH: usize = 64;

/// An item that was turned away: what is known of it, why, and the bytes its digest is made of, which
/// lie sealed in quarantine where the reason allows.
#[derive(Debug, Clone)]
pub struct Turned {
    pub source: String,
    pub source_id: String,
    pub kind: String,
    pub reason: Reason,
    pub detail: Said,
    pub faults: Vec<Fault>,
    pub body: Vec<u8>,
}

impl Turned {
    fn new(event: &Map<String, Value>, text: &str, reason: Reason, detail: Said, faults: Vec<Fault>) -> Self {
        let body = if reason.may_hold() { text.as_bytes().to_vec() } else { canonical::to_bytes(&Value::Object(event.clone())) };
        Self { source: name(event, "source"), source_id: name(event, "id"), kind: name(event, "type"), reason, detail, faults, body }
    }

    /// Turns away an event that was well-formed.
    pub fn text(text: &str, reason: Reason, detail: Said) -> Self {
        let event = serde_json::from_str(text).unwrap_or_default();
        Self::new(&event, text, reason, detail, Vec::new())
    }
}

/// A name for the list of quarantined items: short and without control characters, whatever was sent.
fn name(event: &Map<String, Value>, member: &str) -> String {
    let text = event.get(member).and_then(Value::as_str).unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Reads one event from its JSON text.
pub fn read(text: &str, lexicon: &Lexicon) -> Result<Box<Draft>, Turned> {
    let nothing = Map::new();
    let turned = |zh: &str, en: &str| Turned::new(&nothing, text, Reason::BadShape, Said::new(zh, en), Vec::new());
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(event)) => read_event(event, text, lexicon),
        Ok(_) => Err(turned("每一项都应是一个 CloudEvent 对象。", "Every item should be a CloudEvent object.")),
        Err(e) if e.to_string().contains("recursion limit") => Err(too_deep(&nothing, text)),
        Err(_) => Err(turned("这一项不是可以读取的 JSON。", "This item is not JSON that can be read.")),
    }
}

fn too_deep(event: &Map<String, Value>, text: &str) -> Turned {
    let detail = Said::new(
        format!("嵌套超过 {DEPTH} 层，无法作为记录保存。请把内容展平后重发。"),
        format!("Nested more than {DEPTH} levels deep. Flatten the content and send again."),
    );
    Turned::new(event, text, Reason::BadShape, detail, Vec::new())
}

fn read_event(event: Map<String, Value>, text: &str, lexicon: &Lexicon) -> Result<Box<Draft>, Turned> {
    let turn = |event: &Map<String, Value>, reason, detail, faults| Err(Turned::new(event, text, reason, detail, faults));
    // Before anything else: what we may not hold is not held because another member happens to be wrong as well.
    if let Some((reason, detail)) = super::law::never_held(&event) {
        return turn(&event, reason, detail, Vec::new());
    }
    if event.values().any(|v| deeper_than(v, DEPTH)) {
        return Err(too_deep(&event, text));
    }
    let mut faults = Vec::new();
    let at = check_attributes(&event, &mut faults);
    let kind = event.get("type").and_then(Value::as_str).map(|name| (name, kinds::find(name)));
    if let Some((name, None)) = kind
        && !name.is_empty()
    {
        let detail = Said::new(
            format!("没有名为“{}”的记录种类。可用的种类见 docs/records.md。", self::name(&event, "type")),
            format!("There is no kind of record named “{}”. The kinds are listed in docs/records.md.", self::name(&event, "type")),
        );
        faults.push(Fault { pointer: "/type".into(), code: "invalid", detail: detail.clone() });
        return turn(&event, Reason::UnknownKind, detail, faults);
    }
    match event.get("data") {
        None | Some(Value::Null) => kinds::missing(&mut faults, "", "data"),
        Some(Value::Object(data)) => {
            if let Some((_, Some(kind))) = kind {
                faults.extend(kind.check(data, "/data"));
            }
        }
        Some(_) => kinds::breach(&mut faults, "/data", "data 应为一个对象。", "data should be an object."),
    }
    let (Some(at), Some((_, Some(kind))), true) = (at, kind, faults.is_empty()) else {
        let only_time = faults.iter().all(|f| f.pointer == "/time");
        let reason = if only_time { Reason::BadTime } else { Reason::BadShape };
        let detail = sentence(&faults);
        return turn(&event, reason, detail, faults);
    };
    Ok(Box::new(draft(event, kind, at, lexicon)))
}

/// The envelope's own members; the time it happened, if that can be read.
fn check_attributes(event: &Map<String, Value>, faults: &mut Vec<Fault>) -> Option<i64> {
    match event.get("specversion") {
        None | Some(Value::Null) => kinds::missing(faults, "", "specversion"),
        Some(v) if v == "1.0" => {}
        Some(_) => kinds::breach(faults, "/specversion", "specversion 应为 \"1.0\"。", "specversion should be \"1.0\"."),
    }
    for member in ["id", "source", "type"] {
        match event.get(member) {
            None | Some(Value::Null) => kinds::missing(faults, "", member),
            Some(v) => identifier(v, format!("/{member}"), faults),
        }
    }
    if let Some(v) = event.get("subject").filter(|v| !v.is_null()) {
        identifier(v, "/subject".into(), faults);
    }
    match event.get("subjects") {
        None | Some(Value::Null) => {}
        Some(Value::Array(all)) if all.len() > kinds::MOST_CONCERNED => kinds::too_many_concerned(faults, "/subjects"),
        Some(Value::Array(all)) => {
            for (i, v) in all.iter().enumerate() {
                identifier(v, format!("/subjects/{i}"), faults);
            }
        }
        Some(_) => kinds::breach(faults, "/subjects", "subjects 应为工号的列表。", "subjects should be a list of employee numbers."),
    }
    match event.get("time") {
        None | Some(Value::Null) => {
            kinds::missing(faults, "", "time");
            None
        }
        Some(v) => {
            let at = v.as_str().and_then(kinds::time_us);
            if at.is_none() {
                kinds::breach(
                    faults,
                    "/time",
                    "time 应为带时区偏移的时间，写作 2026-03-31T18:00:00+08:00。",
                    "time should have its offset, written 2026-03-31T18:00:00+08:00.",
                );
            }
            at
        }
    }
}

fn identifier(value: &Value, pointer: String, faults: &mut Vec<Fault>) {
    if !value.as_str().is_some_and(kinds::is_identifier) {
        kinds::breach(faults, pointer, "应为 1 到 200 个字、不含控制字符的文字。", "Should be text of 1 to 200 characters without control characters.");
    }
}

fn draft(event: Map<String, Value>, kind: &kinds::Kind, at: i64, lexicon: &Lexicon) -> Draft {
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (source, source_id) = (text("source"), text("id"));
    let data = event.get("data").and_then(Value::as_object);
    let who = data.map(|d| kind.concerned(d)).unwrap_or_default();
    let employee = event.get("subject").and_then(Value::as_str).or(who.employee).map(str::to_owned);
    let mut subjects = Vec::with_capacity(who.employees.len() + who.customers.len() + 1);
    let mut seen = HashSet::new();
    let mut add = |subject: String| {
        if seen.insert(subject.clone()) {
            subjects.push(subject);
        }
    };
    let further = event.get("subjects").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for number in employee.as_deref().into_iter().chain(who.employees.iter().copied()).chain(further) {
        add(employee_subject(number));
    }
    for id in &who.customers {
        add(customer_subject(id));
    }
    let reading = data.filter(|_| kind.name == kinds::MESSAGE_SENT).and_then(|data| reading(data, lexicon));
    Draft { source, source_id, kind: kind.name.to_owned(), at, employee, subjects, reading, corrects_at: None, event }
}

/// What the lexicon finds in a message's text, if it has one.
pub fn reading(data: &Map<String, Value>, lexicon: &Lexicon) -> Option<Reading> {
    let words = data.get("text").and_then(Value::as_str).filter(|t| !t.is_empty())?;
    Some(lexicon.read(words, audience(data)))
}

/// Whom a message reaches: an outsider anywhere in the conversation makes it external.
fn audience(data: &Map<String, Value>) -> Audience {
    let outsider = |party: &Value| party.get("employee").is_none_or(Value::is_null);
    let to = data.get("to").and_then(Value::as_array).into_iter().flatten();
    if data.get("from").into_iter().chain(to).any(outsider) { Audience::External } else { Audience::Internal }
}

fn deeper_than(value: &Value, left: usize) -> bool {
    let Some(left) = left.checked_sub(1) else { return true };
    match value {
        Value::Array(all) => all.iter().any(|v| deeper_than(v, left)),
        Value::Object(all) => all.values().any(|v| deeper_than(v, left)),
        _ => false,
    }
}

/// The first faults in one sentence; the list has them all.
fn sentence(faults: &[Fault]) -> Said {
    let shown = faults.iter().take(3);
    let zh: Vec<_> = shown.clone().map(|f| format!("{}：{}", f.pointer, f.detail.zh)).collect();
    let en: Vec<_> = shown.map(|f| format!("{}: {}", f.pointer, f.detail.en)).collect();
    let more = faults.len().saturating_sub(3);
    let (zh_more, en_more) = if more > 0 { (format!("另有 {more} 处。"), format!(" And {more} more.")) } else { Default::default() };
    Said::new(zh.join("") + &zh_more, en.join(" ") + &en_more)
}
