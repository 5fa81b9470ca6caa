//! A file and the choices made for it → events, each with an id that is the same when the file comes again.

use super::{
    Layout, Skip, digest,
    events::{self, Archive},
    mapping::{self, Mapping},
    statements,
    superiors::{MANAGER, Superiors},
    table::{self, Content, Row, Sheet},
};
use crate::{
    company::Company,
    error::{Problem, Result},
    intake::kinds,
    people,
    said::Said,
    settings::Settings,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering::Relaxed},
};
use utoipa::ToSchema;

/// A file that was read and, if it is a known layout, recognised.
pub struct File {
    pub layout: Option<Layout>,
    pub kind: Option<String>,
    content: Content,
    /// Where the statement is.
    sheet: usize,
}

/// One sheet as shown before an import.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SheetView {
    pub name: String,
    pub columns: Vec<String>,
    pub rows: usize,
    /// The first rows under the header.
    pub preview: Vec<Vec<String>>,
}

/// The choices made for a file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Options {
    pub source: String,
    pub kind: Option<String>,
    /// Name of the sheet; the first if absent.
    pub sheet: Option<String>,
    /// Column header → `time`, `id` or `data.<member>`.
    #[serde(default)]
    pub mapping: Option<Mapping>,
    /// `company_account`, `voluntary_submission` or `court_order`, for statements.
    pub basis: Option<String>,
    /// Whose statement it is, unless it is the company's.
    pub employee: Option<String>,
    /// The day of a list that names no time, such as `2026-03-31`: as it was on that day. The first of the company's
    /// year if absent, so that the same file is the same records when it comes again.
    #[serde(default)]
    pub as_of: Option<String>,
}

/// What a row becomes.
pub enum Made {
    /// JSON text of an event.
    Event(String),
    Skipped(Skip),
    /// Cells that cannot be what their field is.
    Bad(Vec<BadCell>),
}

#[derive(Debug, Clone)]
pub struct BadCell {
    pub column: String,
    pub value: String,
    pub detail: Said,
}

/// Rows still to be made, with what all of them need.
pub struct Plan<'a> {
    settings: Arc<Settings>,
    file: &'a File,
    options: &'a Options,
    people: HashMap<String, String>,
    kind: Option<&'static kinds::Kind>,
    as_of: String,
    assumed: std::sync::atomic::AtomicBool,
}

fn choose(code: &'static str, zh: &str, en: &str) -> crate::error::Error {
    Problem::new(422, code, zh, en).into()
}

/// The header of a free table among its first rows: the one with most different words and few numbers.
fn header(sheet: &Sheet) -> usize {
    let score = |row: &Row| {
        let words = row.cells.iter().filter(|c| !c.is_empty() && c.parse::<f64>().is_err() && c.chars().count() < 40).count();
        words * 2 - row.cells.iter().filter(|c| c.is_empty()).count().min(words)
    };
    let first: Vec<(usize, usize)> = sheet.rows.iter().take(15).enumerate().map(|(i, r)| (i, score(r))).collect();
    first.iter().max_by_key(|(i, s)| (*s, usize::MAX - i)).map_or(0, |(i, _)| *i)
}

impl File {
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let content = table::read(bytes)?;
        let mut file = Self { layout: None, kind: None, content, sheet: 0 };
        match &file.content {
            Content::Json(items) => {
                file.layout = items.first().and_then(|(_, text)| events::recognise(text));
                if file.layout.is_none() {
                    return Err(choose(
                        "unknown_json",
                        "这个 JSON 既不是 CloudEvents 记录，也不是企业微信会话存档。请按 docs/records.md 的格式整理后再导入。",
                        "This JSON is neither CloudEvents records nor a WeCom archive. Bring it into the form of docs/records.md.",
                    ));
                }
            }
            Content::Sheets(sheets) => {
                if sheets.iter().all(|s| s.rows.is_empty()) {
                    return Err(choose("empty_file", "文件里没有内容。", "There is nothing in this file."));
                }
                // A workbook may hold the same statement twice, once as it came and once converted: the first counts.
                let found = sheets.iter().enumerate().find_map(|(i, s)| Some((i, statements::recognise(s)?.layout)));
                if let Some((i, layout)) = found {
                    file.sheet = i;
                    file.layout = Some(layout);
                } else if sheets[0].rows.first().is_some_and(|r| r.cells.iter().take(5).map(|c| c.to_lowercase()).eq(events::NORTHWIND)) {
                    file.layout = Some(Layout::Northwind);
                } else if let Some(i) = sheets.iter().position(|s| !s.rows.is_empty()) {
                    file.sheet = i;
                }
            }
        }
        file.kind = file.layout.and_then(Layout::kind).map(str::to_owned);
        if file.layout.is_none() {
            file.kind = mapping::likely_kind(&file.columns(None)).map(str::to_owned);
        }
        Ok(file)
    }

    fn sheet(&self, name: Option<&str>) -> Option<&Sheet> {
        let Content::Sheets(sheets) = &self.content else { return None };
        name.and_then(|n| sheets.iter().find(|s| s.name == n)).or_else(|| sheets.get(self.sheet))
    }

    pub fn columns(&self, sheet: Option<&str>) -> Vec<String> {
        self.sheet(sheet).map(|s| s.rows.get(header(s)).map(|r| r.cells.clone()).unwrap_or_default()).unwrap_or_default()
    }

    pub fn views(&self) -> Vec<SheetView> {
        let Content::Sheets(sheets) = &self.content else { return Vec::new() };
        sheets
            .iter()
            .map(|sheet| {
                let (columns, rows) = match statements::recognise(sheet) {
                    Some(s) => (s.columns(), s.rows),
                    None => {
                        let at = header(sheet);
                        (sheet.rows.get(at).map(|r| r.cells.clone()).unwrap_or_default(), sheet.rows.get(at + 1..).unwrap_or_default())
                    }
                };
                SheetView { name: sheet.name.clone(), columns, rows: rows.len(), preview: rows.iter().take(8).map(|r| r.cells.clone()).collect() }
            })
            .collect()
    }

    pub fn guess(&self) -> Mapping {
        match (&self.kind, self.layout) {
            (Some(kind), None) => mapping::guess(kind, &self.columns(None)),
            _ => Mapping::new(),
        }
    }

    /// Rows or items that the import will look at.
    pub fn total(&self, options: &Options) -> usize {
        match &self.content {
            Content::Json(items) => items.len(),
            Content::Sheets(_) => self.rows(options).len(),
        }
    }

    fn rows(&self, options: &Options) -> &[Row] {
        let Some(sheet) = self.sheet(options.sheet.as_deref()) else { return &[] };
        match (self.layout, statements::recognise(sheet)) {
            (Some(l), Some(s)) if l.needs_basis() => s.rows,
            (Some(Layout::Northwind), _) => sheet.rows.get(1..).unwrap_or_default(),
            _ => sheet.rows.get(header(sheet) + 1..).unwrap_or_default(),
        }
    }
}

impl<'a> Plan<'a> {
    /// Checks the choices; what is missing is asked for in a sentence.
    pub async fn new(company: &Company, file: &'a File, options: &'a Options) -> Result<Self> {
        if options.source.trim().is_empty() {
            return Err(choose("source_missing", "请选择数据来源。", "Choose the source the records come from."));
        }
        if file.layout.is_some_and(Layout::needs_basis) {
            match options.basis.as_deref() {
                Some("company_account") => {}
                Some("voluntary_submission" | "court_order") if options.employee.as_deref().is_some_and(|e| !e.trim().is_empty()) => {}
                Some("voluntary_submission" | "court_order") => {
                    return Err(choose("employee_missing", "请填写这份流水是哪位员工的（工号）。", "Say whose statement this is (the employee's number)."));
                }
                _ => {
                    return Err(Problem::new(
                        422,
                        "basis_missing",
                        "这是账户流水。请说明依据：公司账户（company_account）、员工自愿提交（voluntary_submission，须有签字说明）或法院调取（court_order）。员工私人账目没有合法依据不得导入（个人信息保护法第六、二十八条）。",
                        "This is an account statement. Say why the company may hold it: company_account, voluntary_submission (with a signed statement) or court_order. An employee's private books may not be imported without (PIPL articles 6, 28).",
                    )
                    .with_rule("R07")
                    .into());
                }
            }
        }
        let kind = match file.layout {
            Some(_) => None,
            None => {
                let name = options.kind.as_deref().or(file.kind.as_deref()).unwrap_or_default();
                Some(kinds::find(name).ok_or_else(|| choose("kind_missing", "请选择这张表是哪一种记录。", "Choose which kind of record this table holds."))?)
            }
        };
        let people = if file.layout == Some(Layout::WecomArchive) { people::by_account(company.store.read(), "wecom").await? } else { HashMap::new() };
        let as_of = match options.as_of.as_deref().map(str::trim).filter(|d| !d.is_empty()) {
            Some(text) => mapping::day(text)
                .ok_or_else(|| choose("bad_date", "“截至日期”应为日期，例如 2026-03-31。", "The day of the list should be a date, such as 2026-03-31."))?,
            None => format!("{:04}-01-01", company.today().year()),
        };
        Ok(Self::with(company.settings(), as_of, people, file, options, kind))
    }

    /// The plan with all that it needs to know of the company; nothing is asked of a database from here on.
    pub fn with(
        settings: Arc<Settings>,
        as_of: String,
        people: HashMap<String, String>,
        file: &'a File,
        options: &'a Options,
        kind: Option<&'static kinds::Kind>,
    ) -> Self {
        Self { settings, file, options, people, kind, as_of, assumed: false.into() }
    }

    /// Every row with its number and what it becomes, in order; `each` may stop it by answering false.
    pub fn run(&self, mut each: impl FnMut(u64, Made) -> bool) {
        match (&self.file.content, self.file.layout) {
            (Content::Json(items), Some(Layout::Events)) => {
                for (number, text) in items {
                    if !each(*number, Made::Event(text.clone())) {
                        return;
                    }
                }
            }
            (Content::Json(items), _) => {
                let mut archive = Archive::new(self.people.clone());
                for (number, text) in items {
                    let made = match archive.read(text) {
                        Ok((id, at, data)) => self.event(&id, "message.sent", &crate::http::instant(at), data),
                        Err(skip) => Made::Skipped(skip),
                    };
                    if !each(*number, made) {
                        return;
                    }
                }
            }
            (Content::Sheets(_), Some(layout)) if layout.needs_basis() => self.statement(each),
            (Content::Sheets(_), Some(_)) => {
                for row in self.file.rows(self.options).iter().filter(|r| !r.is_blank()) {
                    let made = match events::northwind(row) {
                        Ok((id, day, data)) => match mapping::moment(&self.settings, &day) {
                            Some(time) => self.event(&id, "order.placed", &time, data),
                            None => Made::Skipped(Skip::no_time()),
                        },
                        Err(skip) => Made::Skipped(skip),
                    };
                    if !each(row.number, made) {
                        return;
                    }
                }
            }
            (Content::Sheets(_), None) => self.free(each),
        }
    }

    fn statement(&self, mut each: impl FnMut(u64, Made) -> bool) {
        let Some(sheet) = self.file.sheet(None) else { return };
        let Some(statement) = statements::recognise(sheet) else { return };
        let employee = self.options.employee.as_deref().unwrap_or_default();
        let own = self.options.basis.as_deref() != Some("company_account");
        let mut seen: HashMap<&[String], usize> = HashMap::new();
        for row in statement.rows {
            let Some(read) = statement.read(row) else { continue };
            let made = match read {
                Err(skip) => Made::Skipped(skip),
                Ok(booking) => {
                    let nth = seen.entry(&row.cells).or_insert(0);
                    *nth += 1;
                    let nth = nth.to_string();
                    let mut parts = vec![statement.layout.name(), employee, &statement.account, &nth];
                    parts.extend(row.cells.iter().map(String::as_str));
                    let id = digest(&parts);
                    let mut data = booking.data;
                    match (mapping::day(&booking.time), mapping::moment(&self.settings, &booking.time)) {
                        (Some(day), Some(time)) => {
                            data.insert("booked_on".into(), json!(day));
                            data.insert("basis".into(), json!(self.options.basis));
                            if own && !employee.is_empty() {
                                data.insert("employee".into(), json!(employee));
                            }
                            self.event(&id, "transfer.booked", &time, data)
                        }
                        _ => Made::Skipped(Skip::no_time()),
                    }
                }
            };
            if !each(row.number, made) {
                return;
            }
        }
    }

    fn free(&self, mut each: impl FnMut(u64, Made) -> bool) {
        let Some(kind) = self.kind else { return };
        let columns = self.file.columns(self.options.sheet.as_deref());
        let guessed = mapping::guess(kind.name, &columns);
        let mapping = self.options.mapping.as_ref().filter(|m| !m.is_empty()).unwrap_or(&guessed);
        let mut seen: HashMap<&[String], usize> = HashMap::new();
        let superiors = (kind.name == mapping::ROSTER).then(|| Superiors::of(self.file.rows(self.options), &columns, mapping));
        for row in self.file.rows(self.options).iter().filter(|r| !r.is_blank()) {
            let nth = seen.entry(&row.cells).or_insert(0);
            *nth += 1;
            let nth = nth.to_string();
            let made = self.mapped(kind, mapping, &columns, row, &nth, superiors.as_ref());
            if !each(row.number, made) {
                return;
            }
        }
    }

    fn mapped(&self, kind: &kinds::Kind, mapping: &Mapping, columns: &[String], row: &Row, nth: &str, superiors: Option<&Superiors>) -> Made {
        let mut data = Map::new();
        let mut bad = Vec::new();
        let (mut time, mut id) = (None, None);
        for (i, column) in columns.iter().enumerate() {
            let (Some(path), text) = (mapping.get(column), row.cell(i)) else { continue };
            if text.is_empty() {
                continue;
            }
            let wrong = |detail: Said| BadCell { column: column.clone(), value: text.to_owned(), detail };
            match path.as_str() {
                "id" => id = Some(text.to_owned()),
                "time" => match mapping::moment(&self.settings, text) {
                    Some(t) => time = Some(t),
                    None => bad
                        .push(wrong(Said::new("不是日历上有的时间，应如 2026-03-31 18:00。", "No time of the calendar; it should be like 2026-03-31 18:00."))),
                },
                path => {
                    let text = match superiors.filter(|_| path == MANAGER).map(|s| s.number(text)) {
                        Some(Err(detail)) => {
                            bad.push(wrong(detail));
                            continue;
                        }
                        Some(Ok(number)) => number,
                        None => text,
                    };
                    if let Err(detail) = mapping::put(&self.settings, kind, &mut data, path, text) {
                        bad.push(wrong(detail));
                    }
                }
            }
        }
        for (member, value) in [("basis", &self.options.basis), ("employee", &self.options.employee)] {
            if let Some(value) = value.as_deref().filter(|v| !v.is_empty())
                && !data.contains_key(member)
                && kind.schema["properties"].get(member).is_some()
            {
                data.insert(member.into(), json!(value));
            }
        }
        // A member that could not be read is already named; what is missing besides is named by its field.
        for fault in kind.check(&data, "/data") {
            let path = fault.pointer.trim_start_matches('/').replace('/', ".");
            let named = |p: &str| p == path || path.starts_with(&format!("{p}."));
            let column = mapping.iter().find(|(_, p)| named(p)).map(|(c, _)| c.clone());
            if bad.iter().any(|b| Some(&b.column) == column.as_ref()) {
                continue;
            }
            let value = column.as_ref().and_then(|c| columns.iter().position(|x| x == c)).map_or("", |i| row.cell(i)).to_owned();
            bad.push(BadCell { column: column.unwrap_or(path), value, detail: fault.detail });
        }
        if !bad.is_empty() {
            return Made::Bad(bad);
        }
        let Some(time) = time.or_else(|| mapping::own_time(&self.settings, &data)).or_else(|| {
            self.assumed.store(true, Relaxed);
            mapping::moment(&self.settings, &self.as_of)
        }) else {
            return Made::Skipped(Skip::no_time());
        };
        let id = id.unwrap_or_else(|| {
            let mut parts = vec![kind.name, nth];
            parts.extend(row.cells.iter().map(String::as_str));
            digest(&parts)
        });
        self.event(&id, kind.name, &time, data)
    }

    /// The day that was taken where rows named none; `None` while every row had a time of its own.
    pub fn assumed_day(&self) -> Option<&str> {
        self.assumed.load(Relaxed).then_some(self.as_of.as_str())
    }

    fn event(&self, id: &str, kind: &str, time: &str, data: Map<String, Value>) -> Made {
        let mut event = Map::new();
        event.insert("specversion".into(), json!("1.0"));
        event.insert("id".into(), json!(id));
        event.insert("source".into(), json!(self.options.source));
        event.insert("type".into(), json!(kind));
        event.insert("time".into(), json!(time));
        let whose = if kind == "employee.upserted" { "number" } else { "employee" };
        if let Some(employee) = data.get(whose).filter(|e| e.is_string()) {
            event.insert("subject".into(), employee.clone());
        }
        event.insert("data".into(), Value::Object(data));
        Made::Event(Value::Object(event).to_string())
    }
}
