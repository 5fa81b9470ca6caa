//! The fixed permission matrix: roles and token scopes to permissions, and every route's rule. One file, so that
//! the whole answer to “who may” can be read at once; a test fails for a route that has no rule here.

use std::fmt;

macro_rules! permissions {
    ($($variant:ident $name:literal,)*) => {
        /// One thing a caller may be allowed to do. The name is stable and is shown in refusals.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Permission { $($variant,)* }
        impl Permission {
            pub const ALL: &'static [Permission] = &[$(Permission::$variant,)*];
            pub fn name(self) -> &'static str {
                match self { $(Permission::$variant => $name,)* }
            }
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Permission::$variant),)* _ => None }
            }
        }
    };
}

permissions! {
    AlertsSee "alerts.see",
    AlertsSeeTeam "alerts.see_team",
    AlertsAct "alerts.act",
    CasesSee "cases.see",
    CasesAct "cases.act",
    ContentOpen "content.open",
    PeopleSee "people.see",
    PeopleSeeTeam "people.see_team",
    CustomersSee "customers.see",
    CustomersSeeTeam "customers.see_team",
    CompaniesSee "companies.see",
    CompaniesEdit "companies.edit",
    CompanyEdit "company.edit",
    RecordsSee "records.see",
    RecordsWrite "records.write",
    ImportsRun "imports.run",
    SourcesSee "sources.see",
    SourcesEdit "sources.edit",
    QuarantineSee "quarantine.see",
    QuarantineAct "quarantine.act",
    TokensEdit "tokens.edit",
    UsersSee "users.see",
    UsersEdit "users.edit",
    LexiconSee "lexicon.see",
    LexiconTry "lexicon.try",
    LexiconEdit "lexicon.edit",
    SignalsRun "signals.run",
    LogSee "log.see",
    LogEdit "log.edit",
    LooksSee "looks.see",
    SelfSee "self.see",
}

impl Permission {
    /// The same permission narrowed to the employees below the caller.
    pub fn team_twin(self) -> Option<Self> {
        match self {
            Self::AlertsSee => Some(Self::AlertsSeeTeam),
            Self::PeopleSee => Some(Self::PeopleSeeTeam),
            Self::CustomersSee => Some(Self::CustomersSeeTeam),
            _ => None,
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    pub fn of(list: &[Permission]) -> Self {
        list.iter().fold(Self::default(), |set, p| set.with(*p))
    }
    pub fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u8)
    }
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }
    pub fn names(self) -> Vec<&'static str> {
        Permission::ALL.iter().filter(|p| self.has(**p)).map(|p| p.name()).collect()
    }
}

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

    pub fn permissions(self) -> Permissions {
        use Permission::*;
        Permissions::of(match self {
            // HR and legal investigate: alerts, cases, content under a case. They change no source and no user.
            Self::Hr | Self::Legal => &[
                AlertsSee,
                AlertsAct,
                CasesSee,
                CasesAct,
                ContentOpen,
                PeopleSee,
                CustomersSee,
                CompaniesSee,
                CompaniesEdit,
                RecordsSee,
                SourcesSee,
                QuarantineSee,
                UsersSee,
                LexiconSee,
                LexiconTry,
                LogSee,
                SelfSee,
            ],
            // The own team's alerts, people and customers, without content.
            Self::SalesManager => &[AlertsSeeTeam, PeopleSeeTeam, CustomersSeeTeam, SelfSee],
            Self::Auditor => &[LooksSee, LogSee, SelfSee],
            // Sets up and connects; sees no case and no alert.
            Self::Admin => &[
                SourcesSee,
                SourcesEdit,
                TokensEdit,
                UsersSee,
                UsersEdit,
                ImportsRun,
                QuarantineSee,
                QuarantineAct,
                LexiconSee,
                LexiconTry,
                LexiconEdit,
                CompaniesSee,
                CompaniesEdit,
                CompanyEdit,
                SignalsRun,
                LogSee,
                LogEdit,
                SelfSee,
            ],
            Self::Union | Self::Employee => &[SelfSee],
        })
    }
}

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

    pub fn permissions(self) -> Permissions {
        use Permission::*;
        Permissions::of(match self {
            Self::Ingest => &[RecordsWrite],
            // Alerts, chains, envelopes, log: never content.
            Self::Read => &[AlertsSee, PeopleSee, CustomersSee, CompaniesSee, RecordsSee, SourcesSee, LexiconSee, LogSee],
            Self::Cases => &[ContentOpen, CasesSee, CasesAct, AlertsSee, AlertsAct, RecordsSee],
            // Set-up without case access.
            Self::Admin => &[
                SourcesSee,
                SourcesEdit,
                QuarantineSee,
                QuarantineAct,
                SignalsRun,
                LexiconSee,
                LexiconTry,
                LexiconEdit,
                UsersSee,
                UsersEdit,
                TokensEdit,
                ImportsRun,
                CompaniesSee,
                CompaniesEdit,
                CompanyEdit,
                LogSee,
                LogEdit,
            ],
        })
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

const ALERTS: Rule = Any(&[P::AlertsSee, P::AlertsSeeTeam]);
const PEOPLE: Rule = Any(&[P::PeopleSee, P::PeopleSeeTeam]);
const CUSTOMERS: Rule = Any(&[P::CustomersSee, P::CustomersSeeTeam]);

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
    ("GET", "/api/v1/tokens", Any(&[P::TokensEdit])),
    ("POST", "/api/v1/tokens", Any(&[P::TokensEdit])),
    ("DELETE", "/api/v1/tokens/{id}", Any(&[P::TokensEdit])),
    ("GET", "/api/v1/events", SignedIn),
    ("GET", "/api/v1/overview", SignedIn),
    ("GET", "/api/v1/looks", Any(&[P::LooksSee])),
    // records in
    ("GET", "/api/v1/sources", Any(&[P::SourcesSee])),
    ("PUT", "/api/v1/sources", Any(&[P::SourcesEdit])),
    ("POST", "/api/v1/records", Any(&[P::RecordsWrite])),
    ("PUT", "/api/v1/blobs/{sha256}", Any(&[P::RecordsWrite, P::CasesAct])),
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
    ("GET", "/api/v1/employees", PEOPLE),
    ("GET", "/api/v1/employees/{number}", PEOPLE),
    ("GET", "/api/v1/employees/{number}/chains", ALERTS),
    ("GET", "/api/v1/customers", CUSTOMERS),
    ("GET", "/api/v1/customers/{id}", CUSTOMERS),
    ("GET", "/api/v1/companies", Any(&[P::CompaniesSee])),
    ("PUT", "/api/v1/companies/{id}", Any(&[P::CompaniesEdit])),
    // signals and alerts
    ("POST", "/api/v1/signals/run", Any(&[P::SignalsRun])),
    ("GET", "/api/v1/alerts", ALERTS),
    ("GET", "/api/v1/alerts/summary", ALERTS),
    ("POST", "/api/v1/alerts/close", Any(&[P::AlertsAct])),
    ("GET", "/api/v1/alerts/{id}", ALERTS),
    ("PATCH", "/api/v1/alerts/{id}", Any(&[P::AlertsAct])),
    ("GET", "/api/v1/chains", ALERTS),
    ("GET", "/api/v1/rules", ALERTS),
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
    ("POST", "/api/v1/cases/{id}/files", Any(&[P::CasesAct])),
    ("GET", "/api/v1/cases/{id}/packages", Any(&[P::CasesSee])),
    ("POST", "/api/v1/cases/{id}/packages", Any(&[P::CasesAct])),
    ("GET", "/api/v1/packages/{id}", Any(&[P::CasesSee])),
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

/// The rule of a route; `None` means that nobody may, because nobody thought about it.
pub fn rule_of(method: &str, route: &str) -> Option<Rule> {
    let method = if method == "HEAD" { "GET" } else { method };
    ROUTES.iter().find(|(m, p, _)| *m == method && *p == route).map(|(_, _, rule)| *rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_administrator_and_the_admin_scope_reach_no_case_and_no_alert() {
        for set in [Role::Admin.permissions(), TokenScope::Admin.permissions()] {
            for p in [P::AlertsSee, P::AlertsSeeTeam, P::CasesSee, P::CasesAct, P::ContentOpen, P::PeopleSee] {
                assert!(!set.has(p), "{p}");
            }
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
        for r in Role::ALL {
            assert_eq!(Role::from_name(r.name()), Some(r));
        }
        assert!(Permission::ALL.len() <= 64, "the set is 64 bits wide");
    }
}
