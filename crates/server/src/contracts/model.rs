//! The table of the contracts room.

pub mod contract {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contracts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub employee: String,
        /// The number on the paper.
        pub number: Option<String>,
        /// `fixed` 固定期限, `open_ended` 无固定期限, `task` 以完成一定工作任务为期限.
        pub kind: String,
        pub from_on: String,
        /// Last day; null for an open-ended one and for a task.
        pub until_on: Option<String>,
        pub probation_until: Option<String>,
        pub post: Option<String>,
        pub place: Option<String>,
        /// JSON of an amount a month.
        pub pay: Option<String>,
        pub signed_on: Option<String>,
        /// `active` or `ended`.
        pub state: String,
        pub ended_on: Option<String>,
        pub reason: Option<String>,
        /// JSON of the signed paper's digest and name.
        pub file: Option<String>,
        pub reminded: bool,
        pub idx: i64,
        pub changed_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
