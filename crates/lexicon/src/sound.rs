//! Which characters sound alike: toneless syllables, all common readings of a character counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pinyin::{ToPinyin, ToPinyinMulti};

use crate::chars::{Kind, chars};

/// Rare readings past this many are not what anyone types by.
const READINGS: usize = 3;

/// Toneless readings, the usual one first; `ü` as `v`.
pub(crate) fn readings(c: char) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    if let Some(multi) = c.to_pinyin_multi() {
        for p in multi.into_iter().take(READINGS + 2) {
            let plain = p.plain().replace('ü', "v");
            if plain.chars().all(|c| c.is_ascii_lowercase()) && !all.contains(&plain) {
                all.push(plain);
            }
        }
    } else if let Some(p) = c.to_pinyin() {
        all.push(p.plain().replace('ü', "v"));
    }
    all.truncate(READINGS);
    all
}

/// Syllables a word of the lexicon may be read with; the usual and the two next readings.
pub(crate) type Syllables = [u16; READINGS];

/// Characters by the syllables of the lexicon that they can be read as. Syllables are numbered from 1.
pub(crate) struct Sounds {
    of_char: HashMap<char, Syllables>,
    count: usize,
}

impl Sounds {
    pub(crate) fn of(used: &BTreeSet<char>) -> Sounds {
        let mut syllables: BTreeMap<String, u16> = BTreeMap::new();
        for &c in used {
            for reading in readings(c) {
                let next = syllables.len() as u16 + 1;
                syllables.entry(reading).or_insert(next);
            }
        }
        let mut of_char = HashMap::new();
        for c in ('\u{3400}'..='\u{9FFF}').filter(|&c| chars().get(c).kind == Kind::Han && chars().get(c).plain == c) {
            let mut own: Syllables = [0; READINGS];
            let known = readings(c).into_iter().filter_map(|r| syllables.get(&r).copied());
            let mut any = false;
            for (slot, syllable) in own.iter_mut().zip(known) {
                *slot = syllable;
                any = true;
            }
            if any {
                of_char.insert(c, own);
            }
        }
        Sounds { of_char, count: syllables.len() }
    }

    /// How many syllables there are; numbers run to this.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn of_char(&self, c: char) -> Syllables {
        self.of_char.get(&c).copied().unwrap_or_default()
    }

    pub(crate) fn alike(&self, a: char, b: char) -> bool {
        let (a_all, b_all) = (self.of_char(a), self.of_char(b));
        a == b || a_all.iter().take_while(|&&s| s != 0).any(|s| b_all.contains(s))
    }
}

/// Which two syllables may begin a word: one bit a pair, exact.
#[derive(Default)]
pub(crate) struct SyllablePairs {
    bits: Vec<u64>,
    row: usize,
}

impl SyllablePairs {
    pub(crate) fn of(count: usize, pairs: impl Iterator<Item = (u16, u16)>) -> SyllablePairs {
        let row = (count + 1).next_multiple_of(64);
        let mut bits = vec![0u64; row * row / 64];
        for (a, b) in pairs {
            let slot = usize::from(a) * row + usize::from(b);
            bits[slot >> 6] |= 1 << (slot & 63);
        }
        SyllablePairs { bits, row }
    }

    #[inline]
    pub(crate) fn has(&self, a: u32, b: u32) -> bool {
        let slot = a as usize * self.row + b as usize;
        self.bits.get(slot >> 6).is_some_and(|w| w >> (slot & 63) & 1 == 1)
    }
}
