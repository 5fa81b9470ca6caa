//! What the first pass knows of a character, in sixteen bytes: its kind, its sound class, and lanes. A lane is one bit
//! that two neighbours share when they may belong together: the first holds it as a beginning, the second as a
//! continuation. Ordinary talk leaves after one `and` and one look into the bits of sound pairs.
//!
//! Lanes and classes only say *may*; `scan` decides.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::chars::{Kind, TABLE_END, chars, is_two_faced};
use crate::compile::HanWord;
use crate::pairs::Pairs;
use crate::phrases::Phrases;
use crate::quick::QuickMap;
use crate::sound::{Sounds, Syllables};
use crate::{shape, split};

/// The low sixteen bits of `first`: kind, flags, letter. The low sixteen of `second`: sound class. Lanes above.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Glance {
    pub first: u64,
    pub second: u64,
}

const KIND: u64 = 0b111;
pub(crate) const BLANK: u64 = 1 << 3;
/// Chinese characters, and gaps that are no blanks: what the first pass reads without further question.
pub(crate) const EASY: u64 = 1 << 4;
/// 返 抽 提 让: makes “8点” a share.
pub(crate) const SHARE_LEAD: u64 = 1 << 5;
const LETTER: u32 = 6;
/// Set for Chinese characters alone, so that the first pass asks one bit.
pub(crate) const HAN: u64 = 1 << 11;
/// The character is its own plain form.
const PLAIN: u64 = 1 << 12;
const LANES: u32 = 16;
const PLANE: usize = 0x1_0000;
/// Mandarin has some 410 syllables, and some 150 characters are read in two ways; the characters of anchors have classes
/// of their own as far as there is room, because what only sounds like an anchor is none.
const CLASSES: usize = 1_024;

/// A numeral and what makes it a sum or a share.
const NUMBER: u64 = 1 << LANES;
/// 个点, 个百分点, 个半点.
const POINTS: u64 = 1 << (LANES + 1);
/// 分之.
const PER: u64 = 1 << (LANES + 2);
/// A numeral and 点, which is mostly the clock.
pub(crate) const CLOCK: u64 = 1 << (LANES + 3);
/// A numeral and a character that makes a currency only with the next: 人民币, 大洋, 港币.
pub(crate) const CURRENCY: u64 = 1 << (LANES + 4);
/// What stands before a bare sum, and a digit: 给你3000, ¥3000.
const SUM: u64 = 1 << (LANES + 5);
/// A number, without further look.
pub(crate) const NUMBER_LANES: u64 = NUMBER | POINTS | PER | SUM;
const NUMERAL_LANES: u64 = NUMBER | CLOCK | CURRENCY;
pub(crate) const NUMBERS: u64 = NUMBER | POINTS | PER | CLOCK | CURRENCY | SUM;

/// The first character is right (the second is alike, or the word is reversed).
const RIGHT: Lanes = Lanes { from: 21, count: 17 };
/// The second character is right, the first looks like it.
const ALIKE: Lanes = Lanes { from: 38, count: 14 };
const PARTS: Lanes = Lanes { from: 52, count: 12 };
pub(crate) const LOOKS: u64 = RIGHT.mask() | ALIKE.mask();
pub(crate) const PART: u64 = PARTS.mask();

struct Lanes {
    from: u32,
    count: u32,
}

impl Lanes {
    const fn mask(&self) -> u64 {
        ((1 << self.count) - 1) << self.from
    }
    fn of(&self, n: u32) -> u64 {
        let mixed = n.wrapping_mul(0x9E37_79B1) >> 8;
        1 << (self.from + mixed % self.count)
    }
}

impl Glance {
    #[inline]
    pub(crate) fn kind(self) -> u64 {
        self.first & KIND
    }
    #[inline]
    pub(crate) fn class(self) -> u32 {
        self.second as u32 & (CLASSES as u32 - 1)
    }
    /// 1–26 for a Latin letter.
    #[inline]
    pub(crate) fn letter(self) -> u32 {
        (self.first >> LETTER) as u32 & 0x1F
    }
    /// What the two may be together; 0 for nearly all neighbours.
    #[inline]
    pub(crate) fn meet(self, next: Glance) -> u64 {
        (self.first & next.second) >> LANES << LANES
    }
    /// As a first and as a second character by looks: the same for every form of a character.
    #[inline]
    fn looks(self) -> (u64, u64) {
        (self.first & !(NUMBERS | PLAIN), self.second)
    }

    /// What tells this character from most others.
    #[inline]
    fn name(self) -> u64 {
        (self.first & !(NUMBERS | PLAIN)).rotate_left(17) ^ self.second
    }

    /// This one, after which something else was seen: only what numbers need changes.
    #[inline]
    pub(crate) fn then(self, seen: Glance) -> Glance {
        let own = if seen.first & HAN != 0 { 0 } else { !NUMBERS };
        Glance { first: self.first & own | seen.first & !own, second: if seen.first & HAN != 0 { seen.second } else { self.second } }
    }
}

/// The names of two in a row as one.
fn two(a: u64, b: u64) -> u64 {
    a.rotate_left(23) ^ b
}

/// One bit for each two sound classes.
struct Bits(Box<[u64; CLASSES * CLASSES / 64]>);

impl Bits {
    fn new() -> Bits {
        let rows = vec![0; CLASSES * CLASSES / 64];
        Bits(rows.try_into().expect("as long as it was made"))
    }

    fn set(&mut self, a: u32, b: u32) {
        self.0[Bits::at(a, b)] |= 1 << (b & 63);
    }

    #[inline]
    fn has(&self, a: u32, b: u32) -> bool {
        self.0[Bits::at(a, b)] >> (b & 63) & 1 == 1
    }

    #[inline]
    fn at(a: u32, b: u32) -> usize {
        (a as usize * CLASSES / 64 + b as usize / 64) & (CLASSES * CLASSES / 64 - 1)
    }
}

/// Words by the sound classes of their first characters.
pub(crate) struct SoundPairs {
    /// Of any word.
    all: Bits,
    /// Of words of two characters.
    short: Bits,
    /// Second and third characters of longer ones; the third may also be there by looks.
    thirds: Bits,
    words: QuickMap<u32, Box<[u32]>>,
}

impl SoundPairs {
    #[inline]
    pub(crate) fn has(&self, a: Glance, b: Glance) -> bool {
        self.all.has(a.class(), b.class())
    }

    /// Still possible with the third character?
    pub(crate) fn goes_on(&self, a: Glance, b: Glance, third: Option<Glance>) -> bool {
        self.short.has(a.class(), b.class()) || third.is_some_and(|c| self.thirds.has(b.class(), c.class()))
    }

    /// Words whose first two characters members of these classes may be read as; each once, in order.
    pub(crate) fn words(&self, a: Glance, b: Glance) -> &[u32] {
        if self.has(a, b) { self.words.get(&(a.class() << 16 | b.class())).map_or(&[], |w| w) } else { &[] }
    }
}

pub(crate) struct Glances {
    /// The basic plane.
    rows: Box<[Glance; PLANE]>,
    pub sounds: SoundPairs,
    pub looks: LookPairs,
    /// The first two characters of an anchor of a phrase; those of longer ones with their third.
    anchors: Pairs,
    long_anchors: Pairs,
}

/// Characters that begin a word by looks, one of the first two right, or a reversed word.
pub(crate) struct LookPairs {
    /// Short and long together, by what the first pass knows.
    quick: Pairs,
    short: Pairs,
    long: Pairs,
    /// The right one of the first two, and the third.
    thirds: Pairs,
}

impl LookPairs {
    #[inline]
    pub(crate) fn may(&self, a: Glance, b: Glance) -> bool {
        self.quick.has(a.looks().0, b.looks().1)
    }

    pub(crate) fn has(&self, a: char, b: char, third: Option<char>) -> bool {
        let (a, b) = (a as u64, b as u64);
        self.short.has(a, b) || third.is_some_and(|c| self.long.has(a, b) && (self.thirds.has(a, c as u64) || self.thirds.has(b, c as u64)))
    }
}

const NUMERALS: &str = "0123456789零一二两三四五六七八九十半壹贰叁肆伍陆柒捌玖拾¥$";
const UNITS: &str = "%‰成元块圆百千万亿kw佰仟rcypbdugq";
const LONG_UNITS: &str = "人美欧港大巴";
/// What stands before a bare sum, and the last letters of currencies.
const LEADS: &str = "¥$€£你您我包费扣返提上个币bydn";
const SHARE_LEADS: &str = "返抽提让";

/// Lanes of numbers, as a first and as a second character.
fn numbers(plain: char) -> (u64, u64) {
    let (mut first, mut second) = (0, 0);
    if NUMERALS.contains(plain) {
        first |= NUMERAL_LANES;
    }
    if LEADS.contains(plain) {
        first |= SUM;
    }
    if plain.is_ascii_digit() {
        second |= SUM;
    } else if NUMERALS.contains(plain) {
        second |= POINTS;
    }
    match plain {
        '个' => first |= POINTS,
        // ¥三百: the lane that 个 leaves nearly empty.
        '¥' | '$' | '€' | '£' | '币' => first |= POINTS,
        '分' => first |= PER,
        '点' => second |= POINTS | CLOCK,
        '半' => second |= POINTS,
        '百' => second |= POINTS,
        '之' => second |= PER,
        _ => {}
    }
    if UNITS.contains(plain) {
        second |= NUMBER;
    }
    if LONG_UNITS.contains(plain) {
        second |= CURRENCY;
    }
    (first, second)
}

impl Glances {
    pub(crate) fn of(words: &[HanWord], sounds: &Sounds, shapes: &shape::Shapes, splits: &split::Splits, phrases: &Phrases) -> Glances {
        let like = shapes.looking_like();
        let looks = Looks::of(words, &like);
        let mut classes = Classes::of(sounds, phrases);
        let table = chars();
        let rows: Vec<Glance> = (0..PLANE as u32)
            .map(|code| {
                let Some(c) = char::from_u32(code) else {
                    return Glance::default();
                };
                let row = table.get(c);
                let (first, second) = numbers(row.plain);
                let mut glance = Glance { first: row.kind as u64 | first, second };
                let mut flag = |on: bool, flag: u64| glance.first |= if on { flag } else { 0 };
                flag(matches!(row.plain, ' ' | '\u{A0}' | '\u{3000}'), BLANK);
                let blank = matches!(row.plain, ' ' | '\u{A0}' | '\u{3000}');
                let easy = row.kind == Kind::Han || row.kind == Kind::Gap && !blank;
                flag(easy && !is_two_faced(c), EASY);
                flag(SHARE_LEADS.contains(row.plain), SHARE_LEAD);
                flag(row.kind == Kind::Han, HAN);
                flag(row.plain == c, PLAIN);
                if row.kind == Kind::Latin {
                    glance.first |= u64::from(row.plain as u32 - 'a' as u32 + 1) << LETTER;
                }
                if row.kind == Kind::Han {
                    glance.second |= u64::from(classes.of_char(row.plain));
                    looks.mark(row.plain, &mut glance);
                    if let Some(p) = splits.part(row.plain) {
                        if splits.begins(p) {
                            glance.first |= PARTS.of(p as u32);
                        }
                        for &first in splits.before(p) {
                            glance.second |= PARTS.of(first as u32);
                        }
                    }
                }
                glance
            })
            .collect();
        let looks = looks.pairs(&rows);
        let name = |c: char| rows.get(c as usize).map_or(0, |row| row.name());
        let short = phrases.heads().filter(|(.., third)| third.is_none());
        let long = phrases.heads().filter_map(|(a, b, third)| Some((two(name(a), name(b)), name(third?))));
        let (anchors, long_anchors) = (Pairs::of(short.map(|(a, b, _)| (name(a), name(b))).collect()), Pairs::of(long.collect()));
        Glances {
            rows: rows.try_into().expect("a row for every code point of the plane"),
            sounds: sound_pairs(words, phrases, &mut classes, &like),
            looks,
            anchors,
            long_anchors,
        }
    }

    /// May a phrase be here?
    #[inline]
    pub(crate) fn phrase(&self, a: Glance, b: Glance, third: Option<Glance>) -> bool {
        self.anchors.has(a.name(), b.name()) || third.is_some_and(|c| self.long_anchors.has(two(a.name(), b.name()), c.name()))
    }

    #[inline]
    pub(crate) fn get(&self, c: char) -> Glance {
        match u16::try_from(c as u32) {
            Ok(code) => self.basic(code),
            Err(_) => self.folded(c),
        }
    }

    #[inline]
    pub(crate) fn basic(&self, code: u16) -> Glance {
        self.rows[usize::from(code)]
    }

    /// The plain form of a character, mostly without a look into the larger table.
    #[inline]
    pub(crate) fn plain(&self, c: char, glance: Glance) -> char {
        if glance.first & PLAIN != 0 { c } else { chars().get(c).plain }
    }

    /// Beyond the basic plane stand bold and enclosed letters, compatibility characters, emoji and rare characters.
    #[cold]
    fn folded(&self, c: char) -> Glance {
        let row = chars().get(c);
        match self.rows.get(row.plain as usize) {
            Some(&glance) if (c as u32) < TABLE_END => glance,
            _ => Glance { first: row.kind as u64 | if row.kind == Kind::Han { HAN } else { 0 }, second: 0 },
        }
    }
}

/// Characters that sound alike to the lexicon, numbered; 0 holds those that none of its words knows.
struct Classes<'a> {
    sounds: &'a Sounds,
    numbers: BTreeMap<(Syllables, Option<char>), u32>,
    own: HashSet<char>,
}

impl<'a> Classes<'a> {
    fn of(sounds: &'a Sounds, phrases: &Phrases) -> Classes<'a> {
        let anchors: BTreeSet<char> = phrases.pairs().flat_map(|(a, b)| [a, b]).collect();
        let numbers = BTreeMap::from([((Syllables::default(), None), 0)]);
        let table = chars();
        let alike: BTreeSet<Syllables> =
            (0..PLANE as u32).filter_map(char::from_u32).filter(|&c| table.get(c).kind == Kind::Han).map(|c| sounds.of_char(table.get(c).plain)).collect();
        let room = CLASSES.saturating_sub(alike.len() + 1);
        Classes { sounds, numbers, own: anchors.into_iter().take(room).collect() }
    }

    fn of_char(&mut self, c: char) -> u32 {
        let next = self.numbers.len() as u32;
        let own = self.own.contains(&c).then_some(c);
        *self.numbers.entry((self.sounds.of_char(c), own)).or_insert(next)
    }
}

fn sound_pairs(words: &[HanWord], phrases: &Phrases, classes: &mut Classes, like: &HashMap<char, Vec<char>>) -> SoundPairs {
    // Syllable → classes whose members may be read so.
    let mut read: HashMap<u16, Vec<u32>> = HashMap::new();
    for ((all, _), &class) in &classes.numbers {
        for &s in all.iter().filter(|&&s| s != 0) {
            read.entry(s).or_default().push(class);
        }
    }
    let sounds = classes.sounds;
    let readers = |c: char| -> Vec<u32> {
        let own = sounds.meant(c).iter();
        let mut out: Vec<u32> = own.filter_map(|s| read.get(s)).flatten().copied().collect();
        out.sort_unstable();
        out.dedup();
        out
    };
    assert!(classes.numbers.len() <= CLASSES, "more sound classes than Mandarin has");
    let (mut all, mut short, mut thirds) = (Bits::new(), Bits::new(), Bits::new());
    let mut lists: QuickMap<u32, Vec<u32>> = QuickMap::default();
    for (id, word) in words.iter().enumerate().filter(|(_, w)| !w.reversed) {
        let seconds = readers(word.plain[1]);
        for a in readers(word.plain[0]) {
            for &b in &seconds {
                all.set(a, b);
                if word.plain.len() == 2 {
                    short.set(a, b);
                }
                lists.entry(a << 16 | b).or_default().push(id as u32);
            }
        }
        let Some(third) = word.plain.get(2) else {
            continue;
        };
        let seen = like.get(third).into_iter().flatten();
        let mut after = readers(*third);
        after.extend(seen.map(|&x| classes.of_char(x)));
        for &b in &seconds {
            for &c in &after {
                thirds.set(b, c);
            }
        }
    }
    for (a, b) in phrases.pairs() {
        all.set(classes.of_char(a), classes.of_char(b));
    }
    let words = lists.into_iter().map(|(k, v)| (k, v.into_boxed_slice())).collect();
    SoundPairs { all, short, thirds, words }
}

/// Which pairs of characters may begin a word by looks or reversed.
struct Looks {
    short: HashSet<(char, char)>,
    long: HashSet<(char, char)>,
    thirds: HashSet<(char, char)>,
    /// First characters that are right → second ones that may follow, and second that are right → first ones.
    right: HashMap<char, u64>,
    after: HashMap<char, u64>,
    alike: HashMap<char, u64>,
    second: HashMap<char, u64>,
}

impl Looks {
    fn of(words: &[HanWord], like: &HashMap<char, Vec<char>>) -> Looks {
        let alike = |c: char| like.get(&c).into_iter().flatten().copied();
        let mut looks = Looks {
            short: HashSet::new(),
            long: HashSet::new(),
            thirds: HashSet::new(),
            right: HashMap::new(),
            after: HashMap::new(),
            alike: HashMap::new(),
            second: HashMap::new(),
        };
        for word in words {
            let (a, b) = (word.plain[0], word.plain[1]);
            let pairs = match word.plain.get(2) {
                None => &mut looks.short,
                Some(_) => &mut looks.long,
            };
            let right = RIGHT.of(a as u32);
            *looks.right.entry(a).or_default() |= right;
            if word.reversed {
                pairs.insert((a, b));
                *looks.after.entry(b).or_default() |= right;
                looks.thirds.extend(word.plain.get(2).map(|&c| (a, c)));
                continue;
            }
            // Where both are right, the words are found by their sound.
            for x in alike(b).filter(|&x| x != b) {
                pairs.insert((a, x));
                *looks.after.entry(x).or_default() |= right;
            }
            let second = ALIKE.of(b as u32);
            *looks.second.entry(b).or_default() |= second;
            for x in alike(a).filter(|&x| x != a) {
                pairs.insert((x, b));
                *looks.alike.entry(x).or_default() |= second;
            }
            for c in word.plain.get(2).into_iter().flat_map(|&c| alike(c)) {
                looks.thirds.extend([(a, c), (b, c)]);
            }
        }
        looks
    }

    fn mark(&self, c: char, glance: &mut Glance) {
        let lane = |map: &HashMap<char, u64>| map.get(&c).copied().unwrap_or(0);
        glance.first |= lane(&self.right) | lane(&self.alike);
        glance.second |= lane(&self.after) | lane(&self.second);
    }

    fn pairs(&self, rows: &[Glance]) -> LookPairs {
        let of = |set: &HashSet<(char, char)>| Pairs::of(set.iter().map(|&(a, b)| (a as u64, b as u64)).collect());
        let row = |c: char| rows.get(c as usize).copied().unwrap_or_default().looks();
        let both = self.short.iter().chain(&self.long);
        LookPairs {
            quick: Pairs::of(both.map(|&(a, b)| (row(a).0, row(b).1)).collect()),
            short: of(&self.short),
            long: of(&self.long),
            thirds: of(&self.thirds),
        }
    }
}
