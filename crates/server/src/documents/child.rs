//! Typesetting in child processes: this binary again, with a hidden command. Parts go to its stdin one after the other
//! and each answer comes back on its stdout before the next is sent, so that fonts are read once a child and not once a
//! part. Memory goes back with the child, and a template that goes wrong ends the child and not the server.
//!
//! On the pipe: length (8 bytes, little-endian), then as many bytes. A part is JSON; an answer is one byte that says
//! what follows, then the PDF, the refusal as JSON, or the error as text.

use super::{
    catalogue::{self, Part},
    certificate::{self, Certificate},
    checklist::{self, Checklist},
    fonts::{self, Fonts},
};
use crate::said::Said;
use anyhow::{Context, Result, anyhow, bail};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use std::{
    io::{Read, Write},
    path::PathBuf,
    process::Stdio,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
};

/// The hidden command of the binary.
pub const COMMAND: &str = "typeset-part";
/// At a time; each takes some 200 MiB.
const CHILDREN: usize = 2;
/// A part takes seconds; whatever takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);
/// No part and no PDF is larger; a longer frame is a fault.
const MAX_FRAME: u64 = 256 << 20;

const PDF: u8 = 0;
const REFUSED: u8 = 1;
const FAILED: u8 = 2;

/// What a child can typeset.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    Catalogue(Part),
    Certificate(Certificate),
    Checklist(Box<Checklist>),
}

impl Paper {
    fn typeset(&self, fonts: &Fonts) -> Result<Vec<u8>> {
        match self {
            Self::Catalogue(part) => catalogue::typeset_part(fonts, part),
            Self::Certificate(certificate) => certificate::set(fonts, certificate),
            Self::Checklist(list) => checklist::set(fonts, list),
        }
    }
}

/// Typesets all papers, in order.
pub async fn run(parts: Vec<Paper>, progress: impl Fn(usize, usize) + Sync) -> Result<Vec<Vec<u8>>, Said> {
    let all = parts.len();
    let done = AtomicUsize::new(0);
    let waiting = Mutex::new(parts.into_iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let finished = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, all);
    let works = (0..CHILDREN.min(all)).map(|_| work(&next, &finished));
    let mut made: Vec<(usize, Vec<u8>)> = try_join_all(works).await?.into_iter().flatten().collect();
    made.sort_by_key(|(at, _)| *at);
    Ok(made.into_iter().map(|(_, pdf)| pdf).collect())
}

/// One child and the papers it takes.
async fn work(next: &(impl Fn() -> Option<(usize, Paper)> + Sync), finished: &(impl Fn() + Sync)) -> Result<Vec<(usize, Vec<u8>)>, Said> {
    let broke = |e: anyhow::Error| {
        tracing::warn!(error = format!("{e:#}"), "a document could not be typeset");
        Said::new("排版程序出错，未能生成 PDF；其余内容不受影响。", "The typesetter failed, so there is no PDF; everything else is complete.")
    };
    let mut setter = Setter::start().map_err(broke)?;
    let mut made = Vec::new();
    while let Some((at, part)) = next() {
        made.push((at, setter.typeset(part).await.map_err(broke)??));
        finished();
    }
    Ok(made)
}

enum Setter {
    Child(Box<Child>),
    /// In a test's process there is no such command, and the part is typeset right here.
    Here,
}

impl Setter {
    fn start() -> Result<Self> {
        let Some(binary) = binary() else { return Ok(Self::Here) };
        let mut command = Command::new(binary);
        command.envs(fonts::named().map(|places| (fonts::VARIABLE, places)));
        command.env("RAYON_NUM_THREADS", threads().to_string());
        command.arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        Ok(Self::Child(Box::new(command.spawn().context("starting the typesetter")?)))
    }

    async fn typeset(&mut self, paper: Paper) -> Result<Result<Vec<u8>, Said>> {
        let Self::Child(child) = self else {
            return tokio::task::spawn_blocking(move || match fonts::load() {
                Ok(fonts) => paper.typeset(&fonts).map(Ok),
                Err(why) => Ok(Err(why)),
            })
            .await?;
        };
        let input = serde_json::to_vec(&paper)?;
        let stdin = child.stdin.as_mut().context("the typesetter has no stdin")?;
        let stdout = child.stdout.as_mut().context("the typesetter has no stdout")?;
        let talk = async {
            stdin.write_u64_le(input.len() as u64).await?;
            stdin.write_all(&input).await?;
            stdin.flush().await?;
            let length = stdout.read_u64_le().await?;
            if length == 0 || length > MAX_FRAME {
                bail!("the typesetter answered with {length} bytes");
            }
            let what = stdout.read_u8().await?;
            let mut body = vec![0; usize::try_from(length - 1)?];
            stdout.read_exact(&mut body).await?;
            Ok((what, body))
        };
        let (what, body) = tokio::time::timeout(PATIENCE, talk).await.context("the typesetter took too long")?.context("talking to the typesetter")?;
        match what {
            PDF => Ok(Ok(body)),
            REFUSED => Ok(Err(serde_json::from_slice(&body)?)),
            _ => Err(anyhow!("{}", String::from_utf8_lossy(&body))),
        }
    }
}

/// Threads in each: more than there are cores only wait for one another, which cost a quarter of the time.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() / CHILDREN).max(1)
}

/// The binary, when we are it.
fn binary() -> Option<PathBuf> {
    let exe = std::env::current_exe().ok()?;
    (exe.file_stem()? == "probity").then_some(exe)
}

/// The child's side: answers until its stdin ends.
pub fn run_child() -> Result<()> {
    let (mut stdin, mut stdout) = (std::io::stdin().lock(), std::io::stdout().lock());
    let fonts = fonts::load();
    let mut length = [0; 8];
    while let Ok(()) = stdin.read_exact(&mut length) {
        let mut input = Vec::new();
        (&mut stdin).take(u64::from_le_bytes(length).min(MAX_FRAME)).read_to_end(&mut input)?;
        let paper: Paper = serde_json::from_slice(&input)?;
        let (what, body) = match &fonts {
            Err(why) => (REFUSED, serde_json::to_vec(why)?),
            Ok(fonts) => match paper.typeset(fonts) {
                Ok(pdf) => (PDF, pdf),
                Err(e) => (FAILED, format!("{e:#}").into_bytes()),
            },
        };
        stdout.write_all(&(body.len() as u64 + 1).to_le_bytes())?;
        stdout.write_all(&[what])?;
        stdout.write_all(&body)?;
        stdout.flush()?;
        // What was laid out for this paper helps no other one.
        typst::comemo::evict(0);
    }
    Ok(())
}
