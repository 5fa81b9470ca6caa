//! A text as tokens: the characters that make words, each with what stands before it. Built only for texts in which the
//! scan saw something.

use crate::chars::{CLAUSE, Kind, SENTENCE, SPACE, chars};

/// Marks stood before the token.
pub(crate) const GAP_MARK: u8 = 1;
/// White space stood before it.
pub(crate) const GAP_SPACE: u8 = 2;
/// Punctuation, a symbol or an emoji stood before it.
pub(crate) const GAP_SIGN: u8 = 4;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub plain: char,
    pub kind: Kind,
    /// How it was folded (`chars::COMPAT` …).
    pub flags: u8,
    /// What stands between it and the token before: `GAP_*`, `CLAUSE`, `SENTENCE`.
    pub gap: u8,
    /// How many characters that is.
    pub gap_len: u16,
    /// A capital letter.
    pub capital: bool,
    /// Code point in the original.
    pub at: u32,
}

pub(crate) struct View {
    pub tokens: Vec<Token>,
    /// Everything but marks and white space, for cues with punctuation in them: plain character and code point.
    pub loud: Vec<(char, u32)>,
}

/// 1️⃣ and #️⃣ are emoji, whatever they are built of: does what follows a character make it one?
#[inline]
pub(crate) fn is_keycap(rest: &str) -> bool {
    // Neither mark begins with a byte of Chinese.
    matches!(rest.as_bytes().first(), Some(0xE2 | 0xEF)) && rest.strip_prefix('\u{FE0F}').unwrap_or(rest).starts_with('\u{20E3}')
}

impl View {
    pub(crate) fn of(text: &str) -> View {
        let table = chars();
        let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 3 + 4);
        let mut loud = Vec::with_capacity(text.len() / 3 + 4);
        let (mut gap, mut gap_len) = (0u8, 0u16);
        let mut rest = text.chars();
        let mut at = 0u32;
        while let Some(c) = rest.next() {
            let row = table.get(c);
            let kind = if is_keycap(rest.as_str()) { Kind::Gap } else { row.kind };
            match kind {
                Kind::Mark => {
                    gap |= GAP_MARK;
                    gap_len = gap_len.saturating_add(1);
                }
                Kind::Gap => {
                    gap |= if row.flags & SPACE != 0 { GAP_SPACE } else { GAP_SIGN | (row.flags & (CLAUSE | SENTENCE)) };
                    gap_len = gap_len.saturating_add(1);
                    if row.flags & SPACE == 0 {
                        loud.push((row.plain, at));
                    }
                }
                _ => {
                    tokens.push(Token { plain: row.plain, kind, flags: row.flags, gap, gap_len, capital: c.is_ascii_uppercase(), at });
                    loud.push((row.plain, at));
                    (gap, gap_len) = (0, 0);
                }
            }
            at += 1;
        }
        View { tokens, loud }
    }

    /// Gaps of every kind inside the token range, or-ed.
    pub(crate) fn inner_gap(&self, from: usize, to: usize) -> u8 {
        self.tokens[from + 1..to].iter().fold(0, |all, t| all | t.gap)
    }

    /// The tokens of a range of code points.
    pub(crate) fn range(&self, start: usize, end: usize) -> (usize, usize) {
        let before = |at: usize| self.tokens.partition_point(|t| (t.at as usize) < at);
        (before(start), before(end))
    }

    /// Signs or invisible marks stand between all characters of these code points: neither white space nor the end of a
    /// clause, nor what quotes or masks a word.
    pub(crate) fn apart(&self, start: usize, end: usize) -> bool {
        let (first, after) = self.range(start, end);
        let between = |gap: u8| gap & (GAP_SIGN | GAP_MARK) != 0 && gap & (GAP_SPACE | CLAUSE | SENTENCE) == 0;
        let from = self.loud.partition_point(|&(_, at)| (at as usize) < start);
        let set_off = |c: &char| "\"'“”‘’「」『』《》<>()（）[]【】*/".contains(*c);
        let marked = self.loud[from..].iter().take_while(|l| (l.1 as usize) < end).any(|l| set_off(&l.0));
        first + 1 < after && !marked && self.tokens[first + 1..after].iter().all(|t| between(t.gap))
    }

    pub(crate) fn longest_gap(&self, from: usize, to: usize) -> u16 {
        self.tokens[from + 1..to].iter().map(|t| t.gap_len).max().unwrap_or(0)
    }

    pub(crate) fn folds(&self, from: usize, to: usize) -> u8 {
        self.tokens[from..to].iter().fold(0, |all, t| all | t.flags)
    }

    pub(crate) fn start(&self, from: usize) -> usize {
        self.tokens[from].at as usize
    }

    pub(crate) fn end(&self, to: usize) -> usize {
        self.tokens[to - 1].at as usize + 1
    }
}
