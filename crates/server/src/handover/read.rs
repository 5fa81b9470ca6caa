//! Handovers as a page sees them: the list with its bars, and one with all that the caller may know of it.

use super::{
    Part, deduction, exit, history, items, law,
    model::{duty, event, finding, handover, item, objection},
    receivers,
    template::{Field, What},
    today,
    work::{self, GivenFile, Progress, progress},
};
use crate::{
    access::{Caller, Field as Masked, Permission, within},
    assets,
    company::{Actor, Company},
    customers,
    error::Result,
    http::{List, Page, instant},
    people,
    records::{id_of, model::record},
    said::{Lang, Said},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// `running`, `signed_off` or `closed`; `open` is the first two: after the sign-off the law's steps may still be due.
    pub status: Option<String>,
    pub employee: Option<String>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HandoverItem {
    pub id: String,
    pub number: String,
    pub employee: String,
    pub employee_name: Option<String>,
    pub department: Option<String>,
    /// `resignation`, `transfer`, `agreement`, `expiry`, `dismissal`, `retirement`, `death` or `departure`.
    pub kind: String,
    /// `running`, `signed_off` or `closed`.
    pub status: String,
    pub submitted_on: Option<String>,
    pub last_day: Option<String>,
    pub started_at: String,
    pub progress: Progress,
    /// The nearest deadline of what is not done.
    pub next_due: Option<String>,
    pub duties: Vec<DutyView>,
    /// The caller's own.
    pub own: bool,
}

/// A statutory step with its clock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverDuty)]
pub struct DutyView {
    /// `certificate`, `wages`, `transfer` or `housing_fund`.
    pub duty: String,
    pub title: String,
    pub rule: String,
    pub article: String,
    pub due: String,
    /// Negative when late.
    pub days_left: Option<i64>,
    /// `pending`, `done` or `overdue`.
    pub status: String,
    pub done_on: Option<String>,
    pub note: Option<String>,
    /// The certificate as issued.
    #[schema(value_type = Option<Object>)]
    pub content: Option<Value>,
    pub record: Option<String>,
}

fn duty_views(company: &Company, mut rows: Vec<duty::Model>, lang: Lang) -> Vec<DutyView> {
    let place = |name: &str| law::DUTIES.iter().position(|d| d.name == name);
    rows.sort_by_key(|r| place(&r.duty));
    let today = today(company).to_string();
    let pick = |pair: (&str, &str)| if lang == Lang::En { pair.1 } else { pair.0 }.to_owned();
    rows.into_iter()
        .filter_map(|r| {
            let of = law::duty(&r.duty)?;
            let status = if r.status == "pending" && r.due < today { "overdue".to_owned() } else { r.status };
            Some(DutyView {
                title: pick(of.title),
                rule: of.rule.to_owned(),
                article: pick(of.article),
                days_left: exit::days_left(company, &r.due),
                duty: r.duty,
                due: r.due,
                status,
                done_on: r.done_on,
                note: r.note,
                content: r.content.and_then(|c| serde_json::from_str(&c).ok()).filter(|c: &Value| !c.is_null()),
                record: r.idx.map(id_of),
            })
        })
        .collect()
}

pub async fn list(company: &Company, caller: &Caller, filter: &Filter, lang: Lang) -> Result<List<HandoverItem>> {
    let db = company.store.read();
    let page = Page { limit: filter.limit, cursor: filter.cursor.clone() };
    let mut query = handover::Entity::find().order_by_desc(handover::Column::Id).limit(page.limit() + 1);
    // 回避 as with one of them: `Part::of`.
    let apart: Vec<String> = caller.apart.iter().cloned().collect();
    let mut any = Condition::any().add(within(caller, Permission::HandoversSee, handover::Column::Employee).add(handover::Column::Employee.is_not_in(apart)));
    if let Some(own) = &caller.employee {
        let taking = item::Entity::find().select_only().column(item::Column::Handover).filter(item::Column::Receiver.eq(own));
        any = any.add(handover::Column::Id.in_subquery(taking.into_query()));
    }
    query = query.filter(any);
    if let Some(status) = filter.status.as_deref() {
        query = query.filter(if status == "open" { handover::Column::Status.ne("closed") } else { handover::Column::Status.eq(status) });
    }
    if let Some(employee) = &filter.employee {
        query = query.filter(handover::Column::Employee.eq(employee));
    }
    if let Some(after) = page.after::<String>()? {
        query = query.filter(handover::Column::Id.lt(after));
    }
    let list = page.close(query.all(db).await?, |h| h.id.clone());
    let numbers: Vec<String> = list.items.iter().map(|h| h.employee.clone()).collect();
    let people = people::find_all(db, &numbers).await?;
    let ids: Vec<String> = list.items.iter().map(|h| h.id.clone()).collect();
    // Of thousands of items only what the bar needs, for the whole page at once.
    let mut standing: HashMap<String, Vec<(String, Option<String>)>> = HashMap::new();
    let rows: Vec<(String, String, Option<String>)> = item::Entity::find()
        .select_only()
        .columns([item::Column::Handover, item::Column::Status, item::Column::Due])
        .filter(item::Column::Handover.is_in(ids.iter().cloned()))
        .into_tuple()
        .all(db)
        .await?;
    for (handover, status, due) in rows {
        standing.entry(handover).or_default().push((status, due));
    }
    let mut duties: HashMap<String, Vec<duty::Model>> = HashMap::new();
    for row in duty::Entity::find().filter(duty::Column::Handover.is_in(ids)).all(db).await? {
        duties.entry(row.handover.clone()).or_default().push(row);
    }
    let shown = list
        .items
        .into_iter()
        .map(|row| {
            let all = standing.remove(&row.id).unwrap_or_default();
            let all: Vec<work::Standing> = all.iter().map(|(status, due)| (status.as_str(), due.as_deref())).collect();
            let duties = duties.remove(&row.id).unwrap_or_default();
            item_of(company, caller, row, &all, duties, &people, lang)
        })
        .collect();
    Ok(List { items: shown, next_cursor: list.next_cursor })
}

fn item_of(
    company: &Company,
    caller: &Caller,
    row: handover::Model,
    all: &[work::Standing<'_>],
    duties: Vec<duty::Model>,
    people: &HashMap<String, people::model::person::Model>,
    lang: Lang,
) -> HandoverItem {
    let person = people.get(&row.employee);
    let open = all.iter().filter(|(status, _)| !work::is_done(status)).filter_map(|(_, due)| *due).min();
    HandoverItem {
        employee_name: person.map(|p| p.name.clone()),
        department: person.and_then(|p| p.department.clone()),
        own: caller.employee.as_ref() == Some(&row.employee),
        progress: progress(all.iter().copied(), &today(company).to_string()),
        next_due: open.filter(|_| row.status != "closed").map(str::to_owned),
        duties: duty_views(company, duties, lang),
        started_at: instant(row.started_at),
        id: row.id,
        number: row.number,
        employee: row.employee,
        kind: row.kind,
        status: row.status,
        submitted_on: row.submitted_on,
        last_day: row.last_day,
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HandoverDetail {
    #[serde(flatten)]
    pub handover: HandoverItem,
    pub manager: Option<String>,
    pub manager_name: Option<String>,
    pub reason: String,
    pub started_by: String,
    pub signed_at: Option<String>,
    pub closed_at: Option<String>,
    pub closed_reason: Option<String>,
    pub process_version: i32,
    pub nodes: Vec<NodeView>,
    pub items: Vec<ItemView>,
    pub reconciled_at: Option<String>,
    pub findings: Vec<FindingView>,
    pub moves: Vec<MoveView>,
    pub objections: Vec<ObjectionView>,
    pub deductions: Vec<deduction::DeductionView>,
    pub events: Vec<history::EventView>,
    pub track_note: String,
    pub may: May,
}

/// What the caller may do here; the page shows no other buttons.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverMay)]
pub struct May {
    /// Name receivers, reconcile, pass on, send notices.
    pub arrange: bool,
    /// Statutory steps, waiving, closing.
    pub conduct: bool,
    pub object: bool,
    pub whole: bool,
    /// Take customers back: while it runs, and after a withdrawn resignation.
    pub ask_back: bool,
    /// Withdraw a deduction that was noted wrongly, also once it is closed.
    pub withdraw: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverNode)]
pub struct NodeView {
    pub id: String,
    pub name: String,
    pub who: String,
    pub reviewers: Vec<String>,
    pub after: Vec<String>,
    pub due: Option<String>,
    pub progress: Progress,
    /// Names of the nodes it waits for.
    pub waits_for: Vec<String>,
    pub signs_off: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverThing)]
pub struct ItemView {
    pub id: String,
    pub node: String,
    pub group: String,
    pub kind: String,
    pub reference: Option<String>,
    pub name: String,
    #[schema(value_type = Object)]
    pub detail: Value,
    pub fields: Vec<ItemField>,
    pub must_upload: bool,
    /// `list`, `reconciliation` or `hand`.
    pub origin: String,
    /// `open`, `submitted`, `returned`, `accepted` or `waived`.
    pub status: String,
    pub stage: i32,
    pub reviewers: Vec<String>,
    /// Whose turn it is to review.
    pub next: Option<String>,
    pub receiver: Option<String>,
    pub receiver_name: Option<String>,
    pub due: Option<String>,
    pub overdue: bool,
    #[schema(value_type = Object)]
    pub values: Map<String, Value>,
    pub files: Vec<GivenFile>,
    pub submitted_at: Option<String>,
    pub remark: Option<String>,
    pub revision: i64,
    pub may_submit: bool,
    pub may_review: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverField)]
pub struct ItemField {
    pub id: String,
    pub name: String,
    pub required: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverFinding)]
pub struct FindingView {
    pub customer: String,
    pub name: Option<String>,
    /// Who serves it now.
    pub employee: Option<String>,
    pub employee_name: Option<String>,
    /// How many messages, calls, orders, deals, visits, receivables.
    #[schema(value_type = Object)]
    pub dealings: Value,
    pub newest: String,
    /// `open`, `added` or `dismissed`.
    pub status: String,
    pub reason: Option<String>,
    pub decided_by: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverMove)]
pub struct MoveView {
    pub customer: String,
    pub name: Option<String>,
    pub receiver: Option<String>,
    pub receiver_name: Option<String>,
    /// `waiting` (for a receiver), `running`, `done`, `refused`, `limit` or `undone`.
    pub status: String,
    pub note: Option<String>,
    pub at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverObjection)]
pub struct ObjectionView {
    pub id: String,
    pub item: Option<String>,
    pub at: String,
    pub text: String,
    pub answer: Option<String>,
    pub answered_at: Option<String>,
    pub answered_by: Option<String>,
}

pub async fn detail(company: &Company, caller: &Caller, id: &str, lang: Lang) -> Result<HandoverDetail> {
    let db = company.store.read();
    let row = super::find(company, id).await?;
    let part = Part::of(company, caller, &row).await?;
    let all = items(company, &row.id).await?;
    let process = work::process(&row)?;
    let found = finding::Entity::find().filter(finding::Column::Handover.eq(id)).order_by_desc(finding::Column::Newest).all(db).await?;
    let moves = receivers::moves(company, id).await?;
    let mut numbers: Vec<String> = all.iter().filter_map(|i| i.receiver.clone()).collect();
    numbers.push(row.employee.clone());
    numbers.extend(moves.iter().filter_map(|m| m.receiver.clone()));
    let now = company.now();
    let about: Vec<String> = found.iter().map(|f| f.customer.clone()).collect();
    let serving: HashMap<String, String> =
        customers::assignments(db, &about, None).await?.into_iter().filter(|a| a.holds_at(now)).map(|a| (a.customer, a.employee)).collect();
    numbers.extend(serving.values().cloned());
    let mut people = people::find_all(db, &numbers).await?;
    let manager = people.get(&row.employee).and_then(|p| p.manager.clone());
    if let Some(number) = &manager {
        people.extend(people::find_all(db, std::slice::from_ref(number)).await?);
    }
    let name_of = |number: &str| people.get(number).map(|p| p.name.clone());
    let ids: Vec<String> = about.iter().cloned().chain(moves.iter().map(|m| m.customer.clone())).collect();
    let names = customers::names_of(db, &ids).await?;
    let day = today(company).to_string();
    let open = row.status != "closed";
    let incomplete: HashSet<String> = all.iter().filter(|i| !work::done(i)).map(|i| i.node.clone()).collect();
    let mut shown = Vec::with_capacity(all.len());
    for item in &all {
        if part.whole || (item.receiver.is_some() && item.receiver == part.employee) {
            let mut view = item_view(&part, &process, item, &incomplete, open, &day, &people, lang)?;
            mask(caller, &row.employee, &mut view);
            shown.push(view);
        }
    }
    let nodes = process
        .nodes
        .iter()
        .map(|n| {
            let mine = || all.iter().filter(|i| i.node == n.id);
            NodeView {
                id: n.id.clone(),
                name: n.name.pick(lang).to_owned(),
                who: n.who.clone(),
                reviewers: n.reviewers.clone(),
                after: n.after.clone(),
                due: mine().filter(|i| !work::done(i)).filter_map(|i| i.due.clone()).min(),
                progress: progress(mine().map(work::standing), &day),
                waits_for: work::waits_for(&process, &n.id, &incomplete).into_iter().map(|w| w.name.pick(lang).to_owned()).collect(),
                signs_off: n.signs_off,
            }
        })
        .collect();
    let looking = part.whole && !part.leaver;
    let findings = found
        .into_iter()
        .filter(|_| looking)
        .map(|f| {
            let employee = serving.get(&f.customer).cloned();
            FindingView {
                name: names.get(&f.customer).cloned(),
                employee_name: employee.as_deref().and_then(name_of),
                employee,
                customer: f.customer,
                dealings: serde_json::from_str(&f.dealings).unwrap_or_default(),
                newest: instant(f.newest),
                status: f.status,
                reason: f.reason,
                decided_by: f.decided_by,
            }
        })
        .collect();
    let moves = moves
        .into_iter()
        .filter(|_| part.whole)
        .map(|m| MoveView {
            name: names.get(&m.customer).cloned(),
            receiver_name: m.receiver.as_deref().and_then(name_of),
            customer: m.customer,
            receiver: m.receiver,
            status: m.status,
            note: m.note.and_then(|n| serde_json::from_str::<Said>(&n).ok()).map(|n| n.pick(lang).to_owned()),
            at: instant(m.at),
        })
        .collect();
    let objections = if part.whole { objections(company, id).await? } else { Vec::new() };
    let deductions = if part.whole { deduction::of(company, id, lang).await? } else { Vec::new() };
    let events = if part.whole { history::of(company, id, part.leaver, lang).await? } else { Vec::new() };
    let arrange = (part.hr || part.manager) && open;
    let may = May {
        arrange,
        conduct: part.hr,
        object: part.leaver,
        whole: part.whole,
        ask_back: arrange || ((part.hr || part.manager) && receivers::asks_back(&row)),
        withdraw: part.hr || part.manager,
    };
    let (closed_at, signed_at, reconciled_at) = (row.closed_at.map(instant), row.signed_at.map(instant), row.reconciled_at.filter(|_| looking).map(instant));
    let (reason, started_by, closed_reason, process_version) =
        (row.reason.clone(), row.started_by.clone(), row.closed_reason.clone().map(|t| history::spoken(t, &people, lang)), row.process_version);
    let standing: Vec<work::Standing> = all.iter().map(work::standing).collect();
    let duties = exit::duties(company, &row.id).await?;
    let mut handover = item_of(company, caller, row, &standing, duties, &people, lang);
    if !part.whole {
        // Whoever takes something over learns nothing of how the other is paid or let go.
        handover.duties.clear();
    }
    Ok(HandoverDetail {
        manager_name: manager.as_deref().and_then(name_of),
        manager,
        reason,
        started_by,
        signed_at,
        closed_at,
        closed_reason,
        process_version,
        nodes,
        items: shown,
        reconciled_at,
        findings,
        moves,
        objections,
        deductions,
        events,
        track_note: law::track_note().pick(lang).to_owned(),
        may,
        handover,
    })
}

/// One item as the caller sees it after an act on it.
pub async fn thing(company: &Company, caller: &Caller, part: &Part, handover: &handover::Model, id: &str, lang: Lang) -> Result<ItemView> {
    let item = super::find_item(company, &handover.id, id).await?;
    let process = work::process(handover)?;
    let incomplete = work::incomplete(company, &handover.id).await?;
    let people = people::find_all(company.store.read(), item.receiver.as_slice()).await?;
    let mut view = item_view(part, &process, &item, &incomplete, handover.status != "closed", &today(company).to_string(), &people, lang)?;
    mask(caller, &handover.employee, &mut view);
    Ok(view)
}

/// Takes out what the caller's role does not see.
fn mask(caller: &Caller, employee: &str, view: &mut ItemView) {
    let account = view.kind == "asset" && view.detail["type"] == assets::WORK_ACCOUNT && !caller.sees_of(Masked::PeopleAccounts, employee);
    let Some(detail) = view.detail.as_object_mut() else { return };
    if !caller.sees(Masked::CustomersAmounts) {
        detail.remove("amount");
    }
    if account {
        detail.remove("identifier");
        view.reference = None;
    }
}

#[expect(clippy::too_many_arguments, reason = "one row with all that surrounds it")]
fn item_view(
    part: &Part,
    process: &super::template::Process,
    item: &item::Model,
    incomplete: &HashSet<String>,
    open: bool,
    day: &str,
    people: &HashMap<String, people::model::person::Model>,
    lang: Lang,
) -> Result<ItemView> {
    let spec: What = serde_json::from_str(&item.spec)?;
    let node = process.node(&item.node);
    let next = work::next_reviewer(process, item);
    let name = serde_json::from_str::<Said>(&item.name).map_or_else(|_| item.name.clone(), |n| n.pick(lang).to_owned());
    let own_work = item.submitted_by.as_deref() == Some(part.user.as_str());
    Ok(ItemView {
        id: item.id.clone(),
        node: item.node.clone(),
        group: item.grp.clone(),
        kind: item.kind.clone(),
        reference: item.reference.clone(),
        name,
        detail: serde_json::from_str(&item.detail)?,
        fields: spec.fields.into_iter().map(|f: Field| ItemField { id: f.id, name: f.name.pick(lang).to_owned(), required: f.required }).collect(),
        must_upload: spec.must_upload,
        origin: item.origin.clone(),
        status: item.status.clone(),
        stage: item.stage,
        reviewers: node.map(|n| n.reviewers.clone()).unwrap_or_default(),
        receiver_name: item.receiver.as_ref().and_then(|r| people.get(r)).map(|p| p.name.clone()),
        receiver: item.receiver.clone(),
        overdue: !work::done(item) && item.due.as_deref().is_some_and(|due| due < day),
        due: item.due.clone(),
        values: serde_json::from_str(&item.given)?,
        files: serde_json::from_str(&item.files)?,
        submitted_at: item.submitted_at.map(instant),
        remark: item.remark.clone(),
        revision: item.revision,
        may_submit: open && work::may_submit(part, process, item, incomplete),
        may_review: open && !part.leaver && !own_work && next.is_some_and(|role| part.plays(role, item)),
        next: next.map(str::to_owned),
    })
}

async fn objections(company: &Company, id: &str) -> Result<Vec<ObjectionView>> {
    let rows = objection::Entity::find().filter(objection::Column::Handover.eq(id)).order_by_asc(objection::Column::At).all(company.store.read()).await?;
    Ok(rows
        .into_iter()
        .map(|o| ObjectionView {
            id: o.id,
            item: o.item,
            at: instant(o.at),
            text: o.text,
            answer: o.answer,
            answered_at: o.answered_at.map(instant),
            answered_by: o.answered_by,
        })
        .collect())
}

/// Writes that a package is made of it.
pub async fn packaged(company: &Company, by: &Actor, of: &handover::Model, reason: &str) -> Result<i64> {
    super::act(company, by, of, "handover.package_made", None, serde_json::json!({ "reason": reason })).await
}

/// The records of a handover: its acts, the customers passed on, the notices.
pub async fn records_of(company: &Company, id: &str) -> Result<Vec<i64>> {
    let db = company.store.read();
    let mut all: Vec<i64> = event::Entity::find().select_only().column(event::Column::Idx).filter(event::Column::Handover.eq(id)).into_tuple().all(db).await?;
    let of_source = |source: &str, begins: String| {
        record::Entity::find()
            .select_only()
            .column(record::Column::Idx)
            .filter(record::Column::Source.eq(source))
            .filter(record::Column::SourceId.starts_with(begins))
    };
    // Each passing on and each taking back has its own group of records, named in the id of the record that starts it.
    let mut batches = Vec::new();
    for part in all.chunks(500) {
        let acts = record::Entity::find().select_only().column(record::Column::SourceId).filter(record::Column::Idx.is_in(part.iter().copied())).filter(
            Condition::any().add(record::Column::SourceId.ends_with(customers::reassign::STARTED_ID)).add(record::Column::SourceId.starts_with("moves:")),
        );
        let names: Vec<String> = acts.into_tuple().all(db).await?;
        // The second is how it was written before.
        let started = names.iter().filter_map(|name| name.strip_suffix(customers::reassign::STARTED_ID).or_else(|| name.strip_prefix("moves:")));
        batches.extend(started.map(str::to_owned));
    }
    for batch in batches {
        all.extend(of_source(customers::SOURCE, customers::reassign::record_ids(&batch)).into_tuple::<i64>().all(db).await?);
    }
    for message in crate::notify::outbox::of_handover(company, id).await? {
        all.extend(of_source(crate::notify::SOURCE, format!("{}:", message.id)).into_tuple::<i64>().all(db).await?);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Is this file the proof of a statutory step or of a deduction of this handover?
pub async fn names_file(company: &Company, id: &str, sha256: &str) -> Result<bool> {
    let db = company.store.read();
    let naming = crate::intake::attached::naming(db, sha256).await?;
    let of_it = event::Entity::find()
        .filter(event::Column::Handover.eq(id))
        .filter(event::Column::Idx.is_in(naming))
        .filter(event::Column::Kind.is_in(["duty_done", deduction::NOTED]));
    Ok(of_it.one(db).await?.is_some())
}

/// Who opened its files and had packages made, in order.
pub async fn looks_of(company: &Company, id: &str) -> Result<Vec<event::Model>> {
    let kinds = event::Column::Kind.is_in(super::LOOKS);
    Ok(event::Entity::find().filter(event::Column::Handover.eq(id)).filter(kinds).order_by_asc(event::Column::Idx).all(company.store.read()).await?)
}
