//! What the company chose: name, time zone, currency. One row a setting; read at start and after each change.

use crate::{error::Result, store::Store};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};

pub mod model {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "settings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub value: String,
        pub changed_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Debug, Clone)]
pub struct Settings {
    /// The company's name; empty until the first set-up.
    pub name: String,
    pub time_zone: jiff::tz::TimeZone,
    pub time_zone_name: String,
    pub currency: String,
    /// Whoever reaches cases, content or alerts has to sign in with a second factor.
    pub second_factor_required: bool,
}

impl Settings {
    pub async fn load(store: &Store) -> Result<Self> {
        let rows = model::Entity::find().all(store.read()).await?;
        let get = |name: &str| rows.iter().find(|r| r.name == name).map(|r| r.value.clone());
        let zone = get("time_zone").unwrap_or_else(|| "Asia/Shanghai".into());
        Ok(Self {
            name: get("name").unwrap_or_default(),
            time_zone: jiff::tz::TimeZone::get(&zone).unwrap_or(jiff::tz::TimeZone::UTC),
            time_zone_name: zone,
            currency: get("currency").unwrap_or_else(|| "CNY".into()),
            second_factor_required: get("second_factor_required").as_deref() == Some("true"),
        })
    }

    /// Days since 1970-01-01 in the company's zone: how business dates are counted.
    pub fn day_of(&self, at_us: i64) -> i32 {
        let Ok(at) = jiff::Timestamp::from_microsecond(at_us) else { return 0 };
        let date = at.to_zoned(self.time_zone.clone()).date();
        (date - jiff::civil::date(1970, 1, 1)).get_days()
    }
}

/// Reads one setting as text.
pub async fn get(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>> {
    Ok(model::Entity::find_by_id(name).one(db).await?.map(|r| r.value))
}

/// Writes one setting; call `Company::reload_settings` after the commit.
pub async fn set(db: &impl ConnectionTrait, name: &str, value: &str, now: i64) -> Result<()> {
    model::Entity::insert(model::ActiveModel { name: Set(name.into()), value: Set(value.into()), changed_at: Set(now) })
        .on_conflict(OnConflict::column(model::Column::Name).update_columns([model::Column::Value, model::Column::ChangedAt]).to_owned())
        .exec(db)
        .await?;
    Ok(())
}
