//! The one pass that every text gets. It says only what *might* be there; most texts hold nothing and cost no allocation.

use crate::borders::everyday;
use crate::chars::{Kind, chars, is_two_faced};
use crate::compile::Lexicon;
use crate::glance::{BLANK, CLOCK, CURRENCY, EASY, Glance, Glances, HAN, LOOKS, NUMBER_LANES, NUMBERS, PART, SHARE_LEAD};
use crate::latin::NO_LETTER;

/// What the text may hold.
#[derive(Default, Clone, Copy)]
pub(crate) struct Seen {
    pub sound: bool,
    pub shape: bool,
    pub split: bool,
    pub latin: bool,
    pub phrase: bool,
    pub number: bool,
    /// Strokes and emoji that may be ornaments between characters.
    pub ornament: bool,
    /// A numeral before 点: a share where 返, 抽, 提 or 让 stands somewhere too.
    clock: bool,
}

impl Seen {
    pub(crate) fn word(self) -> bool {
        self.sound || self.shape || self.split || self.latin || self.phrase
    }
}

const LATIN: u64 = Kind::Latin as u64;
const DIGIT: u64 = Kind::Digit as u64;
const GAP: u64 = Kind::Gap as u64;
const MARK: u64 = Kind::Mark as u64;
const HAN_KIND: u64 = Kind::Han as u64;
const OTHER: u64 = Kind::Other as u64;

pub(crate) fn scan(lexicon: &Lexicon, text: &str) -> Seen {
    let table = &lexicon.glances;
    let bytes = text.as_bytes();
    let mut seen = Seen::default();
    // The last Chinese character if only gaps, digits and marks came since; its number lanes are those of the last thing
    // seen that is neither mark nor blank.
    let mut held = Glance::default();
    let mut run = Run::default();
    let mut at = 0;
    loop {
        // Most of a text is Chinese characters and their punctuation, three bytes each.
        while let Some(&[a @ 0xE0..=0xEF, b, c]) = bytes.get(at..at + 3) {
            let code = u16::from(a) << 12 | u16::from(b & 0x3F) << 6 | u16::from(c & 0x3F);
            let glance = table.basic(code);
            if glance.first & EASY == 0 || run.open {
                break;
            }
            if held.meet(glance) != 0 || table.sounds.has(held, glance) {
                look_closer(lexicon, &mut seen, text, at, held, glance);
            }
            held = held.then(glance);
            at += 3;
        }
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        let glance = table.get(c);
        let kind = glance.kind();
        seen.ornament |= kind == HAN_KIND && is_two_faced(c);
        if kind != MARK {
            if held.meet(glance) != 0 || table.sounds.has(held, glance) {
                look_closer(lexicon, &mut seen, text, at, held, glance);
            }
            match kind {
                GAP => run.gap(),
                LATIN => run.letter(lexicon, &mut seen, glance.letter()),
                _ => run.other(lexicon, &mut seen),
            }
            if kind == LATIN || kind == OTHER {
                held = Glance::default();
            }
            if glance.first & BLANK == 0 {
                held = held.then(glance);
            }
        }
        at += c.len_utf8();
    }
    run.other(lexicon, &mut seen);
    if seen.clock && !seen.number {
        seen.number = text.chars().any(|c| table.get(c).first & SHARE_LEAD != 0);
    }
    seen
}

/// Runs of Latin letters: only their first three matter here, with whatever gaps between.
#[derive(Default)]
struct Run {
    /// Letters were seen and nothing but gaps since.
    open: bool,
    /// The last character was a letter.
    inside: bool,
    /// The last two letters, and whether each began a run.
    last: [u32; 2],
    begun: [bool; 2],
}

impl Run {
    #[inline(never)]
    fn letter(&mut self, lexicon: &Lexicon, seen: &mut Seen, letter: u32) {
        let [first, second] = self.last;
        seen.latin |= self.begun[0] && lexicon.latin.may_begin(first, second, letter);
        self.last = [second, letter];
        self.begun = [self.begun[1], !self.inside];
        self.inside = true;
        self.open = true;
    }

    fn gap(&mut self) {
        self.inside = false;
    }

    #[inline(never)]
    fn other(&mut self, lexicon: &Lexicon, seen: &mut Seen) {
        let ([first, second], latin) = (self.last, &lexicon.latin);
        seen.latin |= self.begun[0] && latin.may_begin(first, second, NO_LETTER) || self.begun[1] && latin.may_begin(second, NO_LETTER, NO_LETTER);
        *self = Run::default();
    }
}

/// Two characters in a row that each may be where they are: do they make the head of a word together? The second stands
/// at `at`, the first before it with nothing but gaps, marks and digits between.
#[inline(never)]
fn look_closer(lexicon: &Lexicon, seen: &mut Seen, text: &str, at: usize, a: Glance, b: Glance) {
    let table = &lexicon.glances;
    let lanes = a.meet(b);
    if lanes & NUMBERS != 0 {
        seen.number |= lanes & NUMBER_LANES != 0;
        seen.clock |= lanes & CLOCK != 0;
        if lanes & CURRENCY != 0 {
            seen.number |= currency(text, at);
        }
    }
    let (sound, looks) = (table.sounds.has(a, b), lanes & LOOKS != 0 && table.looks.may(a, b));
    if !(sound || looks) {
        if lanes & PART != 0 && !seen.split {
            by_parts(lexicon, seen, text, at);
        }
        return;
    }
    let mut rest = text[at..].chars();
    let second = rest.next().map_or('\0', |c| table.plain(c, b));
    let third = han_ahead(table, &mut rest);
    if sound && !seen.phrase && table.phrase(a, b, third.map(|(_, glance)| glance)) {
        let start = first_before(text, at);
        let first = text[start..].chars().next().map_or('\0', |c| table.plain(c, a));
        let mut ahead = Ahead::new(&text[start..]);
        seen.phrase = lexicon.phrases.begin(text, start, (first, second), |i| ahead.get(i));
    }
    if sound && table.sounds.goes_on(a, b, third.map(|(_, glance)| glance)) {
        let start = first_before(text, at);
        sounding(lexicon, seen, &text[start..], table.sounds.words(a, b));
    }
    if looks {
        let first = text[first_before(text, at)..].chars().next();
        let first = first.map_or('\0', |c| table.plain(c, a));
        if table.looks.has(first, second, third.map(|(c, _)| c)) {
            let mut ahead = Ahead::new(&text[first_before(text, at)..]);
            seen.shape = seen.shape || shape_candidate(lexicon, &mut ahead, first, second);
            seen.sound = seen.sound || reversed_candidate(lexicon, &mut ahead, first, second);
        }
    }
    if lanes & PART != 0 && !seen.split {
        by_parts(lexicon, seen, text, at);
    }
}

/// The next Chinese character with nothing but gaps, marks and digits before it, plain.
#[inline]
fn han_ahead(table: &Glances, rest: &mut std::str::Chars) -> Option<(char, Glance)> {
    for c in rest {
        let glance = table.get(c);
        if glance.first & HAN != 0 {
            return Some((table.plain(c, glance), glance));
        }
        if !matches!(glance.kind(), GAP | MARK | DIGIT) {
            return None;
        }
    }
    None
}

/// Where the Chinese character before `at` stands; one there is.
#[inline]
fn first_before(text: &str, at: usize) -> usize {
    let table = chars();
    let mut before = text[..at].char_indices();
    while let Some((start, c)) = before.next_back() {
        if is_han(c) || table.get(c).kind == Kind::Han {
            return start;
        }
    }
    0
}

/// The common ones, without a look.
fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

/// 人民币, 大洋: what makes a currency only together.
fn currency(text: &str, at: usize) -> bool {
    let mut ahead = Ahead::new(&text[at..]);
    let unit = (ahead.get(0).unwrap_or('\0'), ahead.get(1).unwrap_or('\0'));
    matches!(unit, ('人', '民') | ('大', '洋') | ('美' | '欧', '元') | ('美', '金') | ('港', '币') | ('巴', '仙'))
}

#[inline(never)]
fn by_parts(lexicon: &Lexicon, seen: &mut Seen, text: &str, at: usize) {
    let start = first_before(text, at);
    let before = text[..start].chars().next_back();
    let before = match before {
        Some(c) if !is_han(c) => text[first_before(text, start)..].chars().next(),
        other => other,
    };
    seen.split = split_candidate(lexicon, &text[start..], before.unwrap_or('\0'));
}

/// The characters that count from a place on, read as far as somebody asks.
struct Ahead<'a> {
    rest: std::str::Chars<'a>,
    plain: [char; AHEAD],
    n: usize,
}

/// No look goes further.
const AHEAD: usize = 8;

impl<'a> Ahead<'a> {
    fn new(rest: &'a str) -> Ahead<'a> {
        Ahead { rest: rest.chars(), plain: ['\0'; AHEAD], n: 0 }
    }

    /// The `i`th Chinese character, if nothing but gaps, marks and digits stands before it.
    #[inline]
    fn get(&mut self, i: usize) -> Option<char> {
        if i >= self.n {
            self.fill(i + 1);
        }
        (i < self.n).then(|| self.plain[i])
    }

    fn fill(&mut self, to: usize) {
        let table = chars();
        while self.n < to {
            let Some(row) = self.rest.next().map(|c| table.get(c)) else {
                return;
            };
            match row.kind {
                Kind::Han => {
                    self.plain[self.n] = row.plain;
                    self.n += 1;
                }
                Kind::Mark | Kind::Gap | Kind::Digit => {}
                _ => {
                    self.rest = "".chars();
                    return;
                }
            }
        }
    }

    /// The first characters, as many as `word` has or the look reaches.
    fn written(&mut self, word: &[char]) -> Option<&[char]> {
        let n = word.len().min(AHEAD);
        self.get(n - 1)?;
        Some(&self.plain[..n])
    }
}

/// Does one of the words stand here by sound, spelled otherwise than an everyday word; or, its first two characters
/// right, by looks?
#[inline(never)]
fn sounding(lexicon: &Lexicon, seen: &mut Seen, rest: &str, words: &[u32]) {
    let mut ahead = Ahead::new(rest);
    for &id in words {
        let word = &lexicon.words[id as usize].plain;
        if let Some(&third) = word.get(2) {
            match ahead.get(2) {
                None => continue,
                Some(c) if lexicon.sounds.alike(c, third) => {}
                Some(c) if !seen.shape && lexicon.shapes.alike(c, third) => {}
                Some(_) => continue,
            }
        }
        let Some(written) = ahead.written(word) else {
            continue;
        };
        let meant = &word[..written.len()];
        let same = written.iter().zip(meant).all(|(w, m)| w == m);
        let mut pairs = written.iter().zip(meant);
        seen.sound |= same || pairs.all(|(&w, &m)| lexicon.sounds.alike(w, m)) && !(word.len() == meant.len() && everyday().has(written));
        if !same && written[0] == meant[0] && written[1] == meant[1] {
            seen.shape |= by_looks(lexicon, written, meant);
        }
    }
}

fn reversed_candidate(lexicon: &Lexicon, ahead: &mut Ahead, a: char, b: char) -> bool {
    let words = lexicon.backward.get(&(a, b)).into_iter().flatten();
    words.copied().any(|id| {
        let word = &lexicon.words[id as usize].plain;
        ahead.written(word).is_some_and(|written| word.starts_with(written) && !everyday().has(written))
    })
}

fn shape_candidate(lexicon: &Lexicon, ahead: &mut Ahead, a: char, b: char) -> bool {
    looking(lexicon, a, b).any(|id| {
        let word = &lexicon.words[id as usize].plain;
        ahead.written(word).is_some_and(|written| by_looks(lexicon, written, &word[..written.len()]))
    })
}

fn by_looks(lexicon: &Lexicon, written: &[char], meant: &[char]) -> bool {
    near(written, meant) && written.iter().zip(meant).all(|(&w, &m)| lexicon.shapes.alike(w, m)) && !everyday().has(written)
}

/// Not the word itself, and of the first two characters at least one is right: two that both only look alike say nothing.
pub(crate) fn near(written: &[char], meant: &[char]) -> bool {
    let same = written.iter().zip(meant).filter(|(w, m)| w == m).count();
    same < meant.len() && same * 2 >= meant.len().min(4) && (written[0] == meant[0] || written[1] == meant[1])
}

/// The words whose first two characters these may stand for, one of them right.
pub(crate) fn looking(lexicon: &Lexicon, a: char, b: char) -> impl Iterator<Item = u32> + '_ {
    let word = |id: u32| &lexicon.words[id as usize].plain;
    let first = lexicon.by_first.get(&a).map_or(&[][..], Vec::as_slice);
    let second = lexicon.by_second.get(&b).map_or(&[][..], Vec::as_slice);
    let right = first.iter().filter(move |&&id| lexicon.shapes.alike(b, word(id)[1]));
    let alike = second.iter().filter(move |&&id| word(id)[0] != a && lexicon.shapes.alike(a, word(id)[0]));
    right.chain(alike).copied()
}

/// May the two parts at the head of `rest` be a character of a word, given what stands before and after?
fn split_candidate(lexicon: &Lexicon, rest: &str, before: char) -> bool {
    let splits = &lexicon.splits;
    let mut ahead = Ahead::new(rest);
    let mut part = |i: usize| ahead.get(i).and_then(|c| splits.part(c));
    let (Some(a), Some(b)) = (part(0), part(1)) else {
        return false;
    };
    let whole = splits.begun_by(a, b);
    if whole.is_empty() {
        return false;
    }
    ahead.fill(AHEAD);
    let (plain, n) = (ahead.plain, ahead.n);
    let before = chars().get(before).plain;
    let parts = plain.map(|c| splits.part(c));
    whole.iter().any(|&c| {
        let after: Vec<usize> =
            splits.ways(c).iter().filter(|way| way.len() <= n && way.iter().zip(&parts).all(|(w, p)| *p == Some(*w))).map(Vec::len).collect();
        if after.is_empty() {
            return false;
        }
        splits.words_with(c).iter().any(|&(id, position)| {
            let word = &lexicon.words[id as usize].plain;
            let position = usize::from(position);
            let stands = |written: char, meant: char, first: bool| {
                let part = splits.part(written);
                written == meant || splits.ways(meant).iter().any(|w| part.is_some() && part == if first { w.first() } else { w.last() }.copied())
            };
            let left = position == 0 || stands(before, word[position - 1], false);
            let right = word.get(position + 1).is_none_or(|&next| after.iter().any(|&k| k < n && stands(plain[k], next, true)));
            left && right
        })
    })
}
