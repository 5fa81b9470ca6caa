//! Requests 员工申请: what employees ask of the company about themselves — to put something right, to have a copy, an
//! explanation, a deletion — and what was answered when (个保法 44–50, LAW R13).
//!
//! A request and its answer are records first; the table follows ([`FollowRequests`]). “Granted” never stands while the
//! data stay as they were: the correction, the withdrawal or the erasure is done with the answer, as one group of records
//! ([`doing`]). What is *not* here: the acts themselves (people's `acts`, privacy's erasure).

pub mod api;
pub mod doing;
mod follow;
pub mod model;
#[cfg(test)]
mod tests;

pub use follow::FollowRequests;

use crate::{
    company::{Actor, Company},
    error::Result,
    events,
    people::acts::text,
    records::{Draft, id_of},
    said::Lang,
};
use jiff::ToSpan;
use model::request;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;

/// The room's source name in the log.
pub const ROOM: &str = "requests";
pub const SOURCE: &str = "/probity/requests";
pub const MADE: &str = "request.made";
pub const ANSWERED: &str = "request.answered";
/// Somebody means to grant an erasure, which takes a second person.
pub const ERASURE_ASKED: &str = "request.erasure_asked";
/// 内部办理时限: the law says “in time”; this is what the product holds the company to.
pub const DAYS: i64 = 15;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// 更正
    Correction,
    /// 查阅、复制
    Copy,
    /// 删除
    Deletion,
    /// 解释说明
    Explanation,
    /// 异议, e.g. to what was taken away while leaving.
    Objection,
    /// 撤回离职: a notice that reached the company binds, so taking it back is asked for.
    Withdrawal,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewRequest {
    pub kind: RequestKind,
    /// Of a correction: what in the file is wrong (`name`, `phones`, `hired_on` …).
    pub field: Option<String>,
    pub text: String,
}

pub async fn make(company: &Company, by: &Actor, lang: Lang, employee: &str, new: NewRequest) -> Result<String> {
    let id = uuid::Uuid::now_v7().to_string();
    let mut data = Map::new();
    data.insert("request".into(), json!(id));
    data.insert("employee".into(), json!(employee));
    data.insert("kind".into(), json!(new.kind));
    data.insert("field".into(), json!(crate::people::acts::some_text(lang, "/field", new.field.as_deref(), 100)?));
    data.insert("text".into(), json!(text(lang, "/text", &new.text, 2000)?));
    data.insert("due_on".into(), json!(company.today().saturating_add(DAYS.days()).to_string()));
    company.publish(ROOM, MADE, by, Some(employee), Vec::new(), data).await?;
    Ok(id)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestOutcome {
    Granted,
    Partly,
    Refused,
}

/// The record of an answer, checked before and not yet written. A request is answered once: its answer has one name.
pub fn answered(company: &Company, by: &Actor, row: &request::Model, outcome: RequestOutcome, answer: &str, done_by: Option<&str>) -> Draft {
    let mut data = Map::new();
    data.insert("request".into(), json!(row.id));
    data.insert("employee".into(), json!(row.employee));
    data.insert("made".into(), json!(id_of(row.idx)));
    data.insert("outcome".into(), json!(outcome));
    data.insert("answer".into(), json!(answer));
    data.insert("done_by".into(), json!(done_by));
    data.insert("by".into(), json!({ "kind": by.kind, "id": by.id, "name": by.name }));
    let id = format!("answer:{}", row.id);
    Draft::new(SOURCE.into(), id, ANSWERED.into(), company.now(), Some(row.employee.clone()), Vec::new(), data)
}

pub async fn of(db: &impl ConnectionTrait, employee: &str) -> Result<Vec<request::Model>> {
    Ok(request::Entity::find().filter(request::Column::Employee.eq(employee)).order_by_desc(request::Column::MadeAt).all(db).await?)
}

/// Tells those who answer that a request waits longer than it should, once.
pub async fn remind(company: &Company) -> Result<()> {
    let tx = company.store.write().await?;
    let late = request::Entity::find()
        .filter(request::Column::State.eq("open"))
        .filter(request::Column::ToldLate.eq(false))
        .filter(request::Column::DueOn.lt(company.today().to_string()))
        .all(&tx)
        .await?;
    for row in late {
        request::Entity::update_many().col_expr(request::Column::ToldLate, Expr::value(true)).filter(request::Column::Id.eq(&row.id)).exec(&tx).await?;
        let audience = format!("requests.see#{}", row.employee);
        events::emit(&tx, company.now(), "request", &audience, &json!({ "id": row.id, "late": true })).await?;
    }
    tx.commit().await?;
    Ok(())
}
