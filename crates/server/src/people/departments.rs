//! `/api/v1/departments`: who was where under whom on a day, as known today or then.
//!
//! A department is what records call it; 销售部/华东区 is read as a part of 销售部.

use super::{acts, life, names_of, posts};
use crate::{
    access::{Caller, Permission, scope},
    company::Company,
    error::Result,
    http::{AppState, QueryParams, parse_instant},
    said::Lang,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
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
    let seen = scope(&caller, &company, Permission::PeopleSee).await?;
    let day = acts::some_day(lang, "/on", query.on.as_deref())?;
    let moment = day.map_or_else(|| company.now(), |d| life::start_of(&company, d));
    let known_by = query.known_by.as_deref().map(parse_instant).transpose()?;
    let db = company.store.read();
    let mut held = posts::at(db, moment, known_by).await?;
    held.retain(|p| seen.sees(&p.employee));
    if let Some(manager) = &query.manager {
        let team = posts::team_at(db, manager, moment).await?;
        held.retain(|p| team.contains(&p.employee));
    }
    let mut tree: BTreeMap<String, Vec<(String, Option<String>)>> = BTreeMap::new();
    let (people, mut nowhere) = (held.len(), 0);
    for p in held {
        match p.department {
            Some(department) => tree.entry(department).or_default().push((p.employee, p.manager)),
            None => nowhere += 1,
        }
    }
    let mut departments = Vec::new();
    for (path, members) in tree {
        place(&mut departments, "", &path, &members);
    }
    let heads: Vec<String> = numbers(&departments);
    let names = names_of(db, &heads).await?;
    name(&mut departments, &names);
    Ok(Json(Departments { on: day.unwrap_or_else(|| company.today()).to_string(), people, nowhere, departments }))
}

fn place(level: &mut Vec<Department>, above: &str, rest: &str, members: &[(String, Option<String>)]) {
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
    here.people += members.len();
    match further {
        Some(further) => place(&mut here.parts, &path, further, members),
        None => here.heads = heads(members),
    }
}

/// Who leads here: members with people below whose own superior is elsewhere, or else the superiors from outside.
fn heads(members: &[(String, Option<String>)]) -> Vec<DepartmentHead> {
    let of: HashMap<&str, Option<&str>> = members.iter().map(|(n, m)| (n.as_str(), m.as_deref())).collect();
    let mut below: BTreeMap<&str, usize> = BTreeMap::new();
    for manager in of.values().flatten() {
        *below.entry(manager).or_default() += 1;
    }
    let leads = |number: &str| of.get(number).is_some_and(|above| above.is_none_or(|m| !of.contains_key(m)));
    let inside = below.keys().any(|number| leads(number));
    let mut heads: Vec<DepartmentHead> = below
        .into_iter()
        .filter(|(number, _)| if inside { leads(number) } else { !of.contains_key(number) })
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
        let m = |n: &str, boss: Option<&str>| (n.to_owned(), boss.map(str::to_owned));
        place(&mut tree, "", "销售部", &[m("1", None), m("2", Some("1"))]);
        place(&mut tree, "", "销售部/华东区", &[m("3", Some("2")), m("4", Some("3"))]);
        assert_eq!((tree.len(), tree[0].people, tree[0].parts[0].people), (1, 4, 2));
        assert_eq!(tree[0].heads.iter().map(|h| h.number.as_str()).collect::<Vec<_>>(), ["1"]);
        assert_eq!(tree[0].parts[0].heads.iter().map(|h| (h.number.as_str(), h.below)).collect::<Vec<_>>(), [("3", 1)]);
        let mut led = Vec::new();
        place(&mut led, "", "市场部", &[m("5", Some("1")), m("6", Some("1"))]);
        assert_eq!(led[0].heads.iter().map(|h| (h.number.as_str(), h.below)).collect::<Vec<_>>(), [("1", 2)]);
    }
}
