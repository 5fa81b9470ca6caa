#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    Layout, Made,
    plan::{File, Options, Plan},
};
use crate::{
    http::testing::{Answer, TestServer, Visitor, on_each_server},
    intake::tests::register,
    testing::{TestCompany, company_on, on_each_engine},
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The public data beside the project. Where it is named (`PROBITY_SHARED`, as `make test` does when the folder is
/// there) every file has to be in it; else a test that needs it says so and passes.
fn shared(path: &str) -> Option<Vec<u8>> {
    let named = std::env::var_os("PROBITY_SHARED").filter(|v| !v.is_empty());
    let root = named.as_ref().map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let file = root.join("data").join(path);
    match std::fs::read(&file) {
        Ok(bytes) => Some(bytes),
        Err(e) if named.is_some() => panic!("{}: {e}", file.display()),
        Err(_) => {
            eprintln!("skipped: {path} is not here (set PROBITY_SHARED)");
            None
        }
    }
}

fn options(basis: Option<&str>) -> Options {
    Options { source: "/bank/voluntary".into(), basis: basis.map(str::to_owned), employee: basis.map(|_| "E1001".to_owned()), ..Default::default() }
}

struct Rows {
    events: Vec<Value>,
    skipped: Vec<u64>,
    bad: usize,
}

async fn rows(company: &TestCompany, file: &File, options: &Options) -> Rows {
    let plan = Plan::new(&company.company, file, options).await.unwrap();
    let mut out = Rows { events: Vec::new(), skipped: Vec::new(), bad: 0 };
    plan.run(|row, made| {
        match made {
            Made::Event(text) => out.events.push(serde_json::from_str(&text).unwrap()),
            Made::Skipped(_) => out.skipped.push(row),
            Made::Bad(_) => out.bad += 1,
        }
        true
    });
    out
}

/// An entry of a ledger: its day, whom it names, which way the money went and the amounts of its postings in minor units.
#[derive(Debug, Default)]
struct Entry {
    day: String,
    names: Vec<String>,
    direction: Option<&'static str>,
    amounts: Vec<i64>,
}

/// Reads beancount and ledger files; the latter name no direction.
fn ledger(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut in_entry = false;
    for line in text.lines() {
        let day = line.get(..10).map(|d| d.replace('/', "-")).filter(|d| d.parse::<jiff::civil::Date>().is_ok());
        match day {
            Some(day) if line.get(10..13) == Some(" * ") && !line.contains("Open Balance") => {
                // A single stroke is how these statements write “nothing”.
                let named = line.split('"').skip(1).step_by(2).flat_map(str::split_whitespace);
                let names = named.filter(|n| *n != "/").map(str::to_owned).collect();
                entries.push(Entry { day, names, ..Entry::default() });
                in_entry = true;
            }
            Some(_) => in_entry = false,
            None if in_entry => {
                let Some(entry) = entries.last_mut() else { continue };
                match line.trim() {
                    r#"type: "收入""# => entry.direction = Some("in"),
                    r#"type: "支出""# => entry.direction = Some("out"),
                    _ => {}
                }
                let words: Vec<&str> = line.split_whitespace().collect();
                if let Some(at) = words.iter().position(|w| *w == "CNY")
                    && let Some(minor) = words.get(at - 1).and_then(|w| crate::intake::money::minor(w.trim_start_matches('-'), "CNY"))
                {
                    entry.amounts.push(minor);
                }
            }
            None => {}
        }
    }
    entries
}

/// Every entry has a record of its own: of that day, that way, whose amount is the entry's, or the sum of it and its
/// commission, and which bears each name that the entry bears.
fn assert_covers(entries: &[Entry], events: &[Value], file: &str) {
    assert!(!entries.is_empty(), "{file}: no entries were read");
    let mut left: Vec<&Value> = events.iter().map(|e| &e["data"]).collect();
    for entry in entries {
        let mut distinct = entry.amounts.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let whole: i64 = distinct.iter().sum();
        let equal = |data: &&Value| {
            let amount = crate::intake::money::minor(data["amount"]["amount"].as_str().unwrap(), "CNY").unwrap();
            let told = data.to_string();
            data["booked_on"] == entry.day.as_str()
                && (distinct.contains(&amount) || amount == whole)
                && entry.direction.is_none_or(|d| data["direction"] == d)
                && entry.names.iter().all(|name| told.contains(name.as_str()))
        };
        let at = left.iter().position(equal).unwrap_or_else(|| panic!("{file}: {entry:?} has no record among {left:#?}"));
        left.remove(at);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_hold_every_entry_of_their_ledgers() {
    let company = company_on("sqlite").await;
    for (file, layout, outputs, records, skipped) in [
        ("alipay/example-alipay-records.csv", Layout::Alipay, "alipay/example-alipay-output", 9, 1),
        ("wechat/example-wechat-records.csv", Layout::Wechat, "wechat/example-wechat-output", 27, 0),
        ("wechat/example-wechat-records.xlsx", Layout::Wechat, "wechat/example-wechat-output", 27, 0),
        ("icbc/debit-v1/example-icbc-debit-v1-records.csv", Layout::Icbc, "icbc/debit-v1/example-icbc-debit-v1-output", 11, 0),
        ("icbc/debit-v2/example-icbc-debit-v2-records.csv", Layout::Icbc, "icbc/debit-v2/example-icbc-debit-v2-output", 11, 0),
        ("icbc/credit/example-icbc-credit-records.csv", Layout::IcbcCredit, "icbc/credit/example-icbc-credit-output", 9, 0),
    ] {
        let Some(bytes) = shared(&format!("fin_statements/{file}")) else { return };
        let read = File::read(&bytes).unwrap();
        assert_eq!(read.layout, Some(layout), "{file}");
        let made = rows(&company, &read, &options(Some("voluntary_submission"))).await;
        assert_eq!((made.events.len(), made.skipped.len(), made.bad), (records, skipped, 0), "{file}");
        for extension in ["beancount", "ledger"] {
            let text = shared(&format!("fin_statements/{outputs}.{extension}")).unwrap();
            assert_covers(&ledger(&String::from_utf8(text).unwrap()), &made.events, file);
        }
        let mut ids: Vec<&str> = made.events.iter().map(|e| e["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), records, "{file}: a row's id is its own");
        let kind = crate::intake::kinds::find("transfer.booked").unwrap();
        for event in &made.events {
            assert_eq!(kind.check(event["data"].as_object().unwrap(), "/data"), [], "{file}: {event}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_archive_and_the_orders_arrive_whole() {
    let company = company_on("sqlite").await;
    let Some(bytes) = shared("im_callback_vectors/wecom_archive_messages.json") else { return };
    let file = File::read(&bytes).unwrap();
    assert_eq!(file.layout, Some(Layout::WecomArchive));
    let made = rows(&company, &file, &options(None)).await;
    assert_eq!((made.events.len(), made.skipped.len()), (30, 0));
    let text = made.events.iter().find(|e| e["data"]["msgtype"] == "text").unwrap();
    assert!(text["data"]["text"].as_str().unwrap().contains("引用/回复") && text["data"]["raw"].is_null());
    assert!(made.events.iter().filter(|e| e["data"]["msgtype"] != "text").all(|e| e["data"]["raw"].is_object()));
    let kind = crate::intake::kinds::find("message.sent").unwrap();
    for event in &made.events {
        assert_eq!(kind.check(event["data"].as_object().unwrap(), "/data"), [], "{event}");
    }

    let Some(bytes) = shared("crm_northwind/orders_extracted.csv") else { return };
    let file = File::read(&bytes).unwrap();
    assert_eq!(file.layout, Some(Layout::Northwind));
    let made = rows(&company, &file, &options(None)).await;
    assert_eq!((made.events.len(), made.skipped.len()), (830, 0));
    assert_eq!(made.events[0]["time"], "1996-07-04T00:00:00+08:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_needs_a_basis_and_an_owner() {
    let company = company_on("sqlite").await;
    let sheet = "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n2026-03-09 10:00:00,转账,鼎新,咨询费,收入,¥8600.00,零钱,已存入零钱,1,2,/\n2026-03-09 10:00:00,转账,鼎新,咨询费,收入,¥8600.00,零钱,已存入零钱,1,2,/\n";
    let file = File::read(sheet.as_bytes()).unwrap();
    for (options, code) in [
        (options(None), "basis_missing"),
        (Options { source: "/b".into(), basis: Some("court_order".into()), ..Default::default() }, "employee_missing"),
        (Options::default(), "source_missing"),
    ] {
        let Err(crate::error::Error::Problem(p)) = Plan::new(&company.company, &file, &options).await.map(|_| ()) else { panic!("{code}") };
        assert_eq!(p.code, code);
    }
    // Twice the same row is two payments.
    let made = rows(&company, &file, &options(Some("voluntary_submission"))).await;
    assert_eq!(made.events.len(), 2);
    assert_ne!(made.events[0]["id"], made.events[1]["id"]);
    assert_eq!(made.events[0]["data"]["counterparty"]["name"], "鼎新");
}

pub(crate) async fn upload(caller: &Visitor<'_>, name: &str, bytes: Vec<u8>) -> Answer {
    let boundary = "XbX";
    let mut body =
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
            .into_bytes();
    body.extend(bytes);
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    let request =
        caller.request(reqwest::Method::POST, "/api/v1/imports").header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body);
    Answer::of(request.send().await.unwrap()).await
}

pub(crate) async fn until_done(caller: &Visitor<'_>, id: &str) -> Value {
    for _ in 0..200 {
        let now = caller.get(&format!("/api/v1/imports/{id}")).await.ok(200);
        if now["status"] != "running" {
            return now;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the import never ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_mapped_tried_dry_and_run_twice() {
    on_each_server(|server: TestServer| async move {
        let admin = server.with(&["admin", "ingest", "read"]).await;
        register(&admin, "/crm/import", &["customer.*"]).await;
        let table = "客户编号,客户名称,客户级别,合作开始,手机\nC1,恒达建材,重点,2021/6/1,13800000000\nC2,=1+1,普通,昨天,\nC3,,普通,2020-01-01,\n";
        let about = upload(&admin, "客户.csv", encoding_rs::GB18030.encode(table).0.into_owned()).await.ok(201);
        assert_eq!((&about["layout"], &about["kind"]), (&Value::Null, &json!("customer.upserted")));
        assert_eq!(about["mapping"]["客户名称"], "data.name");
        assert_eq!(about["sheets"][0]["rows"], 3);
        let id = about["id"].as_str().unwrap();
        let body = json!({"source":"/crm/import","kind":"customer.upserted","sheet":"","mapping":about["mapping"]});
        let dry = admin.post(&format!("/api/v1/imports/{id}/dry-run"), &body).await.ok(200);
        assert_eq!((&dry["total"], &dry["good"]), (&json!(3), &json!(1)));
        assert_eq!((&dry["errors"][0]["row"], &dry["errors"][0]["column"], &dry["errors"][0]["value"]), (&json!(3), &json!("合作开始"), &json!("昨天")));
        assert_eq!((&dry["errors"][1]["row"], &dry["errors"][1]["column"]), (&json!(4), &json!("客户名称")));
        let started = admin.post(&format!("/api/v1/imports/{id}/run"), &body).await.ok(202);
        assert_eq!(started["status"], "running");
        let done = until_done(&admin, id).await;
        assert_eq!((&done["status"], &done["accepted"], &done["skipped"]), (&json!("done"), &json!(1), &json!(2)), "{done}");
        assert_eq!(admin.get("/api/v1/customers/C1").await.ok(200)["tier"], "high_value");
        admin.post(&format!("/api/v1/imports/{id}/run"), &body).await.ok(202);
        let done = until_done(&admin, id).await;
        assert_eq!((&done["accepted"], &done["duplicates"]), (&json!(0), &json!(1)));
        assert_eq!(upload(&admin, "x.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....".to_vec()).await.problem(422), "old_excel");
        assert_eq!(upload(&admin, "x.xlsx", b"PK\x03\x04 no".to_vec()).await.problem(422), "unreadable");
        assert_eq!(upload(&admin, "x.json", b"{\"a\":[".to_vec()).await.problem(422), "malformed_json");
        assert_eq!(admin.delete(&format!("/api/v1/imports/{id}")).await.status, 204);
    })
    .await;
}

/// A workbook whose sheet unpacks a thousandfold, and one with a cell at the far corner of the plane.
#[test]
fn workbooks_that_would_fill_the_memory_are_refused() {
    use std::{fmt::Write as _, io::Write};
    let pack_with = |sheet: &[u8], shared: Option<&[u8]>| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in [
            ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.as_bytes()),
            ("_rels/.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
            ("xl/workbook.xml", br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#),
            ("xl/_rels/workbook.xml.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#),
            ("xl/worksheets/sheet1.xml", sheet),
        ]
        .into_iter()
        .chain(shared.map(|text| ("xl/sharedStrings.xml", text)))
        {
            zip.start_file(name, options).unwrap();
            zip.write_all(text).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let pack = |sheet: &[u8]| pack_with(sheet, None);
    let code = |bytes: &[u8]| match File::read(bytes) {
        Err(crate::error::Error::Problem(p)) => p.code,
        Err(_) => "internal",
        Ok(_) => "read",
    };
    // One filled cell far to the right in each row is five hundred cells in memory.
    let mut wide = String::from(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#);
    for row in 1..=8_100 {
        write!(wide, r#"<row r="{row}"><c r="SF{row}"><v>{row}</v></c></row>"#).unwrap();
    }
    assert_eq!(code(&pack((wide.clone() + "</sheetData></worksheet>").as_bytes())), "too_many_rows");
    // A long text that is written once and shown five thousand times.
    let mut long = String::from(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#);
    for row in 1..=5_000 {
        write!(long, r#"<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>"#).unwrap();
    }
    let text = "字".repeat(30_000);
    let shared = format!(r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>{text}</t></si></sst>"#);
    assert_eq!(code(&pack_with((long + "</sheetData></worksheet>").as_bytes(), Some(shared.as_bytes()))), "archive_bomb");
    let bomb = pack(&vec![b' '; 64 << 20]);
    assert_eq!(code(&bomb), "archive_bomb");
    let far = br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>"#;
    assert_eq!(code(&pack(far)), "too_many_rows");
    let fine = br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>"#;
    assert_eq!(code(&pack(fine)), "read");
}

/// An import as it is while its job works.
pub(crate) async fn running(t: &TestCompany, id: &str) {
    let row = super::model::import::Model {
        id: id.into(),
        name: "x.csv".into(),
        about: String::new(),
        status: "running".into(),
        options: None,
        actor: None,
        total: 0,
        done: 0,
        accepted: 0,
        duplicates: 0,
        quarantined: 0,
        skipped: 0,
        error_zh: None,
        error_en: None,
        created_at: 0,
        created_by: "test".into(),
        expires_at: 1,
    };
    let tx = t.store.write().await.unwrap();
    super::model::import::Entity::insert(super::model::import::ActiveModel::from(row)).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// One that outlives its time while it runs is left alone, and is not looked at again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_import_is_left_until_it_has_ended() {
    use crate::jobs::model::job;
    on_each_engine(|t| async move {
        running(&t, "i1").await;
        super::run_expire(t.company.clone(), Value::Null).await.unwrap();
        let next = job::Entity::find().all(t.store.read()).await.unwrap().remove(0);
        assert!(next.run_at - t.now() > 30 * 60 * 1_000_000, "{}", next.run_at - t.now());
        super::run::run_given_up(t.company.clone(), json!({ "id": "i1" })).await.unwrap();
        assert_eq!(super::run::find(&t, "i1").await.unwrap().status, "failed");
        super::run_expire(t.company.clone(), Value::Null).await.unwrap();
        assert!(super::run::find(&t, "i1").await.is_err(), "its time was over");
    })
    .await;
}

#[test]
fn a_time_beyond_all_times_is_no_time() {
    let mut archive = super::events::Archive::new(std::collections::HashMap::new());
    for time in ["9223372036854775807", "99999999999999999", "-9223372036854775808", "900000000000000000"] {
        let text = format!(r#"{{"msgid":"{time}","action":"send","from":"a","tolist":["b"],"msgtype":"text","text":{{"content":"x"}},"msgtime":{time}}}"#);
        assert!(archive.read(&text).is_err(), "{time}");
    }
    let fine = r#"{"msgid":"1","action":"send","from":"a","tolist":["b"],"msgtype":"text","text":{"content":"x"},"msgtime":1772420460000}"#;
    assert_eq!(archive.read(fine).unwrap().1, 1_772_420_460_000_000);
}

/// 花名册 as people keep it: a superior by name, a birthday that is no time, identity numbers that have no place here.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_employees_is_read_with_its_usual_headers() {
    let text = "\u{feff}序号,工号,姓名,性别,所属部门,岗位名称,职级,直属上级,入职时间,试用期至,转正日期,员工状态,手机号码,身份证号码,出生日期,合同到期日期\n\
        1,E1,周启明,男,销售部,总监,P9,,2015/3/1,,2015-06-01,正式,13900000001,310101198001011234,1980-01-01,2027-02-28\n\
        2,E2,陈晓,女,销售部/华东区,经理,P7,周启明,2019年7月1日,2019-10-01,,在职,13900000002,,1990-05-05,\n\
        3,E3,李雷,男,销售部/华东区,专员,P5,E2,2026-11-01,2027-01-31,,试用期,13900000003；02188880000,,,\n\
        4,E4,李雷,男,销售部/华东区,专员,P5,陈晓,2020-02-02,,,已离职,,,,\n\
        5,E5,韩梅,女,市场部,专员,P5,李雷,2020-02-02,,,在职,,,,\n\
        6,E6,马云飞,男,市场部,专员,P5,王二,2020-02-02,,,在职,,,,\n";
    let t = company_on("sqlite").await;
    let file = File::read(text.as_bytes()).unwrap();
    assert_eq!(file.kind.as_deref(), Some("employee.upserted"));
    let mapping = file.guess();
    for (header, path) in [
        ("工号", "data.number"),
        ("姓名", "data.name"),
        ("所属部门", "data.department"),
        ("岗位名称", "data.title"),
        ("职级", "data.grade"),
        ("直属上级", "data.manager"),
        ("入职时间", "data.hired_on"),
        ("试用期至", "data.probation_until"),
        ("员工状态", "data.status"),
        ("手机号码", "data.phones"),
    ] {
        assert_eq!(mapping.get(header).map(String::as_str), Some(path), "{header}");
    }
    for header in ["序号", "性别", "转正日期", "身份证号码", "出生日期", "合同到期日期"] {
        assert_eq!(mapping.get(header), None, "{header}");
    }
    let options = Options { source: "/hr/list".into(), ..Default::default() };
    let plan = Plan::new(&t.company, &file, &options).await.unwrap();
    let (mut events, mut bad) = (Vec::<Value>::new(), Vec::new());
    plan.run(|row, made| {
        match made {
            Made::Event(text) => events.push(serde_json::from_str(&text).unwrap()),
            Made::Skipped(_) => panic!("row {row} was skipped"),
            Made::Bad(cells) => bad.extend(cells.into_iter().map(|c| (c.column, c.value))),
        }
        true
    });
    let of = |i: usize, member: &str| events[i]["data"][member].clone();
    assert_eq!((of(1, "manager"), of(1, "hired_on"), of(1, "status")), (json!("E1"), json!("2019-07-01"), json!("active")));
    assert_eq!((of(2, "manager"), of(2, "status"), of(2, "probation_until")), (json!("E2"), json!("active"), json!("2027-01-31")));
    assert_eq!((of(2, "phones"), of(3, "status"), of(3, "manager")), (json!(["13900000003", "02188880000"]), json!("left"), json!("E2")));
    // Two are called 李雷, and nobody 王二: each named as a bad cell, none guessed.
    assert_eq!(bad, [("直属上级".to_owned(), "李雷".to_owned()), ("直属上级".to_owned(), "王二".to_owned())]);
    assert!(!Value::from(events).to_string().contains("310101198001011234"));
}
