//! Honest people whose words or whose money look wrong: jokes, trainings, prices in percent, gifts, deposits, pay.

use jiff::ToSpan;
use jiff::civil::Date;

use super::QUIET;
use crate::disguise;
use crate::event::at;
use crate::records::Other;
use crate::stage::Stage;
use crate::talk::innocent;

/// A customer goes to a competitor by itself; the person's orders show it.
fn one_leaves(stage: &mut Stage<'_>, on: Date) -> (usize, usize) {
    let (customer, rival) = (stage.customer(), stage.rival());
    let reason = *stage.dice.pick(&["价格", "集团统一采购", "交期", "就近供货", "换了采购负责人"]);
    let id = stage.company.id("lo");
    let event = stage.company.lost(id, at(on, 17, 12, 0), customer, stage.who, Some(rival), reason);
    stage.prove("looks", event);
    stage.company.customers[customer].gone_from = Some(on.saturating_add(1.day()));
    (customer, rival)
}

/// Money of the person's own, on a statement handed in.
fn receipt(stage: &mut Stage<'_>, on: Date, fen: i64, payer: (&str, Option<&str>), remark: Option<&str>) {
    stage.company.staff[stage.who].volunteer = true;
    let id = stage.company.id("vt");
    let moment = at(on.min(stage.company.until()), stage.dice.between(9, 22), stage.dice.between(0, 59), 30);
    let row = stage.company.private_row(id, moment, stage.who, "in", fen, payer, remark);
    stage.prove("looks", row);
}

pub(super) fn jokes(mut stage: Stage<'_>, other: Option<usize>) {
    let Some(other) = other else { return stage.end("无".to_owned(), QUIET) };
    for step in 0..4 {
        let day = stage.day(step * 240 + 10, step * 240 + 220);
        stage.talk(day, (10, 21), Other::Colleague(other), innocent::JOKES, &[], "looks");
    }
    let day = stage.day(400, 800);
    one_leaves(&mut stage, day);
    stage.end("和同事开玩笑说要跑单，期间恰有客户流失".to_owned(), QUIET);
}

pub(super) fn deposit(mut stage: Stage<'_>) {
    let day = stage.day(300, 700);
    one_leaves(&mut stage, day);
    let landlord = stage.company.names.person();
    let fen = stage.dice.between(20, 80) * 10_000;
    receipt(&mut stage, day.saturating_add(9.days()), fen, (&landlord, None), Some("退押金"));
    let fen = stage.dice.between(50, 900) * 100;
    receipt(&mut stage, day.saturating_add(15.days()), fen, ("某电商平台", None), Some("退款"));
    stage.end("房东退押金、网购退款，期间恰有客户流失".to_owned(), QUIET);
}

pub(super) fn bonus(mut stage: Stage<'_>) {
    let day = stage.day(300, 700);
    one_leaves(&mut stage, day);
    let (own, account) = (stage.company.own.name.clone(), stage.company.own.account.clone());
    let fen = stage.dice.between(40, 300) * 10_000;
    receipt(&mut stage, day.saturating_add(6.days()), fen, (&own, Some(&account)), Some("季度奖金"));
    let fen = stage.dice.between(300_000, 900_000);
    receipt(&mut stage, day.saturating_add(11.days()), fen, ("某某人力资源服务有限公司", None), Some("代发绩效"));
    stage.end("公司发季度奖金，一部分由人力资源公司代发".to_owned(), QUIET);
}

pub(super) fn wedding(mut stage: Stage<'_>) {
    let day = stage.day(300, 700);
    let gone = day.saturating_sub(12.days()).max(stage.company.from);
    one_leaves(&mut stage, gone);
    for yuan in [666, 888, 1_000, 1_888, 2_000, 600, 5_000, 800] {
        let guest = stage.company.names.person();
        let on = day.saturating_add(stage.dice.between(-2, 3).days());
        let remark = *stage.dice.pick(&[Some("新婚快乐"), Some("百年好合"), Some("贺礼"), None]);
        receipt(&mut stage, on, yuan * 100, (&guest, None), remark);
    }
    // Of the person's leaves, so that nobody is sent to customers meanwhile.
    let (who, until) = (stage.who, day.saturating_add(9.days()).min(stage.company.until()));
    stage.company.staff[who].leaves.push((day, until, "marriage"));
    stage.end("结婚收礼金，期间恰有客户流失".to_owned(), QUIET);
}

pub(super) fn programme(mut stage: Stage<'_>) {
    for step in 0..2 {
        let customer = stage.customer();
        let day = stage.day(200 + 300 * step, 450 + 300 * step);
        let percent = stage.dice.between(2, 5);
        let slots = [("share", disguise::share(percent, &mut stage.dice))];
        stage.talk(day, (9, 17), Other::Customer(customer), innocent::PROGRAMME, &slots, "looks");
    }
    let day = stage.day(700, 850);
    one_leaves(&mut stage, day);
    stage.end("向客户介绍公司自己的渠道返利政策".to_owned(), QUIET);
}

pub(super) fn asked(mut stage: Stage<'_>) {
    let customer = stage.customer();
    let day = stage.day(250, 600);
    let percent = stage.dice.between(5, 10);
    let slots = [("share", disguise::share(percent, &mut stage.dice)), ("again", disguise::share(percent, &mut stage.dice))];
    stage.talk(day, (10, 19), Other::Customer(customer), innocent::ASKED, &slots, "looks");
    let rival = stage.rival();
    let gone = day.saturating_add(12.days()).min(stage.company.until());
    let id = stage.company.id("lo");
    let event = stage.company.lost(id, at(gone, 17, 12, 0), customer, stage.who, Some(rival), "采购要求无法满足");
    stage.prove("looks", event);
    stage.company.customers[customer].gone_from = Some(gone.saturating_add(1.day()));
    let friend = stage.company.names.person();
    let fen = stage.dice.between(10, 60) * 10_000;
    receipt(&mut stage, gone.saturating_add(8.days()), fen, (&friend, None), Some("AA聚餐"));
    stage.end("客户采购索要回扣被拒，后来客户走了".to_owned(), QUIET);
}

pub(super) fn reports(mut stage: Stage<'_>) {
    for step in 0..2 {
        let customer = stage.customer();
        let day = stage.day(200 + 300 * step, 450 + 300 * step);
        stage.talk(day, (9, 18), Other::Customer(customer), innocent::REPORTS, &[], "looks");
    }
    let day = stage.day(500, 800);
    one_leaves(&mut stage, day);
    stage.end("提醒客户举报他人的私下交易".to_owned(), QUIET);
}

pub(super) fn training(mut stage: Stage<'_>) {
    let manager = stage.company.staff[stage.who].manager.unwrap_or(0);
    for step in 0..3 {
        let day = stage.day(step * 280 + 60, step * 280 + 300);
        stage.talk(day, (9, 17), Other::Team(manager), innocent::TRAINING, &[], "looks");
    }
    let day = stage.day(400, 800);
    one_leaves(&mut stage, day);
    stage.end("在群里讲案例做培训".to_owned(), QUIET);
}

pub(super) fn price_talk(mut stage: Stage<'_>) {
    let day = stage.day(250, 650);
    let (customer, rival) = (stage.customer(), stage.rival());
    let percent = stage.dice.between(3, 9);
    let slots = [("rival", stage.rival_words(rival)), ("share", format!("{percent}个点"))];
    stage.talk(day, (9, 18), Other::Customer(customer), innocent::PRICES, &slots, "looks");
    let gone = day.saturating_add(10.days()).min(stage.company.until());
    let id = stage.company.id("lo");
    let event = stage.company.lost(id, at(gone, 17, 40, 0), customer, stage.who, Some(rival), "价格");
    stage.prove("looks", event);
    stage.company.customers[customer].gone_from = Some(gone.saturating_add(1.day()));
    let friend = stage.company.names.person();
    let fen = stage.dice.between(10, 60) * 10_000 + 37;
    receipt(&mut stage, gone.saturating_add(5.days()), fen, (&friend, None), Some("拼车"));
    stage.end("和客户谈竞品价格差几个点，客户仍然走了".to_owned(), QUIET);
}

pub(super) fn unrelated(mut stage: Stage<'_>) {
    let day = stage.day(300, 650);
    let (customer, rival) = (stage.customer(), stage.rival());
    let fen = stage.order_worth();
    stage.move_order(day, customer, rival, fen);
    let buyer = stage.company.names.person();
    let price = stage.dice.between(15, 60) * 100_000;
    receipt(&mut stage, day.saturating_add(7.days()), price, (&buyer, None), Some("车款"));
    stage.end("卖二手车收款，期间恰有订单转走，本人没有谈过".to_owned(), QUIET);
}
