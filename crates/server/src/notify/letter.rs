//! One mail as it goes over the wire: RFC 5322 headers, words that are not ASCII as RFC 2047 says, the body in base64.

use base64::{Engine, engine::general_purpose::STANDARD};

/// `name <address>`, or the address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    pub name: &'a str,
    pub address: &'a str,
}

impl<'a> Address<'a> {
    pub fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|t| t.rsplit_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"'), address.trim()),
            None => ("", text),
        };
        let (local, domain) = address.rsplit_once('@')?;
        let plain = |s: &str, more: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
        let fits = plain(local, "!#$%&'*+-/=?^_`{|}~.") && plain(domain, ".-") && !domain.starts_with('.') && address.len() <= 254;
        (fits && !name.chars().any(char::is_control)).then_some(Self { name, address })
    }

    pub fn domain(&self) -> &'a str {
        self.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }

    fn header(&self) -> String {
        if self.name.is_empty() { format!("<{}>", self.address) } else { format!("{} <{}>", words(self.name), self.address) }
    }
}

pub struct Letter<'a> {
    /// Sent twice it carries the same id, and a mailbox can tell.
    pub id: &'a str,
    /// UTC microseconds.
    pub at: i64,
    pub recipient: &'a str,
    pub address: &'a str,
    pub title: &'a str,
    pub body: &'a str,
}

/// A header's words, each at most 75 characters long (RFC 2047).
fn words(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || " .-_".contains(c)) {
        return text;
    }
    let mut all = Vec::new();
    let mut part = String::new();
    for c in text.chars() {
        if part.len() + c.len_utf8() > 42 {
            all.push(std::mem::take(&mut part));
        }
        part.push(c);
    }
    all.push(part);
    all.iter().map(|p| format!("=?utf-8?B?{}?=", STANDARD.encode(p))).collect::<Vec<_>>().join("\r\n ")
}

impl Letter<'_> {
    pub fn write(&self, from: &Address<'_>) -> Vec<u8> {
        let date = jiff::Timestamp::from_microsecond(self.at).ok().and_then(|t| jiff::fmt::rfc2822::to_string(&t.to_zoned(jiff::tz::TimeZone::UTC)).ok());
        let to = Address { name: self.recipient.trim(), address: self.address.trim() };
        let mut out = format!(
            "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@{}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            from.header(),
            to.header(),
            words(self.title),
            date.unwrap_or_default(),
            self.id,
            from.domain()
        );
        let body = self.body.replace("\r\n", "\n").replace('\n', "\r\n");
        let body = STANDARD.encode(body);
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(76));
            out.push_str(line);
            out.push_str("\r\n");
            rest = after;
        }
        out.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn addresses_are_read_and_none_carries_a_second_header() {
        assert_eq!(Address::read("海川物流 <hr@firm.example>"), Some(Address { name: "海川物流", address: "hr@firm.example" }));
        assert_eq!(Address::read("a.b+c@x-y.example").map(|a| a.domain()), Some("x-y.example"));
        for bad in ["", "a@", "@b", "a b@c.example", "a@c.example\r\nBcc: x@y.example", "x\r\nBcc: y <a@b.example>", "a<b@c.example"] {
            assert_eq!(Address::read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_letter_is_ascii_with_short_lines_and_says_the_same() {
        let body = "张总：\n您好！".repeat(40);
        let letter = Letter {
            id: "m1",
            at: 1_795_136_400_000_000,
            recipient: "张总",
            address: "z@c.example",
            title: "海川物流有限责任公司华东大区业务对接人变更通知\r\nBcc: x",
            body: &body,
        };
        let text = String::from_utf8(letter.write(&Address::read("Probity <p@firm.example>").unwrap())).unwrap();
        assert!(text.is_ascii() && text.split("\r\n").all(|line| line.len() <= 100));
        assert!(text.contains("Message-ID: <m1@firm.example>\r\n") && text.contains("Date: Fri, 20 Nov 2026 01:00:00 +0000\r\n"), "{text}");
        assert!(!text.contains("\r\nBcc"));
        let sent = text.split("\r\n\r\n").nth(1).unwrap().replace("\r\n", "");
        assert_eq!(String::from_utf8(STANDARD.decode(sent).unwrap()).unwrap(), body.replace('\n', "\r\n"));
    }
}
