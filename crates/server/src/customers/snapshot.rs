//! Contacts of the customers a person holds, taken when a work account (telephone, WeCom) is issued and when it is
//! returned: 联系人快照. The record holds the list and its digest, the log makes it unalterable, the employee acknowledges
//! it. What came or went between issue and return is shown. What is *not* here: reading anybody's telephone.

use super::{
    ROOM,
    held::held_by,
    model::{customer, snapshot},
};
use crate::{
    access::{Caller, Field, Permission, Standing, scope, views},
    company::{Actor, Company},
    error::{Problem, Result},
    http::{AppState, Body, List, PathParam, instant},
    people,
    records::id_of,
    said::Lang,
};
use aws_lc_rs::digest;
use axum::{Json, extract::State};
use probity_ledger::canonical;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_snapshots, take_snapshot)).routes(routes!(acknowledge_snapshot))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// 发放
    Issue,
    /// 归还
    Return,
}

impl Occasion {
    fn name(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Return => "return",
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct TakeSnapshot {
    /// Which work account: `{"system":"wecom","account":"zhouqm"}`; a work telephone is system `phone`.
    pub account: WorkAccount,
    pub when: Occasion,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WorkAccount {
    pub system: String,
    /// Empty where the caller's role masks it (`people.accounts`).
    pub account: String,
}

/// Takes a snapshot; answers its id. An account is returned after it was issued, and not twice.
pub async fn take(company: &Company, lang: Lang, by: &Actor, employee: &str, account: &WorkAccount, when: Occasion) -> Result<String> {
    let db = company.store.read();
    for (text, pointer) in [(&account.system, "/account/system"), (&account.account, "/account/account")] {
        if text.trim().is_empty() || text.chars().count() > 100 || text.contains('\0') {
            return Err(super::acts::wrong(lang, pointer, "请填写 1–100 字。", "Give 1–100 characters."));
        }
    }
    let newest = snapshot::Entity::find()
        .filter(snapshot::Column::Employee.eq(employee))
        .filter(snapshot::Column::System.eq(account.system.trim()))
        .filter(snapshot::Column::Account.eq(account.account.trim()))
        .order_by_desc(snapshot::Column::TakenAt)
        .one(db)
        .await?
        .map(|s| s.occasion);
    match (when, newest.as_deref()) {
        (Occasion::Issue, Some("issue")) => {
            return Err(Problem::conflict(
                "already_issued",
                "该账号已登记发放且尚未归还。请先登记归还。",
                "This account was issued and not returned yet. Take the snapshot of its return first.",
            )
            .into());
        }
        (Occasion::Return, None | Some("return")) => {
            return Err(Problem::conflict(
                "not_issued",
                "该账号没有未归还的发放快照，无从比较。请先登记发放。",
                "There is no snapshot of the account's issue to compare with. Take that one first.",
            )
            .into());
        }
        _ => {}
    }
    let contacts = contacts_of(db, employee, company.now()).await?;
    let (text, sha256) = canonical_text(&contacts)?;
    let id = uuid::Uuid::now_v7().to_string();
    let data = json!({
        "snapshot": id, "employee": employee, "account": { "system": account.system.trim(), "account": account.account.trim() },
        "when": when.name(), "customers": contacts.as_array().map_or(0, Vec::len), "contacts": contacts, "digest": sha256, "bytes": text.len(),
    });
    let Value::Object(data) = data else { return Err(anyhow::anyhow!("a record's data is an object").into()) };
    company.publish(ROOM, "contacts.snapshot_taken", by, Some(employee), Vec::new(), data).await?;
    Ok(id)
}

/// `[{"customer","name","contacts":[…]}]` by customer: what the person holds now.
async fn contacts_of(db: &impl ConnectionTrait, employee: &str, at: i64) -> Result<Value> {
    let ids: Vec<String> = held_by(db, employee, at).await?.into_iter().map(|h| h.customer).collect();
    let mut known: BTreeMap<String, customer::Model> = super::find_all(db, &ids).await?.into_iter().collect();
    let list = ids.iter().filter_map(|id| known.remove(id)).map(|c| {
        let contacts = serde_json::from_str::<Value>(&c.contacts).unwrap_or_else(|_| json!([]));
        json!({ "customer": c.customer, "name": c.name, "contacts": contacts })
    });
    Ok(Value::Array(list.collect()))
}

/// RFC 8785 text and its SHA-256.
fn canonical_text(contacts: &Value) -> Result<(String, String)> {
    let bytes = canonical::to_bytes(contacts);
    let sha256 = hex::encode(digest::digest(&digest::SHA256, &bytes).as_ref());
    Ok((String::from_utf8(bytes).map_err(anyhow::Error::from)?, sha256))
}

pub(super) async fn keep(tx: &impl ConnectionTrait, idx: i64, at: i64, data: &Map<String, Value>) -> Result<()> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let inner = |object: &str, name: &str| data.get(object).and_then(|o| o[name].as_str()).unwrap_or_default().to_owned();
    let (contacts, sha256) = canonical_text(data.get("contacts").unwrap_or(&Value::Null))?;
    snapshot::Entity::insert(snapshot::ActiveModel {
        id: Set(text("snapshot")),
        idx: Set(idx),
        employee: Set(text("employee")),
        system: Set(inner("account", "system")),
        account: Set(inner("account", "account")),
        occasion: Set(text("when")),
        taken_at: Set(at),
        taken_by: Set(inner("by", "name")),
        customers: Set(data.get("customers").and_then(Value::as_i64).unwrap_or(0)),
        contacts: Set(contacts.replace("\\u0000", "")),
        sha256: Set(sha256),
        acknowledged_at: Set(None),
        acknowledged_idx: Set(None),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

pub(super) async fn acknowledge(tx: &impl ConnectionTrait, idx: i64, at: i64, data: &Map<String, Value>) -> Result<()> {
    let Some(id) = data.get("snapshot").and_then(Value::as_str) else { return Ok(()) };
    snapshot::Entity::update_many()
        .col_expr(snapshot::Column::AcknowledgedAt, Expr::value(Some(at)))
        .col_expr(snapshot::Column::AcknowledgedIdx, Expr::value(Some(idx)))
        .filter(snapshot::Column::Id.eq(id))
        .filter(snapshot::Column::AcknowledgedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Snapshot {
    pub id: String,
    /// The record that holds it; its proof is that record's.
    pub record: String,
    pub employee: String,
    pub account: WorkAccount,
    pub when: String,
    pub taken_at: String,
    pub taken_by: String,
    pub customers: i64,
    /// SHA-256 over the canonical JSON of the contacts.
    pub sha256: String,
    pub acknowledged_at: Option<String>,
    /// On a return: what differs from the issue before it.
    pub difference: Option<Difference>,
    /// Why contacts are not shown, if they are not: the masked field.
    pub masked: Option<String>,
    #[schema(value_type = Vec<Object>)]
    pub contacts: Vec<Value>,
}

#[derive(Debug, Serialize, ToSchema, PartialEq, Eq)]
pub struct Difference {
    /// The snapshot of the issue.
    pub from: String,
    pub added: Vec<ContactChange>,
    pub removed: Vec<ContactChange>,
}

#[derive(Debug, Serialize, ToSchema, PartialEq, Eq)]
pub struct ContactChange {
    pub customer: String,
    pub name: String,
    /// One contact, as its members in one line.
    pub contact: String,
}

/// Contacts that are in one list and not in the other.
fn difference(from: &snapshot::Model, to: &snapshot::Model) -> Difference {
    let (before, after) = (lines(&from.contacts), lines(&to.contacts));
    let less = |a: &BTreeSet<(String, String, String)>, b: &BTreeSet<(String, String, String)>| {
        a.difference(b).map(|(customer, name, contact)| ContactChange { customer: customer.clone(), name: name.clone(), contact: contact.clone() }).collect()
    };
    Difference { from: from.id.clone(), added: less(&after, &before), removed: less(&before, &after) }
}

fn lines(contacts: &str) -> BTreeSet<(String, String, String)> {
    let list: Vec<Value> = serde_json::from_str(contacts).unwrap_or_default();
    let mut all = BTreeSet::new();
    for one in &list {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        for contact in one["contacts"].as_array().into_iter().flatten() {
            let members: Vec<&str> = ["name", "phone", "email", "im"].iter().filter_map(|m| contact[*m].as_str()).collect();
            all.insert((text("customer"), text("name"), members.join(" · ")));
        }
    }
    all
}

fn shown(row: snapshot::Model, issue: Option<&snapshot::Model>, sees: bool) -> Snapshot {
    Snapshot {
        difference: issue.filter(|_| sees).map(|issue| difference(issue, &row)),
        contacts: if sees { serde_json::from_str(&row.contacts).unwrap_or_default() } else { Vec::new() },
        masked: (!sees).then(|| Field::CustomersContacts.name().to_owned()),
        record: id_of(row.idx),
        account: WorkAccount { system: row.system, account: row.account },
        when: row.occasion,
        taken_at: instant(row.taken_at),
        taken_by: row.taken_by,
        customers: row.customers,
        sha256: row.sha256,
        acknowledged_at: row.acknowledged_at.map(instant),
        employee: row.employee,
        id: row.id,
    }
}

/// One's own, or of those whose customers one may assign; for others there is nothing here.
async fn may_see(company: &Company, caller: &Caller, number: &str) -> Result<()> {
    let own = caller.employee.as_deref() == Some(number);
    if own || scope(caller, company, Permission::CustomersAssign).await?.sees(number) { Ok(()) } else { Err(Problem::not_found().into()) }
}

/// Contact snapshots of an employee's work accounts, newest first
#[utoipa::path(get, path = "/api/v1/employees/{number}/snapshots", tag = "customers", params(("number" = String, Path)),
    responses((status = 200, body = List<Snapshot>), (status = 404)))]
pub async fn list_snapshots(State(company): State<Arc<Company>>, caller: Caller, PathParam(number): PathParam<String>) -> Result<Json<List<Snapshot>>> {
    may_see(&company, &caller, &number).await?;
    views::note_of(&company, &caller, "snapshot", &number, &number);
    // A snapshot is every contact at once: to whoever is leaving or has left, and to a role that masks them, it shows its
    // digest and how many, which is what an acknowledgement needs.
    let sees = caller.standing == Standing::Active && caller.has(Permission::CustomersSee) && caller.sees(Field::CustomersContacts);
    let rows =
        snapshot::Entity::find().filter(snapshot::Column::Employee.eq(&number)).order_by_asc(snapshot::Column::TakenAt).all(company.store.read()).await?;
    let mut issued: HashMap<(String, String), snapshot::Model> = HashMap::new();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let account = (row.system.clone(), row.account.clone());
        if row.occasion == Occasion::Issue.name() {
            issued.insert(account, row.clone());
            items.push(shown(row, None, sees));
        } else {
            items.push(shown(row, issued.get(&account), sees));
        }
    }
    if !caller.sees_of(Field::PeopleAccounts, &number) {
        items.iter_mut().for_each(|s| s.account.account.clear());
    }
    items.reverse();
    Ok(Json(List::whole(items)))
}

/// Take a snapshot at the issue or return of a work account
#[utoipa::path(post, path = "/api/v1/employees/{number}/snapshots", tag = "customers", params(("number" = String, Path)), request_body = TakeSnapshot,
    responses((status = 201, body = super::acts::Made), (status = 404), (status = 409)))]
pub async fn take_snapshot(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(number): PathParam<String>,
    Body(body): Body<TakeSnapshot>,
) -> Result<(axum::http::StatusCode, Json<super::acts::Made>)> {
    caller.require(Permission::CustomersAssign)?;
    if people::find(company.store.read(), &number).await?.is_none() || !scope(&caller, &company, Permission::CustomersAssign).await?.sees(&number) {
        return Err(Problem::not_found().into());
    }
    caller.impartial(&number)?;
    let id = take(&company, lang, &caller.actor(), &number, &body.account, body.when).await?;
    Ok((axum::http::StatusCode::CREATED, Json(super::acts::Made { id })))
}

/// Acknowledge a snapshot of one's own account
#[utoipa::path(post, path = "/api/v1/employees/{number}/snapshots/{id}/acknowledge", tag = "customers",
    params(("number" = String, Path), ("id" = String, Path)), responses((status = 200, body = super::acts::Made), (status = 404), (status = 409)))]
pub async fn acknowledge_snapshot(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam((number, id)): PathParam<(String, String)>,
) -> Result<Json<super::acts::Made>> {
    if caller.employee.as_deref() != Some(number.as_str()) {
        return Err(Problem::not_found().into());
    }
    let row = snapshot::Entity::find_by_id(&id).one(company.store.read()).await?.filter(|s| s.employee == number).ok_or_else(Problem::not_found)?;
    if row.acknowledged_at.is_some() {
        return Err(Problem::conflict("already_acknowledged", "已经确认过了。", "It was acknowledged already.").into());
    }
    let data = json!({ "snapshot": id, "employee": number, "digest": row.sha256, "record": id_of(row.idx) });
    let Value::Object(data) = data else { return Err(anyhow::anyhow!("a record's data is an object").into()) };
    company.publish(ROOM, "contacts.snapshot_acknowledged", &caller.actor(), Some(&number), Vec::new(), data).await?;
    Ok(Json(super::acts::Made { id }))
}
