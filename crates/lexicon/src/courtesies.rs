//! Courtesies 客套: who is spoken to, greetings, thanks, the small pictures of chat programs ([握手]). A text says the same
//! with them and without, so nothing is concluded from them: 王经理，有私单做不做 is not talk of a manager.

use std::sync::OnceLock;

use crate::chars::{Kind, SENTENCE, chars};
use crate::quick::QuickMap;
use crate::view::{GAP_SPACE, View};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Surname,
    Title,
    Whole,
    /// The same in English, with a name behind it: hi Tom.
    Salute,
    /// The same, and people put them behind a sentence without a comma.
    Thanks,
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
                Some("salute") => Part::Salute,
                Some("thanks") => Part::Thanks,
                _ => Part::Whole,
            };
            for word in words {
                let plain: Vec<char> = View::of(&word.replace('_', " ")).loud.into_iter().map(|(c, _)| c).collect();
                if let Some(&first) = plain.first() {
                    heads.entry(first).or_default().push((plain, part));
                }
            }
        }
        heads.values_mut().for_each(|list| list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
        heads
    })
}

/// No clause of courtesies is longer, no name behind a salute, and nothing in the brackets of a small picture.
const LONGEST: usize = 30;
const NAME: usize = 10;
const PICTURE: usize = 4;

/// The text without its courtesies, and with commas where spaces were typed for them. `hits`: code point ranges that are
/// words of the lexicon, however they are written, in order and apart.
pub(crate) fn without(view: &View, hits: &[(usize, usize)]) -> View {
    let loud = &view.loud;
    let kind = |i: usize| chars().get(loud[i].0).kind;
    let touches = |from: usize, to: usize| hits.get(hits.partition_point(|&(_, e)| e <= from)).is_some_and(|&(s, _)| s < to);
    let mut kept: Vec<(char, u32)> = Vec::with_capacity(loud.len());
    // What closes a courtesy goes with it.
    let mut dropped = false;
    let mut at = 0;
    while at < loud.len() {
        if kind(at) == Kind::Gap {
            if !dropped {
                kept.push(loud[at]);
            }
            at += 1;
            continue;
        }
        let latin = |i: usize| kind(i) == Kind::Latin;
        let mut to = at + 1;
        // Between letters white space only divides words.
        while to < loud.len() && kind(to) != Kind::Gap && (loud[to].1 == loud[to - 1].1 + 1 || latin(to) && latin(to - 1)) {
            to += 1;
        }
        let (start, end) = (loud[at].1 as usize, loud[to - 1].1 as usize + 1);
        let part: Vec<char> = loud[at..to].iter().map(|&(c, _)| c).collect();
        let hit = touches(start, end);
        let framed = at > 0 && loud[at - 1].0 == '[' && loud.get(to).is_some_and(|&(c, _)| c == ']');
        if framed && part.len() <= PICTURE && !hit {
            kept.pop_if(|k| k.0 == '[');
            at = to + 1;
            continue;
        }
        dropped = !hit && courteous(&part);
        if !dropped {
            let divided = at > 0 && spaced(view, loud[at].1) && !touches(start - 1, start);
            if divided && chinese(kept.iter().rev().map(|k| k.0)) && chinese(part.iter().copied()) {
                kept.push((',', loud[at].1 - 1));
            }
            let thanks = thanks(&part);
            kept.extend_from_slice(&loud[at..to - if touches(end - thanks, end) { 0 } else { thanks }]);
        }
        at = to;
    }
    // A comma before closing thanks divides nothing any more.
    let divides = |c: char| chars().get(c).kind == Kind::Gap && chars().get(c).flags & SENTENCE == 0;
    while dropped && kept.pop_if(|k| divides(k.0)).is_some() {}
    View { tokens: Vec::new(), loud: kept }
}

/// Two Chinese characters come first.
fn chinese(mut text: impl Iterator<Item = char>) -> bool {
    (0..2).all(|_| text.next().is_some_and(|c| chars().get(c).kind == Kind::Han))
}

/// White space stands before the character at this code point.
fn spaced(view: &View, at: u32) -> bool {
    let token = view.tokens.partition_point(|t| t.at < at);
    view.tokens.get(token).is_some_and(|t| t.at == at && t.gap & GAP_SPACE != 0)
}

/// How many of the last characters are thanks.
fn thanks(part: &[char]) -> usize {
    (part.len().saturating_sub(LONGEST)..part.len()).find(|&i| longest(&part[i..], Part::Thanks) == Some(part.len() - i)).map_or(0, |i| part.len() - i)
}

/// Whether the characters are courtesies one after the other.
fn courteous(part: &[char]) -> bool {
    if part.len() > LONGEST {
        return false;
    }
    let mut rest = part;
    while let Some(length) = address(rest).or_else(|| longest(rest, Part::Whole)).or_else(|| longest(rest, Part::Thanks)).or_else(|| salute(rest)) {
        rest = &rest[length..];
    }
    rest.is_empty()
}

fn longest(text: &[char], part: Part) -> Option<usize> {
    let all = known().get(text.first()?)?;
    all.iter().find(|(word, p)| *p == part && text.starts_with(word)).map(|(word, _)| word.len())
}

/// With the name behind it, if nothing else follows.
fn salute(text: &[char]) -> Option<usize> {
    let length = longest(text, Part::Salute)?;
    let name = &text[length..];
    let named = name.len() <= NAME && name.iter().all(char::is_ascii_lowercase);
    Some(if named { text.len() } else { length })
}

/// 王经理, 小王老师, 小刘: a surname and a title, or one of the two with 小.
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
            ("Dear Mr. Wang, sorry to bother you, 5% for you. Many thanks!", "5%foryou"),
            ("Hi Anna, 5% for you, thanks", "5%foryou"),
            // A manager who is spoken of, and clauses that only begin like a courtesy.
            ("王经理收了私单", "王经理收了私单"),
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
