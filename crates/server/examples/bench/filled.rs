//! A whole company of a given number of records, taken in by the real server: people, customers, orders, chats, calls,
//! money and tracks of the simulated company over a year, with its diverters and look-alikes, and on top the work of
//! many on the shoulders of a few, so that there are people with tens of thousands of records of their own.
//!
//! Filled once a run and handed from measure to measure; `--company FOLDER` keeps it for the next run.

use crate::{
    Plan,
    ingest::CLIENTS,
    messages::PER_BATCH,
    serve::{Place, Served},
};
use anyhow::{Context, Result, ensure};
use axum::body::Bytes;
use futures::future::try_join_all;
use probity_simulate::{Company, Parameters, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Of all records these many percent are the simulation's; the rest are the busy people's.
const SIMULATED: usize = 85;
/// What the simulated company writes for one person in a month.
const PER_PERSON_MONTH: usize = 118;
const MONTHS: usize = 12;
const BUSY: usize = 5;
/// Batches sent at once; between them nothing that depends on the order is lost, only quarantined until it comes.
const WAVE: usize = 8;
const ABOUT: &str = "about.json";

pub struct Filled {
    pub server: Served,
    pub about: About,
}

/// What is known of it without asking the server.
#[derive(Clone, Serialize, Deserialize)]
pub struct About {
    pub records: usize,
    /// Those who carry many people's work, two of them diverters.
    pub busy: Vec<String>,
    pub diverters: Vec<String>,
    pub look_alikes: Vec<String>,
    pub ordinary: Vec<String>,
}

static KEPT: Mutex<BTreeMap<usize, Filled>> = Mutex::new(BTreeMap::new());

/// The company of that many records, running and at rest; [`give_back`] it for the next measure.
pub async fn take(plan: &Plan, records: usize) -> Result<Filled> {
    if let Some(filled) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).remove(&records) {
        return Ok(filled);
    }
    let kept = plan.company.as_ref().map(|dir| dir.join(records.to_string()));
    if let Some(dir) = kept.as_ref().filter(|dir| dir.join(ABOUT).exists()) {
        let about = serde_json::from_slice(&std::fs::read(dir.join(ABOUT))?)?;
        return Ok(Filled { server: Place::kept(dir)?.serve()?, about });
    }
    fill(records, kept.as_deref()).await
}

/// Keeps it for the next measure of the same size.
pub fn give_back(filled: Filled) {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(filled.about.records, filled);
}

/// The company and a copy of it that goes with the value, both running.
pub fn copied(filled: Filled) -> Result<(Filled, Filled)> {
    let Filled { server, about } = filled;
    let place = server.stop()?;
    let copy = Place::copy_of(&place)?.serve()?;
    Ok((Filled { server: place.serve()?, about: about.clone() }, Filled { server: copy, about }))
}

/// The last events of the simulated company that was filled with so many records, in their order. Without those that say
/// who and what there is: a new one has everybody looked at.
pub fn last_events(records: usize, count: usize) -> Vec<Value> {
    let mut last = VecDeque::with_capacity(count + 1);
    for event in company_of(records * SIMULATED / 100).events().filter(|e| !e.kind.ends_with(".upserted")) {
        last.push_back(event);
        if last.len() > count {
            last.pop_front();
        }
    }
    last.into_iter().map(|event| event.to_json()).collect()
}

/// Ends the servers that are still kept.
pub fn end() {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

async fn fill(records: usize, kept: Option<&Path>) -> Result<Filled> {
    let server = match kept {
        Some(dir) => Place::kept(dir)?.serve()?,
        None => Served::start("sqlite").await?,
    };
    let company = company_of(records * SIMULATED / 100);
    server.introduce(&company).await?;
    let truth = company.truth();
    let who = |role: Role| truth.persons.iter().filter(move |p| p.role == role).map(|p| p.employee.clone()).collect::<Vec<_>>();
    let (diverters, look_alikes, ordinary) = (who(Role::Diverter), who(Role::LookAlike), who(Role::Ordinary));
    let busy: Vec<String> = diverters.iter().take(2).chain(&look_alikes).chain(&ordinary).take(BUSY).cloned().collect();
    let mut extra = records * (100 - SIMULATED) / 100;
    let mut made = 0;
    let mut wave: Vec<Bytes> = Vec::new();
    let mut batch: Vec<Value> = Vec::with_capacity(PER_BATCH);
    let (mut accepted, mut taken_in) = (0, Duration::ZERO);
    // The later rounds only where the first left room.
    'all: for round in 0..3 {
        for (number, event) in company.events().enumerate() {
            let event = event.to_json();
            let double = (number % 3 == round && extra > 0).then(|| shouldered(&event, number, &busy, &ordinary)).flatten();
            let own = (round == 0).then_some(event);
            for event in own.into_iter().chain(double.inspect(|_| extra -= 1)) {
                batch.push(event);
                made += 1;
                if batch.len() == PER_BATCH {
                    wave.push(serde_json::to_vec(&std::mem::take(&mut batch))?.into());
                }
                if wave.len() == WAVE {
                    // Batches are taken from the end of the queue.
                    wave.reverse();
                    let (there, took) = send(&server, std::mem::take(&mut wave)).await?;
                    (accepted, taken_in) = (accepted + there, taken_in + took);
                    if made % 50_000 < WAVE * PER_BATCH {
                        eprintln!("  {made} records, {:.0} a second", made as f64 / taken_in.as_secs_f64());
                    }
                }
                if made == records {
                    break 'all;
                }
            }
        }
    }
    if !batch.is_empty() {
        wave.push(serde_json::to_vec(&batch)?.into());
    }
    wave.reverse();
    accepted += send(&server, wave).await?.0;
    ensure!(accepted * 100 >= records * 97, "of {records} records the company has only {accepted}");
    server.jobs_done().await?;
    server.quiet().await?;
    let about = About { records, busy, diverters, look_alikes, ordinary };
    if let Some(dir) = kept {
        std::fs::write(dir.join(ABOUT), serde_json::to_vec_pretty(&about)?)?;
    }
    Ok(Filled { server, about })
}

/// Sends these batches from all clients at once; how many records were taken, and how long it took. With several at a
/// time a day's visits may overtake the leave that forbids them, or a correction of it: a few are then turned away.
pub async fn send(server: &Served, bodies: Vec<Bytes>) -> Result<(usize, Duration)> {
    let (queue, accepted) = (Mutex::new(bodies), Mutex::new(0));
    let began = Instant::now();
    try_join_all((0..CLIENTS).map(|_| async {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(body) = next else { return anyhow::Ok(()) };
            let request = server.http.post(format!("{}/api/v1/records", server.url)).bearer_auth(&server.token);
            let answer = request.header("content-type", "application/cloudevents-batch+json").body(body).send().await?;
            ensure!(answer.status().is_success(), "POST records: {}", answer.status());
            let receipt: Value = answer.json().await?;
            *accepted.lock().unwrap_or_else(PoisonError::into_inner) += receipt["accepted"].as_u64().context("a receipt counts")? as usize;
        }
    }))
    .await?;
    Ok((accepted.into_inner().unwrap_or_else(PoisonError::into_inner), began.elapsed()))
}

/// A simulated company that writes about so many records; a small one has more people who hardly write.
fn company_of(records: usize) -> Company {
    let mut people = (records / PER_PERSON_MONTH / MONTHS).max(12);
    loop {
        let company = Company::new(Parameters { people, months: MONTHS as u32, seed: 7, until: jiff::civil::date(2026, 10, 31) });
        if company.events().take(records).count() == records {
            return company;
        }
        people += people / 8 + 1;
    }
}

/// The same act as if one of the busy people had done it, as far as an ordinary person did it.
fn shouldered(event: &Value, number: usize, busy: &[String], ordinary: &[String]) -> Option<Value> {
    let kind = event["type"].as_str()?;
    if !matches!(kind, "message.sent" | "customer.accessed" | "customer.followed_up" | "call.made" | "deal.stage_changed") {
        return None;
    }
    let doer = event["subject"].as_str()?;
    if !ordinary.iter().any(|o| o == doer) {
        return None;
    }
    let text = serde_json::to_string(event).ok()?.replace(&json!(doer).to_string(), &json!(busy[number % busy.len()]).to_string());
    let mut event: Value = serde_json::from_str(&text).ok()?;
    event["id"] = json!(format!("{}-shouldered", event["id"].as_str()?));
    Some(event)
}

impl Served {
    /// The company's name and sources, and somebody of human resources who may sign in.
    async fn introduce(&self, company: &Company) -> Result<()> {
        use reqwest::Method;
        let about = json!({ "name": company.name(), "time_zone": "Asia/Shanghai", "currency": "CNY", "own_names": company.own_names() });
        self.ask(Method::PUT, "/api/v1/company", Some(&about)).await?;
        for source in company.sources() {
            self.ask(Method::PUT, "/api/v1/sources", Some(&source)).await?;
        }
        let user = json!({ "login": LOGIN, "name": "沈若溪", "role": "hr" });
        let made = self.ask(Method::POST, "/api/v1/users", Some(&user)).await?;
        let code = made["link"]["path"].as_str().and_then(|p| p.strip_prefix("/invite/")).context("an invitation link")?;
        self.ask(Method::POST, "/api/v1/invitations/accept", Some(&json!({ "code": code, "password": PASSWORD }))).await?;
        Ok(())
    }

    /// Waits until no job is left.
    pub async fn jobs_done(&self) -> Result<()> {
        let began = Instant::now();
        loop {
            let metrics = self.http.get(format!("{}/metrics", self.url)).bearer_auth(&self.token).send().await?.text().await?;
            let waiting = metrics.lines().find_map(|l| l.strip_prefix("probity_jobs_waiting ")).context("the server says how many jobs wait")?;
            if waiting == "0" {
                return Ok(());
            }
            ensure!(began.elapsed() < Duration::from_secs(3600), "{waiting} jobs are still waiting");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Who opens the pages.
pub const LOGIN: &str = "bench-hr";
pub const PASSWORD: &str = "only-for-the-bench";
