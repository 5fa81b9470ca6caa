//! The demo's content: the simulated company, ending yesterday, through the ordinary intake.
//!
//! It runs beside the server, so pages open at once and fill; a marker in the settings says how far it came, and a
//! demo that was stopped in the middle goes on where it was, since records that are there already count as
//! duplicates.

use super::{office, staff};
use crate::{
    access::{
        TokenScope, demo,
        matrix::Role,
        tokens::{self, NewToken},
    },
    company::{Actor, Company},
    error::{Error, Result},
    intake::{Sender, receive},
    said::Lang,
    settings,
};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use probity_simulate::{Parameters, Staff, Truth};
use reqwest::Client;
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// Setting that holds `<last day>` while loading and `<last day> done` afterwards.
const MARK: &str = "demo_company";
const PEOPLE: usize = 60;
const MONTHS: u32 = 6;
const SEED: u64 = 20_260;
const BATCH: usize = 1000;

/// Loads the demo company unless it is there; `url` is where this server listens. The server goes on without it when
/// something goes wrong, and says what.
pub async fn start(company: Arc<Company>, url: String) {
    if let Err(error) = run(company, url).await {
        let why = match error {
            Error::Problem(problem) => problem.detail.en,
            Error::Internal(error) => format!("{error:#}"),
        };
        tracing::error!("the demo company is not complete: {why}");
    }
}

async fn run(company: Arc<Company>, url: String) -> Result<()> {
    let mark = settings::get(company.store.read(), MARK).await?;
    if mark.as_deref().is_some_and(|mark| mark.ends_with("done")) {
        return Ok(());
    }
    let until = match mark.as_deref().and_then(|day| day.parse().ok()) {
        Some(day) => day,
        None => yesterday(&company)?,
    };
    remember(&company, &until.to_string()).await?;
    let simulated = Arc::new(
        tokio::task::spawn_blocking(move || probity_simulate::Company::new(Parameters { people: PEOPLE, months: MONTHS, seed: SEED, until }))
            .await
            .context("laying out the demo company")?,
    );
    let by = Actor { kind: "system", id: "demo".into(), name: "演示数据".into() };
    let expires_at = Some(company.now() + 3_600_000_000);
    let scopes = vec![TokenScope::Ingest, TokenScope::Read, TokenScope::Cases, TokenScope::Admin];
    let (token, secret) = tokens::create(&company, NewToken { name: "演示数据".into(), scopes, sources: None, expires_at }, &by).await?;
    let client = Client::new();
    let api = office::Api::new(client.clone(), url.clone(), secret);
    introduce(&company, &api, &simulated).await?;
    load(&company, simulated.clone(), by.clone()).await?;
    let truth: Truth = simulated.truth();
    if let Err(Error::Internal(error)) = office::work(&api, &truth, until).await {
        tracing::warn!("the demo's people have done only a part of their work: {error:#}");
    }
    if let Err(Error::Internal(error)) = staff::work(&client, &url, &simulated, until).await {
        tracing::warn!("the demo's HR has done only a part of its work: {error:#}");
    }
    tokens::revoke(&company, &token.id, &by).await?;
    remember(&company, &format!("{until} done")).await
}

/// The company's name, its sources, and who signs in for each role.
async fn introduce(company: &Company, api: &office::Api, simulated: &probity_simulate::Company) -> Result<()> {
    let names = simulated.own_names();
    api.put("/api/v1/company", &json!({ "name": simulated.name(), "time_zone": "Asia/Shanghai", "currency": "CNY", "own_names": names })).await?;
    for source in simulated.sources() {
        api.put("/api/v1/sources", &source).await?;
    }
    let seller = simulated.staff.iter().find(|person| person.title == "客户经理");
    let team = office::busiest_manager(simulated);
    let roles: [(Role, Option<&Staff>); 7] = [
        (Role::Hr, simulated.titled("人力资源经理")),
        (Role::Legal, simulated.titled("法务经理")),
        (Role::SalesManager, team),
        (Role::Auditor, simulated.titled("审计主管")),
        (Role::Admin, simulated.titled("系统管理员")),
        (Role::Union, simulated.titled("客服主管兼工会主席")),
        (Role::Employee, seller),
    ];
    for (role, person) in roles {
        if let Some(person) = person {
            demo::offer(company, role, &person.name, person.title, Some(&person.number)).await?;
        }
    }
    Ok(())
}

async fn load(company: &Arc<Company>, simulated: Arc<probity_simulate::Company>, by: Actor) -> Result<()> {
    let (send, mut batches) = tokio::sync::mpsc::channel::<Vec<String>>(4);
    let making = tokio::task::spawn_blocking(move || {
        let mut batch = Vec::with_capacity(BATCH);
        for event in simulated.events() {
            batch.push(event.to_json().to_string());
            if batch.len() == BATCH && send.blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err() {
                return;
            }
        }
        // The receiver only hangs up when loading failed, which it reports itself.
        drop(send.blocking_send(batch));
    });
    let bar = ProgressBar::no_length()
        .with_style(ProgressStyle::with_template("{spinner} 正在装入演示公司 loading the demo company: {pos} 条 records").context("a progress bar")?);
    bar.enable_steady_tick(Duration::from_millis(200));
    let sender = Sender { by, sources: None };
    while let Some(batch) = batches.recv().await {
        let many = batch.len() as u64;
        let receipt = receive::receive(company, &sender, batch, Lang::Zh).await?;
        if let Some(first) = receipt.quarantined.first() {
            tracing::warn!(code = %first.code, many = receipt.quarantined.len(), "demo records were quarantined");
        }
        bar.inc(many);
    }
    making.await.context("making the demo's records")?;
    bar.finish();
    Ok(())
}

fn yesterday(company: &Company) -> Result<Date> {
    let now = jiff::Timestamp::from_microsecond(company.now()).context("the clock's time")?;
    let zone = TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC);
    Ok(now.to_zoned(zone).date().saturating_sub(1.day()))
}

async fn remember(company: &Company, mark: &str) -> Result<()> {
    let tx = company.store.write().await?;
    settings::set(&tx, MARK, mark, company.now()).await?;
    tx.commit().await?;
    Ok(())
}
