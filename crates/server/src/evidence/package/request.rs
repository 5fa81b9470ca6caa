//! Asking for a package: checked, written into the case, queued.

use super::{Status, job, model::package};
use crate::{
    cases,
    company::{Actor, Company},
    error::{FieldError, Problem, Result},
    jobs,
    records::idx_of,
    said::Lang,
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;
use std::collections::{BTreeMap, HashSet};

pub type Redact = BTreeMap<String, Vec<String>>;

pub async fn request(company: &Company, by: &Actor, case_id: &str, reason: &str, redact: &Redact, lang: Lang) -> Result<Status> {
    let case = cases::find_open(company, case_id).await?;
    let reason = reason.trim();
    if !(2..=2000).contains(&reason.chars().count()) {
        return Err(Problem::new(
            422,
            "reason_missing",
            "请写明出具证据包的事由（2 到 2000 字），它会写入证据包并存证。",
            "Say why the package is made (2 to 2000 characters); it stands in the package and is recorded.",
        )
        .with_rule("R08")
        .into());
    }
    let inside: HashSet<i64> = cases::read::held_at(company, case_id, case.revision).await?.records.into_keys().collect();
    if inside.is_empty() {
        return Err(Problem::new(422, "empty_case", "案件里还没有记录，请先加入记录。", "There are no records in the case yet; add some first.").into());
    }
    check_redactions(redact, &inside, lang)?;
    let row = package::Model {
        id: uuid::Uuid::now_v7().to_string(),
        case_id: case.id.clone(),
        revision: case.revision,
        status: "queued".to_owned(),
        progress: 0,
        error: None,
        reason: reason.to_owned(),
        redact: serde_json::to_string(redact)?,
        actor: json!({ "kind": by.kind, "id": by.id, "name": by.name }).to_string(),
        created_at: company.now(),
        look: None,
        checkpoint: None,
        custody_until: None,
        size: None,
        sha256: None,
        built_at: None,
        pdf: None,
        pdf_note: None,
    };
    let data = json!({ "package": row.id, "reason": reason, "revision": case.revision, "records": inside.len(), "redact": redact });
    cases::acts::package_act(company, by, &case, "case.package_requested", data).await?;
    let tx = company.store.write().await?;
    package::Entity::insert(package::ActiveModel {
        id: Set(row.id.clone()),
        case_id: Set(row.case_id.clone()),
        revision: Set(row.revision),
        status: Set(row.status.clone()),
        progress: Set(0),
        error: Set(None),
        reason: Set(row.reason.clone()),
        redact: Set(row.redact.clone()),
        actor: Set(row.actor.clone()),
        created_at: Set(row.created_at),
        ..Default::default()
    })
    .exec_without_returning(&tx)
    .await?;
    jobs::enqueue(&tx, job::KIND, Some(&row.id), &json!({ "package": row.id }), company.now()).await?;
    tx.commit().await?;
    company.jobs.wake();
    Ok(Status::of(row, lang))
}

/// Whole members of records in the case; the rest of an envelope could be guessed from a part.
fn check_redactions(redact: &Redact, inside: &HashSet<i64>, lang: Lang) -> Result<()> {
    let mut errors = Vec::new();
    for (record, pointers) in redact {
        let at = format!("/redact/{}", record.replace('~', "~0").replace('/', "~1"));
        let mut wrong = |pointer: String, code: &str, zh: &str, en: &str| {
            let detail = if lang == Lang::En { en } else { zh }.to_owned();
            errors.push(FieldError { pointer, code: code.into(), detail });
        };
        if idx_of(record).is_none_or(|idx| !inside.contains(&idx)) {
            wrong(at.clone(), "not_in_case", "这条记录不在案件里。", "This record is not in the case.");
        }
        for (i, pointer) in pointers.iter().enumerate() {
            let parts: Vec<&str> = pointer.split('/').skip(1).collect();
            let whole = pointer.starts_with('/') && (parts.len() == 1 || parts.len() == 2 && parts[0] == "data");
            if !whole || pointer == "/data" {
                wrong(
                    format!("{at}/{i}"),
                    "not_a_member",
                    "只能隐去整个字段，例如 /data/text 或 /subject。",
                    "Only whole members can be withheld, such as /data/text or /subject.",
                );
            }
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Problem::new(422, "bad_redaction", "隐去的内容有误，见各项说明。", "Some redactions are not right; see each of them.").with_errors(errors).into())
}
