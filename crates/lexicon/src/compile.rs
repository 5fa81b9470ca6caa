//! From a definition to tables that read quickly: one cell a character, pair filters, words by their first two sounds.

use std::collections::{BTreeSet, HashSet};

use crate::chars::{Kind, TABLE_END, chars};
use crate::definition::{Category, Definition, Exception, LexiconError, Severity, Step, Steps};
use crate::exceptions::Cues;
use crate::latin::Latin;
use crate::pairs::Pairs;
use crate::quick::QuickMap;
use crate::sound::{self, SyllablePairs};
use crate::{shape, split};

pub(crate) struct EntryInfo {
    pub word: String,
    pub category: String,
    pub severity: Severity,
}

/// One spelling of an entry that is written with Chinese characters alone.
pub(crate) struct HanWord {
    pub entry: u32,
    pub plain: Vec<char>,
    pub reversed: bool,
}

/// What the scan knows of a character; fits eight bytes so that a line of cache holds eight of them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cell(pub u64);

pub(crate) const KIND: u64 = 0b111;
/// Roles of a character as the first, and (shifted by [`SECOND`]) as the second of a word: by sound, as a part, and by
/// looks, where one of the two must be right (first right and second alike, or the other way round).
pub(crate) const ROLE_SOUND: u64 = 1 << 55;
pub(crate) const ROLE_PART: u64 = 1 << 56;
pub(crate) const ROLE_RIGHT: u64 = 1 << 57;
pub(crate) const ROLE_ALIKE: u64 = 1 << 58;
pub(crate) const ROLES: u64 = 0b1111 << 55;
pub(crate) const SECOND: u32 = 4;
pub(crate) const IS_HAN: u64 = 1 << 63;
pub(crate) const NUMERAL: u64 = 1 << 3;
pub(crate) const UNIT: u64 = 1 << 4;
pub(crate) const LEAD: u64 = 1 << 5;
pub(crate) const BLANK: u64 = 1 << 6;
const SOUND: u32 = 7;
const OTHER_SOUND: u32 = 16;
const SHAPE: u32 = 25;
const PART: u32 = 38;
/// Letters have none of the rest.
const LETTER: u32 = 25;

impl Cell {
    pub(crate) fn kind(self) -> u64 {
        self.0 & KIND
    }
    /// The syllables the character is read as, among those of the lexicon: the usual one and one more; 0 is none.
    pub(crate) fn sound(self) -> (u32, u32) {
        (
            (self.0 >> SOUND) as u32 & 0x1FF,
            (self.0 >> OTHER_SOUND) as u32 & 0x1FF,
        )
    }
    /// The character of the lexicon it looks like; 0 is none.
    pub(crate) fn shape(self) -> u32 {
        (self.0 >> SHAPE) as u32 & 0x1FFF
    }
    /// The part it is when a character is split; 0 is none.
    pub(crate) fn part(self) -> u32 {
        (self.0 >> PART) as u32 & 0x1FFF
    }
    /// 1–26 for a Latin letter.
    pub(crate) fn letter(self) -> u32 {
        (self.0 >> LETTER) as u32 & 0x1F
    }
}

/// A compiled lexicon. Costly to make (tens of milliseconds), cheap to share, immutable.
pub struct Lexicon {
    pub(crate) version: String,
    pub(crate) steps: Steps,
    pub(crate) categories: Vec<Category>,
    pub(crate) entries: Vec<EntryInfo>,
    pub(crate) words: Vec<HanWord>,
    pub(crate) cells: Vec<Cell>,
    pub(crate) sound_pairs: SyllablePairs,
    pub(crate) shape_sketches: Vec<(u128, u128)>,
    pub(crate) part_pairs: Pairs,
    /// (syllable of the first character, of the second) → words.
    pub(crate) by_sound: QuickMap<u32, Vec<u32>>,
    /// First two characters → words, for looks.
    pub(crate) by_head: QuickMap<(char, char), Vec<u32>>,
    pub(crate) sounds: sound::Sounds,
    pub(crate) shapes: shape::Shapes,
    pub(crate) splits: split::Splits,
    pub(crate) latin: Latin,
    /// Lead word and entry: 返 → 返点.
    pub(crate) leads: Vec<(Vec<char>, u32)>,
    pub(crate) exceptions: Vec<Exception>,
    pub(crate) cues: Cues,
}

impl Lexicon {
    /// The lexicon the product ships with.
    pub fn shipped() -> Lexicon {
        Lexicon::compile(&Definition::shipped()).expect("the shipped lexicon compiles (tested)")
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// # Errors
    /// A definition that a person must mend: see [`LexiconError`].
    pub fn compile(def: &Definition) -> Result<Lexicon, LexiconError> {
        def.check()?;
        let table = chars();
        let entries: Vec<EntryInfo> = def
            .entries
            .iter()
            .map(|e| EntryInfo {
                word: e.word.clone(),
                category: e.category.clone(),
                severity: e.severity,
            })
            .collect();
        let mut words = Vec::new();
        let mut latin_words = Vec::new();
        let mut leads = Vec::new();
        let mut seen = HashSet::new();
        for (entry, e) in def.entries.iter().enumerate() {
            let entry = entry as u32;
            // The canonical spelling of every entry comes before the variants of any.
            for word in std::iter::once(&e.word).chain(&e.variants) {
                let plain: Vec<char> = table.plain(word).chars().collect();
                let han = plain.iter().all(|&c| table.get(c).kind == Kind::Han);
                if !seen.insert(plain.clone()) {
                    continue;
                }
                latin_words.push((entry, word.clone(), plain.clone(), han));
                if han {
                    words.push(HanWord {
                        entry,
                        plain,
                        reversed: false,
                    });
                }
            }
            for lead in &e.share_leads {
                leads.push((table.plain(lead).chars().collect(), entry));
            }
        }
        if def.steps.has(Step::Reversed) {
            let backward: Vec<HanWord> = words
                .iter()
                .map(|w| HanWord {
                    entry: w.entry,
                    plain: w.plain.iter().rev().copied().collect(),
                    reversed: true,
                })
                .filter(|w| !seen.contains(&w.plain))
                .collect();
            words.extend(backward);
        }
        let used: BTreeSet<char> = words.iter().flat_map(|w| w.plain.iter().copied()).collect();
        let sounds = sound::Sounds::of(&used);
        let shapes = shape::Shapes::of(&used, def.steps.has(Step::SimilarShape));
        let splits = split::Splits::of(&words, def.steps.has(Step::Split));
        let latin = Latin::of(&latin_words, &def.steps)?;

        let by_sound = by_sound(&words, &sounds);
        let pair = |key: u32| ((key >> 14) as u16, (key & 0x3FFF) as u16);
        let sound_pairs = SyllablePairs::of(sounds.count(), by_sound.keys().map(|&key| pair(key)));
        let shape_sketches = shapes.sketches(&words);
        let mut by_head: QuickMap<(char, char), Vec<u32>> = QuickMap::default();
        for (id, word) in words.iter().enumerate().filter(|(_, w)| !w.reversed) {
            by_head
                .entry((word.plain[0], word.plain[1]))
                .or_default()
                .push(id as u32);
        }
        let part_pairs = splits.pairs();
        let mut cells = cells(&sounds, &shapes, &splits);
        mark_roles(&mut cells, &sound_pairs, &shape_sketches, &splits, &words);
        Ok(Lexicon {
            version: def.version.clone(),
            steps: def.steps.clone(),
            categories: def.categories.clone(),
            entries,
            words,
            cells,
            sound_pairs,
            shape_sketches,
            part_pairs,
            by_sound,
            by_head,
            sounds,
            shapes,
            splits,
            latin,
            leads,
            exceptions: def.exceptions.clone(),
            cues: Cues::of(&def.exceptions),
        })
    }

    pub(crate) fn cell(&self, c: char) -> Cell {
        match self.cells.get(c as usize) {
            Some(&cell) => cell,
            None => Cell(chars().get(c).kind as u64),
        }
    }
}

fn by_sound(words: &[HanWord], sounds: &sound::Sounds) -> QuickMap<u32, Vec<u32>> {
    let mut rows: QuickMap<u32, Vec<u32>> = QuickMap::default();
    for (id, word) in words.iter().enumerate() {
        let (first, second) = (sounds.of_char(word.plain[0]), sounds.of_char(word.plain[1]));
        for &a in first.iter().filter(|&&a| a != 0) {
            for &b in second.iter().filter(|&&b| b != 0) {
                rows.entry(Pairs::key(u32::from(a), u32::from(b)))
                    .or_default()
                    .push(id as u32);
            }
        }
    }
    rows
}

/// Most characters begin no word, and most follow no beginning: two bits each spare the look into the tables.
fn mark_roles(
    cells: &mut [Cell],
    sounds: &SyllablePairs,
    sketches: &[(u128, u128)],
    splits: &split::Splits,
    words: &[HanWord],
) {
    let (first, second) = sounds.roles();
    let (first_part, second_part) = splits.roles();
    let right = |at: usize| {
        words
            .iter()
            .filter(|w| !w.reversed)
            .map(|w| w.plain[at])
            .collect::<HashSet<char>>()
    };
    let (first_right, second_right) = (right(0), right(1));
    let has = |set: &[bool], n: u32| set.get(n as usize).copied().unwrap_or(false);
    for (code, cell) in cells
        .iter_mut()
        .enumerate()
        .filter(|(_, c)| c.0 & IS_HAN != 0)
    {
        let Some(c) = char::from_u32(code as u32).map(|c| chars().get(c).plain) else {
            continue;
        };
        let (usual, other) = cell.sound();
        let mut roles = 0;
        let mut mark = |on: bool, role: u64| roles |= if on { role } else { 0 };
        mark(has(&first, usual) || has(&first, other), ROLE_SOUND);
        mark(
            has(&second, usual) || has(&second, other),
            ROLE_SOUND << SECOND,
        );
        mark(has(&first_part, cell.part()), ROLE_PART);
        mark(has(&second_part, cell.part()), ROLE_PART << SECOND);
        let (head, next) = sketches
            .get(cell.shape() as usize)
            .copied()
            .unwrap_or_default();
        // RIGHT meets a second that is alike, ALIKE a second that is right.
        mark(first_right.contains(&c), ROLE_RIGHT);
        mark(cell.shape() != 0 && next != 0, ROLE_RIGHT << SECOND);
        mark(cell.shape() != 0 && head != 0, ROLE_ALIKE);
        mark(second_right.contains(&c), ROLE_ALIKE << SECOND);
        cell.0 |= roles;
    }
}

const NUMERALS: &str = "0123456789零一二两三四五六七八九十半个分壹贰叁肆伍陆柒捌玖拾¥$";
const UNITS: &str = "%‰成点元块圆百千万亿kw佰仟之人rcypbdugq美欧港大";
/// What stands before a bare sum, and the last letters of currencies.
const LEADS: &str = "¥$€£你您我包费扣返提上个币bydn";

fn cells(sounds: &sound::Sounds, shapes: &shape::Shapes, splits: &split::Splits) -> Vec<Cell> {
    let table = chars();
    (0..TABLE_END.min(0x1_0000))
        .map(|code| {
            let Some(c) = char::from_u32(code) else {
                return Cell(0);
            };
            let row = table.get(c);
            let mut cell = row.kind as u64;
            if row.kind == Kind::Han {
                cell |= IS_HAN;
            }
            if NUMERALS.contains(row.plain) {
                cell |= NUMERAL;
            }
            if row.plain == ' ' || row.plain == '\u{A0}' || row.plain == '\u{3000}' {
                cell |= BLANK;
            }
            if LEADS.contains(row.plain) {
                cell |= LEAD;
            }
            if UNITS.contains(row.plain) {
                cell |= UNIT;
            }
            match row.kind {
                Kind::Han => {
                    let [usual, other] = sounds.of_char(row.plain).map(u64::from);
                    cell |= usual << SOUND | other << OTHER_SOUND;
                    cell |= u64::from(shapes.class_of(row.plain)) << SHAPE;
                    cell |= u64::from(splits.part_of(row.plain)) << PART;
                }
                Kind::Latin => cell |= u64::from(row.plain as u32 - 'a' as u32 + 1) << LETTER,
                _ => {}
            }
            Cell(cell)
        })
        .collect()
}
