//! A reader of DER that hands out the very bytes it read: signatures are over bytes, and a structure that
//! is decoded and encoded again need not be the same ones.

use super::StampError;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// A context-specific tag.
pub(super) const fn context(number: u8, constructed: bool) -> u8 {
    0x80 | number | if constructed { 0x20 } else { 0 }
}

/// One element: its tag, its contents, and all its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub tag: u8,
    pub body: &'a [u8],
    pub whole: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

pub(super) type Read<T> = Result<T, StampError>;

const fn malformed<T>(why: &'static str) -> Read<T> {
    Err(StampError::Malformed(why))
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Nothing may follow.
    pub fn end(&self) -> Read<()> {
        if self.is_empty() { Ok(()) } else { malformed("something follows where nothing may") }
    }

    /// The next element whatever it is.
    pub fn any(&mut self) -> Read<Element<'a>> {
        let Some((&tag, after_tag)) = self.rest.split_first() else {
            return malformed("it ends too early");
        };
        if tag & 0x1f == 0x1f {
            return malformed("it has a tag of several bytes");
        }
        let Some((&first, mut after)) = after_tag.split_first() else {
            return malformed("it ends too early");
        };
        let mut length = usize::from(first);
        if first >= 0x80 {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return malformed("it has an indefinite or far too large length");
            }
            let Some((bytes, rest)) = after.split_at_checked(count) else {
                return malformed("it ends too early");
            };
            length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            if length < 0x80 || bytes[0] == 0 {
                return malformed("it has a length that is longer than it must be");
            }
            after = rest;
        }
        let Some((body, rest)) = after.split_at_checked(length) else {
            return malformed("it ends too early");
        };
        let whole = &self.rest[..self.rest.len() - rest.len()];
        self.rest = rest;
        Ok(Element { tag, body, whole })
    }

    /// The next element, which must have this tag.
    pub fn expect(&mut self, tag: u8) -> Read<Element<'a>> {
        let element = self.any()?;
        if element.tag == tag { Ok(element) } else { malformed("an element is of another type") }
    }

    /// The next element if it has this tag.
    pub fn optional(&mut self, tag: u8) -> Read<Option<Element<'a>>> {
        if self.rest.first() == Some(&tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// Goes into the next element, which must have this tag.
    pub fn enter(&mut self, tag: u8) -> Read<Reader<'a>> {
        Ok(Reader::new(self.expect(tag)?.body))
    }
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub fn inside(&self) -> Reader<'a> {
        Reader::new(self.body)
    }
}

/// The one element that these bytes are.
pub(super) fn only(bytes: &[u8]) -> Read<Element<'_>> {
    let mut reader = Reader::new(bytes);
    let element = reader.any()?;
    reader.end()?;
    Ok(element)
}

/// An integer's magnitude without the leading zero; negative ones are refused.
pub(super) fn unsigned(body: &[u8]) -> Read<&[u8]> {
    match body {
        [] => malformed("an integer is empty"),
        [first, ..] if *first >= 0x80 => malformed("an integer is negative"),
        [0, rest @ ..] => Ok(rest),
        all => Ok(all),
    }
}

/// A small integer.
pub(super) fn small(body: &[u8]) -> Read<i64> {
    let magnitude = unsigned(body)?;
    if magnitude.len() > 7 {
        return malformed("an integer is too large");
    }
    Ok(magnitude.iter().fold(0, |number, byte| number << 8 | i64::from(*byte)))
}

/// The dotted text of an object identifier's body.
pub(super) fn oid_text(body: &[u8]) -> Option<String> {
    let mut arcs = Vec::new();
    let mut arc: u64 = 0;
    let mut open = false;
    for byte in body {
        arc = arc.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
        open = byte & 0x80 != 0;
        if !open {
            if arcs.is_empty() {
                let first = (arc / 40).min(2);
                arcs.push(first.to_string());
                arc -= first * 40;
            }
            arcs.push(arc.to_string());
            arc = 0;
        }
    }
    (!open && !arcs.is_empty()).then(|| arcs.join("."))
}

/// UTC microseconds of a UTCTime or GeneralizedTime in the forms of RFC 5280 and RFC 3161: always `Z`,
/// seconds present, a fraction allowed in GeneralizedTime only.
pub(super) fn time_us(element: &Element<'_>) -> Read<i64> {
    parse_time(element).ok_or(StampError::Malformed("a time is not one"))
}

fn parse_time(element: &Element<'_>) -> Option<i64> {
    let text = std::str::from_utf8(element.body).ok()?.strip_suffix('Z')?;
    let (year, rest) = match element.tag {
        UTC_TIME => {
            let year: i64 = digits(text.get(..2)?)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, text.get(2..)?)
        }
        GENERALIZED_TIME => (digits(text.get(..4)?)?, text.get(4..)?),
        _ => return None,
    };
    let (rest, fraction) = match rest.split_once('.') {
        Some((rest, fraction)) if element.tag == GENERALIZED_TIME => (rest, fraction),
        Some(_) => return None,
        None => (rest, "0"),
    };
    if rest.len() != 10 || fraction.is_empty() {
        return None;
    }
    let field = |at: usize| digits(rest.get(at..at + 2)?);
    let (month, day, hour, minute, second) = (field(0)?, field(2)?, field(4)?, field(6)?, field(8)?);
    let real = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if !real {
        return None;
    }
    let mut micros = 0;
    for at in 0..6 {
        micros = micros * 10 + fraction.get(at..=at).map_or(Some(0), digits)?;
    }
    digits(fraction.get(6..).filter(|rest| !rest.is_empty()).unwrap_or("0"))?;
    let seconds = days_from_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds * 1_000_000 + micros)
}

fn digits(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, counting the year from March so that the leap day is
/// its last one.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(tag: u8, text: &str) -> Option<i64> {
        let body = text.as_bytes();
        parse_time(&Element { tag, body, whole: body })
    }

    #[test]
    fn times_are_read_as_written() {
        assert_eq!(at(GENERALIZED_TIME, "19700101000000Z"), Some(0));
        assert_eq!(at(GENERALIZED_TIME, "20250509115855Z"), Some(1_746_791_935_000_000));
        assert_eq!(at(GENERALIZED_TIME, "20250509115855.1234567Z"), Some(1_746_791_935_123_456));
        assert_eq!(at(GENERALIZED_TIME, "20240229000000.5Z"), Some(1_709_164_800_500_000));
        assert_eq!(at(UTC_TIME, "250328091406Z"), Some(1_743_153_246_000_000));
        assert_eq!(at(UTC_TIME, "500101000000Z"), Some(-631_152_000_000_000));
        for bad in ["20230229000000Z", "20250509115855", "202505091158Z", "20250509115855.Z", "20251309115855Z", "2025050911585xZ"] {
            assert_eq!(at(GENERALIZED_TIME, bad), None, "{bad}");
        }
        assert_eq!(at(UTC_TIME, "250328091406.1Z"), None);
    }

    #[test]
    fn lengths_have_one_spelling() {
        assert!(only(&[0x30, 0x80, 0, 0]).is_err());
        assert!(only(&[0x04, 0x81, 0x01, 0]).is_err());
        assert!(only(&[0x04, 0x02, 0x01]).is_err());
        assert!(only(&[0x04, 0x01, 0x01, 0x00]).is_err());
        assert_eq!(only(&[0x04, 0x01, 0x07]).unwrap().body, [7]);
    }

    #[test]
    fn object_identifiers_are_dotted() {
        assert_eq!(oid_text(&[0x2b, 6, 1, 4, 1, 0x83, 0xbf, 0x30, 2]).unwrap(), "1.3.6.1.4.1.57264.2");
        assert_eq!(oid_text(&[0x88, 0x37]).unwrap(), "2.999");
        assert_eq!(oid_text(&[]), None);
        assert_eq!(oid_text(&[0x2b, 0x80]), None);
    }
}
