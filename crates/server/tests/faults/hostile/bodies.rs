//! Bodies: broken JSON, endless nesting, too many bytes, bombs, text that is none.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{assert_refused, assert_sound, gzip, gzip_bomb, send};
use crate::{
    server::{Place, engines},
    table::Line,
    traffic::{event, register},
};
use reqwest::Method;
use serde_json::{Value, json};

const ONE: &str = "application/cloudevents+json";
const MANY: &str = "application/cloudevents-batch+json";

/// Text in the place of one record's `data`.
fn with_data(data: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"h1","source":"/faults/main","type":"customer.lost","time":"2026-03-01T00:00:00Z","data":{{"customer":"C1","x":{data}}}}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_records() {
    for engine in engines() {
        let mut line = Line::new("hostile bodies", engine);
        let place = Place::new(engine).await;
        let mut server = place.start();
        place.make_token();
        register(&place).await;
        let good: Vec<Value> = (0..50).map(|n| event(&format!("g{n}"), n)).collect();
        assert_eq!(place.send(&good).await.unwrap().0, 200);
        let before = server.memory().0;
        let mut tried = 0;

        // Not JSON, or not the JSON that was announced: refused with the place.
        let deep = 1_000_000;
        let nested = "[".repeat(deep) + &"]".repeat(deep);
        let objects = "{\"a\":".repeat(deep) + "1" + &"}".repeat(deep);
        let broken: Vec<(&str, Vec<u8>)> = vec![
            ("nothing", Vec::new()),
            ("an open bracket", b"[".to_vec()),
            ("half a record", b"{\"specversion\":\"1.0\",".to_vec()),
            ("words", b"hello".to_vec()),
            ("a number", b"17".to_vec()),
            ("two values", b"{}{}".to_vec()),
            ("invalid UTF-8", b"{\"id\":\"\xff\xfe\"}".to_vec()),
            ("UTF-8 of a surrogate", b"{\"id\":\"\xed\xa0\x80\"}".to_vec()),
            ("a NUL byte", b"{\"id\":\"\0\"}".to_vec()),
            ("UTF-16", "{\"id\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
            ("10^6 open brackets", "[".repeat(deep).into_bytes()),
            ("10^6 brackets", nested.clone().into_bytes()),
            ("10^6 objects", objects.clone().into_bytes()),
        ];
        for (what, body) in &broken {
            for kind in [ONE, MANY, "application/json"] {
                let answer = send(&place, Method::POST, "/api/v1/records", &[("content-type", kind)], body.clone()).await;
                assert_refused(&format!("{what} as {kind}"), &answer);
                tried += 1;
            }
        }
        assert_refused("a page", &send(&place, Method::POST, "/api/v1/records", &[("content-type", "text/html")], b"<p>".to_vec()).await);

        // JSON, but nobody's record: quarantined or refused, each with its reason, and the good one beside it is kept.
        let inside = [
            ("10^6 deep in data", nested),
            ("10^6 objects deep in data", objects),
            ("200 deep in data", "[".repeat(200) + &"]".repeat(200)),
            ("a lone surrogate", r#""\ud800""#.to_owned()),
            ("a huge exponent", "1e999999999".to_owned()),
            ("a huge number", "9".repeat(400)),
        ];
        for (i, (what, data)) in inside.iter().enumerate() {
            let alone = send(&place, Method::POST, "/api/v1/records", &[("content-type", ONE)], with_data(data).into_bytes()).await;
            assert!(alone.0 == 400 || (alone.0 == 200 && alone.1["quarantined"].as_array().is_some_and(|q| q.len() == 1)), "{what}: {} {}", alone.0, alone.1);
            let batch = format!("[{},{}]", with_data(data), event(&format!("beside-{i}"), 7));
            let (status, answer) = send(&place, Method::POST, "/api/v1/records", &[("content-type", MANY)], batch.into_bytes()).await;
            assert!(
                status == 400 || (status == 200 && answer["accepted"] == 1 && answer["quarantined"][0]["index"] == 0),
                "{what} in a batch: {status} {answer}"
            );
            tried += 2;
        }
        // Strange but harmless: kept as it came, or turned away in words.
        let harmless = [r#""\u0000""#.to_owned(), "1e308".into(), "-0.0".into(), "18446744073709551615".into(), format!("\"{}\"", "长".repeat(1 << 20))];
        for (i, data) in harmless.iter().enumerate() {
            let body = with_data(data).replace("\"h1\"", &format!("\"strange-{i}\""));
            let (status, answer) = send(&place, Method::POST, "/api/v1/records", &[("content-type", ONE)], body.into_bytes()).await;
            assert_eq!(status, 200, "{i}: {answer}");
            tried += 1;
        }
        let twice = r#"{"specversion":"1.0","id":"d1","id":"d2","source":"/faults/main","type":"customer.lost","time":"2026-03-01T00:00:00Z","data":{"customer":"C1","customer":"C2"}}"#;
        let (status, answer) = send(&place, Method::POST, "/api/v1/records", &[("content-type", ONE)], twice.into()).await;
        assert_eq!(status, 200, "{answer}");
        // A NUL or a control character where a name is expected.
        for member in ["id", "subject", "type", "source"] {
            let mut bad = event("n1", 7);
            bad[member] = json!("a\u{0}b");
            let (status, answer) = place.send(&[bad]).await.unwrap();
            assert!(status == 200 && answer["accepted"] == 0, "{member}: {status} {answer}");
            tried += 1;
        }

        // Too much: plain, packed, and packed into almost nothing.
        let mut most = before;
        let big = format!("[{}]", " ".repeat(33 << 20)).into_bytes();
        for (what, headers, body) in [
            ("33 MiB", vec![("content-type", MANY)], big.clone()),
            ("33 MiB as gzip", vec![("content-type", MANY), ("content-encoding", "gzip")], gzip(&big)),
            ("a bomb of 2 GiB", vec![("content-type", MANY), ("content-encoding", "gzip")], gzip_bomb(2048)),
            ("no gzip at all", vec![("content-type", MANY), ("content-encoding", "gzip")], b"[]".to_vec()),
            ("gzip cut short", vec![("content-type", MANY), ("content-encoding", "gzip")], gzip(&big[..1 << 20])[..40].to_vec()),
            ("an unknown encoding", vec![("content-type", MANY), ("content-encoding", "br")], b"[]".to_vec()),
            ("10,001 records", vec![("content-type", MANY)], format!("[{}]", vec!["{}"; 10_001].join(",")).into_bytes()),
        ] {
            let answer = send(&place, Method::POST, "/api/v1/records", &headers, body).await;
            assert_refused(what, &answer);
            most = most.max(assert_sound(&place, &mut server, before, what).await);
            tried += 1;
        }
        // The largest that may be sent, in its worst forms.
        let one = format!("[{}]", with_data(&format!("\"{}\"", "a".repeat(31 << 20))));
        let many = format!("[{}]", vec!["[]"; 10_000].join(","));
        let wide = format!("[{}]", with_data(&format!("[{}]", vec!["0"; 15 << 20].join(","))));
        for (what, body) in [("one record of 31 MiB", one), ("10,000 that are none", many), ("15 million numbers in one record", wide)] {
            let (status, answer) = send(&place, Method::POST, "/api/v1/records", &[("content-type", MANY)], body.into_bytes()).await;
            assert!(status == 200 || (400..500).contains(&status), "{what}: {status} {}", answer["detail"]);
            most = most.max(assert_sound(&place, &mut server, before, what).await);
            tried += 1;
        }
        tried += other_addresses(&place).await;
        assert_sound(&place, &mut server, before, "all of it").await;
        assert_eq!(place.send(&good).await.unwrap().1["duplicates"], 50);
        server.stop();
        place.assert_clean();
        line.rounds = 1;
        line.note(format!("{tried} requests: refused in words or quarantined; memory {before} MiB, at most {most} MiB"));
    }
}

/// The same at every other address that takes a body.
async fn other_addresses(place: &Place) -> usize {
    let nested = "[".repeat(1_000_000);
    let mut tried = 0;
    for (method, path) in [
        (Method::PUT, "/api/v1/sources"),
        (Method::POST, "/api/v1/records/open"),
        (Method::POST, "/api/v1/cases"),
        (Method::PATCH, "/api/v1/alerts/x"),
        (Method::POST, "/api/v1/lexicon/try"),
        (Method::POST, "/api/v1/signals/run"),
        (Method::POST, "/api/v1/tokens"),
        (Method::POST, "/api/v1/session"),
        (Method::PUT, "/api/v1/log/authorities"),
        (Method::PUT, "/api/v1/company"),
    ] {
        for body in [&b""[..], b"{", b"null", b"[]", b"{\"a\":\"\xff\"}", nested.as_bytes(), b"{\"employee\":\"\\u0000\",\"texts\":7,\"as_of\":[]}"] {
            let answer = send(place, method.clone(), path, &[("content-type", "application/json")], body.to_vec()).await;
            assert_refused(&format!("{method} {path} {}", String::from_utf8_lossy(&body[..body.len().min(20)])), &answer);
            tried += 1;
        }
    }
    // Everywhere a text comes in by the address.
    for path in [
        "/api/v1/records?employee=%00",
        "/api/v1/records?employee=%ff%fe",
        "/api/v1/records?cursor=%2e%2e",
        "/api/v1/records?limit=-1",
        "/api/v1/records?limit=99999999999999999999",
        "/api/v1/records?from=0000-00-00&until=9999999-01-01T00:00:00Z",
        "/api/v1/records?from=-262143-01-01T00:00:00Z",
        "/api/v1/alerts?employee=%00&rule=%00",
        "/api/v1/employees/%00",
        "/api/v1/employees/%00/chains",
        "/api/v1/customers?q=%00",
        "/api/v1/employees?q=%25%5f%00",
        "/api/v1/quarantine?source=%00",
        "/api/v1/records/rec_99999999999999999999",
        "/api/v1/records/rec_-1",
        "/api/v1/packages/%2e%2e%2fkeys.json",
        "/api/v1/chains?cursor=AAAA",
    ] {
        let (status, answer) = place.ask(Method::GET, path, None).await;
        assert!(status < 500, "{path}: {status} {answer}");
        tried += 1;
    }
    tried
}
