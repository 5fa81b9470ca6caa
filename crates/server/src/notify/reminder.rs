//! 交接提醒 by mail, to the colleague whose turn it is. It is no customer's notice: nobody previews it, it says what is due
//! by when, and of nobody why they go or what they did. Without a mail server there is none, and the handover's own
//! records and events are all.
//!
//! The same reminder is queued once however often the clock looks: its message's id follows from what it is about, and
//! the log keeps the first record of an id.

use super::{ROOM, letter::Address, model::message, outbox::draft, smtp, text};
use crate::{
    company::{Actor, Company},
    error::Result,
    handover::model::handover,
    people,
    records::Draft,
    said::Said,
};
use jiff::civil::Date;
use serde_json::{Value, json};

/// Who is reminded. People who sign in without being in the list of employees have no number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct To {
    pub employee: Option<String>,
    pub name: String,
    pub address: String,
}

impl To {
    /// With the first address the company knows; nobody who has left is written to.
    pub fn person(row: &people::model::person::Model) -> Option<Self> {
        let emails: Vec<String> = serde_json::from_str(&row.emails).unwrap_or_default();
        let address = emails.into_iter().find(|e| Address::read(e).is_some())?;
        (row.status.as_deref() != Some("left")).then(|| Self { employee: Some(row.number.clone()), name: row.name.clone(), address })
    }
}

/// What somebody is to hear about one step of a handover.
pub struct Reminder<'a> {
    pub to: &'a To,
    pub step: &'a Said,
    pub node: &'a str,
    pub due: Date,
    pub count: usize,
    /// Days before the deadline that this reminder belongs to; none once it has passed.
    pub before: Option<i32>,
    /// They check it; else they do it, or after the deadline see to it.
    pub reviews: bool,
}

/// The first of its kind for everybody: the same reminder has the same id, in the order of time as other messages.
fn id_of(of: &handover::Model, r: &Reminder<'_>) -> String {
    let day = crate::handover::later(r.due, r.before.map_or(1, |days| -i64::from(days)));
    let ms = day.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |at| at.timestamp().as_millisecond());
    let about = format!("{}\0{}\0{}\0{:?}\0{}\0{}\0{}", of.id, r.node, r.due, r.before, r.reviews, r.to.employee.as_deref().unwrap_or_default(), r.to.address);
    let digest = probity_ledger::sha256(about.as_bytes());
    let mut own = [0; 10];
    own.copy_from_slice(&digest[..10]);
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(ms).unwrap_or_default(), &own).into_uuid().to_string()
}

/// Title and body, in both languages one below the other: whose language it is nobody has told.
fn words(company: &str, leaver: &str, of: &handover::Model, r: &Reminder<'_>) -> (String, String) {
    let (due, count, step) = (r.due, r.count, r.step);
    let (zh, en) = match (r.before, r.reviews) {
        (None, _) => (
            format!("还有 {count} 项已过 {due} 的期限，尚未完成。请协助安排人手或时间。"),
            format!("{count} to do past the deadline of {due}. Please help to arrange people or time for it."),
        ),
        (_, true) => (format!("有 {count} 项等您审核，期限 {due}。"), format!("{count} waiting for your review, by {due}.")),
        (_, false) => (format!("有 {count} 项待您完成，期限 {due}。"), format!("{count} for you to do, by {due}.")),
    };
    let late = r.before.is_none();
    let title = format!("{company} 工作交接{}：{} {due}", if late { "逾期提示" } else { "提醒" }, step.zh);
    let body = format!(
        "{}：\n\n{leaver}的工作交接（{}）·“{}”：{zh}\n请登录系统，在“交接”中查看。本邮件由系统自动发出。\n\n\
         Handover {}, “{}”: {en}\nSign in and open Handover to see them. This mail was sent by the system.\n\n{company}",
        r.to.name, of.number, step.zh, of.number, step.en
    );
    (title, body)
}

/// The records that queue these reminders; none without a mail server.
pub async fn queue(company: &Company, of: &handover::Model, reminders: &[Reminder<'_>]) -> Result<Vec<Draft>> {
    if reminders.is_empty() || smtp::server(company).await?.is_none() {
        return Ok(Vec::new());
    }
    let leaver = people::find(company.store.read(), &of.employee).await?.map_or_else(|| of.employee.clone(), |p| p.name);
    let firm = company.settings().name.clone();
    let by = Actor::system(ROOM);
    let mut drafts = Vec::with_capacity(reminders.len());
    for r in reminders {
        let (title, body) = words(&firm, &leaver, of, r);
        // A step that a company named with a reason or a reproach in it is not sent by mail (LAW T8).
        if text::check(&title, &body, &[&leaver, &r.to.name, &firm]).is_err() {
            continue;
        }
        let row = message::Model {
            id: id_of(of, r),
            handover: of.id.clone(),
            employee: of.employee.clone(),
            receiver: r.to.employee.clone(),
            customer: String::new(),
            channel: "mail".to_owned(),
            recipient: r.to.name.clone(),
            address: r.to.address.clone(),
            title,
            body,
            state: "approved".to_owned(),
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
            "handover": row.handover, "receiver": row.receiver, "channel": row.channel, "recipient": row.recipient, "address": row.address,
            "title": row.title, "body": row.body, "state": row.state,
        }) else {
            continue;
        };
        drafts.push(draft(company, &by, &row, "notice.queued", data));
    }
    Ok(drafts)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn no_reminder_gives_a_reason_or_blames_whoever_it_goes_to() {
        let of = handover::Model {
            id: "h".into(),
            number: "交2026-0001".into(),
            employee: "E101".into(),
            kind: "resignation".into(),
            status: "running".into(),
            process: "leaving".into(),
            process_version: 1,
            definition: "{}".into(),
            submitted_on: None,
            last_day: None,
            reason: "老公创业需协助".into(),
            started_at: 0,
            started_by: String::new(),
            signed_at: None,
            closed_at: None,
            closed_reason: None,
            reconciled_at: None,
            revision: 1,
        };
        let to = To { employee: Some("E100".into()), name: "赵经理".into(), address: "e100@firm.example".into() };
        let step = Said::new("资料提交", "Handing in");
        let due: Date = "2026-12-01".parse().unwrap();
        let mut ids = Vec::new();
        for (before, reviews) in [(Some(3), false), (Some(0), false), (Some(0), true), (None, false)] {
            let r = Reminder { to: &to, step: &step, node: "submit", due, count: 2, before, reviews };
            let (title, body) = words("海川物流", "王芳", &of, &r);
            text::check(&title, &body, &[]).unwrap();
            assert!(body.contains("交2026-0001") && body.contains("2026-12-01") && body.contains('2') && !body.contains("创业"), "{body}");
            assert_eq!(id_of(&of, &r), id_of(&of, &r));
            ids.push(id_of(&of, &r));
        }
        ids.dedup();
        assert_eq!(ids.len(), 4, "each is its own message");
        assert!(ids[0] < ids[1] && ids[1] < ids[3], "in the order of time");
    }
}
