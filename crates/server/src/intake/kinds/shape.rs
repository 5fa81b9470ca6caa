//! Checks a value against the JSON schema of its type and names every fault by its exact pointer.
//!
//! The schema is compiled once into a [`Shape`]; a check walks the parsed value and allocates only for faults.
//! Unknown members pass: they are kept and shown, never rejected. This is not a general JSON Schema validator; it
//! knows what `fields` and `data` produce and panics at start-up on anything else.

use crate::said::Said;
use serde_json::{Map, Value};

/// One thing wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer from the root of the event, e.g. `/data/amount/amount`.
    pub pointer: String,
    /// `missing` or `invalid`.
    pub code: &'static str,
    pub detail: Said,
}

#[derive(Debug)]
pub enum Shape {
    Any,
    Text(Form),
    OneOf(Vec<String>),
    Bool,
    Whole { least: i64 },
    Number { least: f64, most: f64 },
    TextOrNumber,
    Money,
    Object(Vec<Member>),
    List { item: Box<Shape>, least: usize },
}

#[derive(Debug)]
pub struct Member {
    pub name: String,
    pub required: bool,
    pub shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Plain,
    Identifier,
    Date,
    DateTime,
    DateOrTime,
    Sha256,
}

impl Shape {
    /// Compiles a schema made by `schemars` with everything inlined.
    pub fn of_schema(schema: &Value) -> Self {
        let Some(object) = schema.as_object() else { return Self::Any };
        let format = object.get("format").and_then(Value::as_str);
        if let Some(choices) = object.get("enum").and_then(Value::as_array) {
            return Self::OneOf(choices.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        if let Some(choices) = object.get("oneOf").and_then(Value::as_array) {
            // An enum whose variants carry doc comments.
            return Self::OneOf(choices.iter().filter_map(|c| c.get("const")?.as_str()).map(str::to_owned).collect());
        }
        if let Some(either) = object.get("anyOf").and_then(Value::as_array) {
            // `Option<T>`: the part that is not null.
            return either.iter().find(|s| s.get("type").and_then(Value::as_str) != Some("null")).map_or(Self::Any, Self::of_schema);
        }
        let types: Vec<&str> = match object.get("type") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
            _ => return Self::Any,
        };
        let number = |name: &str| object.get(name).and_then(Value::as_f64);
        match types.as_slice() {
            ["string"] => Self::Text(match format {
                None => Form::Plain,
                Some("identifier") => Form::Identifier,
                Some("date") => Form::Date,
                Some("date-time") => Form::DateTime,
                Some("date-or-time") => Form::DateOrTime,
                Some("sha256") => Form::Sha256,
                Some(other) => unreachable!("a kind uses the unknown format {other}"),
            }),
            ["string", "number"] => Self::TextOrNumber,
            ["boolean"] => Self::Bool,
            ["integer"] => Self::Whole { least: object.get("minimum").and_then(Value::as_i64).unwrap_or(i64::MIN) },
            ["number"] => Self::Number { least: number("minimum").unwrap_or(f64::MIN), most: number("maximum").unwrap_or(f64::MAX) },
            ["array"] => Self::List {
                item: Box::new(object.get("items").map_or(Self::Any, Self::of_schema)),
                least: object.get("minItems").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
            },
            ["object"] if format == Some("money") => Self::Money,
            ["object"] => {
                let required: Vec<&str> =
                    object.get("required").and_then(Value::as_array).map(|r| r.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
                let members = object.get("properties").and_then(Value::as_object).into_iter().flatten();
                Self::Object(
                    members
                        .map(|(name, schema)| Member { name: name.clone(), required: required.contains(&name.as_str()), shape: Self::of_schema(schema) })
                        .collect(),
                )
            }
            other => unreachable!("a kind uses the unknown type {other:?}"),
        }
    }

    /// Adds what is wrong with `value`, whose pointer is `at`.
    pub fn check(&self, value: &Value, at: &mut String, faults: &mut Vec<Fault>) {
        match self {
            Self::Any => {}
            Self::Text(form) => match value.as_str() {
                None => fault(faults, at, &must("一段文字", "text"), value),
                Some(text) => {
                    if let Some(what) = form.refuses(text) {
                        fault(faults, at, &what, value);
                    }
                }
            },
            Self::OneOf(choices) => {
                if !value.as_str().is_some_and(|v| choices.iter().any(|c| c == v)) {
                    fault(faults, at, &must(&format!("{} 之一", choices.join("、")), &format!("one of {}", choices.join(", "))), value);
                }
            }
            Self::Bool => {
                if !value.is_boolean() {
                    fault(faults, at, &must("true 或 false", "true or false"), value);
                }
            }
            Self::Whole { least } => {
                if !value.as_i64().is_some_and(|n| n >= *least) {
                    let what = if *least == i64::MIN {
                        must("整数", "a whole number")
                    } else {
                        must(&format!("不小于 {least} 的整数"), &format!("a whole number of at least {least}"))
                    };
                    fault(faults, at, &what, value);
                }
            }
            Self::Number { least, most } => {
                if !value.as_f64().is_some_and(|n| (*least..=*most).contains(&n)) {
                    let what = if *most == f64::MAX {
                        must(&format!("不小于 {least} 的数"), &format!("a number of at least {least}"))
                    } else {
                        must(&format!("{least} 到 {most} 之间的数"), &format!("a number from {least} to {most}"))
                    };
                    fault(faults, at, &what, value);
                }
            }
            Self::TextOrNumber => {
                if !value.is_string() && !value.is_number() {
                    fault(faults, at, &must("文字或数字", "text or a number"), value);
                }
            }
            Self::Money => check_money(value, at, faults),
            Self::List { item, least } => match value.as_array() {
                None => fault(faults, at, &must("一个列表", "a list"), value),
                Some(items) => {
                    if items.len() < *least {
                        fault(faults, at, &must(&format!("至少 {least} 项的列表"), &format!("a list of at least {least}")), value);
                    }
                    let end = at.len();
                    for (i, v) in items.iter().enumerate() {
                        if faults.len() >= MOST_FAULTS {
                            break;
                        }
                        at.push('/');
                        at.push_str(&i.to_string());
                        item.check(v, at, faults);
                        at.truncate(end);
                    }
                }
            },
            Self::Object(members) => match value.as_object() {
                None => fault(faults, at, &must("一个对象", "an object"), value),
                Some(object) => check_members(members, object, at, faults),
            },
        }
    }
}

pub fn check_members(members: &[Member], object: &Map<String, Value>, at: &mut String, faults: &mut Vec<Fault>) {
    let end = at.len();
    for member in members {
        match object.get(&member.name) {
            None | Some(Value::Null) if member.required => missing(faults, at, &member.name),
            None | Some(Value::Null) => {}
            Some(value) => {
                at.push('/');
                at.push_str(&member.name);
                member.shape.check(value, at, faults);
                at.truncate(end);
            }
        }
    }
}

fn check_money(value: &Value, at: &mut String, faults: &mut Vec<Fault>) {
    let Some(object) = value.as_object() else {
        return fault(
            faults,
            at,
            &must("形如 {\"amount\":\"1234.56\",\"currency\":\"CNY\"} 的金额", "an amount like {\"amount\":\"1234.56\",\"currency\":\"CNY\"}"),
            value,
        );
    };
    let end = at.len();
    let mut member = |name: &str, ok: &dyn Fn(&str) -> bool, what: Said| match object.get(name) {
        None | Some(Value::Null) => missing(faults, at, name),
        Some(v) if v.as_str().is_some_and(ok) => {}
        Some(v) => {
            at.push('/');
            at.push_str(name);
            fault(faults, at, &what, v);
            at.truncate(end);
        }
    };
    let currency = object.get("currency").and_then(Value::as_str).filter(|c| is_currency(c));
    let digits = currency.map_or(2, crate::intake::money::digits);
    member("currency", &is_currency, must("三个大写字母的币种，如 CNY", "three capital letters such as CNY"));
    member(
        "amount",
        &|text| crate::intake::money::minor(text, currency.unwrap_or("CNY")).is_some(),
        must(
            &format!("不带正负号和千分位、至多 {digits} 位小数的数字文本，如 \"1234.56\""),
            &format!("a decimal string without sign or grouping and with at most {digits} decimals, like \"1234.56\""),
        ),
    );
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

impl Form {
    /// What the text must be, if it is not.
    pub fn refuses(self, text: &str) -> Option<Said> {
        let (ok, zh, en) = match self {
            Self::Plain => (true, "", ""),
            Self::Identifier => (is_identifier(text), "1 到 200 个字、不含控制字符的编号", "an identifier of 1 to 200 characters without control characters"),
            Self::Date => (is_date(text), "存在的日期，写作 2026-03-31", "a date that exists, written 2026-03-31"),
            Self::DateTime => {
                (time_us(text).is_some(), "带时区偏移的时间，写作 2026-03-31T18:00:00+08:00", "a time with its offset, written 2026-03-31T18:00:00+08:00")
            }
            Self::DateOrTime => (
                is_date(text) || time_us(text).is_some(),
                "日期 2026-03-31 或带时区偏移的时间 2026-03-31T18:00:00+08:00",
                "a date 2026-03-31 or a time with its offset 2026-03-31T18:00:00+08:00",
            ),
            Self::Sha256 => (is_sha256(text), "64 位小写十六进制的 SHA-256", "a SHA-256 of 64 lowercase hexadecimal digits"),
        };
        (!ok).then(|| must(zh, en))
    }
}

/// Turns the direction of what follows, so that what is read is not what is kept.
pub fn turns_text(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.len() <= 800 && text.chars().count() <= 200 && !text.chars().any(char::is_control)
}

pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok_and(|d| (1900..=2200).contains(&d.year()))
}

/// RFC 3339 with `T` and an offset → UTC microseconds. A bare local time says nothing about when.
pub fn time_us(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if !(20..=40).contains(&bytes.len()) || !matches!(bytes[10], b'T' | b't' | b' ') || text.contains('[') {
        return None;
    }
    let tail = &bytes[19..];
    if !(tail.ends_with(b"Z") || tail.ends_with(b"z") || tail.iter().any(|b| matches!(b, b'+' | b'-'))) {
        return None;
    }
    let at: jiff::Timestamp = text.parse().ok()?;
    // Years beyond these are slips of a unit (seconds for milliseconds), not events.
    (-2_208_988_800..7_258_118_400).contains(&at.as_second()).then(|| at.as_microsecond())
}

fn must(zh: &str, en: &str) -> Said {
    Said::new(format!("应为{zh}。"), format!("Should be {en}."))
}

/// More faults than anybody reads; a hostile record could have millions.
const MOST_FAULTS: usize = 1_000;

pub fn missing(faults: &mut Vec<Fault>, at: &str, name: &str) {
    if faults.len() >= MOST_FAULTS {
        return;
    }
    faults.push(Fault {
        pointer: format!("{at}/{name}"),
        code: "missing",
        detail: Said::new(format!("缺少必填项 {name}。请补上后重发。"), format!("The required member {name} is missing. Add it and send again.")),
    });
}

/// The value itself is not repeated: it may be somebody's data and the sentence may reach a log or a screen.
fn fault(faults: &mut Vec<Fault>, at: &str, what: &Said, value: &Value) {
    if faults.len() >= MOST_FAULTS {
        return;
    }
    let (zh, en) = match value {
        Value::Null => ("空", "null"),
        Value::Bool(_) => ("真假值", "a boolean"),
        Value::Number(_) => ("数字", "a number"),
        Value::String(_) => ("不合格式的文字", "text of another form"),
        Value::Array(_) => ("列表", "a list"),
        Value::Object(_) => ("对象", "an object"),
    };
    faults.push(Fault {
        pointer: at.to_owned(), code: "invalid", detail: Said::new(format!("{}这里是{zh}。", what.zh), format!("{} Here is {en}.", what.en))
    });
}

/// A fault found by a rule between members.
pub fn breach(faults: &mut Vec<Fault>, pointer: impl Into<String>, zh: &str, en: &str) {
    if faults.len() >= MOST_FAULTS {
        return;
    }
    faults.push(Fault { pointer: pointer.into(), code: "invalid", detail: Said::new(zh, en) });
}
