//! A `probity serve` of its own: process, port, folder, database, token. It ends with the value that holds it.

use anyhow::{Context, Result, bail, ensure};
use axum::body::Bytes;
use probity_server::testing::TestDatabase;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub use probity_server::testing::engines;

/// What survives a restart: the data folder and the database.
pub struct Place {
    pub engine: &'static str,
    pub dir: Folder,
    pub database_url: String,
    _database: Option<TestDatabase>,
}

/// A folder that goes with the value, or one that stays.
pub enum Folder {
    Temporary(tempfile::TempDir),
    Kept(PathBuf),
}

impl Folder {
    pub fn path(&self) -> &Path {
        match self {
            Self::Temporary(dir) => dir.path(),
            Self::Kept(path) => path,
        }
    }
}

pub struct Served {
    pub place: Place,
    pub url: String,
    pub token: String,
    pub http: reqwest::Client,
    child: Child,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The release binary beside this example.
pub fn binary(name: &str) -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let path = me.parent().and_then(Path::parent).context("an example lies in a target folder")?.join(name);
    ensure!(path.exists(), "{} is not built: run this through make bench", path.display());
    Ok(path)
}

impl Place {
    pub async fn new(engine: &'static str) -> Result<Self> {
        let dir = Folder::Temporary(tempfile::tempdir()?);
        let database = if engine == "sqlite" { None } else { Some(TestDatabase::create().await) };
        let database_url = database.as_ref().map_or_else(|| format!("sqlite://{}", dir.path().join("probity.db").display()), |d| d.url.clone());
        Ok(Self { engine, dir, database_url, _database: database })
    }

    /// On SQLite in a folder that stays; made if it is not there.
    pub fn kept(dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir)?;
        let dir = Folder::Kept(dir.canonicalize()?);
        let database_url = format!("sqlite://{}", dir.path().join("probity.db").display());
        Ok(Self { engine: "sqlite", dir, database_url, _database: None })
    }

    /// The same company in a folder of its own, made while no server runs on it.
    pub fn copy_of(other: &Self) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let from = other.dir.path().join(".");
        let copied = Command::new("cp").arg("-a").arg(from).arg(dir.path()).status()?;
        ensure!(copied.success(), "the company could not be copied");
        let database_url = format!("sqlite://{}", dir.path().join("probity.db").display());
        Ok(Self { engine: "sqlite", dir: Folder::Temporary(dir), database_url, _database: None })
    }

    fn command(&self, arguments: &[&str]) -> Result<Command> {
        let dir = self.dir.path();
        let mut command = Command::new(binary("probity")?);
        command
            .args(arguments)
            .current_dir(dir)
            .env("PROBITY_DATA_DIR", dir)
            .env("PROBITY_BLOBS_URL", dir.join("blobs"))
            .env("PROBITY_DATABASE_URL", &self.database_url)
            .env("PROBITY_LISTEN", "127.0.0.1:0")
            .env("PROBITY_LOG", "warn");
        Ok(command)
    }

    /// Runs the same binary once with these arguments; its stdout.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command(arguments)?.output()?;
        ensure!(output.status.success(), "probity {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    pub fn serve(self) -> Result<Served> {
        let mut child = self.command(&["serve"])?.stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let (told, heard) = std::sync::mpsc::channel();
        // The thread reads to the end, so that the server never waits for somebody to read.
        std::thread::spawn(move || BufReader::new(stdout).lines().map_while(Result::ok).for_each(|line| drop(told.send(line))));
        let url = loop {
            let line = heard.recv_timeout(Duration::from_secs(60)).context("the server says where it listens")?;
            if let Some(url) = line.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:")) {
                break url.to_owned();
            }
        };
        let mut served = Served { place: self, url, token: String::new(), http: reqwest::Client::new(), child };
        let made = served.place.run(&["token", "create", "--name", "bench", "--scope", "ingest,read,cases,admin"])?;
        served.token = made.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default().to_owned();
        Ok(served)
    }
}

impl Served {
    pub async fn start(engine: &'static str) -> Result<Self> {
        Place::new(engine).await?.serve()
    }

    /// Ends it as an administrator would, and keeps its place.
    pub fn stop(mut self) -> Result<Place> {
        let engine = self.place.engine;
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(begun.elapsed() < Duration::from_secs(60), "the server does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
        // `Served` has a destructor, so the place is exchanged for an empty one instead of moved out.
        let empty = Place { engine, dir: Folder::Temporary(tempfile::tempdir()?), database_url: String::new(), _database: None };
        Ok(std::mem::replace(&mut self.place, empty))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory now, in MiB.
    pub fn resident_mib(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).context("the process has memory")?;
        let kib: f64 = line.split_whitespace().nth(1).context("a number of kB")?.parse()?;
        Ok(kib / 1024.0)
    }

    /// Processor time it has used, in seconds. Unlike the clock, this hardly changes when others use the machine.
    pub fn cpu(&self) -> Result<f64> {
        Ok(self.ticks()? as f64 / 100.0)
    }

    /// The same in the kernel's ticks, of which a second has 100.
    fn ticks(&self) -> Result<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid()))?;
        let fields: Vec<&str> = stat.rsplit_once(')').context("a process has a name")?.1.split_whitespace().collect();
        Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
    }

    /// Waits until what follows from earlier requests (tiles, jobs) is done, so that it is not measured with the next.
    pub async fn quiet(&self) -> Result<()> {
        let begun = Instant::now();
        let mut before = self.ticks()?;
        let mut still = 0;
        while still < 3 {
            ensure!(begun.elapsed() < Duration::from_secs(300), "the server does not come to rest");
            tokio::time::sleep(Duration::from_millis(200)).await;
            let now = self.ticks()?;
            still = if now - before <= 2 { still + 1 } else { 0 };
            before = now;
        }
        Ok(())
    }

    pub async fn ask(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            bail!("{method} {path}: {status}: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ask(reqwest::Method::GET, path, None).await
    }

    /// Registers a source that may send everything.
    pub async fn register(&self, source: &str) -> Result<()> {
        let basis = json!({ "kind": "contract", "notice": "员工手册", "notice_version": "1", "assessed_on": "2026-01-05" });
        self.ask(reqwest::Method::PUT, "/api/v1/sources", Some(&json!({ "source": source, "name": source, "kinds": ["*"], "basis": basis }))).await?;
        Ok(())
    }

    /// Posts a batch that is JSON already; every item has to be accepted.
    pub async fn post_batch(&self, body: Bytes, count: usize) -> Result<()> {
        let request = self.http.post(format!("{}/api/v1/records", self.url)).bearer_auth(&self.token);
        let answer = request.header("content-type", "application/cloudevents-batch+json").body(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "POST records: {status}: {text}");
        let receipt: Value = serde_json::from_str(&text)?;
        ensure!(receipt["accepted"] == json!(count), "of {count} were accepted {} ({})", receipt["accepted"], receipt["quarantined"][0]);
        Ok(())
    }
}
