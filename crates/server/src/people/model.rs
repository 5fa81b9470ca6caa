//! Tables of the people room.

pub mod person {
    use sea_orm::entity::prelude::*;

    /// An employee as the newest record has them; a placeholder until one names them.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "people")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: String,
        pub name: String,
        pub department: Option<String>,
        pub title: Option<String>,
        pub manager: Option<String>,
        pub hired_on: Option<String>,
        pub status: Option<String>,
        pub left_on: Option<String>,
        /// JSON lists.
        pub accounts: String,
        pub phones: String,
        pub emails: String,
        /// Number, name, pinyin and initials, each between line breaks, in lower case.
        pub search: String,
        pub placeholder: bool,
        /// Time of the record it is from.
        pub as_of: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod document {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person_documents")]
    pub struct Model {
        /// Log index of the record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub employee: String,
        pub document: String,
        pub title: String,
        pub version: String,
        pub signed_at: i64,
        pub method: Option<String>,
        /// JSON list of clauses.
        pub clauses: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod interest {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "interests")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub employee: String,
        pub company: String,
        pub relation: String,
        pub at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
