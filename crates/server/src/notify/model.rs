//! Tables of the notify room.

pub mod message {
    use sea_orm::entity::prelude::*;

    /// A message on its way out.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox_messages")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub handover: String,
        /// Whose customers are passed on.
        pub employee: String,
        /// Who serves the customer from now on; of a reminder, whom it goes to.
        pub receiver: Option<String>,
        /// Empty for a reminder to a colleague.
        pub customer: String,
        /// `mail`; `sms` and `im` wait for their connectors.
        pub channel: String,
        pub recipient: String,
        pub address: String,
        pub title: String,
        pub body: String,
        /// `draft`, `previewed`, `approved`, `sending`, `sent`, `failed`, `cancelled`, `pending_channel` or `told`.
        pub state: String,
        pub attempts: i32,
        /// Why it failed, in both languages, JSON.
        pub error: Option<String>,
        pub created_at: i64,
        pub created_by: String,
        pub approved_at: Option<i64>,
        pub approved_by: Option<String>,
        pub sent_at: Option<i64>,
        /// How, when and by whom the customer was told otherwise, JSON of `outbox::Told`.
        pub told: Option<String>,
        pub revision: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
