//! What erasure must reach beyond the tables, and what it must leave alone.

use super::{
    super::{erase, journal},
    all_content,
};
use crate::{
    company::Actor,
    evidence::package,
    http::testing::{TestServer, Visitor, on_each_server},
    intake::{
        attached, blobs,
        import::model::import,
        model::quarantined,
        tests::{BATCH, post, register},
    },
    jobs::model::job,
};
use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

fn by() -> Actor {
    Actor::system("privacy")
}

/// A visit of somebody with a photo.
fn visit(id: &str, who: &str, photo: &str) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "/all", "type": "customer.followed_up", "time": "2026-11-18T10:00:00+08:00", "subject": who,
        "data": { "customer": "C-1", "employee": who, "note": "回访", "attachments": [{ "sha256": photo }] } })
}

async fn send(caller: &Visitor<'_>, events: &[Value]) -> Vec<String> {
    let answer = post(caller, BATCH, json!(events).to_string()).await.ok(200);
    answer["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_name_stays_until_nobody_does() {
    on_each_server(|server| async move {
        let caller = server.with(&["admin", "ingest", "read", "cases"]).await;
        register(&caller, "/all", &["*"]).await;
        let company = server.company.company.clone();
        let policy = blobs::keep(&company, "销售人员行为规范".as_bytes()).await.unwrap();
        let own = blobs::keep(&company, "只属于甲的照片".as_bytes()).await.unwrap();
        let paper = blobs::keep(&company, "两案共用的笔录".as_bytes()).await.unwrap();
        send(&caller, &[visit("1", "E7001", &policy), visit("2", "E7002", &policy), visit("3", "E7001", &own)]).await;
        // The same paper lies in his case and in another's.
        let hr = server.person("hr", None).await;
        for who in ["E7001", "E7002"] {
            let case = hr.post("/api/v1/cases", &json!({ "employee": who, "title": "核对", "reason": "核对附件", "records": [] })).await.ok(201);
            let form = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n两案共用的笔录\r\n--b--\r\n";
            let path = format!("/api/v1/cases/{}/files", case["id"].as_str().unwrap());
            let request = hr.request(Method::POST, &path).header("content-type", "multipart/form-data; boundary=b").body(form);
            assert_eq!(request.send().await.unwrap().status(), 200);
        }
        let left = async |digest: &str| blobs::read(&company, digest).await.unwrap().is_some();

        let erased = erase::employee(&company, &by(), "E7001", "期限届满").await.unwrap();
        assert_eq!(erased.files, 1, "his own photo");
        assert!(!left(&own).await && left(&policy).await && left(&paper).await);
        let erased = erase::employee(&company, &by(), "E7002", "期限届满").await.unwrap();
        assert_eq!(erased.files, 2, "the policy and the paper, which nobody names any more");
        assert!(!left(&policy).await && !left(&paper).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_of_others_that_hold_the_persons_records_go_and_theirs_can_be_made_again() {
    on_each_server(|server| async move {
        let caller = server.with(&["admin", "ingest", "read", "cases"]).await;
        register(&caller, "/all", &["*"]).await;
        let company = server.company.company.clone();
        let photo = blobs::keep(&company, "照片".as_bytes()).await.unwrap();
        let ids = send(&caller, &[visit("1", "E7001", &photo), visit("2", "E7002", &photo)]).await;
        let hr = server.person("hr", None).await;
        let mut packages = Vec::new();
        for records in [&ids[..], &ids[1..]] {
            let case = hr.post("/api/v1/cases", &json!({ "employee": "E7002", "title": "核对", "reason": "核对回访", "records": records })).await.ok(201);
            let path = format!("/api/v1/cases/{}/packages", case["id"].as_str().unwrap());
            packages.push(hr.post(&path, &json!({ "reason": "交法务核对" })).await.ok(202)["id"].as_str().unwrap().to_owned());
        }
        server.settled().await;
        erase::employee(&company, &by(), "E7001", "期限届满").await.unwrap();
        assert!(package::find(&company, &packages[0]).await.is_err(), "it held his record");
        assert!(package::find(&company, &packages[1]).await.is_ok(), "it did not");
        assert_eq!(company.blobs.list("packages").await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_and_turned_away_bodies_about_the_person_go_and_others_stay() {
    on_each_server(|server| async move {
        let caller = server.with(&["admin", "ingest", "read"]).await;
        register(&caller, "/all", &["*"]).await;
        let company = server.company.company.clone();
        send(
            &caller,
            &[json!({ "specversion": "1.0", "id": "p", "source": "/all", "type": "employee.upserted", "time": "2026-11-18T10:00:00+08:00", "subject": "7",
            "data": { "number": "7", "name": "欧阳七" } })],
        )
        .await;
        // Turned away: his, by a member, by an escaped name; and two others' in which a 7 stands.
        let body = |id: &str, data: &str| {
            format!(r#"{{"specversion":"1.0","id":"{id}","source":"/none","type":"customer.followed_up","time":"2026-11-18T10:00:00+08:00","data":{data}}}"#)
        };
        let items = [
            body("a", r#"{"customer":"C-1","employee":"7","note":"x"}"#),
            body("b", r#"{"customer":"C-1","employee":"E2","note":"\u6b27\u9633\u4e03\u6765\u8fc7"}"#),
            body("c", r#"{"customer":"7","employee":"17","note":"7 袋，07:00 到"}"#),
            body("d", r#"{"customer":"C-7","employee":"E3","note":"x"}"#),
        ];
        let answer = post(&caller, BATCH, format!("[{}]", items.join(","))).await.ok(200);
        assert_eq!(answer["quarantined"].as_array().unwrap().len(), 4, "{answer}");
        let upload = async |text: &str, name: &str| {
            let form = format!("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n--b--\r\n");
            let request = caller.request(Method::POST, "/api/v1/imports").header("content-type", "multipart/form-data; boundary=b").body(form);
            request.send().await.unwrap().json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
        };
        let his = upload("客户名称,负责人\n恒达建材,欧阳七\n", "客户.csv").await;
        let by_name = upload("客户名称,负责人\n恒达建材,周启明\n", "欧阳七.csv").await;
        let others = upload("客户名称,负责人\n恒达建材,周启明\n", "其他.csv").await;

        erase::employee(&company, &by(), "7", "期限届满").await.unwrap();
        let left: Vec<String> = quarantined::Entity::find().all(company.store.read()).await.unwrap().into_iter().map(|row| row.source_id).collect();
        assert_eq!(
            {
                let mut left = left;
                left.sort();
                left
            },
            ["c", "d"]
        );
        let left: Vec<String> = import::Entity::find().all(company.store.read()).await.unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(left, [others.clone()], "{his} and {by_name} were to go");
        assert_eq!(company.blobs.list("imports").await.unwrap(), [format!("imports/{others}")]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_is_forgotten_with_the_person() {
    on_each_server(|server| async move {
        let company = server.company.company.clone();
        server.person("employee", Some("E7003")).await;
        let user = crate::access::users::list(&company).await.unwrap().remove(0);
        assert!(all_content(&server).await.contains(&user.login));
        erase::employee(&company, &by(), "E7003", "期限届满").await.unwrap();
        assert!(!all_content(&server).await.contains(&user.login), "made and signed in: both records named the login");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_erasure_owes_after_its_commit_is_done_though_the_process_ends_there() {
    on_each_server(|server| async move {
        let caller = server.with(&["admin", "ingest", "read"]).await;
        register(&caller, "/all", &["*"]).await;
        let company = server.company.company.clone();
        let photo = blobs::keep(&company, "照片".as_bytes()).await.unwrap();
        send(&caller, &[visit("1", "E7004", &photo)]).await;
        // The journal cannot be written: it stands in the way of everything after the commit.
        let file = server.company.dir.path().join(journal::FILE);
        std::fs::create_dir(&file).unwrap();
        assert!(erase::employee(&company, &by(), "E7004", "期限届满").await.is_err());
        assert!(blobs::read(&company, &photo).await.unwrap().is_some());
        std::fs::remove_dir(&file).unwrap();
        let owed = job::Entity::find().filter(job::Column::Kind.eq(erase::FINISH_JOB)).one(company.store.read()).await.unwrap().unwrap();
        let payload: Value = serde_json::from_str(&owed.payload).unwrap();
        for _ in 0..2 {
            erase::run_finish(company.clone(), payload.clone()).await.unwrap();
        }
        assert!(blobs::read(&company, &photo).await.unwrap().is_none());
        let said = crate::records::model::record::Entity::find()
            .filter(crate::records::model::record::Column::Kind.eq("employee.erased"))
            .all(company.store.read())
            .await
            .unwrap();
        assert_eq!(said.len(), 1, "said once");
        assert!(std::fs::read_to_string(&file).unwrap().lines().all(|line| !line.contains("E7004")), "the journal names nobody");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_erased_person_is_left_in_the_free_pages_of_the_file() {
    let server = TestServer::start("sqlite").await;
    let caller = server.with(&["admin", "ingest"]).await;
    register(&caller, "/all", &["*"]).await;
    let person = json!({ "specversion": "1.0", "id": "p", "source": "/all", "type": "employee.upserted", "time": "2026-11-18T10:00:00+08:00", "subject": "E7005",
        "data": { "number": "E7005", "name": "free-page-name", "phones": ["13911112222"] } });
    send(&caller, &[person]).await;
    let on_disk = || -> Vec<u8> {
        let path = server.company.dir.path();
        ["probity.db", "probity.db-wal"].iter().flat_map(|name| std::fs::read(path.join(name)).unwrap_or_default()).collect()
    };
    let holds = |word: &[u8]| on_disk().windows(word.len()).any(|w| w == word);
    assert!(holds(b"13911112222"));
    erase::employee(&server.company, &by(), "E7005", "期限届满").await.unwrap();
    assert!(!holds(b"13911112222") && !holds(b"free-page-name"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_no_record_names_goes_after_a_week_and_nobody_learns_what_others_sent() {
    on_each_server(|server| async move {
        let (first, second) = (server.with(&["admin", "ingest"]).await, server.with(&["ingest"]).await);
        register(&first, "/all", &["*"]).await;
        let company = server.company.company.clone();
        let put = async |who: &Visitor<'_>, text: &str| {
            let path = format!("/api/v1/blobs/{}", blobs::sha256(text.as_bytes()));
            who.request(Method::PUT, &path).body(text.to_owned()).send().await.unwrap().status().as_u16()
        };
        assert_eq!([put(&first, "无人提及").await, put(&first, "无人提及").await, put(&second, "无人提及").await], [201, 200, 201]);
        put(&first, "有人提及").await;
        let named = blobs::sha256("有人提及".as_bytes());
        send(&first, &[visit("1", "E7006", &named)]).await;
        let left = async |text: &str| blobs::read(&company, &blobs::sha256(text.as_bytes())).await.unwrap().is_some();
        attached::run_sweep(company.clone(), json!({})).await.unwrap();
        assert!(left("无人提及").await, "a source may be slow");
        server.company.clock.advance(8 * 24 * 3600 * 1_000_000);
        put(&first, "刚送来").await;
        attached::run_sweep(company.clone(), json!({})).await.unwrap();
        assert!(!left("无人提及").await && left("有人提及").await && left("刚送来").await);
    })
    .await;
}
