//! Patterns as data: which roles, in which order, within which window, and what each combination is worth.

use super::facts::DAY_US;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Could,
    Said,
    Did,
    Paid,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Self::Could => "could",
            Self::Said => "said",
            Self::Did => "did",
            Self::Paid => "paid",
        }
    }
}

/// The value of a set of roles: `least` when every link is barely held, `most` when all are certain.
#[derive(Debug, Clone)]
pub struct Anchor {
    pub roles: &'static [Role],
    pub least: f64,
    pub most: f64,
}

#[derive(Debug, Clone)]
pub struct Pattern {
    pub id: &'static str,
    /// From the first said or did to the last did or paid.
    pub window_us: i64,
    /// Reaching a customer is a state; an act that shows it may be this much older than the first step.
    pub reach_us: i64,
    /// These come in this order; `Could` is a state and has no place in it.
    pub order: &'static [Role],
    pub anchors: &'static [Anchor],
}

use Role::{Could, Did, Paid, Said};

/// 私转客户: he said it, he could, it moved, he was paid.
pub const DIVERSION: Pattern = Pattern {
    id: "diversion",
    window_us: 90 * DAY_US,
    reach_us: 90 * DAY_US,
    order: &[Said, Did, Paid],
    anchors: &[
        Anchor { roles: &[Could, Said, Did, Paid], least: 0.90, most: 0.99 },
        Anchor { roles: &[Could, Did, Paid], least: 0.70, most: 0.85 },
        // Without a state that let him, what was said and paid may concern somebody else's customer.
        Anchor { roles: &[Said, Did, Paid], least: 0.58, most: 0.67 },
        Anchor { roles: &[Could, Said, Did], least: 0.60, most: 0.67 },
        Anchor { roles: &[Could, Said, Paid], least: 0.45, most: 0.58 },
        Anchor { roles: &[Said, Paid], least: 0.35, most: 0.45 },
        Anchor { roles: &[Did, Paid], least: 0.40, most: 0.55 },
        Anchor { roles: &[Said, Did], least: 0.35, most: 0.45 },
        Anchor { roles: &[Could, Did], least: 0.35, most: 0.50 },
        Anchor { roles: &[Could, Said], least: 0.20, most: 0.30 },
        Anchor { roles: &[Did], least: 0.20, most: 0.30 },
        Anchor { roles: &[Said], least: 0.10, most: 0.30 },
    ],
};

impl Pattern {
    /// The score of a set of roles (sorted), moved within its anchor by how sure its links are (0..=1).
    pub fn score(&self, roles: &[Role], certainty: f64) -> f64 {
        self.anchors.iter().find(|a| a.roles == roles).map_or(0.0, |a| {
            let score = a.least + (a.most - a.least) * certainty.clamp(0.0, 1.0);
            (score * 1000.0).round() / 1000.0
        })
    }
}
