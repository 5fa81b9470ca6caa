//! One person's story while it is being planned: it writes records into the company's plan and keeps the
//! truth beside them.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::company::Company;
use crate::dice::Dice;
use crate::event::{CRM, Event, VOLUNTARY, WECOM, at};
use crate::records::Other;
use crate::talk::{self, Dialogue, Voice, Who};
use crate::trades::TRADES;
use crate::truth::{Expected, Person, Proof, Role};

/// Days on which a diverter speaks, moves the order and is paid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timetable {
    pub said: Date,
    pub did: Date,
    pub paid: Date,
}

pub(crate) struct Stage<'a> {
    pub company: &'a mut Company,
    pub dice: Dice,
    pub who: usize,
    person: Person,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(company: &'a mut Company, who: usize, role: Role, kind: &'static str) -> Self {
        let dice = company.dice(kind, who, 0);
        let person = Person {
            employee: company.staff[who].number.clone(),
            name: company.staff[who].name.clone(),
            role,
            kind,
            note: String::new(),
            customers: Vec::new(),
            companies: Vec::new(),
            share_ppm: None,
            promised_fen: None,
            moved_fen: None,
            paid_fen: None,
            records: Vec::new(),
            expected: Expected { chain_min: 0.0, chain_max: 0.69, word_alert: Some(false) },
        };
        Self { company, dice, who, person }
    }

    /// Ends the story: what happened, and what should be found.
    pub(crate) fn end(self, note: String, expected: Expected) {
        self.hand_on(note, expected);
    }

    /// Ends the story and gives the company back, for the part somebody else has in it.
    pub(crate) fn hand_on(mut self, note: String, expected: Expected) -> &'a mut Company {
        self.person.note = note;
        self.person.expected = expected;
        self.company.persons.push(self.person);
        self.company
    }

    /// Names a customer and a company of somebody else's story.
    pub(crate) fn concern(&mut self, customer: String, company: String) {
        self.person.customers.push(customer);
        self.person.companies.push(company);
    }

    pub(crate) fn promise_share(&mut self, percent: i64) {
        self.person.share_ppm = Some(percent * 10_000);
    }

    pub(crate) fn promise_sum(&mut self, fen: i64) {
        self.person.promised_fen = Some(fen);
    }

    pub(crate) fn trade(&self) -> usize {
        self.company.staff[self.who].trade.unwrap_or(0)
    }

    /// Three days in order, inside the period: speaks, the order moves 2–12 days later, money 4–22 days after.
    /// `recent` puts the payment on the last day but one.
    pub(crate) fn timetable(&mut self, recent: bool) -> Timetable {
        let span = self.company.span();
        let (mut to_did, mut to_paid) = (self.dice.between(2, 12), self.dice.between(4, 22));
        if span < to_did + to_paid + 12 {
            to_did = (span / 7).max(1);
            to_paid = (span / 6).max(1);
        }
        let last = span - to_did - to_paid - 3;
        let said = if recent { last + 1 } else { self.dice.between(3.min(last.max(0)), last.max(0)) };
        let said = self.company.from.saturating_add(said.days());
        let did = self.company.working_day(self.who, said.saturating_add(to_did.days()));
        let paid = did.saturating_add(to_paid.days()).min(self.company.until());
        Timetable { said, did, paid }
    }

    /// A day somewhere in the period between two parts of a thousand, on which the person works.
    pub(crate) fn day(&mut self, from: i64, until: i64) -> Date {
        let span = self.company.span();
        let day = self.company.from.saturating_add(self.dice.between(span * from / 1000, span * until / 1000).days());
        self.company.working_day(self.who, day)
    }

    /// One of the person's customers that is in nobody's story yet.
    pub(crate) fn customer(&mut self) -> usize {
        let mine = self.company.first_customers(self.who);
        let free: Vec<usize> = mine.iter().copied().filter(|customer| !self.company.customers[*customer].taken).collect();
        let customer = *self.dice.pick(if free.is_empty() { &mine } else { &free });
        self.company.customers[customer].taken = true;
        self.person.customers.push(self.company.customers[customer].id.clone());
        customer
    }

    /// A competitor of the person's trade.
    pub(crate) fn rival(&mut self) -> usize {
        let trade = self.trade();
        let rivals: Vec<usize> =
            (0..self.company.firms.len()).filter(|firm| self.company.firms[*firm].kind == "competitor" && self.company.firms[*firm].trade == trade).collect();
        let firm = *self.dice.pick(&rivals);
        self.person.companies.push(self.company.firms[firm].id.clone());
        firm
    }

    /// A company of the given kind founded for this story.
    pub(crate) fn founded(&mut self, kind: &'static str) -> usize {
        let trade = self.trade();
        let firm = self.company.found(kind, trade);
        self.person.companies.push(self.company.firms[firm].id.clone());
        firm
    }

    /// What an order comes to: whole hundreds of yuan, so that every share is a whole fen.
    pub(crate) fn order_worth(&mut self) -> i64 {
        let (low, high) = TRADES[self.trade()].order_yuan;
        self.dice.between(low / 100, high / 100) * 10_000
    }

    pub(crate) fn prove(&mut self, role: &'static str, event: Event) {
        self.person.records.push(Proof { role, source: event.source, id: event.id.clone() });
        self.company.plan(event);
    }

    /// The state that lets the person reach the customer.
    pub(crate) fn could(&mut self, customer: usize) {
        let id = self.company.first_assignment(customer);
        self.person.records.push(Proof { role: "could", source: CRM, id });
    }

    /// Writes one of the dialogues. Lines of ours that carry the promise are proof of `role`.
    pub(crate) fn talk(&mut self, on: Date, hours: (i64, i64), other: Other, dialogues: &[Dialogue], slots: &[(&'static str, String)], role: &'static str) {
        self.talk_over("wecom", on, hours, other, dialogues, slots, role);
    }

    #[expect(clippy::too_many_arguments, reason = "a talk has a channel, a time, two sides and words")]
    pub(crate) fn talk_over(
        &mut self,
        channel: &'static str,
        on: Date,
        hours: (i64, i64),
        other: Other,
        dialogues: &[Dialogue],
        slots: &[(&'static str, String)],
        role: &'static str,
    ) {
        let dialogue = *self.dice.pick(dialogues);
        let them = match other {
            Other::Customer(customer) => self.company.customers[customer].contact.called.clone(),
            Other::Firm(firm) => self.company.firms[firm].persons[0].called.clone(),
            Other::Colleague(staff) | Other::Team(staff) => self.company.staff[staff].called.clone(),
        };
        let us = self.company.staff[self.who].called.clone();
        let voice = Voice::new(talk::Scene { trade: &TRADES[self.trade()], them: &them, us: &us, slots }, &mut self.dice);
        let mut moment = at(on, self.dice.between(hours.0, hours.1), self.dice.between(0, 50), self.dice.between(0, 59));
        let promising = |shape: &str| ["<share>", "<sum>", "<word>", "<again>", "<en>"].iter().any(|slot| shape.contains(slot));
        let any_promise = dialogue.iter().any(|(who, shape)| *who == Who::Us && promising(shape));
        let mut first_of_ours = true;
        for (who, shape) in dialogue {
            let ours = *who == Who::Us;
            let text = voice.say(shape, &mut self.dice);
            let id = self.company.id("msg");
            let event = self.company.message(id, moment, channel, self.who, other, ours, text);
            let telling = ours && (promising(shape) || (!any_promise && first_of_ours));
            first_of_ours &= !ours;
            if telling {
                self.prove(role, event)
            } else {
                self.company.plan(event)
            }
            moment = moment.saturating_add(self.dice.between(15, 240).seconds());
        }
    }

    /// The order that goes elsewhere, with what the customer system shows before it.
    pub(crate) fn move_order(&mut self, on: Date, customer: usize, firm: usize, fen: i64) {
        self.move_order_by(on, customer, firm, fen, self.who);
    }

    /// The same, entered by somebody.
    pub(crate) fn move_order_by(&mut self, on: Date, customer: usize, firm: usize, fen: i64, by: usize) {
        let event = self.move_planned(on, customer, firm, fen, by);
        self.prove("did", event);
        self.moved(fen);
    }

    /// The same to a company that the customer system knows by its name only.
    pub(crate) fn move_order_named(&mut self, on: Date, customer: usize, firm: usize, fen: i64) {
        let name = self.company.firms[firm].name.clone();
        let mut event = self.move_planned(on, customer, firm, fen, self.who);
        event.data.insert("to_company".into(), name.into());
        self.prove("did", event);
        self.moved(fen);
    }

    /// Counts an order's worth among what left.
    pub(crate) fn moved(&mut self, fen: i64) {
        self.person.moved_fen = Some(self.person.moved_fen.unwrap_or(0) + fen);
    }

    fn move_planned(&mut self, on: Date, customer: usize, firm: usize, fen: i64, by: usize) -> Event {
        let who = self.who;
        let before = |days: i64| on.saturating_sub(days.days()).max(self.company.from);
        let (asked, quoted) = (before(9), before(5));
        let deal = self.company.id("DL");
        let product = self.dice.pick(TRADES[self.trade()].products).0;
        let steps = [
            (self.company.id("iq"), at(asked, 10, self.dice.between(0, 59), 4)),
            (self.company.id("ds"), at(asked, 15, self.dice.between(0, 59), 9)),
            (self.company.id("ds"), at(quoted, 16, self.dice.between(0, 59), 21)),
        ];
        let [(inquiry, inquired), (first, opened), (second, offered)] = steps;
        let inquiry = self.company.inquiry(inquiry, inquired, customer, who, &format!("{product}询价"));
        let opened = self.company.deal(first, opened, customer, who, &deal, (None, "需求确认"), fen);
        let offered = self.company.deal(second, offered, customer, who, &deal, (Some("需求确认"), "报价"), fen);
        for event in [inquiry, opened, offered] {
            self.company.plan(event);
        }
        let id = self.company.id("ot");
        let order = format!("SO{}{}", on.strftime("%y%m%d"), &id[id.len() - 6..]);
        let moment = at(on, self.dice.between(16, 17), self.dice.between(0, 59), self.dice.between(0, 59));
        self.company.order_moved(id, moment, customer, by, &order, fen, firm)
    }

    /// Money on the statement the person handed in.
    pub(crate) fn pay(&mut self, on: Date, fen: i64, payer: (&str, Option<&str>), remark: Option<&str>) {
        self.company.staff[self.who].volunteer = true;
        let id = self.company.id("vt");
        let moment = at(on, self.dice.between(18, 22), self.dice.between(0, 59), self.dice.between(0, 59));
        let row = self.company.private_row(id, moment, self.who, "in", fen, payer, remark);
        self.prove("paid", row);
        self.person.paid_fen = Some(self.person.paid_fen.unwrap_or(0) + fen);
    }

    /// Paid from a company's account.
    pub(crate) fn pay_from(&mut self, on: Date, fen: i64, firm: usize, remark: Option<&str>) {
        let (name, account) = (self.company.firms[firm].name.clone(), self.company.firms[firm].account.clone());
        self.pay(on, fen, (&name, Some(&account)), remark);
    }

    /// A note in the customer system that hides the reason.
    pub(crate) fn excuse(&mut self, on: Date, customer: usize) {
        let note = *self.dice.pick(&[
            "客户说项目暂停，下季度再看。",
            "客户反馈预算被砍，本单取消。",
            "客户内部换供应商评审，暂缓。",
            "甲方工期推迟，先不下单。",
            "客户嫌价格高，继续跟进。",
        ]);
        let id = self.company.id("fu");
        let event = self.company.followed_up(id, at(on, 17, self.dice.between(30, 59), 0), customer, self.who, "电话", note);
        self.company.plan(event);
    }

    /// A competitor the customer system learns of when its name first turns up.
    pub(crate) fn learn_of(&mut self, on: Date, firm: usize) {
        let id = self.company.id("co");
        let event = self.company.firm_known(id, at(on, 9, self.dice.between(0, 59), 0), firm);
        self.company.plan(event);
    }

    pub(crate) fn rival_words(&mut self, firm: usize) -> String {
        let brand = self.company.firms[firm].brand.clone();
        if self.dice.chance(400) { format!("{brand}公司") } else { brand }
    }

    pub(crate) fn looks(&mut self, source: &'static str, id: String) {
        debug_assert!([CRM, WECOM, VOLUNTARY].contains(&source));
        self.person.records.push(Proof { role: "looks", source, id });
    }
}
