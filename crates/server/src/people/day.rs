//! What falls due on a day: a last day that has passed, a post that begins, a contract that runs out, a request that
//! waits too long. Whoever writes something with a day asks for a turn on that day; a turn does all that is due by then.

use super::{
    ROOM, life,
    model::{person, post, resignation},
};
use crate::{
    company::{Actor, Company},
    contracts,
    error::Result,
    jobs,
    records::{self, Draft, employee_subject},
    requests,
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub const JOB: &str = "people.day";

/// The business day of a moment.
pub fn of(company: &Company, at: i64) -> Date {
    let at = jiff::Timestamp::from_microsecond(at).unwrap_or_default();
    at.to_zoned(company.settings().time_zone.clone()).date()
}

/// Asks for a turn at the beginning of this day; a day that is over gets one now.
pub async fn on(company: &Company, tx: &impl ConnectionTrait, day: Date) -> Result<()> {
    let at = life::start_of(company, day).max(company.now());
    jobs::enqueue(tx, JOB, Some(&day.max(company.today()).to_string()), &json!({}), at).await
}

pub async fn run(company: Arc<Company>, _: Value) -> Result<()> {
    leave(&company).await?;
    begin(&company).await?;
    contracts::remind(&company).await?;
    requests::remind(&company).await
}

/// 离职: those whose last day has passed have left.
async fn leave(company: &Company) -> Result<()> {
    let today = company.today().to_string();
    let due = resignation::Entity::find()
        .filter(resignation::Column::State.eq("open"))
        .filter(resignation::Column::LastDay.lt(today))
        .order_by_asc(resignation::Column::Idx)
        .all(company.store.read())
        .await?;
    for row in due {
        let by = Actor::system(ROOM);
        let mut data = Map::new();
        data.insert("employee".into(), json!(row.employee));
        data.insert("left_on".into(), json!(row.last_day));
        data.insert("ground".into(), json!("resignation"));
        data.insert("by".into(), json!({ "kind": by.kind, "id": by.id, "name": by.name }));
        // Its id is fixed, so that two turns make one record.
        let id = format!("left/{}", row.idx);
        let subjects = vec![employee_subject(&row.employee)];
        let draft = Draft::new(super::SOURCE.into(), id, life::LEFT.into(), company.now(), Some(row.employee), subjects, data);
        company.writer.append(vec![draft]).await?;
    }
    Ok(())
}

/// Posts whose day has come.
async fn begin(company: &Company) -> Result<()> {
    let tx = company.store.write().await?;
    records::in_turn(&tx).await?;
    let due = post::Entity::find()
        .filter(post::Column::Due.eq(true))
        .filter(post::Column::ValidFrom.lte(company.now()))
        .order_by_asc(post::Column::ValidFrom)
        .all(&tx)
        .await?;
    for row in due {
        post::Entity::update_many().col_expr(post::Column::Due, Expr::value(false)).filter(post::Column::Idx.eq(row.idx)).exec(&tx).await?;
        // Another one may have begun since.
        if row.corrected_at.is_some() || !row.employed || row.ends_at.is_some_and(|end| end <= company.now()) {
            continue;
        }
        person::Entity::update_many()
            .col_expr(person::Column::Department, Expr::value(row.department))
            .col_expr(person::Column::Title, Expr::value(row.title))
            .col_expr(person::Column::Manager, Expr::value(row.manager))
            .col_expr(person::Column::Grade, Expr::value(row.grade))
            .filter(person::Column::Number.eq(&row.employee))
            .exec(&tx)
            .await?;
        // A manager's reach follows from who is below.
        crate::events::rights_changed(&tx, company.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}
