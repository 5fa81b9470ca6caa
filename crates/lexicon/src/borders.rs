//! Is the place a word of its own, or only the meeting of two others (起飞|单程, 往返|点, 在飞|单条)?
//!
//! No full segmentation: only everyday words that cross the borders of the place are looked for, in a list of common
//! words, and a crossing counts when what it leaves of the entry can stand alone.

use std::sync::OnceLock;

use crate::chars::{CLAUSE, Kind, SENTENCE, chars};
use crate::quick::QuickSet;
use crate::view::{GAP_SIGN, View};

/// What stands at the borders of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Border {
    Clear,
    /// Reads both ways (对接|私单|项目 and 私|单项): a weak hit.
    Doubtful,
    /// Part of other words: no hit.
    Crossed,
}

/// Up to four plain characters in one number; longer words are not kept.
fn key(word: &[char]) -> Option<u64> {
    if !(2..=4).contains(&word.len()) {
        return None;
    }
    word.iter().try_fold(0u64, |key, &c| Some(key << 16 | u64::from(u16::try_from(c as u32).ok()?)))
}

pub(crate) struct WordList {
    words: QuickSet<u64>,
}

impl WordList {
    pub(crate) fn has(&self, word: &[char]) -> bool {
        key(word).is_some_and(|k| self.words.contains(&k))
    }
}

/// The everyday words that ship with the product.
pub(crate) fn everyday() -> &'static WordList {
    static LIST: OnceLock<WordList> = OnceLock::new();
    LIST.get_or_init(|| {
        let words = include_str!("data/words.txt")
            .lines()
            .filter(|l| !l.starts_with('#'))
            .flat_map(str::split_whitespace)
            .filter_map(|w| key(&chars().plain(w).chars().collect::<Vec<_>>()))
            .collect();
        WordList { words }
    })
}

/// 回扣款, 返点数, 介绍费用: what follows goes with the word as well as without it.
const MONEY_TAIL: &str = "款金钱额率数";
/// 介绍费用 may be the verb and its object; 好处费用现金 is not.
const VERB_HEADS: &[&str] = &["介绍", "说明", "讲解"];

/// Words that only cross an entry from the left when another crosses it from the right: 收回扣 takes a kickback, 收回扣款
/// takes back a deduction.
const LOOSE: &[&str] = &["收回", "拿回", "要回", "领回", "抽回", "吃回", "给回", "返回", "添加"];

/// What begins the second of two clauses.
const GOES_ON: &[&str] =
    &["会", "聚餐", "开会", "加班", "团建", "年会", "马上", "请", "派", "正在", "还有", "今晚", "今天", "明天", "刚才", "里", "门口", "的车", "的人", "的班车"];

/// 您先别走，公司的车马上到: the only thing in the word is a comma between two words, and either side reads on as a clause
/// of its own.
pub(crate) fn divided(view: &View, from: usize, to: usize) -> bool {
    let tokens = &view.tokens;
    let mut gaps = (from + 1..to).filter(|&i| tokens[i].gap != 0);
    let (Some(cut), None) = (gaps.next(), gaps.next()) else {
        return false;
    };
    if tokens[cut].gap & CLAUSE == 0 || tokens[cut].gap_len > 1 {
        return false;
    }
    let list = everyday();
    let runs_on = to < tokens.len() && tokens[to].gap == 0 && list.has(&tokens[cut..=to].iter().map(|t| t.plain).collect::<Vec<_>>());
    if to - cut == 1 {
        // 朝南的好处，费用上也省.
        return runs_on;
    }
    if cut - from < 2 {
        return false;
    }
    let plain = |a: usize, b: usize| -> Vec<char> { tokens[a..b].iter().map(|t| t.plain).collect() };
    let before = from > 0 && tokens[from].gap == 0 && matches!(tokens[from - 1].plain, '先' | '快' | '都' | '晚');
    let next: String = plain(to, (to + 3).min(tokens.len())).into_iter().collect();
    let after = tokens.get(to).is_some_and(|t| t.gap == 0) && GOES_ON.iter().any(|w| next.starts_with(w));
    list.has(&plain(from, cut)) && list.has(&plain(cut, to)) && (before || after)
}

/// 增|加我…: an everyday word runs into the token from the left, and none ends before it.
pub(crate) fn run_into(view: &View, from: usize) -> bool {
    let tokens = &view.tokens;
    let list = everyday();
    let word =
        |a: usize, b: usize| b <= tokens.len() && (a + 1..b).all(|i| tokens[i].gap == 0) && list.has(&tokens[a..b].iter().map(|t| t.plain).collect::<Vec<_>>());
    let ends_here = (from.saturating_sub(4)..from.saturating_sub(1)).any(|a| word(a, from));
    !ends_here && (from.saturating_sub(2)..from).any(|a| word(a, from + 1))
}

/// Looks at the borders of the tokens `from..to`.
pub(crate) fn look(view: &View, from: usize, to: usize) -> Border {
    let list = everyday();
    let tokens = &view.tokens;
    // A word is written in one piece; spaces count as one piece because some people write a space after every character.
    let joined = |i: usize| tokens[i].gap & (GAP_SIGN | CLAUSE | SENTENCE) == 0 && tokens[i].gap_len <= 2;
    let word = |a: usize, b: usize| {
        if b > tokens.len() || (a + 1..b).any(|i| !joined(i)) || tokens[a..b].iter().any(|t| t.kind != Kind::Han) {
            return false;
        }
        let plain: Vec<char> = tokens[a..b].iter().map(|t| t.plain).collect();
        list.has(&plain)
    };
    let starts_word = |i: usize| (2..=4).any(|n| word(i, i + n));
    // 增|加我微信: a pronoun needs no second character.
    let pronoun = |i: usize| matches!(tokens[i].plain, '我' | '你' | '您' | '他');
    let n = to - from;

    // 飞单|飞了一年: the verb said again after its object.
    let copied = tokens.get(to).is_some_and(|t| t.plain == tokens[from].plain)
        && tokens.get(to + 1).is_some_and(|t| matches!(t.plain, '了' | '得' | '过' | '着' | '不' | '到' | '一' | '来'));

    let mut left = false;
    let mut loose = false;
    let mut right = false;
    let mut tail = None;
    for outside in 1..=3.min(from) {
        let a = from - outside;
        for b in from + 1..=(a + 4).min(tokens.len()) {
            if !word(a, b) {
                continue;
            }
            let taken = b - from;
            if taken >= n {
                return Border::Crossed;
            }
            // What is left of the entry must be able to stand: one character, or the start of a word.
            // 这单|飞单: a word that ends where the entry begins reads as well as one that crosses (单飞).
            let ends_here = (a.saturating_sub(2)..a).any(|x| word(x, from));
            if (n - taken == 1 || starts_word(b) || pronoun(b)) && !ends_here {
                let plain: String = tokens[a..b].iter().map(|t| t.plain).collect();
                if LOOSE.contains(&plain.as_str()) {
                    loose = true;
                } else {
                    left = true;
                }
            }
        }
    }
    for a in (from + 1).max(to.saturating_sub(3))..to {
        for b in to + 1..=(a + 4).min(tokens.len()) {
            // 飞单干不干: asked with its own last character again, 单干 is no word here.
            let asked = tokens.get(b).is_some_and(|t| t.plain == '不') && tokens.get(b + 1).is_some_and(|t| t.plain == tokens[b - 1].plain);
            if word(a, b) && !asked && !copied {
                let head = a - from;
                if head == 1 || word(from, a) {
                    right = true;
                    tail = Some((tokens[from..a].iter().map(|t| t.plain).collect::<String>(), tokens[to].plain));
                }
            }
        }
    }
    // The whole entry inside a longer word that starts with it: 跑单帮.
    if (to + 1..=(from + 4).min(tokens.len())).any(|b| word(from, b)) {
        return Border::Crossed;
    }
    match (left || (loose && right), right) {
        (false, false) => Border::Clear,
        (true, _) => Border::Crossed,
        (false, true) => match tail {
            Some((head, '用' | '率')) if VERB_HEADS.contains(&head.as_str()) => Border::Doubtful,
            Some((_, c)) if MONEY_TAIL.contains(c) => Border::Clear,
            Some((_, '用')) => Border::Clear,
            // 飞单|一次.
            Some((_, '一')) if starts_word(to) => Border::Clear,
            _ if starts_word(to) && !(from > 0 && joined(from) && word(from - 1, from + 1)) => Border::Doubtful,
            _ => Border::Crossed,
        },
    }
}
