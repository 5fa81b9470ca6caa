//! Fits the weights of the reader of offers to the kept rounds, and measures each round with weights that were fitted
//! without it. Logistic regression by Newton's method: the same answer every time.

use std::collections::BTreeMap;

use probity_lexicon::{Audience, Hit, Lexicon, Severity};

use crate::{evasion, traps};

/// How much weights are held back from fitting single sentences.
const RESTRAINT: f64 = 1.0;
/// What a carried word counts: there are many of them, and all alike.
const CARRIED: f64 = 0.3;
/// An offer missed is worse than a trap that alerts, as long as few of these do.
const LEANING: f64 = 0.75;
const STEPS: usize = 8;

/// The rounds by sentences that nobody had seen when they were measured.
pub const ROUNDS: &[&str] = &["round-7", "round-8", "round-9", "round-10", "round-11", "round-12"];

/// A hit that would alert by itself, or beside another as a sign does, by its facts; a lesser word only stands beside.
struct Row {
    word: String,
    severity: Severity,
    sign: bool,
    facts: Vec<usize>,
    offer: bool,
    counts: f64,
    excepted: bool,
}

/// One sentence: its file (none for carried words), and whether it is an offer.
struct Sentence {
    file: String,
    offer: bool,
    rows: Vec<Row>,
}

pub struct Fitting {
    names: Vec<String>,
    sentences: Vec<Sentence>,
}

/// A round by weights fitted without it.
#[derive(Debug, Default)]
pub struct Unseen {
    pub quiet: usize,
    pub offers: usize,
    /// Quiet sentences that alert by the reader alone, and with the exceptions (which have seen every round) as well.
    pub false_alone: usize,
    pub false_both: usize,
    /// Offers in which a word stands, and how many of them the reader alone loses.
    pub worded: usize,
    pub lost_alone: usize,
}

impl Fitting {
    pub fn of(lexicon: &Lexicon) -> Fitting {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut names = Vec::new();
        let mut sentence = |file: &str, offer: bool, text: &str, counts: f64| {
            let reading = lexicon.weigh(text, Audience::External);
            let strong: Vec<&Hit> = reading.hits.iter().filter(|h| h.strong).collect();
            let counted = |h: &&Hit| h.severity == Severity::High && (!h.sign || strong.iter().any(|other| other.word != h.word));
            let n = strong.iter().filter(|h| counted(h)).count() as f64;
            let rows = strong.iter().map(|h| {
                let grounds = h.offer.iter().flat_map(|o| &o.grounds);
                let facts = grounds.map(|g| {
                    *known.entry(g.name.to_owned()).or_insert_with(|| {
                        names.push(g.name.to_owned());
                        names.len() - 1
                    })
                });
                Row {
                    word: h.word.clone(),
                    severity: h.severity,
                    sign: h.sign,
                    facts: facts.collect(),
                    offer,
                    counts: if counted(h) { counts / n } else { 0.0 },
                    excepted: h.exception.is_some(),
                }
            });
            let rows = rows.collect();
            Sentence { file: file.to_owned(), offer, rows }
        };
        let mut sentences = Vec::new();
        for (file, offer, lines) in traps::all() {
            sentences.extend(lines.iter().map(|l| sentence(&file, offer, l, 1.0)));
        }
        for text in evasion::carried() {
            sentences.push(sentence("", true, &text, CARRIED));
        }
        Fitting { names, sentences }
    }

    /// The weights, and the bias at the end, in tenths.
    pub fn weights(&self) -> Vec<(String, i32)> {
        let fitted = self.fit("");
        let mut names: Vec<String> = self.names.clone();
        names.push("bias".into());
        names.into_iter().zip(fitted.iter().map(|w| (w * 10.0).round() as i32)).collect()
    }

    /// The round by weights fitted to everything else.
    pub fn unseen(&self, round: &str) -> Unseen {
        let weights = self.fit(round);
        let stands = |row: &Row| row.facts.iter().map(|&f| weights[f]).sum::<f64>() + weights[self.names.len()] >= 0.0;
        let mut out = Unseen::default();
        for s in self.sentences.iter().filter(|s| in_round(&s.file, round)) {
            let alerts = |counts: &dyn Fn(&Row) -> bool| {
                let standing: Vec<&Row> = s.rows.iter().filter(|r| counts(r)).collect();
                let beside = |r: &Row| standing.iter().any(|other| other.word != r.word);
                standing.iter().any(|r| r.severity == Severity::High && (!r.sign || beside(r)))
            };
            let alone = alerts(&stands);
            let both = alerts(&|r| stands(r) && !r.excepted);
            let worded = s.rows.iter().any(|r| r.counts > 0.0 && !r.sign);
            if s.offer {
                out.offers += 1;
                out.worded += usize::from(worded);
                out.lost_alone += usize::from(worded && !alone);
            } else {
                out.quiet += 1;
                out.false_alone += usize::from(alone);
                out.false_both += usize::from(both);
            }
        }
        out
    }

    fn fit(&self, without: &str) -> Vec<f64> {
        let n = self.names.len() + 1;
        let rows: Vec<&Row> = self.sentences.iter().filter(|s| without.is_empty() || !in_round(&s.file, without)).flat_map(|s| &s.rows).collect();
        let mut weights = vec![0.0; n];
        for _ in 0..STEPS {
            let mut slope: Vec<f64> = weights.iter().map(|w| w * RESTRAINT).collect();
            let mut bend = vec![vec![0.0; n]; n];
            for (i, line) in bend.iter_mut().enumerate() {
                line[i] = RESTRAINT;
            }
            slope[n - 1] = 0.01 * weights[n - 1];
            bend[n - 1][n - 1] = 0.01;
            for row in &rows {
                let facts: Vec<usize> = row.facts.iter().copied().chain([n - 1]).collect();
                let chance = 1.0 / (1.0 + (-facts.iter().map(|&f| weights[f]).sum::<f64>()).exp());
                let (off, curve) = (row.counts * (chance - f64::from(u8::from(row.offer))), row.counts * chance * (1.0 - chance));
                for &i in &facts {
                    slope[i] += off;
                    for &j in &facts {
                        bend[i][j] += curve;
                    }
                }
            }
            for (w, step) in weights.iter_mut().zip(solve(bend, slope)) {
                *w -= step;
            }
        }
        weights[n - 1] += LEANING;
        weights
    }
}

fn in_round(file: &str, round: &str) -> bool {
    file.rsplit('/').next() == Some(round)
}

/// Gauss with the greatest pivot; the matrix is positive definite.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        let pivot = (i..n).max_by(|&x, &y| a[x][i].abs().total_cmp(&a[y][i].abs())).unwrap_or(i);
        a.swap(i, pivot);
        b.swap(i, pivot);
        for k in i + 1..n {
            let factor = a[k][i] / a[i][i];
            if factor != 0.0 {
                let (above, below) = a.split_at_mut(k);
                for (x, y) in below[0][i..].iter_mut().zip(&above[i][i..]) {
                    *x -= factor * y;
                }
                b[k] -= factor * b[i];
            }
        }
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    b
}
