//! `access.after_leaving` and `orders.while_stopped`: raised in the record's own transaction, from what a source or the
//! door of this system recorded about somebody who has left or whose new orders are stopped. The record is kept in any
//! case: an alert tells, it refuses nothing.

use super::{
    explain::day_in,
    model::{Body, Explanation},
    raise::{self, Signal},
    rules::{AFTER_LEAVING, Rule, STOPPED_ORDER},
};
use crate::{
    access::standing::{self, Standing},
    company::Company,
    error::Result,
    people,
    records::{Appended, Effect},
    restrictions::{self, Limit},
    said::Said,
};
use sea_orm::DatabaseTransaction;
use serde_json::Value;
use std::collections::BTreeMap;

pub struct RaiseLeavers;

const MOST_LINES: usize = 30;

/// One thing that happened, in words.
struct Happened {
    idx: i64,
    at: i64,
    said: Said,
    customer: Option<String>,
    backfilled: bool,
    /// A source said from which device or network.
    traced: bool,
}

#[async_trait::async_trait]
impl Effect for RaiseLeavers {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        let mut found: BTreeMap<(&str, String), Vec<Happened>> = BTreeMap::new();
        for a in batch {
            let Some(employee) = a.draft.employee.clone() else { continue };
            let rule = match a.draft.kind.as_str() {
                "access.tried_after_leaving" if a.draft.source == "/probity/access" => &AFTER_LEAVING,
                "customer.accessed" if gone_at(company, tx, &employee, a.draft.at).await? => &AFTER_LEAVING,
                "order.placed" if stopped_at(tx, &employee, a.draft.at).await? => &STOPPED_ORDER,
                _ => continue,
            };
            found.entry((rule.id, employee)).or_default().push(told(company, a));
        }
        for ((rule, employee), happened) in found {
            if let Some(rule) = Rule::find(rule) {
                raise(company, tx, rule, employee, happened).await?;
            }
        }
        Ok(())
    }
}

/// Had this employee left by then? On the last day itself they are still here.
async fn gone_at(company: &Company, tx: &DatabaseTransaction, employee: &str, at: i64) -> Result<bool> {
    let Some(person) = people::find(tx, employee).await? else { return Ok(false) };
    if standing::of_status(person.status.as_deref()) != Standing::Left {
        return Ok(false);
    }
    let last = person.left_on.as_deref().and_then(|day| crate::intake::facts::moment(company, day, true));
    // Without a last day on file nothing says when it ended; then only what came after we knew counts.
    Ok(last.is_some_and(|end| at >= end))
}

async fn stopped_at(tx: &DatabaseTransaction, employee: &str, at: i64) -> Result<bool> {
    Ok(restrictions::at(tx, employee, at).await?.iter().any(|r| Limit::read(&r.limits).contains(&Limit::NewOrders)))
}

fn told(company: &Company, a: &Appended<'_>) -> Happened {
    let text = |name: &str| a.draft.data().and_then(|d| d.get(name)).and_then(Value::as_str).unwrap_or_default().to_owned();
    let day = day_in(&company.settings().time_zone, a.draft.at);
    let said = match a.draft.kind.as_str() {
        "order.placed" => Said::new(format!("{day} 产生新订单 {}", text("order")), format!("{day} order {} was placed", text("order"))),
        "customer.accessed" => Said::new(
            format!("{day} 在来源系统对客户 {} 执行“{}”", text("customer"), action_zh(&text("action"))),
            format!("{day} “{}” on customer {} in a source's system", text("action"), text("customer")),
        ),
        _ => {
            let route = text("route");
            let (zh, en) = if route.starts_with("GET ") { ("查看", "look at") } else { ("办理", "act on") };
            Said::new(
                format!("{day} 登录后试图{zh}公司数据，已被拒绝（接口 {route}）"),
                format!("{day} tried after signing in to {en} company data and was refused ({route})"),
            )
        }
    };
    let customer = Some(text("customer")).filter(|c| !c.is_empty());
    let traced = !text("device").is_empty() || !text("ip").is_empty();
    Happened { idx: a.idx, at: a.draft.at, said, customer, backfilled: a.backfilled(), traced }
}

fn action_zh(action: &str) -> &str {
    match action {
        "view" => "查看",
        "export" => "导出",
        "edit" => "修改",
        "delete" => "删除",
        other => other,
    }
}

async fn raise(company: &Company, tx: &DatabaseTransaction, rule: &'static Rule, employee: String, happened: Vec<Happened>) -> Result<()> {
    let threshold = rule.threshold(tx).await?;
    // All of one person's under one rule: the subject is the person.
    let open = raise::open_one(tx, rule, &employee, &employee).await?;
    let mut count = happened.len();
    let mut why: Vec<Said> = happened.iter().map(|h| h.said.clone()).collect();
    if let Some(open) = &open {
        let before: Body = serde_json::from_str(&open.body)?;
        count += before.explanation.numerator.unwrap_or_default() as usize;
        why = before.explanation.why.into_iter().chain(why).take(MOST_LINES).collect();
    }
    if (count as f64) < threshold {
        return Ok(());
    }
    let took_out = happened.iter().any(|h| h.said.en.contains("“export”") || h.said.en.contains("“delete”"));
    let severity = if rule.id == STOPPED_ORDER.id || took_out || count >= 10 { "high" } else { "medium" };
    let signal = Signal {
        rule,
        subject: employee.clone(),
        conversation: None,
        chain: None,
        customer: happened.iter().rev().find_map(|h| h.customer.clone()).or_else(|| open.as_ref().and_then(|o| o.customer.clone())),
        severity,
        backfilled: happened.iter().all(|h| h.backfilled),
        records: happened.iter().map(|h| (h.idx, h.at)).collect(),
        body: body(rule, count, threshold, why, happened.iter().any(|h| h.traced)),
        employee,
    };
    let now = company.now();
    match open {
        Some(alert) => raise::join(tx, now, alert, signal).await,
        None => raise::create(tx, now, signal).await.map(drop),
    }
}

fn body(rule: &Rule, count: usize, threshold: f64, why: Vec<Said>, traced: bool) -> Body {
    let order = rule.id == STOPPED_ORDER.id;
    let title = if order {
        Said::new(format!("停止新单期间产生新订单（{count} 单）"), format!("Orders placed while new orders were stopped ({count})"))
    } else {
        Said::new(
            format!("离职后访问公司数据（{count} 次）"),
            format!("Company data tried after leaving ({count} {})", if count == 1 { "time" } else { "times" }),
        )
    };
    let mut missing = Vec::new();
    if order {
        missing.push(Said::new(
            "订单由谁录入、客户何时下的单，需向订单系统核对",
            "Who entered the order and when the customer ordered has to be checked in the order system",
        ));
    } else if !traced {
        missing.push(Said::new("没有访问设备和网络地址，不能确定是本人操作", "No device and no network address: that it was this person is not established"));
    }
    let innocent = if order {
        vec![
            Said::new("客户在停止之前已下单，系统补录或审核在后", "The customer ordered before the stop; it was entered or checked later"),
            Said::new("同事代录，沿用了原销售的姓名", "A colleague entered it under the former salesperson's name"),
            Said::new("老客户自助下单，系统自动归到原负责人", "A customer ordered by themselves and the system named the owner as before"),
        ]
    } else {
        vec![
            Said::new("手机或浏览器里没有关掉的页面、应用自动刷新", "A page left open or an app that refreshes by itself"),
            Said::new("应公司要求回来协助交接，或账号由同事代为操作", "Came back to help with the handover when asked, or a colleague used the account"),
            Said::new("离职日期登记错误，或来源系统时间不准", "The last day is wrong on file, or the source's clock is off"),
            Said::new("想取回本人的资料：本人页面就是为此保留的", "Looking for own documents: the own page is kept open for that"),
        ]
    };
    Body {
        title,
        explanation: Explanation {
            value: count as f64,
            threshold,
            numerator: Some(count as f64),
            denominator: None,
            unit: rule.unit(),
            window: rule.window(),
            baseline: None,
            formula: rule.formula(),
            why,
            missing,
            innocent,
        },
        words: Vec::new(),
    }
}
