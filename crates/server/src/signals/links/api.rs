//! Routes of chains. Scope decides whose; content is in no answer.

use super::{
    chains_of,
    model::chain as kept,
    view::{ChainView, Names, Whole},
};
use crate::{
    access::{Caller, Permission, Scope, scope},
    company::Company,
    error::{Error, Problem, Result},
    http::{AppState, Lang, List, PathParam, QueryParams},
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(of_employee)).routes(routes!(of_all))
}

/// Whose chains the caller may see; nobody sees their own.
pub(crate) fn may_see(caller: &Caller, scope: &Scope, employee: &str) -> bool {
    scope.sees(employee) && caller.employee.as_deref() != Some(employee)
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
    /// 1–500; 50 if absent.
    limit: Option<u64>,
}

/// The chains last found over all employees the caller may see, highest score first.
#[utoipa::path(get, path = "/api/v1/chains", tag = "chains", params(AllQuery), responses((status = 200, body = List<ChainView>)))]
async fn of_all(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, QueryParams(q): QueryParams<AllQuery>) -> Result<Json<List<ChainView>>> {
    let scope = scope(&caller, &company, Permission::AlertsSee).await?;
    let mut find = kept::Entity::find();
    if let Some(min) = q.min_score {
        find = find.filter(kept::Column::Score.gte(min));
    }
    if let Some(team) = scope.filter() {
        find = find.filter(kept::Column::Employee.is_in(team));
    }
    if let Some(own) = &caller.employee {
        find = find.filter(kept::Column::Employee.ne(own));
    }
    let rows = find
        .order_by_desc(kept::Column::Score)
        .order_by_desc(kept::Column::Until)
        .order_by_asc(kept::Column::Id)
        .limit(q.limit.unwrap_or(50).clamp(1, 500))
        .all(company.store.read())
        .await?;
    let all = rows
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
    Ok(Json(List::whole(all.into_iter().map(|w| w.view(lang, &names)).collect())))
}
