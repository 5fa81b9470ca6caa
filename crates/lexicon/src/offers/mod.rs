//! Who offers what to whom: reads the clause round a word for giver, receiver and what is given, and the talk round it for
//! what it is — an offer, a rule, a refusal, a report, news, a lesson, the company's books — and says whether the word is
//! offered here or only spoken of.
//!
//! No parser and no list of sentences: a shallow pass over broad classes of common words (`words`), a few questions about
//! their order, and one weight an answer (`weigh`). Exceptions (`crate::exceptions`) remain what people write down for
//! single words; this is what reads the sentences that nobody foresaw. Why: docs/decisions/019-who-offers-what.md.

mod weigh;
mod words;

use crate::exceptions::Reader;
use crate::view::View;
use words::{Class, Set, Word};

pub use weigh::Ground;

/// Somebody in a deal, seen from who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    Writer,
    /// Who is written to.
    Addressee,
    Both,
    /// A company: the writer's, the addressee's or another.
    Company,
    Other,
}

impl Party {
    pub fn zh(self) -> &'static str {
        match self {
            Party::Writer => "我",
            Party::Addressee => "对方",
            Party::Both => "双方",
            Party::Company => "公司",
            Party::Other => "他人",
        }
    }

    pub fn en(self) -> &'static str {
        match self {
            Party::Writer => "the writer",
            Party::Addressee => "who is written to",
            Party::Both => "both",
            Party::Company => "a company",
            Party::Other => "others",
        }
    }
}

/// How the words round a hit were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub giver: Option<Party>,
    pub receiver: Option<Party>,
    /// Share given, in parts per million, and sum given, in minor units, if the sentence names one.
    pub share: Option<u32>,
    pub sum: Option<i64>,
    /// Above or at zero the word is taken for offered.
    pub weight: i32,
    /// What weighed most, for and against, the heaviest first.
    pub grounds: Vec<Ground>,
}

impl Offer {
    pub fn stands(&self) -> bool {
        self.weight >= 0
    }

    /// Who gets what from whom, as far as it was read: 对方得10%，给付人：我.
    pub fn said_zh(&self) -> String {
        let receiver = self.receiver.map_or("未写明", Party::zh);
        let giver = self.giver.map_or("未写明", Party::zh);
        format!("{receiver}得{}，给付人：{giver}", self.given().unwrap_or_else(|| "（未写明）".to_owned()))
    }

    pub fn said_en(&self) -> String {
        let receiver = self.receiver.map_or("somebody", Party::en);
        let giver = self.giver.map_or("not named", Party::en);
        format!("for {receiver}: {}; giver: {giver}", self.given().unwrap_or_else(|| "not named".to_owned()))
    }

    fn given(&self) -> Option<String> {
        let share = self.share.map(|ppm| format!("{}%", f64::from(ppm) / 10_000.0));
        let sum = |minor: i64| if minor % 100 == 0 { format!("{}", minor / 100) } else { format!("{}.{:02}", minor / 100, minor % 100) };
        share.or_else(|| self.sum.map(sum))
    }
}

/// What is known of a hit before its sentence is read.
pub(crate) struct Place<'a> {
    pub start: usize,
    pub end: usize,
    pub category: &'a str,
    pub shape: Shape,
    /// Spelled so that others should not read it.
    pub disguised: bool,
    /// In one of the weak disguises.
    pub hidden: bool,
    /// A cue of an exception stands there and is taken back.
    pub undone: bool,
    /// Signs of other entries near it, up to two.
    pub signs: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The word of an entry itself: what is in it is no role.
    Word,
    /// Another spelling of it, which may hold a role: 给你返多少.
    Variant,
    /// Several words in order.
    Phrase,
    /// A share with what gives it.
    Share,
    /// Half of an offer.
    Sign,
}

/// The talk round a word is read so far, to either side.
const AROUND: usize = 120;
/// From a verb of giving to who is given to, from a “not” to what it denies.
const CLOSE: usize = 4;
const NEAR: usize = 10;
/// Words before a verb of giving that are asked for who gives, and words of a sentence that are asked at all.
const BACK: usize = 8;
const MOST_WORDS: usize = 60;
/// Sums and shares of a sentence that are asked.
const MOST_NUMBERS: usize = 20;

/// What a sentence says against a word, unless it is denied or conceded itself.
const AGAINST: Set =
    Set::of(&[Class::Books, Class::Paper, Class::Court, Class::Report, Class::Punish, Class::Forbid, Class::News, Class::Decline, Class::Neg, Class::Denial]);
/// What one goes around: 绕开公司, 不走对公.
const AVOIDED: Set = Set::of(&[Class::Firm, Class::We, Class::Yours, Class::Books, Class::Promo, Class::Paper]);

/// Takes words for what they are where they stand: 没人查 assures, 虽然禁止…但 concedes, 含不含 asks.
fn bend(reader: &Reader, words: &mut [Word]) {
    let text = reader.text();
    let sign = |i: usize| text.get(i).is_none_or(|c| !c.is_alphanumeric());
    for i in 0..words.len() {
        let Word { from, to, set } = words[i];
        let clause = reader.clause(from, to);
        if set.has(Class::Neg) && to - from == 1 {
            let twice = from > clause.0 && text.get(to) == Some(&text[from - 1]);
            let last = from > clause.0 && sign(to) && matches!(text[from], '不' | '没' | '伐');
            if twice || last {
                words[i].set = Set::of(&[Class::Ask]);
                continue;
            }
        }
        // 接不接, 收没收: a refusal by its characters alone.
        if set.any(AGAINST) && matches!(text[from], '不' | '没') && to - from > 1 && from > clause.0 && text[from - 1] == text[from + 1] {
            words[i].set = Set::of(&[Class::Ask]);
            continue;
        }
        let before = i.checked_sub(1).map(|k| words[k]).filter(|w| w.from >= clause.0);
        if let Some(before) = before {
            let gap = from - before.to;
            if before.set.has(Class::Neg) && gap <= 2 && set.any(AGAINST) {
                words[i].set = Set::of(&[Class::Assured]);
                words[i - 1].set = Set::default();
                continue;
            }
            if before.set.has(Class::Hide) && gap <= 1 && set.any(AVOIDED) {
                words[i].set = Set::default();
                continue;
            }
        }
        if set.any(AGAINST) && reader.conceded(from) {
            words[i].set = Set::of(&[Class::Conceded]);
        }
    }
}

/// A text read once for all its hits.
pub(crate) struct Talk<'a> {
    view: &'a View,
    reader: &'a Reader<'a>,
    words: Vec<Word>,
    /// (start, end, share, sum) by loud characters.
    numbers: Vec<(usize, usize, Option<u32>, Option<i64>)>,
}

impl<'a> Talk<'a> {
    /// `numbers`: (start, share, sum) by code points, in any order.
    pub(crate) fn new(view: &'a View, reader: &'a Reader<'a>, numbers: impl Iterator<Item = (usize, usize, Option<u32>, Option<i64>)>) -> Talk<'a> {
        let loud = |at: usize| view.loud.partition_point(|&(_, a)| (a as usize) < at);
        let mut numbers: Vec<_> = numbers.map(|(start, end, share, sum)| (loud(start), loud(end), share, sum)).collect();
        numbers.sort_unstable();
        let mut words = words::words(view, reader.text());
        bend(reader, &mut words);
        Talk { view, reader, words, numbers }
    }

    pub(crate) fn read(&self, place: &Place) -> Offer {
        let loud = |at: usize| self.view.loud.partition_point(|&(_, a)| (a as usize) < at);
        let (from, to) = (loud(place.start), loud(place.end));
        let text = self.reader.text();
        let (a, b) = (from.saturating_sub(AROUND), text.len().min(to + AROUND));
        let clause = self.reader.clause(from, to);
        let sentence = self.reader.sentence(from, to);
        let (clause, sentence) = ((clause.0.max(a), clause.1.min(b)), (sentence.0.max(a), sentence.1.min(b)));
        let first = self.words.partition_point(|w| w.from < a);
        // Roles that the hit itself holds count where it is more than one word.
        let apart = |w: &&Word| place.shape != Shape::Word || w.to <= from || w.from >= to;
        let words: Vec<Word> = self.words[first..].iter().take_while(|w| w.to <= b).filter(apart).copied().collect();
        let mut facts = weigh::Facts::default();
        for w in self.words[first..].iter().take_while(|w| w.from < to).filter(|w| w.to > from) {
            facts.set("hides", w.set.has(Class::Hide));
            facts.set("mine", w.set.has(Class::Me));
        }
        let mut covered = 0;
        for word in &words {
            let here = word.from >= clause.0 && word.to <= clause.1;
            facts.words(here, word.set);
            covered += word.to - word.from - overlap((word.from, word.to), (from, to));
        }
        let (giver, receiver) = self.deal(&words, sentence, &mut facts);
        let said = |class: Class, a: usize, b: usize| words.iter().any(|w| w.set.has(class) && w.from >= a && w.to <= b);
        let wanting = said(Class::Neg, clause.0, from) || said(Class::Decline, clause.0, from);
        facts.set("or else", wanting && said(Class::Else, to, b.min(to + NEAR)));
        for w in words.iter().filter(|w| w.set.has(Class::Neg) && w.from >= clause.0 && w.to <= clause.1) {
            if w.to <= from && from - w.to <= NEAR {
                facts.say("neg.before");
            } else if w.from >= to && w.from - to <= CLOSE {
                facts.say("neg.after");
            }
        }
        let first = self.numbers.partition_point(|n| n.0 < sentence.0);
        let numbers = self.numbers[first..].iter().take_while(|n| n.1 <= sentence.1).take(MOST_NUMBERS);
        let share = numbers.clone().find_map(|n| n.2);
        let sum = numbers.clone().find_map(|n| n.3);
        facts.set("share", share.is_some());
        facts.set("sum", sum.is_some());
        facts.set("disguised", place.disguised);
        facts.set("hidden", place.hidden);
        facts.set("undone", place.undone);
        facts.set("phrase", place.shape == Shape::Phrase);
        facts.set("given share", place.shape == Shape::Share);
        facts.set("sign", place.shape == Shape::Sign);
        facts.set("beside", place.signs == 1);
        facts.set("beside.more", place.signs > 1);
        let open = |c: char| matches!(c, '"' | '“' | '‘' | '「' | '『' | '\'');
        let close = |c: char| matches!(c, '"' | '”' | '’' | '」' | '』' | '\'');
        let quoted = text[a..from].iter().rev().take(12).any(|&c| open(c)) && text[to..b].iter().take(12).any(|&c| close(c));
        facts.set("quoted", quoted);
        let gaps = text[a..b].iter().filter(|&&c| !c.is_alphanumeric()).count();
        let rest = (b - a).saturating_sub(to - from).saturating_sub(covered).saturating_sub(gaps);
        let latin = text[a..b].iter().filter(|c| c.is_ascii_alphabetic()).count() * 2 > b - a;
        let rest = if latin { rest / 4 } else { rest };
        let length = b - a - gaps;
        let length = if latin { length / 4 } else { length };
        facts.set("latin", latin);
        facts.set("rest.none", rest <= 2);
        facts.set("rest.few", (3..=6).contains(&rest));
        facts.set("rest.many", rest >= 12);
        facts.set("length.short", length <= 12);
        facts.set("length.long", length >= 26);
        facts.set("asks", text[to..b].contains(&'?'));
        facts.set(place.category, true);
        let (weight, grounds) = facts.weigh();
        Offer { giver, receiver, share, sum, weight, grounds }
    }

    /// Who gives to whom in the sentence: the person before a verb of giving, and the one behind it.
    fn deal(&self, words: &[Word], (a, b): (usize, usize), facts: &mut weigh::Facts) -> (Option<Party>, Option<Party>) {
        let text = self.reader.text();
        let (mut giver, mut receiver) = (None, None);
        let inside: Vec<&Word> = words.iter().filter(|w| w.from >= a && w.to <= b).take(MOST_WORDS).collect();
        for (i, w) in inside.iter().enumerate() {
            let give = w.set.has(Class::Give);
            let take = w.set.has(Class::Take);
            if !(give || take) {
                continue;
            }
            let comma = |x: usize, y: usize| text[x..y].iter().any(|c| matches!(c, ',' | '.' | ';' | '。' | '?' | '!'));
            let subject = inside[..i].iter().rev().take(BACK).take_while(|s| !comma(s.to, w.from)).find_map(|s| party(s.set));
            let denied = inside[..i].iter().rev().take(1).any(|s| s.set.has(Class::Neg) && w.from - s.to <= 1);
            if denied {
                if take {
                    facts.say("takes.not");
                }
                continue;
            }
            if take {
                match subject {
                    Some(Party::Addressee) => facts.say("takes.you"),
                    Some(Party::Other) => facts.say("takes.other"),
                    _ => {}
                }
                continue;
            }
            let object = inside[i + 1..].iter().take_while(|o| o.from <= w.to + CLOSE && !comma(w.to, o.from)).find_map(|o| party(o.set));
            match object {
                Some(Party::Writer) => facts.say("to.me"),
                Some(Party::Addressee) => facts.say("to.you"),
                Some(Party::Company) => facts.say("to.firm"),
                Some(Party::Other) => facts.say("to.other"),
                Some(Party::Both) | None => {}
            }
            match subject {
                Some(Party::Writer) => facts.say("from.me"),
                Some(Party::Company) => facts.say("from.firm"),
                Some(Party::Other) => facts.say("from.other"),
                Some(Party::Addressee | Party::Both) | None => {}
            }
            giver = giver.or(subject);
            receiver = receiver.or(object);
        }
        (giver, receiver)
    }
}

fn party(set: Set) -> Option<Party> {
    let is = |c: Class| set.has(c);
    if is(Class::Me) {
        Some(Party::Writer)
    } else if is(Class::You) {
        Some(Party::Addressee)
    } else if is(Class::Duo) {
        Some(Party::Both)
    } else if is(Class::We) || is(Class::Yours) || is(Class::Firm) {
        Some(Party::Company)
    } else if is(Class::Third) || is(Class::Staff) {
        Some(Party::Other)
    } else {
        None
    }
}

fn overlap(a: (usize, usize), b: (usize, usize)) -> usize {
    a.1.min(b.1).saturating_sub(a.0.max(b.0))
}
