//! The list of 100,000 people, timed at the server. Fills the table directly and prints; run it by name:
//! `cargo nextest run -p probity-server --run-ignored only --no-capture list_of_100_000`.

use super::super::{life, model::person, search};
use crate::http::testing::{TestServer, Visitor, on_each_server};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use std::time::{Duration, Instant};

const PEOPLE: usize = 100_000;
const SURNAMES: [&str; 20] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"];
const GIVEN: [&str; 25] =
    ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平", "刚", "桂", "启", "晓", "梅"];

async fn fill(server: &TestServer) {
    let tx = server.company.store.write().await.unwrap();
    let rows: Vec<_> = (0..PEOPLE)
        .map(|i| {
            let number = format!("P{i:06}");
            let name = format!("{}{}{}", SURNAMES[i % 20], GIVEN[i / 20 % 25], GIVEN[i / 500 % 25]);
            let mut row = life::blank(&number);
            row.search = search::text(&number, &[&name]);
            row.name = name;
            row.department = Some(format!("事业部{}/部门{}", i % 10, i % 400));
            row.title = Some("客户经理".into());
            row.manager = (i > 0).then(|| format!("P{:06}", (i - 1) / 20));
            row.status = Some(if i % 200 == 7 { "resigning" } else { "active" }.into());
            row.phones = format!("[\"139{i:08}\"]");
            row.emails = format!("[\"p{i}@company.example\"]");
            row.accounts = format!("[{{\"system\":\"wecom\",\"account\":\"p{i}\"}}]");
            row.placeholder = false;
            row.into_active_model().reset_all()
        })
        .collect();
    for part in rows.chunks(500) {
        person::Entity::insert_many(part.iter().cloned()).exec_without_returning(&tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn timed(who: &Visitor<'_>, path: &str) -> (Duration, Duration, usize) {
    let mut times = Vec::new();
    let mut rows = 0;
    for _ in 0..30 {
        let begun = Instant::now();
        rows = who.get(path).await.ok(200)["items"].as_array().unwrap().len();
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    (times[15], times[28], rows)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: prints how fast the list of 100,000 people is"]
async fn list_of_100_000() {
    on_each_server(|server| async move {
        fill(&server).await;
        let hr = server.person("hr", None).await;
        let chief = server.person("sales_manager", Some("P000001")).await;
        let cursor = hr.get("/api/v1/employees?limit=500").await.ok(200)["next_cursor"].as_str().unwrap().to_owned();
        println!("{} people on {}: median, p95, rows", PEOPLE, server.company.engine);
        for (who, name, path, least) in [
            (&hr, "first page", "limit=50".to_owned(), 50),
            (&hr, "a later page", format!("limit=50&cursor={cursor}"), 50),
            (&hr, "a common name", "limit=50&q=张".to_owned(), 50),
            (&hr, "a rare name", "limit=50&q=罗梅启".to_owned(), 1),
            (&hr, "pinyin", "limit=50&q=zhouqiming".to_owned(), 1),
            (&hr, "beginning of pinyin", "limit=50&q=zhouq".to_owned(), 50),
            (&hr, "initials", "limit=50&q=zqm".to_owned(), 50),
            (&hr, "number", "limit=50&q=P099999".to_owned(), 1),
            (&hr, "nobody", "limit=50&q=xyzzy".to_owned(), 0),
            (&hr, "a department", "limit=50&department=事业部7/部门397".to_owned(), 50),
            (&hr, "resigning", "limit=50&status=resigning".to_owned(), 50),
            (&hr, "resigning, by name", "limit=50&status=resigning&q=张".to_owned(), 0),
            (&chief, "a team, first page", "limit=50".to_owned(), 50),
            (&chief, "a team, nobody", "limit=50&q=xyzzy".to_owned(), 0),
        ] {
            let (median, p95, rows) = timed(who, &format!("/api/v1/employees?{path}")).await;
            assert!(rows >= least, "{name}: {rows} rows");
            println!("  {name:<22} {median:>8.1?} {p95:>8.1?} {rows:>4}");
        }
        for (name, path) in [("departments", "/api/v1/departments"), ("a file", "/api/v1/employees/P050000")] {
            let begun = Instant::now();
            hr.get(path).await.ok(200);
            println!("  {name:<22} {:>8.1?}", begun.elapsed());
        }
    })
    .await;
}
