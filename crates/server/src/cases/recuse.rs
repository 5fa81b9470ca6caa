//! 回避: who is kept out of a case by the system. The subject always; relatives, as declared (`interest.declared`) or
//! noted in the case; managers implicated in it: above the subject, and party to a record that is in the case or noted
//! as such. Other managers of the subject are flagged and not barred.
//!
//! Whoever is barred learns of neither case nor alerts: `access::person` asks [`barred`] once a request, and every list
//! leaves those employees out. The rooms of ordinary work ask [`Caller::impartial`] before anybody arranges something that
//! concerns somebody they are tied to (docs/decisions/020).

use super::{
    ROOM, find,
    model::{case, case_record, case_recusal},
};
use crate::{
    access::{Caller, Permission, model::user},
    companies::model::company,
    company::{Actor, Company},
    error::{Problem, Result},
    http::instant,
    people::{
        self,
        model::{interest, person},
    },
    records::{employee_subject, model::subject},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{BinOper, Expr, ExprTrait, LikeExpr, Query},
};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeSet, HashMap, HashSet};
use utoipa::ToSchema;

/// Why somebody may be noted as kept out.
pub const WHYS: [&str; 2] = ["relative", "implicated"];

/// Employees somebody is kept apart from, themselves aside.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// Everybody of whose cases and alerts they may learn nothing.
    pub all: HashSet<String>,
    /// Of them those whose tie stands outside any case, so that naming it tells of none: declared relatives, and whoever
    /// an account without a number may be.
    pub known: HashSet<String>,
    /// Of these again whoever an account without a number may be: oneself, perhaps.
    pub perhaps_oneself: HashSet<String>,
}

/// Whom this caller is kept apart from. An account that is linked to no employee is whoever here has its name: leaving
/// the number out must not be the way round.
pub async fn barred(company: &Company, caller: &Caller) -> Result<Ties> {
    of_account(company.store.read(), caller.employee.as_deref(), &caller.name).await
}

/// The same of an account by its employee and its name.
pub async fn of_account(db: &impl ConnectionTrait, employee: Option<&str>, name: &str) -> Result<Ties> {
    if let Some(number) = employee {
        return of_employee(db, number).await;
    }
    let mut ties = Ties::default();
    let same: Vec<String> =
        person::Entity::find().select_only().column(person::Column::Number).filter(person::Column::Name.eq(name.trim())).into_tuple().all(db).await?;
    for number in same {
        let of = of_employee(db, &number).await?;
        ties.all.extend(of.all);
        ties.known.extend(of.known);
        ties.all.insert(number.clone());
        ties.known.insert(number.clone());
        ties.perhaps_oneself.insert(number);
    }
    Ok(ties)
}

/// The same of an employee, whether or not they have an account.
pub async fn of_employee(db: &impl ConnectionTrait, number: &str) -> Result<Ties> {
    let mut ties = Ties::default();
    if let Some(own) = people::find(db, number).await? {
        ties.known = relatives(db, &own).await?;
    }
    let noted: Vec<String> = case_recusal::Entity::find()
        .select_only()
        .column(case_recusal::Column::CaseId)
        .filter(case_recusal::Column::Employee.eq(number))
        .into_tuple()
        .all(db)
        .await?;
    ties.all.extend(ties.known.iter().cloned());
    ties.all.extend(subjects_of(db, &noted).await?.into_values());
    ties.all.extend(implicated(db, number).await?);
    ties.all.remove(number);
    ties.known.remove(number);
    Ok(ties)
}

async fn subjects_of(db: &impl ConnectionTrait, cases: &[String]) -> Result<HashMap<String, String>> {
    let mut all = HashMap::new();
    for part in cases.chunks(500) {
        let rows: Vec<(String, String)> = case::Entity::find()
            .select_only()
            .columns([case::Column::Id, case::Column::Employee])
            .filter(case::Column::Id.is_in(part.iter().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        all.extend(rows);
    }
    Ok(all)
}

fn containing(column: impl ColumnTrait, text: &str) -> sea_orm::sea_query::SimpleExpr {
    let escaped: String = text.chars().flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
    Expr::col((column.entity_name(), column)).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// Is this person named, by name or by number as a whole word?
fn names(text: &str, name: &str, number: &str) -> bool {
    let whole = |at: usize| {
        let before = text[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
        let after = text[at + number.len()..].chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        !before && !after
    };
    // A name of one character would be in every second sentence.
    (name.chars().count() >= 2 && text.contains(name)) || text.match_indices(number).any(|(at, _)| whole(at))
}

/// Employees who declared this person, or whom this person declared: by name or number in the relation, or as somebody
/// who acts for the company that was declared.
async fn relatives(db: &impl ConnectionTrait, own: &person::Model) -> Result<HashSet<String>> {
    use interest::Column as I;
    let mut found = HashSet::new();
    // What others declared.
    let for_companies: Vec<(String, String)> = company::Entity::find()
        .select_only()
        .columns([company::Column::Company, company::Column::Persons])
        .filter(containing(company::Column::Persons, &own.name))
        .into_tuple()
        .all(db)
        .await?;
    let acts_for = |persons: &str, name: &str| serde_json::from_str::<Vec<String>>(persons).unwrap_or_default().iter().any(|p| p == name);
    let mine: Vec<String> = for_companies.into_iter().filter(|(_, persons)| acts_for(persons, &own.name)).map(|(id, _)| id).collect();
    let any = Condition::any().add(containing(I::Relation, &own.name)).add(containing(I::Relation, &own.number)).add(I::Company.is_in(mine.iter().cloned()));
    let others = interest::Entity::find().filter(I::Employee.ne(&own.number)).filter(any).all(db).await?;
    found.extend(others.into_iter().filter(|i| mine.contains(&i.company) || names(&i.relation, &own.name, &own.number)).map(|i| i.employee));
    // What this person declared.
    for declared in people::interests_of(db, &own.number).await? {
        let persons = crate::companies::find(db, &declared.company).await?.map(|c| c.persons).unwrap_or_default();
        // The other way round: the sentence is given, the names are the column.
        let named = Expr::val(declared.relation.clone()).binary(BinOper::Like, Expr::cust("'%' || name || '%'"));
        let rows: Vec<(String, String)> = person::Entity::find()
            .select_only()
            .columns([person::Column::Number, person::Column::Name])
            .filter(Condition::any().add(named).add(person::Column::Name.is_in(persons.iter().cloned())))
            .filter(person::Column::Number.ne(&own.number))
            .into_tuple()
            .all(db)
            .await?;
        found.extend(rows.into_iter().filter(|(number, name)| persons.contains(name) || names(&declared.relation, name, number)).map(|(number, _)| number));
    }
    Ok(found)
}

/// Subjects of cases in which this employee, above the subject, is party to a record of the case.
async fn implicated(db: &impl ConnectionTrait, number: &str) -> Result<Vec<String>> {
    let about = Query::select()
        .expr(Expr::val(1))
        .from_as(subject::Entity, "about")
        .and_where(Expr::col(("about", subject::Column::Subject)).eq(employee_subject(number)))
        .and_where(Expr::col(("about", subject::Column::Idx)).equals((case_record::Entity, case_record::Column::Idx)))
        .to_owned();
    let cases: Vec<String> =
        case_record::Entity::find().select_only().column(case_record::Column::CaseId).distinct().filter(Expr::exists(about)).into_tuple().all(db).await?;
    let mut all = Vec::new();
    let subjects: BTreeSet<String> = subjects_of(db, &cases).await?.into_values().collect();
    for employee in subjects {
        if above(db, &employee).await?.iter().any(|m| m == number) {
            all.push(employee);
        }
    }
    Ok(all)
}

/// The managers above an employee, the nearest first.
pub async fn above(db: &impl ConnectionTrait, employee: &str) -> Result<Vec<String>> {
    let mut chain: Vec<String> = Vec::new();
    let mut at = employee.to_owned();
    while let Some(manager) = people::find(db, &at).await?.and_then(|p| p.manager) {
        // A circle of managers must not go round for ever.
        if manager == employee || chain.contains(&manager) {
            break;
        }
        chain.push(manager.clone());
        at = manager;
    }
    Ok(chain)
}

/// Somebody with a tie to the subject of a case: kept out, or let in under everyone's eyes.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseTie {
    pub employee: String,
    pub name: Option<String>,
    /// `relative`, `implicated`, `manager`.
    pub kind: String,
    /// False: may read the case, and that they are above the subject is said here.
    pub barred: bool,
    /// When it was noted; null where the system found it.
    pub at: Option<String>,
}

/// Who is kept out of a case by a note or by the records in it, and which managers of the subject could read it.
pub async fn ties(company: &Company, case: &case::Model) -> Result<Vec<CaseTie>> {
    let db = company.store.read();
    let noted = case_recusal::Entity::find().filter(case_recusal::Column::CaseId.eq(&case.id)).all(db).await?;
    let chain = above(db, &case.employee).await?;
    let roles = company.roles();
    let readers: HashSet<String> = user::Entity::find()
        .filter(user::Column::Employee.is_in(chain.iter().cloned()))
        .filter(user::Column::Disabled.eq(false))
        .all(db)
        .await?
        .into_iter()
        .filter(|u| roles.get(&u.role).is_some_and(|r| r.grants.has(Permission::CasesSee)))
        .filter_map(|u| u.employee)
        .collect();
    let mut all: Vec<CaseTie> =
        noted.into_iter().map(|n| CaseTie { employee: n.employee, name: None, kind: n.why, barred: true, at: Some(instant(n.at)) }).collect();
    for manager in chain {
        if all.iter().any(|t| t.employee == manager) {
            continue;
        }
        let barred = implicated(db, &manager).await?.contains(&case.employee);
        if barred || readers.contains(&manager) {
            all.push(CaseTie { employee: manager, name: None, kind: if barred { "implicated" } else { "manager" }.into(), barred, at: None });
        }
    }
    let numbers: Vec<String> = all.iter().map(|t| t.employee.clone()).collect();
    let names = people::names_of(db, &numbers).await?;
    for tie in &mut all {
        tie.name = names.get(&tie.employee).cloned();
    }
    Ok(all)
}

/// Notes somebody as kept out of a case.
pub async fn note(company: &Company, by: &Actor, case: &str, employee: &str, why: &str, reason: &str) -> Result<()> {
    let case = find(company, case).await?;
    if !WHYS.contains(&why) {
        return Err(Problem::new(422, "bad_why", "请选择回避原因：relative 亲属，或 implicated 涉案。", "Choose why: relative or implicated.").into());
    }
    let reason = reason.trim();
    if !(2..=2000).contains(&reason.chars().count()) {
        return Err(Problem::new(422, "reason_missing", "请写明回避理由（2–2000 字）。", "Say why (2–2000 characters).").into());
    }
    if people::find(company.store.read(), employee).await?.is_none() || employee == case.employee {
        return Err(Problem::new(422, "unknown_employee", "请选择当事人以外的一名员工。", "Choose an employee other than the subject.").into());
    }
    let serde_json::Value::Object(data) = json!({ "case": case.id, "who": employee, "why": why, "reason": reason }) else { return Ok(()) };
    company.publish(ROOM, "case.recused", by, Some(&case.employee), Vec::new(), data).await?;
    Ok(())
}

#[cfg(test)]
mod pure {
    use super::names;

    #[test]
    fn a_number_counts_as_a_whole_word_and_a_name_from_two_characters_on() {
        assert!(names("配偶为罗启明（M001），持股四成", "罗启明", "M001"));
        assert!(names("表兄 M001 持股", "某", "M001"));
        assert!(!names("表兄 M0010 持股", "某", "M001"));
        assert!(!names("本人持股", "人", "7"));
    }
}
