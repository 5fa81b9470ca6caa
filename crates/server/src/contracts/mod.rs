//! Labour contracts 劳动合同: terms, probation, post, place and pay, and when they run out.
//!
//! Each is made and ended by an act that is a record first; the table follows it ([`FollowContracts`]). Pay is a field
//! of its own (`contracts.pay`). What is *not* here: the paper that was signed (a `document.signed` of people), and
//! ending an employment (people, and later the process of a dismissal).

pub mod acts;
pub mod api;
mod follow;
pub mod model;
#[cfg(test)]
mod tests;

pub use follow::FollowContracts;

use crate::{company::Company, error::Result, events, store::bulk};
use jiff::{ToSpan, civil::Date};
use model::contract;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde_json::json;
use std::collections::HashMap;

/// The room's source name in the log.
pub const ROOM: &str = "contracts";
pub const SOURCE: &str = "/probity/contracts";
pub const MADE: &str = "contract.made";
pub const ENDED: &str = "contract.ended";
/// Somebody has to talk about a renewal before the last day, so it is said this long before.
pub const REMIND_DAYS: i64 = 30;

/// The posts an employee's contracts name.
pub async fn posts_of(db: &impl ConnectionTrait, employee: &str) -> Result<Vec<String>> {
    Ok(of(db, employee).await?.into_iter().filter_map(|c| c.post).collect())
}

/// The contracts of an employee, the newest first.
pub async fn of(db: &impl ConnectionTrait, employee: &str) -> Result<Vec<contract::Model>> {
    let rows = contract::Entity::find()
        .filter(contract::Column::Employee.eq(employee))
        .order_by_desc(contract::Column::FromOn)
        .order_by_desc(contract::Column::Idx)
        .all(db)
        .await?;
    Ok(rows)
}

/// The contracts of each of these, the newest first.
pub async fn of_all(db: &impl ConnectionTrait, employees: &[String]) -> Result<HashMap<String, Vec<contract::Model>>> {
    let rows = contract::Entity::find()
        .filter(bulk::among(db, contract::Column::Employee, employees))
        .order_by_desc(contract::Column::FromOn)
        .order_by_desc(contract::Column::Idx)
        .all(db)
        .await?;
    let mut all: HashMap<String, Vec<contract::Model>> = HashMap::new();
    for row in rows {
        all.entry(row.employee.clone()).or_default().push(row);
    }
    Ok(all)
}

/// The first day on which a contract that ends then is spoken of.
fn reminder(until: Date) -> Date {
    until.saturating_sub(REMIND_DAYS.days())
}

/// Tells of contracts that run out within thirty days, each once.
pub async fn remind(company: &Company) -> Result<()> {
    let horizon = company.today().saturating_add(REMIND_DAYS.days()).to_string();
    let tx = company.store.write().await?;
    let due = contract::Entity::find()
        .filter(contract::Column::State.eq("active"))
        .filter(contract::Column::Reminded.eq(false))
        .filter(contract::Column::UntilOn.lte(horizon))
        .order_by_asc(contract::Column::UntilOn)
        .all(&tx)
        .await?;
    for row in due {
        contract::Entity::update_many().col_expr(contract::Column::Reminded, Expr::value(true)).filter(contract::Column::Id.eq(&row.id)).exec(&tx).await?;
        let audience = format!("contracts.see#{}", row.employee);
        events::emit(&tx, company.now(), "contract", &audience, &json!({ "id": row.id, "employee": row.employee, "until": row.until_on })).await?;
    }
    tx.commit().await?;
    Ok(())
}
