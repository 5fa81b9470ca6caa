//! Who is calling: a person with a session, or a program with a token.

use super::{
    grants::{Field, Grants, Permission},
    matrix::{Role, TokenScope},
    standing::Standing,
};
use crate::{
    company::Actor,
    error::{Error, Problem, Result},
    restrictions::Limit,
};
use axum::{extract::FromRequestParts, http::request::Parts};
use std::{collections::HashSet, sync::Arc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerKind {
    /// `session` is the hash under which the session is kept.
    User {
        session: Vec<u8>,
        /// The shipped role that the own one is a kind of.
        role: Role,
        role_id: String,
    },
    Token {
        scopes: Vec<TokenScope>,
    },
}

/// The caller of this request. As an extractor it refuses the anonymous; `Option<Caller>` lets them in.
#[derive(Debug, Clone)]
pub struct Caller {
    pub kind: CallerKind,
    /// User or token id.
    pub id: String,
    pub name: String,
    /// The employee number of the person who signed in, if known.
    pub employee: Option<String>,
    /// What is allowed now: the role or the scopes, less what the standing withholds.
    pub grants: Grants,
    /// What it would be if the person were not leaving.
    pub full: Grants,
    pub standing: Standing,
    /// What restrictions in force stop for this person.
    pub limits: Arc<[Limit]>,
    /// Employees whose cases and alerts are kept from this person: relatives, and those in whose case they are implicated.
    /// They themselves are not in it; ask [`Caller::is_recused_from`].
    pub recused: Arc<HashSet<String>>,
    /// Of them those whom they keep apart from in ordinary work too: none where nobody else could do it.
    pub apart: Arc<HashSet<String>>,
    /// Of these those whose tie stands outside any case, so that a refusal may name it.
    pub tied: Arc<HashSet<String>>,
    /// The company wants a second factor of this person, who has none: nothing but the own account is open.
    pub must_enrol: bool,
    /// The sources a token is bound to; `None` is all.
    pub sources: Option<Vec<String>>,
}

impl Caller {
    pub fn has(&self, permission: Permission) -> bool {
        self.grants.has(permission)
    }

    /// May this field be shown, searched, sorted by and exported for this caller?
    pub fn sees(&self, field: Field) -> bool {
        !self.grants.masks(field)
    }

    /// The same where it is known whose row it is: what is one's own is never masked.
    pub fn sees_of(&self, field: Field, employee: &str) -> bool {
        self.sees(field) || self.is(employee)
    }

    pub fn is(&self, employee: &str) -> bool {
        self.employee.as_deref() == Some(employee)
    }

    /// 回避: nobody reads, works on or learns of what is found about themselves, a relative, or a matter they are
    /// implicated in.
    pub fn is_recused_from(&self, employee: &str) -> bool {
        self.is(employee) || self.recused.contains(employee)
    }

    /// 回避 in ordinary work: nobody arranges what concerns somebody they are tied to. Where the tie is known outside any
    /// case the refusal names it; where only a case knows of it the answer is that of somebody out of reach, since a case
    /// is a secret. What concerns oneself each room refuses in its own words.
    pub fn impartial(&self, employee: &str) -> Result<()> {
        if self.tied.contains(employee) {
            return Err(Problem::new(
                403,
                "recused",
                "您与这位员工登记有亲属或利害关系（或账号未关联工号而姓名相同），须回避其人事、交接和客户事项，请由其他有权限的同事办理。登记有误的，请更正利益申报，或请管理员为账号关联工号。",
                "You are tied to this employee (a declared relation, or your account has no number and the same name), so their file, handover and customers are arranged by a colleague. If that is wrong, have the declaration corrected or the account linked to its number.",
            )
            .with_rule("recusal")
            .into());
        }
        if self.apart.contains(employee) { Err(Problem::not_found().into()) } else { Ok(()) }
    }

    /// Everybody this caller keeps out of in ordinary work, oneself included.
    pub fn keeps_out_of(&self) -> Vec<String> {
        self.apart.iter().chain(&self.employee).cloned().collect()
    }

    /// Everybody this caller is recused from, oneself included.
    pub fn recusals(&self) -> Vec<String> {
        self.recused.iter().chain(&self.employee).cloned().collect()
    }

    /// Refuses with the permission's name.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.has(permission) { Ok(()) } else { Err(self.refused(permission)) }
    }

    pub fn refused(&self, permission: Permission) -> Error {
        if self.must_enrol {
            return enrol_first();
        }
        if self.full.has(permission) && !self.has(permission) {
            if let Some(limit) = self.limits.iter().find(|l| l.withholds().contains(&permission))
                && self.standing.leaves(self.full).has(permission)
            {
                return limit.refusal();
            }
            return withheld(self.standing);
        }
        match self.kind {
            CallerKind::User { .. } => Problem::forbidden(permission.name()).into(),
            CallerKind::Token { .. } => Problem::new(
                403,
                "forbidden",
                format!("这个令牌的范围不含“{permission}”权限。请用带有相应范围的令牌重试。"),
                format!("This token's scopes lack the permission “{permission}”. Use a token that has the scope."),
            )
            .with_rule(permission.name())
            .into(),
        }
    }

    /// May this caller write records of that source? `/probity/*` is nobody's but the system's.
    pub fn may_write_to(&self, source: &str) -> bool {
        self.has(Permission::RecordsWrite) && self.sources.as_ref().is_none_or(|bound| bound.iter().any(|s| s == source))
    }

    /// As written into looks, case events and the system's own records.
    pub fn actor(&self) -> Actor {
        let kind = match self.kind {
            CallerKind::User { .. } => "user",
            CallerKind::Token { .. } => "token",
        };
        Actor { kind, id: self.id.clone(), name: self.name.clone() }
    }

    pub fn role(&self) -> Option<Role> {
        match self.kind {
            CallerKind::User { role, .. } => Some(role),
            CallerKind::Token { .. } => None,
        }
    }

    /// The user's id, where only a person makes sense (assignee, opened by).
    pub fn user_id(&self) -> Option<&str> {
        matches!(self.kind, CallerKind::User { .. }).then_some(self.id.as_str())
    }
}

/// The refusal of what the role allows and leaving takes away.
fn withheld(standing: Standing) -> Error {
    if standing == Standing::Left {
        return Problem::new(
            403,
            "left",
            "您已离职，公司数据已对您关闭。您仍可在“我的”页面查看本人资料、提出申请、查看交接并提出异议。",
            "You have left the company and its data are closed to you. Your own page still shows your documents, requests and handover.",
        )
        .with_rule("standing.left")
        .into();
    }
    Problem::new(
        403,
        "frozen",
        "离职交接期间，导出、批量查看和更改客户归属已暂停，日常工作不受影响。如因此无法正常工作，请联系人事提出异议。",
        "While you are leaving, exports, bulk views and changes of whose a customer is are paused; ordinary work goes on. If this stops your work, object to HR.",
    )
    .with_rule("P16")
    .into()
}

/// The refusal of everything until the person has the second factor that the company asks for.
fn enrol_first() -> Error {
    Problem::new(
        403,
        "second_factor_missing",
        "公司要求有办案权限的账号使用第二因素。请先在“我的账号与安全”里启用验证器或通行密钥。",
        "The company wants a second factor of accounts that reach cases. Turn on an authenticator app or a passkey under “My account” first.",
    )
    .with_rule("second_factor_required")
    .into()
}

/// What to answer to someone who has to sign in first.
pub fn sign_in_needed() -> Error {
    Problem::new(
        401,
        "sign_in_needed",
        "请先登录，或在 Authorization 头中带上令牌（Bearer …）。登录可能已过期，重新登录即可。",
        "Sign in first, or send a token in the Authorization header (Bearer …). A session may have expired; sign in again.",
    )
    .into()
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(sign_in_needed)
    }
}

impl<S: Send + Sync> axum::extract::OptionalFromRequestParts<S> for Caller {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>> {
        Ok(parts.extensions.get::<Caller>().cloned())
    }
}
