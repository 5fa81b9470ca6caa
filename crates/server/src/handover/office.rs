//! What waits for the office 人事 in handovers that are not closed: the steps their processes give HR, and those in which
//! HR stands in because nobody leads the one who hands over, or they are gone. Only what may be done now. What is *not*
//! here: doing it ([`super::work`]), the law's own track ([`super::exit`]).

use super::{
    model::{handover, item},
    work,
};
use crate::{
    access::{Caller, Permission, Reach},
    company::Company,
    error::Result,
    people,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use std::collections::{HashMap, HashSet};

/// Of one handover, the days until which the office is to hand in what is the office's.
pub struct Waiting {
    pub handover: String,
    /// Whose handover it is.
    pub name: String,
    pub days: Vec<Option<String>>,
}

/// Handovers without a manager are asked one by one, so many at most.
const ONE_BY_ONE: usize = 20;

/// By the nearest day. The office is who conducts leaving everywhere ([`super::Part`]).
pub async fn waiting(company: &Company, caller: &Caller) -> Result<Vec<Waiting>> {
    if [Permission::HandoversReview, Permission::LeavingAct].into_iter().any(|p| caller.grants.reach(p) != Reach::All) {
        return Ok(Vec::new());
    }
    let db = company.store.read();
    // 回避: what concerns oneself or somebody one is tied to is another's to do.
    let running = || handover::Entity::find().filter(handover::Column::Status.ne("closed")).filter(handover::Column::Employee.is_not_in(caller.keeps_out_of()));
    let all = running().order_by_asc(handover::Column::Id).all(db).await?;
    let of_them = || item::Entity::find().filter(item::Column::Handover.in_subquery(running().select_only().column(handover::Column::Id).into_query()));
    let open: Vec<(String, String)> = of_them()
        .select_only()
        .columns([item::Column::Handover, item::Column::Node])
        .filter(item::Column::Status.is_not_in(work::DONE))
        .group_by(item::Column::Handover)
        .group_by(item::Column::Node)
        .into_tuple()
        .all(db)
        .await?;
    let mut incomplete: HashMap<String, HashSet<String>> = HashMap::new();
    for (handover, node) in open {
        incomplete.entry(handover).or_default().insert(node);
    }
    let mut numbers: Vec<String> = all.iter().map(|h| h.employee.clone()).collect();
    let mut known = people::find_all(db, &numbers).await?;
    numbers = known.values().filter_map(|p| p.manager.clone()).collect();
    known.extend(people::find_all(db, &numbers).await?);
    let here = |number: &str| known.get(number).is_some_and(|p| p.status.as_deref() != Some("left"));
    let led = |h: &handover::Model| known.get(&h.employee).is_some_and(|p| p.manager.as_deref().is_some_and(here)) && here(&h.employee);

    // Steps that are HR's own and whose turn it is.
    let mut turn: HashSet<(String, String)> = HashSet::new();
    let mut by_handover: HashMap<String, Vec<Option<String>>> = HashMap::new();
    let mut asked = 0;
    for of in &all {
        let left = incomplete.remove(&of.id).unwrap_or_default();
        if !led(of) && asked < ONE_BY_ONE && !left.is_empty() {
            asked += 1;
            by_handover.insert(of.id.clone(), work::to_submit(company, caller, &of.id).await?);
            continue;
        }
        let process = work::process(of)?;
        let own = process.nodes.iter().filter(|n| n.who == "hr" && left.contains(&n.id) && work::waits_for(&process, &n.id, &left).is_empty());
        turn.extend(own.map(|n| (of.id.clone(), n.id.clone())));
    }
    if !turn.is_empty() {
        let nodes: HashSet<&str> = turn.iter().map(|(_, node)| node.as_str()).collect();
        let rows: Vec<(String, String, Option<String>)> = of_them()
            .select_only()
            .columns([item::Column::Handover, item::Column::Node, item::Column::Due])
            .filter(item::Column::Node.is_in(nodes))
            .filter(item::Column::Status.is_in(["open", "returned"]))
            .into_tuple()
            .all(db)
            .await?;
        for (handover, node, due) in rows {
            if turn.contains(&(handover.clone(), node)) {
                by_handover.entry(handover).or_default().push(due);
            }
        }
    }
    let name = |number: &str| known.get(number).map_or_else(|| number.to_owned(), |p| p.name.clone());
    let mut found: Vec<Waiting> = all
        .iter()
        .filter_map(|h| Some(Waiting { days: by_handover.remove(&h.id).filter(|d| !d.is_empty())?, name: name(&h.employee), handover: h.id.clone() }))
        .collect();
    // What has no day comes last.
    found.sort_by_key(|w| w.days.iter().flatten().min().map_or((true, String::new()), |day| (false, day.clone())));
    Ok(found)
}
