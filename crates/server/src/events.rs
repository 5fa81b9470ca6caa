//! The outbox: what connected clients are told, written in the transaction that causes it.
//! Every replica tails the table (`http::events`), so a client hears of it wherever it is connected.

use crate::error::Result;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::Value;

pub mod model {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "events")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub seq: i64,
        pub at: i64,
        /// `alert`, `job`, `import`, `package`, `case`, `user_change`.
        pub topic: String,
        /// A permission name, optionally with an employee for team scope: `alerts.see` or `alerts.see#1001`.
        pub audience: String,
        pub payload: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Topic of the row that is told to nobody and makes every connection ask for its rights again.
pub const RIGHTS_CHANGED: &str = "rights";

/// Says on every replica that somebody's rights changed: a session, token, role or standing.
pub async fn rights_changed(tx: &impl ConnectionTrait, at: i64) -> Result<()> {
    emit(tx, at, RIGHTS_CHANGED, "", &Value::Null).await
}

/// Adds an event to the outbox. The payload names things by id and holds no content.
pub async fn emit(tx: &impl ConnectionTrait, at: i64, topic: &str, audience: &str, payload: &Value) -> Result<()> {
    model::Entity::insert(model::ActiveModel {
        at: Set(at),
        topic: Set(topic.into()),
        audience: Set(audience.into()),
        payload: Set(payload.to_string()),
        ..Default::default()
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}
