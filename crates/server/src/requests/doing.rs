//! 办理: answering a request, and doing what is granted in the same act. A correction is an amendment of the file or names
//! the record that put it right elsewhere; a withdrawal takes the resignation back; a deletion removes what the file need
//! not hold, or erases the person once the law lets it and a second person agrees. What is *not* here: what is asked of
//! whom (the own page), the erasure itself (privacy).

use super::{ERASURE_ASKED, ROOM, RequestOutcome, answered, model::request};
use crate::{
    access::{Caller, Permission, model::user},
    assets, cases,
    company::Company,
    error::{Error, Problem, Result},
    handover,
    intake::kinds,
    people::{
        self,
        acts::{self, Withdraw, text},
        amend::{self, Amend},
        life_api::may_act,
    },
    privacy,
    records::{
        Draft, employee_subject, id_of, idx_of,
        model::{record, subject},
    },
    said::{Lang, Said},
};
use jiff::{ToSpan, civil::Date};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// Contracts are kept two years after they end (LCL 50(3)), wage records as long (工资支付暂行规定 6).
const KEPT_YEARS: i64 = 2;

/// What is put right in the file, or removed from it where the list is empty.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
pub struct RequestedChange {
    pub name: Option<String>,
    pub hired_on: Option<String>,
    pub probation_until: Option<String>,
    pub phones: Option<Vec<String>>,
    pub emails: Option<Vec<String>>,
}

impl RequestedChange {
    fn says_nothing(&self) -> bool {
        let blank = |t: &Option<String>| t.as_deref().is_none_or(|t| t.trim().is_empty());
        blank(&self.name) && blank(&self.hired_on) && blank(&self.probation_until) && self.phones.is_none() && self.emails.is_none()
    }

    /// Less what the file says already.
    fn beyond(mut self, person: &people::model::person::Model) -> Self {
        let list = |json: &str| serde_json::from_str::<Vec<String>>(json).unwrap_or_default();
        let same = |given: &Option<String>, known: Option<&str>| given.as_deref().map(str::trim) == known;
        if same(&self.name, Some(&person.name)) {
            self.name = None;
        }
        if same(&self.hired_on, person.hired_on.as_deref()) {
            self.hired_on = None;
        }
        if same(&self.probation_until, person.probation_until.as_deref()) {
            self.probation_until = None;
        }
        self.phones = self.phones.filter(|phones| *phones != list(&person.phones));
        self.emails = self.emails.filter(|emails| *emails != list(&person.emails));
        self
    }

    fn amend(self, reason: String) -> Amend {
        let Self { name, hired_on, probation_until, phones, emails } = self;
        Amend { name, hired_on, probation_until, phones, emails, reason }
    }
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = AnswerRequest)]
pub struct Answer {
    pub outcome: RequestOutcome,
    /// What was done, or why not: a refusal without a reason is none.
    pub answer: String,
    /// With a correction or a deletion that is granted: what changes in the file. Done in the same act.
    pub change: Option<RequestedChange>,
    /// With a correction that was made elsewhere: the record that made it (`rec_…`), later than the request.
    pub done_by: Option<String>,
}

/// Answers a request, and does what is granted. The row as it stands afterwards; of somebody erased, as it would stand.
pub async fn answer(company: &Arc<Company>, caller: &Caller, lang: Lang, id: &str, new: Answer) -> Result<request::Model> {
    let row = request::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    may_act(company, caller, Permission::RequestsAnswer, &row.employee).await?;
    open(&row)?;
    let said = text(lang, "/answer", &new.answer, 2000)?;
    let by = caller.actor();
    use RequestOutcome::{Granted, Partly, Refused};
    match (row.kind.as_str(), new.outcome) {
        (_, Refused) if said.chars().count() < 5 => {
            return Err(Problem::of_field(
                lang,
                "/answer",
                "拒绝申请须说明理由（个人信息保护法第五十条）。请写明为什么不能满足。",
                "A refusal gives its reasons (PIPL article 50). Say why the request cannot be met.",
            )
            .with_rule("R13")
            .into());
        }
        ("withdrawal", Partly) => {
            return Err(
                Problem::of_field(lang, "/outcome", "撤回离职只能同意或不同意。", "A resignation is taken back or it is not; there is no part of it.").into()
            );
        }
        ("withdrawal", Granted) => {
            may_act(company, caller, Permission::LeavingAct, &row.employee).await?;
            let taken_back = Withdraw { reason: row.text.clone(), paper: None };
            acts::withdraw(company, &by, lang, &row.employee, taken_back, Some(&said[..])).await?;
        }
        ("deletion", Granted) => return erase(company, caller, lang, row, said).await,
        ("correction", Granted | Partly) | ("deletion", Partly) => change(company, caller, lang, &row, said, new).await?,
        _ => write(company, &row, vec![answered(company, &by, &row, new.outcome, &said, None)]).await?,
    }
    Ok(request::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
}

fn open(row: &request::Model) -> Result<()> {
    if row.state == "open" {
        return Ok(());
    }
    Err(Problem::conflict("answered_already", "这项申请已经答复。", "This request was answered already.").into())
}

/// The group stands or falls together; nobody else answers meanwhile.
async fn write(company: &Company, row: &request::Model, drafts: Vec<Draft>) -> Result<()> {
    let _turn = company.store.turn().await?;
    open(&request::Entity::find_by_id(&row.id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)?;
    company.writer.append(drafts).await.map(drop)
}

/// A correction that is granted changes the file in the same act, or names the record that did.
async fn change(company: &Company, caller: &Caller, lang: Lang, row: &request::Model, said: String, new: Answer) -> Result<()> {
    let by = caller.actor();
    if let Some(wanted) = new.change.filter(|c| !c.says_nothing()) {
        may_act(company, caller, Permission::PeopleEdit, &row.employee).await?;
        // What stands in the file already is no change.
        let person = people::find(company.store.read(), &row.employee).await?.ok_or_else(Problem::not_found)?;
        let wanted = wanted.beyond(&person);
        if wanted.says_nothing() {
            return Err(not_done(lang));
        }
        let amended = amend::amendment(company, &by, lang, &row.employee, wanted.amend(said.clone()), Some(&row.id)).await?;
        return write(company, row, vec![amended, answered(company, &by, row, new.outcome, &said, None)]).await;
    }
    let Some(done_by) = new.done_by.as_deref().map(str::trim).filter(|t| !t.is_empty() && row.kind == "correction") else {
        return Err(not_done(lang));
    };
    if !puts_right(company, row, done_by).await? {
        return Err(Problem::of_field(
            lang,
            "/done_by",
            "应是本申请之后、关于该员工的更正类记录（例如 rec_123：更正档案、调岗、登记合同、来源系统的更正）。",
            "Name a record about this employee, later than the request, that put it right (such as rec_123: an amendment, a move, a contract, a source's correction).",
        )
        .with_rule("R13")
        .into());
    }
    write(company, row, vec![answered(company, &by, row, new.outcome, &said, Some(done_by))]).await
}

fn not_done(lang: Lang) -> Error {
    let mut problem = Problem::of_field(
        lang,
        "/change",
        "同意更正或删除，须同时办理（个人信息保护法第四十六、四十七条）：请填写更正后的内容，或写明已经更正的那条记录。",
        "Granting a correction or deletion does it (PIPL articles 46 and 47): fill in what changes, or name the record that put it right.",
    )
    .with_rule("R13");
    problem.code = "not_done";
    problem.into()
}

/// Is this a record about the employee, later than the request, of a kind that changes what is held?
async fn puts_right(company: &Company, row: &request::Model, id: &str) -> Result<bool> {
    let Some(idx) = idx_of(id).filter(|idx| *idx > row.idx) else { return Ok(false) };
    let db = company.store.read();
    let Some(kind) = record::Entity::find_by_id(idx).one(db).await?.map(|r| r.kind) else { return Ok(false) };
    let changes = kind == kinds::RECORD_CORRECTED || ["employee.", "contract.", "document.", "interest."].iter().any(|k| kind.starts_with(k));
    let about = subject::Entity::find().filter(subject::Column::Idx.eq(idx)).filter(subject::Column::Subject.eq(employee_subject(&row.employee)));
    Ok(changes && kind != people::interests::REVIEWED && about.count(db).await? > 0)
}

/// 删除: all that is held about somebody who left, once nothing asks for it any more and two people agree. It cannot be
/// taken back. Its record is the erasure's own, which names the request: one about the person would bring them back.
async fn erase(company: &Arc<Company>, caller: &Caller, lang: Lang, row: request::Model, said: String) -> Result<request::Model> {
    let _turn = company.store.turn().await?;
    let row = request::Entity::find_by_id(&row.id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    open(&row)?;
    may_erase(company, &row).await?;
    let by = caller.actor();
    match row.erasure_by.as_deref() {
        None => {
            let mut data = Map::new();
            data.insert("request".into(), json!(row.id));
            data.insert("employee".into(), json!(row.employee));
            data.insert("made".into(), json!(id_of(row.idx)));
            data.insert("answer".into(), json!(said));
            company.publish(ROOM, ERASURE_ASKED, &by, Some(&row.employee), Vec::new(), data).await?;
            Ok(request::Entity::find_by_id(&row.id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
        }
        Some(first) if same_person(company, first, caller).await? => Err(Problem::new(
            403,
            "second_person",
            "删除不可恢复，须由另一位有权答复申请的同事再次同意后执行。",
            "An erasure cannot be taken back, so a second person who may answer requests has to agree.",
        )
        .with_rule(Permission::RequestsAnswer.name())
        .into()),
        Some(_) => {
            let why = Said::new(
                format!("本人申请删除（个人信息保护法第四十七条），申请 {}，两人同意", row.id),
                format!("Asked for by the person (PIPL article 47), request {}, two people agreed", row.id),
            );
            privacy::erase::employee(company, &by, &row.employee, why.pick(lang)).await?;
            let (answered_at, answered_by) = (Some(company.now()), Some(by.name));
            Ok(request::Model { state: "answered".into(), outcome: Some("granted".into()), answer: Some(said), answered_at, answered_by, ..row })
        }
    }
}

/// Whether the account of `first` is this caller's, or another one of theirs: the same number, or the same name where a
/// number is missing (docs/decisions/020-recusal.md).
async fn same_person(company: &Company, first: &str, caller: &Caller) -> Result<bool> {
    if first == caller.id {
        return Ok(true);
    }
    let Some(first) = user::Entity::find_by_id(first).one(company.store.read()).await? else { return Ok(false) };
    Ok(match (&first.employee, &caller.employee) {
        (Some(one), Some(other)) => one == other,
        _ => first.name.trim() == caller.actor().name.trim(),
    })
}

/// What the law still asks for, with its article. A case is a secret: it reads as anything else that is not done yet.
async fn may_erase(company: &Company, row: &request::Model) -> Result<()> {
    let db = company.store.read();
    let person = people::find(db, &row.employee).await?.ok_or_else(Problem::not_found)?;
    if person.status.as_deref() != Some("left") {
        return Err(Problem::unlawful(
            "R04",
            "在职期间，档案、合同、考勤和工资资料为履行劳动合同和法定义务所必需（个人信息保护法第十三、四十七条），不能整体删除。请以“部分同意”删去非必需的项目（如旧手机号、邮箱），或写明理由不同意。",
            "While somebody works here, file, contract, attendance and wage data are needed for the contract and by law (PIPL articles 13 and 47). Grant it in part and remove what is not needed (an old phone number, an address), or refuse with the reason.",
        )
        .into());
    }
    let left: Option<Date> = person.left_on.as_deref().and_then(|t| t.get(..10)).and_then(|t| t.parse().ok());
    let until = left.and_then(|d| d.checked_add(KEPT_YEARS.years()).ok());
    if until.is_none_or(|until| until >= company.today()) {
        let (zh, en) = until.map_or_else(|| ("满二年后".to_owned(), "after two years".to_owned()), |d| (format!("{d} 之后"), format!("after {d}")));
        return Err(Problem::unlawful(
            "P12",
            format!("劳动合同文本须在解除或终止后至少保存二年（劳动合同法第五十条第三款），工资支付记录至少保存二年（工资支付暂行规定第六条），{zh}才能删除。请以“部分同意”删去其他项目，或写明理由不同意。"),
            format!("Contracts are kept two years after they end (Labour Contract Law article 50(3)) and wage records as long (Provisions on Wage Payment article 6): erasure is possible {en}. Grant it in part, or refuse with the reason."),
        )
        .into());
    }
    let others = request::Entity::find()
        .filter(request::Column::Employee.eq(&row.employee))
        .filter(request::Column::State.eq("open"))
        .filter(request::Column::Id.ne(&row.id))
        .count(db)
        .await?;
    let holds = !assets::held_by(db, &row.employee).await?.is_empty();
    if others > 0 || holds || handover::owes(company, &row.employee).await? || cases::holds(company, &row.employee).await? {
        return Err(Problem::unlawful(
            "R04",
            "仍有依法须继续保存的事由（未办结的手续、申请、未归还的公司资产、争议或调查），暂不能删除；此期间只能存储和采取必要的安全保护措施（个人信息保护法第四十七条第二款）。事由消除后再办理，或写明理由不同意。",
            "Something still asks for these data (steps, requests, property not given back, a dispute or an inquiry not finished). Until then they are only stored and protected (PIPL article 47(2)). Do it when that has ended, or refuse with the reason.",
        )
        .into());
    }
    Ok(())
}
