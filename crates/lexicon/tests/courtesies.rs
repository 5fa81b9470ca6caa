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
fn a_courtesy_between_two_sentences_leaves_them_two() {
    let chinese = kept(false);
    let text = |l: &str| l.trim_end_matches(['。', '！', '？']).to_owned();
    for (between, with) in [("。", "，谢谢。"), ("。", "，王经理。"), ("！", " 谢谢！")] {
        let pairs = chinese.iter().zip(chinese.iter().skip(7)).step_by(3);
        let changed = pairs.map(|((a, _), (b, _))| (format!("{}{between}{b}", text(a)), format!("{}{with}{b}", text(a))));
        let changed: Vec<String> = changed.filter(|(plain, polite)| alerts(plain) != alerts(polite)).map(|(_, polite)| polite).collect();
        assert_eq!(changed, Vec::<String>::new(), "…{with}…");
    }
}

#[test]
fn what_only_looks_like_a_courtesy_is_read() {
    for quiet in [
        "Kickback? He refused it",
        "We heard of a kickback, he was fired",
        "[禁止]收回扣",
        "飞单，查处",
        "王经理 收了回扣",
        "谁给的回扣？张经理",
        "拿回扣的人：王总、李总、张经理",
        "我们不接 私单",
        "廉洁从业 拒绝 回扣",
        "王总，《返点合同》麻烦签一下",
        "转您《返点》，谢谢",
        "收了好处费就是给自己找麻烦",
        "昨天吃饭隔壁桌跑-单，老板追了两条街",
    ] {
        assert!(!alerts(quiet), "{quiet}");
    }
    for offer in ["您举报的事已处理，谢谢。返点明天打给您", "公司纪律我懂，王总。回扣照给您"] {
        assert!(alerts(offer), "{offer}");
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
