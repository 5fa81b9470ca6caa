//! The list of customers, a page at a time in the order of their ids, fast for few and for millions: what is bounded to
//! few is read through the bound, what fits many is found by going through all in order.

use super::{
    api::CustomerFilter,
    model::{assignment, customer},
    names, open_at,
    reach::{self, Whose},
};
use crate::{company::Company, error::Result, people::search};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};

/// Rows gone through at first where many fit; twice as many each further time.
const STEP: u64 = 4_000;
const LONGEST_STEP: u64 = 128_000;
/// Customers within reach that still make a list to look them up by.
const FEW_WITHIN: u64 = 20_000;

/// At most `limit` customers after `after` that the filter leaves of those within reach, by id.
pub async fn page(company: &Company, whose: &Whose, filter: &CustomerFilter, after: Option<String>, limit: u64) -> Result<Vec<customer::Model>> {
    let db = company.store.read();
    let typed = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let bound = bounds(company, whose, filter).await?;
    let Some(typed) = typed else { return read(company, bound, after, limit).await };
    let fits = search::matching(customer::Column::Search, typed);
    match names::candidates(db, typed).await? {
        Some(few) => {
            let bound = bound.add(fits);
            let mut rows = read(company, bound.clone().add(customer::Column::Customer.is_in(few)), after.clone(), limit).await?;
            // What a record only named has no form yet.
            rows.extend(read(company, bound.add(Expr::cust("placeholder")), after, limit).await?);
            rows.sort_by(|a, b| a.customer.cmp(&b.customer));
            rows.dedup_by(|a, b| a.customer == b.customer);
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Ok(rows)
        }
        None => go_through(company, bound.add(fits), after, limit).await,
    }
}

fn own_id() -> Expr {
    Expr::col((customer::Entity, customer::Column::Customer))
}

/// Everything but the text.
async fn bounds(company: &Company, whose: &Whose, filter: &CustomerFilter) -> Result<Condition> {
    let now = company.now();
    let mut all = Condition::all();
    if let Some(whose_they_are) = whose.condition() {
        all = all.add(within(company, whose_they_are, now).await?);
    }
    if let Some(employee) = &filter.employee {
        all = all.add(own_id().in_subquery(reach::served_by(employee, now)));
    }
    if filter.held.as_deref() == Some("nobody") {
        all = all.add(reach::nobodys(now));
    }
    if let Some(tier) = &filter.tier {
        all = all.add(ColumnTrait::eq(&customer::Column::Tier, tier));
    }
    Ok(all)
}

/// Served by those within reach: looked up from the assignments where they are few, else asked of each customer in turn.
async fn within(company: &Company, whose: SimpleExpr, now: i64) -> Result<SimpleExpr> {
    let served = assignment::Entity::find().select_only().column(assignment::Column::Customer).filter(open_at(now)).filter(whose);
    let one_more: Option<String> = served.clone().offset(FEW_WITHIN).limit(1).into_tuple().one(company.store.read()).await?;
    if one_more.is_none() {
        return Ok(own_id().in_subquery(served.into_query()));
    }
    let own = Expr::col((assignment::Entity, assignment::Column::Customer)).equals((customer::Entity, customer::Column::Customer));
    Ok(Expr::exists(served.filter(own).into_query()))
}

async fn read(company: &Company, bound: Condition, after: Option<String>, limit: u64) -> Result<Vec<customer::Model>> {
    let mut query = customer::Entity::find().filter(bound).order_by_asc(customer::Column::Customer).limit(limit);
    if let Some(after) = after {
        query = query.filter(ColumnTrait::gt(&customer::Column::Customer, after));
    }
    Ok(query.all(company.store.read()).await?)
}

/// The customers in order, a stretch at a time, until there are enough that fit.
async fn go_through(company: &Company, bound: Condition, mut after: Option<String>, limit: u64) -> Result<Vec<customer::Model>> {
    let (mut rows, mut step) = (Vec::new(), STEP);
    loop {
        let wanted = limit - rows.len() as u64;
        let end = end_of_stretch(company, after.as_deref(), step).await?;
        let mut stretch = bound.clone();
        if let Some(end) = &end {
            stretch = stretch.add(customer::Column::Customer.lte(end));
        }
        rows.extend(read(company, stretch, after, wanted).await?);
        if rows.len() as u64 >= limit || end.is_none() {
            return Ok(rows);
        }
        after = end;
        step = Ord::min(2 * step, LONGEST_STEP);
    }
}

/// The id that many customers further on; `None` when the rest is shorter.
async fn end_of_stretch(company: &Company, after: Option<&str>, step: u64) -> Result<Option<String>> {
    let mut query =
        customer::Entity::find().select_only().column(customer::Column::Customer).order_by_asc(customer::Column::Customer).offset(step - 1).limit(1);
    if let Some(after) = after {
        query = query.filter(ColumnTrait::gt(&customer::Column::Customer, after));
    }
    Ok(query.into_tuple().one(company.store.read()).await?)
}
