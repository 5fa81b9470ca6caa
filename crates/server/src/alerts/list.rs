//! Finding alerts: the queue with its filters, the tiles, the counts other pages show.

use super::model::{alert, alert_record};
use crate::{company::Company, error::Result, people};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func},
};
use std::collections::{BTreeSet, HashMap};

const DAY_US: i64 = 24 * 3600 * 1_000_000;

#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub employee: Option<String>,
    pub rule: Option<String>,
    pub status: Option<String>,
    pub severity: Option<String>,
    pub outcome: Option<String>,
    pub department: Option<String>,
    /// A user's id, or `none`.
    pub assignee: Option<String>,
    pub customer: Option<String>,
    pub conversation: Option<String>,
    pub chain: Option<String>,
    /// `none`: in no open case.
    pub case: Option<String>,
    pub from: Option<i64>,
    pub until: Option<i64>,
    /// A name, a number, a customer.
    pub q: Option<String>,
}

/// Whose alerts: `None` is everyone's. `not` is whom the caller is recused from: oneself, relatives, own matters.
#[derive(Debug, Clone, Default)]
pub struct Whose {
    pub only: Option<Vec<String>>,
    pub not: Vec<String>,
}

impl Whose {
    fn condition(&self) -> Condition {
        let mut all = Condition::all();
        if let Some(only) = &self.only {
            all = all.add(alert::Column::Employee.is_in(only.iter().cloned()));
        }
        if !self.not.is_empty() {
            all = all.add(alert::Column::Employee.is_not_in(self.not.iter().cloned()));
        }
        all
    }
}

/// Comma-separated values: `open,snoozed`.
fn any_of(column: alert::Column, value: &str) -> Condition {
    value.split(',').map(str::trim).filter(|v| !v.is_empty()).fold(Condition::any(), |c, v| c.add(column.eq(v)))
}

impl Filter {
    async fn condition(&self, db: &impl ConnectionTrait) -> Result<Condition> {
        use alert::Column as C;
        let mut all = Condition::all();
        for (column, value) in [
            (C::Rule, &self.rule),
            (C::Status, &self.status),
            (C::Severity, &self.severity),
            (C::Outcome, &self.outcome),
            (C::Employee, &self.employee),
            (C::Customer, &self.customer),
            (C::Conversation, &self.conversation),
            (C::Chain, &self.chain),
        ] {
            if let Some(value) = value {
                all = all.add(any_of(column, value));
            }
        }
        match self.assignee.as_deref() {
            Some("none") => all = all.add(C::Assignee.is_null()),
            Some(user) => all = all.add(C::Assignee.eq(user)),
            None => {}
        }
        if self.case.as_deref() == Some("none") {
            all = all.add(C::Id.not_in_subquery(crate::cases::read::alerts_in_open_cases()));
        }
        if let Some(from) = self.from {
            all = all.add(C::RaisedAt.gte(from));
        }
        if let Some(until) = self.until {
            all = all.add(C::RaisedAt.lt(until));
        }
        if let Some(department) = &self.department {
            let members = people::model::person::Entity::find()
                .select_only()
                .column(people::model::person::Column::Number)
                .filter(people::model::person::Column::Department.eq(department))
                .into_tuple::<String>()
                .all(db)
                .await?;
            all = all.add(C::Employee.is_in(members));
        }
        if let Some(q) = self.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let named = people::model::person::Entity::find()
                .select_only()
                .column(people::model::person::Column::Number)
                .filter(people::model::person::Column::Search.contains(q.to_lowercase()))
                .limit(500)
                .into_tuple::<String>()
                .all(db)
                .await?;
            all = all.add(Condition::any().add(C::Employee.is_in(named)).add(C::Employee.eq(q)).add(C::Customer.eq(q)));
        }
        Ok(all)
    }
}

/// Newest first; `after` is (raised_at, id) of the last one shown.
pub async fn page(db: &impl ConnectionTrait, filter: &Filter, whose: &Whose, after: Option<(i64, String)>, limit: u64) -> Result<Vec<alert::Model>> {
    let mut find: Select<alert::Entity> = alert::Entity::find().filter(filter.condition(db).await?).filter(whose.condition());
    if let Some((at, id)) = after {
        find = find.filter(
            Condition::any().add(alert::Column::RaisedAt.lt(at)).add(Condition::all().add(alert::Column::RaisedAt.eq(at)).add(alert::Column::Id.lt(id))),
        );
    }
    Ok(find.order_by_desc(alert::Column::RaisedAt).order_by_desc(alert::Column::Id).limit(limit).all(db).await?)
}

/// Log indices behind alerts, in time order.
pub async fn records_of(db: &impl ConnectionTrait, alerts: &[String]) -> Result<HashMap<String, Vec<i64>>> {
    let mut all: HashMap<String, Vec<i64>> = HashMap::new();
    for part in alerts.chunks(500) {
        let rows = alert_record::Entity::find()
            .filter(alert_record::Column::Alert.is_in(part.iter().cloned()))
            .order_by_asc(alert_record::Column::At)
            .order_by_asc(alert_record::Column::Idx)
            .all(db)
            .await?;
        for r in rows {
            all.entry(r.alert).or_default().push(r.idx);
        }
    }
    Ok(all)
}

/// Of these records, those already behind a word alert about this employee and conversation, open or closed.
pub async fn behind_words(db: &impl ConnectionTrait, employee: &str, conversation: &str, indices: &[i64]) -> Result<BTreeSet<i64>> {
    let mut found = BTreeSet::new();
    for part in indices.chunks(500) {
        let rows: Vec<(String, i64)> = alert_record::Entity::find()
            .select_only()
            .columns([alert_record::Column::Alert, alert_record::Column::Idx])
            .filter(alert_record::Column::Idx.is_in(part.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        if rows.is_empty() {
            continue;
        }
        let mine: Vec<String> = alert::Entity::find()
            .select_only()
            .column(alert::Column::Id)
            .filter(alert::Column::Id.is_in(rows.iter().map(|(a, _)| a.clone())))
            .filter(alert::Column::Rule.eq(super::rules::WORDS.id))
            .filter(alert::Column::Employee.eq(employee))
            .filter(alert::Column::Subject.eq(conversation))
            .into_tuple()
            .all(db)
            .await?;
        found.extend(rows.into_iter().filter(|(a, _)| mine.contains(a)).map(|(_, idx)| idx));
    }
    Ok(found)
}

/// The first of these that is no alert about the employee.
pub async fn unknown_among(company: &Company, employee: &str, ids: &[String]) -> Result<Option<String>> {
    let mut known = BTreeSet::new();
    for part in ids.chunks(500) {
        let query = alert::Entity::find().select_only().column(alert::Column::Id).filter(alert::Column::Id.is_in(part.iter().cloned()));
        let rows: Vec<String> = query.filter(alert::Column::Employee.eq(employee)).into_tuple().all(company.store.read()).await?;
        known.extend(rows);
    }
    Ok(ids.iter().find(|id| !known.contains(*id)).cloned())
}

/// Alerts not closed, by employee: for the people pages.
pub async fn open_counts(db: &impl ConnectionTrait, employees: &[String]) -> Result<HashMap<String, i64>> {
    let mut all = HashMap::new();
    for part in employees.chunks(500) {
        let rows: Vec<(String, i64)> = alert::Entity::find()
            .select_only()
            .column(alert::Column::Employee)
            .column_as(alert::Column::Id.count(), "n")
            .filter(alert::Column::Employee.is_in(part.iter().cloned()))
            .filter(alert::Column::Status.ne("closed"))
            .group_by(alert::Column::Employee)
            .into_tuple()
            .all(db)
            .await?;
        all.extend(rows);
    }
    Ok(all)
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tiles {
    pub high: u64,
    pub medium: u64,
    pub low: u64,
    pub older_than_30_days: u64,
    pub mean_days_to_close: Option<f64>,
    pub unassigned: u64,
    pub mine: u64,
    pub chains: u64,
}

/// What is open of one severity.
#[derive(FromQueryResult)]
struct Open {
    severity: String,
    all: i64,
    old: i64,
    unassigned: i64,
    mine: i64,
    chains: i64,
}

pub async fn tiles(db: &impl ConnectionTrait, whose: &Whose, user: Option<&str>, now: i64) -> Result<Tiles> {
    use alert::Column as C;
    let counted = |which: Expr| Func::count(Expr::case(which, 1));
    // One pass over what is open, which the index `alerts_waiting` holds without the bodies.
    let rows: Vec<Open> = alert::Entity::find()
        .select_only()
        .column(C::Severity)
        .expr_as(Expr::col(C::Id).count(), "all")
        .expr_as(counted(C::RaisedAt.lt(now - 30 * DAY_US)), "old")
        .expr_as(counted(C::Assignee.is_null()), "unassigned")
        .expr_as(counted(C::Assignee.eq(user.unwrap_or_default())), "mine")
        .expr_as(counted(C::Rule.eq(super::rules::CHAIN.id)), "chains")
        .filter(whose.condition())
        .filter(C::Status.eq("open"))
        .group_by(C::Severity)
        .into_model()
        .all(db)
        .await?;
    let sum = |of: fn(&Open) -> i64| rows.iter().map(of).sum::<i64>().unsigned_abs();
    let count = |severity: &str| rows.iter().find(|r| r.severity == severity).map_or(0, |r| r.all.unsigned_abs());
    // Of the last ninety days, so that the figure answers to what is done now.
    let closed: Vec<(i64, Option<i64>)> = alert::Entity::find()
        .select_only()
        .columns([alert::Column::RaisedAt, alert::Column::ClosedAt])
        .filter(whose.condition())
        .filter(alert::Column::Status.eq("closed"))
        .filter(alert::Column::ClosedAt.gt(now - 90 * DAY_US))
        .into_tuple()
        .all(db)
        .await?;
    let spans: Vec<i64> = closed.iter().filter_map(|(raised, closed)| Some((*closed)? - raised)).collect();
    let mean = (!spans.is_empty()).then(|| {
        let days = spans.iter().sum::<i64>() as f64 / spans.len() as f64 / DAY_US as f64;
        (days * 10.0).round() / 10.0
    });
    Ok(Tiles {
        high: count("high"),
        medium: count("medium"),
        low: count("low"),
        older_than_30_days: sum(|r| r.old),
        mean_days_to_close: mean,
        unassigned: sum(|r| r.unassigned),
        mine: sum(|r| r.mine),
        chains: sum(|r| r.chains),
    })
}
