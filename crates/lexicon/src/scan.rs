//! The one pass that every text gets. It says only what *might* be there; most texts hold nothing and cost no allocation.

use crate::borders::everyday;
use crate::chars::Kind;
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
    let (mut sound, mut shape, mut part) = (0u32, 0u32, 0u32);
    let mut last_at = 0usize;
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
            if s != 0 && sound != 0 && lexicon.sound_pairs.has(sound, s) && !seen.sound {
                seen.sound = sound_candidate(lexicon, &text[last_at..], sound, s);
            }
            if p != 0 && shape != 0 && !seen.shape && lexicon.shape_pairs.has(shape, p) {
                seen.shape = shape_candidate(lexicon, &text[last_at..], shape, p);
            }
            if q != 0 && part != 0 && lexicon.part_pairs.has(part, q) {
                seen.split = true;
            }
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
            (sound, shape, part) = (0, 0, 0);
        } else if kind == GAP {
            in_run = false;
        } else if kind == MARK {
        } else {
            if kind == DIGIT {
                seen.number = true;
            } else {
                (sound, shape, part) = (0, 0, 0);
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

/// Does a word by sound stand at the head of `rest`, spelled otherwise than an everyday word?
fn sound_candidate(lexicon: &Lexicon, rest: &str, first: u32, second: u32) -> bool {
    let rows = words_at(&lexicon.by_sound, first, second);
    if rows.is_empty() {
        return false;
    }
    let mut plain = ['\0'; 8];
    let mut n = 0;
    for c in rest.chars() {
        let row = crate::chars::chars().get(c);
        match row.kind {
            Kind::Han => {
                plain[n] = row.plain;
                n += 1;
                if n == plain.len() {
                    break;
                }
            }
            Kind::Mark | Kind::Gap | Kind::Digit => {}
            _ => break,
        }
    }
    let list = everyday();
    rows.iter().any(|&(_, id)| {
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
    let rows = words_at(&lexicon.by_shape, first, second);
    let table = crate::chars::chars();
    rows.iter().any(|&(_, id)| {
        let word = &lexicon.words[id as usize];
        let mut written = rest.chars().map(|c| table.get(c)).filter(|r| !matches!(r.kind, Kind::Mark | Kind::Gap));
        let mut same = true;
        word.plain.iter().all(|&m| {
            written.next().is_some_and(|w| {
                same &= w.plain == m;
                lexicon.shapes.alike(w.plain, m)
            })
        }) && !same
    })
}
