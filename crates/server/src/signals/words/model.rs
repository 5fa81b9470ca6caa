//! Tables of the words room.

pub mod hit {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "word_hits")]
    pub struct Model {
        /// The record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        /// Which hit of that record, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub n: i32,
        /// Who wrote it; for an outsider's words, whom they were written to.
        pub employee: String,
        /// Channel and conversation.
        pub conversation: String,
        /// The outsider's id; empty among colleagues.
        pub counterpart: String,
        pub customer: Option<String>,
        pub at: i64,
        /// The canonical entry, never what was written.
        pub word: String,
        pub category: String,
        pub severity: String,
        pub step: String,
        /// Code points of the text.
        pub start_at: i32,
        pub end_at: i32,
        pub strong: bool,
        pub exception: Option<String>,
        pub alerting: bool,
        /// A weak hit that alerts as soon as a second sign is known.
        pub waiting: bool,
        /// `out` an employee to an outsider, `in` an outsider to an employee, `internal`.
        pub direction: String,
        pub backfilled: bool,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A message that is a second sign for weak hits of its conversation.
pub mod sign {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "word_signs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub conversation: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub at: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub employee: String,
        /// An employee named an amount or a share to an outsider; else an outsider did, or a word stood there.
        pub promise: bool,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod version {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "lexicon_versions")]
    pub struct Model {
        /// The record of the change.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub version: String,
        pub at: i64,
        pub by_name: String,
        /// `probity_lexicon::Definition` as JSON.
        pub definition: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
