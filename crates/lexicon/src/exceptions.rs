//! Talk about a word that is no use of it: prohibition, refusal, warning, report, policy, the company's own programme.
//!
//! An exception reaches as far as its scope — for most, the clause: “公司禁止收好处费，但是好处费我私下给你” is one excepted
//! and one plain hit. A cue that is itself negated (不是不能收), asked (能不能) or that forbids something else
//! (不要告诉公司) is none.

use crate::chars::{CLAUSE, Kind, SENTENCE, chars};
use crate::definition::{Exception, Place, Scope};
use crate::view::View;

/// Cues and their undoers, folded once.
pub(crate) struct Cues {
    rules: Vec<(Vec<Vec<char>>, Vec<Vec<char>>)>,
}

impl Cues {
    pub(crate) fn of(exceptions: &[Exception]) -> Cues {
        let fold = |list: &[String]| list.iter().map(|w| loud(w)).filter(|w| !w.is_empty()).collect::<Vec<_>>();
        Cues { rules: exceptions.iter().map(|e| (fold(&e.cues), fold(&e.unless))).collect() }
    }
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
    "不是", "没有", "并非", "又没", "谁说", "无需", "不用", "不会", "不必", "不怕", "不算", "没人", "没规定", "不再", "哪里", "谁管", "别管", "不存在", "又不", "没说", "没什么", "要是", "如果", "若是", "假如",
];
/// What follows makes the refusal a condition or a threat: 没有好处费谁给你做, 不给返点就不签.
const THREATS: &[&str] = &["谁给", "谁还", "谁会", "谁来", "就不", "我就", "怎么", "不然", "免得", "那就", "凭什么"];

pub(crate) struct Reader<'a> {
    view: &'a View,
    text: Vec<char>,
    /// For each loud character, the first character of its clause and of its sentence.
    clause: Vec<(usize, usize)>,
    sentence: Vec<(usize, usize)>,
}

impl<'a> Reader<'a> {
    /// `hits`: code point ranges of the original; punctuation inside them divides nothing.
    pub(crate) fn new(view: &'a View, hits: &[(usize, usize)]) -> Reader<'a> {
        let text: Vec<char> = view.loud.iter().map(|&(c, _)| c).collect();
        let inside = |at: usize| hits.iter().any(|&(s, e)| s <= at && at < e);
        let divides = |flag: u8| -> Vec<bool> {
            let mut cut: Vec<bool> = view
                .loud
                .iter()
                .map(|&(c, at)| {
                    let row = chars().get(c);
                    row.kind == Kind::Gap && row.flags & flag != 0 && !inside(at as usize)
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
        Reader { view, text, clause, sentence }
    }

    /// The exception that covers the hit at these code points, if any.
    pub(crate) fn covers(&self, rules: &[Exception], cues: &Cues, start: usize, end: usize) -> Option<String> {
        let from = self.view.loud.iter().position(|&(_, at)| at as usize >= start)?;
        let to = self.view.loud.iter().rposition(|&(_, at)| (at as usize) < end)? + 1;
        if self.in_title(from, to) {
            return Some("policy".into());
        }
        rules.iter().zip(&cues.rules).find(|(rule, (cues, unless))| self.applies(rule, cues, unless, from, to)).map(|(r, _)| r.name.clone())
    }

    /// Inside 《…》.
    fn in_title(&self, from: usize, to: usize) -> bool {
        let open = self.text[..from].iter().rposition(|&c| c == '《');
        let close = self.text[to..].iter().position(|&c| c == '》');
        open.is_some_and(|o| !self.text[o..from].contains(&'》')) && close.is_some_and(|c| c <= 30 && !self.text[to..to + c].contains(&'《'))
    }

    fn applies(&self, rule: &Exception, cues: &[Vec<char>], unless: &[Vec<char>], from: usize, to: usize) -> bool {
        let (a, b) = match rule.scope {
            Scope::Clause => (self.clause[from].0, self.clause[to - 1].1),
            Scope::Sentence => (self.sentence[from].0, self.sentence[to - 1].1),
            Scope::Text => (0, self.text.len()),
        };
        let holds = |range: (usize, usize)| unless.iter().any(|u| self.find(u, range.0, range.1).is_some());
        if rule.place == Place::Anywhere && holds((a, b)) {
            return false;
        }
        for cue in cues {
            let mut at = a;
            while let Some(i) = self.find(cue, at, b) {
                at = i + 1;
                let end = i + cue.len();
                let here = match rule.place {
                    Place::Before => end <= from,
                    Place::After => i >= to,
                    // “公司返点政策” holds the word; a cue inside the word says nothing.
                    Place::Anywhere => i < from || end > to,
                };
                if !here || self.negated(i, end, a) {
                    continue;
                }
                let undone = match rule.place {
                    Place::Before => holds((end, from)) || self.threat(to, self.sentence[to - 1].1),
                    Place::After => holds((end, (end + 5).min(b))),
                    Place::Anywhere => false,
                };
                if !undone {
                    return true;
                }
            }
        }
        false
    }

    fn find(&self, word: &[char], from: usize, to: usize) -> Option<usize> {
        let n = word.len();
        if to < from + n {
            return None;
        }
        let latin = word[0].is_ascii_lowercase();
        (from..=to - n).find(|&i| self.text[i..i + n] == *word && (!latin || alone(self.view, i, n)))
    }

    /// 不是不能收, 能不能, 不得不, 要不要.
    fn negated(&self, i: usize, end: usize, from: usize) -> bool {
        let before = &self.text[from..i];
        if NEGATIONS.iter().any(|n| ends(before, n)) {
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
