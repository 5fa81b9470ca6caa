//! What is on its way out: drafted for each customer, looked at, approved, sent by a job.

use super::{
    ROOM, SOURCE,
    letter::{Address, Letter},
    model::message,
    smtp::{self, Failure},
    stated,
    text::{self, Filling},
};
use crate::{
    company::{Actor, Company},
    customers,
    error::{Problem, Result},
    handover::{self, bad, model::handover as running, receivers, sentence},
    jobs, people,
    records::{Draft, Outcome, customer_subject, employee_subject},
    said::{Lang, Said},
    settings,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use utoipa::ToSchema;

pub const SEND_JOB: &str = "notice.send";
const MINUTE_US: i64 = 60 * 1_000_000;
/// Minutes until the next try; after the last it has failed.
const PAUSES: [i64; 5] = [1, 5, 15, 60, 240];

pub async fn find(company: &Company, id: &str) -> Result<message::Model> {
    Ok(message::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
}

fn by_json(by: &Actor) -> Value {
    json!({ "kind": by.kind, "id": by.id, "name": by.name })
}

pub(super) fn draft(company: &Company, by: &Actor, row: &message::Model, kind: &str, mut data: Map<String, Value>) -> Draft {
    data.insert("message".into(), json!(row.id));
    data.insert("by".into(), by_json(by));
    let mut subjects: Vec<_> = Some(row.customer.as_str()).filter(|c| !c.is_empty()).map(customer_subject).into_iter().collect();
    subjects.extend(row.receiver.as_deref().map(employee_subject));
    let key = format!("{}:{}", row.id, row.revision + 1);
    Draft::new(SOURCE.into(), key, kind.to_owned(), company.now(), Some(row.employee.clone()), subjects, data)
}

/// Writes acts; of two on the same revision of a message the log keeps the first.
async fn write(company: &Company, drafts: Vec<Draft>) -> Result<()> {
    let outcomes = company.writer.append(drafts).await?;
    if outcomes.iter().all(|o| matches!(o, Outcome::Accepted(_))) {
        return Ok(());
    }
    Err(Problem::conflict(
        "somebody_was_faster",
        "其中有通知刚被他人处理，未再重复。请刷新后查看。",
        "Somebody dealt with some of these a moment ago; that was not done twice. Reload to see.",
    )
    .into())
}

/// The first contact that has an address of this kind, with its name.
fn contact(json: &str, member: &str) -> Option<(String, String)> {
    let list: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    list.iter().find_map(|c| {
        let address = c[member].as_str().map(str::trim).filter(|a| !a.is_empty())?;
        Some((c["name"].as_str().unwrap_or_default().to_owned(), address.to_owned()))
    })
}

pub struct NewNotices<'a> {
    pub customers: Option<&'a [String]>,
    /// From when the new contact counts; today if absent.
    pub date: Option<&'a str>,
    pub title: Option<&'a str>,
    pub body: Option<&'a str>,
    pub language: Lang,
    /// Of customers who are written to in another one.
    pub languages: HashMap<String, Lang>,
}

/// Drafts a notice for each customer that was passed on and has none yet; answers how many.
pub async fn prepare(company: &Company, by: &Actor, handover: &running::Model, new: NewNotices<'_>, lang: Lang) -> Result<usize> {
    handover::open(handover)?;
    let settings = company.settings();
    // The words of each language that somebody is written to in.
    let mut words: Vec<(Lang, text::Template)> = Vec::new();
    for language in [Lang::Zh, Lang::En] {
        let shipped = text::shipped(language);
        // Words of one's own are in the notices' language; who is written to in another gets the shipped ones.
        let own = |given: Option<&str>, shipped: &str| given.filter(|_| language == new.language).unwrap_or(shipped).to_owned();
        let title = sentence("/title", &own(new.title, &shipped.title), 2, 200, lang)?;
        let body = sentence("/body", &own(new.body, &shipped.body), 10, 5000, lang)?;
        text::check(&title, &body, &[&settings.name])?;
        words.push((language, text::Template { title, body }));
    }
    let date = match new.date {
        Some(text) => handover::day("/date", text, lang)?,
        None => handover::today(company),
    };
    let db = company.store.read();
    // A notice names the receiver: whom a customer was passed to later is a notice of its own.
    let standing = of_handover(company, &handover.id).await?.into_iter().filter(|m| m.state != "cancelled");
    let before: HashSet<(String, Option<String>)> = standing.map(|m| (m.customer, m.receiver)).collect();
    let moved: Vec<String> = receivers::moves(company, &handover.id)
        .await?
        .into_iter()
        .filter(|m| m.status == "done" && new.customers.is_none_or(|list| list.contains(&m.customer)))
        .map(|m| m.customer)
        .collect();
    let serving = serving(db, &moved, company.now()).await?;
    let passed: Vec<(String, String)> = moved
        .into_iter()
        .filter_map(|customer| Some((serving.get(&customer)?.clone(), customer)))
        .filter(|(receiver, _)| *receiver != handover.employee)
        .map(|(receiver, customer)| (customer, receiver))
        .filter(|(customer, receiver)| !before.contains(&(customer.clone(), Some(receiver.clone()))))
        .collect();
    if passed.is_empty() {
        return Err(bad(
            "/customers",
            "nothing_passed_on",
            "没有已移交而未起草通知的客户。请先移交客户。",
            "No customer was passed on that has no notice yet. Pass customers on first.",
            lang,
        ));
    }
    let ids: Vec<String> = passed.iter().map(|(c, _)| c.clone()).collect();
    let mut numbers: Vec<String> = passed.iter().map(|(_, r)| r.clone()).collect();
    numbers.push(handover.employee.clone());
    let (known, people) = (customers::find_all(db, &ids).await?, people::find_all(db, &numbers).await?);
    let name_of = |n: &str| people.get(n).map_or_else(|| n.to_owned(), |p| p.name.clone());
    let first = |list: &str| serde_json::from_str::<Vec<String>>(list).unwrap_or_default().into_iter().next().unwrap_or_default();
    let channels = settings::get(db, stated::CHANNELS).await?.unwrap_or_default();
    let payee = settings::get(db, stated::PAYEE).await?.unwrap_or_default();
    let asked = |text: &str, language: Lang, zh: &str, en: &str| {
        if text.is_empty() { if language == Lang::En { en } else { zh }.to_owned() } else { text.to_owned() }
    };
    let mut drafts = Vec::with_capacity(passed.len());
    for (customer, receiver) in passed {
        let row = known.get(&customer);
        let contacts = row.map_or("[]", |r| r.contacts.as_str());
        let (channel, (recipient, address)) = match (contact(contacts, "email"), contact(contacts, "phone"), contact(contacts, "im")) {
            (Some(mail), _, _) => ("mail", mail),
            (None, Some(phone), _) => ("sms", phone),
            (None, None, Some(im)) => ("im", im),
            (None, None, None) => ("mail", Default::default()),
        };
        let customer_name = row.map_or_else(|| customer.clone(), |r| r.name.clone());
        let language = new.languages.get(&customer).copied().unwrap_or(new.language);
        let Some((_, template)) = words.iter().find(|(of, _)| *of == language) else { continue };
        let channels = asked(&channels, language, "以合同载明的为准", "as stated in your contract");
        let payee = asked(&payee, language, "以合同载明的公司账户为准", "the company account stated in your contract");
        let (phone, mail) = people.get(&receiver).map(|p| (first(&p.phones), first(&p.emails))).unwrap_or_default();
        let with = Filling {
            company: &settings.name,
            recipient: if recipient.is_empty() { &customer_name } else { &recipient },
            customer: &customer_name,
            old: &name_of(&handover.employee),
            new: &name_of(&receiver),
            phone: &phone,
            mail: &mail,
            date: &date.to_string(),
            channels: &channels,
            payee: &payee,
        };
        let state = if channel == "mail" && Address::read(&address).is_some() { "draft" } else { "pending_channel" };
        let row = message::Model {
            id: uuid::Uuid::now_v7().to_string(),
            handover: handover.id.clone(),
            employee: handover.employee.clone(),
            receiver: Some(receiver),
            customer,
            channel: channel.to_owned(),
            title: text::fill(&template.title, &with),
            body: text::fill(&template.body, &with),
            recipient,
            address,
            state: state.to_owned(),
            attempts: 0,
            error: None,
            created_at: company.now(),
            created_by: by.name.clone(),
            approved_at: None,
            approved_by: None,
            sent_at: None,
            told: None,
            revision: -1,
        };
        let Value::Object(data) = json!({
            "handover": row.handover, "customer": row.customer, "receiver": row.receiver, "channel": row.channel, "recipient": row.recipient,
            "address": row.address, "title": row.title, "body": row.body, "state": row.state,
        }) else {
            continue;
        };
        drafts.push(draft(company, by, &row, "notice.drafted", data));
    }
    let made = drafts.len();
    write(company, drafts).await?;
    Ok(made)
}

/// Who serves each of these customers at that moment.
pub(super) async fn serving(db: &impl ConnectionTrait, customers: &[String], at: i64) -> Result<HashMap<String, String>> {
    let served = customers::assignments(db, customers, None).await?;
    Ok(served.into_iter().filter(|a| a.holds_at(at)).map(|a| (a.customer, a.employee)).collect())
}

pub async fn of_handover(company: &Company, handover: &str) -> Result<Vec<message::Model>> {
    Ok(message::Entity::find().filter(message::Column::Handover.eq(handover)).all(company.store.read()).await?)
}

fn only(row: &message::Model, states: &[&str], zh: &str, en: &str) -> Result<()> {
    if states.contains(&row.state.as_str()) { Ok(()) } else { Err(Problem::conflict("wrong_state", zh, en).into()) }
}

/// Other words for one customer; it has to be looked at again.
pub async fn edit(company: &Company, by: &Actor, row: &message::Model, title: &str, body: &str, address: Option<&str>, lang: Lang) -> Result<()> {
    only(
        row,
        &["draft", "previewed", "failed", "pending_channel"],
        "这条通知已批准或已发出，不能再改。",
        "This notice is approved or gone and can no longer be changed.",
    )?;
    let (title, body) = (sentence("/title", title, 2, 200, lang)?, sentence("/body", body, 10, 5000, lang)?);
    let db = company.store.read();
    let customer = customers::names_of(db, std::slice::from_ref(&row.customer)).await?;
    let numbers: Vec<String> = row.receiver.iter().chain([&row.employee]).cloned().collect();
    let (people, said) = (people::names_of(db, &numbers).await?, stated::now(company).await?);
    let settings = company.settings();
    let mut names = vec![settings.name.as_str(), &row.recipient, &said.channels, &said.payee];
    names.extend(customer.values().chain(people.values()).map(String::as_str));
    text::check(&title, &body, &names)?;
    let address = address.map_or_else(|| row.address.clone(), |a| a.trim().to_owned());
    let mail = Address::read(&address).is_some();
    if row.channel == "mail" && !address.is_empty() && !mail {
        return Err(bad("/address", "address", "邮箱地址不对，请检查。", "This is no mail address; check it.", lang));
    }
    let state = if mail { "draft" } else { "pending_channel" };
    let channel = if mail { "mail" } else { row.channel.as_str() };
    let Value::Object(data) = json!({ "title": title, "body": body, "address": address, "state": state, "channel": channel }) else { return Ok(()) };
    write(company, vec![draft(company, by, row, "notice.edited", data)]).await
}

/// Somebody looked at the text as it will go.
pub async fn preview(company: &Company, by: &Actor, row: &message::Model) -> Result<()> {
    if row.state != "draft" {
        return Ok(());
    }
    write(company, vec![draft(company, by, row, "notice.previewed", Map::new())]).await
}

/// Lets these go out. Each must have been looked at.
pub async fn approve(company: &Company, by: &Actor, rows: &[message::Model]) -> Result<()> {
    if smtp::server(company).await?.is_none() {
        return Err(Problem::conflict(
            "no_smtp",
            "还没有设置邮件服务器。请管理员在“发件箱”设置，或设定 PROBITY_SMTP_URL 后重启。",
            "No mail server is set. Ask an administrator to set one on the outbox page, or set PROBITY_SMTP_URL and restart.",
        )
        .into());
    }
    let mut drafts = Vec::with_capacity(rows.len());
    for row in rows {
        only(
            row,
            &["previewed", "failed"],
            "只有预览过的通知才能批准发出。请先逐条预览。",
            "Only notices that were previewed can be approved. Preview each first.",
        )?;
        drafts.push(draft(company, by, row, "notice.approved", Map::new()));
    }
    write(company, drafts).await?;
    company.jobs.wake();
    Ok(())
}

/// How a customer was told whom no mail reaches, or who was told besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldBy {
    /// 电话
    Phone,
    /// 信函
    Letter,
    /// 当面
    Visit,
    /// 短信、即时消息
    Message,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ToldCustomer)]
pub struct Told {
    pub how: ToldBy,
    /// The day.
    pub on: String,
    /// Who told them 告知人.
    pub who: String,
    /// Whom they spoke to, the number of the letter.
    #[serde(default)]
    pub note: String,
}

/// Notes that the customer was told by telephone, letter or otherwise; nothing more goes out.
pub async fn tell(company: &Company, by: &Actor, row: &message::Model, told: Told, lang: Lang) -> Result<()> {
    if row.customer.is_empty() {
        return Err(Problem::not_found().into());
    }
    only(
        row,
        &["draft", "previewed", "failed", "pending_channel"],
        "这条通知已批准、已发出或已取消，不能再登记告知。",
        "This notice is approved, gone or cancelled; it can no longer be noted as told.",
    )?;
    let on = handover::day("/on", &told.on, lang)?;
    if on > company.today() {
        return Err(bad("/on", "future", "告知日期不能晚于今天。", "They cannot have been told after today.", lang));
    }
    let who = sentence("/who", &told.who, 1, 100, lang)?;
    let note = if told.note.trim().is_empty() { String::new() } else { sentence("/note", &told.note, 1, 500, lang)? };
    let told = Told { on: on.to_string(), who, note, ..told };
    // What was said is the text of the notice, whose words are checked; it stands in the record with the act.
    let data = Map::from_iter([("told".to_owned(), serde_json::to_value(told)?), ("title".to_owned(), json!(row.title)), ("body".to_owned(), json!(row.body))]);
    write(company, vec![draft(company, by, row, "notice.told", data)]).await
}

pub async fn cancel(company: &Company, by: &Actor, row: &message::Model, reason: &str, lang: Lang) -> Result<()> {
    only(row, &["draft", "previewed", "approved", "failed", "pending_channel"], "这条通知正在发送或已经发出。", "This notice is being sent or gone.")?;
    let reason = sentence("/reason", reason, 2, 500, lang)?;
    let data = Map::from_iter([("reason".to_owned(), json!(reason))]);
    write(company, vec![draft(company, by, row, "notice.cancelled", data)]).await
}

/// Sends one; called again until it is sent or has failed for good.
pub async fn run_send(company: Arc<Company>, payload: Value) -> Result<()> {
    let id = payload["message"].as_str().unwrap_or_default();
    let Some(mut row) = message::Entity::find_by_id(id).one(company.store.read()).await? else { return Ok(()) };
    if !matches!(row.state.as_str(), "approved" | "sending") {
        return Ok(());
    }
    let by = Actor::system(ROOM);
    // Asked at the last moment: whoever the letter names has to serve the customer still. A reminder is about no customer.
    if !row.customer.is_empty()
        && serving(company.store.read(), std::slice::from_ref(&row.customer), company.now()).await?.get(&row.customer) != row.receiver.as_ref()
    {
        let why = Map::from_iter([("reason".to_owned(), json!(changed_hands().zh))]);
        return faster_is_well(write(&company, vec![draft(&company, &by, &row, "notice.cancelled", why)]).await);
    }
    let attempt = row.attempts + 1;
    if !mark(&company, &row, "sending", attempt, None, None).await? {
        // Cancelled a moment ago: nothing goes out.
        return Ok(());
    }
    row.attempts = attempt;
    let outcome = match smtp::server(&company).await? {
        None => Err(Failure::Later("no mail server".into())),
        Some((server, _)) => {
            let letter = Letter { id: &row.id, at: company.now(), recipient: &row.recipient, address: &row.address, title: &row.title, body: &row.body };
            smtp::send(&server, &letter).await
        }
    };
    let acted = match outcome {
        Ok(()) => write(&company, vec![draft(&company, &by, &row, "notice.sent", Map::from_iter([("attempts".to_owned(), json!(attempt))]))]).await,
        Err(Failure::Later(why)) if usize::try_from(attempt).unwrap_or(usize::MAX) <= PAUSES.len() => {
            let pause = PAUSES[usize::try_from(attempt - 1).unwrap_or(0)] * MINUTE_US;
            return mark(&company, &row, "approved", attempt, Some(said(&why)), Some(company.now() + pause)).await.map(drop);
        }
        Err(Failure::Later(why) | Failure::Never(why)) => {
            let data = Map::from_iter([("error".to_owned(), serde_json::to_value(said(&why))?), ("attempts".to_owned(), json!(attempt))]);
            write(&company, vec![draft(&company, &by, &row, "notice.failed", data)]).await
        }
    };
    faster_is_well(acted)
}

/// Two replicas may come to the same end; one of them wrote it.
fn faster_is_well(acted: Result<()>) -> Result<()> {
    match acted {
        Err(crate::error::Error::Problem(p)) if p.code == "somebody_was_faster" => Ok(()),
        other => other,
    }
}

/// Why a notice that had not gone out falls.
pub(super) fn changed_hands() -> Said {
    Said::new("客户已改由他人负责，通知未发出", "somebody else serves the customer now; it was not sent")
}

fn said(why: &str) -> Said {
    Said::new(format!("邮件服务器没有收下（{why}）"), format!("the mail server did not take it ({why})"))
}

/// Where the sending stands; no record, since nothing is settled by it. False when it is to be sent no longer.
async fn mark(company: &Company, row: &message::Model, state: &str, attempts: i32, error: Option<Said>, again: Option<i64>) -> Result<bool> {
    let tx = company.store.write().await?;
    let marked = message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(state))
        .col_expr(message::Column::Attempts, Expr::value(attempts))
        .col_expr(message::Column::Error, Expr::value(error.map(|e| serde_json::to_string(&e)).transpose()?))
        .filter(message::Column::Id.eq(&row.id))
        .filter(message::Column::State.is_in(["approved", "sending"]))
        .exec(&tx)
        .await?
        .rows_affected
        > 0;
    if let Some(at) = again.filter(|_| marked) {
        jobs::enqueue(&tx, SEND_JOB, Some(&row.id), &json!({ "message": row.id }), at).await?;
    }
    tx.commit().await?;
    Ok(marked)
}

/// How many notices of these handovers stand where.
pub fn counts(rows: &[message::Model]) -> HashMap<String, usize> {
    let mut all = HashMap::new();
    for row in rows {
        *all.entry(row.state.clone()).or_default() += 1;
    }
    all
}
