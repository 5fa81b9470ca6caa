//! What a restriction would stop, before it is proposed and again before it is approved: how much work it touches and
//! what the law says to it.

use super::Limit;
use crate::{
    access::{Standing, standing},
    company::Company,
    customers,
    error::Result,
    records::{employee_subject, model::subject},
    said::{Lang, Said},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const RECENT_US: i64 = 90 * 24 * 3600 * 1_000_000;
/// Above this somebody else has to be named who serves them.
const MANY_CUSTOMERS: usize = 20;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RestrictionWarning {
    /// `severance`, `work_impossible`, `commission`, `not_resigning`, `many_customers`.
    pub code: String,
    pub rule: String,
    pub text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RestrictionPreview {
    pub standing: Standing,
    /// Customers served now.
    pub customers: usize,
    /// Records of deals and of orders in the last ninety days.
    pub deals: u64,
    pub orders: u64,
    pub stops: Vec<String>,
    /// Each has to be acknowledged by whoever approves.
    pub warnings: Vec<RestrictionWarning>,
    /// What goes on.
    pub goes_on: Vec<String>,
}

pub async fn of(company: &Company, employee: &str, limits: &[Limit], lang: Lang) -> Result<RestrictionPreview> {
    let db = company.store.read();
    let now = company.now();
    let standing = standing::of(db, Some(employee)).await?;
    let served = customers::counts_at(db, &[employee.to_owned()], now).await?;
    let customers = served.get(employee).and_then(|n| usize::try_from(*n).ok()).unwrap_or(0);
    let count = async |kind: &str| -> Result<u64> {
        Ok(subject::Entity::find()
            .filter(subject::Column::Subject.eq(employee_subject(employee)))
            .filter(subject::Column::At.gte(now - RECENT_US))
            .filter(subject::Column::Kind.eq(kind))
            .count(db)
            .await?)
    };
    let (deals, orders) = (count("deal.stage_changed").await?, count("order.placed").await?);
    let pick = |s: Said| s.pick(lang).to_owned();
    Ok(RestrictionPreview {
        standing,
        customers,
        deals,
        orders,
        stops: limits
            .iter()
            .map(|l| match l.kept_by() {
                None => pick(l.title()),
                Some(by) => pick(Said::new(format!("{}（{}）", l.title().zh, by.zh), format!("{} ({})", l.title().en, by.en))),
            })
            .collect(),
        warnings: warnings(limits, standing, customers)
            .into_iter()
            .map(|(code, rule, said)| RestrictionWarning { code: code.into(), rule: rule.into(), text: pick(said) })
            .collect(),
        goes_on: goes_on(limits).into_iter().map(pick).collect(),
    })
}

/// What whoever approves has to have read.
pub fn warnings(limits: &[Limit], standing: Standing, customers: usize) -> Vec<(&'static str, &'static str, Said)> {
    let mut all = Vec::new();
    let has = |l| limits.contains(&l);
    if has(Limit::NewOrders) {
        all.push((
            "commission",
            "P19",
            Said::new(
                "停止新订单会减少提成。已促成订单的提成照常按期足额支付，不得因离职扣发（劳动合同法第三十条、第八十五条；工资支付暂行规定第九条）。",
                "No new orders means less commission. What was earned on orders placed is paid in full and on time, leaving or not (Labour Contract Law 30, 85; Wage Payment Provisions 9).",
            ),
        ));
    }
    all.push((
        "severance",
        "P16",
        Said::new(
            "限制过宽等于未提供劳动条件，劳动者可据此解除合同并要求经济补偿（劳动合同法第三十八条第一款、第四十六条第一项）。请只限制必要的部分。",
            "A limit that goes too far is a failure to provide working conditions: the worker may end the contract and claim severance (Labour Contract Law 38(1), 46(1)). Limit only what is necessary.",
        ),
    ));
    if has(Limit::NewOrders) && has(Limit::CustomerEdit) || limits.len() >= 3 {
        all.push((
            "work_impossible",
            "P16",
            Said::new(
                "这些限制合在一起，销售工作基本无法进行：工资应按正常提供劳动支付，并应考虑改为安排其他工作或提前协商解除。",
                "Together these limits leave hardly any sales work to do: pay as for work done, and consider other work or an agreed earlier end instead.",
            ),
        ));
    }
    if standing == Standing::Active {
        all.push((
            "not_resigning",
            "P16",
            Said::new(
                "该员工并未提出离职。限制在职员工的工作权限，须有制度依据并以查清具体事实为限。",
                "This employee has not resigned. Limiting the work of somebody who stays needs a basis in the policies and a specific matter to be cleared up.",
            ),
        ));
    }
    if customers > MANY_CUSTOMERS && (has(Limit::NewOrders) || has(Limit::CustomerEdit)) {
        all.push((
            "many_customers",
            "P16",
            Said::new(
                format!("该员工正在服务 {customers} 个客户，请先确定由谁接手日常需求，以免客户无人响应。"),
                format!("{customers} customers are served by this employee; decide first who answers them meanwhile."),
            ),
        ));
    }
    all
}

fn goes_on(limits: &[Limit]) -> Vec<Said> {
    let mut all = vec![
        Said::new("已有订单的履行、收款和售后", "Orders already placed: delivery, payment, after-sales"),
        Said::new("考勤、工资、已产生的提成、社保", "Attendance, wages, commission earned, social insurance"),
        Said::new("查看本人资料、提出申请和申诉、办理交接", "The own file, requests and appeals, the handover"),
    ];
    if !limits.contains(&Limit::CustomerEdit) {
        all.push(Said::new("客户跟进和资料查看（逐个）", "Follow-ups and customers' pages, one at a time"));
    }
    all
}
