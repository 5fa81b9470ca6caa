//! The byte form of a JSON value that is hashed: compact, object keys sorted by their UTF-8 bytes,
//! numbers and strings exactly as `serde_json` prints them.
//!
//! This is deliberately *not* RFC 8785: a verifier never canonicalises anything. A package carries the
//! canonical text of every member it shows, and the verifier hashes those bytes as they are. The form
//! only has to be stable on our own side, between the day a record is accepted and the day it is shown.

use serde_json::{Map, Value};

/// The canonical bytes of `value`.
pub fn to_bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    write(value, &mut out);
    out
}

/// Appends the canonical bytes of `value` to `out`.
///
/// Recurses as deep as the value is nested; values parsed by `serde_json` are at most 128 deep.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => number_to(number, out),
        Value::String(text) => string_to(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(map) => write_object(map, out),
    }
}

/// Appends the canonical bytes of an object to `out`.
pub fn write_object(map: &Map<String, Value>, out: &mut Vec<u8>) {
    out.push(b'{');
    let first = out.len();
    in_order(map, |key, value| {
        key_to(key, first, out);
        write(value, out);
    });
    out.push(b'}');
}

/// The members of an object in the order they are written in.
pub(crate) fn in_order<'a>(map: &'a Map<String, Value>, mut each: impl FnMut(&'a str, &'a Value)) {
    // `serde_json` keeps keys sorted unless some crate in the build switches `preserve_order` on:
    // the usual case is one comparison per key and no allocation.
    if map.keys().is_sorted() {
        return map.iter().for_each(|(key, value)| each(key, value));
    }
    let mut members: Vec<(&String, &Value)> = map.iter().collect();
    members.sort_unstable_by_key(|(key, _)| *key);
    members.into_iter().for_each(|(key, value)| each(key, value));
}

/// Appends the key of an object whose first member begins at `first`.
pub(crate) fn key_to(key: &str, first: usize, out: &mut Vec<u8>) {
    if out.len() > first {
        out.push(b',');
    }
    string_to(key, out);
    out.push(b':');
}

fn number_to(number: &serde_json::Number, out: &mut Vec<u8>) {
    serde_json::to_writer(out, number).expect("a JSON number always prints, and memory takes it");
}

fn string_to(text: &str, out: &mut Vec<u8>) {
    // Quotes, backslashes and control characters are rare: the plain case is one copy. All bytes are looked at, because
    // a loop without a way out is done many bytes at a time.
    if !text.bytes().fold(false, |found, b| found | (b < 0x20) | (b == b'"') | (b == b'\\')) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        serde_json::to_writer(out, text).expect("a string always prints, and memory takes it");
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_by_bytes_and_nothing_is_padded() {
        let value = json!({"b": [1, 2.50, -0.0, true, null], "a": {"é": 1, "z": "x"}, "中": "文\"\n"});
        assert_eq!(String::from_utf8(to_bytes(&value)).unwrap(), r#"{"a":{"z":"x","é":1},"b":[1,2.5,-0.0,true,null],"中":"文\"\n"}"#);
    }

    proptest! {
        #[test]
        fn strings_print_as_serde_json_prints_them(text in any::<String>()) {
            let mut out = Vec::new();
            string_to(&text, &mut out);
            prop_assert_eq!(out, serde_json::to_vec(&text).unwrap());
        }

        #[test]
        fn reading_back_gives_the_same_bytes(key in any::<String>(), number in any::<f64>(), int in any::<i64>()) {
            let value = json!({ key: [number, int], "~": "" });
            let bytes = to_bytes(&value);
            let again: Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(to_bytes(&again), bytes);
        }
    }
}
