//! What must be seen: every anchor of the contract, told in ways that systems and people really tell it.

use super::dealing::{Dealing, after, cny};
use serde_json::json;

const ALL_FOUR: (f64, f64) = (0.9, 1.01);
const PAID: (f64, f64) = (0.7, 1.01);
const SPOKEN: (f64, f64) = (0.6, 0.7);

fn of((least, below): (f64, f64), d: Dealing) -> Dealing {
    d.expect(least, below)
}

pub fn all() -> Vec<Dealing> {
    let mut n = 0;
    let mut new = |name: &str| {
        n += 1;
        Dealing::new(name, n)
    };
    let mut all = Vec::new();
    names(&mut new, &mut all);
    amounts(&mut new, &mut all);
    words(&mut new, &mut all);
    deeds(&mut new, &mut all);
    anchors(&mut new, &mut all);
    all
}

fn names(new: &mut impl FnMut(&str) -> Dealing, all: &mut Vec<Dealing>) {
    let start = |d: Dealing| d.assigned("2025-06-01");

    let d = start(new("known by name alone, payer with its town in brackets"));
    let (short, full) = (d.short.clone(), d.firm_name.clone());
    let payer = format!("{short}建材（上海）有限公司");
    all.push(of(
        ALL_FOUR,
        d.writes("2026-03-03", &format!("我介绍你到{short}买，给你返8%")).moved("2026-03-11", &full, "120000.00").paid("2026-03-25", &payer, "5000.00"),
    ));

    let d = start(new("a branch pays"));
    let (short, full) = (d.short.clone(), d.firm_name.clone());
    all.push(of(
        ALL_FOUR,
        d.writes("2026-03-03", &format!("这单走{short}，好处费不会少")).moved("2026-03-11", &full, "88000").paid(
            "2026-03-25",
            &format!("{full}苏州分公司"),
            "3000",
        ),
    ));

    let d = start(new("商贸 and 贸易"));
    let short = d.short.clone();
    all.push(of(
        ALL_FOUR,
        d.writes("2026-03-03", &format!("{short}那边更便宜，给你返点5%")).moved("2026-03-11", &format!("{short}商贸有限公司"), "66000").paid(
            "2026-03-25",
            &format!("上海{short}贸易有限公司"),
            "2000",
        ),
    ));

    let d = start(new("receiver by its identifier, payer by name"));
    let (firm, full, short) = (d.firm.clone(), d.firm_name.clone(), d.short.clone());
    let d = d.listed("competitor", json!({ "aliases": [short.clone()] }));
    all.push(of(
        ALL_FOUR,
        d.writes("2026-03-03", &format!("别走公司，走{short}，返你6个点")).moved("2026-03-11", &firm, "54300").paid("2026-03-20", &full, "1800"),
    ));

    let d = start(new("receiver by an alias, payer a person of it"));
    let d = d.listed("competitor", json!({ "aliases": ["QLX"], "persons": ["欧阳霖"] }));
    all.push(of(ALL_FOUR, d.writes("2026-03-03", "QLX那边更便宜，成了给你介绍费").moved("2026-03-11", "QLX", "54300").paid("2026-03-20", "欧阳霖", "1800")));

    let d = start(new("payer masked by the payment service"));
    let firm = d.firm.clone();
    let d = d.listed("unknown", json!({ "persons": ["诸葛明澈"] }));
    all.push(of(ALL_FOUR, d.writes("2026-03-03", "有回扣的，你放心").moved("2026-03-11", &firm, "54300").paid("2026-03-20", "**明澈", "1650")));

    let d = start(new("payer known by account only"));
    let firm = d.firm.clone();
    let d = d.listed("competitor", json!({ "accounts": ["6222 0000 1111 2222 333"] }));
    all.push(of(PAID, d.moved("2026-03-11", &firm, "54300").paid_by("2026-03-20", json!({ "name": "某*", "account": "6222000011112222333" }), "1650")));

    let d = start(new("payer named by company identifier"));
    let firm = d.firm.clone();
    let d = d.listed("competitor", json!({}));
    let payer = json!({ "name": "李某", "company": firm });
    all.push(of(PAID, d.moved("2026-03-11", &firm, "54300").paid_by("2026-03-20", payer, "1650")));

    let d = start(new("nobody says where the order went but the chat and the money"));
    let short = d.short.clone();
    let (order, customer, employee) = ("PO-x", d.customer.clone(), d.employee.clone());
    let d = d.writes("2026-03-03", &format!("你去{short}拿货，我给你返点"));
    let d = d.add("/erp/sales", "order.transferred", "2026-03-09", 15, json!({ "order": order, "customer": customer, "employee": employee }));
    all.push(of(ALL_FOUR, d.paid("2026-03-20", &format!("{short}建材有限公司"), "1650")));
}

fn amounts(new: &mut impl FnMut(&str) -> Dealing, all: &mut Vec<Dealing>) {
    let start = |d: Dealing| d.assigned("2025-06-01");

    for (promise, paid) in [("1.5万", "15000"), ("3k", "3000"), ("两千五", "2500"), ("5000元", "5000"), ("2000块", "2000"), ("8千", "8000")] {
        let d = start(new(&format!("a promised sum: {promise}")));
        let full = d.firm_name.clone();
        all.push(of(
            ALL_FOUR,
            d.writes("2026-02-02", &format!("这单给别人做，好处费{promise}")).moved("2026-02-09", &full, "233000").paid("2026-02-20", "路人甲", paid),
        ));
    }
    for (promise, paid) in [("8个点", "18640"), ("百分之八", "18640"), ("8%", "18600"), ("一成", "23300"), ("5%", "11533.50")] {
        let d = start(new(&format!("a promised share: {promise}, paid by a stranger")));
        let full = d.firm_name.clone();
        all.push(of(ALL_FOUR, d.writes("2026-02-02", &format!("给你返点{promise}")).moved("2026-02-09", &full, "233000").paid("2026-02-20", "路人乙", paid)));
    }
    // 8 % of 233,000 is 18,640; less 3 % it is 18,080.80.
    for paid in ["18080.80", "18081", "18080", "18100"] {
        let d = start(new(&format!("less three per cent: {paid}")));
        let full = d.firm_name.clone();
        all.push(of(ALL_FOUR, d.writes("2026-02-02", "给你返点8%").moved("2026-02-09", &full, "233000").paid("2026-02-20", "路人丙", paid)));
    }
    let d = start(new("in two instalments by a stranger"));
    let full = d.firm_name.clone();
    all.push(of(
        ALL_FOUR,
        d.writes("2026-02-02", "给你返点8%").moved("2026-02-09", &full, "233000").paid("2026-02-20", "路人丁", "10000").paid("2026-03-02", "路人丁", "8640"),
    ));

    let d = start(new("in two instalments with a dinner between"));
    let full = d.firm_name.clone();
    all.push(of(
        ALL_FOUR,
        d.writes("2026-02-02", "给你返点8%")
            .moved("2026-02-09", &full, "233000")
            .paid("2026-02-20", "路人戊", "10000")
            .paid("2026-02-24", "路人戊", "86.50")
            .paid("2026-03-02", "路人戊", "8640"),
    ));

    let d = start(new("one payment for three orders"));
    let (full, customer, employee) = (d.firm_name.clone(), d.customer.clone(), d.employee.clone());
    let mut d = d.writes("2026-02-02", "给你返点10%");
    for (day, order, amount) in [("2026-02-09", "A-1", "21000"), ("2026-02-11", "A-2", "17500"), ("2026-02-12", "A-3", "9800")] {
        let data = json!({ "order": order, "customer": customer, "employee": employee, "to_company": full, "amount": cny(amount) });
        d = d.add("/erp/sales", "order.transferred", day, 15, data);
    }
    all.push(of(ALL_FOUR, d.paid("2026-02-20", "路人己", "4830")));

    let d = start(new("the order's worth stands on its placing"));
    let (full, customer, employee) = (d.firm_name.clone(), d.customer.clone(), d.employee.clone());
    let placed = json!({ "order": "B-77", "customer": customer, "employee": employee, "amount": cny("233000.00") });
    let moved = json!({ "order": "B-77", "customer": customer, "employee": employee, "to_company": full });
    let d = d.add("/erp/sales", "order.placed", "2026-01-20", 11, placed).writes("2026-02-02", "给你返点8%");
    all.push(of(ALL_FOUR, d.add("/erp/sales", "order.transferred", "2026-02-09", 15, moved).paid("2026-02-20", "路人庚", "18640")));

    let d = start(new("in another currency, share and all"));
    let (full, customer, employee) = (d.firm_name.clone(), d.customer.clone(), d.employee.clone());
    let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    let moved = json!({ "order": "U-1", "customer": customer, "employee": employee, "to_company": full, "amount": usd("30000.00") });
    let money = json!({ "employee": employee, "direction": "in", "amount": usd("2400.00"), "counterparty": { "name": "J. Doe" }, "booked_on": "2026-02-20", "basis": "court_order" });
    let d = d.writes("2026-02-02", "给你返点8%").add("/erp/sales", "order.transferred", "2026-02-09", 15, moved);
    all.push(of(ALL_FOUR, d.add("/statements/handed-in", "transfer.booked", "2026-02-20", 0, money)));
}

fn words(new: &mut impl FnMut(&str) -> Dealing, all: &mut Vec<Dealing>) {
    let start = |d: Dealing| d.assigned("2025-06-01");

    for (offer, answer) in [("我们走别家，给你10%好处费", "好的,10个点"), ("这单返点10个点给你，行吗", "行，10%"), ("给你好处费，你要几个点", "十个点吧")]
    {
        let d = start(new(&format!("put forward by the customer: {answer}")));
        let full = d.firm_name.clone();
        all.push(of(
            ALL_FOUR,
            d.hears("2026-02-02", offer).writes("2026-02-02", answer).moved("2026-02-09", &full, "150000").paid("2026-02-20", "路人辛", "15000"),
        ));
    }

    let d = start(new("put forward with the receiver's name, no telling word"));
    let (full, short) = (d.firm_name.clone(), d.short.clone());
    let d = d.hears("2026-02-02", &format!("下次从{short}下单，给你10个点")).writes("2026-02-02", "好的，10个点");
    all.push(of(ALL_FOUR, d.moved("2026-02-09", &full, "150000").paid("2026-02-20", &full, "15000")));

    let d = start(new("the word in a chat, the share in a mail"));
    let (full, employee, customer) = (d.firm_name.clone(), d.employee.clone(), d.customer.clone());
    let d = d.writes("2026-02-02", "好处费的事我发你邮箱");
    let buyer = json!([{ "external": "buyer@kehu.example", "name": "采购部", "customer": customer }]);
    let d = d.message("/exchange/mail", "email", "thread", "2026-02-03", 11, json!({ "employee": employee }), buyer, "按合同额9%，收货后付");
    all.push(of(ALL_FOUR, d.moved("2026-02-09", &full, "150000").paid("2026-02-20", "路人壬", "13500")));

    let d = start(new("in a group with a colleague and two of the customer's people"));
    let (full, short) = (d.firm_name.clone(), d.short.clone());
    let to = json!([{ "employee": d.colleague }, d.buyer, { "external": "ou_second", "name": "仓库老宋", "customer": d.customer }]);
    let d = d.writes_to("2026-02-02", 14, to, &format!("这批直接跟{short}签，返点7%到你们那"));
    all.push(of(ALL_FOUR, d.moved("2026-02-09", &full, "150000").paid("2026-02-20", &full, "800")).expect_colleague(0.0, 0.3));

    let d = start(new("in a group with people of two customers"));
    let full = d.firm_name.clone();
    let to = json!([{ "external": "ou_other", "name": "别家的人", "customer": format!("{}-b", d.customer) }, d.buyer]);
    let d = d.writes_to("2026-02-02", 14, to, "两位的单都可以走私单，返点7%");
    all.push(of(ALL_FOUR, d.moved("2026-02-09", &full, "150000").paid("2026-02-20", "路人癸", "10500")));

    let d = start(new("the buyer known by a messenger's id only"));
    let (full, customer) = (d.firm_name.clone(), d.customer.clone());
    let contact = json!({ "customer": customer, "name": "远山幕墙工程有限公司", "contacts": [{ "name": "宇文采购", "im": "ou_far_mountain", "phone": "+86 100 7766 5544" }] });
    let d = d.add("/erp/masterdata", "customer.upserted", "2025-05-01", 9, contact);
    let d = d.writes_to("2026-02-02", 14, json!([{ "external": "ou_far_mountain" }]), "好处费按8%给你");
    all.push(of(ALL_FOUR, d.moved("2026-02-09", &full, "150000").paid("2026-02-20", "路人子", "12000")));

    let d = start(new("the buyer known by the company's name"));
    let (full, customer) = (d.firm_name.clone(), d.customer.clone());
    let contact = json!({ "customer": customer, "name": "苏州近水装饰工程有限公司" });
    let d = d.add("/erp/masterdata", "customer.upserted", "2025-05-01", 9, contact);
    let d = d.writes_to("2026-02-02", 14, json!([{ "external": "ou_near_water", "company": "近水装饰" }]), "给你返点8%");
    all.push(of(ALL_FOUR, d.moved("2026-02-09", &full, "150000").paid("2026-02-20", "路人丑", "12000")));

    let d = start(new("to the rival's person, about the customer by name"));
    let (full, customer) = (d.firm_name.clone(), d.customer.clone());
    let d = d.add("/erp/masterdata", "customer.upserted", "2025-05-01", 9, json!({ "customer": customer, "name": "听涛家装" }));
    let to = json!([{ "external": "ou_rival", "name": "对面的", "company": full }]);
    let d = d.writes_to("2026-02-02", 20, to, "听涛那单给你做，返点6%打我卡上");
    all.push(of(ALL_FOUR, d.moved("2026-02-09", &full, "150000").paid("2026-02-20", "路人寅", "9000")));

    for text in ["I'll send you to them, kickback 10%", "这单走s单，返diǎn 10%", "好 处 费 10%", "女子处费10%"] {
        let d = start(new(&format!("told otherwise: {text}")));
        let full = d.firm_name.clone();
        all.push(of(ALL_FOUR, d.writes("2026-02-02", text).moved("2026-02-09", &full, "150000").paid("2026-02-20", &full, "15000")));
    }
}

fn deeds(new: &mut impl FnMut(&str) -> Dealing, all: &mut Vec<Dealing>) {
    let start = |d: Dealing| d.assigned("2025-06-01");

    for (how, member) in [("name", 0), ("identifier", 1), ("alias", 2)] {
        let d = start(new(&format!("a lost customer instead of an order, receiver by {how}")));
        let to = [d.firm_name.clone(), d.firm.clone(), "小码头".to_owned()][member].clone();
        let full = d.firm_name.clone();
        let d = d.listed("competitor", json!({ "aliases": ["小码头"] }));
        all.push(of(ALL_FOUR, d.writes("2026-02-02", "有介绍费").lost("2026-02-12", json!({ "to_company": to })).paid("2026-02-20", &full, "2600")));
    }

    let d = start(new("lost to nobody named, the chat and the money name him"));
    let short = d.short.clone();
    let d = d.writes("2026-02-02", &format!("去{short}吧，给你好处费")).lost("2026-02-12", json!({ "reason": "价格" }));
    all.push(of(ALL_FOUR, d.paid("2026-02-20", &format!("上海{short}建材有限公司"), "2600")));

    let d = start(new("cancelled with a pretext"));
    let (short, customer, employee) = (d.short.clone(), d.customer.clone(), d.employee.clone());
    let order = json!({ "order": "C-5", "customer": customer, "employee": employee, "amount": cny("90000"), "reason": "项目推迟" });
    let d = d.writes("2026-02-02", &format!("从{short}买，返点10%")).add("/erp/sales", "order.cancelled", "2026-02-10", 16, order);
    all.push(of(ALL_FOUR, d.paid("2026-02-20", "路人卯", "9000")));

    let d = start(new("entered by a colleague"));
    let (full, customer, colleague) = (d.firm_name.clone(), d.customer.clone(), d.colleague.clone());
    let moved = json!({ "order": "D-9", "customer": customer, "employee": colleague, "to_company": full, "amount": cny("90000") });
    let d = d.writes("2026-02-02", "给你返点10%").add("/erp/sales", "order.transferred", "2026-02-10", 16, moved);
    all.push(of(ALL_FOUR, d.paid("2026-02-20", &full, "9000")).expect_colleague(0.0, 0.5));

    let d = start(new("first entered wrong, then corrected"));
    let full = d.firm_name.clone();
    let d = d.writes("2026-02-02", "给你返点10%").moved("2026-02-10", "不相干有限公司", "1000");
    let d = d.corrected(|data| {
        data["to_company"] = full.clone().into();
        data["amount"] = cny("90000");
    });
    all.push(of(ALL_FOUR, d.paid("2026-02-20", "路人辰", "9000")));

    for (how, kind, source, more) in [
        ("a look at the data", "customer.accessed", "/erp/masterdata", json!({ "action": "view" })),
        ("a visit", "visit.checked_in", "/mobile", json!({ "position": { "lat": 31.1, "lng": 121.2, "datum": "wgs84" } })),
        ("an inquiry", "inquiry.received", "/erp/masterdata", json!({ "topic": "报价" })),
        ("an earlier order", "order.placed", "/erp/sales", json!({ "order": "E-0", "amount": cny("5000") })),
        ("a deal", "deal.stage_changed", "/erp/sales", json!({ "deal": "d1", "stage": "报价" })),
    ] {
        let d = new(&format!("reached by {how}"));
        let full = d.firm_name.clone();
        let mut data = json!({ "customer": d.customer, "employee": d.employee });
        for (member, value) in more.as_object().unwrap() {
            data[member] = value.clone();
        }
        let d = d.add(source, kind, "2026-01-15", 10, data);
        all.push(of(PAID, d.moved("2026-02-10", &full, "90000").paid("2026-02-20", &full, "1200")));
    }

    let d = start(new("on the last day of the window"));
    let full = d.firm_name.clone();
    all.push(of(ALL_FOUR, d.writes("2026-02-02", "给你返点10%").moved("2026-03-10", &full, "90000").paid(&after("2026-02-02", 89), &full, "9000")));

    let d = start(new("the talk too old for the money, the order not"));
    let full = d.firm_name.clone();
    all.push(of(PAID, d.writes("2026-01-02", "给你返点10%").moved("2026-03-10", &full, "90000").paid("2026-04-20", &full, "700")));

    let d = start(new("all within one day"));
    let full = d.firm_name.clone();
    all.push(of(ALL_FOUR, d.writes("2026-02-02", "给你返点10%").moved("2026-02-02", &full, "90000").paid("2026-02-02", &full, "9000")));

    let d = start(new("told a year late"));
    let full = d.firm_name.clone();
    all.push(of(ALL_FOUR, d.writes("2025-07-02", "给你返点10%").moved("2025-07-12", &full, "90000").paid("2025-07-22", &full, "9000")));
}

fn anchors(new: &mut impl FnMut(&str) -> Dealing, all: &mut Vec<Dealing>) {
    let start = |d: Dealing| d.assigned("2025-06-01");

    let d = start(new("said, could, did"));
    let full = d.firm_name.clone();
    all.push(of(SPOKEN, d.writes("2026-02-02", "给你返点10%").moved("2026-02-10", &full, "90000")));

    let d = start(new("said, could, did: a visit to the receiver"));
    let (firm, employee) = (d.firm.clone(), d.employee.clone());
    let short = d.short.clone();
    let d = d.listed("competitor", json!({ "sites": [{ "name": "门店", "position": { "lat": 30.5, "lng": 120.5, "datum": "gcj02" }, "radius_m": 150 }] }));
    let stop = json!({ "employee": employee, "position": { "lat": 30.5003, "lng": 120.5002, "datum": "gcj02" } });
    let d = d.writes("2026-02-02", &format!("带你去{short}看看，有好处费")).add("/mobile", "visit.checked_in", "2026-02-04", 14, stop);
    assert!(!firm.is_empty());
    all.push(of(SPOKEN, d));

    let d = start(new("could, did"));
    let full = d.firm_name.clone();
    all.push(of((0.3, 0.501), d.moved("2026-02-10", &full, "90000")));

    let d = start(new("could, did, paid by the receiver"));
    let full = d.firm_name.clone();
    all.push(of(PAID, d.moved("2026-02-10", &full, "90000").paid("2026-03-01", &full, "500")));

    let d = new("said alone");
    let to = json!([{ "external": "ou_nobody_knows" }]);
    all.push(of((0.05, 0.301), d.writes_to("2026-02-02", 12, to, "有私单找我")));
}
