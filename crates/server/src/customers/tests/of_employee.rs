//! Whom one employee serves and served: a page at a time, however many there are.

use super::*;
use crate::{customers::model::assignment, people::search};
use sea_orm::ConnectionTrait;

const MANY: usize = 1_203;

/// A serves so many more: most since one moment, every third no longer.
async fn passed_through(server: &TestServer) {
    let tx = server.company.store.write().await.unwrap();
    let (mut described, mut served) = (Vec::new(), Vec::new());
    let from = server.company.now() - 90 * 24 * 3600 * 1_000_000;
    for n in 0..MANY {
        let (id, name) = (format!("K{n:05}"), format!("第{n}商行"));
        let text = search::text(&id, &[&name]);
        described.push(format!("('{id}','{name}','normal','[]','[]','{text}',FALSE,0,FALSE)"));
        let end = if n % 3 == 0 { (from + 1_000_000).to_string() } else { "NULL".into() };
        served.push(format!("({},'{id}','A',{},{end},{from},NULL)", 1_000_000 + n, if n % 100 == 0 { from - 5 } else { from }));
    }
    // A correction stands in the place of this one.
    served.push(format!("({},'K00001','A',{from},NULL,{from},{from})", 2_000_000));
    for (into, rows) in [
        ("customers (customer,name,tier,sites,contacts,search,placeholder,as_of,unserved)", described),
        ("customer_assignments (idx,customer,employee,valid_from,ends_at,known_at,corrected_at)", served),
    ] {
        for part in rows.chunks(500) {
            tx.execute_unprepared(&format!("INSERT INTO {into} VALUES {}", part.join(","))).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// All that comes, page after page.
async fn walked(who: &Visitor<'_>, query: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let list = who.get(&format!("/api/v1/employees/A/customers?{query}{cursor}")).await.ok(200);
        all.extend(list["items"].as_array().unwrap().iter().cloned());
        match list["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_somebody_serves_and_served_comes_by_pages_and_is_found_by_name() {
    on_each_server(|server| async move {
        office(&server).await;
        passed_through(&server).await;
        let hr = server.person("hr", None).await;
        let file = hr.get("/api/v1/employees/A").await.ok(200);
        let ended = MANY.div_ceil(3);
        assert_eq!((file["customers"].as_u64(), file.get("assignments")), (Some((MANY - ended + 3) as u64), None), "the file brings how many, not all of them");

        let first = hr.get("/api/v1/employees/A/customers").await.ok(200);
        assert_eq!((first["items"].as_array().unwrap().len(), first["next_cursor"].is_string()), (50, true));
        // The newest first; of those since one moment, each once.
        let all = walked(&hr, "limit=200").await;
        let of = assignment::Entity::find().filter(assignment::Column::Employee.eq("A")).filter(assignment::Column::CorrectedAt.is_null());
        let mut kept = of.all(server.company.store.read()).await.unwrap();
        kept.sort_by_key(|a| std::cmp::Reverse((a.valid_from, a.idx)));
        let expected: Vec<String> = kept.iter().map(|a| crate::records::id_of(a.idx)).collect();
        let shown: Vec<&str> = all.iter().map(|a| a["record"].as_str().unwrap()).collect();
        assert_eq!(shown, expected);
        assert!(all.iter().all(|a| a["name"].as_str().is_some_and(|n| !n.is_empty())));
        assert_eq!(walked(&hr, "ended=true&limit=500").await.len(), ended);
        let now = walked(&hr, "ended=false&limit=500").await;
        assert_eq!((now.len(), now.iter().all(|a| a["until"].is_null())), (MANY - ended + 3, true));

        // By name, through pages too.
        let names: Vec<Value> = walked(&hr, "q=第777").await.into_iter().map(|a| a["name"].clone()).collect();
        assert_eq!(names, [json!("第777商行")]);
        assert_eq!(walked(&hr, "q=商行&limit=100").await.len(), MANY);
        assert_eq!(walked(&hr, "q=商行&ended=true&limit=100").await.len(), ended);
        assert_eq!(walked(&hr, "q=没有的").await.len(), 0);
        assert_eq!(hr.get("/api/v1/employees/A/customers?cursor=x").await.problem(400), "bad_cursor");

        // The line above sees it, nobody else; who is leaving goes through no list.
        assert_eq!(server.person("sales_manager", Some("M")).await.get("/api/v1/employees/A/customers").await.ok(200)["items"].as_array().unwrap().len(), 50);
        assert_eq!(server.person("sales_manager", Some("X")).await.get("/api/v1/employees/A/customers").await.problem(404), "not_found");
        // A number nobody has is answered as one out of reach, and as by the file.
        let hidden = server.person("sales_manager", Some("X")).await.get("/api/v1/employees/A/customers").await;
        for path in ["/api/v1/employees/NOBODY/customers", "/api/v1/employees/NOBODY"] {
            let none = hr.get(path).await;
            assert_eq!((none.status, &none.body["code"], &none.body["detail"]), (404, &hidden.body["code"], &hidden.body["detail"]), "{path}");
        }
        let leaving = server.person("sales_manager", Some("L")).await;
        let next = format!("/api/v1/employees/L/customers?cursor={}", first["next_cursor"].as_str().unwrap());
        assert_eq!(leaving.get(&next).await.problem(403), "frozen_bulk");
    })
    .await;
}

/// L, who is leaving, serves and served these: C1 and C6 came back to them.
async fn came_back(server: &TestServer) {
    let tx = server.company.store.write().await.unwrap();
    let described = [("C6", "海角五金"), ("C7", "天涯五金")].map(|(id, name)| {
        let text = search::text(id, &[name]);
        format!("('{id}','{name}','normal','[]','[]','{text}',FALSE,0,FALSE)")
    });
    let from = server.company.now() - 90 * 24 * 3600 * 1_000_000;
    let mut served = Vec::new();
    for (n, (id, over)) in [("C1", false), ("C1", true), ("C2", false), ("C3", false), ("C4", false), ("C5", false), ("C6", false), ("C6", true), ("C7", false)]
        .into_iter()
        .enumerate()
    {
        let n = i64::try_from(n).unwrap();
        let end = if over { (from + 1_000_000).to_string() } else { "NULL".into() };
        served.push(format!("({},'{id}','L',{},{end},{from},NULL)", 3_000_000 + n, from - n));
    }
    for (into, rows) in [
        ("customers (customer,name,tier,sites,contacts,search,placeholder,as_of,unserved)", described.join(",")),
        ("customer_assignments (idx,customer,employee,valid_from,ends_at,known_at,corrected_at)", served.join(",")),
    ] {
        tx.execute_unprepared(&format!("INSERT INTO {into} VALUES {rows}")).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_came_back_is_one_customer_of_the_days_bound() {
    on_each_server(|server| async move {
        office(&server).await;
        came_back(&server).await;
        server.person("admin", None).await.put("/api/v1/freeze", &json!({ "customers_per_day": 5 })).await.ok(200);
        let leaver = server.person("employee", Some("L")).await;
        let found = async |query: &str| -> Vec<String> {
            let list = leaver.get(&format!("/api/v1/employees/L/customers?{query}")).await.ok(200);
            list["items"].as_array().unwrap().iter().map(|a| a["customer"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(found("q=无主商行").await, ["C5"]);
        // Five rows and four customers: with the one before, as many as the day allows.
        assert_eq!(found("limit=500").await, ["C1", "C1", "C2", "C3", "C4"]);
        // The one that is needed is found beyond that too, in both its rows; two of whom one is new are not.
        assert_eq!(found("q=海角").await, ["C6", "C6"]);
        assert_eq!(leaver.get("/api/v1/employees/L/customers?q=五金").await.problem(403), "frozen_bulk");
        assert_eq!(found("q=青禾").await, ["C2"]);
    })
    .await;
}
