//! Figures at the size of a large company, printed; run by hand:
//! `cargo nextest run -p probity-server customers::tests::large --run-ignored only --no-capture`, with `CUSTOMERS=2000000`.

use super::{event, office, tell};
use crate::company::Actor;
use crate::{
    customers::reassign::{self, Order, Within},
    http::testing::{TestServer, Visitor, on_each_server},
};
use serde_json::json;
use std::time::{Duration, Instant};

/// 5,000 customers of one person change hands: at most 10 s, with progress on the way.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: minutes, and the machine to itself"]
async fn five_thousand_change_hands() {
    on_each_server(|server| async move {
        office(&server).await;
        let caller = server.with(&["ingest"]).await;
        for part in (0..5000).collect::<Vec<_>>().chunks(500) {
            let mut events = Vec::new();
            for i in part {
                let id = format!("K{i:05}");
                events.push(event(&format!("k{i}"), "customer.upserted", super::T, json!({ "customer": id, "name": format!("客户{i}") })));
                events.push(event(&format!("ka{i}"), "customer.assigned", super::T, json!({ "customer": id, "employee": "A", "from": "2026-03-02" })));
            }
            tell(&caller, &events).await;
        }
        server.settled().await;
        let by = Actor { kind: "user", id: "u1".into(), name: "人事".into() };
        let moves = (0..5000).map(|i| (format!("K{i:05}"), "B".to_owned())).collect();
        let started = Instant::now();
        let order = Order { moves, from: Some("A".into()), begins: "2026-11-20".into(), reason: "离职交接".into() };
        let id = reassign::start(&server.company, &by, &Within::All, order).await.unwrap();
        let mut steps = Vec::new();
        loop {
            let now = reassign::progress(server.company.store.read(), &id).await.unwrap();
            if steps.last() != Some(&now.done) {
                steps.push(now.done);
            }
            if now.status == "done" {
                assert_eq!(now.done, 5000);
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let took = started.elapsed();
        println!("{}: 5,000 reassigned in {took:?}, progress seen {steps:?}", server.company.engine);
        assert!(took < Duration::from_secs(10), "{took:?}");
        assert!(steps.len() > 3, "progress is seen on the way: {steps:?}");
    })
    .await;
}

/// The 95th of a hundred requests, over HTTP on the loopback.
async fn p95(who: &Visitor<'_>, paths: &[String]) -> Duration {
    let mut times = Vec::new();
    for path in paths.iter().cycle().take(100.max(paths.len())) {
        let started = Instant::now();
        let answer = who.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        times.push(started.elapsed());
    }
    times.sort_unstable();
    times[times.len() * 95 / 100]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: fills a database by the million"]
async fn lists_and_pages_at_the_size_of_a_large_company() {
    let customers: u32 = std::env::var("CUSTOMERS").ok().and_then(|n| n.parse().ok()).unwrap_or(200_000);
    on_each_server(|server| async move {
        let filled = Instant::now();
        fill::company(&server, customers).await;
        println!("{}: {customers} customers filled in {:?}", server.company.engine, filled.elapsed());
        let hr = server.person("hr", None).await;
        let own = server.person("employee", Some("E00777")).await;
        let manager = server.person("sales_manager", Some("M007")).await;
        let director = server.person("sales_manager", Some("D0")).await;
        let page = |n: u32| format!("/api/v1/customers/C{:07}", n % customers);
        let one = |text: &str| vec![text.to_owned()];
        let mut over = Vec::new();
        for (what, who, paths) in [
            ("list, everybody's", &hr, one("/api/v1/customers")),
            ("list, by tier", &hr, one("/api/v1/customers?tier=high_value")),
            ("list, nobody's", &hr, one("/api/v1/customers?held=nobody")),
            ("list, own", &own, one("/api/v1/customers")),
            ("list, team of 50", &manager, one("/api/v1/customers")),
            ("list, team of 5,000", &director, one("/api/v1/customers")),
            ("list, of an employee", &hr, one("/api/v1/customers?employee=E00123")),
            ("search, one hit", &hr, (1..100).map(|i| format!("/api/v1/customers?q={}", fill::name(i * 9_973 % customers))).collect()),
            ("search, common", &hr, one("/api/v1/customers?q=建材")),
            ("search, initials", &hr, one("/api/v1/customers?q=shhd")),
            ("search, pinyin", &hr, one("/api/v1/customers?q=shanghaiheng")),
            ("search, by id", &hr, (1..100).map(|i| format!("/api/v1/customers?q=c{:07}", i * 9_973 % customers)).collect()),
            ("search, no hit", &hr, one("/api/v1/customers?q=zzzqqq")),
            ("search, no hit, Chinese", &hr, one("/api/v1/customers?q=鱻鱻")),
            ("search, team, common", &manager, one("/api/v1/customers?q=建材")),
            ("search, director, one hit", &director, (1..50).map(|i| format!("/api/v1/customers?q={}", fill::name(i * 9_973 % customers))).collect()),
            ("customer page", &hr, (1..100).map(|i| page(i * 7_919)).collect()),
            ("customer page on a day", &hr, (1..100).map(|i| format!("{}?on=2026-06-01&known=2026-06-01", page(i * 7_919))).collect()),
            ("promises due", &hr, one("/api/v1/promises")),
            ("promises due, team", &manager, one("/api/v1/promises")),
        ] {
            let took = p95(who, &paths).await;
            println!("{}: {what}: p95 {took:?}", server.company.engine);
            if took > Duration::from_millis(150) {
                over.push(format!("{what}: {took:?}"));
            }
        }
        assert!(over.is_empty(), "{}: over 150 ms: {over:#?}", server.company.engine);
    })
    .await;
}

/// Rows written directly: what intake would take hours for.
mod fill {
    use super::TestServer;
    use crate::people::search;
    use sea_orm::ConnectionTrait;
    use std::fmt::Write as _;

    const PLACES: [&str; 40] = [
        "上海", "北京", "广州", "深圳", "杭州", "南京", "苏州", "宁波", "成都", "重庆", "武汉", "长沙", "西安", "郑州", "青岛", "济南", "大连", "沈阳", "天津",
        "合肥", "福州", "厦门", "昆明", "贵阳", "南宁", "海口", "太原", "兰州", "无锡", "常州", "温州", "嘉兴", "绍兴", "佛山", "东莞", "珠海", "烟台", "潍坊",
        "洛阳", "襄阳",
    ];
    const FIRST: [&str; 30] = [
        "恒", "青", "远", "临", "鼎", "瑞", "宏", "华", "金", "安", "德", "信", "盛", "博", "嘉", "泰", "永", "兴", "联", "创", "明", "海", "天", "中", "新",
        "长", "凯", "诚", "亿", "同",
    ];
    const SECOND: [&str; 30] = [
        "达", "禾", "山", "港", "新", "丰", "远", "盛", "源", "康", "润", "业", "通", "成", "和", "隆", "茂", "利", "星", "科", "峰", "洋", "宇", "原", "诺",
        "城", "林", "邦", "泽", "辉",
    ];
    const TRADE: [&str; 20] = [
        "建材", "五金", "医疗", "物流", "化工", "电子", "机械", "食品", "纺织", "包装", "印刷", "家具", "照明", "仪器", "塑胶", "环保", "能源", "汽配", "农业",
        "贸易",
    ];
    const FORM: [&str; 3] = ["有限公司", "商行", "股份有限公司"];

    /// 2,160,000 different names.
    pub fn name(n: u32) -> String {
        let pick = |list: &[&'static str], n: u32| list[n as usize % list.len()];
        let (place, rest) = (n % 40, n / 40);
        let (first, rest) = (rest % 30, rest / 30);
        let (second, rest) = (rest % 30, rest / 30);
        let (trade, rest) = (rest % 20, rest / 20);
        format!("{}{}{}{}{}", pick(&PLACES, place), pick(&FIRST, first), pick(&SECOND, second), pick(&TRADE, trade), pick(&FORM, rest))
    }

    /// 5,000 sales people in teams of 50 under 100 managers under one director; nine customers in ten are somebody's.
    pub async fn company(server: &TestServer, customers: u32) {
        let db = server.company.store.write().await.unwrap();
        let mut people = String::new();
        let mut person = |number: &str, manager: &str| {
            let text = search::text(number, &[number]);
            let _ = write!(people, "{}('{number}','{number}','{manager}','active','[]','[]','[]','{text}',FALSE,0)", if people.is_empty() { "" } else { "," });
        };
        person("D0", "");
        for m in 0..100 {
            person(&format!("M{m:03}"), "D0");
        }
        for e in 0..5000 {
            person(&format!("E{e:05}"), &format!("M{:03}", e / 50));
        }
        db.execute_unprepared(&format!("INSERT INTO people (number,name,manager,status,accounts,phones,emails,search,placeholder,as_of) VALUES {people}"))
            .await
            .unwrap();
        for part in (0..customers).collect::<Vec<_>>().chunks(2000) {
            let (mut rows, mut served, mut dealt, mut forms) = (String::new(), String::new(), String::new(), String::new());
            for n in part {
                let (id, name) = (format!("C{n:07}"), name(*n));
                let comma = |text: &String| if text.is_empty() { "" } else { "," };
                let tier = if n % 50 == 0 { "high_value" } else { "normal" };
                let text = search::text(&id, &[&name]);
                let contacts = r#"[{"name":"采购","phone":"13900000000"}]"#;
                let _ = write!(rows, "{}('{id}','{name}','{tier}',NULL,'[]','{contacts}','{text}',FALSE,0)", comma(&rows));
                for form in crate::customers::names::forms(&text) {
                    let _ = write!(forms, "{}({},'{id}')", comma(&forms), blob(server, &form));
                }
                let (e, at) = (n.wrapping_mul(2_654_435_761) % 5000, 1_772_000_000_000_000_i64);
                if n % 10 != 9 {
                    let idx = 10 * i64::from(*n);
                    let _ = write!(served, "{}({idx},'{id}','E{e:05}',{at},NULL,NULL,{at},NULL,NULL)", comma(&served));
                }
                for (k, kind) in ["deal", "order", "receivable", "follow_up"].into_iter().enumerate() {
                    let idx = 10 * i64::from(*n) + 1 + k as i64;
                    let thing = if kind == "follow_up" { "NULL".to_owned() } else { format!("'{kind}{n}'") };
                    let due = if kind == "receivable" { "'2026-06-01'" } else { "NULL" };
                    let _ =
                        write!(dealt, "{}({idx},'{id}','E{e:05}','{kind}',{thing},{at},{at},NULL,TRUE,'placed',100000,NULL,'CNY',{due},NULL)", comma(&dealt));
                }
                if n % 100 == 0 {
                    let idx = 10 * i64::from(*n) + 9;
                    let _ = write!(
                        dealt,
                        ",({idx},'{id}','E{e:05}','promise','promise{n}',{at},{at},NULL,TRUE,'open',NULL,NULL,NULL,'2026-11-{:02}','样品')",
                        10 + n / 100 % 20
                    );
                }
            }
            for sql in [
                format!("INSERT INTO customers (customer,name,tier,since,sites,contacts,search,placeholder,as_of) VALUES {rows}"),
                format!("INSERT INTO customer_assignments (idx,customer,employee,valid_from,valid_until,ends_at,known_at,corrected_at,reason) VALUES {served}"),
                format!(
                    "INSERT INTO customer_dealings (idx,customer,employee,kind,thing,at,known_at,corrected_at,newest,state,amount,settled,currency,due,text) VALUES {dealt}"
                ),
                format!("INSERT INTO customer_forms (form,customer) VALUES {forms}"),
            ] {
                db.execute_unprepared(&sql).await.unwrap();
            }
        }
        db.commit().await.unwrap();
        let db = server.company.store.write().await.unwrap();
        db.execute_unprepared("ANALYZE").await.unwrap();
        db.commit().await.unwrap();
    }

    /// A literal of bytes, as each engine writes it.
    fn blob(server: &TestServer, bytes: &[u8]) -> String {
        let hex = hex::encode(bytes);
        if server.company.store.is_shared() { format!("'\\x{hex}'") } else { format!("x'{hex}'") }
    }
}
