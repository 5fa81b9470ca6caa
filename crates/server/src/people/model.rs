//! Tables of the people room.

pub mod person {
    use sea_orm::entity::prelude::*;

    /// An employee as the newest record has them; a placeholder until one names them.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "people")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: String,
        pub name: String,
        pub department: Option<String>,
        pub title: Option<String>,
        pub manager: Option<String>,
        pub hired_on: Option<String>,
        pub status: Option<String>,
        pub left_on: Option<String>,
        /// JSON lists.
        pub accounts: String,
        pub phones: String,
        pub emails: String,
        /// Number, name, pinyin and initials, each between line breaks, in lower case.
        pub search: String,
        pub placeholder: bool,
        /// Time of the record it is from.
        pub as_of: i64,
        /// 职级
        pub grade: Option<String>,
        /// Time of the record the status is from.
        pub status_at: Option<i64>,
        /// Of someone who resigned: the last day at work.
        pub last_day: Option<String>,
        pub probation_until: Option<String>,
        /// 转正: when the probation was passed.
        pub confirmed_on: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod document {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person_documents")]
    pub struct Model {
        /// Log index of the record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub employee: String,
        pub document: String,
        pub title: String,
        pub version: String,
        pub signed_at: i64,
        pub method: Option<String>,
        /// JSON list of clauses.
        pub clauses: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod interest {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "interests")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub employee: String,
        pub company: String,
        pub relation: String,
        pub at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod resignation {
    use sea_orm::entity::prelude::*;

    /// 离职申请: that and when somebody resigned; why stands in the record only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "resignations")]
    pub struct Model {
        /// Log index of the record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub employee: String,
        pub submitted_on: String,
        pub last_day: String,
        /// `open`, `withdrawn`, `left`, or `overruled` by a later record that has the person at work or resigning anew.
        pub state: String,
        pub at: i64,
        /// That record, where it is known: when it is taken back, this holds again.
        pub overruled_by: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod post {
    use sea_orm::entity::prelude::*;

    /// 任职: department, title and superior from when until when, and since when we know.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "posts")]
    pub struct Model {
        /// Log index of the record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub employee: String,
        pub department: Option<String>,
        pub title: Option<String>,
        pub manager: Option<String>,
        pub grade: Option<String>,
        /// False from the day after the last day.
        pub employed: bool,
        /// `joined`, `transferred`, `promoted`, `stated` by a list, `left`.
        pub what: String,
        pub valid_from: i64,
        /// Where the next one begins.
        pub ends_at: Option<i64>,
        pub known_at: i64,
        /// Since when a correction stands in its place.
        pub corrected_at: Option<i64>,
        /// Its day has not come: the row in `people` does not follow it yet.
        pub due: bool,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod review {
    use sea_orm::entity::prelude::*;

    /// What somebody found who looked at a possible conflict of interest.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "interest_reviews")]
    pub struct Model {
        /// Names the match: digest of employee, company and how they meet.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub employee: String,
        /// `none`: no conflict; `managed`: known and dealt with; `case`: to be investigated.
        pub outcome: String,
        pub reason: String,
        pub at: i64,
        pub by_name: String,
        pub idx: i64,
        /// The case it opened.
        pub case_id: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod matched {
    use sea_orm::entity::prelude::*;

    /// Where an employee meets a company that matters; see `matches`.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "interest_matches")]
    pub struct Model {
        /// Digest of employee, company and how they meet, so that a review finds it again.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub employee: String,
        pub company: String,
        /// Rank of how they meet.
        pub meets: i32,
        /// The name that is the same.
        pub person: Option<String>,
        /// Log index of the declaration.
        pub interest: Option<i64>,
        pub reviewed: bool,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod roster_export {
    use sea_orm::entity::prelude::*;

    /// A list of people that was taken out.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "roster_exports")]
    pub struct Model {
        /// The record that says so.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub at: i64,
        pub by_name: String,
        pub reason: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod roster_line {
    use sea_orm::entity::prelude::*;

    /// Somebody who stood in one.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "roster_lines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
