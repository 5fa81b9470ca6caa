//! The very first sign-up: whoever reads the console may make the first administrator.
//!
//! A new code at each start until it was used. It lives in memory only; replicas have one each, and the check that
//! nobody is there yet is inside the transaction that makes the first user.

use super::{lockout, secret, users};
use crate::{
    company::Company,
    error::{Error, Problem, Result},
};

pub struct SetupCode(String);

impl SetupCode {
    /// The code of this process, if somebody has to be made first.
    pub async fn if_needed(company: &Company) -> Result<Option<Self>> {
        Ok((!users::any(company).await?).then(|| Self(secret::code())))
    }

    pub fn text(&self) -> &str {
        &self.0
    }
}

pub fn already_done() -> Error {
    Problem::conflict(
        "already_set_up",
        "首位管理员已经设立。请直接登录；忘记密码请联系管理员。",
        "The first administrator was made already. Sign in, or ask an administrator for a new password.",
    )
    .into()
}

/// Holds what was typed against the code; wrong tries slow down like wrong passwords.
pub async fn check(company: &Company, code: Option<&SetupCode>, typed: &str) -> Result<()> {
    let Some(code) = code else { return Err(already_done()) };
    if users::any(company).await? {
        return Err(already_done());
    }
    lockout::enter(&company.store, lockout::Try { name: Some("\u{0}setup"), address: None }, company.now()).await?;
    let plain = |s: &str| s.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    if !secret::same(plain(typed).as_bytes(), plain(code.text()).as_bytes()) {
        return Err(Problem::new(
            403,
            "wrong_setup_code",
            "设置码不对。它印在 probity 启动时的控制台上，每次启动都会换新。",
            "That is not the set-up code. It is printed on the console where probity was started, a new one at each start.",
        )
        .into());
    }
    lockout::forgive(&company.store, "\u{0}setup").await
}
