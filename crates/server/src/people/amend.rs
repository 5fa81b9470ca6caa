//! 更正档案: what is wrong in the file of an employee is put right, with a reason, as a record. What is *not* here: a new
//! post, which is a move (`acts`), and what an employee asks to have put right (requests).

use super::{
    ROOM,
    acts::{hired_on, known, some_day, some_text, text, texts},
    life,
};
use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
    records::Draft,
    said::Lang,
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, json};
use utoipa::ToSchema;

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = AmendEmployee)]
pub struct Amend {
    pub name: Option<String>,
    pub hired_on: Option<String>,
    pub probation_until: Option<String>,
    pub phones: Option<Vec<String>>,
    pub emails: Option<Vec<String>>,
    /// Why; recorded.
    pub reason: String,
}

/// 更正档案: what is wrong in the file itself; a new post is a move.
pub async fn amend(company: &Company, by: &Actor, lang: Lang, number: &str, new: Amend) -> Result<()> {
    let draft = amendment(company, by, lang, number, new, None).await?;
    company.writer.append(vec![draft]).await.map(drop)
}

/// The record of it, checked and not yet written; `request` is the request it grants.
pub async fn amendment(company: &Company, by: &Actor, lang: Lang, number: &str, new: Amend, request: Option<&str>) -> Result<Draft> {
    let row = known(company, number).await?;
    let mut data = Map::new();
    data.insert("number".into(), json!(number));
    data.insert("name".into(), json!(some_text(lang, "/name", new.name.as_deref(), 100)?.unwrap_or_else(|| row.name.clone())));
    data.insert("reason".into(), json!(text(lang, "/reason", &new.reason, 2000)?));
    let hired = some_day(lang, "/hired_on", new.hired_on.as_deref())?;
    let probation = some_day(lang, "/probation_until", new.probation_until.as_deref())?;
    let kept = |day: &Option<String>| day.as_deref().and_then(|d| d.parse::<Date>().ok());
    // What was wrong already and is not touched may stand: it is put right one by one.
    if let Some(on) = hired
        && kept(&row.left_on).or(kept(&row.last_day)).is_some_and(|last| last < on)
    {
        return Err(Problem::of_field(
            lang,
            "/hired_on",
            "入职日期不能晚于最后工作日。请核对两个日期；重新入职的请办理“入职”。",
            "Nobody is hired after their last day. Check both dates; somebody who comes back joins again.",
        )
        .into());
    }
    if (hired.is_some() || probation.is_some())
        && let (Some(hired), Some(end)) = (hired.or_else(|| hired_on(&row)), probation.or_else(|| kept(&row.probation_until)))
        && end < hired
    {
        let at = if probation.is_some() { "/probation_until" } else { "/hired_on" };
        return Err(Problem::of_field(lang, at, "试用期不能在入职之前结束。", "The probation cannot end before the hire.").into());
    }
    for (member, on) in [("hired_on", hired), ("probation_until", probation)] {
        if let Some(on) = on {
            data.insert(member.into(), json!(on.to_string()));
        }
    }
    for (member, given) in [("phones", &new.phones), ("emails", &new.emails)] {
        if let Some(list) = given {
            data.insert(member.into(), texts(lang, member, list)?);
        }
    }
    if let Some(request) = request {
        data.insert("request".into(), json!(request));
    }
    Ok(company.draft(ROOM, life::AMENDED, by, Some(number), Vec::new(), data))
}
