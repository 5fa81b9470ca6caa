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

/// Characters by the syllables of the lexicon that they can be read as. Each distinct set of syllables is one number.
pub(crate) struct Sounds {
    /// Character → number of its set.
    of_char: HashMap<char, u32>,
    /// Syllable sets by number; 0 is the empty one.
    sets: Vec<BTreeSet<u32>>,
    syllables: BTreeMap<String, u32>,
}

impl Sounds {
    pub(crate) fn of(used: &BTreeSet<char>) -> Sounds {
        let mut syllables = BTreeMap::new();
        for &c in used {
            for reading in readings(c) {
                let next = syllables.len() as u32;
                syllables.entry(reading).or_insert(next);
            }
        }
        let mut numbers: HashMap<BTreeSet<u32>, u32> = HashMap::from([(BTreeSet::new(), 0)]);
        let mut sets = vec![BTreeSet::new()];
        let mut of_char = HashMap::new();
        for c in ('\u{3400}'..='\u{9FFF}').filter(|&c| chars().get(c).kind == Kind::Han && chars().get(c).plain == c) {
            let set: BTreeSet<u32> = readings(c).iter().filter_map(|r| syllables.get(r).copied()).collect();
            if set.is_empty() {
                continue;
            }
            let next = sets.len() as u32;
            let number = *numbers.entry(set.clone()).or_insert_with(|| {
                sets.push(set);
                next
            });
            if number < 0xFFF {
                of_char.insert(c, number);
            }
        }
        Sounds { of_char, sets, syllables }
    }

    pub(crate) fn set_of(&self, c: char) -> u32 {
        self.of_char.get(&c).copied().unwrap_or(0)
    }

    /// Every set that shares a syllable with `c`.
    pub(crate) fn sets_of(&self, c: char) -> Vec<u32> {
        let own: BTreeSet<u32> = readings(c).iter().filter_map(|r| self.syllables.get(r).copied()).collect();
        (1..self.sets.len().min(0xFFF) as u32).filter(|&n| !self.sets[n as usize].is_disjoint(&own)).collect()
    }

    pub(crate) fn alike(&self, a: char, b: char) -> bool {
        a == b || !self.sets[self.set_of(a) as usize].is_disjoint(&self.sets[self.set_of(b) as usize])
    }
}
