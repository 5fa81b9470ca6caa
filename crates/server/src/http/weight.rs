//! How heavy JSON would be once it is read: how deep it nests and how many values it has, from its bytes alone.
//!
//! A value of two bytes takes some forty in memory, so the size of a body says too little. Nothing is parsed here and
//! nothing is judged to be well-formed: brackets and commas outside of strings are counted.

use crate::error::{Error, Problem};

/// A body nested deeper than this is an attack, not a list of records.
const DEEPEST: usize = 10_000;
/// Values in one body: 10,000 records of two hundred members each, or 32 MiB full of a track's points.
pub const MOST_VALUES: usize = 2_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    pub depth: usize,
    pub values: usize,
}

pub fn weigh(text: &[u8]) -> Weight {
    let (mut now, mut depth, mut values) = (0_usize, 0, 1);
    let mut left = text.iter();
    while let Some(b) = left.next() {
        match b {
            b'"' => left = after_string(left.as_slice()).iter(),
            b'{' | b'[' => {
                now += 1;
                depth = depth.max(now);
                values += 1;
            }
            b'}' | b']' => now = now.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
    }
    Weight { depth, values }
}

/// What follows a string that has begun: most of a body is text, and passed over many bytes at a time.
fn after_string(mut text: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memchr2(b'"', b'\\', text) {
        if text[at] == b'"' {
            return &text[at + 1..];
        }
        // An escaped quotation mark, or whatever else is escaped, does not end it.
        text = text.get(at + 2..).unwrap_or_default();
    }
    &[]
}

/// Refuses a body before it is read, if reading it would cost more than any honest one is worth.
pub fn refuse_heavy(text: &[u8]) -> Result<(), Error> {
    let weight = weigh(text);
    if weight.depth > DEEPEST {
        return Err(Problem::bad_request("malformed_json", "嵌套过深。请检查括号。", "Nested too deep. Check the brackets.").into());
    }
    if weight.values > MOST_VALUES {
        return Err(Problem::new(
            413,
            "too_many_values",
            format!("一次请求最多包含 {MOST_VALUES} 个值（成员与列表项合计）。请分批发送。"),
            format!("A request may hold {MOST_VALUES} values at most (members and list items together). Send it in parts."),
        )
        .into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_strings_weighs_nothing() {
        assert_eq!(weigh(br#"{"a":"[[[,,,\"[","b":[1,2,[3]]}"#), Weight { depth: 3, values: 7 });
        assert_eq!(weigh(br#"["\\","]",{"\\\"":","}"#), Weight { depth: 2, values: 5 });
        assert_eq!(weigh(br#"["never ends, \"#), Weight { depth: 1, values: 2 });
        assert!(refuse_heavy("[".repeat(DEEPEST + 1).as_bytes()).is_err());
        assert!(refuse_heavy(vec![b','; MOST_VALUES].as_slice()).is_err());
        assert!(refuse_heavy(b"[1]").is_ok());
    }
}
