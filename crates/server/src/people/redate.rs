//! 更正离职日期: somebody who has left, with a wrong last day on file. A fact is put right, with a reason, as a record: the
//! posts end on the true day, the contract with them, and the clocks of the law's track follow (handover). What is *not*
//! here: moving the last day of somebody still at work, which the law bounds (`acts::reschedule`); the certificate, which
//! is corrected by itself (`handover::exit::correct`).

use super::{
    ROOM,
    acts::{day, hired_on, known, text},
    life,
};
use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
    said::Lang,
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, json};
use utoipa::ToSchema;

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = CorrectDeparture)]
pub struct Redate {
    /// The true last day at work; not after today.
    pub left_on: String,
    /// What was wrong; recorded, and shown to the one who left.
    pub reason: String,
}

pub async fn redate(company: &Company, by: &Actor, lang: Lang, number: &str, new: Redate) -> Result<()> {
    let row = known(company, number).await?;
    if row.status.as_deref() != Some("left") {
        return Err(Problem::conflict(
            "not_left",
            "该员工尚未离职。在职员工的最后工作日在交接页变更。",
            "This employee has not left. The last day of somebody at work is changed with the handover.",
        )
        .into());
    }
    let on = day(lang, "/left_on", &new.left_on)?;
    if hired_on(&row).is_some_and(|hired| on < hired) {
        let mut problem = Problem::of_field(lang, "/left_on", "离职日期早于入职日期。请核对两个日期。", "The last day lies before the hire. Check both dates.");
        problem.code = "before_hire";
        return Err(problem.into());
    }
    if on > company.today() {
        return Err(Problem::of_field(lang, "/left_on", "最后工作日不能晚于今天。", "The last day cannot lie after today.").into());
    }
    let reason = text(lang, "/reason", &new.reason, 2000)?;
    let was = row.left_on.as_deref().and_then(|t| t.get(..10)).and_then(|t| t.parse::<Date>().ok());
    if was == Some(on) {
        return Err(Problem::conflict("same_day", "最后工作日就是这一天。", "That is the last day already.").into());
    }
    let mut data = Map::new();
    data.insert("employee".into(), json!(number));
    data.insert("left_on".into(), json!(on.to_string()));
    data.insert("before".into(), json!(was.map(|day| day.to_string())));
    data.insert("reason".into(), json!(reason));
    company.publish(ROOM, life::REDATED, by, Some(number), Vec::new(), data).await?;
    Ok(())
}
