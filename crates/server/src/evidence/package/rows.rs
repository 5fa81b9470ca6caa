//! The catalogue's rows: an item in the words of a court clerk, without anything that was withheld.

use crate::{cases::grade::Grade, records::machine::Opened};
use jiff::{Timestamp, tz::TimeZone};
use probity_package::Row;
use serde_json::{Map, Value};

/// What a row needs besides the record.
pub struct About<'a> {
    pub number: u64,
    pub grade: Option<&'a Grade>,
    pub zone: &'a TimeZone,
    pub withheld: &'a [String],
    /// Time of the first stamp that covers it, as people read it.
    pub stamp: String,
    /// Why it was put into the case.
    pub proves: String,
}

/// Kind of record: name, 种类.
fn kind(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "message.sent" => ("聊天消息", "电子数据·通信"),
        "call.made" => ("通话记录", "电子数据·通信"),
        "customer.assigned" => ("客户分配记录", "电子数据·业务系统"),
        "customer.accessed" => ("客户资料访问记录", "电子数据·业务系统"),
        "customer.followed_up" => ("客户跟进记录", "电子数据·业务系统"),
        "customer.lost" => ("客户流失记录", "电子数据·业务系统"),
        "customer.upserted" => ("客户资料", "电子数据·业务系统"),
        "inquiry.received" => ("询价记录", "电子数据·业务系统"),
        "deal.stage_changed" => ("商机变更记录", "电子数据·业务系统"),
        "order.placed" => ("订单", "电子数据·交易"),
        "order.cancelled" => ("订单取消记录", "电子数据·交易"),
        "order.transferred" => ("订单转移记录", "电子数据·交易"),
        "transfer.booked" => ("收付款流水", "电子数据·交易"),
        "visit.checked_in" => ("外勤签到", "电子数据·位置"),
        "track.recorded" => ("外勤轨迹", "电子数据·位置"),
        "attendance.recorded" => ("考勤记录", "电子数据·人事"),
        "leave.taken" => ("休假记录", "电子数据·人事"),
        "employee.upserted" => ("员工资料", "电子数据·人事"),
        "document.signed" => ("文件签收记录", "电子数据·人事"),
        "interest.declared" => ("利益冲突申报", "电子数据·人事"),
        "performance.rated" => ("绩效记录", "电子数据·人事"),
        "resignation.submitted" => ("离职申请", "电子数据·人事"),
        "asset.issued" => ("公司资产领用记录", "电子数据·资产"),
        "asset.returned" => ("公司资产归还记录", "电子数据·资产"),
        "company.upserted" => ("往来公司资料", "电子数据·业务系统"),
        "consent.changed" => ("同意状态记录", "电子数据·人事"),
        "record.corrected" => ("更正记录", "电子数据·更正"),
        _ => ("系统记录", "电子数据"),
    }
}

pub fn local(us: i64, zone: &TimeZone) -> String {
    Timestamp::from_microsecond(us).map(|t| t.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

pub fn row(o: &Opened, about: &About<'_>) -> Row {
    let (name, sort) = kind(&o.row.kind);
    let shown = |pointer: &str| !about.withheld.iter().any(|w| w == pointer);
    let data = o.data();
    let detail = data.map(|d| detail(&o.row.kind, d, &shown)).unwrap_or_default();
    let name = if detail.is_empty() { name.to_owned() } else { format!("{name}：{detail}") };
    let native = data.is_some_and(|d| d.contains_key("raw") || d.contains_key("attachments") || d.contains_key("file"));
    let missing: Vec<&str> = about.grade.map(|g| g.missing.iter().map(|m| m.zh.as_str()).collect()).unwrap_or_default();
    Row {
        number: about.number,
        record: crate::records::id_of(o.row.idx),
        name,
        kind: sort.to_owned(),
        source: if shown("/source") { about.grade.map_or_else(|| o.row.source.clone(), |g| g.source_name.clone()) } else { "（已隐去）".to_owned() },
        original: if native { "含原系统数据" } else { "与原件一致的复制件" }.to_owned(),
        form: if o.content.is_some() { "结构化数据（JSON）" } else { "内容已依法删除" }.to_owned(),
        at: if shown("/time") { local(o.row.at, about.zone) } else { "（已隐去）".to_owned() },
        received_at: local(o.row.received_at, about.zone),
        sha256: hex::encode(o.row.leaf.get(1..).unwrap_or_default()),
        // Of the item's file, which is not made yet.
        sm3: String::new(),
        stamp: about.stamp.clone(),
        index: u64::try_from(o.row.idx).unwrap_or_default(),
        collector: "守正系统自动采集".to_owned(),
        proves: about.proves.clone(),
        grade: about.grade.map_or('D', |g| g.letter).to_string(),
        missing: missing.join("；"),
        file: format!("items/{:06}.json", about.number),
    }
}

/// Lowercase hex SM3 (GB/T 32905), beside SHA-256 for courts that ask for the national digest.
pub fn sm3(bytes: &[u8]) -> String {
    use sm3::{Digest, Sm3};
    hex::encode(Sm3::digest(bytes))
}

/// A few words that tell one item from the next.
fn detail(kind: &str, data: &Map<String, Value>, shown: &dyn Fn(&str) -> bool) -> String {
    let member = |name: &str| data.get(name).filter(|_| shown(&format!("/data/{name}")));
    let text = |name: &str| member(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let amount = |name: &str| {
        let money = member(name).and_then(Value::as_object);
        money.and_then(|m| Some(format!("{} {}", m.get("amount")?.as_str()?, m.get("currency")?.as_str()?))).unwrap_or_default()
    };
    let party = |v: Option<&Value>| {
        let v = v.and_then(Value::as_object);
        let get = |name: &str| v.and_then(|v| v.get(name)).and_then(Value::as_str);
        get("name").or_else(|| get("employee")).or_else(|| get("external")).unwrap_or_default().to_owned()
    };
    let parts = match kind {
        "message.sent" => {
            let to = member("to").and_then(Value::as_array).and_then(|to| to.first());
            vec![format!("{} → {}", party(member("from")), party(to))]
        }
        "transfer.booked" => vec![party(member("counterparty")), amount("amount"), text("remark")],
        "order.placed" | "order.cancelled" | "order.transferred" => vec![text("order"), amount("amount"), text("to_company")],
        "customer.assigned" | "customer.accessed" | "customer.lost" | "customer.followed_up" | "inquiry.received" => {
            vec![text("customer"), text("action"), text("to_company")]
        }
        "document.signed" => vec![text("title"), text("version")],
        "asset.issued" | "asset.returned" => vec![text("asset"), text("name")],
        "call.made" => vec![text("number")],
        "company.upserted" | "customer.upserted" | "employee.upserted" => vec![text("name")],
        _ => vec![],
    };
    let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join(" ").chars().take(60).collect()
}
