//! What one character is to the reader: its kind and its plain form, independent of any lexicon.
//!
//! The order of folding is fixed: compatibility form (NFKC, radicals) → traditional → simplified. A character remembers
//! which of the two changed it, so that a hit can name the disguise.

use std::sync::OnceLock;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

mod letters;
pub(crate) mod radicals;

/// What a character does to a word it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Ends every word: kana, hangul, other scripts.
    Other = 0,
    Han = 1,
    /// `a`–`z` after folding.
    Latin = 2,
    Digit = 3,
    /// Space, punctuation, symbol, emoji: may stand inside a word.
    Gap = 4,
    /// Not seen by the eye: zero-width, direction, variation selectors, tags, combining marks.
    Mark = 5,
}

pub(crate) const COMPAT: u8 = 1;
pub(crate) const TRADITIONAL: u8 = 2;
/// A letter of another alphabet that looks like a Latin one.
pub(crate) const LOOKALIKE: u8 = 4;
/// A gap that ends a clause (comma) …
pub(crate) const CLAUSE: u8 = 8;
/// … or a sentence.
pub(crate) const SENTENCE: u8 = 16;
/// A gap that is white space.
pub(crate) const SPACE: u8 = 32;
/// A sum or a share may begin with it: digits, numerals, signs and names of currencies.
pub(crate) const SUM: u8 = 64;

const SUMS: &str = "0123456789零〇一壹二两贰三叁参四肆五伍六陆七柒八捌九玖十拾半百千万人rcuh¥$€£";

#[derive(Debug, Clone, Copy)]
pub(crate) struct Char {
    pub plain: char,
    pub kind: Kind,
    pub flags: u8,
}

const OTHER: Char = Char { plain: '\0', kind: Kind::Other, flags: 0 };
/// Below this code point every character has its row; above stand only tags and selectors.
pub(crate) const TABLE_END: u32 = 0x3_2000;

pub(crate) struct Chars {
    rows: Vec<Char>,
}

impl Chars {
    pub(crate) fn get(&self, c: char) -> Char {
        match self.rows.get(c as usize) {
            Some(&row) => row,
            None if (0xE_0000..0xE_1000).contains(&(c as u32)) => Char { plain: c, kind: Kind::Mark, flags: 0 },
            None => Char { plain: c, ..OTHER },
        }
    }

    /// Plain form of every character that counts; used for words of the lexicon and the word list.
    pub(crate) fn plain(&self, text: &str) -> String {
        text.chars().map(|c| self.get(c)).filter(|c| matches!(c.kind, Kind::Han | Kind::Latin | Kind::Digit | Kind::Other)).map(|c| c.plain).collect()
    }
}

pub(crate) fn chars() -> &'static Chars {
    static CHARS: OnceLock<Chars> = OnceLock::new();
    CHARS.get_or_init(build)
}

fn build() -> Chars {
    let simple = traditional();
    let radical = |c: char| radicals::plain(c).unwrap_or(c);
    let rows = (0..TABLE_END)
        .map(|code| {
            let Some(c) = char::from_u32(code) else {
                return OTHER;
            };
            if is_mark(c) {
                return Char { plain: c, kind: Kind::Mark, flags: 0 };
            }
            if is_bullet(c) {
                return Char { plain: c, kind: Kind::Gap, flags: 0 };
            }
            let mut flags = 0;
            let mut plain = compatible(c);
            if plain != c.to_ascii_lowercase() && plain != c {
                flags |= COMPAT;
            }
            let of_radical = radical(plain);
            if of_radical != plain {
                plain = of_radical;
                flags |= COMPAT;
            }
            if let Some(&s) = simple.get(&plain) {
                plain = s;
                flags |= TRADITIONAL;
            }
            if let Some(latin) = letters::lookalike(plain) {
                plain = latin;
                flags |= LOOKALIKE;
            }
            let kind = kind_of(plain);
            if kind == Kind::Gap {
                flags = gap_flags(c);
            }
            if SUMS.contains(plain) {
                flags |= SUM;
            }
            Char { plain, kind, flags }
        })
        .collect();
    Chars { rows }
}

/// NFKC of one character where it stays one character (a letter with its accents dropped counts); brackets round an
/// enclosed ideograph or letter are dropped.
fn compatible(c: char) -> char {
    let mut parts: Vec<char> = Vec::new();
    decompose_compatible(c, |d| {
        if !is_combining_mark(d) && !matches!(d, '(' | ')' | '〔' | '〕' | '.') {
            parts.push(d);
        }
    });
    match parts[..] {
        [one] => one.to_lowercase().next().unwrap_or(one),
        _ => letters::enclosed(c).unwrap_or(c),
    }
}

fn kind_of(c: char) -> Kind {
    match c {
        'a'..='z' => Kind::Latin,
        '0'..='9' => Kind::Digit,
        '〇' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{2_0000}'..='\u{3_1FFF}' => Kind::Han,
        '\u{F900}'..='\u{FAFF}' => Kind::Han,
        // The long vowel mark and the iteration mark are letters to Unicode, dashes to a person who writes Chinese.
        'ー' | '々' | 'ｰ' => Kind::Gap,
        '\u{1F1E6}'..='\u{1F1FF}' => Kind::Gap,
        // Letters of the neighbours of Chinese end a word. Those of farther scripts stand in Chinese talk as ornaments only
        // (返ღ点, 私๑单), and lookalikes of Latin letters were folded before.
        '\u{1100}'..='\u{11FF}'
        | '\u{3040}'..='\u{318F}'
        | '\u{31A0}'..='\u{31BF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}'
        | '\u{FF66}'..='\u{FFDC}'
            if c.is_alphanumeric() =>
        {
            Kind::Other
        }
        _ => Kind::Gap,
    }
}

/// ①, ⑴, ⒈, ❶: bullets, no numbers; between two characters an ornament.
fn is_bullet(c: char) -> bool {
    matches!(c, '\u{2460}'..='\u{249B}' | '\u{24EA}'..='\u{24FF}' | '\u{2776}'..='\u{2793}')
}

/// Strokes, which Chinese put between characters as ornaments (返丶点) and which are parts of characters as well; and
/// the ideographs that are also emoji: ㊗, 🈲.
pub(crate) fn is_two_faced(c: char) -> bool {
    matches!(c, '丶' | '丨' | '丿' | '亅' | '乀' | '乁' | '㊗' | '㊙' | '\u{1F210}'..='\u{1F23B}' | '\u{1F250}' | '\u{1F251}')
}

fn gap_flags(c: char) -> u8 {
    match c {
        '。' | '！' | '？' | '!' | '?' | '；' | ';' | '\n' | '\r' | '．' | '｡' | '\u{2028}' | '\u{2029}' => SENTENCE | CLAUSE,
        '，' | ',' | '：' | ':' | '…' | '﹐' => CLAUSE,
        c if c.is_whitespace() => SPACE,
        _ => 0,
    }
}

fn is_mark(c: char) -> bool {
    is_combining_mark(c)
        || matches!(c,
            '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{84}' | '\u{86}'..='\u{9F}'
            | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{13430}'..='\u{1343F}')
}

fn traditional() -> std::collections::HashMap<char, char> {
    let mut map = std::collections::HashMap::new();
    for group in include_str!("../data/traditional.txt").lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace) {
        let mut forms = group.chars();
        if let Some(simple) = forms.next() {
            for form in forms.filter(|&f| f != simple) {
                map.entry(form).or_insert(simple);
            }
        }
    }
    // A character that is itself the simplified form of a group never folds further.
    let ends: Vec<char> = map.values().copied().collect();
    for end in ends {
        map.remove(&end);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_each_disguise_to_the_plain_character_and_remembers_which() {
        let of = |c| chars().get(c);
        assert_eq!((of('單').plain, of('單').flags), ('单', TRADITIONAL));
        assert_eq!((of('単').plain, of('単').flags), ('单', TRADITIONAL));
        assert_eq!((of('⻜').plain, of('⻜').flags), ('飞', COMPAT));
        assert_eq!((of('⾶').plain, of('⾶').flags), ('飞', COMPAT | TRADITIONAL));
        assert_eq!((of('ｋ').plain, of('ｋ').flags, of('ｋ').kind), ('k', COMPAT, Kind::Latin));
        assert_eq!((of('K').plain, of('K').flags), ('k', 0));
        assert_eq!((of('á').plain, of('á').kind), ('a', Kind::Latin));
        assert_eq!((of('㊙').plain, of('㊙').kind), ('秘', Kind::Han));
        assert_eq!((of('㈡').plain, of('㈡').kind), ('二', Kind::Han));
        assert_eq!((of('с').plain, of('с').flags), ('c', LOOKALIKE | SUM));
        for mark in ['\u{200B}', '\u{FE0F}', '\u{AD}', '\u{338}', '\u{E0041}', '\u{202E}'] {
            assert_eq!(of(mark).kind, Kind::Mark, "{mark:?}");
        }
        for gap in [' ', '，', '*', '😀', '\u{3000}', '🇨', '～', '·', '①', '⑴', '❶', 'ღ', '๑'] {
            assert_eq!(of(gap).kind, Kind::Gap, "{gap:?}");
        }
        assert_eq!(of('の').kind, Kind::Other);
    }

    #[test]
    fn every_traditional_group_ends_in_one_plain_character() {
        for (form, simple) in traditional() {
            assert_eq!(chars().get(simple).plain, simple, "{form} → {simple}");
        }
    }
}
