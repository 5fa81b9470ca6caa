//! Typesetting in a child process: this binary again, with a hidden command, data on its stdin, the PDF on its
//! stdout. Memory goes back with the child, and a template that goes wrong ends the child and not the server.

use super::{
    catalogue::{Part, typeset_part},
    fonts,
};
use crate::said::Said;
use anyhow::{Context, Result, anyhow};
use futures::{StreamExt, TryStreamExt, stream};
use std::{
    io::{Read, Write},
    path::PathBuf,
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::{io::AsyncWriteExt, process::Command};

/// The hidden command of the binary.
pub const COMMAND: &str = "typeset-part";
/// At a time; each takes some 150 MiB.
const CHILDREN: usize = 2;
/// A part takes seconds; whatever takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);
const REFUSED: &str = "REFUSED ";

/// Typesets all parts, in order.
pub async fn run(parts: Vec<Part>, progress: impl Fn(usize, usize) + Sync) -> Result<Vec<Vec<u8>>, Said> {
    let (done, all) = (AtomicUsize::new(0), parts.len());
    stream::iter(parts)
        .map(|part| {
            let (done, progress) = (&done, &progress);
            async move {
                let made = one(part).await.unwrap_or_else(|e| {
                    tracing::warn!(error = format!("{e:#}"), "a document could not be typeset");
                    Err(Said::new(
                        "排版程序出错，未能生成 PDF；CSV 清单不受影响。",
                        "The typesetter failed, so there is no PDF; the CSV catalogue is complete.",
                    ))
                });
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, all);
                made
            }
        })
        .buffered(CHILDREN)
        .try_collect()
        .await
}

/// The binary, when we are it. In a test's process there is no such command, and the part is typeset right here.
fn binary() -> Option<PathBuf> {
    let exe = std::env::current_exe().ok()?;
    (exe.file_stem()? == "probity").then_some(exe)
}

async fn one(part: Part) -> Result<Result<Vec<u8>, Said>> {
    let Some(binary) = binary() else {
        return tokio::task::spawn_blocking(move || typeset_part(&part)).await?;
    };
    let input = serde_json::to_vec(&part)?;
    let mut child = Command::new(binary)
        .arg(COMMAND)
        .envs(fonts::named().map(|places| (fonts::VARIABLE, places)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("starting the typesetter")?;
    let mut stdin = child.stdin.take().context("the typesetter has no stdin")?;
    let feed = tokio::spawn(async move {
        let _gone = stdin.write_all(&input).await;
        let _closed = stdin.shutdown().await;
    });
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.context("the typesetter took too long")??;
    feed.await?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let text = String::from_utf8_lossy(&output.stderr);
    if let Some(refusal) = text.lines().find_map(|line| line.strip_prefix(REFUSED)) {
        return Ok(Err(serde_json::from_str(refusal)?));
    }
    Err(anyhow!("{}", text.lines().last().unwrap_or("the typesetter ended without a word")))
}

/// The child's side; true when the PDF went out.
pub fn run_child() -> Result<bool> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let part: Part = serde_json::from_slice(&input)?;
    match typeset_part(&part)? {
        Ok(pdf) => {
            std::io::stdout().write_all(&pdf)?;
            Ok(true)
        }
        Err(why) => {
            eprintln!("{REFUSED}{}", serde_json::to_string(&why)?);
            Ok(false)
        }
    }
}
