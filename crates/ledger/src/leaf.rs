//! The leaf of a record: 33 bytes that commit to every member of the accepted event, each of which can
//! later be shown or withheld by itself.
//!
//! ```text
//! salt(pointer)   = HMAC-SHA256(seed, pointer)
//! digest(member)  = SHA-256(salt ‖ pointer ‖ canonical bytes)
//! leaf            = 0x01 ‖ RFC 6962 root over the digests, in the byte order of the pointers
//! log leaf hash   = SHA-256(0x00 ‖ leaf)
//! ```
//!
//! *Members* are the event's top-level attributes except `data` (pointer `/id`, `/source` …) and the
//! top-level members of `data` (pointer `/data/<key>`, escaped as RFC 6901 says). Where `data` is not an
//! object, or is an empty one, it is the single member `/data`.
//!
//! To show a member is to hand over its salt, pointer and canonical text; to withhold it is to hand over
//! its digest alone. The salt keeps a short withheld value (a name, an amount) from being guessed. The
//! seed is 32 random bytes of the caller's, sealed with the record's content and forgotten with it.

use std::ops::Range;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::tree::SubtreeStack;
use crate::{Hash, canonical, tree};

/// The first byte of a leaf: this description of it.
pub const VERSION: u8 = 1;

/// The length of a leaf in bytes.
pub const LEN: usize = 33;

/// One member of an event, as it is hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The whole JSON pointer, e.g. `/data/text`.
    pub pointer: String,
    /// The canonical text (see [`canonical`]).
    pub canonical: Vec<u8>,
}

/// The members of an event, sorted by the bytes of their pointers.
pub fn members(event: &Map<String, Value>) -> Vec<Member> {
    let mut bytes = Vec::with_capacity(1024);
    let written = Written::to(&mut bytes, event);
    written.members.iter().map(|m| Member { pointer: written.pointers[m.pointer.clone()].to_owned(), canonical: bytes[m.value.clone()].to_vec() }).collect()
}

/// The salt of one member.
pub fn salt(seed: &[u8; 32], pointer: &str) -> [u8; 32] {
    salt_with(&keyed(seed), pointer)
}

/// The digest of one member.
pub fn digest(salt: &[u8; 32], pointer: &str, canonical: &[u8]) -> Hash {
    Sha256::new().chain_update(salt).chain_update(pointer).chain_update(canonical).finalize().into()
}

/// The leaf over digests given in the order of their pointers.
pub fn leaf(digests: impl IntoIterator<Item = Hash>) -> [u8; LEN] {
    let mut stack = SubtreeStack::new();
    for digest in digests {
        stack.push(tree::leaf_hash(&digest));
    }
    let mut leaf = [VERSION; LEN];
    leaf[1..].copy_from_slice(&stack.root());
    leaf
}

/// The leaf of an event. The same as [`leaf`] over the digests of [`members`], without building them.
pub fn of_event(seed: &[u8; 32], event: &Map<String, Value>) -> [u8; LEN] {
    with_canonical(seed, event).0
}

/// The leaf of an event, and the canonical bytes of the whole of it, written once for both.
pub fn with_canonical(seed: &[u8; 32], event: &Map<String, Value>) -> ([u8; LEN], Vec<u8>) {
    let mut bytes = Vec::with_capacity(1024);
    let written = Written::to(&mut bytes, event);
    let key = keyed(seed);
    let leaf = leaf(written.members.iter().map(|member| {
        let pointer = &written.pointers[member.pointer.clone()];
        digest(&salt_with(&key, pointer), pointer, &bytes[member.value.clone()])
    }));
    (leaf, bytes)
}

/// The two states that every salt of an event begins with.
fn keyed(seed: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(seed).expect("HMAC takes a key of any length")
}

fn salt_with(key: &Hmac<Sha256>, pointer: &str) -> [u8; 32] {
    key.clone().chain_update(pointer).finalize().into_bytes().into()
}

/// Where the members of an event lie in its canonical bytes. All pointers are one string, so that an event costs two
/// allocations and not thirty.
struct Written {
    pointers: String,
    /// In the order of their pointers.
    members: Vec<Place>,
}

struct Place {
    pointer: Range<usize>,
    value: Range<usize>,
}

impl Written {
    /// Appends the canonical bytes of the event to `out`.
    fn to(out: &mut Vec<u8>, event: &Map<String, Value>) -> Self {
        let mut this = Self { pointers: String::with_capacity(256), members: Vec::with_capacity(24) };
        out.push(b'{');
        let first = out.len();
        canonical::in_order(event, |key, value| {
            canonical::key_to(key, first, out);
            match value {
                // An empty object is a member of its own: `{}` and no `data` at all must differ.
                Value::Object(data) if key == "data" && !data.is_empty() => {
                    out.push(b'{');
                    let first = out.len();
                    canonical::in_order(data, |key, value| {
                        canonical::key_to(key, first, out);
                        this.add("/data/", key, value, out);
                    });
                    out.push(b'}');
                }
                other => this.add("/", key, other, out),
            }
        });
        out.push(b'}');
        let Self { pointers, members } = &mut this;
        members.sort_unstable_by(|a, b| pointers[a.pointer.clone()].cmp(&pointers[b.pointer.clone()]));
        this
    }

    fn add(&mut self, prefix: &str, key: &str, value: &Value, out: &mut Vec<u8>) {
        let pointer = self.pointers.len();
        self.pointers.push_str(prefix);
        if key.bytes().any(|b| b == b'~' || b == b'/') {
            for c in key.chars() {
                match c {
                    '~' => self.pointers.push_str("~0"),
                    '/' => self.pointers.push_str("~1"),
                    c => self.pointers.push(c),
                }
            }
        } else {
            self.pointers.push_str(key);
        }
        let begin = out.len();
        canonical::write(value, out);
        self.members.push(Place { pointer: pointer..self.pointers.len(), value: begin..out.len() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            _ => panic!("an event is an object"),
        }
    }

    #[test]
    fn pointers_are_whole_escaped_and_sorted_by_bytes() {
        let event = event(json!({
            "specversion": "1.0", "id": "a", "datacontenttype": "application/json",
            "data": {"text": "你好", "a/b": 1, "a~b": 2, "a": null}
        }));
        let pointers: Vec<String> = members(&event).into_iter().map(|m| m.pointer).collect();
        assert_eq!(pointers, ["/data/a", "/data/a~0b", "/data/a~1b", "/data/text", "/datacontenttype", "/id", "/specversion"]);
    }

    #[test]
    fn an_event_hashes_as_its_members_do() {
        let seed = [7; 32];
        let event = event(json!({"id": "1", "source": "/crm", "data": {"x": [1, {"b": 1, "a": 2}], "y": "z"}}));
        let by_members = leaf(members(&event).iter().map(|m| digest(&salt(&seed, &m.pointer), &m.pointer, &m.canonical)));
        assert_eq!(of_event(&seed, &event), by_members);
        assert_eq!(by_members[0], VERSION);
        assert_eq!(with_canonical(&seed, &event).1, canonical::to_bytes(&Value::Object(event)));
    }

    /// Held for ever: a change here is a new [`VERSION`], never an edit. Computed apart from this code
    /// with Python's `hmac` and `hashlib`.
    #[test]
    fn the_leaf_of_a_known_event_stays_what_it_is() {
        let seed: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap_or_default());
        let event = event(json!({"id": "1", "source": "/crm", "data": {"amount": "8.50", "text": "返10%"}}));
        assert_eq!(hex::encode(of_event(&seed, &event)), "01eefdef6333b6992c6edf20a5cb10f5d42b78d9272afb201b2c9abb804147ae08");
    }

    /// Keys that are escaped in a pointer or in JSON, that a key of `data` could be taken for, and that sort apart from
    /// their pointers. Computed apart from this code with Python's `json`, `hmac` and `hashlib`.
    #[test]
    fn a_leaf_does_not_depend_on_how_its_keys_are_written() {
        let seed: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap_or_default());
        let event = event(json!({
            "id": "1", "data/x": "top", "a\"b\n": 1, "~": true, "": {"data": {}}, "dat": 0, "data!": 2,
            "data": {"x": "in", "a/b": [1, {"z": null, "a": "q\"\\\u{1}"}], "a~b": {}, "": "e", "data": {"y": 1}},
        }));
        assert_eq!(hex::encode(of_event(&seed, &event)), "018bfe4f502b3295b6c30030631f9c195723598d346453d859b3eb54383b15f2b0");
        for member in members(&event) {
            let value = Value::Object(event.clone()).pointer(&member.pointer).map(canonical::to_bytes);
            assert_eq!(value, Some(member.canonical), "{}", member.pointer);
        }
    }

    #[test]
    fn data_that_is_no_object_is_one_member() {
        for data in [json!("text"), json!([1]), json!(null), json!({})] {
            let pointers: Vec<String> = members(&event(json!({"id": "1", "data": data}))).into_iter().map(|m| m.pointer).collect();
            assert_eq!(pointers, ["/data", "/id"]);
        }
        let without = of_event(&[0; 32], &event(json!({"id": "1"})));
        let empty = of_event(&[0; 32], &event(json!({"id": "1", "data": {}})));
        assert_ne!(without, empty);
    }
}
