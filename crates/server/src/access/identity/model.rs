//! Tables of the identity room. Secrets stand here sealed or as hashes, never in the clear.

pub mod invitation {
    use sea_orm::entity::prelude::*;

    /// A one-time link with which a person sets the own password.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invitations")]
    pub struct Model {
        /// SHA-256 of the code in the link.
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub user_id: String,
        /// `invite` or `reset`.
        pub purpose: String,
        /// The authenticator app and passkeys go as well: the phone is lost.
        pub drops_factors: bool,
        pub made_at: i64,
        pub made_by: String,
        pub expires_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod totp {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "totp_secrets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        /// Sealed by the company's keys.
        pub secret: Vec<u8>,
        /// Null until a first code proved that the app has the secret.
        pub confirmed_at: Option<i64>,
        /// The step of the last code that was accepted; only later ones are.
        pub last_step: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod recovery_code {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recovery_codes")]
    pub struct Model {
        /// Keyed by the company's master key: 49 bits could be guessed from a plain hash.
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub user_id: String,
        pub used_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod passkey {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "passkeys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub user_id: String,
        /// The authenticator's name for the key.
        pub credential: Vec<u8>,
        /// DER, X.509 SubjectPublicKeyInfo.
        pub public_key: Vec<u8>,
        /// COSE: −7, −8 or −257.
        pub algorithm: i32,
        /// The authenticator's counter; 0 where it keeps none.
        pub uses: i64,
        pub name: String,
        pub created_at: i64,
        pub last_used_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod challenge {
    use sea_orm::entity::prelude::*;

    /// What an authenticator was asked to sign, once.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "challenges")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        /// Whose new passkey this is for; null for a sign-in.
        pub user_id: Option<String>,
        pub expires_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod device {
    use sea_orm::entity::prelude::*;

    /// A browser somebody signed in from, known by a cookie of its own.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "devices")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub first_seen: i64,
        pub last_seen: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod change {
    use sea_orm::entity::prelude::*;

    /// What one person asked for and another has to approve.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "user_changes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// `invite`, `role`, `reset` or `token`.
        pub kind: String,
        /// Whom it is about; null for a token.
        pub user_id: Option<String>,
        /// See `changes::Wanted`.
        pub wanted: String,
        /// User or token id.
        pub asked_by: String,
        /// Whose token asked.
        pub asked_for: Option<String>,
        pub asked_at: i64,
        /// `waiting`, `approved`, `refused` or `withdrawn`.
        pub status: String,
        pub decided_by: Option<String>,
        pub decided_at: Option<i64>,
        pub reason: Option<String>,
        /// When the link or token was taken by who asked for it.
        pub collected_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
