//! The certificate of leaving is a file with its record, for HR and for whoever has left, and says what article 24 lists.

use super::*;
use crate::http::testing::{Answer, on_each_server};

/// What a PDF says, without its spaces.
fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("certificate.pdf");
    std::fs::write(&path, pdf).unwrap();
    let out = std::process::Command::new("pdftotext").arg("-raw").arg(&path).arg("-").output().expect("pdftotext (scripts/setup installs it)");
    assert!(out.status.success());
    String::from_utf8_lossy(&out.stdout).split_whitespace().collect()
}

fn pdf(answer: &Answer) -> &[u8] {
    assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (200, "application/pdf"), "{}", answer.body);
    assert!(answer.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename*=UTF-8''%E7%A6%BB%E8%81%8C"));
    &answer.bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_is_kept_as_a_pdf_and_stays_open_to_who_has_left() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let her = server.person("employee", Some("E101")).await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let paper = format!("{at}/certificate");
        assert_eq!(hr.get(&paper).await.problem(404), "not_found", "nothing was issued yet");
        let facts = json!({ "term": "2020-03-01 至 2026-12-20", "post": "销售经理", "service": "6 年 9 个月" });
        assert_eq!(her.post(&paper, &facts).await.problem(403), "forbidden", "nobody issues their own");
        let now = hr.post(&paper, &facts).await.ok(200);
        let file = now["duties"][0]["content"]["file"].clone();
        assert_eq!(file["name"], "离职证明-交2026-0001-证.pdf", "{now}");
        // The record that it was filed names the file, and nobody can file another one.
        let filed: Vec<&Value> = now["events"].as_array().unwrap().iter().filter(|e| e["kind"] == "certificate_filed").collect();
        assert_eq!(filed.len(), 1);
        let made = hr.get(&paper).await;
        let bytes = pdf(&made).to_vec();
        assert_eq!(json!(crate::intake::blobs::sha256(&bytes)), file["sha256"]);
        assert_eq!(json!(bytes.len()), file["size"]);
        let text = text_of(&bytes);
        for must in [
            "解除（终止）劳动合同证明书",
            "交2026-0001-证",
            "王芳",
            "E101",
            "2020-03-01至2026-12-20",
            "2026年12月20日",
            "销售经理",
            "6年9个月",
            "第二十四条",
            "签收",
        ] {
            assert!(text.contains(must), "the certificate does not say {must}: {text}");
        }
        for never in ["创业", "辞职", "违", "交接", "评"] {
            assert!(!text.contains(never), "the certificate says {never}: {text}");
        }

        // Whoever takes over or works beside her gets none; she does, now and after her last day.
        assert_eq!(server.person("employee", Some("E103")).await.get(&paper).await.problem(404), "not_found");
        let customer = item(&first, "submit", Some("C-1"))["id"].clone();
        hr.put(&format!("{at}/receivers"), &json!({ "items": [customer], "receiver": "E102" })).await.ok(200);
        assert_eq!(server.person("employee", Some("E102")).await.get(&paper).await.problem(404), "not_found");
        assert_eq!(pdf(&her.get(&paper).await), bytes);
        let gone = event(
            "l-1",
            "employee.upserted",
            Some("E101"),
            &json!({ "number": "E101", "name": "王芳", "manager": "E100", "status": "left", "left_on": "2026-11-18" }),
        );
        post(&server.with(&["ingest"]).await, BATCH, json!([gone]).to_string()).await.ok(200);
        server.settled().await;
        let her = server.person("employee", Some("E101")).await;
        assert_eq!(her.get("/api/v1/session").await.ok(200)["standing"], "left");
        assert_eq!(pdf(&her.get(&paper).await), bytes);
        let opened = hr.get(&at).await.ok(200)["events"].as_array().unwrap().iter().filter(|e| e["kind"] == "file_opened").count();
        assert_eq!(opened, 3, "each download is a record");

        // It travels in the handover's package, byte for byte.
        let package = hr.post(&format!("{at}/package"), &json!({ "reason": "劳动仲裁举证" })).await;
        let report = probity_package::verify(&package.bytes, &probity_package::Pins::default());
        assert!(report.ok(), "{}", report.text());
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&package.bytes[..])).unwrap();
        let found = (0..zip.len()).any(|at| {
            let mut member = Vec::new();
            std::io::Read::read_to_end(&mut zip.by_index(at).unwrap(), &mut member).unwrap();
            member == bytes
        });
        assert!(found, "the certificate is not in the package");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_with_a_mistake_is_issued_anew_and_the_old_one_stays_on_record() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let her = server.person("employee", Some("E101")).await;
        let at = path(&handover_of(&hr, "E101").await);
        let paper = format!("{at}/certificate");
        let (again, delivery, receipt) = (format!("{paper}/correction"), format!("{paper}/delivery"), format!("{paper}/receipt"));
        let facts = |post: &str| json!({ "term": "2020-03-01 至 2026-12-20", "post": post, "service": "6 年 9 个月", "reason": "岗位写错" });
        assert_eq!(hr.post(&again, &facts("销售经理")).await.problem(409), "not_issued");
        let now = hr.post(&paper, &facts("客户经理")).await.ok(200);
        let first = now["duties"][0].clone();
        let old = pdf(&hr.get(&paper).await).to_vec();
        hr.post(&delivery, &json!({ "how": "post", "on": "2026-11-20", "reference": "EMS 1" })).await.ok(200);
        her.post(&receipt, &json!({ "number": "交2026-0001-证" })).await.ok(200);

        server.company.clock.advance(3 * 24 * 3600 * 1_000_000);
        // Their sessions ended in these days.
        let hr = server.person("hr", None).await;
        let her = server.person("employee", Some("E101")).await;
        assert_eq!(hr.post(&paper, &facts("销售经理")).await.status, 409, "issued it is");
        assert_eq!(her.post(&again, &facts("销售经理")).await.problem(403), "forbidden");
        assert_eq!(hr.post(&again, &facts("客户经理")).await.problem(422), "nothing_changed");
        let mut silent = facts("销售经理");
        silent["reason"] = json!(" ");
        assert_eq!(hr.post(&again, &silent).await.body["errors"][0]["pointer"], "/reason");
        assert_eq!(hr.post(&again, &facts("销售经理（因严重违纪解除）")).await.body["rule"], "P12", "what may not stand on it may not now");
        let now = hr.post(&again, &facts("销售经理")).await.ok(200);
        let duty = &now["duties"][0];
        // The step was done in time and stays so.
        assert_eq!((&duty["status"], &duty["done_on"], &duty["record"]), (&json!("done"), &json!("2026-11-20"), &first["record"]));
        let (present, before) = (&duty["content"], &duty["content"]["superseded"][0]);
        assert_eq!((&present["number"], &present["post"], &present["issued_on"]), (&json!("交2026-0001-证2"), &json!("销售经理"), &json!("2026-11-23")));
        assert_eq!((&present["deliveries"], &present["received"]), (&Value::Null, &Value::Null), "to be delivered anew");
        assert_eq!(
            (&before["number"], &before["post"], &before["superseded_by"]["reason"]),
            (&json!("交2026-0001-证"), &json!("客户经理"), &json!("岗位写错"))
        );
        assert!(before["deliveries"][0]["reference"] == "EMS 1" && before["received"].is_object(), "{before}");
        // Both papers are there, each under its own number.
        let new = pdf(&her.get(&paper).await).to_vec();
        assert!(text_of(&new).contains("交2026-0001-证2") && text_of(&new).contains("销售经理"));
        assert_eq!(pdf(&hr.get(&format!("{paper}?version=1")).await), old);
        assert_eq!(pdf(&hr.get(&format!("{paper}?version=2")).await), new);
        assert_eq!(hr.get(&format!("{paper}?version=3")).await.problem(404), "not_found");

        let backdated = json!({ "how": "handed_over", "on": "2026-11-22" });
        assert_eq!(hr.post(&delivery, &backdated).await.problem(422), "before_issue");
        hr.post(&delivery, &json!({ "how": "handed_over", "on": "2026-11-23" })).await.ok(200);
        // A page that stood open over the correction shows the old one: what was not read is not acknowledged.
        assert_eq!(her.post(&receipt, &json!({ "number": "交2026-0001-证" })).await.problem(409), "superseded");
        let hers = her.post(&receipt, &json!({ "number": "交2026-0001-证2" })).await.ok(200);
        let content = &hers["duties"][0]["content"];
        assert!(content["received"].is_object() && content["deliveries"].as_array().unwrap().len() == 1, "{content}");
        let told = hers["events"].as_array().unwrap().iter().find(|e| e["kind"] == "certificate_corrected").unwrap();
        assert_eq!(told["text"], "交2026-0001-证 → 交2026-0001-证2 岗位写错");
        // That the old one went out in time can still be noted, of the old one.
        let late = json!({ "how": "mail", "on": "2026-11-21", "reference": "her@x.example", "number": "交2026-0001-证" });
        let now = hr.post(&delivery, &late).await.ok(200);
        let content = &now["duties"][0]["content"];
        assert_eq!((content["deliveries"].as_array().unwrap().len(), content["superseded"][0]["deliveries"].as_array().unwrap().len()), (1, 2), "{content}");
        // And once more.
        let third = hr.post(&again, &facts("销售总监")).await.ok(200);
        let content = &third["duties"][0]["content"];
        assert_eq!((&content["number"], content["superseded"].as_array().unwrap().len()), (&json!("交2026-0001-证3"), 2));
        assert_eq!(pdf(&hr.get(&format!("{paper}?version=2")).await), new);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_somebody_who_left_after_the_handover_was_closed_it_bears_the_day_on_file() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let at = path(&handover_of(&hr, "E101").await);
        hr.post(&format!("{at}/close"), &json!({ "reason": "双方同意不再交接" })).await.ok(200);
        let gone = json!({ "number": "E101", "name": "王芳", "status": "left", "left_on": "2026-11-20" });
        let caller = server.with(&["ingest"]).await;
        let mut list = event("l-gone", "employee.upserted", Some("E101"), &gone);
        list["time"] = json!("2026-11-20T09:00:00+08:00");
        assert_eq!(post(&caller, BATCH, json!([list]).to_string()).await.ok(200)["accepted"], 1);
        server.settled().await;
        assert_eq!(hr.get(&format!("{at}/certificate/form")).await.ok(200)["ended_on"], "2026-11-20");
        let facts = |day: &str| json!({ "term": "2020-03-01 至 2026-11-20", "post": "销售经理", "service": "6 年 8 个月", "ended_on": day });
        assert_eq!(hr.post(&format!("{at}/certificate"), &facts("2026-12-20")).await.problem(422), "not_the_last_day");
        let now = hr.post(&format!("{at}/certificate"), &facts("2026-11-20")).await.ok(200);
        assert_eq!(now["duties"][0]["content"]["ended_on"], "2026-11-20");
    })
    .await;
}
