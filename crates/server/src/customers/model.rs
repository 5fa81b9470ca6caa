//! Tables of the customers room.

pub mod customer {
    use sea_orm::entity::prelude::*;

    /// A customer as the newest record has it; a placeholder until one names it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "customers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer: String,
        pub name: String,
        pub tier: Option<String>,
        pub since: Option<String>,
        /// JSON lists.
        pub sites: String,
        pub contacts: String,
        /// See `people::search`.
        pub search: String,
        pub placeholder: bool,
        pub as_of: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod assignment {
    use sea_orm::entity::prelude::*;

    /// Who served a customer from when until when, and since when we know: two clocks.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_assignments")]
    pub struct Model {
        /// Log index of the record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub customer: String,
        pub employee: String,
        pub valid_from: i64,
        /// As declared; null while open.
        pub valid_until: Option<i64>,
        /// Where it ends in effect: as declared, or where a later assignment closed it.
        pub ends_at: Option<i64>,
        pub known_at: i64,
        /// Since when a correction stands in its place.
        pub corrected_at: Option<i64>,
        pub reason: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
