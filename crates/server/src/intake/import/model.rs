//! Table of imports.

pub mod import {
    use sea_orm::entity::prelude::*;

    /// An uploaded file and how far its import has come. The file itself lies sealed among the blobs.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "imports")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub name: String,
        /// JSON of what was recognised: layout, kind, sheets, mapping.
        pub about: String,
        /// `uploaded`, `running`, `done`, `stopped`, `failed`.
        pub status: String,
        /// JSON of the choices it runs with.
        pub options: Option<String>,
        /// JSON of who started it.
        pub actor: Option<String>,
        pub total: i64,
        pub done: i64,
        pub accepted: i64,
        pub duplicates: i64,
        pub quarantined: i64,
        pub skipped: i64,
        pub error_zh: Option<String>,
        pub error_en: Option<String>,
        pub created_at: i64,
        pub created_by: String,
        pub expires_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
