//! Building a package: open (a look), choose the checkpoint, gather, typeset, write, keep sealed.
//!
//! Idempotent: what the first turn decides (look, checkpoint, cut-off) is written down at once and a repeated turn
//! uses the same.

use super::{context, custody, gather, law, model::package, place};
use crate::{
    cases::{self, grade},
    company::{Actor, Company},
    documents::{self, catalogue},
    error::{Error, Problem, Result},
    events,
    evidence::checkpoints,
    intake, people,
    records::{self, machine},
    said::Said,
};
use anyhow::{Context as _, anyhow};
use probity_ledger::checkpoint::parse_unverified;
use probity_package::{
    Contents, Document, EarlierCheckpoint, Pdf,
    build::{BuildError, build},
    format,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};
use std::sync::Arc;

pub const KIND: &str = "package.build";
/// Bytes of files in one package.
const MOST_DOCUMENTS: usize = 1 << 30;

/// The job's handler.
pub async fn run(company: Arc<Company>, payload: Value) -> Result<()> {
    let id = payload["package"].as_str().unwrap_or_default().to_owned();
    // Erased meanwhile, with all that was to be in it.
    let Some(row) = package::Entity::find_by_id(&id).one(company.store.read()).await? else { return Ok(()) };
    if row.status == "ready" || row.status == "failed" {
        return Ok(());
    }
    match make(&company, row).await {
        Ok(()) => Ok(()),
        // Nothing a repeated try would mend: say it to the person who asked.
        Err(Error::Problem(p)) if p.status < 500 => {
            let said = serde_json::to_string(&p.detail)?;
            update(&company, &id, &[(package::Column::Status, "failed".into()), (package::Column::Error, said.into())]).await?;
            Ok(())
        }
        Err(e) => {
            let said = Said::new("出具证据包时出错，系统会自动重试。", "Building the package failed; it will be tried again.");
            update(&company, &id, &[(package::Column::Status, "queued".into()), (package::Column::Error, serde_json::to_string(&said)?.into())]).await?;
            Err(e)
        }
    }
}

/// Writes these columns; false when the package is no more.
async fn update(company: &Company, id: &str, columns: &[(package::Column, sea_orm::Value)]) -> Result<bool> {
    let tx = company.store.write().await?;
    let mut query = package::Entity::update_many().filter(package::Column::Id.eq(id));
    for (column, value) in columns {
        query = query.col_expr(*column, Expr::value(value.clone()));
    }
    let there = query.exec(&tx).await?.rows_affected > 0;
    events::emit(&tx, company.now(), "package", "cases.see", &json!({ "id": id })).await?;
    tx.commit().await?;
    Ok(there)
}

async fn progress(company: &Company, id: &str, percent: i32) -> Result<bool> {
    update(company, id, &[(package::Column::Status, "building".into()), (package::Column::Progress, percent.into())]).await
}

fn actor_of(text: &str) -> Result<Actor> {
    let value: Value = serde_json::from_str(text)?;
    let member = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let kind = match member("kind").as_str() {
        "user" => "user",
        "token" => "token",
        _ => "system",
    };
    Ok(Actor { kind, id: member("id"), name: member("name") })
}

pub(super) async fn make(company: &Company, row: package::Model) -> Result<()> {
    progress(company, &row.id, 5).await?;
    let by = actor_of(&row.actor)?;
    // As the case stood when the package was asked for, and its redactions chosen: what came into it since is not in it.
    let held = cases::read::held_at(company, &row.case_id, row.revision).await?;
    let indices: Vec<i64> = held.records.keys().copied().collect();
    cases::belong(company, &row.case_id, &indices).await?;
    let (look, opened) = match row.look {
        // A repeated turn opens the very records that look lists.
        Some(look) => (look, machine::open(company, &indices).await?),
        None => {
            let look = records::open_for_person(company, &by, &row.case_id, &row.reason, &indices).await?;
            update(company, &row.id, &[(package::Column::Look, look.idx.into())]).await?;
            (look.idx, look.items)
        }
    };
    let (note, until) = match (row.checkpoint.clone(), row.custody_until) {
        (Some(note), Some(until)) => (note, until),
        _ => {
            // The look belongs to the custody log, so the checkpoint covers it too.
            let published = checkpoints::published_beyond(company, look).await?;
            let until = company.now();
            update(company, &row.id, &[(package::Column::Checkpoint, published.note.clone().into()), (package::Column::CustodyUntil, until.into())]).await?;
            (published.note, until)
        }
    };
    progress(company, &row.id, 20).await?;
    let made = contents(company, &row, &by, note, until, opened, &held).await?;
    let pdf_note = match &made.pdf {
        Pdf::Missing(why) => Some(serde_json::to_string(why)?),
        Pdf::Parts(_) => None,
    };
    progress(company, &row.id, 85).await?;
    let bytes = write(company, &made)?;
    drop(made);
    let sha256 = hex::encode(probity_ledger::sha256(&bytes));
    let size = i64::try_from(bytes.len()).context("a package has a size")?;
    company.blobs.put(&place(&row.id), company.keys.seal_loose(&bytes, &context(&row.id))).await?;
    let case = cases::find(company, &row.case_id).await?;
    let pdf = if pdf_note.is_some() { "missing" } else { "built" };
    let there = update(
        company,
        &row.id,
        &[
            (package::Column::Status, "ready".into()),
            (package::Column::Progress, 100.into()),
            (package::Column::Error, Option::<String>::None.into()),
            (package::Column::Size, size.into()),
            (package::Column::Sha256, sha256.clone().into()),
            (package::Column::BuiltAt, company.now().into()),
            (package::Column::Pdf, pdf.into()),
            (package::Column::PdfNote, pdf_note.into()),
        ],
    )
    .await?;
    if !there {
        // Erased while it was built: the file just written must not outlive its row.
        company.blobs.delete(&place(&row.id)).await?;
        return Ok(());
    }
    let data = json!({ "package": row.id, "sha256": sha256, "size": size, "revision": row.revision });
    cases::acts::package_act(company, &by, &case, "case.package_built", data).await?;
    Ok(())
}

/// The zip's bytes.
pub fn write(company: &Company, contents: &Contents) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    match tokio::task::block_in_place(|| build(contents, &|bytes| company.log.key.sign_bytes(bytes), &mut out)) {
        Ok(_) => Ok(out),
        Err(BuildError::TooMany(_) | BuildError::TooLarge(_)) => Err(too_large().into()),
        Err(e) => Err(anyhow!(e).into()),
    }
}

fn too_large() -> Problem {
    Problem::new(
        422,
        "package_too_large",
        "内容超出一个证据包的上限（附件合计 1 GiB、记录 50,000 件）。请隐去大附件所在的字段，或分成几个案件出具。",
        "This is more than one package holds (1 GiB of files, 50,000 records). Withhold the members with the large files, or split the case.",
    )
}

/// Everything of the package, from what was decided and the content opened for it.
pub async fn contents(
    company: &Company,
    row: &package::Model,
    by: &Actor,
    note: String,
    until: i64,
    opened: Vec<machine::Opened>,
    held: &cases::read::Held,
) -> Result<Contents> {
    let case = cases::find(company, &row.case_id).await?;
    let about = About { id: case.id, number: case.number, title: case.title, employee: case.employee, opened_at: case.opened_at };
    let custody = custody::log(company, &row.case_id, until).await?;
    let told = tokio::sync::watch::Sender::new(None);
    let typeset = |done, all| {
        told.send_replace(Some(typeset_percent(done, all)));
    };
    let assembled = assemble(company, about, row, by, note, until, opened, held, custody, &typeset);
    let mut heard = told.subscribe();
    let tell = async {
        while heard.changed().await.is_ok() {
            let percent = *heard.borrow_and_update();
            if let Some(percent) = percent {
                progress(company, &row.id, percent).await?;
            }
        }
        std::future::pending::<Result<()>>().await
    };
    tokio::select! {
        made = assembled => made,
        failed = tell => Err(failed.err().unwrap_or_else(|| anyhow!("nobody tells any more").into())),
    }
}

/// Everything is gathered at 40 and typeset at 85 percent.
fn typeset_percent(done: usize, all: usize) -> i32 {
    40 + i32::try_from(45 * done / all.max(1)).unwrap_or(45)
}

/// What a package is about: a case, or a handover.
pub struct About {
    pub id: String,
    pub number: String,
    pub title: String,
    pub employee: String,
    pub opened_at: i64,
}

/// The same for whatever it is about.
#[expect(clippy::too_many_arguments, reason = "a package is a function of exactly these")]
pub async fn assemble(
    company: &Company,
    case: About,
    row: &package::Model,
    by: &Actor,
    note: String,
    until: i64,
    opened: Vec<machine::Opened>,
    held: &cases::read::Held,
    custody: Value,
    typeset: &(impl Fn(usize, usize) + Sync),
) -> Result<Contents> {
    let checkpoint = parse_unverified(&note).map_err(|e| anyhow!("a stored checkpoint is damaged: {e}"))?;
    let redact: super::request::Redact = serde_json::from_str(&row.redact)?;
    let indices: Vec<i64> = opened.iter().map(|o| o.row.idx).collect();
    let mut documents = Documents::default();
    documents_of(company, held, &mut documents).await?;
    attachments_of(company, &opened, &redact, &mut documents).await?;
    let documents = documents.all;
    let stamps = gather::telling(checkpoints::stamped_until(company, until).await?, &indices);
    let stamped = stamps.iter().map(|s| s.checkpoint.size).max().unwrap_or(0);
    let integrity = grade::Integrity { published: i64::try_from(checkpoint.size).unwrap_or(i64::MAX), stamped: i64::try_from(stamped).unwrap_or(i64::MAX) };
    let grades = grade::of_opened(company, case.opened_at, &opened, integrity).await?;
    let with = gather::With { company, redact: &redact, grades: &grades, stamps: &stamps, reasons: &held.records };
    let (items, rows) = gather::items(&with, checkpoint.size, opened).await?;

    let zone = company.settings().time_zone.clone();
    let names = people::names_of(company.store.read(), std::slice::from_ref(&case.employee)).await?;
    let head = catalogue::Head {
        number: format!("{}-证-{}", case.number, row.revision),
        company: company_name(company),
        case_number: case.number.clone(),
        case_title: case.title.clone(),
        employee: names.get(&case.employee).map_or_else(|| case.employee.clone(), |name| format!("{name}（{}）", case.employee)),
        revision: row.revision,
        reason: row.reason.clone(),
        signatory: by.name.clone(),
        issued_at: super::rows::local(until, &zone),
        moment: moment(until),
        origin: company.log.origin.clone(),
        fingerprint: company.log.key.fingerprint(),
        log_size: checkpoint.size,
        root_hash: hex::encode(checkpoint.root),
        stamps: stamps.iter().rev().take(3).map(|s| format!("{} {}", super::rows::local(s.row.at, &zone), s.row.signer)).collect(),
        digest: hex::encode(probity_ledger::sha256(&serde_json::to_vec(&rows)?)),
        items: rows.len(),
        withheld: items.iter().flat_map(|i| &i.members).filter(|m| matches!(m, probity_package::Member::Withheld { .. })).count(),
        documents: documents.iter().map(|d| [d.name.clone(), hex::encode(probity_ledger::sha256(&d.bytes)), super::rows::sm3(&d.bytes)]).collect(),
    };
    let pdf = match catalogue::typeset(&head, &rows, typeset).await {
        Ok(parts) => Pdf::Parts(parts),
        Err(why) => Pdf::Missing(format::Said::new(why.zh, why.en)),
    };
    Ok(Contents {
        case: format::Case {
            id: case.id.clone(),
            number: case.number.clone(),
            title: case.title.clone(),
            revision: u64::try_from(row.revision).unwrap_or_default(),
            company: company_name(company),
        },
        reason: row.reason.clone(),
        epoch: u64::try_from(company.log.epoch).unwrap_or_default(),
        vkey: company.log.key.vkey(),
        stamps: gather::stamp_files(company, &note, checkpoint.size, &stamps).await?,
        earlier: earlier(company, checkpoint.size).await?,
        checkpoint: note,
        items,
        custody,
        law: law::list(),
        documents,
        rows,
        pdf,
        template_version: documents::TEMPLATE_VERSION.to_owned(),
        custody_until: crate::http::instant(until),
    })
}

fn company_name(company: &Company) -> String {
    let name = company.settings().name.clone();
    if name.is_empty() { company.log.origin.clone() } else { name }
}

fn moment(us: i64) -> [u16; 6] {
    let Ok(at) = jiff::Timestamp::from_microsecond(us) else { return [1970, 1, 1, 0, 0, 0] };
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |n: i8| u16::try_from(n).unwrap_or_default();
    [u16::try_from(at.year()).unwrap_or(1970), small(at.month()), small(at.day()), small(at.hour()), small(at.minute()), small(at.second())]
}

/// Files of a package; they are held in memory until it is written.
#[derive(Default)]
struct Documents {
    all: Vec<Document>,
    bytes: usize,
}

impl Documents {
    fn take(&mut self, name: String, bytes: Vec<u8>) -> Result<()> {
        self.bytes += bytes.len();
        if self.bytes > MOST_DOCUMENTS {
            return Err(too_large().into());
        }
        self.all.push(Document { name, bytes });
        Ok(())
    }
}

/// Files attached to the case.
async fn documents_of(company: &Company, held: &cases::read::Held, documents: &mut Documents) -> Result<()> {
    for file in &held.files {
        let bytes = intake::blobs::read(company, &file.sha256).await?.with_context(|| format!("the file {} of a case is gone", file.sha256))?;
        documents.take(file.name.clone(), bytes)?;
    }
    Ok(())
}

/// Files that shown members of the records name, as far as their source sent them: photos, recordings, attachments.
async fn attachments_of(company: &Company, opened: &[machine::Opened], redact: &super::request::Redact, documents: &mut Documents) -> Result<()> {
    for o in opened {
        let id = crate::records::id_of(o.row.idx);
        let withheld = redact.get(&id);
        let mut shown = o.data().cloned().unwrap_or_default();
        // A pointer writes ~ and / of a name in its own way (RFC 6901), as the leaf does.
        shown.retain(|member, _| !withheld.is_some_and(|w| w.contains(&format!("/data/{}", member.replace('~', "~0").replace('/', "~1")))));
        for digest in intake::blobs::named_in(&shown) {
            if let Some(bytes) = intake::blobs::read(company, digest).await? {
                let name = format!("{id}-{}.{}", &digest[..8], intake::blobs::extension_of(&bytes));
                documents.take(name, bytes)?;
            }
        }
    }
    Ok(())
}

/// Earlier checkpoints with their proofs, so that whoever kept one can tie it to the package: the newest, and beyond
/// them ever fewer.
async fn earlier(company: &Company, size: u64) -> Result<Vec<EarlierCheckpoint>> {
    let all = checkpoints::proofs::list(company, 20_000).await?;
    let mut chosen = Vec::new();
    let mut sizes = std::collections::HashSet::new();
    for (i, one) in all.into_iter().filter(|p| p.size > 0 && p.size < size).enumerate() {
        let step = 1_usize << (i / 256).min(12);
        if i % step == 0 && sizes.insert(one.size) {
            chosen.push(one);
        }
    }
    chosen.sort_by_key(|p| p.size);
    let sizes: Vec<u64> = chosen.iter().map(|one| one.size).collect();
    let proofs = checkpoints::consistencies(company, &sizes, size).await?;
    Ok(chosen.into_iter().zip(proofs).map(|(one, proof)| EarlierCheckpoint { size: one.size, root: one.root, proof }).collect())
}
