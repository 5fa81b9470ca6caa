//! Tables of the access room.

pub mod user {
    use sea_orm::entity::prelude::*;

    /// Someone who signs in. `login` is kept in lower case.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub login: String,
        pub name: String,
        pub role: String,
        /// The employee number of the same person, which gives the team of a sales manager.
        pub employee: Option<String>,
        /// Argon2id in PHC form; null for people of the demo, who sign in without one.
        pub password: Option<String>,
        pub demo: bool,
        pub title: Option<String>,
        pub disabled: bool,
        pub created_at: i64,
        pub last_sign_in_at: Option<i64>,
        /// Has an authenticator app or a passkey.
        pub second_factor: bool,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub struct Model {
        /// SHA-256 of the cookie.
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub user_id: String,
        pub created_at: i64,
        pub seen_at: i64,
        pub address: Option<String>,
        /// The browser's own words about itself.
        pub agent: Option<String>,
        /// The person had never signed in from this browser before.
        pub new_device: bool,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod token {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tokens")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The readable front of the token; finds the row.
        pub prefix: String,
        /// SHA-256 of the whole token.
        pub hash: Vec<u8>,
        pub name: String,
        /// Space-separated scope names.
        pub scopes: String,
        /// JSON list of the sources it may write to; null: all.
        pub sources: Option<String>,
        pub created_at: i64,
        pub created_by: String,
        pub expires_at: Option<i64>,
        pub last_used_at: Option<i64>,
        pub revoked_at: Option<i64>,
        /// The user who made it, so that it goes when they go; null for the command line and tokens older than this column.
        pub made_by: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod failure {
    use sea_orm::entity::prelude::*;

    /// Failed sign-ins under one name, whether or not an account has it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_failures")]
    pub struct Model {
        /// SHA-256 of the name tried: people type passwords into the wrong box.
        #[sea_orm(primary_key, auto_increment = false)]
        pub login_hash: Vec<u8>,
        pub failures: i32,
        pub last_at: i64,
        pub locked_until: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod role {
    use sea_orm::entity::prelude::*;

    /// A role that the company changed or added.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "roles")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub name: String,
        /// The shipped role it is a kind of.
        pub like_role: String,
        /// See `roles::Definition`.
        pub definition: String,
        pub version: i32,
        pub changed_at: i64,
        pub changed_by: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
