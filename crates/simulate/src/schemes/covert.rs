//! Schemes that hide something: whose company it is, what was said, whose name stands on the order, who pays.

use jiff::ToSpan;
use serde_json::json;

use super::{FULL, PAID, REMARKS, promise, share_of};
use crate::disguise;
use crate::event::at;
use crate::records::Other;
use crate::stage::{Stage, Timetable};
use crate::talk::promises;
use crate::truth::{Expected, Role};

pub(super) fn own_company(mut stage: Stage<'_>, time: Timetable) {
    let customer = stage.customer();
    let firm = stage.founded("unknown");
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, firm, Some(promises::OWN));
    let fen = stage.order_worth();
    stage.excuse(time.said, customer);
    stage.move_order(time.did, customer, firm, fen);
    let remark = *stage.dice.pick(&REMARKS);
    stage.pay_from(time.paid, share_of(fen, percent), firm, remark);
    stage.end(format!("以父母名义注册公司接单，从公司账户给自己付款（订单的{percent}%）"), FULL);
}

pub(super) fn relative_firm(mut stage: Stage<'_>, time: Timetable) {
    let customer = stage.customer();
    let firm = stage.founded("unknown");
    stage.could(customer);
    // A brother or sister bears the family name and stands behind the company.
    let surname: String = stage.company.staff[stage.who].name.chars().take(1).collect();
    let given: String = stage.company.firms[firm].persons[0].name.chars().skip(1).collect();
    stage.company.firms[firm].persons[0].name = format!("{surname}{given}");
    let percent = promise(&mut stage, time.said, customer, firm, Some(promises::FAMILY));
    let fen = stage.order_worth();
    stage.learn_of(time.did, firm);
    stage.move_order(time.did, customer, firm, fen);
    let payer = stage.company.firms[firm].persons[0].name.clone();
    stage.pay(time.paid, share_of(fen, percent), (&payer, None), Some("还你上次的"));
    stage.end(format!("亲属公司接单，亲属个人转账（订单的{percent}%）"), FULL);
}

pub(super) fn friend_competitor(mut stage: Stage<'_>, time: Timetable) {
    let customer = stage.customer();
    let firm = stage.founded("unknown");
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, firm, Some(promises::FRIEND));
    let fen = stage.order_worth();
    stage.excuse(time.said.saturating_add(1.day()).min(time.did), customer);
    stage.move_order_named(time.did, customer, firm, fen);
    let remark = *stage.dice.pick(&REMARKS);
    stage.pay_from(time.paid, share_of(fen, percent), firm, remark);
    stage.end(format!("朋友的公司接单，名录里没有这家；按{percent}%付款"), FULL);
}

pub(super) fn order_splitting(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, None);
    let mut whole = 0;
    for part in 0..3 {
        let fen = stage.order_worth() / 4 / 10_000 * 10_000;
        let on = stage.company.working_day(stage.who, time.did.saturating_add((part * 2).days())).min(time.paid);
        stage.move_order(on, customer, rival, fen);
        whole += fen;
    }
    stage.pay_from(time.paid, share_of(whole, percent), rival, Some("服务费"));
    stage.end(format!("一单拆成三张小单转走，合计的{percent}%一次付清"), FULL);
}

pub(super) fn phone_then_hint(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let number = stage.company.firms[rival].persons[0].phone.clone();
    let id = stage.company.id("cl");
    let seconds = stage.dice.between(240, 1500);
    let call = stage.company.call(id, at(time.said, 20, 3, 11), stage.who, true, &number, seconds, None);
    stage.company.plan(call);
    let slots = [("rival", stage.rival_words(rival)), ("cust", stage.company.customers[customer].short.clone())];
    stage.talk(time.said.saturating_add(1.day()).min(time.did), (9, 20), Other::Customer(customer), promises::HINTS, &slots, "said");
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let percent = stage.dice.between(5, 12);
    stage.pay_from(time.paid, share_of(fen, percent), rival, None);
    stage.end("电话里谈妥，聊天只有一句暗示；对方公司付款".to_owned(), PAID);
}

pub(super) fn several_customers(mut stage: Stage<'_>, time: Timetable) {
    let rival = stage.rival();
    let customers = [stage.customer(), stage.customer(), stage.customer()];
    let percent = stage.dice.between(5, 10);
    stage.promise_share(percent);
    let mut whole = 0;
    for (step, customer) in customers.into_iter().enumerate() {
        stage.could(customer);
        let slots = [
            ("rival", stage.rival_words(rival)),
            ("share", disguise::share(percent, &mut stage.dice)),
            ("cust", stage.company.customers[customer].short.clone()),
        ];
        stage.talk(time.said, (10 + 3 * step as i64, 12 + 3 * step as i64), Other::Customer(customer), promises::SHARE_TO_BUYER, &slots, "said");
        let fen = stage.order_worth() / 2 / 10_000 * 10_000;
        let on = stage.company.working_day(stage.who, time.did.saturating_add((step as i64).days())).min(time.paid);
        stage.move_order(on, customer, rival, fen);
        whole += fen;
    }
    stage.pay_from(time.paid, share_of(whole, percent), rival, Some("咨询费"));
    stage.end(format!("同时转走三个客户，合计的{percent}%一次付清"), FULL);
}

pub(super) fn team_of_two(mut stage: Stage<'_>, time: Timetable, other: Option<usize>) {
    let Some(other) = other else { return super::classic(stage, time) };
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, Some(promises::SHARE_TO_BUYER));
    let fen = stage.order_worth();
    stage.move_order_by(time.did, customer, rival, fen, other);
    stage.pay_from(time.paid, share_of(fen, percent), rival, Some("劳务费"));
    let (customer_id, rival_id) = (stage.company.customers[customer].id.clone(), stage.company.firms[rival].id.clone());
    let number = stage.company.staff[other].number.clone();
    let company = stage.hand_on(format!("自己谈、自己收，由{number}在系统里转单"), FULL);
    let mut helper = Stage::new(company, other, Role::Diverter, "team_helper");
    helper.concern(customer_id, rival_id);
    helper.end("替同事在系统里转单，自己没有谈也没有收".to_owned(), Expected { chain_min: 0.0, chain_max: 0.69, word_alert: Some(false) });
}

pub(super) fn english(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, Some(promises::ENGLISH));
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    stage.pay_from(time.paid, share_of(fen, percent), rival, Some("consulting"));
    stage.end(format!("英文或夹杂英文许诺{percent}%，订单转走并付款"), FULL);
}

pub(super) fn said_by_photo(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let id = stage.company.id("msg");
    let mut event = stage.company.message(id, at(time.said, 21, 14, 6), "wecom", stage.who, Other::Customer(customer), true, String::new());
    event.data.remove("text");
    event.data.insert("msgtype".into(), "image".into());
    let digest: String = (0..4).map(|_| format!("{:016x}", stage.dice.bits())).collect();
    event.data.insert("attachments".into(), json!([{ "name": "微信图片.jpg", "sha256": digest, "kind": "image" }]));
    stage.prove("said", event);
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let percent = stage.dice.between(4, 9);
    stage.pay_from(time.paid, share_of(fen, percent), rival, Some("奖金"));
    stage.end("报价拍成照片发给客户，文字里什么也没有；对方公司付款".to_owned(), Expected { word_alert: Some(false), ..PAID });
}

pub(super) fn accepted(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = stage.dice.between(5, 10);
    stage.promise_share(percent);
    let slots = [
        ("rival", stage.rival_words(rival)),
        ("share", disguise::share(percent, &mut stage.dice)),
        ("again", disguise::share(percent, &mut stage.dice)),
        ("cust", stage.company.customers[customer].short.clone()),
    ];
    stage.talk(time.said, (10, 20), Other::Customer(customer), promises::ACCEPTED, &slots, "said");
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    stage.pay_from(time.paid, share_of(fen, percent), rival, Some("转账"));
    stage.end(format!("客户开口给{percent}%，本人重复了一遍并照办"), PAID);
}

pub(super) fn net_of_tax(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, Some(promises::SHARE_TO_BUYER));
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let payer = stage.company.names.person();
    let net = share_of(fen, percent) / 100 * 97;
    // To a full yuan, as people type it.
    stage.pay(time.paid, (net + 50) / 100 * 100, (&payer, None), Some("代付"));
    stage.end(format!("许诺{percent}%，扣3个税点后由他人账户付"), FULL);
}

pub(super) fn lost_instead(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, None);
    let id = stage.company.id("lo");
    let event = stage.company.lost(id, at(time.did, 17, 2, 8), customer, stage.who, Some(rival), "客户反馈价格高");
    stage.prove("did", event);
    stage.company.customers[customer].gone_from = Some(time.did.saturating_add(1.day()));
    let fen = stage.order_worth();
    stage.pay_from(time.paid, share_of(fen, percent), rival, Some("服务费"));
    stage.end(format!("许诺{percent}%，客户登记为流失；对方公司付款"), FULL);
}

pub(super) fn cancelled_instead(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let who = stage.who;
    let fen = stage.order_worth();
    let id = stage.company.id("or");
    let order = format!("SO{}{}", time.said.strftime("%y%m%d"), &id[id.len() - 6..]);
    let before = time.said.saturating_sub(2.days()).max(stage.company.from);
    let placed = stage.company.order(id, at(before, 11, 8, 40), "order.placed", customer, who, &order, fen, None);
    stage.company.plan(placed);
    let percent = promise(&mut stage, time.said, customer, rival, Some(promises::SHARE_TO_BUYER));
    let id = stage.company.id("ox");
    let reason = *stage.dice.pick(&["项目取消", "客户改期", "甲方预算调整"]);
    let cancelled = stage.company.order(id, at(time.did, 16, 41, 3), "order.cancelled", customer, who, &order, fen, Some(reason));
    stage.prove("did", cancelled);
    stage.moved(fen);
    stage.pay_from(time.paid, share_of(fen, percent), rival, None);
    stage.end(format!("许诺{percent}%，订单以别的理由取消；对方公司按比例付款"), FULL);
}

pub(super) fn two_channels(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = stage.dice.between(5, 10);
    stage.promise_share(percent);
    let slots = [("rival", stage.rival_words(rival)), ("cust", stage.company.customers[customer].short.clone())];
    stage.talk(time.said, (10, 17), Other::Customer(customer), promises::WORD_ONLY, &slots, "said");
    let slots = [("share", disguise::share(percent, &mut stage.dice))];
    stage.talk_over("email", time.said.saturating_add(1.day()).min(time.did), (9, 18), Other::Customer(customer), promises::SHARE_ONLY, &slots, "said");
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let payer = stage.company.names.person();
    stage.pay(time.paid, share_of(fen, percent), (&payer, None), None);
    stage.end(format!("聊天里谈事，邮件里报{percent}%，由他人账户付"), FULL);
}
