//! Amounts and shares as people type them: 500块, 1.5万, 三万五, ¥3,000, 2k; 10%, 8个点, 一成, 百分之八, 两个点半.
//!
//! A number alone is neither: telephone numbers, dates, order numbers, clock times, counted things and ordinals are left
//! alone. Offsets are code points of the original text.

use std::cell::RefCell;

use crate::chars::{CLAUSE, Kind, SENTENCE, SUM, chars};
use crate::view::{GAP_SPACE, View};

mod context;
mod number;

use number::Number;

/// A sum of money, in minor units (分) of the currency the text does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    pub minor: i64,
    pub start: usize,
    pub end: usize,
}

/// A share of something, in parts per million: 10 % is 100 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub ppm: u32,
    pub start: usize,
    pub end: usize,
}

/// A character that is seen, with its place in the original.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyph {
    pub plain: char,
    pub kind: Kind,
    /// A sum or a share may begin here.
    pub sum: bool,
    pub at: u32,
}

thread_local! {
    /// Texts with numbers are many; their glyphs are written over and over into one buffer.
    static BUFFER: RefCell<Vec<Glyph>> = const { RefCell::new(Vec::new()) };
}

/// Amounts and shares of a text.
pub(crate) fn of_text(text: &str) -> (Vec<Amount>, Vec<Share>) {
    BUFFER.with(|buffer| match buffer.try_borrow_mut() {
        Ok(mut out) => {
            glyphs(text, &mut out);
            let found = read(&out);
            // One long text must not hold its memory for ever.
            if out.capacity() > 1 << 16 {
                *out = Vec::new();
            }
            found
        }
        Err(_) => Default::default(),
    })
}

fn glyphs(text: &str, out: &mut Vec<Glyph>) {
    let table = chars();
    out.clear();
    for (at, c) in text.chars().enumerate() {
        let row = table.get(c);
        if row.kind != Kind::Mark {
            out.push(Glyph { plain: row.plain, kind: row.kind, sum: row.flags & SUM != 0, at: at as u32 });
        }
    }
}

/// Every amount in the text, in order.
pub fn amounts(text: &str) -> Vec<Amount> {
    of_text(text).0
}

/// Every share in the text, in order.
pub fn shares(text: &str) -> Vec<Share> {
    of_text(text).1
}

/// One pass over the text for both.
fn read(text: &[Glyph]) -> (Vec<Amount>, Vec<Share>) {
    let mut amounts = Vec::new();
    let mut shares = Vec::new();
    let mut i = 0;
    while i < text.len() {
        if !text[i].sum {
            i += 1;
            continue;
        }
        if let Some((ppm, from, to)) = share_at(text, i) {
            shares.push(Share { ppm, start: text[from].at as usize, end: text[to - 1].at as usize + 1 });
            i = to;
        } else if let Some((minor, from, to)) = amount_at(text, i) {
            amounts.push(Amount { minor, start: text[from].at as usize, end: text[to - 1].at as usize + 1 });
            i = to;
        } else if let Some(number) = Number::at(text, i) {
            i = number.end.max(i + 1);
        } else {
            i += 1;
        }
    }
    (amounts, shares)
}

pub(crate) fn is(text: &[Glyph], i: usize, word: &str) -> bool {
    word.chars().zip(i..).all(|(c, at)| text.get(at).is_some_and(|g| g.plain == c))
}

/// The glyphs just before `i` spell `word`.
pub(crate) fn ends_with(text: &[Glyph], i: usize, word: &str) -> bool {
    let n = word.chars().count();
    i >= n && is(text, i - n, word)
}

fn skip_spaces(text: &[Glyph], mut i: usize) -> usize {
    while text.get(i).is_some_and(|g| g.plain == ' ' || g.plain == '\u{A0}' || g.plain == '\u{3000}') {
        i += 1;
    }
    i
}

fn first_of(text: &[Glyph], i: usize, words: &[&str]) -> Option<usize> {
    words.iter().find(|w| is(text, i, w)).map(|w| i + w.chars().count())
}

/// What is counted after a number, so that it is no sum.
pub(crate) fn counts(c: char) -> bool {
    context::COUNTED.contains(c)
}

/// Three to six digits that count nothing begin with the token.
pub(crate) fn bare_sum_at(view: &View, first: usize) -> bool {
    let tokens = &view.tokens;
    let after = tokens.get(first..).unwrap_or_default();
    let digits = after.iter().enumerate().take_while(|(i, t)| t.kind == Kind::Digit && (*i == 0 || t.gap == 0)).count();
    let spaced = after.first().is_some_and(|t| t.gap & !GAP_SPACE == 0 && t.plain != '0');
    let counted = after.get(digits).is_some_and(|t| t.gap & (CLAUSE | SENTENCE) == 0 && (t.kind != Kind::Han || counts(t.plain)));
    (3..=6).contains(&digits) && spaced && !counted
}

const PERCENT: &[&str] = &["%", "个百分点", "percent", "per cent", "pct", "巴仙"];
const POINTS: &[&str] = &["个点", "个百分点"];

fn share_at(text: &[Glyph], i: usize) -> Option<(u32, usize, usize)> {
    let per = match text[i].plain {
        '百' => 10_000,
        '千' => 1_000,
        '万' => 100,
        _ => 0,
    };
    if per != 0 && is(text, i + 1, "分之") {
        let from = i + 3;
        let number = Number::at(text, skip_spaces(text, from))?;
        return in_range(number.millionths.checked_mul(per)? / 1_000_000, i, number.end);
    }
    if i > 0 && text[i - 1].kind == Kind::Digit {
        return None;
    }
    let number = Number::at(text, i)?;
    let after = skip_spaces(text, number.end);
    let next = text.get(after)?.plain;
    if !matches!(next, '%' | '‰' | '个' | '成' | '点' | 'p' | '巴') {
        return None;
    }
    if let Some(end) = first_of(text, after, PERCENT) {
        if is(text, after, "%") && context::percent_is_quality(text, end) {
            return None;
        }
        return in_range(number.millionths.checked_mul(10_000)? / 1_000_000, i, end);
    }
    if is(text, after, "‰") {
        return in_range(number.millionths.checked_mul(1_000)? / 1_000_000, i, after + 1);
    }
    if let Some(end) = first_of(text, after, POINTS) {
        if context::points_are_things(text, end) || context::is_ordinal(text, i) {
            return None;
        }
        let half = is(text, end, "半");
        let ppm = number.millionths.checked_mul(10_000)? / 1_000_000 + if half { 5_000 } else { 0 };
        return in_range(ppm, i, end + usize::from(half));
    }
    if is(text, after, "个半点") {
        return in_range(number.millionths.checked_mul(10_000)? / 1_000_000 + 5_000, i, after + 3);
    }
    if is(text, number.end, "成") && number.millionths <= 10_000_000 && number.millionths > 0 {
        return tenths(text, i, &number);
    }
    if is(text, number.end, "点") && number.millionths < 50_000_000 && context::points_after_lead(text, i, number.end + 1) {
        let end = number.end + 1;
        return in_range(number.millionths.checked_mul(10_000)? / 1_000_000, i, end);
    }
    None
}

/// 一成, 三成五, 两成半; 八成 as “probably” and 一成不变 are none.
fn tenths(text: &[Glyph], i: usize, number: &Number) -> Option<(u32, usize, usize)> {
    let mut end = number.end + 1;
    if context::tenth_is_word(text, i, number.end + 1, number.millionths >= 6_000_000) {
        return None;
    }
    let mut ppm = number.millionths.checked_mul(100_000)? / 1_000_000;
    if is(text, end, "半") {
        ppm += 50_000;
        end += 1;
    } else if let Some(digit) = text.get(end).and_then(|g| number::digit(g.plain)).filter(|_| number.han) {
        ppm += i128::from(digit) * 10_000;
        end += 1;
    }
    in_range(ppm, i, end)
}

/// Nothing is promised at 0 % or at 100 % and more.
fn in_range(ppm: i128, from: usize, to: usize) -> Option<(u32, usize, usize)> {
    u32::try_from(ppm).ok().filter(|p| (1..1_000_000).contains(p)).map(|p| (p, from, to))
}

const CURRENCY_BEFORE: &[&str] = &["¥", "hk$", "us$", "$", "€", "£", "rmb", "cny", "usd", "人民币"];
const CURRENCY_AFTER: &[&str] =
    &["元人民币", "元整", "元钱", "元", "块钱", "块", "圆", "人民币", "rmb", "cny", "yuan", "bucks", "dollars", "usd", "大洋", "美金", "美元", "欧元", "港币"];

fn amount_at(text: &[Glyph], i: usize) -> Option<(i64, usize, usize)> {
    let sign = text[i].kind == Kind::Gap || text[i].kind == Kind::Latin || text[i].plain == '人';
    if let Some(from) = sign.then(|| first_of(text, i, CURRENCY_BEFORE)).flatten() {
        let word = text[i].kind == Kind::Latin;
        if !(word && i > 0 && text[i - 1].kind == Kind::Latin)
            && let Some(number) = Number::at(text, skip_spaces(text, from))
        {
            let end = first_of(text, number.end, &["元", "块"]).unwrap_or(number.end);
            return minor(number.millionths, i, end);
        }
    }
    if context::glued_before(text, i) {
        return None;
    }
    let number = Number::at(text, i)?;
    let after = skip_spaces(text, number.end);
    let currency =
        text.get(after).is_some_and(|g| matches!(g.plain, '元' | '块' | '圆' | '人' | 'r' | 'c' | 'y' | 'b' | 'd' | 'u' | '大' | '美' | '欧' | '港'));
    if let Some(end) = currency.then(|| first_of(text, after, CURRENCY_AFTER)).flatten() {
        if context::currency_is_thing(text, after, end, &number) {
            return None;
        }
        let mut millionths = number.millionths;
        let mut end = end;
        // 三块五, 两块五毛
        if let Some(d) = text.get(end).and_then(|g| number::digit(g.plain)).filter(|_| is(text, end - 1, "块"))
            && text.get(end + 1).is_none_or(|g| number::digit(g.plain).is_none() && g.plain != '个')
        {
            millionths += i128::from(d) * 100_000;
            end += 1;
        }
        return minor(millionths, i, end);
    }
    if is(text, after, "grand") {
        return minor(number.millionths.checked_mul(1_000)?, i, after + 5);
    }
    if number.scaled && !context::counts_things(text, i, number.end) {
        return minor(number.millionths, i, number.end);
    }
    if !number.han && !number.scaled && context::sum_after_lead(text, i, &number) {
        return minor(number.millionths, i, number.end);
    }
    None
}

fn minor(millionths: i128, from: usize, to: usize) -> Option<(i64, usize, usize)> {
    i64::try_from(millionths / 10_000).ok().filter(|&m| m > 0).map(|m| (m, from, to))
}

#[cfg(test)]
mod tests;
