//! docs/records.md, written from the types.

use super::Kind;
use serde_json::{Value, json};
use std::fmt::Write as _;

const HEAD: &str = "# Records\n\n\
    *Written from the Rust types by `UPDATE=1 cargo nextest run -p probity-server records_md`; do not edit.*\n\n\
    A record is a CloudEvents 1.0 JSON object: `specversion` (`1.0`), `id`, `source`, `type` (one of the kinds below),\n\
    `time` (when it happened, RFC 3339 with offset), `subject` (the employee number concerned, absent for company-wide\n\
    records), optionally `subjects` (further employees concerned) and `data`. Send one as `application/cloudevents+json`\n\
    or a list as `application/cloudevents-batch+json` to `POST /api/v1/records`. ★ marks required members; members\n\
    not listed are kept and shown. `null` means absent.\n\n\
    记录是 CloudEvents 1.0 的 JSON 对象：`type` 是下列种类之一，`time` 是事情发生的时间（带时区偏移），`subject` 是相关员工工号。\n\
    ★ 为必填；未列出的成员原样保留。\n\n";

/// The whole document. `example` gives a good event of a kind as JSON text.
pub fn markdown(example: impl Fn(&str) -> Option<String>) -> String {
    let mut out = HEAD.to_owned();
    for kind in super::all() {
        section(&mut out, kind, example(kind.name));
    }
    out
}

fn section(out: &mut String, kind: &Kind, example: Option<String>) {
    let _ = write!(out, "## `{}` {} · {}\n\n| member | is | |\n|---|---|---|\n", kind.name, kind.title.zh, kind.title.en);
    rows(out, &kind.schema, "");
    if let Some(example) = example {
        let _ = write!(out, "\n```json\n{}\n```\n", example.trim());
    }
    let schema = serde_json::to_string_pretty(&sorted(&kind.schema)).unwrap_or_default();
    let _ = write!(out, "\n<details><summary>JSON schema</summary>\n\n```json\n{schema}\n```\n</details>\n\n");
}

fn rows(out: &mut String, schema: &Value, prefix: &str) {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(members) = schema["properties"].as_object() else { return };
    // Required members first, as a reader wants them; by name, whatever features the JSON library was built with.
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| name.as_str());
    let (first, second): (Vec<_>, Vec<_>) = members.into_iter().partition(|(name, _)| required.contains(&name.as_str()));
    for (name, member) in first.into_iter().chain(second) {
        let star = if required.contains(&name.as_str()) { "★" } else { "" };
        let about = member["description"].as_str().unwrap_or("");
        let _ = writeln!(out, "| {star}`{prefix}{name}` | {} | {about} |", form(member));
        let inner = if is(member, "array") { &member["items"] } else { member };
        if is(inner, "object") {
            let mark = if is(member, "array") { "[]." } else { "." };
            rows(out, inner, &format!("{prefix}{name}{mark}"));
        }
    }
}

pub fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut all: Vec<_> = members.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(all.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
        _ => Vec::new(),
    }
}

fn is(schema: &Value, name: &str) -> bool {
    let part = not_null(schema);
    types(part) == [name]
}

fn not_null(schema: &Value) -> &Value {
    schema["anyOf"].as_array().and_then(|a| a.iter().find(|s| s["type"] != "null")).unwrap_or(schema)
}

fn form(schema: &Value) -> String {
    let schema = not_null(schema);
    if let Some(choices) = schema["enum"].as_array() {
        return choices.iter().filter_map(Value::as_str).map(|c| format!("`{c}`")).collect::<Vec<_>>().join(" \\| ");
    }
    let types = types(schema);
    match (types.as_slice(), schema["format"].as_str()) {
        (_, Some(format)) if !matches!(format, "int64" | "double") => format.to_owned(),
        (["array"], _) => format!("list of {}", form(&schema["items"])),
        ([], _) => "anything".to_owned(),
        (many, _) => many.join(" or "),
    }
}

/// `CustomerUpserted` for `customer.upserted`.
fn component(kind: &str) -> String {
    let capital = |p: &str| p.chars().take(1).flat_map(char::to_uppercase).chain(p.chars().skip(1)).collect::<String>();
    kind.split(['.', '_']).map(capital).collect()
}

/// Component schemas for the OpenAPI document: the data of each kind, and `CloudEvent`, which says which kind has which.
pub fn components() -> serde_json::Map<String, Value> {
    super::all()
        .iter()
        .map(|kind| {
            let mut schema = kind.schema.clone();
            if let Some(object) = schema.as_object_mut() {
                object.insert("title".into(), Value::from(format!("{} {} · {}", kind.name, kind.title.zh, kind.title.en)));
            }
            (component(kind.name), schema)
        })
        .chain([("CloudEvent".to_owned(), envelope())])
        .collect()
}

/// A record as it is sent: the CloudEvents members, and data by kind.
fn envelope() -> Value {
    let kinds: Vec<Value> = super::all()
        .iter()
        .map(|kind| {
            let data = format!("#/components/schemas/{}", component(kind.name));
            json!({ "properties": { "type": { "const": kind.name }, "data": { "$ref": data } } })
        })
        .collect();
    json!({
        "title": "CloudEvents 1.0",
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "data"],
        "properties": {
            "specversion": { "type": "string", "enum": ["1.0"] },
            "id": { "type": "string", "minLength": 1, "maxLength": 200 },
            "source": { "type": "string", "minLength": 1, "maxLength": 200 },
            "type": { "type": "string" },
            "time": { "type": "string", "format": "date-time", "description": "RFC 3339 with offset: when it happened" },
            "subject": { "type": "string", "description": "the employee number concerned; absent for the company as a whole" },
            "subjects": { "type": "array", "items": { "type": "string" }, "description": "further people concerned" },
        },
        "oneOf": kinds,
    })
}
