//! Tables of the links: which records may carry a role, and the chains last found in them.

pub mod chain_fact {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "chain_facts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub employee: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub class: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub at: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer: String,
        /// The kind a correction speaks as, not its own.
        pub kind: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod customer_key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer: String,
        /// `name` or `contact`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub what: String,
        /// The core of a name, or a contact without spaces and punctuation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub written: String,
        /// When the customer's data was so; older data that comes late does not replace newer.
        pub at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod chain {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "chains")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub employee: String,
        pub customer: Option<String>,
        pub score: f64,
        pub since: i64,
        pub until: i64,
        /// The chain as it is shown, in both languages.
        pub steps: String,
        pub found_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What a record may be to a chain; the values of `chain_facts.class`.
pub mod class {
    /// An unexcepted hit by an employee to an outsider.
    pub const SAID: &str = "said";
    /// A share or an amount by an employee to an outsider.
    pub const PROMISE: &str = "promise";
    /// A share, an amount or an unexcepted hit by an outsider.
    pub const REPLY: &str = "reply";
    pub const DID: &str = "did";
    pub const STOP: &str = "stop";
    pub const PAID: &str = "paid";
    pub const PLACED: &str = "placed";
    pub const REACH: &str = "reach";
}
