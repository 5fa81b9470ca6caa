//! 解除（终止）劳动合同证明书 (LAW P12): what article 24 of the implementing regulations lists, and nothing else. No
//! reason, no evaluation; there is no member for either.

use super::{child, fonts::Fonts, world::Sheet};
use crate::said::Said;
use serde::{Deserialize, Serialize};
use serde_json::json;

const TEMPLATE: &str = include_str!("certificate.typ");

/// All that stands on the paper. Dates are days in the company's zone, as ISO 8601 writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// 文书编号
    pub number: String,
    pub company: String,
    pub name: String,
    /// 工号
    pub employee: String,
    /// 合同期限
    pub term: String,
    /// 解除或终止日期
    pub ended_on: String,
    /// 工作岗位
    pub post: String,
    /// 在本单位的工作年限
    pub service: String,
    pub issued_on: String,
}

/// The PDF, typeset in a child process; `Err` says why there is none.
pub async fn typeset(certificate: Certificate) -> Result<Vec<u8>, Said> {
    let made = child::run(vec![child::Paper::Certificate(certificate)], |_, _| {}).await?;
    Ok(made.into_iter().next().unwrap_or_default())
}

/// Here and now: what the child does. The same certificate gives the same bytes.
pub fn set(fonts: &Fonts, certificate: &Certificate) -> anyhow::Result<Vec<u8>> {
    let mut data = json!({ "paper": certificate, "fonts": { "serif": fonts.serif, "sans": fonts.sans } });
    fonts.make_drawable(&mut data);
    let day: jiff::civil::Date = certificate.issued_on.parse().unwrap_or(jiff::civil::date(1970, 1, 1));
    let small = |n: i8| u16::try_from(n).unwrap_or_default();
    let moment = [u16::try_from(day.year()).unwrap_or(1970), small(day.month()), small(day.day()), 0, 0, 0];
    Sheet::new(fonts, TEMPLATE, serde_json::to_vec(&data)?)?.pdf(&certificate.number, moment)
}
