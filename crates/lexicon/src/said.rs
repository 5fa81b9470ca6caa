//! How often two characters stand side by side in ordinary talk: 我们 everywhere, 标底 hardly ever. The anchor of a phrase
//! is chosen by it, so that ordinary talk is let go; what a phrase means does not depend on it.

use crate::quick::QuickMap;

/// A pair that the table does not have.
const RARE: u32 = 4;

#[derive(Default)]
pub(crate) struct Said {
    pairs: QuickMap<(char, char), u32>,
}

impl Said {
    /// The table that ships with the product.
    pub(crate) fn shipped() -> Said {
        let mut pairs = QuickMap::default();
        for line in include_str!("data/said.txt").lines().filter(|l| !l.starts_with('#')) {
            let Some((times, written)) = line.split_once(' ') else {
                continue;
            };
            let times = times.parse().unwrap_or(RARE);
            let mut written = written.chars();
            while let (Some(a), Some(b)) = (written.next(), written.next()) {
                pairs.insert((a, b), times);
            }
        }
        Said { pairs }
    }

    /// At most so many times in a million characters, by the rarest of its pairs.
    pub(crate) fn often(&self, word: &[char]) -> u32 {
        let pairs = word.windows(2).map(|pair| self.pairs.get(&(pair[0], pair[1])).copied().unwrap_or(RARE));
        pairs.min().unwrap_or(u32::MAX)
    }
}
