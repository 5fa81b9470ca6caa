//! The end of employment done: statutory steps, the certificate, what may and may not wait, closing. Every attempt to
//! hold back what the law gives is refused with its article, and the attempt is a record. Deductions stand in
//! [`super::deduction`].

use super::{
    Part, act, bad, certificate, day, law,
    model::{duty, handover},
    sentence, today,
};
use crate::{
    company::{Actor, Company},
    contracts::{self, acts::Paper},
    error::{Error, Problem, Result},
    people,
    said::Lang,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

pub async fn duties(company: &Company, handover: &str) -> Result<Vec<duty::Model>> {
    Ok(duty::Entity::find().filter(duty::Column::Handover.eq(handover)).all(company.store.read()).await?)
}

async fn pending(company: &Company, handover: &handover::Model, name: &str) -> Result<duty::Model> {
    let key = (handover.id.clone(), name.to_owned());
    let row = duty::Entity::find_by_id(key).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    if row.status == "done" { Err(super::faster()) } else { Ok(row) }
}

fn duty_key(handover: &handover::Model, name: &str) -> Option<String> {
    Some(format!("duty:{}:{name}", handover.id))
}

/// A step was done; it never asks how far the handover is.
pub async fn done(
    company: &Company,
    by: &Actor,
    part: &Part,
    handover: &handover::Model,
    name: &str,
    on: &str,
    note: &str,
    paper: Option<Paper>,
    lang: Lang,
) -> Result<()> {
    part.hr_only(crate::access::Permission::LeavingAct)?;
    if name == "certificate" {
        return Err(bad("/duty", "issue_it", "请用“出具证明”填写并出具离职证明。", "Issue the certificate itself; it is done with that.", lang));
    }
    pending(company, handover, name).await?;
    let on = day("/done_on", on, lang)?;
    if on > today(company) {
        return Err(bad("/done_on", "future", "办理日期不能晚于今天。", "It cannot have been done after today.", lang));
    }
    if let Some(paper) = &paper {
        paper.check(company, by, lang, "/paper").await?;
    }
    let note: String = note.trim().chars().take(2000).collect();
    let data = json!({ "duty": name, "done_on": on.to_string(), "note": note, "file": paper });
    act(company, by, handover, "handover.duty_done", duty_key(handover, name), data).await?;
    Ok(())
}

/// 离职证明: what 条例 24 lists, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LeavingCertificate)]
pub struct Certificate {
    /// The term of the contract 合同期限.
    pub term: String,
    /// The date of termination; the last day if absent.
    pub ended_on: Option<String>,
    /// The post 工作岗位.
    pub post: String,
    /// Years of service in this unit 工作年限.
    pub service: String,
    /// Anything else is refused: it is not in the list of the article.
    #[serde(default)]
    pub remark: Option<String>,
}

/// The last day. Of somebody who is gone it is the one on file, which may have moved after the handover was closed; not so
/// of an earlier employment, whose handover another has followed.
pub(super) async fn ended(company: &Company, handover: &handover::Model, person: Option<&people::model::person::Model>) -> Result<Option<String>> {
    if let Some(left_on) = person.filter(|p| p.status.as_deref() == Some("left")).and_then(|p| p.left_on.clone()) {
        let later =
            handover::Entity::find().filter(handover::Column::Employee.eq(&handover.employee)).filter(handover::Column::StartedAt.gt(handover.started_at));
        if later.one(company.store.read()).await?.is_none() {
            return Ok(Some(left_on));
        }
    }
    Ok(handover.last_day.clone())
}

/// What stands on it, checked; the number is the caller's to give.
async fn content(company: &Company, by: &Actor, handover: &handover::Model, given: &Certificate, lang: Lang) -> Result<Map<String, Value>> {
    let term = sentence("/term", &given.term, 2, 200, lang)?;
    let post = sentence("/post", &given.post, 1, 100, lang)?;
    let service = sentence("/service", &given.service, 1, 100, lang)?;
    let person = people::find(company.store.read(), &handover.employee).await?;
    let mut posts = contracts::posts_of(company.store.read(), &handover.employee).await?;
    posts.extend(person.as_ref().and_then(|p| p.title.clone()));
    let posts: Vec<&str> = posts.iter().map(String::as_str).collect();
    for text in [&term, &post, &service] {
        law::certificate_text(text, &posts)?;
    }
    if let Some(remark) = given.remark.as_deref().map(str::trim).filter(|r| !r.is_empty()) {
        law::certificate_text(remark, &posts)?;
        return Err(Problem::unlawful(
            "P12",
            "离职证明只写合同期限、解除或终止日期、岗位和工作年限（《劳动合同法实施条例》第二十四条），不加备注。请删去备注。",
            "A certificate states term, date, post and years of service only (Regulations on the Labour Contract Law art. 24). Remove the remark.",
        )
        .into());
    }
    let last = ended(company, handover, person.as_ref()).await?;
    let ended_on = day("/ended_on", given.ended_on.as_deref().or(last.as_deref()).unwrap_or_default(), lang)?;
    if last.is_some_and(|last| last != ended_on.to_string()) {
        return Err(bad(
            "/ended_on",
            "not_the_last_day",
            "解除或终止日期应与最后工作日一致。日期有误的，请先更正最后工作日。",
            "The day is the last day of work. If that is wrong, put the last day right first.",
            lang,
        ));
    }
    let content = [
        ("company", json!(company.settings().name)),
        ("employee", json!(handover.employee)),
        ("name", json!(person.map_or_else(|| handover.employee.clone(), |p| p.name))),
        ("term", json!(term)),
        ("ended_on", json!(ended_on.to_string())),
        ("post", json!(post)),
        ("service", json!(service)),
        ("issued_on", json!(today(company).to_string())),
        ("issued_by", json!(by.name)),
    ];
    Ok(content.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

pub async fn issue(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, given: Certificate, lang: Lang) -> Result<()> {
    part.hr_only(crate::access::Permission::LeavingAct)?;
    pending(company, handover, "certificate").await?;
    let mut content = content(company, by, handover, &given, lang).await?;
    content.insert("number".into(), json!(format!("{}-证", handover.number)));
    let data = json!({ "duty": "certificate", "done_on": today(company).to_string(), "content": content });
    act(company, by, handover, "handover.certificate_issued", duty_key(handover, "certificate"), data).await?;
    made(company, handover).await
}

/// Issued it is, with or without a font; the paper can be asked for again.
async fn made(company: &Company, handover: &handover::Model) -> Result<()> {
    match certificate::file(company, handover, None).await {
        Err(Error::Problem(why)) => tracing::warn!(code = why.code, "the certificate was issued and could not be typeset"),
        made => drop(made?),
    }
    Ok(())
}

/// 更正: a certificate that was issued with a mistake, issued anew under a number of its own. The old one stays on record
/// as superseded, with how it was delivered; the new one has to be delivered itself. The step was done when the first
/// was issued, so its clock stands. The paper does not say what it replaces: article 24 does not list that.
pub async fn correct(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, given: Certificate, reason: &str, lang: Lang) -> Result<()> {
    part.hr_only(crate::access::Permission::LeavingAct)?;
    let before = certificate::issued(company, &handover.id).await?;
    let reason = sentence("/reason", reason, 2, 2000, lang)?;
    let mut content = content(company, by, handover, &given, lang).await?;
    if ["company", "name", "term", "ended_on", "post", "service"].iter().all(|name| content[*name] == before[*name]) {
        return Err(bad(
            "/term",
            "nothing_changed",
            "内容与现有证明完全相同，没有需要更正的地方。姓名有误的，请先更正员工档案。",
            "It says what the present one says; there is nothing to correct. If the name is wrong, put the file right first.",
            lang,
        ));
    }
    let version = certificate::version(&before) + 1;
    content.insert("number".into(), json!(format!("{}-证{version}", handover.number)));
    content.insert("version".into(), json!(version));
    let key = Some(format!("corrected:{}:{version}", handover.id));
    let data = json!({ "duty": "certificate", "content": content, "replaces": before["number"], "reason": reason });
    act(company, by, handover, "handover.certificate_corrected", key, data).await?;
    made(company, handover).await
}

/// Somebody wants to hold something back until the handover is done. What the law allows is noted; all else is refused
/// with its article, and both are in the log.
pub async fn hold(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, what: &str, reason: &str, lang: Lang) -> Result<&'static str> {
    part.arranges()?;
    super::open(handover)?;
    let reason = sentence("/reason", reason, 2, 2000, lang)?;
    match law::may_wait(what) {
        Ok(rule) => {
            if handover.status == "signed_off" {
                return Err(Problem::unlawful(
                    "P14",
                    "交接已办结，经济补偿应当支付：《劳动合同法》第五十条第二款、第八十五条。",
                    "The handover is done; severance is to be paid: Labour Contract Law arts. 50(2) and 85.",
                )
                .into());
            }
            act(company, by, handover, "handover.hold_noted", None, json!({ "what": what, "rule": rule, "reason": reason })).await?;
            Ok(rule)
        }
        Err(e) => Err(on_record(company, by, handover, "handover.hold_refused", what, &reason, e).await?),
    }
}

/// The refusal, once the attempt is in the log.
pub(super) async fn on_record(
    company: &Company,
    by: &Actor,
    handover: &handover::Model,
    kind: &str,
    what: &str,
    reason: &str,
    refusal: Error,
) -> Result<Error> {
    if let Error::Problem(p) = &refusal
        && let Some(rule) = &p.rule
    {
        act(company, by, handover, kind, None, json!({ "what": what, "rule": rule, "reason": reason })).await?;
    }
    Ok(refusal)
}

/// Another last day: an act of people, which this follows. A refused attempt is on record here.
pub async fn last_day(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, to: &str, agreed: bool, reason: &str, lang: Lang) -> Result<()> {
    part.hr_only(crate::access::Permission::HandoversStart)?;
    super::open(handover)?;
    match people::acts::reschedule(company, by, lang, &handover.employee, to, agreed, reason).await {
        Ok(()) => Ok(()),
        Err(e) => Err(on_record(company, by, handover, "handover.hold_refused", "resignation", reason.trim(), e).await?),
    }
}

/// Ends the exit: signed off or with a reason, and nothing the law wants is late.
pub async fn close(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, reason: &str, lang: Lang) -> Result<()> {
    part.hr_only(crate::access::Permission::HandoversReview)?;
    super::open(handover)?;
    let reason = if handover.status == "signed_off" && reason.trim().is_empty() { String::new() } else { sentence("/reason", reason, 2, 2000, lang)? };
    let today = today(company).to_string();
    let late: Vec<duty::Model> = duties(company, &handover.id).await?.into_iter().filter(|d| d.status == "pending" && d.due < today).collect();
    if let Some(first) = late.first() {
        let of = law::duty(&first.duty);
        let (title, article, rule) = of.map_or((("法定手续", "A statutory step"), ("", ""), "P12"), |d| (d.title, d.article, d.rule));
        return Err(Problem::unlawful(
            rule,
            format!("“{}”已逾期（{}），不能关闭。{}。请先办理。", title.0, first.due, article.0),
            format!("“{}” is late (due {}), so this cannot be closed. {}. Do it first.", title.1, first.due, article.1),
        )
        .into());
    }
    act(company, by, handover, "handover.closed", Some(format!("close:{}", handover.id)), json!({ "reason": reason })).await?;
    Ok(())
}

/// How many days are left; negative when late.
pub fn days_left(company: &Company, due: &str) -> Option<i64> {
    let due: jiff::civil::Date = due.parse().ok()?;
    Some(i64::from((due - today(company)).get_days()))
}
