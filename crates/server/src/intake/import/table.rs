//! Files to rows of text: CSV in any usual encoding, XLSX, JSON. Formulas stay text; nothing is ever computed.
//!
//! What is *not* here: what a row means. Limits hold before memory is taken, so a small file cannot unpack into a
//! large one.

use crate::{
    error::{Problem, Result},
    http,
};
use calamine::{DataRef, Reader, Xlsx};
use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use std::{
    borrow::Cow,
    io::{Cursor, Read},
};

/// Most rows of a table; events come one by one and may be more.
pub const MOST_ROWS: usize = 200_000;
const MOST_EVENTS: usize = 5_000_000;
const MOST_CELLS: usize = 4_000_000;
const MOST_COLUMNS: usize = 500;
/// A workbook may unpack to this much, and its table of texts to this.
const MOST_UNPACKED: u64 = 400 << 20;
const MOST_STRINGS: u64 = 128 << 20;
/// Bytes of text in all cells: one long text may stand in many of them.
const MOST_TEXT: usize = 128 << 20;
const MOST_CELL_CHARS: usize = 32_768;

/// One sheet; rows keep their number in the file, counted from 1.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub name: String,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub number: u64,
    pub cells: Vec<String>,
}

impl Row {
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }
}

/// What a file holds.
pub enum Content {
    Sheets(Vec<Sheet>),
    /// JSON values with their line or place, from 1.
    Json(Vec<(u64, String)>),
}

fn refused(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> crate::error::Error {
    Problem::new(422, code, zh, en).into()
}

pub fn read(bytes: &[u8]) -> Result<Content> {
    if bytes.starts_with(b"PK\x03\x04") {
        // The reader of workbooks is a stranger's code that does sums on what the file says of itself: where it gives
        // up, the file cannot be read, and that is all.
        return std::panic::catch_unwind(|| workbook(bytes)).unwrap_or_else(|_| Err(broken_workbook())).map(Content::Sheets);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(refused(
            "old_excel",
            "这是旧版 Excel（.xls）。请在 Excel 中另存为 .xlsx 或 CSV 后再导入。",
            "This is an old Excel file (.xls). Save it as .xlsx or CSV and import that.",
        ));
    }
    let text = decode(bytes)?;
    match text.trim_start().as_bytes().first() {
        Some(b'[' | b'{') => json(&text),
        _ => Ok(Content::Sheets(vec![separated(&text)?])),
    }
}

/// UTF-8, UTF-16 with or without a mark, else GB18030 (which holds GBK and GB2312).
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| not_text());
    }
    let zeros = |odd: usize| bytes.iter().take(4096).skip(odd).step_by(2).filter(|b| **b == 0).count();
    let wide = bytes.len() >= 4 && bytes.len() % 2 == 0;
    let encoding = if bytes.starts_with(b"\xFF\xFE") || (wide && zeros(1) > 8 && zeros(0) == 0) {
        UTF_16LE
    } else if bytes.starts_with(b"\xFE\xFF") || (wide && zeros(0) > 8 && zeros(1) == 0) {
        UTF_16BE
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    } else {
        GB18030
    };
    let (text, _, broken) = encoding.decode(bytes);
    if broken || text.contains('\0') { Err(not_text()) } else { Ok(text) }
}

fn not_text() -> crate::error::Error {
    refused(
        "unreadable",
        "无法识别文件的编码。请另存为 UTF-8 或 GB18030 的 CSV，或 .xlsx 后再导入。",
        "The file's encoding is not recognised. Save it as CSV in UTF-8 or GB18030, or as .xlsx.",
    )
}

fn too_many() -> crate::error::Error {
    refused(
        "too_many_rows",
        format!("一个文件最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列、{MOST_CELLS} 个单元格，请拆分后导入。"),
        format!("A file may have {MOST_ROWS} rows, {MOST_COLUMNS} columns and {MOST_CELLS} cells at most; split it."),
    )
}

/// Cells without outer blanks, tabs and marks that spreadsheets and banks put around them.
pub fn tidy(cell: &str) -> String {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{3000}')).to_owned()
}

fn separated(text: &str) -> Result<Sheet> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut cells = 0;
    for record in reader.records() {
        let record = record.map_err(|_| not_text())?;
        let number = record.position().map_or(0, csv::Position::line);
        let mut row: Vec<String> = record.iter().map(tidy).collect();
        while row.last().is_some_and(String::is_empty) {
            row.pop();
        }
        cells += row.len();
        if sheet.rows.len() >= MOST_ROWS || row.len() > MOST_COLUMNS || cells > MOST_CELLS {
            return Err(too_many());
        }
        sheet.rows.push(Row { number, cells: row });
    }
    Ok(sheet)
}

/// The separator that divides most lines into the same number of parts.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(60).collect();
    let score = |d: char| lines.iter().map(|l| l.matches(d).count()).max().unwrap_or(0);
    [(b'\t', '\t'), (b'|', '|'), (b';', ';'), (b',', ',')]
        .into_iter()
        // Tabs also pad the cells of comma-separated statements: where counts are equal, the comma it is.
        .max_by_key(|(b, c)| score(*c) * 2 + usize::from(*b == b','))
        .map_or(b',', |(b, _)| b)
}

fn broken_workbook() -> crate::error::Error {
    refused(
        "unreadable",
        "这个 Excel 文件无法读取，可能已损坏或有密码。请另存为新的 .xlsx 后再导入。",
        "This workbook cannot be read; it may be damaged or have a password. Save it as a new .xlsx.",
    )
}

fn workbook(bytes: &[u8]) -> Result<Vec<Sheet>> {
    let broken = broken_workbook;
    let bomb =
        || refused("archive_bomb", "这个文件解压后过大，已拒绝。请拆分后导入。", "This file unpacks to far more than it should and is refused. Split it.");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if archive.len() > 5_000 {
        return Err(broken());
    }
    let mut left = MOST_UNPACKED;
    for i in 0..archive.len() {
        let entry = archive.by_index(i).map_err(|_| broken())?;
        let strings = entry.name().is_ok_and(|name| name.ends_with("sharedStrings.xml"));
        let most = left.min(200 * entry.compressed_size().max(5_000)).min(if strings { MOST_STRINGS } else { u64::MAX });
        // What the archive says of its own sizes may be a lie, so it is unpacked once into nothing and counted.
        let unpacked = std::io::copy(&mut entry.take(most + 1), &mut std::io::sink()).map_err(|_| broken())?;
        if unpacked > most {
            return Err(bomb());
        }
        left -= unpacked;
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let mut sheets = Vec::new();
    let (mut cells, mut held) = (0, 0);
    for name in book.sheet_names() {
        // Cell by cell: one cell at the far corner must not make a table of the whole plane.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        let mut sheet = Sheet { name: tidy(&name), rows: Vec::new() };
        while let Some(cell) = reader.next_cell().map_err(|_| broken())? {
            let (row, column) = cell.get_position();
            let text = cell_text(cell.get_value());
            if text.is_empty() {
                continue;
            }
            let column = column as usize;
            held += text.len();
            if column >= MOST_COLUMNS {
                return Err(too_many());
            }
            if held > MOST_TEXT {
                return Err(bomb());
            }
            let number = u64::from(row) + 1;
            if sheet.rows.last().is_none_or(|r: &Row| r.number != number) {
                if sheet.rows.len() >= MOST_ROWS {
                    return Err(too_many());
                }
                sheet.rows.push(Row { number, cells: Vec::new() });
            }
            if let Some(last) = sheet.rows.last_mut() {
                if last.cells.len() <= column {
                    // The empty ones before it take room too.
                    cells += column + 1 - last.cells.len();
                    if cells > MOST_CELLS {
                        return Err(too_many());
                    }
                    last.cells.resize(column + 1, String::new());
                }
                last.cells[column] = text;
            }
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn cell_text(value: &DataRef<'_>) -> String {
    let text = match value {
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => tidy(s),
        DataRef::SharedString(s) => tidy(s),
        DataRef::Int(i) => i.to_string(),
        // The shortest text that means this number: 28.16 stays 28.16.
        DataRef::Float(f) => f.to_string(),
        DataRef::Bool(b) => b.to_string(),
        DataRef::DateTime(d) if d.is_duration() => d.as_f64().to_string(),
        DataRef::DateTime(d) => {
            let (year, month, day, hour, minute, second, _) = d.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        DataRef::Error(_) | DataRef::Empty => String::new(),
    };
    if text.chars().count() > MOST_CELL_CHARS { text.chars().take(MOST_CELL_CHARS).collect() } else { text }
}

fn json(text: &str) -> Result<Content> {
    let bad = |e: &serde_json::Error| {
        refused(
            "malformed_json",
            format!("第 {} 行不是合法的 JSON。请检查后重新导入。", e.line()),
            format!("Line {} is not JSON. Check it and import again.", e.line()),
        )
    };
    if text.trim_start().starts_with('[') {
        let items: Vec<&serde_json::value::RawValue> = serde_json::from_str(text).map_err(|e| bad(&e))?;
        if items.len() > MOST_EVENTS || items.iter().any(|item| too_heavy(item)) {
            return Err(too_many());
        }
        return Ok(Content::Json(items.into_iter().zip(1..).map(|(v, n)| (n, v.get().to_owned())).collect()));
    }
    let mut items = Vec::new();
    // One object, or one a line (NDJSON); an object may also run over several lines.
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<&serde_json::value::RawValue>();
    let mut line = 1;
    let mut seen = 0;
    while let Some(item) = stream.next() {
        let item = item.map_err(|e| bad(&e))?;
        let start = stream.byte_offset() - item.get().len();
        line += text.as_bytes()[seen..start].iter().filter(|b| **b == b'\n').count() as u64;
        seen = start;
        if items.len() >= MOST_EVENTS || too_heavy(item) {
            return Err(too_many());
        }
        items.push((line, item.get().to_owned()));
    }
    Ok(Content::Json(items))
}

/// One item of so many values that reading it would take gigabytes.
fn too_heavy(item: &serde_json::value::RawValue) -> bool {
    item.get().len() > http::MOST_VALUES && http::weigh(item.get().as_bytes()).values > http::MOST_VALUES
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let words = "客户名称,负责人\n恒达建材,周启明\n";
        let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [&b"\xFF\xFE"[..], &utf16].concat();
        for bytes in [words.as_bytes().to_vec(), [b"\xEF\xBB\xBF", words.as_bytes()].concat(), GB18030.encode(words).0.into_owned(), marked] {
            assert_eq!(decode(&bytes).unwrap().trim_start_matches('\u{feff}'), words);
        }
        assert!(decode(b"\x80\x81\xff\xff\x00\x01").is_err());
    }

    #[test]
    fn separators_are_found() {
        assert_eq!(delimiter("a,b,c\n1,2,3"), b',');
        assert_eq!(delimiter("a;b;c\n1,0;2;3"), b';');
        assert_eq!(delimiter("a\tb\tc\n1\t2\t3"), b'\t');
        assert_eq!(delimiter("x,\"y \t\",\"z \t\"\n"), b',');
    }

    #[test]
    fn json_lines_keep_their_numbers() {
        let Content::Json(items) = read(b"{\"a\":1}\n\n{\"a\":2}\n").unwrap() else { panic!() };
        assert_eq!(items.iter().map(|i| i.0).collect::<Vec<_>>(), [1, 3]);
    }
}
