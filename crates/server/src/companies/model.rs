//! Tables of the companies room.

pub mod company {
    use sea_orm::entity::prelude::*;

    /// A company as the newest record has it: own, competitor, related, partner, supplier or unknown.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "companies")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company: String,
        pub name: String,
        pub kind: String,
        /// JSON lists.
        pub aliases: String,
        pub persons: String,
        pub accounts: String,
        pub sites: String,
        /// See `people::search`.
        pub search: String,
        pub placeholder: bool,
        pub as_of: i64,
        /// The newest record it is from; the greatest of all rows is the version of the whole list.
        pub idx: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
