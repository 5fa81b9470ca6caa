//! Issuing, acknowledging and taking back. Each is checked, recorded, and answered after the commit. Issues come one after the
//! other; of two people who take back or acknowledge the same at once the log keeps one, since their records share an id.

use super::{ACKNOWLEDGED, ISSUED, RETURNED, SOURCE, WORK_ACCOUNT, held, model::asset};
use crate::{
    company::{Actor, Company},
    customers::snapshot::{self, Occasion, WorkAccount},
    error::{Problem, Result},
    intake::kinds::{self, data::AssetKind},
    people::{
        self,
        acts::{day, some_text, text},
    },
    records::{Draft, Outcome, id_of, idx_of},
    said::Lang,
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueAsset {
    /// 资产编号
    pub asset: String,
    pub employee: String,
    #[schema(value_type = String)]
    pub kind: AssetKind,
    pub name: String,
    /// 序列号、车牌号、账号
    pub identifier: Option<String>,
    pub issued_on: String,
    pub condition: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ReturnAsset {
    pub returned_on: String,
    pub condition: Option<String>,
}

async fn record(company: &Company, by: &Actor, employee: &str, kind: &str, key: String, data: Value) -> Result<i64> {
    let Value::Object(mut data) = data else { return Err(anyhow::anyhow!("an act has members").into()) };
    data.insert("by".into(), json!({ "kind": by.kind, "id": by.id, "name": by.name }));
    let draft = Draft::new(SOURCE.into(), key, kind.to_owned(), company.now(), Some(employee.to_owned()), Vec::new(), data);
    match company.writer.append(vec![draft]).await?.remove(0) {
        Outcome::Accepted(idx) => Ok(idx),
        Outcome::Duplicate(_) | Outcome::Conflict(_) => Err(Problem::conflict(
            "somebody_was_faster",
            "刚才已有人办理了这件资产，您的操作没有生效。请刷新后查看。",
            "Somebody dealt with this asset a moment ago; yours was not done. Reload to see.",
        )
        .into()),
    }
}

fn not_future(company: &Company, lang: Lang, pointer: &str, on: Date) -> Result<Date> {
    if on <= company.today() {
        return Ok(on);
    }
    Err(Problem::of_field(lang, pointer, "日期不能晚于今天。", "It cannot be after today.").into())
}

/// Gives a thing to somebody; answers the id of the record.
pub async fn issue(company: &Company, by: &Actor, lang: Lang, new: IssueAsset) -> Result<String> {
    let _turn = company.store.turn().await?;
    let db = company.store.read();
    let wrong = |pointer: &str, zh: &str, en: &str| Problem::of_field(lang, pointer, zh, en);
    let thing = text(lang, "/asset", &new.asset, 200)?;
    if !kinds::is_identifier(&thing) || thing.starts_with(super::NOTED) {
        return Err(wrong(
            "/asset",
            "资产编号不能含控制字符，也不能以 account: 开头。",
            "A number holds no control characters and does not begin with account:.",
        )
        .into());
    }
    let person = people::find(db, &new.employee).await?.filter(|p| !p.placeholder);
    let Some(person) = person else {
        return Err(wrong("/employee", "没有这个员工，请检查工号。", "There is no such employee; check the number.").into());
    };
    if person.status.as_deref() == Some("left") {
        return Err(wrong("/employee", "该员工已离职，不能再领用。", "This employee has left; nothing can be issued to them.").into());
    }
    let on = not_future(company, lang, "/issued_on", day(lang, "/issued_on", &new.issued_on)?)?;
    if person.hired_on.as_deref().and_then(|t| t.parse::<Date>().ok()).is_some_and(|hired| on < hired) {
        return Err(wrong("/issued_on", "领用日期不能早于入职日期。", "It cannot be issued before the hire.").into());
    }
    if let Some(now) = held(db, &thing).await? {
        let mine = now.employee == new.employee;
        return Err(Problem::conflict(
            "held",
            if mine { "这件资产已登记在该员工名下。" } else { "这件资产还在另一员工名下。请先登记归还。" },
            if mine { "This asset is held by this employee already." } else { "Somebody else holds this asset. Take it back first." },
        )
        .into());
    }
    let before = asset::Entity::find().filter(asset::Column::Asset.eq(&thing)).filter(asset::Column::ReturnedOn.gt(on.to_string()));
    if before.one(db).await?.is_some() {
        return Err(wrong("/issued_on", "领用日期早于上一次归还的日期，请核对。", "It was given back after this day; check the date.").into());
    }
    let identifier = some_text(lang, "/identifier", new.identifier.as_deref(), 200)?;
    if new.kind == AssetKind::WorkAccount && identifier.is_none() {
        return Err(wrong("/identifier", "工作账号须写明账号。", "A work account is named by its account.").into());
    }
    let data = json!({
        "asset": thing, "employee": new.employee, "kind": new.kind, "name": text(lang, "/name", &new.name, 200)?, "identifier": identifier,
        "issued_on": on.to_string(), "condition": some_text(lang, "/condition", new.condition.as_deref(), 500)?,
    });
    Ok(id_of(record(company, by, &new.employee, ISSUED, format!("issue:{}", uuid::Uuid::now_v7()), data).await?))
}

/// The issue behind the id of its record.
pub async fn find(company: &Company, id: &str) -> Result<asset::Model> {
    let idx = idx_of(id).ok_or_else(Problem::not_found)?;
    Ok(asset::Entity::find_by_id(idx).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
}

/// Takes a thing back. With a work account whose contacts were noted at its issue they are noted again.
pub async fn give_back(company: &Company, by: &Actor, lang: Lang, row: &asset::Model, new: &ReturnAsset) -> Result<()> {
    if row.returned_on.is_some() {
        return Err(Problem::conflict("returned_already", "这件资产已经归还。", "This asset was given back already.").into());
    }
    let on = not_future(company, lang, "/returned_on", day(lang, "/returned_on", &new.returned_on)?)?;
    if row.issued_on.parse::<Date>().is_ok_and(|issued| on < issued) {
        return Err(Problem::of_field(lang, "/returned_on", "归还日期不能早于领用日期。", "It cannot be given back before it was issued.").into());
    }
    if let Some(account) = row.snapshot.as_ref().and_then(|_| account_of(row)) {
        if on != company.today() {
            return Err(Problem::of_field(
                lang,
                "/returned_on",
                "工作账号归还时当场记下联系人快照，日期只能是今天。",
                "A work account is returned with a snapshot of its contacts as they are now, so the day is today.",
            )
            .into());
        }
        return snapshot::take(company, lang, by, &row.employee, &account, Occasion::Return).await.map(drop);
    }
    let data = json!({
        "asset": row.asset, "employee": row.employee, "returned_on": on.to_string(), "issue": id_of(row.idx),
        "condition": some_text(lang, "/condition", new.condition.as_deref(), 500)?,
    });
    record(company, by, &row.employee, RETURNED, format!("return:{}", row.idx), data).await.map(drop)
}

/// The work account that this row is, if it is one whose system is known.
pub fn account_of(row: &asset::Model) -> Option<WorkAccount> {
    let (system, account) = (row.system.clone()?, row.identifier.clone()?);
    (row.kind == WORK_ACCOUNT).then_some(WorkAccount { system, account })
}

/// The person confirms that they have it, with what they have to say about it.
pub async fn acknowledge(company: &Company, by: &Actor, lang: Lang, row: &asset::Model, remark: Option<&str>) -> Result<()> {
    if row.acknowledged_at.is_some() {
        return Err(Problem::conflict("already_acknowledged", "已经确认过了。", "It was acknowledged already.").into());
    }
    if row.returned_on.is_some() {
        return Err(
            Problem::conflict("returned_already", "这件资产已经归还，不必再确认。", "It was given back already; there is nothing to acknowledge.").into()
        );
    }
    let mut data = Map::new();
    data.insert("asset".into(), json!(row.asset));
    data.insert("employee".into(), json!(row.employee));
    data.insert("issue".into(), json!(id_of(row.idx)));
    data.insert("remark".into(), json!(some_text(lang, "/remark", remark, 500)?));
    record(company, by, &row.employee, ACKNOWLEDGED, format!("acknowledge:{}:{}", row.idx, row.employee), Value::Object(data)).await.map(drop)
}
