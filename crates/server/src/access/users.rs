//! People who sign in: made, changed and disabled by an administrator; never deleted, since the log names them.

use super::{lockout, matrix::Role, model::user, passwords, publish, sessions};
use crate::{
    company::{Actor, Company},
    error::{FieldError, Problem, Result},
    events,
    privacy::journal,
    said::Lang,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

pub struct NewUser {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub employee: Option<String>,
    pub password: String,
}

#[derive(Default)]
pub struct Change {
    pub disabled: Option<bool>,
    pub role: Option<Role>,
    pub name: Option<String>,
    /// `Some(None)` takes the employee number away.
    pub employee: Option<Option<String>>,
    pub password: Option<String>,
}

/// Names are compared without case and outer spaces.
pub fn normal_login(login: &str) -> String {
    login.trim().to_lowercase()
}

fn field(pointer: &str, code: &'static str, zh: &str, en: &str, lang: Lang) -> crate::error::Error {
    let detail = if lang == Lang::En { en } else { zh }.to_owned();
    Problem::new(422, code, zh, en).with_errors(vec![FieldError { pointer: pointer.into(), code: code.into(), detail }]).into()
}

fn check_names(login: &str, name: &str, lang: Lang) -> Result<()> {
    let fits = |s: &str| !s.trim().is_empty() && s.chars().count() <= 100 && !s.chars().any(char::is_control);
    if !fits(login) || login.contains(char::is_whitespace) {
        return Err(field("/login", "bad_login", "登录名须为 1–100 个字符且不含空格。", "A sign-in name has 1–100 characters and no spaces.", lang));
    }
    if !fits(name) {
        return Err(field("/name", "bad_name", "姓名须为 1–100 个字符。", "A name has 1–100 characters.", lang));
    }
    Ok(())
}

/// Is anybody here who can sign in?
pub async fn any(company: &Company) -> Result<bool> {
    Ok(user::Entity::find().count(company.store.read()).await? > 0)
}

pub async fn find(company: &Company, id: &str) -> Result<Option<user::Model>> {
    Ok(user::Entity::find_by_id(id).one(company.store.read()).await?)
}

pub async fn by_login(company: &Company, login: &str) -> Result<Option<user::Model>> {
    Ok(user::Entity::find().filter(user::Column::Login.eq(normal_login(login))).one(company.store.read()).await?)
}

pub async fn list(company: &Company) -> Result<Vec<user::Model>> {
    Ok(user::Entity::find().order_by_asc(user::Column::CreatedAt).all(company.store.read()).await?)
}

/// Makes a user. `first` insists that nobody was here before, inside the same transaction.
pub async fn create(company: &Company, new: NewUser, first: bool, by: Option<&Actor>, lang: Lang) -> Result<user::Model> {
    let login = normal_login(&new.login);
    check_names(&login, &new.name, lang)?;
    passwords::check(&new.password, &login, lang)?;
    let row = user::Model {
        id: uuid::Uuid::now_v7().to_string(),
        login,
        name: new.name.trim().to_owned(),
        role: new.role.name().to_owned(),
        employee: new.employee.filter(|e| !e.trim().is_empty()),
        password: Some(passwords::hash(new.password).await?),
        demo: false,
        title: None,
        disabled: false,
        created_at: company.now(),
        last_sign_in_at: None,
    };
    let tx = company.store.write().await?;
    if first && user::Entity::find().count(&tx).await? > 0 {
        return Err(super::setup::already_done());
    }
    if user::Entity::find().filter(user::Column::Login.eq(&row.login)).one(&tx).await?.is_some() {
        return Err(Problem::conflict("login_taken", "这个登录名已有人使用，请换一个。", "This sign-in name is taken; choose another.").into());
    }
    user::Entity::insert(user::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    tx.commit().await?;
    let own = Actor { kind: "user", id: row.id.clone(), name: row.name.clone() };
    let data = json!({ "user": row.id, "login": row.login, "name": row.name, "role": row.role, "employee": row.employee });
    publish::act(company, "access.user_created", by.unwrap_or(&own), data).await?;
    Ok(row)
}

pub async fn change(company: &Company, id: &str, change: Change, by: &Actor, lang: Lang) -> Result<user::Model> {
    let before = user::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    let password = match change.password {
        Some(password) => {
            passwords::check(&password, &before.login, lang)?;
            Some(passwords::hash(password).await?)
        }
        None => None,
    };
    if let Some(name) = &change.name {
        check_names(&before.login, name, lang)?;
    }
    let tx = company.store.write().await?;
    let mut row = user::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or_else(Problem::not_found)?;
    let was_admin = row.role == Role::Admin.name() && !row.disabled;
    let mut changed = Vec::new();
    if let Some(disabled) = change.disabled.filter(|d| *d != row.disabled) {
        row.disabled = disabled;
        changed.push("disabled");
    }
    if let Some(role) = change.role.filter(|r| r.name() != row.role) {
        row.role = role.name().to_owned();
        changed.push("role");
    }
    if let Some(name) = change.name {
        row.name = name.trim().to_owned();
        changed.push("name");
    }
    if let Some(employee) = change.employee {
        row.employee = employee.filter(|e| !e.trim().is_empty());
        changed.push("employee");
    }
    if let Some(password) = password {
        row.password = Some(password);
        changed.push("password");
    }
    user::Entity::update(user::ActiveModel {
        id: Set(row.id.clone()),
        name: Set(row.name.clone()),
        role: Set(row.role.clone()),
        employee: Set(row.employee.clone()),
        password: Set(row.password.clone()),
        disabled: Set(row.disabled),
        ..Default::default()
    })
    .exec(&tx)
    .await?;
    let admins = user::Entity::find().filter(user::Column::Role.eq(Role::Admin.name())).filter(user::Column::Disabled.eq(false)).count(&tx).await?;
    if was_admin && admins == 0 {
        return Err(Problem::conflict(
            "last_administrator",
            "这是最后一位管理员，不能停用或改换角色。请先指定另一位管理员。",
            "This is the last administrator and cannot be disabled or given another role. Make another administrator first.",
        )
        .into());
    }
    // Whoever held an open page keeps none of the old rights.
    if changed.iter().any(|c| ["disabled", "role", "password"].contains(c)) {
        sessions::end_all(&tx, id).await?;
        events::rights_changed(&tx, company.now()).await?;
    }
    tx.commit().await?;
    if changed.contains(&"password") {
        lockout::forgive(&company.store, &row.login).await?;
    }
    if row.disabled {
        journal::note_now(company, "user", id);
    }
    let employee = row.employee.as_ref().or(before.employee.as_ref());
    let data = json!({ "user": row.id, "login": row.login, "changed": changed, "role": row.role, "disabled": row.disabled, "employee": employee });
    publish::act(company, "access.user_changed", by, data).await?;
    Ok(row)
}
