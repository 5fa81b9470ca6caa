//! Somebody who has left tries to get in: each try that is refused is a record, at most one an hour for each person and
//! route, however often they knock. The alert follows from the record (`alerts::leavers`).

use super::{Caller, Standing, views};
use crate::{
    company::Company,
    error::Result,
    records::{Draft, employee_subject, model::record},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Map, json};
use std::sync::Arc;

pub const KIND: &str = "access.tried_after_leaving";
const SOURCE: &str = "/probity/access";

/// Notes a refused request of a person who has left, beside the answer. Others' refusals are nothing to note.
pub fn note(company: &Arc<Company>, caller: &Caller, method: &str, route: &str) {
    let (Standing::Left, Some(number)) = (caller.standing, caller.employee.clone()) else { return };
    let (company, user, route) = (company.clone(), caller.id.clone(), format!("{method} {route}"));
    let actor = caller.actor();
    tokio::spawn(async move {
        views::note(&company, &user, "refused", &route, &number, "");
        if let Err(error) = record_once(&company, &user, &actor.name, &number, &route).await {
            tracing::warn!(%error, "a refused try could not be recorded");
        }
    });
}

/// The id of the record is the person, route and hour, so that a second one is a repeat, on whichever replica.
async fn record_once(company: &Company, user: &str, name: &str, number: &str, route: &str) -> Result<()> {
    let at = company.now();
    let id = format!("tried/{user}/{route}/{}", at.div_euclid(views::HOUR_US));
    let known = record::Entity::find().filter(record::Column::Source.eq(SOURCE)).filter(record::Column::SourceId.eq(&id)).count(company.store.read()).await?;
    if known > 0 {
        return Ok(());
    }
    let mut data = Map::new();
    data.insert("user".into(), json!(user));
    data.insert("employee".into(), json!(number));
    data.insert("route".into(), json!(route));
    data.insert("by".into(), json!({ "kind": "user", "id": user, "name": name }));
    let draft = Draft::new(SOURCE.into(), id, KIND.into(), at, Some(number.to_owned()), vec![employee_subject(number)], data);
    company.writer.append(vec![draft]).await?;
    Ok(())
}
