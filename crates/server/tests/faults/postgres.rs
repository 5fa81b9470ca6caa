//! A PostgreSQL server of one test, which may be killed without anybody else noticing.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

pub struct Cluster {
    bin: PathBuf,
    dir: tempfile::TempDir,
    port: u16,
}

impl Cluster {
    /// Where PostgreSQL's programs lie; `None` where it is not installed.
    fn programs() -> Option<PathBuf> {
        let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|e| e.path().join("bin")).collect();
        found.sort();
        found.into_iter().rfind(|bin| bin.join("initdb").exists())
    }

    pub fn start() -> Option<Self> {
        let bin = Self::programs()?;
        let dir = tempfile::Builder::new().prefix("probity-pg").tempdir_in("/tmp").unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let this = Self { bin, dir, port };
        this.own(this.dir.path());
        let data = this.data();
        this.run("initdb", &["-D", &data, "-U", "probity", "-A", "trust", "-E", "UTF8", "--no-locale"]);
        this.up();
        Some(this)
    }

    fn data(&self) -> String {
        self.dir.path().join("data").display().to_string()
    }

    /// PostgreSQL refuses to run as root, so its files are those of its own user.
    pub fn own(&self, path: &Path) {
        if is_root() {
            assert!(Command::new("chown").arg("-R").arg("postgres").arg(path).status().unwrap().success());
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Into a file: the server that stays behind would hold a pipe open.
        let log = std::fs::File::create(self.dir.path().join("said")).unwrap();
        let status = command.args(arguments).current_dir("/").stdout(log.try_clone().unwrap()).stderr(log).status().unwrap();
        assert!(status.success(), "{arguments:?}: {}", std::fs::read_to_string(self.dir.path().join("said")).unwrap());
    }

    pub fn up(&self) {
        let (data, dir) = (self.data(), self.dir.path().display().to_string());
        let log = format!("{dir}/log");
        let options = format!("-p {} -k {dir} -c listen_addresses=127.0.0.1 -c max_connections=60 -c shared_buffers=64MB", self.port);
        self.run("pg_ctl", &["-D", &data, "-w", "-t", "60", "-l", &log, "-o", &options, "start"]);
    }

    /// As after a power cut: no checkpoint, connections cut; what follows is crash recovery.
    pub fn crash(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://probity@127.0.0.1:{}/{database}", self.port)
    }

    pub fn sql(&self, database: &str, sql: &str) {
        let port = self.port.to_string();
        self.run("psql", &["-h", "127.0.0.1", "-p", &port, "-U", "probity", "-d", database, "-v", "ON_ERROR_STOP=1", "-c", sql]);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = |mut command: Command, program: PathBuf, data: &str| command.arg(program).args(["-D", data, "-m", "immediate", "stop"]).output();
        let program = self.bin.join("pg_ctl");
        let _ = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]);
            stop(command, program, &self.data())
        } else {
            Command::new(&program).args(["-D", &self.data(), "-m", "immediate", "stop"]).output()
        };
    }
}

pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}
