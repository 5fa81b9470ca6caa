//! What people do with a customer: change its contacts, note a follow-up, promise something and say what became of it,
//! note a preference, assign it. Each is a record first; the rows follow from it. What is *not* here: who may (`acts_api`),
//! many at once (`reassign`).

use super::{
    ROOM,
    assignable::{self, Refusal},
    counts_at,
    dealings::{self, Kind},
    model::{customer, dealing},
    reassign::{self, Within},
};
use crate::{
    company::{Actor, Company},
    error::{Error, FieldError, Problem, Result},
    intake::{browse, kinds::data::Contact},
    records::{customer_subject, employee_subject, id_of},
    said::Lang,
    settings,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// What an act made: its id, or the record that says so.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    pub id: String,
}

/// One member that is not as it should be.
pub fn wrong(lang: Lang, pointer: &str, zh: &str, en: &str) -> Error {
    let detail = if lang == Lang::En { en } else { zh }.to_owned();
    Problem::new(422, "invalid", zh, en).with_errors(vec![FieldError { pointer: pointer.into(), code: "invalid".into(), detail }]).into()
}

fn words<'a>(lang: Lang, pointer: &str, text: &'a str, most: usize) -> Result<&'a str> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.contains('\0') {
        return Err(wrong(lang, pointer, &format!("请填写 1–{most} 字。"), &format!("Give 1–{most} characters.")));
    }
    Ok(text)
}

fn object(value: Value) -> Result<Map<String, Value>> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(anyhow::anyhow!("a record's data is an object").into()),
    }
}

/// Writes an act about a customer. `employee` is whose act it is.
async fn publish(company: &Company, kind: &str, by: &Actor, customer: &str, employee: Option<&str>, data: Value) -> Result<i64> {
    company.publish(ROOM, kind, by, employee, vec![customer_subject(customer)], object(data)?).await
}

const MOST_CONTACTS: usize = 200;

/// Puts the list of contacts in place of the present one.
pub async fn contacts(company: &Company, lang: Lang, by: &Actor, row: &customer::Model, contacts: Vec<Contact>) -> Result<String> {
    if contacts.len() > MOST_CONTACTS {
        let most = MOST_CONTACTS;
        return Err(wrong(lang, "/contacts", &format!("最多 {most} 位联系人。"), &format!("At most {most} contacts.")));
    }
    for (i, c) in contacts.iter().enumerate() {
        let members: Vec<&String> = [&c.name, &c.phone, &c.email, &c.im].into_iter().flatten().collect();
        if members.iter().all(|m| m.trim().is_empty()) {
            let pointer = format!("/contacts/{i}");
            return Err(wrong(lang, &pointer, "联系人至少要有姓名或一种联系方式。", "A contact has a name or a way to reach them."));
        }
        if members.iter().any(|m| m.chars().count() > 200 || m.contains('\0')) {
            return Err(wrong(lang, &format!("/contacts/{i}"), "每项最多 200 字。", "At most 200 characters each."));
        }
    }
    // The record speaks of the customer whole: its kind has a name, and what is left out stays as it is.
    let name = if row.placeholder { &row.customer } else { &row.name };
    let list: Vec<Value> = contacts.iter().map(tidied).collect();
    let data = json!({ "customer": row.customer, "name": name, "contacts": list });
    Ok(id_of(publish(company, "customer.upserted", by, &row.customer, None, data).await?))
}

/// A contact without the members that are absent.
fn tidied(c: &Contact) -> Value {
    let members = [("name", &c.name), ("phone", &c.phone), ("email", &c.email), ("im", &c.im)];
    let given = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_deref()?.trim()))));
    Value::Object(given.filter(|(_, v)| v != "").collect())
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct FollowUp {
    /// `visit`, `phone`, `wecom`, `email` …: the company's own words.
    pub channel: Option<String>,
    pub note: String,
}

pub async fn follow_up(company: &Company, lang: Lang, by: &Actor, customer: &str, employee: &str, new: &FollowUp) -> Result<String> {
    let note = words(lang, "/note", &new.note, 1000)?;
    let channel = match new.channel.as_deref().map(str::trim).filter(|c| !c.is_empty()) {
        Some(channel) => Some(words(lang, "/channel", channel, 50)?),
        None => None,
    };
    let mut data = json!({ "customer": customer, "employee": employee, "note": note });
    if let Some(channel) = channel {
        data["channel"] = json!(channel);
    }
    Ok(id_of(publish(company, "customer.followed_up", by, customer, Some(employee), data).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPromise {
    pub what: String,
    /// A day in the company's zone.
    pub until: String,
}

pub async fn promise(company: &Company, lang: Lang, by: &Actor, customer: &str, employee: Option<&str>, new: &NewPromise) -> Result<String> {
    let what = words(lang, "/what", &new.what, 500)?;
    let until: jiff::civil::Date = new.until.parse().map_err(|_| wrong(lang, "/until", "日期写作 2026-12-31。", "Write the day as 2026-12-31."))?;
    if until < company.today() {
        return Err(wrong(lang, "/until", "期限不能早于今天。", "The day may not lie in the past."));
    }
    let id = uuid::Uuid::now_v7().to_string();
    let data = json!({ "promise": id, "customer": customer, "employee": employee, "what": what, "until": until.to_string() });
    publish(company, "customer.promised", by, customer, employee, data).await?;
    Ok(id)
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromiseEnd {
    /// 已兑现
    Kept,
    /// 未兑现
    Broken,
    /// 客户同意取消
    Withdrawn,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct EndPromise {
    pub state: PromiseEnd,
    pub note: Option<String>,
}

pub async fn end_promise(company: &Company, lang: Lang, by: &Actor, customer: &str, promise: &str, end: &EndPromise) -> Result<String> {
    let row = standing(company, customer, Kind::Promise, promise).await?;
    if row.state.as_deref() != Some(dealings::OPEN) {
        return Err(Problem::conflict("promise_ended", "这项承诺已有结果。", "This promise has ended already.").into());
    }
    let note = match end.note.as_deref().map(str::trim).filter(|n| !n.is_empty()) {
        Some(note) => Some(words(lang, "/note", note, 500)?),
        None => None,
    };
    let data =
        json!({ "promise": promise, "customer": customer, "employee": row.employee, "state": end.state, "what": row.text, "until": row.due, "note": note });
    Ok(id_of(publish(company, "customer.promise_ended", by, customer, row.employee.as_deref(), data).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPreference {
    pub text: String,
}

pub async fn preference(company: &Company, lang: Lang, by: &Actor, customer: &str, employee: Option<&str>, new: &NewPreference) -> Result<String> {
    let text = words(lang, "/text", &new.text, 500)?;
    let id = uuid::Uuid::now_v7().to_string();
    let data = json!({ "preference": id, "customer": customer, "employee": employee, "preference_text": text });
    publish(company, "customer.preference_noted", by, customer, employee, data).await?;
    Ok(id)
}

pub async fn remove_preference(company: &Company, by: &Actor, customer: &str, preference: &str) -> Result<String> {
    let row = standing(company, customer, Kind::Preference, preference).await?;
    if row.state.as_deref() != Some(dealings::NOTED) {
        return Err(Problem::not_found().into());
    }
    let data = json!({ "preference": preference, "customer": customer, "employee": row.employee, "preference_text": row.text });
    Ok(id_of(publish(company, "customer.preference_removed", by, customer, row.employee.as_deref(), data).await?))
}

/// The row that speaks for this thing of the customer.
async fn standing(company: &Company, customer: &str, kind: Kind, thing: &str) -> Result<dealing::Model> {
    let row = dealing::Entity::find()
        .filter(dealing::Column::Thing.eq(thing))
        .filter(dealing::Column::Kind.eq(kind.name()))
        .filter(dealing::Column::Newest.eq(true))
        .one(company.store.read())
        .await?;
    Ok(row.filter(|r| r.customer == customer).ok_or_else(Problem::not_found)?)
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Assign {
    /// Number of the employee who serves the customer from then on.
    pub to: String,
    /// A day in the company's zone or RFC 3339; now if absent.
    pub from_date: Option<String>,
    /// Whom it is taken over from; must be whoever holds it then. Absent where nobody does.
    pub replaces: Option<String>,
    pub reason: String,
}

/// Assigns one customer. A receiver who is leaving, a limit, a time that somebody else covers: refused as a whole.
pub async fn assign(company: &Arc<Company>, lang: Lang, by: &Actor, within: &Within, customer: &str, new: &Assign) -> Result<String> {
    let reason = words(lang, "/reason", &new.reason, 500)?;
    let from = new.from_date.clone().filter(|d| !d.trim().is_empty()).unwrap_or_else(|| crate::http::instant(company.now()));
    let at = browse::moment(company, &from, false)?;
    let db = company.store.read();
    let to = std::slice::from_ref(&new.to);
    if let Some(refusal) = assignable::unfit(db, to, false).await?.get(&new.to) {
        return Err(refusal.problem(Some(&new.to)).into());
    }
    let reach = within.scope(company).await?;
    let served = super::assignments(db, &[customer.to_owned()], None).await?;
    let holder = served.iter().find(|a| a.holds_at(at));
    if !reach.sees(&new.to) || holder.is_some_and(|h| !reach.sees(&h.employee)) {
        return Err(Refusal::OutOfReach.problem(None).into());
    }
    assignable::judge(&served, at, &new.to, new.replaces.as_deref()).map_err(|(refusal, who)| refusal.problem(who.as_deref()))?;
    let limit: Option<i64> = settings::get(db, reassign::LIMIT).await?.and_then(|t| t.parse().ok());
    if let Some(most) = limit
        && counts_at(db, to, at).await?.get(&new.to).copied().unwrap_or(0) >= most
    {
        return Err(Refusal::Limit.problem(Some(&new.to)).into());
    }
    let mut subjects = vec![customer_subject(customer)];
    subjects.extend(new.replaces.as_deref().map(employee_subject));
    let data = json!({ "customer": customer, "employee": new.to, "from": from, "reason": reason, "replaces": new.replaces });
    Ok(id_of(company.publish(ROOM, "customer.assigned", by, Some(&new.to), subjects, object(data)?).await?))
}
