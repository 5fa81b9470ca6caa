//! What the demo company's HR, legal and an employee have done by today, each signed in as themselves: contracts, a
//! policy with its procedure and acknowledgement, a declaration, requests, promises, a resignation.

use crate::{error::Result, intake::blobs};
use anyhow::{Context, anyhow};
use jiff::{ToSpan, civil::Date};
use probity_simulate::{Company, Staff};
use reqwest::{Client, Method, header};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Somebody of the demo with a session.
struct Person {
    http: Client,
    url: String,
    cookie: String,
    csrf: String,
}

impl Person {
    async fn of(http: &Client, url: &str, role: &str) -> Result<Self> {
        let answer = http.post(format!("{url}/api/v1/session")).json(&json!({ "demo": role })).send().await.context("signing in")?;
        let cookie = answer.headers().get(header::SET_COOKIE).and_then(|c| c.to_str().ok()).and_then(|c| c.split(';').next()).unwrap_or_default().to_owned();
        let body: Value = answer.json().await.context("reading a session")?;
        Ok(Self { http: http.clone(), url: url.to_owned(), cookie, csrf: body["csrf"].as_str().unwrap_or_default().to_owned() })
    }

    async fn send(&self, method: Method, path: &str, body: Vec<u8>, media: &str) -> Result<Value> {
        let request = self.http.request(method, format!("{}{path}", self.url)).header(header::COOKIE, &self.cookie).header("x-csrf-token", &self.csrf);
        let answer = request.header(header::CONTENT_TYPE, media).body(body).send().await.context("asking our own server")?;
        let status = answer.status();
        let text = answer.text().await.context("reading our own server's answer")?;
        if !status.is_success() {
            return Err(anyhow!("{path}: {status}: {text}").into());
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(Method::POST, path, body.to_string().into_bytes(), "application/json").await
    }

    async fn paper(&self, name: &str, text: &str) -> Result<Value> {
        let digest = blobs::sha256(text.as_bytes());
        self.send(Method::PUT, &format!("/api/v1/blobs/{digest}"), text.as_bytes().to_vec(), "application/octet-stream").await?;
        Ok(json!({ "sha256": digest, "name": name }))
    }
}

pub async fn work(http: &Client, url: &str, company: &Company, until: Date) -> Result<()> {
    let hr = Person::of(http, url, "hr").await?;
    let legal = Person::of(http, url, "legal").await?;
    let me = Person::of(http, url, "employee").await?;
    contracts(&hr, company, until).await?;
    assets(&hr, &me, company, until).await?;
    customers(&me, until).await?;
    leaver(&hr, http, url, company, until).await?;
    policy(&hr, &legal, &me, until).await?;
    me.post("/api/v1/me/interests", &json!({ "company": "恒业装饰工程部", "relation": "表弟任采购", "person": "田一鸣" })).await?;
    me.post("/api/v1/me/requests", &json!({ "kind": "correction", "field": "phones", "text": "手机号已更换，请更新为公司新配的号码。" })).await?;
    me.post("/api/v1/me/requests", &json!({ "kind": "copy", "text": "请提供本人劳动合同的复印件。" })).await?;
    let list = hr.send(Method::GET, "/api/v1/requests?state=open", Vec::new(), "application/json").await?;
    if let Some(copy) = list["items"].as_array().into_iter().flatten().find(|r| r["kind"] == "copy") {
        let path = format!("/api/v1/requests/{}/answer", copy["id"].as_str().unwrap_or_default());
        hr.post(&path, &json!({ "outcome": "granted", "answer": "复印件已放在前台，签字领取。" })).await?;
    }
    Ok(())
}

/// What a salesperson keeps of their customers: what was promised, what they like.
async fn customers(me: &Person, until: Date) -> Result<()> {
    let mine = me.send(Method::GET, "/api/v1/customers?limit=3", Vec::new(), "application/json").await?;
    let promised = ["十二月中旬前送三份样品到客户实验室", "下一季度维持现有单价", "安装完成后派人驻场三天"];
    let liked = ["只在上午接电话，周五不联系", "发票随货走，抬头用总公司", "技术问题先找车间主任，不要直接找老板"];
    for (i, customer) in mine["items"].as_array().into_iter().flatten().enumerate() {
        let path = format!("/api/v1/customers/{}", customer["customer"].as_str().context("a customer has an id")?);
        let day = until.saturating_add((5 + 9 * i64::try_from(i).unwrap_or_default()).days());
        me.post(&format!("{path}/promises"), &json!({ "what": promised[i % 3], "until": day.to_string() })).await?;
        me.post(&format!("{path}/preferences"), &json!({ "text": liked[i % 3] })).await?;
    }
    Ok(())
}

/// Somebody of the demo manager's team hands in notice: the handover with its list and the law's clocks runs, and a
/// limit waits to be decided.
async fn leaver(hr: &Person, http: &Client, url: &str, company: &Company, until: Date) -> Result<()> {
    let told: HashSet<String> = company.truth().persons.into_iter().filter(|p| p.kind != "ordinary").map(|p| p.employee).collect();
    let lead = super::office::busiest_manager(company).and_then(|lead| company.staff.iter().position(|p| p.number == lead.number));
    let quiet = |p: &&Staff| p.title == "客户经理" && p.manager == lead && !told.contains(&p.number);
    let offered = company.staff.iter().find(|p| p.title == "客户经理").map(|p| &p.number);
    let Some(person) = company.staff.iter().filter(quiet).find(|p| Some(&p.number) != offered) else { return Ok(()) };
    let held = hr.send(Method::GET, &format!("/api/v1/assets?employee={}", person.number), Vec::new(), "application/json").await?;
    if held["items"].as_array().is_none_or(Vec::is_empty) {
        things(hr, person, until, 90).await?;
    }
    let account = json!({ "account": { "system": "wecom", "account": format!("wx_{}", person.number.to_lowercase()) }, "when": "issue" });
    hr.post(&format!("/api/v1/employees/{}/snapshots", person.number), &account).await?;
    let notice = json!({ "submitted_on": until.saturating_sub(4.days()).to_string(), "form": "written", "reason": "回老家发展" });
    hr.post(&format!("/api/v1/employees/{}/resignation", person.number), &notice).await?;
    let manager = Person::of(http, url, "sales_manager").await?;
    let limit = json!({
        "employee": person.number, "limits": ["customer_lists"], "rule": "P16", "until": until.saturating_add(14.days()).to_string(),
        "reason": "交接期间只按客户逐个查看，不再批量浏览名单；手上的业务照常进行。",
    });
    manager.post("/api/v1/restrictions", &limit).await?;
    Ok(())
}

/// A laptop, a telephone and samples, as a salesperson has them.
async fn things(hr: &Person, person: &Staff, until: Date, nth: usize) -> Result<()> {
    let on = until.saturating_sub((200 + 3 * i64::try_from(nth).unwrap_or_default()).days()).max(person.hired_on).to_string();
    for (asset, kind, name, identifier, condition) in [
        (format!("IT-{:04}", 1000 + nth), "computer", "ThinkPad T14 笔记本电脑", format!("PF{:05}X", 30_117 + 37 * nth), "正常，附电源"),
        (format!("SJ-{:04}", 200 + nth), "phone", "工作手机", format!("35{:013}", 8_675_300 + 911 * nth), "屏幕有贴膜"),
        (format!("YP-{:04}", 40 + nth), "sample", "标准样品箱（十二件）", format!("批次 {}", 7 + nth % 5), "封条完好"),
    ] {
        let body =
            json!({ "asset": asset, "employee": person.number, "kind": kind, "name": name, "identifier": identifier, "issued_on": on, "condition": condition });
        hr.post("/api/v1/assets", &body).await?;
    }
    Ok(())
}

/// What some of the staff hold: one of them is the one who tries the demo, and one thing came back.
async fn assets(hr: &Person, me: &Person, company: &Company, until: Date) -> Result<()> {
    let own = me.send(Method::GET, "/api/v1/me", Vec::new(), "application/json").await?;
    let mut holders: Vec<&Staff> = company.staff.iter().filter(|p| own["number"] == p.number.as_str()).collect();
    holders.extend(company.staff.iter().filter(|p| p.title == "客户经理" && own["number"] != p.number.as_str()).take(5));
    for (nth, person) in holders.iter().enumerate() {
        // Nothing is issued to whoever has left.
        let file = hr.send(Method::GET, &format!("/api/v1/employees/{}", person.number), Vec::new(), "application/json").await?;
        if file["status"] == "active" {
            things(hr, person, until, nth).await?;
        }
    }
    let mine = me.send(Method::GET, "/api/v1/me/assets", Vec::new(), "application/json").await?;
    for one in mine["items"].as_array().into_iter().flatten().filter(|a| a["kind"] == "computer") {
        let path = format!("/api/v1/me/assets/{}/acknowledgement", one["id"].as_str().unwrap_or_default());
        me.post(&path, &json!({ "remark": "电源适配器另附一只" })).await?;
    }
    let held = hr.send(Method::GET, "/api/v1/assets?kind=sample", Vec::new(), "application/json").await?;
    if let Some(first) = held["items"].as_array().and_then(|all| all.first()) {
        let path = format!("/api/v1/assets/{}/return", first["id"].as_str().unwrap_or_default());
        hr.post(&path, &json!({ "returned_on": until.to_string(), "condition": "十二件齐全" })).await?;
    }
    Ok(())
}

/// Terms of three years for a part of the staff, some of which run out this month.
async fn contracts(hr: &Person, company: &Company, until: Date) -> Result<()> {
    let staff = company.staff.iter().filter(|p| p.title != "人力资源经理").take(24);
    for (i, person) in staff.enumerate() {
        let left = if i % 6 == 0 { 5 + 4 * i64::try_from(i).unwrap_or_default() / 6 } else { 90 + 31 * i64::try_from(i).unwrap_or_default() };
        let last = until.saturating_add(left.days());
        let from = last.saturating_sub(3.years()).saturating_add(1.day());
        let body = json!({
            "kind": "fixed", "number": format!("HT-{}-{:03}", from.year(), i + 1), "from": from.to_string(), "until": last.to_string(),
            "post": person.title, "place": "上海", "pay": { "amount": format!("{}.00", 9000 + 500 * (i % 9)), "currency": "CNY" }, "signed_on": from.to_string(),
        });
        hr.post(&format!("/api/v1/employees/{}/contracts", person.number), &body).await?;
    }
    Ok(())
}

async fn policy(hr: &Person, legal: &Person, me: &Person, until: Date) -> Result<()> {
    let day = |before: i64| until.saturating_sub(before.days()).to_string();
    let procedure = json!({
        "discussion": { "on": day(80), "with": "职工代表大会", "summary": "到会代表二十一人，提出三条意见：客户范围、举证方式、申辩期限。", "file": hr.paper("职代会纪要.txt", "职工代表大会会议纪要：到会二十一人。").await? },
        "consultation": { "on": day(72), "with": "工会委员会", "summary": "采纳两条，申辩期限由三日改为五日。", "file": hr.paper("协商记录.txt", "与工会委员会的协商记录。").await? },
        "publicity": { "on": day(65), "how": "公告栏张贴七日，并发送全员邮件", "file": hr.paper("公示照片说明.txt", "公告栏张贴七日的照片与邮件回执。").await? },
    });
    let body = json!({
        "title": "客户信息与商业行为规范",
        "text": "第一条 为保护公司与客户的合法权益，规范员工的商业行为，制定本规范。\n\n第二条 本规范适用于全体员工。\n\n第五条 员工不得将客户或订单转给本公司以外的任何人，不得因此收受任何利益。\n\n第六条 员工应使用公司账号与客户联系，并如实记录跟进情况。\n\n第九条 员工对涉及本人的调查有权陈述、申辩和举证，期限不少于五日。",
        "clauses": [
            { "id": "5", "text": "不得将客户或订单转给本公司以外的任何人，不得因此收受任何利益", "serious": true },
            { "id": "6", "text": "应使用公司账号与客户联系，并如实记录跟进情况", "serious": false },
            { "id": "9", "text": "对涉及本人的调查有权陈述、申辩和举证，期限不少于五日", "serious": false },
        ],
        "procedure": procedure,
    });
    let made = hr.post("/api/v1/policies", &body).await?;
    let id = made["id"].as_str().context("a policy has an id")?.to_owned();
    legal.post(&format!("/api/v1/policies/{id}/publish"), &json!({ "effective_on": day(60) })).await?;
    me.post(&format!("/api/v1/me/policies/{id}/acknowledgement"), &json!({ "version": 1 })).await?;
    let draft = json!({
        "title": "差旅与招待费用办法", "text": "第一条 招待客户应事先申请，事后七日内报销。",
        "clauses": [{ "id": "1", "text": "招待客户应事先申请，事后七日内报销", "serious": false }], "procedure": {},
    });
    hr.post("/api/v1/policies", &draft).await?;
    Ok(())
}
