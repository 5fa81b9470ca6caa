//! Sheets the company gives out: one sheet, a line that says who took it when and why, and cells that no spreadsheet
//! program will run. What is *not* here: who may have one, and what stands in it.

use crate::error::Result;
use rust_xlsxwriter::{Color, Format, Workbook};

pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub struct Sheet {
    pub name: &'static str,
    /// The watermark: stands above the header and in the file's properties.
    pub mark: String,
    /// Header and width in characters.
    pub columns: Vec<(String, f64)>,
    pub rows: Vec<Vec<Option<String>>>,
    /// The number of what was given out: with each row's own it stands in a hidden last column, so that a part cut out of
    /// the file still says where it is from.
    pub id: Option<String>,
}

/// A text that stays a text when the cell is saved as CSV and opened again: a leading sign that a program would take for
/// a formula gets an apostrophe before it.
pub fn inert(text: &str) -> String {
    let first = text.trim_start().chars().next();
    if matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')) || text.starts_with(['\t', '\r', '\n']) {
        return format!("'{text}");
    }
    // Excel holds no more in a cell.
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(32_000).collect()
}

const ID_COLUMN: &str = "_probity";

fn row_id(id: &str, n: usize) -> String {
    format!("{id}/{}", n + 1)
}

/// The same as CSV, which has neither head, foot nor hidden columns: the mark stands in the first line and the last.
pub fn csv(sheet: &Sheet) -> Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::from("\u{feff}".as_bytes()));
    let mark = inert(&sheet.mark);
    out.write_record([&mark]).map_err(anyhow::Error::new)?;
    let own = sheet.id.as_ref().map(|_| ID_COLUMN.to_owned());
    out.write_record(sheet.columns.iter().map(|(title, _)| title.clone()).chain(own)).map_err(anyhow::Error::new)?;
    for (n, row) in sheet.rows.iter().enumerate() {
        let own = sheet.id.as_ref().map(|id| row_id(id, n));
        out.write_record(row.iter().map(|cell| cell.as_deref().map(inert).unwrap_or_default()).chain(own)).map_err(anyhow::Error::new)?;
    }
    out.write_record([&mark]).map_err(anyhow::Error::new)?;
    Ok(out.into_inner().map_err(|e| anyhow::anyhow!("writing CSV: {e}"))?)
}

/// The workbook as bytes.
pub fn write(sheet: &Sheet) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let properties = rust_xlsxwriter::DocProperties::new().set_comment(&sheet.mark);
    book.set_properties(&properties);
    let (head, faint) = (Format::new().set_bold(), Format::new().set_font_color(Color::Gray));
    let page = book.add_worksheet();
    page.set_name(sheet.name).map_err(anyhow::Error::new)?;
    // An ampersand begins a code in heads and feet, and they hold 255 characters.
    let line: String = sheet.mark.replace('&', "&&").chars().take(240).collect();
    page.set_header(format!("&L{line}"));
    page.set_footer(format!("&L{line}&R&P/&N"));
    page.write_string_with_format(0, 0, inert(&sheet.mark), &faint).map_err(anyhow::Error::new)?;
    for (i, (title, width)) in sheet.columns.iter().enumerate() {
        let column = u16::try_from(i).unwrap_or(u16::MAX);
        page.write_string_with_format(1, column, title, &head).map_err(anyhow::Error::new)?;
        page.set_column_width(column, *width).map_err(anyhow::Error::new)?;
    }
    page.set_freeze_panes(2, 0).map_err(anyhow::Error::new)?;
    let hidden = u16::try_from(sheet.columns.len()).unwrap_or(u16::MAX);
    if sheet.id.is_some() {
        page.write_string(1, hidden, ID_COLUMN).map_err(anyhow::Error::new)?;
        page.set_column_hidden(hidden).map_err(anyhow::Error::new)?;
    }
    for (n, row) in sheet.rows.iter().enumerate() {
        let line = u32::try_from(n).unwrap_or(u32::MAX).saturating_add(2);
        for (i, cell) in row.iter().enumerate() {
            if let Some(text) = cell {
                page.write_string(line, u16::try_from(i).unwrap_or(u16::MAX), inert(text)).map_err(anyhow::Error::new)?;
            }
        }
        if let Some(id) = &sheet.id {
            page.write_string(line, hidden, row_id(id, n)).map_err(anyhow::Error::new)?;
        }
    }
    Ok(book.save_to_buffer().map_err(anyhow::Error::new)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::Reader;

    #[test]
    fn no_cell_is_a_formula_and_the_mark_stands_on_top() {
        let rows =
            vec![vec![Some("=HYPERLINK(\"http://x\")".to_owned()), Some("+86 139".to_owned()), None], vec![Some("张三".into()), None, Some("a\u{7}b".into())]];
        let columns = ["姓名", "手机", "备注"].map(|t| (t.to_owned(), 12.0)).to_vec();
        let bytes = write(&Sheet { name: "花名册", mark: "导出人 人事甲".into(), columns, rows, id: None }).expect("a workbook");
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("it opens");
        let range = book.worksheet_range("花名册").expect("a sheet");
        let text = |r, c| range.get_value((r, c)).map(ToString::to_string).unwrap_or_default();
        assert_eq!((text(0, 0).as_str(), text(1, 1).as_str()), ("导出人 人事甲", "手机"));
        assert_eq!((text(2, 0).as_str(), text(2, 1).as_str()), ("'=HYPERLINK(\"http://x\")", "'+86 139"));
        assert_eq!((text(3, 0).as_str(), text(3, 2).as_str()), ("张三", "ab"));
        let formulas = book.worksheet_formula("花名册").expect("a sheet");
        assert!(formulas.used_cells().all(|(_, _, f)| f.is_empty()));
    }
}
