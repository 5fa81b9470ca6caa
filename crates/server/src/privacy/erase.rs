//! Erasure 删除 as a primitive: drop the wraps, wipe the projections, delete the files, leave the log whole.
//! Who may ask, and when the law forbids it (case, hold, statutory period), is decided above this.
//!
//! The employee's number stays where the log needs it (`records`, `record_subjects`, `subject_keys`, who looked at
//! whom, which customer was whose): without the wiped tables it names nobody.

use crate::{
    company::{Actor, Company},
    error::Result,
    http::idempotency,
    intake::{blobs, quarantine},
    records::{self, COMPANY_SUBJECT, employee_subject, id_of},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value as SqlValue};
use serde_json::{Map, json};

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
    ("people", "DELETE FROM people WHERE number = $1"),
    ("person_documents", "DELETE FROM person_documents WHERE employee = $1"),
    ("interests", "DELETE FROM interests WHERE employee = $1"),
    ("consents", "DELETE FROM consents WHERE employee = $1"),
    ("leaves", "DELETE FROM leaves WHERE employee = $1"),
    ("customer_assignments", "UPDATE customer_assignments SET reason = NULL WHERE employee = $1"),
    ("events", "DELETE FROM events WHERE audience = 'alerts.see#' || $1"),
    ("jobs", "DELETE FROM jobs WHERE kind = 'chains.follow' AND unique_key = $1"),
    // Who looked, when and at what is the auditor's; why may name the person.
    ("looks", "UPDATE looks SET reason = '' WHERE idx IN (SELECT idx FROM record_subjects WHERE subject = 'e:' || $1)"),
    ("case_events", "UPDATE case_events SET text = NULL, data = '{}' WHERE case_id IN (SELECT id FROM cases WHERE employee = $1)"),
    ("case_records", "UPDATE case_records SET reason = '' WHERE case_id IN (SELECT id FROM cases WHERE employee = $1)"),
    ("case_files", "DELETE FROM case_files WHERE case_id IN (SELECT id FROM cases WHERE employee = $1)"),
    ("packages", "DELETE FROM packages WHERE case_id IN (SELECT id FROM cases WHERE employee = $1)"),
    // The number of a case stays, so that the numbering has no hole.
    ("cases", "UPDATE cases SET title = '', reason = '' WHERE employee = $1"),
    ("sessions", "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE employee = $1)"),
    ("users", "UPDATE users SET login = 'erased-' || id, name = '', title = NULL, password = NULL, disabled = TRUE, employee = NULL WHERE employee = $1"),
];

pub struct Erased {
    /// Records whose content can no longer be opened by anyone.
    pub records: usize,
    /// Files deleted: attachments, papers of cases, packages.
    pub files: usize,
    /// The record that says so.
    pub idx: i64,
}

/// Erases an employee: all keys of the records about them, their own key to records that also concern others, every
/// projection, and the files only they are concerned by. The log, its leaves and the time of each record stay.
pub async fn employee(company: &Company, by: &Actor, number: &str, reason: &str) -> Result<Erased> {
    // Which files a record names is known only while it can be opened.
    let own = records::about(company, number).await?;
    let attached = attachments(company, &own).await?;
    let names = names_of(company, number).await?;

    let tx = company.store.write().await?;
    let gone = records::drop_keys(company, &tx, number).await?;
    let mut files: Vec<String> = attached;
    for (query, folder) in [
        ("SELECT sha256 AS name FROM case_files WHERE case_id IN (SELECT id FROM cases WHERE employee = $1)", ""),
        ("SELECT id AS name FROM packages WHERE case_id IN (SELECT id FROM cases WHERE employee = $1)", "packages/"),
    ] {
        let rows = tx.query_all_raw(statement(&tx, query, number)).await?;
        for row in rows {
            let name: String = row.try_get("", "name")?;
            files.push(if folder.is_empty() { blobs::place(&name) } else { format!("{folder}{name}") });
        }
    }
    for (_, sql) in WIPED {
        tx.execute_raw(statement(&tx, sql, number)).await?;
    }
    // What lies sealed or encoded cannot be found by a condition: it is opened here and compared.
    quarantine::forget(company, &tx, &names).await?;
    idempotency::forget(company, &tx, &names).await?;
    tx.commit().await?;
    company.keys.forget(&employee_subject(number));

    files.sort_unstable();
    files.dedup();
    let mut deleted = 0;
    for file in &files {
        // A record may name what its source never sent.
        if company.blobs.exists(file).await? {
            company.blobs.delete(file).await?;
            deleted += 1;
        }
    }

    let mut data = Map::new();
    data.insert("number".into(), json!(number));
    data.insert("reason".into(), json!(reason));
    data.insert("records".into(), json!(gone));
    data.insert("files".into(), json!(deleted));
    data.insert("first".into(), json!(own.first().map(|i| id_of(*i))));
    let idx = company.publish("privacy", "employee.erased", by, None, vec![COMPANY_SUBJECT.into()], data).await?;
    Ok(Erased { records: gone, files: deleted, idx })
}

fn statement(tx: &DatabaseTransaction, sql: &str, number: &str) -> Statement {
    Statement::from_sql_and_values(tx.get_database_backend(), sql, [SqlValue::from(number)])
}

/// Under what the person is found in text: the number, and the name on file.
async fn names_of(company: &Company, number: &str) -> Result<Vec<String>> {
    let mut names = vec![number.to_owned()];
    let found = crate::people::names_of(company.store.read(), std::slice::from_ref(&names[0])).await?;
    names.extend(found.into_values().filter(|name| name.chars().count() > 1));
    Ok(names)
}

/// Where the files lie that these records name.
async fn attachments(company: &Company, own: &[i64]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for part in own.chunks(1000) {
        for opened in records::machine::open(company, part).await? {
            if let Some(data) = opened.data() {
                found.extend(blobs::named_in(data).into_iter().map(blobs::place));
            }
        }
    }
    Ok(found)
}

/// The tables the list covers, for the test that searches the others.
#[cfg(test)]
pub fn covered() -> Vec<&'static str> {
    WIPED.iter().map(|(table, _)| *table).collect()
}
