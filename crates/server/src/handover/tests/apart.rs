//! 回避 in ordinary work: whoever is tied to the leaver arranges nothing of theirs; what a file of another room, a proof
//! and a crash may not do.

use super::*;
use crate::{
    access::{matrix::Role, users},
    cases,
    company::Actor,
    customers::reassign::{self, Order, Within},
    http::testing::on_each_server,
    intake::blobs,
    said::Lang,
};
use reqwest::Method;

/// E103 陈晨 and E101 王芳 are sisters, as E101 declared.
async fn sisters(server: &TestServer) {
    let caller = server.with(&["ingest"]).await;
    let declared = json!({ "employee": "E101", "company": "晨芳商贸", "relation": "妹妹陈晨（E103）持股" });
    let answer = post(&caller, BATCH, json!([event("i-sisters", "interest.declared", Some("E101"), &declared)]).to_string()).await.ok(200);
    assert_eq!(answer["accepted"], 1, "{answer}");
}

/// A case about E101 in which E105 is implicated, as nobody outside it knows.
async fn implicated(server: &TestServer, who: &Visitor<'_>) {
    let new = cases::acts::NewCase { employee: "E101".into(), title: "外流".into(), reason: "预警".into(), alerts: vec![], records: vec![] };
    cases::acts::open(&server.company, &Actor::system("test"), new, Lang::Zh).await.unwrap();
    let case = who.get("/api/v1/cases").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
    who.post(&format!("/api/v1/cases/{case}/recusals"), &json!({ "employee": "E105", "why": "implicated", "reason": "有往来" })).await.ok(200);
}

/// Every act of ordinary work on E101 that HR can press, with its body.
fn acts(at: &str, item: &Value) -> Vec<(Method, String, Value)> {
    let of = |path: &str| format!("/api/v1/employees/E101{path}");
    vec![
        (Method::PATCH, of(""), json!({ "name": "王芳", "reason": "更正" })),
        (Method::POST, of("/moves"), json!({ "kind": "transfer", "from": "2026-11-20", "title": "顾问", "reason": "调岗" })),
        (Method::POST, of("/contracts"), json!({ "kind": "open_ended", "from": "2020-01-01" })),
        (Method::POST, of("/departure"), json!({ "left_on": "2026-11-19", "ground": "retirement" })),
        (Method::POST, of("/interests"), json!({ "company": "某公司", "relation": "持股" })),
        (Method::POST, of("/snapshots"), json!({ "account": { "system": "wecom", "account": "w" }, "when": "issue" })),
        (Method::POST, "/api/v1/handovers".into(), json!({ "employee": "E101", "kind": "transfer", "reason": "调往华南" })),
        (Method::GET, at.to_owned(), Value::Null),
        (Method::POST, format!("{at}/items/{}/waive", item["id"].as_str().unwrap()), json!({ "revision": item["revision"], "reason": "不需要" })),
        (Method::POST, format!("{at}/reconcile"), json!({})),
        (Method::POST, format!("{at}/findings"), json!({ "customer": "C-5", "add": false, "reason": "与她无关" })),
        (Method::PUT, format!("{at}/last-day"), json!({ "last_day": "2026-12-01", "agreed": true, "reason": "双方同意" })),
        (Method::POST, format!("{at}/close"), json!({ "reason": "办完" })),
        (Method::POST, format!("{at}/package"), json!({ "reason": "留档" })),
        (Method::POST, "/api/v1/customers/reassign".into(), json!({ "from": "E101", "to": "E102", "reason": "离职交接" })),
        (Method::POST, "/api/v1/customers/reassign".into(), json!({ "customers": ["C-1"], "to": "E102", "reason": "离职交接" })),
        (Method::POST, "/api/v1/customers/C-1/assign".into(), json!({ "to": "E102", "replaces": "E101", "reason": "离职交接" })),
        (Method::POST, "/api/v1/restrictions/preview".into(), json!({ "employee": "E101", "limits": ["new_orders"] })),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_tied_to_the_leaver_arranges_nothing_of_theirs() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let first = handover_of(&hr, "E101").await;
        let (at, one) = (path(&first), item(&first, "submit", None).clone());
        let her = server.person("employee", Some("E101")).await;
        let asked = her.post("/api/v1/me/requests", &json!({ "kind": "explanation", "text": "请说明" })).await.ok(201)["items"][0]["id"].clone();
        let answer = format!("/api/v1/requests/{}/answer", asked.as_str().unwrap());
        sisters(&server).await;

        // The tie is declared, so the refusal may say so, and it names its rule.
        let sister = server.person("hr", Some("E103")).await;
        let mut every = acts(&at, &one);
        every.push((Method::POST, answer.clone(), json!({ "outcome": "granted", "answer": "说明如下" })));
        every.push((Method::PUT, format!("{at}/receivers"), json!({ "items": [one["id"]], "receiver": "E102" })));
        for (method, path, body) in &every {
            let told = sister.send(method.clone(), path, body).await;
            assert_eq!((told.status, told.body["code"].as_str(), told.body["rule"].as_str()), (403, Some("recused"), Some("recusal")), "{path}: {}", told.body);
        }
        assert!(sister.get("/api/v1/handovers").await.ok(200)["items"].as_array().unwrap().is_empty());
        let todo = sister.get("/api/v1/me/todo").await.ok(200);
        let kinds: Vec<&str> = todo["items"].as_array().unwrap().iter().map(|l| l["kind"].as_str().unwrap()).collect();
        assert!(!kinds.contains(&"duties") && !kinds.contains(&"requests"), "{kinds:?}");
        // Others she arranges, as long as it is not to her sister's gain.
        sister.patch("/api/v1/employees/E102", &json!({ "name": "李娜", "reason": "核对" })).await.ok(200);
        let to_her = json!({ "customers": ["C-5"], "to": "E101", "reason": "补派" });
        assert_eq!(sister.post("/api/v1/customers/reassign", &to_her).await.problem(403), "recused");
        // What she takes over herself she has before her, and no more.
        hr.put(&format!("{at}/receivers"), &json!({ "items": [one["id"]], "receiver": "E103" })).await.ok(200);
        let hers = sister.get(&at).await.ok(200);
        assert_eq!((hers["items"].as_array().unwrap().len(), &hers["may"]["arrange"], &hers["may"]["whole"]), (1, &json!(false), &json!(false)));

        // A tie that only a case knows of: barred all the same, and told of no case.
        implicated(&server, &hr).await;
        let other = server.person("hr", Some("E105")).await;
        for (method, path, body) in &every {
            let told = other.send(method.clone(), path, body).await;
            assert_eq!((told.status, told.body["code"].as_str()), (404, Some("not_found")), "{path}: {}", told.body);
        }

        // An account that leaves the number out is whoever here has its name.
        let login = json!({ "login": "chen", "password": "correct horse battery" });
        let new = users::NewUser { login: "chen".into(), name: "陈晨".into(), role: Role::Hr, employee: None, password: "correct horse battery".into() };
        users::create(&server.company, new, false, None, Lang::Zh).await.unwrap();
        let unlinked = server.sign_in(&login).await;
        assert_eq!(unlinked.get(&at).await.problem(403), "recused");
        assert_eq!(unlinked.patch("/api/v1/employees/E103", &json!({ "name": "陈晨", "reason": "核对" })).await.problem(403), "recused", "perhaps themselves");
        unlinked.patch("/api/v1/employees/E102", &json!({ "name": "李娜", "reason": "核对" })).await.ok(200);
        // Somebody who is not tied does it.
        hr.post(&answer, &json!({ "outcome": "granted", "answer": "说明如下" })).await.ok(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_manager_is_tied_hr_stands_in() {
    on_each_server(|server| async move {
        office(&server).await;
        let caller = server.with(&["ingest"]).await;
        let declared = json!({ "employee": "E101", "company": "某商贸", "relation": "丈夫赵经理（E100）任职" });
        post(&caller, BATCH, json!([event("i-boss", "interest.declared", Some("E101"), &declared)]).to_string()).await.ok(200);
        resigns(&server, "E101", "2026-12-20").await;
        let (hr, lead) = (server.person("hr", None).await, server.person("sales_manager", Some("E100")).await);
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        assert_eq!(lead.get(&at).await.problem(403), "recused");
        let now = submit(&hr, &server, &at, item(&first, "assign", None)).await;
        let legal = server.person("legal", None).await;
        let plan = item(&now, "assign", None);
        assert_eq!(plan["next"], "manager");
        assert!(legal.get(&at).await.ok(200)["items"].as_array().unwrap().iter().all(|i| i["may_review"] == false));
        let second = server.person("hr", Some("E102")).await;
        accept(&second, &at, &now, plan["id"].as_str().unwrap()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_one_who_conducts_leaving_does_what_the_law_owes_ties_or_not() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        sisters(&server).await;
        let sister = server.person("hr", Some("E103")).await;
        let first = handover_of(&sister, "E101").await;
        let at = path(&first);
        let paper = json!({ "term": "2024-03-01 至 2027-02-28", "post": "销售经理", "service": "6 年" });
        sister.post(&format!("{at}/certificate"), &paper).await.ok(200);
        // She is told what waits for her.
        let todo = sister.get("/api/v1/me/todo").await.ok(200);
        assert!(todo["items"].as_array().unwrap().iter().any(|l| l["kind"] == "duties"), "{todo}");
        // Cases and alerts stay closed to her; and a colleague who may not do it either is none who could.
        assert_eq!(sister.post("/api/v1/cases", &json!({ "employee": "E101", "title": "核查", "reason": "核查往来" })).await.problem(403), "own_case");
        implicated(&server, &server.person("legal", None).await).await;
        let other = server.person("hr", Some("E105")).await;
        sister.get(&at).await.ok(200);
        other.get(&at).await.ok(200);
        // With one who may, both keep out.
        server.person("hr", None).await;
        assert_eq!(sister.get(&at).await.problem(403), "recused");
        assert_eq!(other.get(&at).await.problem(404), "not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_one_who_conducts_leaving_does_not_do_so_for_themselves_by_leaving_the_number_out() {
    on_each_server(|server| async move {
        office(&server).await;
        sisters(&server).await;
        for number in ["E101", "E103"] {
            resigns(&server, number, "2026-12-20").await;
        }
        let password = "correct horse battery";
        let new = users::NewUser { login: "chen".into(), name: "陈晨".into(), role: Role::Hr, employee: None, password: password.into() };
        users::create(&server.company, new, false, None, Lang::Zh).await.unwrap();
        let unlinked = server.sign_in(&json!({ "login": "chen", "password": password })).await;
        let all = unlinked.get("/api/v1/handovers").await.ok(200);
        let hers: Vec<&str> = all["items"].as_array().unwrap().iter().map(|h| h["employee"].as_str().unwrap()).collect();
        assert_eq!(hers, ["E101"], "the sister's");
        unlinked.patch("/api/v1/employees/E101", &json!({ "name": "王芳", "reason": "核对" })).await.ok(200);
        assert_eq!(unlinked.patch("/api/v1/employees/E103", &json!({ "name": "陈晨", "reason": "核对" })).await.problem(403), "recused");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bound_on_deductions_for_losses_is_a_months() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let at = format!("{}/deductions", path(&handover_of(&hr, "E101").await));
        let loss = |amount: &str, minimum: &str| {
            json!({ "ground": "loss", "amount": amount, "wage": "5000", "minimum": minimum, "fault": true, "clause": true, "proof": true, "reason": "损失电脑" })
        };
        assert_eq!(hr.post(&at, &loss("100", "0")).await.problem(422), "amount");
        hr.post(&at, &loss("600", "2000")).await.ok(200);
        let second = hr.post(&at, &loss("400.01", "2000")).await;
        assert_eq!((second.status, second.body["rule"].as_str()), (422, Some("P17")), "{}", second.body);
        // Of two at once that fit one by one, one.
        let (body, both) = (loss("300", "2000"), loss("300", "2000"));
        let (one, other) = tokio::join!(hr.post(&at, &body), hr.post(&at, &both));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    })
    .await;
}

async fn sent(who: &Visitor<'_>, text: &str) -> Value {
    let digest = blobs::sha256(text.as_bytes());
    let answer = who.request(Method::PUT, &format!("/api/v1/blobs/{digest}")).body(text.to_owned()).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    json!({ "sha256": digest, "name": format!("{text}.txt") })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_named_only_by_whoever_sent_it() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let (hr, other) = (server.person("hr", None).await, server.person("hr", Some("E102")).await);
        let secret = sent(&hr, "别人的劳动合同").await;
        // Neither as a contract of one's own making, nor as a proof, nor with an item.
        let contract = |file: &Value| json!({ "kind": "open_ended", "from": "2020-01-01", "file": file });
        let refused = other.post("/api/v1/employees/E103/contracts", &contract(&secret)).await;
        assert_eq!((refused.status, refused.body["errors"][0]["pointer"].as_str()), (422, Some("/file")), "{}", refused.body);
        hr.post("/api/v1/employees/E103/contracts", &contract(&secret)).await.ok(201);
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let duty = |paper: &Value| json!({ "done_on": "2026-11-20", "note": "已付清", "paper": paper });
        for bad in [&secret, &json!({ "sha256": "../../etc/passwd", "name": "x" }), &json!({ "sha256": "a".repeat(64), "name": "x" })] {
            assert_eq!(other.post(&format!("{at}/duties/wages"), &duty(bad)).await.problem(422), "invalid", "{bad}");
        }
        let now = submit(&hr, &server, &at, item(&first, "assign", None)).await;
        accept(&server.person("sales_manager", Some("E100")).await, &at, &now, item(&now, "assign", None)["id"].as_str().unwrap()).await;
        let her = server.person("employee", Some("E101")).await;
        let now = her.get(&at).await.ok(200);
        let papers = items(&now, |i| i["node"] == "submit" && i["must_upload"] == true)[0].clone();
        let values: serde_json::Map<String, Value> =
            papers["fields"].as_array().unwrap().iter().map(|f| (f["id"].as_str().unwrap().to_owned(), json!("已写明"))).collect();
        let stolen = json!({ "revision": papers["revision"], "values": values, "files": [{ "sha256": secret["sha256"], "name": "x", "size": 1 }] });
        assert_eq!(her.post(&format!("{at}/items/{}/submit", papers["id"].as_str().unwrap()), &stolen).await.problem(422), "unknown_file");
        assert_eq!(her.get(&format!("{at}/files/{}", secret["sha256"].as_str().unwrap())).await.status, 404);
        // Returned, it goes in again with what it had: the files are the item's own by then.
        let now = submit(&her, &server, &at, &papers).await;
        let given = items(&now, |i| i["id"] == papers["id"])[0].clone();
        let back = json!({ "revision": given["revision"], "accept": false, "reason": "缺一页" });
        let lead = server.person("sales_manager", Some("E100")).await;
        lead.post(&format!("{at}/items/{}/review", papers["id"].as_str().unwrap()), &back).await.ok(200);
        server.company.clock.advance(8 * 24 * 3600 * 1_000_000);
        server.company.jobs.wake();
        server.settled().await;
        let her = server.person("employee", Some("E101")).await;
        let again = items(&her.get(&at).await.ok(200), |i| i["id"] == papers["id"])[0].clone();
        let body = json!({ "revision": again["revision"], "values": values, "files": given["files"] });
        her.post(&format!("{at}/items/{}/submit", papers["id"].as_str().unwrap()), &body).await.ok(200);

        // A proof that was sent is kept and can be opened, by the leaver too.
        let hr = server.person("hr", None).await;
        let slip = sent(&hr, "工资结清单").await;
        let done = hr.post(&format!("{at}/duties/wages"), &duty(&slip)).await.ok(200);
        let wages = done["duties"].as_array().unwrap().iter().find(|d| d["duty"] == "wages").unwrap().clone();
        assert_eq!((wages["status"].as_str(), &wages["content"]["file"]["name"]), (Some("done"), &slip["name"]));
        let file = format!("{at}/files/{}", slip["sha256"].as_str().unwrap());
        assert_eq!(her.get(&file).await.bytes, "工资结清单".as_bytes());
        assert_eq!(server.person("employee", Some("E103")).await.get(&file).await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withholding_says_which_it_is_shows_its_paper_and_stays_below_the_bound_of_the_law() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        let paper = sent(&hr, "个税计算单").await;
        let dock = |kind: Value, amount: &str, paper: &Value| {
            json!({ "ground": "statutory", "kind": kind, "amount": amount, "wage": "10000.00", "minimum": "2740.00", "paper": paper, "reason": "代扣代缴" })
        };
        for (kind, amount, paper, article) in [
            (Value::Null, "10000.00", &paper, "第十五条"),
            (json!("bonus"), "100.00", &paper, "第十五条"),
            (json!("tax"), "100.00", &Value::Null, "第十五条"),
            (json!("tax"), "4500.01", &paper, "45%"),
            (json!("judgment"), "10000.01", &paper, "第二百五十四条"),
        ] {
            let answer = hr.post(&format!("{at}/deductions"), &dock(kind.clone(), amount, paper)).await;
            assert_eq!((answer.status, answer.body["rule"].as_str()), (422, Some("P17")), "{kind}: {}", answer.body);
            assert!(answer.body["detail"].as_str().unwrap().contains(article), "{kind}: {}", answer.body["detail"]);
        }
        // What was never sent is no paper, and no attempt of an employer either.
        let none = json!({ "sha256": "b".repeat(64), "name": "x" });
        assert_eq!(hr.post(&format!("{at}/deductions"), &dock(json!("tax"), "100.00", &none)).await.problem(422), "invalid");
        let noted = hr.post(&format!("{at}/deductions"), &dock(json!("tax"), "4500.00", &paper)).await.ok(200);
        assert!(noted["most"].is_null() && noted["detail"].as_str().unwrap().contains("未经本系统核算"), "{noted}");
        let now = hr.get(&at).await.ok(200);
        let line = now["events"].as_array().unwrap().iter().find(|e| e["kind"] == "deduction_noted").unwrap()["text"].as_str().unwrap().to_owned();
        assert!(line.contains("代扣个人所得税") && line.contains("4500.00"), "{line}");
        assert_eq!(hr.get(&format!("{at}/files/{}", paper["sha256"].as_str().unwrap())).await.bytes, "个税计算单".as_bytes());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_passed_on_and_what_the_handover_knows_of_it_are_one_record() {
    on_each_server(|server| async move {
        office(&server).await;
        resigns(&server, "E101", "2026-12-20").await;
        let hr = server.person("hr", None).await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        // The process ends right after the reassignment was started: nothing else of the request is done.
        let order = Order {
            moves: vec![("C-1".into(), "E102".into())],
            from: Some("E101".into()),
            begins: crate::http::instant(server.company.now()),
            reason: "离职交接".into(),
            handover: Some(first["id"].as_str().unwrap().to_owned()),
        };
        reassign::start(&server.company, &Actor::system("test"), &Within::All, order).await.unwrap();
        let now = passed(&server, &hr, &at).await;
        assert_eq!((&now["moves"][0]["customer"], &now["moves"][0]["status"], &now["moves"][0]["receiver"]), (&json!("C-1"), &json!("done"), &json!("E102")));
        assert_eq!(now["events"].as_array().unwrap().iter().filter(|e| e["kind"] == "reassigned").count(), 1);
        // It belongs to the package, with the record of the customer itself.
        let records = crate::handover::read::records_of(&server.company, first["id"].as_str().unwrap()).await.unwrap();
        use crate::records::model::record;
        use sea_orm::EntityTrait;
        let all = record::Entity::find().all(server.company.store.read()).await.unwrap();
        let kinds: Vec<&str> = all.iter().filter(|r| records.contains(&r.idx)).map(|r| r.kind.as_str()).collect();
        for kind in ["customers.reassignment_started", "customer.assigned", "customers.reassigned"] {
            assert_eq!(kinds.iter().filter(|k| **k == kind).count(), 1, "{kind}: {kinds:?}");
        }
        // Taken back the same way; who had received them stays named.
        hr.post(&format!("{at}/reassign/undo"), &json!({ "customers": ["C-1"], "reason": "选错接收人" })).await.ok(200);
        let now = passed(&server, &hr, &at).await;
        assert_eq!((&now["moves"][0]["status"], &now["moves"][0]["receiver"]), (&json!("undone"), &json!("E102")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_says_somebody_left_opens_the_laws_track_once() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        let caller = server.with(&["ingest"]).await;
        let list = |id: &str, number: &str, time: &str, left_on: Value| {
            let mut e = event(id, "employee.upserted", Some(number), &json!({ "number": number, "name": number, "status": "left", "left_on": left_on }));
            e["time"] = json!(time);
            e
        };
        let send = async |events: Vec<Value>| {
            post(&caller, BATCH, Value::Array(events).to_string()).await.ok(200);
            server.settled().await;
        };
        let at = "2026-11-19T10:00:00+08:00";
        send(vec![
            list("l-1", "E102", at, json!("2026-11-19")),
            list("l-2", "E103", at, Value::Null),
            // History: of long ago, and of somebody who never worked here as far as is known.
            list("l-3", "E900", at, json!("2024-01-31")),
            list("l-4", "E901", at, Value::Null),
        ])
        .await;
        let of = async |number: &str| hr.get(&format!("/api/v1/handovers?employee={number}")).await.ok(200)["items"].as_array().unwrap().clone();
        for number in ["E102", "E103"] {
            let all = of(number).await;
            assert_eq!(all.len(), 1, "{number}");
            assert_eq!((&all[0]["kind"], &all[0]["last_day"], all[0]["duties"].as_array().unwrap().len()), (&json!("departure"), &json!("2026-11-19"), 4));
        }
        // Nor of somebody of whom the lists of those years say both, and never on which day.
        let mut hired = list("l-7", "E902", "2021-03-01T10:00:00+08:00", Value::Null);
        hired["data"]["status"] = json!("active");
        send(vec![hired, list("l-8", "E902", "2022-06-01T10:00:00+08:00", Value::Null)]).await;
        for number in ["E900", "E901", "E902"] {
            assert!(of(number).await.is_empty(), "{number}");
        }
        // The same list again, the next day and later.
        send(vec![list("l-5", "E103", "2026-11-20T08:00:00+08:00", Value::Null), list("l-6", "E102", "2026-11-20T08:00:00+08:00", json!("2026-11-19"))]).await;
        assert_eq!((of("E102").await.len(), of("E103").await.len()), (1, 1));
    })
    .await;
}
