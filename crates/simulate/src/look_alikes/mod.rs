//! Honest people whose records look like a scheme at first sight. Each of them shows why a single sign is
//! not enough. Here are those whose customers or visits look wrong; `everyday` holds those whose words or whose money
//! do.

mod everyday;

use jiff::ToSpan;

use crate::company::Company;
use crate::disguise;
use crate::event::at;
use crate::records::Other;
use crate::stage::Stage;
use crate::talk::{innocent, promises};
use crate::truth::{Expected, Role};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookAlike {
    /// The best seller falls ill: orders drop, inquiries go on.
    SickTopSeller,
    /// A whole territory is handed over, with approval.
    TerritoryMove,
    /// Lunch with customers next door to a competitor.
    DinnerNearRival,
    /// Expenses paid back by the company.
    Reimbursements,
    /// Customers leave by themselves, without a word.
    CustomersLeft,
    /// A supplier pays its rebate to the company.
    SupplierRebate,
    /// Speaks of the policy, to colleagues and to customers.
    PolicyTalk,
    /// Works at night.
    NightOwl,
    /// Is offered money and refuses.
    RefusedOffer,
    /// Lends and borrows among friends while a customer leaves.
    FriendLoan,
    /// The order had moved before anybody said anything.
    MovedBeforeTalk,
    /// A colleague promised; this one's customer moved, and an unrelated payment came.
    PromiseByOther,
    /// Leaves in order.
    HonestLeaver,
    /// Orders passed to a partner with approval.
    OrderToPartner,
    /// Declared an interest in a relative's company.
    DeclaredInterest,
    /// Jokes with colleagues about running off with an order.
    Jokes,
    /// A deposit comes back while a customer leaves.
    DepositReturned,
    /// Bonuses of the company, some through its payroll agent.
    Bonus,
    /// A wedding: gifts of round sums from many.
    WeddingGifts,
    /// The company's own partner programme pays the partner.
    PartnerProgramme,
    /// A customer's buyer wants a share and gets none.
    AskedAndRefused,
    /// Tells customers how to report others.
    ReportsOthers,
    /// Trains the team on cases.
    TrainingChat,
    /// Compares prices with the competitor by name and in percent; the customer leaves all the same.
    PriceTalk,
    /// Sells an old car; the buyer pays just then.
    UnrelatedPayment,
}

/// The first of them come in this order; the rest are drawn.
pub(crate) const TELLING: usize = 15;

pub(crate) const LOOK_ALIKES: &[LookAlike] = &[
    LookAlike::SickTopSeller,
    LookAlike::TerritoryMove,
    LookAlike::RefusedOffer,
    LookAlike::CustomersLeft,
    LookAlike::DinnerNearRival,
    LookAlike::SupplierRebate,
    LookAlike::FriendLoan,
    LookAlike::PolicyTalk,
    LookAlike::NightOwl,
    LookAlike::MovedBeforeTalk,
    LookAlike::DeclaredInterest,
    LookAlike::Reimbursements,
    LookAlike::PromiseByOther,
    LookAlike::OrderToPartner,
    LookAlike::HonestLeaver,
    LookAlike::Jokes,
    LookAlike::DepositReturned,
    LookAlike::Bonus,
    LookAlike::WeddingGifts,
    LookAlike::PartnerProgramme,
    LookAlike::AskedAndRefused,
    LookAlike::ReportsOthers,
    LookAlike::TrainingChat,
    LookAlike::PriceTalk,
    LookAlike::UnrelatedPayment,
];

impl LookAlike {
    pub(crate) fn needs_other(self) -> bool {
        matches!(self, Self::TerritoryMove | Self::PromiseByOther | Self::FriendLoan | Self::Jokes)
    }

    fn kind(self) -> &'static str {
        match self {
            Self::SickTopSeller => "sick_top_seller",
            Self::TerritoryMove => "territory_move",
            Self::DinnerNearRival => "dinner_near_rival",
            Self::Reimbursements => "reimbursements",
            Self::CustomersLeft => "customers_left",
            Self::SupplierRebate => "supplier_rebate",
            Self::PolicyTalk => "policy_talk",
            Self::NightOwl => "night_owl",
            Self::RefusedOffer => "refused_offer",
            Self::FriendLoan => "friend_loan",
            Self::MovedBeforeTalk => "moved_before_talk",
            Self::PromiseByOther => "promise_by_other",
            Self::HonestLeaver => "honest_leaver",
            Self::OrderToPartner => "order_to_partner",
            Self::DeclaredInterest => "declared_interest",
            Self::Jokes => "jokes",
            Self::DepositReturned => "deposit_returned",
            Self::Bonus => "bonus",
            Self::WeddingGifts => "wedding_gifts",
            Self::PartnerProgramme => "partner_programme",
            Self::AskedAndRefused => "asked_and_refused",
            Self::ReportsOthers => "reports_others",
            Self::TrainingChat => "training_chat",
            Self::PriceTalk => "price_talk",
            Self::UnrelatedPayment => "unrelated_payment",
        }
    }
}

const QUIET: Expected = Expected { chain_min: 0.0, chain_max: 0.69, word_alert: Some(false) };

pub(crate) fn play(company: &mut Company, who: usize, part: LookAlike, other: Option<usize>) {
    let stage = Stage::new(company, who, Role::LookAlike, part.kind());
    match part {
        LookAlike::SickTopSeller => sick_top_seller(stage),
        LookAlike::TerritoryMove => territory_move(stage, other),
        LookAlike::DinnerNearRival => dinner(stage),
        LookAlike::Reimbursements => reimbursements(stage),
        LookAlike::CustomersLeft => customers_left(stage),
        LookAlike::SupplierRebate => supplier_rebate(stage),
        LookAlike::PolicyTalk => policy_talk(stage),
        LookAlike::NightOwl => {
            stage.company.staff[who].night_owl = true;
            stage.end("习惯夜里处理客户资料".to_owned(), QUIET);
        }
        LookAlike::RefusedOffer => refused(stage),
        LookAlike::FriendLoan => friend_loan(stage, other),
        LookAlike::MovedBeforeTalk => moved_before_talk(stage),
        LookAlike::PromiseByOther => promise_by_other(stage, other),
        LookAlike::HonestLeaver => honest_leaver(stage),
        LookAlike::OrderToPartner => order_to_partner(stage),
        LookAlike::DeclaredInterest => declared_interest(stage),
        LookAlike::Jokes => everyday::jokes(stage, other),
        LookAlike::DepositReturned => everyday::deposit(stage),
        LookAlike::Bonus => everyday::bonus(stage),
        LookAlike::WeddingGifts => everyday::wedding(stage),
        LookAlike::PartnerProgramme => everyday::programme(stage),
        LookAlike::AskedAndRefused => everyday::asked(stage),
        LookAlike::ReportsOthers => everyday::reports(stage),
        LookAlike::TrainingChat => everyday::training(stage),
        LookAlike::PriceTalk => everyday::price_talk(stage),
        LookAlike::UnrelatedPayment => everyday::unrelated(stage),
    }
}

fn sick_top_seller(mut stage: Stage<'_>) {
    let who = stage.who;
    stage.company.staff[who].busy = 220;
    let from = stage.day(500, 650);
    let until = from.saturating_add(27.days()).min(stage.company.until());
    stage.company.staff[who].leaves.push((from, until, "sick"));
    stage.end("销售冠军病假四周，订单骤减".to_owned(), QUIET);
}

fn territory_move(mut stage: Stage<'_>, other: Option<usize>) {
    let Some(other) = other else { return stage.end("没有合适的接手人，未调整".to_owned(), QUIET) };
    let on = stage.day(350, 600);
    let mine = stage.company.first_customers(stage.who);
    let keep = mine.len() / 4;
    for customer in mine.into_iter().skip(keep) {
        let id = stage.company.id("as");
        stage.company.customers[customer].owners.push((on, other));
        stage.company.customers[customer].taken = true;
        let event = stage.company.assigned(id, at(on, 9, 30, 0), customer, other, "销售区域调整，总监已批准");
        stage.prove("looks", event);
    }
    stage.end("片区整体调给同事，已获批准".to_owned(), QUIET);
}

fn dinner(mut stage: Stage<'_>) {
    let customer = stage.customer();
    let rival = stage.rival();
    let place = stage.company.firms[rival].position;
    for step in 0..4 {
        let day = stage.day(200 + step * 150, 300 + step * 150);
        let id = stage.company.id("vi");
        let near = (place.0 + 0.0011, place.1 - 0.0007 + stage.dice.between(0, 4) as f64 * 1e-4);
        let minute = stage.dice.between(0, 45);
        let event = stage.company.visit(id, at(day, 12, minute, 0), stage.who, near, Some(customer), "与客户用午餐", 30);
        stage.prove("looks", event);
    }
    stage.end("常约客户在竞争对手隔壁的饭店吃饭".to_owned(), QUIET);
}

fn reimbursements(mut stage: Stage<'_>) {
    let who = stage.who;
    stage.company.staff[who].volunteer = true;
    let (own, account) = (stage.company.own.name.clone(), stage.company.own.account.clone());
    let name = stage.company.staff[who].name.clone();
    for step in 0..5 {
        let day = stage.day(step * 180, step * 180 + 150);
        let fen = stage.dice.between(8_000, 460_000);
        let (out, back) = (stage.company.id("bk"), stage.company.id("vt"));
        let booked = stage.company.company_row(out, at(day, 15, 20, 0), Some(who), "out", fen, (&name, None), "差旅报销");
        let seen = stage.company.private_row(back, at(day, 15, 24, 0), who, "in", fen, (&own, Some(&account)), Some("差旅报销"));
        stage.company.plan(booked);
        stage.prove("looks", seen);
    }
    stage.end("多笔报销入账".to_owned(), QUIET);
}

fn customers_left(mut stage: Stage<'_>) {
    for _ in 0..2 {
        let (customer, rival) = (stage.customer(), stage.rival());
        let day = stage.day(300, 900);
        if stage.dice.chance(500) {
            stage.talk(day, (10, 15), Other::Customer(customer), innocent::FAREWELLS, &[], "looks");
        }
        let id = stage.company.id("lo");
        let event = stage.company.lost(id, at(day, 17, 30, 0), customer, stage.who, Some(rival), "集团统一招标，价格");
        stage.prove("looks", event);
        stage.company.customers[customer].gone_from = Some(day.saturating_add(1.day()));
    }
    stage.end("客户自己换了供应商".to_owned(), QUIET);
}

fn supplier_rebate(mut stage: Stage<'_>) {
    let trade = stage.trade();
    let suppliers: Vec<usize> =
        (0..stage.company.firms.len()).filter(|firm| stage.company.firms[*firm].kind == "supplier" && stage.company.firms[*firm].trade == trade).collect();
    let Some(supplier) = suppliers.first().copied() else { return stage.end("无供应商".to_owned(), QUIET) };
    let day = stage.day(300, 700);
    stage.talk(day, (10, 16), Other::Firm(supplier), innocent::REBATES, &[], "looks");
    let id = stage.company.id("bk");
    let fen = stage.dice.between(60, 400) * 10_000;
    let (name, account) = (stage.company.firms[supplier].name.clone(), stage.company.firms[supplier].account.clone());
    let on = day.saturating_add(9.days()).min(stage.company.until());
    let event = stage.company.company_row(id, at(on, 11, 0, 0), None, "in", fen, (&name, Some(&account)), "季度返利");
    stage.prove("looks", event);
    stage.end("供应商把返利付给公司".to_owned(), QUIET);
}

fn policy_talk(mut stage: Stage<'_>) {
    let manager = stage.company.staff[stage.who].manager.unwrap_or(0);
    for step in 0..3 {
        let day = stage.day(step * 250 + 50, step * 250 + 240);
        stage.talk(day, (9, 17), Other::Team(manager), crate::talk::colleagues::POLICY, &[], "looks");
    }
    let customer = stage.customer();
    let day = stage.day(400, 800);
    let id = stage.company.id("msg");
    let text = "您好，按公司要求告知：我司禁止员工收好处费、禁止私单，如遇此类情况请向我司审计部举报。".to_owned();
    let event = stage.company.message(id, at(day, 10, 5, 0), "wecom", stage.who, Other::Customer(customer), true, text);
    stage.prove("looks", event);
    stage.end("传达制度，也告知客户".to_owned(), QUIET);
}

fn refused(mut stage: Stage<'_>) {
    for step in 0..2 {
        let customer = stage.customer();
        let day = stage.day(200 + step * 300, 450 + step * 300);
        stage.talk(day, (10, 20), Other::Customer(customer), innocent::REFUSALS, &[], "looks");
    }
    stage.end("有人给好处，当场拒绝".to_owned(), QUIET);
}

fn friend_loan(mut stage: Stage<'_>, other: Option<usize>) {
    let Some(other) = other else { return stage.end("无".to_owned(), QUIET) };
    let who = stage.who;
    let yuan = stage.dice.between(2, 8) * 1000;
    let slots = [("sum", disguise::sum(yuan, &mut stage.dice))];
    let day = stage.day(300, 600);
    stage.talk(day, (11, 19), Other::Colleague(other), &innocent::LOANS[..1], &slots, "looks");
    let friend = stage.company.staff[other].name.clone();
    stage.company.staff[who].volunteer = true;
    let back = day.saturating_add(26.days()).min(stage.company.until());
    for (on, direction, remark) in [(day, "in", "借"), (back, "out", "还钱")] {
        let id = stage.company.id("vt");
        let row = stage.company.private_row(id, at(on, 20, 40, 0), who, direction, yuan * 100, (&friend, None), Some(remark));
        stage.prove("looks", row);
    }
    // A customer leaves in between, by itself.
    let (customer, rival) = (stage.customer(), stage.rival());
    let id = stage.company.id("lo");
    let on = day.saturating_sub(2.days()).max(stage.company.from);
    let event = stage.company.lost(id, at(on, 17, 0, 0), customer, who, Some(rival), "价格");
    stage.prove("looks", event);
    stage.company.customers[customer].gone_from = Some(day);
    stage.end("与同事之间借钱还钱，期间恰有客户流失".to_owned(), QUIET);
}

fn moved_before_talk(mut stage: Stage<'_>) {
    let (customer, rival) = (stage.customer(), stage.rival());
    let fen = stage.order_worth();
    let did = stage.day(300, 500);
    stage.move_order(did, customer, rival, fen);
    let said = did.saturating_add(stage.dice.between(6, 20).days()).min(stage.company.until());
    let slots = [("rival", stage.rival_words(rival)), ("share", disguise::share(8, &mut stage.dice))];
    stage.talk(said, (11, 20), Other::Customer(customer), promises::AFTERWARDS, &slots, "looks");
    stage.end("订单早已转走，之后才有这番话".to_owned(), Expected { word_alert: Some(true), ..QUIET });
}

fn promise_by_other(mut stage: Stage<'_>, other: Option<usize>) {
    let Some(other) = other else { return stage.end("无".to_owned(), QUIET) };
    let who = stage.who;
    let (customer, rival) = (stage.customer(), stage.rival());
    let time = stage.timetable(false);
    let fen = stage.order_worth();
    let percent = stage.dice.between(5, 10);
    let slots = [("rival", stage.rival_words(rival)), ("share", disguise::share(percent, &mut stage.dice))];
    stage.move_order(time.did, customer, rival, fen);
    let payer = stage.company.names.person();
    let id = stage.company.id("vt");
    stage.company.staff[who].volunteer = true;
    let row = stage.company.private_row(id.clone(), at(time.paid, 21, 3, 0), who, "in", fen / 100 * percent, (&payer, None), Some("归还借款"));
    stage.looks(row.source, id);
    stage.company.plan(row);
    let expected = QUIET;
    let (number, rival_id) = (stage.company.staff[other].number.clone(), stage.company.firms[rival].id.clone());
    let note = format!("{number}对该客户许诺，本人没有；另有一笔借款归还");
    // The colleague's words are the colleague's story.
    let customer_id = stage.company.customers[customer].id.clone();
    let company = stage.hand_on(note, expected);
    let mut colleague = Stage::new(company, other, Role::Diverter, "promised_for_colleague");
    colleague.concern(customer_id, rival_id);
    colleague.promise_share(percent);
    colleague.talk(time.said, (11, 20), Other::Customer(customer), promises::SHARE_TO_BUYER, &slots, "said");
    colleague.end("对同事的客户许诺，自己没有收款".to_owned(), Expected { chain_min: 0.0, chain_max: 0.69, word_alert: Some(true) });
}

fn honest_leaver(mut stage: Stage<'_>) {
    let who = stage.who;
    let submitted = stage.day(300, 600);
    let last_day = stage.company.working_day(who, submitted.saturating_add(30.days()));
    let id = stage.company.id("rs");
    let event = stage.company.resignation(id, at(submitted, 17, 0, 0), who, last_day, "回老家发展");
    stage.prove("looks", event);
    if last_day < stage.company.until() {
        let successor = stage.company.staff[who].manager.unwrap_or(0);
        for customer in stage.company.first_customers(who) {
            let id = stage.company.id("as");
            let on = last_day.saturating_sub(10.days());
            stage.company.customers[customer].owners.push((on, successor));
            let event = stage.company.assigned(id, at(on, 10, 0, 0), customer, successor, "离职交接，客户已书面确认");
            stage.company.plan(event);
        }
        let id = stage.company.id("em");
        let event = stage.company.employee(id, at(last_day, 18, 0, 0), who, "left", Some(last_day));
        stage.company.plan(event);
        stage.company.staff[who].left_on = Some(last_day);
    }
    stage.end("按期交接离职".to_owned(), QUIET);
}

fn order_to_partner(mut stage: Stage<'_>) {
    let trade = stage.trade();
    let partner = (0..stage.company.firms.len())
        .filter(|firm| stage.company.firms[*firm].kind == "partner")
        .min_by_key(|firm| (stage.company.firms[*firm].trade != trade, *firm));
    let Some(partner) = partner else { return stage.end("无".to_owned(), QUIET) };
    for step in 0..2 {
        let customer = stage.customer();
        let day = stage.day(250 + step * 300, 450 + step * 300);
        let fen = stage.order_worth();
        let id = stage.company.id("fu");
        let note = "缺货，经总监批准由合作伙伴代供。";
        let event = stage.company.followed_up(id, at(day, 11, 0, 0), customer, stage.who, "审批", note);
        stage.company.plan(event);
        stage.move_order(day, customer, partner, fen);
    }
    stage.end("缺货时经批准转给合作伙伴".to_owned(), QUIET);
}

fn declared_interest(mut stage: Stage<'_>) {
    let who = stage.who;
    let firm = stage.founded("related");
    let day = stage.day(20, 120);
    stage.learn_of(day, firm);
    let id = stage.company.id("in");
    let data = serde_json::json!({
        "employee": stage.company.staff[who].number,
        "company": stage.company.firms[firm].id,
        "relation": "姐姐持股60%，已申报",
    });
    let event = crate::Event::new(at(day, 14, 0, 0), crate::event::HR, id, "interest.declared", Some(&stage.company.staff[who].number), data);
    stage.prove("looks", event);
    stage.end("如实申报亲属公司".to_owned(), QUIET);
}
