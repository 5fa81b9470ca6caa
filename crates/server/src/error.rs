//! What can go wrong, in the form a caller sees it: RFC 9457 problem details.
//!
//! `Error::Problem` is the caller's to mend and says how; `Error::Internal` is ours, is logged once where the
//! request ends, and shows the caller nothing but a request id. Texts come in both languages and the edge picks.

use crate::said::{Lang, Said};
use sea_orm::DbErr;
use serde::Serialize;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Problem(Box<Problem>),
    #[error(transparent)]
    Internal(anyhow::Error),
}

impl Error {
    /// Nothing is wrong with what was asked: the machine has no room, or its database is away. It passes.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Problem(p) if matches!(p.status, 503 | 507))
    }
}

/// A refusal or a mistake the caller can act on.
#[derive(Debug, Clone)]
pub struct Problem {
    pub status: u16,
    /// Stable machine name, `snake_case`.
    pub code: &'static str,
    /// A sentence with the next step.
    pub detail: Said,
    /// The law rule (`R07`) or permission (`alerts.see`) behind a refusal.
    pub rule: Option<String>,
    pub errors: Vec<FieldError>,
    /// Seconds, for 429 and 503.
    pub retry_after: Option<u32>,
}

/// One bad member of a request body.
#[derive(Debug, Clone, Serialize)]
pub struct FieldError {
    pub pointer: String,
    pub code: String,
    pub detail: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail.en)
    }
}

impl Problem {
    pub fn new(status: u16, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { status, code, detail: Said::new(zh, en), rule: None, errors: Vec::new(), retry_after: None }
    }
    pub fn bad_request(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(400, code, zh, en)
    }
    /// Refused by a permission; `permission` is named to the caller.
    pub fn forbidden(permission: &str) -> Self {
        let mut p = Self::new(
            403,
            "forbidden",
            format!("您的角色没有“{permission}”权限。请联系管理员调整角色，或换一个有权限的账号。"),
            format!("Your role lacks the permission “{permission}”. Ask an administrator, or sign in with an account that has it."),
        );
        p.rule = Some(permission.to_owned());
        p
    }
    pub fn not_found() -> Self {
        Self::new(
            404,
            "not_found",
            "没有找到。请检查地址或编号，或返回列表重新选择。",
            "Not found. Check the address or number, or choose again from the list.",
        )
    }
    pub fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(409, code, zh, en)
    }
    /// Refused by law; `rule` is the id in the legal pack (LAW P07, R01 …) and the texts name the article.
    pub fn unlawful(rule: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let mut p = Self::new(422, "unlawful", zh, en);
        p.rule = Some(rule.to_owned());
        p
    }
    /// One member of the body is not as it should be.
    pub fn of_field(lang: Lang, pointer: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let p = Self::new(422, "invalid", zh, en);
        let detail = p.detail.pick(lang).to_owned();
        p.with_errors(vec![FieldError { pointer: pointer.into(), code: "invalid".into(), detail }])
    }
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }
    pub fn with_rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl From<Problem> for Error {
    fn from(p: Problem) -> Self {
        Self::Problem(Box::new(p))
    }
}

impl From<DbErr> for Error {
    fn from(e: DbErr) -> Self {
        Self::from(anyhow::Error::new(e))
    }
}
impl From<object_store::Error> for Error {
    fn from(e: object_store::Error) -> Self {
        Self::from(anyhow::Error::new(e))
    }
}
impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self::from(anyhow::Error::new(e))
    }
}
impl From<serde_json::Error> for Error {
    fn from(e: serde_json::Error) -> Self {
        Self::Internal(e.into())
    }
}

impl From<anyhow::Error> for Error {
    /// Whatever a caller or an administrator can mend is told so, however deep in the causes it stands.
    fn from(e: anyhow::Error) -> Self {
        let Some(problem) = e.chain().find_map(problem_behind) else { return Self::Internal(e) };
        if problem.status > 500 {
            // The caller is told what to do, whoever runs the machine what it is about.
            tracing::warn!(code = problem.code, cause = format!("{e:#}"), "the machine has no room or no database");
        }
        problem.into()
    }
}

/// The problem that one cause amounts to, if it is one of those.
fn problem_behind(cause: &(dyn std::error::Error + 'static)) -> Option<Problem> {
    if let Some(e) = cause.downcast_ref::<std::io::Error>() {
        return matches!(e.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge).then(disk_full);
    }
    if let Some(e) = cause.downcast_ref::<object_store::Error>() {
        // It names the cause in words only.
        return says(&e.to_string(), &["No space left on device", "Disk quota exceeded"]).then(disk_full);
    }
    let e = cause.downcast_ref::<DbErr>()?;
    let text = e.to_string();
    // SQLite's code 13, PostgreSQL's SQLSTATE 53100. Nothing of the transaction was kept.
    if says(&text, &["database or disk is full", "53100", "No space left on device"]) {
        return Some(disk_full());
    }
    // PostgreSQL keeps no NUL in text; SQLite would. What a caller typed is the caller's to mend.
    if text.contains("invalid byte sequence for encoding") {
        return Some(Problem::new(
            422,
            "bad_text",
            "内容含有不能保存的字符（U+0000）。请去掉后重试。",
            "The text holds a character that cannot be kept (U+0000). Remove it and try again.",
        ));
    }
    is_away(e, &text).then(|| {
        Problem::new(
            503,
            "database_away",
            "数据库没有应答，不能确认本次提交是否已保存。请稍后原样重发：已保存的不会重复。",
            "The database does not answer, so nobody can say whether this request was kept. Send the same again a little later: what was kept is not kept twice.",
        )
        .retry_after(5)
    })
}

fn says(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

fn disk_full() -> Problem {
    Problem::new(
        507,
        "disk_full",
        "磁盘已满，本次提交没有保存任何内容。请腾出空间后原样重发。",
        "The disk is full and nothing of this request was kept. Make room, then send the same again.",
    )
    .retry_after(30)
}

/// No connection, one that broke, or a server that is going down or coming up (class 57P, class 08).
fn is_away(e: &DbErr, text: &str) -> bool {
    matches!(e, DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
        || says(
            text,
            &[
                "error communicating with database",
                "terminating connection",
                "the database system is",
                "Connection refused",
                "Connection reset",
                "Broken pipe",
                "unexpected end of file",
                "expected to read",
                "pool timed out",
            ],
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn a_full_disk_is_told_however_deep_it_stands() {
        let full = || Err::<(), _>(std::io::Error::from(std::io::ErrorKind::StorageFull));
        let Error::Problem(p) = Error::from(full().context("writing a tile").context("publishing").expect_err("full")) else { panic!("not told") };
        assert_eq!((p.status, p.code), (507, "disk_full"));
        let Error::Problem(p) = Error::from(DbErr::Conn(sea_orm::RuntimeErr::Internal("Connection refused".into()))) else { panic!("not told") };
        assert_eq!((p.status, p.code), (503, "database_away"));
        assert!(matches!(Error::from(anyhow::anyhow!("something else")), Error::Internal(_)));
    }
}
