//! Under what a person is found in kept text: the employee number and the name, as whole words.
//!
//! A number may be as short as “7”: it counts where a member is meant for a person, and in free text only when it is
//! long enough to be nobody else's. A name of Latin letters counts as a whole word; Chinese has no blanks between words,
//! so a Chinese name counts wherever it stands.

use crate::{company::Company, error::Result, people};
use serde_json::Value;

/// Members whose value is an employee number, at any depth.
const WHOSE: [&str; 6] = ["employee", "subject", "subjects", "number", "manager", "employees"];
/// A shorter number is looked for only in members meant for one.
const DISTINCT: usize = 4;

pub struct Names {
    number: String,
    /// Found anywhere in text.
    words: Vec<String>,
}

impl Names {
    pub fn new(number: &str, name: Option<&str>) -> Self {
        let mut words: Vec<String> = name.filter(|name| name.chars().count() > 1).map(str::to_owned).into_iter().collect();
        if number.chars().count() >= DISTINCT {
            words.push(number.to_owned());
        }
        Self { number: number.to_owned(), words }
    }

    /// The number, and the name on file.
    pub async fn of(company: &Company, number: &str) -> Result<Self> {
        let numbers = [number.to_owned()];
        let found = people::names_of(company.store.read(), &numbers).await?;
        Ok(Self::new(number, found.get(number).map(String::as_str)))
    }

    pub fn is_number(&self, text: &str) -> bool {
        self.number == text.trim()
    }

    /// Whether free text names the person.
    pub fn in_text(&self, text: &str) -> bool {
        self.words.iter().any(|word| has_word(text, word))
    }

    /// Whether JSON, or whatever these bytes are, names the person: parsed, since a name may stand there escaped.
    pub fn in_json(&self, bytes: &[u8]) -> bool {
        match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => self.in_value("", &value),
            Err(_) => self.in_text(&String::from_utf8_lossy(bytes)),
        }
    }

    fn in_value(&self, member: &str, value: &Value) -> bool {
        match value {
            Value::String(text) => WHOSE.contains(&member) && self.is_number(text) || self.in_text(text),
            Value::Number(figure) => WHOSE.contains(&member) && self.is_number(&figure.to_string()),
            Value::Array(items) => items.iter().any(|item| self.in_value(member, item)),
            Value::Object(members) => members.iter().any(|(name, value)| self.in_text(name) || self.in_value(name, value)),
            Value::Null | Value::Bool(_) => false,
        }
    }
}

/// Whether `word` stands in `text` with no letter or digit of its own kind at either end.
fn has_word(text: &str, word: &str) -> bool {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let (first, last) = (latin(word.chars().next()), latin(word.chars().last()));
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !(first && latin(before)) && !(last && latin(after))
    })
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn whole_words_and_parsed_members_only() {
        let seven = Names::new("7", Some("李"));
        assert!(seven.in_json(br#"{"data":{"employee":"7"}}"#) && seven.in_json(br#"{"subjects":["1","7"]}"#) && seven.in_json(br#"{"employee":7}"#));
        for other in [&br#"{"data":{"employee":"17","amount":"7.00","note":"7 bags, 07:00"}}"#[..], br#"{"customer":"7"}"#, b"7"] {
            assert!(!seven.in_json(other), "{}", String::from_utf8_lossy(other));
        }
        let one = Names::new("E7788", Some("单于明远"));
        // Escaped in the file as JSON may, and inside a sentence.
        assert!(one.in_json(br#"{"x":"\u5355\u4e8e\u660e\u8fdc\u7684\u62a5\u544a"}"#));
        assert!(one.in_text("请E7788来一趟") && one.in_text("(E7788)") && one.in_text("找单于明远谈"));
        assert!(!one.in_text("E77881") && !one.in_text("XE7788") && !one.in_json(br#"{"id":"E77880"}"#));
        let ann = Names::new("100234", Some("Ann"));
        assert!(ann.in_text("by Ann, today") && !ann.in_text("Annual report") && !ann.in_text("1002345"));
    }
}
