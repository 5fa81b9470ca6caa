//! Offers that no single word gives away: 货款您先转我, 客户介绍给我……成交一台给你. A phrase is a few parts in order, each a
//! choice of spellings, with a little of anything between them.
//!
//! Phrases are read in their strong spellings only; weak disguises are for words. They are found from one part, the
//! anchor, whose spellings have two characters at least, because the first pass knows pairs.

use crate::borders::{everyday, run_into};
use crate::chars::{CLAUSE, COMPAT, Kind, SENTENCE, TRADITIONAL, chars};
use crate::definition::{LexiconError, Step, Steps};
use crate::exceptions::ways;
use crate::quick::QuickMap;
use crate::view::{GAP_MARK, GAP_SIGN, GAP_SPACE, View};

/// “…”: this many characters may stand between two parts, within one clause.
const NEAR: usize = 6;
/// “……”: this many, within one sentence.
const FAR: usize = 16;
/// An English word takes the place of a Chinese character.
const LETTERS: usize = 5;
const SMALL: &str = "我你您他咱给都的在";
/// The first pass looks no further into an anchor.
const LOOK: usize = 8;
/// Inside a part no gap is longer.
const LONGEST_GAP: u16 = 8;

#[derive(Default)]
pub(crate) struct Phrases {
    all: Vec<Phrase>,
    /// First two characters of an anchor → phrase and spelling.
    begins: QuickMap<(char, char), Vec<(u32, Vec<char>)>>,
    /// … → what may come third; nothing where the anchor ends there.
    thirds: QuickMap<(char, char), Option<Vec<char>>>,
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
        // Of parts as long, the one with fewer of the small words that everybody says.
        let small = |spellings: &Vec<Vec<char>>| spellings.iter().filter(|w| w.iter().any(|c| SMALL.contains(*c))).count();
        let anchor = (0..pieces.len()).max_by_key(|&i| (least(&pieces[i].0), usize::MAX - small(&pieces[i].0), pieces.len() - i));
        let Some(anchor) = anchor.filter(|&i| least(&pieces[i].0) >= 2) else {
            return Err(LexiconError::NoAnchor(written.to_owned()));
        };
        let id = self.all.len() as u32;
        for spelling in &pieces[anchor].0 {
            let pair = (spelling[0], spelling[1]);
            self.begins.entry(pair).or_default().push((id, spelling.clone()));
            let thirds = self.thirds.entry(pair).or_insert_with(|| Some(Vec::new()));
            match (spelling.get(2), &mut *thirds) {
                (Some(c), Some(all)) if !c.is_ascii() => all.push(*c),
                _ => *thirds = None,
            }
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
                Part { ways, reach, far }
            })
            .collect();
        self.all.push(Phrase { entry, parts, anchor });
        Ok(())
    }

    /// The first two characters of every anchor.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (char, char)> + '_ {
        self.begins.keys().copied()
    }

    /// The first three letters of every English anchor.
    pub(crate) fn letters(&self) -> impl Iterator<Item = &[char]> {
        self.begins.iter().filter(|((a, _), _)| a.is_ascii_lowercase()).flat_map(|(_, all)| all.iter().map(|(_, way)| &way[..way.len().min(3)]))
    }

    /// An anchor may stand here: `ahead` gives the characters after the first two, one by one.
    pub(crate) fn begin(&self, a: char, b: char, mut ahead: impl FnMut(usize) -> Option<char>) -> bool {
        match self.thirds.get(&(a, b)) {
            None => return false,
            Some(None) => return true,
            Some(Some(all)) if !ahead(2).is_some_and(|c| all.contains(&c)) => return false,
            Some(Some(_)) => {}
        }
        self.begins.get(&(a, b)).into_iter().flatten().any(|(_, way)| (2..way.len().min(LOOK)).all(|i| way[i].is_ascii() || ahead(i) == Some(way[i])))
    }

    pub(crate) fn find(&self, view: &View, steps: &Steps, out: &mut Vec<PhraseHit>) {
        for at in 0..view.tokens.len().saturating_sub(1) {
            let pair = (view.tokens[at].plain, view.tokens[at + 1].plain);
            for (id, spelling) in self.begins.get(&pair).into_iter().flatten() {
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
    for begin in (at.saturating_sub(reach + crate::definition::MAX_WORD_CHARS)..at).rev() {
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
