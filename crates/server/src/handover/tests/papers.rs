//! The list as a paper with three signatures; the certificate's form, and how the certificate reached her.

use super::*;
use crate::http::testing::on_each_server;

fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.pdf");
    std::fs::write(&path, pdf).unwrap();
    let out = std::process::Command::new("pdftotext").arg("-raw").arg(&path).arg("-").output().expect("pdftotext (scripts/setup installs it)");
    assert!(out.status.success());
    String::from_utf8_lossy(&out.stdout).split_whitespace().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_a_numbered_paper_with_its_digest_and_three_lines_to_sign() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        let asset =
            json!({ "asset": "IT-1", "employee": "E101", "kind": "computer", "name": "ThinkPad X1", "identifier": "PF3K9A7X", "issued_on": "2026-03-02" });
        hr.post("/api/v1/assets", &asset).await.ok(201);
        resigns(&server, "E101", "2026-12-20").await;
        let her = server.person("employee", Some("E101")).await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let papers = format!("{at}/papers");
        let why = json!({ "reason": "离职当日三方签署" });
        assert_eq!(her.post(&papers, &why).await.problem(403), "forbidden", "whose list it is takes nothing out");
        assert_eq!(server.person("employee", Some("E103")).await.get(&papers).await.problem(404), "not_found");
        assert_eq!(server.person("sales_manager", Some("E100")).await.get(&papers).await.problem(403), "forbidden");
        assert_eq!(hr.post(&papers, &json!({ "reason": "" })).await.body["errors"][0]["pointer"], "/reason");
        hr.put(&format!("{at}/receivers"), &json!({ "items": [item(&first, "submit", Some("C-1"))["id"]], "receiver": "E102" })).await.ok(200);
        her.post(&format!("{at}/objections"), &json!({ "text": "C-4 不是我的客户" })).await.ok(200);
        let before = hr.get(&at).await.ok(200);
        let made = hr.post(&papers, &why).await.ok(201)["items"][0].clone();
        assert_eq!((&made["number"], &made["name"], &made["current"]), (&json!("交2026-0001-单1"), &json!("工作交接清单-交2026-0001-单1.pdf"), &json!(true)));

        let file = format!("{papers}/{}", made["sha256"].as_str().unwrap());
        let bytes = hr.get(&file).await;
        assert_eq!((bytes.status, bytes.headers["content-type"].to_str().unwrap()), (200, "application/pdf"));
        assert_eq!(json!(crate::intake::blobs::sha256(&bytes.bytes)), made["sha256"]);
        let text = text_of(&bytes.bytes);
        for must in [
            "工作交接清单",
            "交2026-0001-单1",
            "王芳",
            "E101",
            "华东销售部",
            "赵经理",
            "李娜",
            "2026年12月20日",
            "恒达建材有限公司",
            "12000.00CNY",
            "公司财产",
            "ThinkPadX1",
            "PF3K9A7X",
            "C-4不是我的客户",
            "移交人（签名）",
            "接收人（签名）",
            "监交人（签名）",
            "第五十条",
            made["digest"].as_str().unwrap(),
        ] {
            assert!(text.contains(must), "the list does not say {must}: {text}");
        }
        assert!(!text.contains("创业"), "why she goes is nobody's business: {text}");
        // Her own copy, to be signed: hers too. It is as it was, also when the list has gone on.
        assert_eq!(her.get(&file).await.bytes, bytes.bytes);
        let now = hr.get(&at).await.ok(200);
        let kinds: Vec<&str> = now["events"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
        assert_eq!((kinds.iter().filter(|k| **k == "checklist_made").count(), kinds.iter().filter(|k| **k == "file_opened").count()), (1, 2));
        assert_eq!(now["items"].as_array().unwrap().len(), before["items"].as_array().unwrap().len());
        her.post(&format!("{at}/objections"), &json!({ "text": "补充一条" })).await.ok(200);
        assert_eq!(hr.get(&papers).await.ok(200)["items"][0]["current"], false);
        let second = hr.post(&papers, &why).await.ok(201);
        assert_eq!((second["items"].as_array().unwrap().len(), &second["items"][0]["number"]), (2, &json!("交2026-0001-单2")));
        assert_ne!(second["items"][0]["digest"], made["digest"]);
        assert_eq!(hr.get(&format!("{papers}/{}", "0".repeat(64))).await.problem(404), "not_found");

        // Both travel in the package.
        let package = hr.post(&format!("{at}/package"), &json!({ "reason": "劳动仲裁举证" })).await;
        assert!(probity_package::verify(&package.bytes, &probity_package::Pins::default()).ok());
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&package.bytes[..])).unwrap();
        let found = (0..zip.len()).any(|at| {
            let mut member = Vec::new();
            std::io::Read::read_to_end(&mut zip.by_index(at).unwrap(), &mut member).unwrap();
            member == bytes.bytes
        });
        assert!(found, "the list is not in the package");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_is_filled_in_from_the_file_and_its_delivery_is_on_record() {
    on_each_server(|server| async move {
        office(&server).await;
        let hired = json!({ "number": "E101", "name": "王芳", "department": "华东销售部", "title": "销售经理", "manager": "E100", "status": "active", "hired_on": "2020-03-01" });
        post(&server.with(&["ingest"]).await, BATCH, json!([event("p-E101-2", "employee.upserted", Some("E101"), &hired)]).to_string()).await.ok(200);
        let hr = server.person("hr", None).await;
        let contract = json!({ "kind": "fixed", "from": "2024-03-01", "until": "2027-02-28", "post": "客户经理" });
        hr.post("/api/v1/employees/E101/contracts", &contract).await.ok(201);
        resigns(&server, "E101", "2026-12-20").await;
        let her = server.person("employee", Some("E101")).await;
        let at = path(&handover_of(&hr, "E101").await);
        let form = format!("{at}/certificate/form");
        let known = json!({ "term": "2024-03-01 至 2027-02-28", "ended_on": "2026-12-20", "post": "销售经理", "service": "6 年 9 个月" });
        assert_eq!(hr.get(&form).await.ok(200), known);
        assert_eq!(her.get(&form).await.problem(403), "forbidden");
        let (delivery, receipt) = (format!("{at}/certificate/delivery"), format!("{at}/certificate/receipt"));
        let which = json!({ "number": "交2026-0001-证" });
        let by_post = json!({ "how": "post", "on": "2026-11-20", "reference": "EMS 1234567890123" });
        assert_eq!(hr.post(&delivery, &by_post).await.problem(409), "not_issued");
        assert_eq!(her.post(&receipt, &which).await.problem(409), "not_issued");
        // Another day than the last one is no end of employment.
        let other = json!({ "term": known["term"], "post": known["post"], "service": known["service"], "ended_on": "2099-12-31" });
        assert_eq!(hr.post(&format!("{at}/certificate"), &other).await.problem(422), "not_the_last_day");
        let facts = json!({ "term": known["term"], "post": known["post"], "service": known["service"], "ended_on": known["ended_on"] });
        hr.post(&format!("{at}/certificate"), &facts).await.ok(200);

        assert_eq!(her.post(&delivery, &by_post).await.problem(403), "forbidden");
        for (body, pointer) in [
            (json!({ "how": "post", "on": "2026-11-21", "reference": "EMS 1" }), "/on"),
            (json!({ "how": "post", "on": "2026-11-19", "reference": "EMS 1" }), "/on"),
            (json!({ "how": "post", "on": "2026-11-20" }), "/reference"),
        ] {
            let answer = hr.post(&delivery, &body).await;
            assert_eq!((answer.status, &answer.body["errors"][0]["pointer"]), (422, &json!(pointer)), "{}", answer.body);
        }
        let now = hr.post(&delivery, &by_post).await.ok(200);
        let paper = &now["duties"][0]["content"];
        assert_eq!((&paper["deliveries"][0]["how"], &paper["deliveries"][0]["reference"]), (&json!("post"), &json!("EMS 1234567890123")), "{paper}");
        let now = hr.post(&delivery, &json!({ "how": "handed_over", "on": "2026-11-20" })).await.ok(200);
        assert_eq!(now["duties"][0]["content"]["deliveries"].as_array().unwrap().len(), 2, "each way is kept");
        assert_eq!(now["duties"][0]["content"]["file"]["name"], "离职证明-交2026-0001-证.pdf");
        // She has it, and says so herself, once.
        assert_eq!(hr.post(&receipt, &which).await.problem(403), "not_yours");
        let hers = her.post(&receipt, &which).await.ok(200);
        assert!(hers["duties"][0]["content"]["received"]["at"].is_string(), "{hers}");
        assert_eq!(her.post(&receipt, &which).await.problem(409), "already_acknowledged");
        let kinds: Vec<String> = now["events"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds.iter().filter(|k| *k == "certificate_delivered").count(), 2);
        // None of it stands on the paper.
        let text = text_of(&hr.get(&format!("{at}/certificate")).await.bytes);
        assert!(text.contains("6年9个月") && !text.contains("EMS"), "{text}");
    })
    .await;
}
