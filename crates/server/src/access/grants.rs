//! What may be allowed, and how far it reaches: permissions, reaches, masked fields, and the set of them a caller has.

use std::fmt;

macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$each:meta])* $variant:ident $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $type { $($(#[$each])* $variant,)* }
        impl $type {
            pub const ALL: &'static [$type] = &[$($type::$variant,)*];
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name,)* }
            }
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some($type::$variant),)* _ => None }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named! {
    /// One thing a caller may be allowed to do: a resource and an act. The name is stable and is shown in refusals.
    Permission {
        AlertsSee "alerts.see",
        AlertsAct "alerts.act",
        CasesSee "cases.see",
        CasesAct "cases.act",
        CasesExport "cases.export",
        ContentOpen "content.open",
        PeopleSee "people.see",
        PeopleEdit "people.edit",
        PeopleExport "people.export",
        ContractsSee "contracts.see",
        ContractsEdit "contracts.edit",
        AssetsSee "assets.see",
        AssetsEdit "assets.edit",
        PoliciesEdit "policies.edit",
        PoliciesApprove "policies.approve",
        RequestsSee "requests.see",
        RequestsAnswer "requests.answer",
        CustomersSee "customers.see",
        CustomersEdit "customers.edit",
        CustomersAssign "customers.assign",
        CustomersExport "customers.export",
        HandoversSee "handovers.see",
        HandoversStart "handovers.start",
        HandoversAct "handovers.act",
        HandoversReview "handovers.review",
        HandoversExport "handovers.export",
        ProcessesEdit "processes.edit",
        LeavingAct "leaving.act",
        RestrictionsSee "restrictions.see",
        RestrictionsPropose "restrictions.propose",
        RestrictionsApprove "restrictions.approve",
        OutboxSee "outbox.see",
        OutboxSend "outbox.send",
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
        UsersApprove "users.approve",
        RolesSee "roles.see",
        RolesEdit "roles.edit",
        LexiconSee "lexicon.see",
        LexiconTry "lexicon.try",
        LexiconEdit "lexicon.edit",
        SignalsRun "signals.run",
        LogSee "log.see",
        LogEdit "log.edit",
        LooksSee "looks.see",
        SelfSee "self.see",
    }
}

named! {
    /// A part of a row that a role may see the row without. What is masked is not sent, searched, sorted or exported.
    Field {
        PeoplePhones "people.phones",
        PeopleEmails "people.emails",
        PeopleAccounts "people.accounts",
        PeopleInterests "people.interests",
        ContractsPay "contracts.pay",
        CustomersContacts "customers.contacts",
        CustomersAmounts "customers.amounts",
        CustomersPreferences "customers.preferences",
    }
}

/// How far a permission reaches, from nowhere to everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    #[default]
    None,
    /// 本人: the own file, the own customers, the own handover.
    Own,
    /// 团队: oneself and the employees below, at any depth.
    Team,
    /// 全部
    All,
}

/// What a caller may do, how far, and which fields stay masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grants {
    reach: [Reach; Permission::ALL.len()],
    masked: u32,
}

impl Default for Grants {
    fn default() -> Self {
        Self { reach: [Reach::None; Permission::ALL.len()], masked: 0 }
    }
}

impl Grants {
    /// These permissions, everywhere.
    pub fn everywhere(list: &[Permission]) -> Self {
        Self::default().with(Reach::All, list)
    }
    pub fn with(mut self, reach: Reach, list: &[Permission]) -> Self {
        for p in list {
            self.reach[*p as usize] = reach;
        }
        self
    }
    pub fn without(self, list: &[Permission]) -> Self {
        self.with(Reach::None, list)
    }
    pub fn masking(mut self, list: &[Field]) -> Self {
        self.masked = list.iter().fold(self.masked, |set, f| set | 1 << *f as u32);
        self
    }
    /// The further reach of both; masked is what both mask.
    pub fn and(mut self, other: Self) -> Self {
        for (mine, theirs) in self.reach.iter_mut().zip(other.reach) {
            *mine = (*mine).max(theirs);
        }
        self.masked &= other.masked;
        self
    }
    pub fn reach(&self, permission: Permission) -> Reach {
        self.reach[permission as usize]
    }
    /// Allowed at all, however far.
    pub fn has(&self, permission: Permission) -> bool {
        self.reach(permission) > Reach::None
    }
    pub fn masks(&self, field: Field) -> bool {
        self.masked & (1 << field as u32) != 0
    }
    pub fn masked(&self) -> Vec<Field> {
        Field::ALL.iter().copied().filter(|f| self.masks(*f)).collect()
    }
    /// What is allowed at all, with how far.
    pub fn list(&self) -> Vec<(Permission, Reach)> {
        Permission::ALL.iter().map(|p| (*p, self.reach(*p))).filter(|(_, r)| *r > Reach::None).collect()
    }
}

/// What kind of power a permission is. Whoever sets the system up does not look into people, and the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// 设置: who gets in, what comes in, how it is read.
    SetUp,
    /// 办案: alerts, cases, content.
    Case,
    /// 业务
    Work,
}

impl Permission {
    pub fn power(self) -> Power {
        use Permission::*;
        match self {
            AlertsSee | AlertsAct | CasesSee | CasesAct | CasesExport | ContentOpen => Power::Case,
            SourcesEdit | QuarantineAct | TokensEdit | UsersEdit | RolesEdit | LexiconEdit | SignalsRun | LogEdit | CompanyEdit | RecordsWrite => Power::SetUp,
            _ => Power::Work,
        }
    }

    /// Is it about particular people, so that whoever is tied to one of them keeps out of it (回避)?
    pub fn is_about_people(self) -> bool {
        self.power() == Power::Case || self.reaches().contains(&Reach::Team) || matches!(self, Self::LooksSee | Self::RecordsSee)
    }

    /// How far it can be made to reach: what is not about somebody's rows is had wholly or not at all.
    pub fn reaches(self) -> &'static [Reach] {
        use Permission::*;
        match self {
            SelfSee | HandoversAct => &[Reach::None, Reach::Own, Reach::All],
            AlertsSee | PeopleEdit | PeopleExport | ContractsEdit | RequestsAnswer | CustomersAssign | CustomersExport | HandoversStart | HandoversReview
            | HandoversExport | LeavingAct | RestrictionsSee | RestrictionsPropose | RestrictionsApprove | OutboxSee | OutboxSend | AssetsSee | AssetsEdit => {
                &[Reach::None, Reach::Team, Reach::All]
            }
            PeopleSee | ContractsSee | RequestsSee | CustomersSee | CustomersEdit | HandoversSee => &[Reach::None, Reach::Own, Reach::Team, Reach::All],
            _ => &[Reach::None, Reach::All],
        }
    }
}

impl Field {
    /// The permission that shows the row this field stands in.
    pub fn shown_with(self) -> Permission {
        match self {
            Self::PeoplePhones | Self::PeopleEmails | Self::PeopleAccounts | Self::PeopleInterests => Permission::PeopleSee,
            Self::ContractsPay => Permission::ContractsSee,
            Self::CustomersContacts | Self::CustomersAmounts | Self::CustomersPreferences => Permission::CustomersSee,
        }
    }

    /// The one place where a field is decided: is it shown with these grants at all, and how far?
    pub fn reach(self, grants: &Grants) -> Reach {
        if grants.masks(self) { Reach::None } else { grants.reach(self.shown_with()) }
    }
}
