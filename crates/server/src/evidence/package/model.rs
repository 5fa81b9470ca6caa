//! Tables of the package room.

pub mod package {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "packages")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub case_id: String,
        /// The case's revision when it was asked for.
        pub revision: i64,
        /// `queued`, `building`, `ready` or `failed`.
        pub status: String,
        /// Percent.
        pub progress: i32,
        /// `Said` as JSON.
        pub error: Option<String>,
        pub reason: String,
        /// JSON: record id to the pointers withheld.
        pub redact: String,
        /// `Actor` as JSON: who asked, and in whose name content is opened.
        pub actor: String,
        pub created_at: i64,
        /// Log index of the look; set once, so that a repeated job looks only once.
        pub look: Option<i64>,
        /// The signed checkpoint it rests on; set once.
        pub checkpoint: Option<String>,
        /// Custody and time stamps up to here; set once.
        pub custody_until: Option<i64>,
        pub size: Option<i64>,
        pub sha256: Option<String>,
        pub built_at: Option<i64>,
        /// `built` or `missing`.
        pub pdf: Option<String>,
        /// `Said` as JSON.
        pub pdf_note: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
