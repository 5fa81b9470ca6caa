//! 待办: what waits for the one who asks — to sign, to hand in, to review, to decide, to answer — counted, with the nearest
//! day and a way there. Nothing is kept here: each line is a question to a room's own table, within what the caller sees
//! there, so a line goes away by itself when the thing is done. What is *not* here: alerts and cases, which have their own
//! first page; telling by mail (`notify`).

#[cfg(test)]
mod tests;

use crate::{
    access::{Caller, Permission, Standing, identity::model::change, within},
    assets::model::asset,
    company::Company,
    contracts::model::contract,
    customers::model::snapshot,
    error::Result,
    handover::{
        model::{duty, handover, item},
        office, work,
    },
    http::{AppState, List},
    notify::model::message,
    people::{self, model::person},
    policies,
    requests::model::request,
    restrictions::model::{appeal, restriction},
};
use axum::{Json, extract::State};
use jiff::ToSpan;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{IntoCondition, SelectStatement},
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(my_todo))
}

/// One kind of thing that waits.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TodoLine {
    /// `policies`, `snapshots`, `assets`, `handover_items`, `handover_steps`, `handover_reviews`, `duties`, `restrictions`,
    /// `appeals`, `requests`, `contracts`, `user_changes`, `notices`.
    pub kind: String,
    pub count: u64,
    /// Of them past their day.
    pub late: u64,
    /// The nearest day, where there is one.
    pub due_on: Option<String>,
    /// The page where it is done.
    pub path: String,
    /// Whose handover it is, where it is not the caller's own.
    pub about: Option<String>,
}

/// What waits for the caller
#[utoipa::path(get, path = "/api/v1/me/todo", tag = "me", responses((status = 200, body = List<TodoLine>)))]
pub async fn my_todo(State(company): State<Arc<Company>>, caller: Caller) -> Result<Json<List<TodoLine>>> {
    let mut lines = own(&company, &caller).await?;
    let steps = steps(&company, &caller, &lines).await?;
    lines.extend(steps);
    lines.extend(of_office(&company, &caller).await?);
    lines.retain(|l| l.count > 0);
    Ok(Json(List::whole(lines)))
}

fn line(kind: &str, path: impl Into<String>, count: u64) -> TodoLine {
    TodoLine { kind: kind.into(), count, late: 0, due_on: None, path: path.into(), about: None }
}

/// The same with the days of what waits.
fn dated(kind: &str, path: impl Into<String>, days: &[Option<String>], today: &str) -> TodoLine {
    let late = days.iter().flatten().filter(|d| d.as_str() < today).count() as u64;
    TodoLine { late, due_on: days.iter().flatten().min().cloned(), ..line(kind, path, days.len() as u64) }
}

/// What one does oneself, as an employee.
async fn own(company: &Company, caller: &Caller) -> Result<Vec<TodoLine>> {
    let Some(number) = caller.employee.as_deref().filter(|_| caller.has(Permission::SelfSee)) else { return Ok(Vec::new()) };
    let (db, today) = (company.store.read(), company.today().to_string());
    let mut lines = Vec::new();
    if caller.standing != Standing::Left {
        let signed = people::documents_of(db, number).await?;
        let unsigned = policies::to_acknowledge(db, &today).await?;
        let waits =
            |v: &&policies::model::version::Model| !signed.iter().any(|d| d.document == "policy" && d.title == v.title && d.version == v.version.to_string());
        lines.push(line("policies", "/mine", unsigned.iter().filter(waits).count() as u64));
    }
    let snapshots = snapshot::Entity::find().filter(snapshot::Column::Employee.eq(number)).filter(snapshot::Column::AcknowledgedAt.is_null());
    lines.push(line("snapshots", format!("/snapshots/{number}"), snapshots.count(db).await?));
    let things = asset::Entity::find()
        .filter(asset::Column::Employee.eq(number))
        .filter(asset::Column::ReturnedOn.is_null())
        .filter(asset::Column::AcknowledgedAt.is_null())
        // Whoever signs the contacts of an account has it.
        .filter(asset::Column::Snapshot.is_null());
    lines.push(line("assets", "/mine", things.count(db).await?));
    if caller.has(Permission::HandoversAct) {
        let led = person::Entity::find().select_only().column(person::Column::Number).filter(person::Column::Manager.eq(number)).into_query();
        let theirs = handovers(Condition::any().add(handover::Column::Employee.eq(number)).add(handover::Column::Employee.in_subquery(led)));
        let mine = Condition::any().add(item::Column::Receiver.eq(number)).add(item::Column::Handover.in_subquery(theirs));
        for row in running_with(db, mine, &["open", "returned"]).await? {
            let days = work::to_submit(company, caller, &row).await?;
            if !days.is_empty() {
                let whose = crate::handover::find(company, &row).await?.employee;
                let about = if whose == number { None } else { people::find(db, &whose).await?.map(|p| p.name) };
                lines.push(TodoLine { about, ..dated("handover_items", format!("/handovers/{row}"), &days, &today) });
            }
        }
    }
    Ok(lines)
}

/// So many handovers have a line of their own for their steps.
const STEPS: usize = 8;

/// The steps of handovers that are the office's, the most urgent first; what has its line already has no second.
async fn steps(company: &Company, caller: &Caller, told: &[TodoLine]) -> Result<Vec<TodoLine>> {
    let today = company.today().to_string();
    let path = |w: &office::Waiting| format!("/handovers/{}", w.handover);
    let waiting: Vec<_> = office::waiting(company, caller).await?.into_iter().filter(|w| told.iter().all(|l| l.path != path(w))).collect();
    let (first, rest) = waiting.split_at(waiting.len().min(STEPS));
    let mut lines: Vec<TodoLine> =
        first.iter().map(|w| TodoLine { about: Some(w.name.clone()), ..dated("handover_steps", path(w), &w.days, &today) }).collect();
    let days: Vec<Option<String>> = rest.iter().flat_map(|w| w.days.iter().cloned()).collect();
    lines.push(dated("handover_steps", "/handovers", &days, &today));
    Ok(lines)
}

/// Ids of handovers that are not closed, of which this holds: after the sign-off there is still access to recall.
fn handovers(wanted: impl IntoCondition) -> SelectStatement {
    handover::Entity::find().select_only().column(handover::Column::Id).filter(handover::Column::Status.ne("closed")).filter(wanted).into_query()
}

/// Handovers that are not closed with an item in one of these states of which `wanted` holds; some of them, if there are many.
async fn running_with(db: &impl sea_orm::ConnectionTrait, wanted: Condition, states: &[&str]) -> Result<Vec<String>> {
    Ok(item::Entity::find()
        .select_only()
        .column(item::Column::Handover)
        .distinct()
        .filter(item::Column::Handover.in_subquery(handovers(Condition::all())))
        .filter(item::Column::Status.is_in(states.iter().copied()))
        .filter(wanted)
        .limit(20)
        .into_tuple()
        .all(db)
        .await?)
}

/// What waits for an office, within its reach.
async fn of_office(company: &Company, caller: &Caller) -> Result<Vec<TodoLine>> {
    let (db, today) = (company.store.read(), company.today().to_string());
    let mut lines = Vec::new();
    if caller.has(Permission::HandoversReview) {
        let others =
            handovers(within(caller, Permission::HandoversReview, handover::Column::Employee).add(handover::Column::Employee.is_not_in(caller.keeps_out_of())));
        let waiting = running_with(db, Condition::all().add(item::Column::Handover.in_subquery(others)), &["submitted"]).await?;
        let path = if let [only] = waiting.as_slice() { format!("/handovers/{only}") } else { "/handovers".into() };
        lines.push(line("handover_reviews", path, waiting.len() as u64));
    }
    if caller.has(Permission::LeavingAct) {
        let days: Vec<(String, String)> = duty::Entity::find()
            .select_only()
            .columns([duty::Column::Handover, duty::Column::Due])
            .filter(duty::Column::Status.eq("pending"))
            // The law's clocks run on when a handover is closed.
            .filter(
                duty::Column::Handover.in_subquery(
                    handover::Entity::find()
                        .select_only()
                        .column(handover::Column::Id)
                        .filter(
                            within(caller, Permission::LeavingAct, handover::Column::Employee).add(handover::Column::Employee.is_not_in(caller.keeps_out_of())),
                        )
                        .into_query(),
                ),
            )
            .into_tuple()
            .all(db)
            .await?;
        let path = match days.first() {
            Some((first, _)) if days.iter().all(|(handover, _)| handover == first) => format!("/handovers/{first}"),
            _ => "/handovers".into(),
        };
        let days: Vec<Option<String>> = days.into_iter().map(|(_, due)| Some(due)).collect();
        lines.push(dated("duties", path, &days, &today));
    }
    if caller.has(Permission::RestrictionsApprove) {
        let proposed = restriction::Entity::find()
            .filter(restriction::Column::Status.eq("proposed"))
            .filter(restriction::Column::ProposedBy.ne(caller.id.as_str()))
            .filter(restriction::Column::Employee.is_not_in(caller.recusals()))
            .filter(within(caller, Permission::RestrictionsApprove, restriction::Column::Employee));
        lines.push(line("restrictions", "/restrictions", proposed.count(db).await?));
        let appeals = appeal::Entity::find()
            .filter(appeal::Column::AnsweredAt.is_null())
            .filter(appeal::Column::Employee.is_not_in(caller.recusals()))
            .filter(within(caller, Permission::RestrictionsApprove, appeal::Column::Employee));
        lines.push(line("appeals", "/restrictions", appeals.count(db).await?));
    }
    if caller.has(Permission::RequestsAnswer) {
        let days: Vec<String> = request::Entity::find()
            .select_only()
            .column(request::Column::DueOn)
            .filter(request::Column::State.eq("open"))
            // Nobody answers their own, nor those of somebody they are tied to.
            .filter(request::Column::Employee.is_not_in(caller.keeps_out_of()))
            .filter(within(caller, Permission::RequestsAnswer, request::Column::Employee))
            .into_tuple()
            .all(db)
            .await?;
        lines.push(dated("requests", "/requests", &days.into_iter().map(Some).collect::<Vec<_>>(), &today));
    }
    if caller.has(Permission::ContractsEdit) {
        let days: Vec<Option<String>> = contract::Entity::find()
            .select_only()
            .column(contract::Column::UntilOn)
            .filter(contract::Column::State.eq("active"))
            .filter(contract::Column::UntilOn.lte(company.today().saturating_add(30.days()).to_string()))
            .filter(within(caller, Permission::ContractsEdit, contract::Column::Employee))
            .into_tuple()
            .all(db)
            .await?;
        lines.push(dated("contracts", "/contracts", &days, &today));
    }
    if caller.has(Permission::UsersApprove) {
        let waiting = change::Entity::find().filter(change::Column::Status.eq("waiting")).filter(change::Column::AskedBy.ne(caller.id.as_str()));
        lines.push(line("user_changes", "/users", waiting.count(db).await?));
    }
    if caller.has(Permission::OutboxSend) {
        let drafts = message::Entity::find()
            .filter(message::Column::State.is_in(["draft", "previewed"]))
            .filter(within(caller, Permission::OutboxSend, message::Column::Employee).add(message::Column::Employee.is_not_in(caller.keeps_out_of())));
        lines.push(line("notices", "/outbox", drafts.count(db).await?));
    }
    Ok(lines)
}
