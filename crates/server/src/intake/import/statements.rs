//! Statements 流水 of Alipay, WeChat and ICBC: their layouts, and what a row says.
//!
//! A row becomes a `transfer.booked`. Where the statement names no direction it is read from status and type; a row
//! that still has none is skipped with the reason. What is *not* here: whether the company may hold it (law).

use super::{
    Layout, Skip,
    table::{Row, Sheet},
};
use crate::intake::money;
use serde_json::{Map, Value, json};

/// A statement found in a sheet.
pub struct Statement<'a> {
    pub layout: Layout,
    header: Vec<&'a str>,
    pub rows: &'a [Row],
    /// Whose account, as the file's head says.
    pub account: String,
}

/// What a row says, before it is put into an event.
pub struct Booking {
    /// `2023-02-12 21:32:14` or a day.
    pub time: String,
    pub data: Map<String, Value>,
}

const ALIPAY: [&str; 5] = ["交易时间", "交易对方", "收/支", "金额", "交易状态"];
const WECHAT: [&str; 5] = ["交易时间", "交易类型", "交易对方", "收/支", "当前状态"];
const ICBC: [&str; 4] = ["交易日期", "摘要", "记账金额(收入)", "记账金额(支出)"];

/// Finds a known statement: by its header row, wherever the preamble ends.
pub fn recognise(sheet: &Sheet) -> Option<Statement<'_>> {
    let (at, layout) = sheet.rows.iter().take(60).enumerate().find_map(|(i, row)| {
        let has = |names: &[&str]| names.iter().all(|n| row.cells.iter().any(|c| c == n));
        if has(&WECHAT) {
            Some((i, Layout::Wechat))
        } else if has(&ALIPAY) {
            Some((i, Layout::Alipay))
        } else if has(&ICBC) {
            let credit = row.cells.iter().any(|c| c == "记账日期") && !row.cells.iter().any(|c| c == "钞/汇");
            Some((i, if credit { Layout::IcbcCredit } else { Layout::Icbc }))
        } else {
            None
        }
    })?;
    let account = sheet.rows[..at]
        .iter()
        .flat_map(|r| &r.cells)
        .find_map(|c| ["支付宝账户", "微信昵称", "卡号"].iter().find_map(|m| Some(c.strip_prefix(m)?.trim_start_matches([':', '：', ' ']).to_owned())))
        .unwrap_or_default();
    let header = sheet.rows[at].cells.iter().map(String::as_str).collect();
    Some(Statement { layout, header, rows: &sheet.rows[at + 1..], account })
}

impl<'a> Statement<'a> {
    pub fn columns(&self) -> Vec<String> {
        self.header.iter().map(|h| (*h).to_owned()).collect()
    }

    fn get<'r>(&self, row: &'r Row, names: &[&str]) -> &'r str {
        let found = names.iter().find_map(|n| self.header.iter().position(|h| h == n));
        let text = found.map_or("", |i| row.cell(i));
        // A slash or dash is how these files write “nothing”.
        if matches!(text, "/" | "-" | "--") { "" } else { text }
    }

    /// What a row says; `None` for the lines under the table.
    pub fn read(&self, row: &Row) -> Option<Result<Booking, Skip>> {
        if row.is_blank() || row.cells.iter().filter(|c| !c.is_empty()).count() < 4 || row.cell(0).contains("合计") {
            return None;
        }
        Some(match self.layout {
            Layout::Alipay => self.alipay(row),
            Layout::Wechat => self.wechat(row),
            _ => self.icbc(row),
        })
    }

    fn alipay(&self, row: &Row) -> Result<Booking, Skip> {
        let get = |n: &str| self.get(row, &[n]);
        let (kind, status, item) = (get("交易分类"), get("交易状态"), get("商品说明"));
        let direction = match get("收/支") {
            "收入" => "in",
            "支出" => "out",
            _ if status.contains("关闭") => return Err(Skip::closed()),
            _ => undirected(&[kind, item], status).ok_or_else(Skip::no_direction)?,
        };
        let mut data = booking(direction, get("金额"), "CNY")?;
        party(&mut data, &[get("交易对方"), item, kind], get("对方账号"));
        remark(&mut data, &[item, get("备注")]);
        extra(
            &mut data,
            &[
                ("status", status),
                ("category", kind),
                ("flow", get("收/支")),
                ("method", get("收/付款方式")),
                ("number", self.get(row, &["交易订单号"])),
                ("merchant_number", self.get(row, &["商家订单号"])),
            ],
        );
        Ok(Booking { time: get("交易时间").to_owned(), data })
    }

    fn wechat(&self, row: &Row) -> Result<Booking, Skip> {
        let get = |n: &str| self.get(row, &[n]);
        let (kind, status) = (get("交易类型"), get("当前状态"));
        let direction = match get("收/支") {
            "收入" => "in",
            "支出" => "out",
            _ => undirected(&[kind], status).ok_or_else(Skip::no_direction)?,
        };
        let mut data = booking(direction, self.get(row, &["金额(元)", "金额（元）", "金额"]), "CNY")?;
        party(&mut data, &[get("交易对方"), kind], "");
        remark(&mut data, &[get("商品"), get("备注")]);
        if let Some(fee) = get("备注").strip_prefix("服务费").and_then(|f| amount(f, "CNY")) {
            data.insert("fee".into(), json!({ "amount": fee, "currency": "CNY" }));
        }
        extra(
            &mut data,
            &[
                ("status", status),
                ("category", kind),
                ("flow", get("收/支")),
                ("method", get("支付方式")),
                ("number", get("交易单号")),
                ("merchant_number", get("商户单号")),
            ],
        );
        Ok(Booking { time: get("交易时间").to_owned(), data })
    }

    fn icbc(&self, row: &Row) -> Result<Booking, Skip> {
        let get = |n: &str| self.get(row, &[n]);
        let (income, outgo) = (get("记账金额(收入)"), get("记账金额(支出)"));
        let (direction, text) = match (income.is_empty(), outgo.is_empty()) {
            (false, true) => ("in", income),
            (true, false) => ("out", outgo),
            _ => return Err(Skip::no_direction()),
        };
        let mut data = booking(direction, text, currency(get("记账币种")))?;
        let (place, peer, kind) = (get("交易场所"), get("对方户名"), get("摘要"));
        party(&mut data, &[peer, place, kind], get("对方账户"));
        remark(&mut data, &[kind, get("交易详情"), place]);
        extra(&mut data, &[("category", kind), ("place", place), ("balance", get("余额")), ("posted_on", get("记账日期"))]);
        Ok(Booking { time: get("交易日期").to_owned(), data })
    }
}

/// The direction of a row whose 收/支 says none: moves between own pots, refunds, top-ups.
fn undirected(kinds: &[&str], status: &str) -> Option<&'static str> {
    const IN: [&str; 9] = ["退款", "退还", "卖出", "赎回", "收益", "充值", "转入", "红包", "收款"];
    const OUT: [&str; 7] = ["提现", "还款", "购买", "买入", "转出", "付款", "消费"];
    if status.contains("退款") {
        return Some("in");
    }
    for text in kinds {
        // What stands first decides: 零钱提现, 转入零钱通-来自零钱.
        let first = |words: &[&str]| words.iter().filter_map(|w| text.find(w)).min();
        match (first(&IN), first(&OUT)) {
            (Some(i), Some(o)) => return Some(if i < o { "in" } else { "out" }),
            (Some(_), None) => return Some("in"),
            (None, Some(_)) => return Some("out"),
            (None, None) => {}
        }
    }
    match status {
        s if s.contains("已存入") || s.contains("已收") || s.contains("已到账") => Some("in"),
        s if s.contains("支付成功") || s.contains("已转账") || s.contains("对方已收") => Some("out"),
        _ => None,
    }
}

fn booking(direction: &str, text: &str, currency: &str) -> Result<Map<String, Value>, Skip> {
    let amount = amount(text, currency).ok_or_else(Skip::no_amount)?;
    let mut data = Map::new();
    data.insert("direction".into(), json!(direction));
    data.insert("amount".into(), json!({ "amount": amount, "currency": currency }));
    Ok(data)
}

/// `¥1,234.5` → `1234.50`.
pub fn amount(text: &str, currency: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !matches!(c, '¥' | '￥' | ',' | '，' | '元' | ' ' | '\u{a0}')).collect();
    Some(money::decimal(money::minor(plain.trim_start_matches('+'), currency)?, currency))
}

pub fn currency(text: &str) -> &str {
    match text {
        "" | "人民币" | "RMB" | "CNY" => "CNY",
        "美元" => "USD",
        "港币" | "港元" => "HKD",
        "欧元" => "EUR",
        "日元" => "JPY",
        "英镑" => "GBP",
        other => other,
    }
}

fn party(data: &mut Map<String, Value>, names: &[&str], account: &str) {
    let mut party = Map::new();
    if let Some(name) = names.iter().find(|n| !n.is_empty()) {
        party.insert("name".into(), json!(name));
    }
    if !account.is_empty() {
        party.insert("account".into(), json!(account));
    }
    data.insert("counterparty".into(), Value::Object(party));
}

fn remark(data: &mut Map<String, Value>, parts: &[&str]) {
    let mut seen: Vec<&str> = Vec::new();
    for part in parts.iter().filter(|p| !p.is_empty()) {
        if !seen.contains(part) {
            seen.push(part);
        }
    }
    if !seen.is_empty() {
        data.insert("remark".into(), json!(seen.join(" ")));
    }
}

fn extra(data: &mut Map<String, Value>, members: &[(&str, &str)]) {
    for (name, value) in members.iter().filter(|(_, v)| !v.is_empty()) {
        data.insert((*name).into(), json!(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_that_the_statement_leaves_open() {
        for (kind, status, direction) in [
            ("零钱提现", "提现已到账", Some("out")),
            ("零钱充值", "充值完成", Some("in")),
            ("转入零钱通-来自工商银行(9876)", "支付成功", Some("in")),
            ("零钱通转出-到零钱", "支付成功", Some("out")),
            ("信用卡还款", "支付成功", Some("out")),
            ("购买理财通", "支付成功", Some("out")),
            ("退款", "退款成功", Some("in")),
            ("其他", "", None),
        ] {
            assert_eq!(undirected(&[kind], status), direction, "{kind}");
        }
        assert_eq!(undirected(&["投资理财", "蚂蚁财富-交银定期支付双息平衡混合-卖出至余额宝"], "交易成功"), Some("in"));
    }

    #[test]
    fn amounts_lose_their_ornaments_only() {
        assert_eq!(amount("¥1,234.5", "CNY").as_deref(), Some("1234.50"));
        assert_eq!(amount("28.16", "CNY").as_deref(), Some("28.16"));
        assert_eq!(amount("xx,yyyy.zz", "CNY"), None);
        assert_eq!(amount("-5", "CNY"), None);
    }
}
