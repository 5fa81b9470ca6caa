//! 花名册 out: the list of employees as a workbook, for those who may export it. Masked fields have no column; who took
//! it, when and why is a record and stands on the sheet. The way in is intake's import, which reads the same headers.

use super::{
    ROOM, SOURCE, acts,
    api::{EmployeeFilter, filtered},
    model::{person, roster_export, roster_line},
    names_of,
};
use crate::{
    access::{Caller, Field, Permission, views, within},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, instant},
    records::{Appended, id_of},
    said::Lang,
    sheets,
    store::bulk::{self, Cells},
};
use axum::{extract::State, http::header, response::IntoResponse};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, sync::Arc};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export_employees))
}

pub const EXPORTED: &str = "people.exported";

/// Keeps who stood in a list that was taken out.
pub async fn follow(tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
    for act in batch.iter().filter(|a| a.draft.source == SOURCE && a.draft.kind == EXPORTED) {
        let Some(data) = act.draft.data() else { continue };
        let by = data.get("by").and_then(|by| by.get("name")).and_then(Value::as_str).unwrap_or_default();
        let row = roster_export::ActiveModel {
            idx: Set(act.idx),
            at: Set(act.draft.at),
            by_name: Set(by.to_owned()),
            reason: Set(data.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned()),
        };
        roster_export::Entity::insert(row).exec_without_returning(tx).await?;
        let numbers = data.get("numbers").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let numbers: BTreeSet<String> = numbers.map(str::to_owned).collect();
        let own = vec![act.idx; numbers.len()];
        bulk::insert(tx, "roster_lines", vec![("number", Cells::Text(numbers.into_iter().collect())), ("idx", Cells::Whole(own))]).await?;
    }
    Ok(())
}

/// The lists taken out in which this employee stood, newest first: when, by whom, what for.
pub async fn exports_with(db: &impl ConnectionTrait, number: &str, most: u64) -> Result<Vec<(i64, String, String)>> {
    let lists = roster_line::Entity::find().select_only().column(roster_line::Column::Idx).filter(roster_line::Column::Number.eq(number)).into_query();
    let rows = roster_export::Entity::find().filter(roster_export::Column::Idx.in_subquery(lists)).order_by_desc(roster_export::Column::Idx).limit(most);
    Ok(rows.all(db).await?.into_iter().map(|r| (r.at, r.by_name, r.reason)).collect())
}

/// A sheet holds no more lines than this.
const MOST: u64 = 1_000_000;

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ExportEmployees {
    /// As in the list.
    pub q: Option<String>,
    pub department: Option<String>,
    pub status: Option<String>,
    /// What for; recorded, and written on the sheet.
    pub reason: String,
}

/// The list of employees as a workbook 导出花名册
#[utoipa::path(post, path = "/api/v1/employees/export", tag = "people", request_body = ExportEmployees,
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>), (status = 422)))]
pub async fn export_employees(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, Body(body): Body<ExportEmployees>) -> Result<impl IntoResponse> {
    caller.require(Permission::PeopleExport)?;
    let reason = acts::text(lang, "/reason", &body.reason, 500)?;
    let filter = EmployeeFilter { q: body.q.clone(), department: body.department.clone(), status: body.status.clone() };
    let db = company.store.read();
    // Nobody takes out what they do not see: the narrower of both, as with customers.
    let rule = within(&caller, Permission::PeopleExport, person::Column::Number).add(within(&caller, Permission::PeopleSee, person::Column::Number));
    let rows = filtered(db, person::Entity::find().filter(rule), &filter).await?.order_by_asc(person::Column::Number).limit(MOST).all(db).await?;
    if rows.is_empty() {
        return Err(Problem::new(
            422,
            "nothing_to_export",
            "没有符合条件的员工，未导出。请放宽筛选条件。",
            "No employee fits, so nothing was exported. Widen the filter.",
        )
        .into());
    }
    let masked: Vec<&str> = [Field::PeoplePhones, Field::PeopleEmails].into_iter().filter(|f| !caller.sees(*f)).map(Field::name).collect();
    let mut data = Map::new();
    data.insert("people".into(), json!(rows.len()));
    data.insert("reason".into(), json!(reason));
    data.insert("filter".into(), json!({ "q": body.q, "department": body.department, "status": body.status }));
    data.insert("masked".into(), json!(masked));
    // Who stood in it is told this by their own page of who saw what.
    data.insert("numbers".into(), rows.iter().map(|r| json!(r.number)).collect());
    // First the record, then the file: what was given out without one never happened.
    let idx = company.publish(ROOM, EXPORTED, &caller.actor(), None, Vec::new(), data).await?;
    views::note(&company, &caller.id, "export", "employees", "", &reason);
    let mark = format!(
        "{} 花名册 · 导出人 {} · {} · 共 {} 人 · 用途：{reason} · 存证 {} · 含个人信息，仅限本用途，不得外传",
        company.settings().name,
        caller.name,
        instant(company.now()),
        rows.len(),
        id_of(idx)
    );
    let managers: Vec<String> = rows.iter().filter_map(|r| r.manager.clone()).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    let names = names_of(company.store.read(), &managers).await?;
    let bytes = tokio::task::spawn_blocking(move || {
        let mut columns: Vec<(String, f64)> = [
            ("工号", 12.0),
            ("姓名", 12.0),
            ("部门", 20.0),
            ("职位", 16.0),
            ("职级", 8.0),
            ("上级工号", 12.0),
            ("上级姓名", 12.0),
            ("员工状态", 10.0),
            ("入职日期", 12.0),
            ("试用期至", 12.0),
            ("转正日期", 12.0),
            ("最后工作日", 12.0),
            ("离职日期", 12.0),
        ]
        .map(|(t, w)| (t.to_owned(), w))
        .to_vec();
        let (phones, emails) = (!masked.contains(&Field::PeoplePhones.name()), !masked.contains(&Field::PeopleEmails.name()));
        if phones {
            columns.push(("手机号".into(), 16.0));
        }
        if emails {
            columns.push(("邮箱".into(), 24.0));
        }
        let joined = |json: &str| {
            let list: Vec<String> = serde_json::from_str(json).unwrap_or_default();
            (!list.is_empty()).then(|| list.join("；"))
        };
        let rows = rows
            .into_iter()
            .map(|r| {
                let status = match r.status.as_deref() {
                    Some("resigning") => "待离职",
                    Some("left") => "已离职",
                    Some("active") => "在职",
                    _ => "",
                };
                let boss = r.manager.as_ref().and_then(|m| names.get(m).cloned());
                let mut cells = vec![
                    Some(r.number),
                    Some(r.name),
                    r.department,
                    r.title,
                    r.grade,
                    r.manager,
                    boss,
                    Some(status.to_owned()).filter(|s| !s.is_empty()),
                    r.hired_on,
                    r.probation_until,
                    r.confirmed_on,
                    r.last_day,
                    r.left_on,
                ];
                if phones {
                    cells.push(joined(&r.phones));
                }
                if emails {
                    cells.push(joined(&r.emails));
                }
                cells
            })
            .collect();
        sheets::write(&sheets::Sheet { name: "花名册", mark, columns, rows, id: None })
    })
    .await
    .map_err(anyhow::Error::new)??;
    let name = format!("attachment; filename=\"employees-{}.xlsx\"", company.today());
    Ok(([(header::CONTENT_TYPE, sheets::MEDIA_TYPE.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes))
}
