//! The contract of the diversion lexicon, sentence by sentence: what DESIGN §5.5 promises of `words.diversion`.

use std::sync::LazyLock;

use probity_lexicon::{Amount, Audience, Lexicon, Reading, Share, Step, amounts, shares};

static SHIPPED: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);

fn read(text: &str) -> Reading {
    SHIPPED.read(text, Audience::External)
}

fn alerts(text: &str) -> bool {
    read(text).alert
}

/// The disguised place of the first hit of `word`, and its step.
fn place(text: &str, word: &str) -> Option<(String, Step)> {
    let reading = read(text);
    let hit = reading.hits.iter().find(|h| h.word == word)?;
    let written = text.chars().skip(hit.start).take(hit.end - hit.start);
    Some((written.collect(), hit.step))
}

#[test]
fn a_share_makes_a_return_a_kickback() {
    for text in ["返10%", "返8个点", "给你返10%", "返您一成", "我介绍你到鼎新公司买,给你返10%"] {
        assert!(alerts(text), "{text}");
        assert!(read(text).hits.iter().any(|h| h.word == "返点"), "{text}");
    }
}

#[test]
fn exceptions_are_hits_without_alert() {
    for text in [
        "公司禁止收好处费",
        "请勿私下转账",
        "我们不能收回扣",
        "我们不做私单",
        "收回扣要开除",
        "我要举报他收回扣",
        "《禁止飞单管理办法》",
        "法务：飞单的后果",
        "培训：好处费的危害",
        "给公司的返点已到账",
        "公司返点政策",
        "返点8%走公司账",
        "公司活动，返10%",
    ] {
        let reading = read(text);
        assert!(!reading.alert, "{text}: {:?}", reading.hits);
        assert!(!reading.hits.is_empty(), "{text}");
    }
    assert!(alerts("别走公司"), "never an exception");
    assert!(alerts("别走公司账，返点给你"), "never an exception");
}

#[test]
fn a_weak_spelling_wants_a_second_sign() {
    for (text, fires) in [
        ("丝单照旧", false),
        ("丝单照旧，下午3点见", false),
        ("丝单照旧，撕单也行", false),
        ("丝单照旧，500块", true),
        ("丝单照旧，三个点", true),
        ("丝单照旧，百分之八", true),
        ("丝单照旧，给你回扣", true),
    ] {
        assert_eq!(alerts(text), fires, "{text}: {:?}", read(text).hits);
    }
}

#[test]
fn an_everyday_word_that_sounds_alike_is_no_hit() {
    for text in ["晚上去饭店吃，500块", "非但不便宜，还多花了500块", "今天接了七单，提成500块"] {
        assert!(read(text).hits.is_empty(), "{text}: {:?}", read(text).hits);
    }
}

#[test]
fn borders_of_words_are_respected() {
    for text in ["在飞单条航线", "隐私单独保存", "到折返点集合", "起飞单程票", "每飞单独计费", "对接私单项目"] {
        assert!(!alerts(text), "{text}: {:?}", read(text).hits);
    }
}

#[test]
fn each_disguise_is_named_and_lies_in_its_place() {
    for (text, word, written, step) in [
        ("这次飛單照旧", "飞单", "飛單", Step::Traditional),
        ("这次⻜单照旧", "飞单", "⻜单", Step::Compatibility),
        ("𠮷回\u{200D}\u{FE0F}扣", "回扣", "回\u{200D}\u{FE0F}扣", Step::Invisible),
        ("e\u{301}😀回 👍🏽 扣", "回扣", "回 👍🏽 扣", Step::Gaps),
        ("回丶扣照旧", "回扣", "回丶扣", Step::Gaps),
        ("回㊗️扣照旧", "回扣", "回㊗️扣", Step::Gaps),
        ("回①扣照旧", "回扣", "回①扣", Step::Gaps),
        ("给你女子处费", "好处费", "女子处费", Step::Split),
        ("给你女子 处费", "好处费", "女子 处费", Step::Split),
        ("给你子女处费", "好处费", "子女处费", Step::Split),
        ("那个禾厶单", "私单", "禾厶单", Step::Split),
        ("那个思单", "私单", "思单", Step::SameSound),
        ("那个 huíkòu 呢", "回扣", "huíkòu", Step::Pinyin),
        ("那个 hui2kou4 呢", "回扣", "hui2kou4", Step::Pinyin),
        ("那个 HUI KOU 呢", "回扣", "HUI KOU", Step::Pinyin),
        ("那个 ｈｕｉｋｏｕ 呢", "回扣", "ｈｕｉｋｏｕ", Step::Pinyin),
        ("那个 𝐡𝐮𝐢𝐤𝐨𝐮 呢", "回扣", "𝐡𝐮𝐢𝐤𝐨𝐮", Step::Pinyin),
        ("那个fan点呢", "返点", "fan点", Step::PinyinMixed),
        ("那个f点呢", "返点", "f点", Step::PinyinMixed),
        ("那个fd呢", "返点", "fd", Step::Initials),
        ("那个点返呢", "返点", "点返", Step::Reversed),
        ("那个反点呢", "返点", "反点", Step::SameSound),
    ] {
        assert_eq!(place(text, word), Some((written.to_owned(), step)), "{text}: {:?}", read(text).hits);
    }
}

#[test]
fn amounts_and_shares_are_read_from_text() {
    let share = |ppm, start, end| vec![Share { ppm, start, end }];
    let sum = |minor, start, end| vec![Amount { minor, start, end }];
    assert_eq!(shares("返10%"), share(100_000, 1, 4));
    assert_eq!(shares("给你一成"), share(100_000, 2, 4));
    assert_eq!(shares("8个点"), share(80_000, 0, 3));
    assert_eq!(shares("百分之八"), share(80_000, 0, 4));
    assert_eq!(amounts("两千"), sum(200_000, 0, 2));
    assert_eq!(amounts("2k"), sum(200_000, 0, 2));
    assert_eq!(amounts("500 块"), sum(50_000, 0, 5));
    // Found in a reading as well, where nothing else is.
    assert_eq!(read("😀给我10巴仙").shares, share(100_000, 3, 7));
    assert_eq!(read("¥三百").amounts, sum(30_000, 0, 3));
}
