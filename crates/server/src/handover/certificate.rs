//! The certificate of leaving 离职证明 as a file: typeset once from what was issued, kept under its digest, and on record.
//!
//! Issuing it (`exit::issue`) never waits for this: what the law gives at termination does not depend on a font. Where
//! there was none, the paper is made when somebody next asks for it. What is *not* here: what may stand on it (`law`).

use super::{
    ROOM,
    model::{duty, handover},
    work::GivenFile,
};
use crate::{
    company::{Actor, Company},
    documents::certificate::{Certificate, typeset},
    error::{Error, Problem, Result},
    intake,
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

/// What was issued, with the file once there is one.
async fn issued(company: &Company, handover: &str) -> Result<Value> {
    let row = duty::Entity::find_by_id((handover.to_owned(), "certificate".to_owned())).one(company.store.read()).await?;
    let content = row.and_then(|r| r.content).and_then(|c| serde_json::from_str::<Value>(&c).ok());
    Ok(content.filter(Value::is_object).ok_or_else(Problem::not_found)?)
}

fn kept(content: &Value) -> Option<GivenFile> {
    content.get("file").and_then(|f| serde_json::from_value(f.clone()).ok())
}

/// The file of the certificate that was issued; typeset and put on record if that has not been done.
pub async fn file(company: &Company, of: &handover::Model) -> Result<GivenFile> {
    let content = issued(company, &of.id).await?;
    if let Some(file) = kept(&content) {
        return Ok(file);
    }
    let paper: Certificate = serde_json::from_value(content)?;
    let name = format!("离职证明-{}.pdf", paper.number);
    let bytes = typeset(paper).await.map_err(|why| Problem::conflict("not_typeset", why.zh, why.en))?;
    let sha256 = intake::blobs::keep(company, &bytes).await?;
    let file = GivenFile { sha256, name, size: i64::try_from(bytes.len()).unwrap_or(i64::MAX) };
    let data = json!({ "duty": "certificate", "file": file });
    match super::act(company, &Actor::system(ROOM), of, "handover.certificate_filed", Some(format!("certificate:{}", of.id)), data).await {
        Ok(_) => Ok(file),
        // Two asked at once; the log kept the first.
        Err(Error::Problem(p)) if p.code == "somebody_was_faster" => Ok(kept(&issued(company, &of.id).await?).ok_or_else(super::faster)?),
        Err(e) => Err(e),
    }
}
