//! 工作交接清单 (LAW T7): what is handed over, to whom, checked by whom, what is in dispute, and three signatures. With the
//! digest of what it lists, so that the signed paper and the record can be held against each other.

use super::{child, fonts::Fonts, world::Sheet};
use crate::said::Said;
use serde::{Deserialize, Serialize};
use serde_json::json;

const TEMPLATE: &str = include_str!("checklist.typ");

/// All that stands on the paper. Dates are days in the company's zone, as ISO 8601 writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// 文书编号
    pub number: String,
    pub company: String,
    /// 交接编号
    pub handover: String,
    /// 离职、调岗 …
    pub kind: String,
    pub name: String,
    /// 工号
    pub employee: String,
    pub department: String,
    pub last_day: String,
    /// 监交人
    pub supervisor: String,
    /// 接收人
    pub receivers: Vec<String>,
    pub made_on: String,
    pub made_by: String,
    /// UTC: year, month, day, hour, minute, second; the PDF's own date.
    pub moment: [u16; 6],
    /// How many of how many are done.
    pub done: usize,
    pub all: usize,
    pub sections: Vec<Section>,
    pub disputes: Vec<Dispute>,
    /// SHA-256 of sections and disputes as canonical JSON.
    pub digest: String,
}

/// 客户资料、工作进度、公司财产、其他
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub title: String,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub number: usize,
    pub name: String,
    /// What is known of it: amount, due, identifier.
    pub facts: String,
    /// What was filled in, one field a line.
    pub given: Vec<String>,
    /// Name and digest of each file.
    pub files: Vec<String>,
    pub receiver: String,
    pub state: String,
    /// Who checked it on which day.
    pub checked: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    pub on: String,
    pub text: String,
    pub answer: String,
}

/// The PDF, typeset in a child process; `Err` says why there is none.
pub async fn typeset(list: Checklist) -> Result<Vec<u8>, Said> {
    let made = child::run(vec![child::Paper::Checklist(Box::new(list))], |_, _| {}).await?;
    Ok(made.into_iter().next().unwrap_or_default())
}

/// Here and now: what the child does. The same list gives the same bytes.
pub fn set(fonts: &Fonts, list: &Checklist) -> anyhow::Result<Vec<u8>> {
    let mut data = json!({ "paper": list, "fonts": { "serif": fonts.serif, "sans": fonts.sans, "mono": fonts.mono } });
    fonts.make_drawable(&mut data);
    Sheet::new(fonts, TEMPLATE, serde_json::to_vec(&data)?)?.pdf(&list.number, list.moment)
}
