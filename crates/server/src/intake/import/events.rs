//! Files of events and of things that become events one to one: our own NDJSON, the WeCom archive, Northwind's orders.

use super::{Layout, Skip, table::Row};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// Which of the known JSON layouts a first item belongs to.
pub fn recognise(first: &str) -> Option<Layout> {
    let object: Map<String, Value> = serde_json::from_str(first).ok()?;
    let has = |names: &[&str]| names.iter().all(|n| object.contains_key(*n));
    if has(&["type", "source", "data"]) {
        Some(Layout::Events)
    } else if has(&["msgid", "action"]) {
        Some(Layout::WecomArchive)
    } else {
        None
    }
}

/// The archive of WeCom 会话存档: text becomes text, every other type is kept raw with its `msgtype`.
pub struct Archive {
    /// WeCom user id → employee number.
    pub people: HashMap<String, String>,
    seen: HashSet<String>,
}

impl Archive {
    pub fn new(people: HashMap<String, String>) -> Self {
        Self { people, seen: HashSet::new() }
    }

    /// Ids that WeCom gives to outsiders (`wm`, `wo`) and robots (`wb`).
    fn is_external(id: &str) -> bool {
        id.len() > 20 && ["wm", "wo", "wb"].iter().any(|p| id.starts_with(p))
    }

    fn party(&self, id: &str) -> Value {
        if Self::is_external(id) { json!({ "external": id }) } else { json!({ "employee": self.people.get(id).map_or(id, String::as_str) }) }
    }

    /// One message as `(id, microseconds, data)`.
    pub fn read(&mut self, text: &str) -> Result<(String, i64, Map<String, Value>), Skip> {
        let raw: Value = serde_json::from_str(text).map_err(|_| Skip::unreadable())?;
        let get = |name: &str| raw.get(name).and_then(Value::as_str).unwrap_or_default();
        let mut id = get("msgid").to_owned();
        if id.is_empty() {
            return Err(Skip::unreadable());
        }
        // The same id with other content is another message, not a repeat.
        if !self.seen.insert(id.clone()) {
            let digest = super::digest(&[text]);
            id = format!("{id}#{}", &digest[..12]);
        }
        let number = |name: &str| raw.get(name).and_then(Value::as_i64);
        let at = number("msgtime").or_else(|| number("time")).unwrap_or(0);
        // Milliseconds in the archive, seconds in some exports of it.
        let at_us = at.checked_mul(if at > 100_000_000_000 { 1000 } else { 1_000_000 }).ok_or_else(Skip::no_time)?;
        let from = if get("from").is_empty() { get("user") } else { get("from") };
        if from.is_empty() {
            return Err(Skip::unreadable());
        }
        let mut to: Vec<&str> = raw.get("tolist").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        if to.is_empty() {
            to.push(from);
        }
        let kind = if get("msgtype").is_empty() { get("action") } else { get("msgtype") };
        let conversation = if get("roomid").is_empty() {
            let mut both: Vec<&str> = to.iter().copied().chain([from]).collect();
            both.sort_unstable();
            both.dedup();
            let whole = both.join("|");
            if whole.chars().count() <= 200 { whole } else { super::digest(&both) }
        } else {
            get("roomid").to_owned()
        };
        let mut data = Map::new();
        data.insert("channel".into(), json!("wecom"));
        data.insert("conversation".into(), json!(conversation));
        data.insert("from".into(), self.party(from));
        data.insert("to".into(), to.iter().map(|id| self.party(id)).collect());
        data.insert("msgtype".into(), json!(kind));
        match raw.pointer("/text/content").and_then(Value::as_str) {
            Some(words) if kind == "text" => {
                data.insert("text".into(), json!(words));
            }
            _ => {
                if kind == "revoke" {
                    data.insert("revoked".into(), json!(true));
                }
                data.insert("raw".into(), raw.clone());
            }
        }
        Ok((id, at_us, data))
    }
}

/// The columns of Northwind's orders.
pub const NORTHWIND: [&str; 5] = ["oid", "cust", "emp", "date", "prev"];

/// One order of Northwind: `(id, day, data)`.
pub fn northwind(row: &Row) -> Result<(String, String, Map<String, Value>), Skip> {
    let (order, customer, employee, day) = (row.cell(0), row.cell(1), row.cell(2), row.cell(3));
    if order.is_empty() || customer.is_empty() || employee.is_empty() {
        return Err(Skip::unreadable());
    }
    let mut data = Map::new();
    data.insert("order".into(), json!(order));
    data.insert("customer".into(), json!(customer));
    data.insert("employee".into(), json!(employee));
    if !row.cell(4).is_empty() {
        data.insert("previous_employee".into(), json!(row.cell(4)));
    }
    Ok((format!("order/{order}"), day.to_owned(), data))
}
