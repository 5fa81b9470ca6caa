//! A large company: people by the hundred thousand, customers by the million, with teams of every size. Rows are written
//! straight into the tables, for which intake would take hours; what follows from records is `filled`'s.
//!
//! Told apart on purpose: a team whose customers lie anywhere, a team whose customers are the last of all, a director above
//! five thousand, and one person with five thousand customers. A third of all customers changed hands before.

use crate::{
    Plan,
    serve::{Place, Served},
};
use anyhow::{Context, Result};
use probity_server::{
    access::{
        matrix::Role,
        users::{self, NewUser},
    },
    app,
    company::{Company, SystemClock},
    customers::names::CUSTOMERS,
    people::{names::PEOPLE, search},
    said::Lang,
    store::bulk::{self, Cells},
};
use sea_orm::{ConnectionTrait, Database, DatabaseTransaction};
use serde_json::json;
use std::{fmt::Write as _, sync::Arc, time::Instant};

/// Sales people under the director, in teams of [`TEAM`].
pub const SALES: u32 = 5_000;
pub const TEAM: u32 = 50;
pub const DIRECTOR: &str = "D0";
/// Heads a team of [`TEAM`] whose customers lie anywhere.
pub const MANAGER: &str = "M007";
/// Heads a team of [`TEAM`] that serves the last fiftieth of all customers.
pub const LAST_MANAGER: &str = "M100";
pub const SELLER: &str = "E00777";
/// Serves [`KEY_CUSTOMERS`] by themselves, and who takes them over.
pub const KEY_SELLER: &str = "E05050";
pub const RECEIVER: &str = "E05051";
pub const KEY_CUSTOMERS: u32 = 5_000;

const PLACES: [&str; 40] = [
    "上海", "北京", "广州", "深圳", "杭州", "南京", "苏州", "宁波", "成都", "重庆", "武汉", "长沙", "西安", "郑州", "青岛", "济南", "大连", "沈阳", "天津",
    "合肥", "福州", "厦门", "昆明", "贵阳", "南宁", "海口", "太原", "兰州", "无锡", "常州", "温州", "嘉兴", "绍兴", "佛山", "东莞", "珠海", "烟台", "潍坊",
    "洛阳", "襄阳",
];
const FIRST: [&str; 30] = [
    "恒", "青", "远", "临", "鼎", "瑞", "宏", "华", "金", "安", "德", "信", "盛", "博", "嘉", "泰", "永", "兴", "联", "创", "明", "海", "天", "中", "新", "长",
    "凯", "诚", "亿", "同",
];
const SECOND: [&str; 30] = [
    "达", "禾", "山", "港", "新", "丰", "远", "盛", "源", "康", "润", "业", "通", "成", "和", "隆", "茂", "利", "星", "科", "峰", "洋", "宇", "原", "诺", "城",
    "林", "邦", "泽", "辉",
];
const TRADE: [&str; 20] = [
    "建材", "五金", "医疗", "物流", "化工", "电子", "机械", "食品", "纺织", "包装", "印刷", "家具", "照明", "仪器", "塑胶", "环保", "能源", "汽配", "农业",
    "贸易",
];
const FORM: [&str; 3] = ["有限公司", "商行", "股份有限公司"];
const SURNAMES: [&str; 20] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"];
const GIVEN: [&str; 25] =
    ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平", "刚", "桂", "启", "晓", "梅"];

/// Beyond any log index, which the rows of later records have.
const FIRST_IDX: i64 = 1 << 40;
/// 2026-02-25; the earlier assignments began a year before.
const AT: i64 = 1_772_000_000_000_000;
const A_YEAR: i64 = 365 * 86_400 * 1_000_000;
const PASSWORD: &str = "only-for-the-bench";
/// Customers between two commits.
const PART: u32 = 100_000;

/// From here on the customers are those of one team.
fn last(customers: u32) -> u32 {
    customers / 50 * 49
}

/// 2,160,000 different names.
pub fn customer_name(n: u32) -> String {
    let pick = |list: &[&'static str], n: u32| list[n as usize % list.len()];
    let (place, rest) = (n % 40, n / 40);
    let (first, rest) = (rest % 30, rest / 30);
    let (second, rest) = (rest % 30, rest / 30);
    let (trade, rest) = (rest % 20, rest / 20);
    format!("{}{}{}{}{}", pick(&PLACES, place), pick(&FIRST, first), pick(&SECOND, second), pick(&TRADE, trade), pick(&FORM, rest))
}

/// 12,500 different names, so that namesakes are as usual as they are.
pub fn person_name(n: u32) -> String {
    let n = n as usize;
    format!("{}{}{}", SURNAMES[n % 20], GIVEN[n / 20 % 25], GIVEN[n / 500 % 25])
}

/// Signed in and asking for pages.
pub struct Visitor {
    cookie: String,
    csrf: String,
}

pub struct Large {
    pub server: Served,
    pub customers: u32,
    pub people: u32,
    pub hr: Visitor,
    pub seller: Visitor,
    pub manager: Visitor,
    pub last_manager: Visitor,
    pub director: Visitor,
}

/// Fills a company of its own and serves it. `--company` keeps the SQLite one for the next run.
pub async fn take(plan: &Plan, engine: &'static str, people: u32, customers: u32) -> Result<Large> {
    let kept = plan.company.as_ref().filter(|_| engine == "sqlite").map(|dir| dir.join(format!("large-{customers}")));
    let there = kept.as_ref().is_some_and(|dir| dir.join("filled").exists());
    let place = match &kept {
        Some(dir) => Place::kept(dir)?,
        None => Place::new(engine).await?,
    };
    if !there {
        let began = Instant::now();
        fill(&place, people, customers).await?;
        eprintln!("  {engine}: {people} people and {customers} customers filled in {:.0} s", began.elapsed().as_secs_f64());
        if let Some(dir) = &kept {
            std::fs::write(dir.join("filled"), "")?;
        }
    }
    let server = place.serve()?;
    let visitor = async |login: &str| server.sign_in(login).await;
    let (hr, seller, manager) = (visitor("bench-hr").await?, visitor("bench-seller").await?, visitor("bench-manager").await?);
    let (last_manager, director) = (visitor("bench-last-manager").await?, visitor("bench-director").await?);
    Ok(Large { server, customers, people, hr, seller, manager, last_manager, director })
}

impl Served {
    async fn sign_in(&self, login: &str) -> Result<Visitor> {
        let answer = self.http.post(format!("{}/api/v1/session", self.url)).json(&json!({ "login": login, "password": PASSWORD })).send().await?;
        let answer = answer.error_for_status()?;
        let cookie = answer.headers().get("set-cookie").context("a session has a cookie")?.to_str()?.split(';').next().unwrap_or_default().to_owned();
        let said: serde_json::Value = answer.json().await?;
        Ok(Visitor { cookie, csrf: said["csrf"].as_str().unwrap_or_default().to_owned() })
    }
}

impl Large {
    pub async fn get(&self, who: &Visitor, path: &str) -> Result<serde_json::Value> {
        let answer = self.server.http.get(format!("{}{path}", self.server.url)).header("cookie", &who.cookie).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "GET {path}: {status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }

    pub async fn post(&self, who: &Visitor, path: &str, body: &serde_json::Value) -> Result<serde_json::Value> {
        let request = self.server.http.post(format!("{}{path}", self.server.url)).header("cookie", &who.cookie).header("x-csrf-token", &who.csrf);
        let answer = request.json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "POST {path}: {status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }
}

async fn fill(place: &Place, people: u32, customers: u32) -> Result<()> {
    let dir = place.dir.path();
    let company = app::open(&place.database_url, &dir.join("blobs").display().to_string(), dir, Arc::new(SystemClock)).await?;
    fill_people(&company, people).await?;
    // After the people, or each account would bring an employee whom nobody described.
    for (login, role, employee) in [
        ("bench-hr", "hr", None),
        ("bench-seller", "employee", Some(SELLER)),
        ("bench-manager", "sales_manager", Some(MANAGER)),
        ("bench-last-manager", "sales_manager", Some(LAST_MANAGER)),
        ("bench-director", "sales_manager", Some(DIRECTOR)),
    ] {
        let role = Role::from_name(role).context("a shipped role")?;
        let new = NewUser { login: login.into(), name: login.into(), role, employee: employee.map(str::to_owned), password: PASSWORD.into() };
        users::create(&company, new, false, None, Lang::Zh).await?;
    }
    for from in (0..customers).step_by(PART as usize) {
        let until = customers.min(from + PART);
        let tx = company.store.write().await?;
        fill_customers(&tx, customers, from, until).await?;
        fill_dealings(&tx, customers, from, until).await?;
        tx.commit().await?;
        if until % 500_000 == 0 {
            eprintln!("  {until} customers");
        }
    }
    fill_forms(&company, customers).await?;
    // PostgreSQL does so by itself within minutes; SQLite is left as the product leaves it.
    if place.engine != "sqlite" {
        let db = Database::connect(&place.database_url).await?;
        for table in ["people", "person_forms", "customers", "customer_assignments", "customer_dealings", "customer_forms"] {
            db.execute_unprepared(&format!("VACUUM (ANALYZE) {table}")).await?;
        }
        db.close().await?;
    }
    let company = Arc::into_inner(company).context("nobody else has the company")?;
    company.store.close().await?;
    Ok(())
}

async fn fill_people(company: &Company, people: u32) -> Result<()> {
    let mut all: Vec<(String, String, Option<String>)> = vec![(DIRECTOR.into(), "销售部".into(), None)];
    all.extend((0..=SALES / TEAM + 1).map(|m| {
        let boss = (m < SALES / TEAM).then(|| DIRECTOR.to_owned());
        (format!("M{m:03}"), "销售部".into(), boss)
    }));
    // The last two, who serve and receive many, have a manager of their own.
    all.extend((0..SALES + TEAM + 2).map(|e| (format!("E{e:05}"), format!("销售部/销售{}组", e / TEAM), Some(format!("M{:03}", e / TEAM)))));
    let others = people.saturating_sub(all.len() as u32);
    all.extend((0..others).map(|i| (format!("P{i:06}"), format!("事业部{}/部门{}", i % 10, i % 400), (i > 0).then(|| format!("P{:06}", (i - 1) / 20)))));
    let tx = company.store.write().await?;
    for (part, some) in all.chunks(1000).enumerate() {
        let (mut rows, mut forms) = (String::new(), Vec::new());
        for (i, (number, department, manager)) in some.iter().enumerate() {
            let n = (part * 1000 + i) as u32;
            let name = person_name(n);
            let text = search::text(number, &[&name]);
            forms.extend(search::forms(&text).into_iter().map(|form| (form, number.clone())));
            let manager = manager.as_ref().map_or_else(|| "NULL".into(), |m| format!("'{m}'"));
            let status = if number.starts_with('P') && n % 200 == 7 { "resigning" } else { "active" };
            let comma = if rows.is_empty() { "" } else { "," };
            let _ = write!(
                rows,
                "{comma}('{number}','{name}','{department}','客户经理',{manager},'{status}','[]','[\"139{n:08}\"]','[\"p{n}@company.example\"]','{text}',FALSE,0)"
            );
        }
        tx.execute_unprepared(&format!(
            "INSERT INTO people (number,name,department,title,manager,status,accounts,phones,emails,search,placeholder,as_of) VALUES {rows}"
        ))
        .await?;
        PEOPLE.add(&tx, forms).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn fill_customers(tx: &DatabaseTransaction, customers: u32, from: u32, until: u32) -> Result<()> {
    for part in (from..until).collect::<Vec<_>>().chunks(2000) {
        let mut rows = String::with_capacity(part.len() * 256);
        for n in part {
            let (id, name) = (format!("C{n:07}"), customer_name(*n));
            let comma = if rows.is_empty() { "" } else { "," };
            let tier = if n % 50 == 0 { "high_value" } else { "normal" };
            let text = search::text(&id, &[&name]);
            let unserved = if n % 10 == 9 && *n < last(customers) && *n >= 10 * KEY_CUSTOMERS { "TRUE" } else { "FALSE" };
            let _ = write!(rows, r#"{comma}('{id}','{name}','{tier}',NULL,'[]','[{{"name":"采购","phone":"13900000000"}}]','{text}',FALSE,0,{unserved})"#);
        }
        tx.execute_unprepared(&format!("INSERT INTO customers (customer,name,tier,since,sites,contacts,search,placeholder,as_of,unserved) VALUES {rows}"))
            .await?;
    }
    Ok(())
}

/// Whom the customers of these numbers are served by and were, and what goes on with every fourth of them.
async fn fill_dealings(tx: &DatabaseTransaction, customers: u32, from: u32, until: u32) -> Result<()> {
    let sqlite = tx.get_database_backend() == sea_orm::DbBackend::Sqlite;
    let series = if sqlite {
        format!("WITH RECURSIVE s(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {until})")
    } else {
        format!("WITH s(i) AS (SELECT * FROM generate_series({from}::bigint, {until}::bigint - 1))")
    };
    let padded = |letter: &str, width: u32, number: &str| {
        if sqlite { format!("printf('{letter}%0{width}d', {number})") } else { format!("'{letter}' || lpad(({number})::text, {width}, '0')") }
    };
    let id = padded("C", 7, "i");
    let anybody = |seed: u32| padded("E", 5, &format!("(i * {seed} % 4294967296) % {SALES}"));
    let last = last(customers);
    let holder = format!(
        "CASE WHEN i >= {last} THEN {} WHEN i % 10 = 9 THEN '{KEY_SELLER}' ELSE {} END",
        padded("E", 5, &format!("{SALES} + i % {TEAM}")),
        anybody(2_654_435_761)
    );
    let insert = "INSERT INTO customer_assignments (idx,customer,employee,valid_from,valid_until,ends_at,known_at,corrected_at,reason)";
    let key_until = 10 * KEY_CUSTOMERS;
    let (year_before, nothing) = (AT - A_YEAR, "NULL,NULL");
    let served = format!("i % 10 <> 9 OR i >= {last} OR i < {key_until}");
    for statement in [
        format!("{insert} {series} SELECT {FIRST_IDX} + 10 * i, {id}, {holder}, {AT}, NULL, NULL, {AT}, {nothing} FROM s WHERE {served}"),
        format!(
            "{insert} {series} SELECT {FIRST_IDX} + 10 * i + 1, {id}, {}, {year_before}, NULL, {AT}, {year_before}, {nothing} FROM s WHERE i % 3 = 0 AND ({served})",
            anybody(40_503)
        ),
    ] {
        tx.execute_unprepared(&statement).await?;
    }
    let insert = "INSERT INTO customer_dealings (idx,customer,employee,kind,thing,at,known_at,corrected_at,newest,state,amount,settled,currency,due,text)";
    for (k, kind) in ["deal", "order", "receivable", "follow_up"].into_iter().enumerate() {
        let thing = if kind == "follow_up" { "NULL".to_owned() } else { format!("'{kind}' || i") };
        let due = if kind == "receivable" { "'2026-06-01'" } else { "NULL" };
        let statement = format!(
            "{insert} {series} SELECT {FIRST_IDX} + 10 * i + {}, {id}, {}, '{kind}', {thing}, {AT}, {AT}, NULL, TRUE, 'placed', 100000, NULL, 'CNY', {due}, NULL FROM s WHERE i % 4 = 0",
            k + 2,
            anybody(2_654_435_761)
        );
        tx.execute_unprepared(&statement).await?;
    }
    let day = padded("2026-11-", 2, "10 + i / 100 % 20");
    let promised = format!(
        "{insert} {series} SELECT {FIRST_IDX} + 10 * i + 6, {id}, {}, 'promise', 'promise' || i, {AT}, {AT}, NULL, TRUE, 'open', NULL, NULL, NULL, {day}, '样品' FROM s WHERE i % 100 = 0",
        anybody(2_654_435_761)
    );
    tx.execute_unprepared(&promised).await?;
    Ok(())
}

/// The index of names in its own order, which is soonest written.
async fn fill_forms(company: &Company, customers: u32) -> Result<()> {
    let mut all: Vec<([u8; 16], u32)> = Vec::with_capacity(customers as usize * 14);
    for n in 0..customers {
        for form in search::forms(&search::text(&format!("C{n:07}"), &[&customer_name(n)])) {
            let mut bytes = [0; 16];
            bytes[..form.len()].copy_from_slice(&form);
            all.push((bytes, n));
        }
    }
    all.sort_unstable();
    for part in all.chunks(200_000) {
        let tx = company.store.write().await?;
        for some in part.chunks(10_000) {
            let forms = some.iter().map(|(bytes, _)| bytes.iter().copied().take_while(|b| *b != 0).collect()).collect();
            let ids = some.iter().map(|(_, n)| format!("C{n:07}")).collect();
            bulk::insert(&tx, CUSTOMERS.table, vec![("form", Cells::Bytes(forms)), ("customer", Cells::Text(ids))]).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
