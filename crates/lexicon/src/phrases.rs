//! Offers that no single word gives away: 货款您先转我, 客户介绍给我……成交一台给你. A phrase is a few parts in order, each a
//! choice of spellings, with a little of anything between them.
//!
//! Phrases are read in their strong spellings only; weak disguises are for words. They are found from one part, the
//! anchor, whose spellings have two characters at least, because the first pass knows pairs; of several it is the one
//! said least in ordinary talk (`said`). Where the first pass meets an anchor it looks for the parts beside it before
//! anything is built for the text.

use crate::borders::{everyday, run_into};
use crate::chars::{CLAUSE, COMPAT, Kind, SENTENCE, TRADITIONAL, chars};
use crate::definition::{LexiconError, MAX_WORD_CHARS, Step, Steps};
use crate::exceptions::ways;
use crate::quick::QuickMap;
use crate::said::Said;
use crate::view::{GAP_MARK, GAP_SIGN, GAP_SPACE, View, is_keycap};

/// “…”: this many characters may stand between two parts, within one clause.
const NEAR: usize = 6;
/// “……”: this many, within one sentence.
const FAR: usize = 16;
/// An English word takes the place of a Chinese character.
const LETTERS: usize = 5;
/// The first pass looks no further into an anchor.
const LOOK: usize = 8;
/// Between Chinese characters no part begins and ends farther from its neighbour.
const BESIDE: usize = FAR + MAX_WORD_CHARS;
/// Inside a part no gap is longer.
const LONGEST_GAP: u16 = 8;

#[derive(Default)]
pub(crate) struct Phrases {
    all: Vec<Phrase>,
    said: Said,
    /// First two characters of an anchor and its third, if it has one that the first pass reads; persons folded → phrase
    /// and spelling.
    begins: QuickMap<(char, char, Option<char>), Vec<(u32, Vec<char>)>>,
}

struct Phrase {
    entry: u32,
    parts: Vec<Part>,
    anchor: usize,
}

struct Part {
    /// By first character.
    ways: QuickMap<char, Vec<Vec<char>>>,
    /// What may stand between the part before and this one.
    reach: usize,
    /// A comma may too.
    far: bool,
    /// Characters of the longest way.
    longest: usize,
}

pub(crate) struct PhraseHit {
    pub entry: u32,
    pub step: Step,
    pub from: usize,
    pub to: usize,
}

/// A spelling with alternatives or with room in it is a phrase.
pub(crate) fn is_phrase(variant: &str) -> bool {
    variant.contains(['(', '…'])
}

/// The parts of a phrase, each with its spellings as written.
pub(crate) fn parts(phrase: &str) -> Vec<Vec<String>> {
    phrase.split('…').filter(|p| !p.is_empty()).map(ways).collect()
}

impl Phrases {
    pub(crate) fn new() -> Phrases {
        Phrases { said: Said::shipped(), ..Phrases::default() }
    }

    /// # Errors
    /// A phrase without an anchor.
    pub(crate) fn add(&mut self, entry: u32, written: &str) -> Result<(), LexiconError> {
        let table = chars();
        let mut pieces = Vec::new();
        let (mut reach, mut far) = (0, false);
        for piece in written.split('…') {
            if piece.is_empty() {
                (reach, far) = (FAR, true);
                continue;
            }
            let spellings: Vec<Vec<char>> = ways(piece).iter().map(|w| table.plain(w).chars().collect()).filter(|w: &Vec<char>| !w.is_empty()).collect();
            pieces.push((spellings, reach, far));
            (reach, far) = (NEAR, false);
        }
        let latin = pieces.iter().all(|(spellings, ..)| spellings.iter().flatten().all(|&c| c.is_ascii_lowercase()));
        for (_, reach, _) in pieces.iter_mut().filter(|_| latin) {
            *reach *= LETTERS;
        }
        let least = |spellings: &Vec<Vec<char>>| {
            let kind = if latin { Kind::Latin } else { Kind::Han };
            let plain = spellings.iter().all(|w| w.iter().take(2).all(|&c| table.get(c).kind == kind));
            spellings.iter().map(Vec::len).min().filter(|_| plain).unwrap_or(0)
        };
        let cost = |spellings: &Vec<Vec<char>>| spellings.iter().map(|w| self.said.often(w)).sum::<u32>();
        let able = (0..pieces.len()).filter(|&i| least(&pieces[i].0) >= 2);
        let Some(anchor) = able.min_by_key(|&i| cost(&pieces[i].0)) else {
            return Err(LexiconError::NoAnchor(written.to_owned()));
        };
        let id = self.all.len() as u32;
        for spelling in &pieces[anchor].0 {
            let third = spelling.get(2).copied().filter(|c| !c.is_ascii()).map(person);
            self.begins.entry((person(spelling[0]), person(spelling[1]), third)).or_default().push((id, spelling.clone()));
        }
        let parts = pieces
            .into_iter()
            .map(|(spellings, reach, far)| {
                let mut ways: QuickMap<char, Vec<Vec<char>>> = QuickMap::default();
                for spelling in spellings {
                    let list = ways.entry(person(spelling[0])).or_default();
                    list.push(spelling);
                    // The longest first: 给我们 before 给我.
                    list.sort_by_key(|w| std::cmp::Reverse(w.len()));
                }
                let longest = ways.values().flatten().map(Vec::len).max().unwrap_or(0);
                Part { ways, reach, far, longest }
            })
            .collect();
        self.all.push(Phrase { entry, parts, anchor });
        Ok(())
    }

    /// The first two characters of every Chinese anchor, and its third; English ones begin by their letters.
    pub(crate) fn heads(&self) -> impl Iterator<Item = (char, char, Option<char>)> + '_ {
        let chinese = self.begins.keys().filter(|(a, ..)| !a.is_ascii_lowercase());
        chinese.flat_map(|&(a, b, third)| {
            let thirds: Vec<Option<char>> = third.map_or(vec![None], |c| persons(c).map(Some).collect());
            let pairs = persons(a).flat_map(move |a| persons(b).map(move |b| (a, b)));
            pairs.flat_map(move |(a, b)| thirds.clone().into_iter().map(move |c| (a, b, c)))
        })
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (char, char)> + '_ {
        self.heads().map(|(a, b, _)| (a, b))
    }

    /// The first three letters of every English anchor.
    pub(crate) fn letters(&self) -> impl Iterator<Item = &[char]> {
        self.begins.iter().filter(|((a, ..), _)| a.is_ascii_lowercase()).flat_map(|(_, all)| all.iter().map(|(_, way)| &way[..way.len().min(3)]))
    }

    /// A phrase may stand here, its anchor beginning at the byte `start` with the characters `a` and `b`: `ahead` gives
    /// those after them, one by one.
    pub(crate) fn begin(&self, text: &str, start: usize, (a, b): (char, char), mut ahead: impl FnMut(usize) -> Option<char>) -> bool {
        let third = ahead(2);
        self.beginning(a, b, third).any(|(id, way)| {
            (2..way.len().min(LOOK)).all(|i| way[i].is_ascii() || ahead(i).map(person) == Some(person(way[i])))
                && self.all[*id as usize].accompanied(text, start, way.len())
        })
    }

    fn beginning(&self, a: char, b: char, third: Option<char>) -> impl Iterator<Item = &(u32, Vec<char>)> {
        let (a, b) = (person(a), person(b));
        let short = self.begins.get(&(a, b, None));
        let long = third.and_then(|c| self.begins.get(&(a, b, Some(person(c)))));
        short.into_iter().chain(long).flatten()
    }

    pub(crate) fn find(&self, view: &View, steps: &Steps, out: &mut Vec<PhraseHit>) {
        for at in 0..view.tokens.len().saturating_sub(1) {
            let third = view.tokens.get(at + 2).map(|t| t.plain).filter(|c| !c.is_ascii());
            for (id, spelling) in self.beginning(view.tokens[at].plain, view.tokens[at + 1].plain, third) {
                let phrase = &self.all[*id as usize];
                if !stands(view, at, spelling) {
                    continue;
                }
                let mut gap = inner(view, at, at + spelling.len());
                let Some(from) = leftward(view, &phrase.parts, phrase.anchor, at, &mut gap) else {
                    continue;
                };
                let Some(to) = rightward(view, &phrase.parts, phrase.anchor + 1, at + spelling.len(), &mut gap) else {
                    continue;
                };
                if runs_on(view, to) || run_into(view, from) {
                    continue;
                }
                let folds = view.folds(from, to);
                let needed = [
                    (gap & (GAP_SPACE | GAP_SIGN) != 0 && view.tokens[from].kind == Kind::Han, Step::Gaps),
                    (gap & GAP_MARK != 0, Step::Invisible),
                    (folds & COMPAT != 0, Step::Compatibility),
                    (folds & TRADITIONAL != 0, Step::Traditional),
                ];
                let mut used = needed.iter().filter(|(on, _)| *on).map(|&(_, s)| s);
                let step = used.next().unwrap_or(Step::Exact);
                if steps.has(step) && used.all(|s| steps.has(s)) {
                    out.push(PhraseHit { entry: phrase.entry, step, from, to });
                }
            }
        }
    }
}

impl Phrase {
    /// The parts on either side of the anchor stand near it, as far as the characters alone tell: what divides clauses,
    /// and what two words share, is left to `find`.
    fn accompanied(&self, text: &str, start: usize, anchor: usize) -> bool {
        let mut room = ['\0'; BESIDE];
        let behind = self.parts.get(self.anchor + 1).is_none_or(|part| {
            let after = text[start..].char_indices().map(|(i, c)| (start + i, c));
            let n = fill(&mut room, tokens(text, after, part.far).skip(anchor).take(part.reach + part.longest));
            part.stands_in(&room[..n])
        });
        behind
            && self.anchor.checked_sub(1).is_none_or(|before| {
                let part = &self.parts[before];
                let Part { reach, far, .. } = self.parts[self.anchor];
                // What stands before the anchor itself is read before what stands before that.
                let n = fill(&mut room, tokens(text, text[..start].char_indices().rev(), far).take(reach + part.longest));
                room[..n].reverse();
                part.stands_in(&room[..n])
            })
    }
}

impl Part {
    fn stands_in(&self, written: &[char]) -> bool {
        let same = |at: usize, way: &[char]| written.len() - at >= way.len() && way.iter().zip(&written[at..]).all(|(&w, &c)| person(w) == c);
        (0..written.len()).any(|at| self.ways.get(&written[at]).is_some_and(|ways| ways.iter().any(|way| same(at, way))))
    }
}

fn fill(room: &mut [char; BESIDE], written: impl Iterator<Item = char>) -> usize {
    let mut n = 0;
    for (slot, c) in room.iter_mut().zip(written) {
        *slot = c;
        n += 1;
    }
    n
}

/// The characters of a text that a view has as tokens, persons folded, up to the end of the sentence, or of the clause.
fn tokens<'a>(text: &'a str, all: impl Iterator<Item = (usize, char)> + 'a, far: bool) -> impl Iterator<Item = char> + 'a {
    let table = chars();
    let closed = if far { SENTENCE } else { CLAUSE | SENTENCE };
    all.map_while(move |(at, c)| {
        let row = table.get(c);
        match row.kind {
            Kind::Gap if row.flags & closed != 0 => None,
            Kind::Gap | Kind::Mark => Some(None),
            _ => Some((!is_keycap(&text[at + c.len_utf8()..])).then(|| person(row.plain))),
        }
    })
    .flatten()
}

fn inner(view: &View, from: usize, to: usize) -> u8 {
    view.inner_gap(from, to)
}

/// 恁, 侬 and 妳 are 你 as 俺 is 我: phrases are written for both.
fn person(c: char) -> char {
    match c {
        '恁' | '侬' | '妳' | '您' => '你',
        '俺' | '吾' => '我',
        '畀' | '俾' => '给',
        c => c,
    }
}

/// Everything that `person` folds into the character.
fn persons(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c).chain(['恁', '侬', '妳', '您', '俺', '吾', '畀', '俾'].into_iter().filter(move |&p| p != c && person(p) == c))
}

/// The spelling stands at the token, in one piece; 给我 is none in 给我们.
fn stands(view: &View, at: usize, spelling: &[char]) -> bool {
    let to = at + spelling.len();
    let Some(written) = view.tokens.get(at..to) else {
        return false;
    };
    let same = written.iter().zip(spelling).all(|(t, &c)| person(t.plain) == person(c));
    let whole = same && view.inner_gap(at, to) & (CLAUSE | SENTENCE) == 0 && view.longest_gap(at, to) <= LONGEST_GAP;
    let joined = |i: usize| i > 0 && view.tokens.get(i).is_some_and(|t| t.kind == Kind::Latin && t.gap == 0) && view.tokens[i - 1].kind == Kind::Latin;
    if whole && (joined(at) || joined(to)) {
        return false;
    }
    let person = matches!(spelling.last(), Some('我' | '你' | '您' | '他' | '她' | '咱' | '俺'));
    let plural = |i: usize| match view.tokens.get(i).map(|t| t.plain) {
        Some('们' | '司' | '院' | '校') => true,
        Some('公') => view.tokens.get(i + 1).is_some_and(|t| t.plain == '司'),
        _ => false,
    };
    whole && !(person && plural(to))
}

/// The last character begins another word: 卡 in 卡车.
fn runs_on(view: &View, to: usize) -> bool {
    let pair: Option<Vec<char>> = view.tokens.get(to - 1..to + 1).filter(|t| t[1].gap == 0).map(|t| t.iter().map(|t| t.plain).collect());
    pair.is_some_and(|pair| pair[0] == '卡' && pair[1] != '上' && pair[1] != '里' && everyday().has(&pair))
}

/// No border that the part may not cross stands before the tokens `from..=to`.
fn open(view: &View, from: usize, to: usize, far: bool) -> bool {
    let closed = if far { SENTENCE } else { CLAUSE | SENTENCE };
    view.tokens[from..=to].iter().all(|t| t.gap & closed == 0)
}

fn rightward(view: &View, parts: &[Part], number: usize, at: usize, gap: &mut u8) -> Option<usize> {
    let Some(part) = parts.get(number) else {
        return Some(at);
    };
    let last = (at + part.reach).min(view.tokens.len().checked_sub(1)?);
    for begin in at..=last {
        if !open(view, begin, begin, part.far) {
            return None;
        }
        for spelling in part.ways.get(&person(view.tokens[begin].plain)).into_iter().flatten() {
            if stands(view, begin, spelling)
                && let Some(end) = rightward(view, parts, number + 1, begin + spelling.len(), gap)
            {
                *gap |= inner(view, begin, begin + spelling.len());
                return Some(end);
            }
        }
    }
    None
}

/// Where the phrase begins, its part `number` standing at `at`.
fn leftward(view: &View, parts: &[Part], number: usize, at: usize, gap: &mut u8) -> Option<usize> {
    let Some(before) = number.checked_sub(1) else {
        return Some(at);
    };
    let Part { reach, far, .. } = parts[number];
    for begin in (at.saturating_sub(reach + MAX_WORD_CHARS)..at).rev() {
        for spelling in parts[before].ways.get(&person(view.tokens[begin].plain)).into_iter().flatten() {
            let end = begin + spelling.len();
            if end <= at
                && at - end <= reach
                && stands(view, begin, spelling)
                && open(view, end, at, far)
                && let Some(from) = leftward(view, parts, before, begin, gap)
            {
                *gap |= inner(view, begin, end);
                return Some(from);
            }
        }
    }
    None
}
