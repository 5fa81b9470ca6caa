//! The main job, end to end: records arrive through the API and through a file, an alert explains itself, the
//! chain shows said, could, did and paid, a case is opened, a package exported, and somebody who only holds the
//! log's key fingerprint confirms it with the small verifier, and is told which file was touched afterwards.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::spawned::{Spawned, engines, verifier};
use probity_simulate::{Scene, story};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn from_a_companys_records_to_a_package_anyone_can_verify() {
    for engine in engines() {
        let server = Spawned::start(engine).await;
        let scene = story();
        let sent = send(&server, &scene).await;
        word_alert(&server, &scene, &sent).await;
        import_statement(&server, &scene);
        let (alert, steps) = chain(&server, &scene).await;
        let package = package(&server, &scene, &alert, &steps).await;
        verify(&server, &package);
    }
}

/// Everything but the money arrives through the API. Answers the promise's record.
async fn send(server: &Spawned, scene: &Scene) -> String {
    server.register(&scene.sources()).await;
    let events: Vec<Value> = scene.to_json().into_iter().filter(|event| event["type"] != "transfer.booked").collect();
    let ids = server.records(&events).await;
    let place = events.iter().position(|event| event["data"]["text"].as_str().is_some_and(|text| text.contains("返10%"))).unwrap();
    ids[place].clone()
}

async fn word_alert(server: &Spawned, scene: &Scene, promise: &str) {
    let alert = server.until("word alert", SOON, async |server| server.alerts(&scene.employee, "words.diversion").await.into_iter().next()).await;
    assert_eq!(alert["severity"], "high");
    assert_eq!(alert["status"], "open");
    assert!(alert["records"].as_array().unwrap().contains(&json!(promise)), "{alert}");
    assert!(!alert["explanation"]["innocent"].as_array().unwrap().is_empty(), "nothing speaks for the employee");
    assert!(!alert.to_string().contains("我介绍你到鼎新"), "before a case nobody reads the text");
    let envelope = server.get(&format!("/api/v1/records/{promise}")).await;
    assert!(!envelope.to_string().contains("鼎新"), "an envelope has no content");
}

/// The money arrives as a file: a statement the employee handed in.
fn import_statement(server: &Spawned, scene: &Scene) {
    let file = server.dir.path().join("statement.csv");
    let rows = "明细查询文件下载\n\n卡号: 1234****9876,\"卡别名: 工资卡\"\n\n子账户序号: 00000,子账户类别: 活期,\"子账户别名: \"\n\n\
        交易日期,摘要,交易详情,交易场所,交易国家或地区简称,钞/汇,交易金额(收入),交易金额(支出),交易币种,记账金额(收入),记账金额(支出),记账币种,余额,对方户名,对方账户\n\
        2026-03-31,\"咨询费\",\"\",\"网上银行\",\"CHN\",钞,\"-\",\"-\",-,\"8,600.00\",\"\",人民币,\"20,310.55\",\"苏州鼎新建材有限公司\",\"0000****3333\",\n\
        2026-03-28,\"消费\",\"\",\"某某超市\",\"CHN\",钞,\"-\",\"-\",-,\"\",\"86.40\",人民币,\"11,710.55\",\"某某支付\",\"0000****0001\",\n";
    std::fs::write(&file, rows).unwrap();
    let path = file.display().to_string();
    let arguments = ["import", "--source", "/bank/voluntary", "--basis", "voluntary_submission", "--employee", &scene.employee, &path];
    let output = server.run(&arguments);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("accepted 2"), "{text} {}", String::from_utf8_lossy(&output.stderr));
    // The same file again adds nothing.
    let again = server.run(&arguments);
    assert!(String::from_utf8_lossy(&again.stdout).contains("duplicates 2"));
}

async fn chain(server: &Spawned, scene: &Scene) -> (String, Vec<String>) {
    let alert = server.until("chain alert", SOON, async |server| server.alerts(&scene.employee, "chain.diversion").await.into_iter().next()).await;
    let best = server.chains(&scene.employee).await.remove(0);
    assert!(best["score"].as_f64().unwrap() >= 0.9, "{best}");
    let steps = best["steps"].as_array().unwrap();
    for role in ["said", "could", "did", "paid"] {
        let step = steps.iter().find(|step| step["role"] == role);
        assert!(step.is_some_and(|step| !step["why"].as_str().unwrap().is_empty()), "no {role} in {best}");
    }
    let records = steps.iter().map(|step| step["record"].as_str().unwrap().to_owned()).collect();
    (alert["id"].as_str().unwrap().to_owned(), records)
}

async fn package(server: &Spawned, scene: &Scene, alert: &str, records: &[String]) -> Vec<u8> {
    let case = json!({ "employee": scene.employee, "title": "恒达建材订单转走", "reason": "预警核查", "alerts": [alert], "records": records });
    let case = server.post("/api/v1/cases", &case).await;
    let id = case["id"].as_str().unwrap();
    let opened = json!({ "records": [records[0]], "case": id, "reason": "核对原文" });
    let opened = server.post("/api/v1/records/open", &opened).await;
    assert_eq!(opened["items"].as_array().unwrap().len(), 1);
    // Somebody without a case reads nothing.
    let (status, _) = server.ask(reqwest::Method::POST, "/api/v1/records/open", Some(&json!({ "records": [records[0]] }))).await;
    assert!((400..500).contains(&status), "{status}");
    let asked = server.post(&format!("/api/v1/cases/{id}/packages"), &json!({ "reason": "提交仲裁", "redact": {} })).await;
    server.download(&format!("/api/v1/packages/{}", asked["id"].as_str().unwrap())).await
}

/// The other side's lawyer: the zip, the verifier, and a fingerprint from elsewhere.
fn verify(server: &Spawned, package: &[u8]) {
    let path = server.dir.path().join("package.zip");
    std::fs::write(&path, package).unwrap();
    let (ok, said) = small_verifier(&path, &server.fingerprint);
    assert!(ok, "{said}");
    let file = path.display().to_string();
    let own = server.run(&["verify", &file, "--key", &server.fingerprint]);
    let own = String::from_utf8_lossy(&own.stdout);
    assert!(own.contains("OK: consistent, signer confirmed"), "{own}");
    let (ok, said) = small_verifier(&path, &"0".repeat(64));
    assert!(!ok, "a stranger's key passed: {said}");
    let files = unpack(package);
    assert!(files.len() > 5, "{} files", files.len());
    for (name, content) in &files {
        if content.is_empty() {
            continue;
        }
        std::fs::write(&path, pack(&files, name)).unwrap();
        let (ok, said) = small_verifier(&path, &server.fingerprint);
        assert!(!ok, "a changed byte of {name} passed");
        assert!(said.contains(name.as_str()), "{name} was changed and not named: {said}");
    }
}

fn small_verifier(package: &Path, key: &str) -> (bool, String) {
    let output = Command::new(verifier()).arg(package).args(["--key", key]).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

fn unpack(package: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// The same package with one byte in the middle of one file changed.
fn pack(files: &[(String, Vec<u8>)], changed: &str) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        out.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        let mut content = content.clone();
        if name == changed {
            let middle = content.len() / 2;
            content[middle] ^= 1;
        }
        out.write_all(&content).unwrap();
    }
    out.finish().unwrap().into_inner()
}
