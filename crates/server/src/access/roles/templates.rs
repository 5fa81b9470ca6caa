//! Sets of roles to begin with, for companies of three sizes. Applied after a look at what changes for whom; a company
//! goes on from there on the page of roles.

use super::{Definition, check::Wanted};
use crate::{
    access::{
        grants::{Field, Grants, Permission as P, Reach},
        matrix::Role,
    },
    said::Said,
};

pub struct Template {
    pub id: &'static str,
    pub name: Said,
    /// Whom it is for and what it decides.
    pub lead: Said,
    pub roles: Vec<(&'static str, Wanted)>,
}

pub fn find(id: &str) -> Option<Template> {
    all().into_iter().find(|t| t.id == id)
}

pub fn all() -> Vec<Template> {
    vec![small(), middle(), large()]
}

fn role(id: &'static str, name: &str, like: Role, grants: Grants) -> (&'static str, Wanted) {
    (id, Wanted { name: name.to_owned(), like, definition: Definition::of(&grants) })
}

/// One HR person does everything with people; the boss approves.
fn small() -> Template {
    let hr = Role::Hr.grants().with(Reach::All, &[P::CustomersEdit, P::ContractsEdit]);
    let owner = Role::Legal.grants().with(
        Reach::All,
        &[P::PeopleSee, P::ContractsSee, P::CustomersSee, P::PoliciesApprove, P::RestrictionsApprove, P::UsersApprove, P::RolesSee, P::LooksSee, P::LogSee],
    );
    let sales = Role::SalesManager.grants();
    Template {
        id: "small",
        name: Said::new("小型公司（约 50 人以内）", "Small company (up to about 50 people)"),
        lead: Said::new(
            "人事一人负责人员与调查，负责人（法务角色）批准限制、制度和办案授权；管理员只管设置。",
            "One person in HR does people and investigations; the owner (the role Legal) approves restrictions, policies and case access; the administrator only sets up.",
        ),
        roles: vec![
            role("hr", "人事", Role::Hr, hr),
            role("legal", "负责人", Role::Legal, owner),
            role("sales_manager", "销售主管", Role::SalesManager, sales),
            role("employee", "员工", Role::Employee, Role::Employee.grants()),
        ],
    }
}

/// As shipped: HR, legal, sales managers, an auditor.
fn middle() -> Template {
    Template {
        id: "middle",
        name: Said::new("中型公司（约 50–1000 人）", "Middle-sized company (about 50–1000 people)"),
        lead: Said::new(
            "系统自带的分工：人事调查、法务批准、销售经理看本团队、审计看谁看了什么。",
            "As shipped: HR investigates, legal approves, sales managers see their team, the auditor sees who saw what.",
        ),
        roles: vec![
            role("hr", "人事", Role::Hr, Role::Hr.grants()),
            role("legal", "法务", Role::Legal, Role::Legal.grants()),
            role("sales_manager", "销售经理", Role::SalesManager, Role::SalesManager.grants()),
            role("auditor", "审计", Role::Auditor, Role::Auditor.grants()),
            role("union", "工会", Role::Union, Role::Union.grants()),
            role("employee", "员工", Role::Employee, Role::Employee.grants()),
        ],
    }
}

/// Personnel work and investigations in different hands; managers see no pay and no contacts outside their team.
fn large() -> Template {
    let case = [P::AlertsSee, P::AlertsAct, P::CasesSee, P::CasesAct, P::CasesExport, P::ContentOpen, P::RecordsSee];
    let hr = Role::Hr.grants().without(&case).masking(&[Field::CustomersContacts, Field::CustomersAmounts]);
    let investigator = Grants::default()
        .with(Reach::Own, &[P::SelfSee, P::ContractsSee, P::RequestsSee, P::HandoversSee, P::HandoversAct])
        .with(Reach::All, &case)
        .with(
            Reach::All,
            &[P::PeopleSee, P::CustomersSee, P::CompaniesSee, P::CompaniesEdit, P::SourcesSee, P::QuarantineSee, P::LexiconSee, P::LexiconTry, P::LogSee],
        )
        .masking(&[Field::ContractsPay]);
    let sales = Role::SalesManager.grants().without(&[P::CustomersExport]).masking(&[Field::PeoplePhones]);
    let desk = Grants::default()
        .with(Reach::Own, &[P::SelfSee, P::PeopleSee, P::ContractsSee, P::RequestsSee, P::HandoversSee, P::HandoversAct])
        .with(Reach::All, &[P::CustomersSee, P::OutboxSee])
        .masking(&[Field::CustomersAmounts, Field::CustomersPreferences]);
    Template {
        id: "large",
        name: Said::new("大型公司（1000 人以上）", "Large company (more than 1000 people)"),
        lead: Said::new(
            "人事与调查分开：调查岗办案，人事管人员且看不到案件；销售经理不能导出；客服台可看客户但看不到金额与偏好。",
            "Personnel and investigations apart: investigators work cases, HR manages people and sees no case; sales managers do not export; the service desk sees customers without amounts and preferences.",
        ),
        roles: vec![
            role("hr", "人事", Role::Hr, hr),
            role("investigator", "调查", Role::Hr, investigator),
            role("legal", "法务", Role::Legal, Role::Legal.grants()),
            role("sales_manager", "销售经理", Role::SalesManager, sales),
            role("service_desk", "客服台", Role::Employee, desk),
            role("auditor", "审计", Role::Auditor, Role::Auditor.grants()),
            role("union", "工会", Role::Union, Role::Union.grants()),
            role("employee", "员工", Role::Employee, Role::Employee.grants()),
        ],
    }
}
