//! Records of each kind, from the people and companies of the world.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};

use crate::company::{Company, position, scattered};
use crate::dice::fnv;
use crate::event::{BANK, CRM, Event, FIELD, HR, MAIL, PHONE, VOLUNTARY, WECOM, cny, stamp};

/// The other side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    Customer(usize),
    Firm(usize),
    Colleague(usize),
    /// The group of a team, named by its manager.
    Team(usize),
}

impl Company {
    fn party(&self, other: Other, except: usize) -> Vec<Value> {
        match other {
            Other::Customer(customer) => vec![self.party_customer(customer)],
            Other::Firm(firm) => vec![self.party_firm(firm)],
            Other::Colleague(staff) => vec![self.party_staff(staff)],
            Other::Team(manager) => (0..self.staff.len())
                .filter(|index| *index != except && (*index == manager || self.staff[*index].manager == Some(manager)))
                .take(12)
                .map(|index| self.party_staff(index))
                .collect(),
        }
    }

    /// The conversation between a person of ours and somebody, the same from both ends.
    pub(crate) fn conversation(&self, who: usize, other: Other) -> String {
        let ends = match other {
            Other::Customer(customer) => vec![self.staff[who].number.clone(), self.customers[customer].contact.external.clone()],
            Other::Firm(firm) => vec![self.staff[who].number.clone(), self.firms[firm].persons[0].external.clone()],
            Other::Colleague(staff) => vec![self.staff[who.min(staff)].number.clone(), self.staff[who.max(staff)].number.clone()],
            Other::Team(manager) => vec!["team".to_owned(), self.staff[manager].number.clone()],
        };
        let bytes: Vec<&[u8]> = ends.iter().map(String::as_bytes).collect();
        scattered("cv", &[self.parameters.seed, fnv(&bytes)])
    }

    /// `ours`: our person writes; otherwise the other side writes to them.
    pub(crate) fn message(&self, id: String, at: DateTime, channel: &'static str, who: usize, other: Other, ours: bool, text: String) -> Event {
        let us = self.party_staff(who);
        let (from, to) = if ours {
            (us, self.party(other, who))
        } else {
            let them = match other {
                // In a group somebody of the group answers.
                Other::Team(manager) if manager == who => self.party(other, who).into_iter().next(),
                Other::Team(manager) => Some(self.party_staff(manager)),
                _ => self.party(other, who).into_iter().next(),
            };
            (them.unwrap_or_else(|| us.clone()), vec![us])
        };
        let source = if channel == "wecom" { WECOM } else { MAIL };
        let data = json!({
            "channel": channel,
            "conversation": self.conversation(who, other),
            "from": from,
            "to": to,
            "text": text,
            "msgtype": "text",
        });
        Event::new(at, source, id, "message.sent", Some(&self.staff[who].number), data)
    }

    pub(crate) fn assigned(&self, id: String, at: DateTime, customer: usize, who: usize, reason: &str) -> Event {
        let data = json!({
            "customer": self.customers[customer].id,
            "employee": self.staff[who].number,
            "from": at.date().to_string(),
            "reason": reason,
        });
        Event::new(at, CRM, id, "customer.assigned", Some(&self.staff[who].number), data)
    }

    /// The first assignment's identifier, as the setting-up writes it.
    pub(crate) fn first_assignment(&self, customer: usize) -> String {
        scattered("as", &[self.parameters.seed, 0x6669_7273, customer as u64])
    }

    pub(crate) fn accessed(&self, id: String, at: DateTime, customer: usize, who: usize, action: &'static str, count: Option<i64>) -> Event {
        let data = json!({
            "customer": self.customers[customer].id,
            "employee": self.staff[who].number,
            "action": action,
            "fields": if action == "export" { json!(["contacts", "orders", "prices"]) } else { Value::Null },
            "count": count,
            "device": format!("PC-{}", &self.staff[who].number[1..]),
            "ip": format!("192.0.2.{}", who % 250 + 1),
        });
        Event::new(at, CRM, id, "customer.accessed", Some(&self.staff[who].number), data)
    }

    pub(crate) fn followed_up(&self, id: String, at: DateTime, customer: usize, who: usize, channel: &str, note: &str) -> Event {
        let data = json!({
            "customer": self.customers[customer].id,
            "employee": self.staff[who].number,
            "channel": channel,
            "note": note,
        });
        Event::new(at, CRM, id, "customer.followed_up", Some(&self.staff[who].number), data)
    }

    pub(crate) fn inquiry(&self, id: String, at: DateTime, customer: usize, who: usize, topic: &str) -> Event {
        let data = json!({ "customer": self.customers[customer].id, "employee": self.staff[who].number, "topic": topic });
        Event::new(at, CRM, id, "inquiry.received", Some(&self.staff[who].number), data)
    }

    pub(crate) fn deal(&self, id: String, at: DateTime, customer: usize, who: usize, deal: &str, stages: (Option<&str>, &str), fen: i64) -> Event {
        let data = json!({
            "deal": deal,
            "customer": self.customers[customer].id,
            "employee": self.staff[who].number,
            "from_stage": stages.0,
            "stage": stages.1,
            "amount": cny(fen),
        });
        Event::new(at, CRM, id, "deal.stage_changed", Some(&self.staff[who].number), data)
    }

    /// `kind` is `order.placed` or `order.cancelled`.
    pub(crate) fn order(
        &self,
        id: String,
        at: DateTime,
        kind: &'static str,
        customer: usize,
        who: usize,
        order: &str,
        fen: i64,
        reason: Option<&str>,
    ) -> Event {
        let data = json!({
            "order": order,
            "customer": self.customers[customer].id,
            "employee": self.staff[who].number,
            "amount": cny(fen),
            "reason": reason,
        });
        Event::new(at, CRM, id, kind, Some(&self.staff[who].number), data)
    }

    /// What the customer of an order owes, thirty days to pay; `paid` once the money is in.
    pub(crate) fn receivable(&self, id: String, at: DateTime, customer: usize, who: usize, order: &str, fen: i64, ordered: Date, paid: bool) -> Event {
        let data = json!({
            "receivable": format!("AR{}", &order[2..]),
            "customer": self.customers[customer].id,
            "employee": self.staff[who].number,
            "order": order,
            "amount": cny(fen),
            "settled": if paid { cny(fen) } else { Value::Null },
            "due": ordered.saturating_add(30.days()).to_string(),
        });
        Event::new(at, CRM, id, "receivable.booked", Some(&self.staff[who].number), data)
    }

    pub(crate) fn order_moved(&self, id: String, at: DateTime, customer: usize, who: usize, order: &str, fen: i64, firm: usize) -> Event {
        let data = json!({
            "order": order,
            "customer": self.customers[customer].id,
            "employee": self.staff[who].number,
            "to_company": self.firms[firm].id,
            "amount": cny(fen),
        });
        Event::new(at, CRM, id, "order.transferred", Some(&self.staff[who].number), data)
    }

    pub(crate) fn lost(&self, id: String, at: DateTime, customer: usize, who: usize, firm: Option<usize>, reason: &str) -> Event {
        let data = json!({
            "customer": self.customers[customer].id,
            "employee": self.staff[who].number,
            "to_company": firm.map(|firm| self.firms[firm].id.clone()),
            "reason": reason,
        });
        Event::new(at, CRM, id, "customer.lost", Some(&self.staff[who].number), data)
    }

    /// A row of a statement that an employee handed in: `direction` as the employee sees it.
    pub(crate) fn private_row(
        &self,
        id: String,
        at: DateTime,
        who: usize,
        direction: &'static str,
        fen: i64,
        payer: (&str, Option<&str>),
        remark: Option<&str>,
    ) -> Event {
        let data = json!({
            "employee": self.staff[who].number,
            "direction": direction,
            "amount": cny(fen),
            "counterparty": counterparty(payer),
            "booked_on": at.date().to_string(),
            "remark": remark,
            "basis": "voluntary_submission",
            "statement": "员工自愿提交流水声明",
        });
        Event::new(at, VOLUNTARY, id, "transfer.booked", Some(&self.staff[who].number), data)
    }

    /// A row of the company's own account: `direction` as the company sees it; `who` when it is somebody's pay
    /// or expenses.
    pub(crate) fn company_row(
        &self,
        id: String,
        at: DateTime,
        who: Option<usize>,
        direction: &'static str,
        fen: i64,
        payer: (&str, Option<&str>),
        remark: &str,
    ) -> Event {
        let number = who.map(|who| self.staff[who].number.clone());
        let data = json!({
            "employee": number,
            "direction": direction,
            "amount": cny(fen),
            "counterparty": counterparty(payer),
            "booked_on": at.date().to_string(),
            "remark": remark,
            "basis": "company_account",
        });
        Event::new(at, BANK, id, "transfer.booked", number.as_deref(), data)
    }

    pub(crate) fn visit(&self, id: String, at: DateTime, who: usize, place: (f64, f64), customer: Option<usize>, task: &str, accuracy_m: i64) -> Event {
        let mut place = position(place);
        place["accuracy_m"] = json!(accuracy_m);
        let data = json!({
            "employee": self.staff[who].number,
            "position": place,
            "customer": customer.map(|customer| self.customers[customer].id.clone()),
            "task": task,
            "device": format!("手机-{}", &self.staff[who].number[1..]),
            "mock_location": false,
        });
        Event::new(at, FIELD, id, "visit.checked_in", Some(&self.staff[who].number), data)
    }

    pub(crate) fn call(&self, id: String, at: DateTime, who: usize, out: bool, number: &str, seconds: i64, customer: Option<usize>) -> Event {
        let data = json!({
            "employee": self.staff[who].number,
            "direction": if out { "out" } else { "in" },
            "number": number,
            "duration_s": seconds,
            "customer": customer.map(|customer| self.customers[customer].id.clone()),
        });
        Event::new(at, PHONE, id, "call.made", Some(&self.staff[who].number), data)
    }

    pub(crate) fn leave(&self, id: String, at: DateTime, who: usize, from: Date, until: Date, kind: &str) -> Event {
        let data = json!({ "employee": self.staff[who].number, "from": from.to_string(), "until": until.to_string(), "kind": kind });
        Event::new(at, HR, id, "leave.taken", Some(&self.staff[who].number), data)
    }

    pub(crate) fn resignation(&self, id: String, at: DateTime, who: usize, last_day: Date, reason: &str) -> Event {
        let data = json!({
            "employee": self.staff[who].number,
            "submitted_on": at.date().to_string(),
            "last_day": last_day.to_string(),
            "reason": reason,
        });
        Event::new(at, HR, id, "resignation.submitted", Some(&self.staff[who].number), data)
    }

    pub(crate) fn employee(&self, id: String, at: DateTime, who: usize, status: &'static str, left_on: Option<Date>) -> Event {
        let person = &self.staff[who];
        let data = json!({
            "number": person.number,
            "name": person.name,
            "department": person.department,
            "title": person.title,
            "manager": person.manager.map(|manager| self.staff[manager].number.clone()),
            "hired_on": person.hired_on.to_string(),
            "status": status,
            "left_on": left_on.map(|day| day.to_string()),
            "accounts": [{ "system": "wecom", "account": person.login }, { "system": "crm", "account": person.login }],
            "phones": [person.phone],
            "emails": [format!("{}@company.example", person.login)],
        });
        Event::new(at, HR, id, "employee.upserted", Some(&person.number), data)
    }

    pub(crate) fn firm_known(&self, id: String, at: DateTime, firm: usize) -> Event {
        let seller = &self.firms[firm];
        let persons: Vec<&str> = seller.persons.iter().map(|person| person.name.as_str()).collect();
        self.firm_event(id, at, &seller.id, &seller.name, seller.kind, &seller.brand, &persons, &seller.account, seller.position)
    }

    pub(crate) fn own_known(&self, id: String, at: DateTime) -> Event {
        let own = &self.own;
        self.firm_event(id, at, &own.id, &own.name, "own", &own.brand, &[], &own.account, own.position)
    }

    #[expect(clippy::too_many_arguments, reason = "one argument a member of the record; called from the two lines above")]
    fn firm_event(
        &self,
        id: String,
        at: DateTime,
        company: &str,
        name: &str,
        kind: &str,
        brand: &str,
        persons: &[&str],
        account: &str,
        place: (f64, f64),
    ) -> Event {
        let data = json!({
            "company": company,
            "name": name,
            "kind": kind,
            "aliases": [brand, format!("{brand}公司")],
            "persons": persons,
            "accounts": [account],
            "sites": [{ "name": "营业地址", "position": position(place), "radius_m": 200 }],
        });
        Event::new(at, CRM, id, "company.upserted", None, data)
    }

    pub(crate) fn signed(&self, id: String, at: DateTime, who: usize, document: (&str, &str, &str), method: &str, clauses: Value) -> Event {
        let data = json!({
            "employee": self.staff[who].number,
            "document": document.0,
            "title": document.1,
            "version": document.2,
            "signed_at": stamp(at),
            "method": method,
            "clauses": clauses,
        });
        Event::new(at, HR, id, "document.signed", Some(&self.staff[who].number), data)
    }
}

fn counterparty((name, account): (&str, Option<&str>)) -> Value {
    account.map_or_else(|| json!({ "name": name }), |account| json!({ "name": name, "account": account }))
}
