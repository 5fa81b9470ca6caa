//! Tables of the handover room.

pub mod process {
    use sea_orm::entity::prelude::*;

    /// A version of a process; the newest counts for what starts from now on.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "processes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// `template::Process` as JSON.
        pub definition: String,
        pub changed_at: i64,
        pub changed_by: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod handover {
    use sea_orm::entity::prelude::*;

    /// One handover. It carries the process as it was when it started.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handovers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// 交2026-0001
        pub number: String,
        pub employee: String,
        /// `resignation`, `transfer` or one of `start::GROUNDS`.
        pub kind: String,
        /// `running`, `signed_off` or `closed`.
        pub status: String,
        pub process: String,
        pub process_version: i32,
        pub definition: String,
        /// Dates in the company's zone.
        pub submitted_on: Option<String>,
        pub last_day: Option<String>,
        pub reason: String,
        pub started_at: i64,
        pub started_by: String,
        pub signed_at: Option<i64>,
        pub closed_at: Option<i64>,
        pub closed_reason: Option<String>,
        pub reconciled_at: Option<i64>,
        /// Grows with every act.
        pub revision: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod item {
    use sea_orm::entity::prelude::*;

    /// One thing to hand over or to do.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handover_items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub handover: String,
        pub node: String,
        /// `customers`, `progress`, `property`, `other` or `task`.
        pub grp: String,
        /// `customer`, `deal`, `order`, `receivable`, `asset` or `once`.
        pub kind: String,
        /// The customer, deal, order … as its room calls it.
        pub reference: Option<String>,
        /// The order in which items are shown.
        pub place: i32,
        /// Both languages, JSON.
        pub name: String,
        /// What is known of it, JSON.
        pub detail: String,
        /// Fields and whether a file is needed, JSON of `template::What`.
        pub spec: String,
        /// `list`, `reconciliation` or `hand`.
        pub origin: String,
        /// `open`, `submitted`, `returned`, `accepted` or `waived`.
        pub status: String,
        /// How many reviewers have accepted.
        pub stage: i32,
        pub receiver: Option<String>,
        pub due: Option<String>,
        /// What was filled in, JSON object by field id.
        pub given: String,
        /// JSON list of `{sha256, name, size}`.
        pub files: String,
        pub submitted_at: Option<i64>,
        /// Id of the user who submitted: nobody reviews their own work.
        pub submitted_by: Option<String>,
        /// Why it was returned or waived.
        pub remark: Option<String>,
        pub decided_at: Option<i64>,
        /// Of two acts on the same revision one is refused.
        pub revision: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod event {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handover_events")]
    pub struct Model {
        /// Log index of the act's own record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub handover: String,
        pub item: Option<String>,
        pub at: i64,
        pub actor_id: String,
        pub actor_name: String,
        pub kind: String,
        pub text: Option<String>,
        /// Of a deduction for a loss that was noted: minor units, since the law's bound is a month's.
        pub amount: Option<i64>,
        /// Of a deduction that was noted: the record that withdraws it.
        pub withdrawn: Option<i64>,
        /// The sum had been taken from a wage before it was withdrawn, so it counts on towards the month's bound.
        pub taken: bool,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod finding {
    use sea_orm::entity::prelude::*;

    /// A customer the leaver dealt with and did not list.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handover_findings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub handover: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer: String,
        /// How many records of which kind, JSON.
        pub dealings: String,
        pub newest: i64,
        /// `open`, `added` or `dismissed`.
        pub status: String,
        pub reason: Option<String>,
        pub decided_at: Option<i64>,
        pub decided_by: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod moved {
    use sea_orm::entity::prelude::*;

    /// What became of passing one customer on.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handover_moves")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub handover: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer: String,
        pub batch: String,
        pub receiver: Option<String>,
        /// As decided here: `waiting`, `refused`, `done`, or `running` and `undoing` where the reassignment `batch` knows more.
        pub status: String,
        /// Why, in both languages, JSON.
        pub note: Option<String>,
        pub at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod duty {
    use sea_orm::entity::prelude::*;

    /// What the law wants at the end of employment, whatever becomes of the handover.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handover_duties")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub handover: String,
        /// `certificate`, `wages`, `transfer` or `housing_fund`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub duty: String,
        pub due: String,
        /// `pending` or `done`.
        pub status: String,
        pub done_on: Option<String>,
        pub note: Option<String>,
        /// Since when an alert says that it is late.
        pub overdue_at: Option<i64>,
        /// The certificate as issued, JSON.
        pub content: Option<String>,
        /// The record that says it was done.
        pub idx: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod paper {
    use sea_orm::entity::prelude::*;

    /// 交接清单 as it was made once.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handover_papers")]
    pub struct Model {
        /// Log index of the act's own record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub handover: String,
        /// 交2026-0001-单1
        pub number: String,
        pub sha256: String,
        pub name: String,
        pub size: i64,
        /// SHA-256 of what it lists.
        pub digest: String,
        /// The handover's when this was made.
        pub revision: i64,
        pub made_at: i64,
        pub made_by: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod objection {
    use sea_orm::entity::prelude::*;

    /// What the employee says against it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handover_objections")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub handover: String,
        pub item: Option<String>,
        pub at: i64,
        pub text: String,
        pub answer: Option<String>,
        pub answered_at: Option<i64>,
        pub answered_by: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
