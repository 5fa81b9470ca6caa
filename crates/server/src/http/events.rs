//! `GET /api/v1/events`: what happens, as it happens, to those who may know.
//!
//! One task per process follows the `events` table, woken by this process's commits and looking every 250 ms for
//! those of others; every connected client has a task that passes on what its caller may see. A client that was
//! away sends `Last-Event-ID` and gets what it missed, up to a day back.

use super::AppState;
use crate::{
    access::{Caller, CallerKind, Permission, Reach, Scope, scope, sessions, tokens},
    company::Company,
    error::Result,
    events::{
        RIGHTS_CHANGED,
        model::{Column, Entity, Model},
    },
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::sync::{broadcast, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Rows get their number before their commit, so on a shared database a lower one may appear after a higher. Rows
/// this old are settled.
const SETTLED_US: i64 = 15 * 1_000_000;
/// A transaction may run longer than that; the numbers passed over are looked for again this far back, now and then.
const LATE_US: i64 = 15 * 60 * 1_000_000;
const LOOK_BACK_EVERY_US: i64 = 5 * 1_000_000;
const KEPT_US: i64 = 24 * 3600 * 1_000_000;
const SWEEP_EVERY_US: i64 = 10 * 60 * 1_000_000;
/// How often a connection asks whether its caller may still listen.
const RECHECK: Duration = Duration::from_secs(60);
const MISSED_AT_MOST: u64 = 1000;

pub struct Tail {
    sender: broadcast::Sender<Arc<Model>>,
    stop: watch::Sender<bool>,
}

impl Tail {
    pub async fn start(company: &Arc<Company>) -> Result<Self> {
        let (sender, _) = broadcast::channel(4096);
        let (stop, stopped) = watch::channel(false);
        let newest = newest(company).await?;
        tokio::spawn(follow(Arc::downgrade(company), newest, sender.clone(), stopped));
        Ok(Self { sender, stop })
    }

    /// Ends every stream, so that the server can shut down.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

async fn newest(company: &Company) -> Result<i64> {
    let row = Entity::find().order_by_desc(Column::Seq).one(company.store.read()).await?;
    Ok(row.map_or(0, |r| r.seq))
}

/// How far the table was read.
#[derive(Default)]
pub(super) struct Place {
    /// Everything up to here was read and is settled.
    floor: i64,
    /// What is between the two was read, but something may still appear there.
    back: i64,
    /// Sent on, above `back`.
    seen: HashSet<i64>,
    looked_back: i64,
}

async fn follow(company: Weak<Company>, floor: i64, sender: broadcast::Sender<Arc<Model>>, mut stopped: watch::Receiver<bool>) {
    let Some(mut committed) = company.upgrade().map(|c| c.committed.subscribe()) else { return };
    let mut place = Place { floor, back: floor, ..Place::default() };
    let mut swept = 0;
    loop {
        tokio::select! {
            changed = committed.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stopped.changed() => return,
        }
        let Some(company) = company.upgrade() else { return };
        if let Err(error) = look(&company, &mut place, &sender).await {
            tracing::warn!(%error, "the event table could not be read");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let now = company.now();
        if now - swept > SWEEP_EVERY_US {
            swept = now;
            if let Err(error) = sweep(&company, now - KEPT_US).await {
                tracing::warn!(%error, "old events could not be swept");
            }
        }
    }
}

/// Sends on what is new above `floor`. Where only this process writes, numbers come in order.
pub(super) async fn look(company: &Company, place: &mut Place, sender: &broadcast::Sender<Arc<Model>>) -> Result<()> {
    let now = company.now();
    let shared = company.store.is_shared();
    let rows = Entity::find().filter(Column::Seq.gt(place.floor)).order_by_asc(Column::Seq).limit(5000).all(company.store.read()).await?;
    let settled = if shared { now - SETTLED_US } else { i64::MAX };
    for row in rows {
        let (seq, at) = (row.seq, row.at);
        if place.seen.insert(seq) {
            if row.topic == RIGHTS_CHANGED {
                // Another replica may have changed a role: listeners ask next, and must not be told of the old one.
                company.reload_settings().await?;
            }
            // Nobody connected is no error.
            let _ = sender.send(Arc::new(row));
        }
        if at < settled && seq > place.floor {
            place.floor = seq;
        }
    }
    if !shared {
        place.back = place.floor;
    } else if now - place.looked_back > LOOK_BACK_EVERY_US {
        place.looked_back = now;
        look_back(company, place, now - LATE_US, sender).await?;
    }
    let back = place.back;
    place.seen.retain(|seq| *seq > back);
    Ok(())
}

/// Sends on what appeared below the floor after it was passed; what is older than `before` is let go.
async fn look_back(company: &Company, place: &mut Place, before: i64, sender: &broadcast::Sender<Arc<Model>>) -> Result<()> {
    let passed: Vec<(i64, i64)> = Entity::find()
        .select_only()
        .columns([Column::Seq, Column::At])
        .filter(Column::Seq.gt(place.back))
        .filter(Column::Seq.lte(place.floor))
        .order_by_asc(Column::Seq)
        .into_tuple()
        .all(company.store.read())
        .await?;
    let late: Vec<i64> = passed.iter().map(|(seq, _)| *seq).filter(|seq| !place.seen.contains(seq)).collect();
    for part in late.chunks(500) {
        for row in Entity::find().filter(Column::Seq.is_in(part.iter().copied())).order_by_asc(Column::Seq).all(company.store.read()).await? {
            place.seen.insert(row.seq);
            let _ = sender.send(Arc::new(row));
        }
    }
    place.back = passed.iter().take_while(|(_, at)| *at < before).last().map_or(place.back, |(seq, _)| *seq);
    Ok(())
}

async fn sweep(company: &Company, before: i64) -> Result<()> {
    let tx = company.store.write().await?;
    Entity::delete_many().filter(Column::At.lt(before)).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Who listens, and how far each permission that events are for reaches.
struct Listener {
    caller: Caller,
    scopes: HashMap<Permission, Scope>,
}

impl Listener {
    async fn of(caller: Caller, company: &Company) -> Result<Self> {
        let mut scopes = HashMap::new();
        for (permission, reach) in caller.grants.list() {
            if reach < Reach::All {
                scopes.insert(permission, scope(&caller, company, permission).await?);
            }
        }
        Ok(Self { caller, scopes })
    }

    fn may_hear(&self, audience: &str) -> bool {
        let (name, employee) = match audience.split_once('#') {
            Some((name, employee)) => (name, Some(employee)),
            None => (audience, None),
        };
        let Some(permission) = Permission::from_name(name) else { return false };
        // What is found about somebody is nothing they hear of here, whatever their office; nor whoever is recused.
        // The own handover is no such thing: its acts are told under this name, what is looked into is not.
        let kept_out = |e: &str| match permission {
            Permission::AlertsSee | Permission::CasesSee | Permission::RestrictionsSee => self.caller.is_recused_from(e),
            // What is left to somebody in ordinary work, ties or not, they must hear of.
            _ => self.caller.is(e) || self.caller.apart.contains(e),
        };
        if permission != Permission::HandoversAct && employee.is_some_and(kept_out) {
            return false;
        }
        match self.caller.grants.reach(permission) {
            Reach::None => false,
            Reach::All => true,
            _ => employee.is_some_and(|e| self.scopes.get(&permission).is_some_and(|s| s.sees(e))),
        }
    }
}

/// Events as they happen
///
/// Server-sent events: `alert`, `job`, `import`, `package`, `case`; `data` names what changed by id. `reload` wants the page
/// to ask for everything again, the session first: more was missed than is worth telling, or the caller's own rights changed.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn stream(State(app): State<AppState>, caller: Caller, headers: HeaderMap) -> Result<Sse<impl futures::Stream<Item = Result<Event, Infallible>>>> {
    // First the ear, then the past: nothing falls between.
    let live = app.tail.sender.subscribe();
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<i64>().ok());
    let mut missed = match last {
        Some(seq) => Entity::find().filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq).limit(MISSED_AT_MOST + 1).all(app.company.store.read()).await?,
        None => Vec::new(),
    };
    // Too much to be told each one: the page looks for itself, and goes on from the newest.
    let mut reload_from = None;
    if missed.len() as u64 > MISSED_AT_MOST {
        missed.clear();
        reload_from = Some(newest(&app.company).await?);
    }
    let listener = Listener::of(caller, &app.company).await?;
    let (out, stream) = mpsc::channel(64);
    if let Some(seq) = reload_from {
        let _ = out.try_send(Ok(reload(Some(seq))));
    }
    tokio::spawn(pass_on(app.clone(), listener, missed, live, out));
    Ok(Sse::new(ReceiverStream::new(stream)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

type Out = mpsc::Sender<Result<Event, Infallible>>;

async fn pass_on(app: AppState, mut listener: Listener, missed: Vec<Model>, mut live: broadcast::Receiver<Arc<Model>>, out: Out) {
    let mut stopped = app.tail.stop.subscribe();
    if out.send(Ok(Event::default().comment("probity").retry(Duration::from_secs(2)))).await.is_err() {
        return;
    }
    let mut sent = HashSet::new();
    // Whose rights changed meanwhile is not known any more: the page looks for itself.
    if missed.iter().any(|row| row.topic == RIGHTS_CHANGED) && out.send(Ok(reload(None))).await.is_err() {
        return;
    }
    for row in &missed {
        sent.insert(row.seq);
        if listener.may_hear(&row.audience) && out.send(Ok(frame(row))).await.is_err() {
            return;
        }
    }
    let mut recheck = tokio::time::interval_at(tokio::time::Instant::now() + RECHECK, RECHECK);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            () = out.closed() => return,
            _ = recheck.tick() => {
                sent.clear();
                if !still_hears(&app, &mut listener, &out).await {
                    return;
                }
            }
            row = live.recv() => {
                // Somebody's rights changed: nothing more is told before it is known whose.
                if row.as_ref().is_ok_and(|row| row.topic == RIGHTS_CHANGED) {
                    if !still_hears(&app, &mut listener, &out).await {
                        return;
                    }
                    continue;
                }
                let event = match row {
                    Ok(row) if sent.contains(&row.seq) || !listener.may_hear(&row.audience) => continue,
                    Ok(row) => frame(&row),
                    // Too slow to be told each one: told to look for itself.
                    Err(broadcast::error::RecvError::Lagged(_)) => reload(None),
                    Err(broadcast::error::RecvError::Closed) => return,
                };
                if out.send(Ok(event)).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Gives the listener the rights of this moment, and has the page ask again when they are others than before or none, so
/// that it offers nothing that would be refused. False when there is nobody to tell any more.
async fn still_hears(app: &AppState, listener: &mut Listener, out: &Out) -> bool {
    match renewed(app, &listener.caller).await {
        Ok(Some(fresh)) => {
            let same = same_rights(&fresh.caller, &listener.caller);
            *listener = fresh;
            same || out.send(Ok(reload(None))).await.is_ok()
        }
        Ok(None) => {
            let _ = out.send(Ok(reload(None))).await;
            false
        }
        Err(error) => {
            tracing::warn!(%error, "a listener could not be checked again");
            true
        }
    }
}

/// Whom somebody is recused from is left out: it may come from a case, and that there is one is a secret that an event at
/// its opening would tell.
fn same_rights(a: &Caller, b: &Caller) -> bool {
    (a.grants, a.full, a.standing, a.must_enrol) == (b.grants, b.full, b.standing, b.must_enrol)
        && (&a.name, &a.employee, &a.limits) == (&b.name, &b.employee, &b.limits)
}

fn reload(from: Option<i64>) -> Event {
    let event = Event::default().event("reload").data("{}");
    from.into_iter().fold(event, |event, seq| event.id(seq.to_string()))
}

fn frame(row: &Model) -> Event {
    Event::default().id(row.seq.to_string()).event(&row.topic).data(&row.payload)
}

/// The same listener with the rights of this moment; `None` when there are none left.
async fn renewed(app: &AppState, caller: &Caller) -> Result<Option<Listener>> {
    let company = &app.company;
    let fresh = match &caller.kind {
        CallerKind::User { session, role_id, .. } => {
            let found = sessions::by_hash(company, session, app.demo).await?.map(|(_, caller)| caller);
            found.filter(|c| matches!(&c.kind, CallerKind::User { role_id: now, .. } if now == role_id))
        }
        CallerKind::Token { .. } => tokens::by_id(company, &caller.id).await?,
    };
    match fresh {
        Some(caller) => Ok(Some(Listener::of(caller, company).await?)),
        None => Ok(None),
    }
}
