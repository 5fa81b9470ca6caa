//! A deduction that was noted wrongly: withdrawn with a reason, on record, and the month has its bound back, unless a wage
//! was cut by it already.

use super::*;
use crate::http::testing::on_each_server;

#[tokio::test(flavor = "multi_thread")]
async fn a_deduction_noted_wrongly_is_withdrawn_and_the_month_has_its_bound_back() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let (hr, lead) = (server.person("hr", None).await, server.person("sales_manager", Some("E100")).await);
        let her = server.person("employee", Some("E101")).await;
        let at = path(&handover_of(&hr, "E101").await);
        let loss = |amount: &str| {
            json!({ "ground": "loss", "amount": amount, "wage": "5000", "minimum": "2000", "fault": true, "clause": true, "proof": true, "reason": "损失电脑" })
        };
        let deductions = format!("{at}/deductions");
        hr.post(&deductions, &loss("600")).await.ok(200);
        assert_eq!(hr.post(&deductions, &loss("400.01")).await.body["rule"], "P17");
        let noted = hr.get(&at).await.ok(200)["deductions"].as_array().unwrap().clone();
        assert_eq!((noted.len(), &noted[0]["withdrawn"]), (1, &Value::Null), "{noted:?}");
        let withdrawal = |record: &Value| format!("{deductions}/{}/withdrawal", record.as_str().unwrap());
        let why = json!({ "reason": "电脑已找到，登记有误", "taken": false });

        // Neither the one it is about, nor one who has no part in it, nor without a reason; nor anything but a deduction.
        let this = withdrawal(&noted[0]["record"]);
        assert_eq!(her.post(&this, &why).await.problem(403), "forbidden");
        assert_eq!(server.person("sales_manager", Some("E103")).await.post(&this, &why).await.status, 404);
        assert_eq!(lead.post(&this, &json!({ "reason": " ", "taken": false })).await.body["errors"][0]["pointer"], "/reason");
        let started = hr.get(&at).await.ok(200)["events"].as_array().unwrap().iter().find(|e| e["kind"] == "started").unwrap()["record"].clone();
        for other in [started, json!("rec_999999"), json!("x")] {
            assert_eq!(hr.post(&withdrawal(&other), &why).await.problem(404), "not_found", "{other}");
        }

        // Of two at once, one; the other is told.
        let (one, two) = tokio::join!(hr.post(&this, &why), lead.post(&this, &why));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", one.body, two.body);
        let again = hr.post(&this, &why).await;
        assert_eq!((again.status, &again.body["code"], &again.body["rule"]), (409, &json!("withdrawn_already"), &json!("P17")), "{}", again.body);

        // She sees what, why, by whom and when; the noting stays.
        let hers = her.get(&at).await.ok(200);
        let (shown, gone) = (&hers["deductions"][0], &hers["deductions"][0]["withdrawn"]);
        assert!(shown["text"].as_str().unwrap().contains("600.00"), "{shown}");
        assert_eq!((&gone["reason"], &gone["taken"]), (&why["reason"], &json!(false)));
        assert!(gone["by"].is_string() && gone["at"].is_string() && gone["record"] != shown["record"], "{gone}");
        let line = |kind: &str| hers["events"].as_array().unwrap().iter().find(|e| e["kind"] == kind).unwrap()["text"].as_str().unwrap().to_owned();
        assert!(line("deduction_noted").starts_with("（已撤回）"), "{}", line("deduction_noted"));
        let told = line("deduction_withdrawn");
        assert!(told.starts_with("电脑已找到") && told.contains("600.00"), "{told}");

        // The whole bound is there again, once.
        assert_eq!(hr.post(&deductions, &loss("1000")).await.ok(200)["most"], "0.00");
        assert_eq!(hr.post(&deductions, &loss("0.01")).await.body["rule"], "P17");

        // A wage is paid after the handover is closed: a wrong one can be withdrawn then too.
        hr.post(&format!("{at}/close"), &json!({ "reason": "另行办理" })).await.ok(200);
        let second = hr.get(&at).await.ok(200)["deductions"][1].clone();
        let now = hr.post(&withdrawal(&second["record"]), &json!({ "reason": "金额有误", "taken": true })).await.ok(200);
        assert_eq!((now["may"]["withdraw"].as_bool(), &now["deductions"][1]["withdrawn"]["reason"]), (Some(true), &json!("金额有误")));
        assert_eq!(her.get(&at).await.ok(200)["may"]["withdraw"], false);

        // The package holds both records, and its catalogue says that the first counts no more.
        let package = hr.post(&format!("{at}/package"), &json!({ "reason": "劳动仲裁举证" })).await;
        assert!(probity_package::verify(&package.bytes, &probity_package::Pins::default()).ok());
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&package.bytes[..])).unwrap();
        let said = (0..zip.len()).any(|at| {
            let mut member = Vec::new();
            std::io::Read::read_to_end(&mut zip.by_index(at).unwrap(), &mut member).unwrap();
            let text = String::from_utf8_lossy(&member);
            text.contains("（已撤回：2026-11-20 ") && text.contains("电脑已找到，登记有误")
        });
        assert!(said, "the package does not say that it was withdrawn");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_from_a_wage_before_it_was_withdrawn_counts_on_and_is_owed_back() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let her = server.person("employee", Some("E101")).await;
        let at = path(&handover_of(&hr, "E101").await);
        let deductions = format!("{at}/deductions");
        let loss = |amount: &str| {
            json!({ "ground": "loss", "amount": amount, "wage": "5000", "minimum": "2000", "fault": true, "clause": true, "proof": true, "reason": "损失电脑" })
        };
        let withdraws = async |nth: usize, taken: bool| -> Value {
            let record = hr.get(&at).await.ok(200)["deductions"][nth]["record"].as_str().unwrap().to_owned();
            let why = json!({ "reason": "登记有误", "taken": taken });
            hr.post(&format!("{deductions}/{record}/withdrawal"), &why).await.ok(200)["deductions"][nth]["withdrawn"].clone()
        };

        // 600 of 1000 came off the wage: another 600 beside it would be more than the month bears.
        hr.post(&deductions, &loss("600")).await.ok(200);
        assert_eq!(withdraws(0, true).await["taken"], true);
        let more = hr.post(&deductions, &loss("600")).await;
        assert_eq!((more.status, &more.body["rule"]), (422, &json!("P17")), "{}", more.body);
        assert_eq!(hr.post(&deductions, &loss("400.01")).await.body["rule"], "P17");
        assert_eq!(hr.post(&deductions, &loss("400")).await.ok(200)["most"], "0.00");

        // What never came off is free again.
        assert_eq!(withdraws(1, false).await["taken"], false);
        assert_eq!(hr.post(&deductions, &loss("400")).await.ok(200)["most"], "0.00");
        assert_eq!(hr.post(&deductions, &loss("0.01")).await.body["rule"], "P17");

        // She sees which of the two she is owed.
        let hers = her.get(&at).await.ok(200);
        let taken: Vec<&Value> = hers["deductions"].as_array().unwrap().iter().map(|d| &d["withdrawn"]["taken"]).collect();
        assert_eq!(taken, [&json!(true), &json!(false), &Value::Null]);
        let told = hers["events"].as_array().unwrap().iter().filter(|e| e["kind"] == "deduction_withdrawn");
        let owed: Vec<bool> = told.map(|e| e["text"].as_str().unwrap().contains("须补发给本人")).collect();
        assert_eq!(owed, [false, true], "the newest first: {}", hers["events"]);

        // Whether it was taken is said, not guessed.
        let third = hers["deductions"][2]["record"].as_str().unwrap();
        assert_ne!(hr.post(&format!("{deductions}/{third}/withdrawal"), &json!({ "reason": "登记有误" })).await.status, 200);
        assert_eq!(hr.get(&at).await.ok(200)["deductions"][2]["withdrawn"], Value::Null);
    })
    .await;
}
