//! Making and ending a contract. Terms that cannot stand together are refused before anything is written.

use super::{ENDED, MADE, ROOM, model::contract, of};
use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
    intake::{attached, money},
    people::acts::{day, known, some_day, some_text, text},
    said::Lang,
};
use jiff::civil::Date;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContractKind {
    /// 固定期限
    Fixed,
    /// 无固定期限
    OpenEnded,
    /// 以完成一定工作任务为期限
    Task,
}

/// An amount of money in a body: a decimal text and the currency's letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ContractPay)]
pub struct Pay {
    pub amount: String,
    pub currency: String,
}

/// A file sent before under its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Paper {
    pub sha256: String,
    pub name: String,
}

impl Paper {
    /// It has to be there, and from whoever names it: a digest of nothing proves nothing, and one that was read somewhere
    /// would open a file of another room.
    pub async fn check(&self, company: &Company, by: &Actor, lang: Lang, pointer: &str) -> Result<()> {
        if !attached::sent_by(company, &by.id, &self.sha256).await? {
            return Err(Problem::of_field(lang, pointer, "没有收到这个文件，请重新上传。", "This file is not here; send it again.").into());
        }
        text(lang, &format!("{pointer}/name"), &self.name, 200)?;
        Ok(())
    }
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewContract {
    /// The number on the paper.
    pub number: Option<String>,
    pub kind: ContractKind,
    pub from: String,
    /// Last day of a fixed term.
    pub until: Option<String>,
    pub probation_until: Option<String>,
    pub post: Option<String>,
    pub place: Option<String>,
    /// A month.
    pub pay: Option<Pay>,
    pub signed_on: Option<String>,
    pub file: Option<Paper>,
}

fn date(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// The last day a contract was or will be in force; `None` is for ever.
pub fn last_day(row: &contract::Model) -> Option<Date> {
    row.ended_on.as_deref().or(row.until_on.as_deref()).and_then(date)
}

pub async fn make(company: &Company, by: &Actor, lang: Lang, employee: &str, new: NewContract) -> Result<String> {
    let person = known(company, employee).await?;
    let from = day(lang, "/from", &new.from)?;
    let until = some_day(lang, "/until", new.until.as_deref())?;
    let wrong = |pointer: &str, zh: &str, en: &str| Problem::of_field(lang, pointer, zh, en);
    match (new.kind, until) {
        (ContractKind::Fixed, None) => return Err(wrong("/until", "固定期限合同须写明到期日。", "A fixed term has a last day.").into()),
        (ContractKind::OpenEnded, Some(_)) => return Err(wrong("/until", "无固定期限合同没有到期日。", "An open-ended contract has no last day.").into()),
        (_, Some(end)) if end < from => return Err(wrong("/until", "到期日不能早于开始日。", "It cannot end before it begins.").into()),
        _ => {}
    }
    let probation = some_day(lang, "/probation_until", new.probation_until.as_deref())?;
    if probation.is_some_and(|end| end < from || until.is_some_and(|last| end > last)) {
        return Err(wrong("/probation_until", "试用期包含在合同期限内，结束日应在开始日与到期日之间。", "The probation lies within the term.").into());
    }
    for other in of(company.store.read(), employee).await? {
        let (Some(begins), ends) = (date(&other.from_on), last_day(&other)) else { continue };
        let apart = ends.is_some_and(|end| end < from) || until.is_some_and(|last| last < begins);
        if !apart {
            let mut problem = wrong(
                "/from",
                "与另一份合同的期限重叠。请先结束那一份，或更正日期。",
                "The term overlaps another contract's. End that one first, or put the dates right.",
            );
            problem.code = "overlap";
            return Err(problem.into());
        }
    }
    if person.hired_on.as_deref().and_then(date).is_some_and(|hired| until.is_some_and(|last| last < hired)) {
        return Err(wrong("/until", "合同在入职之前就已到期，请核对日期。", "The contract ends before the hire; check the dates.").into());
    }
    let id = uuid::Uuid::now_v7().to_string();
    let mut data = Map::new();
    data.insert("contract".into(), json!(id));
    data.insert("employee".into(), json!(employee));
    data.insert("number".into(), json!(some_text(lang, "/number", new.number.as_deref(), 100)?));
    data.insert("kind".into(), json!(new.kind));
    data.insert("from".into(), json!(from.to_string()));
    data.insert("until".into(), json!(until.map(|d| d.to_string())));
    data.insert("probation_until".into(), json!(probation.map(|d| d.to_string())));
    data.insert("post".into(), json!(some_text(lang, "/post", new.post.as_deref(), 100)?));
    data.insert("place".into(), json!(some_text(lang, "/place", new.place.as_deref(), 100)?));
    data.insert("signed_on".into(), json!(some_day(lang, "/signed_on", new.signed_on.as_deref())?.map(|d| d.to_string())));
    if let Some(pay) = &new.pay {
        let kept = Pay { amount: pay.amount.trim().to_owned(), currency: pay.currency.trim().to_owned() };
        let currency = kept.currency.len() == 3 && kept.currency.bytes().all(|b| b.is_ascii_uppercase());
        if !currency || money::minor(&kept.amount, &kept.currency).is_none() {
            return Err(wrong("/pay", "应为金额，如 12000.00，货币为三个字母。", "An amount like 12000.00 and three letters for the currency.").into());
        }
        data.insert("pay".into(), json!(kept));
    }
    if let Some(file) = &new.file {
        file.check(company, by, lang, "/file").await?;
        data.insert("file".into(), json!(file));
    }
    company.publish(ROOM, MADE, by, Some(employee), Vec::new(), data).await?;
    Ok(id)
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EndContract {
    /// The last day it was in force.
    pub on: String,
    pub reason: String,
}

pub async fn end(company: &Company, by: &Actor, lang: Lang, row: &contract::Model, new: EndContract) -> Result<()> {
    if row.state != "active" {
        return Err(Problem::conflict("ended_already", "这份合同已经结束。", "This contract has ended already.").into());
    }
    let on = day(lang, "/on", &new.on)?;
    if date(&row.from_on).is_some_and(|from| on < from) {
        return Err(Problem::of_field(lang, "/on", "结束日不能早于合同开始日。", "It cannot end before it began.").into());
    }
    let mut data = Map::new();
    data.insert("contract".into(), json!(row.id));
    data.insert("employee".into(), json!(row.employee));
    data.insert("on".into(), json!(on.to_string()));
    data.insert("reason".into(), json!(text(lang, "/reason", &new.reason, 2000)?));
    company.publish(ROOM, ENDED, by, Some(&row.employee), Vec::new(), data).await?;
    Ok(())
}

pub async fn find(company: &Company, id: &str) -> Result<contract::Model> {
    Ok(contract::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
}
