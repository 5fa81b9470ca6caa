//! The ways customers are diverted, after patterns and amounts that real cases show. Each scheme plans its
//! records and writes down what they prove. Here are the ones that speak plainly; `covert` holds those that hide the
//! company, the words, the order or the payer better.

mod covert;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::company::Company;
use crate::disguise::{self, Disguise};
use crate::event::at;
use crate::records::Other;
use crate::stage::{Stage, Timetable};
use crate::talk::{Dialogue, promises};
use crate::truth::{Expected, Role};

/// A way to divert a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Promise of a share by chat, the order moves, the receiving company pays the share.
    ClassicShare,
    /// The same with a telling word in disguise.
    Evasive,
    /// The spouse's company takes the orders.
    SpouseCompany,
    /// Small odd transfers from the receiving company, nothing in writing.
    SmallOdd,
    /// Leaves and takes the customers along.
    Leaver,
    /// Said, moved, not paid (or not on any statement).
    Unpaid,
    /// The promised share in two payments.
    TwoParts,
    /// Talks only.
    TalkOnly,
    /// An agreed sum instead of a share.
    AgreedSum,
    /// Goes there in person and is paid by a person of the company; no chat.
    InPersonPaid,
    /// One order after the other over months.
    SlowDrip,
    /// A person of the receiving company pays.
    PaidByPerson,
    /// Somebody unrelated pays exactly the promised share.
    ThirdHand,
    /// The rival offers, ours only agrees.
    Offered,
    /// Goes there in person, an order moves, no money is known.
    InPersonUnpaid,
    /// Said and moved; an unrelated payment that fits nothing.
    UnfitPayment,
    /// A company of his own, founded in a parent's name.
    OwnCompany,
    /// A relative's firm; the relative pays.
    RelativeFirm,
    /// A friend's company, a competitor nobody had listed before.
    FriendCompetitor,
    /// One order split into small ones, one payment for all of them.
    OrderSplitting,
    /// Agreed by telephone; the chat only hints.
    PhoneThenHint,
    /// Several customers at once.
    SeveralCustomers,
    /// He speaks and is paid, a colleague enters the order.
    TeamOfTwo,
    /// In English, or in a mix.
    English,
    /// A photograph says it, or nothing does.
    SaidByPhoto,
    /// The other side puts the share forward, ours repeats it.
    Accepted,
    /// The share less tax, rounded, from a stranger's account.
    NetOfTax,
    /// The customer is entered as lost instead of an order as moved.
    LostInstead,
    /// The order is cancelled with a pretext.
    CancelledInstead,
    /// The word in the chat, the share by mail.
    TwoChannels,
}

pub(crate) const SCHEMES: &[Scheme] = &[
    Scheme::ClassicShare,
    Scheme::Evasive,
    Scheme::SpouseCompany,
    Scheme::SmallOdd,
    Scheme::Leaver,
    Scheme::Unpaid,
    Scheme::TwoParts,
    Scheme::TalkOnly,
    Scheme::AgreedSum,
    Scheme::Evasive,
    Scheme::InPersonPaid,
    Scheme::SlowDrip,
    Scheme::PaidByPerson,
    Scheme::Evasive,
    Scheme::ThirdHand,
    Scheme::Offered,
    Scheme::InPersonUnpaid,
    Scheme::Evasive,
    Scheme::UnfitPayment,
    Scheme::OwnCompany,
    Scheme::RelativeFirm,
    Scheme::Evasive,
    Scheme::FriendCompetitor,
    Scheme::OrderSplitting,
    Scheme::PhoneThenHint,
    Scheme::SeveralCustomers,
    Scheme::Evasive,
    Scheme::TeamOfTwo,
    Scheme::English,
    Scheme::SaidByPhoto,
    Scheme::Accepted,
    Scheme::Evasive,
    Scheme::NetOfTax,
    Scheme::LostInstead,
    Scheme::CancelledInstead,
    Scheme::TwoChannels,
];

/// The first of them come in this order, so that a small company has the telling ones; the rest are drawn.
pub(crate) const TELLING: usize = 8;

impl Scheme {
    pub(crate) fn needs_other(self) -> bool {
        self == Self::TeamOfTwo
    }

    fn kind(self) -> &'static str {
        match self {
            Self::ClassicShare => "classic_share",
            Self::Evasive => "evasive",
            Self::SpouseCompany => "spouse_company",
            Self::SmallOdd => "small_odd_transfers",
            Self::Leaver => "leaver",
            Self::Unpaid => "unpaid",
            Self::TwoParts => "two_parts",
            Self::TalkOnly => "talk_only",
            Self::AgreedSum => "agreed_sum",
            Self::InPersonPaid => "in_person_paid",
            Self::SlowDrip => "slow_drip",
            Self::PaidByPerson => "paid_by_person",
            Self::ThirdHand => "third_hand",
            Self::Offered => "offered",
            Self::InPersonUnpaid => "in_person_unpaid",
            Self::UnfitPayment => "unfit_payment",
            Self::OwnCompany => "own_company",
            Self::RelativeFirm => "relative_firm",
            Self::FriendCompetitor => "friend_competitor",
            Self::OrderSplitting => "order_splitting",
            Self::PhoneThenHint => "phone_then_hint",
            Self::SeveralCustomers => "several_customers",
            Self::TeamOfTwo => "team_of_two",
            Self::English => "english",
            Self::SaidByPhoto => "said_by_photo",
            Self::Accepted => "accepted",
            Self::NetOfTax => "net_of_tax",
            Self::LostInstead => "lost_instead",
            Self::CancelledInstead => "cancelled_instead",
            Self::TwoChannels => "two_channels",
        }
    }
}

/// All four, and the payment fits.
const FULL: Expected = Expected { chain_min: 0.9, chain_max: 1.0, word_alert: Some(true) };
/// Could, did, paid by the receiving company; whatever was said.
const PAID: Expected = Expected { chain_min: 0.7, chain_max: 1.0, word_alert: None };
/// Said, could, did; no money.
const PARTIAL: Expected = Expected { chain_min: 0.6, chain_max: 0.69, word_alert: Some(true) };

/// Plans one person's scheme; `turn` counts the schemes of the company, `other` is a colleague for those that need one.
pub(crate) fn play(company: &mut Company, who: usize, scheme: Scheme, turn: usize, other: Option<usize>) {
    let mut stage = Stage::new(company, who, Role::Diverter, scheme.kind());
    // One scheme ends just before the period does: something new is always on the table.
    let time = stage.timetable(turn == 0);
    match scheme {
        Scheme::ClassicShare => classic(stage, time),
        Scheme::Evasive => evasive(stage, time, turn),
        Scheme::SpouseCompany => spouse(stage, time),
        Scheme::SmallOdd => small_odd(stage, time),
        Scheme::Leaver => leaver(stage, time),
        Scheme::Unpaid => unpaid(stage, time),
        Scheme::TwoParts => two_parts(stage, time),
        Scheme::TalkOnly => talk_only(stage),
        Scheme::AgreedSum => agreed_sum(stage, time),
        Scheme::InPersonPaid => in_person(stage, time, true),
        Scheme::SlowDrip => slow_drip(stage),
        Scheme::PaidByPerson => paid_by_person(stage, time),
        Scheme::ThirdHand => third_hand(stage, time),
        Scheme::Offered => offered(stage, time),
        Scheme::InPersonUnpaid => in_person(stage, time, false),
        Scheme::UnfitPayment => unfit(stage, time),
        Scheme::OwnCompany => covert::own_company(stage, time),
        Scheme::RelativeFirm => covert::relative_firm(stage, time),
        Scheme::FriendCompetitor => covert::friend_competitor(stage, time),
        Scheme::OrderSplitting => covert::order_splitting(stage, time),
        Scheme::PhoneThenHint => covert::phone_then_hint(stage, time),
        Scheme::SeveralCustomers => covert::several_customers(stage, time),
        Scheme::TeamOfTwo => covert::team_of_two(stage, time, other),
        Scheme::English => covert::english(stage, time),
        Scheme::SaidByPhoto => covert::said_by_photo(stage, time),
        Scheme::Accepted => covert::accepted(stage, time),
        Scheme::NetOfTax => covert::net_of_tax(stage, time),
        Scheme::LostInstead => covert::lost_instead(stage, time),
        Scheme::CancelledInstead => covert::cancelled_instead(stage, time),
        Scheme::TwoChannels => covert::two_channels(stage, time),
    }
}

/// A promise of a share, to the buyer or to the rival. Returns the percentage.
fn promise(stage: &mut Stage<'_>, on: Date, customer: usize, rival: usize, to_buyer: Option<&[Dialogue]>) -> i64 {
    let percent = stage.dice.between(5, 10);
    stage.promise_share(percent);
    let slots = [
        ("rival", stage.rival_words(rival)),
        ("share", disguise::share(percent, &mut stage.dice)),
        ("en", disguise::share_in_english(percent, &mut stage.dice)),
        ("cust", stage.company.customers[customer].short.clone()),
    ];
    let (other, dialogues) = match to_buyer {
        Some(dialogues) => (Other::Customer(customer), dialogues),
        None if stage.dice.chance(400) => (Other::Firm(rival), promises::SHARE_TO_RIVAL),
        None => (Other::Customer(customer), promises::SHARE_TO_BUYER),
    };
    stage.talk(on, (11, 21), other, dialogues, &slots, "said");
    percent
}

fn share_of(fen: i64, percent: i64) -> i64 {
    fen / 100 * percent
}

const REMARKS: [Option<&str>; 6] = [Some("咨询费"), Some("服务费"), Some("劳务费"), Some("奖金"), Some("转账"), None];

fn classic(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, None);
    let fen = stage.order_worth();
    stage.excuse(time.said.saturating_add(1.day()).min(time.did), customer);
    stage.move_order(time.did, customer, rival, fen);
    let remark = *stage.dice.pick(&REMARKS);
    stage.pay_from(time.paid, share_of(fen, percent), rival, remark);
    stage.end(format!("聊天中许诺{percent}%，订单转走，对方公司按比例付款"), FULL);
}

fn evasive(mut stage: Stage<'_>, time: Timetable, turn: usize) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let seed = usize::try_from(stage.company.parameters.seed % 9).unwrap_or(0);
    let disguise = Disguise::ALL[(turn + seed) % Disguise::ALL.len()];
    let percent = stage.dice.between(5, 10);
    stage.promise_share(percent);
    let slots = [("rival", stage.rival_words(rival)), ("share", disguise::share(percent, &mut stage.dice)), ("word", disguise.word(&mut stage.dice))];
    stage.talk(time.said, (12, 21), Other::Customer(customer), promises::CAREFUL, &slots, "said");
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let remark = *stage.dice.pick(&REMARKS);
    stage.pay_from(time.paid, share_of(fen, percent), rival, remark);
    let expected = if disguise.readable() { FULL } else { PAID };
    stage.end(format!("变体写法（{}）许诺{percent}%，订单转走并付款", disguise.name()), expected);
}

fn spouse(mut stage: Stage<'_>, time: Timetable) {
    let customer = stage.customer();
    let firm = stage.founded("unknown");
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, firm, Some(promises::FAMILY));
    let fen = stage.order_worth();
    stage.excuse(time.said, customer);
    stage.learn_of(time.did, firm);
    stage.move_order(time.did, customer, firm, fen);
    let payer = stage.company.firms[firm].persons[0].name.clone();
    stage.pay(time.paid, share_of(fen, percent), (&payer, None), Some("家用"));
    stage.end(format!("配偶公司接单，配偶转账（订单的{percent}%）"), FULL);
}

fn small_odd(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let fen = stage.order_worth();
    stage.excuse(time.said, customer);
    stage.move_order(time.did, customer, rival, fen);
    for (step, remark) in [Some("奖金"), Some("自定义"), None].into_iter().enumerate() {
        let on = time.paid.saturating_add((3 * step as i64).days()).min(stage.company.until());
        let amount = stage.dice.between(5, 18) * 10_000;
        stage.pay_from(on, amount, rival, remark);
    }
    stage.end("没有聊天，对方公司几笔小额转账".to_owned(), Expected { word_alert: Some(false), ..PAID });
}

fn leaver(mut stage: Stage<'_>, time: Timetable) {
    let who = stage.who;
    let firm = stage.founded("unknown");
    let first = stage.customer();
    stage.could(first);
    promise(&mut stage, time.said, first, firm, Some(promises::LEAVING));
    let night = time.said.saturating_add(1.day()).min(time.did);
    let mine = stage.company.first_customers(who);
    for (step, customer) in mine.iter().enumerate() {
        let id = stage.company.id("ac");
        let count = stage.dice.between(20, 160);
        let event = stage.company.accessed(id, at(night, 21, 10 + step as i64 * 3 % 50, 7), *customer, who, "export", Some(count));
        stage.company.plan(event);
    }
    let fen = stage.order_worth();
    stage.learn_of(time.did, firm);
    stage.move_order(time.did, first, firm, fen);
    let last_day = time.did.saturating_add(21.days());
    let id = stage.company.id("rs");
    let event = stage.company.resignation(id, at(time.did, 18, 2, 0), who, last_day, "家庭原因");
    stage.company.plan(event);
    let until = stage.company.until();
    if last_day <= until {
        stage.company.staff[who].left_on = Some(last_day);
        let id = stage.company.id("em");
        let event = stage.company.employee(id, at(last_day, 18, 30, 0), who, "left", Some(last_day));
        stage.company.plan(event);
        let successor = stage.company.staff[who].manager.unwrap_or(0);
        for customer in mine {
            let (id, lost) = (stage.company.id("as"), stage.company.id("lo"));
            stage.company.customers[customer].owners.push((last_day, successor));
            let event = stage.company.assigned(id, at(last_day, 18, 40, 0), customer, successor, "离职交接");
            stage.company.plan(event);
            let gone = last_day.saturating_add(stage.dice.between(4, 30).days());
            if stage.dice.chance(550) && gone <= until {
                stage.company.customers[customer].gone_from = Some(gone);
                let event = stage.company.lost(lost, at(gone, 16, 0, 0), customer, successor, Some(firm), "跟随原客户经理");
                stage.company.plan(event);
            }
        }
    }
    stage.end("离职前导出客户并把单子转去新公司".to_owned(), PARTIAL);
}

fn unpaid(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, None);
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    stage.end(format!("许诺{percent}%，订单转走，没有查到付款"), PARTIAL);
}

fn two_parts(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, Some(promises::SHARE_TO_BUYER));
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let whole = share_of(fen, percent);
    let first = whole / 2 / 100 * 100;
    let middle = time.did.saturating_add((time.paid.duration_since(time.did).as_hours() / 48).days());
    stage.pay_from(middle, first, rival, Some("服务费"));
    stage.pay_from(time.paid, whole - first, rival, None);
    stage.end(format!("许诺{percent}%，分两次付清"), FULL);
}

fn talk_only(mut stage: Stage<'_>) {
    let customer = stage.customer();
    let on = stage.day(850, 990);
    stage.talk(on, (11, 21), Other::Customer(customer), promises::BARE, &[], "said");
    stage.end("只有一次试探，没有下文".to_owned(), Expected { chain_min: 0.0, chain_max: 0.5, word_alert: Some(true) });
}

/// Whole thousands of yuan, never by chance the share of anything.
fn agree_sum(stage: &mut Stage<'_>, on: Date, customer: usize, rival: usize) -> i64 {
    let yuan = stage.dice.between(2, 9) * 1000;
    stage.promise_sum(yuan * 100);
    let slots = [("rival", stage.rival_words(rival)), ("sum", disguise::sum(yuan, &mut stage.dice)), ("cust", stage.company.customers[customer].short.clone())];
    let (other, dialogues) =
        if stage.dice.chance(500) { (Other::Firm(rival), promises::SUM_TO_RIVAL) } else { (Other::Customer(customer), promises::SUM_TO_BUYER) };
    stage.talk(on, (11, 21), other, dialogues, &slots, "said");
    yuan * 100
}

fn agreed_sum(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let sum = agree_sum(&mut stage, time.said, customer, rival);
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let remark = *stage.dice.pick(&REMARKS);
    stage.pay_from(time.paid, sum, rival, remark);
    stage.end(format!("约定{}元，对方公司照数付款", sum / 100), FULL);
}

fn in_person(mut stage: Stage<'_>, time: Timetable, paid: bool) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let place = stage.company.firms[rival].position;
    for step in 0..3 {
        let day = stage.company.working_day(stage.who, time.said.saturating_add((step * 2).days())).min(time.did);
        let id = stage.company.id("vi");
        let near = (place.0 + stage.dice.between(-6, 6) as f64 * 1e-4, place.1 + stage.dice.between(-6, 6) as f64 * 1e-4);
        let moment = at(day, stage.dice.between(10, 15), stage.dice.between(0, 59), 0);
        let accuracy = stage.dice.between(8, 40);
        let event = stage.company.visit(id, moment, stage.who, near, None, "拜访客户", accuracy);
        stage.prove("did", event);
    }
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    if paid {
        let payer = stage.company.firms[rival].persons[1].name.clone();
        let amount = stage.dice.between(10, 90) * 10_000;
        stage.pay(time.paid, amount, (&payer, None), Some("转账"));
        stage.end("当面谈，多次到对方公司，由对方人员付款".to_owned(), Expected { word_alert: Some(false), ..PAID });
    } else {
        stage.end("当面谈，多次到对方公司，订单转走".to_owned(), Expected { chain_min: 0.0, chain_max: 0.5, word_alert: Some(false) });
    }
}

fn slow_drip(mut stage: Stage<'_>) {
    let rival = stage.rival();
    let span = stage.company.span();
    let rounds = if span > 100 { 3 } else { 1 };
    for round in 0..rounds {
        let customer = stage.customer();
        stage.could(customer);
        let begin = span * (1 + 3 * round) / 10;
        let said = stage.company.from.saturating_add((begin + stage.dice.between(0, 5)).days());
        let did = stage.company.working_day(stage.who, said.saturating_add((span / 30 + 1).days()));
        let paid = did.saturating_add((span / 20 + 1).days()).min(stage.company.until());
        let percent = promise(&mut stage, said, customer, rival, None);
        let fen = stage.order_worth() / 3 / 10_000 * 10_000;
        stage.move_order(did, customer, rival, fen);
        stage.pay_from(paid, share_of(fen, percent), rival, Some("咨询费"));
    }
    stage.end("几个月里一单一单地转，每单都付".to_owned(), FULL);
}

fn paid_by_person(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, None);
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let payer = stage.company.firms[rival].persons[1].name.clone();
    stage.pay(time.paid, share_of(fen, percent), (&payer, None), None);
    stage.end(format!("许诺{percent}%，由对方公司人员个人付款"), FULL);
}

fn third_hand(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, Some(promises::SHARE_TO_BUYER));
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let payer = stage.company.names.person();
    stage.pay(time.paid, share_of(fen, percent), (&payer, None), Some("往来"));
    stage.end(format!("许诺{percent}%，由看似无关的人付了正好这个数"), FULL);
}

fn offered(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = stage.dice.between(5, 10);
    stage.promise_share(percent);
    let slots = [("share", disguise::share(percent, &mut stage.dice)), ("cust", stage.company.customers[customer].short.clone())];
    stage.talk(time.said, (10, 20), Other::Firm(rival), promises::OFFERED, &slots, "said");
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    stage.pay_from(time.paid, share_of(fen, percent), rival, Some("劳务费"));
    stage.end(format!("对方开口给{percent}%，本人只是答应"), PAID);
}

fn unfit(mut stage: Stage<'_>, time: Timetable) {
    let (customer, rival) = (stage.customer(), stage.rival());
    stage.could(customer);
    let percent = promise(&mut stage, time.said, customer, rival, Some(promises::SHARE_TO_BUYER));
    let fen = stage.order_worth();
    stage.move_order(time.did, customer, rival, fen);
    let payer = stage.company.names.person();
    // Three yuan and seven fen beside the share: it fits nothing.
    let amount = share_of(fen, percent) / 3 + 307;
    let id = stage.company.id("vt");
    stage.company.staff[stage.who].volunteer = true;
    let row = stage.company.private_row(id.clone(), at(time.paid, 20, 11, 0), stage.who, "in", amount, (&payer, None), Some("二手家具"));
    stage.looks(row.source, id);
    stage.company.plan(row);
    stage.end(format!("许诺{percent}%，订单转走；另有一笔无关款项"), PARTIAL);
}
