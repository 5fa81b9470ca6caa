//! What the shipped lexicon says about single sentences: each disguise, each border, each exception.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;

use probity_lexicon::{Audience, Definition, Hit, Lexicon, LexiconError, Reading, Step, Steps};
use proptest::prelude::*;

static SHIPPED: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);

fn read(text: &str) -> Reading {
    SHIPPED.read(text, Audience::External)
}

fn hit(text: &str, word: &str) -> Hit {
    let reading = read(text);
    reading.hits.iter().find(|h| h.word == word).unwrap_or_else(|| panic!("{text}: no {word} in {:?}", reading.hits)).clone()
}

fn written(text: &str, hit: &Hit) -> String {
    text.chars().skip(hit.start).take(hit.end - hit.start).collect()
}

#[test]
fn every_canonical_word_alerts_by_itself() {
    for word in [
        "私单",
        "飞单",
        "跑单",
        "好处费",
        "返点",
        "回扣",
        "介绍费",
        "介绍客户",
        "加我微信",
        "别走公司",
        "私下转账",
        "私下结",
        "走私账",
        "打我卡上",
        "转给朋友公司",
        "那边更便宜",
    ] {
        for text in [word.to_string(), format!("这次的{word}我照旧给你"), format!("老板{word}的事晚点说")] {
            let h = hit(&text, word);
            assert!(h.alerting && h.strong && h.step == Step::Exact, "{text}: {h:?}");
            assert_eq!(written(&text, &h), word);
        }
    }
}

#[test]
fn strong_disguises_alert_alone_and_together() {
    for (text, word, place, step) in [
        ("这次的飛單我照旧给你", "飞单", "飛單", Step::Traditional),
        ("这次的⻜单我照旧给你", "飞单", "⻜单", Step::Compatibility),
        ("这次的飞\u{200B}单我照旧给你", "飞单", "飞\u{200B}单", Step::Invisible),
        ("这次的飞 😀 单我照旧给你", "飞单", "飞 😀 单", Step::Gaps),
        ("这次的好\n处*费我照旧给你", "好处费", "好\n处*费", Step::Gaps),
        ("这次的飛\u{FE0F}·\u{AD}單我照旧给你", "飞单", "飛\u{FE0F}·\u{AD}單", Step::Gaps),
        ("这次的飞1️⃣单我照旧给你", "飞单", "飞1️⃣单", Step::Gaps),
        ("your k i c k b a c k is ready", "kickback", "k i c k b a c k", Step::Gaps),
        ("your ｋickback is ready", "kickback", "ｋickback", Step::Compatibility),
        ("返\u{200B}你 １０％", "返点", "返\u{200B}你 １０％", Step::Invisible),
    ] {
        let h = hit(text, word);
        assert_eq!((written(text, &h).as_str(), h.step), (place, step), "{text}");
        assert!(h.alerting, "{text}");
    }
}

#[test]
fn weak_disguises_want_a_second_sign() {
    for (place, word, step) in [
        ("禾厶单", "私单", Step::Split),
        ("丝单", "私单", Step::SameSound),
        ("hui kou", "回扣", Step::Pinyin),
        ("回kou", "回扣", Step::PinyinMixed),
        ("HCF", "好处费", Step::Initials),
        ("费处好", "好处费", Step::Reversed),
        ("kiсkback", "kickback", Step::SimilarShape),
    ] {
        let alone = format!("这次的{place}我照旧");
        let h = hit(&alone, word);
        assert_eq!((written(&alone, &h).as_str(), h.step, h.alerting), (place, step, false), "{alone}");
        assert!(!read(&format!("{alone}，下午3点见")).alert);
        assert!(!read(&format!("{alone}，撕单")).alert, "a second weak hit is no second sign");
        for sign in ["，500块", "，三个点", "，别走公司"] {
            assert!(read(&format!("{alone}{sign}")).alert, "{alone}{sign}");
        }
    }
}

#[test]
fn words_inside_other_words_are_quiet() {
    for text in [
        "机器人在飞单条航线",
        "每飞单独计费",
        "保护隐私单独存放",
        "到折返点集合",
        "起飞单程票",
        "往返点都要打卡",
        "全班返点名",
        "私单位的规定",
        "请撤回扣款",
        "私下结婚了",
        "对接私单项目",
        "今晚去饭店吃饭花了500元",
        "非但没有，还扣了500元",
        "您要分别走公司账和个人账吗",
    ] {
        assert!(!read(text).alert, "{text}: {:?}", read(text).hits);
    }
}

#[test]
fn exceptions_are_a_hit_and_no_alert() {
    for text in [
        "公司禁止收好处费",
        "请勿私下转账",
        "我们不能收回扣",
        "我们不做私单",
        "收好处费要开除",
        "严禁飞单",
        "有人举报他收回扣",
        "《禁止私单管理办法》已发布",
        "法务：私下收好处费一律移送",
        "培训：飞单的危害",
        "供应商给公司的返点是8%，走公司账",
        "公司返点政策更新了",
        "公司活动，返10%给您",
        "No kickbacks allowed",
        "kickbacks are prohibited",
    ] {
        let reading = read(text);
        assert!(!reading.alert, "{text}: {:?}", reading.hits);
        assert!(reading.hits.iter().any(|h| h.exception.is_some()), "{text}: {:?}", reading.hits);
    }
}

#[test]
fn an_exception_reaches_no_further_than_its_clause() {
    for text in [
        "公司禁止收好处费，但是你放心，好处费我私下给你",
        "我不是不能收好处费",
        "不要告诉公司我给你返点",
        "能不能给我返点",
        "别走公司",
        "放心，不会少了你的好处费",
        "别走公司账，返点打我卡上",
        "虽然公司严禁，返点我照给你",
    ] {
        assert!(read(text).alert, "{text}: {:?}", read(text).hits);
    }
}

#[test]
fn a_figure_ends_talk_at_large_and_a_clause_of_its_own_is_no_word() {
    for text in [
        "上次说的回扌口，9.0%，沐泽公司已经同意了",
        "禾度公司那边谈好了，好 处 费8.0%",
        "they pay a kickback of 7 %, half is yours",
        "hcf 3000",
        "hcf3000",
        "货款您先转给我",
        "俺给你返仨点",
    ] {
        assert!(read(text).alert, "{text}: {:?}", read(text).hits);
    }
    for text in ["凡有人以我司名义收取好处费。请直接举报。", "您先别走，公司的车马上到", "HCF 3000", "好处费不好处费的先放一边"]
    {
        assert!(!read(text).alert, "{text}: {:?}", read(text).hits);
    }
}

#[test]
fn colleagues_among_themselves_are_a_hit_without_alert() {
    let reading = SHIPPED.read("这次的飞单我照旧给你", Audience::Internal);
    assert!(!reading.alert && reading.hits.len() == 1 && !reading.hits[0].alerting);
}

#[test]
fn steps_switch_off() {
    let quiet = Lexicon::compile(&Definition { steps: Steps::none(), ..Definition::shipped() }).unwrap();
    for text in ["飛單", "⻜单", "飞\u{200B}单", "飞 单", "禾厶单", "丝单", "huikou", "回kou", "hcf", "费处好"] {
        assert!(quiet.read(text, Audience::External).hits.is_empty(), "{text}");
    }
    assert!(quiet.read("飞单", Audience::External).alert);
}

#[test]
fn a_bad_definition_says_what_to_mend() {
    let mut def = Definition::shipped();
    def.entries[0].category = "nowhere".into();
    assert!(matches!(Lexicon::compile(&def), Err(LexiconError::UnknownCategory(..))));
    let mut def = Definition::shipped();
    def.entries[0].variants.push("飞".into());
    assert!(matches!(Lexicon::compile(&def), Err(LexiconError::TooShort(_))));
    let mut def = Definition::shipped();
    def.entries.push(def.entries[0].clone());
    assert!(matches!(Lexicon::compile(&def), Err(LexiconError::Twice(_))));
}

#[test]
fn a_definition_survives_json() {
    let def = Definition::shipped();
    let text = serde_json::to_string(&def).unwrap();
    assert_eq!(serde_json::from_str::<Definition>(&text).unwrap(), def);
}

fn salted() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("飞"),
        Just("单"),
        Just("返"),
        Just("10%"),
        Just("8个点"),
        Just("好处费"),
        Just("禾"),
        Just("厶"),
        Just("hui"),
        Just("kou"),
        Just("kick"),
        Just(" "),
        Just("\u{200B}"),
        Just("😀"),
        Just("公司禁止"),
        Just("，"),
        Just("三万五"),
        Just("¥"),
        Just("亿亿亿万"),
        Just("99999999999999999999"),
        Just("《"),
        Just("》"),
        Just("1️⃣"),
        Just("但是"),
    ];
    prop::collection::vec(prop_oneof![piece.prop_map(String::from), any::<String>()], 0..24).prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn never_panics_spans_in_range_and_repeats(text in salted()) {
        let n = text.chars().count();
        let reading = read(&text);
        for h in &reading.hits {
            prop_assert!(h.start < h.end && h.end <= n);
        }
        for (start, end) in reading.amounts.iter().map(|a| (a.start, a.end)).chain(reading.shares.iter().map(|s| (s.start, s.end))) {
            prop_assert!(start < end && end <= n);
        }
        prop_assert_eq!(reading, read(&text));
    }
}
