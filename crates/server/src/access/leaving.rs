//! What follows at once when somebody resigns or has left: in the record's own transaction their sessions end, tokens
//! they made that read go, and every open connection on every replica asks for its rights again. What stays: signing in
//! to the page of a former employee, and tokens that only write, so that no source goes silent.

use super::{
    matrix::TokenScope,
    model::{session, standing, token, user},
    standing::{Standing, of_status},
};
use crate::{
    company::Company,
    error::Result,
    events, people,
    records::{Appended, Effect},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::{BTreeSet, HashMap};

pub struct FollowLeaving;

#[async_trait::async_trait]
impl Effect for FollowLeaving {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        // Whatever may have moved a status: a record of a source, a correction of one, an act of the people room.
        let moved = |a: &&Appended<'_>| {
            matches!(a.draft.kind.as_str(), "employee.upserted" | "resignation.submitted" | "record.corrected")
                || a.draft.source.starts_with("/probity/people")
                || a.draft.source.starts_with("/probity/leaving")
        };
        let named: BTreeSet<String> =
            batch.iter().filter(moved).flat_map(|a| &a.draft.subjects).filter_map(|s| s.strip_prefix("e:")).map(str::to_owned).collect();
        for part in named.into_iter().collect::<Vec<_>>().chunks(500) {
            follow(company, tx, part).await?;
        }
        Ok(())
    }
}

async fn follow(company: &Company, tx: &DatabaseTransaction, numbers: &[String]) -> Result<()> {
    let now: HashMap<String, Standing> = people::find_all(tx, numbers).await?.into_iter().map(|(n, p)| (n, of_status(p.status.as_deref()))).collect();
    let known: HashMap<String, Standing> = standing::Entity::find()
        .filter(standing::Column::Employee.is_in(numbers.iter().cloned()))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.employee, of_status(Some(&row.standing))))
        .collect();
    // Most are at work and always were: they have no row.
    let changed: Vec<(&String, Standing)> = now.iter().map(|(n, s)| (n, *s)).filter(|(n, s)| known.get(*n).copied().unwrap_or_default() != *s).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let at = company.now();
    let rows = changed.iter().map(|(n, s)| standing::ActiveModel { employee: Set((*n).clone()), standing: Set(s.name().into()), since: Set(at) });
    standing::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(standing::Column::Employee).update_columns([standing::Column::Standing, standing::Column::Since]).to_owned())
        .exec_without_returning(tx)
        .await?;
    let of = |wanted: Standing| -> Vec<String> { changed.iter().filter(|(_, s)| *s == wanted).map(|(n, _)| (*n).clone()).collect() };
    let (left, resigning) = (of(Standing::Left), of(Standing::Resigning));
    if !left.is_empty() {
        close(tx, &left, true, at).await?;
    }
    if !resigning.is_empty() {
        close(tx, &resigning, false, at).await?;
    }
    events::rights_changed(tx, at).await
}

/// Ends the tokens these people made that read; of those who have left also what they have open.
async fn close(tx: &impl ConnectionTrait, employees: &[String], sessions: bool, at: i64) -> Result<()> {
    let users: Vec<String> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Employee.is_in(employees.iter().cloned()))
        .into_tuple()
        .all(tx)
        .await?;
    if users.is_empty() {
        return Ok(());
    }
    if sessions {
        session::Entity::delete_many().filter(session::Column::UserId.is_in(users.iter().cloned())).exec(tx).await?;
    }
    let made: Vec<token::Model> = token::Entity::find().filter(token::Column::MadeBy.is_in(users)).filter(token::Column::RevokedAt.is_null()).all(tx).await?;
    let reads = |t: &token::Model| t.scopes.split(' ').filter_map(TokenScope::from_name).any(|s| s != TokenScope::Ingest);
    let ids: Vec<String> = made.into_iter().filter(reads).map(|t| t.id).collect();
    if !ids.is_empty() {
        token::Entity::update_many().col_expr(token::Column::RevokedAt, Expr::value(at)).filter(token::Column::Id.is_in(ids)).exec(tx).await?;
    }
    Ok(())
}
