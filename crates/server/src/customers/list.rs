//! The list of customers, a page at a time in the order of their ids, fast for few and for millions. What narrows it most
//! leads: a name through its forms, employees through whom they serve; what leads gives ids in order, and the rest is
//! asked of those rows. Only what most customers fit is found by going through all of them.
//!
//! What is *not* here: who is within reach (`reach`), how a name's forms are found (`people::names`).

use super::{
    api::CustomerFilter,
    model::customer,
    names,
    reach::{self, Whose},
    served::{self, Employees},
};
use crate::{
    company::Company,
    error::Result,
    people::{
        names::{Among, Range},
        search,
    },
    store::bulk,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

/// Rows gone through at first where many fit; twice as many each further time.
const STEP: u64 = 4_000;
const LONGEST_STEP: u64 = 128_000;
/// Ids taken at first where not every one fits; four times as many each further time.
const SOME: u64 = 1_000;
const MOST: u64 = 64_000;

/// People who serve no more than this lead, however many bear the name.
const FEW_SERVED: u64 = 5_000;

/// What leads.
enum Lead<'a> {
    /// In order.
    Named(Vec<String>),
    Forms(&'a Range),
    Served(&'a Employees),
}

/// At most `limit` customers after `after` that the filter leaves of those within reach, by id.
pub async fn page(company: &Company, whose: &Whose, filter: &CustomerFilter, after: Option<String>, limit: u64) -> Result<Vec<customer::Model>> {
    let db = company.store.read();
    let now = company.now();
    let within = whose.members(db).await?.map(|numbers| Employees::new(numbers, now));
    let one = filter.employee.clone().map(|number| Employees::new(vec![number], now));
    let typed = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let named = match typed {
        Some(typed) => names::CUSTOMERS.find(db, typed).await?,
        None => Among::Many,
    };
    let ask =
        Ask { company, within: within.as_ref(), one: one.as_ref(), nobodys: filter.held.as_deref() == Some("nobody"), tier: filter.tier.as_deref(), typed };
    if ask.nobodys && (ask.one.is_some() || ask.within.is_some()) {
        return Ok(Vec::new());
    }
    match (named, ask.one.or(ask.within)) {
        (Among::Few(ids), _) => ask.led(Lead::Named(ids), after, limit).await,
        // Whom one person serves are fewer than those with a name that many have.
        (_, Some(one)) if ask.one.is_some() || matches!(whose, Whose::Own(_)) => ask.led(Lead::Served(one), after, limit).await,
        (Among::Some(range), Some(team)) if team.are_few() => ask.led_by_both(team, &range, after, limit).await,
        // A name that many have, and more people: whichever of the two is fewer.
        (Among::Some(range), these) => match these {
            Some(team) if !team.serve_more_than(db, FEW_SERVED).await? => ask.led(Lead::Served(team), after, limit).await,
            _ => ask.led(Lead::Forms(&range), after, limit).await,
        },
        (Among::Many, Some(these)) => ask.led(Lead::Served(these), after, limit).await,
        (Among::Many, None) => ask.through_all(after, limit).await,
    }
}

struct Ask<'a> {
    company: &'a Company,
    /// Served by one of these; by anybody or nobody if `None`.
    within: Option<&'a Employees>,
    one: Option<&'a Employees>,
    nobodys: bool,
    tier: Option<&'a str>,
    typed: Option<&'a str>,
}

impl Ask<'_> {
    /// Ids as they are led, and of these the rows that fit.
    async fn led(&self, lead: Lead<'_>, mut after: Option<String>, limit: u64) -> Result<Vec<customer::Model>> {
        let mut rows = Vec::new();
        // Where whoever leads is all that was asked, every one fits.
        let plain = matches!(lead, Lead::Served(_)) && self.tier.is_none() && self.typed.is_none();
        let mut step = if plain { limit } else { SOME.max(limit) };
        loop {
            let (ids, asked) = self.next(&lead, after.as_deref(), step).await?;
            let ended = (ids.len() as u64) < asked;
            let next = ids.last().cloned();
            for part in ids.chunks(500) {
                rows.extend(self.fitting(part, &lead).await?);
                if rows.len() as u64 >= limit {
                    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                    return Ok(rows);
                }
            }
            if ended {
                return Ok(rows);
            }
            after = next;
            step = Ord::min(4 * step, MOST);
        }
    }

    /// A team's customers and those with a name, both in order, each starting where the other's next one is: the team's may
    /// all lie behind those with the name, or none of its thousands bear it, and only what is in both is looked at.
    async fn led_by_both(&self, team: &Employees, range: &Range, mut after: Option<String>, limit: u64) -> Result<Vec<customer::Model>> {
        let db = self.company.store.read();
        let (mut rows, mut step) = (Vec::new(), SOME.max(limit));
        loop {
            let served = team.customers(db, after.as_deref(), step).await?;
            let (Some(first), Some(last)) = (served.first(), served.last()) else { return Ok(rows) };
            let named = names::CUSTOMERS.ids(db, range, Some(first), step).await?;
            let all_served = (served.len() as u64) < team.at_most(step);
            let all_named = (named.len() as u64) < step;
            // Up to here both are known; to the end if there is none.
            let known = [(!all_served).then_some(last), named.last().filter(|_| !all_named)].into_iter().flatten().min().cloned();
            let within = |id: &String| known.as_ref().is_none_or(|known| id <= known);
            // The first was not asked for by name, so the row itself has to tell.
            let both: Vec<String> = served.iter().filter(|id| within(id) && (*id == first || named.binary_search(id).is_ok())).cloned().collect();
            for part in both.chunks(500) {
                rows.extend(self.fitting(part, &Lead::Served(team)).await?);
                if rows.len() as u64 >= limit {
                    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                    return Ok(rows);
                }
            }
            if (all_served && within(last)) || (all_named && named.last().is_none_or(within)) {
                return Ok(rows);
            }
            after = known;
            step = Ord::min(4 * step, MOST);
        }
    }

    /// The next ids, and how many were asked for.
    async fn next(&self, lead: &Lead<'_>, after: Option<&str>, wanted: u64) -> Result<(Vec<String>, u64)> {
        let db = self.company.store.read();
        Ok(match lead {
            Lead::Named(ids) => {
                let from = after.map_or(0, |after| ids.partition_point(|id| id.as_str() <= after));
                let until = ids.len().min(from.saturating_add(usize::try_from(wanted).unwrap_or(usize::MAX)));
                (ids[from..until].to_vec(), wanted)
            }
            Lead::Forms(range) => (names::CUSTOMERS.ids(db, range, after, wanted).await?, wanted),
            Lead::Served(employees) => (employees.customers(db, after, wanted).await?, employees.at_most(wanted)),
        })
    }

    /// Of these ids the rows that fit, in their order.
    async fn fitting(&self, ids: &[String], lead: &Lead<'_>) -> Result<Vec<customer::Model>> {
        let db = self.company.store.read();
        let mut query = customer::Entity::find().filter(bulk::among(db, customer::Column::Customer, ids.iter().cloned()));
        // Asked of the database: of thousands that are gone through, most do not fit and need not come here.
        if let Some(tier) = self.tier {
            query = query.filter(ColumnTrait::eq(&customer::Column::Tier, tier));
        }
        if let Some(typed) = self.typed {
            query = query.filter(search::matching(customer::Column::Search, typed));
        }
        let mut rows = query.order_by_asc(customer::Column::Customer).all(db).await?;
        let led_by = |employees: &Employees| matches!(lead, Lead::Served(leading) if std::ptr::eq(*leading, employees));
        let bounds: Vec<&Employees> = self.within.into_iter().chain(self.one).filter(|e| !led_by(e)).collect();
        if rows.is_empty() || (bounds.is_empty() && !self.nobodys) {
            return Ok(rows);
        }
        let left: Vec<String> = rows.iter().map(|r| r.customer.clone()).collect();
        let holders = served::holders(db, &left, self.company.now()).await?;
        rows.retain(|r| {
            let who = holders.get(&r.customer);
            if self.nobodys { who.is_none() } else { bounds.iter().all(|e| who.is_some_and(|who| who.iter().any(|n| e.has(n)))) }
        });
        Ok(rows)
    }

    /// Everybody's, in order: a stretch at a time where a text has to fit, until there are enough.
    async fn through_all(&self, mut after: Option<String>, limit: u64) -> Result<Vec<customer::Model>> {
        let mut bound = Condition::all();
        if let Some(tier) = self.tier {
            bound = bound.add(ColumnTrait::eq(&customer::Column::Tier, tier));
        }
        if self.nobodys {
            // Few rows have the mark, and every row that nobody serves.
            bound = bound.add(Expr::cust("unserved")).add(reach::nobodys(self.company.now()));
        }
        let Some(typed) = self.typed else { return self.read(bound, after, limit).await };
        bound = bound.add(search::matching(customer::Column::Search, typed));
        let (mut rows, mut step) = (Vec::new(), STEP);
        loop {
            let wanted = limit - rows.len() as u64;
            let end = self.end_of_stretch(after.as_deref(), step).await?;
            let mut stretch = bound.clone();
            if let Some(end) = &end {
                stretch = stretch.add(customer::Column::Customer.lte(end));
            }
            rows.extend(self.read(stretch, after, wanted).await?);
            if rows.len() as u64 >= limit || end.is_none() {
                return Ok(rows);
            }
            after = end;
            step = Ord::min(2 * step, LONGEST_STEP);
        }
    }

    async fn read(&self, bound: Condition, after: Option<String>, limit: u64) -> Result<Vec<customer::Model>> {
        let mut query = customer::Entity::find().filter(bound).order_by_asc(customer::Column::Customer).limit(limit);
        if let Some(after) = after {
            query = query.filter(ColumnTrait::gt(&customer::Column::Customer, after));
        }
        Ok(query.all(self.company.store.read()).await?)
    }

    /// The id that many customers further on; `None` when the rest is shorter.
    async fn end_of_stretch(&self, after: Option<&str>, step: u64) -> Result<Option<String>> {
        let mut query =
            customer::Entity::find().select_only().column(customer::Column::Customer).order_by_asc(customer::Column::Customer).offset(step - 1).limit(1);
        if let Some(after) = after {
            query = query.filter(ColumnTrait::gt(&customer::Column::Customer, after));
        }
        Ok(query.into_tuple().one(self.company.store.read()).await?)
    }
}
