//! The permission matrix as shipped: roles and token scopes to permissions, and every route's rule. One file, so that
//! the whole answer to “who may” can be read at once; a test fails for a route that has no rule here.

pub use super::grants::{Field, Grants, Permission, Reach};

/// What a person is in this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 人事
    Hr,
    /// 法务
    Legal,
    /// 销售经理
    SalesManager,
    /// 审计、个保负责人
    Auditor,
    /// 管理员
    Admin,
    /// 工会
    Union,
    /// 员工
    Employee,
}

impl Role {
    pub const ALL: [Role; 7] = [Role::Hr, Role::Legal, Role::SalesManager, Role::Auditor, Role::Admin, Role::Union, Role::Employee];

    pub fn name(self) -> &'static str {
        match self {
            Self::Hr => "hr",
            Self::Legal => "legal",
            Self::SalesManager => "sales_manager",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
            Self::Union => "union",
            Self::Employee => "employee",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }

    /// What the role may do as shipped; a company changes it on the page of roles.
    pub fn grants(self) -> Grants {
        use Permission::*;
        let none = Grants::default().with(Reach::Own, &OWN);
        match self {
            // HR and legal investigate: alerts, cases, content under a case. They change no source and no user.
            Self::Hr => none.with(Reach::All, &INVESTIGATE).with(
                Reach::All,
                &[
                    PeopleEdit,
                    PeopleExport,
                    // Lists of employees come as sheets.
                    ImportsRun,
                    ContractsSee,
                    ContractsEdit,
                    AssetsSee,
                    AssetsEdit,
                    PoliciesEdit,
                    RequestsSee,
                    RequestsAnswer,
                    CustomersAssign,
                    HandoversSee,
                    HandoversStart,
                    HandoversReview,
                    HandoversExport,
                    ProcessesEdit,
                    LeavingAct,
                    RestrictionsSee,
                    RestrictionsPropose,
                    OutboxSee,
                    OutboxSend,
                ],
            ),
            Self::Legal => none.with(Reach::All, &INVESTIGATE).with(
                Reach::All,
                &[
                    ContractsSee,
                    AssetsSee,
                    PoliciesEdit,
                    PoliciesApprove,
                    RequestsSee,
                    RequestsAnswer,
                    HandoversSee,
                    HandoversReview,
                    HandoversExport,
                    RestrictionsSee,
                    RestrictionsApprove,
                    OutboxSee,
                    UsersApprove,
                    // What they approve may be a change of a role.
                    RolesSee,
                ],
            ),
            // The own team's alerts, people and customers, without content.
            Self::SalesManager => none
                .with(
                    Reach::Team,
                    &[
                        AlertsSee,
                        PeopleSee,
                        AssetsSee,
                        CustomersSee,
                        CustomersEdit,
                        CustomersAssign,
                        CustomersExport,
                        HandoversSee,
                        HandoversReview,
                        RestrictionsSee,
                        RestrictionsPropose,
                        OutboxSee,
                        OutboxSend,
                    ],
                )
                .masking(&[Field::PeopleInterests, Field::ContractsPay]),
            Self::Auditor => none.with(Reach::All, &[LooksSee, LogSee, RolesSee, UsersSee, UsersApprove, RestrictionsSee]),
            // Sets up and connects; sees no case and no alert.
            Self::Admin => none.with(Reach::All, &SET_UP).with(Reach::All, &[RolesSee, RolesEdit]),
            // The customers one serves oneself.
            Self::Employee => none.with(Reach::Own, &[CustomersSee, CustomersEdit]),
            Self::Union => none,
        }
    }
}

/// What everyone may do about themselves, whatever their office.
const OWN: [Permission; 6] =
    [Permission::SelfSee, Permission::PeopleSee, Permission::ContractsSee, Permission::RequestsSee, Permission::HandoversSee, Permission::HandoversAct];

const INVESTIGATE: [Permission; 17] = [
    Permission::AlertsSee,
    Permission::AlertsAct,
    Permission::CasesSee,
    Permission::CasesAct,
    Permission::CasesExport,
    Permission::ContentOpen,
    Permission::PeopleSee,
    Permission::CustomersSee,
    Permission::CompaniesSee,
    Permission::CompaniesEdit,
    Permission::RecordsSee,
    Permission::SourcesSee,
    Permission::QuarantineSee,
    Permission::UsersSee,
    Permission::LexiconSee,
    Permission::LexiconTry,
    Permission::LogSee,
];

const SET_UP: [Permission; 17] = [
    Permission::SourcesSee,
    Permission::SourcesEdit,
    Permission::TokensEdit,
    Permission::UsersSee,
    Permission::UsersEdit,
    Permission::ImportsRun,
    Permission::QuarantineSee,
    Permission::QuarantineAct,
    Permission::LexiconSee,
    Permission::LexiconTry,
    Permission::LexiconEdit,
    Permission::CompaniesSee,
    Permission::CompaniesEdit,
    Permission::CompanyEdit,
    Permission::SignalsRun,
    Permission::LogSee,
    Permission::LogEdit,
];

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
pub enum TokenScope {
    Ingest,
    Read,
    Cases,
    Admin,
}

impl TokenScope {
    pub const ALL: [TokenScope; 4] = [TokenScope::Ingest, TokenScope::Read, TokenScope::Cases, TokenScope::Admin];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Read => "read",
            Self::Cases => "cases",
            Self::Admin => "admin",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    pub fn grants(self) -> Grants {
        use Permission::*;
        match self {
            Self::Ingest => Grants::everywhere(&[RecordsWrite]),
            // Alerts, chains, envelopes, log: never content.
            Self::Read => Grants::everywhere(&[AlertsSee, PeopleSee, CustomersSee, CompaniesSee, RecordsSee, SourcesSee, LexiconSee, LogSee, RestrictionsSee]),
            Self::Cases => Grants::everywhere(&[ContentOpen, CasesSee, CasesAct, CasesExport, AlertsSee, AlertsAct, RecordsSee]),
            // Set-up without case access.
            Self::Admin => Grants::everywhere(&SET_UP),
        }
    }
}

/// Who may call a route at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Anyone, before signing in.
    Anyone,
    /// Anyone who signed in or holds a valid token.
    SignedIn,
    /// Whoever has one of these.
    Any(&'static [Permission]),
    /// `log.see`, or anyone when `PROBITY_LOG_PUBLIC` is set.
    LogReader,
    /// `log.see`, or a scraper on this machine: the numbers show how active the company is.
    Metrics,
}

use Permission as P;
use Rule::{Any, Anyone, LogReader, Metrics, SignedIn};

/// Every route: method, path as the router has it, rule.
pub const ROUTES: &[(&str, &str, Rule)] = &[
    // signing in, set-up, people who sign in
    ("GET", "/api/v1/session", Anyone),
    ("POST", "/api/v1/session", Anyone),
    ("DELETE", "/api/v1/session", Anyone),
    ("GET", "/api/v1/session/demo", Anyone),
    ("POST", "/api/v1/setup", Anyone),
    ("GET", "/api/v1/company", SignedIn),
    ("PUT", "/api/v1/company", Any(&[P::CompanyEdit])),
    ("GET", "/api/v1/users", Any(&[P::UsersSee])),
    ("POST", "/api/v1/users", Any(&[P::UsersEdit])),
    ("PATCH", "/api/v1/users/{id}", Any(&[P::UsersEdit])),
    ("POST", "/api/v1/users/{id}/invitation", Any(&[P::UsersEdit])),
    ("POST", "/api/v1/users/{id}/reset", Any(&[P::UsersEdit])),
    ("DELETE", "/api/v1/users/{id}/sessions", Any(&[P::UsersEdit])),
    ("GET", "/api/v1/user-changes", Any(&[P::UsersApprove, P::UsersEdit, P::TokensEdit])),
    ("POST", "/api/v1/user-changes/{id}/decide", Any(&[P::UsersApprove])),
    ("POST", "/api/v1/user-changes/{id}/withdraw", Any(&[P::UsersEdit, P::TokensEdit])),
    ("POST", "/api/v1/user-changes/{id}/collect", Any(&[P::UsersEdit, P::TokensEdit])),
    ("GET", "/api/v1/sign-in-rules", Any(&[P::UsersSee])),
    ("PUT", "/api/v1/sign-in-rules", Any(&[P::UsersEdit])),
    ("POST", "/api/v1/invitations/look", Anyone),
    ("POST", "/api/v1/invitations/accept", Anyone),
    ("POST", "/api/v1/session/passkey/start", Anyone),
    ("POST", "/api/v1/session/passkey", Anyone),
    // the own account
    ("GET", "/api/v1/account", SignedIn),
    ("POST", "/api/v1/account/password", SignedIn),
    ("POST", "/api/v1/account/totp", SignedIn),
    ("POST", "/api/v1/account/totp/confirm", SignedIn),
    ("POST", "/api/v1/account/totp/off", SignedIn),
    ("POST", "/api/v1/account/recovery-codes", SignedIn),
    ("POST", "/api/v1/account/passkeys/start", SignedIn),
    ("POST", "/api/v1/account/passkeys", SignedIn),
    ("POST", "/api/v1/account/passkeys/{id}/remove", SignedIn),
    ("GET", "/api/v1/account/sessions", SignedIn),
    ("DELETE", "/api/v1/account/sessions/{id}", SignedIn),
    ("POST", "/api/v1/account/sessions/end-others", SignedIn),
    ("GET", "/api/v1/tokens", Any(&[P::TokensEdit])),
    ("POST", "/api/v1/tokens", Any(&[P::TokensEdit])),
    ("DELETE", "/api/v1/tokens/{id}", Any(&[P::TokensEdit])),
    ("GET", "/api/v1/events", SignedIn),
    ("GET", "/api/v1/overview", SignedIn),
    ("GET", "/api/v1/looks", Any(&[P::LooksSee])),
    ("GET", "/api/v1/accesses", Any(&[P::LooksSee])),
    ("GET", "/api/v1/me/accesses", Any(&[P::SelfSee])),
    // roles
    ("GET", "/api/v1/roles", Any(&[P::RolesSee])),
    ("POST", "/api/v1/roles", Any(&[P::RolesEdit])),
    ("POST", "/api/v1/roles/preview", Any(&[P::RolesSee])),
    ("POST", "/api/v1/roles/simulate", Any(&[P::RolesSee])),
    ("GET", "/api/v1/roles/fields/{field}", Any(&[P::RolesSee])),
    ("GET", "/api/v1/roles/waiting", Any(&[P::UsersApprove, P::UsersEdit, P::RolesSee])),
    ("GET", "/api/v1/roles/templates", Any(&[P::RolesSee])),
    ("POST", "/api/v1/roles/templates/{id}", Any(&[P::RolesEdit])),
    ("PUT", "/api/v1/roles/{id}", Any(&[P::RolesEdit])),
    ("DELETE", "/api/v1/roles/{id}", Any(&[P::RolesEdit])),
    ("GET", "/api/v1/roles/{id}/versions", Any(&[P::RolesSee])),
    ("POST", "/api/v1/roles/{id}/decide", Any(&[P::UsersApprove])),
    // restrictions
    ("GET", "/api/v1/restrictions", Any(&[P::RestrictionsSee])),
    ("POST", "/api/v1/restrictions", Any(&[P::RestrictionsPropose])),
    ("POST", "/api/v1/restrictions/preview", Any(&[P::RestrictionsPropose, P::RestrictionsApprove])),
    ("GET", "/api/v1/restrictions/{id}", Any(&[P::RestrictionsSee])),
    ("POST", "/api/v1/restrictions/{id}/decide", Any(&[P::RestrictionsApprove])),
    ("POST", "/api/v1/restrictions/{id}/lift", Any(&[P::RestrictionsPropose, P::RestrictionsApprove])),
    ("POST", "/api/v1/restrictions/{id}/answer", Any(&[P::RestrictionsApprove])),
    ("GET", "/api/v1/me/restrictions", Any(&[P::SelfSee])),
    ("POST", "/api/v1/me/restrictions/{id}/appeal", Any(&[P::SelfSee])),
    ("GET", "/api/v1/employees/{number}/restrictions", Any(&[P::RestrictionsSee])),
    ("GET", "/api/v1/freeze", Any(&[P::RestrictionsSee, P::CompanyEdit])),
    ("PUT", "/api/v1/freeze", Any(&[P::CompanyEdit])),
    // records in
    ("GET", "/api/v1/sources", Any(&[P::SourcesSee])),
    ("PUT", "/api/v1/sources", Any(&[P::SourcesEdit])),
    ("POST", "/api/v1/records", Any(&[P::RecordsWrite])),
    ("PUT", "/api/v1/blobs/{sha256}", Any(&[P::RecordsWrite, P::CasesAct, P::PoliciesEdit, P::ContractsEdit, P::LeavingAct])),
    ("POST", "/api/v1/blobs/{sha256}/open", Any(&[P::ContentOpen])),
    ("GET", "/api/v1/records", Any(&[P::RecordsSee])),
    ("GET", "/api/v1/records/{id}", Any(&[P::RecordsSee])),
    ("POST", "/api/v1/records/open", Any(&[P::ContentOpen])),
    ("POST", "/api/v1/sources/approve", Any(&[P::SourcesEdit])),
    ("GET", "/api/v1/quarantine", Any(&[P::QuarantineSee])),
    ("POST", "/api/v1/quarantine/{id}/release", Any(&[P::QuarantineAct])),
    ("GET", "/api/v1/imports", Any(&[P::ImportsRun])),
    ("POST", "/api/v1/imports", Any(&[P::ImportsRun])),
    ("GET", "/api/v1/imports/{id}", Any(&[P::ImportsRun])),
    ("DELETE", "/api/v1/imports/{id}", Any(&[P::ImportsRun])),
    ("POST", "/api/v1/imports/{id}/dry-run", Any(&[P::ImportsRun])),
    ("POST", "/api/v1/imports/{id}/run", Any(&[P::ImportsRun])),
    // people, customers, companies
    ("GET", "/api/v1/employees", Any(&[P::PeopleSee])),
    ("GET", "/api/v1/employees/{number}", Any(&[P::PeopleSee])),
    ("POST", "/api/v1/employees", Any(&[P::PeopleEdit])),
    ("POST", "/api/v1/employees/export", Any(&[P::PeopleExport])),
    ("PATCH", "/api/v1/employees/{number}", Any(&[P::PeopleEdit])),
    ("POST", "/api/v1/employees/{number}/moves", Any(&[P::PeopleEdit])),
    ("POST", "/api/v1/employees/{number}/confirmation", Any(&[P::PeopleEdit])),
    ("POST", "/api/v1/employees/{number}/interests", Any(&[P::PeopleEdit])),
    ("POST", "/api/v1/employees/{number}/resignation", Any(&[P::LeavingAct])),
    ("POST", "/api/v1/employees/{number}/resignation/withdrawal", Any(&[P::LeavingAct])),
    ("POST", "/api/v1/employees/{number}/departure", Any(&[P::LeavingAct])),
    ("GET", "/api/v1/employees/{number}/history", Any(&[P::PeopleSee])),
    ("GET", "/api/v1/departments", Any(&[P::PeopleSee])),
    ("GET", "/api/v1/interests/matches", Any(&[P::CompaniesSee])),
    ("POST", "/api/v1/interests/reviews", Any(&[P::PeopleEdit])),
    ("GET", "/api/v1/contracts", Any(&[P::ContractsSee])),
    ("GET", "/api/v1/employees/{number}/contracts", Any(&[P::ContractsSee])),
    ("POST", "/api/v1/employees/{number}/contracts", Any(&[P::ContractsEdit])),
    ("POST", "/api/v1/contracts/{id}/end", Any(&[P::ContractsEdit])),
    ("GET", "/api/v1/contracts/{id}/file", Any(&[P::ContractsSee, P::SelfSee])),
    ("GET", "/api/v1/assets", Any(&[P::AssetsSee])),
    ("POST", "/api/v1/assets", Any(&[P::AssetsEdit])),
    ("POST", "/api/v1/assets/{id}/return", Any(&[P::AssetsEdit])),
    ("GET", "/api/v1/policies", Any(&[P::PoliciesEdit, P::PoliciesApprove])),
    ("POST", "/api/v1/policies", Any(&[P::PoliciesEdit])),
    ("GET", "/api/v1/policies/{id}", Any(&[P::PoliciesEdit, P::PoliciesApprove])),
    ("PUT", "/api/v1/policies/{id}", Any(&[P::PoliciesEdit])),
    ("POST", "/api/v1/policies/{id}/publish", Any(&[P::PoliciesApprove])),
    ("POST", "/api/v1/policies/{id}/withdraw", Any(&[P::PoliciesApprove])),
    ("GET", "/api/v1/policies/{id}/acknowledgements", Any(&[P::PoliciesEdit, P::PoliciesApprove])),
    ("GET", "/api/v1/policies/{id}/files/{sha256}", Any(&[P::PoliciesEdit, P::PoliciesApprove])),
    ("GET", "/api/v1/requests", Any(&[P::RequestsSee])),
    ("POST", "/api/v1/requests/{id}/answer", Any(&[P::RequestsAnswer])),
    // about oneself
    ("GET", "/api/v1/me", Any(&[P::SelfSee])),
    ("GET", "/api/v1/me/todo", Any(&[P::SelfSee])),
    ("GET", "/api/v1/me/holdings", Any(&[P::SelfSee])),
    ("GET", "/api/v1/me/assets", Any(&[P::SelfSee])),
    ("POST", "/api/v1/me/assets/{id}/acknowledgement", Any(&[P::SelfSee])),
    ("GET", "/api/v1/me/policies", Any(&[P::SelfSee])),
    ("POST", "/api/v1/me/policies/{id}/acknowledgement", Any(&[P::SelfSee])),
    ("POST", "/api/v1/me/interests", Any(&[P::SelfSee])),
    ("GET", "/api/v1/me/requests", Any(&[P::SelfSee])),
    ("POST", "/api/v1/me/requests", Any(&[P::SelfSee])),
    ("POST", "/api/v1/me/resignation", Any(&[P::SelfSee])),
    ("POST", "/api/v1/me/resignation/withdrawal", Any(&[P::SelfSee])),
    ("GET", "/api/v1/employees/{number}/chains", Any(&[P::AlertsSee])),
    ("GET", "/api/v1/customers", Any(&[P::CustomersSee])),
    ("GET", "/api/v1/customers/{id}", Any(&[P::CustomersSee])),
    ("GET", "/api/v1/employees/{number}/customers", Any(&[P::CustomersSee])),
    ("PUT", "/api/v1/customers/{id}/contacts", Any(&[P::CustomersEdit])),
    ("POST", "/api/v1/customers/{id}/follow-ups", Any(&[P::CustomersEdit])),
    ("POST", "/api/v1/customers/{id}/promises", Any(&[P::CustomersEdit])),
    ("POST", "/api/v1/customers/{id}/promises/{promise}", Any(&[P::CustomersEdit])),
    ("POST", "/api/v1/customers/{id}/preferences", Any(&[P::CustomersEdit])),
    ("DELETE", "/api/v1/customers/{id}/preferences/{preference}", Any(&[P::CustomersEdit])),
    ("POST", "/api/v1/customers/{id}/assign", Any(&[P::CustomersAssign])),
    ("POST", "/api/v1/customers/reassign", Any(&[P::CustomersAssign])),
    ("POST", "/api/v1/customers/export", Any(&[P::CustomersExport])),
    ("GET", "/api/v1/promises", Any(&[P::CustomersSee])),
    ("GET", "/api/v1/reassignments", Any(&[P::CustomersAssign])),
    ("GET", "/api/v1/reassignments/{id}", Any(&[P::CustomersAssign])),
    ("GET", "/api/v1/reassignments/{id}/results", Any(&[P::CustomersAssign])),
    ("POST", "/api/v1/reassignments/{id}/undo", Any(&[P::CustomersAssign])),
    ("GET", "/api/v1/employees/{number}/snapshots", Any(&[P::CustomersAssign, P::SelfSee])),
    ("POST", "/api/v1/employees/{number}/snapshots", Any(&[P::CustomersAssign])),
    ("POST", "/api/v1/employees/{number}/snapshots/{id}/acknowledge", Any(&[P::SelfSee])),
    ("GET", "/api/v1/companies", Any(&[P::CompaniesSee])),
    ("PUT", "/api/v1/companies/{id}", Any(&[P::CompaniesEdit])),
    // signals and alerts
    ("POST", "/api/v1/signals/run", Any(&[P::SignalsRun])),
    ("GET", "/api/v1/alerts", Any(&[P::AlertsSee])),
    ("GET", "/api/v1/alerts/summary", Any(&[P::AlertsSee])),
    ("POST", "/api/v1/alerts/close", Any(&[P::AlertsAct])),
    ("GET", "/api/v1/alerts/{id}", Any(&[P::AlertsSee])),
    ("PATCH", "/api/v1/alerts/{id}", Any(&[P::AlertsAct])),
    ("GET", "/api/v1/chains", Any(&[P::AlertsSee])),
    ("GET", "/api/v1/rules", Any(&[P::AlertsSee])),
    ("GET", "/api/v1/lexicon", Any(&[P::LexiconSee])),
    ("PUT", "/api/v1/lexicon", Any(&[P::LexiconEdit])),
    ("POST", "/api/v1/lexicon/try", Any(&[P::LexiconTry])),
    // cases and packages
    ("GET", "/api/v1/cases", Any(&[P::CasesSee])),
    ("POST", "/api/v1/cases", Any(&[P::CasesAct])),
    ("GET", "/api/v1/cases/{id}", Any(&[P::CasesSee])),
    ("PATCH", "/api/v1/cases/{id}", Any(&[P::CasesAct])),
    ("POST", "/api/v1/cases/{id}/records", Any(&[P::CasesAct])),
    ("POST", "/api/v1/cases/{id}/notes", Any(&[P::CasesAct])),
    ("POST", "/api/v1/cases/{id}/recusals", Any(&[P::CasesAct])),
    ("POST", "/api/v1/cases/{id}/told", Any(&[P::CasesAct])),
    ("POST", "/api/v1/cases/{id}/files", Any(&[P::CasesAct])),
    ("GET", "/api/v1/cases/{id}/packages", Any(&[P::CasesSee])),
    ("POST", "/api/v1/cases/{id}/packages", Any(&[P::CasesExport])),
    ("GET", "/api/v1/packages/{id}", Any(&[P::CasesExport])),
    // handovers, processes, what goes out
    ("GET", "/api/v1/processes/{id}", Any(&[P::ProcessesEdit, P::HandoversSee])),
    ("PUT", "/api/v1/processes/{id}", Any(&[P::ProcessesEdit])),
    ("GET", "/api/v1/handovers", Any(&[P::HandoversSee])),
    ("POST", "/api/v1/handovers", Any(&[P::HandoversStart])),
    ("GET", "/api/v1/handovers/{id}", Any(&[P::HandoversSee])),
    ("POST", "/api/v1/handovers/{id}/items", Any(&[P::HandoversAct, P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/items/act", Any(&[P::HandoversAct, P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/items/{item}/submit", Any(&[P::HandoversAct, P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/items/{item}/review", Any(&[P::HandoversAct, P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/items/{item}/waive", Any(&[P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/files", Any(&[P::HandoversAct, P::HandoversReview])),
    ("GET", "/api/v1/handovers/{id}/files/{sha256}", Any(&[P::HandoversSee])),
    ("POST", "/api/v1/handovers/{id}/reconcile", Any(&[P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/findings", Any(&[P::HandoversReview])),
    ("GET", "/api/v1/handovers/{id}/receivers", Any(&[P::HandoversReview])),
    ("PUT", "/api/v1/handovers/{id}/receivers", Any(&[P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/reassign", Any(&[P::CustomersAssign])),
    ("POST", "/api/v1/handovers/{id}/reassign/undo", Any(&[P::CustomersAssign])),
    ("POST", "/api/v1/handovers/{id}/objections", Any(&[P::HandoversSee])),
    ("POST", "/api/v1/handovers/{id}/objections/{objection}", Any(&[P::HandoversReview])),
    ("PUT", "/api/v1/handovers/{id}/last-day", Any(&[P::HandoversStart])),
    ("POST", "/api/v1/handovers/{id}/duties/{duty}", Any(&[P::LeavingAct])),
    ("GET", "/api/v1/handovers/{id}/certificate", Any(&[P::HandoversSee])),
    ("POST", "/api/v1/handovers/{id}/certificate", Any(&[P::LeavingAct])),
    ("GET", "/api/v1/handovers/{id}/certificate/form", Any(&[P::LeavingAct])),
    ("POST", "/api/v1/handovers/{id}/certificate/correction", Any(&[P::LeavingAct])),
    ("POST", "/api/v1/handovers/{id}/certificate/delivery", Any(&[P::LeavingAct])),
    ("POST", "/api/v1/handovers/{id}/certificate/receipt", Any(&[P::HandoversSee])),
    ("GET", "/api/v1/handovers/{id}/papers", Any(&[P::HandoversSee])),
    ("POST", "/api/v1/handovers/{id}/papers", Any(&[P::HandoversExport])),
    ("GET", "/api/v1/handovers/{id}/papers/{sha256}", Any(&[P::HandoversSee])),
    ("POST", "/api/v1/handovers/{id}/holds", Any(&[P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/deductions", Any(&[P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/deductions/{record}/withdrawal", Any(&[P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/close", Any(&[P::HandoversReview])),
    ("POST", "/api/v1/handovers/{id}/package", Any(&[P::HandoversExport])),
    ("POST", "/api/v1/handovers/{id}/notices", Any(&[P::OutboxSend])),
    ("GET", "/api/v1/outbox", Any(&[P::OutboxSee])),
    ("GET", "/api/v1/outbox/settings", Any(&[P::OutboxSee, P::CompanyEdit])),
    ("PUT", "/api/v1/outbox/settings", Any(&[P::CompanyEdit])),
    ("GET", "/api/v1/outbox/{id}", Any(&[P::OutboxSee])),
    ("PATCH", "/api/v1/outbox/{id}", Any(&[P::OutboxSend])),
    ("POST", "/api/v1/outbox/{id}/preview", Any(&[P::OutboxSend])),
    ("POST", "/api/v1/outbox/{id}/cancel", Any(&[P::OutboxSend])),
    ("POST", "/api/v1/outbox/{id}/told", Any(&[P::OutboxSend])),
    ("POST", "/api/v1/outbox/approve", Any(&[P::OutboxSend])),
    // the log
    ("GET", "/api/v1/log", Any(&[P::LogSee])),
    ("PUT", "/api/v1/log/authorities", Any(&[P::LogEdit])),
    ("GET", "/log/checkpoint", LogReader),
    ("GET", "/log/vkey", LogReader),
    ("GET", "/log/tile/{*path}", LogReader),
    // the machine room
    ("GET", "/healthz", Anyone),
    ("GET", "/readyz", Anyone),
    ("GET", "/metrics", Metrics),
    ("GET", "/docs", Anyone),
    ("GET", "/docs/{file}", Anyone),
    ("GET", "/openapi.json", Anyone),
];

static RULES: std::sync::LazyLock<std::collections::HashMap<(&str, &str), Rule>> =
    std::sync::LazyLock::new(|| ROUTES.iter().map(|(method, path, rule)| ((*method, *path), *rule)).collect());

/// The rule of a route; `None` means that nobody may, because nobody thought about it.
pub fn rule_of(method: &str, route: &str) -> Option<Rule> {
    let method = if method == "HEAD" { "GET" } else { method };
    RULES.get(&(method, route)).copied()
}

impl Rule {
    /// May somebody with these grants call it; `None` has not signed in. What depends on the machine (`LogReader`,
    /// `Metrics`) is let in by the guard.
    pub fn admits(self, grants: Option<&Grants>) -> bool {
        match self {
            Rule::Anyone => true,
            Rule::SignedIn => grants.is_some(),
            Rule::Any(list) => grants.is_some_and(|g| list.iter().any(|p| g.has(*p))),
            Rule::LogReader | Rule::Metrics => grants.is_some_and(|g| g.has(Permission::LogSee)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_administrator_and_the_admin_scope_reach_no_case_and_no_alert() {
        for set in [Role::Admin.grants(), TokenScope::Admin.grants()] {
            for p in [P::AlertsSee, P::CasesSee, P::CasesAct, P::ContentOpen, P::CustomersSee] {
                assert!(!set.has(p), "{p}");
            }
            assert!(set.reach(P::PeopleSee) <= Reach::Own);
        }
    }

    #[test]
    fn a_route_has_one_rule() {
        let mut seen = std::collections::HashSet::new();
        for (method, path, _) in ROUTES {
            assert!(seen.insert((method, path)), "{method} {path} is listed twice");
        }
    }

    #[test]
    fn names_go_both_ways() {
        for p in Permission::ALL {
            assert_eq!(Permission::from_name(p.name()), Some(*p));
        }
        for f in Field::ALL {
            assert_eq!(Field::from_name(f.name()), Some(*f));
        }
        for r in Role::ALL {
            assert_eq!(Role::from_name(r.name()), Some(r));
        }
        assert!(Field::ALL.len() <= 32, "the set of masked fields is 32 bits wide");
    }

    #[test]
    fn the_further_reach_wins_and_only_what_both_mask_stays_masked() {
        let team = Grants::default().with(Reach::Team, &[P::PeopleSee]).masking(&[Field::PeoplePhones, Field::ContractsPay]);
        let both = team.and(Grants::everywhere(&[P::PeopleSee]).masking(&[Field::PeoplePhones]));
        assert_eq!(both.reach(P::PeopleSee), Reach::All);
        assert_eq!(both.masked(), [Field::PeoplePhones]);
    }
}
