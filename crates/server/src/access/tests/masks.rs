//! For every masked field every way to get at it is tried: what was hidden stands in no answer, and asking by it finds no
//! more than asking by nonsense. The routes are those of the matrix, so that a new one is tried without being named here.

use super::leaving::{said, staff};
use crate::{
    access::{
        Field, Permission, Power, Reach,
        matrix::{ROUTES, Rule},
        model::user,
    },
    events,
    http::testing::{TestServer, Visitor, on_each_server},
    intake::tests::batch,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Map, Value, json};

/// What stands in each field of the people and customers that `staff` makes.
const HIDDEN: &[(Field, &[&str])] = &[
    (Field::PeoplePhones, &["13987654321"]),
    (Field::PeopleEmails, &["hidden@mask.example"]),
    (Field::PeopleAccounts, &["acct_hidden_77"]),
    (Field::PeopleInterests, &["配偶持股玄武一成", "CO-玄武"]),
    (Field::ContractsPay, &["34567.00"]),
    (Field::CustomersAmounts, &["98765.43"]),
    (Field::CustomersPreferences, &["只喝黄山毛尖"]),
    (Field::CustomersContacts, &["匿名联系人甲", "13712345678", "contact@mask.example"]),
];

/// Somebody with every permission there is for work, all as far as it goes, and these fields masked.
async fn masked(server: &TestServer, admin: &Visitor<'_>, fields: &[Field]) -> String {
    let grants: Map<String, Value> = Permission::ALL
        .iter()
        // The list of companies is open to whoever keeps it; it is not the declared relation.
        // Who approves would have to agree to the next such role.
        .filter(|p| {
            p.power() == Power::Work && !matches!(p, Permission::CompaniesSee | Permission::CompaniesEdit | Permission::ImportsRun | Permission::UsersApprove)
        })
        .map(|p| (p.name().to_owned(), json!(p.reaches().iter().max().copied().unwrap_or(Reach::None))))
        .collect();
    let names: Vec<&str> = fields.iter().map(|f| f.name()).collect();
    let body = json!({ "name": format!("遮蔽{}", uuid::Uuid::now_v7().simple().to_string().split_off(24)), "like": "employee", "grants": grants, "masked": names, "reason": "试遮蔽" });
    let id = admin.post("/api/v1/roles", &body).await.ok(201)["id"].as_str().unwrap().to_owned();
    let _ = server;
    id
}

/// Pay, an amount, a preference, a handover with its notices, beside what `staff` makes. Answers the ids
/// of what it made.
async fn furnish(server: &TestServer) -> Vec<String> {
    let hr = server.person("hr", None).await;
    let pay = json!({ "kind": "open_ended", "from": "2026-03-02", "pay": { "amount": "34567.00", "currency": "CNY" } });
    hr.post("/api/v1/employees/S001/contracts", &pay).await.ok(201);
    let seller = server.person("employee", Some("S001")).await;
    seller.post("/api/v1/customers/C-1/preferences", &json!({ "text": "只喝黄山毛尖" })).await.ok(201);
    let account = json!({ "account": { "system": "wecom", "account": "acct_hidden_77" }, "when": "issue" });
    hr.post("/api/v1/employees/S001/snapshots", &account).await.ok(201);
    let ingest = server.with(&["ingest"]).await;
    let deal = json!({ "deal": "D-1", "customer": "C-1", "employee": "S001", "stage": "报价", "amount": { "amount": "98765.43", "currency": "CNY" } });
    let answer = batch(&ingest, &[said("d-1", "deal.stage_changed", "S001", "2026-11-02T09:00:00+08:00", deal)]).await;
    assert_eq!(answer["accepted"], 1, "{answer}");
    let resigned = json!({ "employee": "S001", "submitted_on": "2026-11-18", "last_day": "2026-12-18" });
    let answer = batch(&ingest, &[said("r-1", "resignation.submitted", "S001", "2026-11-18T09:00:00+08:00", resigned)]).await;
    assert_eq!(answer["accepted"], 1, "{answer}");
    server.settled().await;
    let id = hr.get("/api/v1/handovers?employee=S001").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let at = format!("/api/v1/handovers/{id}");
    let one = hr.get(&at).await.ok(200);
    let item = one["items"].as_array().unwrap().iter().find(|i| i["kind"] == "customer" && i["reference"] == "C-1").unwrap();
    hr.put(&format!("{at}/receivers"), &json!({ "items": [item["id"]], "receiver": "M001" })).await.ok(200);
    hr.post(&format!("{at}/reassign"), &json!({ "reason": "离职交接" })).await.ok(200);
    for _ in 0..500 {
        if hr.get(&at).await.ok(200)["moves"][0]["status"] == "done" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let notices = hr.post(&format!("{at}/notices"), &json!({ "title": "致{recipient}：对接人变更" })).await.ok(200);
    let notice = notices["items"][0].clone();
    assert!(notice["title"].as_str().unwrap().contains("匿名联系人甲"), "{notice}");
    vec![id, notice["id"].as_str().unwrap().to_owned()]
}

async fn holding<'a>(server: &'a TestServer, role: &str) -> Visitor<'a> {
    let visitor = server.person("employee", Some("S009")).await;
    let id = visitor.get("/api/v1/session").await.ok(200)["user"]["id"].as_str().unwrap().to_owned();
    let tx = server.company.store.write().await.unwrap();
    user::Entity::update_many().col_expr(user::Column::Role, Expr::value(role)).filter(user::Column::Id.eq(id)).exec(&tx).await.unwrap();
    tx.commit().await.unwrap();
    visitor
}

fn filled(path: &str, id: &str) -> String {
    path.replace("{number}", "S001").replace("{id}", id).replace("{field}", "people.phones")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masked_field_is_in_no_answer_and_nothing_is_found_by_it() {
    on_each_server(|server| async move {
        staff(&server).await;
        let admin = server.person("admin", None).await;
        let made = furnish(&server).await;
        // With nothing masked they are there: else the search below would prove nothing.
        let open = holding(&server, &masked(&server, &admin, &[]).await).await;
        let mut all = String::new();
        for path in ["/api/v1/employees/S001", "/api/v1/employees/S001/contracts", "/api/v1/customers/C-1"] {
            all.push_str(&open.get(path).await.ok(200).to_string());
        }
        for (field, values) in HIDDEN {
            assert!(values.iter().any(|v| all.contains(v)), "{field} is shown unmasked");
        }
        // Each alone, on the pages that hold it.
        for (field, values) in HIDDEN {
            let visitor = holding(&server, &masked(&server, &admin, &[*field]).await).await;
            for path in ["/api/v1/employees/S001", "/api/v1/employees/S001/contracts", "/api/v1/customers/C-1"] {
                let text = visitor.get(path).await.ok(200).to_string();
                assert!(values.iter().all(|v| !text.contains(v)), "{field} in GET {path}");
            }
        }
        // All of them, everywhere.
        let fields: Vec<Field> = HIDDEN.iter().map(|(field, _)| *field).collect();
        let secrets: Vec<&str> = HIDDEN.iter().flat_map(|(_, values)| values.iter().copied()).collect();
        let visitor = holding(&server, &masked(&server, &admin, &fields).await).await;
        let silent = |text: &str, asked: &str| {
            for secret in &secrets {
                assert!(!text.contains(secret), "{secret} in GET {asked}: {text}");
            }
        };
        let mut asked = 0;
        for (method, path, rule) in ROUTES {
            if *method != "GET" || !matches!(rule, Rule::Any(_) | Rule::SignedIn) || path.ends_with("/events") || path.contains("{*") {
                continue;
            }
            let ids = if path.contains("{id}") { ["C-1", "rec_3"].into_iter().chain(made.iter().map(String::as_str)).collect() } else { vec![""] };
            for id in ids {
                let path = filled(path, id);
                let plain = visitor.get(&path).await;
                asked += 1;
                silent(&String::from_utf8_lossy(&plain.bytes), &path);
                // Only a list can be narrowed or put in order.
                if !plain.body["items"].is_array() {
                    continue;
                }
                for name in ["q", "filter"] {
                    let size = |a: &crate::http::testing::Answer| (a.status, a.body["items"].as_array().map(Vec::len));
                    let nonsense = visitor.get(&format!("{path}?{name}=zzz-无此值-zzz")).await;
                    for secret in &secrets {
                        // As many items, the same status: nothing tells the right value from any other.
                        let by = visitor.get(&format!("{path}?{name}={secret}")).await;
                        assert_eq!(size(&by), size(&nonsense), "by {name}={secret} at GET {path}");
                    }
                }
                for ask in [format!("{path}?sort=contacts"), format!("{path}?sort=phones&order=asc"), format!("{path}?fields=contacts,phones,pay")] {
                    silent(&String::from_utf8_lossy(&visitor.get(&ask).await.bytes), &ask);
                }
            }
        }
        assert!(asked > 20, "{asked} routes were tried");
        // What is taken out whole is not given with parts of it hidden: refused, naming the field.
        let package = format!("/api/v1/handovers/{}/package", made[0]);
        let why = json!({ "reason": "劳动仲裁举证" });
        let refused = visitor.post(&package, &why).await;
        assert_eq!(refused.body["rule"], "customers.contacts");
        assert_eq!(refused.problem(403), "package_masked");
        for field in [Field::CustomersContacts, Field::CustomersAmounts] {
            let without = holding(&server, &masked(&server, &admin, &[field]).await).await;
            assert_eq!(without.post(&package, &why).await.problem(403), "package_masked", "{field}");
        }
        let open = holding(&server, &masked(&server, &admin, &[]).await).await;
        assert_eq!(open.post(&package, &why).await.status, 200);
        // One person holds one role after the other here.
        let visitor = holding(&server, &masked(&server, &admin, &fields).await).await;
        for path in ["/api/v1/employees/export", "/api/v1/customers/export"] {
            silent(&String::from_utf8_lossy(&visitor.post(path, &json!({ "format": "csv", "reason": "核对" })).await.bytes), path);
        }
        // Error texts: the value is sent where it cannot be.
        for secret in &secrets {
            let wrong = visitor.get(&format!("/api/v1/employees?limit=x{secret}")).await;
            assert!(wrong.status >= 400);
            silent(&String::from_utf8_lossy(&wrong.bytes), "an error");
        }
        // The event stream says what changed by id, to anyone.
        for row in events::model::Entity::find().all(server.company.store.read()).await.unwrap() {
            for (field, values) in HIDDEN {
                assert!(values.iter().all(|v| !row.payload.contains(v)), "{field} in an event: {}", row.payload);
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ones_own_is_never_masked() {
    on_each_server(|server| async move {
        staff(&server).await;
        let manager = server.person("sales_manager", Some("S001")).await;
        let own = manager.get("/api/v1/employees/S001").await.ok(200);
        assert_eq!(own["interests"].as_array().unwrap().len(), 1);
        let boss = server.person("sales_manager", Some("M001")).await;
        let of_team = boss.get("/api/v1/employees/S001").await.ok(200);
        assert_eq!((of_team["interests"].as_array().unwrap().len(), of_team["phones"].as_array().unwrap().len()), (0, 1));
    })
    .await;
}
