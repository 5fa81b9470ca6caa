//! Decimal strings to minor units and back: never a float.

/// Digits after the point of a currency (ISO 4217).
pub fn digits(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "UGX" | "XAF" | "XOF" | "PYG" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// `"1234.56"`, `"CNY"` → 123456. No sign, no grouping, no more decimals than the currency has.
pub fn minor(amount: &str, currency: &str) -> Option<i64> {
    let (whole, part) = amount.split_once('.').map_or((amount, None), |(w, p)| (w, Some(p)));
    let part = part.unwrap_or("0");
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let digits = digits(currency) as usize;
    if !plain(whole) || !plain(part) || whole.len() > 15 {
        return None;
    }
    // Trailing zeros say nothing: 1.00 JPY is 1 JPY.
    let part = part.trim_end_matches('0');
    if part.len() > digits {
        return None;
    }
    let mut value: i64 = whole.parse().ok()?;
    for i in 0..digits {
        let next = part.as_bytes().get(i).map_or(0, |b| i64::from(b - b'0'));
        value = value.checked_mul(10)?.checked_add(next)?;
    }
    Some(value)
}

/// 123456, `"CNY"` → `"1234.56"`.
pub fn decimal(minor: i64, currency: &str) -> String {
    let digits = digits(currency) as usize;
    let sign = if minor < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", minor.unsigned_abs(), width = digits + 1);
    let (whole, part) = text.split_at(text.len() - digits);
    if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_minor_units_exactly() {
        assert_eq!(minor("1234.56", "CNY"), Some(123_456));
        assert_eq!(minor("0.1", "CNY"), Some(10));
        assert_eq!(minor("86000", "CNY"), Some(8_600_000));
        assert_eq!(minor("1.00", "JPY"), Some(1));
        assert_eq!(minor("1.005", "KWD"), Some(1005));
        for bad in ["1.005", "-5", "86,000.00", "eighty", "", ".5", "5.", "1e3", "１２", "9999999999999999"] {
            assert_eq!(minor(bad, "CNY"), None, "{bad}");
        }
        for (value, text) in [(123_456, "1234.56"), (5, "0.05"), (-10, "-0.10")] {
            assert_eq!(decimal(value, "CNY"), text);
        }
        assert_eq!(decimal(7, "JPY"), "7");
    }
}
