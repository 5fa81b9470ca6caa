//! Work that must be done by one replica at a time, for as long as it keeps saying so.

use super::model::lease;
use crate::{company::Company, error::Result};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

/// Takes or renews the lease `name` for `seconds`; false while another holder has it. `holder` is one per process.
pub async fn hold(company: &Company, name: &str, holder: &str, seconds: i64) -> Result<bool> {
    let now = company.now();
    let until = now + seconds * 1_000_000;
    let tx = company.store.write().await?;
    lease::Entity::insert(lease::ActiveModel { name: Set(name.into()), holder: Set(holder.into()), until: Set(until) })
        .on_conflict(OnConflict::column(lease::Column::Name).do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    let got = lease::Entity::update_many()
        .col_expr(lease::Column::Holder, Expr::value(holder))
        .col_expr(lease::Column::Until, Expr::value(until))
        .filter(lease::Column::Name.eq(name))
        .filter(lease::Column::Holder.eq(holder).or(lease::Column::Until.lt(now)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(got.rows_affected == 1)
}
