#![expect(clippy::unwrap_used, reason = "tests")]

use super::held_by;
use crate::{
    http::testing::{TestServer, on_each_server},
    intake::{
        import::tests::{until_done, upload},
        tests::{batch, event, register},
    },
};
use serde_json::{Value, json};

/// E1 leads E2 and E3; E8 is in the office, E9 somewhere else, E7 has left.
async fn staffed(server: &TestServer) {
    let admin = server.with(&["admin", "ingest"]).await;
    register(&admin, "/hr", &["employee.*", "asset.*", "customer.*", "record.*"]).await;
    let person = |n: &str, boss: Option<&str>, status: &str| {
        event("/hr", n, "employee.upserted", json!({ "number": n, "name": format!("员工{n}"), "hired_on": "2020-01-01", "status": status, "manager": boss }))
    };
    batch(
        &admin,
        &[
            person("E1", None, "active"),
            person("E2", Some("E1"), "active"),
            person("E3", Some("E1"), "active"),
            person("E8", None, "active"),
            person("E9", None, "active"),
            person("E7", None, "left"),
        ],
    )
    .await;
}

fn laptop(employee: &str) -> Value {
    json!({ "asset": "IT-1", "employee": employee, "kind": "computer", "name": "ThinkPad X1", "identifier": "PF3K9A7X", "issued_on": "2026-03-02", "condition": "全新" })
}

fn of(list: &Value) -> Vec<(String, String)> {
    let one = |a: &Value| (a["asset"].as_str().unwrap().to_owned(), a["employee"].as_str().unwrap().to_owned());
    list["items"].as_array().unwrap().iter().map(one).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, e)| ((*a).to_owned(), (*e).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thing_is_issued_acknowledged_and_given_back_and_is_in_one_pair_of_hands() {
    on_each_server(|server| async move {
        staffed(&server).await;
        let hr = server.person("hr", Some("E8")).await;
        let her = server.person("employee", Some("E2")).await;
        let path = "/api/v1/assets";
        // What cannot be is refused, naming where.
        for (body, pointer) in [
            (json!({ "asset": "", "employee": "E2", "kind": "computer", "name": "x", "issued_on": "2026-03-02" }), "/asset"),
            (json!({ "asset": "account:wecom:x", "employee": "E2", "kind": "computer", "name": "x", "issued_on": "2026-03-02" }), "/asset"),
            (json!({ "asset": "A", "employee": "E7", "kind": "computer", "name": "x", "issued_on": "2026-03-02" }), "/employee"),
            (json!({ "asset": "A", "employee": "E404", "kind": "computer", "name": "x", "issued_on": "2026-03-02" }), "/employee"),
            (json!({ "asset": "A", "employee": "E2", "kind": "computer", "name": "x", "issued_on": "2026-11-21" }), "/issued_on"),
            (json!({ "asset": "A", "employee": "E2", "kind": "computer", "name": "x", "issued_on": "2019-12-31" }), "/issued_on"),
            (json!({ "asset": "A", "employee": "E2", "kind": "computer", "name": " ", "issued_on": "2026-03-02" }), "/name"),
            (json!({ "asset": "A", "employee": "E2", "kind": "work_account", "name": "x", "issued_on": "2026-03-02" }), "/identifier"),
        ] {
            let answer = hr.post(path, &body).await;
            assert_eq!((answer.status, &answer.body["errors"][0]["pointer"]), (422, &json!(pointer)), "{}", answer.body);
        }
        assert_eq!(her.post(path, &laptop("E2")).await.problem(403), "forbidden");
        assert_eq!(hr.post(path, &laptop("E8")).await.problem(403), "own_file", "nobody gives themselves something");

        let made = hr.post(path, &laptop("E2")).await.ok(201);
        assert_eq!((&made["issued_by"], &made["acknowledged_at"], &made["returned_on"]), (&made["issued_by"], &Value::Null, &Value::Null));
        assert!(made["issued_by"].is_string(), "{made}");
        assert_eq!(hr.post(path, &laptop("E3")).await.problem(409), "held");
        assert_eq!(hr.post(path, &laptop("E2")).await.problem(409), "held");

        // She sees it, and says once that she has it; nobody says so for her.
        let id = made["id"].as_str().unwrap();
        let todo = her.get("/api/v1/me/todo").await.ok(200);
        assert!(todo["items"].as_array().unwrap().iter().any(|l| l["kind"] == "assets" && l["count"] == 1), "{todo}");
        let receipt = format!("/api/v1/me/assets/{id}/acknowledgement");
        assert_eq!(hr.post(&receipt, &json!({})).await.problem(404), "not_found");
        let mine = her.post(&receipt, &json!({ "remark": "缺电源线" })).await.ok(200);
        assert_eq!((&mine["remark"], mine["acknowledged_at"].is_string()), (&json!("缺电源线"), true));
        assert_eq!(her.post(&receipt, &json!({})).await.problem(409), "already_acknowledged");
        assert_eq!(her.get("/api/v1/me/assets").await.ok(200)["items"][0]["asset"], "IT-1");
        assert_eq!(server.person("employee", Some("E3")).await.get("/api/v1/me/assets").await.ok(200)["items"], json!([]));

        // Whose list it is in: the office's, her manager's; nobody else's.
        assert_eq!(of(&hr.get("/api/v1/assets?q=pf3k").await.ok(200)), pairs(&[("IT-1", "E2")]));
        assert_eq!(of(&hr.get("/api/v1/assets?q=员工E2").await.ok(200)), pairs(&[("IT-1", "E2")]));
        assert_eq!(of(&hr.get("/api/v1/assets?q=%25").await.ok(200)), pairs(&[]));
        let boss = server.person("sales_manager", Some("E1")).await;
        assert_eq!(of(&boss.get("/api/v1/assets").await.ok(200)), pairs(&[("IT-1", "E2")]));
        assert_eq!(of(&server.person("sales_manager", Some("E9")).await.get("/api/v1/assets").await.ok(200)), pairs(&[]));
        assert_eq!(her.get("/api/v1/assets").await.problem(403), "forbidden");

        // Back, and to the next one; who had it when stays known.
        let back = format!("/api/v1/assets/{id}/return");
        assert_eq!(boss.post(&back, &json!({ "returned_on": "2026-08-31" })).await.problem(403), "forbidden");
        assert_eq!(hr.post(&back, &json!({ "returned_on": "2026-03-01" })).await.body["errors"][0]["pointer"], "/returned_on");
        assert_eq!(hr.post(&back, &json!({ "returned_on": "2026-11-21" })).await.body["errors"][0]["pointer"], "/returned_on");
        let done = hr.post(&back, &json!({ "returned_on": "2026-08-31", "condition": "完好" })).await.ok(200);
        assert_eq!((&done["returned_on"], &done["returned_condition"]), (&json!("2026-08-31"), &json!("完好")));
        assert_eq!(hr.post(&back, &json!({ "returned_on": "2026-08-31" })).await.problem(409), "returned_already");
        let early = hr.post(path, &laptop("E3")).await;
        assert_eq!((early.status, &early.body["errors"][0]["pointer"]), (422, &json!("/issued_on")), "it lay with her on that day");
        let mut later = laptop("E3");
        later["issued_on"] = json!("2026-09-01");
        hr.post(path, &later).await.ok(201);
        assert_eq!(of(&hr.get("/api/v1/assets").await.ok(200)), pairs(&[("IT-1", "E3")]));
        // What was given back unseen is not acknowledged afterwards.
        let lent = hr.post(path, &json!({ "asset": "IT-2", "employee": "E2", "kind": "phone", "name": "手机", "issued_on": "2026-03-02" })).await.ok(201);
        let lent = lent["id"].as_str().unwrap();
        hr.post(&format!("{path}/{lent}/return"), &json!({ "returned_on": "2026-08-31" })).await.ok(200);
        assert_eq!(her.post(&format!("/api/v1/me/assets/{lent}/acknowledgement"), &json!({})).await.problem(409), "returned_already");
        assert_eq!(of(&hr.get("/api/v1/assets?state=returned").await.ok(200)), pairs(&[("IT-2", "E2"), ("IT-1", "E2")]));
        assert_eq!(of(&hr.get("/api/v1/assets?state=all&employee=E2").await.ok(200)), pairs(&[("IT-2", "E2"), ("IT-1", "E2")]));
        // Each act is a record of its own.
        for (kind, count) in [("asset.issued", 3), ("asset.acknowledged", 1), ("asset.returned", 2)] {
            assert_eq!(hr.get(&format!("/api/v1/records?kind={kind}")).await.ok(200)["items"].as_array().unwrap().len(), count, "{kind}");
        }
        let held = her.get("/api/v1/me/holdings").await.ok(200);
        assert!(held["items"].as_array().unwrap().iter().any(|h| h["kind"] == "asset.issued" && h["source"] == "/probity/assets"), "{held}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_an_asset_system_follow_one_another_and_are_put_right() {
    on_each_server(|server| async move {
        staffed(&server).await;
        let ingest = server.with(&["ingest"]).await;
        let hr = server.person("hr", None).await;
        let issued = |id: &str, employee: &str, on: &str, name: &str| {
            event("/hr", id, "asset.issued", json!({ "asset": "CAR-1", "employee": employee, "kind": "vehicle", "name": name, "issued_on": on }))
        };
        // Told late of who had it before: nobody holds it twice.
        batch(&ingest, &[issued("a", "E3", "2026-06-01", "商务车")]).await;
        batch(&ingest, &[issued("b", "E2", "2026-01-01", "商务车")]).await;
        assert_eq!(of(&hr.get("/api/v1/assets").await.ok(200)), pairs(&[("CAR-1", "E3")]));
        let before = hr.get("/api/v1/assets?state=returned").await.ok(200);
        assert_eq!((of(&before), &before["items"][0]["returned_on"]), (pairs(&[("CAR-1", "E2")]), &json!("2026-06-01")));
        // The same told again renews what is known of it; into other hands it goes with the next issue.
        batch(&ingest, &[issued("c", "E3", "2026-06-01", "商务车 沪A12345")]).await;
        let now = hr.get("/api/v1/assets").await.ok(200);
        assert_eq!((now["items"].as_array().unwrap().len(), &now["items"][0]["name"]), (1, &json!("商务车 沪A12345")));
        batch(&ingest, &[issued("d", "E9", "2026-10-01", "商务车")]).await;
        assert_eq!(of(&hr.get("/api/v1/assets").await.ok(200)), pairs(&[("CAR-1", "E9")]));
        // What somebody no longer has they cannot give back; the holder can.
        let returned = |id: &str, employee: &str, on: &str| {
            event("/hr", id, "asset.returned", json!({ "asset": "CAR-1", "employee": employee, "returned_on": on, "received_by": "车队" }))
        };
        batch(&ingest, &[returned("e", "E3", "2026-10-02")]).await;
        assert_eq!(of(&hr.get("/api/v1/assets").await.ok(200)), pairs(&[("CAR-1", "E9")]));
        batch(&ingest, &[returned("f", "E9", "2026-11-02")]).await;
        assert_eq!(of(&hr.get("/api/v1/assets").await.ok(200)), pairs(&[]));
        // A correction speaks in the place of what it puts right.
        let right = json!({ "record": { "source": "/hr", "id": "f" }, "data": { "asset": "CAR-1", "employee": "E9", "returned_on": "2026-11-05" } });
        batch(&ingest, &[event("/hr", "g", "record.corrected", right)]).await;
        assert_eq!(hr.get("/api/v1/assets?state=returned&employee=E9").await.ok(200)["items"][0]["returned_on"], "2026-11-05");
        let right =
            json!({ "record": { "source": "/hr", "id": "d" }, "data": { "asset": "CAR-1", "employee": "E9", "name": "客车", "issued_on": "2026-10-03" } });
        batch(&ingest, &[event("/hr", "h", "record.corrected", right)]).await;
        let one = hr.get("/api/v1/assets?state=returned&employee=E9").await.ok(200)["items"][0].clone();
        assert_eq!(
            (&one["name"], &one["issued_on"], &one["returned_on"], &one["kind"]),
            (&json!("客车"), &json!("2026-10-03"), &json!("2026-11-05"), &json!("other"))
        );
        // A list told again, changed, after the return: nobody holds it anew.
        batch(&ingest, &[issued("i", "E9", "2026-10-03", "客车 沪B")]).await;
        assert_eq!(of(&hr.get("/api/v1/assets").await.ok(200)), pairs(&[]));
        assert_eq!(hr.get("/api/v1/assets?state=returned&employee=E9").await.ok(200)["items"][0]["name"], "客车 沪B");
        // The correction of what was told twice is of the one issue, which goes on.
        let phone = |id: &str, asset: &str, employee: &str| {
            event("/hr", id, "asset.issued", json!({ "asset": asset, "employee": employee, "kind": "phone", "name": "手机", "issued_on": "2026-11-01" }))
        };
        batch(&ingest, &[phone("j", "SJ-1", "E2")]).await;
        batch(&ingest, &[phone("k", "SJ-1", "E2"), phone("l", "SJ-2", "E3")]).await;
        let fix = |id: &str, of: &str, asset: &str, employee: &str, name: &str| {
            let data = json!({ "asset": asset, "employee": employee, "kind": "phone", "name": name, "issued_on": "2026-11-01" });
            event("/hr", id, "record.corrected", json!({ "record": { "source": "/hr", "id": of }, "data": data }))
        };
        batch(&ingest, &[fix("m", "k", "SJ-1", "E2", "手机 64G")]).await;
        let hers = hr.get("/api/v1/assets?state=all&q=SJ-1").await.ok(200);
        assert_eq!(
            (hers["items"].as_array().unwrap().len(), &hers["items"][0]["name"], &hers["items"][0]["returned_on"]),
            (1, &json!("手机 64G"), &Value::Null)
        );
        // Put right to a number that somebody else has: it is in one pair of hands, and can be given back.
        batch(&ingest, &[fix("n", "l", "SJ-1", "E3", "手机")]).await;
        assert_eq!(of(&hr.get("/api/v1/assets?q=SJ-").await.ok(200)), pairs(&[("SJ-1", "E3")]));
        let id = hr.get("/api/v1/assets?q=SJ-1").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let back = json!({ "returned_on": "2026-11-20" });
        assert_eq!(hr.post(&format!("/api/v1/assets/{id}/return"), &back).await.ok(200)["returned_on"], "2026-11-20");
        // What is noted with a snapshot keeps its numbers to itself.
        let told = json!({ "asset": "account:wecom:x", "employee": "E2", "kind": "computer", "name": "n", "issued_on": "2026-11-01" });
        assert_eq!(batch(&ingest, &[event("/hr", "o", "asset.issued", told)]).await["quarantined"][0]["errors"][0]["pointer"], "/data/asset");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_usual_sheet_comes_in_with_a_dry_run() {
    on_each_server(|server: TestServer| async move {
        staffed(&server).await;
        let admin = server.with(&["admin", "ingest", "read"]).await;
        let sheet = "资产编号,资产名称,资产类别,序列号,使用人工号,使用人,领用日期,成色\nIT-7,MacBook Pro,笔记本电脑,C02X1,E2,员工E2,2026/5/6,九成新\nYZ-1,合同专用章,印章,,E3,员工E3,2026年5月7日,\nIT-8,显示器,电子设备,D22,E3,员工E3,昨天,\n";
        let about = upload(&admin, "资产台账.csv", sheet.as_bytes().to_vec()).await.ok(201);
        assert_eq!(about["kind"], "asset.issued", "{about}");
        let mapping = &about["mapping"];
        assert_eq!((&mapping["资产编号"], &mapping["资产名称"], &mapping["资产类别"]), (&json!("data.asset"), &json!("data.name"), &json!("data.kind")));
        assert_eq!((&mapping["使用人工号"], &mapping["序列号"], &mapping["领用日期"]), (&json!("data.employee"), &json!("data.identifier"), &json!("data.issued_on")));
        let id = about["id"].as_str().unwrap();
        let body = json!({ "source": "/hr", "kind": "asset.issued", "sheet": "", "mapping": mapping });
        let dry = admin.post(&format!("/api/v1/imports/{id}/dry-run"), &body).await.ok(200);
        assert_eq!((&dry["total"], &dry["good"], &dry["errors"][0]["column"]), (&json!(3), &json!(2), &json!("领用日期")), "{dry}");
        assert!(held_by(server.company.store.read(), "E2").await.unwrap().is_empty(), "a dry run writes nothing");
        admin.post(&format!("/api/v1/imports/{id}/run"), &body).await.ok(202);
        assert_eq!(until_done(&admin, id).await["accepted"], 2);
        let hers = held_by(server.company.store.read(), "E2").await.unwrap();
        let one = (hers[0].asset.as_str(), hers[0].kind.as_str(), hers[0].identifier.as_deref(), hers[0].issued_on.as_str(), hers[0].condition.as_deref());
        assert_eq!((hers.len(), one), (1, ("IT-7", "computer", Some("C02X1"), "2026-05-06", Some("九成新"))));
        assert_eq!(held_by(server.company.store.read(), "E3").await.unwrap()[0].kind, "seal");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_work_account_is_one_thing_whether_its_contacts_were_noted_or_not() {
    on_each_server(|server| async move {
        staffed(&server).await;
        let hr = server.person("hr", None).await;
        let her = server.person("employee", Some("E2")).await;
        let snapshots = "/api/v1/employees/E2/snapshots";
        let account = |when: &str| json!({ "account": { "system": "wecom", "account": "yuangong2" }, "when": when });
        hr.post(snapshots, &account("issue")).await.ok(201);
        let mine = her.get("/api/v1/me/assets").await.ok(200)["items"][0].clone();
        assert_eq!((&mine["kind"], &mine["system"], &mine["identifier"]), (&json!("work_account"), &json!("wecom"), &json!("yuangong2")));
        // Signing the contacts is saying that one has the account.
        her.post(&format!("{snapshots}/{}/acknowledge", mine["snapshot"].as_str().unwrap()), &json!({})).await.ok(200);
        let mine = her.get("/api/v1/me/assets").await.ok(200)["items"][0].clone();
        assert!(mine["acknowledged_at"].is_string(), "{mine}");
        // The asset system tells of the same account under a number of its own: it is still one.
        let ingest = server.with(&["ingest"]).await;
        let told =
            json!({ "asset": "NO-5", "employee": "E2", "kind": "work_account", "name": "企业微信", "identifier": "yuangong2", "issued_on": "2026-11-20" });
        batch(&ingest, &[event("/hr", "w", "asset.issued", told)]).await;
        let mine = her.get("/api/v1/me/assets").await.ok(200);
        assert_eq!((mine["items"].as_array().unwrap().len(), &mine["items"][0]["asset"], &mine["items"][0]["system"]), (1, &json!("NO-5"), &json!("wecom")));
        assert!(mine["items"][0]["acknowledged_at"].is_string(), "{mine}");
        // A second number for the same account is a second thing, which swallows nothing.
        let second =
            json!({ "asset": "NO-6", "employee": "E2", "kind": "work_account", "name": "企业微信备用", "identifier": "yuangong2", "issued_on": "2026-11-20" });
        let second = hr.post("/api/v1/assets", &second).await.ok(201)["id"].as_str().unwrap().to_owned();
        assert_eq!(her.get("/api/v1/me/assets").await.ok(200)["items"].as_array().unwrap().len(), 2);
        hr.post(&format!("/api/v1/assets/{second}/return"), &json!({ "returned_on": "2026-11-20" })).await.ok(200);
        let mine = her.get("/api/v1/me/assets").await.ok(200);
        let mine = json!({ "items": mine["items"].as_array().unwrap().iter().filter(|a| a["asset"] == "NO-5").collect::<Vec<_>>() });
        // It comes back with its contacts, on the day it comes back.
        let back = format!("/api/v1/assets/{}/return", mine["items"][0]["id"].as_str().unwrap());
        assert_eq!(hr.post(&back, &json!({ "returned_on": "2026-11-20" })).await.ok(200)["returned_on"], "2026-11-20");
        let taken = hr.get(snapshots).await.ok(200);
        assert_eq!((taken["items"].as_array().unwrap().len(), &taken["items"][0]["when"]), (2, &json!("return")), "{taken}");
        // A thing is found by any part of what it is called, in whatever case and width its letters are.
        let wide = json!({ "asset": "É-77", "employee": "E2", "kind": "other", "name": "ＵＳＢ 加密狗 Ünal", "issued_on": "2026-11-20" });
        hr.post("/api/v1/assets", &wide).await.ok(201);
        for typed in ["é-77", "ｕｓｂ加密", "üNAL", "狗"] {
            let found = hr.get(&format!("/api/v1/assets?q={typed}")).await.ok(200);
            assert_eq!((found["items"].as_array().unwrap().len(), &found["items"][0]["asset"]), (1, &json!("É-77")), "{typed}");
        }
        assert_eq!(hr.get("/api/v1/assets?q=%25").await.ok(200)["items"], json!([]), "what was typed is no pattern");
        let (gone, id) = (
            async |id: &str| hr.post(&format!("/api/v1/assets/{id}/return"), &json!({ "returned_on": "2026-11-20" })).await.ok(200),
            hr.get("/api/v1/assets?q=狗").await.ok(200)["items"][0]["id"].clone(),
        );
        gone(id.as_str().unwrap()).await;
        // Whose role masks accounts sees that there is one, and not which; nor does a search tell.
        let admin = server.person("admin", None).await;
        hr.post(snapshots, &account("issue")).await.ok(201);
        let grants = json!({ "assets.see": "all", "self.see": "own" });
        let role = json!({ "name": "资产看板", "like": "employee", "grants": grants, "masked": ["people.accounts"], "reason": "试遮蔽" });
        let role = admin.post("/api/v1/roles", &role).await.ok(201)["id"].as_str().unwrap().to_owned();
        let masked = server.person("employee", Some("E9")).await;
        let user = masked.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned();
        {
            use crate::access::model::user;
            use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
            let tx = server.company.store.write().await.unwrap();
            user::Entity::update_many().col_expr(user::Column::Role, Expr::value(role)).filter(user::Column::Id.eq(user)).exec(&tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        let seen = masked.get("/api/v1/assets").await.ok(200);
        assert_eq!((&seen["items"][0]["masked"], &seen["items"][0]["employee"]), (&json!("people.accounts"), &json!("E2")), "{seen}");
        assert!(!seen.to_string().contains("yuangong2"), "{seen}");
        for typed in ["yuangong2", "NO-5", "account"] {
            assert_eq!(masked.get(&format!("/api/v1/assets?q={typed}")).await.ok(200)["items"], json!([]), "{typed}");
        }
    })
    .await;
}
