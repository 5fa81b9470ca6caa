//! 第二人审批: what an administrator could use to reach cases alone waits for somebody who may approve it and did not ask.
//!
//! Approving applies a role at once. A link or a token is shown to who asked for it, once, after the approval: the
//! approver sees neither. Asking, approving, refusing and withdrawing are records.

use super::{
    invitations::{self, OneTimeLink, Purpose},
    model::change::{self, Entity, Model},
};
use crate::{
    access::{
        Caller, CallerKind, Grants, Permission, Standing, TokenScope,
        model::{token, user},
        publish, standing, tokens, users,
    },
    company::{Actor, Company},
    error::{Error, Problem, Result},
    events,
    http::{List, Page},
    jobs, notify,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// An approved link or token that nobody took is for nothing after a week.
const COLLECT_US: i64 = 7 * 24 * 3600 * 1_000_000;
/// What nobody decided on in two weeks is no longer what somebody wants now.
const LAPSE_US: i64 = 14 * 24 * 3600 * 1_000_000;
pub const LAPSE_JOB: &str = "access.change_lapse";
const LONGEST_REASON: usize = 500;

pub const WAITING: &str = "waiting";
const NOTICES: &str = "notices";

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Wanted {
    /// The user stands already, with its role; nobody has a link.
    Invite {
        role: String,
    },
    /// Another role, the end of being disabled, or another employee number.
    Role {
        role: Option<String>,
        enable: bool,
        relink: bool,
        employee: Option<String>,
    },
    Reset {
        second_factor: bool,
    },
    Token {
        name: String,
        scopes: Vec<TokenScope>,
        sources: Option<Vec<String>>,
        expires_at: Option<i64>,
    },
    /// What notices to customers state: the account to pay into, the channels, the mail server.
    Notices(notify::stated::Change),
}

impl Wanted {
    fn kind(&self) -> &'static str {
        match self {
            Self::Invite { .. } => "invite",
            Self::Role { .. } => "role",
            Self::Reset { .. } => "reset",
            Self::Token { .. } => "token",
            Self::Notices(_) => NOTICES,
        }
    }
}

/// Does this reach cases, content or alerts, or approve who does?
pub fn reaches_cases(grants: &Grants) -> bool {
    use Permission::{AlertsAct, AlertsSee, CasesAct, CasesExport, CasesSee, ContentOpen, UsersApprove};
    [AlertsAct, AlertsSee, CasesAct, CasesExport, CasesSee, ContentOpen, UsersApprove].into_iter().any(|p| grants.has(p))
}

/// The same of a role's name; an unknown role reaches nothing.
pub fn role_reaches_cases(company: &Company, role: &str) -> bool {
    company.roles().get(role).is_some_and(|r| reaches_cases(&r.grants))
}

/// The caller and whoever made its token: neither counts as a second person.
async fn behind(company: &Company, caller: &Caller) -> Result<(String, Option<String>)> {
    let maker = match caller.kind {
        CallerKind::User { .. } => None,
        CallerKind::Token { .. } => token::Entity::find_by_id(&caller.id).one(company.store.read()).await?.and_then(|t| t.made_by),
    };
    Ok((caller.id.clone(), maker))
}

/// Is the caller this user, or a token this user made?
pub async fn is_behind(company: &Company, caller: &Caller, user_id: &str) -> Result<bool> {
    let (asker, maker) = behind(company, caller).await?;
    Ok(asker == user_id || maker.as_deref() == Some(user_id))
}

/// Whom a change is about: they do not approve it.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    pub user: Option<&'a str>,
    /// The role that changes; nobody who holds it decides on it.
    pub role: Option<&'a str>,
}

/// Is there somebody else who may approve? The one rule for users, tokens and roles. Demo people count where the demo runs.
pub async fn second_person(company: &Company, caller: &Caller, about: About<'_>, demo: bool) -> Result<bool> {
    let (asker, maker) = behind(company, caller).await?;
    let defined = company.roles();
    let approves = defined.list().into_iter().filter(|r| r.grants.has(Permission::UsersApprove) && Some(r.id.as_str()) != about.role);
    let roles: Vec<String> = approves.map(|r| r.id.clone()).collect();
    let db = company.store.read();
    let rows = user::Entity::find().filter(user::Column::Role.is_in(roles)).filter(user::Column::Disabled.eq(false)).all(db).await?;
    for row in rows {
        let other = row.id != asker && Some(&row.id) != maker.as_ref() && Some(row.id.as_str()) != about.user;
        let can_sign_in = if row.demo { demo } else { row.password.is_some() };
        if other && can_sign_in && standing::of(db, row.employee.as_deref()).await? == Standing::Active {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Nobody who may ask takes away the only one who could say no: with the last approver gone nothing would wait any more.
/// Somebody who has left or never came is none.
pub async fn keep_an_approver(company: &Company, caller: &Caller, about: &user::Model, demo: bool) -> Result<()> {
    let approves = company.roles().get(&about.role).is_some_and(|r| r.grants.has(Permission::UsersApprove));
    let can_sign_in = !about.disabled && if about.demo { demo } else { about.password.is_some() };
    if !approves
        || !can_sign_in
        || standing::of(company.store.read(), about.employee.as_deref()).await? != Standing::Active
        || second_person(company, caller, About { user: Some(&about.id), role: None }, demo).await?
    {
        return Ok(());
    }
    Err(Problem::conflict(
        "last_approver",
        "这是唯一能批准用户变更的人，不能由管理员停用、改换角色或重设。请先另设一位审批人（法务或审计，由其批准）；本人无法登录的，在服务器上运行 probity user reset。",
        "This is the only one who may approve such changes; an administrator does not disable, move or reset them. Make another approver first (legal, auditor; this one approves it). If they cannot sign in, run probity user reset on the server.",
    )
    .with_rule(Permission::UsersApprove.name())
    .into())
}

/// Puts a change down to wait, in the caller's transaction; `told` makes it a record after the commit.
pub async fn ask(company: &Company, tx: &DatabaseTransaction, caller: &Caller, about: Option<&str>, wanted: &Wanted) -> Result<Model> {
    let (asked_by, asked_for) = behind(company, caller).await?;
    if let Some(user_id) = about {
        let same =
            Entity::find().filter(change::Column::UserId.eq(user_id)).filter(change::Column::Kind.eq(wanted.kind())).filter(change::Column::Status.eq(WAITING));
        if same.one(tx).await?.is_some() {
            return Err(Problem::conflict(
                "already_waiting",
                "这位用户已有同类变更在等待批准。请先等待结果，或撤回后重新提出。",
                "A change of this kind already waits for approval for this user. Wait for it, or withdraw it and ask anew.",
            )
            .into());
        }
    }
    let row = Model {
        id: uuid::Uuid::now_v7().to_string(),
        kind: wanted.kind().to_owned(),
        user_id: about.map(str::to_owned),
        wanted: serde_json::to_string(wanted)?,
        asked_by,
        asked_for,
        asked_at: company.now(),
        status: WAITING.to_owned(),
        decided_by: None,
        decided_at: None,
        reason: None,
        collected_at: None,
    };
    Entity::insert(change::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    jobs::enqueue(tx, LAPSE_JOB, Some(&row.id), &json!({ "change": row.id }), row.asked_at + LAPSE_US).await?;
    tell(company, tx, &row.id).await?;
    Ok(row)
}

fn waiting_notices() -> sea_orm::Select<Entity> {
    Entity::find().filter(change::Column::Kind.eq(NOTICES)).filter(change::Column::Status.eq(WAITING))
}

/// Does a change of what notices state wait?
pub async fn notices_wait(company: &Company) -> Result<bool> {
    Ok(waiting_notices().one(company.store.read()).await?.is_some())
}

/// Puts a change of what notices state down to wait, once somebody else may approve it; false when nobody may.
pub async fn ask_notices(company: &Company, caller: &Caller, wanted: &notify::stated::Change, demo: bool) -> Result<bool> {
    if !second_person(company, caller, About::default(), demo).await? {
        return Ok(false);
    }
    let tx = company.store.write().await?;
    if waiting_notices().one(&tx).await?.is_some() {
        return Err(Problem::conflict(
            "already_waiting",
            "已有一项发件箱设置的变更在等待批准。请先等待结果，或撤回后重新提出。",
            "A change of the outbox settings waits for approval already. Wait for it, or withdraw it and ask anew.",
        )
        .into());
    }
    let row = ask(company, &tx, caller, None, &Wanted::Notices(wanted.clone())).await?;
    tx.commit().await?;
    told(company, "access.change_asked", &row, caller).await?;
    Ok(true)
}

async fn tell(company: &Company, tx: &DatabaseTransaction, id: &str) -> Result<()> {
    for audience in [Permission::UsersApprove, Permission::UsersEdit] {
        events::emit(tx, company.now(), "user_change", audience.name(), &json!({ "id": id })).await?;
    }
    Ok(())
}

/// The record of an act on a change.
pub async fn told(company: &Company, act: &'static str, row: &Model, caller: &Caller) -> Result<()> {
    told_by(company, act, row, &caller.actor()).await
}

async fn told_by(company: &Company, act: &'static str, row: &Model, by: &Actor) -> Result<()> {
    let about = match &row.user_id {
        Some(id) => users::find(company, id).await?,
        None => None,
    };
    let wanted: serde_json::Value = serde_json::from_str(&row.wanted)?;
    let employee = about.as_ref().and_then(|u| u.employee.clone());
    let data = json!({ "change": row.id, "user": row.user_id, "wanted": wanted, "reason": row.reason, "asked_by": row.asked_by, "employee": employee });
    publish::act(company, act, by, data).await
}

/// The newest first; those that wait before all others.
pub async fn list(company: &Company, page: &Page) -> Result<List<Model>> {
    let (status, asked_at, id) = (change::Column::Status, change::Column::AskedAt, change::Column::Id);
    // Whether the page before ended among those that wait, and where.
    let after: Option<(bool, i64, String)> = page.after()?;
    let most = page.limit() + 1;
    let mut rows: Vec<Model> = Vec::new();
    for waiting in [true, false] {
        let left = most.saturating_sub(rows.len() as u64);
        let passed = waiting && after.as_ref().is_some_and(|(among_waiting, ..)| !among_waiting);
        if left == 0 || passed {
            continue;
        }
        let mut query = Entity::find().order_by_desc(asked_at).order_by_desc(id).limit(left);
        query = query.filter(if waiting { status.eq(WAITING) } else { status.ne(WAITING) });
        if let Some((_, at, last)) = after.as_ref().filter(|(among_waiting, ..)| *among_waiting == waiting) {
            query = query.filter(Condition::any().add(asked_at.lt(*at)).add(Condition::all().add(asked_at.eq(*at)).add(id.lt(last.as_str()))));
        }
        rows.extend(query.all(company.store.read()).await?);
    }
    Ok(page.close(rows, |r| (r.status == WAITING, r.asked_at, r.id.clone())))
}

/// Whether something of this kind still waits for this user.
pub async fn waits(company: &Company, user_id: &str, kind: &str) -> Result<bool> {
    let found = Entity::find().filter(change::Column::UserId.eq(user_id)).filter(change::Column::Kind.eq(kind)).filter(change::Column::Status.eq(WAITING));
    Ok(found.one(company.store.read()).await?.is_some())
}

/// The user first, then the change, as whoever disables a user takes them: in two orders they could wait for each other.
async fn locked(company: &Company, tx: &DatabaseTransaction, id: &str) -> Result<Model> {
    let row = Entity::find_by_id(id).one(tx).await?.ok_or_else(Problem::not_found)?;
    if let Some(user_id) = &row.user_id {
        users::lock(company, tx, user_id).await?;
    }
    Ok(Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(Problem::not_found)?)
}

fn no_longer_waiting() -> Error {
    Problem::conflict("already_decided", "这项变更已有结果，请刷新查看。", "This change has been decided already; reload to see how.").into()
}

async fn close(company: &Company, tx: &DatabaseTransaction, row: &mut Model, status: &str, by: Option<&Caller>, reason: Option<String>) -> Result<()> {
    row.status = status.to_owned();
    row.decided_by = by.map(|c| c.id.clone());
    row.decided_at = Some(company.now());
    row.reason = reason;
    Entity::update(change::ActiveModel {
        id: Set(row.id.clone()),
        status: Set(row.status.clone()),
        decided_by: Set(row.decided_by.clone()),
        decided_at: Set(row.decided_at),
        reason: Set(row.reason.clone()),
        ..Default::default()
    })
    .exec(tx)
    .await?;
    tell(company, tx, &row.id).await
}

/// Approves or refuses. Nobody decides on what they asked for, nor on what is about them.
pub async fn decide(company: &Company, id: &str, approve: bool, reason: Option<String>, caller: &Caller) -> Result<Model> {
    let reason = reason.map(|r| r.trim().to_owned()).filter(|r| !r.is_empty());
    if reason.as_ref().is_some_and(|r| r.chars().count() > LONGEST_REASON) || (!approve && reason.is_none()) {
        return Err(Problem::new(422, "reason_needed", "请写明理由（1–500 字）。", "Say why, in 1–500 characters.").into());
    }
    let tx = company.store.write().await?;
    let mut row = locked(company, &tx, id).await?;
    if row.status != WAITING {
        return Err(no_longer_waiting());
    }
    let own = [Some(&row.asked_by), row.asked_for.as_ref(), row.user_id.as_ref()].into_iter().flatten().any(|id| *id == caller.id);
    if own {
        return Err(Problem::new(
            403,
            "own_change",
            "不能审批自己提出的或与自己有关的变更，请由另一位有审批权限的人处理。",
            "Nobody decides on a change they asked for or that is about them; another person who may approve has to.",
        )
        .with_rule(Permission::UsersApprove.name())
        .into());
    }
    let mut applied = None;
    match (approve, serde_json::from_str(&row.wanted)?, row.user_id.clone()) {
        (true, Wanted::Role { role, enable, relink, employee }, Some(user_id)) => {
            let change = users::Change { role, disabled: enable.then_some(false), employee: relink.then_some(employee), name: None };
            applied = Some(users::apply(company, &tx, &user_id, change).await?);
        }
        (false, Wanted::Invite { .. }, Some(user_id)) => {
            let change = users::Change { disabled: Some(true), ..users::Change::default() };
            applied = Some(users::apply(company, &tx, &user_id, change).await?);
        }
        _ => {}
    }
    close(company, &tx, &mut row, if approve { "approved" } else { "refused" }, Some(caller), reason).await?;
    tx.commit().await?;
    told(company, if approve { "access.change_approved" } else { "access.change_refused" }, &row, caller).await?;
    if let Some(applied) = applied {
        users::told(company, &applied, &caller.actor()).await?;
    }
    if let (true, Wanted::Notices(change)) = (approve, serde_json::from_str(&row.wanted)?) {
        notify::stated::make(company, &caller.actor(), &change).await?;
    }
    Ok(row)
}

fn asked(row: &Model, caller: &Caller) -> Result<()> {
    if row.asked_by == caller.id {
        return Ok(());
    }
    Err(Problem::new(403, "not_yours", "只有提出变更的人能做这一步。", "Only who asked for the change may do this.")
        .with_rule(Permission::UsersEdit.name())
        .into())
}

pub async fn withdraw(company: &Company, id: &str, caller: &Caller) -> Result<Model> {
    let tx = company.store.write().await?;
    let mut row = locked(company, &tx, id).await?;
    asked(&row, caller)?;
    if row.status != WAITING {
        return Err(no_longer_waiting());
    }
    close(company, &tx, &mut row, "withdrawn", Some(caller), None).await?;
    if let (Wanted::Invite { .. }, Some(user_id)) = (serde_json::from_str(&row.wanted)?, row.user_id.clone()) {
        users::apply(company, &tx, &user_id, users::Change { disabled: Some(true), ..users::Change::default() }).await?;
    }
    tx.commit().await?;
    told(company, "access.change_withdrawn", &row, caller).await?;
    Ok(row)
}

/// Two weeks on: what still waits lapses, as if it had been taken back.
pub async fn run_lapse(company: Arc<Company>, payload: Value) -> Result<()> {
    let Some(id) = payload["change"].as_str() else { return Ok(()) };
    let tx = company.store.write().await?;
    let mut row = match locked(&company, &tx, id).await {
        Ok(row) if row.status == WAITING && row.asked_at + LAPSE_US <= company.now() => row,
        Err(Error::Internal(e)) => return Err(Error::Internal(e)),
        // Decided, or gone with an erased person.
        _ => return Ok(()),
    };
    close(&company, &tx, &mut row, "lapsed", None, None).await?;
    if let (Wanted::Invite { .. }, Some(user_id)) = (serde_json::from_str(&row.wanted)?, row.user_id.clone()) {
        users::apply(&company, &tx, &user_id, users::Change { disabled: Some(true), ..users::Change::default() }).await?;
    }
    tx.commit().await?;
    told_by(&company, "access.change_lapsed", &row, &Actor::system("access")).await
}

/// What is shown once to who asked.
pub enum Collected {
    Link(OneTimeLink),
    Token(Box<token::Model>, String),
}

/// Takes the link or token of an approved change, once.
pub async fn collect(company: &Company, id: &str, caller: &Caller) -> Result<Collected> {
    let now = company.now();
    let tx = company.store.write().await?;
    let row = locked(company, &tx, id).await?;
    asked(&row, caller)?;
    let in_time = row.decided_at.is_some_and(|at| now - at < COLLECT_US);
    let wanted: Wanted = serde_json::from_str(&row.wanted)?;
    if row.status != "approved" || row.collected_at.is_some() || !in_time || matches!(wanted, Wanted::Role { .. } | Wanted::Notices(_)) {
        return Err(Problem::conflict(
            "nothing_to_collect",
            "没有可领取的内容：尚未批准、已领取，或批准已超过 7 天。请重新提出。",
            "There is nothing to take: not approved yet, taken already, or approved more than 7 days ago. Ask anew.",
        )
        .into());
    }
    Entity::update_many().col_expr(change::Column::CollectedAt, Expr::value(now)).filter(change::Column::Id.eq(id)).exec(&tx).await?;
    let purpose = match &wanted {
        Wanted::Reset { second_factor } => Purpose::Reset { drops_factors: *second_factor },
        _ => Purpose::Invite,
    };
    let collected = match (wanted, &row.user_id) {
        (Wanted::Token { name, scopes, sources, expires_at }, _) => {
            let new = tokens::NewToken { name, scopes, sources, expires_at };
            let (made, text) = tokens::insert(company, &tx, new, &caller.actor()).await?;
            Collected::Token(Box::new(made), text)
        }
        (_, Some(user_id)) => Collected::Link(invitations::issue(&tx, user_id, purpose, &caller.id, now).await?),
        (_, None) => return Err(Problem::not_found().into()),
    };
    tx.commit().await?;
    match &collected {
        Collected::Token(made, _) => tokens::told(company, made, &caller.actor()).await?,
        Collected::Link(_) => linked(company, row.user_id.as_deref().unwrap_or_default(), purpose, caller).await?,
    }
    Ok(collected)
}

/// The record that a link was made.
pub async fn linked(company: &Company, user_id: &str, purpose: Purpose, caller: &Caller) -> Result<()> {
    let employee = users::find(company, user_id).await?.and_then(|u| u.employee);
    let act = if purpose == Purpose::Invite { "access.invited" } else { "access.reset_issued" };
    let drops = matches!(purpose, Purpose::Reset { drops_factors: true });
    publish::act(company, act, &caller.actor(), json!({ "user": user_id, "second_factor": drops, "employee": employee })).await
}

/// Whoever is disabled asks for nothing any more, and nothing is asked for them.
pub async fn fall(tx: &DatabaseTransaction, user_id: &str, now: i64) -> Result<()> {
    for column in [change::Column::AskedBy, change::Column::AskedFor, change::Column::UserId] {
        Entity::update_many()
            .col_expr(change::Column::Status, Expr::value("withdrawn"))
            .col_expr(change::Column::DecidedAt, Expr::value(now))
            .filter(change::Column::Status.eq(WAITING))
            .filter(column.eq(user_id))
            .exec(tx)
            .await?;
    }
    Ok(())
}
