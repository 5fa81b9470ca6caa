//! Courtesies 客套: who is spoken to, greetings, thanks, the small pictures of chat programs ([握手]). A text says the same
//! with them and without, so nothing is concluded from them: 王经理，有私单做不做 is not talk of a manager.

use std::sync::OnceLock;

use crate::chars::{CLAUSE, Kind, SENTENCE, chars};
use crate::quick::QuickMap;
use crate::view::{GAP_SPACE, View};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Surname,
    Title,
    /// In English before a surname, manager Wang, and those surnames.
    TitleEn,
    NameEn,
    /// Stands alone, in English with any one name behind it: hi Tom.
    Salute,
    /// Stands alone.
    Whole,
    /// The same, and people put it behind a sentence without a comma.
    Thanks,
    Picture,
    /// Looks like a name with a title and is none.
    NoName,
    /// After a name it makes one that is told of.
    Told,
}

type Heads = QuickMap<char, Vec<(Vec<char>, Part)>>;

fn known() -> &'static Heads {
    static KNOWN: OnceLock<Heads> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut heads = Heads::default();
        for line in include_str!("data/courtesies.txt").lines().filter(|l| !l.starts_with('#')) {
            let mut words = line.split_whitespace();
            let part = match words.next() {
                Some("surname") => Part::Surname,
                Some("title") => Part::Title,
                Some("title_en") => Part::TitleEn,
                Some("name_en") => Part::NameEn,
                Some("salute") => Part::Salute,
                Some("thanks") => Part::Thanks,
                Some("picture") => Part::Picture,
                Some("none") => Part::NoName,
                Some("told") => Part::Told,
                _ => Part::Whole,
            };
            for word in words {
                let plain: Vec<char> = word.chars().map(|c| if c == SPACE { SPACE } else { chars().get(c).plain }).collect();
                if let Some(&first) = plain.first() {
                    heads.entry(first).or_default().push((plain, part));
                }
            }
        }
        heads.values_mut().for_each(|list| list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
        heads
    })
}

/// White space between letters.
const SPACE: char = '_';
/// No clause of courtesies is longer, and no name behind a salute.
const LONGEST: usize = 40;
const NAME: usize = 10;

/// The text without its courtesies, and with commas where spaces were typed for them. `hits`: code point ranges that are
/// words of the lexicon, however they are written, in order and apart.
pub(crate) fn without(view: &View, hits: &[(usize, usize)]) -> View {
    let loud = &view.loud;
    let touches = |from: usize, to: usize| hits.get(hits.partition_point(|&(_, e)| e <= from)).is_some_and(|&(s, _)| s < to);
    let mut kept: Vec<(char, u32)> = Vec::with_capacity(loud.len());
    // Who types spaces for commas types no commas; other white space comes from a page or its lines.
    let marks = loud.iter().rposition(|l| !is_gap(l.0)).map_or(&[][..], |last| &loud[..last]);
    let spaces = !marks.iter().any(|l| flags(l.0) & (CLAUSE | SENTENCE) != 0 && is_gap(l.0));
    // The mark behind a courtesy that ends a sentence; it counts if something follows.
    let (mut dropped, mut ended) = (false, None);
    let mut at = 0;
    while at < loud.len() {
        if is_gap(loud[at].0) {
            match loud[at].0 {
                c if dropped && flags(c) & SENTENCE != 0 => ended = Some(loud[at]),
                c if dropped && closes(c) => {}
                _ => kept.push(loud[at]),
            }
            at += 1;
            continue;
        }
        let to = end_of(loud, at);
        let (start, end) = (loud[at].1 as usize, loud[to - 1].1 as usize + 1);
        let part = spelled(&loud[at..to]);
        let hit = touches(start, end);
        let framed = at > 0 && loud[at - 1].0 == '[' && loud.get(to).is_some_and(|&(c, _)| c == ']');
        if framed && !hit && longest(&part, Part::Picture) == Some(part.len()) {
            kept.pop_if(|k| k.0 == '[');
            at = to + 1;
            continue;
        }
        // 谁给的？张经理; 拿回扣的人：王总、李总: an answer and a list.
        let told = || {
            let beside = [at.checked_sub(1), Some(to)].into_iter().flatten().filter_map(|i| loud.get(i)).any(|l| l.0 == '、');
            if beside || kept.last().is_some_and(|k| matches!(k.0, '?' | ':' | '、')) {
                return true;
            }
            let next = (to..loud.len()).find(|&i| !is_gap(loud[i].0));
            next.is_some_and(|i| longest(&spelled(&loud[i..end_of(loud, i)]), Part::Told).is_some())
        };
        dropped = !hit && courteous(&part, told);
        if !dropped {
            if let Some(mark) = ended.take()
                && !kept.is_empty()
            {
                while kept.pop_if(|k| is_comma(k.0)).is_some() {}
                if kept.last().is_some_and(|k| flags(k.0) & SENTENCE == 0) {
                    kept.push(mark);
                }
            }
            let divided = spaces && at > 0 && spaced(view, loud[at].1) && !touches(start - 1, start);
            if divided && chinese(kept.iter().rev().map(|k| k.0)) && chinese(part.iter().copied()) {
                kept.push((',', loud[at].1 - 1));
            }
            let thanks = thanks(&loud[at..to]);
            let from = loud[to - thanks..to].first().map_or(end, |l| l.1 as usize);
            kept.extend_from_slice(&loud[at..to - if touches(from, end) { 0 } else { thanks }]);
        }
        at = to;
    }
    // A comma before closing thanks divides nothing any more.
    while dropped && kept.pop_if(|k| is_comma(k.0)).is_some() {}
    View { tokens: Vec::new(), loud: kept }
}

fn flags(c: char) -> u8 {
    chars().get(c).flags
}

fn is_gap(c: char) -> bool {
    chars().get(c).kind == Kind::Gap
}

fn is_comma(c: char) -> bool {
    is_gap(c) && flags(c) & (CLAUSE | SENTENCE) == CLAUSE
}

fn is_latin(c: char) -> bool {
    chars().get(c).kind == Kind::Latin
}

/// Where a run of words ends: at a sign or at white space, which between letters only divides words.
fn end_of(loud: &[(char, u32)], at: usize) -> usize {
    let goes_on = |i: usize| !is_gap(loud[i].0) && (loud[i].1 == loud[i - 1].1 + 1 || is_latin(loud[i].0) && is_latin(loud[i - 1].0));
    (at + 1..loud.len()).find(|&i| !goes_on(i)).unwrap_or(loud.len())
}

/// The characters, with the white space between letters.
fn spelled(run: &[(char, u32)]) -> Vec<char> {
    let mut out = Vec::with_capacity(run.len());
    for (i, &(c, at)) in run.iter().enumerate() {
        if i > 0 && run[i - 1].1 + 1 < at {
            out.push(SPACE);
        }
        out.push(c);
    }
    out
}

/// What closes a courtesy goes with it; a bracket or a quotation mark opens what follows.
fn closes(c: char) -> bool {
    flags(c) & CLAUSE != 0 || matches!(c, '、' | '.' | '~')
}

/// Four Chinese characters come first: fewer are no clause.
fn chinese(mut text: impl Iterator<Item = char>) -> bool {
    (0..4).all(|_| text.next().is_some_and(|c| chars().get(c).kind == Kind::Han))
}

/// White space stands before the character at this code point.
fn spaced(view: &View, at: u32) -> bool {
    let token = view.tokens.partition_point(|t| t.at < at);
    view.tokens.get(token).is_some_and(|t| t.at == at && t.gap & GAP_SPACE != 0)
}

/// How many of the last characters are thanks.
fn thanks(run: &[(char, u32)]) -> usize {
    let ends = |&i: &usize| {
        let rest = spelled(&run[i..]);
        let begins = i == 0 || !is_latin(run[i].0) || run[i - 1].1 + 1 < run[i].1;
        begins && longest(&rest, Part::Thanks) == Some(rest.len())
    };
    (run.len().saturating_sub(LONGEST)..run.len()).find(ends).map_or(0, |i| run.len() - i)
}

/// Whether the characters are courtesies one after the other. `told`: what follows makes a name one that is told of.
fn courteous(part: &[char], told: impl Fn() -> bool) -> bool {
    if part.len() > LONGEST || longest(part, Part::NoName) == Some(part.len()) {
        return false;
    }
    let mut rest = part;
    while !rest.is_empty() {
        let named = address(rest);
        if named == Some(rest.len()) && told() {
            return false;
        }
        let next = named.or_else(|| longest(rest, Part::Whole)).or_else(|| longest(rest, Part::Thanks)).or_else(|| salute(rest));
        let Some(length) = next else { return false };
        rest = &rest[length..];
        rest = rest.strip_prefix(&[SPACE]).unwrap_or(rest);
    }
    true
}

/// The longest known word of the kind that the text begins with; letters are whole words.
fn longest(text: &[char], part: Part) -> Option<usize> {
    let whole = |word: &[char]| !is_latin(word[word.len() - 1]) || text.get(word.len()).is_none_or(|&c| !is_latin(c));
    let all = known().get(text.first()?)?;
    all.iter().find(|(word, p)| *p == part && text.starts_with(word) && whole(word)).map(|(word, _)| word.len())
}

/// With the name behind it, if nothing else follows.
fn salute(text: &[char]) -> Option<usize> {
    if let Some(title) = longest(text, Part::TitleEn) {
        let name = text.get(title + 1..).and_then(|name| longest(name, Part::NameEn));
        return name.map(|n| title + 1 + n).or_else(|| (title == text.len()).then_some(title));
    }
    if longest(text, Part::NameEn) == Some(text.len()) {
        return Some(text.len());
    }
    let length = longest(text, Part::Salute)?;
    let name = text[length..].strip_prefix(&[SPACE]).unwrap_or_default();
    let named = !name.is_empty() && name.len() <= NAME && name.iter().all(|&c| is_latin(c));
    Some(if named { text.len() } else { length })
}

/// 王经理, 小王老师, 小刘, 经理: a surname and a title, or one of the two with 小.
fn address(text: &[char]) -> Option<usize> {
    let little = usize::from(matches!(text.first(), Some('小' | '老' | '阿')));
    let surname = longest(&text[little..], Part::Surname)?;
    let title = longest(&text[little + surname..], Part::Title).unwrap_or(0);
    (title > 0 || little > 0).then_some(little + surname + title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str, hits: &[(usize, usize)]) -> String {
        without(&View::of(text), hits).loud.into_iter().map(|(c, _)| c).collect()
    }

    #[test]
    fn a_text_is_what_it_says_without_courtesies() {
        for (text, said) in [
            ("王经理，有私单做不做", "有私单做不做"),
            ("王经理您好！有私单做不做？谢谢", "有私单做不做?"),
            ("周院长 有私单做不做", "有私单做不做"),
            ("@欧阳老师 不好意思打扰了，有私单[握手]", "@有私单"),
            ("在吗？小刘，早上好，有私单，辛苦", "有私单"),
            ("有私单[握手][握手]。王经理", "有私单。"),
            ("您好，私单", "私单"),
            ("Dear Mr. Wang, sorry to bother you, 5% for you. Many thanks!", "5%foryou."),
            ("Hi Anna, 5% for you, thanks", "5%foryou"),
            ("飞单，谢谢。公司不许", "飞单。公司不许"),
            ("《飞单》，谢谢", "《飞单》"),
            ("飞单谢谢", "飞单"),
            // A manager who is spoken of, and clauses that only begin like a courtesy.
            ("王经理收了私单", "王经理收了私单"),
            ("听说 王经理 收了私单", "听说王经理,收了私单"),
            ("谁给的回扣？张经理", "谁给的回扣?张经理"),
            ("收私单的人：王总、李总", "收私单的人:王总、李总"),
            ("王总：《私单合同》麻烦签一下", "《私单合同》麻烦签一下"),
            ("这单不走公司 晚上见面细说", "这单不走公司,晚上见面细说"),
            ("我们不接 私单", "我们不接私单"),
            ("飞单，查处", "飞单,查处"),
            ("[严禁]飞单", "[严禁]飞单"),
            ("kickback, he was fired", "kickback,hewasfired"),
            ("Kickback? He refused it", "kickback?herefusedit"),
            ("boss knows, help police", "bossknows,helppolice"),
            ("有麻烦，不好意思，私聊", "有麻烦,不好意思,私聊"),
            ("公司经理，私单", "公司经理,私单"),
            ("早说，谢谢公司，私单", "早说,谢谢公司,私单"),
        ] {
            assert_eq!(left(text, &[]), said, "{text}");
        }
    }

    #[test]
    fn what_belongs_to_a_word_is_no_courtesy() {
        assert_eq!(left("好·处·费 哥", &[(0, 5)]), "好·处·费");
    }
}
