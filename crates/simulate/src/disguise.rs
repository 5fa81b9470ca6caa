//! How careful people spell a telling word. Written from how such words look in reports of real cases, not
//! from the lexicon's tables: whether the lexicon reads them is the question.

use crate::dice::Dice;

/// A way to spell a word so that a plain search misses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disguise {
    Traditional,
    Compatibility,
    Invisible,
    Gaps,
    Split,
    SameSound,
    Pinyin,
    PinyinMixed,
    Initials,
}

impl Disguise {
    pub(crate) const ALL: [Self; 9] =
        [Self::Traditional, Self::SameSound, Self::Invisible, Self::Pinyin, Self::Gaps, Self::Split, Self::Compatibility, Self::PinyinMixed, Self::Initials];

    /// Spellings that must be understood by themselves or, beside a share, without doubt.
    pub(crate) fn readable(self) -> bool {
        !matches!(self, Self::PinyinMixed | Self::Initials)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Traditional => "traditional",
            Self::Compatibility => "compatibility",
            Self::Invisible => "invisible",
            Self::Gaps => "gaps",
            Self::Split => "split",
            Self::SameSound => "same_sound",
            Self::Pinyin => "pinyin",
            Self::PinyinMixed => "pinyin_mixed",
            Self::Initials => "initials",
        }
    }

    /// A telling word in this spelling.
    pub(crate) fn word(self, dice: &mut Dice) -> String {
        let spelled: &[&str] = match self {
            Self::Traditional => &["返點", "飛單", "私單", "介紹費", "好處費", "跑單"],
            Self::Compatibility => &["⻜单", "返点", "回扣"],
            Self::Invisible => &["返点", "好处费", "回扣", "飞单", "介绍费"],
            Self::Gaps => &["返点", "好处费", "回扣", "飞单", "私单"],
            Self::Split => &["女子处费", "回扌口", "禾厶单"],
            Self::SameSound => &["反点", "飞丹", "回寇", "丝单", "好楚费"],
            Self::Pinyin => &["fandian", "huikou", "haochufei", "feidan", "sidan"],
            Self::PinyinMixed => &["返dian", "回kou", "飞dan", "好处fei"],
            Self::Initials => &["hk", "fd", "hcf"],
        };
        let word = *dice.pick(spelled);
        match self {
            Self::Invisible => spread(word, *dice.pick(&["\u{200b}", "\u{200d}", "\u{2060}", "\u{00ad}"])),
            Self::Gaps => spread(word, *dice.pick(&[" ", "·", "。", "😊", "-", "🌸", "…"])),
            // Full-width forms of what has none stay as they are; the radical carries the disguise.
            Self::Compatibility if word != "⻜单" => format!("⻜单{word}"),
            _ => word.to_owned(),
        }
    }
}

fn spread(word: &str, gap: &str) -> String {
    let mut out = String::new();
    for (position, character) in word.chars().enumerate() {
        if position > 0 {
            out.push_str(gap);
        }
        out.push(character);
    }
    out
}

/// A share of the order, as people write it. Only spellings that say exactly this share.
pub(crate) fn share(percent: i64, dice: &mut Dice) -> String {
    const DIGITS: [&str; 11] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let digit = usize::try_from(percent).ok().and_then(|index| DIGITS.get(index)).copied();
    let mut ways = vec![
        format!("{percent}%"),
        format!("{percent}个点"),
        format!("百分之{percent}"),
        format!("{percent}％"),
        format!("{percent} %"),
        format!("{percent}.0%"),
        format!("{percent}个百分点"),
    ];
    if let Some(digit) = digit {
        ways.push(format!("百分之{digit}"));
        ways.push(format!("{digit}个点"));
    }
    if percent == 10 {
        ways.push("一成".to_owned());
        ways.push("1成".to_owned());
    }
    dice.pick(&ways).clone()
}

/// The same in English.
pub(crate) fn share_in_english(percent: i64, dice: &mut Dice) -> String {
    dice.pick(&[format!("{percent}%"), format!("{percent} percent"), format!("{percent} %")]).clone()
}

/// A sum of money in whole yuan, as people write it.
pub(crate) fn sum(yuan: i64, dice: &mut Dice) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "两", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: i64| usize::try_from(n).ok().and_then(|index| DIGITS.get(index)).copied().unwrap_or("");
    let mut ways = vec![format!("{yuan}块"), format!("{yuan}元"), format!("{yuan}块钱"), format!("￥{yuan}"), format!("{}元整", grouped(yuan))];
    if yuan % 1000 == 0 && yuan < 10_000 {
        ways.push(format!("{}k", yuan / 1000));
        ways.push(format!("{}K", yuan / 1000));
        ways.push(format!("{}千", yuan / 1000));
        ways.push(format!("{}千", digit(yuan / 1000)));
        ways.push(format!("{}千块", digit(yuan / 1000)));
    }
    if yuan % 10_000 == 0 && yuan < 100_000 {
        ways.push(format!("{}万", yuan / 10_000));
        ways.push(format!("{}w", yuan / 10_000));
        ways.push(format!("{}万", digit(yuan / 10_000)));
    }
    dice.pick(&ways).clone()
}

/// 12000 as 12,000.
fn grouped(yuan: i64) -> String {
    if yuan < 1000 { yuan.to_string() } else { format!("{},{:03}", yuan / 1000, yuan % 1000) }
}
