//! Work on the items: add, submit, review in order, waive, object. Each act is checked, recorded, and answered after the
//! commit; of two acts on the same revision of an item the log keeps the first.

use super::{
    Part, act, bad, find_item, later,
    model::{handover, item, objection},
    open, sentence,
    template::{self, Process, What},
    today,
};
use crate::{
    access::Caller,
    company::{Actor, Company},
    error::{Error, FieldError, Problem, Result},
    intake,
    said::{Lang, Said},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};
use utoipa::ToSchema;

/// A file given with an item; its bytes were sent before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = HandoverFile)]
pub struct GivenFile {
    pub sha256: String,
    pub name: String,
    pub size: i64,
}

pub fn process(handover: &handover::Model) -> Result<Process> {
    Ok(serde_json::from_str(&handover.definition)?)
}

/// Statuses of what is done.
pub const DONE: [&str; 2] = ["accepted", "waived"];

pub fn is_done(status: &str) -> bool {
    DONE.contains(&status)
}

pub fn done(item: &item::Model) -> bool {
    is_done(&item.status)
}

fn key(item: &item::Model) -> Option<String> {
    Some(format!("item:{}:{}", item.id, item.revision + 1))
}

/// The item as the caller saw it, or a conflict.
fn unchanged(item: &item::Model, revision: i64) -> Result<()> {
    if item.revision == revision { Ok(()) } else { Err(super::faster()) }
}

/// Nodes of a handover that are not complete.
pub async fn incomplete(company: &Company, handover: &str) -> Result<HashSet<String>> {
    let open = item::Entity::find()
        .select_only()
        .column(item::Column::Node)
        .filter(item::Column::Handover.eq(handover))
        .filter(item::Column::Status.is_not_in(DONE))
        .group_by(item::Column::Node);
    Ok(open.into_tuple::<String>().all(company.store.read()).await?.into_iter().collect())
}

/// Nodes before this one that are not complete.
pub fn waits_for<'a>(process: &'a Process, node: &str, incomplete: &HashSet<String>) -> Vec<&'a template::Node> {
    let after = process.node(node).map(|n| n.after.as_slice()).unwrap_or_default();
    after.iter().filter(|id| incomplete.contains(*id)).filter_map(|id| process.node(id)).collect()
}

/// Whether this part is to hand the item in now: nobody else's, not handed in yet, and nothing before it is left.
pub fn may_submit(part: &Part, process: &Process, item: &item::Model, incomplete: &HashSet<String>) -> bool {
    matches!(item.status.as_str(), "open" | "returned")
        && process.node(&item.node).is_some_and(|n| part.plays(&n.who, item))
        && waits_for(process, &item.node, incomplete).is_empty()
}

/// The days until which the caller is to hand in what is theirs of this handover.
pub async fn to_submit(company: &Company, caller: &Caller, id: &str) -> Result<Vec<Option<String>>> {
    let handover = super::find(company, id).await?;
    let part = match Part::of(company, caller, &handover).await {
        Err(Error::Problem(_)) => return Ok(Vec::new()),
        part => part?,
    };
    let (process, incomplete) = (process(&handover)?, incomplete(company, id).await?);
    let all = item::Entity::find().filter(item::Column::Handover.eq(id)).filter(item::Column::Status.is_in(["open", "returned"]));
    let all = all.all(company.store.read()).await?;
    Ok(all.into_iter().filter(|item| may_submit(&part, &process, item, &incomplete)).map(|item| item.due).collect())
}

pub struct Submission {
    pub revision: i64,
    pub values: BTreeMap<String, String>,
    pub files: Vec<GivenFile>,
}

pub async fn submit(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, id: &str, given: Submission, lang: Lang) -> Result<()> {
    open(handover)?;
    let item = find_item(company, &handover.id, id).await?;
    let process = process(handover)?;
    let node = process.node(&item.node).ok_or_else(Problem::not_found)?;
    if !part.plays(&node.who, &item) {
        return Err(not_yours(&node.who));
    }
    if !matches!(item.status.as_str(), "open" | "returned") {
        return Err(Problem::conflict("not_open", "这一项已经提交，正在审核或已经通过。", "This was submitted and is being reviewed or accepted.").into());
    }
    unchanged(&item, given.revision)?;
    let incomplete = incomplete(company, &handover.id).await?;
    if let Some(before) = waits_for(&process, &item.node, &incomplete).first() {
        return Err(Problem::conflict(
            "earlier_node",
            format!("要先完成“{}”环节，才能提交这一项。", before.name.zh),
            format!("“{}” has to be complete before this can be submitted.", before.name.en),
        )
        .into());
    }
    let spec: What = serde_json::from_str(&item.spec)?;
    let values = checked_values(&spec, given.values, lang)?;
    let files = checked_files(company, by, &item, &spec, given.files, lang).await?;
    act(company, by, handover, "handover.item_submitted", key(&item), json!({ "item": item.id, "values": values, "files": files })).await?;
    Ok(())
}

fn checked_values(spec: &What, given: BTreeMap<String, String>, lang: Lang) -> Result<Map<String, Value>> {
    let mut faults = Vec::new();
    let mut values = Map::new();
    let mut add = |pointer: String, code: &str, zh: &str, en: &str| {
        faults.push(FieldError { pointer, code: code.into(), detail: if lang == Lang::En { en } else { zh }.into() });
    };
    for field in &spec.fields {
        let text = given.get(&field.id).map(|t| t.trim().replace('\0', "")).unwrap_or_default();
        if text.is_empty() && field.required {
            add(format!("/values/{}", field.id), "required", "请填写这一栏；没有的写“无”", "fill this in; write “none” if there is none");
        }
        if text.chars().count() > 5000 {
            add(format!("/values/{}", field.id), "length", "至多 5000 字", "at most 5000 characters");
        }
        if !text.is_empty() {
            values.insert(field.id.clone(), json!(text));
        }
    }
    for id in given.keys().filter(|id| !spec.fields.iter().any(|f| f.id == **id)) {
        add(format!("/values/{id}"), "unknown_field", "这一项没有这一栏", "this item has no such field");
    }
    if faults.is_empty() {
        return Ok(values);
    }
    Err(Problem::new(422, "invalid", "有内容没有填好，见 errors。", "Something is not filled in as it should be; see errors.").with_errors(faults).into())
}

async fn checked_files(company: &Company, by: &Actor, item: &item::Model, spec: &What, files: Vec<GivenFile>, lang: Lang) -> Result<Vec<GivenFile>> {
    if spec.must_upload && files.is_empty() {
        return Err(bad("/files", "required", "这一项要上传文件。", "This item needs a file.", lang));
    }
    if files.len() > 20 {
        return Err(bad("/files", "too_many", "一项至多 20 个文件。", "At most 20 files for an item.", lang));
    }
    let had: Vec<GivenFile> = serde_json::from_str(&item.files)?;
    for (i, file) in files.iter().enumerate() {
        // Its own from before, or what this person sent: a digest that was read elsewhere would open another room's file.
        let own = had.iter().any(|h| h.sha256 == file.sha256);
        if !own && !intake::attached::sent_by(company, &by.id, &file.sha256).await? {
            return Err(bad(
                &format!("/files/{i}/sha256"),
                "unknown_file",
                "没有收到这个文件，请重新上传。",
                "This file has not arrived; upload it again.",
                lang,
            ));
        }
    }
    let clean = |name: String| -> String {
        let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        if name.trim().is_empty() { "file".to_owned() } else { name }
    };
    Ok(files.into_iter().map(|f| GivenFile { name: clean(f.name), ..f }).collect())
}

fn not_yours(role: &str) -> crate::error::Error {
    let (zh, en) = match role {
        "leaver" => ("离职人本人", "the person who leaves"),
        "receiver" => ("接收人", "the receiver"),
        "manager" => ("离职人的上级", "the leaver's manager"),
        "hr" => ("人事", "HR"),
        "legal" => ("法务", "legal"),
        _ => ("流程指定的人", "the one the process names"),
    };
    Problem::new(403, "not_yours", format!("这一步由{zh}来做。"), format!("This step is for {en}.")).with_rule("handovers.act").into()
}

/// The role whose turn it is, if any.
pub fn next_reviewer<'a>(process: &'a Process, item: &item::Model) -> Option<&'a str> {
    if item.status != "submitted" {
        return None;
    }
    let stage = usize::try_from(item.stage).unwrap_or(usize::MAX);
    process.node(&item.node)?.reviewers.get(stage).map(String::as_str)
}

pub struct Verdict {
    pub revision: i64,
    pub accept: bool,
    pub reason: String,
}

pub async fn review(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, id: &str, verdict: Verdict, lang: Lang) -> Result<()> {
    open(handover)?;
    let item = find_item(company, &handover.id, id).await?;
    // What the caller looked at is no longer so: told before whose turn it is now.
    unchanged(&item, verdict.revision)?;
    let process = process(handover)?;
    let Some(role) = next_reviewer(&process, &item) else {
        return Err(Problem::conflict("not_submitted", "这一项没有在等待审核。", "This is not waiting for a review.").into());
    };
    if part.leaver || item.submitted_by.as_deref() == Some(&part.user) {
        return Err(Problem::new(
            403,
            "own_review",
            "不能审核自己提交的内容。请由流程中的审核人处理。",
            "Nobody reviews what they submitted themselves; leave it to the reviewer.",
        )
        .with_rule("handovers.review")
        .into());
    }
    if !part.plays(role, &item) {
        return Err(not_yours(role));
    }
    let reason = if verdict.accept { verdict.reason.trim().chars().take(2000).collect() } else { sentence("/reason", &verdict.reason, 2, 2000, lang)? };
    let last = usize::try_from(item.stage).unwrap_or_default() + 1 >= process.node(&item.node).map_or(1, |n| n.reviewers.len());
    let data = json!({ "item": item.id, "stage": item.stage, "role": role, "accepted": verdict.accept, "last": last, "reason": reason });
    act(company, by, handover, "handover.item_reviewed", key(&item), data).await?;
    Ok(())
}

/// Not to be had any more: closed without it, with a reason, by HR.
pub async fn waive(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, id: &str, revision: i64, reason: &str, lang: Lang) -> Result<()> {
    open(handover)?;
    part.hr_only(crate::access::Permission::HandoversReview)?;
    let item = find_item(company, &handover.id, id).await?;
    unchanged(&item, revision)?;
    if done(&item) {
        return Err(Problem::conflict("done", "这一项已经完成。", "This is done already.").into());
    }
    let reason = sentence("/reason", reason, 2, 2000, lang)?;
    act(company, by, handover, "handover.item_waived", key(&item), json!({ "item": item.id, "reason": reason })).await?;
    Ok(())
}

/// What is done with many items at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HandoverBulkAct)]
pub enum Bulk {
    Submit,
    Accept,
    Return,
    Waive,
}

/// An item as the caller saw it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = HandoverChosen)]
pub struct Chosen {
    pub item: String,
    pub revision: i64,
}

/// What became of one of many.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HandoverBulkResult)]
pub struct BulkResult {
    pub item: String,
    pub done: bool,
    /// Why not.
    pub code: Option<String>,
    pub detail: Option<String>,
}

/// Items of one bulk act.
pub const MOST_AT_ONCE: usize = 5000;

/// One act on each of these items, judged for each alone by the same rules as a single one: what cannot be done keeps no
/// other from being done. `words` goes into every required field of what is submitted, or is the reason.
#[expect(clippy::too_many_arguments, reason = "one act, told once")]
pub async fn many(
    company: &Company,
    by: &Actor,
    part: &Part,
    handover: &handover::Model,
    what: Bulk,
    chosen: Vec<Chosen>,
    words: &str,
    lang: Lang,
) -> Result<Vec<BulkResult>> {
    open(handover)?;
    if chosen.is_empty() || chosen.len() > MOST_AT_ONCE {
        return Err(bad("/items", "items", "一次选择 1 到 5000 项。", "Choose 1 to 5000 items.", lang));
    }
    let words = if what == Bulk::Accept { words.trim().chars().take(2000).collect() } else { sentence("/words", words, 2, 2000, lang)? };
    let mut results = Vec::with_capacity(chosen.len());
    for one in chosen {
        let (id, revision) = (one.item.as_str(), one.revision);
        let done = match what {
            Bulk::Submit => {
                let values = match find_item(company, &handover.id, id).await {
                    Ok(item) => required(&item, &words)?,
                    Err(e) => {
                        results.push(result(one.item, Err(e), lang)?);
                        continue;
                    }
                };
                submit(company, by, part, handover, id, Submission { revision, values, files: Vec::new() }, lang).await
            }
            Bulk::Accept | Bulk::Return => {
                let verdict = Verdict { revision, accept: what == Bulk::Accept, reason: words.clone() };
                review(company, by, part, handover, id, verdict, lang).await
            }
            Bulk::Waive => waive(company, by, part, handover, id, revision, &words, lang).await,
        };
        results.push(result(one.item, done, lang)?);
    }
    Ok(results)
}

fn required(item: &item::Model, words: &str) -> Result<BTreeMap<String, String>> {
    let spec: What = serde_json::from_str(&item.spec)?;
    Ok(spec.fields.into_iter().filter(|f| f.required).map(|f| (f.id, words.to_owned())).collect())
}

/// A refusal is the item's result; what is not the caller's to mend ends the whole.
fn result(item: String, done: Result<()>, lang: Lang) -> Result<BulkResult> {
    match done {
        Ok(()) => Ok(BulkResult { item, done: true, code: None, detail: None }),
        Err(crate::error::Error::Problem(p)) => {
            let detail = if lang == Lang::En { p.detail.en.clone() } else { p.detail.zh.clone() };
            Ok(BulkResult { item, done: false, code: Some(p.code.to_owned()), detail: Some(detail) })
        }
        Err(e) => Err(e),
    }
}

pub struct Added {
    pub group: String,
    pub name: String,
    pub kind: String,
    pub reference: Option<String>,
    pub origin: &'static str,
    pub detail: Value,
}

/// An item the list did not have: an asset, a matter, a customer that was found. It goes to the node that takes such
/// things, or else to the leaver's first.
pub async fn add(company: &Company, by: &Actor, handover: &handover::Model, new: Added, lang: Lang) -> Result<String> {
    open(handover)?;
    let item = added(company, handover, new, lang).await?;
    let id = item["id"].as_str().unwrap_or_default().to_owned();
    act(company, by, handover, "handover.item_added", None, json!({ "added": item })).await?;
    Ok(id)
}

/// The item as its record has it.
pub(super) async fn added(company: &Company, handover: &handover::Model, new: Added, lang: Lang) -> Result<Value> {
    if !template::GROUPS.contains(&new.group.as_str()) || new.group == "task" {
        return Err(bad("/group", "unknown_group", "没有这个分组。", "There is no such group.", lang));
    }
    if !template::PER.contains(&new.kind.as_str()) {
        return Err(bad("/kind", "unknown_kind", "没有这类事项。", "There is no such kind.", lang));
    }
    let name = sentence("/name", &new.name, 1, 200, lang)?;
    let process = process(handover)?;
    let all = item::Entity::find().filter(item::Column::Handover.eq(&handover.id)).count(company.store.read()).await?;
    let takes = |n: &&template::Node| n.what.iter().any(|w| w.per == new.kind && w.group == new.group);
    let node = process.nodes.iter().find(takes).or_else(|| process.nodes.iter().find(|n| n.who == "leaver")).or(process.nodes.first());
    let Some(node) = node else { return Err(Problem::not_found().into()) };
    let what = node.what.iter().find(|w| w.per == new.kind && w.group == new.group && w.per != "once").cloned().unwrap_or_else(|| What {
        id: "added".into(),
        group: new.group.clone(),
        name: Said::new(name.clone(), name.clone()),
        per: new.kind.clone(),
        must_upload: false,
        fields: vec![template::Field { id: "state".into(), name: Said::new("情况说明", "State"), required: true }],
    });
    let begun = later(today(company), i64::from(node.days));
    let due = handover.last_day.clone().filter(|last| *last < begun.to_string() && *last >= today(company).to_string()).unwrap_or_else(|| begun.to_string());
    let id = uuid::Uuid::now_v7().to_string();
    Ok(json!({
        "id": id, "node": node.id, "spec": what, "kind": new.kind, "reference": new.reference, "place": all + 1,
        "name": Said::new(name.clone(), name), "detail": new.detail, "origin": new.origin, "due": due, "group": new.group,
    }))
}

/// 异议: what the employee says against the handover or an item of it.
pub async fn object(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, item: Option<&str>, text: &str, lang: Lang) -> Result<String> {
    if !part.leaver {
        return Err(not_yours("leaver"));
    }
    if let Some(id) = item {
        find_item(company, &handover.id, id).await?;
    }
    let text = sentence("/text", text, 2, 5000, lang)?;
    let id = uuid::Uuid::now_v7().to_string();
    act(company, by, handover, "handover.objected", None, json!({ "objection": id, "item": item, "text": text })).await?;
    Ok(id)
}

pub async fn answer(company: &Company, by: &Actor, part: &Part, handover: &handover::Model, id: &str, text: &str, lang: Lang) -> Result<()> {
    part.arranges()?;
    let found = objection::Entity::find_by_id(id).one(company.store.read()).await?;
    let found = found.filter(|o| o.handover == handover.id).ok_or_else(Problem::not_found)?;
    if found.answer.is_some() {
        return Err(super::faster());
    }
    let text = sentence("/text", text, 2, 5000, lang)?;
    act(company, by, handover, "handover.objection_answered", Some(format!("objection:{id}")), json!({ "objection": id, "text": text })).await?;
    Ok(())
}

/// How far it is: what counts towards the one bar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = HandoverProgress)]
pub struct Progress {
    pub all: usize,
    pub done: usize,
    pub submitted: usize,
    pub returned: usize,
    pub overdue: usize,
    /// Whole percent of what is done; 100 only when all is.
    pub percent: usize,
}

/// Of what is needed for it of an item: its status and its deadline.
pub type Standing<'a> = (&'a str, Option<&'a str>);

pub fn standing(item: &item::Model) -> Standing<'_> {
    (item.status.as_str(), item.due.as_deref())
}

pub fn progress<'a>(items: impl Iterator<Item = Standing<'a>>, today: &str) -> Progress {
    let mut p = Progress::default();
    for (status, due) in items {
        p.all += 1;
        match status {
            "submitted" => p.submitted += 1,
            "returned" => p.returned += 1,
            _ => {}
        }
        if is_done(status) {
            p.done += 1;
        } else if due.is_some_and(|due| due < today) {
            p.overdue += 1;
        }
    }
    p.percent = if p.all == 0 { 0 } else { p.done * 100 / p.all };
    p
}

/// The node that signs off and all that it waits for: with these complete the handover is signed.
pub fn wanted(process: &Process) -> Vec<&str> {
    let mut wanted: Vec<&str> = process.nodes.iter().filter(|n| n.signs_off).map(|n| n.id.as_str()).collect();
    let mut at = 0;
    while let Some(id) = wanted.get(at).copied() {
        at += 1;
        for before in process.node(id).into_iter().flat_map(|n| &n.after) {
            if !wanted.contains(&before.as_str()) {
                wanted.push(before);
            }
        }
    }
    wanted
}
