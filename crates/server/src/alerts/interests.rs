//! `interests.to_investigate`: raised in the transaction of a review that says “to be investigated” by somebody who may open
//! no case, so that the word does not end on their page. Where the reviewer may, the review opens the case itself
//! (people's `interests`) and nothing is raised. A match is a question: two people may share a name.

use super::{
    model::{Body, Explanation},
    raise::{self, Signal},
    rules::{INTEREST, Rule},
};
use crate::{
    companies,
    company::Company,
    error::Result,
    people::{self, interests::REVIEWED},
    records::{Appended, Effect},
    said::Said,
};
use sea_orm::DatabaseTransaction;
use serde_json::Value;

pub struct RaiseInterests;

#[async_trait::async_trait]
impl Effect for RaiseInterests {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let reviews = batch.iter().filter(|a| a.draft.source == people::SOURCE && a.draft.kind == REVIEWED);
        for (a, data) in reviews.filter_map(|a| Some((a, a.draft.data()?))) {
            let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
            if text("outcome") != "case" || !text("case").is_empty() {
                continue;
            }
            let threshold = INTEREST.threshold(tx).await?;
            if threshold > 1.0 {
                continue;
            }
            let firm = companies::find(tx, text("company")).await?.map_or_else(|| text("company").to_owned(), |c| c.name);
            let signal = Signal {
                rule: &INTEREST,
                employee: text("employee").to_owned(),
                subject: text("match").to_owned(),
                conversation: None,
                chain: None,
                customer: None,
                severity: if text("meets") == "declared" { "medium" } else { "high" },
                backfilled: a.backfilled(),
                records: vec![(a.idx, a.draft.at)],
                body: body(&INTEREST, threshold, text("meets"), &firm, text("reason")),
            };
            match raise::open_one(tx, &INTEREST, text("employee"), text("match")).await? {
                Some(open) => raise::join(tx, company.now(), open, signal).await?,
                None => raise::create(tx, company.now(), signal).await.map(drop)?,
            }
        }
        Ok(())
    }
}

fn body(rule: &Rule, threshold: f64, meets: &str, firm: &str, reason: &str) -> Body {
    let how = match meets {
        "declared" => Said::new(format!("员工申报了与{firm}的关系"), format!("The employee declared a tie to {firm}")),
        "relative" => Said::new(format!("申报的亲属与{firm}登记人员同名"), format!("A declared relative has the name of somebody at {firm}")),
        _ => Said::new(format!("员工与{firm}登记人员同名，未申报"), format!("The employee has the name of somebody at {firm} and declared nothing")),
    };
    Body {
        title: Said::new(format!("利益关系需要调查：{firm}"), format!("An interest to be investigated: {firm}")),
        explanation: Explanation {
            value: 1.0,
            threshold,
            numerator: Some(1.0),
            denominator: None,
            unit: rule.unit(),
            window: rule.window(),
            baseline: None,
            formula: rule.formula(),
            why: vec![how, Said::new(format!("核对人写明：{reason}"), format!("The reviewer wrote: {reason}"))],
            missing: vec![Said::new(
                "是否确为本人或其亲属，需核对身份；是否有交易往来，需另行查证",
                "Whether it is the employee or their relative has to be established; whether there were dealings, too",
            )],
            innocent: vec![
                Said::new("同名同姓的另一个人", "Somebody else of the same name"),
                Said::new("已向上级口头说明，尚未补登申报", "Told to the manager and not yet entered as a declaration"),
                Said::new("该公司与本公司业务并无往来或竞争", "The firm neither deals nor competes with this company"),
            ],
        },
        words: Vec::new(),
    }
}
