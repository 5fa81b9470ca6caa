//! What a verification found, in data and in words.

use std::fmt::Write as _;

use serde::Serialize;

use crate::format::{Case, Said};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Problem {
    Altered,
    Missing,
    Extra,
    Duplicate,
    Unsafe,
    /// Readable and unaltered as a file, but what it claims does not hold.
    Invalid,
    /// A pin given by the checker does not fit.
    Pin,
}

impl Problem {
    fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::Altered => ("已被改动", "ALTERED"),
            Self::Missing => ("缺失", "MISSING"),
            Self::Extra => ("多出", "EXTRA"),
            Self::Duplicate => ("重复", "DUPLICATE"),
            Self::Unsafe => ("路径不安全", "UNSAFE PATH"),
            Self::Invalid => ("不成立", "DOES NOT HOLD"),
            Self::Pin => ("与您持有的不符", "DOES NOT MATCH WHAT YOU HOLD"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub problem: Problem,
    /// File in the package; empty for the package as a whole.
    pub path: String,
    pub why: Said,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StampFact {
    pub file: String,
    pub authority: String,
    /// RFC 3339, UTC.
    pub time: String,
    /// Size of the log when it was stamped.
    pub size: u64,
    /// Whether the certificate chain ends in what the checker gave.
    pub confirmed: bool,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    pub findings: Vec<Finding>,
    pub notes: Vec<Said>,
    pub case: Option<Case>,
    pub fingerprint: String,
    pub origin: String,
    pub epoch: u64,
    pub size: u64,
    pub root_hash: String,
    pub items: u64,
    pub withheld: u64,
    pub erased: u64,
    pub files: u64,
    pub stamps: Vec<StampFact>,
    /// The key fingerprint fits the one the checker gave.
    pub key_confirmed: bool,
    /// The package's log contains the checkpoint the checker gave, and both are known to be of the same log.
    pub checkpoint_confirmed: bool,
    /// How many items that checkpoint covers; the others came into the log after it.
    pub checkpoint_items: u64,
}

impl Report {
    pub fn ok(&self) -> bool {
        self.findings.is_empty()
    }

    pub(crate) fn add(&mut self, problem: Problem, path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.findings.push(Finding { problem, path: path.into(), why: Said::new(zh, en) });
    }

    pub(crate) fn note(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.notes.push(Said::new(zh, en));
    }

    /// For a terminal: both languages on every line, findings first.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |text: String| {
            let _infallible = writeln!(out, "{text}");
        };
        for finding in &self.findings {
            let (zh, en) = finding.problem.said();
            let path = if finding.path.is_empty() { "(package)" } else { &finding.path };
            line(format!("{en} {zh}: {path}: {} / {}", finding.why.en, finding.why.zh));
        }
        if let Some(case) = &self.case {
            line(format!("case 案件: {} {} ({}), revision {}", case.number, case.title, case.company, case.revision));
        }
        if !self.fingerprint.is_empty() {
            line(format!("key fingerprint 密钥指纹: {}", self.fingerprint));
            line(format!("origin 日志来源: {} (epoch {})", self.origin, self.epoch));
            line(format!("checkpoint 检查点: size {} root {}", self.size, self.root_hash));
        }
        for stamp in &self.stamps {
            let trust = if stamp.confirmed { "authority confirmed 机构已确认" } else { "authority not confirmed 机构未确认" };
            line(format!("time stamp 时间戳: {} by {} (log size {}; {trust})", stamp.time, stamp.authority, stamp.size));
        }
        if self.stamps.is_empty() && self.case.is_some() {
            line("time stamp 时间戳: none in the package 包内没有".to_owned());
        }
        for note in &self.notes {
            line(format!("note 说明: {} / {}", note.en, note.zh));
        }
        if self.ok() {
            line(format!(
                "checked 已核对: {} files, {} items, {} members withheld, {} erased / {} 个文件，{} 件，隐去 {} 项，已删除 {} 件",
                self.files, self.items, self.withheld, self.erased, self.files, self.items, self.withheld, self.erased
            ));
            line(match (self.key_confirmed, self.checkpoint_confirmed) {
                (true, true) => "OK: consistent, signer and checkpoint confirmed / 一致，签名者与检查点均已确认".to_owned(),
                (true, false) => "OK: consistent, signer confirmed / 一致，签名者已确认".to_owned(),
                (false, true) if self.checkpoint_items < self.items => format!(
                    "OK: consistent, checkpoint confirmed for {} of {} items, key not pinned / 一致，检查点已确认其中 {}/{} 件，未指定密钥",
                    self.checkpoint_items, self.items, self.checkpoint_items, self.items
                ),
                (false, true) => "OK: consistent, checkpoint confirmed, key not pinned / 一致，检查点已确认，未指定密钥".to_owned(),
                (false, false) => "OK: consistent, signer not confirmed (pin it with --key) / 一致，签名者未确认（请用 --key 指定从别处取得的指纹）".to_owned(),
            });
        } else {
            line(format!("FAILED: {} findings / 未通过：{} 处", self.findings.len(), self.findings.len()));
        }
        out
    }
}

/// RFC 3339 in UTC, to the second, from microseconds: the pure crates have no calendar of their own.
pub(crate) fn rfc3339(micros: i64) -> String {
    let seconds = micros.div_euclid(1_000_000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 0000-03-01 in 400-year eras (proleptic Gregorian calendar).
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn calendar() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_709_208_000_000_000), "2024-02-29T12:00:00Z");
        assert_eq!(rfc3339(-1_000_000), "1969-12-31T23:59:59Z");
        assert_eq!(rfc3339(4_102_444_799_999_999), "2099-12-31T23:59:59Z");
    }
}
