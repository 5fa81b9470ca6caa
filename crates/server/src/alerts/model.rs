//! Tables of the alerts room.

pub mod alert {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "alerts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub rule: String,
        pub employee: String,
        /// What there is one open alert about: a conversation or a chain.
        pub subject: String,
        pub conversation: Option<String>,
        pub chain: Option<String>,
        pub customer: Option<String>,
        pub severity: String,
        /// `open`, `snoozed`, `closed`.
        pub status: String,
        pub outcome: Option<String>,
        pub reason: Option<String>,
        pub backfilled: bool,
        pub raised_at: i64,
        /// Time of the newest record behind it.
        pub happened_at: i64,
        pub changed_at: i64,
        /// A user's id.
        pub assignee: Option<String>,
        pub snoozed_until: Option<i64>,
        pub closed_at: Option<i64>,
        pub value: f64,
        /// [`super::Body`] as JSON.
        pub body: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod alert_record {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "alert_records")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub alert: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i64,
        pub at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod alert_event {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "alert_events")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub seq: i64,
        pub alert: String,
        /// Whom the alert is about, so that erasure reaches what was written here.
        pub employee: String,
        pub at: i64,
        /// `raised`, `joined`, `assigned`, `snoozed`, `opened`, `closed`.
        pub kind: String,
        pub by_id: String,
        pub by_name: String,
        /// JSON: what changed.
        pub body: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use crate::said::Said;
use serde::{Deserialize, Serialize};

/// The part of an alert that is kept as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Body {
    pub title: Said,
    pub explanation: Explanation,
    #[serde(default)]
    pub words: Vec<Word>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    pub value: f64,
    pub threshold: f64,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub unit: Said,
    pub window: Said,
    pub baseline: Option<Said>,
    pub formula: Said,
    pub why: Vec<Said>,
    pub missing: Vec<Said>,
    pub innocent: Vec<Said>,
}

/// A hit behind an alert: the lexicon's entry, never the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    pub word: String,
    pub category: String,
    pub severity: String,
    pub step: String,
    pub at: i64,
    pub idx: i64,
    /// `out`: the employee wrote it.
    pub direction: String,
}
