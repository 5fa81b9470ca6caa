//! What a person does to a role: make, change, remove, agree to. Each act is checked, recorded, and answered after the
//! commit.

use super::{
    Definition, Roles,
    check::{self, Wanted},
    follow::KIND,
};
use crate::{
    access::{
        Caller, Permission,
        identity::changes,
        matrix::Role,
        model::{role_version, user},
    },
    company::Company,
    error::{Error, Problem, Result},
    said::Lang,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

/// What became of a change.
pub struct Saved {
    pub id: String,
    pub version: i32,
    /// A second person has to agree before it is in force.
    pub waits: bool,
}

/// Would this change wait for a second person?
pub async fn waits(company: &Company, caller: &Caller, id: &str, new: &crate::access::Grants, demo: bool) -> Result<bool> {
    let about = changes::About { user: None, role: Some(id) };
    Ok(check::gains_case_access(&check::before(&company.roles(), id), new) && changes::second_person(company, caller, about, demo).await?)
}

async fn next_version(company: &Company, id: &str) -> Result<i32> {
    use role_version::Column as V;
    let newest = role_version::Entity::find().filter(V::Role.eq(id)).order_by_desc(V::Version).one(company.store.read()).await?;
    Ok(newest.map_or(1, |v| v.version + 1))
}

fn stale() -> Error {
    Problem::conflict(
        "role_changed_meanwhile",
        "这个角色刚被别人修改过。请重新打开，看过新的内容后再改。",
        "Somebody has just changed this role. Open it again, read what is there now, then change it.",
    )
    .into()
}

fn reason_of(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if (2..=500).contains(&reason.chars().count()) {
        return Ok(reason.to_owned());
    }
    Err(Problem::new(
        422,
        "reason_missing",
        "请写明修改理由（2–500 字），它会随修改一起存证。",
        "Give the reason (2–500 characters); it is recorded with the change.",
    )
    .into())
}

async fn publish(company: &Company, caller: &Caller, data: Value) -> Result<()> {
    let Value::Object(data) = data else { return Ok(()) };
    company.publish("access", KIND, &caller.actor(), None, Vec::new(), data).await?;
    Ok(())
}

/// Changes a role to what is wanted, or makes one. `seen` is the version the person had before them: whoever comes
/// second is told and overwrites nothing.
pub async fn save(company: &Company, caller: &Caller, id: &str, wanted: Wanted, seen: i32, reason: &str, demo: bool, lang: Lang) -> Result<Saved> {
    caller.require(Permission::RolesEdit)?;
    check::not_own(caller, id)?;
    let grants = check::check(id, &wanted, lang)?;
    let reason = reason_of(reason)?;
    // The version first, then what is there, from the database: whoever saves in between either shows in the second or
    // has taken the first.
    let version = next_version(company, id).await?;
    let roles = Roles::load(&company.store).await?;
    let present = roles.get(id);
    if present.map_or(0, |r| r.version) != seen {
        return Err(stale());
    }
    if roles.list().iter().any(|r| r.id != id && r.name.as_deref() == Some(wanted.name.trim())) {
        return Err(Problem::conflict("name_taken", "已有同名角色，请换一个名称。", "Another role has this name; choose another.").into());
    }
    // What kind a shipped role is stays as shipped: it decides the first page and who counts as an administrator.
    let like = Role::from_name(id).unwrap_or(wanted.like);
    let waits = waits(company, caller, id, &grants, demo).await?;
    let before = present.map(|r| Definition::of(&r.grants));
    let data = json!({
        "role": id, "version": version, "state": if waits { "waiting" } else { "in_force" }, "name": wanted.name.trim(), "like": like.name(),
        "definition": Definition::of(&grants), "before": before, "reason": reason,
    });
    if let Err(error) = publish(company, caller, data).await {
        // Two people may save in the same instant: a version is written once, the later one is told.
        return Err(if next_version(company, id).await? == version { error } else { stale() });
    }
    Ok(Saved { id: id.to_owned(), version, waits })
}

/// Removes a role of the company's own that nobody holds.
pub async fn remove(company: &Company, caller: &Caller, id: &str, reason: &str) -> Result<()> {
    caller.require(Permission::RolesEdit)?;
    let roles = company.roles();
    let present = roles.get(id).ok_or_else(Problem::not_found)?;
    if Role::from_name(id).is_some() {
        return Err(Problem::conflict(
            "shipped_role",
            "系统自带的角色不能删除；不需要时可以收回它的权限。",
            "A role that comes with the system cannot be removed; take its permissions away if you do not need it.",
        )
        .into());
    }
    check::not_own(caller, id)?;
    let held = user::Entity::find().filter(user::Column::Role.eq(id)).count(company.store.read()).await?;
    if held > 0 {
        return Err(Problem::conflict(
            "role_in_use",
            format!("还有 {held} 人担任这个角色，不能删除。请先为他们改换角色。"),
            format!("{held} people hold this role; give them another role first."),
        )
        .into());
    }
    let reason = reason_of(reason)?;
    let version = next_version(company, id).await?;
    let data = json!({
        "role": id, "version": version, "state": "removed", "name": present.name, "like": present.like.name(),
        "definition": Definition::default(), "before": Definition::of(&present.grants), "reason": reason,
    });
    publish(company, caller, data).await
}

/// A second person agrees to a role that gains case access, or does not.
pub async fn decide(company: &Company, caller: &Caller, id: &str, version: i32, agree: bool, reason: &str) -> Result<()> {
    use role_version::Column as V;
    caller.require(Permission::UsersApprove)?;
    check::not_own(caller, id)?;
    let found = role_version::Entity::find().filter(V::Role.eq(id)).filter(V::Version.eq(version)).one(company.store.read()).await?;
    let row = found.ok_or_else(Problem::not_found)?;
    if row.state != "waiting" {
        return Err(Problem::conflict("already_decided", "这次修改已经有了结论。", "This change was decided already.").into());
    }
    if row.by_id == caller.id {
        return Err(Problem::new(
            403,
            "second_person_needed",
            "扩大办案权限须由另一人同意，不能自己批准自己的修改。",
            "Somebody else has to agree to more case access; nobody approves their own change.",
        )
        .with_rule(Permission::UsersApprove.name())
        .into());
    }
    let in_force = company.roles().get(id).map_or(0, |r| r.version);
    if agree && in_force > version {
        return Err(stale());
    }
    let reason = reason_of(reason)?;
    let definition: Definition = serde_json::from_str(&row.definition)?;
    let data = json!({
        "role": id, "version": version, "state": if agree { "approved" } else { "refused" }, "name": row.name, "like": row.like_role,
        "definition": definition, "reason": reason,
    });
    publish(company, caller, data).await
}
