//! The table of the requests room.

pub mod request {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "requests")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub employee: String,
        pub kind: String,
        pub field: Option<String>,
        pub text: String,
        /// `open` or `answered`.
        pub state: String,
        pub made_at: i64,
        pub due_on: String,
        pub outcome: Option<String>,
        pub answer: Option<String>,
        pub answered_at: Option<i64>,
        pub answered_by: Option<String>,
        pub told_late: bool,
        pub idx: i64,
        /// The user who means to grant an erasure; another one has to agree.
        pub erasure_by: Option<String>,
        pub erasure_by_name: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
