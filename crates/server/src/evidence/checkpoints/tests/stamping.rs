//! Stamps by an authority that `openssl ts` plays, behind a small HTTP server.

use super::{append, publish};
use crate::{
    evidence::checkpoints::{authority, model::stamp, newest, stamped_until, stamps},
    http::testing::TestServer,
    testing::engines,
};
use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use probity_package::{Pins, verify};
use sea_orm::EntityTrait;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let out = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
    assert!(out.status.success(), "openssl {arguments:?}: {text}");
    text
}

/// An authority in `folder`; its address.
async fn authority_in(folder: &Path) -> String {
    let cnf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/tsa/tsa.cnf");
    std::fs::copy(cnf, folder.join("tsa.cnf")).unwrap();
    std::fs::write(folder.join("serial"), "1000").unwrap();
    for name in ["root", "tsa"] {
        openssl(folder, &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", &format!("{name}.key")]);
    }
    openssl(
        folder,
        &["req", "-new", "-x509", "-config", "tsa.cnf", "-extensions", "root", "-key", "root.key", "-days", "30", "-subj", "/CN=Test root", "-out", "root.crt"],
    );
    openssl(folder, &["req", "-new", "-config", "tsa.cnf", "-key", "tsa.key", "-out", "tsa.csr"]);
    openssl(
        folder,
        &[
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "root.crt",
            "-CAkey",
            "root.key",
            "-set_serial",
            "2",
            "-days",
            "30",
            "-extfile",
            "tsa.cnf",
            "-extensions",
            "authority",
            "-out",
            "tsa.crt",
        ],
    );
    /// One at a time: the files have one name each.
    async fn reply(State((folder, turn)): State<(Arc<PathBuf>, Arc<Mutex<()>>)>, request: Bytes) -> (StatusCode, [(&'static str, &'static str); 1], Vec<u8>) {
        let _turn = turn.lock().unwrap();
        std::fs::write(folder.join("request.tsq"), &request).unwrap();
        openssl(&folder, &["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "reply.tsr"]);
        (StatusCode::OK, [("content-type", "application/timestamp-reply")], std::fs::read(folder.join("reply.tsr")).unwrap())
    }
    let router = Router::new().route("/tsa", post(reply)).with_state((Arc::new(folder.to_owned()), Arc::default()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/tsa")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_stamped_and_openssl_accepts_the_stamp() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: the openssl command is not installed");
        return;
    }
    for engine in engines() {
        let server = TestServer::start(engine).await;
        let company = &server.company;
        let folder = tempfile::tempdir().unwrap();
        let url = authority_in(folder.path()).await;
        let root = std::fs::read_to_string(folder.path().join("root.crt")).unwrap();
        let other = tempfile::tempdir().unwrap();
        authority_in(other.path()).await;
        let wrong_root = std::fs::read_to_string(other.path().join("root.crt")).unwrap();
        append(company, 0, 5).await;
        publish(company).await;

        let admin = server.with(&["admin"]).await;
        let bad = admin.put("/api/v1/log/authorities", &json!({"authorities": [{"url": "ftp://x"}, {"url": "http://a", "ca_pem": "x"}]})).await;
        assert_eq!(bad.body["errors"].as_array().unwrap().len(), 2);
        assert_eq!(bad.problem(422), "bad_authorities");
        // Three lives: one that works, one whose root is another, one that is not there.
        let mistaken = url.replace("127.0.0.1", "localhost");
        let list = json!({"authorities": [{"url": url, "ca_pem": root}, {"url": mistaken, "ca_pem": wrong_root}, "http://127.0.0.1:9/"], "every_minutes": 30});
        admin.put("/api/v1/log/authorities", &list).await.ok(200);

        let client = authority::client().unwrap();
        for _ in 0..50 {
            // The server's own task may have been first; together they make one stamp.
            stamps::turn(company, &client, "test").await.unwrap();
            let shown = admin.get("/api/v1/log").await.ok(200);
            if shown["stamps"][0].is_object() && shown["authorities"].as_array().unwrap().iter().filter(|a| a["error"].is_string()).count() == 2 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let shown = admin.get("/api/v1/log").await.ok(200);
        assert_eq!(shown["every_minutes"], 30);
        let authorities = shown["authorities"].as_array().unwrap();
        assert!(authorities[0]["error"].is_null() && authorities[0]["ca"] == true, "{shown}");
        assert!(authorities[1]["error"].as_str().unwrap().contains("no path"), "{shown}");
        assert!(authorities[2]["error"].as_str().unwrap().contains("cannot be reached"), "{shown}");
        assert_eq!(shown["stamps"].as_array().unwrap().len(), 1, "{shown}");
        assert_eq!(shown["stamps"][0]["verified"], true);

        let all = stamped_until(company, i64::MAX).await.unwrap();
        assert_eq!(all.len(), 1);
        std::fs::write(folder.path().join("note"), &all[0].checkpoint.note).unwrap();
        std::fs::write(folder.path().join("token"), &all[0].row.token).unwrap();
        let text = openssl(folder.path(), &["ts", "-verify", "-data", "note", "-in", "token", "-token_in", "-CAfile", "root.crt"]);
        assert!(text.contains("Verification: OK"), "{text}");

        // A package made now carries the stamp: confirmed by its own root, by no other and not without one.
        let hr = server.person("hr", None).await;
        let body = json!({ "employee": "E1", "title": "核对", "reason": "核对时间戳", "records": ["rec_0", "rec_1"] });
        let case = hr.post("/api/v1/cases", &body).await.ok(201)["id"].as_str().unwrap().to_owned();
        let status = hr.post(&format!("/api/v1/cases/{case}/packages"), &json!({ "reason": "提交仲裁" })).await.ok(202);
        let mut zip = Vec::new();
        for _ in 0..600 {
            let answer = hr.get(status["href"].as_str().unwrap()).await;
            if answer.status == 200 {
                zip = answer.bytes;
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let under = |ca: Option<&str>| verify(&zip, &Pins { tsa_ca: ca.map(|pem| pem.as_bytes().to_vec()), ..Pins::default() });
        let report = under(Some(&root));
        assert!(report.ok() && report.stamps.len() == 1 && report.stamps[0].confirmed, "{}", report.text());
        let report = under(None);
        assert!(report.ok() && !report.stamps[0].confirmed, "{}", report.text());
        assert!(!under(Some(&wrong_root)).ok());

        // Not again before the interval has passed and the log has grown.
        let before = newest(company).await.unwrap().unwrap();
        // The log grows before the clock moves: the server's own stamping may strike as soon as the interval is over.
        append(company, 5, 6).await;
        publish(company).await;
        company.clock.advance(31 * 60_000_000);
        for _ in 0..50 {
            publish(company).await;
            stamps::turn(company, &client, "test").await.unwrap();
            if stamp::Entity::find().all(company.store.read()).await.unwrap().len() > 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let all = stamped_until(company, i64::MAX).await.unwrap();
        assert_eq!(all.len(), 2);
        assert!(all[1].checkpoint.size > before.size);
    }
}
