//! Which characters sound alike, by toneless syllables: what is written counts by the readings people type by, what is
//! meant by every reading.

use std::collections::{BTreeMap, BTreeSet};

use pinyin::{ToPinyin, ToPinyinMulti};

use crate::chars::{Kind, chars};
use crate::quick::QuickMap;

/// The usual reading, and one more for the characters that everyone reads in two ways.
const READINGS: usize = 2;

/// 多音字 of everyday use. The tables know many more readings, but nobody types by them.
const POLYPHONES: &str = "行长重还便调转传弹藏降乐朝参差都得地着没会角觉教空落率模难宁曲少舍盛数宿提系鲜相削校兴血应载扎占涨只种中薄泊称乘处畜创答待担当倒斗度恶发分佛干给更供冠号喝荷横哗划累量露绿率蒙尿铺强切塞色厦什似隧吐尾吓咽饮晕奇折挣殖钻作叶石呢卡否囤壳咳";

/// Toneless readings that people type by, the usual one first; `ü` as `v`.
pub(crate) fn readings(c: char) -> Vec<String> {
    let mut all = every_reading(c);
    all.truncate(if POLYPHONES.contains(c) { READINGS } else { 1 });
    all
}

/// All readings of the tables. A character of the lexicon counts by each of them: homophone tables pair 单 with 善.
fn every_reading(c: char) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    if let Some(multi) = c.to_pinyin_multi() {
        for p in multi {
            let plain = p.plain().replace('ü', "v");
            if plain.chars().all(|c| c.is_ascii_lowercase()) && !all.contains(&plain) {
                all.push(plain);
            }
        }
    } else if let Some(p) = c.to_pinyin() {
        all.push(p.plain().replace('ü', "v"));
    }
    all
}

/// Syllables of the lexicon that a character may be read as; 0 is none.
pub(crate) type Syllables = [u16; READINGS];

/// The first code point of the table.
const FIRST: usize = 0x3400;

/// Characters by the syllables of the lexicon that they can be read as. Syllables are numbered from 1.
pub(crate) struct Sounds {
    /// By code point from [`FIRST`].
    of_char: Vec<Syllables>,
    /// Every reading of the characters of the lexicon.
    meant: QuickMap<char, Box<[u16]>>,
}

impl Sounds {
    pub(crate) fn of(used: &BTreeSet<char>) -> Sounds {
        let mut syllables: BTreeMap<String, u16> = BTreeMap::new();
        let mut meant = QuickMap::default();
        for &c in used {
            let own: Vec<u16> = every_reading(c)
                .into_iter()
                .map(|reading| {
                    let next = syllables.len() as u16 + 1;
                    *syllables.entry(reading).or_insert(next)
                })
                .collect();
            meant.insert(c, own.into_boxed_slice());
        }
        let mut of_char = vec![Syllables::default(); '\u{A000}' as usize - FIRST];
        for c in ('\u{3400}'..='\u{9FFF}').filter(|&c| chars().get(c).kind == Kind::Han && chars().get(c).plain == c) {
            let mut own: Syllables = [0; READINGS];
            let known = readings(c).into_iter().filter_map(|r| syllables.get(&r).copied());
            for (slot, syllable) in own.iter_mut().zip(known) {
                *slot = syllable;
            }
            of_char[c as usize - FIRST] = own;
        }
        Sounds { of_char, meant }
    }

    pub(crate) fn of_char(&self, c: char) -> Syllables {
        self.of_char.get((c as usize).wrapping_sub(FIRST)).copied().unwrap_or_default()
    }

    /// Every reading of a character of the lexicon.
    pub(crate) fn meant(&self, c: char) -> &[u16] {
        self.meant.get(&c).map_or(&[], |all| all)
    }

    /// `written` may be read as `meant`, a character of the lexicon.
    pub(crate) fn alike(&self, written: char, meant: char) -> bool {
        let read = self.of_char(written);
        written == meant || self.meant(meant).iter().any(|s| *s == read[0] || *s == read[1])
    }
}
