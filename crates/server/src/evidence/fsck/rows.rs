//! Every record: its content opens, gives its leaf, and says what its row says.

use super::Findings;
use crate::{
    company::Company,
    error::Result,
    records::{
        id_of,
        machine::{self, Opened},
        model::{record, subject},
    },
};
use anyhow::Context;
use probity_ledger::leaf;
use rayon::prelude::*;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use std::collections::HashMap;
use tokio::task::JoinHandle;

const CHUNK: i64 = 2000;

/// Rows of records, and those of whom they concern.
type Group = (Vec<record::Model>, Vec<subject::Model>);

pub(super) async fn check(company: &Company, size: i64, findings: &mut Findings, say: &mut impl FnMut(&str)) -> Result<()> {
    let mut at = 0;
    let mut ahead = read(company, at, size);
    while at < size {
        say(&format!("记录 records {at}/{size}"));
        let until = (at + CHUNK).min(size);
        let (rows, subjects) = ahead.await.context("reading rows")??;
        // The next group is read while this one is opened.
        ahead = read(company, until, size);
        let opened = match machine::open_rows(company, rows, &subjects).await {
            Ok(opened) => opened,
            // One that does not open hides the others of its group: name it and take the rest.
            Err(_) => one_by_one(company, &(at..until).collect::<Vec<_>>(), findings).await?,
        };
        // After the records: by now every key that opens is at hand.
        for idx in machine::shut(company, &opened, &subjects).await? {
            let id = id_of(idx);
            findings.fault(format!("{id} 的一个密钥被改动过，打不开"), format!("{id} has a wrapped key that does not open: it was altered"));
        }
        let mut concerned: HashMap<i64, Vec<&subject::Model>> = HashMap::with_capacity(opened.len());
        for subject in &subjects {
            concerned.entry(subject.idx).or_default().push(subject);
        }
        let faults: Vec<(i64, &str, &str)> = tokio::task::block_in_place(|| {
            opened.par_iter().with_min_len(64).flat_map_iter(|o| faults_of(company, o, concerned.get(&o.row.idx).map_or(&[], Vec::as_slice))).collect()
        });
        for (idx, zh, en) in faults {
            let id = id_of(idx);
            findings.fault(format!("{id} {zh}"), format!("{id} {en}"));
        }
        for o in &opened {
            if o.content.is_some() {
                findings.opened += 1;
            } else {
                findings.erased += 1;
            }
        }
        at = until;
    }
    Ok(())
}

/// Begins to read the group that starts here.
fn read(company: &Company, from: i64, size: i64) -> JoinHandle<Result<Group>> {
    let (db, until) = (company.store.read().clone(), (from + CHUNK).min(size));
    tokio::spawn(async move {
        let rows = record::Entity::find().filter(record::Column::Idx.gte(from)).filter(record::Column::Idx.lt(until));
        let subjects = subject::Entity::find().filter(subject::Column::Idx.gte(from)).filter(subject::Column::Idx.lt(until));
        Ok((rows.order_by_asc(record::Column::Idx).all(&db).await?, subjects.all(&db).await?))
    })
}

async fn one_by_one(company: &Company, indices: &[i64], findings: &mut Findings) -> Result<Vec<Opened>> {
    let mut all = Vec::with_capacity(indices.len());
    for idx in indices {
        match machine::open(company, &[*idx]).await {
            Ok(opened) => all.extend(opened),
            Err(_) => {
                let id = id_of(*idx);
                findings.fault(
                    format!("{id} 的密封内容或密钥被改动过，无法打开"),
                    format!("{id} does not open: its sealed content, its leaf or a wrapped key was altered"),
                );
            }
        }
    }
    Ok(all)
}

fn faults_of(company: &Company, opened: &Opened, subjects: &[&subject::Model]) -> Vec<(i64, &'static str, &'static str)> {
    let row = &opened.row;
    let mut found = Vec::new();
    let mut fault = |zh, en| found.push((row.idx, zh, en));
    if subjects.is_empty() {
        fault("没有登记涉及对象", "concerns nobody: its subject rows are missing");
    }
    if subjects.iter().any(|s| s.at != row.at || s.kind != row.kind) {
        fault("的涉及对象登记与记录不符", "has subject rows that disagree with it");
    }
    let Some(content) = &opened.content else {
        // Erased is: no wrap and no content. A wrap that is there has to open.
        if subjects.iter().any(|s| s.wrap.is_some()) {
            fault("的密钥打不开", "has a wrapped key that nobody can open: the subject's key is missing");
        } else if !row.sealed.is_empty() || !row.fingerprint.is_empty() {
            fault("没有密钥却仍有内容", "has content without any key");
        }
        return found;
    };
    let (leaf, bytes) = leaf::with_canonical(&content.seed, &content.event);
    if leaf.as_slice() != row.leaf {
        fault("的内容与日志中的叶不符", "has content that does not give its leaf in the log");
    }
    let text = |name: &str| content.event.get(name).and_then(Value::as_str);
    let time = text("time").and_then(|t| t.parse::<jiff::Timestamp>().ok()).map(jiff::Timestamp::as_microsecond);
    let same = text("source") == Some(row.source.as_str())
        && text("id") == Some(row.source_id.as_str())
        && text("type") == Some(row.kind.as_str())
        && time.is_none_or(|at| at == row.at)
        && text("subject").is_none_or(|number| row.employee.as_deref() == Some(number));
    if !same {
        fault(
            "的登记列（来源、编号、类型、时间或员工）与密封内容不符",
            "has columns (source, id, kind, time or employee) that disagree with its sealed content",
        );
    }
    let print = company.keys.fingerprint(&bytes);
    match row.fingerprint.strip_prefix(&print[..]) {
        None => fault("的内容指纹不符", "has another fingerprint than its content"),
        // Kept before there were receipts.
        Some([]) => {}
        Some(receipt) if *receipt == company.keys.receipt(&print, row.idx, row.received_at) => {}
        Some(_) => fault("的收到时间与收到时所记的不符", "says another time of receipt than it was given"),
    }
    found
}
