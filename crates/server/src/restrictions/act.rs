//! What people do about a restriction: propose, decide, lift, appeal, answer. Each act is checked, recorded, and
//! answered after the commit; the end comes by itself.

use super::{
    Limit, ROOM,
    model::{appeal, restriction},
    preview,
};
use crate::{
    access::{Caller, Permission, Standing, scope},
    company::{Actor, Company},
    error::{Error, FieldError, Problem, Result},
    http::instant,
    people,
    said::Lang,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The job at whose turn a restriction ends by itself.
pub const EXPIRE_JOB: &str = "restrictions.expire";
const DAY_US: i64 = 24 * 3600 * 1_000_000;
/// 三十日: the notice period of somebody who resigns; beyond it there is nothing left to bridge.
const LONGEST_US: i64 = 30 * DAY_US;
/// The rules a restriction has to keep to: neither is a ground for one, both say how far it may go.
pub const RULES: [&str; 2] = ["P16", "P19"];

pub struct Proposal {
    pub employee: String,
    pub limits: Vec<Limit>,
    pub reason: String,
    pub rule: String,
    pub from: i64,
    pub until: i64,
}

fn invalid(pointer: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>, lang: Lang) -> Error {
    let problem = Problem::new(422, code, zh, en);
    let detail = problem.detail.pick(lang).to_owned();
    problem.with_rule("P16").with_errors(vec![FieldError { pointer: pointer.into(), code: code.into(), detail }]).into()
}

fn sentence(pointer: &str, text: &str, least: usize, lang: Lang) -> Result<String> {
    let text = text.trim();
    if (least..=2000).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(invalid(
        pointer,
        "length",
        format!("请填写 {least}–2000 个字，它会随本次操作一起存证。"),
        format!("Fill in {least}–2000 characters; they are recorded with the act."),
        lang,
    ))
}

/// Whom a proposal may concern: somebody within reach, not oneself, not somebody who has left.
pub async fn check_employee(company: &Company, caller: &Caller, permission: Permission, employee: &str) -> Result<()> {
    if caller.is(employee) {
        return Err(Problem::new(403, "recused", "涉及本人，须由其他同事办理。", "This concerns yourself; a colleague has to do it.")
            .with_rule(permission.name())
            .into());
    }
    caller.impartial(employee)?;
    // A restriction is nothing the law owes anybody: here even the only one who conducts leaving keeps out.
    if caller.is_recused_from(employee) {
        return Err(Problem::not_found().into());
    }
    if !scope(caller, company, permission).await?.sees(employee) || people::find(company.store.read(), employee).await?.is_none() {
        return Err(Problem::not_found().into());
    }
    Ok(())
}

pub async fn propose(company: &Company, caller: &Caller, p: Proposal, lang: Lang) -> Result<String> {
    caller.require(Permission::RestrictionsPropose)?;
    check_employee(company, caller, Permission::RestrictionsPropose, &p.employee).await?;
    let reason = sentence("/reason", &p.reason, 10, lang)?;
    let mut limits = p.limits;
    limits.sort_unstable();
    limits.dedup();
    if limits.is_empty() {
        return Err(invalid("/limits", "no_limit", "请至少选择一项要限制的内容。", "Choose at least one thing to limit.", lang));
    }
    if !RULES.contains(&p.rule.as_str()) {
        return Err(invalid("/rule", "unknown_rule", "请选择须遵守的规则：P16 或 P19。", "Choose the rule it has to keep to: P16 or P19.", lang));
    }
    let now = company.now();
    if p.until <= now || p.until <= p.from {
        return Err(invalid("/until", "bad_end", "结束时间须在开始时间和此刻之后。", "The end lies after the beginning and after now.", lang));
    }
    // A little slack, so that thirty whole days can be chosen by date.
    if p.until - p.from.max(now) > LONGEST_US + DAY_US {
        return Err(invalid(
            "/until",
            "too_long",
            "限制最长 30 天（与辞职预告期一致）。需要更久的，请到期前重新提出并再次批准。",
            "A restriction lasts 30 days at most, the notice period of a resignation. Propose it again before it ends if it has to last longer.",
            lang,
        ));
    }
    let preview = preview::of(company, &p.employee, &limits, lang).await?;
    if preview.standing == Standing::Left {
        return Err(Problem::conflict(
            "already_left",
            "该员工已离职，公司数据已对其关闭，无需限制。",
            "This employee has left; the company's data are closed to them already.",
        )
        .into());
    }
    if p.from > now + LONGEST_US {
        return Err(invalid(
            "/from",
            "too_far",
            "开始时间最远为 30 天后：更久以后是否仍有必要，到时再提出。",
            "It begins within 30 days: whether it is needed later is asked then.",
            lang,
        ));
    }
    free_for(company, "", &p.employee, &limits, p.from, p.until).await?;
    let id = uuid::Uuid::now_v7().to_string();
    let names: Vec<&str> = limits.iter().map(|l| l.name()).collect();
    let data = json!({
        "restriction": id, "limits": names.join(" "), "reason": reason, "rule": p.rule, "from": instant(p.from), "until": instant(p.until),
        "from_us": p.from, "until_us": p.until, "preview": preview,
    });
    act(company, &caller.actor(), &p.employee, "restriction.proposed", data).await?;
    Ok(id)
}

/// The last day on which something that ends at `until` still holds, in the company's zone.
pub fn last_day(company: &Company, until: i64) -> String {
    let at = jiff::Timestamp::from_microsecond(until - 1).unwrap_or_default();
    at.to_zoned(company.settings().time_zone.clone()).date().to_string()
}

async fn free_for(company: &Company, but: &str, employee: &str, limits: &[Limit], from: i64, until: i64) -> Result<()> {
    let Some(standing) = super::overlapping(company.store.read(), but, employee, limits, from, until).await? else { return Ok(()) };
    let last = last_day(company, standing.until_at);
    Err(Problem::conflict(
        "already_restricted",
        format!("其中有的限制已经批准，最后一天为 {last}。请先解除，或到期后再提出。"),
        format!("Some of it is approved already; its last day is {last}. Lift that first, or propose it again when it has ended."),
    )
    .with_rule("P16")
    .into())
}

async fn act(company: &Company, by: &Actor, employee: &str, kind: &str, data: Value) -> Result<i64> {
    let Value::Object(mut data) = data else { return Ok(0) };
    data.insert("employee".into(), json!(employee));
    let data: Map<String, Value> = data;
    company.publish(ROOM, kind, by, Some(employee), Vec::new(), data).await
}

pub async fn find(company: &Company, id: &str) -> Result<restriction::Model> {
    Ok(restriction::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
}

fn decided() -> Error {
    Problem::conflict("already_decided", "这项限制已经有了结论，请刷新后查看。", "This restriction was decided already; reload to see how.").into()
}

fn another_person(permission: Permission) -> Error {
    Problem::new(
        403,
        "second_person_needed",
        "限制措施须由提出人以外的人批准和答复申诉。",
        "Somebody other than the proposer approves a restriction and answers the appeal.",
    )
    .with_rule(permission.name())
    .into()
}

/// Approves or refuses. Whoever approves has read every warning: `acknowledged` names them.
pub async fn decide(company: &Company, caller: &Caller, id: &str, approve: bool, reason: &str, acknowledged: &[String], lang: Lang) -> Result<()> {
    caller.require(Permission::RestrictionsApprove)?;
    let row = find(company, id).await?;
    check_employee(company, caller, Permission::RestrictionsApprove, &row.employee).await?;
    if row.proposed_by == caller.id {
        return Err(another_person(Permission::RestrictionsApprove));
    }
    if row.status != "proposed" {
        return Err(decided());
    }
    let reason = sentence("/reason", reason, 2, lang)?;
    let mut data = json!({ "restriction": id, "reason": reason, "from_us": row.from_at, "until_us": row.until_at });
    if approve {
        if row.until_at <= company.now() {
            return Err(Problem::conflict("over", "拟定的期限已过，请重新提出。", "The time it was meant for is over; propose it again.").into());
        }
        let limits = Limit::read(&row.limits);
        free_for(company, id, &row.employee, &limits, row.from_at, row.until_at).await?;
        let preview = preview::of(company, &row.employee, &limits, lang).await?;
        let open: Vec<FieldError> = preview
            .warnings
            .iter()
            .filter(|w| !acknowledged.contains(&w.code))
            .map(|w| FieldError { pointer: format!("/acknowledged/{}", w.code), code: "not_acknowledged".into(), detail: w.text.clone() })
            .collect();
        if !open.is_empty() {
            return Err(Problem::new(
                422,
                "not_acknowledged",
                "批准前请逐条确认已阅读以下法律提示。",
                "Confirm each of these warnings of the law before you approve.",
            )
            .with_rule("P16")
            .with_errors(open)
            .into());
        }
        data["preview"] = serde_json::to_value(&preview)?;
        data["acknowledged"] = json!(acknowledged);
    }
    act(company, &caller.actor(), &row.employee, if approve { "restriction.approved" } else { "restriction.refused" }, data).await?;
    // Somebody else may have decided in the same moment: then this word came second and changed nothing.
    let now = find(company, id).await?;
    if now.decided_by.as_deref() == Some(&caller.id) { Ok(()) } else { Err(decided()) }
}

/// Ends it early, or takes back a proposal. Either party to it may.
pub async fn lift(company: &Company, caller: &Caller, id: &str, reason: &str, lang: Lang) -> Result<()> {
    let may = if caller.has(Permission::RestrictionsApprove) { Permission::RestrictionsApprove } else { Permission::RestrictionsPropose };
    caller.require(may)?;
    let row = find(company, id).await?;
    check_employee(company, caller, may, &row.employee).await?;
    let reason = sentence("/reason", reason, 2, lang)?;
    let kind = match row.status.as_str() {
        "in_force" => "restriction.lifted",
        "proposed" if row.proposed_by == caller.id => "restriction.withdrawn",
        "proposed" => {
            return Err(Problem::new(
                403,
                "not_your_proposal",
                "这项限制还在等待批准，只有提出人可以撤回。不同意的，请在审批中选择“不批准”并写明理由。",
                "It still waits for approval, and only who proposed it takes it back. If you do not agree, refuse it with a reason.",
            )
            .with_rule(may.name())
            .into());
        }
        _ => return Err(decided()),
    };
    act(company, &caller.actor(), &row.employee, kind, json!({ "restriction": id, "reason": reason })).await.map(drop)
}

/// The employee objects. One appeal at a time; it has to be answered.
pub async fn appeal(company: &Company, caller: &Caller, id: &str, text: &str, lang: Lang) -> Result<()> {
    let row = find(company, id).await?;
    // Of others' restrictions nobody learns here, nor of one that is only proposed.
    if !caller.is(&row.employee) || !matches!(row.status.as_str(), "in_force" | "lifted" | "expired") {
        return Err(Problem::not_found().into());
    }
    let text = sentence("/text", text, 2, lang)?;
    if appeals_of(company, id).await?.iter().any(|a| a.answered_at.is_none()) {
        return Err(Problem::conflict(
            "appeal_open",
            "您的申诉正在处理，请等待答复；需要补充请联系人事。",
            "Your appeal is being dealt with; wait for the answer, or add to it through HR.",
        )
        .into());
    }
    act(company, &caller.actor(), &row.employee, "restriction.appealed", json!({ "restriction": id, "text": text })).await.map(drop)
}

pub async fn appeals_of(company: &Company, id: &str) -> Result<Vec<appeal::Model>> {
    let mut rows = appeal::Entity::find().filter(appeal::Column::Restriction.eq(id)).all(company.store.read()).await?;
    rows.sort_by_key(|a| a.idx);
    Ok(rows)
}

/// Answers an appeal: the restriction stays, or is lifted at once.
pub async fn answer(company: &Company, caller: &Caller, id: &str, lifts: bool, text: &str, lang: Lang) -> Result<()> {
    caller.require(Permission::RestrictionsApprove)?;
    let row = find(company, id).await?;
    check_employee(company, caller, Permission::RestrictionsApprove, &row.employee).await?;
    if row.proposed_by == caller.id {
        return Err(another_person(Permission::RestrictionsApprove));
    }
    let text = sentence("/text", text, 2, lang)?;
    let Some(open) = appeals_of(company, id).await?.into_iter().find(|a| a.answered_at.is_none()) else {
        return Err(Problem::conflict("no_open_appeal", "没有待答复的申诉。", "There is no appeal to answer.").into());
    };
    let data = json!({ "restriction": id, "appeal": open.idx, "text": text, "outcome": if lifts { "lifted" } else { "kept" } });
    act(company, &caller.actor(), &row.employee, "restriction.answered", data).await?;
    if lifts && row.status == "in_force" {
        act(company, &caller.actor(), &row.employee, "restriction.lifted", json!({ "restriction": id, "reason": text })).await?;
    }
    Ok(())
}

/// The end by itself: it held no longer anyway; now it is on record.
pub async fn run_expire(company: Arc<Company>, payload: Value) -> Result<()> {
    let Some(id) = payload["restriction"].as_str() else { return Ok(()) };
    let Some(row) = restriction::Entity::find_by_id(id).one(company.store.read()).await? else { return Ok(()) };
    if row.status != "in_force" || row.until_at > company.now() {
        return Ok(());
    }
    act(&company, &Actor::system(ROOM), &row.employee, "restriction.expired", json!({ "restriction": id })).await.map(drop)
}
