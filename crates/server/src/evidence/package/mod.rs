//! Evidence packages of a case: asked for, built as a job, kept sealed, fetched as a zip.
//!
//! A package is a function of the case's revision, the checkpoint, the redactions, the template's version and the
//! custody cut-off; all five are written down when the job first sees them, so that building again gives the same
//! bytes. Opening content for it is a look under the case. The zip itself and its check are `probity-package`'s, the
//! PDF catalogue is `documents`'. Start with [`request`], then [`job`].

pub mod api;
mod custody;
mod gather;
mod handed_over;
pub mod job;
mod law;
pub mod model;
pub mod request;
mod rows;
#[cfg(test)]
mod tests;

pub use handed_over::{sees_whole, zip as of_handover};

use crate::{
    cases::grade::Integrity,
    company::Company,
    error::{Problem, Result},
    evidence::checkpoints,
    http::instant,
    said::{Lang, Said},
};
use model::package;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a package stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Package)]
pub struct Status {
    pub id: String,
    /// Where to fetch it: 202 with this status until it is ready, then the zip.
    pub href: String,
    pub case: String,
    /// `queued`, `building`, `ready` or `failed`.
    pub status: String,
    /// Percent.
    pub progress: i32,
    pub error: Option<String>,
    pub size: Option<i64>,
    pub sha256: Option<String>,
    pub revision: i64,
    pub reason: String,
    pub created_at: String,
    pub built_at: Option<String>,
    /// `built` or `missing`.
    pub pdf: Option<String>,
    /// Why the PDF is missing.
    pub pdf_note: Option<String>,
}

impl Status {
    fn of(row: package::Model, lang: Lang) -> Self {
        let say = |text: Option<String>| text.map(|t| serde_json::from_str::<Said>(&t).map_or(t, |said| said.pick(lang).to_owned()));
        Self {
            href: format!("/api/v1/packages/{}", row.id),
            id: row.id,
            case: row.case_id,
            status: row.status,
            progress: row.progress,
            error: say(row.error),
            size: row.size,
            sha256: row.sha256,
            revision: row.revision,
            reason: row.reason,
            created_at: instant(row.created_at),
            built_at: row.built_at.map(instant),
            pdf: row.pdf,
            pdf_note: say(row.pdf_note),
        }
    }
}

/// The packages of a case, newest first.
pub async fn of_case(company: &Company, case: &str, lang: Lang) -> Result<Vec<Status>> {
    let rows = package::Entity::find()
        .filter(package::Column::CaseId.eq(case))
        .order_by_desc(package::Column::CreatedAt)
        .order_by_desc(package::Column::Id)
        .all(company.store.read())
        .await?;
    Ok(rows.into_iter().map(|row| Status::of(row, lang)).collect())
}

pub async fn find(company: &Company, id: &str) -> Result<package::Model> {
    Ok(package::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
}

/// How far the published and the stamped log reach.
pub async fn integrity(company: &Company) -> Result<Integrity> {
    let whole = |size: u64| i64::try_from(size).unwrap_or(i64::MAX);
    let published = checkpoints::newest(company).await?.map_or(0, |p| whole(p.size));
    Ok(Integrity { published, stamped: checkpoints::stamps::furthest(company).await? })
}

/// Takes out every package of these cases: what it holds was erased. Answers where the files lie, to be deleted after
/// the commit.
pub async fn forget(tx: &DatabaseTransaction, cases: &[String]) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for part in cases.chunks(500) {
        let of_cases = package::Column::CaseId.is_in(part.iter().cloned());
        let ids: Vec<String> = package::Entity::find().select_only().column(package::Column::Id).filter(of_cases.clone()).into_tuple().all(tx).await?;
        package::Entity::delete_many().filter(of_cases).exec(tx).await?;
        files.extend(ids.iter().map(|id| place(id)));
    }
    Ok(files)
}

/// The packages that can be fetched.
pub async fn ready(company: &Company) -> Result<Vec<String>> {
    let rows = package::Entity::find().select_only().column(package::Column::Id).filter(package::Column::Status.eq("ready"));
    Ok(rows.into_tuple().all(company.store.read()).await?)
}

/// Whether a package's file opens and, once it is ready, is the one that was built.
pub async fn is_whole(company: &Company, id: &str) -> Result<bool> {
    let Some(sealed) = company.blobs.get(&place(id)).await? else { return Ok(false) };
    let bytes = company.keys.open_loose(&sealed, &context(id))?;
    let built = package::Entity::find_by_id(id).one(company.store.read()).await?.and_then(|row| row.sha256);
    Ok(built.is_none_or(|digest| digest == hex::encode(probity_ledger::sha256(&bytes))))
}

/// Where the zip lies among the files; it is sealed there.
pub fn place(id: &str) -> String {
    format!("packages/{id}")
}

fn context(id: &str) -> String {
    format!("package/{id}")
}
