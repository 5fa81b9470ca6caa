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

pub mod role_version {
    use sea_orm::entity::prelude::*;

    /// A role as it was, is, or would be once a second person agrees.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "role_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub role: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// `in_force`, `past`, `waiting`, `refused`, `removed`.
        pub state: String,
        pub name: String,
        pub like_role: String,
        pub definition: String,
        pub reason: String,
        pub at: i64,
        /// A user's id; names are looked up, so that an erased one is not kept here.
        pub by_id: String,
        pub decided_at: Option<i64>,
        pub decided_by: Option<String>,
        /// The record that says so.
        pub idx: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod standing {
    use sea_orm::entity::prelude::*;

    /// Where an employee stood when that was last acted on: tells a change from the same said again.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "standings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub employee: String,
        pub standing: String,
        pub since: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod view {
    use sea_orm::entity::prelude::*;

    /// What somebody opened within one hour, and how often.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "views")]
    pub struct Model {
        /// A user's or token's id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub viewer: String,
        /// Hours since 1970, UTC.
        #[sea_orm(primary_key, auto_increment = false)]
        pub hour: i64,
        /// `employee`, `customer`, `export`, `refused`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub what: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub thing: String,
        /// Whose data it was; empty where nobody's.
        pub employee: String,
        pub reason: String,
        pub times: i64,
        pub first_at: i64,
        pub last_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
