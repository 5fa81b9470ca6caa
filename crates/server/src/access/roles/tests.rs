#![expect(clippy::unwrap_used, reason = "tests")]

use super::{check, templates};
use crate::{
    access::{
        Permission, Power,
        matrix::Role,
        model::{role_version, user},
    },
    http::testing::{TestServer, Visitor, on_each_server},
    records::model::record,
    said::Lang,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

async fn role_of(visitor: &Visitor<'_>, id: &str) -> Value {
    let all = visitor.get("/api/v1/roles").await.ok(200);
    all["items"].as_array().unwrap().iter().find(|r| r["id"] == id).cloned().unwrap_or(Value::Null)
}

/// The role as it is, to be sent back changed.
fn as_is(role: &Value, reason: &str) -> Value {
    json!({ "name": role["name"].as_str().unwrap_or("人事部"), "like": role["like"], "grants": role["grants"], "masked": role["masked"],
            "version": role["version"], "reason": reason })
}

/// A user of that role, by row: the shipped helper knows shipped roles only.
async fn move_to(server: &TestServer, visitor: &Visitor<'_>, role: &str) {
    let id = visitor.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned();
    let tx = server.company.store.write().await.unwrap();
    user::Entity::update_many().col_expr(user::Column::Role, Expr::value(role)).filter(user::Column::Id.eq(id)).exec(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn shipped_roles_and_templates_are_possible_and_keep_set_up_and_cases_apart() {
    for role in Role::ALL {
        let wanted = check::Wanted { name: role.name().into(), like: role, definition: super::Definition::of(&role.grants()) };
        assert_eq!(check::check(role.name(), &wanted, Lang::En).unwrap(), wanted.definition.read(), "{}", role.name());
    }
    for template in templates::all() {
        for (id, wanted) in &template.roles {
            check::check(id, wanted, Lang::En).unwrap_or_else(|e| panic!("{}: {id}: {e}", template.id));
        }
    }
    // Every pair of the two kinds is refused, not only the likely ones.
    for set_up in Permission::ALL.iter().filter(|p| p.power() == Power::SetUp) {
        for case in Permission::ALL.iter().filter(|p| p.power() == Power::Case) {
            let grants = crate::access::Grants::everywhere(&[*set_up, *case]);
            let wanted = check::Wanted { name: "x".into(), like: Role::Hr, definition: super::Definition::of(&grants) };
            assert!(check::check("x", &wanted, Lang::En).is_err(), "{set_up} with {case}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_changes_with_a_record_a_version_and_at_once() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let hr = server.person("hr", None).await;
        hr.get("/api/v1/employees").await.ok(200);
        let before = role_of(&admin, "hr").await;
        assert_eq!((&before["version"], &before["shipped"], &before["users"]), (&json!(0), &json!(true), &json!(1)));
        let mut less = as_is(&before, "人事不再看客户");
        less["grants"].as_object_mut().unwrap().remove("customers.see");
        less["masked"] = json!(["people.phones"]);
        let preview = {
            let mut body = less.clone();
            body["id"] = json!("hr");
            admin.post("/api/v1/roles/preview", &body).await.ok(200)
        };
        assert_eq!(preview["differences"], json!([{ "permission": "customers.see", "before": "all", "after": "none" }]));
        assert_eq!((&preview["masked"], &preview["waits"], &preview["people"]), (&json!(["people.phones"]), &json!(false), &json!(["hr"])));
        assert_eq!(admin.put("/api/v1/roles/hr", &less).await.ok(200)["version"], 1);
        assert_eq!(hr.get("/api/v1/customers").await.problem(403), "forbidden");
        assert_eq!(hr.get("/api/v1/session").await.ok(200)["masked"], json!(["people.phones"]));

        // Whoever read the older version is told.
        assert_eq!(admin.put("/api/v1/roles/hr", &less).await.problem(409), "role_changed_meanwhile");
        let versions = admin.get("/api/v1/roles/hr/versions").await.ok(200);
        assert_eq!((&versions["items"][0]["state"], &versions["items"][0]["reason"]), (&json!("in_force"), &json!("人事不再看客户")));
        let kinds: Vec<String> = record::Entity::find()
            .all(server.company.store.read())
            .await
            .unwrap()
            .into_iter()
            .filter(|r| r.kind == "access.role_changed")
            .map(|r| r.source)
            .collect();
        assert_eq!(kinds, ["/probity/access"]);
        // A source cannot change a role by sending that kind.
        assert!(role_version::Entity::find().all(server.company.store.read()).await.unwrap().len() == 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_role_may_be_is_refused_with_the_reason() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let new = |grants: Value| json!({ "name": "新角色", "like": "employee", "grants": grants, "reason": "试一试" });
        let united = admin.post("/api/v1/roles", &new(json!({ "users.edit": "all", "cases.see": "all" }))).await;
        assert_eq!(united.body["rule"], "separation");
        assert_eq!(united.problem(422), "set_up_and_cases");
        let odd = admin.post("/api/v1/roles", &new(json!({ "users.edit": "own", "no.such": "all" }))).await;
        let codes: Vec<&str> = odd.body["errors"].as_array().unwrap().iter().filter_map(|e| e["code"].as_str()).collect();
        assert_eq!(codes, ["unknown_permission", "reach_not_possible"]);
        assert_eq!(admin.put("/api/v1/roles/admin", &as_is(&role_of(&admin, "admin").await, "自己改自己")).await.problem(403), "own_role");
        assert_eq!(admin.send(reqwest::Method::DELETE, "/api/v1/roles/hr", &json!({ "reason": "不要了" })).await.problem(409), "shipped_role");
        assert_eq!(admin.put("/api/v1/roles/nothing", &new(json!({}))).await.problem(404), "not_found");
        assert_eq!(server.with(&["admin"]).await.get("/api/v1/roles").await.problem(403), "forbidden");

        // Somebody else with roles.edit may change the administrator's role, but not take what it needs.
        let made = admin.post("/api/v1/roles", &new(json!({ "roles.see": "all", "roles.edit": "all" }))).await.ok(201);
        let id = made["id"].as_str().unwrap().to_owned();
        let second = server.person("employee", None).await;
        move_to(&server, &second, &id).await;
        let mut without = as_is(&role_of(&second, "admin").await, "收回用户管理");
        without["name"] = json!("管理员");
        without["grants"].as_object_mut().unwrap().remove("users.edit");
        assert_eq!(second.put("/api/v1/roles/admin", &without).await.problem(422), "administrator_keeps_users");
        assert_eq!(admin.send(reqwest::Method::DELETE, &format!("/api/v1/roles/{id}"), &json!({ "reason": "不要了" })).await.problem(409), "role_in_use");
        move_to(&server, &second, "employee").await;
        admin.send(reqwest::Method::DELETE, &format!("/api/v1/roles/{id}"), &json!({ "reason": "不要了" })).await.ok(204);
        assert_eq!(role_of(&admin, &id).await, Value::Null);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn case_access_waits_for_a_second_person_once_there_is_one() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let wanted = json!({ "name": "调查员", "like": "hr", "grants": { "cases.see": "all", "alerts.see": "all" }, "reason": "设立调查岗" });
        // Nobody else could agree yet.
        assert_eq!(admin.post("/api/v1/roles", &wanted).await.ok(201)["waits"], false);
        let auditor = server.person("auditor", None).await;
        let mut second = wanted.clone();
        second["name"] = json!("调查员二");
        let made = admin.post("/api/v1/roles", &second).await.ok(201);
        assert_eq!(made["waits"], true);
        let id = made["id"].as_str().unwrap().to_owned();
        let waiting = role_of(&auditor, &id).await;
        assert_eq!((&waiting["waiting"]["may_decide"], &waiting["grants"]), (&json!(true), &json!({})));
        let decide = json!({ "version": made["version"], "agree": true, "reason": "岗位确有需要" });
        assert_eq!(admin.post(&format!("/api/v1/roles/{id}/decide"), &decide).await.problem(403), "forbidden");
        auditor.post(&format!("/api/v1/roles/{id}/decide"), &decide).await.ok(204);
        assert_eq!(role_of(&admin, &id).await["grants"]["cases.see"], "all");
        assert_eq!(auditor.post(&format!("/api/v1/roles/{id}/decide"), &decide).await.problem(409), "already_decided");
        // Less case access waits for nobody.
        let mut less = as_is(&role_of(&admin, &id).await, "只看预警");
        less["grants"].as_object_mut().unwrap().remove("cases.see");
        assert_eq!(admin.put(&format!("/api/v1/roles/{id}"), &less).await.ok(200)["waits"], false);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_says_what_changes_for_whom_and_then_does_that() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let hr = server.person("hr", None).await;
        let all = admin.get("/api/v1/roles/templates").await.ok(200);
        let large = all["items"].as_array().unwrap().iter().find(|t| t["id"] == "large").unwrap().clone();
        let of_hr = large["roles"].as_array().unwrap().iter().find(|r| r["id"] == "hr").unwrap().clone();
        assert_eq!(of_hr["people"], json!(["hr"]));
        assert!(of_hr["differences"].as_array().unwrap().contains(&json!({ "permission": "cases.see", "before": "all", "after": "none" })));
        assert!(of_hr["refused"].is_null());
        let applied = admin.post("/api/v1/roles/templates/large", &json!({ "reason": "人事与调查分岗" })).await.ok(200);
        assert_eq!(applied["skipped"], json!([]));
        assert_eq!(hr.get("/api/v1/cases").await.problem(403), "forbidden");
        assert_eq!(role_of(&admin, "investigator").await["grants"]["content.open"], "all");
        // A second time there is nothing to change.
        assert_eq!(admin.post("/api/v1/roles/templates/large", &json!({ "reason": "再来一次" })).await.ok(200)["saved"], json!([]));
        assert_eq!(admin.post("/api/v1/roles/templates/huge", &json!({ "reason": "没有的" })).await.problem(404), "not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_says_what_a_request_would_meet() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        crate::access::tests::staff(&server).await;
        let manager = server.person("sales_manager", Some("M001")).await;
        let id = manager.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned();
        let ask = async |body: Value| admin.post("/api/v1/roles/simulate", &body).await.ok(200);
        let own_team = ask(json!({ "user": id, "permission": "people.see", "employee": "S001" })).await;
        assert_eq!((&own_team["allowed"], &own_team["reason"]), (&json!(true), &json!(null)));
        manager.get("/api/v1/employees/S001").await.ok(200);
        let others = ask(json!({ "user": id, "permission": "people.see", "employee": "S009" })).await;
        assert_eq!((&others["allowed"], &others["reason"]), (&json!(false), &json!("reach")));
        manager.get("/api/v1/employees/S009").await.ok(404);
        assert_eq!(ask(json!({ "user": id, "permission": "cases.see" })).await["reason"], "role");
        assert_eq!(ask(json!({ "user": id, "permission": "customers.export", "standing": "resigning" })).await["reason"], "standing");
        assert_eq!(ask(json!({ "user": id, "permission": "people.see", "employee": "S001", "field": "people.interests" })).await["reason"], "field");
        assert_eq!(ask(json!({ "role": "hr", "permission": "cases.see" })).await["allowed"], true);
        let hr = server.person("hr", Some("S009")).await;
        let id = hr.get("/api/v1/session").await.ok(200)["user"]["id"].clone();
        assert_eq!(ask(json!({ "user": id, "permission": "alerts.see", "employee": "S009" })).await["reason"], "recusal");

        let who = admin.get("/api/v1/roles/fields/people.interests").await.ok(200);
        let of = |role: &str| who["roles"].as_array().unwrap().iter().find(|r| r["role"] == role).cloned().unwrap();
        assert_eq!((&of("sales_manager")["reach"], &of("sales_manager")["masked"]), (&json!("none"), &json!(true)));
        assert_eq!((&of("hr")["reach"], &of("hr")["people"]), (&json!("all"), &json!(["hr"])));
        assert_eq!(admin.get("/api/v1/roles/fields/people.secrets").await.problem(404), "not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_approves_sees_what_waits_and_a_role_waits_only_for_somebody_who_can_decide() {
    on_each_server(|server| async move {
        let admin = server.person("admin", None).await;
        let wanted = |name: &str| json!({ "name": name, "like": "hr", "grants": { "cases.see": "all" }, "reason": "设立调查岗" });
        // Whoever holds the role that changes does not decide on it, so it does not wait for them.
        let legal = server.person("legal", None).await;
        let mut more = as_is(&role_of(&admin, "legal").await, "收回后再给");
        more["name"] = json!("法务");
        more["grants"].as_object_mut().unwrap().remove("alerts.see");
        assert_eq!(admin.put("/api/v1/roles/legal", &more).await.ok(200)["waits"], false);
        more["grants"]["alerts.see"] = json!("all");
        more["version"] = json!(1);
        assert_eq!(admin.put("/api/v1/roles/legal", &more).await.ok(200)["waits"], false);

        let made = admin.post("/api/v1/roles", &wanted("调查一")).await.ok(201);
        assert_eq!(made["waits"], true);
        let id = made["id"].as_str().unwrap().to_owned();
        let listed = legal.get("/api/v1/roles/waiting").await.ok(200);
        assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["may_decide"]), (&json!(id), &json!(true)));
        assert_eq!(admin.get("/api/v1/roles/waiting").await.ok(200)["items"][0]["may_decide"], false);
        assert_eq!(server.person("hr", None).await.get("/api/v1/roles/waiting").await.problem(403), "forbidden");
        legal.get("/api/v1/roles").await.ok(200);
        legal.post(&format!("/api/v1/roles/{id}/decide"), &json!({ "version": made["version"], "agree": true, "reason": "确有需要" })).await.ok(204);
        assert_eq!(legal.get("/api/v1/roles/waiting").await.ok(200)["items"], json!([]));

        // An approver who could not see roles is refused.
        let mut approver = wanted("审批");
        approver["grants"] = json!({ "users.approve": "all" });
        assert_eq!(admin.post("/api/v1/roles", &approver).await.problem(422), "approver_sees_roles");

        // Nobody who has no password, or is leaving the company, is a second person.
        let id = legal.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned();
        let tx = server.company.store.write().await.unwrap();
        user::Entity::update_many()
            .col_expr(user::Column::Password, Expr::value(Option::<String>::None))
            .filter(user::Column::Id.eq(id))
            .exec(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(admin.post("/api/v1/roles", &wanted("调查二")).await.ok(201)["waits"], false);
    })
    .await;
}
