//! The two doors through which an import's events go: intake in this process, or the API of the server that is
//! running. A command line beside a server takes the second, so that on SQLite there is one writer.

use crate::{
    access::{TokenScope, tokens},
    company::{Actor, Company},
    error::Result,
    intake::{
        Sender, quarantine,
        receive::{self, Receipt},
    },
    records::Outcome,
};
use anyhow::{Context, anyhow};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// The command line's token lives no longer than an import may take.
const TOKEN_US: i64 = 24 * 3600 * 1_000_000;
/// Well below what one request may hold.
const REQUEST: usize = 16 << 20;

/// What became of a group of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Took {
    pub accepted: i64,
    pub duplicates: i64,
    pub quarantined: i64,
}

pub enum Door<'a> {
    Own { company: &'a Arc<Company>, sender: &'a Sender },
    Server { url: String, token: String, id: String, client: reqwest::Client },
}

impl Door<'_> {
    /// Puts a group of events through; answers after the durable commit.
    pub async fn put(&self, events: Vec<String>) -> Result<Took> {
        match self {
            Self::Own { company, sender } => own(company, sender, events).await,
            Self::Server { url, token, client, .. } => {
                let mut took = Took::default();
                let mut part = String::from("[");
                for event in events {
                    if part.len() > 1 && part.len() + event.len() > REQUEST {
                        post(client, url, token, &mut part, &mut took).await?;
                    }
                    if part.len() > 1 {
                        part.push(',');
                    }
                    part.push_str(&event);
                }
                if part.len() > 1 {
                    post(client, url, token, &mut part, &mut took).await?;
                }
                Ok(took)
            }
        }
    }

    /// The token that opened it is good for nothing more.
    pub async fn close(self, company: &Company) -> Result<()> {
        match self {
            Self::Own { .. } => Ok(()),
            Self::Server { id, .. } => tokens::revoke(company, &id, &by()).await,
        }
    }
}

async fn own(company: &Arc<Company>, sender: &Sender, events: Vec<String>) -> Result<Took> {
    let mut took = Took::default();
    let mut turned = Vec::new();
    for outcome in receive::sort(company, sender, events).await? {
        match outcome {
            Ok(Outcome::Accepted(_)) => took.accepted += 1,
            Ok(_) => took.duplicates += 1,
            Err(t) => turned.push(t),
        }
    }
    took.quarantined = count(turned.len());
    if !turned.is_empty() {
        quarantine::keep(company, &turned).await?;
    }
    Ok(took)
}

async fn post(client: &reqwest::Client, url: &str, token: &str, part: &mut String, took: &mut Took) -> Result<()> {
    part.push(']');
    let body = std::mem::replace(part, "[".into());
    let request = client.post(format!("{url}/api/v1/records")).bearer_auth(token).header("content-type", "application/cloudevents-batch+json").body(body);
    let answer = request
        .send()
        .await
        .with_context(|| format!("the server at {url} does not answer any more; what it had accepted is kept, run the same import again"))?;
    if !answer.status().is_success() {
        let status = answer.status().as_u16();
        let problem: serde_json::Value = answer.json().await.unwrap_or_default();
        let code = problem["code"].as_str().unwrap_or("unknown");
        return Err(anyhow!("the server at {url} answered {status} {code}: {}", problem["detail"].as_str().unwrap_or_default()).into());
    }
    let receipt: Receipt = answer.json().await.context("the server's answer")?;
    took.accepted += count(receipt.accepted);
    took.duplicates += count(receipt.duplicates);
    took.quarantined += count(receipt.quarantined.len());
    Ok(())
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Where a running server says that it runs: a file in its data folder, there while it does.
#[derive(Debug, Serialize, Deserialize)]
pub struct Running {
    url: String,
}

fn place(data_dir: &Path) -> PathBuf {
    data_dir.join("server.json")
}

impl Running {
    pub fn say(data_dir: &Path, url: &str) -> Result<()> {
        Ok(std::fs::write(place(data_dir), serde_json::to_vec(&Self { url: url.to_owned() })?)?)
    }

    pub fn unsay(data_dir: &Path) {
        // Left behind by a killed server it does no harm: nobody answers there.
        let _ = std::fs::remove_file(place(data_dir));
    }

    /// The door of the server that serves this company, if one answers; [`Door::close`] it afterwards.
    pub async fn door(company: &Arc<Company>) -> Result<Option<Door<'static>>> {
        let Ok(text) = std::fs::read(place(&company.data_dir)) else { return Ok(None) };
        let Ok(Self { url }) = serde_json::from_slice::<Self>(&text) else { return Ok(None) };
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(120)).build().map_err(anyhow::Error::from)?;
        let alive = client.get(format!("{url}/healthz")).timeout(Duration::from_secs(3)).send().await;
        if !alive.is_ok_and(|a| a.status().is_success()) {
            return Ok(None);
        }
        let new =
            tokens::NewToken { name: "probity import".into(), scopes: vec![TokenScope::Ingest], sources: None, expires_at: Some(company.now() + TOKEN_US) };
        let (row, token) = tokens::create(company, new, &by()).await?;
        let door = Door::Server { url: url.clone(), token: token.clone(), id: row.id, client: client.clone() };
        // Nothing sent is answered with the log's name: another company's server may have taken that address since.
        let request = client.post(format!("{url}/api/v1/records")).bearer_auth(&token).header("content-type", "application/cloudevents-batch+json").body("[]");
        let receipt = async { request.send().await?.error_for_status()?.json::<Receipt>().await };
        if receipt.await.is_ok_and(|r| r.checkpoint.origin == company.log.origin) {
            return Ok(Some(door));
        }
        door.close(company).await?;
        Ok(None)
    }
}

/// Who the log says imported.
pub fn by() -> Actor {
    Actor { kind: "system", id: "import".into(), name: "probity import".into() }
}
