//! The rules that raise alerts: what each is called, measures and fires at. A new rule is one entry here, its signal
//! in `signals`, and its sentences in `explain`.

use super::model::alert;
use crate::{error::Result, said::Said, settings};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::BTreeMap;

pub struct Rule {
    pub id: &'static str,
    title: (&'static str, &'static str),
    formula: (&'static str, &'static str),
    unit: (&'static str, &'static str),
    window: (&'static str, &'static str),
    pub threshold: f64,
}

pub const WORDS: Rule = Rule {
    id: "words.diversion",
    title: ("对外消息出现飞单用语", "Words of diversion in a message to an outsider"),
    formula: ("员工对外消息中未被例外覆盖的飞单词条数", "Entries of the diversion lexicon in the employee's messages to an outsider, exceptions left out"),
    unit: ("处", "hits"),
    window: ("即时，按会话合并", "at once, joined by conversation"),
    threshold: 1.0,
};

pub const CHAIN: Rule = Rule {
    id: "chain.diversion",
    title: ("说、能、做、收可以连成链", "Said, could, did and paid link up"),
    formula: ("最佳链的得分：说 · 能 · 做 · 收，每一环都由事实相连", "Score of the best chain: said · could · did · paid, each linked by a fact"),
    unit: ("分（0–1）", "score (0–1)"),
    window: ("90 天", "90 days"),
    threshold: 0.7,
};

pub const AFTER_LEAVING: Rule = Rule {
    id: "access.after_leaving",
    title: ("离职后尝试访问公司数据", "Company data tried after leaving"),
    formula: (
        "最后工作日之后的访问：被拒绝的登录后请求（每人每路径每小时记一次），以及来源系统记录的客户资料访问",
        "Accesses after the last day: refused requests here (one an hour for each person and route) and accesses to customers that a source recorded",
    ),
    unit: ("次", "times"),
    window: ("即时，按人合并", "at once, joined by person"),
    threshold: 1.0,
};

pub const STOPPED_ORDER: Rule = Rule {
    id: "orders.while_stopped",
    title: ("停止新单期间仍有新订单", "An order placed while new orders were stopped"),
    formula: ("“停止新订单”生效期间，以该员工名义产生的新订单数", "Orders placed in the employee's name while the restriction “no new orders” was in force"),
    unit: ("单", "orders"),
    window: ("限制生效期间，按人合并", "while the restriction is in force, joined by person"),
    threshold: 1.0,
};

pub const INTEREST: Rule = Rule {
    id: "interests.to_investigate",
    title: ("利益关系需要调查", "An interest to be investigated"),
    formula: ("核对利益关系时标为“需要调查”、且核对人无权立案的匹配数", "Matches of interests marked “to be investigated” by somebody who may open no case"),
    unit: ("项", "matches"),
    window: ("即时，按匹配合并", "at once, joined by match"),
    threshold: 1.0,
};

pub const RULES: &[&Rule] = &[&WORDS, &CHAIN, &AFTER_LEAVING, &STOPPED_ORDER, &INTEREST];

impl Rule {
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|r| r.id == id).copied()
    }
    pub fn title(&self) -> Said {
        Said::new(self.title.0, self.title.1)
    }
    pub fn formula(&self) -> Said {
        Said::new(self.formula.0, self.formula.1)
    }
    pub fn unit(&self) -> Said {
        Said::new(self.unit.0, self.unit.1)
    }
    pub fn window(&self) -> Said {
        Said::new(self.window.0, self.window.1)
    }

    /// The company's own threshold, if it set one.
    pub async fn threshold(&self, db: &impl ConnectionTrait) -> Result<f64> {
        let own = settings::get(db, &format!("rule.{}.threshold", self.id)).await?;
        Ok(own.and_then(|t| t.parse().ok()).filter(|t: &f64| t.is_finite()).unwrap_or(self.threshold))
    }

    /// Who gets a new alert of this rule; nobody unless the company says so.
    pub async fn assignee(&self, db: &impl ConnectionTrait) -> Result<Option<String>> {
        Ok(settings::get(db, &format!("rule.{}.assignee", self.id)).await?.filter(|u| !u.is_empty()))
    }
}

/// What a rule's alerts came to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Record {
    pub raised: i64,
    pub closed: i64,
    pub useful: i64,
}

impl Record {
    /// Share of the closed alerts that were valuable or confirmed; none before one was closed.
    pub fn precision(&self) -> Option<f64> {
        (self.closed > 0).then(|| self.useful as f64 / self.closed as f64)
    }
}

pub async fn records(db: &impl ConnectionTrait) -> Result<BTreeMap<String, Record>> {
    let rows: Vec<(String, Option<String>, i64)> = alert::Entity::find()
        .select_only()
        .columns([alert::Column::Rule, alert::Column::Outcome])
        .column_as(alert::Column::Id.count(), "n")
        .group_by(alert::Column::Rule)
        .group_by(alert::Column::Outcome)
        .filter(alert::Column::RaisedAt.gt(0))
        .into_tuple()
        .all(db)
        .await?;
    let mut all: BTreeMap<String, Record> = RULES.iter().map(|r| (r.id.to_owned(), Record::default())).collect();
    for (rule, outcome, n) in rows {
        let record = all.entry(rule).or_default();
        record.raised += n;
        if let Some(outcome) = outcome {
            record.closed += n;
            record.useful += if outcome == "false_positive" { 0 } else { n };
        }
    }
    Ok(all)
}
