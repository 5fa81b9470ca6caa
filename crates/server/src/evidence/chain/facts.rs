//! What the patterns look at: records read into the few things that can carry a role. Pure; filled by `decode`.

use super::directory::Directory;

pub const DAY_US: i64 = 24 * 3600 * 1_000_000;

/// Money in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    pub minor: i64,
    pub currency: String,
}

/// Everything known about one employee's dealings.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub employee: String,
    pub directory: Directory,
    pub facts: Vec<Fact>,
}

#[derive(Debug, Clone)]
pub struct Fact {
    /// Log index; names the record, never orders anything: the order of arrival must not matter.
    pub idx: i64,
    pub source: String,
    pub source_id: String,
    pub kind: String,
    /// When it happened, UTC microseconds.
    pub at: i64,
    /// The business day in the company's zone: of `at`, or the day a transfer was booked on.
    pub day: i32,
    /// Known to the day only: a transfer, or a time that is midnight in the company's zone.
    pub whole_day: bool,
    pub what: What,
}

#[derive(Debug, Clone)]
pub enum What {
    Message(Message),
    Assigned {
        customer: String,
        employee: String,
        from: i64,
        from_day: i32,
        until: Option<i64>,
        reasoned: bool,
    },
    /// Follow-up, access, deal, call: shows that the employee reaches the customer.
    Reached {
        customer: String,
        employee: String,
    },
    Placed {
        order: String,
        customer: String,
        employee: String,
        amount: Option<Money>,
    },
    /// `order.transferred`, `order.cancelled` or `customer.lost`.
    Moved(Moved),
    /// A stop at a company's site; `at` are listed company ids.
    Stop {
        at: Vec<String>,
        customer: Option<String>,
    },
    Transfer(Transfer),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Transferred,
    Lost,
    Cancelled,
}

#[derive(Debug, Clone)]
pub struct Moved {
    pub how: Move,
    pub order: Option<String>,
    pub customer: String,
    pub employee: String,
    /// As written: an id or a name.
    pub to: Option<String>,
    pub reason: String,
    pub amount: Option<Money>,
}

#[derive(Debug, Clone, Default)]
pub struct Message {
    /// The employee who wrote it; none when an outsider did.
    pub from: Option<String>,
    pub conversation: String,
    /// Parties on the other side, sender or receivers.
    pub outsiders: Vec<Party>,
    pub text: String,
    pub hits: Vec<Hit>,
    /// A hit that is a refusal, a prohibition, a policy: what else the text names is then no promise.
    pub excepted: bool,
    /// Minor units of the company's currency.
    pub amounts: Vec<i64>,
    /// Parts per million.
    pub shares: Vec<u32>,
}

#[derive(Debug, Clone, Default)]
pub struct Party {
    pub external: String,
    pub name: String,
    pub company: String,
    pub customer: String,
}

#[derive(Debug, Clone)]
pub struct Hit {
    pub word: String,
    pub step: String,
    pub strong: bool,
}

#[derive(Debug, Clone)]
pub struct Transfer {
    pub amount: Money,
    pub name: String,
    pub company: String,
    pub account: String,
    pub remark: String,
}

impl Message {
    pub fn promises(&self) -> bool {
        !self.shares.is_empty() || !self.amounts.is_empty()
    }

    /// Both name the same share or the same sum.
    pub fn same_promise(&self, other: &Self) -> bool {
        self.shares.iter().any(|s| other.shares.contains(s)) || self.amounts.iter().any(|a| other.amounts.contains(a))
    }
}

impl Fact {
    /// Sorts by what happened; ties by where it came from, never by when it arrived.
    pub fn key(&self) -> (i64, &str, &str, &str) {
        (self.at, &self.kind, &self.source, &self.source_id)
    }

    /// `self` may have come before `other`, as exactly as both are known.
    pub fn not_after(&self, other: &Self) -> bool {
        if self.whole_day || other.whole_day { self.day <= other.day } else { self.at <= other.at }
    }
}
