//! Uploads: archives that unpack to far more, sheets that are far wider than they look, entities, pictures that are
//! bombs, files that are not what they say.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{assert_refused, assert_sound, gzip_bomb, send};
use crate::{
    server::{Place, engines},
    table::Line,
    traffic::{register, sha256},
};
use reqwest::Method;
use serde_json::json;
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const BOOK_RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;

/// A workbook with one sheet; its XML and its shared strings come in pieces, so that a bomb is never whole here.
pub fn workbook(sheet: impl IntoIterator<Item = String>, strings: impl IntoIterator<Item = String>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, text) in [("[Content_Types].xml", TYPES), ("_rels/.rels", RELS), ("xl/workbook.xml", BOOK), ("xl/_rels/workbook.xml.rels", BOOK_RELS)] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file("xl/sharedStrings.xml", options).unwrap();
    strings.into_iter().for_each(|piece| zip.write_all(piece.as_bytes()).unwrap());
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    sheet.into_iter().for_each(|piece| zip.write_all(piece.as_bytes()).unwrap());
    zip.finish().unwrap().into_inner()
}

fn sheet(rows: impl IntoIterator<Item = String>) -> impl Iterator<Item = String> {
    let head = r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#.to_owned();
    [head].into_iter().chain(rows).chain(["</sheetData></worksheet>".to_owned()])
}

fn strings(items: impl IntoIterator<Item = String>) -> impl Iterator<Item = String> {
    let head = r#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#.to_owned();
    [head].into_iter().chain(items).chain(["</sst>".to_owned()])
}

fn row(number: u32, cells: &str) -> String {
    format!(r#"<row r="{number}">{cells}</row>"#)
}

/// The size an entry claims to have, lowered to one byte in both its headers.
fn lie_about_size(mut zip: Vec<u8>, claimed: u32) -> Vec<u8> {
    for (magic, at) in [(&b"PK\x03\x04"[..], 22), (&b"PK\x01\x02"[..], 24)] {
        let mut from = 0;
        while let Some(found) = zip[from..].windows(4).position(|w| w == magic) {
            let place = from + found;
            let size = u32::from_le_bytes(zip[place + at..place + at + 4].try_into().unwrap());
            if size > 1 << 20 {
                zip[place + at..place + at + 4].copy_from_slice(&claimed.to_le_bytes());
            }
            from = place + 4;
        }
    }
    zip
}

/// Files for an import that must be refused in words, whatever they are.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let spaces = |mib: usize| std::iter::repeat_n(" ".repeat(1 << 20), mib);
    let cell = |column: &str, number: u32| format!(r#"<c r="{column}{number}" t="s"><v>0</v></c>"#);
    let long = "长".repeat(30_000);
    vec![
        ("a sheet of 3 GiB of nothing", workbook(sheet(spaces(3072)), strings([]))),
        ("the same, lying about its size", lie_about_size(workbook(sheet(spaces(3072)), strings([])), 4000)),
        ("one long text in 300,000 cells", {
            let rows = (1..=600).map(|n| row(n, &(0..500).map(|i| cell(&column(i), n)).collect::<String>()));
            workbook(sheet(rows), strings([format!("<si><t>{long}</t></si>")]))
        }),
        ("150,000 rows of one cell at the far right", {
            let rows = (1..=150_000).map(|n| row(n, &format!(r#"<c r="{}{n}"><v>1</v></c>"#, column(499))));
            workbook(sheet(rows), strings([]))
        }),
        ("a cell in column XFD", workbook(sheet([row(1, r#"<c r="XFD1"><v>1</v></c>"#)]), strings([]))),
        ("a cell that is nowhere", workbook(sheet([row(1, r#"<c r="A99999999999"><v>1</v></c>"#)]), strings([]))),
        ("a string that is not there", workbook(sheet([row(1, r#"<c r="A1" t="s"><v>4000000000</v></c>"#)]), strings([]))),
        ("a billion laughs", {
            let lol = (1..10).map(|i| format!("<!ENTITY l{i} \"{}\">", format!("&l{};", i - 1).repeat(10))).collect::<String>();
            let doc = format!(r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><sst><si><t>&l9;</t></si></sst>"#);
            workbook(sheet([row(1, &cell("A", 1))]), [doc])
        }),
        ("an entity from a file", {
            let doc = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><sst><si><t>&f;</t></si></sst>"#.to_owned();
            workbook(sheet([row(1, &cell("A", 1))]), [doc])
        }),
        ("XML that never closes", workbook(["<worksheet><sheetData><row><c r=\"A1\"><v>".to_owned()], strings([]))),
        ("a zip of nothing", b"PK\x03\x04".to_vec()),
        ("a zip cut short", workbook(sheet([row(1, "")]), strings([]))[..200].to_vec()),
        ("an old workbook", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1garbage".to_vec()),
        ("JSON 10^6 deep", "[".repeat(1_000_000).into_bytes()),
        ("objects 10^6 deep", "{\"a\":".repeat(1_000_000).into_bytes()),
        ("bytes of nothing", vec![0xFF; 5000]),
        ("1,000 columns", ["x,"; 1000].concat().into_bytes()),
        ("300,000 rows", "a,b\n".repeat(300_000).into_bytes()),
        ("an empty file", Vec::new()),
    ]
}

/// `0` → `A`, `499` → `SF`.
fn column(mut index: u32) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + u8::try_from(index % 26).unwrap()));
        if index < 26 {
            return name;
        }
        index = index / 26 - 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_to_be_imported() {
    let mut line = Line::new("hostile uploads", "sqlite");
    let place = Place::new("sqlite").await;
    let mut server = place.start();
    place.make_token();
    register(&place).await;
    let (status, _) = place.upload("a.csv", "客户,负责人\nC1,E1\n".as_bytes()).await;
    assert_eq!(status, 201);
    let before = server.memory().0;
    let mut most = before;
    for (what, bytes) in hostile() {
        let answer = place.upload("x.xlsx", &bytes).await;
        if answer.0 == 201 {
            // Read as harmless text: then nothing of another file is in it, and trying it does nothing worse.
            let shown = answer.1.to_string();
            assert!(!shown.contains("root:") && !shown.contains("lollol"), "{what}: {shown}");
            let path = format!("/api/v1/imports/{}/dry-run", answer.1["id"].as_str().unwrap());
            let tried = place.ask(Method::POST, &path, Some(&json!({ "source": "/faults/main", "kind": "customer.lost" }))).await;
            assert!(tried.0 < 500, "{what}: {} {}", tried.0, tried.1);
        } else {
            assert_refused(what, &answer);
        }
        most = most.max(assert_sound(&place, &mut server, before, what).await);
        line.rounds += 1;
    }
    // Known layouts with values nobody has.
    for (what, text) in [
        (
            "times beyond all time",
            r#"{"msgid":"1","action":"send","from":"a","tolist":["b"],"msgtime":9223372036854775807,"msgtype":"text","text":{"content":"x"}}"#,
        ),
        (
            "times before all time",
            r#"{"msgid":"1","action":"send","from":"a","tolist":["b"],"msgtime":-9223372036854775808,"msgtype":"text","text":{"content":"x"}}"#,
        ),
        ("a time that is a word", r#"{"msgid":"1","action":"send","from":"a","tolist":[],"msgtime":"now","msgtype":"text"}"#),
    ] {
        let (status, answer) = place.upload("a.json", text.as_bytes()).await;
        assert_eq!(status, 201, "{what}: {answer}");
        let id = answer["id"].as_str().unwrap();
        let tried = place.ask(Method::POST, &format!("/api/v1/imports/{id}/dry-run"), Some(&json!({ "source": "/faults/main" }))).await;
        assert_eq!(tried.0, 200, "{what}: {}", tried.1);
        let run = place.ask(Method::POST, &format!("/api/v1/imports/{id}/run"), Some(&json!({ "source": "/faults/main" }))).await;
        assert_eq!(run.0, 202, "{what}: {}", run.1);
        line.rounds += 1;
    }
    for broken in [&b""[..], b"--b0unds", b"--b0unds\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc", b"--b0unds\r\n\r\n\r\n--b0unds--"] {
        let answer = send(&place, Method::POST, "/api/v1/imports", &[("content-type", "multipart/form-data; boundary=b0unds")], broken.to_vec()).await;
        assert_refused("a broken form", &answer);
    }
    assert_refused("no form at all", &send(&place, Method::POST, "/api/v1/imports", &[("content-type", "application/json")], b"{}".to_vec()).await);
    assert_refused("too large a form", &place.upload("x.csv", &vec![b'a'; 33 << 20]).await);
    assert_sound(&place, &mut server, before, "all of it").await;
    server.stop();
    place.assert_clean();
    line.note(format!("refused in words or read as inert text; memory {before} MiB, at most {most} MiB"));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_records_name() {
    for engine in engines() {
        let mut line = Line::new("hostile files", engine);
        let place = Place::new(engine).await;
        let mut server = place.start();
        place.make_token();
        let before = server.memory().0;
        // A picture that claims 4 thousand million points is kept as it came: nobody here draws it.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bomb.extend_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 8, 6, 0, 0, 0, 0, 0, 0, 0]);
        let pages: [&[u8]; 5] = [b"<svg onload=alert(1)>", b"<!doctype html><script>alert(1)</script>", b"\x7fELF", b"MZ\x90", b"#!/bin/sh\nrm -rf /"];
        for (what, bytes, status) in [("a picture bomb", bomb, 201), ("a gzip bomb", gzip_bomb(1024), 201), ("nothing", Vec::new(), 201)] {
            let answer = send(&place, Method::PUT, &format!("/api/v1/blobs/{}", sha256(&bytes)), &[], bytes).await;
            assert_eq!(answer.0, status, "{what}: {}", answer.1);
            line.rounds += 1;
        }
        for bytes in pages {
            let answer = send(&place, Method::PUT, &format!("/api/v1/blobs/{}", sha256(bytes)), &[], bytes.to_vec()).await;
            assert_refused("a page or program", &answer);
            line.rounds += 1;
        }
        let too_large = vec![b'a'; (32 << 20) + 1];
        for (what, name, bytes) in [
            ("another digest", "0".repeat(64), b"x".to_vec()),
            ("no digest", "../../keys.json".to_owned(), b"x".to_vec()),
            ("a path", "..%2f..%2fkeys.json".to_owned(), b"x".to_vec()),
            ("upper case", "A".repeat(64), b"x".to_vec()),
            ("too large", sha256(&too_large), too_large),
        ] {
            assert_refused(what, &send(&place, Method::PUT, &format!("/api/v1/blobs/{name}"), &[], bytes).await);
            line.rounds += 1;
        }
        let most = assert_sound(&place, &mut server, before, "files").await;
        server.stop();
        place.assert_clean();
        line.note(format!("pages and programs refused, bombs kept sealed and never unpacked; memory {before} MiB, at most {most} MiB"));
    }
}
