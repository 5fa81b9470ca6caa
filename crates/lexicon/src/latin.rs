//! What is typed with letters: English words, pinyin whole (huikou), mixed (回kou), initials (hcf).
//!
//! All of it is one automaton over the text without gaps; where the letters begin and end, and what stands between them,
//! is checked afterwards. It runs only when the scan saw letters that may begin one of its words.

use std::collections::BTreeMap;

use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder, MatchKind};

use crate::chars::{CLAUSE, COMPAT, Kind, LOOKALIKE, SENTENCE, chars};
use crate::definition::{LexiconError, Step, Steps};
use crate::view::{GAP_MARK, GAP_SIGN, GAP_SPACE, View};
use crate::{money, sound};

/// After a single letter something else than a letter follows.
pub(crate) const NO_LETTER: u32 = 0;

const LETTERS: usize = 27;

fn row(first: u32, second: u32) -> usize {
    first as usize * LETTERS + second as usize
}

#[derive(Debug, Clone)]
struct Pattern {
    entry: u32,
    step: Step,
    /// Character positions after which the canonical word has a space or hyphen (English only).
    breaks: Vec<u16>,
}

#[derive(Default)]
pub(crate) struct Latin {
    automaton: Option<CharwiseDoubleArrayAhoCorasick<u32>>,
    patterns: Vec<Vec<Pattern>>,
    /// By the first two letters of a run: the third that may begin a pattern's first run of letters.
    begins: Vec<u32>,
}

/// A place found: entry, step, token range.
pub(crate) struct LatinHit {
    pub entry: u32,
    pub step: Step,
    pub from: usize,
    pub to: usize,
}

/// A word as the letters see it.
pub(crate) struct Letters {
    pub entry: u32,
    /// As written.
    pub word: String,
    pub plain: Vec<char>,
    /// Purely Chinese.
    pub han: bool,
    /// Read as it is written only.
    pub phrase: bool,
}

impl Latin {
    pub(crate) fn of<'a>(words: &[Letters], anchors: impl Iterator<Item = &'a [char]>, steps: &Steps) -> Result<Latin, LexiconError> {
        let mut all: BTreeMap<String, Vec<Pattern>> = BTreeMap::new();
        let mut add = |text: String, entry: u32, step: Step, breaks: Vec<u16>| {
            if steps.has(step) && text.chars().any(|c| c.is_ascii_lowercase()) {
                let list = all.entry(text).or_default();
                if !list.iter().any(|p| p.entry == entry) {
                    list.push(Pattern { entry, step, breaks });
                }
            }
        };
        let mut seen_entry = None;
        for Letters { entry, word, plain, han, phrase } in words {
            let canonical = seen_entry.replace(*entry) != Some(*entry);
            if *han {
                chinese(*entry, plain, canonical, &mut add);
            } else {
                let text: String = plain.iter().collect();
                let backward: String = plain.iter().rev().collect();
                add(text, *entry, Step::Exact, breaks(word));
                if !phrase {
                    add(backward, *entry, Step::Reversed, Vec::new());
                }
            }
        }
        let mut begins = vec![0u32; LETTERS * LETTERS];
        let number = |c: char| {
            if c.is_ascii_lowercase() { c as u32 - 'a' as u32 + 1 } else { NO_LETTER }
        };
        let anchors = anchors.map(|way| way.iter().collect::<String>());
        for text in all.keys().cloned().chain(anchors) {
            let mut letters = text.chars().skip_while(|c| !c.is_ascii_lowercase());
            let mut letter = || letters.next().map(number);
            let (first, second, third) = (letter(), letter(), letter());
            let first = first.unwrap_or(NO_LETTER);
            let row = &mut begins[row(first, second.unwrap_or(NO_LETTER))];
            match (second, third) {
                // The word ends: whatever follows may be another.
                (Some(1..), None) => *row = u32::MAX,
                (Some(1..), Some(third)) => *row |= 1 << third,
                _ => *row |= 1 << NO_LETTER,
            }
        }
        if all.is_empty() {
            return Ok(Latin { begins, ..Latin::default() });
        }
        let automaton = CharwiseDoubleArrayAhoCorasickBuilder::new()
            .match_kind(MatchKind::Standard)
            .build_with_values(all.keys().enumerate().map(|(i, k)| (k.as_str(), i as u32)))
            .map_err(|e| LexiconError::Automaton(e.to_string()))?;
        Ok(Latin { automaton: Some(automaton), patterns: all.into_values().collect(), begins })
    }

    /// A run of letters that starts so may be one of ours.
    #[inline]
    pub(crate) fn may_begin(&self, first: u32, second: u32, third: u32) -> bool {
        self.begins[row(first, second)] >> third & 1 == 1
    }

    pub(crate) fn find(&self, view: &View, steps: &Steps, out: &mut Vec<LatinHit>) {
        let Some(automaton) = &self.automaton else {
            return;
        };
        let mut text = String::with_capacity(view.tokens.len() * 3);
        let mut token_at: Vec<u32> = Vec::with_capacity(view.tokens.len() * 3);
        for (i, token) in view.tokens.iter().enumerate() {
            let tone = is_tone(view, i);
            if tone {
                continue;
            }
            text.push(if token.kind == Kind::Other { '\u{1}' } else { token.plain });
            token_at.resize(text.len(), i as u32);
        }
        for found in automaton.find_overlapping_iter(&text) {
            let from = token_at[found.start()] as usize;
            let to = token_at[found.end() - 1] as usize + 1;
            for pattern in &self.patterns[found.value() as usize] {
                if let Some(step) = judge(view, from, to, pattern, steps) {
                    let toned = (from..to).any(|i| is_tone(view, i));
                    let last = is_tone(view, to) && !counts(view, to + 1);
                    let to = to + usize::from(toned && last);
                    out.push(LatinHit { entry: pattern.entry, step, from, to });
                }
            }
        }
    }
}

/// A tone number: hui2kou4.
fn is_tone(view: &View, i: usize) -> bool {
    let tokens = &view.tokens;
    i > 0
        && tokens.get(i).is_some_and(|t| t.kind == Kind::Digit && matches!(t.plain, '1'..='5') && t.gap == 0)
        && tokens[i - 1].kind == Kind::Latin
        && tokens.get(i + 1).is_none_or(|n| n.kind != Kind::Digit)
}

/// hui2kou5个点: the digit before it is a share or a sum.
fn counts(view: &View, i: usize) -> bool {
    let next = view.tokens.get(i).map(|t| t.plain);
    next.is_some_and(|c| "个点成块元百千万kw".contains(c))
}

fn chinese(entry: u32, plain: &[char], canonical: bool, add: &mut impl FnMut(String, u32, Step, Vec<u16>)) {
    let readings: Vec<Vec<String>> = plain.iter().map(|&c| sound::readings(c)).collect();
    if readings.iter().any(Vec::is_empty) {
        return;
    }
    let n = plain.len();
    let usual: Vec<&str> = readings.iter().map(|r| r[0].as_str()).collect();
    add(usual.concat(), entry, Step::Pinyin, Vec::new());
    for (i, all) in readings.iter().enumerate() {
        for other in all.iter().skip(1).take(1) {
            let mut one = usual.clone();
            one[i] = other;
            add(one.concat(), entry, Step::Pinyin, Vec::new());
        }
    }
    let masks: Vec<u32> = if n <= 6 {
        (1..(1 << n) - 1).collect()
    } else {
        // Long words: one syllable, or one stretch at either end.
        (0..n.min(30)).map(|i| 1 << i).chain((2..n.min(30)).flat_map(|k| [(1 << k) - 1, ((1 << (n - k)) - 1) << k])).collect()
    };
    for mask in masks {
        let text: String = (0..n).map(|i| if mask >> i & 1 == 1 { usual[i].to_string() } else { plain[i].to_string() }).collect();
        add(text, entry, Step::PinyinMixed, Vec::new());
    }
    let initial = |i: usize| usual[i].chars().next().map(String::from).unwrap_or_default();
    for letter in 0..n {
        let text: String = (0..n).map(|i| if i == letter { initial(i) } else { plain[i].to_string() }).collect();
        add(text, entry, Step::PinyinMixed, Vec::new());
    }
    if canonical && n <= 8 {
        add((0..n).map(initial).collect(), entry, Step::Initials, Vec::new());
    }
}

/// Positions (in plain characters) where the word as written has a space or hyphen.
fn breaks(word: &str) -> Vec<u16> {
    let mut out = Vec::new();
    let mut count = 0u16;
    for c in word.chars() {
        match chars().get(c).kind {
            Kind::Gap => out.push(count),
            Kind::Mark => {}
            _ => count += 1,
        }
    }
    out
}

/// Do the letters stand alone, and is what stands between them a disguise? The step that names it.
fn judge(view: &View, from: usize, to: usize, pattern: &Pattern, steps: &Steps) -> Option<Step> {
    let tokens = &view.tokens;
    let touches = |i: usize| tokens[i].gap & !GAP_MARK == 0;
    let open_left = tokens[from].kind == Kind::Latin && from > 0 && touches(from) && tokens[from - 1].kind == Kind::Latin;
    let open_right = tokens[to - 1].kind == Kind::Latin && to < tokens.len() && touches(to) && tokens[to].kind == Kind::Latin;
    if open_left || open_right {
        return None;
    }
    let gap = view.inner_gap(from, to);
    let folds = view.folds(from, to);
    if folds & LOOKALIKE != 0 {
        return (pattern.step == Step::Exact && steps.has(Step::SimilarShape)).then_some(Step::SimilarShape);
    }
    match pattern.step {
        Step::Exact => exact(view, from, to, pattern, steps),
        Step::Initials => {
            let digit = |i: usize| tokens.get(i).is_some_and(|t| t.kind == Kind::Digit);
            // hcf3000 is a word with its sum, sd128 and HCF3000 are models.
            let sum = to - from >= 3 && !tokens[from..to].iter().any(|t| t.capital) && money::bare_sum_at(view, to);
            let beside = (from > 0 && touches(from) && digit(from - 1)) || (to < tokens.len() && touches(to) && digit(to) && !sum);
            let even = (from + 1..to).all(|i| tokens[i].gap == tokens[from + 1].gap && tokens[i].gap_len <= 2);
            (!beside && even && gap & (CLAUSE | SENTENCE) == 0 && !abbreviation(view, from, to)).then_some(Step::Initials)
        }
        step => (gap & SENTENCE == 0 && view.longest_gap(from, to) <= 4).then_some(step),
    }
}

fn exact(view: &View, from: usize, to: usize, pattern: &Pattern, steps: &Steps) -> Option<Step> {
    let mut step = Step::Exact;
    let mut raise = |s: Step| step = step.max(s);
    for i in from + 1..to {
        let token = &view.tokens[i];
        if pattern.breaks.contains(&((i - from) as u16)) {
            if token.gap & (CLAUSE | SENTENCE) != 0 {
                return None;
            }
            if token.gap & (GAP_SPACE | GAP_SIGN) == 0 {
                raise(Step::Gaps);
            } else if token.gap & GAP_MARK != 0 {
                raise(Step::Invisible);
            }
        } else if token.gap & (GAP_SPACE | GAP_SIGN) != 0 {
            if token.gap_len > 8 {
                return None;
            }
            raise(Step::Gaps);
        } else if token.gap & GAP_MARK != 0 {
            raise(Step::Invisible);
        }
    }
    if view.folds(from, to) & COMPAT != 0 {
        raise(Step::Compatibility);
    }
    steps.has(step).then_some(step)
}

/// Everyday letters that are also someone's initials: SD card, PD charger, HK$.
fn abbreviation(view: &View, from: usize, to: usize) -> bool {
    let letters: String = view.tokens[from..to].iter().map(|t| t.plain).collect();
    let next = view.tokens.get(to).map(|t| t.plain);
    match letters.as_str() {
        "sd" => matches!(next, Some('卡' | '内')),
        "pd" => matches!(next, Some('快' | '充' | '协' | '头')),
        "hk" => {
            let end = view.end(to) as u32;
            let after = view.loud.partition_point(|&(_, at)| at < end);
            view.loud.get(after) == Some(&('$', end)) || matches!(next, Some('的' | '岛'))
        }
        _ => false,
    }
}
