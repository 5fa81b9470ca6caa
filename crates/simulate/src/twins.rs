//! The story's quiet twins: the same signs, differently put together, and nobody diverted anything that can
//! be shown. None may reach a chain of 0.7; a word alert stands only where the words do.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::json;

use crate::event::{BANK, CRM, WECOM, at, cny};
use crate::story::{Scene, Set};
use crate::truth::Expected;

const QUIET: Expected = Expected { chain_min: 0.0, chain_max: 0.69, word_alert: Some(false) };
const WORDS: Expected = Expected { chain_min: 0.0, chain_max: 0.69, word_alert: Some(true) };

/// All twins, their last record on 31 March 2026.
#[must_use]
pub fn twins() -> Vec<Scene> {
    twins_until(date(2026, 3, 31))
}

/// All twins with their last record on or before a chosen day. Every twin has its own people, customer and
/// companies, so all of them can live in one database with the story.
#[must_use]
pub fn twins_until(last: Date) -> Vec<Scene> {
    vec![moved_before_talk(last), territory_move(last), unfit_payment(last), promise_by_other(last), supplier_rebate(last), forbidden(last)]
}

fn moved_before_talk(last: Date) -> Scene {
    let mut set = Set::new("TA", "许柏安", ("珩川装饰", "葛敏", "葛经理"), ("无锡岑拓建材有限公司", "岑拓", "卢小飞"), last);
    set.ground();
    set.moved(last.saturating_sub(30.days()), 6_400_000);
    set.heard(last.saturating_sub(11.days()), (15, 2), "上个月那批我们从岑拓拿了");
    set.wrote(last.saturating_sub(11.days()), (15, 6), "早说嘛，下次我介绍你到岑拓买，给你返8%");
    set.scene("moved_before_talk", "订单三周前就转走了，之后才有这番话", WORDS)
}

fn territory_move(last: Date) -> Scene {
    let mut set = Set::new("TB", "蒋文岚", ("澍衡建筑", "万琳", "万姐"), ("嘉兴棠阳建材有限公司", "棠阳", "席磊"), last);
    set.ground();
    let colleague = set.colleague.clone();
    let employee = set.employee.clone();
    set.others.push(colleague.clone());
    set.ordered(last.saturating_sub(50.days()), &employee, 1, 3_100_000);
    set.assigned(last.saturating_sub(30.days()), &colleague, "销售区域调整，总监已批准");
    set.ordered(last.saturating_sub(20.days()), &colleague, 2, 3_300_000);
    set.ordered(last.saturating_sub(6.days()), &colleague, 3, 2_900_000);
    set.scene("territory_move", "客户经批准调给同事，订单随之转到同事名下", QUIET)
}

fn unfit_payment(last: Date) -> Scene {
    let mut set = Set::new("TC", "彭立诚", ("翊光家装", "任倩", "任经理"), ("杭州朔桥建材有限公司", "朔桥", "毛振宁"), last);
    let said = last.saturating_sub(19.days());
    set.ground();
    set.wrote(said, (14, 3), "我介绍你到朔桥公司买,给你返10%");
    set.heard(said, (14, 9), "好");
    set.moved(said.saturating_add(9.days()), 8_600_000);
    set.paid(last, 217_300, ("阎秀兰", None), "二手冰箱");
    set.scene("unfit_payment", "话说了、单转了，唯一一笔进账与许诺不符，付款人无关", Expected { chain_min: 0.6, ..WORDS })
}

fn promise_by_other(last: Date) -> Scene {
    let mut set = Set::new("TD", "龚昕", ("禾途建筑", "史蕾", "史工"), ("宁波湛森建材有限公司", "湛森", "邱恺"), last);
    let said = last.saturating_sub(19.days());
    set.ground();
    let colleague = set.colleague.clone();
    set.others.push(colleague.clone());
    set.said(said, (16, 30), &colleague, true, "我介绍你到湛森公司买,给你返10%");
    set.said(said, (16, 33), &colleague, false, "你跟龚昕说了没");
    set.moved(said.saturating_add(8.days()), 5_200_000);
    set.paid(last, 520_000, ("柏志远", None), "归还借款");
    set.word_alert = Some(colleague);
    set.scene("promise_by_other", "许诺的是同事；本人收到的是别人归还的借款，数目凑巧", QUIET)
}

fn supplier_rebate(last: Date) -> Scene {
    let mut set = Set::new("TE", "熊嘉宁", ("谦界商行", "白颖", "白姐"), ("常州榆正建材有限公司", "榆正", "廖浩"), last);
    set.ground();
    let employee = set.employee.clone();
    let data = json!({
        "company": "TE-SUP1", "name": "镇江铂禾新材料有限公司", "kind": "supplier", "aliases": ["铂禾"], "persons": ["田帆"],
    });
    set.push(at(last.saturating_sub(70.days()), 10, 5, 0), CRM, "company.upserted", None, data);
    let supplier = json!({ "external": "wx_te_supplier", "name": "田帆", "company": "镇江铂禾新材料有限公司" });
    let us = json!({ "employee": employee });
    let on = last.saturating_sub(12.days());
    for (minute, from, to, text) in
        [(1, &supplier, &us, "上季度给公司的返点算好了，采购额的3%，一共12600元"), (4, &us, &supplier, "好的，给公司的返点走公司账，财务会核对")]
    {
        let data = json!({ "channel": "wecom", "conversation": "cv-te-supplier", "from": from, "to": [to], "text": text, "msgtype": "text" });
        set.push(at(on, 10, minute, 0), WECOM, "message.sent", Some(&employee), data);
    }
    let data = json!({
        "direction": "in", "amount": cny(1_260_000), "counterparty": { "name": "镇江铂禾新材料有限公司" },
        "booked_on": last.to_string(), "remark": "季度返利", "basis": "company_account",
    });
    set.push(at(last, 11, 0, 0), BANK, "transfer.booked", None, data);
    set.scene("supplier_rebate", "供应商把返利付到公司账户", QUIET)
}

fn forbidden(last: Date) -> Scene {
    let mut set = Set::new("TF", "韩靖轩", ("屿量装饰", "孟婷", "孟经理"), ("湖州麒维建材有限公司", "麒维", "贺桐"), last);
    let on = last.saturating_sub(16.days());
    set.ground();
    set.heard(on, (9, 40), "这次价格给我压一压，我给你2000好处费");
    set.wrote(on, (9, 44), "公司禁止收好处费，我不能收，价格我按流程帮您申请");
    set.lost(last, "价格");
    set.scene("forbidden", "客户主动给好处被拒绝，后来客户因价格离开", QUIET)
}
