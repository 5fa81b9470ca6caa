//! Company assets on the leaver's list: each thing still held is an item, and accepting it records that it was given back.

use super::*;
use crate::http::testing::on_each_server;

async fn issue(hr: &Visitor<'_>, asset: &str, employee: &str, name: &str) -> Value {
    let body =
        json!({ "asset": asset, "employee": employee, "kind": "computer", "name": name, "identifier": format!("SN-{asset}"), "issued_on": "2026-03-02" });
    hr.post("/api/v1/assets", &body).await.ok(201)
}

/// What is on the list as property, with its state.
fn property(handover: &Value) -> Vec<(String, String)> {
    let all = items(handover, |i| i["kind"] == "asset");
    all.iter().map(|i| (i["reference"].as_str().unwrap().to_owned(), i["status"].as_str().unwrap().to_owned())).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, s)| ((*a).to_owned(), (*s).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_leaver_holds_is_listed_and_accepting_it_gives_it_back() {
    on_each_server(|server| async move {
        office(&server).await;
        let hr = server.person("hr", None).await;
        issue(&hr, "IT-1", "E101", "ThinkPad X1").await;
        issue(&hr, "IT-2", "E101", "iPhone").await;
        let gone = issue(&hr, "IT-3", "E101", "旧显示器").await;
        issue(&hr, "IT-9", "E102", "别人的电脑").await;
        hr.post(&format!("/api/v1/assets/{}/return", gone["id"].as_str().unwrap()), &json!({ "returned_on": "2026-05-01" })).await.ok(200);
        let account = json!({ "account": { "system": "wecom", "account": "wangfang" }, "when": "issue" });
        hr.post("/api/v1/employees/E101/snapshots", &account).await.ok(201);
        resigns(&server, "E101", "2026-12-20").await;
        let first = handover_of(&hr, "E101").await;
        let at = path(&first);
        assert_eq!(property(&first), pairs(&[("IT-1", "open"), ("IT-2", "open"), ("account:wecom:wangfang", "open")]));
        let one = item(&first, "submit", Some("IT-1"));
        assert_eq!((&one["group"], &one["name"], &one["detail"]["identifier"]), (&json!("property"), &json!("ThinkPad X1 · SN-IT-1"), &json!("SN-IT-1")));
        let named = item(&first, "submit", Some("account:wecom:wangfang"));
        assert_eq!((&named["name"], &named["detail"]["identifier"]), (&json!("企业微信工作账号"), &json!("wangfang")));

        // Issued while she leaves: it comes onto the list. Given back at the counter: its item is done.
        issue(&hr, "IT-4", "E101", "投影仪").await;
        server.settled().await;
        let counter = issue(&hr, "IT-5", "E101", "样品箱").await;
        server.settled().await;
        hr.post(&format!("/api/v1/assets/{}/return", counter["id"].as_str().unwrap()), &json!({ "returned_on": "2026-11-20" })).await.ok(200);
        let now = hr.get(&at).await.ok(200);
        assert_eq!(property(&now), pairs(&[("IT-1", "open"), ("IT-2", "open"), ("account:wecom:wangfang", "open"), ("IT-4", "open"), ("IT-5", "accepted")]));
        assert!(now["events"].as_array().unwrap().iter().any(|e| e["kind"] == "asset_returned"), "{now}");

        // That a list says somebody else has it is no return: the item waits for somebody to say so.
        issue(&hr, "IT-6", "E101", "测距仪").await;
        server.settled().await;
        let ingest = server.with(&["ingest"]).await;
        let moved = json!({ "asset": "IT-6", "employee": "E102", "kind": "tool", "name": "测距仪", "issued_on": "2026-11-19" });
        post(&ingest, BATCH, json!([event("a-6", "asset.issued", Some("E102"), &moved)]).to_string()).await.ok(200);
        assert!(property(&hr.get(&at).await.ok(200)).contains(&("IT-6".into(), "open".into())));

        // She hands in, the manager accepts: a record of the return, by who accepted it, and nothing is held any more.
        let lead = server.person("sales_manager", Some("E100")).await;
        let her = server.person("employee", Some("E101")).await;
        let now = submit(&hr, &server, &at, item(&now, "assign", None)).await;
        let plan = item(&now, "assign", None)["id"].as_str().unwrap().to_owned();
        accept(&lead, &at, &lead.get(&at).await.ok(200), &plan).await;
        for reference in ["IT-1", "account:wecom:wangfang"] {
            let now = her.get(&at).await.ok(200);
            let now = submit(&her, &server, &at, item(&now, "submit", Some(reference))).await;
            let id = item(&now, "submit", Some(reference))["id"].as_str().unwrap().to_owned();
            let now = accept(&lead, &at, &lead.get(&at).await.ok(200), &id).await;
            assert_eq!(item(&now, "submit", Some(reference))["status"], "submitted", "the second review is to come");
            let held = hr.get("/api/v1/assets?employee=E101").await.ok(200);
            assert!(held["items"].as_array().unwrap().iter().any(|a| a["asset"] == reference), "nothing is given back before it is accepted");
            accept(&lead, &at, &lead.get(&at).await.ok(200), &id).await;
            server.settled().await;
        }
        let back = hr.get("/api/v1/assets?employee=E101&state=returned&q=IT-1").await.ok(200)["items"][0].clone();
        assert_eq!((&back["returned_on"], &back["returned_condition"]), (&json!("2026-11-20"), &json!("已写明")), "{back}");
        let signed_in = lead.get("/api/v1/session").await.ok(200)["user"]["name"].clone();
        assert_eq!(back["returned_by"], signed_in);
        let taken = hr.get("/api/v1/employees/E101/snapshots").await.ok(200);
        assert_eq!((taken["items"].as_array().unwrap().len(), &taken["items"][0]["when"]), (2, &json!("return")), "the account came back with its contacts");
        let held: Vec<String> =
            hr.get("/api/v1/assets?employee=E101").await.ok(200)["items"].as_array().unwrap().iter().map(|a| a["asset"].as_str().unwrap().to_owned()).collect();
        assert_eq!(held, ["IT-4", "IT-2"]);
        let records = hr.get("/api/v1/records?kind=asset.returned").await.ok(200);
        assert_eq!(records["items"].as_array().unwrap().len(), 3, "IT-3, IT-5, IT-1: {records}");
        // Looked at again, nothing is written twice.
        crate::handover::property::run(server.company.company.clone(), json!({ "employee": "E101" })).await.unwrap();
        assert_eq!(hr.get("/api/v1/records?kind=asset.returned").await.ok(200)["items"].as_array().unwrap().len(), 3);
    })
    .await;
}
