//! What really happened: for every person what they did, which records prove it, and what the product is
//! expected to find. Written beside the records as `truth.json`; the product never sees it.

use serde::Serialize;

/// What a person is, as far as diverted customers go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Diverted customers or promised to.
    Diverter,
    /// Did nothing wrong, and looks as if.
    LookAlike,
    /// An ordinary employee.
    Ordinary,
}

/// A record that belongs to the truth of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// `said`, `could`, `did`, `paid`, or `looks` for what only looks like it.
    pub role: &'static str,
    pub source: &'static str,
    pub id: String,
}

/// What the product should find about a person, at the end of the period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// Lowest score the best chain may have; 0 when none is needed.
    pub chain_min: f64,
    /// The best chain's score stays at or below this.
    pub chain_max: f64,
    /// Whether a word alert stands; `null` where either answer is right.
    pub word_alert: Option<bool>,
}

/// One person's truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Person {
    pub employee: String,
    pub name: String,
    pub role: Role,
    /// The kind of scheme or look-alike, such as `classic_share`.
    pub kind: &'static str,
    /// What happened, in one sentence.
    pub note: String,
    pub customers: Vec<String>,
    pub companies: Vec<String>,
    /// Promised share in parts per million of the moved order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_ppm: Option<i64>,
    /// Promised sum in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised_fen: Option<i64>,
    /// What the moved orders came to, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_fen: Option<i64>,
    /// What was paid for it, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_fen: Option<i64>,
    pub records: Vec<Proof>,
    pub expected: Expected,
}

/// The whole truth of a simulated company.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    pub people: usize,
    pub months: u32,
    pub seed: u64,
    pub from: String,
    pub until: String,
    pub persons: Vec<Person>,
}

impl Truth {
    /// Those who wrote, moved and were paid.
    pub fn paid_diverters(&self) -> impl Iterator<Item = &Person> {
        self.persons
            .iter()
            .filter(|person| person.role == Role::Diverter && ["did", "paid"].iter().all(|role| person.records.iter().any(|proof| proof.role == *role)))
    }

    /// Those who must have neither a chain of 0.7 nor a word alert.
    pub fn quiet(&self) -> impl Iterator<Item = &Person> {
        self.persons.iter().filter(|person| person.role != Role::Diverter && person.expected.word_alert == Some(false))
    }
}
