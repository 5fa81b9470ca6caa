//! Asks one time-stamp authority (RFC 3161 §3.4, over HTTP) and checks what it answers.

use anyhow::{Context, Result, bail, ensure};
use futures::StreamExt;
use probity_ledger::{
    Hash,
    stamp::{self, Stamp},
};
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(20);
/// A reply with a long chain has some 10 KB.
const MOST_BYTES: usize = 256 * 1024;

/// A client for authorities: short time-outs, no redirects to places nobody configured.
pub fn client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .redirect(reqwest::redirect::Policy::limited(3))
        .user_agent(concat!("probity/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

/// A token about `imprint` from the authority at `url`. It answers this very request, its signature holds, and with
/// `ca_pem` its certificate leads to the CA.
pub async fn ask(client: &reqwest::Client, url: &str, imprint: &Hash, nonce: u64, ca_pem: Option<&[u8]>) -> Result<(Vec<u8>, Stamp)> {
    let response = client
        .post(url)
        .header("content-type", "application/timestamp-query")
        .header("accept", "application/timestamp-reply")
        .body(stamp::request(imprint, nonce))
        .send()
        .await
        .context("the authority cannot be reached")?;
    let status = response.status();
    ensure!(status.is_success(), "the authority answered {status}");
    let mut bytes = Vec::new();
    let mut body = response.bytes_stream();
    while let Some(part) = body.next().await {
        bytes.extend_from_slice(&part.context("the authority's answer broke off")?);
        if bytes.len() > MOST_BYTES {
            bail!("the authority's answer is too long for a time stamp");
        }
    }
    let token = stamp::token_of_response(&bytes)?;
    let stamp = stamp::verify(&token, imprint, ca_pem)?;
    ensure!(stamp.answers(nonce), "the authority answered another request");
    Ok((token, stamp))
}
