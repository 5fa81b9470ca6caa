//! Talk about a word that is no use of it: prohibition, refusal, warning, report, policy, the company's own programme.
//!
//! An exception reaches as far as its scope — for most, the clause: “公司禁止收好处费，但是好处费我私下给你” is one excepted
//! and one plain hit. A cue that is itself negated (不是不能收), asked (能不能) or that forbids something else
//! (不要告诉公司) is none.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::chars::{CLAUSE, Kind, SENTENCE, chars};
use crate::definition::{Exception, Place, Scope};
use crate::quick::QuickMap;
use crate::view::View;

/// Cues and their undoers of every rule, folded once and filed under their first character and the second, if any.
pub(crate) struct Cues {
    by_head: QuickMap<(char, Option<char>), Vec<Cue>>,
    rules: usize,
}

struct Cue {
    text: Vec<char>,
    /// What follows after a little of anything: 跟我…要.
    rest: Vec<Vec<char>>,
    rule: usize,
    role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Cue,
    Undoer,
    Idiom,
}

/// A cue or an undoer that stands in the text.
#[derive(Clone, Copy)]
struct Mark {
    from: usize,
    to: usize,
    /// The clause is taken back by the next.
    conceded: bool,
    /// Others are spoken of before it, whom somebody outbids.
    others: bool,
}

/// The marks of one rule, in order.
#[derive(Default)]
struct Marks {
    cues: Vec<Mark>,
    undoers: Vec<Mark>,
    idioms: Vec<Mark>,
}

/// What stands straight after a word: somebody bids himself, somebody bids, a threat.
struct After {
    own_bid: bool,
    bid: bool,
    threat: bool,
}

/// No clause and no sentence is longer, to either side of a word. What keeps long texts from taking long for each word.
const LONGEST: usize = 240;
/// Cues of a rule that are asked, where it reaches through the whole text.
const MOST_CUES: usize = 200;
/// How far before a cue 虽然 or 别人家 may stand, and how far after a turn what bends the rule.
const NEAR: usize = 120;
/// From a bracket of a title to the word.
const TITLE: usize = 60;
/// No idiom is longer.
const IDIOM: usize = 24;
/// “…” in a cue: as many characters.
const ROOM: usize = 6;

impl Cues {
    pub(crate) fn of(exceptions: &[Exception]) -> Cues {
        let mut by_head: QuickMap<(char, Option<char>), Vec<Cue>> = QuickMap::default();
        for (rule, e) in exceptions.iter().enumerate() {
            for (list, role) in [(&e.cues, Role::Cue), (&e.unless, Role::Undoer), (&e.idioms, Role::Idiom)] {
                let parts = |way: String| -> Vec<Vec<char>> { way.split('…').map(loud).filter(|p| !p.is_empty()).collect() };
                let folded: BTreeSet<Vec<Vec<char>>> = list.iter().flat_map(|cue| ways(cue)).map(parts).collect();
                for mut parts in folded.into_iter().filter(|t| !t.is_empty()) {
                    let rest = parts.split_off(1);
                    let text = parts.concat();
                    by_head.entry((text[0], text.get(1).copied())).or_default().push(Cue { text, rest, rule, role });
                }
            }
        }
        Cues { by_head, rules: exceptions.len() }
    }

    fn marks(&self, view: &View, text: &[char], rules: usize) -> Vec<Marks> {
        let mut out: Vec<Marks> = (0..rules).map(|_| Marks::default()).collect();
        for from in 0..text.len() {
            let one = self.by_head.get(&(text[from], None));
            let more = text.get(from + 1).and_then(|&second| self.by_head.get(&(text[from], Some(second))));
            for cue in one.into_iter().chain(more).flatten() {
                let n = cue.text.len();
                if text[from..].starts_with(&cue.text) && (!text[from].is_ascii_lowercase() || alone(view, from, n)) {
                    let Some(to) = rest_ends(text, from + n, &cue.rest) else {
                        continue;
                    };
                    let marks = &mut out[cue.rule];
                    let list = match cue.role {
                        Role::Cue => &mut marks.cues,
                        Role::Undoer => &mut marks.undoers,
                        Role::Idiom => &mut marks.idioms,
                    };
                    list.push(Mark { from, to, conceded: false, others: false });
                }
            }
        }
        for Marks { cues, idioms, .. } in &mut out {
            // An idiom begins before its cue or with it, and none is long.
            cues.retain(|cue| !within(idioms, (cue.from.saturating_sub(IDIOM), cue.to + IDIOM)).any(|i| i.from <= cue.from && cue.to <= i.to));
        }
        out
    }
}

/// Where the last part of a cue ends, each near the one before and in the same clause.
fn rest_ends(text: &[char], mut at: usize, rest: &[Vec<char>]) -> Option<usize> {
    for part in rest {
        let here = |&i: &usize| text[i..].starts_with(part);
        let clause = |&i: &usize| i == at || chars().get(text[i - 1]).flags & CLAUSE == 0 || chars().get(text[i - 1]).kind != Kind::Gap;
        at = (at..text.len().min(at + ROOM + 1)).take_while(clause).find(here)? + part.len();
    }
    Some(at)
}

/// “(不|没)(收|拿)” is 不收, 不拿, 没收, 没拿; an empty alternative may be left out: “不(再|)收”.
pub(crate) fn ways(cue: &str) -> Vec<String> {
    let Some((before, rest)) = cue.split_once('(') else {
        return vec![cue.to_owned()];
    };
    let (choices, after) = rest.split_once(')').unwrap_or((rest, ""));
    let tails = ways(after);
    choices.split('|').flat_map(|choice| tails.iter().map(move |tail| format!("{before}{choice}{tail}"))).collect()
}

/// How many spellings a cue with alternatives stands for.
pub(crate) fn ways_count(cue: &str) -> usize {
    cue.split('(').skip(1).map(|group| group.split(')').next().unwrap_or_default().split('|').count()).fold(1, usize::saturating_mul)
}

fn loud(word: &str) -> Vec<char> {
    View::of(word).loud.into_iter().map(|(c, _)| c).collect()
}

/// Turns of speech after which a new clause begins without a comma.
const TURNS: &[&str] = &["但是", "但我", "但你", "但您", "但好", "但返", "但回", "但只要", "不过", "可是", "然而", "可我", "只是", "除非", "其实"];
const NOT_A_TURN_AFTER: &[char] = &['不', '非', '岂'];
const ENGLISH_TURNS: &[&str] = &["but", "however", "though"];

/// Said straight before a cue, these undo it.
const NEGATIONS: &[&str] = &[
    "不是",
    "没有",
    "并非",
    "又没",
    "谁说",
    "无需",
    "不用",
    "不会",
    "不必",
    "不怕",
    "不算",
    "没人",
    "没规定",
    "不再",
    "哪里",
    "谁管",
    "别管",
    "不存在",
    "又不",
    "没说",
    "没什么",
    "要是",
    "如果",
    "若是",
    "假如",
];
/// What follows makes the refusal a condition or a threat: 没有好处费谁给你做, 不给返点就不签.
const THREATS: &[&str] = &[
    "谁给",
    "谁还",
    "谁会",
    "谁来",
    "就不",
    "我就",
    "怎么",
    "不然",
    "免得",
    "那就",
    "凭什么",
    "谁干",
    "我不干",
    "不干",
    "我也不",
    "也不做",
    "也不签",
    "办不",
    "不办",
    "不签",
    "不推",
    "怎么赚",
    "哪来",
    "谁帮",
    "谁愿",
    "谁理",
    "没法签",
    "没法做",
    "没法推",
    "不好办",
    "难办",
];

/// 虽然禁止飞单，但…: what is conceded does not count once the sentence turns.
const CONCESSIONS: &[&str] = &["虽然", "虽说", "虽", "尽管", "固然", "就算", "即使", "即便", "哪怕", "别看"];
const AFTER_CONCESSION: &[&str] = &["但", "可", "不过", "然而", "也", "还", "照", "咱", "我"];
const AFTER_TURN: &[&str] = &["但", "可是", "可咱", "可我", "不过", "然而", "只是"];
/// Said after a turn, these bend the rule before it.
const BENDINGS: &[&str] = &[
    "破例",
    "悄悄",
    "偷偷",
    "私下",
    "私底下",
    "没关系",
    "没事",
    "照样",
    "照给",
    "照做",
    "照拿",
    "照收",
    "说了算",
    "通融",
    "例外",
    "变通",
    "想办法",
    "睁一只",
    "不说出去",
    "咱",
    "给您办",
    "给你办",
    "给你做",
    "给您做",
];
/// 不飞单, 没回扣: straight before the word.
const ADJACENT: &[char] = &['不', '没', '未', '勿', '唔', '冇', '甭', '莫'];
/// 反飞单, 防回扣, 被飞单搞垮: what is fought or suffered is not offered.
const FOUGHT: &[char] = &['反', '防', '禁', '拒', '治', '惩', '忌', '被', '遭'];
const OTHERS: &[&str] = &["别人", "别家", "人家", "他们", "你们公司", "其他", "哪家", "谁家"];
const BIDS: &[&str] = &["我给", "我来", "我出", "我补", "我这", "我有", "我能", "我们给"];
const OWN_BIDS: &[&str] = &["我自己", "我掏", "我敢", "我私"];
/// 你不拿别人也会拿, 你要不收: said to someone about himself it urges.
const TAKING: &[char] = &['收', '拿', '要', '给', '做', '接', '吃'];

pub(crate) struct Reader<'a> {
    view: &'a View,
    text: Vec<char>,
    marks: Vec<Marks>,
    /// For each loud character, the first character of its clause and of its sentence.
    clause: Vec<(usize, usize)>,
    sentence: Vec<(usize, usize)>,
    /// Where sums and shares begin.
    numbers: Vec<usize>,
}

impl<'a> Reader<'a> {
    /// `hits`: code point ranges of the original; punctuation inside them divides nothing.
    /// They are in order and apart. `numbers`: where sums and shares begin, in any order.
    pub(crate) fn new(view: &'a View, cues: &Cues, hits: &[(usize, usize)], numbers: impl Iterator<Item = usize>) -> Reader<'a> {
        let text: Vec<char> = view.loud.iter().map(|&(c, _)| c).collect();
        let marks = cues.marks(view, &text, cues.rules);
        let inside = |at: usize| {
            let after = hits.partition_point(|&(s, _)| s <= at);
            after > 0 && at < hits[after - 1].1
        };
        let ends_at = |at: usize| {
            let after = hits.partition_point(|&(_, e)| e < at);
            hits.get(after).is_some_and(|&(_, e)| e == at)
        };
        let divides = |flag: u8| -> Vec<bool> {
            let mut cut: Vec<bool> = view
                .loud
                .iter()
                .map(|&(c, at)| {
                    let row = chars().get(c);
                    // 好处费？我们不兴这个: a word asked back is the topic of what follows.
                    let echo = flag == SENTENCE && row.plain == '?' && ends_at(at as usize);
                    row.kind == Kind::Gap && row.flags & flag != 0 && !inside(at as usize) && !echo
                })
                .collect();
            for i in 0..text.len() {
                let free = !inside(view.loud[i].1 as usize);
                let turn = TURNS.iter().any(|t| starts(&text, i, t)) && (i == 0 || !NOT_A_TURN_AFTER.contains(&text[i - 1]));
                let english = ENGLISH_TURNS.iter().any(|t| starts(&text, i, t) && alone(view, i, t.len()));
                if free && (turn || english) && i > 0 {
                    cut[i - 1] = true;
                }
            }
            cut
        };
        let clause = ranges(&divides(CLAUSE));
        let sentence = ranges(&divides(SENTENCE));
        let mut numbers: Vec<usize> = numbers.map(|n| view.loud.partition_point(|&(_, at)| (at as usize) < n)).collect();
        numbers.sort_unstable();
        let mut reader = Reader { view, text, marks: Vec::new(), clause, sentence, numbers };
        reader.marks = marks;
        for rule in 0..reader.marks.len() {
            for i in 0..reader.marks[rule].cues.len() {
                let from = reader.marks[rule].cues[i].from;
                let (conceded, others) = (reader.conceded(from), reader.others(from));
                let cue = &mut reader.marks[rule].cues[i];
                (cue.conceded, cue.others) = (conceded, others);
            }
        }
        reader
    }

    /// Everything but marks and white space.
    pub(crate) fn text(&self) -> &[char] {
        &self.text
    }

    /// From the first clause that a place touches to its last.
    pub(crate) fn clause(&self, from: usize, to: usize) -> (usize, usize) {
        (self.clause[from].0, self.clause[to - 1].1)
    }

    pub(crate) fn sentence(&self, from: usize, to: usize) -> (usize, usize) {
        (self.sentence[from].0, self.sentence[to - 1].1)
    }

    /// The exception that covers the hit of `word` at these code points, if any; and whether a cue of one stands there and
    /// is undone, as in 不是不能收.
    pub(crate) fn covers(&self, rules: &[Exception], word: &str, start: usize, end: usize) -> (Option<String>, bool) {
        let undone = Cell::new(false);
        (self.covering(rules, word, start, end, &undone), undone.get())
    }

    fn covering(&self, rules: &[Exception], word: &str, start: usize, end: usize, undone: &Cell<bool>) -> Option<String> {
        let loud = &self.view.loud;
        let from = loud.partition_point(|&(_, at)| (at as usize) < start);
        let to = loud.partition_point(|&(_, at)| (at as usize) < end);
        if from >= to {
            return None;
        }
        if self.in_title(from, to) {
            return Some("policy".into());
        }
        if self.denied(from, to) || self.waved_away(from, to) {
            return Some("refusal".into());
        }
        let said = After { own_bid: self.bid(OWN_BIDS, to), bid: self.bid(BIDS, to), threat: self.threat(to, self.sentence[to - 1].1) };
        let about = |rule: &Exception| rule.words.is_empty() || rule.words.iter().any(|w| w == word);
        let covers = |(i, rule): &(usize, &Exception)| about(rule) && self.applies(*i, rule, (from, to), &said, undone);
        rules.iter().enumerate().find(covers).map(|(_, rule)| rule.name.clone())
    }

    /// Inside 《…》.
    fn in_title(&self, from: usize, to: usize) -> bool {
        let before = &self.text[from.saturating_sub(TITLE)..from];
        let after = &self.text[to..(to + TITLE).min(self.text.len())];
        let open = before.iter().rposition(|&c| c == '《');
        let close = after.iter().position(|&c| c == '》');
        open.is_some_and(|o| !before[o..].contains(&'》')) && close.is_some_and(|c| c <= 30 && !self.text[to..to + c].contains(&'《'))
    }

    fn applies(&self, number: usize, rule: &Exception, (from, to): (usize, usize), said: &After, bent: &Cell<bool>) -> bool {
        if rule.unless_number && self.counted(from, to) {
            return false;
        }
        let (a, b) = match rule.scope {
            Scope::Clause => (self.clause[from].0, self.clause[to - 1].1),
            Scope::Sentence => (self.sentence[from].0, self.sentence[to - 1].1),
            Scope::Text => (0, self.text.len()),
        };
        let (a, b) = match rule.scope {
            Scope::Text => (a, b),
            _ => (a.max(from.saturating_sub(LONGEST)), b.min(to + LONGEST)),
        };
        let marks = &self.marks[number];
        let threatened = rule.place == Place::Before && said.threat;
        within(&marks.cues, (a, b)).take(MOST_CUES).any(|cue| {
            let here = match rule.place {
                Place::Before => cue.to <= from,
                Place::After => cue.from >= to,
                // “公司返点政策” holds the word; a cue inside the word says nothing.
                Place::Anywhere => cue.from < from || cue.to > to,
            };
            let outbid = said.own_bid || cue.others && said.bid;
            if !here {
                return false;
            }
            if cue.conceded || outbid || self.negated(cue.from, cue.to, a) {
                bent.set(true);
                return false;
            }
            let reach = match (rule.place, rule.scope) {
                (Place::Before, _) => (cue.to, from),
                (Place::After, Scope::Clause) => (cue.to, (cue.to + 5).min(b)),
                (Place::After, _) => (to, b),
                (Place::Anywhere, _) => (a, b),
            };
            // 不能给|你: what begins inside the cue belongs to it.
            let undone = within(&marks.undoers, reach).any(|u| u.from < cue.from || u.from >= cue.to);
            bent.set(bent.get() || undone || threatened);
            !(undone || threatened)
        })
    }

    /// A sum or a share stands in the sentence.
    fn counted(&self, from: usize, to: usize) -> bool {
        let first = self.numbers.partition_point(|&n| n < self.sentence[from].0);
        self.numbers.get(first).is_some_and(|&n| n < self.sentence[to - 1].1)
    }

    /// 虽然公司禁止飞单，但咱们…, 公司不允许，可是我给您破例: the clause of the cue is taken back by the next.
    pub(crate) fn conceded(&self, cue: usize) -> bool {
        let (a, b) = self.clause[cue];
        let a = a.max(cue.saturating_sub(NEAR));
        let turned = AFTER_TURN.iter().any(|t| starts(&self.text, b, t));
        if turned && BENDINGS.iter().any(|w| (b..self.text.len().min(b + NEAR)).any(|i| starts(&self.text, i, w))) {
            return true;
        }
        let conceding = CONCESSIONS.iter().any(|c| (a..cue).any(|i| starts(&self.text, i, c)));
        conceding && AFTER_CONCESSION.iter().any(|t| starts(&self.text, b, t))
    }

    /// 保证不飞单: a bare “not” before the word, unless it is a question (飞不飞单) or a threat.
    fn denied(&self, from: usize, to: usize) -> bool {
        let not = from > 0 && from > self.clause[from].0 && ADJACENT.contains(&self.text[from - 1]);
        let asked = from > 1 && self.text[from - 2] == self.text[from];
        if from > 0 && FOUGHT.contains(&self.text[from - 1]) {
            return true;
        }
        not && !asked && !self.negated(from - 1, from, self.clause[from].0) && !self.threat(to, self.sentence[to - 1].1)
    }

    /// 好处费不好处费的: said twice with a “not” between, it is waved away.
    fn waved_away(&self, from: usize, to: usize) -> bool {
        let word = &self.text[from..to];
        let twice = |not: usize, other: usize| self.text.get(not) == Some(&'不') && self.text.get(other..other + word.len()) == Some(word);
        let after = twice(to, to + 1) && self.text.get(to + 1 + word.len()) == Some(&'的');
        let before = from > word.len() && twice(from - 1, from - 1 - word.len()) && self.text.get(to) == Some(&'的');
        after || before
    }

    /// 别人家不给返点，我给; 你们公司不给的介绍费，我来补: before the cue someone else is spoken of …
    fn others(&self, cue: usize) -> bool {
        let a = self.clause[cue].0.max(cue.saturating_sub(NEAR));
        OTHERS.iter().any(|w| (a..cue).any(|i| starts(&self.text, i, w)))
    }

    /// … and straight after the word somebody bids.
    fn bid(&self, bids: &[&str], to: usize) -> bool {
        let end = self.sentence[to - 1].1.min(to + 3);
        (to..end).any(|i| bids.iter().any(|b| starts(&self.text, i, b)))
    }

    /// 不是不能收, 能不能, 不得不, 要不要.
    fn negated(&self, i: usize, end: usize, from: usize) -> bool {
        let before = &self.text[from..i];
        if NEGATIONS.iter().any(|n| ends(before, n)) {
            return true;
        }
        // 你要不收, 若不给: a condition.
        let taking = self.text[i] == '不' && end - i == 2 && TAKING.contains(&self.text[i + 1]);
        if taking && matches!(before.last(), Some('要' | '若' | '您' | '你')) && !ends(before, "只要") {
            return true;
        }
        let cue = &self.text[i..end];
        if cue.len() >= 2 && cue[0] == '不' && before.last() == Some(&cue[1]) {
            return true;
        }
        matches!(self.text.get(end), Some('不' | '没')) && matches!(cue.first(), Some('不' | '没' | '别' | '绝' | '勿'))
    }

    fn threat(&self, to: usize, end: usize) -> bool {
        let stop = end.min(to + 8);
        THREATS.iter().any(|t| (to..stop).any(|i| starts(&self.text, i, t)))
    }
}

/// The marks that lie in the range.
fn within(marks: &[Mark], (a, b): (usize, usize)) -> impl Iterator<Item = &Mark> {
    let first = marks.partition_point(|m| m.from < a);
    marks[first..].iter().take_while(move |m| m.from < b).filter(move |m| m.to <= b)
}

fn starts(text: &[char], i: usize, word: &str) -> bool {
    let mut at = i;
    word.chars().all(|c| {
        at += 1;
        text.get(at - 1) == Some(&c)
    })
}

fn ends(text: &[char], word: &str) -> bool {
    let n = word.chars().count();
    text.len() >= n && starts(text, text.len() - n, word)
}

/// The letters at loud index `i` are words of their own.
fn alone(view: &View, i: usize, n: usize) -> bool {
    let letter = |k: usize| chars().get(view.loud[k].0).kind == Kind::Latin;
    let left = i == 0 || !letter(i - 1) || view.loud[i - 1].1 + 1 < view.loud[i].1;
    let right = i + n >= view.loud.len() || !letter(i + n) || view.loud[i + n - 1].1 + 1 < view.loud[i + n].1;
    left && right
}

/// `cut[i]`: a unit ends with character i. The unit of every character.
fn ranges(cut: &[bool]) -> Vec<(usize, usize)> {
    let mut out = vec![(0, 0); cut.len()];
    let mut from = 0;
    for i in 0..cut.len() {
        if cut[i] || i + 1 == cut.len() {
            out[from..=i].fill((from, i + 1));
            from = i + 1;
        }
    }
    out
}
