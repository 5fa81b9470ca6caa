//! `/api/v1/departments`: who was where under whom on a day, as known today or then.
//!
//! A department is what records call it; 销售部/华东区 is read as a part of 销售部.

use super::{acts, life, model::post, names_of, posts};
use crate::{
    access::{Caller, Permission, freeze, within},
    company::Company,
    error::Result,
    http::{AppState, QueryParams, parse_instant},
    said::Lang,
    store::bulk,
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_departments))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// The day, at its beginning; absent: now.
    pub on: Option<String>,
    /// As it was known at this moment.
    pub known_by: Option<String>,
    /// Only who was below this employee, at any depth.
    pub manager: Option<String>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Department {
    /// As records write it; the whole path.
    pub path: String,
    pub name: String,
    /// Employees here, those of its parts included.
    pub people: usize,
    /// Who leads here; where nobody does, the superiors from outside.
    pub heads: Vec<DepartmentHead>,
    #[schema(no_recursion)]
    pub parts: Vec<Department>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DepartmentHead {
    pub number: String,
    pub name: Option<String>,
    /// Directly below them in this department.
    pub below: usize,
}

#[derive(Serialize, ToSchema)]
pub struct Departments {
    pub on: String,
    pub people: usize,
    /// Of whom no record says a department.
    pub nowhere: usize,
    pub departments: Vec<Department>,
}

/// Departments and reporting lines as of a day
#[utoipa::path(get, path = "/api/v1/departments", tag = "people", params(OnDay), responses((status = 200, body = Departments)))]
pub async fn list_departments(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    QueryParams(query): QueryParams<OnDay>,
) -> Result<Json<Departments>> {
    let day = acts::some_day(lang, "/on", query.on.as_deref())?;
    let moment = day.map_or_else(|| company.now(), |d| life::start_of(&company, d));
    let known_by = query.known_by.as_deref().map(parse_instant).transpose()?;
    let db = company.store.read();
    // Counted by the database: a tree has as many lines as there are departments and heads, not people.
    let mut rule = posts::held(moment, known_by).add(within(&caller, Permission::PeopleSee, post::Column::Employee));
    if let Some(manager) = &query.manager {
        rule = rule.add(post::Column::Employee.in_subquery(posts::below(manager, moment, known_by))).add(post::Column::Employee.ne(manager.as_str()));
    }
    // As known then, each row is asked whether another follows it, which the index of employees answers from one place when
    // rows are read in its order: SQLite is kept from reading them in the order of departments instead.
    let (department, manager) = match known_by {
        None => (Expr::col(post::Column::Department), Expr::col(post::Column::Manager)),
        Some(_) => (Expr::cust("department || ''"), Expr::cust("manager || ''")),
    };
    let counted: Vec<(Option<String>, Option<String>, i64)> = post::Entity::find()
        .select_only()
        .expr_as(department.clone(), "d")
        .expr_as(manager.clone(), "m")
        .column_as(post::Column::Idx.count(), "n")
        .filter(rule.clone())
        .group_by(department)
        .group_by(manager)
        .into_tuple()
        .all(db)
        .await?;
    let superiors: BTreeSet<&String> = counted.iter().filter_map(|(_, manager, _)| manager.as_ref()).collect();
    let posts: Vec<(String, Option<String>, Option<String>)> = post::Entity::find()
        .select_only()
        .columns([post::Column::Employee, post::Column::Department, post::Column::Manager])
        .filter(bulk::among(db, post::Column::Employee, superiors))
        .filter(rule)
        .into_tuple()
        .all(db)
        .await?;
    let posts: HashMap<&str, Post> = posts.iter().map(|(n, d, m)| (n.as_str(), Post { department: d.as_deref(), manager: m.as_deref() })).collect();
    let mut tree: BTreeMap<&str, Vec<(Option<&str>, usize)>> = BTreeMap::new();
    let (mut people, mut nowhere) = (0, 0);
    for (department, manager, n) in &counted {
        let n = usize::try_from(*n).unwrap_or_default();
        people += n;
        match department {
            Some(department) => tree.entry(department).or_default().push((manager.as_deref(), n)),
            None => nowhere += n,
        }
    }
    let mut departments = Vec::new();
    for (path, below) in tree {
        let size = below.iter().map(|(_, n)| n).sum();
        place(&mut departments, "", path, size, heads(path, &below, &posts));
    }
    let heads: Vec<String> = numbers(&departments);
    freeze::listed(&company, &caller, &heads.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    let names = names_of(db, &heads).await?;
    name(&mut departments, &names);
    Ok(Json(Departments { on: day.unwrap_or_else(|| company.today()).to_string(), people, nowhere, departments }))
}

/// Where a superior is placed at that moment.
#[derive(Clone, Copy)]
struct Post<'a> {
    department: Option<&'a str>,
    manager: Option<&'a str>,
}

fn place(level: &mut Vec<Department>, above: &str, rest: &str, size: usize, heads: Vec<DepartmentHead>) {
    let (first, further) = match rest.split_once(['/', '／', '>']) {
        Some((first, further)) if !first.trim().is_empty() && !further.trim().is_empty() => (first.trim(), Some(further.trim())),
        _ => (rest.trim(), None),
    };
    let path = if above.is_empty() { first.to_owned() } else { format!("{above}/{first}") };
    let at = level.iter().position(|d| d.path == path).unwrap_or_else(|| {
        level.push(Department { path: path.clone(), name: first.to_owned(), ..Department::default() });
        level.len() - 1
    });
    let here = &mut level[at];
    here.people += size;
    match further {
        Some(further) => place(&mut here.parts, &path, further, size, heads),
        None => here.heads = heads,
    }
}

/// Who leads here: members with people below whose own superior is elsewhere, or else the superiors from outside.
/// `below` is how many of the department are directly below whom.
fn heads(department: &str, below: &[(Option<&str>, usize)], posts: &HashMap<&str, Post<'_>>) -> Vec<DepartmentHead> {
    let member = |number: &str| posts.get(number).is_some_and(|p| p.department == Some(department));
    let leads = |number: &str| member(number) && posts.get(number).is_some_and(|p| p.manager.is_none_or(|above| !member(above)));
    let below: Vec<(&str, usize)> = below.iter().filter_map(|(manager, n)| Some(((*manager)?, *n))).collect();
    let inside = below.iter().any(|(number, _)| leads(number));
    let mut heads: Vec<DepartmentHead> = below
        .into_iter()
        .filter(|(number, _)| if inside { leads(number) } else { !member(number) })
        .map(|(number, below)| DepartmentHead { number: number.to_owned(), name: None, below })
        .collect();
    heads.sort_by(|a, b| b.below.cmp(&a.below).then_with(|| a.number.cmp(&b.number)));
    heads.truncate(5);
    heads
}

fn numbers(level: &[Department]) -> Vec<String> {
    level.iter().flat_map(|d| d.heads.iter().map(|h| h.number.clone()).chain(numbers(&d.parts))).collect()
}

fn name(level: &mut [Department], names: &HashMap<String, String>) {
    for d in level {
        for head in &mut d.heads {
            head.name = names.get(&head.number).cloned();
        }
        name(&mut d.parts, names);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_makes_a_tree_and_heads_are_those_at_the_top() {
        let mut tree = Vec::new();
        let posts: HashMap<&str, Post> = [("1", "销售部", None), ("2", "销售部", Some("1")), ("3", "销售部/华东区", Some("2"))]
            .map(|(n, department, manager)| (n, Post { department: Some(department), manager }))
            .into();
        place(&mut tree, "", "销售部", 2, heads("销售部", &[(None, 1), (Some("1"), 1)], &posts));
        place(&mut tree, "", "销售部/华东区", 2, heads("销售部/华东区", &[(Some("2"), 1), (Some("3"), 1)], &posts));
        assert_eq!((tree.len(), tree[0].people, tree[0].parts[0].people), (1, 4, 2));
        assert_eq!(tree[0].heads.iter().map(|h| h.number.as_str()).collect::<Vec<_>>(), ["1"]);
        assert_eq!(tree[0].parts[0].heads.iter().map(|h| (h.number.as_str(), h.below)).collect::<Vec<_>>(), [("3", 1)]);
        let led = heads("市场部", &[(Some("1"), 2)], &posts);
        assert_eq!(led.iter().map(|h| (h.number.as_str(), h.below)).collect::<Vec<_>>(), [("1", 2)]);
    }
}
