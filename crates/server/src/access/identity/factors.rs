//! 第二因素: a code from an authenticator app (TOTP, RFC 6238: SHA-1, six digits, thirty seconds, one step either way) and
//! ten recovery codes for the day the phone is lost. A code is accepted once: only later steps count after it.

use super::{
    model::{passkey, recovery_code, totp},
    seconds,
};
use crate::{
    access::{model::user, secret},
    company::Company,
    error::{Problem, Result},
};
use anyhow::anyhow;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use totp_rs::{Algorithm, Builder, Totp};

const RECOVERY_CODES: usize = 10;

fn context(user_id: &str) -> String {
    format!("totp/{user_id}")
}

fn app(secret: Vec<u8>, login: &str, company_name: &str) -> Result<Totp> {
    // A colon separates issuer and account in what the app reads.
    let plain = |text: &str| text.replace(':', " ");
    let issuer = if company_name.is_empty() { "Probity".to_owned() } else { format!("Probity {}", plain(company_name)) };
    let built = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
        .with_account_name(plain(login))
        .with_issuer(Some(issuer))
        .build();
    built.map_err(|e| anyhow!("an authenticator app's secret: {e}").into())
}

/// What a person needs to set the app up.
pub struct Enrolment {
    pub secret: String,
    pub uri: String,
    pub svg: String,
}

/// Begins with a new secret; it counts for nothing before `confirm`.
pub async fn begin(company: &Company, who: &user::Model) -> Result<Enrolment> {
    let bytes = secret::random::<20>();
    let tx = company.store.write().await?;
    if totp::Entity::find_by_id(&who.id).one(&tx).await?.is_some_and(|t| t.confirmed_at.is_some()) {
        return Err(Problem::conflict(
            "totp_on",
            "已启用验证器。要换手机，请先停用再重新启用。",
            "The authenticator app is on already. To change the phone, turn it off and on again.",
        )
        .into());
    }
    totp::Entity::delete_by_id(&who.id).exec(&tx).await?;
    totp::Entity::insert(totp::ActiveModel {
        user_id: Set(who.id.clone()),
        secret: Set(company.keys.seal_loose(&bytes, &context(&who.id))),
        confirmed_at: Set(None),
        last_step: Set(0),
    })
    .exec_without_returning(&tx)
    .await?;
    tx.commit().await?;
    let app = app(bytes.to_vec(), &who.login, &company.settings().name)?;
    let uri = app.to_url().map_err(|e| anyhow!("an authenticator app's address: {e}"))?;
    let code = qrcode::QrCode::new(uri.as_bytes()).map_err(|e| anyhow!("a QR code: {e}"))?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(220, 220).build();
    Ok(Enrolment { secret: app.secret().to_base32(), uri, svg })
}

/// Is this the app's code of now? Remembers its step, so that it is none a second time.
async fn is_code(company: &Company, tx: &DatabaseTransaction, row: &totp::Model, code: &str) -> Result<bool> {
    let bytes = company.keys.open_loose(&row.secret, &context(&row.user_id))?;
    let Some(step) = app(bytes, "-", "")?.check(code, seconds(company)) else { return Ok(false) };
    let step = i64::try_from(step).unwrap_or_default();
    // The condition stands in the statement: of two who send the same code at once one is too late.
    let done = totp::Entity::update_many()
        .col_expr(totp::Column::LastStep, Expr::value(step))
        .filter(totp::Column::UserId.eq(&row.user_id))
        .filter(totp::Column::LastStep.lt(step))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The first code shows that the app has the secret. Answers recovery codes if these are the person's first.
pub async fn confirm(company: &Company, who: &user::Model, code: &str) -> Result<Option<Vec<String>>> {
    let tx = company.store.write().await?;
    let row = totp::Entity::find_by_id(&who.id).one(&tx).await?.filter(|t| t.confirmed_at.is_none());
    let Some(row) = row else {
        return Err(Problem::conflict("totp_not_begun", "请先获取二维码，再输入验证码。", "Get the QR code first, then enter a code.").into());
    };
    if !is_code(company, &tx, &row, &plain(code)).await? {
        return Err(wrong_code());
    }
    totp::Entity::update(totp::ActiveModel { user_id: Set(who.id.clone()), confirmed_at: Set(Some(company.now())), ..Default::default() }).exec(&tx).await?;
    let codes = first_codes(company, &tx, who).await?;
    mark(&tx, &who.id).await?;
    tx.commit().await?;
    Ok(codes)
}

pub fn wrong_code() -> crate::error::Error {
    Problem::new(
        422,
        "wrong_code",
        "验证码不对或已用过。请等待下一个验证码再试，并检查手机时间是否准确。",
        "The code is wrong or was used. Wait for the next one and check that the phone's clock is right.",
    )
    .into()
}

fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

/// A code from the app or a recovery code, each of which works once.
pub async fn accepts(company: &Company, who: &user::Model, code: &str) -> Result<Option<&'static str>> {
    let code = plain(code);
    let tx = company.store.write().await?;
    let found = if code.len() == 6 {
        match totp::Entity::find_by_id(&who.id).one(&tx).await?.filter(|t| t.confirmed_at.is_some()) {
            Some(row) if is_code(company, &tx, &row, &code).await? => Some("totp"),
            _ => None,
        }
    } else {
        let used = recovery_code::Entity::update_many()
            .col_expr(recovery_code::Column::UsedAt, Expr::value(company.now()))
            .filter(recovery_code::Column::Hash.eq(kept(company, &who.id, &code)))
            .filter(recovery_code::Column::UserId.eq(&who.id))
            .filter(recovery_code::Column::UsedAt.is_null())
            .exec(&tx)
            .await?;
        (used.rows_affected == 1).then_some("recovery_code")
    };
    tx.commit().await?;
    Ok(found)
}

fn kept(company: &Company, user_id: &str, code: &str) -> Vec<u8> {
    company.keys.fingerprint(format!("recovery/{user_id}/{code}").as_bytes())
}

/// Ten new recovery codes in the place of any earlier ones; shown once.
pub async fn new_codes(company: &Company, tx: &DatabaseTransaction, user_id: &str) -> Result<Vec<String>> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user_id)).exec(tx).await?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| secret::code()).collect();
    let rows = codes.iter().map(|code| recovery_code::ActiveModel {
        hash: Set(kept(company, user_id, &plain(code))),
        user_id: Set(user_id.to_owned()),
        used_at: Set(None),
    });
    recovery_code::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(codes)
}

/// Recovery codes with the first factor of a person, whichever it is.
pub async fn first_codes(company: &Company, tx: &DatabaseTransaction, who: &user::Model) -> Result<Option<Vec<String>>> {
    if who.second_factor {
        return Ok(None);
    }
    new_codes(company, tx, &who.id).await.map(Some)
}

/// Turns the app off.
pub async fn end(tx: &DatabaseTransaction, user_id: &str) -> Result<bool> {
    let done = totp::Entity::delete_by_id(user_id).exec(tx).await?;
    mark(tx, user_id).await?;
    Ok(done.rows_affected == 1)
}

/// Writes on the user whether there is a second factor; without any the recovery codes are for nothing.
pub async fn mark(tx: &DatabaseTransaction, user_id: &str) -> Result<()> {
    let app = totp::Entity::find_by_id(user_id).one(tx).await?.is_some_and(|t| t.confirmed_at.is_some());
    let any = app || passkey::Entity::find().filter(passkey::Column::UserId.eq(user_id)).count(tx).await? > 0;
    if !any {
        recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user_id)).exec(tx).await?;
    }
    user::Entity::update_many().col_expr(user::Column::SecondFactor, Expr::value(any)).filter(user::Column::Id.eq(user_id)).exec(tx).await?;
    Ok(())
}

/// Since when the app is on, and how many recovery codes are left.
pub async fn state(company: &Company, user_id: &str) -> Result<(Option<i64>, u64)> {
    let db = company.store.read();
    let since = totp::Entity::find_by_id(user_id).one(db).await?.and_then(|t| t.confirmed_at);
    let left =
        recovery_code::Entity::find().filter(recovery_code::Column::UserId.eq(user_id)).filter(recovery_code::Column::UsedAt.is_null()).count(db).await?;
    Ok((since, left))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// RFC 6238, appendix B, SHA-1, the last six of eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let app = app(b"12345678901234567890".to_vec(), "lin", "云杉").unwrap();
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(app.generate(at).to_string(), code);
        }
        assert_eq!(app.check("287082", 59 + 30), Some(1), "one step late");
        assert_eq!(app.check("287082", 59 + 61), None);
        assert!(app.to_url().unwrap().starts_with("otpauth://totp/"));
    }
}
