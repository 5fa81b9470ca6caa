//! The table of the assets room.

pub mod asset {
    use sea_orm::entity::prelude::*;

    /// One thing in one person's hands, from its issue to its return.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assets")]
    pub struct Model {
        /// The record of the issue.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        /// 资产编号, or `account:<system>:<account>` of a work account that was issued with a snapshot.
        pub asset: String,
        pub employee: String,
        /// As in `intake::kinds::data::AssetKind`.
        pub kind: String,
        pub name: String,
        /// 序列号、车牌号、账号: what tells this one from the next.
        pub identifier: Option<String>,
        /// Of a work account: `wecom`, `phone` …
        pub system: Option<String>,
        /// The snapshot of contacts taken when it was issued.
        pub snapshot: Option<String>,
        /// Days in the company's zone.
        pub issued_on: String,
        pub issued_by: Option<String>,
        pub condition: Option<String>,
        pub acknowledged_at: Option<i64>,
        pub acknowledged_idx: Option<i64>,
        /// What the person said on receiving it.
        pub remark: Option<String>,
        pub returned_on: Option<String>,
        pub returned_condition: Option<String>,
        pub returned_by: Option<String>,
        pub returned_idx: Option<i64>,
        /// Number, name and identifier (`people::search::plain`).
        pub search: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
