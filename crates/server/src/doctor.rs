//! `probity doctor`: whether this machine and its settings can carry the product, and what to do where not.
//!
//! It opens the company as the server would, changes nothing, and says one line per thing looked at. What is merely
//! missing (fonts, a checkpoint folder) is a hint and no failure; only what stops the product makes it exit with 1.

use crate::{
    company::Company,
    config::Config,
    error::Error,
    evidence::checkpoints::{CheckpointDir, authority, guard, newest, stamps},
    records::model::record,
    said::Said,
};
use probity_ledger::sha256;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Below this a batch of photos may already fill the disk.
const LITTLE_ROOM: u64 = 2 << 30;
/// A clock that differs more than this from a time-stamp authority's is wrong, not merely slow to answer.
const CLOCK_US: i64 = 60 * 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Good,
    /// Works, but something is missing or worth knowing.
    Hint,
    /// The product does not work like this.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Line {
    pub verdict: Verdict,
    pub said: Said,
}

fn line(verdict: Verdict, zh: impl Into<String>, en: impl Into<String>) -> Line {
    Line { verdict, said: Said::new(zh, en) }
}

/// Looks at everything, prints it, and says whether nothing is bad.
pub async fn at_terminal(config: &Config, opened: Result<&Company, &Error>) -> bool {
    let lines = examine(config, opened).await;
    for line in &lines {
        let mark = match line.verdict {
            Verdict::Good => '✓',
            Verdict::Hint => '!',
            Verdict::Bad => '✗',
        };
        println!("{mark} {}\n  {}", line.said.zh, line.said.en);
    }
    lines.iter().all(|line| line.verdict != Verdict::Bad)
}

/// The same as a list.
pub async fn examine(config: &Config, opened: Result<&Company, &Error>) -> Vec<Line> {
    let mut lines = vec![data_folder(&config.data_dir)];
    match opened {
        Err(Error::Problem(p)) if p.code == "no_company" => {
            lines.push(line(Verdict::Hint, "还没有公司数据；首次运行 probity serve 时建立", "There is no company yet; the first probity serve makes it"))
        }
        Err(e) => lines.push(line(
            Verdict::Bad,
            format!("数据库或密钥打不开：{e}。请检查 PROBITY_DATABASE_URL 与数据目录。"),
            format!("The database or the keys do not open: {e}. Check PROBITY_DATABASE_URL and the data folder."),
        )),
        Ok(company) => {
            lines.push(database(company).await);
            lines.push(files(company).await);
            lines.extend(key_file(&config.data_dir));
            lines.extend(log(company, config).await);
            lines.extend(clock(company).await);
            lines.extend(authorities(company).await);
        }
    }
    lines.push(fonts(config));
    lines.push(pages(config).await);
    lines
}

fn data_folder(dir: &Path) -> Line {
    let shown = dir.display();
    let probe = dir.join(".doctor");
    let writable = fs::create_dir_all(dir).and_then(|()| fs::write(&probe, b"x")).and_then(|()| fs::remove_file(&probe));
    if let Err(e) = writable {
        return line(
            Verdict::Bad,
            format!("数据目录 {shown} 不可写：{e}。请改权限或设置 PROBITY_DATA_DIR。"),
            format!("The data folder {shown} cannot be written: {e}. Change its rights or set PROBITY_DATA_DIR."),
        );
    }
    let Ok(room) = rustix::fs::statvfs(dir) else {
        return line(
            Verdict::Hint,
            format!("数据目录 {shown} 可写，剩余空间未知"),
            format!("The data folder {shown} can be written; its free space is unknown"),
        );
    };
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let gib = free as f64 / f64::from(1 << 30);
    if free < LITTLE_ROOM {
        return line(
            Verdict::Hint,
            format!("数据目录 {shown} 只剩 {gib:.1} GiB，请尽快腾出空间"),
            format!("The data folder {shown} has only {gib:.1} GiB left; make room soon"),
        );
    }
    line(Verdict::Good, format!("数据目录 {shown} 可写，剩余 {gib:.1} GiB"), format!("The data folder {shown} can be written, {gib:.1} GiB free"))
}

async fn database(company: &Company) -> Line {
    let engine = company.store.engine();
    match guard::head_of(company).await {
        Ok(head) => line(
            Verdict::Good,
            format!("数据库（{engine}）可用，日志 {} 条", head.size),
            format!("The database ({engine}) answers; the log has {} entries", head.size),
        ),
        Err(e) => line(Verdict::Bad, format!("数据库（{engine}）读不出日志：{e}"), format!("The database ({engine}) does not give its log: {e}")),
    }
}

async fn files(company: &Company) -> Line {
    const PROBE: &str = "doctor/probe";
    let tried = async {
        company.blobs.put(PROBE, b"x".to_vec()).await?;
        company.blobs.get(PROBE).await?;
        company.blobs.delete(PROBE).await
    };
    match tried.await {
        Ok(()) => line(Verdict::Good, "文件存储可读写", "The files' store can be read and written"),
        Err(e) => line(
            Verdict::Bad,
            format!("文件存储不可用：{e}。请检查 PROBITY_BLOBS_URL。"),
            format!("The files' store does not work: {e}. Check PROBITY_BLOBS_URL."),
        ),
    }
}

fn key_file(data_dir: &Path) -> Option<Line> {
    let path = data_dir.join("keys.json");
    let meta = fs::metadata(&path).ok()?;
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o077 != 0 {
        return Some(line(
            Verdict::Hint,
            format!("密钥文件 {} 其他用户可读，请执行 chmod 600", path.display()),
            format!("The key file {} can be read by other users; run chmod 600 on it", path.display()),
        ));
    }
    let _ = meta;
    Some(line(
        Verdict::Good,
        "密钥文件只有本用户可读；请确认恢复包（probity key export）另存他处",
        "The key file is readable by this user only; make sure the recovery kit (probity key export) is kept elsewhere",
    ))
}

async fn log(company: &Company, config: &Config) -> Vec<Line> {
    let mut lines = Vec::new();
    match newest(company).await {
        Ok(Some(published)) => lines.push(line(
            Verdict::Good,
            format!("日志已公布到 {} 条，密钥指纹 {}", published.size, company.log.key.fingerprint()),
            format!("The log is published up to {} entries, key fingerprint {}", published.size, company.log.key.fingerprint()),
        )),
        _ => lines.push(line(
            Verdict::Hint,
            "日志还没有公布检查点；服务启动后会自动公布",
            "The log has no published checkpoint yet; the server publishes one when it starts",
        )),
    }
    let Some(dir) = &config.checkpoint_dir else {
        lines.push(line(
            Verdict::Hint,
            "未设置 PROBITY_CHECKPOINT_DIR：数据库若被整体回退，本机无从察觉。请指向另一块磁盘上的目录。",
            "PROBITY_CHECKPOINT_DIR is not set: a database set back as a whole would go unnoticed here. Name a folder on another disk.",
        ));
        return lines;
    };
    match guard::check(company, &CheckpointDir::new(dir.clone())).await {
        Ok(None) => lines.push(line(Verdict::Good, "日志与检查点目录一致", "The log agrees with the checkpoint folder")),
        Ok(Some(said)) => lines.push(Line { verdict: Verdict::Bad, said }),
        Err(e) => lines.push(line(Verdict::Bad, format!("检查点目录读不出：{e}"), format!("The checkpoint folder cannot be read: {e}"))),
    }
    if on_the_same_disk(dir, &config.data_dir) {
        lines.push(line(
            Verdict::Hint,
            "检查点目录与数据在同一块磁盘上，最好放到另一块",
            "The checkpoint folder is on the same disk as the data; another one is better",
        ));
    }
    lines
}

fn on_the_same_disk(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(a).ok().zip(fs::metadata(b).ok()).is_some_and(|(a, b)| a.dev() == b.dev())
    }
    #[cfg(not(unix))]
    {
        let _ = (a, b);
        false
    }
}

/// A clock that was set back gives records times before those already there.
async fn clock(company: &Company) -> Option<Line> {
    let last: Option<i64> = record::Entity::find()
        .select_only()
        .column(record::Column::ReceivedAt)
        .order_by_desc(record::Column::Idx)
        .into_tuple()
        .one(company.store.read())
        .await
        .ok()?;
    let now = company.now();
    Some(match last {
        Some(last) if last > now + CLOCK_US => line(
            Verdict::Bad,
            format!("本机时间比最新记录的接收时间早 {} 秒，请校准时钟（NTP）", (last - now) / 1_000_000),
            format!("This machine's clock is {} s behind the newest record; set it right (NTP)", (last - now) / 1_000_000),
        ),
        _ => line(Verdict::Good, "本机时间不早于最新记录", "This machine's clock is not behind the newest record"),
    })
}

async fn authorities(company: &Company) -> Vec<Line> {
    let Ok(schedule) = stamps::schedule(company).await else { return Vec::new() };
    if schedule.authorities.is_empty() {
        return vec![line(
            Verdict::Hint,
            "未配置时间戳机构：日志何时已经如此，只有本机为证。请在“日志”页面添加。",
            "No time-stamp authority is configured: when the log was as it is rests on this machine's word alone. Add one on the log page.",
        )];
    }
    let Ok(client) = authority::client() else { return Vec::new() };
    let mut lines = Vec::new();
    for configured in schedule.authorities {
        let url = &configured.url;
        let ca = configured.ca_pem.as_deref().map(str::as_bytes);
        let (nonce, _) = uuid::Uuid::new_v4().as_u64_pair();
        // The imprint of nothing: it tells the authority nothing about the log.
        lines.push(match authority::ask(&client, url, &sha256(&[]), nonce, ca).await {
            Err(e) => line(Verdict::Hint, format!("时间戳机构 {url} 没有给出时间戳：{e:#}"), format!("The time-stamp authority {url} gave no stamp: {e:#}")),
            Ok((_, stamp)) if (stamp.time_us - company.now()).abs() > CLOCK_US => {
                let off = (company.now() - stamp.time_us) / 1_000_000;
                line(
                    Verdict::Bad,
                    format!("本机时间与时间戳机构 {url} 相差 {off} 秒，请校准时钟（NTP）"),
                    format!("This machine's clock differs by {off} s from the time-stamp authority {url}; set it right (NTP)"),
                )
            }
            Ok((_, stamp)) if !stamp.confirmed => line(
                Verdict::Hint,
                format!("时间戳机构 {url} 可用，但未配置其根证书，时间戳无法核实"),
                format!("The time-stamp authority {url} answers, but without its root certificate the stamps cannot be verified"),
            ),
            Ok(_) => line(Verdict::Good, format!("时间戳机构 {url} 可用"), format!("The time-stamp authority {url} answers")),
        });
    }
    lines
}

fn fonts(config: &Config) -> Line {
    let own = config.fonts.iter().cloned();
    let system = ["/usr/share/fonts", "/usr/local/share/fonts"].into_iter().map(PathBuf::from);
    if own.chain(system).any(|folder| has_chinese_font(&folder, 0)) {
        return line(Verdict::Good, "找到中文字体，可以排版文书", "A Chinese font was found; documents can be typeset");
    }
    line(
        Verdict::Hint,
        "没有中文字体，无法排版文书（证据包仍可生成，附 CSV 目录）。请安装 Debian 软件包 fonts-noto-cjk，或设置 PROBITY_FONTS。",
        "There is no Chinese font, so no document can be typeset (a package is still built, with a CSV catalogue). Install Debian's fonts-noto-cjk or set PROBITY_FONTS.",
    )
}

/// By file name: opening every font of a desktop would take seconds.
fn has_chinese_font(folder: &Path, depth: u8) -> bool {
    const NAMES: [&str; 6] = ["cjk", "sourcehan", "notosanssc", "notoserifsc", "simsun", "simhei"];
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return depth < 6 && has_chinese_font(&path, depth + 1);
        }
        let name = entry.file_name().to_string_lossy().to_lowercase();
        NAMES.iter().any(|part| name.contains(part))
    })
}

async fn pages(config: &Config) -> Line {
    if crate::http::has_pages(config.web_dir.as_deref()).await {
        return line(Verdict::Good, "网页已构建", "The web pages are built");
    }
    line(
        Verdict::Hint,
        "网页未构建：接口照常可用。请安装 Node.js 后执行 make web。",
        "The web pages are not built; the API works all the same. Install Node.js and run make web.",
    )
}
