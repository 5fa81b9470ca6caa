//! From a definition to tables that read quickly.

use std::collections::{BTreeSet, HashSet};

use crate::chars::{Kind, chars};
use crate::definition::{Category, Definition, Exception, LexiconError, Severity, Step, Steps};
use crate::exceptions::Cues;
use crate::exceptions::ways;
use crate::glance::Glances;
use crate::latin::{Latin, Letters};
use crate::phrases::{Phrases, is_phrase};
use crate::quick::QuickMap;
use crate::{shape, sound, split};

pub(crate) struct EntryInfo {
    pub word: String,
    pub category: String,
    pub severity: Severity,
    pub sign: bool,
}

/// One spelling of an entry that is written with Chinese characters alone.
pub(crate) struct HanWord {
    pub entry: u32,
    pub plain: Vec<char>,
    /// The word of the entry itself, no variant.
    pub canonical: bool,
    pub reversed: bool,
}

/// A compiled lexicon. Costly to make (tens of milliseconds), cheap to share, immutable.
pub struct Lexicon {
    pub(crate) version: String,
    pub(crate) steps: Steps,
    pub(crate) categories: Vec<Category>,
    pub(crate) entries: Vec<EntryInfo>,
    pub(crate) words: Vec<HanWord>,
    pub(crate) glances: Glances,
    /// First two characters → words spelled backward.
    pub(crate) backward: QuickMap<(char, char), Vec<u32>>,
    /// First character → words, second character → words, for looks.
    pub(crate) by_first: QuickMap<char, Vec<u32>>,
    pub(crate) by_second: QuickMap<char, Vec<u32>>,
    pub(crate) sounds: sound::Sounds,
    pub(crate) shapes: shape::Shapes,
    pub(crate) splits: split::Splits,
    pub(crate) latin: Latin,
    pub(crate) phrases: Phrases,
    /// Lead word and entry: 返 → 返点.
    pub(crate) leads: Vec<(Vec<char>, u32)>,
    pub(crate) exceptions: Vec<Exception>,
    pub(crate) cues: Cues,
}

impl Lexicon {
    /// The lexicon the product ships with.
    pub fn shipped() -> Lexicon {
        Lexicon::compile(&Definition::shipped()).expect("the shipped lexicon compiles (tested)")
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// # Errors
    /// A definition that a person must mend: see [`LexiconError`].
    pub fn compile(def: &Definition) -> Result<Lexicon, LexiconError> {
        def.check()?;
        let table = chars();
        let entries: Vec<EntryInfo> =
            def.entries.iter().map(|e| EntryInfo { word: e.word.clone(), category: e.category.clone(), severity: e.severity, sign: e.sign }).collect();
        let mut words = Vec::new();
        let mut latin_words = Vec::new();
        let mut phrases = Phrases::new();
        let mut leads = Vec::new();
        let mut seen = HashSet::new();
        for (entry, e) in def.entries.iter().enumerate() {
            let entry = entry as u32;
            // The canonical spelling of every entry comes before the variants of any.
            // The word of a sign is its name; nobody says it.
            let own = std::iter::once(&e.word).filter(|_| !e.sign);
            for word in own.chain(&e.variants) {
                if *word != e.word && is_phrase(word) {
                    let chinese = word.chars().any(|c| table.get(c).kind == Kind::Han);
                    if chinese || word.contains('…') {
                        phrases.add(entry, word)?;
                    } else {
                        latin_words.extend(ways(word).into_iter().map(|way| Letters {
                            entry,
                            plain: table.plain(&way).chars().collect(),
                            word: way,
                            han: false,
                            phrase: true,
                        }));
                    }
                    continue;
                }
                let plain: Vec<char> = table.plain(word).chars().collect();
                let han = plain.iter().all(|&c| table.get(c).kind == Kind::Han);
                if !seen.insert(plain.clone()) {
                    continue;
                }
                latin_words.push(Letters { entry, word: word.clone(), plain: plain.clone(), han, phrase: false });
                if han {
                    words.push(HanWord { entry, plain, canonical: *word == e.word, reversed: false });
                }
            }
            for lead in &e.share_leads {
                leads.push((table.plain(lead).chars().collect(), entry));
            }
        }
        if def.steps.has(Step::Reversed) {
            let backward: Vec<HanWord> = words
                .iter()
                .map(|w| HanWord { entry: w.entry, plain: w.plain.iter().rev().copied().collect(), canonical: w.canonical, reversed: true })
                .filter(|w| !seen.contains(&w.plain))
                .collect();
            words.extend(backward);
        }
        let used: BTreeSet<char> = words.iter().flat_map(|w| w.plain.iter().copied()).collect();
        let anchors = phrases.pairs().flat_map(|(a, b)| [a, b]);
        let sounds = sound::Sounds::of(&used.iter().copied().chain(anchors).collect());
        let shapes = shape::Shapes::of(&used, def.steps.has(Step::SimilarShape));
        let splits = split::Splits::of(&words, def.steps.has(Step::Split));
        let latin = Latin::of(&latin_words, phrases.letters(), &def.steps)?;

        let mut backward: QuickMap<(char, char), Vec<u32>> = QuickMap::default();
        let mut by_first: QuickMap<char, Vec<u32>> = QuickMap::default();
        let mut by_second: QuickMap<char, Vec<u32>> = QuickMap::default();
        for (id, word) in words.iter().enumerate() {
            let (id, a, b) = (id as u32, word.plain[0], word.plain[1]);
            if word.reversed {
                backward.entry((a, b)).or_default().push(id);
            } else {
                by_first.entry(a).or_default().push(id);
                by_second.entry(b).or_default().push(id);
            }
        }
        let glances = Glances::of(&words, &sounds, &shapes, &splits, &phrases);
        Ok(Lexicon {
            version: def.version.clone(),
            steps: def.steps.clone(),
            categories: def.categories.clone(),
            entries,
            words,
            glances,
            backward,
            by_first,
            by_second,
            sounds,
            shapes,
            splits,
            latin,
            phrases,
            leads,
            exceptions: def.exceptions.clone(),
            cues: Cues::of(&def.exceptions),
        })
    }
}
