//! What a text says does not change with who is spoken to, a greeting, thanks, or spaces typed for commas: every kept
//! sentence is read again with them.

use std::sync::LazyLock;

use probity_lexicon::{Audience, Lexicon};

mod traps;

static SHIPPED: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);

fn alerts(text: &str) -> bool {
    SHIPPED.read(text, Audience::External).alert
}

/// Sentences, each with whether it alerts.
fn kept(english: bool) -> Vec<(String, bool)> {
    let letters = |l: &str| l.chars().filter(char::is_ascii).count() * 10 > l.chars().count() * 9;
    let (fires, quiet) = traps::unfitted();
    let lines = traps::all().into_iter().flat_map(|(.., lines)| lines).chain(fires).chain(quiet);
    let all: Vec<(String, bool)> = lines.filter(|l| letters(l) == english).map(|l| (alerts(&l), l)).map(|(a, l)| (l, a)).collect();
    assert!(all.len() > 150, "the kept sentences are missing");
    all
}

fn changed(all: &[(String, bool)], say: impl Fn(&str) -> String) -> Vec<String> {
    all.iter().map(|(l, before)| (say(l), before)).filter(|(l, before)| alerts(l) != **before).map(|(l, _)| l).collect()
}

#[test]
fn courtesies_change_nothing() {
    let chinese = kept(false);
    for before in [
        "王经理，",
        "张老师您好，",
        "李总早，",
        "陈姐，",
        "小刘，",
        "兄弟，",
        "吴主任！",
        "赵会计，在吗？",
        "不好意思打扰了，",
        "早上好😊",
        "亲，",
        "对了，",
        "周院长你好：",
    ] {
        assert_eq!(changed(&chinese, |l| format!("{before}{l}")), Vec::<String>::new(), "{before}…");
    }
    for after in ["[握手]", "，麻烦了", "，王经理", "，收到请回复", "谢谢！"] {
        assert_eq!(changed(&chinese, |l| format!("{}{after}", l.trim_end_matches('。'))), Vec::<String>::new(), "…{after}");
    }
    let english = kept(true);
    for before in ["Hi, ", "Hi Tom, ", "Dear Mr. Wang, ", "Good morning. ", "Manager Wang, ", "Sorry to bother you, "] {
        assert_eq!(changed(&english, |l| format!("{before}{l}")), Vec::<String>::new(), "{before}…");
    }
}

#[test]
fn a_space_typed_for_a_comma_divides_as_one() {
    let chinese = kept(false);
    let changed = changed(&chinese, |l| l.replace(['，', '。'], " "));
    assert!(changed.len() * 100 < chinese.len(), "{} of {} read otherwise: {changed:#?}", changed.len(), chinese.len());
}

#[test]
fn whoever_is_spoken_to_is_not_spoken_of() {
    for body in ["有私单做不做，不经过公司", "飞单走不走？", "回扣少不了", "返点的事见面聊", "有返点，做不做"] {
        for title in ["田老师，", "王经理，", "刘医生，", "孙厂长 ", "何主管！", "欧阳院长，"] {
            assert!(alerts(&format!("{title}{body}")), "{title}{body}");
        }
    }
    // Told of a manager, not to one.
    assert!(!alerts("公司通报，王经理收受回扣被开除"));
}

#[test]
fn whoever_sets_the_characters_of_a_word_apart_is_not_telling_of_it() {
    assert!(alerts("晚上，上次说的好🌸处🌸费，7.0%，翰辰公司已经同意了"));
    assert!(alerts("上次说的好\u{200b}处\u{200b}费，翰辰公司已经同意了"));
    // White space may come from a copied page, and an exception is one however the word is written.
    assert!(!alerts("我们不收好·处·费"));
}
