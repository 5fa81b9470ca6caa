//! Items with their proofs, catalogue rows and stamps: all proofs of a package are read in bulk, never one by one.

use super::{
    request::Redact,
    rows::{self, About},
};
use crate::{
    cases::grade::Grade,
    company::Company,
    error::Result,
    evidence::checkpoints::{self, Stamped},
    http::instant,
    records::{id_of, machine::Opened},
};
use anyhow::{Context, anyhow};
use probity_ledger::leaf;
use probity_package::{Item, Member, Row, StampFile, build::item_file};
use rayon::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

pub struct With<'a> {
    pub company: &'a Company,
    pub redact: &'a Redact,
    pub grades: &'a HashMap<i64, Grade>,
    pub stamps: &'a [Stamped],
    /// Why each record was put into the case.
    pub reasons: &'a BTreeMap<i64, String>,
}

/// Items in log order, with their rows.
pub async fn items(with: &With<'_>, size: u64, opened: Vec<Opened>) -> Result<(Vec<Item>, Vec<Row>)> {
    let indices: Vec<u64> = opened.iter().map(|o| u64::try_from(o.row.idx).context("a log index")).collect::<anyhow::Result<_>>()?;
    let proofs = checkpoints::inclusion(with.company, size, &indices).await?;
    let zone = with.company.settings().time_zone.clone();
    // The earliest stamp that covers an item is the one that says most.
    let mut covering: Vec<(u64, i64)> = with.stamps.iter().map(|s| (s.checkpoint.size, s.row.at)).collect();
    covering.sort_by_key(|(_, at)| *at);
    let none = Vec::new();
    let made: Vec<Result<(Item, Row)>> = tokio::task::block_in_place(|| {
        opened
            .into_par_iter()
            .zip(proofs)
            .enumerate()
            .map(|(i, (o, proof))| {
                let id = id_of(o.row.idx);
                let index = u64::try_from(o.row.idx).context("a log index")?;
                let withheld = with.redact.get(&id).unwrap_or(&none);
                let grade = with.grades.get(&o.row.idx);
                let stamp = covering.iter().find(|(size, _)| *size > index).map(|(_, at)| rows::local(*at, &zone)).unwrap_or_default();
                let about =
                    About { number: i as u64 + 1, grade, zone: &zone, withheld, stamp, proves: with.reasons.get(&o.row.idx).cloned().unwrap_or_default() };
                let mut row = rows::row(&o, &about);
                let item = Item {
                    record: id,
                    index,
                    leaf: o.row.leaf.as_slice().try_into().map_err(|_| anyhow!("record {} has no leaf", o.row.idx))?,
                    members: members(&o, withheld)?,
                    erased: o.content.is_none(),
                    proof,
                    about: json!({
                        "received_at": instant(o.row.received_at),
                        "source_name": row.source,
                        "collector": row.collector,
                        "original": row.original,
                        "proves": row.proves,
                        "grade": row.grade,
                        "missing": grade.map(|g| g.missing.iter().map(|m| json!({ "zh": m.zh, "en": m.en })).collect::<Vec<_>>()).unwrap_or_default(),
                    }),
                };
                row.sm3 = rows::sm3(&item_file(&item)?);
                Ok((item, row))
            })
            .collect()
    });
    let made: Vec<(Item, Row)> = made.into_iter().collect::<Result<_>>()?;
    Ok(made.into_iter().unzip())
}

fn members(o: &Opened, withheld: &[String]) -> Result<Vec<Member>> {
    let Some(content) = &o.content else { return Ok(Vec::new()) };
    let mut members = Vec::new();
    for member in leaf::members(&content.event) {
        let salt = leaf::salt(&content.seed, &member.pointer);
        members.push(if withheld.contains(&member.pointer) {
            Member::Withheld { digest: leaf::digest(&salt, &member.pointer, &member.canonical), pointer: member.pointer }
        } else {
            let text = String::from_utf8(member.canonical).context("canonical JSON is UTF-8")?;
            Member::Shown { pointer: member.pointer, salt, text }
        });
    }
    Ok(members)
}

/// Of all stamps those that say something about these items: the earliest that covers each, and the newest. An hourly
/// schedule makes thousands in a year.
pub fn telling(stamps: Vec<Stamped>, indices: &[i64]) -> Vec<Stamped> {
    let mut order: Vec<usize> = (0..stamps.len()).collect();
    order.sort_by_key(|i| stamps[*i].row.at);
    let mut keep: HashSet<usize> = order.last().copied().into_iter().collect();
    for idx in indices {
        let covers = |i: &&usize| i64::try_from(stamps[**i].checkpoint.size).is_ok_and(|size| size > *idx);
        keep.extend(order.iter().find(covers));
    }
    stamps.into_iter().enumerate().filter(|(i, _)| keep.contains(i)).map(|(_, stamp)| stamp).collect()
}

/// The stamps, each with the note it covers and the proof that ties that note to the package's.
pub async fn stamp_files(company: &Company, note: &str, size: u64, stamps: &[Stamped]) -> Result<Vec<StampFile>> {
    let mut files = Vec::new();
    for (i, stamp) in stamps.iter().enumerate() {
        let covered = &stamp.checkpoint;
        // Stamps of an earlier epoch are signed by another key and are left out: the present ones cover all leaves.
        if covered.epoch != company.log.epoch {
            continue;
        }
        let own = covered.note == note;
        let consistency =
            if own || covered.size == size { Vec::new() } else { checkpoints::consistency(company, covered.size.min(size), covered.size.max(size)).await? };
        files.push(StampFile {
            name: format!("{:04}-{}", i + 1, covered.size),
            der: stamp.row.token.clone(),
            covers: (!own).then(|| covered.note.clone()),
            consistency,
        });
    }
    Ok(files)
}
