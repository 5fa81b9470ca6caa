//! 接收人: who could take over, suggested by load and fit; naming them; passing customers on in bulk with a result for
//! each, and taking it back.

use super::{
    Part, act, items,
    model::{handover, item, moved},
    open, reconcile,
};
use crate::{
    companies,
    company::{Actor, Company},
    customers::{
        self,
        reassign::{Order, Within},
    },
    error::{Problem, Result},
    http::instant,
    people::{self, model::person},
    said::{Lang, Said},
    settings,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

const YEAR_US: i64 = 365 * 24 * 3600 * 1_000_000;
/// Whose past dealings are looked at; the nearest by department and manager.
const MOST_CANDIDATES: u64 = 40;
/// What counts as a full load where the company set no limit.
const FULL: i64 = 300;

/// Customers one person serves at most, if the company set a number.
pub async fn limit(company: &Company) -> Result<Option<i64>> {
    let set = settings::get(company.store.read(), customers::reassign::LIMIT).await?;
    Ok(set.and_then(|t| t.parse().ok()).filter(|n| *n > 0))
}

/// Somebody who could take over.
pub struct Candidate {
    pub number: String,
    pub name: String,
    pub department: Option<String>,
    /// Customers served now, and with what is to come from this handover.
    pub load: i64,
    /// Past dealings with customers of this handover.
    pub met: HashMap<String, i64>,
    pub same_department: bool,
    pub same_manager: bool,
    /// 0–100, higher is better.
    pub score: i64,
    /// Why this person cannot take over.
    pub barred: Option<Said>,
}

/// Why somebody cannot take over anything here: gone, going, or the leaver.
fn barred(person: &person::Model, leaver: &str) -> Option<Said> {
    if person.number == leaver {
        return Some(Said::new("离职人本人不能作接收人", "the leaver cannot take over"));
    }
    match person.status.as_deref() {
        Some("resigning") => Some(Said::new("该员工也在办理离职", "this employee is leaving too")),
        Some("left") => Some(Said::new("该员工已离职", "this employee has left")),
        _ => None,
    }
}

/// A company as it is named in declarations and lists, without what every company's name ends in.
fn core(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let mut rest = plain.as_str();
    for end in ["有限责任公司", "股份有限公司", "有限公司", "公司", "co.,ltd.", "co.ltd", "ltd.", "ltd", "inc."] {
        rest = rest.strip_suffix(end).unwrap_or(rest);
    }
    rest.to_owned()
}

/// Names under which each of these employees declared an interest 利益冲突申报.
async fn interests(company: &Company, employees: &[String]) -> Result<HashMap<String, HashSet<String>>> {
    let db = company.store.read();
    let mut all: HashMap<String, HashSet<String>> = HashMap::new();
    for number in employees {
        for declared in people::interests_of(db, number).await? {
            let names = all.entry(number.clone()).or_default();
            names.insert(core(&declared.company));
            if let Some(known) = companies::find(db, &declared.company).await? {
                names.insert(core(&known.name));
                names.extend(known.aliases.iter().map(|a| core(a)));
            }
        }
    }
    Ok(all)
}

fn conflicts(names: Option<&HashSet<String>>, customer: &str, name: &str) -> bool {
    names.is_some_and(|set| set.contains(&core(customer)) || set.contains(&core(name)))
}

/// Customers that running handovers have planned for each of these and not passed on yet.
async fn planned(company: &Company, numbers: &[String]) -> Result<HashMap<String, i64>> {
    let db = company.store.read();
    let running: Vec<String> =
        handover::Entity::find().select_only().column(handover::Column::Id).filter(handover::Column::Status.ne("closed")).into_tuple().all(db).await?;
    let rows: Vec<(String, String, String)> = item::Entity::find()
        .select_only()
        .columns([item::Column::Handover, item::Column::Reference, item::Column::Receiver])
        .filter(item::Column::Handover.is_in(running.iter().cloned()))
        .filter(item::Column::Kind.eq("customer"))
        .filter(item::Column::Reference.is_not_null())
        .filter(item::Column::Receiver.is_in(numbers.iter().cloned()))
        .into_tuple()
        .all(db)
        .await?;
    let ids: Vec<String> = rows.iter().map(|(_, customer, _)| customer.clone()).collect();
    let now = company.now();
    let theirs: HashSet<(String, String)> =
        customers::assignments(db, &ids, None).await?.into_iter().filter(|a| a.holds_at(now)).map(|a| (a.customer, a.employee)).collect();
    let mut planned = HashMap::new();
    for (_, customer, receiver) in rows {
        if !theirs.contains(&(customer, receiver.clone())) {
            *planned.entry(receiver).or_default() += 1;
        }
    }
    Ok(planned)
}

/// Who could take over these customers, the best first.
pub async fn suggest(company: &Company, handover: &handover::Model, customers: &[String]) -> Result<Vec<Candidate>> {
    let db = company.store.read();
    let leaver = people::find(db, &handover.employee).await?;
    let (department, manager) = leaver.as_ref().map(|p| (p.department.clone(), p.manager.clone())).unwrap_or_default();
    let mut near = Condition::any();
    if let Some(department) = &department {
        near = near.add(person::Column::Department.eq(department));
    }
    if let Some(manager) = &manager {
        near = near.add(person::Column::Manager.eq(manager)).add(person::Column::Number.eq(manager));
    }
    if near.is_empty() {
        return Ok(Vec::new());
    }
    let rows = person::Entity::find()
        .filter(near)
        .filter(person::Column::Placeholder.eq(false))
        .filter(person::Column::Number.ne(&handover.employee))
        .filter(Condition::any().add(person::Column::Status.is_null()).add(person::Column::Status.ne("left")))
        .order_by_asc(person::Column::Number)
        .limit(MOST_CANDIDATES)
        .all(db)
        .await?;
    let numbers: Vec<String> = rows.iter().map(|r| r.number.clone()).collect();
    let loads = customers::counts_at(db, &numbers, company.now()).await?;
    let planned = planned(company, &numbers).await?;
    let declared = interests(company, &numbers).await?;
    let names = customers::names_of(db, customers).await?;
    let wanted: HashSet<&str> = customers.iter().map(String::as_str).collect();
    let set = limit(company).await?;
    let most = set.unwrap_or(FULL);
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let mut met = HashMap::new();
        for (customer, of) in reconcile::dealings(company, &row.number, company.now() - YEAR_US).await? {
            if wanted.contains(customer.as_str()) {
                met.insert(customer, of.counts.values().sum());
            }
        }
        let load = loads.get(&row.number).copied().unwrap_or(0) + planned.get(&row.number).copied().unwrap_or(0);
        let same_department = department.is_some() && row.department == department;
        let same_manager = manager.is_some() && row.manager == manager;
        let against = customers.iter().filter(|c| conflicts(declared.get(&row.number), c, names.get(*c).map_or("", String::as_str))).count();
        let why = barred(&row, &handover.employee)
            .or_else(|| (against > 0 && against == customers.len()).then(|| Said::new("已申报与该客户有利害关系", "declared an interest in this customer")));
        let why = why.or_else(|| {
            set.is_some_and(|most| load >= most).then(|| Said::new(format!("已达上限 {most} 个客户"), format!("serves {most} customers, the limit, already")))
        });
        let fit = i64::from(same_department) * 30 + i64::from(same_manager) * 10;
        let known = i64::try_from(met.len().min(customers.len())).unwrap_or(0) * 40 / i64::try_from(customers.len().max(1)).unwrap_or(1);
        let free = (most - load).max(0) * 20 / most.max(1);
        all.push(Candidate {
            number: row.number,
            name: row.name,
            department: row.department,
            load,
            met,
            same_department,
            same_manager,
            score: if why.is_some() { 0 } else { fit + known + free },
            barred: why,
        });
    }
    all.sort_by(|a, b| (a.barred.is_some(), -a.score, &a.number).cmp(&(b.barred.is_some(), -b.score, &b.number)));
    Ok(all)
}

/// Names who takes over these items; `None` takes the name back.
pub async fn set(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, ids: &[String], receiver: Option<&str>, lang: Lang) -> Result<usize> {
    open(handover)?;
    part.arranges()?;
    let all = items(company, &handover.id).await?;
    let chosen: Vec<&item::Model> = all.iter().filter(|i| ids.contains(&i.id)).collect();
    if chosen.is_empty() || chosen.len() != ids.iter().collect::<HashSet<_>>().len() {
        return Err(super::bad(
            "/items",
            "unknown_item",
            "有事项不在这次交接中，请刷新后重选。",
            "Some of these are not in this handover; reload and choose again.",
            lang,
        ));
    }
    if let Some(number) = receiver {
        let Some(person) = people::find(company.store.read(), number).await? else {
            return Err(super::bad("/receiver", "unknown_employee", "没有这个员工，请检查工号。", "There is no such employee; check the number.", lang));
        };
        if let Some(why) = barred(&person, &handover.employee) {
            let (zh, en) = (format!("{}，请另选接收人。", why.zh), format!("{}; choose somebody else.", why.en));
            return Err(super::bad("/receiver", "receiver_barred", &zh, &en, lang));
        }
    }
    let ids: Vec<&String> = chosen.iter().map(|i| &i.id).collect();
    act(company, by, handover, "handover.receivers_set", None, json!({ "items": ids, "receiver": receiver })).await?;
    Ok(ids.len())
}

/// What this room itself says of a customer; where nothing stands against it the reassignment says the rest.
struct Verdict {
    customer: String,
    receiver: Option<String>,
    status: &'static str,
    note: Option<Said>,
}

impl Verdict {
    fn json(&self) -> Value {
        json!({ "customer": self.customer, "receiver": self.receiver, "status": self.status, "note": self.note })
    }
}

/// Passes on the customers whose receiver is named, as a reassignment of the customers' room: its job, its judgement for
/// each customer, its way back. Judged here is only what a handover knows: no receiver, a receiver who leaves, a declared
/// interest, somebody else's customer.
#[expect(clippy::too_many_arguments, reason = "one act, told once")]
pub async fn reassign(
    company: &Arc<Company>,
    by: &Actor,
    within: &Within,
    part: &Part,
    handover: &handover::Model,
    only: Option<&[String]>,
    reason: &str,
    lang: Lang,
) -> Result<()> {
    open(handover)?;
    part.arranges()?;
    let reason = super::sentence("/reason", reason, 2, 500, lang)?;
    let db = company.store.read();
    let wanted = |c: &str| only.is_none_or(|list| list.iter().any(|l| l == c));
    let mine: Vec<(String, Option<String>)> = items(company, &handover.id)
        .await?
        .into_iter()
        .filter(|i| i.kind == "customer")
        .filter_map(|i| Some((i.reference?, i.receiver)))
        .filter(|(c, _)| wanted(c))
        .collect();
    if mine.is_empty() {
        return Err(super::bad("/customers", "no_customers", "没有可移交的客户。", "There is no customer to pass on.", lang));
    }
    let before: HashMap<String, moved::Model> = moves(company, &handover.id).await?.into_iter().map(|m| (m.customer.clone(), m)).collect();
    let receivers: Vec<String> = mine.iter().filter_map(|(_, r)| r.clone()).collect::<HashSet<_>>().into_iter().collect();
    let known = people::find_all(db, &receivers).await?;
    let reach = within.scope(company).await?;
    let declared = interests(company, &receivers).await?;
    let ids: Vec<String> = mine.iter().map(|(c, _)| c.clone()).collect();
    let names = customers::names_of(db, &ids).await?;
    let now = company.now();
    let serving: HashMap<String, String> =
        customers::assignments(db, &ids, None).await?.into_iter().filter(|a| a.holds_at(now)).map(|a| (a.customer, a.employee)).collect();
    let mut ours: Vec<Verdict> = Vec::new();
    // The leaver's own customers, and those that nobody serves: each has to be with whom we think when it goes.
    let (mut theirs, mut nobodys) = (Vec::new(), Vec::new());
    for (customer, receiver) in mine {
        let holder = serving.get(&customer);
        let going = |m: &moved::Model| m.status == "running" || (m.status == "done" && holder != Some(&handover.employee));
        if before.get(&customer).is_some_and(going) {
            continue;
        }
        let refused = |zh: &str, en: &str| ("refused", Some(Said::new(zh, en)));
        let (status, note) = match &receiver {
            None => ("waiting", Some(Said::new("尚未指定接收人", "no receiver named yet"))),
            Some(number) => match known.get(number).filter(|p| !p.placeholder) {
                None => refused("没有这个员工", "there is no such employee"),
                Some(p) if barred(p, &handover.employee).is_some() => ("refused", barred(p, &handover.employee)),
                Some(_) if !reach.sees(number) => refused("接收人不在您的团队内，请由人事办理", "the receiver is not in your team; HR can do this"),
                Some(_) if conflicts(declared.get(number), &customer, names.get(&customer).map_or("", String::as_str)) => {
                    refused("接收人已申报与该客户有利害关系", "the receiver declared an interest in this customer")
                }
                Some(_) if holder.is_some_and(|s| *s != handover.employee && s != number) => {
                    refused("客户现由他人负责，请先核对归属", "somebody else serves this customer now; check first")
                }
                Some(_) if holder == Some(number) => ("done", None),
                Some(_) => ("running", None),
            },
        };
        if let Some(to) = receiver.clone().filter(|_| status == "running") {
            let list = if holder.is_some() { &mut theirs } else { &mut nobodys };
            list.push((customer, to));
        } else {
            ours.push(Verdict { customer, receiver, status, note });
        }
    }
    if ours.is_empty() && theirs.is_empty() && nobodys.is_empty() {
        return Err(Problem::conflict("all_done", "选中的客户都已移交。", "These customers were all passed on already.").into());
    }
    for (from, moves) in [(Some(handover.employee.clone()), theirs), (None, nobodys)] {
        if moves.is_empty() {
            continue;
        }
        // What this room keeps of it follows from the record that starts it: see `follow`.
        let order = Order { moves, from, begins: instant(now), reason: reason.clone(), handover: Some(handover.id.clone()) };
        customers::reassign::start(company, by, within, order).await?;
    }
    if ours.is_empty() {
        return Ok(());
    }
    let moves: Vec<Value> = ours.iter().map(Verdict::json).collect();
    let data = json!({ "batch": uuid::Uuid::now_v7().to_string(), "reason": reason, "moves": moves });
    act(company, by, handover, "handover.reassigned", None, data).await.map(drop)
}

/// Takes back customers that were passed on, through the undo of what passed them on, as long as the receiver still serves
/// them and the giver is still here. After a resignation was withdrawn the closed handover still offers it.
#[expect(clippy::too_many_arguments, reason = "one act, told once")]
pub async fn undo(
    company: &Arc<Company>,
    by: &Actor,
    within: &Within,
    part: &Part,
    handover: &handover::Model,
    only: &[String],
    reason: &str,
    lang: Lang,
) -> Result<()> {
    if !asks_back(handover) {
        open(handover)?;
    }
    part.arranges()?;
    let reason = super::sentence("/reason", reason, 2, 500, lang)?;
    if people::find(company.store.read(), &handover.employee).await?.is_some_and(|p| p.status.as_deref() == Some("left")) {
        return Err(Problem::conflict(
            "left",
            "原负责人已离职，不能把客户移回；请改派给其他人。",
            "Who served them has left; the customers cannot go back. Pass them to somebody else.",
        )
        .into());
    }
    let done: Vec<moved::Model> = moves(company, &handover.id).await?.into_iter().filter(|m| m.status == "done" && only.contains(&m.customer)).collect();
    if done.is_empty() {
        return Err(super::bad("/customers", "nothing_done", "选中的客户都没有移交过。", "None of these customers was passed on.", lang));
    }
    let mut batches: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for m in done {
        batches.entry(m.batch).or_default().push(m.customer);
    }
    for (batch, ids) in batches {
        customers::reassign::undo(company, by, within, &batch, Some(&ids), &reason, Some(&handover.id)).await?;
    }
    Ok(())
}

/// The resignation was withdrawn: whoever got the customers is asked for them back, if somebody wants that.
pub fn asks_back(handover: &handover::Model) -> bool {
    let withdrawn = serde_json::to_string(&super::start::withdrawn()).ok();
    handover.status == "closed" && withdrawn.is_some() && handover.closed_reason == withdrawn
}

/// Whether the reassignment knows more.
fn asked(status: &str) -> bool {
    matches!(status, "running" | "undoing")
}

/// What became of each customer: `waiting` for a receiver, `running`, `done`, `refused`, `limit` or `undone`. The
/// reassignment itself is asked, so there is one truth of it.
pub async fn moves(company: &Company, handover: &str) -> Result<Vec<moved::Model>> {
    let db = company.store.read();
    let mut rows = moved::Entity::find().filter(moved::Column::Handover.eq(handover)).order_by_asc(moved::Column::Customer).all(db).await?;
    let batches: Vec<String> = rows.iter().filter(|m| asked(&m.status)).map(|m| m.batch.clone()).collect::<HashSet<_>>().into_iter().collect();
    let mut outcomes = HashMap::new();
    for one in customers::reassign::outcomes(db, &batches).await? {
        outcomes.insert((one.reassignment.clone(), one.customer.clone()), one);
    }
    for row in rows.iter_mut().filter(|m| asked(&m.status)) {
        let back = row.status == "undoing";
        let Some(of) = outcomes.get(&(row.batch.clone(), row.customer.clone())) else { continue };
        row.note = customers::reassign::why(of).map(|said| serde_json::to_string(&said)).transpose()?;
        row.status = match (of.status.as_str(), back) {
            ("waiting", _) => "running",
            ("done", true) => "undone",
            // What could not be taken back is still with the receiver.
            (_, true) => "done",
            (other, false) => other,
        }
        .to_owned();
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_interest_is_found_by_id_and_by_the_core_of_a_name() {
        let names: HashSet<String> = ["C-7", "恒达建材"].into_iter().map(core).collect();
        assert!(conflicts(Some(&names), "C-7", "x") && conflicts(Some(&names), "C-1", "恒达建材 有限公司"));
        assert!(!conflicts(Some(&names), "C-1", "恒达") && !conflicts(None, "C-7", "x"));
    }
}
