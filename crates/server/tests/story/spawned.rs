//! A real `probity serve` in a process of its own, on its own port, folder and database, spoken to over HTTP and
//! by its command line: what a company's own scripts would do, and nothing they could not.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use probity_server::testing::TestDatabase;
use serde_json::{Value, json};

pub use probity_server::testing::engines;

pub struct Spawned {
    pub url: String,
    /// Of the log's key, as printed at first start.
    pub fingerprint: String,
    pub dir: tempfile::TempDir,
    pub http: reqwest::Client,
    token: String,
    env: Vec<(&'static str, String)>,
    child: Child,
    _database: Option<TestDatabase>,
}

impl Drop for Spawned {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Spawned {
    /// Starts the server with nothing in it and makes a token that may do everything a token may.
    pub async fn start(engine: &str) -> Self {
        Self::start_with(engine, &["serve"]).await
    }

    pub async fn start_with(engine: &str, arguments: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut env = vec![
            ("PROBITY_DATA_DIR", dir.path().display().to_string()),
            ("PROBITY_LISTEN", "127.0.0.1:0".to_owned()),
            ("PROBITY_BLOBS_URL", dir.path().join("blobs").display().to_string()),
        ];
        let database = if engine == "sqlite" { None } else { Some(TestDatabase::create().await) };
        let url = database.as_ref().map_or_else(|| format!("sqlite://{}", dir.path().join("probity.db").display()), |database| database.url.clone());
        env.push(("PROBITY_DATABASE_URL", url));
        let mut child = command(&env, dir.path(), arguments).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        // The thread goes on reading to the end, so that the server never waits for somebody to read.
        std::thread::spawn(move || BufReader::new(stdout).lines().map_while(Result::ok).for_each(|line| drop(told.send(line))));
        let (mut url, mut fingerprint) = (None, None);
        while url.is_none() || fingerprint.is_none() {
            let line = tokio::time::timeout(Duration::from_secs(60), heard.recv()).await.expect("the server says where it listens").expect("the server starts");
            url = url.or_else(|| line.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:")).map(str::to_owned));
            if line.contains("fingerprint") {
                fingerprint = line.split_whitespace().next_back().map(str::to_owned);
            }
        }
        let mut server = Self {
            url: url.unwrap(),
            fingerprint: fingerprint.unwrap(),
            dir,
            http: reqwest::Client::new(),
            token: String::new(),
            env,
            child,
            _database: database,
        };
        let made = server.run(&["token", "create", "--name", "e2e", "--scope", "ingest,read,cases,admin"]);
        server.token = String::from_utf8(made.stdout).unwrap().trim_end().rsplit(char::is_whitespace).next().unwrap().to_owned();
        server
    }

    /// Runs the same binary beside the server, with the same settings.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = self.try_run(arguments);
        assert!(output.status.success(), "probity {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// The same, whatever its exit code.
    pub fn try_run(&self, arguments: &[&str]) -> Output {
        command(&self.env, self.dir.path(), arguments).output().unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(reqwest::Method::GET, path, None).await;
        assert!((200..300).contains(&status), "GET {path}: {status} {body}");
        body
    }

    /// As somebody sees it who reads this language.
    pub async fn get_in(&self, path: &str, language: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).header("accept-language", language);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.text().await.unwrap();
        assert!(status.is_success(), "GET {path}: {status} {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub async fn put(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(reqwest::Method::PUT, path, Some(body)).await;
        assert!((200..300).contains(&status), "PUT {path}: {status} {answer}");
        answer
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(reqwest::Method::POST, path, Some(body)).await;
        assert!((200..300).contains(&status), "POST {path}: {status} {answer}");
        answer
    }

    pub async fn ask(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes))))
    }

    /// Bytes of a finished file, once it is ready.
    pub async fn download(&self, path: &str) -> Vec<u8> {
        let begun = Instant::now();
        loop {
            let answer = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await.unwrap();
            match answer.status().as_u16() {
                200 => return answer.bytes().await.unwrap().to_vec(),
                202 if begun.elapsed() < Duration::from_secs(120) => tokio::time::sleep(Duration::from_millis(100)).await,
                status => panic!("GET {path}: {status} {}", answer.text().await.unwrap()),
            }
        }
    }

    pub async fn register(&self, sources: &[Value]) {
        for source in sources {
            self.put("/api/v1/sources", source).await;
        }
    }

    /// Posts records in batches; every one of them must be accepted.
    pub async fn records(&self, events: &[Value]) -> Vec<String> {
        let mut ids = Vec::new();
        for batch in events.chunks(1000) {
            let request = self.http.post(format!("{}/api/v1/records", self.url)).bearer_auth(&self.token);
            let request = request.header("content-type", "application/cloudevents-batch+json").body(serde_json::to_vec(batch).unwrap());
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let body: Value = answer.json().await.unwrap();
            assert_eq!(status, 200, "{body}");
            assert_eq!(body["quarantined"], json!([]), "some were turned away");
            ids.extend(body["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()));
        }
        ids
    }

    /// Asks until the answer is there, at most as long as a person would wait.
    pub async fn until<T>(&self, what: &str, within: Duration, mut look: impl AsyncFnMut(&Self) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look(self).await {
                return found;
            }
            assert!(begun.elapsed() < within, "no {what} after {within:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn alerts(&self, employee: &str, rule: &str) -> Vec<Value> {
        self.get(&format!("/api/v1/alerts?employee={employee}&rule={rule}")).await["items"].as_array().unwrap().clone()
    }

    pub async fn chains(&self, employee: &str) -> Vec<Value> {
        self.get(&format!("/api/v1/employees/{employee}/chains")).await["items"].as_array().unwrap().clone()
    }

    /// The best chain's score; 0 without any.
    pub async fn best_chain(&self, employee: &str) -> f64 {
        self.chains(employee).await.first().map_or(0.0, |chain| chain["score"].as_f64().unwrap())
    }
}

fn command(env: &[(&'static str, String)], dir: &std::path::Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
    command.args(arguments).envs(env.iter().map(|(name, value)| (*name, value.as_str()))).env("PROBITY_LOG", "warn").current_dir(dir);
    command
}

/// The small verifier, which knows nothing of the server; built when it is not there yet.
pub fn verifier() -> std::path::PathBuf {
    let path = std::path::Path::new(env!("CARGO_BIN_EXE_probity")).with_file_name("probity-verify");
    if !path.exists() {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let built = Command::new(cargo).args(["build", "-q", "-p", "probity-package", "--bin", "probity-verify"]).status().unwrap();
        assert!(built.success());
    }
    path
}
