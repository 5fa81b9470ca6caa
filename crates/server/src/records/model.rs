//! Tables of the records room.

pub mod record {
    use sea_orm::entity::prelude::*;

    /// One row a record; the log index is its key. Only who, where from and when stand in the clear.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "records")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub source: String,
        pub source_id: String,
        pub kind: String,
        /// When it happened, UTC microseconds.
        pub at: i64,
        /// When we learned of it, UTC microseconds.
        pub received_at: i64,
        pub employee: Option<String>,
        /// Keyed digest of the content, to tell a repeat from a conflict, and behind it one of when it was received; empty once
        /// erased.
        pub fingerprint: Vec<u8>,
        pub leaf: Vec<u8>,
        pub sealed: Vec<u8>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod subject {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "record_subjects")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        /// `e:<employee>`, `c:<customer>` or `company`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub at: i64,
        pub kind: String,
        pub wrap: Option<Vec<u8>>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod subject_key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "subject_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        /// Wrapped by the master key; null once the subject was erased.
        pub wrapped: Option<Vec<u8>>,
        pub created_at: i64,
        pub erased_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod head {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "log_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub size: i64,
        pub frontier: Vec<u8>,
        pub root: Vec<u8>,
        /// How often subject keys were dropped; what was sealed with keys of an earlier epoch is sealed anew.
        pub key_epoch: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod counter {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "counters")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub metric: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_day: i32,
        pub known_day: i32,
        pub delta: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod epoch {
    use sea_orm::entity::prelude::*;

    /// A restore begins a new epoch of the log: old leaves stay, origin and key are new.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "log_epochs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub epoch: i64,
        pub origin: String,
        pub vkey: String,
        pub first_index: i64,
        pub started_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod looked {
    use sea_orm::entity::prelude::*;

    /// Who opened what and why: the list behind the auditor's page. The record of the look is the truth.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "looks")]
    pub struct Model {
        /// Log index of the look's own record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub at: i64,
        pub actor_kind: String,
        pub actor_id: String,
        pub actor_name: String,
        pub case_id: String,
        pub reason: String,
        /// JSON list of `rec_…`.
        pub records: String,
        /// JSON list of employee numbers concerned.
        pub employees: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
