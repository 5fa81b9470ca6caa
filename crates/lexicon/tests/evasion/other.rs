//! A second set of evasions, made by other rules than the first and of every Chinese word of the lexicon: what a reader
//! that was tuned on the first set must hold on as well. Homophones and shapes come from the tables as they stand.

use pinyin::ToPinyin;
use probity_lexicon::{Definition, Severity};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use unicode_normalization::UnicodeNormalization;

use super::{Case, Tables, WORDS};

pub const STEPS: &[&str] = &[
    "traditional",
    "compatibility",
    "invisible",
    "gaps",
    "split",
    "split turned",
    "same_sound",
    "pinyin",
    "pinyin_mixed",
    "initials",
    "similar_shape",
    "reversed",
];

const SENTENCES: &[(&str, &str)] = &[
    ("", ""),
    ("这次的", "照旧"),
    ("老板，", "的事晚上说"),
    ("您放心", "我安排"),
    ("关于", "，您看"),
    ("那个", "嘛"),
    ("e\u{301}𠮷😀", "😎是吧"),
    ("明天", " ok"),
];
const MARKS: &[char] = &[
    '\u{200B}',
    '\u{200C}',
    '\u{200D}',
    '\u{FEFF}',
    '\u{2060}',
    '\u{AD}',
    '\u{FE0F}',
    '\u{FE0E}',
    '\u{202D}',
    '\u{2066}',
    '\u{2069}',
    '\u{180E}',
    '\u{E0100}',
    '\u{301}',
    '\u{20DD}',
    '\u{336}',
    '\u{489}',
    '\u{3099}',
    '\u{1160}',
    '\u{2064}',
];
const GAPS: &[&str] = &[
    " ",
    "\u{A0}",
    "\u{2003}",
    "\u{3000}",
    "\t",
    "\n",
    "\r\n",
    ".",
    "。",
    "，",
    ",",
    "、",
    "；",
    "：",
    "!",
    "？",
    "~",
    "～",
    "—",
    "–",
    "_",
    "/",
    "\\",
    "|",
    "｜",
    "*",
    "★",
    "☆",
    "●",
    "+",
    "=",
    "^",
    "#",
    "@",
    "&",
    "%",
    "\"",
    "“",
    "【",
    "】",
    "（",
    ")",
    "[",
    "{",
    "<",
    ">",
    "《",
    "»",
    "…",
    "......",
    "•",
    "‧",
    "・",
    "ー",
    "々",
    "😂",
    "❤️",
    "👨‍👩‍👧‍👦",
    "👍🏽",
    "🇨🇳",
    "1️⃣",
    "㊗️",
    "①",
    "❶",
    "⑴",
    "→",
    "🫶",
    "♂",
    "🀄",
    "✂️",
    "ღ",
    "๑",
    "°",
    "′",
    "`",
    "´",
    "^_^",
    "丨",
    "丶",
    "‖",
];
const FORMS: &[(&str, &str)] = &[
    (
        "单飞处费点绍给转账结别边户开经过绕个发资料价诉带着来这说间删记录现银议报标谢礼钱",
        "單飛處費點紹給轉賬結別邊戶開經過繞個發資料價訴帶著來這說間刪記錄現銀議報標謝禮錢",
    ),
    ("单处点账户绕个着里", "単処奌帳戸遶箇着裏"),
];

/// The Chinese canonical words of high severity, those of the contract first.
pub fn words(definition: &Definition) -> Vec<String> {
    let mut words: Vec<String> = WORDS.iter().map(|w| (*w).to_owned()).collect();
    for entry in &definition.entries {
        let han = entry.word.chars().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
        if han && !entry.sign && entry.severity == Severity::High && !words.contains(&entry.word) {
            words.push(entry.word.clone());
        }
    }
    words
}

/// Up to `n` cases of a step; steps that do not fit a word make none of it.
pub fn cases(step: &str, words: &[String], tables: &Tables, n: usize, seed: u64) -> Vec<Case> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut out = Vec::new();
    for round in 0..n * 3 {
        let word = &words[round % words.len()];
        let Some(written) = disguise(step, word, tables, &mut rng) else {
            continue;
        };
        if written == *word || out.len() >= n {
            continue;
        }
        let (before, after) = SENTENCES.choose(&mut rng).copied().unwrap_or_default();
        let start = before.chars().count();
        out.push(Case { end: start + written.chars().count(), text: format!("{before}{written}{after}"), word: word.clone(), start });
    }
    out
}

fn disguise(step: &str, word: &str, t: &Tables, rng: &mut ChaCha8Rng) -> Option<String> {
    let mut chars: Vec<char> = word.chars().collect();
    let n = chars.len();
    let syllables: Vec<_> = chars.iter().filter_map(|c| c.to_pinyin()).collect();
    Some(match step {
        "traditional" => {
            let (simple, forms) = FORMS.choose(rng).copied()?;
            let form = |c: char| simple.chars().position(|s| s == c).and_then(|i| forms.chars().nth(i));
            chars.iter().map(|&c| form(c).unwrap_or(c)).collect()
        }
        "compatibility" => chars.iter().map(|&c| compatible(c)).collect(),
        "invisible" => {
            let mark = MARKS.choose(rng)?.to_string().repeat(rng.random_range(1..4));
            let at = rng.random_range(1..n);
            if rng.random_bool(0.3) {
                chars.iter().map(char::to_string).collect::<Vec<_>>().join(&mark)
            } else {
                let (left, right) = chars.split_at(at);
                format!("{}{mark}{}", String::from_iter(left), String::from_iter(right))
            }
        }
        "gaps" => {
            let gap = GAPS.choose(rng)?;
            let at = rng.random_range(1..n);
            if rng.random_bool(0.4) {
                chars.iter().map(char::to_string).collect::<Vec<_>>().join(gap)
            } else {
                let (left, right) = chars.split_at(at);
                format!("{}{gap}{}", String::from_iter(left), String::from_iter(right))
            }
        }
        "split" | "split turned" => {
            let turned = step == "split turned";
            let ways = |c: char| -> Vec<Vec<String>> {
                let all = t.parts.get(&c).cloned().unwrap_or_default();
                all.into_iter().filter(|w| !turned || w.len() == 2).collect()
            };
            let able: Vec<usize> = (0..n).filter(|&i| !ways(chars[i]).is_empty()).collect();
            let must = *able.choose(rng)?;
            let gap = if rng.random_bool(0.3) { " " } else { "" };
            let mut out = String::new();
            for (i, &c) in chars.iter().enumerate() {
                match ways(c).choose(rng) {
                    Some(way) if i == must => {
                        let mut way = way.clone();
                        if turned {
                            way.reverse();
                        }
                        out += &way.join(gap);
                    }
                    _ => out.push(c),
                }
            }
            out
        }
        "same_sound" => {
            let like = |c: char| t.homophones.get(&c).cloned().unwrap_or_default();
            let mut able: Vec<usize> = (0..n).filter(|&i| !like(chars[i]).is_empty()).collect();
            able.shuffle(rng);
            for &i in able.iter().take(rng.random_range(1..=2)) {
                chars[i] = *like(chars[i]).choose(rng)?;
            }
            chars.into_iter().collect()
        }
        "similar_shape" => {
            let like = |c: char| t.shapes.get(&c).cloned().unwrap_or_default();
            let able: Vec<usize> = (0..n).filter(|&i| !like(chars[i]).is_empty()).collect();
            let at = *able.choose(rng)?;
            chars[at] = *like(chars[at]).choose(rng)?;
            chars.into_iter().collect()
        }
        "pinyin" => {
            let plain: Vec<String> = syllables.iter().map(|p| p.plain().to_owned()).collect();
            let toned: Vec<String> = syllables.iter().map(|p| p.with_tone().to_owned()).collect();
            let numbered: Vec<String> = syllables.iter().map(|p| p.with_tone_num_end().to_owned()).collect();
            let shifted = |base: u32| -> String {
                let letter = |c: char| char::from_u32(base + (c as u32 - 'a' as u32)).unwrap_or(c);
                plain.concat().chars().map(letter).collect()
            };
            match rng.random_range(0..16) {
                0 => plain.join(" "),
                1 => plain.join("'"),
                2 => plain.join("’"),
                3 => plain.join(["-", "_", ".", "·"].choose(rng).copied()?),
                4 => plain.concat().to_uppercase(),
                5 => toned.concat(),
                6 => toned.join(" ").nfd().collect(),
                7 => numbered.concat(),
                8 => numbered.join(" "),
                9 => shifted('ａ' as u32),
                10 => shifted('𝐚' as u32),
                11 => shifted('ⓐ' as u32),
                12 => shifted('⒜' as u32),
                13 => plain.concat().chars().map(String::from).collect::<Vec<_>>().join(" "),
                14 => plain.concat().chars().map(String::from).collect::<Vec<_>>().join("\u{200B}"),
                _ => plain.concat(),
            }
        }
        "pinyin_mixed" => {
            let mut at: Vec<usize> = (0..n).collect();
            at.shuffle(rng);
            let few = &at[..rng.random_range(1..n)];
            let initial = few.len() == 1 && rng.random_bool(0.4);
            let upper = rng.random_bool(0.2);
            let spelled = |i: usize| -> String {
                let all = syllables[i].plain();
                let part = if initial { &all[..1] } else { all };
                if upper { part.to_uppercase() } else { part.to_owned() }
            };
            let piece = |i: usize| {
                if few.contains(&i) { spelled(i) } else { chars[i].to_string() }
            };
            (0..n).map(piece).collect::<Vec<_>>().join(if rng.random_bool(0.3) { " " } else { "" })
        }
        "initials" => {
            let letters: Vec<String> = syllables.iter().map(|p| p.plain()[..1].to_owned()).collect();
            let text = letters.join(["", "", ".", " "].choose(rng).copied()?);
            if rng.random_bool(0.5) { text.to_uppercase() } else { text }
        }
        "reversed" => chars.iter().rev().collect(),
        _ => return None,
    })
}

/// The other code point of a character, if it has one.
fn compatible(c: char) -> char {
    let own = match c {
        '飞' => Some('⻜'),
        '见' => Some('⻅'),
        '长' => Some('⻓'),
        _ => None,
    };
    let mut all = (0x2F00..=0x2FD5u32).chain(0xF900..=0xFAFF).chain(0x2F800..=0x2FA1F).filter_map(char::from_u32);
    own.or_else(|| all.find(|x| x.to_string().nfkc().eq(std::iter::once(c)))).unwrap_or(c)
}
