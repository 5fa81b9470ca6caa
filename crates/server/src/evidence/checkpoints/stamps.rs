//! Has checkpoints stamped by outside authorities, on a schedule: so that not even whoever holds the log's key can say
//! later that a record was made earlier, or at another time.
//!
//! The imprint is SHA-256 of the exact checkpoint note. An authority is asked again when the log has grown and the
//! interval has passed; one that fails is asked again after a growing pause, and its last trouble is shown.

use super::{
    authority,
    model::{checkpoint, stamp},
    proofs::{Published, newest},
    tiles::to_db,
};
use crate::{company::Company, error::Result, jobs, settings};
use probity_ledger::sha256;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

const LEASE: &str = "log.stamp";
/// Longer than all authorities may take together.
const LEASE_SECONDS: i64 = 300;
const LOOK: Duration = Duration::from_secs(3);
const MINUTE_US: i64 = 60 * 1_000_000;
const MOST_PAUSE_MINUTES: i64 = 60;
pub const DEFAULT_MINUTES: u32 = 60;
const SETTING: &str = "log_authorities";
const TROUBLE: &str = "log_authority_trouble";

/// An authority as the administrator configured it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Authority {
    /// `http://` or `https://` address that takes RFC 3161 requests.
    pub url: String,
    /// Root certificate(s) in PEM. Without them a stamp is kept and marked as not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
}

/// The list of authorities and how often they are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub authorities: Vec<Authority>,
    pub minutes: u32,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { authorities: Vec::new(), minutes: DEFAULT_MINUTES }
    }
}

/// Why an authority gave no stamp when it was last asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub at: i64,
    pub error: String,
    pub attempts: u32,
}

/// A stamp with the note it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    pub row: stamp::Model,
    pub checkpoint: Published,
}

pub async fn schedule(company: &Company) -> Result<Schedule> {
    let text = settings::get(company.store.read(), SETTING).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

pub async fn troubles(company: &Company) -> Result<HashMap<String, Trouble>> {
    let text = settings::get(company.store.read(), TROUBLE).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Sets the authorities; those without a stamp are asked within seconds.
pub async fn set_schedule(company: &Company, schedule: &Schedule) -> Result<()> {
    let tx = company.store.write().await?;
    settings::set(&tx, SETTING, &serde_json::to_string(schedule)?, company.now()).await?;
    settings::set(&tx, TROUBLE, "{}", company.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// The newest stamps, newest first.
pub async fn list(company: &Company, limit: u64) -> Result<Vec<stamp::Model>> {
    use sea_orm::QuerySelect;
    Ok(stamp::Entity::find().order_by_desc(stamp::Column::RequestedAt).limit(limit).all(company.store.read()).await?)
}

/// Every stamp received up to that moment, oldest first, with the note it is about: what a package takes in.
pub async fn stamped_until(company: &Company, until: i64) -> Result<Vec<Stamped>> {
    let rows = stamp::Entity::find().filter(stamp::Column::RequestedAt.lte(until)).order_by_asc(stamp::Column::RequestedAt).all(company.store.read()).await?;
    let mut notes: HashMap<(i64, i64), checkpoint::Model> = HashMap::with_capacity(rows.len());
    let mut sizes: Vec<i64> = rows.iter().map(|row| row.size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for part in sizes.chunks(1000) {
        let found = checkpoint::Entity::find().filter(checkpoint::Column::Size.is_in(part.iter().copied())).all(company.store.read()).await?;
        notes.extend(found.into_iter().map(|c| ((c.epoch, c.size), c)));
    }
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        // Stamped checkpoints are never pruned, so a missing one is fsck's to name, not the package's.
        if let Some(found) = notes.get(&(row.epoch, row.size)) {
            all.push(Stamped { row, checkpoint: found.clone().try_into()? });
        }
    }
    Ok(all)
}

/// How far the log is stamped: a case's page asks this each time, so the stamps themselves are not read.
pub async fn furthest(company: &Company) -> Result<i64> {
    use sea_orm::QuerySelect;
    let most: Option<Option<i64>> =
        stamp::Entity::find().select_only().column_as(stamp::Column::Size.max(), "size").into_tuple().one(company.store.read()).await?;
    Ok(most.flatten().unwrap_or(0))
}

/// Asks whoever is due until the company is dropped.
pub(super) async fn follow(company: Weak<Company>) {
    let client = match authority::client() {
        Ok(client) => client,
        Err(e) => {
            tracing::error!(error = %e, "no time stamps: the HTTP client cannot be made");
            return;
        }
    };
    let holder = uuid::Uuid::now_v7().to_string();
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(company) = company.upgrade() else { return };
        if let Err(e) = turn(&company, &client, &holder).await {
            tracing::warn!(error = %e, "stamping the log failed");
        }
    }
}

/// Asks every authority that is due, all at once; the number of new stamps.
pub async fn turn(company: &Arc<Company>, client: &reqwest::Client, holder: &str) -> Result<usize> {
    let schedule = schedule(company).await?;
    if schedule.authorities.is_empty() {
        return Ok(0);
    }
    let Some(newest) = newest(company).await?.filter(|p| p.size > 0) else { return Ok(0) };
    let mut troubles = troubles(company).await?;
    let mut due = Vec::new();
    for authority in &schedule.authorities {
        if is_due(company, authority, &newest, schedule.minutes, troubles.get(&authority.url)).await? {
            due.push(authority.clone());
        }
    }
    if due.is_empty() || !jobs::hold(company, LEASE, holder, LEASE_SECONDS).await? {
        return Ok(0);
    }
    let imprint = sha256(newest.note.as_bytes());
    let asked = due.into_iter().map(|authority| async move {
        let (nonce, _) = uuid::Uuid::new_v4().as_u64_pair();
        let ca = authority.ca_pem.as_deref().map(str::as_bytes);
        let answer = authority::ask(client, &authority.url, &imprint, nonce, ca).await;
        (authority, answer)
    });
    let mut made = 0;
    for (authority, answer) in futures::future::join_all(asked).await {
        let now = company.now();
        match answer {
            Ok((token, stamp)) => {
                troubles.remove(&authority.url);
                keep(company, &newest, &authority, token, stamp, now).await?;
                made += 1;
            }
            Err(e) => {
                tracing::warn!(authority = authority.url, error = format!("{e:#}"), "no time stamp");
                let attempts = troubles.get(&authority.url).map_or(0, |t| t.attempts) + 1;
                troubles.insert(authority.url, Trouble { at: now, error: format!("{e:#}"), attempts });
            }
        }
    }
    let tx = company.store.write().await?;
    settings::set(&tx, TROUBLE, &serde_json::to_string(&troubles)?, company.now()).await?;
    tx.commit().await?;
    Ok(made)
}

async fn is_due(company: &Company, authority: &Authority, newest: &Published, minutes: u32, trouble: Option<&Trouble>) -> Result<bool> {
    let now = company.now();
    if let Some(trouble) = trouble {
        let pause = 1_i64.checked_shl(trouble.attempts.min(10)).unwrap_or(MOST_PAUSE_MINUTES).min(MOST_PAUSE_MINUTES);
        if now < trouble.at + pause * MINUTE_US {
            return Ok(false);
        }
    }
    let last =
        stamp::Entity::find().filter(stamp::Column::Authority.eq(&authority.url)).order_by_desc(stamp::Column::RequestedAt).one(company.store.read()).await?;
    Ok(match last {
        None => true,
        Some(last) => {
            let grown = (last.epoch, last.size) != (newest.epoch, to_db(newest.size)?);
            grown && now >= last.requested_at + i64::from(minutes) * MINUTE_US
        }
    })
}

async fn keep(company: &Company, newest: &Published, authority: &Authority, token: Vec<u8>, stamped: probity_ledger::stamp::Stamp, now: i64) -> Result<()> {
    let tx = company.store.write().await?;
    stamp::Entity::insert(stamp::ActiveModel {
        id: Set(uuid::Uuid::now_v7().to_string()),
        epoch: Set(newest.epoch),
        size: Set(to_db(newest.size)?),
        authority: Set(authority.url.clone()),
        requested_at: Set(now),
        at: Set(stamped.time_us),
        signer: Set(stamped.authority),
        serial: Set(stamped.serial),
        verified: Set(stamped.confirmed),
        token: Set(token),
    })
    .exec_without_returning(&tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
