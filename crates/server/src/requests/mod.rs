//! Requests 员工申请: what employees ask of the company about themselves — to put something right, to have a copy, an
//! explanation, a deletion — and what was answered when (个保法 44–50, LAW R13).
//!
//! A request and its answer are records first; the table follows ([`FollowRequests`]). What is *not* here: doing what
//! was asked (people's `amend`, privacy's erasure), which is an act of its own with its own permission.

pub mod api;
mod follow;
pub mod model;
#[cfg(test)]
mod tests;

pub use follow::FollowRequests;

use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
    events,
    people::acts::text,
    records::id_of,
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

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = AnswerRequest)]
pub struct Answer {
    pub outcome: RequestOutcome,
    /// What was done, or why not: a refusal without a reason is none.
    pub answer: String,
}

pub async fn answer(company: &Company, by: &Actor, lang: Lang, row: &request::Model, new: Answer) -> Result<()> {
    if row.state != "open" {
        return Err(Problem::conflict("answered_already", "这项申请已经答复。", "This request was answered already.").into());
    }
    if new.outcome == RequestOutcome::Refused && new.answer.trim().chars().count() < 5 {
        return Err(Problem::of_field(
            lang,
            "/answer",
            "拒绝申请须说明理由（个人信息保护法第五十条）。请写明为什么不能满足。",
            "A refusal gives its reasons (PIPL article 50). Say why the request cannot be met.",
        )
        .with_rule("R13")
        .into());
    }
    let mut data = Map::new();
    data.insert("request".into(), json!(row.id));
    data.insert("employee".into(), json!(row.employee));
    data.insert("made".into(), json!(id_of(row.idx)));
    data.insert("outcome".into(), json!(new.outcome));
    data.insert("answer".into(), json!(text(lang, "/answer", &new.answer, 2000)?));
    company.publish(ROOM, ANSWERED, by, Some(&row.employee), Vec::new(), data).await?;
    Ok(())
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
