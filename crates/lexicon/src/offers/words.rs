//! The words by which an offer, or talk about one, is known: persons, verbs of giving and taking, what is said when a deal
//! is at hand, and the worlds in which such words are only spoken of (rules, courts, news, lessons, books of account).
//! Broad classes of common words (`data/roles.txt`), no sentences: what carries over to sentences nobody has seen yet.

use std::sync::OnceLock;

use crate::chars::{Kind, chars};
use crate::exceptions::ways;
use crate::quick::QuickMap;
use crate::view::View;

macro_rules! classes {
    ($($name:ident),* $(,)?) => {
        /// A class of words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Class { $($name),* }

        impl Class {
            pub(crate) const ALL: &[Class] = &[$(Class::$name),*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Class::$name => stringify!($name)),* }
            }

            /// The facts that a word of it stands in the clause of the hit, and elsewhere.
            pub(crate) fn facts(self) -> [&'static str; 2] {
                match self { $(Class::$name => [concat!("c.", stringify!($name)), concat!("t.", stringify!($name))]),* }
            }
        }
    };
}

classes! {
    Me, Duo, We, You, Yours, Voc, Third, Staff, Firm, Paper, Court, News, Study, Punish, Report, Forbid, Decline, Neg, Hide,
    Pledge, Deal, Soon, Private, Give, Take, Ask, Arrange, Joke, Books, Promo, Past, If, Denial, Lead, City, Excuse, Else, Assured, Conceded,
}

/// A set of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Set(u64);

impl Set {
    pub(crate) const fn of(all: &[Class]) -> Set {
        let (mut bits, mut i) = (0, 0);
        while i < all.len() {
            bits |= 1 << all[i] as u64;
            i += 1;
        }
        Set(bits)
    }

    pub(crate) fn has(self, class: Class) -> bool {
        self.0 >> class as u64 & 1 == 1
    }

    pub(crate) fn any(self, other: Set) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn add(&mut self, other: Set) {
        self.0 |= other.0;
    }
}

/// A known word in a text, by loud characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    pub from: usize,
    pub to: usize,
    pub set: Set,
}

type Heads = QuickMap<char, Vec<(Vec<char>, Set)>>;

fn known() -> &'static Heads {
    static KNOWN: OnceLock<Heads> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut heads = Heads::default();
        for line in include_str!("../data/roles.txt").lines().filter(|l| !l.starts_with('#')) {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap_or_default();
            // Of no class: what only looks like a word of one, 别 in 特别.
            let set = Class::ALL.iter().find(|c| c.name().eq_ignore_ascii_case(name)).map_or(Set::default(), |&c| Set::of(&[c]));
            for way in words.flat_map(ways) {
                let loud: Vec<char> = View::of(&way.replace('_', " ")).loud.into_iter().map(|(c, _)| c).collect();
                let Some(&first) = loud.first() else {
                    continue;
                };
                let list = heads.entry(first).or_default();
                match list.iter_mut().find(|(w, _)| *w == loud) {
                    Some((_, all)) => all.add(set),
                    None => list.push((loud, set)),
                }
            }
        }
        heads.values_mut().for_each(|list| list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
        heads
    })
}

/// The known words of a text, the longest at each place, one after the other.
pub(crate) fn words(view: &View, text: &[char]) -> Vec<Word> {
    let known = known();
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let found =
            known.get(&text[at]).into_iter().flatten().find(|(word, _)| text[at..].starts_with(word) && (!is_latin(text[at]) || whole(view, at, word.len())));
        match found {
            Some((word, set)) => {
                out.push(Word { from: at, to: at + word.len(), set: *set });
                at += word.len();
            }
            None => at += 1,
        }
    }
    out
}

fn is_latin(c: char) -> bool {
    chars().get(c).kind == Kind::Latin
}

/// Letters are whole words only.
fn whole(view: &View, at: usize, n: usize) -> bool {
    let apart =
        |i: usize| i == 0 || i >= view.loud.len() || !is_latin(view.loud[i].0) || !is_latin(view.loud[i - 1].0) || view.loud[i - 1].1 + 1 < view.loud[i].1;
    apart(at) && apart(at + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_names_a_class_and_every_class_has_words() {
        let lines: Vec<&str> = include_str!("../data/roles.txt").lines().filter(|l| !l.starts_with('#')).collect();
        let named = |line: &&str, name: &str| line.split(' ').next().is_some_and(|n| n.eq_ignore_ascii_case(name));
        for line in &lines {
            assert!(named(line, "none") || Class::ALL.iter().any(|c| named(line, c.name())), "{line}");
        }
        for class in Class::ALL.iter().filter(|c| !matches!(c, Class::Assured | Class::Conceded)) {
            assert!(lines.iter().any(|l| named(l, class.name())), "{}", class.name());
        }
    }

    #[test]
    fn the_longest_word_counts() {
        let text = "特别不得不，别告诉公司";
        let view = View::of(text);
        let loud: Vec<char> = view.loud.iter().map(|&(c, _)| c).collect();
        let found = words(&view, &loud);
        assert!(found.iter().all(|w| !w.set.has(Class::Neg)), "{found:?}");
        assert!(found.iter().any(|w| w.set.has(Class::Hide)), "{found:?}");
    }
}
