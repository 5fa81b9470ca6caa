//! What the demo company's people have done by today, through the API as anybody would: a case with an export,
//! alerts assigned, snoozed and closed, a few records turned away at the door.

use crate::error::Result;
use anyhow::{Context, anyhow};
use jiff::{ToSpan, civil::Date};
use probity_simulate::{Company, Person, Staff, Truth};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The server's own API, as a client sees it.
pub struct Api {
    http: Client,
    url: String,
    token: String,
}

impl Api {
    pub fn new(http: Client, url: String, token: String) -> Self {
        Self { http, url, token }
    }

    pub async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(Method::PUT, path, Some(body)).await
    }

    async fn get(&self, path: &str) -> Result<Value> {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(Method::POST, path, Some(body)).await
    }

    async fn patch(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(Method::PATCH, path, Some(body)).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.context("asking our own server")?;
        let status = answer.status();
        let text = answer.text().await.context("reading our own server's answer")?;
        if !status.is_success() {
            return Err(anyhow!("{path}: {status}: {text}").into());
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

/// The sales manager with the most customers below them: the demo's manager sees something.
pub fn busiest_manager(company: &Company) -> Option<&Staff> {
    let truth = company.truth();
    let story = |manager: &Staff| {
        let index = company.staff.iter().position(|person| person.number == manager.number);
        let team = company.staff.iter().filter(|person| person.manager == index).map(|person| person.number.as_str());
        let numbers: Vec<&str> = team.collect();
        truth.persons.iter().filter(|person| !person.records.is_empty() && numbers.contains(&person.employee.as_str())).count()
    };
    company.staff.iter().filter(|person| person.title == "销售经理").max_by_key(|manager| (story(manager), std::cmp::Reverse(manager.number.clone())))
}

pub async fn work(api: &Api, truth: &Truth, until: Date) -> Result<()> {
    api.post("/api/v1/signals/run", &json!({ "as_of": until.to_string() })).await?;
    turned_away(api, until).await?;
    let alerts = api.get("/api/v1/alerts?limit=500").await?;
    let alerts = alerts["items"].as_array().cloned().unwrap_or_default();
    // The newest stays open and untouched for whoever looks at the demo; another one is already a case.
    if let Some(person) = of_kind(truth, "two_parts").or_else(|| of_kind(truth, "spouse_company")) {
        open_case(api, person, &alerts).await?;
    }
    let closed = [
        ("moved_before_talk", "false_positive", "订单在谈话之前已经转走，客户书面说明系集团招标。"),
        ("talk_only", "valuable", "已谈话提醒，本人承认试探，无后续交易。"),
    ];
    for (kind, outcome, reason) in closed {
        for alert in of_person(truth, kind, &alerts) {
            api.patch(&path_of(alert), &json!({ "status": "closed", "outcome": outcome, "reason": reason })).await?;
        }
    }
    for alert in of_person(truth, "spouse_company", &alerts) {
        api.patch(&path_of(alert), &json!({ "assignee": "demo-legal" })).await?;
    }
    for alert in of_person(truth, "unpaid", &alerts) {
        api.patch(&path_of(alert), &json!({ "assignee": "demo-hr" })).await?;
    }
    for alert in of_person(truth, "leaver", &alerts) {
        let later = until.saturating_add(15.days());
        api.patch(&path_of(alert), &json!({ "snooze_until": format!("{later}T09:00:00+08:00") })).await?;
    }
    Ok(())
}

async fn open_case(api: &Api, person: &Person, alerts: &[Value]) -> Result<()> {
    let chains = api.get(&format!("/api/v1/employees/{}/chains", person.employee)).await?;
    let mut records: Vec<&str> = chains["items"][0]["steps"].as_array().into_iter().flatten().filter_map(|step| step["record"].as_str()).collect();
    records.dedup();
    let mine: Vec<&str> = alerts.iter().filter(|alert| alert["employee"] == person.employee.as_str()).filter_map(|alert| alert["id"].as_str()).collect();
    let case = json!({
        "employee": person.employee,
        "title": "客户订单转至同业公司",
        "reason": "预警显示许诺、订单转走与收款相互吻合，需核查。",
        "alerts": mine,
        "records": records,
    });
    let case = api.post("/api/v1/cases", &case).await?;
    let id = case["id"].as_str().context("a case has an id")?;
    api.post(&format!("/api/v1/cases/{id}/notes"), &json!({ "text": "已约谈部门经理，先不接触本人；待法务确认制度签收情况。" })).await?;
    if let Some(first) = records.first() {
        api.post("/api/v1/records/open", &json!({ "records": [first], "case": id, "reason": "核对聊天原文" })).await?;
    }
    api.post(&format!("/api/v1/cases/{id}/packages"), &json!({ "reason": "提交法务审阅", "redact": {} })).await?;
    Ok(())
}

/// Three records that the door does not let in, so that the quarantine has something to show.
async fn turned_away(api: &Api, until: Date) -> Result<()> {
    let event = |id: &str, source: &str, kind: &str, data: Value| json!({ "specversion": "1.0", "id": id, "source": source, "type": kind, "time": format!("{until}T18:00:00+08:00"), "data": data });
    let books = json!({
        "employee": "E1030", "direction": "in", "amount": { "amount": "1200.00", "currency": "CNY" },
        "counterparty": { "name": "某某" }, "booked_on": until.to_string(),
    });
    let batch = json!([
        event("demo-private-books", "/bank/voluntary", "transfer.booked", books),
        event("demo-unknown-source", "/erp/old", "order.placed", json!({ "order": "OLD-1", "customer": "C00001", "employee": "E1030" })),
        event("demo-no-customer", "/crm/main", "customer.followed_up", json!({ "employee": "E1030", "note": "忘了选客户" })),
    ]);
    api.post("/api/v1/records", &batch).await?;
    Ok(())
}

fn of_kind<'a>(truth: &'a Truth, kind: &str) -> Option<&'a Person> {
    truth.persons.iter().find(|person| person.kind == kind)
}

fn of_person<'a>(truth: &'a Truth, kind: &str, alerts: &'a [Value]) -> impl Iterator<Item = &'a Value> {
    let number = of_kind(truth, kind).map(|person| person.employee.clone());
    alerts.iter().filter(move |alert| number.as_deref().is_some_and(|number| alert["employee"] == number))
}

fn path_of(alert: &Value) -> String {
    format!("/api/v1/alerts/{}", alert["id"].as_str().unwrap_or_default())
}
