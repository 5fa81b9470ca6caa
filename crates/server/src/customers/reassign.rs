//! Customers changing hands together 批量移交: started as a record, done in parts at once, with a result for each and a way
//! back. Taking back is more records, never a deletion.
//!
//! A part is judged for each customer alone (`assignable`), so one that cannot go keeps no other from going. The record
//! writer judges once more: what changed meanwhile is refused then. Tables follow from the records (`follow`).
//! What is *not* here: who is told (handover's outbox), who should receive (handover). What a handover keeps of one that
//! is for it follows from the record it is started with, so neither is ever there without the other.

use super::{
    SOURCE, assign,
    assignable::{self, Refusal, Refused},
    counts_at,
    model::{assignment, reassigned, reassignment},
};
use crate::{
    access::{Caller, Permission, Reach, Scope},
    company::{Actor, Company},
    error::{Error, Problem, Result},
    http::instant,
    jobs, people,
    records::{Draft, Outcome, customer_subject, employee_subject},
    settings,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

pub const JOB: &str = "customers.reassign";
/// The record that a reassignment begins with; its id is the reassignment's and this.
pub const STARTED: &str = "customers.reassignment_started";
pub const STARTED_ID: &str = "/started";
/// Customers written at once: progress is seen after each part.
const PART: u64 = 500;
/// Time for the process that began it to end it.
const LATER_US: i64 = 30 * 1_000_000;
/// Customers of one reassignment.
pub const MOST: usize = 20_000;
/// The company setting: how many customers one person may hold.
pub const LIMIT: &str = "customer_limit";

/// Whose customers somebody may give away. Asked again when the job runs, so it is kept as what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    All,
    /// This employee's and those of the people below.
    Team(String),
    Own(String),
    Nobody,
}

impl Within {
    /// As far as `customers.assign` reaches for this caller.
    pub fn of(caller: &Caller) -> Self {
        match (caller.grants.reach(Permission::CustomersAssign), &caller.employee) {
            (Reach::All, _) => Self::All,
            (Reach::Team, Some(number)) => Self::Team(number.clone()),
            (Reach::Own, Some(number)) => Self::Own(number.clone()),
            _ => Self::Nobody,
        }
    }

    pub async fn scope(&self, company: &Company) -> Result<Scope> {
        Ok(match self {
            Self::All => Scope::All,
            Self::Nobody => Scope::None,
            Self::Own(number) => Scope::Team(HashSet::from([number.clone()])),
            Self::Team(number) => {
                let mut team = people::team_of(&company.store, number).await?;
                team.insert(number.clone());
                Scope::Team(team)
            }
        })
    }
}

/// Which customers go to whom.
#[derive(Debug, Clone)]
pub struct Order {
    /// Customer and receiver, each customer once.
    pub moves: Vec<(String, String)>,
    /// Who has to hold them at that moment; `None` takes them from whoever does.
    pub from: Option<String>,
    /// From when on: a day in the company's zone (`2026-12-01`) or RFC 3339.
    pub begins: String,
    /// Why; stands in every record.
    pub reason: String,
    /// The handover that it is for: what that room keeps of it follows from the same record.
    pub handover: Option<String>,
}

/// Where a reassignment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Progress {
    pub id: String,
    /// `running` or `done`.
    pub status: &'static str,
    pub total: i64,
    pub waiting: i64,
    pub done: i64,
    pub refused: i64,
    /// Not done because the receiver holds as many as the company allows.
    pub limit: i64,
}

/// Starts a reassignment and answers its id; the job does it. Refused as a whole: nobody to move, too many, a receiver
/// who is unknown, leaving or out of the caller's reach, no reason.
pub async fn start(company: &Arc<Company>, by: &Actor, within: &Within, order: Order) -> Result<String> {
    let begins_at = check(company, &order)?;
    let receivers: Vec<String> = order.moves.iter().map(|(_, to)| to.clone()).collect::<HashSet<_>>().into_iter().collect();
    let reach = within.scope(company).await?;
    giver_within(&reach, order.from.as_deref())?;
    // Whom one does not reach, one learns nothing of: neither that they are there nor that they are leaving.
    if let Some(number) = receivers.iter().find(|n| !reach.sees(n)) {
        return Err(Problem::new(
            403,
            "receiver_out_of_reach",
            format!("接收人 {number} 不在您的团队内。请选择团队成员，或由人事办理。"),
            format!("The receiver {number} is not in your team. Choose somebody of the team, or ask HR."),
        )
        .with_rule(Permission::CustomersAssign.name())
        .into());
    }
    if let Some((number, refusal)) = assignable::unfit(company.store.read(), &receivers, false).await?.into_iter().min_by(|a, b| a.0.cmp(&b.0)) {
        return Err(refusal.problem(Some(&number)).into());
    }
    begin(company, by, within, order, begins_at, None).await
}

/// Somebody out of reach gives nothing away, and whether they hold anything is not told: as if they were not there.
pub fn giver_within(reach: &Scope, from: Option<&str>) -> Result<()> {
    match from {
        Some(number) if !reach.sees(number) => Err(Problem::not_found().into()),
        _ => Ok(()),
    }
}

/// Gives back what a reassignment moved, from now on: each customer goes to whoever held it before. Answers the id of the
/// reassignment that does so. What has changed hands since is refused in its result.
pub async fn undo(
    company: &Arc<Company>,
    by: &Actor,
    within: &Within,
    id: &str,
    only: Option<&[String]>,
    reason: &str,
    handover: Option<&str>,
) -> Result<String> {
    let db = company.store.read();
    let row = reassignment::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    if row.finished_at.is_none() {
        return Err(Problem::conflict("still_running", "还在移交中，请等完成后再撤销。", "It is still running. Undo it when it is done.").into());
    }
    if row.undoes.is_some() {
        return Err(
            Problem::conflict("is_an_undo", "这次操作本身就是撤销。请重新发起移交。", "This one takes another back. Start a reassignment instead.").into()
        );
    }
    let undoing = reassignment::Entity::find().filter(reassignment::Column::Undoes.eq(id)).all(db).await?;
    let ids: Vec<String> = undoing.into_iter().map(|r| r.id).collect();
    let asked: HashSet<String> = outcomes(db, &ids).await?.into_iter().map(|r| r.customer).collect();
    let mut moved: Vec<(String, Option<String>)> = reassigned::Entity::find()
        .select_only()
        .columns([reassigned::Column::Customer, reassigned::Column::Holder])
        .filter(reassigned::Column::Reassignment.eq(id))
        .filter(reassigned::Column::Status.eq("done"))
        .into_tuple()
        .all(db)
        .await?;
    moved.retain(|(customer, _)| !asked.contains(customer) && only.is_none_or(|list| list.contains(customer)));
    // Each customer is taken back once: by itself, or with the rest.
    if moved.is_empty() && !ids.is_empty() {
        return Err(Problem::conflict("already_undone", "已经撤销过了。", "It was undone already.").into());
    }
    // Where nobody held it there is no receiver; the result says so.
    let moves = moved.into_iter().map(|(customer, holder)| (customer, holder.unwrap_or_default())).collect();
    let begins_at = company.now().max(row.begins_at);
    // Only what is still with whom it was given to goes back: see `givers`.
    let order = Order { moves, from: row.receiver.clone(), begins: instant(begins_at), reason: reason.to_owned(), handover: handover.map(str::to_owned) };
    check(company, &order)?;
    begin(company, by, within, order, begins_at, Some(id)).await
}

/// How far it is.
pub async fn progress(db: &impl ConnectionTrait, id: &str) -> Result<Progress> {
    let row = reassignment::Entity::find_by_id(id).one(db).await?.ok_or_else(Problem::not_found)?;
    Ok(progress_of(db, &[row]).await?.remove(0))
}

/// How far each of these is.
pub async fn progress_of(db: &impl ConnectionTrait, rows: &[reassignment::Model]) -> Result<Vec<Progress>> {
    let counts: Vec<(String, String, i64)> = reassigned::Entity::find()
        .select_only()
        .columns([reassigned::Column::Reassignment, reassigned::Column::Status])
        .column_as(reassigned::Column::Customer.count(), "n")
        .filter(reassigned::Column::Reassignment.is_in(rows.iter().map(|r| r.id.clone())))
        .group_by(reassigned::Column::Reassignment)
        .group_by(reassigned::Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            let count = |status: &str| counts.iter().find(|(id, s, _)| *id == row.id && s == status).map_or(0, |(_, _, n)| *n);
            let (waiting, done, refused, limit) = (count("waiting"), count("done"), count("refused"), count("limit"));
            let status = if row.finished_at.is_some() { "done" } else { "running" };
            Progress { id: row.id.clone(), status, total: waiting + done + refused + limit, waiting, done, refused, limit }
        })
        .collect())
}

fn check(company: &Company, order: &Order) -> Result<i64> {
    if order.moves.is_empty() {
        return Err(Problem::new(422, "nobody_to_move", "没有要移交的客户。请至少选择一个。", "There is no customer to move. Choose at least one.").into());
    }
    if order.moves.len() > MOST {
        return Err(Problem::new(
            422,
            "too_many",
            format!("一次最多移交 {MOST} 个客户，请分批。"),
            format!("At most {MOST} customers at a time; do it in parts."),
        )
        .into());
    }
    let reason = order.reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(Problem::new(422, "reason", "请写明移交理由（1–500 字）。", "Give a reason (1–500 characters).").into());
    }
    if let Some((_, to)) = order.moves.iter().find(|(_, to)| order.from.as_ref() == Some(to)) {
        return Err(
            Problem::new(422, "same_person", format!("转出人和接收人都是 {to}。请另选接收人。"), format!("{to} cannot take over from themselves.")).into()
        );
    }
    crate::intake::browse::moment(company, &order.begins, false)
}

async fn begin(company: &Arc<Company>, by: &Actor, within: &Within, order: Order, begins_at: i64, undoes: Option<&str>) -> Result<String> {
    let id = uuid::Uuid::now_v7().to_string();
    let receivers: HashSet<&str> = order.moves.iter().map(|(_, to)| to.as_str()).collect();
    let one = (receivers.len() == 1).then(|| receivers.iter().next().copied()).flatten();
    let mut subjects: Vec<String> = receivers.iter().filter(|n| !n.is_empty()).map(|n| employee_subject(n)).collect();
    subjects.extend(order.from.as_deref().map(employee_subject));
    subjects.sort_unstable();
    subjects.dedup();
    let data = json!({
        "reassignment": id, "from": order.from, "to": one, "begins": order.begins, "begins_at": begins_at, "reason": order.reason.trim(),
        "within": serde_json::to_string(within)?, "undoes": undoes, "moves": order.moves,
        "handover": order.handover, "by": { "kind": by.kind, "id": by.id, "name": by.name },
    });
    let Value::Object(data) = data else { return Err(anyhow::anyhow!("a record's data is an object").into()) };
    let whose = order.from.as_deref().or(one).map(str::to_owned);
    company.writer.append(vec![Draft::new(SOURCE.into(), format!("{id}{STARTED_ID}"), STARTED.into(), company.now(), whose, subjects, data)]).await?;
    // Somebody looks on, so it does not queue behind the day's jobs; the job is there should this process end.
    let (company, payload) = (company.clone(), json!({ "id": id }));
    tokio::spawn(async move {
        if let Err(error) = run(company, payload).await {
            tracing::warn!(%error, "a reassignment broke off; its job goes on with it");
        }
    });
    Ok(id)
}

/// One customer of a part that may go.
struct Move {
    customer: String,
    to: String,
    holder: Option<String>,
}

/// Part by part, until nobody waits. Begun anew after a crash it goes on where it was, since what was written is no
/// longer waiting; two at once do nothing twice, since a record has its name once.
pub async fn run(company: Arc<Company>, payload: Value) -> Result<()> {
    let id = payload["id"].as_str().unwrap_or_default();
    let Some(row) = reassignment::Entity::find_by_id(id).one(company.store.read()).await? else { return Ok(()) };
    if row.finished_at.is_some() {
        return Ok(());
    }
    let reach = serde_json::from_str::<Within>(&row.reach)?.scope(&company).await?;
    let limit: Option<i64> = settings::get(company.store.read(), LIMIT).await?.and_then(|t| t.parse().ok());
    loop {
        let part = reassigned::Entity::find()
            .filter(reassigned::Column::Reassignment.eq(id))
            .filter(reassigned::Column::Status.eq("waiting"))
            .order_by_asc(reassigned::Column::Customer)
            .limit(PART)
            .all(company.store.read())
            .await?;
        if part.is_empty() {
            break;
        }
        let (moves, refused) = judge_part(&company, &row, &reach, limit, part).await?;
        write_refused(&company, id, &refused).await?;
        write_moves(&company, &row, moves).await?;
    }
    finish(&company, &row).await
}

/// Who of a part may go, and why the others may not.
async fn judge_part(
    company: &Company,
    row: &reassignment::Model,
    reach: &Scope,
    limit: Option<i64>,
    part: Vec<reassigned::Model>,
) -> Result<(Vec<Move>, Vec<(String, Refused)>)> {
    let db = company.store.read();
    let ids: Vec<String> = part.iter().map(|p| p.customer.clone()).collect();
    let receivers: Vec<String> = part.iter().map(|p| p.receiver.clone()).collect::<HashSet<_>>().into_iter().collect();
    let known = super::names_of(db, &ids).await?;
    let unfit = assignable::unfit(db, &receivers, row.undoes.is_some()).await?;
    // Giving back is never too much: it was theirs.
    let limit = limit.filter(|_| row.undoes.is_none());
    let mut loads = if limit.is_some() { counts_at(db, &receivers, row.begins_at).await? } else { HashMap::new() };
    let mut served: HashMap<String, Vec<super::Assigned>> = HashMap::new();
    let givers = givers(db, row, &ids).await?;
    let rows = assignment::Entity::find().filter(assignment::Column::Customer.is_in(ids)).all(db).await?;
    for a in assign::in_effect(rows, None) {
        served.entry(a.customer.clone()).or_default().push(a);
    }
    let (mut moves, mut refused) = (Vec::new(), Vec::new());
    for one in part {
        let served = served.get(&one.customer).map(Vec::as_slice).unwrap_or_default();
        let holder = served.iter().find(|a| a.holds_at(row.begins_at)).map(|a| a.employee.clone());
        let giver = givers.get(&one.customer).or(row.giver.as_ref()).or(holder.as_ref()).map(String::as_str);
        let load = loads.entry(one.receiver.clone()).or_default();
        let in_reach = match &holder {
            Some(h) => reach.sees(h),
            None => *reach == Scope::All,
        };
        // Reach first: to whoever does not reach everybody, a customer of others and one that is not there look the same.
        let judged = if !in_reach {
            Err((Refusal::OutOfReach, None))
        } else if !known.contains_key(&one.customer) {
            Err((Refusal::UnknownCustomer, None))
        } else if one.receiver.is_empty() {
            Err((Refusal::NobodyBefore, None))
        } else if let Some(refusal) = unfit.get(&one.receiver) {
            Err((*refusal, Some(one.receiver.clone())))
        } else {
            assignable::judge(served, row.begins_at, &one.receiver, giver).map(|_| ())
        };
        match judged {
            Ok(()) if limit.is_some_and(|most| *load >= most) => refused.push((one.customer, (Refusal::Limit, Some(one.receiver)))),
            Ok(()) => {
                *load += 1;
                moves.push(Move { customer: one.customer, to: one.receiver, holder });
            }
            Err(why) => refused.push((one.customer, why)),
        }
    }
    Ok((moves, refused))
}

/// Who has to hold each customer when a reassignment is taken back: whom it was given to.
async fn givers(db: &impl ConnectionTrait, row: &reassignment::Model, customers: &[String]) -> Result<HashMap<String, String>> {
    let Some(undone) = &row.undoes else { return Ok(HashMap::new()) };
    let rows: Vec<(String, String)> = reassigned::Entity::find()
        .select_only()
        .columns([reassigned::Column::Customer, reassigned::Column::Receiver])
        .filter(reassigned::Column::Reassignment.eq(undone))
        .filter(reassigned::Column::Customer.is_in(customers.iter().cloned()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Writes the records; their effect marks the results. What the writer refuses is tried alone, so that one customer that
/// changed hands a moment ago keeps no other from going.
async fn write_moves(company: &Company, row: &reassignment::Model, moves: Vec<Move>) -> Result<()> {
    if moves.is_empty() {
        return Ok(());
    }
    let drafts: Vec<Draft> = moves.iter().map(|one| draft(row, one)).collect();
    match company.writer.append(drafts).await {
        Ok(_) => return Ok(()),
        Err(Error::Problem(p)) if p.status == 409 => {}
        Err(e) => return Err(e),
    }
    for one in &moves {
        match company.writer.append(vec![draft(row, one)]).await {
            Ok(_) => {}
            Err(Error::Problem(p)) if p.status == 409 => {
                let refusal = Refusal::from_code(p.code).unwrap_or(Refusal::NotHolder);
                write_refused(company, &row.id, &[(one.customer.clone(), (refusal, None))]).await?;
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

fn draft(row: &reassignment::Model, one: &Move) -> Draft {
    let mut data = Map::new();
    data.insert("customer".into(), json!(one.customer));
    data.insert("employee".into(), json!(one.to));
    data.insert("from".into(), json!(row.begins));
    data.insert("reason".into(), json!(row.reason));
    data.insert("replaces".into(), json!(one.holder));
    data.insert("reassignment".into(), json!(row.id));
    data.insert("by".into(), json!({ "kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name }));
    let mut subjects = vec![customer_subject(&one.customer)];
    subjects.extend(one.holder.as_deref().map(employee_subject));
    // Its name and time are the reassignment's, so that a part done again after a crash is a repeat.
    let name = format!("{}/{}", row.id, one.customer);
    Draft::new(SOURCE.into(), name, "customer.assigned".into(), row.started_at, Some(one.to.clone()), subjects, data)
}

/// How the ids of a reassignment's records of customers begin.
pub fn record_ids(id: &str) -> String {
    format!("{id}/")
}

/// What became of each customer of these reassignments: reassignment, customer, receiver, status, and why not.
pub async fn outcomes(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<reassigned::Model>> {
    Ok(reassigned::Entity::find().filter(reassigned::Column::Reassignment.is_in(ids.iter().cloned())).all(db).await?)
}

/// Why a customer of a reassignment was refused, for people.
pub fn why(of: &reassigned::Model) -> Option<crate::said::Said> {
    let refusal = Refusal::from_code(of.code.as_deref()?)?;
    Some(refusal.said(of.holder.as_deref()))
}

async fn write_refused(company: &Company, id: &str, refused: &[(String, Refused)]) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    let tx = company.store.write().await?;
    for (customer, (refusal, who)) in refused {
        reassigned::Entity::update_many()
            .col_expr(reassigned::Column::Status, Expr::value(if *refusal == Refusal::Limit { "limit" } else { "refused" }))
            .col_expr(reassigned::Column::Code, Expr::value(refusal.code()))
            .col_expr(reassigned::Column::Holder, Expr::value(who.clone()))
            .filter(reassigned::Column::Reassignment.eq(id))
            .filter(reassigned::Column::Customer.eq(customer))
            .filter(reassigned::Column::Status.eq("waiting"))
            .exec(&tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The record that says how it ended.
async fn finish(company: &Company, row: &reassignment::Model) -> Result<()> {
    let ended = progress(company.store.read(), &row.id).await?;
    let mut data = Map::new();
    for (name, value) in [
        ("reassignment", json!(row.id)),
        ("total", json!(ended.total)),
        ("done", json!(ended.done)),
        ("refused", json!(ended.refused)),
        ("limit", json!(ended.limit)),
        ("by", json!({ "kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name })),
    ] {
        data.insert(name.into(), value);
    }
    let subjects = row.giver.iter().chain(&row.receiver).filter(|n| !n.is_empty()).map(|n| employee_subject(n)).collect();
    let name = format!("{}/done", row.id);
    let draft = Draft::new(SOURCE.into(), name, "customers.reassigned".into(), company.now(), None, subjects, data);
    match company.writer.append(vec![draft]).await?.first() {
        // The process ended after writing it, and its time is another now.
        Some(Outcome::Conflict(_) | Outcome::Duplicate(_) | Outcome::Accepted(_)) | None => Ok(()),
    }
}

/// The rows of a reassignment that was started, in the transaction of its record; all wait.
pub(super) async fn open(tx: &impl ConnectionTrait, at: i64, data: &Map<String, Value>) -> Result<()> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
    let by = |name: &str| data.get("by").and_then(|by| by[name].as_str()).unwrap_or_default().to_owned();
    let Some(id) = text("reassignment") else { return Ok(()) };
    reassignment::Entity::insert(reassignment::ActiveModel {
        id: Set(id.clone()),
        started_at: Set(at),
        begins_at: Set(data.get("begins_at").and_then(Value::as_i64).unwrap_or(at)),
        begins: Set(text("begins").unwrap_or_default()),
        giver: Set(text("from")),
        receiver: Set(text("to").filter(|t| !t.is_empty())),
        reach: Set(text("within").unwrap_or_default()),
        actor_kind: Set(by("kind")),
        actor_id: Set(by("id")),
        actor_name: Set(by("name")),
        reason: Set(text("reason").unwrap_or_default()),
        undoes: Set(text("undoes")),
        finished_at: Set(None),
    })
    .exec_without_returning(tx)
    .await?;
    let moves = data.get("moves").and_then(Value::as_array).into_iter().flatten();
    let rows: Vec<_> = moves
        .filter_map(|m| Some((m[0].as_str()?.to_owned(), m[1].as_str()?.to_owned())))
        .map(|(customer, receiver)| reassigned::ActiveModel {
            reassignment: Set(id.clone()),
            customer: Set(customer),
            receiver: Set(receiver),
            status: Set("waiting".into()),
            code: Set(None),
            holder: Set(None),
            idx: Set(None),
        })
        .collect();
    for part in rows.chunks(1000) {
        // A customer named twice goes once.
        let again = OnConflict::new().do_nothing().to_owned();
        reassigned::Entity::insert_many(part.iter().cloned()).on_conflict(again).exec_without_returning(tx).await?;
    }
    jobs::enqueue(tx, JOB, Some(&id), &json!({ "id": id }), at + LATER_US).await
}

/// Marks those of a group of records that were written for a reassignment.
pub(super) async fn mark(tx: &impl ConnectionTrait, done: Vec<(String, String, String, Option<String>, i64)>) -> Result<()> {
    use reassigned::Column as C;
    let rows: Vec<_> = done
        .into_iter()
        .map(|(reassignment, customer, receiver, holder, idx)| reassigned::ActiveModel {
            reassignment: Set(reassignment),
            customer: Set(customer),
            receiver: Set(receiver),
            status: Set("done".into()),
            code: Set(None),
            holder: Set(holder),
            idx: Set(Some(idx)),
        })
        .collect();
    for part in rows.chunks(1000) {
        reassigned::Entity::insert_many(part.iter().cloned())
            .on_conflict(OnConflict::columns([C::Reassignment, C::Customer]).update_columns([C::Status, C::Code, C::Holder, C::Idx]).to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn close(tx: &impl ConnectionTrait, at: i64, data: &Map<String, Value>) -> Result<()> {
    let Some(id) = data.get("reassignment").and_then(Value::as_str) else { return Ok(()) };
    reassignment::Entity::update_many()
        .col_expr(reassignment::Column::FinishedAt, Expr::value(Some(at)))
        .filter(reassignment::Column::Id.eq(id))
        .exec(tx)
        .await?;
    jobs::withdraw(tx, JOB, id).await
}
