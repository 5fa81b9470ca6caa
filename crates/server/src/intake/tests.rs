#![expect(clippy::unwrap_used, reason = "tests")]

mod corrected;

use crate::http::testing::{TestServer, Visitor, on_each_server};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

pub const BATCH: &str = "application/cloudevents-batch+json";
pub const SINGLE: &str = "application/cloudevents+json";

pub async fn register(admin: &Visitor<'_>, source: &str, kinds: &[&str]) {
    let basis = json!({"kind":"contract","notice":"员工个人信息告知书","notice_version":"1","assessed_on":"2026-01-05"});
    admin.put("/api/v1/sources", &json!({"source":source,"name":source,"kinds":kinds,"basis":basis})).await.ok(200);
}

pub async fn post(caller: &Visitor<'_>, kind: &str, body: impl Into<Vec<u8>>) -> crate::http::testing::Answer {
    let request = caller.request(Method::POST, "/api/v1/records").header("content-type", kind).body(body.into());
    crate::http::testing::Answer::of(request.send().await.unwrap()).await
}

pub async fn batch(caller: &Visitor<'_>, items: &[Value]) -> Value {
    post(caller, BATCH, json!(items).to_string()).await.ok(200)
}

pub fn event(source: &str, id: &str, kind: &str, data: Value) -> Value {
    json!({"specversion":"1.0","id":id,"source":source,"type":kind,"time":"2026-02-03T15:10:00+08:00","data":data})
}

/// What lists hold twice, what is longer than a page and what PostgreSQL cannot keep is odd and no reason to lose a batch.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_in_one_record_does_not_hold_back_a_batch() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/crm/main", &["*"]).await;
        let twice = json!({ "channel": "wecom", "conversation": "k1", "from": { "external": "wx1" }, "to": [{ "employee": "E1001" }, { "employee": "E1001" }], "text": "给你2000元" });
        let long: String = (0..3_000_u32).filter_map(|i| char::from_u32(0x4E00 + i * 7 % 20_000)).collect();
        let contacts = json!([{ "name": long, "phone": long, "email": long, "im": long }]);
        let mut competitor = json!({ "company": "K1", "name": "同\u{0}行", "kind": "competitor", "persons": ["张\u{0}三", "李四"], "aliases": ["同\u{0}行甲"] });
        let items = [
            event("/crm/main", "a", "message.sent", twice),
            event("/crm/main", "b", "customer.upserted", json!({ "customer": "C1", "name": long, "contacts": contacts })),
            event("/crm/main", "c", "company.upserted", competitor.clone()),
            follow_up("d"),
        ];
        assert_eq!(batch(&admin, &items).await["accepted"], 4);
        competitor["persons"] = json!(["王五"]);
        assert_eq!(batch(&admin, &[event("/crm/main", "e", "company.upserted", competitor)]).await["accepted"], 1);
        let list = admin.get("/api/v1/companies").await.ok(200);
        assert_eq!((&list["items"][0]["name"], &list["items"][0]["persons"]), (&json!("同行"), &json!(["王五"])));
    })
    .await;
}

fn follow_up(id: &str) -> Value {
    event("/crm/main", id, "customer.followed_up", json!({"customer":"C0007","employee":"E1001","note":"等报价"}))
}

#[tokio::test(flavor = "multi_thread")]
async fn good_items_become_records_and_bad_ones_never_hold_them_back() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/crm/main", &["customer.*"]).await;
        let mut bad = follow_up("b");
        bad["data"]["customer"] = Value::Null;
        let answer = batch(&admin, &[follow_up("a"), bad, json!("text"), follow_up("c"), follow_up("a")]).await;
        assert_eq!((answer["accepted"].as_u64(), answer["duplicates"].as_u64()), (Some(2), Some(1)));
        assert_eq!(answer["ids"][0], answer["ids"][4]);
        assert!(answer["ids"][1].is_null() && answer["ids"][2].is_null());
        assert_eq!(answer["quarantined"][0]["index"], 1);
        assert_eq!(answer["quarantined"][0]["code"], "bad_shape");
        assert_eq!(answer["quarantined"][0]["errors"][0]["pointer"], "/data/customer");
        assert!(answer["checkpoint"]["size"].as_i64().unwrap() >= 2);
        // The same again changes nothing.
        let again = batch(&admin, &[follow_up("a"), follow_up("c")]).await;
        assert_eq!((again["accepted"].as_u64(), again["duplicates"].as_u64()), (Some(0), Some(2)));
        assert_eq!(again["ids"][0], answer["ids"][0]);
        // Other content under the same name: quarantined in a batch, 409 alone.
        let mut other = follow_up("a");
        other["data"]["note"] = json!("别的内容");
        assert_eq!(batch(&admin, std::slice::from_ref(&other)).await["quarantined"][0]["code"], "conflict");
        assert_eq!(post(&admin, SINGLE, other.to_string()).await.problem(409), "conflict");
        let list = admin.get("/api/v1/records?employee=E1001").await.ok(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        assert_eq!(list["items"][0]["label"], "客户跟进");
        let id = list["items"][0]["id"].as_str().unwrap();
        let mut one = admin.get(&format!("/api/v1/records/{id}")).await.ok(200);
        // The proof follows the checkpoint, a moment after the commit.
        while one["proof"].is_null() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            one = admin.get(&format!("/api/v1/records/{id}")).await.ok(200);
        }
        let hash = |v: &Value| -> [u8; 32] { hex::decode(v.as_str().unwrap()).unwrap().try_into().unwrap() };
        let proof = &one["proof"];
        let path: Vec<[u8; 32]> = proof["path"].as_array().unwrap().iter().map(hash).collect();
        let leaf = probity_ledger::tree::leaf_hash(&hex::decode(one["leaf"].as_str().unwrap()).unwrap());
        let (index, size) = (proof["index"].as_u64().unwrap(), proof["size"].as_u64().unwrap());
        probity_ledger::tree::verify_inclusion(index, size, &leaf, &path, &hash(&proof["root_hash"])).unwrap();
        assert_eq!(one["subjects"], json!(["e:E1001", "c:C0007"]));
        // Placeholders for whom nobody described.
        assert_eq!(admin.get("/api/v1/employees/E1001").await.ok(200)["placeholder"], true);
        assert_eq!(admin.get("/api/v1/customers/C0007").await.ok(200)["placeholder"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_has_to_be_registered_lawful_and_the_tokens_own() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        let answer = batch(&admin, &[follow_up("a")]).await;
        assert_eq!(answer["quarantined"][0]["code"], "unknown_source");
        // Registered without a basis: R01.
        admin.put("/api/v1/sources", &json!({"source":"/crm/main","kinds":["customer.*"],"basis":null})).await.ok(200);
        let answer = batch(&admin, &[follow_up("b")]).await;
        assert_eq!((&answer["quarantined"][0]["code"], &answer["quarantined"][0]["rule"]), (&json!("no_basis"), &json!("R01")));
        assert!(answer["quarantined"][0]["detail"].as_str().unwrap().contains("第十三"));
        let order = event("/crm/main", "o", "order.placed", json!({"order":"1","customer":"C","employee":"E"}));
        assert_eq!(batch(&admin, &[order]).await["quarantined"][0]["code"], "kind_not_covered");
        // Mended: what waited goes through by itself.
        register(&admin, "/crm/main", &["customer.*", "order.*"]).await;
        for _ in 0..100 {
            if admin.get("/api/v1/quarantine").await.ok(200)["items"].as_array().unwrap().is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(admin.get("/api/v1/quarantine").await.ok(200)["items"], json!([]));
        assert_eq!(admin.get("/api/v1/records?source=/crm/main").await.ok(200)["items"].as_array().unwrap().len(), 3);
        // A token bound elsewhere.
        let bound = Visitor2::new(&server, "/other").await;
        let refused = bound.post(&follow_up("z").to_string()).await;
        assert_eq!(refused.problem(403), "source_not_allowed");
        assert_eq!(
            batch(&admin, &[event("/probity/access", "x", "customer.lost", json!({"customer":"C","employee":"E1"}))]).await["quarantined"][0]["code"],
            "source_not_allowed"
        );
    })
    .await;
}

/// A caller whose token is bound to one source.
struct Visitor2<'a> {
    server: &'a TestServer,
    token: String,
}

impl<'a> Visitor2<'a> {
    async fn new(server: &'a TestServer, source: &str) -> Self {
        Self { server, token: server.token_for(&["ingest"], Some(vec![source.to_owned()])).await }
    }
    async fn post(&self, body: &str) -> crate::http::testing::Answer {
        let request = self.server.client.post(format!("{}/api/v1/records", self.server.base)).bearer_auth(&self.token);
        crate::http::testing::Answer::of(request.header("content-type", SINGLE).body(body.to_owned()).send().await.unwrap()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_law_forbids_to_hold_is_not_held() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/bank/voluntary", &["transfer.booked"]).await;
        register(&admin, "/wecom/archive", &["message.sent", "consent.changed"]).await;
        let data =
            json!({"employee":"E1001","direction":"in","amount":{"amount":"8600.00","currency":"CNY"},"counterparty":{"name":"鼎新"},"booked_on":"2026-03-09"});
        let mut private = event("/bank/voluntary", "v1", "transfer.booked", data);
        let answer = batch(&admin, std::slice::from_ref(&private)).await;
        assert_eq!((&answer["quarantined"][0]["code"], &answer["quarantined"][0]["rule"]), (&json!("private_books"), &json!("R07")));
        let list = admin.get("/api/v1/quarantine").await.ok(200);
        assert_eq!(list["items"][0]["held"], false);
        let id = list["items"][0]["id"].as_str().unwrap();
        assert_eq!(admin.post(&format!("/api/v1/quarantine/{id}/release"), &json!({})).await.problem(409), "not_held");
        private["data"]["basis"] = json!("voluntary_submission");
        assert_eq!(batch(&admin, &[private]).await["accepted"], 1);

        let message = |id: &str, time: &str| {
            let mut m = event(
                "/wecom/archive",
                id,
                "message.sent",
                json!({"channel":"wecom","conversation":"c","from":{"employee":"E1001"},"to":[{"external":"wm_1"}],"text":"您好"}),
            );
            m["time"] = json!(time);
            m
        };
        let mut consent = event("/wecom/archive", "k1", "consent.changed", json!({"employee":"E1001","external":"wm_1","channel":"wecom","state":"refused"}));
        consent["time"] = json!("2026-02-01T00:00:00+08:00");
        assert_eq!(batch(&admin, &[consent]).await["accepted"], 1);
        let answer = batch(&admin, &[message("m0", "2026-01-31T00:00:00+08:00"), message("m1", "2026-02-02T00:00:00+08:00")]).await;
        assert_eq!(answer["accepted"], 1);
        assert_eq!((&answer["quarantined"][0]["index"], &answer["quarantined"][0]["code"]), (&json!(1), &json!("consent_refused")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_bodies_are_refused_clearly() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/crm/main", &["customer.*"]).await;
        assert_eq!(post(&admin, BATCH, "[{\"a\":").await.problem(400), "malformed_json");
        assert_eq!(post(&admin, BATCH, "[".repeat(1_000_000)).await.problem(400), "malformed_json");
        assert_eq!(post(&admin, SINGLE, format!("{}1{}", "{\"a\":".repeat(1_000_000), "}".repeat(1_000_000))).await.problem(400), "malformed_json");
        assert_eq!(post(&admin, BATCH, b"[{\"id\":\"\xff\xfe\"}]".to_vec()).await.problem(400), "malformed_json");
        assert_eq!(post(&admin, "text/plain", "[]").await.problem(415), "unsupported_media_type");
        assert_eq!(post(&admin, BATCH, vec![b' '; 33 << 20]).await.problem(413), "too_large");
        let nothing = json!(vec![0; 10_001]).to_string();
        assert_eq!(post(&admin, BATCH, nothing).await.problem(413), "too_many_records");
        let deep = format!("[{},{{\"specversion\":\"1.0\",\"data\":{}1{}}}]", follow_up("ok"), "[".repeat(200), "]".repeat(200));
        let answer = post(&admin, BATCH, deep).await.ok(200);
        assert_eq!((&answer["accepted"], &answer["quarantined"][0]["code"]), (&json!(1), &json!("bad_shape")));
        assert_eq!(post(&admin, BATCH, "[]").await.ok(200)["accepted"], 0);
        // A gzip bomb: 64 MiB of blanks in some kilobytes.
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packer, &vec![b' '; 64 << 20]).unwrap();
        let request =
            admin.request(Method::POST, "/api/v1/records").header("content-type", BATCH).header("content-encoding", "gzip").body(packer.finish().unwrap());
        assert_eq!(crate::http::testing::Answer::of(request.send().await.unwrap()).await.problem(413), "too_large");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_stand_beside_what_they_correct_and_projections_follow() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/crm/main", &["customer.*", "employee.*", "company.*"]).await;
        let assigned =
            |id: &str, employee: &str, from: &str| event("/crm/main", id, "customer.assigned", json!({"customer":"C1","employee":employee,"from":from}));
        let upserts = [
            event("/crm/main", "u1", "employee.upserted", json!({"number":"E1","name":"周启明","manager":"E9","department":"华东"})),
            event("/crm/main", "u2", "employee.upserted", json!({"number":"E2","name":"陆平"})),
            event("/crm/main", "u3", "customer.upserted", json!({"customer":"C1","name":"恒达建材","tier":"high_value"})),
            assigned("a1", "E1", "2026-01-01"),
            assigned("a2", "E2", "2026-03-01"),
        ];
        assert_eq!(batch(&admin, &upserts).await["accepted"], 5);
        let customer = admin.get("/api/v1/customers/C1").await.ok(200);
        assert_eq!((&customer["employee"], &customer["employee_name"]), (&json!("E2"), &json!("陆平")));
        assert_eq!(customer["assignments"][1]["until"], customer["assignments"][0]["from"]);
        let fix = event(
            "/crm/main",
            "f1",
            "record.corrected",
            json!({"record":{"source":"/crm/main","id":"a2"},"data":{"customer":"C1","employee":"E1","from":"2026-04-01"}}),
        );
        assert_eq!(batch(&admin, &[fix]).await["accepted"], 1);
        let customer = admin.get("/api/v1/customers/C1").await.ok(200);
        assert_eq!(customer["employee"], "E1");
        let list = admin.get("/api/v1/records?source=/crm/main&source_id=a2").await.ok(200);
        assert!(list["items"][0]["corrected_by"].is_string());
        let bad = event("/crm/main", "f2", "record.corrected", json!({"record":{"source":"/crm/main","id":"a2"},"data":{"customer":"C1"}}));
        let none = event("/crm/main", "f3", "record.corrected", json!({"record":{"source":"/crm/main","id":"zz"},"data":{"customer":"C1"}}));
        let answer = batch(&admin, &[bad, none]).await;
        assert_eq!((&answer["quarantined"][0]["code"], &answer["quarantined"][1]["code"]), (&json!("bad_shape"), &json!("unknown_record")));
        assert_eq!(answer["quarantined"][0]["errors"][0]["pointer"], "/data/data/employee");
        // Search by name, pinyin, initials.
        for q in ["启明", "zhouqi", "zqm", "e1"] {
            let found = admin.get(&format!("/api/v1/employees?q={q}")).await.ok(200);
            assert_eq!(found["items"][0]["number"], "E1", "{q}");
        }
        assert_eq!(admin.get("/api/v1/customers?employee=E1").await.ok(200)["items"][0]["customer"], "C1");
        let put = admin.put("/api/v1/companies/CO-DX", &json!({"name":"苏州鼎新","kind":"competitor","aliases":["鼎新公司"]})).await.ok(200);
        assert_eq!(put["kind"], "competitor");
        assert_eq!(admin.get("/api/v1/companies?q=dingxin").await.ok(200)["items"][0]["company"], "CO-DX");
        assert_eq!(admin.put("/api/v1/companies/CO-DX", &json!({"name":3})).await.problem(422), "invalid");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sees_the_own_team_and_no_further() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/crm/main", &["customer.*", "employee.*"]).await;
        let person = |number: &str, manager: &str| event("/crm/main", number, "employee.upserted", json!({"number":number,"name":number,"manager":manager}));
        let assigned = |id: &str, customer: &str, employee: &str| {
            event("/crm/main", id, "customer.assigned", json!({"customer":customer,"employee":employee,"from":"2026-01-01"}))
        };
        // M leads A, A leads B; C is somebody else's. M and Z lead each other: a circle ends.
        let people =
            [person("A", "M"), person("B", "A"), person("C", "N"), person("Z", "M"), person("M", "Z"), assigned("1", "K1", "B"), assigned("2", "K2", "C")];
        assert_eq!(batch(&admin, &people).await["accepted"], 7);
        let team = crate::people::team_of(&server.company.company.store, "M").await.unwrap();
        assert_eq!(team, ["A", "B", "Z"].map(String::from).into());
        let manager = server.person("sales_manager", Some("M")).await;
        let seen = manager.get("/api/v1/employees").await.ok(200);
        let numbers: Vec<&str> = seen["items"].as_array().unwrap().iter().map(|i| i["number"].as_str().unwrap()).collect();
        // The own file is among them: the permission reaches the team, and oneself.
        assert_eq!(numbers, ["A", "B", "M", "Z"]);
        assert_eq!(manager.get("/api/v1/employees/C").await.problem(404), "not_found");
        assert_eq!(manager.get("/api/v1/customers").await.ok(200)["items"][0]["customer"], "K1");
        assert_eq!(manager.get("/api/v1/customers/K2").await.problem(404), "not_found");
        // Pages go on where the last one ended.
        let first = admin.get("/api/v1/employees?limit=2").await.ok(200);
        let next = admin.get(&format!("/api/v1/employees?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await.ok(200);
        assert_eq!(next["items"][0]["number"], "C");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_basis_waits_for_a_second_person() {
    on_each_server(|server| async move {
        let (one, two) = (server.person("admin", None).await, server.person("admin", None).await);
        register(&one, "/crm/main", &["customer.*"]).await;
        let changed = json!({"source":"/crm/main","name":"/crm/main","kinds":["customer.*"],"basis":{"kind":"consent","notice":"新告知","notice_version":"2","assessed_on":"2026-02-01"}});
        let waiting = one.put("/api/v1/sources", &changed).await.ok(200);
        assert_eq!((&waiting["basis"]["kind"], &waiting["pending"]["change"]["basis"]["kind"]), (&json!("contract"), &json!("consent")));
        let yes = json!({"source":"/crm/main"});
        assert_eq!(one.post("/api/v1/sources/approve", &yes).await.problem(403), "second_person");
        let approved = two.post("/api/v1/sources/approve", &yes).await.ok(200);
        assert_eq!((&approved["basis"]["kind"], &approved["version"], &approved["pending"]), (&json!("consent"), &json!(2), &Value::Null));
        assert_eq!(two.post("/api/v1/sources/approve", &yes).await.problem(409), "nothing_pending");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_are_kept_under_their_own_digest_only() {
    on_each_server(|server| async move {
        let ingest = server.with(&["ingest"]).await;
        let bytes = b"\xFF\xD8\xFF\xE0 a photo".to_vec();
        let name = super::blobs::sha256(&bytes);
        let put = |name: String, bytes: Vec<u8>| {
            let request = ingest.request(Method::PUT, &format!("/api/v1/blobs/{name}")).body(bytes);
            async move { crate::http::testing::Answer::of(request.send().await.unwrap()).await }
        };
        put(name.clone(), bytes.clone()).await.ok(201);
        put(name.clone(), bytes.clone()).await.ok(200);
        assert_eq!(put(name.clone(), b"other".to_vec()).await.problem(422), "digest_mismatch");
        let page = b"<html><script>".to_vec();
        assert_eq!(put(super::blobs::sha256(&page), page).await.problem(415), "file_type");
        assert_eq!(super::blobs::read(&server.company.company, &name).await.unwrap().unwrap(), bytes);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_good_fixture_is_accepted_and_every_bad_one_named() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/records");
        let mut good = Vec::new();
        let mut bad = Vec::new();
        let mut folders: Vec<_> = std::fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
        folders.sort();
        for folder in folders {
            for (quality, list) in [("good", &mut good), ("bad", &mut bad)] {
                let mut files: Vec<_> = std::fs::read_dir(folder.join(quality)).into_iter().flatten().map(|e| e.unwrap().path()).collect();
                files.sort();
                for file in files {
                    let mut event: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
                    let name = format!("{}/{}", folder.file_name().unwrap().to_string_lossy(), file.file_stem().unwrap().to_string_lossy());
                    if event["id"].as_str().is_some_and(|id| !id.is_empty()) {
                        event["id"] = json!(name);
                    }
                    list.push((name, event));
                }
            }
        }
        for source in good.iter().filter_map(|(_, e)| e["source"].as_str()).collect::<std::collections::BTreeSet<_>>() {
            register(&admin, source, &["*"]).await;
        }
        // What a correction corrects has to be there.
        let order = event("/crm/main", "ord-SO1", "order.placed", json!({"order":"SO1","customer":"C0007","employee":"E1001"}));
        assert_eq!(batch(&admin, &[order]).await["accepted"], 1);
        // Consents last and apart: a withdrawal refuses the messages after it, also those of its own batch.
        let (consents, others): (Vec<_>, Vec<_>) = good.into_iter().partition(|(name, _)| name.starts_with("consent"));
        for group in [others, consents] {
            let events: Vec<Value> = group.into_iter().map(|(_, e)| e).collect();
            let answer = batch(&admin, &events).await;
            assert_eq!(answer["quarantined"], json!([]));
            assert_eq!(answer["accepted"].as_u64(), u64::try_from(events.len()).ok());
        }
        let events: Vec<Value> = bad.iter().map(|(_, e)| e.clone()).collect();
        let answer = batch(&admin, &events).await;
        assert_eq!(answer["accepted"], 0);
        for (away, (name, _)) in answer["quarantined"].as_array().unwrap().iter().zip(&bad) {
            let want: &[&str] = match name.split(['/']).next_back().unwrap().split("--").next().unwrap() {
                "no_basis" => &["private_books", "no_basis"],
                "unknown_kind" => &["unknown_kind"],
                _ => &["bad_shape", "bad_time"],
            };
            assert!(want.contains(&away["code"].as_str().unwrap()), "{name}: {away}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_somebody_on_leave_is_may_not_be_taken_in() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/all", &["*"]).await;
        let leave = event("/all", "l1", "leave.taken", json!({"employee":"E1","from":"2026-03-10","until":"2026-03-11","kind":"sick"}));
        assert_eq!(batch(&admin, &[leave]).await["accepted"], 1);
        let visit = |id: &str, who: &str, at: &str| {
            let mut e = event("/all", id, "visit.checked_in", json!({"employee":who,"position":{"lat":31.2,"lng":121.5,"datum":"gcj02"}}));
            e["time"] = json!(at);
            e
        };
        let sent = [
            visit("v1", "E1", "2026-03-10T00:00:00+08:00"),
            visit("v2", "E1", "2026-03-11T23:59:59+08:00"),
            visit("v3", "E1", "2026-03-12T00:00:00+08:00"),
            visit("v4", "E2", "2026-03-10T10:00:00+08:00"),
        ];
        let answer = batch(&admin, &sent).await;
        let away: Vec<_> = answer["quarantined"].as_array().unwrap().iter().map(|q| (q["index"].clone(), q["code"].clone(), q["rule"].clone())).collect();
        assert_eq!(away, [(json!(0), json!("off_duty"), json!("R06")), (json!(1), json!("off_duty"), json!("R06"))]);
        // The leave was wrong: once that is put right, the visit may come again.
        let right = event(
            "/all",
            "k1",
            "record.corrected",
            json!({"record":{"source":"/all","id":"l1"},"reason":"填错","data":{"employee":"E1","from":"2026-04-10","until":"2026-04-11"}}),
        );
        assert_eq!(batch(&admin, &[right]).await["accepted"], 1);
        assert_eq!(batch(&admin, &sent[..1]).await["accepted"], 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_about_everybody_is_refused_at_once() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest"]).await;
        register(&admin, "/wecom/archive", &["message.sent"]).await;
        register(&admin, "/field/app", &["track.recorded"]).await;
        let message = |id: &str, to: usize, subjects: usize| {
            let to: Vec<Value> = (0..to).map(|n| json!({"external": format!("wm{n}")})).collect();
            let data = json!({"channel":"wecom","conversation":"c","from":{"employee":"E1001"},"to":to,"text":"您好"});
            let mut m = event("/wecom/archive", id, "message.sent", data);
            m["subjects"] = (0..subjects).map(|n| format!("S{n}")).collect();
            m
        };
        let answer = batch(&admin, &[message("a", 2_001, 0), message("b", 1, 2_001), message("c", 2_000, 2_000)]).await;
        assert_eq!(answer["accepted"], 1, "{answer}");
        assert_eq!(answer["quarantined"][0]["errors"][0]["pointer"], "/data/to");
        assert_eq!(answer["quarantined"][1]["errors"][0]["pointer"], "/subjects");
        // A million wrong members are not named one by one.
        let points: Vec<u8> = vec![0; 1_000_000];
        let track = event("/field/app", "t", "track.recorded", json!({"employee":"E1001","datum":"wgs84","points":points}));
        let text = serde_json::to_string(&track).unwrap();
        let turned = super::envelope::read(&text, &probity_lexicon::Lexicon::shipped()).err().unwrap();
        assert!((1..=1_000).contains(&turned.faults.len()), "{}", turned.faults.len());
    })
    .await;
}

/// A correction says what was said: it is read for words, and who had refused is asked for it as well.
#[tokio::test(flavor = "multi_thread")]
async fn the_right_version_of_a_message_is_checked_and_read_like_a_message() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/wecom/archive", &["message.sent", "consent.changed"]).await;
        let data =
            |external: &str, text: &str| json!({"channel":"wecom","conversation":"c","from":{"employee":"E1001"},"to":[{"external":external}],"text":text});
        let consent = event("/wecom/archive", "k1", "consent.changed", json!({"employee":"E1001","external":"wm_no","channel":"wecom","state":"refused"}));
        let message = event("/wecom/archive", "m1", "message.sent", data("wm_1", "您好"));
        assert_eq!(batch(&admin, &[consent, message]).await["accepted"], 2);
        assert_eq!(admin.get("/api/v1/alerts").await.ok(200)["items"], json!([]));
        let correction = |id: &str, right: Value| {
            event("/wecom/archive", id, "record.corrected", json!({"record":{"source":"/wecom/archive","id":"m1"},"data":right,"reason":"收件人"}))
        };
        let answer = batch(&admin, &[correction("f1", data("wm_no", "您好"))]).await;
        assert_eq!((&answer["accepted"], &answer["quarantined"][0]["code"]), (&json!(0), &json!("consent_refused")));
        let mut late = correction("f2", data("wm_1", "我介绍你到鼎新公司买,给你返10%"));
        late["time"] = json!("2026-11-19T10:00:00+08:00");
        let answer = batch(&admin, &[late]).await;
        assert_eq!(answer["accepted"], 1, "{answer}");
        let alerts = admin.get("/api/v1/alerts?employee=E1001").await.ok(200);
        assert_eq!(alerts["items"][0]["rule"], "words.diversion", "{alerts}");
        assert_eq!(alerts["items"][0]["records"], json!([answer["ids"][0]]));
        assert_eq!(alerts["items"][0]["backfilled"], true, "what was said was said in February");
    })
    .await;
}

/// Lists go several ways to their records, by how many a source has and how common a kind is; all give the same.
#[tokio::test(flavor = "multi_thread")]
async fn lists_over_time_hold_what_the_whole_list_holds() {
    on_each_server(|server| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/im/a", &["message.sent", "customer.*"]).await;
        register(&admin, "/crm/main", &["customer.*"]).await;
        let at = |mut event: Value, minute: usize| {
            event["time"] = json!(format!("2026-02-03T15:{minute:02}:00+08:00"));
            event
        };
        let message = |n: usize| {
            let data = json!({"channel":"wecom","conversation":"c","from":{"employee":"E1001"},"to":[{"external":"wm1"}],"text":format!("第{n}条")});
            at(event("/im/a", &format!("m{n}"), "message.sent", data), n * 7 % 30)
        };
        let follow = |source: &str, n: usize| at(event(source, &format!("f{n}"), "customer.followed_up", follow_up("x")["data"].clone()), n * 11 % 30);
        // More than are read whole, and as many as are.
        let mut all: Vec<Value> = (0..8).map(message).collect();
        all.extend((0..3).flat_map(|n| [follow("/im/a", n), follow("/crm/main", n)]));
        assert_eq!(batch(&admin, &all).await["accepted"], 14);
        let whole = admin.get("/api/v1/records?limit=500").await.ok(200);
        let whole = whole["items"].as_array().unwrap();
        let times: Vec<jiff::Timestamp> = whole.iter().map(|r| r["at"].as_str().unwrap().parse().unwrap()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
        for (query, source, kind) in [
            ("source=/im/a", Some("/im/a"), None),
            ("source=/crm/main", Some("/crm/main"), None),
            ("source=/nobody", Some("/nobody"), None),
            ("kind=message.sent", None, Some("message.sent")),
            ("kind=customer.followed_up", None, Some("customer.followed_up")),
            ("source=/im/a&kind=message.sent", Some("/im/a"), Some("message.sent")),
            ("source=/im/a&kind=customer.followed_up", Some("/im/a"), Some("customer.followed_up")),
            ("source=/crm/main&kind=message.sent", Some("/crm/main"), Some("message.sent")),
        ] {
            let holds = |r: &&Value| source.is_none_or(|s| r["source"] == s) && kind.is_none_or(|k| r["kind"] == k);
            let mut expected: Vec<&str> = whole.iter().filter(holds).map(|r| r["id"].as_str().unwrap()).collect();
            for order in ["desc", "asc"] {
                let (mut found, mut cursor) = (Vec::new(), String::new());
                loop {
                    let page = admin.get(&format!("/api/v1/records?{query}&order={order}&limit=2{cursor}")).await.ok(200);
                    found.extend(page["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()));
                    let Some(next) = page["next_cursor"].as_str() else { break };
                    cursor = format!("&cursor={next}");
                }
                assert_eq!(found, expected, "{query} {order}");
                expected.reverse();
            }
        }
    })
    .await;
}
