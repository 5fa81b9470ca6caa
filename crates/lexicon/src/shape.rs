//! Which characters look alike: hand-written groups, and characters that share the part that makes them (反 返 板 版).

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::chars::chars;
use crate::compile::HanWord;
use crate::quick::QuickMap;
use crate::split;

/// A part that more characters than this share is a radical and makes nobody look alike.
const SHARED_BY_AT_MOST: usize = 14;

#[derive(Default)]
pub(crate) struct Shapes {
    of_char: QuickMap<char, u32>,
    /// Characters of the lexicon that the members of a class look like.
    sets: Vec<Box<[char]>>,
}

impl Shapes {
    pub(crate) fn of(used: &BTreeSet<char>, on: bool) -> Shapes {
        let mut like: HashMap<char, BTreeSet<char>> = HashMap::new();
        if on {
            let plain = |c: char| chars().get(c).plain;
            let mut groups: HashMap<char, HashSet<char>> = HashMap::new();
            for group in include_str!("data/shape.txt")
                .lines()
                .filter(|l| !l.starts_with('#'))
                .flat_map(str::split_whitespace)
            {
                let members: Vec<char> = group.chars().map(plain).collect();
                for &a in &members {
                    groups
                        .entry(a)
                        .or_default()
                        .extend(members.iter().copied().filter(|&b| b != a));
                }
            }
            let family = families();
            for &c in used {
                like.entry(c).or_default().insert(c);
                let by_group = groups.get(&c).into_iter().flatten().copied();
                let by_part = family.get(&c).into_iter().flatten().copied();
                for x in by_group.chain(by_part) {
                    like.entry(x).or_default().insert(c);
                }
            }
        }
        let mut numbers: HashMap<BTreeSet<char>, u32> = HashMap::new();
        let mut sets = vec![BTreeSet::new()];
        let mut of_char = QuickMap::default();
        let mut all: Vec<(char, BTreeSet<char>)> = like.into_iter().collect();
        all.sort_unstable();
        for (c, set) in all {
            let next = sets.len() as u32;
            let number = *numbers.entry(set.clone()).or_insert_with(|| {
                sets.push(set);
                next
            });
            if number < 0x1FFF {
                of_char.insert(c, number);
            }
        }
        let sets = sets.into_iter().map(|s| s.into_iter().collect()).collect();
        Shapes { of_char, sets }
    }

    pub(crate) fn class_of(&self, c: char) -> u32 {
        self.of_char.get(&c).copied().unwrap_or(0)
    }

    pub(crate) fn meant_by(&self, class: u32) -> &[char] {
        &self.sets[class as usize]
    }

    /// For each class, a sketch of the words whose first character, and whose second, its members may stand for. Two
    /// sketches that do not meet hold no word.
    pub(crate) fn sketches(&self, words: &[HanWord]) -> Vec<(u128, u128)> {
        let mut first: HashMap<char, u128> = HashMap::new();
        let mut second: HashMap<char, u128> = HashMap::new();
        for word in words.iter().filter(|w| !w.reversed) {
            let (a, b) = (word.plain[0], word.plain[1]);
            let mix = (a as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
                ^ (b as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
            let bit = 1u128 << (mix >> 57);
            *first.entry(a).or_default() |= bit;
            *second.entry(b).or_default() |= bit;
        }
        let of = |map: &HashMap<char, u128>, set: &[char]| {
            set.iter()
                .filter_map(|c| map.get(c))
                .fold(0, |all, m| all | m)
        };
        self.sets
            .iter()
            .map(|set| (of(&first, set), of(&second, set)))
            .collect()
    }

    /// `written` looks like `meant`, a character of the lexicon.
    pub(crate) fn alike(&self, written: char, meant: char) -> bool {
        written == meant
            || self
                .sets
                .get(self.class_of(written) as usize)
                .is_some_and(|s| s.contains(&meant))
    }
}

/// Character → those that share its distinguishing part, contain it, or are that part.
fn families() -> HashMap<char, HashSet<char>> {
    let mut holders: HashMap<char, Vec<char>> = HashMap::new();
    let mut ways: Vec<(char, Vec<char>)> = Vec::new();
    for (c, all) in split::table() {
        for way in all {
            for &part in &way {
                let list = holders.entry(part).or_default();
                if !list.contains(&c) {
                    list.push(c);
                }
            }
            ways.push((c, way));
        }
    }
    let mut family: HashMap<char, HashSet<char>> = HashMap::new();
    for (c, way) in &ways {
        if way.len() != 2 {
            continue;
        }
        for &part in way {
            let sharing = &holders[&part];
            if sharing.len() <= SHARED_BY_AT_MOST {
                let own = family.entry(*c).or_default();
                own.extend(sharing.iter().copied().filter(|x| x != c));
                own.insert(part);
                family.entry(part).or_default().insert(*c);
            }
        }
    }
    family
}
