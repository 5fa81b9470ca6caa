//! Follows `employee.upserted`, `document.signed`, `interest.declared`, and gives a row to everyone a record names.

use super::{
    model::{document, interest, person},
    search,
};
use crate::{
    company::Company,
    error::Result,
    intake::facts::{self, Fact},
    records::{Appended, Effect},
    store::bulk,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::OnConflict,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub struct Projection;

#[async_trait::async_trait]
impl Effect for Projection {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let originals = facts::originals(tx, batch).await?;
        let facts = facts::of(batch, &originals);
        upsert(tx, &facts).await?;
        placeholders(tx, batch).await?;
        documents(company, tx, &facts).await?;
        interests(tx, &facts).await
    }
}

/// NUL cannot be kept by PostgreSQL.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}

/// A text member given anew replaces the old one, `null` clears it, absent keeps it.
fn renew(slot: &mut Option<String>, data: &serde_json::Map<String, Value>, name: &str) {
    match data.get(name) {
        None => {}
        Some(v) => *slot = v.as_str().map(clean),
    }
}

fn renew_list(slot: &mut String, data: &serde_json::Map<String, Value>, name: &str) {
    match data.get(name) {
        None => {}
        Some(Value::Array(list)) => *slot = clean(&Value::Array(list.clone()).to_string()),
        Some(_) => *slot = "[]".into(),
    }
}

fn blank(number: &str) -> person::Model {
    person::Model {
        number: number.to_owned(),
        name: number.to_owned(),
        department: None,
        title: None,
        manager: None,
        hired_on: None,
        status: None,
        left_on: None,
        accounts: "[]".into(),
        phones: "[]".into(),
        emails: "[]".into(),
        search: search::text(number, &[]),
        placeholder: true,
        as_of: i64::MIN,
    }
}

async fn upsert(tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<()> {
    let mine: Vec<&Fact> = facts.iter().filter(|f| f.kind == "employee.upserted").collect();
    if mine.is_empty() {
        return Ok(());
    }
    let numbers: Vec<String> = mine.iter().filter_map(|f| f.text("number")).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect();
    let mut rows: BTreeMap<String, person::Model> = super::find_all(tx, &numbers).await?.into_iter().collect();
    for fact in mine {
        let (Some(number), Some(name)) = (fact.text("number"), fact.text("name")) else { continue };
        let row = rows.entry(number.to_owned()).or_insert_with(|| blank(number));
        // What is older than what we know changes nothing.
        if fact.at < row.as_of {
            continue;
        }
        row.as_of = fact.at;
        row.placeholder = false;
        row.name = clean(name);
        for (slot, member) in [
            (&mut row.department, "department"),
            (&mut row.title, "title"),
            (&mut row.manager, "manager"),
            (&mut row.hired_on, "hired_on"),
            (&mut row.status, "status"),
            (&mut row.left_on, "left_on"),
        ] {
            renew(slot, fact.data, member);
        }
        renew_list(&mut row.accounts, fact.data, "accounts");
        renew_list(&mut row.phones, fact.data, "phones");
        renew_list(&mut row.emails, fact.data, "emails");
        row.search = search::text(number, &[&row.name]);
    }
    let rows: Vec<_> = rows.into_values().map(|r| r.into_active_model().reset_all()).collect();
    for part in rows.chunks(500) {
        use person::Column as C;
        person::Entity::insert_many(part.iter().cloned())
            .on_conflict(
                OnConflict::column(C::Number)
                    .update_columns([
                        C::Name,
                        C::Department,
                        C::Title,
                        C::Manager,
                        C::HiredOn,
                        C::Status,
                        C::LeftOn,
                        C::Accounts,
                        C::Phones,
                        C::Emails,
                        C::Search,
                        C::Placeholder,
                        C::AsOf,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Everyone a record concerns has a row, with the number for a name until a record says more.
async fn placeholders(tx: &impl ConnectionTrait, batch: &[Appended<'_>]) -> Result<()> {
    let named: BTreeSet<&str> = batch.iter().flat_map(|a| &a.draft.subjects).filter_map(|s| s.strip_prefix("e:")).collect();
    if named.is_empty() {
        return Ok(());
    }
    let known: HashSet<String> = person::Entity::find()
        .select_only()
        .column(person::Column::Number)
        .filter(bulk::among(tx, person::Column::Number, named.iter().copied()))
        .into_tuple::<String>()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    let fresh: Vec<_> = named.into_iter().filter(|n| !known.contains(*n)).map(|n| blank(n).into_active_model().reset_all()).collect();
    for part in fresh.chunks(500) {
        person::Entity::insert_many(part.iter().cloned())
            .on_conflict(OnConflict::column(person::Column::Number).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

async fn documents(company: &Company, tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<()> {
    let mine: Vec<&Fact> = facts.iter().filter(|f| f.kind == "document.signed").collect();
    let corrected: Vec<i64> = mine.iter().filter_map(|f| f.corrects).collect();
    if !corrected.is_empty() {
        document::Entity::delete_many().filter(document::Column::Idx.is_in(corrected)).exec(tx).await?;
    }
    let rows: Vec<_> = mine
        .iter()
        .filter_map(|f| {
            Some(document::ActiveModel {
                idx: Set(f.idx),
                employee: Set(f.text("employee")?.to_owned()),
                document: Set(f.text("document")?.to_owned()),
                title: Set(clean(f.text("title")?)),
                version: Set(clean(f.text("version")?)),
                signed_at: Set(facts::moment(company, f.text("signed_at")?, false)?),
                method: Set(f.text("method").map(str::to_owned)),
                clauses: Set(f.data.get("clauses").filter(|c| c.is_array()).map_or_else(|| "[]".into(), |c| clean(&c.to_string()))),
            })
        })
        .collect();
    for part in rows.chunks(500) {
        document::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn interests(tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<()> {
    let mine: Vec<&Fact> = facts.iter().filter(|f| f.kind == "interest.declared").collect();
    let corrected: Vec<i64> = mine.iter().filter_map(|f| f.corrects).collect();
    if !corrected.is_empty() {
        interest::Entity::delete_many().filter(interest::Column::Idx.is_in(corrected)).exec(tx).await?;
    }
    let rows: Vec<_> = mine
        .iter()
        .filter_map(|f| {
            Some(interest::ActiveModel {
                idx: Set(f.idx),
                employee: Set(f.text("employee")?.to_owned()),
                company: Set(f.text("company")?.to_owned()),
                relation: Set(clean(f.text("relation")?)),
                at: Set(f.at),
            })
        })
        .collect();
    for part in rows.chunks(500) {
        interest::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}
