#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{
    access::tests::staff,
    http::testing::{TestServer, Visitor, on_each_server},
    intake::tests::batch,
    records::model::record,
};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

const DAY: i64 = 24 * 3600 * 1_000_000;

fn proposal(limits: &[&str], until: &str) -> Value {
    json!({ "employee": "S001", "limits": limits, "reason": "交接期间防止将新单转往他处，已有订单照常", "rule": "P16", "until": until })
}

async fn order(server: &TestServer, id: &str, time: &str) {
    let ingest = server.with(&["ingest"]).await;
    let event = json!({ "specversion": "1.0", "id": id, "source": "/crm", "type": "order.placed", "time": time, "subject": "S001",
        "data": { "order": id, "customer": "C-1", "employee": "S001", "amount": { "amount": "100.00", "currency": "CNY" } } });
    let answer = batch(&ingest, &[event]).await;
    assert_eq!(answer["accepted"], 1, "the record is kept whatever is stopped: {answer}");
}

fn codes(preview: &Value) -> Vec<String> {
    preview["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap().to_owned()).collect()
}

async fn approved(hr: &Visitor<'_>, legal: &Visitor<'_>, limits: &[&str]) -> String {
    let id = hr.post("/api/v1/restrictions", &proposal(limits, "2026-12-10")).await.ok(201)["id"].as_str().unwrap().to_owned();
    let read = legal.get(&format!("/api/v1/restrictions/{id}")).await.ok(200);
    let body = json!({ "approve": true, "reason": "范围适当", "acknowledged": codes(&read["preview"]) });
    assert_eq!(legal.post(&format!("/api/v1/restrictions/{id}/decide"), &body).await.ok(200)["status"], "in_force");
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn new_orders_are_stopped_by_two_people_for_a_time_seen_appealed_and_lifted() {
    on_each_server(|server| async move {
        staff(&server).await;
        let (hr, legal) = (server.person("hr", None).await, server.person("legal", None).await);
        let seller = server.person("employee", Some("S001")).await;
        let crm = server.with(&["read"]).await;
        let preview = hr.post("/api/v1/restrictions/preview", &json!({ "employee": "S001", "limits": ["new_orders"] })).await.ok(200);
        assert_eq!((&preview["customers"], codes(&preview)), (&json!(8), vec!["commission".to_owned(), "severance".to_owned(), "not_resigning".to_owned()]));
        crate::access::tests::resigning(&server).await;

        for (wrong, code) in [
            (proposal(&[], "2026-12-10"), "no_limit"),
            (proposal(&["new_orders"], "2027-03-01"), "too_long"),
            (proposal(&["new_orders"], "2026-11-01"), "bad_end"),
            (json!({ "employee": "S001", "limits": ["new_orders"], "reason": "短", "rule": "P16", "until": "2026-12-10" }), "length"),
            (
                json!({ "employee": "S001", "limits": ["new_orders"], "reason": "交接期间防止将新单转往他处", "rule": "P99", "until": "2026-12-10" }),
                "unknown_rule",
            ),
        ] {
            assert_eq!(hr.post("/api/v1/restrictions", &wrong).await.problem(422), code);
        }
        let mut nobody = proposal(&["new_orders"], "2026-12-10");
        nobody["employee"] = json!("X404");
        assert_eq!(hr.post("/api/v1/restrictions", &nobody).await.problem(404), "not_found");

        let id = hr.post("/api/v1/restrictions", &proposal(&["new_orders"], "2026-12-10")).await.ok(201)["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/restrictions/{id}");
        assert_eq!(seller.get("/api/v1/me/restrictions").await.ok(200)["items"], json!([]), "a proposal is nothing yet");
        assert_eq!(crm.get("/api/v1/employees/S001/restrictions").await.ok(200)["new_orders"], true);
        let yes = |acknowledged: &[&str]| json!({ "approve": true, "reason": "范围适当", "acknowledged": acknowledged });
        // HR holds no approval; whoever approves has read the warnings.
        assert_eq!(hr.post(&format!("{path}/decide"), &yes(&["commission", "severance"])).await.problem(403), "forbidden");
        let unread = legal.post(&format!("{path}/decide"), &yes(&["severance"])).await;
        assert_eq!((&unread.body["rule"], &unread.body["errors"][0]["pointer"]), (&json!("P16"), &json!("/acknowledged/commission")));
        assert_eq!(unread.problem(422), "not_acknowledged");
        legal.post(&format!("{path}/decide"), &yes(&["commission", "severance"])).await.ok(200);
        assert_eq!(legal.post(&format!("{path}/decide"), &yes(&["commission", "severance"])).await.problem(409), "already_decided");
        assert_eq!(hr.post("/api/v1/restrictions", &proposal(&["new_orders"], "2026-12-10")).await.problem(409), "already_restricted");
        let now = crm.get("/api/v1/employees/S001/restrictions").await.ok(200);
        assert_eq!((&now["new_orders"], &now["standing"], &now["limits"]), (&json!(false), &json!("resigning"), &json!(["new_orders"])));

        // An order all the same: kept, and told.
        server.company.clock.advance(2 * 3600 * 1_000_000);
        order(&server, "O-1", "2026-11-20T10:00:00+08:00").await;
        let alerts = hr.get("/api/v1/alerts?rule=orders.while_stopped").await.ok(200);
        assert_eq!((&alerts["items"][0]["severity"], &alerts["items"][0]["employee"]), (&json!("high"), &json!("S001")));
        order(&server, "O-0", "2026-11-18T10:00:00+08:00").await;
        assert_eq!(hr.get("/api/v1/alerts?rule=orders.while_stopped").await.ok(200)["items"][0]["explanation"]["value"], 1.0, "placed before the stop");

        // The employee sees it and objects; somebody other than the proposer has to answer.
        let own = seller.get("/api/v1/me/restrictions").await.ok(200);
        assert_eq!((&own["items"][0]["reason"], &own["items"][0]["preview"]), (&json!("交接期间防止将新单转往他处，已有订单照常"), &json!(null)));
        let appeal = format!("/api/v1/me/restrictions/{id}/appeal");
        assert_eq!(server.person("employee", Some("S009")).await.post(&appeal, &json!({ "text": "替他问问" })).await.problem(404), "not_found");
        seller.post(&appeal, &json!({ "text": "老客户的年度订单本月到期，影响我的提成" })).await.ok(200);
        assert_eq!(seller.post(&appeal, &json!({ "text": "再说一遍" })).await.problem(409), "appeal_open");
        assert_eq!(hr.post(&format!("{path}/answer"), &json!({ "lift": true, "text": "同意" })).await.problem(403), "forbidden");
        let kept = legal.post(&format!("{path}/answer"), &json!({ "lift": false, "text": "年度订单由接手人办理，提成照算给您" })).await.ok(200);
        assert_eq!((&kept["status"], &kept["appeals"][0]["outcome"]), (&json!("in_force"), &json!("kept")));
        seller.post(&appeal, &json!({ "text": "仍不同意，请复核" })).await.ok(200);
        let lifted = legal.post(&format!("{path}/answer"), &json!({ "lift": true, "text": "复核后解除" })).await.ok(200);
        assert_eq!((&lifted["status"], &lifted["end_reason"]), (&json!("lifted"), &json!("复核后解除")));
        assert_eq!(crm.get("/api/v1/employees/S001/restrictions").await.ok(200)["new_orders"], true);
        let kinds: Vec<String> = record::Entity::find()
            .order_by_asc(record::Column::Idx)
            .all(server.company.store.read())
            .await
            .unwrap()
            .into_iter()
            .filter(|r| r.source == super::SOURCE)
            .map(|r| r.kind)
            .collect();
        assert_eq!(
            kinds,
            [
                "restriction.proposed",
                "restriction.approved",
                "restriction.appealed",
                "restriction.answered",
                "restriction.appealed",
                "restriction.answered",
                "restriction.lifted"
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_holds_here_at_once_and_ends_by_itself() {
    on_each_server(|server| async move {
        staff(&server).await;
        crate::access::tests::resigning(&server).await;
        let (hr, legal) = (server.person("hr", None).await, server.person("legal", None).await);
        let seller = server.person("employee", Some("S001")).await;
        seller.get("/api/v1/customers").await.ok(200);
        let id = approved(&hr, &legal, &["customer_lists"]).await;
        let refused = seller.get("/api/v1/customers").await;
        assert_eq!(refused.body["rule"], "P16");
        assert_eq!(refused.problem(403), "restricted");
        seller.get("/api/v1/customers/C-1").await.ok(200);
        // Past its end it holds no longer, before any job has run; then the end is on record.
        server.company.clock.advance(22 * DAY);
        let seller = server.person("employee", Some("S001")).await;
        seller.get("/api/v1/customers").await.ok(200);
        server.company.jobs.wake();
        server.settled().await;
        let legal = server.person("legal", None).await;
        assert_eq!(legal.get(&format!("/api/v1/restrictions/{id}")).await.ok(200)["status"], "expired");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_about_themselves_and_a_manager_sees_the_own_team_only() {
    on_each_server(|server| async move {
        staff(&server).await;
        crate::access::tests::resigning(&server).await;
        let (hr, own) = (server.person("hr", None).await, server.person("legal", Some("S001")).await);
        let id = hr.post("/api/v1/restrictions", &proposal(&["new_orders"], "2026-12-10")).await.ok(201)["id"].as_str().unwrap().to_owned();
        let body = json!({ "approve": true, "reason": "同意", "acknowledged": ["commission", "severance"] });
        assert_eq!(own.post(&format!("/api/v1/restrictions/{id}/decide"), &body).await.problem(403), "recused");
        assert_eq!(own.get(&format!("/api/v1/restrictions/{id}")).await.problem(404), "not_found");
        assert_eq!(own.get("/api/v1/restrictions").await.ok(200)["items"], json!([]));
        let (mine, other) = (server.person("sales_manager", Some("M001")).await, server.person("sales_manager", Some("S009")).await);
        assert_eq!(mine.get("/api/v1/restrictions").await.ok(200)["items"].as_array().unwrap().len(), 1);
        assert_eq!(other.get("/api/v1/restrictions").await.ok(200)["items"], json!([]));
        assert_eq!(other.get(&format!("/api/v1/restrictions/{id}")).await.problem(404), "not_found");
        assert_eq!(other.get("/api/v1/employees/S001/restrictions").await.problem(404), "not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_alike_never_stand_at_once_and_the_last_day_is_the_one_that_was_chosen() {
    on_each_server(|server| async move {
        staff(&server).await;
        crate::access::tests::resigning(&server).await;
        let (hr, legal) = (server.person("hr", None).await, server.person("legal", None).await);
        let seller = server.person("employee", Some("S001")).await;
        let propose =
            async |limits: &[&str], until: &str| hr.post("/api/v1/restrictions", &proposal(limits, until)).await.ok(201)["id"].as_str().unwrap().to_owned();
        let (first, second) = (propose(&["new_orders"], "2026-12-10").await, propose(&["new_orders", "customer_lists"], "2026-12-12").await);
        // A proposal of somebody else is refused by its approver, not lifted; the refusal says so.
        let other = legal.post(&format!("/api/v1/restrictions/{first}/lift"), &json!({ "reason": "不同意" })).await;
        assert_eq!(other.body["rule"], "restrictions.approve");
        assert_eq!(other.problem(403), "not_your_proposal");
        let decide = async |id: &str| {
            let read = legal.get(&format!("/api/v1/restrictions/{id}")).await.ok(200);
            let body = json!({ "approve": true, "reason": "范围适当", "acknowledged": codes(&read["preview"]) });
            legal.post(&format!("/api/v1/restrictions/{id}/decide"), &body).await
        };
        decide(&first).await.ok(200);
        assert_eq!(decide(&second).await.problem(409), "already_restricted");
        let own = seller.get("/api/v1/me/restrictions").await.ok(200);
        assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["last_day"]), (1, &json!("2026-12-10")));
        let mut far = proposal(&["mail_out"], "2027-06-20");
        far["from"] = json!("2027-06-01");
        assert_eq!(hr.post("/api/v1/restrictions", &far).await.problem(422), "too_far");
        // Lifted is free.
        legal.post(&format!("/api/v1/restrictions/{first}/lift"), &json!({ "reason": "不再需要" })).await.ok(200);
        assert_eq!(server.with(&["read"]).await.get("/api/v1/employees/S001/restrictions").await.ok(200)["limits"], json!([]));
    })
    .await;
}
