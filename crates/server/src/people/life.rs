//! A working life 任职经历 as records tell it: joined, moved, confirmed, resigned, left. Follows `employee.*`,
//! `resignation.*` and the probation of a contract, and keeps the row in `people` and the list of resignations.
//!
//! The status is what access goes by, so it changes in the record's own transaction and every connection asks for its
//! rights again. What is *not* here: which act is allowed (`acts`) and what falls due on a later day (`day`).

use super::{
    day,
    model::{person, resignation},
    names::{self, Renamed},
    posts, search,
};
use crate::{
    company::Company,
    error::Result,
    events,
    intake::facts::{self, Fact},
    store::{bulk, keepable, keepable_json},
};
use jiff::{ToSpan, civil::Date};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

pub const JOINED: &str = "employee.joined";
pub const AMENDED: &str = "employee.amended";
pub const TRANSFERRED: &str = "employee.transferred";
pub const PROMOTED: &str = "employee.promoted";
pub const CONFIRMED: &str = "employee.confirmed";
pub const LEFT: &str = "employee.left";
pub const RESIGNED: &str = "resignation.submitted";
pub const WITHDRAWN: &str = "resignation.withdrawn";
pub const RESCHEDULED: &str = "resignation.rescheduled";
/// Tells how somebody is, as a list does.
pub(super) const STATES: [&str; 3] = ["employee.upserted", JOINED, AMENDED];
const CONTRACT: &str = "contract.made";

/// Notice a worker gives (LCL 37, LAW P15): 30 days in writing, 3 in probation.
pub fn notice_days(in_probation: bool) -> i64 {
    if in_probation { 3 } else { 30 }
}

pub fn in_probation(row: &person::Model, on: Date) -> bool {
    let day = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<Date>().ok());
    day(&row.probation_until).is_some_and(|end| on <= end) && day(&row.confirmed_on).is_none_or(|confirmed| on < confirmed)
}

/// The last day that the law gives for a resignation handed in on that day.
pub fn lawful_last_day(row: &person::Model, submitted_on: Date) -> Date {
    submitted_on.saturating_add(notice_days(in_probation(row, submitted_on)).days())
}

pub fn blank(number: &str) -> person::Model {
    person::Model {
        number: number.to_owned(),
        name: number.to_owned(),
        department: None,
        title: None,
        manager: None,
        hired_on: None,
        status: None,
        left_on: None,
        accounts: "[]".into(),
        phones: "[]".into(),
        emails: "[]".into(),
        search: search::text(number, &[]),
        placeholder: true,
        as_of: i64::MIN,
        grade: None,
        status_at: None,
        last_day: None,
        probation_until: None,
        confirmed_on: None,
    }
}

/// A text member given anew replaces the old one, `null` clears it, absent keeps it.
pub(super) fn renew(slot: &mut Option<String>, data: &Map<String, Value>, name: &str) {
    match data.get(name) {
        None => {}
        Some(v) => *slot = v.as_str().map(keepable),
    }
}

fn renew_list(slot: &mut String, data: &Map<String, Value>, name: &str) {
    match data.get(name) {
        None => {}
        Some(list @ Value::Array(_)) => *slot = keepable_json(list),
        Some(_) => *slot = "[]".into(),
    }
}

/// Whose life a fact is about.
fn whose<'a>(fact: &Fact<'a>) -> Option<&'a str> {
    match fact.kind {
        kind if STATES.contains(&kind) => fact.text("number"),
        TRANSFERRED | PROMOTED | CONFIRMED | LEFT | RESIGNED | WITHDRAWN | RESCHEDULED | CONTRACT => fact.text("employee"),
        _ => None,
    }
}

struct Lives<'a> {
    company: &'a Company,
    rows: BTreeMap<String, person::Model>,
    resignations: Vec<resignation::Model>,
    /// Days on which something falls due.
    days: BTreeSet<Date>,
}

pub async fn follow(company: &Company, tx: &DatabaseTransaction, facts: &[Fact<'_>]) -> Result<()> {
    let mine: Vec<(&str, &Fact)> = facts.iter().filter_map(|f| Some((whose(f)?, f))).collect();
    if mine.is_empty() {
        return Ok(());
    }
    let replaced = facts::replaced(mine.iter().map(|(_, f)| *f));
    let mut taken_back = Vec::new();
    if !replaced.is_empty() {
        taken_back = resignation::Entity::find().filter(bulk::among_numbers(tx, resignation::Column::Idx, replaced.iter().copied())).all(tx).await?;
    }
    let numbers = mine.iter().map(|(n, _)| *n).chain(taken_back.iter().map(|r| r.employee.as_str()));
    let numbers: Vec<String> = numbers.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect();
    let rows: BTreeMap<String, person::Model> = super::find_all(tx, &numbers).await?.into_iter().collect();
    let stood: BTreeMap<String, Option<String>> = rows.iter().map(|(n, r)| (n.clone(), r.status.clone())).collect();
    let called: BTreeMap<String, String> = rows.iter().map(|(n, r)| (n.clone(), r.search.clone())).collect();
    let mut resignations = Vec::new();
    for part in numbers.chunks(500) {
        resignations.extend(resignation::Entity::find().filter(resignation::Column::Employee.is_in(part.iter().cloned())).all(tx).await?);
    }
    let before: BTreeMap<i64, resignation::Model> = resignations.iter().map(|r| (r.idx, r.clone())).collect();
    let mut lives = Lives { company, rows, resignations, days: BTreeSet::new() };
    for gone in &taken_back {
        let mut by = mine.iter().filter(|(number, f)| *number == gone.employee && f.replaces.contains(&gone.idx)).map(|(_, f)| f.kind);
        if lives.take_back(gone, by.next()) {
            resignation::Entity::delete_by_id(gone.idx).exec(tx).await?;
        }
    }
    for (number, fact) in mine.into_iter().filter(|(_, f)| !replaced.contains(&f.idx)) {
        lives.apply(number, fact);
    }
    let Lives { rows, resignations, days, .. } = lives;
    let standing = |status: &Option<String>| status.as_deref().filter(|s| *s != "active").map(str::to_owned);
    let changed = rows.iter().any(|(n, r)| standing(&r.status) != stood.get(n).and_then(standing));
    let renamed: Vec<Renamed> =
        rows.values().map(|r| Renamed { id: r.number.clone(), before: called.get(&r.number).cloned(), now: r.search.clone() }).collect();
    names::PEOPLE.follow(tx, &renamed).await?;
    write(tx, rows).await?;
    for row in resignations {
        match before.get(&row.idx) {
            None => {
                resignation::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
            }
            Some(known) if *known != row => {
                resignation::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
            }
            Some(_) => {}
        }
    }
    for due in days {
        day::on(company, tx, due).await?;
    }
    if changed {
        events::rights_changed(tx, company.now()).await?;
    }
    Ok(())
}

impl Lives<'_> {
    /// A record that told of a resignation was put right, by one of kind `by` about the same person or by one about
    /// somebody else. Whose resignation it is after all has it again at once; of the other it was never said. False where
    /// it stays: a later record says the same.
    fn take_back(&mut self, gone: &resignation::Model, by: Option<&str>) -> bool {
        let Some(row) = self.rows.get_mut(&gone.employee) else { return true };
        let (running, told) = (gone.state == "open" && row.status.as_deref() == Some("resigning"), row.status_at == Some(gone.at));
        let stays = match by {
            Some(RESIGNED) => false,
            // A list does not say again what a later one says.
            Some(_) => !(running && told),
            None => running && !told,
        };
        if stays {
            return false;
        }
        if running && told {
            // Nobody has this number, but for the mistake.
            (row.status, row.last_day) = ((!row.placeholder).then(|| "active".into()), None);
            // What it overruled holds again.
            let before = self.resignations.iter_mut().filter(|r| r.overruled_by == Some(gone.idx)).max_by_key(|r| (r.at, r.idx));
            if let Some(before) = before {
                (before.state, before.overruled_by) = ("open".into(), None);
                row.status = Some("resigning".into());
                (row.status_at, row.last_day) = (Some(before.at), Some(before.last_day.clone()));
                self.days.extend(before.last_day.parse::<Date>().ok().and_then(|last| last.tomorrow().ok()));
            }
        }
        self.resignations.retain(|r| r.idx != gone.idx);
        for row in self.resignations.iter_mut().filter(|r| r.overruled_by == Some(gone.idx)) {
            row.overruled_by = gone.overruled_by;
        }
        true
    }

    fn apply(&mut self, number: &str, fact: &Fact<'_>) {
        // A move or a contract of somebody nobody described says nothing about who they are.
        let mut row = self.rows.remove(number).unwrap_or_else(|| blank(number));
        match fact.kind {
            kind if STATES.contains(&kind) => self.state(&mut row, fact),
            TRANSFERRED | PROMOTED => self.moved(&mut row, fact),
            CONFIRMED => row.confirmed_on = fact.text("on").map(keepable),
            CONTRACT => {
                if let Some(end) = fact.text("probation_until") {
                    row.probation_until = Some(keepable(end));
                }
            }
            RESIGNED => self.resigned(&mut row, fact),
            WITHDRAWN => {
                self.end_resignations(number, "withdrawn", i64::MAX);
                row.status = Some("active".into());
                row.status_at = Some(fact.at);
                row.last_day = None;
            }
            RESCHEDULED => self.rescheduled(&mut row, fact),
            LEFT => {
                self.end_resignations(number, "left", i64::MAX);
                row.status = Some("left".into());
                row.status_at = Some(fact.at);
                row.left_on = fact.text("left_on").map(keepable);
                row.last_day = None;
            }
            _ => {}
        }
        self.rows.insert(number.to_owned(), row);
    }

    fn state(&mut self, row: &mut person::Model, fact: &Fact<'_>) {
        let Some(name) = fact.text("name") else { return };
        if row.status_at.is_none_or(|at| fact.at >= at)
            && let Some(status) = fact.data.get("status")
        {
            self.stands(row, fact, status.as_str());
        }
        // What is older than what we know changes nothing.
        if fact.at < row.as_of {
            return;
        }
        row.as_of = fact.at;
        row.placeholder = false;
        row.name = keepable(name);
        for (slot, member) in [
            (&mut row.department, "department"),
            (&mut row.title, "title"),
            (&mut row.manager, "manager"),
            (&mut row.grade, "grade"),
            (&mut row.hired_on, "hired_on"),
            (&mut row.probation_until, "probation_until"),
        ] {
            renew(slot, fact.data, member);
        }
        // A list that does not speak of the status does not speak of its end either.
        if fact.data.contains_key("status") || row.status.as_deref() != Some("left") {
            renew(&mut row.left_on, fact.data, "left_on");
        }
        if fact.kind == JOINED {
            // 再入职: an earlier leaving is history, told by the posts.
            row.left_on = None;
            row.confirmed_on = None;
        }
        renew_list(&mut row.accounts, fact.data, "accounts");
        renew_list(&mut row.phones, fact.data, "phones");
        renew_list(&mut row.emails, fact.data, "emails");
        row.search = search::text(&row.number, &[&row.name]);
    }

    /// What a list says of the status overrules what was known before it.
    fn stands(&mut self, row: &mut person::Model, fact: &Fact<'_>, status: Option<&str>) {
        row.status = status.map(keepable);
        row.status_at = Some(fact.at);
        match status {
            Some("resigning") => {
                if self.resignations.iter().any(|r| r.employee == row.number && r.state == "open") {
                    return;
                }
                let submitted_on = self.day_of(fact.at);
                let end = fact.text("left_on").and_then(|t| t.parse().ok()).unwrap_or_else(|| lawful_last_day(row, submitted_on));
                self.hand_in(row, fact, submitted_on, end, "open");
            }
            Some("left") => {
                self.end_resignations(&row.number, "left", fact.at);
                row.last_day = None;
            }
            _ => {
                // At work again: what ended an earlier employment is history too.
                for past in self.resignations.iter_mut().filter(|r| r.employee == row.number && r.state == "left") {
                    past.state = "overruled".into();
                }
                self.overrule(&row.number, fact);
                row.last_day = None;
            }
        }
    }

    fn moved(&self, row: &mut person::Model, fact: &Fact<'_>) {
        if posts::begins(self.company, fact).is_some_and(|from| from > self.company.now()) {
            return;
        }
        row.as_of = row.as_of.max(fact.at);
        for (slot, member) in [(&mut row.department, "department"), (&mut row.title, "title"), (&mut row.manager, "manager"), (&mut row.grade, "grade")] {
            renew(slot, fact.data, member);
        }
    }

    fn resigned(&mut self, row: &mut person::Model, fact: &Fact<'_>) {
        let date = |member| fact.text(member).and_then(|t| t.get(..10)).and_then(|t| t.parse::<Date>().ok());
        let Some(submitted_on) = date("submitted_on") else { return };
        let end = date("last_day").unwrap_or_else(|| lawful_last_day(row, submitted_on));
        // Of an employment before the present one, or known by a later record to be over.
        let earlier = row.hired_on.as_deref().and_then(|h| h.parse::<Date>().ok()).is_some_and(|hired| submitted_on < hired);
        let mut overruled_by = None;
        let state = match row.status_at {
            _ if earlier => "overruled",
            Some(at) if fact.at < at => {
                overruled_by = self.resignations.iter().find(|r| r.employee == row.number && r.state == "open").map(|r| r.idx);
                match row.status.as_deref() {
                    Some("left") => "left",
                    // A later list says the same.
                    Some("resigning") if overruled_by.is_none() => "open",
                    _ => "overruled",
                }
            }
            _ => "open",
        };
        if state == "open" {
            self.overrule(&row.number, fact);
            row.status = Some("resigning".into());
            row.status_at = row.status_at.max(Some(fact.at));
        }
        self.hand_in(row, fact, submitted_on, end, state);
        if let Some(last) = self.resignations.last_mut().filter(|r| r.state == "overruled") {
            last.overruled_by = overruled_by;
        }
    }

    fn hand_in(&mut self, row: &mut person::Model, fact: &Fact<'_>, submitted_on: Date, last_day: Date, state: &str) {
        if state == "open" {
            row.last_day = Some(last_day.to_string());
            self.days.extend(last_day.tomorrow().ok());
        }
        self.resignations.push(resignation::Model {
            idx: fact.idx,
            employee: row.number.clone(),
            submitted_on: submitted_on.to_string(),
            last_day: last_day.to_string(),
            state: state.into(),
            at: fact.at,
            overruled_by: None,
        });
    }

    /// Another last day, as both sides agreed (`acts::reschedule`).
    fn rescheduled(&mut self, row: &mut person::Model, fact: &Fact<'_>) {
        let Some(last) = fact.text("last_day").and_then(|t| t.parse::<Date>().ok()) else { return };
        let Some(open) = self.resignations.iter_mut().find(|r| r.employee == row.number && r.state == "open") else { return };
        open.last_day = last.to_string();
        row.last_day = Some(last.to_string());
        self.days.extend(last.tomorrow().ok());
    }

    fn end_resignations(&mut self, number: &str, state: &str, until: i64) {
        for row in self.resignations.iter_mut().filter(|r| r.employee == number && r.state == "open" && r.at <= until) {
            row.state = state.into();
        }
    }

    fn overrule(&mut self, number: &str, fact: &Fact<'_>) {
        for row in self.resignations.iter_mut().filter(|r| r.employee == number && r.state == "open" && r.at <= fact.at) {
            row.state = "overruled".into();
            row.overruled_by = Some(fact.idx);
        }
    }

    fn day_of(&self, at: i64) -> Date {
        day::of(self.company, at)
    }
}

async fn write(tx: &impl ConnectionTrait, rows: BTreeMap<String, person::Model>) -> Result<()> {
    let rows: Vec<_> = rows.into_values().map(|r| r.into_active_model().reset_all()).collect();
    for part in rows.chunks(500) {
        use person::Column as C;
        person::Entity::insert_many(part.iter().cloned())
            .on_conflict(
                OnConflict::column(C::Number)
                    .update_columns([
                        C::Name,
                        C::Department,
                        C::Title,
                        C::Manager,
                        C::HiredOn,
                        C::Status,
                        C::LeftOn,
                        C::Accounts,
                        C::Phones,
                        C::Emails,
                        C::Search,
                        C::Placeholder,
                        C::AsOf,
                        C::Grade,
                        C::StatusAt,
                        C::LastDay,
                        C::ProbationUntil,
                        C::ConfirmedOn,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Somebody who resigned and whose resignation stands, whether or not the last day has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    pub submitted_on: Date,
    pub last_day: Date,
    /// The record that says so.
    pub idx: i64,
}

/// Whether and when this employee leaves, as the newest resignation that was not withdrawn says.
pub async fn leaving_of(db: &impl ConnectionTrait, number: &str) -> Result<Option<Leaving>> {
    let rows =
        resignation::Entity::find().filter(resignation::Column::Employee.eq(number)).filter(resignation::Column::State.is_in(["open", "left"])).all(db).await?;
    let newest = rows.into_iter().max_by_key(|r| (r.at, r.idx));
    Ok(newest.and_then(|r| Some(Leaving { submitted_on: r.submitted_on.parse().ok()?, last_day: r.last_day.parse().ok()?, idx: r.idx })))
}

/// The first moment of a business day.
pub fn start_of(company: &Company, day: Date) -> i64 {
    facts::moment(company, &day.to_string(), false).unwrap_or_default()
}
