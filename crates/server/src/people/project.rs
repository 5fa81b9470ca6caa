//! Follows `document.signed` and `interest.declared`, and gives a row to everyone a record names. What changes a working
//! life is in `life`, where somebody worked under whom in `posts`.

use super::{
    interests, life,
    model::{document, interest, person},
    names, posts, roster, search,
};
use crate::{
    company::Company,
    error::Result,
    intake::facts::{self, Fact},
    records::{Appended, Effect},
    store::{bulk, keepable, keepable_json},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::OnConflict,
};
use std::collections::{BTreeSet, HashSet};

pub struct Projection;

#[async_trait::async_trait]
impl Effect for Projection {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let originals = facts::originals(tx, batch).await?;
        let facts = facts::of(batch, &originals);
        life::follow(company, tx, &facts).await?;
        posts::follow(company, tx, &facts).await?;
        placeholders(tx, batch).await?;
        documents(company, tx, &facts).await?;
        interests::follow(tx, batch).await?;
        roster::follow(tx, batch).await?;
        declared(tx, &facts).await
    }
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
    let fresh: Vec<person::Model> = named.into_iter().filter(|n| !known.contains(*n)).map(life::blank).collect();
    names::PEOPLE.add(tx, fresh.iter().flat_map(|r| search::forms(&r.search).into_iter().map(|form| (form, r.number.clone()))).collect()).await?;
    let fresh: Vec<_> = fresh.into_iter().map(|r| r.into_active_model().reset_all()).collect();
    for part in fresh.chunks(500) {
        person::Entity::insert_many(part.iter().cloned())
            .on_conflict(OnConflict::column(person::Column::Number).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

async fn documents(company: &Company, tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<()> {
    let mine = || facts.iter().filter(|f| f.kind == "document.signed");
    let replaced = facts::take_back::<document::Entity>(tx, document::Column::Idx, mine()).await?;
    let rows: Vec<_> = mine()
        .filter(|f| !replaced.contains(&f.idx))
        .filter_map(|f| {
            Some(document::ActiveModel {
                idx: Set(f.idx),
                employee: Set(f.text("employee")?.to_owned()),
                document: Set(f.text("document")?.to_owned()),
                title: Set(keepable(f.text("title")?)),
                version: Set(keepable(f.text("version")?)),
                signed_at: Set(facts::moment(company, f.text("signed_at")?, false)?),
                method: Set(f.text("method").map(str::to_owned)),
                clauses: Set(f.data.get("clauses").filter(|c| c.is_array()).map_or_else(|| "[]".into(), |c| keepable_json(c))),
            })
        })
        .collect();
    for part in rows.chunks(500) {
        document::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn declared(tx: &impl ConnectionTrait, facts: &[Fact<'_>]) -> Result<()> {
    let mine = || facts.iter().filter(|f| f.kind == "interest.declared");
    let replaced = facts::take_back::<interest::Entity>(tx, interest::Column::Idx, mine()).await?;
    let rows: Vec<_> = mine()
        .filter(|f| !replaced.contains(&f.idx))
        .filter_map(|f| {
            Some(interest::ActiveModel {
                idx: Set(f.idx),
                employee: Set(f.text("employee")?.to_owned()),
                company: Set(f.text("company")?.to_owned()),
                relation: Set(keepable(f.text("relation")?)),
                at: Set(f.at),
            })
        })
        .collect();
    for part in rows.chunks(500) {
        interest::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}
