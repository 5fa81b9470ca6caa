//! Passwords: argon2id with 19 MiB, 2 passes, 1 lane (OWASP's smallest recommendation that resists GPUs; some 30 ms
//! of one core). Parameters stand in the stored hash, so raising them here leaves old passwords valid.

use crate::{
    error::{FieldError, Problem, Result},
    said::Lang,
};
use anyhow::{Context, anyhow};
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
pub const SHORTEST: usize = 10;
const LONGEST: usize = 256;

/// Two at a time: a flood of sign-ins must not take the machine's memory.
static TURNS: Semaphore = Semaphore::const_new(2);

/// The hash a name without an account is checked against, so that both take the same time.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| make(&super::secret::new()).ok());

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|e| anyhow!("argon2 parameters: {e}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn make(password: &str) -> Result<String> {
    let hash: PasswordHash = hasher()?.hash_password(password.as_bytes()).map_err(|e| anyhow!("hashing a password: {e}"))?;
    Ok(hash.to_string())
}

/// Refuses what is too easy, with the rule in words.
pub fn check(password: &str, login: &str, lang: Lang) -> Result<()> {
    let length = password.chars().count();
    let first = password.chars().next();
    let (zh, en) = if length < SHORTEST {
        (
            "密码至少 10 个字符。可以用几个不相关的词连起来，容易记也难猜。",
            "A password has at least 10 characters. A few unrelated words are easy to remember and hard to guess.",
        )
    } else if length > LONGEST {
        ("密码最多 256 个字符。", "A password has at most 256 characters.")
    } else if password.chars().all(|c| Some(c) == first) {
        ("密码不能是同一个字符的重复。", "A password cannot be one character repeated.")
    } else if password.to_lowercase().contains(&login.to_lowercase()) {
        ("密码不能包含登录名。", "A password cannot contain the sign-in name.")
    } else {
        return Ok(());
    };
    let detail = if lang == Lang::En { en } else { zh }.to_owned();
    Err(Problem::new(422, "weak_password", zh, en).with_errors(vec![FieldError { pointer: "/password".into(), code: "weak_password".into(), detail }]).into())
}

pub async fn hash(password: String) -> Result<String> {
    let _turn = TURNS.acquire().await.context("waiting to hash a password")?;
    tokio::task::spawn_blocking(move || make(&password)).await.context("hashing a password")?
}

/// Compares, in the same time whether or not there is a hash to compare with.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool> {
    let _turn = TURNS.acquire().await.context("waiting to check a password")?;
    tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let Some(text) = stored.or_else(|| NOBODY.clone()) else { return Ok(false) };
        let parsed = PasswordHash::new(&text).map_err(|e| anyhow!("a stored password hash is damaged: {e}"))?;
        Ok(hasher()?.verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
    .context("checking a password")?
}
