//! Posts 任职: department, title and superior of each person as intervals with two clocks — when it was so, and since
//! when we know — and the two questions asked of them, as conditions of the database: who was where on a day ([`held`]),
//! and who was below whom ([`below`]).
//!
//! Follows lists (`employee.*`) and moves. A list that says again what was known makes no new interval.

use super::{
    day, life,
    model::{person, post},
};
use crate::{
    company::Company,
    error::Result,
    intake::facts::{self, Fact},
    store::bulk,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{Alias, CommonTableExpression, Expr, ExprTrait, Query, SelectStatement, UnionType, WithClause},
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// When the post that a fact tells of begins, if it tells of one.
pub fn begins(company: &Company, fact: &Fact<'_>) -> Option<i64> {
    let day = |member| fact.text(member).and_then(|t| facts::moment(company, t, false));
    match fact.kind {
        life::JOINED => day("hired_on").or(Some(fact.at)),
        life::TRANSFERRED | life::PROMOTED => day("from").or(Some(fact.at)),
        life::LEFT => fact.text("left_on").and_then(|t| facts::moment(company, t, true)).or(Some(fact.at)),
        "employee.upserted" | life::AMENDED => {
            let gone = fact.text("status") == Some("left");
            let end = || fact.text("left_on").and_then(|t| facts::moment(company, t, true));
            Some(if gone { end().unwrap_or(fact.at) } else { fact.at })
        }
        _ => None,
    }
}

fn whose<'a>(fact: &Fact<'a>) -> Option<&'a str> {
    fact.text("number").or_else(|| fact.text("employee"))
}

fn what(kind: &str) -> &'static str {
    match kind {
        life::JOINED => "joined",
        life::TRANSFERRED => "transferred",
        life::PROMOTED => "promoted",
        life::LEFT => "left",
        _ => "stated",
    }
}

fn same(a: &post::Model, b: &post::Model) -> bool {
    a.employed == b.employed && (!a.employed || (&a.department, &a.title, &a.manager, &a.grade) == (&b.department, &b.title, &b.manager, &b.grade))
}

/// The post that a fact tells of, the rest being as before it.
fn told(company: &Company, fact: &Fact<'_>, known: &[post::Model]) -> Option<post::Model> {
    let valid_from = begins(company, fact)?;
    let before = known.iter().filter(|p| p.corrected_at.is_none() && p.valid_from <= valid_from).max_by_key(|p| (p.valid_from, p.idx));
    let gone = fact.kind == life::LEFT || fact.text("status") == Some("left");
    let kept = before.filter(|p| p.employed && fact.kind != life::JOINED);
    let mut row = post::Model {
        idx: fact.idx,
        employee: whose(fact)?.to_owned(),
        department: kept.and_then(|p| p.department.clone()),
        title: kept.and_then(|p| p.title.clone()),
        manager: kept.and_then(|p| p.manager.clone()),
        grade: kept.and_then(|p| p.grade.clone()),
        employed: !gone,
        what: what(fact.kind).into(),
        valid_from,
        ends_at: None,
        known_at: fact.received_at,
        corrected_at: None,
        due: matches!(fact.kind, life::TRANSFERRED | life::PROMOTED) && valid_from > company.now(),
    };
    for (slot, member) in [(&mut row.department, "department"), (&mut row.title, "title"), (&mut row.manager, "manager"), (&mut row.grade, "grade")] {
        life::renew(slot, fact.data, member);
    }
    if gone {
        (row.department, row.title, row.manager, row.grade) = (None, None, None, None);
    }
    let known_already = row.what == "stated" || row.what == "left";
    (!(known_already && before.is_some_and(|p| same(p, &row)))).then_some(row)
}

pub async fn follow(company: &Company, tx: &DatabaseTransaction, facts: &[Fact<'_>]) -> Result<()> {
    let mine: Vec<&Fact> = facts.iter().filter(|f| begins(company, f).is_some() && whose(f).is_some()).collect();
    if mine.is_empty() {
        return Ok(());
    }
    let mut numbers: BTreeSet<String> = mine.iter().filter_map(|f| whose(f)).map(str::to_owned).collect();
    // What is put right may have been said of somebody else.
    let replaced = facts::replaced(mine.iter().copied());
    let mut said_of: HashMap<i64, String> = HashMap::new();
    if !replaced.is_empty() {
        let rows = post::Entity::find().select_only().columns([post::Column::Idx, post::Column::Employee]);
        said_of.extend(rows.filter(bulk::among_numbers(tx, post::Column::Idx, replaced.iter().copied())).into_tuple::<(i64, String)>().all(tx).await?);
        numbers.extend(said_of.values().cloned());
    }
    let numbers: Vec<String> = numbers.into_iter().collect();
    let mut known: HashMap<String, Vec<post::Model>> = HashMap::new();
    for part in numbers.chunks(500) {
        for row in post::Entity::find().filter(post::Column::Employee.is_in(part.iter().cloned())).all(tx).await? {
            known.entry(row.employee.clone()).or_default().push(row);
        }
    }
    let (mut fresh, mut touched, mut deprived) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    for fact in mine {
        let Some(number) = whose(fact) else { continue };
        for wrong in fact.replaces {
            let rows = said_of.get(wrong).and_then(|of| known.get_mut(of));
            let Some(row) = rows.and_then(|rows| rows.iter_mut().find(|p| p.idx == *wrong && p.corrected_at.is_none())) else { continue };
            row.corrected_at = Some(fact.received_at);
            touched.insert(row.employee.clone());
            if row.employee != number {
                let said_at = deprived.entry(row.employee.clone()).or_insert(fact.at);
                *said_at = Ord::max(fact.at, *said_at);
            }
            post::Entity::update_many()
                .col_expr(post::Column::CorrectedAt, Expr::value(row.corrected_at))
                .filter(post::Column::Idx.eq(row.idx))
                .exec(tx)
                .await?;
        }
        let rows = known.entry(number.to_owned()).or_default();
        let Some(row) = told(company, fact, rows) else { continue };
        if row.due {
            day::on(company, tx, day::of(company, row.valid_from)).await?;
        }
        touched.insert(number.to_owned());
        said_of.insert(row.idx, number.to_owned());
        rows.push(row.clone());
        fresh.push(row);
    }
    // Ends are known before the rows go in, so that a first list of everybody is written once.
    let mut changed: BTreeMap<Option<i64>, Vec<i64>> = BTreeMap::new();
    let mut ends: HashMap<i64, (Option<i64>, Option<i64>)> = HashMap::new();
    let new: HashSet<i64> = fresh.iter().map(|r| r.idx).collect();
    for number in &touched {
        let Some(rows) = known.get_mut(number) else { continue };
        let before: HashMap<i64, Option<i64>> = rows.iter().map(|r| (r.idx, r.ends_at)).collect();
        close(rows);
        for row in rows.iter() {
            ends.insert(row.idx, (row.ends_at, row.corrected_at));
            if !new.contains(&row.idx) && before.get(&row.idx) != Some(&row.ends_at) {
                changed.entry(row.ends_at).or_default().push(row.idx);
            }
        }
    }
    for row in &mut fresh {
        (row.ends_at, row.corrected_at) = ends.get(&row.idx).copied().unwrap_or_default();
    }
    for part in fresh.chunks(500) {
        post::Entity::insert_many(part.iter().cloned().map(|r| r.into_active_model().reset_all())).exec_without_returning(tx).await?;
    }
    for (end, indices) in changed {
        for part in indices.chunks(500) {
            post::Entity::update_many().col_expr(post::Column::EndsAt, Expr::value(end)).filter(post::Column::Idx.is_in(part.iter().copied())).exec(tx).await?;
        }
    }
    // Who was never moved is again where they were, by the same turn that begins a post; unless something later says
    // where that is.
    for (number, said_at) in deprived {
        let told_later = person::Entity::find_by_id(&number).one(tx).await?.is_some_and(|p| p.as_of > said_at);
        let Some(stays) = known.get(&number).and_then(|rows| in_effect_at(rows, company.now())).filter(|_| !told_later) else { continue };
        post::Entity::update_many().col_expr(post::Column::Due, Expr::value(true)).filter(post::Column::Idx.eq(stays.idx)).exec(tx).await?;
        person::Entity::update_many().col_expr(person::Column::AsOf, Expr::value(stays.valid_from)).filter(person::Column::Number.eq(&number)).exec(tx).await?;
        day::on(company, tx, company.today()).await?;
    }
    Ok(())
}

fn in_effect_at(rows: &[post::Model], now: i64) -> Option<&post::Model> {
    rows.iter().filter(|r| r.corrected_at.is_none() && r.valid_from <= now).max_by_key(|r| (r.valid_from, r.idx))
}

/// Sets `ends_at` of one person's posts, those a correction replaced left out.
pub fn close(rows: &mut [post::Model]) {
    rows.sort_by_key(|r| (r.valid_from, r.idx));
    let mut next = None;
    for row in rows.iter_mut().rev().filter(|r| r.corrected_at.is_none()) {
        row.ends_at = next;
        next = Some(row.valid_from);
    }
}

/// One person's posts as we know them at `known_by` (now, if `None`), in time order; one that another replaced on its
/// own first day was never in force.
pub async fn history(db: &impl ConnectionTrait, number: &str, known_by: Option<i64>) -> Result<Vec<post::Model>> {
    let rows = post::Entity::find().filter(post::Column::Employee.eq(number)).all(db).await?;
    Ok(in_effect(rows, known_by))
}

pub fn in_effect(rows: Vec<post::Model>, known_by: Option<i64>) -> Vec<post::Model> {
    let mut rows: Vec<post::Model> = rows
        .into_iter()
        .filter(|r| match known_by {
            Some(k) => r.known_at <= k && r.corrected_at.is_none_or(|c| c > k),
            None => r.corrected_at.is_none(),
        })
        .map(|r| post::Model { corrected_at: None, ..r })
        .collect();
    close(&mut rows);
    rows.retain(|r| r.ends_at.is_none_or(|end| end > r.valid_from));
    rows
}

/// “This post was held at `moment`”, as known at `known_by` (now, if `None`), as a condition of the database: of a hundred
/// thousand people only who is asked for is read.
pub fn held(moment: i64, known_by: Option<i64>) -> Condition {
    let begun = Condition::all().add(post::Column::ValidFrom.lte(moment)).add(post::Column::Employed.eq(true));
    let Some(known_by) = known_by else {
        return begun.add(post::Column::CorrectedAt.is_null()).add(post::Column::EndsAt.is_null().or(post::Column::EndsAt.gt(moment)));
    };
    // As it looked then: the ends that are kept are today's, so it is the last one begun of those known at that time.
    let later = Alias::new("later");
    let of = |column: post::Column| Expr::col((later.clone(), column));
    let own = |column: post::Column| Expr::col((post::Entity, column));
    let next = Query::select()
        .expr(Expr::val(1))
        .from_as(post::Entity, later.clone())
        .and_where(of(post::Column::Employee).eq(own(post::Column::Employee)))
        .and_where(of(post::Column::ValidFrom).lte(moment))
        .and_where(of(post::Column::KnownAt).lte(known_by))
        .and_where(of(post::Column::CorrectedAt).is_null().or(of(post::Column::CorrectedAt).gt(known_by)))
        // Taken together, so that the search in the index begins behind the row itself.
        .and_where(Expr::tuple([of(post::Column::ValidFrom), of(post::Column::Idx)]).gt(Expr::tuple([own(post::Column::ValidFrom), own(post::Column::Idx)])))
        .to_owned();
    begun
        .add(post::Column::KnownAt.lte(known_by))
        .add(post::Column::CorrectedAt.is_null().or(post::Column::CorrectedAt.gt(known_by)))
        .add(Expr::exists(next).not())
}

/// The numbers of an employee and everybody who was below at a moment, at any depth, as a query of the database.
pub fn below(manager: &str, moment: i64, known_by: Option<i64>) -> SelectStatement {
    let (team, number) = (Alias::new("below_then"), Alias::new("number"));
    let mut lower = Query::select();
    lower
        .column((post::Entity, post::Column::Employee))
        .from(post::Entity)
        .inner_join(team.clone(), Expr::col((post::Entity, post::Column::Manager)).equals((team.clone(), number.clone())))
        .cond_where(held(moment, known_by));
    // Each once: a circle of managers ends.
    let all = Query::select().expr(Expr::val(manager).cast_as(Alias::new("TEXT"))).union(UnionType::Distinct, lower.to_owned()).to_owned();
    let named = CommonTableExpression::new().query(all).column(number.clone()).table_name(team.clone()).to_owned();
    Query::select().column(number).from(team).with_cte(WithClause::new().recursive(true).cte(named).to_owned()).to_owned()
}

/// The employees below `manager` at a moment, at any depth; not the manager.
#[cfg(test)]
pub async fn team_at(db: &impl ConnectionTrait, manager: &str, moment: i64) -> Result<HashSet<String>> {
    let rows = db.query_all(&below(manager, moment, None)).await?;
    let mut team: HashSet<String> = rows.iter().map(|row| row.try_get_by_index(0)).collect::<std::result::Result<_, _>>()?;
    team.remove(manager);
    Ok(team)
}

/// Whether `employee` would stand above themselves with this superior: a list may be so, our own acts may not.
pub async fn closes_a_circle(db: &impl ConnectionTrait, employee: &str, manager: &str) -> Result<bool> {
    let mut above = manager.to_owned();
    let mut seen = HashSet::new();
    loop {
        if above == employee {
            return Ok(true);
        }
        if !seen.insert(above.clone()) {
            // A circle that was there before and that this person is not in.
            return Ok(false);
        }
        let next: Option<Option<String>> = person::Entity::find_by_id(&above).select_only().column(person::Column::Manager).into_tuple().one(db).await?;
        let Some(next) = next.flatten() else { return Ok(false) };
        above = next;
    }
}
