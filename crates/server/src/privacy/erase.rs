//! Erasure 删除 as a primitive: drop the wraps, wipe the projections, delete the files, leave the log whole.
//! Who may ask, and when the law forbids it (case, hold, statutory period), is decided above this.
//!
//! The employee's number stays where the log needs it (`records`, `record_subjects`, `subject_keys`, who looked at
//! whom, which customer was whose): without the wiped tables it names nobody.

use super::{Names, journal};
use crate::{
    cases, companies,
    company::{Actor, Company},
    error::Result,
    evidence::package,
    http::idempotency,
    intake::{attached, blobs, import, quarantine},
    jobs,
    records::{self, COMPANY_SUBJECT, Draft, Outcome, employee_subject, id_of},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value as SqlValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Does what an erasure that was committed still owes, should the process have ended before.
pub const FINISH_JOB: &str = "privacy.erased";
/// Time for the ordinary end of it.
const FINISH_LATER_US: i64 = 60 * 1_000_000;
/// What came in while the kept bodies were read is read again under the lock.
const OVERLAP_US: i64 = 60 * 1_000_000;

/// Every table that holds something about an employee outside the sealed content, and what erasure does to it; `$1`
/// is the employee's number. In this order: rows that are found through others go first. A room that adds such a
/// table adds a line; a test erases a person and then searches every table for what was known about them.
const WIPED: &[(&str, &str)] = &[
    ("alert_records", "DELETE FROM alert_records WHERE alert IN (SELECT id FROM alerts WHERE employee = $1)"),
    ("alert_events", "DELETE FROM alert_events WHERE employee = $1"),
    ("alerts", "DELETE FROM alerts WHERE employee = $1"),
    ("chains", "DELETE FROM chains WHERE employee = $1"),
    ("chain_facts", "DELETE FROM chain_facts WHERE employee = $1"),
    ("word_hits", "DELETE FROM word_hits WHERE employee = $1"),
    ("word_signs", "DELETE FROM word_signs WHERE employee = $1"),
    ("counters", "DELETE FROM counters WHERE subject = 'e:' || $1"),
    // Who took a list, when and what for is everybody's who stands in it; not where the purpose names the person, nor of a
    // list of the person alone, who is nobody to tell any more.
    (
        "roster_exports",
        "UPDATE roster_exports SET reason = '' WHERE idx IN (SELECT idx FROM roster_lines WHERE number = $1) AND (
            reason LIKE '%' || $1 || '%' OR reason LIKE '%' || (SELECT name FROM people WHERE number = $1) || '%'
            OR idx IN (SELECT idx FROM roster_lines GROUP BY idx HAVING COUNT(*) = 1))",
    ),
    ("people", "DELETE FROM people WHERE number = $1"),
    ("person_forms", "DELETE FROM person_forms WHERE number = $1"),
    ("person_documents", "DELETE FROM person_documents WHERE employee = $1"),
    ("resignations", "DELETE FROM resignations WHERE employee = $1"),
    ("posts", "DELETE FROM posts WHERE employee = $1"),
    ("contracts", "DELETE FROM contracts WHERE employee = $1"),
    ("requests", "DELETE FROM requests WHERE employee = $1"),
    ("interest_matches", "DELETE FROM interest_matches WHERE employee = $1"),
    ("interest_reviews", "DELETE FROM interest_reviews WHERE employee = $1"),
    ("roster_lines", "DELETE FROM roster_lines WHERE number = $1"),
    ("interests", "DELETE FROM interests WHERE employee = $1"),
    ("restriction_appeals", "DELETE FROM restriction_appeals WHERE employee = $1"),
    ("restrictions", "DELETE FROM restrictions WHERE employee = $1"),
    ("standings", "DELETE FROM standings WHERE employee = $1"),
    ("case_recusals", "DELETE FROM case_recusals WHERE employee = $1"),
    // Who opened what stays the auditor's; that it was about this person does not.
    ("views", "DELETE FROM views WHERE employee = $1"),
    ("consents", "DELETE FROM consents WHERE employee = $1"),
    ("leaves", "DELETE FROM leaves WHERE employee = $1"),
    ("handover_events", "DELETE FROM handover_events WHERE handover IN (SELECT id FROM handovers WHERE employee = $1)"),
    ("handover_findings", "DELETE FROM handover_findings WHERE handover IN (SELECT id FROM handovers WHERE employee = $1)"),
    ("handover_moves", "DELETE FROM handover_moves WHERE handover IN (SELECT id FROM handovers WHERE employee = $1)"),
    ("handover_moves", "UPDATE handover_moves SET receiver = NULL WHERE receiver = $1"),
    ("handover_duties", "DELETE FROM handover_duties WHERE handover IN (SELECT id FROM handovers WHERE employee = $1)"),
    ("handover_papers", "DELETE FROM handover_papers WHERE handover IN (SELECT id FROM handovers WHERE employee = $1)"),
    ("handover_objections", "DELETE FROM handover_objections WHERE handover IN (SELECT id FROM handovers WHERE employee = $1)"),
    ("handover_items", "DELETE FROM handover_items WHERE handover IN (SELECT id FROM handovers WHERE employee = $1)"),
    ("handover_items", "UPDATE handover_items SET receiver = NULL WHERE receiver = $1"),
    // The number of a handover stays, so that the numbering has no hole.
    (
        "handovers",
        "UPDATE handovers SET employee = 'erased-' || id, status = 'closed', reason = '', closed_reason = NULL, submitted_on = NULL, last_day = NULL WHERE employee = $1",
    ),
    ("outbox_messages", "DELETE FROM outbox_messages WHERE employee = $1"),
    ("outbox_messages", "DELETE FROM outbox_messages WHERE receiver = $1 AND customer = ''"),
    ("outbox_messages", "UPDATE outbox_messages SET receiver = NULL, title = '', body = '', told = NULL WHERE receiver = $1"),
    // Also of those that took a customer over: why may name whom from.
    (
        "customer_assignments",
        "UPDATE customer_assignments SET reason = NULL WHERE employee = $1 OR idx IN (SELECT idx FROM record_subjects WHERE subject = 'e:' || $1)",
    ),
    // Deals and orders are the company's; whose they were, and what the person wrote, goes.
    ("customer_dealings", "UPDATE customer_dealings SET employee = NULL, text = NULL WHERE employee = $1"),
    ("reassignments", "UPDATE reassignments SET reason = '' WHERE giver = $1 OR receiver = $1"),
    ("contact_snapshots", "DELETE FROM contact_snapshots WHERE employee = $1"),
    // The thing stays in the company's books; that this person had it does not.
    ("assets", "DELETE FROM assets WHERE employee = $1"),
    // Of alerts and of cases: `<permission>#<number>`, whatever the permission.
    ("events", "DELETE FROM events WHERE SUBSTR(audience, LENGTH(audience) - LENGTH($1)) = '#' || $1"),
    ("jobs", "DELETE FROM jobs WHERE kind IN ('chains.follow', 'handover.follow', 'handover.property') AND unique_key = $1"),
    // Who looked, when and at what is the auditor's; why may name the person.
    ("looks", "UPDATE looks SET reason = '' WHERE idx IN (SELECT idx FROM record_subjects WHERE subject = 'e:' || $1)"),
    ("case_events", "UPDATE case_events SET text = NULL, data = '{}' WHERE case_id IN (SELECT id FROM cases WHERE employee = $1)"),
    ("case_records", "UPDATE case_records SET reason = '' WHERE case_id IN (SELECT id FROM cases WHERE employee = $1)"),
    ("case_files", "DELETE FROM case_files WHERE case_id IN (SELECT id FROM cases WHERE employee = $1)"),
    // The number of a case stays, so that the numbering has no hole.
    ("cases", "UPDATE cases SET title = '', reason = '' WHERE employee = $1"),
    (
        "user_changes",
        r#"UPDATE user_changes SET wanted = '{"kind":"invite","role":""}', reason = NULL,
        status = CASE WHEN status = 'waiting' THEN 'withdrawn' ELSE status END
        WHERE user_id IN (SELECT id FROM users WHERE employee = $1) OR wanted LIKE '%"employee":"' || replace(replace(replace($1, '!', '!!'), '%', '!%'), '_', '!_') || '"%' ESCAPE '!'"#,
    ),
    ("invitations", "DELETE FROM invitations WHERE user_id IN (SELECT id FROM users WHERE employee = $1)"),
    ("totp_secrets", "DELETE FROM totp_secrets WHERE user_id IN (SELECT id FROM users WHERE employee = $1)"),
    ("recovery_codes", "DELETE FROM recovery_codes WHERE user_id IN (SELECT id FROM users WHERE employee = $1)"),
    ("passkeys", "DELETE FROM passkeys WHERE user_id IN (SELECT id FROM users WHERE employee = $1)"),
    ("devices", "DELETE FROM devices WHERE user_id IN (SELECT id FROM users WHERE employee = $1)"),
    ("sessions", "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE employee = $1)"),
    (
        "users",
        "UPDATE users SET login = 'erased-' || id, name = '', title = NULL, password = NULL, disabled = TRUE, employee = NULL, second_factor = FALSE WHERE employee = $1",
    ),
];

pub struct Erased {
    /// Records whose content can no longer be opened by anyone.
    pub records: usize,
    /// Files deleted: attachments, papers of cases, packages, uploads.
    pub files: usize,
    /// The record that says so.
    pub idx: i64,
}

/// What is left to do after the commit; the job's payload, so that it is done even if the process ends here.
#[derive(Serialize, Deserialize)]
struct Owed {
    id: String,
    number: String,
    reason: String,
    by: Value,
    at: i64,
    records: usize,
    first: Option<String>,
    files: Vec<String>,
}

/// Erases an employee: all keys of the records about them, their own key to records that also concern others, every
/// projection, and the files nobody else's record or case names. The log, its leaves and the time of each record stay.
pub async fn employee(company: &Company, by: &Actor, number: &str, reason: &str) -> Result<Erased> {
    attached::complete(company).await?;
    let names = Arc::new(Names::of(company, number).await?);
    // What lies sealed or encoded cannot be found by a condition. It is opened and compared before the write
    // transaction, and under it only what came in meanwhile.
    let started = company.now() - OVERLAP_US;
    let mut turned = quarantine::naming(company, company.store.read(), &names, i64::MIN).await?;
    let mut uploads = import::forget::naming(company, company.store.read(), &names, i64::MIN).await?;

    let tx = company.store.write().await?;
    let gone = records::drop_keys(company, &tx, number).await?;
    let (own_cases, papers) = cases::read::of_employee(&tx, number).await?;
    let mut with_packages = cases::read::holding(&tx, &gone).await?;
    with_packages.extend(own_cases);
    let mut files = package::forget(&tx, &with_packages).await?;
    for (_, sql) in WIPED {
        tx.execute_raw(statement(&tx, sql, number)).await?;
    }
    companies::forget(&tx, &gone).await?;
    let named = attached::forget(&tx, &gone).await?;
    files.extend(attached::unnamed(&tx, [named, papers].concat()).await?.iter().map(|digest| blobs::place(digest)));
    turned.extend(quarantine::naming(company, &tx, &names, started).await?);
    quarantine::forget(&tx, &turned).await?;
    uploads.extend(import::forget::naming(company, &tx, &names, started).await?);
    files.extend(import::forget::forget(&tx, &uploads).await?);
    idempotency::forget(company, &tx, &names).await?;
    files.sort_unstable();
    files.dedup();
    let owed = Owed {
        id: uuid::Uuid::now_v7().to_string(),
        number: number.to_owned(),
        reason: reason.to_owned(),
        by: json!({ "kind": by.kind, "id": by.id, "name": by.name }),
        at: company.now(),
        records: gone.len(),
        first: gone.first().map(|idx| id_of(*idx)),
        files,
    };
    jobs::enqueue(&tx, FINISH_JOB, Some(&owed.id), &serde_json::to_value(&owed)?, company.now() + FINISH_LATER_US).await?;
    tx.commit().await?;
    company.keys.forget(&employee_subject(number));
    let idx = finish(company, &owed).await?;
    Ok(Erased { records: owed.records, files: owed.files.len(), idx })
}

pub async fn run_finish(company: Arc<Company>, payload: Value) -> Result<()> {
    let owed: Owed = serde_json::from_value(payload)?;
    company.keys.forget(&employee_subject(&owed.number));
    finish(&company, &owed).await?;
    Ok(())
}

/// The record that says so, the journal, the files. Done twice it is done once.
async fn finish(company: &Company, owed: &Owed) -> Result<i64> {
    let mut data = Map::new();
    data.insert("number".into(), json!(owed.number));
    data.insert("reason".into(), json!(owed.reason));
    data.insert("records".into(), json!(owed.records));
    data.insert("files".into(), json!(owed.files.len()));
    data.insert("first".into(), json!(owed.first));
    data.insert("by".into(), owed.by.clone());
    // Its id is fixed, so a repeated turn is a repeat and no second record.
    let draft = Draft::new("/probity/privacy".into(), owed.id.clone(), "employee.erased".into(), owed.at, None, vec![COMPANY_SUBJECT.into()], data);
    let idx = match company.writer.append(vec![draft]).await?.remove(0) {
        Outcome::Accepted(idx) | Outcome::Duplicate(idx) | Outcome::Conflict(idx) => idx,
    };
    journal::note(company, "person", &owed.number, idx)?;
    for file in &owed.files {
        company.blobs.delete(file).await?;
    }
    company.store.scrub().await?;
    let tx = company.store.write().await?;
    jobs::withdraw(&tx, FINISH_JOB, &owed.id).await?;
    tx.commit().await?;
    Ok(idx)
}

fn statement(tx: &DatabaseTransaction, sql: &str, number: &str) -> Statement {
    Statement::from_sql_and_values(tx.get_database_backend(), sql, [SqlValue::from(number)])
}

/// The tables the list covers, for the test that searches the others.
#[cfg(test)]
pub fn covered() -> Vec<&'static str> {
    WIPED.iter().map(|(table, _)| *table).chain(["packages"]).collect()
}
