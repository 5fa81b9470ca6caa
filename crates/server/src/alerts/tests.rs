//! Alerts from the record that causes them to the outcome that closes them, over real HTTP on every engine.
#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{
    company::Actor,
    http::testing::{Visitor, on_each_server},
    records::Draft,
    testing::on_each_engine,
};
use probity_simulate::{Scene, story, twins};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use std::time::Duration;

const ALL: &[&str] = &["ingest", "read", "cases", "admin"];

async fn send(caller: &Visitor<'_>, scene: &Scene) {
    for source in scene.sources() {
        caller.put("/api/v1/sources", &source).await.ok(200);
    }
    let answer = caller.post("/api/v1/records", &Value::Array(scene.to_json())).await.ok(200);
    assert_eq!(answer["quarantined"], json!([]), "{}", scene.name);
}

async fn alerts(caller: &Visitor<'_>, query: &str) -> Vec<Value> {
    caller.get(&format!("/api/v1/alerts?{query}")).await.ok(200)["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_raises_both_alerts_and_shows_its_chain() {
    on_each_server(|server| async move {
        let caller = server.with(ALL).await;
        let scene = story();
        send(&caller, &scene).await;
        // The words stand with the record itself.
        let words = alerts(&caller, &format!("employee={}&rule=words.diversion", scene.employee)).await;
        assert_eq!(words.len(), 1);
        assert_eq!(words[0]["status"], "open");
        assert_eq!(words[0]["severity"], "high");
        assert_eq!(words[0]["customer"], scene.customer.as_str());
        assert!(words[0]["explanation"]["innocent"].as_array().unwrap().len() >= 2);
        server.settled().await;

        let chains = caller.get(&format!("/api/v1/employees/{}/chains", scene.employee)).await.ok(200);
        let chain = &chains["items"][0];
        assert!(chain["score"].as_f64().unwrap() >= 0.9, "{chain}");
        let roles: Vec<&str> = chain["steps"].as_array().unwrap().iter().map(|s| s["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["could", "said", "did", "paid"]);
        let shown = chain.to_string();
        assert!(!shown.contains("介绍你到") && !shown.contains("8600"), "no text, no amounts: {shown}");
        assert!(shown.contains("10%"));

        let raised = alerts(&caller, "rule=chain.diversion").await;
        assert_eq!(raised.len(), 1);
        assert_eq!(raised[0]["chain"], chain["id"]);
        assert_eq!(raised[0]["backfilled"], true, "it happened months before it was sent");
        let detail = caller.get(&format!("/api/v1/alerts/{}", raised[0]["id"].as_str().unwrap())).await.ok(200);
        assert_eq!(detail["records"].as_array().unwrap().len(), 4);
        assert!(detail["history"].as_array().unwrap().iter().any(|a| a["rule"] == "words.diversion"));
        assert!(detail["explanation"]["why"].as_array().unwrap().len() == 4);

        // Sent again, and every rule run again: nothing new.
        send(&caller, &scene).await;
        server.settled().await;
        for _ in 0..2 {
            let run = caller.post("/api/v1/signals/run", &json!({ "as_of": "2026-03-31" })).await.ok(200);
            assert_eq!(run["rules"][1]["rule"], "chain.diversion");
            assert_eq!(run["rules"][1]["alerts"], 1);
        }
        assert_eq!(alerts(&caller, "").await.len(), 2);
        let before = caller.post("/api/v1/signals/run", &json!({ "as_of": "2026-03-15" })).await.ok(200);
        assert_eq!(before["rules"][1]["alerts"], 0, "the money came later");

        let all = caller.get("/api/v1/chains?min_score=0.7").await.ok(200);
        assert_eq!(all["items"].as_array().unwrap().len(), 1);
        assert_eq!(all["items"][0]["id"], chain["id"]);
        assert_eq!(all["items"][0]["customer_name"], "恒达建材");
        let english = caller.request(reqwest::Method::GET, "/api/v1/chains").header("accept-language", "en").send().await.unwrap().text().await.unwrap();
        assert!(english.contains("10% of the order that moved"), "{english}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_twins_stay_quiet() {
    on_each_server(|server| async move {
        let caller = server.with(ALL).await;
        let all = twins();
        for scene in &all {
            send(&caller, scene).await;
        }
        server.settled().await;
        for scene in &all {
            for who in std::iter::once(&scene.employee).chain(&scene.others) {
                let chains = caller.get(&format!("/api/v1/employees/{who}/chains")).await.ok(200);
                let best = chains["items"][0]["score"].as_f64().unwrap_or(0.0);
                assert!(best < 0.7, "{} {who}: {chains}", scene.name);
                if *who == scene.employee {
                    assert!(best >= scene.expected.chain_min, "{}: {best}", scene.name);
                }
                let words = alerts(&caller, &format!("employee={who}&rule=words.diversion")).await;
                assert_eq!(!words.is_empty(), scene.word_alert.as_ref() == Some(who), "{} {who}: {words:?}", scene.name);
            }
        }
        assert!(alerts(&caller, "rule=chain.diversion").await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_in_any_order_give_the_same_chain() {
    on_each_server(|server| async move {
        let caller = server.with(ALL).await;
        let scene = story();
        for source in scene.sources() {
            caller.put("/api/v1/sources", &source).await.ok(200);
        }
        let mut events = scene.to_json();
        events.reverse();
        for event in events {
            caller.post("/api/v1/records", &json!([event])).await.ok(200);
        }
        server.settled().await;
        let chains = caller.get(&format!("/api/v1/employees/{}/chains", scene.employee)).await.ok(200);
        assert!(chains["items"][0]["score"].as_f64().unwrap() >= 0.9, "{chains}");
        assert_eq!(chains["items"].as_array().unwrap().len(), 1);
        assert_eq!(alerts(&caller, "rule=chain.diversion").await.len(), 1, "one alert, whatever id the chain had on the way");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_assigned_put_off_closed_and_opened_again() {
    on_each_server(|server| async move {
        let caller = server.with(ALL).await;
        send(&caller, &story()).await;
        server.settled().await;
        let hr = server.person("hr", None).await;
        let id = alerts(&hr, "rule=chain.diversion").await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/alerts/{id}");
        let me = hr.get("/api/v1/session").await.ok(200)["user"]["id"].clone();

        let summary = hr.get("/api/v1/alerts/summary").await.ok(200);
        assert_eq!((&summary["open"]["high"], &summary["unassigned"], &summary["mine"], &summary["chains"]), (&json!(2), &json!(2), &json!(0), &json!(1)));
        assert_eq!(hr.patch(&path, &json!({ "assignee": me })).await.ok(200)["assignee"], me);
        assert_eq!(alerts(&hr, "assignee=me").await.len(), 1);
        let summary = hr.get("/api/v1/alerts/summary").await.ok(200);
        assert_eq!((&summary["unassigned"], &summary["mine"], &summary["older_than_30_days"]), (&json!(1), &json!(1), &json!(0)));
        assert_eq!(hr.patch(&path, &json!({ "assignee": "nobody" })).await.problem(422), "unknown_user");
        // Who sees alerts and works on none takes none, and is told from nobody by nothing.
        let unknown = hr.patch(&path, &json!({ "assignee": "nobody" })).await;
        for role in ["sales_manager", "auditor"] {
            let other = server.person(role, None).await.get("/api/v1/session").await.ok(200)["user"]["id"].clone();
            let refused = hr.patch(&path, &json!({ "assignee": other })).await;
            assert_eq!((refused.status, &refused.body["code"], &refused.body["detail"]), (422, &unknown.body["code"], &unknown.body["detail"]), "{role}");
        }
        assert_eq!(hr.patch(&path, &json!({ "assignee": null })).await.ok(200)["assignee"], Value::Null);

        assert_eq!(hr.patch(&path, &json!({ "snooze_until": "2020-01-01T00:00:00Z" })).await.problem(422), "bad_snooze");
        let until = crate::http::instant(server.company.company.now() + 60_000_000);
        assert_eq!(hr.patch(&path, &json!({ "snooze_until": until })).await.ok(200)["status"], "snoozed");
        server.company.clock.advance(61_000_000);
        for _ in 0..200 {
            if hr.get(&path).await.ok(200)["status"] == "open" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(hr.get(&path).await.ok(200)["status"], "open", "it comes back by itself");

        assert_eq!(hr.patch(&path, &json!({ "status": "closed", "outcome": "valuable", "reason": " " })).await.problem(422), "reason_missing");
        let closed = hr.patch(&path, &json!({ "status": "closed", "outcome": "confirmed", "reason": "客户已书面说明" })).await.ok(200);
        assert_eq!((&closed["status"], &closed["outcome"]), (&json!("closed"), &json!("confirmed")));
        let kinds: Vec<&str> = closed["events"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["raised", "assigned", "assigned", "snoozed", "opened", "closed"]);
        let records = caller.get("/api/v1/records?source=/probity/alerts&kind=alert.closed").await.ok(200);
        assert_eq!(records["items"].as_array().unwrap().len(), 1, "closing is a record");

        // Somebody has answered just this: the same records raise nothing again.
        caller.post("/api/v1/signals/run", &json!({ "as_of": "2026-12-31" })).await.ok(200);
        assert_eq!(alerts(&hr, "rule=chain.diversion").await.len(), 1);
        let rules = hr.get("/api/v1/rules").await.ok(200);
        let chain = rules["items"].as_array().unwrap().iter().find(|r| r["rule"] == "chain.diversion").unwrap().clone();
        assert_eq!((&chain["raised"], &chain["closed"], &chain["precision"]), (&json!(1), &json!(1), &json!(1.0)));

        assert_eq!(hr.patch(&path, &json!({ "status": "open" })).await.ok(200)["outcome"], Value::Null);
        let ids: Vec<Value> = alerts(&hr, "").await.iter().map(|a| a["id"].clone()).collect();
        assert_eq!(hr.post("/api/v1/alerts/close", &json!({ "ids": ids, "outcome": "false_positive", "reason": "演示" })).await.ok(200)["closed"], 2);
        assert!(alerts(&hr, "status=open,snoozed").await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_more_than_is_theirs() {
    on_each_server(|server| async move {
        let caller = server.with(ALL).await;
        let scene = story();
        send(&caller, &scene).await;
        // A manager above the employee, and one above nobody.
        let manager = json!({ "id": "mgr", "source": "/hr/main", "specversion": "1.0", "type": "employee.upserted", "time": "2026-01-05T09:00:00+08:00",
            "data": { "number": scene.employee, "name": "周启明", "manager": "M1", "status": "active" } });
        let mut late = manager;
        late["time"] = json!("2026-04-05T09:00:00+08:00");
        caller.post("/api/v1/records", &json!([late])).await.ok(200);
        server.settled().await;
        let path = format!("/api/v1/employees/{}/chains", scene.employee);

        let above = server.person("sales_manager", Some("M1")).await;
        assert_eq!(alerts(&above, "").await.len(), 2);
        assert_eq!(above.get(&path).await.ok(200)["items"].as_array().unwrap().len(), 1);
        let id = alerts(&above, "").await[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(above.patch(&format!("/api/v1/alerts/{id}"), &json!({ "status": "open" })).await.status, 403, "seen, not acted on");
        let beside = server.person("sales_manager", Some("M2")).await;
        assert!(alerts(&beside, "").await.is_empty());
        assert_eq!(beside.get(&path).await.status, 404);
        assert_eq!(beside.get(&format!("/api/v1/alerts/{id}")).await.status, 404);
        // Whoever it is about does not see it, whatever his role.
        let subject = server.person("hr", Some(&scene.employee)).await;
        assert!(alerts(&subject, "").await.is_empty());
        assert_eq!(subject.get(&format!("/api/v1/alerts/{id}")).await.status, 404);
        assert_eq!(subject.get(&path).await.status, 404);
        assert!(subject.get("/api/v1/chains").await.ok(200)["items"].as_array().unwrap().is_empty());
        let admin = server.person("admin", None).await;
        assert_eq!(admin.get("/api/v1/alerts").await.status, 403);
        assert_eq!(server.anyone().get("/api/v1/alerts").await.status, 401);
    })
    .await;
}

fn word_signal(idx: i64) -> super::raise::Signal {
    super::raise::Signal {
        rule: &super::rules::WORDS,
        employee: "E1".into(),
        subject: "wecom/k".into(),
        conversation: Some("wecom/k".into()),
        chain: None,
        customer: None,
        severity: "high",
        backfilled: false,
        records: vec![(idx, 1)],
        body: super::model::Body::default(),
    }
}

/// Evidence that arrives while somebody closes the alert must not end up behind a closed door.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_joins_an_alert_that_is_being_closed() {
    on_each_engine(|t| async move {
        let tx = t.store.write().await.unwrap();
        let id = super::raise::create(&tx, t.now(), word_signal(1)).await.unwrap();
        tx.commit().await.unwrap();

        let tx = t.store.write().await.unwrap();
        let open = super::raise::open_one(&tx, &super::rules::WORDS, "E1", "wecom/k").await.unwrap().unwrap();
        let (company, of) = (t.company.clone(), id.clone());
        let closing = tokio::spawn(async move {
            let close = super::act::Act::Close { outcome: "false_positive".into(), reason: "客户返利".into() };
            super::act::act(&company, &Actor::system("test"), &of, close).await
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!closing.is_finished(), "{}: whoever closes it sees what joined", t.engine);
        super::raise::join(&tx, t.now(), open, word_signal(2)).await.unwrap();
        tx.commit().await.unwrap();
        closing.await.unwrap().unwrap();
        assert_eq!(super::raise::records_of(t.store.read(), &id).await.unwrap().len(), 2);

        // The other way round: who comes after the closing finds no open alert.
        let closed = super::model::alert::Entity::find_by_id(&id).one(t.store.read()).await.unwrap().unwrap();
        assert_eq!((closed.status.as_str(), closed.outcome.as_deref()), ("closed", Some("false_positive")));
        let tx = t.store.write().await.unwrap();
        assert!(super::raise::open_one(&tx, &super::rules::WORDS, "E1", "wecom/k").await.unwrap().is_none());
    })
    .await;
}

/// Looking again at everybody is many short jobs in the background, and a sync that repeats itself asks for none.
#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_looked_at_one_by_one() {
    use crate::{
        jobs::model::job,
        signals::links::{FOLLOW, FOLLOW_ALL, model::chain_fact},
    };
    on_each_engine(|t| async move {
        let jobs = async |kind: &str| {
            let all = job::Entity::find().filter(job::Column::Kind.eq(kind)).order_by_asc(job::Column::UniqueKey).all(t.store.read()).await.unwrap();
            all.into_iter().map(|j| (j.unique_key.unwrap(), j.background)).collect::<Vec<_>>()
        };
        let tx = t.store.write().await.unwrap();
        for (idx, employee) in ["E1", "E2", "E3"].into_iter().enumerate() {
            let fact = chain_fact::Model {
                employee: employee.into(),
                class: "said".into(),
                at: 1,
                idx: idx as i64,
                customer: String::new(),
                kind: "message.sent".into(),
            };
            chain_fact::Entity::insert(chain_fact::ActiveModel::from(fact)).exec_without_returning(&tx).await.unwrap();
        }
        crate::jobs::enqueue(&tx, FOLLOW, Some("E2"), &json!({ "employee": "E2" }), 0).await.unwrap();
        tx.commit().await.unwrap();
        super::run_follow_all(t.company.clone(), Value::Null).await.unwrap();
        super::run_follow_all(t.company.clone(), Value::Null).await.unwrap();
        let expected = [("E1", true), ("E2", false), ("E3", true)].map(|(e, background)| (e.to_owned(), background));
        assert_eq!(jobs(FOLLOW).await, expected, "one job each; whose turn had come keeps it");

        let asks = async |id: &str, data: Value| {
            let tx = t.store.write().await.unwrap();
            job::Entity::delete_many().filter(job::Column::Kind.eq(FOLLOW_ALL)).exec(&tx).await.unwrap();
            tx.commit().await.unwrap();
            let data = data.as_object().unwrap().clone();
            let draft = Draft::new("/crm/main".into(), id.into(), "customer.upserted".into(), t.now(), None, vec!["c:C1".into()], data);
            t.writer.append(vec![draft]).await.unwrap();
            !jobs(FOLLOW_ALL).await.is_empty()
        };
        let customer =
            |name: &str, tier: &str| json!({ "customer": "C1", "name": name, "tier": tier, "contacts": [{ "name": "李工", "phone": "13900000000" }] });
        assert!(asks("s1", customer("新丰装饰", "normal")).await, "somebody unknown may be this customer");
        assert!(!asks("s2", customer("新丰装饰", "high_value")).await, "nobody is recognised who was not");
        assert!(asks("s3", customer("新丰建材", "high_value")).await);
    })
    .await;
}
