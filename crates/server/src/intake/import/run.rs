//! Imports as work in the background: uploaded, tried dry, run by whichever process takes the job, with progress.

use super::{
    door::Door,
    model::import,
    plan::{File, Made, Options, Plan, SheetView},
};
use crate::{
    access::Caller,
    company::{Actor, Company},
    error::{Error, Problem, Result},
    events,
    intake::Sender,
    jobs,
    said::Lang,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

pub const RUN_JOB: &str = "import.run";
pub const EXPIRE_JOB: &str = "import.expire";
/// Rows handed to intake at once.
const BATCH: usize = 1000;
/// Uploads are kept this long: long enough to look at what was skipped.
const KEEP_US: i64 = 7 * 24 * 3600 * 1_000_000;
const HOUR_US: i64 = 3600 * 1_000_000;

/// What a file was recognised as.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct About {
    /// A known layout, or null for a table to be mapped.
    pub layout: Option<String>,
    pub kind: Option<String>,
    /// A statement: its lawful basis must be chosen.
    pub needs_basis: bool,
    pub sheets: Vec<SheetView>,
    /// Guessed: column → field.
    #[schema(value_type = Object)]
    pub mapping: super::mapping::Mapping,
    /// Fields a column may be mapped to, by kind, when there is a kind.
    pub fields: Vec<FieldView>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldView {
    pub field: String,
    pub required: bool,
}

impl About {
    pub fn of(file: &File) -> Self {
        let fields = match (&file.kind, file.layout) {
            (Some(kind), None) => super::mapping::fields(kind),
            _ => Vec::new(),
        };
        Self {
            layout: file.layout.map(|l| l.name().to_owned()),
            kind: file.kind.clone(),
            needs_basis: file.layout.is_some_and(super::Layout::needs_basis),
            sheets: file.views(),
            mapping: file.guess(),
            fields: fields.into_iter().map(|(field, required)| FieldView { field, required }).collect(),
        }
    }
}

/// Where an upload lies among the files; it is sealed there.
pub fn place(id: &str) -> String {
    format!("imports/{id}")
}

/// Whether an upload's file opens.
pub async fn is_whole(company: &Company, id: &str) -> Result<bool> {
    let Some(sealed) = company.blobs.get(&place(id)).await? else { return Ok(false) };
    Ok(company.keys.open_loose(&sealed, &place(id)).is_ok())
}

/// The preview shows cells: it lies sealed, like the file.
fn seal_about(company: &Company, id: &str, about: &About) -> Result<String> {
    Ok(hex::encode(company.keys.seal_loose(&serde_json::to_vec(about)?, &format!("{}/about", place(id)))))
}

pub fn open_about(company: &Company, row: &import::Model) -> Result<About> {
    let sealed = hex::decode(&row.about).map_err(anyhow::Error::from)?;
    Ok(serde_json::from_slice(&company.keys.open_loose(&sealed, &format!("{}/about", place(&row.id)))?)?)
}

pub async fn upload(company: &Company, caller: &Caller, name: &str, bytes: Vec<u8>) -> Result<import::Model> {
    let id = uuid::Uuid::now_v7().to_string();
    let (about, bytes) = tokio::task::spawn_blocking(move || File::read(&bytes).map(|f| (About::of(&f), bytes))).await.map_err(anyhow::Error::from)??;
    company.blobs.put(&place(&id), company.keys.seal_loose(&bytes, &place(&id))).await?;
    let now = company.now();
    let row = import::Model {
        name: name.chars().filter(|c| !c.is_control()).take(200).collect(),
        about: seal_about(company, &id, &about)?,
        status: "uploaded".into(),
        options: None,
        actor: None,
        total: 0,
        done: 0,
        accepted: 0,
        duplicates: 0,
        quarantined: 0,
        skipped: 0,
        error_zh: None,
        error_en: None,
        created_at: now,
        created_by: caller.name.clone(),
        expires_at: now + KEEP_US,
        id,
    };
    let tx = company.store.write().await?;
    import::Entity::insert(import::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    jobs::enqueue(&tx, EXPIRE_JOB, Some("daily"), &json!({}), now + KEEP_US + 1).await?;
    tx.commit().await?;
    Ok(row)
}

pub async fn find(company: &Company, id: &str) -> Result<import::Model> {
    Ok(import::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
}

pub async fn list(company: &Company, after: Option<String>, limit: u64) -> Result<Vec<import::Model>> {
    let mut query = import::Entity::find().order_by_desc(import::Column::Id).limit(limit);
    if let Some(after) = after {
        query = query.filter(import::Column::Id.lt(after));
    }
    Ok(query.all(company.store.read()).await?)
}

/// The uploaded file, if it is still there.
pub(super) async fn sealed_file(company: &Company, id: &str) -> Result<Option<Vec<u8>>> {
    let Some(sealed) = company.blobs.get(&place(id)).await? else { return Ok(None) };
    Ok(Some(company.keys.open_loose(&sealed, &place(id))?))
}

async fn bytes_of(company: &Company, id: &str) -> Result<Vec<u8>> {
    let sealed = company.blobs.get(&place(id)).await?.ok_or_else(|| {
        Problem::new(410, "file_gone", "上传的文件已过期清除，请重新上传。", "The uploaded file has been removed after its time; upload it again.")
    })?;
    company.keys.open_loose(&sealed, &place(id))
}

/// The uploaded file, read again; seconds of work for a large one, so not among the requests.
async fn read(company: &Company, id: &str) -> Result<File> {
    let bytes = bytes_of(company, id).await?;
    tokio::task::spawn_blocking(move || File::read(&bytes)).await.map_err(anyhow::Error::from)?
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DryRun {
    pub total: usize,
    pub good: usize,
    pub skipped: usize,
    /// Every bad cell, up to 1,000.
    pub errors: Vec<CellError>,
    /// Why rows are skipped.
    pub skips: Vec<CellError>,
    /// The day that was taken for rows that name none; choose another with `as_of`.
    pub assumed_day: Option<String>,
    /// The first events as they would be sent.
    #[schema(value_type = Vec<Object>)]
    pub samples: Vec<Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CellError {
    pub row: u64,
    pub column: String,
    pub value: String,
    pub detail: String,
}

/// What an import would do, without doing it.
pub async fn dry_run(company: &Company, id: &str, options: &Options, lang: Lang) -> Result<DryRun> {
    let file = read(company, id).await?;
    let plan = Plan::new(company, &file, options).await?;
    let mut out = DryRun { total: 0, good: 0, skipped: 0, errors: Vec::new(), skips: Vec::new(), assumed_day: None, samples: Vec::new() };
    let note = |row: u64, made: Made| {
        out.total += 1;
        match made {
            Made::Event(text) => {
                out.good += 1;
                if out.samples.len() < 5 {
                    out.samples.push(serde_json::from_str(&text).unwrap_or_default());
                }
            }
            Made::Skipped(skip) => {
                out.skipped += 1;
                if out.skips.len() < 200 {
                    out.skips.push(CellError { row, column: String::new(), value: String::new(), detail: skip.0.pick(lang).to_owned() });
                }
            }
            Made::Bad(cells) => {
                for c in cells.into_iter().take(1000 - out.errors.len().min(1000)) {
                    out.errors.push(CellError { row, column: c.column, value: c.value, detail: c.detail.pick(lang).to_owned() });
                }
            }
        }
        true
    };
    tokio::task::block_in_place(|| plan.run(note));
    out.assumed_day = plan.assumed_day().map(str::to_owned);
    Ok(out)
}

/// Queues the import; the choices are checked first.
pub async fn start(company: &Company, caller: &Caller, id: &str, options: &Options) -> Result<import::Model> {
    let row = find(company, id).await?;
    if row.status == "running" {
        return Err(Problem::conflict("already_running", "这个导入正在进行。", "This import is already running.").into());
    }
    let file = read(company, id).await?;
    Plan::new(company, &file, options).await?;
    let sender = Sender::of(caller);
    if !sender.may_write_to(&options.source) {
        return Err(Problem::new(403, "source_not_allowed", "这个令牌不能写入该来源。", "This token may not write to that source.").into());
    }
    if !crate::intake::sources::is_registered(company, &options.source).await? && file.layout != Some(super::Layout::Events) {
        return Err(Problem::new(
            422,
            "unknown_source",
            "这个来源还没有登记。请先在“数据来源”中登记它的种类、合法依据和告知。",
            "That source is not registered. Register it first with its kinds, lawful basis and notice.",
        )
        .with_rule("R01")
        .into());
    }
    let actor = json!({ "id": sender.by.id, "name": sender.by.name, "kind": sender.by.kind, "sources": sender.sources });
    let total = i64::try_from(file.total(options)).unwrap_or(i64::MAX);
    let tx = company.store.write().await?;
    import::Entity::update(import::ActiveModel {
        id: Set(id.to_owned()),
        status: Set("running".into()),
        options: Set(Some(serde_json::to_string(options)?)),
        actor: Set(Some(actor.to_string())),
        total: Set(total),
        done: Set(0),
        accepted: Set(0),
        duplicates: Set(0),
        quarantined: Set(0),
        skipped: Set(0),
        error_zh: Set(None),
        error_en: Set(None),
        ..Default::default()
    })
    .exec(&tx)
    .await?;
    jobs::enqueue(&tx, RUN_JOB, Some(id), &json!({ "id": id }), company.now()).await?;
    tx.commit().await?;
    company.jobs.wake();
    find(company, id).await
}

/// Stops a running import after its present group of rows, or removes one that does not run.
pub async fn stop(company: &Company, id: &str) -> Result<()> {
    let row = find(company, id).await?;
    let tx = company.store.write().await?;
    if row.status == "running" {
        import::Entity::update(import::ActiveModel { id: Set(id.to_owned()), status: Set("stopped".into()), ..Default::default() }).exec(&tx).await?;
    } else {
        import::Entity::delete_by_id(id).exec(&tx).await?;
    }
    tx.commit().await?;
    if row.status != "running" {
        company.blobs.delete(&place(id)).await?;
    }
    Ok(())
}

/// Counts of an import so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub done: i64,
    pub accepted: i64,
    pub duplicates: i64,
    pub quarantined: i64,
    pub skipped: i64,
}

/// Sends what a plan makes through a door, group by group; `tell` hears of progress and may stop it.
pub async fn send<F, Fut>(door: &Door<'_>, made: Vec<Made>, mut tell: F) -> Result<Tally>
where
    F: FnMut(Tally) -> Fut,
    Fut: Future<Output = Result<bool>>,
{
    let mut tally = Tally::default();
    let mut made = made.into_iter().peekable();
    while made.peek().is_some() {
        let mut events = Vec::with_capacity(BATCH);
        for one in made.by_ref().take(BATCH) {
            tally.done += 1;
            match one {
                Made::Event(text) => events.push(text),
                Made::Skipped(_) | Made::Bad(_) => tally.skipped += 1,
            }
        }
        let took = door.put(events).await?;
        tally.accepted += took.accepted;
        tally.duplicates += took.duplicates;
        tally.quarantined += took.quarantined;
        if !tell(tally).await? {
            break;
        }
    }
    Ok(tally)
}

/// Every row of a plan, made.
pub fn make(plan: &Plan<'_>) -> Vec<Made> {
    let mut all = Vec::new();
    plan.run(|_, made| {
        all.push(made);
        true
    });
    all
}

pub async fn run_job(company: Arc<Company>, payload: Value) -> Result<()> {
    let id = payload["id"].as_str().unwrap_or_default().to_owned();
    let Some(row) = import::Entity::find_by_id(&id).one(company.store.read()).await? else { return Ok(()) };
    if row.status != "running" {
        return Ok(());
    }
    match run(&company, &row).await {
        Ok(()) => Ok(()),
        // What the person can mend is told, and not tried again by itself; a full disk passes.
        Err(Error::Problem(p)) if p.status < 500 => finish(&company, &id, "failed", None, Some((p.detail.zh, p.detail.en))).await,
        Err(e) => Err(e),
    }
}

async fn run(company: &Arc<Company>, row: &import::Model) -> Result<()> {
    let options: Options = serde_json::from_str(row.options.as_deref().unwrap_or("{}"))?;
    let actor: Value = serde_json::from_str(row.actor.as_deref().unwrap_or("{}"))?;
    let text = |name: &str| actor[name].as_str().unwrap_or_default().to_owned();
    let kind = if actor["kind"] == "user" { "user" } else { "token" };
    let sender = Sender { by: Actor { kind, id: text("id"), name: text("name") }, sources: serde_json::from_value(actor["sources"].clone()).unwrap_or(None) };
    let file = read(company, &row.id).await?;
    let plan = Plan::new(company, &file, &options).await?;
    let made = tokio::task::block_in_place(|| make(&plan));
    let total = i64::try_from(made.len()).unwrap_or(i64::MAX);
    let tally = send(&Door::Own { company, sender: &sender }, made, |tally| {
        let (company, id) = (company.clone(), row.id.clone());
        async move { progress(&company, &id, total, tally).await }
    })
    .await?;
    let stopped = find(company, &row.id).await?.status == "stopped";
    finish(company, &row.id, if stopped { "stopped" } else { "done" }, Some((total, tally)), None).await
}

fn counted(id: &str, total: i64, t: Tally) -> import::ActiveModel {
    import::ActiveModel {
        id: Set(id.to_owned()),
        total: Set(total),
        done: Set(t.done),
        accepted: Set(t.accepted),
        duplicates: Set(t.duplicates),
        quarantined: Set(t.quarantined),
        skipped: Set(t.skipped),
        ..Default::default()
    }
}

/// Notes how far it is; false when somebody stopped it.
async fn progress(company: &Company, id: &str, total: i64, tally: Tally) -> Result<bool> {
    let tx = company.store.write().await?;
    import::Entity::update(counted(id, total, tally)).exec(&tx).await?;
    events::emit(&tx, company.now(), "import", "imports.run", &json!({ "id": id, "status": "running", "done": tally.done, "total": total })).await?;
    tx.commit().await?;
    Ok(find(company, id).await?.status == "running")
}

async fn finish(company: &Company, id: &str, status: &str, tally: Option<(i64, Tally)>, error: Option<(String, String)>) -> Result<()> {
    let mut row = tally.map_or_else(|| import::ActiveModel { id: Set(id.to_owned()), ..Default::default() }, |(total, t)| counted(id, total, t));
    row.status = Set(status.into());
    if let Some((zh, en)) = error {
        row.error_zh = Set(Some(zh));
        row.error_en = Set(Some(en));
    }
    let tx = company.store.write().await?;
    import::Entity::update(row).exec(&tx).await?;
    events::emit(&tx, company.now(), "import", "imports.run", &json!({ "id": id, "status": status })).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn run_expire(company: Arc<Company>, _: Value) -> Result<()> {
    let now = company.now();
    let old = import::Entity::find().filter(import::Column::ExpiresAt.lte(now)).filter(import::Column::Status.ne("running")).all(company.store.read()).await?;
    for row in &old {
        company.blobs.delete(&place(&row.id)).await?;
    }
    let tx = company.store.write().await?;
    import::Entity::delete_many().filter(import::Column::Id.is_in(old.into_iter().map(|r| r.id))).exec(&tx).await?;
    // One that runs is not removed; it is looked at again when it may have ended.
    let next = import::Entity::find().filter(import::Column::Status.ne("running")).order_by_asc(import::Column::ExpiresAt).one(&tx).await?;
    let running = import::Entity::find().filter(import::Column::Status.eq("running")).order_by_asc(import::Column::ExpiresAt).one(&tx).await?;
    let due = next.map(|i| Ord::max(i.expires_at, now) + 1).into_iter().chain(running.map(|i| Ord::max(i.expires_at, now + HOUR_US))).min();
    if let Some(due) = due {
        jobs::enqueue(&tx, EXPIRE_JOB, Some("daily"), &json!({}), due).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The job was given up: whoever waits for the import is told, and it can be started again or removed.
pub async fn run_given_up(company: Arc<Company>, payload: Value) -> Result<()> {
    let id = payload["id"].as_str().unwrap_or_default();
    let running = import::Entity::find_by_id(id).one(company.store.read()).await?.is_some_and(|i| i.status == "running");
    if !running {
        return Ok(());
    }
    let why = (
        "多次尝试后仍未完成，已停止。请查看服务器日志后重新开始，或把文件拆小。".to_owned(),
        "It did not come to an end after several tries and was stopped. See the server's log, then start it again, or split the file.".to_owned(),
    );
    finish(&company, id, "failed", None, Some(why)).await
}
