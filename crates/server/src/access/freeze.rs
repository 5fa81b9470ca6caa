//! 分级冻结: what somebody who is leaving may still look through. Work goes on, page by page; a list taken out whole, or
//! one customer after the other, is refused with the way to go on (LAW P16). Exports and changes of whose a customer is
//! are withheld by the standing itself.

use super::{
    Caller, Standing,
    model::{user, view},
    views,
};
use crate::{
    company::Company,
    error::{Error, Problem, Result},
    http::Page,
    restrictions::Limit,
    settings,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

/// The company's bound: customer pages a day for somebody who is leaving.
pub const SETTING: &str = "freeze.customers_per_day";
const CUSTOMERS_PER_DAY: u64 = 50;

pub async fn customers_per_day(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(settings::get(db, SETTING).await?.and_then(|t| t.parse().ok()).unwrap_or(CUSTOMERS_PER_DAY))
}

fn bulk(bound: u64) -> Error {
    Problem::new(
        403,
        "frozen_bulk",
        format!("离职交接期间每天最多查看 {bound} 个客户，且列表不能整体翻阅。需要处理更多客户时，请直接搜索该客户，或请主管调整上限、协助办理；认为影响工作的，可在“我的”页面提出异议。"),
        format!("While you are leaving you may open {bound} customers a day and no list as a whole. Search for the customer you need, or ask your manager to raise the bound or to help; if this stops your work, object on your own page."),
    )
    .with_rule("P16")
    .into()
}

/// A customer's page is opened: it is noted, and counted against the day's bound for somebody who is leaving.
pub async fn customer_opened(company: &Arc<Company>, caller: &Caller, customer: &str) -> Result<()> {
    if caller.standing != Standing::Resigning {
        views::note(company, &caller.id, "customer", customer, "", "");
        return Ok(());
    }
    let bound = customers_per_day(company.store.read()).await?;
    if within(company, caller, "customer", &[customer], |seen| seen as u64 <= bound).await? {
        return Ok(());
    }
    views::note(company, &caller.id, "refused", &format!("customer {customer}"), caller.employee.as_deref().unwrap_or_default(), "P16");
    Err(bulk(bound))
}

/// Notes these things if `allowed` says so of how many different ones the day then has.
/// Counted and written under the person's own row: of requests that come at once each counts what the others took.
async fn within(company: &Company, caller: &Caller, what: &str, things: &[&str], allowed: impl Fn(usize) -> bool) -> Result<bool> {
    use view::Column as C;
    let tx = company.store.write().await?;
    user::Entity::find_by_id(&caller.id).lock_exclusive().one(&tx).await?;
    let zone = company.settings().time_zone.clone();
    let midnight = company.today().to_zoned(zone).map_or(i64::MIN, |t| t.timestamp().as_microsecond());
    let rows: Vec<String> = view::Entity::find()
        .select_only()
        .column(C::Thing)
        .distinct()
        .filter(C::Viewer.eq(&caller.id))
        .filter(C::Hour.gte(midnight.div_euclid(views::HOUR_US)))
        .filter(C::What.eq(what))
        .into_tuple()
        .all(&tx)
        .await?;
    let seen: HashSet<String> = rows.into_iter().collect();
    let fresh = things.iter().filter(|t| !seen.contains(**t)).count();
    if fresh > 0 && !allowed(seen.len() + fresh) {
        return Ok(false);
    }
    views::write_now(company, &tx, &caller.id, what, things).await?;
    tx.commit().await?;
    Ok(true)
}

/// A list of people or customers: for somebody who is leaving it is one page, no longer than the day's bound.
pub async fn list(company: &Company, caller: &Caller, page: &mut Page) -> Result<()> {
    (page.limit, page.cursor) = bound(company, caller, page.limit, page.cursor.take()).await?;
    Ok(())
}

/// The same where the page stands among other parameters.
pub async fn bound(company: &Company, caller: &Caller, limit: Option<u64>, cursor: Option<String>) -> Result<(Option<u64>, Option<String>)> {
    if caller.limits.contains(&Limit::CustomerLists) {
        return Err(Limit::CustomerLists.refusal());
    }
    if caller.standing != Standing::Resigning {
        return Ok((limit, cursor));
    }
    let bound = customers_per_day(company.store.read()).await?;
    if cursor.is_some() {
        return Err(bulk(bound));
    }
    let page = Page { limit, cursor };
    Ok((Some(page.limit().min(bound.max(1))), None))
}

/// The rows of such a list, before they are shown: each is noted and counts against the day's bound, so that a list taken
/// search by search ends where one taken whole does. A search that finds the one that is needed is never refused, in
/// however many rows it stands: a customer served twice is one customer, two contracts are one person's.
pub async fn listed(company: &Company, caller: &Caller, rows: &[&str]) -> Result<()> {
    if caller.standing != Standing::Resigning || rows.is_empty() {
        return Ok(());
    }
    let bound = customers_per_day(company.store.read()).await?;
    let different: Vec<&str> = rows.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if within(company, caller, "listed", &different, |seen| different.len() == 1 || seen as u64 <= bound).await? { Ok(()) } else { Err(bulk(bound)) }
}

/// Contacts of a customer, and whose it is, stay as they are while somebody is leaving; follow-ups and orders go on.
pub fn check_contacts(caller: &Caller) -> Result<()> {
    if caller.standing == Standing::Active {
        return Ok(());
    }
    Err(Problem::new(
        403,
        "frozen_contacts",
        "离职交接期间不能更改客户联系人和归属；跟进、报价和已有订单照常进行。确有变化的，请告诉接手同事或主管代为修改。",
        "While you are leaving, contacts and owners of customers stay as they are; follow-ups, offers and orders go on. Tell your successor or manager what changed.",
    )
    .with_rule("P16")
    .into())
}
