//! Numbers in digits, in characters and mixed: 3,000 · 1.5万 · 三万五 · 2k · 两千五.

use super::Glyph;
use crate::chars::Kind;

pub(super) struct Number {
    pub millionths: i128,
    pub end: usize,
    /// Written with characters.
    pub han: bool,
    /// Ends in a unit of its own (百 千 万 亿 k w), so it may be a sum without a currency.
    pub scaled: bool,
    /// Digits before any unit, to tell a sum from a telephone number.
    pub digits: usize,
}

const ONE: i128 = 1_000_000;

pub(super) fn digit(c: char) -> Option<u8> {
    Some(match c {
        '0'..='9' => c as u8 - b'0',
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' | '参' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn unit(c: char) -> Option<i128> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

impl Number {
    /// The number that starts at `i`; None when none does.
    pub(super) fn at(text: &[Glyph], i: usize) -> Option<Number> {
        let first = text.get(i)?;
        if first.kind == Kind::Digit {
            return Some(arabic(text, i));
        }
        if first.plain == '半' && text.get(i + 1).is_some_and(|g| matches!(g.plain, '成' | '个')) {
            return Some(Number { millionths: ONE / 2, end: i + 1, han: true, scaled: false, digits: 1 });
        }
        if digit(first.plain).is_some() || matches!(first.plain, '十' | '拾') { han(text, i) } else { None }
    }
}

fn arabic(text: &[Glyph], i: usize) -> Number {
    let mut at = i;
    let mut whole: i128 = 0;
    let mut digits = 0;
    while let Some(g) = text.get(at) {
        if g.kind == Kind::Digit {
            whole = (whole * 10 + i128::from(g.plain as u8 - b'0')).min(i128::from(i64::MAX));
            digits += 1;
            at += 1;
        } else if matches!(g.plain, ',' | '，') && digits <= 3 + 3 * 3 && three_digits(text, at + 1) && at > i {
            at += 1;
        } else {
            break;
        }
    }
    let mut millionths = whole * ONE;
    if text.get(at).is_some_and(|g| g.plain == '.') && text.get(at + 1).is_some_and(|g| g.kind == Kind::Digit) {
        at += 1;
        let mut part = ONE / 10;
        while let Some(g) = text.get(at).filter(|g| g.kind == Kind::Digit) {
            millionths += i128::from(g.plain as u8 - b'0') * part;
            part /= 10;
            at += 1;
        }
    }
    let mut scaled = false;
    let mut last = 1;
    while let Some(u) = text.get(at).and_then(|g| unit(g.plain)) {
        if u == 10 {
            break;
        }
        millionths = millionths.saturating_mul(u).min(i128::MAX / 1_000_000_000);
        last = u;
        scaled = true;
        at += 1;
    }
    if scaled {
        // 3万5 is 35 000; 3万5千 too.
        if let Some(d) = text.get(at).and_then(|g| digit(g.plain)).filter(|&d| d > 0)
            && text.get(at + 1).is_none_or(|g| digit(g.plain).is_none() && g.plain != '.' && g.plain != '个')
        {
            let own = text.get(at + 1).and_then(|g| unit(g.plain)).filter(|&u| u < last && u >= 100);
            millionths += i128::from(d) * own.unwrap_or(last / 10) * ONE;
            at += 1 + usize::from(own.is_some());
        }
    } else if let Some(g) = text.get(at).filter(|g| matches!(g.plain, 'k' | 'w'))
        && text.get(at + 1).is_none_or(|n| n.kind != Kind::Latin && n.kind != Kind::Digit)
    {
        millionths = millionths.saturating_mul(if g.plain == 'k' { 1_000 } else { 10_000 });
        scaled = true;
        at += 1;
    }
    Number { millionths, end: at, han: false, scaled, digits }
}

fn three_digits(text: &[Glyph], i: usize) -> bool {
    (i..i + 3).all(|k| text.get(k).is_some_and(|g| g.kind == Kind::Digit)) && text.get(i + 3).is_none_or(|g| g.kind != Kind::Digit)
}

fn han(text: &[Glyph], i: usize) -> Option<Number> {
    let mut at = i;
    let (mut total, mut section, mut pending): (i128, i128, Option<i128>) = (0, 0, None);
    let mut last = 1;
    let mut digits = 0;
    let mut zero = false;
    while let Some(g) = text.get(at).filter(|g| g.kind == Kind::Han) {
        if let Some(d) = digit(g.plain) {
            // Digits read one by one (二零二六, 一三八…) are a year or a number on a plate, no sum.
            if pending.is_some() && d != 0 && !zero {
                let run = run_of_digits(text, i);
                return (run > at).then_some(Number { millionths: 0, end: run, han: true, scaled: false, digits: 9 });
            }
            zero = d == 0;
            pending = if d == 0 { pending.filter(|_| false).or(if at == i { Some(0) } else { None }) } else { Some(i128::from(d)) };
            digits += 1;
        } else if let Some(u) = unit(g.plain) {
            if u >= 10_000 {
                section += pending.take().unwrap_or(0);
                if section == 0 {
                    break;
                }
                total = (total + section).saturating_mul(u).min(i128::from(i64::MAX));
                section = 0;
            } else {
                section += pending.take().unwrap_or(1) * u;
            }
            last = u;
            zero = false;
        } else {
            break;
        }
        at += 1;
    }
    if at == i {
        return None;
    }
    let tail = match pending {
        // 两千五 is 2 500, 三万五 35 000; 两千零五 is 2 005 and 二十五 is 25.
        Some(d) if last >= 100 && !zero && !text[at.saturating_sub(2)..at].iter().any(|g| g.plain == '零') => d * last / 10,
        Some(d) => d,
        None => 0,
    };
    let mut millionths = (total + section + tail).saturating_mul(ONE);
    if text.get(at).is_some_and(|g| g.plain == '点') && last == 1 {
        // 一点五个点, 零点五成
        if let Some(d) = text.get(at + 1).and_then(|g| digit(g.plain))
            && text.get(at + 2).is_some_and(|g| matches!(g.plain, '个' | '成' | '%' | '万' | '千'))
        {
            millionths += i128::from(d) * ONE / 10;
            at += 2;
            if let Some(u) = text.get(at).and_then(|g| unit(g.plain)) {
                return Some(Number { millionths: millionths.saturating_mul(u), end: at + 1, han: true, scaled: true, digits });
            }
        }
    }
    Some(Number { millionths, end: at, han: true, scaled: last >= 100, digits })
}

fn run_of_digits(text: &[Glyph], mut i: usize) -> usize {
    while text.get(i).is_some_and(|g| digit(g.plain).is_some()) {
        i += 1;
    }
    i
}
