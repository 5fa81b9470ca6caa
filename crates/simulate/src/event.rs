//! One record as the outside world sends it: a CloudEvent, and the sources such records come from.

use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value, json};

/// Personnel system.
pub(crate) const HR: &str = "/hr/main";
/// Customer system.
pub(crate) const CRM: &str = "/crm/main";
/// Archive of the company's WeCom accounts.
pub(crate) const WECOM: &str = "/wecom/archive";
/// Archive of the company's mail, short messages and other channels.
pub(crate) const MAIL: &str = "/mail/archive";
/// Telephone exchange.
pub(crate) const PHONE: &str = "/phone/pbx";
/// The company's own bank accounts.
pub(crate) const BANK: &str = "/bank/company";
/// Statements that employees handed in of their own will, each with a signed statement.
pub(crate) const VOLUNTARY: &str = "/bank/voluntary";
/// The field application: check-ins and tracks.
pub(crate) const FIELD: &str = "/field/app";

/// The bodies of `PUT /api/v1/sources`, one for every source the simulation writes from.
/// `assessed_on` is the day the impact assessment was made.
#[must_use]
pub fn sources(assessed_on: Date) -> Vec<Value> {
    let row = |source: &str, name: &str, kinds: &[&str], basis: &str, notice: &str| {
        json!({
            "source": source,
            "name": name,
            "kinds": kinds,
            "basis": {
                "kind": basis,
                "notice": notice,
                "notice_version": "2",
                "assessed_on": assessed_on.to_string(),
            },
        })
    };
    let people = ["employee.*", "document.*", "interest.*", "attendance.*", "leave.*", "performance.*", "resignation.*"];
    let trade = ["customer.*", "company.*", "inquiry.*", "deal.*", "order.*", "receivable.*"];
    vec![
        row(HR, "人事系统", &people, "hr_necessity", "员工个人信息处理告知书"),
        row(CRM, "客户管理系统", &trade, "contract", "客户信息处理告知书"),
        row(WECOM, "企业微信会话存档", &["message.*", "consent.*"], "hr_necessity", "工作通讯存档告知书"),
        row(MAIL, "工作邮箱与短信存档", &["message.*"], "hr_necessity", "工作通讯存档告知书"),
        row(PHONE, "电话交换机", &["call.*"], "hr_necessity", "工作通讯存档告知书"),
        row(BANK, "公司账户流水", &["transfer.*"], "legal_duty", "财务凭证管理办法"),
        row(VOLUNTARY, "员工自愿提交的流水", &["transfer.*"], "consent", "自愿提交个人流水声明"),
        row(FIELD, "外勤打卡", &["visit.*", "track.*"], "hr_necessity", "外勤定位告知书"),
    ]
}

/// A record before it is written: when it happened (Beijing time), where it comes from, and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Wall-clock time in the company's zone, UTC+8.
    pub at: DateTime,
    pub source: &'static str,
    /// Unique within its source.
    pub id: String,
    /// The kind, such as `message.sent`.
    pub kind: &'static str,
    /// The employee concerned; empty for company-wide records.
    pub subject: Option<String>,
    pub data: Map<String, Value>,
}

impl Event {
    /// `data` must be a JSON object; members that are `null` are left out, as the senders do.
    pub(crate) fn new(at: DateTime, source: &'static str, id: String, kind: &'static str, subject: Option<&str>, data: Value) -> Self {
        let data = match data {
            Value::Object(members) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
            _ => Map::new(),
        };
        Self { at, source, id, kind, subject: subject.map(str::to_owned), data }
    }

    /// The CloudEvent, ready for `POST /api/v1/records`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut event = Map::new();
        event.insert("specversion".into(), "1.0".into());
        event.insert("id".into(), self.id.clone().into());
        event.insert("source".into(), self.source.into());
        event.insert("type".into(), self.kind.into());
        event.insert("time".into(), stamp(self.at).into());
        if let Some(subject) = &self.subject {
            event.insert("subject".into(), subject.clone().into());
        }
        event.insert("datacontenttype".into(), "application/json".into());
        event.insert("data".into(), Value::Object(self.data.clone()));
        Value::Object(event)
    }
}

/// RFC 3339 with the company's offset.
pub(crate) fn stamp(at: DateTime) -> String {
    format!("{at}+08:00")
}

/// Fen as the contract's money: `{"amount":"1234.56","currency":"CNY"}`.
pub(crate) fn cny(fen: i64) -> Value {
    json!({ "amount": format!("{}.{:02}", fen / 100, (fen % 100).abs()), "currency": "CNY" })
}

pub(crate) fn at(date: Date, hour: i64, minute: i64, second: i64) -> DateTime {
    // Out-of-range parts are folded into range: dice never make an invalid time.
    let part = |value: i64, top: i64| i8::try_from(value.rem_euclid(top)).unwrap_or(0);
    date.at(part(hour, 24), part(minute, 60), part(second, 60), 0)
}
