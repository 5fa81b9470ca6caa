//! What no role may be, whoever asks: refused by construction, not by custom.

use super::{Definition, Roles};
use crate::{
    access::{
        Caller, CallerKind,
        grants::{Field, Grants, Permission, Power, Reach},
        matrix::Role,
    },
    error::{FieldError, Problem, Result},
    said::Lang,
};

/// A role as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub like: Role,
    pub definition: Definition,
}

fn field(pointer: String, code: &str, zh: &str, en: &str, lang: Lang) -> FieldError {
    FieldError { pointer, code: code.into(), detail: if lang == Lang::En { en } else { zh }.to_owned() }
}

/// The grants it comes to, or everything that is wrong with it.
pub fn check(id: &str, wanted: &Wanted, lang: Lang) -> Result<Grants> {
    let mut errors = Vec::new();
    let length = wanted.name.trim().chars().count();
    if !(1..=40).contains(&length) || wanted.name.chars().any(char::is_control) {
        errors.push(field("/name".into(), "bad_name", "角色名称须为 1–40 个字。", "A role's name has 1–40 characters.", lang));
    }
    for (name, reach) in &wanted.definition.grants {
        let pointer = format!("/grants/{name}");
        match Permission::from_name(name) {
            None => errors.push(field(pointer, "unknown_permission", "没有这项权限。", "There is no such permission.", lang)),
            Some(p) if !p.reaches().contains(reach) => errors.push(field(
                pointer,
                "reach_not_possible",
                "这项权限不能只到这个范围，请在列出的范围中选择。",
                "This permission cannot reach that far and no further; choose one of the reaches offered.",
                lang,
            )),
            Some(_) => {}
        }
    }
    for (i, name) in wanted.definition.masked.iter().enumerate() {
        if Field::from_name(name).is_none() {
            errors.push(field(format!("/masked/{i}"), "unknown_field", "没有这个字段。", "There is no such field.", lang));
        }
    }
    if !errors.is_empty() {
        return Err(Problem::new(422, "invalid", "有内容需要改正，见各项说明。", "Some fields need mending; see each of them.").with_errors(errors).into());
    }
    let grants = wanted.definition.read();
    apart(&grants, lang)?;
    if grants.has(Permission::UsersApprove) && !grants.has(Permission::RolesSee) {
        let (zh, en) = (
            "批准权限变更的角色须能查看角色，否则看不到要批准的内容。请同时授予“查看角色”。",
            "A role that approves changes has to see roles, or it cannot see what it approves. Grant roles.see as well.",
        );
        let at = field(format!("/grants/{}", Permission::RolesSee), "approver_sees_roles", zh, en, lang);
        return Err(Problem::new(422, "approver_sees_roles", zh, en).with_rule(Permission::UsersApprove.name()).with_errors(vec![at]).into());
    }
    if id == Role::Admin.name() && !(grants.has(Permission::UsersEdit) && grants.has(Permission::RolesEdit)) {
        return Err(Problem::new(
            422,
            "administrator_keeps_users",
            "管理员角色必须保留“管理用户”和“管理角色”权限，否则再也没有人能管理登录。",
            "The administrator's role keeps users.edit and roles.edit: without them nobody could manage signing in any more.",
        )
        .with_rule(Permission::UsersEdit.name())
        .into());
    }
    Ok(grants)
}

/// Setting up and looking into people stay in different hands.
fn apart(grants: &Grants, lang: Lang) -> Result<()> {
    let of = |power| grants.list().into_iter().map(|(p, _)| p).filter(|p| p.power() == power).collect::<Vec<_>>();
    let (set_up, case) = (of(Power::SetUp), of(Power::Case));
    if set_up.is_empty() || case.is_empty() {
        return Ok(());
    }
    let errors = set_up
        .iter()
        .chain(&case)
        .map(|p| field(format!("/grants/{p}"), "set_up_and_cases", "与另一类权限不能同在一个角色。", "Cannot stand in one role with the other kind.", lang))
        .collect();
    let names = |list: &[Permission]| list.iter().map(|p| p.name()).collect::<Vec<_>>().join(", ");
    Err(Problem::new(
        422,
        "set_up_and_cases",
        format!("一个角色不能既管设置（{}）又能办案（{}）。请拆成两个角色，交给不同的人。", names(&set_up), names(&case)),
        format!("A role cannot both set up ({}) and look into people ({}). Make two roles and give them to different people.", names(&set_up), names(&case)),
    )
    .with_rule("separation")
    .with_errors(errors)
    .into())
}

/// Nobody widens or narrows what they themselves may do.
pub fn not_own(caller: &Caller, id: &str) -> Result<()> {
    match &caller.kind {
        CallerKind::User { role_id, .. } if role_id == id => Err(Problem::new(
            403,
            "own_role",
            "不能修改自己担任的角色。请由担任其他角色、有权限的同事修改。",
            "Nobody changes the role they hold themselves. Ask a colleague of another role who may.",
        )
        .with_rule(Permission::RolesEdit.name())
        .into()),
        CallerKind::User { .. } => Ok(()),
        CallerKind::Token { .. } => {
            Err(Problem::new(403, "person_needed", "修改角色须由本人登录后进行，令牌不可以。", "Roles are changed by a person who signed in, not by a token.")
                .with_rule(Permission::RolesEdit.name())
                .into())
        }
    }
}

/// Does the new one reach further into cases, alerts or content than the old one, or newly approve who does?
pub fn gains_case_access(old: &Grants, new: &Grants) -> bool {
    let leads_there = |p: &&Permission| p.power() == Power::Case || **p == Permission::UsersApprove;
    Permission::ALL.iter().filter(leads_there).any(|p| new.reach(*p) > old.reach(*p))
}

/// What is in force of this role; nothing before it exists.
pub fn before(roles: &Roles, id: &str) -> Grants {
    roles.get(id).map(|r| r.grants).unwrap_or_default()
}

/// One line of a change: what a permission reached and what it will reach.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct RoleDifference {
    pub permission: String,
    pub before: Reach,
    pub after: Reach,
}

pub fn differences(old: &Grants, new: &Grants) -> Vec<RoleDifference> {
    let line = |p: &Permission| RoleDifference { permission: p.name().into(), before: old.reach(*p), after: new.reach(*p) };
    Permission::ALL.iter().map(line).filter(|d| d.before != d.after).collect()
}
