//! The command line: `probity serve` and the work done beside it.
//!
//! Each command's work is in its room; here are names, arguments and the process's exit code. Answers a program may
//! read go to stdout, everything else to stderr.

use crate::{
    access::{TokenScope, demo, tokens, users},
    app, backup,
    company::{Actor, Company, SystemClock},
    config::Config,
    doctor, documents,
    error::{Error, Problem, Result},
    evidence::{checkpoints, fsck},
    http::{self, AppState, Server},
    intake, jobs, records, signals, simulation,
};
use anyhow::{Context, anyhow};
use clap::{Args, Parser, Subcommand};
use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

/// Probity 守正：让客户留在公司的人事系统。The HR system against diverted customers.
///
/// Settings: probity.toml and PROBITY_* (PROBITY_DATABASE_URL, PROBITY_BLOBS_URL, PROBITY_LISTEN, PROBITY_DATA_DIR,
/// PROBITY_CHECKPOINT_DIR, PROBITY_LOG_PUBLIC, PROBITY_FONTS, PROBITY_WEB_DIR, PROBITY_LOG_JSON).
#[derive(Parser)]
#[command(name = "probity", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// 离线核验证据包。Check an evidence package offline.
    Verify(probity_package::command::Verify),
    /// 排版文书的子进程。The typesetter's child process.
    #[command(name = documents::COMMAND, hide = true)]
    TypesetPart,
    /// 启动服务（默认）。Run the server; this is also the default.
    Serve(Serve),
    /// 令牌。Tokens for programs.
    #[command(subcommand)]
    Token(Token),
    /// 用户。People who sign in.
    #[command(subcommand)]
    User(User),
    /// 导入 CSV、XLSX、JSON、NDJSON 文件。Import files; known layouts are recognised.
    Import(intake::import::cli::ImportArgs),
    /// 核对日志、瓦片、数据库与文件；一致则退出码为 0。Check log, tiles, database and files; exit 0 when all agrees.
    Fsck,
    /// 检查本机与设置是否就绪。Check this machine and its settings.
    Doctor,
    /// 备份到一个空目录（不含密钥）。Back up into an empty folder; the keys are not in it.
    Backup { dest: PathBuf },
    /// 从备份恢复到空的位置，开始新的日志周期。Restore a backup into an empty place; a new epoch of the log begins.
    Restore {
        src: PathBuf,
        /// 恢复包文件。The recovery kit made by `probity key export`.
        #[arg(long)]
        kit: PathBuf,
    },
    /// 密钥。Keys.
    #[command(subcommand)]
    Key(Key),
    /// 生成一家虚构公司的记录与真相。Write a made-up company's records and the truth about it.
    Simulate(simulation::Simulate),
    /// 把数据库升级到本版本。Bring the database's tables up to date.
    Migrate,
    /// 输出接口的 OpenAPI 文档。Print the API's OpenAPI document.
    Openapi,
}

#[derive(Args, Default)]
struct Serve {
    /// 带模拟公司的演示，按角色免密登录，只能监听本机。With the simulated company; sign in by role, loopback only.
    #[arg(long)]
    demo: bool,
}

#[derive(Subcommand)]
enum Token {
    /// 新建令牌；令牌是标准输出最后一行的最后一个词。Make a token: the last word of the last line on stdout.
    Create {
        /// 用途说明。What it is for.
        #[arg(long)]
        name: String,
        /// ingest、read、cases、admin，逗号分隔。Comma-separated.
        #[arg(long, value_delimiter = ',', required = true, value_enum)]
        scope: Vec<TokenScope>,
        /// 只能写入的来源，可重复；不给则不限。A source it may write to; repeatable; all if absent.
        #[arg(long)]
        source: Vec<String>,
        /// 到期时间（RFC 3339）；不给则不过期。Expiry; never if absent.
        #[arg(long)]
        expires: Option<String>,
    },
}

#[derive(Subcommand)]
enum User {
    /// 重设一位用户：旧密码作废，输出一次性链接。Reset somebody: the old password is void; prints a one-time link.
    Reset {
        /// 登录名。The sign-in name.
        login: String,
        /// 同时解除验证器与通行密钥。Also take away the authenticator and passkeys.
        #[arg(long)]
        second_factor: bool,
    },
}

#[derive(Subcommand)]
enum Key {
    /// 导出恢复包，与备份分开保存。Write the recovery kit; keep it apart from the backups.
    Export {
        #[arg(default_value = "probity-recovery-kit.json")]
        file: PathBuf,
    },
}

pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(e) => {
            say_why(&e);
            ExitCode::FAILURE
        }
    }
}

fn say_why(e: &Error) {
    match e {
        Error::Problem(p) => eprintln!("probity: {}\n         {}", p.detail.zh, p.detail.en),
        Error::Internal(e) => eprintln!("probity: {e:#}"),
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let command = cli.command.unwrap_or_else(|| Command::Serve(Serve::default()));
    if let Command::Openapi = command {
        std::io::stdout().write_all(http::router::openapi_text().as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    // None of these needs a company: a package is checked, a document typeset, a made-up company written.
    match &command {
        Command::Verify(verify) => return verify_package(verify),
        Command::TypesetPart => return documents::run_child().map(|()| ExitCode::SUCCESS).map_err(Error::from),
        Command::Simulate(arguments) => return simulation::write(arguments).map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    let config = Config::load()?;
    if let Some(places) = &config.fonts {
        documents::fonts::name_places(places);
    }
    start_log(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(async {
        match command {
            Command::Serve(args) => serve(config, args).await.map(|()| ExitCode::SUCCESS),
            Command::Token(Token::Create { name, scope, source, expires }) => {
                let expires_at = expires.as_deref().map(http::parse_instant).transpose()?;
                let sources = (!source.is_empty()).then_some(source);
                create_token(&config, tokens::NewToken { name, scopes: scope, sources, expires_at }).await.map(|()| ExitCode::SUCCESS)
            }
            Command::User(User::Reset { login, second_factor }) => reset_user(&config, &login, second_factor).await.map(|()| ExitCode::SUCCESS),
            Command::Import(args) => {
                let company = open_to_write(&config).await?;
                let tally = intake::import::cli::run(&company, args).await?;
                // Something waits in quarantine: a script should notice.
                Ok(exit(tally.quarantined == 0))
            }
            Command::Migrate => {
                crate::store::Store::connect(&config.database_url).await?.close().await?;
                eprintln!("数据库已是最新。The database is up to date.");
                Ok(ExitCode::SUCCESS)
            }
            Command::Fsck => {
                let company = open_existing(&config).await?;
                Ok(exit(fsck::at_terminal(&company, config.checkpoint_dir.clone()).await?))
            }
            Command::Doctor => {
                let opened = open_existing(&config).await;
                Ok(exit(doctor::at_terminal(&config, opened.as_deref()).await))
            }
            Command::Backup { dest } => {
                let company = open_existing(&config).await?;
                let made = backup::make(&company, &dest, |line| eprintln!("{line}")).await?;
                println!("日志 {} 条，根 {} · {} log entries, root {}", made.size, made.root, made.size, made.root);
                println!("备份已写入 backup written to {}", dest.display());
                Ok(ExitCode::SUCCESS)
            }
            Command::Restore { src, kit } => {
                let place = backup::Place {
                    database_url: &config.database_url,
                    blobs_url: &config.blobs_url,
                    data_dir: &config.data_dir,
                    journals: [Some(config.data_dir.clone()), config.checkpoint_dir.clone()].into_iter().flatten().collect(),
                    clock: Arc::new(SystemClock),
                };
                let company = backup::restore(&src, &kit, place, |line| eprintln!("{line}")).await?;
                println!("已恢复。新的日志来源与指纹 restored; new log origin and key fingerprint: {} {}", company.log.origin, company.log.key.fingerprint());
                println!("请导出新的恢复包 now make a new recovery kit: probity key export");
                Ok(ExitCode::SUCCESS)
            }
            Command::Key(Key::Export { file }) => {
                let company = open_existing(&config).await?;
                backup::export(&company, &file)?;
                println!("恢复包已写入 recovery kit written to {}", file.display());
                println!("请与备份分开保存。Keep it apart from the backups.");
                Ok(ExitCode::SUCCESS)
            }
            Command::Openapi | Command::Verify(_) | Command::TypesetPart | Command::Simulate(_) => Ok(ExitCode::SUCCESS),
        }
    })
}

fn exit(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Exit 0: it holds; 1: each fault is named; 2: it could not be checked.
fn verify_package(verify: &probity_package::command::Verify) -> Result<ExitCode> {
    Ok(match verify.run(&mut std::io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    })
}

fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("PROBITY_LOG").unwrap_or_else(|_| "info,sqlx=warn,sea_orm_migration=warn".into());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    if config.log_json { lines.json().init() } else { lines.with_target(false).init() }
}

/// Opens the company as configured. On SQLite this works beside a running server: both wait for the write lock.
pub async fn open(config: &Config) -> Result<Arc<Company>> {
    app::open(&config.database_url, &config.blobs_url, &config.data_dir, Arc::new(SystemClock)).await
}

/// For what only looks: a company that is not there is not made by looking for it.
async fn open_existing(config: &Config) -> Result<Arc<Company>> {
    let file = config.database_url.strip_prefix("sqlite:").map(|rest| PathBuf::from(rest.trim_start_matches("//")));
    let keys = records::key_path(&config.data_dir);
    let there = keys.exists() || file.as_ref().is_some_and(|f| f.exists());
    if !there {
        let place = config.data_dir.display();
        return Err(Problem::new(
            404,
            "no_company",
            format!("{place} 中没有公司数据（找不到 {}）。请检查 PROBITY_DATA_DIR 和 PROBITY_DATABASE_URL，或先运行 probity serve。", keys.display()),
            format!(
                "There is no company in {place} ({} is missing). Check PROBITY_DATA_DIR and PROBITY_DATABASE_URL, or run probity serve first.",
                keys.display()
            ),
        )
        .into());
    }
    open(config).await
}

/// For what writes beside a server: a log that was set back must not grow from here either.
async fn open_to_write(config: &Config) -> Result<Arc<Company>> {
    let company = open(config).await?;
    if let Some(dir) = &config.checkpoint_dir
        && let Some(why) = checkpoints::guard::check(&company, &checkpoints::CheckpointDir::new(dir.clone())).await?
    {
        return Err(Problem::new(503, "log_behind", why.zh, why.en).into());
    }
    Ok(company)
}

async fn serve(config: Config, args: Serve) -> Result<()> {
    if args.demo && !config.listen.ip().is_loopback() {
        return Err(anyhow!(
            "演示模式免密登录，只能监听本机。The demo lets anyone in, so it listens on this machine only: PROBITY_LISTEN is {}, make it 127.0.0.1:{}",
            config.listen,
            config.listen.port()
        )
        .into());
    }
    // The port first: a second server must not touch the database before it learns that it is one.
    let listener = http::bind(config.listen).await?;
    let company = open(&config).await?;
    checkpoints::start(&company, config.checkpoint_dir.clone()).await?;
    if args.demo {
        demo::ensure(&company).await?;
    }
    jobs::start(&company);
    // The first message or chain must not wait for the words to be compiled.
    let words = company.clone();
    tokio::spawn(async move { signals::words::lexicon(&words).await.map(drop) });
    if company.store.is_shared() {
        company.follow_settings();
    }
    let app = AppState::new(company.clone(), config, args.demo).await?;
    let server = Server::new(listener, app.clone());
    let url = format!("http://{}", server.address()?);
    // Whoever reads the address may run `probity import` at once.
    intake::import::Running::say(&company.data_dir, &url)?;
    greet(&app, &url);
    if args.demo {
        tokio::spawn(simulation::seed::start(company.clone(), url));
    }
    let ran = server.run(http::stop_signal()).await;
    intake::import::Running::unsay(&company.data_dir);
    ran?;
    eprintln!("已停止。Stopped.");
    Ok(())
}

/// What whoever started it needs to know.
fn greet(app: &AppState, url: &str) {
    let mut out = std::io::stdout().lock();
    let mut line = |text: String| drop(writeln!(out, "{text}"));
    line(format!("Probity 守正 {} — {url}", env!("CARGO_PKG_VERSION")));
    line(format!("日志指纹 log key fingerprint: {}", app.company.log.key.fingerprint()));
    line(format!("日志来源 log origin: {}", app.company.log.origin));
    if app.demo {
        line("演示：按角色登录，数据均为虚构。Demo: sign in by role, everything is made up.".into());
    }
    if let Some(code) = &app.setup_code {
        line(format!("首次设置码 one-time set-up code: {}", code.text()));
        line(format!("请在浏览器打开 {url} 设立首位管理员。Open {url} to make the first administrator."));
    }
}

/// For whoever nobody may reset on the pages, such as the only approver. Whoever may run this holds the keys anyway.
async fn reset_user(config: &Config, login: &str, second_factor: bool) -> Result<()> {
    let company = open_to_write(config).await?;
    let by = Actor { kind: "system", id: "command line".into(), name: "probity user reset".into() };
    let link = users::reset_at_terminal(&company, login, second_factor, &by).await?;
    println!("一次性链接（接在网址之后），{} 前有效。One-time link, to be put behind the address; valid until then.", link.expires_at);
    println!("{}", link.path);
    Ok(())
}

async fn create_token(config: &Config, new: tokens::NewToken) -> Result<()> {
    let company = open_to_write(config).await?;
    let by = Actor { kind: "system", id: "command line".into(), name: "probity token create".into() };
    let (row, secret) = tokens::create(&company, new, &by).await?;
    println!("令牌只显示这一次，请妥善保存。The token is shown only this once; keep it safe.");
    println!("{} ({}): {secret}", row.name, row.scopes.replace(' ', ", "));
    Ok(())
}
