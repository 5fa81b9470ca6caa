//! Times on the wire: RFC 3339 in UTC outside, microseconds inside.

use crate::error::{Problem, Result};

/// `2026-11-20T01:00:00Z`, with as many decimals as there are.
pub fn instant(us: i64) -> String {
    jiff::Timestamp::from_microsecond(us).map(|t| t.to_string()).unwrap_or_default()
}

/// A moment with offset, or a date taken as its beginning in UTC.
pub fn parse_instant(text: &str) -> Result<i64> {
    let at =
        text.parse::<jiff::Timestamp>().ok().or_else(|| text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp()));
    at.map(|t| t.as_microsecond()).ok_or_else(|| {
        Problem::new(
            422,
            "bad_time",
            "时间格式不对，请用带时区的 RFC 3339，例如 2026-11-20T09:00:00+08:00。",
            "That is no time. Use RFC 3339 with an offset, such as 2026-11-20T09:00:00+08:00.",
        )
        .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        assert_eq!(parse_instant("2026-11-20T09:00:00+08:00").ok().map(instant).as_deref(), Some("2026-11-20T01:00:00Z"));
        assert!(parse_instant("2026-11-20").is_ok());
        assert!(parse_instant("yesterday").is_err());
    }
}
