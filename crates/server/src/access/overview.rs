//! A few counts for everyone's first page; each is null to those who may not know it.

use super::{
    Caller, Permission,
    model::{token, user},
};
use crate::{
    error::Result,
    http::AppState,
    jobs,
    records::model::{head, looked},
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

const WEEK_US: i64 = 7 * 24 * 3600 * 1_000_000;

#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// Records in the log.
    pub records: Option<i64>,
    /// Looks at content in the last seven days.
    pub looks_7_days: Option<u64>,
    pub users: Option<u64>,
    pub tokens: Option<u64>,
    pub jobs: Option<OverviewJobs>,
    /// Why records are refused at the moment, if they are.
    pub write_stop: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct OverviewJobs {
    pub waiting: u64,
    pub failed: u64,
}

/// Counts for the first page
#[utoipa::path(get, path = "/api/v1/overview", tag = "access", responses((status = 200, body = Overview)))]
pub async fn get_overview(State(app): State<AppState>, caller: Caller, lang: crate::said::Lang) -> Result<Json<Overview>> {
    let company = &app.company;
    let db = company.store.read();
    let sees_records = caller.has(Permission::RecordsSee) || caller.has(Permission::LogSee);
    let mut view = Overview {
        records: None,
        looks_7_days: None,
        users: None,
        tokens: None,
        jobs: None,
        write_stop: company.write_stop().map(|why| why.pick(lang).to_owned()),
    };
    if sees_records {
        view.records = head::Entity::find_by_id(1).one(db).await?.map(|h| h.size);
    }
    if caller.has(Permission::LooksSee) {
        view.looks_7_days = Some(looked::Entity::find().filter(looked::Column::At.gte(company.now() - WEEK_US)).count(db).await?);
    }
    if caller.has(Permission::UsersEdit) {
        view.users = Some(user::Entity::find().filter(user::Column::Disabled.eq(false)).count(db).await?);
        view.tokens = Some(token::Entity::find().filter(token::Column::RevokedAt.is_null()).count(db).await?);
        let (waiting, failed) = jobs::pending(db, company.now()).await?;
        view.jobs = Some(OverviewJobs { waiting, failed });
    }
    Ok(Json(view))
}
