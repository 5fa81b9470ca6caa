//! Who offers what to whom: pairs of sentences with the same word, one that offers and one that only speaks of it.

use std::sync::LazyLock;

use probity_lexicon::{Audience, Lexicon, Offer, Party, Reading};

static SHIPPED: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);

fn read(text: &str) -> Reading {
    SHIPPED.read(text, Audience::External)
}

fn offer(text: &str) -> Offer {
    let reading = read(text);
    reading.hits.iter().find_map(|h| h.offer.clone()).unwrap_or_else(|| panic!("{text}: nothing read in {reading:?}"))
}

#[test]
fn giver_receiver_and_share_are_read() {
    let story = offer("我介绍你到鼎新公司买,给你返10%");
    assert_eq!((story.giver, story.receiver, story.share), (Some(Party::Writer), Some(Party::Addressee), Some(100_000)));
    assert!(story.stands());
    assert_eq!(story.said_zh(), "对方得10%，给付人：我");
    assert_eq!(story.said_en(), "for who is written to: 10%; giver: the writer");

    let sum = offer("好处费我给您两千");
    assert_eq!((sum.giver, sum.receiver, sum.sum), (Some(Party::Writer), Some(Party::Addressee), Some(200_000)));
    assert_eq!(sum.said_zh(), "对方得2000，给付人：我");

    let claim = offer("介绍费你打给我");
    assert_eq!((claim.giver, claim.receiver), (Some(Party::Addressee), Some(Party::Writer)));

    let house = offer("供应商给公司的返点已到账");
    assert_eq!((house.giver, house.receiver), (Some(Party::Other), Some(Party::Company)));
}

#[test]
fn the_same_word_offered_and_only_spoken_of() {
    for (offered, told) in [
        ("签完这单好处费我私下给你", "审计组查了三家门店，没有一家员工拿过好处费"),
        ("回扣照旧，月底给您送过去", "课上讲师用两个真实判例说明了回扣怎么定罪"),
        ("返点咱俩对半分，别让公司知道", "会员积分达标后返点会自动冲抵下期货款"),
        ("介绍费两千，成交当天给你", "抱歉，介绍费我们给不了，全市统一价"),
        ("飞单的事你放心，晚上见面谈", "上月有员工因飞单被开除，法院已经判了"),
    ] {
        assert!(read(offered).alert, "{offered}: {:?}", read(offered).hits);
        assert!(!read(told).alert, "{told}: {:?}", read(told).hits);
    }
}

#[test]
fn what_is_denied_conceded_or_asked_is_no_talk_against() {
    for text in ["没人查回扣，放心拿", "虽然公司禁止飞单，但咱们可以照做", "这个价含不含返点", "没好处费谁给你办", "返点不写进合同"]
    {
        assert!(read(text).alert, "{text}: {:?}", read(text).hits);
    }
}

#[test]
fn every_ground_is_said_in_both_languages() {
    let grounds = offer("签完这单好处费我私下给你").grounds;
    assert!(!grounds.is_empty());
    for g in grounds {
        assert!(!g.zh().is_empty() && !g.en().is_empty() && g.en().is_ascii(), "{g:?}");
    }
}

/// Only told of: no alert, and nothing that waits for a second sign.
#[test]
fn a_word_only_spoken_of_is_a_hit_that_is_not_offered() {
    let reading = read("课上讲师用两个真实判例说明了回扣怎么定罪，2000块就立案");
    assert!(!reading.alert && !reading.hits.is_empty(), "{reading:?}");
    assert!(reading.hits.iter().all(|h| !h.offered()), "{reading:?}");
}

/// No word of the lexicon stands in these; two halves of an offer do.
#[test]
fn two_halves_of_an_offer_alert_and_one_is_no_hit() {
    for text in ["单子转到我表弟那边，公司不用晓得", "您先别续约，下月我表弟那边给您签", "利润咱俩对半分，领导不知道的"]
    {
        let reading = read(text);
        assert!(reading.alert && reading.hits.iter().any(|h| h.sign && h.alerting), "{text}: {:?}", reading.hits);
    }
    for text in ["周末去我表弟那边吃饭", "这事领导不知道，您先等等", "您先别续约，财务在核对", "我下个月离职，小陈接手"]
    {
        let reading = read(text);
        assert!(!reading.alert && reading.hits.is_empty(), "{text}: {:?}", reading.hits);
    }
}

/// Two halves in a rule or a report are no offer, and no hit either.
#[test]
fn halves_of_an_offer_in_rules_and_reports_are_quiet() {
    for text in [
        "员工守则第八条：严禁将客户介绍给亲戚的公司，不得瞒着公司以个人账户收款",
        "举报：我们组有人把订单转给小舅子的公司，领导不知道，请核实",
        "培训案例：某销售离职前让客户先别续约，利润对半分，最后被判了刑",
    ] {
        let reading = read(text);
        assert!(!reading.alert && reading.hits.iter().all(|h| !h.sign), "{text}: {:?}", reading.hits);
    }
    let inside = SHIPPED.read("单子转到我表弟那边，公司不用晓得", Audience::Internal);
    assert!(!inside.alert && inside.hits.is_empty(), "{inside:?}");
}
