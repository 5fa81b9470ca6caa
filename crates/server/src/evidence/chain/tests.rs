//! The rules of a chain one by one, its twins, and that the order of arrival does not matter.
//! The shipped examples in `fixtures/rules/chain.diversion` are read by `examples`.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    Chain, DIVERSION, Role, chains,
    decode::{Envelope, decode},
    directory::{Company, Customer, Directory},
    facts::{Fact, Facts},
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// Made once: the tests read thousands of messages.
static LEXICON: std::sync::LazyLock<probity_lexicon::Lexicon> = std::sync::LazyLock::new(probity_lexicon::Lexicon::shipped);

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

/// One employee's records, in the words of the API.
#[derive(Clone)]
struct World {
    companies: Vec<Company>,
    customers: Vec<Customer>,
    events: Vec<Value>,
}

impl World {
    fn new() -> Self {
        Self {
            companies: Vec::new(),
            customers: vec![
                Customer { id: "C1".into(), name: "恒达建材".into(), contacts: vec!["wm_hengda_1".into()] },
                Customer { id: "C2".into(), name: "瑞丰装饰".into(), contacts: vec![] },
            ],
            events: Vec::new(),
        }
    }
    fn add(mut self, time: &str, kind: &str, data: Value) -> Self {
        let id = format!("{:03}", self.events.len());
        let time = if time.len() == 10 { format!("{time}T10:00:00+08:00") } else { time.to_owned() };
        self.events.push(json!({"id": id, "source": "/test", "type": kind, "time": time, "data": data}));
        self
    }
    fn assigned(self, time: &str) -> Self {
        self.add(time, "customer.assigned", json!({"customer": "C1", "employee": "E1", "from": time}))
    }
    fn says(self, time: &str, text: &str) -> Self {
        self.writes(time, "E1", text, json!({"external": "wm1", "name": "王采购", "customer": "C1"}))
    }
    fn writes(self, time: &str, from: &str, text: &str, to: Value) -> Self {
        self.add(time, "message.sent", json!({"channel": "wecom", "conversation": "k1", "from": {"employee": from}, "to": [to], "text": text}))
    }
    fn moved(self, time: &str, to: &str, amount: &str) -> Self {
        let order = format!("O{}", self.events.len());
        self.add(
            time,
            "order.transferred",
            json!({"order": order, "customer": "C1", "employee": "E1", "to_company": to, "amount": {"amount": amount, "currency": "CNY"}}),
        )
    }
    fn paid(self, day: &str, by: &str, amount: &str) -> Self {
        self.add(
            &format!("{day}T00:00:00+08:00"),
            "transfer.booked",
            json!({"employee": "E1", "direction": "in", "amount": {"amount": amount, "currency": "CNY"}, "counterparty": {"name": by}, "booked_on": day, "basis": "voluntary_submission"}),
        )
    }
    fn company(mut self, company: Company) -> Self {
        self.companies.push(company);
        self
    }
    fn facts(&self) -> Facts {
        let zone = zone();
        let facts = self
            .events
            .iter()
            .enumerate()
            .filter_map(|(i, e)| {
                let data = e["data"].as_object().unwrap();
                let kind = e["type"].as_str().unwrap();
                let at: jiff::Timestamp = e["time"].as_str().unwrap().parse().unwrap();
                let reading = (kind == "message.sent").then(|| LEXICON.read(data["text"].as_str().unwrap(), probity_lexicon::Audience::External));
                let stops = data.get("test_stop").and_then(Value::as_str).map(|s| vec![s.to_owned()]).unwrap_or_default();
                decode(
                    &Envelope { idx: i as i64, source: "/test", source_id: e["id"].as_str().unwrap(), kind, at: at.as_microsecond(), zone: &zone },
                    data,
                    reading.as_ref(),
                    stops,
                )
            })
            .collect();
        Facts { employee: "E1".into(), directory: Directory::new(self.companies.clone(), self.customers.clone(), &["守正贸易有限公司".into()]), facts }
    }
    fn chains(&self) -> Vec<Chain> {
        chains(&DIVERSION, &self.facts())
    }
    fn best(&self) -> f64 {
        self.chains().first().map_or(0.0, |c| c.score)
    }
    fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<Role> = self.chains().first().map(|c| c.steps.iter().map(|s| s.role).collect()).unwrap_or_default();
        roles.sort();
        roles.dedup();
        roles
    }
}

const PROMISE: &str = "我介绍你到鼎新公司买,给你返10%";

fn story() -> World {
    World::new().assigned("2025-07-01").says("2026-03-02", PROMISE).moved("2026-03-10", "鼎新建材有限公司", "86430.00").paid(
        "2026-03-21",
        "上海鼎新建材有限公司",
        "8643.00",
    )
}

#[test]
fn the_story() {
    let all = story().chains();
    assert_eq!(all.len(), 1, "{all:#?}");
    let c = &all[0];
    assert!(c.score >= 0.9, "{}", c.score);
    let roles: Vec<_> = c.steps.iter().map(|s| s.role.name()).collect();
    assert_eq!(roles, ["could", "said", "did", "paid"]);
    let paid = &c.steps[3];
    assert_eq!(paid.why.zh, "付款方是接收订单的公司鼎新建材有限公司；付款方与 2026-03-02 消息中提到的公司一致；金额等于转出订单的 10%");
    assert!(paid.why.en.contains("10% of the order that moved"), "{}", paid.why.en);
    assert_eq!(paid.links.iter().map(|l| l.to).collect::<Vec<_>>(), [2, 1]);
    let all_text = format!("{c:?}");
    assert!(!all_text.contains("8643") && !all_text.contains("介绍你到"), "amounts and text stay sealed: {all_text}");
}

#[test]
fn anchors() {
    // could + did + paid by the receiving company
    let w = World::new().assigned("2025-07-01").moved("2026-03-10", "鼎新建材有限公司", "86430").paid("2026-03-21", "鼎新建材有限公司", "500");
    assert!((0.7..0.9).contains(&w.best()), "{}", w.best());
    // said + could + did
    let w = World::new().assigned("2025-07-01").says("2026-03-02", PROMISE).moved("2026-03-10", "鼎新建材有限公司", "86430");
    assert!((0.6..0.7).contains(&w.best()), "{}", w.best());
    // could + did
    let w = World::new().assigned("2025-07-01").moved("2026-03-10", "鼎新建材有限公司", "86430");
    assert!((0.3..=0.5).contains(&w.best()), "{}", w.best());
    // said alone
    let w = World::new().says("2026-03-02", PROMISE);
    assert!(w.best() > 0.0 && w.best() <= 0.3, "{}", w.best());
    // a weak spelling is a Said too
    let w = World::new().assigned("2025-07-01").says("2026-03-02", "你放心hao chu fei少不了").moved("2026-03-10", "鼎新", "86430").paid(
        "2026-03-21",
        "鼎新",
        "300",
    );
    assert!(w.best() >= 0.9, "{}", w.best());
}

#[test]
fn order_moved_before_the_talk() {
    let w = World::new().assigned("2025-07-01").moved("2026-02-20", "鼎新建材有限公司", "86430").says("2026-03-02", PROMISE).paid(
        "2026-03-21",
        "鼎新建材有限公司",
        "8643",
    );
    assert!(w.best() < 0.7, "{:#?}", w.chains());
    assert!(w.chains().iter().any(|c| c.gaps.iter().any(|g| g.zh.contains("说在做之后"))));
}

#[test]
fn approved_territory_move() {
    let handed =
        |w: World| w.add("2026-03-05", "customer.assigned", json!({"customer": "C1", "employee": "E2", "from": "2026-03-05", "reason": "区域调整，经理批准"}));
    let to_nobody = handed(World::new().assigned("2025-07-01").says("2026-03-02", PROMISE))
        .add("2026-03-10", "order.transferred", json!({"order": "O1", "customer": "C1", "employee": "E1", "amount": {"amount": "86430", "currency": "CNY"}}))
        .add("2026-03-11", "order.placed", json!({"order": "O2", "customer": "C1", "employee": "E2", "amount": {"amount": "86430", "currency": "CNY"}}));
    assert!(!to_nobody.roles().contains(&Role::Did));
    assert!(to_nobody.best() <= 0.3, "{}", to_nobody.best());
    let to_us = handed(World::new().assigned("2025-07-01")).moved("2026-03-10", "守正贸易有限公司", "86430");
    assert!(to_us.chains().is_empty());
    let came_back = World::new()
        .assigned("2025-07-01")
        .add("2026-03-10", "order.transferred", json!({"order": "O1", "customer": "C1", "employee": "E1", "to_company": "分部"}))
        .add("2026-03-11", "order.placed", json!({"order": "O1", "customer": "C1", "employee": "E2"}));
    assert!(came_back.chains().is_empty());
}

#[test]
fn unrelated_payment() {
    let w = World::new().assigned("2025-07-01").says("2026-03-02", PROMISE).moved("2026-03-10", "鼎新建材有限公司", "86430").paid("2026-03-21", "李四", "3000");
    assert!(!w.roles().contains(&Role::Paid));
    assert!((0.6..0.7).contains(&w.best()), "{}", w.best());
}

#[test]
fn promise_by_somebody_else() {
    let base = World::new().assigned("2025-07-01");
    let buyer = json!({"external": "wm1", "customer": "C1"});
    let colleague = base.clone().writes("2026-03-02", "E2", PROMISE, buyer).moved("2026-03-10", "鼎新", "86430").paid("2026-03-21", "李四", "8643");
    assert_eq!(colleague.roles(), [Role::Could, Role::Did]);
    let outsider = base
        .add(
            "2026-03-02",
            "message.sent",
            json!({"channel": "wecom", "conversation": "k1", "from": {"external": "wm1", "customer": "C1"}, "to": [{"employee": "E1"}], "text": PROMISE}),
        )
        .moved("2026-03-10", "鼎新", "86430")
        .paid("2026-03-21", "李四", "8643");
    assert_eq!(outsider.roles(), [Role::Could, Role::Did]);
}

#[test]
fn suppliers_rebate_to_the_company() {
    let w = World::new()
        .assigned("2025-07-01")
        .says("2026-03-02", "供应商给公司的返点10%下周到账")
        .moved("2026-03-10", "鼎新", "86430")
        .add("2026-03-21T00:00:00+08:00", "transfer.booked", json!({"employee": "E1", "direction": "in", "amount": {"amount": "8643", "currency": "CNY"}, "counterparty": {"name": "鼎新"}, "booked_on": "2026-03-21", "basis": "company_account"}));
    assert!(!w.roles().contains(&Role::Paid) && !w.roles().contains(&Role::Said), "{:?}", w.roles());
}

#[test]
fn prohibition_is_no_said() {
    let w = World::new().assigned("2025-07-01").says("2026-03-02", "公司禁止收好处费").moved("2026-03-10", "鼎新", "86430");
    assert_eq!(w.roles(), [Role::Could, Role::Did]);
}

#[test]
fn salary_is_no_paid() {
    let w = story().paid("2026-03-25", "守正贸易有限公司", "8643");
    assert_eq!(w.chains()[0].steps.iter().filter(|s| s.role == Role::Paid).count(), 1);
}

#[test]
fn the_window_binds() {
    let late = World::new().assigned("2025-07-01").says("2026-03-02", PROMISE).moved("2026-03-10", "鼎新", "86430").paid("2026-06-20", "鼎新", "8643");
    assert!(late.best() < 0.7, "{}", late.best());
    let early = World::new().assigned("2025-07-01").paid("2026-03-01", "鼎新", "8643").says("2026-03-02", PROMISE).moved("2026-03-10", "鼎新", "86430");
    assert!(early.best() < 0.7, "{}", early.best());
}

#[test]
fn could_is_a_state_in_force() {
    let ended = World::new()
        .add("2025-07-01", "customer.assigned", json!({"customer": "C1", "employee": "E1", "from": "2025-07-01", "until": "2025-12-31"}))
        .says("2026-05-02", PROMISE)
        .moved("2026-05-10", "鼎新", "86430")
        .paid("2026-05-21", "鼎新", "8643");
    assert!(!ended.roles().contains(&Role::Could) && ended.best() < 0.7);
    let reached = ended.clone().add("2026-04-20", "customer.accessed", json!({"customer": "C1", "employee": "E1", "action": "view"}));
    assert!(reached.best() >= 0.9, "{}", reached.best());
    let taken_over = World::new()
        .assigned("2025-07-01")
        .add("2026-01-01", "customer.assigned", json!({"customer": "C1", "employee": "E2", "from": "2026-01-01"}))
        .says("2026-05-02", PROMISE)
        .moved("2026-05-10", "鼎新", "86430");
    assert!(!taken_over.roles().contains(&Role::Could));
}

#[test]
fn people_aliases_and_accounts() {
    let dingxin = Company {
        id: "K9".into(),
        name: "鼎新建材有限公司".into(),
        kind: "competitor".into(),
        aliases: vec!["DX".into()],
        persons: vec!["李建国".into()],
        accounts: vec!["6222 0200".into()],
    };
    let base = World::new().company(dingxin).assigned("2025-07-01").says("2026-03-02", "去DX那边下单，好处费少不了你的").moved("2026-03-10", "K9", "86430");
    for payer in ["李建国", "*建国", "鼎新建材有限公司"] {
        let w = base.clone().paid("2026-03-21", payer, "5000");
        assert!(w.best() >= 0.9, "{payer}: {}", w.best());
        assert_eq!(w.chains()[0].companies[0].company.as_deref(), Some("K9"));
    }
    let by_account = base.clone().add("2026-03-21", "transfer.booked", json!({"employee": "E1", "direction": "in", "amount": {"amount": "5000", "currency": "CNY"}, "counterparty": {"name": "某人", "account": "62220200"}, "booked_on": "2026-03-21", "basis": "court_order"}));
    assert!(by_account.best() >= 0.9);
    assert!(base.paid("2026-03-21", "张建国", "5000").best() < 0.7);
}

#[test]
fn amounts_that_fit() {
    let base = World::new().assigned("2025-07-01").says("2026-03-02", PROMISE).moved("2026-03-10", "鼎新", "86430");
    for (amount, fits) in [("8643", true), ("8600", true), ("8634.36", true), ("8000", false), ("6000", false)] {
        let w = base.clone().paid("2026-03-21", "张三", amount);
        assert_eq!(w.best() >= 0.9, fits, "{amount}: {}", w.best());
    }
    let parts = base.clone().paid("2026-03-21", "张三", "4643").paid("2026-03-25", "张三", "4000");
    assert!(parts.best() >= 0.9, "{:#?}", parts.chains());
    assert!(parts.chains()[0].steps.iter().filter(|s| s.role == Role::Paid).count() == 2);
    let two_payers = base.paid("2026-03-21", "张三", "4643").paid("2026-03-25", "李四", "4000");
    assert!(two_payers.best() < 0.7);
    let sum = World::new().assigned("2025-07-01").says("2026-03-02", "这单走私单，给我两千好处费").moved("2026-03-10", "鼎新", "86430").paid(
        "2026-03-21",
        "张三",
        "2000",
    );
    assert!(sum.best() >= 0.9, "{}", sum.best());
}

#[test]
fn a_cancelled_order_counts_with_a_fitting_payment_only() {
    let base = World::new().assigned("2025-07-01").says("2026-03-02", PROMISE).add(
        "2026-03-10",
        "order.cancelled",
        json!({"order": "O1", "customer": "C1", "employee": "E1", "amount": {"amount": "86430", "currency": "CNY"}}),
    );
    assert!(!base.roles().contains(&Role::Did), "{:#?}", base.chains());
    let paid = base.paid("2026-03-21", "鼎新建材有限公司", "8643");
    assert!(paid.best() >= 0.9, "{:#?}", paid.chains());
}

#[test]
fn stops_at_the_receiving_company() {
    let dingxin = Company { id: "K9".into(), name: "鼎新建材有限公司".into(), kind: "competitor".into(), ..Company::default() };
    let base = World::new().company(dingxin).assigned("2025-07-01").says("2026-03-02", PROMISE);
    let stop = base.clone().add("2026-03-09", "visit.checked_in", json!({"employee": "E1", "test_stop": "K9"}));
    assert_eq!(stop.roles(), [Role::Could, Role::Said, Role::Did]);
    // Dinner next to a competitor nobody talked about is nothing.
    let dinner = World::new().assigned("2025-07-01").add("2026-03-09", "visit.checked_in", json!({"employee": "E1", "test_stop": "K9"}));
    assert!(dinner.chains().is_empty());
}

#[test]
fn closeness_in_time_links_nothing() {
    // Another customer's order, another customer's talk.
    let w = World::new()
        .assigned("2025-07-01")
        .writes("2026-03-02", "E1", "好处费少不了你的", json!({"external": "wm9", "customer": "C2"}))
        .moved("2026-03-03", "鼎新", "86430")
        .paid("2026-03-04", "王五", "700");
    for c in w.chains() {
        assert!(c.score <= 0.5, "{c:#?}");
    }
}

#[test]
fn customers_left_alone_are_nobodys_deed() {
    let w = World::new().assigned("2025-07-01").add("2026-03-10", "customer.lost", json!({"customer": "C1", "employee": "E1", "reason": "停产"}));
    assert!(w.chains().is_empty());
    let lost = World::new()
        .assigned("2025-07-01")
        .says("2026-03-02", PROMISE)
        .add("2026-03-10", "customer.lost", json!({"customer": "C1", "employee": "E1", "to_company": "鼎新"}))
        .paid("2026-03-20", "鼎新", "900");
    assert!(lost.best() >= 0.9);
}

#[test]
fn two_dealings_are_two_chains() {
    let w = story().says("2026-08-02", PROMISE).moved("2026-08-10", "鼎新", "20000").paid("2026-08-21", "鼎新", "2000");
    let all = w.chains();
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|c| c.score >= 0.9), "{all:#?}");
    assert_ne!(all[0].id, all[1].id);
}

mod order {
    use super::*;
    use proptest::prelude::*;

    fn busy() -> World {
        story()
            .says("2026-03-04", "别走公司")
            .moved("2026-03-12", "宏图", "5000")
            .moved("2026-02-01", "鼎新", "7000")
            .paid("2026-03-22", "张三", "400")
            .paid("2026-03-23", "张三", "100")
            .says("2026-07-01", "好处费")
            .moved("2026-07-03", "鼎新", "9000")
            .paid("2026-07-09", "鼎新", "900")
    }

    fn shape(all: &[Chain], facts: &[Fact]) -> Vec<(String, f64, Vec<(String, &'static str, String)>)> {
        let id = |idx: i64| facts.iter().find(|f| f.idx == idx).unwrap().source_id.clone();
        all.iter().map(|c| (c.id.clone(), c.score, c.steps.iter().map(|s| (id(s.idx), s.role.name(), s.why.zh.clone())).collect())).collect()
    }

    proptest! {
        #[test]
        fn of_arrival_does_not_matter(order in Just((0..13_usize).collect::<Vec<_>>()).prop_shuffle()) {
            let mut facts = busy().facts();
            let wanted = shape(&chains(&DIVERSION, &facts), &facts.facts);
            let old = facts.facts.clone();
            facts.facts = order.iter().filter(|i| **i < old.len()).enumerate().map(|(n, i)| Fact { idx: 1000 + n as i64, ..old[*i].clone() }).collect();
            prop_assert_eq!(facts.facts.len(), old.len());
            prop_assert_eq!(shape(&chains(&DIVERSION, &facts), &facts.facts), wanted);
        }
    }
}

/// The shipped examples: records as they are sent, and what their chain must come to.
mod examples {
    use super::*;
    use std::path::Path;

    fn strings(v: &Value) -> Vec<String> {
        v.as_array().into_iter().flatten().filter_map(|s| s.as_str().map(str::to_owned)).collect()
    }

    fn world(events: &[Value]) -> World {
        let mut w = World { companies: Vec::new(), customers: Vec::new(), events: Vec::new() };
        for e in events {
            let (d, text) = (&e["data"], |n: &str| e["data"][n].as_str().unwrap_or_default().to_owned());
            match e["type"].as_str().unwrap() {
                "company.upserted" => w.companies.push(Company {
                    id: text("company"),
                    name: text("name"),
                    kind: text("kind"),
                    aliases: strings(&d["aliases"]),
                    persons: strings(&d["persons"]),
                    accounts: strings(&d["accounts"]),
                }),
                "customer.upserted" => w.customers.push(Customer {
                    id: text("customer"),
                    name: text("name"),
                    contacts: d["contacts"].as_array().into_iter().flatten().flat_map(|c| strings(&json!([c["name"], c["im"]]))).collect(),
                }),
                _ => w.events.push(e.clone()),
            }
        }
        w
    }

    #[test]
    fn fire_and_stay_quiet() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/rules/chain.diversion");
        let mut seen = 0;
        for folder in ["fires", "quiet"] {
            for file in std::fs::read_dir(root.join(folder)).unwrap() {
                let path = file.unwrap().path();
                let example: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                let w = world(example["events"].as_array().unwrap());
                let best = w.best();
                if let Some(least) = example["expect"]["at_least"].as_f64() {
                    assert!(best >= least, "{}: {best} {:#?}", path.display(), w.chains());
                }
                if let Some(below) = example["expect"]["below"].as_f64() {
                    assert!(best < below, "{}: {best} {:#?}", path.display(), w.chains());
                }
                seen += 1;
            }
        }
        assert!(seen >= 15);
    }
}
