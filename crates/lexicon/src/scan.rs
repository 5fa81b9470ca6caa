//! The one pass that every text gets. It says only what *might* be there; most texts hold nothing and cost no allocation.

use crate::borders::everyday;
use crate::chars::{Kind, chars};
use crate::compile::{
    BLANK, Cell, IS_HAN, LEAD, Lexicon, NUMERAL, ROLE_ALIKE, ROLE_PART, ROLE_RIGHT, ROLE_SOUND,
    ROLES, SECOND, UNIT,
};
use crate::latin::NO_LETTER;
use crate::pairs::Pairs;

/// What the text may hold.
#[derive(Default, Clone, Copy)]
pub(crate) struct Seen {
    pub sound: bool,
    pub shape: bool,
    pub split: bool,
    pub latin: bool,
    pub number: bool,
}

impl Seen {
    pub(crate) fn word(self) -> bool {
        self.sound || self.shape || self.split || self.latin
    }
}

const LATIN: u64 = Kind::Latin as u64;
const DIGIT: u64 = Kind::Digit as u64;
const GAP: u64 = Kind::Gap as u64;
const MARK: u64 = Kind::Mark as u64;

pub(crate) fn scan(lexicon: &Lexicon, text: &str) -> Seen {
    let mut seen = Seen::default();
    // The last Chinese character if only gaps and marks came since, where it stands, and where the one before it.
    let mut held = Cell::default();
    let (mut last_at, mut before_at) = (0usize, 0usize);
    // The last thing seen that is neither mark nor blank.
    let mut prev = 0u64;
    let mut run = Run::default();
    for (at, c) in text.char_indices() {
        let cell = lexicon.cell(c);
        if cell.0 & UNIT != 0 && prev & NUMERAL != 0 {
            seen.number = true;
        }
        if cell.0 & IS_HAN != 0 {
            let roles = held.0 & (cell.0 >> SECOND) & ROLES;
            if roles != 0 {
                look_closer(
                    lexicon,
                    &mut seen,
                    roles,
                    held,
                    cell,
                    &text[last_at..],
                    &text[before_at..],
                );
            }
            if run.open {
                run.other(lexicon, &mut seen);
            }
            (held, prev) = (cell, cell.0);
            (before_at, last_at) = (last_at, at);
            continue;
        }
        match cell.kind() {
            MARK => continue,
            GAP => run.gap(),
            LATIN => {
                run.letter(lexicon, &mut seen, cell.letter());
                held = Cell::default();
            }
            DIGIT => {
                seen.number |= prev & LEAD != 0;
                run.other(lexicon, &mut seen);
            }
            _ => {
                held = Cell::default();
                run.other(lexicon, &mut seen);
            }
        }
        if cell.0 & BLANK == 0 {
            prev = cell.0;
        }
    }
    run.other(lexicon, &mut seen);
    seen
}

/// Runs of Latin letters: only how they begin matters here.
#[derive(Default)]
struct Run {
    /// Letters were seen and nothing but gaps since.
    open: bool,
    /// The last character was a letter.
    inside: bool,
    /// The run's first letter, until its second is known.
    begun: u32,
}

impl Run {
    #[inline(never)]
    fn letter(&mut self, lexicon: &Lexicon, seen: &mut Seen, letter: u32) {
        if self.begun != NO_LETTER {
            seen.latin |= lexicon.latin.may_begin(self.begun, letter);
        }
        self.begun = if self.inside { NO_LETTER } else { letter };
        self.inside = true;
        self.open = true;
    }

    fn gap(&mut self) {
        self.inside = false;
    }

    #[inline(never)]
    fn other(&mut self, lexicon: &Lexicon, seen: &mut Seen) {
        if self.begun != NO_LETTER {
            seen.latin |= lexicon.latin.may_begin(self.begun, NO_LETTER);
        }
        *self = Run::default();
    }
}

/// Two characters in a row that each may be where they are: do they make the head of a word together?
#[inline(never)]
fn look_closer(
    lexicon: &Lexicon,
    seen: &mut Seen,
    roles: u64,
    a: Cell,
    b: Cell,
    rest: &str,
    before: &str,
) {
    if roles & ROLE_SOUND != 0 && !seen.sound && may_sound(lexicon, a.sound(), b.sound()) {
        seen.sound = sound_candidate(lexicon, rest, a.sound(), b.sound());
    }
    if roles & (ROLE_RIGHT | ROLE_ALIKE) != 0 && !seen.shape {
        let (p, q) = (a.shape(), b.shape());
        let sketches = &lexicon.shape_sketches;
        if sketches[p as usize].0 & sketches[q as usize].1 != 0
            && looking(lexicon, p, q).next().is_some()
        {
            seen.shape = shape_candidate(lexicon, rest, p, q);
        }
    }
    if roles & ROLE_PART != 0 && !seen.split && lexicon.part_pairs.has(a.part(), b.part()) {
        // Equal where nothing stands before the pair; '\0' is no character of a word.
        let before = if before.len() == rest.len() {
            '\0'
        } else {
            before.chars().next().unwrap_or('\0')
        };
        seen.split = split_candidate(lexicon, rest, before);
    }
}

#[inline]
fn may_sound(lexicon: &Lexicon, a: (u32, u32), b: (u32, u32)) -> bool {
    let pairs = &lexicon.sound_pairs;
    pairs.has(a.0, b.0)
        || (a.1 != 0 && pairs.has(a.1, b.0))
        || (b.1 != 0 && (pairs.has(a.0, b.1) || (a.1 != 0 && pairs.has(a.1, b.1))))
}

/// The words whose first two characters may be read as these syllables. A word may come twice.
pub(crate) fn sounding(
    lexicon: &Lexicon,
    a: (u32, u32),
    b: (u32, u32),
) -> impl Iterator<Item = u32> + '_ {
    let combos = [(a.0, b.0), (a.1, b.0), (a.0, b.1), (a.1, b.1)];
    combos
        .into_iter()
        .filter(|&(a, b)| a != 0 && b != 0 && lexicon.sound_pairs.has(a, b))
        .filter_map(|(a, b)| lexicon.by_sound.get(&Pairs::key(a, b)))
        .flatten()
        .copied()
}

/// The characters that count at the head of `rest`, as far as the longest look needs.
fn head<const N: usize>(rest: &str) -> ([char; N], usize) {
    let table = chars();
    let mut plain = ['\0'; N];
    let mut n = 0;
    for c in rest.chars() {
        let row = table.get(c);
        match row.kind {
            Kind::Han => {
                plain[n] = row.plain;
                n += 1;
                if n == N {
                    break;
                }
            }
            Kind::Mark | Kind::Gap | Kind::Digit => {}
            _ => break,
        }
    }
    (plain, n)
}

/// Does a word by sound stand at the head of `rest`, spelled otherwise than an everyday word?
fn sound_candidate(lexicon: &Lexicon, rest: &str, first: (u32, u32), second: (u32, u32)) -> bool {
    let (plain, n) = head::<8>(rest);
    let list = everyday();
    sounding(lexicon, first, second).any(|id| {
        let word = &lexicon.words[id as usize];
        let k = word.plain.len();
        let seen = k.min(plain.len());
        if n < seen {
            return false;
        }
        let (written, meant) = (&plain[..seen], &word.plain[..seen]);
        if written == meant {
            return !word.reversed || !list.has(&plain[..seen]);
        }
        !word.reversed
            && written
                .iter()
                .zip(meant)
                .all(|(&w, &m)| lexicon.sounds.alike(w, m))
            && !(k == seen && list.has(written))
    })
}

fn shape_candidate(lexicon: &Lexicon, rest: &str, first: u32, second: u32) -> bool {
    let (plain, n) = head::<8>(rest);
    looking(lexicon, first, second).any(|id| {
        let word = &lexicon.words[id as usize].plain;
        let seen = word.len().min(plain.len());
        let (written, meant) = (&plain[..seen], &word[..seen]);
        n >= seen
            && near(written, meant)
            && written
                .iter()
                .zip(meant)
                .all(|(&w, &m)| lexicon.shapes.alike(w, m))
            && !everyday().has(written)
    })
}

/// Not the word itself, and of the first two characters at least one is right: two that both only look alike say nothing.
pub(crate) fn near(written: &[char], meant: &[char]) -> bool {
    let same = written.iter().zip(meant).filter(|(w, m)| w == m).count();
    same < meant.len()
        && same * 2 >= meant.len().min(4)
        && (written[0] == meant[0] || written[1] == meant[1])
}

/// The words whose first two characters members of these classes may stand for.
pub(crate) fn looking(lexicon: &Lexicon, a: u32, b: u32) -> impl Iterator<Item = u32> + '_ {
    let seconds = lexicon.shapes.meant_by(b);
    let firsts = lexicon.shapes.meant_by(a);
    firsts.iter().flat_map(move |&x| {
        seconds
            .iter()
            .filter_map(move |&y| lexicon.by_head.get(&(x, y)))
            .flatten()
            .copied()
    })
}

/// May the two parts at the head of `rest` be a character of a word, given what stands before and after?
fn split_candidate(lexicon: &Lexicon, rest: &str, before: char) -> bool {
    let splits = &lexicon.splits;
    let (plain, n) = head::<8>(rest);
    if n < 2 {
        return false;
    }
    let before = chars().get(before).plain;
    let parts = plain.map(|c| splits.part(c));
    let (Some(a), Some(b)) = (parts[0], parts[1]) else {
        return false;
    };
    splits.begun_by(a, b).iter().any(|&c| {
        let after: Vec<usize> = splits
            .ways(c)
            .iter()
            .filter(|way| way.len() <= n && way.iter().zip(&parts).all(|(w, p)| *p == Some(*w)))
            .map(Vec::len)
            .collect();
        if after.is_empty() {
            return false;
        }
        splits.words_with(c).iter().any(|&(id, position)| {
            let word = &lexicon.words[id as usize].plain;
            let position = usize::from(position);
            let stands = |written: char, meant: char, first: bool| {
                let part = splits.part(written);
                written == meant
                    || splits.ways(meant).iter().any(|w| {
                        part.is_some() && part == if first { w.first() } else { w.last() }.copied()
                    })
            };
            let left = position == 0 || stands(before, word[position - 1], false);
            let right = word
                .get(position + 1)
                .is_none_or(|&next| after.iter().any(|&k| k < n && stands(plain[k], next, true)));
            left && right
        })
    })
}
