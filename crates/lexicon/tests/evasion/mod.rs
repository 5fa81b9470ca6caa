//! Evasions made by rules of their own — from the character tables of the shared data folder, not from the reader's —
//! and put into carrier sentences.

pub mod other;

use std::collections::HashMap;
use std::path::Path;

use pinyin::ToPinyin;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use unicode_normalization::UnicodeNormalization;

/// The words every reader of this lexicon must know.
pub const WORDS: &[&str] = &[
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
];
pub const ENGLISH: &[&str] = &["kickback", "side deal", "under the table", "off the books", "my cut", "finder's fee"];

const CARRIERS: &[&str] = &[
    "这次的{X}我照旧给你",
    "老张说{X}的事明天再谈",
    "那个{X}，你看着办",
    "{X}",
    "关于{X}我们见面聊",
    "王总，{X}安排好了",
    "上回{X}还算数吗",
    "你懂的，{X}！",
    "我这边{X}都没问题，您放心",
    "晚上说说{X}吧",
    "听说{X}的事了吗",
    "{X}的事我来安排",
    "我们{X}，怎么样",
    "今天下午{X}",
    "这个月{X}",
    "可以{X}吗",
    "刚才提到{X}，可以的话周五见",
    "您好，{X}",
    "{X}，收到请回复",
    "他说{X}",
    "我想{X}",
    "有空谈谈{X}",
    "昨天说的{X}怎么样了",
    "方便的话{X}",
    "公司这边{X}我来处理",
    "项目{X}细节见面说",
    "一切照旧，{X}",
    "按之前说的{X}",
    "好的，{X}，没问题",
    "合同签了之后{X}",
    "先{X}再说",
    "这个订单{X}",
    "张经理，{X}的事情您考虑得怎么样",
    "周五之前把{X}弄好",
    "下次见面谈{X}",
    "李姐，{X}",
];
const ENGLISH_CARRIERS: &[&str] = &["about the {X} we talked of", "{X} as usual", "let us keep the {X} going, ok?", "Hi Tom, {X} is fine with me."];

const TRADITIONAL: &[(char, &str)] = &[
    ('单', "單単"),
    ('飞', "飛"),
    ('处', "處処"),
    ('费', "費"),
    ('返', "返"),
    ('点', "點奌"),
    ('绍', "紹"),
    ('给', "給"),
    ('转', "轉転"),
    ('账', "賬帳"),
    ('结', "結"),
    ('别', "別"),
    ('边', "邊辺"),
    ('户', "戶戸"),
];
const MARKS: &[char] = &[
    '\u{200B}',
    '\u{200C}',
    '\u{200D}',
    '\u{2060}',
    '\u{FEFF}',
    '\u{AD}',
    '\u{202E}',
    '\u{200E}',
    '\u{FE0F}',
    '\u{E0061}',
    '\u{338}',
    '\u{34F}',
    '\u{2063}',
    '\u{061C}',
];
const GAPS: &[&str] = &[
    " ",
    "  ",
    "\n",
    "\u{3000}",
    ".",
    "·",
    "*",
    "-",
    "_",
    "/",
    "|",
    "～",
    "、",
    "，",
    "。",
    "…",
    "😀",
    "💰",
    "👉",
    "❤️",
    "🇨🇳",
    "+",
    "#",
    "“",
    "）",
    "\t",
    " . ",
    "--",
    "👨‍👩‍👧",
    "①",
];

pub struct Tables {
    parts: HashMap<char, Vec<Vec<String>>>,
    sounds: HashMap<char, Vec<char>>,
    /// All that the table lists, of whatever reading.
    homophones: HashMap<char, Vec<char>>,
    shapes: HashMap<char, Vec<char>>,
}

pub fn tables(folder: &Path) -> Option<Tables> {
    let dir = folder.join("zh_char_tables");
    let read = |f: &str| std::fs::read_to_string(dir.join(f)).ok();
    let mut parts: HashMap<char, Vec<Vec<String>>> = HashMap::new();
    for line in read("chaizi_chaizi-jt.txt")?.lines() {
        let mut fields = line.split('\t');
        let Some(c) = fields.next().and_then(|f| f.chars().next()) else {
            continue;
        };
        let ways = fields.map(|f| f.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).filter(|w| w.len() >= 2);
        parts.entry(c).or_default().extend(ways);
    }
    let mut sounds: HashMap<char, Vec<char>> = HashMap::new();
    let mut homophones: HashMap<char, Vec<char>> = HashMap::new();
    for line in read("pycorrector_same_pinyin.txt")?.lines().filter(|l| !l.starts_with('#')) {
        let mut fields = line.split('\t');
        let Some(c) = fields.next().and_then(|f| f.chars().next()) else {
            continue;
        };
        let own = c.to_pinyin().map(|p| p.plain());
        let all: Vec<char> = fields.flat_map(str::chars).filter(|&x| x != c).collect();
        homophones.entry(c).or_default().extend(&all);
        let list = sounds.entry(c).or_default();
        list.extend(all.into_iter().filter(|&x| x != c && x.to_pinyin().map(|p| p.plain()) == own));
    }
    let mut shapes: HashMap<char, Vec<char>> = HashMap::new();
    for line in read("pycorrector_same_stroke.txt")?.lines() {
        let all: Vec<char> = line.split_whitespace().filter_map(|f| f.chars().next()).collect();
        if let Some((&c, rest)) = all.split_first() {
            shapes.entry(c).or_default().extend(rest.iter().filter(|&&x| x != c));
        }
    }
    Some(Tables { parts, sounds, homophones, shapes })
}

/// A text with a disguised word in it: code points of the place, and the word meant.
pub struct Case {
    pub text: String,
    pub word: String,
    pub start: usize,
    pub end: usize,
}

pub const STEPS: &[&str] = &[
    "exact",
    "traditional",
    "compatibility",
    "invisible",
    "gaps",
    "strong combined",
    "english strong",
    "split",
    "same_sound",
    "pinyin",
    "pinyin_mixed",
    "initials",
    "similar_shape",
    "reversed",
];

/// Up to `n` cases of a step; steps that do not fit a word make none of it.
pub fn cases(step: &str, tables: &Tables, n: usize, seed: u64) -> Vec<Case> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut out = Vec::new();
    for round in 0..n * 4 {
        if out.len() >= n {
            break;
        }
        let english = step == "english strong";
        let word = if english { ENGLISH[round % ENGLISH.len()] } else { WORDS[round % WORDS.len()] };
        let Some(written) = disguise(step, word, tables, &mut rng) else {
            continue;
        };
        if written == word && step != "exact" {
            continue;
        }
        let carriers = if english { ENGLISH_CARRIERS } else { CARRIERS };
        let carrier = carriers.choose(&mut rng).copied().unwrap_or("{X}");
        let before = carrier.split("{X}").next().unwrap_or_default().chars().count();
        let length = written.chars().count();
        out.push(Case { text: carrier.replace("{X}", &written), word: word.to_owned(), start: before, end: before + length });
    }
    out
}

/// Every word, as it is written, in every sentence that carries one.
pub fn carried() -> Vec<String> {
    let all =
        |words: &'static [&'static str], carriers: &'static [&'static str]| carriers.iter().flat_map(move |c| words.iter().map(move |w| c.replace("{X}", w)));
    all(WORDS, CARRIERS).chain(all(ENGLISH, ENGLISH_CARRIERS)).collect()
}

fn disguise(step: &str, word: &str, t: &Tables, rng: &mut ChaCha8Rng) -> Option<String> {
    let chars: Vec<char> = word.chars().collect();
    let one_or_more = |possible: &[bool], rng: &mut ChaCha8Rng| -> Option<Vec<bool>> {
        let able: Vec<usize> = (0..possible.len()).filter(|&i| possible[i]).collect();
        let must = *able.choose(rng)?;
        Some((0..possible.len()).map(|i| possible[i] && (i == must || rng.random_bool(0.5))).collect())
    };
    Some(match step {
        "exact" => word.to_owned(),
        "traditional" => {
            let forms = |c: char| TRADITIONAL.iter().find(|(s, _)| *s == c).map(|(_, f)| f.chars().filter(|&f| f != c).collect::<Vec<_>>()).unwrap_or_default();
            let pick = one_or_more(&chars.iter().map(|&c| !forms(c).is_empty()).collect::<Vec<_>>(), rng)?;
            chars.iter().zip(pick).map(|(&c, p)| if p { forms(c).choose(rng).copied().unwrap_or(c) } else { c }).collect()
        }
        "compatibility" => {
            let pick = one_or_more(&chars.iter().map(|&c| !compatible(c).is_empty()).collect::<Vec<_>>(), rng)?;
            chars.iter().zip(pick).map(|(&c, p)| if p { compatible(c).choose(rng).copied().unwrap_or(c) } else { c }).collect()
        }
        "invisible" => between(&chars, rng, |rng| (0..rng.random_range(1..3)).filter_map(|_| MARKS.choose(rng)).collect()),
        "gaps" => between(&chars, rng, |rng| GAPS.choose(rng).map(|g| (*g).to_owned()).filter(|g| g != "①").unwrap_or_else(|| " ".into())),
        "strong combined" => {
            let first = disguise("traditional", word, t, rng).or_else(|| disguise("compatibility", word, t, rng)).unwrap_or_else(|| word.to_owned());
            let second = disguise("invisible", &first, t, rng)?;
            let spaced: Vec<char> = second.chars().collect();
            let at = rng.random_range(1..spaced.len());
            let gap = GAPS.choose(rng).copied().filter(|g| *g != "①").unwrap_or(" ");
            format!("{}{gap}{}", spaced[..at].iter().collect::<String>(), spaced[at..].iter().collect::<String>())
        }
        "english strong" => match rng.random_range(0..4) {
            0 => between(&chars, rng, |rng| MARKS[..8].choose(rng).map(char::to_string).unwrap_or_default()),
            1 => chars.iter().map(|c| c.to_string()).collect::<Vec<_>>().join(["-", ".", "*", "_"].choose(rng).copied().unwrap_or("-")),
            2 => chars.iter().map(|&c| if c.is_ascii_lowercase() { char::from_u32(c as u32 - 'a' as u32 + 'ａ' as u32).unwrap_or(c) } else { c }).collect(),
            _ => word.to_uppercase(),
        },
        "split" => {
            let ways = |c: char| t.parts.get(&c).cloned().unwrap_or_default();
            let pick = one_or_more(&chars.iter().map(|&c| !ways(c).is_empty()).collect::<Vec<_>>(), rng)?;
            chars.iter().zip(pick).map(|(&c, p)| if p { ways(c).choose(rng).map(|w| w.concat()).unwrap_or_default() } else { c.to_string() }).collect()
        }
        "same_sound" => {
            let like = |c: char| t.sounds.get(&c).cloned().unwrap_or_default();
            let pick = one_or_more(&chars.iter().map(|&c| !like(c).is_empty()).collect::<Vec<_>>(), rng)?;
            chars.iter().zip(pick).map(|(&c, p)| if p { like(c).choose(rng).copied().unwrap_or(c) } else { c }).collect()
        }
        "similar_shape" => {
            let like = |c: char| t.shapes.get(&c).cloned().unwrap_or_default();
            let able: Vec<usize> = (0..chars.len()).filter(|&i| !like(chars[i]).is_empty()).collect();
            let at = *able.choose(rng)?;
            chars.iter().enumerate().map(|(i, &c)| if i == at { like(c).choose(rng).copied().unwrap_or(c) } else { c }).collect()
        }
        "pinyin" => {
            let toned = rng.random_bool(0.2);
            let all: Vec<String> =
                chars.iter().filter_map(|c| c.to_pinyin()).map(|p| if toned { p.with_tone().to_owned() } else { p.plain().to_owned() }).collect();
            let text = all.join(["", "", " ", "-", "'"].choose(rng).copied().unwrap_or(""));
            if rng.random_bool(0.2) { text.to_uppercase() } else { text }
        }
        "pinyin_mixed" => {
            let mut pick = one_or_more(&vec![true; chars.len()], rng)?;
            if pick.iter().all(|&p| p) {
                let at = rng.random_range(0..pick.len());
                pick[at] = false;
            }
            chars.iter().zip(pick).map(|(c, p)| if p { c.to_pinyin().map(|p| p.plain().to_owned()).unwrap_or_default() } else { c.to_string() }).collect()
        }
        "initials" => {
            let text: String = chars.iter().filter_map(|c| c.to_pinyin()).filter_map(|p| p.plain().chars().next()).collect();
            if rng.random_bool(0.5) { text.to_uppercase() } else { text }
        }
        "reversed" => chars.iter().rev().collect(),
        _ => return None,
    })
}

/// Something between some of the characters, at least once.
fn between(chars: &[char], rng: &mut ChaCha8Rng, mut thing: impl FnMut(&mut ChaCha8Rng) -> String) -> String {
    let must = rng.random_range(1..chars.len());
    let mut out = String::new();
    for (i, c) in chars.iter().enumerate() {
        if i > 0 && (i == must || rng.random_bool(0.3)) {
            out.push_str(&thing(rng));
        }
        out.push(*c);
    }
    out
}

/// Other code points that NFKC, or the eye, makes the same character.
fn compatible(c: char) -> Vec<char> {
    let mut out: Vec<char> = (0x2F00..=0x2FD5u32)
        .chain(0xF900..=0xFAFF)
        .chain(0x2F800..=0x2FA1F)
        .filter_map(char::from_u32)
        .filter(|x| x.to_string().nfkc().eq(std::iter::once(c)))
        .collect();
    out.extend(match c {
        '飞' => vec!['⻜'],
        '户' => vec!['⼾'],
        '贝' => vec!['⻉'],
        _ => vec![],
    });
    out
}
