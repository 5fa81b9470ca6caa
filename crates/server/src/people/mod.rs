//! People 员工: who works here, for whom, since when and until when, what they signed and declared; projected from
//! records. What happens in a working life is an act in `acts`, a record, and then a change of rows (`life`, `posts`).
//!
//! What is *not* here: signing in (access), contracts, policies and requests (rooms of their own), their customers
//! (customers), what is suspected of them (alerts).

pub mod acts;
pub mod amend;
pub mod api;
pub mod day;
pub mod departments;
pub mod interests;
pub mod life;
pub mod life_api;
pub mod matches;
pub mod mine;
pub mod model;
pub mod names;
pub mod posts;
mod project;
pub mod roster;
pub mod search;
#[cfg(test)]
mod tests;

pub use life::{Leaving, leaving_of};
pub use matches::FollowMatches;
pub use project::Projection;

/// The room's source name in the log.
pub const ROOM: &str = "people";
pub const SOURCE: &str = "/probity/people";

use crate::{error::Result, store::Store};
use model::{document, interest, person};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, CommonTableExpression, Expr, ExprTrait, Query, SelectStatement, UnionType, WithClause},
};
use std::collections::{HashMap, HashSet};

/// The employees below `manager`, at any depth; not the manager.
pub async fn team_of(store: &Store, manager: &str) -> Result<HashSet<String>> {
    let mut team: HashSet<String> = team(store.read(), manager).await?.into_iter().collect();
    team.remove(manager);
    Ok(team)
}

/// The numbers of an employee and everybody below, at any depth, as a query of the database.
pub fn below(manager: &str) -> SelectStatement {
    let (team, number) = (Alias::new("team"), Alias::new("number"));
    let mut lower = Query::select();
    lower
        .column((person::Entity, person::Column::Number))
        .from(person::Entity)
        .inner_join(team.clone(), Expr::col((person::Entity, person::Column::Manager)).equals((team.clone(), number.clone())));
    // Each once: a circle of managers ends.
    let all = Query::select().expr(Expr::val(manager).cast_as(Alias::new("TEXT"))).union(UnionType::Distinct, lower.to_owned()).to_owned();
    let named = CommonTableExpression::new().query(all).column(number.clone()).table_name(team.clone()).to_owned();
    Query::select().column(number).from(team).with_cte(WithClause::new().recursive(true).cte(named).to_owned()).to_owned()
}

/// The employee and everybody below, at any depth.
pub async fn team(db: &impl ConnectionTrait, manager: &str) -> Result<Vec<String>> {
    let rows = db.query_all(&below(manager)).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<std::result::Result<_, _>>()?)
}

/// Is this employee below that manager? Goes up the line, which is short.
pub async fn is_below(db: &impl ConnectionTrait, employee: &str, manager: &str) -> Result<bool> {
    let mut at = employee.to_owned();
    let mut seen = HashSet::new();
    while seen.insert(at.clone()) {
        let Some(next) = find(db, &at).await?.and_then(|p| p.manager) else { return Ok(false) };
        if next == manager {
            return Ok(true);
        }
        at = next;
    }
    Ok(false)
}

/// Names of these employees; unknown ones are left out.
pub async fn names_of(db: &impl ConnectionTrait, numbers: &[String]) -> Result<HashMap<String, String>> {
    let mut names = HashMap::new();
    for part in numbers.chunks(500) {
        let rows: Vec<(String, String)> = person::Entity::find()
            .select_only()
            .columns([person::Column::Number, person::Column::Name])
            .filter(person::Column::Number.is_in(part.iter().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        names.extend(rows);
    }
    Ok(names)
}

pub async fn find(db: &impl ConnectionTrait, number: &str) -> Result<Option<person::Model>> {
    Ok(person::Entity::find_by_id(number).one(db).await?)
}

/// These employees; unknown ones are left out.
pub async fn find_all(db: &impl ConnectionTrait, numbers: &[String]) -> Result<HashMap<String, person::Model>> {
    let mut found = HashMap::new();
    for part in numbers.chunks(500) {
        let rows = person::Entity::find().filter(person::Column::Number.is_in(part.iter().cloned())).all(db).await?;
        found.extend(rows.into_iter().map(|r| (r.number.clone(), r)));
    }
    Ok(found)
}

/// (system, account) → employee number, for connectors and imports.
pub async fn by_account(db: &impl ConnectionTrait, system: &str) -> Result<HashMap<String, String>> {
    let rows: Vec<(String, String)> = person::Entity::find()
        .select_only()
        .columns([person::Column::Number, person::Column::Accounts])
        .filter(person::Column::Accounts.ne("[]"))
        .into_tuple()
        .all(db)
        .await?;
    let mut found = HashMap::new();
    for (number, accounts) in rows {
        let accounts: Vec<crate::intake::kinds::data::Account> = serde_json::from_str(&accounts).unwrap_or_default();
        for account in accounts.into_iter().filter(|a| a.system.as_str() == system) {
            found.insert(account.account.0, number.clone());
        }
    }
    Ok(found)
}

/// What an employee signed, newest first.
pub async fn documents_of(db: &impl ConnectionTrait, number: &str) -> Result<Vec<document::Model>> {
    Ok(document::Entity::find().filter(document::Column::Employee.eq(number)).order_by_desc(document::Column::SignedAt).all(db).await?)
}

/// What an employee declared, newest first.
pub async fn interests_of(db: &impl ConnectionTrait, number: &str) -> Result<Vec<interest::Model>> {
    Ok(interest::Entity::find().filter(interest::Column::Employee.eq(number)).order_by_desc(interest::Column::At).all(db).await?)
}

/// Who signed this version of a document of that title: the newest signature of each.
pub async fn signed_version(db: &impl ConnectionTrait, title: &str, version: &str) -> Result<HashMap<String, document::Model>> {
    let front: String = version.chars().take(40).collect();
    let rows = document::Entity::find()
        .filter(document::Column::Document.eq("policy"))
        .filter(Expr::cust("SUBSTR(version, 1, 40)").eq(front))
        .filter(document::Column::Version.eq(version))
        .filter(document::Column::Title.eq(title))
        .order_by_asc(document::Column::SignedAt)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|r| (r.employee.clone(), r)).collect())
}

/// Everybody who works here now; those only named by records are left out.
pub async fn numbers_at_work(db: &impl ConnectionTrait) -> Result<HashSet<String>> {
    let rows: Vec<(String, Option<String>)> = person::Entity::find()
        .select_only()
        .columns([person::Column::Number, person::Column::Status])
        .filter(person::Column::Placeholder.eq(false))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter(|(_, status)| status.as_deref() != Some("left")).map(|(number, _)| number).collect())
}
