//! The world: who works here, who buys, who competes. Laid out once from the parameters; everything that
//! happens later is written by `days`, `schemes` and `look_alikes`.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::dice::{Dice, fnv};
use crate::event::Event;
use crate::names::{CITIES, Names};
use crate::trades::TRADES;
use crate::truth::{Person, Truth};
use crate::{cast, holidays};

/// What a company is a function of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Employees, at least 12.
    pub people: usize,
    /// Length of the told period, at least 1.
    pub months: u32,
    pub seed: u64,
    /// Last day of the told period.
    pub until: Date,
}

/// An employee.
#[derive(Clone, Debug)]
pub struct Staff {
    pub number: String,
    pub name: String,
    pub department: String,
    pub title: &'static str,
    pub manager: Option<usize>,
    pub hired_on: Date,
    /// Index into the trades for sales people.
    pub(crate) trade: Option<usize>,
    /// Sales people who are not managers carry the stories.
    pub(crate) seller: bool,
    pub(crate) phone: String,
    pub(crate) login: String,
    pub(crate) city: usize,
    /// How colleagues and customers call them: 小周, 老李.
    pub(crate) called: String,
    /// Handed in bank statements of their own will.
    pub(crate) volunteer: bool,
    pub(crate) night_owl: bool,
    /// Orders come this many times as often as usual, in percent.
    pub(crate) busy: usize,
    pub(crate) leaves: Vec<(Date, Date, &'static str)>,
    pub(crate) left_on: Option<Date>,
}

/// Somebody outside who writes and is written to.
#[derive(Clone, Debug)]
pub(crate) struct Outsider {
    pub name: String,
    /// How our people speak to them.
    pub called: String,
    /// Identifier in the messaging system.
    pub external: String,
    pub phone: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub id: String,
    pub name: String,
    /// What people call it in a chat.
    pub short: String,
    pub trade: usize,
    pub high_value: bool,
    pub position: (f64, f64),
    pub contact: Outsider,
    pub since: Date,
    /// Who served it from when on, in order.
    pub owners: Vec<(Date, usize)>,
    /// From this day on it neither writes nor orders.
    pub gone_from: Option<Date>,
    /// Already part of somebody's story.
    pub taken: bool,
}

/// A company that is not a customer.
#[derive(Clone, Debug)]
pub(crate) struct Firm {
    pub id: String,
    pub name: String,
    pub brand: String,
    pub kind: &'static str,
    pub trade: usize,
    pub persons: Vec<Outsider>,
    pub account: String,
    pub position: (f64, f64),
}

/// The laid-out company.
pub struct Company {
    pub parameters: Parameters,
    /// First day of the told period; what was so before it is recorded in the thirty days before.
    pub from: Date,
    pub staff: Vec<Staff>,
    pub(crate) own: Firm,
    pub(crate) customers: Vec<Customer>,
    pub(crate) firms: Vec<Firm>,
    /// What the cast does, by day.
    pub(crate) planned: BTreeMap<Date, Vec<Event>>,
    pub(crate) persons: Vec<Person>,
    serial: u64,
    pub(crate) names: Names,
}

impl Company {
    /// Lays out the company. The same parameters give the same company.
    #[must_use]
    pub fn new(parameters: Parameters) -> Self {
        let parameters = Parameters { people: parameters.people.max(12), months: parameters.months.max(1), ..parameters };
        let from = first_day(parameters);
        let mut names = Names::new(parameters.seed);
        let own = firm(&mut names, parameters.seed, 0, "own", 0);
        let mut company = Self {
            parameters,
            from,
            staff: Vec::new(),
            own,
            customers: Vec::new(),
            firms: Vec::new(),
            planned: BTreeMap::new(),
            persons: Vec::new(),
            serial: 0,
            names,
        };
        company.hire();
        company.found_firms();
        company.win_customers();
        cast::assign(&mut company);
        company
    }

    /// The records, oldest first.
    #[must_use]
    pub fn events(&self) -> crate::Days<'_> {
        crate::Days::new(self)
    }

    /// What really happened.
    #[must_use]
    pub fn truth(&self) -> Truth {
        Truth {
            people: self.parameters.people,
            months: self.parameters.months,
            seed: self.parameters.seed,
            from: self.from.to_string(),
            until: self.parameters.until.to_string(),
            persons: self.persons.clone(),
        }
    }

    /// The bodies of `PUT /api/v1/sources` for everything this company sends.
    #[must_use]
    pub fn sources(&self) -> Vec<Value> {
        crate::sources(self.from.saturating_sub(60.days()))
    }

    /// The company's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.own.name
    }

    /// The company's own name and what it is called for short.
    #[must_use]
    pub fn own_names(&self) -> Vec<String> {
        vec![self.own.name.clone(), self.own.brand.clone()]
    }

    /// Somebody with this title, to sign in as.
    #[must_use]
    pub fn titled(&self, title: &str) -> Option<&Staff> {
        self.staff.iter().find(|person| person.title == title)
    }

    pub(crate) fn until(&self) -> Date {
        self.parameters.until
    }

    /// Length of the told period in days.
    pub(crate) fn span(&self) -> i64 {
        self.until().duration_since(self.from).as_hours() / 24 + 1
    }

    /// A fresh identifier for a planned record.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.serial += 1;
        scattered(prefix, &[self.parameters.seed, 0x706c_616e, self.serial])
    }

    pub(crate) fn dice(&self, stream: &str, a: usize, b: usize) -> Dice {
        Dice::new(self.parameters.seed, stream, a as u64, b as u64)
    }

    pub(crate) fn plan(&mut self, event: Event) {
        self.planned.entry(event.at.date()).or_default().push(event);
    }

    /// Who serves the customer on a day.
    pub(crate) fn owner(&self, customer: usize, on: Date) -> usize {
        let owners = &self.customers[customer].owners;
        owners.iter().rev().find(|(from, _)| *from <= on).or(owners.first()).map_or(0, |(_, staff)| *staff)
    }

    /// The customers somebody serves at the beginning of the period.
    pub(crate) fn first_customers(&self, staff: usize) -> Vec<usize> {
        (0..self.customers.len()).filter(|index| self.customers[*index].owners.first().is_some_and(|(_, owner)| *owner == staff)).collect()
    }

    pub(crate) fn works(&self, staff: usize, on: Date) -> bool {
        let person = &self.staff[staff];
        holidays::open(on) && person.left_on.is_none_or(|last| on <= last) && !person.leaves.iter().any(|(from, until, _)| (*from..=*until).contains(&on))
    }

    /// The first day from `on` that the person works, kept inside the period.
    pub(crate) fn working_day(&self, staff: usize, on: Date) -> Date {
        let mut day = on;
        for _ in 0..60 {
            if self.works(staff, day) || day >= self.until() {
                break;
            }
            day = day.saturating_add(1.day());
        }
        day.min(self.until())
    }

    pub(crate) fn party_staff(&self, staff: usize) -> Value {
        json!({ "employee": self.staff[staff].number })
    }

    pub(crate) fn party_customer(&self, customer: usize) -> Value {
        let buyer = &self.customers[customer];
        json!({ "external": buyer.contact.external, "name": buyer.contact.name, "company": buyer.name, "customer": buyer.id })
    }

    pub(crate) fn party_firm(&self, firm: usize) -> Value {
        let seller = &self.firms[firm];
        let person = &seller.persons[0];
        json!({ "external": person.external, "name": person.name, "company": seller.name })
    }

    fn hire(&mut self) {
        let people = self.parameters.people;
        let mut dice = self.dice("hire", 0, 0);
        let few = people < 30;
        let mut posts: Vec<(String, &'static str)> = vec![("总经办".into(), "总经理")];
        if !few {
            posts.push(("总经办".into(), "销售总监"));
            posts.push(("法务部".into(), "法务经理"));
            posts.push(("信息部".into(), "系统管理员"));
        }
        posts.push(("审计部".into(), "审计主管"));
        posts.push(("人力资源部".into(), "人力资源经理"));
        posts.push(("客服部".into(), "客服主管兼工会主席"));
        for extra in 1..(people / 25).max(1) {
            posts.push(("人力资源部".into(), if extra % 2 == 0 { "薪酬专员" } else { "招聘专员" }));
        }
        for post in 0..(people / 25).max(1) {
            posts.push(("财务部".into(), if post == 0 { "财务经理" } else { "会计" }));
        }
        for _ in 0..people / 12 {
            posts.push(("仓储部".into(), "仓管员"));
        }
        for _ in 0..people / 20 {
            posts.push(("客服部".into(), "客服专员"));
        }
        for (department, title) in posts {
            self.hire_one(department, title, None, Some(0), &mut dice);
        }
        let sellers = people.saturating_sub(self.staff.len());
        let teams = sellers.div_ceil(11).max(1);
        let director = usize::from(!few);
        for team in 0..teams {
            let size = sellers / teams + usize::from(team < sellers % teams);
            let trade = team % TRADES.len();
            let department = format!("{}销售{}部", TRADES[trade].name, chinese(team / TRADES.len() + 1));
            let manager = self.staff.len();
            for member in 0..size {
                let title = match member {
                    0 => "销售经理",
                    1 | 2 => "高级客户经理",
                    _ if member % 4 == 3 => "销售代表",
                    _ => "客户经理",
                };
                let boss = if member == 0 { director } else { manager };
                self.hire_one(department.clone(), title, Some(trade), Some(boss), &mut dice);
            }
        }
        if let Some(first) = self.staff.first_mut() {
            first.manager = None;
        }
    }

    fn hire_one(&mut self, department: String, title: &'static str, trade: Option<usize>, manager: Option<usize>, dice: &mut Dice) {
        let index = self.staff.len();
        let name = self.names.person();
        let surname: String = name.chars().take(1).collect();
        let seller = trade.is_some() && title != "销售经理";
        let tenure = dice.between(60, 2600);
        let mut leaves = Vec::new();
        for _ in 0..dice.below(3) {
            let start = self.from.saturating_add(dice.between(5, self.span().max(8) - 3).days());
            leaves.push((start, start.saturating_add(dice.between(0, 2).days()), *dice.pick(&["annual", "personal", "sick"])));
        }
        self.staff.push(Staff {
            number: format!("E{}", 1001 + index),
            department,
            title,
            manager,
            hired_on: self.from.saturating_sub(tenure.days()),
            trade,
            seller,
            phone: self.names.phone(),
            login: format!("user{}", 1001 + index),
            city: dice.below(CITIES.len()),
            called: if title == "销售经理" { format!("{surname}经理") } else { format!("{}{surname}", if tenure > 1500 { "老" } else { "小" }) },
            volunteer: seller && dice.chance(300),
            night_owl: false,
            busy: usize::try_from(dice.between(70, 130)).unwrap_or(100),
            leaves,
            left_on: None,
            name,
        });
    }

    fn found_firms(&mut self) {
        let seed = self.parameters.seed;
        let rivals = (self.parameters.people / 6).max(8);
        for (kind, count) in [("competitor", rivals), ("supplier", (rivals / 2).max(4)), ("partner", (rivals / 3).max(3))] {
            for index in 0..count {
                let number = self.firms.len() + 1;
                let made = firm(&mut self.names, seed, number, kind, index % TRADES.len());
                self.firms.push(made);
            }
        }
    }

    fn win_customers(&mut self) {
        let mut dice = self.dice("customers", 0, 0);
        for owner in 0..self.staff.len() {
            let Some(trade) = self.staff[owner].trade else { continue };
            let count = if self.staff[owner].seller { dice.between(6, 10) } else { dice.between(2, 3) };
            for _ in 0..count {
                let index = self.customers.len();
                let name = self.names.firm(TRADES[trade].buyers);
                let short = short_name(&name, TRADES[trade].buyers);
                let city = if dice.chance(700) { self.staff[owner].city } else { dice.below(CITIES.len()) };
                let position = scatter(city, &mut dice);
                let contact = outsider(&mut self.names, self.parameters.seed, "wm", index as u64, &mut dice);
                let since = self.from.saturating_sub(dice.between(40, 1800).days());
                self.customers.push(Customer {
                    id: format!("C{:05}", index + 1),
                    name,
                    short,
                    trade,
                    high_value: dice.chance(220),
                    position,
                    contact,
                    since,
                    owners: vec![(since.max(self.staff[owner].hired_on), owner)],
                    gone_from: None,
                    taken: false,
                });
            }
        }
    }

    /// Founds a company that turns up later: a spouse's, a friend's.
    pub(crate) fn found(&mut self, kind: &'static str, trade: usize) -> usize {
        let made = firm(&mut self.names, self.parameters.seed, self.firms.len() + 1, kind, trade);
        self.firms.push(made);
        self.firms.len() - 1
    }
}

/// An identifier that tells nothing: a prefix and sixteen hexadecimal digits.
pub(crate) fn scattered(prefix: &str, parts: &[u64]) -> String {
    let bytes: Vec<[u8; 8]> = parts.iter().map(|part| part.to_le_bytes()).collect();
    let slices: Vec<&[u8]> = bytes.iter().map(<[u8; 8]>::as_slice).collect();
    let mut hash = fnv(&slices);
    // The finisher of splitmix64: FNV alone leaves the low bits of small numbers visible.
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    format!("{prefix}{:016x}", hash ^ (hash >> 31))
}

pub(crate) fn position((lat, lng): (f64, f64)) -> Value {
    json!({ "lat": degrees(lat), "lng": degrees(lng), "datum": "gcj02" })
}

/// Six digits after the point: a tenth of a metre.
pub(crate) fn degrees(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn first_day(parameters: Parameters) -> Date {
    parameters.until.saturating_sub(i64::from(parameters.months).months()).saturating_add(1.day())
}

fn scatter(city: usize, dice: &mut Dice) -> (f64, f64) {
    let (_, lat, lng) = CITIES[city];
    (degrees(lat + dice.between(-900, 900) as f64 * 1e-4), degrees(lng + dice.between(-900, 900) as f64 * 1e-4))
}

fn outsider(names: &mut Names, seed: u64, prefix: &str, index: u64, dice: &mut Dice) -> Outsider {
    let name = names.person();
    let surname: String = name.chars().take(1).collect();
    let called = format!("{surname}{}", dice.pick(&["经理", "总", "工", "姐", "哥", "主任", "老师", "采购"]));
    Outsider { name, called, external: scattered(prefix, &[seed, 0x6f75_7473, index]), phone: names.phone() }
}

fn firm(names: &mut Names, seed: u64, number: usize, kind: &'static str, trade: usize) -> Firm {
    let mut dice = Dice::new(seed, "firm", number as u64, 0);
    let brand = names.brand();
    let city = dice.below(CITIES.len());
    let suffix = if kind == "own" { "商贸集团有限公司" } else { dice.pick(TRADES[trade].sellers) };
    let persons = (0..2).map(|person| outsider(names, seed, "wx", (number * 4 + person) as u64, &mut dice)).collect();
    Firm {
        id: if kind == "own" { "CO-OWN".to_owned() } else { format!("CO-{number:04}") },
        name: format!("{}{brand}{suffix}", CITIES[city].0),
        brand,
        kind,
        trade,
        persons,
        account: names.account(),
        position: scatter(city, &mut dice),
    }
}

fn short_name(name: &str, suffixes: &[&str]) -> String {
    let base = suffixes.iter().filter_map(|suffix| name.strip_suffix(suffix)).min_by_key(|base| base.len()).unwrap_or(name);
    base.to_owned()
}

fn chinese(number: usize) -> String {
    const DIGITS: [&str; 11] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    DIGITS.get(number).map_or_else(|| number.to_string(), |digit| (*digit).to_owned())
}
