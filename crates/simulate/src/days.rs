//! The ordinary days, and the order of all records: one day after the other, each day's records by time.
//! Only what is planned and what one day needs is in memory.

use std::collections::{BTreeMap, VecDeque};

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde_json::json;

use crate::company::{Company, degrees, position, scattered};
use crate::dice::Dice;
use crate::event::{CRM, Event, FIELD, HR, WECOM, at, stamp};
use crate::holidays;
use crate::records::Other;
use crate::talk::{self, Dialogue, Voice, Who, colleagues, customers, innocent};
use crate::trades::TRADES;

/// Days before the period on which what was already so is recorded.
const BEFORE: i64 = 30;

/// The records of a company, oldest first.
pub struct Days<'a> {
    company: &'a Company,
    day: Date,
    ready: VecDeque<Event>,
    /// Consequences that fall on later days: payments of orders, mostly.
    later: BTreeMap<Date, Vec<Event>>,
    /// Today's customers of each person.
    portfolio: Vec<Vec<usize>>,
}

impl Iterator for Days<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while self.ready.is_empty() {
            if self.day > self.company.until() {
                return None;
            }
            let mut events = self.company.planned.get(&self.day).cloned().unwrap_or_default();
            events.extend(self.later.remove(&self.day).unwrap_or_default());
            self.whole_day(&mut events);
            events.sort_by(|a, b| (a.at, a.source, &a.id).cmp(&(b.at, b.source, &b.id)));
            self.ready = events.into();
            self.day = self.day.saturating_add(1.day());
        }
        self.ready.pop_front()
    }
}

/// One person's day while it is written: where its dice and its identifiers come from.
struct Today<'a, 'b> {
    company: &'a Company,
    out: &'b mut Vec<Event>,
    later: &'b mut BTreeMap<Date, Vec<Event>>,
    dice: Dice,
    day: Date,
    who: usize,
    serial: u64,
}

impl Today<'_, '_> {
    fn id(&mut self, prefix: &str) -> String {
        self.serial += 1;
        scattered(prefix, &[self.company.parameters.seed, number_of(self.day), self.who as u64, self.serial])
    }

    /// A moment between two hours of the day.
    fn moment(&mut self, from: i64, until: i64) -> DateTime {
        let hour = self.dice.between(from, until - 1);
        at(self.day, hour, self.dice.between(0, 59), self.dice.between(0, 59))
    }

    fn customer(&mut self, mine: &[usize]) -> Option<usize> {
        let alive: Vec<usize> =
            mine.iter().copied().filter(|customer| self.company.customers[*customer].gone_from.is_none_or(|gone| self.day < gone)).collect();
        if alive.is_empty() { None } else { Some(*self.dice.pick(&alive)) }
    }

    fn talk(&mut self, start: DateTime, channel: &'static str, other: Other, dialogues: &[Dialogue]) {
        let company = self.company;
        let them = match other {
            Other::Customer(customer) => &company.customers[customer].contact.called,
            Other::Firm(firm) => &company.firms[firm].persons[0].called,
            Other::Colleague(staff) | Other::Team(staff) => &company.staff[staff].called,
        };
        let trade = company.staff[self.who].trade.unwrap_or(0);
        let scene = talk::Scene { trade: &TRADES[trade], them, us: &company.staff[self.who].called, slots: &[] };
        let voice = Voice::new(scene, &mut self.dice);
        let dialogue = *self.dice.pick(dialogues);
        let mut moment = start;
        for (who, shape) in dialogue {
            // Not everybody answers.
            if moment.date() != self.day || (moment > start && self.dice.chance(60)) {
                break;
            }
            let text = voice.say(shape, &mut self.dice);
            let id = self.id("msg");
            self.out.push(company.message(id, moment, channel, self.who, other, *who == Who::Us, text));
            let pause = if self.dice.chance(150) { self.dice.between(600, 5400) } else { self.dice.between(8, 260) };
            moment = moment.saturating_add(pause.seconds());
        }
    }

    fn attendance(&mut self) {
        let person = &self.company.staff[self.who];
        let came = at(self.day, 8, self.dice.between(35, 59), self.dice.between(0, 59));
        let late = self.dice.chance(30);
        let came = if late { came.saturating_add(self.dice.between(20, 50).minutes()) } else { came };
        let left = at(self.day, 18, self.dice.between(0, 59), self.dice.between(0, 59));
        let data = json!({
            "employee": person.number,
            "date": self.day.to_string(),
            "in": stamp(came),
            "out": stamp(left),
            "status": if late { "late" } else { "normal" },
        });
        let number = person.number.clone();
        let id = self.id("at");
        self.out.push(Event::new(left, HR, id, "attendance.recorded", Some(&number), data));
    }

    fn selling(&mut self, mine: &[usize]) {
        let company = self.company;
        let who = self.who;
        let night_owl = company.staff[who].night_owl;
        for _ in 0..self.dice.below(5) / 2 {
            let Some(customer) = self.customer(mine) else { return };
            let moment = if night_owl && self.dice.chance(500) { self.moment(21, 24) } else { self.moment(9, 18) };
            let id = self.id("ac");
            let action = if self.dice.chance(120) { "edit" } else { "view" };
            self.out.push(company.accessed(id, moment, customer, who, action, None));
        }
        if self.dice.chance(620) {
            let Some(customer) = self.customer(mine) else { return };
            let channel = match self.dice.below(100) {
                0..=3 => "email",
                4..=5 => "sms",
                6 => "dingtalk",
                _ => "wecom",
            };
            let start = if night_owl { self.moment(19, 23) } else { self.moment(9, 20) };
            self.talk(start, channel, Other::Customer(customer), customers::DIALOGUES);
        }
        if self.dice.chance(420) {
            let Some(customer) = self.customer(mine) else { return };
            let (moment, id) = (self.moment(9, 18), self.id("cl"));
            let out = self.dice.chance(650);
            let stranger = self.dice.chance(40);
            let digits = self.dice.below(100_000_000);
            let number =
                if stranger { format!("+86 100 {:04} {:04}", digits / 10_000, digits % 10_000) } else { company.customers[customer].contact.phone.clone() };
            let seconds = self.dice.between(12, 900);
            self.out.push(company.call(id, moment, who, out, &number, seconds, (!stranger).then_some(customer)));
        }
        if self.dice.chance(300) {
            self.field_day(mine);
        }
        if self.dice.chance(380) {
            let Some(customer) = self.customer(mine) else { return };
            let (moment, id) = (self.moment(10, 18), self.id("fu"));
            let note = *self.dice.pick(FOLLOW_UPS);
            let channel = *self.dice.pick(&["电话", "微信", "上门", "邮件"]);
            self.out.push(company.followed_up(id, moment, customer, who, channel, note));
        }
        let busy = company.staff[who].busy;
        if self.dice.chance(busy * 22 / 10) {
            let Some(customer) = self.customer(mine) else { return };
            self.inquire(customer);
        }
        if self.dice.chance(busy * 19 / 10) {
            let Some(customer) = self.customer(mine) else { return };
            self.order(customer);
        }
        if self.dice.chance(90) {
            let team = company.staff[who].manager.unwrap_or(0);
            let start = self.moment(9, 18);
            self.talk(start, "wecom", Other::Team(team), colleagues::DIALOGUES);
        }
    }

    fn inquire(&mut self, customer: usize) {
        let (company, who) = (self.company, self.who);
        let trade = company.customers[customer].trade;
        let product = self.dice.pick(TRADES[trade].products).0;
        let (moment, id, deal) = (self.moment(9, 17), self.id("iq"), self.id("DL"));
        self.out.push(company.inquiry(id, moment, customer, who, &format!("{product}询价")));
        let (low, high) = TRADES[trade].order_yuan;
        let fen = self.dice.between(low / 100, high / 100) * 10_000;
        let mut on = moment.saturating_add(40.minutes());
        let mut stages = vec![(None, "需求确认"), (Some("需求确认"), "报价")];
        let last = if self.dice.chance(450) { "赢单" } else { "搁置" };
        stages.push((Some("报价"), last));
        for step in stages {
            let id = self.id("ds");
            let event = company.deal(id, on, customer, who, &deal, step, fen);
            if on.date() == self.day {
                self.out.push(event)
            } else {
                self.later(event)
            }
            on = on.saturating_add(self.dice.between(1, 5).days());
        }
    }

    fn order(&mut self, customer: usize) {
        let (company, who) = (self.company, self.who);
        let (low, high) = TRADES[company.customers[customer].trade].order_yuan;
        let fen = self.dice.between(low / 10, high / 10) * 1_000;
        let (moment, id) = (self.moment(9, 18), self.id("or"));
        let order = format!("SO{}{:05}", self.day.strftime("%y%m%d"), who * 10 + usize::try_from(self.serial % 10).unwrap_or(0));
        let owed = id.replacen("or", "ar", 1);
        self.out.push(company.order(id, moment, "order.placed", customer, who, &order, fen, None));
        if self.dice.chance(45) {
            let (id, reason) = (self.id("ox"), *self.dice.pick(&["客户改期", "重复下单", "数量更改后重下", "项目取消"]));
            let on = moment.saturating_add(self.dice.between(1, 4).days());
            let event = company.order(id, on, "order.cancelled", customer, who, &order, fen, Some(reason));
            self.later(event);
            return;
        }
        let id = self.id("bk");
        let on = at(self.day.saturating_add(self.dice.between(5, 40).days()), 14, self.dice.between(0, 59), 0);
        let name = company.customers[customer].name.clone();
        let event = company.company_row(id, on, None, "in", fen, (&name, None), &format!("货款 {order}"));
        self.later(event);
        let booked = moment.saturating_add(20.minutes());
        self.out.push(company.receivable(owed.clone(), booked, customer, who, &order, fen, self.day, false));
        self.later(company.receivable(format!("{owed}p"), on.saturating_add(30.minutes()), customer, who, &order, fen, self.day, true));
    }

    fn field_day(&mut self, mine: &[usize]) {
        let (company, who) = (self.company, self.who);
        let mut points = Vec::new();
        let mut moment = at(self.day, 9, self.dice.between(40, 59), 0);
        for _ in 0..self.dice.between(1, 2) {
            let Some(customer) = self.customer(mine) else { return };
            let place = company.customers[customer].position;
            let mut near = (place.0 + self.dice.between(-12, 12) as f64 * 1e-4, place.1 + self.dice.between(-12, 12) as f64 * 1e-4);
            // Once in a while the telephone is far off.
            if self.dice.chance(15) {
                near.0 += 0.03;
            }
            moment = moment.saturating_add(self.dice.between(40, 110).minutes());
            let (id, accuracy) = (self.id("vi"), self.dice.between(6, 60));
            let task = *self.dice.pick(&["送样", "对账", "拜访客户", "现场勘查", "签合同", "处理客诉", "送货跟车"]);
            self.out.push(company.visit(id, moment, who, near, Some(customer), task, accuracy));
            for step in 0..3_i64 {
                let on = moment.saturating_add((step * 6).minutes());
                let (lat, lng) = (near.0 + step as f64 * 2e-4, near.1 - step as f64 * 1e-4);
                points.push(json!({ "at": stamp(on), "lat": degrees(lat), "lng": degrees(lng), "accuracy_m": accuracy }));
            }
        }
        if self.dice.chance(500) {
            let id = self.id("tr");
            let number = company.staff[who].number.clone();
            let data = json!({ "employee": number, "datum": "gcj02", "points": points });
            let end = moment.saturating_add(25.minutes());
            self.out.push(Event::new(end, FIELD, id, "track.recorded", Some(&number), data));
        }
    }

    /// Household rows on the statement of somebody who handed one in.
    fn household(&mut self) {
        let (company, who) = (self.company, self.who);
        if !company.staff[who].volunteer || !self.dice.chance(200) {
            return;
        }
        let (name, low, high, remark) = *self.dice.pick(HOUSEHOLD);
        let moment = self.moment(11, 22);
        let fen = self.dice.between(low, high);
        let id = self.id("vt");
        self.out.push(company.private_row(id, moment, who, "out", fen, (name, None), remark));
    }

    fn later(&mut self, event: Event) {
        self.later.entry(event.at.date()).or_default().push(event);
    }
}

impl<'a> Days<'a> {
    pub(crate) fn new(company: &'a Company) -> Self {
        let day = company.from.saturating_sub(BEFORE.days());
        Self { company, day, ready: VecDeque::new(), later: BTreeMap::new(), portfolio: Vec::new() }
    }

    fn whole_day(&mut self, out: &mut Vec<Event>) {
        let company = self.company;
        if self.day < company.from {
            self.set_up(out);
            return;
        }
        self.portfolio = vec![Vec::new(); company.staff.len()];
        for customer in 0..company.customers.len() {
            self.portfolio[company.owner(customer, self.day)].push(customer);
        }
        for who in 0..company.staff.len() {
            let person = &company.staff[who];
            let dice = company.dice("day", who, usize::try_from(number_of(self.day)).unwrap_or(0));
            let mut today = Today { company, out, later: &mut self.later, dice, day: self.day, who, serial: 0 };
            for (from, until, kind) in &person.leaves {
                if *from == self.day {
                    let id = today.id("lv");
                    today.out.push(company.leave(id, at(self.day, 8, 30, 0), who, *from, *until, kind));
                }
            }
            if person.left_on.is_some_and(|last| self.day > last) {
                continue;
            }
            today.household();
            if !company.works(who, self.day) {
                // Customers do not know that somebody is ill: they go on asking.
                if person.seller && holidays::open(self.day) && today.dice.chance(person.busy * 22 / 10) {
                    if let Some(customer) = today.customer(&self.portfolio[who]) {
                        today.inquire(customer);
                    }
                }
                // Customers write on days off as well, and some of ours answer.
                let free = !person.leaves.iter().any(|(from, until, _)| (*from..=*until).contains(&self.day));
                if person.seller && free && today.dice.chance(90) {
                    if let Some(customer) = today.customer(&self.portfolio[who]) {
                        let start = today.moment(10, 21);
                        today.talk(start, "wecom", Other::Customer(customer), customers::DIALOGUES);
                    }
                }
                continue;
            }
            today.attendance();
            if person.trade.is_some() {
                today.selling(&self.portfolio[who]);
            } else if today.dice.chance(80) {
                let other = today.dice.below(company.staff.len());
                if other != who {
                    let start = today.moment(9, 18);
                    today.talk(start, "wecom", Other::Colleague(other), colleagues::DIALOGUES);
                }
            }
        }
        self.company_day(out);
    }

    /// What the company itself does: pay, expenses, suppliers, ratings, a reminder of the rules.
    fn company_day(&mut self, out: &mut Vec<Event>) {
        let company = self.company;
        let dice = company.dice("company", usize::try_from(number_of(self.day)).unwrap_or(0), 0);
        let mut today = Today { company, out, later: &mut self.later, dice, day: self.day, who: 0, serial: 1 << 32 };
        let (own, account) = (company.own.name.as_str(), Some(company.own.account.as_str()));
        if self.day.day() == 10 {
            for (who, person) in company.staff.iter().enumerate() {
                if person.left_on.is_some_and(|last| self.day > last) {
                    continue;
                }
                let fen = 650_000 + today.dice.between(0, 900_000);
                let (id, row) = (today.id("bk"), today.id("vt"));
                let moment = at(self.day, 10, 0, 0);
                today.out.push(company.company_row(id, moment, Some(who), "out", fen, (&person.name, None), "工资"));
                if person.volunteer {
                    today.out.push(company.private_row(row, moment, who, "in", fen, (own, account), Some("工资")));
                }
            }
        }
        if holidays::open(self.day) && self.day.day() % 7 == 0 {
            for firm in company.firms.iter().filter(|firm| firm.kind == "supplier") {
                let (id, fen) = (today.id("bk"), today.dice.between(3_000, 90_000) * 1_000);
                let moment = today.moment(10, 16);
                today.out.push(company.company_row(id, moment, None, "out", fen, (&firm.name, Some(&firm.account)), "采购款"));
            }
        }
        if self.day.day() == 15 && self.day.month() % 3 == 1 {
            for who in 0..company.staff.len() {
                let (id, score) = (today.id("pf"), today.dice.between(62, 98));
                let grade = match score {
                    90.. => "A",
                    80..=89 => "B",
                    70..=79 => "C",
                    _ => "D",
                };
                let number = company.staff[who].number.clone();
                let quarter = if self.day.month() == 1 { 4 } else { self.day.month() / 3 };
                let year = if self.day.month() == 1 { self.day.year() - 1 } else { self.day.year() };
                let data = json!({ "employee": number, "period": format!("{year}-Q{quarter}"), "score": score.to_string(), "grade": grade });
                today.out.push(Event::new(at(self.day, 17, 0, 0), HR, id, "performance.rated", Some(&number), data));
            }
        }
        // Twice a month somebody reminds a team of the rules; suppliers speak of rebates to the company.
        if holidays::open(self.day) && matches!(self.day.day(), 3 | 18) {
            let managers: Vec<usize> = (0..company.staff.len()).filter(|who| company.staff[*who].title == "销售经理").collect();
            if !managers.is_empty() {
                today.who = *today.dice.pick(&managers);
                let start = today.moment(9, 12);
                let team = today.who;
                today.talk(start, "wecom", Other::Team(team), colleagues::POLICY);
                let suppliers: Vec<usize> = (0..company.firms.len()).filter(|firm| company.firms[*firm].kind == "supplier").collect();
                if today.dice.chance(300) && !suppliers.is_empty() {
                    let supplier = *today.dice.pick(&suppliers);
                    let start = today.moment(13, 17);
                    today.talk(start, "wecom", Other::Firm(supplier), innocent::REBATES);
                }
            }
        }
    }

    /// What was so before the period: people, documents, companies, customers, who serves whom, consents.
    fn set_up(&mut self, out: &mut Vec<Event>) {
        let company = self.company;
        let seed = company.parameters.seed;
        let since = self.day.duration_since(company.from.saturating_sub(BEFORE.days())).as_hours() / 24;
        let fresh = |prefix: &str, part: usize, index: usize| scattered(prefix, &[seed, 0x7365_7475, part as u64, index as u64]);
        let moment = |index: usize| at(self.day, 9 + (index / 3600) as i64 % 9, (index / 60) as i64 % 60, index as i64 % 60);
        match since {
            0 => {
                out.push(company.own_known(fresh("co", 0, 0), moment(0)));
                for (index, firm) in company.firms.iter().enumerate().filter(|(_, firm)| !matches!(firm.kind, "unknown" | "related")) {
                    debug_assert!(!firm.name.is_empty());
                    out.push(company.firm_known(fresh("co", 1, index), moment(index + 1), index));
                }
            }
            1 => out.extend((0..company.staff.len()).map(|who| company.employee(fresh("em", 2, who), moment(who), who, "active", None))),
            2 => self.documents(out, &fresh, &moment),
            3 => {
                for (index, customer) in company.customers.iter().enumerate() {
                    let data = json!({
                        "customer": customer.id,
                        "name": customer.name,
                        "tier": if customer.high_value { "high_value" } else { "normal" },
                        "sites": [{ "name": "收货地址", "position": position(customer.position) }],
                        "contacts": [{
                            "name": customer.contact.name,
                            "phone": customer.contact.phone,
                            "im": customer.contact.external,
                            "email": format!("purchase@{}.example", customer.id.to_lowercase()),
                        }],
                        "since": customer.since.to_string(),
                    });
                    out.push(Event::new(moment(index), CRM, fresh("cu", 3, index), "customer.upserted", None, data));
                }
            }
            4 => {
                for index in 0..company.customers.len() {
                    let who = company.customers[index].owners[0].1;
                    let mut event = company.assigned(company.first_assignment(index), moment(index), index, who, "客户分配");
                    event.data.insert("from".into(), company.customers[index].owners[0].0.to_string().into());
                    out.push(event);
                }
            }
            5 => {
                for (index, customer) in company.customers.iter().enumerate() {
                    let number = &company.staff[customer.owners[0].1].number;
                    let data = json!({ "employee": number, "external": customer.contact.external, "channel": "wecom", "state": "agreed" });
                    out.push(Event::new(moment(index), WECOM, fresh("cs", 5, index), "consent.changed", Some(number), data));
                }
            }
            _ => {}
        }
    }

    fn documents(&self, out: &mut Vec<Event>, fresh: &dyn Fn(&str, usize, usize) -> String, moment: &dyn Fn(usize) -> DateTime) {
        let company = self.company;
        for who in 0..company.staff.len() {
            let clauses = json!([
                { "id": "8", "text": "劳动者应保守用人单位商业秘密，包括客户名单、联系方式与交易条件。", "serious": true },
                { "id": "9", "text": "劳动者不得私自转移用人单位客户或订单。", "serious": true },
            ]);
            out.push(company.signed(fresh("dc", 10, who), moment(who), who, ("contract", "劳动合同", "1"), "paper", clauses));
            // A few never signed the policy: the gap is part of what the product must show.
            if who % 17 != 16 {
                let clauses = json!([
                    { "id": "12", "text": "员工不得将公司客户或订单转给其他单位或个人，不得收受任何好处。", "serious": true },
                    { "id": "15", "text": "本人及近亲属在同业企业持股或任职的，应当申报。", "serious": false },
                ]);
                out.push(company.signed(fresh("dc", 11, who), moment(who + 60), who, ("policy", "客户资源管理办法", "3"), "e_signature", clauses));
            }
            out.push(company.signed(fresh("dc", 12, who), moment(who + 120), who, ("notice", "工作通讯存档告知书", "2"), "click", json!([])));
        }
    }
}

fn number_of(day: Date) -> u64 {
    // A civil date as one number: enough to name a stream.
    let (year, month, date) = (i64::from(day.year()), i64::from(day.month()), i64::from(day.day()));
    u64::try_from(year * 10_000 + month * 100 + date).unwrap_or(0)
}

const FOLLOW_UPS: &[&str] = &[
    "确认下月用量，等客户内部评审。",
    "报价已发，约下周回复。",
    "客户反馈交期偏慢，已协调仓库。",
    "样品测试通过，准备谈量。",
    "对账完成，等待付款。",
    "合同条款待法务确认。",
    "新项目信息：预计下季度启动。",
    "客户更换采购负责人，已重新建联。",
    "回访，满意度良好。",
    "客诉已处理，客户认可方案。",
    "介绍新品，客户有兴趣，下次带样。",
    "催款，客户承诺月底前安排。",
];

/// What people spend: payee, from and to in fen, remark.
const HOUSEHOLD: &[(&str, i64, i64, Option<&str>)] = &[
    ("某某超市", 1_800, 42_000, Some("消费")),
    ("房东", 180_000, 420_000, Some("房租")),
    ("地铁", 300, 2_000, Some("乘车")),
    ("某外卖平台", 1_500, 9_000, Some("餐饮")),
    ("电力公司", 6_000, 38_000, Some("电费")),
    ("加油站", 20_000, 46_000, Some("加油")),
    ("某幼儿园", 120_000, 360_000, Some("保育费")),
    ("某电商平台", 2_000, 88_000, None),
    ("某药房", 1_200, 26_000, Some("购药")),
];
