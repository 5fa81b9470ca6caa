#![expect(clippy::unwrap_used, reason = "tests")]

mod apart;
mod certificate;
mod deduction;
mod leaving;
mod notices;
mod papers;
mod property;
mod refused;
mod reminded;
mod story;

use crate::{
    http::testing::{TestServer, Visitor},
    intake::tests::{BATCH, post, register},
};
use serde_json::{Value, json};

fn event(id: &str, kind: &str, subject: Option<&str>, data: &Value) -> Value {
    let mut event = json!({ "specversion": "1.0", "id": id, "source": "/all", "type": kind, "time": "2026-11-18T10:00:00+08:00", "data": data });
    if let Some(subject) = subject {
        event["subject"] = json!(subject);
    }
    event
}

/// A sales team: E100 leads, E101 王芳 serves C-1 to C-4 and deals with C-5 and C-6 besides, E102 李娜 and E103 could take
/// over, E104 is leaving too, E105 declared an interest in C-2.
pub async fn office(server: &TestServer) {
    let caller = server.with(&["admin", "ingest"]).await;
    register(&caller, "/all", &["*"]).await;
    let person = |number: &str, name: &str, status: &str| {
        let data = json!({ "number": number, "name": name, "department": "华东销售部", "manager": if number == "E100" { Value::Null } else { json!("E100") },
            "status": status, "phones": [format!("1380000{}", &number[1..])], "emails": [format!("{}@firm.example", number.to_lowercase())] });
        event(&format!("p-{number}"), "employee.upserted", Some(number), &data)
    };
    let customer = |id: &str, name: &str, mail: Option<&str>| {
        let contacts = mail.map_or_else(|| json!([{ "name": "周会计", "phone": "13911110000" }]), |m| json!([{ "name": "周会计", "email": m }]));
        event(&format!("c-{id}"), "customer.upserted", None, &json!({ "customer": id, "name": name, "tier": "high_value", "contacts": contacts }))
    };
    let mut all = vec![
        person("E100", "赵经理", "active"),
        person("E101", "王芳", "active"),
        person("E102", "李娜", "active"),
        person("E103", "陈晨", "active"),
        person("E104", "孙离", "resigning"),
        person("E105", "钱多", "active"),
        customer("C-1", "恒达建材有限公司", Some("c1@client.example")),
        customer("C-2", "江南纺织", Some("c2@client.example")),
        customer("C-3", "北方市场调查公司", Some("c3@client.example")),
        customer("C-4", "远洋贸易", None),
        customer("C-5", "隐山实业", Some("c5@client.example")),
        customer("C-6", "暗河科技", Some("c6@client.example")),
        event("i-1", "interest.declared", Some("E105"), &json!({ "employee": "E105", "company": "江南纺织有限公司", "relation": "配偶持股" })),
    ];
    for id in ["C-1", "C-2", "C-3", "C-4"] {
        all.push(event(&format!("a-{id}"), "customer.assigned", Some("E101"), &json!({ "customer": id, "employee": "E101", "from": "2025-01-05" })));
    }
    // What is open with her customers.
    let sum = json!({ "amount": "12000.00", "currency": "CNY" });
    all.push(event(
        "d-1",
        "deal.stage_changed",
        Some("E101"),
        &json!({ "deal": "D-1", "customer": "C-1", "employee": "E101", "stage": "报价", "amount": sum }),
    ));
    all.push(event("o-2", "order.placed", Some("E101"), &json!({ "order": "O-2", "customer": "C-2", "employee": "E101", "amount": sum })));
    // What only the records know: orders and calls with one, chats with another.
    let money = json!({ "amount": "86000.00", "currency": "CNY" });
    all.push(event("o-5", "order.placed", Some("E101"), &json!({ "order": "O-5", "customer": "C-5", "employee": "E101", "amount": money })));
    all.push(event(
        "k-5",
        "call.made",
        Some("E101"),
        &json!({ "employee": "E101", "direction": "out", "number": "13911115555", "duration_s": 300, "customer": "C-5" }),
    ));
    all.push(event(
        "m-6",
        "message.sent",
        Some("E101"),
        &json!({ "channel": "wecom", "conversation": "w-6", "from": { "employee": "E101" }, "to": [{ "external": "wm_6", "customer": "C-6" }], "text": "明天送货" }),
    ));
    let answer = post(&caller, BATCH, Value::Array(all).to_string()).await.ok(200);
    assert_eq!(answer["quarantined"], json!([]), "{answer}");
}

pub async fn resigns(server: &TestServer, number: &str, last_day: &str) {
    let caller = server.with(&["ingest"]).await;
    let data = json!({ "employee": number, "submitted_on": "2026-11-20", "last_day": last_day, "reason": "老公创业需协助" });
    let answer = post(&caller, BATCH, json!([event(&format!("r-{number}"), "resignation.submitted", Some(number), &data)]).to_string()).await.ok(200);
    assert_eq!(answer["accepted"], 1, "{answer}");
    server.settled().await;
}

/// The one handover of an employee.
pub async fn handover_of(who: &Visitor<'_>, number: &str) -> Value {
    let list = who.get(&format!("/api/v1/handovers?employee={number}")).await.ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    let id = list["items"][0]["id"].as_str().unwrap();
    who.get(&format!("/api/v1/handovers/{id}")).await.ok(200)
}

pub fn path(handover: &Value) -> String {
    format!("/api/v1/handovers/{}", handover["id"].as_str().unwrap())
}

pub fn items<'a>(handover: &'a Value, wanted: impl Fn(&Value) -> bool + 'a) -> Vec<&'a Value> {
    handover["items"].as_array().unwrap().iter().filter(|i| wanted(i)).collect()
}

pub fn item<'a>(handover: &'a Value, node: &str, reference: Option<&str>) -> &'a Value {
    handover["items"].as_array().unwrap().iter().find(|i| i["node"] == node && reference.is_none_or(|r| i["reference"] == r)).unwrap()
}

/// Submits an item with something in every field, and a file where one is needed.
pub async fn submit(who: &Visitor<'_>, server: &TestServer, at: &str, item: &Value) -> Value {
    let values: serde_json::Map<String, Value> =
        item["fields"].as_array().unwrap().iter().map(|f| (f["id"].as_str().unwrap().to_owned(), json!("已写明"))).collect();
    let mut files = Vec::new();
    if item["must_upload"] == true {
        let form = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"合同清单.txt\"\r\n\r\n合同三份\r\n--b--\r\n";
        let request = who.request(reqwest::Method::POST, &format!("{at}/files")).header("content-type", "multipart/form-data; boundary=b").body(form);
        files.push(crate::http::testing::Answer::of(request.send().await.unwrap()).await.ok(200));
    }
    let _ = server;
    let id = item["id"].as_str().unwrap();
    let body = json!({ "revision": item["revision"], "values": values, "files": files });
    assert_eq!(who.post(&format!("{at}/items/{id}/submit"), &body).await.ok(200)["status"], "submitted");
    who.get(at).await.ok(200)
}

pub async fn accept(who: &Visitor<'_>, at: &str, handover: &Value, id: &str) -> Value {
    let now = items(handover, |i| i["id"] == id)[0]["revision"].clone();
    assert_eq!(who.post(&format!("{at}/items/{id}/review"), &json!({ "revision": now, "accept": true })).await.ok(200)["id"], id);
    who.get(at).await.ok(200)
}

/// What became of passing on, once nothing is under way any more.
pub async fn passed(server: &TestServer, who: &Visitor<'_>, at: &str) -> Value {
    for _ in 0..500 {
        let now = who.get(at).await.ok(200);
        if now["moves"].as_array().unwrap().iter().all(|m| m["status"] != "running" && m["status"] != "undoing") {
            // The reassignment's own end is written after its customers.
            use crate::customers::model::reassignment;
            use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
            let under_way = reassignment::Entity::find().filter(reassignment::Column::FinishedAt.is_null());
            if under_way.one(server.company.store.read()).await.unwrap().is_none() {
                return now;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("customers are still under way");
}
