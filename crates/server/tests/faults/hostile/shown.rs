//! Text that would be a program elsewhere: script in a chat, formulas in cells, markup in names. Here it stays text:
//! in answers, in the package's catalogue, its verifier page and its documents. (That the pages draw it as text is
//! held by `web/e2e/hostile.test.ts`, in a browser.)
#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{
    flipped::download,
    server::{Place, engines},
    table::Line,
    traffic::register,
};
use serde_json::json;
use std::io::Read;

const SCRIPT: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
const FORMULA: &str = "=HYPERLINK(\"http://evil.example\",\"点这里\")";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_stays_text() {
    for engine in engines() {
        let mut line = Line::new("script and formulas in records", engine);
        let place = Place::new(engine).await;
        let server = place.start();
        place.make_token();
        register(&place).await;
        let ids = [FORMULA, "@SUM(1+1)*cmd|' /C calc'!A0", "+1+1", "-2+3", SCRIPT, "普通"];
        let events: Vec<_> = ids
            .iter()
            .map(|id| {
                json!({ "specversion": "1.0", "id": id, "source": "/faults/main", "type": "message.sent", "time": "2026-03-01T00:00:00Z",
                    "data": { "channel": "wecom", "conversation": SCRIPT, "from": { "employee": "E1" }, "to": [{ "external": SCRIPT }],
                        "text": format!("{SCRIPT} {FORMULA} #eval(\"typst\") $x$ *b* [[私单]]") } })
            })
            .collect();
        let (status, answer) = place.send(&events).await.unwrap();
        assert_eq!((status, answer["accepted"].as_u64()), (200, Some(ids.len() as u64)), "{answer}");
        let records = answer["ids"].clone();
        let named = json!([{ "specversion": "1.0", "id": "who", "source": "/faults/main", "type": "employee.upserted", "time": "2026-03-01T00:00:00Z",
            "data": { "number": "E1", "name": SCRIPT } }]);
        assert_eq!(place.send(named.as_array().unwrap()).await.unwrap().0, 200);
        let case = place.post("/api/v1/cases", &json!({ "employee": "E1", "title": SCRIPT, "reason": FORMULA, "records": records })).await;
        let case = case["id"].as_str().unwrap().to_owned();
        let asked = place.post(&format!("/api/v1/cases/{case}/packages"), &json!({ "reason": SCRIPT, "redact": {} })).await;
        let package = download(&place, &format!("/api/v1/packages/{}", asked["id"].as_str().unwrap())).await;

        // Answers are JSON and say so; a page that quotes them runs nothing.
        for path in ["/api/v1/employees", "/api/v1/cases", "/nowhere/<script>alert(1)</script>", "/api/v1/records?source=<script>"] {
            let answer = place.request(reqwest::Method::GET, path).send().await.unwrap();
            let headers = answer.headers().clone();
            assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
            let csp = headers["content-security-policy"].to_str().unwrap();
            assert!(csp.contains("script-src 'self'") && !csp.contains("'unsafe-eval'"), "{path}: {csp}");
            assert!(!csp.split(';').any(|part| part.contains("script-src") && part.contains("unsafe")), "{csp}");
            let kind = headers["content-type"].to_str().unwrap().to_owned();
            let text = answer.text().await.unwrap();
            assert!(!kind.starts_with("text/html") || !text.contains("alert(1)"), "{path} quotes script into a page");
        }
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&package)).unwrap();
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        let catalogue = String::from_utf8(read("catalogue.csv")).unwrap();
        let mut cells = 0;
        for record in csv::ReaderBuilder::new().has_headers(false).from_reader(catalogue.trim_start_matches('\u{feff}').as_bytes()).records() {
            for cell in &record.unwrap() {
                cells += 1;
                let first = cell.trim_start().chars().next();
                assert!(!first.is_some_and(|c| "=+-@|%".contains(c)), "a cell that a spreadsheet would compute: {cell}");
            }
        }
        let page = String::from_utf8(read("verifier.html")).unwrap();
        assert!(!page.contains("alert(1)"), "the page carries nothing of the case");
        for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!page.contains(word), "verifier.html uses {word}");
        }
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert!(names.iter().all(|n| !n.contains("..") && !n.starts_with('/') && !n.contains(['<', '>', '=', '\\'])), "{names:?}");
        for name in names.iter().filter(|n| n.ends_with(".pdf")) {
            let mut bytes = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            for word in [&b"/JavaScript"[..], b"/JS", b"/Launch", b"/OpenAction", b"/URI"] {
                assert!(!bytes.windows(word.len()).any(|w| w == word), "{name} has {}", String::from_utf8_lossy(word));
            }
        }
        server.stop();
        place.assert_clean();
        line.rounds = u32::try_from(ids.len()).unwrap();
        line.note(format!("{cells} cells, {} files of a package, 4 answers: inert", names.len()));
    }
}
