//! Where an employee meets a company that matters (competitor, supplier, partner, related): as rows that follow names,
//! declarations and companies, so that a list of them is read page by page however many people there are.
//!
//! Whatever may change who meets whom leads to employees, and each of those is compared anew as a whole: one way, taken by
//! records and by the first filling alike. What somebody found who looked at a match is in `interests`.

use super::{
    life,
    model::{interest, matched, person, review},
};
use crate::{
    companies::{self, Named},
    company::Company,
    error::Result,
    intake::facts,
    records::{Appended, Effect},
    store::bulk,
};
use aws_lc_rs::digest;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use utoipa::ToSchema;

/// Kinds of company where a tie is a conflict.
const MATTER: [&str; 4] = ["competitor", "supplier", "related", "partner"];

/// How an employee and a company meet; the first come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meets {
    /// The name is that of one of its people, and nothing was declared.
    SameNameUndeclared,
    /// A relative named in a declaration is one of its people.
    Relative,
    /// The employee declared it.
    Declared,
}

impl Meets {
    pub(super) fn of(rank: i32) -> Self {
        match rank {
            0 => Self::SameNameUndeclared,
            1 => Self::Relative,
            _ => Self::Declared,
        }
    }

    fn rank(self) -> i32 {
        match self {
            Self::SameNameUndeclared => 0,
            Self::Relative => 1,
            Self::Declared => 2,
        }
    }
}

/// After the projections of people and of companies, whose rows it compares.
pub struct FollowMatches;

#[async_trait::async_trait]
impl Effect for FollowMatches {
    async fn apply(&self, _: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let originals = facts::originals(tx, batch).await?;
        let (mut employees, mut firms, mut corrected) = (BTreeSet::new(), BTreeSet::new(), Vec::<i64>::new());
        for fact in facts::of(batch, &originals) {
            match fact.kind {
                "company.upserted" => firms.extend(fact.text("company").map(str::to_owned)),
                "interest.declared" => {
                    employees.extend(fact.text("employee").map(str::to_owned));
                    corrected.extend(fact.replaces);
                }
                kind if life::STATES.contains(&kind) => employees.extend(fact.text("number").map(str::to_owned)),
                _ => {}
            }
        }
        if employees.is_empty() && firms.is_empty() {
            return Ok(());
        }
        // A correction may say that it was somebody else who declared it.
        for part in corrected.chunks(500) {
            employees.extend(employees_of(tx, matched::Column::Interest.is_in(part.iter().copied())).await?);
        }
        let known = Known::of(companies::named_of(tx, &MATTER).await?);
        if !firms.is_empty() {
            employees.extend(employees_of(tx, bulk::among(tx, matched::Column::Company, firms.iter().cloned())).await?);
            let touched: Vec<&Named> = known.firms.iter().filter(|f| firms.contains(&f.id)).collect();
            employees.extend(who_may_meet(tx, &touched).await?);
        }
        renew(tx, &known, &employees).await
    }
}

/// Compares everybody, for a company that was here before the rows were.
pub async fn fill(db: &impl ConnectionTrait) -> Result<()> {
    let known = Known::of(companies::named_of(db, &MATTER).await?);
    let everybody = who_may_meet(db, &known.firms.iter().collect::<Vec<_>>()).await?;
    renew(db, &known, &everybody).await
}

/// Somebody looked at it.
pub(super) async fn reviewed(tx: &impl ConnectionTrait, name: &str) -> Result<()> {
    matched::Entity::update_many().col_expr(matched::Column::Reviewed, Expr::value(true)).filter(matched::Column::Name.eq(name)).exec(tx).await?;
    Ok(())
}

async fn employees_of(db: &impl ConnectionTrait, rule: Expr) -> Result<Vec<String>> {
    Ok(matched::Entity::find().select_only().column(matched::Column::Employee).distinct().filter(rule).into_tuple().all(db).await?)
}

/// The companies that matter, to be found by what a declaration may call them and by who is with them.
struct Known {
    firms: Vec<Named>,
    by_name: HashMap<String, usize>,
    by_person: HashMap<String, Vec<usize>>,
    /// How long the persons' names are, in bytes.
    lengths: BTreeSet<usize>,
}

fn persons(firm: &Named) -> impl Iterator<Item = &str> {
    firm.persons.iter().map(|p| p.trim()).filter(|p| p.chars().count() > 1)
}

impl Known {
    fn of(firms: Vec<Named>) -> Self {
        let (mut by_name, mut by_person) = (HashMap::new(), HashMap::<String, Vec<usize>>::new());
        for (i, firm) in firms.iter().enumerate() {
            for name in std::iter::once(&firm.id).chain(&firm.names) {
                by_name.entry(name.clone()).or_insert(i);
            }
            for person in persons(firm).collect::<BTreeSet<_>>() {
                by_person.entry(person.to_owned()).or_default().push(i);
            }
        }
        let lengths = by_person.keys().map(String::len).collect();
        Self { firms, by_name, by_person, lengths }
    }

    /// The persons named in a text, each once.
    fn named_in<'a>(&'a self, text: &str) -> BTreeSet<&'a str> {
        let places = text.char_indices().flat_map(|(at, _)| self.lengths.iter().filter_map(move |len| text.get(at..at + len)));
        places.filter_map(|part| self.by_person.get_key_value(part)).map(|(name, _)| name.as_str()).collect()
    }
}

/// Everybody whom these companies may have to do with: by name, by a declaration, by a relative named in one.
async fn who_may_meet(db: &impl ConnectionTrait, firms: &[&Named]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    if firms.is_empty() {
        return Ok(found);
    }
    let own = Known::of(firms.iter().map(|f| (*f).clone()).collect());
    let theirs: Vec<String> = person::Entity::find()
        .select_only()
        .column(person::Column::Number)
        .filter(bulk::among(db, person::Column::Name, own.by_person.keys().cloned()))
        .into_tuple()
        .all(db)
        .await?;
    found.extend(theirs);
    let mut after = i64::MIN;
    loop {
        let page: Vec<(i64, String, String, String)> = interest::Entity::find()
            .select_only()
            .columns([interest::Column::Idx, interest::Column::Employee, interest::Column::Company, interest::Column::Relation])
            .filter(interest::Column::Idx.gt(after))
            .order_by_asc(interest::Column::Idx)
            .limit(5000)
            .into_tuple()
            .all(db)
            .await?;
        let Some((last, ..)) = page.last() else { return Ok(found) };
        after = *last;
        let meets = |company: &str, relation: &str| own.by_name.contains_key(company) || !own.named_in(relation).is_empty();
        found.extend(page.into_iter().filter(|(_, _, company, relation)| meets(company, relation)).map(|(_, employee, ..)| employee));
    }
}

fn name_of(employee: &str, company: &str, meets: Meets, person: &str) -> String {
    let text = serde_json::to_string(&(employee, company, meets, person)).unwrap_or_default();
    hex::encode(&digest::digest(&digest::SHA256, text.as_bytes()).as_ref()[..16])
}

fn row(employee: &str, firm: &Named, meets: Meets, same: Option<&str>, declared: Option<i64>) -> matched::Model {
    matched::Model {
        name: name_of(employee, &firm.id, meets, same.unwrap_or_default()),
        employee: employee.to_owned(),
        company: firm.id.clone(),
        meets: meets.rank(),
        person: same.map(str::to_owned),
        interest: declared,
        reviewed: false,
    }
}

/// Compares these employees anew.
async fn renew(db: &impl ConnectionTrait, known: &Known, employees: &BTreeSet<String>) -> Result<()> {
    for part in employees.iter().collect::<Vec<_>>().chunks(5000) {
        let numbers = || part.iter().map(|n| n.as_str());
        matched::Entity::delete_many().filter(bulk::among(db, matched::Column::Employee, numbers())).exec(db).await?;
        let mut rows = compared(db, known, &numbers().collect::<Vec<_>>()).await?;
        let looked_at: HashSet<String> = review::Entity::find()
            .select_only()
            .column(review::Column::Name)
            .filter(bulk::among(db, review::Column::Employee, numbers()))
            .into_tuple::<String>()
            .all(db)
            .await?
            .into_iter()
            .collect();
        for row in &mut rows {
            row.reviewed = looked_at.contains(&row.name);
        }
        for block in rows.chunks(500) {
            matched::Entity::insert_many(block.iter().cloned().map(|r| r.into_active_model().reset_all())).exec_without_returning(db).await?;
        }
    }
    Ok(())
}

async fn compared(db: &impl ConnectionTrait, known: &Known, numbers: &[&str]) -> Result<Vec<matched::Model>> {
    let people: Vec<(String, String, bool)> = person::Entity::find()
        .select_only()
        .columns([person::Column::Number, person::Column::Name, person::Column::Placeholder])
        .filter(bulk::among(db, person::Column::Number, numbers.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let declared: Vec<(i64, String, String, String)> = interest::Entity::find()
        .select_only()
        .columns([interest::Column::Idx, interest::Column::Employee, interest::Column::Company, interest::Column::Relation])
        .filter(bulk::among(db, interest::Column::Employee, numbers.iter().copied()))
        .order_by_asc(interest::Column::Idx)
        .into_tuple()
        .all(db)
        .await?;
    let names: HashMap<&str, &str> = people.iter().map(|(number, name, _)| (number.as_str(), name.as_str())).collect();
    // By name, so that of two declarations of one tie the newer stands.
    let mut all = BTreeMap::new();
    let mut tied = HashSet::new();
    for (idx, employee, company, relation) in &declared {
        let Some(own_name) = names.get(employee.as_str()) else { continue };
        if let Some(&firm) = known.by_name.get(company) {
            tied.insert((employee.as_str(), firm));
            let one = row(employee, &known.firms[firm], Meets::Declared, None, Some(*idx));
            all.insert(one.name.clone(), one);
        }
        for person in known.named_in(relation).into_iter().filter(|p| p != own_name) {
            for &firm in &known.by_person[person] {
                let one = row(employee, &known.firms[firm], Meets::Relative, Some(person), Some(*idx));
                all.insert(one.name.clone(), one);
            }
        }
    }
    // Of somebody only named by records no name is known.
    for (number, name, _) in people.iter().filter(|(_, _, placeholder)| !placeholder) {
        for &firm in known.by_person.get(name).into_iter().flatten().filter(|firm| !tied.contains(&(number.as_str(), **firm))) {
            let one = row(number, &known.firms[firm], Meets::SameNameUndeclared, Some(name), None);
            all.insert(one.name.clone(), one);
        }
    }
    Ok(all.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_found_wherever_the_text_names_them() {
        let firm = Named { id: "CO1".into(), names: vec!["鼎新".into()], persons: vec![" 赵六 ".into(), "欧阳锋".into(), "王".into()] };
        let known = Known::of(vec![firm]);
        assert_eq!(known.named_in("配偶（赵六）持股，与欧阳锋同住").into_iter().collect::<Vec<_>>(), ["欧阳锋", "赵六"]);
        assert!(known.named_in("王、赵 六、欧阳").is_empty());
    }
}
