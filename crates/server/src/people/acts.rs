//! What is done with a working life: join, transfer, promote, confirm, resign, withdraw, leave. Each is checked,
//! recorded, and answered after the commit. No act here may put off the day somebody leaves (LAW P15).

use super::{
    ROOM, life,
    model::{person, resignation},
    posts,
};
use crate::{
    access::users,
    company::{Actor, Company},
    contracts::acts::Paper,
    error::{Problem, Result},
    intake::kinds,
    requests::{self, RequestOutcome},
    said::{Lang, Said},
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A text with something in it.
pub fn text(lang: Lang, pointer: &str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().any(kinds::turns_text) {
        let mut problem = Problem::of_field(
            lang,
            pointer,
            "含有看不见的文字方向控制字符（多半是复制时带入的），显示的内容会与实际不同。请删去后手工重新输入。",
            "There is an invisible character in it that turns the direction of text, most likely pasted in; what is shown would differ from what is kept. Delete it and type the text by hand.",
        );
        problem.code = "bidi_control";
        return Err(problem.into());
    }
    if (1..=most).contains(&text.chars().count()) && !text.contains('\0') {
        return Ok(text.to_owned());
    }
    Err(Problem::of_field(lang, pointer, format!("请填写 1 到 {most} 个字。"), format!("Fill in 1 to {most} characters.")).into())
}

/// The same where nothing may be said.
pub fn some_text(lang: Lang, pointer: &str, given: Option<&str>, most: usize) -> Result<Option<String>> {
    given.filter(|t| !t.trim().is_empty()).map(|t| text(lang, pointer, t, most)).transpose()
}

pub(super) fn texts(lang: Lang, member: &str, list: &[String]) -> Result<Value> {
    list.iter().map(|t| text(lang, &format!("/{member}"), t, 100).map(Value::from)).collect()
}

pub fn day(lang: Lang, pointer: &str, text: &str) -> Result<Date> {
    let date = text.trim().parse::<Date>().ok().filter(|d| (1900..=2200).contains(&d.year()));
    date.ok_or_else(|| Problem::of_field(lang, pointer, "应为日期，例如 2026-03-31。", "Should be a date, such as 2026-03-31.").into())
}

pub fn some_day(lang: Lang, pointer: &str, given: Option<&str>) -> Result<Option<Date>> {
    given.filter(|t| !t.trim().is_empty()).map(|t| day(lang, pointer, t)).transpose()
}

/// The employee, or “not found”.
pub async fn known(company: &Company, number: &str) -> Result<person::Model> {
    Ok(super::find(company.store.read(), number).await?.ok_or_else(Problem::not_found)?)
}

pub(super) fn hired_on(row: &person::Model) -> Option<Date> {
    row.hired_on.as_deref()?.parse().ok()
}

/// A superior has to be somebody who works here, and not below the employee.
async fn superior(company: &Company, lang: Lang, employee: &str, manager: &str) -> Result<String> {
    let db = company.store.read();
    let row = super::find(db, manager).await?.filter(|m| !m.placeholder && m.status.as_deref() != Some("left"));
    if row.is_none() {
        return Err(Problem::of_field(
            lang,
            "/manager",
            format!("没有在职员工 {manager}。请填写直属上级的工号。"),
            format!("There is no employee {manager} at work. Give the number of the superior."),
        )
        .into());
    }
    if posts::closes_a_circle(db, employee, manager).await? {
        let mut problem = Problem::of_field(
            lang,
            "/manager",
            "这样会形成汇报环：所选上级本身在该员工之下。请先调整上级的汇报关系。",
            "This would make a circle of reporting lines: the chosen superior is below this employee. Move the superior first.",
        );
        problem.code = "manager_cycle";
        return Err(problem.into());
    }
    Ok(manager.to_owned())
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = JoinEmployee)]
pub struct Join {
    pub number: String,
    pub name: String,
    pub department: Option<String>,
    pub title: Option<String>,
    pub grade: Option<String>,
    /// Number of the superior.
    pub manager: Option<String>,
    /// Day of hire.
    pub hired_on: String,
    /// Last day of the probation.
    pub probation_until: Option<String>,
    #[serde(default)]
    pub phones: Vec<String>,
    #[serde(default)]
    pub emails: Vec<String>,
}

/// 入职
pub async fn join(company: &Company, by: &Actor, lang: Lang, new: Join) -> Result<()> {
    let number = text(lang, "/number", &new.number, 200)?;
    if !kinds::is_identifier(&number) {
        return Err(Problem::of_field(lang, "/number", "工号不能含控制字符。", "A number may hold no control characters.").into());
    }
    let name = text(lang, "/name", &new.name, 100)?;
    let hired = day(lang, "/hired_on", &new.hired_on)?;
    let probation = some_day(lang, "/probation_until", new.probation_until.as_deref())?;
    if probation.is_some_and(|end| end < hired) {
        return Err(Problem::of_field(lang, "/probation_until", "试用期不能在入职之前结束。", "The probation cannot end before the hire.").into());
    }
    if let Some(row) = super::find(company.store.read(), &number).await?.filter(|r| !r.placeholder) {
        if row.status.as_deref() != Some("left") {
            return Err(Problem::conflict(
                "number_taken",
                format!("工号 {number} 已有在职员工。请换一个工号；信息有误请用“更正”。"),
                format!("The number {number} belongs to somebody at work. Choose another, or amend the file."),
            )
            .into());
        }
        if row.left_on.as_deref().and_then(|d| d.parse::<Date>().ok()).is_some_and(|left| hired <= left) {
            return Err(Problem::of_field(lang, "/hired_on", "再次入职不能早于上次离职。", "Somebody cannot join again before they left.").into());
        }
    }
    let mut data = Map::new();
    data.insert("number".into(), json!(number));
    data.insert("name".into(), json!(name));
    data.insert("hired_on".into(), json!(hired.to_string()));
    data.insert("status".into(), json!("active"));
    for (member, given) in [("department", &new.department), ("title", &new.title), ("grade", &new.grade)] {
        data.insert(member.into(), json!(some_text(lang, &format!("/{member}"), given.as_deref(), 100)?));
    }
    if let Some(manager) = new.manager.as_deref().filter(|m| !m.trim().is_empty()) {
        data.insert("manager".into(), json!(superior(company, lang, &number, manager.trim()).await?));
    }
    if let Some(end) = probation {
        data.insert("probation_until".into(), json!(end.to_string()));
    }
    for (member, list) in [("phones", &new.phones), ("emails", &new.emails)] {
        data.insert(member.into(), texts(lang, member, list)?);
    }
    company.publish(ROOM, life::JOINED, by, Some(&number), Vec::new(), data).await?;
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// 调岗
    Transfer,
    /// 晋升
    Promotion,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = MoveEmployee)]
pub struct Move {
    pub kind: MoveKind,
    /// First day in the new post; may lie in the past or the future.
    pub from: String,
    pub department: Option<String>,
    pub title: Option<String>,
    pub grade: Option<String>,
    pub manager: Option<String>,
    pub reason: String,
}

/// 调岗、晋升
pub async fn transfer(company: &Company, by: &Actor, lang: Lang, number: &str, new: Move) -> Result<()> {
    let row = at_work(company, number).await?;
    let from = day(lang, "/from", &new.from)?;
    if hired_on(&row).is_some_and(|hired| from < hired) {
        return Err(Problem::of_field(lang, "/from", "生效日期不能早于入职日期。", "This cannot take effect before the day of hire.").into());
    }
    let mut data = Map::new();
    data.insert("employee".into(), json!(number));
    data.insert("from".into(), json!(from.to_string()));
    data.insert("reason".into(), json!(text(lang, "/reason", &new.reason, 2000)?));
    let mut changes = false;
    for (member, given, now) in [("department", &new.department, &row.department), ("title", &new.title, &row.title), ("grade", &new.grade, &row.grade)] {
        if let Some(value) = some_text(lang, &format!("/{member}"), given.as_deref(), 100)? {
            changes |= now.as_ref() != Some(&value);
            data.insert(member.into(), json!(value));
        }
    }
    if let Some(manager) = new.manager.as_deref().map(str::trim).filter(|m| !m.is_empty()) {
        changes |= row.manager.as_deref() != Some(manager);
        data.insert("manager".into(), json!(superior(company, lang, number, manager).await?));
    }
    if !changes {
        return Err(Problem::of_field(
            lang,
            "/department",
            "没有变化：请填写新的部门、职位、职级或上级。",
            "Nothing changes: give a new department, title, grade or superior.",
        )
        .into());
    }
    let kind = if new.kind == MoveKind::Promotion { life::PROMOTED } else { life::TRANSFERRED };
    company.publish(ROOM, kind, by, Some(number), Vec::new(), data).await?;
    Ok(())
}

async fn at_work(company: &Company, number: &str) -> Result<person::Model> {
    let row = known(company, number).await?;
    if row.status.as_deref() == Some("left") {
        return Err(
            Problem::conflict("has_left", "该员工已离职，不能再办理在职手续。", "This employee has left; nothing of a life at work can be done.").into()
        );
    }
    Ok(row)
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Confirmation {
    /// The day the probation was passed.
    pub on: String,
    pub note: Option<String>,
}

/// 转正
pub async fn confirm(company: &Company, by: &Actor, lang: Lang, number: &str, new: Confirmation) -> Result<()> {
    let row = at_work(company, number).await?;
    let on = day(lang, "/on", &new.on)?;
    if hired_on(&row).is_some_and(|hired| on < hired) || on > company.today() {
        return Err(Problem::of_field(lang, "/on", "转正日期应在入职之后、今天或之前。", "The day lies after the hire and not after today.").into());
    }
    if row.confirmed_on.is_some() {
        return Err(Problem::conflict("confirmed_already", "该员工已转正。", "This employee has passed the probation already.").into());
    }
    let mut data = Map::new();
    data.insert("employee".into(), json!(number));
    data.insert("on".into(), json!(on.to_string()));
    data.insert("note".into(), json!(some_text(lang, "/note", new.note.as_deref(), 2000)?));
    company.publish(ROOM, life::CONFIRMED, by, Some(number), Vec::new(), data).await?;
    Ok(())
}

/// In what form somebody resigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ResignationForm)]
pub enum Form {
    Written,
    /// A mail, a form in a system.
    Electronic,
    Oral,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = RecordResignation)]
pub struct Resign {
    /// The day it was handed in.
    pub submitted_on: String,
    /// Absent: as the law gives it.
    pub last_day: Option<String>,
    pub form: Form,
    pub reason: Option<String>,
    /// Both sides agreed in writing on another last day than the law gives.
    #[serde(default)]
    pub agreed: bool,
}

/// 提出离职. The worker's notice works by itself: nobody approves it, and the company cannot move its day.
pub async fn resign(company: &Company, by: &Actor, lang: Lang, number: &str, new: Resign, own: bool) -> Result<Date> {
    let row = at_work(company, number).await?;
    if new.form == Form::Oral {
        return Err(Problem::unlawful(
            "P15",
            "辞职应以书面形式通知（劳动合同法第三十七条）。请取得员工的书面或电子申请后再登记，口头表示不能作为依据。",
            "A resignation is given in writing (Labour Contract Law article 37). Obtain a written or electronic notice first; spoken words are no ground.",
        )
        .into());
    }
    let submitted = day(lang, "/submitted_on", &new.submitted_on)?;
    if hired_on(&row).is_some_and(|hired| submitted < hired) {
        let mut problem = Problem::of_field(
            lang,
            "/submitted_on",
            "离职申请日期早于入职日期。请核对两个日期。",
            "The resignation is dated before the hire. Check both dates.",
        );
        problem.code = "before_hire";
        return Err(problem.into());
    }
    if submitted > company.today() {
        return Err(Problem::of_field(lang, "/submitted_on", "提交日期不能在今天之后。", "It cannot have been handed in after today.").into());
    }
    if let Some(open) = life::leaving_of(company.store.read(), number).await?.filter(|_| row.status.as_deref() == Some("resigning")) {
        let (day, zh) = (open.last_day, open.submitted_on);
        return Err(Problem::conflict(
            "resigned_already",
            format!("已于 {zh} 提出离职，最后工作日 {day}。如需更改，请先撤回。"),
            format!("A resignation of {zh} is open, with the last day {day}. Withdraw it first to change it."),
        )
        .into());
    }
    let lawful = life::lawful_last_day(&row, submitted);
    let last = some_day(lang, "/last_day", new.last_day.as_deref())?.unwrap_or(lawful);
    if last < submitted {
        return Err(Problem::of_field(lang, "/last_day", "最后工作日不能早于提交日期。", "The last day cannot lie before the notice.").into());
    }
    let notice = life::notice_days(life::in_probation(&row, submitted));
    if last < lawful && !new.agreed {
        return Err(Problem::unlawful(
            "P15",
            format!("辞职须提前 {notice} 天通知（劳动合同法第三十七条），最早为 {lawful}。双方书面同意提前的，请由人事勾选“双方已书面约定”。"),
            format!("Notice is {notice} days (Labour Contract Law article 37), so the earliest day is {lawful}. If both sides agreed in writing on an earlier one, HR says so."),
        )
        .into());
    }
    if last > lawful && !new.agreed && !own {
        return Err(Problem::unlawful(
            "P15",
            format!("公司不得推迟离职日期：通知满 {notice} 天即可离职（劳动合同法第三十七条），即 {lawful}。员工本人书面要求更晚的，请勾选“双方已书面约定”。"),
            format!("The company may not put off the day: after {notice} days' notice, on {lawful}, the worker may go (Labour Contract Law article 37). If the worker asked for a later day in writing, say so."),
        )
        .into());
    }
    let mut data = Map::new();
    data.insert("employee".into(), json!(number));
    data.insert("submitted_on".into(), json!(submitted.to_string()));
    data.insert("last_day".into(), json!(last.to_string()));
    data.insert("reason".into(), json!(some_text(lang, "/reason", new.reason.as_deref(), 2000)?));
    data.insert("form".into(), json!(if new.form == Form::Written { "written" } else { "electronic" }));
    data.insert("agreed".into(), json!(new.agreed));
    company.publish(ROOM, life::RESIGNED, by, Some(number), Vec::new(), data).await?;
    Ok(last)
}

/// 变更最后工作日. The day follows from the notice (LAW P15: 30 days, 3 in probation); neither side moves it alone. Without
/// both sides' written word a day that was put off comes back to the lawful one, and nothing else.
pub async fn reschedule(company: &Company, by: &Actor, lang: Lang, number: &str, to: &str, agreed: bool, reason: &str) -> Result<()> {
    let row = at_work(company, number).await?;
    let open = life::leaving_of(company.store.read(), number).await?.filter(|_| row.status.as_deref() == Some("resigning"));
    let Some(open) = open else {
        return Err(Problem::conflict("not_resigning", "没有生效中的离职申请。", "There is no resignation whose day could change.").into());
    };
    let to = day(lang, "/last_day", to)?;
    if to < open.submitted_on || to < company.today() {
        return Err(Problem::of_field(
            lang,
            "/last_day",
            "最后工作日不能早于提出离职的日期，也不能早于今天。",
            "The last day is neither before the notice nor before today.",
        )
        .into());
    }
    let reason = text(lang, "/reason", reason, 2000)?;
    if to == open.last_day {
        return Err(Problem::conflict("same_day", "最后工作日就是这一天。", "That is the last day already.").into());
    }
    let lawful = life::lawful_last_day(&row, open.submitted_on);
    let back_to_the_law = open.last_day > lawful && to == lawful;
    if !agreed && !back_to_the_law {
        let notice = life::notice_days(life::in_probation(&row, open.submitted_on));
        return Err(Problem::unlawful(
            "P15",
            format!("最后工作日由通知期决定（《劳动合同法》第三十七条：提前 {notice} 日，即 {lawful}），公司不能单方推迟或提前。双方书面同意的，请勾选“双方已书面约定”。"),
            format!("The last day follows from the notice (Labour Contract Law art. 37: {notice} days, so {lawful}); the company neither puts it off nor brings it forward alone. If both sides agreed in writing, say so."),
        )
        .into());
    }
    let mut data = Map::new();
    data.insert("employee".into(), json!(number));
    data.insert("resignation".into(), json!(crate::records::id_of(open.idx)));
    data.insert("last_day".into(), json!(to.to_string()));
    data.insert("before".into(), json!(open.last_day.to_string()));
    data.insert("agreed".into(), json!(agreed));
    data.insert("reason".into(), json!(reason));
    company.publish(ROOM, life::RESCHEDULED, by, Some(number), Vec::new(), data).await?;
    Ok(())
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = WithdrawResignation)]
pub struct Withdraw {
    pub reason: String,
    /// The employee's own written wish; not needed where they asked for it on their own page.
    pub paper: Option<Paper>,
}

/// 撤回离职申请: on the employee's own wish. A notice ends the employment by itself (LAW P15), so a company that could
/// take it back would have the approval step that the law forbids. The request it follows, if there is one, is answered
/// in the same act: with `answer`, or in the product's own words.
pub async fn withdraw(company: &Company, by: &Actor, lang: Lang, number: &str, new: Withdraw, answer: Option<&str>) -> Result<()> {
    // Of two who do it at once the second finds nothing to withdraw.
    let _turn = company.store.turn().await?;
    known(company, number).await?;
    let db = company.store.read();
    let open = resignation::Entity::find().filter(resignation::Column::Employee.eq(number)).filter(resignation::Column::State.eq("open")).one(db).await?;
    let Some(open) = open else {
        return Err(Problem::conflict("not_resigning", "没有生效中的离职申请。", "There is no resignation to withdraw.").into());
    };
    let asked = requests::of(db, number).await?.into_iter().find(|r| {
        let still_wished = r.state == "open" || r.outcome.as_deref() == Some("granted");
        r.kind == "withdrawal" && r.idx > open.idx && still_wished
    });
    if let Some(paper) = &new.paper {
        paper.check(company, by, lang, "/paper").await?;
    }
    if asked.is_none() && new.paper.is_none() {
        return Err(Problem::unlawful(
            "P15",
            "离职申请只能按员工本人的意愿撤回（劳动合同法第三十七条：通知期满即可解除，无须批准）。请由本人在“我的”页面申请撤回，或上传其书面申请。",
            "A resignation is withdrawn only as the employee wishes (Labour Contract Law article 37: the notice ends the contract without anybody's leave). They ask for it on their own page, or their written wish is attached here.",
        )
        .into());
    }
    let mut data = Map::new();
    data.insert("employee".into(), json!(number));
    data.insert("resignation".into(), json!(crate::records::id_of(open.idx)));
    data.insert("reason".into(), json!(text(lang, "/reason", &new.reason, 2000)?));
    data.insert("request".into(), json!(asked.as_ref().map(|r| &r.id)));
    data.insert("paper".into(), json!(new.paper));
    let mut drafts = vec![company.draft(ROOM, life::WITHDRAWN, by, Some(number), Vec::new(), data)];
    if let Some(asked) = asked.filter(|r| r.state == "open") {
        let own = Said::new("离职申请已按您的意愿撤回。", "Your resignation was withdrawn as you wished.");
        drafts.push(requests::answered(company, by, &asked, RequestOutcome::Granted, answer.unwrap_or(own.pick(lang)), None));
    }
    company.writer.append(drafts).await.map(drop)
}

/// Why an employment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DepartureGround)]
pub enum Ground {
    Resignation,
    /// 协商解除
    Agreement,
    /// 合同到期
    Expiry,
    /// 公司解除; the process has its own rules.
    Dismissal,
    Retirement,
    Death,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Departure {
    /// The last day at work; not after today.
    pub left_on: String,
    pub ground: Ground,
    pub note: Option<String>,
    /// 协商解除协议 or 解除通知书: needed where the law asks for a paper.
    pub paper: Option<Paper>,
    /// Of a dismissal: the day the union was told of its reasons; absent where there is none (`no_union`).
    pub union_told_on: Option<String>,
    #[serde(default)]
    pub no_union: bool,
}

/// What the law asks for before this ground ends the employment on this day.
async fn lawful_departure(company: &Company, by: &Actor, lang: Lang, number: &str, on: Date, new: &Departure) -> Result<()> {
    if let Some(paper) = &new.paper {
        paper.check(company, by, lang, "/paper").await?;
    }
    let running = super::leaving_of(company.store.read(), number).await?;
    let resigned = running.is_some();
    if let Some(leaving) = running.filter(|l| on < l.last_day)
        && !matches!(new.ground, Ground::Agreement | Ground::Dismissal | Ground::Death)
    {
        return Err(Problem::unlawful(
            "P15",
            format!("离职申请的最后工作日是 {}，到期系统自动办理。要提前结束，须双方协商一致（选“协商解除”并上传协议）。", leaving.last_day),
            format!(
                "The resignation takes effect on {}, by itself. To end earlier both sides agree: choose termination by agreement and attach it.",
                leaving.last_day
            ),
        )
        .into());
    }
    match new.ground {
        Ground::Resignation if !resigned && new.paper.is_none() => Err(Problem::unlawful(
            "P15",
            "辞职须由本人书面提出（劳动合同法第三十七条、第三十八条），公司不能代为辞职。按期离职的，请登记本人的离职申请，到期由系统办理；本人即时辞职的，请上传其签字的辞职信。",
            "A resignation is the employee's own, in writing (Labour Contract Law articles 37, 38); the company cannot enter it for them. Who leaves after notice: record the notice, and the system ends it on its day. Who left at once: attach the letter they signed.",
        )
        .into()),
        Ground::Agreement if new.paper.is_none() => Err(Problem::unlawful(
            "P15",
            "协商解除须双方协商一致（劳动合同法第三十六条）。请上传双方签署的协议。",
            "Termination by agreement takes both sides (Labour Contract Law article 36). Attach what both signed.",
        )
        .into()),
        Ground::Dismissal if new.paper.is_none() => Err(Problem::unlawful(
            "P07",
            "公司解除须有书面的解除通知书，并由公司举证（劳动合同法第五十条；司法解释一第四十四条）。请上传通知书。",
            "A dismissal needs its written notice, and the employer proves it (Labour Contract Law article 50; Judicial Interpretation I article 44). Attach the notice.",
        )
        .into()),
        Ground::Dismissal => {
            let told = some_day(lang, "/union_told_on", new.union_told_on.as_deref())?;
            match told {
                Some(told) if told <= on => Ok(()),
                None if new.no_union && users::any_of_the_union(company).await? => Err(Problem::unlawful(
                    "P06",
                    "系统里有工会代表的账号，不能登记为“没有工会”。请先将理由通知工会，再填写通知的日期（劳动合同法第四十三条）。",
                    "Somebody has an account as union representative, so there is a union. Tell it the reasons first, then enter the day (Labour Contract Law article 43).",
                )
                .into()),
                None if new.no_union => Ok(()),
                _ => Err(Problem::unlawful(
                    "P06",
                    "单方解除前须将理由通知工会（劳动合同法第四十三条）。请填写通知工会的日期（不晚于解除日）；没有工会的，请勾选“本单位没有工会”。",
                    "The union is told of the reasons before a dismissal (Labour Contract Law article 43). Enter the day it was told, not after the last day; or say that there is no union.",
                )
                .into()),
            }
        }
        _ => Ok(()),
    }
}

/// 离职生效
pub async fn leave(company: &Company, by: &Actor, lang: Lang, number: &str, new: Departure) -> Result<()> {
    let row = at_work(company, number).await?;
    let on = day(lang, "/left_on", &new.left_on)?;
    if hired_on(&row).is_some_and(|hired| on < hired) {
        let mut problem = Problem::of_field(lang, "/left_on", "离职日期早于入职日期。请核对两个日期。", "The last day lies before the hire. Check both dates.");
        problem.code = "before_hire";
        return Err(problem.into());
    }
    if on > company.today() {
        return Err(Problem::of_field(
            lang,
            "/left_on",
            "最后工作日还没有到；到期后系统会自动办理。",
            "The last day has not come; the system does this by itself on the day after.",
        )
        .into());
    }
    lawful_departure(company, by, lang, number, on, &new).await?;
    let ground = match new.ground {
        Ground::Resignation => "resignation",
        Ground::Agreement => "agreement",
        Ground::Expiry => "expiry",
        Ground::Dismissal => "dismissal",
        Ground::Retirement => "retirement",
        Ground::Death => "death",
    };
    let mut data = Map::new();
    data.insert("employee".into(), json!(number));
    data.insert("left_on".into(), json!(on.to_string()));
    data.insert("ground".into(), json!(ground));
    data.insert("note".into(), json!(some_text(lang, "/note", new.note.as_deref(), 2000)?));
    data.insert("paper".into(), json!(new.paper));
    if new.ground == Ground::Dismissal {
        data.insert("union_told_on".into(), json!(new.union_told_on));
        data.insert("no_union".into(), json!(new.no_union));
    }
    company.publish(ROOM, life::LEFT, by, Some(number), Vec::new(), data).await?;
    Ok(())
}
