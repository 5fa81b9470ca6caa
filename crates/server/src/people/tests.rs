#![expect(clippy::unwrap_used, reason = "tests")]

use super::{leaving_of, model::matched, posts};
use crate::{
    access::{Standing, standing},
    http::testing::{TestServer, Visitor, on_each_server},
    intake::{
        blobs,
        tests::{batch, register},
    },
};
use calamine::Reader;
use reqwest::Method;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

const DAY: i64 = 24 * 3600 * 1_000_000;

fn at(id: &str, kind: &str, time: &str, data: Value) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "/hr", "type": kind, "time": time, "data": data })
}

fn person(number: &str, name: &str, department: &str, manager: Option<&str>) -> Value {
    let data = json!({ "number": number, "name": name, "department": department, "title": "职员", "manager": manager, "hired_on": "2024-03-01", "status": "active", "phones": ["+86 139"] });
    at(&format!("p{number}"), "employee.upserted", "2026-01-05T09:00:00+08:00", data)
}

/// Some text as a file that was sent.
async fn paper(who: &Visitor<'_>, text: &str) -> Value {
    let digest = blobs::sha256(text.as_bytes());
    let answer = who.request(Method::PUT, &format!("/api/v1/blobs/{digest}")).body(text.to_owned()).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    json!({ "sha256": digest, "name": format!("{text}.pdf") })
}

/// A chief, a manager below and two people below the manager; what the source `/hr` says.
async fn staffed(server: &TestServer) -> Visitor<'_> {
    let admin = server.with(&["admin", "ingest", "read"]).await;
    register(&admin, "/hr", &["employee.*", "resignation.*", "document.*", "interest.*", "company.*"]).await;
    let people = [
        person("E1", "周启明", "销售部", None),
        person("E2", "陈晓", "销售部/华东区", Some("E1")),
        person("E3", "李雷", "销售部/华东区", Some("E2")),
        person("E4", "韩梅", "销售部/华东区", Some("E2")),
    ];
    assert_eq!(batch(&admin, &people).await["accepted"], 4);
    admin
}

async fn stands(server: &TestServer, number: &str) -> Standing {
    standing::of(server.company.store.read(), Some(number)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resignation_works_by_itself_from_the_day_it_was_handed_in() {
    on_each_server(|server| async move {
        staffed(&server).await;
        let hr = server.person("hr", Some("E1")).await;
        let path = "/api/v1/employees/E3/resignation";
        let refused = |body: Value| {
            let hr = &hr;
            async move {
                let answer = hr.post(path, &body).await;
                assert_eq!(answer.status, 422, "{}", answer.body);
                (answer.body["code"].as_str().unwrap().to_owned(), answer.body["rule"].clone())
            }
        };
        // Spoken words are none; nor is one before the hire; and the company moves no day.
        assert_eq!(refused(json!({ "submitted_on": "2026-11-20", "form": "oral" })).await.1, "P15");
        assert_eq!(refused(json!({ "submitted_on": "2024-02-28", "form": "written" })).await.0, "before_hire");
        assert_eq!(refused(json!({ "submitted_on": "2026-11-20", "form": "written", "last_day": "2027-03-01" })).await.1, "P15");
        assert_eq!(refused(json!({ "submitted_on": "2026-11-20", "form": "written", "last_day": "2026-11-25" })).await.1, "P15");
        assert_eq!(refused(json!({ "submitted_on": "2026-12-20", "form": "written" })).await.0, "invalid");
        assert_eq!(stands(&server, "E3").await, Standing::Active);
        assert_eq!(leaving_of(server.company.store.read(), "E3").await.unwrap(), None);

        let state = hr.post(path, &json!({ "submitted_on": "2026-11-20", "form": "written", "reason": "个人发展" })).await.ok(200);
        assert_eq!((&state["status"], &state["last_day"]), (&json!("resigning"), &json!("2026-12-20")));
        assert_eq!(stands(&server, "E3").await, Standing::Resigning);
        let leaving = leaving_of(server.company.store.read(), "E3").await.unwrap().unwrap();
        assert_eq!((leaving.submitted_on.to_string(), leaving.last_day.to_string()), ("2026-11-20".into(), "2026-12-20".into()));
        assert_eq!(hr.post(path, &json!({ "submitted_on": "2026-11-20", "form": "written" })).await.problem(409), "resigned_already");
        // Nobody does it for themselves here.
        assert_eq!(hr.post("/api/v1/employees/E1/resignation", &json!({ "submitted_on": "2026-11-20", "form": "written" })).await.problem(403), "own_file");

        // Nor ended before its day without a paper of both, or a dismissal without the union.
        let leave = |body: Value| {
            let hr = &hr;
            async move { hr.post("/api/v1/employees/E3/departure", &body).await.body["rule"].as_str().unwrap_or_default().to_owned() }
        };
        assert_eq!(leave(json!({ "left_on": "2026-11-20", "ground": "resignation" })).await, "P15");
        assert_eq!(leave(json!({ "left_on": "2026-11-20", "ground": "agreement" })).await, "P15");
        assert_eq!(leave(json!({ "left_on": "2026-11-20", "ground": "dismissal" })).await, "P07");
        let notice = paper(&hr, "解除通知书").await;
        server.person("union", None).await;
        assert_eq!(leave(json!({ "left_on": "2026-11-20", "ground": "dismissal", "paper": notice, "no_union": true })).await, "P06");
        // Who handed in nothing did not resign.
        let alone = hr.post("/api/v1/employees/E4/departure", &json!({ "left_on": "2026-11-20", "ground": "resignation" })).await;
        assert_eq!((alone.status, &alone.body["rule"]), (422, &json!("P15")));
        assert_eq!(stands(&server, "E4").await, Standing::Active);
        assert_eq!(leave(json!({ "left_on": "2026-11-20", "ground": "dismissal", "paper": notice })).await, "P06");
        assert_eq!(leave(json!({ "left_on": "2026-11-20", "ground": "dismissal", "paper": notice, "union_told_on": "2026-11-21" })).await, "P06");

        // Taken back, handed in anew with a day both agreed on, and over on the day after it.
        // Not by the company alone: it would be the approval that the law forbids.
        let alone = hr.post(&format!("{path}/withdrawal"), &json!({ "reason": "挽留成功" })).await;
        assert_eq!((alone.status, &alone.body["rule"]), (422, &json!("P15")));
        assert_eq!(stands(&server, "E3").await, Standing::Resigning);
        let me = server.person("employee", Some("E3")).await;
        me.post("/api/v1/me/resignation/withdrawal", &json!({ "reason": "想留下" })).await.ok(201);
        let back = hr.post(&format!("{path}/withdrawal"), &json!({ "reason": "挽留成功" })).await.ok(200);
        assert_eq!(me.get("/api/v1/me/requests").await.ok(200)["items"][0]["outcome"], "granted");
        assert_eq!((&back["status"], &back["last_day"]), (&json!("active"), &Value::Null));
        hr.post(path, &json!({ "submitted_on": "2026-11-20", "form": "written", "last_day": "2026-11-25", "agreed": true })).await.ok(200);
        server.settled().await;
        assert_eq!(stands(&server, "E3").await, Standing::Resigning);
        server.company.clock.advance(6 * DAY);
        server.company.jobs.wake();
        server.settled().await;
        assert_eq!(stands(&server, "E3").await, Standing::Left);
        let hr = server.person("hr", Some("E1")).await;
        let file = hr.get("/api/v1/employees/E3").await.ok(200);
        assert_eq!((&file["status"], &file["left_on"]), (&json!("left"), &json!("2026-11-25")));
        assert!(leaving_of(server.company.store.read(), "E3").await.unwrap().is_some(), "the handover goes on");
        assert_eq!(
            hr.post("/api/v1/employees/E3/moves", &json!({ "kind": "transfer", "from": "2026-11-20", "title": "顾问", "reason": "x" })).await.problem(409),
            "has_left"
        );
        let records = hr.get("/api/v1/records?employee=E3&kind=employee.left").await.ok(200);
        assert_eq!(records["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_may_say_so_too_and_a_later_list_overrules() {
    on_each_server(|server| async move {
        let admin = staffed(&server).await;
        let resigned = |id: &str, number: &str, day: &str, last: Value| {
            at(id, "resignation.submitted", &format!("{day}T10:00:00+08:00"), json!({ "employee": number, "submitted_on": day, "last_day": last }))
        };
        batch(&admin, &[resigned("r3", "E3", "2026-11-18", Value::Null), resigned("r4", "E4", "2026-09-01", json!("2026-09-30"))]).await;
        server.settled().await;
        let leaving = leaving_of(server.company.store.read(), "E3").await.unwrap().unwrap();
        assert_eq!(leaving.last_day.to_string(), "2026-12-18", "thirty days by law");
        assert_eq!(stands(&server, "E4").await, Standing::Left, "the last day had passed");
        // An older list, learnt of late, undoes nothing; a later one does.
        let list = |id: &str, time: &str| at(id, "employee.upserted", time, json!({ "number": "E3", "name": "李雷", "status": "active", "phones": ["1"] }));
        batch(&admin, &[list("l1", "2026-11-10T09:00:00+08:00")]).await;
        assert_eq!(stands(&server, "E3").await, Standing::Resigning);
        batch(&admin, &[list("l2", "2026-11-19T09:00:00+08:00")]).await;
        assert_eq!(stands(&server, "E3").await, Standing::Active);
        assert_eq!(leaving_of(server.company.store.read(), "E3").await.unwrap(), None);
        // The day that was asked for comes and finds nothing.
        server.company.clock.advance(60 * DAY);
        server.company.jobs.wake();
        server.settled().await;
        assert_eq!(stands(&server, "E3").await, Standing::Active);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_where_under_whom_is_told_of_any_day_as_known_then() {
    on_each_server(|server| async move {
        let admin = staffed(&server).await;
        let hr = server.person("hr", Some("E1")).await;
        // A circle is refused; a superior has to be somebody.
        let up = json!({ "kind": "transfer", "from": "2026-06-01", "manager": "E3", "reason": "x" });
        assert_eq!(hr.post("/api/v1/employees/E2/moves", &up).await.problem(422), "manager_cycle");
        let nobody = json!({ "kind": "transfer", "from": "2026-06-01", "manager": "E99", "reason": "x" });
        assert_eq!(hr.post("/api/v1/employees/E2/moves", &nobody).await.problem(422), "invalid");
        let early = json!({ "kind": "transfer", "from": "2020-06-01", "department": "市场部", "reason": "x" });
        assert_eq!(hr.post("/api/v1/employees/E3/moves", &early).await.problem(422), "invalid");

        let before = crate::http::instant(server.company.now());
        let moved = json!({ "kind": "transfer", "from": "2026-06-01", "department": "市场部", "manager": "E1", "reason": "组织调整" });
        assert_eq!(hr.post("/api/v1/employees/E3/moves", &moved).await.ok(200)["department"], "市场部");
        let later = json!({ "kind": "promotion", "from": "2026-12-01", "title": "主管", "grade": "P6", "reason": "年度晋升" });
        assert_eq!(hr.post("/api/v1/employees/E3/moves", &later).await.ok(200)["title"], "职员", "its day has not come");

        let history = hr.get("/api/v1/employees/E3/history").await.ok(200);
        let posts: Vec<(&str, &str, &str)> = history["posts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| (p["what"].as_str().unwrap(), p["department"].as_str().unwrap(), p["title"].as_str().unwrap()))
            .collect();
        assert_eq!(posts, [("stated", "销售部/华东区", "职员"), ("transferred", "市场部", "职员"), ("promoted", "市场部", "主管")]);
        assert_eq!(history["posts"][0]["until"], "2026-05-31T16:00:00Z");
        let known = hr.get(&format!("/api/v1/employees/E3/history?known_by={before}")).await.ok(200);
        assert_eq!(known["posts"].as_array().unwrap().len(), 1);

        let tree = |query: String| {
            let hr = &hr;
            async move { hr.get(&format!("/api/v1/departments?{query}")).await.ok(200) }
        };
        let spring = tree("on=2026-03-01".into()).await;
        assert_eq!((&spring["departments"][0]["name"], &spring["departments"][0]["people"]), (&json!("销售部"), &json!(4)));
        assert_eq!(spring["departments"][0]["parts"][0]["heads"][0]["name"], "陈晓");
        let now = tree(String::new()).await;
        assert_eq!(now["departments"].as_array().unwrap().len(), 2);
        let then = tree(format!("known_by={before}")).await;
        assert_eq!(then["departments"].as_array().unwrap().len(), 1, "as known before the move was entered");
        assert_eq!(tree("manager=E2".into()).await["people"], 1);
        let db = server.company.store.read();
        let march = crate::http::parse_instant("2026-03-01T00:00:00+08:00").unwrap();
        assert_eq!(posts::team_at(db, "E2", march).await.unwrap().len(), 2);
        assert_eq!(posts::team_at(db, "E2", server.company.now()).await.unwrap().len(), 1);

        // Its day comes.
        server.company.clock.advance(12 * DAY);
        server.company.jobs.wake();
        server.settled().await;
        let hr = server.person("hr", Some("E1")).await;
        let file = hr.get("/api/v1/employees/E3").await.ok(200);
        assert_eq!((&file["title"], &file["grade"]), (&json!("主管"), &json!("P6")));
        // A list that says the same again makes no new interval; one that puts the first record right stands in its place.
        batch(
            &admin,
            &[at("again", "employee.upserted", "2026-12-01T09:00:00+08:00", json!({ "number": "E4", "name": "韩梅", "department": "销售部/华东区" }))],
        )
        .await;
        assert_eq!(hr.get("/api/v1/employees/E4/history").await.ok(200)["posts"].as_array().unwrap().len(), 1);
        // The manager sees the own team only.
        let boss = server.person("sales_manager", Some("E2")).await;
        assert_eq!(boss.get("/api/v1/departments").await.ok(200)["people"], 2);
        assert_eq!(boss.get("/api/v1/employees/E3/history").await.problem(404), "not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_joins_is_confirmed_and_owes_three_days_while_on_probation() {
    on_each_server(|server| async move {
        staffed(&server).await;
        let hr = server.person("hr", Some("E1")).await;
        let new = json!({ "number": "E9", "name": "王芳", "department": "财务部", "title": "会计", "manager": "E1", "hired_on": "2026-11-01", "probation_until": "2027-01-31" });
        assert_eq!(hr.post("/api/v1/employees", &json!({ "number": "E3", "name": "x", "hired_on": "2026-11-01" })).await.problem(409), "number_taken");
        assert_eq!(hr.post("/api/v1/employees", &json!({ "number": "E9", "name": "x", "hired_on": "2026-11-01", "probation_until": "2026-10-01" })).await.problem(422), "invalid");
        let state = hr.post("/api/v1/employees", &new).await.ok(201);
        assert_eq!((&state["status"], &state["probation_until"]), (&json!("active"), &json!("2027-01-31")));
        assert_eq!(hr.get("/api/v1/employees?q=wangfang").await.ok(200)["items"][0]["number"], "E9");
        let me = server.person("employee", Some("E9")).await;
        let file = me.get("/api/v1/me").await.ok(200);
        assert_eq!((&file["notice_days"], &file["earliest_last_day"]), (&json!(3), &json!("2026-11-23")));
        hr.post("/api/v1/employees/E9/confirmation", &json!({ "on": "2026-11-15" })).await.ok(200);
        assert_eq!(hr.post("/api/v1/employees/E9/confirmation", &json!({ "on": "2026-11-16" })).await.problem(409), "confirmed_already");
        assert_eq!(me.get("/api/v1/me").await.ok(200)["notice_days"], 30);
        // By oneself: no earlier than the law, and then at once.
        assert_eq!(me.post("/api/v1/me/resignation", &json!({ "last_day": "2026-11-25" })).await.body["rule"], "P15");
        assert_eq!(me.post("/api/v1/me/resignation", &json!({})).await.ok(201)["last_day"], "2026-12-20");
        assert_eq!(stands(&server, "E9").await, Standing::Resigning);
        assert_eq!(me.post("/api/v1/me/resignation/withdrawal", &json!({ "reason": "想留下" })).await.ok(201)["items"][0]["kind"], "withdrawal");
        // An employee enters nothing about anybody.
        assert_eq!(me.post("/api/v1/employees", &new).await.problem(403), "forbidden");
        let amended = hr.send(Method::PATCH, "/api/v1/employees/E9", &json!({ "name": "王方", "reason": "录入有误" })).await;
        amended.ok(200);
        assert_eq!(hr.get("/api/v1/employees?q=王方").await.ok(200)["items"][0]["department"], "财务部");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_goes_out_marked_masked_inert_and_on_record() {
    on_each_server(|server| async move {
        let admin = staffed(&server).await;
        batch(
            &admin,
            &[at("evil", "employee.upserted", "2026-01-06T09:00:00+08:00", json!({ "number": "E5", "name": "=1+1", "manager": "E1", "department": "销售部" }))],
        )
        .await;
        let hr = server.person("hr", Some("E1")).await;
        let out = |who: Value| {
            let hr = &hr;
            async move { hr.post("/api/v1/employees/export", &who).await }
        };
        assert_eq!(out(json!({ "reason": " " })).await.problem(422), "invalid");
        assert_eq!(out(json!({ "reason": "x", "q": "nobody" })).await.problem(422), "nothing_to_export");
        let answer = out(json!({ "reason": "年度盘点", "department": "销售部" })).await;
        assert_eq!(answer.status, 200);
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(answer.bytes)).unwrap();
        let range = book.worksheet_range("花名册").unwrap();
        let text = |r: u32, c: u32| range.get_value((r, c)).map(ToString::to_string).unwrap_or_default();
        assert!(text(0, 0).contains("年度盘点") && text(0, 0).contains("导出人 hr") && text(0, 0).contains("rec_"), "{}", text(0, 0));
        assert_eq!((text(2, 0), text(2, 1), text(3, 1), text(3, 6)), ("E1".into(), "周启明".into(), "'=1+1".into(), "周启明".into()));
        assert_eq!((text(1, 13), text(2, 13)), ("手机号".into(), "'+86 139".into()));
        let records = hr.get("/api/v1/records?kind=people.exported").await.ok(200);
        assert_eq!(records["items"].as_array().unwrap().len(), 1);
        // Whoever stood in it finds it with who opened their file; whoever did not does not.
        let listed = async |number: &'static str| {
            let who = server.person("employee", Some(number)).await;
            let seen = who.get("/api/v1/me/accesses").await.ok(200)["items"].as_array().unwrap().clone();
            seen.into_iter().filter(|a| a["what"] == "export").map(|a| (a["by"].clone(), a["reason"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(listed("E5").await, [(json!("hr"), json!("年度盘点"))]);
        assert!(listed("E4").await.is_empty(), "another department");
        // Not for those without the permission, and not for those who are leaving.
        let boss = server.person("sales_manager", Some("E2")).await;
        assert_eq!(boss.post("/api/v1/employees/export", &json!({ "reason": "x" })).await.problem(403), "forbidden");
        let leaver = server.person("hr", Some("E4")).await;
        hr.post("/api/v1/employees/E4/resignation", &json!({ "submitted_on": "2026-11-20", "form": "electronic" })).await.ok(200);
        let frozen = leaver.post("/api/v1/employees/export", &json!({ "reason": "x" })).await;
        assert_eq!((frozen.status, &frozen.body["rule"]), (403, &json!("P16")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_and_a_name_that_meet_a_competitor_are_questions_to_look_at() {
    on_each_server(|server| async move {
        let admin = staffed(&server).await;
        let firm = json!({ "company": "CO1", "name": "鼎新建材有限公司", "kind": "competitor", "aliases": ["鼎新"], "persons": ["韩梅", "赵六"] });
        batch(&admin, &[at("co", "company.upserted", "2026-01-05T09:00:00+08:00", firm)]).await;
        let me = server.person("employee", Some("E3")).await;
        let declared = me.post("/api/v1/me/interests", &json!({ "company": "鼎新", "relation": "配偶为股东", "person": "赵六" })).await.ok(201);
        assert_eq!((&declared["items"][0]["company"], &declared["items"][0]["name"]), (&json!("CO1"), &json!("鼎新建材有限公司")));
        assert_eq!(me.get("/api/v1/interests/matches").await.problem(403), "forbidden");
        let hr = server.person("hr", Some("E1")).await;
        let list = hr.get("/api/v1/interests/matches").await.ok(200);
        let seen: Vec<(&str, &str, &str)> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| (m["meets"].as_str().unwrap(), m["employee"].as_str().unwrap(), m["person"].as_str().unwrap_or("")))
            .collect();
        assert_eq!(seen, [("same_name_undeclared", "E4", "韩梅"), ("relative", "E3", "赵六"), ("declared", "E3", "")]);
        let id = &list["items"][0]["id"];
        assert_eq!(hr.post("/api/v1/interests/reviews", &json!({ "id": "none", "outcome": "none", "reason": "x" })).await.problem(404), "not_found");
        let looked = hr.post("/api/v1/interests/reviews", &json!({ "id": id, "outcome": "none", "reason": "同名不同人，身份已核对" })).await.ok(200);
        assert_eq!(looked["review"]["outcome"], "none");
        assert_eq!(hr.get("/api/v1/interests/matches?open=true").await.ok(200)["items"].as_array().unwrap().len(), 2);
        // The one it is about learns nothing of it, whatever the office.
        let own = server.person("hr", Some("E4")).await;
        assert!(own.get("/api/v1/interests/matches").await.ok(200)["items"].as_array().unwrap().iter().all(|m| m["employee"] != "E4"));
        let boss = server.person("sales_manager", Some("E2")).await;
        assert_eq!(boss.get("/api/v1/interests/matches").await.problem(403), "forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn matches_follow_names_declarations_and_companies_and_are_read_page_by_page() {
    on_each_server(|server| async move {
        let admin = staffed(&server).await;
        register(&admin, "/hr", &["*"]).await;
        let hr = server.person("hr", None).await;
        let told = async |id: &str, kind: &str, day: &str, data: Value| {
            assert_eq!(batch(&admin, &[at(id, kind, &format!("{day}T09:00:00+08:00"), data)]).await["accepted"], 1, "{id}");
        };
        let firm = |id: &str, kind: &str, persons: &[&str]| json!({ "company": id, "name": format!("{id}公司"), "kind": kind, "aliases": [format!("{id}商行")], "persons": persons });
        // As it is read page by page, and as comparing everybody from the beginning gives it.
        let listed = async |query: &str| -> Vec<String> {
            let (mut all, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = hr.get(&format!("/api/v1/interests/matches?limit=1{query}{cursor}")).await.ok(200);
                let text = |m: &Value, name: &str| m[name].as_str().unwrap_or_default().to_owned();
                all.extend(page["items"].as_array().unwrap().iter().map(|m| format!("{} {} {} {}", text(m, "meets"), text(m, "employee"), text(m, "company"), text(m, "person"))));
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            let rows = async || matched::Entity::find().order_by_asc(matched::Column::Name).all(server.company.store.read()).await.unwrap();
            let kept = rows().await;
            let tx = server.company.store.write().await.unwrap();
            matched::Entity::delete_many().exec(&tx).await.unwrap();
            super::matches::fill(&tx).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(rows().await, kept);
            all
        };
        let declared = |employee: &str| json!({ "employee": employee, "company": "CO2商行", "relation": "配偶（赵六）为股东" });
        told("d", "interest.declared", "2026-01-06", declared("E3")).await;
        assert!(listed("").await.is_empty(), "nobody knows the company yet");
        told("c2", "company.upserted", "2026-01-07", firm("CO2", "partner", &["赵六", "周启明"])).await;
        let of_two = ["relative E3 CO2 赵六", "declared E3 CO2 "];
        assert_eq!(listed("").await, ["same_name_undeclared E1 CO2 周启明", of_two[0], of_two[1]]);
        told("c1", "company.upserted", "2026-01-08", firm("CO1", "competitor", &["韩梅", " 李雷 ", "李"])).await;
        let three = ["same_name_undeclared E1 CO2 周启明", "same_name_undeclared E3 CO1 李雷", "same_name_undeclared E4 CO1 韩梅"];
        assert_eq!(listed("").await, [&three[..], &of_two].concat());

        // Who is called otherwise now is no longer meant; somebody new may be.
        told("r", "employee.upserted", "2026-02-01", json!({ "number": "E4", "name": "韩冬梅", "status": "active" })).await;
        told("n", "employee.upserted", "2026-02-01", json!({ "number": "E5", "name": "赵六", "status": "active" })).await;
        let three = [three[0], three[1], "same_name_undeclared E5 CO2 赵六"];
        assert_eq!(listed("").await, [&three[..], &of_two].concat());

        // Looked at it goes to the end, and is not lost when the company ceases to matter for a while.
        let id = hr.get("/api/v1/interests/matches").await.ok(200)["items"][1]["id"].clone();
        hr.post("/api/v1/interests/reviews", &json!({ "id": id, "outcome": "none", "reason": "同名不同人" })).await.ok(200);
        let open = [three[0], three[2], of_two[0], of_two[1]];
        assert_eq!(listed("&open=true").await, open);
        assert_eq!(listed("").await, [&open[..], &three[1..2]].concat());
        told("c1-own", "company.upserted", "2026-03-01", firm("CO1", "own", &["李雷"])).await;
        assert_eq!(listed("").await, open);
        told("c1-not", "company.upserted", "2026-03-02", firm("CO1", "related", &["李雷"])).await;
        assert_eq!(listed("").await, [&open[..], &three[1..2]].concat());

        // It was somebody else who declared it.
        let right = json!({ "record": { "source": "/hr", "id": "d" }, "data": declared("E2"), "reason": "工号填错" });
        told("d-right", "record.corrected", "2026-03-03", right).await;
        assert_eq!(listed("&open=true").await, [three[0], three[2], "relative E2 CO2 赵六", "declared E2 CO2 "]);
        // Whose own it is declares it: then it is declared.
        told("own", "interest.declared", "2026-03-04", json!({ "employee": "E1", "company": "CO2", "relation": "本人持股" })).await;
        assert_eq!(listed("&open=true").await, [three[2], "relative E2 CO2 赵六", "declared E1 CO2 ", "declared E2 CO2 "]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reads_otherwise_than_it_is_kept_and_days_that_cannot_be_are_refused() {
    on_each_server(|server| async move {
        let admin = staffed(&server).await;
        let hr = server.person("hr", Some("E1")).await;
        let refused = async |body: Value, pointer: &str, code: &str| {
            let answer = hr.patch("/api/v1/employees/E3", &body).await;
            assert_eq!((answer.status, &answer.body["code"], &answer.body["errors"][0]["pointer"]), (422, &json!(code), &json!(pointer)), "{}", answer.body);
        };
        refused(json!({ "name": "李\u{202e}雷", "reason": "更名" }), "/name", "bidi_control").await;
        refused(json!({ "phones": ["139\u{2067}001"], "reason": "换号" }), "/phones", "bidi_control").await;
        refused(json!({ "name": "李磊", "reason": "更\u{200f}名" }), "/reason", "bidi_control").await;
        refused(json!({ "hired_on": "2026-02-30", "reason": "核对" }), "/hired_on", "invalid").await;
        refused(json!({ "probation_until": "2024-02-01", "reason": "核对" }), "/probation_until", "invalid").await;
        hr.patch("/api/v1/employees/E3", &json!({ "probation_until": "2024-05-31", "reason": "核对" })).await.ok(200);
        refused(json!({ "hired_on": "2024-06-01", "reason": "核对" }), "/hired_on", "invalid").await;
        hr.post("/api/v1/employees/E3/resignation", &json!({ "submitted_on": "2026-11-20", "form": "written" })).await.ok(200);
        refused(json!({ "hired_on": "2026-12-21", "probation_until": "2026-12-31", "reason": "核对" }), "/hired_on", "invalid").await;
        hr.patch("/api/v1/employees/E3", &json!({ "hired_on": "2024-03-11", "name": "李磊", "reason": "核对" })).await.ok(200);
        let join = json!({ "number": "E9", "name": "新人", "hired_on": "2026-11-20", "phones": ["1\u{202d}2"] });
        assert_eq!(hr.post("/api/v1/employees", &join).await.problem(422), "bidi_control");
        // A list that has one: the others come in, that one says why not.
        let bad = person("E8", "王\u{2066}五", "销售部", None);
        let answer = batch(&admin, &[bad, person("E7", "王五", "销售部", None)]).await;
        assert_eq!((&answer["accepted"], &answer["quarantined"][0]["index"]), (&json!(1), &json!(0)), "{answer}");
        assert!(answer["quarantined"][0]["detail"].as_str().unwrap().contains("方向"), "{answer}");
        // Nor is a text of any length one that an index can hold; the longest that may be is kept on each database.
        let long = |c: char, n: u32| (0..n).map(|i| char::from_u32(c as u32 + i * 37 % 20_000).unwrap()).collect::<String>();
        let answer = batch(&admin, &[person(&long('一', 199), &long('丁', 200), &long('七', 200), Some(&long('万', 200)))]).await;
        assert_eq!(answer["accepted"], 1, "{answer}");
        let answer = batch(&admin, &[person("E6", "郭敏", &long('一', 201), None)]).await;
        assert_eq!((&answer["accepted"], answer["quarantined"].as_array().unwrap().len()), (&json!(0), 1), "{answer}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_about_oneself_names_source_basis_and_time_and_no_case() {
    on_each_server(|server| async move {
        staffed(&server).await;
        let hr = server.person("hr", Some("E1")).await;
        hr.post("/api/v1/cases", &json!({ "employee": "E3", "title": "核查", "reason": "线索", "alerts": [], "records": [] })).await.ok(201);
        let moved = json!({ "kind": "transfer", "from": "2026-06-01", "department": "市场部", "reason": "组织调整" });
        hr.post("/api/v1/employees/E3/moves", &moved).await.ok(200);
        let me = server.person("employee", Some("E3")).await;
        let held = me.get("/api/v1/me/holdings").await.ok(200);
        let kinds: Vec<&str> = held["items"].as_array().unwrap().iter().map(|h| h["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["employee.upserted", "employee.transferred"]);
        let first = &held["items"][0];
        assert_eq!((&first["records"], &first["basis"], &first["notice"]), (&json!(1), &json!("contract"), &json!("员工个人信息告知书")));
        assert!(!held.to_string().contains("case"));
        // Somebody without a number has no file; somebody who left keeps theirs.
        assert_eq!(hr.get("/api/v1/me").await.ok(200)["number"], "E1");
        assert_eq!(server.person("admin", None).await.get("/api/v1/me").await.problem(404), "no_employee");
        let agreement = paper(&hr, "协商解除协议").await;
        hr.post("/api/v1/employees/E3/departure", &json!({ "left_on": "2026-11-19", "ground": "agreement", "paper": agreement })).await.ok(200);
        // Whatever sessions there were: who left signs in to the page of a former employee.
        let me = server.person("employee", Some("E3")).await;
        assert_eq!(me.get("/api/v1/me").await.ok(200)["status"], "left");
        let held = me.get("/api/v1/me/holdings").await.ok(200);
        let kinds: Vec<&str> = held["items"].as_array().unwrap().iter().map(|h| h["kind"].as_str().unwrap()).collect();
        assert!(kinds.len() == 4 && kinds.contains(&"employee.left") && kinds.contains(&"handover.started"), "{kinds:?}");
        assert_eq!(me.get("/api/v1/employees").await.problem(403), "left");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_investigated_becomes_a_case_or_reaches_whoever_may_open_one() {
    on_each_server(|server| async move {
        let admin = staffed(&server).await;
        let firm = json!({ "company": "CO1", "name": "鼎新建材有限公司", "kind": "competitor", "aliases": ["鼎新"], "persons": ["韩梅", "李雷"] });
        batch(&admin, &[at("co", "company.upserted", "2026-01-05T09:00:00+08:00", firm)]).await;
        let hr = server.person("hr", Some("E1")).await;
        let matches = async |who: &Visitor<'_>| who.get("/api/v1/interests/matches").await.ok(200)["items"].as_array().unwrap().clone();
        let of = |list: &[Value], number: &str| list.iter().find(|m| m["employee"] == number).unwrap().clone();
        let list = matches(&hr).await;
        let review = |id: &Value| json!({ "id": id, "outcome": "case", "reason": "工商登记显示为同一人" });
        let looked = hr.post("/api/v1/interests/reviews", &review(&of(&list, "E4")["id"])).await.ok(200);
        let case = looked["review"]["case"].as_str().unwrap().to_owned();
        let opened = hr.get(&format!("/api/v1/cases/{case}")).await.ok(200);
        assert_eq!((&opened["employee"], &opened["status"]), (&json!("E4"), &json!("open")));
        assert!(opened["title"].as_str().unwrap().contains("鼎新"), "{opened}");
        // Looked at again there is still one case; and no alert beside it.
        let again = hr.post("/api/v1/interests/reviews", &review(&of(&list, "E4")["id"])).await.ok(200);
        assert_eq!(again["review"]["case"], case);
        assert_eq!(hr.get("/api/v1/cases").await.ok(200)["items"].as_array().unwrap().len(), 1);
        let legal = server.person("legal", None).await;
        let alerts = async || legal.get("/api/v1/alerts?rule=interests.to_investigate").await.ok(200)["items"].as_array().unwrap().clone();
        assert!(alerts().await.is_empty());

        // Where HR investigates nothing, the word goes to those who do; HR is not told of cases.
        let setter = server.person("admin", None).await;
        setter.post("/api/v1/roles/templates/large", &json!({ "reason": "人事与调查分岗" })).await.ok(200);
        let hr = server.person("hr", Some("E1")).await;
        let list = matches(&hr).await;
        assert!(of(&list, "E4")["review"]["case"].is_null(), "that there is a case is a secret");
        // Who may not see it does not make it forgotten either, nor raises what it looks into.
        hr.post("/api/v1/interests/reviews", &review(&of(&list, "E4")["id"])).await.ok(200);
        assert_eq!(of(&matches(&legal).await, "E4")["review"]["case"], case);
        assert!(alerts().await.is_empty());
        let looked = hr.post("/api/v1/interests/reviews", &review(&of(&list, "E3")["id"])).await.ok(200);
        assert_eq!((&looked["review"]["outcome"], &looked["review"]["case"]), (&json!("case"), &Value::Null));
        let raised = alerts().await;
        assert_eq!((raised.len(), &raised[0]["employee"], &raised[0]["severity"]), (1, &json!("E3"), &json!("high")));
        assert!(raised[0].to_string().contains("工商登记显示为同一人"), "{}", raised[0]);
        hr.post("/api/v1/interests/reviews", &review(&of(&list, "E3")["id"])).await.ok(200);
        assert_eq!(alerts().await.len(), 1, "one about the same match");
        hr.post("/api/v1/interests/reviews", &json!({ "id": of(&list, "E3")["id"], "outcome": "managed", "reason": "已调离采购岗" })).await.ok(200);
        assert_eq!(alerts().await.len(), 1);
        assert_eq!(hr.get("/api/v1/alerts").await.problem(403), "forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_leaving_takes_no_list_whole_whatever_it_lists() {
    on_each_server(|server| async move {
        let admin = staffed(&server).await;
        let firms: Vec<Value> = (0..6)
            .map(|i| {
                at(
                    &format!("f{i}"),
                    "company.upserted",
                    "2026-01-05T09:00:00+08:00",
                    json!({ "company": format!("CO{i}"), "name": format!("公司{i}"), "kind": "competitor", "persons": ["韩梅"] }),
                )
            })
            .collect();
        batch(&admin, &firms).await;
        // Two departments have a head: one alone is no list.
        batch(&admin, &[person("E5", "何静", "行政部", None), person("E6", "郭敏", "行政部", Some("E5"))]).await;
        let hr = server.person("hr", Some("E1")).await;
        let lists = ["/api/v1/companies?", "/api/v1/records?", "/api/v1/interests/matches?"];
        let mut cursors = Vec::new();
        for list in lists {
            let page = hr.get(&format!("{list}limit=1")).await.ok(200);
            cursors.push(page["next_cursor"].as_str().unwrap().to_owned());
        }
        hr.post("/api/v1/employees/E4/resignation", &json!({ "submitted_on": "2026-11-20", "form": "electronic" })).await.ok(200);
        let leaver = server.person("hr", Some("E4")).await;
        for (list, cursor) in lists.iter().zip(&cursors) {
            let next = leaver.get(&format!("{list}limit=1&cursor={cursor}")).await;
            assert_eq!((next.status, &next.body["code"], &next.body["rule"]), (403, &json!("frozen_bulk"), &json!("P16")), "{list}");
            hr.get(&format!("{list}limit=1&cursor={cursor}")).await.ok(200);
        }
        // Nor search by search: what was listed counts, whatever list it stood in.
        setter_bound(&server, 5).await;
        leaver.get("/api/v1/companies?limit=5").await.ok(200);
        assert_eq!(leaver.get("/api/v1/records?limit=2").await.problem(403), "frozen_bulk");
        assert_eq!(leaver.get("/api/v1/departments").await.problem(403), "frozen_bulk");
        // What is needed is found one by one.
        leaver.get("/api/v1/companies?limit=1&q=公司0").await.ok(200);
    })
    .await;
}

async fn setter_bound(server: &TestServer, customers_per_day: u64) {
    let admin = server.person("admin", None).await;
    admin.put("/api/v1/freeze", &json!({ "customers_per_day": customers_per_day })).await.ok(200);
}
