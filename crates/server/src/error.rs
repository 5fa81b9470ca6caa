//! What can go wrong, in the form a caller sees it: RFC 9457 problem details.
//!
//! `Error::Problem` is the caller's to mend and says how; `Error::Internal` is ours, is logged once where the
//! request ends, and shows the caller nothing but a request id. Texts come in both languages and the edge picks.

use crate::said::Said;
use sea_orm::DbErr;
use serde::Serialize;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Problem(Box<Problem>),
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
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
        // SQLite says so when the disk is full (code 13), PostgreSQL with SQLSTATE 53100. Nothing of the
        // transaction was kept, so the caller may simply send the same again later.
        let text = e.to_string();
        if text.contains("database or disk is full") || text.contains("53100") || text.contains("No space left on device") {
            return Problem::new(
                507,
                "disk_full",
                "磁盘已满，本次提交没有保存任何内容。请腾出空间后原样重发。",
                "The disk is full and nothing of this request was kept. Make room, then send the same again.",
            )
            .retry_after(30)
            .into();
        }
        // PostgreSQL keeps no NUL in text; SQLite would. What a caller typed is the caller's to mend.
        if text.contains("invalid byte sequence for encoding") {
            return Problem::new(
                422,
                "bad_text",
                "内容含有不能保存的字符（U+0000）。请去掉后重试。",
                "The text holds a character that cannot be kept (U+0000). Remove it and try again.",
            )
            .into();
        }
        Self::Internal(e.into())
    }
}

impl From<object_store::Error> for Error {
    fn from(e: object_store::Error) -> Self {
        if e.to_string().contains("No space left on device") {
            return Problem::new(
                507,
                "disk_full",
                "磁盘已满，文件没有保存。请腾出空间后原样重发。",
                "The disk is full and the file was not kept. Make room, then send it again.",
            )
            .retry_after(30)
            .into();
        }
        Self::Internal(e.into())
    }
}

impl From<serde_json::Error> for Error {
    fn from(e: serde_json::Error) -> Self {
        Self::Internal(e.into())
    }
}
impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        if e.kind() == std::io::ErrorKind::StorageFull {
            return Problem::new(
                507,
                "disk_full",
                "磁盘已满，内容没有保存。请腾出空间后重试。",
                "The disk is full and nothing was kept. Make room, then try again.",
            )
            .retry_after(30)
            .into();
        }
        Self::Internal(e.into())
    }
}
