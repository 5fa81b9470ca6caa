//! 电子数据证据清单 as data: one row an item, and its CSV form. The PDF is typeset elsewhere from the same rows.

use serde::{Deserialize, Serialize};

/// The fields of LAW.md T10.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub number: u64,
    pub record: String,
    /// 证据名称
    pub name: String,
    /// 种类
    pub kind: String,
    /// 来源
    pub source: String,
    /// 原件／复制件
    pub original: String,
    /// 载体与形式
    pub form: String,
    /// 发生时间
    pub at: String,
    /// 固定时间: when the product learned of it and fixed it
    pub received_at: String,
    /// Hex SHA-256 of the log entry's members (the leaf without its version byte).
    pub sha256: String,
    /// Hex SM3 (GB/T 32905) of the item's file in the package.
    pub sm3: String,
    /// 可信时间戳
    pub stamp: String,
    /// 存证位置 in the log
    pub index: u64,
    /// 采集人／提交人
    pub collector: String,
    /// 证明目的
    pub proves: String,
    /// 可采性等级 A–D
    pub grade: String,
    /// 欠缺
    pub missing: String,
    /// Where the item lies in the package.
    pub file: String,
}

const HEAD: [&str; 20] = [
    "编号 No.",
    "记录 Record",
    "证据名称 Name",
    "种类 Kind",
    "来源 Source",
    "原件/复制件 Original or copy",
    "形式 Form",
    "发生时间 Happened at",
    "固定时间 Fixed at",
    "SHA-256",
    "SM3",
    "时间戳 Time stamp",
    "日志序号 Log index",
    "采集人 Collector",
    "证明目的 Fact to prove",
    "等级 Grade",
    "欠缺 Missing",
    "文件 File",
    "页码 Page",
    "质证意见 Objections",
];

/// The CSV catalogue, with a byte order mark so that Excel reads Chinese. The last two columns are for the
/// parties.
pub fn csv(rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut out = b"\xEF\xBB\xBF".to_vec();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut out);
    writer.write_record(HEAD)?;
    for row in rows {
        let number = row.number.to_string();
        let index = row.index.to_string();
        let cells = [
            number.as_str(),
            &row.record,
            &row.name,
            &row.kind,
            &row.source,
            &row.original,
            &row.form,
            &row.at,
            &row.received_at,
            &row.sha256,
            &row.sm3,
            &row.stamp,
            &index,
            &row.collector,
            &row.proves,
            &row.grade,
            &row.missing,
            &row.file,
            "",
            "",
        ];
        writer.write_record(cells.map(neutral).iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(out)
}

/// A cell that a spreadsheet would run as a formula becomes text: chat is written by other people.
fn neutral(cell: &str) -> std::borrow::Cow<'_, str> {
    let dangerous = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '|' | '%');
    if cell.trim_start().starts_with(dangerous) || cell.starts_with(dangerous) { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text() {
        let row = Row { name: "=HYPERLINK(\"x\")".into(), proves: " +1".into(), kind: "聊天".into(), ..Row::default() };
        let text = String::from_utf8(csv(&[row]).unwrap()).unwrap();
        assert!(text.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{text}");
        assert!(text.contains("' +1"));
        assert!(text.contains(",聊天,"));
    }
}
