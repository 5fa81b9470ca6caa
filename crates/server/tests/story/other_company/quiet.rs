//! What must stay under 0.7: each a dealing of `fires` with one thing changed, so that nothing is proved.

use super::dealing::{Dealing, after, cny};
use serde_json::json;

/// Numbers apart from those of `fires`.
const FROM: usize = 200;

pub fn all() -> Vec<Dealing> {
    let mut n = FROM;
    let mut new = |name: &str| {
        n += 1;
        Dealing::new(name, n).assigned("2025-06-01").expect(0.0, 0.7)
    };
    let mut all = Vec::new();
    twins(&mut new, &mut all);
    money(&mut new, &mut all);
    words(&mut new, &mut all);
    all
}

fn twins(new: &mut impl FnMut(&str) -> Dealing, all: &mut Vec<Dealing>) {
    let d = new("moved before the talk");
    let full = d.firm_name.clone();
    all.push(d.moved("2026-02-01", &full, "90000").writes("2026-02-10", "下次给你返点10%").paid("2026-02-20", &full, "9000"));

    let d = new("moved before the talk, the same day");
    let full = d.firm_name.clone();
    let to = json!([d.buyer]);
    all.push(d.moved("2026-02-01", &full, "90000").writes_to("2026-02-01", 19, to, "下次给你返点10%").paid("2026-02-20", "路人", "9000"));

    for reason in [Some("区域调整"), None] {
        let d = new(&format!("a territory move, reason {reason:?}"));
        let (customer, colleague, employee) = (d.customer.clone(), d.colleague.clone(), d.employee.clone());
        let mut given = json!({ "customer": customer, "employee": colleague, "from": "2026-02-05" });
        if let Some(reason) = reason {
            given["reason"] = reason.into();
        }
        let moved = json!({ "order": "T-1", "customer": customer, "employee": employee, "amount": cny("90000") });
        let placed = json!({ "order": "T-2", "customer": customer, "employee": colleague, "amount": cny("90000") });
        let d = d.add("/erp/masterdata", "customer.assigned", "2026-02-05", 9, given).add("/erp/sales", "order.transferred", "2026-02-06", 9, moved);
        all.push(d.add("/erp/sales", "order.placed", "2026-02-07", 9, placed).paid("2026-02-20", "路人", "9000").expect_colleague(0.0, 0.5));
    }

    for own in ["启元贸易（上海）有限公司", "上海启元贸易有限公司", "启元贸易有限公司无锡分公司", "启元商贸"] {
        let d = new(&format!("moved to ourselves: {own}"));
        all.push(d.moved("2026-02-10", own, "90000").paid("2026-02-20", own, "9000"));
    }

    let d = new("a payment that fits nothing, by a stranger");
    let full = d.firm_name.clone();
    all.push(d.writes("2026-02-02", "给你返点10%").moved("2026-02-10", &full, "90000").paid("2026-02-20", "路人", "3170"));

    let d = new("a colleague promised");
    let full = d.firm_name.clone();
    let (from, to) = (json!({ "employee": d.colleague }), json!([d.buyer]));
    let d = d.message("/feishu/chat", "feishu", "oc-2", "2026-02-02", 10, from, to, "我介绍你去别家，给你返点10%");
    all.push(d.moved("2026-02-10", &full, "90000").paid("2026-02-20", "路人", "9000").expect_colleague(0.0, 0.7));

    let d = new("the customer put it forward and nobody answered");
    let full = d.firm_name.clone();
    all.push(d.hears("2026-02-02", "给你返点10%").moved("2026-02-10", &full, "90000").paid("2026-02-20", "路人", "9000"));

    for answer in ["10个点也不行，公司规定不能收", "别说10%，一分都不能要", "10%？您别开玩笑了，这要开除的", "no, not 10%, never"]
    {
        let d = new(&format!("the customer put it forward and was refused: {answer}"));
        let full = d.firm_name.clone();
        let d = d.hears("2026-02-02", "给你返点10%，单子转出去").writes("2026-02-02", answer);
        all.push(d.moved("2026-02-10", &full, "90000").paid("2026-02-20", "路人", "9000"));
    }

    let d = new("a supplier's rebate to the company");
    let supplier = d.firm_name.clone();
    let to = json!([{ "external": "ou_supplier", "name": "供方", "company": supplier }]);
    let rebate = json!({ "direction": "in", "amount": cny("9000"), "counterparty": { "name": supplier }, "booked_on": "2026-02-20", "basis": "company_account", "employee": d.employee });
    let d = d.writes_to("2026-02-02", 10, to, "给公司的返点10%请打到公司账户").moved("2026-02-10", "别的公司", "90000");
    all.push(d.add("/bank/icbc-0417", "transfer.booked", "2026-02-20", 0, rebate));

    let d = new("a prohibition");
    let full = d.firm_name.clone();
    all.push(d.writes("2026-02-02", "公司禁止收好处费，10%也不行").moved("2026-02-10", &full, "90000").paid("2026-02-20", "路人", "9000"));

    let d = new("corrected: it had moved to ourselves");
    let full = d.firm_name.clone();
    let d = d.writes("2026-02-02", "下单走公司流程").moved("2026-02-10", &full, "90000");
    all.push(d.corrected(|data| data["to_company"] = "启元贸易（上海）有限公司".into()).paid("2026-02-20", &full, "9000"));
}

fn money(new: &mut impl FnMut(&str) -> Dealing, all: &mut Vec<Dealing>) {
    let d = new("paid before it moved");
    let full = d.firm_name.clone();
    all.push(d.paid("2026-02-01", &full, "9000").writes("2026-02-02", "给你返点10%").moved("2026-02-10", &full, "90000"));

    let d = new("paid after the window");
    let full = d.firm_name.clone();
    all.push(d.writes("2026-01-02", "给你返点10%").moved("2026-01-10", &full, "90000").paid(&after("2026-01-10", 92), &full, "9000"));

    let d = new("halves of two strangers");
    let full = d.firm_name.clone();
    all.push(d.writes("2026-02-02", "给你返点10%").moved("2026-02-10", &full, "90000").paid("2026-02-20", "路人一", "4100").paid(
        "2026-02-22",
        "路人二",
        "4900",
    ));

    let d = new("another company of that brand pays");
    let (full, short) = (d.firm_name.clone(), d.short.clone());
    all.push(d.moved("2026-02-10", &full, "90000").paid("2026-02-20", &format!("{short}食品有限公司"), "9000"));

    let d = new("the brand of another town pays");
    let short = d.short.clone();
    all.push(d.moved("2026-02-10", &format!("杭州{short}建材有限公司"), "90000").paid("2026-02-20", &format!("沈阳{short}建材有限公司"), "9000"));

    let d = new("the same figure in another currency");
    let (full, customer, employee) = (d.firm_name.clone(), d.customer.clone(), d.employee.clone());
    let moved = json!({ "order": "U-2", "customer": customer, "employee": employee, "to_company": full, "amount": { "amount": "90000", "currency": "USD" } });
    all.push(d.writes("2026-02-02", "给你返点10%").add("/erp/sales", "order.transferred", "2026-02-09", 15, moved).paid("2026-02-20", "路人", "9000"));

    let d = new("a sum that was the price of goods");
    let full = d.firm_name.clone();
    let d = d.writes("2026-01-20", "运费2300元我们出").writes("2026-02-02", "给你返点");
    all.push(d.moved("2026-02-10", &full, "90000").paid("2026-02-20", "路人", "2300"));

    let d = new("our own salary");
    let full = d.firm_name.clone();
    all.push(d.writes("2026-02-02", "给你返点10%").moved("2026-02-10", &full, "90000").paid("2026-02-20", "启元贸易(上海)有限公司", "9000"));

    let d = new("out, not in");
    let (full, employee) = (d.firm_name.clone(), d.employee.clone());
    let money = json!({ "employee": employee, "direction": "out", "amount": cny("9000"), "counterparty": { "name": full }, "booked_on": "2026-02-20", "basis": "voluntary_submission" });
    all.push(d.moved("2026-02-10", &full, "90000").add("/statements/handed-in", "transfer.booked", "2026-02-20", 0, money));

    let d = new("a share of somebody else's order");
    let (full, other, employee) = (d.firm_name.clone(), format!("{}-z", d.customer), d.employee.clone());
    let moved = json!({ "order": "Z-1", "customer": other, "employee": employee, "to_company": full, "amount": cny("50000") });
    let d = d.writes("2026-02-02", "给你返点10%").moved("2026-02-10", &full, "90000");
    all.push(d.add("/erp/sales", "order.transferred", "2026-02-11", 15, moved).paid("2026-02-20", "路人", "5000"));
}

fn words(new: &mut impl FnMut(&str) -> Dealing, all: &mut Vec<Dealing>) {
    let d = new("prices of the competitor in percent");
    let (full, short) = (d.firm_name.clone(), d.short.clone());
    all.push(d.writes("2026-02-02", &format!("{short}比我们低8个点，但不含运费")).lost("2026-02-10", json!({ "to_company": full, "reason": "价格" })).paid(
        "2026-02-20",
        "路人",
        "7200",
    ));

    let d = new("a customer that simply left");
    all.push(d.lost("2026-02-10", json!({ "reason": "停产" })).paid("2026-02-20", "路人", "9000"));

    let d = new("no longer his customer");
    let (full, customer, colleague) = (d.firm_name.clone(), d.customer.clone(), d.colleague.clone());
    let given = json!({ "customer": customer, "employee": colleague, "from": "2025-09-01" });
    let moved = json!({ "order": "N-1", "customer": customer, "employee": colleague, "to_company": full, "amount": cny("90000") });
    let d = d.add("/erp/masterdata", "customer.assigned", "2025-09-01", 9, given).writes("2026-02-02", "给你返点10%");
    all.push(d.add("/erp/sales", "order.transferred", "2026-02-10", 15, moved).expect_colleague(0.0, 0.501));

    let d = new("only a visit next to a competitor");
    let employee = d.employee.clone();
    let d = d.listed("competitor", json!({ "sites": [{ "name": "门店", "position": { "lat": 29.5, "lng": 119.5, "datum": "gcj02" }, "radius_m": 150 }] }));
    let stop = json!({ "employee": employee, "position": { "lat": 29.5003, "lng": 119.5002, "datum": "gcj02" } });
    all.push(d.add("/mobile", "visit.checked_in", "2026-02-04", 12, stop).paid("2026-02-20", "路人", "9000"));
}
