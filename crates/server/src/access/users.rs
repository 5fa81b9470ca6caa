//! People who sign in: invited, changed and disabled by an administrator; never deleted, since the log names them.
//!
//! What needs a second person is told from what does not here; how that person is asked is `identity::changes`.

use super::{
    Caller, Permission, Reach,
    identity::{
        changes::{self, Wanted},
        invitations::{self, OneTimeLink, Purpose},
    },
    lockout,
    matrix::Role,
    model::user,
    passwords, publish, sessions, tokens,
};
use crate::{
    company::{Actor, Company},
    error::{Error, FieldError, Problem, Result},
    events,
    people::model::person,
    privacy::journal,
    said::Lang,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, SqlErr,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use serde_json::json;
use std::collections::HashSet;

/// The first administrator, who has a password before there is anybody to invite.
pub struct NewUser {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub employee: Option<String>,
    pub password: String,
}

/// Somebody who will set the own password.
pub struct Invitation {
    pub login: String,
    pub name: String,
    pub role: String,
    pub employee: Option<String>,
}

#[derive(Default)]
pub struct Change {
    pub disabled: Option<bool>,
    pub role: Option<String>,
    pub name: Option<String>,
    /// `Some(None)` takes the employee number away.
    pub employee: Option<Option<String>>,
}

/// What came of what an administrator asked for.
pub struct Outcome {
    pub user: user::Model,
    /// Shown once.
    pub link: Option<OneTimeLink>,
    /// The change that waits for a second person.
    pub waits: Option<String>,
}

/// Names are compared without case and outer spaces.
pub fn normal_login(login: &str) -> String {
    login.trim().to_lowercase()
}

fn field(pointer: &str, code: &'static str, zh: &str, en: &str, lang: Lang) -> Error {
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

fn check_role(company: &Company, role: &str, lang: Lang) -> Result<()> {
    if company.roles().get(role).is_some() {
        return Ok(());
    }
    Err(field("/role", "unknown_role", "没有这个角色，请从角色列表中选择。", "There is no such role; choose one of the list.", lang))
}

/// Is anybody here who can sign in?
pub async fn any(company: &Company) -> Result<bool> {
    Ok(user::Entity::find().count(company.store.read()).await? > 0)
}

/// Somebody has an account to speak for the union, under whatever name the company gave that role.
pub async fn any_of_the_union(company: &Company) -> Result<bool> {
    let roles: Vec<String> = company.roles().list().into_iter().filter(|role| role.like == Role::Union).map(|role| role.id.clone()).collect();
    let one = user::Entity::find().filter(user::Column::Role.is_in(roles)).filter(user::Column::Disabled.eq(false));
    Ok(one.one(company.store.read()).await?.is_some())
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

/// Those of them who are disabled.
pub async fn disabled_among(company: &Company, ids: Vec<String>) -> Result<HashSet<String>> {
    let gone = user::Entity::find().select_only().column(user::Column::Id).filter(user::Column::Id.is_in(ids)).filter(user::Column::Disabled.eq(true));
    Ok(gone.into_tuple::<String>().all(company.store.read()).await?.into_iter().collect())
}

/// In the order in which they came; `after` is when the last one seen came, and its id. With a permission only those who
/// can sign in, have not left and have it by their role, as far as an account goes: whose rows exactly is not asked.
pub async fn page(company: &Company, typed: Option<&str>, may: Option<Permission>, after: Option<(i64, String)>, limit: u64) -> Result<Vec<user::Model>> {
    use user::Column as C;
    let mut query = user::Entity::find().order_by_asc(C::CreatedAt).order_by_asc(C::Id).limit(limit);
    if let Some(permission) = may {
        // Acting on alerts goes as far as seeing them.
        let over = if permission == Permission::AlertsAct { Permission::AlertsSee } else { permission };
        let roles = company.roles();
        let those = |everywhere: bool| -> Vec<String> {
            let fits = |reach: Reach| if everywhere { reach == Reach::All } else { matches!(reach, Reach::Own | Reach::Team) };
            roles.list().into_iter().filter(|r| r.grants.has(permission) && fits(r.grants.reach(over))).map(|r| r.id.clone()).collect()
        };
        // The own and the team are an employee's: an account without a number has neither.
        let near = Condition::all().add(C::Role.is_in(those(false))).add(C::Employee.is_not_null());
        let left = person::Entity::find().select_only().column(person::Column::Number).filter(person::Column::Status.eq("left")).into_query();
        query = query
            .filter(C::Disabled.eq(false))
            .filter(Condition::any().add(C::Password.is_not_null()).add(C::Demo.eq(true)))
            .filter(Condition::any().add(C::Employee.is_null()).add(C::Employee.not_in_subquery(left)))
            .filter(Condition::any().add(C::Role.is_in(those(true))).add(near));
    }
    if let Some(typed) = typed.map(str::trim).filter(|t| !t.is_empty()) {
        let like = |text: &str| {
            let escaped: String = text.chars().flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
            LikeExpr::new(format!("%{escaped}%")).escape('\\')
        };
        let named =
            Condition::any().add(Expr::col(C::Login).like(like(&normal_login(typed)))).add(Func::lower(Expr::col(C::Name)).like(like(&typed.to_lowercase())));
        query = query.filter(named.add(C::Employee.eq(typed)));
    }
    if let Some((at, id)) = after {
        query = query.filter(Condition::any().add(C::CreatedAt.gt(at)).add(Condition::all().add(C::CreatedAt.eq(at)).add(C::Id.gt(id))));
    }
    Ok(query.all(company.store.read()).await?)
}

fn fresh(company: &Company, login: String, name: &str, role: &str, employee: Option<String>, password: Option<String>) -> user::Model {
    user::Model {
        id: uuid::Uuid::now_v7().to_string(),
        login,
        name: name.trim().to_owned(),
        role: role.to_owned(),
        employee: employee.map(|e| e.trim().to_owned()).filter(|e| !e.is_empty()),
        password,
        demo: false,
        title: None,
        disabled: false,
        created_at: company.now(),
        last_sign_in_at: None,
        second_factor: false,
    }
}

fn login_taken() -> Error {
    Problem::conflict("login_taken", "这个登录名已有人使用，请换一个。", "This sign-in name is taken; choose another.").into()
}

fn employee_taken() -> Error {
    Problem::conflict(
        "employee_taken",
        "这位员工已有一个可登录的账号；一人一号。请先停用原账号，或去掉其员工编号。",
        "This employee has an account already, and each has one. Disable the other account or take the number off it first.",
    )
    .into()
}

/// Of two who take the same name or number at once the database lets one through.
fn taken(e: DbErr) -> Error {
    match e.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(which)) if which.contains("employee") => employee_taken(),
        Some(SqlErr::UniqueConstraintViolation(_)) => login_taken(),
        _ => e.into(),
    }
}

async fn check_employee(db: &impl ConnectionTrait, row: &user::Model) -> Result<()> {
    let Some(employee) = row.employee.as_deref().filter(|_| !row.disabled && !row.demo) else { return Ok(()) };
    let other = user::Entity::find()
        .filter(user::Column::Employee.eq(employee))
        .filter(user::Column::Disabled.eq(false))
        .filter(user::Column::Demo.eq(false))
        .filter(user::Column::Id.ne(&row.id));
    if other.one(db).await?.is_some() { Err(employee_taken()) } else { Ok(()) }
}

/// Has this employee had an account other than this one? A second one opens their page to whoever takes its link.
async fn had_account(db: &impl ConnectionTrait, employee: &str, but: &str) -> Result<bool> {
    let earlier = user::Entity::find().filter(user::Column::Employee.eq(employee)).filter(user::Column::Demo.eq(false)).filter(user::Column::Id.ne(but));
    Ok(earlier.one(db).await?.is_some())
}

async fn insert(tx: &DatabaseTransaction, row: &user::Model) -> Result<()> {
    if user::Entity::find().filter(user::Column::Login.eq(&row.login)).one(tx).await?.is_some() {
        return Err(login_taken());
    }
    check_employee(tx, row).await?;
    user::Entity::insert(user::ActiveModel::from(row.clone())).exec_without_returning(tx).await.map_err(taken)?;
    Ok(())
}

async fn created(company: &Company, row: &user::Model, by: &Actor) -> Result<()> {
    let data = json!({ "user": row.id, "login": row.login, "name": row.name, "role": row.role, "employee": row.employee });
    publish::act(company, "access.user_created", by, data).await
}

/// Makes a user with a password. `first` insists that nobody was here before, inside the same transaction.
pub async fn create(company: &Company, new: NewUser, first: bool, by: Option<&Actor>, lang: Lang) -> Result<user::Model> {
    let login = normal_login(&new.login);
    check_names(&login, &new.name, lang)?;
    passwords::check(&new.password, &login, lang)?;
    let password = passwords::hash(new.password).await?;
    let row = fresh(company, login, &new.name, new.role.name(), new.employee, Some(password));
    let tx = company.store.write().await?;
    if first && user::Entity::find().count(&tx).await? > 0 {
        return Err(super::setup::already_done());
    }
    insert(&tx, &row).await?;
    tx.commit().await?;
    let own = Actor { kind: "user", id: row.id.clone(), name: row.name.clone() };
    created(company, &row, by.unwrap_or(&own)).await?;
    Ok(row)
}

/// Invites somebody. The link is answered, or the invitation waits for a second person.
pub async fn invite(company: &Company, new: Invitation, caller: &Caller, demo: bool, lang: Lang) -> Result<Outcome> {
    let login = normal_login(&new.login);
    check_names(&login, &new.name, lang)?;
    check_role(company, &new.role, lang)?;
    let row = fresh(company, login, &new.name, &new.role, new.employee, None);
    let again = match &row.employee {
        Some(number) => had_account(company.store.read(), number, &row.id).await?,
        None => false,
    };
    let waits = (again || changes::role_reaches_cases(company, &row.role)) && changes::second_person(company, caller, changes::About::default(), demo).await?;
    let tx = company.store.write().await?;
    insert(&tx, &row).await?;
    let (mut link, mut change) = (None, None);
    if waits {
        change = Some(changes::ask(company, &tx, caller, Some(&row.id), &Wanted::Invite { role: row.role.clone() }).await?);
    } else {
        link = Some(invitations::issue(&tx, &row.id, Purpose::Invite, &caller.id, company.now()).await?);
    }
    tx.commit().await?;
    created(company, &row, &caller.actor()).await?;
    match &change {
        Some(change) => changes::told(company, "access.change_asked", change, caller).await?,
        None => changes::linked(company, &row.id, Purpose::Invite, caller).await?,
    }
    Ok(Outcome { user: row, link, waits: change.map(|c| c.id) })
}

/// Another link for somebody who never used the first.
pub async fn invite_again(company: &Company, id: &str, caller: &Caller) -> Result<OneTimeLink> {
    let who = find(company, id).await?.filter(|u| !u.demo && !u.disabled).ok_or_else(Problem::not_found)?;
    if who.password.is_some() || who.last_sign_in_at.is_some() {
        return Err(Problem::conflict(
            "signed_in_before",
            "这位用户已经设过密码。忘记密码请用“重设”。",
            "This person has set a password already. If it is forgotten, reset it.",
        )
        .into());
    }
    if changes::waits(company, id, "invite").await? {
        return Err(awaits_approval());
    }
    let tx = company.store.write().await?;
    let link = invitations::issue(&tx, id, Purpose::Invite, &caller.id, company.now()).await?;
    tx.commit().await?;
    changes::linked(company, id, Purpose::Invite, caller).await?;
    Ok(link)
}

fn awaits_approval() -> Error {
    Problem::conflict(
        "awaits_approval",
        "这项邀请还在等待第二人批准，批准后才能发链接。",
        "This invitation still waits for a second person's approval; there is no link before it.",
    )
    .with_rule(Permission::UsersApprove.name())
    .into()
}

fn own_account() -> Error {
    Problem::new(
        403,
        "own_account",
        "不能更改自己账号的角色、员工编号或重设自己；请由另一位管理员处理。密码可在“我的账号与安全”里修改。",
        "Nobody changes the role or employee number of the own account or resets it; another administrator has to. The password is changed under “My account”.",
    )
    .with_rule(Permission::UsersEdit.name())
    .into()
}

/// Makes the old password void and answers a link for a new one, or waits for a second person.
pub async fn reset(company: &Company, id: &str, second_factor: bool, caller: &Caller, demo: bool) -> Result<Outcome> {
    let who = find(company, id).await?.filter(|u| !u.demo && !u.disabled).ok_or_else(Problem::not_found)?;
    if changes::is_behind(company, caller, id).await? {
        return Err(own_account());
    }
    changes::keep_an_approver(company, caller, &who, demo).await?;
    let waits =
        changes::role_reaches_cases(company, &who.role) && changes::second_person(company, caller, changes::About { user: Some(id), role: None }, demo).await?;
    let purpose = Purpose::Reset { drops_factors: second_factor };
    let tx = company.store.write().await?;
    lock(company, &tx, id).await?;
    let (mut link, mut change) = (None, None);
    if waits {
        change = Some(changes::ask(company, &tx, caller, Some(id), &Wanted::Reset { second_factor }).await?);
    } else {
        link = Some(invitations::issue(&tx, id, purpose, &caller.id, company.now()).await?);
    }
    tx.commit().await?;
    match &change {
        Some(change) => changes::told(company, "access.change_asked", change, caller).await?,
        None => changes::linked(company, id, purpose, caller).await?,
    }
    Ok(Outcome { user: who, link, waits: change.map(|c| c.id) })
}

/// The same on the server's command line, where no second person is asked.
pub async fn reset_at_terminal(company: &Company, login: &str, second_factor: bool, by: &Actor) -> Result<OneTimeLink> {
    let who = by_login(company, login)
        .await?
        .filter(|u| !u.demo && !u.disabled)
        .ok_or_else(|| Problem::new(404, "no_such_user", "没有这个登录名，或已停用。", "There is no such sign-in name, or it is disabled."))?;
    let tx = company.store.write().await?;
    lock(company, &tx, &who.id).await?;
    let link = invitations::issue(&tx, &who.id, Purpose::Reset { drops_factors: second_factor }, &by.id, company.now()).await?;
    tx.commit().await?;
    publish::act(company, "access.reset_issued", by, json!({ "user": who.id, "second_factor": second_factor, "employee": who.employee })).await?;
    Ok(link)
}

/// The user and every administrator, locked in one order, so that two who remove each other do so one after the other.
pub async fn lock(company: &Company, tx: &DatabaseTransaction, id: &str) -> Result<()> {
    let either = Condition::any().add(user::Column::Id.eq(id)).add(user::Column::Role.is_in(administrators(company)));
    user::Entity::find().filter(either).order_by_asc(user::Column::Id).lock_exclusive().all(tx).await?;
    Ok(())
}

/// Every role that can do an administrator's work, whatever it is called.
fn administrators(company: &Company) -> Vec<String> {
    let sets_up = |g: &super::Grants| g.has(Permission::UsersEdit) && g.has(Permission::RolesEdit);
    company.roles().list().into_iter().filter(|r| sets_up(&r.grants)).map(|r| r.id.clone()).collect()
}

/// What was done to a user.
pub struct Applied {
    before: user::Model,
    pub after: user::Model,
    changed: Vec<&'static str>,
    tokens: Vec<String>,
}

/// Changes a user in the caller's transaction, whoever asked; `told` after the commit makes it a record.
pub async fn apply(company: &Company, tx: &DatabaseTransaction, id: &str, change: Change) -> Result<Applied> {
    lock(company, tx, id).await?;
    let before = user::Entity::find_by_id(id).one(tx).await?.ok_or_else(Problem::not_found)?;
    let mut row = before.clone();
    let mut changed = Vec::new();
    if let Some(disabled) = change.disabled.filter(|d| *d != row.disabled) {
        row.disabled = disabled;
        changed.push("disabled");
    }
    if let Some(role) = change.role.filter(|r| *r != row.role) {
        // It may have waited long for its approval.
        if company.roles().get(&role).is_none() {
            return Err(Problem::conflict("unknown_role", "这个角色已不存在，请重新选择。", "This role is no longer there; choose another.").into());
        }
        row.role = role;
        changed.push("role");
    }
    if let Some(name) = change.name.map(|n| n.trim().to_owned()).filter(|n| *n != row.name) {
        row.name = name;
        changed.push("name");
    }
    if let Some(employee) = change.employee.map(|e| e.map(|e| e.trim().to_owned()).filter(|e| !e.is_empty())).filter(|e| *e != row.employee) {
        row.employee = employee;
        changed.push("employee");
    }
    check_employee(tx, &row).await?;
    user::Entity::update(user::ActiveModel {
        id: Set(row.id.clone()),
        name: Set(row.name.clone()),
        role: Set(row.role.clone()),
        employee: Set(row.employee.clone()),
        disabled: Set(row.disabled),
        ..Default::default()
    })
    .exec(tx)
    .await
    .map_err(taken)?;
    let roles = administrators(company);
    let is_admin = |u: &user::Model| roles.contains(&u.role) && !u.disabled;
    if is_admin(&before) && !is_admin(&row) {
        // Somebody who was invited and never came is no administrator to rely on.
        let can_sign_in = Condition::any().add(user::Column::Password.is_not_null()).add(user::Column::Demo.eq(true));
        let left = user::Entity::find()
            .filter(user::Column::Role.is_in(roles))
            .filter(user::Column::Disabled.eq(false))
            .filter(user::Column::Demo.eq(row.demo))
            .filter(can_sign_in);
        if left.count(tx).await? == 0 {
            return Err(last_administrator());
        }
    }
    let mut revoked = Vec::new();
    // A token speaks with its maker's office: without the office it is silent.
    let makes_tokens = company.roles().get(&row.role).is_some_and(|r| r.grants.has(Permission::TokensEdit));
    let disabled = changed.contains(&"disabled") && row.disabled;
    if disabled || (changed.contains(&"role") && !makes_tokens) {
        revoked = tokens::revoke_made_by(tx, id, company.now()).await?;
    }
    if disabled {
        changes::fall(tx, id, company.now()).await?;
    }
    // Whoever held an open page keeps none of the old rights.
    if changed.iter().any(|c| ["disabled", "role", "employee"].contains(c)) {
        sessions::end_all(tx, id).await?;
        events::rights_changed(tx, company.now()).await?;
    }
    Ok(Applied { before, after: row, changed, tokens: revoked })
}

fn last_administrator() -> Error {
    Problem::conflict(
        "last_administrator",
        "这是最后一位管理员，不能停用或改换角色。请先指定另一位管理员（已设好密码、能登录）。",
        "This is the last administrator and cannot be disabled or given another role. Make another administrator first, one who has set a password.",
    )
    .into()
}

/// The record of what was done, and the journal's line for what must not come back with an older backup.
pub async fn told(company: &Company, applied: &Applied, by: &Actor) -> Result<()> {
    if applied.changed.is_empty() {
        return Ok(());
    }
    let row = &applied.after;
    if applied.changed.contains(&"disabled") && row.disabled {
        journal::note_now(company, "user", &row.id);
    }
    for token in &applied.tokens {
        journal::note_now(company, "token", token);
    }
    let employee = row.employee.as_ref().or(applied.before.employee.as_ref());
    let data = json!({
        "user": row.id, "login": row.login, "changed": applied.changed, "role": row.role, "disabled": row.disabled,
        "tokens_revoked": applied.tokens, "employee": employee,
    });
    publish::act(company, "access.user_changed", by, data).await
}

/// Changes a user at once, for what the system itself does.
pub async fn change(company: &Company, id: &str, change: Change, by: &Actor) -> Result<user::Model> {
    let tx = company.store.write().await?;
    let applied = apply(company, &tx, id, change).await?;
    tx.commit().await?;
    told(company, &applied, by).await?;
    Ok(applied.after)
}

/// What an administrator wants of a user: what takes away or only names is done at once; what gives a way to cases, to the
/// rights of another employee, or back to somebody disabled waits, once there is a second person.
pub async fn change_or_ask(company: &Company, id: &str, mut change: Change, caller: &Caller, demo: bool, lang: Lang) -> Result<Outcome> {
    let before = find(company, id).await?.ok_or_else(Problem::not_found)?;
    if let Some(name) = &change.name {
        check_names(&before.login, name, lang)?;
    }
    if let Some(role) = &change.role {
        check_role(company, role, lang)?;
    }
    let new_role = change.role.clone().filter(|r| *r != before.role);
    let new_employee = change.employee.clone().filter(|e| e.as_deref().filter(|e| !e.trim().is_empty()) != before.employee.as_deref());
    if (new_role.is_some() || new_employee.is_some()) && changes::is_behind(company, caller, id).await? {
        return Err(own_account());
    }
    let approves = |role: &str| company.roles().get(role).is_some_and(|r| r.grants.has(Permission::UsersApprove));
    if change.disabled == Some(true) || new_role.as_deref().is_some_and(|role| !approves(role)) {
        changes::keep_an_approver(company, caller, &before, demo).await?;
    }
    let reaches = |role: &str| changes::role_reaches_cases(company, role);
    let gives_role = new_role.as_deref().is_some_and(reaches);
    let enables = change.disabled == Some(false) && before.disabled && (gives_role || reaches(&before.role));
    // Off another number, somebody who is leaving would be as if they were not.
    let taken_over = match new_employee.clone().flatten() {
        Some(number) => had_account(company.store.read(), number.trim(), id).await?,
        None => false,
    };
    let relinks = taken_over || (new_employee.is_some() && before.employee.is_some());
    let delicate = gives_role || enables || relinks;
    let waits = delicate && !before.demo && changes::second_person(company, caller, changes::About { user: Some(id), role: None }, demo).await?;
    let tx = company.store.write().await?;
    lock(company, &tx, id).await?;
    let mut asked = None;
    if waits {
        let wanted = Wanted::Role {
            role: gives_role.then(|| change.role.take()).flatten(),
            enable: enables,
            relink: relinks,
            employee: if relinks { change.employee.take().flatten() } else { None },
        };
        if enables {
            change.disabled = None;
        }
        asked = Some(changes::ask(company, &tx, caller, Some(id), &wanted).await?);
    }
    let applied = apply(company, &tx, id, change).await?;
    tx.commit().await?;
    if let Some(change) = &asked {
        changes::told(company, "access.change_asked", change, caller).await?;
    }
    told(company, &applied, &caller.actor()).await?;
    Ok(Outcome { user: applied.after, link: None, waits: asked.map(|c| c.id) })
}

/// A new password, by its owner, who gave the old one. Other sessions end.
pub async fn new_password(company: &Company, who: &user::Model, password: String, keep_session: &[u8], lang: Lang) -> Result<()> {
    if password.trim().is_empty() {
        return Err(field("/password", "weak_password", "请填写新密码。", "Fill in the new password.", lang));
    }
    passwords::check(&password, &who.login, lang)?;
    let hashed = passwords::hash(password).await?;
    let tx = company.store.write().await?;
    user::Entity::update(user::ActiveModel { id: Set(who.id.clone()), password: Set(Some(hashed)), ..Default::default() }).exec(&tx).await?;
    sessions::end_others(&tx, &who.id, keep_session).await?;
    events::rights_changed(&tx, company.now()).await?;
    tx.commit().await?;
    lockout::forgive(&company.store, &who.login).await?;
    let own = Actor { kind: "user", id: who.id.clone(), name: who.name.clone() };
    publish::act(company, "access.password_changed", &own, json!({ "user": who.id, "employee": who.employee })).await
}
