//! 拆字: a character written as its parts (亻介 for 价, 禾厶 for 私).

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use crate::chars::chars;
use crate::compile::HanWord;
use crate::quick::{QuickMap, QuickSet};

/// Parts people write for one another: the radical form and the whole character.
const SAME_PART: &[&str] = &[
    "人亻",
    "手扌才",
    "水氵",
    "言讠訁",
    "金钅釒",
    "纟糸丝絲糹",
    "饣食飠",
    "刀刂",
    "心忄",
    "辶辵⻌",
    "艹草艸",
    "火灬",
    "犬犭",
    "衣衤",
    "示礻",
    "攵攴文",
    "足⻊",
    "贝貝",
    "车車",
    "门門",
    "马馬",
    "鸟鳥",
    "鱼魚",
    "页頁",
    "见見",
    "长長",
    "日曰",
    "口囗",
    "八丷",
    "厶ム",
    "夕タ",
    "卜ト",
    "力カ",
    "工エ",
    "匕ヒ",
    "彳",
    "阝",
    "己巳已",
    "土士",
    "小",
    "网罒四",
    "肉月",
];

/// The representative of a part.
fn part(c: char) -> char {
    let plain = match chars().get(c) {
        row if row.plain == '\0' => c,
        row => row.plain,
    };
    static SAME: OnceLock<HashMap<char, char>> = OnceLock::new();
    let same = SAME.get_or_init(|| {
        let rows = SAME_PART.iter().filter_map(|g| g.chars().next().map(|first| (first, g)));
        rows.flat_map(|(first, g)| g.chars().map(move |c| (c, first))).collect()
    });
    same.get(&plain).or_else(|| same.get(&c)).copied().unwrap_or(plain)
}

/// Every character of the table with its ways, parts as representatives.
pub(crate) fn table() -> Vec<(char, Vec<Vec<char>>)> {
    include_str!("data/split.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            let c = fields.next()?.chars().next()?;
            let mut ways: Vec<Vec<char>> = Vec::new();
            for field in fields {
                let way: Vec<char> = field.chars().map(part).collect();
                if way.len() >= 2 && !ways.contains(&way) {
                    ways.push(way);
                }
            }
            Some((c, ways))
        })
        .collect()
}

#[derive(Default)]
pub(crate) struct Splits {
    ways: QuickMap<char, Vec<Vec<char>>>,
    /// Representatives of every character that stands for a part.
    of_char: QuickMap<char, char>,
    /// First two parts → characters they may begin.
    by_parts: QuickMap<(char, char), Vec<char>>,
    firsts: QuickSet<char>,
    /// Second part → first parts.
    before: QuickMap<char, Vec<char>>,
    /// Character → (word, position).
    by_char: QuickMap<char, Vec<(u32, u16)>>,
}

impl Splits {
    pub(crate) fn of(words: &[HanWord], on: bool) -> Splits {
        let mut splits = Splits::default();
        if !on {
            return splits;
        }
        let used: BTreeSet<char> = words.iter().filter(|w| !w.reversed).flat_map(|w| w.plain.iter().copied()).collect();
        let mut used_parts: BTreeSet<char> = BTreeSet::new();
        for (c, mut ways) in table() {
            if used.contains(&c) {
                // 女子 and 子女: two parts come in either order.
                let turned: Vec<Vec<char>> =
                    ways.iter().filter(|way| way.len() == 2).map(|way| vec![way[1], way[0]]).filter(|way| !ways.contains(way)).collect();
                ways.extend(turned);
                for way in &ways {
                    used_parts.extend(way);
                    splits.firsts.insert(way[0]);
                    splits.before.entry(way[1]).or_default().push(way[0]);
                    let list = splits.by_parts.entry((way[0], way[1])).or_default();
                    if !list.contains(&c) {
                        list.push(c);
                    }
                }
                splits.ways.insert(c, ways);
            }
        }
        for code in (0x2E80..0x3_0000u32).filter_map(char::from_u32) {
            let p = part(code);
            if used_parts.contains(&p) {
                splits.of_char.insert(code, p);
            }
        }
        for (id, word) in words.iter().enumerate().filter(|(_, w)| !w.reversed) {
            for (at, c) in word.plain.iter().enumerate() {
                splits.by_char.entry(*c).or_default().push((id as u32, at as u16));
            }
        }
        splits
    }

    /// The part stands first in a character.
    pub(crate) fn begins(&self, part: char) -> bool {
        self.firsts.contains(&part)
    }

    /// The first parts that this may follow.
    pub(crate) fn before(&self, part: char) -> &[char] {
        self.before.get(&part).map_or(&[], Vec::as_slice)
    }

    /// The parts a written character may be read as.
    pub(crate) fn part(&self, c: char) -> Option<char> {
        self.of_char.get(&c).copied()
    }

    pub(crate) fn begun_by(&self, first: char, second: char) -> &[char] {
        self.by_parts.get(&(first, second)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn ways(&self, c: char) -> &[Vec<char>] {
        self.ways.get(&c).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn words_with(&self, c: char) -> &[(u32, u16)] {
        self.by_char.get(&c).map_or(&[], Vec::as_slice)
    }
}
