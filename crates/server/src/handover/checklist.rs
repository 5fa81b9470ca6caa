//! 交接清单 as a paper (LAW T7): typeset from the handover as it stands, numbered, kept under its digest, and on record.
//! Each making is a paper of its own, so what was signed then is not what is true later. What is *not* here: who signed; a
//! scan of the signed one is a file of an item.

use super::{
    Part, api, find, items,
    model::{event, handover, item, objection, paper},
    sentence, today,
    work::{self, GivenFile},
};
use crate::{
    access::{Caller, Permission},
    assets,
    company::{Actor, Company},
    documents::checklist::{Checklist, Dispute, Line, Section, typeset},
    error::{Problem, Result},
    evidence::package,
    http::{AppState, Body, List, PathParam, instant},
    intake, people,
    records::{Appended, id_of},
    said::{Lang, Said},
};
use aws_lc_rs::digest;
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use jiff::Timestamp;
use probity_ledger::canonical;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_papers, make_paper)).routes(routes!(open_paper))
}

const TITLES: [(&str, &str); 5] = [("customers", "客户资料"), ("progress", "工作进度"), ("property", "公司财产"), ("other", "其他"), ("task", "流程任务")];

fn kind_of(kind: &str) -> &'static str {
    match kind {
        "transfer" => "调岗",
        "agreement" => "协商解除",
        "expiry" => "合同到期",
        "dismissal" => "公司解除",
        "retirement" => "退休",
        "death" => "死亡",
        _ => "离职",
    }
}

fn state_of(status: &str) -> &'static str {
    match status {
        "submitted" => "待核对",
        "returned" => "已退回",
        "accepted" => "已核对",
        "waived" => "已免除",
        _ => "未提交",
    }
}

/// What is known of an item, in a few words.
fn facts(item: &item::Model) -> String {
    let detail: Map<String, Value> = serde_json::from_str(&item.detail).unwrap_or_default();
    let text = |name: &str| detail.get(name).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let amount = detail.get("amount").and_then(Value::as_object).and_then(|a| Some(format!("{} {}", a.get("amount")?.as_str()?, a.get("currency")?.as_str()?)));
    let account = text("type").as_deref() == Some(assets::WORK_ACCOUNT);
    let mut all: Vec<String> = match item.kind.as_str() {
        "customer" => item.reference.iter().map(|id| format!("编号 {id}")).collect(),
        // Of everything else the name says which one it is.
        "asset" if account => text("identifier").into_iter().collect(),
        "asset" => item.reference.iter().map(|id| format!("资产编号 {id}")).collect(),
        _ => Vec::new(),
    };
    all.extend(amount);
    all.extend(text("due").map(|due| format!("到期 {due}")));
    all.extend(text("issued_on").map(|on| format!("{on} 领用")));
    all.join("，")
}

fn line(company: &Company, number: usize, item: &item::Model, names: &HashMap<String, String>, reviews: &[event::Model]) -> Result<Line> {
    let spec: super::template::What = serde_json::from_str(&item.spec)?;
    let values: Map<String, Value> = serde_json::from_str(&item.given)?;
    let files: Vec<GivenFile> = serde_json::from_str(&item.files)?;
    let given = spec.fields.iter().filter_map(|f| Some(format!("{}：{}", f.name.zh, values.get(&f.id)?.as_str()?)));
    let name = serde_json::from_str::<Said>(&item.name).map_or_else(|_| item.name.clone(), |n| n.zh);
    let checked = reviews
        .iter()
        .filter(|e| e.item.as_deref() == Some(item.id.as_str()) && item.status == "accepted")
        .map(|e| format!("{} {}", e.actor_name, super::date_of(company, e.at)));
    Ok(Line {
        number,
        name,
        facts: facts(item),
        given: given.chain(item.remark.iter().map(|r| format!("意见：{r}"))).collect(),
        files: files.iter().map(|f| format!("{}（{}…）", f.name, f.sha256.get(..12).unwrap_or_default())).collect(),
        receiver: item.receiver.as_ref().map(|r| names.get(r).unwrap_or(r).clone()).unwrap_or_default(),
        state: state_of(&item.status).to_owned(),
        checked: checked.collect(),
    })
}

/// The handover as it stands, as a paper with this number.
async fn paper(company: &Company, by: &Actor, of: &handover::Model, number: String) -> Result<Checklist> {
    let db = company.store.read();
    let all = items(company, &of.id).await?;
    let person = people::find(db, &of.employee).await?;
    let manager = person.as_ref().and_then(|p| p.manager.clone());
    let receivers: BTreeSet<String> = all.iter().filter_map(|i| i.receiver.clone()).collect();
    let numbers: Vec<String> = receivers.iter().cloned().chain(manager.clone()).collect();
    let names = people::names_of(db, &numbers).await?;
    let name_of = |number: &String| names.get(number).unwrap_or(number).clone();
    let reviews = event::Entity::find()
        .filter(event::Column::Handover.eq(&of.id))
        .filter(event::Column::Kind.is_in(["item_reviewed", "asset_returned"]))
        .order_by_asc(event::Column::Idx)
        .all(db)
        .await?;
    let mut sections = Vec::new();
    let mut next = 1;
    for (group, title) in TITLES {
        let mut lines = Vec::new();
        for item in all.iter().filter(|i| i.grp == group) {
            lines.push(line(company, next, item, &names, &reviews)?);
            next += 1;
        }
        if !lines.is_empty() {
            sections.push(Section { title: title.to_owned(), lines });
        }
    }
    let objections = objection::Entity::find().filter(objection::Column::Handover.eq(&of.id)).order_by_asc(objection::Column::At).all(db).await?;
    let disputes: Vec<Dispute> =
        objections.into_iter().map(|o| Dispute { on: super::date_of(company, o.at).to_string(), text: o.text, answer: o.answer.unwrap_or_default() }).collect();
    let listed = canonical::to_bytes(&json!({ "number": number, "sections": sections, "disputes": disputes }));
    let now = Timestamp::from_microsecond(company.now()).map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).datetime()).unwrap_or_default();
    let small = |n: i8| u16::try_from(n).unwrap_or_default();
    Ok(Checklist {
        number,
        company: company.settings().name.clone(),
        handover: of.number.clone(),
        kind: kind_of(&of.kind).to_owned(),
        name: person.as_ref().map_or_else(|| of.employee.clone(), |p| p.name.clone()),
        employee: of.employee.clone(),
        department: person.and_then(|p| p.department).unwrap_or_default(),
        last_day: of.last_day.clone().unwrap_or_default(),
        supervisor: manager.as_ref().map(name_of).unwrap_or_default(),
        receivers: receivers.iter().map(name_of).collect(),
        made_on: today(company).to_string(),
        made_by: by.name.clone(),
        moment: [u16::try_from(now.year()).unwrap_or(1970), small(now.month()), small(now.day()), small(now.hour()), small(now.minute()), small(now.second())],
        done: all.iter().filter(|i| work::done(i)).count(),
        all: all.len(),
        sections,
        disputes,
        digest: hex::encode(digest::digest(&digest::SHA256, &listed).as_ref()),
    })
}

/// Makes the paper, keeps it and puts it on record; of two at the same moment the log keeps one.
pub async fn make(company: &Company, by: &Actor, of: &handover::Model, reason: &str, lang: Lang) -> Result<()> {
    let reason = sentence("/reason", reason, 2, 2000, lang)?;
    let before = paper::Entity::find().filter(paper::Column::Handover.eq(&of.id)).count(company.store.read()).await?;
    let list = paper(company, by, of, format!("{}-单{}", of.number, before + 1)).await?;
    let (number, digest) = (list.number.clone(), list.digest.clone());
    let bytes = typeset(list).await.map_err(|why| Problem::conflict("not_typeset", why.zh, why.en))?;
    let sha256 = intake::blobs::keep(company, &bytes).await?;
    let file = GivenFile { sha256, name: format!("工作交接清单-{number}.pdf"), size: i64::try_from(bytes.len()).unwrap_or(i64::MAX) };
    let data = json!({ "number": number, "file": file, "digest": digest, "revision": of.revision, "reason": reason });
    super::act(company, by, of, "handover.checklist_made", Some(format!("checklist:{}:{}", of.id, before + 1)), data).await.map(drop)
}

/// The row of a paper, in the transaction of its record.
pub(super) async fn keep(tx: &DatabaseTransaction, act: &Appended<'_>, handover: &str, data: &Map<String, Value>) -> Result<()> {
    let text = |of: &Map<String, Value>, name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let whole = |of: &Map<String, Value>, name: &str| of.get(name).and_then(Value::as_i64).unwrap_or_default();
    let file = data.get("file").and_then(Value::as_object).cloned().unwrap_or_default();
    paper::Entity::insert(paper::ActiveModel {
        idx: Set(act.idx),
        handover: Set(handover.to_owned()),
        number: Set(text(data, "number")),
        sha256: Set(text(&file, "sha256")),
        name: Set(text(&file, "name")),
        size: Set(whole(&file, "size")),
        digest: Set(text(data, "digest")),
        revision: Set(whole(data, "revision")),
        made_at: Set(act.draft.at),
        made_by: Set(data.get("by").and_then(|by| by["name"].as_str()).unwrap_or_default().to_owned()),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// A paper that was made of a handover.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoverPaper {
    /// 文书编号
    pub number: String,
    pub record: String,
    pub name: String,
    /// Digest of the file; of what it lists there is `digest`, which stands on every page.
    pub sha256: String,
    pub size: i64,
    pub digest: String,
    pub made_at: String,
    pub made_by: String,
    /// Nothing happened in the handover since.
    pub current: bool,
}

async fn papers(company: &Company, of: &handover::Model) -> Result<Json<List<HandoverPaper>>> {
    let of = find(company, &of.id).await?;
    let rows = paper::Entity::find().filter(paper::Column::Handover.eq(&of.id)).order_by_desc(paper::Column::Idx).all(company.store.read()).await?;
    let shown = rows.into_iter().map(|r| HandoverPaper {
        record: id_of(r.idx),
        number: r.number,
        name: r.name,
        sha256: r.sha256,
        size: r.size,
        digest: r.digest,
        made_at: instant(r.made_at),
        made_by: r.made_by,
        current: r.revision == of.revision,
    });
    Ok(Json(List::whole(shown.collect())))
}

/// The papers of a handover are for whoever takes handovers out, and for the person whose work it is: they sign.
async fn may_read(company: &Company, caller: &Caller, id: &str) -> Result<handover::Model> {
    let row = find(company, id).await?;
    let part = Part::of(company, caller, &row).await?;
    part.whole_only()?;
    if !part.leaver {
        caller.require(Permission::HandoversExport)?;
        package::sees_whole(caller)?;
    }
    Ok(row)
}

/// Papers made of a handover, the newest first
#[utoipa::path(get, path = "/api/v1/handovers/{id}/papers", tag = "handovers", params(("id" = String, Path)),
    responses((status = 200, body = List<HandoverPaper>), (status = 404)))]
pub async fn list_papers(State(company): State<Arc<Company>>, caller: Caller, PathParam(id): PathParam<String>) -> Result<Json<List<HandoverPaper>>> {
    let row = may_read(&company, &caller, &id).await?;
    papers(&company, &row).await
}

#[derive(Deserialize, ToSchema)]
pub struct MakePaper {
    /// What it is for; kept with the act.
    pub reason: String,
}

/// Make the list of work handed over 工作交接清单
///
/// A PDF of the list as it stands now, with a number, its digest and three lines to sign. Each making is a record.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/papers", tag = "handovers", params(("id" = String, Path)), request_body = MakePaper,
    responses((status = 201, body = List<HandoverPaper>), (status = 404), (status = 409), (status = 422)))]
pub async fn make_paper(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<MakePaper>,
) -> Result<(StatusCode, Json<List<HandoverPaper>>)> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    caller.require(Permission::HandoversExport)?;
    part.whole_only()?;
    if part.leaver {
        return Err(caller.refused(Permission::HandoversExport));
    }
    package::sees_whole(&caller)?;
    make(&company, &caller.actor(), &row, &body.reason, lang).await?;
    Ok((StatusCode::CREATED, papers(&company, &row).await?))
}

/// A paper of a handover
///
/// Opening it is a record.
#[utoipa::path(get, path = "/api/v1/handovers/{id}/papers/{sha256}", tag = "handovers", params(("id" = String, Path), ("sha256" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404)))]
pub async fn open_paper(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam((id, sha256)): PathParam<(String, String)>,
) -> Result<impl IntoResponse> {
    let row = may_read(&company, &caller, &id).await?;
    let found = paper::Entity::find().filter(paper::Column::Handover.eq(&row.id)).filter(paper::Column::Sha256.eq(&sha256)).one(company.store.read()).await?;
    let file = found.ok_or_else(Problem::not_found)?;
    let bytes = intake::blobs::read(&company, &sha256).await?.ok_or_else(Problem::not_found)?;
    super::act(&company, &caller.actor(), &row, "handover.file_opened", None, json!({ "name": file.name, "digest": sha256 })).await?;
    Ok(api::as_file(&file.name, bytes))
}
