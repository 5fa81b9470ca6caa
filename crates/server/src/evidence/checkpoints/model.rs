//! Tables of the published log.

pub mod checkpoint {
    use sea_orm::entity::prelude::*;

    /// A signed checkpoint as it was published.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "log_checkpoints")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub epoch: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub size: i64,
        pub root: Vec<u8>,
        /// The signed note, exactly.
        pub note: String,
        pub at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod stamp {
    use sea_orm::entity::prelude::*;

    /// A time stamp of a checkpoint's note.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "log_stamps")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub epoch: i64,
        pub size: i64,
        /// The address that was asked.
        pub authority: String,
        pub requested_at: i64,
        /// The time in the token, UTC microseconds.
        pub at: i64,
        pub signer: String,
        pub serial: String,
        /// Whether the certificate led to the authority's configured CA. Without one the token is consistent only.
        pub verified: bool,
        /// The token (DER).
        pub token: Vec<u8>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
