//! A lexicon as people write and version it: categories, canonical words with variants, exceptions, switches.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::phrases::{is_phrase, parts};

/// The most words (entries and variants together) one lexicon may hold.
pub const MAX_WORDS: usize = 20_000;
/// The longest word, in characters.
pub const MAX_WORD_CHARS: usize = 40;
/// The most spellings all phrases together may stand for.
const MAX_SPELLINGS: usize = 3 * MAX_WORDS;
/// The most spellings one cue with alternatives may stand for.
const MAX_WAYS: usize = 4_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
        }
    }
}

/// How the word was disguised. The first five are strong and alert alone; the others want a second sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Exact,
    /// 繁體, Japanese and variant forms.
    Traditional,
    /// Full-width, enclosed, radicals and other compatibility forms.
    Compatibility,
    /// Zero-width, direction and variation marks, combining marks.
    Invisible,
    /// Spaces, line breaks, punctuation, emoji inside the word.
    Gaps,
    /// 拆字: 禾厶单.
    Split,
    /// 谐音: the same toneless syllables.
    SameSound,
    /// huikou, fei dan.
    Pinyin,
    /// 回kou.
    PinyinMixed,
    /// hcf for 好处费.
    Initials,
    /// 形近: 反点, kickbаck with a Cyrillic а.
    SimilarShape,
    /// 单私.
    Reversed,
}

impl Step {
    pub const ALL: [Step; 12] = [
        Step::Exact,
        Step::Traditional,
        Step::Compatibility,
        Step::Invisible,
        Step::Gaps,
        Step::Split,
        Step::SameSound,
        Step::Pinyin,
        Step::PinyinMixed,
        Step::Initials,
        Step::SimilarShape,
        Step::Reversed,
    ];

    pub fn is_strong(self) -> bool {
        self <= Step::Gaps
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Step::Exact => "exact",
            Step::Traditional => "traditional",
            Step::Compatibility => "compatibility",
            Step::Invisible => "invisible",
            Step::Gaps => "gaps",
            Step::Split => "split",
            Step::SameSound => "same_sound",
            Step::Pinyin => "pinyin",
            Step::PinyinMixed => "pinyin_mixed",
            Step::Initials => "initials",
            Step::SimilarShape => "similar_shape",
            Step::Reversed => "reversed",
        }
    }
}

/// Which disguises are looked through. All are on unless switched off; exact spelling is always read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Steps {
    pub traditional: bool,
    pub compatibility: bool,
    pub invisible: bool,
    pub gaps: bool,
    pub split: bool,
    pub same_sound: bool,
    pub pinyin: bool,
    pub pinyin_mixed: bool,
    pub initials: bool,
    pub similar_shape: bool,
    pub reversed: bool,
}

impl Default for Steps {
    fn default() -> Self {
        Steps {
            traditional: true,
            compatibility: true,
            invisible: true,
            gaps: true,
            split: true,
            same_sound: true,
            pinyin: true,
            pinyin_mixed: true,
            initials: true,
            similar_shape: true,
            reversed: true,
        }
    }
}

impl Steps {
    pub fn has(&self, step: Step) -> bool {
        match step {
            Step::Exact => true,
            Step::Traditional => self.traditional,
            Step::Compatibility => self.compatibility,
            Step::Invisible => self.invisible,
            Step::Gaps => self.gaps,
            Step::Split => self.split,
            Step::SameSound => self.same_sound,
            Step::Pinyin => self.pinyin,
            Step::PinyinMixed => self.pinyin_mixed,
            Step::Initials => self.initials,
            Step::SimilarShape => self.similar_shape,
            Step::Reversed => self.reversed,
        }
    }

    /// Only the exact spelling.
    pub fn none() -> Steps {
        Steps {
            traditional: false,
            compatibility: false,
            invisible: false,
            gaps: false,
            split: false,
            same_sound: false,
            pinyin: false,
            pinyin_mixed: false,
            initials: false,
            similar_shape: false,
            reversed: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    pub id: String,
    pub zh: String,
    pub en: String,
}

/// A canonical word and its other spellings; a hit on any of them names the canonical word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub word: String,
    pub category: String,
    pub severity: Severity,
    /// Other spellings. One with alternatives in round brackets, or with room in it (“…” within a clause, “……” within a
    /// sentence), is a phrase and read in its strong spellings only: (打|转)给(你|您)……卡.
    #[serde(default)]
    pub variants: Vec<String>,
    #[serde(default = "zh")]
    pub lang: String,
    /// Words that count as this entry when a share stands with them: 返 in 返10%, 8个点返你.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub share_leads: Vec<String>,
    /// Half of an offer (迹象: 我弟那家公司, 领导不知道): says nothing alone, and alerts beside a word or a sign of another entry
    /// where the sentence is read as an offer. A sign that says nothing is no hit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sign: bool,
}

fn zh() -> String {
    "zh".into()
}

/// How far from its cue an exception reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Clause,
    Sentence,
    Text,
}

/// Where the cue stands, seen from the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Before,
    After,
    Anywhere,
}

/// Talk about a word that is no use of it: prohibition, refusal, report, policy, the company's own programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    pub name: String,
    pub scope: Scope,
    pub place: Place,
    /// The canonical words it is about; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Alternatives stand in round brackets: (不|没)(收|拿); “…” is a little of anything in the clause: 跟我…要.
    pub cues: Vec<String>,
    /// Words that undo the exception where they follow the cue (不要…告诉) or, for a sentence, stand in it (私下).
    #[serde(default)]
    pub unless: Vec<String>,
    /// Turns of speech in which a cue is not itself: 不 in 少不了 or 行不行.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub idioms: Vec<String>,
    /// A sum or a share in the sentence of the word undoes it as well: nobody talks at large with a figure.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unless_number: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    pub version: String,
    #[serde(default)]
    pub steps: Steps,
    pub categories: Vec<Category>,
    pub entries: Vec<Entry>,
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LexiconError {
    #[error("entry {0:?} names category {1:?}, which the lexicon does not have; add the category or choose another")]
    UnknownCategory(String, String),
    #[error("{0:?} has no two characters that can be matched; write a longer word")]
    TooShort(String),
    #[error("{0:?} is longer than {MAX_WORD_CHARS} characters; write a shorter word")]
    TooLong(String),
    #[error("the word {0:?} stands in the lexicon twice; remove one")]
    Twice(String),
    #[error("the lexicon has more than {MAX_WORDS} words; remove some")]
    TooMany,
    #[error("the cue {0:?} stands for more than {MAX_WAYS} spellings; divide it")]
    TooManyWays(String),
    #[error("the brackets of the cue {0:?} do not close, or stand in one another; write (a|b) side by side")]
    Brackets(String),
    #[error("no part of the phrase {0:?} has two Chinese characters in each of its alternatives; make one part longer")]
    NoAnchor(String),
    #[error("the lexicon needs a version name")]
    NoVersion,
    #[error("the words cannot be compiled: {0}")]
    Automaton(String),
}

impl Definition {
    /// The lexicon against diverted customers that the product ships with, Chinese and English.
    pub fn shipped() -> Definition {
        serde_json::from_str(include_str!("data/diversion.json")).expect("the shipped lexicon is valid JSON (tested)")
    }

    /// Checks what a person can get wrong; `Lexicon::compile` calls it.
    pub fn check(&self) -> Result<(), LexiconError> {
        if self.version.trim().is_empty() {
            return Err(LexiconError::NoVersion);
        }
        let categories: HashSet<&str> = self.categories.iter().map(|c| c.id.as_str()).collect();
        let mut seen = HashSet::new();
        let (mut words, mut spellings) = (0, 0);
        for entry in &self.entries {
            if !categories.contains(entry.category.as_str()) {
                return Err(LexiconError::UnknownCategory(entry.word.clone(), entry.category.clone()));
            }
            if !seen.insert(&entry.word) {
                return Err(LexiconError::Twice(entry.word.clone()));
            }
            for word in std::iter::once(&entry.word).chain(&entry.variants) {
                if *word != entry.word && is_phrase(word) {
                    spellings += phrase(word)?;
                    continue;
                }
                words += 1;
                let plain = crate::chars::chars().plain(word);
                if plain.chars().count() < 2 {
                    return Err(LexiconError::TooShort(word.clone()));
                }
                if word.chars().count() > MAX_WORD_CHARS {
                    return Err(LexiconError::TooLong(word.clone()));
                }
            }
        }
        for cue in self.exceptions.iter().flat_map(|e| e.cues.iter().chain(&e.unless).chain(&e.idioms)) {
            brackets(cue)?;
        }
        if words > MAX_WORDS || spellings > MAX_SPELLINGS { Err(LexiconError::TooMany) } else { Ok(()) }
    }
}

/// Do its brackets close, and how many spellings are that?
fn brackets(cue: &str) -> Result<usize, LexiconError> {
    let depth = cue.chars().try_fold(0, |open: u8, c| match (c, open) {
        ('(', 0) => Some(1),
        (')', 1) => Some(0),
        ('(' | ')', _) => None,
        _ => Some(open),
    });
    let ways = crate::exceptions::ways_count(cue);
    match depth {
        Some(0) if ways <= MAX_WAYS => Ok(ways),
        Some(0) => Err(LexiconError::TooManyWays(cue.to_owned())),
        _ => Err(LexiconError::Brackets(cue.to_owned())),
    }
}

/// Checks a phrase; the number of its spellings, part by part.
fn phrase(written: &str) -> Result<usize, LexiconError> {
    let mut words = 0;
    for part in written.split('…').filter(|p| !p.is_empty()) {
        words += brackets(part)?;
    }
    for spelling in parts(written).into_iter().flatten() {
        if spelling.chars().count() > MAX_WORD_CHARS {
            return Err(LexiconError::TooLong(spelling));
        }
    }
    Ok(words)
}
