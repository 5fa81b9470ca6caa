//! Tables of the restrictions room.

pub mod restriction {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "restrictions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub employee: String,
        /// Names of limits between spaces.
        pub limits: String,
        /// Read by the employee.
        pub reason: String,
        /// `P16` or `P19`.
        pub rule: String,
        pub from_at: i64,
        pub until_at: i64,
        /// `proposed`, `refused`, `withdrawn`, `in_force`, `lifted`, `expired`.
        pub status: String,
        /// What it touched when it was proposed: `preview::RestrictionPreview` as JSON.
        pub preview: String,
        pub proposed_at: i64,
        /// Users' ids; names are looked up.
        pub proposed_by: String,
        pub decided_at: Option<i64>,
        pub decided_by: Option<String>,
        pub decision: Option<String>,
        pub ended_at: Option<i64>,
        pub ended_by: Option<String>,
        pub end_reason: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod appeal {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "restriction_appeals")]
    pub struct Model {
        /// Log index of the appeal's record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub restriction: String,
        pub employee: String,
        pub at: i64,
        pub body: String,
        pub answered_at: Option<i64>,
        pub answered_by: Option<String>,
        pub answer: Option<String>,
        /// `kept` or `lifted`.
        pub outcome: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
