//! The command line as a script sees it: exit codes, and the lines a program may read.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::spawned::{Spawned, engines};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::{Command, Output},
};

/// The binary in a folder of its own, with nothing there yet.
fn probity(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("PROBITY_DATA_DIR", dir.join("data"))
        .env("PROBITY_LISTEN", "127.0.0.1:0")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn last_line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim_end().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_wrong_folder_stays_empty() {
    let dir = tempfile::tempdir().unwrap();
    for arguments in [&["fsck"][..], &["backup", "copy"], &["key", "export", "kit.json"]] {
        let output = probity(dir.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("There is no company"), "{}", said(&output));
        assert!(!dir.path().join("data").exists() && !dir.path().join("copy").exists(), "{arguments:?} made something");
    }
    // Before the first start there is nothing to be ill: the doctor says so and is content.
    let output = probity(dir.path(), &["doctor"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(!dir.path().join("data/keys.json").exists() && !dir.path().join("data/probity.db").exists());
}

#[test]
fn the_demo_stays_on_this_machine() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(["serve", "--demo"])
        .current_dir(dir.path())
        .env("PROBITY_DATA_DIR", dir.path().join("data"))
        .env("PROBITY_LISTEN", "0.0.0.0:0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("this machine only"), "{}", said(&output));
    assert!(!dir.path().join("data").exists());
}

#[test]
fn settings_come_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("probity.toml"), "data_dir = \"elsewhere\"\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
        command.args(arguments).current_dir(dir.path()).env_clear().output().unwrap()
    };
    let output = run(&["token", "create", "--name", "crm", "--scope", "ingest,read", "--source", "/crm/main"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(dir.path().join("elsewhere/probity.db").exists());
    assert!(last_line(&output).rsplit(' ').next().unwrap().starts_with("pb_"));
    assert_eq!(run(&["fsck"]).status.code(), Some(0));
    assert_eq!(run(&["migrate"]).status.code(), Some(0));
    std::fs::write(dir.path().join("probity.toml"), "date_dir = \"elsewhere\"\n").unwrap();
    let output = run(&["fsck"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("date_dir"), "a misspelt setting is named: {}", said(&output));
}

#[test]
fn the_simulated_company_is_files_for_anyone() {
    let dir = tempfile::tempdir().unwrap();
    let output = probity(dir.path(), &["simulate", "--people", "20", "--months", "1", "--seed", "7", "--out", "made"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let truth: Value = serde_json::from_slice(&std::fs::read(dir.path().join("made/truth.json")).unwrap()).unwrap();
    assert_eq!(truth["persons"].as_array().unwrap().len(), 20);
    let lines = std::fs::read_dir(dir.path().join("made")).unwrap().flatten().filter(|f| f.path().extension().is_some_and(|e| e == "ndjson"));
    assert!(lines.count() > 0);
}

#[test]
fn verify_says_zero_one_or_two() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(probity(dir.path(), &["verify", "nowhere.zip"]).status.code(), Some(2));
    std::fs::write(dir.path().join("no.zip"), b"not a zip").unwrap();
    assert_eq!(probity(dir.path(), &["verify", "no.zip"]).status.code(), Some(1));
}

const SHEET: &str = "客户编号,客户名称,等级\nC1,恒达建材,high_value\nC2,鼎新公司,normal\nC3,,normal\n";

/// Beside a running server the import goes through it; the last line is the same as without one.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_ends_with_its_counts() {
    for engine in engines() {
        let server = Spawned::start(engine).await;
        server.register(&[json!({"source":"/crm/main","name":"CRM","kinds":["*"],"basis":{"kind":"contract","notice":"员工手册","notice_version":"1","assessed_on":"2026-01-05"}})]).await;
        let file = server.dir.path().join("customers.csv");
        std::fs::write(&file, SHEET).unwrap();
        let file = file.display().to_string();
        let arguments = ["import", "--source", "/crm/main", "--kind", "customer.upserted", "--as-of", "2026-02-01", &file];
        let first = server.run(&arguments);
        assert_eq!(last_line(&first), "accepted 2 duplicates 0 quarantined 0 skipped 1", "{}", said(&first));
        assert!(said(&first).contains("2026-02-01"), "the day that was taken is said");
        let events = server.get("/api/v1/records?kind=customer.upserted").await;
        assert_eq!(events["items"][0]["at"], "2026-01-31T16:00:00Z");
        // It went in by the server's own door, with a token that is good for nothing any more.
        let created = server.get("/api/v1/records?kind=access.token_revoked").await;
        assert_eq!(created["items"].as_array().unwrap().len(), 1);
        let second = server.run(&arguments);
        assert_eq!(last_line(&second), "accepted 0 duplicates 2 quarantined 0 skipped 1");
        // What waits in quarantine makes a script notice.
        let elsewhere = server.try_run(&["import", "--source", "/nobody/knows", "--kind", "customer.upserted", &file]);
        assert_eq!((elsewhere.status.code(), last_line(&elsewhere).as_str()), (Some(1), "accepted 0 duplicates 0 quarantined 2 skipped 1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_set_back_does_not_grow_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_probity"))
            .args(arguments)
            .current_dir(dir.path())
            .env("PROBITY_DATA_DIR", dir.path().join("data"))
            .env("PROBITY_CHECKPOINT_DIR", dir.path().join("outside"))
            .output()
            .unwrap()
    };
    assert_eq!(run(&["token", "create", "--name", "a", "--scope", "read"]).status.code(), Some(0));
    let old = dir.path().join("old.db");
    std::fs::copy(dir.path().join("data/probity.db"), &old).unwrap();
    let wal = dir.path().join("data/probity.db-wal");
    let old_wal = wal.exists().then(|| std::fs::read(&wal).unwrap());
    // A server publishes what was written since.
    let mut server = Command::new(env!("CARGO_BIN_EXE_probity"))
        .arg("serve")
        .current_dir(dir.path())
        .env("PROBITY_DATA_DIR", dir.path().join("data"))
        .env("PROBITY_CHECKPOINT_DIR", dir.path().join("outside"))
        .env("PROBITY_LISTEN", "127.0.0.1:0")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!(run(&["token", "create", "--name", "b", "--scope", "read"]).status.code(), Some(0));
    let published = || std::fs::read_to_string(dir.path().join("outside/checkpoint")).ok().and_then(|n| n.lines().nth(1)?.parse::<u64>().ok());
    for _ in 0..200 {
        if published() == Some(2) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(published(), Some(2));
    server.kill().unwrap();
    server.wait().unwrap();
    std::fs::copy(&old, dir.path().join("data/probity.db")).unwrap();
    match old_wal {
        Some(bytes) => std::fs::write(&wal, bytes).unwrap(),
        None => drop(std::fs::remove_file(&wal)),
    }
    let _ = std::fs::remove_file(dir.path().join("data/probity.db-shm"));
    let output = run(&["token", "create", "--name", "c", "--scope", "read"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("was set back"), "{}", said(&output));
}
