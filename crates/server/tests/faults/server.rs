//! A place for a server (folder, settings, database) and the server itself, which may be killed and started again.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::postgres::Cluster;
use probity_server::testing::TestDatabase;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

pub use probity_server::testing::engines;

/// Where the server's database lies.
pub enum Database {
    /// A file in the data folder.
    File,
    /// On the tests' own PostgreSQL server.
    Shared(TestDatabase),
    /// On a PostgreSQL server of this test alone, which ends with the last place on it.
    Own(#[expect(dead_code, reason = "held, so that the server runs as long")] Arc<Cluster>, String),
}

/// A folder with settings: what a server is started from, again and again.
pub struct Place {
    pub dir: tempfile::TempDir,
    /// Where the data lies; `dir` unless it was put elsewhere.
    pub data: PathBuf,
    pub database: Database,
    env: Vec<(String, String)>,
    /// Where the server listens now; it changes with each start.
    pub url: Arc<RwLock<String>>,
    token: RwLock<String>,
    pub http: reqwest::Client,
}

impl Place {
    pub async fn new(engine: &str) -> Self {
        let database = if engine == "sqlite" { Database::File } else { Database::Shared(TestDatabase::create().await) };
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        Self::at(dir, data, database)
    }

    pub fn at(dir: tempfile::TempDir, data: PathBuf, database: Database) -> Self {
        let url = match &database {
            Database::File => format!("sqlite://{}", data.join("probity.db").display()),
            Database::Shared(database) => database.url.clone(),
            Database::Own(_, url) => url.clone(),
        };
        let env = [
            ("PROBITY_DATA_DIR", data.display().to_string()),
            ("PROBITY_BLOBS_URL", data.join("blobs").display().to_string()),
            ("PROBITY_DATABASE_URL", url),
            ("PROBITY_LISTEN", "127.0.0.1:0".into()),
            ("PROBITY_LOG", "error".into()),
        ];
        let env = env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(90)).build().unwrap();
        Self { dir, data, database, env, url: Arc::default(), token: RwLock::default(), http }
    }

    /// One more setting, or another value of one.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.env.retain(|(had, _)| had != name);
        self.env.push((name.to_owned(), value.into()));
    }

    pub fn setting(&self, name: &str) -> &str {
        self.env.iter().find(|(had, _)| had == name).map_or("", |(_, value)| value)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
        command.args(arguments).envs(self.env.iter().map(|(name, value)| (name, value))).current_dir(self.dir.path());
        command
    }

    /// Runs a command beside the server, or without one.
    pub fn run(&self, arguments: &[&str]) -> (bool, String) {
        said(&self.command(arguments).output().unwrap())
    }

    /// `probity fsck`: whether all is clean, and what it said.
    pub fn fsck(&self) -> (bool, String) {
        self.run(&["fsck"])
    }

    #[track_caller]
    pub fn assert_clean(&self) {
        let (clean, text) = self.fsck();
        assert!(clean, "{text}");
    }

    /// Starts the server and waits until it says where it listens.
    pub fn start(&self) -> Server {
        self.try_start().unwrap_or_else(|text| panic!("the server did not start: {text}"))
    }

    pub fn try_start(&self) -> Result<Server, String> {
        let mut server = self.spawn();
        let begun = Instant::now();
        loop {
            if let Some(url) = server.said().split_whitespace().find(|word| word.starts_with("http://127.0.0.1:")) {
                *self.url.write().unwrap() = url.to_owned();
                return Ok(server);
            }
            if server.child.try_wait().unwrap().is_some() {
                std::thread::sleep(Duration::from_millis(50));
                return Err(server.said());
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "the server says nothing: {}", server.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts the process without waiting for anything.
    pub fn spawn(&self) -> Server {
        let mut child = self.command(&["serve"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let text = Arc::new(RwLock::new(String::new()));
        // The threads read to the end, so that the server never waits for somebody to read.
        let keep = |stream: Box<dyn std::io::Read + Send>| {
            let text = text.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let mut text = text.write().unwrap();
                    if text.len() < 1 << 20 {
                        text.push_str(&line);
                        text.push('\n');
                    }
                }
            });
        };
        keep(Box::new(child.stdout.take().unwrap()));
        keep(Box::new(child.stderr.take().unwrap()));
        Server { child, text }
    }

    /// A token that may do everything a token may, made once.
    pub fn make_token(&self) -> String {
        let (ok, text) = self.run(&["token", "create", "--name", "faults", "--scope", "ingest,read,cases,admin"]);
        assert!(ok, "{text}");
        let token = text.trim_end().lines().rev().find(|line| line.contains("faults")).unwrap().rsplit(' ').next().unwrap().to_owned();
        token.clone_into(&mut self.token.write().unwrap());
        token
    }

    pub fn url(&self) -> String {
        self.url.read().unwrap().clone()
    }

    pub fn token(&self) -> String {
        self.token.read().unwrap().clone()
    }

    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url())).bearer_auth(self.token())
    }

    pub async fn ask(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        answer(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(reqwest::Method::GET, path, None).await;
        assert!((200..300).contains(&status), "GET {path}: {status} {body}");
        body
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(reqwest::Method::POST, path, Some(body)).await;
        assert!((200..300).contains(&status), "POST {path}: {status} {answer}");
        answer
    }

    /// Sends records; whatever the answer is.
    pub async fn send(&self, events: &[Value]) -> Result<(u16, Value), reqwest::Error> {
        let request = self.request(reqwest::Method::POST, "/api/v1/records");
        let request = request.header("content-type", "application/cloudevents-batch+json").body(serde_json::to_vec(events).unwrap());
        let response = request.send().await?;
        let status = response.status().as_u16();
        // Broken off in the middle of the answer is no answer.
        let bytes = response.bytes().await?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes)))))
    }

    /// Uploads a file to be imported.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> (u16, Value) {
        let head = format!("--b0unds\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let body = [head.as_bytes(), bytes, b"\r\n--b0unds--\r\n"].concat();
        let request = self.request(reqwest::Method::POST, "/api/v1/imports").header("content-type", "multipart/form-data; boundary=b0unds");
        answer(request.body(body).send().await.unwrap()).await
    }

    /// Waits until the server answers that it is ready.
    pub async fn ready(&self, within: Duration) {
        let begun = Instant::now();
        loop {
            let answer = self.http.get(format!("{}/readyz", self.url())).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            assert!(begun.elapsed() < within, "not ready after {within:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the published checkpoint covers the whole log; answers its size and note.
    pub async fn published(&self, size: u64) -> (u64, String) {
        let begun = Instant::now();
        loop {
            let answer = self.request(reqwest::Method::GET, "/log/checkpoint").send().await.unwrap();
            let note = answer.text().await.unwrap();
            let at = note.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or(0);
            if at >= size {
                return (at, note);
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no checkpoint of {size}: {note}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

pub async fn answer(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes))))
}

fn said(output: &Output) -> (bool, String) {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    (output.status.success(), text)
}

pub struct Server {
    pub child: Child,
    text: Arc<RwLock<String>>,
}

impl Server {
    /// What it has printed so far.
    pub fn said(&self) -> String {
        self.text.read().unwrap().clone()
    }

    /// The fingerprint of the log's key. Its line is printed behind the address, so it may not have been read yet.
    #[track_caller]
    pub fn fingerprint(&self) -> String {
        let begun = Instant::now();
        loop {
            let said = self.said();
            if let Some(line) = said.lines().find(|line| line.contains("key fingerprint: ")) {
                return line.split_whitespace().next_back().unwrap().to_owned();
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "no fingerprint was printed: {said}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The ordinary end: it finishes what it is at.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap();
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Resident memory now and at its highest, in MiB.
    pub fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let of =
            |name: &str| status.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_whitespace().nth(1)).unwrap().parse::<u64>().unwrap();
        (of("VmRSS:") / 1024, of("VmHWM:") / 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A small file system of its own, so that a disk can be full without anybody else's being so.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one of that many MiB, or says why that cannot be done here.
    pub fn mount(at: &Path, mib: u32) -> Result<Self, String> {
        std::fs::create_dir_all(at).unwrap();
        let size = format!("size={mib}m");
        let output = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output().map_err(|e| e.to_string())?;
        if output.status.success() { Ok(Self(at.to_owned())) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
    }

    /// Takes all the room that is left.
    pub fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        let mut chunk = 1 << 20;
        let zeros = vec![0_u8; chunk];
        while chunk > 0 {
            if std::io::Write::write_all(&mut file, &zeros[..chunk]).is_err() {
                chunk /= 2;
            }
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is being torn down may still hold a file.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
