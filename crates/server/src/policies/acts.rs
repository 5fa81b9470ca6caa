//! Drafting, publishing, withdrawing and acknowledging a version of a policy.

use super::{DRAFTED, PUBLISHED, Procedure, ROOM, WITHDRAWN, model::version, procedure, standing, versions};
use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
    http::instant,
    people::acts::{day, text},
    said::Lang,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::collections::HashSet;
use utoipa::ToSchema;

const LONGEST: usize = 200_000;
const MOST_CLAUSES: usize = 500;

/// 条款
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyClause {
    /// Its number in the text, e.g. 5.2.
    pub id: String,
    pub text: String,
    /// 严重违纪: a breach may end the contract (劳动合同法 39(2)).
    #[serde(default)]
    pub serious: bool,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DraftPolicy {
    pub title: String,
    pub text: String,
    #[serde(default)]
    pub clauses: Vec<PolicyClause>,
    #[serde(default)]
    pub procedure: Procedure,
}

/// Writes the draft of a policy: a new policy, a new version after the published one, or the draft there is.
pub async fn draft(company: &Company, by: &Actor, lang: Lang, policy: Option<&str>, new: DraftPolicy) -> Result<String> {
    // Nobody publishes what is being written, and of two new ones of a name one comes second.
    let _turn = company.store.turn().await?;
    let (id, number) = match policy {
        None => (uuid::Uuid::now_v7().to_string(), 1),
        Some(id) => {
            let newest = versions(company.store.read(), id).await?.remove(0);
            (id.to_owned(), if newest.state == "draft" { newest.version } else { newest.version + 1 })
        }
    };
    let title = text(lang, "/title", &new.title, 200)?;
    // A signature on paper names its policy by title and version alone.
    let named = version::Entity::find().filter(version::Column::Title.eq(&title)).filter(version::Column::Policy.ne(&id));
    if named.one(company.store.read()).await?.is_some() {
        let mut problem = Problem::of_field(
            lang,
            "/title",
            "已有另一项制度用过这个名称；签收按名称和版本认定，名称不能重复。请改名，或在那项制度里起草新版本。",
            "Another policy has this title. Signatures go by title and version, so a title stands for one policy: choose another, or draft a new version there.",
        );
        problem.code = "title_taken";
        return Err(problem.into());
    }
    let body = text(lang, "/text", &new.text, LONGEST)?;
    if new.clauses.len() > MOST_CLAUSES {
        return Err(Problem::of_field(lang, "/clauses", format!("最多 {MOST_CLAUSES} 条。"), format!("At most {MOST_CLAUSES} clauses.")).into());
    }
    let mut seen = HashSet::new();
    for (i, clause) in new.clauses.iter().enumerate() {
        text(lang, &format!("/clauses/{i}/id"), &clause.id, 50)?;
        text(lang, &format!("/clauses/{i}/text"), &clause.text, 5000)?;
        if !seen.insert(clause.id.trim()) {
            return Err(Problem::of_field(lang, &format!("/clauses/{i}/id"), "条款编号重复。", "Two clauses have this number.").into());
        }
    }
    let earlier = match policy {
        None => Vec::new(),
        Some(id) => versions(company.store.read(), id).await?,
    };
    let procedures = earlier.iter().filter_map(|v| serde_json::from_str::<Procedure>(&v.steps).ok());
    let had: HashSet<String> = procedures.flat_map(|p| p.papers().into_iter().map(|(_, file)| file.sha256.clone()).collect::<Vec<_>>()).collect();
    new.procedure.check(company, by, lang, &had).await?;
    let mut data = Map::new();
    data.insert("policy".into(), json!(id));
    data.insert("version".into(), json!(number));
    data.insert("title".into(), json!(title));
    data.insert("text".into(), json!(body));
    data.insert("clauses".into(), json!(new.clauses));
    data.insert("procedure".into(), json!(new.procedure));
    company.publish(ROOM, DRAFTED, by, None, Vec::new(), data).await?;
    Ok(id)
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = PublishPolicy)]
pub struct Publish {
    /// First day in force.
    pub effective_on: String,
}

/// 发布: refused as long as the procedure is not whole.
pub async fn publish(company: &Company, by: &Actor, lang: Lang, policy: &str, new: Publish) -> Result<()> {
    let _turn = company.store.turn().await?;
    let newest = versions(company.store.read(), policy).await?.remove(0);
    if newest.state != "draft" {
        return Err(Problem::conflict("no_draft", "没有待发布的草稿。请先起草新版本。", "There is no draft to publish. Draft a new version first.").into());
    }
    let effective_on = day(lang, "/effective_on", &new.effective_on)?;
    let steps: Procedure = serde_json::from_str(&newest.steps)?;
    let missing = steps.lacks(effective_on);
    if !missing.is_empty() {
        return Err(procedure::refusal(lang, &missing).into());
    }
    let mut data = Map::new();
    data.insert("policy".into(), json!(policy));
    data.insert("version".into(), json!(newest.version));
    data.insert("title".into(), json!(newest.title));
    data.insert("draft".into(), json!(crate::records::id_of(newest.idx)));
    data.insert("effective_on".into(), json!(effective_on.to_string()));
    company.publish(ROOM, PUBLISHED, by, None, Vec::new(), data).await?;
    Ok(())
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct WithdrawPolicy {
    pub version: i32,
    pub reason: String,
}

/// 废止: it keeps its place, for acts of its time.
pub async fn withdraw(company: &Company, by: &Actor, lang: Lang, policy: &str, new: WithdrawPolicy) -> Result<()> {
    let _turn = company.store.turn().await?;
    let row = of_version(company, policy, new.version).await?;
    if row.state != "published" {
        return Err(Problem::conflict("not_published", "只有已发布的版本可以废止。", "Only a published version can be withdrawn.").into());
    }
    let mut data = Map::new();
    data.insert("policy".into(), json!(policy));
    data.insert("version".into(), json!(row.version));
    data.insert("reason".into(), json!(text(lang, "/reason", &new.reason, 2000)?));
    company.publish(ROOM, WITHDRAWN, by, None, Vec::new(), data).await?;
    Ok(())
}

pub async fn of_version(company: &Company, policy: &str, number: i32) -> Result<version::Model> {
    let all = versions(company.store.read(), policy).await?;
    Ok(all.into_iter().find(|v| v.version == number).ok_or_else(Problem::not_found)?)
}

/// 签收: the employee's own click, on the version now to be acknowledged.
pub async fn acknowledge(company: &Company, by: &Actor, employee: &str, policy: &str, number: i32) -> Result<()> {
    let all = versions(company.store.read(), policy).await?;
    let current = standing(&all, &company.today().to_string(), true).ok_or_else(Problem::not_found)?;
    if current.version != number {
        return Err(Problem::conflict(
            "other_version",
            format!("这项制度的现行版本是第 {} 版。请刷新后阅读并签收现行版本。", current.version),
            format!("Version {} is the one in force. Reload, read that one and acknowledge it.", current.version),
        )
        .into());
    }
    let signed = crate::people::signed_version(company.store.read(), &current.title, &number.to_string()).await?;
    if signed.contains_key(employee) {
        return Err(Problem::conflict("acknowledged_already", "您已签收这一版。", "You have acknowledged this version already.").into());
    }
    let mut data = Map::new();
    data.insert("employee".into(), json!(employee));
    data.insert("document".into(), json!("policy"));
    data.insert("policy".into(), json!(policy));
    data.insert("title".into(), json!(current.title));
    data.insert("version".into(), json!(number.to_string()));
    data.insert("signed_at".into(), json!(instant(company.now())));
    data.insert("method".into(), json!("click"));
    data.insert("clauses".into(), serde_json::from_str(&current.clauses)?);
    company.publish(ROOM, "document.signed", by, Some(employee), Vec::new(), data).await?;
    Ok(())
}
