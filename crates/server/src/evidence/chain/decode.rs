//! From an event as accepted to a fact, or to nothing when its kind carries no role. Pure.
//! Reading a text for words is the lexicon's; the caller hands its reading in.

use super::facts::{Fact, Hit, Message, Money, Move, Moved, Party, Transfer, What};
use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use probity_lexicon::Reading;
use serde_json::{Map, Value};

/// The record around an event, and what only the server knows: the company's days and what the lexicon read.
pub struct Envelope<'a> {
    pub idx: i64,
    pub source: &'a str,
    pub source_id: &'a str,
    pub kind: &'a str,
    pub at: i64,
    pub zone: &'a TimeZone,
}

impl Envelope<'_> {
    /// The business day of `at`, and whether `at` is no more than a day written as a time.
    pub fn day(&self) -> (i32, bool) {
        let Ok(at) = Timestamp::from_microsecond(self.at) else { return (0, false) };
        let local = at.to_zoned(self.zone.clone());
        ((local.date() - EPOCH).get_days(), local.time() == Time::midnight())
    }
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

fn text(data: &Map<String, Value>, name: &str) -> String {
    data.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}
fn some(data: &Map<String, Value>, name: &str) -> Option<String> {
    Some(text(data, name)).filter(|s| !s.is_empty())
}

/// `{"amount":"1234.56","currency":"CNY"}` in minor units; more than two decimals round half up.
pub fn money(value: Option<&Value>) -> Option<Money> {
    let value = value?.as_object()?;
    let written = match value.get("amount")? {
        Value::String(s) => s.trim().replace(',', ""),
        Value::Number(n) => n.to_string(),
        _ => return None,
    };
    let amount: rust_decimal::Decimal = written.parse().ok()?;
    let minor = amount.checked_mul(rust_decimal::Decimal::ONE_HUNDRED)?.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    Some(Money { minor: minor.try_into().ok()?, currency: text(value, "currency") })
}

/// The text of a message in the form the lexicon read it.
pub fn message_text(data: &Map<String, Value>) -> String {
    data.get("text").and_then(Value::as_str).unwrap_or_default().to_owned()
}

pub fn decode(envelope: &Envelope<'_>, data: &Map<String, Value>, reading: Option<&Reading>, stops_at: Vec<String>) -> Option<Fact> {
    let (mut day, mut whole_day) = envelope.day();
    let what = match envelope.kind {
        "message.sent" => message(data, reading)?,
        "customer.assigned" => What::Assigned {
            customer: text(data, "customer"),
            employee: text(data, "employee"),
            from: moment(data, "from", envelope.zone, 0).unwrap_or(envelope.at),
            from_day: data.get("from").and_then(Value::as_str).and_then(date).unwrap_or(day),
            until: moment(data, "until", envelope.zone, 1),
            reasoned: some(data, "reason").is_some(),
        },
        "customer.followed_up" | "customer.accessed" | "deal.stage_changed" | "call.made" | "inquiry.received" => {
            What::Reached { customer: some(data, "customer")?, employee: some(data, "employee")? }
        }
        "order.placed" => {
            What::Placed { order: text(data, "order"), customer: text(data, "customer"), employee: text(data, "employee"), amount: money(data.get("amount")) }
        }
        "order.transferred" | "order.cancelled" | "customer.lost" => What::Moved(Moved {
            how: match envelope.kind {
                "order.transferred" => Move::Transferred,
                "order.cancelled" => Move::Cancelled,
                _ => Move::Lost,
            },
            order: some(data, "order"),
            customer: some(data, "customer")?,
            employee: some(data, "employee")?,
            to: some(data, "to_company"),
            reason: text(data, "reason"),
            amount: money(data.get("amount")),
        }),
        "visit.checked_in" | "track.recorded" => {
            if stops_at.is_empty() {
                // A visit at the customer shows that the employee reaches him.
                return (envelope.kind == "visit.checked_in")
                    .then(|| Some(fact(envelope, day, whole_day, What::Reached { customer: some(data, "customer")?, employee: some(data, "employee")? })))
                    .flatten();
            }
            What::Stop { at: stops_at, customer: some(data, "customer") }
        }
        "transfer.booked" => {
            // What the company's own account received or paid out is the company's: a refund, a salary, a
            // supplier's rebate. Only the employee's own receipts can be a part of this.
            if text(data, "direction") != "in" || !matches!(text(data, "basis").as_str(), "voluntary_submission" | "court_order") {
                return None;
            }
            whole_day = true;
            if let Some(booked) = data.get("booked_on").and_then(Value::as_str).and_then(date) {
                day = booked;
            }
            let empty = Map::new();
            let other = data.get("counterparty").and_then(Value::as_object).unwrap_or(&empty);
            What::Transfer(Transfer {
                amount: money(data.get("amount"))?,
                name: text(other, "name"),
                company: text(other, "company"),
                account: text(other, "account"),
                remark: text(data, "remark"),
            })
        }
        _ => return None,
    };
    Some(fact(envelope, day, whole_day, what))
}

fn fact(envelope: &Envelope<'_>, day: i32, whole_day: bool, what: What) -> Fact {
    Fact {
        idx: envelope.idx,
        source: envelope.source.to_owned(),
        source_id: envelope.source_id.to_owned(),
        kind: envelope.kind.to_owned(),
        at: envelope.at,
        day,
        whole_day,
        what,
    }
}

fn message(data: &Map<String, Value>, reading: Option<&Reading>) -> Option<What> {
    let empty = Map::new();
    let from = data.get("from").and_then(Value::as_object).unwrap_or(&empty);
    let receivers: Vec<&Map<String, Value>> = match data.get("to") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(one)) => vec![one],
        _ => Vec::new(),
    };
    let outsiders: Vec<Party> = std::iter::once(from)
        .chain(receivers)
        .filter(|p| some(p, "employee").is_none())
        .map(|p| Party { external: text(p, "external"), name: text(p, "name"), company: text(p, "company"), customer: text(p, "customer") })
        .filter(|p| !(p.external.is_empty() && p.name.is_empty() && p.company.is_empty() && p.customer.is_empty()))
        .collect();
    let mut message = Message {
        from: some(from, "employee"),
        conversation: format!("{}/{}", text(data, "channel"), text(data, "conversation")),
        outsiders,
        text: message_text(data),
        ..Message::default()
    };
    if let Some(r) = reading {
        message.excepted = denies(r);
        message.hits = r
            .hits
            .iter()
            .filter(|h| h.exception.is_none())
            .map(|h| Hit { word: h.word.clone(), step: step_name(h), strong: h.strong && h.offered() })
            .collect();
        message.amounts = r.amounts.iter().map(|a| a.minor).collect();
        message.shares = r.shares.iter().map(|s| s.ppm).collect();
    }
    Some(What::Message(message))
}

/// Exceptions that only say that the word was about something else or about others in general. What else the text
/// names, the receiving company with a share, still says it.
const OTHER_MATTERS: &[&str] = &["impersonal", "en_impersonal", "other_meaning", "other_place", "other_sense", "en_other_sense", "unpaid_meal", "charge_card"];

/// The text refuses, forbids, reports or teaches: its shares and sums promise nothing.
pub fn denies(reading: &Reading) -> bool {
    reading.hits.iter().any(|h| h.exception.as_deref().is_some_and(|name| !OTHER_MATTERS.contains(&name)))
}

fn step_name(hit: &probity_lexicon::Hit) -> String {
    serde_json::to_value(hit.step).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A moment: RFC 3339, or a date in the company's zone; `days` later, for the end of a last day.
fn moment(data: &Map<String, Value>, name: &str, zone: &TimeZone, days: i32) -> Option<i64> {
    let written = data.get(name)?.as_str()?.trim();
    if let Ok(at) = written.parse::<Timestamp>() {
        return Some(at.as_microsecond());
    }
    let date: Date = written.parse().ok()?;
    let date = date.checked_add(jiff::Span::new().days(days)).ok()?;
    Some(date.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond())
}

/// Days since 1970-01-01 of a date, or of the date at the head of a time.
fn date(written: &str) -> Option<i32> {
    let date: Date = written.trim().get(..10)?.parse().ok()?;
    Some((date - EPOCH).get_days())
}
