//! One dealing in the words of the API: who, with whom, about which order, and what was paid. Every dealing has people,
//! a customer and a company of its own, in the identifier style of one of four systems.

use jiff::{Timestamp, ToSpan, civil::Date, tz::Offset};
use serde_json::{Value, json};

pub struct Dealing {
    pub name: String,
    pub records: Vec<Value>,
    pub corrections: Vec<Value>,
    /// Employee, least score, and what it stays under.
    pub expected: Vec<(String, f64, f64)>,
    /// What no explanation may show.
    pub secrets: Vec<String>,
    pub employee: String,
    pub colleague: String,
    pub customer: String,
    pub buyer: Value,
    /// The receiving company: its identifier, its full name, and how people call it.
    pub firm: String,
    pub firm_name: String,
    pub short: String,
    number: usize,
}

/// Where records come from: more and finer sources than one customer system and one archive.
pub fn sources() -> Vec<Value> {
    [
        ("/ehr", vec!["employee.*"], "hr_necessity"),
        ("/erp/sales", vec!["order.*", "deal.*"], "contract"),
        ("/erp/masterdata", vec!["customer.*", "company.*", "inquiry.*"], "contract"),
        ("/feishu/chat", vec!["message.*"], "hr_necessity"),
        ("/exchange/mail", vec!["message.*"], "hr_necessity"),
        ("/statements/handed-in", vec!["transfer.*"], "consent"),
        ("/bank/icbc-0417", vec!["transfer.*"], "legal_duty"),
        ("/mobile", vec!["visit.*"], "hr_necessity"),
    ]
    .into_iter()
    .map(|(source, mut kinds, basis)| {
        kinds.push("record.corrected");
        json!({ "source": source, "name": source, "kinds": kinds, "basis": { "kind": basis, "notice": "告知书", "notice_version": "1", "assessed_on": "2025-01-10" } })
    })
    .collect()
}

/// Invented brands: none occurs in the sentences below.
const BRANDS: &[&str] = &[
    "鹭铎", "琥桢", "珀烨", "珂勋", "翎霁", "皑铧", "镕骞", "荔垣", "椿韬", "岚钺", "槐序", "枫涟", "澈砚", "沅芷", "漪宸", "筱柏", "芃泓", "茗屿", "苡晗",
    "蒲笙", "蔺野", "藜照", "衍瑜", "觅棠", "誉栎", "迢青", "邺华", "郅翔", "钰橡", "铄岩", "阙林", "霁川", "韫玉", "颂尧", "骥行", "鲲岳", "鸢飞", "麟杉",
    "黎榕", "璞塬", "瑾帆", "瓯越", "畅曦", "皋禾", "睦桐", "砥峰", "祺然", "穆远", "竺兰", "笠泽", "篁岭", "绥宁", "缙云", "羲和", "翾羽", "聿修", "舸帆",
    "艮石", "芸窗", "荃湾",
];
const SURNAMES: &[&str] = &["邢", "娄", "尤", "祁", "柯", "庞", "耿", "骆", "牟", "滕", "冉", "屠", "佘", "晏"];

impl Dealing {
    /// The `number`th dealing; its style of identifiers follows from the number.
    pub fn new(name: &str, number: usize) -> Self {
        let n = number;
        let (employee, colleague, customer, firm) = match n % 4 {
            0 => (format!("{}", 700_100 + n), format!("{}", 800_100 + n), format!("{}", 31_000 + n), format!("{}", 9_000 + n)),
            1 => (
                format!("6f1c2d3e-{n:04x}-4a5b-8c7d-0123456789ab"),
                format!("7f1c2d3e-{n:04x}-4a5b-8c7d-0123456789ab"),
                format!("0a9b8c7d-{n:04x}-4e5f-9a8b-ba9876543210"),
                format!("1c2d3e4f-{n:04x}-4b5c-8d7e-aabbccddeeff"),
            ),
            2 => (format!("seller{n}@qiyuan.example"), format!("mate{n}@qiyuan.example"), format!("kh/{n:03}"), format!("vendor:{n}")),
            _ => (format!("销售-{n:03}"), format!("销售-{:03}", n + 500), format!("客户{n:03}"), format!("同行{n:03}")),
        };
        let brand = BRANDS[n % BRANDS.len()];
        let buyer = json!({ "external": format!("ou_{:x}", 0x51_a2b3_u64 * (n as u64 + 11)), "name": format!("{}采购", SURNAMES[n % SURNAMES.len()]), "customer": customer });
        Self {
            name: name.to_owned(),
            records: Vec::new(),
            corrections: Vec::new(),
            expected: Vec::new(),
            secrets: Vec::new(),
            employee,
            colleague,
            customer,
            buyer,
            firm,
            firm_name: format!("{brand}建材有限公司"),
            short: brand.to_owned(),
            number,
        }
    }

    /// Every system stamps in its own zone.
    fn stamp(&self, day: &str, hour: i8) -> String {
        let date: Date = day.parse().unwrap();
        let at: Timestamp = date.at(hour, 20, 0, 0).to_zoned(jiff::tz::TimeZone::fixed(Offset::constant(8))).unwrap().timestamp();
        match (self.number + self.records.len()) % 4 {
            0 => at.to_string(),
            1 => at.display_with_offset(Offset::constant(8)).to_string(),
            2 => at.display_with_offset(Offset::constant(-5)).to_string(),
            _ => at.display_with_offset(Offset::constant(9)).to_string(),
        }
    }

    fn record(&self, source: &str, kind: &str, day: &str, hour: i8, subject: Option<&str>, data: Value) -> Value {
        let id = format!("{}-{}", self.number, self.records.len() + self.corrections.len());
        let mut event = json!({ "specversion": "1.0", "id": id, "source": source, "type": kind, "time": self.stamp(day, hour), "data": data });
        if let Some(subject) = subject {
            event["subject"] = subject.into();
        }
        event
    }

    pub fn add(mut self, source: &str, kind: &str, day: &str, hour: i8, data: Value) -> Self {
        let subject = data.get("employee").and_then(Value::as_str).map(str::to_owned);
        let event = self.record(source, kind, day, hour, subject.as_deref(), data);
        self.records.push(event);
        self
    }

    /// Expected of the dealing's own employee.
    pub fn expect(mut self, least: f64, below: f64) -> Self {
        self.expected.push((self.employee.clone(), least, below));
        self
    }

    pub fn expect_colleague(mut self, least: f64, below: f64) -> Self {
        self.expected.push((self.colleague.clone(), least, below));
        self
    }

    pub fn assigned(self, from: &str) -> Self {
        let data = json!({ "customer": self.customer, "employee": self.employee, "from": from });
        self.add("/erp/masterdata", "customer.assigned", from, 9, data)
    }

    pub fn listed(self, kind: &str, more: Value) -> Self {
        let mut data = json!({ "company": self.firm, "name": self.firm_name, "kind": kind });
        for (member, value) in more.as_object().unwrap() {
            data[member] = value.clone();
        }
        self.add("/erp/masterdata", "company.upserted", "2025-03-03", 9, data)
    }

    pub fn writes_to(mut self, day: &str, hour: i8, to: Value, text: &str) -> Self {
        self.secrets.push(text.to_owned());
        let from = json!({ "employee": self.employee });
        self.message("/feishu/chat", "feishu", "oc-1", day, hour, from, to, text)
    }

    /// To the buyer, in the usual conversation.
    pub fn writes(self, day: &str, text: &str) -> Self {
        let to = json!([self.buyer]);
        self.writes_to(day, 10, to, text)
    }

    pub fn hears(self, day: &str, text: &str) -> Self {
        let (from, to) = (self.buyer.clone(), json!([{ "employee": self.employee }]));
        self.message("/feishu/chat", "feishu", "oc-1", day, 9, from, to, text)
    }

    #[expect(clippy::too_many_arguments, reason = "a message has a channel, a conversation, a time, two sides and a text")]
    pub fn message(self, source: &str, channel: &str, talk: &str, day: &str, hour: i8, from: Value, to: Value, text: &str) -> Self {
        let talk = format!("{talk}-{}", self.number);
        let data = json!({ "channel": channel, "conversation": talk, "from": from, "to": to, "text": text });
        self.add(source, "message.sent", day, hour, data)
    }

    pub fn moved(self, day: &str, to: &str, amount: &str) -> Self {
        let data =
            json!({ "order": format!("PO{}-1", self.number), "customer": self.customer, "employee": self.employee, "to_company": to, "amount": cny(amount) });
        self.add("/erp/sales", "order.transferred", day, 15, data)
    }

    pub fn lost(self, day: &str, more: Value) -> Self {
        let mut data = json!({ "customer": self.customer, "employee": self.employee });
        for (member, value) in more.as_object().unwrap() {
            data[member] = value.clone();
        }
        self.add("/erp/masterdata", "customer.lost", day, 15, data)
    }

    pub fn paid(self, day: &str, payer: &str, amount: &str) -> Self {
        self.paid_by(day, json!({ "name": payer }), amount)
    }

    pub fn paid_by(mut self, day: &str, payer: Value, amount: &str) -> Self {
        self.secrets.push(amount.to_owned());
        let booked: Date = day.parse().unwrap();
        let data = json!({
            "employee": self.employee, "direction": "in", "amount": cny(amount), "counterparty": payer,
            "booked_on": booked.to_string(), "basis": "voluntary_submission",
        });
        self.add("/statements/handed-in", "transfer.booked", day, 0, data)
    }

    /// Puts the last record right.
    pub fn corrected(mut self, change: impl FnOnce(&mut Value)) -> Self {
        let wrong = self.records.last().unwrap().clone();
        let mut data = wrong["data"].clone();
        change(&mut data);
        let source = wrong["source"].as_str().unwrap().to_owned();
        let fix = json!({ "record": { "source": source, "id": wrong["id"] }, "data": data, "reason": "录入有误" });
        let subject = self.employee.clone();
        let mut event = self.record(&source, "record.corrected", "2026-06-01", 9, Some(&subject), fix);
        event["id"] = format!("{}-fix", self.number).into();
        self.corrections.push(event);
        self
    }
}

pub fn cny(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

/// A day so many days after another.
pub fn after(day: &str, days: i64) -> String {
    day.parse::<Date>().unwrap().checked_add(days.days()).unwrap().to_string()
}
