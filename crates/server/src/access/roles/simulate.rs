//! “As this person, may I …?” and “who may see this field?”: the same decision that a request meets, told step by step.
//!
//! What is *not* told: who is recused from whom beyond the person themselves, since a declared relation or a case is
//! nothing an administrator learns of here.

use super::Roles;
use crate::{
    access::{
        Caller, CallerKind, Grants, Permission, Reach, Standing,
        grants::{Field, Power},
        model::user,
        person, scope,
    },
    company::Company,
    customers,
    error::{Problem, Result},
    people,
    said::{Lang, Said},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct Simulate {
    /// A user's id; or `role` for somebody who does not exist yet.
    pub user: Option<String>,
    pub role: Option<String>,
    /// As if the person stood there.
    pub standing: Option<Standing>,
    /// Such as `customers.export`.
    pub permission: String,
    /// On this employee's data.
    pub employee: Option<String>,
    /// On this customer's.
    pub customer: Option<String>,
    /// And would this field be shown?
    pub field: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedStep {
    /// `role`, `standing`, `restriction`, `reach`, `recusal`, `field`.
    pub check: String,
    pub passed: bool,
    pub text: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Simulated {
    pub allowed: bool,
    /// The step that refuses; null when allowed.
    pub reason: Option<String>,
    pub steps: Vec<SimulatedStep>,
}

/// What a request would be decided on.
async fn as_caller(company: &Company, asked: &Simulate) -> Result<Caller> {
    let mut caller = match (&asked.user, &asked.role) {
        (Some(id), _) => {
            let who = user::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
            person::caller(company, who, Vec::new()).await?.ok_or_else(Problem::not_found)?
        }
        (None, Some(role)) => {
            let roles = company.roles();
            let role = roles.get(role).ok_or_else(Problem::not_found)?;
            Caller {
                kind: CallerKind::User { session: Vec::new(), role: role.like, role_id: role.id.clone() },
                id: String::new(),
                name: String::new(),
                employee: None,
                grants: role.grants,
                full: role.grants,
                must_enrol: false,
                standing: Standing::Active,
                limits: Arc::default(),
                recused: Arc::default(),
                apart: Arc::default(),
                tied: Arc::default(),
                sources: None,
            }
        }
        (None, None) => return Err(Problem::new(422, "nobody", "请选择一位用户或一个角色。", "Choose a user or a role.").into()),
    };
    if let Some(standing) = asked.standing {
        caller.standing = standing;
        caller.grants = person::leaves(caller.full, standing, &caller.limits);
    }
    Ok(caller)
}

pub async fn simulate(company: &Company, asked: &Simulate, lang: Lang) -> Result<Simulated> {
    let permission =
        Permission::from_name(&asked.permission).ok_or_else(|| Problem::new(422, "unknown_permission", "没有这项权限。", "There is no such permission."))?;
    let caller = as_caller(company, asked).await?;
    let mut steps = Vec::new();
    let mut step = |check: &str, passed: bool, said: Said| {
        steps.push(SimulatedStep { check: check.into(), passed, text: said.pick(lang).to_owned() });
        passed
    };
    let reach = caller.full.reach(permission);
    let mut on = step("role", reach > Reach::None, role_says(permission, reach));
    if on {
        let left = caller.standing.leaves(caller.full).reach(permission);
        on = step("standing", left > Reach::None, standing_says(caller.standing, left));
    }
    if on {
        let by = caller.limits.iter().find(|l| l.withholds().contains(&permission));
        let said = match by {
            Some(limit) => Said::new(format!("限制措施“{}”生效中", limit.title().zh), format!("A restriction is in force: {}", limit.title().en)),
            None => Said::new("没有限制措施涉及此项", "No restriction touches it"),
        };
        on = step("restriction", by.is_none(), said);
    }
    if on {
        let (passed, said) = reaches(company, &caller, permission, asked).await?;
        on = step("reach", passed, said);
    }
    if on && permission.power() == Power::Case {
        let own = asked.employee.as_deref().is_some_and(|e| caller.is(e));
        let said = if own {
            Said::new("本人须回避：谁都不能查看或处理关于自己的预警和案件", "Recused: nobody sees or works on alerts and cases about themselves")
        } else {
            Said::new(
                "本人不在回避之列；与当事人有申报的亲属关系或涉案的，系统另行回避，此处不显示",
                "Not the person themselves; declared relatives and those implicated are kept out by the system and not named here",
            )
        };
        on = step("recusal", !own, said);
    }
    if on && let Some(name) = &asked.field {
        let field = Field::from_name(name).ok_or_else(|| Problem::new(422, "unknown_field", "没有这个字段。", "There is no such field."))?;
        let sees = match &asked.employee {
            Some(employee) => caller.sees_of(field, employee),
            None => caller.sees(field),
        };
        let said = if sees {
            Said::new("该字段对此角色可见", "The field is shown to this role")
        } else {
            Said::new(
                "该字段已遮蔽：列表、详情、搜索、排序、导出、事件和报错中都不出现",
                "The field is masked: it is in no list, page, search, sort, export, event or error text",
            )
        };
        on = step("field", sees, said);
    }
    let reason = steps.iter().find(|s| !s.passed).map(|s| s.check.clone());
    Ok(Simulated { allowed: on, reason, steps })
}

fn reach_words(reach: Reach) -> (&'static str, &'static str) {
    match reach {
        Reach::None => ("无", "nothing"),
        Reach::Own => ("本人", "the own"),
        Reach::Team => ("本团队", "the team's"),
        Reach::All => ("全部", "everyone's"),
    }
}

fn role_says(permission: Permission, reach: Reach) -> Said {
    if reach == Reach::None {
        return Said::new(format!("角色没有“{permission}”权限"), format!("The role lacks {permission}"));
    }
    let (zh, en) = reach_words(reach);
    Said::new(format!("角色有“{permission}”权限，范围：{zh}"), format!("The role has {permission}, reaching {en}"))
}

fn standing_says(standing: Standing, left: Reach) -> Said {
    match (standing, left) {
        (Standing::Active, _) => Said::new("在职：不受影响", "At work: nothing is withheld"),
        (Standing::Resigning, Reach::None) => {
            Said::new("离职中：默认暂停导出、批量查看和归属变更（P16）", "Leaving: exports, bulk views and changes of ownership are withheld (P16)")
        }
        (Standing::Resigning, _) => Said::new("离职中：此项不受影响，工作照常", "Leaving: this is not withheld; work goes on"),
        (Standing::Left, Reach::None) => Said::new("已离职：公司数据已关闭，只保留本人页面", "Left: the company's data are closed; the own page stays"),
        (Standing::Left, _) => Said::new("已离职：本人资料、申请和交接仍可查看", "Left: the own documents, requests and handover stay"),
    }
}

async fn reaches(company: &Company, caller: &Caller, permission: Permission, asked: &Simulate) -> Result<(bool, Said)> {
    let seen = scope(caller, company, permission).await?;
    let db = company.store.read();
    if let Some(employee) = &asked.employee {
        if people::find(db, employee).await?.is_none() {
            return Err(Problem::new(422, "unknown_employee", "没有这个员工编号。", "There is no such employee number.").into());
        }
        let passed = seen.sees(employee);
        let said = if passed {
            Said::new("该员工在范围之内", "This employee is within reach")
        } else {
            Said::new("该员工不在范围之内；对此人显示为“没有找到”", "This employee is out of reach and looks as if not there")
        };
        return Ok((passed, said));
    }
    if let Some(customer) = &asked.customer {
        let served = customers::assignments(db, std::slice::from_ref(customer), None).await?;
        if customers::find(db, customer).await?.is_none() {
            return Err(Problem::new(422, "unknown_customer", "没有这个客户编号。", "There is no such customer.").into());
        }
        let passed = seen.filter().is_none() || served.iter().any(|a| seen.sees(&a.employee));
        let said = if passed {
            Said::new("该客户在范围之内", "This customer is within reach")
        } else {
            Said::new("该客户由范围之外的人服务；对此人显示为“没有找到”", "This customer is served by others and looks as if not there")
        };
        return Ok((passed, said));
    }
    let (zh, en) = reach_words(caller.grants.reach(permission));
    Ok((true, Said::new(format!("范围：{zh}"), format!("Reaches {en}"))))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FieldRole {
    pub role: String,
    pub name: Option<String>,
    pub reach: Reach,
    /// Masked though the row is shown.
    pub masked: bool,
    /// Who holds the role and can sign in, by name; at most 20.
    pub people: Vec<String>,
    pub more: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FieldSight {
    pub field: String,
    /// The permission that shows the row it stands in.
    pub permission: String,
    pub roles: Vec<FieldRole>,
}

/// Which roles, and who in them, may see a field, and how far.
pub async fn field(company: &Company, name: &str) -> Result<FieldSight> {
    let field = Field::from_name(name).ok_or_else(Problem::not_found)?;
    let roles: Arc<Roles> = company.roles();
    let users = user::Entity::find().filter(user::Column::Disabled.eq(false)).all(company.store.read()).await?;
    let permission = field.shown_with();
    let of =
        |grants: &Grants, id: &str| users.iter().filter(|u| u.role == id && grants.reach(permission) > Reach::None).map(|u| u.name.clone()).collect::<Vec<_>>();
    let roles = roles
        .list()
        .into_iter()
        .map(|r| {
            let mut people = of(&r.grants, &r.id);
            let more = people.len().saturating_sub(20);
            people.truncate(20);
            let masked = r.grants.masks(field) && r.grants.has(permission);
            FieldRole { role: r.id.clone(), name: r.name.clone(), reach: field.reach(&r.grants), masked, people, more }
        })
        .collect();
    Ok(FieldSight { field: field.name().into(), permission: permission.name().into(), roles })
}
