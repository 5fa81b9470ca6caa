//! The machine the figures were taken on, in a few lines.

use crate::{reference::Reference, serve};
use anyhow::Result;
use std::{fmt::Write as _, io::Write as _, path::Path, time::Instant};

pub async fn describe() -> Result<String> {
    let mut out = String::new();
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let _ = writeln!(out, "- Processor: {cpu}, {cores} cores, shared by server, clients and databases");
    if let Some(kib) = field("/proc/meminfo", "MemTotal").and_then(|m| m.split_whitespace().next()?.parse::<f64>().ok()) {
        let _ = writeln!(out, "- Memory: {:.0} GiB", kib / f64::from(1 << 20));
    }
    let dir = tempfile::tempdir()?;
    let _ = writeln!(out, "- Disk: {}, one synchronous write of 4 KiB takes {:.1} ms (median)", file_system(dir.path()), sync_ms(dir.path())?);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let _ = writeln!(out, "- System: {} {}", std::env::consts::OS, kernel.trim());
    for engine in serve::engines() {
        let reference = Reference::open(engine, dir.path()).await?;
        let _ = writeln!(out, "- {}", reference.version().await?);
    }
    Ok(out)
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|l| l.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Name of the file system that holds `dir`: the mount with the longest fitting path.
fn file_system(dir: &Path) -> String {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let fitting = mounts.lines().filter_map(|l| {
        let mut words = l.split(' ').skip(1);
        let (at, kind) = (words.next()?, words.next()?);
        dir.starts_with(at).then_some((at.len(), kind))
    });
    fitting.max().map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

fn sync_ms(dir: &Path) -> Result<f64> {
    let mut file = std::fs::File::create(dir.join("sync"))?;
    let mut samples = Vec::new();
    for _ in 0..50 {
        let began = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        samples.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(crate::report::median(&samples))
}
