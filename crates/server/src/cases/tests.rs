#![expect(clippy::unwrap_used, reason = "tests")]

use crate::http::testing::{TestServer, on_each_server};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

/// The 恒达 story as four records; answers their ids.
pub async fn story(server: &TestServer) -> Vec<String> {
    let admin = server.with(&["admin"]).await;
    admin
        .put(
            "/api/v1/sources",
            &json!({ "source": "/crm/main", "name": "客户系统", "kinds": ["*"],
                     "basis": { "kind": "hr_necessity", "notice": "员工个人信息告知书", "notice_version": "1", "assessed_on": "2025-01-05" } }),
        )
        .await
        .ok(200);
    let event = |id: &str, kind: &str, time: &str, data: Value| json!({ "specversion": "1.0", "id": id, "source": "/crm/main", "type": kind, "time": time, "subject": "E017", "data": data });
    let events = json!([
        event("1", "employee.upserted", "2026-01-05T09:00:00+08:00", json!({ "number": "E017", "name": "陈志远", "department": "销售一部" })),
        event("2", "customer.assigned", "2026-01-06T09:00:00+08:00", json!({ "customer": "C-1", "employee": "E017", "from": "2026-01-06" })),
        event(
            "3",
            "message.sent",
            "2026-03-02T09:01:00+08:00",
            json!({ "channel": "wecom", "conversation": "w1", "from": { "employee": "E017" },
            "to": [{ "external": "wm1", "name": "王经理", "customer": "C-1" }], "text": "我介绍你到鼎新公司买,给你返10%" })
        ),
        event(
            "4",
            "order.transferred",
            "2026-03-10T09:00:00+08:00",
            json!({ "order": "O-88", "customer": "C-1", "employee": "E017",
            "to_company": "鼎新公司", "amount": { "amount": "86000.00", "currency": "CNY" } })
        ),
    ]);
    let ingest = server.with(&["ingest"]).await;
    let request = ingest.request(reqwest::Method::POST, "/api/v1/records");
    let response = request.header("content-type", "application/cloudevents-batch+json").body(events.to_string()).send().await.unwrap();
    let body: Value = response.json().await.unwrap();
    body["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap_or_else(|| panic!("{body}")).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_from_opening_to_closing() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let hr = server.person("hr", None).await;
        let alert = hr.get("/api/v1/alerts?employee=E017&rule=words.diversion").await.ok(200)["items"][0]["id"].clone();
        let mut body = json!({ "employee": "E017", "title": "恒达建材订单外流", "reason": "飞单预警", "alerts": ["a1"], "records": [records[1], records[2]] });
        assert_eq!(hr.post("/api/v1/cases", &body).await.problem(422), "unknown_alert");
        body["alerts"] = json!([alert]);
        let id = hr.post("/api/v1/cases", &body).await.ok(201)["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/cases/{id}");
        let case = hr.get(&path).await.ok(200);
        assert!(case["number"].as_str().unwrap().starts_with("案20") && case["number"].as_str().unwrap().ends_with("-0001"), "{case}");
        assert_eq!((case["status"].as_str(), case["employee_name"].as_str()), (Some("open"), Some("陈志远")));
        assert_eq!((case["records"].as_array().unwrap().len(), case["alerts"].as_array().unwrap().len()), (2, 1));
        assert!(case["records"].as_array().unwrap().iter().all(|r| "ABCD".contains(r["grade"].as_str().unwrap())), "{case}");
        assert!(!case["records"][1]["missing"].as_array().unwrap().is_empty());
        let before = case["revision"].as_i64().unwrap();

        hr.post(&format!("{path}/records"), &json!({ "records": [records[3]], "reason": "订单去向" })).await.ok(200);
        hr.post(&format!("{path}/notes"), &json!({ "text": "已约谈销售经理" })).await.ok(200);
        let form = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"笔录.txt\"\r\n\r\n谈话笔录\r\n--b--\r\n";
        let request = hr.request(reqwest::Method::POST, &format!("{path}/files")).header("content-type", "multipart/form-data; boundary=b").body(form);
        assert_eq!(request.send().await.unwrap().status(), 200);
        let case = hr.get(&path).await.ok(200);
        assert_eq!(case["revision"].as_i64().unwrap(), before + 3);
        assert_eq!((case["files"][0]["name"].as_str(), case["files"][0]["size"].as_i64()), (Some("笔录.txt"), Some(12)));
        let kinds: Vec<_> = case["events"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, ["opened", "records_added", "noted", "file_added"]);

        // Opening content: under the case, and only what belongs to it.
        let open = |record: &str, reason: &str| json!({ "records": [record], "case": id, "reason": reason });
        let looked = hr.post("/api/v1/records/open", &open(&records[2], "核对聊天记录")).await.ok(200);
        assert_eq!(looked["items"][0]["event"]["data"]["text"], "我介绍你到鼎新公司买,给你返10%");
        assert_eq!(hr.post("/api/v1/records/open", &json!({ "records": [records[2]], "case": "none", "reason": "核对" })).await.problem(404), "not_found");

        assert_eq!(hr.patch(&path, &json!({ "status": "closed" })).await.problem(422), "invalid");
        let case = hr.patch(&path, &json!({ "status": "closed", "outcome": "confirmed", "reason": "已解除合同" })).await.ok(200);
        assert_eq!((case["status"].as_str(), case["outcome"].as_str()), (Some("closed"), Some("confirmed")));
        assert_eq!(hr.post(&format!("{path}/notes"), &json!({ "text": "再记" })).await.problem(409), "case_closed");
        assert_eq!(hr.post("/api/v1/records/open", &open(&records[2], "再看")).await.problem(409), "case_closed");

        let list = hr.get("/api/v1/cases?employee=E017").await.ok(200);
        assert_eq!((list["items"][0]["records"].as_i64(), list["items"][0]["alerts"].as_i64()), (Some(3), Some(1)));
        assert_eq!(hr.get("/api/v1/cases?status=open").await.ok(200)["items"], json!([]));
    })
    .await;
}

/// Nobody begins anew on an alert that is being looked into: it says in which case, and is not handed out.
#[tokio::test(flavor = "multi_thread")]
async fn an_alert_says_which_case_it_was_taken_into() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let more = json!([{ "specversion": "1.0", "id": "5", "source": "/crm/main", "type": "message.sent", "time": "2026-03-12T09:01:00+08:00", "subject": "E017",
            "data": { "channel": "wecom", "conversation": "w2", "from": { "employee": "E017" },
                "to": [{ "external": "wm2", "name": "李经理", "customer": "C-2" }], "text": "我介绍你到鼎新公司买,给你返10%" } }]);
        server.with(&["ingest"]).await.post("/api/v1/records", &more).await.ok(200);
        server.settled().await;
        let hr = server.person("hr", None).await;
        let alerts = hr.get("/api/v1/alerts?employee=E017&rule=words.diversion").await.ok(200)["items"].as_array().unwrap().clone();
        let [one, two] = &alerts[..] else { panic!("{alerts:?}") };
        assert_eq!((&one["cases"], &two["cases"]), (&json!([]), &json!([])));
        let open = json!({ "employee": "E017", "title": "订单外流", "reason": "飞单预警", "alerts": [one["id"]], "records": [records[1]] });
        let case = hr.post("/api/v1/cases", &open).await.ok(201);
        let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
        let free = || async { hr.get("/api/v1/alerts?employee=E017&rule=words.diversion&status=open&case=none").await.ok(200)["items"].as_array().unwrap().len() };
        let read = |alert: &Value| format!("/api/v1/alerts/{}", alert["id"].as_str().unwrap());
        let within = json!([{ "id": case["id"], "number": case["number"], "status": "open" }]);
        assert_eq!(hr.get(&read(one)).await.ok(200)["cases"], within);
        assert_eq!(free().await, 1);

        // The other one joins the case, alone; what is not about this employee does not.
        let join = |alert: &Value| json!({ "alerts": [alert], "reason": "同一件事" });
        assert_eq!(hr.post(&format!("{path}/records"), &join(&json!("a1"))).await.problem(422), "unknown_alert");
        assert_eq!(hr.post(&format!("{path}/records"), &json!({ "reason": "同一件事" })).await.problem(422), "no_records");
        assert_eq!(hr.post(&format!("{path}/records"), &join(&two["id"])).await.ok(200)["alerts"].as_array().unwrap().len(), 2);
        assert_eq!((hr.get(&read(two)).await.ok(200)["cases"].clone(), free().await), (within, 0));
        // Whether there is a case is not for everybody who sees the alert.
        let listed = server.with(&["read"]).await.get("/api/v1/alerts?employee=E017").await.ok(200);
        assert!(listed["items"].as_array().unwrap().iter().all(|a| a["cases"] == json!([])), "{listed}");
        let free_of_cases = server.with(&["read"]).await.get("/api/v1/alerts?employee=E017&case=none").await.ok(200);
        assert_eq!(free_of_cases["items"], listed["items"]);

        hr.patch(&path, &json!({ "status": "closed", "outcome": "unfounded", "reason": "查无实据" })).await.ok(200);
        assert_eq!((hr.get(&read(one)).await.ok(200)["cases"][0]["status"].as_str(), free().await), (Some("closed"), 2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let body = json!({ "employee": "E017", "title": "t", "reason": "理由", "records": records });
        for scopes in [&["read"][..], &["admin"], &["ingest"]] {
            server.with(scopes).await.post("/api/v1/cases", &body).await.problem(403);
            server.with(scopes).await.get("/api/v1/cases").await.problem(403);
        }
        let cases = server.with(&["cases"]).await;
        assert_eq!(cases.post("/api/v1/cases", &json!({ "employee": "E017", "title": "t", "reason": "" })).await.problem(422), "invalid");
        assert_eq!(
            cases.post("/api/v1/cases", &json!({ "employee": "E017", "title": "t", "reason": "理由", "records": ["rec_999"] })).await.problem(422),
            "unknown_record"
        );
        cases.get("/api/v1/cases/none").await.problem(404);
        // Numbers go on, also when two are opened at once.
        let (one, two) = tokio::join!(cases.post("/api/v1/cases", &body), cases.post("/api/v1/cases", &body));
        let mut numbers = [one.ok(201)["number"].clone(), two.ok(201)["number"].clone()].map(|n| n.as_str().unwrap()[7..].to_owned());
        numbers.sort();
        assert_eq!(numbers, ["-0001", "-0002"].map(|n| n[..].to_owned()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_open_under_the_case_that_holds_or_names_them() {
    on_each_server(|server| async move {
        story(&server).await;
        let (hr, ingest) = (server.person("hr", None).await, server.with(&["ingest"]).await);
        // A photo that a message names, and one that it names but that nobody sent.
        let photo = b"\xFF\xD8\xFF\xE0 a photo".to_vec();
        let (sent, never) = (crate::intake::blobs::sha256(&photo), "ab".repeat(32));
        let put = ingest.request(reqwest::Method::PUT, &format!("/api/v1/blobs/{sent}")).body(photo.clone());
        assert_eq!(put.send().await.unwrap().status(), 201);
        let message = json!({ "specversion": "1.0", "id": "p", "source": "/crm/main", "type": "message.sent", "time": "2026-03-02T09:05:00+08:00", "subject": "E017",
            "data": { "channel": "wecom", "conversation": "w1", "from": { "employee": "E017" }, "to": [{ "external": "wm1" }], "msgtype": "image",
                      "attachments": [{ "name": "单.jpg", "sha256": sent }, { "name": "无.jpg", "sha256": never }] } });
        let record = ingest.post("/api/v1/records", &message).await.ok(200)["ids"][0].as_str().unwrap().to_owned();
        let body = json!({ "employee": "E017", "title": "订单外流", "reason": "飞单预警", "records": [] });
        let case = hr.post("/api/v1/cases", &body).await.ok(201)["id"].as_str().unwrap().to_owned();
        let open = |digest: &str, reason: &str| {
            let (path, body) = (format!("/api/v1/blobs/{digest}/open"), json!({ "case": case, "reason": reason }));
            let request = hr.request(reqwest::Method::POST, &path).json(&body);
            async move { request.send().await.unwrap() }
        };
        assert_eq!(open(&sent, "核对照片").await.status(), 404, "the record is not in the case yet");
        hr.post(&format!("/api/v1/cases/{case}/records"), &json!({ "records": [record], "reason": "照片" })).await.ok(200);
        assert_eq!(open(&sent, "").await.status(), 400, "no reason, no look");
        assert_eq!(open(&never, "核对照片").await.status(), 404);
        let answer = open(&sent, "核对照片").await;
        assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "image/jpeg"));
        assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
        assert!(answer.headers()["x-probity-look"].to_str().unwrap().starts_with("rec_"));
        assert_eq!(answer.bytes().await.unwrap(), photo);
        let form = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"笔录.txt\"\r\n\r\n谈话笔录\r\n--b--\r\n";
        let request = hr.request(reqwest::Method::POST, &format!("/api/v1/cases/{case}/files")).header("content-type", "multipart/form-data; boundary=b").body(form);
        assert_eq!(request.send().await.unwrap().status(), 200);
        let answer = open(&crate::intake::blobs::sha256("谈话笔录".as_bytes()), "复核笔录").await;
        assert_eq!(answer.headers()["content-disposition"].to_str().unwrap(), "attachment; filename*=UTF-8''%E7%AC%94%E5%BD%95.txt");
        // Each look stands in the auditor's list; who may not open content may not open files.
        let looks = server.person("auditor", None).await.get("/api/v1/looks").await.ok(200);
        assert_eq!(looks["items"].as_array().unwrap().len(), 2, "{looks}");
        for look in looks["items"].as_array().unwrap() {
            let named: Vec<&String> = look["names"].as_object().unwrap().keys().collect();
            assert!(named.iter().all(|number| look["employees"].as_array().unwrap().contains(&json!(number))) && !named.is_empty(), "{look}");
        }
        server.person("admin", None).await.post(&format!("/api/v1/blobs/{sent}/open"), &json!({ "case": case, "reason": "看看" })).await.problem(403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_of_a_case_about_themselves_and_few_of_one_about_others() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        server.settled().await;
        let (hr, accused) = (server.person("hr", None).await, server.person("hr", Some("E017")).await);
        let body = json!({ "employee": "E017", "title": "订单外流", "reason": "飞单预警", "records": [records[2]] });
        assert_eq!(accused.post("/api/v1/cases", &body).await.problem(403), "own_case");
        let case = hr.post("/api/v1/cases", &body).await.ok(201)["id"].as_str().unwrap().to_owned();
        let look = json!({ "records": [records[2]], "case": case, "reason": "核对原话" });
        hr.post("/api/v1/records/open", &look).await.ok(200);
        let package = hr.post(&format!("/api/v1/cases/{case}/packages"), &json!({ "reason": "交法务" })).await.ok(202)["id"].as_str().unwrap().to_owned();
        server.settled().await;
        let fetched = |who: &crate::http::testing::Visitor<'_>| {
            let request = who.request(reqwest::Method::GET, &format!("/api/v1/packages/{package}"));
            async move { request.send().await.unwrap().status().as_u16() }
        };
        assert_eq!(fetched(&hr).await, 200);

        // The accused, though in HR: no list, no file, no content, no package, no closing.
        assert_eq!(accused.get("/api/v1/cases").await.ok(200)["items"], json!([]));
        accused.get(&format!("/api/v1/cases/{case}")).await.problem(404);
        accused.patch(&format!("/api/v1/cases/{case}"), &json!({ "status": "closed", "outcome": "cleared", "reason": "没有问题" })).await.problem(404);
        accused.post(&format!("/api/v1/cases/{case}/notes"), &json!({ "text": "没有的事" })).await.problem(404);
        accused.post("/api/v1/records/open", &look).await.problem(404);
        assert_eq!(fetched(&accused).await, 404);
        accused.get(&format!("/api/v1/cases/{case}/packages")).await.problem(404);

        // That there is a case shows nowhere else either: not to the accused, nor to those who see no cases.
        let acts = ["case.opened", "content.looked", "case.package_asked", "case.package_fetched"];
        let manager = server.person("sales_manager", None).await;
        let reader = server.with(&["read"]).await;
        for kind in acts {
            let own = hr.get(&format!("/api/v1/records?kind={kind}")).await.ok(200);
            if own["items"].as_array().unwrap().is_empty() {
                continue;
            }
            let id = own["items"][0]["id"].as_str().unwrap().to_owned();
            for who in [&accused, &reader] {
                assert_eq!(who.get(&format!("/api/v1/records?kind={kind}")).await.ok(200)["items"], json!([]), "{kind}");
                assert_eq!(who.get(&format!("/api/v1/records?employee=E017&kind={kind}")).await.ok(200)["items"], json!([]), "{kind}");
                who.get(&format!("/api/v1/records/{id}")).await.problem(404);
            }
        }
        let fetches = hr.get("/api/v1/records?kind=case.package_fetched").await.ok(200);
        assert_eq!(fetches["items"].as_array().unwrap().len(), 1, "having a package is a look: {fetches}");
        for who in [&manager, &reader] {
            let customer = who.get("/api/v1/customers/C-1").await;
            if customer.status == 200 {
                let seen = customer.ok(200)["recent"].to_string();
                assert!(!seen.contains("content.looked") && !seen.contains("case."), "{seen}");
            }
        }
        // Others' records about the accused are still theirs to see.
        assert!(!accused.get("/api/v1/records?kind=order.transferred").await.ok(200)["items"].as_array().unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_look_is_a_look_and_no_answer_lies_open() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let hr = server.person("hr", None).await;
        let body = json!({ "employee": "E017", "title": "订单外流", "reason": "飞单预警", "records": [records[2]] });
        let keyed = |path: &str, body: &Value| {
            let request = hr.request(reqwest::Method::POST, path).header("idempotency-key", "k-1").json(body);
            async move { request.send().await.unwrap().json::<Value>().await.unwrap() }
        };
        let case = keyed("/api/v1/cases", &body).await["id"].clone();
        assert_eq!(keyed("/api/v1/cases", &body).await["id"], case, "the same answer");
        let look = json!({ "records": [records[2]], "case": case, "reason": "核对原话" });
        let (first, second) = (keyed("/api/v1/records/open", &look).await, keyed("/api/v1/records/open", &look).await);
        assert!(first["items"][0]["event"]["data"]["text"].is_string());
        assert_ne!(first["look"], second["look"]);
        let kept = crate::http::idempotency::model::Entity::find().all(server.company.company.store.read()).await.unwrap();
        assert_eq!(kept.len(), 1, "what shows content is not kept");
        for row in kept {
            let text = String::from_utf8_lossy(&row.answer.unwrap()).into_owned();
            assert!(!text.contains("鼎新") && !text.contains(case.as_str().unwrap()), "{text}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_case_takes_in_is_bounded() {
    on_each_server(|server| async move {
        let records = story(&server).await;
        let hr = server.person("hr", None).await;
        let case = |alerts: usize| {
            let alerts: Vec<String> = (0..alerts).map(|n| format!("alert-{n}")).collect();
            json!({ "employee": "E017", "title": "恒达建材订单外流", "reason": "飞单预警", "alerts": alerts, "records": [records[1]] })
        };
        let id = hr.post("/api/v1/cases", &case(0)).await.ok(201)["id"].as_str().unwrap().to_owned();
        assert_eq!(hr.post("/api/v1/cases", &case(20_000)).await.problem(422), "too_many");
        let path = format!("/api/v1/cases/{id}");
        let close = |outcome: &str| json!({ "status": "closed", "reason": "查无实据", "outcome": outcome });
        assert_eq!(hr.patch(&path, &close(&"长".repeat(201))).await.problem(422), "invalid");
        assert_eq!(hr.get(&path).await.ok(200)["status"], "open");
        hr.patch(&path, &close("不成立")).await.ok(200);
    })
    .await;
}

/// S001 declared M009 as a relative; M001 is S001's manager; HR people of those numbers.
#[tokio::test(flavor = "multi_thread")]
async fn relatives_and_implicated_managers_are_kept_out_and_other_managers_flagged() {
    on_each_server(|server| async move {
        crate::access::tests::staff(&server).await;
        let ingest = server.with(&["ingest"]).await;
        let said = crate::access::tests::said;
        let day = "2026-11-10T10:00:00+08:00";
        crate::intake::tests::batch(
            &ingest,
            &[
                said("b", "employee.upserted", "B001", day, json!({ "number": "B001", "name": "严守成", "status": "active" })),
                said("b2", "employee.upserted", "M001", day, json!({ "number": "M001", "name": "罗启明", "manager": "B001", "status": "active" })),
                said("i-2", "interest.declared", "S001", day, json!({ "employee": "S001", "company": "CO-2", "relation": "表姐田小满（S009）是股东" })),
                said(
                    "m",
                    "message.sent",
                    "S001",
                    day,
                    json!({ "channel": "wecom", "conversation": "w", "from": { "employee": "S001" },
                "to": [{ "external": "wm1", "name": "王经理", "customer": "C-1" }, { "employee": "M001" }], "text": "我介绍你到鼎新公司买,给你返10%" }),
                ),
            ],
        )
        .await;
        server.settled().await;
        let hr = server.person("hr", None).await;
        let alert = hr.get("/api/v1/alerts?employee=S001").await.ok(200)["items"][0].clone();
        assert_eq!(alert["rule"], "words.diversion");

        // A relative, before there is any case: neither alert nor chains nor the opening of a case.
        let relative = server.person("hr", Some("S009")).await;
        let alert_path = format!("/api/v1/alerts/{}", alert["id"].as_str().unwrap());
        assert_eq!(relative.get(&alert_path).await.problem(404), "not_found");
        assert_eq!(relative.get("/api/v1/alerts").await.ok(200)["items"], json!([]));
        assert_eq!(relative.get("/api/v1/employees/S001/chains").await.problem(404), "not_found");
        let open = json!({ "employee": "S001", "title": "飞单核查", "reason": "预警核实", "alerts": [alert["id"]], "records": alert["records"] });
        assert_eq!(relative.post("/api/v1/cases", &open).await.problem(403), "own_case");

        let case = hr.post("/api/v1/cases", &open).await.ok(201)["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/cases/{case}");
        assert_eq!(relative.get(&path).await.problem(404), "not_found");
        assert_eq!(relative.get("/api/v1/cases").await.ok(200)["items"], json!([]));
        assert!(!relative.get("/api/v1/records?kind=case.opened").await.ok(200).to_string().contains("rec_"));

        // The manager is party to a message in the case; the one above is not.
        let implicated = server.person("hr", Some("M001")).await;
        assert_eq!(implicated.get(&path).await.problem(404), "not_found");
        assert_eq!(implicated.get(&alert_path).await.problem(404), "not_found");
        let above = server.person("hr", Some("B001")).await;
        let seen = above.get(&path).await.ok(200);
        let ties: Vec<(&str, &str, bool)> = seen["ties"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| (t["employee"].as_str().unwrap(), t["kind"].as_str().unwrap(), t["barred"].as_bool().unwrap()))
            .collect();
        assert_eq!(ties, [("M001", "implicated", true), ("B001", "manager", false)]);

        // Somebody noted by hand.
        hr.post(&format!("{path}/recusals"), &json!({ "employee": "B001", "why": "relative", "reason": "当事人的舅舅" })).await.ok(200);
        assert_eq!(above.get(&path).await.problem(404), "not_found");
        assert_eq!(above.get(&alert_path).await.problem(404), "not_found");
        let wrong = json!({ "employee": "S001", "why": "relative", "reason": "本人" });
        assert_eq!(hr.post(&format!("{path}/recusals"), &wrong).await.problem(422), "unknown_employee");
        hr.get(&path).await.ok(200);
    })
    .await;
}
