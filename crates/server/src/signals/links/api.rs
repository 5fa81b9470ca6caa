//! Routes of chains. Scope decides whose; content is in no answer.

use super::{
    chains_of,
    model::chain as kept,
    view::{ChainView, Names, Whole},
};
use crate::{
    access::{Caller, Permission, Scope, freeze, scope},
    company::Company,
    error::{Error, Problem, Result},
    http::{AppState, Lang, List, Page, PathParam, QueryParams},
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(of_employee)).routes(routes!(of_all))
}

/// Whose chains the caller may see; nobody sees those of whom they are recused from, themselves first.
pub(crate) fn may_see(caller: &Caller, scope: &Scope, employee: &str) -> bool {
    scope.sees(employee) && !caller.is_recused_from(employee)
}

async fn names(company: &Company, all: &[Whole]) -> Result<Names> {
    let employees: Vec<String> = all.iter().map(|w| w.employee.clone()).collect();
    let customers: Vec<String> = all.iter().filter_map(|w| w.customer.clone()).collect();
    Ok(Names {
        employees: crate::people::names_of(company.store.read(), &employees).await?,
        customers: crate::customers::names_of(company.store.read(), &customers).await?,
    })
}

/// The chains of one employee, highest score first.
#[utoipa::path(get, path = "/api/v1/employees/{number}/chains", tag = "chains", params(("number" = String, Path)), responses((status = 200, body = List<ChainView>)))]
async fn of_employee(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(number): PathParam<String>) -> Result<Json<List<ChainView>>> {
    let scope = scope(&caller, &company, Permission::AlertsSee).await?;
    if !may_see(&caller, &scope, &number) {
        return Err(Error::from(Problem::not_found()));
    }
    let all: Vec<Whole> = chains_of(&company, &number, None).await?.iter().map(Whole::of).collect();
    let names = names(&company, &all).await?;
    Ok(Json(List::whole(all.into_iter().map(|w| w.view(lang, &names)).collect())))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AllQuery {
    /// Only chains of at least this score.
    min_score: Option<f64>,
}

/// The chains last found over all employees the caller may see, highest score first.
#[utoipa::path(get, path = "/api/v1/chains", tag = "chains", params(AllQuery, Page), responses((status = 200, body = List<ChainView>)))]
async fn of_all(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    QueryParams(q): QueryParams<AllQuery>,
    mut page: Page,
) -> Result<Json<List<ChainView>>> {
    freeze::list(&company, &caller, &mut page).await?;
    let scope = scope(&caller, &company, Permission::AlertsSee).await?;
    let mut find = kept::Entity::find();
    if let Some(min) = q.min_score {
        find = find.filter(kept::Column::Score.gte(min));
    }
    if let Some(team) = scope.filter() {
        find = find.filter(kept::Column::Employee.is_in(team));
    }
    find = find.filter(kept::Column::Employee.is_not_in(caller.recusals()));
    if let Some((score, until, id)) = page.after::<(f64, i64, String)>()? {
        use kept::Column as C;
        let later = Condition::all()
            .add(C::Score.eq(score))
            .add(Condition::any().add(C::Until.lt(until)).add(Condition::all().add(C::Until.eq(until)).add(C::Id.gt(id))));
        find = find.filter(Condition::any().add(C::Score.lt(score)).add(later));
    }
    let rows = find
        .order_by_desc(kept::Column::Score)
        .order_by_desc(kept::Column::Until)
        .order_by_asc(kept::Column::Id)
        .limit(page.limit() + 1)
        .all(company.store.read())
        .await?;
    let rows = page.close(rows, |r| (r.score, r.until, r.id.clone()));
    let all = rows
        .items
        .into_iter()
        .map(|r| {
            Ok(Whole {
                body: serde_json::from_str(&r.steps)?,
                id: r.id,
                employee: r.employee,
                customer: r.customer,
                score: r.score,
                from: r.since,
                until: r.until,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let names = names(&company, &all).await?;
    Ok(Json(List { items: all.into_iter().map(|w| w.view(lang, &names)).collect(), next_cursor: rows.next_cursor }))
}
