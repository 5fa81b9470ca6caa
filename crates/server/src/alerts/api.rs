//! Routes of alerts and rules.

use super::{
    act::{self, Act},
    list::{self, Filter, Whose},
    model::{alert, alert_event},
    rules::{self, RULES},
    view::{AlertView, EventView, Names, view},
};
use crate::{
    access::{Caller, Permission, freeze, scope},
    cases,
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, Lang, List, Page, PathParam, QueryParams, parse_instant},
    intake::browse,
};
use axum::{Json, extract::State};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Deserializer, Serialize};
use std::{collections::HashMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const DAY_US: i64 = 24 * 3600 * 1_000_000;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_alerts))
        .routes(routes!(get_summary))
        .routes(routes!(close_many))
        .routes(routes!(get_alert, change_alert))
        .routes(routes!(get_rules))
}

async fn whose(caller: &Caller, company: &Company) -> Result<Whose> {
    let scope = scope(caller, company, Permission::AlertsSee).await?;
    Ok(Whose { only: scope.filter(), not: caller.recusals() })
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AlertQuery {
    employee: Option<String>,
    /// One or several, separated by commas.
    rule: Option<String>,
    /// `open`, `snoozed`, `closed`; several separated by commas.
    status: Option<String>,
    severity: Option<String>,
    outcome: Option<String>,
    department: Option<String>,
    /// A user's id, `me` or `none`.
    assignee: Option<String>,
    customer: Option<String>,
    conversation: Option<String>,
    chain: Option<String>,
    /// `none`: in no open case.
    case: Option<String>,
    /// A name or number of the employee, or a customer.
    q: Option<String>,
    /// Raised at or after.
    from: Option<String>,
    /// Raised before.
    until: Option<String>,
}

async fn shown(company: &Company, caller: &Caller, rows: Vec<alert::Model>, lang: Lang) -> Result<Vec<AlertView>> {
    let db = company.store.read();
    let names = Names::of(db, &rows).await?;
    let ids: Vec<String> = rows.iter().map(|r| r.id.clone()).collect();
    let mut records = list::records_of(db, &ids).await?;
    // Whether a case exists is itself a secret.
    let mut cases = if caller.has(Permission::CasesSee) { cases::read::of_alerts(db, &ids).await? } else { HashMap::new() };
    rows.into_iter()
        .map(|row| {
            let behind = records.remove(&row.id).unwrap_or_default();
            let cases = cases.remove(&row.id).unwrap_or_default();
            Ok(AlertView { cases, ..view(row, behind, &names, lang)? })
        })
        .collect()
}

/// Alerts, newest first.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "alerts", params(AlertQuery, Page), responses((status = 200, body = List<AlertView>)))]
async fn get_alerts(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    QueryParams(q): QueryParams<AlertQuery>,
    mut page: Page,
) -> Result<Json<List<AlertView>>> {
    freeze::list(&company, &caller, &mut page).await?;
    let whose = whose(&caller, &company).await?;
    let filter = Filter {
        assignee: match q.assignee.as_deref() {
            Some("me") => Some(caller.id.clone()),
            _ => q.assignee,
        },
        employee: q.employee,
        rule: q.rule,
        status: q.status,
        severity: q.severity,
        outcome: q.outcome,
        department: q.department,
        customer: q.customer,
        conversation: q.conversation,
        chain: q.chain,
        // Whether a case exists is itself a secret, and what falls out of a list tells it too.
        case: q.case.filter(|_| caller.has(Permission::CasesSee)),
        q: q.q,
        from: q.from.as_deref().map(|t| browse::moment(&company, t, false)).transpose()?,
        until: q.until.as_deref().map(|t| browse::moment(&company, t, true)).transpose()?,
    };
    let rows = list::page(company.store.read(), &filter, &whose, page.after()?, page.limit() + 1).await?;
    let cut = page.close(rows, |r: &alert::Model| (r.raised_at, r.id.clone()));
    Ok(Json(List { items: shown(&company, &caller, cut.items, lang).await?, next_cursor: cut.next_cursor }))
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Severities {
    high: u64,
    medium: u64,
    low: u64,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct AlertSummary {
    open: Severities,
    older_than_30_days: u64,
    /// Over the last ninety days; null when none was closed.
    mean_days_to_close: Option<f64>,
    unassigned: u64,
    mine: u64,
    chains: u64,
}

/// The tiles above the queue.
#[utoipa::path(get, path = "/api/v1/alerts/summary", tag = "alerts", responses((status = 200, body = AlertSummary)))]
async fn get_summary(State(company): State<Arc<Company>>, caller: Caller) -> Result<Json<AlertSummary>> {
    let whose = whose(&caller, &company).await?;
    let t = list::tiles(company.store.read(), &whose, caller.user_id(), company.now()).await?;
    Ok(Json(AlertSummary {
        open: Severities { high: t.high, medium: t.medium, low: t.low },
        older_than_30_days: t.older_than_30_days,
        mean_days_to_close: t.mean_days_to_close,
        unassigned: t.unassigned,
        mine: t.mine,
        chains: t.chains,
    }))
}

/// The alert itself, with what was done about it and what else concerned the employee in the thirty days before.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct AlertDetail {
    #[serde(flatten)]
    alert: AlertView,
    events: Vec<EventView>,
    history: Vec<AlertView>,
}

/// One alert the caller may see; anything else is as if it were not there.
async fn find(company: &Company, caller: &Caller, id: &str) -> Result<alert::Model> {
    let whose = whose(caller, company).await?;
    let row = alert::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    let seen = whose.only.is_none_or(|only| only.contains(&row.employee)) && !whose.not.contains(&row.employee);
    if seen { Ok(row) } else { Err(Problem::not_found().into()) }
}

async fn detail(company: &Company, caller: &Caller, row: alert::Model, lang: Lang) -> Result<AlertDetail> {
    let db = company.store.read();
    let events = alert_event::Entity::find().filter(alert_event::Column::Alert.eq(&row.id)).order_by_asc(alert_event::Column::Seq).all(db).await?;
    let events = EventView::all(db, events).await?;
    let before = alert::Entity::find()
        .filter(alert::Column::Employee.eq(&row.employee))
        .filter(alert::Column::Id.ne(&row.id))
        .filter(alert::Column::RaisedAt.between(row.raised_at - 30 * DAY_US, row.raised_at + 30 * DAY_US))
        .order_by_desc(alert::Column::RaisedAt)
        .limit(50)
        .all(db)
        .await?;
    let history = shown(company, caller, before, lang).await?;
    let alert = shown(company, caller, vec![row], lang).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(AlertDetail { alert, events, history })
}

#[utoipa::path(get, path = "/api/v1/alerts/{id}", tag = "alerts", params(("id" = String, Path)), responses((status = 200, body = AlertDetail)))]
async fn get_alert(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, PathParam(id): PathParam<String>) -> Result<Json<AlertDetail>> {
    let row = find(&company, &caller, &id).await?;
    Ok(Json(detail(&company, &caller, row, lang).await?))
}

/// Tells `null` from absent.
#[expect(clippy::option_option, reason = "absent, null and a value are three things in a PATCH")]
fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(d).map(Some)
}

#[derive(Debug, Default, Deserialize, ToSchema)]
struct AlertChange {
    /// A user's id; null takes it from whoever had it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    #[expect(clippy::option_option, reason = "absent, null and a value are three things in a PATCH")]
    assignee: Option<Option<String>>,
    snooze_until: Option<String>,
    /// `closed` with `outcome` and `reason`, or `open`.
    status: Option<String>,
    outcome: Option<String>,
    reason: Option<String>,
}

impl AlertChange {
    fn acts(self) -> Result<Vec<Act>> {
        let mut acts = Vec::new();
        if let Some(user) = self.assignee {
            acts.push(Act::Assign(user));
        }
        if let Some(until) = &self.snooze_until {
            acts.push(Act::Snooze(parse_instant(until)?));
        }
        match self.status.as_deref() {
            None => {}
            Some("open") => acts.push(Act::Open),
            Some("closed") => acts.push(Act::Close { outcome: self.outcome.unwrap_or_default(), reason: self.reason.unwrap_or_default() }),
            Some(_) => {
                return Err(Problem::new(
                    422,
                    "bad_status",
                    "status 只能是 open 或 closed；稍后处理请用 snooze_until。",
                    "status is open or closed; to come back later, use snooze_until.",
                )
                .into());
            }
        }
        if acts.is_empty() {
            return Err(Problem::new(
                422,
                "nothing_to_do",
                "请给出 assignee、snooze_until 或 status 中的一项。",
                "Give one of assignee, snooze_until or status.",
            )
            .into());
        }
        Ok(acts)
    }
}

/// Assigns, snoozes, closes with outcome and reason, or opens again.
#[utoipa::path(patch, path = "/api/v1/alerts/{id}", tag = "alerts", params(("id" = String, Path)), request_body = AlertChange, responses((status = 200, body = AlertDetail)))]
async fn change_alert(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(change): Body<AlertChange>,
) -> Result<Json<AlertDetail>> {
    caller.require(Permission::AlertsAct)?;
    find(&company, &caller, &id).await?;
    for act in change.acts()? {
        act::act(&company, &caller.actor(), &id, act).await?;
    }
    let row = find(&company, &caller, &id).await?;
    Ok(Json(detail(&company, &caller, row, lang).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
struct CloseMany {
    ids: Vec<String>,
    outcome: String,
    reason: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Closed {
    closed: usize,
}

/// Closes several with one outcome and reason.
#[utoipa::path(post, path = "/api/v1/alerts/close", tag = "alerts", request_body = CloseMany, responses((status = 200, body = Closed), (status = 404)))]
async fn close_many(State(company): State<Arc<Company>>, caller: Caller, Body(all): Body<CloseMany>) -> Result<Json<Closed>> {
    caller.require(Permission::AlertsAct)?;
    if all.ids.is_empty() || all.ids.len() > 500 {
        return Err(Problem::new(422, "bad_ids", "一次请关闭 1 到 500 条。", "Close 1 to 500 at a time.").into());
    }
    // All or none are named wrongly before any is closed.
    for id in &all.ids {
        find(&company, &caller, id).await?;
    }
    for id in &all.ids {
        let close = Act::Close { outcome: all.outcome.clone(), reason: all.reason.clone() };
        act::act(&company, &caller.actor(), id, close).await?;
    }
    Ok(Json(Closed { closed: all.ids.len() }))
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct RuleView {
    rule: String,
    title: String,
    formula: String,
    unit: String,
    window: String,
    threshold: f64,
    default_threshold: f64,
    raised: i64,
    closed: i64,
    /// Share of the closed that were valuable or confirmed; null before one was closed.
    precision: Option<f64>,
}

/// The rules, what they fire at and what their alerts came to.
#[utoipa::path(get, path = "/api/v1/rules", tag = "alerts", responses((status = 200, body = List<RuleView>)))]
async fn get_rules(State(company): State<Arc<Company>>, _: Caller, lang: Lang) -> Result<Json<List<RuleView>>> {
    let db = company.store.read();
    let records = rules::records(db).await?;
    let mut items = Vec::with_capacity(RULES.len());
    for rule in RULES {
        let record = records.get(rule.id).copied().unwrap_or_default();
        items.push(RuleView {
            rule: rule.id.into(),
            title: rule.title().pick(lang).into(),
            formula: rule.formula().pick(lang).into(),
            unit: rule.unit().pick(lang).into(),
            window: rule.window().pick(lang).into(),
            threshold: rule.threshold(db).await?,
            default_threshold: rule.threshold,
            raised: record.raised,
            closed: record.closed,
            precision: record.precision(),
        });
    }
    Ok(Json(List::whole(items)))
}
