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
        /// Perhaps served by nobody: no assignment without an end had begun when its assignments last changed.
        pub unserved: bool,
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

pub mod dealing {
    use sea_orm::entity::prelude::*;

    /// One record of what goes on with a customer: a follow-up, a deal's stage, an order, a receivable, a promise, a
    /// preference. Kept one row a record, so that a day can be seen as it was and as it was known.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_dealings")]
    pub struct Model {
        /// Log index of the record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub customer: String,
        /// Null once the employee was erased.
        pub employee: Option<String>,
        /// See `dealings::Kind`.
        pub kind: String,
        /// Id of the deal, order, receivable, promise or preference; null for a follow-up, which stands alone.
        pub thing: Option<String>,
        pub at: i64,
        pub known_at: i64,
        /// Since when a correction stands in its place.
        pub corrected_at: Option<i64>,
        /// Speaks for its thing now.
        pub newest: bool,
        /// A deal's stage, what became of an order, promise or preference, a follow-up's channel.
        pub state: Option<String>,
        /// Minor units.
        pub amount: Option<i64>,
        /// Of a receivable: what was paid so far.
        pub settled: Option<i64>,
        pub currency: Option<String>,
        /// A day: when a receivable or a promise is due.
        pub due: Option<String>,
        /// A follow-up's note, what was promised or preferred; of a receivable, its order.
        pub text: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod reassignment {
    use sea_orm::entity::prelude::*;

    /// Customers changing hands together.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reassignments")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub started_at: i64,
        /// From when the receiver serves them, and as it was written: a day or a moment.
        pub begins_at: i64,
        pub begins: String,
        /// Who has to hold them; null for whoever does.
        pub giver: Option<String>,
        /// Null when they go to several.
        pub receiver: Option<String>,
        /// Whose customers the person who started it may give away (JSON, `reassign::Within`).
        pub reach: String,
        pub actor_kind: String,
        pub actor_id: String,
        pub actor_name: String,
        pub reason: String,
        /// The reassignment that this one takes back.
        pub undoes: Option<String>,
        pub finished_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod reassigned {
    use sea_orm::entity::prelude::*;

    /// What became of one customer in a reassignment.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reassignment_results")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub reassignment: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer: String,
        pub receiver: String,
        /// `waiting`, `done`, `refused`, `limit`.
        pub status: String,
        /// Why it was refused; see `assignable::Refusal`.
        pub code: Option<String>,
        /// Who held it before; when refused, who stands in the way.
        pub holder: Option<String>,
        /// The record of the new assignment.
        pub idx: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod snapshot {
    use sea_orm::entity::prelude::*;

    /// The contacts of the customers a person held when a work account was issued or returned.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contact_snapshots")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The record that holds its digest.
        pub idx: i64,
        pub employee: String,
        pub system: String,
        pub account: String,
        /// `issue` or `return`.
        pub occasion: String,
        pub taken_at: i64,
        pub taken_by: String,
        /// How many customers.
        pub customers: i64,
        /// Canonical JSON; the digest is over these bytes.
        pub contacts: String,
        pub sha256: String,
        pub acknowledged_at: Option<i64>,
        pub acknowledged_idx: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
