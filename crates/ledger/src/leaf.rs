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

use aws_lc_rs::hmac;
use serde_json::{Map, Value};

use crate::tree::SubtreeStack;
use crate::{Hash, canonical, sha256, tree};

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
    let pointers = Pointers::of(event);
    pointers.sorted.iter().map(|&(start, end, value)| Member { pointer: pointers.text[start..end].to_owned(), canonical: canonical::to_bytes(value) }).collect()
}

/// The salt of one member.
pub fn salt(seed: &[u8; 32], pointer: &str) -> [u8; 32] {
    salt_with(&hmac::Key::new(hmac::HMAC_SHA256, seed), pointer)
}

/// The digest of one member.
pub fn digest(salt: &[u8; 32], pointer: &str, canonical: &[u8]) -> Hash {
    let mut bytes = Vec::with_capacity(salt.len() + pointer.len() + canonical.len());
    bytes.extend_from_slice(salt);
    bytes.extend_from_slice(pointer.as_bytes());
    bytes.extend_from_slice(canonical);
    sha256(&bytes)
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
    let pointers = Pointers::of(event);
    let key = hmac::Key::new(hmac::HMAC_SHA256, seed);
    let mut bytes = Vec::with_capacity(512);
    leaf(pointers.sorted.iter().map(|&(start, end, value)| {
        let pointer = &pointers.text[start..end];
        bytes.clear();
        bytes.extend_from_slice(&salt_with(&key, pointer));
        bytes.extend_from_slice(pointer.as_bytes());
        canonical::write(value, &mut bytes);
        sha256(&bytes)
    }))
}

fn salt_with(key: &hmac::Key, pointer: &str) -> [u8; 32] {
    let tag = hmac::sign(key, pointer.as_bytes());
    let mut salt = [0; 32];
    salt.copy_from_slice(tag.as_ref());
    salt
}

/// All pointers of an event in one string, so that an event costs two allocations and not thirty.
struct Pointers<'a> {
    text: String,
    sorted: Vec<(usize, usize, &'a Value)>,
}

impl<'a> Pointers<'a> {
    fn of(event: &'a Map<String, Value>) -> Self {
        let mut this = Self { text: String::with_capacity(256), sorted: Vec::with_capacity(24) };
        for (key, value) in event {
            if key != "data" {
                this.add("/", key, value);
                continue;
            }
            match value {
                // An empty object is a member of its own: `{}` and no `data` at all must differ.
                Value::Object(data) if !data.is_empty() => {
                    for (key, value) in data {
                        this.add("/data/", key, value);
                    }
                }
                other => this.add("/", "data", other),
            }
        }
        let Self { text, sorted } = &mut this;
        sorted.sort_unstable_by(|a, b| text[a.0..a.1].cmp(&text[b.0..b.1]));
        this
    }

    fn add(&mut self, prefix: &str, key: &str, value: &'a Value) {
        let start = self.text.len();
        self.text.push_str(prefix);
        if key.bytes().any(|b| b == b'~' || b == b'/') {
            for c in key.chars() {
                match c {
                    '~' => self.text.push_str("~0"),
                    '/' => self.text.push_str("~1"),
                    c => self.text.push(c),
                }
            }
        } else {
            self.text.push_str(key);
        }
        self.sorted.push((start, self.text.len(), value));
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
    }

    /// Held for ever: a change here is a new [`VERSION`], never an edit. Computed apart from this code
    /// with Python's `hmac` and `hashlib`.
    #[test]
    fn the_leaf_of_a_known_event_stays_what_it_is() {
        let seed: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap_or_default());
        let event = event(json!({"id": "1", "source": "/crm", "data": {"amount": "8.50", "text": "返10%"}}));
        assert_eq!(hex::encode(of_event(&seed, &event)), "01eefdef6333b6992c6edf20a5cb10f5d42b78d9272afb201b2c9abb804147ae08");
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
