//! A chain as it is kept and as it is shown: relations, never text or amounts.

use crate::{
    evidence::chain::{Chain, ChainFirm, Step},
    http::instant,
    records::id_of,
    said::{Lang, Said},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredStep {
    pub idx: i64,
    pub source: String,
    pub kind: String,
    pub at: i64,
    pub role: String,
    pub why: Said,
    pub confidence: f64,
    pub links: Vec<(i64, Said, f64)>,
}

/// The part of a chain that is kept as JSON, in both languages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stored {
    pub pattern: String,
    pub companies: Vec<Firm>,
    pub steps: Vec<StoredStep>,
    pub gaps: Vec<Said>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Firm {
    /// Its id on the companies page; null where it is known by name only.
    pub company: Option<String>,
    pub name: String,
    /// How it was recognised: `id`, `name`, `alias`, `short_name`, `account`, `person`.
    pub via: String,
}

impl Stored {
    pub fn of(c: &Chain) -> Self {
        Self {
            pattern: c.pattern.clone(),
            companies: c.companies.iter().map(firm).collect(),
            steps: c.steps.iter().map(stored).collect(),
            gaps: c.gaps.clone(),
        }
    }
}

fn firm(f: &ChainFirm) -> Firm {
    Firm { company: f.company.clone(), name: f.name.clone(), via: f.via.to_owned() }
}

fn stored(s: &Step) -> StoredStep {
    StoredStep {
        idx: s.idx,
        source: s.source.clone(),
        kind: s.kind.clone(),
        at: s.at,
        role: s.role.name().to_owned(),
        why: s.why.clone(),
        confidence: s.confidence,
        links: s.links.iter().map(|l| (l.to, l.why.clone(), l.confidence)).collect(),
    }
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ChainView {
    pub id: String,
    pub pattern: String,
    pub score: f64,
    pub from: String,
    pub until: String,
    pub employee: String,
    pub employee_name: Option<String>,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    pub companies: Vec<Firm>,
    pub steps: Vec<StepView>,
    pub gaps: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    pub record: String,
    pub kind: String,
    pub at: String,
    /// `said`, `could`, `did` or `paid`.
    pub role: String,
    pub why: String,
    pub confidence: f64,
    pub title: String,
    pub source: String,
    pub links: Vec<LinkView>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    pub to: String,
    pub why: String,
    pub confidence: f64,
}

/// Names shown beside numbers.
#[derive(Default)]
pub struct Names {
    pub employees: HashMap<String, String>,
    pub customers: HashMap<String, String>,
}

/// What is shown of a chain; `row` gives id, score and times.
pub struct Whole {
    pub id: String,
    pub employee: String,
    pub customer: Option<String>,
    pub score: f64,
    pub from: i64,
    pub until: i64,
    pub body: Stored,
}

impl Whole {
    pub fn of(c: &Chain) -> Self {
        Self { id: c.id.clone(), employee: c.employee.clone(), customer: c.customer.clone(), score: c.score, from: c.from, until: c.until, body: Stored::of(c) }
    }

    pub fn view(self, lang: Lang, names: &Names) -> ChainView {
        ChainView {
            employee_name: names.employees.get(&self.employee).cloned(),
            customer_name: self.customer.as_ref().and_then(|c| names.customers.get(c).cloned()),
            id: self.id,
            pattern: self.body.pattern,
            score: self.score,
            from: instant(self.from),
            until: instant(self.until),
            employee: self.employee,
            customer: self.customer,
            companies: self.body.companies,
            steps: self
                .body
                .steps
                .into_iter()
                .map(|s| StepView {
                    record: id_of(s.idx),
                    title: title(&s.kind).pick(lang).to_owned(),
                    kind: s.kind,
                    at: instant(s.at),
                    role: s.role,
                    why: s.why.pick(lang).to_owned(),
                    confidence: s.confidence,
                    source: s.source,
                    links: s.links.into_iter().map(|(to, why, confidence)| LinkView { to: id_of(to), why: why.pick(lang).to_owned(), confidence }).collect(),
                })
                .collect(),
            gaps: self.body.gaps.iter().map(|g| g.pick(lang).to_owned()).collect(),
        }
    }
}

fn title(kind: &str) -> Said {
    let (zh, en) = match kind {
        "message.sent" => ("对外消息", "Message to an outsider"),
        "customer.assigned" => ("客户分配", "Customer assigned"),
        "customer.accessed" => ("访问客户资料", "Customer data opened"),
        "customer.followed_up" => ("客户跟进", "Customer followed up"),
        "customer.lost" => ("客户流失", "Customer lost"),
        "order.placed" => ("下单", "Order placed"),
        "order.transferred" => ("订单转出", "Order moved"),
        "order.cancelled" => ("订单取消", "Order cancelled"),
        "deal.stage_changed" => ("商机变化", "Deal changed"),
        "inquiry.received" => ("询价", "Inquiry"),
        "call.made" => ("通话", "Call"),
        "visit.checked_in" => ("外勤签到", "Check-in"),
        "track.recorded" => ("外勤轨迹", "Track"),
        "transfer.booked" => ("收款", "Money received"),
        other => return Said::new(other, other),
    };
    Said::new(zh, en)
}
