//! What one customer's page shows: everything the company knows, as it was on a day and as we knew it on a day. Masked
//! fields are left out here, before anything is sent.
//!
//! Deals, orders, receivables, notes and promises are the company's ordinary business data and are shown to whoever may see
//! the customer; chats, calls, places and bank transfers stay sealed and are only counted (docs/decisions/015).

use super::{
    Assigned,
    api::{CustomerItem, items},
    assignments,
    dealings::{self, Clocks, Kind, Thing},
    held,
    model::dealing,
    reach::Whose,
};
use crate::{
    access::{Caller, Field, Permission, scope},
    company::Company,
    error::{Problem, Result},
    http::instant,
    intake::{browse, money},
    people,
    records::{customer_subject, id_of, model::subject},
    said::Lang,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use utoipa::{IntoParams, ToSchema};

const FOLLOW_UPS: u64 = 50;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Days {
    /// As it was at the end of this day (in the company's zone) or at this moment; now if absent.
    pub on: Option<String>,
    /// As it was known then; now if absent.
    pub known: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerDetail {
    #[serde(flatten)]
    pub customer: CustomerItem,
    #[schema(value_type = Vec<Object>)]
    pub contacts: Vec<Value>,
    #[schema(value_type = Vec<Object>)]
    pub sites: Vec<Value>,
    pub assignments: Vec<CustomerAssignment>,
    pub deals: Vec<DealView>,
    pub orders: Vec<OrderView>,
    pub receivables: Vec<ReceivableView>,
    pub promises: Vec<PromiseView>,
    pub preferences: Vec<PreferenceView>,
    /// The newest, at most 50.
    pub follow_ups: Vec<FollowUpView>,
    /// What is owed, by currency; empty where amounts are masked.
    pub owed: Vec<Sum>,
    pub counts: Counts,
    /// The newest records, without content.
    pub recent: Vec<browse::Envelope>,
    /// Fields this caller sees the customer without.
    pub masked: Vec<String>,
    /// The moments it is seen from, if not now.
    pub on: Option<String>,
    pub known: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerAssignment {
    pub record: String,
    pub employee: String,
    pub name: Option<String>,
    pub from: String,
    pub until: Option<String>,
    pub reason: Option<String>,
    /// When we learned of it.
    pub known_at: String,
    /// In charge at the moment it is seen from.
    pub holds: bool,
}

/// An amount of money as the company's data has it: a decimal and a currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Sum {
    pub amount: String,
    pub currency: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DealView {
    pub deal: String,
    pub record: String,
    pub stage: Option<String>,
    pub open: bool,
    pub amount: Option<Sum>,
    pub employee: Option<String>,
    pub name: Option<String>,
    pub at: String,
    /// Stages before, the newest first.
    pub before: Vec<StageView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StageView {
    pub stage: Option<String>,
    pub at: String,
    pub record: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    pub order: String,
    pub record: String,
    /// `placed`, `completed`, `cancelled` or `transferred`.
    pub state: Option<String>,
    pub open: bool,
    pub amount: Option<Sum>,
    pub employee: Option<String>,
    pub name: Option<String>,
    pub placed_at: String,
    pub at: String,
    /// Why it was cancelled, or which company it went to.
    pub note: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivableView {
    pub receivable: String,
    pub record: String,
    pub order: Option<String>,
    pub due: Option<String>,
    pub amount: Option<Sum>,
    pub settled: Option<Sum>,
    pub open: bool,
    pub overdue: bool,
    pub employee: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseView {
    pub promise: String,
    pub record: String,
    pub what: Option<String>,
    pub until: Option<String>,
    /// `open`, `kept`, `broken` or `withdrawn`.
    pub state: Option<String>,
    pub overdue: bool,
    pub employee: Option<String>,
    pub name: Option<String>,
    pub at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceView {
    pub preference: String,
    pub record: String,
    pub text: Option<String>,
    pub employee: Option<String>,
    pub name: Option<String>,
    pub at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FollowUpView {
    pub record: String,
    pub at: String,
    pub channel: Option<String>,
    pub note: Option<String>,
    pub employee: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Counts {
    pub orders: i64,
    /// Orders moved to another company.
    pub moved: i64,
    pub inquiries: i64,
    pub messages: i64,
    pub visits: i64,
    pub calls: i64,
    pub follow_ups: i64,
}

/// The customer for this caller; not there where out of reach.
pub async fn of(company: &Company, caller: &Caller, lang: Lang, id: &str, days: &Days) -> Result<CustomerDetail> {
    let db = company.store.read();
    let row = super::find(db, id).await?.ok_or_else(Problem::not_found)?;
    let now_served = assignments(db, &[id.to_owned()], None).await?;
    if !Whose::of(caller, Permission::CustomersSee).holds(company, &now_served, company.now()).await? {
        return Err(Problem::not_found().into());
    }
    let seen = scope(caller, company, Permission::CustomersSee).await?;
    let moment = |text: &Option<String>| text.as_deref().map(|t| browse::moment(company, t, true)).transpose();
    let clocks = Clocks { on: moment(&days.on)?, known: moment(&days.known)? };
    let at = clocks.on.map_or_else(|| company.now(), |end| end - 1);
    let served = match clocks.known {
        None => now_served,
        Some(known) => assignments(db, &[id.to_owned()], Some(known - 1)).await?,
    };
    let mut things = dealings::things(db, id, clocks).await?;
    let follow_ups = dealings::follow_ups(db, id, clocks, FOLLOW_UPS).await?;
    let mut recent = browse::list(company, caller, &browse::Filter { customer: Some(id.to_owned()), limit: Some(20), ..Default::default() }, lang).await?.items;
    // A team's manager sees what concerns the team.
    recent.retain(|e| e.employee.as_deref().is_none_or(|n| seen.sees(n)));

    let numbers: HashSet<String> =
        served.iter().map(|a| a.employee.clone()).chain(things.values().flatten().flatten().chain(&follow_ups).filter_map(|r| r.employee.clone())).collect();
    let names = people::names_of(db, &numbers.into_iter().collect::<Vec<_>>()).await?;
    let list = |json: &str| serde_json::from_str::<Vec<Value>>(json).unwrap_or_default();
    let (contacts, sites) = (list(&row.contacts), list(&row.sites));
    let mut take = |kind: Kind| things.remove(kind.name()).unwrap_or_default();
    let today = clocks.on.and_then(|_| days.on.as_deref().and_then(|d| d.get(..10)).map(str::to_owned)).unwrap_or_else(|| company.today().to_string());
    let show = Show { names, amounts: caller.sees(Field::CustomersAmounts), today };
    let (deals, orders, receivables, promises) = (take(Kind::Deal), take(Kind::Order), take(Kind::Receivable), take(Kind::Promise));
    let preferences = if caller.sees(Field::CustomersPreferences) { take(Kind::Preference) } else { Vec::new() };
    let standing: Vec<dealing::Model> = receivables.iter().filter_map(|t| t.first().cloned()).collect();
    let paid = held::paid_orders(&standing);
    let mut customer = items(company, vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    if clocks != Clocks::default() {
        let then = served.iter().find(|a| a.holds_at(at));
        customer.employee = then.map(|a| a.employee.clone());
        customer.employee_name = then.and_then(|a| show.name(Some(&a.employee)));
    }
    Ok(CustomerDetail {
        customer,
        contacts: if caller.sees(Field::CustomersContacts) { contacts } else { Vec::new() },
        sites,
        assignments: show.assignments(served, at),
        owed: if show.amounts { owed(&standing) } else { Vec::new() },
        deals: deals.iter().filter_map(|t| show.deal(t)).collect(),
        orders: orders.iter().filter_map(|t| show.order(t, &paid)).collect(),
        receivables: receivables.iter().filter_map(|t| show.receivable(t)).collect(),
        promises: promises.iter().filter_map(|t| show.promise(t)).collect(),
        preferences: preferences.iter().filter_map(|t| show.preference(t)).collect(),
        follow_ups: follow_ups.iter().map(|r| show.follow_up(r)).collect(),
        counts: count(company, id).await?,
        recent,
        masked: [Field::CustomersContacts, Field::CustomersAmounts, Field::CustomersPreferences]
            .into_iter()
            .filter(|f| !caller.sees(*f))
            .map(|f| f.name().to_owned())
            .collect(),
        on: days.on.clone(),
        known: days.known.clone(),
    })
}

/// What is still to be paid, by currency.
fn owed(receivables: &[dealing::Model]) -> Vec<Sum> {
    let mut sums: Vec<(String, i64)> = Vec::new();
    for row in receivables {
        let (Some(amount), Some(currency)) = (row.amount, &row.currency) else { continue };
        let rest = amount - row.settled.unwrap_or(0);
        if rest <= 0 {
            continue;
        }
        match sums.iter_mut().find(|(c, _)| c == currency) {
            Some((_, sum)) => *sum = sum.saturating_add(rest),
            None => sums.push((currency.clone(), rest)),
        }
    }
    sums.into_iter().map(|(currency, minor)| Sum { amount: money::decimal(minor, &currency), currency }).collect()
}

/// How rows are shown to this caller.
struct Show {
    names: HashMap<String, String>,
    amounts: bool,
    today: String,
}

impl Show {
    fn name(&self, employee: Option<&String>) -> Option<String> {
        employee.and_then(|n| self.names.get(n)).cloned()
    }

    fn sum(&self, minor: Option<i64>, row: &dealing::Model) -> Option<Sum> {
        let currency = row.currency.clone().filter(|_| self.amounts)?;
        Some(Sum { amount: money::decimal(minor?, &currency), currency })
    }

    fn assignments(&self, served: Vec<Assigned>, at: i64) -> Vec<CustomerAssignment> {
        let shown = |a: Assigned| CustomerAssignment {
            holds: a.holds_at(at),
            record: id_of(a.idx),
            name: self.name(Some(&a.employee)),
            employee: a.employee,
            from: instant(a.from),
            until: a.until.map(instant),
            reason: a.reason,
            known_at: instant(a.known_at),
        };
        served.into_iter().rev().map(shown).collect()
    }

    fn deal(&self, thing: &Thing) -> Option<DealView> {
        let (row, before) = thing.split_first()?;
        Some(DealView {
            deal: row.thing.clone()?,
            record: id_of(row.idx),
            open: dealings::is_open(row, &HashSet::new()),
            stage: row.state.clone(),
            // A change of stage that says no amount leaves the one before.
            amount: thing.iter().find(|r| r.amount.is_some()).and_then(|r| self.sum(r.amount, r)),
            employee: row.employee.clone(),
            name: self.name(row.employee.as_ref()),
            at: instant(row.at),
            before: before.iter().map(|r| StageView { stage: r.state.clone(), at: instant(r.at), record: id_of(r.idx) }).collect(),
        })
    }

    fn order(&self, thing: &Thing, paid: &HashSet<&str>) -> Option<OrderView> {
        let (row, first) = (thing.first()?, thing.last()?);
        Some(OrderView {
            order: row.thing.clone()?,
            record: id_of(row.idx),
            open: dealings::is_open(row, paid),
            state: row.state.clone(),
            amount: thing.iter().find(|r| r.amount.is_some()).and_then(|r| self.sum(r.amount, r)),
            employee: row.employee.clone(),
            name: self.name(row.employee.as_ref()),
            placed_at: instant(first.at),
            at: instant(row.at),
            note: row.text.clone(),
        })
    }

    fn receivable(&self, thing: &Thing) -> Option<ReceivableView> {
        let row = thing.first()?;
        let open = dealings::is_open(row, &HashSet::new());
        Some(ReceivableView {
            receivable: row.thing.clone()?,
            record: id_of(row.idx),
            order: row.text.clone(),
            due: row.due.clone(),
            amount: self.sum(row.amount, row),
            settled: self.sum(row.settled, row),
            open,
            overdue: open && self.is_past(row),
            employee: row.employee.clone(),
            name: self.name(row.employee.as_ref()),
        })
    }

    fn is_past(&self, row: &dealing::Model) -> bool {
        row.due.as_deref().is_some_and(|due| due < self.today.as_str())
    }

    fn promise(&self, thing: &Thing) -> Option<PromiseView> {
        let (row, first) = (thing.first()?, thing.last()?);
        Some(PromiseView {
            promise: row.thing.clone()?,
            record: id_of(row.idx),
            what: first.text.clone(),
            until: first.due.clone(),
            overdue: row.state.as_deref() == Some(dealings::OPEN) && self.is_past(row),
            state: row.state.clone(),
            employee: first.employee.clone(),
            name: self.name(first.employee.as_ref()),
            at: instant(first.at),
        })
    }

    /// What was removed is not shown; its records stay.
    fn preference(&self, thing: &Thing) -> Option<PreferenceView> {
        let row = thing.first().filter(|r| r.state.as_deref() == Some(dealings::NOTED))?;
        Some(PreferenceView {
            preference: row.thing.clone()?,
            record: id_of(row.idx),
            text: row.text.clone(),
            employee: row.employee.clone(),
            name: self.name(row.employee.as_ref()),
            at: instant(row.at),
        })
    }

    fn follow_up(&self, row: &dealing::Model) -> FollowUpView {
        FollowUpView {
            record: id_of(row.idx),
            at: instant(row.at),
            channel: row.state.clone(),
            note: row.text.clone(),
            employee: row.employee.clone(),
            name: self.name(row.employee.as_ref()),
        }
    }
}

async fn count(company: &Company, id: &str) -> Result<Counts> {
    let rows: Vec<(String, i64)> = subject::Entity::find()
        .select_only()
        .column(subject::Column::Kind)
        .column_as(subject::Column::Idx.count(), "n")
        .filter(subject::Column::Subject.eq(customer_subject(id)))
        .group_by(subject::Column::Kind)
        .into_tuple()
        .all(company.store.read())
        .await?;
    let mut counts = Counts::default();
    for (kind, n) in rows {
        match kind.as_str() {
            "order.placed" => counts.orders = n,
            "order.transferred" => counts.moved = n,
            "inquiry.received" => counts.inquiries = n,
            "message.sent" => counts.messages = n,
            "visit.checked_in" => counts.visits = n,
            "call.made" => counts.calls = n,
            "customer.followed_up" => counts.follow_ups = n,
            _ => {}
        }
    }
    Ok(counts)
}
