//! Which characters look alike: hand-written groups, and characters that share the part that makes them (反 返 板 版).

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::chars::chars;
use crate::split;

/// A part that more characters than this share is a radical and makes nobody look alike.
const SHARED_BY_AT_MOST: usize = 14;

#[derive(Default)]
pub(crate) struct Shapes {
    /// By code point of the basic plane; 0 is none.
    of_char: Vec<u16>,
    /// Characters of the lexicon that the members of a class look like.
    sets: Vec<Box<[char]>>,
}

impl Shapes {
    pub(crate) fn of(used: &BTreeSet<char>, on: bool) -> Shapes {
        let mut like: HashMap<char, BTreeSet<char>> = HashMap::new();
        if on {
            let plain = |c: char| chars().get(c).plain;
            let mut groups: HashMap<char, HashSet<char>> = HashMap::new();
            for group in include_str!("data/shape.txt").lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace) {
                let members: Vec<char> = group.chars().map(plain).collect();
                for &a in &members {
                    groups.entry(a).or_default().extend(members.iter().copied().filter(|&b| b != a));
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
        let mut numbers: HashMap<BTreeSet<char>, u16> = HashMap::new();
        let mut sets: Vec<BTreeSet<char>> = vec![BTreeSet::new()];
        let mut of_char = vec![0; 0x1_0000];
        let mut all: Vec<(char, BTreeSet<char>)> = like.into_iter().collect();
        all.sort_unstable();
        for (c, set) in all {
            let (Ok(next), Some(row)) = (u16::try_from(sets.len()), of_char.get_mut(c as usize)) else {
                continue;
            };
            *row = *numbers.entry(set.clone()).or_insert_with(|| {
                sets.push(set);
                next
            });
        }
        let sets = sets.into_iter().map(|s| s.into_iter().collect()).collect();
        Shapes { of_char, sets }
    }

    /// Character of the lexicon → those that may be written for it, itself among them.
    pub(crate) fn looking_like(&self) -> HashMap<char, Vec<char>> {
        let mut like: HashMap<char, Vec<char>> = HashMap::new();
        let classes = self.of_char.iter().enumerate().filter(|&(_, &class)| class != 0);
        for (code, &class) in classes {
            let Some(written) = char::from_u32(code as u32) else {
                continue;
            };
            for &meant in &self.sets[usize::from(class)] {
                like.entry(meant).or_default().push(written);
            }
        }
        like
    }

    /// `written` looks like `meant`, a character of the lexicon.
    pub(crate) fn alike(&self, written: char, meant: char) -> bool {
        written == meant || self.of_char.get(written as usize).is_some_and(|&class| self.sets[usize::from(class)].contains(&meant))
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
