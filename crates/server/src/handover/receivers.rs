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
    customers,
    error::{Problem, Result},
    people::{self, model::person},
    records::{Draft, Outcome},
    said::{Lang, Said},
    settings,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};

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
        let load = loads.get(&row.number).copied().unwrap_or(0);
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

/// What became of one customer.
#[derive(Debug, Clone)]
struct Move {
    customer: String,
    receiver: Option<String>,
    status: &'static str,
    note: Option<Said>,
}

impl Move {
    fn json(&self) -> Value {
        json!({ "customer": self.customer, "receiver": self.receiver, "status": self.status, "note": self.note })
    }
}

/// Passes on the customers whose receiver is named; each gets its own result, and one that cannot be passed on holds
/// back no other.
pub async fn reassign(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, only: Option<&[String]>, reason: &str, lang: Lang) -> Result<()> {
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
    let mut loads = customers::counts_at(db, &receivers, company.now()).await?;
    let declared = interests(company, &receivers).await?;
    let ids: Vec<String> = mine.iter().map(|(c, _)| c.clone()).collect();
    let names = customers::names_of(db, &ids).await?;
    let now = company.now();
    let serving: HashMap<String, String> =
        customers::assignments(db, &ids, None).await?.into_iter().filter(|a| a.holds_at(now)).map(|a| (a.customer, a.employee)).collect();
    let most = limit(company).await?;
    let batch = uuid::Uuid::now_v7().to_string();
    let mut results: Vec<Move> = Vec::with_capacity(mine.len());
    let mut drafts = Vec::new();
    for (customer, receiver) in mine {
        if before.get(&customer).is_some_and(|m| m.status == "done") && serving.get(&customer) != Some(&handover.employee) {
            continue;
        }
        let refused = |zh: &str, en: &str| ("refused", Some(Said::new(zh, en)));
        let (status, note) = match &receiver {
            None => ("waiting", Some(Said::new("尚未指定接收人", "no receiver named yet"))),
            Some(number) => match known.get(number).and_then(|p| barred(p, &handover.employee)) {
                Some(why) => ("refused", Some(why)),
                None if !known.contains_key(number) => refused("没有这个员工", "there is no such employee"),
                None if conflicts(declared.get(number), &customer, names.get(&customer).map_or("", String::as_str)) => {
                    refused("接收人已申报与该客户有利害关系", "the receiver declared an interest in this customer")
                }
                None if serving.get(&customer).is_some_and(|s| *s != handover.employee && s != number) => {
                    refused("客户现由他人负责，请先核对归属", "somebody else serves this customer now; check first")
                }
                None if most.is_some_and(|most| loads.get(number).copied().unwrap_or(0) >= most) => {
                    ("limit", Some(Said::new("接收人名下客户已达上限", "the receiver serves as many customers as the company allows")))
                }
                None => ("done", None),
            },
        };
        // What the receiver serves already needs no record; what nobody serves is taken from nobody.
        let holder = serving.get(&customer);
        if status == "done"
            && let Some(to) = receiver.as_ref().filter(|to| holder != Some(to))
        {
            *loads.entry(to.clone()).or_default() += 1;
            drafts.push(customers::reassign::passed_on(by, company.now(), &batch, &customer, holder.map(String::as_str), to, &reason));
        }
        results.push(Move { customer, receiver, status, note });
    }
    write(company, by, handover, "handover.reassigned", &batch, drafts, results, &reason).await
}

/// Takes back customers that were passed on, as long as the receiver still serves them and the leaver is still here.
pub async fn undo(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, only: &[String], reason: &str, lang: Lang) -> Result<()> {
    open(handover)?;
    part.arranges()?;
    let reason = super::sentence("/reason", reason, 2, 500, lang)?;
    let db = company.store.read();
    if people::find(db, &handover.employee).await?.is_some_and(|p| p.status.as_deref() == Some("left")) {
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
    let ids: Vec<String> = done.iter().map(|m| m.customer.clone()).collect();
    let now = company.now();
    let served = customers::assignments(db, &ids, None).await?;
    let had: HashSet<&str> = served.iter().filter(|a| a.employee == handover.employee).map(|a| a.customer.as_str()).collect();
    let serving: BTreeMap<&str, &String> = served.iter().filter(|a| a.holds_at(now)).map(|a| (a.customer.as_str(), &a.employee)).collect();
    let batch = uuid::Uuid::now_v7().to_string();
    let mut drafts = Vec::new();
    let mut results = Vec::new();
    for m in done {
        let refused = if serving.get(m.customer.as_str()).copied() != m.receiver.as_ref() {
            Some(Said::new("客户已再次变更负责人，未撤回", "it was passed on again since; not taken back"))
        } else if !had.contains(m.customer.as_str()) {
            Some(Said::new("此前不由其负责，不能移回", "it was not theirs before; it cannot go back"))
        } else {
            None
        };
        if refused.is_none() {
            drafts.push(customers::reassign::passed_on(by, company.now(), &batch, &m.customer, m.receiver.as_deref(), &handover.employee, &reason));
        }
        let status = if refused.is_none() { "undone" } else { "done" };
        results.push(Move { customer: m.customer, receiver: m.receiver, status, note: refused });
    }
    write(company, by, handover, "handover.reassign_undone", &batch, drafts, results, &reason).await
}

/// The assignments and what they were for, in one go: a customer is passed on if and only if its result says so.
#[expect(clippy::too_many_arguments, reason = "one act, told once")]
async fn write(
    company: &Company,
    by: &Actor,
    handover: &handover::Model,
    kind: &str,
    batch: &str,
    mut drafts: Vec<Draft>,
    results: Vec<Move>,
    reason: &str,
) -> Result<()> {
    if results.is_empty() {
        return Err(Problem::conflict("all_done", "选中的客户都已移交。", "These customers were all passed on already.").into());
    }
    let mut data = Map::new();
    data.insert("handover".into(), json!(handover.id));
    data.insert("batch".into(), json!(batch));
    data.insert("reason".into(), json!(reason));
    data.insert("moves".into(), results.iter().map(Move::json).collect());
    data.insert("by".into(), json!({ "kind": by.kind, "id": by.id, "name": by.name }));
    let employee = Some(handover.employee.clone());
    drafts.push(Draft::new(super::SOURCE.into(), format!("moves:{batch}"), kind.to_owned(), company.now(), employee, Vec::new(), data));
    let outcomes = company.writer.append(drafts).await?;
    if outcomes.iter().all(|o| matches!(o, Outcome::Accepted(_))) { Ok(()) } else { Err(super::faster()) }
}

pub async fn moves(company: &Company, handover: &str) -> Result<Vec<moved::Model>> {
    let rows = moved::Entity::find().filter(moved::Column::Handover.eq(handover)).order_by_asc(moved::Column::Customer);
    Ok(rows.all(company.store.read()).await?)
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
