//! Conflicts of interest 利益冲突: what employees declare, and the list of where a declaration, a name or a relative's name
//! meets a company that matters (found in `matches`). A match is a question for a person, no finding: two people may share a
//! name.

use super::{
    ROOM, acts, interests_of, life_api,
    matches::{self, Meets},
    model::{interest, matched, review},
};
use crate::{
    access::{Caller, Field, Permission, freeze, within},
    cases, companies,
    company::{Actor, Company},
    error::{Problem, Result},
    http::{AppState, Body, List, Page, PathParam, QueryParams, instant},
    records::{Appended, id_of},
    said::Lang,
};
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{collections::HashMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub const REVIEWED: &str = "interest.reviewed";

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

/// The rows in their order, with the names, declarations and reviews they are shown with.
async fn read(db: &impl ConnectionTrait, rows: Vec<matched::Model>) -> Result<Vec<Match>> {
    let each = |of: fn(&matched::Model) -> &String| rows.iter().map(of).cloned().collect::<Vec<_>>();
    let people = super::find_all(db, &each(|m| &m.employee)).await?;
    let firms = companies::find_all(db, &each(|m| &m.company)).await?;
    let relations: HashMap<i64, String> = interest::Entity::find()
        .select_only()
        .columns([interest::Column::Idx, interest::Column::Relation])
        .filter(interest::Column::Idx.is_in(rows.iter().filter_map(|m| m.interest)))
        .into_tuple::<(i64, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let reviews: HashMap<String, review::Model> =
        review::Entity::find().filter(review::Column::Name.is_in(each(|m| &m.name))).all(db).await?.into_iter().map(|r| (r.name.clone(), r)).collect();
    let shown = |m: matched::Model| {
        let (person, firm) = (people.get(&m.employee), firms.get(&m.company));
        Match {
            employee_name: person.map_or_else(|| m.employee.clone(), |p| p.name.clone()),
            department: person.and_then(|p| p.department.clone()),
            company_name: firm.map_or_else(|| m.company.clone(), |f| f.name.clone()),
            company_kind: firm.map_or_else(|| "unknown".to_owned(), |f| f.kind.clone()),
            meets: Meets::of(m.meets),
            relation: m.interest.and_then(|idx| relations.get(&idx).cloned()),
            record: m.interest.map(id_of),
            review: reviews.get(&m.name).map(|r| Review {
                outcome: r.outcome.clone(),
                reason: r.reason.clone(),
                at: instant(r.at),
                by: r.by_name.clone(),
                case: r.case_id.clone(),
            }),
            id: m.name,
            employee: m.employee,
            company: m.company,
            person: m.person,
        }
    };
    Ok(rows.into_iter().map(shown).collect())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MatchFilter {
    /// Only those nobody looked at.
    #[serde(default)]
    pub open: bool,
}

/// Possible conflicts of interest to look at
///
/// Those nobody looked at first, undeclared ones before declared ones.
#[utoipa::path(get, path = "/api/v1/interests/matches", tag = "people", params(MatchFilter, Page), responses((status = 200, body = List<Match>)))]
pub async fn list_matches(
    State(company): State<Arc<Company>>,
    caller: Caller,
    mut page: Page,
    QueryParams(filter): QueryParams<MatchFilter>,
) -> Result<Json<List<Match>>> {
    freeze::list(&company, &caller, &mut page).await?;
    use matched::Column as C;
    let mut query = matched::Entity::find()
        .filter(seen_by(&caller)?)
        .order_by_asc(C::Reviewed)
        .order_by_asc(C::Meets)
        .order_by_asc(C::Employee)
        .order_by_asc(C::Name)
        .limit(page.limit() + 1);
    if filter.open {
        query = query.filter(C::Reviewed.eq(false));
    }
    if let Some((reviewed, meets, employee, name)) = page.after::<(bool, i32, String, String)>()? {
        let place = Expr::tuple([Expr::col(C::Reviewed), Expr::col(C::Meets), Expr::col(C::Employee), Expr::col(C::Name)]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(reviewed), Expr::val(meets), Expr::val(employee), Expr::val(name)])));
    }
    let rows = query.all(company.store.read()).await?;
    let list = page.close(rows, |m| (m.reviewed, m.meets, m.employee.clone(), m.name.clone()));
    freeze::listed(&company, &caller, &list.items.iter().map(|m| m.employee.as_str()).collect::<Vec<_>>()).await?;
    Ok(Json(List { items: shown_to(&company, &caller, list.items).await?, next_cursor: list.next_cursor }))
}

/// Which of them the caller may see. Nobody looks at, or learns of, a question about themselves or somebody they are tied
/// to.
fn seen_by(caller: &Caller) -> Result<Condition> {
    caller.require(Permission::CompaniesSee)?;
    if !caller.sees(Field::PeopleInterests) {
        return Err(Problem::forbidden(Field::PeopleInterests.name()).into());
    }
    Ok(within(caller, Permission::PeopleSee, matched::Column::Employee).add(matched::Column::Employee.is_not_in(caller.recusals())))
}

async fn shown_to(company: &Company, caller: &Caller, rows: Vec<matched::Model>) -> Result<Vec<Match>> {
    let mut all = read(company.store.read(), rows).await?;
    // That there is a case is a secret.
    if !caller.has(Permission::CasesSee) {
        all.iter_mut().filter_map(|m| m.review.as_mut()).for_each(|r| r.case = None);
    }
    Ok(all)
}

async fn one_seen(company: &Company, caller: &Caller, id: &str) -> Result<Match> {
    let row = matched::Entity::find_by_id(id).filter(seen_by(caller)?).one(company.store.read()).await?;
    let found = shown_to(company, caller, row.into_iter().collect()).await?.pop();
    Ok(found.ok_or_else(Problem::not_found)?)
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
    let one = one_seen(&company, &caller, &body.id).await?;
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
    Ok(Json(one_seen(&company, &caller, &body.id).await?))
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
        matches::reviewed(tx, &text("match")).await?;
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
