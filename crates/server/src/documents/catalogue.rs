//! 电子数据证据清单 (LAW T10): the catalogue of a package, in parts of at most 500 items.

use super::{child, fonts::Fonts, world::Sheet};
use crate::said::Said;
use probity_package::Row;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Items in one part: more would cost memory, not paper.
pub const PART: usize = 500;
const TEMPLATE: &str = include_str!("catalogue.typ");

/// What stands on the first page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Head {
    /// 文书编号
    pub number: String,
    pub company: String,
    pub case_number: String,
    pub case_title: String,
    pub employee: String,
    pub revision: i64,
    /// Why it was made.
    pub reason: String,
    /// Who had it made 签发人.
    pub signatory: String,
    /// In the company's zone, as people read it.
    pub issued_at: String,
    /// UTC: year, month, day, hour, minute, second; the PDF's own date.
    pub moment: [u16; 6],
    pub origin: String,
    pub fingerprint: String,
    pub log_size: u64,
    pub root_hash: String,
    /// Authority and time of each stamp that covers the checkpoint.
    pub stamps: Vec<String>,
    /// SHA-256 of the rows as JSON: ties the paper to the package.
    pub digest: String,
    pub items: usize,
    pub withheld: usize,
    pub documents: Vec<[String; 2]>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Part {
    pub head: Head,
    pub part: usize,
    pub parts: usize,
    pub rows: Vec<Row>,
}

/// All parts, typeset in child processes; `Err` says why there is no PDF.
pub async fn typeset(head: &Head, rows: &[Row], progress: impl Fn(usize, usize) + Sync) -> Result<Vec<Vec<u8>>, Said> {
    let chunks: Vec<&[Row]> = if rows.is_empty() { vec![&[]] } else { rows.chunks(PART).collect() };
    let parts = chunks.len();
    let jobs: Vec<Part> = chunks.into_iter().enumerate().map(|(i, rows)| Part { head: head.clone(), part: i + 1, parts, rows: rows.to_vec() }).collect();
    child::run(jobs, progress).await
}

/// One part, here and now: what the child does.
pub fn typeset_part(fonts: &Fonts, part: &Part) -> anyhow::Result<Vec<u8>> {
    let mut data = json!({
        "head": part.head, "part": part.part, "parts": part.parts, "rows": part.rows,
        "fonts": { "serif": fonts.serif, "sans": fonts.sans, "mono": fonts.mono },
    });
    fonts.make_drawable(&mut data);
    let ident = format!("{}/{}", part.head.number, part.part);
    Sheet::new(fonts, TEMPLATE, serde_json::to_vec(&data)?)?.pdf(&ident, part.head.moment)
}
