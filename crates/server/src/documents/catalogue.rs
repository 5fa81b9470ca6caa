//! 电子数据证据清单 (LAW T10): the catalogue of a package, in parts of at most [`PART`] items.

use super::{child, fonts::Fonts, world::Sheet};
use crate::said::Said;
use probity_package::Row;
use qrcode::{Color, EcLevel, QrCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt::Write as _;

/// Items in one part. Laying out 500 takes a typesetter 260 MiB and 300 take 210, in hardly more time an item; two work
/// side by side.
pub const PART: usize = 300;
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
    /// Name, SHA-256 and SM3 of each file attached.
    pub documents: Vec<[String; 3]>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Part {
    pub head: Head,
    pub part: usize,
    pub parts: usize,
    pub rows: Vec<Row>,
}

/// What ties the paper to the package, as a QR code (SVG): a court clerk compares without typing 64 digits.
fn qr(head: &Head) -> anyhow::Result<String> {
    let text = format!(
        "probity-catalogue/1\n{}\nsha256 {}\nkey {}\ncheckpoint {} {}\n{}\n",
        head.number, head.digest, head.fingerprint, head.origin, head.log_size, head.root_hash
    );
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                write!(path, "M{x} {y}h{0}v1h-{0}z", run.len())?;
            }
            x += run.len();
        }
    }
    // Two modules of quiet around it; the paper gives the rest.
    let side = width + 4;
    Ok(format!(r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {side} {side}"><path fill="#000000" d="{path}"/></svg>"##))
}

/// All parts, typeset in child processes; `progress` hears how many of how many are done, first none. `Err` says why
/// there is no PDF.
pub async fn typeset(head: &Head, rows: &[Row], progress: impl Fn(usize, usize) + Sync) -> Result<Vec<Vec<u8>>, Said> {
    let chunks: Vec<&[Row]> = if rows.is_empty() { vec![&[]] } else { rows.chunks(PART).collect() };
    let parts = chunks.len();
    let part = |(i, rows): (usize, &[Row])| child::Paper::Catalogue(Part { head: head.clone(), part: i + 1, parts, rows: rows.to_vec() });
    let jobs: Vec<child::Paper> = chunks.into_iter().enumerate().map(part).collect();
    progress(0, parts);
    child::run(jobs, progress).await
}

/// One part, here and now: what the child does.
pub fn typeset_part(fonts: &Fonts, part: &Part) -> anyhow::Result<Vec<u8>> {
    let mut data = json!({
        "head": part.head, "part": part.part, "parts": part.parts, "rows": part.rows,
        "qr": qr(&part.head)?,
        "fonts": { "serif": fonts.serif, "sans": fonts.sans, "mono": fonts.mono },
    });
    fonts.make_drawable(&mut data);
    let ident = format!("{}/{}", part.head.number, part.part);
    Sheet::new(fonts, TEMPLATE, serde_json::to_vec(&data)?)?.pdf(&ident, part.head.moment)
}
