//! Reading one text: scan, find, choose the best hit of each place, exceptions, who offers what, second signs.

use std::collections::BTreeMap;

use crate::borders::{self, Border, everyday};
use crate::chars::{CLAUSE, COMPAT, Kind, SENTENCE, TRADITIONAL, is_two_faced};
use crate::compile::Lexicon;
use crate::courtesies;
use crate::definition::{Severity, Step};
use crate::exceptions::Reader;
use crate::money::{self, Amount, Share};
use crate::offers::{Offer, Place, Shape, Talk};
use crate::scan::{looking, near, scan};
use crate::view::{GAP_MARK, GAP_SIGN, GAP_SPACE, Token, View};

/// Whom the text was written to. Only what an employee writes to an outsider alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    External,
    Internal,
}

/// A place in the text that is, or may be, a word of the lexicon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The canonical entry.
    pub word: String,
    pub category: String,
    pub severity: Severity,
    pub step: Step,
    /// Code points of the original text; `end` is past the last.
    pub start: usize,
    pub end: usize,
    /// Alerts alone (if of high severity); weak hits want a second sign.
    pub strong: bool,
    /// Name of the exception that covers it; such a hit never alerts.
    pub exception: Option<String>,
    /// How its sentence was read (of the first hits of a text): who gives what to whom, and whether it is offered or only spoken of. A hit that is only
    /// spoken of never alerts and waits for no second sign.
    pub offer: Option<Offer>,
    /// Half of an offer ([`crate::Entry::sign`]).
    pub sign: bool,
    /// Signs or invisible marks stand between all its characters: 好🌸处🌸费. Who only speaks of a word mostly writes it as it is.
    pub apart: bool,
    /// This hit is a reason for an alert here and now.
    pub alerting: bool,
}

impl Hit {
    /// No exception covers it, and its sentence offers rather than tells.
    pub fn offered(&self) -> bool {
        self.exception.is_none() && self.offer.as_ref().map_or(!self.sign, |o| o.stands() || self.apart && o.weight >= APART)
    }
}

/// What a text holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub alert: bool,
    pub hits: Vec<Hit>,
    pub amounts: Vec<Amount>,
    pub shares: Vec<Share>,
}

/// A place found, before the best are chosen.
struct Found {
    entry: u32,
    step: Step,
    start: usize,
    end: usize,
    strong: bool,
    /// It is the word of the entry itself, no variant.
    canonical: bool,
    /// Several words and what stands between them; a word of the lexicon in it goes before.
    phrase: bool,
    /// A share and what gives it.
    share: bool,
}

impl Found {
    fn shape(&self, sign: bool) -> Shape {
        match (self.share, self.phrase) {
            _ if sign => Shape::Sign,
            (true, _) => Shape::Share,
            (_, true) => Shape::Phrase,
            _ if self.canonical || !matches!(self.step, Step::Exact | Step::Traditional) => Shape::Word,
            _ => Shape::Variant,
        }
    }

    /// Written otherwise than everybody writes; a comma between its characters, or another script, is no such thing.
    fn disguised(&self, view: &View) -> bool {
        let (first, after) = view.range(self.start, self.end);
        match self.step {
            Step::Exact | Step::Traditional => false,
            Step::Gaps => first + 1 < after && view.inner_gap(first, after) & (CLAUSE | SENTENCE) == 0,
            _ => true,
        }
    }
}

/// More may not stand between two characters of one word.
const LONGEST_GAP: u16 = 8;
/// Hits of one text whose sentences are read for who offers; no message has so many, and what follows counts as offered.
const MOST_READ: usize = 64;
/// Down to this weight a word whose characters are set apart is taken for offered.
const APART: i32 = -20;
/// Other signs are asked so far, to either side of a word.
const AROUND: usize = 120;
/// From 返 to its share: 返给你大概8个点.
const LEAD_REACH: usize = 6;

/// No cut is greater; what is given beyond is a chance, a discount, a filling.
const MOST_GIVEN: u32 = 500_000;
/// What else is given by the hundred.
const HONEST: &[&str] = &[
    "折",
    "优惠",
    "利率",
    "利息",
    "年化",
    "收益",
    "毛利",
    "首付",
    "预付",
    "定金",
    "订金",
    "保证金",
    "把握",
    "概率",
    "可能",
    "股",
    "信心",
    "空间",
    "账期",
    "工资",
    "考",
    "时间",
    "奖学金",
];

impl Lexicon {
    /// Reads one text. Never fails, whatever the text.
    pub fn read(&self, text: &str, to: Audience) -> Reading {
        let mut reading = self.weigh(text, to);
        // Half an offer without its other half is none.
        reading.hits.retain(|h| h.alerting || !h.sign);
        reading
    }

    /// As `read`, with the signs that say nothing: what the weights of the reader of offers are fitted to.
    pub fn weigh(&self, text: &str, to: Audience) -> Reading {
        let seen = scan(self, text);
        let (amounts, shares) = if seen.number { money::of_text(text) } else { Default::default() };
        let bare = seen.ornament.then(|| without_ornaments(text));
        let bare = bare.filter(|bare| scan(self, bare).sound);
        if !seen.word() && bare.is_none() && (shares.is_empty() || self.leads.is_empty()) {
            return Reading { alert: false, hits: Vec::new(), amounts, shares };
        }
        let view = View::of(text);
        let mut found = Vec::new();
        if seen.sound {
            self.by_sound(&view, &mut found);
        }
        if let Some(bare) = bare {
            self.by_sound(&View::of(&bare), &mut found);
        }
        if seen.shape {
            self.by_shape(&view, &mut found);
        }
        if seen.split {
            self.by_parts(&view, &mut found);
        }
        if seen.latin {
            let mut hits = Vec::new();
            self.latin.find(&view, &self.steps, &mut hits);
            found.extend(hits.into_iter().map(|h| Found {
                entry: h.entry,
                step: h.step,
                start: view.start(h.from),
                end: view.end(h.to),
                strong: h.step.is_strong(),
                canonical: false,
                phrase: false,
                share: false,
            }));
        }
        if seen.phrase || seen.latin {
            let mut hits = Vec::new();
            self.phrases.find(&view, &self.steps, &mut hits);
            found.extend(hits.into_iter().map(|h| Found {
                entry: h.entry,
                step: h.step,
                start: view.start(h.from),
                end: view.end(h.to),
                strong: true,
                canonical: false,
                phrase: true,
                share: false,
            }));
        }
        self.by_lead(&view, &shares, &mut found);
        if found.is_empty() {
            return Reading { alert: false, hits: Vec::new(), amounts, shares };
        }
        let hits = self.decide(&view, self.best(found), &amounts, &shares, to);
        Reading { alert: hits.iter().any(|h| h.alerting), hits, amounts, shares }
    }

    /// Exact spelling, the strong disguises, same sound, reversed: all found by the sounds of the first two characters.
    fn by_sound(&self, view: &View, found: &mut Vec<Found>) {
        let tokens = &view.tokens;
        for from in 0..tokens.len().saturating_sub(1) {
            let (a, b) = (tokens[from].plain, tokens[from + 1].plain);
            let (first, second) = (self.glances.get(a), self.glances.get(b));
            let forward = self.glances.sounds.words(first, second);
            let backward = self.backward.get(&(a, b)).into_iter().flatten();
            for &id in forward.iter().chain(backward) {
                let word = &self.words[id as usize];
                let to = from + word.plain.len();
                if to > tokens.len() || view.longest_gap(from, to) > LONGEST_GAP {
                    continue;
                }
                let written = &tokens[from..to];
                let exact = written.iter().zip(&word.plain).all(|(t, &m)| t.plain == m);
                let (step, border) = if exact && word.reversed {
                    if everyday().has(&word.plain) || view.inner_gap(from, to) & (CLAUSE | SENTENCE) != 0 {
                        continue;
                    }
                    (Step::Reversed, borders::look(view, from, to))
                } else if exact {
                    let Some(step) = self.strong_step(view, from, to) else {
                        continue;
                    };
                    let border = if borders::divided(view, from, to) { Border::Doubtful } else { borders::look(view, from, to) };
                    (step, border)
                } else if !word.reversed
                    && self.steps.has(Step::SameSound)
                    && view.inner_gap(from, to) & (CLAUSE | SENTENCE | GAP_SIGN) == 0
                    && written.iter().zip(&word.plain).all(|(t, &m)| t.kind == Kind::Han && self.sounds.alike(t.plain, m))
                {
                    let plain: Vec<char> = written.iter().map(|t| t.plain).collect();
                    if everyday().has(&plain) {
                        continue;
                    }
                    (Step::SameSound, borders::look(view, from, to))
                } else {
                    continue;
                };
                let strong = step.is_strong();
                match border {
                    Border::Crossed => continue,
                    Border::Doubtful if !strong => continue,
                    _ => found.push(Found {
                        entry: word.entry,
                        step,
                        start: view.start(from),
                        end: view.end(to),
                        strong: strong && border == Border::Clear,
                        canonical: word.canonical,
                        phrase: false,
                        share: false,
                    }),
                }
            }
        }
    }

    /// The step that names how an exact sequence of characters was disguised; None if that step is switched off.
    fn strong_step(&self, view: &View, from: usize, to: usize) -> Option<Step> {
        let (gap, folds) = (view.inner_gap(from, to), view.folds(from, to));
        let needed = [
            (gap & (GAP_SPACE | GAP_SIGN) != 0, Step::Gaps),
            (gap & GAP_MARK != 0, Step::Invisible),
            (folds & COMPAT != 0, Step::Compatibility),
            (folds & TRADITIONAL != 0, Step::Traditional),
        ];
        let mut used = needed.iter().filter(|(on, _)| *on).map(|&(_, s)| s);
        match used.next() {
            None => Some(Step::Exact),
            Some(first) => (self.steps.has(first) && used.all(|s| self.steps.has(s))).then_some(first),
        }
    }

    fn by_shape(&self, view: &View, found: &mut Vec<Found>) {
        let tokens = &view.tokens;
        for from in 0..tokens.len().saturating_sub(1) {
            let (a, b) = (tokens[from].plain, tokens[from + 1].plain);
            for id in looking(self, a, b) {
                let word = &self.words[id as usize];
                let to = from + word.plain.len();
                if to > tokens.len() || view.inner_gap(from, to) & (CLAUSE | SENTENCE | GAP_SIGN) != 0 {
                    continue;
                }
                let written: Vec<char> = tokens[from..to].iter().map(|t| t.plain).collect();
                let alike = written.iter().zip(&word.plain).all(|(&w, &m)| self.shapes.alike(w, m));
                if alike && near(&written, &word.plain) && !everyday().has(&written) && borders::look(view, from, to) == Border::Clear {
                    found.push(Found {
                        entry: word.entry,
                        step: Step::SimilarShape,
                        start: view.start(from),
                        end: view.end(to),
                        strong: false,
                        canonical: word.canonical,
                        phrase: false,
                        share: false,
                    });
                }
            }
        }
    }

    fn by_parts(&self, view: &View, found: &mut Vec<Found>) {
        let parts: Vec<Option<char>> = view.tokens.iter().map(|t| self.splits.part(t.plain)).collect();
        for i in 0..parts.len().saturating_sub(1) {
            let (Some(a), Some(b)) = (parts[i], parts[i + 1]) else {
                continue;
            };
            for &c in self.splits.begun_by(a, b) {
                for &(id, position) in self.splits.words_with(c) {
                    let word = &self.words[id as usize];
                    let position = usize::from(position);
                    for from in i.saturating_sub(4 * position)..=i.saturating_sub(position) {
                        if let Some(to) = self.spelled(view, &parts, &word.plain, from)
                            && to - from > word.plain.len()
                            && view.inner_gap(from, to) & SENTENCE == 0
                            && view.longest_gap(from, to) <= 4
                        {
                            found.push(Found {
                                entry: word.entry,
                                step: Step::Split,
                                start: view.start(from),
                                end: view.end(to),
                                strong: false,
                                canonical: word.canonical,
                                phrase: false,
                                share: false,
                            });
                        }
                    }
                }
            }
        }
    }

    /// The token after the word if it stands at `from`, each character whole or in parts.
    fn spelled(&self, view: &View, parts: &[Option<char>], word: &[char], from: usize) -> Option<usize> {
        let Some((&c, rest)) = word.split_first() else {
            return Some(from);
        };
        let token = view.tokens.get(from)?;
        for way in self.splits.ways(c) {
            let to = from + way.len();
            if to <= parts.len()
                && way.iter().zip(&parts[from..to]).all(|(w, p)| *p == Some(*w))
                && let Some(end) = self.spelled(view, parts, rest, to)
            {
                return Some(end);
            }
        }
        if token.plain == c { self.spelled(view, parts, rest, from + 1) } else { None }
    }

    /// 返10%, 8个点返你: a lead word with a share beside it.
    fn by_lead(&self, view: &View, shares: &[Share], found: &mut Vec<Found>) {
        let tokens = &view.tokens;
        for share in shares {
            let (first, after) = view.range(share.start, share.end);
            if first == tokens.len() || honest(tokens, after) {
                continue;
            }
            for (lead, entry) in &self.leads {
                let n = lead.len();
                // 给您九成的把握: what one gives so is no cut.
                if lead[0] != '返' && share.ppm > MOST_GIVEN {
                    continue;
                }
                let stands = |at: usize| at + n <= tokens.len() && lead.iter().zip(&tokens[at..]).all(|(&c, t)| t.plain == c);
                let clear = |at: usize| borders::look(view, at, at + n) == Border::Clear;
                let near = first.saturating_sub(n + LEAD_REACH)..(first + 1).saturating_sub(n);
                let before =
                    near.rev().find(|&at| stands(at) && (between(view, at + n, first) || personal(lead) && within_clause(view, at + n, first)) && clear(at));
                let behind = (after..(after + 3).min(tokens.len()))
                    .find(|&at| stands(at) && tokens[after..=at].iter().all(|t| t.gap & (CLAUSE | SENTENCE) == 0) && between(view, after, at) && clear(at));
                let (from, to) = match (before, behind) {
                    (Some(at), _) => (at, after.max(at + n)),
                    (None, Some(at)) => (first, at + n),
                    (None, None) => continue,
                };
                let end = view.end(to).max(share.end);
                let start = view.start(from).min(share.start);
                // Spaces and the sign of the share stand there by nature; only folds and marks are a disguise.
                let folds = view.folds(from, to);
                let step = match () {
                    () if view.inner_gap(from, to) & GAP_MARK != 0 => Step::Invisible,
                    () if folds & COMPAT != 0 => Step::Compatibility,
                    () if folds & TRADITIONAL != 0 => Step::Traditional,
                    () => Step::Exact,
                };
                if !self.steps.has(step) {
                    continue;
                }
                found.push(Found { entry: *entry, step, start, end, strong: step.is_strong(), canonical: false, phrase: false, share: true });
            }
        }
    }

    fn decide(&self, view: &View, found: Vec<Found>, amounts: &[Amount], shares: &[Share], to: Audience) -> Vec<Hit> {
        let places: Vec<(usize, usize)> = found.iter().map(|f| (f.start, f.end)).collect();
        let numbers = amounts.iter().map(|a| a.start).chain(shares.iter().map(|s| s.start));
        let said = courtesies::without(view, &places);
        let reader = Reader::new(&said, &self.cues, &places, numbers);
        let given = shares.iter().map(|s| (s.start, s.end, Some(s.ppm), None));
        let sums = amounts.iter().map(|a| (a.start, a.end, None, Some(a.minor)));
        let talk = Talk::new(&said, &reader, given.chain(sums));
        let signs: Vec<(usize, usize, u32)> = found.iter().filter(|f| self.is_sign(f)).map(|f| (f.start, f.end, f.entry)).collect();
        let mut hits: Vec<Hit> = found
            .into_iter()
            .enumerate()
            .map(|(n, f)| {
                let entry = &self.entries[f.entry as usize];
                let apart = f.strong && !f.phrase && !f.share && view.apart(f.start, f.end);
                let (exception, undone) = reader.covers(&self.exceptions, &entry.word, f.start, f.end);
                let offer = (n < MOST_READ).then(|| {
                    talk.read(&Place {
                        start: f.start,
                        end: f.end,
                        category: &entry.category,
                        shape: f.shape(entry.sign),
                        signs: beside(&signs, &f),
                        disguised: f.disguised(view),
                        undone,
                        hidden: !f.step.is_strong(),
                    })
                });
                Hit {
                    word: entry.word.clone(),
                    category: entry.category.clone(),
                    severity: entry.severity,
                    step: f.step,
                    start: f.start,
                    end: f.end,
                    strong: f.strong,
                    exception,
                    offer,
                    sign: entry.sign,
                    apart,
                    alerting: false,
                }
            })
            .collect();
        if to == Audience::Internal {
            return hits;
        }
        let mut around = Around::default();
        amounts.iter().for_each(|a| around.add(a.start, a.end));
        shares.iter().for_each(|s| around.add(s.start, s.end));
        hits.iter().filter(|h| h.strong && !h.sign && h.offered()).for_each(|h| around.add(h.start, h.end));
        let second: Vec<bool> = hits.iter().map(|h| around.outside(h.start, h.end) || bare_sum(view, h)).collect();
        let mut offered = hits.iter().filter(|h| h.strong && h.offered()).map(|h| h.word.clone());
        let one = offered.next();
        let two = offered.find(|word| Some(word) != one.as_ref());
        let signed = hits.iter().any(|h| h.sign && h.strong && h.offered());
        for (hit, second) in hits.iter_mut().zip(second) {
            let alone = hit.strong && hit.severity == Severity::High;
            let enough = match hit.sign {
                true => two.is_some() || one.as_ref().is_some_and(|word| *word != hit.word),
                // A word that hides wants more than half an offer beside it.
                false => alone || (second || signed && hit.strong) && hit.severity >= Severity::Medium,
            };
            hit.alerting = hit.offered() && enough;
        }
        hits
    }

    fn is_sign(&self, f: &Found) -> bool {
        self.entries[f.entry as usize].sign
    }
}

/// How many signs of other entries stand near the place; more than two are two.
fn beside(signs: &[(usize, usize, u32)], f: &Found) -> usize {
    let first = signs.partition_point(|&(start, ..)| start + AROUND < f.start);
    let mut near = signs[first..].iter().take_while(|&&(start, ..)| start < f.end + AROUND).map(|&(.., entry)| entry).filter(|&entry| entry != f.entry);
    let one = near.next();
    usize::from(one.is_some()) + usize::from(near.any(|entry| Some(entry) != one))
}

/// The second signs of a text: where the first ends and the last begins is all that matters.
#[derive(Default)]
struct Around {
    ends: Option<usize>,
    begins: Option<usize>,
}

impl Around {
    fn add(&mut self, start: usize, end: usize) {
        self.ends = Some(self.ends.map_or(end, |e| e.min(end)));
        self.begins = Some(self.begins.map_or(start, |b| b.max(start)));
    }

    /// One stands apart from this place.
    fn outside(&self, start: usize, end: usize) -> bool {
        self.ends.is_some_and(|e| e <= start) || self.begins.is_some_and(|b| b >= end)
    }
}

/// hcf 3000, hcf3000: a bare number straight after a disguised word is the sum of it. HCF 3000 is a model.
fn bare_sum(view: &View, hit: &Hit) -> bool {
    let (begins, first) = view.range(hit.start, hit.end);
    let shouted = hit.step == Step::Initials && view.tokens[begins..first].iter().any(|t| t.capital);
    !shouted && money::bare_sum_at(view, first)
}

/// The text with its strokes and two-faced emoji as dots, place for place.
fn without_ornaments(text: &str) -> String {
    let mut rest = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        let emoji = !matches!(c, '㊗' | '㊙') || rest.peek() == Some(&'\u{FE0F}');
        out.push(if is_two_faced(c) && emoji { '·' } else { c });
    }
    out
}

/// 给您10%的折扣.
fn honest(tokens: &[Token], after: usize) -> bool {
    let next: String = tokens[after..].iter().take(4).take_while(|t| t.gap == 0).map(|t| t.plain).collect();
    let next = next.trim_start_matches('的');
    HONEST.iter().any(|w| next.starts_with(w))
}

/// 返你 promises whatever follows: 返你(首年佣金的)40%.
fn personal(lead: &[char]) -> bool {
    matches!(lead, ['返' | '提' | '分', .., '你' | '您'])
}

fn within_clause(view: &View, from: usize, to: usize) -> bool {
    view.tokens.get(from.min(to)..=to).is_some_and(|all| all.iter().all(|t| t.gap & (CLAUSE | SENTENCE) == 0))
}

/// Only small words stand between a lead and its share: 返(给你大概)8个点.
fn between(view: &View, from: usize, to: usize) -> bool {
    const SMALL: &str = "给你您他她到回还的个有大概差不多至少最按总价款额单利润会能再个人你们他们";
    view.tokens[from.min(to)..to].iter().all(|t| SMALL.contains(t.plain) && t.gap & SENTENCE == 0)
        && (from >= to || view.tokens.get(to).is_none_or(|t| t.gap & SENTENCE == 0))
}

/// 给你好处|费: a variant that only half covers the word of its own entry is not what was written.
fn gives_way(f: &Found, own: &[(usize, usize, u32, bool)]) -> bool {
    let first = own.partition_point(|&(start, ..)| start <= f.start);
    own[first..].iter().take_while(|&&(start, ..)| start < f.end).any(|&(_, end, entry, strong)| end > f.end && entry == f.entry && strong >= f.strong)
}

impl Lexicon {
    /// One hit a place: words before signs, strong before weak, then longer, then the plainer step. Two entries spelled alike both stay, but
    /// two signs at one place are one.
    fn best(&self, mut found: Vec<Found>) -> Vec<Found> {
        let mut own: Vec<(usize, usize, u32, bool)> = found.iter().filter(|f| f.canonical).map(|f| (f.start, f.end, f.entry, f.strong)).collect();
        own.sort_unstable();
        found.retain(|f| f.canonical || !gives_way(f, &own));
        found.sort_by(|a, b| {
            self.is_sign(a)
                .cmp(&self.is_sign(b))
                .then(b.strong.cmp(&a.strong))
                .then(self.rank(a).cmp(&self.rank(b)))
                .then((b.end - b.start).cmp(&(a.end - a.start)))
                .then(a.step.cmp(&b.step))
                .then(a.start.cmp(&b.start))
                .then(a.entry.cmp(&b.entry))
        });
        // Places never overlap, so the last that begins before the end of another is the only one it can meet.
        let mut chosen: BTreeMap<usize, Vec<Found>> = BTreeMap::new();
        for f in found {
            let met = chosen.range(..f.end).next_back().map(|(_, place)| place);
            let free = met.is_none_or(|place| {
                let twin = |c: &Found| f.start == c.start && f.end == c.end && f.entry != c.entry && f.step == c.step && !self.is_sign(&f);
                place[0].end <= f.start || place.iter().all(twin)
            });
            if free {
                chosen.entry(f.start).or_default().push(f);
            }
        }
        let mut chosen: Vec<Found> = chosen.into_values().flatten().collect();
        chosen.sort_by_key(|f| (f.start, f.end, f.entry));
        chosen
    }

    /// Words of high severity go before phrases, phrases before lesser words: 回头有|辛苦费.
    fn rank(&self, f: &Found) -> u8 {
        match (self.entries[f.entry as usize].severity, f.phrase) {
            (Severity::High, false) => 0,
            (Severity::High, true) => 1,
            _ => 2,
        }
    }
}
