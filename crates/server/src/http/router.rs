//! The map of URLs. Each line is a handler whose `#[utoipa::path]` gives method and path; who may call it stands in
//! `access::matrix`, and a route without a rule there is refused.

use super::{AppState, docs, events, health, layers, web};
use crate::access::{
    accesses, api as access, company_api as company, looks,
    matrix::{Rule, rule_of},
    overview,
};
use crate::evidence::checkpoints::api as log;
use axum::{Router, routing::get};
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Probity 守正",
        description = "记录、预警、办案与证据包。Records, alerts, cases and evidence packages. 错误一律为 problem+json（RFC 9457）；\
            列表以 cursor 翻页；写操作可带 Idempotency-Key。令牌放在 Authorization: Bearer。\
            Errors are problem+json, lists page by cursor, writes take an Idempotency-Key, tokens go into Authorization: Bearer.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(ProblemBody, ProblemField))
)]
struct Api;

/// What every error looks like.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "describes what http::problem writes")]
struct ProblemBody {
    r#type: String,
    title: String,
    status: u16,
    /// A sentence with the next step, in the caller's language.
    detail: String,
    /// Stable name.
    code: String,
    request_id: String,
    /// The permission or the law's rule behind a refusal.
    rule: Option<String>,
    errors: Option<Vec<ProblemField>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes error::FieldError")]
struct ProblemField {
    pointer: String,
    code: String,
    detail: String,
}

fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Api::openapi())
        // /api/v1/session, /setup, /company, /tokens, /users, /user-changes, /invitations, /account
        .routes(routes!(access::get_session, access::sign_in, access::sign_out))
        .routes(routes!(access::demo_people))
        .routes(routes!(access::set_up))
        .routes(routes!(company::get_company, company::put_company))
        .merge(crate::access::identity::routes())
        .routes(routes!(access::list_tokens, access::create_token))
        .routes(routes!(access::revoke_token))
        // /api/v1/roles, /restrictions, /me
        .merge(crate::access::roles::api::routes())
        .merge(crate::restrictions::api::routes())
        // /api/v1/looks, /accesses, /overview
        .routes(routes!(looks::list_looks))
        .routes(routes!(accesses::list_accesses))
        .routes(routes!(accesses::own_accesses))
        .routes(routes!(overview::get_overview))
        // /api/v1/events
        .routes(routes!(events::stream))
        // /api/v1/records, /sources, /blobs, /quarantine, /imports
        .merge(crate::intake::api::routes())
        .merge(crate::cases::api::routes())
        .merge(crate::evidence::package::api::routes())
        // /api/v1/employees, /customers, /companies
        .merge(crate::people::api::routes())
        // /api/v1/contracts, /policies, /requests
        .merge(crate::contracts::api::routes())
        .merge(crate::policies::api::routes())
        .merge(crate::requests::api::routes())
        // /api/v1/assets
        .merge(crate::assets::api::routes())
        .merge(crate::todo::routes())
        .merge(crate::customers::api::routes())
        .merge(crate::companies::api::routes())
        // /api/v1/handovers, /processes, /outbox
        .merge(crate::handover::api::routes())
        .merge(crate::notify::api::routes())
        // /log, /api/v1/log
        .routes(routes!(log::checkpoint))
        .routes(routes!(log::vkey))
        .routes(routes!(log::status))
        .routes(routes!(log::set_authorities))
        // /api/v1/alerts, /rules, /chains, /signals/run
        .merge(crate::alerts::api::router())
        .merge(crate::signals::links::api::router())
        .merge(crate::signals::run::api::router())
        // /api/v1/lexicon
        .merge(crate::signals::words::api::routes())
        // the machine room
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
}

/// Everything that answers, with its layers.
pub fn build(app: &AppState) -> Router {
    let (api, _) = routes().split_for_parts();
    let router = api
        .route("/log/tile/{*path}", get(log::tile))
        .route("/docs", get(docs::page))
        .route("/docs/{file}", get(docs::file))
        .route("/openapi.json", get(docs::openapi))
        .fallback(web::page);
    layers::wrap(router, app)
}

/// The contract, as committed in docs/openapi.json: what utoipa collected, with the permission of each route and the
/// one form that every error has.
pub fn openapi() -> Value {
    let (_, api) = routes().split_for_parts();
    let mut spec = serde_json::to_value(api).unwrap_or_default();
    let problem = json!({
        "description": "problem details",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    if let Some(paths) = spec["paths"].as_object_mut() {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                let refusals = refusals(method, path, operation);
                let Some(responses) = operation["responses"].as_object_mut() else { continue };
                for (status, response) in responses.iter_mut() {
                    if status.starts_with(['4', '5']) && response.get("content").is_none() {
                        response["content"] = problem["content"].clone();
                    }
                }
                for status in refusals {
                    responses.entry(status).or_insert_with(|| problem.clone());
                }
                responses.insert("default".into(), problem.clone());
                match rule_of(&method.to_uppercase(), path) {
                    Some(Rule::Anyone) => operation["security"] = json!([]),
                    Some(rule) => operation["x-permission"] = words(rule).into(),
                    None => {}
                }
            }
        }
    }
    // The data of every kind of record, as intake checks it.
    if let Some(schemas) = spec["components"]["schemas"].as_object_mut() {
        schemas.extend(crate::intake::kinds::components());
    }
    let event = json!({ "$ref": "#/components/schemas/CloudEvent" });
    let sent = &mut spec["paths"]["/api/v1/records"]["post"]["requestBody"]["content"];
    sent["application/cloudevents+json"]["schema"] = event.clone();
    sent["application/cloudevents-batch+json"]["schema"] = json!({ "type": "array", "items": event, "maxItems": crate::intake::receive::MOST });
    spec["security"] = json!([{ "token": [] }, { "session": [] }]);
    spec["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "probity token create" },
        "session": { "type": "apiKey", "in": "cookie", "name": crate::access::sessions::COOKIE },
    });
    spec
}

/// What the guard, the extractors and the layers answer, whatever the handler does.
fn refusals(method: &str, path: &str, operation: &Value) -> Vec<&'static str> {
    // A database that is away; a token that does not stand, which is refused even where none is needed.
    let mut all = vec!["503", "401"];
    if rule_of(&method.to_uppercase(), path) != Some(Rule::Anyone) {
        all.push("403");
    }
    if path.contains('{') {
        all.push("404");
    }
    if operation.get("requestBody").is_some() {
        all.extend(["400", "413", "415", "422"]);
    }
    if operation["parameters"].as_array().is_some_and(|list| list.iter().any(|p| p["in"] == "query")) {
        // A parameter that is none; a cursor or a time that cannot be read.
        all.extend(["400", "422"]);
    }
    if method != "get" {
        // A key that is at work or was used for something else; a full disk.
        all.extend(["400", "409", "507"]);
    }
    all
}

fn words(rule: Rule) -> String {
    match rule {
        Rule::Any(list) => list.iter().map(|p| p.name()).collect::<Vec<_>>().join(" | "),
        Rule::SignedIn => "已登录 signed in".into(),
        Rule::LogReader | Rule::Metrics => "log.see".into(),
        Rule::Anyone => String::new(),
    }
}

/// `openapi()` as text, sorted and indented, ending in a line break.
pub fn openapi_text() -> String {
    let mut text = serde_json::to_string_pretty(&sorted(openapi())).unwrap_or_default();
    text.push('\n');
    text
}

/// Members in the order of their names, whatever features the JSON library was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut all: Vec<_> = members.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(all.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
