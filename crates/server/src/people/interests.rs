//! Conflicts of interest 利益冲突: what employees declare, and where a declaration, a name or a relative's name meets a
//! company that matters (competitor, supplier, partner, related). A match is a question for a person, no finding: two
//! people may share a name.

use super::{
    ROOM, acts, interests_of, life_api,
    model::{interest, person, review},
};
use crate::{
    access::{Caller, Field, Permission, freeze, scope},
    cases,
    companies::{self, Known},
    company::{Actor, Company},
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    records::{Appended, id_of},
    said::Lang,
};
use aws_lc_rs::digest;
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::OnConflict};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub const REVIEWED: &str = "interest.reviewed";
/// Kinds of company where a tie is a conflict.
const MATTER: [&str; 4] = ["competitor", "supplier", "related", "partner"];

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(declare_for)).routes(routes!(list_matches)).routes(routes!(review_match))
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Declare {
    /// The company's id or name.
    pub company: String,
    /// What the tie is: 本人持股、配偶任职 …
    pub relation: String,
    /// Of a relative: the name, so that it can be compared.
    pub person: Option<String>,
}

/// Declares an interest of an employee; the company is found by id, name or alias.
pub async fn declare(company: &Company, by: &Actor, lang: Lang, employee: &str, new: Declare) -> Result<()> {
    let named = acts::text(lang, "/company", &new.company, 200)?;
    let relation = acts::text(lang, "/relation", &new.relation, 500)?;
    let person = acts::some_text(lang, "/person", new.person.as_deref(), 50)?;
    let known = companies::all(company.store.read()).await?;
    let found = known.iter().find(|c| c.id == named || c.name == named || c.aliases.contains(&named));
    let mut data = Map::new();
    data.insert("employee".into(), json!(employee));
    data.insert("company".into(), json!(found.map_or(named.as_str(), |c| c.id.as_str())));
    data.insert("company_name".into(), json!(named));
    data.insert("relation".into(), json!(person.as_ref().map_or_else(|| relation.clone(), |p| format!("{relation}（{p}）"))));
    data.insert("person".into(), json!(person));
    company.publish(ROOM, "interest.declared", by, Some(employee), Vec::new(), data).await?;
    Ok(())
}

/// Enter what an employee declared on paper
#[utoipa::path(post, path = "/api/v1/employees/{number}/interests", tag = "people", params(("number" = String, Path)), request_body = Declare, responses((status = 201), (status = 422)))]
pub async fn declare_for(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(number): PathParam<String>,
    Body(body): Body<Declare>,
) -> Result<StatusCode> {
    life_api::may_act(&company, &caller, Permission::PeopleEdit, &number).await?;
    acts::known(&company, &number).await?;
    declare(&company, &caller.actor(), lang, &number, body).await?;
    Ok(StatusCode::CREATED)
}

/// How an employee and a company meet.
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

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InterestMatch)]
pub struct Match {
    /// Names the match; send it back with a review.
    pub id: String,
    pub employee: String,
    pub employee_name: String,
    pub department: Option<String>,
    pub company: String,
    pub company_name: String,
    pub company_kind: String,
    pub meets: Meets,
    /// The name that is the same.
    pub person: Option<String>,
    pub relation: Option<String>,
    /// The declaration.
    pub record: Option<String>,
    pub review: Option<Review>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MatchReview)]
pub struct Review {
    /// `none`: no conflict; `managed`: known and dealt with; `case`: to be investigated.
    pub outcome: String,
    pub reason: String,
    pub at: String,
    pub by: String,
    /// The case it opened, for those who see cases.
    pub case: Option<String>,
}

fn name_of(employee: &str, company: &str, meets: Meets, person: &str) -> String {
    let text = serde_json::to_string(&(employee, company, meets, person)).unwrap_or_default();
    hex::encode(&digest::digest(&digest::SHA256, text.as_bytes()).as_ref()[..16])
}

fn found(person: &person::Model, company: &Known, meets: Meets, same: Option<&str>, declared: Option<&interest::Model>) -> Match {
    Match {
        id: name_of(&person.number, &company.id, meets, same.unwrap_or_default()),
        employee: person.number.clone(),
        employee_name: person.name.clone(),
        department: person.department.clone(),
        company: company.id.clone(),
        company_name: company.name.clone(),
        company_kind: company.kind.clone(),
        meets,
        person: same.map(str::to_owned),
        relation: declared.map(|d| d.relation.clone()),
        record: declared.map(|d| id_of(d.idx)),
        review: None,
    }
}

/// All matches, those not looked at first and undeclared ones before declared ones.
pub async fn matches(db: &impl ConnectionTrait) -> Result<Vec<Match>> {
    let known: Vec<Known> = companies::all(db).await?.into_iter().filter(|c| MATTER.contains(&c.kind.as_str())).collect();
    let mut by_person: BTreeMap<&str, Vec<&Known>> = BTreeMap::new();
    for company in &known {
        for person in company.persons.iter().map(|p| p.trim()).filter(|p| p.chars().count() > 1) {
            by_person.entry(person).or_default().push(company);
        }
    }
    let declared = interest::Entity::find().order_by_asc(interest::Column::Idx).all(db).await?;
    let numbers: Vec<String> = declared.iter().map(|d| d.employee.clone()).collect();
    let mut people = super::find_all(db, &numbers).await?;
    let mut all = BTreeMap::new();
    let mut declares: HashMap<(&str, &str), &interest::Model> = HashMap::new();
    for d in &declared {
        let Some(person) = people.get(&d.employee) else { continue };
        let to = known.iter().find(|c| c.id == d.company || c.name == d.company || c.aliases.contains(&d.company));
        if let Some(company) = to {
            declares.insert((&d.employee, &company.id), d);
            let one = found(person, company, Meets::Declared, None, Some(d));
            all.insert(one.id.clone(), one);
        }
        for (name, firms) in by_person.iter().filter(|(name, _)| d.relation.contains(**name) && person.name != **name) {
            for company in firms {
                let one = found(person, company, Meets::Relative, Some(name), Some(d));
                all.insert(one.id.clone(), one);
            }
        }
    }
    let names: Vec<&str> = by_person.keys().copied().collect();
    for part in names.chunks(500) {
        for person in person::Entity::find().filter(person::Column::Name.is_in(part.iter().copied())).all(db).await? {
            for company in by_person.get(person.name.as_str()).into_iter().flatten() {
                if !declares.contains_key(&(person.number.as_str(), company.id.as_str())) {
                    let one = found(&person, company, Meets::SameNameUndeclared, Some(&person.name), None);
                    all.insert(one.id.clone(), one);
                }
            }
            people.insert(person.number.clone(), person);
        }
    }
    let mut all: Vec<Match> = all.into_values().collect();
    let reviews: HashMap<String, review::Model> = review::Entity::find().all(db).await?.into_iter().map(|r| (r.name.clone(), r)).collect();
    for one in &mut all {
        one.review = reviews.get(&one.id).map(|r| Review {
            outcome: r.outcome.clone(),
            reason: r.reason.clone(),
            at: instant(r.at),
            by: r.by_name.clone(),
            case: r.case_id.clone(),
        });
    }
    all.sort_by(|a, b| (a.review.is_some(), a.meets, &a.employee, &a.id).cmp(&(b.review.is_some(), b.meets, &b.employee, &b.id)));
    Ok(all)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MatchFilter {
    /// Only those nobody looked at.
    #[serde(default)]
    pub open: bool,
}

/// Possible conflicts of interest to look at
#[utoipa::path(get, path = "/api/v1/interests/matches", tag = "people", params(MatchFilter, Page), responses((status = 200, body = List<Match>)))]
pub async fn list_matches(
    State(company): State<Arc<Company>>,
    caller: Caller,
    mut page: Page,
    QueryParams(filter): QueryParams<MatchFilter>,
) -> Result<Json<List<Match>>> {
    freeze::list(&company, &caller, &mut page).await?;
    let list = page.cut(seen_by(&company, &caller).await?.into_iter().filter(|m| !filter.open || m.review.is_none()).collect())?;
    freeze::listed(&company, &caller, &list.items.iter().map(|m| m.employee.as_str()).collect::<Vec<_>>()).await?;
    Ok(Json(list))
}

async fn seen_by(company: &Company, caller: &Caller) -> Result<Vec<Match>> {
    caller.require(Permission::CompaniesSee)?;
    if !caller.sees(Field::PeopleInterests) {
        return Err(Problem::forbidden(Field::PeopleInterests.name()).into());
    }
    let seen = scope(caller, company, Permission::PeopleSee).await?;
    let mut all = matches(company.store.read()).await?;
    // Nobody looks at, or learns of, a question about themselves or somebody they are tied to.
    all.retain(|m| seen.sees(&m.employee) && !caller.is_recused_from(&m.employee));
    // That there is a case is a secret.
    if !caller.has(Permission::CasesSee) {
        all.iter_mut().filter_map(|m| m.review.as_mut()).for_each(|r| r.case = None);
    }
    Ok(all)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    None,
    Managed,
    Case,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReviewMatch {
    pub id: String,
    pub outcome: ReviewOutcome,
    pub reason: String,
}

/// Say what was found
///
/// What is to be investigated opens a case, where the caller may open one; else it becomes an alert for those who may.
#[utoipa::path(post, path = "/api/v1/interests/reviews", tag = "people", request_body = ReviewMatch, responses((status = 200, body = Match), (status = 422)))]
pub async fn review_match(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, Body(body): Body<ReviewMatch>) -> Result<Json<Match>> {
    caller.require(Permission::PeopleEdit)?;
    let one = seen_by(&company, &caller).await?.into_iter().find(|m| m.id == body.id).ok_or_else(Problem::not_found)?;
    life_api::may_act(&company, &caller, Permission::PeopleEdit, &one.employee).await?;
    let mut data = Map::new();
    data.insert("match".into(), json!(one.id));
    data.insert("employee".into(), json!(one.employee));
    data.insert("company".into(), json!(one.company));
    data.insert("meets".into(), json!(one.meets));
    data.insert("outcome".into(), json!(body.outcome));
    let reason = acts::text(lang, "/reason", &body.reason, 2000)?;
    // Of two who look at once the second finds the case that the first has opened; nobody's look forgets one they may not see.
    let _turn = company.store.turn().await?;
    let before = review::Entity::find_by_id(&one.id).one(company.store.read()).await?.and_then(|r| r.case_id);
    let case = match body.outcome {
        ReviewOutcome::Case if caller.has(Permission::CasesAct) && before.is_none() => Some(investigate(&company, &caller, &one, &reason, lang).await?),
        _ => before,
    };
    data.insert("reason".into(), json!(reason));
    data.insert("case".into(), json!(case));
    company.publish(ROOM, REVIEWED, &caller.actor(), Some(&one.employee), Vec::new(), data).await?;
    let again = seen_by(&company, &caller).await?.into_iter().find(|m| m.id == body.id).ok_or_else(Problem::not_found)?;
    Ok(Json(again))
}

/// Opens the case that looks into a match; answers its id.
async fn investigate(company: &Company, caller: &Caller, of: &Match, reason: &str, lang: Lang) -> Result<String> {
    let title = match lang {
        Lang::En => format!("Interest to look into: {} and {}", of.employee_name, of.company_name),
        Lang::Zh => format!("利益关系核查：{}与{}", of.employee_name, of.company_name),
    };
    let new = cases::acts::NewCase {
        employee: of.employee.clone(),
        title: title.chars().take(200).collect(),
        reason: reason.to_owned(),
        alerts: Vec::new(),
        records: of.record.iter().cloned().collect(),
    };
    cases::acts::open(company, &caller.actor(), new, lang).await
}

/// Keeps what was found.
pub async fn follow(tx: &impl ConnectionTrait, batch: &[Appended<'_>]) -> Result<()> {
    for act in batch.iter().filter(|a| a.draft.source == super::SOURCE && a.draft.kind == REVIEWED) {
        let Some(data) = act.draft.data() else { continue };
        let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let by = data.get("by").and_then(|by| by.get("name")).and_then(Value::as_str).unwrap_or_default();
        let row = review::Model {
            name: text("match"),
            employee: text("employee"),
            outcome: text("outcome"),
            reason: text("reason"),
            at: act.draft.at,
            by_name: by.to_owned(),
            idx: act.idx,
            case_id: data.get("case").and_then(Value::as_str).map(str::to_owned),
        };
        use review::Column as C;
        review::Entity::insert(row.into_active_model().reset_all())
            .on_conflict(OnConflict::column(C::Name).update_columns([C::Outcome, C::Reason, C::At, C::ByName, C::Idx, C::CaseId]).to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

#[derive(Serialize, ToSchema)]
pub struct DeclaredInterest {
    pub record: String,
    pub company: String,
    pub name: Option<String>,
    pub relation: String,
    pub at: String,
}

/// What an employee declared, with the companies' names.
pub async fn declared_by(db: &impl ConnectionTrait, number: &str) -> Result<Vec<DeclaredInterest>> {
    let mut out = Vec::new();
    for i in interests_of(db, number).await? {
        let name = companies::find(db, &i.company).await?.filter(|c| !c.placeholder).map(|c| c.name);
        out.push(DeclaredInterest { record: id_of(i.idx), company: i.company, name, relation: i.relation, at: instant(i.at) });
    }
    Ok(out)
}
