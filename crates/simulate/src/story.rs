//! The story the product must carry, and the stage for its quiet twins: one salesperson, one customer, one
//! competitor, a handful of records. Fixed texts and identifiers; only the last day can be chosen.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::event::{CRM, Event, HR, VOLUNTARY, WECOM, at, cny, stamp};
use crate::truth::Expected;

/// A small closed scene: its records, the people in it, and what should be found.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub name: &'static str,
    /// What happened, in one sentence.
    pub note: &'static str,
    /// The employee it is about.
    pub employee: String,
    /// Further employees who must stay without a chain.
    pub others: Vec<String>,
    pub customer: String,
    /// The receiving company's identifier.
    pub company: String,
    /// Oldest first.
    pub events: Vec<Event>,
    /// About `employee`.
    pub expected: Expected,
    /// Whether some employee of the scene has a word alert, and who.
    pub word_alert: Option<String>,
}

impl Scene {
    /// The records as CloudEvents, ready for `POST /api/v1/records`.
    #[must_use]
    pub fn to_json(&self) -> Vec<Value> {
        self.events.iter().map(Event::to_json).collect()
    }

    /// The bodies of `PUT /api/v1/sources` for them.
    #[must_use]
    pub fn sources(&self) -> Vec<Value> {
        let first = self.events.first().map_or(date(2026, 1, 1), |event| event.at.date());
        crate::sources(first.saturating_sub(30.days()))
    }
}

/// The story with its money on 31 March 2026.
#[must_use]
pub fn story() -> Scene {
    story_until(date(2026, 3, 31))
}

/// The same story with its payment on a chosen day: said nineteen days before, moved twelve days after that.
#[must_use]
pub fn story_until(paid: Date) -> Scene {
    let mut set = Set::new("S", "周启明", ("恒达建材", "孙丽", "孙姐"), ("苏州鼎新建材有限公司", "鼎新", "陆建平"), paid);
    let said = paid.saturating_sub(19.days());
    set.ground();
    set.note(said.saturating_sub(8.days()), "恒达二期石膏板，量约一千八百张，正在比价。");
    set.view(said.saturating_sub(2.days()));
    set.inquiry(said.saturating_sub(2.days()), "9.5石膏板 1800张 询价");
    set.deal(said.saturating_sub(1.days()), "报价", 8_600_000);
    set.heard(said, (14, 1), "你们这个价，老板那边过不了");
    set.wrote(said, (14, 3), "我介绍你到鼎新公司买,给你返10%");
    set.heard(said, (14, 6), "行，那我让他们报个价");
    set.note(said.saturating_add(4.days()), "客户称二期推迟，本单暂停。");
    set.moved(said.saturating_add(12.days()), 8_600_000);
    set.paid(paid, 860_000, ("苏州鼎新建材有限公司", Some("0000 1111 2222 3333")), "咨询费");
    set.scene("story", "聊天许诺返10%，订单转走，十九天后收到订单一成的咨询费", Expected { chain_min: 0.9, chain_max: 1.0, word_alert: Some(true) })
}

/// The people and companies of one scene, and the records written so far.
pub(crate) struct Set {
    prefix: &'static str,
    pub employee: String,
    name: &'static str,
    pub colleague: String,
    customer: String,
    buyer: (&'static str, &'static str, &'static str),
    company: String,
    rival: (&'static str, &'static str, &'static str),
    last: Date,
    serial: usize,
    pub events: Vec<Event>,
    pub others: Vec<String>,
    pub word_alert: Option<String>,
}

impl Set {
    /// `buyer`: company, contact, how she is called; `rival`: full name, short name, its person.
    pub(crate) fn new(
        prefix: &'static str,
        name: &'static str,
        buyer: (&'static str, &'static str, &'static str),
        rival: (&'static str, &'static str, &'static str),
        last: Date,
    ) -> Self {
        Self {
            prefix,
            employee: format!("{prefix}1001"),
            name,
            colleague: format!("{prefix}1002"),
            customer: format!("{prefix}-C1"),
            buyer,
            company: format!("{prefix}-CO1"),
            rival,
            last,
            serial: 0,
            events: Vec::new(),
            others: Vec::new(),
            word_alert: None,
        }
    }

    pub(crate) fn scene(mut self, name: &'static str, note: &'static str, expected: Expected) -> Scene {
        self.events.sort_by(|a, b| (a.at, a.source, &a.id).cmp(&(b.at, b.source, &b.id)));
        let word_alert = self.word_alert.or_else(|| (expected.word_alert == Some(true)).then(|| self.employee.clone()));
        Scene {
            name,
            note,
            employee: self.employee,
            others: self.others,
            customer: self.customer,
            company: self.company,
            events: self.events,
            expected,
            word_alert,
        }
    }

    pub(crate) fn push(&mut self, at: jiff::civil::DateTime, source: &'static str, kind: &'static str, subject: Option<&str>, data: Value) {
        self.serial += 1;
        let id = format!("{}-{}-{:02}", self.prefix, kind, self.serial);
        self.events.push(Event::new(at, source, id, kind, subject, data));
    }

    /// People, rules, companies, the customer and who serves it.
    pub(crate) fn ground(&mut self) {
        let first = self.last.saturating_sub(80.days());
        let (employee, colleague) = (self.employee.clone(), self.colleague.clone());
        for (number, name, title) in [(employee.clone(), self.name, "客户经理"), (colleague.clone(), "何婉", "高级客户经理")] {
            let data = json!({
                "number": number, "name": name, "department": "华东销售部", "title": title,
                "hired_on": "2023-04-10", "status": "active",
                "accounts": [{ "system": "wecom", "account": number.to_lowercase() }],
            });
            self.push(at(first, 9, 0, 0), HR, "employee.upserted", Some(&number), data);
        }
        let data = json!({
            "employee": employee, "document": "policy", "title": "客户资源管理办法", "version": "3",
            "signed_at": stamp(at(first, 9, 30, 0)), "method": "e_signature",
            "clauses": [{ "id": "12", "text": "员工不得将公司客户或订单转给其他单位或个人，不得收受任何好处。", "serious": true }],
        });
        self.push(at(first, 9, 30, 0), HR, "document.signed", Some(&employee), data);
        let data = json!({
            "company": self.company, "name": self.rival.0, "kind": "competitor",
            "aliases": [self.rival.1, format!("{}公司", self.rival.1)], "persons": [self.rival.2],
            "accounts": ["0000 1111 2222 3333"],
        });
        self.push(at(first, 10, 0, 0), CRM, "company.upserted", None, data);
        let data = json!({
            "customer": self.customer, "name": self.buyer.0, "tier": "high_value", "since": "2021-06-01",
            "contacts": [{ "name": self.buyer.1, "phone": "+86 100 0000 7001", "im": self.external() }],
        });
        self.push(at(first, 10, 10, 0), CRM, "customer.upserted", None, data);
        let data = json!({ "customer": self.customer, "employee": employee, "from": first.to_string(), "reason": "客户分配" });
        self.push(at(first, 10, 20, 0), CRM, "customer.assigned", Some(&employee), data);
        let data = json!({ "employee": employee, "external": self.external(), "channel": "wecom", "state": "agreed" });
        self.push(at(first, 10, 30, 0), WECOM, "consent.changed", Some(&employee), data);
    }

    fn external(&self) -> String {
        format!("wm_{}_buyer", self.prefix.to_lowercase())
    }

    pub(crate) fn note(&mut self, on: Date, note: &str) {
        let employee = self.employee.clone();
        let data = json!({ "customer": self.customer, "employee": employee, "channel": "电话", "note": note });
        self.push(at(on, 16, 10, 0), CRM, "customer.followed_up", Some(&employee), data);
    }

    pub(crate) fn view(&mut self, on: Date) {
        let employee = self.employee.clone();
        let data = json!({ "customer": self.customer, "employee": employee, "action": "view" });
        self.push(at(on, 10, 30, 0), CRM, "customer.accessed", Some(&employee), data);
    }

    pub(crate) fn inquiry(&mut self, on: Date, topic: &str) {
        let employee = self.employee.clone();
        let data = json!({ "customer": self.customer, "employee": employee, "topic": topic });
        self.push(at(on, 10, 50, 0), CRM, "inquiry.received", Some(&employee), data);
    }

    pub(crate) fn deal(&mut self, on: Date, stage: &str, fen: i64) {
        let employee = self.employee.clone();
        let data = json!({
            "deal": format!("{}-D1", self.prefix), "customer": self.customer, "employee": employee,
            "from_stage": "需求确认", "stage": stage, "amount": cny(fen),
        });
        self.push(at(on, 17, 5, 0), CRM, "deal.stage_changed", Some(&employee), data);
    }

    /// The employee writes to the buyer.
    pub(crate) fn wrote(&mut self, on: Date, time: (i64, i64), text: &str) {
        let employee = self.employee.clone();
        self.said(on, time, &employee, true, text);
    }

    /// The buyer writes to the employee.
    pub(crate) fn heard(&mut self, on: Date, time: (i64, i64), text: &str) {
        let employee = self.employee.clone();
        self.said(on, time, &employee, false, text);
    }

    /// A message between the buyer and one of ours.
    pub(crate) fn said(&mut self, on: Date, time: (i64, i64), employee: &str, ours: bool, text: &str) {
        let us = json!({ "employee": employee });
        let them = json!({ "external": self.external(), "name": self.buyer.1, "company": self.buyer.0, "customer": self.customer });
        let (from, to) = if ours { (us, them) } else { (them, us) };
        let data = json!({
            "channel": "wecom", "conversation": format!("cv-{employee}-buyer"), "from": from, "to": [to],
            "text": text, "msgtype": "text",
        });
        self.push(at(on, time.0, time.1, 11), WECOM, "message.sent", Some(employee), data);
    }

    pub(crate) fn moved(&mut self, on: Date, fen: i64) {
        let employee = self.employee.clone();
        let data = json!({
            "order": format!("{}-SO1", self.prefix), "customer": self.customer, "employee": employee,
            "to_company": self.company, "amount": cny(fen),
        });
        self.push(at(on, 17, 20, 0), CRM, "order.transferred", Some(&employee), data);
    }

    pub(crate) fn lost(&mut self, on: Date, reason: &str) {
        let employee = self.employee.clone();
        let data = json!({ "customer": self.customer, "employee": employee, "to_company": self.company, "reason": reason });
        self.push(at(on, 17, 40, 0), CRM, "customer.lost", Some(&employee), data);
    }

    pub(crate) fn ordered(&mut self, on: Date, employee: &str, number: usize, fen: i64) {
        let data = json!({
            "order": format!("{}-OK{number}", self.prefix), "customer": self.customer, "employee": employee, "amount": cny(fen),
        });
        self.push(at(on, 11, 15, 0), CRM, "order.placed", Some(employee), data);
    }

    pub(crate) fn assigned(&mut self, on: Date, employee: &str, reason: &str) {
        let data = json!({ "customer": self.customer, "employee": employee, "from": on.to_string(), "reason": reason });
        self.push(at(on, 9, 20, 0), CRM, "customer.assigned", Some(employee), data);
    }

    /// On the statement the employee handed in.
    pub(crate) fn paid(&mut self, on: Date, fen: i64, payer: (&str, Option<&str>), remark: &str) {
        let employee = self.employee.clone();
        let counterparty = payer.1.map_or_else(|| json!({ "name": payer.0 }), |account| json!({ "name": payer.0, "account": account }));
        let data = json!({
            "employee": employee, "direction": "in", "amount": cny(fen), "counterparty": counterparty,
            "booked_on": on.to_string(), "remark": remark, "basis": "voluntary_submission",
        });
        self.push(at(on, 19, 42, 0), VOLUNTARY, "transfer.booked", Some(&employee), data);
    }
}
