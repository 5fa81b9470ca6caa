//! The one pass that every text gets. It says only what *might* be there; most texts hold nothing and cost no allocation.

use crate::borders::everyday;
use crate::chars::{Kind, chars};
use crate::compile::{Lexicon, NUMERAL, UNIT};
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

const HAN: u64 = Kind::Han as u64;
const LATIN: u64 = Kind::Latin as u64;
const DIGIT: u64 = Kind::Digit as u64;
const GAP: u64 = Kind::Gap as u64;
const MARK: u64 = Kind::Mark as u64;

pub(crate) fn scan(lexicon: &Lexicon, text: &str) -> Seen {
    let mut seen = Seen::default();
    // The last character that counts, and where it stands.
    let (mut sound, mut shape, mut part) = ((0u32, 0u32), 0u32, 0u32);
    let (mut last_at, mut before) = (0usize, '\0');
    let mut last = '\0';
    // A run of letters began here and had one letter so far.
    let mut begun = NO_LETTER;
    let mut in_run = false;
    let mut numeral = false;
    for (at, c) in text.char_indices() {
        let cell = lexicon.cell(c);
        let kind = cell.kind();
        if numeral && cell.0 & UNIT != 0 {
            seen.number = true;
        }
        if kind == HAN {
            let (s, p, q) = (cell.sound(), cell.shape(), cell.part());
            if !seen.sound && s.0 != 0 && sound.0 != 0 && may_sound(lexicon, sound, s) {
                seen.sound = sound_candidate(lexicon, &text[last_at..], sound, s);
            }
            if !seen.shape && p != 0 && shape != 0 && lexicon.shape_sketches[shape as usize].0 & lexicon.shape_sketches[p as usize].1 != 0 {
                seen.shape = shape_candidate(lexicon, &text[last_at..], shape, p);
            }
            if !seen.split && q != 0 && part != 0 && lexicon.part_pairs.has(part, q) {
                seen.split = split_candidate(lexicon, &text[last_at..], before);
            }
            before = last;
            last = c;
            if begun != NO_LETTER {
                seen.latin |= lexicon.latin.may_begin(begun, NO_LETTER);
                begun = NO_LETTER;
            }
            (sound, shape, part) = (s, p, q);
            last_at = at;
            in_run = false;
        } else if kind == LATIN {
            let letter = cell.letter();
            if begun != NO_LETTER {
                seen.latin |= lexicon.latin.may_begin(begun, letter);
            }
            begun = if in_run { NO_LETTER } else { letter };
            in_run = true;
            (sound, shape, part) = ((0, 0), 0, 0);
        } else if kind == GAP {
            in_run = false;
        } else if kind == MARK {
        } else {
            if kind == DIGIT {
                seen.number = true;
            } else {
                (sound, shape, part) = ((0, 0), 0, 0);
            }
            if begun != NO_LETTER {
                seen.latin |= lexicon.latin.may_begin(begun, NO_LETTER);
                begun = NO_LETTER;
            }
            in_run = false;
        }
        if kind != MARK {
            numeral = cell.0 & NUMERAL != 0;
        }
    }
    if begun != NO_LETTER {
        seen.latin |= lexicon.latin.may_begin(begun, NO_LETTER);
    }
    seen
}

pub(crate) fn words_at(rows: &[(u32, u32)], a: u32, b: u32) -> &[(u32, u32)] {
    let key = Pairs::key(a, b);
    let from = rows.partition_point(|r| r.0 < key);
    let len = rows[from..].partition_point(|r| r.0 == key);
    &rows[from..from + len]
}

#[inline]
fn may_sound(lexicon: &Lexicon, a: (u32, u32), b: (u32, u32)) -> bool {
    let pairs = &lexicon.sound_pairs;
    pairs.has(a.0, b.0)
        || (a.1 != 0 && pairs.has(a.1, b.0))
        || (b.1 != 0 && (pairs.has(a.0, b.1) || (a.1 != 0 && pairs.has(a.1, b.1))))
}

/// The words whose first two characters may be read as these syllables. A word may come twice.
pub(crate) fn sounding(lexicon: &Lexicon, a: (u32, u32), b: (u32, u32)) -> impl Iterator<Item = u32> + '_ {
    let combos = [(a.0, b.0), (a.1, b.0), (a.0, b.1), (a.1, b.1)];
    combos
        .into_iter()
        .filter(|&(a, b)| a != 0 && b != 0 && lexicon.sound_pairs.has(a, b))
        .flat_map(|(a, b)| words_at(&lexicon.by_sound, a, b).iter().map(|&(_, id)| id))
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
        !word.reversed && written.iter().zip(meant).all(|(&w, &m)| lexicon.sounds.alike(w, m)) && !(k == seen && list.has(written))
    })
}

fn shape_candidate(lexicon: &Lexicon, rest: &str, first: u32, second: u32) -> bool {
    let (plain, n) = head::<8>(rest);
    looking(lexicon, first, second).any(|id| {
        let word = &lexicon.words[id as usize].plain;
        let seen = word.len().min(plain.len());
        let (written, meant) = (&plain[..seen], &word[..seen]);
        n >= seen && written != meant && written.iter().zip(meant).all(|(&w, &m)| lexicon.shapes.alike(w, m)) && !everyday().has(written)
    })
}

/// The words whose first two characters members of these classes may stand for.
pub(crate) fn looking(lexicon: &Lexicon, a: u32, b: u32) -> impl Iterator<Item = u32> + '_ {
    let seconds = lexicon.shapes.meant_by(b);
    let firsts = lexicon.shapes.meant_by(a);
    firsts.iter().flat_map(move |&x| seconds.iter().filter_map(move |&y| lexicon.by_head.get(&(x, y))).flatten().copied())
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
    let (Some(a), Some(b)) = (parts[0], parts[1]) else { return false };
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
                written == meant || splits.ways(meant).iter().any(|w| part.is_some() && part == if first { w.first() } else { w.last() }.copied())
            };
            let left = position == 0 || stands(before, word[position - 1], false);
            let right = word.get(position + 1).is_none_or(|&next| after.iter().any(|&k| k < n && stands(plain[k], next, true)));
            left && right
        })
    })
}
